use witrt_bench::{ours::Ours, glue::Glue, texts::Script};
fn main() {
    let what = std::env::args().nth(1).unwrap();
    let size: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    let (units, bytes) = Script::Ascii.text(size);
    let mut o = Ours::with(&bytes);
    let mut g = Glue::with(&bytes);
    let n: u64 = std::env::args().nth(3).unwrap().parse().unwrap();
    let mut w = Vec::new();
    let mut w2 = vec![0u16; size];
    let t = std::time::Instant::now();
    for _ in 0..n {
        match what.as_str() {
            "add" => { std::hint::black_box(o.add(1, 2)); }
            "gadd" => { std::hint::black_box(g.add(1, 2)); }
            "in16" => { o.sink_utf16(&units); }
            "gin16" => { g.sink_utf16(&units); }
            "in8" => { o.sink_utf8(&bytes); }
            "gin8" => { g.sink_utf8(&bytes); }
            "out16" => { o.source_utf16(&mut w); }
            "gout16" => { g.source_utf16(&mut w2); }
            "back16" => { o.call_back(1000, true); }
            "back8" => { o.call_back(1000, false); }
            "gback8" => { g.call_back(1000, false); }
            _ => panic!(),
        }
    }
    println!("{what} {size}: {:.1} ns", t.elapsed().as_nanos() as f64 / n as f64);
}
