//! The reference: each verb written plainly, one scalar value after another.
//!
//! Always built, safe, no intrinsics. The tests compare `fast` with it, and
//! `fast` leaves to it what is rare: text that is ill-formed.

use super::{BadText, Changed, CopyError, Dest, Encoding, Fault, Measured, Policy, SHORT, Text};

/// See [`super::measure`].
pub fn measure(src: Text<'_>, to: Encoding, policy: Policy) -> Result<Measured, BadText> {
    let (mut len, mut ascii, mut replaces) = (0usize, true, false);
    each_char(src, |c| {
        let c = match (c, policy) {
            (Ok(c), _) => c,
            (Err(bad), Policy::Reject) => return Err(bad),
            (Err(_), Policy::Replace) => {
                replaces = true;
                char::REPLACEMENT_CHARACTER
            }
        };
        ascii &= c.is_ascii();
        // Only replacements in a text of a third of the address space could
        // overflow; no destination has that length.
        len = len.saturating_add(len_in(c, to));
        Ok(())
    })?;
    Ok(Measured { from: src.encoding(), units: src.len(), to, len, ascii, replaces })
}

/// See [`super::transcode`].
pub fn transcode(m: &Measured, src: Text<'_>, dst: Dest<'_>) -> Result<(), Changed> {
    m.check(&src, &dst)?;
    let len = dst.len();
    let mut out = dst;
    let mut at = 0;
    each_char(src, |c| {
        let c = match c {
            Ok(c) => c,
            Err(_) if m.replaces => char::REPLACEMENT_CHARACTER,
            Err(_) => return Err(Changed),
        };
        if m.ascii && !c.is_ascii() {
            return Err(Changed);
        }
        let end = at + len_in(c, out.encoding());
        match &mut out {
            Dest::Utf8(d) => c.encode_utf8(d.get_mut(at..end).ok_or(Changed)?).len(),
            Dest::Utf16(d) => c.encode_utf16(d.get_mut(at..end).ok_or(Changed)?).len(),
        };
        at = end;
        Ok(())
    })?;
    if at == len { Ok(()) } else { Err(Changed) }
}

/// See [`super::validate`].
pub fn validate(src: Text<'_>) -> Result<(), BadText> {
    each_char(src, |c| c.map(|_| ()))
}

/// See [`super::length`].
pub fn length(src: Text<'_>, to: Encoding) -> usize {
    let mut len = 0usize;
    let counted: Result<(), std::convert::Infallible> = each_char(src, |c| {
        len = len.saturating_add(len_in(c.unwrap_or(char::REPLACEMENT_CHARACTER), to));
        Ok(())
    });
    let Ok(()) = counted;
    len
}

/// See [`super::copy`].
pub fn copy(src: Text<'_>, mut dst: Dest<'_>, policy: Policy) -> Result<usize, CopyError> {
    let m = measure(src, dst.encoding(), policy)?;
    let too_small = CopyError::TooSmall { needed: m.len };
    if dst.len() < m.len {
        return Err(too_small);
    }
    // Nothing can have changed since: the borrow is the same.
    transcode(&m, src, dst.first(m.len)).map_err(|Changed| too_small)?;
    Ok(m.len)
}

/// See `super::short`.
pub fn short(src: Text<'_>, into: &mut [u8; SHORT]) -> Option<usize> {
    copy(src, Dest::Utf8(into), Policy::Reject).ok()
}

fn len_in(c: char, encoding: Encoding) -> usize {
    match encoding {
        Encoding::Utf8 => c.len_utf8(),
        Encoding::Utf16 => c.len_utf16(),
    }
}

/// Decodes a text: a scalar value, or one error for each maximal subpart of
/// what is ill-formed.
///
/// Whoever owns the text may change it meanwhile. So a unit is looked at once,
/// and what it was found to be holds for that value only.
fn each_char<E>(
    src: Text<'_>,
    mut each: impl FnMut(Result<char, BadText>) -> Result<(), E>,
) -> Result<(), E> {
    let mut position = 0;
    while let Some((c, units)) = match src {
        Text::Utf8(bytes) => first_utf8(bytes.get(position..).unwrap_or_default()),
        Text::Utf16(units) => first_utf16(units.get(position..).unwrap_or_default()),
    } {
        each(c.map_err(|fault| BadText { position, fault }))?;
        position += units;
    }
    Ok(())
}

/// What a text begins with, and how many units that are.
type First = Option<(Result<char, Fault>, usize)>;

fn first_utf8(bytes: &[u8]) -> First {
    let first = *bytes.first()?;
    let second = bytes.get(1).copied();
    // How many bytes follow, and what the second may be.
    let (more, range) = match first {
        0x00..=0x7F => return Some((Ok(char::from(first)), 1)),
        0xC2..=0xDF => (1, 0x80..=0xBF),
        0xE0 => (2, 0xA0..=0xBF),
        0xED => (2, 0x80..=0x9F),
        0xE1..=0xEF => (2, 0x80..=0xBF),
        0xF0 => (3, 0x90..=0xBF),
        0xF1..=0xF3 => (3, 0x80..=0xBF),
        0xF4 => (3, 0x80..=0x8F),
        _ => return Some((Err(utf8_fault(first, second)), 1)),
    };
    let mut value = u32::from(first) & (0x3F >> more);
    for nth in 1..=more {
        let (next, range) = match nth {
            1 => (second, range.clone()),
            _ => (bytes.get(nth).copied(), 0x80..=0xBF),
        };
        match next {
            Some(byte) if range.contains(&byte) => value = value << 6 | u32::from(byte & 0x3F),
            _ => return Some((Err(utf8_fault(first, second)), nth)),
        }
    }
    Some((char::from_u32(value).ok_or(Fault::BadByte), more + 1))
}

fn first_utf16(units: &[u16]) -> First {
    let first = u32::from(*units.first()?);
    if let Some(c) = char::from_u32(first) {
        return Some((Ok(c), 1));
    }
    match units.get(1).map(|low| u32::from(*low)) {
        Some(low @ 0xDC00..=0xDFFF) if first < 0xDC00 => {
            let value = 0x10000 + ((first & 0x3FF) << 10 | low & 0x3FF);
            Some((char::from_u32(value).ok_or(Fault::Surrogate), 2))
        }
        _ => Some((Err(Fault::Surrogate), 1)),
    }
}

/// Which rule an ill-formed sequence breaks that begins with these bytes.
fn utf8_fault(first: u8, second: Option<u8>) -> Fault {
    match (first, second.unwrap_or(0)) {
        (0xC0..=0xC1, _) => Fault::Overlong,
        (0xE0, 0x80..=0x9F) => Fault::Overlong,
        (0xED, 0xA0..=0xBF) => Fault::Surrogate,
        (0xF0, 0x80..=0x8F) => Fault::Overlong,
        (0xF4, 0x90..=0xBF) => Fault::TooLarge,
        (0xF5..=0xF7, _) => Fault::TooLarge,
        (0xC2..=0xF4, _) => Fault::TooShort,
        _ => Fault::BadByte,
    }
}
