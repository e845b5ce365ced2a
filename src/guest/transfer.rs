//! Text on its way from a guest to where a result goes.
//!
//! Not here: what is done with it there.

use super::context::Cx;
use super::memory::Mem;
use super::text::{ill_formed, lift};
use super::tree::Out;
use super::value::{Str, Val};
use crate::error::{Error, ErrorKind, Result};

/// A text in linear memory becomes a result.
#[inline]
pub(crate) fn take(cx: &mut Cx<'_>, mem: Mem, ptr: u32, len: u32, out: &mut Out<'_>) -> Result<()> {
    if !out.writes() {
        return out.put(Val::String(lift(cx, mem, ptr, len)?));
    }
    let policy = cx.data().policy;
    match mem.read(&*cx, ptr, len, |text| out.write(text, policy)) {
        Ok(()) => Ok(()),
        Err(error) => out.keep(at(mem, ptr, error), || lift(cx, mem, ptr, len)),
    }
}

/// A string becomes a result. Tells whether it is still a view of linear memory.
pub(crate) fn give(cx: &mut Cx<'_>, text: Str<'_>, out: &mut Out<'_>) -> Result<bool> {
    let is_view = text.is_view();
    if !out.writes() {
        out.put(Val::String(text.into_owned(cx)?))?;
        return Ok(is_view);
    }
    let policy = text.policy_or(cx.data().policy);
    match text.with_in((&*cx).into(), |units| out.write(units, policy))? {
        Ok(()) => {}
        Err(error) => out.keep(error, || text.into_owned(cx))?,
    }
    Ok(is_view)
}

/// What reading the text at an address raised.
#[cold]
pub(crate) fn at(mem: Mem, ptr: u32, error: Error) -> Error {
    match error.kind() {
        ErrorKind::BadText => ill_formed(mem, ptr, error.message()),
        _ => error,
    }
}
