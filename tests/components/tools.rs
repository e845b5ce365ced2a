//! The command, and what it does without running anything.

#[cfg(feature = "cli")]
use crate::notation::{parse, quote, quoted, wave};
use crate::support::{DIR, engine};
#[cfg(feature = "cli")]
use crate::{
    cases::{below, call},
    support::module,
};
use witrt::{Encoding, ErrorKind, Module};

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
    // Comments and annotations may come before.
    let text = b";; text\n(; more ;)\n(@a (@b \"x\"))\n(component $c\n  (core module $m))";
    witrt::tools::check(text).unwrap();
    let wrong = b"(component (import \"a\" (func $f)) (export \"b\" (func 7)))";
    let error = witrt::tools::check(wrong).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidCore, "{error}");
    assert!(Module::validate(&engine, wrong).is_err());
    assert_eq!(witrt::tools::plan(&bytes).unwrap_err().kind(), ErrorKind::UnsupportedFormat);
}

/// Runs the command: what it prints, and what it complains of.
#[cfg(feature = "cli")]
fn run(args: &[&str]) -> (String, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_witrt"));
    command.env("WITRT_CACHE_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
    let out = command.current_dir(DIR).args(args).output().unwrap();
    let (out, err) = (String::from_utf8(out.stdout), String::from_utf8(out.stderr));
    (out.unwrap(), err.unwrap())
}

/// Every call that is told of real components by the command, in both encodings of
/// hosts: all but those with resources and those that ask the host.
#[cfg(feature = "cli")]
#[test]
fn every_call_by_the_command() {
    let engine = engine(Encoding::Utf8);
    let mut jobs = Vec::new();
    for section in below("modules/components/") {
        for file in &section.files {
            let path = file.strip_prefix("modules/components/").unwrap();
            let module = module(&engine, path);
            for line in &section.lines {
                let Some((name, args, expected)) = call(line) else { continue };
                if ["run", "live", "relay"].contains(&name)
                    || line.contains(" = ")
                    || name.starts_with('[')
                    || expected == "poisoned"
                {
                    continue;
                }
                let export = module.exports().nth(module.find_export(name).unwrap()).unwrap();
                let witrt::ExternType::Func(ty) = &export.ty else { panic!() };
                let signature = ty.signature().unwrap();
                let mut rest = args;
                let mut told = vec![name.to_owned()];
                for (i, param) in signature.params.fields.iter().enumerate() {
                    rest = if i > 0 { rest.strip_prefix(", ").unwrap() } else { rest };
                    told.push(wave(&param.ty, &parse(&param.ty, &mut rest).unwrap()));
                }
                let result = &signature.results.fields[0].ty;
                let expected = match expected.starts_with("trap") {
                    true => None,
                    false => Some(wave(result, &parse(result, &mut &*expected).unwrap())),
                };
                jobs.push((path.to_owned(), told, expected));
            }
        }
    }
    assert!(jobs.len() > 200, "{}", jobs.len());
    for (i, (file, args, expected)) in jobs.iter().enumerate() {
        for encoding in ["utf8", "utf16"] {
            // Files of guests with either take turns, so that each pair is seen.
            if i % 4 > 1 && file.contains(encoding) {
                continue;
            }
            let mut all = vec!["run", "--imports", "print", "--encoding", encoding, file];
            all.extend(args.iter().map(String::as_str));
            let (out, err) = run(&all);
            match expected {
                None => assert!(out.is_empty() && err.starts_with("error"), "{all:?}: {out}{err}"),
                Some(text) => {
                    let same = |text: &str| match quoted(&mut &*text) {
                        Some(text) => quote(&text),
                        None => text.to_owned(),
                    };
                    assert_eq!(same(out.trim_end()), same(text), "{all:?}: {err}");
                }
            }
        }
    }
}

/// The command: values in WAVE, strings as ever, names in every form.
#[cfg(feature = "cli")]
#[test]
fn command() {
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
            "error" => {
                assert!(out.is_empty() && err.starts_with("error: parameter "), "{out}{err}")
            }
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
    for command in ["inspect", "wit"] {
        for file in ["c/guest-utf8.wasm", "c/core-utf8.wasm"] {
            let (wit, err) = run(&[command, file]);
            // With the names that types have, and every interface.
            for line in [
                "  import probe:guest/host@1.2.0;",
                "  export probe:guest/kinds@1.2.0;",
                "    record person {",
                "    sum: func(numbers: list<f64>) -> f64;",
                "    resource logbook {",
            ] {
                assert!(wit.contains(line), "{command} {file}: {wit}{err}");
            }
        }
    }
    // WIT has no types that a world exports.
    let typed = concat!(env!("CARGO_TARGET_TMPDIR"), "/typed.wat");
    let text = "(component (type $p' (record (field \"x\" s32))) (export $p \"point\" (type $p'))
        (core module $m (func (export \"f\") (param i32) (result i32) local.get 0))
        (core instance $i (instantiate $m))
        (func $f (param \"p\" $p) (result s32) (canon lift (core func $i \"f\")))
        (export \"x-of\" (func $f)))";
    std::fs::write(typed, text).unwrap();
    let (out, err) = run(&["inspect", typed]);
    assert!(
        out.starts_with("// WIT cannot tell of this component: ") && err.is_empty(),
        "{out}{err}"
    );
    assert!(out.ends_with("export \"x-of\" func (p: record { x: s32 }) -> (s32)\n"), "{out}");
    assert_eq!(run(&["run", typed, "x-of", "{x: 7}"]).0, "7\n");
    assert!(run(&["wit", typed]).1.contains("WIT cannot tell of this component"));
    for file in ["c/core-utf8.wasm", "c/core-utf16.wasm"] {
        assert_eq!(run(&["check", file]), (String::new(), String::new()));
        // As it is written it is a core module.
        let printed = run(&["print", file]).0;
        assert!(printed.starts_with("(module"), "{printed:.100}");
        let bytes = std::fs::read(format!("{DIR}/{file}")).unwrap();
        assert_eq!(witrt::tools::assemble(&bytes).unwrap(), bytes);
    }
}

/// What was compiled once is kept, unless nothing shall be.
#[cfg(feature = "cli")]
#[test]
fn the_command_keeps_what_it_compiled() {
    let dir = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("command-cache");
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).unwrap();
    let kept = || std::fs::read_dir(dir.join("kept")).is_ok_and(|mut dir| dir.next().is_some());
    let run = |options: &[&str], cache: &std::path::Path| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_witrt"))
            .arg("run")
            .args(options)
            .args(["c/plain-utf8.wasm", "count", "\"añ🦀\""])
            .current_dir(DIR)
            .env("WITRT_CACHE_DIR", cache)
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "3\n", "{output:?}");
        assert!(output.stderr.is_empty(), "this is no terminal: {output:?}");
    };
    run(&["--no-cache"], &dir.join("kept"));
    run(&[], std::path::Path::new(""));
    assert!(!kept());
    // A folder that cannot be made is no reason to fail.
    std::fs::write(dir.join("file"), "").unwrap();
    run(&[], &dir.join("file/below"));
    run(&[], &dir.join("kept"));
    assert!(kept());
    run(&[], &dir.join("kept"));
}
