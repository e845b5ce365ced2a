//! Strings: the struct that a host fills around its own text, and the handles
//! of the same type that the library makes.
//!
//! Not here: what is behind a handle.

use super::boundary::{caught, enter, offer, slice, write};
use super::error::set_last;
use super::families::wasm_byte_vec_t;
use super::sink::Room;
use super::string_box::{Source, StringBox, clone, delete, read, source};
use crate::string::{Text, measure};
use crate::{Encoding, Error, ErrorKind, Policy, Result};
use std::ffi::{c_char, c_void};

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

/// A string of the library's own: a copy of text in this encoding, checked to
/// be well-formed. NULL for an unknown encoding, ill-formed text, or NULL text
/// of a size other than zero. `size` counts code units. Owned by the caller; it
/// belongs to no store.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_new(
    encoding: wasm_encoding_t,
    data: *const c_void,
    size: usize,
) -> *mut wasm_string_t {
    enter(|| {
        let head = wasm_string_t { data, size, encoding, flags: 0, reserved: 0 };
        // SAFETY: the header demands `size` code units at `data`.
        unsafe {
            read(&raw const head, |text, policy| {
                measure(text, text.encoding(), policy)?;
                StringBox::detached(text, None)
            })
        }
    })
}

/// A copy of a string, to be kept beyond the callback or call that the text
/// belongs to. NULL for NULL. Owned by the caller; it belongs to no store.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_clone(string: *const wasm_string_t) -> *mut wasm_string_t {
    enter(|| {
        if string.is_null() {
            return Ok(std::ptr::null_mut());
        }
        // SAFETY: the header demands a string.
        unsafe { clone(string) }
    })
}

/// Deletes a string that the library gave away: a result, or what
/// `wasm_string_new` and `wasm_string_clone` made. On a host's own struct and on
/// NULL it does nothing; deleting an argument of a callback is refused and left as
/// the last error. Any thread.
///
/// Deleting one a second time, and any other use of it, is refused as well, for as
/// long as fewer than 64 strings were deleted, or given to callbacks, since: of its
/// store, if that still lives, or of those that belong to none. Later the pointer
/// may be another string's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_delete(string: *mut wasm_string_t) {
    // SAFETY: the header demands NULL or a string.
    enter(|| unsafe { delete(string) })
}

/// The encoding that the text is stored in, which is the one to read it in at
/// the least cost. `WASM_UTF8` for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_encoding(string: *const wasm_string_t) -> wasm_encoding_t {
    enter(|| {
        // SAFETY: the header demands a string.
        unsafe { source(string) }?;
        // SAFETY: `source` refuses NULL.
        Ok(unsafe { (*string).encoding })
    })
}

/// The length in code units of an encoding: what `wasm_string_copy` will write.
/// Zero, with the reason in the last error, for an unknown encoding, ill-formed
/// text or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_length(
    string: *const wasm_string_t,
    encoding: wasm_encoding_t,
) -> usize {
    enter(|| {
        let encoding = encoding_of(encoding)?;
        // SAFETY: the header demands a string.
        unsafe { read(string, |text, policy| Ok(measure(text, encoding, policy)?.len())) }
    })
}

/// Copies the text into memory of the caller's, in the encoding that is wanted,
/// straight from where it lies and without a terminating NUL.
///
/// `capacity` and `*written` count code units; `written` may be NULL. On failure
/// nothing is written: ill-formed text, an unknown encoding, NULL, or, with
/// `WITRT_ERROR_BUFFER_TOO_SMALL`, too little capacity; the last error then
/// tells the length: `witrt_error_needed`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_copy(
    string: *const wasm_string_t,
    encoding: wasm_encoding_t,
    destination: *mut c_void,
    capacity: usize,
    written: *mut usize,
) -> bool {
    enter(|| {
        let encoding = encoding_of(encoding)?;
        // SAFETY: this function demands the same.
        unsafe { copy_to(string, encoding, destination, capacity, written) }?;
        Ok(true)
    })
}

/// # Safety
///
/// There must be a string, room for `capacity` units, and a writable pointer or
/// NULL.
pub unsafe fn copy_to(
    string: *const wasm_string_t,
    encoding: Encoding,
    destination: *mut c_void,
    capacity: usize,
    written: *mut usize,
) -> Result<()> {
    let room = Room::new(destination, capacity, encoding)?;
    // SAFETY: the caller vouches for the string.
    let is_checked = match unsafe { source(string) }? {
        Source::Handle(handle) => handle.is_of_store(),
        Source::Host(_) => false,
    };
    let copied = |text: Text<'_>, policy| {
        if !is_checked {
            // Copying checks as it goes: too late for memory that is to stay as it is.
            measure(text, encoding, policy)?;
        }
        // SAFETY: the caller vouches for the room.
        unsafe { room.fill(text, policy) }
    };
    // SAFETY: the caller vouches for the rest.
    unsafe { offer(written, read(string, copied)?) };
    Ok(())
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

/// Tells where the text lies, as UTF-8: `bytes` is set to borrowed bytes, not
/// NUL-terminated, which must not be changed or deleted.
///
/// They are valid until a guest runs in the string's store, its memory is
/// written to or grows, or the string is deleted. False, and nothing written,
/// for a string that is stored in another encoding, ill-formed text, and NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_borrow(
    string: *const wasm_string_t,
    bytes: *mut wasm_byte_vec_t,
) -> bool {
    enter(|| {
        let found = |text: Text<'_>, _: Policy| match text {
            Text::Utf8(units) => {
                measure(text, Encoding::Utf8, Policy::Reject)?;
                Ok((units.len(), units.as_ptr().cast_mut().cast::<c_char>()))
            }
            _ => {
                let message = "this string is not stored as UTF-8: it can be copied, not borrowed";
                Err(Error::new(ErrorKind::WrongKind, message))
            }
        };
        // SAFETY: the header demands a string.
        let (size, data) = unsafe { read(string, found) }?;
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { write(bytes, "bytes", wasm_byte_vec_t { size, data }) }?;
        Ok(true)
    })
}

/// Whether the text can be read: a string that is there, in a known encoding,
/// and well-formed or to be made so. Leaves the reason in the last error where
/// not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_is_valid(string: *const wasm_string_t) -> bool {
    let outcome = caught(|| {
        // SAFETY: the header demands a string.
        unsafe { read(string, |text, policy| Ok(measure(text, text.encoding(), policy)?)) }
    });
    outcome.map_err(|error| set_last(&error)).is_ok()
}

/// What `witrt_string_narrowest` tells: one of `witrt_narrowest_enum`.
pub type witrt_narrowest_t = u32;

/// What `witrt_string_narrowest` tells.
#[repr(C)]
pub enum witrt_narrowest_enum {
    /// All characters are below U+0080: one byte each, in UTF-8 as in Latin-1.
    WITRT_NARROWEST_ASCII = 0,
    /// All are up to U+00FF: Latin-1 holds them.
    WITRT_NARROWEST_LATIN1 = 1,
    /// All are up to U+FFFF: UTF-16 holds them without surrogates.
    WITRT_NARROWEST_UTF16 = 2,
    /// Only UTF-32 has one unit for each.
    WITRT_NARROWEST_UTF32 = 3,
}

/// The narrowest encoding that has one unit for each character of a text, and how many characters that are: what a host needs to
/// make room that stores text as narrowly as it can. The text is looked at where it
/// lies. Either pointer may be NULL. False, and nothing written, for ill-formed
/// text and NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_string_narrowest(
    string: *const wasm_string_t,
    narrowest: *mut witrt_narrowest_t,
    characters: *mut usize,
) -> bool {
    enter(|| {
        let found = |text: Text<'_>, policy| Ok(crate::string::narrowest(text, policy)?);
        // SAFETY: the header demands a string, and writable pointers or NULL.
        unsafe {
            let (encoding, count) = read(string, found)?;
            offer(narrowest, encoding as u32);
            offer(characters, count);
        }
        Ok(true)
    })
}

/// Whether it is a handle of the library's, whose text is read through the
/// functions and not through `data`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_is_handle(string: *const wasm_string_t) -> bool {
    // SAFETY: the header demands a string.
    enter(|| Ok(matches!(unsafe { source(string) }?, Source::Handle(_))))
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
        _ => {
            let message = format!("{flags} are no flags of a string");
            Err(Error::new(ErrorKind::UnknownKind, message))
        }
    }
}

const _: () = assert!(size_of::<wasm_string_t>() == 3 * size_of::<usize>() + 8);
