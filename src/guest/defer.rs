//! Calls owed to guests.
//!
//! `defer-call-core` registers a call for when its frame is left. Where a
//! string leaves with the frame towards the host, the frame's calls are *owed*
//! instead: they run before the guest next runs in that store. They never run
//! in a destructor or on a foreign thread.
//!
//! Not here: strings.

use super::call::CoreFunc;
use super::context::Cx;
use super::few::FewDue;
use super::text;
use super::value::Val;
use super::{StoreData, give_back};
use crate::error::{Error, Result};
use std::sync::Arc;

/// A failure that came late, told so once.
#[cold]
pub(crate) fn late(error: Error) -> Error {
    const OWED: &str = "a deferred call owed since an earlier call";
    if error.message().starts_with(OWED) { error } else { error.context(OWED) }
}

/// The deferred calls of one store.
#[derive(Default)]
pub(crate) struct Debts {
    /// Of the frames that are running, innermost last.
    registered: List,
    /// Of frames that have been left.
    owed: List,
    /// Whose parked calls are owed, later than all in `owed`.
    parked: Option<PayerId>,
    payers: Vec<Arc<dyn Payer>>,
}

/// An instance of the store in whose core calls are left parked.
pub(crate) trait Payer: Send + Sync {
    /// Makes the call that was parked last, if one is owed. If more are, they
    /// are owed anew before.
    fn pay(&self, cx: &mut Cx<'_>, own: PayerId) -> Result<()>;
}

/// Names a payer of a store.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct PayerId(usize);

/// Calls, the one to be made first last.
#[derive(Default)]
struct List {
    calls: Vec<Debt>,
    /// The arguments of those that have values; those of one call stand
    /// together.
    args: Vec<Val<'static>>,
}

enum Debt {
    /// With few words.
    Few(FewDue),
    /// With so many values.
    Vals(CoreFunc, usize),
    /// Those that are parked there.
    Parked(PayerId),
}

impl Debts {
    /// How many calls are registered: what a frame notes when it is entered.
    #[inline]
    pub fn mark(&self) -> usize {
        self.registered.calls.len()
    }

    /// How many calls are registered, and how many values for them.
    pub fn registered(&self) -> usize {
        self.registered.calls.len() + self.registered.args.len()
    }

    /// Registers a call for the frame that is running.
    pub fn register(&mut self, func: CoreFunc, args: impl IntoIterator<Item = Val<'static>>) {
        let List { calls, args: all } = &mut self.registered;
        let before = all.len();
        all.extend(args);
        calls.push(Debt::Vals(func, all.len() - before));
    }

    /// The same for a call with few words.
    #[inline]
    pub fn register_few(&mut self, due: FewDue) {
        self.registered.calls.push(Debt::Few(due));
    }

    /// An instance may park calls from now on.
    pub fn add_payer(&mut self, payer: Arc<dyn Payer>) -> PayerId {
        self.payers.push(payer);
        PayerId(self.payers.len() - 1)
    }

    /// What is parked there is owed from now on.
    #[inline]
    pub fn owe_parked(&mut self, payer: PayerId) {
        if self.parked != Some(payer) {
            self.owed.calls.extend(self.parked.replace(payer).map(Debt::Parked));
        }
    }

    /// What was parked there, and is kept by the payer, is owed from now on.
    pub fn owe_aside(&mut self, payer: PayerId) {
        self.owed.calls.extend(self.parked.take().map(Debt::Parked));
        self.owed.calls.push(Debt::Parked(payer));
    }

    /// What was parked there has been paid.
    #[inline]
    pub fn paid(&mut self, payer: PayerId) {
        if self.parked == Some(payer) {
            self.parked = None;
        }
    }

    /// Whether something is owed.
    #[inline]
    fn owes(&self) -> bool {
        self.parked.is_some() || !self.owed.calls.is_empty()
    }

    /// Forgets the call that was registered last: it is about to be made.
    pub fn forget(&mut self) {
        let List { calls, args } = &mut self.registered;
        if let Some(Debt::Vals(_, count)) = calls.pop() {
            args.truncate(args.len() - count);
        }
    }

    /// The frame is left, and its calls are owed from now on.
    #[inline]
    pub fn owe(&mut self, mark: usize) {
        if self.registered.calls.len() > mark {
            self.owe_all(mark);
        }
    }

    #[inline(never)]
    fn owe_all(&mut self, mark: usize) {
        self.owed.calls.extend(self.parked.take().map(Debt::Parked));
        let List { calls, args } = &mut self.registered;
        let count = calls[mark..].iter().map(|debt| match debt {
            Debt::Few(_) | Debt::Parked(_) => 0,
            Debt::Vals(_, count) => *count,
        });
        let from = args.len() - count.sum::<usize>();
        self.owed.args.extend(args.drain(from..));
        self.owed.calls.extend(calls.drain(mark..));
    }

    fn pop_owed(&mut self, args: &mut Vec<Val<'static>>) -> Option<Debt> {
        match self.parked.take() {
            Some(payer) => Some(Debt::Parked(payer)),
            None => self.owed.pop(0, args),
        }
    }
}

impl List {
    fn pop(&mut self, mark: usize, args: &mut Vec<Val<'static>>) -> Option<Debt> {
        if self.calls.len() <= mark {
            return None;
        }
        let debt = self.calls.pop()?;
        if let Debt::Vals(_, count) = debt {
            args.clear();
            args.extend(self.args.drain(self.args.len() - count..));
        }
        Some(debt)
    }
}

impl StoreData {
    /// Whether a safe point would do no more than make what is parked there.
    #[inline]
    pub fn owes_only(&self, payer: PayerId) -> bool {
        let Debts { owed, parked, .. } = &self.debts;
        !self.texts.any_views() && owed.calls.is_empty() && parked.is_none_or(|p| p == payer)
    }
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
    let settled = settle(cx);
    let ran = run(cx, |debts, args| debts.registered.pop(mark, args), |error| error);
    // Those that could not be made yet are made later.
    cx.data_mut().debts.owe(mark);
    settled.and(ran)
}

/// The safe point: what is still held is copied out, what is owed is paid.
/// Everything that lets guest code run goes through here first.
#[inline]
pub(crate) fn settle(cx: &mut Cx<'_>) -> Result<()> {
    let data = cx.data();
    if data.texts.any_views() || data.debts.owes() {
        return settle_now(cx);
    }
    Ok(())
}

#[inline(never)]
fn settle_now(cx: &mut Cx<'_>) -> Result<()> {
    run(cx, Debts::pop_owed, late)
}

/// Makes calls; the first failure is the outcome, and `told` says what a call's is.
/// Where a string that is held cannot be copied out, no guest may run: the calls
/// that are left are not made, and stay where they are.
fn run(
    cx: &mut Cx<'_>,
    mut next: impl FnMut(&mut Debts, &mut Vec<Val<'static>>) -> Option<Debt>,
    told: fn(Error) -> Error,
) -> Result<()> {
    let mut args = cx.data_mut().scratch.vals.pop().unwrap_or_default();
    let mut first = Ok(());
    loop {
        // Also after a call: the guest may have called a host that holds a string.
        if cx.data().texts.any_views()
            && let Err(error) = text::keep_views(cx)
        {
            first = first.and(Err(error));
            break;
        }
        let Some(debt) = next(&mut cx.data_mut().debts, &mut args) else { break };
        let done = match debt {
            Debt::Few(due) => due.call(cx),
            Debt::Vals(func, _) => func.enter(cx, &args, &mut []),
            Debt::Parked(id) => match cx.data().debts.payers.get(id.0).cloned() {
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
