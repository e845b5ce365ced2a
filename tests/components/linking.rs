//! Instances that serve each other, and names.

use crate::support::{engine, module};
use witrt::{Encoding, Error, ErrorKind, Func, FuncType, Instance, Linker, Module, Store, Val};

/// What comes out of one instance goes into another, and what a host function
/// fails with comes out of the call.
#[test]
fn instances_serve_each_other() {
    let engine = engine(Encoding::Utf8);
    let mut store = Store::new(&engine);
    let solo = Instance::new(&mut store, &module(&engine, "wat/solo-utf16.wasm"), &[]).unwrap();
    let echo = solo.func(&mut store, "echo").unwrap();
    for file in ["wat/mini-utf8.wasm", "wat/mini-compact-utf16.wasm"] {
        let mini = module(&engine, file);
        let instance = Instance::new(&mut store, &mini, &[echo.clone().into()]).unwrap();
        let relay = instance.func(&mut store, "relay").unwrap();
        let mut results = [Val::Bool(false)];
        relay.call(&mut store, &["aé🦀".into()], &mut results).unwrap();
        assert_eq!(results[0].as_str().unwrap().to_string(&store).unwrap(), "aé🦀");
    }
    // All of an instance, under the name of the interface that another imports.
    let text = br#"(component (import "probe:guest/text@1.9.0" (instance $t
          (export "count" (func (param "text" string) (result u32)))))
        (core module $m (memory (export "memory") 1)
          (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 64))
        (core instance $m (instantiate $m))
        (core func $count (canon lower (func $t "count") (memory $m "memory")))
        (core module $n (import "" "count" (func $count (param i32 i32) (result i32)))
          (func (export "go") (param i32 i32) (result i32) (call $count (local.get 0) (local.get 1))))
        (core instance $n (instantiate $n (with "" (instance (export "count" (func $count))))))
        (func (export "go") (param "text" string) (result u32)
          (canon lift (core func $n "go") (memory $m "memory") (realloc (func $m "realloc")))))"#;
    let plain = Instance::new(&mut store, &module(&engine, "c/plain-utf16.wasm"), &[]).unwrap();
    let user = Module::new(&engine, text).unwrap();
    for name in ["probe:guest/text@1.9.0", ""] {
        let mut linker = Linker::new();
        linker.define_instance(&mut store, name, &plain).unwrap();
        let instance = linker.instantiate(&mut store, &user).unwrap();
        let go = instance.func(&mut store, "go").unwrap();
        let mut results = [Val::Bool(false)];
        go.call(&mut store, &["añ🦀".into()], &mut results).unwrap();
        assert!(matches!(results[0], Val::U32(3)));
    }
    let ask = Func::wrap(&mut store, |_: String| Err::<String, _>(Error::host("no answer")));
    let mini = module(&engine, "wat/mini-utf8.wasm");
    let instance = Instance::new(&mut store, &mini, &[ask.into()]).unwrap();
    let relay = instance.func(&mut store, "relay").unwrap();
    let error = relay.call(&mut store, &["x".into()], &mut [Val::Bool(false)]).unwrap_err();
    assert_eq!(error.message(), "no answer");
    let again = relay.call(&mut store, &["x".into()], &mut [Val::Bool(false)]).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Poisoned);
}

/// Names are found as `Module::find_export` says, and imports by semantic version.
#[test]
fn names() {
    let engine = engine(Encoding::Utf8);
    let module = module(&engine, "c/guest-utf8.wasm");
    let exports: Vec<_> = module.exports().map(|export| export.name.clone()).collect();
    let greet = exports.iter().position(|name| name == "probe:guest/text@1.2.0#greet");
    assert!(greet.is_some(), "{exports:?}");
    for name in ["greet", "probe:guest/text#greet", "probe:guest/text.greet@1.2.0"] {
        assert_eq!(module.find_export(name), greet, "{name}");
    }
    let imports: Vec<_> = module.imports().map(|i| (&*i.module, &*i.name)).collect();
    assert!(imports.contains(&("probe:guest/host@1.2.0", "[method]sink.write")), "{imports:?}");
    let mut store = Store::new(&engine);
    let mut linker = Linker::new();
    let ty = FuncType::new([], []);
    let other = Func::new(&mut store, ty, |_, _, _| Ok(()));
    linker.define("probe:guest/host@2.0.0", "log", other);
    let error = linker.instantiate(&mut store, &module).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::MissingImport);
    assert!(error.message().contains("\"log\""), "{error}");
    // A name that several have means none of them.
    let text = r#"(component (core module $m (func (export "f"))) (core instance $i (instantiate $m))
      (func $f (canon lift (core func $i "f"))) (instance $a (export "f" (func $f)))
      (export "a:b/c@1.0.0" (instance $a)) (export "a:b/c@2.0.0" (instance $a)))"#;
    let module = Module::new(&engine, text.as_bytes()).unwrap();
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    assert!(instance.func(&mut store, "a:b/c@1.9.0#f").is_ok());
    for name in ["f", "a:b/c#f", "a:b/c@3.0.0#f"] {
        let error = instance.func(&mut store, name).unwrap_err();
        let told =
            format!("no export is named {name:?}; there is \"a:b/c@1.0.0#f\", \"a:b/c@2.0.0#f\"");
        assert_eq!((error.kind(), error.message()), (ErrorKind::OutOfRange, &*told));
    }
}

/// Instances within interfaces, and core modules: an interface of all that a component
/// exports serves another, which names them by paths.
#[test]
fn instances_and_modules_within() {
    let engine = engine(Encoding::Utf8);
    let mut store = Store::new(&engine);
    let compile = |text: &str| Module::new(&engine, text.as_bytes()).unwrap();
    let given = compile(
        r#"(component
          (core module $m (global (export "g") i32 (i32.const 40))
            (func (export "two") (result i32) (i32.const 2)))
          (core instance $i (instantiate $m))
          (func $two (result u32) (canon lift (core func $i "two")))
          (instance $low (export "two" (func $two)) (export "m" (core module $m)))
          (instance $high (export "low" (instance $low)))
          (export "h:h/high@1.0.0" (instance $high)))"#,
    );
    let user = compile(
        r#"(component
          (import "h:h/high@1.3.0" (instance $high
            (export "low" (instance
              (export "two" (func (result u32)))
              (export "m" (core module (export "g" (global i32))))))))
          (alias export $high "low" (instance $low))
          (core func $two (canon lower (func $low "two")))
          (core instance $m (instantiate (module $low "m")))
          (core module $n (import "" "two" (func $two (result i32))) (import "m" "g" (global i32))
            (func (export "sum") (result i32) (i32.add (call $two) (global.get 0))))
          (core instance $n (instantiate $n
            (with "" (instance (export "two" (func $two)))) (with "m" (instance $m))))
          (func (export "sum") (result u32) (canon lift (core func $n "sum"))))"#,
    );
    let imports: Vec<_> = user.imports().map(|i| (&*i.module, &*i.name)).collect();
    assert_eq!(imports, [("h:h/high@1.3.0#low", "two")]);
    let giver = Instance::new(&mut store, &given, &[]).unwrap();
    assert_eq!(given.exports().next().unwrap().name, "h:h/high@1.0.0#low#two");
    for name in ["two", "h:h/high#low#two", "h:h/high@1.7.0#low#two"] {
        assert!(giver.func(&mut store, name).is_ok(), "{name}");
    }
    let mut linker = Linker::new();
    linker.define_instance(&mut store, "", &giver).unwrap();
    let sum = linker.instantiate(&mut store, &user).unwrap().func(&mut store, "sum").unwrap();
    let mut results = [Val::Bool(false)];
    sum.call(&mut store, &[], &mut results).unwrap();
    assert!(matches!(results[0], Val::U32(42)));
    // Functions can be supplied by hand; a core module only by a linker.
    let two = giver.func(&mut store, "two").unwrap();
    let error = Instance::new(&mut store, &user, &[two.clone().into()]).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::MissingImport);
    assert!(error.message().contains(r#""h:h/high@1.3.0#low" "m""#), "{error}");
    let mut linker = Linker::new();
    linker.define("h:h/high@1.0.0#low", "two", two);
    let error = linker.instantiate(&mut store, &user).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::MissingImport, "{error}");
}

/// All that an instance exports is one interface, under a name of its own.
#[test]
fn an_instance_under_a_name() {
    let engine = engine(Encoding::Utf8);
    let mut store = Store::new(&engine);
    let [given, user] = ["giver.wat", "user.wat"].map(|file| {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/modules/linked/");
        Module::from_file(&engine, format!("{path}{file}")).unwrap()
    });
    let giver = Instance::new(&mut store, &given, &[]).unwrap();
    let mut linker = Linker::new();
    linker.define_instance(&mut store, "giver", &giver).unwrap();
    let error = linker.instantiate(&mut store, &user).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::MissingImport, "{error}");
    linker.define_instance_as(&mut store, "giver", &giver).unwrap();
    let sum = linker.instantiate(&mut store, &user).unwrap().func(&mut store, "sum").unwrap();
    let mut results = [Val::Bool(false)];
    sum.call(&mut store, &[], &mut results).unwrap();
    assert!(matches!(results[0], Val::U32(44)));
}
