//! Values that come from guests and go to them, at their edges; what such a guest may
//! use up, and what it is not given.

use crate::support::{CORE, Guest, MEM, lift};
use witrt::{
    Config, Engine, ErrorKind, Extern, Func, Instance, List, Module, Store, TrapCode, Val,
};

#[test]
fn scalars_of_guests() {
    let mut guest = Guest::new(
        &[
            ("bool", "bool"),
            ("u8", "u8"),
            ("s8", "s8"),
            ("u16", "u16"),
            ("s16", "s16"),
            ("char", "char"),
        ]
        .map(|(name, ty)| lift(name, "id", &format!("(param \"x\" u32) (result {ty})"), ""))
        .join(""),
    );
    let shows = |guest: &mut Guest, name, bits| match guest.call(name, &[Val::U32(bits)]) {
        Ok(val) => format!("{val:?}"),
        Err(error) => error.message().to_owned(),
    };
    for (name, bits, shown) in [
        ("bool", 0, "Bool(false)"),
        ("bool", 2, "Bool(true)"),
        ("bool", 0x100, "Bool(true)"),
        ("u8", 0xf01, "U8(1)"),
        ("s8", 0x180, "S8(-128)"),
        ("u16", 0x1f002, "U16(61442)"),
        ("s16", 0x18000, "S16(-32768)"),
        ("char", 0x10ffff, "Char('\\u{10ffff}')"),
        ("char", 0xd800, "converted integer out of range for `char`"),
    ] {
        assert_eq!(shows(&mut guest, name, bits), shown, "{name} {bits:#x}");
    }
}

#[test]
fn scalars_of_hosts() {
    let names = ["bool", "s8", "s16", "u8"];
    let ty = |ty| format!("(param \"x\" {ty}) (result u32)");
    let mut guest = Guest::new(&names.map(|name| lift(name, "id", &ty(name), "")).join(""));
    assert_eq!(guest.number("s8", &[Val::S8(-1)]), u32::MAX);
    assert_eq!(guest.number("s16", &[Val::S16(-2)]), u32::MAX - 1);
    assert_eq!(guest.number("u8", &[Val::U8(255)]), 255);
    assert_eq!(guest.number("bool", &[Val::Bool(true)]), 1);
    let mut guest = Guest::new(&lift("f", "idf", "(param \"x\" f32) (result f32)", ""));
    let nan = f32::from_bits(0x7fa0_0001);
    assert!(matches!(guest.call("f", &[Val::F32(nan)]).unwrap(), Val::F32(v) if v.is_nan()));
}

/// Core values that cases share are filled to the end.
#[test]
fn joined_words() {
    let ty = "(type $v' (variant (case \"a\" u32) (case \"b\" f32) (case \"c\" u64) (case \"d\")))
              (export $v \"v\" (type $v'))";
    let mut guest =
        Guest::new(&(ty.to_owned() + &lift("word", "word", "(param \"x\" $v) (result u64)", "")));
    let mut word = |case, payload: Option<Val<'static>>| match guest
        .call("word", &[Val::Variant(case, payload.map(Box::new))])
        .unwrap()
    {
        Val::U64(word) => word,
        other => panic!("{other:?}"),
    };
    assert_eq!(word(2, Some(Val::U64(u64::MAX))), u64::MAX);
    assert_eq!(word(0, Some(Val::U32(u32::MAX))), u64::from(u32::MAX));
    assert_eq!(word(1, Some(Val::F32(1.0))), 0x3f80_0000);
    assert_eq!(word(3, None), 0);
}

/// Results in memory: the discriminant is one byte, a wrong one traps, and so does a
/// pointer that is misaligned or outside.
#[test]
fn results_in_memory() {
    let exports = lift("option", "id", "(param \"at\" u32) (result (option u32))", MEM)
        + &lift("list", "pair", "(param \"at\" u32) (param \"n\" u32) (result (list u64))", MEM)
        + &lift("text", "pair", "(param \"at\" u32) (param \"n\" u32) (result string)", MEM)
        + &lift("bools", "pair", "(param \"at\" u32) (param \"n\" u32) (result (list bool))", MEM)
        + &lift("chars", "pair", "(param \"at\" u32) (param \"n\" u32) (result (list char))", MEM)
        + &lift(
            "wide",
            "pair",
            "(param \"at\" u32) (param \"n\" u32) (result string)",
            &format!("{MEM} string-encoding=utf16"),
        );
    let fails = |name: &str, args: &[u32]| {
        let mut guest = Guest::new(&exports);
        let args: Vec<_> = args.iter().map(|n| Val::U32(*n)).collect();
        let error = guest.call(name, &args).unwrap_err();
        assert!(error.trap().is_some(), "{error:?}");
        assert_eq!(guest.call(name, &args).unwrap_err().kind(), ErrorKind::Poisoned);
        error.message().to_owned()
    };
    let mut guest = Guest::new(&exports);
    let some = guest.call("option", &[Val::U32(64)]).unwrap();
    assert!(matches!(some, Val::Option(Some(val)) if matches!(*val, Val::U32(7))));
    assert_eq!(fails("option", &[72]), "discriminant 2 out of range [0..2)");
    assert_eq!(fails("option", &[65]), "return pointer not aligned");
    assert_eq!(fails("option", &[131068]), "pointer out of bounds of memory");
    let outside = "list pointer/length out of bounds of memory";
    assert_eq!(fails("list", &[0, 0x2000_0001]), outside);
    assert_eq!(fails("list", &[0, u32::MAX]), outside);
    assert_eq!(fails("list", &[131072, 1]), outside);
    assert_eq!(fails("list", &[4, 1]), "list pointer is not aligned");
    assert!(fails("list", &[0x1000_0000, 0]).contains("out of bounds"));
    let list = guest.call("list", &[Val::U32(131072), Val::U32(0)]).unwrap();
    assert!(matches!(list, Val::List(List::U64(all)) if all.is_empty()));
    // What is not zero is true, and what is no character is none, in lists too.
    let Val::List(List::Bool(bools)) = guest.call("bools", &[Val::U32(64), Val::U32(8)]).unwrap()
    else {
        panic!()
    };
    assert_eq!(bools.iter().map(|b| u8::from(*b)).collect::<Vec<_>>(), [1, 1, 1, 1, 1, 0, 0, 0]);
    let chars = guest.call("chars", &[Val::U32(68), Val::U32(2)]).unwrap();
    assert!(matches!(chars, Val::List(List::Char(all)) if *all == ['\u{7}', '\u{2}']));
    assert_eq!(fails("chars", &[64, 2]), "converted integer out of range for `char`");
    assert_eq!(fails("wide", &[65, 1]), "string pointer not aligned to 2");
    let text = "string pointer/length out of bounds of memory";
    assert_eq!(fails("text", &[0xdead_beef, 0]), text);
    assert_eq!(fails("text", &[131073, 0]), text);
    assert_eq!(fails("text", &[131071, 2]), text);
    let empty = guest.call("text", &[Val::U32(131072), Val::U32(0)]).unwrap();
    assert_eq!(empty.as_str().unwrap().to_string(&guest.store).unwrap(), "");
}

/// More than sixteen core values: one block, asked for first.
#[test]
fn parameters_in_memory() {
    let params: String = (0..18).map(|i| format!("(param \"p{i}\" u32)")).collect();
    let exports = lift("many", "load", &format!("{params} (result u32)"), MEM)
        + &lift("at", "load", "(param \"at\" u32) (result u32)", "");
    let mut guest = Guest::new(&exports);
    let args: Vec<_> = (0..18).map(|i| Val::U32(100 + i)).collect();
    assert_eq!(guest.number("many", &args), 100);
    assert_eq!(guest.number("at", &[Val::U32(1024)]), 4);
    assert_eq!(guest.number("at", &[Val::U32(1028)]), 72);
    assert_eq!(guest.number("at", &[Val::U32(4096 + 17 * 4)]), 117);
}

/// post-return: once after a result, not after a failure.
#[test]
fn after_the_result() {
    let post = format!("{MEM} (post-return (func $i \"post\"))");
    let exports =
        lift("text", "pair", "(param \"at\" u32) (param \"n\" u32) (result string)", &post)
            + &lift("posts", "posts", "(result u32)", "");
    let mut guest = Guest::new(&exports);
    guest.call("text", &[Val::U32(0), Val::U32(3)]).unwrap();
    guest.call("text", &[Val::U32(0), Val::U32(0)]).unwrap();
    assert_eq!(guest.number("posts", &[]), 2);
    assert!(guest.call("text", &[Val::U32(84), Val::U32(1)]).is_err());
}

/// A guest cannot make the host keep more than it has memory for.
#[test]
fn lists_that_multiply() {
    let mut guest = Guest::new(&lift("bomb", "bomb", "(result (list (list u8)))", MEM));
    let error = guest.call("bomb", &[]).unwrap_err();
    assert!(error.message().contains("too much data"), "{error}");
}

/// Case numbers that are none, where they come as core values.
#[test]
fn cases_that_are_none() {
    let types = "(type $e' (enum \"a\" \"b\")) (export $e \"e\" (type $e'))
        (type $v' (variant (case \"a\") (case \"b\"))) (export $v \"v\" (type $v'))";
    let one =
        |name: &str, ty: &str| lift(name, "id", &format!("(param \"x\" u32) (result {ty})"), "");
    let exports =
        types.to_owned() + &one("enum", "$e") + &one("variant", "$v") + &one("result", "(result)");
    for name in ["enum", "variant", "result"] {
        let mut guest = Guest::new(&exports);
        guest.call(name, &[Val::U32(1)]).unwrap();
        for wrong in [2, 0x100, u32::MAX] {
            let mut guest = Guest::new(&exports);
            let error = guest.call(name, &[Val::U32(wrong)]).unwrap_err();
            assert_eq!(error.message(), format!("discriminant {wrong} out of range [0..2)"));
            assert_eq!(guest.call(name, &[Val::U32(0)]).unwrap_err().kind(), ErrorKind::Poisoned);
        }
    }
}

/// Fuel and deadlines of the store hold, and what is left is told.
#[test]
fn limits_of_the_store() {
    let exports =
        lift("spin", "spin", "", "") + &lift("id", "id", "(param \"x\" u32) (result u32)", "");
    let mut config = Config::new();
    config.consume_fuel(true);
    let mut guest = Guest::with(&config, &exports);
    let before = guest.store.fuel().unwrap();
    guest.number("id", &[Val::U32(1)]);
    let after = guest.store.fuel().unwrap();
    assert!(after < before && after > before - 100, "{before} {after}");
    let error = guest.call("spin", &[]).unwrap_err();
    assert_eq!(error.trap().unwrap().code(), Some(TrapCode::OutOfFuel));
    assert_eq!(guest.store.fuel().unwrap(), 0);

    let mut config = Config::new();
    config.epoch_interruption(true);
    let mut guest = Guest::with(&config, &exports);
    assert_eq!(guest.number("id", &[Val::U32(1)]), 1);
    let engine = guest.store.engine().clone();
    guest.store.set_epoch_deadline(2);
    engine.increment_epoch();
    assert_eq!(guest.number("id", &[Val::U32(1)]), 1);
    engine.increment_epoch();
    let error = guest.call("spin", &[]).unwrap_err();
    assert_eq!(error.trap().unwrap().code(), Some(TrapCode::Interrupted));

    let mut config = Config::new();
    config.max_memory_bytes(65536);
    let engine = Engine::new(&config).unwrap();
    let text = format!("(component {CORE})");
    let module = Module::new(&engine, text.as_bytes()).unwrap();
    let error = Instance::new(&mut Store::new(&engine), &module, &[]).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::LimitReached, "{error}");
}

/// What is not there yet is named.
#[test]
fn what_is_not_supported() {
    let engine = Engine::default();
    for (text, word) in [
        ("(component (import \"f\" (func async)))", "async"),
        ("(component (import \"f\" (func (param \"x\" (stream u8)))))", "stream"),
        ("(component (core func (canon task.cancel)))", "`task.cancel`"),
        ("(component (import \"c\" (component)))", "component imports"),
        ("(component (import \"f\" (func $f)) (export \"g\" (func $f)))", "reexport"),
        (
            "(component (core module $m (memory (export \"m\") i64 1)
               (func (export \"f\") (param i64 i64))
               (func (export \"r\") (param i64 i64 i64 i64) (result i64) i64.const 0))
             (core instance $i (instantiate $m))
             (func (export \"f\") (param \"s\" string)
               (canon lift (core func $i \"f\") (memory $i \"m\") (realloc (func $i \"r\")))))",
            "64-bit",
        ),
    ] {
        let error = Module::new(&engine, text.as_bytes()).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::UnsupportedFormat, "{text}: {error}");
        assert!(error.message().contains(word), "{error}");
    }
}

/// Damaged files are errors, or components that run or trap.
#[test]
fn damaged_components() {
    // What is damaged may run for ever.
    let mut config = Config::new();
    config.consume_fuel(true);
    let engine = Engine::new(&config).unwrap();
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut ran = 0;
    for file in ["wat/solo-utf8.wasm", "wat/mini-compact-utf16.wasm"] {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/modules/components");
        let whole = std::fs::read(format!("{dir}/{file}")).unwrap();
        for _ in 0..200 {
            let mut bytes = whole.clone();
            for _ in 0..1 + random(3) {
                let at = 8 + random(bytes.len() - 8);
                bytes[at] = if random(2) == 0 { random(256) as u8 } else { bytes[at] ^ 1 };
            }
            let Ok(module) = Module::new(&engine, &bytes) else { continue };
            let mut store = Store::new(&engine);
            store.set_fuel(100_000).unwrap();
            let imports = module.imports().filter_map(|import| match &import.ty {
                witrt::ExternType::Func(ty) => {
                    Some(Func::new(&mut store, ty.clone(), |_, _, _| Ok(())).into())
                }
                _ => None,
            });
            let imports: Vec<Extern> = imports.collect();
            let Ok(instance) = Instance::new(&mut store, &module, &imports) else { continue };
            for export in module.exports() {
                let Ok(func) = instance.func(&mut store, &export.name) else { continue };
                let Some(signature) = func.ty().signature().cloned() else { continue };
                let one = |ty: &witrt::wit::Type| match ty.to_string().as_str() {
                    "string" => Val::from("aé🦀"),
                    "u32" => Val::U32(3),
                    "list<s32>" => Val::List(List::S32(vec![1, 2].into())),
                    _ => Val::Record(vec![Val::S32(1), Val::S32(2)]),
                };
                let args: Vec<_> = signature.params.fields.iter().map(|f| one(&f.ty)).collect();
                let mut results = vec![Val::U8(0); signature.results.fields.len()];
                let _ = func.call(&mut store, &args, &mut results);
                ran += 1;
            }
        }
    }
    assert!(ran > 100, "{ran}");
}
