//! Entering a compiled adapter: one entry into core code for one call.
//!
//! A string is a slot and its length. Where an entry says that it takes them so,
//! short text goes with it, in words of 128 bits: then nothing is lent, and the core
//! writes it into its memory by itself.
//!
//! Not here: what adapters ask for while they run.

use super::park::{Outer, Parking};
use super::{Handles, Running};
use crate::abi::GuestEncoding;
use crate::codegen::{self, Entry, EntryResult, Strings};
use crate::error::{Error, Result};
use crate::guest::context::Cx;
use crate::guest::core_func::{CoreFunc, ON_STACK};
use crate::guest::errors::mismatch;
use crate::guest::frame::{Frame, Room, Words};
use crate::guest::give_back;
use crate::guest::host::{HostCall, linked};
use crate::guest::inline::{Copied, INLINE_SLOT, INLINE_UNITS, INLINE_WORDS, inline_words};
use crate::guest::link::Link;
use crate::guest::memory::Mem;
use crate::guest::slots::{Held, Lending, scoped};
use crate::guest::strings::Str;
use crate::guest::transfer::{give, take};
use crate::guest::tree::{Arg, Is, Out, vals_by_ends};
use crate::guest::turn::{Mark, late, run_registered, settle_for};
use crate::guest::value::Callable;
use crate::guest::words::HostType;
use crate::linked::missing;
use crate::string::{Encoding, SHORT, Text};
use crate::types::{FuncType, ValType};
use std::cell::OnceCell;
use std::sync::Arc;

// What is inline fits.
const _: () = assert!(
    codegen::MOST_INLINE_WORDS <= ON_STACK
        && codegen::INLINE_BYTES as usize == SHORT
        && codegen::INLINE_SLOT as u32 == INLINE_SLOT
        && codegen::INLINE_UNITS as u32 == INLINE_UNITS
        && codegen::INLINE_PARTS as usize == INLINE_WORDS - 2
);

/// Where a result of an entry is.
#[derive(Clone, Copy)]
pub(super) enum ResultAt {
    /// A word.
    Word(ValType),
    /// Text: address and length in this memory.
    View(Mem),
    /// A slot.
    Slot,
}

/// An adapter of an instance, to be entered by the host.
pub(crate) struct Entered {
    handles: Arc<Handles>,
    func: CoreFunc,
    /// The adapter's own type.
    ty: FuncType,
    /// How it takes strings, and how the guest encodes each, by parameter.
    strings: Strings,
    texts: Box<[GuestEncoding]>,
    settles: bool,
    outs: Box<[ResultAt]>,
    /// How many words the results take.
    words: usize,
    /// Calls that are due when it has returned, by position.
    debts: Box<[u32]>,
    /// Where calls are parked while it runs, if they are or may be; whether
    /// they are left there, and whether it first makes those that are: see
    /// [`Entry`].
    parking: Option<Parking>,
    leaves: bool,
    pays: bool,
    /// Whether it can be called like a core function of numbers.
    bare: bool,
}

impl Entered {
    /// The adapter of this index, which `func` is the entry of, of an instance
    /// that is ready.
    pub fn new(running: &Running, adapter: u32, func: CoreFunc) -> Result<Entered> {
        let entries = &running.code.compiled.entries;
        let entry = entries.get(adapter as usize).and_then(|e| e.as_ref()).ok_or_else(missing)?;
        let own = running.code.program.adapters.get(adapter as usize).ok_or_else(missing)?;
        let Entry { ty, strings, texts, settles, results, debts, parks, leaves, pays, bare } =
            entry;
        if ty != func.ty() {
            return Err(missing());
        }
        let handles = running.handles.get().ok_or_else(missing)?.clone();
        if *strings == Strings::Inline && !func.is_light() {
            return Err(missing());
        }
        let from = |out: &EntryResult| match *out {
            EntryResult::Word(ty) => Ok(ResultAt::Word(ty)),
            EntryResult::View(mem) => running.ready_mem(mem as i32).map(ResultAt::View),
            EntryResult::Slot => Ok(ResultAt::Slot),
        };
        let parking = if *parks || *pays { handles.parking.clone() } else { None };
        Ok(Entered {
            strings: *strings,
            texts: texts.as_slice().into(),
            settles: *settles,
            outs: results.iter().map(from).collect::<Result<_>>()?,
            words: results.iter().map(|out| out.words()).sum(),
            debts: debts.as_slice().into(),
            parking,
            leaves: *leaves,
            pays: *pays,
            bare: *bare && func.is_numeric(),
            handles,
            func,
            ty: own.ty().clone(),
        })
    }

    /// The core function, if that is all there is to it: numbers cross, and
    /// nothing is lent, parked or due.
    #[inline]
    pub fn bare(&self) -> Option<&CoreFunc> {
        self.bare.then_some(&self.func)
    }

    /// Calls it with arguments that fit, and as many results as it has.
    #[inline(always)]
    pub fn run(&self, cx: &mut Cx<'_>, args: &[Arg<'_>], outs: &mut [Out<'_>]) -> Result<()> {
        if !self.func.is_light() {
            return self.run_wide(cx, args, outs);
        }
        let mut room = Room::new();
        let mut frame = Frame::light(&mut room, &self.func);
        let inline = self.strings == Strings::Inline;
        for (i, arg) in args.iter().enumerate() {
            match arg.is() {
                Is::Number(bits) => frame.put(bits)?,
                Is::Text(text, _)
                    if inline && let Some(words) = inline_words(text, self.text(i))? =>
                {
                    frame.put_all(words)?;
                }
                // From the start: this frame is not handed on, and stays in registers.
                _ => {
                    return self.run_lent(cx, Frame::light(&mut room, &self.func), args, outs, i);
                }
            }
        }
        let opened = self.open(cx)?;
        // No closure, which would be a function of its own.
        let taken = match self.cross(cx, &opened, frame) {
            Ok(words) => self.take(cx, words, outs),
            Err(error) => Err(error),
        };
        self.shut(cx, opened, taken)
    }

    /// The call with references or many words.
    #[inline(never)]
    fn run_wide(&self, cx: &mut Cx<'_>, args: &[Arg<'_>], outs: &mut [Out<'_>]) -> Result<()> {
        self.func.framed_wide(cx, |cx, frame| self.run_lent(cx, frame, args, outs, usize::MAX))
    }

    /// The call where some arguments have to be lent, such as this one, which cannot be
    /// inline.
    #[inline(never)]
    fn run_lent(
        &self,
        cx: &mut Cx<'_>,
        mut frame: Frame<'_>,
        args: &[Arg<'_>],
        outs: &mut [Out<'_>],
        long: usize,
    ) -> Result<()> {
        let copies = Copies::default();
        let done = scoped(cx, |cx, lending| {
            self.lend(cx, lending, args, &copies, &mut frame, long)?;
            if self.func.has_refs() {
                self.put_refs(cx, args, &mut frame)?;
            }
            let opened = self.open(cx)?;
            let taken = match self.cross(cx, &opened, frame) {
                Ok(words) => self.take(cx, words, outs),
                Err(error) => Err(error),
            };
            self.shut(cx, opened, taken)
        });
        copies.give_back(cx);
        done
    }

    /// Puts arguments of all kinds. Text is measured, all of it before any reference
    /// is rooted, which may run code of the host's, and lent for the time of the call. Where
    /// it is only written, and not long, a copy is lent that is encoded as the guest does:
    /// one pass finds all that measuring does, and what is written is only copied.
    #[inline(always)]
    fn lend<'a>(
        &self,
        cx: &mut Cx<'_>,
        lending: &Lending<'a>,
        args: &[Arg<'a>],
        copies: &'a Copies,
        frame: &mut Frame<'_>,
        long: usize,
    ) -> Result<()> {
        let inline = self.strings == Strings::Inline;
        let (mut copied, mut slots) = (0, 0);
        for (i, arg) in args.iter().enumerate() {
            let len = match arg.is() {
                Is::Number(bits) => {
                    frame.put(bits)?;
                    continue;
                }
                Is::Ref => {
                    frame.skip()?;
                    continue;
                }
                Is::Text(text, _)
                    if inline
                        && i != long
                        && text.len() <= SHORT
                        && put_inline(text, self.text(i), frame)? =>
                {
                    continue;
                }
                Is::Text(text, policy)
                    if inline && let Some(to) = copied_to(text, self.text(i)) =>
                {
                    let place = copies.get(copied).ok_or_else(mismatch)?;
                    copied += 1;
                    let policy = policy.unwrap_or(cx.data().policy).strict();
                    Copied::by(cx.data_mut(), text, policy, to).and_then(|copied| {
                        lending.lend_copied(cx, place.get_or_init(|| copied), self.text(i))
                    })
                }
                Is::Text(text, policy) => lending.lend(cx, text, policy, self.text(i)),
                Is::String(text) => hold(cx, lending, text, self.text(i)),
                Is::Lend(_) | Is::Slot(_) | Is::Val(_) => Err(mismatch()),
            };
            put_slot(frame, len.map_err(|error| error.of_argument(&self.ty, i))?, slots, inline)?;
            slots += 1;
        }
        Ok(())
    }

    /// Puts the references among arguments, each of which is one word.
    #[inline(never)]
    fn put_refs(&self, cx: &mut Cx<'_>, args: &[Arg<'_>], frame: &mut Frame<'_>) -> Result<()> {
        for (i, arg) in args.iter().enumerate() {
            if let Is::Ref = arg.is() {
                let val = arg.to_val(&self.ty, i)?;
                frame.val_at(cx, i, &val).map_err(|error| error.of_argument(&self.ty, i))?;
            }
        }
        Ok(())
    }

    /// The function, which takes what is put into its frame.
    pub(super) fn func(&self) -> &CoreFunc {
        &self.func
    }

    /// Where its results are.
    pub(super) fn outs(&self) -> &[ResultAt] {
        &self.outs
    }

    /// The adapter's own type.
    pub(super) fn ty(&self) -> &FuncType {
        &self.ty
    }

    /// How the guest encodes the string that is this parameter.
    pub(super) fn text(&self, at: usize) -> GuestEncoding {
        self.texts.get(at).copied().unwrap_or_default()
    }

    /// Whether it takes short strings with their text.
    pub(super) fn is_inline(&self) -> bool {
        self.strings == Strings::Inline
    }

    /// The call itself, which has been opened, and is to be shut when its results have
    /// been taken.
    #[inline(always)]
    pub(super) fn cross<'f>(
        &self,
        cx: &mut Cx<'_>,
        opened: &Opened,
        frame: Frame<'f>,
    ) -> Result<Words<'f>> {
        match frame.call(cx) {
            Ok(words) if self.debts.is_empty() => Ok(words),
            Ok(words) => self.register(cx, words.from(self.words)).map(|()| words),
            Err(error) => Err(self.failed(cx, opened.mark, error)),
        }
    }

    /// The guest is about to run, where it runs first.
    #[inline(always)]
    fn ready(&self, cx: &mut Cx<'_>) -> Result<()> {
        match &self.parking {
            Some(parking) if self.pays => parking.settle(cx),
            _ if self.settles => settle_for(cx, self.func.home()),
            _ => Ok(()),
        }
    }

    #[cold]
    fn failed(&self, cx: &mut Cx<'_>, mark: Mark, error: Error) -> Error {
        mark.unwind(cx);
        self.told(cx, error)
    }

    /// A trap of a call that was owed, and that the entry has made, is told so.
    #[cold]
    fn told(&self, cx: &mut Cx<'_>, error: Error) -> Error {
        match &self.parking {
            Some(parking) if self.pays && parking.is_paying(cx).unwrap_or(false) => late(error),
            _ => error,
        }
    }

    /// A call begins.
    #[inline(always)]
    pub(super) fn open(&self, cx: &mut Cx<'_>) -> Result<Opened> {
        self.ready(cx)?;
        let outer = match &self.parking {
            Some(parking) => parking.enter(cx)?,
            None => Outer::None,
        };
        Ok(Opened { outer, mark: Mark::new(cx) })
    }

    /// A call is over: what it has deferred is done, or owed where a result is a guest's
    /// text, as `taken` tells.
    #[inline(always)]
    pub(super) fn shut(&self, cx: &mut Cx<'_>, opened: Opened, taken: Result<bool>) -> Result<()> {
        let owes = match taken {
            Ok(owes) => owes,
            Err(error) => return self.shut_slowly(cx, opened, Err(error)),
        };
        match &self.parking {
            None if opened.mark.is_now(cx) => Ok(()),
            Some(parking)
                if owes | !self.leaves && opened.outer == Outer::None && opened.mark.is_now(cx) =>
            {
                if self.leaves {
                    parking.owe(cx)
                } else {
                    parking.paid(cx)
                }
                parking.leave(cx, Outer::None)
            }
            _ => self.shut_slowly(cx, opened, Ok(owes)),
        }
    }

    /// A call is over that pays what was parked: after an error, or within another entry.
    #[inline(never)]
    fn shut_slowly(&self, cx: &mut Cx<'_>, opened: Opened, called: Result<bool>) -> Result<()> {
        let Opened { outer, mark } = opened;
        cx.data_mut().slots.cut(mark.slots());
        let called = match called {
            Ok(true) => {
                cx.data_mut().debts.owe(mark.debts());
                Ok(true)
            }
            called => {
                let ran = run_registered(cx, mark.debts());
                // The first failure is the outcome.
                called.and_then(|owes| ran.map(|()| owes))
            }
        };
        let Some(parking) = &self.parking else { return called.map(|_| ()) };
        let done = match (called, outer) {
            (Ok(true), Outer::None) if self.leaves => {
                parking.owe(cx);
                Ok(())
            }
            (Ok(true), Outer::Parked) if self.leaves => {
                parking.paid(cx);
                parking.owe_within(cx)
            }
            (Ok(_), _) if !self.leaves => {
                parking.paid(cx);
                Ok(())
            }
            (called, _) => {
                let paid = parking.pay(cx);
                parking.paid(cx);
                called.and(paid)
            }
        };
        let left = parking.leave(cx, outer);
        if done.is_err() { done } else { left }
    }

    /// Takes results; tells whether one is a guest's text, so that what is due
    /// is owed and not done.
    #[inline(always)]
    fn take(&self, cx: &mut Cx<'_>, mut words: Words<'_>, outs: &mut [Out<'_>]) -> Result<bool> {
        let mut is_view = false;
        for (from, out) in self.outs.iter().zip(outs) {
            match *from {
                ResultAt::Word(ty) if !ty.is_ref() => out.put_number(ty, words.number()?)?,
                ResultAt::View(mem) => {
                    let (ptr, len) = (words.number()? as u32, words.number()? as u32);
                    take(cx, mem, ptr, len, out)?;
                    is_view = true;
                }
                ResultAt::Word(ty) => take_ref(cx, &mut words, ty, out)?,
                ResultAt::Slot => is_view |= take_slot(cx, words.number()? as i32, out)?,
            }
        }
        Ok(is_view)
    }

    /// Records the calls that are due, with these words.
    #[inline(never)]
    fn register(&self, cx: &mut Cx<'_>, mut words: Words<'_>) -> Result<()> {
        for debt in &self.debts {
            let func = self.handles.deferred.get(*debt as usize).ok_or_else(missing)?;
            if let Some(due) = words.due(func)? {
                cx.data_mut().debts.register_due(func.home(), due);
                continue;
            }
            let mut args = cx.data_mut().scratch.vals.pop().unwrap_or_default();
            args.clear();
            for ty in func.ty().params() {
                args.push(words.val(cx, *ty)?);
            }
            let data = cx.data_mut();
            data.debts.register(func.clone(), args.drain(..));
            give_back(&mut data.scratch.vals, args);
        }
        Ok(())
    }
}

/// What a call finds when it begins.
#[must_use]
pub(super) struct Opened {
    outer: Outer,
    mark: Mark,
}

impl Callable for Entered {
    fn call(&self, cx: &mut Cx<'_>, args: &[Arg<'_>], results: &mut [Out<'_>]) -> Result<()> {
        self.run(cx, args, results)
    }

    vals_by_ends!();

    fn linked(
        self: Arc<Self>,
        cx: &mut Cx<'_>,
        core_type: &HostType,
        link: Link,
    ) -> Result<wasmtime::Func, Link> {
        if !self.func.is_light() {
            return Err(link);
        }
        let body = move |call: &mut HostCall<'_, '_>| self.relay(call);
        Ok(linked(cx, core_type, link, body))
    }
}

/// Room for the copies of a call's texts, of which nearly all have one at most: room for
/// the others is not even made empty before it is used.
#[derive(Default)]
struct Copies {
    first: OnceCell<Copied>,
    others: OnceCell<[OnceCell<Copied>; MOST_INLINE - 1]>,
}

impl Copies {
    #[inline]
    fn get(&self, at: usize) -> Option<&OnceCell<Copied>> {
        match at.checked_sub(1) {
            None => Some(&self.first),
            Some(at) => self.others.get_or_init(Default::default).get(at),
        }
    }

    /// Gives the buffers back.
    #[inline]
    fn give_back(self, cx: &mut Cx<'_>) {
        if let Some(first) = self.first.into_inner() {
            first.give_back(cx.data_mut());
        }
        if let Some(others) = self.others.into_inner() {
            let all = others.into_iter().map_while(OnceCell::into_inner);
            all.for_each(|copied| copied.give_back(cx.data_mut()));
        }
    }
}

/// Whether text for such a guest is copied, and the copy lent, and as what: one that has to
/// be transcoded, and is not so long that the copy costs more than measuring.
#[inline]
fn copied_to(text: Text<'_>, guest: GuestEncoding) -> Option<Encoding> {
    guest.fixed().filter(|to| text.encoding() != *to && text.len() <= MOST_COPIED)
}

/// So many units at most.
const MOST_COPIED: usize = 1024;

/// No entry takes more texts inline.
const MOST_INLINE: usize = codegen::MOST_INLINE_WORDS / INLINE_WORDS;

#[inline(never)]
fn take_ref(cx: &mut Cx<'_>, words: &mut Words<'_>, ty: ValType, out: &mut Out<'_>) -> Result<()> {
    out.put(words.val(cx, ty)?)
}

/// Takes the string in a slot; tells whether it is a guest's text.
#[inline(never)]
fn take_slot(cx: &mut Cx<'_>, slot: i32, out: &mut Out<'_>) -> Result<bool> {
    let text = cx.data().slots.get(slot)?.into_str()?;
    give(cx, text, out)
}

/// Puts a string of this length, in a slot, where text could be `inline`.
#[inline]
pub(super) fn put_slot(frame: &mut Frame<'_>, len: i32, slot: i32, inline: bool) -> Result<()> {
    let len = u128::from(len as u32);
    if !inline {
        return frame.put_all([len]);
    }
    let mut words = [0; INLINE_WORDS];
    (words[0], words[1]) = (len, slot as u128);
    frame.put_all(words)
}

/// Puts text that can go with the words, and tells whether it can.
#[inline(never)]
fn put_inline(text: Text<'_>, guest: GuestEncoding, frame: &mut Frame<'_>) -> Result<bool> {
    match inline_words(text, guest)? {
        Some(words) => frame.put_all(words).map(|()| true),
        None => Ok(false),
    }
}

/// Puts a string of a guest into the next slot, and gives what such a guest is told as
/// its length.
#[inline(never)]
fn hold(
    cx: &mut Cx<'_>,
    lending: &Lending<'_>,
    text: &Str<'_>,
    guest: GuestEncoding,
) -> Result<i32> {
    let text = text.clone().into_guest().ok_or_else(mismatch)?;
    let held = Held::new(cx, text, guest)?;
    lending.hold(cx, held)
}
