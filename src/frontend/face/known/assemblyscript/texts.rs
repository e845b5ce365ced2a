//! Lists of strings of AssemblyScript: arrays of addresses of objects, made of the piece
//! of memory that stands for such a list between plan and core, and the reverse.
//!
//! Not here: other lists.

use super::super::super::making::Maker;
use super::super::super::memory::{MEMORY, load, store};
use super::super::super::texts::looped;
use super::classes::{Kind, elements};
use super::objects::{self, check, give};
use super::settings::classes;
use crate::abi::GuestEncoding;
use crate::error::Result;
use crate::types::ValType;
use crate::types::leaves::{TEXTS_EACH, TEXTS_HEAD};
use crate::types::tree::Type;
use wasm_encoder::{BlockType, Instruction as I};

const I32: ValType = ValType::I32;

/// The function `(piece) -> (object)` that makes a list, which is held.
pub(super) fn make(maker: &mut Maker<'_>, at: usize, class: u32, kind: Kind) -> Result<u32> {
    let classes = classes(maker);
    let place = objects::make(maker, at, kind.place(class, &classes), true)?;
    let header = objects::header(maker, at, class, kind, true)?;
    let text = objects::make(maker, at, classes.string(), false)?;
    let let_go = objects::let_go(maker, at)?;
    maker.glue.named(format!("texts {class}"), &[I32], &[I32], |f, _| {
        let (piece, [i, count, data, list, from, to]) = (0, [(); 6].map(|()| f.local(I32)));
        let code = &mut f.code;
        code.get(piece).op(load(I32, 4)).set(count);
        code.shifted(count, 2).call(place).set(data);
        // It is looked at while it is filled.
        code.get(data).i32(0).shifted(count, 2).op(I::MemoryFill(MEMORY));
        match header {
            Some(header) => code.get(data).shifted(count, 2).call(header).set(list),
            None => code.get(data).set(list),
        };
        looped(code, i, count, |code| {
            code.get(i).i32(TEXTS_EACH as i32).op(I::I32Mul).get(piece).op(I::I32Add).set(from);
            code.get(from).op(load(I32, TEXTS_HEAD + 4)).i32(1).op(I::I32Shl).call(text).set(to);
            code.get(to).get(from).op(load(I32, TEXTS_HEAD)).get(piece).op(I::I32Add);
            code.get(from).op(load(I32, TEXTS_HEAD + 4)).i32(1).op(I::I32Shl);
            code.op(I::MemoryCopy { src_mem: MEMORY, dst_mem: MEMORY });
            code.shifted(i, 2).get(data).op(I::I32Add).get(to).op(store(I32, 0));
        });
        if header.is_some() {
            code.get(data).get(count).call(let_go);
        }
        code.get(list);
        Ok(())
    })
}

/// The same of a piece and its length, of which the list alone is left, held by who gets it
/// only where references are counted.
pub(super) fn only(maker: &mut Maker<'_>, at: usize, make: u32) -> Result<u32> {
    let let_go = objects::let_go(maker, at)?;
    let counted = objects::is_counted(maker);
    maker.glue.named(format!("only {make}"), &[I32, I32], &[I32], |f, _| {
        let list = f.local(I32);
        f.code.get(0).call(make).set(list).get(0).get(1).call(let_go);
        if !counted {
            f.code.get(list).get(1).call(let_go);
        }
        f.code.get(list);
        Ok(())
    })
}

/// The function `(object) -> (piece, bytes, whether it is no list of strings)`, which
/// makes a piece that is held.
pub(super) fn read(maker: &mut Maker<'_>, at: usize, option: bool) -> Result<u32> {
    let classes = objects::lists(maker, at)?;
    let alloc = objects::make(maker, at, classes.buffer(), true)?;
    // Where references are counted, what is returned is held.
    let pin = match objects::is_counted(maker) {
        true => None,
        false => Some(objects::runtime(maker, at, ["__pin", ""], &[I32], &[I32])?),
    };
    let let_go = objects::let_go(maker, at)?;
    let encoding = GuestEncoding::ALL.iter().position(|e| *e == GuestEncoding::Utf16);
    maker.glue.named(format!("read texts {option}"), &[I32], &[I32; 3], |f, _| {
        let (object, [flags, i, count, data, text, pinned]) = (0, [(); 6].map(|()| f.local(I32)));
        let [piece, size, to, here] = [(); 4].map(|()| f.local(I32));
        let wide = f.local(ValType::I64);
        let code = &mut f.code;
        code.get(object).ops([I::I32Eqz, I::If(BlockType::Empty)]);
        give(code, [0, 0, !option as i32]);
        code.op(I::End);
        check(code, &classes, object, flags, elements(&Type::String));
        code.get(flags).i32(Kind::ARRAY as i32).ops([I::I32And, I::If(BlockType::Empty)]);
        code.get(object).op(load(I32, 4)).set(data).get(object).op(load(I32, 12)).set(count);
        code.op(I::Else);
        code.get(flags).i32(Kind::STATIC as i32).ops([I::I32And, I::I32Eqz]);
        code.op(I::If(BlockType::Empty));
        give(code, [0, 0, 1]);
        code.op(I::End);
        code.get(object).set(data).plus(object, -4).op(load(I32, 0)).i32(2).op(I::I32ShrU);
        code.set(count).op(I::End);
        // Sizes are summed up in 64 bits: a text can be in a list many times.
        code.i64(TEXTS_HEAD.into()).set(wide);
        looped(code, i, count, |code| {
            code.shifted(i, 2).get(data).op(I::I32Add).op(load(I32, 0)).set(text);
            code.get(text).ops([I::I32Eqz, I::If(BlockType::Empty)]);
            give(code, [0, 0, 1]);
            code.op(I::End).plus(text, -8).op(load(I32, 0)).i32(classes.string() as i32);
            code.ops([I::I32Ne, I::If(BlockType::Empty)]);
            give(code, [0, 0, 1]);
            code.op(I::End).get(wide).i64(i64::from(TEXTS_EACH + 2)).op(I::I64Add);
            code.plus(text, -4).op(load(I32, 0)).ops([I::I64ExtendI32U, I::I64Add]).set(wide);
        });
        code.get(wide).i64(i32::MAX.into()).ops([I::I64GtU, I::If(BlockType::Empty)]);
        code.ops([I::Unreachable, I::End]).get(wide).op(I::I32WrapI64).set(size);
        if let Some(pin) = pin {
            // The list is held while the piece is made, unless it is held already.
            code.plus(object, -16).op(load(I32, 0)).i32(3).op(I::I32And).i32(3).op(I::I32Eq);
            code.set(pinned).get(pinned).ops([I::I32Eqz, I::If(BlockType::Empty)]);
            code.get(object).call(pin).ops([I::Drop, I::End]).get(size).call(alloc).set(piece);
            code.get(pinned).ops([I::I32Eqz, I::If(BlockType::Empty)]);
            code.get(object).get(size).call(let_go).op(I::End);
        } else {
            code.get(size).call(alloc).set(piece);
        }
        code.get(piece).i32(encoding.unwrap_or_default() as i32).op(store(I32, 0));
        code.get(piece).get(count).op(store(I32, 4));
        code.get(count).i32(TEXTS_EACH as i32).op(I::I32Mul).i32(TEXTS_HEAD as i32);
        code.op(I::I32Add).get(piece).op(I::I32Add).set(here);
        looped(code, i, count, |code| {
            code.shifted(i, 2).get(data).op(I::I32Add).op(load(I32, 0)).set(text);
            code.get(i).i32(TEXTS_EACH as i32).op(I::I32Mul).get(piece).op(I::I32Add).set(to);
            code.get(to).get(here).get(piece).op(I::I32Sub).op(store(I32, TEXTS_HEAD));
            code.get(to).plus(text, -4).op(load(I32, 0)).i32(1).op(I::I32ShrU);
            code.op(store(I32, TEXTS_HEAD + 4)).get(here).get(text);
            code.plus(text, -4).op(load(I32, 0));
            code.op(I::MemoryCopy { src_mem: MEMORY, dst_mem: MEMORY });
            code.get(here).plus(text, -4).op(load(I32, 0)).op(I::I32Add).set(here);
            code.get(here).i32(0).op(store(ValType::U16, 0)).plus(here, 2).set(here);
        });
        code.get(piece).get(size).i32(0);
        Ok(())
    })
}
