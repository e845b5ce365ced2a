//! Values as raw words of core code, and back; each proven against the type on the
//! spot.
//!
//! Not here: whose words they are.

#![allow(unsafe_code)] // raw words carry no types; each use says why they fit

use super::{HostWords, broken};
use crate::error::{Error, ErrorKind, Result};
use crate::guest::context::Cx;
use crate::guest::core_func::{CoreFunc, FuncId};
use crate::guest::errors::{mismatch, no_values};
use crate::guest::refs::{ExternRef, root};
use crate::guest::value::{Body, Callable, Func, Inner, Val};
use crate::types::{FuncType, ValType};
use std::sync::{Arc, OnceLock};
use wasmtime::ValRaw;

/// The word of this position for a value, which must have this type. Of a
/// reference that is collected it is there when it is exposed.
#[inline]
pub(in crate::guest) fn word_for(
    cx: &mut Cx<'_>,
    at: usize,
    ty: ValType,
    val: &Val<'_>,
) -> Result<ValRaw> {
    Ok(match (ty, val) {
        (ValType::I32, Val::I32(v)) => ValRaw::i32(*v),
        (ValType::I64, Val::I64(v)) => ValRaw::i64(*v),
        (ValType::F32, Val::F32(v)) => ValRaw::f32(v.to_bits()),
        (ValType::F64, Val::F64(v)) => ValRaw::f64(v.to_bits()),
        (ValType::ExternRef, Val::ExternRef(None)) => ValRaw::externref(0),
        (ValType::ExternRef, Val::ExternRef(Some(r))) => root(cx, at, r)?,
        (ValType::FuncRef, Val::FuncRef(None)) => ValRaw::funcref(std::ptr::null_mut()),
        (ValType::FuncRef, Val::FuncRef(Some(f))) => {
            let func = f.core(cx)?.handle();
            ValRaw::funcref(func.to_raw(&mut *cx))
        }
        _ => {
            let message = format!("expected {ty}, found {}", val.ty());
            return Err(Error::new(ErrorKind::WrongKind, message));
        }
    })
}

/// The value of a word.
///
/// # Safety
///
/// `raw` must be a value of this type, of this store, that nothing has had
/// the chance to collect.
#[inline]
pub(in crate::guest) unsafe fn from_raw(
    cx: &mut Cx<'_>,
    ty: ValType,
    raw: ValRaw,
) -> Result<Val<'static>> {
    Ok(match ty {
        ValType::I32 => Val::I32(raw.get_i32()),
        ValType::I64 => Val::I64(raw.get_i64()),
        ValType::F32 => Val::F32(f32::from_bits(raw.get_f32())),
        ValType::F64 => Val::F64(f64::from_bits(raw.get_f64())),
        ValType::ExternRef => Val::ExternRef(ExternRef::from_raw(cx, raw.get_externref())?),
        ValType::FuncRef => {
            // SAFETY: the caller vouches that it is a funcref of this store.
            let func = unsafe { wasmtime::Func::from_raw(&mut *cx, raw.get_funcref()) };
            Val::FuncRef(func.map(|f| Func::from_core(cx, f, None)))
        }
        _ => return Err(no_values(ty)),
    })
}

impl HostWords<'_> {
    /// A value of this type, which is not `string`.
    pub fn val(&mut self, cx: &mut Cx<'_>, ty: ValType) -> Result<Val<'static>> {
        let core = ty.carrier();
        if self.put > 0 || self.ty.params().get(self.read) != Some(&core) {
            return Err(broken("a word of another type"));
        }
        let raw = self.raw[self.read];
        self.read += 1;
        // SAFETY: the type says that the argument is a `core`, and no result
        // has been put in its place. No guest has run since the core called, so
        // nothing was collected: what has not been read is put aside before one
        // does (`HostCall::caller`).
        let val = unsafe { from_raw(cx, core, raw) }?;
        typed(ty, val)
    }

    /// A value that is no string.
    pub fn put(&mut self, cx: &mut Cx<'_>, val: &Val<'_>) -> Result<()> {
        let (ty, word) = word_of(cx, self.put, val)?;
        self.word(ty, word)
    }
}

#[inline]
fn typed(ty: ValType, val: Val<'static>) -> Result<Val<'static>> {
    if ty.is_core() { Ok(val) } else { Val::from_bits(ty, val.bits()) }
}

#[inline]
fn word_of(cx: &mut Cx<'_>, at: usize, val: &Val<'_>) -> Result<(ValType, ValRaw)> {
    let ty = val.ty();
    let core = ty.carrier();
    let word = match core {
        _ if ty == ValType::String => return Err(broken("a string is no word")),
        ValType::I32 => ValRaw::i32(val.bits() as i32),
        ValType::I64 => ValRaw::i64(val.bits() as i64),
        core => word_for(cx, at, core, val)?,
    };
    Ok((core, word))
}

impl Func {
    pub(crate) fn new_core(store: u64, func: CoreFunc) -> Func {
        let (ty, wrapper) = (func.ty().clone(), OnceLock::new());
        // What core code calls is the function itself.
        let wrap = |_: &mut Cx<'_>, _: &FuncType, _: Arc<dyn Callable>| Err(mismatch());
        Func(Arc::new(Inner { store, ty, body: Body::Core(func), wrapper, wrap }))
    }

    /// The function for core code: itself, or a core function that calls it.
    /// Its type must be a core one.
    pub(crate) fn core(&self, cx: &mut Cx<'_>) -> Result<&CoreFunc> {
        self.check_store(cx)?;
        let body = match &self.0.body {
            Body::Core(func) => return Ok(func),
            Body::Callable(body) => body,
        };
        if let Some(wrapper) = self.0.wrapper.get() {
            return Ok(wrapper);
        }
        let wrapper = (self.0.wrap)(cx, &self.0.ty, body.clone())?;
        let identity = wrapper.identity(cx);
        cx.data_mut().funcs.insert(identity, Arc::downgrade(&self.0));
        Ok(self.0.wrapper.get_or_init(|| wrapper))
    }

    /// The function that a core function stands for; `ty` as for
    /// [`CoreFunc::new`].
    pub(crate) fn from_core(cx: &mut Cx<'_>, func: wasmtime::Func, ty: Option<&FuncType>) -> Func {
        let identity = FuncId::new(cx, &func);
        if let Some(inner) = cx.data().funcs.get(&identity).and_then(|f| f.upgrade()) {
            return Func(inner);
        }
        let made = Func::new_core(cx.data().id, CoreFunc::new(cx, func, ty));
        cx.data_mut().funcs.insert(identity, Arc::downgrade(&made.0));
        made
    }
}
