//! Components' values in Rust's own types: this library's typed calls against the
//! engine's, with the same types on both sides.

use crate::typed::Typed;
use crate::work::{Data, Repeat, TIMES, Work, measure};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use witrt::{Engine, Linker, Module, Store, TypedFunc};
use witrt_bench::interleaved;

type Given<'a> = &'a [(&'a str, u32)];
type Items = Vec<(String, u32)>;

/// An instance of the component, called with this library's types.
struct Ours {
    store: Store,
    data: &'static Data,
    given: Vec<(&'static str, u32)>,
    seen: Arc<AtomicU64>,
    add: TypedFunc<(i32, i32), i32>,
    text_in: TypedFunc<(&'static str,), u32>,
    text_out: TypedFunc<(u32,), String>,
    bytes_in: TypedFunc<(&'static [u8],), u32>,
    bytes_out: TypedFunc<(u32,), Vec<u8>>,
    items_in: TypedFunc<(Given<'static>,), u32>,
    items_out: TypedFunc<(u32,), Items>,
    back: TypedFunc<(u32, u32), ()>,
    ask: TypedFunc<(u32, u32), ()>,
}

impl Ours {
    fn new(component: &[u8], data: &'static Data) -> Ours {
        let engine = Engine::default();
        let module = Module::new(&engine, component).expect("a component");
        let mut store = Store::new(&engine);
        let mut linker = Linker::new();
        let seen = Arc::new(AtomicU64::new(0));
        let count = |len: usize, seen: &AtomicU64| {
            seen.fetch_add(len as u64, Ordering::Relaxed);
        };
        let of = seen.clone();
        linker.func_wrap(&mut store, "", "log", move |text: &str| count(text.len(), &of));
        let of = seen.clone();
        linker.func_wrap(&mut store, "", "digest", move |bytes: &[u8]| {
            count(bytes.len(), &of);
            bytes.to_vec()
        });
        let instance = linker.instantiate(&mut store, &module).expect("an instance");
        macro_rules! func {
            ($name:literal) => {
                instance.func(&mut store, $name).and_then(|f| f.typed()).expect($name)
            };
        }
        Ours {
            add: func!("add"),
            text_in: func!("text-in"),
            text_out: func!("text-out"),
            bytes_in: func!("bytes-in"),
            bytes_out: func!("bytes-out"),
            items_in: func!("items-in"),
            items_out: func!("items-out"),
            back: func!("back"),
            ask: func!("ask"),
            given: data.items.iter().map(|(name, number)| (&**name, *number)).collect(),
            store,
            data,
            seen,
        }
    }

    /// Makes a call with so many bytes or items.
    fn run(&mut self, work: Work, size: usize) -> u64 {
        let (store, data, count) = (&mut self.store, self.data, size as u32);
        let done = match work {
            Work::Add => self.add.call(store, (40, 2)).map(|sum| sum as u64),
            Work::TextIn => self.text_in.call(store, (&data.text[..size],)).map(u64::from),
            Work::TextOut => self.text_out.call(store, (count,)).map(|text| text.len() as u64),
            Work::BytesIn => {
                let bytes = &data.text.as_bytes()[..size];
                self.bytes_in.call(store, (bytes,)).map(u64::from)
            }
            Work::BytesOut => self.bytes_out.call(store, (count,)).map(|bytes| bytes.len() as u64),
            Work::ItemsIn => self.items_in.call(store, (&self.given[..size],)).map(u64::from),
            Work::ItemsOut => self.items_out.call(store, (count,)).map(sum),
            Work::Back | Work::Ask => {
                self.seen.store(0, Ordering::Relaxed);
                let func = if work == Work::Back { &self.back } else { &self.ask };
                let done = func.call(store, (TIMES, count));
                done.map(|()| self.seen.load(Ordering::Relaxed))
            }
        };
        done.expect("no trap")
    }
}

fn sum(items: Items) -> u64 {
    items.iter().map(|(name, number)| name.len() as u64 + u64::from(*number)).sum()
}

/// One workload over and over.
pub fn repeat(component: &[u8], repeat: &Repeat) {
    let mut ours = Ours::new(component, Data::new());
    repeat.run(&mut |work, size| ours.run(work, size));
}

/// Prints a row for each workload.
pub fn rows(component: &[u8]) {
    let data = Data::new();
    let (mut ours, mut theirs) = (Ours::new(component, data), Typed::new(component, data));
    println!("\nComponents: nanoseconds of the engine's typed calls, and this library's ratio.\n");
    measure(
        &mut [
            ("ours", Box::new(|work, size| ours.run(work, size))),
            ("engine's", Box::new(|work, size| theirs.run(work, size))),
        ],
        "",
    );
    // What a result in place of another saves.
    let mut kept = Items::new();
    let (func, store) = (ours.items_out.clone(), &mut ours.store);
    let [time] =
        interleaved([&mut || func.call_into(&mut *store, (100,), &mut kept).expect("no trap")]);
    println!("records out     100, in place of others: {time:.1} ns");
}
