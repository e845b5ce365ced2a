//! A small round through everything in this room, in buffers of the exact size:
//! for checkers that look at each access, and take their time. The large rounds
//! are in `tests/strings`.

#![allow(unsafe_code)]

use super::{Dest, Encoding, Measured, Policy, SHORT, Text, fast, measure, transcode};

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
    let values: Vec<u32> = match to {
        Encoding::Utf8 => return String::from_utf8(written(&measured, src)?).ok(),
        Encoding::Utf16 => return String::from_utf16(&written(&measured, src)?).ok(),
        Encoding::Latin1 => written::<u8>(&measured, src)?.into_iter().map(u32::from).collect(),
        Encoding::Utf32 => written(&measured, src)?,
    };
    values.into_iter().map(char::from_u32).collect()
}

/// Into memory in which there is nothing.
fn written<T>(measured: &Measured, src: Text<'_>) -> Option<Vec<T>> {
    let mut units = Vec::<T>::with_capacity(measured.len());
    // SAFETY: there is room for so many units of the encoding, which `T` is one of.
    let dest = unsafe { Dest::at(measured.to(), units.as_mut_ptr().cast(), measured.len()) };
    transcode(measured, src, dest).ok()?;
    // SAFETY: all were written.
    unsafe { units.set_len(measured.len()) };
    Some(units)
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
            let (len, encoding) = fast::short_units(src, &mut buffer).expect("it is short");
            let found = Text::of_bytes(encoding, &buffer[..len * encoding.unit_size()]);
            assert_eq!(transcoded(found, Encoding::Utf8, Policy::Reject).as_ref(), Some(text));
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
