//! Resources of the host, and host functions, whose results guests say where to put.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use witrt::{
    BackEnd, Config, Engine, ErrorKind, Extern, Func, Instance, Module, Resource, Store, Val,
};

/// Host resources: a component holds one, lends it back, gives it back, and drops it.
#[test]
fn resources_of_hosts() {
    const TEXT: &str = r#"(component
      (import "a:b/c" (instance $c
        (export "r" (type $r (sub resource)))
        (export "use" (func (param "x" (borrow $r)) (result u32)))
        (export "take" (func (param "x" (own $r)) (result u32)))))
      (alias export $c "r" (type $r))
      (core func $drop (canon resource.drop $r))
      (core func $use (canon lower (func $c "use")))
      (core func $take (canon lower (func $c "take")))
      (core module $m
        (import "" "drop" (func $drop (param i32)))
        (import "" "use" (func $use (param i32) (result i32)))
        (import "" "take" (func $take (param i32) (result i32)))
        (global $held (mut i32) (i32.const 0))
        (func (export "keep") (param i32) (global.set $held (local.get 0)))
        (func (export "lend") (result i32) (call $use (global.get $held)))
        (func (export "give") (result i32) (call $take (global.get $held)))
        (func (export "pass") (result i32) (global.get $held))
        (func (export "drop") (call $drop (global.get $held)))
        (func (export "borrowed") (param i32) (result i32)
          (call $use (local.get 0)) (call $drop (local.get 0)))
        (func (export "leak") (param i32)))
      (core instance $i (instantiate $m (with "" (instance
        (export "drop" (func $drop)) (export "use" (func $use)) (export "take" (func $take))))))
      (func (export "keep") (param "x" (own $r)) (canon lift (core func $i "keep")))
      (func (export "lend") (result u32) (canon lift (core func $i "lend")))
      (func (export "give") (result u32) (canon lift (core func $i "give")))
      (func (export "pass") (result (own $r)) (canon lift (core func $i "pass")))
      (func (export "drop") (canon lift (core func $i "drop")))
      (func (export "borrowed") (param "x" (borrow $r)) (result u32) (canon lift (core func $i "borrowed")))
      (func (export "leak") (param "x" (borrow $r)) (canon lift (core func $i "leak"))))"#;
    struct Thing(u32, Arc<AtomicU32>);
    impl Drop for Thing {
        fn drop(&mut self) {
            self.1.fetch_add(1, Ordering::Relaxed);
        }
    }
    let engine = Engine::default();
    let mut store = Store::new(&engine);
    let module = Module::new(&engine, TEXT.as_bytes()).unwrap();
    let kept: Arc<Mutex<Option<Resource>>> = Arc::default();
    let mut imports: Vec<Extern> = Vec::new();
    for import in module.imports() {
        let witrt::ExternType::Func(ty) = &import.ty else { panic!() };
        let (kept, take) = (kept.clone(), import.name == "take");
        imports.push(
            Func::new(&mut store, ty.clone(), move |_, args, results| {
                let (Val::Own(thing) | Val::Borrow(thing)) = &args[0] else { panic!() };
                let number = thing.data().unwrap().downcast_ref::<Thing>().unwrap().0;
                if take {
                    *kept.lock().unwrap() = Some(thing.clone());
                }
                results[0] = Val::U32(number);
                Ok(())
            })
            .into(),
        );
    }
    let instance = Instance::new(&mut store, &module, &imports).unwrap();
    let dropped = Arc::new(AtomicU32::new(0));
    let thing = |number| Resource::new(Arc::new(Thing(number, dropped.clone())));
    let mut call = |name: &str, args: &[Val<'_>]| {
        let func = instance.func(&mut store, name).unwrap();
        let mut results = [Val::U8(0)];
        func.call(&mut store, args, &mut results).map(|()| results[0].clone())
    };
    let is = |val: witrt::Result<Val<'_>>, number| {
        assert!(matches!(val.unwrap(), Val::U32(n) if n == number))
    };

    let first = thing(7);
    call("keep", &[Val::Own(first.clone())]).unwrap();
    is(call("lend", &[]), 7);
    assert_eq!(call("keep", &[Val::Own(first.clone())]).unwrap_err().kind(), ErrorKind::WrongKind);
    // What comes back is the same thing, and can be given again.
    is(call("give", &[]), 7);
    assert!(Resource::same(&first, kept.lock().unwrap().as_ref().unwrap()));
    call("keep", &[Val::Own(first.clone())]).unwrap();
    let Val::Own(passed) = call("pass", &[]).unwrap() else { panic!() };
    assert!(Resource::same(&first, &passed));
    call("keep", &[Val::Own(passed)]).unwrap();
    drop((first, kept.lock().unwrap().take()));
    assert_eq!(dropped.load(Ordering::Relaxed), 0);
    call("drop", &[]).unwrap();
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
    // A loan ends with the call.
    let second = thing(9);
    is(call("borrowed", &[Val::Borrow(second.clone())]), 9);
    is(call("borrowed", &[Val::Borrow(second.clone())]), 9);
    drop(second.clone());
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
    let error = call("leak", &[Val::Borrow(second.clone())]).unwrap_err();
    assert!(error.message().contains("borrow handles still remain"), "{error}");
    assert_eq!(call("drop", &[]).unwrap_err().kind(), ErrorKind::Poisoned);
    drop(second);
    assert_eq!(dropped.load(Ordering::Relaxed), 2);
}

/// A result of a host function goes where the component says, which is a claim; what
/// it returns is checked.
#[test]
fn results_of_host_functions() {
    const TEXT: &str = r#"(component
      (import "text" (func $text (result string)))
      (core module $libc (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 256))
      (core instance $libc (instantiate $libc))
      (core func $text (canon lower (func $text)
        (memory $libc "memory") (realloc (func $libc "realloc"))))
      (core module $m
        (import "" "text" (func $text (param i32)))
        (import "" "memory" (memory 1))
        (func (export "go") (param i32) (result i32)
          (call $text (local.get 0)) (i32.load offset=4 (local.get 0))))
      (core instance $i (instantiate $m (with "" (instance
        (export "text" (func $text)) (export "memory" (memory $libc "memory"))))))
      (func (export "go") (param "at" u32) (result u32) (canon lift (core func $i "go"))))"#;
    let engine = Engine::default();
    let module = Module::new(&engine, TEXT.as_bytes()).unwrap();
    let run = |at: u32, text: Vec<u8>| {
        let mut store = Store::new(&engine);
        let witrt::ExternType::Func(ty) = module.imports().next().unwrap().ty.clone() else {
            panic!()
        };
        let func = Func::new(&mut store, ty, move |mut cx, _, results| {
            results[0] = Val::String(witrt::Str::from(text.clone()));
            let _ = &mut cx;
            Ok(())
        });
        let instance = Instance::new(&mut store, &module, &[func.into()]).unwrap();
        let mut results = [Val::U8(0)];
        let go = instance.func(&mut store, "go").unwrap();
        go.call(&mut store, &[Val::U32(at)], &mut results).map(|()| format!("{:?}", results[0]))
    };
    assert_eq!(run(8, b"four".to_vec()).unwrap(), "U32(4)");
    assert!(run(9, b"four".to_vec()).unwrap_err().message().contains("not aligned"));
    assert!(run(65532, b"four".to_vec()).unwrap_err().message().contains("out of bounds"));
    let bad = run(8, b"a\xff".to_vec()).unwrap_err();
    assert_eq!((bad.kind(), bad.position()), (ErrorKind::BadText, Some(1)));
}

/// Handles that a component guesses, uses twice, drops twice, keeps too long, or takes
/// for what they are not: traps. The host's things are dropped once.
#[test]
fn handles_that_are_guessed() {
    const TEXT: &str = r#"(component
      (import "a:b/c" (instance $c
        (export "r" (type $r (sub resource)))
        (export "s" (type $s (sub resource)))
        (export "use" (func (param "x" (borrow $r)) (result u32)))
        (export "take" (func (param "x" (own $r)) (result u32)))
        (export "other" (func (param "x" (own $s)) (result u32)))))
      (alias export $c "r" (type $r))
      (core func $drop (canon resource.drop $r))
      (core func $use (canon lower (func $c "use")))
      (core func $take (canon lower (func $c "take")))
      (core func $other (canon lower (func $c "other")))
      (core module $m
        (import "" "drop" (func $drop (param i32)))
        (func (export "drop") (param i32) (result i32) (call $drop (local.get 0)) (i32.const 0))
        (func (export "id") (param i32) (result i32) local.get 0))
      (core instance $i (instantiate $m (with "" (instance (export "drop" (func $drop))))))
      (func (export "keep") (param "x" (own $r)) (result u32) (canon lift (core func $i "id")))
      (func (export "lent") (param "x" (borrow $r)) (result u32) (canon lift (core func $i "id")))
      (func (export "use-at") (param "h" u32) (result u32) (canon lift (core func $use)))
      (func (export "take-at") (param "h" u32) (result u32) (canon lift (core func $take)))
      (func (export "other-at") (param "h" u32) (result u32) (canon lift (core func $other)))
      (func (export "pass-at") (param "h" u32) (result (own $r)) (canon lift (core func $i "id")))
      (func (export "drop-at") (param "h" u32) (result u32) (canon lift (core func $i "drop"))))"#;
    struct Thing(Arc<AtomicU32>);
    impl Drop for Thing {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    // Each step by name, with the handle that was kept, or so far from it; the last fails.
    let all = [
        &[("use-at", 1)][..],
        &[("use-at", -1)],
        &[("use-at", i64::from(u32::MAX) - 1)],
        &[("take-at", 1)],
        &[("pass-at", 7)],
        &[("drop-at", 2)],
        &[("other-at", 0)],
        &[("use-at", 0), ("use-at", 0), ("take-at", 0), ("use-at", 0)],
        &[("take-at", 0), ("take-at", 0)],
        &[("pass-at", 0), ("pass-at", 0)],
        &[("drop-at", 0), ("drop-at", 0)],
        &[("drop-at", 0), ("use-at", 0)],
        &[("lent", 0)],
    ];
    // Functions without resources go by the door, the first time and later.
    let back_ends = [BackEnd::Compiled, BackEnd::Reference];
    for (back_end, steps) in back_ends.into_iter().flat_map(|b| all.map(|steps| (b, steps))) {
        let engine = Engine::new(Config::new().back_end(back_end)).unwrap();
        let module = Module::new(&engine, TEXT.as_bytes()).unwrap();
        let dropped = Arc::new(AtomicU32::new(0));
        let made = {
            let mut store = Store::new(&engine);
            let imports = module.imports().map(|import| {
                let witrt::ExternType::Func(ty) = &import.ty else { panic!() };
                Func::new(&mut store, ty.clone(), |_, args, results| {
                    let (Val::Own(thing) | Val::Borrow(thing)) = &args[0] else { panic!() };
                    assert!(thing.data().unwrap().downcast_ref::<Thing>().is_some());
                    results[0] = Val::U32(1);
                    Ok(())
                })
                .into()
            });
            let imports: Vec<Extern> = imports.collect();
            let instance = Instance::new(&mut store, &module, &imports).unwrap();
            let mut call = |name: &str, arg: Val<'_>| {
                let func = instance.func(&mut store, name).unwrap();
                let mut results = [Val::U8(0)];
                func.call(&mut store, &[arg], &mut results).map(|()| results[0].clone())
            };
            let thing = || Resource::new(Arc::new(Thing(dropped.clone())));
            let Val::U32(kept) = call("keep", Val::Own(thing())).unwrap() else { panic!() };
            for (i, (name, far)) in steps.iter().enumerate() {
                let at = Val::U32((i64::from(kept) + far) as u32);
                let arg = if *name == "lent" { Val::Borrow(thing()) } else { at };
                let outcome = call(name, arg);
                if i + 1 < steps.len() {
                    outcome.unwrap_or_else(|e| panic!("{steps:?}, {i}: {e}"));
                    continue;
                }
                let error = outcome.unwrap_err();
                assert!(error.trap().is_some(), "{steps:?}: {error:?}");
                let again = call("use-at", Val::U32(kept)).unwrap_err();
                assert_eq!(again.kind(), ErrorKind::Poisoned, "{steps:?}");
            }
            1 + u32::from(steps[0].0 == "lent")
        };
        assert_eq!(dropped.load(Ordering::Relaxed), made, "{steps:?}");
    }
}
