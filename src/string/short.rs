//! Loops of our own for text of a few dozen units, where finding and calling a
//! kernel of `simdutf` takes longer than the work.
//!
//! ASCII is swept: blocks from both ends of the text meet, so that no length
//! between 4 and 64 has a loop at all. Other text goes one scalar value after
//! another, by branches, which a text in one script makes predictable.

use super::Encoding;
use std::mem::MaybeUninit;

/// The longest text that can be swept.
pub const SWEPT: usize = 64;

/// Writes a text of up to [`SWEPT`] units to a destination of the same length and
/// tells whether it was ASCII. Of what is not ASCII the lowest bits are copied, as many
/// as there is room for.
///
/// Not inlined: where the slices are parameters the compiler knows that they do
/// not overlap, and uses whole vectors.
#[inline(never)]
pub fn sweep<S: Unit, D: From7Bit<S>>(src: &[S], dst: &mut [D]) -> bool {
    match src.len() {
        32..=SWEPT => ends::<_, _, 32>(src, dst),
        16..32 => ends::<_, _, 16>(src, dst),
        8..16 => ends::<_, _, 8>(src, dst),
        4..8 => ends::<_, _, 4>(src, dst),
        2..4 => ends::<_, _, 2>(src, dst),
        1 => ends::<_, _, 1>(src, dst),
        len => len == 0,
    }
}

/// Sweeps the first `N` units and the last, which between them are all.
#[inline(always)]
fn ends<S: Unit, D: From7Bit<S>, const N: usize>(src: &[S], dst: &mut [D]) -> bool {
    let (Some(s), Some(d)) = (src.first_chunk::<N>(), dst.first_chunk_mut::<N>()) else {
        return false;
    };
    let first = block(s, d);
    let (Some(s), Some(d)) = (src.last_chunk::<N>(), dst.last_chunk_mut::<N>()) else {
        return false;
    };
    // Both, whatever the first is: bytes are to be copied.
    first & block(s, d)
}

/// Sweeps a block.
#[inline(always)]
pub fn block<S: Unit, D: From7Bit<S>, const N: usize>(src: &[S; N], dst: &mut [D; N]) -> bool {
    for (s, d) in src.iter().zip(dst) {
        *d = D::from_7bit(*s);
    }
    S::is_ascii(src)
}

/// UTF-16 to UTF-8: the number of bytes, or `None` if it is ill-formed or does
/// not fit.
#[inline]
pub fn encode(mut src: &[u16], dst: &mut [MaybeUninit<u8>]) -> Option<usize> {
    let mut at = 0;
    while let [unit, rest @ ..] = src {
        src = rest;
        let c = u32::from(*unit);
        // Six bits for the last byte but so many.
        let six = |c: u32, bytes: u32| c >> (6 * bytes) & 0x3F;
        // The bytes in one word, the first lowest.
        let (bytes, len) = if c < 0x80 {
            (c, 1)
        } else if c < 0x800 {
            (0x80C0 | c >> 6 | six(c, 0) << 8, 2)
        } else if c & 0xF800 != 0xD800 {
            (0x80_80E0 | c >> 12 | six(c, 1) << 8 | six(c, 0) << 16, 3)
        } else {
            let [low, rest @ ..] = src else { return None };
            src = rest;
            let low = u32::from(*low);
            if c >= 0xDC00 || low & 0xFC00 != 0xDC00 {
                return None;
            }
            let c = 0x10000 + ((c & 0x3FF) << 10 | low & 0x3FF);
            let first = 0x8080_80F0 | c >> 18;
            (first | six(c, 2) << 8 | six(c, 1) << 16 | six(c, 0) << 24, 4)
        };
        let room = dst.get_mut(at..)?;
        match room.first_chunk_mut() {
            // What is too much is overwritten by the next.
            Some(room) => *room = bytes.to_le_bytes().map(MaybeUninit::new),
            None => {
                room.get_mut(..len)?.write_copy_of_slice(&bytes.to_le_bytes()[..len]);
            }
        }
        at += len;
    }
    Some(at)
}

/// UTF-8 to UTF-16: the number of units, or `None` if it is ill-formed or does
/// not fit.
#[inline]
pub fn decode(mut src: &[u8], dst: &mut [MaybeUninit<u16>]) -> Option<usize> {
    let mut at = 0;
    while let [first, rest @ ..] = src {
        if *first < 0x80 {
            dst.get_mut(at)?.write(u16::from(*first));
            at += 1;
            src = rest;
            continue;
        }
        // Four bytes in one word, the first lowest; what is missing at the end
        // is no continuation.
        let bytes = match src.first_chunk() {
            Some(bytes) => u32::from_le_bytes(*bytes),
            None => src.iter().rev().fold(0, |bytes, byte| bytes << 8 | u32::from(*byte)),
        };
        let six = |nth: u32| bytes >> (8 * nth) & 0x3F;
        let (c, len) = if bytes & 0xC0C0F0 == 0x8080E0 {
            let c = (bytes & 0xF) << 12 | six(1) << 6 | six(2);
            if c < 0x800 || c & 0xF800 == 0xD800 {
                return None;
            }
            (c, 3)
        } else if bytes & 0xC0E0 == 0x80C0 {
            let c = (bytes & 0x1F) << 6 | six(1);
            if c < 0x80 {
                return None;
            }
            (c, 2)
        } else if bytes & 0xC0C0_C0F8 == 0x8080_80F0 {
            let c = (bytes & 0x7) << 18 | six(1) << 12 | six(2) << 6 | six(3);
            if !(0x10000..0x110000).contains(&c) {
                return None;
            }
            let c = c - 0x10000;
            dst.get_mut(at)?.write(0xD800 | (c >> 10) as u16);
            at += 1;
            (0xDC00 | c & 0x3FF, 4)
        } else {
            return None;
        };
        dst.get_mut(at)?.write(c as u16);
        at += 1;
        src = src.get(len..)?;
    }
    Some(at)
}

/// Writes units of UTF-16 as Latin-1, or where that does not hold them as they are, and
/// tells how many and which; `None` where there is no room.
pub fn narrowest(units: &[u16], into: &mut [u8; SWEPT]) -> Option<(usize, Encoding)> {
    let len = units.len();
    if units.iter().fold(0, |all, unit| all | unit) < 0x100 {
        for (byte, unit) in into.get_mut(..len)?.iter_mut().zip(units) {
            *byte = *unit as u8;
        }
        return Some((len, Encoding::Latin1));
    }
    for (pair, unit) in into.as_chunks_mut().0.get_mut(..len)?.iter_mut().zip(units) {
        *pair = unit.to_le_bytes();
    }
    Some((len, Encoding::Utf16))
}

/// Whether bytes are UTF-8: a state machine in which a step is one shift.
///
/// A state is the place of a field of [`FIELD`] bits in a word. The row of a byte
/// has the next state in the field of each; nothing is tested before the end.
#[inline]
pub fn is_utf8(bytes: &[u8]) -> bool {
    let mut state = START;
    for &byte in bytes {
        state = ROWS[usize::from(byte)] >> (state & (u64::BITS as u64 - 1));
    }
    state & (u64::BITS as u64 - 1) == START
}

/// Bits of a state.
const FIELD: u64 = 6;

// The states. From the one that is left out, 0, no byte leads away.
const START: u64 = FIELD;
/// So many continuation bytes are still to come.
const ONE: u64 = 2 * FIELD;
const TWO: u64 = 3 * FIELD;
const THREE: u64 = 4 * FIELD;
/// After a byte that restricts the one behind it.
const AFTER_E0: u64 = 5 * FIELD;
const AFTER_ED: u64 = 6 * FIELD;
const AFTER_F0: u64 = 7 * FIELD;
const AFTER_F4: u64 = 8 * FIELD;

static ROWS: [u64; 256] = {
    let mut rows = [0; 256];
    let mut byte = 0;
    while byte < rows.len() {
        rows[byte] = match byte {
            0x00..=0x7F => START << START,
            0xC2..=0xDF => ONE << START,
            0xE0 => AFTER_E0 << START,
            0xED => AFTER_ED << START,
            0xE1..=0xEF => TWO << START,
            0xF0 => AFTER_F0 << START,
            0xF4 => AFTER_F4 << START,
            0xF1..=0xF3 => THREE << START,
            0x80..=0xBF => {
                let second_of_three = if byte >= 0xA0 { AFTER_E0 } else { AFTER_ED };
                let second_of_four = if byte >= 0x90 { AFTER_F0 } else { AFTER_F4 };
                START << ONE
                    | ONE << TWO
                    | TWO << THREE
                    | ONE << second_of_three
                    | TWO << second_of_four
            }
            _ => 0,
        };
        byte += 1;
    }
    rows
};

/// A code unit: any bits are one.
pub trait Unit: Copy {
    /// Whether all of a block is ASCII.
    fn is_ascii<const N: usize>(block: &[Self; N]) -> bool;
}

impl Unit for u8 {
    /// Few bytes by words: beside another loop over them the compiler would
    /// make vectors of neither.
    #[inline(always)]
    fn is_ascii<const N: usize>(block: &[u8; N]) -> bool {
        if N >= 32 {
            return block.iter().fold(0, |all, byte| all | byte) < 0x80;
        }
        let (words, bytes) = block.as_chunks();
        let words = words.iter().fold(0, |all, word| all | u64::from_ne_bytes(*word));
        let bytes = bytes.iter().fold(0, |all, byte| all | byte);
        words & 0x8080_8080_8080_8080 == 0 && bytes < 0x80
    }
}

impl Unit for u16 {
    #[inline(always)]
    fn is_ascii<const N: usize>(block: &[u16; N]) -> bool {
        block.iter().fold(0, |all, unit| all | unit) < 0x80
    }
}

/// Room in which an ASCII unit can be written; of other units, what fits.
pub trait From7Bit<S> {
    /// Writes it so.
    fn from_7bit(unit: S) -> Self;
}

macro_rules! from_7bit {
    ($($from:ident => $to:ty),+) => {$(
        impl From7Bit<$from> for MaybeUninit<$to> {
            #[inline(always)]
            fn from_7bit(unit: $from) -> MaybeUninit<$to> {
                MaybeUninit::new(unit as $to)
            }
        }
    )+};
}

from_7bit!(u8 => u8, u8 => u16, u16 => u8, u16 => u16);

impl<S> From7Bit<S> for () {
    #[inline(always)]
    fn from_7bit(_: S) {}
}
