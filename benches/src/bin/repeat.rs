//! One workload over and over, for tools that count instructions or take
//! samples.
//!
//!     cargo run --release --bin repeat WORKLOAD BYTES TIMES

#[path = "../guest/mod.rs"]
#[allow(dead_code)] // each program uses a part
mod guest;

use guest::answer::{self, ByHand, Way};
use guest::glue::Glue;
use guest::link;
use guest::ours::Ours;
use guest::texts::Script;
use std::hint::black_box;

/// The workloads, each once with this library and once by hand.
const WORKLOADS: [&str; 11] = [
    "add",
    "in-utf16",
    "in-utf8",
    "out-utf16",
    "out-utf8",
    "back-utf16",
    "back-utf8",
    "answer-utf16",
    "answer-utf8",
    "guest-to-guest",
    "guest-from-guest",
];
/// So many calls back make one time of those, so that the entry hardly counts.
const BACK: u32 = 100;

fn main() {
    let mut args = std::env::args().skip(1);
    let (Some(what), Some(size), Some(times)) = (args.next(), args.next(), args.next()) else {
        println!("{}", WORKLOADS.join("\n"));
        return;
    };
    let size = size.parse().expect("a number of bytes");
    let times: u32 = times.parse().expect("a number of calls");
    let (wide, bytes) = Script::Ascii.text(size);
    let (mut ours, mut glue) = (Ours::with(&bytes), Glue::with(&bytes));
    let (mut text16, mut room16) = (Vec::new(), vec![0; wide.len()]);
    let (mut text, mut room) = (String::new(), vec![0; bytes.len()]);
    let mut run: Box<dyn FnMut()> = match &*what {
        "add" => Box::new(|| {
            black_box(ours.add(40, 2));
        }),
        "add-by-hand" => Box::new(|| {
            black_box(glue.add(40, 2));
        }),
        "in-utf16" => Box::new(|| {
            black_box(ours.sink_utf16(&wide));
        }),
        "in-utf16-by-hand" => Box::new(|| {
            black_box(glue.sink_utf16(&wide));
        }),
        "in-utf8" => Box::new(|| {
            black_box(ours.sink_utf8(&bytes));
        }),
        "in-utf8-by-hand" => Box::new(|| {
            black_box(glue.sink_utf8(&bytes));
        }),
        "out-utf16" => Box::new(|| ours.source_utf16(&mut text16)),
        "out-utf16-by-hand" => Box::new(|| {
            glue.source_utf16(&mut room16);
        }),
        "out-utf8" => Box::new(|| ours.source_utf8(&mut text)),
        "out-utf8-by-hand" => Box::new(|| {
            glue.source_utf8(&mut room);
        }),
        "back-utf16" => Box::new(|| ours.call_back(BACK, true)),
        "back-utf16-by-hand" => Box::new(|| glue.call_back(BACK, true)),
        "back-utf8" => Box::new(|| ours.call_back(BACK, false)),
        "back-utf8-by-hand" => Box::new(|| glue.call_back(BACK, false)),
        "answer-utf16-by-hand" | "answer-utf8-by-hand" => {
            let mut by_hand = ByHand::new(Script::Ascii, size, what.contains("utf16"));
            Box::new(move || {
                black_box(by_hand.ask(BACK));
            })
        }
        answer if answer.starts_with("answer-utf") => {
            let way = if answer.ends_with("-wrapped") { Way::Wrapped } else { Way::Put };
            let mut ours =
                answer::Ours::new(Script::Ascii, size, answer.starts_with("answer-utf16"), way);
            Box::new(move || {
                black_box(ours.ask(BACK));
            })
        }
        link if link.starts_with("guest-") && link.ends_with("-by-hand") => {
            let mut by_hand = link::ByHand::new(&bytes);
            let to = link.starts_with("guest-to");
            Box::new(move || {
                black_box(if to { by_hand.give(BACK) } else { by_hand.take(BACK) });
            })
        }
        link if link.starts_with("guest-") => {
            let mut ours = link::Ours::new(&bytes);
            let to = link == "guest-to-guest";
            Box::new(move || {
                black_box(if to { ours.give(BACK) } else { ours.take(BACK) });
            })
        }
        _ => panic!("no such workload: {what}"),
    };
    (0..times).for_each(|_| run());
}
