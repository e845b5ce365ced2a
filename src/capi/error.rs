//! Errors as C sees them: objects with accessors, and one per thread for the
//! functions that can only answer NULL.
//!
//! Not here: the list of kinds, which is the crate's own.

use super::boundary::{Fallback, caught, enter, need, offer, quietly};
use super::families::{wasm_trap_t, witrt_error_kind_t, witrt_trap_code_t};
use super::handle::Reference;
use super::store::StoreCell;
use super::trap::to_trap;
use crate::{Error, ErrorKind, Result, TrapCode};
use std::cell::RefCell;
use std::ffi::{CString, c_char};
use std::sync::Arc;

/// What went wrong: a kind with a stable number, a message for people, and the
/// place where there is one.
///
/// Owned by who asked for it; deleted with `witrt_error_delete`. It never
/// changes, belongs to no store, and any thread may read or delete it.
pub struct witrt_error_t {
    report: Arc<Report>,
    trap: Option<Box<wasm_trap_t>>,
}

/// An error's facts, without anything that would keep a store alive.
pub struct Report {
    kind: ErrorKind,
    message: CString,
    argument: Option<usize>,
    position: Option<usize>,
    offset: Option<usize>,
    line_column: Option<(usize, usize)>,
    needed: Option<usize>,
    trap_code: Option<TrapCode>,
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
            needed: error.needed(),
            trap_code: error.trap().and_then(|trap| trap.code()),
        })
    }
}

impl witrt_error_t {
    /// An error for C, with the trap that it was, if it was one.
    pub fn new(report: Arc<Report>, trap: Option<Box<wasm_trap_t>>) -> Box<witrt_error_t> {
        Box::new(witrt_error_t { report, trap })
    }
}

thread_local! {
    static LAST: RefCell<Option<Box<witrt_error_t>>> = const { RefCell::new(None) };
}

/// Leaves an error as this thread's last one.
#[cold]
pub fn set_last(error: &Error) {
    keep_last(Report::new(error));
}

/// The same for one that has been reported otherwise too.
pub fn keep_last(report: Arc<Report>) {
    // A thread that is ending has no last error any more.
    let _ = LAST.try_with(|last| last.replace(Some(witrt_error_t::new(report, None))));
}

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
    Box::into_raw(witrt_error_t::new(report, trap))
}

/// The error of the last function that failed on this thread, or NULL.
///
/// It is borrowed: valid until the next function fails on this thread, or
/// `witrt_clear_last_error`. Success leaves it alone, so look at it only after
/// a function has answered that it failed. `wasm_func_call` leaves its traps
/// here too.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_last_error() -> *const witrt_error_t {
    let last = |last: &RefCell<Option<Box<witrt_error_t>>>| {
        last.borrow().as_deref().map_or(std::ptr::null(), std::ptr::from_ref)
    };
    LAST.try_with(last).unwrap_or(std::ptr::null())
}

/// Forgets this thread's last error.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_clear_last_error() {
    enter(|| {
        drop(LAST.try_with(|last| last.take()));
        Ok(())
    })
}

/// Deletes an error. NULL is accepted.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_error_delete(error: Option<Box<witrt_error_t>>) {
    quietly(|| drop(error))
}

/// A copy of an error, owned by the caller: the way to keep the last error.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_error_copy(error: Option<&witrt_error_t>) -> Option<Box<witrt_error_t>> {
    enter(|| {
        let trap = |error: &witrt_error_t| super::handle::copy(error.trap.as_deref());
        Ok(error.map(|error| witrt_error_t::new(error.report.clone(), trap(error))))
    })
}

/// The kind, one of `witrt_error_kind_enum`; `WITRT_ERROR_NONE` for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_error_kind(error: Option<&witrt_error_t>) -> witrt_error_kind_t {
    error.map_or(0, |error| error.report.kind as u32)
}

/// The message: UTF-8, NUL-terminated, in English, never NULL. Borrowed from
/// the error.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_error_message(error: Option<&witrt_error_t>) -> *const c_char {
    error.map_or(c"", |error| error.report.message.as_c_str()).as_ptr()
}

/// The name of a kind, such as `MalformedText`; NULL for a number that is
/// none. It lives for ever.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_error_kind_name(kind: witrt_error_kind_t) -> *const c_char {
    super::families::kind_name(kind).map_or(std::ptr::null(), |name| name.as_ptr())
}

/// Which argument, result or import is at fault, counted from zero. False,
/// and nothing written, where that does not apply.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_error_argument(
    error: Option<&witrt_error_t>,
    index: *mut usize,
) -> bool {
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { tell(error, index, |report| report.argument) }
}

/// Where a text is ill-formed, in code units from its start. False, and
/// nothing written, where that does not apply.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_error_position(
    error: Option<&witrt_error_t>,
    position: *mut usize,
) -> bool {
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { tell(error, position, |report| report.position) }
}

/// Where a module is wrong, binary or text, in bytes from its start. False, and
/// nothing written, where that does not apply.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_error_offset(
    error: Option<&witrt_error_t>,
    offset: *mut usize,
) -> bool {
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { tell(error, offset, |report| report.offset) }
}

/// Where a text module is wrong: line and column, both counted from one.
/// Either pointer may be NULL. False, and nothing written, where that does not
/// apply.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_error_line_column(
    error: Option<&witrt_error_t>,
    line: *mut usize,
    column: *mut usize,
) -> bool {
    // SAFETY: the header demands writable pointers or NULL.
    unsafe {
        tell(error, line, |report| report.line_column.map(|at| at.0))
            && tell(error, column, |report| report.line_column.map(|at| at.1))
    }
}

/// The capacity that would have been enough, in code units, after
/// `WITRT_ERROR_BUFFER_TOO_SMALL`, and where a `grow` refused. False, and nothing
/// written, where that does not apply.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_error_needed(
    error: Option<&witrt_error_t>,
    needed: *mut usize,
) -> bool {
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { tell(error, needed, |report| report.needed) }
}

/// Which of the built-in traps it was; `WITRT_TRAP_NONE` for a trap of the
/// host's own and for what is no trap.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_error_trap_code(error: Option<&witrt_error_t>) -> witrt_trap_code_t {
    error.and_then(|error| error.report.trap_code).map_or(0, |code| code as u32)
}

/// The trap, borrowed from the error; NULL for what is no trap, and in the
/// last error, which keeps no object of a store.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_error_trap(error: Option<&witrt_error_t>) -> Option<&wasm_trap_t> {
    error.and_then(|error| error.trap.as_deref())
}

/// The error that a trap stands for, with the facts above. Owned by the
/// caller.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_trap_error(trap: Option<&wasm_trap_t>) -> Option<Box<witrt_error_t>> {
    enter(|| {
        let trap = need(trap, "trap")?;
        let report = super::trap::body(trap)?.report.clone();
        let copy = wasm_trap_t::boxed(trap.handle().clone());
        Ok(Some(witrt_error_t::new(report, Some(copy))))
    })
}

/// Which of the built-in traps it is; `WITRT_TRAP_NONE` for one of the host's
/// own.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_trap_code(trap: Option<&wasm_trap_t>) -> witrt_trap_code_t {
    enter(|| {
        let body = super::trap::body(need(trap, "trap")?)?;
        Ok(body.report.trap_code.map_or(0, |code| code as u32))
    })
}

/// Writes a fact, if the error has it.
///
/// # Safety
///
/// `out` must be NULL or writable.
unsafe fn tell(
    error: Option<&witrt_error_t>,
    out: *mut usize,
    fact: impl FnOnce(&Report) -> Option<usize>,
) -> bool {
    let Some(value) = error.and_then(|error| fact(&error.report)) else { return false };
    // SAFETY: the caller vouches for it.
    unsafe { offer(out, value) };
    true
}
