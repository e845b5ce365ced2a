//! Guests of three conventions that do nothing, by this library through a face, and by
//! hand as the tools' own glue does it.

use std::ffi::CStr;
use wasmtime::{Instance, Memory, Store, TypedFunc};
use witrt::{BackEnd, Config, Engine, Module, Str};

/// Where the allocators give memory, and where the guests remember a text.
const HEAD: &str = r#"(module (memory (export "memory") 16)
  (global $len (mut i32) (i32.const 0))
"#;

const C_GUEST: &str = r#"
  (func (export "malloc") (param i32) (result i32) (i32.const 65536))
  (func (export "free") (param i32))
  (func (export "sink") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "remember") (param i32)
    (memory.copy (i32.const 524288) (local.get 0) (i32.const 200000)))
  (func (export "source") (result i32) (i32.const 524288)))"#;

const BINDGEN_GUEST: &str = r#"
  (func (export "__wbindgen_malloc") (param i32 i32) (result i32) (i32.const 65536))
  (func (export "__wbindgen_free") (param i32 i32 i32))
  (func (export "sink") (param i32 i32) (result i32) (local.get 1))
  (func (export "remember") (param i32 i32)
    (global.set $len (local.get 1))
    (memory.copy (i32.const 524288) (local.get 0) (local.get 1)))
  (func (export "source") (result i32 i32) (i32.const 524288) (global.get $len)))"#;

const SCRIPT_GUEST: &str = r#"
  (func (export "__new") (param i32 i32) (result i32)
    (i32.store (i32.const 65528) (local.get 1))
    (i32.store (i32.const 65532) (local.get 0))
    (i32.const 65536))
  (func (export "__pin") (param i32) (result i32) (local.get 0))
  (func (export "__unpin") (param i32))
  (func (export "__collect"))
  (func (export "sink") (param i32) (result i32)
    (i32.load (i32.sub (local.get 0) (i32.const 4))))
  (func (export "remember") (param i32)
    (memory.copy (i32.const 524280) (i32.const 65528) (i32.const 200000)))
  (func (export "source") (result i32) (i32.const 524288)))"#;

const WIT: &str = "
wit = '''
sink: func(text: string) -> u32;
remember: func(text: string);
source: func() -> string;
'''";

/// By this library.
pub struct Ours {
    store: witrt::Store,
    sink16: witrt::TypedFunc<(&'static [u16],), u32>,
    sink: witrt::TypedFunc<(Str<'static>,), u32>,
    source16: witrt::TypedFunc<(), Vec<u16>>,
    source: witrt::TypedFunc<(), String>,
}

impl Ours {
    /// A guest that remembers a text.
    pub fn new<H: Hand>(text: &[u8]) -> Ours {
        let engine = Engine::new(Config::new().back_end(BackEnd::Compiled)).expect("it is there");
        let core = witrt::tools::assemble(format!("{HEAD}{}", H::GUEST).as_bytes());
        let face = format!("convention = '{}'{WIT}", H::CONVENTION);
        let module = Module::attach(&engine, &core.expect("it is valid"), &face);
        let mut store = witrt::Store::new(&engine);
        let instance = witrt::Instance::new(&mut store, &module.expect("they fit"), &[]);
        let instance = instance.expect("it needs nothing");
        let mut func = |name: &str| instance.func(&mut store, name).expect("exported");
        let remember = func("remember").typed::<(Str<'static>,), ()>().expect("its type");
        let (sink16, sink) = (func("sink").typed(), func("sink").typed());
        let (source16, source) = (func("source").typed(), func("source").typed());
        remember.call(&mut store, (&Str::from_utf8(text),)).expect("it cannot trap");
        Ours {
            sink16: sink16.expect("its type"),
            sink: sink.expect("its type"),
            source16: source16.expect("its type"),
            source: source.expect("its type"),
            store,
        }
    }

    pub fn in_utf16(&mut self, units: &[u16]) -> u32 {
        self.sink16.call(&mut self.store, (units,)).expect("it cannot trap")
    }

    pub fn in_utf8(&mut self, bytes: &[u8]) -> u32 {
        self.sink.call(&mut self.store, (&Str::from_utf8(bytes),)).expect("it cannot trap")
    }

    pub fn out_utf16(&mut self, into: &mut Vec<u16>) {
        self.source16.call_into(&mut self.store, (), into).expect("it cannot trap");
    }

    pub fn out_utf8(&mut self, into: &mut String) {
        self.source.call_into(&mut self.store, (), into).expect("it cannot trap");
    }
}

/// By hand. All validate text, in either direction.
pub trait Hand: Sized {
    /// The row's name, and the face's.
    const NAME: &'static str;
    const CONVENTION: &'static str;
    /// Without [`HEAD`].
    const GUEST: &'static str;

    fn new(text: &[u8]) -> Self;
    fn in_utf16(&mut self, units: &[u16]) -> u32;
    fn in_utf8(&mut self, bytes: &[u8]) -> u32;
    /// Units that were written.
    fn out_utf16(&mut self, into: &mut [u16]) -> usize;
    fn out_utf8(&mut self, into: &mut [u8]) -> usize;
}

fn start(guest: &str) -> (Store<()>, Instance, Memory) {
    let engine = wasmtime::Engine::default();
    let core = witrt::tools::assemble(format!("{HEAD}{guest}").as_bytes()).expect("it is valid");
    let module = wasmtime::Module::new(&engine, core).expect("it is valid");
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[]).expect("it needs nothing");
    let memory = instance.get_memory(&mut store, "memory").expect("exported");
    (store, instance, memory)
}

macro_rules! func {
    ($instance:ident, $store:ident, $name:literal) => {
        $instance.get_typed_func(&mut $store, $name).expect("exported")
    };
}

/// How many bytes UTF-16 is in UTF-8, once it has been found to be well-formed.
fn measured(units: &[u16]) -> u32 {
    assert!(simdutf::validate_utf16(units), "well-formed");
    simdutf::utf8_length_from_utf16(units) as u32
}

fn narrow(units: &[u16], into: &mut [u8]) {
    assert!(into.len() >= 3 * units.len() || into.len() >= simdutf::utf8_length_from_utf16(units));
    // SAFETY: there is room for the whole text.
    let done =
        unsafe { simdutf::convert_utf16_to_utf8(units.as_ptr(), units.len(), into.as_mut_ptr()) };
    assert!(done > 0 || units.is_empty());
}

fn widen(bytes: &[u8], into: &mut [u16]) -> usize {
    assert!(into.len() >= bytes.len() || into.len() >= simdutf::utf16_length_from_utf8(bytes));
    // SAFETY: as above.
    let done = unsafe {
        simdutf::convert_utf8_to_utf16_with_errors(bytes.as_ptr(), bytes.len(), into.as_mut_ptr())
    };
    assert!(done.error == simdutf::ErrorCode::Success, "well-formed");
    done.count
}

fn copied(bytes: &[u8], into: &mut [u8]) -> usize {
    assert!(simdutf::validate_utf8(bytes), "well-formed");
    into[..bytes.len()].copy_from_slice(bytes);
    bytes.len()
}

/// wasm-bindgen: the core frees what it is passed.
pub struct Bindgen {
    store: Store<()>,
    memory: Memory,
    malloc: TypedFunc<(u32, u32), u32>,
    free: TypedFunc<(u32, u32, u32), ()>,
    sink: TypedFunc<(u32, u32), u32>,
    source: TypedFunc<(), (u32, u32)>,
}

impl Bindgen {
    #[inline]
    fn pass(&mut self, size: u32, write: impl FnOnce(&mut [u8])) -> u32 {
        let at = self.malloc.call(&mut self.store, (size, 1)).expect("it cannot trap");
        write(&mut self.memory.data_mut(&mut self.store)[at as usize..][..size as usize]);
        at
    }

    #[inline]
    fn take(&mut self, read: impl FnOnce(&[u8]) -> usize) -> usize {
        let (at, size) = self.source.call(&mut self.store, ()).expect("it cannot trap");
        let count = read(&self.memory.data(&self.store)[at as usize..][..size as usize]);
        self.free.call(&mut self.store, (at, size, 1)).expect("it cannot trap");
        count
    }
}

impl Hand for Bindgen {
    const NAME: &'static str = "bindgen";
    const CONVENTION: &'static str = "wasm-bindgen";
    const GUEST: &'static str = BINDGEN_GUEST;

    fn new(text: &[u8]) -> Bindgen {
        let (mut store, instance, memory) = start(Self::GUEST);
        let remember: TypedFunc<(u32, u32), ()> = func!(instance, store, "remember");
        let mut made = Bindgen {
            memory,
            malloc: func!(instance, store, "__wbindgen_malloc"),
            free: func!(instance, store, "__wbindgen_free"),
            sink: func!(instance, store, "sink"),
            source: func!(instance, store, "source"),
            store,
        };
        let size = text.len() as u32;
        let at = made.pass(size, |into| into.copy_from_slice(text));
        remember.call(&mut made.store, (at, size)).expect("it cannot trap");
        made
    }

    fn in_utf16(&mut self, units: &[u16]) -> u32 {
        let size = measured(units);
        let at = self.pass(size, |into| narrow(units, into));
        self.sink.call(&mut self.store, (at, size)).expect("it cannot trap")
    }

    fn in_utf8(&mut self, bytes: &[u8]) -> u32 {
        let size = bytes.len() as u32;
        let at = self.pass(size, |into| {
            copied(bytes, into);
        });
        self.sink.call(&mut self.store, (at, size)).expect("it cannot trap")
    }

    fn out_utf16(&mut self, into: &mut [u16]) -> usize {
        self.take(|bytes| widen(bytes, into))
    }

    fn out_utf8(&mut self, into: &mut [u8]) -> usize {
        self.take(|bytes| copied(bytes, into))
    }
}

/// C: text that ends with a zero; the caller frees what it passes and what it gets.
pub struct C {
    store: Store<()>,
    memory: Memory,
    malloc: TypedFunc<u32, u32>,
    free: TypedFunc<u32, ()>,
    sink: TypedFunc<u32, u32>,
    source: TypedFunc<(), u32>,
}

impl C {
    #[inline]
    fn pass(&mut self, size: u32, write: impl FnOnce(&mut [u8])) -> u32 {
        let at = self.malloc.call(&mut self.store, size + 1).expect("it cannot trap");
        let room = &mut self.memory.data_mut(&mut self.store)[at as usize..][..size as usize + 1];
        let (text, end) = room.split_at_mut(size as usize);
        write(text);
        end[0] = 0;
        // Where the text would end sooner, it is refused.
        assert_eq!(CStr::from_bytes_until_nul(room).expect("it ends").count_bytes(), size as usize);
        at
    }

    #[inline]
    fn sink(&mut self, at: u32) -> u32 {
        let found = self.sink.call(&mut self.store, at).expect("it cannot trap");
        self.free.call(&mut self.store, at).expect("it cannot trap");
        found
    }

    #[inline]
    fn take(&mut self, read: impl FnOnce(&[u8]) -> usize) -> usize {
        let at = self.source.call(&mut self.store, ()).expect("it cannot trap");
        let text = CStr::from_bytes_until_nul(&self.memory.data(&self.store)[at as usize..]);
        let count = read(text.expect("it ends").to_bytes());
        self.free.call(&mut self.store, at).expect("it cannot trap");
        count
    }
}

impl Hand for C {
    const NAME: &'static str = "c";
    const CONVENTION: &'static str = "c";
    const GUEST: &'static str = C_GUEST;

    fn new(text: &[u8]) -> C {
        let (mut store, instance, memory) = start(Self::GUEST);
        let remember: TypedFunc<u32, ()> = func!(instance, store, "remember");
        let mut made = C {
            memory,
            malloc: func!(instance, store, "malloc"),
            free: func!(instance, store, "free"),
            sink: func!(instance, store, "sink"),
            source: func!(instance, store, "source"),
            store,
        };
        let at = made.pass(text.len() as u32, |into| into.copy_from_slice(text));
        remember.call(&mut made.store, at).expect("it cannot trap");
        made
    }

    fn in_utf16(&mut self, units: &[u16]) -> u32 {
        let at = self.pass(measured(units), |into| narrow(units, into));
        self.sink(at)
    }

    fn in_utf8(&mut self, bytes: &[u8]) -> u32 {
        let at = self.pass(bytes.len() as u32, |into| {
            copied(bytes, into);
        });
        self.sink(at)
    }

    fn out_utf16(&mut self, into: &mut [u16]) -> usize {
        self.take(|bytes| widen(bytes, into))
    }

    fn out_utf8(&mut self, into: &mut [u8]) -> usize {
        self.take(|bytes| copied(bytes, into))
    }
}

/// AssemblyScript: objects of UTF-16, which nobody frees.
pub struct Script {
    store: Store<()>,
    memory: Memory,
    new: TypedFunc<(u32, u32), u32>,
    sink: TypedFunc<u32, u32>,
    source: TypedFunc<(), u32>,
}

/// The class of strings.
const STRING: u32 = 2;

impl Script {
    #[inline]
    fn pass(&mut self, units: usize, write: impl FnOnce(&mut [u16])) -> u32 {
        let size = 2 * units as u32;
        let at = self.new.call(&mut self.store, (size, STRING)).expect("it cannot trap");
        let room = &mut self.memory.data_mut(&mut self.store)[at as usize..][..size as usize];
        // SAFETY: any two bytes are a unit.
        let (before, room, _) = unsafe { room.align_to_mut() };
        assert!(before.is_empty());
        write(room);
        at
    }

    #[inline]
    fn take(&mut self, read: impl FnOnce(&[u16]) -> usize) -> usize {
        let at = self.source.call(&mut self.store, ()).expect("it cannot trap") as usize;
        let memory = self.memory.data(&self.store);
        let size = u32::from_le_bytes(memory[at - 4..at].try_into().expect("four bytes"));
        // SAFETY: as above.
        let (before, units, _) = unsafe { memory[at..][..size as usize].align_to() };
        assert!(before.is_empty());
        assert!(simdutf::validate_utf16(units), "well-formed");
        read(units)
    }
}

impl Hand for Script {
    const NAME: &'static str = "script";
    const CONVENTION: &'static str = "assemblyscript";
    const GUEST: &'static str = SCRIPT_GUEST;

    fn new(text: &[u8]) -> Script {
        let (mut store, instance, memory) = start(Self::GUEST);
        let remember: TypedFunc<u32, ()> = func!(instance, store, "remember");
        let mut made = Script {
            memory,
            new: func!(instance, store, "__new"),
            sink: func!(instance, store, "sink"),
            source: func!(instance, store, "source"),
            store,
        };
        let units: Vec<u16> = std::str::from_utf8(text).expect("text").encode_utf16().collect();
        let at = made.pass(units.len(), |into| into.copy_from_slice(&units));
        remember.call(&mut made.store, at).expect("it cannot trap");
        made
    }

    fn in_utf16(&mut self, units: &[u16]) -> u32 {
        assert!(simdutf::validate_utf16(units), "well-formed");
        let at = self.pass(units.len(), |into| into.copy_from_slice(units));
        self.sink.call(&mut self.store, at).expect("it cannot trap")
    }

    fn in_utf8(&mut self, bytes: &[u8]) -> u32 {
        assert!(simdutf::validate_utf8(bytes), "well-formed");
        let units = simdutf::utf16_length_from_utf8(bytes);
        let at = self.pass(units, |into| {
            widen(bytes, into);
        });
        self.sink.call(&mut self.store, at).expect("it cannot trap")
    }

    fn out_utf16(&mut self, into: &mut [u16]) -> usize {
        self.take(|units| {
            into[..units.len()].copy_from_slice(units);
            units.len()
        })
    }

    fn out_utf8(&mut self, into: &mut [u8]) -> usize {
        self.take(|units| {
            let size = simdutf::utf8_length_from_utf16(units);
            narrow(units, &mut into[..size]);
            size
        })
    }
}
