//! Calls that an entry has deferred and not yet made stand in globals of its
//! core: that costs next to nothing. After a trap the host finds them there;
//! after an entry that returns text, which the calls may free, they stay there
//! until the guest next runs, which may be in an entry that makes them itself.
//!
//! The globals serve the innermost call of an entry of their instance that
//! uses them. An outer one's are put aside while an inner one runs.
//!
//! Not here: calls that are recorded with the host.

use super::missing;
use crate::codegen::{COUNT, PARKED_WORDS, PAYING, WORDS};
use crate::error::Result;
use crate::guest::call::CoreFunc;
use crate::guest::context::Cx;
use crate::guest::defer::settle;
use crate::guest::words::FewDue;
use std::sync::atomic::{AtomicBool, Ordering};
use wasmtime::Global;

/// The globals of one instance.
pub(super) struct Parking {
    globals: Vec<Global>,
    /// The function that makes the calls that are parked, as a call.
    pay: Option<FewDue>,
    /// Whether an entry that uses them is running. One thread at a time is in
    /// the store, so no order between threads is needed.
    used: AtomicBool,
}

const ALL: usize = (WORDS + PARKED_WORDS) as usize;

/// What an outer call had parked.
pub(super) enum Outer {
    None,
    /// Every global's value.
    Words([i64; ALL]),
}

impl Parking {
    pub fn new(globals: Vec<Global>, pay: Option<&CoreFunc>) -> Result<Parking> {
        let pay = pay.map(|func| FewDue::without_args(func).ok_or_else(missing)).transpose()?;
        Ok(Parking { globals, pay, used: AtomicBool::new(false) })
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
        let mut words = [0; ALL];
        for (word, global) in words.iter_mut().zip(&self.globals) {
            let val = global.get(&mut *cx);
            *word = val.i64().or(val.i32().map(i64::from)).ok_or_else(missing)?;
        }
        self.set(cx, COUNT, 0)?;
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
    fn put_back(&self, cx: &mut Cx<'_>, words: [i64; ALL]) -> Result<()> {
        for (i, (global, word)) in self.globals.iter().zip(words).enumerate() {
            let val = if i < WORDS as usize { (word as i32).into() } else { word.into() };
            global.set(&mut *cx, val).map_err(|_| missing())?;
        }
        Ok(())
    }

    fn get(&self, cx: &mut Cx<'_>, at: u32) -> Result<i32> {
        let global = self.globals.get(at as usize).ok_or_else(missing)?;
        global.get(&mut *cx).i32().ok_or_else(missing)
    }

    fn set(&self, cx: &mut Cx<'_>, at: u32, value: i32) -> Result<()> {
        let global = self.globals.get(at as usize).ok_or_else(missing)?;
        global.set(&mut *cx, value.into()).map_err(|_| missing())
    }

    /// An entry has left calls parked: they are owed from now on.
    #[inline(always)]
    pub fn owe(&self, cx: &mut Cx<'_>) -> Result<()> {
        let pay = self.pay.ok_or_else(missing)?;
        cx.data_mut().debts.owe_one(pay);
        Ok(())
    }

    /// Before an entry that makes them itself: if nothing else is owed and no
    /// text is held, nothing needs to be done.
    #[inline(always)]
    pub fn settle(&self, cx: &mut Cx<'_>) -> Result<()> {
        if let Some(pay) = &self.pay
            && cx.data_mut().take_only_debt(pay)
        {
            return Ok(());
        }
        settle(cx)
    }

    /// Whether a trap was one of a call that was owed.
    #[cold]
    pub fn was_paying(&self, cx: &mut Cx<'_>) -> Result<bool> {
        let was = self.get(cx, PAYING)? != 0;
        self.set(cx, PAYING, 0)?;
        Ok(was)
    }

    /// After a failure: makes the calls that are parked, last one first. All
    /// are made; the first failure is the outcome.
    #[cold]
    pub fn pay(&self, cx: &mut Cx<'_>) -> Result<()> {
        let mut count = self.get(cx, COUNT)?;
        if count <= 0 {
            return Ok(());
        }
        let mut outcome = settle(cx);
        let pay = self.pay.ok_or_else(missing)?;
        while count > 0 {
            let done = pay.call(cx);
            outcome = outcome.and(done);
            let left = self.get(cx, COUNT)?;
            // Where it could not even begin, as without fuel, one call less is
            // left all the same.
            count = left.min(count - 1);
            self.set(cx, COUNT, count)?;
        }
        self.set(cx, PAYING, 0)?;
        outcome
    }
}
