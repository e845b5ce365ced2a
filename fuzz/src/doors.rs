//! Functions of components by their door, and by the engine's own way: the same results,
//! traps, calls of the host and memory, whatever the guest's allocator does.

use super::Bytes;
use super::components::{plain_value, some_bits, text};
use std::fmt::Write;
use std::sync::{Arc, LazyLock, Mutex};
use witrt::{
    BackEnd, Config, Engine, Func, FuncType, Instance, Module, OptLevel, Store, Val, ValType,
};

static ENGINES: LazyLock<[Engine; 2]> = LazyLock::new(|| {
    [BackEnd::Compiled, BackEnd::Reference].map(|back_end| {
        let mut config = Config::new();
        config.back_end(back_end).opt_level(OptLevel::None).max_memory_bytes(1 << 20);
        Engine::new(&config).expect("the options fit")
    })
});

/// Types, and the core types that these are.
const PLAIN: [(&str, &str); 13] = [
    ("bool", "i32"),
    ("s8", "i32"),
    ("u8", "i32"),
    ("s16", "i32"),
    ("u16", "i32"),
    ("s32", "i32"),
    ("u32", "i32"),
    ("char", "i32"),
    ("s64", "i64"),
    ("u64", "i64"),
    ("f32", "f32"),
    ("f64", "f64"),
    ("string", "i32 i32"),
];

/// What guests do at times, and mostly not.
const DEEDS: [&str; 10] = [
    "",
    "",
    "",
    "",
    "(call $note (i32.const 7))",
    "(drop (memory.grow (i32.const 1)))",
    "unreachable",
    "(i32.store (i32.const 64) (i32.const 0x21ff2121))",
    "(global.set $next (i32.const 0x1ffff))",
    "(call $deep)",
];

/// What allocators say beside the truth.
const LIES: [&str; 8] = [
    "",
    "",
    "",
    "(return (i32.add (local.get 4) (i32.const 1)))",
    "(return (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)))",
    "(return (i32.mul (memory.size) (i32.const 65536)))",
    "(return (i32.const -1))",
    "(return (i32.const 0))",
];

/// Where text is that is returned, and where that is told.
const TEXTS: [(i32, i32); 9] = [
    (64, 20),
    (64, 0),
    (76, 5),
    (92, 3),
    (65530, 100),
    (65536, 0),
    (-1, 0),
    (4096, 64),
    (4096, 65),
];
const AREAS: [i32; 8] = [16, 16, 16, 16, 17, 18, 65532, -8];

/// Does what the bytes say, both ways.
///
/// # Panics
///
/// Where there is a difference.
pub fn play(data: &[u8]) {
    let mut bytes = Bytes(data);
    let (text, types) = component(&mut bytes);
    let calls = (0..8).map(|_| {
        let (at, params) = match types.get(bytes.below(types.len())) {
            Some((at, params)) => (*at, params.as_slice()),
            None => (0, &[][..]),
        };
        let args = params.iter().map(|ty| match *ty {
            "string" => Val::String(self::text(&mut bytes)),
            ty => {
                let bits = some_bits(&mut bytes);
                plain_value(&mut bytes, bits, ty)
            }
        });
        (at, args.collect::<Vec<_>>())
    });
    let calls = calls.collect::<Vec<_>>();
    let [by_door, without] = ENGINES.each_ref().map(|engine| outcomes(engine, &text, &calls));
    assert_eq!(by_door, without, "{text}\n{calls:?}");
}

fn outcomes(engine: &Engine, text: &str, calls: &[(usize, Vec<Val<'static>>)]) -> Vec<String> {
    let module = match Module::new(engine, text.as_bytes()) {
        Ok(module) => module,
        Err(error) => panic!("{error}: {text}"),
    };
    let mut store = Store::new(engine);
    let noted = Arc::new(Mutex::new(0));
    let to = noted.clone();
    let note = Func::new(&mut store, FuncType::new([ValType::U32], []), move |_, _, _| {
        *to.lock().expect("nobody panics with it") += 1;
        Ok(())
    });
    let instance = Instance::new(&mut store, &module, &[note.into()]).expect("nothing runs");
    let mut found = Vec::new();
    let mut call = |name: &str, args: &[Val<'_>]| {
        let func = instance.func(&mut store, name).expect("it is exported");
        let mut results = vec![Val::Bool(false); func.ty().results().len()];
        let outcome = match func.call(&mut store, args, &mut results) {
            Ok(()) => results.iter().map(|val| shown(&store, val)).collect(),
            Err(error) => {
                let frames = error.trap().map(|trap| trap.frames().iter());
                let frames = frames.into_iter().flatten().map(|f| (f.func_index, f.func_offset));
                format!("{:?} {} {:?}", error.kind(), error.message(), frames.collect::<Vec<_>>())
            }
        };
        found.push(format!("{name} {outcome} {}", noted.lock().expect("nobody panics with it")));
    };
    for (at, args) in calls {
        call(&format!("f{at}"), args);
    }
    call("hash", &[]);
    found
}

fn shown(store: &Store, val: &Val<'_>) -> String {
    match val {
        Val::String(text) => format!("{:?}", text.to_string(store)),
        Val::F32(x) => format!("{:x}", x.to_bits()),
        Val::F64(x) => format!("{:x}", x.to_bits()),
        other => format!("{other:?}"),
    }
}

type Types = Vec<(usize, Vec<&'static str>)>;

fn component(bytes: &mut Bytes<'_>) -> (String, Types) {
    let deed = |bytes: &mut Bytes<'_>| DEEDS[bytes.below(DEEDS.len())];
    let resource = match bytes.below(3) {
        0 => "(type $r (resource (rep i32))) (core func $drop (canon resource.drop $r))",
        _ => "",
    };
    let encoding = ["", "", "", "string-encoding=utf16"][bytes.below(4)];
    let lie = LIES[bytes.below(LIES.len())];
    let (allocates, pays) = (deed(bytes), deed(bytes));
    let (mut core, mut lifted, mut types) = (String::new(), String::new(), Types::new());
    for at in 0..1 + bytes.below(3) {
        let mut params = Vec::new();
        let (mut words, mut flat, mut noted) = (0, String::new(), String::new());
        let mut told = String::from("(i32.const 64) (i32.const 20)");
        for _ in 0..bytes.below(8) {
            let (ty, core) =
                PLAIN[[bytes.below(PLAIN.len()), 12][usize::from(bytes.below(4) == 0)]];
            if ty == "string" {
                told = format!("(local.get {words}) (local.get {})", words + 1);
            }
            for core in core.split(' ') {
                let place = 1024 + 256 * at + 8 * words;
                let _ = write!(noted, "({core}.store (i32.const {place}) (local.get {words}))");
                words += 1;
            }
            let _ = write!(flat, " {core}");
            params.push(ty);
        }
        let (result, back) = match bytes.below(4) {
            0 => ("", ""),
            1 => PLAIN[bytes.below(PLAIN.len())],
            _ => ("string", "i32 i32"),
        };
        if bytes.below(3) == 0 {
            let (text, len) = TEXTS[bytes.below(TEXTS.len())];
            told = format!("(i32.const {text}) (i32.const {len})");
        }
        let bits = [0, 1, 2, 255, 256, 0xd800, 0x10ffff, -1][bytes.below(8)];
        let (given, returned) = match back {
            "" => (String::new(), ""),
            "i32 i32" => {
                let area = AREAS[bytes.below(AREAS.len())];
                (format!("(call $tell (i32.const {area}) {told})"), "(result i32)")
            }
            "i32" => (format!("(i32.const {bits})"), "(result i32)"),
            "i64" => (format!("(i64.const {bits})"), "(result i64)"),
            "f32" => (format!("(f32.reinterpret_i32 (i32.const {bits}))"), "(result f32)"),
            _ => (format!("(f64.reinterpret_i64 (i64.const {bits}))"), "(result f64)"),
        };
        let _ = writeln!(
            core,
            "(func (export \"f{at}\") (param{flat}) {returned} {noted} {} {given})",
            deed(bytes)
        );
        let named = params.iter().enumerate().map(|(i, ty)| format!("(param \"p{i}\" {ty})"));
        let named = named.collect::<String>();
        let result = if result.is_empty() { String::new() } else { format!("(result {result})") };
        let post = match bytes.below(2) {
            0 if back == "i32 i32" => "(post-return (core func $i \"post\"))",
            _ => "",
        };
        let _ = writeln!(
            lifted,
            "(func (export \"f{at}\") {named} {result} (canon lift (core func $i \"f{at}\")
              (memory (core memory $i \"memory\")) (realloc (core func $i \"realloc\"))
              {post} {encoding}))"
        );
        types.push((at, params));
    }
    let text = format!(
        r#"(component
  (import "note" (func $host (param "n" u32)))
  (core func $lowered (canon lower (func $host)))
  {resource}
  (core module $m
    (import "host" "note" (func $note (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 64) "plain text, caf\c3\a9, \f0\9f\a6\80, and \ff ill-formed")
    (global $next (mut i32) (i32.const 4096))
    (func $deep (call $deep))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local i32)
      (local.set 4 (i32.and (i32.add (global.get $next) (i32.sub (local.get 2) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get 2))))
      (global.set $next (i32.add (local.get 4) (local.get 3)))
      (if (i32.gt_u (global.get $next) (i32.const 50000)) (then (global.set $next (i32.const 4096))))
      {allocates} {lie}
      (local.get 4))
    (func (export "post") (param i32)
      (i32.store (i32.const 48) (i32.add (i32.load (i32.const 48)) (local.get 0))) {pays})
    (func $tell (param i32 i32 i32) (result i32)
      (if (i32.le_u (local.get 0) (i32.const 65528)) (then
        (i32.store (local.get 0) (local.get 1))
        (i32.store offset=4 (local.get 0) (local.get 2))))
      (local.get 0))
    (func (export "hash") (result i64) (local i32 i64)
      (loop $next
        (local.set 1 (i64.add (i64.mul (local.get 1) (i64.const 0x100000001b3))
          (i64.load (local.get 0))))
        (local.set 0 (i32.add (local.get 0) (i32.const 8)))
        (br_if $next (i32.lt_u (local.get 0) (i32.mul (memory.size) (i32.const 65536)))))
      (local.get 1))
    {core})
  (core instance $i (instantiate $m
    (with "host" (instance (export "note" (func $lowered))))))
  (func (export "hash") (result u64) (canon lift (core func $i "hash")))
  {lifted})"#
    );
    (text, types)
}
