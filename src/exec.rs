//! Runs a plan: the reference back end.
//!
//! A loop over ops with one `match`. Slots come from the store's scratch, so
//! a steady state allocates nothing.
//!
//! Not here: raw pointers, names, C, policy.

use crate::abi::GuestEncoding;
use crate::error::{Error, Result};
use crate::guest::context::Cx;
use crate::guest::func::with_vals;
use crate::guest::idle::run_idle;
use crate::guest::measure::measure_for;
use crate::guest::meter::spend;
use crate::guest::stack::{MAX_VALUES, Nested, check_depth, exhausted};
use crate::guest::transfer::{lift, lower, measure_result};
use crate::guest::tree::{Arg, Out};
use crate::guest::turn;
use crate::guest::value::{Callable, Val, set_defaults};
use crate::guest::{Slot, give_back, recycle};
use crate::linked::{Linked, broken, overflow, ready};
use crate::plan::stage::guest_first;
use crate::plan::{Adapter, AdapterPlan, Op, Use};
use std::sync::{Arc, OnceLock};

/// An adapter of an instance. The instance is filled in once its core exists:
/// adapters that implement imports are made before.
pub(crate) struct Bound {
    pub linked: Arc<OnceLock<Linked>>,
    pub adapter: u32,
}

impl Callable for Bound {
    fn call(&self, cx: &mut Cx<'_>, args: &[Arg<'_>], results: &mut [Out<'_>]) -> Result<()> {
        let ty = ready(&self.linked)?.adapter(self.adapter)?.ty();
        with_vals(cx, ty, args, results, |cx, args, results| self.call_vals(cx, args, results))
    }

    fn call_vals(
        &self,
        cx: &mut Cx<'_>,
        args: &[Val<'_>],
        results: &mut [Val<'static>],
    ) -> Result<()> {
        invoke(ready(&self.linked)?, self.adapter, cx, args, results)
    }
}

/// Runs an adapter with values that its caller has checked.
fn invoke(
    linked: &Linked,
    adapter: u32,
    cx: &mut Cx<'_>,
    args: &[Val<'_>],
    results: &mut [Val<'static>],
) -> Result<()> {
    let mut stack = recycle(cx.data_mut().scratch.slots.pop().unwrap_or_default());
    let text = linked.program.convention.text;
    let checked = check_text(cx, args, text, &mut stack);
    let named = |e: Error| match linked.adapter(adapter) {
        Ok(adapter) => e.of_argument_told(adapter.ty()),
        Err(_) => e,
    };
    let outcome = checked.map_err(named).and_then(|()| {
        let mut run = Run { linked, stack: &mut stack };
        let frame = run.enter(cx, adapter, 0, true)?;
        for (i, result) in results.iter_mut().enumerate() {
            *result = own(cx, run.take(frame, i)?)?;
        }
        Ok(())
    });
    give_back(&mut cx.data_mut().scratch.slots, recycle(stack));
    outcome
}

/// Puts the arguments into slots. Text that the host lends is measured first,
/// all of it before any guest code runs.
fn check_text<'a>(
    cx: &mut Cx<'_>,
    args: &[Val<'a>],
    guest: GuestEncoding,
    stack: &mut Vec<Slot<'a>>,
) -> Result<()> {
    for (i, arg) in args.iter().enumerate() {
        let measured = match arg {
            Val::String(s) => measure_for(cx, s, guest).map_err(|e| e.at_argument(i))?,
            _ => None,
        };
        stack.push(Slot { val: Some(arg.clone()), measured });
    }
    Ok(())
}

struct Run<'r, 'a> {
    linked: &'r Linked,
    /// The frames of adapters that call one another, outermost first.
    stack: &'r mut Vec<Slot<'a>>,
}

impl<'a> Run<'_, 'a> {
    /// Enters an adapter whose arguments are on the stack from `base` on, and
    /// leaves its results there.
    fn enter(
        &mut self,
        cx: &mut Cx<'_>,
        adapter: u32,
        base: usize,
        outermost: bool,
    ) -> Result<usize> {
        match self.linked.adapter(adapter)? {
            Adapter::Body(plan) => {
                if outermost {
                    self.settle(cx, plan)?;
                }
                let nested = Nested::enter(cx, plan.slots as usize)?;
                self.frame(nested.cx, plan, base, outermost)?;
            }
            Adapter::Import { import, .. } => {
                check_depth(cx)?;
                self.import(cx, *import, base)?;
            }
            Adapter::Compiled(_) => return Err(broken("adapter func", adapter)),
        }
        Ok(base)
    }

    /// What is owed is made before anything of a call that begins with the guest, and so
    /// before it defers calls of its own: if that fails, there are none.
    fn settle(&self, cx: &mut Cx<'_>, plan: &AdapterPlan) -> Result<()> {
        if !cx.data().debts.owes() || !guest_first(self.linked.firsts(), plan) {
            return Ok(());
        }
        let first = plan.ops.iter().find_map(|op| match op {
            Op::CallCore { func, .. } | Op::LowerStr { alloc: func, .. } => Some(*func),
            _ => None,
        });
        match first {
            Some(func) => turn::settle_for(cx, self.linked.func(func)?.home()),
            // What it calls knows for whom.
            None => Ok(()),
        }
    }

    /// Runs a body, and settles what it deferred on every way out.
    fn frame(
        &mut self,
        cx: &mut Cx<'_>,
        plan: &AdapterPlan,
        base: usize,
        outermost: bool,
    ) -> Result<()> {
        let mark = cx.data().debts.mark();
        self.stack.resize_with(base + plan.slots as usize, || Slot { val: None, measured: None });
        match self.ops(cx, plan, base) {
            Ok(()) if outermost && self.any_view(base) => {
                cx.data_mut().debts.owe(mark);
                Ok(())
            }
            Ok(()) => turn::run_registered(cx, mark),
            Err(error) => {
                self.stack.truncate(base);
                // The first failure is the outcome.
                let _ = turn::run_registered(cx, mark);
                Err(error)
            }
        }
    }

    /// Whether a result is still a view of linear memory.
    fn any_view(&self, base: usize) -> bool {
        self.stack[base..].iter().any(|slot| match &slot.val {
            Some(Val::String(s)) => s.is_view(),
            _ => false,
        })
    }

    fn ops(&mut self, cx: &mut Cx<'_>, plan: &AdapterPlan, base: usize) -> Result<()> {
        for op in &plan.ops {
            // One for the step, and one for each value that it passes on.
            spend(cx, 1 + op.args().len() as u64)?;
            match op {
                Op::Convert { with, from, to } => {
                    let val = self.read(base, *from)?;
                    let bits = with.apply(val.bits()).ok_or_else(|| overflow(val.ty(), with.to))?;
                    self.write(base, *to, Val::from_bits(with.to, bits)?);
                }
                Op::LiftStr { mem, ptr, len, to } => {
                    let (ptr, len) = (self.read(base, *ptr)?.bits(), self.read(base, *len)?.bits());
                    let s = lift(cx, self.linked.mem(*mem)?, ptr as u32, len as u32)?;
                    self.write(base, *to, Val::String(s));
                }
                Op::LowerStr { alloc, mem, from, to } => {
                    let slot = self.read_slot(base, *from)?;
                    let (alloc, mem) = (self.linked.func(*alloc)?, self.linked.mem(*mem)?);
                    let takes = &self.linked.program.convention.alloc;
                    let Some(Val::String(s)) = &slot.val else { return Err(broken("string", 0)) };
                    let (ptr, len) = lower(cx, alloc, takes, mem, s, slot.measured)?;
                    self.write(base, *to, Val::I32(ptr as i32));
                    self.write(base, *to + 1, Val::I32(len));
                }
                Op::CallCore { func, args, to } => self.call_core(cx, *func, args, base, *to)?,
                Op::CallAdapter { adapter, args, to } => {
                    let inner = self.stack.len();
                    for arg in args {
                        let slot = self.read_slot(base, *arg)?;
                        self.stack.push(slot);
                    }
                    self.enter(cx, *adapter, inner, false)?;
                    let results = self.stack.len() - inner;
                    for i in (0..results).rev() {
                        let at = base + *to as usize + i;
                        if let Some(slot) = self.stack.pop() {
                            self.stack[at] = slot;
                        }
                    }
                }
                Op::Refuse { when, message } => {
                    let when = self.read(base, *when)?.bits() as u32;
                    if when != 0 {
                        return Err(self.linked.refused(*message, when));
                    }
                }
                Op::Idle { when, func } => {
                    if self.read(base, *when)?.bits() as u32 != 0 {
                        run_idle(cx, self.linked.func(*func)?, false)?;
                    }
                }
                Op::Defer { func, args } => {
                    if cx.data().debts.registered() > MAX_VALUES {
                        return Err(exhausted());
                    }
                    let func = self.linked.func(*func)?.clone();
                    let mut copies = cx.data_mut().scratch.vals.pop().unwrap_or_default();
                    copies.clear();
                    for arg in args {
                        copies.push(own(cx, self.read(base, *arg)?)?);
                    }
                    cx.data_mut().debts.register(func, copies.drain(..));
                    give_back(&mut cx.data_mut().scratch.vals, copies);
                }
                Op::Ret { values } => {
                    let top = self.stack.len();
                    for value in values {
                        let slot = self.read_slot(base, *value)?;
                        self.stack.push(slot);
                    }
                    self.stack.drain(base..top);
                }
            }
        }
        Ok(())
    }

    fn call_core(
        &mut self,
        cx: &mut Cx<'_>,
        func: u32,
        args: &[Use],
        base: usize,
        to: u32,
    ) -> Result<()> {
        let func = self.linked.func(func)?;
        let mut vals = recycle(cx.data_mut().scratch.vals.pop().unwrap_or_default());
        let mut results = cx.data_mut().scratch.vals.pop().unwrap_or_default();
        let outcome = (|| {
            for arg in args {
                vals.push(self.read(base, *arg)?);
            }
            set_defaults(func.ty().results(), &mut results)?;
            func.call(cx, &vals, &mut results)?;
            for (i, val) in results.drain(..).enumerate() {
                self.write(base, to + i as u32, val);
            }
            Ok(())
        })();
        results.clear();
        give_back(&mut cx.data_mut().scratch.vals, results);
        give_back(&mut cx.data_mut().scratch.vals, recycle(vals));
        outcome
    }

    /// Calls what was supplied for an adapter import. The arguments are on
    /// the stack from `base` on; the results take their place.
    fn import(&mut self, cx: &mut Cx<'_>, import: u32, base: usize) -> Result<()> {
        let mut vals = recycle(cx.data_mut().scratch.vals.pop().unwrap_or_default());
        let mut results = cx.data_mut().scratch.vals.pop().unwrap_or_default();
        vals.extend(self.stack.drain(base..).filter_map(|slot| slot.val));
        let outcome = (|| {
            self.linked.call_import(cx, import, &vals, &mut results)?;
            for (i, val) in results.drain(..).enumerate() {
                let measured = match &val {
                    Val::String(s) => {
                        measure_result(cx, i, s, self.linked.program.convention.text)?
                    }
                    _ => None,
                };
                self.stack.push(Slot { val: Some(val), measured });
            }
            Ok(())
        })();
        results.clear();
        give_back(&mut cx.data_mut().scratch.vals, results);
        give_back(&mut cx.data_mut().scratch.vals, recycle(vals));
        outcome
    }

    fn read_slot(&mut self, base: usize, from: Use) -> Result<Slot<'a>> {
        let slot = &mut self.stack[base + from.slot as usize];
        let val = if from.last { slot.val.take() } else { slot.val.clone() };
        let measured = slot.measured;
        match val {
            Some(_) => Ok(Slot { val, measured }),
            None => Err(broken("slot", from.slot)),
        }
    }

    fn read(&mut self, base: usize, from: Use) -> Result<Val<'a>> {
        self.read_slot(base, from)?.val.ok_or_else(|| broken("slot", from.slot))
    }

    fn write(&mut self, base: usize, to: u32, val: Val<'a>) {
        self.stack[base + to as usize] = Slot { val: Some(val), measured: None };
    }

    fn take(&mut self, base: usize, index: usize) -> Result<Val<'a>> {
        let val = self.stack.get_mut(base + index).and_then(|slot| slot.val.take());
        val.ok_or_else(|| broken("result", index as u32))
    }
}

/// A value that outlives the arguments.
fn own(cx: &mut Cx<'_>, val: Val<'_>) -> Result<Val<'static>> {
    Ok(match val {
        Val::String(s) => Val::String(s.into_owned(cx)?),
        Val::I32(v) => Val::I32(v),
        Val::I64(v) => Val::I64(v),
        Val::F32(v) => Val::F32(v),
        Val::F64(v) => Val::F64(v),
        Val::ExternRef(v) => Val::ExternRef(v),
        Val::FuncRef(v) => Val::FuncRef(v),
        integer => Val::from_bits(integer.ty(), integer.bits())?,
    })
}
