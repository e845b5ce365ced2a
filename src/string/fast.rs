//! What runs: `simdutf`'s kernels, and ASCII paths of our own where they win.
//!
//! Well-formed text is fast; ill-formed text goes to the scalar twin, which
//! finds the position or makes the replacements.

#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::ops::BitOr;

use super::{BadText, Changed, CopyError, Dest, Encoding, Measured, Policy, Text, scalar};

/// See [`super::measure`].
#[inline]
pub fn measure(src: Text<'_>, to: Encoding, policy: Policy) -> Result<Measured, BadText> {
    let survey = match src {
        Text::Utf8(s) => survey_utf8(s, to),
        Text::Utf16(s) => survey_utf16(s, to),
    };
    match survey {
        Some((len, ascii)) => Ok(Measured {
            from: src.encoding(),
            units: src.len(),
            to,
            len,
            ascii,
            replaces: false,
        }),
        None => scalar::measure(src, to, policy),
    }
}

/// See [`super::transcode`].
#[inline]
pub fn transcode(m: &Measured, src: Text<'_>, dst: Dest<'_>) -> Result<(), Changed> {
    m.check(&src, &dst)?;
    if m.replaces {
        return scalar::transcode(m, src, dst);
    }
    let written = match (src, dst) {
        (Text::Utf8(s), Dest::Utf8(d)) if m.ascii => Some(copy_ascii(s, d)),
        (Text::Utf8(s), Dest::Utf16(d)) if m.ascii => Some(copy_ascii(s, d)),
        (Text::Utf16(s), Dest::Utf8(d)) if m.ascii => Some(copy_ascii(s, d)),
        (Text::Utf16(s), Dest::Utf16(d)) if m.ascii => Some(copy_ascii(s, d)),
        (src, dst) => convert(src, dst),
    };
    if written == Some(m.len) { Ok(()) } else { Err(Changed) }
}

/// See [`super::validate`].
#[inline]
pub fn validate(src: Text<'_>) -> Result<(), BadText> {
    let well_formed = match src {
        Text::Utf8(s) => survey_utf8(s, Encoding::Utf8).is_some(),
        Text::Utf16(s) => survey_utf16(s, Encoding::Utf16).is_some(),
    };
    if well_formed { Ok(()) } else { scalar::validate(src) }
}

/// See [`super::length`].
#[inline]
pub fn length(src: Text<'_>, to: Encoding) -> usize {
    match (src, to) {
        (Text::Utf8(s), Encoding::Utf16) => simdutf::utf16_length_from_utf8(s),
        (Text::Utf16(s), Encoding::Utf8) => {
            let (more, surrogates) = count_utf16(s);
            s.len() + more - surrogates
        }
        (src, _) => src.len(),
    }
}

/// See [`super::copy`].
pub fn copy(src: Text<'_>, dst: Dest<'_>, policy: Policy) -> Result<usize, CopyError> {
    todo!()
}

/// The length in `to` and whether all is ASCII; `None` if ill-formed.
#[inline]
fn survey_utf8(src: &[u8], to: Encoding) -> Option<(usize, bool)> {
    let ascii = ascii_prefix(src);
    let rest = &src[ascii..];
    if rest.is_empty() {
        return Some((src.len(), true));
    }
    if !is_utf8(rest) {
        return None;
    }
    let len = match to {
        Encoding::Utf8 => src.len(),
        Encoding::Utf16 => ascii + simdutf::utf16_length_from_utf8(rest),
    };
    Some((len, false))
}

fn is_utf8(src: &[u8]) -> bool {
    simdutf::validate_utf8(src)
}

#[inline]
fn survey_utf16(src: &[u16], to: Encoding) -> Option<(usize, bool)> {
    let mut at = ascii_prefix(src);
    if at == src.len() {
        return Some((src.len(), true));
    }
    let mut len = src.len();
    while at < src.len() {
        let chunk = &src[at..];
        let chunk = &chunk[..split_utf16(chunk, 2048)?];
        let (more, surrogates) = count_utf16(chunk);
        if surrogates > 0 && !is_paired(chunk) {
            return None;
        }
        len += more - surrogates;
        at += chunk.len();
    }
    Some((if to == Encoding::Utf8 { len } else { src.len() }, false))
}

/// How many bytes more than units
#[inline]
fn count_utf16(src: &[u16]) -> (usize, usize) {
    #[cfg(target_arch = "x86_64")]
    if src.len() >= WIDE && is_x86_feature_detected!("avx2") {
        #[target_feature(enable = "avx2")]
        fn wide(src: &[u16]) -> (usize, usize) {
            count_body(src)
        }
        // SAFETY: the processor has AVX2, as was just found.
        return unsafe { wide(src) };
    }
    count_body(src)
}

#[inline(always)]
fn count_body(src: &[u16]) -> (usize, usize) {
    let (mut more, mut surrogates) = (0, 0);
    // Sums of a chunk fit 16 bits, so that the loop keeps 16-bit lanes.
    for chunk in src.chunks(4096) {
        let (mut m, mut g) = (0u16, 0u16);
        for &unit in chunk {
            m += (unit >= 0x80) as u16 + (unit >= 0x800) as u16;
            g += (unit & 0xF800 == 0xD800) as u16;
        }
        more += m as usize;
        surrogates += g as usize;
    }
    (more, surrogates)
}

#[inline]
fn is_paired(src: &[u16]) -> bool {
    #[cfg(target_arch = "x86_64")]
    if src.len() >= WIDE && is_x86_feature_detected!("avx2") {
        #[target_feature(enable = "avx2")]
        fn wide(src: &[u16]) -> bool {
            pairs_body(src)
        }
        // SAFETY: the processor has AVX2, as was just found.
        return unsafe { wide(src) };
    }
    pairs_body(src)
}
#[inline(always)]
fn pairs_body(src: &[u16]) -> bool {
    let (Some(&head), Some(&tail)) = (src.first(), src.last()) else { return true };
    let mut ok = head & 0xFC00 != 0xDC00 && tail & 0xFC00 != 0xD800;
    let mut bad = 0u16;
    for (&a, &b) in src.iter().zip(&src[1..]) {
        bad |= ((a & 0xFC00 == 0xD800) != (b & 0xFC00 == 0xDC00)) as u16;
    }
    ok &= bad == 0;
    ok
}

/// From how many units on
const WIDE: usize = 128;

fn split_utf16(src: &[u16], at_most: usize) -> Option<usize> {
    if src.len() <= at_most {
        return Some(src.len());
    }
    let pair = src[at_most - 1] & 0xFC00 == 0xD800;
    Some(at_most - pair as usize)
}

fn split_utf8(src: &[u8], at_most: usize) -> Option<usize> {
    if src.len() <= at_most {
        return Some(src.len());
    }
    (at_most - 3..=at_most).rev().find(|&i| src[i] & 0xC0 != 0x80)
}

fn convert(src: Text<'_>, dst: Dest<'_>) -> Option<usize> {
    match (src, dst) {
        (Text::Utf8(s), Dest::Utf8(d)) => {
            if !is_utf8(s) {
                return None;
            }
            d.get_mut(..s.len())?.copy_from_slice(s);
            Some(s.len())
        }
        (Text::Utf16(s), Dest::Utf16(d)) => {
            if !is_paired(s) {
                return None;
            }
            d.get_mut(..s.len())?.copy_from_slice(s);
            Some(s.len())
        }
        (Text::Utf8(s), Dest::Utf16(d)) => {
            bounded(s, d, 1, split_utf8, simdutf::convert_utf8_to_utf16_with_errors)
        }
        (Text::Utf16(s), Dest::Utf8(d)) => {
            bounded(s, d, 3, split_utf16, simdutf::convert_utf16_to_utf8_with_errors)
        }
    }
}

const BOUNCE: usize = 256;
const SLACK: usize = 32;

fn bounded<S: Copy, D: Copy>(
    mut src: &[S],
    dst: &mut [D],
    growth: usize,
    split: fn(&[S], usize) -> Option<usize>,
    kernel: unsafe fn(*const S, usize, *mut D) -> simdutf::Result,
) -> Option<usize> {
    let mut at = 0;
    while !src.is_empty() {
        let room = &mut dst[at..];
        let fits = room.len().saturating_sub(SLACK) / growth;
        let (part, result);
        if fits >= src.len() || fits > BOUNCE {
            part = &src[..split(src, fits)?];
            result = unsafe { kernel(part.as_ptr(), part.len(), room.as_mut_ptr()) };
            if result.error != simdutf::ErrorCode::Success {
                return None;
            }
        } else {
            part = &src[..split(src, BOUNCE)?];
            let mut bounce = [const { MaybeUninit::<D>::uninit() }; 3 * BOUNCE + SLACK];
            result = unsafe { kernel(part.as_ptr(), part.len(), bounce.as_mut_ptr().cast()) };
            if result.error != simdutf::ErrorCode::Success {
                return None;
            }
            let written = unsafe { bounce.get(..result.count)?.assume_init_ref() };
            room.get_mut(..result.count)?.copy_from_slice(written);
        }
        src = &src[part.len()..];
        at += result.count;
    }
    Some(at)
}

trait Unit: Copy + BitOr<Output = Self> + PartialOrd {
    const NUL: Self;
    const END: Self;
}
impl Unit for u8 {
    const NUL: u8 = 0;
    const END: u8 = 0x80;
}
impl Unit for u16 {
    const NUL: u16 = 0;
    const END: u16 = 0x80;
}
trait Put<S> {
    fn put(unit: S) -> Self;
}
impl Put<u16> for u8 {
    #[inline(always)]
    fn put(unit: u16) -> u8 {
        unit as u8
    }
}
impl Put<u8> for u16 {
    #[inline(always)]
    fn put(unit: u8) -> u16 {
        unit as u16
    }
}
impl Put<u8> for u8 {
    #[inline(always)]
    fn put(unit: u8) -> u8 {
        unit
    }
}
impl Put<u16> for u16 {
    #[inline(always)]
    fn put(unit: u16) -> u16 {
        unit
    }
}
impl<S> Put<S> for () {
    #[inline(always)]
    fn put(_: S) {}
}

#[inline]
fn ascii_prefix<S: Unit>(src: &[S]) -> usize {
    copy_ascii(src, &mut [(); usize::MAX])
}

#[inline]
fn copy_ascii<S: Unit, D: Put<S>>(src: &[S], dst: &mut [D]) -> usize {
    #[cfg(target_arch = "x86_64")]
    if src.len() >= WIDE && is_x86_feature_detected!("avx2") {
        #[target_feature(enable = "avx2")]
        fn wide<S: Unit, D: Put<S>>(src: &[S], dst: &mut [D]) -> usize {
            sweep(src, dst)
        }
        // SAFETY: the processor has AVX2, as was just found.
        return unsafe { wide(src, dst) };
    }
    sweep(src, dst)
}

#[inline(always)]
fn sweep<S: Unit, D: Put<S>>(src: &[S], dst: &mut [D]) -> usize {
    let n = src.len().min(dst.len());
    let (src, dst) = (&src[..n], &mut dst[..n]);
    let mut done = 0;
    if n >= 16 {
        for (s, d) in src.as_chunks::<64>().0.iter().zip(dst.as_chunks_mut::<64>().0) {
            if !block(s, d) {
                return done;
            }
            done += 64;
        }
        let (s, d) = (&src[done..], &mut dst[done..]);
        for (s, d) in s.as_chunks::<16>().0.iter().zip(d.as_chunks_mut::<16>().0) {
            if !block(s, d) {
                return done;
            }
            done += 16;
        }
        if done < n && !last::<_, _, 16>(src, dst) {
            return done;
        }
        return n;
    }
    let ascii = if n >= 8 {
        first::<_, _, 8>(src, dst) & last::<_, _, 8>(src, dst)
    } else if n >= 4 {
        first::<_, _, 4>(src, dst) & last::<_, _, 4>(src, dst)
    } else {
        let mut all = S::NUL;
        for (s, d) in src.iter().zip(dst) {
            all = all | *s;
            *d = D::put(*s);
        }
        all < S::END
    };
    if ascii { n } else { 0 }
}

#[inline(always)]
fn first<S: Unit, D: Put<S>, const N: usize>(src: &[S], dst: &mut [D]) -> bool {
    src.first_chunk::<N>().zip(dst.first_chunk_mut::<N>()).is_some_and(|(s, d)| block(s, d))
}

#[inline(always)]
fn last<S: Unit, D: Put<S>, const N: usize>(src: &[S], dst: &mut [D]) -> bool {
    src.last_chunk::<N>().zip(dst.last_chunk_mut::<N>()).is_some_and(|(s, d)| block(s, d))
}

#[inline(always)]
fn block<S: Unit, D: Put<S>, const N: usize>(src: &[S; N], dst: &mut [D; N]) -> bool {
    let mut all = S::NUL;
    for i in 0..N {
        all = all | src[i];
        dst[i] = D::put(src[i]);
    }
    all < S::END
}
