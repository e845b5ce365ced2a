//! Loops of our own for longer text, where they win over `simdutf`'s kernels.
//!
//! They are plain Rust that the compiler vectorizes for every target.

#![allow(unsafe_code)]

use super::short::{self, From7Bit, Unit, block};
use super::{Dest, Room, Text};
use std::mem::MaybeUninit;

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

/// By how many bytes UTF-8 would exceed the number of units if no surrogates
/// were paired, and how many surrogates there are: each in a pair takes one
/// byte less.
#[inline]
pub fn survey_utf16(src: &[u16]) -> (usize, usize) {
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
pub fn is_paired(src: &[u16]) -> bool {
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
pub fn is_high(unit: u16) -> bool {
    unit & 0xFC00 == 0xD800
}

#[inline(always)]
fn is_low(unit: u16) -> bool {
    unit & 0xFC00 == 0xDC00
}

// Characters of three bytes and one unit: most of what is Chinese, Japanese or
// Korean, and of nearly all other scripts of Asia.

/// So many of them are taken at once.
const BLOCK: usize = 16;

/// Decodes the blocks of such characters that a text begins with, and gives the
/// number of characters.
#[inline]
pub fn decode_run(src: &[u8], dst: &mut [MaybeUninit<u16>]) -> usize {
    #[inline(always)]
    fn decode(src: &[u8], dst: &mut [MaybeUninit<u16>]) -> usize {
        let mut done = 0;
        for (s, d) in src.as_chunks().0.iter().zip(dst.as_chunks_mut().0) {
            if !decode_block(s, d) {
                break;
            }
            done += BLOCK;
        }
        done
    }
    vectorized!(decode::<>(src: &[u8], dst: &mut [MaybeUninit<u16>]) -> usize)
}

/// Encodes them; what it gives is the same.
#[inline]
pub fn encode_run(src: &[u16], dst: &mut [MaybeUninit<u8>]) -> usize {
    #[inline(always)]
    fn encode(src: &[u16], dst: &mut [MaybeUninit<u8>]) -> usize {
        let mut done = 0;
        for (s, d) in src.as_chunks().0.iter().zip(dst.as_chunks_mut().0) {
            if !encode_block(s, d) {
                break;
            }
            done += BLOCK;
        }
        done
    }
    vectorized!(encode::<>(src: &[u16], dst: &mut [MaybeUninit<u8>]) -> usize)
}

// By index, and in 16 bits: of arrays of three, or with a test of another width,
// the compiler makes no vectors.

/// Decodes a block, and tells whether it was one.
#[inline(always)]
fn decode_block(src: &[u8; 3 * BLOCK], dst: &mut [MaybeUninit<u16>; BLOCK]) -> bool {
    let mut other = 0;
    for i in 0..BLOCK {
        let (a, b, c) = (src[3 * i] as u16, src[3 * i + 1] as u16, src[3 * i + 2] as u16);
        let unit = a << 12 | (b & 0x3F) << 6 | c & 0x3F;
        dst[i].write(unit);
        other |= (a & 0xF0 ^ 0xE0) | (b & 0xC0 ^ 0x80) | (c & 0xC0 ^ 0x80);
        other |= !becomes_three(unit) as u16;
    }
    other == 0
}

/// Encodes a block, and tells whether it was one.
#[inline(always)]
fn encode_block(src: &[u16; BLOCK], dst: &mut [MaybeUninit<u8>; 3 * BLOCK]) -> bool {
    let mut other = 0;
    for i in 0..BLOCK {
        let unit = src[i];
        dst[3 * i].write(0xE0 | (unit >> 12) as u8);
        dst[3 * i + 1].write(0x80 | (unit >> 6 & 0x3F) as u8);
        dst[3 * i + 2].write(0x80 | (unit & 0x3F) as u8);
        other |= !becomes_three(unit) as u16;
    }
    other == 0
}

/// Whether a unit by itself becomes three bytes.
#[inline(always)]
fn becomes_three(unit: u16) -> bool {
    (unit >= 0x800) & (unit & 0xF800 != 0xD800)
}

// ASCII.

/// The length of a prefix that is ASCII: of all, or up to somewhere before the
/// first unit that is not.
#[inline]
pub fn ascii_prefix(src: Text<'_>) -> usize {
    // A destination without size: the loop that copies, without the copy.
    let nowhere = &mut [(); usize::MAX];
    match src {
        Text::Utf8(s) => sweep_ascii(s, nowhere),
        Text::Utf16(s) => sweep_ascii(s, nowhere),
        _ => 0,
    }
}

/// Writes such a prefix, and gives its length. What is written after it means
/// nothing.
#[inline(always)]
pub fn copy_ascii(src: Text<'_>, dst: Dest<'_>) -> usize {
    match (src, dst.0) {
        (Text::Utf8(s), Room::Utf8(d)) => sweep_ascii(s, d),
        (Text::Utf8(s), Room::Utf16(d)) => sweep_ascii(s, d),
        (Text::Utf16(s), Room::Utf8(d)) => sweep_ascii(s, d),
        (Text::Utf16(s), Room::Utf16(d)) => sweep_ascii(s, d),
        _ => 0,
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
