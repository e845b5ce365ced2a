//! Adapters that do nothing but hand over what they get: what they call can
//! stand in their place.
//!
//! Not here: why an adapter came out like that.

use super::interface::Intrinsic;
use super::ir::{Body, Callee, Ins};
use crate::types::FuncType;
use std::collections::HashMap;
use wasm_encoder::Instruction;

/// The call of an import or of the core that is all that a function of this type
/// does, with its own parameters and results, as they are.
pub(super) fn target<'b>(body: &'b Body, ty: &FuncType) -> Option<&'b Callee> {
    if !ty.params().iter().chain(ty.results()).all(|ty| ty.has_values()) {
        return None;
    }
    // Parameters, and then results, by number.
    let params = ty.params().len() as u32;
    let all: Vec<u32> = (0..params).collect();
    let results: Vec<u32> = (params..).take(ty.results().len()).collect();
    let mut locals: HashMap<u32, u32> = all.iter().map(|i| (*i, *i)).collect();
    let (mut stack, mut found) = (Vec::new(), None);
    for ins in &body.code {
        match ins {
            // An exception does not get past the host anyway.
            Ins::Plain(Instruction::Block(_) | Instruction::TryTable(..)) => {}
            Ins::Plain(Instruction::LocalGet(local)) => stack.push(*locals.get(local)?),
            Ins::Plain(Instruction::LocalSet(local)) => {
                locals.insert(*local, stack.pop()?);
            }
            Ins::Call(callee @ (Callee::Intrinsic(Intrinsic::Call(_)) | Callee::Core(_)))
                if found.is_none() && stack == all =>
            {
                found = Some(callee);
                stack.clone_from(&results);
            }
            Ins::Plain(Instruction::End | Instruction::Return) if stack == results => {
                return found;
            }
            _ => return None,
        }
    }
    None
}
