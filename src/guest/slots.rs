//! The strings that compiled adapters refer to by number.
//!
//! Every call of a compiled adapter from the host opens a *scope*: its string
//! arguments are the first slots, lent for the time of the call; more are added
//! while it runs, and all are gone when it ends.
//!
//! Not here: what adapters do with them.

#![allow(unsafe_code)] // one place: text that is lent for the time of a call

use super::context::Cx;
use super::value::{Str, bad_text};
use crate::error::{Error, ErrorKind, Result};
use crate::string::{self, Encoding, Measured, Policy, Text};
use std::marker::PhantomData;

/// The slots of one store.
#[derive(Default)]
pub(crate) struct Slots {
    all: Vec<Held>,
    /// Where those of the innermost scope start.
    base: usize,
}

/// A string in a slot.
#[derive(Clone)]
pub(crate) enum Held {
    /// The host lends it.
    Lent(Lent),
    /// A guest's, a copy, or a host's that owns its text. What measuring found
    /// is there where it is not a guest's of this store.
    Text(Str<'static>, Option<Measured>),
    /// Nothing.
    Free,
}

/// Text that is lent until its scope ends.
#[derive(Clone, Copy)]
pub(crate) struct Lent {
    start: *const u8,
    policy: Option<Policy>,
    measured: Measured,
}

// SAFETY: what it points to is borrowed as shared and immutable; which threads
// may see that is decided by who lends it, for the call's own thread.
unsafe impl Send for Lent {}
// SAFETY: as above.
unsafe impl Sync for Lent {}

impl Lent {
    /// The text, which must not be kept beyond the call.
    #[inline]
    pub fn text(&self) -> Text<'_> {
        let units = self.measured.units();
        // SAFETY: `Lending::lend` measured a slice of this encoding and length
        // that starts there and is borrowed until the scope ends; slots do not
        // outlive their scope.
        unsafe {
            match self.measured.from() {
                Encoding::Utf8 => Text::Utf8(std::slice::from_raw_parts(self.start, units)),
                Encoding::Utf16 => {
                    Text::Utf16(std::slice::from_raw_parts(self.start.cast::<u16>(), units))
                }
            }
        }
    }

    /// What to do where it is ill-formed, where the store says `rule`.
    pub fn policy_or(&self, rule: Policy) -> Policy {
        self.policy.unwrap_or(rule)
    }

    /// What measuring it found.
    #[inline]
    pub fn measured(&self) -> &Measured {
        &self.measured
    }

    /// The same as a value of any lifetime.
    fn to_str(self) -> Str<'static> {
        let text = match self.text() {
            Text::Utf8(bytes) => Str::from_utf8(bytes),
            Text::Utf16(units) => Str::from_utf16(units),
        };
        let text = match self.policy {
            Some(policy) => text.with_policy(policy),
            None => text,
        };
        // SAFETY: the text outlives the scope. What is made here goes to
        // callees of the scope's call only, which get it as a value of any
        // lifetime: none can keep it, and what is to be kept is copied by
        // `Str::into_owned`.
        unsafe { std::mem::transmute::<Str<'_>, Str<'static>>(text) }
    }
}

impl Held {
    /// Its length for a guest, in bytes.
    pub fn guest_len(&self) -> usize {
        match self {
            Held::Lent(lent) => lent.measured.len(),
            Held::Text(_, Some(measured)) => measured.len(),
            Held::Text(text, None) => text.guest_len(),
            Held::Free => 0,
        }
    }

    /// The string, not to be kept beyond the call.
    pub fn into_str(self) -> Result<Str<'static>> {
        match self {
            Held::Lent(lent) => Ok(lent.to_str()),
            Held::Text(text, _) => Ok(text),
            Held::Free => Err(empty()),
        }
    }
}

impl Slots {
    /// Puts a string into a new slot.
    pub fn add(&mut self, held: Held) -> i32 {
        self.all.push(held);
        (self.all.len() - self.base) as i32 - 1
    }

    /// The string in a slot.
    #[inline]
    pub fn get(&self, slot: i32) -> Result<&Held> {
        match self.all.get(self.index(slot)) {
            Some(Held::Free) | None => Err(empty()),
            Some(held) => Ok(held),
        }
    }

    /// Takes the string out of a slot, which is then free.
    pub fn take(&mut self, slot: i32) -> Result<Held> {
        let index = self.index(slot);
        let held = self.all.get_mut(index).map(|held| std::mem::replace(held, Held::Free));
        while self.all.len() > self.base && matches!(self.all.last(), Some(Held::Free)) {
            self.all.pop();
        }
        match held {
            Some(Held::Free) | None => Err(empty()),
            Some(held) => Ok(held),
        }
    }

    #[inline]
    fn index(&self, slot: i32) -> usize {
        self.base.wrapping_add(slot as u32 as usize)
    }

    /// How many there are: what a call notes, to [`Slots::cut`] when it fails.
    #[inline]
    pub fn mark(&self) -> usize {
        self.all.len()
    }

    /// Gives all slots back that were made since.
    pub fn cut(&mut self, mark: usize) {
        self.all.truncate(mark.max(self.base));
    }
}

#[cold]
fn empty() -> Error {
    Error::new(ErrorKind::Panic, "internal error: no string in a slot that is named")
}

/// Opens a scope and runs something in it. `'a` is a lifetime that the caller
/// has, so it outlives the scope.
#[inline]
pub(crate) fn scoped<'a, R>(
    cx: &mut Cx<'_>,
    run: impl FnOnce(&mut Cx<'_>, &Lending<'a>) -> Result<R>,
) -> Result<R> {
    let slots = &mut cx.data_mut().slots;
    let outer = std::mem::replace(&mut slots.base, slots.all.len());
    // It is dropped here, also when `run` panics.
    let scope = Scope { cx, outer };
    run(scope.cx, &Lending(PhantomData))
}

/// The proof of being in a scope in which text can be lent that lives for
/// `'a`.
pub(crate) struct Lending<'a>(PhantomData<&'a [u8]>);

impl<'a> Lending<'a> {
    /// Puts text into the next slot, and gives its length for a guest.
    #[inline]
    pub fn lend(&self, cx: &mut Cx<'_>, text: Text<'a>, policy: Option<Policy>) -> Result<usize> {
        let data = cx.data_mut();
        let measured = measure(data.policy, text, policy)?;
        let start = match text {
            Text::Utf8(bytes) => bytes.as_ptr(),
            Text::Utf16(units) => units.as_ptr().cast::<u8>(),
        };
        data.slots.all.push(Held::Lent(Lent { start, policy, measured }));
        Ok(measured.len())
    }
}

/// Measures text that a host lends, where the store says `rule` about
/// ill-formed text.
#[inline]
pub(crate) fn measure(rule: Policy, text: Text<'_>, policy: Option<Policy>) -> Result<Measured> {
    string::measure(text, Encoding::Utf8, policy.unwrap_or(rule)).map_err(bad_text)
}

struct Scope<'c, 's> {
    cx: &'c mut Cx<'s>,
    outer: usize,
}

impl Drop for Scope<'_, '_> {
    #[inline]
    fn drop(&mut self) {
        let slots = &mut self.cx.data_mut().slots;
        slots.all.truncate(slots.base);
        slots.base = self.outer;
    }
}
