//! The crossing: the only file that enters core code, or is entered by it.
//!
//! Values become raw words here and raw words become values, each proven
//! against the function's type on the spot; panics of host functions become
//! traps.
//!
//! Not here: adapters.

#![allow(unsafe_code)] // raw words carry no types; each use says why they fit

use super::context::Cx;
use super::defer::{run_registered, settle_for};
use super::frame::INLINE;
use super::func::{Func, Typed, no_values, set_defaults};
use super::memory::Home;
use super::refs::{ExternRef, expose, root};
use super::slots::SlotMark;
use super::value::{Val, wrong_store};
use super::{StoreData, give_back};
use crate::error::{Error, ErrorKind, Frame, Result, Trap, TrapCode};
use crate::types::{FuncType, ValType};
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use wasmtime::{AsContextMut as _, ValRaw};
use wasmtime_environ::{HostPtr, PtrSize as _};

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

    fn with_type(func: wasmtime::Func, ty: FuncType) -> CoreFunc {
        let has_refs = ty.params().iter().chain(ty.results()).any(|t| t.is_ref());
        let number =
            |t: &ValType| matches!(t, ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64);
        let numeric = ty.params().iter().chain(ty.results()).all(number);
        let (params, results) = (ty.params().len(), ty.results().len());
        let width = params.max(results);
        let (is_light, numbers) =
            (!has_refs && width <= INLINE, if numeric { width } else { usize::MAX });
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

    /// A core function that runs `body`, which takes and gives core values.
    pub fn host(cx: &mut Cx<'_>, ty: &FuncType, body: Arc<dyn Typed>) -> Result<CoreFunc> {
        let core_type = wasm_func_type(cx, ty)?;
        Ok(CoreFunc::host_of(cx, core_type, ty, body, Home::ANY))
    }

    /// A host function of an exact type of a module, which `ty` must describe, for the
    /// code of one instance.
    pub fn host_of(
        cx: &mut Cx<'_>,
        core_type: wasmtime::FuncType,
        ty: &FuncType,
        body: Arc<dyn Typed>,
        home: Home,
    ) -> CoreFunc {
        debug_assert_eq!(*ty, func_type(&core_type));
        let own_type = ty.clone();
        let entered = move |mut caller: wasmtime::Caller<'_, StoreData>,
                            raw: &mut [MaybeUninit<ValRaw>]| {
            let cx = &mut caller.as_context_mut();
            enter_host(cx, &own_type, &*body, raw, home).map_err(wasmtime::Error::from)
        };
        // SAFETY: `enter_host` reads as many words as the type has params,
        // each as its type says, and writes its results likewise; `ty`
        // describes `core_type`.
        let func = unsafe { wasmtime::Func::new_unchecked(&mut *cx, core_type, entered) };
        CoreFunc::with_type(func, ty.clone())
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

    /// Runs it, after what the store owes, if it is numeric. The arguments are
    /// in `words`, and then the results; on failure anything may be.
    #[inline]
    pub fn call_words(&self, cx: &mut Cx<'_>, words: &mut [Word]) -> Result<()> {
        settle_for(cx, self.home)?;
        if words.len() < self.numbers {
            return Err(not_numeric());
        }
        let mark = Mark::new(cx);
        let raw = std::ptr::from_mut(words) as *mut [ValRaw];
        // SAFETY: a word is a transparent wrapper. There is room for all
        // parameters and results, all of them are numbers, and any bits are
        // one.
        let outcome = unsafe { self.func.call_unchecked(&mut *cx, raw) };
        outcome.map_err(|e| unwound(cx, mark, e))
    }

    /// Runs it, after what the store owes. Results are written on success
    /// only.
    pub fn call(
        &self,
        cx: &mut Cx<'_>,
        args: &[Val<'_>],
        results: &mut [Val<'static>],
    ) -> Result<()> {
        settle_for(cx, self.home)?;
        self.enter(cx, args, results)
    }

    /// Runs it without settling first.
    pub fn enter(
        &self,
        cx: &mut Cx<'_>,
        args: &[Val<'_>],
        results: &mut [Val<'static>],
    ) -> Result<()> {
        let (params, expected) = (self.ty.params(), self.ty.results());
        if args.len() != params.len() {
            let message = format!("expected {} arguments, found {}", params.len(), args.len());
            return Err(Error::new(ErrorKind::WrongCount, message));
        }
        if results.len() != expected.len() {
            let message = format!("room for {} results needed", expected.len());
            return Err(Error::new(ErrorKind::WrongCount, message));
        }
        self.framed(cx, |cx, mut frame| {
            for (i, arg) in args.iter().enumerate() {
                frame.val(cx, arg).map_err(|e| e.of_argument(&self.ty, i))?;
            }
            if let Some(ty) = expected.iter().find(|ty| !ty.has_values()) {
                return Err(no_values(*ty));
            }
            let mark = Mark::new(cx);
            let mut words = frame.call(cx).inspect_err(|_| mark.unwind(cx))?;
            for (result, ty) in results.iter_mut().zip(expected) {
                *result = words.val(cx, *ty)?;
            }
            Ok(())
        })
    }
}

/// What a store held when guest code was entered.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    debts: usize,
    slots: SlotMark,
}

impl Mark {
    #[inline]
    pub fn new(cx: &Cx<'_>) -> Mark {
        let data = cx.data();
        Mark { debts: data.debts.mark(), slots: data.slots.mark() }
    }

    /// Whether that is what it still holds.
    #[inline]
    pub fn is_now(self, cx: &Cx<'_>) -> bool {
        let data = cx.data();
        data.debts.mark() == self.debts && data.slots.mark() == self.slots
    }

    /// How many calls were registered.
    #[inline]
    pub fn debts(self) -> usize {
        self.debts
    }

    /// How many strings were in slots.
    #[inline]
    pub fn slots(self) -> SlotMark {
        self.slots
    }

    /// Makes good for the compiled adapters that a failure has unwound: what
    /// they deferred runs, innermost last one first, and their strings go.
    pub fn unwind(self, cx: &mut Cx<'_>) {
        cx.data_mut().slots.cut(self.slots);
        // The first failure is the outcome.
        let _ = run_registered(cx, self.debts);
    }
}

#[cold]
fn not_numeric() -> Error {
    Error::new(ErrorKind::WrongKind, "this function takes more than numbers")
}

/// What came out of guest code that failed.
#[cold]
pub(super) fn unwound(cx: &mut Cx<'_>, mark: Mark, error: wasmtime::Error) -> Error {
    let error = failure(cx, error);
    mark.unwind(cx);
    error
}

/// Core code calls the host.
fn enter_host(
    cx: &mut Cx<'_>,
    ty: &FuncType,
    body: &dyn Typed,
    raw: &mut [MaybeUninit<ValRaw>],
    home: Home,
) -> Result<()> {
    let rooted = cx.data().refs.mark();
    let mut args = cx.data_mut().scratch.vals.pop().unwrap_or_default();
    let mut results = cx.data_mut().scratch.vals.pop().unwrap_or_default();
    let outcome = (|| {
        args.clear();
        for (i, ty) in ty.params().iter().enumerate() {
            // SAFETY: core code gives one initialized word for each parameter
            // of the type that this function was made with.
            args.push(unsafe { from_raw(cx, *ty, raw[i].assume_init()) }?);
        }
        set_defaults(ty.results(), &mut results)?;
        catch_unwind(AssertUnwindSafe(|| body.call_vals(cx, &args, &mut results)))
            .unwrap_or_else(|panic| Err(panicked(&*panic)))?;
        // The guest runs again.
        settle_for(cx, home)?;
        for (i, (ty, val)) in ty.results().iter().zip(&results).enumerate() {
            raw[i].write(word_for(cx, i, *ty, val).map_err(|e| e.of_host_result(i))?);
        }
        expose(cx, rooted, |i, word| {
            raw[i].write(word);
        })
    })();
    cx.data_mut().refs.cut(rooted);
    args.clear();
    results.clear();
    give_back(&mut cx.data_mut().scratch.vals, results);
    give_back(&mut cx.data_mut().scratch.vals, args);
    outcome
}

/// The word of this position for a value, which must have this type. Of a
/// reference that is collected it is there when it is exposed.
#[inline]
pub(super) fn word_for(cx: &mut Cx<'_>, at: usize, ty: ValType, val: &Val<'_>) -> Result<ValRaw> {
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
pub(super) unsafe fn from_raw(cx: &mut Cx<'_>, ty: ValType, raw: ValRaw) -> Result<Val<'static>> {
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

/// Runs a host function; a panic becomes an error.
#[inline(always)]
pub(crate) fn guard(run: impl FnOnce() -> Result<()>) -> Result<()> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| Err(panicked(&*panic)))
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> Error {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    Trap::new(format!("a host function panicked: {text}")).into()
}

/// What came out of a call that failed.
pub(crate) fn failure(cx: &mut Cx<'_>, error: wasmtime::Error) -> Error {
    let frames = error.downcast_ref::<wasmtime::WasmBacktrace>().map(|b| frames(cx.data(), b));
    let code = error.downcast_ref::<wasmtime::Trap>().copied();
    let is_uncaught = error.is::<wasmtime::ThrownException>();
    let exit = crate::wasi::exit_status(&error);
    let error = match error.downcast::<Error>() {
        Ok(ours) => ours,
        Err(_) if let Some(status) = exit => Trap::exited(status).into(),
        Err(_) if is_uncaught => {
            cx.take_pending_exception();
            uncaught()
        }
        Err(other) => match code {
            Some(trap) => Trap::with_code(trap.to_string(), trap_code(trap)).into(),
            None => Trap::with_code(other.root_cause().to_string(), TrapCode::Other).into(),
        },
    };
    if let (Some(trap), Some(frames)) = (error.trap(), frames) {
        trap.set_frames(|| frames);
    }
    error
}

/// The most frames that a trap tells.
pub(crate) const FRAMES: usize = 20;
/// The most frames that the engine tells, of which some are no functions of a module that
/// the host knows.
pub(crate) const TRACED: usize = 3 * FRAMES;

fn frames(data: &StoreData, backtrace: &wasmtime::WasmBacktrace) -> Vec<Frame> {
    let frame = |info: &wasmtime::FrameInfo| {
        // What was added to a component is none of its functions.
        #[cfg(feature = "component")]
        if info.module().name() == Some(crate::abi::door::MODULE) {
            return None;
        }
        let start = info.module().image_range().start as usize;
        let name = data.modules.get(&start);
        let shift = name.map_or(0, |n| n.shift);
        let at = info.func_offset();
        let (func_index, func_offset, module_offset) = match name.and_then(|n| n.places.as_ref()) {
            // An adapter is no function of the module that the host knows.
            Some(places) => places.place(info.func_index(), at.unwrap_or(0))?,
            None => {
                let in_file = info.module_offset().unwrap_or(0).wrapping_add_signed(shift);
                (info.func_index(), at.unwrap_or(0), in_file)
            }
        };
        // None where the engine's own prologue trapped.
        let is_known = at.is_some();
        Some(Frame {
            func_index,
            func_name: info.func_name().map(str::to_owned),
            func_offset: if is_known { func_offset } else { 0 },
            module_offset: if is_known { module_offset } else { 0 },
            module: name.map_or(0, |n| n.id),
        })
    };
    backtrace.frames().iter().filter_map(frame).take(FRAMES).collect()
}

/// An exception that gets no further.
pub(crate) fn uncaught() -> Error {
    Trap::with_code("uncaught WebAssembly exception", TrapCode::Other).into()
}

fn trap_code(trap: wasmtime::Trap) -> TrapCode {
    use wasmtime::Trap as T;
    match trap {
        T::StackOverflow => TrapCode::StackOverflow,
        T::MemoryOutOfBounds => TrapCode::MemoryOutOfBounds,
        T::TableOutOfBounds => TrapCode::TableOutOfBounds,
        T::IndirectCallToNull | T::NullReference => TrapCode::NullReference,
        T::BadSignature => TrapCode::BadSignature,
        T::IntegerOverflow => TrapCode::IntegerOverflow,
        T::IntegerDivisionByZero => TrapCode::DivisionByZero,
        T::BadConversionToInteger => TrapCode::BadConversionToInteger,
        T::UnreachableCodeReached => TrapCode::Unreachable,
        T::Interrupt => TrapCode::Interrupted,
        T::OutOfFuel => TrapCode::OutOfFuel,
        T::AllocationTooLarge => TrapCode::AllocationTooLarge,
        _ => TrapCode::Other,
    }
}

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
    match ty.heap_type() {
        wasmtime::HeapType::Extern if ty.is_nullable() => ValType::ExternRef,
        wasmtime::HeapType::Func if ty.is_nullable() => ValType::FuncRef,
        _ => ValType::OtherRef,
    }
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

/// Checks that a store's number is this one's.
pub(crate) fn same_store(cx: &Cx<'_>, id: u64, what: &str) -> Result<()> {
    if cx.data().id == id { Ok(()) } else { Err(wrong_store(what)) }
}
