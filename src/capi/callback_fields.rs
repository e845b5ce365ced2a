//! Host functions with values that are described.
//!
//! Not here: what a description says; callbacks with plain slots.

use super::base::boundary::{Foreign, enter, need};
use super::base::cell::{Inside, StoreCell, Within, cell_of, wasm_store_t};
use super::base::failure::{report, to_error};
use super::base::handle::{Reference as _, wasm_func_t};
use super::base::report::witrt_error_t;
use super::base::string::read_text;
use super::callback::{SlotCallback, of_kinds, witrt_caller_t, witrt_slot_callback_t};
use super::described::{Spare, Spares, roots, typed};
use super::field::{Root, fields, witrt_field_t};
use super::prepare_fields::plain;
use super::slot::{SlotKind, not_of_call, witrt_slot_t};
use super::types::{TypeReference, wasm_functype_t};
use crate::string::Text;
use crate::tree::{
    Arena, For, HostResult, Node, Passed, Place, Returned, Slot, SlotBody, copy, is_within,
    pour_into,
};
use crate::wit::{Signature, Type};
use crate::{Caller, Error, ErrorKind, Extern, Func, FuncType, Policy, Result, Str};
use std::cell::Cell;
use std::ffi::c_void;
use std::sync::Arc;

/// A host function for an import of this type, which is borrowed, with values that are
/// described as for `witrt_func_prepare_fields`. The callback, `env`, the finalizer and
/// `error` are as for `witrt_func_new_with_slots`. Owned by the caller; NULL for a type of
/// no component, and where the description does not fit it.
///
/// Arguments are valid until the callback returns: a list as `span`, a struct as `value`,
/// text as `text`. One for which there are functions is put where the callback says, with
/// `witrt_caller_argument`.
///
/// What is shown is read only. Where a component calls, text in its encoding, and lists whose
/// elements lie as the component has them, are in the component's own memory, also those
/// that a struct points to: nothing is copied. They stay as they are for all of the callback,
/// which may call other functions of the store: not the instance that calls, which is busy
/// (`WITRT_ERROR_STORE_BUSY`), so that nobody moves or changes its memory. Afterwards it may
/// be anywhere: what is kept is to be copied, and another thread that reads is to be done
/// when the callback returns. Everything else is shown in memory of the store's, or of the
/// host that calls, under the same rules.
///
/// A result that is described is copied as soon as the callback has returned, or with
/// `witrt_caller_return_value`, and text that is the result itself with
/// `witrt_caller_return_text`: what ends with the callback is returned with these. It may
/// point to what the arguments show.
/// Resources in it stay the callback's own handles, one that is the result itself is
/// given up.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_func_new_with_fields(
    store: Option<&wasm_store_t>,
    ty: Option<&wasm_functype_t>,
    params: *const witrt_field_t,
    param_count: usize,
    results: *const witrt_field_t,
    result_count: usize,
    callback: witrt_slot_callback_t,
    env: *mut c_void,
    finalizer: Option<unsafe extern "C" fn(*mut c_void)>,
    error: *mut *mut witrt_error_t,
) -> Option<Box<wasm_func_t>> {
    let body = || {
        let callback = need(callback, "callback")?;
        let ty = need(ty, "type")?.ty().to_func()?;
        // SAFETY: the header demands so many descriptions.
        let (params, results) = unsafe {
            (fields(params, param_count, "params")?, fields(results, result_count, "results")?)
        };
        // Where kinds say all there is to say, core code calls it without more.
        if ty.signature().is_none()
            && let (Some(takes), Some(gives)) = (plain(params), plain(results))
            && (&*takes.1, &*gives.1) == (ty.params(), ty.results())
            && takes.0.iter().chain(&gives.0).all(|kind| !matches!(kind, SlotKind::Grow(_)))
        {
            return of_kinds(store, callback, env, finalizer, takes, gives);
        }
        let signature = typed(ty)?;
        let ty = match ty.signature() {
            Some(_) => ty.clone(),
            // It is called with values as components have them.
            None => FuncType::from((*signature).clone()),
        };
        // SAFETY: the header demands descriptions.
        let (params, results) = unsafe {
            (
                roots(params, &signature.params, "parameter", For::Writing)?,
                roots(results, &signature.results, "result", For::Reading)?,
            )
        };
        if params.iter().any(Root::is_grown) {
            return Err(not_of_call());
        }
        let cell = cell_of(store)?;
        let home = Within(Arc::as_ptr(&cell));
        cell.enter(|inside| {
            // Nothing fails from here on: the finalizer is taken over.
            let env = Foreign::new(env, finalizer);
            let spares = Spares::default();
            let passes = params.iter().chain(&results).all(Root::passes);
            let host = Host { callback, env, home, signature, params, results, spares, passes };
            let func = Func::new_described(inside.context(), ty, host);
            Ok::<_, Error>(Some(wasm_func_t::boxed(inside.extern_handle(Extern::Func(func)))))
        })?
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}

pub(super) struct Host {
    pub callback: SlotCallback,
    pub env: Foreign,
    pub home: Within,
    pub signature: Arc<Signature>,
    pub params: Box<[Root]>,
    pub results: Box<[Root]>,
    pub spares: Spares,
    passes: bool,
}

impl SlotBody for Host {
    fn call(&self, caller: Caller<'_>, args: &[Slot], returned: &mut Returned) -> Result<()> {
        Host::call(self, caller, args, returned)
    }

    fn is_direct(&self) -> bool {
        self.passes
    }

    fn call_direct(&self, caller: Caller<'_>, passed: &mut Passed<'_, '_>) -> Result<HostResult> {
        self.call_passed(caller, passed)
    }
}

/// What a callback with described values answers.
pub(super) struct Answer<'a> {
    host: &'a Host,
    way: Way<'a>,
    /// Memory for what arguments that were put into the host's objects point to. It stays
    /// until the result is taken, which may be in it.
    behind: Cell<Option<Spare>>,
}

/// What a callback may ask for while it runs.
pub(super) trait Passing {
    /// Puts an argument into an object of the host's.
    ///
    /// # Safety
    ///
    /// It must be one of the description.
    unsafe fn put(&self, index: usize, node: &Node, value: *mut c_void) -> Result<()>;
    /// Copies what a slot holds, as the result.
    ///
    /// # Safety
    ///
    /// The member of the kind must be set, and what it points to be there.
    unsafe fn give(&self, root: &Root, slot: &witrt_slot_t, ty: &Type) -> Result<()>;
    /// Copies a text, as the result.
    fn give_text(&self, text: Text<'_>, policy: Policy) -> Result<()>;
}

/// How its values cross.
#[derive(Clone, Copy)]
pub(super) enum Way<'a> {
    /// As slots, with what was returned before the callback has.
    Slots(&'a [Slot], &'a Cell<Option<Returned>>),
    /// As a component has them.
    Passed(&'a dyn Passing),
}

impl<'a> Answer<'a> {
    pub fn new(host: &'a Host, way: Way<'a>) -> Answer<'a> {
        Answer { host, way, behind: Cell::new(None) }
    }
}

impl Drop for Answer<'_> {
    fn drop(&mut self) {
        if let Some(spare) = self.behind.take() {
            self.host.spares.keep_result(spare);
        }
    }
}

impl Host {
    fn call(&self, caller: Caller<'_>, args: &[Slot], returned: &mut Returned) -> Result<()> {
        // SAFETY: the function runs in its own store only, which is in this cell.
        let cell = unsafe { &*self.home.get() };
        cell.callback(caller, |inside| {
            let mut spare = self.spares.take();
            let done = self.answer(inside, cell, args, returned, &mut spare.arena, &mut spare.lent);
            // The result may be in it.
            self.spares.keep_result(spare);
            done
        })
    }

    fn answer(
        &self,
        inside: &mut Inside<'_>,
        cell: &StoreCell,
        args: &[Slot],
        returned: &mut Returned,
        arena: &mut Arena,
        lent: &mut Vec<witrt_slot_t>,
    ) -> Result<()> {
        let fields = &self.signature.params.fields;
        for (i, ((root, field), arg)) in self.params.iter().zip(fields).zip(args).enumerate() {
            // SAFETY: the arguments were checked, and are there until this returns.
            let slot = unsafe { root.shown(inside, &field.ty, arg, arena, !returned.by_host) };
            lent.push(slot.map_err(|error| error.at_argument(i))?);
        }
        let mut results = [witrt_slot_t::ZERO];
        let given = Cell::new(None);
        let answer = Answer::new(self, Way::Slots(args, &given));
        let kinds = match self.results.first() {
            Some(Root::Plain(kind)) => std::slice::from_ref(kind),
            _ => &[],
        };
        let trap = {
            let this = std::ptr::from_ref(&answer).cast();
            let caller = witrt_caller_t::described(cell, kinds, give_text, this);
            inside.lend(|| {
                let (args, results) = (lent.as_ptr(), results.as_mut_ptr());
                // SAFETY: the callback's contract is the header's.
                unsafe { (self.callback)(self.env.data(), &caller, args, results) }
            })
        };
        let first = self.results.first();
        let is_lent = |slot: &witrt_slot_t| {
            // SAFETY: any bits are an address, and what refers to an argument is told by
            // that; the arguments were checked, and are there until this returns.
            unsafe {
                let params = &self.signature.params;
                is_within(params, args, slot.val.as_slot().of.pointer)
                    || is_within(params, args, slot.value)
            }
        };
        if !trap.is_null() {
            if let Some(root) = first.filter(|_| !is_lent(&results[0])) {
                // SAFETY: the callback set the member of the kind, or it is zero, and gave
                // up what it owns.
                unsafe { root.give_up(&results[0]) };
            }
            // SAFETY: the callback gave up the trap that it returned.
            return Err(to_error(unsafe { Box::from_raw(trap) }));
        }
        let Some(root) = first else { return Ok(()) };
        let given = match given.take() {
            Some(given) => Ok(given),
            // A component reads it at once, before anything of the host's runs.
            None if !returned.by_host && root.is_only_read() => {
                let field = self.signature.results.fields.first();
                // SAFETY: the callback set the member of the kind, or it is zero.
                let lent = field.map(|field| unsafe {
                    root.lend(&results[0], &field.ty, arena, || "result".into())
                });
                lent.unwrap_or(Ok(Slot::NONE)).map(|slot| Returned::of_lent(slot, read_text))
            }
            None => {
                // SAFETY: the callback set the member of the kind, or it is zero, and gave
                // up what it owns, after it was copied.
                unsafe {
                    let given = self.take(inside, root, &results[0]);
                    if !is_lent(&results[0]) {
                        root.give_up(&results[0]);
                    }
                    given
                }
            }
        };
        let by_host = returned.by_host;
        *returned = given.map_err(|error| error.context("the host function"))?;
        (returned.by_host, returned.expected) = (by_host, true);
        Ok(())
    }

    /// A copy of what a slot holds.
    ///
    /// # Safety
    ///
    /// The member of the kind must be set, and what it points to be there.
    unsafe fn take(
        &self,
        inside: &mut Inside<'_>,
        root: &Root,
        slot: &witrt_slot_t,
    ) -> Result<Returned> {
        let Some(field) = self.signature.results.fields.first() else {
            return Err(Error::new(ErrorKind::OutOfRange, "there is no result"));
        };
        let mut spare = self.spares.take();
        // SAFETY: the caller vouches for the slot, and it is copied before the arena goes.
        let done = unsafe {
            let lent = root.lend(slot, &field.ty, &mut spare.arena, || "result".into());
            lent.and_then(|lent| match field.ty == Type::String {
                true => {
                    let text = read_text(lent.of.text)?.to_string(inside.context())?;
                    Ok(Returned::of_text(Str::from(text)))
                }
                // It is copied with what it points to.
                false => copy(&lent, read_text).map(Returned::of_copy),
            })
        };
        self.spares.keep(spare);
        done
    }
}

/// The call of a callback with values that are described.
///
/// # Safety
///
/// The callback must be running.
unsafe fn answer<'a>(caller: Option<&'a witrt_caller_t>) -> Result<&'a Answer<'a>> {
    let answer = need(caller, "caller")?.answer().cast::<Answer<'_>>();
    // SAFETY: it is one where it is not NULL, and is there until the callback returns.
    unsafe { answer.as_ref() }
        .ok_or_else(|| Error::new(ErrorKind::WrongKind, "the callback's values are not described"))
}

/// Puts an argument into an object of the host's that its description is of: for those
/// that have functions, a container of C++ for example, and possible for all that are
/// described. Handles of resources in it are then the callback's. False, with the reason
/// in the last error, for an index of no such argument, and where a function refuses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_caller_argument(
    caller: Option<&witrt_caller_t>,
    index: usize,
    value: *mut c_void,
) -> bool {
    enter(|| {
        // SAFETY: the callback is running.
        let (answer, cell) = unsafe { (answer(caller)?, need(caller, "caller")?.cell()) };
        let host = answer.host;
        let field = host.signature.params.fields.get(index);
        let (Some(Root::Host(node)), Some(field)) = (host.params.get(index), field) else {
            let message = format!("parameter {index} is not described");
            return Err(Error::new(ErrorKind::OutOfRange, message));
        };
        if value.is_null() {
            return Err(super::base::boundary::null("value"));
        }
        node.aligned(value, "value")?;
        let args = match answer.way {
            Way::Slots(args, _) => args,
            Way::Passed(passing) => {
                // SAFETY: the header demands such an object.
                return unsafe { passing.put(index, node, value) }.map(|()| true);
            }
        };
        let Some(arg) = args.get(index) else { return Ok(false) };
        cell.enter_held(|inside| {
            let mut spare = answer.behind.take().unwrap_or_else(|| host.spares.take());
            let mut place = Place::arena(&mut spare.arena);
            // SAFETY: the header demands such an object; the argument was checked.
            let done = unsafe {
                pour_into(node, &field.ty, arg, read_text, inside.context(), value, &mut place)
            };
            answer.behind.set(Some(spare));
            done.map(|()| true)
        })?
    })
}

/// Text that a callback returns, whose values are described.
///
/// # Safety
///
/// The callback must be running.
pub(super) unsafe fn give_text(
    caller: &witrt_caller_t,
    inside: &mut Inside<'_>,
    text: Text<'_>,
) -> Result<()> {
    // SAFETY: the caller vouches for it.
    let answer = unsafe { answer(Some(caller)) }?;
    match answer.way {
        Way::Slots(_, given) => {
            given.set(Some(Returned::of_text(Str::new_in(inside.context(), text)?)));
            Ok(())
        }
        Way::Passed(passing) => passing.give_text(text, inside.engine().ill_formed()),
    }
}

/// Returns a value as the result of a callback with described values: what `result` holds,
/// as a slot of that result, is copied at once, and the result's own slot is not looked
/// at. False, with the reason in the last error, for an index of no result, and for what
/// is no such value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_caller_return_value(
    caller: Option<&witrt_caller_t>,
    index: usize,
    result: *const witrt_slot_t,
) -> bool {
    enter(|| {
        // SAFETY: the callback is running.
        let (answer, cell) = unsafe { (answer(caller)?, need(caller, "caller")?.cell()) };
        if result.is_null() {
            return Err(super::base::boundary::null("result"));
        }
        let host = answer.host;
        let field = host.signature.results.fields.get(index);
        let (Some(root), Some(field)) = (host.results.get(index), field) else {
            return Err(Error::new(ErrorKind::OutOfRange, format!("there is no result {index}")));
        };
        // SAFETY: the header demands a slot of that result.
        cell.enter_held(|inside| unsafe {
            match answer.way {
                Way::Slots(_, given) => given.set(Some(host.take(inside, root, &*result)?)),
                Way::Passed(passing) => passing.give(root, &*result, &field.ty)?,
            }
            Ok(true)
        })?
    })
}
