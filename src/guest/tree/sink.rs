//! Where the text of a result goes: into memory of the caller's that is there, to where a
//! function of his says once the length is known, or to one that reads it where it lies.
//!
//! Not here: where the text comes from.

#![allow(unsafe_code)] // memory that a caller vouches for

use crate::error::{Error, ErrorKind, Result};
use crate::guest::errors::changed;
use crate::guest::strings::Str;
use crate::string::{Dest, Encoding, Policy, SHORT, Text, copy, measure, transcode_unchanged};
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

/// A place for one text, and how long the text is once it is there.
pub struct Sink {
    to: To,
    encoding: Encoding,
    /// How many units the text has.
    pub units: usize,
    /// The text, if there was no room for it, and what tells so.
    pub kept: Option<Box<(Error, Str<'static>)>>,
}

enum To {
    /// Memory with room for so many units. There may be nothing in it yet, and it is
    /// left alone until there is a text to be written.
    Room(*mut c_void, usize),
    /// A function that makes room.
    Grow(Grow, *mut c_void),
    /// A function that reads the text.
    Read(Read, *mut c_void),
}

/// Takes a text where it lies, and gives its length as the caller counts it.
pub type Read = unsafe fn(env: *mut c_void, text: Text<'_>, policy: Policy) -> Result<usize>;

/// Makes room for a text of so many units.
pub type Grow = unsafe extern "C" fn(env: *mut c_void, units: usize) -> *mut c_void;

/// So many units more than a text can have spare the kernels a detour.
const SLACK: usize = 64;

impl Sink {
    /// Memory. A capacity that no memory can have promises what is needed.
    ///
    /// # Safety
    ///
    /// There must be room for so many units, aligned, which nobody else uses as long as
    /// this is used.
    #[inline]
    pub unsafe fn room(data: *mut c_void, capacity: usize, encoding: Encoding) -> Sink {
        let data = if capacity == 0 { NonNull::<u32>::dangling().as_ptr().cast() } else { data };
        Sink { to: To::Room(data, capacity), encoding, units: 0, kept: None }
    }

    /// A function, called once.
    ///
    /// # Safety
    ///
    /// It must give room for so many units, or NULL, and not unwind.
    #[inline]
    pub unsafe fn grow(grow: Grow, env: *mut c_void, encoding: Encoding) -> Sink {
        Sink { to: To::Grow(grow, env), encoding, units: 0, kept: None }
    }

    /// A function, called once, for what the other forms do not fit.
    ///
    /// # Safety
    ///
    /// It must be safe to call with this.
    #[inline]
    pub unsafe fn read(read: Read, env: *mut c_void) -> Sink {
        Sink { to: To::Read(read, env), encoding: Encoding::Utf8, units: 0, kept: None }
    }

    /// Puts a text there. Where there is no room for it, the error tells how much is
    /// needed.
    #[inline]
    pub fn fill(&mut self, text: Text<'_>, policy: Policy) -> Result<()> {
        self.units = match self.to {
            To::Room(data, capacity) => {
                let most = if capacity <= isize::MAX as usize / size_of::<u32>() {
                    let each = self.encoding.most_of_a_unit();
                    text.len().saturating_mul(each).saturating_add(SLACK)
                } else {
                    measure(text, self.encoding, policy)?.len()
                };
                // SAFETY: the maker vouches for so many units: no more than can be
                // written.
                let room = unsafe { Dest::at(self.encoding, data.cast(), capacity.min(most)) };
                copy(text, room, policy)?
            }
            To::Grow(grow, env) => fill_grown(grow, env, self.encoding, text, policy)?,
            // SAFETY: the maker vouches for it. The store is shut meanwhile.
            To::Read(read, env) => unsafe { read(env, text, policy) }?,
        };
        Ok(())
    }

    /// Keeps a text that could not be written.
    pub(super) fn keep(&mut self, error: Error, text: Str<'static>) {
        self.units = error.capacity().unwrap_or(0);
        self.kept = Some(Box::new((error, text)));
    }
}

/// Measures a text, asks for room, and writes it there.
#[inline(never)]
fn fill_grown(
    grow: Grow,
    env: *mut c_void,
    encoding: Encoding,
    text: Text<'_>,
    policy: Policy,
) -> Result<usize> {
    // What is short, and what has to be transcoded, is so in one pass, and only copied to
    // where there is room.
    let each = match (text, encoding) {
        (Text::Utf8(_) | Text::Utf16(_) | Text::Latin1(_), Encoding::Utf16) => 1,
        (_, encoding) => encoding.most_of_a_unit(),
    };
    let most = text.len().saturating_mul(each).saturating_add(SLACK);
    let most = most.saturating_mul(encoding.unit_size());
    if text.len() <= SHORT && most <= size_of::<[u64; FEW]>() {
        return fill_through::<FEW>(grow, env, encoding, text, policy);
    }
    if text.encoding() != encoding && most <= size_of::<[u64; MANY]>() {
        return fill_through::<MANY>(grow, env, encoding, text, policy);
    }
    let measured = measure(text, encoding, policy)?;
    let units = measured.len();
    // SAFETY: the sink's maker vouches for it.
    let Some(data) = (unsafe { made(grow, env, encoding, units) })? else { return Ok(0) };
    // SAFETY: the function promises so many units, and they are aligned.
    transcode_unchanged(&measured, text, unsafe { Dest::at(encoding, data, units) })
        .map_err(changed)?;
    Ok(units)
}

/// Words on the stack, for text that goes over them.
const FEW: usize = 64;
const MANY: usize = 1024;

/// Writes a text onto the stack, asks for room, and copies it there.
#[inline(never)]
fn fill_through<const WORDS: usize>(
    grow: Grow,
    env: *mut c_void,
    encoding: Encoding,
    text: Text<'_>,
    policy: Policy,
) -> Result<usize> {
    let mut words = [const { MaybeUninit::<u64>::uninit() }; WORDS];
    let (room, unit) = (words.as_mut_ptr().cast::<u8>(), encoding.unit_size());
    // SAFETY: there are so many units, aligned.
    let dest = unsafe { Dest::at(encoding, room, size_of_val(&words) / unit) };
    let units = copy(text, dest, policy)?;
    // SAFETY: the sink's maker vouches for it; so many units were written, and the function
    // promises room for them.
    unsafe {
        if let Some(data) = made(grow, env, encoding, units)? {
            data.copy_from_nonoverlapping(room, units * unit);
        }
    }
    Ok(units)
}

/// Asks for room for so many units: none for none. The store is shut meanwhile, so that
/// text of a guest stays as it is.
///
/// # Safety
///
/// As for [`Sink::grow`].
#[inline(always)]
unsafe fn made(
    grow: Grow,
    env: *mut c_void,
    encoding: Encoding,
    units: usize,
) -> Result<Option<*mut u8>> {
    // SAFETY: the caller vouches for it.
    let data: *mut u8 = unsafe { grow(env, units) }.cast();
    if units == 0 {
        return Ok(None);
    }
    if data.is_null() {
        return Err(refused(units));
    }
    if !data.addr().is_multiple_of(encoding.unit_size()) {
        let message = "`destination` is not aligned for its elements";
        return Err(Error::new(ErrorKind::OutOfRange, message));
    }
    Ok(Some(data))
}

#[cold]
fn refused(units: usize) -> Error {
    let message = format!("`grow` gave no memory for a string of {units} code units");
    Error::new(ErrorKind::OutOfMemory, message).needing(units)
}
