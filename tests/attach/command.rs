//! The command: faces put into modules, calls of what comes out, guesses.

use crate::cases::{below, call};
use crate::notation::{parse, wave};
use crate::support::{self, engine, file};
use std::path::Path;
use witrt::{BackEnd, Encoding, ExternType, Module};

fn witrt(args: &[&str]) -> (String, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_witrt"));
    command.env("WITRT_CACHE_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/attach-cache"));
    let out = command.args(args).output().unwrap();
    let (out, err) = (String::from_utf8(out.stdout), String::from_utf8(out.stderr));
    (out.unwrap(), err.unwrap())
}

fn path(name: &str) -> String {
    format!("{}/tests/attach/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Every call that is told and asks no host, in both encodings.
#[test]
fn every_call() {
    for (folder, wasm) in [
        ("c-clang-nostdlib", "guest.wasm"),
        ("c-clang-wasi", "guest.wasm"),
        ("rust-plain", "guest.wasm"),
        ("wasm-bindgen", "guest.wasm"),
        ("wasm-bindgen", "guest-mvp.wasm"),
    ] {
        let typed = format!("{}/{folder}-{wasm}", env!("CARGO_TARGET_TMPDIR"));
        let (module, face) =
            (path(&format!("{folder}/{wasm}")), path(&format!("{folder}/face.toml")));
        assert_eq!(witrt(&["attach", &module, &face, "-o", &typed]), Default::default());
        let bytes = std::fs::read(&typed).unwrap();
        let module = Module::new(&engine(BackEnd::Reference, Encoding::Utf8), &bytes).unwrap();
        let mut made = 0;
        for line in &below(&format!("attach/{folder}/"))[0].lines {
            // An object is of one instance, and each command has its own.
            let is_one = line.contains("point-");
            if line.starts_with("  host.") || line.starts_with("run(") || is_one {
                continue;
            }
            let (name, mut args, expected) = call(line).unwrap();
            let export = module.exports().nth(module.find_export(name).unwrap()).unwrap();
            let ExternType::Func(ty) = &export.ty else { panic!() };
            let (params, results) = support::types(ty);
            let mut told = vec![name.to_owned()];
            for ty in &params {
                args = args.strip_prefix(", ").unwrap_or(args);
                told.push(wave(ty, &parse(ty, &mut args).unwrap()));
            }
            for encoding in ["utf8", "utf16"] {
                let mut all = vec!["run", "--imports", "print", "--encoding", encoding, &typed];
                all.extend(told.iter().map(|arg| arg.as_str()));
                let (out, err) = witrt(&all);
                if expected.starts_with("trap ") {
                    assert!(err.contains("unreachable"), "{line}: {err}");
                } else {
                    let ty = &results[0];
                    let mut expected = wave(ty, &parse(ty, &mut &*expected).unwrap());
                    // Either one of a result is told by what it holds.
                    if ["bad point", "invalid digit"].iter().any(|bad| expected.contains(bad)) {
                        expected = expected.replacen("ok(", "err(", 1);
                    }
                    let expected = &*expected;
                    // What the guest's start tells comes first.
                    assert_eq!(out.lines().last(), Some(expected), "{line}: {out}{err}");
                }
            }
            made += 1;
        }
        assert!(made > 5, "{folder}");
    }
}

#[test]
fn what_it_tells() {
    let typed = format!("{}/inspected.wasm", env!("CARGO_TARGET_TMPDIR"));
    let (module, face) = (path("rust-plain/guest.wasm"), path("rust-plain/face.toml"));
    assert_eq!(witrt(&["attach", &module, &face, "-o", &typed]), Default::default());
    let (out, _) = witrt(&["inspect", &typed]);
    assert!(out.contains("export \"greet-pair\" func (name: string) -> (string)"), "{out}");
    assert!(out.contains("free-pair = \"dealloc_pair(pointer)\""), "{out}");
    let wrong = format!("{}/wrong.toml", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&wrong, "convention = 'c'\nwit = 'great: func();'\n").unwrap();
    let (_, err) = witrt(&["attach", &module, &wrong, "-o", &typed]);
    assert!(err.contains("--> 2:8") && err.contains("the core exports no such function"), "{err}");
}

/// What is guessed is a face, which can be attached as it is.
#[test]
fn guesses() {
    for (module, convention) in [
        ("c-clang-nostdlib/guest.wasm", "c"),
        ("rust-plain/guest.wasm", "c"),
        ("assemblyscript/guest.wasm", "assemblyscript"),
        ("wasm-bindgen/guest.wasm", "wasm-bindgen"),
        ("wasm-bindgen/guest-0.2.92.wasm", "wasm-bindgen"),
    ] {
        let (out, err) = witrt(&["attach", "--guess", &path(module)]);
        assert_eq!(err, "");
        assert!(out.contains(&format!("convention = \"{convention}\"")), "{out}");
        let log = match convention {
            "wasm-bindgen" => "\"__wbg_log_",
            _ => "\"host\" \"log\"",
        };
        assert!(out.contains("// greet: func() // (i32") && out.contains(log), "{out}");
        // What the tool has for its own use is not the author's.
        assert!(!out.contains("// wbindgen-"), "{out}");
        Module::attach(&engine(BackEnd::Compiled, Encoding::Utf8), &file(module), &out).unwrap();
    }
}

/// What is told of modules that need no face, and of one that has a face.
#[test]
fn guesses_of_what_has_types() {
    let modules = format!("{}/tests/modules", env!("CARGO_MANIFEST_DIR"));
    let (out, err) = witrt(&["attach", "--guess", &format!("{modules}/strings.wasm")]);
    assert_eq!(out, "");
    assert!(err.contains("this module has an interface section: it needs no face"), "{err}");
    #[cfg(feature = "component")]
    {
        let core = format!("{modules}/components/rust/core.wasm");
        let (out, err) = witrt(&["attach", "--guess", &core]);
        assert_eq!(err, "");
        assert!(out.starts_with("# This module describes its interface itself"), "{out}");
        assert!(out.contains("convention = \"canonical\""), "{out}");
    }
    let face = "convention = 'c'\nwit = 'count: func(text: string) -> u32;'";
    let core = file("c-clang-nostdlib/guest.wasm");
    let guess = witrt::tools::guess(&witrt::tools::attach(&core, face).unwrap()).unwrap();
    assert!(guess.starts_with("# This module has a face"), "{guess}");
    assert!(!witrt::tools::guess(&core).unwrap().contains("has a face"));
}

/// Names that WIT has a meaning for, or cannot have, in a face that is filled in as it is
/// printed.
#[test]
fn guesses_names() {
    let names =
        ["list", "makeURL", "bn_mul_mont_0_17", "Point#norm", "a.b", "$", "_", "Ba", "ba", "A-B"];
    let funcs: String = names
        .iter()
        .map(|name| format!("(func (export {name:?}) (result i32) i32.const 7)"))
        .collect();
    // Minifiers tell names apart by case, and use what is no letter.
    let imports = "(import \"a\" \"$\" (func)) (import \"a\" \"C\" (func)) \
                   (import \"a\" \"c\" (func))";
    let core = format!("(module {imports} (memory 1) {funcs})");
    let core = witrt::tools::assemble(core.as_bytes()).unwrap();
    let guess = witrt::tools::guess(&core).unwrap();
    let filled = guess
        .lines()
        .map(|line| {
            let result = if line.contains(" \"a\" ") { "func(); //" } else { "func() -> u32; //" };
            let line = line.replacen("// ", "", 1).replacen("func() //", result, 1);
            if line.starts_with("# [") || line.starts_with("# core") {
                line[2..].to_owned()
            } else {
                line
            }
        })
        .collect::<Vec<_>>()
        .join("\n");
    let engine = engine(BackEnd::Compiled, Encoding::Utf8);
    let module =
        Module::attach(&engine, &core, &filled).unwrap_or_else(|e| panic!("{e}\n{filled}"));
    let found: Vec<_> = module.exports().map(|export| export.name.clone()).collect();
    assert_eq!(
        found,
        ["list", "make-url", "bn-mul-mont017", "point-norm", "a-b2", "f", "f2", "ba2", "ba", "a-b"]
    );
    let found: Vec<_> = module.imports().map(|import| import.name.clone()).collect();
    assert_eq!(found, ["$", "C", "c"]);
}

/// What the other manual says is all of a convention's file is that.
#[test]
fn the_convention_that_is_explained() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
    let code = read("src/frontend/face/known/canonical.rs");
    assert!(read("docs/adding-a-convention.md").contains(&format!("```rust\n{code}```")));
}

/// Each command of the manual, in order.
#[test]
fn the_manual() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manual = std::fs::read_to_string(root.join("docs/guests.md")).unwrap();
    let folder = std::env::temp_dir().join(format!("witrt-manual-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut made = 0;
    let blocks = manual.split("```sh\n").skip(1);
    for line in blocks.flat_map(|block| block.split("```").next().unwrap().lines()) {
        let line = line.split(" # ").next().unwrap().trim();
        let (mut words, mut quoted) = (vec![String::new()], false);
        for c in line.chars() {
            match c {
                '\'' => quoted = !quoted,
                ' ' if !quoted => words.push(String::new()),
                c => words.last_mut().unwrap().push(c),
            }
        }
        assert_eq!(words.remove(0), "witrt", "{line}");
        for word in &mut words {
            // What a command makes, and the next one takes.
            if word.ends_with(".wasm") && !word.contains('/') {
                *word = folder.join(&word).to_str().unwrap().to_owned();
            }
        }
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_witrt"))
            .args(&words)
            .env("WITRT_CACHE_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/attach-cache"))
            .current_dir(root)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{line}: {said}");
        assert!(line.contains(" -o ") || !done.stdout.is_empty(), "{line}");
        made += 1;
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(made > 15, "{made}");
}
