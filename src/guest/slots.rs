//! The strings that compiled adapters refer to by number.
//!
//! Every call of a compiled adapter from the host opens a *scope*: its string
//! arguments are the first slots, lent for the time of the call; more are added
//! while it runs, and all are gone when it ends.
//!
//! Not here: what adapters do with them.

#![allow(unsafe_code)] // one place: text that is lent for the time of a call

use super::context::Cx;
use super::errors::bad_text;
use super::inline::Copied;
use super::measure::{length, measure_for, word};
use super::strings::Str;
use crate::abi::{GuestEncoding, Measure};
use crate::error::{Error, Result};
use crate::string::{Policy, Text};
use std::marker::PhantomData;

/// The slots of one store. Those of a scope are what is lent, then the others.
#[derive(Default)]
pub(crate) struct Slots {
    lent: Vec<Lent>,
    others: Vec<Held>,
    innermost: Base,
    /// Text that is only to be written, in slots of negative numbers, whatever
    /// the scope.
    once: Vec<Option<Once>>,
}

/// The slot of the first text that is only to be written; the next are below.
const ONCE: i32 = -2;

/// Text that is only to be written.
pub(crate) enum Once {
    /// What measuring found is there where it is not encoded as the guest does.
    Copied(Copied, Option<Measure>),
    /// As in [`Held::Text`].
    Text(Str<'static>, Option<Measure>),
}

/// How many slots there are, but those that are lent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct SlotMark {
    others: usize,
    once: usize,
}

/// Where the slots of a scope start.
#[derive(Clone, Copy, Default)]
struct Base {
    lent: usize,
    others: usize,
}

/// A string in a slot.
#[derive(Clone)]
pub(crate) enum Held {
    /// The host lends it.
    Lent(Lent),
    /// A guest's, a copy, or a host's that owns its text. What measuring found
    /// is there where it is not this store's, encoded as the guest does.
    Text(Str<'static>, Option<Measure>),
    /// Nothing.
    Free,
}

/// Text that is lent until its scope ends.
#[derive(Clone, Copy)]
pub(crate) struct Lent {
    text: Text<'static>,
    policy: Option<Policy>,
    measured: Measure,
}

impl Lent {
    /// The text, which must not be kept beyond the call.
    #[inline]
    pub fn text(&self) -> Text<'_> {
        self.text
    }

    /// What to do where it is ill-formed, where the store says `rule`.
    pub fn policy_or(&self, rule: Policy) -> Policy {
        self.policy.unwrap_or(rule)
    }

    /// What measuring it found.
    #[inline]
    pub fn measured(&self) -> &Measure {
        &self.measured
    }

    /// The text as a value. It goes to callees of the scope's call only: none can
    /// keep it, and what is to be kept is copied by `Str::into_owned`.
    fn to_str(self) -> Str<'static> {
        let text = Str::from_text(self.text);
        match self.policy {
            Some(policy) => text.with_policy(policy),
            None => text,
        }
    }
}

impl Held {
    /// A string for such a guest.
    pub fn new(cx: &Cx<'_>, text: Str<'static>, guest: GuestEncoding) -> Result<Held> {
        let measured = measure_for(cx, &text, guest)?;
        Ok(Held::Text(text, measured))
    }

    /// What the guest is told as its length.
    pub fn length(&self) -> Result<i32> {
        match self {
            Held::Lent(lent) => length(&lent.measured),
            Held::Text(_, Some(measured)) => length(measured),
            Held::Text(text, None) => word(text.guest_len()),
            Held::Free => Ok(0),
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
        self.others.push(held);
        self.len() as i32 - 1
    }

    /// How many slots the innermost scope has.
    fn len(&self) -> usize {
        self.lent() + self.others.len() - self.innermost.others
    }

    /// How many of them are what is lent.
    #[inline]
    fn lent(&self) -> usize {
        self.lent.len() - self.innermost.lent
    }

    /// The text in a slot, if it is lent.
    #[inline]
    pub fn get_lent(&self, slot: i32) -> Option<&Lent> {
        self.lent.get(self.innermost.lent + slot as u32 as usize)
    }

    /// The string in a slot.
    pub fn get(&self, slot: i32) -> Result<Held> {
        if let Some(lent) = self.get_lent(slot) {
            return Ok(Held::Lent(*lent));
        }
        match self.others.get(self.index(slot)) {
            Some(Held::Free) | None => Err(empty()),
            Some(held) => Ok(held.clone()),
        }
    }

    /// Takes the string out of a slot, which is then free.
    pub fn take(&mut self, slot: i32) -> Result<Held> {
        let index = self.index(slot);
        let held = self.others.get_mut(index).map(|held| std::mem::replace(held, Held::Free));
        let base = self.innermost.others;
        while self.others.len() > base && matches!(self.others.last(), Some(Held::Free)) {
            self.others.pop();
        }
        match held {
            Some(Held::Free) | None => Err(empty()),
            Some(held) => Ok(held),
        }
    }

    /// Where a slot that is not lent is among the others.
    fn index(&self, slot: i32) -> usize {
        (slot as u32 as usize).wrapping_sub(self.lent()).wrapping_add(self.innermost.others)
    }

    /// Puts text that is to be written once into a new slot.
    #[inline]
    pub fn add_once(&mut self, text: Once) -> i32 {
        self.once.push(Some(text));
        ONCE - (self.once.len() as i32 - 1)
    }

    /// Takes it out.
    #[inline]
    pub fn take_once(&mut self, slot: i32) -> Result<Once> {
        let text = self.once.get_mut(ONCE.wrapping_sub(slot) as usize).and_then(Option::take);
        while let Some(None) = self.once.last() {
            self.once.pop();
        }
        text.ok_or_else(empty)
    }

    /// How many there are: what a call notes, to [`Slots::cut`] when it fails.
    #[inline]
    pub fn mark(&self) -> SlotMark {
        SlotMark { others: self.others.len(), once: self.once.len() }
    }

    /// Gives all slots back that were made since.
    pub fn cut(&mut self, mark: SlotMark) {
        self.others.truncate(mark.others.max(self.innermost.others));
        self.once.truncate(mark.once);
    }
}

#[cold]
fn empty() -> Error {
    Error::internal("no string in a slot that is named")
}

/// Opens a scope and runs something in it. `'a` is a lifetime that the caller
/// has, so it outlives the scope.
#[inline(always)]
pub(crate) fn scoped<'a, R>(
    cx: &mut Cx<'_>,
    run: impl FnOnce(&mut Cx<'_>, &Lending<'a>) -> Result<R>,
) -> Result<R> {
    let slots = &mut cx.data_mut().slots;
    let base = Base { lent: slots.lent.len(), others: slots.others.len() };
    let outer = std::mem::replace(&mut slots.innermost, base);
    // It is dropped here, also when `run` panics.
    let scope = Scope { cx, outer };
    run(scope.cx, &Lending(PhantomData))
}

/// The proof of being in a scope in which text can be lent that lives for `'a`:
/// for that very lifetime, since with a shorter one text could be lent that is
/// gone before the scope ends.
///
/// ```
/// fn same<'a>(token: witrt::Lending<'a>) -> witrt::Lending<'a> {
///     token
/// }
/// ```
/// ```compile_fail
/// fn shorter<'a: 'b, 'b>(token: witrt::Lending<'a>) -> witrt::Lending<'b> {
///     token
/// }
/// ```
pub struct Lending<'a>(PhantomData<fn(&'a ()) -> &'a ()>);

impl<'a> Lending<'a> {
    /// Puts text into the next slot, and gives what such a guest is told as its
    /// length.
    #[inline]
    pub(crate) fn lend(
        &self,
        cx: &mut Cx<'_>,
        text: Text<'a>,
        policy: Option<Policy>,
        guest: GuestEncoding,
    ) -> Result<i32> {
        let measured = measure(cx.data().policy, text, policy, guest)?;
        self.lend_measured(cx, text, policy, measured)
    }

    /// Puts a copy of text into the next slot that is encoded as such guests do, and gives
    /// its length.
    #[inline]
    pub(crate) fn lend_copied(
        &self,
        cx: &mut Cx<'_>,
        text: &'a Copied,
        guest: GuestEncoding,
    ) -> Result<i32> {
        let text = text.text();
        let measured = Measure::of_checked(guest, text.encoding(), text.len());
        self.lend_measured(cx, text, None, measured)
    }

    #[inline(always)]
    fn lend_measured(
        &self,
        cx: &mut Cx<'_>,
        text: Text<'a>,
        policy: Option<Policy>,
        measured: Measure,
    ) -> Result<i32> {
        let data = cx.data_mut();
        let word = length(&measured)?;
        // SAFETY: the text outlives the scope, for which alone this lifetime is
        // made longer, and slots do not.
        let text = unsafe { std::mem::transmute::<Text<'a>, Text<'static>>(text) };
        let lent = Lent { text, policy, measured };
        let slots = &mut data.slots;
        // What is lent is numbered first: after another string it is one of
        // the others, so that all are in order.
        if slots.others.len() == slots.innermost.others {
            slots.lent.push(lent);
        } else {
            slots.others.push(Held::Lent(lent));
        }
        Ok(word)
    }

    /// Puts a string into the next slot that the host does not lend, and gives
    /// what the guest is told as its length.
    pub(crate) fn hold(&self, cx: &mut Cx<'_>, held: Held) -> Result<i32> {
        let len = held.length()?;
        cx.data_mut().slots.others.push(held);
        Ok(len)
    }
}

/// Measures text that a host lends to such a guest, where the store says `rule`
/// about ill-formed text.
#[inline]
pub(crate) fn measure(
    rule: Policy,
    text: Text<'_>,
    policy: Option<Policy>,
    guest: GuestEncoding,
) -> Result<Measure> {
    Measure::new(text, guest, policy.unwrap_or(rule)).map_err(bad_text)
}

struct Scope<'c, 's> {
    cx: &'c mut Cx<'s>,
    outer: Base,
}

impl Drop for Scope<'_, '_> {
    #[inline]
    fn drop(&mut self) {
        let slots = &mut self.cx.data_mut().slots;
        slots.lent.truncate(slots.innermost.lent);
        if slots.others.len() > slots.innermost.others {
            slots.others.truncate(slots.innermost.others);
        }
        slots.innermost = self.outer;
    }
}
