//! What the benchmarks share: two things measured in one run, in turns, and
//! the ratio of their medians. Absolute times are the machine's.

use std::hint::black_box;
use std::time::Instant;

/// The median nanoseconds a call of each takes. They run in turns, so that
/// whatever else the machine does hits all of them.
pub fn interleaved<const N: usize>(mut runs: [&mut dyn FnMut(); N]) -> [f64; N] {
    const ROUNDS: usize = 101;
    let calls = runs.each_mut().map(|run| calibrate(*run));
    let mut times: [Vec<f64>; N] = std::array::from_fn(|_| Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        for (i, run) in runs.iter_mut().enumerate() {
            times[i].push(time(*run, calls[i]));
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[ROUNDS / 2]
    })
}

/// How many calls take about a millisecond.
fn calibrate(run: &mut dyn FnMut()) -> usize {
    (0..1000).for_each(|_| run());
    let each = time(run, 1000).max(1.0);
    ((1e6 / each) as usize).clamp(10, 1_000_000)
}

fn time(run: &mut dyn FnMut(), calls: usize) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        black_box(&mut *run)();
    }
    start.elapsed().as_nanos() as f64 / calls as f64
}
