//! Text on its way: out of a guest's memory to where a result goes, and into it, out of
//! what a host holds or another guest's memory.
//!
//! Not here: views and copies, which text that stays is; short text that goes in words.

use super::context::Cx;
use super::core_func::CoreFunc;
use super::errors::{changed, mismatch};
use super::inline::INLINE_SLOT;
use super::measure::{length, measure, measure_for};
use super::memory::Mem;
use super::slots::{Held, Once};
use super::strings::{Str, copy_as};
use super::text::Location;
use super::tree::Out;
use super::turn::settle_for;
use super::value::Val;
use super::{give_back, recycle};
use crate::abi::{AllocArg, GuestEncoding, Measure};
use crate::error::{Error, ErrorKind, Result, Trap, TrapCode};
use crate::string::{self, Changed, Policy, Text};

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

/// A string is written into what the guest's allocator gives, which takes these
/// arguments: address and length.
pub(crate) fn lower(
    cx: &mut Cx<'_>,
    alloc: &CoreFunc,
    takes: &[AllocArg],
    mem: Mem,
    s: &Str<'_>,
    measured: Option<Measure>,
) -> Result<(u32, i32)> {
    // The allocator is guest code: a view of its memory becomes a copy before it runs.
    settle_for(cx, mem.home)?;
    let measured = match measured {
        Some(measured) if measured.is_for(mem.text) => measured,
        _ => measure(cx, s, mem.text)?,
    };
    let (len, bytes) = (length(&measured)?, measured.bytes());
    let mut args = recycle(cx.data_mut().scratch.vals.pop().unwrap_or_default());
    args.extend(takes.iter().map(|arg| match arg {
        AllocArg::Size => Val::I32(bytes as i32),
        AllocArg::Align => Val::I32(mem.text.align() as i32),
        AllocArg::Const(number) => Val::I32(*number),
    }));
    let mut ptr = [Val::I32(0)];
    let called = alloc.call(cx, &args, &mut ptr);
    give_back(&mut cx.data_mut().scratch.vals, recycle(args));
    called?;
    let ptr = ptr[0].bits() as u32;
    write_str(cx, s, Some(measured), mem, ptr)?;
    Ok((ptr, len))
}

/// Writes a string into linear memory, where the guest's allocator said.
#[inline]
pub(crate) fn write(cx: &mut Cx<'_>, slot: i32, take: i32, mem: Mem, ptr: u32) -> Result<()> {
    if let Some(lent) = cx.data().slots.get_lent(slot) {
        let measured = *lent.measured();
        let (room, data) = mem.room_with(cx, ptr, measured.bytes())?;
        let lent = data.slots.get_lent(slot).ok_or_else(mismatch)?;
        return measured.write_unchanged(lent.text(), room).map_err(changed_since);
    }
    if slot < INLINE_SLOT as i32 {
        return write_copied(cx, slot, mem, ptr);
    }
    write_held(cx, slot, take, mem, ptr)
}

/// Writes text that is only to be written, and is copied already.
#[inline(always)]
fn write_copied(cx: &mut Cx<'_>, slot: i32, mem: Mem, ptr: u32) -> Result<()> {
    let (text, measured) = match cx.data_mut().slots.take_once(slot)? {
        Once::Copied(text, measured) => (text, measured),
        Once::Text(text, measured) => return write_str(cx, &text, measured, mem, ptr),
    };
    let bytes = measured.map_or(text.bytes().len(), |measured| measured.bytes());
    let (room, data) = mem.room_with(cx, ptr, bytes)?;
    match measured {
        None => room.copy_from_slice(text.bytes()),
        Some(measured) => {
            measured.write_unchanged(text.text(), room).map_err(changed_since)?;
        }
    }
    text.give_back(data);
    Ok(())
}

/// Writes a string that the host does not lend.
#[inline(never)]
fn write_held(cx: &mut Cx<'_>, slot: i32, take: i32, mem: Mem, ptr: u32) -> Result<()> {
    if slot == INLINE_SLOT as i32 {
        let written = mem.room(cx, ptr, take as u32 as usize).map(drop);
        return Err(written.err().unwrap_or_else(mismatch));
    }
    let slots = &mut cx.data_mut().slots;
    let held = if take != 0 { slots.take(slot)? } else { slots.get(slot)? };
    match held {
        Held::Lent(lent) => {
            let room = mem.room(cx, ptr, lent.measured().bytes())?;
            lent.measured().write_unchanged(lent.text(), room).map_err(changed_since)
        }
        Held::Text(text, measured) => write_str(cx, &text, measured, mem, ptr),
        Held::Free => Err(mismatch()),
    }
}

/// Text in linear memory becomes a view of it.
pub(crate) fn lift(cx: &mut Cx<'_>, mem: Mem, ptr: u32, len: u32) -> Result<Str<'static>> {
    let (text, data) = mem.text_with(cx, ptr, len)?;
    match (string::validate(text), data.policy) {
        (Ok(()), _) => Ok(Str::guest(data.texts.view(data.id, (mem, ptr, len), true))),
        (Err(_), Policy::Keep) if text.encoding().keeps() => {
            Ok(Str::guest(data.texts.view(data.id, (mem, ptr, len), false)))
        }
        // Replacing changes the text, so this one is a copy at once.
        (Err(_), Policy::Replace) => copy_as(data, text, text.encoding(), Policy::Replace),
        (Err(bad), Policy::Reject | Policy::Keep) => Err(ill_formed(mem, ptr, bad)),
    }
}

/// What reading text of a guest raises that is ill-formed.
#[cold]
pub(crate) fn ill_formed(mem: Mem, ptr: u32, bad: impl std::fmt::Display) -> Error {
    let encoding = mem.text.name();
    let message = format!("invalid {encoding} in the string at address {ptr:#x}: {bad}");
    Trap::with_code(message, TrapCode::IllFormedText).into()
}

/// Measures a string that a host function returned to such a guest; `None` where it
/// is one of this store's guests, as that guest has it.
pub(crate) fn measure_result(
    cx: &Cx<'_>,
    i: usize,
    s: &Str<'_>,
    guest: GuestEncoding,
) -> Result<Option<Measure>> {
    measure_for(cx, s, guest).map_err(|e| of_result(e, i))
}

/// Ill-formed text that a host function returned is a trap.
pub(crate) fn of_result(error: Error, i: usize) -> Error {
    match error.kind() {
        ErrorKind::BadText => {
            let message = error.of_host_result(i);
            Trap::with_code(message.message(), TrapCode::IllFormedText).into()
        }
        _ => error.of_host_result(i),
    }
}

/// Writes a string that was measured for such a guest into its memory, where it gave
/// room: out of what a host holds, or out of another guest's memory.
pub(crate) fn write_str(
    cx: &mut Cx<'_>,
    s: &Str<'_>,
    measured: Option<Measure>,
    mem: Mem,
    ptr: u32,
) -> Result<()> {
    let Some(Location { mem: from, ptr: at, len }) = s.cell().and_then(|cell| cell.place()) else {
        let measured = match measured {
            Some(measured) => measured,
            None => measure(cx, s, mem.text)?,
        };
        let room = mem.room(cx, ptr, measured.bytes())?;
        let written = s.with_copy(|text| measured.write_unchanged(text, room));
        return written.unwrap_or(Err(Changed)).map_err(changed_since);
    };
    let bytes = measured.as_ref().map(Measure::bytes);
    let (encoding, found, room) = from.text_and_room(cx, at, len, mem, ptr, bytes)?;
    let Some(measured) = measured else {
        // It was checked when it was lifted, and nobody has touched it.
        room.copy_from_slice(found);
        return Ok(());
    };
    measured.write_unchanged(Text::of_bytes(encoding, found), room).map_err(changed_since)
}

/// What writing a string raises that is not what was measured.
#[cold]
pub(crate) fn changed_since(c: Changed) -> Error {
    Trap::with_code(changed(c).message(), TrapCode::IllFormedText).into()
}
