//! The fast kernels do what the scalar ones do, on any text in any state, in four
//! encodings and at any address, and what the standard library does.

use witrt::string::{Changed, Dest, Encoding, Measured, Policy, SHORT, Text, fast, scalar};

/// The second half of an input is what the first may have become meanwhile.
///
/// # Panics
///
/// Where they differ.
pub fn check(data: &[u8]) {
    let (a, b) = data.split_at(data.len() / 2);
    let b = &b[..a.len()];
    both(Text::Utf8(a), Text::Utf8(b));
    both(Text::Latin1(a), Text::Latin1(b));
    let (narrow, later) = (units(a, u16::from_ne_bytes), units(b, u16::from_ne_bytes));
    both(Text::Utf16(&narrow), Text::Utf16(&later));
    let (wide, later) = (units(a, u32::from_ne_bytes), units(b, u32::from_ne_bytes));
    both(Text::Utf32(&wide), Text::Utf32(&later));
    // Most bytes are no scalar values: those of the text, with one of the others.
    let mut values: Vec<u32> = String::from_utf8_lossy(a).chars().map(u32::from).collect();
    let before = values.clone();
    if let (Some(value), Some(other)) = (values.last_mut(), wide.first()) {
        *value = *other;
    }
    both(Text::Utf32(&before), Text::Utf32(&values));
    for shift in 0..4 {
        let [before, values] = [&before, &values].map(|values| {
            let bytes = values.iter().flat_map(|value| value.to_ne_bytes());
            std::iter::repeat_n(0, shift).chain(bytes).collect::<Vec<u8>>()
        });
        both(loose32(&before[shift..]), loose32(&values[shift..]));
        let (Some(a), Some(b)) = (a.get(shift..), b.get(shift..)) else { continue };
        both(Text::LooseUtf16(a.as_chunks().0), Text::LooseUtf16(b.as_chunks().0));
        both(loose32(a), loose32(b));
    }
}

fn loose32(bytes: &[u8]) -> Text<'_> {
    Text::LooseUtf32(bytes.as_chunks().0)
}

fn both(src: Text<'_>, later: Text<'_>) {
    assert_eq!(fast::validate(src), scalar::validate(src));
    assert_eq!(short(fast::short, src), short(scalar::short, src));
    for policy in [Policy::Reject, Policy::Replace, Policy::Keep] {
        assert_eq!(fast::narrowest(src, policy), scalar::narrowest(src, policy));
    }
    for to in Encoding::ALL {
        for policy in [Policy::Reject, Policy::Replace] {
            let measured = scalar::measure(src, to, policy);
            assert_eq!(fast::measure(src, to, policy), measured);
            let Ok(m) = measured else { continue };
            let written = transcoded(fast::transcode, &m, src);
            assert_eq!(written, Some(oracle(src, to)));
            assert_eq!(loosely(&m, src), written);
            assert_eq!(
                transcoded(fast::transcode, &m, later),
                transcoded(scalar::transcode, &m, later)
            );
        }
    }
}

type Transcode = fn(&Measured, Text<'_>, Dest<'_>) -> Result<(), Changed>;

const BAD: &str = "never ill-formed after a success";

/// In a buffer of the exact size, so that the sanitizer sees an overrun.
fn transcoded(transcode: Transcode, m: &Measured, src: Text<'_>) -> Option<String> {
    match m.to() {
        Encoding::Utf8 => {
            let mut bytes = vec![0; m.len()];
            transcode(m, src, Dest::utf8(&mut bytes)).ok()?;
            Some(String::from_utf8(bytes).expect(BAD))
        }
        Encoding::Utf16 => {
            let mut units = vec![0; m.len()];
            transcode(m, src, Dest::utf16(&mut units)).ok()?;
            Some(String::from_utf16(&units).expect(BAD))
        }
        Encoding::Latin1 => {
            let mut bytes = vec![0; m.len()];
            transcode(m, src, Dest::latin1(&mut bytes)).ok()?;
            Some(bytes.into_iter().map(char::from).collect())
        }
        Encoding::Utf32 => {
            let mut units = vec![0; m.len()];
            transcode(m, src, Dest::utf32(&mut units)).ok()?;
            Some(units.into_iter().map(|unit| char::from_u32(unit).expect(BAD)).collect())
        }
    }
}

/// The same where the destination begins at some address, which its length says.
fn loosely(m: &Measured, src: Text<'_>) -> Option<String> {
    let (size, shift) = (m.to().unit_size(), m.len() % 4);
    let mut bytes = vec![0; shift + m.len() * size];
    match m.to() {
        Encoding::Utf16 => {
            let part = bytes[shift..].as_chunks_mut().0;
            fast::transcode(m, src, Dest::loose_utf16(part)).ok()?;
            Some(String::from_utf16(&units(&bytes[shift..], u16::from_ne_bytes)).expect(BAD))
        }
        Encoding::Utf32 => {
            let part = bytes[shift..].as_chunks_mut().0;
            fast::transcode(m, src, Dest::loose_utf32(part)).ok()?;
            let units = units(&bytes[shift..], u32::from_ne_bytes);
            Some(units.into_iter().map(|unit| char::from_u32(unit).expect(BAD)).collect())
        }
        Encoding::Utf8 | Encoding::Latin1 => transcoded(fast::transcode, m, src),
    }
}

/// The text in a buffer that is full of something else.
fn short(verb: fn(Text<'_>, &mut [u8; SHORT]) -> Option<usize>, src: Text<'_>) -> Option<String> {
    let mut buffer = [0xFF; SHORT];
    let len = verb(src, &mut buffer)?;
    let bytes = buffer[..len].to_vec();
    Some(String::from_utf8(bytes).expect(BAD))
}

fn oracle(src: Text<'_>, to: Encoding) -> String {
    let value = |unit: u32| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER);
    let text: String = match src {
        Text::Utf8(s) => String::from_utf8_lossy(s).into_owned(),
        Text::Utf16(s) => String::from_utf16_lossy(s),
        Text::Latin1(s) => s.iter().copied().map(char::from).collect(),
        Text::Utf32(s) => s.iter().copied().map(value).collect(),
        Text::LooseUtf16(s) => {
            String::from_utf16_lossy(&units(s.as_flattened(), u16::from_ne_bytes))
        }
        Text::LooseUtf32(s) => s.iter().map(|unit| value(u32::from_ne_bytes(*unit))).collect(),
    };
    if to != Encoding::Latin1 {
        return text;
    }
    text.chars().map(|c| if c > '\u{FF}' { '?' } else { c }).collect()
}

fn units<T, const N: usize>(bytes: &[u8], unit: fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks().0.iter().map(|bytes| unit(*bytes)).collect()
}
