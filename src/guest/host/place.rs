//! Where a string is that a host function takes, and how it is read.
//!
//! Not here: other arguments.

use crate::error::Result;
use crate::guest::context::Cx;
use crate::guest::memory::Mem;
use crate::guest::slots::Held;
use crate::guest::strings::Str;
use crate::guest::value::Val;
use crate::string::{Policy, Text};

/// Where a string is.
pub(super) enum Place {
    /// Address and length.
    View(Mem, u32, u32),
    /// A slot, and whether it is given back.
    Slot(i32, bool),
    /// An argument that was put aside.
    Rest(Val<'static>),
}

/// The string in a slot.
pub(super) fn held(cx: &mut Cx<'_>, slot: i32, take: bool) -> Result<Held> {
    let slots = &mut cx.data_mut().slots;
    if take { slots.take(slot) } else { slots.get(slot) }
}

/// Reads a string in a slot. Whether it is kept in the store's scratch.
#[inline(never)]
pub(super) fn read_slot<R>(
    cx: &mut Cx<'_>,
    slot: i32,
    take: bool,
    read: impl FnOnce(Text<'_>, Policy) -> Result<R>,
) -> Result<(R, bool)> {
    let rule = cx.data().policy;
    let text = match held(cx, slot, take)? {
        Held::Lent(lent) => return Ok((read(lent.text(), lent.policy_or(rule))?, false)),
        held => held.into_str()?,
    };
    read_kept(cx, text, read).map(|done| (done, true))
}

/// Reads a string that is kept in the store's scratch from now on.
pub(super) fn read_kept<R>(
    cx: &mut Cx<'_>,
    text: Str<'static>,
    read: impl FnOnce(Text<'_>, Policy) -> Result<R>,
) -> Result<R> {
    let policy = text.policy_or(cx.data().policy);
    let done = text.with_in((&*cx).into(), |units| read(units, policy))??;
    cx.data_mut().scratch.kept.push(text);
    Ok(done)
}
