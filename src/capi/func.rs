//! Functions: calling them, and making them out of callbacks.
//!
//! Not here: values.

use super::base::boundary::{Foreign, List, caught, check_room, enter, need};
use super::base::cell::{Inside, StoreCell, Within, cell_of, wasm_store_t};
use super::base::failure::{Failure, report, to_error, to_trap};
use super::base::handle::{Reference, wasm_func_t, wasm_trap_t};
use super::base::object::{Body, wrong_kind};
use super::base::report::witrt_error_t;
use super::base::string::{self, Source, read_text};
use super::base::translate::{end_arg, give_val, lend_val, number, number_bits, take_val, to_val};
use super::base::value::{as_slots, as_vals, is_composite, kind_of, wasm_val_t, wasm_val_vec_t};
use super::base::vec::{Element as _, items};
use super::types::{TypeObj, TypeReference, wasm_functype_t};
use crate::tree::{Returned, Slot, is_within};
use crate::{Caller, Error, ErrorKind, Extern, Func, FuncType, Result, Val, ValType, Word};
use std::ffi::c_void;
use std::sync::Arc;

/// A host function. `args` and what is in it is lent for the call. `results`
/// has room for the results, whose kinds are filled in; the callback sets the
/// values and gives up what they own. A string there may be a handle that the
/// callback owns, or the callback's own struct, whose text is copied when it
/// returns. A value with parts may be one that the callback owns, as copies are, or
/// stand in memory that outlasts the callback, unlike its stack: it is read right
/// after it has returned.
///
/// What was lent, an argument or a part of one, may be a result as well: it stays the
/// caller's.
///
/// NULL for success; a trap that is returned is taken, and unwinds the guest. Then
/// too what is in `results` is given up, and deleted; a callback's own text is not
/// looked at. C++ exceptions must not leave it.
pub type wasm_func_callback_t = Option<
    unsafe extern "C" fn(
        args: *const wasm_val_vec_t,
        results: *mut wasm_val_vec_t,
    ) -> *mut wasm_trap_t,
>;

/// A host function with something of the host's, given when it was made.
pub type wasm_func_callback_with_env_t = Option<
    unsafe extern "C" fn(
        env: *mut c_void,
        args: *const wasm_val_vec_t,
        results: *mut wasm_val_vec_t,
    ) -> *mut wasm_trap_t,
>;

/// So many values of a call are on the stack; more use buffers of the store.
const ON_STACK: usize = 8;

/// The function behind a handle.
pub(super) fn get(func: Option<&wasm_func_t>) -> Result<&Func> {
    let obj = &need(func, "func")?.handle().obj;
    match &obj.body {
        Body::Func(func) => Ok(func),
        _ => Err(wrong_kind("func", obj)),
    }
}

/// Calls a function. NULL for success; else a trap, owned by the caller, and
/// the reason in the last error too.
///
/// `args` are borrowed, and of the kinds that the function takes. `results` is
/// the caller's memory: what is in it is overwritten, and owned by the caller
/// from then on; on a trap it stays as it is. It has room for all results that
/// the function has, or none: then they are given up. Elements beyond them are
/// left alone. Either vector may be NULL for an empty one. Room for some of the
/// results only, a wrong number or kind of arguments, ill-formed text and a busy
/// store are traps too, before the function runs; the message tells how many
/// there should be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_func_call(
    func: *const wasm_func_t,
    args: *const wasm_val_vec_t,
    results: *mut wasm_val_vec_t,
) -> Option<Box<wasm_trap_t>> {
    // SAFETY: what the header demands is what `call` does.
    match caught(|| Ok(unsafe { call(func, args, results, |cell, e| to_trap(cell, &e)) })) {
        Ok(Ok(())) => None,
        Ok(Err(trap)) => Some(trap),
        Err(panic) => Some(to_trap(None, &panic)),
    }
}

/// As `wasm_func_call`, with an error object, which tells what a trap does not:
/// the kind, the argument, the position in its text. True for success. `error`
/// may be NULL; what is written there is owned by the caller, NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_func_call(
    func: *const wasm_func_t,
    args: *const wasm_val_vec_t,
    results: *mut wasm_val_vec_t,
    error: *mut *mut witrt_error_t,
) -> bool {
    // SAFETY: what the header demands is what `call` does, and a writable
    // pointer or NULL.
    unsafe {
        report(error, || {
            call(func, args, results, |cell, error| Failure { error, cell }).map(|()| true)
        })
    }
}

/// Calls a function; `fail` makes something of an error while the store is
/// still there.
///
/// # Safety
///
/// The pointers must be NULL or what their types say; the results must be
/// writable.
#[inline]
unsafe fn call<E>(
    func: *const wasm_func_t,
    args: *const wasm_val_vec_t,
    results: *mut wasm_val_vec_t,
    fail: impl Fn(Option<Arc<StoreCell>>, Error) -> E,
) -> Result<(), E> {
    // SAFETY: the caller vouches for the handle.
    let found = unsafe { func.as_ref() }.map(|func| func.handle());
    let found = need(found, "func").and_then(|handle| Ok((handle.cell()?, &handle.obj)));
    let (cell, obj) = match found {
        Ok((cell, obj)) => (cell, Arc::as_ptr(obj)),
        Err(error) => return Err(fail(None, error)),
    };
    let outcome = cell.enter(|inside| {
        // SAFETY: the handle may be deleted from now on, but the store, which is
        // held, keeps the object.
        let obj = unsafe { &*obj };
        let done = match &obj.body {
            // SAFETY: the caller vouches for the vectors.
            Body::Func(func) => unsafe { call_inside(inside, func, args, results) },
            _ => Err(wrong_kind("func", obj)),
        };
        done.map_err(|error| fail(inside.cell(), error))
    });
    match outcome {
        Ok(done) => done,
        Err(busy) => Err(fail(None, busy)),
    }
}

/// # Safety
///
/// As for [`call`].
#[inline]
unsafe fn call_inside(
    inside: &mut Inside<'_>,
    func: &Func,
    args: *const wasm_val_vec_t,
    results: *mut wasm_val_vec_t,
) -> Result<()> {
    // SAFETY: the caller vouches for the vectors.
    let (args, room) = unsafe { (items(args, "args")?, room(results)?) };
    func.check_room(room)?;
    if func.ty().signature().is_some() {
        // SAFETY: as above.
        return unsafe { call_slots(inside, func, args, results, room) };
    }
    if func.is_numeric() && numbers_fit(func.ty(), args) {
        // SAFETY: as above.
        return unsafe { call_numbers(inside, func, args, results, room) };
    }
    // SAFETY: as above.
    unsafe { call_values(inside, func, args, results, room) }
}

/// How many results there is room for. What is there need not be initialised, and
/// is not looked at.
///
/// # Safety
///
/// The pointer must be NULL or a vector.
#[inline]
unsafe fn room(results: *const wasm_val_vec_t) -> Result<usize> {
    // SAFETY: the caller vouches for it.
    let Some(results) = (unsafe { results.as_ref() }) else { return Ok(0) };
    check_room(results.data, results.size, "results")?;
    Ok(results.size)
}

/// The way that everything can go.
///
/// # Safety
///
/// The arguments must be valid for the call, and at `results` there must be a
/// vector with `room` elements.
#[inline(never)]
unsafe fn call_values(
    inside: &mut Inside<'_>,
    func: &Func,
    args: &[wasm_val_t],
    results: *mut wasm_val_vec_t,
    room: usize,
) -> Result<()> {
    // Before a list is made of what may be many.
    func.check_args(args.len())?;
    let arity = func.ty().results().len();
    let mut values = List::<Val<'_>, ON_STACK>::new(args.len(), || spare(inside));
    for (i, arg) in args.iter().enumerate() {
        // SAFETY: the caller vouches for the arguments until the call is over.
        match unsafe { to_val(inside, arg) } {
            Ok(value) => values.push(value),
            Err(error) => return Err(error.of_argument(func.ty(), i)),
        }
    }
    let mut outcome = List::<Val<'static>, ON_STACK>::new(arity, || spare(inside));
    for _ in 0..arity {
        outcome.push(Val::I32(0));
    }
    func.call(inside.context(), values.as_mut_slice(), outcome.as_mut_slice())?;
    for (i, value) in outcome.as_mut_slice().iter_mut().take(room).enumerate() {
        let value = give_val(inside, std::mem::replace(value, Val::I32(0)));
        // SAFETY: `i` is below the vector's size, and the caller vouches for
        // the memory.
        unsafe { (*results).data.add(i).write(value) };
    }
    keep(inside, values.take_spare());
    keep(inside, outcome.take_spare());
    Ok(())
}

/// The way of a component's functions: values go as they lie.
///
/// # Safety
///
/// As for [`call_values`].
#[inline(never)]
unsafe fn call_slots(
    inside: &mut Inside<'_>,
    func: &Func,
    args: &[wasm_val_t],
    results: *mut wasm_val_vec_t,
    room: usize,
) -> Result<()> {
    let mut returned = Returned::default();
    // SAFETY: the caller vouches for the arguments.
    unsafe { func.call_slots(inside.context(), as_slots(args), read_text, &mut returned) }?;
    if room == 0 || func.ty().results().is_empty() {
        return Ok(());
    }
    let given = match returned.text.take() {
        Some(text) => give_val(inside, Val::String(text)),
        None => wasm_val_t::of_slot(returned.take()?),
    };
    // SAFETY: there is room for one.
    unsafe { (*results).data.write(given) };
    Ok(())
}

/// Whether these are the arguments of a function of numbers, few enough to be
/// words on the stack. Where they are not, the long way finds out why.
#[inline]
fn numbers_fit(ty: &FuncType, args: &[wasm_val_t]) -> bool {
    let params = ty.params();
    params.len() == args.len()
        && params.len() <= ON_STACK
        && ty.results().len() <= ON_STACK
        && params.iter().zip(args).all(|(ty, arg)| kind_of(*ty) == arg.kind)
}

/// The short way for functions of numbers.
///
/// # Safety
///
/// There must be as many arguments as parameters, of their kinds, and at
/// `results` a vector with `room` elements.
#[inline]
unsafe fn call_numbers(
    inside: &mut Inside<'_>,
    func: &Func,
    args: &[wasm_val_t],
    results: *mut wasm_val_vec_t,
    room: usize,
) -> Result<()> {
    let mut words = [Word::new(0); ON_STACK];
    for (word, arg) in words.iter_mut().zip(args) {
        *word = Word::new(number_bits(arg));
    }
    func.call_words(inside.context(), &mut words)?;
    let types = func.ty().results().iter().take(room);
    for (i, (ty, word)) in types.zip(words).enumerate() {
        // SAFETY: `i` is below the vector's size, and the caller vouches for
        // the memory.
        unsafe { (*results).data.add(i).write(number(*ty, word.bits())) };
    }
    Ok(())
}

#[cold]
fn spare<'a>(inside: &mut Inside<'_>) -> Vec<Val<'a>> {
    inside.tables().vals.pop().unwrap_or_default()
}

/// Keeps a buffer for the next call.
#[inline]
fn keep(inside: &mut Inside<'_>, spare: Option<Vec<Val<'_>>>) {
    if let Some(spare) = spare {
        debug_assert!(spare.is_empty());
        // SAFETY: it is empty, so that no value of the old lifetime is in it.
        let spare = unsafe { std::mem::transmute::<Vec<Val<'_>>, Vec<Val<'static>>>(spare) };
        inside.tables().vals.push(spare);
    }
}

/// A host function of this type, which is borrowed. NULL for a callback that
/// is NULL. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_func_new(
    store: Option<&wasm_store_t>,
    ty: Option<&wasm_functype_t>,
    callback: wasm_func_callback_t,
) -> Option<Box<wasm_func_t>> {
    enter(|| {
        let callback = need(callback, "callback")?;
        new(store, ty, || {
            // SAFETY: the callback's contract is the header's.
            move |args, results| unsafe { callback(args, results) }
        })
    })
}

/// A host function of this type, which is borrowed; `env` is given to each
/// call. The finalizer may be NULL; else it is called once with `env`, when the
/// function is gone: at the latest with its store. Where this fails it is not
/// called. NULL for a callback that is NULL. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_func_new_with_env(
    store: Option<&wasm_store_t>,
    ty: Option<&wasm_functype_t>,
    callback: wasm_func_callback_with_env_t,
    env: *mut c_void,
    finalizer: Option<unsafe extern "C" fn(*mut c_void)>,
) -> Option<Box<wasm_func_t>> {
    enter(|| {
        let callback = need(callback, "callback")?;
        new(store, ty, || with_env(callback, Foreign::new(env, finalizer)))
    })
}

type CallbackWithEnv = unsafe extern "C" fn(
    *mut c_void,
    *const wasm_val_vec_t,
    *mut wasm_val_vec_t,
) -> *mut wasm_trap_t;

/// A callback with what it is called with.
pub fn with_env(
    callback: CallbackWithEnv,
    env: Foreign,
) -> impl Fn(*const wasm_val_vec_t, *mut wasm_val_vec_t) -> *mut wasm_trap_t + Send + Sync + 'static
{
    // SAFETY: the callback's contract is the header's.
    move |args, results| unsafe { callback(env.data(), args, results) }
}

/// A host function. `callback` is called where nothing can fail any more, so that it
/// may take a finalizer over.
pub fn new<C>(
    store: Option<&wasm_store_t>,
    ty: Option<&wasm_functype_t>,
    callback: impl FnOnce() -> C,
) -> Result<Option<Box<wasm_func_t>>>
where
    C: Fn(*const wasm_val_vec_t, *mut wasm_val_vec_t) -> *mut wasm_trap_t + Send + Sync + 'static,
{
    let ty = need(ty, "type")?.ty().to_func()?.clone();
    let cell = cell_of(store)?;
    let home = Within(Arc::as_ptr(&cell));
    cell.enter(|inside| {
        let callback = callback();
        if ty.signature().is_some() {
            let called_type = ty.clone();
            let called = move |caller: Caller<'_>, args: &[Slot], returned: &mut Returned| {
                // SAFETY: as below.
                let cell = unsafe { &*home.get() };
                call_back_slots(cell, caller, &called_type, args, returned, &callback)
            };
            let func = Func::new_slots(inside.context(), ty, called);
            return Ok(Some(wasm_func_t::boxed(inside.extern_handle(Extern::Func(func)))));
        }
        let called_type = ty.clone();
        let func = Func::new(inside.context(), ty, move |caller, args, results| {
            // SAFETY: the function runs in its own store only, which is in
            // this cell.
            let cell = unsafe { &*home.get() };
            call_back(cell, caller, &called_type, args, results, &callback)
        });
        Ok(Some(wasm_func_t::boxed(inside.extern_handle(Extern::Func(func)))))
    })?
}

/// The guest, or the host, calls a callback.
fn call_back(
    cell: &StoreCell,
    caller: Caller<'_>,
    ty: &FuncType,
    args: &[Val<'_>],
    results: &mut [Val<'static>],
    callback: &impl Fn(*const wasm_val_vec_t, *mut wasm_val_vec_t) -> *mut wasm_trap_t,
) -> Result<()> {
    cell.callback(caller, |inside| {
        let mut lent = List::<Slot, ON_STACK>::new(args.len(), || spare_slots(inside));
        for arg in args {
            // SAFETY: every one is ended below, before `args` is gone.
            lent.push(*unsafe { lend_val(inside, arg) }.as_slot());
        }
        let mut given = List::<Slot, ON_STACK>::new(ty.results().len(), || spare_slots(inside));
        for ty in ty.results() {
            given.push(*wasm_val_t::zero(*ty).as_slot());
        }
        let trap = inside.lend(|| {
            let (args, results) = (as_vals(lent.as_mut_slice()), as_vals(given.as_mut_slice()));
            let args = wasm_val_vec_t { size: args.len(), data: args.as_mut_ptr() };
            let mut results = wasm_val_vec_t { size: results.len(), data: results.as_mut_ptr() };
            callback(&raw const args, &raw mut results)
        });
        let outcome = if trap.is_null() {
            take_results(inside, ty, as_vals(given.as_mut_slice()), results)
        } else {
            for given in as_vals(given.as_mut_slice()) {
                // SAFETY: the callback set the member that the kind names, or it is
                // zero, and gave up what it owns.
                unsafe { give_up(*given) };
            }
            // SAFETY: the callback gave up the trap that it returned.
            Err(to_error(unsafe { Box::from_raw(trap) }))
        };
        for arg in as_vals(lent.as_mut_slice()) {
            // SAFETY: they come from `lend_val`. The callback was told not to
            // change them.
            unsafe { end_arg(inside, *arg) };
        }
        inside.tables().slots.extend(lent.take_spare());
        inside.tables().slots.extend(given.take_spare());
        outcome
    })
}

/// A component, or the host, calls a callback of a component's type.
fn call_back_slots(
    cell: &StoreCell,
    caller: Caller<'_>,
    ty: &FuncType,
    args: &[Slot],
    returned: &mut Returned,
    callback: &impl Fn(*const wasm_val_vec_t, *mut wasm_val_vec_t) -> *mut wasm_trap_t,
) -> Result<()> {
    cell.callback(caller, |inside| {
        let mut given = [wasm_val_t::of_slot(returned.slot)];
        let trap = inside.lend(|| {
            // The callback was told not to change them.
            let data = args.as_ptr().cast_mut().cast::<wasm_val_t>();
            let args = wasm_val_vec_t { size: args.len(), data };
            let size = usize::from(returned.expected);
            let mut results = wasm_val_vec_t { size, data: given.as_mut_ptr() };
            callback(&raw const args, &raw mut results)
        });
        let [given] = given;
        // What a component lends owns nothing, and is no handle.
        let may_own = given.kind == 24 || is_composite(given.kind);
        let is_lent = returned.by_host
            && may_own
            && ty.signature().is_some_and(|signature| {
                // SAFETY: any bits are an address; the arguments were checked, and are
                // there until this returns.
                unsafe { is_within(&signature.params, args, given.as_slot().of.pointer) }
            });
        if !trap.is_null() {
            if returned.expected && !is_lent {
                // SAFETY: the callback set the member, and gave up what it owns.
                unsafe { give_up(given) };
            }
            // SAFETY: the callback gave up the trap that it returned.
            return Err(to_error(unsafe { Box::from_raw(trap) }));
        }
        if !returned.expected {
            return Ok(());
        }
        returned.read = read_text;
        if given.kind == 24 {
            // SAFETY: the callback set the member, and gave up what it owns. Its own
            // text is read before anything else of the host's runs.
            returned.text = Some(unsafe {
                match string::source(given.of.string)? {
                    Source::Host(text) => text,
                    Source::Handle(handle) if is_lent => handle.text()?.clone(),
                    Source::Handle(_) => string::take_result(inside, given.of.string)?,
                }
            });
            returned.slot = wasm_val_t::zero(ValType::String).as_slot().to_owned();
            return Ok(());
        }
        // What owns nothing is lent until it was taken.
        returned.slot = *given.as_slot();
        returned.owned = !is_lent;
        Ok(())
    })
}

/// Gives up a result of a callback that failed. An argument of it stays, and text of
/// its own is not looked at.
///
/// # Safety
///
/// The member that the kind names must be valid and owned, or zero.
unsafe fn give_up(given: wasm_val_t) {
    // SAFETY: the caller vouches for the member.
    unsafe {
        match given.kind {
            // An argument is told from what is owned.
            24 => drop(string::delete(given.of.string)),
            _ => given.release(),
        }
    }
}

#[cold]
fn spare_slots(inside: &mut Inside<'_>) -> Vec<Slot> {
    inside.tables().slots.pop().unwrap_or_default()
}

fn take_results(
    inside: &mut Inside<'_>,
    ty: &FuncType,
    given: &mut [wasm_val_t],
    results: &mut [Val<'static>],
) -> Result<()> {
    let mut outcome = Ok(());
    for (i, ((ty, given), result)) in ty.results().iter().zip(given).zip(results).enumerate() {
        // All are taken, so that nothing leaks where one is wrong.
        // SAFETY: the callback set the member that the kind names, and gave
        // up what it owns.
        let taken = unsafe { take_val(inside, *given) };
        let fitting = taken.and_then(|val| {
            if val.ty() == *ty {
                return Ok(val);
            }
            let message = format!("expected {ty}, found {}", val.ty());
            Err(Error::new(ErrorKind::WrongKind, message))
        });
        match fitting {
            Ok(val) => *result = val,
            Err(error) if outcome.is_ok() => outcome = Err(error.of_host_result(i)),
            Err(_) => {}
        }
    }
    outcome
}

/// A copy of its type. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_func_type(func: Option<&wasm_func_t>) -> Option<Box<wasm_functype_t>> {
    enter(|| Ok(Some(wasm_functype_t::boxed(TypeObj::func(get(func)?.ty().clone())))))
}

/// How many parameters it has.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_func_param_arity(func: Option<&wasm_func_t>) -> usize {
    enter(|| Ok(get(func)?.ty().params().len()))
}

/// How many results it has.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_func_result_arity(func: Option<&wasm_func_t>) -> usize {
    enter(|| Ok(get(func)?.ty().results().len()))
}
