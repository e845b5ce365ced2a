//! Modules that a real producer made, on both back ends, called with UTF-8 and with UTF-16
//! text. `tests/modules/README.md` says where they come from.
#![cfg(feature = "attach")]

mod cases;
#[path = "components/notation.rs"]
#[allow(dead_code)] // it writes arguments for the command, too
mod notation;
#[path = "attach/support.rs"]
#[allow(dead_code)] // it has faces, too
mod support;

use support::{BACK_ENDS, ENCODINGS, Guest, engine};
use witrt::{Engine, FuncType, Module, ValType};

/// Every call that is told. Every buffer is freed.
#[test]
fn every_call() {
    let sections = cases::below("modules/");
    let mut guests = 0;
    for (back_end, encoding) in BACK_ENDS.into_iter().flat_map(|b| ENCODINGS.map(|e| (b, e))) {
        let engine = engine(back_end, encoding);
        for section in &sections {
            for file in &section.files {
                if file.starts_with("modules/components/") {
                    continue;
                }
                let path = format!("{}/tests/{file}", env!("CARGO_MANIFEST_DIR"));
                let mut guest = Guest::of(&Module::from_file(&engine, path).unwrap());
                let what = format!("{file} {back_end:?} {encoding:?}");
                let mut trapped = false;
                guest.all(&what, &section.lines, |guest, line| {
                    trapped |= line.contains("-> trap");
                    if file.ends_with("strings.wasm") && !trapped {
                        assert_eq!(guest.told("live_bytes", ")"), "0", "{line}");
                    }
                });
                guests += 1;
            }
        }
    }
    assert_eq!(guests, 4 * 4);
}

/// Text of some megabytes, there and back.
#[test]
fn long_text() {
    for encoding in ENCODINGS {
        let engine = engine(BACK_ENDS[0], encoding);
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/modules/strings.wasm");
        let mut guest = Guest::of(&Module::from_file(&engine, path).unwrap());
        let long = guest.told("repeat", "\"0123456789abcdef\", 200000)");
        assert_eq!(long.len(), 3_200_002);
        assert_eq!(guest.told("byte_len", &format!("{long})")), "3200000");
        assert_eq!(guest.told("live_bytes", ")"), "0", "every buffer was freed");
    }
}

/// The interface as the front end reads it off the file.
#[test]
fn types() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/modules/imports.wasm");
    let module = Module::from_file(&Engine::default(), path).unwrap();
    let names: Vec<&str> = module.imports().map(|i| &i.name[..]).collect();
    assert_eq!(names.len(), 6);
    assert!(names[0].starts_with("__wbg_log_") && names[5].starts_with("__wbg_add_"));
    let mix =
        FuncType::new([ValType::U8, ValType::String, ValType::S16, ValType::F64], [ValType::U32]);
    assert_eq!(module.imports().nth(3).map(|i| i.ty.clone()), Some(witrt::ExternType::Func(mix)));
}
