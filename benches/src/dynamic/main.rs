//! Components from hosts in C and C++, against those of the engine's C API and the
//! component model typed in Rust: values that are made when a call is (`values.c`), the
//! host's own structs, described (`structs.c`), and C++ types (`types.cc`). The guest does
//! no work of its own.
//!
//!     cargo run --release --features peers --bin components PATH/libwitrt.so [FILTER]
//!     … components PATH/libwitrt.so repeat WHO ROW SIZE TIMES

mod typed;
mod work;

// It is linked in by being used.
use wasmtime_c_api as _;

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_LOCAL, RTLD_NOW, Symbol};
use std::ffi::c_void;
use std::fmt::Write as _;
use typed::Typed;
use work::{Contender, Data, Found, Repeat, Work, measure};

/// What is asked of a row of this library's: how often as fast as the C API, how much of
/// typed in Rust.
const GOALS: [(&str, usize, Option<f64>, Option<f64>); 5] = [
    ("bytes in", 65536, Some(300.0), None),
    ("bytes out", 65536, Some(300.0), None),
    ("records out", 100, Some(5.0), Some(0.6)),
    ("call back", 8, None, Some(0.9)),
    // All of them.
    ("", 0, None, Some(1.15)),
];

/// What the host has, for those in C: dynamic.h.
#[repr(C)]
#[derive(Clone, Copy)]
struct Host {
    text: *const u8,
    bytes: *const u8,
    items: *const Item,
    room: *mut u64,
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

type Make = unsafe extern "C" fn(wasm: *const u8, size: usize, host: Host, most: usize) -> Dynamic;

#[link(name = "dynamic_engine", kind = "static")]
unsafe extern "C" {
    fn engine(wasm: *const u8, size: usize, host: Host, most: usize) -> Dynamic;
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("the path of libwitrt.so is needed")?;
    let filter = args.next().unwrap_or_default();
    let wasm = wat::parse_bytes(include_bytes!("guest.wat"))?;
    let data = Data::new();
    // Those of this library's find its functions in it, since the standard's names are the
    // engine's in this program.
    // SAFETY: loading these runs nothing, and they stay.
    let ours = unsafe {
        std::mem::forget(Library::open(Some(path), RTLD_NOW | RTLD_GLOBAL)?);
        Library::open(Some(env!("DYNAMIC_OURS")), RTLD_NOW | RTLD_LOCAL)?
    };
    let of = |name: &[u8]| -> Result<Make, libloading::Error> {
        // SAFETY: dynamic.h has them.
        let made: Symbol<Make> = unsafe { ours.get(name) }?;
        Ok(*made)
    };
    if let Some(repeat) = Repeat::asked(std::env::args().skip(2)) {
        let mut run: Box<dyn FnMut(Work, usize) -> u64> = match &*repeat.who {
            "C API" => in_c(engine, &wasm, data),
            "values" => in_c(of(b"values")?, &wasm, data),
            "structs" => in_c(of(b"structs")?, &wasm, data),
            "C++" => in_c(of(b"types")?, &wasm, data),
            "typed" => {
                let mut typed = Typed::new(&wasm, data);
                Box::new(move |work, size| typed.run(work, size))
            }
            other => return Err(format!("nobody is called {other}").into()),
        };
        repeat.run(&mut run);
        return Ok(());
    }
    let mut typed = Typed::new(&wasm, data);
    let mut contenders: Vec<Contender<'_>> = vec![
        ("C API", in_c(engine, &wasm, data)),
        ("values", in_c(of(b"values")?, &wasm, data)),
        ("structs", in_c(of(b"structs")?, &wasm, data)),
        ("C++", in_c(of(b"types")?, &wasm, data)),
        ("typed", Box::new(move |work, size| typed.run(work, size))),
    ];
    println!("Components: nanoseconds of the component model typed in Rust, and ratios to it of");
    println!("the engine's C API and of this library: values and structs from C, types of C++.\n");
    let found = measure(&mut contenders, &filter);
    if let Some(path) = std::env::var_os("WITRT_BENCH_CSV") {
        let mut csv = "row,size,who,ns\n".to_owned();
        for Found { name, size, times } in &found {
            for ((who, _), ns) in contenders.iter().zip(times) {
                let _ = writeln!(csv, "{name},{size},{who},{ns:.1}");
            }
        }
        std::fs::write(path, csv)?;
    }
    println!("\nGoals, of this library's three.\n");
    for (name, size, faster, part) in GOALS {
        let rows =
            || found.iter().filter(|row| name.is_empty() || (row.name, row.size) == (name, size));
        let label = if name.is_empty() { "all of them".into() } else { format!("{name} {size}") };
        let told = |of: fn(&Found, usize) -> f64, worst: fn(f64, f64) -> f64| {
            let each = (1..4).map(|i| rows().map(|row| of(row, i)).reduce(worst));
            let each = each.map(|found| found.map_or("–".into(), |found| format!("{found:.2}")));
            each.collect::<Vec<_>>().join("  ")
        };
        if let Some(goal) = faster {
            let found = told(|row, i| row.times[0] / row.times[i], f64::min);
            println!("{label:<14} C API / ours         >= {goal:<5} {found}");
        }
        if let Some(goal) = part {
            let found = told(|row, i| row.times[i] / row.times[4], f64::max);
            println!("{label:<14} ours / typed in Rust <= {goal:<5} {found}");
        }
    }
    Ok(())
}

/// One in C, which lives as long as the process.
fn in_c(make: Make, wasm: &[u8], data: &'static Data) -> Box<dyn FnMut(Work, usize) -> u64> {
    let items = data.items.iter().map(|(name, number)| Item {
        name: name.as_ptr(),
        size: name.len(),
        number: *number,
    });
    let items = Vec::leak(items.collect());
    let room = Vec::leak(vec![0u64; data.text.len() / 8]);
    let (text, most) = (data.text.as_ptr(), data.text.len());
    let host = Host { text, bytes: text, items: items.as_ptr(), room: room.as_mut_ptr() };
    // SAFETY: what is passed lives as long as the process; the component is not kept.
    let made = unsafe { make(wasm.as_ptr(), wasm.len(), host, most) };
    // SAFETY: dynamic.h says what it takes.
    Box::new(move |work, size| unsafe { (made.run)(made.this, work, size) })
}
