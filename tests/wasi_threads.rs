//! No thread is started for WASI before a guest waits for something. Alone in its
//! process, because threads are counted.
#![cfg(all(feature = "wasi", target_os = "linux"))]

use witrt::{Access, Config, Engine, Linker, Module, Store, Val, Wasi};

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

#[test]
fn none_before_a_guest_waits() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    // Compiling may have threads of its own, which stay.
    let engine = Engine::new(Config::new().parallel_compilation(false)).unwrap();
    let modules = ["probe.wasm", "probe-component.wasm"].map(|file| {
        let path = format!("{}/tests/wasi/{file}", env!("CARGO_MANIFEST_DIR"));
        Module::new(&engine, &std::fs::read(path).unwrap()).unwrap()
    });
    let run = |args: &[&str]| {
        for module in &modules {
            let mut wasi = Wasi::new();
            wasi.preopen_dir(folder, "/d", Access::ReadWrite).unwrap();
            wasi.stdin_bytes(&b"some input"[..]).stdout(|_| Ok(()));
            for arg in ["probe"].iter().chain(args) {
                wasi.arg(*arg).unwrap();
            }
            let mut store = Store::new(&engine);
            store.set_wasi(&wasi).unwrap();
            let instance = Linker::new().instantiate(&mut store, module).unwrap();
            assert_eq!(instance.run(&mut store).unwrap(), 0, "{args:?}");
        }
    };
    let before = threads();
    for args in [
        &["args"][..],
        &["env"],
        &["cat"],
        &["both"],
        &["write", "/d/file", "text"],
        &["read", "/d/file"],
        &["list", "/d"],
        &["rename", "/d/file", "/d/file2"],
        &["remove", "/d/file2"],
        &["clocks"],
        &["random"],
        &["exit", "0"],
    ] {
        run(args);
        assert_eq!(threads(), before, "{args:?}");
    }
    // A component that reads and writes files by streams that do not block.
    let direct = format!("{}/tests/wasi/direct.wasm", env!("CARGO_MANIFEST_DIR"));
    let direct = Module::new(&engine, &std::fs::read(direct).unwrap()).unwrap();
    let copy = || {
        let mut wasi = Wasi::new();
        wasi.preopen_dir(folder, "/", Access::ReadWrite).unwrap();
        let mut store = Store::new(&engine);
        store.set_wasi(&wasi).unwrap();
        let mut linker = Linker::new();
        linker.func_wrap(&mut store, "", "host", || {});
        let instance = linker.instantiate(&mut store, &direct).unwrap();
        let copy = instance.func(&mut store, "copy").unwrap();
        for way in 0..4 {
            let args = [Val::from("direct-in"), Val::from("direct-out"), Val::Enum(way)];
            let mut results = [Val::I32(0)];
            copy.call(&mut store, &args, &mut results).unwrap();
            assert!(matches!(results[0], Val::Result(Ok(_))), "{way} {:?}", results[0]);
        }
    };
    std::fs::write(format!("{folder}/direct-in"), vec![1; 100_000]).unwrap();
    copy();
    assert_eq!(threads(), before);
    // Nor are those of a host's runtime used, which start when they are needed.
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async { copy() });
    assert_eq!(threads(), before);
    run(&["sleep", "10"]);
    assert!(threads() > before, "it waited without timers");
    assert!(threads() <= before + 2, "one for timers and sockets, and no more");
}
