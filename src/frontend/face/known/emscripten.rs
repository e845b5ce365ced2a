//! What modules of Emscripten import that are not standalone: the little that JavaScript
//! does for C, done in the core.
//!
//! Not here: what a program asks of JavaScript by itself.

use super::super::glue::{self, Code, Func};
use super::super::making::{Maker, plan, used};
use super::super::memory::{MEMORY, text_mem};
use crate::abi::GuestEncoding;
use crate::error::Result;
use crate::plan::{AdapterPlan, Builtin, Op};
use crate::types::{ExternType, FuncType, ImportType, ValType};
use toml::de::DeValue;
use wasm_encoder::{BlockType, Instruction as I, ValType as Ty};

const I32: ValType = ValType::I32;
/// The setting of a face that says which imports are which.
pub(super) const SUPPLY: &str = "supply";

#[derive(Clone, Copy)]
enum What {
    Abort,
    /// Something that nobody asks for.
    Trap,
    /// Message, file, line, function.
    Assert,
    /// To, from, bytes.
    Copy,
    /// The size that the memory should have.
    Grow,
    /// Somebody is told.
    Nothing,
    /// The upper half of a 64-bit value.
    Set,
    Get,
}

/// What is supplied by itself.
fn what(import: &ImportType) -> Option<What> {
    if import.module == "env" { named(&import.name, &import.ty) } else { None }
}

/// What Emscripten calls so, where it is of this type.
fn named(name: &str, ty: &ExternType) -> Option<What> {
    let ExternType::Func(ty) = ty else { return None };
    if name == "trap" {
        return Some(What::Trap);
    }
    if ty.params().iter().chain(ty.results()).any(|ty| *ty != I32) {
        return None;
    }
    Some(match (name, ty.params().len(), ty.results().len()) {
        ("abort" | "_abort_js", 0, 0) => What::Abort,
        ("__assert_fail", 4, 0) => What::Assert,
        ("emscripten_memcpy_big" | "emscripten_memcpy_js" | "_emscripten_memcpy_js", 3, 0 | 1) => {
            What::Copy
        }
        ("emscripten_resize_heap", 1, 1) => What::Grow,
        ("emscripten_notify_memory_growth", 1, 0) => What::Nothing,
        ("setTempRet0", 1, 0) => What::Set,
        ("getTempRet0", 0, 1) => What::Get,
        _ => return None,
    })
}

pub(super) fn is_supplied(import: &ImportType) -> bool {
    what(import).is_some()
}

pub(super) fn supplies(maker: &mut Maker<'_>, import: &ImportType) -> Result<Option<AdapterPlan>> {
    let ExternType::Func(ty) = &import.ty else { return Ok(None) };
    let Some(what) = said(maker, import)?.or_else(|| what(import)) else { return Ok(None) };
    let count = ty.params().len() as u32;
    let mut func = Func::new(ty.params());
    let code = &mut func.code;
    match what {
        What::Abort => {
            let throw = Builtin::Throw("abort".into());
            let adapter = maker.builtin(FuncType::new([], []), throw);
            let call = Op::CallAdapter { adapter, args: [].into(), to: 0 };
            return Ok(Some(plan(ty.clone(), 0, vec![call, Op::Ret { values: [].into() }])));
        }
        What::Trap => {
            let told = format!("{}.{} is called", import.module, import.name);
            let adapter = maker.builtin(FuncType::new([], []), Builtin::Throw(told));
            code.op(I::Unreachable);
            let func = maker.glue.add(func, ty.results());
            let results = ty.results().len() as u32;
            let ops = vec![
                Op::CallAdapter { adapter, args: [].into(), to: 0 },
                Op::CallCore { func, args: (0..count).map(used).collect(), to: count },
                Op::Ret { values: (count..count + results).map(used).collect() },
            ];
            return Ok(Some(plan(ty.clone(), count + results, ops)));
        }
        What::Assert => return assert(maker, ty).map(Some),
        What::Copy => {
            maker.memory(0)?;
            code.get(0).get(1).get(2);
            code.op(I::MemoryCopy { src_mem: MEMORY, dst_mem: MEMORY });
            if !ty.results().is_empty() {
                code.get(0);
            }
        }
        What::Grow => {
            maker.memory(0)?;
            grow(code);
        }
        What::Nothing => {}
        What::Set => {
            let global = maker.glue.named_global("upper half");
            code.get(0).op(I::GlobalSet(global));
        }
        What::Get => {
            let global = maker.glue.named_global("upper half");
            code.op(I::GlobalGet(global));
        }
    }
    let func = maker.glue.add(func, ty.results());
    let results = ty.results().len() as u32;
    let ops = vec![
        Op::CallCore { func, args: (0..count).map(used).collect(), to: count },
        Op::Ret { values: (count..count + results).map(used).collect() },
    ];
    Ok(Some(plan(ty.clone(), count + results, ops)))
}

/// What the face says that an import is, whose name a minifier has made up.
fn said(maker: &Maker<'_>, import: &ImportType) -> Result<Option<What>> {
    let Some((_, value)) = maker.face.extra.iter().find(|(key, _)| key.value == SUPPLY) else {
        return Ok(None);
    };
    let wrong = |at, message: String| Err(maker.wrong(at, message));
    let DeValue::Table(table) = value.get_ref() else {
        let message = format!("`{SUPPLY}` is a table: {{ \"a.b\" = \"abort\" }}");
        return wrong(value.span().start, message);
    };
    let is = |name: &str, import: &ImportType| {
        name.split_once('.') == Some((&*import.module, &*import.name))
    };
    // One that is not there is a mistake.
    let all = &maker.core.imports;
    if let Some((name, _)) = table.iter().find(|(k, _)| !all.iter().any(|i| is(k.get_ref(), i))) {
        let message = format!("the core imports no `{}`", name.get_ref());
        return Err(maker.mismatch(name.span().start, message));
    }
    let Some((_, told)) = table.iter().find(|(key, _)| is(key.get_ref(), import)) else {
        return Ok(None);
    };
    match told.get_ref() {
        DeValue::String(name) => match named(name, &import.ty) {
            Some(what) => Ok(Some(what)),
            None => {
                let message =
                    format!("nothing is supplied that is called `{name}` and is {}", import.ty);
                wrong(told.span().start, message)
            }
        },
        _ => wrong(told.span().start, "a function that Emscripten imports belongs here".into()),
    }
}

/// Whether the memory has so many bytes, or gets them.
fn grow(code: &mut Code) {
    let pages = |code: &mut Code| {
        code.get(0).op(I::I64ExtendI32U).i64(0xffff).op(I::I64Add).i64(16).op(I::I64ShrU);
        code.op(I::I32WrapI64);
    };
    pages(code);
    code.ops([I::MemorySize(MEMORY), I::I32LeU, I::If(BlockType::Result(Ty::I32))]).i32(1);
    code.op(I::Else);
    pages(code);
    code.ops([I::MemorySize(MEMORY), I::I32Sub, I::MemoryGrow(MEMORY)]).i32(-1);
    code.ops([I::I32Ne, I::End]);
}

/// A trap that tells what was asserted, and where.
fn assert(maker: &mut Maker<'_>, ty: &FuncType) -> Result<AdapterPlan> {
    maker.memory(0)?;
    let string = ValType::String;
    let throw = Builtin::Throw("assertion failed: {}, in {}:{}".into());
    let adapter = maker.builtin(FuncType::new([string, string, I32], []), throw);
    let length = glue::length(&mut maker.glue, MEMORY, 1)?;
    let mut read = Func::new(&[I32, I32]);
    read.code.get(0).call(length).get(1).call(length);
    let read = maker.glue.add(read, &[I32, I32]);
    let mem = text_mem(GuestEncoding::default());
    let ops = vec![
        Op::CallCore { func: read, args: Box::new([used(0), used(1)]), to: 4 },
        Op::LiftStr { mem, ptr: used(0), len: used(4), to: 6 },
        Op::LiftStr { mem, ptr: used(1), len: used(5), to: 7 },
        Op::CallAdapter { adapter, args: Box::new([used(6), used(7), used(2)]), to: 8 },
        Op::Ret { values: [].into() },
    ];
    Ok(plan(ty.clone(), 8, ops))
}
