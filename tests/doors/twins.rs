//! The same guest twice, by each way, and what compares them.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};
use witrt::{
    BackEnd, Config, Engine, Error, Func, FuncType, Instance, Linker, List, Module, Store, Val,
    ValType,
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
      (local.set 4 (i32.and (i32.add (global.get $next) (i32.sub (local.get 2) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get 2))))
      (global.set $next (i32.add (local.get 4) (local.get 3)))
      (if (i32.gt_u (global.get $next) (i32.const 90000)) (then (global.set $next (i32.const 8192))))
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
    (func (export "row") (param i32 i32 i32) (result i32)
      (call $log (i32.const -4) (local.get 0) (local.get 1) (local.get 2))
      (i32.store (i32.const 24) (local.get 2))
      (call $answer (local.get 0) (local.get 1)))
    (func (export "case") (param i32 i32 i32) (result i32)
      (call $log (i32.const -5) (local.get 0) (local.get 1) (local.get 2))
      (i32.store (i32.const 20) (local.get 1))
      (i32.store (i32.const 24) (local.get 2))
      (i32.store (i32.const 16) (local.get 0))
      (i32.const 16))
    (func (export "many-words") (param i32) (result i64)
      (i64.add (i64.load (local.get 0))
        (i64.add (i64.load offset=64 (local.get 0)) (i64.load offset=128 (local.get 0)))))
    (func (export "last") (param i32) (result i32)
      (call $answer (i32.load offset=64 (local.get 0)) (i32.load offset=68 (local.get 0))))
    (func (export "post-number") (param i32)
      (call $log (i32.const -6) (local.get 0) (i32.const 0) (i32.const 0))
      (call $hostile (i32.const 2)))
    (func (export "post-nothing") (call $hostile (i32.const 2)))
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
  VALUES
  (component $shim
    (import "import-func-echo" (func $f (param "x" string) (result string)))
    (export "echo" (func $f)))
  (instance $faces (instantiate $shim (with "import-func-echo" (func $echo))))
  (export "my:pkg/face@1.2.3" (instance $faces))
  (instance $plain (export "echo" (func $echo)))
  (export "inner" (instance $plain))
"#;

/// The same guest's functions of other values, which the host lowers and lifts.
const VALUES: &str = r#"
  (type $row' (record (field "name" string) (field "qty" u32))) (export $row "t-row" (type $row'))
  (type $color' (enum "red" "green" "blue")) (export $color "t-color" (type $color'))
  (type $set' (flags "a" "b" "c")) (export $set "t-set" (type $set'))
  (type $shape' (variant (case "none") (case "named" string) (case "sized" f32)))
  (export $shape "t-shape" (type $shape'))
  (func (export "bytes") (param "x" (list u8)) (result (list u8))
    (canon lift (core func $i "echo") (memory $mem) (realloc (func $realloc)) (post-return (func $post)) ENCODING))
  (func (export "words") (param "x" (list u64)) (result (list u64))
    (canon lift (core func $i "echo") (memory $mem) (realloc (func $realloc)) ENCODING))
  (func (export "flags-of") (param "x" (list bool)) (result (list bool))
    (canon lift (core func $i "echo") (memory $mem) (realloc (func $realloc)) ENCODING))
  (func (export "texts") (param "x" (list string)) (result (list string))
    (canon lift (core func $i "echo") (memory $mem) (realloc (func $realloc)) (post-return (func $post)) ENCODING))
  (func (export "rows") (param "x" (list $row)) (result (list $row))
    (canon lift (core func $i "echo") (memory $mem) (realloc (func $realloc)) ENCODING))
  (func (export "nested") (param "x" (list (list (option string)))) (result (list (list (option string))))
    (canon lift (core func $i "echo") (memory $mem) (realloc (func $realloc)) ENCODING))
  (func (export "row") (param "x" $row) (result $row)
    (canon lift (core func $i "row") (memory $mem) (realloc (func $realloc)) (post-return (func $post)) ENCODING))
  (func (export "maybe") (param "x" (option string)) (result (option string))
    (canon lift (core func $i "case") (memory $mem) (realloc (func $realloc)) ENCODING))
  (func (export "either") (param "x" (result u32 (error string))) (result (result u32 (error string)))
    (canon lift (core func $i "case") (memory $mem) (realloc (func $realloc)) ENCODING))
  (func (export "shape") (param "x" $shape) (result $shape)
    (canon lift (core func $i "case") (memory $mem) (realloc (func $realloc)) (post-return (func $post)) ENCODING))
  (func (export "color") (param "x" $color) (result $color) (canon lift (core func $i "i")))
  (func (export "to-color") (param "x" u32) (result $color) (canon lift (core func $i "i")))
  (func (export "set") (param "x" $set) (result $set)
    (canon lift (core func $i "i") (post-return (func $i "post-number"))))
  (func (export "number") (param "x" u32) (result u32)
    (canon lift (core func $i "i") (post-return (func $i "post-number"))))
  (func (export "ok") (param "x" (result)) (result (result)) (canon lift (core func $i "i")))
  (func (export "done") (canon lift (core func $i "nothing") (post-return (func $i "post-nothing"))))
  (func (export "many-words") (param "x" (tuple u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64))
    (result u64) (canon lift (core func $i "many-words") (memory $mem) (realloc (func $realloc))))
  (func (export "last") (param "x" (tuple string string string string string string string string string))
    (result string) (canon lift (core func $i "last") (memory $mem) (realloc (func $realloc)) ENCODING))
  (func (export "words-at") (param "p" u32) (param "n" u32) (result (list u32))
    (canon lift (core func $i "at") (memory $mem) (post-return (func $post)) ENCODING))
  (func (export "texts-at") (param "p" u32) (param "n" u32) (result (list string))
    (canon lift (core func $i "at") (memory $mem) (post-return (func $post)) ENCODING))
  (func (export "chars-at") (param "p" u32) (param "n" u32) (result (list char))
    (canon lift (core func $i "at") (memory $mem) (post-return (func $post)) ENCODING))
  (func (export "shape-at") (param "p" u32) (result $shape)
    (canon lift (core func $i "area") (memory $mem) (post-return (func $post)) ENCODING))
"#;

/// Whether a call is one entry: the guest can call its own host functions only.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Shape {
    Whole,
    /// These take values of Rust's own.
    Typed,
    /// It could drop a resource, at a time when it may not.
    Resource,
}

pub fn text_of(shape: Shape, encoding: &str) -> String {
    let resource = match shape {
        Shape::Whole | Shape::Typed => "",
        Shape::Resource => {
            "(type $r (resource (rep i32))) (core func $drop (canon resource.drop $r))"
        }
    };
    let exports = EXPORTS.replace("VALUES", VALUES).replace("ENCODING", encoding);
    format!(
        "(component (import \"note\" (func $note (param \"n\" u32)))
         (core func $lowered (canon lower (func $note))) {resource} {GUEST} {exports})"
    )
}

/// The same guest twice, by each way.
pub struct Twins {
    pub twins: [Twin; 2],
    /// What was called, for the message of a failure.
    told: Vec<String>,
}

pub struct Twin {
    pub store: Store,
    pub instance: Instance,
    log: Log,
}

pub type Log = Arc<Mutex<Vec<String>>>;

pub fn engine(back_end: BackEnd) -> Engine {
    let mut config = Config::new();
    config.back_end(back_end);
    Engine::new(&config).unwrap()
}

static ENGINES: LazyLock<[Engine; 2]> =
    LazyLock::new(|| [BackEnd::Compiled, BackEnd::Reference].map(engine));

type Made = (&'static Engine, Module, Arc<[u8]>);

/// A component by both, and as it is precompiled. Each text is compiled once; who asks for
/// it again gets one of which nothing is known by calls either.
fn modules(text: &str) -> [Made; 2] {
    static KNOWN: Mutex<BTreeMap<String, [Arc<[u8]>; 2]>> = Mutex::new(BTreeMap::new());
    let known = KNOWN.lock().unwrap().get(text).cloned();
    if let Some(known) = known {
        let mut engines = ENGINES.iter();
        return known.map(|bytes| {
            let engine = engines.next().unwrap();
            // SAFETY: it was made by this engine.
            (engine, unsafe { Module::deserialize(engine, &bytes) }.unwrap(), bytes)
        });
    }
    let mut engines = ENGINES.iter();
    let made = [(); 2].map(|()| {
        let engine = engines.next().unwrap();
        let module = Module::new(engine, text.as_bytes()).unwrap_or_else(|e| panic!("{e:?}"));
        let bytes: Arc<[u8]> = module.serialize().unwrap().into();
        (engine, module, bytes)
    });
    let bytes = made.each_ref().map(|(.., bytes)| bytes.clone());
    KNOWN.lock().unwrap().insert(text.to_owned(), bytes);
    made
}

impl Twins {
    pub fn new(shape: Shape) -> Twins {
        Twins::in_encoding(shape, "")
    }

    pub fn in_encoding(shape: Shape, encoding: &str) -> Twins {
        Twins::made(&text_of(shape, encoding), BY_DOOR, shape)
    }

    /// Of any component, which may import what [`Twin::new`] supplies. Whether it gets a
    /// door is told.
    pub fn of(text: &str, by_door: bool) -> Twins {
        Twins::made(text, by_door, Shape::Whole)
    }

    fn made(component: &str, by_door: bool, shape: Shape) -> Twins {
        let modules = modules(component);
        let names = modules.each_ref().map(|(_, module, _)| {
            module.exports().map(|export| export.name.clone()).collect::<Vec<_>>()
        });
        assert_eq!(names[0], names[1]);
        let doors = modules.each_ref().map(|(.., precompiled)| has_door(precompiled));
        assert_eq!(doors, [by_door, false]);
        let twins = modules.each_ref().map(|(engine, module, _)| {
            Twin::new(engine, module, shape).unwrap_or_else(|e| panic!("{e:?}"))
        });
        Twins { twins, told: Vec::new() }
    }

    /// Two more instances of the same components, of which something is known by now.
    pub fn again(&self, shape: Shape) -> Twins {
        let twins = self
            .twins
            .each_ref()
            .map(|twin| Twin::new(twin.store.engine(), twin.instance.module(), shape).unwrap());
        Twins { twins, told: Vec::new() }
    }

    /// What is told by both of a component that cannot be instantiated.
    pub fn refused(text: &str) -> String {
        let told = modules(text).map(|(engine, module, _)| {
            told_of(&Twin::new(engine, &module, Shape::Whole).map(drop).unwrap_err())
        });
        assert_eq!(told[0], told[1]);
        let [told, _] = told;
        told
    }

    /// Calls both, and compares.
    pub fn call(&mut self, name: &str, args: &[Val<'_>]) -> String {
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
    pub fn compare_memory(&mut self) {
        for at in (0..8192).step_by(8) {
            self.call("peek", &[Val::U32(at)]);
            self.told.pop();
        }
    }
}

impl Twin {
    /// An instance, which may import `note` of a number, `say` of a text, and `room` of
    /// four numbers.
    pub fn new(engine: &Engine, module: &Module, shape: Shape) -> witrt::Result<Twin> {
        let mut store = Store::new(engine);
        let log = Log::default();
        let mut linker = Linker::new();
        let to = log.clone();
        let say = Func::wrap(&mut store, move |text: String| {
            to.lock().unwrap().push(format!("say {text:?}"));
            text.chars().count() as u32
        });
        linker.define("", "say", say);
        let room = |_: u32, _: u32, _: u32, _: u32| 64u32;
        let room = Func::wrap(&mut store, room);
        linker.define("", "room", room);
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
        let instance = linker.instantiate(&mut store, module)?;
        Ok(Twin { store, instance, log })
    }

    pub fn call(&mut self, name: &str, args: &[Val<'_>]) -> String {
        self.call_for(name, args).0
    }

    /// What came of a call, and what it returned.
    pub fn call_for(&mut self, name: &str, args: &[Val<'_>]) -> (String, Vec<Val<'static>>) {
        let func = self.instance.func(&mut self.store, name).unwrap();
        let mut results = vec![Val::Bool(false); func.ty().results().len()];
        let outcome = match func.call(&mut self.store, args, &mut results) {
            Ok(()) => results.iter().map(|val| shown(&self.store, val)).collect(),
            Err(error) => told_of(&error),
        };
        let told = format!("{outcome} {:?}", std::mem::take(&mut *self.log.lock().unwrap()));
        (told, results)
    }
}

/// All that an error tells but which module it was.
pub fn told_of(error: &Error) -> String {
    let trap = error.trap();
    let frames = trap.map(|trap| trap.frames().iter()).into_iter().flatten();
    let frames = frames.map(|f| (f.func_index, f.func_name.clone(), f.func_offset));
    let (frames, code) = (frames.collect::<Vec<_>>(), trap.map(|trap| trap.code()));
    format!("{:?} {code:?} {:?} {frames:?}", error.kind(), error.message())
}

fn shown(store: &Store, val: &Val<'_>) -> String {
    let payload = |val: &Option<Box<Val<'_>>>| val.as_ref().map(|val| shown(store, val));
    let all = |vals: &[Val<'_>]| vals.iter().map(|val| shown(store, val)).collect::<Vec<_>>();
    match val {
        Val::String(text) => format!("{:?}", text.to_string(store).unwrap()),
        Val::F32(x) => format!("f32 {:x}", x.to_bits()),
        Val::F64(x) => format!("f64 {:x}", x.to_bits()),
        Val::List(List::Val(vals)) => format!("list {:?}", all(vals)),
        Val::Record(vals) | Val::Tuple(vals) => format!("{:?}", all(vals)),
        Val::Variant(case, val) => format!("case {case} {:?}", payload(val)),
        Val::Option(val) => format!("option {:?}", payload(val)),
        Val::Result(Ok(val)) => format!("ok {:?}", payload(val)),
        Val::Result(Err(val)) => format!("err {:?}", payload(val)),
        other => format!("{other:?}"),
    }
}

/// Whether a component has one. It says so before all where it is precompiled: in the
/// length of what is known of it.
fn has_door(precompiled: &[u8]) -> bool {
    precompiled[precompiled.len() - 32..][..8] != [0; 8]
}

/// Whether a component gets a door.
pub const BY_DOOR: bool = true;

pub fn contains(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

pub const SHAPES: [Shape; 3] = [Shape::Whole, Shape::Typed, Shape::Resource];
