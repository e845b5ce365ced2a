//! Errors as C sees them: what is in one.
//!
//! Not here: what is told of them, and the list of kinds, which is the crate's own.

use crate::{Error, ErrorKind, TrapCode};
use std::any::Any;
use std::borrow::Cow;
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
    /// A host may have chosen it, and how long it is.
    pub message: Cow<'static, CStr>,
    pub argument: Option<usize>,
    pub position: Option<usize>,
    pub offset: Option<usize>,
    pub line_column: Option<(usize, usize)>,
    pub capacity: Option<usize>,
    pub trap_code: Option<TrapCode>,
    pub exit: Option<i32>,
}

impl Report {
    /// What an error says.
    pub fn new(error: &Error) -> Arc<Report> {
        let message = for_c(error.message()).map(Cow::Owned);
        Arc::new(Report {
            kind: error.kind(),
            message: message.unwrap_or(Cow::Borrowed(c"(no memory for the message)")),
            argument: error.argument(),
            position: error.position(),
            offset: error.offset(),
            line_column: error.line_column(),
            capacity: error.capacity(),
            trap_code: error.trap().and_then(|trap| trap.code()),
            exit: error.trap().and_then(|trap| trap.exit_status()),
        })
    }
}

/// A message for C, in which U+FFFD stands for NUL.
fn for_c(message: &str) -> Option<CString> {
    const NUL: &[u8] = "\u{fffd}".as_bytes();
    let nuls = message.bytes().filter(|byte| *byte == 0).count();
    let mut bytes = Vec::new();
    // The one that ends it, too.
    bytes.try_reserve_exact(message.len() + nuls * (NUL.len() - 1) + 1).ok()?;
    for (i, part) in message.split('\0').enumerate() {
        bytes.extend_from_slice(if i > 0 { NUL } else { b"" });
        bytes.extend_from_slice(part.as_bytes());
    }
    CString::new(bytes).ok()
}
