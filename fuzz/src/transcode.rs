//! The fast kernels do what the scalar ones do, on any text in any state, and
//! what the standard library does.

use witrt::string::{Dest, Encoding, Measured, Policy, SHORT, Text, fast, scalar};

/// The second half of an input is what the first may have become meanwhile.
///
/// # Panics
///
/// Where they differ.
pub fn check(data: &[u8]) {
    let (a, b) = data.split_at(data.len() / 2);
    let b = &b[..a.len()];
    both(Text::Utf8(a), Text::Utf8(b));
    let (a, b) = (units(a), units(b));
    both(Text::Utf16(&a), Text::Utf16(&b));
}

fn both(src: Text<'_>, later: Text<'_>) {
    assert_eq!(fast::validate(src), scalar::validate(src));
    assert_eq!(short(fast::short, src), short(scalar::short, src));
    for to in [Encoding::Utf8, Encoding::Utf16] {
        for policy in [Policy::Reject, Policy::Replace] {
            let measured = scalar::measure(src, to, policy);
            assert_eq!(fast::measure(src, to, policy), measured);
            let Ok(m) = measured else { continue };
            let written = transcoded(fast::transcode, &m, src);
            assert_eq!(written.as_deref(), Some(oracle(src).as_str()));
            assert_eq!(
                transcoded(fast::transcode, &m, later),
                transcoded(scalar::transcode, &m, later)
            );
        }
    }
}

type Transcode = fn(&Measured, Text<'_>, Dest<'_>) -> Result<(), witrt::string::Changed>;

/// In a buffer of the exact size, so that the sanitizer sees an overrun.
fn transcoded(transcode: Transcode, m: &Measured, src: Text<'_>) -> Option<String> {
    match m.to() {
        Encoding::Utf8 => {
            let mut bytes = vec![0; m.len()];
            transcode(m, src, Dest::Utf8(&mut bytes)).ok()?;
            Some(String::from_utf8(bytes).expect("never ill-formed after a success"))
        }
        Encoding::Utf16 => {
            let mut units = vec![0; m.len()];
            transcode(m, src, Dest::Utf16(&mut units)).ok()?;
            Some(String::from_utf16(&units).expect("never ill-formed after a success"))
        }
    }
}

/// The text in a buffer that is full of something else.
fn short(verb: fn(Text<'_>, &mut [u8; SHORT]) -> Option<usize>, src: Text<'_>) -> Option<String> {
    let mut buffer = [0xFF; SHORT];
    let len = verb(src, &mut buffer)?;
    let bytes = buffer[..len].to_vec();
    Some(String::from_utf8(bytes).expect("never ill-formed after a success"))
}

fn oracle(src: Text<'_>) -> String {
    match src {
        Text::Utf8(s) => String::from_utf8_lossy(s).into_owned(),
        Text::Utf16(s) => String::from_utf16_lossy(s),
    }
}

fn units(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|pair| u16::from_ne_bytes([pair[0], pair[1]])).collect()
}
