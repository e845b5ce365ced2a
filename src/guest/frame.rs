//! The frame of a call into core code: its words, on the stack where they are few.
//!
//! Arguments are put in order and results taken in order, each proven against the
//! function's type on the spot; what is known of the type is asked once, when the
//! [`CoreFunc`] is made.
//!
//! Not here: what the words mean.

#![allow(unsafe_code)] // raw words carry no types; each use says why they fit

use super::context::Cx;
use super::core_func::{CoreFunc, ON_STACK, Word};
use super::errors::mismatch;
use super::give_back;
use super::refs::{expose, rooting};
use super::traps::failure;
use super::value::Val;
use super::words::HostWords;
use super::words::values::{from_raw, word_for};
use crate::error::{Error, ErrorKind, Result};
use crate::types::ValType;
use std::mem::MaybeUninit;
use wasmtime::ValRaw;

/// The words of a call that is about to be made.
pub(crate) struct Frame<'f> {
    raw: &'f mut [MaybeUninit<ValRaw>],
    func: &'f CoreFunc,
    /// Whether references cross.
    has_refs: bool,
    /// How many arguments have been put.
    at: usize,
    /// How many references calls had rooted before.
    rooted: usize,
}

/// The words of a call that was made.
#[derive(Clone, Copy)]
pub(crate) struct Words<'f> {
    raw: &'f [MaybeUninit<ValRaw>],
    func: &'f CoreFunc,
    /// How many results have been taken.
    at: usize,
}

/// Room for the words of a call that are few, all of them numbers.
pub(crate) struct Room([MaybeUninit<ValRaw>; ON_STACK]);

impl Room {
    #[inline(always)]
    pub fn new() -> Room {
        Room([const { MaybeUninit::uninit() }; ON_STACK])
    }
}

impl CoreFunc {
    /// Runs something with the frame of a call. References can be put there.
    #[inline(always)]
    pub fn framed<R>(
        &self,
        cx: &mut Cx<'_>,
        run: impl FnOnce(&mut Cx<'_>, Frame<'_>) -> Result<R>,
    ) -> Result<R> {
        if !self.is_light() {
            return self.framed_wide(cx, run);
        }
        let mut room = Room::new();
        run(cx, Frame::light(&mut room, self))
    }

    /// Calls with a frame for references and many words.
    #[inline(never)]
    pub fn framed_wide<R>(
        &self,
        cx: &mut Cx<'_>,
        run: impl FnOnce(&mut Cx<'_>, Frame<'_>) -> Result<R>,
    ) -> Result<R> {
        let mut raw = cx.data_mut().scratch.raw.pop().unwrap_or_default();
        raw.clear();
        raw.resize(self.width(), MaybeUninit::uninit());
        let rooted = cx.data().refs.mark();
        let has_refs = self.has_refs();
        let frame = Frame { raw: &mut raw, func: self, has_refs, at: 0, rooted };
        let outcome = rooting(cx, |cx| run(cx, frame));
        give_back(&mut cx.data_mut().scratch.raw, raw);
        outcome
    }
}

impl CoreFunc {
    /// Runs it if it is numeric, without settling first, and without unwinding what it
    /// has left where it fails. The arguments are in `words`, and then the results.
    #[inline]
    pub(super) fn cross(&self, cx: &mut Cx<'_>, words: &mut [Word]) -> Result<()> {
        if words.len() < self.numbers() {
            return Err(not_numeric());
        }
        let raw = std::ptr::from_mut(words) as *mut [ValRaw];
        // SAFETY: a word is a transparent wrapper. There is room for all
        // parameters and results, all of them are numbers, and any bits are
        // one.
        unsafe { self.handle().call_unchecked(&mut *cx, raw) }.map_err(|e| failure(cx, e))
    }
}

#[cold]
fn not_numeric() -> Error {
    Error::new(ErrorKind::WrongKind, "this function takes more than numbers")
}

impl<'f> Frame<'f> {
    /// The frame of a call of a function that [`CoreFunc::is_light`].
    #[inline(always)]
    pub fn light(room: &'f mut Room, func: &'f CoreFunc) -> Frame<'f> {
        // Without room none can be called.
        let raw = if func.is_light() { &mut room.0[..] } else { &mut [] };
        Frame { raw, func, has_refs: false, at: 0, rooted: 0 }
    }

    /// Puts the next argument, a number: its bits, whichever kind of number is due.
    #[inline(always)]
    pub fn put(&mut self, bits: u64) -> Result<()> {
        self.put_all([bits.into()])
    }

    /// Puts the next arguments at once, all of them numbers.
    #[inline(always)]
    pub fn put_all<const N: usize>(&mut self, words: [u128; N]) -> Result<()> {
        if self.has_refs && !self.are_numbers(N) {
            return Err(mismatch());
        }
        let room = self.raw.get_mut(self.at..).and_then(|raw| raw.first_chunk_mut::<N>());
        for (raw, bits) in room.ok_or_else(mismatch)?.iter_mut().zip(words) {
            raw.write(ValRaw::v128(bits));
        }
        self.at += N;
        Ok(())
    }

    /// Whether the next arguments are numbers.
    #[inline(never)]
    fn are_numbers(&self, count: usize) -> bool {
        let next = self.func.ty().params().get(self.at..self.at + count);
        next.is_some_and(|types| !types.iter().any(|ty| ty.is_ref()))
    }

    /// Puts the next argument, a value of its type.
    pub fn val(&mut self, cx: &mut Cx<'_>, val: &Val<'_>) -> Result<()> {
        self.at += 1;
        self.val_at(cx, self.at - 1, val)
    }

    /// Leaves the next argument, a reference, out: null until it is put.
    pub fn skip(&mut self) -> Result<()> {
        let null = match self.func.ty().params().get(self.at) {
            Some(ValType::ExternRef) => ValRaw::externref(0),
            Some(ValType::FuncRef) => ValRaw::funcref(std::ptr::null_mut()),
            _ => return Err(mismatch()),
        };
        self.raw.get_mut(self.at).ok_or_else(mismatch)?.write(null);
        self.at += 1;
        Ok(())
    }

    /// Puts the argument of this position, a value of its type.
    pub fn val_at(&mut self, cx: &mut Cx<'_>, at: usize, val: &Val<'_>) -> Result<()> {
        let ty = *self.func.ty().params().get(at).ok_or_else(mismatch)?;
        let word = word_for(cx, at, ty, val)?;
        self.raw.get_mut(at).ok_or_else(mismatch)?.write(word);
        Ok(())
    }

    /// Calls the function, without settling first, and without unwinding what it has
    /// left where it fails.
    #[inline(always)]
    pub fn call(self, cx: &mut Cx<'_>) -> Result<Words<'f>> {
        let Frame { raw, func, has_refs, at, rooted } = self;
        let (params, results) = (func.params(), func.results());
        if at != params || raw.len() < func.width() {
            return Err(mismatch());
        }
        if results > params {
            let (more, clear) = (results - params, MaybeUninit::new(ValRaw::v128(0)));
            match raw.get_mut(params..) {
                // So many at once need no loop.
                Some([a, b, c, ..]) if more <= 3 => [*a, *b, *c] = [clear; 3],
                Some(rest) => fill(rest, more, clear),
                None => return Err(mismatch()),
            }
        }
        if has_refs {
            expose(cx, rooted, |at, word| {
                raw[at].write(word);
            })?;
        }
        let words = std::ptr::from_mut(&mut *raw) as *mut [ValRaw];
        // SAFETY: all parameters have been put, each of its type: any bits are a
        // number, and what is none went through `val`. References were exposed just
        // now. There is room for all results, and a word that is no parameter is not
        // read.
        unsafe { func.handle().call_unchecked(&mut *cx, words) }.map_err(|e| failure(cx, e))?;
        Ok(Words { raw, func, at: 0 })
    }
}

#[cold]
fn fill(raw: &mut [MaybeUninit<ValRaw>], count: usize, with: MaybeUninit<ValRaw>) {
    raw.iter_mut().take(count).for_each(|raw| *raw = with);
}

impl Words<'_> {
    /// The next result.
    #[inline(always)]
    fn next(&mut self) -> Result<ValRaw> {
        let Some(raw) = self.raw.get(self.at).filter(|_| self.at < self.func.results()) else {
            return Err(mismatch());
        };
        self.at += 1;
        // SAFETY: it is a result of the call that was made; `call` has set what
        // no argument had.
        Ok(unsafe { raw.assume_init() })
    }

    /// The next result, a number: its bits; of one of 32, the high half is of no
    /// meaning.
    #[inline(always)]
    pub fn number(&mut self) -> Result<u64> {
        self.next().map(|raw| raw.get_u64())
    }

    /// The next result, a value of this type, which is not `string`.
    pub fn val(&mut self, cx: &mut Cx<'_>, ty: ValType) -> Result<Val<'static>> {
        let core = ty.carrier();
        if self.func.ty().results().get(self.at) != Some(&core) {
            return Err(mismatch());
        }
        let raw = self.next()?;
        // SAFETY: the call succeeded, so this word is a result of that type; nothing
        // was collected since.
        let val = unsafe { from_raw(cx, core, raw) }?;
        if ty.is_core() { Ok(val) } else { Val::from_bits(ty, val.bits()) }
    }

    /// Those from this position on.
    #[inline(always)]
    pub fn from(self, at: usize) -> Self {
        Words { raw: self.raw, func: self.func, at }
    }

    /// A call of a function with the next words, to be made later.
    #[inline]
    pub fn due(&mut self, func: &CoreFunc) -> Result<Option<Due>> {
        Due::new(func, || self.number())
    }
}

/// So many words a call that is due may have.
const DUE: usize = 4;

/// A call that is due, with its arguments: nothing to be counted or dropped.
#[derive(Clone, Copy)]
pub(crate) struct Due {
    func: wasmtime::Func,
    raw: [ValRaw; DUE],
}

impl Due {
    /// The function with the next words; `None` where it does not fit. Then no
    /// word has been taken.
    #[inline]
    fn new(func: &CoreFunc, mut next: impl FnMut() -> Result<u64>) -> Result<Option<Due>> {
        if !func.is_numeric() || func.width() > DUE {
            return Ok(None);
        }
        let mut raw = [ValRaw::i64(0); DUE];
        for word in raw.iter_mut().take(func.params()) {
            *word = ValRaw::u64(next()?);
        }
        Ok(Some(Due { func: func.handle(), raw }))
    }

    /// Makes the call, without settling first, and without unwinding what it has left
    /// where it fails.
    #[inline]
    pub(super) fn cross(mut self, cx: &mut Cx<'_>) -> Result<()> {
        // SAFETY: `new`, the only maker, checked that there is room for all
        // parameters and results of the function, and that all of them are
        // numbers; any bits are one.
        let outcome = unsafe { self.func.call_unchecked(&mut *cx, &raw mut self.raw) };
        outcome.map_err(|e| failure(cx, e))
    }
}

impl HostWords<'_> {
    /// As [`Words::due`].
    #[inline]
    pub fn due(&mut self, func: &CoreFunc) -> Result<Option<Due>> {
        Due::new(func, || self.number())
    }
}
