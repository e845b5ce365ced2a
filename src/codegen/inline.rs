//! Short text that comes as words, to an entry or from an import, and is written
//! into linear memory by the core itself: the host need not be called for it.
//!
//! Not here: which bytes the words are made of.

use super::adapter::{Frame, Gen, Place};
use super::interface::Strings;
use super::interface::{INLINE_PARTS, INLINE_SLOT, INLINE_UNITS, Intrinsic, MOST_INLINE_WORDS};
use super::ir::{Body, Callee, Ins};
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
    /// after it, are all written in an encoding that inline text has.
    fn are_inline(&self, plan: &AdapterPlan, types: &[ValType], first: Slot) -> bool {
        let texts = self.texts(plan, first, types.len());
        types.iter().zip(texts).all(|(ty, text)| *ty != ValType::String || text.is_inline())
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
        let mut writer = Writer { memory: mem.memory, size: LEN, code: Vec::new() };
        let mut locals = Vec::new();
        let (shift, _) = mem.text.shift();
        if shift > 0 {
            locals.push(ValType::I32);
            writer.size = LAST + 1;
            writer.push(&[I::LocalGet(LEN), I::I32Const(shift as i32), I::I32Shl]);
            writer.push(&[I::LocalSet(writer.size)]);
        }
        writer.leave_to_host(self.mem(mem));
        if shift > 0 {
            writer.push(&[I::LocalGet(SLOT), I::I32Const(INLINE_SLOT), I::I32Eq]);
            writer.push(&[I::If(BlockType::Empty)]);
            writer.widened();
            writer.push(&[I::End]);
        }
        writer.copied();
        writer.push(&[I::End]);
        let mut params = vec![ValType::I32; FIRST as usize];
        params.resize(FIRST as usize + INLINE_PARTS as usize, ValType::V128);
        (FuncType::new(params, []), Body { locals, code: writer.code })
    }
}

// The parameters of a writer.
const PTR: u32 = 0;
const LEN: u32 = 1;
const SLOT: u32 = 2;
const FIRST: u32 = 3;
const LAST: u32 = FIRST + INLINE_PARTS - 1;

/// The code of a writer.
struct Writer {
    memory: u32,
    /// The local that has how many bytes are written.
    size: u32,
    code: Vec<Ins>,
}

impl Writer {
    /// The host writes what it holds, and does not return where there is no room for
    /// what is inline: what the allocator said is a claim.
    fn leave_to_host(&mut self, mem: i32) {
        // One of two numbers, which differ in a bit.
        let any = [I::LocalGet(SLOT), I::I32Const(INLINE_SLOT ^ INLINE_UNITS), I::I32Or];
        self.push(&[I::LocalGet(PTR), I::I64ExtendI32U]);
        self.push(&[I::LocalGet(self.size), I::I64ExtendI32U, I::I64Add]);
        self.push(&[I::MemorySize(self.memory), I::I64ExtendI32U, I::I64Const(16), I::I64Shl]);
        self.push(&[I::I64GtU]);
        self.push(&any);
        self.push(&[I::I32Const(INLINE_SLOT), I::I32Ne, I::I32Or, I::If(BlockType::Empty)]);
        for (inline, not) in [
            (I::I32Const(INLINE_SLOT), I::LocalGet(SLOT)),
            (I::LocalGet(self.size), I::I32Const(0)),
        ] {
            self.push(&[inline, not]);
            self.push(&any);
            self.push(&[I::I32Const(INLINE_SLOT), I::I32Eq, I::Select]);
        }
        self.push(&[I::I32Const(mem), I::LocalGet(PTR)]);
        self.code.push(Ins::Call(Callee::Intrinsic(Intrinsic::Write)));
        self.push(&[I::Return, I::End]);
    }

    /// The bytes as they are.
    fn copied(&mut self) {
        // From 16 on: words in order, and the last one so that it ends with the text.
        self.in_words(self.size, |writer, part| {
            writer.push(&[I::LocalGet(PTR), I::LocalGet(FIRST + part)]);
            writer.push(&[I::V128Store(writer.at(16 * u64::from(part)))]);
        });
        self.last(16);
        self.push(&[I::LocalGet(LAST), I::V128Store(self.at(0)), I::Return, I::End]);
        // Fewer: their start and their end, which may overlap.
        for (size, lane) in [(8, 1), (4, 3)] {
            let memarg = self.at(0);
            let store = |lane| match size {
                8 => I::V128Store64Lane { memarg, lane },
                _ => I::V128Store32Lane { memarg, lane },
            };
            self.if_more(self.size, size - 1);
            self.push(&[I::LocalGet(PTR), I::LocalGet(FIRST), store(0)]);
            self.last(size);
            self.push(&[I::LocalGet(LAST), store(lane), I::Return, I::End]);
        }
        for byte in 0..3 {
            self.if_more(self.size, byte);
            let memarg = self.at(byte.into());
            self.push(&[I::LocalGet(PTR), I::LocalGet(FIRST)]);
            self.push(&[I::V128Store8Lane { memarg, lane: byte as u8 }, I::End]);
        }
    }

    /// Each byte as a unit of two, in the same steps; returns.
    fn widened(&mut self) {
        let (low, high) = (I::I16x8ExtendLowI8x16U, I::I16x8ExtendHighI8x16U);
        self.in_words(LEN, |writer, part| {
            for (half, at) in [(&low, 0), (&high, 16)] {
                writer.push(&[I::LocalGet(PTR), I::LocalGet(FIRST + part), half.clone()]);
                writer.push(&[I::V128Store(writer.at(32 * u64::from(part) + at))]);
            }
        });
        for (half, bytes) in [(&low, 32), (&high, 16)] {
            self.last(bytes);
            self.push(&[I::LocalGet(LAST), half.clone(), I::V128Store(self.at(0))]);
        }
        self.push(&[I::Return, I::End]);
        let memarg = self.at(0);
        for (units, lane) in [(8, None), (4, Some(1))] {
            let store = |lane: Option<u8>| match lane {
                None => I::V128Store(memarg),
                Some(lane) => I::V128Store64Lane { memarg, lane },
            };
            self.if_more(LEN, units - 1);
            self.push(&[I::LocalGet(PTR), I::LocalGet(FIRST), low.clone()]);
            self.push(&[store(lane.map(|_| 0))]);
            self.last(2 * units);
            self.push(&[I::LocalGet(LAST), high.clone(), store(lane), I::Return, I::End]);
        }
        for unit in 0..3 {
            self.if_more(LEN, unit);
            let memarg = self.at(2 * u64::from(unit));
            self.push(&[I::LocalGet(PTR), I::LocalGet(FIRST), low.clone()]);
            self.push(&[I::V128Store16Lane { memarg, lane: unit as u8 }, I::End]);
        }
        self.push(&[I::Return]);
    }

    /// Begins what is done with at least 16 of what a local counts: each word that is full
    /// of them and not the last.
    fn in_words(&mut self, count: u32, write: impl Fn(&mut Writer, u32)) {
        self.if_more(count, 15);
        for part in 0..INLINE_PARTS - 1 {
            if part > 0 {
                self.if_more(count, 16 * part + 15);
            }
            write(self, part);
        }
        self.push(&[const { I::End }; INLINE_PARTS as usize - 2]);
    }

    /// Begins what is done where a local is more than this.
    fn if_more(&mut self, local: u32, than: u32) {
        self.push(&[I::LocalGet(local), I::I32Const(than as i32), I::I32GtU]);
        self.push(&[I::If(BlockType::Empty)]);
    }

    /// The address of the last so many bytes.
    fn last(&mut self, bytes: u32) {
        self.push(&[I::LocalGet(PTR), I::LocalGet(self.size), I::I32Add]);
        self.push(&[I::I32Const(bytes as i32), I::I32Sub]);
    }

    fn at(&self, offset: u64) -> MemArg {
        MemArg { offset, align: 0, memory_index: self.memory }
    }

    fn push(&mut self, instructions: &[I<'static>]) {
        self.code.extend(instructions.iter().cloned().map(Ins::Plain));
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
