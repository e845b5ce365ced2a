//! This library against everything else that a program could use, side by side
//! in one process: glue by hand in Rust and in C, the component model from both,
//! and no wasm at all. The guest does no work of its own.
//!
//!     cargo run --release --features peers --bin peers PATH/libwitrt.so [FILTER]

mod bare;
mod component;
mod contender;
/// As in the other programs, but without this library's typed functions: linked
/// in, its names would also be those of the engine's C API.
#[path = "."]
mod guest {
    #[path = "../guest/glue.rs"]
    #[allow(dead_code)] // each program uses a part
    pub mod glue;
    #[path = "../guest/texts.rs"]
    pub mod texts;

    /// The guest, as text.
    pub const MODULE: &[u8] = include_bytes!("../guest/module.wat");

    /// Its core, as a binary: to others, interfaces are unknown annotations.
    pub fn core() -> Vec<u8> {
        wat::parse_bytes(MODULE).expect("the module is valid").into_owned()
    }
}
mod in_c;
#[path = "../standard.rs"]
mod standard;
mod table;

use std::hint::black_box;

use component::Component;
use contender::Contender;
use guest::glue::Glue;
use guest::texts::{SIZES, Script};
use in_c::{How, InC};
use libloading::Library;
use table::{Entry, Row, Table};
use witrt_bench::medians;

/// What is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Add,
    In,
    Out,
    Back,
}

/// What is done, with which text, for a host of which encoding.
#[derive(Clone, Copy)]
pub struct Work {
    kind: Kind,
    wide: bool,
    script: Script,
    size: usize,
}

impl Work {
    /// As it stands in the table.
    pub fn name(self) -> String {
        let encoding = if self.wide { "utf16" } else { "utf8" };
        match self.kind {
            Kind::Add => "add".to_owned(),
            kind => format!("{kind:?} {encoding} {}", self.script).to_lowercase(),
        }
    }

    /// How many calls back one entry makes: fewer where the text is long.
    fn times(self) -> usize {
        match self.kind {
            Kind::Back => (1_000_000 / (self.size + 100)).clamp(4, 1000),
            _ => 1,
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("the path of libwitrt.so is needed")?;
    let filter = args.next().unwrap_or_default();
    // SAFETY: loading the library runs nothing.
    let library = unsafe { Library::new(path) }?;
    let mut table = Table::new();
    let scripts = Script::ALL.into_iter();
    let texts = scripts.flat_map(|script| SIZES.map(|size| (script, size)));
    let works = texts.flat_map(|(script, size)| {
        let kinds = [Kind::In, Kind::Out, Kind::Back].into_iter();
        kinds.flat_map(move |kind| [true, false].map(|wide| Work { kind, wide, script, size }))
    });
    let add = Work { kind: Kind::Add, wide: true, script: Script::Ascii, size: 0 };
    for work in [add].into_iter().chain(works).filter(|work| work.name().contains(&filter)) {
        table.add(measure(&library, work));
    }
    table.finish();
    Ok(())
}

/// Runs all contenders in turns.
fn measure(library: &Library, work: Work) -> Row {
    let core = guest::core();
    let component = wat::parse_bytes(include_bytes!("component.wat")).expect("it is valid");
    let (wide, room) = (work.wide, work.size);
    let in_c = |how| InC::new(how, &core, wide, room);
    let mut all = vec![
        ("ours", run(InC::ours(library, guest::MODULE, wide), work)),
        ("rust", run(ByHand::new(wide, room), work)),
        ("c", run(in_c(How::Unchecked), work)),
        ("c buffered", run(in_c(How::Buffered), work)),
        ("c checked", run(in_c(How::Checked), work)),
        ("component", run(Component::new(&component, wide, room), work)),
        ("component c", run(InC::new(How::Component, &component, wide, room), work)),
    ];
    if work.kind == Kind::Add {
        let ours = standard::Api::of(library).expect("it has the standard's functions");
        let theirs = standard::Api::engines();
        for (name, api) in [("wasm_func_call", ours), ("engine's", theirs)] {
            let func = api.add();
            all.push((name, Box::new(move || api.call(func))));
        }
    } else {
        all.push(("no wasm", run(bare::Bare::new(wide, room), work)));
    }
    // Buffers make no difference where there is nothing to transcode.
    all.retain(|(name, _)| {
        *name != "c buffered" || wide && matches!(work.kind, Kind::In | Kind::Out)
    });
    let allocations: Vec<Option<f64>> =
        all.iter_mut().map(|(_, run)| in_c::allocations_of(run)).collect();
    let mut runs: Vec<&mut dyn FnMut()> =
        all.iter_mut().map(|(_, run)| &mut **run as &mut dyn FnMut()).collect();
    let times = medians(&mut runs);
    let each = work.times() as f64;
    let entries = all.iter().zip(times).zip(allocations).map(|(((name, _), ns), allocations)| {
        Entry { name, ns: ns / each, allocations: allocations.map(|n| n / each) }
    });
    Row { name: work.name(), script: work.script, size: work.size, entries: entries.collect() }
}

/// The work of one contender, again and again; it checks what it gets.
fn run<C: Contender>(mut contender: C, work: Work) -> Box<dyn FnMut()> {
    let (units, bytes) = work.script.text(work.size);
    let len = bytes.len() as u32;
    if work.kind != Kind::Add {
        // The guest remembers it.
        assert_eq!(contender.in8(&bytes), len);
    }
    let (mut wide, mut narrow) = (vec![0; units.len()], vec![0; bytes.len()]);
    match (work.kind, work.wide) {
        (Kind::Add, _) => {
            Box::new(move || assert_eq!(contender.add(black_box(40), black_box(2)), 42))
        }
        (Kind::In, true) => Box::new(move || assert_eq!(contender.in16(black_box(&units)), len)),
        (Kind::In, false) => Box::new(move || assert_eq!(contender.in8(black_box(&bytes)), len)),
        (Kind::Out, true) => {
            assert_eq!(contender.out16(&mut wide), units.len());
            assert_eq!(wide, units);
            Box::new(move || assert_eq!(contender.out16(black_box(&mut wide)), units.len()))
        }
        (Kind::Out, false) => {
            assert_eq!(contender.out8(&mut narrow), bytes.len());
            assert_eq!(narrow, bytes);
            Box::new(move || assert_eq!(contender.out8(black_box(&mut narrow)), bytes.len()))
        }
        (Kind::Back, is_wide) => {
            let expected = if is_wide { units.len() } else { bytes.len() };
            let times = work.times() as u32;
            Box::new(move || assert_eq!(contender.back(times), expected))
        }
    }
}

/// The glue in Rust, see `guest/glue.rs`.
struct ByHand {
    glue: Glue,
    wide: bool,
}

impl ByHand {
    fn new(wide: bool, room: usize) -> ByHand {
        // What it remembers is replaced; it is what callbacks have room for.
        ByHand { glue: Glue::with(&vec![b' '; room]), wide }
    }
}

impl Contender for ByHand {
    fn add(&mut self, a: i32, b: i32) -> i32 {
        self.glue.add(a, b)
    }
    fn in16(&mut self, units: &[u16]) -> u32 {
        self.glue.sink_utf16(units)
    }
    fn in8(&mut self, bytes: &[u8]) -> u32 {
        self.glue.sink_utf8(bytes)
    }
    fn out16(&mut self, units: &mut [u16]) -> usize {
        self.glue.source_utf16(units)
    }
    fn out8(&mut self, bytes: &mut [u8]) -> usize {
        self.glue.source_utf8(bytes)
    }
    fn back(&mut self, times: u32) -> usize {
        self.glue.call_back(times, self.wide);
        self.glue.seen()
    }
}
