//! Results of exports that the rules cannot say: several values as such or in an area,
//! options, `result`, lists of strings, and text where the core has a reference.
//!
//! Not here: arguments, in `values`; imports, in `hooks`.

use super::super::super::arena::GROW;
use super::super::super::glue::{Code, Local, zero};
use super::super::super::making::Call;
use super::super::super::memory::{load, store};
use super::super::super::rules::{CallRule, Owner, ResultForm};
use super::super::super::sequence::{Lies, Sequence};
use super::super::super::shape::leaf;
use super::super::super::texts::{PIECE, looped};
use super::own_func;
use super::refs::{self, kind};
use super::values::{
    Optional, float_case, is_case, is_none, is_text, narrow, optional_result, parts,
};
use crate::error::Result;
use crate::types::ValType;
use crate::types::leaves::{TEXTS_EACH, TEXTS_HEAD};
use crate::types::tree::Type;
use wasm_encoder::{BlockType, Instruction as I};

const I32: ValType = ValType::I32;
const F64: ValType = ValType::F64;
const REF: ValType = ValType::ExternRef;

pub(super) fn result(call: &mut Call<'_, '_>, ty: &Type) -> Result<bool> {
    match (call.rules.result, call.core.results()) {
        (_, [F64]) if is_case(ty) && matches!(ty, Type::Scalar(_) | Type::Enum(_)) => {
            let found = call.take(F64);
            case(call, ty, found);
            return Ok(true);
        }
        _ if matches!(ty, Type::Scalar(_) | Type::Enum(_) | Type::Flags(_)) => return Ok(false),
        (ResultForm::InPlace, _) => return filled(call, ty),
        (ResultForm::Values | ResultForm::Area, [REF] | [I32]) if is_text(ty) => {
            return referred(call, ty).map(|()| true);
        }
        (ResultForm::Values | ResultForm::Area, _) => {}
        _ => return Ok(false),
    }
    let Some(parts) = parts(call, ty) else { return Ok(false) };
    let results = call.core.results();
    let mut locals = Vec::new();
    if parts.len() > 1 && results.is_empty() {
        call.forms.push("an area for the result first".into());
        let mut offset = 0u32;
        let mut fields = Vec::new();
        for part in parts {
            let size = if matches!(part, ValType::I64 | F64) { 8 } else { 4 };
            offset = offset.next_multiple_of(size);
            fields.push((part, offset));
            offset += size;
        }
        let (at, area) = call.area(offset, 8);
        call.first.push(I32).plus(area, at as i32);
        for (part, offset) in fields {
            let local = call.wrap.local(part);
            call.after.get(area).op(load(part, at + offset)).set(local);
            locals.push(local);
        }
    } else {
        for part in parts {
            let found = call.take(part);
            let local = call.wrap.local(part);
            // Where it does not fit, that is told in the end.
            if call.returned.get(call.taken - 1).is_some_and(|(ty, _)| *ty == part) {
                call.after.get(found).set(local);
            }
            locals.push(local);
        }
    }
    value(call, ty, &locals)?;
    Ok(true)
}

/// Gives a value of its core values.
fn value(call: &mut Call<'_, '_>, ty: &Type, locals: &[Local]) -> Result<()> {
    match (ty, locals) {
        (Type::String, &[pointer, length]) => {
            sequence(call, Sequence::text(call.rules), pointer, length)
        }
        (Type::String, &[local]) => {
            let (kept, drop) = (refs::kept(call.maker)?, refs::drop(call.maker, call.at)?);
            let found = call.wrap.local(REF);
            call.after.get(local).call(kept).set(found).get(local).call(drop);
            text_of(call, found, Some(local))
        }
        (Type::List(list), &[array, count]) if list.element == Type::String => {
            give_texts(call, array, count)
        }
        (Type::List(list), &[pointer, length]) => {
            sequence(call, Sequence::list(&list.element), pointer, length)
        }
        (Type::Option(_), _) => option(call, ty.at(1).unwrap_or(&Type::String), locals),
        (Type::Result(_), _) => outcome(call, ty, locals),
        (Type::Enum(_), &[local]) if float_case(call) => {
            case(call, ty, local);
            Ok(())
        }
        (ty, &[local]) => {
            call.scalar(ty, local);
            Ok(())
        }
        (ty, _) => Err(call.unsupported(ty)),
    }
}

/// Gives a number that is a float.
fn case(call: &mut Call<'_, '_>, ty: &Type, found: Local) {
    let local = call.wrap.local(I32);
    call.after.get(found);
    narrow(&mut call.after, leaf(ty));
    call.after.set(local);
    call.scalar(ty, local);
}

/// Gives what the host frees when it has been read.
fn sequence(
    call: &mut Call<'_, '_>,
    sequence: Sequence,
    pointer: Local,
    length: Local,
) -> Result<()> {
    call.maker.memory(call.at)?;
    call.after.get(length);
    sequence.count_to_length(&mut call.after);
    call.after.set(length);
    let outs = call.give_sequence(sequence, pointer, length);
    if call.rules.result_owner == Owner::Caller {
        free(call, sequence.lies(0, 0, true), outs)?;
    }
    Ok(())
}

fn free(call: &mut Call<'_, '_>, lies: Lies, outs: [u32; 2]) -> Result<()> {
    let rule = call.rules.free_result.as_ref().or(call.rules.free.as_ref()).cloned();
    let Some(rule) = rule else { return Err(call.no_free()) };
    call.free_later(&rule, lies, outs)
}

fn option(call: &mut Call<'_, '_>, inner: &Type, locals: &[Local]) -> Result<()> {
    let tag = call.wrap.local(I32);
    let give = |call: &mut Call<'_, '_>| {
        call.give(ValType::U32, |code| {
            code.get(tag);
        });
    };
    if let (Type::String | Type::List(_), &[pointer, ..]) = (inner, locals) {
        call.after.get(pointer).i32(0).op(I::I32Ne).set(tag);
        give(call);
        return value(call, inner, locals);
    }
    let ty = leaf(inner);
    let local = match (optional_result(call, inner), locals) {
        (Some(Optional::Small(none)), &[local]) => {
            call.after.get(local).i32(none).op(I::I32Ne).set(tag);
            call.after.get(local).i32(0).get(tag).op(I::Select).set(local);
            local
        }
        (Some(Optional::Float(none)), &[local]) => {
            let value = call.wrap.local(ty.carrier());
            is_none(&mut call.after, local, none);
            call.after.op(I::I32Eqz).set(tag).get(local);
            call.after.op(I::F64Const(0.0.into())).get(tag).op(I::Select);
            narrow(&mut call.after, ty);
            call.after.set(value);
            value
        }
        (Some(Optional::Address), &[local]) => {
            call.after.get(local).i32(0).op(I::I32Ne).set(tag);
            local
        }
        (Some(Optional::Pair), &[found, local]) => {
            call.after.get(found).i32(0).op(I::I32Ne).set(tag);
            local
        }
        _ => return Err(call.unsupported(inner)),
    };
    give(call);
    call.scalar(inner, local);
    Ok(())
}

/// `result`: the value, the handle of an error, and whether there is one.
fn outcome(call: &mut Call<'_, '_>, ty: &Type, locals: &[Local]) -> Result<()> {
    let (good, &[error, failed]) = locals.split_at(locals.len() - 2) else {
        return Err(call.unsupported(ty));
    };
    let types = match ty.at(0) {
        Some(ty) => parts(call, ty).unwrap_or_default(),
        None => vec![],
    };
    call.after.get(failed).op(I::If(BlockType::Empty));
    for (local, ty) in good.iter().zip(types) {
        call.after.op(zero(ty)).set(*local);
    }
    call.after.op(I::End);
    call.give(ValType::U32, |code| {
        code.get(failed).i32(0).op(I::I32Ne);
    });
    if let Some(ty) = ty.at(0) {
        value(call, ty, good)?;
    }
    let (kept, drop) = (refs::kept(call.maker)?, refs::drop(call.maker, call.at)?);
    let found = call.wrap.local(REF);
    let code = &mut call.after;
    code.get(failed).op(I::If(BlockType::Empty)).get(error).call(kept).set(found);
    code.get(error).call(drop).op(I::End);
    match ty.at(1) {
        Some(Type::String) => text_of(call, found, Some(failed)),
        Some(ty @ Type::Scalar(_))
            if matches!(ty.val_type(), F64 | ValType::U32 | ValType::S32) =>
        {
            let number = refs::number(&mut call.maker.glue)?;
            let (local, ty) = (call.wrap.local(leaf(ty).carrier()), leaf(ty));
            call.after.get(found).call(number);
            if ty != F64 {
                narrow(&mut call.after, ty);
            }
            call.after.set(local);
            call.give(ty, |code| {
                code.get(local);
            });
            Ok(())
        }
        Some(other) => Err(call.unsupported(other)),
        None => Ok(()),
    }
}

/// Gives the text of a reference, or empty text where a local is zero.
fn text_of(call: &mut Call<'_, '_>, found: Local, when: Option<Local>) -> Result<()> {
    let text = refs::text(call.maker, call.at, call.rules)?;
    let (pointer, length) = (call.wrap.local(I32), call.wrap.local(I32));
    let code = &mut call.after;
    if let Some(when) = when {
        code.get(when).op(I::If(BlockType::Empty));
    }
    code.get(found).call(text).set(length).set(pointer);
    if when.is_some() {
        code.op(I::End);
    }
    let outs = call.give_sequence(Sequence::text(call.rules), pointer, length);
    free(call, Lies { align: 1, result: true, ..Lies::default() }, outs)
}

/// Text, or none, of a reference that the core returns.
fn referred(call: &mut Call<'_, '_>, ty: &Type) -> Result<()> {
    call.forms.push("text as a reference".into());
    let found = call.wrap.local(REF);
    if call.core.results() == [REF] {
        let local = call.take(REF);
        call.after.get(local).set(found);
    } else {
        let local = call.take(I32);
        let (kept, drop) = (refs::kept(call.maker)?, refs::drop(call.maker, call.at)?);
        call.after.get(local).call(kept).set(found).get(local).call(drop);
    }
    let mut when = None;
    if let Type::Option(_) = ty {
        let (kind_of, tag) = (refs::kind_of(&mut call.maker.glue)?, call.wrap.local(I32));
        call.after.get(found).call(kind_of).i32(kind::NULL).op(I::I32GtS).set(tag);
        call.give(ValType::U32, |code| {
            code.get(tag);
        });
        when = Some(tag);
    }
    text_of(call, found, when)
}

/// What the core has written to a reference among the arguments.
fn filled(call: &mut Call<'_, '_>, ty: &Type) -> Result<bool> {
    let (Some(filled), Type::List(list)) = (call.filled, ty) else { return Ok(false) };
    // A core that gives nothing back exports nothing that frees: the copy is in pages of its
    // own then.
    let pages = CallRule::named(GROW);
    let (mut rules, free) = (call.rules.clone(), call.rules.free.clone().unwrap_or(pages));
    if call.rules.free.is_none() {
        rules.alloc = Some(free.clone());
    }
    let text = refs::text(call.maker, call.at, &rules)?;
    let (pointer, length) = (call.wrap.local(I32), call.wrap.local(I32));
    call.after.get(filled).call(text).set(length).set(pointer);
    let outs = call.give_sequence(Sequence::list(&list.element), pointer, length);
    call.free_later(&free, Lies { align: 1, result: true, ..Lies::default() }, outs)?;
    Ok(true)
}

/// Gives a list of strings that is an array of handles: one piece of them, all of which
/// is freed.
fn give_texts(call: &mut Call<'_, '_>, array: Local, count: Local) -> Result<()> {
    let alloc = call.maker.alloc(call.at, call.rules, 8, 0, 0)?;
    let kept = refs::kept(call.maker)?;
    let (length_of, write) =
        (refs::text_length(&mut call.maker.glue)?, refs::write_text(&mut call.maker.glue)?);
    let drop = match refs::table(call.maker) {
        Some(_) => None,
        None => Some(refs::drop(call.maker, call.at)?),
    };
    let slice = match drop {
        None => Some(own_func(call.maker, call.at, "__externref_drop_slice", &[I32, I32], &[])?),
        Some(_) => None,
    };
    let name = "texts of handles".to_owned();
    let pack = call.maker.glue.named(name, &[I32, I32], &[I32, I32], |f, _| {
        let (array, count, wide) = (0, 1, f.local(ValType::I64));
        let (i, at, here) = (f.local(I32), f.local(I32), f.local(I32));
        let (size, piece, length) = (f.local(I32), f.local(I32), f.local(I32));
        let code = &mut f.code;
        let item = |code: &mut Code| {
            code.shifted(i, 2).get(array).ops([I::I32Add, load(I32, 0)]);
        };
        // Handles can be the same: sizes are summed up in 64 bits.
        code.i64(TEXTS_HEAD.into()).set(wide);
        looped(code, i, count, |code| {
            code.get(wide).i64(i64::from(TEXTS_EACH + 1)).op(I::I64Add);
            item(code);
            code.call(kept).call(length_of).ops([I::I64ExtendI32U, I::I64Add]).set(wide);
        });
        code.get(wide).ops([I::I64Const(i32::MAX.into()), I::I64GtU]);
        code.ops([I::If(BlockType::Empty), I::Unreachable, I::End]);
        code.get(wide).op(I::I32WrapI64).set(size).get(size).call(alloc).set(piece);
        // The number of the encoding, UTF-8, is 0.
        code.get(piece).i32(0).op(store(I32, 0)).get(piece).get(count).op(store(I32, 4));
        code.get(count).i32(TEXTS_EACH as i32).op(I::I32Mul).plus(piece, TEXTS_HEAD as i32);
        code.op(I::I32Add).set(here);
        looped(code, i, count, |code| {
            code.get(i).i32(TEXTS_EACH as i32).op(I::I32Mul).get(piece).op(I::I32Add).set(at);
            item(code);
            code.call(kept).get(here).call(write);
            item(code);
            code.call(kept).call(length_of).set(length);
            code.get(at).get(here).get(piece).ops([I::I32Sub, store(I32, TEXTS_HEAD)]);
            code.get(at).get(length).op(store(I32, TEXTS_HEAD + 4));
            code.get(here).get(length).op(I::I32Add).set(here);
            code.get(here).i32(0).op(store(ValType::U8, 0)).plus(here, 1).set(here);
        });
        if let Some(drop) = drop {
            looped(code, i, count, |code| {
                item(code);
                code.call(drop);
            });
        }
        if let Some(slice) = slice {
            code.get(array).get(count).call(slice);
        }
        code.get(piece).get(size);
        Ok(())
    })?;
    let (piece, size) = (call.wrap.local(I32), call.wrap.local(I32));
    call.after.get(array).get(count).call(pack).set(size).set(piece);
    let outs = call.give_sequence(PIECE, piece, size);
    free(call, PIECE.lies(0, 0, true), outs)?;
    let given = call.outs([array, count]);
    free(call, Lies { shift: 2, align: 4, result: true, ..Lies::default() }, given)
}
