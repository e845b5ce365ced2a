//! `str`, read and made where CPython stores it: one, two or four bytes a
//! character, as narrow as the widest of them permits.
//!
//! Not here: which text goes where.

use crate::error::{exception, raised};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyString;
use pyo3::types::string::PyStringData;
use std::ffi::c_int;
use witrt::Error;
use witrt::string::{BadText, Dest, Encoding, Narrowest, Policy, Text, copy, narrowest};

/// The text of a `str`.
pub enum Units<'a> {
    /// Where it is.
    Lent(Text<'a>),
    /// Its code points, where some are surrogates. Two bytes a character are UTF-16
    /// only where there are none: two of them in a row would be taken for one
    /// character, which they are not to Python.
    Copied(Vec<u32>),
    /// The same as UTF-16, where surrogates are to be kept.
    Kept(Vec<u16>),
}

impl Units<'_> {
    /// As text that nobody has checked.
    #[inline]
    pub fn text(&self) -> Text<'_> {
        match self {
            Units::Lent(text) => *text,
            Units::Copied(units) => Text::Utf32(units),
            Units::Kept(units) => Text::Utf16(units),
        }
    }
}

/// The text of a `str`, lent for as long as that is.
#[inline]
pub fn units<'a>(text: &'a Bound<'_, PyString>, policy: Policy) -> PyResult<Units<'a>> {
    // SAFETY: a `str` does not change, and is there for `'a`. How it is stored is read
    // by PyO3, for the version of CPython that this is built for.
    let data = unsafe { text.data() }?;
    Ok(Units::Lent(match data {
        PyStringData::Ucs1(bytes) => match is_ascii(text, bytes) {
            true => Text::Utf8(bytes),
            false => Text::Latin1(bytes),
        },
        PyStringData::Ucs2(units) => {
            if policy != Policy::Keep && units.iter().any(|unit| is_surrogate((*unit).into())) {
                return Ok(Units::Copied(units.iter().map(|unit| (*unit).into()).collect()));
            }
            Text::Utf16(units)
        }
        PyStringData::Ucs4(units) => {
            if policy == Policy::Keep && units.iter().any(|unit| is_surrogate(*unit)) {
                return Ok(Units::Kept(units.iter().flat_map(|unit| utf16(*unit)).collect()));
            }
            Text::Utf32(units)
        }
    }))
}

fn is_surrogate(unit: u32) -> bool {
    unit & !0x7FF == 0xD800
}

/// A code point as UTF-16; a surrogate is itself.
fn utf16(point: u32) -> impl Iterator<Item = u16> {
    let mut pair = [0; 2];
    let units = match char::from_u32(point) {
        Some(c) => c.encode_utf16(&mut pair).len(),
        None => {
            pair[0] = point as u16;
            1
        }
    };
    pair.into_iter().take(units)
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
    let (widest, chars) = match narrowest(text, policy) {
        Ok(found) => found,
        Err(bad) if policy == Policy::Keep => return kept(py, text, bad),
        Err(bad) => return Err(Failed::Text(bad.into())),
    };
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

/// A new `str` of UTF-16 with its lone surrogates.
#[cold]
fn kept<'py>(
    py: Python<'py>,
    text: Text<'_>,
    bad: BadText,
) -> Result<Bound<'py, PyString>, Failed> {
    let points: Vec<u32> = match text {
        Text::Utf16(units) => points(units.iter().copied()),
        Text::LooseUtf16(units) => points(units.iter().map(|unit| u16::from_ne_bytes(*unit))),
        _ => return Err(Failed::Text(bad.into())),
    };
    // SAFETY: so many code points of four bytes are there; the answer is a new reference or
    // NULL with an exception.
    unsafe {
        let (start, kind) = (points.as_ptr().cast(), ffi::PyUnicode_4BYTE_KIND as c_int);
        let made = ffi::PyUnicode_FromKindAndData(kind, start, points.len() as ffi::Py_ssize_t);
        let made = Bound::from_owned_ptr_or_err(py, made).map_err(Failed::Memory)?;
        Ok(made.cast_into_unchecked())
    }
}

fn points(units: impl Iterator<Item = u16>) -> Vec<u32> {
    char::decode_utf16(units)
        .map(|point| point.map_or_else(|lone| lone.unpaired_surrogate().into(), u32::from))
        .collect()
}
