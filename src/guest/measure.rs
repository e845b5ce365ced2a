//! How long a text is for a guest.
//!
//! Not here: writing it.

use super::context::Cx;
use super::errors::bad_text;
use super::strings::Str;
use crate::abi::{GuestEncoding, Measure};
use crate::error::{Error, Result, Trap, TrapCode};

/// Measures a string for such a guest; `None` where it is one of this store's
/// guests, as that guest has it: it has been checked.
pub(crate) fn measure_for(
    cx: &Cx<'_>,
    s: &Str<'_>,
    guest: GuestEncoding,
) -> Result<Option<Measure>> {
    if s.is_of(cx.data().id, guest) {
        return Ok(None);
    }
    measure(cx, s, guest).map(Some)
}

/// Measures a string for such a guest.
pub(crate) fn measure(cx: &Cx<'_>, s: &Str<'_>, guest: GuestEncoding) -> Result<Measure> {
    let policy = s.policy_or(cx.data().policy);
    let measured = s.with_in(cx.into(), |text| Measure::new(text, guest, policy))?;
    measured.map_err(bad_text)
}

#[cold]
fn too_long(len: usize) -> Error {
    let message = format!("a string of {len} bytes is too long for a guest");
    Trap::with_code(message, TrapCode::StringTooLong).into()
}

/// What a guest is told as the length of a text.
#[inline]
pub(crate) fn length(measure: &Measure) -> Result<i32> {
    measure.length().map(|len| len as i32).ok_or_else(|| too_long(measure.bytes()))
}

/// A length as a word.
#[inline]
pub(crate) fn word(len: usize) -> Result<i32> {
    u32::try_from(len).map(|len| len as i32).map_err(|_| too_long(len))
}
