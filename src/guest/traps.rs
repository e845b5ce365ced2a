//! What comes out of code that failed: traps of guests, panics of hosts.
//!
//! Not here: what is done about it.

use super::StoreData;
use super::context::Cx;
use crate::error::{Error, Frame, Result, Trap, TrapCode};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a host function; a panic becomes an error.
#[inline(always)]
pub(crate) fn guard(run: impl FnOnce() -> Result<()>) -> Result<()> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| Err(panicked(&*panic)))
}

pub(super) fn panicked(panic: &(dyn std::any::Any + Send)) -> Error {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    Trap::new(format!("a host function panicked: {text}")).into()
}

/// What came out of a call that failed.
#[cold]
pub(crate) fn failure(cx: &mut Cx<'_>, error: wasmtime::Error) -> Error {
    let frames = error.downcast_ref::<wasmtime::WasmBacktrace>().map(|b| frames(cx.data(), b));
    let code = error.downcast_ref::<wasmtime::Trap>().copied();
    let is_uncaught = error.is::<wasmtime::ThrownException>();
    let exit = crate::wasi::exit_status(&error);
    let error = match error.downcast::<Error>() {
        Ok(ours) => ours,
        Err(_) if let Some(status) = exit => Trap::exited(status).into(),
        Err(_) if is_uncaught => {
            cx.take_pending_exception();
            uncaught()
        }
        Err(other) => match code {
            Some(trap) => Trap::with_code(trap.to_string(), trap_code(trap)).into(),
            None => Trap::with_code(other.root_cause().to_string(), TrapCode::Other).into(),
        },
    };
    if let (Some(trap), Some(frames)) = (error.trap(), frames) {
        trap.set_frames(|| frames);
    }
    error
}

/// The most frames that a trap tells.
pub(crate) const FRAMES: usize = 20;
/// The most frames that the engine tells, of which some are no functions of a module that
/// the host knows.
pub(crate) const TRACED: usize = 3 * FRAMES;

fn frames(data: &StoreData, backtrace: &wasmtime::WasmBacktrace) -> Vec<Frame> {
    let frame = |info: &wasmtime::FrameInfo| {
        let start = info.module().image_range().start as usize;
        let name = data.modules.get(&start);
        // What was added to a component is none of its functions.
        if name.is_some_and(|n| n.added.is_some() && n.added == info.module().name()) {
            return None;
        }
        let shift = name.map_or(0, |n| n.shift);
        let at = info.func_offset();
        let (func_index, func_offset, module_offset) = match name.and_then(|n| n.places.as_ref()) {
            // An adapter is no function of the module that the host knows.
            Some(places) => places.place(info.func_index(), at.unwrap_or(0))?,
            None => {
                let in_file = info.module_offset().unwrap_or(0).wrapping_add_signed(shift);
                (info.func_index(), at.unwrap_or(0), in_file)
            }
        };
        // None where the engine's own prologue trapped.
        let is_known = at.is_some();
        Some(Frame {
            func_index,
            func_name: info.func_name().map(str::to_owned),
            func_offset: if is_known { func_offset } else { 0 },
            module_offset: if is_known { module_offset } else { 0 },
            module: name.map_or(0, |n| n.id),
        })
    };
    backtrace.frames().iter().filter_map(frame).take(FRAMES).collect()
}

/// An exception that gets no further.
pub(crate) fn uncaught() -> Error {
    Trap::with_code("uncaught WebAssembly exception", TrapCode::Other).into()
}

fn trap_code(trap: wasmtime::Trap) -> TrapCode {
    use wasmtime::Trap as T;
    match trap {
        T::StackOverflow => TrapCode::StackOverflow,
        T::MemoryOutOfBounds => TrapCode::MemoryOutOfBounds,
        T::TableOutOfBounds => TrapCode::TableOutOfBounds,
        T::IndirectCallToNull | T::NullReference => TrapCode::NullReference,
        T::BadSignature => TrapCode::BadSignature,
        T::IntegerOverflow => TrapCode::IntegerOverflow,
        T::IntegerDivisionByZero => TrapCode::DivisionByZero,
        T::BadConversionToInteger => TrapCode::BadConversionToInteger,
        T::UnreachableCodeReached => TrapCode::Unreachable,
        T::Interrupt => TrapCode::Interrupted,
        T::OutOfFuel => TrapCode::OutOfFuel,
        T::AllocationTooLarge => TrapCode::AllocationTooLarge,
        _ => TrapCode::Other,
    }
}
