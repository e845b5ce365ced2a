//! Every call that is told.

use crate::cases::below;
use crate::support::{BACK_ENDS, ENCODINGS, Guest, engine, file, text};
use witrt::Module;

/// Makes all calls of a folder, in order; `check` is asked after each.
fn all(folder: &str, mut check: impl FnMut(&mut Guest, &str, &str)) {
    let sections = below(&format!("attach/{folder}/"));
    for (back_end, encoding) in BACK_ENDS.into_iter().flat_map(|b| ENCODINGS.map(|e| (b, e))) {
        let engine = engine(back_end, encoding);
        for section in &sections {
            let face = section.face.as_deref().unwrap().strip_prefix("attach/").unwrap();
            for file in &section.files {
                let (folder, wasm) = file["attach/".len()..].split_once('/').unwrap();
                let mut guest = Guest::new(&engine, folder, wasm, &face[folder.len() + 1..]);
                let what = format!("{file} {back_end:?} {encoding:?}");
                guest.all(&what, &section.lines, |guest, line| check(guest, wasm, line));
            }
        }
    }
}

/// What the guest has allocated is given back after each call, also after traps.
#[test]
fn plain_c() {
    all("c-clang-nostdlib", |guest, _, line| {
        assert_eq!(guest.told("live-bytes", ")"), "0", "{line}");
    });
}

/// Calls that a face spells out, argument by argument, and cores that give no memory away.
#[test]
fn spelled_c() {
    all("c-spelled", |guest, wasm, line| {
        if wasm == "guest.wasm" {
            assert_eq!(guest.told("live-bytes", ")"), "0", "{line}");
        }
    });
}

/// Structs with cases and with text that may be missing, arrays of them, arrays of texts.
#[test]
fn c_with_parts() {
    all("c-parts", |guest, _, line| {
        assert_eq!(guest.told("live-bytes", ")"), "0", "{line}");
    });
}

/// Go by its own compiler: what the host holds is given back, and its collector runs meanwhile.
#[test]
fn go() {
    all("go", |guest, _, line| {
        if !line.starts_with("boom(") {
            assert_eq!(guest.told("live", ")"), "0", "{line}");
        }
    });
}

/// Modules of packages that others have published.
#[test]
fn published() {
    all("published", |_, _, _| {});
}

/// A core that gives no memory away has room for what is passed, however much that is and
/// however often; in a buffer of its own, for as much as that has.
#[test]
fn no_allocator() {
    let long = "é".repeat(100_000);
    for (back_end, encoding) in BACK_ENDS.into_iter().flat_map(|b| ENCODINGS.map(|e| (b, e))) {
        let engine = engine(back_end, encoding);
        for face in ["face-heap.toml", "face-grow.toml"] {
            let mut guest = Guest::new(&engine, "c-spelled", "guest-bare.wasm", face);
            for i in 0..100 {
                let text = &long[..2000 * (i % 100)];
                assert_eq!(
                    guest.told("count", &format!("\"{text}\")")),
                    (1000 * (i % 100)).to_string()
                );
                let found = guest.told("same", &format!("\"{text}\", \"{text}\")"));
                assert_eq!(found, text.len().to_string());
            }
            let pages = guest.told("pages", ")").parse::<u32>().unwrap();
            assert!((7..40).contains(&pages), "{face}: {pages}");
        }
        let mut guest = Guest::new(&engine, "c-spelled", "guest-bare.wasm", "face-bare.toml");
        let (fits, long) = ("x".repeat(64), "x".repeat(65));
        for _ in 0..3 {
            assert_eq!(
                guest.told("shout", &format!("\"{fits}\")")),
                format!("\"{}!\"", "X".repeat(64))
            );
            let error = guest.told("shout", &format!("\"{long}\")"));
            assert!(error.contains("memory"), "{error}");
        }
    }
}

#[test]
fn c_with_a_library() {
    all("c-clang-wasi", |_, _, _| {});
}

/// Memory of no bytes is where nothing lies.
#[test]
fn zig() {
    all("zig", |_, _, _| {});
}

/// What JavaScript does for C is done in the core.
#[test]
fn emscripten() {
    all("emscripten", |_, _, _| {});
    let engine = engine(crate::support::BACK_ENDS[0], witrt::Encoding::Utf8);
    let mut guest = Guest::new(&engine, "emscripten", "guest.wasm", "face.toml");
    assert_eq!(guest.told("boom", ")"), "Trap: abort");
    // The memory has sixteen million bytes at first.
    let long = "é".repeat(10_000_000);
    assert_eq!(guest.told("count", &format!("\"{long}\")")), "10000000");
    assert_eq!(guest.told("greet", &format!("\"{long}\")")), format!("\"hello, {long}!\""));
}

#[test]
fn rust_by_hand() {
    all("rust-plain", |_, _, _| {});
}

/// The three runtimes that it has.
#[test]
fn assemblyscript() {
    all("assemblyscript", |_, _, _| {});
}

/// A runtime that collects only when it is told to is told so in time: what many calls
/// leave behind is many times what the memory then has room for. Nor is anything
/// collected that is in use: what comes back is right each time, also after traps.
#[test]
fn assemblyscript_collects() {
    let pages = |guest: &mut Guest| guest.told("pages", ")").parse::<u32>().unwrap();
    for back_end in BACK_ENDS {
        for wasm in ["guest-minimal.wasm", "guest.wasm"] {
            let engine = engine(back_end, witrt::Encoding::Utf16);
            let mut guest = Guest::new(&engine, "assemblyscript", wasm, "face.toml");
            let mut most = 0;
            let point = guest.told("make-point", "7, 8)");
            for i in 0..20_000 {
                let (a, b) = (format!("{i} é").repeat(8), format!("{i} b").repeat(8));
                let found = guest.told("concat", &format!("\"{a}\", \"{b}\")"));
                assert_eq!(found, format!("\"{a}{b}\""));
                if i % 16 == 0 {
                    assert_eq!(guest.told("sum", &format!("[{i}, 0.5])")), format!("{i}.5"));
                    assert!(guest.told("boom", "\"x\")").starts_with("Trap: abort: boom: x"));
                }
                if i % 16 == 1 {
                    let found = guest.told("words", &format!("\"{i} é 🦀\")"));
                    assert_eq!(found, format!("[\"{i}\", \"é\", \"🦀\"]"));
                    let found = guest.told("join", &format!("[\"{i}\", \"\", \"é\"])"));
                    assert_eq!(found, format!("\"{i}||é\""));
                }
                if i == 5_000 {
                    most = pages(&mut guest);
                }
            }
            assert_eq!(guest.told("describe", &format!("{point})")), "\"p:7,8\"");
            let now = pages(&mut guest);
            assert!(now <= 2 * most && now < 64, "{wasm}: {most} {now}");
        }
    }
}

/// References were counted up to version 0.17; then classes had other numbers than now.
#[test]
fn assemblyscript_of_old() {
    all("assemblyscript-counted", |_, _, _| {});
    all("assemblyscript-0.19", |_, _, _| {});
    all("assemblyscript-versions", |_, _, _| {});
    for back_end in BACK_ENDS {
        let engine = engine(back_end, witrt::Encoding::Utf8);
        let mut guest = Guest::new(&engine, "assemblyscript-counted", "guest.wasm", "face.toml");
        for i in 0..20_000 {
            let text = format!("{i}").repeat(16);
            let found = guest.told("concat", &format!("\"{text}\", \"é\")"));
            assert_eq!(found, format!("\"{text}é\""));
        }
        // Nothing is left behind.
        assert_eq!(guest.told("pages", ")"), "1");
        for version in ["0.9", "0.14", "0.17", "0.18", "0.20", "0.23", "0.27", "0.28"] {
            let folder = "assemblyscript-versions";
            let face = if version < "0.27" { "face-old.toml" } else { "face-new.toml" };
            let face = if version == "0.9" { "face-old.toml" } else { face };
            let mut guest = Guest::new(&engine, folder, &format!("guest-{version}.wasm"), face);
            let text = "é".repeat(40);
            let list = format!("[\"{text}\", \"\", \"{text}\"]");
            for _ in 0..2_000 {
                assert_eq!(guest.told("same", &format!("{list})")), list, "{version}");
                let found = guest.told("norm", &format!("{{x: 1, y: 2, label: \"{text}\"}})"));
                assert_eq!(found, "43");
                assert_eq!(guest.told("pair", "2)"), "{x: 2, y: 4, label: \"é\"}");
                assert_eq!(guest.told("twice", "bytes[1, 2])"), "bytes[1, 2, 1, 2]");
                assert_eq!(guest.told("name", ")"), "\"guest\"");
            }
            let pages = guest.told("pages", ")").parse::<u32>().unwrap();
            let most = if version < "0.18" { 1 } else { 64 };
            assert!(pages <= most, "{version}: {pages}");
        }
    }
}

/// What is allocated is given back after each call, but for the list of free references,
/// which a module with a table of them makes once.
#[test]
fn wasm_bindgen() {
    all("wasm-bindgen", |guest, wasm, line| {
        let for_mvp = ["guest-mvp.wasm", "guest-0.2.92.wasm"].contains(&wasm);
        let once = if for_mvp { "0" } else { "512" };
        // An object is there until it is given away.
        if line.contains("point-") && !line.starts_with("point-into-text") {
            return;
        }
        // What the guest's frames had when they ended is nobody's any more.
        if line.starts_with("boom(\"x\")") {
            return;
        }
        let live = guest.told("live-bytes", ")");
        assert!(live == "0" || live == once, "{wasm}: {line}: {live}");
    });
}

/// Those that were made by the version of today, for the MVP, and by older versions.
const WASM_BINDGEN: [&str; 4] =
    ["guest.wasm", "guest-mvp.wasm", "guest-0.2.92.wasm", "guest-0.2.100.wasm"];

/// Before the tool moved the stack pointer, JavaScript told where to leave results.
#[test]
fn wasm_bindgen_before_the_stack() {
    let core = witrt::tools::assemble(&file("wasm-bindgen-0.2.58/guest.wat")).unwrap();
    let face = text("wasm-bindgen-0.2.58/face.toml");
    for (back_end, encoding) in BACK_ENDS.into_iter().flat_map(|b| ENCODINGS.map(|e| (b, e))) {
        let engine = engine(back_end, encoding);
        let mut guest = Guest::of(&Module::attach(&engine, &core, &face).unwrap());
        assert_eq!(guest.told("twice", "\"\")"), "\"\"");
        assert_eq!(guest.told("twice", "\"é🦀\")"), "\"é🦀é🦀\"");
        assert_eq!(guest.told("boom", "\"é\")"), "trap unreachable");
        assert_eq!(guest.told("live-bytes", ")"), "0", "{back_end:?} {encoding:?}");
    }
}

/// Among text that is passed as such, text that may be none is the handle of a reference where
/// the core has one word for it: options that JavaScript gives, or leaves out.
#[test]
fn wasm_bindgen_options() {
    let core = r#"(module
      (import "wbg" "__wbindgen_is_undefined" (func $none (param i32) (result i32)))
      (import "wbg" "__wbindgen_object_drop_ref" (func $drop (param i32)))
      (memory (export "memory") 1)
      (global $live (mut i32) (i32.const 0))
      (func (export "live_bytes") (result i32) global.get $live)
      (func (export "__wbindgen_malloc") (param $size i32) (param i32) (result i32)
        (global.set $live (i32.add (global.get $live) (local.get $size)))
        i32.const 1024)
      (func (export "__wbindgen_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
      (func $free (export "__wbindgen_free") (param i32 i32 i32)
        (global.set $live (i32.sub (global.get $live) (local.get 1))))
      (func (export "ask") (param $at i32) (param $size i32) (param $options i32) (result i32)
        (call $free (local.get $at) (local.get $size) (i32.const 1))
        (i32.add
          (i32.mul (call $none (local.get $options)) (i32.const 100))
          (local.get $size))
        (call $drop (local.get $options))))"#;
    let core = witrt::tools::assemble(core.as_bytes()).unwrap();
    let face = "convention = 'wasm-bindgen'\nwit = '''\nlive-bytes: func() -> u32;\n\
                ask: func(text: string, options: option<string>) -> u32;\n'''";
    for (back_end, encoding) in BACK_ENDS.into_iter().flat_map(|b| ENCODINGS.map(|e| (b, e))) {
        let engine = engine(back_end, encoding);
        let mut guest = Guest::of(&Module::attach(&engine, &core, face).unwrap());
        assert_eq!(guest.told("ask", "\"é\", ())"), "102");
        assert_eq!(guest.told("ask", "\"é\", \"x\")"), "2");
        assert_eq!(guest.told("live-bytes", ")"), "0", "{back_end:?} {encoding:?}");
    }
}

/// A struct is its address: made, changed, asked, taken by what consumes it, freed.
#[test]
fn wasm_bindgen_structs() {
    for (back_end, encoding) in BACK_ENDS.into_iter().zip(ENCODINGS) {
        for wasm in WASM_BINDGEN {
            let engine = engine(back_end, encoding);
            let mut guest = Guest::new(&engine, "wasm-bindgen", wasm, "face.toml");
            let before = guest.told("live-bytes", ")");
            let point = guest.told("point-new", "3, -4)");
            assert_ne!(guest.told("live-bytes", ")"), before);
            assert_eq!(guest.told("point-norm1", &format!("{point})")), "7");
            assert_eq!(guest.told("point-shift", &format!("{point}, 10)")), "()");
            assert_eq!(guest.told("point-x", &format!("{point})")), "13");
            assert_eq!(guest.told("wbg-set-point-x", &format!("{point}, -1)")), "()");
            assert_eq!(guest.told("point-set-label", &format!("{point}, \"é 🦀\")")), "()");
            assert_eq!(guest.told("point-label", &format!("{point})")), "\"é 🦀\"");
            let text = guest.told("point-into-text", &format!("{point})"));
            assert_eq!(text, "\"-1,-4,é 🦀\"", "{wasm}");
            assert_eq!(guest.told("live-bytes", ")"), before);
            let parsed = guest.told("parse", "\"5,6\")");
            assert_eq!(guest.told("point-norm1", &format!("{parsed})")), "11");
            assert_eq!(guest.told("wbg-point-free", &format!("{parsed})")), "()");
            assert_eq!(guest.told("live-bytes", ")"), before);
            // None is made of nothing: the guest says so, with what it imports for that.
            let error = guest.told("point-norm1", "0)");
            assert!(error.starts_with("Trap: null pointer passed to rust"), "{wasm}: {error}");
        }
    }
}

/// An enum by its cases, where these have the numbers 0, 1, 2 and so on; a number of Rust
/// that has no case is told. One tool passes it as an integer, the other as a float.
#[test]
fn wasm_bindgen_enums() {
    let face = "convention = 'wasm-bindgen'\nwit = '''\nenum color { red, green }\n\
                next-color: func(color: color) -> color;\n'''\n\
                imports = 'now: func() -> f64; ticks: func() -> u64;'";
    for (back_end, encoding) in BACK_ENDS.into_iter().zip(ENCODINGS) {
        for wasm in WASM_BINDGEN {
            let engine = engine(back_end, encoding);
            let bytes = file(&format!("wasm-bindgen/{wasm}"));
            let mut guest = Guest::of(&Module::attach(&engine, &bytes, face).unwrap());
            assert_eq!(guest.told("next-color", "\"red\")"), "\"green\"", "{wasm}");
            let error = guest.told("next-color", "\"green\")");
            assert!(error.contains("a number that no case has"), "{wasm}: {error}");
        }
    }
}

/// What a trap or the error of a host function leaves allocated is what the guest's own
/// frames had, to the byte what it is with the tool's own glue; nothing of ours, however
/// often.
#[test]
fn wasm_bindgen_failures() {
    const LEFT: [(&str, u32); 7] = [
        ("log", 7),
        ("log_owned", 7),
        ("ask", 7),
        ("ask_opt", 24),
        ("digest", 37),
        ("now", 51),
        ("ticks", 51),
    ];
    for (back_end, encoding) in BACK_ENDS.into_iter().zip(ENCODINGS) {
        for wasm in WASM_BINDGEN {
            let engine = engine(back_end, encoding);
            let mut guest = Guest::new(&engine, "wasm-bindgen", wasm, "face.toml");
            // Makes the list of free references, where there is one.
            guest.told("parse-text", "\"x\")");
            let live =
                |guest: &mut Guest| -> u32 { guest.told("live-bytes", ")").parse().unwrap() };
            let mut expected = live(&mut guest);
            for (name, left) in LEFT.into_iter().cycle().take(21) {
                *guest.fails.lock().unwrap() = name.to_owned();
                let error = guest.told("run", "\"straße\")");
                assert_eq!(error, format!("Trap: no {name}"), "{wasm}");
                expected += left;
                assert_eq!(live(&mut guest), expected, "{wasm} {back_end:?}: {name}");
            }
            guest.fails.lock().unwrap().clear();
            for _ in 0..3 {
                assert_eq!(guest.told("boom", "\"x\")"), "trap unreachable", "{wasm}");
                expected += 1;
                assert_eq!(live(&mut guest), expected, "{wasm} {back_end:?}");
            }
            // It goes on as before.
            assert_eq!(guest.told("greet", "\"x\")"), "\"hello, x! (1 bytes, 1 chars)\"");
            assert!(guest.told("run", "\"x\")").ends_with("caught refused x\""));
            assert_eq!(live(&mut guest), expected, "{wasm} {back_end:?}");
        }
    }
}

/// What random numbers begin with is supplied, and another one in each instance.
#[test]
fn assemblyscript_random() {
    let wasm = crate::support::file("assemblyscript/random.wasm");
    let face = "convention = 'assemblyscript'\nwit = 'dice: func() -> f64;'";
    for back_end in BACK_ENDS {
        let engine = engine(back_end, witrt::Encoding::Utf8);
        let module = witrt::Module::attach(&engine, &wasm, face).unwrap();
        assert_eq!(module.imports().len(), 0);
        let dice = || Guest::of(&module).told("dice", ")").parse::<f64>().unwrap();
        let (a, b) = (dice(), dice());
        assert!(a != b && (0.0..1.0).contains(&a) && (0.0..1.0).contains(&b), "{a} {b}");
    }
}
