//! Every call that is told.

use crate::support::{BACK_ENDS, ENCODINGS, Guest, engine, text};

/// Makes all calls of a folder, in order; `check` is asked after each.
fn all(folder: &str, wasm: &[&str], mut check: impl FnMut(&mut Guest, &str)) {
    let calls = text(&format!("{folder}/calls.txt"));
    for back_end in BACK_ENDS {
        for encoding in ENCODINGS {
            let engine = engine(back_end, encoding);
            for wasm in wasm {
                let mut guest = Guest::new(&engine, folder, wasm, "face.toml");
                let mut logged = Vec::new();
                let mut made = 0;
                for line in calls.lines() {
                    if line.starts_with("  host.") {
                        logged.push(line.to_owned());
                        continue;
                    }
                    let (call, expected) = line.rsplit_once(" -> ").unwrap();
                    let (name, args) = call.split_once('(').unwrap();
                    let found = guest.told(name, args);
                    assert_eq!(found, expected, "{wasm} {back_end:?} {encoding:?}: {line}");
                    let log = std::mem::take(&mut *guest.log.lock().unwrap());
                    assert_eq!(log, std::mem::take(&mut logged), "{wasm}: {line}");
                    check(&mut guest, line);
                    made += 1;
                }
                assert!(made > 5, "{folder}");
            }
        }
    }
}

/// What the guest has allocated is given back after each call, also after traps.
#[test]
fn plain_c() {
    all("c-clang-nostdlib", &["guest.wasm"], |guest, line| {
        assert_eq!(guest.told("live-bytes", ")"), "0", "{line}");
    });
}

#[test]
fn c_with_a_library() {
    all("c-clang-wasi", &["guest.wasm", "guest-stdio.wasm"], |_, _| {});
}

#[test]
fn rust_by_hand() {
    all("rust-plain", &["guest.wasm"], |_, _| {});
}

/// The three runtimes that it has.
#[test]
fn assemblyscript() {
    let wasm = ["guest.wasm", "guest-minimal.wasm", "guest-stub.wasm"];
    all("assemblyscript", &wasm, |_, _| {});
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
    let wasm = ["guest.wasm"];
    all("assemblyscript-counted", &wasm, |_, _| {});
    all("assemblyscript-0.19", &["guest.wasm"], |_, _| {});
    for back_end in BACK_ENDS {
        let engine = engine(back_end, witrt::Encoding::Utf8);
        let mut guest = Guest::new(&engine, "assemblyscript-counted", wasm[0], "face.toml");
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
    for wasm in ["guest.wasm", "guest-mvp.wasm", "guest-0.2.92.wasm"] {
        let once = if wasm == "guest.wasm" { "512" } else { "0" };
        all("wasm-bindgen", &[wasm], |guest, line| {
            let live = guest.told("live-bytes", ")");
            assert!(live == "0" || live == once, "{wasm}: {line}: {live}");
        });
    }
}
