//! What functions are made of until they have an index.
//!
//! Not here: what an adapter does.

use super::interface::Intrinsic;
use crate::error::Error;
use crate::plan::TextMem;
use crate::types::ValType;
use wasm_encoder::Instruction;

/// An instruction, or a call of what has no index yet.
#[derive(Clone, Debug)]
pub(super) enum Ins {
    Plain(Instruction<'static>),
    Call(Callee),
}

#[derive(Clone, Debug)]
pub(super) enum Callee {
    /// A function of the original core.
    Core(u32),
    Intrinsic(Intrinsic),
    /// The function that others call of the adapter of this index.
    Inner(u32),
    /// The function that makes a call that is parked.
    Pay,
    /// The function that writes inline text into this memory.
    Writer(TextMem),
}

impl From<Instruction<'static>> for Ins {
    fn from(instruction: Instruction<'static>) -> Ins {
        Ins::Plain(instruction)
    }
}

/// A function body.
pub(super) struct Body {
    /// Those that are no parameters.
    pub locals: Vec<ValType>,
    pub code: Vec<Ins>,
}

impl Body {
    pub fn callees(&self) -> impl Iterator<Item = &Callee> {
        self.code.iter().filter_map(|ins| match ins {
            Ins::Call(callee) => Some(callee),
            Ins::Plain(_) => None,
        })
    }
}

/// The core types that carry a value between functions of the module.
pub(super) fn words(ty: ValType) -> impl Iterator<Item = ValType> {
    let count = if ty.is_text() { 2 } else { 1 };
    std::iter::repeat_n(ty.carrier(), count)
}

/// A plan or a core that says what cannot be: a bug of the front end, told
/// instead of a panic.
#[cold]
pub(super) fn broken(what: &str) -> Error {
    Error::internal(format_args!("cannot compile the adapters: {what}"))
}
