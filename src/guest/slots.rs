//! The strings that compiled adapters refer to by number.
//!
//! Every call of a compiled adapter from the host opens a *scope*: its string
//! arguments are the first slots, lent for the time of the call; more are added
//! while it runs, and all are gone when it ends.
//!
//! Not here: what adapters do with them.

#![allow(unsafe_code)] // one place: text that is lent for the time of a call

use super::StoreData;
use super::context::Cx;
use super::value::{Str, Val};
use crate::error::{Error, ErrorKind, Result};
use crate::string::Measured;

/// The slots of one store.
#[derive(Default)]
pub(crate) struct Slots {
    all: Vec<Option<Held>>,
    /// Where those of the innermost scope start.
    base: usize,
}

/// A string in a slot.
#[derive(Clone)]
pub(crate) struct Held {
    /// Its lifetime is a lie for text that is lent: see [`with_lent`].
    pub text: Str<'static>,
    /// Of text that is not a guest's of this store: what measuring found.
    pub measured: Option<Measured>,
}

impl Slots {
    /// Puts a string into a new slot.
    pub fn add(&mut self, held: Held) -> i32 {
        self.all.push(Some(held));
        (self.all.len() - self.base) as i32 - 1
    }

    /// The string in a slot.
    pub fn get(&self, slot: i32) -> Result<&Held> {
        let held = self.all.get(self.index(slot)).and_then(|held| held.as_ref());
        held.ok_or_else(|| empty(slot))
    }

    /// Takes the string out of a slot, which is then free.
    pub fn take(&mut self, slot: i32) -> Result<Held> {
        let index = self.index(slot);
        let held = self.all.get_mut(index).and_then(|held| held.take());
        while self.all.len() > self.base && matches!(self.all.last(), Some(None)) {
            self.all.pop();
        }
        held.ok_or_else(|| empty(slot))
    }

    fn index(&self, slot: i32) -> usize {
        self.base.wrapping_add(slot as u32 as usize)
    }

    /// How many there are: what a call notes, to [`Slots::cut`] when it fails.
    pub fn mark(&self) -> usize {
        self.all.len()
    }

    /// Gives all slots back that were made since.
    pub fn cut(&mut self, mark: usize) {
        self.all.truncate(mark.max(self.base));
    }
}

fn empty(slot: i32) -> Error {
    Error::new(ErrorKind::Panic, format!("internal error: no string in slot {slot}"))
}

/// Opens a scope whose first slots are the strings among `args`, each with
/// what `measure` finds, and runs something in it.
pub(crate) fn with_lent<R>(
    cx: &mut Cx<'_>,
    args: &[Val<'_>],
    mut measure: impl FnMut(&StoreData, usize, &Str<'_>) -> Result<Option<Measured>>,
    run: impl FnOnce(&mut Cx<'_>) -> Result<R>,
) -> Result<R> {
    let slots = &mut cx.data_mut().slots;
    let outer = std::mem::replace(&mut slots.base, slots.all.len());
    let scope = Scope { cx, outer };
    for (i, arg) in args.iter().enumerate() {
        let Val::String(text) = arg else { continue };
        let measured = measure(scope.cx.data(), i, text)?;
        let lent: Str<'_> = text.lend();
        // SAFETY: the text is borrowed from `args` until this function
        // returns, and `scope`, which is a local that nobody else gets hold
        // of, drops the slot before that, also when `run` panics. What is
        // taken or cloned out of a slot in the meantime goes to callees of
        // `run` only, which get it as a value of any lifetime: none can keep
        // it, and what is to be kept is copied by `Str::into_owned`.
        let text = unsafe { std::mem::transmute::<Str<'_>, Str<'static>>(lent) };
        scope.cx.data_mut().slots.all.push(Some(Held { text, measured }));
    }
    run(scope.cx)
}

struct Scope<'a, 'b> {
    cx: &'a mut Cx<'b>,
    outer: usize,
}

impl Drop for Scope<'_, '_> {
    fn drop(&mut self) {
        let slots = &mut self.cx.data_mut().slots;
        slots.all.truncate(slots.base);
        slots.base = self.outer;
    }
}
