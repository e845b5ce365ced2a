//! Components of components, and instances that serve others through the linker.

use crate::support::{engine, module};
use witrt::{Encoding, Engine, ErrorKind, Instance, Linker, Module, Resource, Store, Val};

/// A memory with an allocator that never gives anything back, and moves what grows.
const LIBC: &str = r#"(core module $libc (memory (export "memory") 4)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local i32)
      (local.set 4 (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.set $next (i32.add (local.get 4) (local.get 3)))
      (memory.copy (local.get 4) (local.get 0)
        (select (local.get 1) (local.get 3) (i32.lt_u (local.get 1) (local.get 3))))
      (local.get 4)))
  (core instance $libc (instantiate $libc))"#;

fn options(encoding: &str) -> String {
    format!(
        "(memory $libc \"memory\") (realloc (func $libc \"realloc\")) string-encoding={encoding}"
    )
}

struct Host {
    engine: Engine,
    store: Store,
}

impl Host {
    fn new(encoding: Encoding) -> Host {
        let engine = engine(encoding);
        Host { store: Store::new(&engine), engine }
    }

    fn compile(&self, text: &str) -> Module {
        Module::new(&self.engine, text.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{text}"))
    }

    fn instance(&mut self, text: &str) -> Instance {
        let module = self.compile(text);
        Instance::new(&mut self.store, &module, &[]).unwrap()
    }

    fn call(&mut self, of: &Instance, name: &str, args: &[Val<'_>]) -> witrt::Result<Val<'static>> {
        let func = of.func(&mut self.store, name).unwrap();
        let mut results = [Val::Bool(false)];
        func.call(&mut self.store, args, &mut results)?;
        Ok(results[0].clone())
    }

    fn text(&mut self, of: &Instance, name: &str, args: &[Val<'_>]) -> String {
        let val = self.call(of, name, args).unwrap();
        val.as_str().unwrap().to_string(&self.store).unwrap()
    }

    fn number(&mut self, of: &Instance, name: &str, args: &[Val<'_>]) -> u32 {
        match self.call(of, name, args).unwrap() {
            Val::U32(n) => n,
            other => panic!("{other:?}"),
        }
    }
}

const ENCODINGS: [&str; 3] = ["utf8", "utf16", "latin1+utf16"];

/// Text that goes through two components, each in an encoding of its own.
#[test]
fn text_through_two() {
    for inner in ENCODINGS {
        for outer in ENCODINGS {
            let text = format!(
                r#"(component
  (component $echo {LIBC}
    (core module $m (import "" "memory" (memory 1))
      (func (export "echo") (param i32 i32) (result i32)
        (i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1))
        (i32.const 16)))
    (core instance $i (instantiate $m (with "" (instance $libc))))
    (func (export "echo") (param "x" string) (result string)
      (canon lift (core func $i "echo") {})))
  (component $relay
    (import "echo" (func $echo (param "x" string) (result string)))
    {LIBC}
    (core func $echo (canon lower (func $echo) {1}))
    (core module $m (import "" "echo" (func $echo (param i32 i32 i32)))
      (func (export "go") (param i32 i32) (result i32)
        (call $echo (local.get 0) (local.get 1) (i32.const 16))
        (i32.const 16)))
    (core instance $i (instantiate $m (with "" (instance (export "echo" (func $echo))))))
    (func (export "go") (param "x" string) (result string)
      (canon lift (core func $i "go") {1})))
  (instance $e (instantiate $echo))
  (instance $r (instantiate $relay (with "echo" (func $e "echo"))))
  (export "go" (func $r "go")))"#,
                options(inner),
                options(outer),
            );
            for encoding in [Encoding::Utf8, Encoding::Utf16] {
                let mut host = Host::new(encoding);
                let instance = host.instance(&text);
                for text in ["", "abc", "é", "Ā", "aé🦀", &"aÿ".repeat(500), &"🦀é".repeat(300)]
                {
                    let units: Vec<u16> = text.encode_utf16().collect();
                    assert_eq!(host.text(&instance, "go", &[text.into()]), text);
                    assert_eq!(host.text(&instance, "go", &[Val::from(&units[..])]), text);
                }
            }
        }
    }
}

/// An interface that is imported goes on to a component within, which serves another
/// one; what comes out is exported under a name of its own.
#[test]
fn instances_passed_on() {
    let text = r#"(component
      (import "a:b/host@1.0.0" (instance $h (export "add" (func (param "n" u32) (result u32)))))
      (component $user
        (import "host" (instance $h (export "add" (func (param "n" u32) (result u32)))))
        (core func $add (canon lower (func $h "add")))
        (core module $m (import "" "add" (func $add (param i32) (result i32)))
          (func (export "twice") (param i32) (result i32) (call $add (call $add (local.get 0)))))
        (core instance $i (instantiate $m (with "" (instance (export "add" (func $add))))))
        (func $twice (param "n" u32) (result u32) (canon lift (core func $i "twice")))
        (instance $out (export "add" (func $twice)))
        (export "out" (instance $out)))
      (instance $one (instantiate $user (with "host" (instance $h))))
      (alias export $one "out" (instance $out))
      (instance $two (instantiate $user (with "host" (instance $out))))
      (alias export $two "out" (instance $last))
      (export "a:b/out@1.0.0" (instance $last))
      (export "again" (instance $out)))"#;
    let mut host = Host::new(Encoding::Utf8);
    let module = host.compile(text);
    let names: Vec<_> = module.exports().map(|export| export.name.clone()).collect();
    assert_eq!(names, ["a:b/out@1.0.0#add", "again#add"]);
    let add = witrt::Func::wrap(&mut host.store, |n: u32| n + 1);
    let instance = Instance::new(&mut host.store, &module, &[add.into()]).unwrap();
    assert_eq!(host.number(&instance, "a:b/out#add", &[Val::U32(5)]), 9);
    assert_eq!(host.number(&instance, "again#add", &[Val::U32(5)]), 7);
}

/// A resource of one component within, used by another and by the host.
#[test]
fn resources_between_components() {
    let text = r#"(component
      (component $store
        (core module $d (global $n (mut i32) (i32.const 0))
          (func (export "dtor") (param i32) (global.set $n (i32.add (global.get $n) (i32.const 1))))
          (func (export "dropped") (result i32) global.get $n)
          (func (export "id") (param i32) (result i32) local.get 0))
        (core instance $d (instantiate $d))
        (type $t (resource (rep i32) (dtor (func $d "dtor"))))
        (core func $new (canon resource.new $t))
        (export $r "r" (type $t))
        (func (export "make") (param "n" u32) (result (own $r)) (canon lift (core func $new)))
        (func (export "get") (param "x" (borrow $r)) (result u32) (canon lift (core func $d "id")))
        (func (export "dropped") (result u32) (canon lift (core func $d "dropped"))))
      (component $user
        (import "s" (instance $s
          (export "r" (type $r (sub resource)))
          (export "make" (func (param "n" u32) (result (own $r))))
          (export "get" (func (param "x" (borrow $r)) (result u32)))))
        (alias export $s "r" (type $r))
        (core func $make (canon lower (func $s "make")))
        (core func $get (canon lower (func $s "get")))
        (core func $drop (canon resource.drop $r))
        (core module $m
          (import "" "make" (func $make (param i32) (result i32)))
          (import "" "get" (func $get (param i32) (result i32)))
          (import "" "drop" (func $drop (param i32)))
          (func $take (export "take") (param i32) (result i32)
            (call $get (local.get 0)) (call $drop (local.get 0)))
          (func (export "peek") (param i32) (result i32)
            (call $get (local.get 0)) (call $drop (local.get 0)))
          (func (export "through") (param i32) (result i32) (call $take (call $make (local.get 0))))
          (func (export "keep") (param i32)))
        (core instance $i (instantiate $m (with "" (instance
          (export "make" (func $make)) (export "get" (func $get)) (export "drop" (func $drop))))))
        (func (export "take") (param "x" (own $r)) (result u32) (canon lift (core func $i "take")))
        (func (export "peek") (param "x" (borrow $r)) (result u32) (canon lift (core func $i "peek")))
        (func (export "through") (param "n" u32) (result u32) (canon lift (core func $i "through")))
        (func (export "keep") (param "x" (borrow $r)) (canon lift (core func $i "keep"))))
      (instance $s (instantiate $store))
      (instance $u (instantiate $user (with "s" (instance $s))))
      (export "a:b/store" (instance $s))
      (export "a:b/user" (instance $u)))"#;
    let mut host = Host::new(Encoding::Utf8);
    let instance = host.instance(text);
    let make = |host: &mut Host, n| match host.call(&instance, "make", &[Val::U32(n)]).unwrap() {
        Val::Own(made) => made,
        other => panic!("{other:?}"),
    };
    assert_eq!(host.number(&instance, "through", &[Val::U32(9)]), 9);
    let (one, two) = (make(&mut host, 5), make(&mut host, 6));
    assert_eq!(host.number(&instance, "get", &[Val::Borrow(one.clone())]), 5);
    assert_eq!(host.number(&instance, "peek", &[Val::Borrow(two.clone())]), 6);
    assert_eq!(host.number(&instance, "take", &[Val::Own(one.clone())]), 5);
    let again = host.call(&instance, "take", &[Val::Own(one)]).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::WrongKind);
    drop(two);
    assert_eq!(host.number(&instance, "dropped", &[]), 3);
    // A loan that is kept ends the instance; nothing is lost.
    let three = make(&mut host, 7);
    let error = host.call(&instance, "keep", &[Val::Borrow(three)]).unwrap_err();
    assert!(error.message().contains("borrow handles still remain"), "{error}");
    assert_eq!(host.call(&instance, "dropped", &[]).unwrap_err().kind(), ErrorKind::Poisoned);
}

/// A component that uses the resource of an interface that it imports.
fn user_of_logbooks() -> String {
    format!(
        r#"(component
      (import "probe:guest/store@1.2.0" (instance $s
        (export "logbook" (type $l (sub resource)))
        (export "[constructor]logbook" (func (param "title" string) (result (own $l))))
        (export "[method]logbook.add" (func (param "self" (borrow $l)) (param "line" string) (result u32)))
        (export "[method]logbook.text" (func (param "self" (borrow $l)) (result string)))))
      (alias export $s "logbook" (type $l))
      {LIBC}
      (core func $new (canon lower (func $s "[constructor]logbook") {0}))
      (core func $add (canon lower (func $s "[method]logbook.add") {0}))
      (core func $text (canon lower (func $s "[method]logbook.text") {0}))
      (core func $drop (canon resource.drop $l))
      (core module $m
        (import "" "new" (func $new (param i32 i32) (result i32)))
        (import "" "add" (func $add (param i32 i32 i32) (result i32)))
        (import "" "text" (func $text (param i32 i32)))
        (import "" "drop" (func $drop (param i32)))
        (global $kept (mut i32) (i32.const 0))
        (func (export "go") (param i32 i32) (result i32) (local i32)
          (local.set 2 (call $new (local.get 0) (local.get 1)))
          (drop (call $add (local.get 2) (local.get 0) (local.get 1)))
          (call $text (local.get 2) (i32.const 16))
          (call $drop (local.get 2))
          (i32.const 16))
        (func (export "read") (param i32) (result i32)
          (call $text (local.get 0) (i32.const 16)) (call $drop (local.get 0)) (i32.const 16))
        (func (export "keep") (param i32) (global.set $kept (local.get 0)))
        (func (export "kept") (result i32) global.get $kept))
      (core instance $i (instantiate $m (with "" (instance
        (export "new" (func $new)) (export "add" (func $add)) (export "text" (func $text))
        (export "drop" (func $drop))))))
      (func (export "go") (param "x" string) (result string) (canon lift (core func $i "go") {0}))
      (func (export "read") (param "x" (own $l)) (result string) (canon lift (core func $i "read") {0}))
      (func (export "peek") (param "x" (borrow $l)) (result string) (canon lift (core func $i "read") {0}))
      (func (export "keep") (param "x" (own $l)) (canon lift (core func $i "keep")))
      (func (export "kept") (result (own $l)) (canon lift (core func $i "kept"))))"#,
        options("utf16")
    )
}

/// An instance of one component stands for an interface that another imports: calls go
/// on to it, and its resources are what the other holds.
#[test]
fn resources_through_the_linker() {
    for file in ["c/guest-utf8.wasm", "c/guest-utf16.wasm"] {
        let mut host = Host::new(Encoding::Utf16);
        let guest = module(&host.engine, file);
        let mut linker = Linker::new();
        for import in guest.imports() {
            let witrt::ExternType::Func(ty) = &import.ty else { panic!() };
            let unused = |_: witrt::Caller<'_>, _: &[Val<'_>], _: &mut [Val<'static>]| {
                Err(witrt::Error::host("unused"))
            };
            let func = witrt::Func::new(&mut host.store, ty.clone(), unused);
            linker.define(&import.module, &import.name, func);
        }
        let store = linker.instantiate(&mut host.store, &guest).unwrap();
        let user = host.compile(&user_of_logbooks());
        let mut linker = Linker::new();
        linker.define_instance(&mut host.store, "probe:guest/store@1.5.0", &store).unwrap();
        let user = linker.instantiate(&mut host.store, &user).unwrap();

        assert_eq!(host.text(&user, "go", &["aé🦀".into()]), "aé🦀\naé🦀");
        assert_eq!(host.number(&store, "live", &[]), 0);
        let make = |host: &mut Host, store: &Instance| match host
            .call(store, "[constructor]logbook", &["first".into()])
            .unwrap()
        {
            Val::Own(made) => made,
            other => panic!("{other:?}"),
        };
        // The host makes one, lends it, has it kept, gets it back, and gives it away.
        let book = make(&mut host, &store);
        assert_eq!(host.text(&user, "peek", &[Val::Borrow(book.clone())]), "first");
        assert_eq!(host.number(&store, "live", &[]), 1);
        assert!(host.call(&user, "keep", &[Val::Own(book.clone())]).is_ok());
        let gone = host.call(&store, "[method]logbook.text", &[Val::Borrow(book.clone())]);
        assert_eq!(gone.unwrap_err().kind(), ErrorKind::WrongKind);
        let Val::Own(back) = host.call(&user, "kept", &[]).unwrap() else { panic!() };
        assert!(Resource::same(&book, &back));
        assert_eq!(host.text(&store, "[method]logbook.text", &[Val::Borrow(book)]), "first");
        assert_eq!(host.text(&user, "read", &[Val::Own(back)]), "first");
        assert_eq!(host.number(&store, "live", &[]), 0);
        // One of a third instance is told when it comes to the one that serves.
        let others = guest.imports().map(|import| {
            let witrt::ExternType::Func(ty) = &import.ty else { panic!() };
            witrt::Func::new(&mut host.store, ty.clone(), |_, _, _| Ok(())).into()
        });
        let others: Vec<_> = others.collect();
        let third = Instance::new(&mut host.store, &guest, &others).unwrap();
        let wrong = make(&mut host, &third);
        let error = host.call(&user, "peek", &[Val::Borrow(wrong)]).unwrap_err();
        assert!(error.message().contains("of another instance"), "{error}");
        assert_eq!(host.number(&store, "live", &[]), 0);
        assert_eq!(host.number(&third, "live", &[]), 0);
    }
}

/// An instance of a core module stands for an interface, where that has numbers only.
#[test]
fn core_instances_as_interfaces() {
    let core = r#"(module
      (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
      (func (export "not") (param i32) (result i32) (i32.shl (i32.eqz (local.get 0)) (i32.const 4)))
      (func (export "low") (param i64) (result i32) (i32.wrap_i64 (local.get 0)))
      (func (export "next") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
      (func (export "half") (param f64) (result f32)
        (f32.demote_f64 (f64.div (local.get 0) (f64.const 2))))
      (func (export "sum") (param i32 i32) (result i32) unreachable))"#;
    let user = |name: &str, ty: &str, core: &str| {
        format!(
            r#"(component
          (import "m:m/math@1.0.0" (instance $m (export "{name}" (func {ty}))))
          (core func $f (canon lower (func $m "{name}")))
          (core module $n (import "" "f" (func $f {core})) (export "f" (func $f)))
          (core instance $n (instantiate $n (with "" (instance (export "f" (func $f))))))
          (func (export "f") {ty} (canon lift (core func $n "f"))))"#
        )
    };
    let mut host = Host::new(Encoding::Utf8);
    let math = host.instance(core);
    let mut linker = Linker::new();
    linker.define_instance(&mut host.store, "m:m/math@1.4.0", &math).unwrap();
    let mut calls = |name: &str, ty: &str, core: &str, args: &[Val<'_>]| {
        let module = host.compile(&user(name, ty, core));
        let instance = linker.instantiate(&mut host.store, &module)?;
        host.call(&instance, "f", args).map(|val| format!("{val:?}"))
    };
    let two = "(param \"a\" s32) (param \"b\" s32) (result s32)";
    let add = calls("add", two, "(param i32 i32) (result i32)", &[Val::S32(-3), Val::S32(1)]);
    assert_eq!(add.unwrap(), "S32(-2)");
    let one = "(param i32) (result i32)";
    for (name, ty, arg, told) in [
        ("not", "(param \"a\" bool) (result bool)", Val::Bool(false), "Bool(true)"),
        ("next", "(param \"a\" s8) (result u8)", Val::S8(-2), "U8(255)"),
        ("next", "(param \"a\" char) (result char)", Val::Char('a'), "Char('b')"),
    ] {
        assert_eq!(calls(name, ty, one, &[arg]).unwrap(), told, "{name} {ty}");
    }
    let low =
        calls("low", "(param \"a\" s64) (result u32)", "(param i64) (result i32)", &[Val::S64(-1)]);
    assert_eq!(low.unwrap(), "U32(4294967295)");
    let half = calls(
        "half",
        "(param \"a\" f64) (result f32)",
        "(param f64) (result f32)",
        &[Val::F64(3.0)],
    );
    assert_eq!(half.unwrap(), "F32(1.5)");
    // What is no character is a trap; text needs more than core code has.
    let bad = calls("next", "(param \"a\" char) (result char)", one, &[Val::Char('\u{10ffff}')]);
    assert!(bad.unwrap_err().trap().is_some());
    let text = r#"(component (import "m:m/math@1.0.0" (instance
        (export "sum" (func (param "a" string) (result u32))))))"#;
    let module = host.compile(text);
    let error = linker.instantiate(&mut host.store, &module).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::IncompatibleImport);
    assert!(error.message().contains("(a: string) -> (u32)"), "{error}");
}

/// Instances that call each other in a long row: an error where the stack ends, and the
/// host goes on.
#[test]
fn long_rows() {
    let mut host = Host::new(Encoding::Utf8);
    let mini = module(&host.engine, "wat/mini-utf8.wasm");
    let ask = witrt::Func::wrap(&mut host.store, |question: String| question);
    let mut first: witrt::Extern = ask.into();
    let mut rows = Vec::new();
    for _ in 0..600 {
        let instance = Instance::new(&mut host.store, &mini, &[first]).unwrap();
        first = instance.func(&mut host.store, "relay").unwrap().into();
        rows.push(instance);
    }
    assert_eq!(host.text(&rows[2], "relay", &["é".into()]), "é");
    match host.call(&rows[599], "relay", &["é".into()]) {
        Ok(val) => assert_eq!(val.as_str().unwrap().to_string(&host.store).unwrap(), "é"),
        // The stack has no room for one more: the guest's, or the thread's.
        Err(error) => {
            let code = error.trap().and_then(|trap| trap.code());
            let is_full = code == Some(witrt::TrapCode::StackOverflow);
            assert!(is_full || error.kind() == ErrorKind::OutOfRange, "{error:?}");
        }
    }
    let other = Instance::new(&mut host.store, &mini, &[first]).unwrap();
    assert_eq!(host.text(&other, "echo", &["é".into()]), "é");
}
