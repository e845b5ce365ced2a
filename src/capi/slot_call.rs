//! Calls with plain slots: numbers, text, strings and references.
//!
//! Not here: what is prepared, by whom; values that are described.

use super::base::cell::{Inside, StringBox};
use super::base::string::{self, Source};
use super::base::translate::{give_val, to_externref, to_funcref};
use super::field::Root;
use super::kept::{KeptResults, Short};
use super::slot::{SlotKind, by_value, witrt_lazy_t, witrt_slot_t};
use crate::string::Text;
use crate::tree::{Arg, Out, Sink};
use crate::wit::Type;
use crate::{Error, Prepared, Result, Val, Word};
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::slice::{from_raw_parts, from_raw_parts_mut};

/// A function that is ready to be called with slots of these kinds.
pub(super) struct SlotCall {
    call: Prepared,
    params: Box<[SlotKind]>,
    results: Box<[SlotKind]>,
    way: Way,
    pub kept: KeptResults,
}

/// The ways through a call. `benches/README.md` tells what each is for.
#[derive(Clone, Copy)]
enum Way {
    /// Few numbers, and nothing else: words.
    Numbers,
    /// Lent text too: all that it takes is on the stack.
    Texts,
    /// References too, strings that are not lent text, and any number of values.
    Any,
}

/// So many values of a call are on the stack,
const ON_STACK: usize = 32;
/// and so many words of one of numbers.
const WORDS: usize = 8;

impl SlotCall {
    /// For slots of these kinds, which fit the function.
    pub fn new(call: Prepared, params: Box<[SlotKind]>, results: Box<[SlotKind]>) -> SlotCall {
        let count = params.len().max(results.len());
        let way = if call.is_numeric() && count <= WORDS {
            Way::Numbers
        } else if count > ON_STACK || params.iter().chain(&results).any(SlotKind::is_val) {
            Way::Any
        } else {
            Way::Texts
        };
        SlotCall { call, params, results, way, kept: KeptResults::default() }
    }

    /// How many parameters and results there are.
    #[inline]
    pub fn counts(&self) -> (usize, usize) {
        (self.params.len(), self.results.len())
    }

    /// Calls the function.
    ///
    /// # Safety
    ///
    /// There must be as many slots as parameters and results.
    #[inline]
    pub unsafe fn call(
        &self,
        inside: &mut Inside<'_>,
        args: *const witrt_slot_t,
        results: *mut witrt_slot_t,
    ) -> Result<()> {
        // SAFETY: as above.
        unsafe {
            match self.way {
                Way::Numbers => self.call_numbers(inside, args, results),
                Way::Texts => self.call_texts(inside, args, results),
                Way::Any => self.call_any(inside, args, results),
            }
        }
    }

    /// The short way for few numbers.
    ///
    /// # Safety
    ///
    /// As for [`SlotCall::call`].
    #[inline(always)]
    unsafe fn call_numbers(
        &self,
        inside: &mut Inside<'_>,
        args: *const witrt_slot_t,
        results: *mut witrt_slot_t,
    ) -> Result<()> {
        let mut words = [Word::new(0); WORDS];
        for (i, (word, kind)) in words.iter_mut().zip(&self.params).enumerate() {
            // SAFETY: the caller vouches for the slots.
            *word = Word::new(unsafe { (*args.add(i)).number(kind.width()) });
        }
        self.call.call_words(inside.context(), &mut words)?;
        for (i, (word, kind)) in words.iter().zip(&self.results).enumerate() {
            // SAFETY: as above.
            unsafe { results.add(i).write(witrt_slot_t::of_number(kind.width(), word.bits())) };
        }
        Ok(())
    }

    /// The way for few values that are numbers and lent text.
    ///
    /// # Safety
    ///
    /// As for [`SlotCall::call`], and there may be no more than [`ON_STACK`] parameters or
    /// results, none of them a handle.
    #[inline(never)]
    unsafe fn call_texts(
        &self,
        inside: &mut Inside<'_>,
        args: *const witrt_slot_t,
        results: *mut witrt_slot_t,
    ) -> Result<()> {
        let mut memory = [const { MaybeUninit::<u64>::uninit() }; ON_STACK * EACH];
        // SAFETY: the caller vouches for the slots, and there is room.
        unsafe {
            let room = Ends::new(memory.as_mut_ptr(), ON_STACK);
            self.call_in(inside, args, results, room, None)
        }
    }

    /// The way that every call can go.
    ///
    /// # Safety
    ///
    /// As for [`SlotCall::call`].
    #[inline(never)]
    unsafe fn call_any(
        &self,
        inside: &mut Inside<'_>,
        args: *const witrt_slot_t,
        results: *mut witrt_slot_t,
    ) -> Result<()> {
        // Handles are read before anything runs: making room for a reference may run a
        // finalizer, which may delete others.
        // SAFETY: the caller vouches for the slots.
        let lent = unsafe { self.handles(inside, args) }?;
        let mut got = inside.tables().vals.pop().unwrap_or_default();
        let vals = self.results.iter().filter(|kind| kind.is_val());
        got.extend(vals.map(|_| Val::I32(0)));
        let mut aside = Aside { lent, got };
        let count = self.params.len().max(self.results.len());
        let mut memory = inside.tables().rooms.pop().unwrap_or_default();
        memory.reserve(count * EACH);
        // SAFETY: as above, and there is room.
        let done = unsafe {
            let room = Ends::new(memory.as_mut_ptr(), count);
            self.call_in(inside, args, results, room, Some(&mut aside))
        };
        let Aside { mut lent, mut got } = aside;
        lent.clear();
        got.clear();
        // SAFETY: it is empty, so that no value of the old lifetime is in it.
        let lent = unsafe { std::mem::transmute::<Vec<Val<'_>>, Vec<Val<'static>>>(lent) };
        inside.tables().vals.extend([lent, got]);
        inside.tables().rooms.push(memory);
        done
    }

    /// # Safety
    ///
    /// As for [`SlotCall::call`], and there must be room for as many as parameters and
    /// results. Without `aside`, where there is a value for each handle, none may be one.
    #[inline(always)]
    unsafe fn call_in<'a>(
        &self,
        inside: &mut Inside<'_>,
        args: *const witrt_slot_t,
        results: *mut witrt_slot_t,
        room: Ends<'a>,
        mut aside: Option<&mut Aside<'a>>,
    ) -> Result<()> {
        self.kept.forget();
        let (params, kinds) = (&*self.params, &*self.results);
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
                    kind if has_handles && kind.is_val() => {
                        nth += 1;
                        Arg::val(&*lent.add(nth - 1))
                    }
                    _ => match slot.arg(*kind, room.texts.add(i)) {
                        Ok(arg) => arg,
                        Err(error) => return Err(self.argument(error, i)),
                    },
                };
                room.args.add(i).write(arg);
            }
        }
        // Buffers are looked at before anything runs, too.
        nth = 0;
        for (i, kind) in kinds.iter().enumerate() {
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
                    Err(error) => return Err(error.of_result(i, kinds.len())),
                };
                room.outs.add(i).write(out);
            }
        }
        // SAFETY: so many have been written.
        let (ins, outs) = unsafe {
            (from_raw_parts(room.args, params.len()), from_raw_parts_mut(room.outs, kinds.len()))
        };
        let mut done = self.call.call(inside.context(), ins, outs);
        // What can fail comes first: nothing is written where something does.
        if let Some(aside) = &aside
            && done.is_ok()
        {
            done = lengths(inside, kinds, outs, &aside.got);
        }
        if let Err(error) = done {
            for (i, _) in kinds.iter().enumerate().filter(|(_, kind)| kind.is_written()) {
                // SAFETY: those of texts have a sink, which may keep a text.
                unsafe { room.sinks.add(i).drop_in_place() };
            }
            self.kept.forget();
            return Err(error);
        }
        let mut short = None::<Short>;
        let mut vals = aside.map(|aside| aside.got.drain(..));
        for (i, (kind, out)) in kinds.iter().zip(outs).enumerate() {
            // SAFETY: the caller vouches for the slots; those of texts have a sink.
            unsafe {
                let slot = &mut *results.add(i);
                match kind {
                    SlotKind::Text(_) | SlotKind::Grow(_) => {
                        if let Some(kept) = slot.sunk(*kind, &mut *room.sinks.add(i)) {
                            short.get_or_insert_default().push((i, kept));
                        }
                    }
                    SlotKind::Number(width) => *slot = witrt_slot_t::of_number(*width, out.bits()),
                    SlotKind::Lazy(_) | SlotKind::ExternRef | SlotKind::FuncRef => {
                        if let Some(val) = vals.as_mut().and_then(Iterator::next) {
                            give_handle(inside, slot, val, out.bits());
                        }
                    }
                }
            }
        }
        match short {
            None => {
                self.kept.forget();
                Ok(())
            }
            Some(short) => Err(self.kept.keep_short(short, kinds.len())),
        }
    }

    /// The arguments that are neither numbers nor lent text.
    ///
    /// # Safety
    ///
    /// As for [`SlotCall::call`].
    #[inline(never)]
    unsafe fn handles<'a>(
        &self,
        inside: &mut Inside<'_>,
        args: *const witrt_slot_t,
    ) -> Result<Vec<Val<'a>>> {
        let mut vals: Vec<Val<'a>> = inside.tables().vals.pop().unwrap_or_default();
        for (i, kind) in self.params.iter().enumerate().filter(|(_, kind)| kind.is_val()) {
            // SAFETY: the caller vouches for the slots.
            let val = unsafe { value(inside.id(), *kind, &*args.add(i)) };
            vals.push(val.map_err(|error| self.argument(error, i))?);
        }
        Ok(vals)
    }

    /// Tells which argument is at fault.
    #[cold]
    fn argument(&self, error: Error, index: usize) -> Error {
        error.of_argument(self.call.func().ty(), index)
    }

    /// Puts a text that the last call kept where this slot says.
    ///
    /// # Safety
    ///
    /// The slot must be as for a call.
    pub unsafe fn take(
        &self,
        inside: &mut Inside<'_>,
        index: usize,
        slot: &mut witrt_slot_t,
    ) -> Result<()> {
        let kind = self.results.get(index);
        self.kept.put(index, self.results.len(), |value| match kind {
            // SAFETY: the caller vouches for the slot.
            Some(kind) => unsafe { Root::Plain(*kind).give(inside, &Type::String, value, slot) },
            None => Ok(()),
        })
    }
}

/// What a call is made of. Nothing is there at first.
struct Ends<'a> {
    args: *mut Arg<'a>,
    outs: *mut Out<'a>,
    texts: *mut Text<'a>,
    sinks: *mut Sink,
    lent: PhantomData<&'a ()>,
}

/// So many times eight bytes of memory each value takes.
const EACH: usize =
    (size_of::<Arg<'_>>() + size_of::<Out<'_>>() + size_of::<Text<'_>>() + size_of::<Sink>())
        .div_ceil(8);

// One may follow on the other.
const _: () = {
    assert!(align_of::<u64>() >= align_of::<Arg<'_>>());
    assert!(align_of::<Arg<'_>>() >= align_of::<Out<'_>>());
    assert!(align_of::<Out<'_>>() >= align_of::<Text<'_>>());
    assert!(align_of::<Text<'_>>() >= align_of::<Sink>());
};

impl Ends<'_> {
    /// For so many values.
    ///
    /// # Safety
    ///
    /// There must be [`EACH`] for each, which nobody else uses as long as this is used.
    #[inline(always)]
    unsafe fn new(memory: *mut MaybeUninit<u64>, count: usize) -> Self {
        // SAFETY: the caller vouches for the memory.
        unsafe {
            let args: *mut Arg<'_> = memory.cast();
            let outs: *mut Out<'_> = args.add(count).cast();
            let texts: *mut Text<'_> = outs.add(count).cast();
            Ends { args, outs, texts, sinks: texts.add(count).cast(), lent: PhantomData }
        }
    }
}

/// Values of a call that are neither numbers nor lent text.
struct Aside<'a> {
    lent: Vec<Val<'a>>,
    got: Vec<Val<'static>>,
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
            SlotKind::FuncRef => to_funcref(store, slot.r#ref.as_ref()).map(Val::FuncRef),
            SlotKind::ExternRef => to_externref(store, slot.r#ref.as_ref()).map(Val::ExternRef),
            SlotKind::Number(_) | SlotKind::Text(_) | SlotKind::Grow(_) => Err(by_value()),
        }
    }
}
