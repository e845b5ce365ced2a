//! Traps and their frames.
//!
//! A trap keeps its identity through wasm: the error that carries it has its
//! object as payload.
//!
//! Not here: why a guest traps.

use super::boundary::{enter, need, write};
use super::error::{Report, keep_last};
use super::families::*;
use super::handle::{Body, Handle, Obj, Reference, wrong_kind};
use super::store::{Inside, StoreCell, cell_of, wasm_store_t};
use super::vec::{self, Duplicate, Owned, from_bytes, from_items, items};
use crate::{Error, Frame, Result, Trap};
use std::sync::Arc;

/// What a trap's object holds.
pub struct TrapBody {
    /// The trap, or one made of another error.
    pub trap: Trap,
    /// What the error said.
    pub report: Arc<Report>,
}

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
            instance: super::handle::copy(self.instance.as_deref()),
        })
    }
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
    match body(&trap) {
        Ok(body) => Error::from(body.trap.clone()).with_payload(obj),
        Err(error) => error,
    }
}

/// What a trap's object holds.
pub fn body(trap: &wasm_trap_t) -> Result<&TrapBody> {
    let obj = &trap.handle().obj;
    match &obj.body {
        Body::Trap(body) => Ok(body),
        _ => Err(wrong_kind("trap", obj)),
    }
}

/// A trap of the host's own, for a callback to return. The message is copied,
/// and may lack the NUL that ends it. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_trap_new(
    store: Option<&wasm_store_t>,
    message: *const wasm_message_t,
) -> Option<Box<wasm_trap_t>> {
    enter(|| {
        let cell = cell_of(store)?;
        // SAFETY: the header demands a vector or NULL.
        let message = unsafe { items(message, "message") }?;
        let bytes: Vec<u8> = message.iter().map(|byte| *byte as u8).collect();
        let id = cell.id();
        Ok(Some(of_host(Some(cell), id, bytes.strip_suffix(b"\0").unwrap_or(&bytes))))
    })
}

/// A trap of the host's own, in the store of that number.
pub fn of_host(store: Option<Arc<StoreCell>>, id: u64, message: &[u8]) -> Box<wasm_trap_t> {
    let trap = Trap::new(String::from_utf8_lossy(message));
    let report = Report::new(&Error::from(trap.clone()));
    let obj = Obj::new(id, Body::Trap(TrapBody { trap, report }));
    wasm_trap_t::boxed(Handle { store, obj })
}

/// Writes a copy of the message to `out`, with the NUL that ends it, which its
/// size counts; an empty vector on failure. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_trap_message(trap: Option<&wasm_trap_t>, out: *mut wasm_message_t) {
    enter(|| {
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { vec::new_empty(out) }?;
        let mut message = body(need(trap, "trap")?)?.trap.message().as_bytes().to_vec();
        message.push(0);
        // SAFETY: as above.
        unsafe { write(out, "out", from_bytes(&message)?) }
    })
}

/// The innermost frame; NULL where no wasm was running. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_trap_origin(trap: Option<&wasm_trap_t>) -> Option<Box<wasm_frame_t>> {
    enter(|| {
        let trap = need(trap, "trap")?;
        let cell = trap.handle().store.as_ref();
        let first = body(trap)?.trap.frames().first();
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
        let frames = body(trap)?.trap.frames().iter();
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
    enter(|| super::types::copy(frame))
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
