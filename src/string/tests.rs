//! A small round through everything in this room, in buffers of the exact size:
//! for checkers that look at each access, and take their time. The large rounds
//! are in `tests/strings.rs`.

use super::{Dest, Encoding, Policy, SHORT, Text, fast, measure, transcode};

/// Characters of each length, in texts of lengths around the kernels' steps.
fn samples() -> Vec<String> {
    let mut all = vec![String::new()];
    for unit in ["a", "é", "漢", "🦀", "aé漢🦀"] {
        for count in [1, 2, 7, 15, 16, 17, 33, 70] {
            all.push(unit.repeat(count));
            all.push(format!("{}{unit}", "x".repeat(count)));
        }
    }
    all
}

fn transcoded(src: Text<'_>, to: Encoding, policy: Policy) -> Option<String> {
    let measured = measure(src, to, policy).ok()?;
    match to {
        Encoding::Utf8 => {
            let mut bytes = vec![0; measured.len()];
            transcode(&measured, src, Dest::Utf8(&mut bytes)).ok()?;
            String::from_utf8(bytes).ok()
        }
        Encoding::Utf16 => {
            let mut units = vec![0; measured.len()];
            transcode(&measured, src, Dest::Utf16(&mut units)).ok()?;
            String::from_utf16(&units).ok()
        }
    }
}

#[test]
fn each_way() {
    for text in samples() {
        let wide: Vec<u16> = text.encode_utf16().collect();
        for to in [Encoding::Utf8, Encoding::Utf16] {
            for src in [Text::Utf8(text.as_bytes()), Text::Utf16(&wide)] {
                assert_eq!(transcoded(src, to, Policy::Reject).as_ref(), Some(&text));
            }
        }
    }
}

/// Also where all else is scalar: it is plain Rust but for its longest text.
#[test]
fn short_ones() {
    for text in samples().iter().filter(|text| text.len() <= 24) {
        let wide: Vec<u16> = text.encode_utf16().collect();
        for src in [Text::Utf8(text.as_bytes()), Text::Utf16(&wide)] {
            let mut buffer = [0; SHORT];
            let len = fast::short(src, &mut buffer).expect("it is short");
            assert_eq!(&buffer[..len], text.as_bytes());
        }
    }
}

#[test]
fn ill_formed() {
    for text in samples() {
        let (mut narrow, mut wide) = (text.clone().into_bytes(), text.encode_utf16().collect());
        narrow.push(0xff);
        Vec::push(&mut wide, 0xd800);
        for src in [Text::Utf8(&narrow), Text::Utf16(&wide)] {
            for to in [Encoding::Utf8, Encoding::Utf16] {
                assert_eq!(transcoded(src, to, Policy::Reject), None);
                let replaced = transcoded(src, to, Policy::Replace);
                assert_eq!(replaced, Some(format!("{text}\u{fffd}")));
            }
        }
    }
}
