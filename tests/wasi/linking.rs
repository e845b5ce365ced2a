//! Which imports WASI supplies, beside what the host defines.

use super::support::{Written, bytes, instance};
use std::sync::{Arc, Mutex};
use witrt::{
    Config, Engine, Error, ErrorKind, Extern, ExternType, Func, Instance, Linker, List, Module,
    Store, Val, Wasi,
};

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

/// A component that counts its arguments, which an interface of this name tells.
fn counting(engine: &Engine, interface: &str) -> Module {
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
    Module::new(engine, text.as_bytes()).unwrap()
}

/// Versions of 0.2 stand for each other; others are told by name, as HTTP is.
#[test]
fn versions_and_what_is_not_there() {
    let engine = Engine::default();
    let mut store = Store::new(&engine);
    let mut wasi = Wasi::new();
    wasi.arg("a").unwrap().arg("bc").unwrap();
    store.set_wasi(&wasi).unwrap();
    for version in ["0.2.0", "0.2.3", "0.2.12", "0.2.99"] {
        let module = counting(&engine, &format!("wasi:cli/environment@{version}"));
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let count = instance.func(&mut store, "count").unwrap();
        let mut results = [Val::I32(0)];
        count.call(&mut store, &[], &mut results).unwrap();
        assert!(matches!(results[0], Val::U32(2)), "{version}");
    }
    for other in ["wasi:cli/environment@0.3.0", "wasi:http/types@0.2.0", "wasi:nn/tensor@0.2.0"] {
        let error = Linker::new().instantiate(&mut store, &counting(&engine, other)).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::MissingImport);
        assert!(error.message().contains(&format!("WASI has no {other:?}")), "{error}");
    }
}

/// A component of real tools, with functions of the host's beside WASI.
#[test]
fn components_beside_host_functions() {
    let engine = Engine::default();
    let module = Module::new(&engine, &bytes("../modules/components/c/guest-wasi.wasm")).unwrap();
    let mut store = Store::new(&engine);
    let written = Written::default();
    let mut wasi = Wasi::new();
    wasi.stdout(written.write());
    store.set_wasi(&wasi).unwrap();
    let mut linker = Linker::new();
    for import in module.imports().filter(|import| !import.module.starts_with("wasi:")) {
        let ExternType::Func(ty) = &import.ty else { panic!() };
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

/// An interface of WASI's that a host supplies is the host's, of whichever version: as
/// new as the engine's, or newer.
#[test]
fn interfaces_that_the_host_supplies() {
    let engine = Engine::default();
    let mut wasi = Wasi::new();
    wasi.arg("a").unwrap();
    for (asked, supplied) in [
        ("0.2.0", "0.2.0"),
        ("0.2.12", "0.2.12"),
        ("0.2.12", "0.2.0"),
        ("0.2.99", "0.2.99"),
        ("0.2.0", "0.2.99"),
    ] {
        let module = counting(&engine, &format!("wasi:cli/environment@{asked}"));
        let mut store = Store::new(&engine);
        store.set_wasi(&wasi).unwrap();
        let import = module.imports().next().unwrap().clone();
        let ExternType::Func(ty) = &import.ty else { panic!() };
        let own = Func::new(&mut store, ty.clone(), |_, _, results| {
            results[0] = Val::List(List::Val(["x", "y", "z"].map(Val::from).into()));
            Ok(())
        });
        let mut linker = Linker::new();
        linker.define(&format!("wasi:cli/environment@{supplied}"), &import.name, own);
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let mut results = [Val::I32(0)];
        let count = instance.func(&mut store, "count").unwrap();
        count.call(&mut store, &[], &mut results).unwrap();
        assert!(matches!(results[0], Val::U32(3)), "{asked} {supplied} {:?}", results[0]);
    }
}
