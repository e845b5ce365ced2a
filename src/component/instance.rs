//! [`Instance`]: a component, instantiated, in an engine store of its own.
//!
//! The engine declares a whole store of its own dead when anything in it traps,
//! so that every instance has one. The host's store is lent to it for a call.
//!
//! Not here: how values cross.

#![allow(unsafe_code)] // an instance is used by whoever has its store

use super::call::{Frame, Function};
use super::check::Notes;
use super::component::{Component, Item, Needed};
use super::door::{Gate, Told, Way};
use super::engine_types::Resources;
use super::host::{self, HostFunction};
use crate::error::{Error, ErrorKind, Result};
use crate::guest::context::{Context, Cx};
use crate::guest::errors::wrong_store;
use crate::guest::meter::{at_deadline, put_off};
use crate::guest::resource::{Owner, Resource};
use crate::guest::traps::failure;
use crate::guest::tree::arena::Arena;
use crate::guest::turn::settle;
use crate::guest::{Limits, ModuleName, StoreData};
use crate::string::Encoding;
use crate::types::tree::Tuple;
use std::cell::{RefCell, UnsafeCell};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use wasmtime::AsContextMut as _;
use wasmtime::component::{Linker, LinkerInstance, ResourceType};

/// A component with its imports supplied. Clones are the same instance.
#[derive(Clone)]
pub struct Instance(Arc<Inner>);

struct Inner {
    /// The host's store that it is used with.
    home: u64,
    component: Component,
    encoding: Encoding,
    busy: AtomicBool,
    /// Why it cannot be called any more.
    poisoned: OnceLock<String>,
    shared: Shared,
    engine: UnsafeCell<Engine>,
    /// One of as many as the store may have.
    _counted: Arc<()>,
}

/// What is the engine's.
struct Engine {
    store: wasmtime::Store<StoreData>,
    instance: Option<wasmtime::component::Instance>,
}

// SAFETY: all but the first five fields are touched only by who has the host's
// store, of which there is one, and has taken `busy`; dropping one touches
// nothing that belongs to a thread.
unsafe impl Send for Inner {}
// SAFETY: as above.
unsafe impl Sync for Inner {}

const _: () = {
    const fn is_send<T: Send>() {}
    is_send::<wasmtime::Store<StoreData>>();
    is_send::<Resource>();
    is_send::<Notes>();
    is_send::<Arena>();
};

/// What calls of an instance share.
pub(super) struct Shared {
    component: Component,
    pub owner: Arc<Owner>,
    /// The host's resources that it holds.
    pub hosts: RefCell<HostTable>,
    /// The types of parameters and results of what components within it import, by
    /// the engine's numbers, where the component does not know them.
    pub tuples: RefCell<HashMap<u32, Tuple>>,
    /// The component's door, if calls go by it.
    gate: OnceLock<Gate>,
    /// For each of the functions that are behind it.
    pub told: Vec<OnceLock<Told>>,
    notes: RefCell<Vec<Notes>>,
    arenas: RefCell<Vec<Arena>>,
}

/// The host's resources that a component holds handles of.
#[derive(Default)]
pub(super) struct HostTable {
    entries: Vec<Option<Resource>>,
    free: Vec<u32>,
    /// Those that are lent for the call that is being made.
    loans: Vec<u32>,
}

impl HostTable {
    /// A number for a resource; for a loan, until the call is over.
    pub fn insert(&mut self, resource: Resource, loan: bool) -> u32 {
        let at = self.free.pop().unwrap_or(self.entries.len() as u32);
        match self.entries.get_mut(at as usize) {
            Some(entry) => *entry = Some(resource),
            None => self.entries.push(Some(resource)),
        }
        if loan {
            self.loans.push(at);
        }
        at
    }

    pub fn get(&self, at: u32) -> Option<Resource> {
        self.entries.get(at as usize)?.clone()
    }

    pub fn remove(&mut self, at: u32) -> Option<Resource> {
        let found = self.entries.get_mut(at as usize)?.take()?;
        self.free.push(at);
        Some(found)
    }

    /// Takes out what was lent for the call that is over, one of them.
    fn end_loan(&mut self) -> Option<Option<Resource>> {
        let at = self.loans.pop()?;
        Some(self.remove(at))
    }
}

impl Shared {
    /// The component's resource types, with their names.
    pub fn resources(&self) -> &Resources {
        self.component.resources()
    }

    /// The types behind one of the engine's tuples, if the component knows them.
    pub fn tuple(&self, index: u32) -> Option<&Tuple> {
        self.component.tuple(index)
    }

    /// Whether the guest runs where it may call nobody.
    pub fn may_not_leave(&self) -> bool {
        self.gate.get().is_some_and(Gate::is_inside)
    }

    /// Ends what was lent for a call. Nothing is borrowed while the host's code runs,
    /// which a resource's end may be.
    pub fn end_loans(&self) {
        let next = || self.hosts.borrow_mut().end_loan();
        while let Some(ended) = next() {
            drop(ended);
        }
    }

    /// Room for what a call notes.
    pub fn notes(&self) -> Notes {
        self.notes.borrow_mut().pop().unwrap_or_default()
    }

    /// Takes it back.
    pub fn keep_notes(&self, notes: Notes) {
        self.notes.borrow_mut().push(notes);
    }

    /// An arena for the arguments of a host function.
    pub fn spare(&self) -> Arena {
        self.arenas.borrow_mut().pop().unwrap_or_else(|| Arena::new(0))
    }

    /// Takes one back.
    pub fn keep(&self, mut arena: Arena) {
        arena.reset();
        self.arenas.borrow_mut().push(arena);
    }

    /// The host's store has what is left of the fuel while host code runs, and the time
    /// that the guest was granted.
    pub fn lend_limits(&self, own: &mut Cx<'_>, host: &mut Cx<'_>) {
        if host.data().meter.fuel
            && let Ok(fuel) = own.get_fuel()
        {
            // Both are of one engine.
            let _ = host.set_fuel(fuel);
        }
        put_off(host, own.data().meter.deadline);
    }

    /// The instance's own store has what is left of it while the guest runs,
    /// and as much time as the host's.
    pub fn take_limits(&self, own: &mut Cx<'_>, host: &mut Cx<'_>) {
        if host.data().meter.fuel
            && let Ok(fuel) = host.get_fuel()
        {
            let _ = own.set_fuel(fuel);
        }
        own.data_mut().limits = limits(host, &self.component);
        if let Some(ticks) = host.data().meter.left() {
            own.set_epoch_deadline(ticks);
            own.data_mut().meter = host.data().meter.clone();
        }
    }
}

/// WASI, and what an instance has of it.
#[cfg(feature = "wasi")]
pub type Given = (Linker<StoreData>, crate::wasi::Context);

/// What a component's imports are.
pub struct Supplied {
    /// For each function, in order; `None` is left to WASI.
    pub functions: Vec<Option<Arc<dyn HostFunction>>>,
    /// For each core module, in order.
    pub modules: Vec<wasmtime::Module>,
    #[cfg(feature = "wasi")]
    pub wasi: Option<Given>,
}

impl Instance {
    /// Makes an instance.
    ///
    /// # Errors
    ///
    /// As the engine tells: imports that do not fit, limits, and traps.
    pub fn new(
        host: &mut Cx<'_>,
        component: &Component,
        encoding: Encoding,
        supplied: Supplied,
    ) -> Result<Instance> {
        if cfg!(target_endian = "big") {
            let message = "components need a machine that stores the low byte first";
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        settle(host)?;
        let counted = host.data().components.clone();
        let most = host.data().limits.instances;
        if Arc::strong_count(&counted) - 2 >= most {
            let message =
                format!("this store has {most} instances of components, and may not more");
            return Err(Error::new(ErrorKind::LimitReached, message));
        }
        let engine = host.engine().clone();
        let refused = |e: wasmtime::Error| match e.downcast::<Error>() {
            Ok(ours) => ours,
            Err(e) => Error::new(ErrorKind::IncompatibleImport, format!("{e:#}")),
        };
        #[cfg_attr(not(feature = "wasi"), allow(unused_mut))]
        let mut data = host.data().apart();
        data.limits = limits(host, component);
        let mut definer = Definer {
            supplied: supplied.functions.into_iter(),
            modules: supplied.modules.into_iter(),
            ..Definer::default()
        };
        #[cfg(feature = "wasi")]
        let mut linker = match supplied.wasi {
            Some((mut linker, context)) => {
                // What the host supplies comes first, of the same version too.
                linker.allow_shadowing(true);
                data.wasi.contexts.push(Some(Box::new(context)));
                definer.has_wasi = true;
                linker
            }
            None => Linker::new(&engine),
        };
        #[cfg(not(feature = "wasi"))]
        let mut linker = Linker::<StoreData>::new(&engine);
        definer.all(&mut linker.root(), component.needs()).map_err(refused)?;
        let pre = linker.instantiate_pre(component.engine_component()).map_err(refused)?;

        let mut store = wasmtime::Store::new(&engine, data);
        store.limiter(|data| &mut data.limits);
        if host.data().meter.left().is_some() {
            store.epoch_deadline_callback(at_deadline);
        }
        let start = component.engine_component().image_range().start as usize;
        let name = ModuleName { id: component.id(), shift: 0, places: None };
        store.data_mut().modules.insert(start, name);
        let shared = Shared {
            component: component.clone(),
            owner: Arc::new(Owner::new(definer.wasis)),
            hosts: RefCell::default(),
            tuples: RefCell::default(),
            gate: OnceLock::new(),
            told: std::iter::repeat_with(OnceLock::new).take(component.entrances()).collect(),
            notes: RefCell::default(),
            arenas: RefCell::default(),
        };
        let made = Instance(Arc::new(Inner {
            home: host.data().id,
            component: component.clone(),
            encoding,
            busy: AtomicBool::new(false),
            poisoned: OnceLock::new(),
            shared,
            engine: UnsafeCell::new(Engine { store, instance: None }),
            _counted: counted,
        }));
        let instance = made.enter(host, |store, frame| {
            Ok(Ok(pre.instantiate(&mut *store).and_then(|instance| {
                if let Some((at, whole)) = component.door_at() {
                    let _ = frame.shared().gate.set(Gate::find(store, &instance, at, whole)?);
                }
                Ok(instance)
            })))
        })?;
        // SAFETY: nobody else knows the instance yet.
        let engine = unsafe { &mut *made.0.engine.get() };
        engine.instance = Some(instance.map_err(|e| match is_of_guest(&e) {
            true => failure(&mut engine.store.as_context_mut(), e),
            false => Error::new(ErrorKind::LimitReached, format!("{e:#}")),
        })?);
        Ok(made)
    }

    /// An exported function, by its place among the component's exports.
    pub fn function(&self, host: &Cx<'_>, index: usize) -> Result<Option<Function>> {
        if host.data().id != self.0.home {
            return Err(wrong_store("instance"));
        }
        let Some(export) = self.0.component.exports().get(index) else { return Ok(None) };
        let _busy = self.claim()?;
        // SAFETY: this has the host's store, and `busy`.
        let engine = unsafe { &mut *self.0.engine.get() };
        let func = engine.instance.and_then(|i| i.get_func(&mut engine.store, export.at));
        let gate = self.0.shared.gate.get();
        let entrance = gate.zip(self.0.component.entrance(index));
        let way = entrance.map(|(gate, entrance)| Way::new(*gate, entrance, &export.ty));
        Ok(func.map(|func| Function::new(self.clone(), func, export.ty.clone(), way)))
    }

    /// The core modules that it exports, by flat names.
    pub fn modules(&self, host: &Cx<'_>) -> Result<Vec<(String, wasmtime::Module)>> {
        if host.data().id != self.0.home {
            return Err(wrong_store("instance"));
        }
        let _busy = self.claim()?;
        // SAFETY: this has the host's store, and `busy`.
        let engine = unsafe { &mut *self.0.engine.get() };
        let Some(instance) = engine.instance else { return Ok(Vec::new()) };
        let given = self.0.component.given().iter();
        let found = given.filter_map(|(name, at)| {
            Some((name.clone(), instance.get_module(&mut engine.store, at)?))
        });
        Ok(found.collect())
    }

    /// Lets the component run: `body` gets the engine's store. The outer error
    /// of its outcome is the engine's, and poisons the instance.
    pub(super) fn enter<R>(
        &self,
        host: &mut Cx<'_>,
        body: impl FnOnce(&mut wasmtime::Store<StoreData>, &Frame) -> wasmtime::Result<Result<R>>,
    ) -> Result<R> {
        let inner = &*self.0;
        if host.data().id != inner.home {
            return Err(wrong_store("instance"));
        }
        // Who has the host's store for itself has no need to take turns.
        if inner.busy.load(Ordering::Acquire) {
            return Err(running());
        }
        inner.busy.store(true, Ordering::Release);
        let _busy = Busy(&inner.busy);
        if let Some(why) = inner.poisoned.get() {
            let message = format!("this instance of a component cannot be called any more: {why}");
            return Err(Error::new(ErrorKind::Poisoned, message));
        }
        settle(host)?;
        // SAFETY: this has the host's store, and `busy`.
        let store = unsafe { &mut (*inner.engine.get()).store };
        // Its guests run on what is left of the stack, as if none were running.
        Context(store.as_context_mut(), false).enter()?;
        let shared = &inner.shared;
        shared.take_limits(&mut store.as_context_mut(), host);
        let outcome = Frame::run(host, shared, inner.encoding, |frame| {
            for dropped in shared.owner.dropped() {
                dropped.resource_drop(&mut *store)?;
            }
            body(store, frame)
        });
        shared.lend_limits(&mut store.as_context_mut(), host);
        outcome.unwrap_or_else(|error| {
            let error = failure(&mut store.as_context_mut(), error);
            // As much as tells it: the message of a host's may be of any length.
            let _ = inner.poisoned.set(error.message().chars().take(400).collect());
            Err(error)
        })
    }

    /// Gives the host the ends of what the guest wrote that are not whole lines.
    pub fn finish(&self, host: &Cx<'_>) {
        #[cfg(feature = "wasi")]
        if host.data().id == self.0.home
            && let Ok(_busy) = self.claim()
        {
            // SAFETY: this has the host's store, and `busy`.
            let store = unsafe { &(*self.0.engine.get()).store };
            store.data().wasi.contexts.iter().flatten().for_each(|context| context.finish());
        }
        let _ = host;
    }

    /// Keeps others out: host functions that the instance calls.
    fn claim(&self) -> Result<Busy<'_>> {
        if self.0.busy.swap(true, Ordering::Acquire) {
            return Err(running());
        }
        Ok(Busy(&self.0.busy))
    }
}

/// As much as a store may have, and what a door adds to a component.
fn limits(host: &Cx<'_>, component: &Component) -> Limits {
    let mut limits = host.data().limits;
    limits.instances = limits.instances.saturating_add(component.door().is_some().into());
    limits
}

#[cold]
fn running() -> Error {
    let message = "this instance of a component is running, and cannot be entered again";
    Error::new(ErrorKind::StoreBusy, message)
}

struct Busy<'a>(&'a AtomicBool);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// Whether a guest, or what it called, has failed.
fn is_of_guest(error: &wasmtime::Error) -> bool {
    error.is::<wasmtime::Trap>() || error.is::<Error>() || crate::wasi::exit_status(error).is_some()
}

/// Supplies what a component imports.
#[derive(Default)]
struct Definer {
    supplied: std::vec::IntoIter<Option<Arc<dyn HostFunction>>>,
    modules: std::vec::IntoIter<wasmtime::Module>,
    has_wasi: bool,
    /// The resource types that are left to WASI.
    wasis: Vec<u32>,
}

impl Definer {
    fn all(
        &mut self,
        linker: &mut LinkerInstance<'_, StoreData>,
        items: &[Item],
    ) -> wasmtime::Result<()> {
        for item in items {
            self.item(linker, item)?;
        }
        Ok(())
    }

    fn item(
        &mut self,
        linker: &mut LinkerInstance<'_, StoreData>,
        Item { name, ty }: &Item,
    ) -> wasmtime::Result<()> {
        match ty {
            Needed::Func(ty) => {
                let missing = || {
                    let message = format!("{name:?} is not supplied, but others of its interface");
                    Error::new(ErrorKind::MissingImport, message)
                };
                let func = self.supplied.next().flatten().ok_or_else(missing)?;
                host::define(linker, name, ty, func)
            }
            Needed::Resource(None) => Ok(()),
            Needed::Resource(Some(number)) => {
                linker.resource(name, ResourceType::host_dynamic(*number), |_, rep| {
                    Frame::current(|frame| {
                        let dropped = frame.host_table().remove(rep);
                        // The host's code runs when nothing is borrowed.
                        drop(dropped);
                        Ok(())
                    })
                })
            }
            Needed::Module => {
                let missing = || Error::new(ErrorKind::MissingImport, format!("module {name:?}"));
                let module = self.modules.next().ok_or_else(missing)?;
                linker.module(name, &module)
            }
            Needed::Instance(items) if self.is_left(name, items) => {
                for item in items {
                    if let Needed::Resource(number) = item.ty {
                        self.wasis.extend(number);
                    }
                    self.supplied.by_ref().take(item.functions()).for_each(drop);
                }
                Ok(())
            }
            Needed::Instance(items) => self.all(&mut linker.instance(name)?, items),
        }
    }

    /// Whether an interface is WASI's to supply: the host supplies none of it.
    fn is_left(&self, name: &str, items: &[Item]) -> bool {
        let functions = items.iter().map(Item::functions).sum();
        self.has_wasi
            && crate::wasi::is_given(name)
            && self.supplied.as_slice().iter().take(functions).all(Option::is_none)
    }
}
