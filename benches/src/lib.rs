//! What the benchmarks share: two things measured in one run, in turns, and
//! the ratio of their medians. Absolute times are the machine's.

use std::hint::black_box;
use std::time::Instant;

/// The median nanoseconds a call of each takes. They run in turns, so that
/// whatever else the machine does hits all of them.
pub fn interleaved<const N: usize>(mut runs: [&mut dyn FnMut(); N]) -> [f64; N] {
    medians(&mut runs).try_into().expect("one for each")
}

/// The same of any number.
pub fn medians(runs: &mut [&mut dyn FnMut()]) -> Vec<f64> {
    const ROUNDS: usize = 51;
    let calls: Vec<usize> = runs.iter_mut().map(|run| calibrate(*run)).collect();
    let mut times = vec![Vec::with_capacity(ROUNDS); runs.len()];
    for _ in 0..ROUNDS {
        for ((run, calls), times) in runs.iter_mut().zip(&calls).zip(&mut times) {
            times.push(time(*run, *calls));
        }
    }
    let median = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[ROUNDS / 2]
    };
    times.into_iter().map(median).collect()
}

/// How many calls take about a millisecond.
fn calibrate(run: &mut dyn FnMut()) -> usize {
    // What takes long is tried less often.
    let few = time(run, 10).max(1.0);
    let tries = ((1e6 / few) as usize).clamp(1, 1000);
    (0..tries).for_each(|_| run());
    let each = time(run, tries).max(1.0);
    ((1e6 / each) as usize).clamp(1, 1_000_000)
}

fn time(run: &mut dyn FnMut(), calls: usize) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        black_box(&mut *run)();
    }
    start.elapsed().as_nanos() as f64 / calls as f64
}

/// The rows that were measured: nanoseconds, and ratios to the glue by hand.
pub struct Table<'a> {
    filter: &'a str,
    rows: Vec<String>,
}

impl<'a> Table<'a> {
    /// An empty table of the workloads whose names contain a filter.
    pub fn new(filter: &'a str) -> Table<'a> {
        println!(
            "{:<16} {:>8} {:>10} {:>10} {:>7} {:>9}",
            "workload", "bytes", "ours", "by hand", "ratio", "no wasm"
        );
        Table { filter, rows: Vec::new() }
    }

    /// Whether a workload is to be measured.
    pub fn wants(&self, name: &str) -> bool {
        name.contains(self.filter)
    }

    /// One workload: nanoseconds of ours, of glue by hand, and of the work
    /// without any wasm.
    pub fn row(
        &mut self,
        name: &str,
        script: &str,
        bytes: usize,
        ours: f64,
        hand: f64,
        bare: Option<f64>,
    ) {
        let bare_ratio = bare.map_or(String::new(), |bare| format!("{:.2}", bare / hand));
        println!(
            "{name:<16} {bytes:>8} {ours:>10.1} {hand:>10.1} {:>7.2} {bare_ratio:>9}",
            ours / hand
        );
        self.rows.push(format!(
            "{name},{script},{bytes},{ours:.1},{hand:.1},{:.3},{bare_ratio}",
            ours / hand
        ));
    }

    /// Writes them as a CSV where `WITRT_BENCH_CSV` says.
    pub fn finish(self) {
        if let Some(path) = std::env::var_os("WITRT_BENCH_CSV") {
            let head = "workload,script,bytes,ours_ns,by_hand_ns,ratio,no_wasm_ratio\n";
            std::fs::write(path, head.to_owned() + &self.rows.join("\n") + "\n")
                .expect("the CSV is writable");
        }
    }
}
