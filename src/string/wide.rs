//! Latin-1, UTF-32, and units at any address: part after part, over the stack, so
//! that `simdutf`'s kernels find their alignment and their room.
//!
//! Not here: what hosts and guests mostly have, which goes straight.

#![allow(unsafe_code)]

use super::convert::{whole_utf8, whole_utf16};
use super::long::{ascii_prefix, is_high, is_paired};
use super::{BadText, Changed, CopyError, Dest, Encoding, Measured, Narrowest, Policy, Room, Text};
use super::{fast, scalar};
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
                len * fast::is_utf8(std::slice::from_raw_parts(bytes, len)) as usize
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

/// See [`super::measure`].
#[inline(never)]
pub fn measure(src: Text<'_>, to: Encoding, policy: Policy) -> Result<Measured, BadText> {
    let mut out = [const { MaybeUninit::uninit() }; _];
    let (mut len, mut ascii) = (0, true);
    let measured = in_parts(src, |part| {
        let plain = is_ascii(part);
        ascii &= plain;
        len += if plain { part.len() } else { transcode_part(part, to, &mut out)? };
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
    let mut out = [const { MaybeUninit::uninit() }; _];
    let mut at = 0;
    in_parts(src, |part| {
        if m.ascii && !is_ascii(part) {
            return None;
        }
        let count = transcode_part(part, m.to, &mut out)?;
        store(&mut dst, at, &out, count)?;
        at += count;
        Some(())
    })
    .ok_or(Changed)?;
    if at == m.len { Ok(()) } else { Err(Changed) }
}

/// See [`super::validate`].
#[inline(never)]
pub fn validate(src: Text<'_>) -> Result<(), BadText> {
    let mut out = [const { MaybeUninit::uninit() }; _];
    let is_well_formed = match src {
        Text::Latin1(_) => true,
        Text::Utf32(s) => simdutf::validate_utf32(s),
        _ => in_parts(src, |part| {
            let to = part.encoding();
            (is_ascii(part) || transcode_part(part, to, &mut out).is_some()).then_some(())
        })
        .is_some(),
    };
    if is_well_formed { Ok(()) } else { scalar::validate(src) }
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
    let Ok(()) = fast::validate(src) else { return scalar::narrowest(src, policy) };
    let (mut narrowest, mut count) = (Narrowest::Ascii, 0);
    let found = in_parts(src, |part| {
        let (found, characters) = of_part(part);
        narrowest = narrowest.max(found);
        count += characters;
        Some(())
    });
    // It is well-formed, or was a moment ago.
    if found.is_some() { Ok((narrowest, count)) } else { scalar::narrowest(src, policy) }
}

/// The narrowest encoding of a part that is well-formed, and its characters.
fn of_part(part: Text<'_>) -> (Narrowest, usize) {
    match part {
        Text::Utf8(s) if s.is_ascii() => (Narrowest::Ascii, s.len()),
        Text::Utf8(s) => {
            let top = s.iter().fold(0, |top, byte| top.max(*byte));
            let narrowest = match top {
                0x00..=0x7F => Narrowest::Ascii,
                // What begins up to U+00FF; what follows is lower.
                0x80..=0xC3 => Narrowest::Latin1,
                0xC4..=0xEF => Narrowest::Utf16,
                0xF0..=0xFF => Narrowest::Utf32,
            };
            // So few at a time that a byte counts them, and many fit into a register.
            let begin =
                |few: &[u8]| few.iter().map(|byte| u8::from(byte & 0xC0 != 0x80)).sum::<u8>();
            (narrowest, s.chunks(255).map(|few| usize::from(begin(few))).sum())
        }
        Text::Utf16(s) => {
            let top = s.iter().fold(0, |top, unit| top | *unit);
            let halves =
                |few: &[u16]| few.iter().map(|u| u16::from(u & 0xF800 == 0xD800)).sum::<u16>();
            let surrogates: usize = s.chunks(4096).map(|few| usize::from(halves(few))).sum();
            let narrowest = match (surrogates, top) {
                (1.., _) => Narrowest::Utf32,
                (0, top) => Narrowest::of(top.into()),
            };
            (narrowest, s.len() - surrogates / 2)
        }
        Text::Latin1(s) if s.is_ascii() => (Narrowest::Ascii, s.len()),
        Text::Latin1(s) => (Narrowest::Latin1, s.len()),
        Text::Utf32(s) => {
            // Ones are only added by what is as wide.
            (Narrowest::of(s.iter().fold(0, |top, unit| top | unit)), s.len())
        }
        Text::LooseUtf16(_) | Text::LooseUtf32(_) => (Narrowest::Utf32, part.len()),
    }
}
