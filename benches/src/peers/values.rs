//! Components' values in Rust's own types: this library's typed calls against the
//! engine's, with the same types on both sides.

use std::hint::black_box;
use wasmtime::component::{Component, Instance, Linker};
use witrt_bench::interleaved;

/// So many calls back make one time of those, so that the entry hardly counts.
const BACK: u32 = 100;

type Items<'a> = (&'a [(&'a str, u32)],);
type Owned = Vec<(String, u32)>;

struct Theirs {
    store: wasmtime::Store<()>,
    instance: Instance,
}

impl Theirs {
    fn new(component: &[u8]) -> Theirs {
        let engine = wasmtime::Engine::default();
        let component = Component::new(&engine, component).expect("a component");
        let mut linker = Linker::new(&engine);
        let mut root = linker.root();
        root.func_wrap("log", |_, (text,): (String,)| {
            black_box(text);
            Ok(())
        })
        .expect("it is free");
        root.func_wrap("digest", |_, (bytes,): (Vec<u8>,)| Ok((bytes,))).expect("it is free");
        let mut store = wasmtime::Store::new(&engine, ());
        let instance = linker.instantiate(&mut store, &component).expect("an instance");
        Theirs { store, instance }
    }
}

struct Ours {
    store: witrt::Store,
    instance: witrt::Instance,
}

impl Ours {
    fn new(component: &[u8]) -> Ours {
        let engine = witrt::Engine::default();
        let module = witrt::Module::new(&engine, component).expect("a component");
        let mut store = witrt::Store::new(&engine);
        let mut linker = witrt::Linker::new();
        linker.func_wrap(&mut store, "", "log", |text: String| drop(black_box(text)));
        linker.func_wrap(&mut store, "", "digest", |bytes: Vec<u8>| bytes);
        let instance = linker.instantiate(&mut store, &module).expect("an instance");
        Ours { store, instance }
    }
}

/// Measures one function of both, with the same arguments, as often as one call stands for.
macro_rules! row {
    ($ours:ident $theirs:ident $name:literal $row:expr, $times:expr, ($($P:ty),*) -> ($($R:ty)?), $args:expr) => {{
        let func = $ours.instance.func(&mut $ours.store, $name).expect("it is exported");
        let ours = func.typed::<($($P,)*), row!(@ours $($R)?)>().expect("its type");
        let theirs = $theirs
            .instance
            .get_typed_func::<($($P,)*), row!(@theirs $($R)?)>(&mut $theirs.store, $name)
            .expect("its type");
        let [a, b] = interleaved([
            &mut || drop(black_box(ours.call(&mut $ours.store, black_box($args)).expect("no trap"))),
            &mut || {
                drop(black_box(theirs.call(&mut $theirs.store, black_box($args)).expect("no trap")));
            },
        ]);
        let (a, b) = (a / f64::from($times), b / f64::from($times));
        println!("{:<28} {a:>10.1} {b:>10.1} {:>8.2}", $row, a / b);
    }};
    (@ours) => { () };
    (@ours $R:ty) => { $R };
    (@theirs) => { () };
    (@theirs $R:ty) => { ($R,) };
}

/// Prints a row for each workload.
pub fn rows(component: &[u8]) {
    let (mut ours, mut theirs) = (Ours::new(component), Theirs::new(component));
    println!("\n{:<28} {:>10} {:>10} {:>8}", "typed, components", "ours", "engine's", "ratio");
    row!(ours theirs "add" "add", 1, (i32, i32) -> (i32), (40, 2));
    for size in [8, 64, 1 << 10, 1 << 16] {
        let text = "a".repeat(size);
        row!(ours theirs "text-in" format!("string {size} in"), 1, (&str) -> (u32), (&*text,));
        let n = size as u32;
        row!(ours theirs "text-out" format!("string {size} out"), 1, (u32) -> (String), (n,));
    }
    for size in [64, 1 << 16] {
        let bytes = vec![1u8; size];
        row!(ours theirs "bytes-in" format!("list<u8> {size} in"), 1, (&[u8]) -> (u32), (&*bytes,));
        let n = size as u32;
        row!(ours theirs "bytes-out" format!("list<u8> {size} out"), 1, (u32) -> (Vec<u8>), (n,));
    }
    let items = vec![("eight by", 7); 100];
    let (args, out): (Items<'_>, _) = ((&items,), 100);
    row!(ours theirs "items-in" "list of 100 items in", 1, (&[(&str, u32)]) -> (u32), args);
    row!(ours theirs "items-out" "list of 100 items out", 1, (u32) -> (Owned), (out,));
    for size in [8, 1 << 10] {
        row!(ours theirs "back" format!("call back, string {size}"), BACK, (u32, u32) -> (), (size, BACK));
        row!(ours theirs "ask" format!("call back, list<u8> {size}"), BACK, (u32, u32) -> (), (size, BACK));
    }
    in_place(&mut ours);
}

/// What a result in place of another saves.
fn in_place(ours: &mut Ours) {
    let func = ours.instance.func(&mut ours.store, "items-out").expect("it is exported");
    let func = func.typed::<(u32,), Owned>().expect("its type");
    let mut kept = Owned::new();
    let store = &mut ours.store;
    let [a] =
        interleaved([&mut || func.call_into(&mut *store, (100,), &mut kept).expect("no trap")]);
    println!("{:<28} {a:>10.1}", "100 items out, in place");
}
