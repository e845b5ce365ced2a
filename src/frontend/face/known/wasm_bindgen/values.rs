//! Arguments of exports that the rules cannot say: options, lists of strings, and text
//! where the core has a reference.
//!
//! Not here: results, in `results`; imports, in `hooks`.

use super::super::super::glue::{Code, Local};
use super::super::super::guess::producers;
use super::super::super::making::Call;
use super::super::super::memory::{load, store};
use super::super::super::rules::{Owner, ResultForm, TextForm};
use super::super::super::sequence::Sequence;
use super::super::super::shape::{is_plain, leaf};
use super::super::super::texts::{PIECE, looped};
use super::refs::{self, kind};
use crate::error::Result;
use crate::plan::Slot;
use crate::types::ValType;
use crate::types::kind::{Meaning, meaning, width};
use crate::types::leaves::{TEXTS_EACH, TEXTS_HEAD};
use crate::types::tree::Type;
use wasm_encoder::{BlockType, HeapType, Instruction as I};

const I32: ValType = ValType::I32;
const F64: ValType = ValType::F64;
const REF: ValType = ValType::ExternRef;

/// No flag, character or small integer.
pub(super) const NO_SMALL: i32 = 0xff_ffff;
/// No number of 32 bits, as it was from 0.2.93 on, and as it is.
pub(super) const NO_NUMBER: [f64; 2] = [4_294_967_297.0, 9_007_199_254_740_991.0];

/// How an option of a number travels.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Optional {
    /// As an `i32`, which is this where there is none.
    Small(i32),
    /// As a float of 64 bits, which is this where there is none, or one of those that
    /// stand for none.
    Float(Option<i32>),
    /// A flag, and the number.
    Pair,
    /// The address of a struct, 0 where there is none.
    Address,
}

/// How an option of this type travels; `next` is what the core has in its place.
pub(super) fn optional(ty: &Type, next: Option<&ValType>) -> Option<Optional> {
    Some(match ty {
        Type::Enum(cases) => {
            let none = cases.cases.len() as i32;
            if next == Some(&F64) { Optional::Float(Some(none)) } else { Optional::Small(none) }
        }
        Type::Scalar(kind) => match (meaning(*kind), width(*kind)) {
            // What is narrower than 32 bits has numbers to spare.
            (Meaning::Bool | Meaning::Char, _) | (Meaning::Number, ..4) => {
                Optional::Small(NO_SMALL)
            }
            (Meaning::Number, 4) if next == Some(&F64) => Optional::Float(None),
            (Meaning::Number, _) => Optional::Pair,
        },
        _ => return None,
    })
}

/// Whether a type can be that of an enum of Rust: the tool passes its number as a float
/// from 0.2.130 on.
pub(super) fn is_case(ty: &Type) -> bool {
    matches!(ty, Type::Enum(_)) || matches!(leaf(ty), ValType::U32 | ValType::S32)
}

/// Whether a type can be that of a struct.
fn is_address(ty: &Type) -> bool {
    matches!(ty, Type::Scalar(_)) && ty.val_type() == ValType::U32
}

/// Whether it does in this core, as the tool's version tells.
fn has_float_cases(bytes: &[u8]) -> bool {
    let number = |told: &String| {
        let version = told.strip_prefix("wasm-bindgen 0.2.")?;
        let end = version.find(|c: char| !c.is_ascii_digit()).unwrap_or(version.len());
        version[..end].parse::<u32>().ok()
    };
    producers(bytes).iter().find_map(number).is_some_and(|version| version >= 130)
}

/// The number that stands for none in this core, as its code has it.
pub(super) fn no_number(bytes: &[u8]) -> Option<f64> {
    NO_NUMBER.into_iter().find(|number| {
        let mut written = [0x44; 9];
        written[1..].copy_from_slice(&number.to_le_bytes());
        bytes.windows(9).any(|found| found == written)
    })
}

/// A number as a float of 64 bits, or the reverse.
pub(super) fn widen(code: &mut Code, ty: ValType) {
    code.op(match ty {
        ValType::U32 => I::F64ConvertI32U,
        ValType::S32 => I::F64ConvertI32S,
        ValType::F32 => I::F64PromoteF32,
        other => unreachable!("{other} does not travel as a float of 64 bits"),
    });
}

pub(super) fn narrow(code: &mut Code, ty: ValType) {
    code.op(match ty {
        ValType::U32 => I::I32TruncSatF64U,
        ValType::S32 => I::I32TruncSatF64S,
        ValType::F32 => I::F32DemoteF64,
        other => unreachable!("{other} does not travel as a float of 64 bits"),
    });
}

/// Puts whether a float is this one, or one of those that stand for none.
pub(super) fn is_none(code: &mut Code, local: Local, none: Option<i32>) {
    if let Some(none) = none {
        code.get(local).ops([I::F64Const(f64::from(none).into()), I::F64Eq]);
        return;
    }
    code.get(local).ops([I::F64Const(NO_NUMBER[0].into()), I::F64Eq]);
    code.get(local).ops([I::F64Const(NO_NUMBER[1].into()), I::F64Eq, I::I32Or]);
}

/// How many core arguments these types are, text as address and length.
pub(super) fn count<'t>(types: impl Iterator<Item = &'t Type>, params: &[ValType]) -> usize {
    let has_float = params.contains(&F64);
    types
        .map(|ty| match ty {
            Type::String | Type::List(_) => 2,
            Type::Option(_) => match ty.at(1) {
                Some(inner) => match optional(inner, has_float.then_some(&F64)) {
                    Some(Optional::Small(_) | Optional::Float(_)) => 1,
                    Some(Optional::Address | Optional::Pair) | None => 2,
                },
                None => 2,
            },
            Type::Scalar(_) | Type::Enum(_) | Type::Flags(_) => 1,
            // Its address.
            Type::Record(_) | Type::Tuple(_) | Type::Variant(_) | Type::Result(_) => 1,
            Type::Own(_) | Type::Borrow(_) => 1,
        })
        .sum()
}

/// Whether this is text, or may be none.
pub(super) fn is_text(ty: &Type) -> bool {
    *ty == Type::String || matches!(ty, Type::Option(_)) && ty.at(1) == Some(&Type::String)
}

/// How many of these are text.
pub(super) fn texts<'t>(types: impl Iterator<Item = &'t Type>) -> usize {
    types.filter(|ty| is_text(ty)).count()
}

impl Call<'_, '_> {
    /// How many core arguments there are before those of the face.
    fn lead(&self) -> usize {
        if self.rules.result == ResultForm::InPlace {
            return 0;
        }
        let many = self.function.result.as_ref().and_then(|ty| parts(self, ty));
        (self.core.results().is_empty() && many.is_some_and(|parts| parts.len() > 1)) as usize
    }

    /// How many core arguments there are more than needed.
    fn more(&self) -> isize {
        let params = self.core.params();
        let types = self.function.params.iter().map(|param| &param.ty);
        params.len() as isize - (count(types, params) + self.lead()) as isize
    }

    /// Whether options of numbers are addresses of structs.
    fn by_address(&self) -> bool {
        let params = self.core.params();
        let is_one = |ty: &&Type| matches!(ty, Type::Option(_)) && ty.at(1).is_some_and(is_address);
        let types = || self.function.params.iter().map(|param| &param.ty);
        let ones = types().filter(is_one).count();
        let others = count(types().filter(|ty| !is_one(ty)), params);
        ones > 0 && self.lead() + ones + others == params.len()
    }

    /// Whether this text is passed as the handle of a reference: as all text is, or what
    /// may be none, or what may not.
    fn by_handle(&self, ty: &Type) -> bool {
        let types = || self.function.params.iter().map(|param| &param.ty);
        let is_option = |ty: &Type| matches!(ty, Type::Option(_));
        let (all, optional) = (texts(types()), texts(types().filter(|ty| is_option(ty))));
        let handles = usize::try_from(-self.more()).unwrap_or_default();
        handles > 0
            && match handles {
                _ if handles == all => true,
                _ if handles == optional => is_option(ty),
                _ => handles == all - optional && !is_option(ty),
            }
    }
}

pub(super) fn param(call: &mut Call<'_, '_>, ty: &Type, slot: &mut Slot) -> Result<bool> {
    let next = call.core.params().get(call.lead() + call.args.types.len()).copied();
    if is_text(ty) && (next == Some(REF) || call.by_handle(ty)) {
        return reference(call, ty, slot, next == Some(REF)).map(|()| true);
    }
    match ty {
        Type::Scalar(_) | Type::Enum(_) if next == Some(F64) && is_case(ty) => {
            let value = call.number(*slot, leaf(ty));
            *slot += 1;
            widen(call.args.push(F64).get(value), leaf(ty));
            Ok(true)
        }
        Type::Option(_) => {
            let Some(inner) = ty.at(1) else { return Ok(false) };
            if let Type::List(list) = inner
                && is_plain(&list.element)
            {
                let tag = call.number(*slot, ValType::U32);
                *slot += 1;
                let sequence = Sequence::list(&list.element);
                call.sequence(sequence, TextForm::PointerLength, Some(tag), slot)?;
                return Ok(true);
            }
            let Some(mut optional) = optional(inner, next.as_ref()) else { return Ok(false) };
            if optional == Optional::Pair && is_address(inner) && call.by_address() {
                optional = Optional::Address;
            }
            let ty = leaf(inner);
            let tag = call.number(*slot, ValType::U32);
            let value = call.number(*slot + 1, ty);
            *slot += 2;
            match optional {
                Optional::Small(none) => {
                    call.args.push(I32).get(value).i32(none).get(tag).op(I::Select);
                }
                Optional::Float(none) => {
                    let none = none.map_or_else(|| no_number(call.maker.bytes), |n| Some(n.into()));
                    let none = none.unwrap_or(NO_NUMBER[1]);
                    let code = call.args.push(F64).get(value);
                    widen(code, ty);
                    code.op(I::F64Const(none.into())).get(tag).op(I::Select);
                }
                Optional::Pair => {
                    call.args.push(I32).get(tag);
                    call.args.push(ty.carrier()).get(value);
                }
                Optional::Address => {
                    call.args.push(I32).get(value).i32(0).get(tag).op(I::Select);
                }
            }
            Ok(true)
        }
        Type::List(list) if list.element == Type::String => list_of_texts(call, slot),
        Type::List(list)
            if is_plain(&list.element)
                && call.rules.result == ResultForm::InPlace
                && call.sequences.is_empty() =>
        {
            let sequence = Sequence::list(&list.element);
            // With a reference to write back to the core frees the list; else its host.
            let referred = call.more() == 1;
            let owner = if referred { Owner::Callee } else { Owner::Caller };
            let form = TextForm::PointerLength;
            let (pointer, length) = call.lower_for(owner, *slot, sequence, form)?;
            *slot += 1;
            call.args.push(I32).get(pointer);
            sequence.push_count(call.args.push(I32), length);
            if referred {
                let make = refs::make(&mut call.maker.glue)?;
                let filled = call.wrap.local(REF);
                let code = &mut call.before;
                code.i32(kind::BYTES).op(I::F64Const(0.0.into())).i32(0).i32(0).call(make);
                code.set(filled);
                call.filled = Some(filled);
                match refs::table(call.maker) {
                    Some(_) => call.args.push(REF).get(filled),
                    None => {
                        let keep = refs::keep(call.maker, call.at)?;
                        call.args.push(I32).get(filled).call(keep)
                    }
                };
            }
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// Text, or none, as a reference.
fn reference(call: &mut Call<'_, '_>, ty: &Type, slot: &mut Slot, direct: bool) -> Result<()> {
    call.forms.push("text as a reference".into());
    let tag = match ty {
        Type::Option(_) => {
            *slot += 1;
            Some(call.number(*slot - 1, ValType::U32))
        }
        _ => None,
    };
    let (sequence, form) = (Sequence::text(call.rules), TextForm::PointerLength);
    let (pointer, length) = call.lower_for(Owner::Caller, *slot, sequence, form)?;
    *slot += 1;
    let make = refs::make(&mut call.maker.glue)?;
    let mut code = Code::default();
    if let Some(tag) = tag {
        let block = BlockType::Result(wasm_encoder::ValType::EXTERNREF);
        code.get(tag).op(I::If(block));
    }
    code.i32(kind::STRING).op(I::F64Const(0.0.into())).get(pointer).get(length).call(make);
    if tag.is_some() {
        code.ops([I::Else, I::RefNull(HeapType::EXTERN), I::End]);
    }
    if !direct {
        code.call(refs::keep(call.maker, call.at)?);
    }
    call.args.push(if direct { REF } else { I32 }).append(&code);
    Ok(())
}

/// A list of strings: an array of handles, which the core frees.
fn list_of_texts(call: &mut Call<'_, '_>, slot: &mut Slot) -> Result<bool> {
    let (piece, _) = call.lower_for(Owner::Caller, *slot, PIECE, TextForm::PointerLength)?;
    *slot += 1;
    let (make, keep) = (refs::make(&mut call.maker.glue)?, refs::keep(call.maker, call.at)?);
    let alloc = call.maker.alloc(call.at, call.rules, 4, 0, 0)?;
    let refer = call.maker.glue.named("handles".into(), &[I32], &[I32, I32], |f, _| {
        let (piece, i, count, array) = (0, f.local(I32), f.local(I32), f.local(I32));
        let code = &mut f.code;
        code.get(piece).op(load(I32, 4)).set(count);
        code.shifted(count, 2).call(alloc).set(array);
        looped(code, i, count, |code| {
            let at = |code: &mut Code| {
                code.get(i).i32(TEXTS_EACH as i32).op(I::I32Mul).get(piece).op(I::I32Add);
            };
            code.shifted(i, 2).get(array).op(I::I32Add);
            code.i32(kind::STRING).op(I::F64Const(0.0.into()));
            at(code);
            code.op(load(I32, TEXTS_HEAD)).get(piece).op(I::I32Add);
            at(code);
            code.op(load(I32, TEXTS_HEAD + 4)).call(make).call(keep).op(store(I32, 0));
        });
        code.get(array).get(count);
        Ok(())
    })?;
    let (array, count) = (call.wrap.local(I32), call.wrap.local(I32));
    call.before.get(piece).call(refer).set(count).set(array);
    call.args.push(I32).get(array);
    call.args.push(I32).get(count);
    Ok(true)
}

/// The core values that a result is; `None` for what has none here.
pub(super) fn parts(call: &Call<'_, '_>, ty: &Type) -> Option<Vec<ValType>> {
    Some(match ty {
        Type::Enum(_) if float_case(call) => vec![F64],
        Type::Scalar(_) | Type::Enum(_) | Type::Flags(_) => vec![leaf(ty).carrier()],
        Type::String => vec![I32, I32],
        Type::List(list) if is_plain(&list.element) || list.element == Type::String => {
            vec![I32, I32]
        }
        Type::Option(_) => match ty.at(1)? {
            inner @ (Type::String | Type::List(_)) => return parts(call, inner),
            inner => match optional_result(call, inner)? {
                Optional::Small(_) | Optional::Address => vec![I32],
                Optional::Float(_) => vec![F64],
                Optional::Pair => vec![I32, leaf(inner).carrier()],
            },
        },
        Type::Result(_) => {
            let mut parts = match ty.at(0) {
                // As a reference, which takes one place less.
                Some(Type::String) if matches!(call.core.results(), [I32, I32, I32]) => vec![I32],
                Some(good) => parts(call, good)?,
                None => vec![],
            };
            parts.extend([I32, I32]);
            parts
        }
        _ => return None,
    })
}

/// Whether a case that is returned is a float.
pub(super) fn float_case(call: &Call<'_, '_>) -> bool {
    match call.core.results().first() {
        Some(first) => *first == F64,
        None => has_float_cases(call.maker.bytes),
    }
}

/// How an option travels as a result: where it is in memory, the core tells by what it
/// has in its code.
pub(super) fn optional_result(call: &Call<'_, '_>, ty: &Type) -> Option<Optional> {
    if let Type::Enum(_) = ty {
        return optional(ty, float_case(call).then_some(&F64));
    }
    // A number takes one place more, by itself and beside an error.
    if is_address(ty) && matches!(call.core.results(), [I32] | [I32, I32, I32]) {
        return Some(Optional::Address);
    }
    let next = match call.core.results() {
        [] => {
            let is_float = no_number(call.maker.bytes).is_some();
            let alone = matches!(&call.function.result, Some(Type::Option(_)));
            // By itself it would be returned.
            (is_float && !alone).then_some(F64)
        }
        [first, ..] => Some(*first),
    };
    optional(ty, next.as_ref())
}
