//! What a module with adapters costs against its bare core on the engine, and what a
//! component does against itself: compiling, loading what was compiled, instantiating; and
//! how cost grows with the number of string arguments, adapters and instances.
//!
//!     cargo run --release --bin load [FOLDER WITH MODULES]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;
use wasmtime::component;
use witrt::tools::strip;
use witrt::{Config, Engine, Instance, Linker, Module, Store, Val};

/// A module or component of these bytes, against what the engine makes of those.
macro_rules! load {
    ($bare:ty, $linker:ty, $name:expr, $bytes:expr, $core:expr) => {{
        let (name, bytes, core): (&str, &[u8], &[u8]) = ($name, $bytes, $core);
        let engine = Engine::new(&Config::new()).expect("defaults work");
        let plain = wasmtime::Engine::new(&wasmtime::Config::new()).expect("defaults work");
        let rounds = if bytes.len() > 100_000 { 7 } else { 101 };
        row(
            &format!("compile {name}, {} kB, µs", bytes.len() / 1024),
            turns(
                rounds,
                || drop(black_box(Module::new(&engine, bytes).expect("valid"))),
                || drop(black_box(<$bare>::new(&plain, core).expect("valid"))),
            ),
        );

        let module = Module::new(&engine, bytes).expect("valid");
        let bare = <$bare>::new(&plain, core).expect("valid");
        let (ours, theirs) =
            (module.serialize().expect("compiled"), bare.serialize().expect("compiled"));
        row(
            &format!("load precompiled {name}, µs"),
            turns(
                51,
                // SAFETY: both were made by these engines just now.
                || drop(black_box(unsafe { Module::deserialize(&engine, &ours) }.expect("ours"))),
                // SAFETY: as above.
                || {
                    drop(black_box(
                        unsafe { <$bare>::deserialize(&plain, &theirs) }.expect("theirs"),
                    ))
                },
            ),
        );

        let folder = std::env::temp_dir().join(format!("witrt-load-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a place for files");
        let (our_file, their_file) = (folder.join("ours"), folder.join("theirs"));
        std::fs::write(&our_file, &ours).expect("written");
        std::fs::write(&their_file, &theirs).expect("written");
        // SAFETY: what these engines made just now, and nobody else knows of.
        let map = || unsafe { Module::deserialize_file(&engine, &our_file) }.expect("ours");
        // SAFETY: as above.
        let map_bare =
            || unsafe { <$bare>::deserialize_file(&plain, &their_file) }.expect("theirs");
        row(
            &format!("load precompiled file {name}, µs"),
            turns(201, || drop(black_box(map())), || drop(black_box(map_bare()))),
        );
        let (mapped, bare_mapped) = (map(), map_bare());
        std::fs::remove_dir_all(&folder).expect("it is there");

        // What has imports is instantiated with a host's functions.
        if module.imports().next().is_none() {
            for (how, module, bare) in [("", &module, &bare), ("mapped ", &mapped, &bare_mapped)] {
                let linker = <$linker>::new(&plain).instantiate_pre(bare).expect("no imports");
                row(
                    &format!("instantiate {how}{name}, µs"),
                    turns(
                        1001,
                        || {
                            let mut store = Store::new(&engine);
                            black_box(Instance::new(&mut store, module, &[]).expect("no imports"));
                        },
                        || {
                            let mut store = wasmtime::Store::new(&plain, ());
                            black_box(linker.instantiate(&mut store).expect("no imports"));
                        },
                    ),
                );
            }
        }
    }};
}

fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "tests/modules".to_owned());
    println!("{:<34} {:>10} {:>10} {:>7}", "", "ours", "engine", "ratio");
    for name in ["strings.wasm", "text.wasm"] {
        let bytes = std::fs::read(Path::new(&folder).join(name)).expect("the module is there");
        load!(wasmtime::Module, wasmtime::Linker<()>, name, &bytes, &strip(&bytes).expect("valid"));
    }
    for name in ["guest-utf8.wasm", "plain-utf8.wasm"] {
        let path = Path::new(&folder).join("components/c").join(name);
        let bytes = std::fs::read(path).expect("the component is there");
        load!(component::Component, component::Linker<()>, name, &bytes, &bytes);
    }
    growth();
}

/// The medians of two things in turns, in microseconds.
fn turns(rounds: usize, mut a: impl FnMut(), mut b: impl FnMut()) -> (f64, f64) {
    let time = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        run();
        start.elapsed().as_nanos() as f64 / 1e3
    };
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        ours.push(time(&mut a));
        bare.push(time(&mut b));
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    (median(&mut ours), median(&mut bare))
}

fn row(what: &str, (ours, bare): (f64, f64)) {
    println!("{what:<34} {ours:>10.1} {bare:>10.1} {:>7.2}", ours / bare);
}

const CORE: &str = "(module (memory 16)
  (func $alloc (param i32) (result i32) i32.const 1024)";

fn growth() {
    println!("\n{:<34} {:>10}", "string arguments in one call", "ns");
    for count in [1, 2, 4, 8, 16] {
        let mut text = CORE.to_owned();
        let params = "i32 i32 ".repeat(count);
        let _ = write!(text, "(func $f (param {params}))\n(@interface func (export \"f\")");
        let _ = write!(text, "{}", " (param string)".repeat(count));
        for i in 0..count {
            let _ = write!(text, "\n arg.get {i} string-to-memory $alloc");
        }
        text.push_str(" call-core $f))");
        let (mut store, instance) = instance(&text);
        let f = instance.func(&mut store, "f").expect("exported");
        let args: Vec<Val<'_>> = (0..count).map(|_| Val::from("0123456789abcdef")).collect();
        let mut run = || f.call(&mut store, &args, &mut []).expect("it cannot trap");
        let [ns] = witrt_bench::interleaved([&mut run]);
        println!("{count:<34} {ns:>10.1}");
    }
    println!("\n{:<34} {:>10} {:>12}", "adapters in a module", "load, µs", "instance, µs");
    for count in [1, 10, 100, 1000] {
        let mut text = format!("{CORE}\n(func $f (param i32 i32))");
        for i in 0..count {
            let _ = write!(
                text,
                "\n(@interface func (export \"f{i}\") (param string)
                   arg.get 0 string-to-memory $alloc call-core $f)"
            );
        }
        text.push(')');
        let engine = Engine::new(&Config::new()).expect("defaults work");
        let binary = witrt::tools::assemble(text.as_bytes()).expect("valid");
        let module = Module::new(&engine, &binary).expect("valid");
        let (load, instance) = turns(
            21,
            || drop(black_box(Module::new(&engine, &binary).expect("valid"))),
            || {
                let mut store = Store::new(&engine);
                black_box(Instance::new(&mut store, &module, &[]).expect("no imports"));
            },
        );
        println!("{count:<34} {load:>10.1} {instance:>12.1}");
    }
    println!("\n{:<34} {:>10}", "instances in one store", "µs each");
    let engine = Engine::new(&Config::new()).expect("defaults work");
    let small = "(module (func $f) (@interface func (export \"f\") call-core $f))";
    let module = Module::new(&engine, small.as_bytes()).expect("valid");
    for count in [1, 10, 100, 1000, 10_000, 100_000] {
        let mut store = Store::new(&engine);
        let start = Instant::now();
        for _ in 0..count {
            black_box(Linker::new().instantiate(&mut store, &module).expect("no imports"));
        }
        println!(
            "{count:<34} {:>10.1}",
            start.elapsed().as_nanos() as f64 / 1e3 / f64::from(count)
        );
    }
}

fn instance(text: &str) -> (Store, Instance) {
    let engine = Engine::new(&Config::new()).expect("defaults work");
    let module = Module::new(&engine, text.as_bytes()).expect("valid");
    let mut store = Store::new(&engine);
    let instance = Instance::new(&mut store, &module, &[]).expect("no imports");
    (store, instance)
}
