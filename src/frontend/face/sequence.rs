//! Text and lists of what has no pointers in it: how they are counted, and what lies around
//! them.
//!
//! Not here: code that reads or writes them.

use super::glue::{Code, Local};
use super::rules::{ResultForm, Rules, TextForm};
use crate::abi::GuestEncoding;
use crate::types::tree::Type;
use wasm_encoder::Instruction as I;

/// A sequence: text, or a list of scalars or of records of these.
#[derive(Clone, Copy)]
pub(super) struct Sequence {
    /// How it is encoded: bytes as Latin-1, which any are.
    pub encoding: GuestEncoding,
    /// Bytes of a unit or element.
    pub size: u32,
    pub align: u32,
    /// Whether its length, in the plan, is in bytes.
    pub bytes: bool,
    /// Whether it is an array of texts, of which its length is the number.
    pub texts: bool,
    /// How its elements lie where that is not as a component's: a number that the maker
    /// knows.
    pub relaid: Option<u32>,
}

impl Sequence {
    pub fn text(rules: &Rules) -> Sequence {
        let size = rules.encoding.align();
        Sequence {
            encoding: rules.encoding,
            size,
            align: size,
            bytes: false,
            texts: false,
            relaid: None,
        }
    }

    /// A list of elements that lie as in C.
    pub fn list(element: &Type) -> Sequence {
        let (size, align) = (element.size() as u32, element.align());
        Sequence {
            encoding: GuestEncoding::Latin1,
            size: size.max(1),
            align,
            bytes: true,
            texts: false,
            relaid: None,
        }
    }

    /// An array of texts.
    pub fn texts() -> Sequence {
        let encoding = GuestEncoding::Latin1;
        Sequence { encoding, size: 1, align: 4, bytes: true, texts: true, relaid: None }
    }

    /// Puts the length as the core counts it.
    pub fn push_count(&self, code: &mut Code, length: Local) {
        code.get(length);
        if self.bytes && self.size > 1 {
            match self.size.is_power_of_two() {
                true => code.i32(self.size.trailing_zeros() as i32).op(I::I32ShrU),
                false => code.i32(self.size as i32).op(I::I32DivU),
            };
        }
    }

    /// Makes the length, as the plan counts it, of a count on the stack.
    pub fn count_to_length(&self, code: &mut Code) {
        if self.bytes {
            code.times(self.size);
        }
    }

    /// Makes units of the bytes on the stack.
    pub fn push_bytes(&self, code: &mut Code) {
        if self.size > 1 {
            code.i32(self.size as i32).op(I::I32DivU);
        }
    }

    /// How it lies, as what frees it is told.
    pub fn lies(&self, head: u32, tail: u32, result: bool) -> Lies {
        let (shift, unit) = match self.bytes {
            true => (0, self.size),
            false => (self.size.trailing_zeros(), 1),
        };
        Lies { shift, unit, align: self.align, head, tail, result }
    }
}

/// What is in the higher half of an `i64` with address and length, and what in the lower.
pub(super) fn halves(form: ResultForm, pointer: Local, length: Local) -> (Local, Local) {
    if form == ResultForm::Packed { (pointer, length) } else { (length, pointer) }
}

/// Bytes before and after a sequence in memory.
pub(super) fn margins(form: TextForm, sequence: &Sequence) -> (u32, u32) {
    match form {
        TextForm::PointerLength => (0, 0),
        TextForm::Nul if sequence.bytes => (0, 0),
        TextForm::Nul => (0, sequence.size),
        TextForm::Struct => (8, 0),
        TextForm::Prefixed => (4, 0),
    }
}

/// A form in words.
pub(super) fn told(form: TextForm) -> &'static str {
    match form {
        TextForm::PointerLength => "text as pointer and length",
        TextForm::Nul => "NUL-terminated text",
        TextForm::Struct => "text as a struct by its address",
        TextForm::Prefixed => "length-prefixed text",
    }
}

/// How what is freed lies in memory.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lies {
    /// How far left its length is shifted to give bytes.
    pub shift: u32,
    /// How many of what its length counts an element has; 0 is 1.
    pub unit: u32,
    pub align: u32,
    /// Bytes before and after it.
    pub head: u32,
    pub tail: u32,
    /// Whether it is a result, which the guest has made.
    pub result: bool,
}
