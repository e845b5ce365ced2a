//! Arguments and results of imports that are made of parts: records, lists of texts, and
//! what is stored where the core says.
//!
//! Not here: text and numbers by themselves.

use super::glue::{self, Code, Func, Local};
use super::making::{Hook, plan, used};
use super::memory::{MEMORY, load, store, text_mem};
use super::rules::{Owner, ResultForm, TextForm};
use super::sequence::Sequence;
use super::shape::{FieldRules, Leaf, Shape, leaf};
use super::texts::PIECE;
use super::wit::{fields, types_of};
use crate::error::Result;
use crate::plan::{AdapterPlan, Conversion, Op};
use crate::types::tree::Type;
use crate::types::{FuncType, ValType};
use wasm_encoder::{BlockType, Instruction as I};

const I32: ValType = ValType::I32;

/// Where a part of a result goes.
pub(super) struct Goes<'t> {
    pub ty: &'t Type,
    /// The address of it; of text as address and length, that of the length, where it is not
    /// behind the address.
    pub to: Local,
    pub length: Option<Local>,
    pub text: TextForm,
    /// The case that it is of, where the result has cases.
    pub case: Option<u32>,
}

/// What the core's function returns beside a result that is stored.
#[derive(Clone, Copy)]
pub(super) enum Status {
    Nothing,
    /// The one number for success, the other for none and errors.
    Number(i32, i32),
    /// The one for success, or the error, which is a number.
    Error(i32),
}

impl Status {
    /// What the core's function has to return.
    pub fn results(self) -> Vec<ValType> {
        match self {
            Status::Nothing => vec![],
            Status::Number(..) | Status::Error(_) => vec![I32],
        }
    }
}

impl Hook<'_, '_> {
    /// A record as an argument: its one field, its fields, or what lies at an address.
    pub fn record(&mut self, ty: &Type, name: &str, at: usize) -> Result<()> {
        let all = fields(ty).unwrap_or_default();
        if let ([_], _) | (_, true) = (all, self.rules.flat_records) {
            return all.iter().try_for_each(|field| self.param(&field.ty, name, at));
        }
        self.maker.memory(at)?;
        self.forms.push("a record by its address".into());
        let shape = Shape::of(ty, FieldRules::of(self.rules, self.rules.within));
        let Some(shape) = shape else {
            return Err(self.unsupported(&format!("parameter {name}"), at, ty));
        };
        let place = self.take(I32);
        self.record_at(ty, &shape, place, at)
    }

    /// What lies at this address.
    pub fn record_at(&mut self, ty: &Type, shape: &Shape, place: Local, at: usize) -> Result<()> {
        for ((offset, part), ty) in shape.leaves.iter().zip(types_of(ty)) {
            match part {
                Leaf::Number(number) => {
                    let local = self.read.local(number.carrier());
                    self.read.code.get(place).op(load(*number, *offset)).set(local);
                    let ty = leaf(ty);
                    self.give(ty, |code| {
                        code.get(local);
                        if ty == ValType::Bool {
                            code.i32(0).op(I::I32Ne);
                        }
                    });
                }
                Leaf::Text => self.text_at(place, *offset, at, false)?,
                Leaf::Maybe => self.text_at(place, *offset, at, true)?,
            }
        }
        Ok(())
    }

    /// Text whose address, and maybe length, lies at a place; none where it may be 0 and is.
    fn text_at(&mut self, place: Local, offset: u32, at: usize, option: bool) -> Result<()> {
        let sequence = Sequence::text(self.rules);
        let form = self.maker.within(self.rules, at, &self.function.name)?;
        let (pointer, length) = (self.read.local(I32), self.read.local(I32));
        self.read.code.get(place).op(load(I32, offset)).set(pointer);
        let tail = if form == TextForm::Nul {
            let count = glue::length(&mut self.maker.glue, MEMORY, sequence.size)?;
            self.read.code.get(pointer).call(count).set(length);
            sequence.size
        } else {
            let code = self.read.code.get(place).op(load(I32, offset + 4));
            code.null_unless(option.then_some(pointer)).set(length);
            0
        };
        if option {
            self.give(ValType::U32, |code| {
                code.get(pointer).i32(0).op(I::I32Ne);
            });
        }
        let outs = self.give_sequence(sequence, pointer, length);
        match self.rules.owner {
            Owner::Callee => self.free_later(sequence.lies(0, tail, true), outs, at),
            Owner::Caller => Ok(()),
        }
    }

    /// A list of texts as an argument: the address of an array, and how many there are.
    pub fn texts(&mut self, name: &str, at: usize) -> Result<()> {
        let function = &self.function.name;
        if self.rules.owner == Owner::Callee {
            let message = format!(
                "import {function}: parameter {name}: the host does not free lists of texts \
                 (`owner = \"callee\"`)"
            );
            return Err(self.maker.wrong(self.rules.place_of(&["owner"], at), message));
        }
        let each = self.maker.within(self.rules, at, function)?;
        let pack = self.maker.pack_texts(at, self.rules, each, None)?;
        self.forms.push("a list of texts as an array".into());
        let (array, count) = (self.take(I32), self.take(I32));
        self.texts_at(array, count, pack, at)
    }

    /// The same of an array at this address, of so many.
    pub fn texts_at(&mut self, array: Local, count: Local, pack: u32, at: usize) -> Result<()> {
        let (piece, size) = (self.read.local(I32), self.read.local(I32));
        self.read.code.get(array).get(count).call(pack).set(size).set(piece);
        let outs = self.give_sequence(PIECE, piece, size);
        self.free_later(PIECE.lies(0, 0, true), outs, at)
    }

    /// What the core gets of a list of texts that the host has returned, of which the piece is
    /// in the slots from this one on: the address of an array, and how many there are.
    pub fn back_texts(&mut self, slot: u32, piece: Local, write: &mut Func) -> Result<[Local; 2]> {
        let (at, rules) = (self.function.at, self.rules);
        let each = self.maker.within(rules, at, &self.function.name)?;
        if self.maker.encoding != rules.encoding {
            let message = format!(
                "import {}: a list of texts has the encoding that is set for the whole face",
                self.function.name
            );
            return Err(self.maker.wrong(rules.place_of(&["encoding"], at), message));
        }
        if each == TextForm::Nul {
            let func = self.maker.zero_in_texts(Sequence::text(rules).size)?;
            let found = self.new_slots(1);
            self.ops.push(Op::CallCore { func, args: Box::new([used(slot)]), to: found });
            let message = self.maker.message(format!(
                "{}: result, element {{}}: text with U+0000 in it cannot be returned \
                 NUL-terminated",
                self.function.name
            ));
            self.ops.push(Op::Refuse { when: used(found), message });
        } else if rules.result == ResultForm::Nul {
            let message = format!(
                "import {}: an array of addresses and lengths does not tell how long it is: \
                 `result` says how it is returned",
                self.function.name
            );
            return Err(self.maker.wrong(at, message));
        }
        let own = self.maker.own_texts(at, rules, each)?;
        let [array, count] = [(); 2].map(|()| write.local(I32));
        write.code.get(piece).call(own).set(count).set(array);
        Ok([array, count])
    }

    /// Whether a result is stored by parts, where the core says.
    pub fn is_stored(&self, ty: &Type) -> bool {
        match self.rules.result {
            ResultForm::Out => true,
            ResultForm::Area | ResultForm::AreaLast => fields(ty).is_some(),
            _ => false,
        }
    }

    /// The plan for such a result.
    pub fn make_stored(&mut self, import: u32, flat: FuncType, ty: &Type) -> Result<AdapterPlan> {
        let (function, form) = (self.function, self.rules.result);
        let at = function.at;
        self.maker.memory(at)?;
        let text = self.rules.within;
        let mut goes = Vec::new();
        if form == ResultForm::Area {
            self.forms.push("an area for the result first".into());
            let to = self.take(I32);
            goes.push(Goes { ty, to, length: None, text, case: None });
        }
        for param in &function.params {
            self.param(&param.ty, &param.name, param.at)?;
        }
        let last: Vec<(&Type, TextForm, Option<u32>)> = match ty {
            _ if form == ResultForm::Area => vec![],
            Type::Option(_) | Type::Result(_) if form == ResultForm::Out => {
                let cases = [(0, text), (1, self.rules.error)];
                let part = |(case, text)| Some((ty.at(case)?, text, Some(case as u32)));
                cases.into_iter().filter_map(part).collect()
            }
            _ => vec![(ty, text, None)],
        };
        for (ty, text, case) in last {
            self.forms.push("an address for the result last".into());
            let to = self.take(I32);
            let pair = *ty == Type::String && text == TextForm::PointerLength;
            let length = pair.then(|| self.take(I32));
            goes.push(Goes { ty, to, length, text, case });
        }
        // An area has all of it.
        let status = match form == ResultForm::Out {
            true => Status::Number(0, 1),
            false => Status::Nothing,
        };
        self.check(status.results())?;
        self.store(import, flat, Some(ty), &goes, status)
    }

    /// The plan that stores the parts of a result where they go.
    pub fn store(
        &mut self,
        import: u32,
        flat: FuncType,
        ty: Option<&Type>,
        goes: &[Goes<'_>],
        status: Status,
    ) -> Result<AdapterPlan> {
        let at = self.function.at;
        let args = self.arguments(&flat)?;
        let found = self.new_slots(flat.results().len() as u32);
        self.ops.push(Op::CallAdapter { adapter: import, args, to: found });
        let mut slots = found..;
        let mut write = Func::new(self.core.params());
        let mut passed: Vec<_> = (0..self.core.params().len() as u32).map(used).collect();
        let mut code = Code::default();
        let tag = match ty {
            Some(Type::Option(_) | Type::Result(_)) => {
                let (slot, local) = (slots.next().unwrap_or_default(), write.param(I32));
                passed.push(used(self.converted(slot, ValType::U32)));
                Some(local)
            }
            _ => None,
        };
        let mut error = None;
        for part in goes {
            let lies = FieldRules::of(self.rules, part.text);
            let Some(shape) = Shape::of(part.ty, lies) else {
                return Err(self.unsupported("result", at, part.ty));
            };
            let is_here = |code: &mut Code| {
                if let (Some(case), Some(tag)) = (part.case, tag) {
                    code.get(tag).i32(case as i32).op(I::I32Eq).op(I::If(BlockType::Empty));
                }
            };
            for ((offset, leaf_here), ty) in shape.leaves.iter().zip(types_of(part.ty)) {
                let mut slot = slots.next().unwrap_or_default();
                match leaf_here {
                    Leaf::Number(number) => {
                        passed.push(used(self.converted(slot, leaf(ty))));
                        let local = write.param(number.carrier());
                        is_here(&mut code);
                        code.get(part.to).get(local).op(store(*number, *offset));
                    }
                    Leaf::Text | Leaf::Maybe => {
                        let some = matches!(leaf_here, Leaf::Maybe).then(|| {
                            passed.push(used(self.converted(slot, ValType::U32)));
                            slot = slots.next().unwrap_or_default();
                            write.param(I32)
                        });
                        let to = self.lower(slot, part.text, at)?;
                        passed.extend([used(to), used(to + 1)]);
                        let (pointer, length) = (write.param(I32), write.param(I32));
                        is_here(&mut code);
                        if let Some(some) = some {
                            // For none there is room as for an empty text, too.
                            let free = self.free_unseen(part.text, at)?;
                            code.get(some).ops([I::I32Eqz, I::If(BlockType::Empty)]);
                            code.get(pointer).get(length).call(free).op(I::End);
                        }
                        code.get(part.to).get(pointer).null_unless(some);
                        code.op(store(I32, *offset));
                        match (part.text, part.length) {
                            (TextForm::PointerLength, Some(to)) => {
                                code.get(to).get(length).op(store(I32, 0));
                            }
                            (TextForm::PointerLength, None) => {
                                code.get(part.to).get(length).op(store(I32, *offset + 4));
                            }
                            (TextForm::Nul | TextForm::Struct | TextForm::Prefixed, _) => {}
                        }
                        if part.case.is_some() && tag.is_some() {
                            // Of a case that it is not there is room for an empty text,
                            // which nobody gets.
                            let free = self.free_unseen(part.text, at)?;
                            code.op(I::Else).get(pointer).get(length).call(free);
                        }
                    }
                }
                if part.case.is_some() && tag.is_some() {
                    code.op(I::End);
                }
            }
        }
        // An error that is a number is stored nowhere.
        if let (Status::Error(_), Some(of)) = (status, ty.and_then(|ty| ty.at(1))) {
            let slot = slots.next().unwrap_or_default();
            passed.push(used(self.converted(slot, leaf(of))));
            error = Some(write.param(I32));
        }
        let good = |code: &mut Code| match (ty, tag) {
            (Some(Type::Option(_)), Some(tag)) => {
                code.get(tag);
            }
            (_, Some(tag)) => {
                code.get(tag).op(I::I32Eqz);
            }
            (_, None) => {
                code.i32(1);
            }
        };
        match (status, error) {
            (Status::Nothing, _) => {}
            (Status::Number(ok, err), _) => {
                code.i32(ok).i32(err);
                good(&mut code);
                code.op(I::Select);
            }
            (Status::Error(ok), error) => {
                code.i32(ok);
                match error {
                    Some(error) => code.get(error),
                    None => code.i32(1),
                };
                good(&mut code);
                code.op(I::Select);
            }
        }
        let results = status.results();
        write.code = code;
        let func = self.maker.glue.add(write, &results);
        let to = self.new_slots(results.len() as u32);
        self.ops.push(Op::CallCore { func, args: passed.into(), to });
        let mut ops = std::mem::take(&mut self.ops);
        ops.push(Op::Ret { values: (to..to + results.len() as u32).map(used).collect() });
        Ok(plan(self.core.clone(), self.slots, ops))
    }

    /// The slot of a number as the core has it.
    pub fn converted(&mut self, slot: u32, ty: ValType) -> u32 {
        if ty == ty.carrier() {
            return slot;
        }
        let to = self.new_slots(1);
        let with = Conversion { from: ty, to: ty.carrier(), checked: false };
        self.ops.push(Op::Convert { with, from: used(slot), to });
        to
    }

    /// Writes a text that the host has returned: the slots of its address and length.
    fn lower(&mut self, slot: u32, form: TextForm, at: usize) -> Result<u32> {
        let sequence = Sequence::text(self.rules);
        let tail = if form == TextForm::Nul { sequence.size } else { 0 };
        let alloc = self.maker.alloc(at, self.rules, sequence.align, 0, tail)?;
        let (to, mem) = (self.new_slots(2), text_mem(sequence.encoding));
        self.ops.push(Op::LowerStr { alloc, mem, from: used(slot), to });
        if form == TextForm::Nul {
            self.terminated(to, sequence.size)?;
        }
        Ok(to)
    }

    fn free_unseen(&mut self, form: TextForm, at: usize) -> Result<u32> {
        let sequence = Sequence::text(self.rules);
        let tail = if form == TextForm::Nul { sequence.size } else { 0 };
        let Some(rule) = self.rules.free.clone() else {
            let message = format!(
                "import {}: a result with cases needs what frees: `free = \"free\"` names it",
                self.function.name
            );
            return Err(self.maker.wrong(at, message));
        };
        self.maker.free(at, self.rules, &rule, sequence.lies(0, tail, false))
    }
}
