//! One handle layout behind every object of a store, so that casts between
//! them are the identity and any of them can be deleted through another.
//!
//! A *handle* is what a program holds and deletes; an *object* is what handles
//! denote, and carries the host's info. The store keeps one object for each
//! function, global, table and memory that a program has seen, so that it is
//! the same one the next time.
//!
//! Not here: what can be done with any of them.

use super::boundary::{Foreign, need};
use super::store::StoreCell;
use super::trap::TrapBody;
use crate::{Error, ErrorKind, Extern, ExternRef, Func, Global, Instance, Memory, Module, Result};
use crate::{Table, Tag};
use std::ffi::c_void;
use std::sync::{Arc, Mutex, PoisonError};

/// A reference that a program owns, of whichever type it is called.
#[repr(C)]
#[derive(Clone)]
pub struct Handle {
    /// Keeps the store alive; `None` for what belongs to none.
    pub store: Option<Arc<StoreCell>>,
    /// What it denotes. It must not keep the store alive.
    pub obj: Arc<Obj>,
}

/// What handles denote.
pub struct Obj {
    /// The store it belongs to, or 0.
    pub store_id: u64,
    /// What it is.
    pub body: Body,
    info: Mutex<Option<Foreign>>,
}

/// The kinds of objects.
#[allow(missing_docs)] // the names say it
pub enum Body {
    Func(Func),
    Global(Global),
    Table(Table),
    Memory(Memory),
    Tag(Tag),
    Instance(Instance),
    Module(Module),
    Trap(TrapBody),
    /// Made by `wasm_foreign_new`: nothing but an identity and host info.
    Foreign,
    /// An externref that a guest made out of one of its own references.
    Guest(ExternRef),
}

impl Obj {
    /// An object of a store, or of none.
    pub fn new(store_id: u64, body: Body) -> Arc<Obj> {
        Arc::new(Obj { store_id, body, info: Mutex::new(None) })
    }

    /// Checks that it may be used in this store.
    #[inline]
    pub fn check(&self, store: u64) -> Result<()> {
        if self.store_id == store || self.store_id == 0 {
            return Ok(());
        }
        Err(Error::new(ErrorKind::WrongStore, "this object belongs to another store"))
    }

    /// What the host attached.
    pub fn info(&self) -> *mut c_void {
        let info = self.info.lock().unwrap_or_else(PoisonError::into_inner);
        info.as_ref().map_or(std::ptr::null_mut(), Foreign::data)
    }

    /// Attaches something of the host's; what was attached before is
    /// finalized, outside the lock.
    pub fn set_info(&self, new: Foreign) {
        let old = self.info.lock().unwrap_or_else(PoisonError::into_inner).replace(new);
        drop(old);
    }

    /// The object as an import or export.
    pub fn to_extern(&self) -> Option<Extern> {
        Some(match &self.body {
            Body::Func(f) => Extern::Func(f.clone()),
            Body::Global(g) => Extern::Global(*g),
            Body::Table(t) => Extern::Table(*t),
            Body::Memory(m) => Extern::Memory(m.clone()),
            Body::Tag(t) => Extern::Tag(*t),
            _ => return None,
        })
    }

    fn kind_name(&self) -> &'static str {
        match &self.body {
            Body::Func(_) => "func",
            Body::Global(_) => "global",
            Body::Table(_) => "table",
            Body::Memory(_) => "memory",
            Body::Tag(_) => "tag",
            Body::Instance(_) => "instance",
            Body::Module(_) => "module",
            Body::Trap(_) => "trap",
            Body::Foreign => "foreign",
            Body::Guest(_) => "externref",
        }
    }
}

impl From<Extern> for Body {
    fn from(item: Extern) -> Body {
        match item {
            Extern::Func(f) => Body::Func(f),
            Extern::Global(g) => Body::Global(g),
            Extern::Table(t) => Body::Table(t),
            Extern::Memory(m) => Body::Memory(m),
            Extern::Tag(t) => Body::Tag(t),
        }
    }
}

/// The C types that are handles.
///
/// # Safety
///
/// The type must be a transparent wrapper of [`Handle`].
pub unsafe trait Reference: Sized {
    /// Its name, without prefix and suffix.
    const NAME: &'static str;

    /// Whether an object may be called so.
    fn fits(body: &Body) -> bool;

    /// The handle in it.
    #[inline]
    fn handle(&self) -> &Handle {
        // SAFETY: the implementer vouches for the layout.
        unsafe { &*std::ptr::from_ref(self).cast::<Handle>() }
    }

    /// A new one.
    fn boxed(handle: Handle) -> Box<Self> {
        debug_assert!(Self::fits(&handle.obj.body));
        Self::named(handle)
    }

    /// The same, where the name is the program's choice, and may be wrong.
    fn named(handle: Handle) -> Box<Self> {
        // SAFETY: the implementer vouches for the layout, so the allocation
        // fits and the pointer is its only owner.
        unsafe { Box::from_raw(Box::into_raw(Box::new(handle)).cast::<Self>()) }
    }
}

/// Another handle of the same object.
pub fn copy<T: Reference>(object: Option<&T>) -> Option<Box<T>> {
    object.map(|object| T::named(object.handle().clone()))
}

/// Whether both are handles of the same object. NULL is the same as NULL.
pub fn same<T: Reference>(a: Option<&T>, b: Option<&T>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(&a.handle().obj, &b.handle().obj),
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// What the host attached to an object; NULL for a NULL object.
pub fn host_info<T: Reference>(object: Option<&T>) -> *mut c_void {
    object.map_or(std::ptr::null_mut(), |object| object.handle().obj.info())
}

/// Attaches something of the host's. Where there is no object to attach it
/// to, it is finalized at once.
pub fn set_host_info<T: Reference>(object: Option<&T>, info: Foreign) -> Result<()> {
    let Handle { store, obj } = need(object, "object")?.handle();
    let is_guests = matches!(obj.body, Body::Guest(_));
    if let (true, Some(cell)) = (is_guests, store) {
        cell.keep_attached(obj, info.is_some());
    }
    obj.set_info(info);
    Ok(())
}

/// The same handle under another name, or NULL where its object is none.
///
/// # Safety
///
/// The pointer must be NULL or a live handle.
pub unsafe fn cast<T: Reference, U: Reference>(pointer: *const T) -> *const U {
    // SAFETY: the caller vouches for the pointer.
    match unsafe { pointer.as_ref() } {
        Some(object) if U::fits(&object.handle().obj.body) => pointer.cast::<U>(),
        _ => std::ptr::null(),
    }
}

impl Handle {
    /// The store of an object that must have one, held from now on.
    #[inline]
    pub fn cell(&self) -> Result<Arc<StoreCell>> {
        self.store.clone().ok_or_else(|| {
            let message = format!("this {} belongs to no store", self.obj.kind_name());
            Error::new(ErrorKind::WrongStore, message)
        })
    }
}

/// A handle of the wrong kind: possible only where a program cast a pointer
/// by itself.
#[cold]
pub fn wrong_kind(name: &str, found: &Obj) -> Error {
    let message = format!("expected a {name}, found a {}", found.kind_name());
    Error::new(ErrorKind::WrongKind, message)
}
