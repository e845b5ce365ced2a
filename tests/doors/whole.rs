//! What a door has to do with an instance, a store and a file.

use crate::twins::{Log, Shape, Twin, Twins, contains, engine, text_of, told_of};
use std::sync::{Arc, Mutex};
use witrt::{
    BackEnd, Config, Engine, Func, FuncType, Instance, Linker, List, Module, Store, Val, ValType,
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

/// Frames of a core module that is imported are told of, whatever it is called.
#[test]
fn modules_of_others() {
    let giver = r#"(component
        (core module $m (@name "witrt's door") (func $fails (export "fails") unreachable))
        (export "m" (core module $m)))"#;
    let taker = r#"(component
        (import "m" (core module $m (export "fails" (func))))
        (core instance $m (instantiate $m))
        (core module $n (import "" "fails" (func $fails)) (func $calls (export "calls") (call $fails)))
        (core instance $n (instantiate $n (with "" (instance $m))))
        (func (export "trap") (canon lift (core func $n "calls"))))"#;
    let told = [BackEnd::Compiled, BackEnd::Reference].map(|back_end| {
        let engine = engine(back_end);
        let [giver, taker] =
            [giver, taker].map(|text| Module::new(&engine, text.as_bytes()).unwrap());
        let mut store = Store::new(&engine);
        let giver = Instance::new(&mut store, &giver, &[]).unwrap();
        let mut linker = Linker::new();
        linker.define_instance(&mut store, "", &giver).unwrap();
        let taker = linker.instantiate(&mut store, &taker).unwrap();
        let trap = taker.func(&mut store, "trap").unwrap();
        told_of(&trap.call(&mut store, &[], &mut []).unwrap_err())
    });
    assert_eq!(told[0], told[1]);
    assert!(told[0].contains("fails") && told[0].contains("calls"), "{}", told[0]);
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

/// An instance whose component is known by calls of others makes its first calls by the
/// door, others by the engine's way; each call of either may be the one that fails.
#[test]
fn first_calls() {
    let calls: [(&str, Vec<Val<'static>>); 9] = [
        ("echo", vec!["short".into()]),
        ("echo", vec!["long text, é ".repeat(900).into()]),
        ("second", vec!["a".into(), Val::S64(1), "é".into()]),
        ("bytes", vec![Val::List(List::U8(b"bytes".as_slice().into()))]),
        ("texts", vec![Val::List(List::Val(vec!["a".into(), "é".into()]))]),
        ("row", vec![Val::Record(vec!["name".into(), Val::U32(7)])]),
        (
            "sum",
            vec![
                Val::S16(1),
                Val::S64(2),
                Val::F32(3.0),
                Val::F64(4.0),
                Val::U8(5),
                Val::Char('c'),
            ],
        ),
        ("number", vec![Val::U32(6)]),
        ("done", vec![]),
    ];
    // What the guest does: it lies, calls whom it may not, and traps in its allocator, and
    // after a return.
    let deeds = [[0; 4], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 2, 0], [0, 0, 0, 1]];
    let deeds = deeds.into_iter().chain([[0, 0, 0, 2], [0, 0, 0, 3]]);
    let be = |[lie, grow, leave, trap]: [u32; 4]| {
        [Val::S32(lie as i32), Val::U32(grow), Val::U32(leave), Val::U32(trap)]
    };
    for (shape, encoding) in
        [(Shape::Whole, ""), (Shape::Resource, ""), (Shape::Whole, "string-encoding=utf16")]
    {
        let mut first = Twins::in_encoding(shape, encoding);
        for (name, args) in &calls {
            first.call(name, args);
        }
        for (deed, (name, args)) in deeds.clone().flat_map(|d| calls.iter().map(move |c| (d, c))) {
            for (is_known, before) in
                [false, true].into_iter().flat_map(|k| [0, 1, 2].map(|n| (k, n)))
            {
                let mut twins = match is_known {
                    true => first.again(shape),
                    false => Twins::in_encoding(shape, encoding),
                };
                (0..before).for_each(|_| drop(twins.call(name, args)));
                twins.call("be", &be(deed));
                let told = twins.call(name, args);
                let is_over = twins.call(name, args).starts_with("Poisoned");
                assert!(!is_over || deed != [0; 4], "{name}: {told}");
                if !is_over {
                    twins.compare_memory();
                }
            }
        }
    }
}
