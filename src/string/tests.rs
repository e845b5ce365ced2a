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
        Encoding::Latin1 => {
            let mut bytes = vec![0; measured.len()];
            transcode(&measured, src, Dest::Latin1(&mut bytes)).ok()?;
            Some(bytes.into_iter().map(char::from).collect())
        }
        Encoding::Utf32 => {
            let mut units = vec![[0; 4]; measured.len()];
            transcode(&measured, src, Dest::LooseUtf32(&mut units)).ok()?;
            units.into_iter().map(|unit| char::from_u32(u32::from_ne_bytes(unit))).collect()
        }
    }
}

#[test]
fn each_way() {
    for text in samples() {
        let wide: Vec<u16> = text.encode_utf16().collect();
        let values: Vec<u32> = text.chars().map(u32::from).collect();
        let bytes: Vec<u8> =
            [0].into_iter().chain(wide.iter().flat_map(|u| u.to_ne_bytes())).collect();
        let loose = Text::LooseUtf16(bytes[1..].as_chunks().0);
        for to in Encoding::ALL {
            for src in [Text::from(&*text), Text::Utf16(&wide), Text::Utf32(&values), loose] {
                let fits = to != Encoding::Latin1 || text.chars().all(|c| c <= '\u{FF}');
                assert_eq!(transcoded(src, to, Policy::Reject), fits.then(|| text.clone()));
            }
        }
        let narrow: Vec<u8> = values.iter().map(|value| *value as u8).collect();
        let same: String = narrow.iter().copied().map(char::from).collect();
        for to in Encoding::ALL {
            let src = Text::Latin1(&narrow);
            assert_eq!(transcoded(src, to, Policy::Reject).as_ref(), Some(&same));
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
