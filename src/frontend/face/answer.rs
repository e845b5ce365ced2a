//! What comes back from a call of the core.
//!
//! Not here: arguments.

use super::glue::{self, Code, Local};
use super::making::{Buffer, Call, Then};
use super::memory::{MEMORY, load};
use super::rules::{CallRule, Owner, ResultForm, TextForm};
use super::sequence::{Lies, Sequence, halves, margins};
use super::shape::{FieldRules, Leaf, Shape, is_flat, leaf};
use super::wit::{fields, types_of};
use crate::error::Result;
use crate::types::tree::Type;
use crate::types::{FuncType, ValType};
use wasm_encoder::{BlockType, Instruction as I};

const I32: ValType = ValType::I32;

impl Call<'_, '_> {
    /// What the function of the face returns.
    pub fn result(&mut self, ty: Option<&Type>) -> Result<()> {
        let Some(ty) = ty else { return Ok(()) };
        if (self.maker.known.result)(self, ty)? {
            return Ok(());
        }
        let form = self.rules.result;
        match ty {
            Type::Option(_) | Type::Result(_) if form == ResultForm::Out => self.outcome(ty),
            // Whatever it is, all of it is stored.
            ty if form == ResultForm::Out => {
                self.out_params(ty, self.rules.within)?;
                let status = self.take(I32);
                self.refuse(status, "the core returned a status that tells of a failure".into());
                Ok(())
            }
            Type::Scalar(_) | Type::Enum(_) | Type::Flags(_) => {
                let local = self.take(leaf(ty).carrier());
                self.scalar(ty, local);
                Ok(())
            }
            Type::String => self.text_result(Sequence::text(self.rules), form, false),
            Type::List(list) if is_flat(&list.element) => {
                let sequence = self.maker.list(&list.element, self.rules);
                self.text_result(sequence, form, false)
            }
            Type::List(list) if list.element == Type::String => {
                self.text_result(Sequence::texts(), form, false)
            }
            Type::Option(_) if self.rules.null_options => match ty.at(1) {
                Some(Type::String) => self.text_result(Sequence::text(self.rules), form, true),
                Some(Type::List(list)) if is_flat(&list.element) => {
                    let sequence = self.maker.list(&list.element, self.rules);
                    self.text_result(sequence, form, true)
                }
                _ => Err(self.unsupported(ty)),
            },
            Type::Record(_) | Type::Tuple(_) => self.record_result(ty, form),
            other => Err(self.unsupported(other)),
        }
    }

    /// Gives a number that the core has.
    pub fn scalar(&mut self, ty: &Type, local: Local) {
        match (ty, leaf(ty)) {
            (_, ValType::Bool) => {
                self.give(ValType::Bool, |code| {
                    code.get(local).i32(0).op(I::I32Ne);
                });
            }
            (_, ValType::Char) => {
                let bad = self.wrap.local(I32);
                let code = &mut self.after;
                code.get(local).i32(0x10ffff).op(I::I32GtU);
                code.get(local).i32(11).op(I::I32ShrU).i32(0x1b).ops([I::I32Eq, I::I32Or]);
                code.set(bad);
                self.refuse(bad, "the core returned what is no Unicode scalar value".into());
                self.give(ValType::Char, |code| {
                    code.get(local);
                });
            }
            (Type::Enum(cases), _) => {
                let (count, bad) = (cases.cases.len() as i32, self.wrap.local(I32));
                self.after.get(local).i32(count).op(I::I32GeU).set(bad);
                self.refuse(bad, "the core returned a number that no case has".into());
                self.give(ValType::U32, |code| {
                    code.get(local);
                });
            }
            (Type::Flags(flags), _) => {
                let mask = flags.mask() as i32;
                self.give(ValType::U32, |code| {
                    code.get(local).i32(mask).op(I::I32And);
                });
            }
            (_, ty) => self.give(ty, |code| {
                code.get(local);
            }),
        }
    }

    /// Text or a list, or none where its address is 0.
    pub fn text_result(
        &mut self,
        sequence: Sequence,
        form: ResultForm,
        option: bool,
    ) -> Result<()> {
        let (pointer, length) = (self.wrap.local(I32), self.wrap.local(I32));
        let (mut head, mut tail, mut pair) = (0, 0, None);
        let mut owned = self.rules.result_owner == Owner::Caller;
        let memory = self.maker.memory(self.at);
        self.forms.push(
            match form {
                ResultForm::Values => "address and length returned",
                ResultForm::Nul => "NUL-terminated text returned",
                ResultForm::Packed | ResultForm::PackedLow => {
                    "address and length returned in an i64"
                }
                ResultForm::Area => "an area for the result first",
                ResultForm::AreaLast => "an area for the result last",
                ResultForm::Pair => "the address of address and length returned",
                ResultForm::Out => "addresses for the result last",
                ResultForm::LengthOut => "the address for the length last",
                ResultForm::Buffer => "a buffer and its size last",
                ResultForm::Prefixed => "length-prefixed text returned",
                ResultForm::Last => "nothing returned",
                ResultForm::InPlace => "nothing returned",
                ResultForm::SameLength | ResultForm::Object => "an address returned",
            }
            .to_owned(),
        );
        match form {
            ResultForm::Values => {
                let (p, n) = (self.take(I32), self.take(I32));
                self.after.get(p).set(pointer).get(n);
                sequence.count_to_length(&mut self.after);
                self.after.set(length);
            }
            ResultForm::Nul => {
                tail = self.ended_by(&sequence)?;
                let p = self.take(I32);
                let count = glue::length(&mut self.maker.glue, MEMORY, tail)?;
                self.after.get(p).set(pointer).get(p).call(count);
                sequence.count_to_length(&mut self.after);
                self.after.set(length);
            }
            ResultForm::Packed | ResultForm::PackedLow => {
                let both = self.take(ValType::I64);
                let (high, low) = halves(form, pointer, length);
                let code = &mut self.after;
                code.get(both).ops([I::I64Const(32), I::I64ShrU, I::I32WrapI64]).set(high);
                code.get(both).op(I::I32WrapI64).set(low);
                code.get(length);
                sequence.count_to_length(&mut self.after);
                self.after.set(length);
            }
            ResultForm::Area | ResultForm::AreaLast | ResultForm::Pair => {
                let place = if form == ResultForm::Pair {
                    *pair.insert(self.take(I32))
                } else {
                    let (at, area) = self.area(8, 4);
                    self.pass_area(form, at, area);
                    let place = self.wrap.local(I32);
                    self.after.plus(area, at as i32).set(place);
                    place
                };
                let code = &mut self.after;
                code.get(place).op(I::If(BlockType::Empty));
                code.get(place).op(load(I32, 0)).set(pointer).get(place).op(load(I32, 4));
                sequence.count_to_length(code);
                code.set(length).op(I::End);
            }
            ResultForm::Out => return self.out_params(&Type::String, self.rules.within),
            ResultForm::LengthOut => {
                let (at, area) = self.area(4, 4);
                self.last.push(I32).plus(area, at as i32);
                let p = self.take(I32);
                self.after.get(p).set(pointer).get(area).op(load(I32, at));
                sequence.count_to_length(&mut self.after);
                self.after.set(length);
            }
            ResultForm::Buffer => {
                self.buffer(sequence, pointer, length)?;
                owned = false;
            }
            ResultForm::Prefixed => {
                let p = self.take(I32);
                let code = &mut self.after;
                code.get(p).op(I::If(BlockType::Empty)).plus(p, 4).set(pointer);
                code.get(p).op(load(I32, 0));
                sequence.count_to_length(code);
                code.set(length).op(I::End);
                head = 4;
            }
            ResultForm::Last => {
                let Some((p, n)) = &self.rules.last else {
                    let message = "`result = \"last\"` needs `last = [\"last_ptr\", \"last_len\"]`";
                    return Err(self.maker.wrong(self.at, message));
                };
                for (rule, to) in [(p, pointer), (n, length)] {
                    let ty = FuncType::new([], [I32]);
                    let is = ", and tells nothing of a result";
                    let func = self.maker.func_of(self.at, &self.what, rule, &ty, is)?;
                    self.after.call(func).set(to);
                }
                self.after.get(length);
                sequence.count_to_length(&mut self.after);
                self.after.set(length);
                owned = false;
            }
            // The convention has taken what it can read.
            ResultForm::Object => return Err(self.unsupported(&Type::String)),
            ResultForm::InPlace | ResultForm::SameLength => {
                let Some((p, n, from)) = self.sequences.first().copied() else {
                    let message = format!("{}: there is no list among the parameters", self.name);
                    return Err(self.maker.wrong(self.at, message));
                };
                if form == ResultForm::InPlace {
                    // The same bytes, which may be counted otherwise.
                    let code = &mut self.after;
                    code.get(p).set(pointer).get(n);
                    if !from.bytes {
                        code.times(from.size);
                    }
                    if !sequence.bytes {
                        sequence.push_bytes(code);
                    }
                    code.set(length);
                    owned = false;
                } else {
                    // As many elements.
                    let (p, count) = (self.take(I32), self.wrap.local(I32));
                    from.push_count(&mut self.after, n);
                    sequence.count_to_length(&mut self.after);
                    self.after.set(count).get(p).set(pointer);
                    self.after.get(count).i32(0).get(p).op(I::Select).set(length);
                }
            }
        }
        memory?;
        if sequence.texts {
            return self.give_texts(pointer, length, tail);
        }
        if option {
            self.give(ValType::U32, |code| {
                code.get(pointer).i32(0).op(I::I32Ne);
            });
        }
        let outs = self.give_list(sequence, pointer, length)?;
        if owned {
            let rule = self.rules.free_result.as_ref().or(self.rules.free.as_ref()).cloned();
            let Some(rule) = rule else { return Err(self.no_free()) };
            self.free_later(&rule, sequence.lies(head, tail, true), outs)?;
        }
        if let Some(pair) = pair
            && let Some(rule) = self.rules.free_pair.clone()
        {
            let place = self.out(I32, |code| {
                code.get(pair);
            });
            let size = self.out(I32, |code| {
                code.i32(8);
            });
            self.free_later(&rule, Lies { align: 4, ..Lies::default() }, [place, size])?;
        }
        Ok(())
    }

    /// Bytes of the zero that ends a sequence, where one does.
    fn ended_by(&self, sequence: &Sequence) -> Result<u32> {
        let (ends, size) = match (sequence.texts, sequence.bytes) {
            // An array of addresses.
            (true, _) => (self.within()? == TextForm::Nul, 4),
            (_, false) => (true, sequence.size),
            // Of numbers one may be zero: who wants that to be the end says so.
            (_, true) => (self.rules.said.contains_key("result"), sequence.size),
        };
        if ends && matches!(size, 1 | 2 | 4) {
            return Ok(size);
        }
        let message = format!(
            "{}: nothing tells how long this list is: `result` says how it is returned, as in \
             `result = \"packed\"`, or `length` what its length is",
            self.name
        );
        Err(self.maker.wrong(self.rules.place_of(&["result"], self.at), message))
    }

    pub fn no_free(&self) -> crate::error::Error {
        let message = format!(
            "{}: a result needs what frees it: `free-result = \"free\"` names it; where nobody \
             does, `result-owner = \"static\"` says so",
            self.name
        );
        self.maker.wrong(self.at, message)
    }

    /// The core writes to a buffer, and is called again where that was too small.
    fn buffer(&mut self, sequence: Sequence, pointer: Local, length: Local) -> Result<()> {
        if self.rules.owner == Owner::Callee && !self.sequences.is_empty() {
            let message = format!(
                "{}: with `result = \"buffer\"` it may be called twice with its arguments: it \
                 cannot free them (`owner = \"callee\"`)",
                self.name
            );
            return Err(self.maker.wrong(self.rules.place_of(&["owner"], self.at), message));
        }
        let (at, area) = self.area(8, 4);
        let alloc = self.maker.alloc(self.at, self.rules, 8, 0, 0)?;
        let Some(rule) = self.rules.free.clone() else { return Err(self.no_free()) };
        let free =
            self.maker.free(self.at, self.rules, &rule, Lies { align: 8, ..Lies::default() })?;
        self.last.push(I32).get(area).op(load(I32, at));
        self.last.push(I32).get(area).op(load(I32, at + 4));
        sequence.push_bytes(&mut self.last.code);
        let n = self.take(I32);
        self.after.get(area).op(load(I32, at)).set(pointer).get(n);
        sequence.count_to_length(&mut self.after);
        self.after.set(length);
        let bad = self.wrap.local(I32);
        self.after.get(n).times(sequence.size).get(area);
        self.after.ops([load(I32, at + 4), I::I32GtU]).set(bad);
        self.refuse(bad, "the core wanted more room for its result each time".into());
        self.buffer = Some(Buffer { at, area, alloc, free, length: n, unit: sequence.size });
        Ok(())
    }

    /// A record: its one field, its fields, or what lies in an area.
    fn record_result(&mut self, ty: &Type, form: ResultForm) -> Result<()> {
        let all = fields(ty).unwrap_or_default();
        if let [field] = all {
            return self.result(Some(&field.ty));
        }
        if form == ResultForm::Values {
            for field in all {
                match &field.ty {
                    Type::Scalar(_) | Type::Enum(_) | Type::Flags(_) => {
                        let local = self.take(leaf(&field.ty).carrier());
                        self.scalar(&field.ty, local);
                    }
                    Type::String => {
                        self.text_result(Sequence::text(self.rules), ResultForm::Values, false)?;
                    }
                    other => return Err(self.unsupported(other)),
                }
            }
            return Ok(());
        }
        let within = FieldRules::of(self.rules, self.rules.within);
        let Some(shape) = Shape::of(ty, within) else {
            return Err(self.unsupported(ty));
        };
        if shape.leaves.iter().any(|(_, leaf)| matches!(leaf, Leaf::Text | Leaf::Maybe)) {
            self.within()?;
        }
        self.maker.memory(self.at)?;
        let place = self.wrap.local(I32);
        if form == ResultForm::Pair {
            self.forms.push("the address of a record returned".into());
            let found = self.take(I32);
            self.after.get(found).set(place);
            if let Some(rule) = self.rules.free_pair.clone() {
                let (at, size) = (
                    self.out(I32, |code| {
                        code.get(found);
                    }),
                    self.out(I32, |code| {
                        code.i32(shape.size as i32);
                    }),
                );
                let lies = Lies { align: shape.align, ..Lies::default() };
                self.free_later(&rule, lies, [at, size])?;
            }
        } else {
            self.forms.push("an area for the record first".into());
            let (at, area) = self.area(shape.size, shape.align);
            self.pass_area(form, at, area);
            self.after.plus(area, at as i32).set(place);
        }
        self.leaves(ty, &shape, place, self.rules.within)
    }

    /// Gives the leaves of what lies at a place.
    fn leaves(&mut self, ty: &Type, shape: &Shape, place: Local, text: TextForm) -> Result<()> {
        let types = types_of(ty);
        for ((offset, leaf), ty) in shape.leaves.iter().zip(types) {
            match leaf {
                Leaf::Number(number) => {
                    let local = self.wrap.local(number.carrier());
                    self.after.get(place).op(load(*number, *offset)).set(local);
                    self.scalar(ty, local);
                }
                Leaf::Text => self.text_at(place, *offset, text, false)?,
                Leaf::Maybe => self.text_at(place, *offset, text, true)?,
            }
        }
        Ok(())
    }

    /// Gives text whose address, and maybe length, lies at a place; none where it may be 0
    /// and is.
    fn text_at(&mut self, place: Local, offset: u32, form: TextForm, option: bool) -> Result<()> {
        let sequence = Sequence::text(self.rules);
        let (pointer, length) = (self.wrap.local(I32), self.wrap.local(I32));
        self.after.get(place).op(load(I32, offset)).set(pointer);
        let (head, tail) = margins(form, &sequence);
        match form {
            TextForm::PointerLength | TextForm::Struct => {
                self.after.get(place).op(load(I32, offset + 4));
                self.after.null_unless(option.then_some(pointer));
                self.after.set(length);
            }
            TextForm::Nul => {
                let count = glue::length(&mut self.maker.glue, MEMORY, sequence.size)?;
                self.after.get(pointer).call(count).set(length);
            }
            TextForm::Prefixed => {
                let code = &mut self.after;
                code.get(pointer).op(I::If(BlockType::Empty));
                code.get(pointer).op(load(I32, 0)).set(length).plus(pointer, 4).set(pointer);
                code.op(I::End);
            }
        }
        if option {
            self.give(ValType::U32, |code| {
                code.get(pointer).i32(0).op(I::I32Ne);
            });
        }
        let outs = self.give_sequence(sequence, pointer, length);
        if self.rules.result_owner == Owner::Caller {
            let rule = self.rules.free_result.as_ref().or(self.rules.free.as_ref()).cloned();
            let Some(rule) = rule else { return Err(self.no_free()) };
            let head = if form == TextForm::Struct { 0 } else { head };
            self.free_later(&rule, sequence.lies(head, tail, true), outs)?;
        }
        Ok(())
    }

    /// A value that the core stores where its last arguments say.
    fn out_params(&mut self, ty: &Type, text: TextForm) -> Result<()> {
        self.forms.push("addresses for the result last".into());
        let Some(shape) = Shape::of(ty, FieldRules::of(self.rules, text)) else {
            return Err(self.unsupported(ty));
        };
        let (at, area) = self.area(shape.size, shape.align);
        self.last.push(I32).plus(area, at as i32);
        if matches!(ty, Type::String) && text == TextForm::PointerLength {
            self.last.push(I32).plus(area, at as i32 + 4);
        }
        let place = self.wrap.local(I32);
        self.after.plus(area, at as i32).set(place);
        self.leaves(ty, &shape, place, text)
    }

    /// Has the address of an area of a result passed, last where the form says so.
    fn pass_area(&mut self, form: ResultForm, at: u32, area: Local) {
        let is_last = form == ResultForm::AreaLast;
        let args = if is_last { &mut self.last } else { &mut self.first };
        args.push(I32).plus(area, at as i32);
    }

    /// `option` or `result` by a status and what is stored where the last arguments say.
    fn outcome(&mut self, ty: &Type) -> Result<()> {
        let status = self.take(I32);
        let is_option = matches!(ty, Type::Option(_));
        let (good, bad) = if is_option { (ty.at(1), None) } else { (ty.at(0), ty.at(1)) };
        self.give(ValType::U32, |code| {
            code.get(status).i32(0).op(if is_option { I::I32Eq } else { I::I32Ne });
        });
        if let Some(ty) = good {
            self.out_params(ty, self.rules.within)?;
        }
        if let Some(ty) = bad {
            self.out_params(ty, self.rules.error)?;
        }
        Ok(())
    }

    /// The next of what the core returns.
    pub fn take(&mut self, ty: ValType) -> Local {
        let found = self.returned.get(self.taken).map(|(_, local)| *local);
        // Where it does not fit, that is told in the end.
        let local = found.unwrap_or_else(|| self.wrap.local(ty));
        self.taken += 1;
        self.expected.push(ty);
        local
    }

    /// Gives a number to the plan.
    pub fn give(&mut self, ty: ValType, push: impl FnOnce(&mut Code)) {
        let at = self.out(ty.carrier(), push);
        self.then.push(Then::Number(ty, at));
    }

    pub fn out(&mut self, ty: ValType, push: impl FnOnce(&mut Code)) -> u32 {
        push(self.outs.push(ty));
        self.outs.types.len() as u32 - 1
    }

    /// Gives two locals out, as an address and a length.
    pub fn outs(&mut self, locals: [Local; 2]) -> [u32; 2] {
        locals.map(|local| {
            self.out(I32, |code| {
                code.get(local);
            })
        })
    }

    /// Gives a sequence to the plan, whose address and length these locals are: both as the
    /// core has them.
    pub fn give_sequence(&mut self, sequence: Sequence, pointer: Local, length: Local) -> [u32; 2] {
        let outs = self.outs([pointer, length]);
        let mut read = outs[0];
        if self.maker.known.dangling && !self.after.0.is_empty() {
            read = self.out(I32, |code| {
                code.get(pointer).i32(0).get(length).op(I::Select);
            });
        }
        self.then.push(Then::Text(sequence.encoding, read, outs[1]));
        outs
    }

    /// Has a function called with an address and a length when the result was read.
    pub fn free_later(&mut self, rule: &CallRule, lies: Lies, outs: [u32; 2]) -> Result<()> {
        let func = self.maker.free(self.at, self.rules, rule, lies)?;
        self.then.push(Then::Free(func, outs));
        Ok(())
    }

    /// A trap with this message where the local is not zero afterwards.
    pub fn refuse(&mut self, when: Local, message: String) {
        let message = self.maker.message(format!("{}: {message}", self.name));
        let at = self.out(I32, |code| {
            code.get(when);
        });
        self.then.push(Then::Refuse(message, at));
    }
}
