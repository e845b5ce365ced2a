//! Modules that a real producer made, called with UTF-8 and with UTF-16 text.
//! `tests/modules/README.md` says where they come from.

use std::sync::{Arc, Mutex};
use witrt::{
    Encoding, Engine, Error, Func, FuncType, Instance, Linker, Module, Result, Store, TrapCode,
    Val, ValType,
};

struct Guest {
    store: Store,
    instance: Instance,
    encoding: Encoding,
}

impl Guest {
    fn load(name: &str, encoding: Encoding) -> Guest {
        let engine = Engine::default();
        let mut store = Store::new(&engine);
        let module = Module::new(&engine, &file(name)).unwrap();
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        Guest { store, instance, encoding }
    }

    fn call(&mut self, name: &str, args: &[Val<'_>]) -> Result<Val<'static>> {
        let func = self.instance.func(&mut self.store, name)?;
        let wide: Vec<Option<Vec<u16>>> = args
            .iter()
            .map(|arg| arg.as_str().map(|s| s.to_utf16(&self.store)).transpose())
            .collect::<Result<_>>()?;
        let args: Vec<Val<'_>> = args
            .iter()
            .zip(&wide)
            .map(|(arg, wide)| match (wide, self.encoding) {
                (Some(units), Encoding::Utf16) => Val::from(&units[..]),
                _ => arg.clone(),
            })
            .collect();
        let mut results = [Val::I32(0)];
        let count = func.ty().results().len();
        func.call(&mut self.store, &args, &mut results[..count])?;
        Ok(results[0].clone())
    }

    fn text(&mut self, name: &str, args: &[Val<'_>]) -> String {
        let val = self.call(name, args).unwrap();
        read(&val, &self.store, self.encoding)
    }

    fn number(&mut self, name: &str, args: &[Val<'_>]) -> u32 {
        match self.call(name, args).unwrap() {
            Val::U32(n) => n,
            other => panic!("{name} gave {other:?}"),
        }
    }
}

fn read(val: &Val<'_>, store: &Store, encoding: Encoding) -> String {
    let s = val.as_str().expect("a string");
    match encoding {
        Encoding::Utf16 => String::from_utf16(&s.to_utf16(store).unwrap()).unwrap(),
        _ => s.to_string(store).unwrap(),
    }
}

fn file(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/modules/{name}.wasm", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

const BOTH: [Encoding; 2] = [Encoding::Utf8, Encoding::Utf16];

fn s(text: &str) -> Val<'_> {
    Val::from(text)
}

#[test]
fn strings() {
    for encoding in BOTH {
        let mut g = Guest::load("strings", encoding);
        assert_eq!(g.number("live_bytes", &[]), 0);
        let texts: &[(&str, &[Val<'_>], &str)] = &[
            ("greet", &[s("World")], "hello, World! (5 bytes, 5 chars)"),
            ("greet", &[s("")], "hello, ! (0 bytes, 0 chars)"),
            ("greet", &[s("Zoë 🦀")], "hello, Zoë 🦀! (9 bytes, 5 chars)"),
            ("concat", &[s("ab"), s("cd")], "abcd"),
            ("concat", &[s(""), s("")], ""),
            ("concat", &[s("x\0y"), s("é")], "x\0yé"),
            ("reverse", &[s("añb🦀c")], "c🦀bña"),
            ("repeat", &[s("ab"), Val::U32(3)], "ababab"),
            ("repeat", &[s("ab"), Val::U32(0)], ""),
            ("empty", &[], ""),
            ("from_scalar", &[Val::U32(129408)], "🦀"),
            ("from_scalar", &[Val::U32(55296)], "?"),
            ("four", &[s("a"), s("é"), s(""), s("🦀")], "1,2,0,4"),
            ("boom", &[s("")], "no boom"),
        ];
        for (name, args, expected) in texts {
            assert_eq!(g.text(name, args), *expected, "{name} in {encoding:?}");
        }
        let numbers: &[(&str, &str, u32)] = &[
            ("byte_len", "", 0),
            ("byte_len", "añ🦀", 7),
            ("char_count", "añ🦀", 3),
            ("first_scalar", "🦀z", 129408),
            ("first_scalar", "", 0),
        ];
        for (name, arg, expected) in numbers {
            assert_eq!(g.number(name, &[s(arg)]), *expected, "{name}({arg:?}) in {encoding:?}");
        }
        let long = g.text("repeat", &[s("0123456789abcdef"), Val::U32(200_000)]);
        assert_eq!(long.len(), 3_200_000);
        assert_eq!(g.number("byte_len", &[s(&long)]), 3_200_000);
        assert_eq!(g.number("live_bytes", &[]), 0, "every buffer was freed");
        let error = g.call("boom", &[s("x")]).unwrap_err();
        assert_eq!(error.trap().and_then(|t| t.code()), Some(TrapCode::Unreachable));
        assert_eq!(g.text("greet", &[s("again")]), "hello, again! (5 bytes, 5 chars)");
    }
}

#[test]
fn numbers() {
    let mut g = Guest::load("numbers", Encoding::Utf8);
    let same = [
        ("id_i8", Val::S8(-128)),
        ("id_u8", Val::U8(255)),
        ("id_i16", Val::S16(-32768)),
        ("id_u16", Val::U16(65535)),
        ("id_i32", Val::S32(i32::MIN)),
        ("id_u32", Val::U32(u32::MAX)),
        ("id_f32", Val::F32(1.5)),
        ("id_f32", Val::F32(f32::INFINITY)),
        ("id_f64", Val::F64(1e300)),
    ];
    for (name, val) in same {
        let result = g.call(name, std::slice::from_ref(&val)).unwrap();
        assert_eq!(format!("{result:?}"), format!("{val:?}"), "{name}");
    }
    let pairs: &[(&str, &[Val<'_>], Val<'_>)] = &[
        ("add_i8", &[Val::S8(127), Val::S8(1)], Val::S8(-128)),
        ("add_i8", &[Val::S8(-128), Val::S8(-1)], Val::S8(127)),
        ("add_u8", &[Val::U8(255), Val::U8(1)], Val::U8(0)),
        ("add_i16", &[Val::S16(32767), Val::S16(1)], Val::S16(-32768)),
        ("add_u16", &[Val::U16(65535), Val::U16(2)], Val::U16(1)),
        ("add_i32", &[Val::S32(i32::MAX), Val::S32(1)], Val::S32(i32::MIN)),
        ("add_u32", &[Val::U32(u32::MAX), Val::U32(1)], Val::U32(0)),
        ("u8_to_i16", &[Val::U8(0)], Val::S16(-256)),
        ("u8_to_i16", &[Val::U8(255)], Val::S16(-1)),
        ("i32_to_u8", &[Val::S32(-1)], Val::U8(255)),
        ("i32_to_u8", &[Val::S32(511)], Val::U8(255)),
        ("mean", &[Val::F32(1.5), Val::F64(2.5)], Val::F64(2.0)),
    ];
    for (name, args, expected) in pairs {
        let result = g.call(name, args).unwrap();
        assert_eq!(format!("{result:?}"), format!("{expected:?}"), "{name}");
    }
    let show = [
        Val::U8(255),
        Val::S8(-128),
        Val::U16(65535),
        Val::S16(-32768),
        Val::U32(u32::MAX),
        Val::S32(i32::MIN),
        Val::F32(1.5),
        Val::F64(-2.25),
    ];
    assert_eq!(g.text("show", &show), "255 -128 65535 -32768 4294967295 -2147483648 1.5 -2.25");
}

/// What the host saw.
type Log = Arc<Mutex<Vec<String>>>;

#[test]
fn imports() {
    for encoding in BOTH {
        let engine = Engine::default();
        let mut store = Store::new(&engine);
        let module = Module::new(&engine, &file("imports")).unwrap();
        let log = Log::default();
        let mut linker = Linker::new();
        for import in module.imports() {
            let witrt::ExternType::Func(ty) = &import.ty else { panic!("{import:?}") };
            let func = host(&mut store, &import.name, ty, &log, encoding);
            linker.define(&import.module, &import.name, func);
        }
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let mut g = Guest { store, instance, encoding };
        let seen = || std::mem::take(&mut *log.lock().unwrap());
        assert_eq!(seen(), ["log(started)"], "the start function");
        assert_eq!(g.text("run", &[s("straße")]), "logged 7");
        assert_eq!(seen(), ["log(straße)", "logowned(eßarts)", "pair(straße, STRASSE)"]);
        assert_eq!(g.text("run", &[s("")]), "logged 0");
        assert_eq!(seen(), ["log()", "logowned()", "pair(, )"]);
        let mix = [Val::U8(200), s("q"), Val::S16(-5), Val::F64(0.25)];
        assert_eq!(g.number("call_mix", &mix), 4_000_000_000);
        assert_eq!(seen(), ["mix(200, q, -5, 0.25)"]);
        assert!(matches!(g.call("sum_to", &[Val::S32(10)]).unwrap(), Val::S32(55)));
        assert_eq!(seen().len(), 10);
        assert!(matches!(g.call("sum_to", &[Val::S32(0)]).unwrap(), Val::S32(0)));
        assert!(matches!(g.call("later", &[]).unwrap(), Val::F64(v) if v == 42.0));
        seen();
        g.call("main", &[]).unwrap();
        assert_eq!(seen(), ["log(started)"]);
    }
}

fn host(store: &mut Store, name: &str, ty: &FuncType, log: &Log, encoding: Encoding) -> Func {
    let name = name.trim_start_matches("__wbg_").split('_').next().unwrap_or_default().to_owned();
    let log = log.clone();
    Func::new(store, ty.clone(), move |caller, args, results| {
        let mut shown = Vec::new();
        for arg in args {
            shown.push(match arg {
                Val::String(s) if encoding == Encoding::Utf8 => s.to_string(&caller)?,
                Val::String(s) => String::from_utf16(&s.to_utf16(&caller)?)
                    .map_err(|e| Error::host(e.to_string()))?,
                Val::U8(v) => v.to_string(),
                Val::S16(v) => v.to_string(),
                Val::S32(v) => v.to_string(),
                Val::F64(v) => v.to_string(),
                other => return Err(Error::host(format!("unexpected {other:?}"))),
            });
        }
        match (&name[..], args) {
            ("mix", _) => results[0] = Val::U32(4_000_000_000),
            ("now", _) => results[0] = Val::F64(41.5),
            ("add", [Val::S32(a), Val::S32(b)]) => results[0] = Val::S32(a + b),
            _ => {}
        }
        log.lock().unwrap().push(format!("{name}({})", shown.join(", ")));
        Ok(())
    })
}

#[test]
fn text() {
    let pairs: &[(&str, &[&str], &str)] = &[
        (
            "markdown",
            &["# Hi\n\n* a\n* *b* ~~c~~\n"],
            "<h1>Hi</h1>\n<ul>\n<li>a</li>\n<li><em>b</em> <del>c</del></li>\n</ul>\n",
        ),
        (
            "markdown",
            &["|x|y|\n|-|-|\n|1|2|\n"],
            "<table><thead><tr><th>x</th><th>y</th></tr></thead><tbody>\n\
             <tr><td>1</td><td>2</td></tr>\n</tbody></table>\n",
        ),
        (
            "markdown",
            &["see[^1]\n\n[^1]: note\n"],
            "<p>see<sup class=\"footnote-reference\"><a href=\"#1\">1</a></sup></p>\n\
             <div class=\"footnote-definition\" id=\"1\">\
             <sup class=\"footnote-definition-label\">1</sup>\n<p>note</p>\n</div>\n",
        ),
        ("markdown", &[""], ""),
        (
            "markdown",
            &["<b>&amp; `<`</b> ünï 🦀\n"],
            "<p><b>&amp; <code>&lt;</code></b> ünï 🦀</p>\n",
        ),
        ("nfc", &["e\u{301}"], "\u{e9}"),
        ("nfd", &["\u{e9}"], "e\u{301}"),
        ("nfkc", &["\u{fb01}\u{2460}"], "fi1"),
        ("nfkd", &["\u{ac00}"], "\u{1100}\u{1161}"),
        ("nfc", &["\u{1100}\u{1161}\u{11a8}"], "\u{ac01}"),
        (
            "replace_all",
            &["(\\w+) (\\w+)", "hello world, bye moon", "$2 $1"],
            "world hello, moon bye",
        ),
        ("replace_all", &["(", "x", "y"], "error: bad pattern"),
        ("replace_all", &["\\p{Greek}+", "abc αβγ ω", "<$0>"], "abc <αβγ> <ω>"),
    ];
    let counts = [(["a+", "aaba"], 2), (["[", "x"], -1), (["(?i)É", "éÉ"], 2)];
    for encoding in BOTH {
        let mut g = Guest::load("text", encoding);
        for (name, args, expected) in pairs {
            let args: Vec<Val<'_>> = args.iter().map(|arg| s(arg)).collect();
            assert_eq!(g.text(name, &args), *expected, "{name} in {encoding:?}");
        }
        for (args, expected) in counts {
            match g.call("count_matches", &[s(args[0]), s(args[1])]).unwrap() {
                Val::S32(found) => assert_eq!(found, expected, "{args:?}"),
                other => panic!("{other:?}"),
            }
        }
    }
}

/// The interface as the front end reads it off the file.
#[test]
fn types() {
    let engine = Engine::default();
    let module = Module::new(&engine, &file("imports")).unwrap();
    let names: Vec<&str> = module.imports().map(|i| &i.name[..]).collect();
    assert_eq!(names.len(), 6);
    assert!(names[0].starts_with("__wbg_log_") && names[5].starts_with("__wbg_add_"));
    let mix =
        FuncType::new([ValType::U8, ValType::String, ValType::S16, ValType::F64], [ValType::U32]);
    assert_eq!(module.imports().nth(3).map(|i| i.ty.clone()), Some(witrt::ExternType::Func(mix)));
}
