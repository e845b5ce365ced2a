//! Errors as C sees them: what is in one.
//!
//! Not here: what is told of them, and the list of kinds, which is the crate's own.

use crate::{Error, ErrorKind, TrapCode};
use std::any::Any;
use std::ffi::{CStr, CString};
use std::sync::Arc;

include!(concat!(env!("OUT_DIR"), "/numbers.rs"));

/// What went wrong: a kind with a stable number, a message for people, and the
/// place where there is one.
///
/// Owned by who asked for it; deleted with `witrt_error_delete`. It never
/// changes, belongs to no store, and any thread may read or delete it.
pub struct witrt_error_t {
    /// The facts.
    pub report: Arc<Report>,
    /// A handle of the trap that it was, if it was one: of a type that stands on
    /// this one.
    pub trap: Option<Box<dyn Any + Send + Sync>>,
}

/// An error's facts, without anything that would keep a store alive.
#[allow(missing_docs)] // they are those of `Error`
pub struct Report {
    pub kind: ErrorKind,
    pub message: CString,
    pub argument: Option<usize>,
    pub position: Option<usize>,
    pub offset: Option<usize>,
    pub line_column: Option<(usize, usize)>,
    pub capacity: Option<usize>,
    pub trap_code: Option<TrapCode>,
}

impl Report {
    /// What an error says.
    pub fn new(error: &Error) -> Arc<Report> {
        let message = error.message().replace('\0', "\u{fffd}");
        Arc::new(Report {
            kind: error.kind(),
            message: CString::new(message).unwrap_or_default(),
            argument: error.argument(),
            position: error.position(),
            offset: error.offset(),
            line_column: error.line_column(),
            capacity: error.capacity(),
            trap_code: error.trap().and_then(|trap| trap.code()),
        })
    }
}
