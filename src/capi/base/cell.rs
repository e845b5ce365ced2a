//! A store and its door, and what the C layer keeps for it.
//!
//! Every object of a store carries a shared reference to its [`StoreCell`],
//! and a callback may call back in, so that the borrow checker cannot see who
//! uses the store. The door sees to it.
//!
//! Handles may be deleted at any time: by another thread, by a callback, by a
//! finalizer that the engine runs. So whoever enters brings a reference to the
//! cell of its own, and gives it up after it has left.
//!
//! Not here: what is done inside.

use super::boundary::need;
use super::door::Door;
use super::object::Obj;
use super::pool::{Boxed, Spares};
use crate::tree::Slot;
use crate::{AsContextMut, Caller, Context, Engine, Error, ErrorKind};
use crate::{Identity, Result, Store, Val};
use std::cell::UnsafeCell;
use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Holds instances and everything that belongs to them.
///
/// It lives until it and all handles of its objects are deleted. One thread at
/// a time may use it and its objects; a second one gets
/// `WITRT_ERROR_STORE_BUSY`. Deleting is permitted on any thread at any time.
pub struct wasm_store_t {
    pub cell: Arc<StoreCell>,
}

/// What handles of strings point to.
///
/// cbindgen:ignore
pub type StringBox = Boxed<StoreCell>;

/// A store, and the door into it.
pub struct StoreCell {
    door: Door,
    tables: UnsafeCell<Tables>,
    /// What is left of strings that were deleted where the door was closed. They
    /// came in boxes, and putting them here must not allocate for them.
    #[allow(clippy::vec_box)]
    returned: Mutex<Vec<Box<StringBox>>>,
    /// Objects that have something attached, which would be lost with the last
    /// handle: by address.
    attached: Mutex<HashMap<usize, Arc<Obj>>>,
    this: Weak<StoreCell>,
    engine: Engine,
    id: u64,
    store: UnsafeCell<Store>,
}

// SAFETY: what is not `Sync` in it is touched by whom the door has let in only; and
// all of it may move between threads, which `is_send` checks for the parts that
// could be otherwise.
unsafe impl Send for StoreCell {}
// SAFETY: as above.
unsafe impl Sync for StoreCell {}

const _: () = {
    const fn is_send<T: Send>() {}
    is_send::<Store>();
    is_send::<Obj>();
    is_send::<Val<'static>>();
};

/// What the C layer keeps for each store.
#[derive(Default)]
pub struct Tables {
    /// The object of each function, global, table and memory that a program
    /// has seen: there for as long as the store, which calls rely on.
    pub objects: HashMap<Identity, Arc<Obj>>,
    /// The object of each externref of a guest's that a program holds, by the
    /// reference's address, which is its own as long as the object lives.
    pub guests: HashMap<usize, Weak<Obj>>,
    /// When there are so many, those that are gone are forgotten.
    pub crowded: usize,
    /// The instance of each module that has exactly one.
    pub instances: HashMap<u64, Option<Arc<Obj>>>,
    /// What is left of deleted strings.
    pub strings: Spares<StringBox>,
    /// Buffers for calls with many values.
    pub vals: Vec<Vec<Val<'static>>>,
    /// Buffers for calls with many values in C's form.
    pub slots: Vec<Vec<Slot>>,
    /// Memory for prepared calls with many values.
    pub rooms: Vec<Vec<MaybeUninit<u64>>>,
}

/// The proof of being inside a store.
pub struct Inside<'a> {
    cell: &'a StoreCell,
}

impl StoreCell {
    /// Of a new store.
    pub fn new(engine: &Engine) -> Arc<StoreCell> {
        let store = Store::new(engine);
        Arc::new_cyclic(|this| StoreCell {
            door: Door::default(),
            tables: UnsafeCell::default(),
            returned: Mutex::default(),
            attached: Mutex::default(),
            this: this.clone(),
            engine: engine.clone(),
            id: store.id(),
            store: UnsafeCell::new(store),
        })
    }

    /// Its engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The number that its objects carry.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Goes in, with the innermost live context. The reference is held until
    /// the door is closed again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::StoreBusy`] where another thread is inside, or this one is
    /// and has not lent the context out again: a finalizer that the engine
    /// runs.
    #[inline]
    pub fn enter<R>(self: Arc<Self>, body: impl FnOnce(&mut Inside<'_>) -> R) -> Result<R> {
        self.enter_held(body)
    }

    /// Goes in, for who holds the cell by something else: a prepared call, or
    /// the call that a callback answers.
    #[inline]
    pub fn enter_held<R>(&self, body: impl FnOnce(&mut Inside<'_>) -> R) -> Result<R> {
        let _leave = self.door.open().map_err(busy)?;
        Ok(body(&mut Inside { cell: self }))
    }

    /// Lets a callback in: `body` runs with the caller's context as the
    /// innermost one. It must be called where the engine has called out.
    #[inline(always)]
    pub fn callback<R>(
        &self,
        mut caller: Caller<'_>,
        body: impl FnOnce(&mut Inside<'_>) -> R,
    ) -> R {
        let _restore = self.door.call_back(&mut caller);
        body(&mut Inside { cell: self })
    }

    /// Takes back what is left of a deleted string, on any thread.
    pub fn take_back(&self, string: Box<StringBox>) {
        match self.door.pass() {
            Some(_leave) => Inside { cell: self }.tables().strings.push(string),
            None => self.returned().push(string),
        }
    }

    /// Keeps an object for as long as something is attached to it, without going
    /// in, on any thread.
    pub fn keep_attached(&self, obj: &Arc<Obj>, is_attached: bool) {
        let mut attached = self.attached.lock().unwrap_or_else(PoisonError::into_inner);
        let address = Arc::as_ptr(obj).addr();
        match is_attached {
            true => drop(attached.insert(address, obj.clone())),
            // The caller has a handle: it is not dropped here.
            false => drop(attached.remove(&address)),
        }
    }

    #[allow(clippy::vec_box)]
    fn returned(&self) -> std::sync::MutexGuard<'_, Vec<Box<StringBox>>> {
        self.returned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All that is left of deleted strings, of a store that goes.
    #[allow(clippy::vec_box)]
    pub fn take_strings(&mut self) -> (Spares<StringBox>, Vec<Box<StringBox>>) {
        let strings = std::mem::take(&mut self.tables.get_mut().strings);
        (strings, std::mem::take(&mut *self.returned()))
    }
}

impl Inside<'_> {
    /// The innermost live context.
    #[inline]
    pub fn context(&mut self) -> Context<'_> {
        match self.cell.door.innermost() {
            // SAFETY: `callback` keeps its caller alive for as long as it is
            // the innermost. Whoever holds an `Inside` has the context lent
            // to it alone, and the borrow of `self` makes this the only one.
            Some(caller) => unsafe { (*caller.as_ptr()).as_context_mut() },
            // SAFETY: no callback is running, so nothing else refers to the
            // store; the rest as above.
            None => unsafe { (*self.cell.store.get()).as_context_mut() },
        }
    }

    /// What is kept for the store.
    #[inline]
    pub fn tables(&mut self) -> &mut Tables {
        // SAFETY: the owner alone touches it, and every borrow comes from the
        // one `Inside` that has the context, for as long as `self` is lent.
        unsafe { &mut *self.cell.tables.get() }
    }

    /// The store's number.
    pub fn id(&self) -> u64 {
        self.cell.id
    }

    /// The store's engine.
    pub fn engine(&self) -> &Engine {
        &self.cell.engine
    }

    /// The cell, for as long as a call runs in it.
    pub fn cell_ref(&self) -> &StoreCell {
        self.cell
    }

    /// The cell, to be held by a handle.
    pub fn cell(&self) -> Option<Arc<StoreCell>> {
        self.cell.this.upgrade()
    }

    /// Lends the context out while C code runs, which may come in again and
    /// delete what it likes.
    #[inline(always)]
    pub fn lend<R>(&mut self, body: impl FnOnce() -> R) -> R {
        self.cell.door.lend(body)
    }

    /// What is left of a deleted string, or a new one.
    pub fn spare_string(&mut self) -> Box<StringBox> {
        if let Some(spare) = self.tables().strings.pop() {
            return spare;
        }
        let returned = std::mem::take(&mut *self.cell.returned());
        let strings = &mut self.tables().strings;
        returned.into_iter().for_each(|spare| strings.push(spare));
        strings.pop().unwrap_or_default()
    }
}

#[cold]
fn busy(why: &str) -> Error {
    Error::new(ErrorKind::StoreBusy, format!("the store is in use {why}"))
}

/// The store of an argument that must not be NULL, held from now on.
pub fn cell_of(store: Option<&wasm_store_t>) -> Result<Arc<StoreCell>> {
    Ok(need(store, "store")?.cell.clone())
}

/// The cell of the store that a host function is in, which runs nowhere else.
pub struct Within(pub *const StoreCell);

// SAFETY: a cell may be referred to from any thread.
unsafe impl Send for Within {}
// SAFETY: as above.
unsafe impl Sync for Within {}

impl Within {
    /// Where it is. (A method, so that closures capture all of this.)
    pub fn get(&self) -> *const StoreCell {
        self.0
    }
}
