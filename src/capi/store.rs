//! Stores: making them, and what bounds their guests.
//!
//! Not here: how they are entered.

use super::base::boundary::{borrow, enter, need, write};
use super::base::cell::{StoreCell, cell_of, wasm_store_t};
use super::base::failure::report;
use super::base::report::witrt_error_t;
use super::engine::wasm_engine_t;
use crate::Error;

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
