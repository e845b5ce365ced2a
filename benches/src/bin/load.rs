//! What a module with adapters costs against its bare core on the engine:
//! compiling, loading what was compiled, instantiating; and how cost grows with
//! the number of string arguments, adapters and instances.
//!
//!     cargo run --release --bin load [FOLDER WITH MODULES]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;
use witrt::{Config, Engine, Instance, Linker, Module, Store, Val};

fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "tests/modules".to_owned());
    println!("{:<34} {:>10} {:>10} {:>7}", "", "ours", "bare core", "ratio");
    for name in ["strings.wasm", "text.wasm"] {
        let bytes = std::fs::read(Path::new(&folder).join(name)).expect("the module is there");
        load(name, &bytes);
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

fn load(name: &str, bytes: &[u8]) {
    let engine = Engine::new(&Config::new()).expect("defaults work");
    let plain = wasmtime::Engine::new(&wasmtime::Config::new()).expect("defaults work");
    let core = witrt::tools::strip(bytes).expect("valid");
    let rounds = if bytes.len() > 100_000 { 7 } else { 101 };
    let kb = bytes.len() / 1024;
    row(
        &format!("compile {name}, {kb} kB, µs"),
        turns(
            rounds,
            || drop(black_box(Module::new(&engine, bytes).expect("valid"))),
            || drop(black_box(wasmtime::Module::new(&plain, &core).expect("valid"))),
        ),
    );

    let module = Module::new(&engine, bytes).expect("valid");
    let bare = wasmtime::Module::new(&plain, &core).expect("valid");
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
                    unsafe { wasmtime::Module::deserialize(&plain, &theirs) }.expect("theirs"),
                ))
            },
        ),
    );

    let folder = std::env::temp_dir().join(format!("witrt-load-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a place for files");
    let (our_file, their_file) = (folder.join("ours"), folder.join("theirs"));
    std::fs::write(&our_file, &ours).expect("written");
    std::fs::write(&their_file, &theirs).expect("written");
    row(
        &format!("load precompiled file {name}, µs"),
        turns(
            201,
            || {
                // SAFETY: what these engines made just now, and nobody else knows of.
                let module = unsafe { Module::deserialize_file(&engine, &our_file) };
                drop(black_box(module.expect("ours")))
            },
            || {
                // SAFETY: as above.
                let module = unsafe { wasmtime::Module::deserialize_file(&plain, &their_file) };
                drop(black_box(module.expect("theirs")))
            },
        ),
    );
    // SAFETY: as above.
    let mapped = unsafe { Module::deserialize_file(&engine, &our_file) }.expect("ours");
    // SAFETY: as above.
    let theirs =
        unsafe { wasmtime::Module::deserialize_file(&plain, &their_file) }.expect("theirs");
    std::fs::remove_dir_all(&folder).expect("it is there");

    instantiate(name, (&engine, &module), (&plain, &bare));
    instantiate(&format!("mapped {name}"), (&engine, &mapped), (&plain, &theirs));
}

fn instantiate(
    name: &str,
    (engine, module): (&Engine, &Module),
    (plain, bare): (&wasmtime::Engine, &wasmtime::Module),
) {
    if module.imports().next().is_none() {
        let linker = wasmtime::Linker::<()>::new(plain).instantiate_pre(bare).expect("no imports");
        row(
            &format!("instantiate {name}, µs"),
            turns(
                1001,
                || {
                    let mut store = Store::new(engine);
                    black_box(Instance::new(&mut store, module, &[]).expect("no imports"));
                },
                || {
                    let mut store = wasmtime::Store::new(plain, ());
                    black_box(linker.instantiate(&mut store).expect("no imports"));
                },
            ),
        );
    }
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
