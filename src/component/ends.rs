//! The two ends of a call: its [`Arguments`], and where its result goes.
//!
//! Not here: when they are lowered and lifted.

#![allow(unsafe_code)] // what a call lends to those who lower and lift

use super::convert::{Take, read};
use super::frame::Frame;
use super::text::trap;
use super::walk_lift::own;
use super::walk_lower::Lowering;
use crate::error::{ErrorKind, TrapCode};
use crate::guest::tree::slot::Slot;
use crate::guest::tree::{Arg, Out as End, ReadText, Returned, Trust, plain_text};
use crate::guest::value::Val;
use crate::string::{Policy, Text};
use crate::types::tree::Fields;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::slice::IterMut;
use wasmtime::ValRaw;

/// A call's arguments.
#[derive(Clone, Copy)]
pub(super) enum Arguments<'a> {
    /// Slots, what reads the texts in them, and who has looked at them.
    Slots(&'a [Slot], ReadText, Trust),
    /// Ends.
    Ends(&'a [Arg<'a>]),
}

impl Arguments<'_> {
    /// # Safety
    ///
    /// They must have been checked against these types, and be there still.
    pub unsafe fn flat(
        self,
        fields: &Fields,
        to: &mut Lowering<'_, '_>,
        words: &mut IterMut<'_, MaybeUninit<ValRaw>>,
    ) -> wasmtime::Result<()> {
        match self {
            // SAFETY: the caller vouches for it.
            Arguments::Slots(args, ..) => unsafe { to.flat_fields(fields, args, words) },
            Arguments::Ends(args) => {
                let mut both = fields.fields.iter().zip(args);
                both.try_for_each(|(field, arg)| to.flat_end(&field.ty, arg, words))
            }
        }
    }

    /// # Safety
    ///
    /// As for [`Arguments::flat`].
    pub unsafe fn store(
        self,
        fields: &Fields,
        to: &mut Lowering<'_, '_>,
        at: usize,
    ) -> wasmtime::Result<()> {
        match self {
            // SAFETY: the caller vouches for it.
            Arguments::Slots(args, ..) => unsafe { to.store_fields(fields, args, at) },
            Arguments::Ends(args) => fields.fields.iter().zip(args).try_for_each(|(field, arg)| {
                to.store_end(&field.ty, arg, at + field.offset as usize)
            }),
        }
    }
}

/// Where a result goes.
pub(super) struct To<'t> {
    pub returned: &'t mut Returned,
    /// The end that it goes to, if that is not `returned`.
    pub end: Option<NonNull<End<'static>>>,
}

impl To<'_> {
    /// The end that the result goes to, if that is not `returned`.
    pub fn end(&mut self) -> Option<&mut End<'static>> {
        // SAFETY: `Function::call_ends` has it lent until the call is over; nothing is put
        // in its place.
        self.end.map(|mut end| unsafe { end.as_mut() })
    }
}

/// Puts a guest's text where an end says. `pay` is told how many bytes a copy has.
pub(super) fn put_text(
    frame: &Frame,
    text: Text<'_>,
    end: &mut End<'_>,
    pay: impl FnOnce(usize) -> wasmtime::Result<()>,
) -> wasmtime::Result<()> {
    if !end.writes() {
        pay(2 * text.len())?;
        return Ok(end.put(Val::String(own(frame, text)?))?);
    }
    match end.write(text, Policy::Reject) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BadText => {
            Err(trap(error.message(), TrapCode::IllFormedText).into())
        }
        Err(error) => Ok(end.keep(error, || own(frame, text))?),
    }
}

/// Puts a value that was lifted just now where an end says.
pub(super) fn put_slot(slot: Slot, end: &mut End<'_>) -> wasmtime::Result<()> {
    if end.is_val() {
        // SAFETY: what was lifted just now is there, and is copied.
        let val = unsafe { read(&slot, Take::Copy, plain_text) }?;
        return Ok(end.put(val)?);
    }
    Ok(end.put_bits(slot.bits())?)
}
