//! Calls that entries park in globals of the core, and the function that makes
//! them.
//!
//! Not here: where a call is parked rather than recorded.

use super::adapter::{Frame, Gen};
use super::convert;
use super::interface::{COUNT, PAY_ALL, PAYING, SHAPE, WORDS};
use super::ir::{Body, Callee, Ins, broken};
use crate::error::Result;
use crate::plan::stage::{Record, Role, guest_first};
use crate::plan::{AdapterPlan, Op, Use};
use crate::types::ValType;
use wasm_encoder::{BlockType, Instruction};

impl Gen<'_> {
    /// Whether an entry first makes the calls that an earlier one has left
    /// parked: the guest runs at once, and it is worth an entry of its own.
    pub fn pays(&self, plan: &AdapterPlan) -> bool {
        self.leaves && guest_first(self.firsts, plan) && !is_bare(plan)
    }

    /// The calls that an entry parks, by position in `deferred`, and whether
    /// they are left parked when it returns.
    pub fn parks(&self, plan: &AdapterPlan) -> (Vec<u32>, bool) {
        let mut parked = Vec::new();
        let stage = self.stage(Role::Entry, plan);
        let mut leaves = !stage.runs_deferred;
        for (at, record) in &stage.records {
            let Some(Op::Defer { func, .. }) = plan.ops.get(*at) else { continue };
            match record {
                Record::Parked(..) => parked.push(self.deferred(*func)),
                _ => leaves = false,
            }
        }
        leaves &= !parked.is_empty();
        (parked, leaves)
    }

    /// The function `(step)` that makes calls that are parked. With
    /// [`PAY_ALL`] it makes all, last one first: the count goes down before each,
    /// so that where one traps the host finds the others. With [`PAY_ONE`] it
    /// makes the last, which the host has taken off the count.
    pub fn pay(&self) -> Result<Body> {
        const STEP: u32 = 0;
        const PLACE: u32 = 1;
        let globals = self.spaces.globals;
        let last_shape = self.shapes.len().saturating_sub(1);
        let mut code = Code(Vec::new());
        code.push(Instruction::Loop(BlockType::Empty));
        code.push(Instruction::GlobalGet(globals + COUNT));
        code.push(Instruction::LocalGet(STEP));
        code.push(Instruction::I32Add);
        code.push(Instruction::LocalTee(PLACE));
        code.push(Instruction::GlobalSet(globals + COUNT));
        code.push(Instruction::Block(BlockType::Empty));
        for (shape, funcs) in self.shapes.iter().enumerate() {
            // Of the last one it is known without asking.
            let asks = shape < last_shape;
            if asks {
                code.push(Instruction::GlobalGet(globals + SHAPE));
                code.push(Instruction::I32Const(shape as i32));
                code.push(Instruction::I32Eq);
                code.push(Instruction::If(BlockType::Empty));
            }
            let mut word = globals + WORDS;
            let last_place = funcs.len().saturating_sub(1);
            for (place, at) in funcs.iter().enumerate() {
                if place < last_place {
                    code.push(Instruction::LocalGet(PLACE));
                    code.push(Instruction::I32Const(place as i32));
                    code.push(Instruction::I32Eq);
                    code.push(Instruction::If(BlockType::Empty));
                }
                for ty in self.deferred_params(*at)? {
                    code.push(Instruction::GlobalGet(word));
                    let convert = convert::from_word(*ty).ok_or_else(|| broken("no word"))?;
                    convert.iter().for_each(|instruction| code.push(instruction.clone()));
                    word += 1;
                }
                let func = *self.deferred.get(*at as usize).ok_or_else(|| broken("deferred"))?;
                code.0.push(Ins::Call(Callee::Core(func)));
                if place < last_place {
                    code.push(Instruction::Br(1 + u32::from(asks)));
                    code.push(Instruction::End);
                }
            }
            if asks {
                code.push(Instruction::Br(1));
                code.push(Instruction::End);
            }
        }
        code.push(Instruction::End);
        code.push(Instruction::GlobalGet(globals + COUNT));
        code.push(Instruction::LocalGet(STEP));
        code.push(Instruction::I32And);
        code.push(Instruction::BrIf(0));
        code.push(Instruction::End);
        code.push(Instruction::End);
        Ok(Body { locals: vec![ValType::I32], code: code.0 })
    }

    pub fn deferred_params(&self, at: u32) -> Result<&[ValType]> {
        let func = self.deferred.get(at as usize).ok_or_else(|| broken("deferred"))?;
        Ok(self.spaces.func(*func)?.params())
    }
}

impl Frame<'_, '_> {
    /// Makes all calls that are parked.
    pub fn pay(&mut self) {
        let globals = self.gen_.spaces.globals;
        self.push(Instruction::GlobalGet(globals + COUNT));
        self.push(Instruction::If(BlockType::Empty));
        self.push(Instruction::I32Const(1));
        self.push(Instruction::GlobalSet(globals + PAYING));
        self.push(Instruction::I32Const(PAY_ALL));
        self.call_to(Callee::Pay);
        self.push(Instruction::I32Const(0));
        self.push(Instruction::GlobalSet(globals + PAYING));
        self.push(Instruction::End);
    }

    pub fn park(&mut self, func: u32, args: &[Use], place: u32, word: u32) -> Result<()> {
        let params = self.gen_.spaces.func(func)?.params().to_vec();
        for (i, (arg, ty)) in args.iter().zip(params).enumerate() {
            let local = self.word(*arg)?;
            self.push(Instruction::LocalGet(local));
            let convert = convert::to_word(ty).ok_or_else(|| broken("no word"))?;
            convert.iter().for_each(|instruction| self.push(instruction.clone()));
            self.push(Instruction::GlobalSet(self.gen_.spaces.globals + WORDS + word + i as u32));
        }
        if place == 0 {
            let shape = self.gen_.shape_of.get(&self.adapter);
            let shape = *shape.ok_or_else(|| broken("no such shape"))?;
            self.push(Instruction::I32Const(shape as i32));
            self.push(Instruction::GlobalSet(self.gen_.spaces.globals + SHAPE));
        }
        self.parked(place + 1);
        Ok(())
    }

    /// So many calls are parked from here on.
    pub fn parked(&mut self, count: u32) {
        self.push(Instruction::I32Const(count as i32));
        self.push(Instruction::GlobalSet(self.gen_.spaces.globals + COUNT));
    }
}

/// Instructions of a function that is no adapter.
struct Code(Vec<Ins>);

impl Code {
    fn push(&mut self, instruction: Instruction<'static>) {
        self.0.push(instruction.into());
    }
}

/// Whether an adapter is nothing but core code: numbers, and calls of the core.
pub(super) fn is_bare(plan: &AdapterPlan) -> bool {
    let mut types = plan.ty.params().iter().chain(plan.ty.results());
    let core = |op: &Op| matches!(op, Op::Convert { .. } | Op::CallCore { .. } | Op::Ret { .. });
    plan.ops.iter().all(core) && !types.any(|ty| *ty == ValType::String)
}
