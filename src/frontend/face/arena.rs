//! Memory for what is passed to a core that gives none away: from an address on that it
//! tells, or pages that are added for it. All of it is free again when nothing that was
//! passed is in use any more.
//!
//! Not here: allocators of the core.

use super::glue::{Code, Local};
use super::making::Maker;
use super::memory::MEMORY;
use super::rules::{CallArg, CallRule, Owner, Rules};
use crate::error::Result;
use crate::types::{FuncType, ValType};
use wasm_encoder::{BlockType, Instruction as I};

const I32: ValType = ValType::I32;
const I64: ValType = ValType::I64;
/// What a face calls pages that are added to the memory.
pub(super) const GROW: &str = "memory.grow";
/// The sizes of pieces are multiples of this.
const ALIGN: i32 = 16;

/// Where memory is.
#[derive(Clone, Copy, Debug)]
enum Base {
    /// Where a function says.
    Func(u32),
    /// Where a global says.
    Global(u32),
    /// Behind what the memory has.
    Grow,
}

/// A place in memory that nobody else uses, and how many bytes it has at most.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arena {
    base: Base,
    size: Option<u32>,
}

impl Maker<'_> {
    /// The place that a rule names in place of a function that gives memory.
    pub fn arena(&self, at: usize, rule: &CallRule) -> Result<Option<Arena>> {
        let is_place = |ty: &FuncType| ty.params().is_empty() && ty.results() == [I32];
        let base = match self.core_func(&rule.name) {
            Some((func, ty)) if is_place(ty) => Base::Func(func),
            Some(_) => return Ok(None),
            None if rule.name == GROW => Base::Grow,
            None => match self.names.globals.get(&rule.name) {
                Some(global) if global.ty == I32 => Base::Global(global.index),
                _ => return Ok(None),
            },
        };
        let at = rule.at.unwrap_or(at);
        let size = match rule.args.as_deref().unwrap_or_default() {
            [CallArg::Const(size)] if *size > 0 => Some(*size as u32),
            [] if !matches!(base, Base::Func(_)) => None,
            _ => {
                let message = format!(
                    "`{0}` tells where memory is: `alloc = \"{0}(4096)\"` says of how many bytes",
                    rule.name
                );
                return Err(self.wrong(at, message));
            }
        };
        Ok(Some(Arena { base, size }))
    }

    /// Who frees what, where nothing is given away.
    pub fn settle(&self, at: usize, rules: &mut Rules) -> Result<()> {
        let Some(alloc) = &rules.alloc else { return Ok(()) };
        if self.arena(at, alloc)?.is_none() {
            return Ok(());
        }
        rules.owner = Owner::Caller;
        if rules.free.is_none() {
            rules.free = Some(alloc.clone());
            if rules.free_result.is_none() {
                rules.result_owner = Owner::Callee;
            }
        }
        Ok(())
    }

    /// The function `(bytes) -> (address)` that gives a piece, or -1 where there is no room,
    /// with room before and after what is asked for.
    pub fn take_piece(&mut self, arena: Arena, head: u32, tail: u32) -> Result<u32> {
        let marks = self.marks(arena);
        let Marks { next, live, begin, .. } = marks;
        let name = format!("piece {arena:?} {head} {tail}");
        self.glue.named(name, &[I32], &[I32], |f, _| {
            let (wide, place) = (f.local(I64), f.local(I32));
            let code = &mut f.code;
            code.get(0).op(I::I64ExtendI32U).i64(i64::from(head) + i64::from(tail));
            code.op(I::I64Add).set(wide);
            let start = |code: &mut Code| {
                match arena.base {
                    Base::Func(func) => code.call(func),
                    Base::Global(global) => code.op(I::GlobalGet(global)),
                    Base::Grow => code.op(I::GlobalGet(begin)),
                };
            };
            code.ops([I::GlobalGet(live), I::I32Eqz, I::If(BlockType::Empty)]);
            start(code);
            code.ops([I::GlobalSet(next), I::End]);
            match (arena.base, arena.size) {
                (Base::Grow, _) => own_pages(code, wide, marks),
                (_, Some(size)) => {
                    code.ops([I::GlobalGet(next), I::I64ExtendI32U]).get(wide).op(I::I64Add);
                    start(code);
                    code.op(I::I64ExtendI32U).i64(size.into()).ops([I::I64Add, I::I64GtU]);
                    give_up(code);
                }
                (_, None) => {
                    // The memory grows as it has to.
                    let pages = |code: &mut Code| {
                        code.ops([I::GlobalGet(next), I::I64ExtendI32U]).get(wide).op(I::I64Add);
                        code.i64(0xffff).op(I::I64Add).i64(16).op(I::I64ShrU);
                        code.ops([I::MemorySize(MEMORY), I::I64ExtendI32U, I::I64Sub]);
                    };
                    pages(code);
                    code.i64(0).ops([I::I64GtS, I::If(BlockType::Empty)]);
                    pages(code);
                    code.ops([I::I32WrapI64, I::MemoryGrow(MEMORY)]).i32(-1).op(I::I32Eq);
                    give_up(code);
                    code.op(I::End);
                }
            }
            code.op(I::GlobalGet(next)).op(I::LocalTee(place)).get(wide).op(I::I32WrapI64);
            code.op(I::I32Add).i32(ALIGN - 1).op(I::I32Add).i32(-ALIGN);
            code.ops([I::I32And, I::GlobalSet(next)]);
            code.op(I::GlobalGet(live)).i32(1).ops([I::I32Add, I::GlobalSet(live)]);
            code.plus(place, head as i32);
            Ok(())
        })
    }

    /// The function `(address, length)` that takes a piece back.
    pub fn give_piece(&mut self, arena: Arena) -> Result<u32> {
        let live = self.marks(arena).live;
        self.glue.named(format!("piece back {arena:?}"), &[I32; 2], &[], |f, _| {
            let code = &mut f.code;
            code.get(0).op(I::If(BlockType::Empty)).op(I::GlobalGet(live)).i32(1);
            code.ops([I::I32Sub, I::GlobalSet(live), I::End]);
            Ok(())
        })
    }

    fn marks(&mut self, arena: Arena) -> Marks {
        let mut mark = |what: &str| self.glue.named_global(&format!("{what} {arena:?}"));
        Marks { next: mark("next"), live: mark("live"), begin: mark("begin"), end: mark("end") }
    }
}

/// Globals: the next piece, how many are in use, and where own pages are.
#[derive(Clone, Copy)]
struct Marks {
    next: u32,
    live: u32,
    begin: u32,
    end: u32,
}

/// Leaves the function where there is something on the stack.
fn give_up(code: &mut Code) {
    code.op(I::If(BlockType::Empty)).i32(-1).ops([I::Return, I::End]);
}

/// New pages where those that there are have no room: at least twice as many, so that those
/// that are not used any more are few.
fn own_pages(code: &mut Code, wide: Local, Marks { next, begin, end, .. }: Marks) {
    code.ops([I::GlobalGet(end), I::GlobalGet(next), I::I32Sub, I::I64ExtendI32U]).get(wide);
    code.ops([I::I64LeU, I::If(BlockType::Empty)]);
    code.ops([I::GlobalGet(end), I::GlobalGet(begin), I::I32Sub, I::I64ExtendI32U]);
    code.i64(1).op(I::I64Shl).get(wide).i64(0x1_0000).ops([I::I64Add, I::I64Or]);
    code.i64(16).op(I::I64ShrU).ops([I::I32WrapI64, I::GlobalSet(next)]);
    code.ops([I::GlobalGet(next), I::MemoryGrow(MEMORY)]);
    code.ops([I::GlobalSet(begin), I::GlobalGet(begin)]).i32(-1).op(I::I32Eq);
    code.op(I::If(BlockType::Empty)).i32(0).op(I::GlobalSet(begin)).i32(0);
    code.op(I::GlobalSet(end)).i32(0).op(I::GlobalSet(next)).i32(-1).ops([I::Return, I::End]);
    code.op(I::GlobalGet(begin)).i32(16).ops([I::I32Shl, I::GlobalSet(begin)]);
    code.ops([I::GlobalGet(next)]).i32(16).ops([I::I32Shl, I::GlobalGet(begin), I::I32Add]);
    code.ops([I::GlobalSet(end), I::GlobalGet(begin), I::GlobalSet(next), I::End]);
}
