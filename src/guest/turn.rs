//! Calls of core functions: the safe point before guest code runs, the crossing, and
//! what is made good after a failure.
//!
//! Not here: words; what is pending, and for whom.

use super::context::Cx;
use super::core_func::{CoreFunc, Word};
use super::errors::no_values;
use super::give_back;
use super::memory::Home;
use super::meter::{check_left, is_over};
use super::pending::{Debt, Debts};
use super::slots::SlotMark;
use super::text;
use super::value::Val;
use crate::error::{Error, ErrorKind, Result};

impl CoreFunc {
    /// Runs it, after what the store owes, if it is numeric. The arguments are
    /// in `words`, and then the results; on failure anything may be.
    #[inline]
    pub fn call_words(&self, cx: &mut Cx<'_>, words: &mut [Word]) -> Result<()> {
        settle_for(cx, self.home())?;
        let mark = Mark::new(cx);
        self.cross(cx, words).map_err(|e| unwound(cx, mark, e))
    }

    /// Runs it, after what the store owes. Results are written on success
    /// only.
    pub fn call(
        &self,
        cx: &mut Cx<'_>,
        args: &[Val<'_>],
        results: &mut [Val<'static>],
    ) -> Result<()> {
        settle_for(cx, self.home())?;
        self.enter(cx, args, results)
    }

    /// Runs it without settling first.
    pub fn enter(
        &self,
        cx: &mut Cx<'_>,
        args: &[Val<'_>],
        results: &mut [Val<'static>],
    ) -> Result<()> {
        let (params, expected) = (self.ty().params(), self.ty().results());
        if args.len() != params.len() {
            let message = format!("expected {} arguments, found {}", params.len(), args.len());
            return Err(Error::new(ErrorKind::WrongCount, message));
        }
        if results.len() != expected.len() {
            let message = format!("room for {} results needed", expected.len());
            return Err(Error::new(ErrorKind::WrongCount, message));
        }
        self.framed(cx, |cx, mut frame| {
            for (i, arg) in args.iter().enumerate() {
                frame.val(cx, arg).map_err(|e| e.of_argument(self.ty(), i))?;
            }
            if let Some(ty) = expected.iter().find(|ty| !ty.has_values()) {
                return Err(no_values(*ty));
            }
            let mark = Mark::new(cx);
            let mut words = frame.call(cx).inspect_err(|_| mark.unwind(cx))?;
            for (result, ty) in results.iter_mut().zip(expected) {
                *result = words.val(cx, *ty)?;
            }
            Ok(())
        })
    }
}

/// What a store held when guest code was entered.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    debts: usize,
    slots: SlotMark,
}

impl Mark {
    #[inline]
    pub fn new(cx: &Cx<'_>) -> Mark {
        let data = cx.data();
        Mark { debts: data.debts.mark(), slots: data.slots.mark() }
    }

    /// Whether that is what it still holds.
    #[inline]
    pub fn is_now(self, cx: &Cx<'_>) -> bool {
        let data = cx.data();
        data.debts.mark() == self.debts && data.slots.mark() == self.slots
    }

    /// How many calls were registered.
    #[inline]
    pub fn debts(self) -> usize {
        self.debts
    }

    /// How many strings were in slots.
    #[inline]
    pub fn slots(self) -> SlotMark {
        self.slots
    }

    /// Makes good for the compiled adapters that a failure has unwound: what
    /// they deferred runs, innermost last one first, and their strings go.
    pub fn unwind(self, cx: &mut Cx<'_>) {
        cx.data_mut().slots.cut(self.slots);
        // The first failure is the outcome.
        let _ = run_registered(cx, self.debts);
    }
}

/// What came out of guest code that failed.
#[cold]
fn unwound(cx: &mut Cx<'_>, mark: Mark, error: Error) -> Error {
    mark.unwind(cx);
    error
}

/// A failure that came late, told so once.
#[cold]
pub(crate) fn late(error: Error) -> Error {
    const OWED: &str = "a deferred call owed since an earlier call";
    if error.message().starts_with(OWED) { error } else { error.context(OWED) }
}

/// Runs the calls that a frame registered, last one first. All run; the first
/// failure is the outcome.
#[inline]
pub(crate) fn run_registered(cx: &mut Cx<'_>, mark: usize) -> Result<()> {
    if cx.data().debts.mark() == mark {
        return Ok(());
    }
    run_registered_now(cx, mark)
}

#[inline(never)]
fn run_registered_now(cx: &mut Cx<'_>, mark: usize) -> Result<()> {
    let home = cx.data().debts.registered_home(mark);
    let settled = settle_for(cx, home);
    let next = |debts: &mut Debts, args: &mut Vec<_>| debts.pop_registered(mark, args);
    let ran = run(cx, home, next, |error| error);
    // Those that could not be made yet, or not to their end, are made later.
    cx.data_mut().debts.owe(mark);
    settled.and(ran)
}

/// The safe point: what is still held is copied out, what is owed is paid.
/// Everything that lets guest code run goes through here first, or through
/// [`settle_for`].
#[inline]
pub(crate) fn settle(cx: &mut Cx<'_>) -> Result<()> {
    settle_for(cx, Home::ANY)
}

/// The safe point before code runs that is known to be there: what others hold and
/// are owed is left alone.
#[inline]
pub(crate) fn settle_for(cx: &mut Cx<'_>, home: Home) -> Result<()> {
    let data = cx.data();
    if data.texts.has_views() || data.debts.owes() {
        return settle_now(cx, home);
    }
    Ok(())
}

#[inline(never)]
fn settle_now(cx: &mut Cx<'_>, home: Home) -> Result<()> {
    let data = cx.data();
    if !data.texts.any_views(home) && !data.debts.owes_to(home) {
        return Ok(());
    }
    // What is left undone for want of fuel stays owed.
    if data.debts.owes_to(home) {
        check_left(cx).map_err(late)?;
    }
    run(cx, home, |debts, args| debts.pop_owed(home, args), late)
}

/// Makes calls; the first failure is the outcome, and `told` says what a call's is.
/// Where a string that is held cannot be copied out, no guest may run: the calls
/// that are left are not made, and stay where they are.
fn run(
    cx: &mut Cx<'_>,
    home: Home,
    mut next: impl FnMut(&mut Debts, &mut Vec<Val<'static>>) -> Option<Debt>,
    told: fn(Error) -> Error,
) -> Result<()> {
    let mut args = cx.data_mut().scratch.vals.pop().unwrap_or_default();
    let mut first = Ok(());
    loop {
        // Also after a call: the guest may have called a host that holds a string.
        if cx.data().texts.any_views(home)
            && let Err(error) = text::keep_views(cx, home)
        {
            first = first.and(Err(error));
            break;
        }
        // A call that is stopped half way can neither be made again nor go on.
        if is_over(cx) {
            break;
        }
        let Some(debt) = next(&mut cx.data_mut().debts, &mut args) else { break };
        let done = match debt {
            Debt::Due(due) => {
                let mark = Mark::new(cx);
                due.cross(cx).map_err(|e| unwound(cx, mark, e))
            }
            Debt::Vals(func, _) => func.enter(cx, &args, &mut []),
            Debt::Parked(id) => match cx.data().debts.payer(id) {
                Some(payer) => payer.pay(cx, id),
                None => Err(Error::internal("no such payer")),
            },
        };
        first = first.and(done.map_err(told));
    }
    args.clear();
    give_back(&mut cx.data_mut().scratch.vals, args);
    first
}
