//! [`Instance`]: a component, instantiated, in an engine store of its own.
//!
//! The engine declares a whole store of its own dead when anything in it traps,
//! so that every instance has one. The host's store is lent to it for a call.
//!
//! Not here: how values cross.

#![allow(unsafe_code)] // an instance is used by whoever has its store

use super::callee::Callee;
use super::check::Notes;
use super::component::{Component, Item, Needed};
use super::door::Way;
use super::frame::{Frame, Shared, limits};
use super::gate::Gate;
use super::host::{self, HostFunction};
use crate::abi::door::MODULE;
use crate::error::{Error, ErrorKind, Result};
use crate::guest::context::{Context, Cx};
use crate::guest::errors::wrong_store;
use crate::guest::meter::at_deadline;
use crate::guest::resource::{Owner, Resource};
use crate::guest::traps::failure;
use crate::guest::tree::arena::Arena;
use crate::guest::turn::settle;
use crate::guest::{ModuleName, StoreData};
use crate::string::Encoding;
use std::cell::UnsafeCell;
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

/// WASI, and what an instance has of it.
#[cfg(feature = "wasi")]
pub type Wasi = (Linker<StoreData>, crate::wasi::Context);

/// What a component's imports are.
pub struct Supplied {
    /// For each function, in order; `None` is left to WASI.
    pub functions: Vec<Option<Arc<dyn HostFunction>>>,
    /// For each core module, in order.
    pub modules: Vec<wasmtime::Module>,
    #[cfg(feature = "wasi")]
    pub wasi: Option<Wasi>,
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
        let added = component.door().map(|_| MODULE);
        let name = ModuleName { id: component.id(), shift: 0, places: None, added };
        store.data_mut().modules.insert(start, name);
        let owner = Arc::new(Owner::new(definer.wasis));
        let shared = Shared::new(component.clone(), owner);
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
                if let Some(at) = component.door_at() {
                    let _ = frame.shared().gate.set(Gate::find(store, instance, at)?);
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
    pub(super) fn callee(&self, host: &Cx<'_>, index: usize) -> Result<Option<Callee>> {
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
        let way = entrance.map(|((gate, _), found)| Way::new(*gate, found, &export.ty));
        Ok(func.map(|func| Callee::new(func, export.ty.clone(), way)))
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
