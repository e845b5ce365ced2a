//! Entering a compiled adapter: one entry into core code for one call.
//!
//! Not here: what adapters ask for while they run.

use super::park::Outer;
use super::{Handles, Running, missing, word};
use crate::codegen::{Entry, Out};
use crate::error::{Error, ErrorKind, Result};
use crate::exec;
use crate::guest::StoreData;
use crate::guest::call::{CoreFunc, Mark};
use crate::guest::context::Cx;
use crate::guest::defer::{OWED, run_registered, settle};
use crate::guest::flat::{Arguments, Lift, Lower, Outcome, mismatch};
use crate::guest::func::Typed;
use crate::guest::memory::Mem;
use crate::guest::slots::{Held, Lending, measure, scoped};
use crate::guest::text::{ill_formed, lift};
use crate::guest::value::{Str, Val};
use crate::guest::words::{Few, Fill, Read};
use crate::string::{Policy, Text};
use std::sync::Arc;

/// An adapter of an instance, to be entered by the host.
pub(crate) struct Entered {
    running: Arc<Running>,
    func: CoreFunc,
    settles: bool,
    outs: Box<[Out]>,
    /// How many words the results take.
    words: usize,
    /// Calls that are due when it has returned, by position.
    debts: Box<[u32]>,
    /// Whether calls are parked while it runs, whether they are left there, and
    /// whether it first makes those that are: see [`Entry`].
    parks: bool,
    leaves: bool,
    pays: bool,
    /// Whether only numbers and strings cross, also to the deferred calls.
    plain: bool,
    /// Whether it can be called like a core function of numbers.
    bare: bool,
    /// Whether few words cross, all of them numbers.
    lean: bool,
    /// Whether results are numbers and nothing is due with them.
    simple: bool,
}

impl Entered {
    /// The adapter of this index, which `func` is the entry of.
    pub fn new(running: Arc<Running>, adapter: u32, func: CoreFunc) -> Result<Entered> {
        let entries = &running.code.compiled.entries;
        let entry = entries.get(adapter as usize).and_then(|e| e.as_ref());
        let Some(entry) = entry else { return Err(missing()) };
        let Entry { ty, settles, results, debts, parks, leaves, pays, bare } = entry;
        if ty != func.ty() {
            return Err(missing());
        }
        Ok(Entered {
            settles: *settles,
            outs: results.as_slice().into(),
            words: results.iter().map(|out| out.words()).sum(),
            debts: debts.as_slice().into(),
            parks: *parks,
            leaves: *leaves,
            pays: *pays,
            plain: !func.has_refs(),
            bare: *bare && func.is_numeric(),
            lean: Few::fit(&func),
            simple: debts.is_empty() && results.iter().all(|out| matches!(out, Out::Word(_))),
            running,
            func,
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
        if self.bare {
            settle(cx)?;
            let func = &self.func;
            return func.call_filled(
                cx,
                |_, words| args.lower(words),
                |_, words| outcome.lift(words),
            );
        }
        if self.lean {
            return self.run_lean(cx, args, outcome);
        }
        if !(self.parks || self.pays) {
            return self.run_scoped(cx, args, outcome).0;
        }
        let handles = self.running.handles.get().ok_or_else(missing)?;
        let outer = handles.parking.enter(cx)?;
        let (done, owes) = self.run_scoped(cx, args, outcome);
        self.unpark(cx, handles, outer, done, owes)
    }

    /// The short way, for few numbers and strings.
    #[inline]
    fn run_lean<'a>(
        &self,
        cx: &mut Cx<'_>,
        args: &impl Arguments<'a>,
        outcome: &mut impl Outcome,
    ) -> Result<()> {
        let handles = self.running.handles.get().ok_or_else(missing)?;
        let uses = self.parks || self.pays;
        let outer = if uses { handles.parking.enter(cx)? } else { Outer::None };
        let mark = Mark::new(cx);
        let called = scoped(cx, |cx, lending| {
            let mut words = Few::new();
            args.lower(&mut Lean { cx, lending, words: &mut words, at: 0 })?;
            if self.pays {
                handles.parking.settle(cx)?;
            } else if self.settles {
                settle(cx)?;
            }
            if let Err(error) = words.call(cx, &self.func) {
                return Err(self.failed(cx, handles, mark, error));
            }
            if self.simple {
                return outcome.lift(&mut words).map(|()| false);
            }
            self.leave(cx, &mut words.results(&self.func), outcome)
        });
        let owes = matches!(called, Ok(true));
        let done = self.close(cx, mark.debts(), called);
        if uses { self.unpark(cx, handles, outer, done, owes) } else { done }
    }

    #[cold]
    fn failed(&self, cx: &mut Cx<'_>, handles: &Handles, mark: Mark, error: Error) -> Error {
        mark.unwind(cx);
        match self.pays && handles.parking.was_paying(cx).unwrap_or(false) {
            true => error.context(OWED),
            false => error,
        }
    }

    /// What a call has registered is owed, or done.
    #[inline(always)]
    fn close(&self, cx: &mut Cx<'_>, debts: usize, called: Result<bool>) -> Result<()> {
        match called {
            Ok(true) => {
                cx.data_mut().debts.owe(debts);
                Ok(())
            }
            Ok(false) => run_registered(cx, debts),
            Err(error) => {
                // The first failure is the outcome.
                let _ = run_registered(cx, debts);
                Err(error)
            }
        }
    }

    /// What is left parked is owed, or done; then the globals are free.
    #[inline(always)]
    fn unpark(
        &self,
        cx: &mut Cx<'_>,
        handles: &Handles,
        outer: Outer,
        mut done: Result<()>,
        owes: bool,
    ) -> Result<()> {
        if done.is_err() || (self.leaves && !owes) {
            let paid = handles.parking.pay(cx);
            // The first failure is the outcome.
            done = done.and(paid);
        } else if self.leaves {
            handles.parking.owe(cx)?;
            if let Outer::Words(_) = outer {
                // The globals are another's again.
                done = settle(cx);
            }
        }
        let left = handles.parking.leave(cx, outer);
        if done.is_err() { done } else { left }
    }

    #[inline(always)]
    fn run_scoped<'a>(
        &self,
        cx: &mut Cx<'_>,
        args: &impl Arguments<'a>,
        outcome: &mut impl Outcome,
    ) -> (Result<()>, bool) {
        let debts = cx.data().debts.mark();
        let called = scoped(cx, |cx, lending| {
            if !self.plain {
                // References are rooted last, so text is checked before.
                args.lower(&mut Measure { cx, at: 0 })?;
                settle(cx)?;
            }
            self.func.call_filled(
                cx,
                |cx, fill| {
                    args.lower(&mut Words { cx, lending, fill, at: 0 })?;
                    if self.plain && self.settles { settle(cx) } else { Ok(()) }
                },
                |cx, words| self.leave(cx, words, outcome),
            )
        });
        let owes = matches!(called, Ok(true));
        (self.close(cx, debts, called), owes)
    }

    /// Takes results; tells whether one is a guest's text, so that what is due
    /// is owed and not done.
    #[inline(always)]
    fn leave(
        &self,
        cx: &mut Cx<'_>,
        words: &mut Read<'_>,
        outcome: &mut impl Outcome,
    ) -> Result<bool> {
        let mut due = words.skip(self.words);
        if self.leaves {
            let mut results = Results { entered: self, cx, words, at: 0, is_view: false };
            let outcome = outcome.lift(&mut results);
            return outcome.map(|()| results.is_view);
        }
        if !self.plain {
            self.register(cx, &mut due)?;
        }
        let mut results = Results { entered: self, cx, words, at: 0, is_view: false };
        let outcome = outcome.lift(&mut results);
        let is_view = results.is_view;
        if !self.plain || self.debts.is_empty() {
            return outcome.map(|()| is_view);
        }
        self.register(cx, &mut due)?;
        outcome.map(|()| is_view)
    }

    fn due(&self) -> impl DoubleEndedIterator<Item = Result<&CoreFunc>> {
        let handles = self.running.handles.get();
        self.debts.iter().map(move |debt| {
            handles.and_then(|h| h.deferred.get(*debt as usize)).ok_or_else(missing)
        })
    }

    fn register(&self, cx: &mut Cx<'_>, due: &mut Read<'_>) -> Result<()> {
        for func in self.due() {
            let func = func?;
            if let Some(due) = due.due(func)? {
                cx.data_mut().debts.register_few(due);
                continue;
            }
            let mut args = cx.data_mut().scratch.vals.pop().unwrap_or_default();
            args.clear();
            for ty in func.ty().params() {
                args.push(due.val(cx, *ty)?);
            }
            let data = cx.data_mut();
            data.debts.register(func.clone(), args.drain(..));
            data.scratch.vals.push(args);
        }
        Ok(())
    }
}

impl Typed for Entered {
    fn call(&self, cx: &mut Cx<'_>, args: &[Val<'_>], results: &mut [Val<'static>]) -> Result<()> {
        self.run(cx, &Vals(args), &mut Values { outs: &self.outs, results })
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
    outs: &'v [Out],
    results: &'v mut [Val<'static>],
}

impl Outcome for Values<'_> {
    fn lift<L: Lift>(&mut self, from: &mut L) -> Result<()> {
        for (out, val) in self.outs.iter().zip(&mut *self.results) {
            *val = match *out {
                Out::Word(ty) if !ty.is_ref() => Val::from_bits(ty, from.number()?),
                _ => from.value()?,
            };
        }
        Ok(())
    }
}

/// Puts arguments into words, and text into slots.
struct Words<'x, 'f, 'a, 's> {
    cx: &'x mut Cx<'s>,
    lending: &'x Lending<'a>,
    fill: &'x mut Fill<'f>,
    at: usize,
}

impl<'a> Lower<'a> for Words<'_, '_, 'a, '_> {
    #[inline]
    fn number(&mut self, bits: u64) -> Result<()> {
        self.at += 1;
        self.fill.number(bits)
    }

    #[inline]
    fn text(&mut self, text: Text<'a>, policy: Option<Policy>) -> Result<()> {
        let len = self.lending.lend(self.cx, text, policy).map_err(|e| argument(e, self.at))?;
        self.at += 1;
        self.fill.number(word(len)? as u32 as u64)
    }

    fn value(&mut self, val: Val<'a>) -> Result<()> {
        let at = self.at;
        self.at += 1;
        let Val::String(text) = val else { return self.fill.val(self.cx, &val) };
        self.fill.number(hold(self.cx, self.lending, text, at)?)
    }
}

/// The same for few words.
struct Lean<'x, 'a, 's> {
    cx: &'x mut Cx<'s>,
    lending: &'x Lending<'a>,
    words: &'x mut Few,
    at: usize,
}

impl<'a> Lower<'a> for Lean<'_, 'a, '_> {
    #[inline(always)]
    fn number(&mut self, bits: u64) -> Result<()> {
        self.at += 1;
        self.words.put(bits)
    }

    #[inline(always)]
    fn text(&mut self, text: Text<'a>, policy: Option<Policy>) -> Result<()> {
        match self.lending.lend(self.cx, text, policy) {
            Ok(len) => {
                self.at += 1;
                self.words.put(word(len)? as u32 as u64)
            }
            Err(error) => Err(argument(error, self.at)),
        }
    }

    fn value(&mut self, val: Val<'a>) -> Result<()> {
        let Val::String(text) = val else { return Err(mismatch()) };
        let len = hold(self.cx, self.lending, text, self.at)?;
        self.at += 1;
        self.words.put(len)
    }
}

/// Puts a string into the next slot that the host does not lend, and gives its
/// length as a word.
fn hold(cx: &mut Cx<'_>, lending: &Lending<'_>, text: Str<'_>, at: usize) -> Result<u64> {
    let measured = exec::measure_argument(cx.data(), at, &text)?;
    let (text, measured) = match text.clone().into_guest() {
        Some(text) => (text, measured),
        // What the host lends comes as text; this owns it.
        None => (text.into_owned(cx).map_err(|e| argument(e, at))?, None),
    };
    Ok(word(lending.hold(cx, text, measured))? as u32 as u64)
}

/// Checks the text among arguments, and nothing else.
struct Measure<'x, 's> {
    cx: &'x mut Cx<'s>,
    at: usize,
}

impl<'a> Lower<'a> for Measure<'_, '_> {
    fn number(&mut self, _: u64) -> Result<()> {
        self.at += 1;
        Ok(())
    }

    fn text(&mut self, text: Text<'a>, policy: Option<Policy>) -> Result<()> {
        measure(self.cx.data().policy, text, policy).map_err(|e| argument(e, self.at))?;
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, val: Val<'a>) -> Result<()> {
        if let Val::String(text) = &val {
            exec::measure_argument(self.cx.data(), self.at, text)?;
        }
        self.at += 1;
        Ok(())
    }
}

#[cold]
fn argument(error: Error, at: usize) -> Error {
    error.context(format_args!("argument {at}")).at_argument(at)
}

/// Gives the results of an entry.
struct Results<'x, 'r, 's> {
    entered: &'x Entered,
    cx: &'x mut Cx<'s>,
    words: &'x mut Read<'r>,
    at: usize,
    is_view: bool,
}

impl Results<'_, '_, '_> {
    fn out(&self) -> Result<Out> {
        self.entered.outs.get(self.at).copied().ok_or_else(mismatch)
    }

    fn mem(&self, at: u32) -> Result<Mem> {
        self.entered.running.ready_mem(at as i32)
    }
}

impl Lift for Results<'_, '_, '_> {
    #[inline]
    fn number(&mut self) -> Result<u64> {
        self.at += 1;
        self.words.number()
    }

    fn text<R>(&mut self, read: impl FnOnce(Text<'_>, Policy) -> Result<R>) -> Result<R> {
        let mut words = self.words.skip(0);
        let data: &StoreData = self.cx.data();
        let done = match self.out()? {
            Out::View(mem) => {
                let (ptr, len) = (words.i32()? as u32, words.i32()? as u32);
                let bytes = self.mem(mem)?.read(&*self.cx, ptr, len)?;
                // What is due may wait, as it does for text that is kept.
                self.is_view |= self.entered.leaves;
                read(Text::Utf8(bytes), data.policy).map_err(|e| match e.kind() {
                    ErrorKind::BadText => ill_formed(ptr, e.message()),
                    _ => e,
                })?
            }
            Out::Slot => match data.slots.get(words.i32()?)? {
                Held::Lent(lent) => read(lent.text(), lent.policy_or(data.policy))?,
                held => {
                    let text = held.into_str()?;
                    let rule = text.policy_or(data.policy);
                    text.with_in((&*self.cx).into(), |units| read(units, rule))??
                }
            },
            Out::Word(_) => return Err(mismatch()),
        };
        *self.words = words;
        self.at += 1;
        Ok(done)
    }

    fn value(&mut self) -> Result<Val<'static>> {
        let out = self.out()?;
        self.at += 1;
        let text = match out {
            Out::Word(ty) => return self.words.val(self.cx, ty),
            Out::View(mem) => {
                let mem = self.mem(mem)?;
                let (ptr, len) = (self.words.i32()?, self.words.i32()?);
                lift(self.cx, mem, ptr as u32, len as u32)?
            }
            Out::Slot => {
                let text = self.cx.data().slots.get(self.words.i32()?)?.into_str()?;
                text.into_owned(self.cx)?
            }
        };
        self.is_view |= exec::is_view(&text);
        Ok(Val::String(text))
    }
}
