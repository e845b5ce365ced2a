//! The walls between the rooms of `src`: who imports whom, where `unsafe` may
//! stand, and how long a file may get. `ARCHITECTURE.md` says why.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A room, the rooms it may import, and the crates.
const ROOMS: &[(&str, &[&str], &[&str])] = &[
    ("error", &[], &[]),
    ("types", &[], &[]),
    ("string", &[], &["simdutf"]),
    ("abi", &["string"], &[]),
    ("plan", &["abi"], &[]),
    ("core_types", &[], &["wasmparser", "wasm_encoder"]),
    (
        "frontend",
        &["abi", "core_types", "plan"],
        &[
            "toml",
            "wast",
            "wasmparser",
            "wasm_encoder",
            "wasmprinter",
            "wit_component",
            "wit_parser",
        ],
    ),
    ("wasi", &[], &["wasmtime", "wasmtime_wasi", "wasmtime_wasi_io", "wiggle", "tokio", "bytes"]),
    (
        "guest",
        &["abi", "string", "wasi"],
        &["wasmtime", "wasmtime_environ", "wasmtime_wasi", "libc"],
    ),
    ("linked", &["plan", "guest"], &[]),
    ("exec", &["abi", "plan", "guest", "linked"], &[]),
    ("codegen", &["abi", "core_types", "plan"], &["wasmparser", "wasm_encoder"]),
    ("compiled", &["abi", "codegen", "plan", "string", "guest", "linked"], &["wasmtime"]),
    ("component", &["abi", "string", "wasi", "guest"], &["wasmtime", "wasmtime_environ"]),
    (
        "runtime",
        &[
            "abi",
            "frontend",
            "plan",
            "string",
            "wasi",
            "guest",
            "linked",
            "exec",
            "codegen",
            "compiled",
            "component",
        ],
        &["wasmtime", "wasm_encoder", "wasmparser", "libc"],
    ),
    ("tools", &["abi", "frontend"], &[]),
];

const CRATES: &[&str] = &[
    "anyhow",
    "simdutf",
    "wast",
    "wasmparser",
    "wasm_encoder",
    "wasmprinter",
    "wit_component",
    "wit_parser",
    "toml",
    "wasmtime",
    "wasmtime_environ",
    "wasmtime_wasi",
    "wasmtime_wasi_io",
    "wiggle",
    "tokio",
    "bytes",
    "lexopt",
    "libc",
];

/// Files, or folders, that may hold `unsafe`.
const UNSAFE: &[&str] = &[
    "string/convert.rs",
    "string/fast.rs",
    "string/long.rs",
    "string/tests.rs",
    "string/text.rs",
    "string/wide.rs",
    "guest/core_func.rs",
    "guest/frame.rs",
    "guest/memory.rs",
    "guest/slots.rs",
    "guest/stack.rs",
    "guest/tree",
    "guest/value.rs",
    "guest/words",
    "guest/wrapper.rs",
    "component/call.rs",
    "component/callee.rs",
    "component/check.rs",
    "component/convert.rs",
    "component/direct.rs",
    "component/by_engine.rs",
    "component/door.rs",
    "component/ends.rs",
    "component/engine_types.rs",
    "component/frame.rs",
    "component/gate.rs",
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

/// The paths in the code that begin at the crate or a module around it, each as a
/// list of its names; a list in braces is as many paths. Of a file with a folder,
/// `use` of what is in the folder counts too.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("::") {
        let before = &code[..at];
        let start = before.rfind(|c: char| !is_word(c)).map_or(0, |i| i + 1);
        let first = &before[start..];
        let is_use = before[..start].trim_end().ends_with("use")
            && !before[..start].trim_end().ends_with("pub use")
            && !before[..start].trim_end().ends_with(") use");
        let begins = !before[..start].ends_with("::");
        if begins && (["crate", "super", "self"].contains(&first) || is_use) {
            tree(&code[start..], &mut Vec::new(), &mut found);
        }
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Reads `a::b`, `a::{b, c::d}` and what else a `use` can say; gives what follows.
fn tree<'a>(code: &'a str, before: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> &'a str {
    let depth = before.len();
    let mut rest = code;
    loop {
        if let Some(mut list) = rest.strip_prefix('{') {
            loop {
                list = tree(list.trim_start(), before, found).trim_start();
                // A name after `as` ends there too.
                let end = list.find([',', '}']).unwrap_or(list.len());
                let is_last = !list[end..].starts_with(',');
                list = list.get(end + 1..).unwrap_or_default().trim_start();
                if is_last || list.starts_with('}') {
                    rest = if is_last { list } else { &list[1..] };
                    break;
                }
            }
            break;
        }
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        before.push(rest[..end].to_owned());
        rest = &rest[end..];
        match rest.strip_prefix("::") {
            Some(more) => rest = more,
            None => {
                found.push(before.clone());
                break;
            }
        }
    }
    before.truncate(depth);
    rest
}

/// The modules that a file is in, itself last.
fn module(path: &str) -> Vec<String> {
    let path = path.trim_end_matches(".rs").trim_end_matches("/mod");
    path.split('/').map(str::to_owned).collect()
}

/// The file that each file of a room uses, by their modules.
fn uses(
    sources: &[(String, String)],
    room_name: &str,
) -> BTreeMap<Vec<String>, BTreeSet<Vec<String>>> {
    let of_room = |(path, _): &&(String, String)| room(path) == Some(room_name);
    let modules: BTreeSet<_> =
        sources.iter().filter(of_room).map(|(path, _)| module(path)).collect();
    let mut uses: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (path, code) in sources.iter().filter(of_room) {
        let here = module(path);
        let used = paths(code).into_iter().filter_map(|path| {
            let mut at = if path[0] == "crate" { Vec::new() } else { here.clone() };
            for name in &path {
                match name.as_str() {
                    "crate" | "self" => {}
                    "super" => drop(at.pop()),
                    name => at.push(name.to_owned()),
                }
            }
            while !at.is_empty() && !modules.contains(&at) {
                at.pop();
            }
            (at != here && !at.is_empty()).then_some(at)
        });
        uses.entry(here.clone()).or_default().extend(used);
    }
    uses
}

/// The files of a room that are in circles.
fn circles(uses: &BTreeMap<Vec<String>, BTreeSet<Vec<String>>>) -> BTreeSet<String> {
    let reach = |from: &Vec<String>| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(module) = next.pop() {
            for used in uses.get(&module).into_iter().flatten() {
                if seen.insert(used.clone()) {
                    next.push(used.clone());
                }
            }
        }
        seen
    };
    uses.keys().filter(|from| reach(from).contains(*from)).map(|from| from.join("/")).collect()
}

#[test]
fn circles_are_seen() {
    let file = |path: &str, code: &str| (path.to_owned(), code.to_owned());
    let found = |sources: &[(String, String)]| {
        circles(&uses(sources, "a")).into_iter().collect::<Vec<_>>().join(" ")
    };
    let two = [file("a/mod.rs", "mod b; pub use b::X;"), file("a/b.rs", "fn f(x: super::c::X) {}")];
    assert_eq!(found(&[&two[..], &[file("a/c.rs", "use crate::a::b::Y;")]].concat()), "a/b a/c");
    assert_eq!(
        found(&[&two[..], &[file("a/c.rs", "use super::{d, b::{X, Y}};")]].concat()),
        "a/b a/c"
    );
    assert_eq!(found(&[&two[..], &[file("a/c.rs", "use super::{d::b, e as b, X};")]].concat()), "");
    let folder = [file("a/b/mod.rs", "use c::X;"), file("a/b/c.rs", "use super::Y;")];
    assert_eq!(found(&folder), "a/b a/b/c");
    let above = [file("a/b/c.rs", "use super::super::d::X;"), file("a/d.rs", "use super::b::c;")];
    assert_eq!(found(&above), "a/b/c a/d");
}

/// In no room do files use each other in a circle. What a folder's own file says of those
/// in it (`mod`, `pub use`) does not count.
#[test]
fn files_of_a_room_stand_on_each_other() {
    let sources = sources();
    let rooms: BTreeSet<_> = sources.iter().filter_map(|(path, _)| room(path)).collect();
    let found: Vec<_> = rooms.into_iter().flat_map(|name| circles(&uses(&sources, name))).collect();
    assert!(found.is_empty(), "in a circle: {found:#?}");
}

#[test]
fn the_c_layer_has_a_base() {
    for (path, code) in sources().iter().filter(|(path, _)| path.starts_with("capi/base/")) {
        for used in paths(code) {
            let up = used.iter().take_while(|name| *name == "super").count();
            let above = up >= 2 || used.starts_with(&["crate".into(), "capi".into()]);
            assert!(!above, "{path} uses {used:?}");
        }
    }
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
        // Scripts are read by what they are written for.
        let reads_scripts = path.starts_with("bin/witrt/script/");
        for krate in ["wasmtime::", "wasmparser::", "wast::"] {
            if krate == "wast::" && reads_scripts {
                continue;
            }

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

/// Files in which an encoding is a host's: its values, what it asks for, what the
/// engine calls a component's.
const OF_HOSTS: &[&str] = &[
    "component/convert.rs",
    "component/engine_types.rs",
    "component/text.rs",
    "component/walk_lower.rs",
    "guest/tree/ends.rs",
    "guest/tree/sink.rs",
    "guest/strings.rs",
    "runtime/config.rs",
];

/// How a guest encodes text is for its convention to say.
#[test]
fn no_encoding_is_taken_for_granted() {
    let names = |code: &str| code.contains("Utf8") || code.contains("Utf16");
    assert!(names("mem.read(cx, ptr, len).map(Text::Utf8)"), "a planted one");
    let mut idle = OF_HOSTS.to_vec();
    let mut wrong = Vec::new();
    for (path, code) in sources() {
        let knows = ["string", "abi", "capi", "bin"].contains(&room(&path).unwrap_or("bin"))
            || path.starts_with("frontend/face/known/");
        if !knows && names(&code) {
            let before = idle.len();
            idle.retain(|listed| *listed != path);
            if idle.len() == before {
                wrong.push(path);
            }
        }
    }
    assert!(wrong.is_empty(), "these name an encoding: {wrong:?}");
    assert!(idle.is_empty(), "no encoding is named there: {idle:?}");
}

/// What a `match` over kinds names in its patterns.
const KINDS: &[&str] = &[
    "ValType::",
    "Val::",
    "kind::",
    "Class::",
    "Sign::",
    "Meaning::",
    "SlotKind::",
    "Width::",
    "Encoding::",
    "GuestEncoding::",
    "TextForm::",
    "ResultForm::",
    "Form::Number",
    "Form::Text",
    "Form::List",
    "Form::Fields",
    "Form::Cases",
    "Form::Resource",
    "Type::Scalar",
    "Type::String",
    "Type::List",
    "Type::Record",
    "Type::Tuple",
    "Type::Variant",
    "Type::Enum",
    "Type::Option",
    "Type::Result",
    "Type::Flags",
    "Type::Own",
    "Type::Borrow",
];

/// How a rest refuses what it has no arm for.
const REFUSES: &[&str] = &[
    "Err(",
    "None",
    "unreachable!",
    "expect(",
    "false",
    "mismatch",
    "misfit",
    "nsupported",
    "no_values",
];

/// Whether a pattern names a kind.
fn names_kind(pattern: &str) -> bool {
    KINDS.iter().any(|kind| {
        pattern.match_indices(kind).any(|(at, _)| {
            !pattern[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        })
    })
}

/// The names that a pattern gives to anything at all, if it does nothing else; a guard is
/// cut off.
fn rest_of(pattern: &str) -> Option<Vec<&str>> {
    let pattern = pattern.split(" if ").next().unwrap_or_default().trim();
    let inner = pattern.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
    let names: Vec<_> = inner.unwrap_or(pattern).split(',').map(str::trim).collect();
    let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
    let all = names.iter().all(|name| !name.is_empty() && name.chars().all(is_name));
    all.then_some(names)
}

/// The lines of rests in matches over kinds that neither refuse any other kind, nor hand
/// it on by its name.
fn silent_rests(text: &str) -> Vec<usize> {
    let lines: Vec<&str> = text.split("#[cfg(test)]\nmod ").next().unwrap().lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut found = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let Some((pattern, rest)) = line.split_once("=>") else { continue };
        let Some(names) = rest_of(pattern) else { continue };
        let arms = lines[..i]
            .iter()
            .rev()
            .take_while(|arm| arm.trim().is_empty() || indent(arm) >= indent(line));
        let of_kinds = arms
            .filter(|arm| indent(arm) == indent(line))
            .any(|arm| names_kind(arm.split("=>").next().unwrap_or_default()));
        let guard = pattern.split_once(" if ").map_or("", |(_, guard)| guard);
        let mut body = format!("{guard} {rest}");
        if rest.trim().ends_with('{') {
            let block = lines[i + 1..].iter().take_while(|inner| indent(inner) > indent(line));
            block.for_each(|inner| body += inner);
        }
        let handed_on = names.iter().any(|name| *name != "_" && body.contains(name));
        if of_kinds && !handed_on && !REFUSES.iter().any(|word| body.contains(word)) {
            found.push(i + 1);
        }
    }
    found
}

#[test]
fn silent_rests_are_seen() {
    let arms = |rest: &str| format!("match ty {{\n    ValType::I64 => 8,\n    {rest}\n}}");
    assert_eq!(silent_rests(&arms("_ => 4,")), [3]);
    assert_eq!(silent_rests(&arms("_ if x => {\n        4\n    }")), [3]);
    assert!(silent_rests(&arms("_ => return Err(no_values(ty)),")).is_empty());
    assert_eq!(silent_rests(&arms("// All others are words.\n    _ => 4,")), [4]);
    assert_eq!(silent_rests(&arms("ty => 4,")), [3]);
    assert_eq!(silent_rests(&arms("(_, _) => 4,")), [3]);
    assert!(silent_rests(&arms("ty => size_of(ty),")).is_empty());
    assert!(silent_rests("match n {\n    1 => 8,\n    _ => 4,\n}").is_empty());
}

/// A kind that is new is to be met by the compiler, by a refusal, or by a function that it
/// is handed on to.
#[test]
fn no_match_over_kinds_has_a_silent_rest() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (path, _) in sources() {
        let text = fs::read_to_string(src.join(&path)).unwrap();
        wrong.extend(silent_rests(&text).into_iter().map(|line| format!("src/{path}:{line}")));
    }
    assert!(wrong.is_empty(), "these mean any other kind: {wrong:#?}");
}

#[test]
fn no_file_is_two() {
    for (path, code) in sources() {
        let lines = code.lines().count();
        assert!(lines <= 600, "{path} has {lines} lines of code: what is its second name?");
    }
}
