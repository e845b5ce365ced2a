//! What is told of errors, and of the last one of a thread.
//!
//! Not here: how functions fail.

use super::base::boundary::{enter, need, offer, quietly};
use super::base::failure::{error_of, trap_body, trap_of};
use super::base::handle::{self, Reference, wasm_trap_t};
use super::base::last;
use super::base::report::{
    Report, kind_name, witrt_error_kind_t, witrt_error_t, witrt_trap_code_t,
};
use std::ffi::c_char;

/// The error of the last function that failed on this thread, or NULL.
///
/// It is borrowed: valid until the next function fails on this thread, or
/// `witrt_error_clear_last`. Success leaves it alone, so look at it only after
/// a function has answered that it failed. `wasm_func_call` leaves its traps
/// here too.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_error_last() -> *const witrt_error_t {
    last::last()
}

/// Forgets this thread's last error.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_error_clear_last() {
    quietly(last::clear)
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
        let copy = |error| handle::copy(trap_of(error));
        Ok(error.map(|error| error_of(error.report.clone(), copy(error))))
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
    error.map_or(c"", |error| &*error.report.message).as_ptr()
}

/// The name of a kind, such as `MalformedText`; NULL for a number that is
/// none. It lives for ever.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_error_kind_name(kind: witrt_error_kind_t) -> *const c_char {
    kind_name(kind).map_or(std::ptr::null(), |name| name.as_ptr())
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
pub unsafe extern "C" fn witrt_error_capacity(
    error: Option<&witrt_error_t>,
    capacity: *mut usize,
) -> bool {
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { tell(error, capacity, |report| report.capacity) }
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
    error.and_then(trap_of)
}

/// The error that a trap stands for, with the facts above. Owned by the
/// caller.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_trap_error(trap: Option<&wasm_trap_t>) -> Option<Box<witrt_error_t>> {
    enter(|| {
        let trap = need(trap, "trap")?;
        let report = trap_body(trap)?.report.clone();
        let copy = wasm_trap_t::boxed(trap.handle().clone());
        Ok(Some(error_of(report, Some(copy))))
    })
}

/// The status that a guest ended with by itself, which is `WITRT_TRAP_EXITED`: zero
/// is success. False, and nothing written, for any other error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_error_exit_status(
    error: Option<&witrt_error_t>,
    status: *mut i32,
) -> bool {
    let Some(exit) = error.and_then(|error| error.report.exit) else { return false };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { offer(status, exit) };
    true
}

/// The status that a guest ended with by itself, which is `WITRT_TRAP_EXITED`: zero
/// is success. False, and nothing written, for any other trap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_trap_exit_status(
    trap: Option<&wasm_trap_t>,
    status: *mut i32,
) -> bool {
    enter(|| {
        let body = trap_body(need(trap, "trap")?)?;
        let Some(exit) = body.report.exit else { return Ok(false) };
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { offer(status, exit) };
        Ok(true)
    })
}

/// Which of the built-in traps it is; `WITRT_TRAP_NONE` for one of the host's
/// own.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_trap_code(trap: Option<&wasm_trap_t>) -> witrt_trap_code_t {
    enter(|| {
        let body = trap_body(need(trap, "trap")?)?;
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
