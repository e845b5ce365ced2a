//! Core functions, with what is known of their types.
//!
//! Not here: calling them.

#![allow(unsafe_code)] // a function's identity is read from the engine's record of it

use super::context::Cx;
use super::engine_types::func_type;
use super::memory::Home;
use crate::types::{FuncType, ValType};
use wasmtime::ValRaw;
use wasmtime_environ::{HostPtr, PtrSize as _};

/// So many words of a call stand on the stack; more come from the store's scratch.
pub(crate) const ON_STACK: usize = 96;

/// A core function with its type at hand: asking the engine for it on each
/// call would cost more than the call.
#[derive(Clone)]
pub(crate) struct CoreFunc {
    func: wasmtime::Func,
    ty: FuncType,
    /// How many parameters and results it has.
    params: usize,
    results: usize,
    /// Whether references cross, so that they have to be rooted.
    has_refs: bool,
    /// Whether none do, and few words.
    is_light: bool,
    /// Its width where only numbers cross that a [`Word`] holds, else as much as
    /// nothing has.
    numbers: usize,
    /// Where it runs.
    home: Home,
}

/// Tells the functions of a store apart, whichever instance's reference it is:
/// of what an instance imports it has references of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct FuncId {
    /// What runs, and the instance or the host function that it runs for.
    code: usize,
    context: usize,
}

impl FuncId {
    pub fn new(cx: &mut Cx<'_>, func: &wasmtime::Func) -> FuncId {
        let at = func.to_raw(&mut *cx).cast_const().cast::<u8>();
        let layout = HostPtr.vm_func_ref();
        // SAFETY: a function as a raw word is a pointer to the engine's record of
        // it, which lives as long as the store. These offsets are those by which the
        // engine, of the same release, defines it, and both fields are pointers that
        // never change.
        let field = |offset: u8| unsafe { at.add(offset.into()).cast::<usize>().read() };
        FuncId { code: field(layout.array_call()), context: field(layout.vmctx()) }
    }
}

/// A number as core code takes and gives it.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Word(ValRaw);

impl Word {
    /// Of a number's bits; of 32 of them, in the low half.
    #[inline]
    pub fn new(bits: u64) -> Word {
        Word(ValRaw::u64(bits))
    }

    /// The bits. Of a number of 32, the high half is of no meaning.
    #[inline]
    pub fn bits(self) -> u64 {
        self.0.get_u64()
    }
}

impl CoreFunc {
    /// A function of a core module. `ty` must be the type that the front end
    /// read for it; without one the engine is asked.
    pub fn new(cx: &Cx<'_>, func: wasmtime::Func, ty: Option<&FuncType>) -> CoreFunc {
        let ty = ty.cloned().unwrap_or_else(|| func_type(&func.ty(cx)));
        debug_assert_eq!(ty, func_type(&func.ty(cx)));
        CoreFunc::with_type(func, ty)
    }

    /// A function of this type.
    pub(super) fn with_type(func: wasmtime::Func, ty: FuncType) -> CoreFunc {
        let has_refs = ty.params().iter().chain(ty.results()).any(|t| t.is_ref());
        let number =
            |t: &ValType| matches!(t, ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64);
        let numeric = ty.params().iter().chain(ty.results()).all(number);
        let (params, results) = (ty.params().len(), ty.results().len());
        let width = params.max(results);
        let (is_light, numbers) =
            (!has_refs && width <= ON_STACK, if numeric { width } else { usize::MAX });
        CoreFunc { func, ty, params, results, has_refs, is_light, numbers, home: Home::ANY }
    }

    /// The function, which is an instance's own.
    pub fn at(self, home: Home) -> CoreFunc {
        CoreFunc { home, ..self }
    }

    /// Where it runs.
    #[inline]
    pub fn home(&self) -> Home {
        self.home
    }

    /// Its type.
    #[inline]
    pub fn ty(&self) -> &FuncType {
        &self.ty
    }

    /// How many words a call takes: for the parameters, then the results.
    #[inline]
    pub fn width(&self) -> usize {
        self.params.max(self.results)
    }

    /// How many parameters it has.
    #[inline]
    pub fn params(&self) -> usize {
        self.params
    }

    /// How many results it has.
    #[inline]
    pub fn results(&self) -> usize {
        self.results
    }

    /// Whether no reference and few words cross.
    #[inline]
    pub fn is_light(&self) -> bool {
        self.is_light
    }

    /// The engine's handle.
    #[inline]
    pub fn handle(&self) -> wasmtime::Func {
        self.func
    }

    /// Whether references cross.
    #[inline]
    pub fn has_refs(&self) -> bool {
        self.has_refs
    }

    /// Which function it is.
    pub fn identity(&self, cx: &mut Cx<'_>) -> FuncId {
        FuncId::new(cx, &self.func)
    }

    /// Whether only numbers cross, so that words need no check.
    #[inline]
    pub fn is_numeric(&self) -> bool {
        self.numbers != usize::MAX
    }

    /// Its width where only numbers cross, else more than any call has words.
    #[inline]
    pub(super) fn numbers(&self) -> usize {
        self.numbers
    }
}
