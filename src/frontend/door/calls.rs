//! How the functions behind a door are called, and what those who write them share.
//!
//! Not here: which functions these are; what is written.

use wasm_encoder::{Function, Instruction as I, MemArg, ValType};

/// A value, as core code has it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    I32,
    I64,
    F32,
    F64,
    /// Address and length.
    Text,
}

impl Kind {
    pub fn words(self) -> usize {
        self.core().len()
    }

    /// What one core value is by itself.
    pub fn of_core(ty: wasmparser::ValType) -> Option<Kind> {
        use wasmparser::ValType as V;
        Some(match ty {
            V::I32 => Kind::I32,
            V::I64 => Kind::I64,
            V::F32 => Kind::F32,
            V::F64 => Kind::F64,
            V::V128 | V::Ref(_) => return None,
        })
    }

    pub fn core(self) -> &'static [wasmparser::ValType] {
        use wasmparser::ValType as V;
        match self {
            Kind::I32 => &[V::I32],
            Kind::I64 => &[V::I64],
            Kind::F32 => &[V::F32],
            Kind::F64 => &[V::F64],
            Kind::Text => &[V::I32, V::I32],
        }
    }
}

/// Functions that are called alike, which have their steps together: to compile a step
/// takes as long as many calls in one. What it refers to are numbers that the module has
/// for them.
pub(super) struct Group {
    pub how: How,
    pub targets: Vec<u32>,
    /// What each is told by that its result was read; all have that, or none.
    pub post_returns: Vec<u32>,
}

/// How functions are called.
#[derive(PartialEq, Eq)]
pub(super) struct How {
    pub memory: Option<u32>,
    pub allocator: Option<u32>,
    pub params: Vec<Kind>,
    pub result: Option<Kind>,
    pub pays: bool,
}

/// A step: the types of its locals, behind the number of a function, which is the first;
/// and what it does, up to the status.
pub(super) struct Step {
    pub locals: Vec<ValType>,
    pub code: Vec<I<'static>>,
}

/// The steps of a group.
pub(super) struct Steps {
    pub run: Step,
    pub pay: Option<Step>,
    pub prepare: Option<Step>,
    /// Whether `run` prepares as well, where the number has this bit.
    pub both: bool,
}

/// See [`Steps::both`].
pub(super) const BOTH: i32 = i32::MIN;

/// The frame, among memories, and the first of the guest's.
pub(super) const THE_FRAME: u32 = 0;
pub(super) const OF_GUEST: u32 = 1;

pub(super) fn code<'i>(
    locals: impl IntoIterator<Item = (u32, ValType), IntoIter: ExactSizeIterator>,
    instructions: impl IntoIterator<Item = I<'i>>,
) -> Function {
    let mut body = Function::new(locals);
    for instruction in instructions {
        body.instruction(&instruction);
    }
    body
}

pub(super) fn number(ty: &wasmparser::ValType) -> Option<ValType> {
    match ty {
        wasmparser::ValType::I32 => Some(ValType::I32),
        wasmparser::ValType::I64 => Some(ValType::I64),
        wasmparser::ValType::F32 => Some(ValType::F32),
        wasmparser::ValType::F64 => Some(ValType::F64),
        wasmparser::ValType::V128 | wasmparser::ValType::Ref(_) => None,
    }
}

pub(super) fn at(offset: u64, memory_index: u32) -> MemArg {
    MemArg { offset, align: 0, memory_index }
}
