//! Faces: types for a core module that has none, and the convention by which its values
//! travel. A second front end: what comes out is a program as of an interface section.
//!
//! `text` reads TOML, `wit` the types in it, `rules` are what a convention or a face
//! says of how values travel; `making` has what is made of them: plans, for exports by
//! `call` and for imports by `hook`, and with `glue` core functions that are added to the
//! core. `known` has the conventions, `find` tells which function a face means.
//!
//! Not here: anything that runs.

mod answer;
mod arena;
mod call;
mod computed;
mod expression;
mod find;
mod finish;
mod glue;
mod guess;
mod hook;
mod hook_answer;
mod hook_parts;
mod hook_spelled;
mod known;
mod make;
mod making;
mod memory;
mod names;
mod relaid;
mod rules;
mod sequence;
mod shape;
mod spelled;
mod text;
mod texts;
mod wit;

pub(super) use self::guess::guess;
use self::making::Maker;
use self::text::{Face, wrong};
use super::core::{self, Bodies, Core, FACE};
use crate::error::Result;
use crate::plan::{Binary, Program, Source, used};
use wasmparser::WasmFeatures;

/// Makes the program of a core module, which is in `bytes` with its face, and has been
/// validated.
pub(super) fn program(
    bytes: Vec<u8>,
    code: Option<usize>,
    core: &Core,
    face: &str,
    features: WasmFeatures,
    bodies: Bodies,
) -> Result<Program> {
    let face = read(face)?;
    let Some(known) = known::find(&face.convention.value) else {
        let names: Vec<_> = known::ALL.iter().map(|known| known.name).collect();
        let message = format!(
            "no convention is called `{}`; there are {}",
            face.convention.value,
            names.join(", ")
        );
        return Err(wrong(face.text, face.convention.at, message));
    };
    if let Some(why) = known::other(core) {
        return Err(crate::error::Error::new(crate::error::ErrorKind::UnsupportedFormat, why));
    }
    let mut maker = Maker::new(&face, core, known, &bytes)?;
    maker.make()?;
    let (augmented, at) = maker.glue.encode(&bytes)?;
    // What was added is core code like other code: it is validated, too.
    let added = core::read(&augmented, features, bodies).map_err(|e| {
        crate::error::Error::internal(format_args!(
            "what a face adds to a core: {}",
            e.error.message()
        ))
    })?;
    let convention = maker.convention();
    let Maker { messages, adapters, imports, exports, core_imports, builtins, .. } = maker;
    let (used_funcs, used_mems) = used(&adapters);
    Ok(Program {
        core: Binary::new(augmented),
        code: at,
        calls: added.calls,
        wrapped: true,
        imports,
        exports,
        core_imports,
        adapters,
        convention,
        used_funcs,
        used_mems,
        messages,
        builtins,
        start: added.start,
        source: Some(Source { binary: Binary::new(bytes), code }),
    })
}

fn read(text: &str) -> Result<Face<'_>> {
    Face::read(text, |convention| known::find(convention).map_or(&[], |known| known.extras))
}

/// A binary core module with a face in it, in place of one that it has.
pub(crate) fn embed(bytes: &[u8], face: &str) -> Result<Vec<u8>> {
    read(face)?;
    let mut out = bytes.get(..8).unwrap_or_default().to_vec();
    core::sections(bytes, |payload, _| {
        let Some((id, range)) = payload.as_section() else { return Ok(()) };
        if matches!(payload, wasmparser::Payload::CustomSection(c) if c.name() == FACE) {
            return Ok(());
        }
        let data = bytes.get(range).unwrap_or_default();
        wasm_encoder::Section::append_to(&wasm_encoder::RawSection { id, data }, &mut out);
        Ok(())
    })?;
    let section = wasm_encoder::CustomSection { name: FACE.into(), data: face.as_bytes().into() };
    wasm_encoder::Section::append_to(&section, &mut out);
    Ok(out)
}
