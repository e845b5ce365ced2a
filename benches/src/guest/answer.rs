//! Host functions that answer with text: by this library, and by hand.

use super::texts::Script;
use std::sync::{Arc, OnceLock};
use witrt::string::Text;
use witrt::{BackEnd, Config, Func, FuncType, Linker, ValType};

/// The guest, as text.
pub const MODULE: &[u8] = include_bytes!("answer.wat");

/// How the host function is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It puts text that it lends, which nobody has validated.
    Put,
    /// A closure that returns text which lives for ever.
    Wrapped,
}

/// An instance with this library.
pub struct Ours {
    store: witrt::Store,
    asks: witrt::TypedFunc<(u32,), u32>,
}

impl Ours {
    /// One whose host answers with this text in UTF-16, or else in UTF-8.
    pub fn new(script: Script, size: usize, wide: bool, way: Way) -> Ours {
        let mut config = Config::new();
        config.back_end(BackEnd::Compiled);
        let engine = witrt::Engine::new(&config).expect("defaults work");
        let module = witrt::Module::new(&engine, MODULE).expect("the module is valid");
        let mut store = witrt::Store::new(&engine);
        let (units, bytes) = script.text(size);
        let ty = FuncType::new([], [ValType::String]);
        let ask = match (way, wide) {
            (Way::Put, true) => {
                Func::new_prepared(&mut store, ty, move |call| call.put_text(Text::Utf16(&units)))
            }
            (Way::Put, false) => {
                Func::new_prepared(&mut store, ty, move |call| call.put_text(Text::Utf8(&bytes)))
            }
            (Way::Wrapped, true) => {
                let units: &'static [u16] = units.leak();
                Func::wrap(&mut store, move || units)
            }
            (Way::Wrapped, false) => {
                let text: &'static str = String::from_utf8(bytes).expect("well-formed").leak();
                Func::wrap(&mut store, move || text)
            }
        };
        let mut linker = Linker::new();
        linker.define("host", "ask", ask);
        let instance = linker.instantiate(&mut store, &module).expect("all is supplied");
        let asks = instance.func(&mut store, "asks").expect("exported");
        Ours { asks: asks.typed().expect("its type"), store }
    }

    /// The guest asks so many times.
    pub fn ask(&mut self, times: u32) -> u32 {
        self.asks.call(&mut self.store, (times,)).expect("it cannot trap")
    }
}

/// What the host function by hand uses.
struct Guest {
    memory: wasmtime::Memory,
    alloc: wasmtime::TypedFunc<u32, u32>,
}

/// An instance by hand.
pub struct ByHand {
    store: wasmtime::Store<()>,
    asks: wasmtime::TypedFunc<u32, u32>,
}

impl ByHand {
    /// As [`Ours::new`].
    pub fn new(script: Script, size: usize, wide: bool) -> ByHand {
        let engine = wasmtime::Engine::default();
        let core = witrt::tools::strip(MODULE).expect("the module is valid");
        let module = wasmtime::Module::new(&engine, core).expect("its core is valid");
        let mut store = wasmtime::Store::new(&engine, ());
        let mut linker = wasmtime::Linker::new(&engine);
        let (units, bytes) = script.text(size);
        let guest = Arc::new(OnceLock::<Guest>::new());
        let its = guest.clone();
        let ask = move |mut caller: wasmtime::Caller<'_, ()>| -> (u32, u32) {
            let Guest { memory, alloc } = its.get().expect("set before calls");
            if wide {
                assert!(simdutf::validate_utf16(&units), "well-formed");
                let len = simdutf::utf8_length_from_utf16(&units);
                let ptr = alloc.call(&mut caller, len as u32).expect("it cannot trap");
                let window = &mut memory.data_mut(&mut caller)[ptr as usize..][..len];
                // SAFETY: the window has the length that was measured.
                let done = unsafe {
                    simdutf::convert_utf16_to_utf8(units.as_ptr(), units.len(), window.as_mut_ptr())
                };
                assert_eq!(done, len);
                (ptr, len as u32)
            } else {
                assert!(simdutf::validate_utf8(&bytes), "well-formed");
                let ptr = alloc.call(&mut caller, bytes.len() as u32).expect("it cannot trap");
                let window = &mut memory.data_mut(&mut caller)[ptr as usize..][..bytes.len()];
                window.copy_from_slice(&bytes);
                (ptr, bytes.len() as u32)
            }
        };
        linker.func_wrap("host", "ask", ask).expect("defined once");
        let instance = linker.instantiate(&mut store, &module).expect("all is supplied");
        let memory = instance.get_memory(&mut store, "memory").expect("exported");
        let alloc = instance.get_typed_func(&mut store, "alloc").expect("exported");
        assert!(guest.set(Guest { memory, alloc }).is_ok(), "set once");
        let asks = instance.get_typed_func(&mut store, "asks").expect("exported");
        ByHand { store, asks }
    }

    /// The guest asks so many times.
    pub fn ask(&mut self, times: u32) -> u32 {
        self.asks.call(&mut self.store, times).expect("it cannot trap")
    }
}
