//! Bytes or text become a [`Program`].
//!
//! Binary and text meet in a [`File`]: a core module and, where there is one,
//! a [`Model`]. From there the stages are the same, but for the place that an
//! error names.
//!
//! Not here: any stage's work.

mod binary;
#[cfg(feature = "component")]
mod bounds;
mod compile;
#[cfg(feature = "component")]
pub(crate) mod component;
mod core;
#[cfg(feature = "component")]
mod definitions;
#[cfg(feature = "component")]
mod door;
mod emit;
#[cfg(feature = "attach")]
mod face;
mod faults;
mod model;
#[cfg(feature = "cli")]
mod print;
mod text;
mod validate;

use std::borrow::Cow;

use wasmparser::{Parser, WasmFeatures};

pub(crate) use self::core::{Bodies, FEATURES, SECTION};
use self::core::{Core, Layout};
use self::faults::{fault, in_binary, interface_fault};
use self::model::Model;
use self::validate::Checked;
use crate::abi::Convention;
use crate::error::{Error, ErrorKind, Result};
use crate::plan::Program;

/// Reads, checks and compiles a module, binary or text.
pub(crate) fn load(bytes: &[u8], features: WasmFeatures) -> Result<Program> {
    load_by(bytes, features, Convention::SECTION)
}

/// Loads a module whose core lays values out by another convention.
pub(crate) fn load_by(
    bytes: &[u8],
    features: WasmFeatures,
    convention: Convention,
) -> Result<Program> {
    program(File::read(bytes)?, features, Bodies::Check, convention)
}

/// Loads a module that has been loaded before: the code in it is not looked at.
pub(crate) fn reload(
    bytes: &[u8],
    features: WasmFeatures,
    convention: Convention,
) -> Result<Program> {
    program(File::read(bytes)?, features, Bodies::Trust, convention)
}

fn program(
    file: File<'_>,
    features: WasmFeatures,
    bodies: Bodies,
    convention: Convention,
) -> Result<Program> {
    // The interface of a text is put behind the rest, so that places stay.
    let (code, binary) = (file.layout.code, file.to_binary().into_owned());
    if file.layout.face.is_some() {
        return with_face(file, binary, code, features, bodies);
    }
    let (core, model) = file.check(features, bodies, &convention)?;
    Ok(compile::compile(model.as_ref(), core, convention, binary, code))
}

/// The program of a core module with a face in it.
#[cfg(feature = "attach")]
fn with_face(
    file: File<'_>,
    binary: Vec<u8>,
    code: Option<usize>,
    features: WasmFeatures,
    bodies: Bodies,
) -> Result<Program> {
    let text = file.face()?.unwrap_or_default();
    let (core, model) = file.check(features, bodies, &Convention::SECTION)?;
    if model.is_some() {
        let message = "this module has an interface section and a face: one of them is enough";
        return Err(Error::new(ErrorKind::MalformedInterface, message));
    }
    face::program(binary, code, &core, &text, features, bodies)
}

#[cfg(not(feature = "attach"))]
fn with_face(
    _: File<'_>,
    _: Vec<u8>,
    _: Option<usize>,
    _: WasmFeatures,
    _: Bodies,
) -> Result<Program> {
    let message = "this module has a face, and this library was built without faces";
    Err(Error::new(ErrorKind::Unsupported, message))
}

/// A core module, binary or text, as a binary with a face in it, in place of one that
/// it has.
#[cfg(feature = "attach")]
pub(crate) fn attach(bytes: &[u8], face: &str) -> Result<Vec<u8>> {
    let file = File::read(bytes)?;
    needs_face(&file)?;
    face::embed(&file.bytes, face)
}

/// A face for a core module, to be filled in.
#[cfg(feature = "attach")]
pub(crate) fn guess(bytes: &[u8]) -> Result<String> {
    let file = File::read(bytes)?;
    needs_face(&file)?;
    let mut notes = String::new();
    #[cfg(feature = "component")]
    if component::describes(&file.bytes) {
        notes += "# This module describes its interface itself, and is loaded as a component: it \
                  needs no face.\n";
    }
    if file.face()?.is_some() {
        notes += "# This module has a face, which `witrt inspect` shows; another one takes its \
                  place.\n";
    }
    let bytes = file.bytes.clone().into_owned();
    let (core, _) = file.check(FEATURES, Bodies::Trust, &Convention::SECTION)?;
    Ok(notes + &face::guess(&core, &bytes)?)
}

/// Refuses a module that has an interface section.
#[cfg(feature = "attach")]
fn needs_face(file: &File<'_>) -> Result<()> {
    if file.model.is_none() {
        return Ok(());
    }
    let message = "this module has an interface section: it needs no face";
    Err(Error::new(ErrorKind::MalformedInterface, message))
}

/// A module whose syntax has been read, and nothing more.
pub(crate) struct File<'a> {
    /// As a binary: what was given, or what its text says. The interface of a
    /// text is not in it.
    bytes: Cow<'a, [u8]>,
    layout: Layout,
    model: Option<Model>,
    /// The text that the model's positions count in.
    text: Option<Text<'a>>,
}

struct Text<'a> {
    source: &'a str,
    /// As in [`text::Parsed::bodies`].
    bodies: Vec<usize>,
}

impl<'a> File<'a> {
    /// Recognises what the bytes are, and reads them.
    pub fn read(bytes: &'a [u8]) -> Result<File<'a>> {
        match sniff(bytes)? {
            Format::Binary => File::binary(bytes.into()),
            Format::Text(text) => File::text(text),
        }
    }

    fn binary(bytes: Cow<'a, [u8]>) -> Result<File<'a>> {
        let read = || {
            check_version(&bytes)?;
            let layout = core::layout(&bytes)?;
            let model = binary::read(&bytes, &layout)?;
            Ok((layout, model))
        };
        let (layout, model) = read().map_err(in_binary)?;
        Ok(File { bytes, layout, model, text: None })
    }

    fn text(text: &'a str) -> Result<File<'a>> {
        let parsed = text::parse(text)?;
        // Core text can write any custom section, also this one.
        let layout = if parsed.binary { None } else { Some(core::layout(&parsed.core)?) };
        match layout {
            Some(layout) if layout.interface.is_none() => Ok(File {
                bytes: parsed.core.into(),
                layout,
                model: parsed.model,
                text: Some(Text { source: text, bodies: parsed.bodies }),
            }),
            _ if parsed.model.is_some() => {
                let message = "an `@custom` section is a second interface next to `@interface`";
                Err(Error::new(ErrorKind::MalformedInterface, message))
            }
            _ => File::binary(parsed.core.into()),
        }
    }

    /// Validates the core, and then the interface against it.
    pub fn check(
        self,
        features: WasmFeatures,
        bodies: Bodies,
        convention: &Convention,
    ) -> Result<(Core, Option<Checked<Model>>)> {
        let File { bytes, model, text, .. } = self;
        // Text is told where in the text, as far as that is known: offsets in
        // what was made of it help nobody.
        let place = |error: Error, at: Option<usize>| match (&text, at) {
            (Some(text), Some(at)) => {
                text::error_at(text.source, error.kind(), error.message(), at)
            }
            (Some(_), None) => Error::new(error.kind(), error.message()),
            (None, _) => in_binary(error),
        };
        let core = core::read(&bytes, features, bodies).map_err(|e| {
            let body = text.as_ref().zip(e.body).and_then(|(t, i)| t.bodies.get(i).copied());
            place(e.error, body)
        })?;
        let model = model.map(|model| validate::validate(model, &core, convention)).transpose();
        let model = model.map_err(|e| {
            let at = e.offset();
            place(e, at)
        })?;
        Ok((core, model))
    }

    /// The face that is in it, if there is one.
    pub fn face(&self) -> Result<Option<String>> {
        let Some(section) = &self.layout.face else { return Ok(None) };
        let (bytes, at) = (self.bytes.get(section.contents.clone()), section.contents.start);
        let face = std::str::from_utf8(bytes.unwrap_or_default()).map_err(|e| {
            in_binary(interface_fault(at + e.valid_up_to(), "the face is no UTF-8"))
        })?;
        Ok(Some(face.to_owned()))
    }

    /// The core module by itself.
    pub fn without_interface(&self) -> Vec<u8> {
        core::without_interface(&self.bytes, &self.layout)
    }

    /// The module as a binary with its interface; a binary file is returned as
    /// it came.
    pub fn to_binary(&self) -> Cow<'_, [u8]> {
        match (&self.text, &self.model) {
            (Some(_), Some(model)) => emit::module(&self.bytes, model).into(),
            _ => (&*self.bytes).into(),
        }
    }

    /// The module as text.
    #[cfg(feature = "cli")]
    pub fn to_text(&self) -> Result<String> {
        print::print(&self.to_binary(), self.model.as_ref())
    }
}

enum Format<'a> {
    Binary,
    Text(&'a str),
}

/// Tells binary from text, and names what is neither.
fn sniff(bytes: &[u8]) -> Result<Format<'_>> {
    let refuse = |kind, message: &str| Err(Error::new(kind, message));
    match bytes {
        // A file that was not written, and no module of its author's.
        [] => return refuse(ErrorKind::MalformedBinary, "empty input"),
        [0, b'a', b's', b'm', ..] => return Ok(Format::Binary),
        [0, ..] => {
            let message = "neither a WebAssembly binary nor text";
            return refuse(ErrorKind::MalformedBinary, message);
        }
        [0x7f, b'E', b'L', b'F', ..] => {
            let message = "this is an object file, not a module; a precompiled module is \
                           deserialized, not loaded";
            return refuse(ErrorKind::UnsupportedFormat, message);
        }
        [0xef, 0xbb, 0xbf, ..] => {
            let message = "the text starts with a byte order mark; save it as UTF-8 without one";
            return refuse(ErrorKind::MalformedText, message);
        }
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            return refuse(ErrorKind::MalformedText, "the text is UTF-16; save it as UTF-8");
        }
        _ => {}
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Format::Text(text)),
        Err(e) => Err(in_binary(fault(
            ErrorKind::MalformedText,
            e.valid_up_to(),
            "neither a WebAssembly binary nor UTF-8 text",
        ))),
    }
}

fn check_version(bytes: &[u8]) -> Result<()> {
    if Parser::is_component(bytes) {
        let message = "this is a component, where a core module is expected, \
                       with or without an interface section";
        return Err(Error::new(ErrorKind::UnsupportedFormat, message));
    }
    match bytes {
        [0, b'a', b's', b'm', 1, 0, 0, 0, ..] => Ok(()),
        [0, b'a', b's', b'm', version @ ..] if version.len() >= 4 => {
            Err(fault(ErrorKind::MalformedBinary, 4, "the version of the binary format is not 1"))
        }
        [0, b'a', b's', b'm', ..] => {
            Err(fault(ErrorKind::MalformedBinary, bytes.len(), "unexpected end of the header"))
        }
        _ => Err(fault(ErrorKind::MalformedBinary, 0, "not a WebAssembly binary")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Traps are told by offsets in the file: the core is laid out like it.
    #[test]
    fn places_of_code() {
        let text = include_bytes!("../../tests/wit/binary/placement-middle.wat");
        let file = File::read(text).unwrap().to_binary().into_owned();
        let program = load(text, FEATURES).unwrap();
        assert_eq!(&program.core[..], file);
        let code = [1, 2, 0, 0x0b];
        assert!(file[program.code.unwrap()..].starts_with(&code));

        let text = b"(func $f) (@interface func (export \"f\") call-core $f)";
        let program = load(text, FEATURES).unwrap();
        assert!(program.core[program.code.unwrap()..].starts_with(&code));
    }

    #[test]
    fn formats() {
        let kind = |bytes: &[u8]| load(bytes, FEATURES).map(|_| ()).map_err(|e| e.kind());
        assert_eq!(kind(b""), Err(ErrorKind::MalformedBinary));
        assert_eq!(kind(b" ;; nothing\n"), Ok(()));
        assert_eq!(kind(b"(module)"), Ok(()));
        assert_eq!(kind(b"\0asm\x01\0\0\0"), Ok(()));
        assert_eq!(kind(b"\0asm\x0d\0\x01\0"), Err(ErrorKind::UnsupportedFormat));
        assert_eq!(kind(b"\0asm\x02\0\0\0"), Err(ErrorKind::MalformedBinary));
        assert_eq!(kind(b"\0asm"), Err(ErrorKind::MalformedBinary));
        assert_eq!(kind(b"\0"), Err(ErrorKind::MalformedBinary));
        assert_eq!(kind(b"\x7fELF\x02\x01"), Err(ErrorKind::UnsupportedFormat));
        assert_eq!(kind(b"\xef\xbb\xbf(module)"), Err(ErrorKind::MalformedText));
        assert_eq!(kind(b"\xff\xfe(\0"), Err(ErrorKind::MalformedText));
        assert_eq!(kind(b"(module \xff)"), Err(ErrorKind::MalformedText));
        assert_eq!(kind(b"(component)"), Err(ErrorKind::UnsupportedFormat));
    }
}
