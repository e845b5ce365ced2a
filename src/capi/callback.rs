//! Host functions that take slots: no list of values, no kinds to be checked.
//!
//! Not here: callbacks with lists of values; how text comes to a slot.

use super::base::boundary::{Foreign, List, enter, need, slice};
use super::base::cell::{Inside, StoreCell, StringBox, Within, cell_of, wasm_store_t};
use super::base::failure::{of_host, report, to_error};
use super::base::handle::{Reference as _, wasm_func_t, wasm_trap_t};
use super::base::report::witrt_error_t;
use super::base::string;
use super::base::text::text_at;
use super::base::translate::{end_arg, give_val, to_externref, to_funcref};
use super::base::value::{wasm_val_t, wasm_val_union_t};
use super::callback_text::{Buffers, ShortRoom, text_of};
use super::slot::{SlotKind, by_value, not_of_call, witrt_lazy_t, witrt_slot_kind_t, witrt_slot_t};
use crate::string::Text;
use crate::{Copied, Error, ErrorKind, Extern, Func, FuncType, HostBody, HostCall};
use crate::{Result, Val, ValType};
use std::cell::Cell;
use std::ffi::{c_char, c_void};
use std::ptr::{null, null_mut};
use std::sync::Arc;

/// The call that a callback answers. It is valid during that callback.
pub struct witrt_caller_t {
    cell: *const StoreCell,
    kinds: *const [SlotKind],
    /// A place for each text that is returned before the callback has; none at all where
    /// no result is a string.
    texts: *const [ReturnedText],
    /// What is answered where values are described, and what takes text for it.
    answer: *const c_void,
    give_text: Option<GiveText>,
}

/// Takes text that a callback returns, whose values are described.
pub(super) type GiveText = unsafe fn(&witrt_caller_t, &mut Inside<'_>, Text<'_>) -> Result<()>;

impl witrt_caller_t {
    /// One with values that are described. The kinds are those of results that are plain
    /// text.
    pub(super) fn described(
        cell: &StoreCell,
        kinds: &[SlotKind],
        give_text: GiveText,
        answer: *const c_void,
    ) -> witrt_caller_t {
        let texts: &[ReturnedText] = &[];
        witrt_caller_t { cell, kinds, texts, answer, give_text: Some(give_text) }
    }

    /// What it answers, where values are described; else NULL.
    pub(super) fn answer(&self) -> *const c_void {
        self.answer
    }

    /// The store's.
    ///
    /// # Safety
    ///
    /// The callback must be running.
    pub(super) unsafe fn cell(&self) -> &StoreCell {
        // SAFETY: the callback is running, so its store is there.
        unsafe { &*self.cell }
    }
}

/// Text that was returned before the callback has.
type ReturnedText = Cell<Option<Copied>>;

/// A host function that takes slots. `args` has one for each parameter: a
/// number, a reference that is lent, text in `text` or a handle that is lent in
/// `lazy`. What is lent is valid during the call, `text` only until the store is
/// used. `results` has one for each result, zero before: numbers; references and
/// handles, which are given up, or a host's own string; or `text`, which is
/// copied as soon as the callback has returned. Text that ends with the callback
/// is returned with `witrt_caller_return_text`.
///
/// NULL for success; a trap that is returned is taken, and unwinds the guest. Then
/// too the references and handles in `results` are given up, and deleted; text is
/// not looked at. C++ exceptions must not leave it.
pub type witrt_slot_callback_t = Option<
    unsafe extern "C" fn(
        env: *mut c_void,
        caller: *const witrt_caller_t,
        args: *const witrt_slot_t,
        results: *mut witrt_slot_t,
    ) -> *mut wasm_trap_t,
>;

/// So many values of a call are on the stack.
const ON_STACK: usize = 8;

/// A host function whose type is what the kinds say. `env` is given to each
/// call. The finalizer may be NULL; else it is called once with `env`, when the
/// function is gone: at the latest with its store. Where this fails it is not
/// called. Owned by the caller; NULL for a callback that is NULL and kinds that
/// are unknown. `error` may be NULL; what is written there is owned by the
/// caller, NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_func_new_with_slots(
    store: Option<&wasm_store_t>,
    params: *const witrt_slot_kind_t,
    param_count: usize,
    results: *const witrt_slot_kind_t,
    result_count: usize,
    callback: witrt_slot_callback_t,
    env: *mut c_void,
    finalizer: Option<unsafe extern "C" fn(*mut c_void)>,
    error: *mut *mut witrt_error_t,
) -> Option<Box<wasm_func_t>> {
    let body = || {
        let callback = need(callback, "callback")?;
        // SAFETY: the header demands so many kinds.
        let (params, results) = unsafe {
            (
                SlotKind::all(params, param_count, "params", false)?,
                SlotKind::all(results, result_count, "results", false)?,
            )
        };
        of_kinds(store, callback, env, finalizer, params, results)
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}

/// A host function of these kinds, with the types of their values.
pub(super) fn of_kinds(
    store: Option<&wasm_store_t>,
    callback: SlotCallback,
    env: *mut c_void,
    finalizer: Option<unsafe extern "C" fn(*mut c_void)>,
    (params, takes): (Box<[SlotKind]>, Vec<ValType>),
    (results, gives): (Box<[SlotKind]>, Vec<ValType>),
) -> Result<Option<Box<wasm_func_t>>> {
    let ty = FuncType::new(takes, gives);
    let cell = cell_of(store)?;
    let home = Within(Arc::as_ptr(&cell));
    cell.enter(|inside| {
        // Nothing fails from here on: the finalizer is taken over.
        let env = Foreign::new(env, finalizer);
        let called = Callback { callback, env, home, params, results };
        let cx = inside.context();
        let func = match (called.is_plain(), called.results.len()) {
            (true, 0) => Func::new_inlined(cx, ty, Plain::<0>(called)),
            (true, _) => Func::new_inlined(cx, ty, Plain::<PLAIN>(called)),
            _ => Func::new_prepared(cx, ty, move |c| called.call_any(c)),
        };
        Ok::<_, Error>(Some(wasm_func_t::boxed(inside.extern_handle(Extern::Func(func)))))
    })?
}

pub(super) type SlotCallback = unsafe extern "C" fn(
    *mut c_void,
    *const witrt_caller_t,
    *const witrt_slot_t,
    *mut witrt_slot_t,
) -> *mut wasm_trap_t;

struct Callback {
    callback: SlotCallback,
    env: Foreign,
    home: Within,
    params: Box<[SlotKind]>,
    results: Box<[SlotKind]>,
}

/// One with few values: up to [`PLAIN`] parameters, and so many results. Places for
/// results that there are not would be a tenth of a short call.
struct Plain<const RESULTS: usize>(Callback);

impl<const RESULTS: usize> HostBody for Plain<RESULTS> {
    #[inline(always)]
    fn run(&self, call: &mut HostCall<'_, '_>) -> Result<()> {
        self.0.call_plain::<RESULTS>(call)
    }
}

/// So many values are few.
pub(super) const PLAIN: usize = 4;

impl Callback {
    /// Whether few values cross: numbers and text.
    fn is_plain(&self) -> bool {
        let plain = |kind: &SlotKind| kind.is_number() || matches!(kind, SlotKind::Text(_));
        self.params.len().max(self.results.len()) <= PLAIN
            && self.params.iter().chain(&self.results).all(plain)
    }

    fn cell(&self) -> &StoreCell {
        // SAFETY: the function runs in its own store only, which is in this
        // cell.
        unsafe { &*self.home.get() }
    }

    /// The short way, one piece with what the engine calls.
    #[inline(always)]
    fn call_plain<const RESULTS: usize>(&self, call: &mut HostCall<'_, '_>) -> Result<()> {
        let mut args = [witrt_slot_t::ZERO; PLAIN];
        let mut results = [witrt_slot_t::ZERO; RESULTS];
        let mut buffers = Buffers::<PLAIN>::default();
        let mut rooms = [const { ShortRoom::uninit() }; PLAIN];
        for ((kind, arg), room) in self.params.iter().zip(&mut args).zip(&mut rooms) {
            match *kind {
                SlotKind::Text(encoding) => {
                    arg.text = text_of(call, encoding, Some(room), |b| buffers.push(b))?;
                }
                SlotKind::Number(width) => *arg = witrt_slot_t::of_number(width, call.number()?),
                SlotKind::ExternRef | SlotKind::FuncRef | SlotKind::Lazy(_) | SlotKind::Grow(_) => {
                    return Err(by_value());
                }
            }
        }
        let returned = [const { ReturnedText::new(None) }; RESULTS];
        let cell = self.cell();
        let done = cell.callback(call.caller(), |inside| {
            let (kinds, texts): (_, &[ReturnedText]) = (&*self.results, &returned);
            let caller = witrt_caller_t { cell, kinds, texts, answer: null(), give_text: None };
            self.run(inside, &caller, &args, &mut results)
        });
        // Text that is returned may be an argument's: buffers go back after it.
        let done = done.and_then(|()| self.put_plain(call, &results, &returned));
        while let Some(buffer) = buffers.pop() {
            call.give_back(buffer);
        }
        done
    }

    /// Puts the results of a short call.
    #[inline(always)]
    fn put_plain(
        &self,
        call: &mut HostCall<'_, '_>,
        results: &[witrt_slot_t],
        returned: &[ReturnedText],
    ) -> Result<()> {
        for (i, (kind, slot)) in self.results.iter().zip(results).enumerate() {
            match *kind {
                SlotKind::Text(encoding) if !returned.is_empty() => {
                    if let Some(text) = returned.get(i).and_then(Cell::take) {
                        call.put_copied(text)?;
                        continue;
                    }
                    // SAFETY: the callback set the text, or it is none.
                    let text = unsafe { slot.text(encoding) };
                    call.put_text(text.map_err(|e| e.of_host_result(i))?)?;
                }
                // SAFETY: the callback set the member of the kind, or it is zero.
                SlotKind::Number(width) => call.put_number(unsafe { slot.number(width) })?,
                SlotKind::Text(_)
                | SlotKind::ExternRef
                | SlotKind::FuncRef
                | SlotKind::Lazy(_)
                | SlotKind::Grow(_) => return Err(by_value()),
            }
        }
        Ok(())
    }

    /// Lets the callback run.
    #[inline(always)]
    fn run(
        &self,
        inside: &mut Inside<'_>,
        caller: &witrt_caller_t,
        args: &[witrt_slot_t],
        results: &mut [witrt_slot_t],
    ) -> Result<()> {
        let trap = inside.lend(|| {
            let (args, results) = (args.as_ptr(), results.as_mut_ptr());
            // SAFETY: the callback's contract is the header's.
            unsafe { (self.callback)(self.env.data(), caller, args, results) }
        });
        match trap.is_null() {
            true => Ok(()),
            // SAFETY: the callback gave up the trap that it returned.
            false => Err(to_error(unsafe { Box::from_raw(trap) })),
        }
    }

    fn call_any(&self, call: &mut HostCall<'_, '_>) -> Result<()> {
        let cell = self.cell();
        let texts = self.params.iter().filter(|kind| matches!(kind, SlotKind::Text(_))).count();
        let mut buffers = List::<Vec<u16>, PLAIN>::new(texts, Vec::new);
        let mut values = List::<Option<Val<'static>>, ON_STACK>::new(self.params.len(), Vec::new);
        let mut args = List::<witrt_slot_t, ON_STACK>::new(self.params.len(), Vec::new);
        for kind in &self.params {
            let mut value = None;
            args.push(match *kind {
                SlotKind::Number(width) => witrt_slot_t::of_number(width, call.number()?),
                SlotKind::Text(encoding) => {
                    let text = text_of(call, encoding, None, |b| buffers.push(b))?;
                    witrt_slot_t { text }
                }
                SlotKind::Lazy(_) | SlotKind::ExternRef | SlotKind::FuncRef => {
                    value = Some(call.value()?);
                    witrt_slot_t::ZERO
                }
                SlotKind::Grow(_) => return Err(not_of_call()),
            });
            values.push(value);
        }
        let mut results = List::<Got, ON_STACK>::new(self.results.len(), Vec::new);
        let done = cell.callback(call.caller(), |inside| {
            let (values, args) = (values.as_mut_slice(), args.as_mut_slice());
            for ((kind, value), slot) in self.params.iter().zip(&*values).zip(&mut *args) {
                if let (SlotKind::Lazy(encoding), Some(Val::String(text))) = (kind, value) {
                    let len = text.length(inside.context(), *encoding)?;
                    slot.lazy = witrt_lazy_t { string: null_mut(), length: len };
                }
            }
            let mut lent = List::<wasm_val_t, ON_STACK>::new(self.params.len(), Vec::new);
            for (value, slot) in values.iter_mut().zip(&mut *args) {
                match value.take() {
                    Some(Val::String(text)) => {
                        let string = StringBox::lend(inside, text);
                        slot.lazy.string = string;
                        let of = wasm_val_union_t { string };
                        lent.push(wasm_val_t { kind: 24, of });
                    }
                    Some(reference) => {
                        let given = give_val(inside, reference);
                        // SAFETY: the value is a reference.
                        slot.r#ref = unsafe { given.of.r#ref };
                        lent.push(given);
                    }
                    None => {}
                }
            }
            let outcome = self.answer(inside, cell, args, &mut results);
            for given in lent.as_mut_slice() {
                // SAFETY: they were lent above.
                unsafe { end_arg(inside, *given) };
            }
            outcome
        });
        for buffer in buffers.as_mut_slice() {
            call.give_back(std::mem::take(buffer));
        }
        done?;
        for got in results.as_mut_slice() {
            match std::mem::replace(got, Got::Number(0)) {
                Got::Number(bits) => call.put_number(bits)?,
                Got::Text(text) => call.put_copied(text)?,
                Got::Val(val) => call.put_value(val)?,
            }
        }
        Ok(())
    }

    /// Lets the callback run, and takes what it returns.
    fn answer(
        &self,
        inside: &mut Inside<'_>,
        cell: &StoreCell,
        args: &mut [witrt_slot_t],
        got: &mut List<Got, ON_STACK>,
    ) -> Result<()> {
        let mut slots = List::<witrt_slot_t, ON_STACK>::new(self.results.len(), Vec::new);
        for _ in &self.results {
            slots.push(witrt_slot_t::ZERO);
        }
        let slots = slots.as_mut_slice();
        let mut returned = List::<ReturnedText, ON_STACK>::new(self.results.len(), Vec::new);
        for _ in &self.results {
            returned.push(ReturnedText::new(None));
        }
        let returned = &*returned.as_mut_slice();
        let (kinds, texts) = (&*self.results, returned);
        let caller = witrt_caller_t { cell, kinds, texts, answer: null(), give_text: None };
        let done = self.run(inside, &caller, args, slots);
        if done.is_err() {
            for (kind, slot) in self.results.iter().zip(slots) {
                // SAFETY: the callback set the member of the kind, or it is zero,
                // and gave up what it owns.
                unsafe { give_up(*kind, slot) };
            }
            return done;
        }
        self.take(inside, slots, returned, got)
    }

    fn take(
        &self,
        inside: &mut Inside<'_>,
        slots: &[witrt_slot_t],
        returned: &[ReturnedText],
        got: &mut List<Got, ON_STACK>,
    ) -> Result<()> {
        let mut outcome = Ok(());
        for (i, (kind, slot)) in self.results.iter().zip(slots).enumerate() {
            if let Some(text) = returned.get(i).and_then(Cell::take) {
                got.push(Got::Text(text));
                continue;
            }
            // All are taken, so that nothing leaks where one is wrong.
            // SAFETY: the callback set the member of the kind, and gave up what
            // it owns.
            let taken = unsafe { take_result(inside, *kind, slot) };
            match taken {
                Ok(taken) => got.push(taken),
                Err(error) if outcome.is_ok() => outcome = Err(error.of_host_result(i)),
                Err(_) => {}
            }
        }
        outcome
    }
}

/// A result of a callback.
enum Got {
    Number(u64),
    Text(Copied),
    Val(Val<'static>),
}

/// # Safety
///
/// The member of the kind must be set and owned.
unsafe fn take_result(inside: &mut Inside<'_>, kind: SlotKind, slot: &witrt_slot_t) -> Result<Got> {
    // SAFETY: the caller vouches for it.
    unsafe {
        Ok(match kind {
            SlotKind::Number(width) => Got::Number(slot.number(width)),
            SlotKind::Text(encoding) => {
                Got::Text(Copied::new(inside.context(), slot.text(encoding)?)?)
            }
            SlotKind::Grow(_) => return Err(not_of_call()),
            SlotKind::Lazy(_) => {
                Got::Val(Val::String(string::take_result(inside, slot.lazy.string)?))
            }
            SlotKind::ExternRef | SlotKind::FuncRef => {
                let object = slot.r#ref;
                let val = match kind == SlotKind::FuncRef {
                    true => to_funcref(inside.id(), object.as_ref()).map(Val::FuncRef),
                    false => to_externref(inside.id(), object.as_ref()).map(Val::ExternRef),
                };
                if !object.is_null() {
                    drop(Box::from_raw(object));
                }
                Got::Val(val?)
            }
        })
    }
}

/// Gives up a result of a callback that failed. Text is not looked at.
///
/// # Safety
///
/// The member of the kind must be set and owned, or zero.
unsafe fn give_up(kind: SlotKind, slot: &witrt_slot_t) {
    // SAFETY: the caller vouches for it.
    unsafe {
        match kind {
            // An argument that was put there is not the callback's: it stays.
            SlotKind::Lazy(_) => drop(string::delete(slot.lazy.string)),
            SlotKind::ExternRef | SlotKind::FuncRef if slot.r#ref.is_null() => {}
            SlotKind::ExternRef | SlotKind::FuncRef => drop(Box::from_raw(slot.r#ref)),
            SlotKind::Number(_) | SlotKind::Text(_) | SlotKind::Grow(_) => {}
        }
    }
}

/// Returns text as a result: the `size` code units at `data` are copied at once, in
/// the encoding that the result's kind says, and the result's slot is not
/// looked at. False, with the reason in the last error, for an index of no
/// string, ill-formed text, or NULL text of a size other than zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_caller_return_text(
    caller: Option<&witrt_caller_t>,
    index: usize,
    data: *const c_void,
    size: usize,
) -> bool {
    enter(|| {
        let caller = need(caller, "caller")?;
        // SAFETY: the callback is running, so its function and its store are there.
        let (kinds, cell) = unsafe { (&*caller.kinds, &*caller.cell) };
        let Some(SlotKind::Text(encoding) | SlotKind::Lazy(encoding)) = kinds.get(index) else {
            return Err(no_string(index));
        };
        // SAFETY: the header demands so many units.
        let text = unsafe { text_at(*encoding, data, size, "data") }?;
        // The call that the callback answers holds the cell.
        cell.enter_held(|inside| {
            // SAFETY: as above; so is what it has returned.
            unsafe {
                if let Some(give_text) = caller.give_text {
                    return give_text(caller, inside, text).map(|()| true);
                }
                let place = (&*caller.texts).get(index).ok_or_else(|| no_string(index))?;
                place.set(Some(Copied::new(inside.context(), text)?));
            }
            Ok(true)
        })?
    })
}

#[cold]
fn no_string(index: usize) -> Error {
    Error::new(ErrorKind::OutOfRange, format!("result {index} is no string"))
}

/// A trap for the callback to return: for one that does not have its store at
/// hand. The message, `size` bytes of UTF-8 and not NUL-terminated, is copied;
/// what is ill-formed in it becomes U+FFFD. NULL where there is no memory for it.
/// Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_caller_trap(
    caller: Option<&witrt_caller_t>,
    message: *const c_char,
    size: usize,
) -> Option<Box<wasm_trap_t>> {
    enter(|| {
        let caller = need(caller, "caller")?;
        // SAFETY: the callback is running, so its store is there; and the
        // header demands so many bytes.
        let (cell, message) = unsafe { (&*caller.cell, slice(message.cast(), size, "message")?) };
        let store = cell.enter_held(|inside| inside.cell())?;
        Ok(Some(of_host(store, cell.id(), message)?))
    })
}
