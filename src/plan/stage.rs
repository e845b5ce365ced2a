//! What is known of an adapter before it runs: where the guest does, what is owed by
//! then, what can trap, where text may wait to be checked.
//!
//! The state of the store is *clean* where no view of linear memory is held
//! and no call is owed. The guest runs in a clean store only; while it runs
//! nothing changes that. An adapter called by the core starts clean, as does
//! one that begins with the guest running: its caller sees to that.
//!
//! Not here: who writes the instructions; the reference back end finds all this out as
//! it runs.

use super::{Adapter, AdapterPlan, Op, Program, Slot};
use crate::types::ValType;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What calls an adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The host: its strings are slots from zero on, results may be views.
    Entry,
    /// The core, as an import of its own type.
    Hook,
    /// Another adapter.
    Inner,
}

/// What an adapter does beside its ops, in one role.
pub(crate) struct Stage {
    /// Ops before which to settle.
    pub before: BTreeSet<usize>,
    /// Calls of imports which settle when they return.
    pub after: BTreeSet<usize>,
    /// Whether to settle before deferred calls run, or before the core goes on.
    pub at_exit: bool,
    /// The lifts whose text is checked by the host that it is handed to: a
    /// conforming order of what can trap is the same either way.
    pub direct: BTreeSet<usize>,
    /// What becomes of the calls that are deferred, by op.
    pub records: BTreeMap<usize, Record>,
    /// Whether they run in the adapter; else they are handed over with its results,
    /// because one may be a view.
    pub runs_deferred: bool,
}

impl Stage {
    /// `firsts` is what [`firsts`] tells of the program, and `width` how many words the
    /// arguments of a function have, if they are numbers.
    pub fn new(
        program: &Program,
        firsts: &[bool],
        role: Role,
        plan: &AdapterPlan,
        width: impl Fn(u32) -> Option<u32>,
    ) -> Stage {
        let mut stage = Stage {
            before: BTreeSet::new(),
            after: BTreeSet::new(),
            at_exit: false,
            direct: direct_lifts(program, role, plan),
            records: BTreeMap::new(),
            runs_deferred: runs_deferred(role, plan),
        };
        stage.settle(program, firsts, role, plan);
        stage.record(program, firsts, role, plan, width);
        stage
    }

    /// Where to settle.
    fn settle(&mut self, program: &Program, firsts: &[bool], role: Role, plan: &AdapterPlan) {
        let mut dirty = role != Role::Hook && !guest_first(firsts, plan);
        let exit_runs = self.runs_deferred && defers(plan) > 0;
        for (i, op) in plan.ops.iter().enumerate() {
            if guest_runs(firsts, op) {
                if dirty {
                    self.before.insert(i);
                }
                dirty = false;
            }
            match op {
                Op::LiftStr { .. } => dirty = true,
                Op::CallAdapter { adapter, .. } if body(program, *adapter).is_some() => {
                    dirty = true
                }
                Op::CallAdapter { .. } => {
                    dirty =
                        !guest_next(firsts, &plan.ops[i + 1..], role == Role::Hook || exit_runs);
                    if !dirty {
                        self.after.insert(i);
                    }
                }
                _ => {}
            }
        }
        self.at_exit = dirty && (exit_runs || role == Role::Hook);
    }

    /// What becomes of the calls that are deferred.
    fn record(
        &mut self,
        program: &Program,
        firsts: &[bool],
        role: Role,
        plan: &AdapterPlan,
        width: impl Fn(u32) -> Option<u32>,
    ) {
        let can_trap = self.can_trap(plan);
        // What is left parked has been paid by the time that the guest runs, and
        // not before: nothing is parked in its place until then.
        let parks = role == Role::Entry && guest_first(firsts, plan);
        let (mut places, mut words) = (0, 0);
        for (at, op) in plan.ops.iter().enumerate() {
            let Op::Defer { func, .. } = op else { continue };
            let mut record = self.record_one(program, plan, &can_trap, at);
            let fits = width(*func).filter(|width| words + width <= PARKED_WORDS);
            let fits = fits.filter(|_| places < PARKED_WORDS);
            // What is due only after the entry has returned waits there as well.
            let waits = record != Record::No || !self.runs_deferred;
            if let (true, true, Some(width)) = (parks, waits, fits) {
                record = Record::Parked(places, words);
                places += 1;
                words += width;
            }
            self.records.insert(at, record);
        }
    }

    /// Of each op, whether something after it can trap before the calls that were
    /// deferred until then are made.
    fn can_trap(&self, plan: &AdapterPlan) -> Vec<bool> {
        let mut can_trap = vec![false; plan.ops.len()];
        let mut later = self.runs_deferred && self.at_exit;
        for (at, op) in plan.ops.iter().enumerate().rev() {
            can_trap[at] = later;
            later |= match op {
                Op::Ret { .. } => false,
                Op::LiftStr { .. } => !self.direct.contains(&at),
                // It is made before those deferred earlier.
                Op::Defer { .. } => self.runs_deferred,
                op => !is_silent(op),
            };
        }
        can_trap
    }

    /// What becomes of the call that op `at` defers.
    fn record_one(
        &self,
        program: &Program,
        plan: &AdapterPlan,
        can_trap: &[bool],
        at: usize,
    ) -> Record {
        if !can_trap[at] {
            return Record::No;
        }
        for (i, op) in plan.ops.iter().enumerate().skip(at + 1) {
            match op {
                Op::LiftStr { .. } if self.direct.contains(&i) => {}
                Op::Convert { with, .. } if !with.checked => {}
                Op::CallAdapter { adapter, .. } if body(program, *adapter).is_none() => {
                    return if can_trap[i] { Record::Now } else { Record::With(i) };
                }
                _ => break,
            }
        }
        Record::Now
    }
}

/// The core functions that calls are deferred to, or that the host calls between calls,
/// ascending.
pub(crate) fn deferred(program: &Program) -> Vec<u32> {
    let mut found = BTreeSet::new();
    for adapter in &program.adapters {
        let Adapter::Body(plan) = adapter else { continue };
        found.extend(plan.ops.iter().filter_map(|op| match op {
            Op::Defer { func, .. } | Op::Idle { func, .. } => Some(*func),
            _ => None,
        }));
    }
    found.into_iter().collect()
}

/// Of each adapter by its index, whether the guest runs before anything in it
/// can trap or be noticed.
pub(crate) fn firsts(program: &Program) -> Vec<bool> {
    let mut firsts = Vec::with_capacity(program.adapters.len());
    for adapter in &program.adapters {
        let first = matches!(adapter, Adapter::Body(plan) if guest_first(&firsts, plan));
        firsts.push(first);
    }
    firsts
}

/// Of a plan, whether the guest runs before anything in it can trap or be noticed.
/// Adapters call earlier ones, which `firsts` knows, or
/// themselves: one that begins with that does so for ever.
pub(crate) fn guest_first(firsts: &[bool], plan: &AdapterPlan) -> bool {
    guest_next(firsts, &plan.ops, false)
}

fn body(program: &Program, adapter: u32) -> Option<&AdapterPlan> {
    match program.adapters.get(adapter as usize) {
        Some(Adapter::Body(plan)) => Some(plan),
        _ => None,
    }
}

/// Whether an op cannot trap and nobody notices when it runs.
fn is_silent(op: &Op) -> bool {
    #[cfg(test)]
    tests::LOOKED_AT.set(tests::LOOKED_AT.get() + 1);
    match op {
        Op::Convert { with, .. } => !with.checked,
        Op::Defer { .. } => true,
        _ => false,
    }
}

fn runs_deferred(role: Role, plan: &AdapterPlan) -> bool {
    role != Role::Entry || !plan.ty.results().contains(&ValType::String)
}

fn defers(plan: &AdapterPlan) -> usize {
    plan.ops.iter().filter(|op| matches!(op, Op::Defer { .. })).count()
}

/// Whether the guest runs as soon as an op does.
fn guest_runs(firsts: &[bool], op: &Op) -> bool {
    match op {
        Op::CallCore { .. } | Op::LowerStr { .. } | Op::Idle { .. } => true,
        Op::CallAdapter { adapter, .. } => firsts.get(*adapter as usize).copied().unwrap_or(true),
        _ => false,
    }
}

/// Whether the guest runs next, before anything can trap or be noticed;
/// `at_exit` tells it of what comes after the adapter.
fn guest_next(firsts: &[bool], ops: &[Op], at_exit: bool) -> bool {
    match ops.iter().find(|op| !is_silent(op)) {
        Some(Op::Ret { .. }) => at_exit,
        Some(op) => guest_runs(firsts, op),
        None => false,
    }
}

fn direct_lifts(program: &Program, role: Role, plan: &AdapterPlan) -> BTreeSet<usize> {
    let mut direct = BTreeSet::new();
    for (taker, op) in plan.ops.iter().enumerate() {
        let uses = match op {
            Op::Ret { values } if role == Role::Entry => values,
            Op::CallAdapter { adapter, args, .. } if body(program, *adapter).is_none() => args,
            _ => continue,
        };
        let places = uses.iter().enumerate().rev().map(|(at, used)| (used.slot, at));
        let places: HashMap<Slot, usize> = places.collect();
        let mut lifts = Vec::new();
        for (i, op) in plan.ops[..taker].iter().enumerate().rev() {
            match op {
                // What traps before a call is deferred leaves nothing to run.
                Op::Defer { .. } => break,
                op if is_silent(op) => {}
                Op::LiftStr { to, .. } => {
                    let Some(at) = places.get(to) else { break };
                    lifts.push((i, *at));
                }
                _ => break,
            }
        }
        // Last one first, and checked first one first.
        if lifts.is_sorted_by(|a, b| a.1 > b.1) {
            direct.extend(lifts.into_iter().map(|(i, _)| i));
        }
    }
    direct
}

/// How a deferred call is made also after a trap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    /// Nothing can trap before it is made.
    No,
    /// It is recorded with the host.
    Now,
    /// The host records it while it calls the import that this op calls.
    With(usize),
    /// It is parked in globals: how many have been parked before it, and from
    /// which word on its arguments stand. Only an entry parks: the host, which
    /// entered it, knows where to look after a trap.
    Parked(u32, u32),
}

/// So many calls, and so many words of their arguments, can be parked.
pub(crate) const PARKED_WORDS: u32 = 16;

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;

    thread_local! {
        /// How many ops have been looked at.
        pub(crate) static LOOKED_AT: Cell<usize> = const { Cell::new(0) };
    }
}
