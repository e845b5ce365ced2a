//! What is done with components, by all who are measured.

use std::hint::black_box;
use witrt_bench::medians;

/// What a call does, in the order of dynamic.h.
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
    Ask,
}

/// So often `back` and `ask` call back.
pub const TIMES: u32 = 100;

/// What is done, with how many bytes or records.
pub const ROWS: [(&str, Work, usize); 26] = [
    ("add", Work::Add, 0),
    ("string in", Work::TextIn, 8),
    ("string in", Work::TextIn, 64),
    ("string in", Work::TextIn, 256),
    ("string in", Work::TextIn, 1024),
    ("string in", Work::TextIn, 8192),
    ("string in", Work::TextIn, 65536),
    ("string out", Work::TextOut, 8),
    ("string out", Work::TextOut, 64),
    ("string out", Work::TextOut, 256),
    ("string out", Work::TextOut, 1024),
    ("string out", Work::TextOut, 8192),
    ("string out", Work::TextOut, 65536),
    ("bytes in", Work::BytesIn, 64),
    ("bytes in", Work::BytesIn, 1024),
    ("bytes in", Work::BytesIn, 8192),
    ("bytes in", Work::BytesIn, 65536),
    ("bytes out", Work::BytesOut, 64),
    ("bytes out", Work::BytesOut, 1024),
    ("bytes out", Work::BytesOut, 8192),
    ("bytes out", Work::BytesOut, 65536),
    ("records in", Work::ItemsIn, 100),
    ("records out", Work::ItemsOut, 100),
    ("call back", Work::Back, 8),
    ("bytes back", Work::Ask, 8),
    ("bytes back", Work::Ask, 1024),
];

/// What the host has.
pub struct Data {
    pub text: String,
    pub items: Vec<(String, u32)>,
}

impl Data {
    /// What all rows need; it lives as long as the process.
    pub fn new() -> &'static Data {
        let items = (0..100).map(|i| ("name of item".to_owned(), i));
        Box::leak(Box::new(Data { text: "a".repeat(65536), items: items.collect() }))
    }
}

/// One that is measured: what it is called, and what makes a call and tells what came of it.
pub type Contender<'a> = (&'a str, Box<dyn FnMut(Work, usize) -> u64 + 'a>);

/// What a row took: nanoseconds and allocations of each contender.
pub struct Found {
    pub name: &'static str,
    pub size: usize,
    pub times: Vec<f64>,
}

/// Measures the rows whose names contain a filter, all contenders in turns, and prints the
/// ratios to the last of them, whose nanoseconds stand in front.
pub fn measure(contenders: &mut [Contender<'_>], filter: &str) -> Vec<Found> {
    let base = contenders.len() - 1;
    print!("{:<12} {:>6} {:>10}", "", "", contenders[base].0);
    contenders[..base].iter().for_each(|(name, _)| print!(" {name:>9}"));
    println!("   allocations");
    let mut all = Vec::new();
    for (name, work, size) in ROWS.into_iter().filter(|(name, ..)| name.contains(filter)) {
        let expected = (contenders[base].1)(work, size);
        let mut runs: Vec<Box<dyn FnMut() + '_>> = Vec::new();
        for (who, run) in &mut *contenders {
            let who = *who;
            runs.push(Box::new(move || {
                assert_eq!(run(black_box(work), size), expected, "{who}: {name}");
            }));
        }
        let each = if matches!(work, Work::Back | Work::Ask) { f64::from(TIMES) } else { 1.0 };
        let counts: Vec<String> = runs
            .iter_mut()
            .map(|run| allocations_of(run).map_or("–".into(), |n| format!("{:.0}", n / each)))
            .collect();
        let mut runs: Vec<&mut dyn FnMut()> =
            runs.iter_mut().map(|run| &mut **run as &mut dyn FnMut()).collect();
        let times: Vec<f64> = medians(&mut runs).into_iter().map(|time| time / each).collect();
        print!("{name:<12} {size:>6} {:>10.1}", times[base]);
        times[..base].iter().for_each(|time| print!(" {:>9.2}", time / times[base]));
        println!("   {}", counts.join(" / "));
        all.push(Found { name, size, times });
    }
    all
}

/// Which workload is to be repeated, for tools that count instructions: who does it, its
/// row, and how often.
pub struct Repeat {
    pub who: String,
    work: Work,
    size: usize,
    times: u32,
}

impl Repeat {
    /// What the arguments `repeat WHO ROW SIZE TIMES` say.
    pub fn asked(mut args: impl Iterator<Item = String>) -> Option<Repeat> {
        args.next().filter(|first| first == "repeat")?;
        let (who, row) = args.next().zip(args.next())?;
        let (_, work, _) = ROWS.into_iter().find(|(name, ..)| *name == row)?;
        let mut number = || args.next()?.parse::<u32>().ok();
        let (size, times) = (number()?, number()?);
        Some(Repeat { who, work, size: size as usize, times })
    }

    pub fn run(&self, run: &mut dyn FnMut(Work, usize) -> u64) {
        (0..self.times).for_each(|_| {
            black_box(run(black_box(self.work), self.size));
        });
    }
}

#[link(name = "peers_count", kind = "static")]
unsafe extern "C" {
    fn allocations(so_far: *mut usize) -> bool;
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
