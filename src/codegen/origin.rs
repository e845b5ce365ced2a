//! Where a frame of the compiled module is in the original.
//!
//! Offsets move where an index takes another number of bytes. Nothing is
//! recorded for that: both bodies are walked in step when a trap asks.
//!
//! Not here: the engine's frames.

use super::encode::{Remap, for_each_call};
use super::unit::Unit;
use crate::plan::Program;
use std::ops::Range;
use std::sync::OnceLock;
use wasmparser::{BinaryReader, FunctionBody, Parser, Payload};

pub(crate) struct Origin {
    pub remap: Remap,
    /// Where the bodies of functions are in the core, once a trap has asked.
    pub bodies: OnceLock<Vec<Range<u32>>>,
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
        Origin { remap: Remap::new(unit), bodies: OnceLock::new() }
    }

    /// Where the offset in the body of a function of the compiled module is
    /// in the original; `None` for an adapter.
    pub fn place(&self, program: &Program, func: u32, offset: usize) -> Option<Place> {
        let func = self.remap.original(func)?;
        let at = (func as usize).checked_sub(self.remap.imported.len())?;
        let body = self.body(&program.core, at)?;
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

    /// The body of the defined function of this position. The core is gone through
    /// once, for whatever number of frames.
    fn body<'a>(&self, core: &'a [u8], at: usize) -> Option<FunctionBody<'a>> {
        let bodies = self.bodies.get_or_init(|| bodies(core));
        let range = bodies.get(at)?;
        let (start, end) = (range.start as usize, range.end as usize);
        Some(FunctionBody::new(BinaryReader::new(core.get(start..end)?, start)))
    }
}

fn bodies(core: &[u8]) -> Vec<Range<u32>> {
    let payloads = Parser::new(0).parse_all(core).map_while(|payload| payload.ok());
    let bodies = payloads.filter_map(|payload| match payload {
        Payload::CodeSectionEntry(body) => Some(body.range()),
        _ => None,
    });
    bodies.map(|range| range.start as u32..range.end as u32).collect()
}

fn leb_width(value: u32) -> usize {
    (32 - (value | 1).leading_zeros()).div_ceil(7) as usize
}
