//! Where a text goes: into memory of the caller's that is there, or to where a
//! function of his says once the length is known.
//!
//! Not here: where the text comes from, and what becomes of its length.

use super::boundary::{check_room, is_possible};
use crate::string::{Changed, Dest, Measured, Text, copy, measure, transcode_unchanged};
use crate::{Encoding, Error, ErrorKind, Policy, Result};
use std::ffi::c_void;
use std::ptr::NonNull;

/// A place for one text.
#[derive(Clone, Copy)]
pub enum Sink {
    Room(Room),
    Grow(Grow),
}

impl Sink {
    /// Puts a text there, and gives the length. Where there is no room for it, the
    /// error tells how much is needed.
    ///
    /// # Safety
    ///
    /// There must be the room that is promised, which nobody else uses meanwhile,
    /// and a function must be as the header demands.
    #[inline(always)]
    pub unsafe fn fill(self, text: Text<'_>, policy: Policy) -> Result<usize> {
        // SAFETY: the caller vouches for it.
        unsafe {
            match self {
                Sink::Room(room) => room.fill(text, policy),
                Sink::Grow(grow) => grow.fill(text, policy),
            }
        }
    }
}

/// Memory of a caller's for text. There may be nothing in it yet, and it is left
/// alone until there is a text to be written.
#[derive(Clone, Copy)]
pub struct Room {
    /// Aligned for its units, and not NULL.
    data: *mut c_void,
    capacity: usize,
    encoding: Encoding,
}

/// So many units more than a text can have spare the kernels a detour.
const SLACK: usize = 64;

impl Room {
    /// Checks what can be: NULL, alignment. A capacity that no memory can have
    /// promises what is needed.
    #[inline]
    pub fn new(data: *mut c_void, capacity: usize, encoding: Encoding) -> Result<Room> {
        let some = capacity.min(1);
        match encoding {
            Encoding::Utf8 | Encoding::Latin1 => check_room(data.cast::<u8>(), some, "destination"),
            Encoding::Utf16 => check_room(data.cast::<u16>(), some, "destination"),
            Encoding::Utf32 => check_room(data.cast::<u32>(), some, "destination"),
        }?;
        let data = if capacity == 0 { NonNull::<u32>::dangling().as_ptr().cast() } else { data };
        Ok(Room { data, capacity, encoding })
    }

    /// Copies a text into it, and gives the length.
    ///
    /// # Safety
    ///
    /// There must be room for `capacity` units, which nobody else uses meanwhile.
    #[inline]
    pub unsafe fn fill(self, text: Text<'_>, policy: Policy) -> Result<usize> {
        let most = if is_possible::<u32>(self.capacity) {
            // The most that a unit of any encoding becomes.
            let each = match self.encoding {
                Encoding::Utf8 => 4,
                Encoding::Utf16 => 2,
                Encoding::Latin1 | Encoding::Utf32 => 1,
            };
            text.len().saturating_mul(each).saturating_add(SLACK)
        } else {
            measure(text, self.encoding, policy)?.len()
        };
        // SAFETY: the caller vouches for so many units: no more than can be written.
        let dest = unsafe { self.dest(self.capacity.min(most)) };
        Ok(copy(text, dest, policy)?)
    }

    /// Its first units.
    ///
    /// # Safety
    ///
    /// As above, and there must be so many.
    #[inline(always)]
    unsafe fn dest<'a>(self, len: usize) -> Dest<'a> {
        // SAFETY: `new` found it aligned and not NULL, and the caller vouches for
        // the rest.
        unsafe { Dest::at(self.encoding, self.data.cast(), len) }
    }
}

/// A function of the caller's that makes room.
#[derive(Clone, Copy)]
pub struct Grow {
    pub grow: unsafe extern "C" fn(env: *mut c_void, units: usize) -> *mut c_void,
    pub env: *mut c_void,
    pub encoding: Encoding,
}

impl Grow {
    /// Measures a text, asks for room, and writes it there.
    ///
    /// # Safety
    ///
    /// The function must be as the header demands.
    #[inline(never)]
    unsafe fn fill(self, text: Text<'_>, policy: Policy) -> Result<usize> {
        let measured = measure(text, self.encoding, policy)?;
        let units = measured.len();
        // SAFETY: the caller vouches for it. The store is shut meanwhile, so the
        // text, which lies there, stays as it is.
        let data = unsafe { (self.grow)(self.env, units) };
        if data.is_null() && units > 0 {
            return Err(refused(&measured));
        }
        let room = Room::new(data, units, self.encoding)?;
        // SAFETY: the function promises so many units.
        let dest = unsafe { room.dest(units) };
        transcode_unchanged(&measured, text, dest).map_err(changed)?;
        Ok(units)
    }
}

#[cold]
fn refused(measured: &Measured) -> Error {
    let units = measured.len();
    let message = format!("`grow` gave no memory for a string of {units} code units");
    Error::new(ErrorKind::OutOfMemory, message).needing(units)
}

#[cold]
fn changed(_: Changed) -> Error {
    Error::new(ErrorKind::BadText, "the text changed while it was read")
}
