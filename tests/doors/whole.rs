//! What a door has to do with an instance, a store and a file.

use crate::twins::{Log, Shape, Twin, contains, engine, text_of};
use std::sync::{Arc, Mutex};
use witrt::{
    BackEnd, Config, Engine, Func, FuncType, Instance, Linker, Module, Store, Val, ValType,
};

/// A host function cannot enter the instance that calls it; the outer call goes on.
#[test]
fn entering_again() {
    for back_end in [BackEnd::Compiled, BackEnd::Reference] {
        let engine = engine(back_end);
        let module = Module::new(&engine, text_of(Shape::Whole, "").as_bytes()).unwrap();
        let mut store = Store::new(&engine);
        let echo: Arc<Mutex<Option<Func>>> = Arc::default();
        let (inner, told) = (echo.clone(), Log::default());
        let to = told.clone();
        let ty = FuncType::new([ValType::U32], []);
        let note = Func::new(&mut store, ty, move |mut caller, _, _| {
            let func = inner.lock().unwrap().clone().unwrap();
            let error = func.call(&mut caller, &["again".into()], &mut [Val::Bool(false)]);
            to.lock().unwrap().push(format!("{:?}", error.unwrap_err().kind()));
            Ok(())
        });
        let mut linker = Linker::new();
        linker.define("", "note", note);
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let func = instance.func(&mut store, "echo").unwrap();
        *echo.lock().unwrap() = Some(func);
        let note = instance.func(&mut store, "note").unwrap();
        for _ in 0..3 {
            note.call(&mut store, &["text".into()], &mut []).unwrap();
        }
        assert_eq!(*told.lock().unwrap(), ["StoreBusy"; 3]);
    }
}

/// What a store may have is what the component asks for, with a door or without.
#[test]
fn limits() {
    let text = text_of(Shape::Whole, "");
    for back_end in [BackEnd::Compiled, BackEnd::Reference] {
        let made = |memory: usize, instances: usize, component: &str| {
            let mut config = Config::new();
            config.back_end(back_end).max_memory_bytes(memory).max_table_elements(0);
            config.max_instances(instances);
            let engine = Engine::new(&config).unwrap();
            let module = Module::new(&engine, component.as_bytes()).unwrap();
            let mut store = Store::new(&engine);
            let ty = FuncType::new([ValType::U32], []);
            let note = Func::new(&mut store, ty, |_, _, _| Ok(()));
            let imports = [note.into()];
            let imports = if module.imports().len() == 0 { &[] } else { &imports[..] };
            Instance::new(&mut store, &module, imports).map_err(|e| e.message().to_owned())
        };
        assert!(made(2 * 65536, 1, &text).is_ok());
        assert!(made(2 * 65536 - 1, 1, &text).is_err());
        let two = "(component (core module $m (memory 1)) (core instance (instantiate $m))
            (core instance (instantiate $m))
            (core module $f (func (export \"f\") (result i32) (i32.const 7)))
            (core instance $f (instantiate $f))
            (func (export \"f\") (result u32) (canon lift (core func $f \"f\"))))";
        assert!(made(65536, 2, two).is_err());
        assert!(made(65536, 3, two).is_ok());
        // There is no memory, and none is permitted.
        let bare = "(component (core module $f (func (export \"f\") (result i32) (i32.const 7)))
            (core instance $f (instantiate $f))
            (func (export \"f\") (result u32) (canon lift (core func $f \"f\"))))";
        assert!(made(0, 1, bare).is_ok());
    }
}

/// A component that exports what a door would be called by keeps it.
#[test]
fn names_that_are_taken() {
    let engine = engine(BackEnd::Compiled);
    let text = "(component (core module $f (func (export \"f\") (result i32) (i32.const 7)))
        (core instance $f (instantiate $f))
        (func (export \"witrt-door-0\") (result u32) (canon lift (core func $f \"f\"))))";
    let module = Module::new(&engine, text.as_bytes()).unwrap();
    assert!(contains(&module.serialize().unwrap(), b"witrt-door-1"));
    assert_eq!(module.exports().map(|e| e.name.clone()).collect::<Vec<_>>(), ["witrt-door-0"]);
    let mut store = Store::new(&engine);
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    let func = instance.func(&mut store, "witrt-door-0").unwrap();
    let mut results = [Val::Bool(false)];
    func.call(&mut store, &[], &mut results).unwrap();
    assert!(matches!(results[0], Val::U32(7)));
    assert!(instance.func(&mut store, "witrt-door-1").is_err());
}

/// What is precompiled keeps its door, and who wants none does not go by it.
#[test]
fn precompiled() {
    let compiled = engine(BackEnd::Compiled);
    let module = Module::new(&compiled, text_of(Shape::Whole, "").as_bytes()).unwrap();
    let bytes = module.serialize().unwrap();
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("door.cwasm");
    std::fs::write(&path, &bytes).unwrap();
    for engine in [compiled, engine(BackEnd::Reference)] {
        // SAFETY: they were made just now.
        let loaded = unsafe {
            [Module::deserialize(&engine, &bytes), Module::deserialize_file(&engine, &path)]
        };
        for loaded in loaded {
            let loaded = loaded.unwrap();
            assert!(loaded.exports().eq(module.exports()));
            // What a file was mapped from is written again as it was.
            assert_eq!(loaded.serialize().unwrap().len(), bytes.len());
            let mut twin = Twin::new(&engine, &loaded, Shape::Whole).unwrap();
            for _ in 0..3 {
                assert_eq!(twin.call("echo", &["text é".into()]), "\"text é\" []");
                assert_eq!(twin.call("nothing", &[]), " [\"note U32(5)\"]");
            }
        }
    }
}

/// Instances of one component in several stores and on several threads have a door each;
/// what happens to one is nothing to the others.
#[test]
fn many_instances() {
    let engines = [engine(BackEnd::Compiled), engine(BackEnd::Compiled)];
    let modules = engines
        .each_ref()
        .map(|engine| Module::new(engine, text_of(Shape::Resource, "").as_bytes()).unwrap());
    let made = |at: usize| Twin::new(&engines[at], &modules[at], Shape::Resource).unwrap();
    let mut twins = [made(0), made(0), made(1), made(1)];
    for round in 0..3 {
        for (n, twin) in twins.iter_mut().enumerate() {
            let text = format!("{n} in {round}, é");
            assert_eq!(twin.call("echo", &[text.as_str().into()]), format!("{text:?} []"));
            twin.call("poke", &[Val::U32(64), Val::U32(n as u32)]);
        }
        for (n, twin) in twins.iter_mut().enumerate() {
            assert_eq!(twin.call("peek", &[Val::U32(64)]), format!("U64({n}) []"));
        }
    }
    // Two in one store.
    let mut twin = made(0);
    let ty = FuncType::new([ValType::U32], []);
    let note = Func::new(&mut twin.store, ty, |_, _, _| Ok(()));
    let other = Instance::new(&mut twin.store, &modules[0], &[note.into()]).unwrap();
    for _ in 0..3 {
        let echo = other.func(&mut twin.store, "echo").unwrap().typed::<(&str,), String>().unwrap();
        assert_eq!(echo.call(&mut twin.store, ("other",)).unwrap(), "other");
        assert_eq!(twin.call("echo", &["one".into()]), "\"one\" []");
    }
    assert!(twin.call("trap", &["x".into()]).starts_with("Trap"));
    assert!(twin.call("echo", &["one".into()]).starts_with("Poisoned"));
    let echo = other.func(&mut twin.store, "echo").unwrap().typed::<(&str,), String>().unwrap();
    assert_eq!(echo.call(&mut twin.store, ("other",)).unwrap(), "other");
    // Elsewhere, where each is dropped, too.
    let threads = twins.map(|mut twin| {
        std::thread::spawn(move || {
            (0..100).all(|_| twin.call("echo", &["there".into()]) == "\"there\" []")
        })
    });
    assert!(threads.into_iter().all(|thread| thread.join().unwrap()));
}
