//! Calls of few words, all of them numbers: nothing is rooted, everything
//! stands on the stack, and what can be checked once is checked before.
//!
//! Not here: what the words mean; references.

#![allow(unsafe_code)] // raw words carry no types; each use says why they fit

use super::call::{CoreFunc, Mark, failure, unwound};
use super::context::Cx;
use super::defer::settle_for;
use super::flat::{Arguments, Lift, Lower, Outcome, mismatch};
use super::memory::Home;
use super::value::Val;
use super::words::{HostWords, Read};
use crate::error::Result;
use crate::string::{Policy, Text};
use crate::types::ValType;
use std::mem::MaybeUninit;
use std::ptr::slice_from_raw_parts_mut;
use wasmtime::ValRaw;

/// So many words are few.
pub(crate) const FEW: usize = 48;

/// A function that can be called so.
#[derive(Clone, Copy)]
pub(crate) struct FewFunc {
    func: wasmtime::Func,
    params: usize,
    results: usize,
    home: Home,
    /// Whether there are more results than parameters.
    grows: bool,
}

impl FewFunc {
    /// Of this function, if it can.
    pub fn new(func: &CoreFunc) -> Option<FewFunc> {
        use ValType::{F32, F64, I32, I64, V128};
        let (params, results) = (func.ty().params(), func.ty().results());
        let mut types = params.iter().chain(results);
        let fits = types.all(|ty| matches!(ty, I32 | I64 | F32 | F64 | V128));
        (fits && params.len().max(results.len()) <= FEW).then(|| FewFunc {
            func: func.handle(),
            params: params.len(),
            results: results.len(),
            home: func.home(),
            grows: results.len() > params.len(),
        })
    }

    /// Where it runs.
    pub fn home(&self) -> Home {
        self.home
    }

    /// Calls it, after what the store owes.
    #[inline(always)]
    pub fn run<'a>(
        &self,
        cx: &mut Cx<'_>,
        args: &impl Arguments<'a>,
        outcome: &mut impl Outcome,
    ) -> Result<()> {
        let mut few = Few::new();
        let mut words = few.puts();
        args.lower(&mut words)?;
        settle_for(cx, self.home)?;
        let mark = Mark::new(cx);
        match words.call(cx, self) {
            Ok(mut results) => outcome.lift(&mut results),
            Err(error) => {
                mark.unwind(cx);
                Err(error)
            }
        }
    }
}

/// Room for the words of a call.
pub(crate) struct Few([MaybeUninit<ValRaw>; FEW]);

/// Arguments are put in order, and the function is called.
pub(crate) struct Puts<'f> {
    raw: &'f mut [MaybeUninit<ValRaw>; FEW],
    /// How many have been put, all of them set.
    at: usize,
}

/// Results are taken in order.
pub(crate) struct Takes<'f> {
    raw: &'f [MaybeUninit<ValRaw>; FEW],
    /// How many are results, all of them set.
    results: usize,
    at: usize,
}

impl Few {
    #[inline(always)]
    pub fn new() -> Few {
        Few([const { MaybeUninit::uninit() }; FEW])
    }

    /// Nothing has been put.
    #[inline(always)]
    pub fn puts(&mut self) -> Puts<'_> {
        Puts { raw: &mut self.0, at: 0 }
    }
}

impl<'f> Puts<'f> {
    /// Puts the next argument: a number's bits.
    #[inline(always)]
    pub fn put(&mut self, bits: u64) -> Result<()> {
        let Some(raw) = self.raw.get_mut(self.at) else { return Err(mismatch()) };
        raw.write(ValRaw::v128(bits.into()));
        self.at += 1;
        Ok(())
    }

    /// Puts the next words at once.
    #[inline(always)]
    pub fn put_all<const N: usize>(&mut self, words: [u128; N]) -> Result<()> {
        let room = self.raw.get_mut(self.at..).and_then(|raw| raw.first_chunk_mut::<N>());
        for (raw, bits) in room.ok_or_else(mismatch)?.iter_mut().zip(words) {
            raw.write(ValRaw::v128(bits));
        }
        self.at += N;
        Ok(())
    }

    /// Calls a function, without settling first.
    #[inline(always)]
    pub fn call(self, cx: &mut Cx<'_>, func: &FewFunc) -> Result<Takes<'f>> {
        let Puts { raw, at } = self;
        if at != func.params {
            return Err(mismatch());
        }
        if func.grows {
            let (more, clear) = (func.results - func.params, MaybeUninit::new(ValRaw::u64(0)));
            match raw.get_mut(func.params..) {
                // So many at once need no loop.
                Some([a, b, c, ..]) if more <= 3 => [*a, *b, *c] = [clear; 3],
                Some(rest) => fill(rest, more, clear),
                None => return Err(mismatch()),
            }
        }
        let words = slice_from_raw_parts_mut(raw.as_mut_ptr().cast::<ValRaw>(), FEW);
        // SAFETY: all parameters have been put and all results have room, and
        // both are numbers by the making of `FewFunc`: any bits are one. A
        // word that is no parameter is not read.
        unsafe { func.func.call_unchecked(&mut *cx, words) }.map_err(|e| failure(cx, e))?;
        Ok(Takes { raw, results: func.results, at: 0 })
    }
}

/// The rare loop, kept out of the way of the other case.
#[cold]
fn fill(raw: &mut [MaybeUninit<ValRaw>], count: usize, with: MaybeUninit<ValRaw>) {
    raw.iter_mut().take(count).for_each(|raw| *raw = with);
}

impl Takes<'_> {
    /// How many have been taken.
    #[inline(always)]
    pub fn taken(&self) -> usize {
        self.at
    }

    /// The result of this position is next.
    #[inline(always)]
    pub fn rewind(&mut self, at: usize) {
        self.at = at;
    }

    /// A call of a function with the next words, to be made later.
    #[inline]
    pub fn due(&mut self, func: &CoreFunc) -> Result<Option<FewDue>> {
        FewDue::new(func, || self.number())
    }
}

impl Lift for Takes<'_> {
    #[inline(always)]
    fn number(&mut self) -> Result<u64> {
        let Some(raw) = self.raw.get(self.at).filter(|_| self.at < self.results) else {
            return Err(mismatch());
        };
        self.at += 1;
        // SAFETY: it is a result of the call that was made; `call` has set what
        // no argument had.
        Ok(unsafe { raw.assume_init() }.get_u64())
    }

    fn text<R>(&mut self, _: impl FnOnce(Text<'_>, Policy) -> Result<R>) -> Result<R> {
        Err(mismatch())
    }

    fn value(&mut self) -> Result<Val<'static>> {
        Err(mismatch())
    }
}

impl<'a> Lower<'a> for Puts<'_> {
    #[inline(always)]
    fn number(&mut self, bits: u64) -> Result<()> {
        self.put(bits)
    }

    fn text(&mut self, _: Text<'a>, _: Option<Policy>) -> Result<()> {
        Err(mismatch())
    }

    fn value(&mut self, _: Val<'a>) -> Result<()> {
        Err(mismatch())
    }
}

/// So many words a call that is due may have.
const DUE: usize = 4;

/// A call that is due, with its arguments: nothing to be counted or dropped.
#[derive(Clone, Copy)]
pub(crate) struct FewDue {
    func: wasmtime::Func,
    raw: [ValRaw; DUE],
}

impl FewDue {
    /// The function with the next words; `None` where it does not fit. Then no
    /// word has been taken.
    #[inline]
    fn new(func: &CoreFunc, mut next: impl FnMut() -> Result<u64>) -> Result<Option<FewDue>> {
        if !func.is_numeric() || func.width() > DUE {
            return Ok(None);
        }
        let mut raw = [ValRaw::i64(0); DUE];
        for word in raw.iter_mut().take(func.ty().params().len()) {
            *word = ValRaw::u64(next()?);
        }
        Ok(Some(FewDue { func: func.handle(), raw }))
    }

    /// Makes the call, without settling first.
    #[inline]
    pub fn call(mut self, cx: &mut Cx<'_>) -> Result<()> {
        let mark = Mark::new(cx);
        // SAFETY: `new`, the only maker, checked that there is room for all
        // parameters and results of the function, and that all of them are
        // numbers; any bits are one.
        let outcome = unsafe { self.func.call_unchecked(&mut *cx, &raw mut self.raw) };
        outcome.map_err(|e| unwound(cx, mark, e))
    }
}

impl Read<'_> {
    /// As [`Takes::due`].
    #[inline]
    pub fn due(&mut self, func: &CoreFunc) -> Result<Option<FewDue>> {
        FewDue::new(func, || self.number())
    }
}

impl HostWords<'_> {
    /// As [`Takes::due`].
    #[inline]
    pub fn due(&mut self, func: &CoreFunc) -> Result<Option<FewDue>> {
        FewDue::new(func, || self.number())
    }
}
