//! Host functions, and hosts that make mistakes: each gets an error that says
//! what and where, and everything goes on.

use std::sync::{Arc, Mutex};
use witrt::{
    Config, Engine, Error, ErrorKind, Extern, ExternRef, Func, FuncType, Global, GlobalType, I32,
    Instance, Limits, Linker, Memory, MemoryType, Module, Store, Str, Table, TableType, Trap,
    TrapCode, Val, ValType,
};

fn instance(store: &mut Store, text: &str, imports: &[(&str, Func)]) -> Instance {
    let module = Module::new(store.engine(), text.as_bytes()).unwrap();
    let mut linker = Linker::new();
    for (name, func) in imports {
        linker.define("host", name, func.clone());
    }
    linker.instantiate(store, &module).unwrap()
}

fn call(store: &mut Store, f: &Func, args: &[Val<'_>]) -> Result<Vec<Val<'static>>, Error> {
    let mut results: Vec<Val<'_>> =
        f.ty().results().iter().map(|t| Val::default_of(*t).unwrap()).collect();
    f.call(store, args, &mut results)?;
    Ok(results)
}

/// `go(string) -> string` calls `host.f` with it.
const THROUGH: &str = r#"(module
  (import "env" "f" (func $f (param i32 i32) (result i32 i32)))
  (memory 1)
  (global $next (mut i32) (i32.const 64))
  (func $alloc (param i32) (result i32)
    (global.get $next)
    (global.set $next (i32.add (global.get $next) (local.get 0))))
  (func $go (param i32 i32) (result i32 i32) (call $f (local.get 0) (local.get 1)))
  (@interface func $host (import "host" "f") (param string) (result string))
  (@interface implement (import "env" "f") (param i32) (param i32) (result i32) (result i32)
    arg.get 0
    arg.get 1
    memory-to-string
    call-adapter $host
    string-to-memory $alloc)
  (@interface func (export "go") (param string) (result string)
    arg.get 0
    string-to-memory $alloc
    call-core $go
    memory-to-string))"#;

fn through(store: &mut Store, f: Func) -> Func {
    let instance = instance(store, THROUGH, &[("f", f)]);
    instance.func(store, "go").unwrap()
}

#[test]
fn closures_have_types() {
    let mut store = Store::new(&Engine::default());
    let f = Func::wrap(&mut store, |s: String| s.to_uppercase());
    let go = through(&mut store, f);
    let results = call(&mut store, &go, &[Val::from("straße")]).unwrap();
    assert_eq!(results[0].as_str().unwrap().to_string(&store).unwrap(), "STRASSE");

    let f = Func::wrap(&mut store, |units: Vec<u16>| -> Result<Vec<u16>, Error> { Ok(units) });
    let go = through(&mut store, f);
    let results = call(&mut store, &go, &[Val::from("añ🦀")]).unwrap();
    assert_eq!(results[0].as_str().unwrap().to_string(&store).unwrap(), "añ🦀");

    let f = Func::wrap(&mut store, |_: witrt::Caller<'_>, a: u8, b: i64| (b, a, I32(7)));
    assert_eq!(f.ty().to_string(), "(u8, s64) -> (s64, u8, i32)");
    let results = call(&mut store, &f, &[Val::U8(3), Val::S64(-9)]).unwrap();
    assert!(matches!(results[..], [Val::S64(-9), Val::U8(3), Val::I32(7)]));
}

#[test]
fn an_error_comes_out_as_itself() {
    let mut store = Store::new(&Engine::default());
    let mark: Arc<Mutex<Option<Trap>>> = Arc::default();
    let kept = mark.clone();
    let f = Func::wrap(&mut store, move |_: String| -> Result<String, Error> {
        let trap = Trap::new("the host says no");
        *kept.lock().unwrap() = Some(trap.clone());
        Err(Error::from(trap).with_payload(Arc::new(7_u32)))
    });
    let go = through(&mut store, f);
    let error = call(&mut store, &go, &[Val::from("x")]).unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Trap, "the host says no"));
    let trap = error.trap().unwrap();
    assert!(Trap::same(trap, mark.lock().unwrap().as_ref().unwrap()));
    assert_eq!(trap.frames().len(), 1, "{:?}", trap.frames());
    assert_eq!(trap.frames()[0].func_name.as_deref(), Some("go"));
    let payload = error.payload().and_then(|p| p.downcast_ref::<u32>());
    assert_eq!(payload, Some(&7));
}

#[test]
fn a_panic_is_a_trap() {
    let mut store = Store::new(&Engine::default());
    let f = Func::wrap(&mut store, |s: String| -> String {
        if s == "panic" { panic!("over {s}") } else { s }
    });
    let go = through(&mut store, f);
    let error = call(&mut store, &go, &[Val::from("panic")]).unwrap_err();
    assert_eq!(error.message(), "a host function panicked: over panic");
    let results = call(&mut store, &go, &[Val::from("fine")]).unwrap();
    assert_eq!(results[0].as_str().unwrap().to_string(&store).unwrap(), "fine");
}

#[test]
fn wrong_results_are_a_trap() {
    let mut store = Store::new(&Engine::default());
    let ty = FuncType::new([ValType::String], [ValType::String]);
    for wrong in [Val::U32(7), Val::String(Str::from(vec![0xd800_u16]))] {
        let f = Func::new(&mut store, ty.clone(), move |_, _, results| {
            results[0] = wrong.clone();
            Ok(())
        });
        let go = through(&mut store, f);
        let error = call(&mut store, &go, &[Val::from("x")]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Trap);
        assert!(error.message().contains("result"), "{error}");
    }
    // The same for a function that core code calls.
    let ty = FuncType::new([], [ValType::I32]);
    let f = Func::new(&mut store, ty, |_, _, results| {
        results[0] = Val::I64(7);
        Ok(())
    });
    let text = r#"(module (import "host" "f" (func $f (result i32)))
        (func (export "go") (result i32) call $f))"#;
    let instance = instance(&mut store, text, &[("f", f)]);
    let go = instance.func(&mut store, "go").unwrap();
    let error = call(&mut store, &go, &[]).unwrap_err();
    assert!(error.message().contains("expected i32, found i64"), "{error}");
}

#[test]
fn callbacks_may_call_back() {
    let mut store = Store::new(&Engine::default());
    let inner: Arc<Mutex<Option<Func>>> = Arc::default();
    let called = inner.clone();
    let ty = FuncType::new([ValType::String], [ValType::String]);
    let f = Func::new(&mut store, ty, move |mut caller, args, results| {
        let text = args[0].as_str().unwrap();
        let again = called.lock().unwrap().clone().unwrap();
        let depth = text.length(&caller, witrt::Encoding::Utf8)?;
        if depth < 5 {
            let longer = text.to_string(&caller)? + "!";
            let mut inner = [Val::from("")];
            again.call(&mut caller, &[Val::from(&longer[..])], &mut inner)?;
            // The argument has survived that the guest ran.
            assert_eq!(text.to_string(&caller)? + "!", longer);
            results[0] = inner[0].clone();
        } else {
            results[0] = args[0].as_str().unwrap().to_string(&caller)?.into();
        }
        Ok(())
    });
    let go = through(&mut store, f);
    *inner.lock().unwrap() = Some(go.clone());
    let results = call(&mut store, &go, &[Val::from("a")]).unwrap();
    assert_eq!(results[0].as_str().unwrap().to_string(&store).unwrap(), "a!!!!");
    inner.lock().unwrap().take();
}

#[test]
fn recursion_through_the_host_is_a_trap() {
    let mut store = Store::new(&Engine::default());
    let inner: Arc<Mutex<Option<Func>>> = Arc::default();
    let called = inner.clone();
    let f = Func::new(&mut store, FuncType::new([], []), move |mut caller, _, _| {
        let again = called.lock().unwrap().clone().unwrap();
        again.call(&mut caller, &[], &mut [])
    });
    *inner.lock().unwrap() = Some(f.clone());
    let error = call(&mut store, &f, &[]).unwrap_err();
    assert_eq!(error.trap().and_then(|t| t.code()), Some(TrapCode::StackOverflow));

    let text = r#"(module (@interface func $f (import "host" "f"))
        (@interface export "go" (func $f)))"#;
    let adapter = instance(&mut store, text, &[("f", f.clone())]);
    *inner.lock().unwrap() = Some(adapter.func(&mut store, "go").unwrap());
    let error = call(&mut store, &f, &[]).unwrap_err();
    assert_eq!(error.trap().and_then(|t| t.code()), Some(TrapCode::StackOverflow));
    inner.lock().unwrap().take();
}

#[test]
fn values_that_do_not_fit() {
    let mut store = Store::new(&Engine::default());
    let f = Func::wrap(&mut store, |a: u32, _: String| a);
    let cases: &[(&[Val<'_>], ErrorKind, Option<usize>)] = &[
        (&[], ErrorKind::WrongCount, None),
        (&[Val::U32(1)], ErrorKind::WrongCount, None),
        (&[Val::S32(1), Val::from("")], ErrorKind::WrongKind, Some(0)),
        (&[Val::U32(1), Val::I32(0)], ErrorKind::WrongKind, Some(1)),
    ];
    for (args, kind, argument) in cases {
        let error = f.call(&mut store, args, &mut [Val::U32(0)]).unwrap_err();
        assert_eq!((error.kind(), error.argument()), (*kind, *argument), "{error}");
    }
    let mut other = Store::new(&Engine::default());
    let error = f.call(&mut other, &[Val::U32(1), Val::from("")], &mut [Val::U32(0)]);
    assert_eq!(error.unwrap_err().kind(), ErrorKind::WrongStore);
}

/// Of a core function, an adapter and a host function.
#[test]
fn room_for_all_results_or_for_none() {
    let mut store = Store::new(&Engine::default());
    const CORE: &str = "(global $ran (mut i32) (i32.const 0))
        (func (export \"f\") (param i32) (result i32 i32)
            (global.set $ran (i32.add (global.get $ran) (i32.const 1)))
            (global.get $ran) (local.get 0))";
    let core = instance(&mut store, &format!("(module {CORE})"), &[]);
    let adapter = format!(
        "(module {CORE} (@interface func (export \"f\") (param u32) (result i32) (result i32)
            arg.get 0 u32-to-i32 call-core 0))"
    );
    let adapter = instance(&mut store, &adapter, &[]);
    let ran = Mutex::new(0);
    let ty = FuncType::new([ValType::I32], [ValType::I32, ValType::I32]);
    let host = Func::new(&mut store, ty, move |_, args, results| {
        *ran.lock().unwrap() += 1;
        results[0] = Val::I32(*ran.lock().unwrap());
        let Val::I32(arg) = args[0] else { panic!("{args:?}") };
        results[1] = Val::I32(arg);
        Ok(())
    });
    let core = core.func(&mut store, "f").unwrap();
    let adapter = adapter.func(&mut store, "f").unwrap();
    for (f, arg) in [(core, Val::I32(7)), (adapter, Val::U32(7)), (host, Val::I32(7))] {
        let args = [arg];
        let error = f.call(&mut store, &args, &mut [Val::I64(9)]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WrongCount);
        assert!(error.to_string().contains("room for 2 results needed, found 1"), "{error}");
        f.call(&mut store, &args, &mut []).unwrap();
        let mut results = [Val::I64(9), Val::I64(9), Val::I64(9)];
        f.call(&mut store, &args, &mut results).unwrap();
        let [Val::I32(ran), Val::I32(7), Val::I64(9)] = results else { panic!("{results:?}") };
        assert_eq!(ran, 2, "it ran where there was room for one result");
    }
}

#[test]
fn imports_that_do_not_fit() {
    let engine = Engine::default();
    let mut store = Store::new(&engine);
    let text = br#"(module (import "env" "a" (func (param i32)))
        (@interface func (import "env" "b") (param u32)))"#;
    let module = Module::new(&engine, text).unwrap();
    let core = Func::wrap(&mut store, |_: I32| ());
    let typed = Func::wrap(&mut store, |_: u32| ());
    let signed = Func::wrap(&mut store, |_: i32| ());
    let ext = |f: &Func| Extern::Func(f.clone());
    Instance::new(&mut store, &module, &[ext(&core), ext(&typed)]).unwrap();
    let cases = [
        (vec![ext(&core)], ErrorKind::WrongCount, None),
        (vec![ext(&typed), ext(&typed)], ErrorKind::IncompatibleImport, Some(0)),
        (vec![ext(&core), ext(&signed)], ErrorKind::IncompatibleImport, Some(1)),
    ];
    for (imports, kind, argument) in cases {
        let error = Instance::new(&mut store, &module, &imports).err().unwrap();
        assert_eq!((error.kind(), error.argument()), (kind, argument), "{error}");
    }
    // What only the engine compares.
    let ty = GlobalType { content: ValType::I32, mutable: false };
    let global = Global::new(&mut store, ty, &Val::I32(1)).unwrap();
    let limits = Limits { min: 1, max: Some(2) };
    let ty = TableType { element: ValType::ExternRef, limits };
    let table = Table::new(&mut store, ty, &Val::ExternRef(None)).unwrap();
    let ty = MemoryType { limits, memory64: false, shared: false };
    let memory = Memory::new(&mut store, ty).unwrap();
    let others = br#"(module (tag (export "tag") (param i32))
        (func (export "f") (param anyref)))"#;
    let others = Module::new(&engine, others).unwrap();
    let others = Instance::new(&mut store, &others, &[]).unwrap();
    let [tag, func] = others.exports(&mut store).unwrap() else { panic!("two exports") };
    let cases = [
        ("(global i64)", global.into()),
        ("(global (mut i32))", global.into()),
        ("(table 1 funcref)", table.into()),
        ("(table 2 externref)", table.into()),
        ("(memory 1 1)", memory.clone().into()),
        ("(memory 2)", memory.into()),
        ("(tag (param i64))", tag.clone()),
        ("(func (param eqref) (result eqref))", func.clone()),
        ("(func (param externref))", func.clone()),
    ];
    for (wanted, given) in cases {
        let text = format!(r#"(module (import "env" "x" {wanted}))"#);
        let user = Module::new(&engine, text.as_bytes()).unwrap();
        let error = Instance::new(&mut store, &user, &[given]).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::IncompatibleImport, "{wanted}: {error}");
    }

    let mut other = Store::new(&engine);
    let error = Instance::new(&mut other, &module, &[ext(&core), ext(&typed)]).err().unwrap();
    assert_eq!((error.kind(), error.argument()), (ErrorKind::WrongStore, Some(0)));
    let mut foreign = Store::new(&Engine::default());
    let error = Instance::new(&mut foreign, &module, &[]).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::WrongStore);
}

#[test]
fn instances_serve_one_another() {
    let mut store = Store::new(&Engine::default());
    // An adapter of core types satisfies a core import, and the reverse.
    let text = r#"(module
      (memory 1)
      (global $next (mut i32) (i32.const 8))
      (func $alloc (param i32) (result i32) i32.const 8)
      (func $twice (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
      (func $first (param i32 i32) (result i32 i32) local.get 0 i32.const 1)
      (func $free (param i32 i32) (i32.store8 (local.get 0) (i32.const 0x2a)))
      (@interface func (export "f") (param i32) (result i32)
        arg.get 0
        call-core $twice)
      (@interface func (export "first") (param string) (result string)
        arg.get 0
        string-to-memory $alloc
        call-core $first
        defer-call-core $free
        memory-to-string))"#;
    let a = instance(&mut store, text, &[]);
    let (f, first) = (a.func(&mut store, "f").unwrap(), a.func(&mut store, "first").unwrap());
    let core = r#"(module (import "host" "f" (func $f (param i32) (result i32)))
      (export "again" (func $f))
      (func (export "g") (param i32) (result i32) (call $f (local.get 0))))"#;
    let b = instance(&mut store, core, &[("f", f.clone())]);
    let g = b.func(&mut store, "g").unwrap();
    assert!(matches!(call(&mut store, &g, &[Val::I32(21)]).unwrap()[..], [Val::I32(42)]));
    let again = b.func(&mut store, "again").unwrap();
    assert!(Func::same(&f, &again), "what was imported is what is exported");

    // Strings from memory to memory.
    let text = r#"(module
      (memory 1)
      (data (i32.const 100) "xyz")
      (func $where (result i32 i32) i32.const 100 i32.const 3)
      (func $alloc (param i32) (result i32) i32.const 200)
      (func $second (param i32 i32 i32 i32) (result i32 i32) local.get 2 local.get 3)
      (@interface func $first (import "host" "first") (param string) (result string))
      (@interface func $g (import "host" "g") (param i32) (result i32))
      (@interface func (export "go") (param string) (result string) (result string)
        call-core $where
        memory-to-string
        string-to-memory $alloc
        arg.get 0
        call-adapter $first
        string-to-memory $alloc
        call-core $second
        memory-to-string
        call-core $where
        memory-to-string
        call-adapter $first)
      (@interface export "g" (func $g)))"#;
    let c = instance(&mut store, text, &[("first", first), ("g", g.clone())]);
    let go = c.func(&mut store, "go").unwrap();
    let results = call(&mut store, &go, &[Val::from("abc")]).unwrap();
    let read = |val: &Val<'_>| val.as_str().unwrap().to_string(&store).unwrap();
    assert_eq!((read(&results[0]), read(&results[1])), ("a".into(), "x".into()));
    let g = c.func(&mut store, "g").unwrap();
    assert!(matches!(call(&mut store, &g, &[Val::I32(4)]).unwrap()[..], [Val::I32(8)]));
}

#[test]
fn references() {
    let mut store = Store::new(&Engine::default());
    let text = r#"(module
      (table $t (export "t") 2 externref)
      (func $put (param externref) (table.set $t (i32.const 0) (local.get 0)))
      (func (export "call") (param funcref) (result funcref) local.get 0)
      (@interface func (export "put") (param externref) (result externref)
        arg.get 0
        defer-call-core $put))"#;
    let a = instance(&mut store, text, &[]);
    let put = a.func(&mut store, "put").unwrap();
    let thing = ExternRef::new(Arc::new(String::from("mine")));
    let results = call(&mut store, &put, &[Val::ExternRef(Some(thing))]).unwrap();
    let [Val::ExternRef(Some(back))] = &results[..] else { panic!("{results:?}") };
    assert_eq!(back.data().unwrap().downcast_ref::<String>().unwrap(), "mine");
    let results = call(&mut store, &put, &[Val::ExternRef(None)]).unwrap();
    assert!(matches!(results[..], [Val::ExternRef(None)]));

    let text = r#"(module (func (export "id") (param funcref) (result funcref) local.get 0)
      (func $null (export "null") (result externref)
        (extern.convert_any (ref.i31 (i32.const 5))))
      (func (export "back") (param externref) (result i32)
        (i31.get_s (ref.cast (ref i31) (any.convert_extern (local.get 0))))))"#;
    let b = instance(&mut store, text, &[]);
    let id = b.func(&mut store, "id").unwrap();
    let f = Func::wrap(&mut store, |n: I32| I32(n.0 + 1));
    let results = call(&mut store, &id, &[Val::FuncRef(Some(f.clone()))]).unwrap();
    let [Val::FuncRef(Some(back))] = &results[..] else { panic!("{results:?}") };
    assert!(Func::same(back, &f));
    let typed = Func::wrap(&mut store, |n: u8| n);
    let error = call(&mut store, &id, &[Val::FuncRef(Some(typed))]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongKind, "core code cannot hold it: {error}");

    // A reference that the guest made out of one of its own.
    let (made, back) = (b.func(&mut store, "null").unwrap(), b.func(&mut store, "back").unwrap());
    let val = call(&mut store, &made, &[]).unwrap();
    assert!(matches!(call(&mut store, &back, &val).unwrap()[..], [Val::I32(5)]));
    let mut other = Store::new(store.engine());
    let b = instance(&mut other, text, &[]);
    let back = b.func(&mut other, "back").unwrap();
    let error = call(&mut other, &back, &val).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongStore);
}

#[test]
fn globals_tables_and_memories() {
    let mut store = Store::new(&Engine::default());
    let ty = GlobalType { content: ValType::I64, mutable: true };
    let global = Global::new(&mut store, ty, &Val::I64(5)).unwrap();
    global.set(&mut store, &Val::I64(6)).unwrap();
    assert!(matches!(global.get(&mut store).unwrap(), Val::I64(6)));
    assert_eq!(global.set(&mut store, &Val::I32(6)).unwrap_err().kind(), ErrorKind::WrongKind);
    let ty = GlobalType { content: ValType::F32, mutable: false };
    let constant = Global::new(&mut store, ty, &Val::F32(1.5)).unwrap();
    let error = constant.set(&mut store, &Val::F32(2.0)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Immutable);
    for content in [ValType::String, ValType::U8] {
        let ty = GlobalType { content, mutable: true };
        let error = Global::new(&mut store, ty, &Val::default_of(content).unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    }

    let limits = Limits { min: 2, max: Some(3) };
    let ty = TableType { element: ValType::FuncRef, limits };
    let table = Table::new(&mut store, ty, &Val::FuncRef(None)).unwrap();
    let f = Func::wrap(&mut store, || ());
    table.set(&mut store, 1, &Val::FuncRef(Some(f.clone()))).unwrap();
    let Val::FuncRef(Some(back)) = table.get(&mut store, 1).unwrap() else { panic!() };
    assert!(Func::same(&back, &f));
    assert_eq!(table.get(&mut store, 2).unwrap_err().kind(), ErrorKind::OutOfRange);
    assert_eq!(table.grow(&mut store, 1, &Val::FuncRef(None)).unwrap(), 2);
    let error = table.grow(&mut store, 1, &Val::FuncRef(None)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitReached);
    let error = table.set(&mut store, 0, &Val::ExternRef(None)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongKind);

    let of = |min, max| MemoryType { limits: Limits { min, max }, memory64: false, shared: false };
    let memory = Memory::new(&mut store, of(1, Some(2))).unwrap();
    memory.write(&mut store, 65_530, b"edge").unwrap();
    let mut bytes = [0; 4];
    memory.read(&store, 65_530, &mut bytes).unwrap();
    assert_eq!(&bytes, b"edge");
    assert_eq!(
        memory.write(&mut store, 65_533, b"edge").unwrap_err().kind(),
        ErrorKind::OutOfRange
    );
    assert_eq!(memory.grow(&mut store, 1).unwrap(), 1);
    assert_eq!(memory.grow(&mut store, 1).unwrap_err().kind(), ErrorKind::LimitReached);
    for (min, max) in [(2, Some(1)), (65_537, None), (0, Some(70_000)), (u64::MAX, None)] {
        let error = Memory::new(&mut store, of(min, max)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutOfRange, "{min} {max:?}");
    }
}

#[test]
fn limits() {
    let mut config = Config::new();
    config.max_memory_bytes(2 * 65_536).max_table_elements(10).max_instances(3);
    config.epoch_interruption(true).max_stack_bytes(128 * 1024);
    let engine = Engine::new(&config).unwrap();
    let mut store = Store::new(&engine);
    let text = r#"(module (memory (export "m") 1)
      (func (export "grow") (result i32) (memory.grow (i32.const 2)))
      (func (export "forever") (loop br 0)))"#;
    let a = instance(&mut store, text, &[]);
    let grow = a.func(&mut store, "grow").unwrap();
    assert!(matches!(call(&mut store, &grow, &[]).unwrap()[..], [Val::I32(-1)]));

    store.set_epoch_deadline(1);
    let ticker = engine.clone();
    let ticking = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(20));
        ticker.increment_epoch();
    });
    let forever = a.func(&mut store, "forever").unwrap();
    let error = call(&mut store, &forever, &[]).unwrap_err();
    assert_eq!(error.trap().and_then(|t| t.code()), Some(TrapCode::Interrupted));
    ticking.join().unwrap();
    store.set_epoch_deadline(1_000_000);

    instance(&mut store, text, &[]);
    instance(&mut store, text, &[]);
    let module = Module::new(&engine, text.as_bytes()).unwrap();
    let error = Instance::new(&mut store, &module, &[]).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::LimitReached, "{error}");
    assert!(matches!(call(&mut store, &grow, &[]).unwrap()[..], [Val::I32(-1)]));
}

#[test]
fn a_precompiled_module_keeps_its_interface() {
    let engine = Engine::default();
    let module = Module::new(&engine, THROUGH.as_bytes()).unwrap();
    let bytes = module.serialize().unwrap();
    // SAFETY: these bytes were made above.
    let again = unsafe { Module::deserialize(&engine, &bytes) }.unwrap();
    assert!(again.imports().eq(module.imports()) && again.exports().eq(module.exports()));
    let mut store = Store::new(&engine);
    let f = Func::wrap(&mut store, |s: String| s + "!");
    let mut linker = Linker::new();
    linker.define("host", "f", f);
    let instance = linker.instantiate(&mut store, &again).unwrap();
    let go = instance.func(&mut store, "go").unwrap();
    let results = call(&mut store, &go, &[Val::from("hey")]).unwrap();
    assert_eq!(results[0].as_str().unwrap().to_string(&store).unwrap(), "hey!");

    let refuse = |bytes: &[u8]| {
        // SAFETY: damaged bytes are found out before they are used.
        let error = unsafe { Module::deserialize(&engine, bytes) }.err().expect("refused");
        assert_eq!(error.kind(), ErrorKind::BadArtefact, "{error}");
    };
    refuse(b"");
    refuse(b"\0asm\x01\0\0\0");
    for len in [8, 20, 24, 100, bytes.len() / 2, bytes.len() - 1] {
        refuse(&bytes[..len]);
    }
    for at in (0..bytes.len()).step_by(bytes.len() / 50) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        refuse(&damaged);
    }
}
