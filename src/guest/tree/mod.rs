//! Values with parts, as a host holds them: `slot` is how they lie, `arena` where
//! results lie, `copy` makes another.
//!
//! Not here: what becomes of them in a guest.

#![cfg_attr(not(feature = "component"), allow(dead_code))]
#![allow(unsafe_code)] // it gives up what a value owns

pub(crate) mod arena;
mod copy;
pub(crate) mod slot;

pub use self::arena::{ResourceRoom, release};
pub use self::copy::copy;
pub use self::slot::{FieldsSlot, ListSlot, Of, Slot, TextSlot, VariantSlot};

use super::value::Str;
use crate::error::{Error, ErrorKind, Result};
use crate::string::Policy;
use std::any::Any;

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
    /// What has to last as long as this.
    pub keep: Option<Box<dyn Any + Send>>,
}

impl Default for Returned {
    fn default() -> Returned {
        Returned {
            slot: Slot::NONE,
            text: None,
            read: plain_text,
            owned: false,
            expected: false,
            keep: None,
        }
    }
}

impl Returned {
    /// Takes the value out, with the arena that it owns.
    pub fn take(&mut self) -> Slot {
        self.owned = false;
        std::mem::replace(&mut self.slot, Slot::NONE)
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
            _ => lent,
        })
    }
}
