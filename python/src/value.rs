//! Values of modules, which have no parts: numbers, texts, references.
//!
//! Not here: values of components.

use crate::error::{Fault, new};
use crate::func::Function;
use crate::lower::scalar;
use crate::types::{Conv, Kind};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use std::sync::Arc;
use witrt::tree::kind::{I32, S8, S16, S32};
use witrt::{ErrorKind, ExternRef, Func, Val, ValType};

/// A Python object that a guest holds.
struct Object(Py<PyAny>);

/// A reference to something of a guest's, which can be given back to guests and
/// nothing else.
#[pyclass(frozen, module = "witrt")]
pub struct Reference(ExternRef);

/// A number's bits, of a narrow integer extended to 32 by its sign.
#[inline]
pub fn extended(kind: u8, bits: u64) -> u64 {
    match kind {
        S8 => (bits as i8 as i32 as u32).into(),
        S16 => (bits as i16 as i32 as u32).into(),
        S32 | I32 => (bits as u32).into(),
        _ => bits,
    }
}

/// A value that is no text, for an argument or a result.
pub fn val(conv: &Conv, value: &Bound<'_, PyAny>) -> Result<Val<'static>, Fault> {
    Ok(match &conv.kind {
        Kind::Scalar(kind) => {
            let bits = scalar(*kind, conv, value)?.bits();
            number_val(conv, bits).ok_or_else(|| Fault::mismatch(&conv.told, value))?
        }
        Kind::ExternRef if value.is_none() => Val::ExternRef(None),
        Kind::ExternRef => Val::ExternRef(Some(match value.cast::<Reference>() {
            Ok(reference) => reference.get().0.clone(),
            Err(_) => ExternRef::new(Arc::new(Object(value.clone().unbind()))),
        })),
        Kind::FuncRef if value.is_none() => Val::FuncRef(None),
        Kind::FuncRef => {
            let func = value
                .cast::<Function>()
                .map_err(|_| Fault::mismatch("a witrt.Function or None", value))?;
            Val::FuncRef(Some(func.get().func.clone()))
        }
        _ => return Err(Fault::mismatch(&conv.told, value)),
    })
}

fn number_val(conv: &Conv, bits: u64) -> Option<Val<'static>> {
    let crate::types::Told::Val(ty) = &conv.told else { return None };
    Some(match ty {
        ValType::I32 => Val::I32(bits as i32),
        ValType::I64 => Val::I64(bits as i64),
        ValType::F32 => Val::F32(f32::from_bits(bits as u32)),
        ValType::F64 => Val::F64(f64::from_bits(bits)),
        ValType::S8 => Val::S8(bits as i8),
        ValType::U8 => Val::U8(bits as u8),
        ValType::S16 => Val::S16(bits as i16),
        ValType::U16 => Val::U16(bits as u16),
        ValType::S32 => Val::S32(bits as i32),
        ValType::U32 => Val::U32(bits as u32),
        ValType::S64 => Val::S64(bits as i64),
        ValType::U64 => Val::U64(bits),
        _ => return None,
    })
}

/// What a value that is no text is to Python. `func` makes an object of a function.
pub fn python<'py>(
    py: Python<'py>,
    conv: &Conv,
    val: Val<'_>,
    func: &dyn Fn(Func) -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    match val {
        Val::I32(v) => v.into_bound_py_any(py),
        Val::I64(v) => v.into_bound_py_any(py),
        Val::F32(v) => f64::from(v).into_bound_py_any(py),
        Val::F64(v) => v.into_bound_py_any(py),
        Val::S8(v) => v.into_bound_py_any(py),
        Val::U8(v) => v.into_bound_py_any(py),
        Val::S16(v) => v.into_bound_py_any(py),
        Val::U16(v) => v.into_bound_py_any(py),
        Val::S32(v) => v.into_bound_py_any(py),
        Val::U32(v) => v.into_bound_py_any(py),
        Val::S64(v) => v.into_bound_py_any(py),
        Val::U64(v) => v.into_bound_py_any(py),
        Val::ExternRef(None) | Val::FuncRef(None) => Ok(py.None().into_bound(py)),
        Val::ExternRef(Some(reference)) => {
            let object = reference.data().and_then(|data| data.downcast_ref::<Object>());
            match object {
                Some(object) => Ok(object.0.bind(py).clone()),
                None => Reference(reference).into_bound_py_any(py),
            }
        }
        Val::FuncRef(Some(found)) => func(found),
        _ => Err(new(ErrorKind::WrongKind, format!("no value of type {}", conv.told))),
    }
}
