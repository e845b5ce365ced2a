//! Modules, and modules shared between threads.
//!
//! Not here: instances.

use super::boundary::{enter, need, utf8_nt, write};
use super::error::{report, witrt_error_t};
use super::families::*;
use super::handle::{Body, Handle, Obj, Reference, wrong_kind};
use super::importtype::{wasm_exporttype_t, wasm_importtype_t};
use super::store::{cell_of, wasm_store_t};
use super::vec::{self, Vector, from_bytes, from_items, items};
use crate::{Engine, Error, ErrorKind, Module, Result};
use std::ffi::c_char;

/// A module that is independent of stores: any thread may use it, and several
/// at once.
pub struct wasm_shared_module_t {
    module: Module,
}

fn handle(module: Module) -> Box<wasm_module_t> {
    // A module belongs to its engine: its handle keeps no store alive.
    wasm_module_t::boxed(Handle { store: None, obj: Obj::new(0, Body::Module(module)) })
}

/// The module behind a handle.
pub fn get(module: Option<&wasm_module_t>) -> Result<&Module> {
    let obj = &need(module, "module")?.handle().obj;
    match &obj.body {
        Body::Module(module) => Ok(module),
        _ => Err(wrong_kind("module", obj)),
    }
}

/// The bytes of a vector that is lent.
///
/// # Safety
///
/// The pointer must be NULL or a vector.
unsafe fn bytes<'a, V: Vector<Item = c_char> + 'a>(vec: *const V) -> Result<&'a [u8]> {
    if vec.is_null() {
        return Err(super::boundary::null("bytes"));
    }
    // SAFETY: the caller vouches for it.
    let bytes = unsafe { items(vec, "bytes") }?;
    // SAFETY: the same bytes under another name.
    Ok(unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len()) })
}

fn engine(store: Option<&wasm_store_t>) -> Result<Engine> {
    Ok(cell_of(store)?.engine().clone())
}

/// Compiles a module: a core binary, a core binary with an interface section,
/// or text with or without `(@interface …)` forms; the bytes tell which, and
/// are borrowed for the call. NULL for what is no valid module, with the reason
/// and the place in the last error.
///
/// The module works in every store of the same engine. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_module_new(
    store: Option<&wasm_store_t>,
    bytes: *const wasm_byte_vec_t,
) -> Option<Box<wasm_module_t>> {
    // SAFETY: the header demands a vector or NULL.
    enter(|| unsafe { new(store, bytes) })
}

/// As `wasm_module_new`, with an error object. `error` may be NULL; what is
/// written there is owned by the caller, NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_module_new(
    store: Option<&wasm_store_t>,
    bytes: *const wasm_byte_vec_t,
    error: *mut *mut witrt_error_t,
) -> Option<Box<wasm_module_t>> {
    // SAFETY: the header demands a vector or NULL, and a writable pointer or
    // NULL.
    unsafe { report(error, || new(store, bytes)) }
}

unsafe fn new(
    store: Option<&wasm_store_t>,
    bytes_in: *const wasm_byte_vec_t,
) -> Result<Option<Box<wasm_module_t>>> {
    let engine = engine(store)?;
    // SAFETY: the caller vouches for it.
    Ok(Some(handle(Module::new(&engine, unsafe { bytes(bytes_in) }?)?)))
}

/// Whether the bytes are a valid module in any of the forms that
/// `wasm_module_new` takes; the reason is in the last error where not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_module_validate(
    store: Option<&wasm_store_t>,
    bytes: *const wasm_byte_vec_t,
) -> bool {
    // SAFETY: the header demands a vector or NULL.
    enter(|| unsafe { validate(store, bytes) })
}

/// As `wasm_module_validate`, with an error object. `error` may be NULL; what
/// is written there is owned by the caller, NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_module_validate(
    store: Option<&wasm_store_t>,
    bytes: *const wasm_byte_vec_t,
    error: *mut *mut witrt_error_t,
) -> bool {
    // SAFETY: the header demands a vector or NULL, and a writable pointer or
    // NULL.
    unsafe { report(error, || validate(store, bytes)) }
}

unsafe fn validate(store: Option<&wasm_store_t>, bytes_in: *const wasm_byte_vec_t) -> Result<bool> {
    let engine = engine(store)?;
    // SAFETY: the caller vouches for it.
    Module::validate(&engine, unsafe { bytes(bytes_in) }?)?;
    Ok(true)
}

/// Writes what must be supplied to instantiate it to `out`, in the order in
/// which `wasm_instance_new` takes it. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_module_imports(
    module: Option<&wasm_module_t>,
    out: *mut wasm_importtype_vec_t,
) {
    enter(|| {
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { vec::new_empty(out) }?;
        let imports = get(module)?.imports().map(wasm_importtype_t::new);
        let imports = imports.collect::<Result<Vec<_>>>()?;
        let imports = imports.into_iter().map(|import| Box::into_raw(Box::new(import)));
        // SAFETY: as above.
        unsafe { write(out, "out", from_items(imports)?) }
    })
}

/// Writes what its instances offer to `out`, in the order of
/// `wasm_instance_exports`. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_module_exports(
    module: Option<&wasm_module_t>,
    out: *mut wasm_exporttype_vec_t,
) {
    enter(|| {
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { vec::new_empty(out) }?;
        let exports = get(module)?.exports().map(wasm_exporttype_t::new);
        let exports = exports.collect::<Result<Vec<_>>>()?;
        let exports = exports.into_iter().map(|export| Box::into_raw(Box::new(export)));
        // SAFETY: as above.
        unsafe { write(out, "out", from_items(exports)?) }
    })
}

/// Writes the compiled module to `out`, for `wasm_module_deserialize`; its
/// interface stays with it. An empty vector on failure. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_module_serialize(
    module: Option<&wasm_module_t>,
    out: *mut wasm_byte_vec_t,
) {
    enter(|| {
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { vec::new_empty(out) }?;
        let bytes = get(module)?.serialize()?;
        // SAFETY: as above.
        unsafe { write(out, "out", from_bytes(&bytes)?) }
    })
}

/// The module that `wasm_module_serialize` wrote, without compiling it. NULL
/// for bytes that are damaged, or were made by another version, for another
/// machine or with other options. Owned by the caller.
///
/// The bytes hold machine code that will be run: they must come from
/// `wasm_module_serialize` by a way that nobody untrusted has had access to.
/// Damage by accident is found out; intent is not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_module_deserialize(
    store: Option<&wasm_store_t>,
    bytes: *const wasm_byte_vec_t,
) -> Option<Box<wasm_module_t>> {
    // SAFETY: the header demands a vector or NULL, and trusted bytes.
    enter(|| unsafe { deserialize(store, bytes) })
}

/// As `wasm_module_deserialize`, with an error object. `error` may be NULL;
/// what is written there is owned by the caller, NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_module_deserialize(
    store: Option<&wasm_store_t>,
    bytes: *const wasm_byte_vec_t,
    error: *mut *mut witrt_error_t,
) -> Option<Box<wasm_module_t>> {
    // SAFETY: the header demands a vector or NULL, trusted bytes, and a
    // writable pointer or NULL.
    unsafe { report(error, || deserialize(store, bytes)) }
}

unsafe fn deserialize(
    store: Option<&wasm_store_t>,
    bytes_in: *const wasm_byte_vec_t,
) -> Result<Option<Box<wasm_module_t>>> {
    let engine = engine(store)?;
    // SAFETY: the caller vouches for it, and for where the bytes come from.
    Ok(Some(handle(unsafe { Module::deserialize(&engine, bytes(bytes_in)?) }?)))
}

/// The module in a file that holds what `wasm_module_serialize` wrote, without
/// compiling it. The file is read once, to find damage, and then mapped and not
/// copied: that is faster than `wasm_module_deserialize`, and processes that
/// load the same file share its memory. It stays open and mapped as long as the
/// module, or a store with an instance of it, lives.
///
/// `path` is UTF-8 and NUL-terminated, and borrowed for the call. NULL, with
/// the path in the message, for a file that is not there or cannot be read
/// (`WITRT_ERROR_UNREADABLE_FILE`), that is damaged, or was made by another
/// version, for another machine or with other options
/// (`WITRT_ERROR_BAD_ARTEFACT`). `error` may be NULL; what is written there is
/// owned by the caller, NULL on success. The module is owned by the caller; it
/// works in every store of the same engine.
///
/// The file holds machine code that will be run: it must come from
/// `wasm_module_serialize` by a way that nobody untrusted has had access to.
/// While it is mapped, nobody may change it or make it shorter. To replace it,
/// write another file and rename it to this name; Windows refuses that, and
/// any change, while it is mapped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_module_deserialize_file(
    store: Option<&wasm_store_t>,
    path: *const c_char,
    error: *mut *mut witrt_error_t,
) -> Option<Box<wasm_module_t>> {
    let body = || {
        let engine = engine(store)?;
        // SAFETY: the header demands NULL or a NUL-terminated string.
        let path = unsafe { utf8_nt(path, "path") }?;
        // SAFETY: the header demands a trusted file that nobody changes.
        Ok::<_, Error>(Some(handle(unsafe { Module::deserialize_file(&engine, path) }?)))
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}

/// The module for other threads. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_module_share(
    module: Option<&wasm_module_t>,
) -> Option<Box<wasm_shared_module_t>> {
    enter(|| Ok(Some(Box::new(wasm_shared_module_t { module: get(module)?.clone() }))))
}

/// A shared module for a store. NULL where the store has another engine. Owned
/// by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_module_obtain(
    store: Option<&wasm_store_t>,
    shared: Option<&wasm_shared_module_t>,
) -> Option<Box<wasm_module_t>> {
    enter(|| {
        let engine = engine(store)?;
        let module = &need(shared, "shared")?.module;
        if !Engine::same(&engine, module.engine()) {
            let message = "this module was compiled by another engine than the store's";
            return Err(Error::new(ErrorKind::WrongStore, message));
        }
        Ok(Some(handle(module.clone())))
    })
}

/// Makes a binary of a text module, and writes it to `out`; a binary is copied
/// as it is. Types and indices are not checked: loading does that. False, and
/// nothing written, where the syntax is wrong. Both `*out` and `*error` are
/// owned by the caller; `error` may be NULL, and is set to NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_assemble(
    text: *const wasm_byte_vec_t,
    out: *mut wasm_byte_vec_t,
    error: *mut *mut witrt_error_t,
) -> bool {
    let body = || {
        // SAFETY: the header demands a vector or NULL.
        let binary = crate::tools::assemble(unsafe { bytes(text) }?)?;
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { write(out, "out", from_bytes(&binary)?) }?;
        Ok::<_, Error>(true)
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}
