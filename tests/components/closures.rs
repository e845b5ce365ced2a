//! Closures with Rust's own types as what components import.

use crate::support::{Log, engine, module};
use std::sync::{Arc, Mutex};
use witrt::{
    Caller, Config, Encoding, Engine, Error, ErrorKind, Func, HostClosure, Linker, List, Resource,
    Store, Trap, Val,
};

type Point = (i32, i32);

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

const HOST: &str = "probe:guest/host@1.2.0";

/// All of them but one.
fn linker(store: &mut Store, log: &Log, but: &str) -> Linker {
    let mut linker = Linker::new();
    let open = Arc::new(Mutex::new(0));
    let mut define = |name: &str, func: Func| {
        if name != but {
            linker.define(HOST, name, func);
        }
    };
    let to = log.clone();
    let put = move |level: u32, text: String| to.put(format!("  host.log {level} {text:?}"));
    define("log", Func::wrap(&mut *store, put));
    define("ask", Func::wrap(&mut *store, |question: String| format!("answer to {question}")));
    define(
        "digest",
        Func::wrap(&mut *store, |bytes: Vec<u8>| {
            vec![bytes.len() as u8, bytes.iter().fold(0, |a, b| a ^ b)]
        }),
    );
    // Text may be UTF-16, and is copied once all the same.
    let find = |key: Vec<u16>| {
        let found = "found ".encode_utf16().chain(key.iter().copied()).collect::<Vec<u16>>();
        (key.len() > 1).then_some(found)
    };
    define("find", Func::wrap(&mut *store, find));
    let lookup = |_: Caller<'_>, name: String| -> Result<Vec<Point>, String> {
        match name.len() {
            0 | 1 => Err(format!("no {name}")),
            _ => Ok(vec![(1, -2), (name.chars().count() as i32, 0)]),
        }
    };
    define("lookup", Func::wrap(&mut *store, lookup));
    define("now", Func::wrap(&mut *store, || u64::MAX));
    let (made, to) = (open.clone(), log.clone());
    let new = move |name: String| {
        *made.lock().unwrap() += 1;
        Resource::new(Arc::new(Sink { name, log: to.clone(), open: made.clone() }))
    };
    define("[constructor]sink", Func::wrap(&mut *store, new));
    let to = log.clone();
    let write = move |sink: Resource, text: String| {
        let sink = sink.data().unwrap().downcast_ref::<Sink>().unwrap();
        to.put(format!("  host.sink {:?} {text:?}", sink.name));
        text.chars().count() as u32
    };
    define("[method]sink.write", Func::wrap(&mut *store, write));
    define("[static]sink.open-sinks", Func::wrap(&mut *store, move || *open.lock().unwrap()));
    linker
}

fn run(engine: &Engine, file: &str) {
    let (mut store, module) = (Store::new(engine), module(engine, file));
    let log = Log::default();
    let instance = linker(&mut store, &log, "").instantiate(&mut store, &module).unwrap();
    let run = instance.func(&mut store, "run").unwrap().typed::<(&str,), String>().unwrap();
    let told = run.call(&mut store, ("straße",)).unwrap();
    // The bytes are the text's, as the guest has it.
    let (seven, one) = if file.contains("utf16") { ("12 174", "2 120") } else { ("7 45", "1 120") };
    let rest = "some found straße ok 1,-2 6,0 18446744073709551615 sink 610";
    assert_eq!(told, format!("answer to straße [{seven}] {rest}"), "{file}");
    let lines = [
        "  host.log 1 \"straße\"",
        "  host.log 2 \"answer to straße\"",
        "  host.sink \"straße\" \"straße\"",
        "  host.sink dropped \"straße\"",
    ];
    assert_eq!(std::mem::take(&mut *log.0.lock().unwrap()), lines, "{file}");
    let told = run.call(&mut store, ("x",)).unwrap();
    let rest = "none err no x 18446744073709551615 sink 110";
    assert_eq!(told, format!("answer to x [{one}] {rest}"), "{file}");
}

/// Every import of the world, with text in every encoding of guests and hosts.
#[test]
fn every_import() {
    for encoding in [Encoding::Utf8, Encoding::Utf16] {
        for file in ["guest-utf8", "guest-utf16", "core-utf8", "core-utf16"] {
            run(&engine(encoding), &format!("c/{file}.wasm"));
        }
    }
}

/// What a closure is lent is what it would own, whoever calls it: text in any encoding,
/// lists, and what is not kept for another call.
#[test]
fn lent() {
    for encoding in [Encoding::Utf8, Encoding::Utf16] {
        for file in ["guest-utf8", "guest-utf16", "core-utf16"] {
            let engine = engine(encoding);
            let mut store = Store::new(&engine);
            let module = module(&engine, &format!("c/{file}.wasm"));
            let log = Log::default();
            let mut owned = linker(&mut store, &log, "");
            let to = log.clone();
            owned.func_wrap(&mut store, HOST, "log", move |level: u32, text: &str| {
                to.put(format!("{level} {text:?}"));
            });
            owned.func_wrap(&mut store, HOST, "ask", |_: Caller<'_>, question: &str| {
                format!("answer to {question}")
            });
            owned.func_wrap(&mut store, HOST, "find", |key: &[u16]| {
                let found = "found ".encode_utf16().chain(key.iter().copied());
                (key.len() > 1).then(|| found.collect::<Vec<u16>>())
            });
            owned.func_wrap(&mut store, HOST, "digest", |bytes: &[u8]| {
                [bytes.len() as u8, bytes.iter().fold(0, |a, b| a ^ b)]
            });
            let instance = owned.instantiate(&mut store, &module).unwrap();
            let run = instance.func(&mut store, "run").unwrap();
            let run = run.typed::<(&str,), String>().unwrap();
            // A text that is too long to be kept, and shorter ones after it.
            let long = "é".repeat(1 << 20);
            for text in ["straße", &long, "", "xy", "straße"] {
                let told = run.call(&mut store, (text,)).unwrap();
                assert!(told.starts_with(&format!("answer to {text} [")), "{file}");
                assert_eq!(told.contains(&format!("some found {text} ")), text.len() > 1, "{file}");
                let lines = std::mem::take(&mut *log.0.lock().unwrap());
                assert_eq!(lines[0], format!("1 {text:?}"), "{file}");
            }
        }
    }
}

/// A call within a call has buffers of its own; a value among what is lent is not kept.
#[test]
fn lent_within_a_call() {
    let mut store = Store::new(&engine(Encoding::Utf8));
    let inner = Arc::new(Mutex::new(None::<Func>));
    let to = inner.clone();
    let nested = Func::wrap(&mut store, move |mut caller: Caller<'_>, text: &str, list: &[u32]| {
        let Some((first, rest)) = list.split_first() else {
            return Ok::<_, Error>(text.len() as u32);
        };
        let this = to.lock().unwrap().clone().unwrap();
        let this = this.typed::<(&str, &[u32]), u32>()?;
        let below = this.call(&mut caller, ("other text", rest))?;
        // They are what they were.
        Ok(below * 10 + first + text.len() as u32)
    });
    *inner.lock().unwrap() = Some(nested.clone());
    let typed = nested.typed::<(&str, &[u32]), u32>().unwrap();
    for _ in 0..3 {
        assert_eq!(
            typed.call(&mut store, ("a", &[1, 2])).unwrap(),
            (10 * 10 + 2 + 10) * 10 + 1 + 1
        );
    }
    inner.lock().unwrap().take();

    let counted = Arc::new(());
    let hold =
        Func::wrap(&mut store, |all: &[Option<Resource>]| all.iter().flatten().count() as u32);
    let hold = hold.typed::<(&[Option<Resource>],), u32>().unwrap();
    let all = [Some(Resource::new(counted.clone())), None];
    assert_eq!(hold.call(&mut store, (&all,)).unwrap(), 1);
    drop(all);
    assert_eq!(Arc::strong_count(&counted), 1);
}

/// After a panic, and after an error, a closure is lent what the next call passes.
#[test]
fn lent_after_a_failure() {
    let mut store = Store::new(&engine(Encoding::Utf8));
    let picky =
        Func::wrap(&mut store, |text: &str, list: &[(String, u32)]| -> Result<u32, Error> {
            match text {
                "panic" => panic!("asked to"),
                "error" => Err(Trap::new("no").into()),
                _ => Ok(list.iter().map(|(name, n)| name.len() as u32 * n).sum()),
            }
        });
    let picky = picky.typed::<(&str, &[(&str, u32)]), u32>().unwrap();
    let (one, two) = ([("abc", 2)], [("é", 3), ("", 9)]);
    assert_eq!(picky.call(&mut store, ("", &one)).unwrap(), 6);
    assert!(picky.call(&mut store, ("panic", &two)).unwrap_err().to_string().contains("asked to"));
    assert_eq!(picky.call(&mut store, ("", &two)).unwrap(), 6);
    assert!(picky.call(&mut store, ("error", &one)).unwrap_err().to_string().contains("no"));
    assert_eq!(picky.call(&mut store, ("", &[])).unwrap(), 0);
}

/// With somebody who asks for a line a call, they get values, of the types that the
/// component has.
#[test]
fn every_import_traced() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let (to, mut config) = (lines.clone(), Config::new());
    config.trace(move |line| to.lock().unwrap().push(line.to_owned()));
    run(&Engine::new(&config).unwrap(), "c/guest-utf8.wasm");
    let lines = lines.lock().unwrap();
    let told = |what: &str| assert!(lines.iter().any(|line| line.contains(what)), "{lines:?}");
    told("import probe:guest/host@1.2.0#digest([115, 116, 114, 97, 195, 159, 101])");
    told("import probe:guest/host@1.2.0#lookup(\"straße\")");
}

fn refused<A: 'static>(name: &str, body: impl HostClosure<A>) -> String {
    let engine = engine(Encoding::Utf8);
    let (mut store, module) = (Store::new(&engine), module(&engine, "c/guest-utf8.wasm"));
    let mut linker = linker(&mut store, &Log::default(), name);
    let func = Func::wrap(&mut store, body);
    linker.define(HOST, name, func);
    let error = linker.instantiate(&mut store, &module).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::IncompatibleImport, "{error}");
    error.message().to_owned()
}

/// A closure that does not fit is told with the way to what does not.
#[test]
fn mismatches_are_found_by_linking() {
    let told = refused("find", |key: String| Some(key.len() as u32));
    let way = "\"probe:guest/host@1.2.0\" \"find\": result, case \"some\"";
    assert!(told.ends_with(&format!("{way}: expected string, found u32")), "{told}");
    let told = refused("lookup", |_: String| -> Result<Vec<(i32, u32)>, String> { Ok(vec![]) });
    assert!(
        told.ends_with("result, case \"ok\", element, field \"y\": expected s32, found u32"),
        "{told}"
    );
    let told = refused("log", |_: u32, _: Vec<u8>| {});
    assert!(told.ends_with("parameter 1 (\"text\"): expected string, found list<u8>"), "{told}");
    let told = refused("now", |_: u32| 0u64);
    assert!(told.ends_with("the function has 0 parameters, not 1"), "{told}");
}

/// What a closure returns is looked at before the component runs on; its errors and
/// panics are traps.
#[test]
fn what_fails() {
    let engine = engine(Encoding::Utf8);
    let module = module(&engine, "c/guest-utf8.wasm");
    let fails = |name: &str, func: &dyn Fn(&mut Store) -> Func| {
        let mut store = Store::new(&engine);
        let mut linker = linker(&mut store, &Log::default(), name);
        let func = func(&mut store);
        linker.define(HOST, name, func);
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let run = instance.func(&mut store, "run").unwrap().typed::<(&str,), String>().unwrap();
        let error = run.call(&mut store, ("xy",)).unwrap_err();
        assert_eq!(run.call(&mut store, ("",)).unwrap_err().kind(), ErrorKind::Poisoned);
        error
    };
    let error = fails("ask", &|store| Func::wrap(store, |_: String| vec![0xd800u16]));
    assert_eq!(error.kind(), ErrorKind::BadText, "{error}");
    assert!(error.message().starts_with("the host function: result: "), "{error}");
    let error = fails("now", &|store| {
        Func::wrap(store, || Err::<u64, Error>(Trap::new("no clock").into()))
    });
    assert!(error.message().contains("no clock"), "{error}");
    let error = fails("now", &|store| Func::wrap(store, || -> u64 { panic!("the clock fell") }));
    assert!(error.message().contains("the clock fell"), "{error}");
}

/// A host calls them too: with values, and with Rust's types.
#[test]
fn called_by_hosts() {
    let mut store = Store::new(&engine(Encoding::Utf8));
    let count = Func::wrap(&mut store, |items: Vec<(String, u32)>, more: Option<bool>| {
        let total = items.iter().map(|(_, count)| count).sum::<u32>();
        let names = items.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        if more.is_some() { Ok((total, names)) } else { Err(()) }
    });
    let told = "(list<tuple<string, u32>>, option<bool>) -> (result<tuple<u32, list<string>>>)";
    assert_eq!(count.ty().to_string(), told);
    type Counted = Result<(u32, Vec<String>), ()>;
    let typed = count.typed::<(&[(&str, u32)], Option<bool>), Counted>().unwrap();
    let items = [("a", 40), ("é", 2)];
    let counted = typed.call(&mut store, (&items, Some(true))).unwrap();
    assert_eq!(counted, Ok((42, vec!["a".to_owned(), "é".to_owned()])));
    assert_eq!(typed.call(&mut store, (&[], None)).unwrap(), Err(()));

    let item = |name: &'static str, n| Val::Tuple(vec![name.into(), Val::U32(n)]);
    let args = [Val::List(List::Val(vec![item("b", 1), item("c", 2)])), Val::Option(None)];
    let mut results = [Val::Bool(false)];
    count.call(&mut store, &args, &mut results).unwrap();
    assert!(matches!(results[0], Val::Result(Err(None))), "{results:?}");
    let wrong = [Val::List(List::U8((&[1u8][..]).into())), Val::Option(None)];
    let error = count.call(&mut store, &wrong, &mut results).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongKind, "{error}");
}
