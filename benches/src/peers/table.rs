//! The rows: ratios to the glue in Rust, allocations, and how the goals stand.

use crate::guest::texts::Script;
use std::fmt::Write;
use std::ops::RangeInclusive;

/// What one contender took.
pub struct Entry {
    /// The contender.
    pub name: &'static str,
    /// The median of a call.
    pub ns: f64,
    /// How many a call makes, where that was counted.
    pub allocations: Option<f64>,
}

/// One workload.
pub struct Row {
    /// What is done: `in utf16 ascii`.
    pub name: String,
    pub script: Script,
    /// Of the text, in bytes of UTF-8.
    pub size: usize,
    pub entries: Vec<Entry>,
}

impl Row {
    fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// How many times as long as another one took.
    fn ratio(&self, name: &str, to: &str) -> Option<f64> {
        Some(self.find(name)?.ns / self.find(to)?.ns)
    }
}

/// In this order, next to the glue in Rust.
const COLUMNS: [&str; 7] =
    ["ours", "c", "c buffered", "c checked", "component", "component c", "no wasm"];

/// What is done, and in which encoding: how names of rows begin.
const KINDS: [&str; 7] =
    ["add", "in utf16", "in utf8", "out utf16", "out utf8", "back utf16", "back utf8"];

/// All rows.
#[derive(Default)]
pub struct Table(Vec<Row>);

impl Table {
    /// An empty table; its head is printed.
    pub fn new() -> Table {
        println!("Ratios to the glue in Rust, whose nanoseconds are given.\n");
        let columns: String = COLUMNS.iter().map(|name| format!(" {name:>11}")).collect();
        println!("{:<16} {:>8} {:>9}{columns}", "workload", "bytes", "rust");
        Table::default()
    }

    /// Prints and keeps a row.
    pub fn add(&mut self, row: Row) {
        let ns = row.find("rust").map_or(String::new(), |rust| format!("{:.1}", rust.ns));
        let mut line = format!("{:<16} {:>8} {ns:>9}", row.name, row.size);
        for name in COLUMNS {
            let ratio =
                row.ratio(name, "rust").map_or("–".to_owned(), |ratio| format!("{ratio:.2}"));
            write!(line, " {ratio:>11}").expect("a string takes it");
        }
        println!("{line}");
        self.0.push(row);
    }

    /// Prints what sums the rows up, and writes them as a CSV where
    /// `WITRT_BENCH_CSV` says.
    pub fn finish(self) {
        self.summary();
        self.allocations();
        self.goals();
        if let Some(path) = std::env::var_os("WITRT_BENCH_CSV") {
            std::fs::write(path, self.csv()).expect("the CSV is writable");
        }
    }

    /// Ratios by what is done and how long the text is, from the least to the
    /// most of all scripts, as a table for README.md.
    fn summary(&self) {
        println!("\n| ratio to `rust` | `{}` |", COLUMNS.join("` | `"));
        println!("|---|{}", "--:|".repeat(COLUMNS.len()));
        let line = |label: &str, kind: &str, sizes: RangeInclusive<usize>| {
            let of = |name: &str| {
                range(self.of(kind, &sizes).filter_map(|row| row.ratio(name, "rust")), 2)
            };
            println!("| {label} | {} |", COLUMNS.map(of).join(" | "));
        };
        line("`add`", "add", 0..=usize::MAX);
        for kind in &KINDS[1..] {
            line(&format!("`{kind}`, 8 and 64 B"), kind, 8..=64);
            line(&format!("`{kind}`, 128 to 512 B"), kind, 128..=512);
            line(&format!("`{kind}`, 1 Ki"), kind, 1024..=1024);
            line(&format!("`{kind}`, 64 Ki and 1 Mi"), kind, 65536..=usize::MAX);
        }
    }

    /// How many allocations a call makes, by what is done, as another.
    fn allocations(&self) {
        println!("\n| allocations per call | `rust` | `{}` |", COLUMNS.join("` | `"));
        println!("|---|{}", "--:|".repeat(1 + COLUMNS.len()));
        for kind in KINDS {
            let of = |name: &str| {
                let rows = self.of(kind, &(0..=usize::MAX));
                range(rows.filter_map(|row| row.find(name)?.allocations), 0)
            };
            println!("| `{kind}` | {} | {} |", of("rust"), COLUMNS.map(of).join(" | "));
        }
    }

    fn of<'a>(
        &'a self,
        kind: &'a str,
        sizes: &'a RangeInclusive<usize>,
    ) -> impl Iterator<Item = &'a Row> {
        self.0.iter().filter(move |row| row.name.starts_with(kind) && sizes.contains(&row.size))
    }

    /// How what was to be reached stands.
    fn goals(&self) {
        println!("\nGoals.\n");
        let all = usize::MAX;
        self.goal("add", all, "ours", "rust", "<= 1.1");
        self.goal("add", all, "ours", "c checked", "<= 0.2");
        self.goal("add", all, "wasm_func_call", "engine's", "<= 0.35");
        for encoding in ["in utf16", "in utf8"] {
            self.goal(encoding, 64, "component", "ours", ">= 5");
            self.goal(encoding, 64, "component c", "ours", ">= 15");
        }
    }

    /// The least and the most of a ratio, in texts up to a size.
    fn goal(&self, kind: &str, size: usize, name: &str, to: &str, goal: &str) {
        let sizes = 0..=size;
        let found = range(self.of(kind, &sizes).filter_map(|row| row.ratio(name, to)), 2);
        let short =
            if size == usize::MAX { String::new() } else { format!(", up to {size} bytes") };
        println!("{:<52} {goal:<8} {found}", format!("{kind}{short}: {name} / {to}"));
    }

    fn csv(&self) -> String {
        let mut csv = "workload,script,bytes,contender,ns,ratio,allocations\n".to_owned();
        for row in &self.0 {
            for entry in &row.entries {
                let ratio = row.ratio(entry.name, "rust").unwrap_or(f64::NAN);
                let count = entry.allocations.map_or(String::new(), |count| format!("{count:.0}"));
                writeln!(
                    csv,
                    "{},{},{},{},{:.1},{ratio:.3},{count}",
                    row.name, row.script, row.size, entry.name, entry.ns
                )
                .expect("a string takes it");
            }
        }
        csv
    }
}

/// From the least to the most.
fn range(all: impl Iterator<Item = f64>, digits: usize) -> String {
    let all: Vec<f64> = all.collect();
    let shown = |n: f64| format!("{n:.0$}", if n < 9.95 { digits } else { 0 });
    match (all.iter().copied().reduce(f64::min), all.iter().copied().reduce(f64::max)) {
        (Some(least), Some(most)) if shown(least) == shown(most) => shown(least),
        (Some(least), Some(most)) => format!("{}–{}", shown(least), shown(most)),
        _ => "–".to_owned(),
    }
}
