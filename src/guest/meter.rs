//! Fuel and deadlines where no core code counts: adapters that are interpreted.
//!
//! The engine tells nobody its epoch, so it is counted here a second time. Its
//! own count may be behind by what is being added at this moment.
//!
//! Not here: when a step is paid for.

use super::context::Cx;
use crate::error::{Result, Trap, TrapCode};
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
}

impl Meter {
    /// How many ticks are left; `None` where there are no epochs.
    #[cfg(feature = "component")]
    pub fn left(&self) -> Option<u64> {
        let now = self.epoch.as_ref()?.load(Ordering::Relaxed);
        Some(self.deadline.saturating_sub(now).min(u64::MAX / 2))
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

/// Takes so much fuel, and looks at the clock. What stops a guest here is what
/// stops it in core code.
pub(crate) fn spend(cx: &mut Cx<'_>, fuel: u64) -> Result<()> {
    let meter = &cx.data().meter;
    let is_over = |epoch: &Arc<AtomicU64>| epoch.load(Ordering::Relaxed) >= meter.deadline;
    if meter.epoch.as_ref().is_some_and(is_over) {
        let message = wasmtime::Trap::Interrupt.to_string();
        return Err(Trap::with_code(message, TrapCode::Interrupted).into());
    }
    if !meter.fuel {
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
