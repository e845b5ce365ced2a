//! Entering a compiled adapter: one entry into core code for one call.
//!
//! Not here: what adapters ask for while they run.

use super::lift::{Gives, Results, Source};
use super::lower::{Lent, Light, Measure, Wide};
use super::park::{Outer, Parking};
use super::{Handles, Running, missing};
use crate::abi::GuestEncoding;
use crate::codegen::{self, Entry, Out, Strings};
use crate::error::{Error, Result};
use crate::guest::call::{CoreFunc, Mark};
use crate::guest::carried::{CARRIED, CARRIED_WORDS};
use crate::guest::context::Cx;
use crate::guest::defer::{late, run_registered, settle_for};
use crate::guest::few::{FEW, Few, FewFunc, Puts};
use crate::guest::flat::{Arguments, Lift, Lower, Outcome, Told};
use crate::guest::func::Typed;
use crate::guest::give_back;
use crate::guest::host::{HostCall, Link, linked};
use crate::guest::slots::scoped;
use crate::guest::value::Val;
use crate::guest::words::HostType;
use crate::string::SHORT;
use crate::types::FuncType;
use std::sync::Arc;

// What is carried fits.
const _: () = assert!(
    codegen::CARRY_WORDS <= FEW
        && codegen::CARRIED_BYTES as usize == SHORT
        && codegen::CARRIED as u32 == CARRIED
        && codegen::CARRIED_PARTS as usize == CARRIED_WORDS - 2
);

/// An adapter of an instance, to be entered by the host.
pub(crate) struct Entered {
    handles: Arc<Handles>,
    func: CoreFunc,
    /// The adapter's own type.
    ty: FuncType,
    /// The same, if few words cross, all of them numbers.
    few: Option<FewFunc>,
    /// Whether it takes no string, or all of them with their text if that is
    /// short.
    light: bool,
    /// Whether it takes them so.
    carries: bool,
    /// How the guest encodes text.
    guest: GuestEncoding,
    settles: bool,
    outs: Box<[Gives]>,
    /// Whether results are numbers and nothing is due with them.
    simple: bool,
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
        let Entry { ty, strings, settles, results, debts, parks, leaves, pays, bare } = entry;
        if ty != func.ty() {
            return Err(missing());
        }
        let handles = running.handles.get().ok_or_else(missing)?.clone();
        let few = FewFunc::new(&func);
        let carries = *strings == Strings::Carried;
        if carries && few.is_none() {
            return Err(missing());
        }
        let give = |out: &Out| match *out {
            Out::Word(ty) => Ok(Gives::Word(ty)),
            Out::View(mem) => running.ready_mem(mem as i32).map(Gives::View),
            Out::Slot => Ok(Gives::Slot),
        };
        let parking = if *parks || *pays { handles.parking.clone() } else { None };
        Ok(Entered {
            few,
            light: few.is_some() && *strings != Strings::Slots,
            carries,
            guest: running.code.program.convention.text,
            settles: *settles,
            outs: results.iter().map(give).collect::<Result<_>>()?,
            simple: debts.is_empty() && results.iter().all(|out| matches!(out, Out::Word(_))),
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

    /// Calls it with arguments that fit.
    #[inline]
    pub fn run<'a>(
        &self,
        cx: &mut Cx<'_>,
        args: &impl Arguments<'a>,
        outcome: &mut impl Outcome,
    ) -> Result<()> {
        let args = &Told(args, &self.ty);
        let Some(few) = self.few.as_ref().filter(|_| self.light) else {
            return self.run_heavy(cx, args, outcome);
        };
        let mut room = Few::new();
        let mut light = Light::new(room.puts());
        args.lower(&mut light)?;
        let Some(words) = light.finish() else {
            return self.run_heavy(cx, args, outcome);
        };
        self.run_few(cx, few, words, outcome)
    }

    /// The ways of a call whose strings have to be lent.
    #[inline(never)]
    fn run_heavy<'a>(
        &self,
        cx: &mut Cx<'_>,
        args: &impl Arguments<'a>,
        outcome: &mut impl Outcome,
    ) -> Result<()> {
        let Some(few) = &self.few else { return self.run_wide(cx, args, outcome) };
        scoped(cx, |cx, lending| {
            let mut room = Few::new();
            let mut lent = Lent::new(cx, lending, room.puts(), self.carries, self.guest);
            args.lower(&mut lent)?;
            let words = lent.finish();
            self.run_few(cx, few, words, outcome)
        })
    }

    /// The adapter's own type.
    pub(super) fn ty(&self) -> &FuncType {
        &self.ty
    }

    /// How it gives results.
    pub(super) fn outs(&self) -> &[Gives] {
        &self.outs
    }

    /// Whether a result is a string.
    pub(super) fn gives_text(&self) -> bool {
        !self.simple
    }

    /// How the guest encodes text.
    pub(super) fn guest(&self) -> GuestEncoding {
        self.guest
    }

    /// Whether it takes short strings with their text.
    pub(super) fn carries(&self) -> bool {
        self.carries
    }

    /// The call itself, with few words.
    #[inline(always)]
    pub(super) fn run_few(
        &self,
        cx: &mut Cx<'_>,
        few: &FewFunc,
        words: Puts<'_>,
        outcome: &mut impl Outcome,
    ) -> Result<()> {
        self.ready(cx)?;
        let opened = self.open(cx)?;
        let called = self.cross(cx, few, opened.mark, words, outcome);
        self.shut(cx, opened, called)
    }

    /// The way for references and many words.
    fn run_wide<'a>(
        &self,
        cx: &mut Cx<'_>,
        args: &impl Arguments<'a>,
        outcome: &mut impl Outcome,
    ) -> Result<()> {
        scoped(cx, |cx, lending| {
            // References are rooted last, so text is checked before.
            args.lower(&mut Measure { cx, guest: self.guest, at: 0 })?;
            self.ready(cx)?;
            let opened = self.open(cx)?;
            let called = self.func.call_filled(
                cx,
                |cx, fill| args.lower(&mut Wide { cx, lending, fill, guest: self.guest, at: 0 }),
                |cx, words| self.leave(cx, words, outcome),
            );
            let called = called.map_err(|error| self.told(cx, error));
            self.shut(cx, opened, called)
        })
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

    /// The crossing, with few words.
    #[inline(always)]
    fn cross(
        &self,
        cx: &mut Cx<'_>,
        few: &FewFunc,
        mark: Mark,
        words: Puts<'_>,
        outcome: &mut impl Outcome,
    ) -> Result<bool> {
        let mut results = match words.call(cx, few) {
            Ok(results) => results,
            Err(error) => return Err(self.failed(cx, mark, error)),
        };
        if self.simple {
            return outcome.lift(&mut results).map(|()| false);
        }
        self.leave(cx, &mut results, outcome)
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
            Some(parking) if self.pays && parking.was_paying(cx).unwrap_or(false) => late(error),
            _ => error,
        }
    }

    /// A call begins.
    #[inline(always)]
    fn open(&self, cx: &mut Cx<'_>) -> Result<Opened> {
        let outer = match &self.parking {
            Some(parking) => parking.enter(cx)?,
            None => Outer::None,
        };
        Ok(Opened { outer, mark: Mark::new(cx) })
    }

    /// A call is over: what it has deferred is done, or owed where it tells so.
    #[inline(always)]
    fn shut(&self, cx: &mut Cx<'_>, opened: Opened, called: Result<bool>) -> Result<()> {
        let owes = match called {
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

    /// The same where it has to do something.
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
    fn leave(
        &self,
        cx: &mut Cx<'_>,
        words: &mut impl Source,
        outcome: &mut impl Outcome,
    ) -> Result<bool> {
        if !self.debts.is_empty() {
            self.register(cx, words)?;
        }
        let mut results = Results::new(cx, &self.outs, words);
        outcome.lift(&mut results)?;
        Ok(results.is_view())
    }

    #[inline(never)]
    fn register(&self, cx: &mut Cx<'_>, words: &mut impl Source) -> Result<()> {
        words.rewind(self.words);
        for debt in &self.debts {
            let func = self.handles.deferred.get(*debt as usize).ok_or_else(missing)?;
            if let Some(due) = words.due(func)? {
                cx.data_mut().debts.register_few(func.home(), due);
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
        words.rewind(0);
        Ok(())
    }
}

/// What a call finds when it begins.
struct Opened {
    outer: Outer,
    mark: Mark,
}

impl Typed for Entered {
    fn call(&self, cx: &mut Cx<'_>, args: &[Val<'_>], results: &mut [Val<'static>]) -> Result<()> {
        self.run(cx, &Vals(args), &mut Values { outs: &self.outs, results })
    }

    fn linked(
        self: Arc<Self>,
        cx: &mut Cx<'_>,
        core_type: &HostType,
        link: Link,
    ) -> Result<wasmtime::Func, Link> {
        let Some(few) = self.few else { return Err(link) };
        let body = move |call: &mut HostCall<'_, '_>| self.relay(call, &few);
        Ok(linked(cx, core_type, link, body))
    }
}

/// Arguments that are values.
struct Vals<'a>(&'a [Val<'a>]);

impl<'a> Arguments<'a> for Vals<'a> {
    fn lower<L: Lower<'a>>(&self, into: &mut L) -> Result<()> {
        for val in self.0 {
            match val {
                Val::String(text) => match text.host_text() {
                    Some(units) => into.text(units, text.policy())?,
                    None => into.value(val.clone())?,
                },
                Val::ExternRef(_) | Val::FuncRef(_) => into.value(val.clone())?,
                number => into.number(number.bits())?,
            }
        }
        Ok(())
    }
}

/// Results that become values.
struct Values<'v> {
    outs: &'v [Gives],
    results: &'v mut [Val<'static>],
}

impl Outcome for Values<'_> {
    fn lift<L: Lift>(&mut self, from: &mut L) -> Result<()> {
        for (out, val) in self.outs.iter().zip(&mut *self.results) {
            *val = match *out {
                Gives::Word(ty) if !ty.is_ref() => Val::from_bits(ty, from.number()?)?,
                _ => from.value()?,
            };
        }
        Ok(())
    }
}
