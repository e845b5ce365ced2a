//! Short text that comes as words, to an entry or from an import, and is written
//! into linear memory by the core itself: the host need not be called for it.
//!
//! Not here: which bytes the words are made of.

use super::adapter::{Frame, Gen, Place};
use super::interface::{INLINE_PARTS, INLINE_SLOT, Intrinsic, MOST_INLINE_WORDS, Strings};
use super::ir::{Body, Callee, Ins};
use crate::abi::INLINE;
use crate::plan::{AdapterPlan, Op, Slot, TextMem, Use};
use crate::types::{FuncType, ValType};
use wasm_encoder::{BlockType, Instruction as I, MemArg};

/// Where the engine compiles vectors, and lanes are in the order of bytes.
const HAS_VECTORS: bool = cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));

/// So many words a string is then.
const WORDS: usize = 2 + INLINE_PARTS as usize;

/// The words: length, slot, and what is inline.
pub(super) fn inline_types() -> impl Iterator<Item = ValType> {
    [ValType::I32; 2].into_iter().chain([ValType::V128; INLINE_PARTS as usize])
}

/// Whether the strings among these values, which are in slot `first` and those
/// after it, are handed to nobody.
fn only_written(plan: &AdapterPlan, types: &[ValType], first: Slot) -> bool {
    let is_string = |used: &Use| {
        let nth = used.slot.checked_sub(first);
        nth.and_then(|nth| types.get(nth as usize)) == Some(&ValType::String)
    };
    !plan.ops.iter().any(|op| match op {
        Op::CallAdapter { args: uses, .. } | Op::Ret { values: uses } => uses.iter().any(is_string),
        _ => false,
    })
}

impl Gen<'_> {
    /// How the entry of an adapter takes strings.
    pub fn strings(&self, plan: &AdapterPlan) -> Strings {
        let count = plan.ty.params().iter().filter(|ty| **ty == ValType::String).count();
        match count {
            0 => Strings::None,
            _ if HAS_VECTORS && self.can_inline(plan, count) => Strings::Inline,
            _ => Strings::Slots,
        }
    }

    /// Whether the strings among these values, which are in slot `first` and those
    /// after it, are all written in the one encoding that inline text has.
    fn are_inline(&self, plan: &AdapterPlan, types: &[ValType], first: Slot) -> bool {
        let texts = self.texts(plan, first, types.len());
        types.iter().zip(texts).all(|(ty, text)| *ty != ValType::String || text == INLINE)
    }

    /// Whether an import of this type, whose results go to `to` and the slots after
    /// it, gives strings inline: they are only written, and few words come.
    pub fn gives_inline(&self, plan: &AdapterPlan, ty: &FuncType, to: Slot) -> bool {
        let strings = ty.results().iter().filter(|ty| **ty == ValType::String).count();
        HAS_VECTORS
            && strings > 0
            && ty.results().len() + strings * (WORDS - 1) <= MOST_INLINE_WORDS
            && self.are_inline(plan, ty.results(), to)
            && only_written(plan, ty.results(), to)
    }

    /// Whether strings are only written, and few words cross, all of them
    /// numbers.
    fn can_inline(&self, plan: &AdapterPlan, strings: usize) -> bool {
        let params = plan.ty.params();
        let number = |ty: &ValType| !ty.carrier().is_ref();
        let words = params.len() + strings * (WORDS - 1);
        let (outs, debts) = self.entry(plan);
        let due = debts.iter().map(|at| self.deferred_params(*at).ok().map(<[_]>::len));
        let due: Option<usize> = due.sum();
        let results = outs.iter().map(|out| out.words()).sum::<usize>();
        only_written(plan, params, 0)
            && self.are_inline(plan, params, 0)
            && params.iter().chain(plan.ty.results()).all(number)
            && words <= MOST_INLINE_WORDS
            && due.is_some_and(|due| results + due <= MOST_INLINE_WORDS)
    }

    /// The function `(address, length, slot, words)` that writes into a memory:
    /// the words, or what the slot holds.
    pub fn writer(&self, mem: TextMem) -> (FuncType, Body) {
        const PTR: u32 = 0;
        const LEN: u32 = 1;
        const SLOT: u32 = 2;
        const FIRST: u32 = 3;
        const LAST: u32 = FIRST + INLINE_PARTS - 1;
        let mut code = Vec::new();
        let mut push = |instructions: &[I<'static>]| {
            code.extend(instructions.iter().cloned().map(Ins::Plain));
        };
        // The host writes what it holds, and does not return where there is no
        // room for what is inline: what the allocator said is a claim.
        push(&[I::LocalGet(PTR), I::I64ExtendI32U, I::LocalGet(LEN), I::I64ExtendI32U]);
        push(&[I::I64Add, I::MemorySize(mem.memory), I::I64ExtendI32U, I::I64Const(16), I::I64Shl]);
        push(&[I::I64GtU, I::LocalGet(SLOT), I::I32Const(INLINE_SLOT), I::I32Ne, I::I32Or]);
        push(&[I::If(BlockType::Empty), I::LocalGet(SLOT), I::LocalGet(LEN), I::I32Const(0)]);
        push(&[I::LocalGet(SLOT), I::I32Const(INLINE_SLOT), I::I32Eq, I::Select]);
        push(&[I::I32Const(self.mem(mem)), I::LocalGet(PTR)]);
        code.push(Ins::Call(Callee::Intrinsic(Intrinsic::Write)));
        let mut push = |instructions: &[I<'static>]| {
            code.extend(instructions.iter().cloned().map(Ins::Plain));
        };
        push(&[I::Return, I::End]);
        let at = |offset: u64| MemArg { offset, align: 0, memory_index: mem.memory };
        let longer_than = |len: u32| [I::LocalGet(LEN), I::I32Const(len as i32), I::I32GtU];
        let last =
            |size: u32| [I::LocalGet(PTR), I::LocalGet(LEN), I::I32Add, I::I32Const(size as i32)];
        // From 16 bytes on: words in order, and the last one so that it ends
        // with the text.
        push(&longer_than(15));
        push(&[I::If(BlockType::Empty)]);
        for part in 0..INLINE_PARTS - 1 {
            if part > 0 {
                push(&longer_than(16 * part + 15));
                push(&[I::If(BlockType::Empty)]);
            }
            push(&[I::LocalGet(PTR), I::LocalGet(FIRST + part)]);
            push(&[I::V128Store(at(16 * u64::from(part)))]);
        }
        push(&[const { I::End }; INLINE_PARTS as usize - 2]);
        push(&last(16));
        push(&[I::I32Sub, I::LocalGet(LAST), I::V128Store(at(0)), I::Return, I::End]);
        // Shorter text: its start and its end, which may overlap.
        for (size, lane) in [(8, 1), (4, 3)] {
            let store = |lane| match size {
                8 => I::V128Store64Lane { memarg: at(0), lane },
                _ => I::V128Store32Lane { memarg: at(0), lane },
            };
            push(&longer_than(size - 1));
            push(&[I::If(BlockType::Empty), I::LocalGet(PTR), I::LocalGet(FIRST), store(0)]);
            push(&last(size));
            push(&[I::I32Sub, I::LocalGet(LAST), store(lane), I::Return, I::End]);
        }
        for byte in 0..3 {
            push(&longer_than(byte));
            push(&[I::If(BlockType::Empty), I::LocalGet(PTR), I::LocalGet(FIRST)]);
            push(&[I::V128Store8Lane { memarg: at(byte.into()), lane: byte as u8 }, I::End]);
        }
        push(&[I::End]);
        let mut params = vec![ValType::I32; FIRST as usize];
        params.resize(FIRST as usize + INLINE_PARTS as usize, ValType::V128);
        (FuncType::new(params, []), Body { locals: Vec::new(), code })
    }
}

impl Frame<'_, '_> {
    /// The parameters that a string is.
    pub fn inline_place(&mut self) -> Place {
        let (len, slot) = (self.param(ValType::I32), self.param(ValType::I32));
        let parts = self.param(ValType::V128);
        for _ in 1..INLINE_PARTS {
            self.param(ValType::V128);
        }
        Place::Inline { len, slot, parts }
    }

    /// Takes such a string, which an import gave, into new locals.
    pub fn store_inline(&mut self) -> Place {
        let locals = inline_types().map(|ty| self.local(ty)).collect::<Vec<_>>();
        locals.iter().rev().for_each(|local| self.push(I::LocalSet(*local)));
        let len = locals[0];
        Place::Inline { len, slot: len + 1, parts: len + 2 }
    }

    /// Writes such a string.
    pub fn write_inline(&mut self, mem: TextMem, ptr: u32, len: u32, slot: u32, parts: u32) {
        self.push(I::LocalGet(ptr));
        self.push(I::LocalGet(len));
        self.push(I::LocalGet(slot));
        (0..INLINE_PARTS).for_each(|part| self.push(I::LocalGet(parts + part)));
        self.call_to(Callee::Writer(mem));
    }
}
