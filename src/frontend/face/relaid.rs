//! Lists of elements that do not lie in the core as in a component: cases of C are words.
//! Between plan and core they lie as there; here that is made of what the core has, and the
//! reverse.
//!
//! Not here: how they lie, `shape`.

use super::glue::{Func, Local};
use super::making::{Call, Hook, Maker, used};
use super::memory::{load, store};
use super::rules::{Owner, Rules, TextForm};
use super::sequence::{Sequence, margins};
use super::shape::{Leaf, Relaid};
use super::texts::{PIECE, looped};
use crate::error::Result;
use crate::plan::{Op, Slot};
use crate::types::ValType;
use crate::types::tree::Type;
use wasm_encoder::Instruction as I;

const I32: ValType = ValType::I32;
/// What is said of a number in a list of the core's.
const NO_CASE: &str = "a list with a number that no case has";

impl Maker<'_> {
    /// A list of these elements, which have no pointers in them.
    pub fn list(&mut self, element: &Type, rules: &Rules) -> Sequence {
        let sequence = Sequence::list(element);
        let relaid = if rules.small_enums { None } else { Relaid::of(element) };
        let Some(relaid) = relaid else { return sequence };
        let (size, align) = (relaid.here.size, relaid.here.align);
        self.relaid.push(relaid);
        let relaid = Some(self.relaid.len() as u32 - 1);
        Sequence { size, align, relaid, ..sequence }
    }

    /// The function `(piece, bytes) -> (address, bytes)` that makes a list of the core's, in
    /// memory that this gives.
    fn spread(&mut self, relaid: u32, alloc: u32) -> Result<u32> {
        let Relaid { there, here, .. } = &self.relaid[relaid as usize];
        let name = format!("spread {alloc} {there:?} {here:?}");
        self.glue.named(name, &[I32; 2], &[I32; 2], |f, _| {
            let [count, size, to, i, from, at] = [(); 6].map(|()| f.local(I32));
            let code = &mut f.code;
            code.get(1).i32(there.size as i32).op(I::I32DivU).set(count);
            code.get(count).times(here.size).set(size).get(size).call(alloc).set(to);
            looped(code, i, count, |code| {
                code.get(i).i32(there.size as i32).op(I::I32Mul).get(0).op(I::I32Add).set(from);
                code.get(i).i32(here.size as i32).op(I::I32Mul).get(to).op(I::I32Add).set(at);
                for ((from_offset, from_ty), (offset, ty)) in numbers(&there.leaves, &here.leaves) {
                    code.get(at).get(from).op(load(from_ty, from_offset)).op(store(ty, offset));
                }
            });
            code.get(to).get(size);
            Ok(())
        })
    }

    /// The function `(address, bytes) -> (piece, bytes, whether a number is no case)` that
    /// makes of a list of the core's one as a component has it.
    fn gather(&mut self, relaid: u32, alloc: u32) -> Result<u32> {
        let Relaid { there, here, cases } = &self.relaid[relaid as usize];
        let name = format!("gather {alloc} {there:?} {here:?} {cases:?}");
        self.glue.named(name, &[I32; 2], &[I32; 3], |f, _| {
            let [count, size, to, i, from, at, bad] = [(); 7].map(|()| f.local(I32));
            let code = &mut f.code;
            code.get(1).i32(here.size as i32).op(I::I32DivU).set(count);
            code.get(count).times(there.size).set(size).get(size).call(alloc).set(to);
            looped(code, i, count, |code| {
                code.get(i).i32(here.size as i32).op(I::I32Mul).get(0).op(I::I32Add).set(from);
                code.get(i).i32(there.size as i32).op(I::I32Mul).get(to).op(I::I32Add).set(at);
                let all = numbers(&here.leaves, &there.leaves).zip(cases);
                for (((from_offset, from_ty), (offset, ty)), cases) in all {
                    code.get(at).get(from).op(load(from_ty, from_offset)).op(store(ty, offset));
                    if let Some(cases) = cases {
                        code.get(from).op(load(from_ty, from_offset)).i32(*cases as i32);
                        code.op(I::I32GeU).get(bad).op(I::I32Or).set(bad);
                    }
                }
            });
            code.get(to).get(size).get(bad);
            Ok(())
        })
    }
}

type Place = (u32, ValType);

/// The numbers of two shapes, one by one.
fn numbers<'l>(
    from: &'l [(u32, Leaf)],
    to: &'l [(u32, Leaf)],
) -> impl Iterator<Item = (Place, Place)> + 'l {
    let number = |(offset, leaf): &(u32, Leaf)| match leaf {
        Leaf::Number(ty) => Some((*offset, *ty)),
        // There are no others.
        Leaf::Text | Leaf::Maybe => None,
    };
    from.iter().zip(to).filter_map(move |(from, to)| number(from).zip(number(to)))
}

impl Call<'_, '_> {
    /// Writes such a list: its address and length are in the slots from this one on.
    pub fn lower_relaid(
        &mut self,
        owner: Owner,
        slot: Slot,
        sequence: Sequence,
        form: TextForm,
        relaid: u32,
    ) -> Result<Slot> {
        let piece = self.lower_slot(Owner::Caller, slot, PIECE, TextForm::PointerLength)?;
        let (head, tail) = margins(form, &sequence);
        let alloc = self.maker.alloc(self.at, self.rules, sequence.align, head, tail)?;
        let func = self.maker.spread(relaid, alloc)?;
        let to = self.new_slots(2);
        self.ops.push(Op::CallCore { func, args: Box::new([used(piece), used(piece + 1)]), to });
        if let (Owner::Caller, Some(rule)) = (owner, &self.rules.free) {
            let lies = sequence.lies(head, tail, false);
            let func = self.maker.free(self.at, self.rules, rule, lies)?;
            self.ops.push(Op::Defer { func, args: Box::new([used(to), used(to + 1)]) });
        }
        Ok(to)
    }

    /// Gives a list to the plan, as [`Call::give_sequence`] does: where its address and length
    /// are, as the core has them.
    pub fn give_list(
        &mut self,
        sequence: Sequence,
        pointer: Local,
        length: Local,
    ) -> Result<[u32; 2]> {
        let Some(relaid) = sequence.relaid else {
            return Ok(self.give_sequence(sequence, pointer, length));
        };
        let outs = self.outs([pointer, length]);
        let Some(free) = self.rules.free.clone() else { return Err(self.no_free()) };
        let alloc = self.maker.alloc(self.at, self.rules, PIECE.align, 0, 0)?;
        let gather = self.maker.gather(relaid, alloc)?;
        let [piece, size, bad] = [(); 3].map(|()| self.wrap.local(I32));
        self.after.get(pointer).get(length).call(gather).set(bad).set(size).set(piece);
        self.refuse(bad, format!("the core returned {NO_CASE}"));
        let given = self.give_sequence(PIECE, piece, size);
        self.free_later(&free, PIECE.lies(0, 0, true), given)?;
        Ok(outs)
    }
}

impl Hook<'_, '_> {
    /// Hands a list on that the core has passed: where its address and length are, as the core
    /// has them.
    pub fn give_list(
        &mut self,
        sequence: Sequence,
        pointer: Local,
        length: Local,
        at: usize,
    ) -> Result<[u32; 2]> {
        let Some(relaid) = sequence.relaid else {
            return Ok(self.give_sequence(sequence, pointer, length));
        };
        let outs = self.outs([pointer, length]);
        let alloc = self.maker.alloc(at, self.rules, PIECE.align, 0, 0)?;
        let gather = self.maker.gather(relaid, alloc)?;
        let [piece, size, bad] = [(); 3].map(|()| self.read.local(I32));
        let code = &mut self.read.code;
        code.get(pointer).get(length).call(gather).set(bad).set(size).set(piece);
        self.refuse(bad, &format!("the core passed {NO_CASE}"));
        let given = self.give_sequence(PIECE, piece, size);
        self.free_later(PIECE.lies(0, 0, true), given, at)?;
        Ok(outs)
    }

    /// What the core gets of a list that the host has returned, which is there as a component
    /// has it: its address and length.
    pub fn back_relaid(
        &mut self,
        relaid: u32,
        sequence: Sequence,
        (head, tail): (u32, u32),
        [piece, size]: [Local; 2],
        write: &mut Func,
    ) -> Result<[Local; 2]> {
        let alloc = self.maker.alloc(self.function.at, self.rules, sequence.align, head, tail)?;
        let spread = self.maker.spread(relaid, alloc)?;
        let [address, length] = [(); 2].map(|()| write.local(I32));
        write.code.get(piece).get(size).call(spread).set(length).set(address);
        Ok([address, length])
    }
}
