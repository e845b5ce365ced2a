//! What a call with slots returned, and what keeps it.
//!
//! Not here: other ways of calling.

#![allow(unsafe_code)] // it gives up what a value owns

use super::arena::{Arena, release};
use super::copy::copy;
use super::slot::{ReadText, Slot, plain_text};
use crate::error::Result;
use crate::guest::strings::Str;
use std::ptr::NonNull;

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
pub(crate) struct Kept(NonNull<dyn Send>);

// SAFETY: nobody else knows where it is, and what is there is `Send`.
unsafe impl Send for Kept {}

impl Kept {
    /// Keeps a value, and gives the slot that `fill` makes of it, which is good for
    /// as long as this is.
    pub fn new<T: Send + 'static>(
        val: T,
        fill: impl FnOnce(&mut Arena, &T) -> Result<Slot>,
    ) -> Result<(Kept, Slot)> {
        let place = NonNull::from(Box::leak(Box::new((Arena::new(0), val))));
        let kept = Kept(place);
        // SAFETY: it was made just now, and nobody else knows it.
        let (arena, val) = unsafe { &mut *place.as_ptr() };
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
