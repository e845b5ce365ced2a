//! Prepared calls: the type is checked once, and a call takes no list of values.
//!
//! Not here: slots, what becomes of results, callbacks.

use super::base::boundary::{List, enter, need, null, quietly};
use super::base::cell::{Inside, StoreCell, StringBox};
use super::base::failure::{Failure, report};
use super::base::handle::{Reference, wasm_func_t};
use super::base::object::{Body, wrong_kind};
use super::base::report::witrt_error_t;
use super::base::string::{self, Source};
use super::base::text::wasm_string_t;
use super::base::translate::{to_externref, to_funcref};
use super::prepared_results::{INLINE, Kept, KeptText, Numbers, OneText, Results};
use super::slot::{SlotKind, witrt_slot_kind_t, witrt_slot_t};
use crate::{Arguments, Error, ErrorKind, Lower, Lowered as _};
use crate::{Prepared, Result, Word};
use crate::{Val, ValType};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A function that is ready to be called with slots.
///
/// It keeps its function and its store alive, and is used like the store: by
/// one thread at a time. Deleting is permitted on any thread at any time, also
/// while a call of it runs.
// Programs hold it as a reference that is counted, and each call has its own.
pub struct witrt_prepared_t {
    call: Prepared,
    params: Box<[SlotKind]>,
    results: Box<[SlotKind]>,
    /// Whether few numbers cross, and nothing else.
    is_numeric: bool,
    /// Whether all results are numbers.
    gives_numbers: bool,
    /// Whether some parameters are references, or strings that are not lent text.
    takes_vals: bool,
    /// Whether some results are references, or strings to be read later.
    gives_vals: bool,
    /// What the last call kept, and whether that is anything.
    kept: Mutex<Vec<KeptText>>,
    has_kept: AtomicBool,
    /// The store goes last.
    cell: Arc<StoreCell>,
}

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
) -> *mut witrt_prepared_t {
    let body = || {
        let handle = need(func, "func")?.handle();
        let Body::Func(func) = &handle.obj.body else {
            return Err(wrong_kind("func", &handle.obj));
        };
        let cell = handle.cell()?;
        // SAFETY: the header demands so many kinds.
        let ((params, takes), (results, gives)) = unsafe {
            (
                SlotKind::all(params, param_count, "params", false)?,
                SlotKind::all(results, result_count, "results", true)?,
            )
        };
        let call = Prepared::new(func, &takes, &gives)?;
        let (kept, has_kept) = (Mutex::default(), AtomicBool::new(false));
        let is_numeric = call.is_numeric() && params.len() <= INLINE && results.len() <= INLINE;
        let gives_numbers = results.iter().all(SlotKind::is_number);
        let takes_vals = params.iter().any(SlotKind::is_val);
        let gives_vals = results.iter().any(SlotKind::is_val);
        let prepared = witrt_prepared_t {
            call,
            params,
            results,
            is_numeric,
            gives_numbers,
            takes_vals,
            gives_vals,
            kept,
            has_kept,
            cell,
        };
        Ok::<_, Error>(Arc::into_raw(Arc::new(prepared)).cast_mut())
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}

/// Deletes it; not the function. NULL is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_prepared_delete(prepared: *mut witrt_prepared_t) {
    quietly(|| {
        if !prepared.is_null() {
            // SAFETY: the header demands one of the caller's own. A call that is
            // running has another reference.
            drop(unsafe { Arc::from_raw(prepared) });
        }
    })
}

/// A reference for a call, which outlives the caller's.
///
/// # Safety
///
/// The pointer must be NULL or a live prepared call.
#[inline]
unsafe fn hold(prepared: *const witrt_prepared_t) -> Result<Arc<witrt_prepared_t>> {
    if prepared.is_null() {
        return Err(null("prepared"));
    }
    // SAFETY: not NULL, so the caller vouches that it comes from
    // `witrt_func_prepare`, and has not been deleted.
    unsafe {
        Arc::increment_strong_count(prepared);
        Ok(Arc::from_raw(prepared))
    }
}

/// Calls the function. `args` has a slot for each parameter and `results` one
/// for each result; both are the caller's. True for success.
///
/// Arguments are borrowed, with what they point to. Of a result that is text,
/// the slot's `buffer` says where to write and how much room there is, and after
/// the call `text` in its place is what was written; or `grow` makes room, and learns
/// how long the text is. Other
/// results are written over what was in the slot: numbers, and strings and
/// references that the caller owns.
///
/// On failure the slots of results are as they were, though buffers may have
/// been written to, and room may have been made. `error` may be NULL; what is
/// written there is owned by the caller, NULL on success. It is as for
/// `witrt_func_call`, and one more: `WITRT_ERROR_BUFFER_TOO_SMALL` where the call
/// was made, but a text did not fit. All slots are written then; the size of
/// such a text is what is needed, and the text itself is kept for
/// `witrt_prepared_take_result`. It is the same where a `grow` refused, which is
/// `WITRT_ERROR_OUT_OF_MEMORY`; `witrt_error_capacity` tells the length.
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
    // SAFETY: the caller vouches for the handle.
    let prepared = unsafe { hold(prepared) }?;
    if args.is_null() && !prepared.params.is_empty() {
        return Err(null("args").into());
    }
    if results.is_null() && !prepared.results.is_empty() {
        return Err(null("results").into());
    }
    prepared.cell.enter_held(|inside| {
        // SAFETY: the caller vouches for the slots.
        unsafe { call_inside(inside, &prepared, args, results) }
            .map_err(|error| Failure { error, cell: inside.cell() })
    })?
}

/// # Safety
///
/// There must be as many slots as parameters and results.
#[inline]
unsafe fn call_inside(
    inside: &mut Inside<'_>,
    prepared: &witrt_prepared_t,
    args: *const witrt_slot_t,
    results: *mut witrt_slot_t,
) -> Result<()> {
    if prepared.is_numeric {
        // SAFETY: as above.
        return unsafe { call_numbers(inside, prepared, args, results) };
    }
    let (store, has_handles) = (inside.id(), prepared.takes_vals);
    let args = SlotArgs { store, kinds: &prepared.params, has_handles, slots: args };
    if prepared.gives_numbers {
        // SAFETY: as above.
        unsafe { call_for_numbers(inside, prepared, &args, results) }
    } else if let [kind @ (SlotKind::Text(_) | SlotKind::Grow(_))] = *prepared.results {
        // SAFETY: as above.
        unsafe { call_for_one_text(inside, prepared, &args, results, kind) }
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
    prepared: &witrt_prepared_t,
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
/// As for [`call_inside`], and the slot is of text of this kind.
#[inline(never)]
unsafe fn call_for_one_text(
    inside: &mut Inside<'_>,
    prepared: &witrt_prepared_t,
    args: &SlotArgs<'_>,
    slot: *mut witrt_slot_t,
    kind: SlotKind,
) -> Result<()> {
    prepared.forget();
    // SAFETY: the caller vouches for the slot.
    let mut outcome = unsafe { OneText::new(slot, kind) }?;
    let called = prepared.call.call(inside.context(), args, &mut outcome);
    if called.is_ok() {
        outcome.give();
    }
    prepared.end(called, outcome.kept)
}

/// The way for results that are not all numbers.
///
/// # Safety
///
/// As for [`call_inside`].
#[inline(never)]
unsafe fn call_for_text(
    inside: &mut Inside<'_>,
    prepared: &witrt_prepared_t,
    args: &SlotArgs<'_>,
    results: *mut witrt_slot_t,
) -> Result<()> {
    prepared.forget();
    // SAFETY: the caller vouches for the slots.
    let mut outcome = unsafe { Results::new(&prepared.results, results) }?;
    if prepared.gives_vals {
        outcome.vals = inside.tables().vals.pop().unwrap_or_default();
    }
    let called = prepared.call.call(inside.context(), args, &mut outcome);
    let done = called.and_then(|()| outcome.give(inside));
    if prepared.gives_vals {
        outcome.vals.clear();
        inside.tables().vals.push(std::mem::take(&mut outcome.vals));
    }
    prepared.end(done, outcome.kept)
}

/// The short way for few numbers.
///
/// # Safety
///
/// As for [`call_inside`].
#[inline(always)]
unsafe fn call_numbers(
    inside: &mut Inside<'_>,
    prepared: &witrt_prepared_t,
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
    /// Whether some are references, or strings that are not lent text.
    has_handles: bool,
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
    fn value<'a>(&self, i: usize) -> Result<Val<'a>> {
        let slot = self.slot(i);
        // SAFETY: the header demands that the member of the kind is set, and
        // that text stays as it is during the call.
        let val = unsafe {
            match self.kinds[i] {
                SlotKind::Lazy(_) => match string::source(slot.lazy.string) {
                    Ok(Source::Host(text)) => Ok(Val::String(text)),
                    Ok(Source::Handle(handle)) => handle.text().cloned().map(Val::String),
                    Err(error) => Err(error),
                },
                SlotKind::Reference(ValType::FuncRef) => {
                    to_funcref(self.store, slot.r#ref.as_ref()).map(Val::FuncRef)
                }
                _ => to_externref(self.store, slot.r#ref.as_ref()).map(Val::ExternRef),
            }
        };
        val.map_err(|error| error.at_argument(i))
    }

    /// The way for arguments with handles among them. All of these are read first:
    /// making room for a reference may run a finalizer, which may delete others.
    #[inline(never)]
    fn lower_handles<'a, L: Lower<'a>>(&self, into: &mut L) -> Result<()> {
        let count = self.kinds.iter().filter(|kind| kind.is_val()).count();
        let mut values = List::<Val<'a>, INLINE>::new(count, Vec::new);
        for (i, kind) in self.kinds.iter().enumerate() {
            if kind.is_val() {
                values.push(self.value(i)?);
            }
        }
        let mut values = values.as_mut_slice().iter();
        for (i, kind) in self.kinds.iter().enumerate() {
            match if kind.is_val() { values.next() } else { None } {
                None => self.lower_plain(i, kind, into)?,
                Some(Val::String(text)) => text.lower(into)?,
                Some(val) => into.value(val.clone()).map_err(|error| error.at_argument(i))?,
            }
        }
        Ok(())
    }

    /// Lowers a number or lent text.
    #[inline(always)]
    fn lower_plain<'a, L: Lower<'a>>(&self, i: usize, kind: &SlotKind, into: &mut L) -> Result<()> {
        let slot = self.slot(i);
        // SAFETY: the header demands that the member of the kind is set, and
        // that text stays as it is during the call.
        unsafe {
            match *kind {
                SlotKind::Text(encoding) => {
                    let text = slot.text(encoding).map_err(|error| error.at_argument(i))?;
                    into.text(text, None)
                }
                kind => into.number(slot.number(kind)),
            }
        }
    }
}

impl<'a> Arguments<'a> for SlotArgs<'_> {
    #[inline(always)]
    fn lower<L: Lower<'a>>(&self, into: &mut L) -> Result<()> {
        if self.has_handles {
            return self.lower_handles(into);
        }
        for (i, kind) in self.kinds.iter().enumerate() {
            self.lower_plain(i, kind, into)?;
        }
        Ok(())
    }
}

impl witrt_prepared_t {
    /// Forgets what an earlier call kept: when a call begins, and when it ends, since
    /// others may have been made within it.
    #[inline(always)]
    fn forget(&self) {
        if self.has_kept.load(Ordering::Relaxed) {
            self.keep(Vec::new());
        }
    }

    /// The end of a call that has written all its slots, or failed.
    #[inline(always)]
    fn end(&self, done: Result<()>, kept: Kept) -> Result<()> {
        match kept {
            Some(short) if done.is_ok() => {
                self.keep(short.texts);
                Err(short.error)
            }
            _ => {
                self.forget();
                done
            }
        }
    }

    #[cold]
    fn keep(&self, new: Vec<KeptText>) {
        self.has_kept.store(!new.is_empty(), Ordering::Relaxed);
        let old = std::mem::replace(&mut *self.kept(), new);
        drop(old);
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<KeptText>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The result of this index of the last call, if its buffer was too small for
/// it or its `grow` refused. Owned by the caller, who may ask once; NULL where there is none, which
/// includes a call that failed otherwise. The next call forgets it.
///
/// The last call is the one that returned last: right after a call this is its
/// own text, whatever calls were made within it, and it is gone where one is made
/// after it, such as by a callback that returns to another call of the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_prepared_take_result(
    prepared: *const witrt_prepared_t,
    index: usize,
) -> *mut wasm_string_t {
    enter(|| {
        // SAFETY: the header demands a prepared call or NULL.
        let prepared = unsafe { hold(prepared) }?;
        prepared.cell.enter_held(|inside| {
            let mut kept = prepared.kept();
            let at = kept.iter().position(|text| text.index == index);
            let Some(at) = at else {
                let message = format!("no text of result {index} is kept");
                return Err(Error::new(ErrorKind::OutOfRange, message));
            };
            Ok(StringBox::give(inside, kept.swap_remove(at).text))
        })?
    })
}
