//! Errors with their place: that of a byte in what was given.
//!
//! Not here: places in text.

use crate::error::{Error, ErrorKind};

/// An error at a byte, which the message does not tell yet.
pub(super) fn fault(kind: ErrorKind, at: usize, message: impl Into<String>) -> Error {
    Error::new(kind, message).at_offset(at)
}

pub(super) fn interface_fault(at: usize, message: impl Into<String>) -> Error {
    fault(ErrorKind::MalformedInterface, at, message)
}

pub(super) fn invalid(at: usize, message: impl Into<String>) -> Error {
    fault(ErrorKind::InvalidInterface, at, message)
}

/// The message of an error in a binary tells where.
pub(super) fn in_binary(error: Error) -> Error {
    match error.offset() {
        Some(at) => fault(error.kind(), at, format!("{} (at offset {at:#x})", error.message())),
        None => error,
    }
}
