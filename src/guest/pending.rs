//! Calls owed to guests.
//!
//! `defer-call-core` registers a call for when its frame is left. Where a
//! string leaves with the frame towards the host, the frame's calls are *owed*
//! instead: they run before that guest next runs. They never run in a destructor or
//! on a foreign thread.
//!
//! Which guest runs matters where no other can touch its memory: see [`Home`]. What
//! is owed there, and views of it, are left alone while others run.
//!
//! Not here: strings.

use super::StoreData;
use super::context::Cx;
use super::core_func::CoreFunc;
use super::frame::Due;
use super::memory::Home;
use super::value::Val;
use crate::error::Result;
use std::sync::Arc;

/// The deferred calls of one store.
#[derive(Default)]
pub(crate) struct Debts {
    /// Of the frames that are running, innermost last.
    registered: List,
    /// Of frames that have been left.
    owed: List,
    /// Whose parked calls are owed, last ones last, and all later than those in
    /// `owed`.
    parked: Vec<PayerId>,
    payers: Vec<Arc<dyn Payer>>,
    /// How many homes there are.
    homes: u32,
}

/// An instance of the store in whose core calls are left parked.
pub(crate) trait Payer: Send + Sync {
    /// Makes the call that was parked last, if one is owed. If more are, they
    /// are owed anew before.
    fn pay(&self, cx: &mut Cx<'_>, own: PayerId) -> Result<()>;
}

/// Names a payer of a store.
#[derive(Clone, Copy)]
pub(crate) struct PayerId {
    at: usize,
    home: Home,
}

impl PartialEq for PayerId {
    #[inline]
    fn eq(&self, other: &PayerId) -> bool {
        self.at == other.at
    }
}

/// Calls, the one to be made first last.
#[derive(Default)]
struct List {
    calls: Vec<(Home, Debt)>,
    /// The arguments of those that have values; those of one call stand
    /// together.
    args: Vec<Val<'static>>,
}

/// A call that is to be made.
pub(super) enum Debt {
    /// With few words.
    Due(Due),
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
        calls.push((func.home(), Debt::Vals(func, all.len() - before)));
    }

    /// Records a call that has few words.
    #[inline]
    pub fn register_due(&mut self, home: Home, due: Due) {
        self.registered.calls.push((home, Debt::Due(due)));
    }

    /// An instance whose memory only its own code touches is about to be made.
    pub fn new_home(&mut self) -> Home {
        self.homes = self.homes.saturating_add(1);
        Home::numbered(self.homes)
    }

    /// An instance may park calls from now on.
    pub fn add_payer(&mut self, home: Home, payer: Arc<dyn Payer>) -> PayerId {
        self.payers.push(payer);
        PayerId { at: self.payers.len() - 1, home }
    }

    /// What is parked there is owed from now on.
    #[inline]
    pub fn owe_parked(&mut self, payer: PayerId) {
        if self.parked.last() != Some(&payer) {
            self.owe_last(payer);
        }
    }

    #[inline(never)]
    fn owe_last(&mut self, payer: PayerId) {
        // Others that it meets are to be paid before those that come after them.
        if self.parked.iter().all(|other| *other == payer || !other.home.meets(payer.home)) {
            self.parked.retain(|other| *other != payer);
        } else {
            self.owe_all_parked();
        }
        self.parked.push(payer);
    }

    fn owe_all_parked(&mut self) {
        let parked = self.parked.drain(..).map(|payer| (payer.home, Debt::Parked(payer)));
        self.owed.calls.extend(parked);
    }

    /// What was parked there, and is kept by the payer, is owed from now on.
    pub fn owe_aside(&mut self, payer: PayerId) {
        self.owe_all_parked();
        self.owed.calls.push((payer.home, Debt::Parked(payer)));
    }

    /// What was parked there has been paid.
    #[inline]
    pub fn paid(&mut self, payer: PayerId) {
        if !self.parked.is_empty() {
            self.paid_one(payer);
        }
    }

    #[inline(never)]
    fn paid_one(&mut self, payer: PayerId) {
        self.parked.retain(|other| *other != payer);
    }

    /// Whether something is owed.
    #[inline]
    pub(crate) fn owes(&self) -> bool {
        !self.parked.is_empty() || !self.owed.calls.is_empty()
    }

    /// Whether something is owed to who runs there.
    pub(super) fn owes_to(&self, home: Home) -> bool {
        self.parked.iter().any(|payer| payer.home.meets(home))
            || self.owed.calls.iter().any(|(of, _)| of.meets(home))
    }

    /// Who is concerned by the calls registered from `mark` on.
    pub(super) fn registered_home(&self, mark: usize) -> Home {
        // Nearly always all of them are of one guest.
        let mut homes = self.registered.calls[mark..].iter().map(|(home, _)| *home);
        let first = homes.next().unwrap_or(Home::ANY);
        if homes.all(|home| home == first) { first } else { Home::ANY }
    }

    /// Takes the call that was registered last, from `mark` on.
    pub(super) fn pop_registered(
        &mut self,
        mark: usize,
        args: &mut Vec<Val<'static>>,
    ) -> Option<Debt> {
        self.registered.pop(mark, Home::ANY, args)
    }

    /// The payer of this name.
    pub(super) fn payer(&self, id: PayerId) -> Option<Arc<dyn Payer>> {
        self.payers.get(id.at).cloned()
    }

    /// Forgets the call that was registered last: it is about to be made.
    pub fn forget(&mut self) {
        let List { calls, args } = &mut self.registered;
        if let Some((_, Debt::Vals(_, count))) = calls.pop() {
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
        self.owe_all_parked();
        let List { calls, args } = &mut self.registered;
        let from = args.len() - args_of(&calls[mark..]);
        self.owed.args.extend(args.drain(from..));
        self.owed.calls.extend(calls.drain(mark..));
    }

    /// The one to be made first of those that are owed to who runs there.
    pub(super) fn pop_owed(&mut self, home: Home, args: &mut Vec<Val<'static>>) -> Option<Debt> {
        match self.parked.iter().rposition(|payer| payer.home.meets(home)) {
            Some(at) => Some(Debt::Parked(self.parked.remove(at))),
            None => self.owed.pop(0, home, args),
        }
    }
}

/// How many values the arguments of calls are.
fn args_of(calls: &[(Home, Debt)]) -> usize {
    let count = calls.iter().map(|(_, debt)| match debt {
        Debt::Due(_) | Debt::Parked(_) => 0,
        Debt::Vals(_, count) => *count,
    });
    count.sum()
}

impl List {
    /// The last one from `mark` on that concerns who runs there.
    fn pop(&mut self, mark: usize, home: Home, args: &mut Vec<Val<'static>>) -> Option<Debt> {
        let at = mark + self.calls.get(mark..)?.iter().rposition(|(of, _)| of.meets(home))?;
        let end = self.args.len() - args_of(&self.calls[at + 1..]);
        let (_, debt) = self.calls.remove(at);
        if let Debt::Vals(_, count) = debt {
            args.clear();
            args.extend(self.args.drain(end - count..end));
        }
        Some(debt)
    }
}

impl StoreData {
    /// Whether a safe point, before the guest of this payer runs, would do no more
    /// than make what is parked there.
    #[inline]
    pub fn owes_only(&self, payer: PayerId) -> bool {
        let Debts { owed, parked, .. } = &self.debts;
        // Nearly always nobody else is owed anything.
        if !self.texts.has_views() && owed.calls.is_empty() {
            match parked.as_slice() {
                [] => return true,
                [other] if *other == payer => return true,
                _ => {}
            }
        }
        self.owes_to_only(payer)
    }

    #[inline(never)]
    fn owes_to_only(&self, payer: PayerId) -> bool {
        let Debts { owed, parked, .. } = &self.debts;
        !self.texts.any_views(payer.home)
            && owed.calls.iter().all(|(of, _)| !of.meets(payer.home))
            && parked.iter().all(|other| *other == payer || !other.home.meets(payer.home))
    }
}
