//! Every call that `expected.txt` tells, with what it says; also of components of others
//! of the same world, in each folder that `WITRT_COMPONENTS` names.

use crate::support::{Guest, Log, engine, module, sections};
use std::sync::Arc;
use witrt::{Encoding, ErrorKind, Func, Instance, List, Resource, Store, TrapCode, Val};

#[test]
fn worlds_of_c() {
    worlds("c");
}

/// A folder that is not there is a failure: nothing would have been run.
#[test]
fn worlds_of_others() {
    let Some(folders) = std::env::var_os("WITRT_COMPONENTS") else { return };
    std::env::split_paths(&folders).for_each(|folder| worlds(folder.to_str().unwrap()));
}

/// Every line of the expected output, with the host's text in both encodings.
fn worlds(folder: &str) {
    for encoding in [Encoding::Utf8, Encoding::Utf16] {
        let engine = engine(encoding);
        for (file, lines) in sections(&format!("{folder}/expected.txt")) {
            let mut guest = Guest::new(&engine, &format!("{folder}/{file}"));
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
    for file in ["c/guest-utf8.wasm", "c/guest-utf16.wasm", "c/core-utf8.wasm", "c/core-utf16.wasm"]
    {
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
