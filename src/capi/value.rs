//! Values: deleting and copying them.
//!
//! Not here: what they are.

use super::base::boundary::{enter, need, null, write};
use super::base::value::wasm_val_t;
use super::base::vec::Element;

/// Gives up the reference, string or parts that a value owns, and leaves a null
/// reference. The struct itself is the caller's. NULL is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_val_delete(val: *mut wasm_val_t) {
    enter(|| {
        if !val.is_null() {
            // SAFETY: the header demands a value that owns what it holds.
            unsafe { val.replace(wasm_val_t::null()).release() };
        }
        Ok(())
    })
}

/// Copies a value, with a reference, string or parts of its own, into `out`, whatever
/// was there before. Where that fails, `out` is a null reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_val_copy(out: *mut wasm_val_t, val: *const wasm_val_t) {
    enter(|| {
        if out.is_null() {
            return Err(null("out"));
        }
        // SAFETY: the header demands a value, or NULL.
        let copy = need(unsafe { val.as_ref() }, "val").and_then(|val| unsafe { val.duplicate() });
        let (value, outcome) = match copy {
            Ok(value) => (value, Ok(())),
            Err(error) => (wasm_val_t::null(), Err(error)),
        };
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { write(out, "out", value) }?;
        outcome
    })
}
