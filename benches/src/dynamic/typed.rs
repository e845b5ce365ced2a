//! The component model typed in Rust: types that the compiler knows.

use super::work::{Data, TIMES, Work};
use wasmtime::component::{
    Component, ComponentType, Instance, Lift, Linker, Lower, TypedFunc, WasmStr,
};
use wasmtime::{Engine, Store, StoreContextMut};

/// As the guest gives it.
#[derive(ComponentType, Lift)]
#[component(record)]
struct Item {
    name: String,
    number: u32,
}

/// As the guest is given it.
#[derive(ComponentType, Lower)]
#[component(record)]
struct Given {
    name: &'static str,
    number: u32,
}

/// An instance of the component.
pub struct Typed {
    store: Store<usize>,
    data: &'static Data,
    given: &'static [Given],
    add: TypedFunc<(i32, i32), (i32,)>,
    text_in: TypedFunc<(&'static str,), (u32,)>,
    text_out: TypedFunc<(u32,), (String,)>,
    bytes_in: TypedFunc<(&'static [u8],), (u32,)>,
    bytes_out: TypedFunc<(u32,), (Vec<u8>,)>,
    items_in: TypedFunc<(&'static [Given],), (u32,)>,
    items_out: TypedFunc<(u32,), (Vec<Item>,)>,
    back: TypedFunc<(u32, u32), ()>,
    ask: TypedFunc<(u32, u32), ()>,
}

impl Typed {
    pub fn new(wasm: &[u8], data: &'static Data) -> Typed {
        let engine = Engine::default();
        let component = Component::new(&engine, wasm).expect("the component is valid");
        let mut store = Store::new(&engine, 0);
        let mut linker = Linker::new(&engine);
        let log = |mut store: StoreContextMut<'_, usize>, (text,): (WasmStr,)| {
            let len = text.to_str(&store)?.len();
            *store.data_mut() += len;
            Ok(())
        };
        linker.root().func_wrap("log", log).expect("defined once");
        let digest = |mut store: StoreContextMut<'_, usize>, (bytes,): (Vec<u8>,)| {
            *store.data_mut() += bytes.len();
            Ok((bytes,))
        };
        linker.root().func_wrap("digest", digest).expect("defined once");
        let of = linker.instantiate(&mut store, &component).expect("all is supplied");
        let given = data.items.iter();
        let given = given.map(|(name, number)| Given { name, number: *number }).collect();
        Typed {
            add: func(&of, &mut store, "add"),
            text_in: func(&of, &mut store, "text-in"),
            text_out: func(&of, &mut store, "text-out"),
            bytes_in: func(&of, &mut store, "bytes-in"),
            bytes_out: func(&of, &mut store, "bytes-out"),
            items_in: func(&of, &mut store, "items-in"),
            items_out: func(&of, &mut store, "items-out"),
            back: func(&of, &mut store, "back"),
            ask: func(&of, &mut store, "ask"),
            given: Vec::leak(given),
            store,
            data,
        }
    }

    /// Makes a call with so many bytes or items.
    pub fn run(&mut self, work: Work, size: usize) -> u64 {
        let (store, data, count) = (&mut self.store, self.data, size as u32);
        let done = match work {
            Work::Add => self.add.call(store, (40, 2)).map(|(sum,)| sum as u64),
            Work::TextIn => {
                self.text_in.call(store, (&data.text[..size],)).map(|(len,)| len.into())
            }
            Work::TextOut => self.text_out.call(store, (count,)).map(|(text,)| text.len() as u64),
            Work::BytesIn => {
                let bytes = &data.text.as_bytes()[..size];
                self.bytes_in.call(store, (bytes,)).map(|(len,)| len.into())
            }
            Work::BytesOut => {
                self.bytes_out.call(store, (count,)).map(|(bytes,)| bytes.len() as u64)
            }
            Work::ItemsIn => {
                self.items_in.call(store, (&self.given[..size],)).map(|(len,)| len.into())
            }
            Work::ItemsOut => self.items_out.call(store, (count,)).map(|(items,)| {
                items.iter().map(|item| item.name.len() as u64 + u64::from(item.number)).sum()
            }),
            Work::Back | Work::Ask => {
                *store.data_mut() = 0;
                let func = if work == Work::Back { self.back } else { self.ask };
                let done = func.call(&mut *store, (TIMES, count));
                done.map(|()| *store.data() as u64)
            }
        };
        done.expect("it cannot trap")
    }
}

fn func<P, R>(of: &Instance, store: &mut Store<usize>, name: &str) -> TypedFunc<P, R>
where
    P: wasmtime::component::ComponentNamedList + Lower,
    R: wasmtime::component::ComponentNamedList + Lift,
{
    of.get_typed_func(store, name).expect(name)
}
