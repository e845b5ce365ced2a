//! A component's functions as functions like any other, and functions of any kind
//! as what a component imports.
//!
//! Not here: how values cross.

#![allow(unsafe_code)] // it vouches for values that it makes itself

use super::call::Function;
use super::check::{Checker, Notes};
use super::convert::{Take, fill, read};
use super::host::HostFunction;
use crate::abi::GuestEncoding;
use crate::error::{Error, ErrorKind, Result};
use crate::guest::call::guard;
use crate::guest::context::{Caller, Cx};
use crate::guest::func::{Body, Func, Typed};
use crate::guest::stack::check_depth;
use crate::guest::tree::arena::Arena;
use crate::guest::tree::slot::kind;
use crate::guest::tree::{Of, ReadText, Returned, Slot, Trust, copy, plain_text};
use crate::guest::value::Val;
use crate::types::FuncType;
use crate::types::tree::{Field, Fields, Type};
use std::sync::Arc;

impl Typed for Function {
    fn call(&self, cx: &mut Cx<'_>, args: &[Val<'_>], results: &mut [Val<'static>]) -> Result<()> {
        let mut returned = Returned::default();
        let mut arena = Arena::new(0);
        let slots = all(cx, &mut arena, args)?;
        // SAFETY: the slots refer to the values, the arena, and each other.
        unsafe { Function::call(self, cx, &slots, plain_text, &mut returned) }?;
        give(&mut returned, results)
    }

    unsafe fn call_slots(
        &self,
        cx: &mut Cx<'_>,
        args: &[Slot],
        read: ReadText,
        returned: &mut Returned,
        _: Trust,
    ) -> Option<Result<()>> {
        // SAFETY: the caller vouches for the arguments.
        Some(unsafe { Function::call(self, cx, args, read, returned) })
    }
}

fn all(cx: &mut Cx<'_>, arena: &mut Arena, vals: &[Val<'_>]) -> Result<Vec<Slot>> {
    vals.iter().map(|val| fill(cx, arena, val)).collect()
}

/// Makes values of what was returned.
fn give(returned: &mut Returned, results: &mut [Val<'static>]) -> Result<()> {
    let Some(result) = results.first_mut() else { return Ok(()) };
    *result = match returned.text.take() {
        Some(text) => Val::String(text),
        // SAFETY: what was returned is there, and is copied.
        None => unsafe { read(&returned.slot, Take::Copy, returned.read) }?,
    };
    Ok(())
}

/// Checks what goes to or comes from a host function that another host calls.
///
/// # Safety
///
/// What the slots point to must be there.
unsafe fn verify(
    cx: &mut Cx<'_>,
    what: &str,
    fields: &Fields,
    slots: &[Slot],
    read: ReadText,
) -> Result<()> {
    let mut notes = Notes::default();
    let encoding = GuestEncoding::default();
    let mut checker = Checker { cx, notes: &mut notes, read, encoding, home: None };
    // SAFETY: the caller vouches for it.
    let checked = unsafe { checker.all(what, fields, slots) };
    notes.settle(false);
    checked
}

/// Whether these are one text.
fn is_text(results: &Fields) -> bool {
    matches!(results.fields.first(), Some(Field { ty: Type::String, .. }))
}

/// A host function that takes slots.
pub(crate) struct SlotFunc<F> {
    body: F,
    ty: FuncType,
}

impl<F> SlotFunc<F>
where
    F: Fn(Caller<'_>, &[Slot], &mut Returned) -> Result<()> + Send + Sync + 'static,
{
    /// One of this type.
    pub fn new_func(store: u64, ty: FuncType, body: F) -> Func {
        Func::new_typed(store, ty.clone(), Arc::new(SlotFunc { body, ty }))
    }
}

impl<F> Typed for SlotFunc<F>
where
    F: Fn(Caller<'_>, &[Slot], &mut Returned) -> Result<()> + Send + Sync + 'static,
{
    fn call(&self, cx: &mut Cx<'_>, args: &[Val<'_>], results: &mut [Val<'static>]) -> Result<()> {
        let mut arena = Arena::new(0);
        let slots = all(cx, &mut arena, args)?;
        let mut returned = Returned::default();
        // SAFETY: the slots refer to the values, the arena, and each other.
        let done =
            unsafe { self.call_slots(cx, &slots, plain_text, &mut returned, Trust::Unchecked) };
        done.unwrap_or(Ok(()))?;
        give(&mut returned, results)
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
        let mut run = || {
            if trust == Trust::Unchecked {
                // SAFETY: the caller vouches for the arguments.
                unsafe { verify(cx, "parameter", &signature.params, args, read) }?;
            }
            let caller = Caller(wasmtime::AsContextMut::as_context_mut(cx));
            if let Some(result) = signature.results.fields.first() {
                returned.expected = true;
                returned.slot = Slot { kind: result.ty.kind(), of: Of { u64: 0 } };
            }
            guard(|| (self.body)(caller, args, returned))?;
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
            unsafe { verify(cx, "result", results, slots, returned.read) }?;
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
    let Body::Typed(body) = &func.0.body else {
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
        unsafe { verify(cx, "parameter", &signature.params, args, texts) }?;
    }
    // SAFETY: as above.
    let vals = args.iter().map(|slot| unsafe { read(slot, Take::Borrow, texts) });
    let vals = vals.collect::<Result<Vec<_>>>()?;
    let mut results = vec![Val::Option(None); func.0.ty.results().len()];
    body.call(cx, &vals, &mut results)?;
    let Some(result) = results.pop() else { return Ok(()) };
    if let Val::String(text) = result {
        returned.text = Some(text);
        return Ok(());
    }
    keep(cx, result, returned)
}

/// Returns a value, which is kept where it is as long as its slot is.
fn keep(cx: &mut Cx<'_>, val: Val<'static>, returned: &mut Returned) -> Result<()> {
    let mut kept = Box::new((Arena::new(0), val));
    let (arena, val) = &mut *kept;
    returned.slot = fill(cx, arena, val)?;
    returned.keep = Some(kept);
    Ok(())
}

/// A function that serves an import.
pub(crate) struct Imported(pub Func);

impl HostFunction for Imported {
    fn call(&self, host: &mut Cx<'_>, args: &[Slot], returned: &mut Returned) -> Result<()> {
        // SAFETY: arguments of a host function are there until it returns.
        unsafe { call_slots(&self.0, host, args, plain_text, returned, Trust::Checked) }
    }
}
