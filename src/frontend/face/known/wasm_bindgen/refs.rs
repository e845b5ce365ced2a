//! References to values of JavaScript, which the core has no other use for than to make
//! them and to hand them back: objects that core code makes, with what the convention
//! needs of them, so that no host has to.
//!
//! Today they are `externref`s, and a table that the core exports has those that it
//! keeps; before, they were numbers, of a table that the host had, which is added to the
//! core here.
//!
//! Not here: who makes them.

use super::super::super::glue::{Code, Func, Glue, Local};
use super::super::super::making::Maker;
use super::super::super::memory::{MEMORY, load};
use super::super::super::rules::Rules;
use super::own_func;
use crate::error::Result;
use crate::types::{ExternType, ValType};
use wasm_encoder::{BlockType, HeapType, Instruction as I};

const I32: ValType = ValType::I32;
const REF: ValType = ValType::ExternRef;
const I32_BLOCK: BlockType = BlockType::Result(wasm_encoder::ValType::I32);
const REF_BLOCK: BlockType = BlockType::Result(wasm_encoder::ValType::EXTERNREF);

/// What a reference is; `undefined` is null.
pub(super) mod kind {
    pub const UNDEFINED: i32 = 0;
    pub const NULL: i32 = 1;
    /// Its number is 0 or 1.
    pub const BOOL: i32 = 2;
    pub const NUMBER: i32 = 3;
    pub const STRING: i32 = 4;
    pub const ERROR: i32 = 5;
    /// Bytes that the core may write to.
    pub const BYTES: i32 = 6;
    /// Its number is the bits of it.
    pub const BIGINT: i32 = 7;
    /// Anything else, also of the host.
    pub const OBJECT: i32 = 8;
}

/// Handles below this one are not kept: those of constants are among them, which have
/// been from 32 on, and are from 128 on.
const KEPT: i32 = 132;

/// The types of what a reference is: its bytes, and the whole.
fn types(glue: &mut Glue) -> (u32, u32) {
    let bytes = glue.other_type(vec![0x5e, 0x78, 1]);
    let mut object = vec![0x5f, 3, 0x7f, 0, 0x7c, 0, 0x63];
    // The number of a type is signed here.
    let mut rest = bytes;
    while rest > 0x3f {
        object.push(rest as u8 & 0x7f | 0x80);
        rest >>= 7;
    }
    object.extend([rest as u8, 1]);
    (bytes, glue.other_type(object))
}

/// Field `field` of the reference on the stack.
fn field(code: &mut Code, object: u32, field: u32) {
    code.op(I::AnyConvertExtern).op(I::RefCastNonNull(HeapType::Concrete(object)));
    code.op(I::StructGet { struct_type_index: object, field_index: field });
}

/// `(kind, number, address, length) -> (reference)`: with those bytes.
pub(super) fn make(glue: &mut Glue) -> Result<u32> {
    let (bytes, object) = types(glue);
    let new = new_bytes(glue)?;
    let params = [I32, ValType::F64, I32, I32];
    glue.named("reference".into(), &params, &[REF], |f, _| {
        f.code.get(0).get(1).get(2).get(3).call(new).op(I::AnyConvertExtern);
        f.code.op(I::RefCastNonNull(HeapType::Concrete(bytes)));
        f.code.ops([I::StructNew(object), I::ExternConvertAny]);
        Ok(())
    })
}

/// `(address, length) -> (reference)`: the bytes alone.
fn new_bytes(glue: &mut Glue) -> Result<u32> {
    let (bytes, _) = types(glue);
    glue.named("reference bytes".into(), &[I32, I32], &[REF], |f, _| {
        let (array, i) = (f.local(REF), f.local(I32));
        let code = &mut f.code;
        // What lies outside of the memory is not to be made room for.
        code.get(0).op(I::I64ExtendI32U).get(1).ops([I::I64ExtendI32U, I::I64Add]);
        code.op(I::MemorySize(MEMORY)).ops([I::I64ExtendI32U, I::I64Const(16), I::I64Shl]);
        code.ops([I::I64GtU, I::If(BlockType::Empty), I::Unreachable, I::End]);
        code.get(1).ops([I::ArrayNewDefault(bytes), I::ExternConvertAny]).set(array);
        each(code, i, 1, |code| {
            code.get(array).op(I::AnyConvertExtern);
            code.op(I::RefCastNonNull(HeapType::Concrete(bytes))).get(i);
            code.get(0).get(i).ops([I::I32Add, load(ValType::U8, 0), I::ArraySet(bytes)]);
        });
        code.get(array);
        Ok(())
    })
}

/// Does something for each number below a local.
fn each(code: &mut Code, i: Local, count: Local, body: impl FnOnce(&mut Code)) {
    code.i32(0).set(i).ops([I::Block(BlockType::Empty), I::Loop(BlockType::Empty)]);
    code.get(i).get(count).ops([I::I32GeU, I::BrIf(1)]);
    body(code);
    code.plus(i, 1).set(i).ops([I::Br(0), I::End, I::End]);
}

/// `(reference) -> (kind)`.
pub(super) fn kind_of(glue: &mut Glue) -> Result<u32> {
    let (_, object) = types(glue);
    glue.named("reference kind".into(), &[REF], &[I32], |f, _| {
        let code = &mut f.code;
        code.get(0).ops([I::RefIsNull, I::If(BlockType::Empty)]).i32(kind::UNDEFINED);
        code.ops([I::Return, I::End]).get(0).op(I::AnyConvertExtern);
        code.op(I::RefTestNonNull(HeapType::Concrete(object))).op(I::If(I32_BLOCK)).get(0);
        field(code, object, 0);
        code.op(I::Else).i32(kind::OBJECT).op(I::End);
        Ok(())
    })
}

/// `(reference) -> (number)`, NaN of what has none.
pub(super) fn number(glue: &mut Glue) -> Result<u32> {
    let (_, object) = types(glue);
    glue.named("reference number".into(), &[REF], &[ValType::F64], |f, _| {
        let code = &mut f.code;
        code.get(0).op(I::AnyConvertExtern).op(I::RefTestNonNull(HeapType::Concrete(object)));
        code.op(I::If(BlockType::Result(wasm_encoder::ValType::F64))).get(0);
        field(code, object, 1);
        code.ops([I::Else, I::F64Const(f64::NAN.into()), I::End]);
        Ok(())
    })
}

/// `(reference) -> (reference)`: its bytes, in words where it is no text.
fn text_bytes(glue: &mut Glue) -> Result<u32> {
    let (bytes, object) = types(glue);
    let (kind_of, number, digits) = (kind_of(glue)?, number(glue)?, digits(glue)?);
    glue.named("reference text".into(), &[REF], &[REF], |f, _| {
        let found = f.local(I32);
        let code = &mut f.code;
        let words = |code: &mut Code, words: &str| {
            words.bytes().for_each(|byte| {
                code.i32(byte.into());
            });
            let array_size = words.len() as u32;
            code.op(I::ArrayNewFixed { array_type_index: bytes, array_size });
            code.op(I::ExternConvertAny);
        };
        code.get(0).call(kind_of).set(found);
        for kind in [kind::STRING, kind::ERROR, kind::BYTES] {
            code.get(found).i32(kind).ops([I::I32Eq, I::If(BlockType::Empty)]).get(0);
            field(code, object, 2);
            code.ops([I::ExternConvertAny, I::Return, I::End]);
        }
        for (kind, told) in
            [(kind::UNDEFINED, "undefined"), (kind::NULL, "null"), (kind::OBJECT, "[object]")]
        {
            code.get(found).i32(kind).ops([I::I32Eq, I::If(BlockType::Empty)]);
            words(code, told);
            code.ops([I::Return, I::End]);
        }
        code.get(found).i32(kind::BOOL).ops([I::I32Eq, I::If(BlockType::Empty)]);
        code.get(0).call(number).ops([I::F64Const(0.0.into()), I::F64Ne, I::If(REF_BLOCK)]);
        words(code, "true");
        code.op(I::Else);
        words(code, "false");
        code.ops([I::End, I::Return, I::End]);
        code.get(found).i32(kind::BIGINT).ops([I::I32Eq, I::If(BlockType::Empty)]);
        code.get(0).call(number).op(I::I64ReinterpretF64).call(digits).ops([I::Return, I::End]);
        // A whole number as it is written; of others, only what they are is told.
        code.get(0).call(number).ops([I::F64Trunc]).get(0).call(number).op(I::F64Eq);
        code.get(0).call(number).ops([I::F64Abs, I::F64Const(1e15.into()), I::F64Lt, I::I32And]);
        code.op(I::If(REF_BLOCK)).get(0).call(number).op(I::I64TruncSatF64S).call(digits);
        code.op(I::Else);
        words(code, "[number]");
        code.op(I::End);
        Ok(())
    })
}

/// `(number) -> (reference)`: the bytes of its digits.
fn digits(glue: &mut Glue) -> Result<u32> {
    let (bytes, _) = types(glue);
    glue.named("reference digits".into(), &[ValType::I64], &[REF], |f, _| {
        let (array, at, rest) = (f.local(REF), f.local(I32), f.local(ValType::I64));
        let (value, negative) = (0, f.local(I32));
        let code = &mut f.code;
        let put = |code: &mut Code, byte: &dyn Fn(&mut Code)| {
            code.plus(at, -1).set(at).get(array).op(I::AnyConvertExtern);
            code.op(I::RefCastNonNull(HeapType::Concrete(bytes))).get(at);
            byte(code);
            code.op(I::ArraySet(bytes));
        };
        code.get(value).ops([I::I64Const(0), I::I64LtS]).set(negative);
        // How many there are, and then from the last one on.
        code.get(negative).set(at).get(value).set(rest).op(I::Loop(BlockType::Empty));
        code.plus(at, 1).set(at).get(rest).ops([I::I64Const(10), I::I64DivS]).set(rest);
        code.get(rest).ops([I::I64Eqz, I::I32Eqz, I::BrIf(0), I::End]);
        code.get(at).ops([I::ArrayNewDefault(bytes), I::ExternConvertAny]).set(array);
        code.get(value).set(rest).op(I::Loop(BlockType::Empty));
        put(code, &|code| {
            code.get(rest).ops([I::I64Const(10), I::I64RemS, I::I32WrapI64]);
            code.i32(0).get(rest).ops([I::I64Const(10), I::I64RemS, I::I32WrapI64, I::I32Sub]);
            code.get(negative).ops([I::I32Eqz, I::Select]).i32(0x30).op(I::I32Add);
        });
        code.get(rest).ops([I::I64Const(10), I::I64DivS]).set(rest);
        code.get(rest).ops([I::I64Eqz, I::I32Eqz, I::BrIf(0), I::End]);
        code.get(negative).op(I::If(BlockType::Empty));
        put(code, &|code| {
            code.i32(0x2d);
        });
        code.op(I::End).get(array);
        Ok(())
    })
}

/// `(reference) -> (length)`: of its text, in bytes.
pub(super) fn text_length(glue: &mut Glue) -> Result<u32> {
    let ((bytes, _), text) = (types(glue), text_bytes(glue)?);
    glue.named("reference length".into(), &[REF], &[I32], |f, _| {
        f.code.get(0).call(text).op(I::AnyConvertExtern);
        f.code.op(I::RefCastNonNull(HeapType::Concrete(bytes))).op(I::ArrayLen);
        Ok(())
    })
}

/// `(reference, address)`: its text is written there.
pub(super) fn write_text(glue: &mut Glue) -> Result<u32> {
    let ((bytes, _), text) = (types(glue), text_bytes(glue)?);
    glue.named("reference write".into(), &[REF, I32], &[], |f, _| {
        let (array, i, length) = (f.local(REF), f.local(I32), f.local(I32));
        let code = &mut f.code;
        let array_of = |code: &mut Code| {
            code.get(array).op(I::AnyConvertExtern);
            code.op(I::RefCastNonNull(HeapType::Concrete(bytes)));
        };
        code.get(0).call(text).set(array);
        array_of(code);
        code.op(I::ArrayLen).set(length);
        each(code, i, length, |code| {
            code.get(1).get(i).op(I::I32Add);
            array_of(code);
            code.get(i).op(I::ArrayGetU(bytes));
            code.op(super::super::super::memory::store(ValType::U8, 0));
        });
        Ok(())
    })
}

/// `(reference) -> (address, length)`: its text, in memory of the core's allocator.
pub(super) fn text(maker: &mut Maker<'_>, at: usize, rules: &Rules) -> Result<u32> {
    let alloc = maker.alloc(at, rules, 1, 0, 0)?;
    let (length_of, write) = (text_length(&mut maker.glue)?, write_text(&mut maker.glue)?);
    maker.glue.named(format!("reference copied {alloc}"), &[REF], &[I32, I32], |f, _| {
        let (address, length) = (f.local(I32), f.local(I32));
        f.code.get(0).call(length_of).set(length).get(length).call(alloc).set(address);
        f.code.get(0).get(address).call(write).get(address).get(length);
        Ok(())
    })
}

/// `(reference, address, length)`: these are its bytes from now on.
pub(super) fn set_bytes(glue: &mut Glue) -> Result<u32> {
    let ((bytes, object), new) = (types(glue), new_bytes(glue)?);
    glue.named("reference set".into(), &[REF, I32, I32], &[], |f, _| {
        let code = &mut f.code;
        code.get(0).op(I::AnyConvertExtern).op(I::RefCastNonNull(HeapType::Concrete(object)));
        code.get(1).get(2).call(new).op(I::AnyConvertExtern);
        code.op(I::RefCastNonNull(HeapType::Concrete(bytes)));
        code.op(I::StructSet { struct_type_index: object, field_index: 2 });
        Ok(())
    })
}

/// `(reference, reference) -> (i32)`: whether they are equal.
pub(super) fn equal(glue: &mut Glue) -> Result<u32> {
    let ((bytes, _), text) = (types(glue), text_bytes(glue)?);
    let (kind_of, number) = (kind_of(glue)?, number(glue)?);
    glue.named("reference equal".into(), &[REF, REF], &[I32], |f, _| {
        let (a, b, i, length) = (f.local(REF), f.local(REF), f.local(I32), f.local(I32));
        let code = &mut f.code;
        let array = |code: &mut Code, local: Local| {
            code.get(local).op(I::AnyConvertExtern);
            code.op(I::RefCastNonNull(HeapType::Concrete(bytes)));
        };
        let no = |code: &mut Code| {
            code.op(I::If(BlockType::Empty)).i32(0).ops([I::Return, I::End]);
        };
        code.get(0).call(kind_of).get(1).call(kind_of).op(I::I32Ne);
        no(code);
        code.get(0).call(kind_of).i32(kind::NUMBER).op(I::I32Eq).op(I::If(BlockType::Empty));
        code.get(0).call(number).get(1).call(number).ops([I::F64Eq, I::Return, I::End]);
        code.get(0).call(text).set(a).get(1).call(text).set(b);
        array(code, a);
        code.op(I::ArrayLen).set(length);
        array(code, b);
        code.op(I::ArrayLen).get(length).op(I::I32Ne);
        no(code);
        each(code, i, length, |code| {
            array(code, a);
            code.get(i).op(I::ArrayGetU(bytes));
            array(code, b);
            code.get(i).ops([I::ArrayGetU(bytes), I::I32Ne]);
            no(code);
        });
        code.i32(1);
        Ok(())
    })
}

/// The table that the core exports for the references that it keeps, if it does, and its
/// smallest size.
pub(super) fn table(maker: &Maker<'_>) -> Option<(u32, i32)> {
    maker.core.exports.iter().find_map(|export| match &export.ty.ty {
        ExternType::Table(ty) if ty.element == REF => Some((export.index, ty.limits.min as i32)),
        _ => None,
    })
}

/// `(reference) -> (handle)`: it is kept.
pub(super) fn keep(maker: &mut Maker<'_>, at: usize) -> Result<u32> {
    if let Some((table, _)) = table(maker) {
        let alloc = own_func(maker, at, "__externref_table_alloc", &[], &[I32])?;
        return maker.glue.named("keep".into(), &[REF], &[I32], |f, _| {
            let handle = f.local(I32);
            f.code.call(alloc).set(handle).get(handle).get(0).op(I::TableSet(table)).get(handle);
            Ok(())
        });
    }
    let (table, head) = heap(maker);
    maker.glue.named("keep".into(), &[REF], &[I32], |f, _| {
        let (place, next) = (f.local(I32), f.local(REF));
        let code = &mut f.code;
        code.op(I::GlobalGet(head)).set(place);
        code.get(place).ops([I::TableSize(table), I::I32GeU, I::If(BlockType::Empty)]);
        code.op(I::RefNull(HeapType::EXTERN)).i32(64).ops([I::TableGrow(table), I::I32Const(-1)]);
        code.ops([I::I32Eq, I::If(BlockType::Empty), I::Unreachable, I::End, I::End]);
        // A place that is free has the next one that is, or nothing where that is behind it.
        code.get(place).op(I::TableGet(table)).set(next);
        code.get(next).ops([I::RefIsNull, I::If(I32_BLOCK)]).plus(place, 1).op(I::Else);
        code.get(next).op(I::AnyConvertExtern).op(I::RefCastNonNull(HeapType::I31));
        code.ops([I::I31GetU, I::End, I::GlobalSet(head)]);
        code.get(place).get(0).op(I::TableSet(table)).plus(place, KEPT);
        Ok(())
    })
}

/// `(handle) -> (reference)`.
pub(super) fn kept(maker: &mut Maker<'_>) -> Result<u32> {
    if let Some((table, _)) = table(maker) {
        return maker.glue.named("kept".into(), &[I32], &[REF], |f, _| {
            f.code.get(0).op(I::TableGet(table));
            Ok(())
        });
    }
    let (table, _) = heap(maker);
    let make = make(&mut maker.glue)?;
    maker.glue.named("kept".into(), &[I32], &[REF], |f, _| {
        let code = &mut f.code;
        code.get(0).i32(KEPT).ops([I::I32GeU, I::If(BlockType::Empty)]);
        code.plus(0, -KEPT).ops([I::TableGet(table), I::Return, I::End]);
        for (handle, kind, number) in
            [(1, kind::NULL, 0.0), (2, kind::BOOL, 1.0), (3, kind::BOOL, 0.0)]
        {
            for first in [32, 128] {
                code.get(0).i32(first + handle).ops([I::I32Eq, I::If(BlockType::Empty)]);
                code.i32(kind).op(I::F64Const(f64::into(number))).i32(0).i32(0).call(make);
                code.ops([I::Return, I::End]);
            }
        }
        code.op(I::RefNull(HeapType::EXTERN));
        Ok(())
    })
}

/// `(handle)`: it is kept no more.
pub(super) fn drop(maker: &mut Maker<'_>, at: usize) -> Result<u32> {
    if table(maker).is_some() {
        return own_func(maker, at, "__externref_table_dealloc", &[I32], &[]);
    }
    let (table, head) = heap(maker);
    maker.glue.named("drop".into(), &[I32], &[], |f, _| {
        let place = f.local(I32);
        let code = &mut f.code;
        code.get(0).i32(KEPT).ops([I::I32LtU, I::If(BlockType::Empty), I::Return, I::End]);
        code.plus(0, -KEPT).set(place).get(place).ops([I::GlobalGet(head), I::RefI31]);
        code.ops([I::ExternConvertAny, I::TableSet(table)]).get(place).op(I::GlobalSet(head));
        Ok(())
    })
}

/// The table of what is kept where the core has none, and the global of its first place
/// that is free.
fn heap(maker: &mut Maker<'_>) -> (u32, u32) {
    // The names of both are kept by functions that tell them.
    *maker.heap.get_or_insert_with(|| (maker.glue.table(), maker.glue.global()))
}

/// `()`: the constants in the table of the core.
pub(super) fn begin(maker: &mut Maker<'_>) -> Result<Func> {
    let mut func = Func::default();
    let Some((table, size)) = table(maker) else { return Ok(func) };
    let make = make(&mut maker.glue)?;
    let first = func.local(I32);
    let code = &mut func.code;
    // Today the table has room for them; before, it was the host that made it.
    if size % 128 == 0 {
        code.op(I::RefNull(HeapType::EXTERN)).i32(4).op(I::TableGrow(table)).set(first);
    } else {
        code.i32(size - 4).set(first);
    }
    for (at, kind, number) in [(1, kind::NULL, 0.0), (2, kind::BOOL, 1.0), (3, kind::BOOL, 0.0)] {
        code.plus(first, at).i32(kind).op(I::F64Const(f64::into(number))).i32(0).i32(0);
        code.call(make).op(I::TableSet(table));
    }
    Ok(func)
}
