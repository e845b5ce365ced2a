//! An interface, printed and assembled again, says the same; and its bytes,
//! once written by us, stay as they are.
#![no_main]

use libfuzzer_sys::fuzz_target;
use witrt::tools;

/// Before the section's size, name and version.
const HEADER: &[u8] = b"\0asm\x01\0\0\0";
const NAME_AND_VERSION: &[u8] = b"\x14wasm-interface-types\x050.1.0";

fuzz_target!(|subsections: &[u8]| {
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
});

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
