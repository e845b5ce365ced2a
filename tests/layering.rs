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
    ("guest", &["string"], &["wasmtime", "wasmtime_environ", "libc"]),
    ("exec", &["plan", "string", "guest"], &[]),
    ("codegen", &["plan"], &["wasmparser", "wasm_encoder"]),
    ("compiled", &["codegen", "exec", "plan", "string", "guest"], &["wasmtime"]),
    ("component", &["string", "guest"], &["wasmtime", "wasmtime_environ"]),
    (
        "runtime",
        &["frontend", "plan", "string", "guest", "exec", "codegen", "compiled", "component"],
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
    "wasmtime_environ",
    "lexopt",
    "libc",
];

/// Files, or folders, that may hold `unsafe`.
const UNSAFE: &[&str] = &[
    "string/convert.rs",
    "string/fast.rs",
    "string/long.rs",
    "string/wide.rs",
    "guest/call.rs",
    "guest/few.rs",
    "guest/func.rs",
    "guest/slots.rs",
    "guest/stack.rs",
    "guest/tree",
    "guest/words.rs",
    "component/call.rs",
    "component/check.rs",
    "component/convert.rs",
    "component/engine_types.rs",
    "component/func.rs",
    "component/host.rs",
    "component/instance.rs",
    "component/walk_lift.rs",
    "component/walk_lower.rs",
    "runtime/func.rs",
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

/// What the code names of the crate's root: the names that stand right after
/// `crate::`, and after as many `super::` as lead there; of a list in braces all.
fn of_root<'a>(path: &str, code: &'a str) -> Vec<&'a str> {
    let depth = path.trim_end_matches("/mod.rs").split('/').count();
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find("crate::").into_iter().chain(rest.find("super::")).min() {
        let ups = rest[at..].split("super::").take_while(|part| part.is_empty()).count();
        let from_crate = rest[at..].starts_with("crate::");
        rest = &rest[at + "super::".len() * ups.max(1)..];
        if from_crate || ups >= depth {
            found.extend(firsts(rest));
        }
    }
    found
}

/// The first name, or that of each path in the braces.
fn firsts(rest: &str) -> Vec<&str> {
    let word = |text: &str| text.find(|c: char| !c.is_alphanumeric() && c != '_');
    let Some(list) = rest.strip_prefix('{') else {
        return vec![&rest[..word(rest).unwrap_or(rest.len())]];
    };
    let (mut depth, mut starts, mut names) = (0, true, Vec::new());
    for (i, c) in list.char_indices() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => starts = true,
            c if starts && !c.is_whitespace() => {
                starts = false;
                names.push(&list[i..][..word(&list[i..]).unwrap_or(0)]);
            }
            _ => {}
        }
    }
    names
}

#[test]
fn paths_are_read() {
    let of = |path: &str, code: &str| of_root(path, code).join(" ");
    assert_eq!(of("plan.rs", "use super::guest::Val; crate::types::Ty"), "guest types");
    assert_eq!(of("plan/print.rs", "use super::Op; use super::super::exec::Run;"), "exec");
    assert_eq!(of("string/mod.rs", "use crate::{error, guest::{call, few},\n    plan as p};"), {
        "error guest plan"
    });
    assert_eq!(of("guest/call.rs", "use super::few; pub(super) fn f() {}"), "");
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
        for used in of_root(&path, &code) {
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
        for used in of_root(&path, &code) {
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
    let words = ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern"];
    let mut without = UNSAFE.to_vec();
    for (path, code) in sources() {
        if words.iter().any(|word| code.contains(word)) {
            let allowed = UNSAFE.iter().find(|allowed| path.starts_with(**allowed));
            let allowed = allowed.unwrap_or_else(|| panic!("{path} is unsafe"));
            without.retain(|listed| listed != allowed);
        }
    }
    assert!(without.is_empty(), "nothing is unsafe there: {without:?}");
}

#[test]
fn no_file_is_two() {
    for (path, code) in sources() {
        let lines = code.lines().count();
        assert!(lines <= 600, "{path} has {lines} lines of code: what is its second name?");
    }
}
