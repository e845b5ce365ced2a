//! What AssemblyScript has beside values: imports of its own, and when its runtime
//! collects.

use super::super::super::glue::Func;
use super::super::super::making::{Idle, Maker, plan, used};
use super::super::super::memory::{load, text_mem};
use super::settings;
use crate::abi::GuestEncoding;
use crate::error::Result;
use crate::plan::{AdapterPlan, Builtin, Op};
use crate::types::{ExternType, FuncType, ImportType, ValType};
use wasm_encoder::{BlockType, Instruction as I};

const I32: ValType = ValType::I32;

/// The global with the bytes that were passed since the runtime collected last.
pub(super) const BYTES: &str = "bytes";
/// After so many bytes it collects,
const MOST_BYTES: i32 = 1 << 20;
/// of which each call counts for these, beside what is passed: what guests allocate for
/// themselves nobody tells.
const CALL: i32 = 1 << 10;

/// The import that ends a module: message, file, line, column.
pub(super) fn is_abort(import: &ImportType) -> bool {
    let ty = FuncType::new([I32; 4], []);
    import.module == "env"
        && import.name == "abort"
        && matches!(&import.ty, ExternType::Func(found) if *found == ty)
}

/// The import that says something, and up to five numbers.
fn is_trace(import: &ImportType) -> bool {
    let f64 = ValType::F64;
    let ty = FuncType::new([I32, I32, f64, f64, f64, f64, f64], []);
    import.module == "env"
        && import.name == "trace"
        && matches!(&import.ty, ExternType::Func(found) if *found == ty)
}

/// The import that random numbers begin with.
fn is_seed(import: &ImportType) -> bool {
    let ty = FuncType::new([], [ValType::F64]);
    import.module == "env"
        && import.name == "seed"
        && matches!(&import.ty, ExternType::Func(found) if *found == ty)
}

pub(super) fn is_supplied(import: &ImportType) -> bool {
    is_abort(import) || is_trace(import) || is_seed(import)
}

pub(super) fn supplies(maker: &mut Maker<'_>, import: &ImportType) -> Result<Option<AdapterPlan>> {
    let ExternType::Func(ty) = &import.ty else { return Ok(None) };
    if is_trace(import) {
        // Who wants to know gives it a type.
        return Ok(Some(plan(ty.clone(), 7, vec![Op::Ret { values: [].into() }])));
    }
    if is_seed(import) {
        let adapter = maker.builtin(ty.clone(), Builtin::Seed);
        let call = Op::CallAdapter { adapter, args: [].into(), to: 0 };
        let ops = vec![call, Op::Ret { values: [used(0)].into() }];
        return Ok(Some(plan(ty.clone(), 1, ops)));
    }
    if !is_abort(import) {
        return Ok(None);
    }
    maker.memory(0)?;
    let string = ValType::String;
    let takes = FuncType::new([string, string, I32, I32], []);
    let throw = maker.builtin(takes, Builtin::Throw("abort: {} in {}:{}:{}".into()));
    // Address and length of both texts, of which null is an empty one.
    let mut read = Func::new(&[I32, I32]);
    for object in [0, 1] {
        read.code.get(object).get(object).op(I::If(BlockType::Result(wasm_encoder::ValType::I32)));
        read.code.plus(object, -4).op(load(I32, 0)).i32(1).op(I::I32ShrU);
        read.code.op(I::Else).i32(0).op(I::End);
    }
    let read = maker.glue.add(read, &[I32; 4]);
    let mem = text_mem(GuestEncoding::Utf16);
    let ops = vec![
        Op::CallCore { func: read, args: Box::new([used(0), used(1)]), to: 4 },
        Op::LiftStr { mem, ptr: used(4), len: used(5), to: 8 },
        Op::LiftStr { mem, ptr: used(6), len: used(7), to: 9 },
        Op::CallAdapter {
            adapter: throw,
            args: Box::new([used(8), used(9), used(2), used(3)]),
            to: 10,
        },
        Op::Ret { values: [].into() },
    ];
    Ok(Some(plan(ty.clone(), 10, ops)))
}

/// Before each call the guest is asked whether it is time to collect, which is done only
/// where no function of the guest is on the stack: its runtime does not look at that.
pub(super) fn collects(maker: &mut Maker<'_>, name: &str) -> Result<Option<Idle>> {
    if !settings::of(maker).collects {
        return Ok(None);
    }
    let Some((collect, _)) = maker.core_func("__collect") else { return Ok(None) };
    let bytes = maker.glue.named_global(BYTES);
    let running = maker.glue.named_global("collecting");
    let due = maker.glue.named("due".into(), &[], &[I32; 2], |f, _| {
        let code = &mut f.code;
        code.op(I::GlobalGet(bytes)).i32(CALL).ops([I::I32Add, I::GlobalSet(bytes)]);
        code.op(I::GlobalGet(bytes)).i32(MOST_BYTES).ops([I::I32GeU, I::If(BlockType::Empty)]);
        // Where it cannot be done now, it is tried again after half as much.
        code.i32(MOST_BYTES / 2).op(I::GlobalSet(bytes));
        code.i32(1).ops([I::GlobalGet(running), I::Return, I::End]);
        code.i32(0).op(I::GlobalGet(running));
        Ok(())
    })?;
    let run = maker.glue.named("collect".into(), &[], &[], |f, _| {
        let code = &mut f.code;
        code.i32(1).op(I::GlobalSet(running)).call(collect);
        code.i32(0).op(I::GlobalSet(bytes)).i32(0).op(I::GlobalSet(running));
        Ok(())
    })?;
    let stopped = maker.message(format!(
        "{name}: the runtime of this instance was stopped while it collected, by its fuel or its \
         deadline: what is in its memory cannot be trusted, and it cannot be called again"
    ));
    Ok(Some(Idle { due, run, stopped }))
}
