//! Configurations and engines.
//!
//! Not here: what the options do.

use super::base::boundary::{self, Foreign, enter, need};
use super::base::failure::report;
use super::base::report::witrt_error_t;
use super::base::text::{encoding_of, wasm_encoding_t};
use crate::{BackEnd, Config, Engine, Error, ErrorKind, OptLevel, Policy, Result};
use std::ffi::{c_char, c_void};

/// The options of an engine, all with defaults that suit a host which trusts
/// nothing. Used by one thread at a time; consumed by the engine made of it.
pub struct wasm_config_t {
    config: Config,
}

/// Compiles modules and makes stores. Any thread may use it, and several at
/// once; it may be deleted before what was made with it.
pub struct wasm_engine_t {
    engine: Engine,
}

impl wasm_engine_t {
    /// The engine behind it.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
}

/// What becomes of ill-formed text: one of `witrt_ill_formed_enum`.
pub type witrt_ill_formed_t = u32;

/// What becomes of ill-formed text where a string does not say.
#[repr(C)]
pub enum witrt_ill_formed_enum {
    /// Refuse it: an error for the host's text, a trap for the guest's.
    WITRT_ILL_FORMED_REJECT = 0,
    /// Put U+FFFD in the place of each ill-formed part.
    WITRT_ILL_FORMED_REPLACE = 1,
    /// Pass lone surrogates on as they are, in both directions, between text in UTF-16 and
    /// core modules whose own text is UTF-16, such as those of AssemblyScript, where that is
    /// permitted. All else is refused: also text with lone surrogates that is to be another
    /// encoding's, a component's, or, where it is read, UTF-8.
    WITRT_ILL_FORMED_KEEP = 2,
}

/// How hard the compiler works: one of `witrt_opt_level_enum`.
pub type witrt_opt_level_t = u32;

/// How hard the compiler works.
#[repr(C)]
pub enum witrt_opt_level_enum {
    /// Compiles fast, runs slowly.
    WITRT_OPT_LEVEL_NONE = 0,
    /// Runs fast.
    WITRT_OPT_LEVEL_SPEED = 1,
    /// Runs nearly as fast, in less memory.
    WITRT_OPT_LEVEL_SPEED_AND_SIZE = 2,
}

/// What runs adapters: one of `witrt_back_end_enum`.
pub type witrt_back_end_t = u32;

/// What runs adapters. Both do the same.
#[repr(C)]
pub enum witrt_back_end_enum {
    /// They become functions of the core module. Where the result would break a
    /// limit of core WebAssembly, the reference serves that module.
    WITRT_BACK_END_COMPILED = 0,
    /// They are interpreted: for comparison, and for bug reports.
    WITRT_BACK_END_REFERENCE = 1,
}

/// A configuration with every option at its default. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_config_new() -> Option<Box<wasm_config_t>> {
    enter(|| Ok(Some(Box::new(wasm_config_t { config: Config::new() }))))
}

/// An engine with the default configuration. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_engine_new() -> Option<Box<wasm_engine_t>> {
    enter(|| new_engine(None))
}

/// An engine with this configuration, which is consumed also on failure; NULL
/// stands for the default one. NULL for options that do not go together or
/// that this machine cannot have. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_engine_new_with_config(
    config: Option<Box<wasm_config_t>>,
) -> Option<Box<wasm_engine_t>> {
    enter(|| new_engine(config))
}

/// As `wasm_engine_new_with_config`, with an error that tells why. `error` may
/// be NULL; what is written there is owned by the caller, NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_engine_new_with_config(
    config: Option<Box<wasm_config_t>>,
    error: *mut *mut witrt_error_t,
) -> Option<Box<wasm_engine_t>> {
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, || new_engine(config)) }
}

fn new_engine(config: Option<Box<wasm_config_t>>) -> Result<Option<Box<wasm_engine_t>>> {
    let config = config.map(|config| config.config).unwrap_or_default();
    Ok(Some(Box::new(wasm_engine_t { engine: Engine::new(&config)? })))
}

/// Moves the epoch of all stores of this engine on by one tick, which is how a
/// deadline comes to pass. Any thread may do this while guests run.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_engine_increment_epoch(engine: Option<&wasm_engine_t>) {
    enter(|| {
        need(engine, "engine")?.engine.increment_epoch();
        Ok(())
    })
}

/// Changes an option.
///
/// # Safety
///
/// The pointer must be NULL or a configuration that nobody else uses.
unsafe fn set(config: *mut wasm_config_t, change: impl FnOnce(&mut Config) -> Result<()>) -> bool {
    enter(|| {
        // SAFETY: the caller vouches for it.
        let config = need(unsafe { config.as_mut() }, "config")?;
        change(&mut config.config)?;
        Ok(true)
    })
}

/// The encoding of the host's own text, for what asks in no particular one.
/// Default: `WASM_UTF8`. False for an unknown encoding.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_config_set_host_encoding(
    config: *mut wasm_config_t,
    encoding: wasm_encoding_t,
) -> bool {
    let change = |config: &mut Config| {
        config.host_encoding(encoding_of(encoding)?);
        Ok(())
    };
    // SAFETY: the header demands a configuration used by this thread alone.
    unsafe { set(config, change) }
}

/// What becomes of ill-formed text where a string does not say. Default:
/// `WITRT_ILL_FORMED_REJECT`. False for an unknown number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_config_set_ill_formed(
    config: *mut wasm_config_t,
    rule: witrt_ill_formed_t,
) -> bool {
    let change = |config: &mut Config| {
        config.ill_formed(match rule {
            0 => Policy::Reject,
            1 => Policy::Replace,
            2 => Policy::Keep,
            _ => return Err(unknown("rule for ill-formed text", rule)),
        });
        Ok(())
    };
    // SAFETY: as in the first setter.
    unsafe { set(config, change) }
}

/// Counts what guests execute, and stops one with a trap when its store's fuel
/// is used up: see `witrt_store_set_fuel`. Default: off.
///
/// Most instructions take one, those of compiled adapters too. A step of an
/// interpreted adapter takes one, and one for each value that it passes on. How
/// long the text is that is read or written counts nowhere.
///
/// Functions of components are entered by the engine's own way then, which takes
/// longer: the shorter one would count. So it is with pools.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_config_set_consume_fuel(
    config: *mut wasm_config_t,
    on: bool,
) -> bool {
    let change = |config: &mut Config| {
        config.consume_fuel(on);
        Ok(())
    };
    // SAFETY: as in the first setter.
    unsafe { set(config, change) }
}

/// Stops guests at a deadline: see `witrt_store_set_epoch_deadline` and
/// `witrt_engine_increment_epoch`. Default: off.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_config_set_epoch_interruption(
    config: *mut wasm_config_t,
    on: bool,
) -> bool {
    let change = |config: &mut Config| {
        config.epoch_interruption(on);
        Ok(())
    };
    // SAFETY: as in the first setter.
    unsafe { set(config, change) }
}

/// The most bytes that one linear memory may have; growing beyond fails as the
/// guest sees it. Default: what its type permits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_config_set_max_memory_bytes(
    config: *mut wasm_config_t,
    bytes: usize,
) -> bool {
    let change = |config: &mut Config| {
        config.max_memory_bytes(bytes);
        Ok(())
    };
    // SAFETY: as in the first setter.
    unsafe { set(config, change) }
}

/// The most elements that one table may have. Default: what its type permits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_config_set_max_table_elements(
    config: *mut wasm_config_t,
    elements: usize,
) -> bool {
    let change = |config: &mut Config| {
        config.max_table_elements(elements);
        Ok(())
    };
    // SAFETY: as in the first setter.
    unsafe { set(config, change) }
}

/// The most instances, and the most memories and tables, that one store may
/// have. Instances of components are counted by themselves, and may each consist
/// of as many. Default: no bound.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_config_set_max_instances(
    config: *mut wasm_config_t,
    instances: usize,
) -> bool {
    let change = |config: &mut Config| {
        config.max_instances(instances);
        Ok(())
    };
    // SAFETY: as in the first setter.
    unsafe { set(config, change) }
}

/// How many bytes of the host's stack guests may use, host functions that they
/// call included. A guest that needs more traps. Default: 256 KiB. Zero is
/// refused when the engine is made.
///
/// Whatever stack a call is made on needs that much and 128 KiB more, and what
/// callbacks use when they are called at the end of it: by default 384 KiB, so
/// that threads with 512 KiB do, as macOS makes them. On a thread whose own stack
/// has not enough, as those of musl have not by default,
/// calls and instantiations fail with `WITRT_ERROR_OUT_OF_RANGE`: make such
/// threads with a larger stack, or this number smaller. A stack that the host has
/// made itself, as coroutines have, nobody can ask: it has to have the room.
/// Compiling needs 512 KiB, and is done on a thread of its own where the calling
/// thread has less.
///
/// A callback that has gone to another stack cannot call the store that has
/// called it: that is `WITRT_ERROR_STORE_BUSY`, or a trap as of an exhausted stack
/// where both are coroutines' and it cannot be told. Other stores it can call. Calls
/// that run on one thread have to return in the opposite order of their
/// beginnings, on the thread where they began.
///
/// Interpreted adapters hold values of up to some 16 MiB besides, in all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_config_set_max_stack_bytes(
    config: *mut wasm_config_t,
    bytes: usize,
) -> bool {
    let change = |config: &mut Config| {
        config.max_stack_bytes(bytes);
        Ok(())
    };
    // SAFETY: as in the first setter.
    unsafe { set(config, change) }
}

/// Compiles on several threads. Default: on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_config_set_parallel_compilation(
    config: *mut wasm_config_t,
    on: bool,
) -> bool {
    let change = |config: &mut Config| {
        config.parallel_compilation(on);
        Ok(())
    };
    // SAFETY: as in the first setter.
    unsafe { set(config, change) }
}

/// How hard the compiler works. Default: `WITRT_OPT_LEVEL_SPEED`. False for an
/// unknown number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_config_set_opt_level(
    config: *mut wasm_config_t,
    level: witrt_opt_level_t,
) -> bool {
    let change = |config: &mut Config| {
        config.opt_level(match level {
            0 => OptLevel::None,
            1 => OptLevel::Speed,
            2 => OptLevel::SpeedAndSize,
            _ => return Err(unknown("optimization level", level)),
        });
        Ok(())
    };
    // SAFETY: as in the first setter.
    unsafe { set(config, change) }
}

/// What runs adapters. Default: `WITRT_BACK_END_COMPILED`. The environment
/// variable `WITRT_BACK_END`, which is `compiled` or `reference`, overrides it.
/// False for an unknown number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_config_set_back_end(
    config: *mut wasm_config_t,
    back_end: witrt_back_end_t,
) -> bool {
    let change = |config: &mut Config| {
        config.back_end(match back_end {
            0 => BackEnd::Compiled,
            1 => BackEnd::Reference,
            _ => return Err(unknown("back end", back_end)),
        });
        Ok(())
    };
    // SAFETY: as in the first setter.
    unsafe { set(config, change) }
}

/// Keeps compiled code in this folder, given in UTF-8 and NUL-terminated, and
/// takes it from there the next time. The folder is made where it is missing.
/// Default: no cache.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_config_set_cache_dir(
    config: *mut wasm_config_t,
    path: *const c_char,
) -> bool {
    let change = |config: &mut Config| {
        // SAFETY: the header demands NULL or a NUL-terminated string.
        config.cache_dir(unsafe { boundary::path(path) }?);
        Ok(())
    };
    // SAFETY: as in the first setter.
    unsafe { set(config, change) }
}

/// What is told of each call: a line of text in UTF-8, `size` bytes of it, without a
/// NUL or a line feed at its end, lent for the time of this. It runs on the thread of
/// the call, right before it, and must not use the store; any number of threads may
/// be in it at once. C++ exceptions must not leave it, nor `longjmp`.
pub type witrt_trace_callback_t =
    Option<unsafe extern "C" fn(env: *mut c_void, line: *const c_char, size: usize)>;

/// Tells of each call of a function that an instance exports, `call greet("Zoë", 3)`,
/// and that it imports, `import env.log(7)`, with the arguments; of a long text the
/// first hundred characters, and of a value with parts the first eight. Functions in tables are not
/// told of. `env` is given to each call. The finalizer may be NULL; else
/// it is called once with `env`, when the configuration is gone, its engine, and all that
/// was made with that.
///
/// Default: none, and then nothing of it is there: a call has not one instruction
/// more. False for a callback that is NULL; the finalizer is not called then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_config_set_trace(
    config: *mut wasm_config_t,
    callback: witrt_trace_callback_t,
    env: *mut c_void,
    finalizer: Option<unsafe extern "C" fn(*mut c_void)>,
) -> bool {
    let change = |config: &mut Config| {
        let callback = need(callback, "callback")?;
        let env = Foreign::new(env, finalizer);
        // SAFETY: the callback's contract is the header's.
        config.trace(move |line| unsafe {
            callback(env.data(), line.as_ptr().cast(), line.len());
        });
        Ok(())
    };
    // SAFETY: as in the first setter.
    unsafe { set(config, change) }
}

/// Sets memory aside for this many instances at once, so that making one is
/// faster; more than these cannot be made, in as many stores at most if references
/// are used in them. An instance may have a memory and eight tables of 100,000
/// elements. It is address space that is set aside, twice a memory for each.
/// Default: none, memory is asked for with each instance.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_config_set_pooling(
    config: *mut wasm_config_t,
    instances: u32,
) -> bool {
    let change = |config: &mut Config| {
        config.pooling(instances);
        Ok(())
    };
    // SAFETY: as in the first setter.
    unsafe { set(config, change) }
}

fn unknown(what: &str, number: u32) -> Error {
    Error::new(ErrorKind::UnknownKind, format!("{number} is no {what}"))
}
