//! Resources.
//!
//! Not here: the structs of values; calls.

use super::base::boundary::{Foreign, caught, enter, need};
use super::base::failure::report;
use super::base::last::set_last;
use super::base::report::witrt_error_t;
use super::base::value::wasm_resource_t;
use crate::Resource;
use crate::tree::Slot;
use std::ffi::c_void;
use std::sync::Arc;

/// A resource of the host's own: `data` is what its methods get as their first
/// argument (`wasm_resource_data`). A component that imports its type may hold it
/// longer than the host does; when nobody holds it any more, the finalizer, which
/// may be NULL, is called once with `data`, on whichever thread that happens. It
/// must not use the store. Owned by the caller; it belongs to no store.
///
/// Where this fails, NULL is returned, and the finalizer is not called. `error` may
/// be NULL; what is written there is owned by the caller, NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_resource_new(
    data: *mut c_void,
    finalizer: Option<unsafe extern "C" fn(*mut c_void)>,
    error: *mut *mut witrt_error_t,
) -> *mut wasm_resource_t {
    let body = || {
        let room = crate::tree::ResourceRoom::new()?;
        let data = Foreign::new(data, finalizer);
        Ok::<_, crate::Error>(give(room.fill(Resource::new(Arc::new(data)))))
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}

fn give(slot: Slot) -> *mut wasm_resource_t {
    // SAFETY: a resource's value is a pointer to it.
    unsafe { slot.of.resource }.cast_mut().cast()
}

/// What `wasm_resource_new` was given. NULL for a resource that a component has
/// made.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_resource_data(resource: Option<&wasm_resource_t>) -> *mut c_void {
    enter(|| {
        let data = need(resource, "resource")?.resource.data();
        let foreign = data.and_then(|data| data.downcast_ref::<Foreign>());
        Ok(foreign.map_or(std::ptr::null_mut(), Foreign::data))
    })
}

/// Whether both are the same resource.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_resource_same(
    resource: Option<&wasm_resource_t>,
    other: Option<&wasm_resource_t>,
) -> bool {
    enter(|| {
        let (resource, other) = (need(resource, "resource")?, need(other, "other")?);
        Ok(Resource::same(&resource.resource, &other.resource))
    })
}

/// Another handle of the same resource, to be kept beyond the value or callback
/// that this one belongs to. NULL for NULL. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_resource_copy(resource: Option<&wasm_resource_t>) -> *mut wasm_resource_t {
    enter(|| {
        let Some(resource) = resource else { return Ok(std::ptr::null_mut()) };
        let room = crate::tree::ResourceRoom::new()?;
        Ok(give(room.fill(resource.resource.clone())))
    })
}

/// Deletes a handle that `wasm_resource_new` or `wasm_resource_copy` made, or
/// that was a result by itself; on one within a value it does nothing, as it goes
/// with that value, and on NULL neither. When the last handle of a component's own
/// resource is deleted, the component destroys it before it runs the next time. Any
/// thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_resource_delete(resource: *mut wasm_resource_t) {
    let done = caught(|| {
        let slot = Slot { kind: 35, of: crate::tree::Of { resource: resource.cast() } };
        // SAFETY: the header demands that it is not used any more.
        unsafe { crate::tree::release(&slot) };
        Ok(())
    });
    if let Err(error) = done {
        set_last(&error);
    }
}
