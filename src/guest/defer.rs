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
use super::text;
use super::value::Val;
use crate::error::{Error, Result};

/// The deferred calls of one store.
#[derive(Default)]
pub(crate) struct Debts {
    /// Of the frames that are running, innermost last.
    registered: Vec<Debt>,
    /// Of frames that have been left.
    owed: Vec<Debt>,
    /// The arguments of both; those of one call stand together.
    args: Vec<Val<'static>>,
    owed_args: Vec<Val<'static>>,
}

struct Debt {
    func: CoreFunc,
    args: usize,
}

impl Debts {
    /// How many calls are registered: what a frame notes when it is entered.
    #[inline]
    pub fn mark(&self) -> usize {
        self.registered.len()
    }

    /// Registers a call for the frame that is running.
    pub fn register(&mut self, func: CoreFunc, args: impl IntoIterator<Item = Val<'static>>) {
        let before = self.args.len();
        self.args.extend(args);
        self.registered.push(Debt { func, args: self.args.len() - before });
    }

    /// Forgets the call that was registered last: it is about to be made.
    pub fn forget(&mut self) {
        if let Some(debt) = self.registered.pop() {
            self.args.truncate(self.args.len() - debt.args);
        }
    }

    /// The frame is left, and its calls are owed from now on.
    pub fn owe(&mut self, mark: usize) {
        let args: usize = self.registered[mark..].iter().map(|d| d.args).sum();
        self.owed_args.extend(self.args.drain(self.args.len() - args..));
        self.owed.extend(self.registered.drain(mark..));
    }

    fn pop(&mut self, mark: usize, args: &mut Vec<Val<'static>>) -> Option<CoreFunc> {
        if self.registered.len() <= mark {
            return None;
        }
        let debt = self.registered.pop()?;
        args.clear();
        args.extend(self.args.drain(self.args.len() - debt.args..));
        Some(debt.func)
    }

    fn pop_owed(&mut self, args: &mut Vec<Val<'static>>) -> Option<CoreFunc> {
        let debt = self.owed.pop()?;
        args.clear();
        args.extend(self.owed_args.drain(self.owed_args.len() - debt.args..));
        Some(debt.func)
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
    let ran = run(cx, |debts, args| debts.pop(mark, args));
    settled.and(ran)
}

/// The safe point: what is still held is copied out, what is owed is paid.
/// Everything that lets guest code run goes through here first.
#[inline]
pub(crate) fn settle(cx: &mut Cx<'_>) -> Result<()> {
    let data = cx.data();
    if data.texts.any_views() || !data.debts.owed.is_empty() {
        return settle_now(cx);
    }
    Ok(())
}

#[cold]
#[inline(never)]
fn settle_now(cx: &mut Cx<'_>) -> Result<()> {
    let kept = text::keep_views(cx);
    let paid = run(cx, |debts, args| debts.pop_owed(args))
        .map_err(|e| e.context("a deferred call owed since an earlier call"));
    kept.and(paid)
}

fn run(
    cx: &mut Cx<'_>,
    mut next: impl FnMut(&mut Debts, &mut Vec<Val<'static>>) -> Option<CoreFunc>,
) -> Result<()> {
    let mut args = cx.data_mut().scratch.vals.pop().unwrap_or_default();
    let mut first: Option<Error> = None;
    while let Some(func) = next(&mut cx.data_mut().debts, &mut args) {
        if let Err(error) = func.enter(cx, &args, &mut []) {
            first.get_or_insert(error);
        }
    }
    args.clear();
    cx.data_mut().scratch.vals.push(args);
    first.map_or(Ok(()), Err)
}
