//! Integer conversions as core instructions.
//!
//! Not here: what a conversion means, which `plan` defines.

use super::interface::Intrinsic;
use super::ir::{Callee, Ins};
use crate::plan::{Conversion, integer};
use crate::types::{Sign, ValType};
use wasm_encoder::{BlockType, Instruction};

/// The number of a conversion for the host.
fn code(with: Conversion) -> i32 {
    i32::from(with.from.number()) << 8 | i32::from(with.to.number())
}

pub(super) fn types(code: i32) -> Option<(ValType, ValType)> {
    let [from, to, ..] = u16::try_from(code).ok()?.to_be_bytes();
    Some((ValType::from_number(from)?, ValType::from_number(to)?))
}

/// Converts the value of local `from` and leaves it on the stack. `wide` is a
/// free local of type `i64`.
pub(super) fn emit(with: Conversion, from: u32, wide: u32, out: &mut Vec<Ins>) {
    use Instruction as I;
    let unsigned = with.source_is_unsigned();
    let (from_wide, to_wide) = with.wide();
    let extend = if unsigned { I::I64ExtendI32U } else { I::I64ExtendI32S };
    if with.checked {
        let (min, max) = with.range();
        let all_fit = from_wide && unsigned && max >= u64::MAX as i128;
        if !all_fit {
            out.push(I::LocalGet(from).into());
            if !from_wide {
                out.push(extend.clone().into());
            }
            out.push(I::LocalTee(wide).into());
            if from_wide && unsigned {
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
    match (from_wide, to_wide) {
        (false, true) => out.push(extend.into()),
        (true, false) => out.push(I::I32WrapI64.into()),
        _ => {}
    }
    match integer(with.to) {
        (8, Sign::Signed) => out.push(I::I32Extend8S.into()),
        (16, Sign::Signed) => out.push(I::I32Extend16S.into()),
        (bits @ (8 | 16), _) => out.extend([I::I32Const((1 << bits) - 1).into(), I::I32And.into()]),
        (bits, _) => debug_assert!(bits >= 32, "all of the word"),
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
