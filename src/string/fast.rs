//! What runs: `simdutf`'s kernels, and loops of our own where they win.
//!
//! Well-formed text is fast. Ill-formed text goes to the scalar twin, which
//! finds the position or makes the replacements.
//!
//! Ours, and why (measured against `simdutf` 0.7 with AVX2, by script and size):
//! - Text of up to 64 units, in `short.rs`: finding a kernel takes 20 to 30
//!   instructions and each pass its own; ASCII is done in as many. Other text
//!   from UTF-16 takes a third to a half of validation, length and conversion,
//!   to UTF-16 half to all of the conversion.
//! - UTF-8 is validated here up to 32 bytes, and decoded up to 128. Above, the
//!   library's kernels win with text that mixes lengths; with AVX-512 they decode and
//!   encode from a dozen characters on in a half to a quarter of the time.
//! - Characters of three bytes, of which most of Asia's text consists: sixteen at
//!   once take a fifth of the library's time to UTF-16, and to UTF-8 a third to a
//!   half. Only those that a text begins with: `convert.rs` says why.
//! - ASCII from one encoding to another: check and copy in one loop. Up to a few
//!   thousand units it takes about half the time of the library's conversion, and
//!   64 Ki units UTF-16 to UTF-8 take half of validation, length and conversion.
//! - Measuring UTF-16: length and well-formedness in one pass, in the time that
//!   the library needs for either of them.

#![allow(unsafe_code)]

use super::convert::{SLACK, to_utf8, to_utf16, whole_utf16};
use super::long::{ascii_prefix, copy_ascii, is_paired, survey_utf16};
use super::short::{self, SWEPT};
use super::text::room;
pub use super::utf8::is_utf8;
use super::utf8::{Utf8, is_other_utf8, utf8};
pub use super::wide::narrowest;
use super::{BadText, Changed, CopyError, Dest, Encoding, Measured, Policy, Room, SHORT, Text};
use super::{scalar, wide};
use std::mem::MaybeUninit;

/// See [`super::measure`].
#[inline]
pub fn measure(src: Text<'_>, to: Encoding, policy: Policy) -> Result<Measured, BadText> {
    if !(goes_straight(src) && is_plain(to)) {
        return wide::measure(src, to, policy);
    }
    let (from, units) = (src.encoding(), src.len());
    let well_formed =
        |len, ascii| Measured { from, units, to, len, ascii, replaces: false, keeps: false };
    if let (Text::Utf8(s), Encoding::Utf8) = (src, to) {
        return match utf8(s) {
            Utf8::Ascii => Ok(well_formed(units, true)),
            Utf8::Other => Ok(well_formed(units, false)),
            Utf8::Bad => scalar::measure(src, to, policy),
        };
    }
    let ascii = ascii_prefix(src);
    if ascii == units {
        return Ok(well_formed(units, true));
    }
    match length_if_well_formed(src, ascii, to) {
        Some(len) => Ok(well_formed(len, false)),
        None => scalar::measure(src, to, policy),
    }
}

/// Whether a text is what most are. Others are left to `wide`.
#[inline(always)]
fn goes_straight(src: Text<'_>) -> bool {
    matches!(src, Text::Utf8(_) | Text::Utf16(_))
}

#[inline(always)]
fn is_plain(to: Encoding) -> bool {
    matches!(to, Encoding::Utf8 | Encoding::Utf16)
}

#[inline(always)]
fn takes_straight(dst: &Dest<'_>) -> bool {
    matches!(dst.0, Room::Utf8(_) | Room::Utf16(_))
}

/// See [`super::transcode`].
#[inline]
pub fn transcode(m: &Measured, src: Text<'_>, dst: Dest<'_>) -> Result<(), Changed> {
    if !(goes_straight(src) && takes_straight(&dst)) {
        return wide::transcode(m, src, dst);
    }
    m.check(&src, &dst)?;
    let written = if m.ascii {
        Some(copy_ascii(src, dst))
    } else if m.replaces || m.keeps {
        return scalar::transcode(m, src, dst);
    } else {
        convert(src, 0, dst)
    };
    if written == Some(m.len) { Ok(()) } else { Err(Changed) }
}

/// See [`super::validate`].
#[inline]
pub fn validate(src: Text<'_>) -> Result<(), BadText> {
    let well_formed = match src {
        Text::Utf8(s) => is_utf8(s),
        Text::Utf16(s) => is_paired(s),
        other => return wide::validate(other),
    };
    if well_formed { Ok(()) } else { scalar::validate(src) }
}

/// See [`super::length`].
#[inline]
pub fn length(src: Text<'_>, to: Encoding) -> usize {
    let by_kernel = match (src, to) {
        (Text::Utf8(s), Encoding::Utf16) => Some(simdutf::utf16_length_from_utf8(s)),
        (Text::Utf16(s), Encoding::Utf8) => {
            let (growth, surrogates) = survey_utf16(s);
            Some(s.len() + growth - surrogates)
        }
        _ => None,
    };
    match by_kernel {
        Some(length) => length,
        None if src.encoding() == to => src.len(),
        // It goes over the stack.
        None => wide::length(src, to),
    }
}

/// See [`super::copy`].
#[inline]
pub fn copy(src: Text<'_>, mut dst: Dest<'_>, policy: Policy) -> Result<usize, CopyError> {
    // Most of what a guest gives is short, and fits.
    if src.len() <= SWEPT
        && policy != Policy::Replace
        && may_grow(src, &dst.0).is_none_or(|worst| worst <= dst.len())
        && let Some(written) = copy_short(src, &mut dst.0)
    {
        return Ok(written);
    }
    copy_any(src, dst, policy)
}

#[inline(never)]
fn copy_any(src: Text<'_>, mut dst: Dest<'_>, policy: Policy) -> Result<usize, CopyError> {
    if !(goes_straight(src) && takes_straight(&dst)) {
        return wide::copy(src, dst, policy);
    }
    let (to, room) = (dst.encoding(), dst.len());
    let worst = match (src.encoding(), to, policy) {
        (Encoding::Utf16, Encoding::Utf8, _) => Some(src.len().saturating_mul(3)),
        // A bad byte becomes the three of U+FFFD.
        (Encoding::Utf8, Encoding::Utf8, Policy::Replace) => Some(src.len().saturating_mul(3)),
        (Encoding::Utf8, Encoding::Utf8 | Encoding::Utf16, _) => Some(src.len()),
        (Encoding::Utf16, Encoding::Utf16, _) => Some(src.len()),
        _ => None,
    };
    // One pass, if it cannot end in `TooSmall` with something written: there is
    // room for the worst case, or for the text if it is well-formed and else it
    // is refused.
    if worst.is_some_and(|worst| room >= worst)
        || (policy != Policy::Replace && room >= length(src, to))
    {
        let ascii = copy_ascii(src, dst.first(room));
        if ascii == src.len() {
            return Ok(ascii);
        }
        if let Some(written) = convert(src, ascii, dst.first(room)) {
            return Ok(written);
        }
    }
    let m = measure(src, to, policy)?;
    let too_small = CopyError::TooSmall { needed: m.len };
    if room < m.len {
        return Err(too_small);
    }
    // Nothing can have changed since: the borrow is the same.
    transcode(&m, src, dst.first(m.len)).map_err(|Changed| too_small)?;
    Ok(m.len)
}

/// See [`super::copy_to_string`].
#[inline]
pub fn copy_to_string(src: Text<'_>, dst: &mut String, policy: Policy) -> Result<(), CopyError> {
    let mut bytes = std::mem::take(dst).into_bytes();
    refill(&mut bytes, src, src.len(), policy, |units| Room::Utf8(units))?;
    // SAFETY: `copy` promises that what it has written is UTF-8.
    *dst = unsafe { String::from_utf8_unchecked(bytes) };
    Ok(())
}

/// See [`super::copy_to_utf16`].
pub fn copy_to_utf16(src: Text<'_>, dst: &mut Vec<u16>, policy: Policy) -> Result<(), CopyError> {
    // As many units as the source has are enough, and with some more a kernel needs
    // no detour.
    let slack = if src.len() > SWEPT { SLACK } else { 0 };
    refill(dst, src, src.len() + slack, policy, |units| Room::Utf16(units))
}

/// Makes a vector hold a text, for which so many units are mostly enough.
#[inline]
fn refill<T: Copy>(
    vec: &mut Vec<T>,
    src: Text<'_>,
    mostly: usize,
    policy: Policy,
    room: impl Fn(&mut [MaybeUninit<T>]) -> Room<'_>,
) -> Result<(), CopyError> {
    vec.clear();
    make_room(vec, mostly)?;
    // Most is short: it needs no policy, and no more room.
    if src.len() <= SWEPT
        && !super::scalar_is_forced()
        && let Some(written) = copy_short(src, &mut room(vec.spare_capacity_mut()))
    {
        // SAFETY: it is empty, so its first units are those that have been written.
        unsafe { vec.set_len(written) };
        return Ok(());
    }
    let written = match super::copy(src, Dest(room(vec.spare_capacity_mut())), policy) {
        Err(CopyError::TooSmall { needed }) => {
            make_room(vec, needed)?;
            super::copy(src, Dest(room(vec.spare_capacity_mut())), policy)?
        }
        done => done?,
    };
    // SAFETY: it is empty, so its first units are those that `copy` has written.
    unsafe { vec.set_len(written) };
    Ok(())
}

/// Makes an empty vector have room.
#[inline(always)]
fn make_room<T>(vec: &mut Vec<T>, len: usize) -> Result<(), CopyError> {
    if len > vec.capacity() {
        // What is to be given back comes first.
        *vec = Vec::new();
        vec.try_reserve_exact(len).map_err(|_| CopyError::OutOfMemory { units: len })?;
    }
    Ok(())
}

/// See `super::short`.
#[inline]
pub fn short(src: Text<'_>, into: &mut [u8; SHORT]) -> Option<usize> {
    match src {
        Text::Utf8(s) => copy_short_utf8(s, room(into)),
        Text::Utf16(s) => encode_short(s, room(into)),
        other => wide::copy(other, Dest::utf8(into), Policy::Reject).ok(),
    }
}

/// See `super::short_units`.
#[inline]
pub fn short_units(src: Text<'_>, into: &mut [u8; SHORT]) -> Option<(usize, Encoding)> {
    let len = src.len();
    let narrow = room(into).get_mut(..len)?;
    let is_narrow = match src {
        Text::Utf8(s) => short::sweep(s, narrow),
        // What is no more than Latin-1 has been written as that.
        Text::Utf16(s) => short::sweep(s, narrow) || s.iter().fold(0, |all, u| all | u) < 0x100,
        Text::Latin1(s) => {
            narrow.write_copy_of_slice(s);
            true
        }
        _ => false,
    };
    if is_narrow { Some((len, Encoding::Latin1)) } else { other_units(src, into) }
}

#[inline(never)]
fn other_units(src: Text<'_>, into: &mut [u8; SHORT]) -> Option<(usize, Encoding)> {
    let mut units = [0; SHORT];
    let len = match src {
        Text::Utf8(s) => to_utf16(s, room(&mut units))?,
        Text::Utf16(s) => {
            let copy = units.get_mut(..s.len())?;
            copy.copy_from_slice(s);
            is_paired(copy).then_some(s.len())?
        }
        other => wide::copy(other, Dest::utf16(&mut units), Policy::Reject).ok()?,
    };
    short::narrowest(units.get(..len)?, into)
}

/// See `super::short_to_utf16`.
#[inline]
pub fn short_to_utf16(src: &[u8], into: &mut [u16; SHORT]) -> Option<usize> {
    decode_short(src, room(into))
}

/// How many units a text may become, where those are more than it has.
#[inline(always)]
fn may_grow(src: Text<'_>, dst: &Room<'_>) -> Option<usize> {
    match (src, dst) {
        (Text::Utf16(s), Room::Utf8(_)) => Some(3 * s.len()),
        _ => None,
    }
}

// For up to `SWEPT` units; `None` if they are ill-formed, and if there is
// not as much room as there are units (then nothing is written).

#[inline(always)]
fn copy_short(src: Text<'_>, dst: &mut Room<'_>) -> Option<usize> {
    match (src, dst) {
        (Text::Utf8(s), Room::Utf8(d)) => copy_short_utf8(s, d),
        (Text::Utf8(s), Room::Utf16(d)) => decode_short(s, d),
        (Text::Utf16(s), Room::Utf16(d)) => copy_short_utf16(s, d),
        (Text::Utf16(s), Room::Utf8(d)) => encode_short(s, d),
        _ => None,
    }
}

#[inline]
fn copy_short_utf16(src: &[u16], dst: &mut [MaybeUninit<u16>]) -> Option<usize> {
    let dst = dst.get_mut(..src.len())?;
    if src.len() > SWEPT {
        return None;
    }
    // SAFETY: of up to so many units a sweep writes each, ASCII or not.
    let well_formed = short::sweep(src, dst) || is_paired(unsafe { dst.assume_init_ref() });
    well_formed.then_some(src.len())
}

#[inline]
fn copy_short_utf8(src: &[u8], dst: &mut [MaybeUninit<u8>]) -> Option<usize> {
    let dst = dst.get_mut(..src.len())?;
    if src.len() > SWEPT {
        return None;
    }
    // SAFETY: of up to so many units a sweep writes each, ASCII or not.
    let well_formed = short::sweep(src, dst) || is_other_utf8(unsafe { dst.assume_init_ref() });
    well_formed.then_some(src.len())
}

#[inline]
fn decode_short(src: &[u8], dst: &mut [MaybeUninit<u16>]) -> Option<usize> {
    if short::sweep(src, dst.get_mut(..src.len())?) {
        return Some(src.len());
    }
    #[inline(never)]
    fn decode(src: &[u8], dst: &mut [MaybeUninit<u16>]) -> Option<usize> {
        to_utf16(src, dst)
    }
    decode(src, dst)
}

/// `None` also where the text does not fit.
#[inline]
fn encode_short(src: &[u16], dst: &mut [MaybeUninit<u8>]) -> Option<usize> {
    if short::sweep(src, dst.get_mut(..src.len())?) {
        return Some(src.len());
    }
    #[inline(never)]
    fn encode(src: &[u16], dst: &mut [MaybeUninit<u8>]) -> Option<usize> {
        // Counted beforehand where it may be too long, since that is soon done.
        let fits = src.len() * 3 <= dst.len();
        if !fits && length(Text::Utf16(src), Encoding::Utf8) > dst.len() {
            return None;
        }
        to_utf8(src, dst)
    }
    encode(src, dst)
}

// Non-ASCII text.

/// The length in `to`, if the text is well-formed; its first `ascii` units are
/// known to be ASCII.
#[inline(never)]
fn length_if_well_formed(src: Text<'_>, ascii: usize, to: Encoding) -> Option<usize> {
    match src {
        Text::Utf8(s) => {
            let rest = s.get(ascii..)?;
            match (is_other_utf8(rest), to) {
                (false, _) => None,
                (true, Encoding::Utf8) => Some(s.len()),
                (true, Encoding::Utf16) => Some(ascii + simdutf::utf16_length_from_utf8(rest)),
                (true, _) => None,
            }
        }
        Text::Utf16(s) => {
            let mut rest = s.get(ascii..)?;
            let mut len = s.len();
            // In chunks, so that only those with surrogates are read twice, and
            // from the cache.
            while !rest.is_empty() {
                let chunk;
                (chunk, rest) = rest.split_at(whole_utf16(rest, 2048)?);
                let (growth, surrogates) = survey_utf16(chunk);
                if surrogates > 0 && !is_paired(chunk) {
                    return None;
                }
                len += growth - surrogates;
            }
            Some(if to == Encoding::Utf8 { len } else { s.len() })
        }
        _ => None,
    }
}

/// Writes a text, the first `ascii` units of which have been written, and gives
/// the length of all; `None` if it is ill-formed or does not fit. What has been
/// written is what is checked: the source may be changing.
#[inline(never)]
fn convert(src: Text<'_>, ascii: usize, dst: Dest<'_>) -> Option<usize> {
    let written = match (src, dst.0) {
        (Text::Utf8(s), Room::Utf8(d)) => {
            let copy = d.get_mut(ascii..s.len())?.write_copy_of_slice(s.get(ascii..)?);
            if !is_utf8(copy) {
                return None;
            }
            copy.len()
        }
        (Text::Utf16(s), Room::Utf16(d)) => {
            let copy = d.get_mut(ascii..s.len())?.write_copy_of_slice(s.get(ascii..)?);
            if !is_paired(copy) {
                return None;
            }
            copy.len()
        }
        (Text::Utf8(s), Room::Utf16(d)) => to_utf16(s.get(ascii..)?, d.get_mut(ascii..)?)?,
        (Text::Utf16(s), Room::Utf8(d)) => to_utf8(s.get(ascii..)?, d.get_mut(ascii..)?)?,
        _ => return None,
    };
    Some(ascii + written)
}
