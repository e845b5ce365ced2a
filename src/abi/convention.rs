//! How one guest lays values out. Each convention that is known is a value here, and
//! adding one is adding a value.
//!
//! Not here: which function is the allocator, and which memory is meant: a plan
//! says that of each of its steps.

use super::text::GuestEncoding;
use crate::types::{FuncType, ValType};
use std::borrow::Cow;

/// How one guest lays values out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Convention {
    /// How its text is encoded. All of a guest's is alike, since the length of a
    /// string, in these units, travels with it.
    pub text: GuestEncoding,
    /// What a string is in core values.
    pub form: Form,
    /// What its allocator takes. It gives an address.
    pub alloc: Cow<'static, [AllocArg]>,
    /// Who frees text, and how.
    pub freed: Freed,
}

/// What a string is in core values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Its address, and its length in code units.
    AddressAndLength,
}

/// An argument of an allocator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllocArg {
    /// How many bytes are needed.
    Size,
    /// The alignment that the text should have.
    Align,
    /// This number.
    Const(i32),
}

/// Who frees text, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freed {
    /// What a guest was given it frees itself; what it gives is freed by the calls
    /// that the plan defers.
    ByPlan,
}

impl Convention {
    /// What the operands of the interface section mean.
    pub const SECTION: Convention = Convention {
        text: GuestEncoding::Utf8,
        form: Form::AddressAndLength,
        alloc: Cow::Borrowed(&[AllocArg::Size]),
        freed: Freed::ByPlan,
    };

    /// The type that an allocator must have.
    pub(crate) fn alloc_type(&self) -> FuncType {
        FuncType::new(self.alloc.iter().map(|_| ValType::I32), [ValType::I32])
    }
}
