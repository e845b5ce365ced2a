//! Components of real tools, through the Rust API: every call that their
//! `expected.txt` tells, with what it says.
#![cfg(feature = "component")]

use std::sync::{Arc, Mutex};
use witrt::wit::{Cases, Type};
use witrt::{
    Config, Encoding, Engine, Error, ErrorKind, ExternType, Func, FuncType, Instance, Linker, List,
    Module, Resource, Store, TrapCode, Val,
};

const DIR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/modules/components");

fn engine(encoding: Encoding) -> Engine {
    let mut config = Config::new();
    config.host_encoding(encoding);
    Engine::new(&config).unwrap()
}

fn module(engine: &Engine, file: &str) -> Module {
    let bytes = std::fs::read(format!("{DIR}/{file}")).unwrap();
    Module::new(engine, &bytes).unwrap_or_else(|e| panic!("{file}: {e:?}"))
}

/// What host functions and calls print.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn put(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }
}

/// The host's resource.
struct Sink {
    name: String,
    log: Log,
    open: Arc<Mutex<u32>>,
}

impl Drop for Sink {
    fn drop(&mut self) {
        *self.open.lock().unwrap() -= 1;
        self.log.put(format!("  host.sink dropped {:?}", self.name));
    }
}

fn text(store: &mut witrt::Caller<'_>, val: &Val<'_>) -> String {
    val.as_str().unwrap().to_string(store).unwrap()
}

/// The functions of `probe:guest/host`, of the types that the module asks for.
fn linker(store: &mut Store, module: &Module, log: &Log) -> Linker {
    let mut linker = Linker::new();
    let open = Arc::new(Mutex::new(0));
    for import in module.imports() {
        let ExternType::Func(ty) = &import.ty else { panic!() };
        let (log, open, name) = (log.clone(), open.clone(), import.name.clone());
        let func = Func::new(&mut *store, ty.clone(), move |mut cx, args, results| {
            match &*name {
                "log" => {
                    let Val::U32(level) = args[0] else { panic!() };
                    let line = format!("  host.log {level} {:?}", text(&mut cx, &args[1]));
                    log.put(line);
                }
                "ask" => results[0] = format!("answer to {}", text(&mut cx, &args[0])).into(),
                "digest" => {
                    let Val::List(List::U8(bytes)) = &args[0] else { panic!() };
                    let xor = bytes.iter().fold(0, |a, b| a ^ b);
                    results[0] = Val::List(List::U8(vec![bytes.len() as u8, xor].into()));
                }
                "find" => {
                    let key = text(&mut cx, &args[0]);
                    let found = (key.len() > 1).then(|| format!("found {key}").into());
                    results[0] = Val::Option(found.map(Box::new));
                }
                "lookup" => {
                    let name = text(&mut cx, &args[0]);
                    results[0] = Val::Result(if name.len() > 1 {
                        let point = |x, y| Val::Record(vec![Val::S32(x), Val::S32(y)]);
                        let points = vec![point(1, -2), point(name.chars().count() as i32, 0)];
                        Ok(Some(Box::new(Val::List(List::Val(points)))))
                    } else {
                        Err(Some(Box::new(format!("no {name}").into())))
                    });
                }
                "now" => results[0] = Val::U64(u64::MAX),
                "[constructor]sink" => {
                    let name = text(&mut cx, &args[0]);
                    *open.lock().unwrap() += 1;
                    let (log, open) = (log.clone(), open.clone());
                    results[0] = Val::Own(Resource::new(Arc::new(Sink { name, log, open })));
                }
                "[method]sink.write" => {
                    let Val::Borrow(sink) = &args[0] else { panic!() };
                    let sink = sink.data().unwrap().downcast_ref::<Sink>().unwrap();
                    let written = text(&mut cx, &args[1]);
                    log.put(format!("  host.sink {:?} {written:?}", sink.name));
                    results[0] = Val::U32(written.chars().count() as u32);
                }
                "[static]sink.open-sinks" => results[0] = Val::U32(*open.lock().unwrap()),
                other => panic!("{other}"),
            }
            Ok(())
        });
        // Another version of the same track.
        let interface = import.module.replace("@1.2.0", "@1.7.3");
        linker.define(&interface, &import.name, func);
    }
    linker
}

struct Guest {
    store: Store,
    instance: Instance,
    log: Log,
}

impl Guest {
    fn new(engine: &Engine, file: &str) -> Guest {
        let (mut store, module) = (Store::new(engine), module(engine, file));
        let log = Log::default();
        let linker = linker(&mut store, &module, &log);
        let instance = linker.instantiate(&mut store, &module).unwrap();
        Guest { store, instance, log }
    }

    fn func(&mut self, name: &str) -> Func {
        self.instance.func(&mut self.store, name).unwrap()
    }

    fn call(&mut self, name: &str, args: &[Val<'_>]) -> Result<Option<Val<'static>>, Error> {
        let func = self.func(name);
        let mut results = vec![Val::Bool(false); func.ty().results().len()];
        func.call(&mut self.store, args, &mut results)?;
        Ok(results.pop())
    }

    fn show(&self, ty: &Type, val: &Val<'_>) -> String {
        show(&self.store, ty, val)
    }

    /// Makes a call written as in `expected.txt`, and tells what comes back.
    fn told(&mut self, name: &str, mut args: &str) -> String {
        let func = self.func(name);
        let signature = func.ty().signature().unwrap().clone();
        let whole = args;
        let mut vals = Vec::new();
        for (i, param) in signature.params.fields.iter().enumerate() {
            if i > 0 {
                args = args.strip_prefix(", ").unwrap();
            }
            vals.push(parse(&param.ty, &mut args).unwrap_or_else(|| panic!("{whole} at {args}")));
        }
        assert_eq!(args, "", "{whole}");
        match self.call(name, &vals) {
            Ok(Some(val)) => self.show(&signature.results.fields[0].ty, &val),
            Ok(None) => "()".into(),
            Err(e) => format!("{:?} {}", e.kind(), e.message()),
        }
    }
}

/// Reads a value as `expected.txt` has it: variants and their kin by what they
/// hold.
fn parse(ty: &Type, text: &mut &str) -> Option<Val<'static>> {
    let eat = |text: &mut &str, word: &str| {
        *text = text.strip_prefix(word)?;
        Some(())
    };
    let word = |text: &mut &str| {
        let end = text.find([',', ')', ']', '}']).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        *text = rest;
        word.to_owned()
    };
    let list = |text: &mut &str,
                open,
                close,
                item: &mut dyn FnMut(&mut &str, usize) -> Option<Val<'static>>| {
        eat(text, open)?;
        let mut all = Vec::new();
        while eat(text, close).is_none() {
            if !all.is_empty() {
                eat(text, ", ")?;
            }
            all.push(item(text, all.len())?);
        }
        Some(all)
    };
    match ty {
        Type::String => quoted(text).map(Val::from),
        Type::Scalar(_) => match ty.to_string().as_str() {
            "char" => quoted(text)?.chars().next().map(Val::Char),
            "bool" => word(text).parse().ok().map(Val::Bool),
            "s8" => word(text).parse().ok().map(Val::S8),
            "u8" => word(text).parse().ok().map(Val::U8),
            "s16" => word(text).parse().ok().map(Val::S16),
            "u16" => word(text).parse().ok().map(Val::U16),
            "s32" => word(text).parse().ok().map(Val::S32),
            "u32" => word(text).parse().ok().map(Val::U32),
            "s64" => word(text).parse().ok().map(Val::S64),
            "u64" => word(text).parse().ok().map(Val::U64),
            "f32" => word(text).parse().ok().map(Val::F32),
            "f64" => word(text).parse().ok().map(Val::F64),
            other => panic!("{other}"),
        },
        Type::List(of) => {
            let bytes = of.element.to_string() == "u8";
            let open = if bytes { "bytes[" } else { "[" };
            let items = list(text, open, "]", &mut |text, _| parse(&of.element, text))?;
            if !bytes {
                return Some(Val::List(List::Val(items)));
            }
            let bytes = items.iter().map(|v| if let Val::U8(v) = v { *v } else { 0 });
            Some(Val::List(List::U8(bytes.collect())))
        }
        Type::Record(of) => {
            let fields = list(text, "{", "}", &mut |text, i| {
                eat(text, &of.fields[i].name)?;
                eat(text, ": ")?;
                parse(&of.fields[i].ty, text)
            })?;
            (fields.len() == of.fields.len()).then_some(Val::Record(fields))
        }
        Type::Tuple(of) => {
            let fields = list(text, "(", ")", &mut |text, i| parse(&of.fields.get(i)?.ty, text))?;
            (fields.len() == of.fields.len()).then_some(Val::Tuple(fields))
        }
        Type::Variant(of) => {
            let (i, val) = payload(of, text)?;
            Some(Val::Variant(i as u32, val.map(Box::new)))
        }
        Type::Option(of) => {
            let (_, val) = payload(of, text)?;
            Some(Val::Option(val.map(Box::new)))
        }
        Type::Enum(_) => {
            let name = quoted(text)?;
            (0..ty.len()).find(|i| ty.name(*i) == Some(&name)).map(|i| Val::Enum(i as u32))
        }
        Type::Flags(_) => {
            eat(text, "flags{")?;
            let mut bits = 0;
            for name in word(text).split(", ").chain([""]) {
                bits |= (0..ty.len())
                    .filter(|i| ty.name(*i) == Some(name))
                    .map(|i| 1 << i)
                    .sum::<u32>();
            }
            while eat(text, "}").is_none() {
                eat(text, ", ")?;
                let name = word(text);
                bits |= (0..ty.len())
                    .filter(|i| ty.name(*i) == Some(&name))
                    .map(|i| 1 << i)
                    .sum::<u32>();
            }
            Some(Val::Flags(bits))
        }
        other => panic!("{other}"),
    }
}

fn payload(of: &Cases, text: &mut &str) -> Option<(usize, Option<Val<'static>>)> {
    for (i, case) in of.cases.iter().enumerate() {
        let mut rest = *text;
        let val = match &case.ty {
            None => rest.strip_prefix("()").map(|after| {
                rest = after;
                None
            }),
            Some(ty) => parse(ty, &mut rest).map(Some),
        };
        if let Some(val) = val {
            *text = rest;
            return Some((i, val));
        }
    }
    None
}

fn quoted(text: &mut &str) -> Option<String> {
    let mut found = String::new();
    let mut chars = text.strip_prefix('"')?.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => {
                *text = &text[at + 2..];
                return Some(found);
            }
            '\\' => match chars.next()?.1 {
                'n' => found.push('\n'),
                'u' => {
                    let hex: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                    found.push(char::from_u32(u32::from_str_radix(&hex, 16).ok()?)?);
                }
                other => found.push(other),
            },
            other => found.push(other),
        }
    }
    None
}

fn show(store: &Store, ty: &Type, val: &Val<'_>) -> String {
    let all = |vals: &mut dyn Iterator<Item = String>| vals.collect::<Vec<_>>().join(", ");
    let part = |at: usize, val: &Option<Box<Val<'_>>>| match (ty.at(at), val) {
        (Some(ty), Some(val)) => show(store, ty, val),
        _ => "()".into(),
    };
    match val {
        Val::Bool(v) => v.to_string(),
        Val::Char(v) => quote(&v.to_string()),
        Val::S8(v) => v.to_string(),
        Val::U8(v) => v.to_string(),
        Val::S16(v) => v.to_string(),
        Val::U16(v) => v.to_string(),
        Val::S32(v) => v.to_string(),
        Val::U32(v) => v.to_string(),
        Val::S64(v) => v.to_string(),
        Val::U64(v) => v.to_string(),
        Val::F32(v) => format!("{v:?}"),
        Val::F64(v) => format!("{v:?}"),
        Val::String(text) => quote(&text.to_string(store).unwrap()),
        Val::List(List::U8(bytes)) => format!("bytes{bytes:?}"),
        Val::List(list) => {
            let items =
                (0..list.len()).map(|i| show(store, ty.at(0).unwrap(), &list.get(i).unwrap()));
            format!("[{}]", all(&mut items.into_iter()))
        }
        Val::Record(vals) => {
            let fields = vals.iter().enumerate().map(|(i, val)| {
                format!("{}: {}", ty.name(i).unwrap(), show(store, ty.at(i).unwrap(), val))
            });
            format!("{{{}}}", all(&mut fields.into_iter()))
        }
        Val::Tuple(vals) => {
            let fields = vals.iter().enumerate().map(|(i, v)| show(store, ty.at(i).unwrap(), v));
            format!("({})", all(&mut fields.into_iter()))
        }
        Val::Variant(index, val) => part(*index as usize, val),
        Val::Option(val) if matches!(ty.at(1), Some(Type::Option(_))) => match val.as_deref() {
            None => "none".into(),
            Some(Val::Option(None)) => "some".into(),
            Some(inner) => format!("some({})", show(store, ty.at(1).unwrap(), inner)),
        },
        Val::Option(val) => part(1, val),
        Val::Result(Ok(val)) => part(0, val),
        Val::Result(Err(val)) => part(1, val),
        Val::Enum(v) => quote(ty.name(*v as usize).unwrap()),
        Val::Flags(bits) => {
            let mut names: Vec<_> =
                (0..ty.len()).filter(|i| bits & 1 << i != 0).filter_map(|i| ty.name(i)).collect();
            names.sort();
            format!("flags{{{}}}", names.join(", "))
        }
        other => format!("{other:?}"),
    }
}

fn quote(text: &str) -> String {
    let mut quoted = String::from('"');
    for char in text.chars() {
        match char {
            '\n' => quoted += "\\n",
            '\0' => quoted += "\\u0000",
            other => quoted.push(other),
        }
    }
    quoted + "\""
}

/// Files, each with the calls that are told of it.
fn sections(file: &str) -> Vec<(String, Vec<String>)> {
    let text = std::fs::read_to_string(format!("{DIR}/{file}")).unwrap();
    let mut sections: Vec<(String, Vec<String>)> = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("# ") {
            Some(name) => sections.push((name.to_owned(), Vec::new())),
            None => sections.last_mut().unwrap().1.push(line.to_owned()),
        }
    }
    sections
}

/// Every line of the expected output, with the host's text in both encodings.
#[test]
fn worlds_of_c() {
    for encoding in [Encoding::Utf8, Encoding::Utf16] {
        let engine = engine(encoding);
        for (file, lines) in sections("c/expected.txt") {
            let mut guest = Guest::new(&engine, &format!("c/{file}"));
            let mut made = 0;
            let mut logged = Vec::new();
            for line in &lines {
                if line.starts_with("  host.") {
                    logged.push(line.clone());
                    continue;
                }
                let call = line.split_once('(').zip(line.rsplit_once(") -> "));
                let Some(((name, _), (call, expected))) = call else { continue };
                if !name.chars().all(|c| c.is_ascii_lowercase() || c == '-') || name == "live" {
                    continue; // resources have a test of their own
                }
                if name == "merge" {
                    continue;
                }
                let found = guest.told(name, &call[name.len() + 1..]);
                match expected {
                    "TRAP wasm trap: wasm `unreachable` instruction executed" => {
                        assert!(found.starts_with("Trap "), "{line}: {found}");
                    }
                    "TRAP wasm trap: cannot enter component instance" => {
                        assert!(found.starts_with("Poisoned "), "{line}: {found}");
                    }
                    expected => assert_eq!(found, expected, "{file}: {line}"),
                }
                let log = std::mem::take(&mut *guest.log.0.lock().unwrap());
                assert_eq!(log, std::mem::take(&mut logged), "{file}: {line}");
                made += 1;
            }
            assert!(made >= 12, "{file}: {made}");
        }
    }
}

/// `live`, constructor, methods, and a static function that takes one resource and
/// lends another.
#[test]
fn resources_of_components() {
    for file in ["c/guest-utf8.wasm", "c/guest-utf16.wasm"] {
        let mut guest = Guest::new(&engine(Encoding::Utf8), file);
        let live = |guest: &mut Guest| match guest.call("live", &[]).unwrap() {
            Some(Val::U32(live)) => live,
            other => panic!("{other:?}"),
        };
        let make = |guest: &mut Guest, title: &str| match guest
            .call("[constructor]logbook", &[Val::from(title)])
            .unwrap()
        {
            Some(Val::Own(made)) => made,
            other => panic!("{other:?}"),
        };
        let (a, b) = (make(&mut guest, "first"), make(&mut guest, "é"));
        assert_eq!(a.type_name().as_deref(), Some("logbook"));
        assert_eq!(live(&mut guest), 2);
        for (line, count) in [("one", 1), ("zwei ß", 2)] {
            let args = [Val::Borrow(a.clone()), line.into()];
            let added = guest.call("[method]logbook.add", &args).unwrap();
            assert!(matches!(added, Some(Val::U32(n)) if n == count));
        }
        // One and the same cannot be given away and lent.
        let same = [Val::Own(a.clone()), Val::Borrow(a.clone())];
        let error = guest.call("[static]logbook.merge", &same).unwrap_err();
        assert_eq!((error.kind(), error.argument()), (ErrorKind::WrongKind, Some(1)));
        let both = [Val::Own(a.clone()), Val::Borrow(b.clone())];
        let Some(Val::Own(merged)) = guest.call("[static]logbook.merge", &both).unwrap() else {
            panic!()
        };
        let args = [Val::Borrow(merged.clone())];
        let Some(Val::String(text)) = guest.call("[method]logbook.text", &args).unwrap() else {
            panic!()
        };
        assert_eq!(text.to_string(&guest.store).unwrap(), "first\none\nzwei ß\n--\né");
        assert_eq!(live(&mut guest), 2);
        // What was given away is gone.
        let error = guest.call("[method]logbook.text", &[Val::Borrow(a)]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WrongKind, "{error}");
        // What is dropped is given back before the next call.
        drop((b, both, args, merged));
        assert_eq!(live(&mut guest), 0);

        let other = make(&mut guest, "other");
        let mut second = Guest::new(&engine(Encoding::Utf8), file);
        let error = second.call("[method]logbook.text", &[Val::Borrow(other)]).unwrap_err();
        assert_eq!((error.kind(), error.argument()), (ErrorKind::WrongStore, Some(0)));
        let host = Resource::new(Arc::new(()));
        let error = second.call("[method]logbook.text", &[Val::Borrow(host)]).unwrap_err();
        assert_eq!((error.kind(), error.argument()), (ErrorKind::WrongKind, Some(0)));
        assert_eq!(live(&mut second), 0);
    }
}

/// Text in the three encodings that guests can have, and the results that break
/// the canonical ABI.
#[test]
fn text_of_every_guest() {
    for (file, lines) in sections("wat/expected.txt") {
        if file.starts_with("solo") {
            continue;
        }
        let engine = engine(Encoding::Utf8);
        let module = module(&engine, &format!("wat/{file}"));
        let mut made = 0;
        for line in lines {
            let (call, expected) = line.split_once(" -> ").unwrap();
            let (name, arg) = call.split_once('(').unwrap();
            let arg = arg.strip_suffix(')').unwrap().replace("\\x00", "\0");
            let mut store = Store::new(&engine);
            let ask = Func::wrap(&mut store, |question: String| match &*question {
                "latin" => "ÿlatin".to_owned(),
                other => format!("é{other}🦀"),
            });
            let instance = Instance::new(&mut store, &module, &[ask.into()]).unwrap();
            let func = instance.func(&mut store, name).unwrap();
            let mut results = [Val::Bool(false)];
            let text = match &*arg {
                "'a' * 70000 + 'Ā'" => "a".repeat(70000) + "Ā",
                quoted => quoted.trim_matches('\'').to_owned(),
            };
            let units: Vec<u16> = text.encode_utf16().collect();
            let args = match arg.parse() {
                Ok(number) => vec![Val::U32(number)],
                Err(_) => vec![Val::from(&units[..])],
            };
            let outcome = func.call(&mut store, &args, &mut results);
            match expected.strip_prefix("TRAP ") {
                None => {
                    let found = match (&outcome, &results[0]) {
                        (Ok(()), Val::U32(n)) => n.to_string(),
                        (Ok(()), Val::String(text)) => {
                            format!("'{}'", text.to_string(&store).unwrap()).replace('\0', "\\x00")
                        }
                        other => panic!("{file} {line}: {other:?}"),
                    };
                    assert_eq!(found, expected, "{file} {line}");
                }
                Some(why) => {
                    let error = outcome.unwrap_err();
                    let trap = error.trap().unwrap_or_else(|| panic!("{file} {line}: {error:?}"));
                    let ill = why.contains("utf-8") || why.contains("surrogate");
                    match ill {
                        true => assert_eq!(trap.code(), Some(TrapCode::IllFormedText), "{error}"),
                        false => assert_eq!(trap.message(), why, "{file} {line}"),
                    }
                    // A lift that failed poisons the instance.
                    let again = func.call(&mut store, &args, &mut results).unwrap_err();
                    assert_eq!(again.kind(), ErrorKind::Poisoned);
                }
            }
            made += 1;
        }
        assert_eq!(made, 35, "{file}");
    }
}

/// One core module, nothing imported, records and lists.
#[test]
fn solo() {
    for (file, units) in [("wat/solo-utf8.wasm", 7), ("wat/solo-utf16.wasm", 4)] {
        let engine = engine(Encoding::Utf16);
        let mut store = Store::new(&engine);
        let instance = Instance::new(&mut store, &module(&engine, file), &[]).unwrap();
        let mut guest = Guest { store, instance, log: Log::default() };
        assert_eq!(guest.told("echo", "\"aé🦀\""), "\"aé🦀\"");
        assert_eq!(guest.told("units", "\"aé🦀\""), units.to_string());
        assert_eq!(guest.told("sum", "[1, -2, 2147483647]"), "2147483646");
        assert_eq!(guest.told("mirror", "{x: 3, y: -4}"), "{x: -3, y: -4}");
        let packed = [1, -2, 2147483647];
        let sum = guest.call("sum", &[Val::List(List::S32((&packed[..]).into()))]).unwrap();
        assert!(matches!(sum, Some(Val::S64(2147483646))));
    }
}

/// What is wrong with arguments is told with its place, before the component runs.
#[test]
fn arguments_are_checked_first() {
    let mut guest = Guest::new(&engine(Encoding::Utf8), "c/guest-utf8.wasm");
    let person = |age: Val<'static>, tags: Vec<Val<'static>>| {
        let tags = Val::List(List::Val(tags));
        Val::Record(vec!["Zoë".into(), age, tags, Val::Option(None)])
    };
    let mut fails = |name: &str, arg: Val<'_>, kind, message: &str| {
        let error = guest.call(name, &[arg]).unwrap_err();
        assert_eq!((error.kind(), error.message()), (kind, message), "{name}");
        assert_eq!(error.argument(), Some(0));
    };
    let wrong = ErrorKind::WrongKind;
    fails(
        "birthday",
        person("x".into(), vec![]),
        wrong,
        "parameter 0, field \"age\": expected u8, found string",
    );
    fails(
        "birthday",
        person(Val::U8(1), vec!["a".into(), Val::U8(1)]),
        wrong,
        "parameter 0, field \"tags\", element 1: expected string, found u8",
    );
    fails("flip", Val::U32(1), wrong, "parameter 0: expected bool, found u32");
    let range = ErrorKind::OutOfRange;
    fails("next-color", Val::Enum(3), range, "parameter 0: there is no case 3: there are 3");
    fails(
        "toggle",
        Val::Flags(8),
        range,
        "parameter 0: 0x8 are no flags of flags { read, write, exec }",
    );
    fails(
        "area",
        Val::Variant(1, Some(Box::new(Val::F32(1.0)))),
        wrong,
        "parameter 0, case \"circle\": expected f64, found f32",
    );
    let bad = guest.call("greet", &[Val::String(witrt::Str::from_utf8(b"a\xff"))]).unwrap_err();
    assert_eq!((bad.kind(), bad.position()), (ErrorKind::BadText, Some(1)));
    assert_eq!(guest.told("flip", "true"), "false");
}

/// A trap ends an instance, and nothing else.
#[test]
fn traps_poison_an_instance_only() {
    let engine = engine(Encoding::Utf8);
    let mut guest = Guest::new(&engine, "c/guest-utf8.wasm");
    let module = guest.instance.module().clone();
    let linker = linker(&mut guest.store, &module, &guest.log);
    let second = linker.instantiate(&mut guest.store, &module).unwrap();
    let error = guest.call("boom", &["x".into()]).unwrap_err();
    assert_eq!(error.trap().unwrap().code(), Some(TrapCode::Unreachable));
    let frame = &error.trap().unwrap().frames()[0];
    assert_eq!(frame.module, module.id());
    assert_eq!(guest.call("boom", &["".into()]).unwrap_err().kind(), ErrorKind::Poisoned);
    let greet = second.func(&mut guest.store, "boom").unwrap();
    let mut results = [Val::Bool(false)];
    greet.call(&mut guest.store, &["".into()], &mut results).unwrap();
    assert!(matches!(results[0], Val::U32(7)));
}

/// Names are found as `Module::find_export` says, and imports by semantic version.
#[test]
fn names() {
    let engine = engine(Encoding::Utf8);
    let module = module(&engine, "c/guest-utf8.wasm");
    let exports: Vec<_> = module.exports().map(|export| export.name.clone()).collect();
    let greet = exports.iter().position(|name| name == "probe:guest/text@1.2.0#greet");
    assert!(greet.is_some(), "{exports:?}");
    for name in ["greet", "probe:guest/text#greet", "probe:guest/text.greet@1.2.0"] {
        assert_eq!(module.find_export(name), greet, "{name}");
    }
    let imports: Vec<_> = module.imports().map(|i| (&*i.module, &*i.name)).collect();
    assert!(imports.contains(&("probe:guest/host@1.2.0", "[method]sink.write")), "{imports:?}");
    let mut store = Store::new(&engine);
    let mut linker = Linker::new();
    let ty = FuncType::new([], []);
    let other = Func::new(&mut store, ty, |_, _, _| Ok(()));
    linker.define("probe:guest/host@2.0.0", "log", other);
    let error = linker.instantiate(&mut store, &module).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::MissingImport);
    assert!(error.message().contains("\"log\""), "{error}");
}

/// A host function cannot enter the instance that calls it.
#[test]
fn an_instance_is_entered_once() {
    let engine = engine(Encoding::Utf8);
    let module = module(&engine, "wat/mini-utf8.wasm");
    let mut store = Store::new(&engine);
    let own: Arc<Mutex<Option<Func>>> = Arc::default();
    let (found, asked) = (Arc::new(Mutex::new(None)), own.clone());
    let kept = found.clone();
    let ask = Func::wrap(&mut store, move |mut cx: witrt::Caller<'_>, _: String| {
        let func = asked.lock().unwrap().clone().unwrap();
        let mut results = [Val::Bool(false)];
        let again = func.call(&mut cx, &["x".into()], &mut results);
        *kept.lock().unwrap() = again.err().map(|e| e.kind());
        "done".to_owned()
    });
    let instance = Instance::new(&mut store, &module, &[ask.into()]).unwrap();
    *own.lock().unwrap() = Some(instance.func(&mut store, "echo").unwrap());
    let mut results = [Val::Bool(false)];
    instance
        .func(&mut store, "relay")
        .unwrap()
        .call(&mut store, &["z".into()], &mut results)
        .unwrap();
    assert_eq!(results[0].as_str().unwrap().to_string(&store).unwrap(), "done");
    assert_eq!(*found.lock().unwrap(), Some(ErrorKind::StoreBusy));
    *own.lock().unwrap() = None;
}

/// What comes out of one instance goes into another, and what a host function
/// fails with comes out of the call.
#[test]
fn instances_serve_each_other() {
    let engine = engine(Encoding::Utf8);
    let mut store = Store::new(&engine);
    let solo = Instance::new(&mut store, &module(&engine, "wat/solo-utf16.wasm"), &[]).unwrap();
    let echo = solo.func(&mut store, "echo").unwrap();
    for file in ["wat/mini-utf8.wasm", "wat/mini-compact-utf16.wasm"] {
        let mini = module(&engine, file);
        let instance = Instance::new(&mut store, &mini, &[echo.clone().into()]).unwrap();
        let relay = instance.func(&mut store, "relay").unwrap();
        let mut results = [Val::Bool(false)];
        relay.call(&mut store, &["aé🦀".into()], &mut results).unwrap();
        assert_eq!(results[0].as_str().unwrap().to_string(&store).unwrap(), "aé🦀");
    }
    // All of an instance, under the name of the interface that another imports.
    let text = br#"(component (import "probe:guest/text@1.9.0" (instance $t
          (export "count" (func (param "text" string) (result u32)))))
        (core module $m (memory (export "memory") 1)
          (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 64))
        (core instance $m (instantiate $m))
        (core func $count (canon lower (func $t "count") (memory $m "memory")))
        (core module $n (import "" "count" (func $count (param i32 i32) (result i32)))
          (func (export "go") (param i32 i32) (result i32) (call $count (local.get 0) (local.get 1))))
        (core instance $n (instantiate $n (with "" (instance (export "count" (func $count))))))
        (func (export "go") (param "text" string) (result u32)
          (canon lift (core func $n "go") (memory $m "memory") (realloc (func $m "realloc")))))"#;
    let plain = Instance::new(&mut store, &module(&engine, "c/plain-utf16.wasm"), &[]).unwrap();
    let user = Module::new(&engine, text).unwrap();
    for name in ["probe:guest/text@1.9.0", ""] {
        let mut linker = Linker::new();
        linker.define_instance(&mut store, name, &plain).unwrap();
        let instance = linker.instantiate(&mut store, &user).unwrap();
        let go = instance.func(&mut store, "go").unwrap();
        let mut results = [Val::Bool(false)];
        go.call(&mut store, &["añ🦀".into()], &mut results).unwrap();
        assert!(matches!(results[0], Val::U32(3)));
    }
    let ask = Func::wrap(&mut store, |_: String| Err::<String, _>(Error::host("no answer")));
    let mini = module(&engine, "wat/mini-utf8.wasm");
    let instance = Instance::new(&mut store, &mini, &[ask.into()]).unwrap();
    let relay = instance.func(&mut store, "relay").unwrap();
    let error = relay.call(&mut store, &["x".into()], &mut [Val::Bool(false)]).unwrap_err();
    assert_eq!(error.message(), "no answer");
    let again = relay.call(&mut store, &["x".into()], &mut [Val::Bool(false)]).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Poisoned);
}

/// What the command does without running anything.
#[test]
fn tools() {
    let bytes = std::fs::read(format!("{DIR}/c/guest-utf16.wasm")).unwrap();
    witrt::tools::check(&bytes).unwrap();
    assert_eq!(witrt::tools::assemble(&bytes).unwrap(), bytes);
    let text = witrt::tools::print(&bytes).unwrap();
    let again = witrt::tools::assemble(text.as_bytes()).unwrap();
    let engine = engine(Encoding::Utf8);
    let (one, other) =
        (Module::new(&engine, &bytes).unwrap(), Module::new(&engine, &again).unwrap());
    assert!(one.exports().eq(other.exports()) && one.imports().eq(other.imports()));
    let wrong = b"(component (import \"a\" (func $f)) (export \"b\" (func 7)))";
    let error = witrt::tools::check(wrong).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidCore, "{error}");
    assert!(Module::validate(&engine, wrong).is_err());
    assert_eq!(witrt::tools::plan(&bytes).unwrap_err().kind(), ErrorKind::UnsupportedFormat);
}

/// The command: values in WAVE, strings as ever, names in every form.
#[cfg(feature = "cli")]
#[test]
fn command() {
    let run = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_witrt"));
        let out = command.current_dir(DIR).args(args).output().unwrap();
        let (out, err) = (String::from_utf8(out.stdout), String::from_utf8(out.stderr));
        (out.unwrap(), err.unwrap())
    };
    let call = |args: &[&str]| {
        let all = [&["run", "--imports", "print", "c/guest-utf16.wasm"], args].concat();
        run(&all)
    };
    for (args, expected) in [
        (&["greet", "\"Zo\\u00eb\""][..], "\"hello, Zoë! (4 bytes, 3 chars)\""),
        (&["probe:guest/text.parse@1.2.0", "\"3,-4\""], "ok({x: 3, y: -4})"),
        (&["probe:guest/text#parse", "\"x\""], "err(\"bad point: x\")"),
        (&["birthday", "{age: 0x29, name: \"é\", tags: [\"a\"]}"], "error"),
        (
            &["birthday", "{age: 41, name: \"é\", tags: [\"a\"]}"],
            "{name: \"é\", age: 42, tags: [\"a\", \"older é\"]}",
        ),
        (&["grow", "circle(2)"], "circle(4)"),
        (&["toggle", "{read, exec}"], "{write}"),
        (&["next-color", "blue"], "red"),
        (&["centroid", "[]"], "none"),
        (&["ints", "1", "0x10", "3", "4", "5", "6", "7", "-8"], "error"),
        (&["[constructor]logbook", "\"t\""], "<own<logbook>>"),
    ] {
        let (out, err) = call(args);
        match expected {
            "error" => assert!(out.is_empty() && err.starts_with("error: argument"), "{out}{err}"),
            expected => assert_eq!(out, format!("{expected}\n"), "{err}"),
        }
    }
    let (_, err) = call(&["birthday", "{age: 41, name: \"\", tags: [], hme: none}"]);
    assert!(err.contains("there is no field \"hme\""), "{err}");
    let (out, err) = call(&["run", "\"x\""]);
    assert_eq!(out, "\" [] none ok 0 sink 000\"\n");
    assert!(
        err.contains("probe:guest/host@1.2.0.[method]sink.write(<borrow<sink>>, \"x\")"),
        "{err}"
    );
    assert_eq!(run(&["check", "c/guest-utf8.wasm"]).0, "");
    let listed = run(&["inspect", "c/plain-utf8.wasm"]).0;
    assert!(listed.contains("#sum\" func (numbers: list<f64>) -> (f64)"), "{listed}");
}
