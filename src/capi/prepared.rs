//! Prepared calls: the type is checked once, and a call takes no list of values.
//!
//! Not here: slots, what becomes of results, callbacks.

use super::boundary::{enter, need, null, quietly};
use super::error::{Failure, report, witrt_error_t};
use super::families::*;
use super::handle::{Body, Reference, wrong_kind};
use super::prepared_results::{Numbers, OneText, Results};
use super::slot::{SlotKind, witrt_slot_kind_t, witrt_slot_t};
use super::store::{Inside, StoreCell};
use super::string::{copy_to, encoding_of, wasm_encoding_t, wasm_string_t};
use super::string_box::{self, Source, StringBox};
use super::value::{to_externref, to_funcref};
use crate::{Arguments, Encoding, Error, ErrorKind, Lower, Lowered as _};
use crate::{Prepared, Result, Word};
use crate::{Str, Val, ValType};
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A function that is ready to be called with slots.
///
/// It keeps its function and its store alive, and is used like the store: by
/// one thread at a time. Deleting is permitted on any thread at any time, also
/// while a call of it runs.
pub struct witrt_prepared_t {
    cell: Arc<StoreCell>,
    inner: Box<PreparedCall>,
}

/// What a prepared call is made of.
pub struct PreparedCall {
    call: Prepared,
    params: Box<[SlotKind]>,
    pub(super) results: Box<[SlotKind]>,
    /// Whether few numbers cross, and nothing else.
    is_numeric: bool,
    /// Whether all results are numbers.
    gives_numbers: bool,
    /// Whether some are references, or strings to be read later.
    gives_vals: bool,
    /// Results of the last call that did not fit their buffers, and whether
    /// there are any.
    kept: Mutex<Vec<(usize, Str<'static>)>>,
    has_kept: AtomicBool,
}

/// So many results of a call are on the stack.
pub(super) const INLINE: usize = 8;

/// Prepares a function for calls with slots of these kinds, which must fit its
/// type. Owned by the caller; NULL, with `WITRT_ERROR_WRONG_KIND`, where they do
/// not fit. `error` may be NULL; what is written there is owned by the caller,
/// NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_func_prepare(
    func: Option<&wasm_func_t>,
    params: *const witrt_slot_kind_t,
    param_count: usize,
    results: *const witrt_slot_kind_t,
    result_count: usize,
    error: *mut *mut witrt_error_t,
) -> Option<Box<witrt_prepared_t>> {
    let body = || {
        let handle = need(func, "func")?.handle();
        let Body::Func(func) = &handle.obj.body else {
            return Err(wrong_kind("func", &handle.obj));
        };
        let cell = handle.cell()?.clone();
        // SAFETY: the header demands so many kinds.
        let ((params, takes), (results, gives)) = unsafe {
            (
                SlotKind::all(params, param_count, "params")?,
                SlotKind::all(results, result_count, "results")?,
            )
        };
        let call = Prepared::new(func, &takes, &gives)?;
        let (kept, has_kept) = (Mutex::default(), AtomicBool::new(false));
        let is_numeric = call.is_numeric() && params.len() <= INLINE && results.len() <= INLINE;
        let gives_numbers = results.iter().all(SlotKind::is_number);
        let gives_vals = results.iter().any(SlotKind::is_val);
        let inner = PreparedCall {
            call,
            params,
            results,
            is_numeric,
            gives_numbers,
            gives_vals,
            kept,
            has_kept,
        };
        Ok::<_, Error>(Some(Box::new(witrt_prepared_t { cell, inner: Box::new(inner) })))
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}

/// Deletes it; not the function. NULL is accepted.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_prepared_delete(prepared: Option<Box<witrt_prepared_t>>) {
    quietly(|| {
        if let Some(prepared) = prepared {
            let witrt_prepared_t { cell, inner } = *prepared;
            cell.dispose(inner);
        }
    })
}

/// Calls the function. `args` has a slot for each parameter and `results` one
/// for each result; both are the caller's. True for success.
///
/// Arguments are borrowed, with what they point to. Of a result that is text,
/// the slot's `buffer` says where to write and how much room there is, and
/// afterwards how long the text is. Other results are written over what was in
/// the slot: numbers, and strings and references that the caller owns.
///
/// On failure the slots of results are as they were, though buffers may have
/// been written to. `error` may be NULL; what is written there is owned by the
/// caller, NULL on success. It is as for `witrt_func_call`, and one more:
/// `WITRT_ERROR_BUFFER_TOO_SMALL` where the call was made, but a text did not
/// fit. All slots are written then; the length of such a text is what is
/// needed, and the text itself is kept for `witrt_prepared_take_result`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_prepared_call(
    prepared: *const witrt_prepared_t,
    args: *const witrt_slot_t,
    results: *mut witrt_slot_t,
    error: *mut *mut witrt_error_t,
) -> bool {
    // SAFETY: what the header demands is what `call` does, and a writable
    // pointer or NULL.
    unsafe { report(error, || call(prepared, args, results).map(|()| true)) }
}

/// # Safety
///
/// The pointers must be NULL or what the header says.
#[inline]
unsafe fn call(
    prepared: *const witrt_prepared_t,
    args: *const witrt_slot_t,
    results: *mut witrt_slot_t,
) -> Result<(), Failure> {
    // A callback may delete the handle: from here on only the store is used,
    // which the door keeps alive, and the inner part, which the store keeps.
    // SAFETY: the caller vouches for the handle.
    let prepared = need(unsafe { prepared.as_ref() }, "prepared")?;
    // SAFETY: as said above.
    let (cell, inner) =
        unsafe { (&*Arc::as_ptr(&prepared.cell), &*std::ptr::from_ref(prepared.inner.as_ref())) };
    if args.is_null() && !inner.params.is_empty() {
        return Err(null("args").into());
    }
    if results.is_null() && !inner.results.is_empty() {
        return Err(null("results").into());
    }
    cell.enter(|inside| {
        // SAFETY: the caller vouches for the slots.
        unsafe { call_inside(inside, inner, args, results) }
            .map_err(|error| Failure { error, cell: inside.cell() })
    })?
}

/// # Safety
///
/// There must be as many slots as parameters and results.
#[inline]
unsafe fn call_inside(
    inside: &mut Inside<'_>,
    prepared: &PreparedCall,
    args: *const witrt_slot_t,
    results: *mut witrt_slot_t,
) -> Result<()> {
    if prepared.is_numeric {
        // SAFETY: as above.
        return unsafe { call_numbers(inside, prepared, args, results) };
    }
    let args = SlotArgs { store: inside.id(), kinds: &prepared.params, slots: args };
    if prepared.gives_numbers {
        // SAFETY: as above.
        unsafe { call_for_numbers(inside, prepared, &args, results) }
    } else if let [SlotKind::Text(encoding)] = *prepared.results {
        // SAFETY: as above.
        unsafe { call_for_one_text(inside, prepared, &args, results, encoding) }
    } else {
        // SAFETY: as above.
        unsafe { call_for_text(inside, prepared, &args, results) }
    }
}

/// The way for results that are numbers.
///
/// # Safety
///
/// As for [`call_inside`].
#[inline(never)]
unsafe fn call_for_numbers(
    inside: &mut Inside<'_>,
    prepared: &PreparedCall,
    args: &SlotArgs<'_>,
    results: *mut witrt_slot_t,
) -> Result<()> {
    // SAFETY: the caller vouches for the slots; all results are numbers.
    let mut outcome = unsafe { Numbers::new(&prepared.results, results) };
    prepared.call.call(inside.context(), args, &mut outcome)
}

/// The way for one result that is text.
///
/// # Safety
///
/// As for [`call_inside`], and the slot is of text of this encoding.
#[inline(never)]
unsafe fn call_for_one_text(
    inside: &mut Inside<'_>,
    prepared: &PreparedCall,
    args: &SlotArgs<'_>,
    slot: *mut witrt_slot_t,
    encoding: Encoding,
) -> Result<()> {
    if prepared.has_kept.load(Ordering::Relaxed) {
        prepared.forget_kept();
    }
    // SAFETY: the caller vouches for the slot.
    let mut outcome = unsafe { OneText::new(prepared, slot, encoding) }?;
    prepared.call.call(inside.context(), args, &mut outcome)?;
    outcome.give()
}

/// The way for results that are not all numbers.
///
/// # Safety
///
/// As for [`call_inside`].
#[inline(never)]
unsafe fn call_for_text(
    inside: &mut Inside<'_>,
    prepared: &PreparedCall,
    args: &SlotArgs<'_>,
    results: *mut witrt_slot_t,
) -> Result<()> {
    if prepared.has_kept.load(Ordering::Relaxed) {
        prepared.forget_kept();
    }
    // SAFETY: the caller vouches for the slots.
    let mut outcome = unsafe { Results::new(prepared, results) }?;
    if prepared.gives_vals {
        outcome.vals = inside.tables().vals.pop().unwrap_or_default();
    }
    let called = prepared.call.call(inside.context(), args, &mut outcome);
    let given = called.and_then(|()| outcome.give(inside));
    if prepared.gives_vals {
        outcome.vals.clear();
        inside.tables().vals.push(outcome.vals);
    }
    given
}

/// The short way for few numbers.
///
/// # Safety
///
/// As for [`call_inside`].
#[inline(always)]
unsafe fn call_numbers(
    inside: &mut Inside<'_>,
    prepared: &PreparedCall,
    args: *const witrt_slot_t,
    results: *mut witrt_slot_t,
) -> Result<()> {
    let mut words = [Word::new(0); INLINE];
    for (i, (word, kind)) in words.iter_mut().zip(&prepared.params).enumerate() {
        // SAFETY: the caller vouches for the slots.
        *word = Word::new(unsafe { (*args.add(i)).number(*kind) });
    }
    prepared.call.call_words(inside.context(), &mut words)?;
    for (i, (word, kind)) in words.iter().zip(&prepared.results).enumerate() {
        // SAFETY: as above.
        unsafe { results.add(i).write(witrt_slot_t::of_number(*kind, word.bits())) };
    }
    Ok(())
}

/// The slots of arguments.
struct SlotArgs<'k> {
    /// The number of the store.
    store: u64,
    kinds: &'k [SlotKind],
    /// As many as kinds.
    slots: *const witrt_slot_t,
}

impl SlotArgs<'_> {
    #[inline(always)]
    fn slot(&self, i: usize) -> &witrt_slot_t {
        debug_assert!(i < self.kinds.len());
        // SAFETY: `call_inside` is given as many slots as there are kinds.
        unsafe { &*self.slots.add(i) }
    }

    /// What is neither a number nor lent text.
    #[inline(never)]
    fn lower_value<'a, L: Lower<'a>>(&self, i: usize, into: &mut L) -> Result<()> {
        let slot = self.slot(i);
        // SAFETY: the header demands that the member of the kind is set, and
        // that text stays as it is during the call.
        let val = unsafe {
            match self.kinds[i] {
                SlotKind::Lazy(_) => match string_box::source(slot.lazy.string) {
                    Ok(Source::Host(text)) => return text.lower(into),
                    Ok(Source::Handle(handle)) => match handle.text() {
                        Ok(text) => return text.lower(into),
                        Err(error) => Err(error),
                    },
                    Err(error) => Err(error),
                },
                SlotKind::Reference(ValType::FuncRef) => {
                    to_funcref(self.store, slot.r#ref.as_ref()).map(Val::FuncRef)
                }
                _ => to_externref(self.store, slot.r#ref.as_ref()).map(Val::ExternRef),
            }
        };
        val.and_then(|val| into.value(val)).map_err(|error| argument(error, i))
    }
}

impl<'a> Arguments<'a> for SlotArgs<'_> {
    #[inline(always)]
    fn lower<L: Lower<'a>>(&self, into: &mut L) -> Result<()> {
        for (i, kind) in self.kinds.iter().enumerate() {
            let slot = self.slot(i);
            // SAFETY: the header demands that the member of the kind is set,
            // and that text stays as it is during the call.
            unsafe {
                if kind.is_number() {
                    into.number(slot.number(*kind))?;
                } else if let SlotKind::Text(encoding) = *kind {
                    let text = slot.text(encoding).map_err(|error| argument(error, i))?;
                    into.text(text, None)?;
                } else {
                    self.lower_value(i, into)?;
                }
            }
        }
        Ok(())
    }
}

#[cold]
fn argument(error: Error, i: usize) -> Error {
    error.context(format_args!("argument {i}")).at_argument(i)
}

impl PreparedCall {
    /// Keeps text that did not fit.
    #[cold]
    pub(super) fn keep(&self, index: usize, text: Str<'static>) {
        self.kept().push((index, text));
        self.has_kept.store(true, Ordering::Relaxed);
    }

    #[cold]
    fn forget_kept(&self) {
        self.kept().clear();
        self.has_kept.store(false, Ordering::Relaxed);
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<(usize, Str<'static>)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The result of this index of the last call, if its buffer was too small for
/// it. Owned by the caller, who may ask once; NULL where there is none. The next
/// call forgets it.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_prepared_take_result(
    prepared: Option<&witrt_prepared_t>,
    index: usize,
) -> *mut wasm_string_t {
    enter(|| {
        let prepared = need(prepared, "prepared")?;
        prepared.cell.enter(|inside| {
            let mut kept = prepared.inner.kept();
            let at = kept.iter().position(|(i, _)| *i == index);
            let Some(at) = at else {
                let message = format!("no text of result {index} is kept");
                return Err(Error::new(ErrorKind::OutOfRange, message));
            };
            let (_, text) = kept.swap_remove(at);
            Ok(StringBox::give(inside, text))
        })?
    })
}

/// Copies a string as `wasm_string_copy` does, and deletes it: one call for
/// what is read once. False, and the string is as it was, where it cannot be
/// copied. `error` may be NULL; what is written there is owned by the caller,
/// NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_string_take(
    string: *mut wasm_string_t,
    encoding: wasm_encoding_t,
    destination: *mut c_void,
    capacity: usize,
    error: *mut *mut witrt_error_t,
) -> bool {
    let body = || {
        let encoding = encoding_of(encoding)?;
        // SAFETY: the header demands what `wasm_string_copy` demands, and that
        // the string is the caller's.
        unsafe {
            copy_to(string, encoding, destination, capacity, std::ptr::null_mut())?;
            string_box::delete(string)?;
        }
        Ok::<_, Error>(true)
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}
