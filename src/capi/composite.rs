//! Values with parts: lists, fields, cases and resources.
//!
//! C's structs are the crate's own, so that nothing is made of them: what C lends
//! is read where it lies, and what a call returns is one allocation.
//!
//! Not here: values in general; calls.

use super::boundary::{Foreign, caught, enter, need};
use super::error::{report, witrt_error_t};
use super::families::*;
use super::string::wasm_string_t;
use super::string_box::{self, Source};
use super::value::{wasm_val_t, wasm_valkind_t};
use crate::tree::{FieldsSlot, ListSlot, Slot, TextSlot, VariantSlot};
use crate::{Resource, Result, Str};
use std::ffi::c_void;
use std::mem::offset_of;
use std::sync::Arc;

/// A list: of numbers, `bool` and `char` an array of these, of strings an array of
/// `wasm_string_t`, of anything else an array of `wasm_val_t`. As an argument, an
/// array of `wasm_val_t` does for all.
///
/// A host makes one around its own array, with `WASM_LIST_OF` or
/// `WASM_LIST_OF_VALS`; the array is borrowed for the call.
#[repr(C)]
pub struct wasm_list_t {
    /// The first element; NULL is permitted where `size` is zero.
    pub data: *const c_void,
    /// How many elements.
    pub size: usize,
    /// What they are: a kind of a number, `WASM_BOOL`, `WASM_CHAR`, `WASM_STRING`,
    /// or `WASM_VAL`.
    pub element: wasm_valkind_t,
}

/// A case, and what it holds. It stands in `header/bottom.h`, because values and it
/// are within each other, which the header's generator cannot put in order.
///
/// cbindgen:ignore
#[repr(C)]
pub struct wasm_variant_t {
    /// Which case, in the order of the type.
    pub index: u32,
    /// What it holds: `WASM_EMPTY_VAL` for a case that holds nothing.
    pub val: wasm_val_t,
}

/// A resource: something of the host's that components hold handles of, or
/// something that a component has made.
pub struct witrt_resource_t {
    resource: Resource,
}

/// C's structs lie as the crate's do.
const _: () = {
    assert!(size_of::<wasm_val_t>() == size_of::<Slot>());
    assert!(offset_of!(wasm_val_t, of) == offset_of!(Slot, of));
    assert!(size_of::<wasm_string_t>() == size_of::<TextSlot>());
    assert!(offset_of!(wasm_string_t, size) == offset_of!(TextSlot, size));
    assert!(offset_of!(wasm_string_t, encoding) == offset_of!(TextSlot, encoding));
    assert!(offset_of!(wasm_string_t, reserved) == offset_of!(TextSlot, reserved));
    assert!(size_of::<wasm_list_t>() == size_of::<ListSlot>());
    assert!(offset_of!(wasm_list_t, element) == offset_of!(ListSlot, element));
    assert!(size_of::<wasm_val_vec_t>() == size_of::<FieldsSlot>());
    assert!(offset_of!(wasm_val_vec_t, data) == offset_of!(FieldsSlot, data));
    assert!(size_of::<wasm_variant_t>() == size_of::<VariantSlot>());
    assert!(offset_of!(wasm_variant_t, val) == offset_of!(VariantSlot, val));
    assert!(size_of::<witrt_resource_t>() == size_of::<Resource>());
};

/// Whether values of this kind have parts.
pub fn is_composite(kind: wasm_valkind_t) -> bool {
    (29..=36).contains(&kind)
}

impl wasm_val_t {
    /// The same value as the crate has it.
    pub fn as_slot(&self) -> &Slot {
        // SAFETY: both lie in the same way, and any bits are either.
        unsafe { &*std::ptr::from_ref(self).cast() }
    }

    /// A value of the crate's.
    pub fn of_slot(slot: Slot) -> wasm_val_t {
        // SAFETY: as above.
        unsafe { std::mem::transmute(slot) }
    }
}

/// Values as the crate has them.
pub fn as_slots(vals: &[wasm_val_t]) -> &[Slot] {
    // SAFETY: as in `as_slot`.
    unsafe { std::slice::from_raw_parts(vals.as_ptr().cast(), vals.len()) }
}

/// Reads a string in a value: a host's own struct, or a handle.
///
/// # Safety
///
/// As for [`string_box::source`], for as long as the result is used.
pub unsafe fn read_text(text: *const TextSlot) -> Result<Str<'static>> {
    // SAFETY: the caller vouches for it.
    match unsafe { string_box::source(text.cast()) }? {
        Source::Host(text) => Ok(text),
        Source::Handle(handle) => handle.text().cloned(),
    }
}

/// A resource of the host's own: `data` is what its methods get as their first
/// argument (`witrt_resource_data`). A component that imports its type may hold it
/// longer than the host does; when nobody holds it any more, the finalizer, which
/// may be NULL, is called once with `data`, on whichever thread that happens. It
/// must not use the store. Owned by the caller; it belongs to no store.
///
/// Where this fails, NULL is returned, and the finalizer is not called. `error` may
/// be NULL; what is written there is owned by the caller, NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_resource_new(
    data: *mut c_void,
    finalizer: Option<unsafe extern "C" fn(*mut c_void)>,
    error: *mut *mut witrt_error_t,
) -> *mut witrt_resource_t {
    let body = || {
        let room = crate::tree::ResourceRoom::new()?;
        let data = Foreign::new(data, finalizer);
        Ok::<_, crate::Error>(give(room.fill(Resource::new(Arc::new(data)))))
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}

fn give(slot: Slot) -> *mut witrt_resource_t {
    // SAFETY: a resource's value is a pointer to it.
    unsafe { slot.of.resource }.cast_mut().cast()
}

/// What `witrt_resource_new` was given. NULL for a resource that a component has
/// made.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_resource_data(resource: Option<&witrt_resource_t>) -> *mut c_void {
    enter(|| {
        let data = need(resource, "resource")?.resource.data();
        let foreign = data.and_then(|data| data.downcast_ref::<Foreign>());
        Ok(foreign.map_or(std::ptr::null_mut(), Foreign::data))
    })
}

/// Whether both are the same resource.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_resource_same(
    resource: Option<&witrt_resource_t>,
    other: Option<&witrt_resource_t>,
) -> bool {
    enter(|| {
        let (resource, other) = (need(resource, "resource")?, need(other, "other")?);
        Ok(Resource::same(&resource.resource, &other.resource))
    })
}

/// Another handle of the same resource, to be kept beyond the value or callback
/// that this one belongs to. NULL for NULL. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_resource_copy(
    resource: Option<&witrt_resource_t>,
) -> *mut witrt_resource_t {
    enter(|| {
        let Some(resource) = resource else { return Ok(std::ptr::null_mut()) };
        let room = crate::tree::ResourceRoom::new()?;
        Ok(give(room.fill(resource.resource.clone())))
    })
}

/// Deletes a handle that `witrt_resource_new` or `witrt_resource_copy` made, or
/// that was a result by itself; on one within a value it does nothing, as it goes
/// with that value, and on NULL neither. When the last handle of a component's own
/// resource is deleted, the component destroys it before it runs the next time. Any
/// thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_resource_delete(resource: *mut witrt_resource_t) {
    let done = caught(|| {
        let slot = Slot { kind: 35, of: crate::tree::Of { resource: resource.cast() } };
        // SAFETY: the header demands that it is not used any more.
        unsafe { crate::tree::release(&slot) };
        Ok(())
    });
    if let Err(error) = done {
        super::error::set_last(&error);
    }
}
