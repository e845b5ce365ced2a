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
