//! Sections with more or less wrong in them, judged twice.

use super::Bytes;
use super::rules::{Core, Verdict, judge};
use std::sync::LazyLock;
use witrt::ErrorKind;
use witrt::tools;

const NAME: &[u8] = b"\x14wasm-interface-types";

/// Functions of many types, memories of each kind, imports of other kinds.
const CORE: &str = r#"(module
  (import "a" "f" (func (param i32 i32)))
  (import "a" "g" (global i32))
  (import "a" "r" (func (param externref i64) (result externref)))
  (import "a" "m" (memory 1))
  (import "a" "v" (func (param v128)))
  (import "a" "x" (func (result i32 i64 f32 f64)))
  (memory i64 1)
  (memory 1 2 shared)
  (memory 3)
  (func (param i32) (result i32) local.get 0)
  (func (result funcref) (ref.null func))
  (func (param i32))
  (func (param i32 i64 f32) )
  (func (param f64 i32) (result i32 i32) i32.const 1 i32.const 2)
  (func)
  (func (param funcref) (result i32) i32.const 0)
  (func (param i64) (result i32) i32.const 0))"#;

static OWN: LazyLock<(Vec<u8>, Core)> = LazyLock::new(|| {
    let core = tools::assemble(CORE.as_bytes()).expect("it is well-formed");
    tools::check(&core).expect("it is valid");
    let seen = Core::new(&core);
    (core, seen)
});

/// Makes a section and compares what the library and the rules say.
///
/// # Panics
///
/// Where they differ.
pub fn compare(data: &[u8]) {
    let Some((mode, data)) = data.split_first() else { return };
    if mode % 2 == 0 {
        // The section itself, for the core above.
        let (core, seen) = &*OWN;
        let mut payload = b"\x050.1.0".to_vec();
        payload.extend_from_slice(data);
        verdict(core, seen, &payload);
        return;
    }
    // A valid section for a module that is made, and then some damage.
    let mut bytes = Bytes(data);
    let damage: Vec<[usize; 3]> = (0..mode / 2 % 4)
        .map(|_| [bytes.byte(), bytes.byte(), bytes.byte()].map(usize::from))
        .collect();
    let text = super::module(&mut bytes);
    let whole = tools::assemble(text.as_bytes()).expect("it is well-formed");
    let core = tools::strip(&whole).expect("it is well-formed");
    let seen = Core::new(&core);
    let start = whole.windows(NAME.len()).rposition(|w| w == NAME).expect("the section's name");
    let mut payload = whole[start + NAME.len()..].to_vec();
    assert_eq!(judge(&seen, &payload), Verdict::Fine, "{text}");
    for [how, at, byte] in damage {
        let at = (at + 256 * (how / 4)) % payload.len();
        match how % 4 {
            0 => payload[at] = byte as u8,
            1 => payload[at] = payload[at].wrapping_add(1),
            2 => drop(payload.remove(at)),
            _ => payload.insert(at, byte as u8),
        }
        if payload.is_empty() {
            break;
        }
    }
    verdict(&core, &seen, &payload);
}

fn verdict(core: &[u8], seen: &Core, payload: &[u8]) {
    let mut module = core.to_vec();
    module.push(0);
    let mut size = NAME.len() + payload.len();
    while size >= 0x80 {
        module.push((size & 0x7f) as u8 | 0x80);
        size >>= 7;
    }
    module.push(size as u8);
    module.extend_from_slice(NAME);
    module.extend_from_slice(payload);
    let theirs = judge(seen, payload);
    let checked = tools::check(&module);
    let ours = match &checked {
        Ok(()) => Verdict::Fine,
        // The library bounds some counts, of which the rules know nothing.
        Err(error) if error.message().contains("the limit is") => return,
        Err(error) => match error.kind() {
            ErrorKind::MalformedInterface => Verdict::Malformed,
            ErrorKind::InvalidInterface => Verdict::Invalid,
            kind => panic!("{kind:?}: {error}"),
        },
    };
    assert_eq!(ours, theirs, "{checked:?}\n{payload:02x?}");
}
