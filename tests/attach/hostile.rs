//! Modules under a face that misbehave where the host relies on them: while they give room
//! for arguments, while they take it back, and in what they return.

use crate::forms::{attach, calls};
use crate::support::{BACK_ENDS, Guest, engine};
use std::sync::{Arc, Mutex};
use witrt::{BackEnd, Encoding, ExternType, Func, Instance, Store, Val};

/// Allocators that lie, trap, call themselves, or grow the memory under the host's hands.
#[test]
fn allocators() {
    let core = r#"
      (func (export "beyond") (param i32) (result i32) (i32.const -2))
      (func (export "end") (param i32) (result i32)
        (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 1)))
      (func (export "traps") (param i32) (result i32) unreachable)
      (func $again (export "again") (param i32) (result i32) (call $again (local.get 0)))
      (func (export "grows") (param i32) (result i32)
        (i32.mul (memory.grow (i32.const 3)) (i32.const 65536)))
      (func (export "same") (param i32) (result i32) (i32.const 512))
      (func (export "odd") (param i32) (result i32) (i32.const 513))
      (func (export "both") (param i32 i32 i32 i32) (result i32)
        (i32.add (i32.load8_u (local.get 0)) (i32.load8_u (local.get 2))))
      (func (export "sum") (param i32 i32) (result i32)
        (i32.add (i32.load (local.get 0)) (i32.load offset=4 (local.get 0))))"#;
    let two = u32::from(b'x') + u32::from(b'y');
    for (alloc, texts, words) in [
        ("beyond", "trap memoryoutofbounds".to_owned(), "trap memoryoutofbounds"),
        ("end", "trap memoryoutofbounds".to_owned(), "trap memoryoutofbounds"),
        ("traps", "trap unreachable".to_owned(), "trap unreachable"),
        ("again", "trap stackoverflow".to_owned(), "trap stackoverflow"),
        ("grows", two.to_string(), "30"),
        // The second argument lies over the first one, as the guest wanted it.
        ("same", (2 * u32::from(b'y')).to_string(), "30"),
        // Addresses of C's are as its allocator says.
        ("odd", (2 * u32::from(b'y')).to_string(), "30"),
    ] {
        let face = format!(
            r#"
      convention = "c"
      text = "pointer-length"
      alloc = "{alloc}"
      owner = "callee"
      wit = """
        both: func(a: string, b: string) -> u32;
        sum: func(words: list<u32>) -> u32;
      """
    "#
        );
        let both = format!(r#"both("x{0}", "y{0}") -> {texts}"#, "é".repeat(50));
        calls(core, &face, &[&both, &format!("sum([10, 20]) -> {words}")]);
    }
}

/// Text without an end, and results that are elsewhere.
#[test]
fn results() {
    let core = r#"
      (func (export "endless") (result i32)
        (memory.fill (i32.const 1024) (i32.const 120) (i32.const 64512))
        (i32.const 1024))
      (func (export "at") (param i32) (result i32) (local.get 0))"#;
    let face = r#"
      convention = "c"
      result-owner = "static"
      wit = """
        endless: func() -> string;
        at: func(place: u32) -> string;
      """
    "#;
    let lines = [
        "at(65535) -> \"\"",
        "at(65536) -> trap memoryoutofbounds",
        "at(4294967295) -> trap memoryoutofbounds",
        "endless() -> trap memoryoutofbounds",
        "at(65535) -> trap memoryoutofbounds",
        "at(512) -> \"\"",
    ];
    calls(core, face, &lines);
}

/// One text that is told of so often that the sum of all sizes is small again where it is
/// not told in more than 32 bits: nothing is copied.
#[test]
fn texts_that_wrap() {
    let core = r#"
      (func (export "texts") (param $count i32) (param $told i32) (result i32)
        (local $at i32)
        (drop (memory.grow (i32.const 32)))
        (local.set $at (i32.const 0x100000))
        (i32.store (local.get $told) (local.get $count))
        (loop $next
          (i32.store (local.get $at) (i32.const 0x80000))
          (i32.store offset=4 (local.get $at) (i32.const 0x10000))
          (local.set $at (i32.add (local.get $at) (i32.const 8)))
          (local.set $count (i32.sub (local.get $count) (i32.const 1)))
          (br_if $next (i32.gt_s (local.get $count) (i32.const 0))))
        (i32.const 0x100000))"#;
    let face = r#"
      convention = "c"
      result = "length-out"
      within = "pointer-length"
      result-owner = "static"
      wit = """
        live: func() -> u32;
        texts: func(count: u32) -> list<string>;
      """
    "#;
    let one = format!("texts(1) -> [\"{}\"]", "\\u0000".repeat(0x10000));
    calls(core, face, &["texts(0) -> []", &one, "texts(65536) -> trap unreachable"]);
}

/// A guest whose functions, allocator and `free` call the host, which calls the guest.
const LEAVES: &str = r#"
  (import "host" "back" (func $back (param i32)))
  (global $at (mut i32) (i32.const 2048))
  (func (export "room") (param i32) (result i32)
    (call $back (i32.const 1))
    (global.get $at)
    (global.set $at (i32.add (global.get $at) (local.get 0))))
  (func (export "gone") (param i32) (call $back (i32.const 2)))
  (func (export "count") (param i32 i32) (result i32)
    (call $back (i32.const 3))
    (i32.add (local.get 1) (i32.load8_u (local.get 0))))"#;

const LEAVES_FACE: &str = r#"
  convention = "c"
  text = "pointer-length"
  alloc = "room"
  free = "gone"
  wit = "count: func(text: string) -> u32;"
  imports = "back: func(which: u32);"
"#;

/// How deep the guest's calls were, and how often it called the host from each place.
#[derive(Clone, Copy)]
struct Calls {
    deepest: u32,
    made: [u32; 4],
}

/// Calls a guest whose host functions call it back in one place, so deep.
fn called_back(back_end: BackEnd, place: u32, depth: u32) -> (String, Calls) {
    struct Told {
        func: Option<Func>,
        depth: u32,
        calls: Calls,
    }
    let module = attach(&engine(back_end, Encoding::Utf8), LEAVES, LEAVES_FACE);
    let module = module.unwrap_or_else(|e| panic!("{e}"));
    let mut store = Store::new(module.engine());
    let ExternType::Func(ty) = module.imports().next().unwrap().ty.clone() else { panic!() };
    let calls = Calls { deepest: 0, made: [0; 4] };
    let told_of = Arc::new(Mutex::new(Told { func: None, depth: 0, calls }));
    let shared = told_of.clone();
    let back = Func::new(&mut store, ty, move |mut cx, args, _| {
        let Val::U32(which) = args[0] else { panic!("{args:?}") };
        let func = {
            let mut told = shared.lock().unwrap();
            told.calls.made[which as usize] += 1;
            if which != place || told.depth == depth {
                return Ok(());
            }
            told.depth += 1;
            told.calls.deepest = told.calls.deepest.max(told.depth);
            told.func.clone().unwrap()
        };
        let mut found = [Val::U32(0)];
        let outcome = func.call(&mut cx, &["inner".into()], &mut found);
        shared.lock().unwrap().depth -= 1;
        outcome?;
        assert!(matches!(found[0], Val::U32(110)), "{found:?}");
        Ok(())
    });
    let instance = Instance::new(&mut store, &module, &[back.into()]).unwrap();
    told_of.lock().unwrap().func = Some(instance.func(&mut store, "count").unwrap());
    let mut guest = Guest::made(store, instance, Encoding::Utf8);
    let found = guest.told("count", "\"outer\")");
    let mut told = told_of.lock().unwrap();
    told.func = None;
    (found, told.calls)
}

/// Guests are called back while they give room, while they run and while they take room
/// back: each call has its own text, and each text is taken back once.
#[test]
fn calls_within_calls() {
    for (back_end, place) in BACK_ENDS.into_iter().flat_map(|b| [1, 2, 3].map(|p| (b, p))) {
        let (found, calls) = called_back(back_end, place, 5);
        assert_eq!(found, (5 + u32::from(b'o')).to_string(), "{back_end:?} {place}");
        assert_eq!(calls.deepest, 5);
        assert_eq!(calls.made[1], calls.made[3], "{back_end:?} {place}: {:?}", calls.made);
        assert_eq!(calls.made[2], calls.made[3], "{back_end:?} {place}: {:?}", calls.made);
    }
}

/// The same without end is a trap.
#[test]
fn calls_without_end() {
    for (back_end, place) in BACK_ENDS.into_iter().flat_map(|b| [1, 2, 3].map(|p| (b, p))) {
        let (found, calls) = called_back(back_end, place, u32::MAX);
        assert_eq!(found, "trap stackoverflow", "{back_end:?} {place}");
        assert!(calls.deepest > 20, "{}", calls.deepest);
    }
}
