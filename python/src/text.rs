//! `str`, read and made where CPython stores it: one, two or four bytes a
//! character, as narrow as the widest of them permits.
//!
//! Not here: which text goes where.

use crate::error::{exception, raised};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyString;
use pyo3::types::string::PyStringData;
use witrt::Error;
use witrt::string::{Dest, Encoding, Narrowest, Policy, Text, copy, narrowest};

/// The text of a `str`.
pub enum Units<'a> {
    /// Where it is.
    Lent(Text<'a>),
    /// Its code points, where some are surrogates. Two bytes a character are UTF-16
    /// only where there are none: two of them in a row would be taken for one
    /// character, which they are not to Python.
    Copied(Vec<u32>),
}

impl Units<'_> {
    /// As text that nobody has checked.
    #[inline]
    pub fn text(&self) -> Text<'_> {
        match self {
            Units::Lent(text) => *text,
            Units::Copied(units) => Text::Utf32(units),
        }
    }
}

/// The text of a `str`, lent for as long as that is.
#[inline]
pub fn units<'a>(text: &'a Bound<'_, PyString>) -> PyResult<Units<'a>> {
    // SAFETY: a `str` does not change, and is there for `'a`. How it is stored is read
    // by PyO3, for the version of CPython that this is built for.
    let data = unsafe { text.data() }?;
    Ok(Units::Lent(match data {
        PyStringData::Ucs1(bytes) => match is_ascii(text, bytes) {
            true => Text::Utf8(bytes),
            false => Text::Latin1(bytes),
        },
        PyStringData::Ucs2(units) => {
            if units.iter().any(|unit| unit & 0xF800 == 0xD800) {
                return Ok(Units::Copied(units.iter().map(|unit| (*unit).into()).collect()));
            }
            Text::Utf16(units)
        }
        PyStringData::Ucs4(units) => Text::Utf32(units),
    }))
}

/// Whether a `str` of one byte a character says of itself that it is ASCII: the text is then
/// right behind the shorter of its two heads. (CPython 3.14 has no function that tells.)
#[inline]
fn is_ascii(text: &Bound<'_, PyString>, bytes: &[u8]) -> bool {
    bytes.as_ptr().addr().wrapping_sub(text.as_ptr().addr()) == size_of::<ffi::PyASCIIObject>()
}

/// Why there is no new `str`.
pub enum Failed {
    /// The text is ill-formed.
    Text(Error),
    /// CPython has no memory.
    Memory(PyErr),
}

impl Failed {
    /// The exception.
    #[cold]
    pub fn exception(self, py: Python<'_>) -> PyErr {
        match self {
            Failed::Text(error) => exception(py, &error),
            Failed::Memory(raised) => raised,
        }
    }

    /// The error, for a guest that is running.
    #[cold]
    pub fn error(self, py: Python<'_>) -> Error {
        match self {
            Failed::Text(error) => error,
            Failed::Memory(error) => raised(py, error),
        }
    }
}

/// A new `str` with this text, as narrow as it can be.
///
/// # Errors
///
/// Ill-formed text, where the policy is to reject it, and no memory.
pub fn new_str<'py>(
    py: Python<'py>,
    text: Text<'_>,
    policy: Policy,
) -> Result<Bound<'py, PyString>, Failed> {
    let (widest, chars) = narrowest(text, policy).map_err(|bad| Failed::Text(bad.into()))?;
    let (encoding, most) = match widest {
        Narrowest::Ascii => (Encoding::Latin1, 0x7F),
        Narrowest::Latin1 => (Encoding::Latin1, 0xFF),
        Narrowest::Utf16 => (Encoding::Utf16, 0xFFFF),
        Narrowest::Utf32 => (Encoding::Utf32, 0x10_FFFF),
    };
    // SAFETY: no memory is longer than `isize` tells, so that no text is; the answer is a
    // new reference or NULL with an exception.
    let made = unsafe {
        let made = ffi::PyUnicode_New(chars as ffi::Py_ssize_t, most);
        let made = Bound::from_owned_ptr_or_err(py, made).map_err(Failed::Memory)?;
        made.cast_into_unchecked::<PyString>()
    };
    // The empty one is everybody's.
    if chars == 0 {
        return Ok(made);
    }
    // SAFETY: it was made just now with room for so many characters of that width, and
    // nobody else knows it, so that it may still be written.
    let (bytes, room) = unsafe {
        let data = ffi::PyUnicode_DATA(made.as_ptr()).cast::<u8>();
        (data, Dest::at(encoding, data, chars))
    };
    match (widest, text) {
        (Narrowest::Ascii, Text::Utf8(units) | Text::Latin1(units)) => {
            // SAFETY: as above; ASCII has a byte for each character.
            unsafe { bytes.copy_from_nonoverlapping(units.as_ptr(), chars) };
        }
        _ => {
            copy(text, room, policy).map_err(|failed| Failed::Text(failed.into()))?;
        }
    }
    Ok(made)
}
