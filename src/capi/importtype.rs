//! Import and export types: names, and what they name.
//!
//! Not here: looking anything up.

use super::base::boundary::{enter, need};
use super::base::vec::{self, Duplicate, Owned, Vector, from_bytes, wasm_name_t};
use super::types::{TypeObj, TypeReference, wasm_externtype_t};
use crate::{ExportType, ImportType, Result};

include!(concat!(env!("OUT_DIR"), "/importtypes.rs"));

/// An import: two names and what has to be supplied.
pub struct wasm_importtype_t {
    module: Owned<wasm_name_t>,
    name: Owned<wasm_name_t>,
    ty: Box<wasm_externtype_t>,
}

/// An export: a name and what it is.
pub struct wasm_exporttype_t {
    name: Owned<wasm_name_t>,
    ty: Box<wasm_externtype_t>,
}

// SAFETY: the names are owned and never changed.
unsafe impl Send for wasm_importtype_t {}
// SAFETY: as above.
unsafe impl Sync for wasm_importtype_t {}
// SAFETY: as above.
unsafe impl Send for wasm_exporttype_t {}
// SAFETY: as above.
unsafe impl Sync for wasm_exporttype_t {}

impl wasm_importtype_t {
    /// An import of a module.
    pub fn new(import: &ImportType) -> Result<wasm_importtype_t> {
        Ok(wasm_importtype_t {
            module: name_of(&import.module)?,
            name: name_of(&import.name)?,
            ty: wasm_externtype_t::boxed(TypeObj::new(&import.ty)),
        })
    }
}

impl wasm_exporttype_t {
    /// An export of a module.
    pub fn new(export: &ExportType) -> Result<wasm_exporttype_t> {
        Ok(wasm_exporttype_t {
            name: name_of(&export.name)?,
            ty: wasm_externtype_t::boxed(TypeObj::new(&export.ty)),
        })
    }
}

impl Duplicate for wasm_importtype_t {
    fn duplicate(&self) -> Result<wasm_importtype_t> {
        Ok(wasm_importtype_t {
            module: copy_of(&self.module)?,
            name: copy_of(&self.name)?,
            ty: wasm_externtype_t::boxed(self.ty.ty().duplicate()),
        })
    }
}

impl Duplicate for wasm_exporttype_t {
    fn duplicate(&self) -> Result<wasm_exporttype_t> {
        Ok(wasm_exporttype_t {
            name: copy_of(&self.name)?,
            ty: wasm_externtype_t::boxed(self.ty.ty().duplicate()),
        })
    }
}

fn name_of(name: &str) -> Result<Owned<wasm_name_t>> {
    from_bytes::<wasm_name_t>(name.as_bytes()).map(Owned::new)
}

fn copy_of(name: &Owned<wasm_name_t>) -> Result<Owned<wasm_name_t>> {
    // SAFETY: an owned vector of bytes.
    unsafe { vec::duplicate(name.as_ptr()) }.map(Owned::new)
}

/// An import type. All three are consumed, also on failure; a NULL name is the
/// empty one. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_importtype_new(
    module: *mut wasm_name_t,
    name: *mut wasm_name_t,
    ty: Option<Box<wasm_externtype_t>>,
) -> Option<Box<wasm_importtype_t>> {
    enter(|| {
        // SAFETY: the header demands vectors that own their bytes.
        let (module, name) = unsafe { (Owned::take(module), Owned::take(name)) };
        Ok(Some(Box::new(wasm_importtype_t { module, name, ty: need(ty, "type")? })))
    })
}

/// The first name, borrowed from the import type. Not NUL-terminated.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_importtype_module(ty: Option<&wasm_importtype_t>) -> *const wasm_name_t {
    enter(|| Ok(need(ty, "type")?.module.as_ptr()))
}

/// The second name, borrowed from the import type. Not NUL-terminated.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_importtype_name(ty: Option<&wasm_importtype_t>) -> *const wasm_name_t {
    enter(|| Ok(need(ty, "type")?.name.as_ptr()))
}

/// What has to be supplied, borrowed from the import type.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_importtype_type(
    ty: Option<&wasm_importtype_t>,
) -> Option<&wasm_externtype_t> {
    enter(|| Ok(Some(&*need(ty, "type")?.ty)))
}

/// An export type. Both are consumed, also on failure; a NULL name is the empty
/// one. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_exporttype_new(
    name: *mut wasm_name_t,
    ty: Option<Box<wasm_externtype_t>>,
) -> Option<Box<wasm_exporttype_t>> {
    enter(|| {
        // SAFETY: the header demands a vector that owns its bytes.
        let name = unsafe { Owned::take(name) };
        Ok(Some(Box::new(wasm_exporttype_t { name, ty: need(ty, "type")? })))
    })
}

/// The name, borrowed from the export type. Not NUL-terminated.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_exporttype_name(ty: Option<&wasm_exporttype_t>) -> *const wasm_name_t {
    enter(|| Ok(need(ty, "type")?.name.as_ptr()))
}

/// What it is, borrowed from the export type.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_exporttype_type(
    ty: Option<&wasm_exporttype_t>,
) -> Option<&wasm_externtype_t> {
    enter(|| Ok(Some(&*need(ty, "type")?.ty)))
}
