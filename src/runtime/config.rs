//! What can be chosen about an engine.
//!
//! Not here: what the choices do.

use crate::error::{Error, ErrorKind, Result};
use crate::guest::Limits;
use crate::guest::traps::TRACED;
use crate::string::{Encoding, Policy};
use std::fmt;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

/// The options of an [`Engine`](crate::Engine). Every one has a default that
/// suits a host which trusts nothing and hurries little.
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) encoding: Encoding,
    pub(crate) policy: Policy,
    pub(crate) fuel: bool,
    pub(crate) epochs: bool,
    pub(crate) limits: Limits,
    pub(crate) stack_size: usize,
    pub(crate) parallel_compilation: bool,
    pub(crate) opt_level: OptLevel,
    pub(crate) cache_dir: Option<PathBuf>,
    pub(crate) pooling: Option<u32>,
    pub(crate) back_end: BackEnd,
    pub(crate) trace: Option<Trace>,
}

/// What is told of calls is given to it.
#[derive(Clone)]
pub(crate) struct Trace(pub Arc<dyn Fn(&str) + Send + Sync>);

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trace")
    }
}

/// How hard the compiler works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OptLevel {
    /// Compiles fast, runs slowly.
    None,
    /// Runs fast.
    #[default]
    Speed,
    /// Runs nearly as fast, in less memory.
    SpeedAndSize,
}

/// What runs adapters. Both do the same; one is fast, the other is simple.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BackEnd {
    /// Adapters become functions of the core module. Where the result would
    /// break a limit of core WebAssembly, the reference serves that module.
    Compiled,
    /// Adapters are interpreted.
    Reference,
}

/// How many tables an instance of a pool may have.
const POOLED_TABLES: u32 = 8;

const DEFAULT: BackEnd = BackEnd::Compiled;

impl Default for Config {
    fn default() -> Config {
        Config {
            encoding: Encoding::Utf8,
            policy: Policy::Reject,
            fuel: false,
            epochs: false,
            limits: Limits {
                memory_bytes: usize::MAX,
                table_elements: usize::MAX,
                instances: usize::MAX,
                beside: [0; 2],
            },
            stack_size: 256 * 1024,
            parallel_compilation: true,
            opt_level: OptLevel::Speed,
            cache_dir: None,
            pooling: None,
            back_end: DEFAULT,
            trace: None,
        }
    }
}

impl Config {
    /// The defaults.
    pub fn new() -> Config {
        Config::default()
    }

    /// The encoding of the host's own text, for what asks in no particular
    /// one. Default: UTF-8.
    pub fn host_encoding(&mut self, encoding: Encoding) -> &mut Config {
        self.encoding = encoding;
        self
    }

    /// What becomes of ill-formed text, where a string does not say. Default:
    /// [`Policy::Reject`], an error for the host's text and a trap for the
    /// guest's.
    pub fn ill_formed(&mut self, policy: Policy) -> &mut Config {
        self.policy = policy;
        self
    }

    /// Counts instructions and stops a guest whose fuel is used up: see
    /// [`Store::set_fuel`](crate::Store::set_fuel). A new store has none.
    /// Default: off.
    ///
    /// Most instructions take one, those of compiled adapters too. A step of an
    /// interpreted adapter takes one, and one for each value that it passes on.
    /// How long the text is that is read or written counts nowhere.
    ///
    /// Functions of components are entered by the engine's own way then, which takes
    /// longer: the shorter one would count. So it is with pools.
    pub fn consume_fuel(&mut self, on: bool) -> &mut Config {
        self.fuel = on;
        self
    }

    /// Stops a guest at a deadline: see
    /// [`Store::set_epoch_deadline`](crate::Store::set_epoch_deadline) and
    /// [`Engine::increment_epoch`](crate::Engine::increment_epoch). Default:
    /// off.
    pub fn epoch_interruption(&mut self, on: bool) -> &mut Config {
        self.epochs = on;
        self
    }

    /// The most bytes one linear memory may have. Growing beyond fails as the
    /// guest sees it. Default: what its type permits.
    pub fn max_memory_bytes(&mut self, bytes: usize) -> &mut Config {
        self.limits.memory_bytes = bytes;
        self
    }

    /// The most elements one table may have. Default: what its type permits.
    pub fn max_table_elements(&mut self, elements: usize) -> &mut Config {
        self.limits.table_elements = elements;
        self
    }

    /// The most instances, and the most memories and tables, that one store
    /// may have. Instances of components are counted by themselves, and may each
    /// consist of as many. Default: no bound.
    pub fn max_instances(&mut self, instances: usize) -> &mut Config {
        self.limits.instances = instances;
        self
    }

    /// How many bytes of the host's stack guests and adapters may use, host
    /// functions that they call included. Default: 256 KiB.
    ///
    /// Whatever stack a call is made on needs that much and 128 KiB more, and
    /// what host functions use when they are called at the end of it: by default
    /// 384 KiB, so that threads with 512 KiB do. On a
    /// thread's own stack that has not enough a call is an error,
    /// [`ErrorKind::OutOfRange`]. A stack that a host has made itself, as
    /// coroutines have, nobody can ask: it has to have the room. A host function
    /// that has gone to another stack cannot call the store that called it, which
    /// is [`ErrorKind::StoreBusy`], or a trap as of an exhausted stack where both
    /// are coroutines' and it cannot be told; and calls have to return in the opposite order
    /// of their beginnings, also those of several stores on one thread.
    ///
    /// Interpreted adapters hold values of up to some 16 MiB besides, in all.
    pub fn max_stack_bytes(&mut self, bytes: usize) -> &mut Config {
        self.stack_size = bytes;
        self
    }

    /// Compiles on several threads. Default: on.
    pub fn parallel_compilation(&mut self, on: bool) -> &mut Config {
        self.parallel_compilation = on;
        self
    }

    /// How hard the compiler works. Default: [`OptLevel::Speed`].
    pub fn opt_level(&mut self, level: OptLevel) -> &mut Config {
        self.opt_level = level;
        self
    }

    /// Keeps compiled code in this folder, which is made where it is missing,
    /// and takes it from there the next time. Default: no cache.
    pub fn cache_dir(&mut self, dir: impl Into<PathBuf>) -> &mut Config {
        self.cache_dir = Some(dir.into());
        self
    }

    /// Sets memory aside for this many instances at once, so that making one
    /// is faster. More than these cannot be made, in as many stores at most if
    /// references are used in them. An instance may have a memory and eight
    /// tables of 100,000 elements. It is address space that is set aside, twice
    /// a memory for each. Default: none, memory is asked for with each instance.
    pub fn pooling(&mut self, instances: u32) -> &mut Config {
        self.pooling = Some(instances);
        self
    }

    /// What runs adapters. The environment variable `WITRT_BACK_END`, which is
    /// `reference` or `compiled`, overrides it, for tests and bug reports.
    pub fn back_end(&mut self, back_end: BackEnd) -> &mut Config {
        self.back_end = back_end;
        self
    }

    /// Gives a line of text to a function whenever an export of an instance is
    /// called (`call greet("Zoë", 3)`), or an instance calls one of its imports
    /// (`import env.log(7)`): right before, on the thread of the call. Calls are
    /// slower then. Functions in tables are not told of. Default: none, and nothing is looked at when a call is
    /// made.
    pub fn trace(&mut self, to: impl Fn(&str) + Send + Sync + 'static) -> &mut Config {
        self.trace = Some(Trace(Arc::new(to)));
        self
    }

    /// The back end, after what the environment says.
    pub(crate) fn chosen_back_end(&self) -> BackEnd {
        match std::env::var_os("WITRT_BACK_END") {
            Some(name) if name == "reference" => BackEnd::Reference,
            Some(name) if name == "compiled" => BackEnd::Compiled,
            _ => self.back_end,
        }
    }

    /// Whether components get doors: what they cost is not in what a host counts, and
    /// not in what it has set aside.
    #[cfg(feature = "component")]
    pub(crate) fn has_doors(&self) -> bool {
        self.back_end == BackEnd::Compiled && !self.fuel && self.pooling.is_none()
    }

    /// The engine's form of it.
    pub(crate) fn build(&self) -> Result<wasmtime::Config> {
        let bad = |what: &str, e: &dyn std::fmt::Display| {
            Error::new(ErrorKind::BadConfig, format!("{what}: {e}"))
        };
        let mut config = wasmtime::Config::new();
        config.collector(wasmtime::Collector::DeferredReferenceCounting);
        config.consume_fuel(self.fuel);
        config.epoch_interruption(self.epochs);
        config.parallel_compilation(self.parallel_compilation);
        config.cranelift_opt_level(match self.opt_level {
            OptLevel::None => wasmtime::OptLevel::None,
            OptLevel::Speed => wasmtime::OptLevel::Speed,
            OptLevel::SpeedAndSize => wasmtime::OptLevel::SpeedAndSize,
        });
        if self.stack_size == 0 {
            return Err(bad("stack size", &"it must not be zero"));
        }
        config.max_wasm_stack(self.stack_size);
        // Of no use without its asynchronous calls, but the engine compares them.
        config.async_stack_size(self.stack_size.max(2 << 20));
        // Compiled adapters have frames as well, which are left out.
        config.wasm_backtrace_max_frames(NonZeroUsize::new(TRACED));
        if let Some(dir) = &self.cache_dir {
            let mut cache = wasmtime::CacheConfig::new();
            cache.with_directory(dir);
            let cache = wasmtime::Cache::new(cache).map_err(|e| bad("cache directory", &e))?;
            config.cache(Some(cache));
        }
        if let Some(count) = self.pooling {
            let mut pool = wasmtime::PoolingAllocationConfig::new();
            // A store's references are in a memory of the pool as well.
            pool.total_core_instances(count)
                .total_memories(count.saturating_mul(2))
                .total_tables(count.saturating_mul(POOLED_TABLES))
                .total_gc_heaps(count)
                .max_memories_per_module(1)
                .max_tables_per_module(POOLED_TABLES)
                .table_elements(100_000);
            if self.limits.memory_bytes < u32::MAX as usize {
                pool.max_memory_size(self.limits.memory_bytes);
            }
            config.allocation_strategy(wasmtime::InstanceAllocationStrategy::Pooling(pool));
        }
        Ok(config)
    }
}
