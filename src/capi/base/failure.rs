//! The ways out of functions that fail with more than a number: an error object, a
//! trap.
//!
//! A trap keeps its identity through wasm: the error that carries it has its
//! object as payload.
//!
//! Not here: what is told of either.

use super::boundary::{Fallback, caught, offer};
use super::cell::StoreCell;
use super::handle::{Handle, Reference, wasm_trap_t};
use super::last::keep_last;
use super::object::{Body, Obj, TrapBody, wrong_kind};
use super::report::{Report, witrt_error_t};
use crate::string::{Text, copy_to_string};
use crate::{Error, Policy, Result, Trap};
use std::sync::Arc;

/// An error, and the store that it happened in.
pub struct Failure {
    /// What went wrong.
    pub error: Error,
    /// Where, for the trap's frames.
    pub cell: Option<Arc<StoreCell>>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure { error, cell: None }
    }
}

/// The way out of functions with an `error` parameter: NULL there on success,
/// else the error.
///
/// # Safety
///
/// `out` must be NULL or writable.
#[inline(always)]
pub unsafe fn report<R: Fallback, E: Into<Failure>>(
    out: *mut *mut witrt_error_t,
    body: impl FnOnce() -> Result<R, E>,
) -> R {
    let failure = match caught(|| Ok(body())) {
        Ok(Ok(value)) => {
            // SAFETY: the caller vouches for it.
            unsafe { offer(out, std::ptr::null_mut()) };
            return value;
        }
        Ok(Err(failure)) => failure.into(),
        Err(panic) => panic.into(),
    };
    let error = told(failure, !out.is_null());
    // SAFETY: as above.
    unsafe { offer(out, error) };
    R::fallback()
}

/// Keeps a failure as the last error, and gives it to the caller who wants it.
#[cold]
fn told(Failure { error, cell }: Failure, is_wanted: bool) -> *mut witrt_error_t {
    let report = Report::new(&error);
    keep_last(report.clone());
    if !is_wanted {
        return std::ptr::null_mut();
    }
    let trap = error.trap().map(|_| to_trap(cell, &error));
    Box::into_raw(error_of(report, trap))
}

/// An error for C, with the trap that it was, if it was one.
pub fn error_of(report: Arc<Report>, trap: Option<Box<wasm_trap_t>>) -> Box<witrt_error_t> {
    Box::new(witrt_error_t { report, trap: trap.map(|trap| trap as _) })
}

/// The trap of an error.
pub fn trap_of(error: &witrt_error_t) -> Option<&wasm_trap_t> {
    error.trap.as_ref()?.downcast_ref()
}

/// The trap for an error that came out of a call, and the last error with it.
/// A host's own trap comes out as the object that it went in as.
#[cold]
pub fn to_trap(cell: Option<Arc<StoreCell>>, error: &Error) -> Box<wasm_trap_t> {
    let carried = error.payload().and_then(|payload| payload.clone().downcast::<Obj>().ok());
    let report = Report::new(error);
    keep_last(report.clone());
    let obj = carried.unwrap_or_else(|| {
        let trap = error.trap().cloned().unwrap_or_else(|| Trap::new(error.message()));
        let id = cell.as_ref().map_or(0, |cell| cell.id());
        Obj::new(id, Body::Trap(TrapBody { trap, report }))
    });
    wasm_trap_t::boxed(Handle { store: cell, obj })
}

/// The error that lets a trap travel through wasm.
pub fn to_error(trap: Box<wasm_trap_t>) -> Error {
    let obj = trap.handle().obj.clone();
    match trap_body(&trap) {
        Ok(body) => Error::from(body.trap.clone()).with_payload(obj),
        Err(error) => error,
    }
}

/// What a trap's object holds.
pub fn trap_body(trap: &wasm_trap_t) -> Result<&TrapBody> {
    let obj = &trap.handle().obj;
    match &obj.body {
        Body::Trap(body) => Ok(body),
        _ => Err(wrong_kind("trap", obj)),
    }
}

/// A trap of the host's own, in the store of that number.
pub fn of_host(store: Option<Arc<StoreCell>>, id: u64, message: &[u8]) -> Result<Box<wasm_trap_t>> {
    let mut copy = String::new();
    copy_to_string(Text::Utf8(message), &mut copy, Policy::Replace)?;
    let trap = Trap::new(copy);
    let report = Report::new(&Error::from(trap.clone()));
    let obj = Obj::new(id, Body::Trap(TrapBody { trap, report }));
    Ok(wasm_trap_t::boxed(Handle { store, obj }))
}
