//! The struct of a string, which a host fills around its own text, and what its
//! members mean.
//!
//! Not here: handles, which are such structs too.

use super::boundary::{check_room, slice};
use crate::string::Text;
use crate::tree::Sink;
use crate::{Encoding, Error, ErrorKind, Policy, Result};
use std::ffi::c_void;

/// How a text is stored: one of `wasm_encoding_enum`.
pub type wasm_encoding_t = u32;

/// How a text is stored.
#[repr(C)]
pub enum wasm_encoding_enum {
    /// Bytes; one to four of them a character.
    WASM_UTF8 = 0,
    /// 16-bit units in native byte order; one or two of them a character.
    WASM_UTF16 = 1,
    /// Bytes, each a character up to U+00FF. Text with others does not fit: where it
    /// is to be written so, that is the error `WITRT_ERROR_OUT_OF_RANGE`, with the
    /// position, or `?` where what is ill-formed is replaced.
    WASM_LATIN1 = 2,
    /// 32-bit units in native byte order, each a character.
    WASM_UTF32 = 3,
}

/// What a string asks for, in its `flags`.
#[repr(C)]
pub enum wasm_string_flag_enum {
    /// Ill-formed parts of this string become U+FFFD, whatever the engine's
    /// rule is.
    WASM_STRING_REPLACE = 1,
    /// This string is refused where it is ill-formed, whatever the engine's
    /// rule is.
    WASM_STRING_REJECT = 2,
    /// Lone surrogates of this string are passed on as they are to a guest with text in
    /// UTF-16, and else it is refused, whatever the engine's rule is.
    WASM_STRING_KEEP = 3,
}

/// A string: a host's own text, or a handle of the library's.
///
/// A host makes one around its own text, on its stack and without a call, with
/// `WASM_STRING_UTF8`, `WASM_STRING_UTF16`, `WASM_STRING_LATIN1`,
/// `WASM_STRING_UTF32` or `WASM_STRING_LIT`. The text is borrowed: it has to stay as it is for as long as the string is used, which
/// for an argument is the call. Nothing needs to be deleted. Text may hold
/// U+0000 and ends where its size says.
///
/// A string that comes out of the library (a result, an argument of a callback,
/// `wasm_string_new`) is a handle: a pointer to such a struct, which must not be
/// copied or changed, and whose text is read with the `wasm_string_` functions.
/// A result is owned by the caller; it stays readable until it is deleted,
/// whatever happens in between. (It is copied out before a guest runs that could
/// change it: where there is no memory for that, the guest does not run, and the
/// call fails with `WITRT_ERROR_OUT_OF_MEMORY`.) An argument of a callback is valid
/// during that callback and is not deleted.
///
/// Handles belong to their store's thread; deleting is permitted on any.
#[repr(C)]
pub struct wasm_string_t {
    /// The first code unit, aligned for its type; NULL is permitted where
    /// `size` is zero. Not to be looked at in a handle.
    pub data: *const c_void,
    /// The number of code units, not bytes. Not to be looked at in a handle.
    pub size: usize,
    /// One of `wasm_encoding_enum`.
    pub encoding: wasm_encoding_t,
    /// Zero, or one of `wasm_string_flag_enum`.
    pub flags: u32,
    /// Zero in a host's own string; the library's business in a handle.
    pub reserved: usize,
}

/// Text of a host's.
///
/// # Safety
///
/// There must be `len` code units at `data`, which stay as they are for `'a`.
#[inline(always)]
pub unsafe fn text_at<'a>(
    encoding: Encoding,
    data: *const c_void,
    len: usize,
    name: &str,
) -> Result<Text<'a>> {
    // SAFETY: the caller vouches for it.
    unsafe {
        Ok(match encoding {
            Encoding::Utf8 => Text::Utf8(slice(data.cast(), len, name)?),
            Encoding::Utf16 => Text::Utf16(slice(data.cast(), len, name)?),
            Encoding::Latin1 => Text::Latin1(slice(data.cast(), len, name)?),
            Encoding::Utf32 => Text::Utf32(slice(data.cast(), len, name)?),
        })
    }
}

/// The encoding of a number.
#[inline]
pub fn encoding_of(encoding: wasm_encoding_t) -> Result<Encoding> {
    Encoding::ALL
        .get(encoding as usize)
        .copied()
        .ok_or_else(|| Error::new(ErrorKind::UnknownKind, format!("{encoding} is no encoding")))
}

/// The number of an encoding.
pub fn number_of(encoding: Encoding) -> wasm_encoding_t {
    encoding as u32
}

const _: () = assert!(
    Encoding::Utf8 as u32 == wasm_encoding_enum::WASM_UTF8 as u32
        && Encoding::Utf16 as u32 == wasm_encoding_enum::WASM_UTF16 as u32
        && Encoding::Latin1 as u32 == wasm_encoding_enum::WASM_LATIN1 as u32
        && Encoding::Utf32 as u32 == wasm_encoding_enum::WASM_UTF32 as u32
);

/// What a string's flags ask for.
#[inline]
pub fn policy_of(flags: u32) -> Result<Option<Policy>> {
    match flags {
        0 => Ok(None),
        1 => Ok(Some(Policy::Replace)),
        2 => Ok(Some(Policy::Reject)),
        3 => Ok(Some(Policy::Keep)),
        _ => {
            let message = format!("{flags} are no flags of a string");
            Err(Error::new(ErrorKind::UnknownKind, message))
        }
    }
}

const _: () = assert!(size_of::<wasm_string_t>() == 3 * size_of::<usize>() + 8);

/// Memory of a caller's for text.
///
/// # Safety
///
/// There must be room for so many units, which nobody else uses as long as the result is
/// used.
#[inline]
pub unsafe fn room_of(data: *mut c_void, capacity: usize, encoding: Encoding) -> Result<Sink> {
    let some = capacity.min(1);
    match encoding {
        Encoding::Utf8 | Encoding::Latin1 => check_room(data.cast::<u8>(), some, "destination"),
        Encoding::Utf16 => check_room(data.cast::<u16>(), some, "destination"),
        Encoding::Utf32 => check_room(data.cast::<u32>(), some, "destination"),
    }?;
    // SAFETY: it is aligned, and the caller vouches for the rest.
    Ok(unsafe { Sink::room(data, capacity, encoding) })
}
