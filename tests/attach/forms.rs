//! Forms and types that the modules of real tools here do not have, on small modules.

use crate::support::{BACK_ENDS, ENCODINGS, Guest, engine};
use witrt::{Encoding, Engine, Error, Module};

/// An allocator that counts.
pub const HEAP: &str = r#"
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

pub fn attach(engine: &Engine, core: &str, face: &str) -> Result<Module, Error> {
    Module::attach(engine, format!("(module {core} {HEAP})").as_bytes(), face)
}

/// Runs lines of calls on both back ends, for hosts with both encodings.
pub fn calls(core: &str, face: &str, lines: &[&str]) {
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
