//! Traps and their frames.
//!
//! Not here: why a guest traps, and how a trap travels.

use super::base::boundary::{enter, need, write};
use super::base::cell::{Inside, StoreCell, cell_of, wasm_store_t};
use super::base::failure::{of_host, trap_body};
use super::base::handle::{self, Reference, wasm_instance_t, wasm_trap_t};
use super::base::vec::{self, Duplicate, Owned, Vector, bytes, from_bytes, from_items, terminated};
use super::base::vec::{wasm_message_t, wasm_name_t};
use crate::{Frame, Result};
use std::sync::Arc;

include!(concat!(env!("OUT_DIR"), "/frames.rs"));

/// A function that was running when a trap happened. It owns its data: it may
/// outlive the trap and the store. Any thread may read or delete it.
pub struct wasm_frame_t {
    frame: Frame,
    /// The function's name, for C.
    name: Option<Owned<wasm_name_t>>,
    instance: Option<Box<wasm_instance_t>>,
}

// SAFETY: the name is owned and never changed; the rest is `Send` and `Sync`.
unsafe impl Send for wasm_frame_t {}
// SAFETY: as above.
unsafe impl Sync for wasm_frame_t {}

impl wasm_frame_t {
    fn new(frame: &Frame, cell: Option<&Arc<StoreCell>>) -> Result<wasm_frame_t> {
        // A store that is busy elsewhere tells nothing; the frame is the same.
        let find = |inside: &mut Inside<'_>| inside.sole_instance(frame.module);
        let instance = cell.and_then(|cell| cell.clone().enter(find).ok().flatten());
        Ok(wasm_frame_t {
            name: frame.func_name.as_ref().map(|name| name_of(name)).transpose()?,
            frame: frame.clone(),
            instance: instance.map(wasm_instance_t::boxed),
        })
    }
}

fn name_of(name: &str) -> Result<Owned<wasm_name_t>> {
    from_bytes::<wasm_name_t>(name.as_bytes()).map(Owned::new)
}

impl Duplicate for wasm_frame_t {
    fn duplicate(&self) -> Result<wasm_frame_t> {
        Ok(wasm_frame_t {
            frame: self.frame.clone(),
            name: self.frame.func_name.as_ref().map(|name| name_of(name)).transpose()?,
            instance: handle::copy(self.instance.as_deref()),
        })
    }
}

/// A trap of the host's own, for a callback to return. The message is copied,
/// and may lack the NUL that ends it. NULL where there is no memory for it. Owned
/// by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_trap_new(
    store: Option<&wasm_store_t>,
    message: *const wasm_message_t,
) -> Option<Box<wasm_trap_t>> {
    enter(|| {
        let cell = cell_of(store)?;
        // SAFETY: the header demands a vector or NULL.
        let message = unsafe { bytes(message, "message") }?;
        let id = cell.id();
        Ok(Some(of_host(Some(cell), id, message.strip_suffix(b"\0").unwrap_or(message))?))
    })
}

/// Writes a copy of the message to `out`, with the NUL that ends it, which its
/// size counts; an empty vector on failure. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_trap_message(trap: Option<&wasm_trap_t>, out: *mut wasm_message_t) {
    enter(|| {
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { vec::new_empty(out) }?;
        let message = trap_body(need(trap, "trap")?)?.trap.message().as_bytes();
        // SAFETY: as above.
        unsafe { write(out, "out", terminated(message)?) }
    })
}

/// The innermost frame; NULL where no wasm was running. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_trap_origin(trap: Option<&wasm_trap_t>) -> Option<Box<wasm_frame_t>> {
    enter(|| {
        let trap = need(trap, "trap")?;
        let cell = trap.handle().store.as_ref();
        let first = trap_body(trap)?.trap.frames().first();
        Ok(first.map(|frame| wasm_frame_t::new(frame, cell)).transpose()?.map(Box::new))
    })
}

/// Writes all frames to `out`, innermost first; an empty vector where no wasm
/// was running, and on failure. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_trap_trace(trap: Option<&wasm_trap_t>, out: *mut wasm_frame_vec_t) {
    enter(|| {
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { vec::new_empty(out) }?;
        let trap = need(trap, "trap")?;
        let cell = trap.handle().store.as_ref();
        let frames = trap_body(trap)?.trap.frames().iter();
        let frames =
            frames.map(|frame| wasm_frame_t::new(frame, cell)).collect::<Result<Vec<_>>>()?;
        let frames = frames.into_iter().map(|frame| Box::into_raw(Box::new(frame)));
        // SAFETY: as above.
        unsafe { write(out, "out", from_items(frames)?) }
    })
}

/// A copy of a frame. NULL for NULL. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_frame_copy(frame: Option<&wasm_frame_t>) -> Option<Box<wasm_frame_t>> {
    enter(|| vec::copied(frame))
}

/// The instance that the function belongs to, borrowed from the frame; NULL
/// where that is not known: its module has several instances in the store.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_frame_instance(frame: Option<&wasm_frame_t>) -> *mut wasm_instance_t {
    enter(|| {
        let instance = need(frame, "frame")?.instance.as_deref();
        Ok(instance.map_or(std::ptr::null_mut(), |i| std::ptr::from_ref(i).cast_mut()))
    })
}

/// The function's index in its module, imports first.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_frame_func_index(frame: Option<&wasm_frame_t>) -> u32 {
    enter(|| Ok(need(frame, "frame")?.frame.func_index))
}

/// Where it was, in bytes from the start of the function's body.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_frame_func_offset(frame: Option<&wasm_frame_t>) -> usize {
    enter(|| Ok(need(frame, "frame")?.frame.func_offset))
}

/// Where it was, in bytes from the start of the module.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_frame_module_offset(frame: Option<&wasm_frame_t>) -> usize {
    enter(|| Ok(need(frame, "frame")?.frame.module_offset))
}

/// The function's name, where the module's name section gives one; else NULL.
/// Borrowed from the frame, in UTF-8, not NUL-terminated.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_frame_func_name(frame: Option<&wasm_frame_t>) -> *const wasm_name_t {
    enter(|| {
        let name = need(frame, "frame")?.name.as_ref();
        Ok(name.map_or(std::ptr::null(), Owned::as_ptr))
    })
}
