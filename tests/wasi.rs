//! WASI: what guests get, and what they do not, as core modules (preview 1) and as
//! components (0.2). `tests/wasi/probe.c` is what most of them run.
#![cfg(feature = "wasi")]

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};
use witrt::{
    Access, Config, Engine, Error, ErrorKind, Extern, Func, Instance, Linker, Module, Store,
    TrapCode, Val, Wasi,
};

const FILES: [&str; 2] = ["probe.wasm", "probe-component.wasm"];

fn bytes(file: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wasi");
    std::fs::read(format!("{folder}/{file}")).unwrap()
}

/// The command in both forms, by an engine with these options.
fn probes(config: &Config) -> Vec<Module> {
    let engine = Engine::new(config).unwrap();
    FILES.map(|file| Module::new(&engine, &bytes(file)).unwrap()).into()
}

/// What a guest has written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn write(&self) -> impl Fn(&[u8]) -> io::Result<()> + Send + Sync + 'static {
        let all = self.0.clone();
        move |bytes| {
            all.lock().unwrap().extend_from_slice(bytes);
            Ok(())
        }
    }

    fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut self.0.lock().unwrap())).unwrap()
    }
}

fn instance(store: &mut Store, module: &Module, wasi: &Wasi) -> Instance {
    store.set_wasi(wasi).unwrap();
    Linker::new().instantiate(store, module).unwrap()
}

/// Runs the command once: how it ended, and what it wrote.
fn run_one(module: &Module, args: &[&str], mut wasi: Wasi) -> (Result<i32, Error>, String) {
    let written = Written::default();
    wasi.stdout(written.write());
    for arg in ["probe"].iter().chain(args) {
        wasi.arg(*arg).unwrap();
    }
    let mut store = Store::new(module.engine());
    let status = instance(&mut store, module, &wasi).run(&mut store);
    (status, written.take())
}

/// The same in both forms, which have to agree; it must end well.
fn run(args: &[&str], wasi: &Wasi) -> String {
    static PROBES: LazyLock<Vec<Module>> = LazyLock::new(|| probes(&Config::new()));
    let all = PROBES.iter().map(|module| run_one(module, args, wasi.clone()));
    let mut all = all.map(|(status, written)| {
        assert_eq!(status.unwrap(), 0, "{args:?} {written}");
        written
    });
    let (core, component) = (all.next().unwrap(), all.next().unwrap());
    assert_eq!(core, component, "{args:?}");
    core
}

/// A folder for one test, empty.
fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("wasi").join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

#[test]
fn nothing_is_given() {
    let nothing = Wasi::new();
    assert_eq!(run(&["args"], &nothing), "[probe]\n[args]\n");
    assert_eq!(run(&["env"], &nothing), "");
    assert_eq!(run(&["cat"], &nothing), "");
    for path in ["/", ".", "/etc", "..", "/etc/passwd"] {
        let told = run(&["list", path], &nothing);
        assert!(told.starts_with(&format!("{path}: errno ")), "{told}");
        let told = run(&["read", path], &nothing);
        assert!(told.starts_with(&format!("{path}: errno ")), "{told}");
    }
}

#[test]
fn arguments_and_environment() {
    let mut wasi = Wasi::new();
    wasi.env("B", "2").unwrap().env("A", "ü 🦀").unwrap().env("B", "").unwrap();
    assert_eq!(run(&["env"], &wasi), "B=\nA=ü 🦀\n");
    assert_eq!(run(&["args", "", "ü 🦀"], &wasi), "[probe]\n[args]\n[]\n[ü 🦀]\n");
    assert_eq!(wasi.arg("a\0b").unwrap_err().kind(), ErrorKind::BadText);
    for (name, value) in [("", "1"), ("A=B", "1"), ("A\0", "1"), ("A", "\0")] {
        assert_eq!(wasi.env(name, value).unwrap_err().kind(), ErrorKind::BadText);
    }
    wasi.inherit_env();
    assert!(run(&["env"], &wasi).contains("\nPATH="));
}

#[test]
fn standard_input() {
    let mut wasi = Wasi::new();
    let long = "all of it\n".repeat(20_000);
    wasi.stdin_bytes(long.as_bytes());
    assert_eq!(run(&["cat"], &wasi), long);

    let path = folder("input").join("file");
    std::fs::write(&path, "of a file").unwrap();
    for module in probes(&Config::new()) {
        let mut wasi = Wasi::new();
        wasi.stdin_file(&path).unwrap();
        let (status, written) = run_one(&module, &["cat"], wasi);
        assert_eq!((status.unwrap(), &*written), (0, "of a file"));

        let mut wasi = Wasi::new();
        let pieces = Mutex::new(vec!["", "two", "one "]);
        wasi.stdin(move |room| {
            let next = pieces.lock().unwrap().pop().unwrap_or_default();
            room[..next.len()].copy_from_slice(next.as_bytes());
            Ok(next.len())
        });
        let (status, written) = run_one(&module, &["cat"], wasi);
        assert_eq!((status.unwrap(), &*written), (0, "one two"));

        let mut wasi = Wasi::new();
        wasi.stdin(|_| Err(io::Error::other("no")));
        let (status, _) = run_one(&module, &["cat"], wasi);
        assert_ne!(status.unwrap(), 0);
    }
    let missing = Wasi::new().stdin_file(path.join("none")).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::UnreadableFile);
}

#[test]
fn standard_output() {
    let path = folder("output").join("file");
    for module in probes(&Config::new()) {
        let errors = Written::default();
        let mut wasi = Wasi::new();
        wasi.stderr(errors.write());
        let (status, written) = run_one(&module, &["both"], wasi);
        assert_eq!((status.unwrap(), &*written, &*errors.take()), (0, "out\n", "err\n"));

        let mut wasi = Wasi::new();
        wasi.arg("probe").unwrap().arg("both").unwrap().stdout_file(&path).unwrap();
        let mut store = Store::new(module.engine());
        assert_eq!(instance(&mut store, &module, &wasi).run(&mut store).unwrap(), 0);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "out\n");
    }
}

#[test]
fn output_by_line() {
    for module in probes(&Config::new()) {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let mut wasi = Wasi::new();
        wasi.arg("probe").unwrap().arg("part").unwrap().arg("0").unwrap();
        let all = lines.clone();
        wasi.stdout_lines(move |line| {
            all.lock().unwrap().push(String::from_utf8_lossy(line).into_owned());
            Ok(())
        });
        let mut store = Store::new(module.engine());
        assert_eq!(instance(&mut store, &module, &wasi).run(&mut store).unwrap(), 0);
        assert_eq!(*lines.lock().unwrap(), ["whole\n", "part"]);
    }
}

#[test]
fn folders() {
    let path = folder("folders");
    std::fs::write(path.join("note"), "a note\n").unwrap();
    std::fs::create_dir(path.join("within")).unwrap();
    let mut wasi = Wasi::new();
    wasi.preopen_dir(&path, "/d", Access::Read).unwrap();
    assert_eq!(run(&["read", "/d/note"], &wasi), "/d/note: ok\na note\n");
    assert_eq!(run(&["list", "/d"], &wasi), "/d: ok\n- note\n- within\n");
    // Nothing can be changed.
    for change in [
        &["write", "/d/note", "x"][..],
        &["write", "/d/new", "x"],
        &["mkdir", "/d/new"],
        &["remove", "/d/note"],
        &["rename", "/d/note", "/d/other"],
        &["link", "note", "/d/other"],
    ] {
        let told = run(change, &wasi);
        assert!(told.contains(": errno "), "{change:?} {told}");
    }
    assert_eq!(std::fs::read(path.join("note")).unwrap(), b"a note\n");
    assert_eq!(std::fs::read_dir(&path).unwrap().count(), 2);

    let mut wasi = Wasi::new();
    wasi.preopen_dir(&path, "/ü", Access::ReadWrite).unwrap();
    assert_eq!(run(&["write", "/ü/new", "text"], &wasi), "/ü/new: ok\nwrite: ok\n");
    assert_eq!(std::fs::read(path.join("new")).unwrap(), b"text");

    let missing = Wasi::new().preopen_dir(path.join("none"), "/", Access::Read).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::UnreadableFile);
    let gone = path.join("within");
    wasi.preopen_dir(&gone, "/w", Access::Read).unwrap();
    std::fs::remove_dir(&gone).unwrap();
    let mut store = Store::new(&Engine::default());
    assert_eq!(store.set_wasi(&wasi).unwrap_err().kind(), ErrorKind::UnreadableFile);
}

#[test]
fn paths_do_not_leave_their_folder() {
    let outside = folder("escape");
    std::fs::write(outside.join("secret"), "secret\n").unwrap();
    let inside = outside.join("inside");
    std::fs::create_dir(&inside).unwrap();
    std::fs::write(inside.join("known"), "known\n").unwrap();
    let absolute = outside.join("secret");
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink("../secret", inside.join("relative")).unwrap();
        symlink(&absolute, inside.join("absolute")).unwrap();
        symlink("..", inside.join("up")).unwrap();
        symlink("known", inside.join("fine")).unwrap();
    }
    let mut wasi = Wasi::new();
    wasi.preopen_dir(&inside, "/d", Access::ReadWrite).unwrap();
    let absolute = absolute.to_str().unwrap();
    for path in [
        "/d/../secret",
        "/d/relative",
        "/d/absolute",
        "/d/up/secret",
        "/d/./../inside/../secret",
        "/secret",
        "secret",
        "../secret",
        absolute,
        &format!("/d/{absolute}"),
    ] {
        let told = run(&["read", path], &wasi);
        assert!(told.contains(": errno ") && !told.contains("secret\nsecret"), "{path} {told}");
        let told = run(&["write", path, "gone"], &wasi);
        // What is made within the folder is the guest's own affair.
        assert_eq!(std::fs::read(outside.join("secret")).unwrap(), b"secret\n", "{path} {told}");
    }
    // Links that the guest makes lead nowhere else.
    for (target, name) in [("../secret", "/d/own"), (absolute, "/d/own2"), ("..", "/d/own3")] {
        let _ = run_one(&probes(&Config::new())[0], &["link", target, name], wasi.clone());
        let through = if target == ".." { format!("{name}/secret") } else { name.to_owned() };
        let told = run(&["read", &through], &wasi);
        assert!(told.contains(": errno "), "{name} {told}");
    }
    for (from, to) in [("/d/known", "/d/../stolen"), ("/d/../secret", "/d/stolen")] {
        let told = run(&["rename", from, to], &wasi);
        assert!(told.contains(": errno "), "{from} {told}");
    }
    assert!(run(&["remove", "/d/../secret"], &wasi).contains(": errno "));
    #[cfg(unix)]
    assert_eq!(run(&["read", "/d/fine"], &wasi), "/d/fine: ok\nknown\n");
    assert!(!outside.join("stolen").exists());
    assert_eq!(std::fs::read(outside.join("secret")).unwrap(), b"secret\n");
}

#[test]
fn clocks_and_random_numbers_that_repeat() {
    let mut wasi = Wasi::new();
    wasi.fixed_clocks(1_000_000_000_000_000_000, 7).random_seed(42);
    let told = run(&["clocks"], &wasi);
    let lines: Vec<_> = told.lines().collect();
    assert!(lines[0].starts_with("1000000000.0000000"), "{told}");
    assert_eq!(lines[1][..lines[1].len() - 3], lines[2][..lines[2].len() - 3]);
    assert_ne!(lines[1], lines[2]);
    assert_eq!(told, run(&["clocks"], &wasi));
    let random = run(&["random"], &wasi);
    assert_eq!(random, run(&["random"], &wasi));
    assert_ne!(random, run(&["random"], wasi.random_seed(43)));
    let modules = probes(&Config::new());
    let real = |what| run_one(&modules[0], &[what], Wasi::new()).1;
    assert_ne!(real("random"), real("random"));
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let told: u64 = real("clocks").split_once('.').unwrap().0.parse().unwrap();
    assert!(told.abs_diff(now) < 600);
}

#[test]
fn exit_codes() {
    for module in probes(&Config::new()) {
        for status in [0, 1, 3, 42, 126, 255, -1] {
            let (ended, _) = run_one(&module, &["exit", &status.to_string()], Wasi::new());
            // A component of preview 1 tells only whether it failed.
            let expected = if module.is_component() { i32::from(status != 0) } else { status };
            assert_eq!(ended.unwrap(), expected);
        }
        // In a call it is a trap with a number of its own.
        let mut wasi = Wasi::new();
        wasi.arg("probe").unwrap().arg("exit").unwrap().arg("3").unwrap();
        let mut store = Store::new(module.engine());
        let instance = instance(&mut store, &module, &wasi);
        let name = if module.is_component() { "wasi:cli/run#run" } else { "_start" };
        let start = instance.func(&mut store, name).unwrap();
        let mut results = vec![Val::I32(0); start.ty().results().len()];
        let error = start.call(&mut store, &[], &mut results).unwrap_err();
        let trap = error.trap().unwrap();
        assert_eq!(trap.code(), Some(TrapCode::Exited));
        assert_eq!(trap.exit_status(), Some(if module.is_component() { 1 } else { 3 }));
        assert!(trap.message().contains("exited"), "{trap}");
        // A component is dead then, and the store goes on.
        let again = start.call(&mut store, &[], &mut results).unwrap_err();
        let kind = if module.is_component() { ErrorKind::Poisoned } else { ErrorKind::Trap };
        assert_eq!(again.kind(), kind);
        self::instance(&mut store, &module, &wasi).run(&mut store).unwrap();
    }
}

#[test]
fn arguments_have_a_limit() {
    let mut wasi = Wasi::new();
    let long = "x".repeat(1 << 20);
    wasi.arg(&long).unwrap();
    assert_eq!(wasi.env("name", long.repeat(2)).unwrap_err().kind(), ErrorKind::OutOfRange);
    assert_eq!(wasi.env(format!("{long}="), "").unwrap_err().kind(), ErrorKind::BadText);
    // What was refused is not counted.
    wasi.env("name", &long[40..]).unwrap();
    assert_eq!(wasi.arg("x").unwrap_err().kind(), ErrorKind::OutOfRange);
}

#[test]
fn output_that_panics() {
    for module in probes(&Config::new()) {
        let mut wasi = Wasi::new();
        wasi.arg("probe").unwrap().arg("trap").unwrap().stdout(|_| panic!("no output"));
        let mut store = Store::new(module.engine());
        let instance = instance(&mut store, &module, &wasi);
        instance.run(&mut store).unwrap_err();
        self::instance(&mut store, &module, &Wasi::new());
    }
}

#[test]
fn traps_during_output() {
    for module in probes(&Config::new()) {
        let (ended, written) = run_one(&module, &["trap"], Wasi::new());
        let error = ended.unwrap_err();
        assert_eq!(error.trap().unwrap().code(), Some(TrapCode::Unreachable), "{error}");
        assert_eq!(error.trap().unwrap().exit_status(), None);
        assert_eq!(written, "before ");
    }
}

#[test]
fn output_that_is_refused() {
    for module in probes(&Config::new()) {
        let taken = Arc::new(Mutex::new(0));
        let sum = taken.clone();
        let mut wasi = Wasi::new();
        wasi.arg("probe").unwrap().arg("spam").unwrap().stdout(move |bytes| {
            let mut sum = sum.lock().unwrap();
            if *sum + bytes.len() > 100_000 {
                return Err(io::Error::other("enough"));
            }
            *sum += bytes.len();
            Ok(())
        });
        let mut store = Store::new(module.engine());
        let ended = instance(&mut store, &module, &wasi).run(&mut store);
        assert_ne!(ended.unwrap(), 0);
        assert!(*taken.lock().unwrap() > 90_000);
    }
}

#[test]
fn limits_of_stores_hold() {
    let mut config = Config::new();
    config.max_memory_bytes(8 << 20).consume_fuel(true);
    for module in probes(&config) {
        let run = |args: &[&str], wasi: &Wasi| {
            let written = Written::default();
            let mut wasi = wasi.clone();
            wasi.stdout(written.write());
            for arg in ["probe"].iter().chain(args) {
                wasi.arg(*arg).unwrap();
            }
            let mut store = Store::new(module.engine());
            store.set_fuel(20_000_000).unwrap();
            let ended = instance(&mut store, &module, &wasi).run(&mut store);
            (ended, written.take())
        };
        let (ended, written) = run(&["grow"], &Wasi::new());
        assert_eq!(ended.unwrap(), 0);
        assert!(written.trim().parse::<u64>().unwrap() < 8, "{written}");
        // Output without end stops with the fuel.
        let (ended, written) = run(&["spam"], &Wasi::new());
        assert_eq!(ended.unwrap_err().trap().unwrap().code(), Some(TrapCode::OutOfFuel));
        assert!(!written.is_empty());

        let path = folder("handles");
        std::fs::write(path.join("file"), "").unwrap();
        let mut wasi = Wasi::new();
        wasi.preopen_dir(&path, "/d", Access::Read).unwrap();
        let (ended, written) = run(&["hoard", "/d/file", "100"], &wasi);
        assert_eq!((ended.unwrap(), &*written), (0, "opened 100\n"));
        wasi.max_handles(50);
        let (ended, written) = run(&["hoard", "/d/file", "100"], &wasi);
        assert_eq!((ended.unwrap_err().kind(), &*written), (ErrorKind::Trap, ""));
    }
}

#[test]
fn deadlines_end_waiting() {
    let mut config = Config::new();
    config.epoch_interruption(true);
    for module in probes(&config) {
        let mut wasi = Wasi::new();
        wasi.arg("probe").unwrap().arg("sleep").unwrap().arg("600000").unwrap();
        let mut store = Store::new(module.engine());
        let instance = instance(&mut store, &module, &wasi);
        store.set_epoch_deadline(1);
        let engine = module.engine().clone();
        let clock = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(100));
            engine.increment_epoch();
        });
        let start = Instant::now();
        let error = instance.run(&mut store).unwrap_err();
        assert_eq!(error.trap().unwrap().code(), Some(TrapCode::Interrupted), "{error}");
        assert!(start.elapsed() < Duration::from_secs(60));
        clock.join().unwrap();
    }
}

/// A host's own runtime is neither entered nor waited for.
#[test]
fn within_tokio() {
    use tokio::runtime::Builder;
    let path = folder("tokio");
    std::fs::write(path.join("file"), "text").unwrap();
    let mut wasi = Wasi::new();
    wasi.preopen_dir(&path, "/d", Access::ReadWrite).unwrap().stdin_bytes(&b"input"[..]);
    let all = || {
        assert_eq!(run(&["read", "/d/file"], &wasi), "/d/file: ok\ntext");
        assert_eq!(run(&["write", "/d/file", "text"], &wasi), "/d/file: ok\nwrite: ok\n");
        assert_eq!(run(&["list", "/d"], &wasi), "/d: ok\n- file\n");
        assert_eq!(run(&["cat"], &wasi), "input");
        assert_eq!(run(&["sleep", "30"], &wasi), "slept\n");
    };
    let current = Builder::new_current_thread().enable_all().build().unwrap();
    current.block_on(async { all() });
    // One without timers.
    Builder::new_current_thread().build().unwrap().block_on(async { all() });
    let many = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    many.block_on(async { all() });
    std::thread::scope(|scope| {
        scope.spawn(|| many.block_on(async { tokio::task::block_in_place(all) }));
    });
    let _entered = many.enter();
    all();
}

/// Functions of the host's beside WASI: a reactor, whose `_initialize` runs first.
#[test]
fn reactors() {
    let engine = Engine::default();
    let module = Module::new(&engine, &bytes("guest-stdio.wasm")).unwrap();
    let written = Written::default();
    let mut wasi = Wasi::new();
    wasi.stdout(written.write()).env("HOME", "/home/ü").unwrap();
    let mut store = Store::new(&engine);
    store.set_wasi(&wasi).unwrap();
    let logged = Arc::new(Mutex::new(Vec::new()));
    let log = logged.clone();
    let log = Func::wrap(&mut store, move |level: witrt::I32, _: witrt::I32| {
        log.lock().unwrap().push(level.0);
    });
    let mut linker = Linker::new();
    linker.define("host", "log", log.clone());
    let by_name = linker.instantiate(&mut store, &module).unwrap();
    // The constructor has called.
    assert_eq!(*logged.lock().unwrap(), [0]);
    // By place, with those that are WASI's left out, or with gaps.
    Instance::new(&mut store, &module, &[log.clone().into()]).unwrap();
    let gaps = module.imports().map(|i| (i.module == "host").then(|| Extern::from(log.clone())));
    let gaps: Vec<_> = gaps.collect();
    Instance::with_imports(&mut store, &module, &gaps).unwrap();
    assert_eq!(*logged.lock().unwrap(), [0, 0, 0]);

    let mut call = |name: &str, args: &[Val<'_>]| {
        let func = by_name.func(&mut store, name).unwrap();
        let mut results = vec![Val::I32(0); func.ty().results().len()];
        func.call(&mut store, args, &mut results).unwrap();
        results.first().cloned()
    };
    assert!(matches!(call("ready", &[]), Some(Val::I32(42))));
    let Some(Val::I32(at)) = call("malloc", &[Val::I32(16)]) else { panic!() };
    let memory = by_name.export(&mut store, "memory").unwrap().unwrap().into_memory().unwrap();
    memory.write(&mut store, at as usize, b"stra\xc3\x9fe\0").unwrap();
    let say = by_name.func(&mut store, "say").unwrap();
    say.call(&mut store, &[Val::I32(at)], &mut [Val::I32(0)]).unwrap();
    assert_eq!(written.take(), "said straße\n");
    // It is no command.
    assert_eq!(by_name.run(&mut store).unwrap_err().kind(), ErrorKind::OutOfRange);

    // Without WASI it is told what is missing, and nothing is called.
    let mut store = Store::new(&engine);
    let error = Linker::new().instantiate(&mut store, &module).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::MissingImport);
    assert!(error.message().contains("\"wasi_snapshot_preview1\" \"fd_write\""), "{error}");
    assert!(error.message().contains("not given WASI"), "{error}");
}

/// What a host defines itself is taken from there.
#[test]
fn definitions_of_the_host_come_first() {
    let engine = Engine::default();
    let module = Module::new(
        &engine,
        br#"(module
        (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
        (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "yield") (result i32) (call $yield))
        (func (export "random") (result i32) (call $random (i32.const 0) (i32.const 8))))"#,
    )
    .unwrap();
    let mut store = Store::new(&engine);
    store.set_wasi(&Wasi::new()).unwrap();
    let mut linker = Linker::new();
    let own = Func::wrap(&mut store, || witrt::I32(77));
    linker.define("wasi_snapshot_preview1", "sched_yield", own);
    let instance = linker.instantiate(&mut store, &module).unwrap();
    for (name, expected) in [("yield", 77), ("random", 0)] {
        let mut results = [Val::I32(-1)];
        instance.func(&mut store, name).unwrap().call(&mut store, &[], &mut results).unwrap();
        assert!(matches!(results[0], Val::I32(n) if n == expected), "{name}");
    }
    let unknown =
        Module::new(&engine, br#"(module (import "wasi_snapshot_preview1" "fd_fly" (func)))"#)
            .unwrap();
    let error = Linker::new().instantiate(&mut store, &unknown).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::MissingImport);
    assert!(error.message().contains("fd_fly"), "{error}");
    let wrong = Module::new(
        &engine,
        br#"(module (import "wasi_snapshot_preview1" "fd_close" (func (param i64))))"#,
    )
    .unwrap();
    let error = Linker::new().instantiate(&mut store, &wrong).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::IncompatibleImport);
}

/// A module with an interface of its own has WASI, too, on both back ends.
#[test]
fn beside_adapters() {
    // Beside one that uses that memory, another one, and none.
    let cases = [
        ("", "string", "i32.const 5", "memory-to-string", Val::from("hello")),
        (OTHER, "string", "i32.const 5", "memory-to-string $other", Val::from("other")),
        ("", "s32", "drop i32.const 7", "i32-to-s32", Val::S32(7)),
    ];
    const OTHER: &str = "(memory $other 1) (data (memory $other) (i32.const 8) \"other\")";
    for back_end in [witrt::BackEnd::Compiled, witrt::BackEnd::Reference] {
        for (memory, ty, second, lift, expected) in &cases {
            let engine = Engine::new(Config::new().back_end(back_end)).unwrap();
            let results = if *ty == "s32" { "i32" } else { "i32 i32" };
            let text = format!(
                r#"(module
                (import "wasi_snapshot_preview1" "fd_write"
                    (func $write (param i32 i32 i32 i32) (result i32)))
                (memory (export "memory") 1)
                {memory}
                (data (i32.const 0) "\08\00\00\00\06\00\00\00hello\n")
                (func $hello (result {results})
                    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))
                    i32.const 8 {second})
                (@interface func (export "hello") (result {ty})
                    call-core $hello
                    {lift}))"#,
            );
            let module = Module::new(&engine, text.as_bytes()).unwrap();
            let written = Written::default();
            let mut wasi = Wasi::new();
            wasi.stdout(written.write());
            let mut store = Store::new(&engine);
            let instance = instance(&mut store, &module, &wasi);
            let mut results = [Val::from("")];
            let hello = instance.func(&mut store, "hello").unwrap();
            hello.call(&mut store, &[], &mut results).unwrap();
            if let (Some(found), Some(expected)) = (results[0].as_str(), expected.as_str()) {
                let text = |of: &witrt::Str<'_>| of.to_string(&store).unwrap();
                assert_eq!(text(found), text(expected));
            } else {
                assert!(matches!(results[0], Val::S32(7)), "{:?}", results[0]);
            }
            assert_eq!(&*written.take(), "hello\n");
        }
    }
}

/// Versions of 0.2 stand for each other; others are told by name, as HTTP is.
#[test]
fn versions_and_what_is_not_there() {
    let engine = Engine::default();
    let mut store = Store::new(&engine);
    let mut wasi = Wasi::new();
    wasi.arg("a").unwrap().arg("bc").unwrap();
    store.set_wasi(&wasi).unwrap();
    let component = |interface: &str| {
        let text = format!(
            r#"(component
            (import "{interface}" (instance $i
                (export "get-arguments" (func (result (list string))))))
            (core module $libc (memory (export "memory") 1)
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64)))
            (core instance $libc (instantiate $libc))
            (core func $get (canon lower (func $i "get-arguments")
                (memory $libc "memory") (realloc (func $libc "realloc"))))
            (core module $main
                (import "" "get" (func $get (param i32)))
                (import "" "memory" (memory 1))
                (func (export "count") (result i32)
                    (call $get (i32.const 8)) (i32.load (i32.const 12))))
            (core instance $main (instantiate $main (with "" (instance
                (export "get" (func $get)) (export "memory" (memory $libc "memory"))))))
            (func (export "count") (result u32) (canon lift (core func $main "count"))))"#
        );
        Module::new(&engine, text.as_bytes()).unwrap()
    };
    for version in ["0.2.0", "0.2.3", "0.2.12", "0.2.99"] {
        let module = component(&format!("wasi:cli/environment@{version}"));
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let count = instance.func(&mut store, "count").unwrap();
        let mut results = [Val::I32(0)];
        count.call(&mut store, &[], &mut results).unwrap();
        assert!(matches!(results[0], Val::U32(2)), "{version}");
    }
    for other in ["wasi:cli/environment@0.3.0", "wasi:http/types@0.2.0", "wasi:nn/tensor@0.2.0"] {
        let error = Linker::new().instantiate(&mut store, &component(other)).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::MissingImport);
        assert!(error.message().contains(&format!("WASI has no {other:?}")), "{error}");
    }
}

/// A component of real tools, with functions of the host's beside WASI.
#[test]
fn components_beside_host_functions() {
    let engine = Engine::default();
    let module = Module::new(&engine, &bytes("guest-wasi.wasm")).unwrap();
    let mut store = Store::new(&engine);
    let written = Written::default();
    let mut wasi = Wasi::new();
    wasi.stdout(written.write());
    store.set_wasi(&wasi).unwrap();
    let mut linker = Linker::new();
    for import in module.imports().filter(|import| !import.module.starts_with("wasi:")) {
        let witrt::ExternType::Func(ty) = &import.ty else { panic!() };
        let name = import.name.clone();
        let func = Func::new(&mut store, ty.clone(), move |_, _, _| {
            Err(Error::host(format!("{name} was called")))
        });
        linker.define(&import.module, &import.name, func);
    }
    let instance = linker.instantiate(&mut store, &module).unwrap();
    let greet = instance.func(&mut store, "greet").unwrap();
    let mut results = [Val::from("")];
    greet.call(&mut store, &[Val::from("Zoë")], &mut results).unwrap();
    let greeting = results[0].as_str().unwrap().to_string(&store).unwrap();
    assert_eq!(greeting, "hello, Zoë! (4 bytes, 3 chars)");
}

/// Sockets are not made where no address is allowed.
#[test]
fn the_network_is_off() {
    let text = r#"(component
        (import "wasi:sockets/network@0.2.0" (instance $net
            (type $code (enum "unknown" "access-denied" "not-supported" "invalid-argument"
                "out-of-memory" "timeout" "concurrency-conflict" "not-in-progress" "would-block"
                "invalid-state" "new-socket-limit" "address-not-bindable" "address-in-use"
                "remote-unreachable" "connection-refused" "connection-reset"
                "connection-aborted" "datagram-too-large" "name-unresolvable"
                "temporary-resolver-failure" "permanent-resolver-failure"))
            (export "error-code" (type (eq $code)))
            (type $family (enum "ipv4" "ipv6"))
            (export "ip-address-family" (type (eq $family)))))
        (alias export $net "error-code" (type $code))
        (alias export $net "ip-address-family" (type $family))
        (import "wasi:sockets/tcp@0.2.0" (instance $tcp
            (export "tcp-socket" (type (sub resource)))))
        (alias export $tcp "tcp-socket" (type $socket))
        (import "wasi:sockets/tcp-create-socket@0.2.0" (instance $create
            (alias outer 1 $code (type $c)) (export "error-code" (type $code (eq $c)))
            (alias outer 1 $family (type $f)) (export "ip-address-family" (type $family (eq $f)))
            (alias outer 1 $socket (type $s)) (export "tcp-socket" (type $socket (eq $s)))
            (export "create-tcp-socket" (func (param "address-family" $family)
                (result (result (own $socket) (error $code)))))))
        (core module $libc (memory (export "memory") 1))
        (core instance $libc (instantiate $libc))
        (core func $create (canon lower (func $create "create-tcp-socket")
            (memory $libc "memory")))
        (core func $drop (canon resource.drop $socket))
        (core module $main
            (import "" "create" (func $create (param i32 i32)))
            (import "" "drop" (func $drop (param i32)))
            (import "" "memory" (memory 1))
            (func (export "create") (result i32)
                (call $create (i32.const 0) (i32.const 8))
                (if (result i32) (i32.load8_u (i32.const 8))
                    (then (i32.load8_u (i32.const 12)))
                    (else (call $drop (i32.load (i32.const 12))) (i32.const 100)))))
        (core instance $main (instantiate $main (with "" (instance
            (export "create" (func $create)) (export "drop" (func $drop))
            (export "memory" (memory $libc "memory"))))))
        (func (export "create") (result u32) (canon lift (core func $main "create"))))"#;
    let engine = Engine::default();
    let module = Module::new(&engine, text.as_bytes()).unwrap();
    let create = |wasi: &Wasi| {
        let mut store = Store::new(&engine);
        store.set_wasi(wasi).unwrap();
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let mut results = [Val::U32(0)];
        let func = instance.func(&mut store, "create").unwrap();
        func.call(&mut store, &[], &mut results).unwrap();
        let Val::U32(answer) = results[0] else { panic!() };
        answer
    };
    let denied = 1;
    assert_eq!(create(&Wasi::new()), denied);
    let mut wasi = Wasi::new();
    wasi.allow_name_lookup();
    assert_eq!(create(&wasi), denied);
    wasi.allow_address("127.0.0.1:80").unwrap();
    assert_eq!(create(&wasi), 100);
}

/// The command: what it inherits, what it is given, how it ends.
#[cfg(feature = "cli")]
#[test]
fn the_command() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let path = folder("command");
    std::fs::write(path.join("note"), "a note\n").unwrap();
    let probe = |form: usize, options: &[&str], args: &[&str]| {
        let file = format!("{}/tests/wasi/{}", env!("CARGO_MANIFEST_DIR"), FILES[form]);
        let mut child = Command::new(env!("CARGO_BIN_EXE_witrt"))
            .arg("run")
            .args(options)
            .arg(file)
            .args(args)
            .env("SECRET", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It may not want any.
        let _ = child.stdin.take().unwrap().write_all(b"piped");
        let out = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
    };
    let dir = |more: &str| format!("{}::/d{more}", path.display());
    for form in [0, 1] {
        let status = |expected| if form == 0 { expected } else { 1 };
        assert_eq!(probe(form, &[], &["exit", "0"]).0, 0);
        assert_eq!(probe(form, &[], &["exit", "42"]).0, status(42));
        let (ended, out, _) = probe(form, &[], &["args", "a b", "--env"]);
        assert!(ended == 0 && out.ends_with("]\n[args]\n[a b]\n[--env]\n"), "{out}");
        assert_eq!(probe(form, &[], &["env"]).1, "");
        assert_eq!(probe(form, &["--env", "K=V=W"], &["env"]).1, "K=V=W\n");
        assert_eq!(probe(form, &[], &["cat"]).1, "piped");
        let note = path.join("note");
        assert_eq!(probe(form, &["--stdin", note.to_str().unwrap()], &["cat"]).1, "a note\n");
        assert_eq!(probe(form, &[], &["both"]), (0, "out\n".into(), "err\n".into()));
        assert!(probe(form, &[], &["read", note.to_str().unwrap()]).1.contains("errno"));
        let read = &["read", "/d/note"][..];
        assert_eq!(probe(form, &["--dir", &dir(":ro")], read).1, "/d/note: ok\na note\n");
        let write = &["write", "/d/new", "x"][..];
        assert!(probe(form, &["--dir", &dir(":ro")], write).1.contains("errno"));
        assert!(!path.join("new").exists());
        probe(form, &["--dir", &dir("")], write);
        std::fs::remove_file(path.join("new")).unwrap();
        let (ended, out, err) = probe(form, &[], &["trap"]);
        assert!(ended == 3 && out == "before " && err.contains("trap: "), "{err}");
    }
    assert_eq!(probe(0, &["--dir", "/no such"], &["args"]).0, 1);
    assert_eq!(probe(0, &["--env", "K"], &["args"]).0, 2);
}
