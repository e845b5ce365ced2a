//! Components: recognised, made binary, and checked.
//!
//! Not here: what is in them, which is the engine's business.

use super::bounds::{self, refused};
use super::text::{error_at, is_component};
use super::{Format, sniff};
use crate::error::{Error, ErrorKind, Result};
use std::borrow::Cow;
use wasmparser::{Parser, Validator, WasmFeatures};

/// The component that the bytes are, as a binary; `None` for anything else.
///
/// # Errors
///
/// For the text of a component that does not parse.
pub(crate) fn binary(bytes: &[u8]) -> Result<Option<Cow<'_, [u8]>>> {
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

/// Checks a binary component.
///
/// # Errors
///
/// The first violation, with its place; [`ErrorKind::UnsupportedFormat`] for what
/// this library does not have.
pub(crate) fn check(bytes: &[u8], features: WasmFeatures) -> Result<()> {
    let mut validator = Validator::new_with_features(features | WasmFeatures::COMPONENT_MODEL);
    validator.validate_all(bytes).map_err(|e| refused(&e))?;
    bounds::check(bytes, features)
}

/// Checks all but the bodies of core functions, which compiling does, and that what
/// it asks for is in proportion to its size.
///
/// # Errors
///
/// As [`check`].
pub(crate) fn check_types(bytes: &[u8], features: WasmFeatures) -> Result<()> {
    bounds::check(bytes, features)
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
