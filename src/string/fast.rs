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
//!   library's kernels win with all scripts but ASCII.
//! - ASCII from one encoding to another: check and copy in one loop. Up to a few
//!   thousand units it takes about half the time of the library's conversion, and
//!   64 Ki units UTF-16 to UTF-8 take half of validation, length and conversion.
//! - Measuring UTF-16: length and well-formedness in one pass, in the time that
//!   the library needs for either of them.
//!
//! They are plain Rust that the compiler vectorizes for every target.

#![allow(unsafe_code)]

use std::mem::MaybeUninit;

use super::short::{self, From7Bit, Unit, block};
use super::{BadText, Changed, CopyError, Dest, Encoding, Measured, Policy, SHORT, Text, scalar};

/// Runs a loop over `$src`, compiled a second time for AVX2 where the target's
/// baseline is less. That halves the time of long texts; for short ones the test
/// and the call would cost more.
///
/// A macro, because only a function that is named and marked `inline(always)`,
/// no closure, is certain to be compiled into `avx2` with its features.
macro_rules! vectorized {
    ($run:ident::<$($T:ident: $bound:path),*>
        ($src:ident: $S:ty $(, $dst:ident: $D:ty)?) -> $R:ty) => {{
        #[cfg(all(target_arch = "x86_64", not(target_feature = "avx2")))]
        if $src.len() >= 128 && is_x86_feature_detected!("avx2") {
            #[target_feature(enable = "avx2")]
            fn avx2<$($T: $bound),*>($src: $S $(, $dst: $D)?) -> $R {
                $run($src $(, $dst)?)
            }
            // SAFETY: the condition has found that the processor has AVX2.
            return unsafe { avx2($src $(, $dst)?) };
        }
        $run($src $(, $dst)?)
    }};
}

/// See [`super::measure`].
#[inline]
pub fn measure(src: Text<'_>, to: Encoding, policy: Policy) -> Result<Measured, BadText> {
    let (from, units) = (src.encoding(), src.len());
    let well_formed = |len, ascii| Measured { from, units, to, len, ascii, replaces: false };
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

/// See [`super::transcode`].
#[inline]
pub fn transcode(m: &Measured, src: Text<'_>, dst: Dest<'_>) -> Result<(), Changed> {
    m.check(&src, &dst)?;
    let written = if m.ascii {
        Some(copy_ascii(src, dst))
    } else if m.replaces {
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
    };
    if well_formed { Ok(()) } else { scalar::validate(src) }
}

/// See `super::is_utf8`.
#[inline]
pub fn is_utf8(src: &[u8]) -> bool {
    utf8(src) != Utf8::Bad
}

/// What bytes are.
#[derive(PartialEq, Eq)]
enum Utf8 {
    Ascii,
    /// Other well-formed text.
    Other,
    Bad,
}

#[inline]
fn utf8(src: &[u8]) -> Utf8 {
    // Text that does not begin with ASCII need not be swept for it.
    let first = src.first_chunk().map_or(0, |first| u64::from_ne_bytes(*first));
    let ascii = if first & 0x8080_8080_8080_8080 == 0 { ascii_prefix(Text::Utf8(src)) } else { 0 };
    match src.get(ascii..) {
        Some([]) => Utf8::Ascii,
        Some(rest) if is_other_utf8(rest) => Utf8::Other,
        _ => Utf8::Bad,
    }
}

/// See [`super::length`].
#[inline]
pub fn length(src: Text<'_>, to: Encoding) -> usize {
    match (src, to) {
        (Text::Utf8(s), Encoding::Utf16) => simdutf::utf16_length_from_utf8(s),
        (Text::Utf16(s), Encoding::Utf8) => {
            let (growth, surrogates) = survey_utf16(s);
            s.len() + growth - surrogates
        }
        _ => src.len(),
    }
}

/// See [`super::copy`].
#[inline]
pub fn copy(src: Text<'_>, mut dst: Dest<'_>, policy: Policy) -> Result<usize, CopyError> {
    // Most of what a guest gives is short, and fits.
    if let Text::Utf8(s) = src
        && s.len() <= short::SWEPT
        && policy == Policy::Reject
    {
        let written = match &mut dst {
            Dest::Utf8(d) => copy_short_utf8(s, d),
            Dest::Utf16(d) => decode_short(s, d),
        };
        if let Some(written) = written {
            return Ok(written);
        }
    }
    copy_any(src, dst, policy)
}

#[inline(never)]
fn copy_any(src: Text<'_>, mut dst: Dest<'_>, policy: Policy) -> Result<usize, CopyError> {
    let (to, room) = (dst.encoding(), dst.len());
    let worst = match (src.encoding(), to, policy) {
        (Encoding::Utf16, Encoding::Utf8, _) => src.len().saturating_mul(3),
        // A bad byte becomes the three of U+FFFD.
        (Encoding::Utf8, Encoding::Utf8, Policy::Replace) => src.len().saturating_mul(3),
        _ => src.len(),
    };
    // One pass, if it cannot end in `TooSmall` with something written: there is
    // room for the worst case, or for the text if it is well-formed and else it
    // is refused.
    if room >= worst || (policy == Policy::Reject && room >= length(src, to)) {
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
pub fn copy_to_string(src: Text<'_>, dst: &mut String, policy: Policy) -> Result<(), CopyError> {
    let mut room = std::mem::take(dst).into_bytes();
    make_room(&mut room, src.len());
    let written = match src {
        Text::Utf8(s) if s.len() <= short::SWEPT && !super::scalar_is_forced() => {
            copy_short_utf8(s, &mut room)
        }
        _ => None,
    };
    if written.is_none() {
        let written = match super::copy(src, Dest::Utf8(&mut room), policy) {
            Err(CopyError::TooSmall { needed }) => {
                make_room(&mut room, needed);
                super::copy(src, Dest::Utf8(&mut room), policy)?
            }
            done => done?,
        };
        room.truncate(written);
    }
    // SAFETY: `room` is as long as what has been written, which is UTF-8: all of
    // a short text that is well-formed, or what `copy` promises.
    *dst = unsafe { String::from_utf8_unchecked(room) };
    Ok(())
}

/// See [`super::copy_to_utf16`].
pub fn copy_to_utf16(src: Text<'_>, dst: &mut Vec<u16>, policy: Policy) -> Result<(), CopyError> {
    let written = match src {
        Text::Utf8(s) if s.len() <= short::SWEPT && !super::scalar_is_forced() => {
            make_room(dst, s.len());
            decode_short(s, dst)
        }
        _ => None,
    };
    let written = match written {
        Some(written) => Ok(written),
        None => {
            // As many units as the source has are enough, and with some more a
            // kernel needs no detour.
            make_room(dst, src.len() + SLACK);
            super::copy(src, Dest::Utf16(dst), policy)
        }
    };
    dst.truncate(*written.as_ref().unwrap_or(&0));
    written.map(drop)
}

/// Makes a vector have a length. What is in it afterwards means nothing, so that
/// nothing is moved, and as little as possible zeroed.
#[inline(always)]
fn make_room<T: Copy + Default>(vec: &mut Vec<T>, len: usize) {
    if len > vec.capacity() {
        *vec = vec![T::default(); len];
    } else if len != vec.len() {
        vec.resize(len, T::default());
    }
}

/// See `super::short`.
#[inline]
pub fn short(src: Text<'_>, into: &mut [u8; SHORT]) -> Option<usize> {
    match src {
        Text::Utf8(s) => copy_short_utf8(s, into),
        Text::Utf16(s) => encode_short(s, into),
    }
}

/// See `super::short_to_utf16`.
#[inline]
pub fn short_to_utf16(src: &[u8], into: &mut [u16; SHORT]) -> Option<usize> {
    decode_short(src, into)
}

// For up to `short::SWEPT` units; `None` if they are ill-formed, and if there is
// not as much room as there are units (then nothing is written).

#[inline]
fn copy_short_utf8(src: &[u8], dst: &mut [u8]) -> Option<usize> {
    (short::sweep(src, dst.get_mut(..src.len())?) || is_other_utf8(src)).then_some(src.len())
}

#[inline]
fn decode_short(src: &[u8], dst: &mut [u16]) -> Option<usize> {
    if short::sweep(src, dst.get_mut(..src.len())?) {
        return Some(src.len());
    }
    #[inline(never)]
    fn decode(src: &[u8], dst: &mut [u16]) -> Option<usize> {
        short::decode(src, dst)
    }
    decode(src, dst)
}

/// `None` also where the text does not fit.
#[inline]
fn encode_short(src: &[u16], dst: &mut [u8]) -> Option<usize> {
    if short::sweep(src, dst.get_mut(..src.len())?) {
        return Some(src.len());
    }
    #[inline(never)]
    fn encode(src: &[u16], dst: &mut [u8]) -> Option<usize> {
        // Counted beforehand where it may be too long, since that is soon done.
        let fits = src.len() * 3 <= dst.len();
        if !fits && length(Text::Utf16(src), Encoding::Utf8) > dst.len() {
            return None;
        }
        short::encode(src, dst)
    }
    encode(src, dst)
}

// Non-ASCII text.

/// Whether bytes are UTF-8, which are known not to be ASCII.
#[inline(never)]
fn is_other_utf8(src: &[u8]) -> bool {
    // As many as go through the state machine while the library finds its kernel.
    if src.len() <= 32 { short::is_utf8(src) } else { simdutf::validate_utf8(src) }
}

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
    }
}

/// Writes a text, the first `ascii` units of which have been written, and gives
/// the length of all; `None` if it is ill-formed or does not fit.
#[inline(never)]
fn convert(src: Text<'_>, ascii: usize, dst: Dest<'_>) -> Option<usize> {
    let written = match (src, dst) {
        (Text::Utf8(s), Dest::Utf8(d)) => {
            let rest = s.get(ascii..)?;
            if !is_utf8(rest) {
                return None;
            }
            d.get_mut(ascii..s.len())?.copy_from_slice(rest);
            rest.len()
        }
        (Text::Utf16(s), Dest::Utf16(d)) => {
            let rest = s.get(ascii..)?;
            if !is_paired(rest) {
                return None;
            }
            d.get_mut(ascii..s.len())?.copy_from_slice(rest);
            rest.len()
        }
        // The validating kernels: they are no slower than the others, and on
        // AVX-512 faster.
        (Text::Utf8(s), Dest::Utf16(d)) => {
            let (rest, room) = (s.get(ascii..)?, d.get_mut(ascii..)?);
            let kernel = utf8_to_utf16;
            // SAFETY: no sequence of n bytes, not even an ill-formed one, makes
            // the kernel write more than n 16-bit units.
            unsafe {
                convert_within::<_, _, 1, 128>(rest, room, whole_utf8, short::decode, kernel)?
            }
        }
        (Text::Utf16(s), Dest::Utf8(d)) => {
            let (rest, room) = (s.get(ascii..)?, d.get_mut(ascii..)?);
            let kernel = simdutf::convert_utf16_to_utf8;
            // SAFETY: as above; a unit makes three bytes at most. The library's
            // own bounded conversion relies on the same.
            unsafe {
                convert_within::<_, _, 3, 32>(rest, room, whole_utf16, short::encode, kernel)?
            }
        }
    };
    Some(ascii + written)
}

/// The kernel that tells what is wrong: longer text takes it a tenth less time
/// than the one that does not.
///
/// # Safety
///
/// `src` must have `len` readable bytes, and `dst` room for `len + SLACK` units.
#[inline]
unsafe fn utf8_to_utf16(src: *const u8, len: usize, dst: *mut u16) -> usize {
    // SAFETY: that is what the kernel demands, and the caller vouches for it.
    let result = unsafe { simdutf::convert_utf8_to_utf16_with_errors(src, len, dst) };
    if result.error == simdutf::ErrorCode::Success { result.count } else { 0 }
}

/// Source units that go through the stack where the destination has not room
/// for their worst case.
const BOUNCE: usize = 1024;

/// Room beyond the worst case, for kernels that store whole vectors.
const SLACK: usize = 32;

/// Converts with a kernel that knows no bounds, and stays within them.
///
/// The exact room is enough for well-formed text only, and text that was
/// measured may have changed since. To measure again would cost up to a third
/// more. So each part is no longer than what its worst case, `GROWTH` units for
/// one, leaves room for; parts shrink towards the end, and the last thousand
/// units or so take a detour over the stack. Up to `FEW` units are left to
/// `finish`, a loop that needs no more than the exact room.
///
/// # Safety
///
/// Given any readable `n` units, `kernel` must write at most `GROWTH * n +
/// SLACK` units, and exactly as many as it counts. It counts none of ill-formed
/// text.
#[inline(always)]
unsafe fn convert_within<S, D: Copy, const GROWTH: usize, const FEW: usize>(
    mut src: &[S],
    dst: &mut [D],
    whole: impl Fn(&[S], usize) -> Option<usize>,
    finish: impl Fn(&[S], &mut [D]) -> Option<usize>,
    kernel: unsafe fn(*const S, usize, *mut D) -> usize,
) -> Option<usize> {
    const { assert!(GROWTH <= 3) }
    let mut written = 0;
    while src.len() > FEW {
        let room = dst.get_mut(written..)?;
        let fit = room.len().saturating_sub(SLACK) / GROWTH;
        let direct = fit > BOUNCE || fit >= src.len();
        let (part, rest) = src.split_at(whole(src, if direct { fit } else { BOUNCE })?);
        let count = if direct {
            // SAFETY: `part` is a slice, so readable, and `room`, which cannot
            // overlap it, has what the caller promises to be enough: `part.len()`
            // is at most `fit`, which is not 0, so the subtraction was exact.
            unsafe { kernel(part.as_ptr(), part.len(), room.as_mut_ptr()) }
        } else {
            let mut bounce = [const { MaybeUninit::<D>::uninit() }; 3 * BOUNCE + SLACK];
            // SAFETY: as above, since `part.len() <= BOUNCE` and `GROWTH <= 3`.
            let count = unsafe { kernel(part.as_ptr(), part.len(), bounce.as_mut_ptr().cast()) };
            // SAFETY: so many units have been written.
            let units = unsafe { bounce.get(..count)?.assume_init_ref() };
            room.get_mut(..count)?.copy_from_slice(units);
            count
        };
        if count == 0 {
            return None;
        }
        written += count;
        src = rest;
    }
    Some(written + finish(src, dst.get_mut(written..)?)?)
}

/// The longest prefix of up to `most` units that cuts no surrogate pair.
#[inline]
fn whole_utf16(src: &[u16], most: usize) -> Option<usize> {
    if src.len() <= most {
        return Some(src.len());
    }
    let cut = is_high(*src.get(most.checked_sub(1)?)?);
    Some(most - cut as usize)
}

/// The longest prefix of up to `most` bytes that cuts no sequence; `None` only
/// where there is none in well-formed text.
#[inline]
fn whole_utf8(src: &[u8], most: usize) -> Option<usize> {
    if src.len() <= most {
        return Some(src.len());
    }
    let starts = |&at: &usize| src.get(at).is_some_and(|byte| byte & 0xC0 != 0x80);
    (most.saturating_sub(3)..=most).rev().find(starts)
}

/// By how many bytes UTF-8 would exceed the number of units if no surrogates
/// were paired, and how many surrogates there are: each in a pair takes one
/// byte less.
#[inline]
fn survey_utf16(src: &[u16]) -> (usize, usize) {
    #[inline(always)]
    fn survey(src: &[u16]) -> (usize, usize) {
        let (mut growth, mut surrogates) = (0, 0);
        // The sums of a chunk fit 16 bits, so the loop keeps to 16-bit lanes.
        for chunk in src.chunks(4096) {
            let (mut g, mut s) = (0u16, 0u16);
            for &unit in chunk {
                g += (unit >= 0x80) as u16 + (unit >= 0x800) as u16;
                s += (unit & 0xF800 == 0xD800) as u16;
            }
            growth += g as usize;
            surrogates += s as usize;
        }
        (growth, surrogates)
    }
    vectorized!(survey::<>(src: &[u16]) -> (usize, usize))
}

/// Whether every surrogate is half of a pair: UTF-16's only rule.
#[inline]
fn is_paired(src: &[u16]) -> bool {
    #[inline(always)]
    fn neighbours_agree(src: &[u16]) -> bool {
        // Two slices of one length: with an iterator that skips, not every build
        // makes vectors of it.
        let (Some((_, rest)), Some((_, first))) = (src.split_first(), src.split_last()) else {
            return true;
        };
        let mut lone = false;
        for (&a, &b) in first.iter().zip(rest) {
            lone |= is_high(a) != is_low(b);
        }
        !lone
    }
    let (Some(&first), Some(&last)) = (src.first(), src.last()) else { return true };
    if is_low(first) || is_high(last) {
        return false;
    }
    vectorized!(neighbours_agree::<>(src: &[u16]) -> bool)
}

#[inline(always)]
fn is_high(unit: u16) -> bool {
    unit & 0xFC00 == 0xD800
}

#[inline(always)]
fn is_low(unit: u16) -> bool {
    unit & 0xFC00 == 0xDC00
}

// ASCII.

/// The length of a prefix that is ASCII: of all, or up to somewhere before the
/// first unit that is not.
#[inline]
fn ascii_prefix(src: Text<'_>) -> usize {
    // A destination without size: the loop that copies, without the copy.
    let nowhere = &mut [(); usize::MAX];
    match src {
        Text::Utf8(s) => sweep_ascii(s, nowhere),
        Text::Utf16(s) => sweep_ascii(s, nowhere),
    }
}

/// Writes such a prefix, and gives its length. What is written after it means
/// nothing.
#[inline(always)]
fn copy_ascii(src: Text<'_>, dst: Dest<'_>) -> usize {
    match (src, dst) {
        (Text::Utf8(s), Dest::Utf8(d)) => sweep_ascii(s, d),
        (Text::Utf8(s), Dest::Utf16(d)) => sweep_ascii(s, d),
        (Text::Utf16(s), Dest::Utf8(d)) => sweep_ascii(s, d),
        (Text::Utf16(s), Dest::Utf16(d)) => sweep_ascii(s, d),
    }
}

/// The sweep of text of any length; other than [`short::sweep`] it stops where
/// text is not ASCII.
#[inline]
fn sweep_ascii<S: Unit, D: From7Bit<S>>(src: &[S], dst: &mut [D]) -> usize {
    let len = src.len().min(dst.len());
    let (src, dst) = (&src[..len], &mut dst[..len]);
    if len > short::SWEPT {
        return sweep_long(src, dst);
    }
    if short::sweep(src, dst) { len } else { 0 }
}

/// Not inlined, for the reason that [`short::sweep`] has.
#[inline(never)]
fn sweep_long<S: Unit, D: From7Bit<S>>(src: &[S], dst: &mut [D]) -> usize {
    vectorized!(sweep::<S: Unit, D: From7Bit<S>>(src: &[S], dst: &mut [D]) -> usize)
}

/// Goes by blocks; the last one, of more than 64 units, overlaps the one before.
#[inline(always)]
fn sweep<S: Unit, D: From7Bit<S>>(src: &[S], dst: &mut [D]) -> usize {
    let mut done = 0;
    for (s, d) in src.as_chunks::<64>().0.iter().zip(dst.as_chunks_mut::<64>().0) {
        if !block(s, d) {
            return done;
        }
        done += 64;
    }
    let last = src.last_chunk::<64>().zip(dst.last_chunk_mut());
    if last.is_some_and(|(s, d)| block(s, d)) { src.len() } else { done }
}
