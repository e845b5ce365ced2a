//! Components that call each other through the host, without end.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use witrt::{
    BackEnd, Config, Engine, Extern, ExternType, Func, Instance, Module, Store, TrapCode, Val,
};

const TEXT: &str = r#"(component
  (import "number" (func $number (param "n" u32) (result u32)))
  (import "text" (func $text (param "x" string) (result string)))
  (core module $libc (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 64))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $next)
      (global.set $next (i32.add (global.get $next) (local.get 3)))))
  (core instance $libc (instantiate $libc))
  (core func $number (canon lower (func $number)))
  (core func $text (canon lower (func $text)
    (memory $libc "memory") (realloc (func $libc "realloc"))))
  (core module $m
    (import "" "number" (func $number (param i32) (result i32)))
    (import "" "text" (func $text (param i32 i32 i32)))
    (func (export "number") (param i32) (result i32)
      (call $number (i32.add (local.get 0) (i32.const 1))))
    (func (export "text") (param i32 i32) (result i32)
      (call $text (local.get 0) (local.get 1) (i32.const 16))
      (i32.const 16)))
  (core instance $i (instantiate $m (with "" (instance
    (export "number" (func $number)) (export "text" (func $text))))))
  (func (export "number") (param "n" u32) (result u32) (canon lift (core func $i "number")))
  (func (export "text") (param "x" string) (result string) (canon lift (core func $i "text")
    (memory $libc "memory") (realloc (func $libc "realloc")))))"#;

/// Each call is made in an instance of its own, since one is entered once: a trap of the
/// stack, in every instance on the way, and the store goes on.
#[test]
fn without_end() {
    for (back_end, name) in [BackEnd::Compiled, BackEnd::Reference]
        .into_iter()
        .flat_map(|back_end| ["number", "text"].map(|name| (back_end, name)))
    {
        let engine = Engine::new(Config::new().back_end(back_end)).unwrap();
        let module = Module::new(&engine, TEXT.as_bytes()).unwrap();
        let mut store = Store::new(&engine);
        let imports = Arc::new(Mutex::new(Vec::<Extern>::new()));
        let (made, ends) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
        for import in module.imports() {
            let ExternType::Func(ty) = import.ty.clone() else { panic!("{import:?}") };
            let (shared, module, name) = (imports.clone(), module.clone(), import.name.clone());
            let (made, ends) = (made.clone(), ends.clone());
            let func = Func::new(&mut store, ty, move |mut cx, args, results| {
                made.fetch_add(1, Ordering::Relaxed);
                if ends.load(Ordering::Relaxed) {
                    results[0] = match &args[0] {
                        Val::String(text) => Val::from(text.to_string(&cx)?),
                        Val::U32(n) => Val::U32(*n),
                        other => panic!("{other:?}"),
                    };
                    return Ok(());
                }
                let imports = shared.lock().unwrap().clone();
                let instance = Instance::new(&mut cx, &module, &imports)?;
                instance.func(&mut cx, &name)?.call(&mut cx, args, results)
            });
            imports.lock().unwrap().push(func.into());
        }
        let all = imports.lock().unwrap().clone();
        let arg = || if name == "text" { Val::from("tëxt") } else { Val::U32(7) };
        let instance = Instance::new(&mut store, &module, &all).unwrap();
        let call = |store: &mut Store, instance: &Instance| {
            let func = instance.func(&mut *store, name).unwrap();
            let mut results = [Val::Bool(false)];
            func.call(&mut *store, &[arg()], &mut results)?;
            Ok::<_, witrt::Error>(match &results[0] {
                Val::String(text) => text.to_string(&*store).unwrap(),
                other => format!("{other:?}"),
            })
        };
        let error = call(&mut store, &instance).unwrap_err();
        let code = error.trap().and_then(|trap| trap.code());
        assert_eq!(code, Some(TrapCode::StackOverflow), "{back_end:?} {name}: {error}");
        assert!(made.load(Ordering::Relaxed) > 20, "{made:?}");
        ends.store(true, Ordering::Relaxed);
        let another = Instance::new(&mut store, &module, &all).unwrap();
        let expected = if name == "text" { "tëxt" } else { "U32(8)" };
        assert_eq!(call(&mut store, &another).unwrap(), expected);
        imports.lock().unwrap().clear();
    }
}
