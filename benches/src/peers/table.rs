//! The rows: ratios to the glue in Rust, allocations, and how the goals stand.

use crate::guest::texts::Script;
use std::fmt::Write;

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

/// All rows.
#[derive(Default)]
pub struct Table(Vec<Row>);

impl Table {
    /// An empty table; its head is printed.
    pub fn new() -> Table {
        println!("Ratios to the glue in Rust, whose nanoseconds are given.\n");
        println!("{}", head("workload", "bytes", "rust"));
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
        self.allocations();
        self.goals();
        if let Some(path) = std::env::var_os("WITRT_BENCH_CSV") {
            std::fs::write(path, self.csv()).expect("the CSV is writable");
        }
    }

    /// The most that a call makes, by what is done.
    fn allocations(&self) {
        println!("\nAllocations per call, at most.\n");
        println!("{}", head("workload", "", "rust"));
        for kind in
            ["add", "in utf16", "in utf8", "out utf16", "out utf8", "back utf16", "back utf8"]
        {
            let mut line = format!("{kind:<16} {:>8}", "");
            for (i, name) in ["rust"].into_iter().chain(COLUMNS).enumerate() {
                let rows = self.0.iter().filter(|row| row.name.starts_with(kind));
                let most = rows.filter_map(|row| row.find(name)?.allocations).reduce(f64::max);
                let most = most.map_or("–".to_owned(), |most| format!("{most:.0}"));
                write!(line, " {most:>width$}", width = if i == 0 { 9 } else { 11 })
                    .expect("a string takes it");
            }
            println!("{line}");
        }
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
        let rows = self.0.iter().filter(|row| row.name.starts_with(kind) && row.size <= size);
        let ratios: Vec<f64> = rows.filter_map(|row| row.ratio(name, to)).collect();
        let (Some(least), Some(most)) =
            (ratios.iter().copied().reduce(f64::min), ratios.iter().copied().reduce(f64::max))
        else {
            return;
        };
        let sizes =
            if size == usize::MAX { String::new() } else { format!(", up to {size} bytes") };
        let what = format!("{kind}{sizes}: {name} / {to}");
        println!("{what:<52} {goal:<8} {least:>7.2} to {most:.2}");
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

fn head(first: &str, second: &str, third: &str) -> String {
    let mut line = format!("{first:<16} {second:>8} {third:>9}");
    for name in COLUMNS {
        write!(line, " {name:>11}").expect("a string takes it");
    }
    line
}
