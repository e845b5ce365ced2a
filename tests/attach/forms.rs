//! Forms and types that the modules of real tools here do not have, on small modules.

use crate::support::{BACK_ENDS, ENCODINGS, Guest, engine};
use witrt::{BackEnd, Encoding, Engine, Error, ErrorKind, ExternType, Func, Linker, List, Module};
use witrt::{Store, Val, Wasi};

/// An allocator that counts.
const HEAP: &str = r#"
  (memory (export "memory") 1)
  (global $next (mut i32) (i32.const 1024))
  (global $live (mut i32) (i32.const 0))
  (func $malloc (export "malloc") (param i32) (result i32)
    (global.set $live (i32.add (global.get $live) (i32.const 1)))
    (global.get $next)
    (global.set $next (i32.and (i32.add (i32.add (global.get $next) (local.get 0)) (i32.const 15)) (i32.const -8))))
  (func $free (export "free") (param i32)
    (if (local.get 0) (then (global.set $live (i32.sub (global.get $live) (i32.const 1))))))
  (func (export "live") (result i32) (global.get $live))"#;

fn attach(engine: &Engine, core: &str, face: &str) -> Result<Module, Error> {
    Module::attach(engine, format!("(module {core} {HEAP})").as_bytes(), face)
}

/// Runs lines of calls on both back ends, for hosts with both encodings.
fn calls(core: &str, face: &str, lines: &[&str]) {
    for back_end in BACK_ENDS {
        for encoding in ENCODINGS {
            let module =
                attach(&engine(back_end, encoding), core, face).unwrap_or_else(|e| panic!("{e}"));
            let mut guest = Guest::of(&module);
            for line in lines {
                let (call, expected) = line.rsplit_once(" -> ").unwrap();
                let (name, args) = call.split_once('(').unwrap();
                let found = guest.told(name, args);
                assert!(found.starts_with(expected), "{back_end:?} {encoding:?}: {line}: {found}");
                if face.contains("live: func") {
                    assert_eq!(guest.told("live", ")"), "0", "{line}");
                }
            }
        }
    }
}

/// Lists of texts as arrays of addresses, and of addresses and lengths.
#[test]
fn lists_of_texts() {
    // Sums up the first bytes of the texts, whose addresses are so far apart.
    let core = r#"
      (func $firsts (param $p i32) (param $n i32) (param $each i32) (result i32)
        (local $sum i32)
        (block $done (loop $next
          (br_if $done (i32.eqz (local.get $n)))
          (local.set $sum (i32.add (local.get $sum) (i32.load8_u (i32.load (local.get $p)))))
          (local.set $p (i32.add (local.get $p) (local.get $each)))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br $next)))
        (local.get $sum))
      (func (export "firsts") (param i32 i32) (result i32)
        (call $firsts (local.get 0) (local.get 1) (i32.const 4)))
      (func (export "pairs") (param i32 i32) (result i32)
        (call $firsts (local.get 0) (local.get 1) (i32.const 8)))
      (data (i32.const 16) "one\00two\00\00")
      (func (export "numbers") (param i32) (result i32)
        (i32.store (local.get 0) (i32.const 3))
        (i32.store (i32.const 64) (i32.const 16))
        (i32.store (i32.const 68) (i32.const 20))
        (i32.store (i32.const 72) (i32.const 23))
        (i32.const 64))"#;
    let face = r#"
      convention = "c"
      wit = """
        live: func() -> u32;
        firsts: func(texts: list<string>) -> u32;
        pairs: func(texts: list<string>) -> u32;
        numbers: func() -> list<string>;
      """
      [export.pairs]
      within = "pointer-length"
      [export.numbers]
      result = "length-out"
      result-owner = "static"
    "#;
    let lines = [
        r#"firsts(["A", "", "BC"]) -> 131"#,
        r#"firsts([]) -> 0"#,
        r#"pairs(["A", "BC"]) -> 131"#,
        r#"numbers() -> ["one", "two", ""]"#,
        // A zero ends the one, and is text for the other.
        r#"firsts(["A", "B\u0000C", "\u0000"]) -> Trap: firsts: parameter texts, element 1: text with U+0000"#,
        r#"firsts(["\u0000"]) -> Trap: firsts: parameter texts, element 0: text with U+0000"#,
        r#"pairs(["A", "B\u0000C"]) -> 131"#,
    ];
    calls(core, face, &lines);
}

/// Records by their address and as fields; enums, flags, truth values and characters,
/// with what no case, and no character, has.
#[test]
fn records_and_scalars() {
    let core = r#"
      (func (export "sum") (param i32) (result f64)
        (f64.add (f64.load offset=8 (local.get 0)) (f64.convert_i32_u (i32.load8_u (local.get 0)))))
      (func (export "flat-sum") (param i32 f64) (result f64)
        (f64.add (local.get 1) (f64.convert_i32_u (local.get 0))))
      (func (export "same") (param i32) (result i32) (local.get 0))
      (func (export "swap") (param i32 i32)
        (i32.store (local.get 0) (i32.load offset=4 (local.get 1)))
        (i32.store offset=4 (local.get 0) (i32.load (local.get 1))))"#;
    let face = r#"
      convention = "c"
      wit = """
        record item { count: u8, price: f64 }
        record two { a: s32, b: s32 }
        enum color { red, green }
        flags rights { read, write }
        live: func() -> u32;
        sum: func(x: item) -> f64;
        flat-sum: func(x: item) -> f64;
        swap: func(x: two) -> two;
        color-of: func(x: u32) -> color;
        rights-of: func(x: rights) -> rights;
        char-of: func(x: u32) -> char;
        bool-of: func(x: u32) -> bool;
        u8-of: func(x: u32) -> u8;
      """
      [export.flat-sum]
      core = "flat-sum"
      records = "flat"
      [export.swap]
      result = "area"
      [export.color-of]
      core = "same"
      [export.rights-of]
      core = "same"
      [export.char-of]
      core = "same"
      [export.bool-of]
      core = "same"
      [export.u8-of]
      core = "same"
    "#;
    let lines = [
        "sum({count: 3, price: 0.5}) -> 3.5",
        "flat-sum({count: 3, price: 0.5}) -> 3.5",
        "swap({a: 1, b: -2}) -> {a: -2, b: 1}",
        r#"color-of(1) -> "green""#,
        "color-of(2) -> Trap",
        "rights-of(flags{write}) -> flags{write}",
        r#"char-of(233) -> "é""#,
        "char-of(55296) -> Trap",
        "char-of(1114112) -> Trap",
        "bool-of(256) -> true",
        "u8-of(511) -> 255",
    ];
    calls(core, face, &lines);
}

/// The canonical ABI's names: the guest frees arguments, and what a function of its own
/// is told of afterwards.
#[test]
fn canonical_names() {
    let core = r#"
      (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        (call $malloc (local.get 3)))
      (func (export "echo") (param $p i32) (param $n i32) (result i32)
        (local $pair i32)
        (local.set $pair (call $malloc (i32.const 8)))
        (i32.store (local.get $pair) (local.get $p))
        (i32.store offset=4 (local.get $pair) (local.get $n))
        (local.get $pair))
      (func (export "cabi_post_echo") (param i32)
        (call $free (i32.load (local.get 0)))
        (call $free (local.get 0)))"#;
    let face = r#"
      convention = "canonical"
      wit = """
        live: func() -> u32;
        echo: func(text: string) -> string;
      """
    "#;
    calls(core, face, &[r#"echo("Zoë 🦀") -> "Zoë 🦀""#, r#"echo("") -> """#]);
}

/// What is called around a call is called after a trap, too; what begins is called once.
#[test]
fn around_calls() {
    let core = r#"
      (global $depth (mut i32) (i32.const 0))
      (global $begun (mut i32) (i32.const 0))
      (func (export "enter") (global.set $depth (i32.add (global.get $depth) (i32.const 1))))
      (func (export "leave") (global.set $depth (i32.sub (global.get $depth) (i32.const 1))))
      (func (export "_initialize") (global.set $begun (i32.add (global.get $begun) (i32.const 1))))
      (func (export "depth") (result i32) (global.get $depth))
      (func (export "begun") (result i32) (global.get $begun))
      (func (export "inside") (param i32) (result i32)
        (if (i32.load8_u (local.get 0)) (then unreachable))
        (global.get $depth))"#;
    let face = r#"
      convention = "c"
      wit = """
        live: func() -> u32;
        depth: func() -> u32;
        begun: func() -> u32;
        inside: func(text: string) -> u32;
      """
      [export.inside]
      before = "enter"
      after = "leave"
    "#;
    let lines = [
        "begun() -> 1",
        r#"inside("") -> 1"#,
        "depth() -> 0",
        r#"inside("x") -> trap unreachable"#,
        "depth() -> 0",
    ];
    calls(core, face, &lines);
}

/// A guest cannot make the host keep much more than the guest has.
#[test]
fn lists_that_multiply() {
    let core = r#"
      (func (export "pairs") (param i32) (result i64)
        (drop (memory.grow (i32.const 128)))
        (i64.extend_i32_u (local.get 0)))
      (func (export "texts") (param i32) (result i64)
        (drop (memory.grow (i32.const 300)))
        (i64.extend_i32_u (local.get 0)))"#;
    let face = r#"
      convention = "c"
      result = "packed"
      result-owner = "static"
      wit = """
        pairs: func(count: u32) -> list<tuple<u8, u8>>;
        texts: func(count: u32) -> list<string>;
      """
    "#;
    let lines = [
        "pairs(2) -> [(0, 0), (0, 0)]",
        "pairs(4000000) -> Trap: too much data",
        r#"texts(1) -> [""]"#,
        "texts(2000000) -> Trap: too much data",
    ];
    calls(core, face, &lines);
}

/// Lengths of more bytes than addresses can tell apart.
#[test]
fn lengths_that_wrap() {
    let core = r#"
      (func (export "packed") (param i32) (result i64) (i64.extend_i32_u (local.get 0)))
      (func (export "buffer") (param i32 i32 i32) (result i32) (local.get 0))"#;
    let face = r#"
      convention = "c"
      result-owner = "static"
      wit = """
        live: func() -> u32;
        packed: func(count: u32) -> list<u64>;
        buffer: func(count: u32) -> list<u64>;
      """
      [export.packed]
      result = "packed"
      [export.buffer]
      result = "buffer"
    "#;
    let lines = [
        "packed(1) -> [0]",
        "packed(536870913) -> trap memoryoutofbounds",
        "packed(4294967295) -> trap memoryoutofbounds",
        "buffer(1) -> [",
        "buffer(536870913) -> trap memoryoutofbounds",
    ];
    calls(core, face, &lines);
}

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
    let answer = |name: &str, args: &[Val<'_>], texts: &[String]| -> Val<'static> {
        let some = |val: Val<'static>| Some(Box::new(val));
        match (name, args) {
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
        }
    };
    for (back_end, encoding) in BACK_ENDS.into_iter().flat_map(|b| ENCODINGS.map(|e| (b, e))) {
        let module = attach(&engine(back_end, encoding), core, face).unwrap();
        let mut store = Store::new(module.engine());
        let mut linker = Linker::new();
        for import in module.imports() {
            let ExternType::Func(ty) = import.ty.clone() else { panic!("{import:?}") };
            let name = import.name.clone();
            let func = Func::new(&mut store, ty, move |caller, args, results| {
                let all = args.iter().flat_map(|arg| match arg {
                    Val::Record(vals) | Val::List(List::Val(vals)) => &vals[..],
                    val => std::slice::from_ref(val),
                });
                let texts = all.filter_map(|val| match val {
                    Val::String(text) => Some(text.to_string(&caller).unwrap()),
                    _ => None,
                });
                results[0] = answer(&name, args, &texts.collect::<Vec<_>>());
                Ok(())
            });
            linker.define(&import.module, &import.name, func);
        }
        let instance = linker.instantiate(&mut store, &module).unwrap_or_else(|e| panic!("{e}"));
        let mut guest = Guest::made(store, instance, encoding);
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

/// A guest without memory: its allocator says so.
#[test]
fn no_memory() {
    let core = r#"
      (func (export "none") (param i32) (result i32) (i32.const 0))
      (func (export "count") (param i32 i32) (result i32) (local.get 1))"#;
    let face = r#"
      convention = "c"
      text = "pointer-length"
      alloc = "none"
      wit = "count: func(text: string) -> u32;"
    "#;
    calls(core, face, &[r#"count("abc") -> trap memoryoutofbounds"#, r#"count("") -> 0"#]);
}

/// What was compiled before has the face in it.
#[test]
fn precompiled() {
    for back_end in BACK_ENDS {
        let engine = engine(back_end, Encoding::Utf8);
        let module = Module::attach(
            &engine,
            &crate::support::file("c-clang-nostdlib/guest.wasm"),
            &crate::support::text("c-clang-nostdlib/face.toml"),
        );
        let bytes = module.unwrap().serialize().unwrap();
        // SAFETY: they were made just now.
        #[allow(unsafe_code)]
        let module = unsafe { Module::deserialize(&engine, &bytes) }.unwrap();
        let mut guest = Guest::of(&module);
        assert_eq!(guest.told("parse", "\"3,-4\")"), "{x: 3, y: -4}");
        assert_eq!(guest.told("greet", "\"q\")"), "\"hello, q! (1 bytes, 1 chars)\"");
        assert_eq!(guest.told("boom", "\"x\")"), "trap unreachable");
        assert_eq!(guest.told("live-bytes", ")"), "0");
    }
}

/// Calls of Rust's own types, values with parts among them.
#[test]
fn typed_calls() {
    for back_end in BACK_ENDS {
        let engine = engine(back_end, Encoding::Utf8);
        let mut guest = Guest::new(&engine, "c-clang-nostdlib", "guest.wasm", "face.toml");
        let (store, instance) = (&mut guest.store, &guest.instance);
        let sum = instance.func(&mut *store, "sum-f64").unwrap();
        let sum = sum.typed::<(&[f64],), f64>().unwrap();
        assert_eq!(sum.call(&mut *store, (&[0.5, 0.25][..],)).unwrap(), 0.75);
        let reverse = instance.func(&mut *store, "reverse-bytes").unwrap();
        let reverse = reverse.typed::<(&[u8],), Vec<u8>>().unwrap();
        assert_eq!(reverse.call(&mut *store, (&[1, 2, 255][..],)).unwrap(), [255, 2, 1]);
        let find = instance.func(&mut *store, "find").unwrap();
        let find = find.typed::<(&str, &str), Option<String>>().unwrap();
        assert_eq!(find.call(&mut *store, ("xxab", "a")).unwrap().as_deref(), Some("ab"));
        assert_eq!(find.call(&mut *store, ("x", "y")).unwrap(), None);
        let ascii = instance.func(&mut *store, "is-ascii").unwrap();
        let ascii = ascii.typed::<(&str,), bool>().unwrap();
        assert!(!ascii.call(&mut *store, ("é",)).unwrap());
        let points = instance.func(&mut *store, "sum-points").unwrap();
        type Point = (i32, i32);
        let total = points.typed::<(&[Point],), Point>().unwrap();
        assert_eq!(total.call(&mut *store, (&[(1, 2), (3, -4)][..],)).unwrap(), (4, -2));
        let parse = instance.func(&mut *store, "parse").unwrap();
        let parse = parse.typed::<(&[u16],), Result<Point, String>>().unwrap();
        let units: Vec<u16> = "3,-4".encode_utf16().collect();
        assert_eq!(parse.call(&mut *store, (&units,)).unwrap(), Ok((3, -4)));
        // What does not fit is found before any call.
        let error = points.typed::<(&[(i32, u32)],), Point>().err().unwrap();
        let told = "parameter 0, element, field \"y\": expected s32, found u32";
        assert_eq!((error.kind(), error.message()), (ErrorKind::WrongKind, told));
        let error = points.typed::<(&[Point],), Vec<u8>>().err().unwrap();
        let told = "result: expected record { x: s32, y: s32 }, found list<u8>";
        assert_eq!((error.kind(), error.message()), (ErrorKind::WrongKind, told));
        assert_eq!(guest.told("live-bytes", ")"), "0");
    }
}

/// Results that are held while the guest runs again, and a store that goes meanwhile.
#[test]
fn results_that_are_held() {
    let engine = engine(BackEnd::Compiled, Encoding::Utf8);
    let mut guest = Guest::new(&engine, "c-clang-nostdlib", "guest.wasm", "face.toml");
    let greet = guest.instance.func(&mut guest.store, "greet").unwrap();
    let call = |store: &mut Store, text: &str| {
        let mut results = [Val::from("")];
        greet.call(&mut *store, &[Val::from(text)], &mut results).unwrap();
        let [result] = results;
        result
    };
    let held: Vec<_> = (0..20).map(|i| call(&mut guest.store, &i.to_string())).collect();
    for (i, val) in held.iter().enumerate() {
        let text = val.as_str().unwrap().to_string(&guest.store).unwrap();
        assert!(text.starts_with(&format!("hello, {i}!")), "{text}");
    }
    drop(held);
    assert_eq!(guest.told("live-bytes", ")"), "0");
}

/// Closures serve imports wherever their types stand for what these have.
#[test]
fn closures() {
    let core = r#"
      (import "host" "pick" (func $pick (param i32 i32) (result i32)))
      (import "host" "find" (func $find (param i32) (result i32)))
      (func (export "pick") (param i32 i32) (result i32) (call $pick (local.get 0) (local.get 1)))
      (func (export "find") (param i32) (result i32) (call $find (local.get 0)))"#;
    let face = r#"
      convention = "c"
      wit = """
        enum color { red, green, blue }
        live: func() -> u32;
        pick: func(c: color, next: bool) -> color;
        find: func(text: string) -> option<string>;
      """
      imports = """
        enum color { red, green, blue }
        pick: func(c: color, next: bool) -> color;
        find: func(text: string) -> option<string>;
      """
    "#;
    let module = format!("(module {} {HEAP})", core.trim());
    for back_end in BACK_ENDS {
        let engine = engine(back_end, Encoding::Utf8);
        let module = Module::attach(&engine, module.as_bytes(), face).unwrap();
        let mut store = Store::new(&engine);
        let mut linker = Linker::new();
        let pick = |color: u8, next: bool| if next { (color + 1) % 3 } else { color };
        linker.func_wrap(&mut store, "host", "pick", pick);
        let find = |key: Vec<u16>| key.first().map(|first| vec![*first; 3]);
        linker.func_wrap(&mut store, "host", "find", find);
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let pick = instance.func(&mut store, "pick").unwrap().typed::<(u8, bool), u8>().unwrap();
        assert_eq!(pick.call(&mut store, (2, true)).unwrap(), 0);
        assert_eq!(pick.call(&mut store, (1, false)).unwrap(), 1);
        let find = instance.func(&mut store, "find").unwrap();
        let find = find.typed::<(&str,), Option<String>>().unwrap();
        assert_eq!(find.call(&mut store, ("é",)).unwrap().as_deref(), Some("ééé"));
        assert_eq!(find.call(&mut store, ("",)).unwrap(), None);
        let live = instance.func(&mut store, "live").unwrap().typed::<(), u32>().unwrap();
        assert_eq!(live.call(&mut store, ()).unwrap(), 0);

        let mut linker = Linker::new();
        linker.func_wrap(&mut store, "host", "pick", |color: u8, _: bool| color);
        linker.func_wrap(&mut store, "host", "find", |_: String| Some(1u32));
        let error = linker.instantiate(&mut store, &module).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::IncompatibleImport);
        let told = "result, case \"some\": expected string, found u32";
        assert!(error.message().ends_with(told), "{error}");
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
