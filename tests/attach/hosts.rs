//! What host functions are given and return beside text and numbers by themselves: lists, parts,
//! calls that are spelled out.

use crate::forms::attach;
use crate::support::{BACK_ENDS, ENCODINGS, Guest, engine, file};
use witrt::{Caller, ExternType, Func, Linker, List, Module, Store, Val};

/// A guest whose imports are answered by a function of their name, the arguments and the texts
/// among these.
pub fn linked(
    module: &Module,
    answer: impl Fn(&str, &[Val<'_>], &[String]) -> Option<Val<'static>> + Copy + Send + Sync + 'static,
) -> Guest {
    let mut store = Store::new(module.engine());
    let mut linker = Linker::new();
    for import in module.imports() {
        let ExternType::Func(ty) = import.ty.clone() else { panic!("{import:?}") };
        let name = import.name.clone();
        let func = Func::new(&mut store, ty, move |caller, args, results| {
            let mut texts = Vec::new();
            args.iter().for_each(|arg| texts_in(&caller, arg, &mut texts));
            if let (Some(result), Some(val)) = (results.first_mut(), answer(&name, args, &texts)) {
                *result = val;
            }
            Ok(())
        });
        linker.define(&import.module, &import.name, func);
    }
    let instance = linker.instantiate(&mut store, module).unwrap_or_else(|e| panic!("{e}"));
    Guest::made(store, instance, module.engine().host_encoding())
}

fn texts_in(caller: &Caller<'_>, val: &Val<'_>, to: &mut Vec<String>) {
    match val {
        Val::String(text) => to.push(text.to_string(caller).unwrap()),
        Val::Record(vals) | Val::List(List::Val(vals)) => {
            vals.iter().for_each(|val| texts_in(caller, val, to));
        }
        Val::Option(Some(val)) => texts_in(caller, val, to),
        _ => {}
    }
}

/// Lists that a host function returns: of texts, as arrays that the guest takes apart and frees,
/// and of what has cases in it.
#[test]
fn lists_from_hosts() {
    let core = r#"
      (import "host" "nul" (func $nul (param i32) (result i32)))
      (import "host" "out" (func $out (param i32 i32) (result i32)))
      (import "host" "pairs" (func $pairs (param i32 i32)))
      (import "host" "both" (func $both (param i32) (result i64)))
      (import "host" "items" (func $items (param i32 i32) (result i32)))
      (import "host" "weigh" (func $weigh (param i32 i32) (result f32)))
      (import "host" "sizes" (func $sizes (param i32 i32) (result i32)))
      (data (i32.const 16) "\03\00\00\00\01\00\00\00\00\00\40\40\02\00\00\00\00\00\00\00\00\00\80\3f")
      (data (i32.const 48) "\03\00\00\00\07\00\00\00\00\00\40\40")
      ;; The first bytes of texts at addresses that are so far apart, and what ends each.
      (func $sum (param $p i32) (param $n i32) (param $each i32) (result i32)
        (local $sum i32)
        (block $done (loop $next
          (br_if $done (i32.eqz (local.get $n)))
          (local.set $sum (i32.add (local.get $sum) (i32.load8_u (i32.load (local.get $p)))))
          (call $free (i32.load (local.get $p)))
          (local.set $p (i32.add (local.get $p) (local.get $each)))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br $next)))
        (local.get $sum))
      (func (export "nul") (param $text i32) (result i32)
        (local $array i32) (local $n i32)
        (local.set $array (call $nul (local.get $text)))
        (block $done (loop $next
          (br_if $done (i32.eqz
            (i32.load (i32.add (local.get $array) (i32.mul (local.get $n) (i32.const 4))))))
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (br $next)))
        (call $sum (local.get $array) (local.get $n) (i32.const 4))
        (call $free (local.get $array)))
      (func (export "out") (param $text i32) (result i32)
        (local $array i32)
        (local.set $array (call $out (local.get $text) (i32.const 64)))
        (call $sum (local.get $array) (i32.load (i32.const 64)) (i32.const 4))
        (call $free (local.get $array)))
      (func (export "pairs") (param $text i32) (result i32)
        (call $pairs (local.get $text) (i32.const 64))
        (call $sum (i32.load (i32.const 64)) (i32.load (i32.const 68)) (i32.const 8))
        (call $free (i32.load (i32.const 64))))
      (func (export "both") (param $text i32) (result i32)
        (local $both i64) (local $array i32)
        (local.set $both (call $both (local.get $text)))
        (local.set $array (i32.wrap_i64 (i64.shr_u (local.get $both) (i64.const 32))))
        (call $sum (local.get $array) (i32.wrap_i64 (local.get $both)) (i32.const 4))
        (call $free (local.get $array)))
      (func (export "items") (param $n i32) (result i32)
        (local $at i32)
        (local.set $at (call $items (local.get $n) (i32.const 64)))
        (if (i32.load (i32.const 64)) (then
          (i32.add (i32.load8_u (local.get $at))
            (i32.mul (i32.const 10) (i32.load offset=16 (local.get $at))))
          (call $free (local.get $at)) return))
        (i32.load (i32.const 64)))
      (func (export "weigh") (param $at i32) (param $n i32) (result f32)
        (call $weigh (local.get $at) (local.get $n)))
      (func (export "sizes") (param $text i32) (result i32)
        (local $at i32)
        (local.set $at (call $sizes (local.get $text) (i32.const 64)))
        (i32.add (i32.load (i32.const 64)) (i32.load (local.get $at)))
        (call $free (local.get $at)))"#;
    let face = r#"
      convention = "c"
      wit = """
        live: func() -> u32;
        nul: func(text: string) -> u32;
        out: func(text: string) -> u32;
        pairs: func(text: string) -> u32;
        both: func(text: string) -> u32;
        items: func(n: u32) -> u32;
        weigh: func(at: u32, n: u32) -> f32;
        sizes: func(text: string) -> u32;
      """
      imports = """
        enum kind { fruit, tool, book }
        record item { count: u8, kind: kind, weight: f32 }
        nul: func(text: string) -> list<string>;
        out: func(text: string) -> list<string>;
        pairs: func(text: string) -> list<string>;
        both: func(text: string) -> list<string>;
        items: func(n: u32) -> list<item>;
        weigh: func(items: list<item>) -> f32;
        sizes: func(text: string) -> list<u32>;
      """
      [import]
      out.result = "length-out"
      pairs = { within = "pointer-length", result = "area-last" }
      both.result = "packed"
      items.result = "length-out"
      sizes.result = "length-out"
    "#;
    let item = |(count, kind, weight)| {
        Val::Record(vec![Val::U8(count), Val::Enum(kind), Val::F32(weight)])
    };
    let weight = |item: &Val<'_>| match item {
        Val::Record(parts) => match parts[..] {
            [Val::U8(count), Val::Enum(kind), Val::F32(weight)] => {
                f32::from(count) * weight * (kind + 1) as f32
            }
            _ => panic!("{parts:?}"),
        },
        other => panic!("{other:?}"),
    };
    let answer = move |name: &str, args: &[Val<'_>], texts: &[String]| {
        Some(match &args[0] {
            Val::String(_) => {
                let words = texts[0].split(' ').filter(|word| !word.is_empty());
                Val::List(match name {
                    "sizes" => List::U32(words.map(|word| word.len() as u32).collect()),
                    _ => List::Val(words.map(|word| Val::from(word.to_owned())).collect()),
                })
            }
            Val::U32(n) => {
                let items = [(7, 0, 1.0), (0, 2, 0.5)].into_iter().map(item);
                Val::List(List::Val(items.take(*n as usize).collect()))
            }
            Val::List(List::Val(items)) => Val::F32(items.iter().map(weight).sum::<f32>() + 0.0),
            other => panic!("{other:?}"),
        })
    };
    for (back_end, encoding) in BACK_ENDS.into_iter().flat_map(|b| ENCODINGS.map(|e| (b, e))) {
        let module = attach(&engine(back_end, encoding), core, face).unwrap();
        let mut guest = linked(&module, answer);
        let sum = ('a' as u32 + 0xc3 + 0xf0).to_string();
        for name in ["nul", "out", "pairs", "both"] {
            assert_eq!(guest.told(name, "\"a é 🦀\")"), sum, "{back_end:?} {name}");
            assert_eq!(guest.told(name, "\"\")"), "0", "{back_end:?} {name}");
            assert_eq!(guest.told("live", ")"), "0", "{name}");
        }
        for (name, args, expected) in [
            ("items", "2)", "27"),
            // Three counts of one kind, two of another.
            ("weigh", "16, 2)", "20.0"),
            ("weigh", "16, 0)", "0.0"),
            ("sizes", "\"abc d\")", "5"),
        ] {
            assert_eq!(guest.told(name, args), expected, "{back_end:?} {name}({args}");
            assert_eq!(guest.told("live", ")"), "0", "{name}");
        }
        let error = guest.told("weigh", "48, 1)");
        assert!(error.contains("weigh: the core passed a list with a number that no"), "{error}");
        assert_eq!(guest.told("live", ")"), "0", "{error}");
    }
}

/// Imports that are spelled out: parameters in another order, of no use, of 64 bits, records by
/// their fields; results where the core says, with the numbers that it wants beside.
#[test]
fn imports_spelled_out() {
    let core = r#"
      (import "host" "log" (func $log (param i32 i64 i32 i32)))
      (import "host" "name" (func $name (param i32) (result i32)))
      (import "host" "find" (func $find (param i32 i32 i32 i32) (result i32)))
      (import "host" "parse" (func $parse (param i32 i32 i32 i32) (result i32)))
      (import "host" "cost" (func $cost (param f64 i32 i32 i32) (result f64)))
      (import "host" "split" (func $split (param i32 i32 i32 i32)))
      (import "host" "fill" (func $fill (param i32 i32 i32 i32) (result i32)))
      (import "host" "open" (func $open (param i32) (result i32)))
      (data (i32.const 16) "tea\00two\00")
      (func (export "log") (param $text i32) (param $n i32)
        (call $log (i32.const 99) (i64.extend_i32_u (local.get $n)) (i32.const 7) (local.get $text)))
      (func (export "name") (result i32) (drop (call $name (i32.const 32))) (i32.load (i32.const 32)))
      (func (export "find") (param $key i32) (param $n i32) (result i64)
        (if (i32.ne (i32.const 1) (call $find (local.get $key) (local.get $n) (i32.const 32) (i32.const 36)))
          (then (return (i64.const 0))))
        (i64.or (i64.shl (i64.load32_u (i32.const 36)) (i64.const 32)) (i64.load32_u (i32.const 32))))
      (func (export "parse") (param $text i32) (param $n i32) (result i32)
        (i32.store (i32.const 32) (i32.const 0))
        (i32.add
          (i32.mul (i32.const 1000)
            (call $parse (i32.const 0) (local.get $n) (local.get $text) (i32.const 32)))
          (i32.load (i32.const 32))))
      (func (export "cost") (result f64)
        (call $cost (f64.const 0.5) (i32.const 16) (i32.const 3) (i32.const 259)))
      (func (export "split") (param $text i32) (param $n i32) (result f64)
        (call $split (i32.const 40) (local.get $n) (i32.const 48) (local.get $text))
        (f64.add (f64.load (i32.const 40)) (f64.convert_i32_u (i32.load8_u (i32.const 48)))))
      (func (export "fill") (param $text i32) (param $n i32) (result i32)
        (memory.fill (i32.const 64) (i32.const 46) (i32.const 16))
        (call $fill (i32.const 3) (i32.const 64) (local.get $n) (local.get $text))
        (i32.load8_u (i32.const 64))
        i32.add)
      (func (export "open") (param $text i32) (result i32) (call $open (local.get $text)))"#;
    let face = r#"
      convention = "c"
      text = "pointer-length"
      result-owner = "caller"
      wit = """
        live: func() -> u32;
        log: func(text: string);
        name: func() -> string;
        find: func(key: string) -> string;
        parse: func(text: string) -> s32;
        cost: func() -> f64;
        split: func(text: string) -> f64;
        fill: func(text: string) -> u32;
        open: func(text: string) -> s32;
      """
      imports = """
        record item { price: f64, name: string, count: u8 }
        record halves { a: f64, b: u8 }
        log: func(text: string, level: u32);
        name: func() -> string;
        find: func(key: string) -> option<string>;
        parse: func(text: string) -> result<u32, u32>;
        cost: func(item: item) -> f64;
        split: func(text: string) -> halves;
        fill: func(text: string) -> string;
        open: func(path: string) -> result<_, u8>;
      """
      [export.name]
      result = "nul"
      [export.find]
      result = "packed"
      [export.open]
      text = "nul"
      [import.log]
      args = ["_", "text.size", "level", "text"]
      [import.name]
      args = ["result"]
      ok = 5
      [import.find]
      args = ["key", "key.length", "result.length", "result"]
      ok = 1
      err = 0
      [import.parse]
      args = ["_", "text.length", "text", "result"]
      [import.cost]
      args = ["item.price", "item.name", "item.name.length", "item.count"]
      [import.split]
      args = ["result.a", "text.length", "result.b", "text"]
      [import.fill]
      args = ["result.size", "result", "text.length", "text"]
      [import.open]
      args = ["path"]
      err = -2
    "#;
    let answer = |name: &str, args: &[Val<'_>], texts: &[String]| -> Option<Val<'static>> {
        let some = |val: Val<'static>| Some(Box::new(val));
        let text = texts.first().map_or("", |text| &**text);
        Some(match (name, args) {
            ("log", [_, Val::U32(level)]) => {
                assert_eq!((text, *level), ("tea 🦀", 7));
                return None;
            }
            ("name", _) => Val::from("Zoë"),
            ("find", _) if text.is_empty() => Val::Option(None),
            ("find", _) => Val::Option(some(Val::from(text.repeat(2)))),
            ("parse", _) => Val::Result(match text.parse() {
                Ok(number) => Ok(some(Val::U32(number))),
                Err(_) => Err(some(Val::U32(text.len() as u32))),
            }),
            ("cost", [Val::Record(item)]) => {
                let [Val::F64(price), _, Val::U8(count)] = item[..] else { panic!("{item:?}") };
                assert_eq!(text, "tea");
                Val::F64(f64::from(count) * price)
            }
            ("split", _) => Val::Record(vec![Val::F64(0.25), Val::U8(text.len() as u8)]),
            ("fill", _) => Val::from(text.to_owned()),
            ("open", _) if text == "ok" => Val::Result(Ok(None)),
            ("open", _) => Val::Result(Err(some(Val::U8(9)))),
            other => panic!("{other:?}"),
        })
    };
    for (back_end, encoding) in BACK_ENDS.into_iter().flat_map(|b| ENCODINGS.map(|e| (b, e))) {
        let module = attach(&engine(back_end, encoding), core, face).unwrap();
        let mut guest = linked(&module, answer);
        for (name, args, expected) in [
            ("log", "\"tea 🦀\")", "()"),
            ("name", ")", "\"Zoë\""),
            ("find", "\"é\")", "\"éé\""),
            ("find", "\"\")", "\"\""),
            ("parse", "\"42\")", "42"),
            ("parse", "\"é1\")", "3000"),
            // What is a byte has no upper bits.
            ("cost", ")", "1.5"),
            ("split", "\"abc\")", "3.25"),
            // What fits is in the buffer; of what does not, the length is told.
            ("fill", "\"abc\")", "100"),
            ("fill", "\"abcd\")", "50"),
            ("open", "\"ok\")", "0"),
            ("open", "\"x\")", "-2"),
        ] {
            assert_eq!(guest.told(name, args), expected, "{back_end:?} {name}({args}");
            assert_eq!(guest.told("live", ")"), "0", "{name}");
        }
    }
}

/// Lists and records of modules that several versions of AssemblyScript have made: what the host
/// is passed and what it returns, many times.
#[test]
fn lists_of_assemblyscript() {
    let answer = |name: &str, args: &[Val<'_>], texts: &[String]| -> Option<Val<'static>> {
        let text = texts.first().map_or("", |text| &**text);
        Some(match (name, args) {
            ("total", [Val::List(List::F64(all))]) => Val::F64(all.iter().sum::<f64>() + 0.0),
            ("range", [Val::S32(n)]) => Val::List(List::S32((0..*n).collect())),
            ("turned", [Val::List(List::U8(all))]) => {
                Val::List(List::U8(all.iter().rev().copied().collect()))
            }
            ("join", _) => Val::from(texts.join("+")),
            ("split", _) => {
                let words = text.split(' ').map(|word| Val::from(word.to_owned()));
                Val::List(List::Val(words.collect()))
            }
            ("cost", [Val::Record(item)]) => {
                let [Val::S32(count), Val::F64(price), _, Val::Option(nick)] = &item[..] else {
                    panic!("{item:?}")
                };
                let length = nick.as_ref().map_or(0, |_| texts[1].chars().count());
                Val::F64(f64::from(*count) * price + 1000.0 * length as f64)
            }
            ("make", _) => {
                let (name, nick) = match text.split_once('/') {
                    Some((name, nick)) => (name, Some(Box::new(Val::from(nick.to_owned())))),
                    None => (text, None),
                };
                let count = Val::S32(text.len() as i32);
                let name = Val::from(name.to_owned());
                Val::Record(vec![count, Val::F64(0.5), name, Val::Option(nick)])
            }
            other => panic!("{other:?}"),
        })
    };
    const TYPES: &str =
        "record item { count: s32, price: f64, name: string, nick: option<string> }";
    const IMPORTS: &str = "
      total: func(all: list<f64>) -> f64;
      range: func(n: s32) -> list<s32>;
      turned: func(all: list<u8>) -> list<u8>;
      join: func(all: list<string>) -> string;
      split: func(text: string) -> list<string>;
      cost: func(item: item) -> f64;
      make: func(text: string) -> item;";
    const EXPORTS: &str = "
      run-total: func(n: s32) -> f64;
      run-range: func(n: s32) -> s32;
      run-turned: func(n: s32) -> s32;
      run-join: func(a: string, b: string) -> string;
      run-split: func(text: string) -> string;
      run-cost: func(count: s32, name: string, named: bool) -> f64;
      run-make: func(text: string) -> string;
      told: func(item: item) -> string;
      made: func(name: string, named: bool) -> item;";
    for (back_end, encoding) in BACK_ENDS.into_iter().zip(ENCODINGS) {
        let engine = engine(back_end, encoding);
        for version in ["0.9", "0.14", "0.17", "0.20", "0.28"] {
            let core = file(&format!("assemblyscript-versions/imports-{version}.wasm"));
            // The module tells which numbers its classes have.
            let ask = "convention = 'assemblyscript'\nwit = 'id-of: func(what: s32) -> u32;'";
            let module = Module::attach(&engine, &core, ask).unwrap();
            let mut store = Store::new(&engine);
            let mut linker = Linker::new();
            linker.define_unknown_as_traps(&mut store, &module);
            let instance = linker.instantiate(&mut store, &module).unwrap();
            let id_of = instance.func(&mut store, "id-of").unwrap().typed::<(i32,), u32>().unwrap();
            let [s32, u8, texts, item] =
                [0, 1, 2, 3].map(|what| id_of.call(&mut store, (what,)).unwrap());
            let face = format!(
                "convention = 'assemblyscript'\n\
                 ids = {{ range = {s32}, turned = {u8}, split = {texts}, 'cost.item' = {item}, \
                 make = {item}, 'told.item' = {item}, made = {item} }}\n\
                 export.made.core = 'item'\n\
                 wit = '''{TYPES}{EXPORTS}'''\nimports = '''{TYPES}{IMPORTS}'''"
            );
            let module = Module::attach(&engine, &core, &face).unwrap_or_else(|e| panic!("{e}"));
            let mut guest = linked(&module, answer);
            for i in 0..500 {
                for (name, args, expected) in [
                    ("run-total", "4)", "3.0"),
                    ("run-total", "0)", "0.0"),
                    ("run-range", "5)", "5010"),
                    ("run-range", "0)", "0"),
                    ("run-turned", "3)", "3002"),
                    ("run-turned", "0)", "0"),
                    ("run-join", "\"é\", \"\")", "\"é++é!\""),
                    ("run-split", "\"a é 🦀\")", "\"3|a|é|🦀\""),
                    ("run-cost", "6, \"ab\", true)", "4001.5"),
                    ("run-cost", "6, \"ab\", false)", "1.5"),
                    ("run-make", "\"Zoe/Zoë\")", "\"Zoe 8 Zoë\""),
                    ("run-make", "\"Zoë\")", "\"Zoë 4 none\""),
                    ("told", "{count: 3, price: 0.5, name: \"é\", nick: \"ab\"})", "\"é 3 ab\""),
                    ("told", "{count: -1, price: 0.5, name: \"\", nick: ()})", "\" -1 none\""),
                    ("made", "\"é\", true)", "{count: 1, price: 0.0, name: \"é\", nick: \"éé\"}"),
                    ("made", "\"é\", false)", "{count: 1, price: 0.0, name: \"é\", nick: ()}"),
                ] {
                    let found = guest.told(name, args);
                    assert_eq!(found, expected, "{version} {back_end:?} {i}: {name}({args}");
                }
            }
        }
    }
}
