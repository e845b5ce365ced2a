//! What modules import, on small modules: text and values with parts for host functions, and
//! what these return.

use crate::forms::{HEAP, attach, calls};
use crate::hosts::linked;
use crate::support::{BACK_ENDS, ENCODINGS, Guest, engine};
use witrt::{Encoding, ExternType, Func, Linker, Module};
use witrt::{Store, Val, Wasi};

/// Numbers that are no case, and bits without names, as arguments of an import.
#[test]
fn arguments_of_imports() {
    let core = r#"
      (import "host" "pick" (func $pick (param i32 i32)))
      (func (export "go") (param i32 i32) (call $pick (local.get 0) (local.get 1)))"#;
    let face = r#"
      convention = "c"
      wit = "go: func(color: u32, rights: u32);"
      imports = """
        enum color { red, green }
        flags rights { read, write }
        pick: func(color: color, rights: rights);
      """
    "#;
    let lines = [
        "go(1, 3) -> ()",
        "go(2, 3) -> Trap: 2 is no case",
        "go(1, 4) -> Trap: flags { read, write }: 0x4 has bits without names",
    ];
    calls(core, face, &lines);
}

/// What the host returns into a buffer, of larger units than bytes: it is in the buffer
/// where that is large enough, and nowhere else.
#[test]
fn buffers_of_imports() {
    let core = r#"
      (import "host" "ask" (func $ask (param i32 i32 i32) (result i32)))
      (data (i32.const 16) "q\00\00\00")
      (func (export "go") (param $capacity i32) (result i64)
        (local $n i32)
        (memory.fill (i32.const 512) (i32.const 46) (i32.const 64))
        (local.set $n (call $ask (i32.const 16) (i32.const 512) (local.get $capacity)))
        (i64.or (i64.const 0x20000000000) (i64.extend_i32_u (local.get $n))))"#;
    let face = r#"
      convention = "c"
      encoding = "utf16"
      wit = """
        live: func() -> u32;
        go: func(capacity: u32) -> string;
      """
      imports = "ask: func(text: string) -> string;"
      [export.go]
      result = "packed"
      result-owner = "static"
      [import.ask]
      result = "buffer"
    "#;
    // Eleven units of what the buffer was filled with.
    let nothing = "⸮".repeat(11);
    let lines = [
        r#"go(11) -> "answer to q""#.to_owned(),
        r#"go(4294967295) -> "answer to q""#.to_owned(),
        format!(r#"go(10) -> "{nothing}""#),
        format!(r#"go(5) -> "{nothing}""#),
        format!(r#"go(0) -> "{nothing}""#),
    ];
    calls(core, face, &lines.each_ref().map(|line| &**line));
}

/// Results that are as long as an argument, in elements of another size, and what is in
/// place of it.
#[test]
fn lengths_of_arguments() {
    let core = r#"
      (func (export "widen") (param $p i32) (param $n i32) (result i32)
        (local $to i32) (local $i i32)
        (local.set $to (call $malloc (i32.shl (local.get $n) (i32.const 2))))
        (block $done (loop $next
          (br_if $done (i32.eq (local.get $i) (local.get $n)))
          (i32.store (i32.add (local.get $to) (i32.shl (local.get $i) (i32.const 2)))
            (i32.load8_u (i32.add (local.get $p) (local.get $i))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next)))
        (local.get $to))
      (func (export "bytes") (param $p i32) (param $n i32))"#;
    let face = r#"
      convention = "c"
      text = "pointer-length"
      wit = """
        live: func() -> u32;
        widen: func(bytes: list<u8>) -> list<u32>;
        units: func(bytes: string) -> list<u32>;
        bytes: func(words: list<u32>) -> list<u8>;
        halves: func(text: string) -> list<u16>;
      """
      [export.widen]
      result = "same-length"
      [export.units]
      core = "widen"
      result = "same-length"
      [export.bytes]
      result = "in-place"
      [export.halves]
      core = "bytes"
      result = "in-place"
    "#;
    let lines = [
        "widen(bytes[1, 2, 255]) -> [1, 2, 255]",
        r#"units("é") -> [195, 169]"#,
        "bytes([1, 258]) -> bytes[1, 0, 0, 0, 2, 1, 0, 0]",
        r#"halves("abcd") -> [25185, 25699]"#,
    ];
    calls(core, face, &lines);
}

/// Imports of WASI are the host's where a face gives them types, and WASI's else.
#[test]
fn imports_of_wasi() {
    let core = r#"
      (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
      (func (export "go") (result i32) (call $yield))"#;
    let wit = "wit = 'go: func() -> u32;'";
    for back_end in BACK_ENDS {
        let engine = engine(back_end, Encoding::Utf8);
        let module = attach(&engine, core, &format!("convention = 'c'\n{wit}")).unwrap();
        assert_eq!(Guest::of(&module).told("go", ")"), "0");
        let typed = format!("convention = 'c'\n{wit}\nimports = 'sched-yield: func() -> u16;'");
        let module = attach(&engine, core, &typed).unwrap();
        let mut store = Store::new(&engine);
        store.set_wasi(&Wasi::new()).unwrap();
        let Err(error) = Linker::new().instantiate(&mut store, &module) else { panic!("linked") };
        assert!(error.message().contains("a face gives it no types"), "{error}");
        let ty = module.imports().next().unwrap().ty.clone();
        let ExternType::Func(ty) = ty else { panic!("{ty:?}") };
        let yields = Func::new(&mut store, ty, |_, _, results| {
            results[0] = Val::U16(9);
            Ok(())
        });
        let mut linker = Linker::new();
        linker.define("wasi_snapshot_preview1", "sched_yield", yields);
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let go = instance.func(&mut store, "go").unwrap().typed::<(), u32>().unwrap();
        assert_eq!(go.call(&mut store, ()).unwrap(), 9);
    }
}

/// Records, lists of texts and results with cases of imports: what is passed, what is
/// stored where the core says, and what nobody gets, which is freed.
#[test]
fn parts_of_imports() {
    let core = r#"
      (import "host" "cost" (func $cost (param i32) (result f64)))
      (import "host" "flat" (func $flat (param i32 f64) (result f64)))
      (import "host" "join" (func $join (param i32 i32) (result i32)))
      (import "host" "make" (func $make (param i32 i32)))
      (import "host" "parse" (func $parse (param i32 i32 i32) (result i32)))
      (import "host" "find" (func $find (param i32 i32) (result i32)))
      (import "host" "split" (func $split (param i32 i32) (result i32)))
      (data (i32.const 16) "tea\00two\00")
      (func (export "cost") (result f64)
        (i32.store8 (i32.const 64) (i32.const 3))
        (f64.store (i32.const 72) (f64.const 0.5))
        (i32.store (i32.const 80) (i32.const 16))
        (call $cost (i32.const 64)))
      (func (export "flat") (result f64) (call $flat (i32.const 259) (f64.const 0.5)))
      (func (export "join") (param $n i32) (result i32)
        (i32.store (i32.const 96) (i32.const 16))
        (i32.store (i32.const 100) (i32.const 20))
        (call $join (i32.const 96) (local.get $n)))
      (func (export "make") (param i32) (result f64)
        (call $make (i32.const 128) (local.get 0))
        (call $free (i32.load (i32.const 144)))
        (f64.add (f64.load (i32.const 136)) (f64.convert_i32_u (i32.load8_u (i32.const 128)))))
      (func (export "parse") (param i32) (result i32)
        (i64.store (i32.const 160) (i64.const 0))
        (if (result i32) (call $parse (local.get 0) (i32.const 160) (i32.const 164))
          (then
            (i32.add (i32.const 1000) (i32.load8_u (i32.load (i32.const 164))))
            (call $free (i32.load (i32.const 164))))
          (else (i32.load (i32.const 160)))))
      (func (export "find") (param i32) (result i32)
        (i32.store (i32.const 176) (i32.const 0))
        (if (call $find (local.get 0) (i32.const 176))
          (then (if (i32.load (i32.const 176)) (then unreachable))))
        (i32.load (i32.const 176)))
      (func (export "split") (param i32) (result i32)
        (drop (call $split (local.get 0) (i32.const 192)))
        (i32.add (i32.load (i32.const 192)) (i32.load (i32.const 196))))"#;
    let face = r#"
      convention = "c"
      wit = """
        live: func() -> u32;
        cost: func() -> f64;
        flat: func() -> f64;
        join: func(count: u32) -> string;
        make: func(count: u32) -> f64;
        parse: func(text: string) -> u32;
        find: func(text: string) -> option<string>;
        split: func(text: string) -> u32;
      """
      imports = """
        record item { count: u8, price: f64, name: string }
        record two { count: u8, price: f64 }
        record sums { a: u32, b: u32 }
        cost: func(x: item) -> f64;
        flat: func(x: two) -> f64;
        join: func(all: list<string>) -> string;
        make: func(count: u32) -> item;
        parse: func(text: string) -> result<u32, string>;
        find: func(text: string) -> option<string>;
        split: func(text: string) -> sums;
      """
      [import.flat]
      records = "flat"
      [import.make]
      result = "area"
      [import.parse]
      result = "out"
      [import.find]
      result = "out"
      [import.split]
      result = "out"
    "#;
    let answer = |name: &str, args: &[Val<'_>], texts: &[String]| -> Option<Val<'static>> {
        let some = |val: Val<'static>| Some(Box::new(val));
        Some(match (name, args) {
            ("cost", [Val::Record(item)]) => {
                let [Val::U8(count), Val::F64(price), _] = item[..] else { panic!("{item:?}") };
                assert_eq!(texts, ["tea"]);
                Val::F64(f64::from(count) * price)
            }
            ("flat", [Val::Record(two)]) => {
                let [Val::U8(count), Val::F64(price)] = two[..] else { panic!("{two:?}") };
                Val::F64(f64::from(count) * price)
            }
            ("join", _) => Val::from(texts.join("|")),
            ("make", [Val::U32(n)]) => {
                Val::Record(vec![Val::U8(*n as u8), Val::F64(0.25), Val::from("é".repeat(40))])
            }
            ("parse", _) => Val::Result(match texts[0].parse() {
                Ok(number) => Ok(some(Val::U32(number))),
                Err(_) => Err(some(Val::from("bad"))),
            }),
            ("find", _) if texts[0].is_empty() => Val::Option(None),
            ("find", _) => Val::Option(some(Val::from(texts[0].repeat(2)))),
            ("split", _) => {
                let sum = |of: &str| of.bytes().map(u32::from).sum::<u32>();
                let (a, b) = texts[0].split_once(',').unwrap();
                Val::Record(vec![Val::U32(sum(a)), Val::U32(sum(b))])
            }
            other => panic!("{other:?}"),
        })
    };
    for (back_end, encoding) in BACK_ENDS.into_iter().flat_map(|b| ENCODINGS.map(|e| (b, e))) {
        let module = attach(&engine(back_end, encoding), core, face).unwrap();
        let mut guest = linked(&module, answer);
        for (name, args, expected) in [
            ("cost", ")", "1.5"),
            // The upper bits of what is a byte say nothing.
            ("flat", ")", "1.5"),
            ("join", "2)", r#""tea|two""#),
            ("join", "0)", r#""""#),
            ("make", "3)", "3.25"),
            ("parse", "\"42\")", "42"),
            ("parse", "\"é\")", "1098"),
            ("find", "\"\")", "()"),
            ("find", "\"é\")", "\"éé\""),
            ("split", "\"b,c\")", "197"),
        ] {
            assert_eq!(guest.told(name, args), expected, "{back_end:?} {name}({args}");
            assert_eq!(guest.told("live", ")"), "0", "{name}");
        }
    }
}

/// A host function that has no text to give: nothing stays allocated for it.
#[test]
fn none_of_an_import() {
    let core = r#"
      (import "host" "none" (func $none (param i32) (result i32)))
      (func (export "ask") (param i32) (result i32) (i32.eqz (call $none (local.get 0))))"#;
    let face = r#"
      convention = "c"
      wit = """
        live: func() -> u32;
        ask: func(text: string) -> bool;
      """
      imports = "none: func(text: string) -> option<string>;"
    "#;
    let module = format!("(module {} {HEAP})", core.trim());
    for back_end in BACK_ENDS {
        let module =
            Module::attach(&engine(back_end, Encoding::Utf8), module.as_bytes(), face).unwrap();
        let mut guest = Guest::of(&module);
        assert_eq!(guest.told("ask", "\"x\")"), "true");
        assert_eq!(guest.told("live", ")"), "0");
    }
}
