//! Values as a host holds them: `slot` is how they lie, `ends` the slots of a call,
//! `sink` where a text goes, `walk` what values of a host's own do without slots, `arena`
//! where results with parts lie, `copy` makes another; `description` is what a host says
//! of its own structs and `layout` how these lie, `gather` reads and `pour` writes them;
//! `direct_lend`, `direct_take` and `direct_walk` do with no slots in between, `passed` those of
//! host functions.
//!
//! Not here: what becomes of them in a guest.

#![cfg_attr(not(feature = "component"), allow(dead_code))]
#![allow(unsafe_code)] // it gives up what a value owns

pub(crate) mod arena;
mod copy;
mod description;
mod direct_lend;
mod direct_take;
mod direct_walk;
mod ends;
mod gather;
mod layout;
pub(crate) mod passed;
mod pour;
mod sink;
pub(crate) mod slot;
pub(crate) mod walk;
mod within;

pub use self::arena::{Arena, ResourceRoom, release};
pub use self::copy::copy;
pub use self::description::{HostField, means};
pub use self::direct_lend::HostValue;
pub use self::direct_take::HostRoom;
pub use self::ends::{Arg, Out};
pub(crate) use self::ends::{Is, Outs, Raw, Spare, with_ends};
pub use self::gather::gather;
pub use self::layout::{Access, For, Node, Span};
pub use self::passed::{Given, Passed, SlotBody};
pub use self::pour::{Handles, Place, pour, pour_into};
pub use self::sink::Sink;
pub use self::slot::{FieldsSlot, ListSlot, Of, Slot, TextSlot, VariantSlot};
pub use self::walk::{Lend, Take};
pub use self::within::is_within;

use super::strings::Str;
use super::value::Val;
use crate::error::{Error, ErrorKind, Result};
use crate::string::Policy;
use std::ptr::NonNull;

/// Reads text that a slot refers to, also C's handles. The text must stay as long
/// as the result is used, whatever that says.
pub type ReadText = unsafe fn(*const TextSlot) -> Result<Str<'static>>;

/// Who has looked, or will, at arguments and result of a host function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Who calls: a component, whose values are what they should be.
    Checked,
    /// Nobody.
    Unchecked,
}

/// What a call returned.
pub struct Returned {
    /// The value; of kind none for nothing, and for text by itself.
    pub slot: Slot,
    /// Text by itself.
    pub text: Option<Str<'static>>,
    /// What reads the texts in the value.
    pub read: ReadText,
    /// Whether the value is the root of an arena that goes with this.
    pub owned: bool,
    /// Whether there is a result at all; the slot then has its kind at first.
    pub expected: bool,
    /// Whether a host called, whose arguments may own what is in them.
    pub by_host: bool,
    /// What the slot refers to, where nothing else keeps it.
    pub(crate) kept: Option<Kept>,
}

/// A value and the nodes of its slot. It is reached through a pointer alone, because
/// the slot points into it, which a `Box` would not permit while it is moved.
pub(crate) struct Kept(NonNull<(Arena, Val<'static>)>);

// SAFETY: nobody else knows where it is, and both are `Send`.
unsafe impl Send for Kept {}

const _: () = {
    const fn is_send<T: Send>() {}
    is_send::<(Arena, Val<'static>)>();
};

impl Kept {
    /// Keeps a value, and gives the slot that `fill` makes of it, which is good for
    /// as long as this is.
    pub fn new(
        val: Val<'static>,
        fill: impl FnOnce(&mut Arena, &Val<'static>) -> Result<Slot>,
    ) -> Result<(Kept, Slot)> {
        let kept = Kept(NonNull::from(Box::leak(Box::new((Arena::new(0), val)))));
        // SAFETY: it was made just now, and nobody else knows it.
        let (arena, val) = unsafe { &mut *kept.0.as_ptr() };
        let slot = fill(arena, val)?;
        Ok((kept, slot))
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // SAFETY: it came from a `Box`, and nothing uses the slot any more.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

impl Default for Returned {
    fn default() -> Returned {
        Returned {
            slot: Slot::NONE,
            text: None,
            read: plain_text,
            owned: false,
            expected: false,
            by_host: false,
            kept: None,
        }
    }
}

impl Returned {
    /// Text by itself.
    pub fn of_text(text: Str<'static>) -> Returned {
        let mut returned = Returned::default();
        returned.text = Some(text);
        returned
    }

    /// A value that is the root of an arena, which goes with this.
    pub fn of_copy(slot: Slot) -> Returned {
        let mut returned = Returned::default();
        (returned.slot, returned.owned) = (slot, true);
        returned
    }

    /// A value that is lent until it was read, with what reads the texts in it.
    pub fn of_lent(slot: Slot, read: ReadText) -> Returned {
        let mut returned = Returned::default();
        (returned.slot, returned.read) = (slot, read);
        returned
    }

    /// Takes the value out, with the arena that it owns; a copy of one that owns none.
    pub fn take(&mut self) -> Result<Slot> {
        if self.kept.is_some() {
            // SAFETY: what the slot refers to is kept here.
            let copied = unsafe { copy(&self.slot, self.read) }?;
            *self = Returned::default();
            self.slot = copied;
        }
        self.owned = false;
        Ok(std::mem::replace(&mut self.slot, Slot::NONE))
    }
}

impl Drop for Returned {
    fn drop(&mut self) {
        if self.owned {
            // SAFETY: the value goes with this, and so does what refers to it.
            unsafe { release(&self.slot) };
        }
    }
}

/// Text that a slot around it refers to.
///
/// # Safety
///
/// It must be there for as long as the result is used.
pub unsafe fn plain_text(text: *const TextSlot) -> Result<Str<'static>> {
    let null = || Error::new(ErrorKind::NullPointer, "text: the pointer is NULL");
    // SAFETY: the caller vouches for it.
    unsafe {
        let text = text.as_ref().ok_or_else(null)?;
        if text.data.is_null() && text.size > 0 {
            return Err(null());
        }
        let unknown = || {
            let message = format!("{} is no encoding", text.encoding);
            Error::new(ErrorKind::UnknownKind, message)
        };
        let lent = Str::from_text(text.text().ok_or_else(unknown)?);
        Ok(match text.flags {
            1 => lent.with_policy(Policy::Replace),
            2 => lent.with_policy(Policy::Reject),
            3 => lent.with_policy(Policy::Keep),
            _ => lent,
        })
    }
}

/// A caller that hands over what it did not prepare: a bug, told instead of a
/// panic.
#[cold]
pub(crate) fn mismatch() -> Error {
    Error::internal("not the values that were prepared for")
}
