//! What AssemblyScript has beside values: imports of its own, and when its runtime
//! collects; and the settings that only it has.

use super::super::super::call::used;
use super::super::super::glue::Func;
use super::super::super::make::{Maker, plan};
use super::super::super::memory::{load, text_mem};
use crate::abi::GuestEncoding;
use crate::error::Result;
use crate::plan::{AdapterPlan, Builtin, Op};
use crate::types::{ExternType, FuncType, ImportType, ValType};
use toml::de::DeValue;
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

/// Whether the host has the runtime collect: all but those of which the face says that
/// they do so by themselves, or never.
pub(super) fn is_collected(maker: &Maker<'_>) -> Result<bool> {
    let said = maker.face.extra.iter().find(|(key, _)| key.value == "runtime");
    let minimal = match said.map(|(key, value)| (key, value.get_ref(), value.span().start)) {
        None => true,
        Some((_, DeValue::String(name), _)) if name == "minimal" => true,
        Some((_, DeValue::String(name), _)) if name == "incremental" || name == "stub" => false,
        Some((.., at)) => {
            return Err(maker.wrong(at, "`runtime` is one of minimal, incremental, stub"));
        }
    };
    let collect = maker.core_func("__collect");
    Ok(minimal && collect.is_some_and(|(_, ty)| *ty == FuncType::new([], [])))
}

/// What is called first and owed last, so that the runtime collects where no function of
/// the guest is on the stack.
pub(super) fn collects(maker: &mut Maker<'_>) -> Result<Option<(u32, u32)>> {
    if !is_collected(maker)? {
        return Ok(None);
    }
    let Some((collect, _)) = maker.core_func("__collect") else { return Ok(None) };
    let depth = maker.glue.named_global("depth");
    let bytes = maker.glue.named_global(BYTES);
    let enter = maker.glue.named("enter".into(), &[], &[], |f, _| {
        f.code.op(I::GlobalGet(depth)).i32(1).ops([I::I32Add, I::GlobalSet(depth)]);
        Ok(())
    })?;
    let leave = maker.glue.named("leave".into(), &[], &[], |f, _| {
        let code = &mut f.code;
        code.op(I::GlobalGet(bytes)).i32(CALL).ops([I::I32Add, I::GlobalSet(bytes)]);
        code.op(I::GlobalGet(depth)).i32(1).ops([I::I32Sub, I::GlobalSet(depth)]);
        code.ops([I::GlobalGet(depth), I::I32Eqz, I::GlobalGet(bytes)]).i32(MOST_BYTES);
        code.ops([I::I32GeU, I::I32And, I::If(BlockType::Empty)]);
        code.i32(0).op(I::GlobalSet(bytes)).call(collect).op(I::End);
        Ok(())
    })?;
    Ok(Some((enter, leave)))
}

/// The class that a face gives a list of this name or type, and where it says so.
pub(super) fn id(maker: &Maker<'_>, key: &str) -> Result<Option<(u32, usize)>> {
    let Some((_, value)) = maker.face.extra.iter().find(|(key, _)| key.value == "ids") else {
        return Ok(None);
    };
    let at = value.span().start;
    let DeValue::Table(table) = value.get_ref() else {
        let message = "`ids` is a table of types or parameters, and the numbers of their \
                       classes: `{ \"list<u8>\" = 4, \"sum.all\" = 5 }`";
        return Err(maker.wrong(at, message));
    };
    for (name, value) in table {
        if name.get_ref() == key {
            let at = value.span().start;
            let number = match value.get_ref() {
                DeValue::Integer(number) => u32::from_str_radix(number.as_str(), number.radix()),
                _ => "".parse(),
            };
            let number = number.map_err(|_| maker.wrong(at, "a class is a number"))?;
            return Ok(Some((number, at)));
        }
    }
    Ok(None)
}

/// Whether a function need not get all its arguments.
pub(super) fn is_optional(maker: &Maker<'_>, name: &str) -> Result<bool> {
    let Some((key, value)) = maker.face.extra.iter().find(|(key, _)| key.value == "optional")
    else {
        return Ok(false);
    };
    let names = super::super::super::text::strings(maker.face.text, key, value)?;
    Ok(names.iter().any(|found| found.value == name))
}
