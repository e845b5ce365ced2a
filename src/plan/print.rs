//! The printed form of a program: part of the interface, for snapshot tests,
//! `witrt plan` and bug reports.
//!
//! A slot is `%3`, and `%3!` where it is read for the last time. Ops that make
//! values name their slots first, as in `%4 %5 = ...`.

use std::fmt;

use super::{Adapter, AdapterPlan, CoreImport, Inside, Op, Program, Same, Slot, TextMem, Use};
use crate::abi::INLINE;

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", if self.wrapped { "wrapped core module" } else { "core module" })?;
        for (n, import) in self.imports.iter().enumerate() {
            let ty = &import.ty;
            let to = Place(import.to, "core import");
            writeln!(f, "import {n} {:?} {:?} {} for {to}", ty.module, ty.name, ty.ty)?;
        }
        for (n, import) in self.core_imports.iter().enumerate() {
            match import {
                CoreImport::Import(import) => {
                    writeln!(f, "core import {n} from import {import}")?;
                }
                CoreImport::Hook(adapter) => writeln!(f, "core import {n} from adapter {adapter}")?,
            }
        }
        for (n, adapter) in self.adapters.iter().enumerate() {
            match adapter {
                Adapter::Import { import, ty } => {
                    writeln!(f, "adapter {n} {ty} = import {import}")?;
                }
                Adapter::Body(plan) => write!(f, "adapter {n} {plan}")?,
                Adapter::Compiled(ty) => writeln!(f, "adapter {n} {ty}")?,
            }
        }
        for (n, export) in self.exports.iter().enumerate() {
            let ty = &export.ty;
            let from = Place(export.from, "core export");
            write!(f, "export {n} {:?} {} from {from}", ty.name, ty.ty)?;
            match export.same {
                Some(Same::Import(import)) => writeln!(f, ", core import {import}")?,
                Some(Same::Export(export)) => writeln!(f, ", export {export}")?,
                None => writeln!(f)?,
            }
        }
        list(f, "uses core funcs", &self.used_funcs)?;
        list(f, "uses core memories", &self.used_mems)?;
        match self.start {
            Some(func) => writeln!(f, "starts core func {func}"),
            None => Ok(()),
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, what: &str, numbers: &[impl fmt::Display]) -> fmt::Result {
    if numbers.is_empty() {
        return Ok(());
    }
    f.write_str(what)?;
    numbers.iter().try_for_each(|n| write!(f, " {n}"))?;
    writeln!(f)
}

/// Something inside the module; what the core's things are is in the text.
struct Place(Inside, &'static str);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place(Inside::Core(n), what) => write!(f, "{what} {n}"),
            Place(Inside::Adapter(n), _) => write!(f, "adapter {n}"),
        }
    }
}

impl fmt::Display for AdapterPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, slots: {}", self.ty, self.slots)?;
        for (n, op) in self.ops.iter().enumerate() {
            f.write_str("  ")?;
            // Slots are given out in order, so an op's end where the next
            // one's start.
            if let Some(first) = first_result(op) {
                let end = self.ops[n + 1..].iter().find_map(first_result).unwrap_or(self.slots);
                (first..end).try_for_each(|slot| write!(f, "%{slot} "))?;
                if first < end {
                    f.write_str("= ")?;
                }
            }
            writeln!(f, "{op}")?;
        }
        Ok(())
    }
}

fn first_result(op: &Op) -> Option<Slot> {
    match op {
        Op::Convert { to, .. }
        | Op::LiftStr { to, .. }
        | Op::LowerStr { to, .. }
        | Op::CallCore { to, .. }
        | Op::CallAdapter { to, .. } => Some(*to),
        Op::Refuse { .. } | Op::Idle { .. } | Op::Defer { .. } | Op::Ret { .. } => None,
    }
}

/// Without the slots that it makes.
impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Convert { with, from, .. } => {
                let checked = if with.checked { " checked" } else { "" };
                write!(f, "convert {} to {}{checked} {from}", with.from, with.to)
            }
            Op::LiftStr { mem, ptr, len, .. } => {
                write!(f, "lift string from memory {mem} {ptr} {len}")
            }
            Op::LowerStr { alloc, mem, from, .. } => {
                write!(f, "lower string to memory {mem} by core func {alloc} {from}")
            }
            Op::CallCore { func, args, .. } => write!(f, "call core func {func}{}", Uses(args)),
            Op::CallAdapter { adapter, args, .. } => {
                write!(f, "call adapter {adapter}{}", Uses(args))
            }
            Op::Refuse { when, message } => write!(f, "refuse with message {message} {when}"),
            Op::Idle { when, func } => write!(f, "call core func {func} between calls {when}"),
            Op::Defer { func, args } => write!(f, "defer core func {func}{}", Uses(args)),
            Op::Ret { values } => write!(f, "return{}", Uses(values)),
        }
    }
}

/// Its index; of text that is nothing special, nothing is said.
impl fmt::Display for TextMem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.memory)?;
        if self.text == INLINE { Ok(()) } else { write!(f, " as {}", self.text.name()) }
    }
}

struct Uses<'a>(&'a [Use]);

impl fmt::Display for Uses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|used| write!(f, " {used}"))
    }
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "%{}{}", self.slot, if self.last { "!" } else { "" })
    }
}
