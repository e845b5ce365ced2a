//! Fuel and deadlines where no core code counts: adapters that are interpreted.
//!
//! The engine tells nobody its epoch, so it is counted here a second time. Its
//! own count may be behind by what is being added at this moment.
//!
//! Not here: when a step is paid for.

use super::context::Cx;
use crate::error::{Error, ErrorKind, Result, Trap, TrapCode};
use std::num::NonZeroU64;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What stops a store's guests.
#[derive(Clone)]
pub(crate) struct Meter {
    /// Whether fuel is counted.
    pub fuel: bool,
    /// The engine's epoch, where it has one.
    pub epoch: Option<Arc<AtomicU64>>,
    /// The epoch at which guests stop.
    pub deadline: u64,
    /// Who is asked then whether they really do.
    pub callback: Option<Callback>,
}

/// Gives how many ticks the guest may go on for.
type Callback = Arc<dyn Fn() -> Option<NonZeroU64> + Send + Sync>;

impl Meter {
    /// How many ticks are left; `None` where there are no epochs.
    #[cfg(feature = "component")]
    pub fn left(&self) -> Option<u64> {
        let now = self.epoch.as_ref()?.load(Ordering::Relaxed);
        Some(self.deadline.saturating_sub(now).min(u64::MAX / 2))
    }

    /// Stops guests when those of another store are, of the same engine, which asks the
    /// same then. What is the same already is not counted anew.
    #[cfg(feature = "component")]
    pub fn follow(&mut self, other: &Meter) {
        self.deadline = other.deadline;
        let is_same = match (&self.callback, &other.callback) {
            (Some(own), Some(others)) => Arc::ptr_eq(own, others),
            (own, others) => own.is_none() && others.is_none(),
        };
        if !is_same {
            self.callback.clone_from(&other.callback);
        }
    }
}

/// Stops guests so many ticks from now.
pub(crate) fn set_deadline(cx: &mut Cx<'_>, ticks: u64) {
    // The engine adds without a look at what comes out. Nobody waits for half
    // of all ticks.
    let ticks = ticks.min(u64::MAX / 2);
    cx.set_epoch_deadline(ticks);
    let meter = &mut cx.data_mut().meter;
    let now = meter.epoch.as_ref().map_or(0, |epoch| epoch.load(Ordering::Relaxed));
    meter.deadline = now.saturating_add(ticks);
}

/// Stops guests at this epoch, to which the deadline was put off elsewhere: while a
/// guest waited, or in another store.
#[cfg(any(feature = "wasi", feature = "component"))]
pub(crate) fn put_off(cx: &mut Cx<'_>, deadline: u64) {
    let meter = &cx.data().meter;
    if meter.deadline == deadline {
        return;
    }
    let now = meter.epoch.as_ref().map_or(0, |epoch| epoch.load(Ordering::Relaxed));
    set_deadline(cx, deadline.saturating_sub(now));
    cx.data_mut().meter.deadline = deadline;
}

/// A deadline has come to pass: how many ticks the guest may go on for.
fn ask(cx: &mut Cx<'_>) -> Result<Option<u64>> {
    let Some(callback) = cx.data().meter.callback.clone() else { return Ok(None) };
    let answer = catch_unwind(AssertUnwindSafe(|| callback()))
        .map_err(|_| Error::new(ErrorKind::Panic, "the epoch callback panicked"))?;
    Ok(answer.map(|ticks| ticks.get().min(u64::MAX / 2)))
}

/// What becomes of core code that the engine has stopped at the deadline.
#[cold]
pub(crate) fn at_deadline(mut cx: Cx<'_>) -> wasmtime::Result<wasmtime::UpdateDeadline> {
    match ask(&mut cx) {
        Ok(Some(ticks)) => {
            let meter = &mut cx.data_mut().meter;
            let now = meter.epoch.as_ref().map_or(0, |epoch| epoch.load(Ordering::Relaxed));
            meter.deadline = now.saturating_add(ticks);
            Ok(wasmtime::UpdateDeadline::Continue(ticks))
        }
        Ok(None) => Err(wasmtime::Trap::Interrupt.into()),
        Err(error) => Err(wasmtime::Error::new(error)),
    }
}

/// Whether guests have no fuel left, or no time: what is owed to one is better not begun.
pub(crate) fn is_over(cx: &Cx<'_>) -> bool {
    let meter = &cx.data().meter;
    let is_late = |epoch: &Arc<AtomicU64>| epoch.load(Ordering::Relaxed) >= meter.deadline;
    meter.epoch.as_ref().is_some_and(is_late)
        || (meter.fuel && cx.get_fuel().is_ok_and(|left| left == 0))
}

/// Fails where nothing is left of either: before what is owed is begun.
pub(crate) fn check_left(cx: &mut Cx<'_>) -> Result<()> {
    spend(cx, 0)?;
    if is_over(cx) { spend(cx, 1) } else { Ok(()) }
}

/// Takes so much fuel, and looks at the clock. What stops a guest here is what
/// stops it in core code.
pub(crate) fn spend(cx: &mut Cx<'_>, fuel: u64) -> Result<()> {
    let meter = &cx.data().meter;
    let is_over = |epoch: &Arc<AtomicU64>| epoch.load(Ordering::Relaxed) >= meter.deadline;
    let counts = meter.fuel;
    if meter.epoch.as_ref().is_some_and(is_over) {
        let Some(ticks) = ask(cx)? else {
            let message = wasmtime::Trap::Interrupt.to_string();
            return Err(Trap::with_code(message, TrapCode::Interrupted).into());
        };
        set_deadline(cx, ticks);
    }
    if !counts {
        return Ok(());
    }
    let left = cx.get_fuel().unwrap_or_default();
    // It is there: the engine counts it.
    let _ = cx.set_fuel(left.saturating_sub(fuel));
    if left < fuel {
        let message = wasmtime::Trap::OutOfFuel.to_string();
        return Err(Trap::with_code(message, TrapCode::OutOfFuel).into());
    }
    Ok(())
}
