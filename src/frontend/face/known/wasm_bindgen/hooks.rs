//! Arguments and results of imports that the rules cannot say.

use super::super::super::glue::{Code, Func, Local};
use super::super::super::making::{Back, Hook};
use super::super::super::memory::store;
use super::super::super::sequence::{Lies, Sequence};
use super::super::super::shape::{is_plain, leaf};
use super::own_func;
use super::refs::{self, kind};
use super::values::{
    NO_NUMBER, Optional, count, is_case, is_none, is_text, narrow, no_number, optional, texts,
    widen,
};
use crate::error::Result;
use crate::types::ValType;
use crate::types::tree::Type;
use wasm_encoder::{BlockType, Instruction as I};

const I32: ValType = ValType::I32;
const F64: ValType = ValType::F64;
const REF: ValType = ValType::ExternRef;

pub(super) fn param(hook: &mut Hook<'_, '_>, ty: &Type) -> Result<bool> {
    let params = hook.core.params();
    let next = params.get(hook.taken as usize).copied();
    let types = || hook.function.params.iter().map(|param| &param.ty);
    let area = hook.function.result.as_ref().is_some_and(|ty| goes_to_area(hook, ty)) as usize;
    let by_handle = || params.len() + texts(types()) == count(types(), params) + area;
    if is_text(ty) && (next == Some(REF) || by_handle()) {
        return reference(hook, ty, next == Some(REF)).map(|()| true);
    }
    if matches!(ty, Type::Scalar(_) | Type::Enum(_)) && next == Some(F64) && is_case(ty) {
        let (found, value, ty) = (hook.take(F64), hook.read.local(I32), leaf(ty));
        narrow(hook.read.code.get(found), ty);
        hook.read.code.set(value);
        hook.give(ty, |code| {
            code.get(value);
        });
        return Ok(true);
    }
    let (Type::Option(_), Some(inner)) = (ty, ty.at(1)) else { return Ok(false) };
    let Some(optional) = optional(inner, next.as_ref()) else { return Ok(false) };
    let ty = leaf(inner);
    let tag = hook.read.local(I32);
    let value = hook.read.local(ty.carrier());
    match optional {
        Optional::Small(none) => {
            let found = hook.take(I32);
            let code = &mut hook.read.code;
            code.get(found).i32(none).op(I::I32Ne).set(tag);
            code.get(found).i32(0).get(tag).op(I::Select).set(value);
        }
        Optional::Float(none) => {
            let found = hook.take(F64);
            let code = &mut hook.read.code;
            is_none(code, found, none);
            code.op(I::I32Eqz).set(tag).get(found).op(I::F64Const(0.0.into())).get(tag);
            code.op(I::Select);
            narrow(code, ty);
            code.set(value);
        }
        Optional::Address => {
            let found = hook.take(I32);
            hook.read.code.get(found).i32(0).op(I::I32Ne).set(tag).get(found).set(value);
        }
        Optional::Pair => {
            let (found, number) = (hook.take(I32), hook.take(ty.carrier()));
            hook.read.code.get(found).i32(0).op(I::I32Ne).set(tag).get(number).set(value);
        }
    }
    for (ty, local) in [(ValType::U32, tag), (ty, value)] {
        hook.give(ty, |code| {
            code.get(local);
            if ty == ValType::Bool {
                code.i32(0).op(I::I32Ne);
            }
        });
    }
    Ok(true)
}

/// Text, or none, of a reference or its handle.
fn reference(hook: &mut Hook<'_, '_>, ty: &Type, direct: bool) -> Result<()> {
    let at = hook.function.at;
    let text = refs::text(hook.maker, at, hook.rules)?;
    let found = hook.read.local(REF);
    let p = hook.take(if direct { REF } else { I32 });
    hook.read.code.get(p);
    if !direct {
        let kept = refs::kept(hook.maker)?;
        hook.read.code.call(kept);
    }
    hook.read.code.set(found);
    if let Type::Option(_) = ty {
        let kind_of = refs::kind_of(&mut hook.maker.glue)?;
        hook.give(ValType::U32, |code| {
            code.get(found).call(kind_of).i32(kind::NULL).op(I::I32GtS);
        });
    }
    let (pointer, length) = (hook.read.local(I32), hook.read.local(I32));
    hook.read.code.get(found).call(text).set(length).set(pointer);
    let outs = hook.give_sequence(Sequence::text(hook.rules), pointer, length);
    hook.free_later(Lies { align: 1, result: true, ..Lies::default() }, outs, at)
}

/// Whether a result goes to an area, whose address comes first.
fn goes_to_area(hook: &Hook<'_, '_>, ty: &Type) -> bool {
    match ty {
        Type::String => !matches!(hook.core.results(), [REF] | [I32]),
        Type::List(_) => true,
        Type::Option(_) => match ty.at(1) {
            Some(Type::String | Type::List(_)) => true,
            Some(inner) => optional(inner, hook.core.results().first()) == Some(Optional::Pair),
            None => false,
        },
        Type::Result(_) => ty.at(0).is_some_and(|ty| goes_to_area(hook, ty)),
        _ => false,
    }
}

/// How the core gets a result; `None` where the rules say so.
pub(super) fn result(hook: &Hook<'_, '_>, ty: &Type) -> Option<Back> {
    let area = goes_to_area(hook, ty);
    let results = match ty {
        Type::String if !area => hook.core.results().to_vec(),
        Type::Scalar(_) | Type::Enum(_) if hook.core.results() == [F64] && is_case(ty) => {
            vec![F64]
        }
        Type::Option(_) => match ty.at(1)? {
            Type::String | Type::List(_) => return None,
            inner => match optional(inner, hook.core.results().first())? {
                Optional::Small(_) | Optional::Address => vec![I32],
                Optional::Float(_) => vec![F64],
                Optional::Pair => vec![],
            },
        },
        Type::Result(_) if ty.at(1) == Some(&Type::String) => match ty.at(0) {
            None => vec![],
            Some(Type::String) => vec![],
            Some(Type::List(list)) if is_plain(&list.element) => vec![],
            Some(ty @ (Type::Scalar(_) | Type::Enum(_) | Type::Flags(_))) => {
                vec![leaf(ty).carrier()]
            }
            Some(ty @ Type::Option(_)) if ty.at(1) == Some(&Type::String) => vec![],
            Some(_) => return None,
        },
        _ => return None,
    };
    let code = match ty {
        Type::String => referred,
        Type::Scalar(_) | Type::Enum(_) => case,
        Type::Option(_) => option,
        Type::Result(_) => outcome,
        _ => return None,
    };
    Some(Back { area, results, code })
}

/// Text as a reference.
fn referred(hook: &mut Hook<'_, '_>, _: &Type, locals: &[Local], write: &mut Func) -> Result<()> {
    let at = hook.function.at;
    let [pointer, length] = locals else { return Ok(()) };
    let (make, free) = (refs::make(&mut hook.maker.glue)?, free(hook, at)?);
    let code = &mut write.code;
    code.i32(kind::STRING).op(I::F64Const(0.0.into())).get(*pointer).get(*length).call(make);
    if hook.core.results() != [REF] {
        code.call(refs::keep(hook.maker, at)?);
    }
    write.code.get(*pointer).get(*length).call(free);
    Ok(())
}

/// A number as a float.
fn case(_: &mut Hook<'_, '_>, ty: &Type, locals: &[Local], write: &mut Func) -> Result<()> {
    let [value] = locals else { return Ok(()) };
    widen(write.code.get(*value), leaf(ty));
    Ok(())
}

fn free(hook: &mut Hook<'_, '_>, at: usize) -> Result<u32> {
    let Some(rule) = hook.rules.free.clone() else {
        let message = format!("import {}: this needs `free`", hook.function.name);
        return Err(hook.maker.wrong(at, message));
    };
    let lies = Lies { align: 1, result: true, ..Lies::default() };
    hook.maker.free(at, hook.rules, &rule, lies)
}

fn option(hook: &mut Hook<'_, '_>, ty: &Type, locals: &[Local], write: &mut Func) -> Result<()> {
    let inner = ty.at(1).unwrap_or(ty);
    let code = &mut write.code;
    match (optional(inner, hook.core.results().first()), locals) {
        (Some(Optional::Small(none)), &[tag, value]) => {
            code.get(value).i32(none).get(tag).op(I::Select);
        }
        (Some(Optional::Float(none)), &[tag, value]) => {
            let none = none.map_or_else(|| no_number(hook.maker.bytes), |n| Some(n.into()));
            let none = none.unwrap_or(NO_NUMBER[1]);
            code.get(value);
            widen(code, leaf(inner));
            code.op(I::F64Const(none.into())).get(tag).op(I::Select);
        }
        (Some(Optional::Pair), &[area, tag, value]) => {
            let ty = leaf(inner).carrier();
            let offset = if matches!(ty, ValType::I64 | F64) { 8 } else { 4 };
            code.get(area).get(tag).op(store(I32, 0));
            code.get(area).get(value).op(store(ty, offset));
        }
        _ => {}
    }
    Ok(())
}

/// What may fail: an error is kept, and the core told of it.
fn outcome(hook: &mut Hook<'_, '_>, ty: &Type, locals: &[Local], write: &mut Func) -> Result<()> {
    let at = hook.function.at;
    let (make, keep) = (refs::make(&mut hook.maker.glue)?, refs::keep(hook.maker, at)?);
    let tell = own_func(hook.maker, at, "__wbindgen_exn_store", &[I32], &[])?;
    let free = free(hook, at)?;
    let area = goes_to_area(hook, ty);
    let (area, leaves) = match locals {
        [first, rest @ ..] if area => (Some(*first), rest),
        all => (None, all),
    };
    let [failed, good @ .., pointer, length] = leaves else { return Ok(()) };
    let code = &mut write.code;
    code.get(*failed).op(I::If(BlockType::Empty));
    code.i32(kind::STRING).op(I::F64Const(0.0.into())).get(*pointer).get(*length);
    code.call(make).call(keep).call(tell);
    code.op(I::End).get(*pointer).get(*length).call(free);
    let good_ty = ty.at(0);
    match (area, good) {
        (Some(area), [rest @ .., pointer, length]) => {
            code.get(area).get(*pointer);
            if let [tag] = rest {
                code.i32(0).get(*tag).op(I::Select);
            }
            code.op(store(I32, 0)).get(area);
            push_count(code, good_ty, *length);
            code.op(store(I32, 4));
        }
        (None, [value]) => {
            code.get(*value);
        }
        _ => {}
    }
    Ok(())
}

fn push_count(code: &mut Code, ty: Option<&Type>, length: Local) {
    if let Some(Type::List(list)) = ty {
        return Sequence::list(&list.element).push_count(code, length);
    }
    // Text has as many units as it is long.
    code.get(length);
}
