//! Latin-1, UTF-32, and units at any address: part after part, over the stack, so
//! that `simdutf`'s kernels find their alignment and their room.
//!
//! Not here: what hosts and guests mostly have, which goes straight.

#![allow(unsafe_code)]

use super::convert::{whole_utf8, whole_utf16};
use super::long::{ascii_prefix, is_high, is_paired, survey_utf16};
use super::scalar;
use super::utf8::is_utf8;
use super::{BadText, Changed, CopyError, Dest, Encoding, Measured, Narrowest, Policy, Room, Text};
use std::mem::MaybeUninit;

/// Units of a part.
const PART: usize = 512;

/// What a part becomes, at most: four bytes for each unit, and room for kernels
/// that store whole vectors.
type Out = [MaybeUninit<u32>; PART + 32];

/// A part whose units were not aligned.
struct Aligned {
    narrow: [MaybeUninit<u16>; PART],
    wide: [MaybeUninit<u32>; PART],
}

impl<'a> Text<'a> {
    /// The text in bytes at any address. What is behind its last whole unit is not
    /// part of it.
    #[inline]
    pub fn of_bytes(encoding: Encoding, bytes: &'a [u8]) -> Text<'a> {
        let size = encoding.unit_size();
        let (start, len) = (bytes.as_ptr(), bytes.len() / size);
        let is_aligned = start.addr().is_multiple_of(size);
        match encoding {
            Encoding::Utf8 => Text::Utf8(bytes),
            Encoding::Latin1 => Text::Latin1(bytes),
            // SAFETY: so many units are in the bytes, they are aligned, and any bytes
            // are a unit.
            Encoding::Utf16 if is_aligned => Text::Utf16(unsafe { units(start, len) }),
            Encoding::Utf16 => Text::LooseUtf16(bytes.as_chunks().0),
            // SAFETY: as for UTF-16.
            Encoding::Utf32 if is_aligned => Text::Utf32(unsafe { units(start, len) }),
            Encoding::Utf32 => Text::LooseUtf32(bytes.as_chunks().0),
        }
    }
}

/// # Safety
/// There must be so many units for `'a`, aligned, of a type that any bytes are.
unsafe fn units<'a, T>(start: *const u8, len: usize) -> &'a [T] {
    // SAFETY: the caller vouches for all of it.
    unsafe { std::slice::from_raw_parts(start.cast(), len) }
}

/// Hands over a text in parts, each aligned and without cutting a character. `None`
/// where the text is ill-formed, or where `each` gives that.
fn in_parts(src: Text<'_>, mut each: impl FnMut(Text<'_>) -> Option<()>) -> Option<()> {
    let mut room = Aligned {
        narrow: [const { MaybeUninit::uninit() }; PART],
        wide: [const { MaybeUninit::uninit() }; PART],
    };
    let mut at = 0;
    while at < src.len() {
        let part = match src {
            Text::Utf8(s) => Text::Utf8(s[at..].get(..whole_utf8(&s[at..], PART)?)?),
            Text::Latin1(s) => Text::Latin1(upto(&s[at..])),
            Text::Utf16(s) => Text::Utf16(s[at..].get(..whole_utf16(&s[at..], PART)?)?),
            Text::Utf32(s) => Text::Utf32(upto(&s[at..])),
            Text::LooseUtf16(s) => {
                let part = align(upto(&s[at..]), &mut room.narrow, u16::from_ne_bytes);
                // Half of a pair at the end belongs to the next part.
                let cut = part.len() == PART && part.last().copied().is_some_and(is_high);
                Text::Utf16(&part[..part.len() - cut as usize])
            }
            Text::LooseUtf32(s) => {
                Text::Utf32(align(upto(&s[at..]), &mut room.wide, u32::from_ne_bytes))
            }
        };
        each(part)?;
        at += part.len();
    }
    Some(())
}

fn upto<T>(units: &[T]) -> &[T] {
    &units[..units.len().min(PART)]
}

/// Copies up to [`PART`] units to where they are aligned.
fn align<'r, T: Copy, const N: usize>(
    units: &[[u8; N]],
    room: &'r mut [MaybeUninit<T>; PART],
    unit: impl Fn([u8; N]) -> T,
) -> &'r [T] {
    for (to, from) in room.iter_mut().zip(units) {
        to.write(unit(*from));
    }
    // SAFETY: that many have just been written.
    unsafe { room[..units.len().min(PART)].assume_init_ref() }
}

/// Transcodes a part that is not empty: the number of units, or `None` if it is
/// ill-formed or does not fit the encoding.
fn transcode_part(part: Text<'_>, to: Encoding, out: &mut Out) -> Option<usize> {
    let len = part.len();
    if len > PART {
        return None;
    }
    let start = out.as_mut_ptr();
    let (bytes, units, values) = (start.cast::<u8>(), start.cast::<u16>(), start.cast::<u32>());
    use Encoding::{Latin1, Utf8, Utf16, Utf32};
    // SAFETY: each kernel reads the `len` units of the part, and writes no more than
    // the longest that so many can become, ill-formed ones too: four bytes for each
    // unit, and less than the slack of `Out` beyond. What is copied as it is has
    // been written when it is looked at, and fits: a unit has at most four bytes.
    let count = unsafe {
        match (part, to) {
            (Text::Utf8(s), Utf8) => {
                bytes.copy_from_nonoverlapping(s.as_ptr(), len);
                len * is_utf8(std::slice::from_raw_parts(bytes, len)) as usize
            }
            (Text::Utf8(s), Utf16) => simdutf::convert_utf8_to_utf16(s.as_ptr(), len, units),
            (Text::Utf8(s), Latin1) => simdutf::convert_utf8_to_latin1(s.as_ptr(), len, bytes),
            (Text::Utf8(s), Utf32) => simdutf::convert_utf8_to_utf32(s.as_ptr(), len, values),
            (Text::Utf16(s), Utf8) => simdutf::convert_utf16_to_utf8(s.as_ptr(), len, bytes),
            (Text::Utf16(s), Utf16) => {
                units.copy_from_nonoverlapping(s.as_ptr(), len);
                len * is_paired(std::slice::from_raw_parts(units, len)) as usize
            }
            (Text::Utf16(s), Latin1) => simdutf::convert_utf16_to_latin1(s.as_ptr(), len, bytes),
            (Text::Utf16(s), Utf32) => simdutf::convert_utf16_to_utf32(s.as_ptr(), len, values),
            (Text::Latin1(s), Utf8) => simdutf::convert_latin1_to_utf8(s.as_ptr(), len, bytes),
            (Text::Latin1(s), Utf16) => simdutf::convert_latin1_to_utf16(s.as_ptr(), len, units),
            (Text::Latin1(s), Latin1) => {
                bytes.copy_from_nonoverlapping(s.as_ptr(), len);
                len
            }
            (Text::Latin1(s), Utf32) => simdutf::convert_latin1_to_utf32(s.as_ptr(), len, values),
            (Text::Utf32(s), Utf8) => simdutf::convert_utf32_to_utf8(s.as_ptr(), len, bytes),
            (Text::Utf32(s), Utf16) => simdutf::convert_utf32_to_utf16(s.as_ptr(), len, units),
            (Text::Utf32(s), Latin1) => simdutf::convert_utf32_to_latin1(s.as_ptr(), len, bytes),
            (Text::Utf32(s), Utf32) => {
                values.copy_from_nonoverlapping(s.as_ptr(), len);
                len * simdutf::validate_utf32(std::slice::from_raw_parts(values, len)) as usize
            }
            // Parts are aligned.
            (Text::LooseUtf16(_) | Text::LooseUtf32(_), _) => 0,
        }
    };
    (count > 0).then_some(count)
}

/// Copies what a part became to where a destination goes on.
fn store(dst: &mut Dest<'_>, at: usize, out: &Out, count: usize) -> Option<()> {
    let part = at..at.checked_add(count)?;
    let to: *mut MaybeUninit<u8> = match &mut dst.0 {
        Room::Utf8(d) | Room::Latin1(d) => d.get_mut(part)?.as_mut_ptr(),
        Room::Utf16(d) => d.get_mut(part)?.as_mut_ptr().cast(),
        Room::Utf32(d) => d.get_mut(part)?.as_mut_ptr().cast(),
        Room::LooseUtf16(d) => d.get_mut(part)?.as_mut_ptr().cast(),
        Room::LooseUtf32(d) => d.get_mut(part)?.as_mut_ptr().cast(),
    };
    let bytes = count.checked_mul(dst.encoding().unit_size())?;
    if bytes > size_of::<Out>() {
        return None;
    }
    // SAFETY: the destination has room for `count` units there, and `out`, which is
    // elsewhere, has at least as many bytes. Those are copied as what they may be:
    // not written.
    unsafe { to.copy_from_nonoverlapping(out.as_ptr().cast(), bytes) };
    Some(())
}

fn is_ascii(part: Text<'_>) -> bool {
    match part {
        Text::Latin1(s) => s.is_ascii(),
        Text::Utf32(s) => s.iter().fold(0, |all, unit| all | unit) < 0x80,
        other => ascii_prefix(other) == other.len(),
    }
}

/// Whether a part is well-formed.
fn is_well_formed(part: Text<'_>) -> bool {
    match part {
        Text::Utf8(s) => is_utf8(s),
        Text::Utf16(s) => is_paired(s),
        Text::Utf32(s) => simdutf::validate_utf32(s),
        Text::Latin1(_) => true,
        Text::LooseUtf16(_) | Text::LooseUtf32(_) => false,
    }
}

/// The length of aligned text in another encoding, if it is well-formed and fits that:
/// nothing is checked.
fn count(src: Text<'_>, to: Encoding) -> Option<usize> {
    use Encoding::{Latin1, Utf8, Utf16, Utf32};
    Some(match (src, to) {
        (Text::LooseUtf16(_) | Text::LooseUtf32(_), _) => return None,
        (Text::Utf8(s), Utf16) => simdutf::utf16_length_from_utf8(s),
        (Text::Utf8(s), Latin1 | Utf32) => characters_of_utf8(s),
        (Text::Utf16(s), Utf8) => {
            let (growth, surrogates) = survey_utf16(s);
            s.len() + growth - surrogates
        }
        (Text::Utf16(s), Latin1 | Utf32) => s.len() - surrogates(s) / 2,
        (Text::Latin1(s), Utf8) => simdutf::utf8_length_from_latin1(s),
        (Text::Utf32(s), Utf8) => simdutf::utf8_length_from_utf32(s),
        (Text::Utf32(s), Utf16) => simdutf::utf16_length_from_utf32(s),
        (Text::Utf8(s), Utf8) => s.len(),
        (Text::Utf16(s), Utf16) => s.len(),
        (Text::Latin1(s), Utf16 | Latin1 | Utf32) => s.len(),
        (Text::Utf32(s), Latin1 | Utf32) => s.len(),
    })
}

/// So many at a time that a byte counts them, and many fit into a register.
fn characters_of_utf8(bytes: &[u8]) -> usize {
    let begin = |few: &[u8]| few.iter().map(|byte| u8::from(byte & 0xC0 != 0x80)).sum::<u8>();
    bytes.chunks(255).map(|few| usize::from(begin(few))).sum()
}

fn surrogates(units: &[u16]) -> usize {
    let halves = |few: &[u16]| few.iter().map(|u| u16::from(u & 0xF800 == 0xD800)).sum::<u16>();
    units.chunks(4096).map(|few| usize::from(halves(few))).sum()
}

/// See [`super::measure`].
#[inline(never)]
pub fn measure(src: Text<'_>, to: Encoding, policy: Policy) -> Result<Measured, BadText> {
    let mut out = [const { MaybeUninit::uninit() }; _];
    let (mut len, mut ascii) = (0, true);
    let measured = in_parts(src, |part| {
        let plain = is_ascii(part);
        ascii &= plain;
        len += match to {
            _ if plain => part.len(),
            // Whether it fits is found by trying.
            Encoding::Latin1 => transcode_part(part, to, &mut out)?,
            // In these there is room for every scalar value.
            Encoding::Utf8 | Encoding::Utf16 | Encoding::Utf32 if is_well_formed(part) => {
                count(part, to)?
            }
            _ => return None,
        };
        Some(())
    });
    match measured {
        Some(()) => {
            let (from, units) = (src.encoding(), src.len());
            Ok(Measured { from, units, to, len, ascii, replaces: false, keeps: false })
        }
        None => scalar::measure(src, to, policy),
    }
}

/// See [`super::transcode`].
#[inline(never)]
pub fn transcode(m: &Measured, src: Text<'_>, mut dst: Dest<'_>) -> Result<(), Changed> {
    m.check(&src, &dst)?;
    if m.replaces || m.keeps {
        return scalar::transcode(m, src, dst);
    }
    if convert(src, m.ascii, &mut dst) == Some(m.len) { Ok(()) } else { Err(Changed) }
}

/// Writes a text, and gives its length; `None` if it is ill-formed, does not fit, or is not
/// ASCII where it has to be.
fn convert(src: Text<'_>, ascii: bool, dst: &mut Dest<'_>) -> Option<usize> {
    let mut out = [const { MaybeUninit::uninit() }; _];
    let mut at = 0;
    in_parts(src, |part| {
        if ascii && !is_ascii(part) {
            return None;
        }
        let count = transcode_part(part, dst.encoding(), &mut out)?;
        store(dst, at, &out, count)?;
        at += count;
        Some(())
    })?;
    Some(at)
}

/// See [`super::validate`].
#[inline(never)]
pub fn validate(src: Text<'_>) -> Result<(), BadText> {
    let found = match src {
        Text::LooseUtf16(_) | Text::LooseUtf32(_) => {
            in_parts(src, |part| is_well_formed(part).then_some(())).is_some()
        }
        src => is_well_formed(src),
    };
    if found { Ok(()) } else { scalar::validate(src) }
}

/// See [`super::length`].
pub fn length(src: Text<'_>, to: Encoding) -> usize {
    match measure(src, to, Policy::Replace) {
        Ok(measured) => measured.len,
        Err(_) => 0,
    }
}

/// See [`super::copy`].
pub fn copy(src: Text<'_>, mut dst: Dest<'_>, policy: Policy) -> Result<usize, CopyError> {
    // One pass, if it cannot end in `TooSmall` with something written: there is room for
    // the text if it is well-formed, and else it is refused.
    let room = dst.len();
    if policy != Policy::Replace
        && count(src, dst.encoding()).is_some_and(|len| len <= room)
        && let Some(written) = convert(src, false, &mut dst.first(room))
    {
        return Ok(written);
    }
    let m = measure(src, dst.encoding(), policy)?;
    let too_small = CopyError::TooSmall { needed: m.len };
    if dst.len() < m.len {
        return Err(too_small);
    }
    transcode(&m, src, dst.first(m.len)).map_err(|Changed| too_small)?;
    Ok(m.len)
}

/// See [`super::narrowest`].
pub fn narrowest(src: Text<'_>, policy: Policy) -> Result<(Narrowest, usize), BadText> {
    let (mut narrowest, mut characters) = (Narrowest::Ascii, 0);
    let found = match src {
        Text::LooseUtf16(_) | Text::LooseUtf32(_) => in_parts(src, |part| {
            let (found, some) = of_part(part)?;
            narrowest = narrowest.max(found);
            characters += some;
            Some(())
        })
        .map(|()| (narrowest, characters)),
        src => of_part(src),
    };
    found.map_or_else(|| scalar::narrowest(src, policy), Ok)
}

/// The narrowest encoding of aligned text, and its characters; `None` if it is ill-formed.
fn of_part(part: Text<'_>) -> Option<(Narrowest, usize)> {
    if is_ascii(part) {
        return Some((Narrowest::Ascii, part.len()));
    }
    if !is_well_formed(part) {
        return None;
    }
    let narrowest = match part {
        Text::Utf8(s) => match s.iter().fold(0, |top, byte| top.max(*byte)) {
            0x00..=0x7F => Narrowest::Ascii,
            // What begins up to U+00FF; what follows is lower.
            0x80..=0xC3 => Narrowest::Latin1,
            0xC4..=0xEF => Narrowest::Utf16,
            0xF0..=0xFF => Narrowest::Utf32,
        },
        Text::Utf16(s) if surrogates(s) > 0 => Narrowest::Utf32,
        // Ones are only added by what is as wide.
        Text::Utf16(s) => Narrowest::of(s.iter().fold(0, |top, unit| top | unit).into()),
        Text::Utf32(s) => Narrowest::of(s.iter().fold(0, |top, unit| top | unit)),
        Text::Latin1(_) => Narrowest::Latin1,
        Text::LooseUtf16(_) | Text::LooseUtf32(_) => return None,
    };
    Some((narrowest, count(part, Encoding::Utf32)?))
}
