//! Every call that is told.

use crate::cases::below;
use crate::support::{BACK_ENDS, ENCODINGS, Guest, engine};

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

#[test]
fn c_with_a_library() {
    all("c-clang-wasi", |_, _, _| {});
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
    }
}

/// What is allocated is given back after each call, but for the list of free references,
/// which a module with a table of them makes once.
#[test]
fn wasm_bindgen() {
    all("wasm-bindgen", |guest, wasm, line| {
        let once = if wasm == "guest.wasm" { "512" } else { "0" };
        // An object is there until it is given away.
        if line.starts_with("point-") && !line.starts_with("point-into-text") {
            return;
        }
        let live = guest.told("live-bytes", ")");
        assert!(live == "0" || live == once, "{wasm}: {line}: {live}");
    });
}
