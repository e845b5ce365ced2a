//! Objects of AssemblyScript where everything that can be collected is, between any two
//! steps of a call.
//!
//! The core's exports are put behind functions that collect: before what the host calls
//! runs, before an object is made, and after one is held. To let one go runs nothing.
//!
//! The runtime `minimal` is not among these modules: nothing of it collects by itself, and its
//! `__new` does not clear an object, so that to collect while one is made would look at what was
//! there before. The library has it collect only where no function of the module is on the
//! stack, which `calls.rs` and `stopped.rs` test.

use crate::cases::below;
use crate::support::{BACK_ENDS, ENCODINGS, Guest, engine, file, text};
use wasm_encoder::{
    Encode as _, ExportKind, ExportSection, Function, Instruction as I, RawSection, Section as _,
    SectionId,
};
use wasmparser::{ExternalKind, Parser, Payload, TypeRef};
use witrt::Module;

/// What the functions in front of exports do.
#[derive(Clone, Copy)]
enum Front {
    /// What the exports do, and collect.
    Collect,
    /// The same, but for this one, which does nothing: it returns its argument.
    Without(&'static str),
}

/// The core with such functions in front of what it exports.
fn collected(core: &[u8], front: Front) -> Vec<u8> {
    // The types of functions, how many values each takes, and what is exported.
    let (mut arities, mut types, mut exports) = (Vec::new(), Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(core) {
        match payload.unwrap() {
            Payload::TypeSection(section) => {
                for ty in section.into_iter_err_on_gc_types() {
                    let ty = ty.unwrap();
                    arities.push((ty.params().len() as u32, ty.results().len()));
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    if let TypeRef::Func(ty) = import.unwrap().ty {
                        types.push(ty);
                    }
                }
            }
            Payload::FunctionSection(section) => types.extend(section.into_iter().flatten()),
            Payload::ExportSection(section) => {
                exports.extend(section.into_iter().map(Result::unwrap));
            }
            _ => {}
        }
    }
    let collect = exports.iter().find(|e| e.name == "__collect").unwrap().index;
    let (mut added, mut export_section) = (Vec::new(), ExportSection::new());
    for export in &exports {
        let mut index = export.index;
        if export.kind == ExternalKind::Func && export.name != "__collect" {
            index = (types.len() + added.len()) as u32;
            added.push((export.name, export.index));
        }
        let kind = match export.kind {
            ExternalKind::Func => ExportKind::Func,
            ExternalKind::Table => ExportKind::Table,
            ExternalKind::Memory => ExportKind::Memory,
            _ => ExportKind::Global,
        };
        export_section.export(export.name, kind, index);
    }
    let mut out = core[..8].to_vec();
    for payload in Parser::new(0).parse_all(core) {
        let payload = payload.unwrap();
        let Some((id, range)) = payload.as_section() else { continue };
        let more = |count: usize, bytes: &[u8], out: &mut Vec<u8>| {
            // How many there are is at the beginning.
            let mut reader = wasmparser::BinaryReader::new(&core[range.clone()], 0);
            let before = reader.read_var_u32().unwrap();
            let mut data = Vec::new();
            (before + count as u32).encode(&mut data);
            data.extend(&core[range.clone()][reader.original_position()..]);
            data.extend(bytes);
            RawSection { id, data: &data }.append_to(out);
        };
        if id == SectionId::Function as u8 {
            let mut bytes = Vec::new();
            added.iter().for_each(|(_, index)| types[*index as usize].encode(&mut bytes));
            more(added.len(), &bytes, &mut out);
        } else if id == SectionId::Export as u8 {
            export_section.append_to(&mut out);
        } else if id == SectionId::Code as u8 {
            let mut bytes = Vec::new();
            for (name, index) in &added {
                let (params, results) = arities[types[*index as usize] as usize];
                let mut body = Function::new([]);
                let (is_hold, is_let_go) = (*name == "__pin", *name == "__unpin");
                if !is_hold && !is_let_go {
                    body.instruction(&I::Call(collect));
                }
                (0..params).for_each(|i| {
                    body.instruction(&I::LocalGet(i));
                });
                if matches!(front, Front::Without(of) if of == *name) {
                    (results..1).for_each(|_| {
                        body.instruction(&I::Drop);
                    });
                } else {
                    body.instruction(&I::Call(*index));
                }
                if is_hold {
                    body.instruction(&I::Call(collect));
                }
                body.instruction(&I::End);
                body.encode(&mut bytes);
            }
            more(added.len(), &bytes, &mut out);
        } else {
            RawSection { id, data: &core[range] }.append_to(&mut out);
        }
    }
    out
}

/// Every call of the runtimes that may be told to collect at any time.
#[test]
fn between_any_two_steps() {
    for (back_end, encoding) in BACK_ENDS.into_iter().zip(ENCODINGS) {
        let engine = engine(back_end, encoding);
        for section in &below("attach/assemblyscript/") {
            for wasm in ["guest.wasm", "guest-stub.wasm"] {
                let core = collected(&file(&format!("assemblyscript/{wasm}")), Front::Collect);
                let face = text("assemblyscript/face.toml");
                let mut guest = Guest::of(&Module::attach(&engine, &core, &face).unwrap());
                for round in 0..3 {
                    let what = format!("{wasm} {back_end:?} {round}");
                    guest.all(&what, &section.lines, |_, _| {});
                }
            }
        }
    }
}

/// These calls see it where what is passed is not held.
#[test]
fn what_is_not_held_is_missed() {
    for (back_end, encoding) in BACK_ENDS.into_iter().zip(ENCODINGS) {
        let engine = engine(back_end, encoding);
        for wasm in ["guest.wasm", "guest-minimal.wasm"] {
            let concat = |front| {
                let core = collected(&file(&format!("assemblyscript/{wasm}")), front);
                let face = text("assemblyscript/face.toml");
                let mut guest = Guest::of(&Module::attach(&engine, &core, &face).unwrap());
                guest.told("concat", "\"a é\", \"b c\")")
            };
            assert_eq!(concat(Front::Collect), "\"a éb c\"", "{wasm}");
            assert_ne!(concat(Front::Without("__pin")), "\"a éb c\"", "{wasm}");
        }
    }
}
