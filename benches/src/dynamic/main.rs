//! Components from a host that learns their types when it runs: this library's values
//! against those of the engine's C API, both from C, and beside them the component
//! model typed in Rust. The guest does no work of its own.
//!
//!     cargo run --release --features peers --bin components PATH/libwitrt.so [FILTER]

mod typed;

// It is linked in by being used.
use wasmtime_c_api as _;

use libloading::Library;
use std::ffi::{CStr, c_char, c_void};
use std::hint::black_box;
use std::ptr::null;
use typed::Typed;
use witrt_bench::medians;

/// What is done, in the order of dynamic.h.
#[derive(Clone, Copy, PartialEq)]
#[repr(i32)]
pub enum Work {
    Add,
    TextIn,
    TextOut,
    BytesIn,
    BytesOut,
    ItemsIn,
    ItemsOut,
    Back,
}

/// So often calls `back` back.
const TIMES: u32 = 100;

/// Rows: what is done, with how many bytes or records.
const ROWS: [(&str, Work, usize); 14] = [
    ("add", Work::Add, 0),
    ("string in", Work::TextIn, 8),
    ("string in", Work::TextIn, 64),
    ("string in", Work::TextIn, 1024),
    ("string in", Work::TextIn, 65536),
    ("string out", Work::TextOut, 8),
    ("string out", Work::TextOut, 64),
    ("string out", Work::TextOut, 1024),
    ("string out", Work::TextOut, 65536),
    ("bytes in", Work::BytesIn, 65536),
    ("bytes out", Work::BytesOut, 65536),
    ("records in", Work::ItemsIn, 100),
    ("records out", Work::ItemsOut, 100),
    ("call back", Work::Back, 8),
];

/// What is asked of a row: how often as fast as the C API, how much of typed in Rust.
const GOALS: [(&str, usize, Option<f64>, Option<f64>); 5] = [
    ("bytes in", 65536, Some(300.0), None),
    ("bytes out", 65536, Some(300.0), None),
    ("records out", 100, Some(5.0), Some(0.6)),
    ("call back", 8, None, Some(0.9)),
    // All of them.
    ("", 0, None, Some(1.15)),
];

/// What the host has.
pub struct Data {
    pub text: String,
    pub items: Vec<(String, u32)>,
}

/// The same for those in C: dynamic.h.
#[repr(C)]
#[derive(Clone, Copy)]
struct Host {
    text: *const u8,
    bytes: *const u8,
    items: *const Item,
    room: *mut u8,
}

#[repr(C)]
struct Item {
    name: *const u8,
    size: usize,
    number: u32,
}

/// One that is written in C.
#[repr(C)]
struct Dynamic {
    this: *mut c_void,
    run: unsafe extern "C" fn(*mut c_void, Work, usize) -> u64,
}

type Find = unsafe extern "C" fn(*mut c_void, *const c_char) -> *mut c_void;

#[link(name = "dynamic_engine", kind = "static")]
unsafe extern "C" {
    fn engine(wasm: *const u8, size: usize, host: Host, most: usize) -> Dynamic;
}

#[link(name = "dynamic_ours", kind = "static")]
unsafe extern "C" {
    fn ours(
        find: Find,
        library: *mut c_void,
        wasm: *const u8,
        size: usize,
        host: Host,
        items: usize,
    ) -> Dynamic;
}

#[link(name = "peers_count", kind = "static")]
unsafe extern "C" {
    fn allocations(so_far: *mut usize) -> bool;
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("the path of libwitrt.so is needed")?;
    let filter = args.next().unwrap_or_default();
    // SAFETY: loading the library runs nothing.
    let library: &'static Library = Box::leak(Box::new(unsafe { Library::new(path) }?));
    let wasm = wat::parse_bytes(include_bytes!("guest.wat"))?;
    let items = (0..100).map(|i| ("name of item".to_owned(), i));
    let data = &*Box::leak(Box::new(Data { text: "a".repeat(65536), items: items.collect() }));
    let (ours, engine) = in_c(library, &wasm, data);
    let mut typed = Typed::new(&wasm, data);

    println!("Dynamic values from C, and typed in Rust: ratios to this library, whose");
    println!("nanoseconds are given, and allocations of a call.\n");
    println!("{:<12} {:>6} {:>10} {:>10} {:>10}   allocations", "", "", "ours", "C API", "typed");
    let mut found = Vec::new();
    for (name, work, size) in ROWS.into_iter().filter(|(name, ..)| name.contains(&filter)) {
        // SAFETY, of both: dynamic.h says what they take.
        let mut by_ours = || unsafe { (ours.run)(ours.this, black_box(work), size) };
        let mut by_engine = || unsafe { (engine.run)(engine.this, black_box(work), size) };
        let mut by_typed = || typed.run(black_box(work), size);
        let expected = by_typed();
        assert_eq!([by_ours(), by_engine()], [expected; 2], "{name}");
        let mut runs: [&mut dyn FnMut(); 3] = [
            &mut || assert_eq!(by_ours(), expected),
            &mut || assert_eq!(by_engine(), expected),
            &mut || assert_eq!(by_typed(), expected),
        ];
        let counts = runs.each_mut().map(|run| allocations_of(*run));
        let times = medians(&mut runs);
        let each = if work == Work::Back { f64::from(TIMES) } else { 1.0 };
        let [to_engine, to_typed] = [times[1] / times[0], times[2] / times[0]];
        let counts = counts.map(|count| count.map_or("–".into(), |n| format!("{:.0}", n / each)));
        println!(
            "{name:<12} {size:>6} {:>10.1} {to_engine:>10.2} {to_typed:>10.2}   {}",
            times[0] / each,
            counts.join(" / ")
        );
        found.push((name, size, to_engine, 1.0 / to_typed));
    }
    println!("\nGoals.\n");
    for (name, size, faster, part) in GOALS {
        let rows = || found.iter().filter(|row| name.is_empty() || (row.0, row.1) == (name, size));
        let label = if name.is_empty() { "all of them".into() } else { format!("{name} {size}") };
        if let (Some(goal), Some(least)) = (faster, rows().map(|row| row.2).reduce(f64::min)) {
            println!("{label:<20} C API / ours        >= {goal:<6} {least:.2}");
        }
        if let (Some(goal), Some(most)) = (part, rows().map(|row| row.3).reduce(f64::max)) {
            println!("{label:<20} ours / typed in Rust <= {goal:<6} {most:.2}");
        }
    }
    Ok(())
}

/// Those in C, which live as long as the process.
fn in_c(library: &'static Library, wasm: &[u8], data: &'static Data) -> (Dynamic, Dynamic) {
    let items = data.items.iter().map(|(name, number)| Item {
        name: name.as_ptr(),
        size: name.len(),
        number: *number,
    });
    let items = Vec::leak(items.collect());
    let room = Vec::leak(vec![0u8; data.text.len()]);
    let (text, most) = (data.text.as_ptr(), data.text.len());
    let host = Host { text, bytes: text, items: items.as_ptr(), room: room.as_mut_ptr() };
    let found: *const Library = library;
    // SAFETY: what is passed lives as long as the process; the component is not kept.
    unsafe {
        (
            ours(find, found.cast_mut().cast(), wasm.as_ptr(), wasm.len(), host, items.len()),
            engine(wasm.as_ptr(), wasm.len(), host, most),
        )
    }
}

/// # Safety
///
/// `library` is a [`Library`], and `name` a string.
unsafe extern "C" fn find(library: *mut c_void, name: *const c_char) -> *mut c_void {
    // SAFETY: the caller vouches for both.
    let (library, name) = unsafe { (&*library.cast::<Library>(), CStr::from_ptr(name)) };
    // SAFETY: it is only made a pointer.
    match unsafe { library.get::<*mut c_void>(name.to_bytes_with_nul()) } {
        Ok(symbol) => *symbol,
        Err(e) => {
            eprintln!("components: {e}");
            null::<c_void>().cast_mut()
        }
    }
}

/// How many allocations a call makes; nothing where that cannot be counted.
fn allocations_of(run: &mut dyn FnMut()) -> Option<f64> {
    const CALLS: usize = 8;
    // What is allocated once and used again is not a call's.
    (0..3).for_each(|_| run());
    let (mut before, mut after) = (0, 0);
    // SAFETY: it writes to the one, and later to the other.
    unsafe {
        if !allocations(&mut before) {
            return None;
        }
        (0..CALLS).for_each(|_| run());
        allocations(&mut after);
    }
    Some((after - before) as f64 / CALLS as f64)
}
