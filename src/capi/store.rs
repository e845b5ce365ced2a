//! Stores, and the one door into them.
//!
//! Every object of a store carries a shared reference to its [`StoreCell`],
//! and a callback may call back in, so that the borrow checker cannot see who
//! uses the store. The door sees to it: one thread at a time is inside, and the
//! innermost live context is lent to one piece of code at a time. Who comes
//! otherwise gets an error.
//!
//! Handles may be deleted at any time: by another thread, by a callback, by a
//! finalizer that the engine runs. So whoever enters brings a reference to the
//! cell of its own, and gives it up after it has left.
//!
//! Not here: what is done inside.

use super::boundary::{borrow, enter, need, write};
use super::engine::wasm_engine_t;
use super::error::{report, witrt_error_t};
use super::handle::{Body, Handle, Obj};
use super::string_box::{Spares, StringBox, leave_behind};
use super::value::wasm_val_t;
use crate::{AsContextMut, Caller, Context, Engine, Error, ErrorKind, Extern, ExternRef};
use crate::{Identity, Instance, Result, Store, Val};
use std::cell::{Cell, UnsafeCell};
use std::collections::HashMap;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Holds instances and everything that belongs to them.
///
/// It lives until it and all handles of its objects are deleted. One thread at
/// a time may use it and its objects; a second one gets
/// `WITRT_ERROR_STORE_BUSY`. Deleting is permitted on any thread at any time.
pub struct wasm_store_t {
    cell: Arc<StoreCell>,
}

/// A store, and the door into it.
pub struct StoreCell {
    /// Who is inside: [`NOBODY`], [`SOMEBODY`], [`PASSING`], or which thread, by an
    /// address of its own.
    owner: AtomicUsize,
    /// Whether the context is in use, so that nobody else may have it. This
    /// field and the next two are touched by the owner only.
    lent: Cell<bool>,
    /// The context of the callback that is running, if one is.
    innermost: Cell<Option<NonNull<Caller<'static>>>>,
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

// SAFETY: what is not `Sync` in it is touched only by the thread that has put
// something else than `NOBODY` into `owner`, which the door does atomically, until
// it puts that back; and all of it may move between threads, which `is_send`
// checks for the parts that could be otherwise.
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
    objects: HashMap<Identity, Arc<Obj>>,
    /// The object of each externref of a guest's that a program holds, by the
    /// reference's address, which is its own as long as the object lives.
    guests: HashMap<usize, Weak<Obj>>,
    /// When there are so many, those that are gone are forgotten.
    crowded: usize,
    /// The instance of each module that has exactly one.
    instances: HashMap<u64, Option<Arc<Obj>>>,
    /// What is left of deleted strings.
    pub strings: Spares,
    /// Buffers for calls with many values.
    pub vals: Vec<Vec<Val<'static>>>,
    /// The same in C's form.
    pub c_vals: Vec<Vec<wasm_val_t>>,
}

/// The proof of being inside a store.
pub struct Inside<'a> {
    cell: &'a StoreCell,
}

/// Nobody is in a store.
const NOBODY: usize = 0;
/// Somebody is who has not let code of the host's run since: whoever comes, on
/// whichever thread, may not come in. Most calls end so, and need not know which
/// thread they are on.
const SOMEBODY: usize = 1;
/// Somebody is who will be gone at once.
const PASSING: usize = 2;

impl StoreCell {
    fn new(engine: &Engine) -> Arc<StoreCell> {
        let store = Store::new(engine);
        Arc::new_cyclic(|this| StoreCell {
            owner: AtomicUsize::new(NOBODY),
            lent: Cell::new(false),
            innermost: Cell::new(None),
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

    /// The same for who holds the cell by something else: a prepared call, or
    /// the call that a callback answers.
    #[inline]
    pub fn enter_held<R>(&self, body: impl FnOnce(&mut Inside<'_>) -> R) -> Result<R> {
        let _leave = self.open().map_err(busy)?;
        Ok(body(&mut Inside { cell: self }))
    }

    /// Opens the door until the guard is dropped, or tells why not.
    #[inline]
    fn open(&self) -> std::result::Result<Leave<'_>, &'static str> {
        // To look first costs nothing, and spares a callback the failure.
        if self.owner.load(Ordering::Relaxed) == NOBODY && self.claim(SOMEBODY).is_ok() {
            self.lent.set(true);
            return Ok(Leave { cell: self, nested: false });
        }
        self.open_again()
    }

    /// The same where somebody is inside.
    #[inline(never)]
    fn open_again(&self) -> std::result::Result<Leave<'_>, &'static str> {
        let me = this_thread();
        while let Err(owner) = self.claim(SOMEBODY) {
            match owner {
                PASSING => std::thread::yield_now(),
                SOMEBODY => {
                    return Err("by another thread, or by the engine, which is at work in it");
                }
                owner if owner != me => return Err("by another thread"),
                _ if self.lent.get() => return Err("by the engine, which is at work in it"),
                _ => {
                    self.lent.set(true);
                    return Ok(Leave { cell: self, nested: true });
                }
            }
        }
        self.lent.set(true);
        Ok(Leave { cell: self, nested: false })
    }

    /// Takes an empty store, or tells who is inside.
    #[inline]
    fn claim(&self, owner: usize) -> std::result::Result<usize, usize> {
        self.owner.compare_exchange(NOBODY, owner, Ordering::Acquire, Ordering::Relaxed)
    }

    /// The same for somebody who only gives something back, on any thread, and
    /// leaves at once: nobody is refused because of that.
    fn pass(&self) -> Option<Leave<'_>> {
        if self.owner.load(Ordering::Relaxed) == this_thread() {
            return self.open().ok();
        }
        self.claim(PASSING).ok()?;
        self.lent.set(true);
        Some(Leave { cell: self, nested: false })
    }

    /// Lets a callback in: `body` runs with the caller's context as the
    /// innermost one. It must be called where the engine has called out.
    #[inline(always)]
    pub fn callback<R>(
        &self,
        mut caller: Caller<'_>,
        body: impl FnOnce(&mut Inside<'_>) -> R,
    ) -> R {
        let pointer = NonNull::from(&mut caller).cast::<Caller<'static>>();
        let _restore = Restore { cell: self, before: self.innermost.replace(Some(pointer)) };
        body(&mut Inside { cell: self })
    }

    /// Takes back what is left of a deleted string, on any thread.
    pub fn take_back(&self, string: Box<StringBox>) {
        match self.pass() {
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
}

/// Closes the door, also when unwinding.
struct Leave<'a> {
    cell: &'a StoreCell,
    nested: bool,
}

impl Drop for Leave<'_> {
    #[inline]
    fn drop(&mut self) {
        self.cell.lent.set(false);
        if !self.nested {
            self.cell.owner.store(NOBODY, Ordering::Release);
        }
    }
}

/// Makes the context before a callback the innermost one again.
struct Restore<'a> {
    cell: &'a StoreCell,
    before: Option<NonNull<Caller<'static>>>,
}

impl Drop for Restore<'_> {
    fn drop(&mut self) {
        self.cell.innermost.set(self.before);
    }
}

impl Inside<'_> {
    /// The innermost live context.
    #[inline]
    pub fn context(&mut self) -> Context<'_> {
        match self.cell.innermost.get() {
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
        struct Back<'a>(&'a StoreCell);
        impl Drop for Back<'_> {
            fn drop(&mut self) {
                self.0.lent.set(true);
            }
        }
        // It lasts until the door is closed.
        if self.cell.owner.load(Ordering::Relaxed) == SOMEBODY {
            self.cell.owner.store(this_thread(), Ordering::Relaxed);
        }
        self.cell.lent.set(false);
        let _back = Back(self.cell);
        body()
    }

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

impl Drop for StoreCell {
    fn drop(&mut self) {
        let strings = std::mem::take(&mut self.tables.get_mut().strings);
        let returned = std::mem::take(&mut *self.returned());
        leave_behind(strings, returned);
    }
}

/// An address that no other living thread has, and none of the constants.
#[inline]
fn this_thread() -> usize {
    thread_local!(static MARK: Cell<u64> = const { Cell::new(0) });
    MARK.with(|mark| std::ptr::from_ref(mark).addr())
}

#[cold]
fn busy(why: &str) -> Error {
    Error::new(ErrorKind::StoreBusy, format!("the store is in use {why}"))
}

/// The store of an argument that must not be NULL, held from now on.
pub fn cell_of(store: Option<&wasm_store_t>) -> Result<Arc<StoreCell>> {
    Ok(need(store, "store")?.cell.clone())
}

/// A new, empty store. The engine may be deleted before it. Owned by the
/// caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_store_new(engine: Option<&wasm_engine_t>) -> Option<Box<wasm_store_t>> {
    enter(|| {
        let engine = need(engine, "engine")?.engine();
        Ok(Some(Box::new(wasm_store_t { cell: StoreCell::new(engine) })))
    })
}

/// Gives the store's guests so much fuel, in place of what is left. A new store
/// has none. False, with `WITRT_ERROR_UNSUPPORTED`, where the engine does not
/// count fuel.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_store_set_fuel(store: Option<&wasm_store_t>, fuel: u64) -> bool {
    enter(|| {
        cell_of(store)?.enter(|inside| inside.context().set_fuel(fuel))??;
        Ok(true)
    })
}

/// The fuel that is left. False, and nothing written, where the engine does not
/// count fuel.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_store_fuel(store: Option<&wasm_store_t>, fuel: *mut u64) -> bool {
    enter(|| {
        let left = cell_of(store)?.enter(|inside| inside.context().fuel())??;
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { write(fuel, "fuel", left) }?;
        Ok(true)
    })
}

/// Stops the store's guests with a trap when the engine's epoch has moved on by
/// so many ticks from now: see `witrt_engine_increment_epoch`. Without a call
/// of this there is no deadline, nor with a number of ticks that nobody can wait
/// for. It has no effect where the engine has no epochs.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_store_set_epoch_deadline(store: Option<&wasm_store_t>, ticks: u64) -> bool {
    enter(|| {
        cell_of(store)?.enter(|inside| inside.context().set_epoch_deadline(ticks))?;
        Ok(true)
    })
}

/// Copies the strings of guests that are still held, and runs the deferred
/// calls (such as a guest's `free`) that are owed. Every call does this first,
/// so it is of use only to have it done by a certain time.
///
/// False when a deferred call trapped; all of them run all the same. `error`
/// may be NULL; what is written there is owned by the caller, NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_store_settle(
    store: *const wasm_store_t,
    error: *mut *mut witrt_error_t,
) -> bool {
    let body = || {
        // Guests run, and may have the handle deleted: it is not used after this.
        // SAFETY: the header demands a store or NULL.
        let cell = cell_of(unsafe { borrow(store) })?;
        cell.enter(|inside| inside.context().settle())??;
        Ok::<_, Error>(true)
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}
