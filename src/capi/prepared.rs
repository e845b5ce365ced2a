//! Prepared calls: the type is checked once, and a call takes no list of values.
//!
//! Not here: slots, callbacks.

use super::base::boundary::{enter, need, null, quietly};
use super::base::cell::{Inside, StoreCell, StringBox};
use super::base::failure::{Failure, report};
use super::base::handle::{Reference, wasm_func_t};
use super::base::report::witrt_error_t;
use super::base::string::{self, Source};
use super::base::text::wasm_string_t;
use super::base::translate::{give_val, to_externref, to_funcref};
use super::described::{self, Described};
use super::field::Root;
use super::slot::{SlotKind, witrt_lazy_t, witrt_slot_kind_t, witrt_slot_t};
use crate::string::Text;
use crate::tree::{Arg, Out, Returned, Sink};
use crate::wit::Type;
use crate::{Error, ErrorKind, Func, Prepared, Result, Str, Val, ValType, Word};
use std::mem::MaybeUninit;
use std::slice::{from_raw_parts, from_raw_parts_mut};
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
    way: Way,
    /// In place of kinds, where values are described.
    described: Option<Box<Described>>,
    /// What the last call kept, and whether that is anything.
    kept: Mutex<Vec<Kept>>,
    has_kept: AtomicBool,
    /// The store goes last.
    cell: Arc<StoreCell>,
}

/// What crosses in a call.
#[derive(Clone, Copy)]
enum Way {
    /// Few numbers, and nothing else.
    Words,
    /// The same, and lent text among the arguments.
    Numbers,
    /// The same, and text among the results.
    Texts,
    /// References too, or strings that are not lent text.
    Handles,
    /// So many values that they are not on the stack.
    Many,
    /// Values that were described.
    Described,
}

/// A result that there was no room for.
struct Kept {
    /// Which result it is.
    index: usize,
    value: Returned,
}

// SAFETY: what its slot refers to is in an arena that goes with it, or it is text; both
// may go to another thread.
unsafe impl Send for Kept {}

/// So many values of a call are on the stack,
const INLINE: usize = 32;
/// and so many words of one of numbers.
const WORDS: usize = 8;

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
        let cell = need(func, "func")?.handle().cell()?;
        let func = super::func::get(func)?;
        // SAFETY: the header demands so many kinds.
        let (params, results) = unsafe {
            (
                SlotKind::all(params, param_count, "params", false)?,
                SlotKind::all(results, result_count, "results", true)?,
            )
        };
        give(of_kinds(func, cell, params, results)?)
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}

/// One for the caller.
pub(super) fn give(prepared: witrt_prepared_t) -> Result<*mut witrt_prepared_t> {
    Ok(Arc::into_raw(Arc::new(prepared)).cast_mut())
}

/// Prepares a function for slots of these kinds, and types.
pub(super) fn of_kinds(
    func: &Func,
    cell: Arc<StoreCell>,
    (params, takes): (Box<[SlotKind]>, Vec<ValType>),
    (results, gives): (Box<[SlotKind]>, Vec<ValType>),
) -> Result<witrt_prepared_t> {
    let call = Prepared::new(func, &takes, &gives)?;
    let count = params.len().max(results.len());
    let way = if call.is_numeric() && count <= WORDS {
        Way::Words
    } else if count > INLINE {
        Way::Many
    } else if params.iter().chain(&results).any(SlotKind::is_val) {
        Way::Handles
    } else if results.iter().any(SlotKind::is_written) {
        Way::Texts
    } else {
        Way::Numbers
    };
    Ok(witrt_prepared_t { params, results, way, ..witrt_prepared_t::new(call, cell) })
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
    let (takes, gives) = match &prepared.described {
        None => (prepared.params.len(), prepared.results.len()),
        Some(described) => described.counts(),
    };
    if args.is_null() && takes > 0 {
        return Err(null("args").into());
    }
    if results.is_null() && gives > 0 {
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
    // SAFETY: as above.
    unsafe {
        match prepared.way {
            Way::Words => call_numbers(inside, prepared, args, results),
            Way::Numbers => call_slots::<false, false>(inside, prepared, args, results),
            Way::Texts => call_slots::<true, false>(inside, prepared, args, results),
            Way::Handles => call_slots::<true, true>(inside, prepared, args, results),
            Way::Many => call_many(inside, prepared, args, results),
            Way::Described => call_described(inside, prepared, args, results),
        }
    }
}

/// The way for values that are described.
///
/// # Safety
///
/// As for [`call_inside`].
#[inline(never)]
unsafe fn call_described(
    inside: &mut Inside<'_>,
    prepared: &witrt_prepared_t,
    args: *const witrt_slot_t,
    results: *mut witrt_slot_t,
) -> Result<()> {
    let Some(described) = &prepared.described else { return Ok(()) };
    prepared.forget();
    // SAFETY: the caller vouches for the slots.
    let done = unsafe { described::call(inside, described, &prepared.call, args, results) };
    // A call may have been made within this one.
    prepared.forget();
    done.map_err(|(error, kept)| {
        if let Some(value) = kept {
            prepared.keep(vec![Kept { index: 0, value }]);
        }
        error
    })
}

/// What a call is made of. Nothing is there at first.
struct Room<'a> {
    texts: *mut Text<'a>,
    args: *mut Arg<'a>,
    sinks: *mut Sink,
    outs: *mut Out<'a>,
}

/// The way for values on the stack.
///
/// # Safety
///
/// As for [`call_inside`], and there may be no more than [`INLINE`] parameters or results.
/// Without `TEXTS` no result may be text, and without `HANDLES` no value a handle.
#[inline(never)]
unsafe fn call_slots<const TEXTS: bool, const HANDLES: bool>(
    inside: &mut Inside<'_>,
    prepared: &witrt_prepared_t,
    args: *const witrt_slot_t,
    results: *mut witrt_slot_t,
) -> Result<()> {
    let mut texts = [const { MaybeUninit::<Text<'_>>::uninit() }; INLINE];
    let mut ins = [const { MaybeUninit::<Arg<'_>>::uninit() }; INLINE];
    let mut sinks = [const { MaybeUninit::<Sink>::uninit() }; INLINE];
    let mut outs = [const { MaybeUninit::<Out<'_>>::uninit() }; INLINE];
    let (texts, ins) = (texts.as_mut_ptr().cast(), ins.as_mut_ptr().cast());
    let (sinks, outs) = (sinks.as_mut_ptr().cast(), outs.as_mut_ptr().cast());
    let room = Room { texts, args: ins, sinks, outs };
    // SAFETY: the caller vouches for the slots, and there is room.
    unsafe {
        match HANDLES {
            false => call_in::<TEXTS>(inside, prepared, args, results, room, None),
            true => call_aside(inside, prepared, args, results, room),
        }
    }
}

/// The way that every call can go, with values that are not on the stack.
///
/// # Safety
///
/// As for [`call_inside`].
#[inline(never)]
unsafe fn call_many(
    inside: &mut Inside<'_>,
    prepared: &witrt_prepared_t,
    args: *const witrt_slot_t,
    results: *mut witrt_slot_t,
) -> Result<()> {
    let count = prepared.params.len().max(prepared.results.len());
    let mut texts = Vec::<Text<'_>>::with_capacity(count);
    let mut ins = Vec::<Arg<'_>>::with_capacity(count);
    let mut sinks = Vec::<Sink>::with_capacity(count);
    let mut outs = Vec::<Out<'_>>::with_capacity(count);
    let (texts, ins) = (texts.as_mut_ptr(), ins.as_mut_ptr());
    let (sinks, outs) = (sinks.as_mut_ptr(), outs.as_mut_ptr());
    let room = Room { texts, args: ins, sinks, outs };
    // SAFETY: the caller vouches for the slots, and there is room.
    unsafe { call_aside(inside, prepared, args, results, room) }
}

/// Values of a call that are neither numbers nor lent text.
struct Aside<'a> {
    lent: Vec<Val<'a>>,
    got: Vec<Val<'static>>,
}

/// The way that every call can go.
///
/// # Safety
///
/// As for [`call_inside`], and there must be room for as many as parameters and results.
#[inline(never)]
unsafe fn call_aside(
    inside: &mut Inside<'_>,
    prepared: &witrt_prepared_t,
    args: *const witrt_slot_t,
    results: *mut witrt_slot_t,
    room: Room<'_>,
) -> Result<()> {
    // Handles are read before anything runs: making room for a reference may run a
    // finalizer, which may delete others.
    // SAFETY: the caller vouches for the slots.
    let lent = unsafe { handles(inside, prepared, args) }?;
    let mut got = inside.tables().vals.pop().unwrap_or_default();
    let vals = prepared.results.iter().filter(|kind| kind.is_val());
    got.extend(vals.map(|_| Val::I32(0)));
    let mut aside = Aside { lent, got };
    // SAFETY: as above.
    let done = unsafe { call_in::<true>(inside, prepared, args, results, room, Some(&mut aside)) };
    let Aside { mut lent, mut got } = aside;
    lent.clear();
    got.clear();
    // SAFETY: it is empty, so that no value of the old lifetime is in it.
    let lent = unsafe { std::mem::transmute::<Vec<Val<'_>>, Vec<Val<'static>>>(lent) };
    inside.tables().vals.extend([lent, got]);
    done
}

/// # Safety
///
/// As for [`call_inside`], and there must be room for as many as parameters and results.
/// Without `TEXTS` no result may be text, and without `aside`, where there is a value for
/// each handle, no value a handle.
#[inline(always)]
unsafe fn call_in<'a, const TEXTS: bool>(
    inside: &mut Inside<'_>,
    prepared: &witrt_prepared_t,
    args: *const witrt_slot_t,
    results: *mut witrt_slot_t,
    room: Room<'a>,
    mut aside: Option<&mut Aside<'a>>,
) -> Result<()> {
    if TEXTS {
        prepared.forget();
    }
    let (params, kinds) = (&*prepared.params, &*prepared.results);
    let has_handles = aside.is_some();
    let (lent, got) = match &mut aside {
        Some(aside) => (aside.lent.as_ptr(), aside.got.as_mut_ptr()),
        None => (std::ptr::null(), std::ptr::null_mut()),
    };
    let mut nth = 0;
    for (i, kind) in params.iter().enumerate() {
        // SAFETY: the caller vouches for the slots, and that text stays as it is during
        // the call; there is room for each, and a value for each that is one.
        unsafe {
            let slot = &*args.add(i);
            let arg = match kind {
                SlotKind::Text(encoding) => match slot.text(*encoding) {
                    Ok(text) => {
                        let place = room.texts.add(i);
                        place.write(text);
                        Arg::text(&*place)
                    }
                    Err(error) => return Err(prepared.argument(error, i)),
                },
                kind if has_handles && kind.is_val() => {
                    nth += 1;
                    Arg::val(&*lent.add(nth - 1))
                }
                _ => Arg::number(slot.number(*kind)),
            };
            room.args.add(i).write(arg);
        }
    }
    // Buffers are looked at before anything runs, too.
    nth = 0;
    let are_numbers = !TEXTS && !has_handles;
    if are_numbers {
        // SAFETY: there is room.
        unsafe { numbers(room.outs, kinds.len()) };
    }
    for (i, kind) in kinds.iter().enumerate().filter(|_| !are_numbers) {
        // SAFETY: as above.
        unsafe {
            let out = match (*results.add(i)).sink(*kind) {
                Ok(Some(sink)) => {
                    let place = room.sinks.add(i);
                    place.write(sink);
                    Out::sink(&mut *place)
                }
                Ok(None) if has_handles && kind.is_val() => {
                    nth += 1;
                    Out::val(&mut *got.add(nth - 1))
                }
                Ok(None) => Out::number(),
                // Those that are there hold nothing yet.
                Err(error) => return Err(error.of_result(i)),
            };
            room.outs.add(i).write(out);
        }
    }
    // SAFETY: so many have been written.
    let (ins, outs) = unsafe {
        (from_raw_parts(room.args, params.len()), from_raw_parts_mut(room.outs, kinds.len()))
    };
    let mut done = prepared.call.call(inside.context(), ins, outs);
    // What can fail comes first: nothing is written where something does.
    if let Some(aside) = &aside
        && done.is_ok()
    {
        done = lengths(inside, kinds, outs, &aside.got);
    }
    if let Err(error) = done {
        if TEXTS {
            for (i, _) in kinds.iter().enumerate().filter(|(_, kind)| kind.is_written()) {
                // SAFETY: those of texts have a sink, which may keep a text.
                unsafe { room.sinks.add(i).drop_in_place() };
            }
            prepared.forget();
        }
        return Err(error);
    }
    let mut short = None::<Short>;
    let mut vals = aside.map(|aside| aside.got.drain(..));
    for (i, (kind, out)) in kinds.iter().zip(outs).enumerate() {
        // SAFETY: the caller vouches for the slots; those of texts have a sink.
        unsafe {
            let slot = &mut *results.add(i);
            match kind {
                SlotKind::Text(_) | SlotKind::Grow(_) if TEXTS => {
                    let sink = &mut *room.sinks.add(i);
                    if let SlotKind::Text(_) = kind {
                        slot.text.size = sink.units;
                    }
                    if let Some(kept) = sink.kept.take() {
                        short.get_or_insert_default().push((i, *kept));
                    }
                }
                SlotKind::Lazy(_) | SlotKind::Reference(_) if has_handles => {
                    if let Some(val) = vals.as_mut().and_then(Iterator::next) {
                        give_handle(inside, slot, val, out.bits());
                    }
                }
                _ => *slot = witrt_slot_t::of_number(*kind, out.bits()),
            }
        }
    }
    match short {
        None => {
            if TEXTS {
                prepared.forget();
            }
            Ok(())
        }
        Some(short) => Err(prepared.keep_short(short)),
    }
}

/// Makes places for so many numbers, and at least for one.
///
/// # Safety
///
/// There must be room.
#[inline(always)]
unsafe fn numbers(outs: *mut Out<'_>, count: usize) {
    // SAFETY: the caller vouches for it.
    unsafe {
        outs.write(Out::number());
        // Nearly always there is no other, and a loop costs more than that.
        if count > 1 {
            more_numbers(outs, count);
        }
    }
}

/// # Safety
///
/// As for [`numbers`].
#[inline(never)]
unsafe fn more_numbers(outs: *mut Out<'_>, count: usize) {
    for i in 1..count {
        // SAFETY: the caller vouches for it.
        unsafe { outs.add(i).write(Out::number()) };
    }
}

/// Texts that there was no room for, of which results, with what tells so.
type Short = Vec<(usize, (Error, Str<'static>))>;

/// The arguments that are neither numbers nor lent text.
///
/// # Safety
///
/// As for [`call_inside`].
#[inline(never)]
unsafe fn handles<'a>(
    inside: &mut Inside<'_>,
    prepared: &witrt_prepared_t,
    args: *const witrt_slot_t,
) -> Result<Vec<Val<'a>>> {
    let mut vals: Vec<Val<'a>> = inside.tables().vals.pop().unwrap_or_default();
    for (i, kind) in prepared.params.iter().enumerate().filter(|(_, kind)| kind.is_val()) {
        // SAFETY: the caller vouches for the slots.
        let val = unsafe { value(inside.id(), *kind, &*args.add(i)) };
        vals.push(val.map_err(|error| prepared.argument(error, i))?);
    }
    Ok(vals)
}

/// Writes a reference, or a string of so many units, which the caller owns.
#[inline(never)]
fn give_handle(inside: &mut Inside<'_>, slot: &mut witrt_slot_t, val: Val<'static>, units: u64) {
    match val {
        Val::String(text) => {
            let string = StringBox::give(inside, text);
            slot.lazy = witrt_lazy_t { string, length: units as usize };
        }
        // SAFETY: the value is a reference, so that member is set.
        val => slot.r#ref = unsafe { give_val(inside, val).of.r#ref },
    }
}

/// Tells how many units the strings have that are to be read later.
#[inline(never)]
fn lengths(
    inside: &mut Inside<'_>,
    kinds: &[SlotKind],
    outs: &mut [Out<'_>],
    got: &[Val<'static>],
) -> Result<()> {
    let places = kinds.iter().zip(outs).filter(|(kind, _)| kind.is_val());
    for ((kind, out), val) in places.zip(got) {
        if let (SlotKind::Lazy(encoding), Val::String(text)) = (kind, val) {
            *out = Out::of_bits(text.length(inside.context(), *encoding)? as u64);
        }
    }
    Ok(())
}

/// An argument that is neither a number nor lent text.
///
/// # Safety
///
/// The member of the kind must be set, and text stay as it is for `'a`.
#[inline(never)]
unsafe fn value<'a>(store: u64, kind: SlotKind, slot: &witrt_slot_t) -> Result<Val<'a>> {
    // SAFETY: the caller vouches for it.
    unsafe {
        match kind {
            SlotKind::Lazy(_) => match string::source(slot.lazy.string)? {
                Source::Host(text) => Ok(Val::String(text)),
                Source::Handle(handle) => handle.text().cloned().map(Val::String),
            },
            SlotKind::Reference(ValType::FuncRef) => {
                to_funcref(store, slot.r#ref.as_ref()).map(Val::FuncRef)
            }
            _ => to_externref(store, slot.r#ref.as_ref()).map(Val::ExternRef),
        }
    }
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
    let mut words = [Word::new(0); WORDS];
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

impl witrt_prepared_t {
    fn new(call: Prepared, cell: Arc<StoreCell>) -> witrt_prepared_t {
        witrt_prepared_t {
            call,
            params: Box::default(),
            results: Box::default(),
            way: Way::Described,
            described: None,
            kept: Mutex::default(),
            has_kept: AtomicBool::new(false),
            cell,
        }
    }

    /// One with values that are described.
    pub(super) fn of_described(
        call: Prepared,
        cell: Arc<StoreCell>,
        described: Described,
    ) -> witrt_prepared_t {
        let described = Some(Box::new(described));
        witrt_prepared_t { described, ..witrt_prepared_t::new(call, cell) }
    }

    /// Forgets what an earlier call kept: when a call begins, and when it ends, since
    /// others may have been made within it.
    #[inline(always)]
    fn forget(&self) {
        if self.has_kept.load(Ordering::Relaxed) {
            self.keep(Vec::new());
        }
    }

    /// Tells which argument is at fault.
    #[cold]
    fn argument(&self, error: Error, index: usize) -> Error {
        error.of_argument(self.call.func().ty(), index)
    }

    /// Keeps texts that there was no room for, and tells of the first.
    #[cold]
    fn keep_short(&self, short: Short) -> Error {
        let (mut first, mut texts) = (None, Vec::new());
        for (index, (error, text)) in short {
            first.get_or_insert_with(|| error.of_result(index));
            let mut value = Returned::default();
            value.text = Some(text);
            texts.push(Kept { index, value });
        }
        self.keep(texts);
        first.unwrap_or_else(|| Error::new(ErrorKind::BufferTooSmall, "there was no room"))
    }

    #[cold]
    fn keep(&self, new: Vec<Kept>) {
        self.has_kept.store(!new.is_empty(), Ordering::Relaxed);
        let old = std::mem::replace(&mut *self.kept(), new);
        drop(old);
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Kept>> {
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
            let at = kept.iter().position(|kept| kept.index == index && kept.value.text.is_some());
            let text = at.and_then(|at| kept.swap_remove(at).value.text.take());
            let Some(text) = text else {
                let message = format!("no text of result {index} is kept");
                return Err(Error::new(ErrorKind::OutOfRange, message));
            };
            Ok(StringBox::give(inside, text))
        })?
    })
}

/// Puts a result that the last call kept, as for `witrt_prepared_take_result`, where the
/// slot says, which is like one of a call: text and any other value that there was no
/// room for. Where there is too little room again, that is the same error, and the value
/// is kept still. True for success. `error` may be NULL; what is written there is owned
/// by the caller, NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_prepared_take(
    prepared: *const witrt_prepared_t,
    index: usize,
    result: *mut witrt_slot_t,
    error: *mut *mut witrt_error_t,
) -> bool {
    let body = || {
        // SAFETY: the header demands a prepared call or NULL.
        let prepared = unsafe { hold(prepared) }?;
        if result.is_null() {
            return Err(null("result"));
        }
        prepared.cell.enter_held(|inside| {
            let at = prepared.kept().iter().position(|kept| kept.index == index);
            let Some(at) = at else {
                let message = format!("no value of result {index} is kept");
                return Err(Error::new(ErrorKind::OutOfRange, message));
            };
            // Nothing is locked while functions of the host's run.
            let Kept { index, mut value } = prepared.kept().swap_remove(at);
            let done = match (&prepared.described, prepared.results.get(index)) {
                // SAFETY: the header demands a slot as for a call.
                (Some(described), _) => unsafe {
                    described.give(inside, index, &mut value, &mut *result)
                },
                // SAFETY: as above.
                (None, Some(kind)) => unsafe {
                    Root::Plain(*kind).give(inside, &Type::String, &mut value, &mut *result)
                },
                (None, None) => Ok(()),
            };
            if done.is_err() {
                prepared.kept().push(Kept { index, value });
            }
            done.map_err(|error| error.of_result(index)).map(|()| true)
        })?
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}
