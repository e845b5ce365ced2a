//! How text comes to a callback with slots: where it lies, or transcoded.
//!
//! Not here: calls.

use super::slot::witrt_text_t;
use crate::string::{
    Dest, Measured, SHORT, Text, copy, is_utf8, measure, short_to_utf16, transcode,
};
use crate::{Encoding, Error, ErrorKind, HostCall, Policy, Result};
use std::ffi::c_void;
use std::mem::MaybeUninit;

/// ShortRoom for the shortest texts.
pub(super) type ShortRoom = MaybeUninit<[u16; SHORT]>;

/// The next argument, text, as the callback wants it: where it lies, in
/// `room` if it is short, or in a buffer, which is then to be kept.
#[inline(always)]
pub(super) fn text_of(
    call: &mut HostCall<'_, '_>,
    encoding: Encoding,
    room: Option<&mut ShortRoom>,
    mut keep: impl FnMut(Vec<u16>),
) -> Result<witrt_text_t> {
    // Nearly always it is a guest's, and well-formed.
    if let Some((bytes, buffers)) = call.text_in_place()? {
        let placed = match (encoding, room) {
            (Encoding::Utf8, _) => is_utf8(bytes).then(|| lent(bytes)),
            (Encoding::Utf16, Some(room)) if bytes.len() <= SHORT => {
                let room = room.write([0; SHORT]);
                let len = short_to_utf16(bytes, room);
                len.map(|len| witrt_text_t { data: room.as_ptr().cast(), size: len })
            }
            (Encoding::Utf16, _) => widened(bytes, buffers, &mut keep),
            _ => None,
        };
        if let Some(placed) = placed {
            call.take_text();
            return Ok(placed);
        }
    }
    let mut buffer = call.buffer();
    let placed = call.text(|text, rule| place(text, encoding, rule, &mut buffer));
    keep(buffer);
    placed
}

/// Text in UTF-16, in one of the store's buffers, unless it is ill-formed.
#[inline(never)]
fn widened(
    bytes: &[u8],
    buffers: &mut Vec<Vec<u16>>,
    keep: &mut impl FnMut(Vec<u16>),
) -> Option<witrt_text_t> {
    let mut buffer = buffers.pop().unwrap_or_default();
    match widen(bytes, Policy::Reject, &mut buffer) {
        Ok(placed) => {
            keep(buffer);
            Some(placed)
        }
        Err(_) => {
            buffers.push(buffer);
            None
        }
    }
}

/// The buffers that the texts of a short call are in. Nearly always there are
/// none, which costs nothing.
pub(super) struct Buffers<const N: usize> {
    all: [MaybeUninit<Vec<u16>>; N],
    /// So many of them are there.
    len: usize,
}

impl<const N: usize> Default for Buffers<N> {
    #[inline(always)]
    fn default() -> Buffers<N> {
        Buffers { all: [const { MaybeUninit::uninit() }; N], len: 0 }
    }
}

impl<const N: usize> Buffers<N> {
    /// Adds one, of no more than there are parameters.
    #[inline(always)]
    pub fn push(&mut self, buffer: Vec<u16>) {
        self.all[self.len].write(buffer);
        self.len += 1;
    }

    /// Takes one of them.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<Vec<u16>> {
        self.len = self.len.checked_sub(1)?;
        // SAFETY: those below the length that was were written, and this one is
        // not among them any more.
        Some(unsafe { self.all[self.len].assume_init_read() })
    }
}

impl<const N: usize> Drop for Buffers<N> {
    #[inline(always)]
    fn drop(&mut self) {
        while let Some(buffer) = self.pop() {
            drop(buffer);
        }
    }
}

/// Text that stays where it lies.
#[inline]
fn lent<T>(units: &[T]) -> witrt_text_t {
    witrt_text_t { data: units.as_ptr().cast(), size: units.len() }
}

/// Text of an argument as the callback wants it: where it lies, or in the
/// buffer.
#[inline(never)]
fn place(
    text: Text<'_>,
    wanted: Encoding,
    rule: Policy,
    buffer: &mut Vec<u16>,
) -> Result<witrt_text_t> {
    if let (Text::Utf8(bytes), Encoding::Utf16) = (text, wanted) {
        return widen(bytes, rule, buffer);
    }
    let measured = measure(text, wanted, rule)?;
    let loose = matches!(text, Text::LooseUtf16(_) | Text::LooseUtf32(_));
    if text.encoding() == wanted && !measured.replaces() && !loose {
        return Ok(witrt_text_t { data: text.as_ptr().cast(), size: text.len() });
    }
    let data = write(&measured, text, buffer)?;
    Ok(witrt_text_t { data, size: measured.len() })
}

/// UTF-8 as UTF-16, in a buffer.
#[inline(always)]
fn widen(bytes: &[u8], rule: Policy, buffer: &mut Vec<u16>) -> Result<witrt_text_t> {
    // As many units as there are bytes are enough, so one pass is.
    make_room(buffer, bytes.len())?;
    let len = copy(Text::Utf8(bytes), Dest::utf16(buffer), rule)?;
    Ok(witrt_text_t { data: buffer.as_ptr().cast(), size: len })
}

/// Transcodes into a buffer, which is one of bytes then, or of wider units.
fn write(measured: &Measured, text: Text<'_>, buffer: &mut Vec<u16>) -> Result<*const c_void> {
    let len = measured.len();
    let size = measured.to().unit_size();
    // One more, to begin where units of four bytes may.
    make_room(buffer, (len * size).div_ceil(2) + 1)?;
    let start = buffer.as_mut_ptr().cast::<u8>();
    let start = start.wrapping_add(start.addr().wrapping_neg() & (size - 1));
    // SAFETY: behind what aligns them, which is two bytes at most, the buffer has room
    // for so many units.
    let dest = unsafe { Dest::at(measured.to(), start, len) };
    transcode(measured, text, dest)
        .map_err(|_| Error::new(ErrorKind::BadText, "the text changed while it was read"))?;
    Ok(start.cast_const().cast())
}

/// Makes a buffer have so many units, and some for the next text.
#[inline]
fn make_room(buffer: &mut Vec<u16>, units: usize) -> Result<()> {
    if buffer.len() >= units { Ok(()) } else { grow(buffer, units) }
}

#[cold]
fn grow(buffer: &mut Vec<u16>, units: usize) -> Result<()> {
    let units = units.max(FEW_UNITS);
    buffer.clear();
    buffer.try_reserve_exact(units).map_err(|_| {
        let message = format!("no memory for a string of {units} code units");
        Error::new(ErrorKind::OutOfMemory, message)
    })?;
    buffer.resize(units, 0);
    Ok(())
}

/// A buffer has no less.
const FEW_UNITS: usize = 64;
