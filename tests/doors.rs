//! Functions of components by both ways: by the door that is appended to a component,
//! and by the engine's own, which is what the reference back end takes. Results, what is
//! told of traps, the order of calls and the guest's memory are the same.
#![cfg(feature = "component")]

#[path = "../fuzz/src/lib.rs"]
#[allow(dead_code)]
mod generate;

use std::sync::{Arc, Mutex};
use witrt::string::Policy;
use witrt::{
    BackEnd, Config, Engine, Func, FuncType, Instance, Linker, Module, Store, Str, Val, ValType,
};

/// A guest that does as it is told. Its allocator notes what it is asked for, and its
/// functions that they were called, from 1024 on: four words each.
const GUEST: &str = r#"
  (core module $m
    (import "host" "note" (func $note (param i32)))
    (memory (export "memory") 2)
    (global $next (mut i32) (i32.const 8192))
    (global $noted (mut i32) (i32.const 1024))
    (global $lie (mut i32) (i32.const 0))
    (global $grow (mut i32) (i32.const 0))
    (global $leave (mut i32) (i32.const 0))
    (global $trap (mut i32) (i32.const 0))
    (func $log (param i32 i32 i32 i32)
      (i32.store (global.get $noted) (local.get 0))
      (i32.store offset=4 (global.get $noted) (local.get 1))
      (i32.store offset=8 (global.get $noted) (local.get 2))
      (i32.store offset=12 (global.get $noted) (local.get 3))
      (global.set $noted (i32.add (global.get $noted) (i32.const 16)))
      (if (i32.ge_u (global.get $noted) (i32.const 8000)) (then (global.set $noted (i32.const 1024)))))
    (func $hostile (param $what i32)
      (if (i32.eq (global.get $leave) (local.get $what)) (then (call $note (i32.const 99))))
      (if (i32.eq (global.get $trap) (local.get $what)) (then unreachable)))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local i32)
      (call $log (local.get 0) (local.get 1) (local.get 2) (local.get 3))
      (call $hostile (i32.const 1))
      (if (global.get $grow) (then
        (global.set $next (i32.mul (memory.grow (i32.const 1)) (i32.const 65536)))))
      (local.set 4 (global.get $next))
      (global.set $next (i32.add (local.get 4) (local.get 3)))
      (if (i32.gt_u (global.get $next) (i32.const 120000)) (then (global.set $next (i32.const 8192))))
      (i32.add (local.get 4) (global.get $lie)))
    (func (export "post") (param i32)
      (call $log (i32.const -1) (local.get 0) (i32.load (local.get 0)) (i32.const 0))
      (call $hostile (i32.const 2)))
    (func $answer (param i32 i32) (result i32)
      (i32.store (i32.const 16) (local.get 0))
      (i32.store (i32.const 20) (local.get 1))
      (i32.const 16))
    (func (export "echo") (param i32 i32) (result i32)
      (call $log (i32.const -2) (local.get 0) (local.get 1) (i32.const 0))
      (call $hostile (i32.const 3))
      (call $answer (local.get 0) (local.get 1)))
    (func (export "second") (param i32 i32 i64 i32 i32) (result i32)
      (call $log (i32.const -3) (local.get 0) (local.get 1) (i32.wrap_i64 (local.get 2)))
      (call $answer (local.get 3) (local.get 4)))
    (func (export "length") (param i32 i32) (result i32) (local.get 1))
    (func (export "sum") (param i32 i64 f32 f64 i32 i32) (result f64)
      (f64.add
        (f64.add (f64.convert_i32_s (local.get 0)) (f64.convert_i64_s (local.get 1)))
        (f64.add (f64.promote_f32 (local.get 2))
          (f64.add (local.get 3) (f64.convert_i32_u (i32.add (local.get 4) (local.get 5)))))))
    (func (export "i") (param i32) (result i32) (local.get 0))
    (func (export "l") (param i64) (result i64) (local.get 0))
    (func (export "f") (param f32) (result f32) (local.get 0))
    (func (export "d") (param f64) (result f64) (local.get 0))
    (func (export "at") (param i32 i32) (result i32) (call $answer (local.get 0) (local.get 1)))
    (func (export "area") (param i32) (result i32) (local.get 0))
    (func (export "nothing") (call $note (i32.const 5)))
    (func (export "note") (param i32 i32) (call $note (local.get 1)))
    (func (export "peek") (param i32) (result i64) (i64.load (local.get 0)))
    (func (export "poke") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
    (func (export "be") (param i32 i32 i32 i32)
      (global.set $lie (local.get 0)) (global.set $grow (local.get 1))
      (global.set $leave (local.get 2)) (global.set $trap (local.get 3)))
    (func $deep (export "deep") (result i32) (i32.add (call $deep) (i32.const 1)))
    (func (export "trap") (param i32 i32) (result i32) unreachable)
    (func (export "many")
      (param i32 i64 f32 f64 i32 i64 f32 f64 i32 i64 f32 f64 i32 i64 f32 f64) (result f64)
      (f64.add (local.get 15) (f64.convert_i64_s (local.get 13)))))
"#;

/// What it exports. `OPTIONS` are those of text.
const EXPORTS: &str = r#"
  (core instance $i (instantiate $m (with "host" (instance (export "note" (func $lowered))))))
  (alias core export $i "memory" (core memory $mem))
  (alias core export $i "realloc" (core func $realloc))
  (alias core export $i "post" (core func $post))
  (func $echo (param "x" string) (result string)
    (canon lift (core func $i "echo") (memory $mem) (realloc (func $realloc)) (post-return (func $post)) ENCODING))
  (export "echo" (func $echo))
  (func (export "echo-unpaid") (param "x" string) (result string)
    (canon lift (core func $i "echo") (memory $mem) (realloc (func $realloc)) ENCODING))
  (func (export "second") (param "x" string) (param "n" s64) (param "y" string) (result string)
    (canon lift (core func $i "second") (memory $mem) (realloc (func $realloc)) (post-return (func $post)) ENCODING))
  (func (export "length") (param "x" string) (result u32)
    (canon lift (core func $i "length") (memory $mem) (realloc (func $realloc)) ENCODING))
  (func (export "trap") (param "x" string) (result u32)
    (canon lift (core func $i "trap") (memory $mem) (realloc (func $realloc)) ENCODING))
  (func (export "note") (param "x" string)
    (canon lift (core func $i "note") (memory $mem) (realloc (func $realloc)) ENCODING))
  (func (export "at") (param "p" u32) (param "n" u32) (result string)
    (canon lift (core func $i "at") (memory $mem) (post-return (func $post)) ENCODING))
  (func (export "area") (param "p" u32) (result string)
    (canon lift (core func $i "area") (memory $mem) (post-return (func $post)) ENCODING))
  (func (export "sum") (param "a" s16) (param "b" s64) (param "c" f32) (param "d" f64) (param "e" u8) (param "f" char) (result f64)
    (canon lift (core func $i "sum")))
  (func (export "bool") (param "x" bool) (result bool) (canon lift (core func $i "i")))
  (func (export "s8") (param "x" s8) (result s8) (canon lift (core func $i "i")))
  (func (export "u8") (param "x" u8) (result u8) (canon lift (core func $i "i")))
  (func (export "s16") (param "x" s16) (result s16) (canon lift (core func $i "i")))
  (func (export "u16") (param "x" u16) (result u16) (canon lift (core func $i "i")))
  (func (export "s32") (param "x" s32) (result s32) (canon lift (core func $i "i")))
  (func (export "u32") (param "x" u32) (result u32) (canon lift (core func $i "i")))
  (func (export "char") (param "x" char) (result char) (canon lift (core func $i "i")))
  (func (export "to-bool") (param "x" u32) (result bool) (canon lift (core func $i "i")))
  (func (export "to-s8") (param "x" u32) (result s8) (canon lift (core func $i "i")))
  (func (export "to-u16") (param "x" u32) (result u16) (canon lift (core func $i "i")))
  (func (export "to-char") (param "x" u32) (result char) (canon lift (core func $i "i")))
  (func (export "s64") (param "x" s64) (result s64) (canon lift (core func $i "l")))
  (func (export "u64") (param "x" u64) (result u64) (canon lift (core func $i "l")))
  (func (export "f32") (param "x" f32) (result f32) (canon lift (core func $i "f")))
  (func (export "f64") (param "x" f64) (result f64) (canon lift (core func $i "d")))
  (func (export "many")
    (param "a" s32) (param "b" s64) (param "c" f32) (param "d" f64)
    (param "e" s32) (param "f" s64) (param "g" f32) (param "h" f64)
    (param "i" s32) (param "j" s64) (param "k" f32) (param "l" f64)
    (param "m" s32) (param "n" s64) (param "o" f32) (param "p" f64) (result f64)
    (canon lift (core func $i "many")))
  (func (export "nothing") (canon lift (core func $i "nothing")))
  (func (export "deep") (result u32) (canon lift (core func $i "deep")))
  (func (export "peek") (param "x" u32) (result u64) (canon lift (core func $i "peek")))
  (func (export "poke") (param "x" u32) (param "y" u32) (canon lift (core func $i "poke")))
  (func (export "be") (param "a" s32) (param "b" u32) (param "c" u32) (param "d" u32)
    (canon lift (core func $i "be")))
  (component $shim
    (import "import-func-echo" (func $f (param "x" string) (result string)))
    (export "echo" (func $f)))
  (instance $faces (instantiate $shim (with "import-func-echo" (func $echo))))
  (export "my:pkg/face@1.2.3" (instance $faces))
  (instance $plain (export "echo" (func $echo)))
  (export "inner" (instance $plain))
"#;

/// Whether a call is one entry: the guest can call its own host functions only.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Shape {
    Whole,
    /// These take values of Rust's own.
    Typed,
    /// It could drop a resource, at a time when it may not.
    Resource,
}

fn text_of(shape: Shape, encoding: &str) -> String {
    let resource = match shape {
        Shape::Whole | Shape::Typed => "",
        Shape::Resource => {
            "(type $r (resource (rep i32))) (core func $drop (canon resource.drop $r))"
        }
    };
    let exports = EXPORTS.replace("ENCODING", encoding);
    format!(
        "(component (import \"note\" (func $note (param \"n\" u32)))
         (core func $lowered (canon lower (func $note))) {resource} {GUEST} {exports})"
    )
}

/// The same guest twice, by each way.
struct Twins {
    twins: [Twin; 2],
    /// What was called, for the message of a failure.
    told: Vec<String>,
}

struct Twin {
    store: Store,
    instance: Instance,
    log: Log,
}

type Log = Arc<Mutex<Vec<String>>>;

fn engine(back_end: BackEnd) -> Engine {
    let mut config = Config::new();
    config.back_end(back_end);
    Engine::new(&config).unwrap()
}

impl Twins {
    fn new(shape: Shape) -> Twins {
        Twins::in_encoding(shape, "")
    }

    fn in_encoding(shape: Shape, encoding: &str) -> Twins {
        let component = text_of(shape, encoding);
        let twins = [BackEnd::Compiled, BackEnd::Reference].map(|back_end| {
            let engine = engine(back_end);
            let module =
                Module::new(&engine, component.as_bytes()).unwrap_or_else(|e| panic!("{e:?}"));
            let has_door = contains(&module.serialize().unwrap(), b"witrt-door-0");
            assert_eq!(has_door, back_end == BackEnd::Compiled);
            assert!(module.exports().all(|export| !export.name.contains("door")));
            Twin::new(&engine, &module, shape)
        });
        Twins { twins, told: Vec::new() }
    }

    /// Calls both, and compares.
    fn call(&mut self, name: &str, args: &[Val<'_>]) -> String {
        self.told.push(format!("{name}({args:?})"));
        let outcomes = self.twins.each_mut().map(|twin| twin.call(name, args));
        assert_eq!(outcomes[0], outcomes[1], "by the door, and without: {:#?}", self.last());
        let [found, _] = outcomes;
        found
    }

    fn last(&self) -> &[String] {
        &self.told[self.told.len().saturating_sub(10)..]
    }

    /// What the guest has noted, and what lies below, is the same.
    fn compare_memory(&mut self) {
        for at in (0..8192).step_by(8) {
            self.call("peek", &[Val::U32(at)]);
            self.told.pop();
        }
    }
}

impl Twin {
    fn new(engine: &Engine, module: &Module, shape: Shape) -> Twin {
        let mut store = Store::new(engine);
        let log = Log::default();
        let mut linker = Linker::new();
        let to = log.clone();
        let ty = FuncType::new([ValType::U32], []);
        let note = match shape {
            Shape::Typed => Func::wrap(&mut store, move |n: u32| {
                to.lock().unwrap().push(format!("note {:?}", Val::U32(n)));
            }),
            _ => Func::new(&mut store, ty, move |_, args, _| {
                to.lock().unwrap().push(format!("note {:?}", args[0]));
                Ok(())
            }),
        };
        linker.define("", "note", note);
        let instance = linker.instantiate(&mut store, module).unwrap_or_else(|e| panic!("{e:?}"));
        Twin { store, instance, log }
    }

    fn call(&mut self, name: &str, args: &[Val<'_>]) -> String {
        let func = self.instance.func(&mut self.store, name).unwrap();
        let mut results = vec![Val::Bool(false); func.ty().results().len()];
        let outcome = match func.call(&mut self.store, args, &mut results) {
            Ok(()) => results.iter().map(|val| shown(&mut self.store, val)).collect(),
            Err(error) => {
                let frames = error.trap().map(|trap| trap.frames().iter());
                let frames = frames.into_iter().flatten();
                let frames = frames.map(|f| (f.func_index, f.func_name.clone(), f.func_offset));
                format!("{:?} {:?} {:?}", error.kind(), error.message(), frames.collect::<Vec<_>>())
            }
        };
        format!("{outcome} {:?}", std::mem::take(&mut *self.log.lock().unwrap()))
    }
}

fn shown(store: &mut Store, val: &Val<'_>) -> String {
    match val {
        Val::String(text) => format!("{:?}", text.to_string(store).unwrap()),
        Val::F32(x) => format!("f32 {:x}", x.to_bits()),
        Val::F64(x) => format!("f64 {:x}", x.to_bits()),
        other => format!("{other:?}"),
    }
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

const SHAPES: [Shape; 3] = [Shape::Whole, Shape::Typed, Shape::Resource];

#[test]
fn numbers() {
    for shape in SHAPES {
        let mut twins = Twins::new(shape);
        for bits in [0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x180, 0x7fff, 0x8000, 0xffff, 0x10000]
            .into_iter()
            .chain([0xd7ff, 0xe000, 0x10ffff, 0x7fff_ffff, 0x8000_0000, u32::MAX])
        {
            for name in ["to-bool", "to-s8", "to-u16"] {
                twins.call(name, &[Val::U32(bits)]);
            }
            let wide = u64::from(bits) << 32 | u64::from(bits.rotate_left(7));
            let each = [
                ("bool", Val::Bool(bits & 1 == 1)),
                ("s8", Val::S8(bits as i8)),
                ("u8", Val::U8(bits as u8)),
                ("s16", Val::S16(bits as i16)),
                ("u16", Val::U16(bits as u16)),
                ("s32", Val::S32(bits as i32)),
                ("u32", Val::U32(bits)),
                ("s64", Val::S64(wide as i64)),
                ("u64", Val::U64(wide)),
                ("f32", Val::F32(f32::from_bits(bits))),
                ("f64", Val::F64(f64::from_bits(wide))),
                ("char", Val::Char(char::from_u32(bits).unwrap_or('é'))),
            ];
            for (name, val) in each {
                let found = twins.call(name, std::slice::from_ref(&val));
                if !matches!(val, Val::F32(_) | Val::F64(_)) {
                    assert_eq!(found, format!("{val:?} []"), "{name}");
                }
            }
            twins.call("to-char", &[Val::U32(if bits < 0xd800 { bits } else { 0xe000 })]);
        }
        let sum = [
            Val::S16(-300),
            Val::S64(-1 << 40),
            Val::F32(0.5),
            Val::F64(1e9),
            Val::U8(255),
            Val::Char('🦀'),
        ];
        twins.call("sum", &sum);
        let four = |n: i32| {
            [Val::S32(n), Val::S64(i64::from(n) << 33), Val::F32(n as f32), Val::F64(n.into())]
        };
        let many = (1..5).flat_map(four).collect::<Vec<_>>();
        assert!(twins.call("many", &many).starts_with("f64 "));
        assert_eq!(twins.call("nothing", &[]), " [\"note U32(5)\"]");
        // What is wrong is told before the guest runs, and nothing is lost.
        twins.call("sum", &sum[..5]);
        twins.call("u8", &[Val::U16(1)]);
        twins.call("nothing", &[]);
    }
}

/// Each length that is copied in another way, with text of one to four bytes a
/// character, from hosts in both encodings.
#[test]
fn texts() {
    let lengths = (0..=80).chain(250..=262).chain([1000, 4096, 8191, 8192, 8193, 20_000]);
    let lengths = lengths.collect::<Vec<usize>>();
    for shape in SHAPES {
        let mut twins = Twins::new(shape);
        for len in lengths.iter().copied() {
            let ascii = (0..len).map(|i| char::from(b'!' + (i % 90) as u8)).collect::<String>();
            for other in ["", "é", "語", "🦀"] {
                let text = format!("{}{other}", &ascii[..len.saturating_sub(other.len())]);
                let units = text.encode_utf16().collect::<Vec<_>>();
                for val in [Val::from(&*text), Val::String(Str::from_utf16(&units))] {
                    let found = twins.call("echo", std::slice::from_ref(&val));
                    assert_eq!(found, format!("{text:?} []"));
                    twins.call("length", std::slice::from_ref(&val));
                    twins.call("second", &["é".into(), Val::S64(-3), val.clone()]);
                    twins.call("second", &[val.clone(), Val::S64(7), "x".into()]);
                }
            }
        }
        for name in ["echo-unpaid", "my:pkg/face@1.2.3#echo", "inner#echo"] {
            for _ in 0..3 {
                assert_eq!(twins.call(name, &["by another name".into()]), "\"by another name\" []");
            }
        }
        twins.compare_memory();
    }
}

/// Calls of the types that a host says, which have no values in between.
#[test]
fn typed() {
    for shape in SHAPES {
        let mut twins = Twins::new(shape);
        for text in ["", "typed", "é🦀", &"long ".repeat(50), &"longest ".repeat(2000)] {
            for twin in &mut twins.twins {
                let store = &mut twin.store;
                let mut func = |name: &str| twin.instance.func(&mut *store, name).unwrap();
                let (echo, length, sum) = (func("echo"), func("length"), func("sum"));
                let (char, nothing) = (func("char"), func("nothing"));
                let echo = echo.typed::<(&str,), String>().unwrap();
                let length = length.typed::<(&str,), u32>().unwrap();
                let sum = sum.typed::<(i16, i64, f32, f64, u8, char), f64>().unwrap();
                let char = char.typed::<(char,), char>().unwrap();
                let nothing = nothing.typed::<(), ()>().unwrap();
                for _ in 0..3 {
                    assert_eq!(echo.call(&mut *store, (text,)).unwrap(), text);
                    assert_eq!(length.call(&mut *store, (text,)).unwrap() as usize, text.len());
                    let sum = sum.call(&mut *store, (-1, 1 << 40, 0.5, 2.0, 7, 'A')).unwrap();
                    assert_eq!(sum, (1u64 << 40) as f64 - 1.0 + 2.5 + 72.0);
                    assert_eq!(char.call(&mut *store, ('🦀',)).unwrap(), '🦀');
                    nothing.call(&mut *store, ()).unwrap();
                }
            }
        }
        twins.compare_memory();
    }
}

/// Guests in other encodings have doors to numbers only, and all else works.
#[test]
fn texts_in_other_encodings() {
    for encoding in ["string-encoding=utf16", "string-encoding=latin1+utf16"] {
        // This guest's allocator aligns nothing: sizes are even.
        let mut twins = Twins::in_encoding(Shape::Whole, encoding);
        for text in ["", "ab", "語語", "🦀"] {
            for _ in 0..3 {
                twins.call("echo", &[text.into()]);
            }
        }
        twins.call("s32", &[Val::S32(-5)]);
        twins.compare_memory();
    }
}

/// Text that is ill-formed is refused before the guest runs, or replaced.
#[test]
fn ill_formed_text_of_hosts() {
    for shape in SHAPES {
        let mut twins = Twins::new(shape);
        twins.call("echo", &["first".into()]);
        for units in [vec![0xd800], vec![0x41; 100], [vec![0x41; 100], vec![0xdc00]].concat()] {
            let val = Val::String(Str::from_utf16(&units));
            twins.call("echo", &[val]);
            let replaced = Str::from_utf16(&units).with_policy(Policy::Replace);
            twins.call("echo", &[Val::String(replaced)]);
        }
        for bytes in [&b"\xff"[..], &[b"a".repeat(70), vec![0xc3]].concat()] {
            twins.call("length", &[Val::String(Str::from_utf8(bytes))]);
        }
        twins.compare_memory();
    }
}

/// Where a guest says that its text is: anywhere, and of any length.
#[test]
fn claims_about_text() {
    let end = 2 * 65536;
    let claims = [
        (end - 3, 3),
        (end - 3, 4),
        (end, 0),
        (end + 1, 0),
        (u32::MAX, 0),
        (u32::MAX, 1),
        (100, u32::MAX),
        (4096, 65),
        (4096, 64),
        (end - 65, 65),
        (end - 64, 65),
    ];
    for shape in SHAPES {
        for (at, len) in claims {
            let mut twins = Twins::new(shape);
            twins.call("at", &[Val::U32(64), Val::U32(3)]);
            twins.call("at", &[Val::U32(64), Val::U32(3)]);
            twins.call("at", &[Val::U32(at), Val::U32(len)]);
            twins.call("u8", &[Val::U8(1)]);
        }
        for at in [16, 17, 18, end - 8, end - 4, end, !3] {
            let mut twins = Twins::new(shape);
            twins.call("area", &[Val::U32(32)]);
            twins.call("area", &[Val::U32(32)]);
            twins.call("area", &[Val::U32(at)]);
            twins.call("u8", &[Val::U8(1)]);
        }
        // Ill-formed, short and long; no character is cut.
        for len in [1, 2, 70] {
            for byte in [0xff, 0xc3, 0x80] {
                let mut twins = Twins::new(shape);
                for _ in 0..2 {
                    twins.call("at", &[Val::U32(64), Val::U32(3)]);
                }
                let last = Val::U32(5000 + len - 1);
                twins.call("poke", &[last, Val::U32(byte)]);
                let told = twins.call("at", &[Val::U32(5000), Val::U32(len)]);
                assert!(told.starts_with("Trap"), "{told}");
                twins.call("u8", &[Val::U8(1)]);
            }
        }
    }
}

/// Allocators that lie, grow the memory, trap, and call the host, which they may not;
/// the same of what is called after a return.
#[test]
fn hostile_guests() {
    let be = |lie: i32, grow, leave, trap| {
        [Val::S32(lie), Val::U32(grow), Val::U32(leave), Val::U32(trap)]
    };
    let ways = [
        be(0, 1, 0, 0),
        be(65536 * 2, 0, 0, 0),
        be(-1, 0, 0, 0),
        be(i32::MIN, 0, 0, 0),
        be(0, 0, 1, 0),
        be(0, 0, 2, 0),
        be(0, 0, 3, 0),
        be(0, 0, 0, 1),
        be(0, 0, 0, 2),
        be(0, 0, 0, 3),
    ];
    let long = "long text ".repeat(2000);
    for shape in SHAPES {
        for way in &ways {
            for text in ["", "short", "é", &long] {
                let mut twins = Twins::new(shape);
                for _ in 0..2 {
                    twins.call("echo", &["before".into()]);
                    twins.call("second", &["before".into(), Val::S64(0), "é".into()]);
                }
                twins.call("be", way);
                twins.call("echo", &[text.into()]);
                twins.call("second", &[text.into(), Val::S64(1), "é".into()]);
                twins.call("note", &["after".into()]);
                twins.call("u8", &[Val::U8(1)]);
            }
        }
        for name in ["trap", "deep", "to-char"] {
            let mut twins = Twins::new(shape);
            let args: &[Val<'_>] = match name {
                "trap" => &["text".into()],
                "deep" => &[],
                _ => &[Val::U32(0xd800)],
            };
            let told = twins.call(name, args);
            assert!(told.starts_with("Trap"), "{told}");
            let told = twins.call("u8", &[Val::U8(1)]);
            assert!(told.starts_with("Poisoned"), "{told}");
        }
    }
}

/// A host function cannot enter the instance that calls it; the outer call goes on.
#[test]
fn entering_again() {
    for back_end in [BackEnd::Compiled, BackEnd::Reference] {
        let engine = engine(back_end);
        let module = Module::new(&engine, text_of(Shape::Whole, "").as_bytes()).unwrap();
        let mut store = Store::new(&engine);
        let echo: Arc<Mutex<Option<Func>>> = Arc::default();
        let (inner, told) = (echo.clone(), Log::default());
        let to = told.clone();
        let ty = FuncType::new([ValType::U32], []);
        let note = Func::new(&mut store, ty, move |mut caller, _, _| {
            let func = inner.lock().unwrap().clone().unwrap();
            let error = func.call(&mut caller, &["again".into()], &mut [Val::Bool(false)]);
            to.lock().unwrap().push(format!("{:?}", error.unwrap_err().kind()));
            Ok(())
        });
        let mut linker = Linker::new();
        linker.define("", "note", note);
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let func = instance.func(&mut store, "echo").unwrap();
        *echo.lock().unwrap() = Some(func);
        let note = instance.func(&mut store, "note").unwrap();
        for _ in 0..3 {
            note.call(&mut store, &["text".into()], &mut []).unwrap();
        }
        assert_eq!(*told.lock().unwrap(), ["StoreBusy"; 3]);
    }
}

/// What a store may have is what the component asks for, with a door or without.
#[test]
fn limits() {
    let text = text_of(Shape::Whole, "");
    for back_end in [BackEnd::Compiled, BackEnd::Reference] {
        let made = |memory: usize, instances: usize, component: &str| {
            let mut config = Config::new();
            config.back_end(back_end).max_memory_bytes(memory).max_table_elements(0);
            config.max_instances(instances);
            let engine = Engine::new(&config).unwrap();
            let module = Module::new(&engine, component.as_bytes()).unwrap();
            let mut store = Store::new(&engine);
            let ty = FuncType::new([ValType::U32], []);
            let note = Func::new(&mut store, ty, |_, _, _| Ok(()));
            let imports = [note.into()];
            let imports = if module.imports().len() == 0 { &[] } else { &imports[..] };
            Instance::new(&mut store, &module, imports).map_err(|e| e.message().to_owned())
        };
        assert!(made(2 * 65536, 1, &text).is_ok());
        assert!(made(2 * 65536 - 1, 1, &text).is_err());
        let two = "(component (core module $m (memory 1)) (core instance (instantiate $m))
            (core instance (instantiate $m))
            (core module $f (func (export \"f\") (result i32) (i32.const 7)))
            (core instance $f (instantiate $f))
            (func (export \"f\") (result u32) (canon lift (core func $f \"f\"))))";
        assert!(made(65536, 2, two).is_err());
        assert!(made(65536, 3, two).is_ok());
        // There is no memory, and none is permitted.
        let bare = "(component (core module $f (func (export \"f\") (result i32) (i32.const 7)))
            (core instance $f (instantiate $f))
            (func (export \"f\") (result u32) (canon lift (core func $f \"f\"))))";
        assert!(made(0, 1, bare).is_ok());
    }
}

/// A component that exports what a door would be called by keeps it.
#[test]
fn names_that_are_taken() {
    let engine = engine(BackEnd::Compiled);
    let text = "(component (core module $f (func (export \"f\") (result i32) (i32.const 7)))
        (core instance $f (instantiate $f))
        (func (export \"witrt-door-0\") (result u32) (canon lift (core func $f \"f\"))))";
    let module = Module::new(&engine, text.as_bytes()).unwrap();
    assert!(contains(&module.serialize().unwrap(), b"witrt-door-1"));
    assert_eq!(module.exports().map(|e| e.name.clone()).collect::<Vec<_>>(), ["witrt-door-0"]);
    let mut store = Store::new(&engine);
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    let func = instance.func(&mut store, "witrt-door-0").unwrap();
    let mut results = [Val::Bool(false)];
    func.call(&mut store, &[], &mut results).unwrap();
    assert!(matches!(results[0], Val::U32(7)));
    assert!(instance.func(&mut store, "witrt-door-1").is_err());
}

/// What is precompiled keeps its door, and who wants none does not go by it.
#[test]
fn precompiled() {
    let compiled = engine(BackEnd::Compiled);
    let module = Module::new(&compiled, text_of(Shape::Whole, "").as_bytes()).unwrap();
    let bytes = module.serialize().unwrap();
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("door.cwasm");
    std::fs::write(&path, &bytes).unwrap();
    for engine in [compiled, engine(BackEnd::Reference)] {
        // SAFETY: they were made just now.
        let loaded = unsafe {
            [Module::deserialize(&engine, &bytes), Module::deserialize_file(&engine, &path)]
        };
        for loaded in loaded {
            let loaded = loaded.unwrap();
            assert!(loaded.exports().eq(module.exports()));
            // What a file was mapped from is written again as it was.
            assert_eq!(loaded.serialize().unwrap().len(), bytes.len());
            let mut twin = Twin::new(&engine, &loaded, Shape::Whole);
            for _ in 0..3 {
                assert_eq!(twin.call("echo", &["text é".into()]), "\"text é\" []");
                assert_eq!(twin.call("nothing", &[]), " [\"note U32(5)\"]");
            }
        }
    }
}

/// Components and calls made of random bytes, the same on every run; `WITRT_ROUNDS` makes
/// more of them.
#[test]
fn random_components() {
    let rounds = std::env::var("WITRT_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(200);
    let first = std::env::var("WITRT_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    for seed in first..first + rounds {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed + 1);
        let mut data = vec![0; 160];
        for byte in &mut data {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *byte = (state >> 32) as u8;
        }
        let compared = std::panic::catch_unwind(|| generate::doors::play(&data));
        assert!(compared.is_ok(), "seed {seed}");
    }
}
