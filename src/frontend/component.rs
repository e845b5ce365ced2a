//! Components: recognised, made binary, checked, and told in WIT; and core modules that
//! say what component they are to become.
//!
//! Not here: what is in them, which is the engine's business.

use super::bounds::{self, Found};
use super::core::{FACE, sections};
use super::definitions::refused;
use super::text::{error_at, is_component};
use super::{FEATURES, File, Format, SECTION, sniff};
use crate::abi::door::Door;
use crate::error::{Error, ErrorKind, Result};
use std::borrow::Cow;
use wasmparser::{Parser, Payload, Validator, WasmFeatures};
use wit_component::{ComponentEncoder, WitPrinter};

/// The component that the bytes are, or that a core module describes, as a binary;
/// `None` for anything else.
///
/// # Errors
///
/// For the text of a component that does not parse, and a core module that is not what
/// it describes.
pub(crate) fn binary(bytes: &[u8]) -> Result<Option<Cow<'_, [u8]>>> {
    if let Some(component) = written(bytes)? {
        return Ok(Some(component));
    }
    match core(bytes) {
        Some(core) if describes(&core) => wrap(&core).map(|component| Some(component.into())),
        _ => Ok(None),
    }
}

/// The core module that may describe a component, as a binary. Of text, most is not looked
/// at twice, and what does not parse is told elsewhere.
fn core(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    match sniff(bytes) {
        Ok(Format::Binary) => Parser::is_core_wasm(bytes).then(|| bytes.into()),
        Ok(Format::Text(text)) if text.contains(DESCRIPTION) => {
            Some(File::read(bytes).ok()?.to_binary().into_owned().into())
        }
        _ => None,
    }
}

/// What the names of the custom sections begin with that describe a component.
const DESCRIPTION: &str = "component-type";

/// The component that the bytes are, as a binary; `None` for anything else.
///
/// # Errors
///
/// For the text of a component that does not parse.
pub(crate) fn written(bytes: &[u8]) -> Result<Option<Cow<'_, [u8]>>> {
    match sniff(bytes) {
        Ok(Format::Binary) if Parser::is_component(bytes) => Ok(Some(bytes.into())),
        Ok(Format::Text(text)) if is_component(text) => encode(text).map(|b| Some(b.into())),
        // What is neither a module nor a component is said there.
        _ => Ok(None),
    }
}

fn encode(text: &str) -> Result<Vec<u8>> {
    let read = || {
        let buffer = wast::parser::ParseBuffer::new(text)?;
        wast::parser::parse::<wast::Wat<'_>>(&buffer)?.encode()
    };
    read().map_err(|e: wast::Error| {
        error_at(text, ErrorKind::MalformedText, &e.message(), e.span().offset())
    })
}

/// Whether it is a core module of `wit-bindgen`: these have the world that they are of
/// in custom sections.
pub(super) fn describes(bytes: &[u8]) -> bool {
    let (mut described, mut others) = (false, false);
    // What cannot be read is told elsewhere.
    let _ = sections(bytes, |payload, _| {
        match payload {
            Payload::CustomSection(custom) => {
                described |= custom.name().starts_with(DESCRIPTION);
                others |= custom.name() == SECTION || custom.name() == FACE;
            }
            // They are run as they are: nothing here stands between these and a
            // component's WASI.
            Payload::ImportSection(imports) => {
                let all = imports.clone().into_imports().flatten();
                others |= all.into_iter().any(|import| import.module == "wasi_snapshot_preview1");
            }
            _ => {}
        }
        Ok(())
    });
    described && !others
}

/// Makes the component that a core module describes.
fn wrap(bytes: &[u8]) -> Result<Vec<u8>> {
    let refused = |why: String| {
        let message = format!("this module is not the component that it describes: {why}");
        Error::new(ErrorKind::InvalidCore, message)
    };
    Validator::new_with_features(FEATURES)
        .validate_all(bytes)
        .map_err(|e| refused(e.to_string()))?;
    // What is in its sections may be anything.
    let made = std::panic::catch_unwind(|| {
        ComponentEncoder::default().module(bytes).and_then(|mut encoder| encoder.encode())
    });
    match made {
        Ok(made) => made.map_err(|e| refused(format!("{e:#}"))),
        Err(_) => Err(refused("its description is damaged".into())),
    }
}

/// A binary component's world in WIT, with the interfaces that are in it.
///
/// # Errors
///
/// If the syntax is wrong, and for what WIT cannot say.
pub(crate) fn wit(bytes: &[u8]) -> Result<String> {
    let print = || {
        let decoded = wit_component::decode(bytes).map_err(|e| format!("{e:#}"))?;
        let (resolve, main) = (decoded.resolve(), decoded.package());
        let others = resolve.packages.iter().map(|(id, _)| id).filter(|id| *id != main);
        let mut printer = WitPrinter::default();
        let printed = printer.print(resolve, main, &others.collect::<Vec<_>>());
        printed.map(|()| printer.output.to_string()).map_err(|e| format!("{e:#}"))
    };
    let printed = std::panic::catch_unwind(print).unwrap_or_else(|_| Err("it is damaged".into()));
    printed.map_err(|why| {
        let message = format!("WIT cannot tell of this component: {why}");
        Error::new(ErrorKind::UnsupportedFormat, message)
    })
}

/// Checks a binary component.
///
/// # Errors
///
/// The first violation, with its place; [`ErrorKind::UnsupportedFormat`] for what
/// this library does not have.
pub(crate) fn check(bytes: &[u8], features: WasmFeatures) -> Result<()> {
    let mut validator = Validator::new_with_features(features | WasmFeatures::COMPONENT_MODEL);
    validator.validate_all(bytes).map_err(|e| refused(&e))?;
    bounds::check(bytes, features).map(drop)
}

/// Checks all but the bodies of core functions, which compiling does, and that what
/// it asks for is in proportion to its size.
///
/// # Errors
///
/// As [`check`].
pub(crate) fn check_types(bytes: &[u8], features: WasmFeatures) -> Result<Checked> {
    bounds::check(bytes, features).map(Checked)
}

/// What was found out when a component was checked.
pub(crate) struct Checked(Found);

impl Checked {
    /// The component with a door to those of its functions that can have one; `None`
    /// where there are none.
    pub fn with_door(&self, bytes: &[u8]) -> Option<(Vec<u8>, Door)> {
        super::door::append(bytes, &self.0)
    }
}

/// A binary component as text.
///
/// # Errors
///
/// If the syntax is wrong.
#[cfg(feature = "cli")]
pub(crate) fn print(bytes: &[u8]) -> Result<String> {
    wasmprinter::print_bytes(bytes)
        .map_err(|e| Error::new(ErrorKind::MalformedBinary, format!("{e:#}")))
}
