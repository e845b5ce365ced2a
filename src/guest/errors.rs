//! What goes wrong with values, told in the same words wherever it is found.
//!
//! Not here: where.

use crate::error::{Error, ErrorKind};
use crate::string::{self, CopyError, Fault};
use crate::types::ValType;

/// A caller that hands over what it did not prepare: a bug, told instead of a
/// panic.
#[cold]
pub(crate) fn mismatch() -> Error {
    Error::internal("not the values that were prepared for")
}

pub(crate) fn wrong_store(what: &str) -> Error {
    Error::new(ErrorKind::WrongStore, format!("this {what} belongs to another store"))
}

pub(crate) fn no_values(ty: ValType) -> Error {
    let message = format!("a host has no values of type {ty}");
    Error::new(ErrorKind::Unsupported, message)
}

#[cold]
pub(crate) fn bad_text(bad: string::BadText) -> Error {
    let kind = match bad.fault {
        Fault::NotLatin1 => ErrorKind::OutOfRange,
        _ => ErrorKind::BadText,
    };
    Error::new(kind, bad.to_string()).at_position(bad.position)
}

/// What a copy of text raises for which there is no memory.
#[cold]
pub(crate) fn no_memory(units: usize) -> Error {
    let message = format!("no memory for a string of {units} code units");
    Error::new(ErrorKind::OutOfMemory, message)
}

pub(crate) fn changed(_: string::Changed) -> Error {
    Error::new(ErrorKind::BadText, "the text changed while it was read")
}

pub(crate) fn copy_failed(error: CopyError) -> Error {
    match error {
        CopyError::BadText(bad) => bad_text(bad),
        CopyError::TooSmall { needed } => {
            let message = format!("the buffer is too small: the string has {needed} code units");
            Error::new(ErrorKind::BufferTooSmall, message).needing(needed)
        }
        CopyError::OutOfMemory { units } => no_memory(units),
    }
}

impl From<string::BadText> for Error {
    fn from(bad: string::BadText) -> Error {
        bad_text(bad)
    }
}

impl From<CopyError> for Error {
    fn from(error: CopyError) -> Error {
        copy_failed(error)
    }
}
