//! What the core gets of the text, list or number that a host function has returned.
//!
//! Not here: results by parts.

use super::glue::{self, Code, Func, Local};
use super::hook::To;
use super::making::{Hook, used};
use super::memory::{MEMORY, store, text_mem};
use super::rules::ResultForm;
use super::sequence::{Lies, Sequence, halves};
use super::shape::leaf;
use super::texts::PIECE;
use crate::error::{Error, Result};
use crate::plan::{Conversion, Op, Slot};
use crate::types::ValType;
use wasm_encoder::{BlockType, Instruction as I};

const I32: ValType = ValType::I32;

impl Hook<'_, '_> {
    /// What the core's function has to return.
    pub fn core_results(
        &mut self,
        to: &To,
        sequence: Option<(Sequence, bool)>,
        form: ResultForm,
    ) -> Result<Vec<ValType>> {
        Ok(match (to, sequence, &self.function.result) {
            (To::Nothing | To::Area(_), ..) | (_, _, None) => vec![],
            (To::Cells(_, _, number), ..) => number.map(|_| I32).into_iter().collect(),
            (To::Buffer(..) | To::Length(_), ..) => vec![I32],
            (To::Value, None, Some(ty)) => vec![leaf(ty).carrier()],
            (To::Value, Some(_), Some(_)) => match form {
                ResultForm::Values => vec![I32, I32],
                ResultForm::Prefixed if sequence.is_some_and(|(of, _)| of.texts) => {
                    return Err(self.no_form());
                }
                ResultForm::Nul | ResultForm::Prefixed | ResultForm::Object => vec![I32],
                ResultForm::Packed | ResultForm::PackedLow => vec![ValType::I64],
                _ => return Err(self.no_form()),
            },
        })
    }

    fn no_form(&self) -> Error {
        let message =
            format!("import {}: this form is none for what a host returns", self.function.name);
        self.maker.wrong(self.rules.place_of(&["result"], self.function.at), message)
    }

    /// The steps that make what the core gets of what the host has returned.
    pub fn answer(
        &mut self,
        to: &To,
        sequence: Option<(Sequence, bool)>,
        form: ResultForm,
        results: &[ValType],
        back: Slot,
    ) -> Result<Box<[crate::plan::Use]>> {
        let at = self.function.at;
        let Some((sequence, option)) = sequence else {
            let Some(ty) = results.first() else { return Ok([].into()) };
            if *ty == ty.carrier() {
                return Ok([used(back)].into());
            }
            let slot = self.new_slots(1);
            let with = Conversion { from: *ty, to: ty.carrier(), checked: false };
            self.ops.push(Op::Convert { with, from: used(back), to: slot });
            return Ok([used(slot)].into());
        };
        let mut passed: Vec<_> = (0..self.core.params().len() as u32).map(used).collect();
        let mut write = Func::new(self.core.params());
        let tag = if option {
            let slot = self.new_slots(1);
            let with = Conversion { from: ValType::U32, to: I32, checked: false };
            self.ops.push(Op::Convert { with, from: used(back), to: slot });
            passed.push(used(slot));
            Some(write.param(I32))
        } else {
            None
        };
        let text = back + option as u32;
        let (head, tail) = match form {
            ResultForm::Nul if !sequence.bytes => (0, sequence.size),
            ResultForm::Prefixed => (4, 0),
            ResultForm::Nul
            | ResultForm::Values
            | ResultForm::Packed
            | ResultForm::PackedLow
            | ResultForm::Area
            | ResultForm::AreaLast
            | ResultForm::Pair
            | ResultForm::Out
            | ResultForm::LengthOut
            | ResultForm::Buffer
            | ResultForm::Last
            | ResultForm::InPlace
            | ResultForm::SameLength
            | ResultForm::Object => (0, 0),
        };
        let (mut own, mut object) = (None, None);
        if form == ResultForm::Object {
            (own, object) = (self.maker.known.import_result)(self)?;
        }
        if matches!(to, To::Buffer(..)) && (sequence.relaid.is_some() || sequence.texts) {
            let message = format!(
                "import {}: what a host returns into a buffer is text, or a list of numbers",
                self.function.name
            );
            return Err(self.maker.wrong(self.rules.place_of(&["result"], at), message));
        }
        // First as a component has it.
        let is_piece = sequence.relaid.is_some() || (sequence.texts && form != ResultForm::Object);
        let alloc = match (to, own) {
            (To::Buffer(buffer, capacity), _) => {
                self.fill_buffer(*buffer, *capacity, sequence.size, at)?
            }
            (_, Some(alloc)) => alloc,
            _ if is_piece => self.maker.alloc(at, self.rules, PIECE.align, 0, 0)?,
            // Right where the core has it.
            _ => self.maker.alloc(at, self.rules, sequence.align, head, tail)?,
        };
        let slot = self.new_slots(2);
        let mem = text_mem(sequence.encoding);
        self.ops.push(Op::LowerStr { alloc, mem, from: used(text), to: slot });
        passed.extend([used(slot), used(slot + 1)]);
        let (mut pointer, mut length) = (write.param(I32), write.param(I32));
        if let Some(relaid) = sequence.relaid {
            self.owe_piece(slot, at)?;
            let margins = (head, tail);
            let piece = [pointer, length];
            [pointer, length] = self.back_relaid(relaid, sequence, margins, piece, &mut write)?;
        } else if sequence.texts && form != ResultForm::Object {
            self.owe_piece(slot, at)?;
            [pointer, length] = self.back_texts(slot, pointer, &mut write)?;
        }
        let mut results = Vec::new();
        // For none there was room as for an empty text, which nobody gets.
        if let (Some(tag), Some(rule), false) =
            (tag, self.rules.free.clone(), matches!(to, To::Buffer(..)))
        {
            let lies = sequence.lies(head, tail, false);
            let free = self.maker.free(at, self.rules, &rule, lies)?;
            write.code.get(tag).ops([I::I32Eqz, I::If(BlockType::Empty)]);
            write.code.get(pointer).get(length).call(free).op(I::End);
        }
        let code = &mut write.code;
        let null = |code: &mut Code| {
            if let Some(tag) = tag {
                code.i32(0).get(tag).op(I::Select);
            }
        };
        match (to, form) {
            (To::Area(area), _) => {
                code.get(*area).get(pointer);
                null(code);
                code.op(store(I32, 0)).get(*area);
                sequence.push_count(code, length);
                code.op(store(I32, 4));
            }
            (To::Buffer(buffer, _), _) => {
                // What did not fit was put elsewhere.
                let Some(rule) = self.rules.free.clone() else {
                    let message = "a result into a buffer needs `alloc` and `free`";
                    return Err(self.maker.wrong(at, message));
                };
                let lies = Lies { align: 8, ..Lies::default() };
                let free = self.maker.free(at, self.rules, &rule, lies)?;
                let bytes = if sequence.bytes { 0 } else { sequence.size.trailing_zeros() as i32 };
                code.get(pointer).get(*buffer).op(I::I32Ne);
                code.op(I::If(BlockType::Empty)).get(pointer).shifted(length, bytes).call(free);
                code.op(I::End);
                sequence.push_count(code, length);
                results.push(I32);
            }
            (To::Cells(to, count, number), _) => {
                code.get(*to).get(pointer);
                null(code);
                code.op(store(I32, 0));
                if let Some(count) = count {
                    code.get(*count);
                    sequence.push_count(code, length);
                    code.op(store(I32, 0));
                }
                if let Some((ok, err)) = number {
                    code.i32(*ok);
                    if let Some(tag) = tag {
                        code.i32(*err).get(tag).op(I::Select);
                    }
                    results.push(I32);
                }
                if form == ResultForm::Nul && !sequence.bytes {
                    self.terminated(slot, sequence.size)?;
                }
            }
            (To::Length(at), _) => {
                code.get(*at);
                sequence.push_count(code, length);
                code.op(store(I32, 0)).get(pointer);
                null(code);
                results.push(I32);
            }
            (_, ResultForm::Values) => {
                code.get(pointer);
                null(code);
                sequence.push_count(code, length);
                results.extend([I32, I32]);
            }
            (_, ResultForm::Packed | ResultForm::PackedLow) => {
                let (high, low) = halves(form, pointer, length);
                for (local, shift) in [(high, 32), (low, 0)] {
                    if local == length {
                        sequence.push_count(code, length);
                    } else {
                        code.get(local);
                        null(code);
                    }
                    code.op(I::I64ExtendI32U);
                    if shift > 0 {
                        code.ops([I::I64Const(shift), I::I64Shl]);
                    }
                }
                code.op(I::I64Or);
                results.push(ValType::I64);
            }
            (_, ResultForm::Object) => {
                code.get(pointer);
                if let Some(object) = object {
                    code.get(length).call(object);
                }
                null(code);
                results.push(I32);
            }
            (_, ResultForm::Prefixed) => {
                code.plus(pointer, -4);
                sequence.push_count(code, length);
                code.op(store(I32, 0)).plus(pointer, -4);
                null(code);
                results.push(I32);
            }
            // An array, which has a null address at its end.
            (_, ResultForm::Nul) if sequence.texts => {
                code.get(pointer);
                results.push(I32);
            }
            (_, ResultForm::Nul) => {
                self.terminated(slot, sequence.size)?;
                code.get(pointer);
                null(code);
                results.push(I32);
            }
            _ => return Err(Error::internal("`core_results` has refused such a form")),
        }
        let func = self.maker.glue.add(write, &results);
        let to = self.new_slots(results.len() as u32);
        self.ops.push(Op::CallCore { func, args: passed.into(), to });
        Ok((to..to + results.len() as u32).map(used).collect())
    }

    /// Puts a zero unit behind text whose address and length are in the slots from this one on.
    pub fn terminated(&mut self, slot: Slot, unit: u32) -> Result<()> {
        let end = glue::terminate(&mut self.maker.glue, MEMORY, unit)?;
        let found = self.new_slots(1);
        let args = Box::new([used(slot), used(slot + 1)]);
        self.ops.push(Op::CallCore { func: end, args, to: found });
        let message = self.maker.message(format!(
            "{}: result: text with U+0000 in it cannot be returned NUL-terminated",
            self.function.name
        ));
        self.ops.push(Op::Refuse { when: used(found), message });
        Ok(())
    }

    /// Has a piece of memory freed in the end whose address and length are in the slots from
    /// this one on.
    fn owe_piece(&mut self, slot: Slot, at: usize) -> Result<()> {
        let Some(rule) = self.rules.free.clone() else {
            let message = format!(
                "import {}: a list that the host returns needs what frees: `free = \"free\"` \
                 names it",
                self.function.name
            );
            return Err(self.maker.wrong(at, message));
        };
        let func = self.maker.free(at, self.rules, &rule, PIECE.lies(0, 0, true))?;
        self.ops.push(Op::Defer { func, args: Box::new([used(slot), used(slot + 1)]) });
        Ok(())
    }

    /// The function that gives a buffer where it is large enough, and other memory
    /// where not. Nothing runs between the step that tells it of the buffer and the
    /// one that asks it.
    fn fill_buffer(&mut self, buffer: Local, capacity: Local, unit: u32, at: usize) -> Result<u32> {
        let other = self.maker.alloc(at, self.rules, 8, 0, 0)?;
        let (place, room) = (self.maker.glue.global(), self.maker.glue.global());
        let mut tell = Func::new(&[I32, I32]);
        tell.code.get(0).op(I::GlobalSet(place)).get(1).times(unit).op(I::GlobalSet(room));
        let tell = self.maker.glue.add(tell, &[]);
        let to = self.new_slots(0);
        let args = Box::new([used(buffer), used(capacity)]);
        self.ops.push(Op::CallCore { func: tell, args, to });
        let mut give = Func::new(&[I32]);
        let code = &mut give.code;
        code.get(0).ops([I::GlobalGet(room), I::I32LeU]);
        code.op(I::If(BlockType::Result(wasm_encoder::ValType::I32)));
        code.ops([I::GlobalGet(place), I::Else]).get(0).call(other).op(I::End);
        Ok(self.maker.glue.add(give, &[I32]))
    }
}
