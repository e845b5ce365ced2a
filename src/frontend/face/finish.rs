//! The end of an export: the order of its plan's steps, and the function between plan
//! and core, where there has to be one.
//!
//! Not here: what is passed and given.

use super::glue::{Code, Local};
use super::making::{Args, Buffer, Call, Idle, Then, plan, used};
use super::memory::{load, store, text_mem};
use super::rules::CallRule;
use crate::error::Result;
use crate::plan::{AdapterPlan, Conversion, Op};
use crate::types::{FuncType, ValType};
use wasm_encoder::{BlockType, Instruction as I};

const I32: ValType = ValType::I32;

/// What a buffer has room for at first, in bytes.
const BUFFER: i32 = 256;

impl Call<'_, '_> {
    /// The whole plan.
    pub fn finish(mut self, core_type: &FuncType) -> Result<AdapterPlan> {
        let types = |args: &[&Args]| args.iter().flat_map(|a| a.types.clone()).collect::<Vec<_>>();
        let wanted =
            FuncType::new(types(&[&self.first, &self.args, &self.last]), self.expected.clone());
        if *core_type != wanted {
            let why = match self.forms.is_empty() {
                true => "the types of the face need".to_owned(),
                false => format!("{} needs", self.forms.join(", ")),
            };
            let message =
                format!("export {}: the core function is {core_type}; {why} {wanted}", self.name);
            return Err(self.maker.mismatch(self.place, message));
        }
        let (mut ops, area) = self.beginning()?;
        ops.append(&mut self.ops);
        let returned: Vec<Local> = self.returned.iter().map(|(_, local)| *local).collect();
        let params = self.wrap.params.len() as u32;
        let is_plain = area.is_none()
            && self.before.0.is_empty()
            && self.after.0.is_empty()
            && self.first.types.is_empty()
            && self.last.types.is_empty()
            && self.args.code.reads(0..params)
            && self.outs.code.reads(returned.iter().copied());
        let func = if is_plain { self.target } else { self.between(&returned) };
        let outs = self.new_slots(self.outs.types.len() as u32);
        let args = std::mem::take(&mut self.passed).into();
        ops.push(Op::CallCore { func, args, to: outs });
        let out = |at: u32| used(outs + at);
        let then = std::mem::take(&mut self.then);
        for step in &then {
            if let Then::Free(func, [address, length]) = step {
                let args = Box::new([out(*address), out(*length)]);
                ops.push(Op::Defer { func: *func, args });
            }
        }
        for step in &then {
            if let Then::Refuse(message, when) = step {
                ops.push(Op::Refuse { when: out(*when), message: *message });
            }
        }
        let mut values = Vec::new();
        for step in &then {
            match step {
                Then::Number(ty, at) => {
                    let from = ty.carrier();
                    if from == *ty {
                        values.push(out(*at));
                        continue;
                    }
                    let to = self.new_slots(1);
                    let with = Conversion { from, to: *ty, checked: false };
                    ops.push(Op::Convert { with, from: out(*at), to });
                    values.push(used(to));
                }
                Then::Text(encoding, ptr, len) => {
                    let to = self.new_slots(1);
                    let mem = text_mem(*encoding);
                    ops.push(Op::LiftStr { mem, ptr: out(*ptr), len: out(*len), to });
                    values.push(used(to));
                }
                Then::Free(..) | Then::Refuse(..) => {}
            }
        }
        ops.push(Op::Ret { values: values.into() });
        Ok(plan(self.ty, self.slots, ops))
    }

    /// What comes before all else: what the convention calls, and the area.
    fn beginning(&mut self) -> Result<(Vec<Op>, Option<u32>)> {
        let mut ops = Vec::new();
        let around = |rule: &Option<CallRule>, what: &str| -> Result<Option<u32>> {
            let Some(rule) = rule else { return Ok(None) };
            let (ty, is) = (FuncType::new([], []), format!("; what is called {what} is () -> ()"));
            self.maker.func_of(self.place, what, rule, &ty, &is).map(Some)
        };
        let (before, after) =
            (around(&self.rules.before, "before")?, around(&self.rules.after, "after")?);
        if let Some(Idle { due, run, stopped }) = self.idle {
            let to = self.new_slots(2);
            ops.push(Op::CallCore { func: due, args: Box::new([]), to });
            ops.push(Op::Refuse { when: used(to + 1), message: stopped });
            ops.push(Op::Idle { when: used(to), func: run });
        }
        if let Some(func) = before {
            let to = self.new_slots(0);
            ops.push(Op::CallCore { func, args: Box::new([]), to });
        }
        if let Some(func) = after {
            ops.push(Op::Defer { func, args: Box::new([]) });
        }
        let Some((slot, _)) = self.area else { return Ok((ops, None)) };
        let (take, give) = self.maker.area(self.place, self.rules, self.area_size)?;
        ops.push(Op::CallCore { func: take, args: Box::new([]), to: slot });
        ops.push(Op::Defer { func: give, args: Box::new([used(slot)]) });
        if let Some(Buffer { at, alloc, free, .. }) = self.buffer {
            let fill =
                self.maker.glue.named(format!("buffer {alloc} {at}"), &[I32], &[], |f, _| {
                    let place = f.local(I32);
                    f.code.get(0).i32(BUFFER).call(alloc).op(I::LocalTee(place));
                    // Where there is no memory, this traps.
                    f.code.get(place).op(load(ValType::U8, 0)).op(I::Drop).op(store(I32, at));
                    f.code.get(0).i32(BUFFER).op(store(I32, at + 4));
                    Ok(())
                })?;
            let to = self.new_slots(0);
            ops.push(Op::CallCore { func: fill, args: Box::new([used(slot)]), to });
            self.cells.push((at, free));
        }
        for (at, free) in std::mem::take(&mut self.cells) {
            let empty =
                self.maker.glue.named(format!("empty {free} {at}"), &[I32], &[], |f, _| {
                    f.code.get(0).op(load(I32, at)).get(0).op(load(I32, at + 4)).call(free);
                    Ok(())
                })?;
            ops.push(Op::Defer { func: empty, args: Box::new([used(slot)]) });
        }
        Ok((ops, Some(slot)))
    }

    /// The function between plan and core.
    fn between(&mut self, returned: &[Local]) -> u32 {
        let mut call = Code::default();
        call.append(&self.first.code).append(&self.args.code).append(&self.last.code);
        call.call(self.target);
        returned.iter().rev().for_each(|local| {
            call.set(*local);
        });
        let mut code = self.before.clone();
        code.append(&call);
        if let Some(Buffer { at, area, alloc, free, length, unit }) = self.buffer {
            let (size, place) = (self.wrap.local(I32), self.wrap.local(I32));
            code.get(length).times(unit).op(I::LocalTee(size));
            code.get(area).ops([load(I32, at + 4), I::I32GtU, I::If(BlockType::Empty)]);
            code.get(area).op(load(I32, at)).get(area).op(load(I32, at + 4));
            code.get(area).i32(0).op(store(I32, at)).call(free);
            code.get(area).get(size).op(store(I32, at + 4));
            code.get(area).get(size).call(alloc).op(I::LocalTee(place));
            // Where there is no memory, this traps.
            code.get(place).op(load(ValType::U8, 0)).op(I::Drop).op(store(I32, at));
            code.append(&call).op(I::End);
        }
        code.append(&self.after).append(&self.outs.code);
        let mut wrap = std::mem::take(&mut self.wrap);
        wrap.code = code;
        self.maker.glue.add(wrap, &self.outs.types)
    }
}
