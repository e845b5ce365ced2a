//! Instances, and linking by name.
//!
//! Not here: what instantiation does.

use super::base::boundary::{borrow, caught, enter, need, offer, quietly, quoted, utf8, write};
use super::base::cell::{Inside, StoreCell, cell_of, wasm_store_t};
use super::base::failure::{Failure, report, to_trap};
use super::base::handle::*;
use super::base::last::set_last;
use super::base::object::{Body, wrong_kind};
use super::base::report::witrt_error_t;
use super::base::vec::{self, from_items, items};
use super::module;
use crate::{Error, ErrorKind, Extern, Instance, Linker, Module, Result};
use std::ffi::c_char;
use std::sync::Arc;

/// An instance of a module. `imports` are borrowed, in the order of
/// `wasm_module_imports`; NULL is an empty vector. The module's start function
/// runs here.
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
        let instance = Instance::new(inside.context(), &module, &imports)?;
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
unsafe fn externs(inside: &Inside<'_>, vec: *const wasm_extern_vec_t) -> Result<Vec<Extern>> {
    // SAFETY: the caller vouches for it.
    let items = unsafe { items(vec, "imports") }?;
    let mut externs = Vec::new();
    externs.try_reserve_exact(items.len()).map_err(|_| {
        let message = format!("no memory for {} imports", items.len());
        Error::new(ErrorKind::OutOfMemory, message)
    })?;
    for (i, item) in items.iter().enumerate() {
        // SAFETY: as above.
        let found = unsafe { to_extern(inside, *item) };
        let what = |e: Error| e.context(format_args!("import {i}")).at_argument(i);
        externs.push(found.map_err(what)?);
    }
    Ok(externs)
}

/// # Safety
///
/// The pointer must be NULL or a handle.
unsafe fn to_extern(inside: &Inside<'_>, item: *const wasm_extern_t) -> Result<Extern> {
    // SAFETY: the caller vouches for it.
    let obj = &need(unsafe { borrow(item) }, "extern")?.handle().obj;
    obj.check(inside.id())?;
    obj.to_extern().ok_or_else(|| wrong_kind("extern", obj))
}

/// The store of a handle, held from now on, and its instance.
fn get(instance: Option<&wasm_instance_t>) -> Result<(Arc<StoreCell>, Instance)> {
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

/// Things of one store by name, to satisfy imports with. Used by one thread at
/// a time. It keeps its store alive.
pub struct witrt_linker_t {
    linker: Linker,
    /// The store of what was defined.
    cell: Option<Arc<StoreCell>>,
}

impl witrt_linker_t {
    /// Checks that something of this store may be defined.
    fn claim(&mut self, cell: &Arc<StoreCell>) -> Result<()> {
        let mine = self.cell.get_or_insert_with(|| cell.clone());
        if Arc::ptr_eq(mine, cell) {
            return Ok(());
        }
        let message = "this linker holds objects of another store";
        Err(Error::new(ErrorKind::WrongStore, message))
    }
}

/// A linker with nothing in it. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_linker_new() -> Option<Box<witrt_linker_t>> {
    enter(|| Ok(Some(Box::new(witrt_linker_t { linker: Linker::new(), cell: None }))))
}

/// Deletes a linker. NULL is accepted.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_linker_delete(linker: Option<Box<witrt_linker_t>>) {
    quietly(|| drop(linker))
}

/// Defines a thing, which is borrowed, under two names in UTF-8. A later one
/// takes the place of an earlier one of the same names, unless both are
/// functions and their types differ: then each serves the imports of its own
/// type. False for an object of another store than those before, and for names
/// that are not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_linker_define(
    linker: *mut witrt_linker_t,
    module: *const c_char,
    module_size: usize,
    name: *const c_char,
    name_size: usize,
    item: *const wasm_extern_t,
) -> bool {
    enter(|| {
        // SAFETY: the header demands a linker used by this thread alone, as
        // many bytes as the sizes say, and an object; or NULL.
        let (linker, module, name, item) = unsafe {
            let module = utf8(module.cast(), module_size, "module")?;
            let name = utf8(name.cast(), name_size, "name")?;
            (need(linker.as_mut(), "linker")?, module, name, need(borrow(item), "item")?)
        };
        let handle = item.handle();
        let found = handle.obj.to_extern().ok_or_else(|| wrong_kind("extern", &handle.obj))?;
        linker.claim(&handle.cell()?)?;
        linker.linker.try_define(module, name, found)?;
        Ok(true)
    })
}

/// Defines every export of an instance under one module name. Of a component, these
/// are the functions of the interface of that name, or of a version that can stand
/// for it; with an empty name, the functions of all its interfaces, each under its
/// own. False as for `witrt_linker_define`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_linker_define_instance(
    linker: *mut witrt_linker_t,
    module: *const c_char,
    module_size: usize,
    instance: *const wasm_instance_t,
) -> bool {
    enter(|| {
        // SAFETY: as in `witrt_linker_define`.
        let (linker, module, instance) = unsafe {
            let module = utf8(module.cast(), module_size, "module")?;
            (need(linker.as_mut(), "linker")?, module, borrow(instance))
        };
        let (cell, instance) = get(instance)?;
        linker.claim(&cell)?;
        let linker = &mut linker.linker;
        cell.enter(|inside| {
            linker.define_instance(inside.context(), module, &instance).map(drop)
        })??;
        Ok(true)
    })
}

/// An instance of a module whose imports are looked up by name. NULL where one
/// is missing (the error's message tells all that are), and as for
/// `wasm_instance_new`. `error` may be NULL; what is written there is owned by
/// the caller, NULL on success. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_linker_instantiate(
    linker: *const witrt_linker_t,
    store: *const wasm_store_t,
    module: *const wasm_module_t,
    error: *mut *mut witrt_error_t,
) -> Option<Box<wasm_instance_t>> {
    // SAFETY: what the header demands is what `instantiate` does, and a writable
    // pointer or NULL.
    unsafe { report(error, || instantiate(linker, store, module)) }
}

/// # Safety
///
/// The pointers must be NULL or what their types say.
unsafe fn instantiate(
    linker: *const witrt_linker_t,
    store: *const wasm_store_t,
    module: *const wasm_module_t,
) -> Result<Option<Box<wasm_instance_t>>, Failure> {
    // SAFETY: the caller vouches for the pointers.
    let (linker, store, module) = unsafe { (borrow(linker), borrow(store), borrow(module)) };
    let linker = need(linker, "linker")?;
    let cell = cell_of(store)?;
    let module: Module = module::get(module)?;
    let imports = linker.linker.resolve(&module)?;
    let made = cell.clone().enter(|inside| {
        let instance = Instance::new(inside.context(), &module, &imports)?;
        Ok(inside.instance_handle(instance))
    });
    match made.and_then(|made| made) {
        Ok(handle) => Ok(Some(wasm_instance_t::boxed(handle))),
        Err(error) => Err(Failure { error, cell: Some(cell) }),
    }
}
