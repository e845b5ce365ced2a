//! Lists of texts. Between plan and core they are one piece of memory: the number that
//! stands for the encoding, how many texts there are, of each its place in the piece and
//! how many code units it has, and then the texts, each with a zero unit behind it.
//!
//! Here that is made of what the core has, an array of addresses or of addresses and
//! lengths, and the reverse.
//!
//! Not here: the host's side, `guest/parts`.

use super::glue::{self, Code, Local};
use super::making::{Call, Maker, used};
use super::memory::{MEMORY, load, store};
use super::rules::{CallArg, CallRule, Owner, Rules, TextForm};
use super::sequence::{Lies, Sequence};
use crate::abi::GuestEncoding;
use crate::error::Result;
use crate::plan::Op;
use crate::types::ValType;
use crate::types::leaves::{TEXTS_EACH, TEXTS_HEAD};
use wasm_encoder::{BlockType, Instruction as I};

const I32: ValType = ValType::I32;

/// The bytes of a piece.
pub(super) const PIECE: Sequence = Sequence {
    encoding: GuestEncoding::Latin1,
    size: 1,
    align: 8,
    bytes: true,
    texts: false,
    relaid: None,
};

impl Call<'_, '_> {
    /// A list of texts as an argument: the address of an array, with a null at the end of
    /// one of addresses, and how many there are.
    pub fn texts_param(&mut self, slot: &mut u32) -> Result<()> {
        self.check_encoding()?;
        if self.rules.owner == Owner::Callee {
            let message = format!(
                "{}: {}: texts of a list lie in one piece of memory, which the guest cannot free \
                 (`owner = \"callee\"`)",
                self.name, self.what
            );
            return Err(self.maker.wrong(self.rules.place_of(&["owner"], self.at), message));
        }
        let each = self.within()?;
        let piece = self.lower_slot(self.rules.owner, *slot, PIECE, TextForm::PointerLength)?;
        *slot += 1;
        let pairs = each == TextForm::PointerLength;
        let unit = self.rules.encoding.align();
        let length = glue::length(&mut self.maker.glue, MEMORY, unit)?;
        let name = format!("unpack {each:?} {unit}");
        // The array, how many there are, and the number of the first one with a zero in it,
        // where that would end it.
        let unpack = self.maker.glue.named(name, &[I32], &[I32; 3], |f, _| {
            let (piece, i, count, bad) = (0, f.local(I32), f.local(I32), f.local(I32));
            let (text, units) = (f.local(I32), f.local(I32));
            let code = &mut f.code;
            code.get(piece).op(load(I32, 4)).set(count);
            looped(code, i, count, |code| {
                // Where the array is written has been read already.
                let from = |code: &mut Code| {
                    code.get(i).i32(TEXTS_EACH as i32).op(I::I32Mul).get(piece).op(I::I32Add);
                };
                from(code);
                code.op(load(I32, TEXTS_HEAD)).get(piece).op(I::I32Add).set(text);
                from(code);
                code.op(load(I32, TEXTS_HEAD + 4)).set(units);
                if pairs {
                    from(code);
                    code.get(text).op(store(I32, TEXTS_HEAD));
                    return;
                }
                code.get(i).i32(4).op(I::I32Mul).get(piece).op(I::I32Add).get(text);
                code.op(store(I32, 0));
                code.get(bad).op(I::I32Eqz).get(text).call(length).get(units);
                code.ops([I::I32Ne, I::I32And, I::If(BlockType::Empty)]);
                code.plus(i, 1).set(bad).op(I::End);
            });
            if pairs {
                code.plus(piece, TEXTS_HEAD as i32);
            } else {
                code.get(count).i32(4).op(I::I32Mul).get(piece).op(I::I32Add).i32(0);
                code.op(store(I32, 0)).get(piece);
            }
            code.get(count).get(bad);
            Ok(())
        })?;
        let to = self.new_slots(3);
        self.ops.push(Op::CallCore { func: unpack, args: Box::new([used(piece)]), to });
        let message = self.maker.message(format!(
            "{}: {}, element {{}}: text with U+0000 in it cannot be passed NUL-terminated",
            self.name, self.what
        ));
        self.ops.push(Op::Refuse { when: used(to + 2), message });
        let (array, count) = (self.pass(to, I32), self.pass(to + 1, I32));
        self.forms.push("a list of texts as an array".into());
        self.args.push(I32).get(array);
        self.args.push(I32).get(count);
        Ok(())
    }

    /// A list of texts that the core returned as an array at this address, of so many, with
    /// so many bytes behind it.
    pub fn give_texts(&mut self, array: Local, count: Local, tail: u32) -> Result<()> {
        self.check_encoding()?;
        let text = Sequence::text(self.rules);
        let Some(free) = self.rules.free.clone() else { return Err(self.no_free()) };
        let each = self.within()?;
        let pairs = each == TextForm::PointerLength;
        let owned = self.rules.result_owner == Owner::Caller;
        // One function may free all of it; else each text is freed, and the array.
        let all =
            self.rules.free_result.clone().filter(|rule| {
                rule.args.as_ref().is_some_and(|args| args.contains(&CallArg::Count))
            });
        let free_each = match (&all, owned) {
            (None, true) => {
                let rule = self.rules.free_result.as_ref().unwrap_or(&free).clone();
                let tail = if pairs { 0 } else { text.size };
                Some(self.maker.free(self.at, self.rules, &rule, text.lies(0, tail, true))?)
            }
            _ => None,
        };
        let pack = self.maker.pack_texts(self.at, self.rules, each, free_each)?;
        let (piece, size) = (self.wrap.local(I32), self.wrap.local(I32));
        self.after.get(array).get(count).call(pack).set(size).set(piece);
        let outs = self.give_sequence(PIECE, piece, size);
        self.free_later(&free, PIECE.lies(0, 0, true), outs)?;
        if owned {
            let given = self.outs([array, count]);
            let lies = Lies { shift: if pairs { 3 } else { 2 }, align: 4, ..Lies::default() };
            let lies = Lies { result: true, tail, ..lies };
            let rule: CallRule =
                all.unwrap_or_else(|| self.rules.free_result.clone().unwrap_or(free));
            self.free_later(&rule, lies, given)?;
        }
        Ok(())
    }

    /// The host writes lists of texts in the encoding of the whole face.
    fn check_encoding(&mut self) -> Result<()> {
        if self.maker.encoding == self.rules.encoding {
            return Ok(());
        }
        let message = format!(
            "{}: {}: a list of texts has the encoding that is set for the whole face",
            self.name, self.what
        );
        Err(self.maker.wrong(self.rules.place_of(&["encoding"], self.at), message))
    }
}

impl Maker<'_> {
    /// The function `(array, count) -> (piece, bytes)` that makes one piece of texts in an
    /// array, of which each is freed where there is something that does.
    pub fn pack_texts(
        &mut self,
        at: usize,
        rules: &Rules,
        each: TextForm,
        free_each: Option<u32>,
    ) -> Result<u32> {
        let text = Sequence::text(rules);
        let alloc = self.alloc(at, rules, 8, 0, 0)?;
        let pairs = each == TextForm::PointerLength;
        let length = glue::length(&mut self.glue, MEMORY, text.size)?;
        let shift = text.size.trailing_zeros() as i32;
        let name = format!("pack {each:?} {alloc} {free_each:?} {}", text.size);
        let encoding = GuestEncoding::ALL.iter().position(|e| *e == text.encoding).unwrap_or(0);
        self.glue.named(name, &[I32, I32], &[I32, I32], |f, _| {
            let (array, count) = (0, 1);
            let (i, address, units, size) =
                (f.local(I32), f.local(I32), f.local(I32), f.local(I32));
            let (piece, at, wide) = (f.local(I32), f.local(I32), f.local(ValType::I64));
            let item = |code: &mut Code| {
                code.get(i).i32(if pairs { 8 } else { 4 }).op(I::I32Mul).get(array).op(I::I32Add);
                if pairs {
                    code.op(I::LocalTee(at)).op(load(I32, 0)).set(address);
                    code.get(at).op(load(I32, 4)).set(units);
                } else {
                    code.op(load(I32, 0)).set(address).get(address).call(length).set(units);
                }
            };
            let code = &mut f.code;
            // Sizes are summed up in 64 bits: what lies in a memory can be named twice.
            code.op(I::I64Const(TEXTS_HEAD.into())).set(wide);
            looped(code, i, count, |code| {
                item(code);
                code.get(wide).i64(i64::from(TEXTS_EACH + text.size)).op(I::I64Add);
                code.get(units).op(I::I64ExtendI32U).i64(shift.into()).ops([I::I64Shl, I::I64Add]);
                code.set(wide);
            });
            code.get(wide).ops([I::I64Const(i64::from(i32::MAX)), I::I64GtU]);
            code.ops([I::If(BlockType::Empty), I::Unreachable, I::End]);
            code.get(wide).op(I::I32WrapI64).set(size).get(size).call(alloc).set(piece);
            code.get(piece).i32(encoding as i32).op(store(I32, 0));
            code.get(piece).get(count).op(store(I32, 4));
            code.get(count).i32(TEXTS_EACH as i32).op(I::I32Mul).i32(TEXTS_HEAD as i32);
            code.op(I::I32Add).get(piece).op(I::I32Add).set(at);
            let here = f.local(I32);
            let code = &mut f.code;
            code.get(at).set(here);
            looped(code, i, count, |code| {
                item(code);
                code.get(i).i32(TEXTS_EACH as i32).op(I::I32Mul).get(piece).op(I::I32Add);
                code.op(I::LocalTee(at)).get(here).get(piece).op(I::I32Sub);
                code.op(store(I32, TEXTS_HEAD)).get(at).get(units).op(store(I32, TEXTS_HEAD + 4));
                code.get(here).get(address).shifted(units, shift);
                code.op(I::MemoryCopy { src_mem: MEMORY, dst_mem: MEMORY });
                code.get(here).shifted(units, shift).op(I::I32Add).i32(text.size as i32);
                code.op(I::I32Add).set(here);
                if let Some(free) = free_each {
                    code.get(address).get(units).call(free);
                }
            });
            code.get(piece).get(size);
            Ok(())
        })
    }
}

impl Maker<'_> {
    /// The function `(piece) -> (the number of the first text with a zero in it, from 1 on)`.
    pub fn zero_in_texts(&mut self, unit: u32) -> Result<u32> {
        let length = glue::length(&mut self.glue, MEMORY, unit)?;
        self.glue.named(format!("zero in texts {unit}"), &[I32], &[I32], |f, _| {
            let [i, count, at, bad] = [(); 4].map(|()| f.local(I32));
            let code = &mut f.code;
            code.get(0).op(load(I32, 4)).set(count);
            looped(code, i, count, |code| {
                code.get(i).i32(TEXTS_EACH as i32).op(I::I32Mul).get(0).op(I::I32Add).set(at);
                code.get(bad).op(I::I32Eqz);
                code.get(at).op(load(I32, TEXTS_HEAD)).get(0).op(I::I32Add).call(length);
                code.get(at).op(load(I32, TEXTS_HEAD + 4));
                code.ops([I::I32Ne, I::I32And, I::If(BlockType::Empty)]);
                code.plus(i, 1).set(bad).op(I::End);
            });
            code.get(bad);
            Ok(())
        })
    }

    /// The function `(piece) -> (array, count)` that makes an array of texts of a piece, each
    /// of which has memory of its own, as the array has.
    pub fn own_texts(&mut self, at: usize, rules: &Rules, each: TextForm) -> Result<u32> {
        let pairs = each == TextForm::PointerLength;
        let unit = rules.encoding.align();
        let tail = if pairs { 0 } else { unit };
        let alloc = self.alloc(at, rules, unit, 0, tail)?;
        let array_of = self.alloc(at, rules, 4, 0, if pairs { 0 } else { 4 })?;
        let shift = unit.trailing_zeros() as i32;
        let name = format!("own texts {pairs} {unit} {alloc} {array_of}");
        self.glue.named(name, &[I32], &[I32; 2], |f, _| {
            let [i, count, array, from, to, place] = [(); 6].map(|()| f.local(I32));
            let each = if pairs { 8 } else { 4 };
            let code = &mut f.code;
            code.get(0).op(load(I32, 4)).set(count);
            code.get(count).times(each).call(array_of).set(array);
            looped(code, i, count, |code| {
                code.get(i).i32(TEXTS_EACH as i32).op(I::I32Mul).get(0).op(I::I32Add).set(from);
                code.get(from).op(load(I32, TEXTS_HEAD + 4)).i32(shift).op(I::I32Shl);
                code.call(alloc).set(to);
                // The zero behind it goes with it, where there is one.
                code.get(to).get(from).op(load(I32, TEXTS_HEAD)).get(0).op(I::I32Add);
                code.get(from).op(load(I32, TEXTS_HEAD + 4)).i32(shift).op(I::I32Shl);
                code.i32(tail as i32).op(I::I32Add);
                code.op(I::MemoryCopy { src_mem: MEMORY, dst_mem: MEMORY });
                code.get(i).i32(each as i32).op(I::I32Mul).get(array).op(I::I32Add).set(place);
                code.get(place).get(to).op(store(I32, 0));
                if pairs {
                    code.get(place).get(from).op(load(I32, TEXTS_HEAD + 4)).op(store(I32, 4));
                }
            });
            if !pairs {
                code.get(count).i32(4).op(I::I32Mul).get(array).op(I::I32Add).i32(0);
                code.op(store(I32, 0));
            }
            code.get(array).get(count);
            Ok(())
        })
    }
}

/// Does something for each number below a count.
pub(super) fn looped(code: &mut Code, i: Local, count: Local, each: impl FnOnce(&mut Code)) {
    code.i32(0).set(i).ops([I::Block(BlockType::Empty), I::Loop(BlockType::Empty)]);
    code.get(i).get(count).ops([I::I32GeU, I::BrIf(1)]);
    each(code);
    code.plus(i, 1).set(i).ops([I::Br(0), I::End, I::End]);
}
