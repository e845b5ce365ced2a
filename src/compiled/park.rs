//! Calls that an entry has deferred and not yet made stand in globals of its
//! core: that costs next to nothing, and after a trap the host finds them.
//!
//! The globals serve the innermost call of an entry of their instance that
//! uses them. An outer one's are put aside while an inner one runs.
//!
//! Not here: calls that are recorded with the host.

use super::missing;
use crate::codegen::PARKED_WORDS;
use crate::error::{Error, Result};
use crate::guest::call::CoreFunc;
use crate::guest::context::Cx;
use crate::guest::defer::settle;
use crate::guest::value::Val;
use std::sync::atomic::{AtomicBool, Ordering};
use wasmtime::Global;

/// The globals of one instance.
pub(super) struct Parking {
    /// How many calls are parked; then the words of their arguments.
    globals: Vec<Global>,
    /// Whether an entry that uses them is running. One thread at a time is in
    /// the store, so no order between threads is needed.
    used: AtomicBool,
}

/// What an outer call had parked.
pub(super) enum Outer {
    None,
    /// Every global's value.
    Words([i64; 1 + PARKED_WORDS as usize]),
}

impl Parking {
    pub fn new(globals: Vec<Global>) -> Parking {
        Parking { globals, used: AtomicBool::new(false) }
    }

    /// An entry that uses them is about to run.
    #[inline(always)]
    pub fn enter(&self, cx: &mut Cx<'_>) -> Result<Outer> {
        if !self.used.load(Ordering::Relaxed) {
            self.used.store(true, Ordering::Relaxed);
            return Ok(Outer::None);
        }
        self.put_aside(cx)
    }

    #[cold]
    fn put_aside(&self, cx: &mut Cx<'_>) -> Result<Outer> {
        let mut words = [0; 1 + PARKED_WORDS as usize];
        for (word, global) in words.iter_mut().zip(&self.globals) {
            let val = global.get(&mut *cx);
            *word = val.i64().or(val.i32().map(i64::from)).ok_or_else(missing)?;
        }
        self.set_count(cx, 0)?;
        Ok(Outer::Words(words))
    }

    /// It is over.
    #[inline(always)]
    pub fn leave(&self, cx: &mut Cx<'_>, outer: Outer) -> Result<()> {
        match outer {
            Outer::None => {
                self.used.store(false, Ordering::Relaxed);
                Ok(())
            }
            Outer::Words(words) => self.put_back(cx, words),
        }
    }

    #[cold]
    fn put_back(&self, cx: &mut Cx<'_>, words: [i64; 1 + PARKED_WORDS as usize]) -> Result<()> {
        self.set_count(cx, words[0] as i32)?;
        for (global, word) in self.globals.iter().zip(words).skip(1) {
            global.set(&mut *cx, word.into()).map_err(|_| missing())?;
        }
        Ok(())
    }

    fn set_count(&self, cx: &mut Cx<'_>, count: i32) -> Result<()> {
        let first = self.globals.first().ok_or_else(missing)?;
        first.set(&mut *cx, count.into()).map_err(|_| missing())
    }

    /// After a failure: makes the calls that are parked, of which `due` are the
    /// functions, last one first. All are made; the first failure is the
    /// outcome.
    #[cold]
    pub fn pay<'f>(
        &self,
        cx: &mut Cx<'_>,
        due: impl Iterator<Item = Option<&'f CoreFunc>>,
    ) -> Result<()> {
        let first = self.globals.first().ok_or_else(missing)?;
        let count = first.get(&mut *cx).i32().unwrap_or(0);
        if count <= 0 {
            return Ok(());
        }
        self.set_count(cx, 0)?;
        // The words are taken before anything runs that may park anew.
        let mut calls = Vec::new();
        let mut words = self.globals.iter().skip(1);
        for func in due.take(count as usize) {
            let func = func.ok_or_else(missing)?;
            let mut args = Vec::new();
            for ty in func.ty().params() {
                let word = words.next().ok_or_else(missing)?.get(&mut *cx);
                args.push(Val::from_bits(*ty, word.i64().unwrap_or(0) as u64));
            }
            calls.push((func, args));
        }
        let mut outcome: Result<(), Error> = settle(cx);
        for (func, args) in calls.iter().rev() {
            let done = func.enter(cx, args, &mut []);
            outcome = outcome.and(done);
        }
        outcome
    }
}
