//! What a guest does between calls: what runs only where no function of its module is on
//! the stack, as a collector that looks at no stack does.
//!
//! Not here: when that is due.

use super::context::Cx;
use super::core_func::CoreFunc;
use super::traps::TRACED;
use crate::error::Result;
use std::ops::Range;

/// So many instructions it may take beside the fuel that is left: stopped half way, it
/// would leave the guest's memory as nobody expects it.
const LENT: u64 = 1 << 26;

/// Calls a core function without parameters and results, if no function of its module is
/// on the stack: `within` tells that an adapter is, compiled into the module, and asks.
#[cold]
pub(crate) fn run_idle(cx: &mut Cx<'_>, func: &CoreFunc, within: bool) -> Result<()> {
    if !is_idle(cx, within) {
        return Ok(());
    }
    if !cx.data().meter.fuel {
        return func.call(cx, &[], &mut []);
    }
    // Fuel is counted, so that there is some to tell and to set.
    let left = cx.get_fuel().unwrap_or_default();
    let given = left.max(LENT);
    let _ = cx.set_fuel(given);
    let done = func.call(cx, &[], &mut []);
    let used = given.saturating_sub(cx.get_fuel().unwrap_or_default());
    let _ = cx.set_fuel(left.saturating_sub(used));
    done
}

/// Whether none is: of a stack that is too deep to be told, nobody knows.
fn is_idle(cx: &Cx<'_>, within: bool) -> bool {
    let stack = wasmtime::WasmBacktrace::force_capture(cx);
    let module = |frame: &wasmtime::FrameInfo| -> Range<*const u8> { frame.module().image_range() };
    match stack.frames() {
        all if all.len() >= TRACED => false,
        [own, rest @ ..] if within => rest.iter().all(|frame| module(frame) != module(own)),
        all => all.is_empty(),
    }
}
