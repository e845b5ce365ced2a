//! Functions of components by their door, and by the engine's own way: the same results,
//! traps, calls of the host and memory, whatever the guest's allocator does, and whatever
//! it says that its values are; and the same ends of resources.

use super::Bytes;
use super::components::{Types, core_type, signature, text, value};
use std::fmt::Write;
use std::sync::{Arc, LazyLock, Mutex};
use witrt::wit::Type;
use witrt::{
    AsContext, BackEnd, Engine, Func, FuncType, Instance, List, Module, Resource, Signature, Store,
    Val, ValType,
};

/// No memory is larger.
const MOST_MEMORY: usize = 1 << 20;

static ENGINES: LazyLock<[Engine; 2]> = LazyLock::new(|| {
    [BackEnd::Compiled, BackEnd::Reference].map(|back_end| {
        let mut config = super::config();
        config.back_end(back_end).max_memory_bytes(MOST_MEMORY);
        Engine::new(&config).expect("the options fit")
    })
});

/// What guests do at times, and mostly not. A host that is told 9 calls back.
const DEEDS: [&str; 12] = [
    "",
    "",
    "",
    "",
    "",
    "(call $note (i32.const 7))",
    "(call $note (i32.const 9))",
    "(drop (memory.grow (i32.const 1)))",
    "unreachable",
    "(i32.store (i32.const 64) (i32.const 0x21ff2121))",
    "(global.set $next (i32.const 0x1ffff))",
    "(call $deep)",
];

/// What guests do besides that have resources.
const DEEDS_WITH_THINGS: [&str; 8] = [
    "",
    "",
    "(drop (call $new (i32.const 7)))",
    "(drop (call $new (i32.const 7)))",
    "(call $drop (i32.const 1))",
    "(call $drop (i32.const 2))",
    "(drop (call $rep (i32.const 1)))",
    "(drop (call $rep (i32.const 3)))",
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

/// Where other values are, in what guests have made up.
const MADE_UP: i32 = 128;
const MADE_UP_AREAS: [i32; 8] = [MADE_UP, MADE_UP, MADE_UP, MADE_UP + 8, 132, 129, 65528, -8];

/// Cases, lengths and places, of which that is made: some make sense.
const WORDS: [u32; 22] = [
    0,
    0,
    0,
    1,
    1,
    2,
    3,
    5,
    20,
    64,
    64,
    MADE_UP as u32,
    MADE_UP as u32 + 32,
    255,
    0x0101_0101,
    0xd800,
    4096,
    4097,
    65530,
    65536,
    1 << 30,
    u32::MAX,
];

/// Resources of the component's own, which tell the host of their ends.
const THINGS: &str = r#"
  (core module $ends (import "host" "note" (func $note (param i32)))
    (func (export "end") (param i32) (call $note (i32.add (i32.const 1000) (local.get 0)))))
  (core instance $ends (instantiate $ends
    (with "host" (instance (export "note" (func $lowered))))))
  (type $r' (resource (rep i32) (dtor (func $ends "end"))))
  (export $r "r" (type $r'))
  (core func $new (canon resource.new $r'))
  (core func $rep (canon resource.rep $r'))
  (core func $drop (canon resource.drop $r'))"#;

/// How these are called, and what is given for it.
const THINGS_IMPORTED: (&str, &str) = (
    r#"(import "host" "new" (func $new (param i32) (result i32)))
    (import "host" "rep" (func $rep (param i32) (result i32)))
    (import "host" "drop" (func $drop (param i32)))"#,
    r#"(export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))"#,
);

/// Does what the bytes say, both ways.
///
/// # Panics
///
/// Where there is a difference.
pub fn play(data: &[u8]) {
    let mut bytes = Bytes(data);
    let Some(Made { text, types, doomed }) = component(&mut bytes, true) else { return };
    let calls = (0..8).map(|_| {
        let at = bytes.below(types.len());
        // At times those of another function.
        let taken = [at, bytes.below(types.len())][usize::from(bytes.below(16) == 0)];
        let params = types[taken].params.fields.iter();
        (at, params.map(|field| argument(&mut bytes, &field.ty)).collect::<Vec<_>>())
    });
    let calls = calls.collect::<Vec<_>>();
    let [by_door, without] = ENGINES.each_ref().map(|engine| outcomes(engine, &text, &calls));
    assert_eq!(by_door, without, "{text}\n{calls:?}");
    for ((at, _), outcome) in calls.iter().zip(&by_door) {
        let failed = outcome.starts_with(&format!("f{at} Err "));
        assert!(failed || !doomed[*at], "{outcome}: {text}\n{calls:?}");
    }
}

fn argument(bytes: &mut Bytes<'_>, ty: &Type) -> Val<'static> {
    match ty {
        Type::String => Val::String(text(bytes)),
        ty => value(bytes, ty, 2),
    }
}

fn outcomes(engine: &Engine, text: &str, calls: &[(usize, Vec<Val<'static>>)]) -> Vec<String> {
    let module = match Module::new(engine, text.as_bytes()) {
        Ok(module) => module,
        Err(error) => panic!("{error}: {text}"),
    };
    let mut store = Store::new(engine);
    let noted = Arc::new(Mutex::new((String::new(), None::<Func>)));
    let to = noted.clone();
    let note = Func::new(&mut store, FuncType::new([ValType::U32], []), move |mut cx, args, _| {
        let back = {
            let mut to = to.lock().expect("nobody panics with it");
            let _ = write!(to.0, " {:?}", args[0]);
            to.1.clone().filter(|_| matches!(args[0], Val::U32(9)))
        };
        let Some(func) = back else { return Ok(()) };
        let outcome = func.call(&mut cx, &[], &mut [Val::Bool(false)]);
        let outcome = outcome.map_err(|error| (error.kind(), error.message().to_owned()));
        let _ = write!(to.lock().expect("as above").0, " {outcome:?}");
        Ok(())
    });
    let instance = Instance::new(&mut store, &module, &[note.into()]).expect("nothing runs");
    noted.lock().expect("as above").1 = instance.func(&mut store, "hash").ok();
    let (mut found, mut things) = (Vec::new(), Vec::new());
    let mut call = |name: &str, args: &[Val<'static>]| {
        let func = instance.func(&mut store, name).expect("it is exported");
        let mut results = vec![Val::Bool(false); func.ty().results().len()];
        let mut args = args.to_vec();
        let mut others = Others { things: &things, next: found.len() };
        args.iter_mut().for_each(|arg| others.put(arg));
        let outcome = match func.call(&mut store, &args, &mut results) {
            Ok(()) => {
                let shown = results.iter().map(|val| shown(&store, val)).collect();
                results.iter().for_each(|val| collect(val, &mut things));
                // Some are given back before the next call.
                if found.len() % 3 == 2 && !things.is_empty() {
                    things.remove(0);
                }
                shown
            }
            Err(error) => {
                let frames = error.trap().map(|trap| trap.frames().iter());
                let frames = frames.into_iter().flatten().map(|f| (f.func_index, f.func_offset));
                let frames = frames.collect::<Vec<_>>();
                format!("Err {:?} {} {frames:?}", error.kind(), error.message())
            }
        };
        let noted = std::mem::take(&mut noted.lock().expect("as above").0);
        found.push(format!("{name} {outcome}{noted}"));
    };
    for (at, args) in calls {
        call(&format!("f{at}"), args);
    }
    call("hash", &[]);
    // It holds the store, which holds what holds it.
    noted.lock().expect("as above").1 = None;
    found
}

/// What a guest has made, in place of some of the host's resources.
struct Others<'a> {
    things: &'a [Resource],
    next: usize,
}

impl Others<'_> {
    fn put(&mut self, val: &mut Val<'_>) {
        match val {
            Val::Own(of) | Val::Borrow(of) => {
                self.next += 1;
                if !self.next.is_multiple_of(5)
                    && let Some(thing) = self.things.get(self.next % self.things.len().max(1))
                {
                    *of = thing.clone();
                }
            }
            Val::List(List::Val(all)) => all.iter_mut().for_each(|val| self.put(val)),
            Val::Record(all) | Val::Tuple(all) => all.iter_mut().for_each(|val| self.put(val)),
            Val::Variant(_, val) | Val::Option(val) | Val::Result(Ok(val) | Err(val)) => {
                val.iter_mut().for_each(|val| self.put(val));
            }
            _ => {}
        }
    }
}

/// The resources in a value.
fn collect(val: &Val<'_>, things: &mut Vec<Resource>) {
    match val {
        Val::Own(thing) => things.push(thing.clone()),
        Val::List(List::Val(all)) => all.iter().for_each(|val| collect(val, things)),
        Val::Record(all) | Val::Tuple(all) => all.iter().for_each(|val| collect(val, things)),
        Val::Variant(_, val) | Val::Option(val) | Val::Result(Ok(val) | Err(val)) => {
            val.iter().for_each(|val| collect(val, things));
        }
        _ => {}
    }
}

/// A value with all its bits.
pub(super) fn shown(cx: &impl AsContext, val: &Val<'_>) -> String {
    let payload = |val: &Option<Box<Val<'_>>>| val.as_ref().map(|val| shown(cx, val));
    let all = |vals: &[Val<'_>]| vals.iter().map(|val| shown(cx, val)).collect::<Vec<_>>();
    match val {
        Val::String(text) => format!("{:?}", text.to_string(cx)),
        Val::F32(x) => format!("{:x}", x.to_bits()),
        Val::F64(x) => format!("{:x}", x.to_bits()),
        Val::List(List::Val(vals)) => format!("list {:?}", all(vals)),
        Val::Record(vals) | Val::Tuple(vals) => format!("{:?}", all(vals)),
        Val::Variant(case, val) => format!("case {case} {:?}", payload(val)),
        Val::Option(val) => format!("option {:?}", payload(val)),
        Val::Result(Ok(val)) => format!("ok {:?}", payload(val)),
        Val::Result(Err(val)) => format!("err {:?}", payload(val)),
        Val::Own(_) => "own".to_owned(),
        other => format!("{other:?}"),
    }
}

/// Functions of types of their own: what declares the types, the functions as a host
/// would import them, and what they are.
fn signatures(
    bytes: &mut Bytes<'_>,
    has_things: bool,
) -> Option<(Types, Vec<String>, Vec<Signature>)> {
    let mut types = Types { values_only: !has_things, ..Types::default() };
    let texts = (0..1 + bytes.below(3)).map(|_| {
        let any = |types: &mut Types, bytes: &mut Bytes<'_>| match bytes.below(4) {
            0 if has_things => ["(own $r)", "(borrow $r)"][usize::from(types.lends)].to_owned(),
            0 => "string".to_owned(),
            1 => types.any(bytes, 0),
            _ => types.any(bytes, 2),
        };
        types.lends = true;
        let params = (0..[0, 1, 1, 2, 3, 4, 7, 17][bytes.below(8)])
            .map(|i| format!("(param \"p{i}\" {})", any(&mut types, bytes)))
            .collect::<String>();
        types.lends = false;
        let result = match bytes.below(5) {
            0 => String::new(),
            _ => format!("(result {})", any(&mut types, bytes)),
        };
        params + &result
    });
    let texts = texts.collect::<Vec<_>>();
    let imports = texts.iter().enumerate().map(|(i, of)| format!("(import \"f{i}\" (func {of}))"));
    // The layouts are told by a component that does nothing.
    let asked = format!(
        "(component (import \"r\" (type $r (sub resource))) {} {})",
        types.text,
        imports.collect::<String>()
    );
    // The library may be without components.
    let asked = Module::new(&ENGINES[1], asked.as_bytes()).ok()?;
    let signatures = (0..texts.len()).map(|i| signature(&asked, i)).collect::<Vec<_>>();
    let large = |ty: &Signature| ty.params.layout.size > 4096 || ty.results.layout.size > 4096;
    (!signatures.iter().any(large)).then_some((types, texts, signatures))
}

/// A component of functions of any values.
pub(super) struct Made {
    pub text: String,
    /// What its functions are.
    pub types: Vec<Signature>,
    /// Which of them say that their result is where it cannot be.
    doomed: Vec<bool>,
}

/// Makes one, of types with resources too if it may have things.
pub(super) fn component(bytes: &mut Bytes<'_>, may_have_things: bool) -> Option<Made> {
    let kind = bytes.below(if may_have_things { 5 } else { 3 });
    let has_things = kind > 2;
    let deed = |bytes: &mut Bytes<'_>| {
        if has_things && bytes.below(2) == 0 {
            return DEEDS_WITH_THINGS[bytes.below(DEEDS_WITH_THINGS.len())];
        }
        DEEDS[bytes.below(DEEDS.len())]
    };
    let resource = match kind {
        0 => "(type $r' (resource (rep i32))) (core func $drop (canon resource.drop $r'))",
        1 | 2 => "",
        _ => THINGS,
    };
    let (imports, given) = if has_things { THINGS_IMPORTED } else { ("", "") };
    let encoding =
        ["", "", "string-encoding=utf16", "string-encoding=latin1+utf16"][bytes.below(4)];
    let lie = LIES[bytes.below(LIES.len())];
    let (allocates, pays) = (deed(bytes), deed(bytes));
    let made_up = (0..bytes.below(65)).flat_map(|_| WORDS[bytes.below(WORDS.len())].to_le_bytes());
    let made_up = made_up.map(|byte| format!("\\{byte:02x}")).collect::<String>();
    let (made, texts, signatures) = signatures(bytes, has_things)?;
    let mut types = made.text;
    for at in 0..made.count {
        // What a resource of the component's own is in cannot be imported.
        let imported = format!("(import \"t{at}\" (type $t{at} (eq $d{at})))");
        types = types.replace(&imported, &format!("(export $t{at} \"t{at}\" (type $d{at}))"));
    }
    let (mut core, mut lifted, mut doomed) = (String::new(), String::new(), Vec::new());
    for (at, (of, ty)) in texts.iter().zip(&signatures).enumerate() {
        let params = &ty.params.layout.flat;
        let params = if params.len() > 16 { " i32".to_owned() } else { core_type(params) };
        let mut noted = String::new();
        for (i, core) in params.split_whitespace().enumerate() {
            let place = 1024 + 256 * at + 8 * i;
            let _ = write!(noted, "({core}.store (i32.const {place}) (local.get {i}))");
        }
        let fields = ty.params.fields.iter();
        let first = fields.clone().next().filter(|_| params.starts_with(" i32 i32"));
        let mut told = match first.map(|field| &field.ty) {
            Some(Type::String | Type::List(_)) => "(local.get 0) (local.get 1)".to_owned(),
            _ => "(i32.const 64) (i32.const 20)".to_owned(),
        };
        if bytes.below(3) == 0 {
            let (text, len) = TEXTS[bytes.below(TEXTS.len())];
            told = format!("(i32.const {text}) (i32.const {len})");
        }
        let bits = [0, 1, 2, 255, 256, 0xd800, 0x10ffff, -1][bytes.below(8)];
        let back = core_type(&ty.results.layout.flat);
        let mut area = 0;
        let is_thing =
            matches!(ty.results.fields.first(), Some(of) if matches!(of.ty, Type::Own(_)));
        let (given, returned) = match &*back {
            " i32" if is_thing && bytes.below(4) > 0 => {
                (format!("(call $new (i32.const {at}))"), "(result i32)")
            }
            "" => (String::new(), ""),
            " i32" => (format!("(i32.const {bits})"), "(result i32)"),
            " i64" => (format!("(i64.const {bits})"), "(result i64)"),
            " f32" => (format!("(f32.reinterpret_i32 (i32.const {bits}))"), "(result f32)"),
            " f64" => (format!("(f64.reinterpret_i64 (i64.const {bits}))"), "(result f64)"),
            // What was given, if it is given in memory; or as text is.
            _ if bytes.below(4) == 0 && ty.params.layout.flat.len() > 16 => {
                ("(local.get 0)".to_owned(), "(result i32)")
            }
            " i32 i32" if bytes.below(4) > 0 => {
                area = AREAS[bytes.below(AREAS.len())];
                (format!("(call $tell (i32.const {area}) {told})"), "(result i32)")
            }
            _ => {
                area = MADE_UP_AREAS[bytes.below(MADE_UP_AREAS.len())];
                (format!("(i32.const {area})"), "(result i32)")
            }
        };
        let result = &ty.results.layout;
        let end = area as u32 as usize + result.size as usize;
        doomed.push(!(area as u32).is_multiple_of(result.align) || end > MOST_MEMORY);
        let _ = writeln!(
            core,
            "(func (export \"f{at}\") (param{params}) {returned} {noted} {} {given})",
            deed(bytes)
        );
        let post = match bytes.below(2) {
            0 if returned == "(result i32)" => "(post-return (core func $i \"post\"))",
            _ => "",
        };
        let _ = writeln!(
            lifted,
            "(func (export \"f{at}\") {of} (canon lift (core func $i \"f{at}\")
              (memory (core memory $i \"memory\")) (realloc (core func $i \"realloc\"))
              {post} {encoding}))"
        );
    }
    let text = format!(
        r#"(component
  (import "note" (func $host (param "n" u32)))
  (core func $lowered (canon lower (func $host)))
  {resource}
  {types}
  (core module $m
    (import "host" "note" (func $note (param i32)))
    {imports}
    (memory (export "memory") 1)
    (data (i32.const 64) "plain text, caf\c3\a9, \f0\9f\a6\80, and \ff ill-formed")
    (data (i32.const {MADE_UP}) "{made_up}")
    (global $next (mut i32) (i32.const 4096))
    (func $deep (call $deep))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local i32)
      (i32.store (i32.const 52) (i32.add (i32.mul (i32.load (i32.const 52)) (i32.const 31))
        (i32.add (i32.mul (local.get 0) (i32.const 7)) (i32.add (local.get 1)
          (i32.add (i32.mul (local.get 2) (i32.const 5)) (local.get 3))))))
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
    (with "host" (instance (export "note" (func $lowered)) {given}))))
  (func (export "hash") (result u64) (canon lift (core func $i "hash")))
  {lifted})"#
    );
    Some(Made { text, types: signatures, doomed })
}
