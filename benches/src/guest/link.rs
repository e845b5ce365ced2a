//! One guest calls another: by this library, where an import is the other's export,
//! and relayed by hand, text from memory to memory in one copy.

use std::sync::{Arc, OnceLock};
use wasmtime::{Caller, Memory, TypedFunc};
use witrt::{BackEnd, Config, Func, FuncType, Linker, ValType};

/// Either guest, as text.
pub const MODULE: &[u8] = include_bytes!("link.wat");

/// Two instances with this library.
pub struct Ours {
    store: witrt::Store,
    give: witrt::TypedFunc<(u32,), u32>,
    take: witrt::TypedFunc<(u32,), u32>,
}

impl Ours {
    /// Both have this text.
    pub fn new(text: &[u8]) -> Ours {
        let mut config = Config::new();
        config.back_end(BackEnd::Compiled);
        let engine = witrt::Engine::new(&config).expect("defaults work");
        let module = witrt::Module::new(&engine, MODULE).expect("the module is valid");
        let mut store = witrt::Store::new(&engine);
        let text = std::str::from_utf8(text).expect("well-formed");
        let [sink, source] = [
            FuncType::new([ValType::String], [ValType::U32]),
            FuncType::new([], [ValType::String]),
        ]
        .map(|ty| Func::new(&mut store, ty, |_, _, _| unreachable!("the callee calls nobody")));
        let mut guest = |sink: Func, source: Func| {
            let mut linker = Linker::new();
            linker.define("other", "sink", sink);
            linker.define("other", "source", source);
            let guest = linker.instantiate(&mut store, &module).expect("all is supplied");
            let func = ["sink", "source", "give", "take"]
                .map(|name| guest.func(&mut store, name).expect("exported"));
            let typed = func[0].typed::<(&str,), u32>().expect("its type");
            typed.call(&mut store, (text,)).expect("it cannot trap");
            func
        };
        let [sink, source, ..] = guest(sink, source);
        let [_, _, give, take] = guest(sink, source);
        let (give, take) = (give.typed().expect("its type"), take.typed().expect("its type"));
        Ours { store, give, take }
    }

    /// Text goes to the other so many times.
    pub fn give(&mut self, times: u32) -> u32 {
        self.give.call(&mut self.store, (times,)).expect("it cannot trap")
    }

    /// Text comes from the other so many times.
    pub fn take(&mut self, times: u32) -> u32 {
        self.take.call(&mut self.store, (times,)).expect("it cannot trap")
    }
}

/// What the host functions by hand use of an instance.
struct Guest {
    memory: Memory,
    alloc: TypedFunc<u32, u32>,
    free: TypedFunc<(u32, u32), ()>,
    sink: TypedFunc<(u32, u32), u32>,
    source: TypedFunc<(), (u32, u32)>,
}

/// Two instances by hand.
pub struct ByHand {
    store: wasmtime::Store<()>,
    give: TypedFunc<u32, u32>,
    take: TypedFunc<u32, u32>,
}

/// Checks the text, and copies it.
fn relay(
    caller: &mut Caller<'_, ()>,
    (from, ptr, len): (&Guest, u32, u32),
    to: &Guest,
) -> (u32, u32) {
    let bytes = &from.memory.data(&*caller)[ptr as usize..][..len as usize];
    assert!(simdutf::validate_utf8(bytes), "well-formed");
    let at = to.alloc.call(&mut *caller, len).expect("it cannot trap");
    let bytes: *const [u8] = &from.memory.data(&*caller)[ptr as usize..][..len as usize];
    let room = &mut to.memory.data_mut(&mut *caller)[at as usize..][..len as usize];
    // SAFETY: they are two memories, and nothing has run meanwhile.
    room.copy_from_slice(unsafe { &*bytes });
    (at, len)
}

impl ByHand {
    /// As [`Ours::new`].
    pub fn new(text: &[u8]) -> ByHand {
        let engine = wasmtime::Engine::default();
        let core = witrt::tools::strip(MODULE).expect("the module is valid");
        let module = wasmtime::Module::new(&engine, core).expect("its core is valid");
        let mut store = wasmtime::Store::new(&engine, ());
        let guests: [Arc<OnceLock<Guest>>; 2] = Default::default();
        let mut instances = Vec::new();
        for (nth, guest) in guests.iter().enumerate() {
            // The first one calls itself, which nobody does.
            let [own, other] = [guest.clone(), guests[0].clone()];
            let [own2, other2] = [own.clone(), other.clone()];
            let mut linker = wasmtime::Linker::new(&engine);
            let sink = move |mut caller: Caller<'_, ()>, ptr: u32, len: u32| -> u32 {
                let (own, other) = (own.get().expect("set"), other.get().expect("set"));
                let (at, len) = relay(&mut caller, (own, ptr, len), other);
                let result = other.sink.call(&mut caller, (at, len)).expect("it cannot trap");
                other.free.call(&mut caller, (at, len)).expect("it cannot trap");
                result
            };
            let source = move |mut caller: Caller<'_, ()>| -> (u32, u32) {
                let (own, other) = (own2.get().expect("set"), other2.get().expect("set"));
                let (ptr, len) = other.source.call(&mut caller, ()).expect("it cannot trap");
                let given = relay(&mut caller, (other, ptr, len), own);
                other.free.call(&mut caller, (ptr, len)).expect("it cannot trap");
                given
            };
            linker.func_wrap("other", "sink", sink).expect("defined once");
            linker.func_wrap("other", "source", source).expect("defined once");
            let instance = linker.instantiate(&mut store, &module).expect("all is supplied");
            let memory = instance.get_memory(&mut store, "memory").expect("exported");
            memory.data_mut(&mut store)[1024..][..text.len()].copy_from_slice(text);
            let found = Guest {
                memory,
                alloc: instance.get_typed_func(&mut store, "alloc").expect("exported"),
                free: instance.get_typed_func(&mut store, "free").expect("exported"),
                sink: instance.get_typed_func(&mut store, "sink").expect("exported"),
                source: instance.get_typed_func(&mut store, "source").expect("exported"),
            };
            let len = text.len() as u32;
            found.sink.call(&mut store, (1024, len)).expect("it cannot trap");
            assert!(guests[nth].set(found).is_ok(), "set once");
            instances.push(instance);
        }
        let give = instances[1].get_typed_func(&mut store, "give").expect("exported");
        let take = instances[1].get_typed_func(&mut store, "take").expect("exported");
        ByHand { store, give, take }
    }

    /// As [`Ours::give`].
    pub fn give(&mut self, times: u32) -> u32 {
        self.give.call(&mut self.store, times).expect("it cannot trap")
    }

    /// As [`Ours::take`].
    pub fn take(&mut self, times: u32) -> u32 {
        self.take.call(&mut self.store, times).expect("it cannot trap")
    }
}
