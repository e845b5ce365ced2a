//! Memory of the guest for what a plan writes, and what takes it back; and fields in it.
//!
//! Not here: which values lie there.

use super::glue::{Code, at};
use super::making::Maker;
use super::rules::{AreaRule, CallArg, CallRule, Rules};
use super::sequence::Lies;
use crate::abi::GuestEncoding;
use crate::error::Result;
use crate::plan::TextMem;
use crate::types::tree::Flat;
use crate::types::{FuncType, Sign, ValType, kind};
use wasm_encoder::{BlockType, Instruction as I};

/// The memory that text lies in.
pub(super) const MEMORY: u32 = 0;

impl<'a> Maker<'a> {
    /// What a rule's function takes: as it says, or as its type tells.
    fn args(
        &self,
        at: usize,
        what: &str,
        rule: &CallRule,
        usual: &[CallArg],
    ) -> Result<(u32, Vec<CallArg>, &'a FuncType)> {
        let at = rule.at.unwrap_or(at);
        let (func, ty) = self.func(at, what, &rule.name)?;
        let count = ty.params().len();
        let args = match &rule.args {
            Some(args) => args.clone(),
            None => usual.get(..count).unwrap_or_default().to_vec(),
        };
        if args.len() != count || ty.params().iter().any(|ty| *ty != ValType::I32) {
            let message = format!(
                "{what}: the core function `{}` is {ty}, and takes something else",
                rule.name
            );
            return Err(self.mismatch(at, message));
        }
        Ok((func, args, ty))
    }

    /// The function `(bytes) -> (address)` that gives memory, with room before and
    /// after what is asked for. Where there is none it gives an address that nothing
    /// lies at.
    pub fn alloc(
        &mut self,
        at: usize,
        rules: &Rules,
        align: u32,
        head: u32,
        tail: u32,
    ) -> Result<u32> {
        self.memory(at)?;
        let Some(rule) = &rules.alloc else {
            let message = "this needs an allocator: `alloc = \"malloc\"` names one";
            return Err(self.wrong(at, message));
        };
        if let Some(arena) = self.arena(at, rule)? {
            return self.take_piece(arena, head, tail);
        }
        let usual = [CallArg::Size, CallArg::Align];
        let at = rule.at.unwrap_or(at);
        if rule.args.iter().flatten().any(|arg| *arg == CallArg::Count) {
            let message = format!("the allocator `{}` is told bytes: `size`", rule.name);
            return Err(self.wrong(at, message));
        }
        let (func, args, ty) = self.args(at, "the allocator", rule, &usual)?;
        if ty.results() != [ValType::I32] {
            let message = format!("the allocator `{}` is {ty}, and gives no address", rule.name);
            return Err(self.mismatch(at, message));
        }
        let name = format!("alloc {func} {args:?} {align} {head} {tail}");
        let (i32, dangling) = (ValType::I32, self.known.dangling);
        self.glue.named(name, &[i32], &[i32], |f, _| {
            let (size, all, address) = (0, f.local(i32), f.local(i32));
            let code = &mut f.code;
            code.plus(size, (head + tail) as i32).set(all);
            code.get(all).get(size).ops([I::I32LtU, I::If(BlockType::Empty)]);
            code.i32(-1).ops([I::Return, I::End]);
            push_args(
                code,
                &args,
                None,
                |code| {
                    code.get(all);
                },
                |_| {},
                align,
            );
            code.call(func).set(address);
            code.get(address).ops([I::I32Eqz]).get(all).i32(0).ops([I::I32Ne, I::I32And]);
            code.op(I::If(BlockType::Result(wasm_encoder::ValType::I32))).i32(-1).op(I::Else);
            code.plus(address, head as i32).op(I::End);
            if dangling && head + tail == 0 {
                // The address of nothing may be one that nothing lies at.
                code.set(address).i32(align as i32).get(address).get(address).i32(16);
                code.ops([I::I32ShrU, I::MemorySize(MEMORY), I::I32GeU]).get(all).op(I::I32Eqz);
                code.ops([I::I32And, I::Select]);
            }
            Ok(())
        })
    }

    /// The function `(address, length)` that takes memory back: of so many units, with
    /// room before and after. Nothing is done for address 0, and where nothing is to
    /// be done for no bytes.
    pub fn free(&mut self, at: usize, rules: &Rules, rule: &CallRule, place: Lies) -> Result<u32> {
        if let Some(arena) = self.arena(at, rule)? {
            return self.give_piece(arena);
        }
        let usual = [CallArg::Pointer, CallArg::Size, CallArg::Align];
        let (func, args, ty) = self.args(at, "what frees", rule, &usual)?;
        let results = ty.results().len();
        // What is told an address only frees what its allocator has given, which may be of
        // no bytes; where Rust has none, nothing lies at the address.
        let empty = rules.free_empty.unwrap_or(args == [CallArg::Pointer]) || !place.result;
        let i32 = ValType::I32;
        let name = format!("free {func} {args:?} {place:?} {empty}");
        self.glue.named(name, &[i32, i32], &[], |f, _| {
            let (address, length, all) = (0, 1, f.local(i32));
            let code = &mut f.code;
            code.get(address).ops([I::I32Eqz, I::If(BlockType::Empty), I::Return, I::End]);
            code.shifted(length, place.shift as i32);
            code.i32((place.head + place.tail) as i32).op(I::I32Add).set(all);
            if !empty {
                code.get(all).ops([I::I32Eqz, I::If(BlockType::Empty), I::Return, I::End]);
            }
            let pointer = |code: &mut Code| {
                code.plus(address, -(place.head as i32));
            };
            push_args(
                code,
                &args,
                Some(&pointer),
                |code| {
                    code.get(all);
                },
                |code| {
                    code.get(length);
                    if place.unit > 1 {
                        code.i32(place.unit as i32).op(I::I32DivU);
                    }
                },
                place.align,
            );
            code.call(func).ops((0..results).map(|_| I::Drop));
            Ok(())
        })
    }

    /// The functions that give an area of so many bytes, zeroed, and take it back.
    pub fn area(&mut self, at: usize, rules: &Rules, size: u32) -> Result<(u32, u32)> {
        self.memory(at)?;
        let i32 = ValType::I32;
        let clear = |code: &mut Code, address| {
            code.get(address).i32(0).i32(size as i32).op(I::MemoryFill(MEMORY)).get(address);
        };
        match &rules.area {
            AreaRule::Stack(rule) => {
                let ty = FuncType::new([i32], [i32]);
                let is = ", and moves no stack pointer";
                let func = self.func_of(at, "the stack", rule, &ty, is)?;
                // Stacks are aligned to 16.
                let size = size.next_multiple_of(16) as i32;
                let take =
                    self.glue.named(format!("area {func} {size}"), &[], &[i32], |f, _| {
                        let address = f.local(i32);
                        f.code.i32(-size).call(func).set(address);
                        clear(&mut f.code, address);
                        Ok(())
                    })?;
                let give =
                    self.glue.named(format!("leave {func} {size}"), &[i32], &[], |f, _| {
                        f.code.i32(size).call(func).op(I::Drop);
                        Ok(())
                    })?;
                Ok((take, give))
            }
            AreaRule::Alloc => {
                let alloc = self.alloc(at, rules, 8, 0, 0)?;
                let take =
                    self.glue.named(format!("area {alloc} {size}"), &[], &[i32], |f, _| {
                        let address = f.local(i32);
                        f.code.i32(size as i32).call(alloc).set(address);
                        clear(&mut f.code, address);
                        Ok(())
                    })?;
                let Some(rule) = &rules.free else {
                    let message = "this needs what frees: `free = \"free\"` names it";
                    return Err(self.wrong(at, message));
                };
                let lies = Lies { align: 8, ..Lies::default() };
                let free = self.free(at, rules, rule, lies)?;
                let give =
                    self.glue.named(format!("leave {free} {size}"), &[i32], &[], |f, _| {
                        f.code.get(0).i32(size as i32).call(free);
                        Ok(())
                    })?;
                Ok((take, give))
            }
        }
    }

    /// Checks that there is a memory that text can lie in.
    pub fn memory(&self, at: usize) -> Result<()> {
        let message = match self.core.memories.first() {
            None => "this needs a memory, and the core has none",
            Some(memory) if memory.memory64 => {
                "the core's memory is one of 64 bits, which faces do not take"
            }
            Some(memory) if memory.shared => {
                "the core's memory is shared between threads: text cannot be taken from it"
            }
            Some(_) => return Ok(()),
        };
        Err(self.mismatch(at, message))
    }
}

fn push_args(
    code: &mut Code,
    args: &[CallArg],
    pointer: Option<&dyn Fn(&mut Code)>,
    size: impl Fn(&mut Code),
    count: impl Fn(&mut Code),
    align: u32,
) {
    for arg in args {
        match (arg, pointer) {
            (CallArg::Pointer, Some(pointer)) => pointer(code),
            (CallArg::Pointer, None) => {
                code.i32(0);
            }
            (CallArg::Size, _) => size(code),
            (CallArg::Count, _) => count(code),
            (CallArg::Align, _) => {
                code.i32(align as i32);
            }
            (CallArg::Const(number), _) => {
                code.i32(*number);
            }
        }
    }
}

/// Text in the memory.
pub(super) fn text_mem(text: GuestEncoding) -> TextMem {
    TextMem { memory: MEMORY, text }
}

/// Loads a value of a kind from a field, and stores one there.
pub(super) fn load(ty: ValType, offset: u32) -> I<'static> {
    let at = at(MEMORY, offset);
    match (Flat::of(ty), kind::width(ty.number()), ty.as_number()) {
        (Some(Flat::I64), ..) => I::I64Load(at),
        (Some(Flat::F32), ..) => I::F32Load(at),
        (Some(Flat::F64), ..) => I::F64Load(at),
        (Some(Flat::I32) | None, 1, Some((_, Sign::Signed))) => I::I32Load8S(at),
        (Some(Flat::I32) | None, 1, _) => I::I32Load8U(at),
        (Some(Flat::I32) | None, 2, Some((_, Sign::Signed))) => I::I32Load16S(at),
        (Some(Flat::I32) | None, 2, _) => I::I32Load16U(at),
        (Some(Flat::I32) | None, ..) => I::I32Load(at),
    }
}

pub(super) fn store(ty: ValType, offset: u32) -> I<'static> {
    let at = at(MEMORY, offset);
    match (Flat::of(ty), kind::width(ty.number())) {
        (Some(Flat::I64), _) => I::I64Store(at),
        (Some(Flat::F32), _) => I::F32Store(at),
        (Some(Flat::F64), _) => I::F64Store(at),
        (Some(Flat::I32) | None, 1) => I::I32Store8(at),
        (Some(Flat::I32) | None, 2) => I::I32Store16(at),
        (Some(Flat::I32) | None, _) => I::I32Store(at),
    }
}
