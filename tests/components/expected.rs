//! Every call that `tests/cases.txt` tells, with what it says; also of components of others
//! of the same world, in each folder that `WITRT_COMPONENTS` names.

use crate::cases::{below, call, is_expected};
use crate::support::{Guest, engine, module, sections};
use std::sync::Arc;
use witrt::{Encoding, Engine, ErrorKind, List, Module, Resource, Val};

/// What the table has of components, with the host's text in both encodings.
#[test]
fn every_call() {
    let sections = below("modules/components/");
    for encoding in [Encoding::Utf8, Encoding::Utf16] {
        let engine = engine(encoding);
        for section in &sections {
            for file in &section.files {
                let file = file.strip_prefix("modules/components/").unwrap();
                all(&engine, file, &section.lines);
            }
        }
    }
}

/// A folder that is not there is a failure: nothing would have been run. It has a table of
/// its own, `expected.txt`, which tells of resources and traps in words.
#[test]
fn worlds_of_others() {
    let Some(folders) = std::env::var_os("WITRT_COMPONENTS") else { return };
    for folder in std::env::split_paths(&folders) {
        let folder = folder.to_str().unwrap();
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            let engine = engine(encoding);
            for (file, lines) in sections(&format!("{folder}/expected.txt")) {
                let is_name = |name: &str| {
                    name.chars().all(|c| c.is_ascii_lowercase() || c == '-')
                        && !["live", "merge"].contains(&name)
                };
                let lines: Vec<_> = lines
                    .iter()
                    .filter(|line| line.split(['(', ' ']).next().is_some_and(is_name))
                    .map(|line| match line.split_once(" -> TRAP ") {
                        Some((call, why)) if why.contains("cannot enter") => {
                            format!("{call} -> poisoned")
                        }
                        Some((call, _)) => format!("{call} -> trap"),
                        None => line.clone(),
                    })
                    .collect();
                all(&engine, &format!("{folder}/{file}"), &lines);
            }
        }
    }
}

/// Makes all calls, in order.
fn all(engine: &Engine, file: &str, lines: &[String]) {
    let mut guest = Guest::new(engine, file);
    let mut made = 0;
    let mut logged = Vec::new();
    for line in lines {
        if line.starts_with("  host.") {
            logged.push(line.clone());
        } else if line == "new" {
            guest = Guest::new(engine, file);
        } else if let Some(name) = line.strip_prefix("drop ") {
            guest.named.remove(name);
        } else if let Some((named, call)) = line.split_once(" = ") {
            let (name, args) = call.strip_suffix(')').unwrap().split_once('(').unwrap();
            let Ok(Some((_, Val::Own(made)))) = guest.answer(name, args) else { panic!("{line}") };
            guest.named.insert(named.to_owned(), made);
        } else if let Some((name, args, expected)) = call(line) {
            match guest.answer(name, args) {
                Ok(Some((ty, val))) => {
                    assert_eq!(guest.show(&ty, &val), expected, "{file}: {line}")
                }
                Ok(None) => assert_eq!(expected, "()", "{file}: {line}"),
                Err(error) => assert!(is_expected(&error, expected), "{file}: {line}: {error:?}"),
            }
            let log = std::mem::take(&mut *guest.log.0.lock().unwrap());
            assert_eq!(log, std::mem::take(&mut logged), "{file}: {line}");
            made += 1;
        }
    }
    assert!(made >= 4, "{file}: {made}");
}

/// The world of the guests once more, as core modules that a tool writes for it by either
/// scheme of names: there is nothing in their functions but a trap, so that the table, in
/// which all are called, has no place for methods of a resource that is never made.
#[test]
fn both_schemes_of_names() {
    let engine = engine(Encoding::Utf8);
    let real = module(&engine, "c/guest-utf8.wasm");
    let sections = below("modules/components/");
    let is_guest = |file: &String| file.ends_with("c/guest-utf8.wasm");
    let lines = &sections.iter().find(|s| s.files.iter().any(is_guest)).unwrap().lines;
    for file in ["wat/names-legacy.wat", "wat/names-standard32.wat"] {
        let made = module(&engine, file);
        let told = |module: &Module| {
            let imports = module
                .imports()
                .map(|i| (i.module.to_string(), i.name.to_string(), i.ty.to_string()));
            let exports =
                module.exports().map(|e| (e.name.to_string(), String::new(), e.ty.to_string()));
            let mut all: Vec<_> = imports.chain(exports).collect();
            all.sort();
            all
        };
        assert_eq!(told(&made), told(&real), "{file}");
        let calls = lines.iter().filter_map(|line| call(line));
        let mut trapped = 0;
        for (name, args, _) in calls.filter(|(name, _, _)| !name.starts_with('[')) {
            let error = Guest::new(&engine, file).answer(name, args).map(drop).unwrap_err();
            assert!(is_expected(&error, "trap unreachable"), "{file}: {name}: {error:?}");
            trapped += 1;
        }
        let error = Guest::new(&engine, file).answer("[constructor]logbook", "\"a\"").map(drop);
        assert!(is_expected(&error.unwrap_err(), "trap unreachable") && trapped > 40, "{file}");
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

/// A list that lies packed with the host.
#[test]
fn packed() {
    for file in ["wat/solo-utf8.wasm", "wat/solo-utf16.wasm"] {
        let mut guest = Guest::new(&engine(Encoding::Utf16), file);
        let packed = [1, -2, 2147483647];
        let sum = guest.call("sum", &[Val::List(List::S32((&packed[..]).into()))]).unwrap();
        assert!(matches!(sum, Some(Val::S64(2147483646))));
    }
}
