//! The walls between the rooms of `src`: who imports whom, where `unsafe` may
//! stand, and how long a file may get. `ARCHITECTURE.md` says why.

use std::fs;
use std::path::{Path, PathBuf};

/// A room, the rooms it may import, and the crates.
const ROOMS: &[(&str, &[&str], &[&str])] = &[
    ("error", &[], &[]),
    ("types", &[], &[]),
    ("string", &[], &["simdutf"]),
    ("plan", &[], &[]),
    ("frontend", &["plan"], &["wast", "wasmparser", "wasm_encoder", "wasmprinter"]),
    ("guest", &["string"], &["wasmtime", "libc"]),
    ("exec", &["plan", "string", "guest"], &[]),
    ("codegen", &["plan"], &["wasmparser", "wasm_encoder"]),
    ("compiled", &["codegen", "exec", "plan", "string", "guest"], &["wasmtime"]),
    (
        "runtime",
        &["frontend", "plan", "string", "guest", "exec", "codegen", "compiled"],
        &["wasmtime", "wasm_encoder", "wasmparser", "libc"],
    ),
    ("tools", &["frontend"], &[]),
];

const CRATES: &[&str] = &[
    "anyhow",
    "simdutf",
    "wast",
    "wasmparser",
    "wasm_encoder",
    "wasmprinter",
    "wasmtime",
    "lexopt",
    "libc",
];

/// Files, or folders, that may hold `unsafe`.
const UNSAFE: &[&str] = &[
    "string/convert.rs",
    "string/fast.rs",
    "string/long.rs",
    "guest/memory.rs",
    "guest/call.rs",
    "guest/few.rs",
    "guest/slots.rs",
    "guest/stack.rs",
    "guest/words.rs",
    "runtime/module.rs",
    "runtime/signals.rs",
    "capi",
];

/// Each source file's path below `src`, and its code without comments.
fn sources() -> Vec<(String, String)> {
    fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&src, &mut found);
    let code = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        // Unit tests may look wherever they like.
        let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let name = path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
        (name, lines.collect::<Vec<_>>().join("\n"))
    };
    found.iter().map(code).collect()
}

/// The room that a file is in; `None` for `lib.rs`, the map.
fn room(path: &str) -> Option<&str> {
    let first = path.split('/').next()?;
    let room = first.strip_suffix(".rs").unwrap_or(first);
    (room != "lib").then_some(room)
}

/// The words that stand right after `prefix`.
fn after<'a>(code: &'a str, prefix: &str) -> Vec<&'a str> {
    let word = |rest: &'a str| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        &rest[..end]
    };
    code.split(prefix).skip(1).map(word).collect()
}

#[test]
fn rooms_import_what_they_may() {
    let mut wrong = Vec::new();
    for (path, code) in sources() {
        let Some(room) = room(&path).filter(|room| !["capi", "bin"].contains(room)) else {
            continue;
        };
        let Some((name, rooms, crates)) = ROOMS.iter().find(|(name, ..)| *name == room) else {
            panic!("{path}: the room {room} is not in the table");
        };
        for used in after(&code, "crate::") {
            let is_room = ROOMS.iter().any(|(name, ..)| *name == used) || used == "capi";
            let allowed = [*name, "error", "types"].contains(&used) || rooms.contains(&used);
            if is_room && !allowed {
                wrong.push(format!("{path} uses {used}"));
            }
        }
        for krate in CRATES {
            if !crates.contains(krate) && code.contains(&format!("{krate}::")) {
                wrong.push(format!("{path} uses the crate {krate}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_c_layer_and_the_command_see_public_names() {
    let map = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs")).unwrap();
    let mut wrong = Vec::new();
    for (path, code) in sources() {
        if !path.starts_with("capi/") && !path.starts_with("bin/") {
            continue;
        }
        for used in after(&code, "crate::") {
            let private = map.contains(&format!("\nmod {used};")) && used != "capi";
            if private {
                wrong.push(format!("{path} uses {used}"));
            }
        }
        for krate in ["wasmtime::", "wasmparser::", "wast::"] {
            if code.contains(krate) {
                wrong.push(format!("{path} uses {krate}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn unsafe_stands_where_it_may() {
    for (path, code) in sources() {
        let found = ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern"];
        if found.iter().any(|word| code.contains(word)) {
            assert!(UNSAFE.iter().any(|allowed| path.starts_with(allowed)), "{path} is unsafe");
        }
    }
}

#[test]
fn no_file_is_two() {
    for (path, code) in sources() {
        let lines = code.lines().count();
        assert!(lines <= 600, "{path} has {lines} lines of code: what is its second name?");
    }
}
