//! The component model from Rust, typed. Its strings are UTF-8: a host that has
//! UTF-16 makes a `String` first, by `simdutf`, in a buffer that is used again.

use crate::contender::Contender;
use crate::guest::glue::to_utf16;
use wasmtime::component::{Component as Compiled, Linker, TypedFunc, WasmStr};
use wasmtime::{Engine, Store, StoreContextMut};

/// An instance of the component.
pub struct Component {
    store: Store<State>,
    add: TypedFunc<(i32, i32), (i32,)>,
    sink: TypedFunc<(&'static str,), (u32,)>,
    source: TypedFunc<(), (String,)>,
    back: TypedFunc<(u32,), ()>,
    bytes: Vec<u8>,
}

/// What the host function uses.
struct State {
    wide: bool,
    units: Vec<u16>,
    seen: usize,
}

impl Component {
    /// An instance, for a host whose texts in callbacks have at most so many
    /// units.
    pub fn new(wasm: &[u8], wide: bool, room: usize) -> Component {
        let engine = Engine::default();
        let compiled = Compiled::new(&engine, wasm).expect("the component is valid");
        let mut store = Store::new(&engine, State { wide, units: vec![0; room], seen: 0 });
        let mut linker = Linker::new(&engine);
        linker.root().func_wrap("log", log).expect("defined once");
        let instance = linker.instantiate(&mut store, &compiled).expect("all is supplied");
        Component {
            add: instance.get_typed_func(&mut store, "add").expect("exported"),
            sink: instance.get_typed_func(&mut store, "sink").expect("exported"),
            source: instance.get_typed_func(&mut store, "source").expect("exported"),
            back: instance.get_typed_func(&mut store, "back").expect("exported"),
            bytes: Vec::new(),
            store,
        }
    }

    fn sink(&mut self, text: &str) -> u32 {
        // SAFETY: the function's type is checked once for all lifetimes; the
        // text is only used during the call.
        let text = unsafe { std::mem::transmute::<&str, &'static str>(text) };
        self.sink.call(&mut self.store, (text,)).expect("it cannot trap").0
    }
}

impl Contender for Component {
    fn add(&mut self, a: i32, b: i32) -> i32 {
        self.add.call(&mut self.store, (a, b)).expect("it cannot trap").0
    }

    fn in16(&mut self, units: &[u16]) -> u32 {
        assert!(simdutf::validate_utf16(units), "well-formed");
        let len = simdutf::utf8_length_from_utf16(units);
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        bytes.reserve(len);
        // SAFETY: there is room for what was measured, and all of it is written:
        // well-formed text, made of well-formed text.
        let result = unsafe {
            let into = bytes.as_mut_ptr();
            assert_eq!(simdutf::convert_utf16_to_utf8(units.as_ptr(), units.len(), into), len);
            bytes.set_len(len);
            self.sink(std::str::from_utf8_unchecked(&bytes))
        };
        self.bytes = bytes;
        result
    }

    fn in8(&mut self, bytes: &[u8]) -> u32 {
        assert!(simdutf::validate_utf8(bytes), "well-formed");
        // SAFETY: it was just validated.
        self.sink(unsafe { std::str::from_utf8_unchecked(bytes) })
    }

    fn out16(&mut self, units: &mut [u16]) -> usize {
        let (text,) = self.source.call(&mut self.store, ()).expect("it cannot trap");
        to_utf16(text.as_bytes(), units)
    }

    fn out8(&mut self, bytes: &mut [u8]) -> usize {
        let (text,) = self.source.call(&mut self.store, ()).expect("it cannot trap");
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        text.len()
    }

    fn back(&mut self, times: u32) -> usize {
        self.back.call(&mut self.store, (times,)).expect("it cannot trap");
        self.store.data().seen
    }
}

/// The host function: borrows the text from the guest's memory, where it is
/// checked.
fn log(mut store: StoreContextMut<'_, State>, (text,): (WasmStr,)) -> wasmtime::Result<()> {
    let mut units = std::mem::take(&mut store.data_mut().units);
    let wide = store.data().wide;
    let text = text.to_str(&store)?;
    let seen = if wide { to_utf16(text.as_bytes(), &mut units) } else { text.len() };
    drop(text);
    let state = store.data_mut();
    (state.units, state.seen) = (units, seen);
    Ok(())
}
