//! Linking by name.
//!
//! Not here: instantiation.

use super::base::boundary::{Foreign, borrow, enter, need, quietly, quoted, utf8};
use super::base::cell::{StoreCell, cell_of, wasm_store_t};
use super::base::failure::{Failure, report};
use super::base::handle::{Reference, wasm_extern_t, wasm_instance_t, wasm_module_t};
use super::base::object::wrong_kind;
use super::base::report::witrt_error_t;
use super::func::{self, wasm_func_callback_with_env_t};
use super::types::wasm_functype_t;
use super::{instance, module};
use crate::{Context, Error, ErrorKind, Instance, Linker, Module, Result};
use std::ffi::{c_char, c_void};
use std::sync::Arc;

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
/// are the functions and core modules of the interface of that name, or of a version
/// that can stand for it; with an empty name, those of all its interfaces, each under
/// its own. An instance within an interface has the name `ns:pkg/iface@1.2.3#instance`.
/// Core modules, which no list of imports has, come to a component only so. False as
/// for `witrt_linker_define`.
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
        define_instance(linker, instance, |linker, cx, instance| {
            linker.define_instance(cx, module, instance).map(drop)
        })
    })
}

/// Makes one interface of all that an instance of a component exports, under this name:
/// the functions and core modules of its world, and each of its interfaces as an instance
/// within it (`name#ns:pkg/iface@1.2.3`). Of a core module it does what
/// `witrt_linker_define_instance` does. False as for `witrt_linker_define`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_linker_define_instance_as(
    linker: *mut witrt_linker_t,
    name: *const c_char,
    name_size: usize,
    instance: *const wasm_instance_t,
) -> bool {
    enter(|| {
        // SAFETY: as in `witrt_linker_define`.
        let (linker, name, instance) = unsafe {
            let name = utf8(name.cast(), name_size, "name")?;
            (need(linker.as_mut(), "linker")?, name, borrow(instance))
        };
        define_instance(linker, instance, |linker, cx, instance| {
            linker.define_instance_as(cx, name, instance).map(drop)
        })
    })
}

/// What both do, each with its own part, in the store of the instance.
fn define_instance(
    linker: &mut witrt_linker_t,
    instance: Option<&wasm_instance_t>,
    define: impl FnOnce(&mut Linker, Context<'_>, &Instance) -> Result<()>,
) -> Result<bool> {
    let (cell, instance) = instance::get(instance)?;
    linker.claim(&cell)?;
    let linker = &mut linker.linker;
    cell.enter(|inside| define(linker, inside.context(), &instance))??;
    Ok(true)
}

/// Defines a host function of this type under two names, in one call: as
/// `wasm_func_new_with_env` makes it. The type is borrowed; `env` is given to each
/// call. The finalizer may be NULL; else it is called once with `env`, when the
/// function is gone: at the latest with its store. Where this fails it is not called.
///
/// True for success. False for a callback, type or store that is NULL, for another
/// store than that of what was defined before (`WITRT_ERROR_WRONG_STORE`), and for
/// names that are not UTF-8. `error` may be NULL; what is written there is owned by
/// the caller, NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_linker_define_func(
    linker: *mut witrt_linker_t,
    store: Option<&wasm_store_t>,
    module: *const c_char,
    module_size: usize,
    name: *const c_char,
    name_size: usize,
    ty: Option<&wasm_functype_t>,
    callback: wasm_func_callback_with_env_t,
    env: *mut c_void,
    finalizer: Option<unsafe extern "C" fn(*mut c_void)>,
    error: *mut *mut witrt_error_t,
) -> bool {
    let body = || {
        // SAFETY: as in `witrt_linker_define`.
        let (linker, module, name) = unsafe {
            let module = utf8(module.cast(), module_size, "module")?;
            let name = utf8(name.cast(), name_size, "name")?;
            (need(linker.as_mut(), "linker")?, module, name)
        };
        let callback = need(callback, "callback")?;
        linker.claim(&cell_of(store)?)?;
        // It takes the finalizer over: names are copied before.
        linker.linker.try_define_with(module, name, || {
            let env = || func::with_env(callback, Foreign::new(env, finalizer));
            let func = func::new(store, ty, env)?;
            need(func.and_then(|func| func.handle().obj.to_extern()), "func")
        })?;
        Ok::<_, Error>(true)
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}

/// Defines each function that a module asks for and that is not defined yet, in this
/// store: a guest that calls one traps, with a message that names it. So a module
/// can be instantiated of which a part is used that does without them. Imports that
/// are no functions stay missing.
///
/// True for success; false as for `witrt_linker_define`. `error` may be NULL; what is
/// written there is owned by the caller, NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_linker_define_unknown_as_traps(
    linker: *mut witrt_linker_t,
    store: Option<&wasm_store_t>,
    module: Option<&wasm_module_t>,
    error: *mut *mut witrt_error_t,
) -> bool {
    let body = || {
        // SAFETY: as in `witrt_linker_define`.
        let linker = need(unsafe { linker.as_mut() }, "linker")?;
        let (cell, module) = (cell_of(store)?, module::get(module)?);
        linker.claim(&cell)?;
        let linker = &mut linker.linker;
        cell.enter(|inside| {
            linker.define_unknown_as_traps(inside.context(), &module);
        })?;
        Ok::<_, Error>(true)
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}

/// What is defined under two names in UTF-8: another handle of it; of several
/// functions of different types the one that was defined first. NULL where there is
/// nothing. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_linker_get(
    linker: Option<&witrt_linker_t>,
    module: *const c_char,
    module_size: usize,
    name: *const c_char,
    name_size: usize,
) -> Option<Box<wasm_extern_t>> {
    enter(|| {
        // SAFETY: the header demands as many bytes as the sizes say, or NULL.
        let (module, name) = unsafe {
            let module = utf8(module.cast(), module_size, "module")?;
            (module, utf8(name.cast(), name_size, "name")?)
        };
        let linker = need(linker, "linker")?;
        let found = linker.linker.get(module, name).cloned();
        let (Some(found), Some(cell)) = (found, linker.cell.clone()) else {
            let message = format!("nothing is defined as {} {}", quoted(module), quoted(name));
            return Err(Error::new(ErrorKind::OutOfRange, message));
        };
        Ok(Some(cell.enter(|inside| wasm_extern_t::boxed(inside.extern_handle(found)))?))
    })
}

/// An instance of a module whose imports are looked up by name, and then, if they
/// are WASI's, taken from what the store was given: see `witrt_store_set_wasi`. NULL
/// where one is missing (the error's message tells all that are), and as for
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
    let (imports, core) = (linker.linker.look_up(&module), linker.linker.core_modules(&module));
    let made = cell.clone().enter(|inside| {
        let instance = Instance::with_core_modules(inside.context(), &module, imports, core)?;
        Ok(inside.instance_handle(instance))
    });
    match made.and_then(|made| made) {
        Ok(handle) => Ok(Some(wasm_instance_t::boxed(handle))),
        Err(error) => Err(Failure { error, cell: Some(cell) }),
    }
}
