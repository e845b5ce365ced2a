//! The canonical ABI, where guests lie or are at its edges: components written for
//! one rule each.
#![cfg(feature = "component")]

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use witrt::{
    Config, Engine, ErrorKind, Extern, Func, Instance, List, Module, Resource, Store, TrapCode, Val,
};

/// A core module: memory, an allocator that counts, notes what it is asked, grows the
/// memory each time where it is told to, and lies where it is told to.
const CORE: &str = r#"
  (core module $m
    (memory (export "memory") 2)
    (data (i32.const 64) "\01\ee\ee\ee\07\00\00\00")
    (data (i32.const 72) "\02")
    (data (i32.const 80) "\09\00\00\00\ff\ff\ff\ff")
    (global $next (mut i32) (i32.const 4096))
    (global $count (mut i32) (i32.const 0))
    (global $lie (mut i32) (i32.const 0))
    (global $grow (mut i32) (i32.const 0))
    (global $post (mut i32) (i32.const 0))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local i32)
      (i32.store (i32.add (i32.const 1024) (i32.mul (global.get $count) (i32.const 8))) (local.get 2))
      (i32.store (i32.add (i32.const 1028) (i32.mul (global.get $count) (i32.const 8))) (local.get 3))
      (global.set $count (i32.add (global.get $count) (i32.const 1)))
      (if (global.get $grow) (then
        (global.set $next (i32.mul (memory.grow (i32.const 1)) (i32.const 65536)))))
      (local.set 4 (i32.and
        (i32.add (global.get $next) (i32.sub (local.get 2) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get 2))))
      (global.set $next (i32.add (local.get 4) (local.get 3)))
      (i32.add (local.get 4) (global.get $lie)))
    (func (export "id") (param i32) (result i32) local.get 0)
    (func (export "id64") (param i64) (result i64) local.get 0)
    (func (export "idf") (param f32) (result f32) local.get 0)
    (func (export "count") (result i32) global.get $count)
    (func (export "lie") (param i32) (global.set $lie (local.get 0)))
    (func (export "grow") (global.set $grow (i32.const 1)))
    (func (export "posts") (result i32) global.get $post)
    (func (export "post") (param i32) (global.set $post (i32.add (global.get $post) (i32.const 1))))
    (func (export "post0") (global.set $post (i32.add (global.get $post) (i32.const 1))))
    (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "pair") (param i32 i32) (result i32)
      (i32.store (i32.const 16) (local.get 0))
      (i32.store (i32.const 20) (local.get 1))
      (i32.const 16))
    (func (export "len") (param i32 i32) (result i32) local.get 1)
    (func (export "two") (param i32 i32 i32 i32) (result i32)
      (i32.add (i32.load8_u (local.get 0)) (i32.load8_u (local.get 2))))
    (func (export "word") (param i32 i64) (result i64) local.get 1)
    (func (export "many") (param i32) (result i32) local.get 0)
    (func (export "bomb") (result i32) (local i32)
      (loop $l
        (i32.store (i32.add (i32.const 8192) (local.get 0)) (i32.const 0))
        (i32.store (i32.add (i32.const 8196) (local.get 0)) (i32.const 131072))
        (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 8))) (i32.const 16000))))
      (i32.store (i32.const 16) (i32.const 8192))
      (i32.store (i32.const 20) (i32.const 2000))
      (i32.const 16))
    (func (export "trap") unreachable)
    (func (export "spin") (loop $l (br $l))))
  (core instance $i (instantiate $m))
  (alias core export $i "memory" (core memory $mem))
  (alias core export $i "realloc" (core func $realloc))
"#;

struct Guest {
    store: Store,
    instance: Instance,
}

impl Guest {
    fn new(exports: &str) -> Guest {
        Guest::with(&Config::new(), exports)
    }

    fn with(config: &Config, exports: &str) -> Guest {
        let engine = Engine::new(config).unwrap();
        let mut store = Store::new(&engine);
        if store.fuel().is_ok() {
            store.set_fuel(1_000_000).unwrap();
        }
        let text = format!("(component {CORE} {exports})");
        let module = Module::new(&engine, text.as_bytes()).unwrap_or_else(|e| panic!("{e:?}"));
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        Guest { store, instance }
    }

    fn call(&mut self, name: &str, args: &[Val<'_>]) -> witrt::Result<Val<'static>> {
        let func = self.instance.func(&mut self.store, name).unwrap();
        let mut results = vec![Val::U8(0); func.ty().results().len().max(1)];
        func.call(&mut self.store, args, &mut results)?;
        Ok(results.remove(0))
    }

    fn number(&mut self, name: &str, args: &[Val<'_>]) -> u32 {
        match self.call(name, args).unwrap() {
            Val::U32(n) => n,
            other => panic!("{other:?}"),
        }
    }
}

fn lift(name: &str, core: &str, ty: &str, options: &str) -> String {
    format!("(func (export \"{name}\") {ty} (canon lift (core func $i \"{core}\") {options}))\n")
}

const MEM: &str = "(memory $mem) (realloc (func $realloc))";

#[test]
fn scalars_of_guests() {
    let mut guest = Guest::new(
        &[
            ("bool", "bool"),
            ("u8", "u8"),
            ("s8", "s8"),
            ("u16", "u16"),
            ("s16", "s16"),
            ("char", "char"),
        ]
        .map(|(name, ty)| lift(name, "id", &format!("(param \"x\" u32) (result {ty})"), ""))
        .join(""),
    );
    let shows = |guest: &mut Guest, name, bits| match guest.call(name, &[Val::U32(bits)]) {
        Ok(val) => format!("{val:?}"),
        Err(error) => error.message().to_owned(),
    };
    for (name, bits, shown) in [
        ("bool", 0, "Bool(false)"),
        ("bool", 2, "Bool(true)"),
        ("bool", 0x100, "Bool(true)"),
        ("u8", 0xf01, "U8(1)"),
        ("s8", 0x180, "S8(-128)"),
        ("u16", 0x1f002, "U16(61442)"),
        ("s16", 0x18000, "S16(-32768)"),
        ("char", 0x10ffff, "Char('\\u{10ffff}')"),
        ("char", 0xd800, "converted integer out of range for `char`"),
    ] {
        assert_eq!(shows(&mut guest, name, bits), shown, "{name} {bits:#x}");
    }
}

#[test]
fn scalars_of_hosts() {
    let names = ["bool", "s8", "s16", "u8"];
    let ty = |ty| format!("(param \"x\" {ty}) (result u32)");
    let mut guest = Guest::new(&names.map(|name| lift(name, "id", &ty(name), "")).join(""));
    assert_eq!(guest.number("s8", &[Val::S8(-1)]), u32::MAX);
    assert_eq!(guest.number("s16", &[Val::S16(-2)]), u32::MAX - 1);
    assert_eq!(guest.number("u8", &[Val::U8(255)]), 255);
    assert_eq!(guest.number("bool", &[Val::Bool(true)]), 1);
    let mut guest = Guest::new(&lift("f", "idf", "(param \"x\" f32) (result f32)", ""));
    let nan = f32::from_bits(0x7fa0_0001);
    assert!(matches!(guest.call("f", &[Val::F32(nan)]).unwrap(), Val::F32(v) if v.is_nan()));
}

/// Core values that cases share are filled to the end.
#[test]
fn joined_words() {
    let ty = "(type $v' (variant (case \"a\" u32) (case \"b\" f32) (case \"c\" u64) (case \"d\")))
              (export $v \"v\" (type $v'))";
    let mut guest =
        Guest::new(&(ty.to_owned() + &lift("word", "word", "(param \"x\" $v) (result u64)", "")));
    let mut word = |case, payload: Option<Val<'static>>| match guest
        .call("word", &[Val::Variant(case, payload.map(Box::new))])
        .unwrap()
    {
        Val::U64(word) => word,
        other => panic!("{other:?}"),
    };
    assert_eq!(word(2, Some(Val::U64(u64::MAX))), u64::MAX);
    assert_eq!(word(0, Some(Val::U32(u32::MAX))), u64::from(u32::MAX));
    assert_eq!(word(1, Some(Val::F32(1.0))), 0x3f80_0000);
    assert_eq!(word(3, None), 0);
}

/// Results in memory: the discriminant is one byte, a wrong one traps, and so does a
/// pointer that is misaligned or outside.
#[test]
fn results_in_memory() {
    let exports = lift("option", "id", "(param \"at\" u32) (result (option u32))", MEM)
        + &lift("list", "pair", "(param \"at\" u32) (param \"n\" u32) (result (list u64))", MEM)
        + &lift("text", "pair", "(param \"at\" u32) (param \"n\" u32) (result string)", MEM);
    let fails = |name: &str, args: &[u32]| {
        let mut guest = Guest::new(&exports);
        let args: Vec<_> = args.iter().map(|n| Val::U32(*n)).collect();
        let error = guest.call(name, &args).unwrap_err();
        assert!(error.trap().is_some(), "{error:?}");
        assert_eq!(guest.call(name, &args).unwrap_err().kind(), ErrorKind::Poisoned);
        error.message().to_owned()
    };
    let mut guest = Guest::new(&exports);
    let some = guest.call("option", &[Val::U32(64)]).unwrap();
    assert!(matches!(some, Val::Option(Some(val)) if matches!(*val, Val::U32(7))));
    assert_eq!(fails("option", &[72]), "discriminant 2 out of range [0..2)");
    assert_eq!(fails("option", &[65]), "return pointer not aligned");
    assert_eq!(fails("option", &[131068]), "pointer out of bounds of memory");
    let outside = "list pointer/length out of bounds of memory";
    assert_eq!(fails("list", &[0, 0x2000_0001]), outside);
    assert_eq!(fails("list", &[0, u32::MAX]), outside);
    assert_eq!(fails("list", &[131072, 1]), outside);
    assert_eq!(fails("list", &[4, 1]), "list pointer is not aligned");
    assert!(fails("list", &[0x1000_0000, 0]).contains("out of bounds"));
    let list = guest.call("list", &[Val::U32(131072), Val::U32(0)]).unwrap();
    assert!(matches!(list, Val::List(List::U64(all)) if all.is_empty()));
    let text = "string pointer/length out of bounds of memory";
    assert_eq!(fails("text", &[0xdead_beef, 0]), text);
    assert_eq!(fails("text", &[131073, 0]), text);
    assert_eq!(fails("text", &[131071, 2]), text);
    let empty = guest.call("text", &[Val::U32(131072), Val::U32(0)]).unwrap();
    assert_eq!(empty.as_str().unwrap().to_string(&guest.store).unwrap(), "");
}

/// The allocator is asked for empty text and lists too, in order, and for exactly what
/// is needed.
#[test]
fn calls_of_the_allocator() {
    let exports = lift("texts", "len", "(param \"x\" (list string)) (result u32)", MEM)
        + &lift("wide", "len", "(param \"x\" (list u64)) (result u32)", MEM)
        + &lift("text", "len", "(param \"x\" string) (result u32)", MEM)
        + &lift("load", "load", "(param \"at\" u32) (result u32)", "")
        + &lift("count", "count", "(result u32)", "");
    let mut guest = Guest::new(&exports);
    let asked = |guest: &mut Guest| {
        let count = guest.number("count", &[]);
        let load = |guest: &mut Guest, at| guest.number("load", &[Val::U32(at)]);
        (0..count)
            .map(|i| (load(guest, 1024 + i * 8), load(guest, 1028 + i * 8)))
            .collect::<Vec<_>>()
    };
    let texts = ["a", "", "bé"].map(Val::from);
    guest.call("texts", &[Val::List(List::Val(texts.to_vec()))]).unwrap();
    assert_eq!(asked(&mut guest), [(4, 24), (1, 1), (1, 0), (1, 3)]);
    let mut guest = Guest::new(&exports);
    guest.call("wide", &[Val::List(List::U64(Vec::new().into()))]).unwrap();
    guest.call("text", &[Val::from("")]).unwrap();
    guest.call("text", &[Val::from(&"né".encode_utf16().collect::<Vec<_>>()[..])]).unwrap();
    assert_eq!(asked(&mut guest), [(8, 0), (1, 0), (1, 3)]);
}

/// What the allocator answers is a claim, and it may grow the memory.
#[test]
fn allocators_that_lie_and_grow() {
    let exports = lift("wide", "len", "(param \"x\" (list u64)) (result u32)", MEM)
        + &lift("two", "two", "(param \"a\" string) (param \"b\" string) (result u32)", MEM)
        + &lift("lie", "lie", "(param \"x\" u32)", "")
        + &lift("grow", "grow", "", "");
    for (lie, message) in [
        (4, "realloc return: result not aligned"),
        (0x7fff_0000, "realloc return: beyond end of memory"),
    ] {
        let mut guest = Guest::new(&exports);
        guest.call("lie", &[Val::U32(lie)]).unwrap();
        let list = [Val::List(List::U64(vec![1, 2].into()))];
        let error = guest.call("wide", &list).unwrap_err();
        assert_eq!(error.message(), message);
        assert_eq!(guest.call("wide", &list).unwrap_err().kind(), ErrorKind::Poisoned);
    }
    let mut guest = Guest::new(&exports);
    guest.call("grow", &[]).unwrap();
    assert_eq!(guest.number("two", &["a".into(), "b".into()]), 0x61 + 0x62);
}

/// More than sixteen core values: one block, asked for first.
#[test]
fn parameters_in_memory() {
    let params: String = (0..18).map(|i| format!("(param \"p{i}\" u32)")).collect();
    let exports = lift("many", "load", &format!("{params} (result u32)"), MEM)
        + &lift("at", "load", "(param \"at\" u32) (result u32)", "");
    let mut guest = Guest::new(&exports);
    let args: Vec<_> = (0..18).map(|i| Val::U32(100 + i)).collect();
    assert_eq!(guest.number("many", &args), 100);
    assert_eq!(guest.number("at", &[Val::U32(1024)]), 4);
    assert_eq!(guest.number("at", &[Val::U32(1028)]), 72);
    assert_eq!(guest.number("at", &[Val::U32(4096 + 17 * 4)]), 117);
}

/// post-return: once after a result, not after a failure.
#[test]
fn after_the_result() {
    let post = format!("{MEM} (post-return (func $i \"post\"))");
    let exports =
        lift("text", "pair", "(param \"at\" u32) (param \"n\" u32) (result string)", &post)
            + &lift("posts", "posts", "(result u32)", "");
    let mut guest = Guest::new(&exports);
    guest.call("text", &[Val::U32(0), Val::U32(3)]).unwrap();
    guest.call("text", &[Val::U32(0), Val::U32(0)]).unwrap();
    assert_eq!(guest.number("posts", &[]), 2);
    assert!(guest.call("text", &[Val::U32(84), Val::U32(1)]).is_err());
}

/// A guest cannot make the host keep more than it has memory for.
#[test]
fn lists_that_multiply() {
    let mut guest = Guest::new(&lift("bomb", "bomb", "(result (list (list u8)))", MEM));
    let error = guest.call("bomb", &[]).unwrap_err();
    assert!(error.message().contains("too much data"), "{error}");
}

/// Fuel and deadlines of the store hold, and what is left is told.
#[test]
fn limits_of_the_store() {
    let exports =
        lift("spin", "spin", "", "") + &lift("id", "id", "(param \"x\" u32) (result u32)", "");
    let mut config = Config::new();
    config.consume_fuel(true);
    let mut guest = Guest::with(&config, &exports);
    let before = guest.store.fuel().unwrap();
    guest.number("id", &[Val::U32(1)]);
    let after = guest.store.fuel().unwrap();
    assert!(after < before && after > before - 100, "{before} {after}");
    let error = guest.call("spin", &[]).unwrap_err();
    assert_eq!(error.trap().unwrap().code(), Some(TrapCode::OutOfFuel));
    assert_eq!(guest.store.fuel().unwrap(), 0);

    let mut config = Config::new();
    config.epoch_interruption(true);
    let mut guest = Guest::with(&config, &exports);
    assert_eq!(guest.number("id", &[Val::U32(1)]), 1);
    let engine = guest.store.engine().clone();
    guest.store.set_epoch_deadline(2);
    engine.increment_epoch();
    assert_eq!(guest.number("id", &[Val::U32(1)]), 1);
    engine.increment_epoch();
    let error = guest.call("spin", &[]).unwrap_err();
    assert_eq!(error.trap().unwrap().code(), Some(TrapCode::Interrupted));

    let mut config = Config::new();
    config.max_memory_bytes(65536);
    let engine = Engine::new(&config).unwrap();
    let text = format!("(component {CORE})");
    let module = Module::new(&engine, text.as_bytes()).unwrap();
    let error = Instance::new(&mut Store::new(&engine), &module, &[]).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::LimitReached, "{error}");
}

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

/// What is not there yet is named.
#[test]
fn what_is_not_supported() {
    let engine = Engine::default();
    for (text, word) in [
        ("(component (import \"f\" (func async)))", "async"),
        ("(component (import \"f\" (func (param \"x\" (stream u8)))))", "stream"),
        ("(component (import \"m\" (core module)))", "core module"),
    ] {
        let error = Module::new(&engine, text.as_bytes()).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::UnsupportedFormat, "{text}: {error}");
        assert!(error.message().contains(word), "{error}");
    }
}

/// Damaged files are errors, or components that run or trap.
#[test]
fn damaged_components() {
    // What is damaged may run for ever.
    let mut config = Config::new();
    config.consume_fuel(true);
    let engine = Engine::new(&config).unwrap();
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut ran = 0;
    for file in ["wat/solo-utf8.wasm", "wat/mini-compact-utf16.wasm"] {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/modules/components");
        let whole = std::fs::read(format!("{dir}/{file}")).unwrap();
        for _ in 0..200 {
            let mut bytes = whole.clone();
            for _ in 0..1 + random(3) {
                let at = 8 + random(bytes.len() - 8);
                bytes[at] = if random(2) == 0 { random(256) as u8 } else { bytes[at] ^ 1 };
            }
            let Ok(module) = Module::new(&engine, &bytes) else { continue };
            let mut store = Store::new(&engine);
            store.set_fuel(100_000).unwrap();
            let imports = module.imports().filter_map(|import| match &import.ty {
                witrt::ExternType::Func(ty) => {
                    Some(Func::new(&mut store, ty.clone(), |_, _, _| Ok(())).into())
                }
                _ => None,
            });
            let imports: Vec<Extern> = imports.collect();
            let Ok(instance) = Instance::new(&mut store, &module, &imports) else { continue };
            for export in module.exports() {
                let Ok(func) = instance.func(&mut store, &export.name) else { continue };
                let Some(signature) = func.ty().signature().cloned() else { continue };
                let one = |ty: &witrt::wit::Type| match ty.to_string().as_str() {
                    "string" => Val::from("aé🦀"),
                    "u32" => Val::U32(3),
                    "list<s32>" => Val::List(List::S32(vec![1, 2].into())),
                    _ => Val::Record(vec![Val::S32(1), Val::S32(2)]),
                };
                let args: Vec<_> = signature.params.fields.iter().map(|f| one(&f.ty)).collect();
                let mut results = vec![Val::U8(0); signature.results.fields.len()];
                let _ = func.call(&mut store, &args, &mut results);
                ran += 1;
            }
        }
    }
    assert!(ran > 100, "{ran}");
}

/// An allocator that traps, calls itself or the host, or never comes back: a trap, and
/// the instance is done with.
#[test]
fn allocators_that_misbehave() {
    let component = |body: &str| {
        format!(
            r#"(component
      (import "f" (func $f))
      (core func $f (canon lower (func $f)))
      (core module $m (import "" "f" (func $f)) (memory (export "memory") 1)
        (func $realloc (export "realloc") (param i32 i32 i32 i32) (result i32) {body})
        (func (export "len") (param i32 i32) (result i32) local.get 1))
      (core instance $m (instantiate $m (with "" (instance (export "f" (func $f))))))
      (func (export "len") (param "x" string) (result u32)
        (canon lift (core func $m "len") (memory $m "memory") (realloc (func $m "realloc")))))"#
        )
    };
    let mut config = Config::new();
    config.consume_fuel(true);
    let engine = Engine::new(&config).unwrap();
    let again = "(call $realloc (local.get 0) (local.get 1) (local.get 2) (local.get 3))";
    for (body, code, told) in [
        ("unreachable", Some(TrapCode::Unreachable), ""),
        ("(call $f) (i32.const 64)", None, "cannot leave component instance"),
        (again, Some(TrapCode::StackOverflow), ""),
        ("(loop $l (br $l)) unreachable", Some(TrapCode::OutOfFuel), ""),
        ("i32.const 65536", None, "beyond end of memory"),
        ("i32.const -1", None, "beyond end of memory"),
    ] {
        let mut store = Store::new(&engine);
        store.set_fuel(10_000_000).unwrap();
        let called = Arc::new(AtomicU32::new(0));
        let counted = called.clone();
        let f = Func::wrap(&mut store, move || {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        let module = Module::new(&engine, component(body).as_bytes()).unwrap();
        let instance = Instance::new(&mut store, &module, &[f.into()]).unwrap();
        let len = instance.func(&mut store, "len").unwrap();
        let error = len.call(&mut store, &["text".into()], &mut [Val::U8(0)]).unwrap_err();
        let trap = error.trap().unwrap_or_else(|| panic!("{body}: {error:?}"));
        assert!(code.is_none_or(|code| trap.code() == Some(code)), "{body}: {error}");
        assert!(error.message().contains(told), "{body}: {error}");
        let error = len.call(&mut store, &["text".into()], &mut [Val::U8(0)]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Poisoned, "{body}");
        assert_eq!(called.load(Ordering::Relaxed), 0, "{body}");
    }
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
    let engine = Engine::default();
    let module = Module::new(&engine, TEXT.as_bytes()).unwrap();
    // Each step by name, with the handle that was kept, or so far from it; the last fails.
    for steps in [
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
    ] {
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

/// Case numbers that are none, where they come as core values.
#[test]
fn cases_that_are_none() {
    let types = "(type $e' (enum \"a\" \"b\")) (export $e \"e\" (type $e'))
        (type $v' (variant (case \"a\") (case \"b\"))) (export $v \"v\" (type $v'))";
    let one =
        |name: &str, ty: &str| lift(name, "id", &format!("(param \"x\" u32) (result {ty})"), "");
    let exports =
        types.to_owned() + &one("enum", "$e") + &one("variant", "$v") + &one("result", "(result)");
    for name in ["enum", "variant", "result"] {
        let mut guest = Guest::new(&exports);
        guest.call(name, &[Val::U32(1)]).unwrap();
        for wrong in [2, 0x100, u32::MAX] {
            let mut guest = Guest::new(&exports);
            let error = guest.call(name, &[Val::U32(wrong)]).unwrap_err();
            assert_eq!(error.message(), format!("discriminant {wrong} out of range [0..2)"));
            assert_eq!(guest.call(name, &[Val::U32(0)]).unwrap_err().kind(), ErrorKind::Poisoned);
        }
    }
}
