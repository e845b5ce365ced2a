//! How guests end, and what makes them.

use super::support::{Written, folder, instance, probes, run, run_one};
use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use witrt::{Access, Config, ErrorKind, Instance, Module, Store, TrapCode, Val, Wasi};

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

/// While it waits a guest goes on for as long as the host grants, and afterwards, too.
#[test]
fn deadlines_that_are_put_off() {
    for module in probes(Config::new().epoch_interruption(true)) {
        let mut wasi = Wasi::new();
        wasi.arg("probe").unwrap().arg("sleep").unwrap().arg("300").unwrap();
        let mut store = Store::new(module.engine());
        let instance = instance(&mut store, &module, &wasi);
        let asked = Arc::new(Mutex::new(0));
        let count = asked.clone();
        let callback = move || {
            // No runtime of the library's is entered where the host is asked.
            assert!(tokio::runtime::Handle::try_current().is_err());
            *count.lock().unwrap() += 1;
            std::num::NonZeroU64::new(1 << 40)
        };
        store.set_epoch_callback(Some(Arc::new(callback))).unwrap();
        store.set_epoch_deadline(1);
        let engine = module.engine().clone();
        let clock = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            engine.increment_epoch();
        });
        assert_eq!(instance.run(&mut store).unwrap(), 0);
        clock.join().unwrap();
        assert_eq!(*asked.lock().unwrap(), 1);
        // Core code of the host's store has the same deadline.
        let text = br#"(module (func (export "f") (loop)))"#;
        let core = Module::new(module.engine(), text).unwrap();
        let core = Instance::new(&mut store, &core, &[]).unwrap();
        core.func(&mut store, "f").unwrap().call(&mut store, &[], &mut []).unwrap();
        assert_eq!(*asked.lock().unwrap(), 1);
    }
}

/// What an instance that came to nothing had of the system is given up at once.
#[test]
fn instances_that_come_to_nothing() {
    let engine = witrt::Engine::default();
    let module = |end: &str| {
        let text = format!(
            r#"(module
            (import "wasi_snapshot_preview1" "fd_write"
                (func $write (param i32 i32 i32 i32) (result i32)))
            (memory (export "memory") 1)
            (data (i32.const 0) "\08\00\00\00\04\00\00\00part")
            (func $main
                (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))
                unreachable)
            {end})"#
        );
        Module::new(&engine, text.as_bytes()).unwrap()
    };
    for end in ["(start $main)", "(export \"_initialize\" (func $main))"] {
        let (module, written) = (module(end), Written::default());
        let mut wasi = Wasi::new();
        wasi.stdout_lines(written.write());
        let mut store = Store::new(&engine);
        store.set_wasi(&wasi).unwrap();
        for _ in 0..3 {
            let error = Instance::new(&mut store, &module, &[]).err().unwrap();
            assert_eq!(error.trap().unwrap().code(), Some(TrapCode::Unreachable), "{error}");
            assert_eq!(written.take(), "part");
        }
        drop(store);
        assert_eq!(written.take(), "");
    }
}

/// Input of the process's own is waited for until the deadline. A process of its own
/// has an input that nobody writes to.
#[test]
fn deadlines_end_waiting_for_inherited_input() {
    const WITHIN: &str = "WITRT_TEST_WAITS_FOR_INPUT";
    if std::env::var_os(WITHIN).is_none() {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["ends::deadlines_end_waiting_for_inherited_input", "--exact", "--nocapture"])
            .env(WITHIN, "1")
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        assert!(child.wait().unwrap().success());
        drop(input);
        return;
    }
    for module in probes(Config::new().epoch_interruption(true)) {
        let mut wasi = Wasi::new();
        wasi.arg("probe").unwrap().arg("cat").unwrap().inherit_stdin();
        let mut store = Store::new(module.engine());
        let instance = instance(&mut store, &module, &wasi);
        store.set_epoch_deadline(1);
        let engine = module.engine().clone();
        let clock = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(100));
            engine.increment_epoch();
        });
        let error = instance.run(&mut store).unwrap_err();
        assert_eq!(error.trap().unwrap().code(), Some(TrapCode::Interrupted), "{error}");
        clock.join().unwrap();
    }
}
