//! The reference: each verb written plainly, one scalar value after another.
//!
//! Always built, safe, no intrinsics. The tests compare `fast` with it, and
//! `fast` leaves to it what is rare: text that is ill-formed.

use super::{BadText, Changed, CopyError, Dest, Encoding, Fault, Measured, Narrowest, Policy};
use super::{Room, SHORT, Text};
use std::mem::MaybeUninit;

/// See [`super::measure`].
pub fn measure(src: Text<'_>, to: Encoding, policy: Policy) -> Result<Measured, BadText> {
    let (mut len, mut ascii, mut replaces, mut keeps) = (0usize, true, false, false);
    let stays = (src.encoding(), to) == (Encoding::Utf16, Encoding::Utf16);
    each_char(src, |position, c| {
        let c = match (fitting(c, to), policy) {
            (Ok(c), _) => c,
            (Err(_), Policy::Keep) if stays => {
                (ascii, keeps) = (false, true);
                // As long as any lone unit.
                char::REPLACEMENT_CHARACTER
            }
            (Err(fault), Policy::Reject | Policy::Keep) => return Err(BadText { position, fault }),
            (Err(_), Policy::Replace) => {
                (ascii, replaces) = (false, true);
                replacement(to)
            }
        };
        ascii &= c.is_ascii();
        // Only replacements in a text of a third of the address space could
        // overflow; no destination has that length.
        len = len.saturating_add(len_in(c, to));
        Ok(())
    })?;
    Ok(Measured { from: src.encoding(), units: src.len(), to, len, ascii, replaces, keeps })
}

/// See [`super::transcode`].
pub fn transcode(m: &Measured, src: Text<'_>, dst: Dest<'_>) -> Result<(), Changed> {
    m.check(&src, &dst)?;
    if m.keeps {
        return transcode_kept(src, dst);
    }
    let len = dst.len();
    let mut out = dst;
    let mut at = 0;
    each_char(src, |_, c| {
        let c = match fitting(c, m.to) {
            Ok(c) => c,
            Err(_) if m.replaces => replacement(m.to),
            Err(_) => return Err(Changed),
        };
        if m.ascii && !c.is_ascii() {
            return Err(Changed);
        }
        let end = at + len_in(c, out.encoding());
        put(&mut out, at..end, c).ok_or(Changed)?;
        at = end;
        Ok(())
    })?;
    if at == len { Ok(()) } else { Err(Changed) }
}

/// Copies units as they are, into as many.
fn transcode_kept(src: Text<'_>, mut dst: Dest<'_>) -> Result<(), Changed> {
    match (src, &mut dst.0) {
        (Text::Utf16(s), Room::Utf16(d)) => drop(d.write_copy_of_slice(s)),
        (Text::LooseUtf16(s), Room::LooseUtf16(d)) => drop(d.write_copy_of_slice(s)),
        (Text::Utf16(s), Room::LooseUtf16(d)) => write(d, s.iter().map(|u| u.to_ne_bytes())),
        (Text::LooseUtf16(s), Room::Utf16(d)) => write(d, s.iter().map(|u| u16::from_ne_bytes(*u))),
        _ => return Err(Changed),
    }
    Ok(())
}

/// See [`super::validate`].
pub fn validate(src: Text<'_>) -> Result<(), BadText> {
    each_char(src, |position, c| c.map(drop).map_err(|fault| BadText { position, fault }))
}

/// See [`super::length`].
pub fn length(src: Text<'_>, to: Encoding) -> usize {
    let mut len = 0usize;
    let counted: Result<(), std::convert::Infallible> = each_char(src, |_, c| {
        len = len.saturating_add(len_in(fitting(c, to).unwrap_or(replacement(to)), to));
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
    copy(src, Dest::utf8(into), Policy::Reject).ok()
}

/// See `super::short_units`.
pub fn short_units(src: Text<'_>, into: &mut [u8; SHORT]) -> Option<(usize, Encoding)> {
    if src.len() > SHORT {
        return None;
    }
    if let Ok(len) = copy(src, Dest::latin1(into), Policy::Reject) {
        return Some((len, Encoding::Latin1));
    }
    let mut units = [0; SHORT / 2];
    let len = copy(src, Dest::utf16(&mut units), Policy::Reject).ok()?;
    for (pair, unit) in into.as_chunks_mut().0.iter_mut().zip(units) {
        *pair = unit.to_le_bytes();
    }
    Some((len, Encoding::Utf16))
}

/// See [`super::narrowest`].
pub fn narrowest(src: Text<'_>, policy: Policy) -> Result<(Narrowest, usize), BadText> {
    let (mut narrowest, mut count) = (Narrowest::Ascii, 0);
    each_char(src, |position, c| {
        let c = match (c, policy) {
            (Err(fault), Policy::Reject | Policy::Keep) => {
                return Err(BadText { position, fault });
            }
            (c, _) => c.unwrap_or(char::REPLACEMENT_CHARACTER),
        };
        narrowest = narrowest.max(Narrowest::of(c.into()));
        count += 1;
        Ok(())
    })?;
    Ok((narrowest, count))
}

/// A character, if an encoding has it.
fn fitting(c: Result<char, Fault>, encoding: Encoding) -> Result<char, Fault> {
    match c? {
        c if encoding == Encoding::Latin1 && c > '\u{FF}' => Err(Fault::NotLatin1),
        c => Ok(c),
    }
}

/// What stands in an encoding for what cannot.
fn replacement(encoding: Encoding) -> char {
    if encoding == Encoding::Latin1 { '?' } else { char::REPLACEMENT_CHARACTER }
}

fn len_in(c: char, encoding: Encoding) -> usize {
    match encoding {
        Encoding::Utf8 => c.len_utf8(),
        Encoding::Utf16 => c.len_utf16(),
        Encoding::Latin1 | Encoding::Utf32 => 1,
    }
}

/// Writes a character that fits, in as many units as it has.
fn put(dst: &mut Dest<'_>, at: std::ops::Range<usize>, c: char) -> Option<()> {
    match &mut dst.0 {
        Room::Utf8(d) => write(d.get_mut(at)?, c.encode_utf8(&mut [0; 4]).bytes()),
        Room::Utf16(d) => write(d.get_mut(at)?, c.encode_utf16(&mut [0; 2]).iter().copied()),
        Room::Latin1(d) => write(d.get_mut(at)?, [u8::try_from(c).ok()?]),
        Room::Utf32(d) => write(d.get_mut(at)?, [c.into()]),
        Room::LooseUtf16(d) => {
            let mut units = [0; 2];
            let units = c.encode_utf16(&mut units).iter();
            write(d.get_mut(at)?, units.map(|unit| unit.to_ne_bytes()));
        }
        Room::LooseUtf32(d) => write(d.get_mut(at)?, [u32::from(c).to_ne_bytes()]),
    }
    Some(())
}

fn write<T>(room: &mut [MaybeUninit<T>], units: impl IntoIterator<Item = T>) {
    for (room, unit) in room.iter_mut().zip(units) {
        room.write(unit);
    }
}

/// Decodes a text: a scalar value, or one error for each maximal subpart of
/// what is ill-formed.
///
/// Whoever owns the text may change it meanwhile. So a unit is looked at once,
/// and what it was found to be holds for that value only.
fn each_char<E>(
    src: Text<'_>,
    mut each: impl FnMut(usize, Result<char, Fault>) -> Result<(), E>,
) -> Result<(), E> {
    let mut at = 0;
    while let Some((c, units)) = match src {
        Text::Utf8(s) => first_utf8(s.get(at..).unwrap_or_default()),
        Text::Utf16(s) => first_utf16(|nth| s.get(at + nth).copied()),
        Text::LooseUtf16(s) => first_utf16(|nth| s.get(at + nth).map(|u| u16::from_ne_bytes(*u))),
        Text::Latin1(s) => s.get(at).map(|byte| (Ok(char::from(*byte)), 1)),
        Text::Utf32(s) => s.get(at).map(|unit| first_utf32(*unit)),
        Text::LooseUtf32(s) => s.get(at).map(|unit| first_utf32(u32::from_ne_bytes(*unit))),
    } {
        each(at, c)?;
        at += units;
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

fn first_utf16(unit: impl Fn(usize) -> Option<u16>) -> First {
    let first = u32::from(unit(0)?);
    if let Some(c) = char::from_u32(first) {
        return Some((Ok(c), 1));
    }
    match unit(1).map(u32::from) {
        Some(low @ 0xDC00..=0xDFFF) if first < 0xDC00 => {
            let value = 0x10000 + ((first & 0x3FF) << 10 | low & 0x3FF);
            Some((char::from_u32(value).ok_or(Fault::Surrogate), 2))
        }
        _ => Some((Err(Fault::Surrogate), 1)),
    }
}

fn first_utf32(unit: u32) -> (Result<char, Fault>, usize) {
    let fault = if unit > 0x10FFFF { Fault::TooLarge } else { Fault::Surrogate };
    (char::from_u32(unit).ok_or(fault), 1)
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
