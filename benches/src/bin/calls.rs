//! Typed calls against the best glue that can be written by hand over the
//! engine in Rust, and against no wasm at all. The guest does no work of its
//! own.
//!
//!     cargo run --release --bin calls [FILTER]

#[path = "../guest/mod.rs"]
#[allow(dead_code)] // each program uses a part
mod guest;

use guest::answer::{self, ByHand, Way};
use guest::glue::{self, Glue};
use guest::link;
use guest::ours::Ours;
use guest::texts::{SIZES, Script};
use std::hint::black_box;
use witrt_bench::{Table, interleaved};

fn main() {
    let filter = std::env::args().nth(1).unwrap_or_default();
    let mut table = Table::new(&filter);
    add(&mut table);
    for script in Script::ALL {
        for size in SIZES {
            string_in(&mut table, script, size);
            string_out(&mut table, script, size);
            callback(&mut table, script, size);
            answer(&mut table, script, size);
            to_guest(&mut table, script, size);
        }
    }
    table.finish();
}

fn add(table: &mut Table<'_>) {
    if !table.wants("add") {
        return;
    }
    let (mut ours, mut glue) = (Ours::new(), Glue::new());
    let [a, b] =
        interleaved([&mut || assert_eq!(black_box(ours.add(black_box(40), 2)), 42), &mut || {
            assert_eq!(black_box(glue.add(black_box(40), 2)), 42)
        }]);
    table.row("add", "", 0, a, b, None);
}

fn string_in(table: &mut Table<'_>, script: Script, size: usize) {
    if !table.wants(&format!("in utf16 {script}")) && !table.wants(&format!("in utf8 {script}")) {
        return;
    }
    let name = format!("in utf16 {script}");
    let (text, bytes) = script.text(size);
    let (units, len) = (&text[..], bytes.len() as u32);
    if table.wants(&name) {
        let (mut ours, mut glue) = (Ours::new(), Glue::new());
        let mut memory = vec![0u8; bytes.len()];
        let [a, b, c] = interleaved([
            &mut || assert_eq!(ours.sink_utf16(black_box(units)), len),
            &mut || assert_eq!(glue.sink_utf16(black_box(units)), len),
            &mut || {
                glue::to_utf8(black_box(units), black_box(&mut memory));
            },
        ]);
        table.row(&name, script.name(), size, a, b, Some(c));
    }
    let name = format!("in utf8 {script}");
    if table.wants(&name) {
        let (mut ours, mut glue) = (Ours::new(), Glue::new());
        let mut memory = vec![0u8; bytes.len()];
        let [a, b, c] = interleaved([
            &mut || assert_eq!(ours.sink_utf8(black_box(&bytes)), len),
            &mut || assert_eq!(glue.sink_utf8(black_box(&bytes)), len),
            &mut || {
                assert!(simdutf::validate_utf8(black_box(&bytes)));
                memory.copy_from_slice(black_box(&bytes));
                black_box(&mut memory);
            },
        ]);
        table.row(&name, script.name(), size, a, b, Some(c));
    }
}

fn string_out(table: &mut Table<'_>, script: Script, size: usize) {
    if !table.wants(&format!("out utf16 {script}")) && !table.wants(&format!("out utf8 {script}")) {
        return;
    }
    let (units, bytes) = script.text(size);
    let name = format!("out utf16 {script}");
    if table.wants(&name) {
        let (mut ours, mut glue) = (Ours::with(&bytes), Glue::with(&bytes));
        let (mut wide, mut wide2) = (Vec::new(), vec![0; units.len()]);
        let [a, b] = interleaved([
            &mut || {
                ours.source_utf16(&mut wide);
                assert_eq!(wide.len(), units.len());
            },
            &mut || assert_eq!(glue.source_utf16(&mut wide2), units.len()),
        ]);
        assert_eq!(wide, units);
        table.row(&name, script.name(), size, a, b, None);
    }
    let name = format!("out utf8 {script}");
    if table.wants(&name) {
        let (mut ours, mut glue) = (Ours::with(&bytes), Glue::with(&bytes));
        let (mut narrow, mut narrow2) = (String::new(), vec![0; bytes.len()]);
        let [a, b] = interleaved([
            &mut || {
                ours.source_utf8(&mut narrow);
                assert_eq!(narrow.len(), bytes.len());
            },
            &mut || assert_eq!(glue.source_utf8(&mut narrow2), bytes.len()),
        ]);
        table.row(&name, script.name(), size, a, b, None);
    }
}

/// One entry makes a thousand calls back, or fewer where the text is long.
fn callback(table: &mut Table<'_>, script: Script, size: usize) {
    if !table.wants(&format!("back utf16 {script}")) && !table.wants(&format!("back utf8 {script}"))
    {
        return;
    }
    let (_, bytes) = script.text(size);
    let times = calls_back(size);
    for wide in [true, false] {
        let name = format!("back {} {script}", if wide { "utf16" } else { "utf8" });
        if table.wants(&name) {
            let (mut ours, mut glue) = (Ours::with(&bytes), Glue::with(&bytes));
            let [a, b] = interleaved([&mut || ours.call_back(times, wide), &mut || {
                glue.call_back(times, wide)
            }]);
            let times = f64::from(times);
            table.row(&name, script.name(), size, a / times, b / times, None);
        }
    }
}

/// As many times the host answers with text.
fn answer(table: &mut Table<'_>, script: Script, size: usize) {
    let times = calls_back(size);
    for wide in [true, false] {
        let name = format!("answer {} {script}", if wide { "utf16" } else { "utf8" });
        if table.wants(&name) {
            let mut ours = answer::Ours::new(script, size, wide, Way::Put);
            let mut by_hand = ByHand::new(script, size, wide);
            let len = script.text(size).1.len() as u32;
            let [a, b] = interleaved([&mut || assert_eq!(ours.ask(times), len), &mut || {
                assert_eq!(by_hand.ask(times), len)
            }]);
            let times = f64::from(times);
            table.row(&name, script.name(), size, a / times, b / times, None);
        }
    }
}

/// As many times one guest calls another.
fn to_guest(table: &mut Table<'_>, script: Script, size: usize) {
    let (_, bytes) = script.text(size);
    let (times, len) = (calls_back(size), bytes.len() as u32);
    let [give, take] =
        ["guest to guest", "guest from guest"].map(|name| format!("{name} {script}"));
    if !table.wants(&give) && !table.wants(&take) {
        return;
    }
    let (mut ours, mut by_hand) = (link::Ours::new(&bytes), link::ByHand::new(&bytes));
    let each = f64::from(times);
    if table.wants(&give) {
        let [a, b] = interleaved([&mut || assert_eq!(ours.give(times), len), &mut || {
            assert_eq!(by_hand.give(times), len)
        }]);
        table.row(&give, script.name(), size, a / each, b / each, None);
    }
    if table.wants(&take) {
        let [a, b] = interleaved([&mut || assert_eq!(ours.take(times), len), &mut || {
            assert_eq!(by_hand.take(times), len)
        }]);
        table.row(&take, script.name(), size, a / each, b / each, None);
    }
}

/// How many calls back one entry makes.
fn calls_back(size: usize) -> u32 {
    (1_000_000 / (size + 100)).clamp(4, 1000) as u32
}
