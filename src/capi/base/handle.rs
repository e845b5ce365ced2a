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
use super::cell::{Inside, StoreCell, Tables};
use super::object::{Body, Obj};
use super::vec::{Duplicate, Vector};
use crate::{Error, ErrorKind, Extern, ExternRef, Instance, Result};
use std::ffi::c_void;
use std::sync::{Arc, Weak};

include!(concat!(env!("OUT_DIR"), "/handles.rs"));

/// A reference that a program owns, of whichever type it is called.
#[repr(C)]
#[derive(Clone)]
pub struct Handle {
    /// Keeps the store alive; `None` for what belongs to none.
    pub store: Option<Arc<StoreCell>>,
    /// What it denotes. It must not keep the store alive.
    pub obj: Arc<Obj>,
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

    /// A new one under a name that is the program's choice, and may be wrong.
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

/// A handle under another name, or NULL where its object is none.
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

impl Inside<'_> {
    /// A handle of an object of this store.
    pub fn handle(&self, obj: Arc<Obj>) -> Handle {
        Handle { store: self.cell(), obj }
    }

    /// A handle of a new object.
    pub fn new_handle(&self, body: Body) -> Handle {
        self.handle(Obj::new(self.id(), body))
    }

    /// A handle of the one object of a function, global, table or memory.
    pub fn extern_handle(&mut self, item: Extern) -> Handle {
        let id = self.id();
        let objects = &mut self.tables().objects;
        let obj = objects.entry(item.identity()).or_insert_with(|| Obj::new(id, item.into()));
        let obj = obj.clone();
        self.handle(obj)
    }

    /// A handle of the one object of an externref that a guest made.
    pub fn guest_handle(&mut self, reference: ExternRef) -> Handle {
        let (id, address) = (self.id(), reference.address());
        let Tables { guests, crowded, .. } = self.tables();
        let known = guests.get(&address).and_then(Weak::upgrade);
        let obj = known.unwrap_or_else(|| {
            if guests.len() >= *crowded {
                guests.retain(|_, obj| obj.strong_count() > 0);
                *crowded = guests.len() * 2 + 64;
            }
            let obj = Obj::new(id, Body::Guest(reference));
            guests.insert(address, Arc::downgrade(&obj));
            obj
        });
        self.handle(obj)
    }

    /// A handle of a new instance.
    pub fn instance_handle(&mut self, instance: Instance) -> Handle {
        let module = instance.module().id();
        let handle = self.new_handle(Body::Instance(instance));
        let obj = handle.obj.clone();
        let sole = &mut self.tables().instances;
        sole.entry(module).and_modify(|sole| *sole = None).or_insert(Some(obj));
        handle
    }

    /// The instance of a module, where there is exactly one.
    pub fn sole_instance(&mut self, module: u64) -> Option<Handle> {
        let obj = self.tables().instances.get(&module).cloned().flatten()?;
        Some(self.handle(obj))
    }
}
