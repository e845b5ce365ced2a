//! Prepared calls: the type is checked once, and a call takes no list of values.
//!
//! Not here: what a call does; slots, callbacks.

use super::base::boundary::{enter, need, null, quietly};
use super::base::cell::{StoreCell, StringBox};
use super::base::failure::{Failure, report};
use super::base::handle::{Reference, wasm_func_t};
use super::base::report::witrt_error_t;
use super::base::text::wasm_string_t;
use super::described::Described;
use super::slot::{SlotKind, witrt_slot_kind_t, witrt_slot_t};
use super::slot_call::SlotCall;
use crate::{Func, Prepared, Result, ValType};
use std::sync::Arc;

/// A function that is ready to be called with slots.
///
/// It keeps its function and its store alive, and is used like the store: by
/// one thread at a time. Deleting is permitted on any thread at any time, also
/// while a call of it runs.
// Programs hold it as a reference that is counted, and each call has its own.
pub struct witrt_prepared_t {
    pub(super) values: Values,
    /// The store goes last.
    pub(super) cell: Arc<StoreCell>,
}

/// What the values of a call are, as the host has them.
pub(super) enum Values {
    Slots(SlotCall),
    Described(Box<Described>),
}

/// Prepares a function for calls with slots of these kinds, which must fit its
/// type. Owned by the caller; NULL, with `WITRT_ERROR_WRONG_KIND`, where they do
/// not fit. `error` may be NULL; what is written there is owned by the caller,
/// NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_func_prepare(
    func: Option<&wasm_func_t>,
    params: *const witrt_slot_kind_t,
    param_count: usize,
    results: *const witrt_slot_kind_t,
    result_count: usize,
    error: *mut *mut witrt_error_t,
) -> *mut witrt_prepared_t {
    let body = || -> Result<*mut witrt_prepared_t> {
        let cell = need(func, "func")?.handle().cell()?;
        let func = super::func::get(func)?;
        // SAFETY: the header demands so many kinds.
        let (params, results) = unsafe {
            (
                SlotKind::all(params, param_count, "params", false)?,
                SlotKind::all(results, result_count, "results", true)?,
            )
        };
        Ok(give(of_kinds(func, params, results)?, cell))
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}

/// One for the caller.
pub(super) fn give(values: Values, cell: Arc<StoreCell>) -> *mut witrt_prepared_t {
    Arc::into_raw(Arc::new(witrt_prepared_t { values, cell })).cast_mut()
}

/// Prepares a function for slots of these kinds, and types.
pub(super) fn of_kinds(
    func: &Func,
    (params, takes): (Box<[SlotKind]>, Vec<ValType>),
    (results, gives): (Box<[SlotKind]>, Vec<ValType>),
) -> Result<Values> {
    let call = Prepared::new(func, &takes, &gives)?;
    Ok(Values::Slots(SlotCall::new(call, params, results)))
}

/// Deletes it; not the function. NULL is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_prepared_delete(prepared: *mut witrt_prepared_t) {
    quietly(|| {
        if !prepared.is_null() {
            // SAFETY: the header demands one of the caller's own. A call that is
            // running has another reference.
            drop(unsafe { Arc::from_raw(prepared) });
        }
    })
}

/// A reference for a call, which outlives the caller's.
///
/// # Safety
///
/// The pointer must be NULL or a live prepared call.
#[inline]
unsafe fn hold(prepared: *const witrt_prepared_t) -> Result<Arc<witrt_prepared_t>> {
    if prepared.is_null() {
        return Err(null("prepared"));
    }
    // SAFETY: not NULL, so the caller vouches that it comes from
    // `witrt_func_prepare`, and has not been deleted.
    unsafe {
        Arc::increment_strong_count(prepared);
        Ok(Arc::from_raw(prepared))
    }
}

/// Calls the function. `args` has a slot for each parameter and `results` one
/// for each result; both are the caller's. True for success.
///
/// Arguments are borrowed, with what they point to. Of a result that is text,
/// the slot's `buffer` says where to write and how much room there is, and after
/// the call `text` in its place is what was written; or `grow` makes room, and learns
/// how long the text is. Other
/// results are written over what was in the slot: numbers, and strings and
/// references that the caller owns.
///
/// On failure the slots of results are as they were, though buffers may have
/// been written to, and room may have been made. `error` may be NULL; what is
/// written there is owned by the caller, NULL on success. It is as for
/// `witrt_func_call`, and one more: `WITRT_ERROR_BUFFER_TOO_SMALL` where the call
/// was made, but a text did not fit. All slots are written then; the size of
/// such a text is what is needed, and the text itself is kept for
/// `witrt_prepared_take_result`. It is the same where a `grow` refused, which is
/// `WITRT_ERROR_OUT_OF_MEMORY` (`witrt_error_capacity` tells the length), and where it
/// gave memory that is not aligned, or Latin-1 does not have a character of the text, which
/// is `WITRT_ERROR_OUT_OF_RANGE` (the size of a `text` is zero then).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_prepared_call(
    prepared: *const witrt_prepared_t,
    args: *const witrt_slot_t,
    results: *mut witrt_slot_t,
    error: *mut *mut witrt_error_t,
) -> bool {
    // SAFETY: what the header demands is what `call` does, and a writable
    // pointer or NULL.
    unsafe { report(error, || call(prepared, args, results).map(|()| true)) }
}

/// # Safety
///
/// The pointers must be NULL or what the header says.
#[inline]
unsafe fn call(
    prepared: *const witrt_prepared_t,
    args: *const witrt_slot_t,
    results: *mut witrt_slot_t,
) -> Result<(), Failure> {
    // SAFETY: the caller vouches for the handle.
    let prepared = unsafe { hold(prepared) }?;
    let (takes, gives) = match &prepared.values {
        Values::Slots(slots) => slots.counts(),
        Values::Described(described) => described.counts(),
    };
    if args.is_null() && takes > 0 {
        return Err(null("args").into());
    }
    if results.is_null() && gives > 0 {
        return Err(null("results").into());
    }
    prepared.cell.enter_held(|inside| {
        // SAFETY: the caller vouches for the slots.
        let done = unsafe {
            match &prepared.values {
                Values::Slots(slots) => slots.call(inside, args, results),
                Values::Described(described) => described.call(inside, args, results),
            }
        };
        done.map_err(|error| Failure { error, cell: inside.cell() })
    })?
}

/// The result of this index of the last call, if its buffer was too small for
/// it, its `grow` did not make room, or Latin-1 does not have it. Owned by the caller, who may ask once;
/// NULL where there is none, which includes a call that failed otherwise. The next call
/// forgets it.
///
/// The last call is the one that returned last: right after a call this is its
/// own text, whatever calls were made within it, and it is gone where one is made
/// after it, such as by a callback that returns to another call of the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_prepared_take_result(
    prepared: *const witrt_prepared_t,
    index: usize,
) -> *mut wasm_string_t {
    enter(|| {
        // SAFETY: the header demands a prepared call or NULL.
        let prepared = unsafe { hold(prepared) }?;
        prepared.cell.enter_held(|inside| {
            let kept = match &prepared.values {
                Values::Slots(slots) => &slots.kept,
                Values::Described(described) => &described.kept,
            };
            Ok(StringBox::give(inside, kept.take_text(index)?))
        })?
    })
}

/// Puts a result that the last call kept, as for `witrt_prepared_take_result`, where the
/// slot says, which is like one of a call: text and any other value that there was no
/// room for. Where there is too little room again, that is the same error, and the value
/// is kept still. True for success. `error` may be NULL; what is written there is owned
/// by the caller, NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_prepared_take(
    prepared: *const witrt_prepared_t,
    index: usize,
    result: *mut witrt_slot_t,
    error: *mut *mut witrt_error_t,
) -> bool {
    let body = || {
        // SAFETY: the header demands a prepared call or NULL.
        let prepared = unsafe { hold(prepared) }?;
        if result.is_null() {
            return Err(null("result"));
        }
        prepared.cell.enter_held(|inside| {
            // SAFETY: the header demands a slot as for a call.
            unsafe {
                match &prepared.values {
                    Values::Slots(slots) => slots.take(inside, index, &mut *result),
                    Values::Described(described) => described.take(inside, index, &mut *result),
                }
            }
            .map(|()| true)
        })?
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}
