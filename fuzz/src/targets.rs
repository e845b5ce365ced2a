//! What each target does with an input, so that it can also be done without a
//! fuzzer: the test `regressions` goes through what they have found.

use witrt::tools;

/// A target: its name, and what it does with an input.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: &[Target] = &[
    ("text", text),
    ("binary", binary),
    ("roundtrip", roundtrip),
    ("validate", super::verdicts::compare),
    ("transcode", super::transcode::check),
    ("run", super::run::run),
    ("backends", super::differ::compare),
    ("safe", super::safe::play),
    ("capi", super::play::play),
    ("parts", super::parts::play),
    ("components", super::components::play),
    ("files", super::files::play),
    ("doors", super::doors::play),
    ("faces", super::faces::play),
];

/// Any text is either read and checked or refused with an error.
pub fn text(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Err(error) = tools::check(text.as_bytes()) {
        assert!(!error.message().is_empty());
    }
}

/// Whatever the bytes are, the front end answers, and its answers agree: what
/// checks out has a plan, and a core that checks out by itself.
///
/// # Panics
///
/// Where they do not.
pub fn binary(data: &[u8]) {
    let _ = tools::print(data);
    let core = tools::strip(data);
    match tools::check(data) {
        Ok(()) => {
            tools::check(&core.expect("it has been read")).expect("a core is a module");
            tools::plan(data).expect("it has been checked");
        }
        Err(error) => {
            assert!(!error.message().is_empty());
            let planned = tools::plan(data).expect_err("it has been refused");
            assert_eq!(planned.code(), error.code());
        }
    }
}

/// Before the section's size, name and version.
const HEADER: &[u8] = b"\0asm\x01\0\0\0";
const NAME_AND_VERSION: &[u8] = b"\x14wasm-interface-types\x050.1.0";

/// An interface, printed and assembled again, says the same; and its bytes,
/// once written by us, stay as they are.
///
/// # Panics
///
/// Where they do not.
pub fn roundtrip(subsections: &[u8]) {
    let text = match tools::print(&module(subsections)) {
        Ok(text) => text,
        Err(_) => return,
    };
    let binary = tools::assemble(text.as_bytes()).expect("what is printed can be assembled");
    assert_eq!(tools::print(&binary).expect("what is assembled can be printed"), text);
    assert_eq!(tools::assemble(text.as_bytes()).expect("as before"), binary);
    // Only these are refused by the typing rules or pass them, both times.
    let (before, after) = (tools::check(&module(subsections)), tools::check(&binary));
    assert_eq!(before.map_err(|e| e.code()), after.map_err(|e| e.code()));
}

/// An empty core module with an interface of these subsections.
fn module(subsections: &[u8]) -> Vec<u8> {
    let size = NAME_AND_VERSION.len() + subsections.len();
    let mut module = HEADER.to_vec();
    module.push(0);
    let mut rest = size;
    loop {
        let low = (rest & 0x7f) as u8;
        rest >>= 7;
        if rest == 0 {
            module.push(low);
            break;
        }
        module.push(low | 0x80);
    }
    module.extend_from_slice(NAME_AND_VERSION);
    module.extend_from_slice(subsections);
    module
}
