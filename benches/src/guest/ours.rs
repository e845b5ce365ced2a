//! The same by this library: typed functions.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use witrt::string::Encoding;
use witrt::{
    BackEnd, Config, Engine, Func, FuncType, Linker, Module, Store, Str, TypedFunc, ValType,
};

/// An instance of the benchmarks' guest.
pub struct Ours {
    store: Store,
    add: TypedFunc<(i32, i32), i32>,
    sink16: TypedFunc<(&'static [u16],), u32>,
    sink: TypedFunc<(Str<'static>,), u32>,
    source16: TypedFunc<(), Vec<u16>>,
    source: TypedFunc<(), String>,
    back: TypedFunc<(u32,), ()>,
    wide: Arc<AtomicBool>,
    seen: Arc<AtomicUsize>,
}

impl Default for Ours {
    fn default() -> Ours {
        Ours::new()
    }
}

thread_local! {
    /// Where the host function puts what it reads.
    static UNITS: RefCell<Vec<u16>> = const { RefCell::new(Vec::new()) };
}

impl Ours {
    /// A new instance.
    pub fn new() -> Ours {
        let mut config = Config::new();
        config.back_end(BackEnd::Compiled);
        let engine = Engine::new(&config).expect("defaults work");
        let module = Module::new(&engine, super::MODULE).expect("the module is valid");
        let mut store = Store::new(&engine);
        let (wide, seen) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (is_wide, was_seen) = (wide.clone(), seen.clone());
        let ty = FuncType::new([ValType::String], []);
        let log = Func::new_prepared(&mut store, ty, move |call| {
            let len = call.text(|text, rule| {
                if !is_wide.load(Ordering::Relaxed) {
                    return Ok(witrt::string::measure(text, Encoding::Utf8, rule)?.len());
                }
                UNITS.with_borrow_mut(|units| {
                    if units.len() < text.len() {
                        units.resize(text.len(), 0);
                    }
                    Ok(witrt::string::copy(text, witrt::string::Dest::utf16(units), rule)?)
                })
            })?;
            was_seen.store(len, Ordering::Relaxed);
            Ok(())
        });
        let mut linker = Linker::new();
        linker.define("host", "log", log);
        let instance = linker.instantiate(&mut store, &module).expect("all is supplied");
        let mut func = |name: &str| instance.func(&mut store, name).expect("exported");
        Ours {
            add: func("add").typed().expect("its type"),
            sink16: func("sink").typed().expect("its type"),
            sink: func("sink").typed().expect("its type"),
            source16: func("source").typed().expect("its type"),
            source: func("source").typed().expect("its type"),
            back: func("back").typed().expect("its type"),
            store,
            wide,
            seen,
        }
    }

    /// One whose guest remembers a text.
    pub fn with(text: &[u8]) -> Ours {
        let mut ours = Ours::new();
        ours.sink_utf8(text);
        ours
    }

    /// `add`
    #[inline]
    pub fn add(&mut self, a: i32, b: i32) -> i32 {
        self.add.call(&mut self.store, (a, b)).expect("it cannot trap")
    }

    /// A string in UTF-16 goes in.
    #[inline]
    pub fn sink_utf16(&mut self, units: &[u16]) -> u32 {
        self.sink16.call(&mut self.store, (units,)).expect("it cannot trap")
    }

    /// A string in UTF-8, which nobody has validated, goes in.
    #[inline]
    pub fn sink_utf8(&mut self, bytes: &[u8]) -> u32 {
        self.sink.call(&mut self.store, (&Str::from_utf8(bytes),)).expect("it cannot trap")
    }

    /// A string comes out, in UTF-16, into a buffer that is used again.
    #[inline]
    pub fn source_utf16(&mut self, into: &mut Vec<u16>) {
        self.source16.call_into(&mut self.store, (), into).expect("it cannot trap");
    }

    /// The same in UTF-8.
    #[inline]
    pub fn source_utf8(&mut self, into: &mut String) {
        self.source.call_into(&mut self.store, (), into).expect("it cannot trap");
    }

    /// The guest calls back so many times with its text.
    pub fn call_back(&mut self, times: u32, wide: bool) {
        self.wide.store(wide, Ordering::Relaxed);
        self.back.call(&mut self.store, (times,)).expect("it cannot trap");
        assert!(self.seen.load(Ordering::Relaxed) > 0);
    }
}
