//! A component's functions as functions like any other, and functions of any kind
//! as what a component imports.
//!
//! Not here: how values cross.

#![allow(unsafe_code)] // it vouches for values that it makes itself

use super::call::Function;
use super::check::{Checker, Notes};
use super::convert::{Take, fill, read};
use super::host::HostFunction;
use super::walk_lift::scalar;
use crate::abi::GuestEncoding;
use crate::error::{Error, ErrorKind, Result};
use crate::guest::StoreData;
use crate::guest::context::{Caller, Cx};
use crate::guest::core_func::{CoreFunc, Word};
use crate::guest::func::put;
use crate::guest::stack::check_depth;
use crate::guest::traps::guard;
use crate::guest::tree::arena::Arena;
use crate::guest::tree::slot::kind;
use crate::guest::tree::{
    Arg, Is, Kept, Of, Out, Passed, ReadText, Returned, Slot, SlotBody, Trust, copy, plain_text,
};
use crate::guest::value::{Body, Callable, Func, Val};
use crate::types::kind::extended;
use crate::types::layout::{Flat, MAX_FLAT_PARAMS};
use crate::types::tree::{Field, Fields, Side, Signature, Type};
use crate::types::{FuncType, ValType};
use std::sync::Arc;
use wasmtime::component::LinkerInstance;

impl Callable for Function {
    fn call(&self, cx: &mut Cx<'_>, args: &[Arg<'_>], results: &mut [Out<'_>]) -> Result<()> {
        if !args.iter().any(|arg| matches!(arg.is(), Is::Val(_))) {
            return self.call_ends(cx, args, results);
        }
        let mut arena = Arena::new(0);
        let slot = |arg: &Arg<'_>| match arg.is() {
            Is::Val(val) => fill(cx, &mut arena, val),
            _ => Ok(Slot::NONE),
        };
        let slots = args.iter().map(slot).collect::<Result<Vec<_>>>()?;
        let both = args.iter().zip(&slots).map(|(arg, slot)| match arg.is() {
            Is::Val(_) => Arg::slot(slot),
            _ => *arg,
        });
        self.call_ends(cx, &both.collect::<Vec<_>>(), results)
    }

    fn call_vals(
        &self,
        cx: &mut Cx<'_>,
        args: &[Val<'_>],
        results: &mut [Val<'static>],
    ) -> Result<()> {
        with_values(self, cx, args, results)
    }

    unsafe fn call_slots(
        &self,
        cx: &mut Cx<'_>,
        args: &[Slot],
        read: ReadText,
        returned: &mut Returned,
        trust: Trust,
    ) -> Option<Result<()>> {
        // SAFETY: the caller vouches for the arguments.
        Some(unsafe { Function::call(self, cx, args, read, returned, trust) })
    }
}

/// Calls with slots that are made of values, and makes a value of what is returned.
fn with_values(
    func: &dyn Callable,
    cx: &mut Cx<'_>,
    args: &[Val<'_>],
    results: &mut [Val<'static>],
) -> Result<()> {
    let Some(result) = results.first_mut() else {
        return with_slots(func, cx, args.iter(), fill).map(drop);
    };
    *result = value(with_slots(func, cx, args.iter(), fill)?)?;
    Ok(())
}

/// The same with the ends of a call of this type.
fn with_ends(
    func: &dyn Callable,
    ty: &FuncType,
    cx: &mut Cx<'_>,
    args: &[Arg<'_>],
    results: &mut [Out<'_>],
) -> Result<()> {
    let of = args.iter().enumerate();
    let returned =
        with_slots(func, cx, of, |cx, arena, (i, arg)| fill(cx, arena, &arg.to_val(ty, i)?))?;
    match (ty.results().first(), results.first_mut()) {
        (Some(ty), Some(out)) => put(cx, *ty, value(returned)?, out),
        _ => Ok(()),
    }
}

fn with_slots<A>(
    func: &dyn Callable,
    cx: &mut Cx<'_>,
    args: impl Iterator<Item = A>,
    slot: impl Fn(&mut Cx<'_>, &mut Arena, A) -> Result<Slot>,
) -> Result<Returned> {
    let mut arena = Arena::new(0);
    let slots = args.map(|arg| slot(cx, &mut arena, arg)).collect::<Result<Vec<_>>>()?;
    let mut returned = Returned::default();
    // SAFETY: the slots refer to the arguments, the arena, and each other.
    let done = unsafe { func.call_slots(cx, &slots, plain_text, &mut returned, Trust::Unchecked) };
    done.unwrap_or(Ok(()))?;
    Ok(returned)
}

fn value(mut returned: Returned) -> Result<Val<'static>> {
    match returned.text.take() {
        Some(text) => Ok(Val::String(text)),
        // SAFETY: what was returned is there, and is copied.
        None => unsafe { read(&returned.slot, Take::Copy, returned.read) },
    }
}

/// Checks what goes to or comes from a host function that another host calls, or what
/// becomes values, in which text stays as it is.
///
/// # Safety
///
/// What the slots point to must be there.
unsafe fn verify(
    cx: &mut Cx<'_>,
    side: Side,
    fields: &Fields,
    slots: &[Slot],
    read: ReadText,
    encoding: Option<GuestEncoding>,
) -> Result<()> {
    let mut notes = Notes::default();
    let mut checker =
        Checker { cx, notes: &mut notes, read, encoding, trust: Trust::Unchecked, home: None };
    // SAFETY: the caller vouches for it.
    let checked = unsafe { checker.all(side, fields, slots) };
    notes.settle(false);
    checked
}

/// Whether these are one text.
fn is_text(results: &Fields) -> bool {
    matches!(results.fields.first(), Some(Field { ty: Type::String, .. }))
}

/// A host function that takes slots.
pub(crate) struct SlotFunc<B> {
    body: B,
    ty: FuncType,
}

impl<B: SlotBody> SlotFunc<B> {
    /// One of this type.
    pub fn new_func(store: u64, ty: FuncType, body: B) -> Func {
        Func::new_callable(store, ty.clone(), Arc::new(SlotFunc { body, ty }))
    }
}

impl<B: SlotBody> Callable for SlotFunc<B> {
    fn call(&self, cx: &mut Cx<'_>, args: &[Arg<'_>], results: &mut [Out<'_>]) -> Result<()> {
        with_ends(self, &self.ty, cx, args, results)
    }

    fn call_vals(
        &self,
        cx: &mut Cx<'_>,
        args: &[Val<'_>],
        results: &mut [Val<'static>],
    ) -> Result<()> {
        with_values(self, cx, args, results)
    }

    unsafe fn call_slots(
        &self,
        cx: &mut Cx<'_>,
        args: &[Slot],
        read: ReadText,
        returned: &mut Returned,
        trust: Trust,
    ) -> Option<Result<()>> {
        let signature = self.ty.signature()?;
        let hosts = Some(GuestEncoding::default());
        let mut run = || {
            if trust == Trust::Unchecked {
                // SAFETY: the caller vouches for the arguments.
                unsafe { verify(cx, Side::Parameter, &signature.params, args, read, hosts) }?;
            }
            let caller = Caller(wasmtime::AsContextMut::as_context_mut(cx));
            returned.by_host = trust == Trust::Unchecked;
            if let Some(result) = signature.results.fields.first() {
                returned.expected = true;
                returned.slot = Slot { kind: result.ty.kind(), of: Of { u64: 0 } };
            }
            guard(|| self.body.call(caller, args, returned))?;
            let results = &signature.results;
            if let Some(text) = returned.text.take_if(|_| is_text(results)) {
                returned.text = Some(match trust {
                    Trust::Checked => text,
                    Trust::Unchecked => text.into_owned(cx)?,
                });
                return Ok(());
            }
            returned.text = None;
            if trust == Trust::Checked {
                return Ok(());
            }
            let slots = &[returned.slot][..results.fields.len()];
            // SAFETY: the host function vouches for what it returned.
            unsafe { verify(cx, Side::Result, results, slots, returned.read, hosts) }?;
            if !(kind::LIST..=kind::BORROW).contains(&returned.slot.kind) {
                return Ok(());
            }
            // It may be the host function's own, or an argument.
            // SAFETY: as above.
            let slot = unsafe { copy(&returned.slot, returned.read) }?;
            *returned = Returned::default();
            (returned.slot, returned.owned) = (slot, true);
            Ok(())
        };
        Some(run())
    }

    fn define(
        self: Arc<Self>,
        linker: &mut LinkerInstance<'_, StoreData>,
        name: &str,
        ty: &Signature,
    ) -> Option<wasmtime::Result<()>> {
        self.body.is_direct().then(|| {
            super::direct::define(
                linker,
                name,
                ty,
                move |caller: Caller<'_>, passed: &mut Passed<'_, '_>| {
                    self.body.call_direct(caller, passed)
                },
            )
        })
    }
}

/// Calls any function with slots.
///
/// # Safety
///
/// What the arguments point to must be there until this returns.
pub(crate) unsafe fn call_slots(
    func: &Func,
    cx: &mut Cx<'_>,
    args: &[Slot],
    texts: ReadText,
    returned: &mut Returned,
    trust: Trust,
) -> Result<()> {
    func.check_store(cx)?;
    let Body::Callable(body) = &func.0.body else {
        let message = "a core function takes no values of components";
        return Err(Error::new(ErrorKind::WrongKind, message));
    };
    check_depth(cx)?;
    // SAFETY: the caller vouches for the arguments.
    if let Some(done) = unsafe { body.call_slots(cx, args, texts, returned, trust) } {
        return done;
    }
    if let Some(signature) = func.0.ty.signature()
        && trust == Trust::Unchecked
    {
        // SAFETY: as above.
        unsafe { verify(cx, Side::Parameter, &signature.params, args, texts, None) }?;
    }
    // SAFETY: as above.
    unsafe {
        with_lists(cx, args, texts, func.0.ty.results().len(), returned, |cx, args, results| {
            body.call_vals(cx, args, results)
        })
    }
}

/// Makes lists of values of slots, for what takes those.
///
/// # Safety
///
/// What the arguments point to must be there until this returns.
unsafe fn with_lists(
    cx: &mut Cx<'_>,
    args: &[Slot],
    texts: ReadText,
    results: usize,
    returned: &mut Returned,
    call: impl FnOnce(&mut Cx<'_>, &[Val<'_>], &mut [Val<'static>]) -> Result<()>,
) -> Result<()> {
    // SAFETY: the caller vouches for the arguments.
    let vals = args.iter().map(|slot| unsafe { read(slot, Take::Borrow, texts) });
    let vals = vals.collect::<Result<Vec<_>>>()?;
    let mut results = vec![Val::Option(None); results];
    call(cx, &vals, &mut results)?;
    let Some(result) = results.pop() else { return Ok(()) };
    if let Val::String(text) = result {
        returned.text = Some(text);
        return Ok(());
    }
    let (kept, slot) = Kept::new(result, |arena, val| fill(cx, arena, val))?;
    (returned.kept, returned.slot) = (Some(kept), slot);
    Ok(())
}

/// A function that serves an import of this type.
pub(crate) struct Imported {
    func: Func,
    ty: Signature,
}

impl Imported {
    pub fn new(func: Func, ty: &Signature) -> Imported {
        Imported { func, ty: ty.clone() }
    }
}

impl HostFunction for Imported {
    fn call(&self, host: &mut Cx<'_>, args: &[Slot], returned: &mut Returned) -> Result<()> {
        match &self.func.0.body {
            Body::Core(core) => {
                self.func.check_store(host)?;
                check_depth(host)?;
                return call_core(core, host, &self.ty, args, returned);
            }
            Body::Callable(body) if body.serves(&self.ty).is_some() => {
                check_depth(host)?;
                let results = self.ty.results.fields.len();
                // SAFETY: arguments of a host function are there until it returns.
                return unsafe {
                    with_lists(host, args, plain_text, results, returned, |host, args, results| {
                        body.call_as(host, &self.ty, args, results)
                    })
                };
            }
            Body::Callable(_) => {}
        }
        // SAFETY: arguments of a host function are there until it returns.
        unsafe { call_slots(&self.func, host, args, plain_text, returned, Trust::Checked) }
    }

    fn define(
        self: Arc<Self>,
        linker: &mut LinkerInstance<'_, StoreData>,
        name: &str,
    ) -> Option<wasmtime::Result<()>> {
        match &self.func.0.body {
            Body::Callable(body) => body.clone().define(linker, name, &self.ty),
            Body::Core(_) => None,
        }
    }
}

/// Whether a function of core code can stand for one of a component: its values are
/// numbers, `bool` and `char`, each in the core value that components pass it in.
pub(crate) fn stands_for(ty: &Signature, core: &FuncType) -> bool {
    let fits = |fields: &Fields, core: &[ValType]| {
        let ok = |(field, core): (&Field, &ValType)| match (&field.ty, field.ty.flat()) {
            (Type::Scalar(_), [flat]) => {
                *core
                    == match flat {
                        Flat::I32 => ValType::I32,
                        Flat::I64 => ValType::I64,
                        Flat::F32 => ValType::F32,
                        Flat::F64 => ValType::F64,
                    }
            }
            _ => false,
        };
        fields.fields.len() == core.len() && fields.fields.iter().zip(core).all(ok)
    };
    core.signature().is_none()
        && fits(&ty.params, core.params())
        && fits(&ty.results, core.results())
}

/// Calls core code, whose type stands for this one.
fn call_core(
    core: &CoreFunc,
    cx: &mut Cx<'_>,
    ty: &Signature,
    args: &[Slot],
    returned: &mut Returned,
) -> Result<()> {
    let mut few = [Word::new(0); MAX_FLAT_PARAMS];
    let mut many = Vec::new();
    let words = match few.get_mut(..args.len().max(1)) {
        Some(words) => words,
        None => {
            many.resize(args.len(), Word::new(0));
            &mut many[..]
        }
    };
    for (word, slot) in words.iter_mut().zip(args) {
        *word = Word::new(extended(slot.kind, slot.bits()));
    }
    core.call_words(cx, words)?;
    if let (Some(Field { ty: Type::Scalar(kind), .. }), [first, ..]) =
        (ty.results.fields.first(), &*words)
    {
        returned.slot = scalar(*kind, first.bits())?;
    }
    Ok(())
}
