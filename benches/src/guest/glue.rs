//! The best glue that can be written by hand over the engine, in Rust: typed
//! functions for the allocator, the call and `free`, and one transcode straight
//! into or out of linear memory by `simdutf`.

use wasmtime::{Caller, Config, Engine, Instance, Linker, Memory, Module, Store, TypedFunc};

/// An instance of the benchmarks' guest, and the functions to use it by hand.
pub struct Glue {
    store: Store<State>,
    memory: Memory,
    alloc: TypedFunc<u32, u32>,
    free: TypedFunc<(u32, u32), ()>,
    add: TypedFunc<(i32, i32), i32>,
    sink: TypedFunc<(u32, u32), u32>,
    source: TypedFunc<(), (u32, u32)>,
    back: TypedFunc<u32, ()>,
}

/// What the host function uses.
#[derive(Default)]
struct State {
    memory: Option<Memory>,
    wide: bool,
    units: Vec<u16>,
    seen: usize,
}

impl Default for Glue {
    fn default() -> Glue {
        Glue::new()
    }
}

impl Glue {
    /// A new instance.
    pub fn new() -> Glue {
        let engine = Engine::new(Config::new().wasm_multi_memory(true)).expect("defaults work");
        let module = Module::new(&engine, super::core()).expect("its core is valid");
        let mut store = Store::new(&engine, State::default());
        let mut linker = Linker::new(&engine);
        linker.func_wrap("host", "log", log).expect("defined once");
        let instance = linker.instantiate(&mut store, &module).expect("all is supplied");
        let memory = instance.get_memory(&mut store, "memory").expect("exported");
        store.data_mut().memory = Some(memory);
        fn typed<P: wasmtime::WasmParams, R: wasmtime::WasmResults>(
            instance: &Instance,
            store: &mut Store<State>,
            name: &str,
        ) -> TypedFunc<P, R> {
            instance.get_typed_func(store, name).expect("exported")
        }
        Glue {
            memory,
            alloc: typed(&instance, &mut store, "alloc"),
            free: typed(&instance, &mut store, "free"),
            add: typed(&instance, &mut store, "add"),
            sink: typed(&instance, &mut store, "sink"),
            source: typed(&instance, &mut store, "source"),
            back: typed(&instance, &mut store, "back"),
            store,
        }
    }

    /// One whose guest remembers a text.
    pub fn with(text: &[u8]) -> Glue {
        let mut glue = Glue::new();
        glue.sink_utf8(text);
        glue.store.data_mut().units = vec![0; text.len()];
        glue
    }

    /// `add`
    #[inline]
    pub fn add(&mut self, a: i32, b: i32) -> i32 {
        self.add.call(&mut self.store, (a, b)).expect("it cannot trap")
    }

    /// A string in UTF-16 goes in.
    #[inline]
    pub fn sink_utf16(&mut self, units: &[u16]) -> u32 {
        assert!(simdutf::validate_utf16(units), "well-formed");
        let len = simdutf::utf8_length_from_utf16(units) as u32;
        let ptr = self.alloc.call(&mut self.store, len).expect("it cannot trap");
        let window = &mut self.memory.data_mut(&mut self.store)[ptr as usize..][..len as usize];
        // SAFETY: the window has the length that was measured.
        let done = unsafe {
            simdutf::convert_utf16_to_utf8(units.as_ptr(), units.len(), window.as_mut_ptr())
        };
        assert_eq!(done, len as usize);
        let result = self.sink.call(&mut self.store, (ptr, len)).expect("it cannot trap");
        self.free.call(&mut self.store, (ptr, len)).expect("it cannot trap");
        result
    }

    /// A string in UTF-8, which nobody has validated, goes in.
    #[inline]
    pub fn sink_utf8(&mut self, bytes: &[u8]) -> u32 {
        assert!(simdutf::validate_utf8(bytes), "well-formed");
        let len = bytes.len() as u32;
        let ptr = self.alloc.call(&mut self.store, len).expect("it cannot trap");
        self.memory.data_mut(&mut self.store)[ptr as usize..][..len as usize]
            .copy_from_slice(bytes);
        let result = self.sink.call(&mut self.store, (ptr, len)).expect("it cannot trap");
        self.free.call(&mut self.store, (ptr, len)).expect("it cannot trap");
        result
    }

    /// A string comes out, in UTF-16.
    #[inline]
    pub fn source_utf16(&mut self, into: &mut [u16]) -> usize {
        let (ptr, len) = self.source.call(&mut self.store, ()).expect("it cannot trap");
        let bytes = &self.memory.data(&self.store)[ptr as usize..][..len as usize];
        let units = to_utf16(bytes, into);
        self.free.call(&mut self.store, (ptr, len)).expect("it cannot trap");
        units
    }

    /// A string comes out, in UTF-8.
    #[inline]
    pub fn source_utf8(&mut self, into: &mut [u8]) -> usize {
        let (ptr, len) = self.source.call(&mut self.store, ()).expect("it cannot trap");
        let bytes = &self.memory.data(&self.store)[ptr as usize..][..len as usize];
        assert!(simdutf::validate_utf8(bytes), "well-formed");
        into[..bytes.len()].copy_from_slice(bytes);
        self.free.call(&mut self.store, (ptr, len)).expect("it cannot trap");
        len as usize
    }

    /// The guest calls back so many times with its text.
    pub fn call_back(&mut self, times: u32, wide: bool) {
        self.store.data_mut().wide = wide;
        self.back.call(&mut self.store, times).expect("it cannot trap");
        assert!(self.store.data().seen > 0);
    }

    /// How long the text of the last call back was.
    pub fn seen(&self) -> usize {
        self.store.data().seen
    }
}

/// The host function: reads the text in the encoding that the host wants.
fn log(mut caller: Caller<'_, State>, ptr: u32, len: u32) {
    let memory = caller.data().memory.expect("set before calls");
    let (memory, state) = memory.data_and_store_mut(&mut caller);
    let bytes = &memory[ptr as usize..][..len as usize];
    state.seen = if state.wide {
        to_utf16(bytes, &mut state.units)
    } else {
        assert!(simdutf::validate_utf8(bytes), "well-formed");
        bytes.len()
    };
}

/// Validates and transcodes, by the one kernel that does both.
#[inline]
pub fn to_utf16(bytes: &[u8], into: &mut [u16]) -> usize {
    assert!(into.len() >= bytes.len() || into.len() >= simdutf::utf16_length_from_utf8(bytes));
    // SAFETY: there is room for the whole text.
    let done = unsafe {
        simdutf::convert_utf8_to_utf16_with_errors(bytes.as_ptr(), bytes.len(), into.as_mut_ptr())
    };
    assert!(done.error == simdutf::ErrorCode::Success, "well-formed");
    done.count
}

/// The same work as a string that goes in, without any wasm.
#[inline]
pub fn to_utf8(units: &[u16], into: &mut [u8]) {
    assert!(simdutf::validate_utf16(units), "well-formed");
    let len = simdutf::utf8_length_from_utf16(units);
    assert_eq!(len, into.len());
    // SAFETY: there is room for what was measured.
    let done =
        unsafe { simdutf::convert_utf16_to_utf8(units.as_ptr(), units.len(), into.as_mut_ptr()) };
    assert_eq!(done, len);
}
