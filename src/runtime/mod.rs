//! Live objects on wasmtime: [`Engine`] is shared and cheap to clone,
//! [`Store`] holds instances and is used by one thread at a time.
//!
//! Not here: calls.

mod artefact;
mod builtin;
mod command;
pub(crate) mod config;
mod core_instance;
pub(crate) mod core_modules;
mod exported;
pub(crate) mod expose;
pub(crate) mod externs;
pub(crate) mod func;
pub(crate) mod instance;
pub(crate) mod link;
mod missing;
pub(crate) mod module;
pub(crate) mod prepared;
mod signals;
mod stored;
mod trace;
pub(crate) mod typed;
mod wasi;

use crate::error::{Error, ErrorKind, Result};
use crate::guest::context::{AsContext, AsContextMut, Context, ContextRef, Cx, sealed};
use crate::guest::meter::{Meter, at_deadline, set_deadline};
use crate::guest::stack::Stack;
use crate::guest::{Limits, StoreData, turn};
use crate::string::{Encoding, Policy};
use crate::wasi::Wasi;
use config::Config;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Compiles modules and makes stores. It is shared: clones are the same
/// engine, and any thread may use it.
#[derive(Clone)]
pub struct Engine(Arc<EngineInner>);

struct EngineInner {
    engine: wasmtime::Engine,
    config: Config,
    /// The epoch, where there is one: the engine does not tell its own.
    epoch: Option<Arc<AtomicU64>>,
    /// WASI, for components: made when it is first wanted.
    #[cfg(feature = "wasi")]
    wasi: std::sync::OnceLock<wasmtime::component::Linker<StoreData>>,
}

impl EngineInner {
    fn new(engine: wasmtime::Engine, config: Config, epoch: Option<Arc<AtomicU64>>) -> EngineInner {
        EngineInner {
            engine,
            config,
            epoch,
            #[cfg(feature = "wasi")]
            wasi: Default::default(),
        }
    }
}

impl Engine {
    /// An engine with these options.
    ///
    /// # Errors
    /// [`ErrorKind::BadConfig`] for options that do not go together or that
    /// this machine cannot have.
    pub fn new(config: &Config) -> Result<Engine> {
        let build = config.build()?;
        let engine = signals::keeping_stacks(|| wasmtime::Engine::new(&build))
            .map_err(|e| Error::new(ErrorKind::BadConfig, format!("{e:#}")))?;
        let config = Config { back_end: config.chosen_back_end(), ..config.clone() };
        let epoch = config.epochs.then(Arc::default);
        Ok(Engine(Arc::new(EngineInner::new(engine, config, epoch))))
    }

    /// Moves the epoch of all its stores on by one tick. Any thread may do
    /// this while guests run; it is how a deadline comes to pass.
    pub fn increment_epoch(&self) {
        if let Some(epoch) = &self.0.epoch {
            epoch.fetch_add(1, Ordering::Relaxed);
        }
        self.0.engine.increment_epoch();
    }

    /// The encoding of the host's own text.
    pub fn host_encoding(&self) -> Encoding {
        self.0.config.encoding
    }

    /// What becomes of ill-formed text, where a string does not say.
    pub fn ill_formed(&self) -> Policy {
        self.0.config.policy
    }

    /// Whether both are the same engine.
    pub fn same(a: &Engine, b: &Engine) -> bool {
        Arc::ptr_eq(&a.0, &b.0)
    }

    pub(crate) fn inner(&self) -> &wasmtime::Engine {
        &self.0.engine
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    /// All of WASI, for a component.
    #[cfg(feature = "wasi")]
    fn wasi(&self) -> Result<wasmtime::component::Linker<StoreData>> {
        if let Some(made) = self.0.wasi.get() {
            return Ok(made.clone());
        }
        let made = crate::wasi::preview2::linker(&self.0.engine).map_err(Error::internal)?;
        Ok(self.0.wasi.get_or_init(|| made).clone())
    }
}

/// An engine with the default options.
impl Default for Engine {
    fn default() -> Engine {
        let config = Config::default();
        Engine::new(&config).unwrap_or_else(|_| {
            let engine = signals::keeping_stacks(wasmtime::Engine::default);
            Engine(Arc::new(EngineInner::new(engine, config, None)))
        })
    }
}

/// Holds instances and everything that belongs to them, until it is dropped.
/// One thread at a time may use it; it may move between threads.
///
/// Objects of one store are of no use in another, which answers with
/// [`ErrorKind::WrongStore`].
pub struct Store {
    inner: wasmtime::Store<StoreData>,
    engine: Engine,
}

impl Store {
    /// An empty store.
    pub fn new(engine: &Engine) -> Store {
        let config = engine.config();
        let stack = Stack::new(config.stack_size);
        let epoch = engine.0.epoch.clone();
        let meter = Meter { fuel: config.fuel, epoch, deadline: u64::MAX, callback: None };
        let data = StoreData::new(next_id(), config.policy, stack, meter, config.limits);
        let mut inner = wasmtime::Store::new(engine.inner(), data);
        inner.limiter(|data| &mut data.limits);
        if config.epochs {
            inner.epoch_deadline_callback(at_deadline);
            // Longer than any deadline, and the engine's sum does not overflow.
            inner.set_epoch_deadline(u64::MAX / 2);
        }
        Store { inner, engine: engine.clone() }
    }

    /// Collects each time the host makes a reference: for tests.
    #[doc(hidden)]
    pub fn collect_eagerly(&mut self) {
        self.inner.data_mut().refs.eager = true;
    }

    /// The engine it was made with.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// A number that no other store of this process has.
    pub fn id(&self) -> u64 {
        self.inner.data().id
    }
}

impl Context<'_> {
    /// A number that no other store of this process has.
    pub fn store_id(&self) -> u64 {
        self.0.data().id
    }

    /// Gives guests so much fuel, in place of what is left.
    pub fn set_fuel(&mut self, fuel: u64) -> Result<()> {
        self.0.set_fuel(fuel).map_err(|e| Error::new(ErrorKind::Unsupported, e.to_string()))
    }

    /// The fuel that is left.
    pub fn fuel(&self) -> Result<u64> {
        self.0.get_fuel().map_err(|e| Error::new(ErrorKind::Unsupported, e.to_string()))
    }

    /// Stops guests when the engine's epoch has moved on by so many ticks.
    pub fn set_epoch_deadline(&mut self, ticks: u64) {
        set_deadline(&mut self.0, ticks);
    }

    /// What to ask when a deadline has come to pass.
    pub fn set_epoch_callback(&mut self, callback: Option<EpochCallback>) -> Result<()> {
        let meter = &mut self.0.data_mut().meter;
        if meter.epoch.is_none() {
            let message = "the engine was made without epochs";
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        meter.callback = callback;
        Ok(())
    }

    /// The most bytes that one linear memory may have.
    pub fn set_max_memory_bytes(&mut self, bytes: usize) {
        self.0.data_mut().limits.memory_bytes = bytes;
    }

    /// The most elements that one table may have.
    pub fn set_max_table_elements(&mut self, elements: usize) {
        self.0.data_mut().limits.table_elements = elements;
    }

    /// The most instances.
    pub fn set_max_instances(&mut self, instances: usize) {
        self.0.data_mut().limits.instances = instances;
    }

    /// Gives guests what WASI has for them, in place of what they were given before;
    /// instances that are there already keep what they have.
    ///
    /// # Errors
    /// [`ErrorKind::UnreadableFile`] for a folder that cannot be opened,
    /// [`ErrorKind::Unsupported`] where this library was built without WASI.
    pub fn set_wasi(&mut self, wasi: &Wasi) -> Result<()> {
        #[cfg(feature = "wasi")]
        {
            // Each instance gets its own; this one shows that it can.
            drop(crate::wasi::Context::new(wasi)?);
            self.0.data_mut().wasi.by_host = Some(Arc::new(wasi.clone()));
            Ok(())
        }
        #[cfg(not(feature = "wasi"))]
        {
            let _ = wasi;
            Err(Error::new(ErrorKind::Unsupported, "this library was built without WASI"))
        }
    }

    /// Copies the strings of guests that are still held, and runs the
    /// deferred calls that are owed. Every call does this first.
    ///
    /// # Errors
    /// The first trap of a deferred call; all of them run.
    pub fn settle(&mut self) -> Result<()> {
        turn::settle(self.enter()?)
    }
}

/// What is asked when a deadline has come to pass: see
/// [`Store::set_epoch_callback`].
pub type EpochCallback = Arc<dyn Fn() -> Option<std::num::NonZeroU64> + Send + Sync>;

/// What a [`Store`] and a [`Caller`](crate::Caller) can both do.
macro_rules! on_both {
    ($($(#[$doc:meta])* fn $name:ident(&mut self $(, $arg:ident: $ty:ty)*) $(-> $out:ty)?;)+) => {
        impl Store { $($(#[$doc])* pub fn $name(&mut self $(, $arg: $ty)*) $(-> $out)? {
            self.as_context_mut().$name($($arg),*)
        })+ }
        impl crate::Caller<'_> { $($(#[$doc])* pub fn $name(&mut self $(, $arg: $ty)*) $(-> $out)? {
            self.as_context_mut().$name($($arg),*)
        })+ }
    };
}

on_both! {
    /// Gives guests so much fuel, in place of what is left. It is an error
    /// where the engine does not count fuel.
    fn set_fuel(&mut self, fuel: u64) -> Result<()>;
    /// The fuel that is left. It is an error where the engine does not count
    /// fuel.
    fn fuel(&mut self) -> Result<u64>;
    /// Stops guests when the engine's epoch has moved on by so many ticks; any
    /// number beyond what can be waited for is never. Nothing happens where the
    /// engine has no epochs.
    fn set_epoch_deadline(&mut self, ticks: u64);
    /// What to ask when a deadline has come to pass, in place of what was asked
    /// before: how many ticks the guest may go on for, or `None` to stop it with the
    /// trap that it is without. It runs on the thread of the call, in the middle of
    /// the guest, and cannot use the store. It is an error where the engine has no
    /// epochs.
    fn set_epoch_callback(&mut self, callback: Option<EpochCallback>) -> Result<()>;
    /// The most bytes that one linear memory of this store may have, in place of
    /// [`Config::max_memory_bytes`]. Memories that are larger already stay as they
    /// are, and grow no more. Instances of components take all limits of their store
    /// when they are called.
    fn set_max_memory_bytes(&mut self, bytes: usize);
    /// The most elements that one table of this store may have, in place of
    /// [`Config::max_table_elements`].
    fn set_max_table_elements(&mut self, elements: usize);
    /// The most instances that this store may have, and no more than
    /// [`Config::max_instances`]; those of components are counted by themselves.
    fn set_max_instances(&mut self, instances: usize);
    /// Gives guests what WASI has for them, in place of what they were given
    /// before: instances that are made from now on. It is an error where a folder
    /// cannot be opened, and where this library was built without WASI.
    fn set_wasi(&mut self, wasi: &Wasi) -> Result<()>;
    /// Copies the strings of guests that are still held, and runs the
    /// deferred calls that are owed. Every call does this first, so it is only
    /// of use to have it done by a certain time. The error is the first trap
    /// of a deferred call; all of them run.
    fn settle(&mut self) -> Result<()>;
}

impl sealed::Sealed for Store {}

impl AsContext for Store {
    #[inline]
    fn as_context(&self) -> ContextRef<'_> {
        ContextRef(wasmtime::AsContext::as_context(&self.inner))
    }
}

impl AsContextMut for Store {
    #[inline]
    fn as_context_mut(&mut self) -> Context<'_> {
        Context(wasmtime::AsContextMut::as_context_mut(&mut self.inner), false)
    }
}

impl wasmtime::ResourceLimiter for Limits {
    fn memory_growing(
        &mut self,
        _: usize,
        wanted: usize,
        max: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(wanted <= self.memory_bytes && max.is_none_or(|max| wanted <= max))
    }

    fn table_growing(
        &mut self,
        _: usize,
        wanted: usize,
        max: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(wanted <= self.table_elements && max.is_none_or(|max| wanted <= max))
    }

    fn instances(&self) -> usize {
        self.instances.saturating_add(self.beside[0])
    }

    fn tables(&self) -> usize {
        self.instances
    }

    fn memories(&self) -> usize {
        self.instances.saturating_add(self.beside[1])
    }
}

/// Numbers for stores and modules.
pub(crate) fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// An error of the engine while it makes something.
pub(crate) fn making(cx: &mut Cx<'_>, kind: ErrorKind, error: wasmtime::Error) -> Error {
    if error.is::<wasmtime::Trap>()
        || error.is::<Error>()
        || error.is::<wasmtime::ThrownException>()
        || crate::wasi::exit_status(&error).is_some()
    {
        return crate::guest::traps::failure(cx, error);
    }
    Error::new(kind, format!("{error:#}"))
}
