//! Instances.
//!
//! Not here: what instantiation does; linking by name.

use super::base::boundary::{borrow, caught, enter, need, offer, quoted, utf8, write};
use super::base::cell::{Inside, StoreCell, cell_of, wasm_store_t};
use super::base::failure::{Failure, report, to_trap};
use super::base::handle::*;
use super::base::last::set_last;
use super::base::object::{Body, wrong_kind};
use super::base::report::witrt_error_t;
use super::base::vec::{self, from_items, items};
use super::module;
use crate::{Error, ErrorKind, Extern, Instance, Result};
use std::ffi::c_char;
use std::sync::Arc;

/// An instance of a module. `imports` are borrowed, in the order of
/// `wasm_module_imports`; NULL is an empty vector. What a store's WASI is to supply
/// may be NULL there, or left out: see `witrt_store_set_wasi`. The module's start
/// function runs here.
///
/// NULL where something does not fit or the start function traps. Where `trap`
/// is not NULL, `*trap` is set to a trap that tells why, owned by the caller,
/// and to NULL on success. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_instance_new(
    store: *const wasm_store_t,
    module: *const wasm_module_t,
    imports: *const wasm_extern_vec_t,
    trap: *mut *mut wasm_trap_t,
) -> Option<Box<wasm_instance_t>> {
    // SAFETY: what the header demands is what `new` does.
    let outcome = caught(|| Ok(unsafe { new(store, module, imports) }));
    let (instance, failed) = match outcome.unwrap_or_else(|panic| Err(panic.into())) {
        Ok(instance) => (instance, std::ptr::null_mut()),
        Err(failure) if trap.is_null() => {
            set_last(&failure.error);
            (None, std::ptr::null_mut())
        }
        Err(failure) => (None, Box::into_raw(to_trap(failure.cell, &failure.error))),
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { offer(trap, failed) };
    instance
}

/// As `wasm_instance_new`, with an error object, which tells the import at
/// fault and holds the trap if it was one. `error` may be NULL; what is written
/// there is owned by the caller, NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_instance_new(
    store: *const wasm_store_t,
    module: *const wasm_module_t,
    imports: *const wasm_extern_vec_t,
    error: *mut *mut witrt_error_t,
) -> Option<Box<wasm_instance_t>> {
    // SAFETY: what the header demands is what `new` does, and a writable
    // pointer or NULL.
    unsafe { report(error, || new(store, module, imports)) }
}

/// # Safety
///
/// The pointers must be NULL or what their types say.
unsafe fn new(
    store: *const wasm_store_t,
    module: *const wasm_module_t,
    imports: *const wasm_extern_vec_t,
) -> Result<Option<Box<wasm_instance_t>>, Failure> {
    // SAFETY: the caller vouches for the pointers.
    let (cell, module) = unsafe { (cell_of(borrow(store))?, module::get(borrow(module))?) };
    let made = cell.clone().enter(|inside| {
        // SAFETY: the caller vouches for the vector.
        let imports = unsafe { externs(inside, imports) }?;
        let instance = match imports.iter().cloned().collect::<Option<Vec<_>>>() {
            Some(all) => Instance::new(inside.context(), &module, &all)?,
            None => Instance::with_imports(inside.context(), &module, &imports)?,
        };
        Ok(inside.instance_handle(instance))
    });
    match made.and_then(|made| made) {
        Ok(handle) => Ok(Some(wasm_instance_t::boxed(handle))),
        Err(error) => Err(Failure { error, cell: Some(cell) }),
    }
}

/// # Safety
///
/// The pointer must be NULL or a vector.
unsafe fn externs(
    inside: &Inside<'_>,
    vec: *const wasm_extern_vec_t,
) -> Result<Vec<Option<Extern>>> {
    // SAFETY: the caller vouches for it.
    let items = unsafe { items(vec, "imports") }?;
    let mut externs = Vec::new();
    externs.try_reserve_exact(items.len()).map_err(|_| {
        let message = format!("no memory for {} imports", items.len());
        Error::new(ErrorKind::OutOfMemory, message)
    })?;
    for (i, item) in items.iter().enumerate() {
        // SAFETY: as above.
        let found = unsafe { borrow(*item) }.map(|item| to_extern(inside, item)).transpose();
        let what = |e: Error| e.context(format_args!("import {i}")).at_argument(i);
        externs.push(found.map_err(what)?);
    }
    Ok(externs)
}

fn to_extern(inside: &Inside<'_>, item: &wasm_extern_t) -> Result<Extern> {
    let obj = &item.handle().obj;
    obj.check(inside.id())?;
    obj.to_extern().ok_or_else(|| wrong_kind("extern", obj))
}

/// The store of a handle, held from now on, and its instance.
pub fn get(instance: Option<&wasm_instance_t>) -> Result<(Arc<StoreCell>, Instance)> {
    let handle = need(instance, "instance")?.handle();
    match &handle.obj.body {
        Body::Instance(instance) => Ok((handle.cell()?, instance.clone())),
        _ => Err(wrong_kind("instance", &handle.obj)),
    }
}

/// Writes handles of all exports to `out`, in the order of
/// `wasm_module_exports`; an empty vector on failure. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_instance_exports(
    instance: Option<&wasm_instance_t>,
    out: *mut wasm_extern_vec_t,
) {
    enter(|| {
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { vec::new_empty(out) }?;
        let (cell, instance) = get(instance)?;
        let handles = cell.enter(|inside| {
            let exports = instance.exports(inside.context())?;
            let handles = exports.iter().map(|export| inside.extern_handle(export.clone()));
            Ok::<_, Error>(handles.collect::<Vec<_>>())
        })??;
        let handles = handles.into_iter().map(|handle| Box::into_raw(wasm_extern_t::boxed(handle)));
        // SAFETY: as above.
        unsafe { write(out, "out", from_items(handles)?) }
    })
}

/// The export of that name, `size` bytes of UTF-8. NULL where there is none.
/// Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_instance_export(
    instance: Option<&wasm_instance_t>,
    name: *const c_char,
    size: usize,
) -> Option<Box<wasm_extern_t>> {
    enter(|| {
        let (cell, instance) = get(instance)?;
        // SAFETY: the header demands `size` bytes at `name`.
        let name = unsafe { utf8(name.cast(), size, "name") }?;
        cell.enter(|inside| {
            let found = instance.export(inside.context(), name)?.ok_or_else(|| {
                let message = format!("no export is named {}", quoted(name));
                Error::new(ErrorKind::OutOfRange, message)
            })?;
            Ok(Some(wasm_extern_t::boxed(inside.extern_handle(found))))
        })?
    })
}
