//! Text of more than a few dozen units from one encoding to the other, within
//! its bounds: runs of three-byte characters by loops of our own, the rest by
//! `simdutf`'s kernels, which know none.

#![allow(unsafe_code)]

use std::mem::MaybeUninit;

use super::long::{decode_run, encode_run, is_high};
use super::short;

/// UTF-8 to UTF-16: the number of units; `None` if the text is ill-formed or does
/// not fit.
#[inline]
pub fn to_utf16(src: &[u8], dst: &mut [MaybeUninit<u16>]) -> Option<usize> {
    convert::<ToUtf16>(src, dst)
}

/// UTF-16 to UTF-8: the number of bytes; `None` if the text is ill-formed or does
/// not fit.
#[inline]
pub fn to_utf8(src: &[u16], dst: &mut [MaybeUninit<u8>]) -> Option<usize> {
    convert::<ToUtf8>(src, dst)
}

/// Room beyond the worst case, for kernels that store whole vectors.
pub const SLACK: usize = 32;

/// Source units that go through the stack where the destination has not room
/// for their worst case.
const BOUNCE: usize = 1024;

/// A direction.
///
/// # Safety
///
/// Given any readable `n` units, [`kernel`](Self::kernel) must write at most
/// `GROWTH * n + SLACK` units, and exactly as many as it counts.
unsafe trait Direction {
    type From: Copy;
    type To: Copy;
    /// The most units that one unit becomes.
    const GROWTH: usize;
    /// Units of a three-byte character, from and to.
    const RUN: (usize, usize);

    /// Up to so many units [`one_by_one`](Self::one_by_one) takes no longer than
    /// the kernel.
    fn few() -> usize;

    /// The longest prefix of up to so many units that cuts no character; `None`
    /// only where there is none in well-formed text.
    fn whole(src: &[Self::From], most: usize) -> Option<usize>;

    /// The number of three-byte characters that were written, which the text
    /// begins with.
    fn run(src: &[Self::From], dst: &mut [MaybeUninit<Self::To>]) -> usize;

    /// The number of units written; `None` if the text is ill-formed or does not
    /// fit. It needs no more than the exact room.
    fn one_by_one(src: &[Self::From], dst: &mut [MaybeUninit<Self::To>]) -> Option<usize>;

    /// The number of units written; 0 if the text is ill-formed.
    ///
    /// # Safety
    ///
    /// `src` must have `len` readable units, and `dst`, elsewhere, room for
    /// `GROWTH * len + SLACK`.
    unsafe fn kernel(src: *const Self::From, len: usize, dst: *mut Self::To) -> usize;
}

/// Converts, and stays within the bounds of the destination.
///
/// The exact room is enough for well-formed text only, and text that was
/// measured may have changed since. To measure again would cost up to a third
/// more. So each part for the kernel is no longer than what its worst case leaves
/// room for; parts shrink towards the end, and the last thousand units or so take
/// a detour over the stack.
///
/// Three-byte characters that the text begins with are taken at once. Behind what
/// interrupts them the kernel goes on: to try again after every block costs more
/// than it gains in text that mixes scripts.
#[inline(always)]
fn convert<D: Direction>(mut src: &[D::From], dst: &mut [MaybeUninit<D::To>]) -> Option<usize> {
    const { assert!(D::GROWTH <= 3) }
    let mut written = 0;
    let few = D::few();
    if src.len() > few {
        let run = D::run(src, dst);
        (src, written) = (src.get(D::RUN.0 * run..)?, D::RUN.1 * run);
    }
    while src.len() > few {
        let room = dst.get_mut(written..)?;
        let fit = room.len().saturating_sub(SLACK) / D::GROWTH;
        let direct = fit > BOUNCE || fit >= src.len();
        let (part, rest) = src.split_at(D::whole(src, if direct { fit } else { BOUNCE })?);
        let count = if direct {
            // SAFETY: `part` is a slice, so readable, and `room`, which cannot
            // overlap it, has what the kernel demands: `part.len()` is at most
            // `fit`, which is not 0, so the subtraction was exact.
            unsafe { D::kernel(part.as_ptr(), part.len(), room.as_mut_ptr().cast()) }
        } else {
            let mut bounce = [const { MaybeUninit::<D::To>::uninit() }; 3 * BOUNCE + SLACK];
            let to = bounce.as_mut_ptr().cast();
            // SAFETY: as above, since `part.len() <= BOUNCE` and `GROWTH <= 3`.
            let count = unsafe { D::kernel(part.as_ptr(), part.len(), to) };
            room.get_mut(..count)?.copy_from_slice(bounce.get(..count)?);
            count
        };
        if count == 0 {
            return None;
        }
        written += count;
        src = rest;
    }
    Some(written + D::one_by_one(src, dst.get_mut(written..)?)?)
}

// The validating kernels: they are no slower than the others, and on AVX-512
// faster.

/// Whether the kernels are those for AVX-512, which take text of a few dozen units in
/// a quarter of the time that those for AVX2 need.
#[inline(always)]
fn is_wide() -> bool {
    #[cfg(target_arch = "x86_64")]
    let wide = is_x86_feature_detected!("avx512vbmi2");
    #[cfg(not(target_arch = "x86_64"))]
    let wide = false;
    wide
}

struct ToUtf16;

// SAFETY: no sequence of n bytes, not even an ill-formed one, makes the kernel
// write more than n 16-bit units.
unsafe impl Direction for ToUtf16 {
    type From = u8;
    type To = u16;
    const GROWTH: usize = 1;
    const RUN: (usize, usize) = (3, 1);

    fn few() -> usize {
        if is_wide() { 24 } else { 128 }
    }

    fn whole(src: &[u8], most: usize) -> Option<usize> {
        whole_utf8(src, most)
    }

    fn run(src: &[u8], dst: &mut [MaybeUninit<u16>]) -> usize {
        if matches!(src, [0xE0..=0xEF, ..]) { decode_run(src, dst) } else { 0 }
    }

    fn one_by_one(src: &[u8], dst: &mut [MaybeUninit<u16>]) -> Option<usize> {
        short::decode(src, dst)
    }

    /// The one that tells what is wrong: longer text takes it a tenth less time
    /// than the one that does not.
    unsafe fn kernel(src: *const u8, len: usize, dst: *mut u16) -> usize {
        // SAFETY: that is what the kernel demands, and the caller vouches for it.
        let result = unsafe { simdutf::convert_utf8_to_utf16_with_errors(src, len, dst) };
        if result.error == simdutf::ErrorCode::Success { result.count } else { 0 }
    }
}

struct ToUtf8;

// SAFETY: no sequence of n 16-bit units, not even an ill-formed one, makes the
// kernel write more than 3 n bytes. The library's own bounded conversion relies on
// the same.
unsafe impl Direction for ToUtf8 {
    type From = u16;
    type To = u8;
    const GROWTH: usize = 3;
    const RUN: (usize, usize) = (1, 3);

    fn few() -> usize {
        if is_wide() { 12 } else { 32 }
    }

    fn whole(src: &[u16], most: usize) -> Option<usize> {
        whole_utf16(src, most)
    }

    fn run(src: &[u16], dst: &mut [MaybeUninit<u8>]) -> usize {
        if matches!(src, [0x800..=0xFFFF, ..]) { encode_run(src, dst) } else { 0 }
    }

    fn one_by_one(src: &[u16], dst: &mut [MaybeUninit<u8>]) -> Option<usize> {
        short::encode(src, dst)
    }

    unsafe fn kernel(src: *const u16, len: usize, dst: *mut u8) -> usize {
        // SAFETY: that is what the kernel demands, and the caller vouches for it.
        unsafe { simdutf::convert_utf16_to_utf8(src, len, dst) }
    }
}

/// The longest prefix of up to `most` bytes that cuts no character; `None` only
/// where there is none in well-formed text.
#[inline]
pub fn whole_utf8(src: &[u8], most: usize) -> Option<usize> {
    if src.len() <= most {
        return Some(src.len());
    }
    let starts = |&at: &usize| src.get(at).is_some_and(|byte| byte & 0xC0 != 0x80);
    (most.saturating_sub(3)..=most).rev().find(starts)
}

/// The longest prefix of up to `most` units that cuts no surrogate pair.
#[inline]
pub fn whole_utf16(src: &[u16], most: usize) -> Option<usize> {
    if src.len() <= most {
        return Some(src.len());
    }
    let cut = is_high(*src.get(most.checked_sub(1)?)?);
    Some(most - cut as usize)
}
