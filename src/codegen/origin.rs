//! Where a frame of the compiled module is in the original.
//!
//! Offsets move where an index takes another number of bytes. Nothing is
//! recorded for that: both bodies are walked in step when a trap asks.
//!
//! Not here: the engine's frames.

use super::Unit;
use super::encode::{Remap, for_each_call};
use crate::plan::Program;
use wasmparser::{FunctionBody, Parser, Payload};

pub(crate) struct Origin {
    pub remap: Remap,
}

/// A place in the original core.
pub(crate) struct Place {
    pub func: u32,
    /// From the start of the function's body.
    pub func_offset: usize,
    /// From the start of the core.
    pub core_offset: usize,
}

impl Origin {
    pub(super) fn new(unit: &Unit) -> Origin {
        Origin { remap: Remap::new(unit) }
    }

    /// Where the offset in the body of a function of the compiled module is
    /// in the original; `None` for an adapter.
    pub fn place(&self, program: &Program, func: u32, offset: usize) -> Option<Place> {
        let func = self.remap.original(func)?;
        let body = body(program, (func as usize).checked_sub(self.remap.imported.len())?)?;
        let start = body.range().start;
        let mut shift: isize = 0;
        let mut past = false;
        for_each_call(&body, |call| {
            let end = (call.end - start).wrapping_add_signed(shift);
            past |= end > offset;
            if !past {
                let width = leb_width(self.remap.func(call.func)) as isize;
                shift += width - (call.end - call.immediate) as isize;
            }
        })
        .ok()?;
        let func_offset = offset.wrapping_add_signed(-shift);
        Some(Place { func, func_offset, core_offset: start + func_offset })
    }
}

/// The body of the defined function of this position.
fn body(program: &Program, at: usize) -> Option<FunctionBody<'_>> {
    let bodies = Parser::new(0).parse_all(&program.core).map_while(|payload| payload.ok());
    let mut bodies = bodies.filter_map(|payload| match payload {
        Payload::CodeSectionEntry(body) => Some(body),
        _ => None,
    });
    bodies.nth(at)
}

fn leb_width(value: u32) -> usize {
    (32 - (value | 1).leading_zeros()).div_ceil(7) as usize
}
