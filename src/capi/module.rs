//! Modules, and modules shared between threads.
//!
//! Not here: instances.

use super::base::boundary::{self, enter, need, null, slice, write};
use super::base::cell::{cell_of, wasm_store_t};
use super::base::failure::report;
use super::base::handle::{Handle, Reference, wasm_module_t};
use super::base::object::{Body, Obj, wrong_kind};
use super::base::report::witrt_error_t;
use super::base::vec::{self, Vector, bytes, from_bytes, from_items, wasm_byte_vec_t};
use super::engine::wasm_engine_t;
use super::importtype::*;
use crate::{Engine, Error, ErrorKind, Module, Result};
use std::ffi::{c_char, c_void};

/// A module that is independent of stores: any thread may use it, and several
/// at once.
pub struct wasm_shared_module_t {
    module: Module,
}

fn handle(module: Module) -> Box<wasm_module_t> {
    // A module belongs to its engine: its handle keeps no store alive.
    wasm_module_t::boxed(Handle { store: None, obj: Obj::new(0, Body::Module(module)) })
}

/// The module behind a handle, held from now on.
pub fn get(module: Option<&wasm_module_t>) -> Result<Module> {
    let obj = &need(module, "module")?.handle().obj;
    match &obj.body {
        Body::Module(module) => Ok(module.clone()),
        _ => Err(wrong_kind("module", obj)),
    }
}

/// The bytes of a vector that is lent.
///
/// # Safety
///
/// The pointer must be NULL or a vector.
unsafe fn items_of<'a, V: Vector<Item = c_char> + 'a>(vec: *const V) -> Result<&'a [u8]> {
    if vec.is_null() {
        return Err(null("bytes"));
    }
    // SAFETY: the caller vouches for it.
    unsafe { bytes(vec, "bytes") }
}

/// The engine of a store.
fn store_engine(store: Option<&wasm_store_t>) -> Result<Engine> {
    Ok(cell_of(store)?.engine().clone())
}

/// The engine of an argument that must not be NULL, held from now on.
fn engine_of(engine: Option<&wasm_engine_t>) -> Result<Engine> {
    Ok(need(engine, "engine")?.engine().clone())
}

/// The bytes of an argument.
///
/// # Safety
///
/// There must be `size` bytes at `data`.
unsafe fn lent<'a>(data: *const c_void, size: usize) -> Result<&'a [u8]> {
    // SAFETY: the caller vouches for it.
    unsafe { slice(data.cast(), size, "data") }
}

/// Compiles a module: a core binary, a core binary with an interface section, a
/// component, or the text of any, with or without `(@interface …)` forms; the bytes
/// tell which, and are borrowed for the call. NULL for what is no valid module, with
/// the reason and the place in the last error.
///
/// A core module of wit-bindgen, whose custom sections `component-type…` describe a
/// component, becomes that component, unless it imports WASI preview 1.
///
/// A component is refused (`WITRT_ERROR_INVALID_CORE`) that passes on more than 100,000
/// items among the instances and components within it, counting all that is in an
/// instance each time; in which components are more than 100 deep, within each other or
/// as each instantiates the next; that has more than 100,000 outer aliases, counting
/// each for all levels it reaches; whose lists of imports and exports, with names and
/// parameters, take more than 16 MiB; or that names more than 10,000 resource types.
/// Types may be 100 deep.
///
/// The module works in every store of the same engine. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_module_new(
    store: Option<&wasm_store_t>,
    bytes: *const wasm_byte_vec_t,
) -> Option<Box<wasm_module_t>> {
    // SAFETY: the header demands a vector or NULL.
    enter(|| new(&store_engine(store)?, unsafe { items_of(bytes) }?))
}

/// As `wasm_module_new`, of the `size` bytes at `data`, by an engine: no store is
/// needed to compile. With an error object: `error` may be NULL; what is written
/// there is owned by the caller, NULL on success. Any thread, and several at once
/// with the same engine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_module_new(
    engine: Option<&wasm_engine_t>,
    data: *const c_void,
    size: usize,
    error: *mut *mut witrt_error_t,
) -> Option<Box<wasm_module_t>> {
    // SAFETY: the header demands so many bytes, and a writable pointer or NULL.
    unsafe { report(error, || new(&engine_of(engine)?, lent(data, size)?)) }
}

/// As `witrt_module_new`, of what is in a file: a binary, text, or a component, in
/// either form. The file is read, and not needed afterwards.
///
/// `path` is UTF-8 and NUL-terminated, and borrowed for the call. NULL, with the path
/// in the message, for a file that is not there or cannot be read
/// (`WITRT_ERROR_UNREADABLE_FILE`), and for what is no valid module. `error` may be
/// NULL; what is written there is owned by the caller, NULL on success. The module is
/// owned by the caller; it works in every store of the same engine. Any thread, and
/// several at once with the same engine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_module_new_from_file(
    engine: Option<&wasm_engine_t>,
    path: *const c_char,
    error: *mut *mut witrt_error_t,
) -> Option<Box<wasm_module_t>> {
    let body = || {
        let engine = engine_of(engine)?;
        // SAFETY: the header demands NULL or a NUL-terminated string.
        let path = unsafe { boundary::path(path) }?;
        Ok::<_, Error>(Some(handle(Module::from_file(&engine, path)?)))
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}

/// As `witrt_module_new`, of a core module, binary or text, that has no interface of its
/// own, by a face: the types of its functions in WIT, and the convention by which their
/// values travel, in TOML. `docs/guests.md` tells what a face is. The module is then
/// like one with an interface section: strings, lists and other values go in and out as
/// the host has them.
///
/// The `size` bytes at `data` are the module, the `face_size` bytes at `face` the face,
/// in UTF-8; both are borrowed for the call. NULL for a module or a face that does not
/// parse, and for a face that does not fit the module: the error tells line and column
/// in the face, and what the module has. `WITRT_ERROR_UNSUPPORTED` where the library
/// was built without faces. `error` may be NULL; what is written there is owned by the
/// caller, NULL on success. The module is owned by the caller. Any thread, and several
/// at once with the same engine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_module_attach(
    engine: Option<&wasm_engine_t>,
    data: *const c_void,
    size: usize,
    face: *const c_char,
    face_size: usize,
    error: *mut *mut witrt_error_t,
) -> Option<Box<wasm_module_t>> {
    let body = || {
        let engine = engine_of(engine)?;
        // SAFETY: the header demands so many bytes at each.
        let (bytes, face) =
            unsafe { (lent(data, size)?, boundary::utf8(face.cast(), face_size, "face")?) };
        Ok::<_, Error>(Some(handle(Module::attach(&engine, bytes, face)?)))
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}

fn new(engine: &Engine, bytes: &[u8]) -> Result<Option<Box<wasm_module_t>>> {
    Ok(Some(handle(Module::new(engine, bytes)?)))
}

/// Whether the bytes are a valid module in any of the forms that
/// `wasm_module_new` takes; the reason is in the last error where not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_module_validate(
    store: Option<&wasm_store_t>,
    bytes: *const wasm_byte_vec_t,
) -> bool {
    // SAFETY: the header demands a vector or NULL.
    enter(|| validate(&store_engine(store)?, unsafe { items_of(bytes) }?))
}

/// As `wasm_module_validate`, of the `size` bytes at `data`, by an engine. With an
/// error object: `error` may be NULL; what is written there is owned by the
/// caller, NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_module_validate(
    engine: Option<&wasm_engine_t>,
    data: *const c_void,
    size: usize,
    error: *mut *mut witrt_error_t,
) -> bool {
    // SAFETY: the header demands so many bytes, and a writable pointer or NULL.
    unsafe { report(error, || validate(&engine_of(engine)?, lent(data, size)?)) }
}

fn validate(engine: &Engine, bytes: &[u8]) -> Result<bool> {
    Module::validate(engine, bytes)?;
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
        let module = get(module)?;
        let imports = module.imports().map(wasm_importtype_t::new);
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
        let module = get(module)?;
        let exports = module.exports().map(wasm_exporttype_t::new);
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
    enter(|| unsafe { deserialize(&store_engine(store)?, items_of(bytes)?) })
}

/// As `wasm_module_deserialize`, of the `size` bytes at `data`, by an engine. With
/// an error object: `error` may be NULL; what is written there is owned by the
/// caller, NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_module_deserialize(
    engine: Option<&wasm_engine_t>,
    data: *const c_void,
    size: usize,
    error: *mut *mut witrt_error_t,
) -> Option<Box<wasm_module_t>> {
    // SAFETY: the header demands so many bytes, which are trusted, and a writable
    // pointer or NULL.
    unsafe { report(error, || deserialize(&engine_of(engine)?, lent(data, size)?)) }
}

/// # Safety
///
/// As for [`Module::deserialize`].
unsafe fn deserialize(engine: &Engine, bytes: &[u8]) -> Result<Option<Box<wasm_module_t>>> {
    // SAFETY: the caller vouches for where the bytes come from.
    Ok(Some(handle(unsafe { Module::deserialize(engine, bytes) }?)))
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
    engine: Option<&wasm_engine_t>,
    path: *const c_char,
    error: *mut *mut witrt_error_t,
) -> Option<Box<wasm_module_t>> {
    let body = || {
        let engine = engine_of(engine)?;
        // SAFETY: the header demands NULL or a NUL-terminated string.
        let path = unsafe { boundary::path(path) }?;
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
    enter(|| Ok(Some(Box::new(wasm_shared_module_t { module: get(module)? }))))
}

/// A shared module for a store. NULL where the store has another engine. Owned
/// by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_module_obtain(
    store: Option<&wasm_store_t>,
    shared: Option<&wasm_shared_module_t>,
) -> Option<Box<wasm_module_t>> {
    enter(|| {
        let engine = store_engine(store)?;
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
pub unsafe extern "C" fn witrt_module_assemble(
    text: *const wasm_byte_vec_t,
    out: *mut wasm_byte_vec_t,
    error: *mut *mut witrt_error_t,
) -> bool {
    let body = || {
        // SAFETY: the header demands a vector or NULL.
        let text = unsafe { items_of(text) }?;
        let binary = crate::with_room(|| crate::tools::assemble(text))?;
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { write(out, "out", from_bytes(&binary)?) }?;
        Ok::<_, Error>(true)
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}
