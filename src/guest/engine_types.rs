//! The engine's types, and this crate's.
//!
//! Not here: values.

use super::context::Cx;
use super::errors::no_values;
use crate::error::{Error, ErrorKind, Result};
use crate::types::{FuncType, ValType};

/// The type as this crate has it.
pub(crate) fn func_type(ty: &wasmtime::FuncType) -> FuncType {
    FuncType::new(ty.params().map(|t| val_type(&t)), ty.results().map(|t| val_type(&t)))
}

pub(crate) fn val_type(ty: &wasmtime::ValType) -> ValType {
    match ty {
        wasmtime::ValType::I32 => ValType::I32,
        wasmtime::ValType::I64 => ValType::I64,
        wasmtime::ValType::F32 => ValType::F32,
        wasmtime::ValType::F64 => ValType::F64,
        wasmtime::ValType::V128 => ValType::V128,
        wasmtime::ValType::Ref(r) => ref_type(r),
    }
}

pub(crate) fn ref_type(ty: &wasmtime::RefType) -> ValType {
    let host = match ty.heap_type() {
        wasmtime::HeapType::Extern => Some(ValType::ExternRef),
        wasmtime::HeapType::Func => Some(ValType::FuncRef),
        _ => None,
    };
    // No host has values of the others.
    host.filter(|_| ty.is_nullable()).unwrap_or(ValType::OtherRef)
}

/// The type as the engine has it; an error for one that a host cannot make.
pub(crate) fn wasm_func_type(cx: &Cx<'_>, ty: &FuncType) -> Result<wasmtime::FuncType> {
    let convert =
        |types: &[ValType]| types.iter().map(|t| wasm_type(*t)).collect::<Result<Vec<_>>>();
    Ok(wasmtime::FuncType::new(cx.engine(), convert(ty.params())?, convert(ty.results())?))
}

pub(crate) fn wasm_type(ty: ValType) -> Result<wasmtime::ValType> {
    Ok(match ty {
        ValType::I32 => wasmtime::ValType::I32,
        ValType::I64 => wasmtime::ValType::I64,
        ValType::F32 => wasmtime::ValType::F32,
        ValType::F64 => wasmtime::ValType::F64,
        ValType::ExternRef => wasmtime::ValType::EXTERNREF,
        ValType::FuncRef => wasmtime::ValType::FUNCREF,
        ValType::V128 | ValType::OtherRef => return Err(no_values(ty)),
        _ => {
            let message = format!("core code has no values of type {ty}");
            return Err(Error::new(ErrorKind::WrongKind, message));
        }
    })
}
