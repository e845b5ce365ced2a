//! Integer conversions as core instructions.
//!
//! Not here: what a conversion means, which `plan` defines.

use super::Intrinsic;
use super::adapter::{Callee, Ins};
use crate::plan::Conversion;
use crate::types::ValType;
use wasm_encoder::{BlockType, Instruction};

/// The types that conversions are between.
const TYPES: [ValType; 10] = [
    ValType::I32,
    ValType::I64,
    ValType::S8,
    ValType::U8,
    ValType::S16,
    ValType::U16,
    ValType::S32,
    ValType::U32,
    ValType::S64,
    ValType::U64,
];

/// The number of a conversion for the host.
fn code(with: Conversion) -> i32 {
    let number = |ty| TYPES.iter().position(|t| *t == ty).unwrap_or(0);
    (number(with.from) * TYPES.len() + number(with.to)) as i32
}

pub(super) fn types(code: i32) -> Option<(ValType, ValType)> {
    let code = usize::try_from(code).ok()?;
    Some((*TYPES.get(code / TYPES.len())?, *TYPES.get(code % TYPES.len())?))
}

fn is_wide(ty: ValType) -> bool {
    matches!(ty, ValType::I64 | ValType::S64 | ValType::U64)
}

fn is_unsigned(ty: ValType) -> bool {
    matches!(ty, ValType::U8 | ValType::U16 | ValType::U32 | ValType::U64)
}

/// Whether the number that the bits stand for has no sign. A core integer
/// takes the sign of what it becomes.
fn source_is_unsigned(with: Conversion) -> bool {
    match with.from {
        ValType::I32 | ValType::I64 => is_unsigned(with.to),
        from => is_unsigned(from),
    }
}

/// Converts the value of local `from` and leaves it on the stack. `wide` is a
/// free local of type `i64`.
pub(super) fn emit(with: Conversion, from: u32, wide: u32, out: &mut Vec<Ins>) {
    use Instruction as I;
    let unsigned = source_is_unsigned(with);
    let extend = if unsigned { I::I64ExtendI32U } else { I::I64ExtendI32S };
    if with.checked {
        let (min, max) = with.range();
        let all_fit = is_wide(with.from) && unsigned && max >= u64::MAX as i128;
        if !all_fit {
            out.push(I::LocalGet(from).into());
            if !is_wide(with.from) {
                out.push(extend.clone().into());
            }
            out.push(I::LocalTee(wide).into());
            if is_wide(with.from) && unsigned {
                out.extend([I::I64Const(max as u64 as i64).into(), I::I64GtU.into()]);
            } else {
                let (min, max) = (clamp(min), clamp(max));
                out.extend([
                    I::I64Const(min).into(),
                    I::I64LtS.into(),
                    I::LocalGet(wide).into(),
                    I::I64Const(max).into(),
                    I::I64GtS.into(),
                    I::I32Or.into(),
                ]);
            }
            out.extend([
                I::If(BlockType::Empty).into(),
                I::I32Const(code(with)).into(),
                Ins::Call(Callee::Intrinsic(Intrinsic::Overflow)),
                I::Unreachable.into(),
                I::End.into(),
            ]);
        }
    }
    out.push(I::LocalGet(from).into());
    match (is_wide(with.from), is_wide(with.to)) {
        (false, true) => out.push(extend.into()),
        (true, false) => out.push(I::I32WrapI64.into()),
        _ => {}
    }
    match with.to {
        ValType::S8 => out.push(I::I32Extend8S.into()),
        ValType::S16 => out.push(I::I32Extend16S.into()),
        ValType::U8 => out.extend([I::I32Const(0xff).into(), I::I32And.into()]),
        ValType::U16 => out.extend([I::I32Const(0xffff).into(), I::I32And.into()]),
        _ => {}
    }
}

fn clamp(bound: i128) -> i64 {
    bound.clamp(i64::MIN as i128, i64::MAX as i128) as i64
}

/// How a word is parked in a global of 64 bits; references are not.
pub(super) fn to_word(ty: ValType) -> Option<&'static [Instruction<'static>]> {
    Some(match ty {
        ValType::I32 => &[Instruction::I64ExtendI32U],
        ValType::I64 => &[],
        ValType::F32 => &[Instruction::I32ReinterpretF32, Instruction::I64ExtendI32U],
        ValType::F64 => &[Instruction::I64ReinterpretF64],
        _ => return None,
    })
}

/// The way back.
pub(super) fn from_word(ty: ValType) -> Option<&'static [Instruction<'static>]> {
    Some(match ty {
        ValType::I32 => &[Instruction::I32WrapI64],
        ValType::I64 => &[],
        ValType::F32 => &[Instruction::I32WrapI64, Instruction::F32ReinterpretI32],
        ValType::F64 => &[Instruction::F64ReinterpretI64],
        _ => return None,
    })
}
