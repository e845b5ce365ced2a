//! Core types as the crates have them that split and write binaries.
//!
//! Not here: the engine's.

use crate::types::ValType;

/// A type that was read.
pub(crate) fn val_type(ty: wasmparser::ValType) -> ValType {
    match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        wasmparser::ValType::Ref(wasmparser::RefType::EXTERNREF) => ValType::ExternRef,
        wasmparser::ValType::Ref(wasmparser::RefType::FUNCREF) => ValType::FuncRef,
        wasmparser::ValType::Ref(_) => ValType::OtherRef,
    }
}

/// What carries a value, as it is written; no value of the last type gets here.
pub(crate) fn encoded(ty: ValType) -> wasm_encoder::ValType {
    match ty.carrier() {
        ValType::I32 => wasm_encoder::ValType::I32,
        ValType::I64 => wasm_encoder::ValType::I64,
        ValType::F32 => wasm_encoder::ValType::F32,
        ValType::F64 => wasm_encoder::ValType::F64,
        ValType::V128 => wasm_encoder::ValType::V128,
        ValType::ExternRef => wasm_encoder::ValType::EXTERNREF,
        ValType::FuncRef => wasm_encoder::ValType::FUNCREF,
        carrier => unreachable!("{carrier} carries nothing"),
    }
}
