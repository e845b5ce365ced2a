//! Stores: making them, and what bounds their guests.
//!
//! Not here: how they are entered.

use super::base::boundary::{Foreign, borrow, enter, need, write};
use super::base::cell::{StoreCell, cell_of, wasm_store_t};
use super::base::failure::report;
use super::base::report::witrt_error_t;
use super::engine::wasm_engine_t;
use crate::{Context, Error};
use std::ffi::c_void;
use std::num::NonZeroU64;
use std::sync::Arc;

/// A new, empty store. The engine may be deleted before it. Owned by the
/// caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_store_new(engine: Option<&wasm_engine_t>) -> Option<Box<wasm_store_t>> {
    enter(|| {
        let engine = need(engine, "engine")?.engine();
        Ok(Some(Box::new(wasm_store_t { cell: StoreCell::new(engine) })))
    })
}

/// Gives the store's guests so much fuel, in place of what is left. A new store
/// has none. False, with `WITRT_ERROR_UNSUPPORTED`, where the engine does not
/// count fuel.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_store_set_fuel(store: Option<&wasm_store_t>, fuel: u64) -> bool {
    enter(|| {
        cell_of(store)?.enter(|inside| inside.context().set_fuel(fuel))??;
        Ok(true)
    })
}

/// The fuel that is left. False, and nothing written, where the engine does not
/// count fuel.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_store_get_fuel(
    store: Option<&wasm_store_t>,
    fuel: *mut u64,
) -> bool {
    enter(|| {
        let left = cell_of(store)?.enter(|inside| inside.context().fuel())??;
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { write(fuel, "fuel", left) }?;
        Ok(true)
    })
}

/// Stops the store's guests with a trap when the engine's epoch has moved on by
/// so many ticks from now: see `witrt_engine_increment_epoch`. Without a call
/// of this there is no deadline, nor with a number of ticks that nobody can wait
/// for. It has no effect where the engine has no epochs.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_store_set_epoch_deadline(store: Option<&wasm_store_t>, ticks: u64) -> bool {
    enter(|| {
        cell_of(store)?.enter(|inside| inside.context().set_epoch_deadline(ticks))?;
        Ok(true)
    })
}

/// What is asked when a deadline has come to pass: how many ticks, counted from now,
/// the guest may go on for; zero stops it with the trap that it is without.
///
/// It is called on the thread of the call, in the middle of the guest. The store is
/// shut meanwhile: calls into it fail with `WITRT_ERROR_STORE_BUSY`; deleting is
/// permitted. C++ exceptions must not leave it, nor `longjmp`.
pub type witrt_epoch_callback_t = Option<unsafe extern "C" fn(env: *mut c_void) -> u64>;

/// Has a callback asked whenever this store's deadline has come to pass, in place of
/// an earlier one; NULL for none, which is so at first. `env` is given to each call.
/// The finalizer may be NULL; else it is called once with `env`, when the callback is
/// needed no more: at the latest with the store. Where this fails it is not called.
///
/// False, with `WITRT_ERROR_UNSUPPORTED`, where the engine has no epochs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_store_set_epoch_callback(
    store: Option<&wasm_store_t>,
    callback: witrt_epoch_callback_t,
    env: *mut c_void,
    finalizer: Option<unsafe extern "C" fn(*mut c_void)>,
) -> bool {
    enter(|| {
        cell_of(store)?.enter(|inside| {
            inside.context().set_epoch_callback(None)?;
            // Nothing fails from here on: the finalizer is taken over.
            let env = Foreign::new(env, finalizer);
            let Some(callback) = callback else { return Ok(true) };
            // SAFETY: the callback's contract is the header's.
            let asked = move || NonZeroU64::new(unsafe { callback(env.data()) });
            inside.context().set_epoch_callback(Some(Arc::new(asked)))?;
            Ok(true)
        })?
    })
}

/// The most bytes that one linear memory of this store may have, in place of what the
/// engine was made with (`witrt_config_set_max_memory_bytes`). Growing beyond fails as
/// the guest sees it; a memory that is larger already stays as it is. It holds for
/// what is made and grows from now on. False for a store that is NULL or busy.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_store_set_max_memory_bytes(
    store: Option<&wasm_store_t>,
    bytes: usize,
) -> bool {
    limit(store, |mut store| store.set_max_memory_bytes(bytes))
}

/// The most elements that one table of this store may have, as
/// `witrt_store_set_max_memory_bytes`.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_store_set_max_table_elements(
    store: Option<&wasm_store_t>,
    elements: usize,
) -> bool {
    limit(store, |mut store| store.set_max_table_elements(elements))
}

/// The most instances that this store may have, and no more than the engine was made
/// for (`witrt_config_set_max_instances`). Those of components are counted by
/// themselves, and those that are there stay. False for a store that is NULL or busy.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_store_set_max_instances(
    store: Option<&wasm_store_t>,
    instances: usize,
) -> bool {
    limit(store, |mut store| store.set_max_instances(instances))
}

fn limit(store: Option<&wasm_store_t>, change: impl FnOnce(Context<'_>)) -> bool {
    enter(|| {
        cell_of(store)?.enter(|inside| change(inside.context()))?;
        Ok(true)
    })
}

/// Copies the strings of guests that are still held, and runs the deferred
/// calls (such as a guest's `free`) that are owed. Every call does this first,
/// so it is of use only to have it done by a certain time.
///
/// False when a deferred call trapped; all of them run all the same. `error`
/// may be NULL; what is written there is owned by the caller, NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_store_settle(
    store: *const wasm_store_t,
    error: *mut *mut witrt_error_t,
) -> bool {
    let body = || {
        // Guests run, and may have the handle deleted: it is not used after this.
        // SAFETY: the header demands a store or NULL.
        let cell = cell_of(unsafe { borrow(store) })?;
        cell.enter(|inside| inside.context().settle())??;
        Ok::<_, Error>(true)
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}
