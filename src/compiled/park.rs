//! Calls that an entry has deferred and not yet made stand in globals of its
//! core: that costs next to nothing. After a trap the host finds them there;
//! after an entry that returns text, which the calls may free, they stay there
//! until the guest next runs, which may be in an entry that makes them itself.
//!
//! The globals serve the innermost call of an entry of their instance that
//! uses them. An outer one's are put aside while an inner one runs, which
//! therefore leaves nothing there: what it owes is put aside too.
//!
//! Not here: calls that are recorded with the host.

use crate::codegen::{COUNT, PARKED_WORDS, PAY_ONE, PAYING, WORDS};
use crate::error::Result;
use crate::guest::context::Cx;
use crate::guest::core_func::CoreFunc;
use crate::guest::meter::is_over;
use crate::guest::pending::{Payer, PayerId};
use crate::guest::text::keep_views;
use crate::guest::turn::{Mark, late, settle_for};
use crate::linked::missing;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wasmtime::Global;

/// The globals of one instance, as a payer of its store.
#[derive(Clone)]
pub(super) struct Parking {
    calls: Arc<ParkedCalls>,
    id: PayerId,
}

struct ParkedCalls {
    globals: Vec<Global>,
    /// See [`PAY_NAME`](crate::codegen::PAY_NAME).
    pay: CoreFunc,
    /// Whether an entry that uses them is running. One thread at a time is in
    /// the store, so no order between threads is needed.
    used: AtomicBool,
    /// What outer calls have there, the innermost one's last.
    aside: Mutex<Vec<Words>>,
    /// What inner calls owe, the one to be paid first last.
    owed: Mutex<Vec<Words>>,
}

/// What stands in all globals.
type Words = [i64; (WORDS + PARKED_WORDS) as usize];

/// What an entry finds when it begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outer {
    /// No other one uses the globals.
    None,
    /// Another one does, and its words were put aside.
    Parked,
}

impl Parking {
    pub fn new(cx: &mut Cx<'_>, globals: Vec<Global>, pay: CoreFunc) -> Parking {
        let used = AtomicBool::new(false);
        let (aside, owed) = (Mutex::default(), Mutex::default());
        let calls = Arc::new(ParkedCalls { globals, pay, used, aside, owed });
        let id = cx.data_mut().debts.add_payer(calls.pay.home(), calls.clone());
        Parking { calls, id }
    }

    /// An entry that uses them is about to run.
    #[inline(always)]
    pub fn enter(&self, cx: &mut Cx<'_>) -> Result<Outer> {
        if !self.calls.used.load(Ordering::Relaxed) {
            self.calls.used.store(true, Ordering::Relaxed);
            return Ok(Outer::None);
        }
        self.calls.enter_within(cx)
    }

    /// It is over.
    #[inline(always)]
    pub fn leave(&self, cx: &mut Cx<'_>, outer: Outer) -> Result<()> {
        match outer {
            Outer::None => {
                self.calls.used.store(false, Ordering::Relaxed);
                Ok(())
            }
            Outer::Parked => self.calls.put_back(cx),
        }
    }

    /// An entry has left calls parked: they are owed from now on.
    #[inline(always)]
    pub fn owe(&self, cx: &mut Cx<'_>) {
        cx.data_mut().debts.owe_parked(self.id);
    }

    /// An entry within another one has left calls parked: they wait aside.
    #[cold]
    pub fn owe_within(&self, cx: &mut Cx<'_>) -> Result<()> {
        let words = self.calls.read(cx)?;
        lock(&self.calls.owed).push(words);
        cx.data_mut().debts.owe_aside(self.id);
        Ok(())
    }

    /// An entry has made all that was owed here.
    #[inline(always)]
    pub fn paid(&self, cx: &mut Cx<'_>) {
        cx.data_mut().debts.paid(self.id);
    }

    /// Before an entry that makes what is owed here itself.
    #[inline(always)]
    pub fn settle(&self, cx: &mut Cx<'_>) -> Result<()> {
        if cx.data().owes_only(self.id) { Ok(()) } else { settle_for(cx, self.calls.pay.home()) }
    }

    /// Whether a trap is one of a call that was owed.
    #[cold]
    pub fn is_paying(&self, cx: &mut Cx<'_>) -> Result<bool> {
        Ok(self.calls.get(cx, PAYING)? != 0)
    }

    /// Makes what an entry has parked, after all that is owed: last one first.
    /// All are made, if not now, then at the next safe point; the first failure is
    /// the outcome.
    #[cold]
    pub fn pay(&self, cx: &mut Cx<'_>) -> Result<()> {
        let outcome = if self.calls.get(cx, COUNT)? > 0 { self.pay_all(cx) } else { Ok(()) };
        // Where the entry has trapped while it paid, what is left is owed to those within
        // as well, for as long as this takes.
        self.calls.set(cx, PAYING, 0)?;
        outcome
    }

    fn pay_all(&self, cx: &mut Cx<'_>) -> Result<()> {
        let mut outcome = settle_for(cx, self.calls.pay.home());
        // Those within may have made some.
        while let count @ 1.. = self.calls.get(cx, COUNT)? {
            // A string that is held and cannot be copied out, or no fuel left: they wait
            // elsewhere, for this is where the next entry parks.
            let kept = keep_views(cx, self.calls.pay.home());
            if kept.is_err() || is_over(cx) {
                self.calls.set(cx, PAYING, 0)?;
                self.owe_within(cx)?;
                self.calls.set(cx, COUNT, 0)?;
                return outcome.and(kept);
            }
            outcome = outcome.and(self.calls.pay_one(cx, count));
        }
        outcome
    }
}

impl Payer for ParkedCalls {
    fn pay(&self, cx: &mut Cx<'_>, own: PayerId) -> Result<()> {
        let aside = lock(&self.owed).pop();
        if let Some(words) = aside {
            return self.pay_aside(cx, own, words);
        }
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

impl ParkedCalls {
    /// Makes the last of so many.
    fn pay_one(&self, cx: &mut Cx<'_>, count: i32) -> Result<()> {
        self.set(cx, COUNT, count - 1)?;
        let mark = Mark::new(cx);
        self.pay.framed(cx, |cx, mut frame| {
            frame.put(PAY_ONE as u64)?;
            frame.call(cx).map(drop).inspect_err(|_| mark.unwind(cx))
        })
    }

    /// Makes the last of those that an inner call owes.
    #[cold]
    fn pay_aside(&self, cx: &mut Cx<'_>, own: PayerId, mut words: Words) -> Result<()> {
        let count = words[COUNT as usize] as i32;
        if count > 1 {
            words[COUNT as usize] -= 1;
            lock(&self.owed).push(words);
            cx.data_mut().debts.owe_aside(own);
        }
        // It is made as by an entry, so that those within leave nothing either.
        let used = self.used.swap(true, Ordering::Relaxed);
        let before = self.read(cx)?;
        let paid = self.write(cx, &words).and_then(|()| self.pay_one(cx, count));
        self.used.store(used, Ordering::Relaxed);
        paid.and(self.write(cx, &before))
    }

    /// What an entry that is about to pay has left is made before anything
    /// else, and the globals are cleared.
    #[cold]
    fn enter_within(&self, cx: &mut Cx<'_>) -> Result<Outer> {
        let mut paid = Ok(());
        if self.get(cx, PAYING)? != 0 {
            while let count @ 1.. = self.get(cx, COUNT)? {
                keep_views(cx, self.pay.home())?;
                paid = paid.and(self.pay_one(cx, count));
            }
        }
        paid.map_err(late)?;
        let words = self.read(cx)?;
        lock(&self.aside).push(words);
        self.write(cx, &[0; _])?;
        Ok(Outer::Parked)
    }

    #[cold]
    fn put_back(&self, cx: &mut Cx<'_>) -> Result<()> {
        let words = lock(&self.aside).pop().ok_or_else(missing)?;
        self.write(cx, &words)
    }

    fn read(&self, cx: &mut Cx<'_>) -> Result<Words> {
        let mut words = [0; _];
        for (word, global) in words.iter_mut().zip(&self.globals) {
            let val = global.get(&mut *cx);
            *word = val.i64().or(val.i32().map(i64::from)).ok_or_else(missing)?;
        }
        Ok(words)
    }

    fn write(&self, cx: &mut Cx<'_>, words: &Words) -> Result<()> {
        for (i, (global, word)) in self.globals.iter().zip(words).enumerate() {
            let val = if i < WORDS as usize { (*word as i32).into() } else { (*word).into() };
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
}

fn lock(list: &Mutex<Vec<Words>>) -> MutexGuard<'_, Vec<Words>> {
    // Nothing panics while it is held.
    list.lock().unwrap_or_else(PoisonError::into_inner)
}
