//! Components: values of any type there and back, and damaged files of real tools.
//!
//! A component that only hands on what it gets stands between two hosts: it is made
//! for a type, in one of the encodings that guests have, with an allocator that may
//! lie. What the one host gives, the other gets; what that answers comes back.

use super::Bytes;
use std::fmt::Write;
use std::sync::{Arc, LazyLock, Mutex};
use witrt::string::Text;
use witrt::wit::{Flat, Layout, Type};
use witrt::{
    Encoding, Engine, ErrorKind, Extern, ExternType, Func, Instance, List, Module, Resource,
    Signature, Store, Str, Val,
};

/// Where fuel is counted, and where it is not: there calls go by a component's door.
static ENGINES: LazyLock<[[Engine; 2]; 2]> = LazyLock::new(|| {
    [true, false].map(|fuel| {
        [Encoding::Utf8, Encoding::Utf16].map(|encoding| {
            let mut config = super::config();
            config.host_encoding(encoding).consume_fuel(fuel);
            config.max_memory_bytes(16 << 20);
            Engine::new(&config).expect("the options fit")
        })
    })
});

/// Small components by real tools.
const FILES: [&[u8]; 4] = [
    include_bytes!("../../tests/modules/components/wat/solo-utf8.wasm"),
    include_bytes!("../../tests/modules/components/wat/mini-utf16.wasm"),
    include_bytes!("../../tests/modules/components/wat/mini-compact-utf16.wasm"),
    include_bytes!("../../tests/modules/components/c/plain-utf8.wasm"),
];

/// Does what the bytes say.
///
/// # Panics
///
/// Where a value is not what was given.
pub fn play(data: &[u8]) {
    let mut bytes = Bytes(data);
    let which = bytes.below(4);
    let [counting, free] = ENGINES.each_ref().map(|engines| &engines[which & 1]);
    match bytes.below(4) {
        0 => damaged(counting, &mut bytes),
        _ => handed_on(counting, if which < 2 { counting } else { free }, &mut bytes),
    }
}

/// A real component, with other bytes in some places. Whatever it does ends.
fn damaged(engine: &Engine, bytes: &mut Bytes<'_>) {
    let mut file = FILES[bytes.below(FILES.len())].to_vec();
    for _ in 0..bytes.below(6) {
        let at = usize::from(bytes.byte()) << 8 | usize::from(bytes.byte());
        let at = 8 + at % (file.len() - 8);
        match bytes.below(3) {
            0 => file[at] = bytes.byte(),
            1 => file[at] ^= 1 << bytes.below(8),
            _ => file.truncate(at + 1),
        }
    }
    let module = match Module::new(engine, &file) {
        Ok(module) => module,
        Err(error) => return assert!(!error.message().is_empty()),
    };
    let mut store = Store::new(engine);
    let _ = store.set_fuel(50_000);
    // The answers of host functions are made beforehand.
    let mut imports = Vec::<Extern>::new();
    for import in module.imports() {
        let ExternType::Func(ty) = &import.ty else { return };
        let answer = ty
            .signature()
            .and_then(|s| s.results.fields.first())
            .map(|f| Mutex::new(value(bytes, &f.ty, 3)));
        let func = Func::new(&mut store, ty.clone(), move |_, _, results| {
            if let (Some(answer), [result, ..]) = (&answer, results) {
                *result = answer.lock().expect("nobody panics with it").clone();
            }
            Ok(())
        });
        imports.push(func.into());
    }
    let Ok(instance) = Instance::new(&mut store, &module, &imports) else { return };
    for _ in 0..4 {
        let count = module.exports().len();
        let Some(export) = module.exports().nth(bytes.below(count)) else { return };
        let Ok(func) = instance.func(&mut store, &export.name) else { return };
        let Some(signature) = func.ty().signature().cloned() else { return };
        let params = signature.params.fields.iter();
        let args: Vec<_> = params.map(|field| value(bytes, &field.ty, 3)).collect();
        let mut results = vec![Val::Bool(false); signature.results.fields.len()];
        if func.call(&mut store, &args, &mut results).is_ok() {
            let fields = signature.results.fields.iter();
            fields.zip(&results).for_each(|(field, val)| check(&store, &field.ty, val));
        }
    }
}

/// Types as text, with those that need names.
#[derive(Default)]
pub(super) struct Types {
    pub text: String,
    pub count: usize,
    /// None has resources.
    pub values_only: bool,
    /// They may be lent as well.
    pub lends: bool,
}

impl Types {
    pub fn any(&mut self, bytes: &mut Bytes<'_>, depth: usize) -> String {
        let plain: &[&str] = &[
            "bool",
            "s8",
            "u8",
            "s16",
            "u16",
            "s32",
            "u32",
            "s64",
            "u64",
            "f32",
            "f64",
            "char",
            "string",
            "(own $r)",
            "(borrow $r)",
        ];
        let without = [usize::from(!self.lends), 2][usize::from(self.values_only)];
        let plain = &plain[..plain.len() - without];
        if depth == 0 {
            return plain[bytes.below(plain.len())].to_owned();
        }
        let byte = bytes.byte();
        // Of these not all bits are values, and lists of them go by ways of their own.
        if byte >= 240 {
            return ["(list bool)", "(list char)"][usize::from(byte >= 248)].to_owned();
        }
        match byte % 12 {
            0..3 => plain[bytes.below(plain.len())].to_owned(),
            3 => "string".to_owned(),
            4 => format!("(list {})", self.any(bytes, depth - 1)),
            5 => format!("(option {})", self.any(bytes, depth - 1)),
            6 => {
                let (ok, err) = (self.any(bytes, depth - 1), self.any(bytes, depth - 1));
                match bytes.below(4) {
                    0 => "(result)".to_owned(),
                    1 => format!("(result {ok})"),
                    2 => format!("(result (error {err}))"),
                    _ => format!("(result {ok} (error {err}))"),
                }
            }
            7 => {
                let count = 1 + bytes.below(5);
                let all: Vec<_> = (0..count).map(|_| self.any(bytes, depth - 1)).collect();
                format!("(tuple {})", all.join(" "))
            }
            8 => {
                let count = 1 + bytes.below(5);
                let field = |i, ty| format!("(field \"f{i}\" {ty})");
                let all: Vec<_> =
                    (0..count).map(|i| field(i, self.any(bytes, depth - 1))).collect();
                self.named(format!("(record {})", all.join(" ")))
            }
            9 => {
                let count = 1 + bytes.below(5);
                let case = |i, ty| match ty {
                    Some(ty) => format!("(case \"c{i}\" {ty})"),
                    None => format!("(case \"c{i}\")"),
                };
                let mut all = Vec::new();
                for i in 0..count {
                    let holds = bytes.below(3) > 0;
                    all.push(case(i, holds.then(|| self.any(bytes, depth - 1))));
                }
                self.named(format!("(variant {})", all.join(" ")))
            }
            10 => {
                // More than a byte can tell, sometimes.
                let count = [1, 2, 5, 257][bytes.below(4)];
                let names: Vec<_> = (0..count).map(|i| format!("\"e{i}\"")).collect();
                self.named(format!("(enum {})", names.join(" ")))
            }
            _ => {
                let names: Vec<_> = (0..1 + bytes.below(32)).map(|i| format!("\"b{i}\"")).collect();
                self.named(format!("(flags {})", names.join(" ")))
            }
        }
    }

    fn named(&mut self, ty: String) -> String {
        let at = self.count;
        self.count += 1;
        let _ =
            writeln!(self.text, "(type $d{at} {ty}) (import \"t{at}\" (type $t{at} (eq $d{at})))");
        format!("$t{at}")
    }
}

/// What the allocator does: up to [`HONEST`] what it should, and then it may lie, give
/// the same memory twice, trap, and never come back.
pub(super) const ALLOCATORS: [&str; 10] = [
    "",
    "",
    "",
    "",
    "(drop (memory.grow (i32.const 1)))",
    "(return (i32.add (local.get 4) (i32.const 1)))",
    "(return (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)))",
    "(return (i32.const -1))",
    "unreachable",
    "(loop $l (br $l))",
];

pub(super) const HONEST: usize = 4;
/// This one never comes back.
pub(super) const ENDLESS: usize = ALLOCATORS.len() - 1;

/// Where the result of the import goes.
const RESULT: usize = 64;

pub(super) fn core_type(flat: &[Flat]) -> String {
    let name = |flat: &Flat| match flat {
        Flat::I32 => " i32",
        Flat::I64 => " i64",
        Flat::F32 => " f32",
        Flat::F64 => " f64",
    };
    flat.iter().map(name).collect()
}

/// The component, for a type that has this layout.
pub(super) fn between(
    types: &Types,
    ty: &str,
    layout: &Layout,
    encoding: &str,
    allocator: &str,
) -> String {
    let memory = layout.flat.len() > 16;
    let params = if memory { " i32".to_owned() } else { core_type(&layout.flat) };
    let count = if memory { 1 } else { layout.flat.len() };
    let direct = layout.flat.len() == 1;
    let result = if direct { params.clone() } else { " i32".to_owned() };
    let given: String = (0..count).map(|i| format!("(local.get {i}) ")).collect();
    let (import, body) = match direct {
        true => (format!("(param{params}) (result{result})"), format!("(call $f {given})")),
        false => (
            format!("(param{params} i32)"),
            format!("(call $f {given}(i32.const {RESULT})) (i32.const {RESULT})"),
        ),
    };
    let options = format!(
        "(memory $libc \"memory\") (realloc (func $libc \"realloc\")) string-encoding={encoding}"
    );
    format!(
        r#"(component
  (import "r" (type $r (sub resource)))
  {0}
  (import "f" (func $f (param "x" {ty}) (result {ty})))
  (core module $libc (memory (export "memory") 4)
    (global $next (mut i32) (i32.const 65536))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local i32)
      (local.set 4 (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -16)))
      (global.set $next (i32.add (local.get 4) (local.get 3)))
      {allocator}
      (if (i32.gt_u (global.get $next) (i32.mul (memory.size) (i32.const 65536)))
        (then (drop (memory.grow (i32.const 16)))))
      (local.get 4)))
  (core instance $libc (instantiate $libc))
  (core func $f (canon lower (func $f) {options}))
  (core module $m (import "" "f" (func $f {import}))
    (func (export "go") (param{params}) (result{result}) {body}))
  (core instance $m (instantiate $m (with "" (instance (export "f" (func $f))))))
  (func (export "go") (param "x" {ty}) (result {ty}) (canon lift (core func $m "go") {options})))"#,
        types.text
    )
}

/// A type of values, and a function that takes one and returns one; `None` where it is
/// too large for what stands between.
pub(super) fn any_type(
    engine: &Engine,
    bytes: &mut Bytes<'_>,
) -> Option<(Types, String, Signature)> {
    let mut types = Types::default();
    let ty = types.any(bytes, 3);
    // The layout is told by a component that does nothing.
    let asked = format!(
        "(component (import \"r\" (type $r (sub resource))) {} (import \"f\" (func (param \"x\" {ty}))))",
        types.text
    );
    let asked = match Module::new(engine, asked.as_bytes()) {
        Ok(module) => module,
        Err(error) => {
            // The library may be without components.
            assert_eq!(error.kind(), ErrorKind::UnsupportedFormat, "{error}\n{asked}");
            return None;
        }
    };
    let signature = signature(&asked, 0);
    (signature.params.layout.size <= 60_000).then_some((types, ty, signature))
}

/// Values through a component: one that may not end where fuel is counted.
fn handed_on(counting: &Engine, engine: &Engine, bytes: &mut Bytes<'_>) {
    let Some((types, ty, signature)) = any_type(counting, bytes) else { return };
    let layout = &signature.params.layout;
    let encoding = ["utf8", "utf16", "latin1+utf16"][bytes.below(3)];
    let lies = bytes.below(ALLOCATORS.len());
    let engine = if lies == ENDLESS { counting } else { engine };
    let text = between(&types, &ty, layout, encoding, ALLOCATORS[lies]);
    let module = Module::new(engine, text.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let ty = &signature.params.fields[0].ty;
    let mut store = Store::new(engine);
    let _ = store.set_fuel(5_000_000);
    // What is given, and what has to come; the answer, and what has to come back.
    type Given = (Val<'static>, Val<'static>);
    let expected: Arc<Mutex<Option<Given>>> = Arc::default();
    let shared = (expected.clone(), ty.clone());
    let ExternType::Func(import) = module.imports().next().expect("it has one").ty.clone() else {
        panic!("it is a function")
    };
    let func = Func::new(&mut store, import, move |cx, args, results| {
        let (expected, ty) = &shared;
        let (given, answer) = expected.lock().expect("as below").take().expect("one call each");
        if lies <= HONEST {
            same(&cx, ty, &given, &args[0]);
        }
        results[0] = answer;
        Ok(())
    });
    let instance = Instance::new(&mut store, &module, &[func.into()]).expect("it does nothing");
    let go = instance.func(&mut store, "go").expect("it is exported");
    for _ in 0..3 {
        let (given, answer) = (value(bytes, ty, 3), value(bytes, ty, 3));
        *expected.lock().expect("nobody panics with it") = Some((given.clone(), answer.clone()));
        let mut results = [Val::Bool(false)];
        match go.call(&mut store, std::slice::from_ref(&given), &mut results) {
            Ok(()) => {
                if lies <= HONEST {
                    same(&store, ty, &answer, &results[0]);
                }
                check(&store, ty, &results[0]);
            }
            Err(error) => {
                // An ill-formed text, or the allocator's fault.
                let ill_formed = error.kind() == ErrorKind::BadText;
                assert!(ill_formed || lies > HONEST, "{error}\n{text}\n{given:?}");
                return;
            }
        }
    }
}

pub(super) fn signature(module: &Module, import: usize) -> Signature {
    match &module.imports().nth(import).expect("it has one").ty {
        ExternType::Func(ty) => (**ty.signature().expect("it is a component's")).clone(),
        other => panic!("{other:?}"),
    }
}

/// A number, `bool` or `char` of this type.
pub fn plain_value(bytes: &mut Bytes<'_>, bits: u64, ty: &str) -> Val<'static> {
    match ty {
        "bool" => Val::Bool(bits & 1 == 1),
        "s8" => Val::S8(bits as i8),
        "u8" => Val::U8(bits as u8),
        "s16" => Val::S16(bits as i16),
        "u16" => Val::U16(bits as u16),
        "s32" => Val::S32(bits as i32),
        "u32" => Val::U32(bits as u32),
        "s64" => Val::S64(bits as i64),
        "u64" => Val::U64(bits),
        "f32" => Val::F32(f32::from_bits(bits as u32)),
        "f64" => Val::F64(f64::from_bits(bits)),
        _ => Val::Char(['\0', 'a', 'é', '\u{d7ff}', '🦀', char::MAX][bytes.below(6)]),
    }
}

pub fn some_bits(bytes: &mut Bytes<'_>) -> u64 {
    [0, 1, 20, 127, 128, 255, 0x7fff_ffff, 0x8000_0000, u64::MAX][bytes.below(9)]
}

/// A value of a type; resources are the host's.
pub(super) fn value(bytes: &mut Bytes<'_>, ty: &Type, depth: usize) -> Val<'static> {
    let bits = some_bits(bytes);
    let payload =
        |bytes: &mut Bytes<'_>, ty: Option<&Type>| ty.map(|ty| Box::new(value(bytes, ty, depth)));
    let fields = |bytes: &mut Bytes<'_>| {
        (0..ty.len()).filter_map(|i| ty.at(i)).map(|ty| value(bytes, ty, depth)).collect()
    };
    match ty {
        Type::String => Val::String(text(bytes)),
        Type::Scalar(_) => plain_value(bytes, bits, &ty.to_string()),
        Type::List(_) => {
            let element = ty.at(0).expect("a list has one");
            let count = [0, 1, 2, 3, 17][bytes.below(if depth == 0 { 2 } else { 5 })];
            match (&*element.to_string(), bytes.below(2)) {
                ("u8", 0) => Val::List(List::U8(vec![bits as u8; count].into())),
                ("s64", 0) => Val::List(List::S64(vec![bits as i64; count].into())),
                ("bool", 0) => Val::List(List::Bool(vec![bits & 1 == 1; count].into())),
                ("char", 0) => Val::List(List::Char(vec!['é'; count].into())),
                ("f32", 0) => Val::List(List::F32(vec![f32::from_bits(bits as u32); count].into())),
                _ => {
                    let depth = depth.saturating_sub(1);
                    let all = (0..count).map(|_| value(bytes, element, depth));
                    Val::List(List::Val(all.collect()))
                }
            }
        }
        Type::Record(_) => Val::Record(fields(bytes)),
        Type::Tuple(_) => Val::Tuple(fields(bytes)),
        Type::Variant(_) => {
            let case = bytes.below(ty.len());
            Val::Variant(case as u32, payload(bytes, ty.at(case)))
        }
        Type::Enum(_) => Val::Enum((bytes.below(256) % ty.len()) as u32),
        Type::Option(_) if bytes.below(2) == 0 => Val::Option(None),
        Type::Option(_) => Val::Option(payload(bytes, ty.at(1))),
        Type::Result(_) if bytes.below(2) == 0 => Val::Result(Ok(payload(bytes, ty.at(0)))),
        Type::Result(_) => Val::Result(Err(payload(bytes, ty.at(1)))),
        Type::Flags(flags) => Val::Flags(bits as u32 & flags.mask()),
        Type::Own(_) => Val::Own(Resource::new(Arc::new(bits))),
        Type::Borrow(_) => Val::Borrow(Resource::new(Arc::new(bits))),
    }
}

/// A text, mostly well-formed.
pub fn text(bytes: &mut Bytes<'_>) -> Str<'static> {
    let sample = ["", "a", "plain", "café", "Ā", "漢字", "🦀 and \0 more"][bytes.below(7)];
    let text = sample.repeat([0, 1, 2, 40][bytes.below(4)]);
    match bytes.below(16) {
        0 => Str::from([text.as_bytes(), b"\xff"].concat()),
        1..8 => Str::from(text),
        8 => Str::copied(Text::Utf32(&text.chars().map(u32::from).collect::<Vec<_>>()))
            .expect("there is memory"),
        _ => Str::from(text.encode_utf16().collect::<Vec<_>>()),
    }
}

/// Whether a value came as it was given.
fn same(cx: &impl witrt::AsContext, ty: &Type, a: &Val<'_>, b: &Val<'_>) {
    let of = |at: usize| ty.at(at).expect("it has that part");
    let payload = |at: usize, a: &Option<Box<Val<'_>>>, b: &Option<Box<Val<'_>>>| match (a, b) {
        (Some(a), Some(b)) => same(cx, of(at), a, b),
        (None, None) => {}
        _ => panic!("{a:?} became {b:?}"),
    };
    match (a, b) {
        (Val::F32(a), Val::F32(b)) => {
            assert!(a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan())
        }
        (Val::F64(a), Val::F64(b)) => {
            assert!(a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan())
        }
        (Val::String(a), Val::String(b)) => {
            let read = |text: &Str<'_>| text.to_string(cx).expect("it was checked");
            assert_eq!(read(a), read(b));
        }
        (Val::List(a), Val::List(b)) => {
            assert_eq!(a.len(), b.len());
            for i in 0..a.len() {
                let both = a.get(i).zip(b.get(i)).expect("so many are there");
                same(cx, of(0), &both.0, &both.1);
            }
        }
        (Val::Record(a), Val::Record(b)) | (Val::Tuple(a), Val::Tuple(b)) => {
            assert_eq!(a.len(), b.len());
            a.iter().zip(b).enumerate().for_each(|(i, (a, b))| same(cx, of(i), a, b));
        }
        (Val::Variant(case, a), Val::Variant(other, b)) => {
            assert_eq!(case, other);
            payload(*case as usize, a, b);
        }
        (Val::Option(a), Val::Option(b)) => payload(1, a, b),
        (Val::Result(Ok(a)), Val::Result(Ok(b))) => payload(0, a, b),
        (Val::Result(Err(a)), Val::Result(Err(b))) => payload(1, a, b),
        (Val::Enum(a), Val::Enum(b)) => {
            assert!(a == b && (*a as usize) < ty.len(), "{a}, {b}: {ty}");
        }
        (Val::Flags(a), Val::Flags(b)) => {
            let Type::Flags(flags) = ty else { panic!("{ty}") };
            assert!(a == b && a & !flags.mask() == 0, "{a:x}, {b:x}: {ty}");
        }
        (Val::Own(a), Val::Own(b)) => assert!(Resource::same(a, b)),
        (a, b) => assert_eq!(format!("{a:?}"), format!("{b:?}")),
    }
}

/// A value that came out is one of its type.
pub(super) fn check(cx: &impl witrt::AsContext, ty: &Type, val: &Val<'_>) {
    assert_eq!(val.ty(), ty.val_type());
    same(cx, ty, val, val);
}
