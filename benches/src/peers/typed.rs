//! Typed calls from Rust: this library's against the component model's, for short
//! text, and for components' values of every kind. In a program of its own, since
//! `peers` has the engine's C API linked in, whose names are those of this library.
//!
//!     cargo run --release --features peers --bin typed
//!     … typed repeat WHO ROW SIZE TIMES

mod component;
#[allow(dead_code)] // each program uses a part
mod contender;
#[path = "../guest/mod.rs"]
#[allow(dead_code)]
mod guest;
#[path = "../dynamic/typed.rs"]
mod typed;
mod values;
#[path = "../dynamic/work.rs"]
#[allow(dead_code)] // as above
mod work;

use component::Component;
use contender::Contender;
use guest::ours::Ours;
use guest::texts::Script;
use std::hint::black_box;
use witrt_bench::interleaved;

fn main() {
    let components = wat::parse_bytes(include_bytes!("../dynamic/guest.wat")).expect("it is valid");
    if let Some(repeat) = work::Repeat::asked(std::env::args().skip(1)) {
        return values::repeat(&components, &repeat);
    }
    println!("{:<20} {:>6} {:>10} {:>10} {:>8}", "typed", "bytes", "ours", "component", "times");
    for script in Script::ALL {
        for size in [8, 64] {
            for wide in [true, false] {
                string_in(script, size, wide);
            }
            for wide in [true, false] {
                string_out(script, size, wide);
            }
        }
    }
    values::rows(&components);
}

/// Nobody has validated what goes in.
fn string_in(script: Script, size: usize, wide: bool) {
    let (units, bytes) = script.text(size);
    let len = bytes.len() as u32;
    let (mut ours, mut theirs) = (Ours::new(), component(wide, size));
    let [a, b] = if wide {
        interleaved([&mut || assert_eq!(ours.sink_utf16(black_box(&units)), len), &mut || {
            assert_eq!(theirs.in16(black_box(&units)), len)
        }])
    } else {
        interleaved([&mut || assert_eq!(ours.sink_utf8(black_box(&bytes)), len), &mut || {
            assert_eq!(theirs.in8(black_box(&bytes)), len)
        }])
    };
    row("in", script, size, wide, a, b);
}

fn string_out(script: Script, size: usize, wide: bool) {
    let (units, bytes) = script.text(size);
    let (mut ours, mut theirs) = (Ours::with(&bytes), component(wide, size));
    theirs.in8(&bytes);
    let (mut wide1, mut wide2) = (Vec::new(), vec![0; units.len()]);
    let (mut narrow1, mut narrow2) = (String::new(), vec![0; bytes.len()]);
    let [a, b] = if wide {
        interleaved([&mut || ours.source_utf16(black_box(&mut wide1)), &mut || {
            theirs.out16(black_box(&mut wide2));
        }])
    } else {
        interleaved([&mut || ours.source_utf8(black_box(&mut narrow1)), &mut || {
            theirs.out8(black_box(&mut narrow2));
        }])
    };
    let (given, taken) = if wide { (wide1, wide2) } else { Default::default() };
    assert!(given == taken && (wide || narrow1.as_bytes() == narrow2));
    row("out", script, size, wide, a, b);
}

fn component(wide: bool, room: usize) -> Component {
    let bytes = wat::parse_bytes(include_bytes!("component.wat")).expect("it is valid");
    Component::new(&bytes, wide, room)
}

fn row(kind: &str, script: Script, size: usize, wide: bool, ours: f64, theirs: f64) {
    let name = format!("{kind} {} {script}", if wide { "utf16" } else { "utf8" });
    println!("{name:<20} {size:>6} {ours:>10.1} {theirs:>10.1} {:>8.2}", theirs / ours);
}
