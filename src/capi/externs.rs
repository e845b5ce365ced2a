//! Globals, tables, memories, what they have in common with functions, and
//! foreign objects.
//!
//! Not here: the casts between them, which are generated.

use super::base::boundary::{borrow, check_room, enter, need, write};
use super::base::cell::{Inside, StoreCell, cell_of, wasm_store_t};
use super::base::failure::report;
use super::base::handle::*;
use super::base::object::{Body, Obj, wrong_kind};
use super::base::report::witrt_error_t;
use super::base::translate::{externref_handle, give_val, to_externref, to_funcref, to_val};
use super::base::value::wasm_val_t;
use super::types::*;
use crate::{Error, ErrorKind, Extern, ExternType, Global, Memory, Result, Table, Val, ValType};
use std::ffi::{c_char, c_void};
use std::sync::Arc;

/// The size of a table or its elements' index.
pub type wasm_table_size_t = u32;

/// The size of a page of linear memory.
const PAGE: usize = 0x10000;

/// The size of a memory, in pages of 65,536 bytes.
pub type wasm_memory_pages_t = u32;

macro_rules! parts {
    ($($fn:ident: $handle:ident => $body:ident($ty:ty), $name:literal;)+) => {$(
        /// The store of a handle, held from now on, and its object.
        fn $fn(object: Option<&$handle>) -> Result<(Arc<StoreCell>, $ty)> {
            let handle = need(object, $name)?.handle();
            match &handle.obj.body {
                Body::$body(object) => Ok((handle.cell()?, object.clone())),
                _ => Err(wrong_kind($name, &handle.obj)),
            }
        }
    )+};
}

parts! {
    global: wasm_global_t => Global(Global), "global";
    table: wasm_table_t => Table(Table), "table";
    memory: wasm_memory_t => Memory(Memory), "memory";
}

/// A global that holds a copy of `val`. NULL where the value's kind is not the
/// type's content. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_global_new(
    store: *const wasm_store_t,
    ty: Option<&wasm_globaltype_t>,
    val: *const wasm_val_t,
) -> Option<Box<wasm_global_t>> {
    enter(|| {
        let ty = need(ty, "type")?.ty().to_global()?;
        // SAFETY: the header demands a value or NULL.
        let val = need(unsafe { borrow(val) }, "val")?;
        // SAFETY: the header demands a store or NULL.
        let cell = cell_of(unsafe { borrow(store) })?;
        cell.enter(|inside| {
            // SAFETY: as above.
            let val = unsafe { to_val(inside, val) }?;
            let made = Global::new(inside.context(), ty, &val)?;
            Ok(Some(wasm_global_t::boxed(inside.extern_handle(made.into()))))
        })?
    })
}

/// A copy of its type. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_global_type(
    object: Option<&wasm_global_t>,
) -> Option<Box<wasm_globaltype_t>> {
    enter(|| {
        let (cell, global) = global(object)?;
        let ty = cell.enter(|inside| global.ty(inside.context()))?;
        Ok(Some(wasm_globaltype_t::boxed(TypeObj::new(&ExternType::Global(ty)))))
    })
}

/// Writes what it holds to `out`, whatever was there before; a null reference
/// on failure. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_global_get(object: Option<&wasm_global_t>, out: *mut wasm_val_t) {
    enter(|| {
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { write(out, "out", wasm_val_t::null()) }?;
        let (cell, global) = global(object)?;
        let val = cell.enter(|inside| {
            let val = global.get(inside.context())?;
            Ok::<_, Error>(give_val(inside, val))
        })??;
        // SAFETY: as above.
        unsafe { write(out, "out", val) }
    })
}

/// Puts a copy of `val` into it. Nothing happens, but for the last error, where
/// it is constant or the value of another kind.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_global_set(object: *mut wasm_global_t, val: *const wasm_val_t) {
    enter(|| {
        // SAFETY: the header demands a global and a value, or NULL.
        let (object, val) = unsafe { (borrow(object), borrow(val)) };
        let (cell, global) = global(object)?;
        let val = need(val, "val")?;
        cell.enter(|inside| {
            // SAFETY: as above.
            let val = unsafe { to_val(inside, val) }?;
            global.set(inside.context(), &val)
        })?
    })
}

/// The reference as an element of such a table.
fn element(inside: &Inside<'_>, ty: ValType, object: Option<&wasm_ref_t>) -> Result<Val<'static>> {
    match ty {
        ValType::FuncRef => Ok(Val::FuncRef(to_funcref(inside.id(), object)?)),
        ValType::ExternRef => Ok(Val::ExternRef(to_externref(inside.id(), object)?)),
        other => {
            let message = format!("a host has no values of type {other}");
            Err(Error::new(ErrorKind::Unsupported, message))
        }
    }
}

/// A table whose elements are all `init`, NULL for null; the reference is
/// borrowed. NULL for limits out of order or beyond what the store permits, and
/// for a reference that is not of the element's type. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_table_new(
    store: *const wasm_store_t,
    ty: Option<&wasm_tabletype_t>,
    init: *mut wasm_ref_t,
) -> Option<Box<wasm_table_t>> {
    enter(|| {
        let ty = need(ty, "type")?.ty().to_table()?;
        // SAFETY: the header demands a store and a reference, or NULL.
        let (store, init) = unsafe { (borrow(store), borrow(init)) };
        cell_of(store)?.enter(|inside| {
            let init = element(inside, ty.element, init)?;
            let made = Table::new(inside.context(), ty, &init)?;
            Ok(Some(wasm_table_t::boxed(inside.extern_handle(made.into()))))
        })?
    })
}

/// A copy of its type. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_table_type(object: Option<&wasm_table_t>) -> Option<Box<wasm_tabletype_t>> {
    enter(|| {
        let (cell, table) = table(object)?;
        let ty = cell.enter(|inside| table.ty(inside.context()))?;
        Ok(Some(wasm_tabletype_t::boxed(TypeObj::new(&ExternType::Table(ty)))))
    })
}

/// The element of that index; NULL for a null element, and where there is none.
/// Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_table_get(
    object: Option<&wasm_table_t>,
    index: wasm_table_size_t,
) -> Option<Box<wasm_ref_t>> {
    enter(|| {
        let (cell, table) = table(object)?;
        cell.enter(|inside| {
            Ok(match table.get(inside.context(), index.into())? {
                Val::FuncRef(Some(func)) => {
                    Some(wasm_ref_t::boxed(inside.extern_handle(Extern::Func(func))))
                }
                Val::ExternRef(Some(reference)) => {
                    Some(wasm_ref_t::boxed(externref_handle(inside, reference)))
                }
                _ => None,
            })
        })?
    })
}

/// Sets the element of that index; the reference is borrowed, NULL for null.
/// False where there is no such element or it takes no such reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_table_set(
    object: *mut wasm_table_t,
    index: wasm_table_size_t,
    reference: *mut wasm_ref_t,
) -> bool {
    enter(|| {
        // SAFETY: the header demands a table and a reference, or NULL.
        let (object, reference) = unsafe { (borrow(object), borrow(reference)) };
        let (cell, table) = table(object)?;
        cell.enter(|inside| {
            let ty = table.ty(inside.context()).element;
            let val = element(inside, ty, reference)?;
            table.set(inside.context(), index.into(), &val)?;
            Ok(true)
        })?
    })
}

/// How many elements it has.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_table_size(object: Option<&wasm_table_t>) -> wasm_table_size_t {
    enter(|| {
        let (cell, table) = table(object)?;
        let size = cell.enter(|inside| table.size(inside.context()))?;
        Ok(size.try_into().unwrap_or(u32::MAX))
    })
}

/// Adds `delta` elements, each of them `init`; the reference is borrowed, NULL
/// for null. False where it may not grow so far.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_table_grow(
    object: *mut wasm_table_t,
    delta: wasm_table_size_t,
    init: *mut wasm_ref_t,
) -> bool {
    enter(|| {
        // SAFETY: the header demands a table and a reference, or NULL.
        let (object, init) = unsafe { (borrow(object), borrow(init)) };
        let (cell, table) = table(object)?;
        cell.enter(|inside| {
            let ty = table.ty(inside.context()).element;
            let val = element(inside, ty, init)?;
            table.grow(inside.context(), delta.into(), &val)?;
            Ok(true)
        })?
    })
}

/// A memory. NULL for limits out of order or beyond what the store permits.
/// Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_memory_new(
    store: Option<&wasm_store_t>,
    ty: Option<&wasm_memorytype_t>,
) -> Option<Box<wasm_memory_t>> {
    enter(|| {
        let ty = need(ty, "type")?.ty().to_memory()?;
        cell_of(store)?.enter(|inside| {
            let made = Memory::new(inside.context(), ty)?;
            Ok(Some(wasm_memory_t::boxed(inside.extern_handle(made.into()))))
        })?
    })
}

/// A copy of its type. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_memory_type(
    object: Option<&wasm_memory_t>,
) -> Option<Box<wasm_memorytype_t>> {
    enter(|| {
        let (cell, memory) = memory(object)?;
        let ty = cell.enter(|inside| memory.ty(inside.context()))?;
        Ok(Some(wasm_memorytype_t::boxed(TypeObj::new(&ExternType::Memory(ty)))))
    })
}

/// Its bytes, to be read and written until it grows or a guest runs that may
/// let it grow. Strings of guests that are still held are copied first, so that
/// they stay what they were.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_memory_data(object: Option<&wasm_memory_t>) -> *mut c_char {
    enter(|| {
        let (cell, memory) = memory(object)?;
        let data = cell.enter(|inside| memory.raw(inside.context()))??;
        Ok(data.cast())
    })
}

/// Its size in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_memory_data_size(object: Option<&wasm_memory_t>) -> usize {
    enter(|| {
        let (cell, memory) = memory(object)?;
        let pages = cell.enter(|inside| memory.size(inside.context()))?;
        Ok(usize::try_from(pages).unwrap_or(usize::MAX).saturating_mul(PAGE))
    })
}

/// Its size in pages.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_memory_size(object: Option<&wasm_memory_t>) -> wasm_memory_pages_t {
    enter(|| {
        let (cell, memory) = memory(object)?;
        let size = cell.enter(|inside| memory.size(inside.context()))?;
        Ok(size.try_into().unwrap_or(u32::MAX))
    })
}

/// Adds `delta` pages. False where it may not grow so far.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_memory_grow(
    object: *mut wasm_memory_t,
    delta: wasm_memory_pages_t,
) -> bool {
    enter(|| {
        // SAFETY: the header demands a memory or NULL.
        let (cell, memory) = memory(unsafe { borrow(object) })?;
        cell.enter(|inside| memory.grow(inside.context(), delta.into()))??;
        Ok(true)
    })
}

/// Copies `size` bytes out of a memory, from `offset` on, into memory of the
/// caller's, or within that memory. True for success. False, and nothing written, where they are not all in
/// the memory (`WITRT_ERROR_OUT_OF_RANGE`), for a shared memory
/// (`WITRT_ERROR_UNSUPPORTED`), and for NULL, unless `size` is zero. `error` may be
/// NULL; what is written there is owned by the caller, NULL on success. The store's
/// thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_memory_read(
    object: Option<&wasm_memory_t>,
    offset: usize,
    destination: *mut c_void,
    size: usize,
    error: *mut *mut witrt_error_t,
) -> bool {
    let body = || {
        let (cell, memory) = memory(object)?;
        let destination = destination.cast::<u8>();
        check_room(destination, size, "destination")?;
        cell.enter(|inside| {
            memory.check(inside.context(), offset, size)?;
            let data = memory.start(inside.context())?;
            // SAFETY: so many bytes are there in the memory, and the header demands
            // room for them, which may be in that memory as well.
            unsafe { data.add(offset).copy_to(destination, size) };
            Ok::<_, Error>(())
        })??;
        Ok::<_, Error>(true)
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}

/// Copies the `size` bytes at `data`, which may be in it, into a memory, from `offset` on. Strings of
/// guests that are still held are copied first, so that they stay what they were.
/// True for success. False, and nothing written, as for `witrt_memory_read`. `error`
/// may be NULL; what is written there is owned by the caller, NULL on success. The
/// store's thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_memory_write(
    object: *mut wasm_memory_t,
    offset: usize,
    data: *const c_void,
    size: usize,
    error: *mut *mut witrt_error_t,
) -> bool {
    let body = || {
        // SAFETY: the header demands a memory or NULL.
        let (cell, memory) = memory(unsafe { borrow(object) })?;
        let data = data.cast::<u8>();
        check_room(data, size, "data")?;
        cell.enter(|inside| {
            memory.check(inside.context(), offset, size)?;
            let to = memory.raw(inside.context())?;
            // SAFETY: there is room for so many bytes in the memory, and the header
            // demands them at `data`, which may be in that memory as well.
            unsafe { to.add(offset).copy_from(data, size) };
            Ok::<_, Error>(())
        })??;
        Ok::<_, Error>(true)
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}

/// Which kind of object it is, one of `wasm_externkind_enum`.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_extern_kind(object: Option<&wasm_extern_t>) -> wasm_externkind_t {
    enter(|| {
        let obj = &need(object, "extern")?.handle().obj;
        Ok(match &obj.body {
            Body::Func(_) => wasm_externkind_enum::WASM_EXTERN_FUNC as u8,
            Body::Global(_) => wasm_externkind_enum::WASM_EXTERN_GLOBAL as u8,
            Body::Table(_) => wasm_externkind_enum::WASM_EXTERN_TABLE as u8,
            Body::Memory(_) => wasm_externkind_enum::WASM_EXTERN_MEMORY as u8,
            Body::Tag(_) => wasm_externkind_enum::WASM_EXTERN_TAG as u8,
            _ => return Err(wrong_kind("extern", obj)),
        })
    })
}

/// A copy of its type. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_extern_type(
    object: Option<&wasm_extern_t>,
) -> Option<Box<wasm_externtype_t>> {
    enter(|| {
        let handle = need(object, "extern")?.handle();
        let item = handle.obj.to_extern().ok_or_else(|| wrong_kind("extern", &handle.obj))?;
        let ty = handle.cell()?.enter(|inside| item.ty(inside.context()))?;
        Ok(Some(wasm_externtype_t::boxed(TypeObj::new(&ty))))
    })
}

/// A new object of the host's: it has an identity and host info, and travels as
/// an externref. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_foreign_new(store: Option<&wasm_store_t>) -> Option<Box<wasm_foreign_t>> {
    enter(|| {
        let cell = cell_of(store)?;
        let obj = Obj::new(cell.id(), Body::Foreign);
        let handle = Handle { store: Some(cell), obj };
        Ok(Some(wasm_foreign_t::boxed(handle)))
    })
}
