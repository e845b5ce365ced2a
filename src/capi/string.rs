//! Strings: making, reading and deleting them.
//!
//! Not here: what is behind a pointer to one.

use super::base::boundary::{caught, enter, offer, write};
use super::base::cell::StringBox;
use super::base::failure::report;
use super::base::last::set_last;
use super::base::report::witrt_error_t;
use super::base::string::{Source, clone, delete, read, source};
use super::base::text::{encoding_of, room_of, wasm_encoding_t, wasm_string_t};
use super::base::vec::wasm_byte_vec_t;
use crate::string::{Text, measure};
use crate::{Encoding, Error, ErrorKind, Policy, Result};
use std::ffi::{c_char, c_void};

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
pub unsafe extern "C" fn wasm_string_copy(string: *const wasm_string_t) -> *mut wasm_string_t {
    enter(|| {
        if string.is_null() {
            return Ok(std::ptr::null_mut());
        }
        // SAFETY: the header demands a string.
        unsafe { clone(string) }
    })
}

/// Deletes a string that the library gave away: a result, or what
/// `wasm_string_new` and `wasm_string_copy` made. On a host's own struct and on
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

/// The length in code units of an encoding: what `wasm_string_read` will write.
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
/// tells the length: `witrt_error_capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_read(
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

/// Copies a string as `wasm_string_read` does, and deletes it: one call for
/// what is read once. False, and the string is as it was, where it cannot be
/// copied. `error` may be NULL; what is written there is owned by the caller,
/// NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_take(
    string: *mut wasm_string_t,
    encoding: wasm_encoding_t,
    destination: *mut c_void,
    capacity: usize,
    error: *mut *mut witrt_error_t,
) -> bool {
    let body = || {
        let encoding = encoding_of(encoding)?;
        // SAFETY: the header demands what `wasm_string_read` demands, and that
        // the string is the caller's.
        unsafe {
            copy_to(string, encoding, destination, capacity, std::ptr::null_mut())?;
            delete(string)?;
        }
        Ok::<_, Error>(true)
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}

/// # Safety
///
/// There must be a string, room for `capacity` units, and a writable pointer or
/// NULL.
unsafe fn copy_to(
    string: *const wasm_string_t,
    encoding: Encoding,
    destination: *mut c_void,
    capacity: usize,
    written: *mut usize,
) -> Result<()> {
    // SAFETY: the caller vouches for the room.
    let mut room = unsafe { room_of(destination, capacity, encoding) }?;
    // SAFETY: the caller vouches for the string.
    let is_checked = match unsafe { source(string) }? {
        Source::Handle(handle) => handle.text()?.is_checked(),
        Source::Host(_) => false,
    };
    let copied = |text: Text<'_>, policy| {
        if !is_checked {
            // Copying checks as it goes: too late for memory that is to stay as it is.
            measure(text, encoding, policy)?;
        }
        room.fill(text, policy)?;
        Ok(room.units)
    };
    // SAFETY: the caller vouches for the rest.
    unsafe { offer(written, read(string, copied)?) };
    Ok(())
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

/// What `wasm_string_narrowest` tells: one of `wasm_narrowest_enum`.
pub type wasm_narrowest_t = u32;

/// What `wasm_string_narrowest` tells.
#[repr(C)]
pub enum wasm_narrowest_enum {
    /// All characters are below U+0080: one byte each, in UTF-8 as in Latin-1.
    WASM_NARROWEST_ASCII = 0,
    /// All are up to U+00FF: Latin-1 holds them.
    WASM_NARROWEST_LATIN1 = 1,
    /// All are up to U+FFFF: UTF-16 holds them without surrogates.
    WASM_NARROWEST_UTF16 = 2,
    /// Only UTF-32 has one unit for each.
    WASM_NARROWEST_UTF32 = 3,
}

/// The narrowest encoding that has one unit for each character of a text, and how many characters that are: what a host needs to
/// make room that stores text as narrowly as it can. The text is looked at where it
/// lies. Either pointer may be NULL. False, and nothing written, for ill-formed
/// text and NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_narrowest(
    string: *const wasm_string_t,
    narrowest: *mut wasm_narrowest_t,
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
