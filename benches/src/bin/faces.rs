//! Typed calls through faces against the best glue by hand: the steps of each tool's own
//! glue, written in Rust over the engine. The guests do no work of their own.
//!
//!     cargo run --release --bin faces [FILTER]

#[path = "../guest/faces.rs"]
mod guests;
#[path = "../guest/texts.rs"]
#[allow(dead_code)] // each program uses a part
mod texts;

use guests::{Bindgen, C, Hand, Ours, Script as AssemblyScript};
use std::hint::black_box;
use texts::Script;
use witrt_bench::{Table, interleaved};

fn main() {
    let filter = std::env::args().nth(1).unwrap_or_default();
    let mut table = Table::new(&filter);
    for script in [Script::Ascii, Script::Latin, Script::Cjk] {
        for size in [8, 64, 1024, 64 * 1024] {
            convention::<Bindgen>(&mut table, script, size);
            convention::<AssemblyScript>(&mut table, script, size);
            convention::<C>(&mut table, script, size);
        }
    }
    table.finish();
}

/// Text in and out of one convention's guest, for a host of each encoding.
fn convention<H: Hand>(table: &mut Table<'_>, script: Script, size: usize) {
    let name = H::NAME;
    let wants = |table: &Table<'_>, way: &str| {
        let name = format!("{name} {way}");
        table.wants(&name).then_some(name)
    };
    let (wide, narrow) = script.text(size);
    let (units, bytes) = (&wide[..], &narrow[..]);
    if let Some(name) = wants(table, "in utf16") {
        let (mut ours, mut hand) = (Ours::new::<H>(bytes), H::new(bytes));
        let expected = hand.in_utf16(units);
        let [a, b] = interleaved([
            &mut || assert_eq!(ours.in_utf16(black_box(units)), expected),
            &mut || assert_eq!(hand.in_utf16(black_box(units)), expected),
        ]);
        table.row(&name, script.name(), size, a, b, None);
    }
    if let Some(name) = wants(table, "in utf8") {
        let (mut ours, mut hand) = (Ours::new::<H>(bytes), H::new(bytes));
        let expected = hand.in_utf8(bytes);
        let [a, b] = interleaved([
            &mut || assert_eq!(ours.in_utf8(black_box(bytes)), expected),
            &mut || assert_eq!(hand.in_utf8(black_box(bytes)), expected),
        ]);
        table.row(&name, script.name(), size, a, b, None);
    }
    if let Some(name) = wants(table, "out utf16") {
        let (mut ours, mut hand) = (Ours::new::<H>(bytes), H::new(bytes));
        let (mut into, mut room) = (Vec::new(), vec![0; bytes.len()]);
        let [a, b] = interleaved([&mut || ours.out_utf16(&mut into), &mut || {
            assert_eq!(hand.out_utf16(&mut room), units.len())
        }]);
        assert_eq!((&into[..], &room[..units.len()]), (units, units));
        table.row(&name, script.name(), size, a, b, None);
    }
    if let Some(name) = wants(table, "out utf8") {
        let (mut ours, mut hand) = (Ours::new::<H>(bytes), H::new(bytes));
        let (mut into, mut room) = (String::new(), vec![0; bytes.len()]);
        let [a, b] = interleaved([&mut || ours.out_utf8(&mut into), &mut || {
            assert_eq!(hand.out_utf8(&mut room), bytes.len())
        }]);
        assert_eq!((into.as_bytes(), &room[..]), (bytes, bytes));
        table.row(&name, script.name(), size, a, b, None);
    }
}
