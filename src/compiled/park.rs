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
use crate::codegen::{COUNT, PARKED_WORDS, PAY_ONE, PAYING, WORDS};
use crate::error::Result;
use crate::guest::call::{CoreFunc, Mark};
use crate::guest::context::Cx;
use crate::guest::defer::{Payer, PayerId, settle};
use crate::guest::few::{Few, FewFunc};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wasmtime::Global;

/// The globals of one instance, as a payer of its store.
#[derive(Clone)]
pub(super) struct Parking {
    lot: Arc<Lot>,
    id: PayerId,
}

struct Lot {
    globals: Vec<Global>,
    /// See [`PAY_NAME`](crate::codegen::PAY_NAME).
    pay: FewFunc,
    /// Whether an entry that uses them is running. One thread at a time is in
    /// the store, so no order between threads is needed.
    used: AtomicBool,
    /// Words of outer calls that were put aside, the innermost one's last.
    aside: Mutex<Vec<[i64; ALL]>>,
}

const ALL: usize = (WORDS + PARKED_WORDS) as usize;

/// What an entry finds when it begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outer {
    /// No other one uses the globals.
    None,
    /// One is about to make what is owed: what is left of it is for this one to
    /// make.
    Paying,
    /// Another one does, and its words were put aside.
    Parked,
}

impl Parking {
    pub fn new(cx: &mut Cx<'_>, globals: Vec<Global>, pay: &CoreFunc) -> Result<Parking> {
        let pay = FewFunc::new(pay).ok_or_else(missing)?;
        let lot =
            Arc::new(Lot { globals, pay, used: AtomicBool::new(false), aside: Mutex::default() });
        let id = cx.data_mut().debts.add_payer(lot.clone());
        Ok(Parking { lot, id })
    }

    /// An entry that uses them is about to run.
    #[inline(always)]
    pub fn enter(&self, cx: &mut Cx<'_>) -> Result<Outer> {
        if !self.lot.used.load(Ordering::Relaxed) {
            self.lot.used.store(true, Ordering::Relaxed);
            return Ok(Outer::None);
        }
        self.lot.enter_within(cx)
    }

    /// It is over.
    #[inline(always)]
    pub fn leave(&self, cx: &mut Cx<'_>, outer: Outer) -> Result<()> {
        match outer {
            Outer::None => {
                self.lot.used.store(false, Ordering::Relaxed);
                Ok(())
            }
            Outer::Paying => self.lot.set(cx, PAYING, 1),
            Outer::Parked => self.lot.put_back(cx),
        }
    }

    /// An entry has left calls parked: they are owed from now on.
    #[inline(always)]
    pub fn owe(&self, cx: &mut Cx<'_>) {
        cx.data_mut().debts.owe_parked(self.id);
    }

    /// An entry has made all that was owed here.
    #[inline(always)]
    pub fn paid(&self, cx: &mut Cx<'_>) {
        cx.data_mut().debts.paid(self.id);
    }

    /// Before an entry that makes what is owed here itself.
    #[inline(always)]
    pub fn settle(&self, cx: &mut Cx<'_>) -> Result<()> {
        if cx.data().owes_only(self.id) { Ok(()) } else { settle(cx) }
    }

    /// Whether a trap was one of a call that was owed.
    #[cold]
    pub fn was_paying(&self, cx: &mut Cx<'_>) -> Result<bool> {
        let was = self.lot.get(cx, PAYING)? != 0;
        self.lot.set(cx, PAYING, 0)?;
        Ok(was)
    }

    /// Makes what an entry has parked, after all that is owed: last one first.
    /// All are made; the first failure is the outcome.
    #[cold]
    pub fn pay(&self, cx: &mut Cx<'_>) -> Result<()> {
        let mut count = self.lot.get(cx, COUNT)?;
        if count <= 0 {
            return Ok(());
        }
        let mut outcome = settle(cx);
        while count > 0 {
            outcome = outcome.and(self.lot.pay_one(cx, count));
            count = self.lot.get(cx, COUNT)?;
        }
        outcome
    }
}

impl Payer for Lot {
    fn pay(&self, cx: &mut Cx<'_>, own: PayerId) -> Result<()> {
        let count = self.get(cx, COUNT)?;
        let entered = self.used.load(Ordering::Relaxed);
        // An entry past its beginning has paid, and parks for itself.
        if count <= 0 || (entered && self.get(cx, PAYING)? == 0) {
            return Ok(());
        }
        if count > 1 {
            cx.data_mut().debts.owe_parked(own);
        }
        self.pay_one(cx, count)
    }
}

impl Lot {
    /// Makes the last of so many.
    fn pay_one(&self, cx: &mut Cx<'_>, count: i32) -> Result<()> {
        self.set(cx, COUNT, count - 1)?;
        let mark = Mark::new(cx);
        let mut room = Few::new();
        let mut words = room.puts();
        words.put(PAY_ONE as u64)?;
        words.call(cx, &self.pay).map(drop).inspect_err(|_| mark.unwind(cx))
    }

    #[cold]
    fn enter_within(&self, cx: &mut Cx<'_>) -> Result<Outer> {
        if self.get(cx, PAYING)? != 0 { Ok(Outer::Paying) } else { self.put_aside(cx) }
    }

    fn put_aside(&self, cx: &mut Cx<'_>) -> Result<Outer> {
        let mut words = [0; ALL];
        for (word, global) in words.iter_mut().zip(&self.globals) {
            let val = global.get(&mut *cx);
            *word = val.i64().or(val.i32().map(i64::from)).ok_or_else(missing)?;
        }
        self.set(cx, COUNT, 0)?;
        self.aside().push(words);
        Ok(Outer::Parked)
    }

    #[cold]
    fn put_back(&self, cx: &mut Cx<'_>) -> Result<()> {
        let words = self.aside().pop().ok_or_else(missing)?;
        for (i, (global, word)) in self.globals.iter().zip(words).enumerate() {
            let val = if i < WORDS as usize { (word as i32).into() } else { word.into() };
            global.set(&mut *cx, val).map_err(|_| missing())?;
        }
        Ok(())
    }

    fn aside(&self) -> MutexGuard<'_, Vec<[i64; ALL]>> {
        // Nothing panics while it is held.
        self.aside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, cx: &mut Cx<'_>, at: u32) -> Result<i32> {
        let global = self.globals.get(at as usize).ok_or_else(missing)?;
        global.get(&mut *cx).i32().ok_or_else(missing)
    }

    fn set(&self, cx: &mut Cx<'_>, at: u32, value: i32) -> Result<()> {
        let global = self.globals.get(at as usize).ok_or_else(missing)?;
        global.set(&mut *cx, value.into()).map_err(|_| missing())
    }
}
