//! Core code calls the host, with raw words.
//!
//! Words are read and put in order, each proven against the core function's
//! type on the spot. Interface integers travel in the core integers that carry
//! them.
//!
//! Not here: what the words mean; values, which are in `values`; calls into core code.

#![allow(unsafe_code)] // raw words carry no types; each use says why they fit

pub(super) mod values;

use super::StoreData;
use super::context::Cx;
use super::engine_types::func_type;
use super::errors::mismatch;
use super::refs::expose;
use crate::error::{Error, Result};
use crate::types::{FuncType, ValType};
use std::mem::MaybeUninit;
use wasmtime::{AsContextMut as _, ValRaw};

/// The words of a call from core code: arguments, read in order, then
/// results, put in order in their place.
pub(crate) struct HostWords<'a> {
    raw: &'a mut [ValRaw],
    ty: &'a FuncType,
    /// How many results it has.
    results: usize,
    /// Whether all of them are numbers.
    numeric: bool,
    read: usize,
    put: usize,
}

/// The proof that all results of a call have been put.
pub(crate) struct Done(());

impl HostWords<'_> {
    /// A number's bits, whichever kind of number it is; of one of 32 bits, the
    /// high half is of no meaning.
    #[inline]
    pub fn number(&mut self) -> Result<u64> {
        let Some(raw) = self.raw.get(self.read) else { return Err(broken("a word too many")) };
        self.read += 1;
        Ok(raw.get_u64())
    }

    /// The next two, as numbers of 32 bits, which are not taken.
    #[inline]
    pub fn peek_two(&self) -> Result<[u32; 2]> {
        match self.raw.get(self.read..) {
            Some([a, b, ..]) => Ok([a.get_u32(), b.get_u32()]),
            _ => Err(broken("a word too many")),
        }
    }

    /// Takes the two.
    #[inline]
    pub fn skip_two(&mut self) {
        self.read += 2;
    }

    /// A number of 32 bits.
    #[inline]
    pub fn i32(&mut self) -> Result<i32> {
        self.number().map(|bits| bits as i32)
    }

    #[inline]
    pub fn put_i32(&mut self, value: i32) -> Result<()> {
        self.word(ValType::I32, ValRaw::i32(value))
    }

    /// A number's bits, whichever kind of number is due.
    #[inline]
    pub fn put_number(&mut self, bits: u64) -> Result<()> {
        match self.ty.results().get(self.put) {
            Some(ty @ (ValType::I32 | ValType::F32)) => self.word(*ty, ValRaw::u32(bits as u32)),
            Some(ty @ (ValType::I64 | ValType::F64)) => self.word(*ty, ValRaw::u64(bits)),
            _ => Err(broken("a word of another type")),
        }
    }

    /// The next words at once, all of them numbers.
    #[inline(always)]
    pub fn put_all<const N: usize>(&mut self, words: [u128; N]) -> Result<()> {
        let put = self.put + N;
        if put > self.results {
            return Err(broken("a word too many"));
        }
        if !self.numeric && self.ty.results()[self.put..put].iter().any(|ty| ty.is_ref()) {
            return Err(broken("a word of another type"));
        }
        let Some(room) = self.raw.get_mut(self.put..).and_then(|raw| raw.first_chunk_mut::<N>())
        else {
            return Err(broken("a word too many"));
        };
        for (raw, bits) in room.iter_mut().zip(words) {
            *raw = ValRaw::v128(bits);
        }
        self.put = put;
        Ok(())
    }

    #[inline]
    fn word(&mut self, ty: ValType, word: ValRaw) -> Result<()> {
        if self.ty.results().get(self.put) != Some(&ty) {
            return Err(broken("a word of another type"));
        }
        self.raw[self.put] = word;
        self.put += 1;
        Ok(())
    }

    /// All results have been put.
    #[inline]
    pub fn done(self) -> Result<Done> {
        if self.put == self.results { Ok(Done(())) } else { Err(mismatch()) }
    }
}

/// The type of a function that core code calls: what the engine has registered,
/// and what it says.
#[derive(Clone)]
pub(crate) struct HostType {
    core: wasmtime::FuncType,
    ty: FuncType,
}

impl HostType {
    pub fn new(core: wasmtime::FuncType) -> HostType {
        HostType { ty: func_type(&core), core }
    }

    /// The engine's.
    pub fn core(&self) -> &wasmtime::FuncType {
        &self.core
    }
}

/// A core function that runs `body`, which must put every result of the words
/// that it is given.
pub(crate) fn host_words(
    cx: &mut Cx<'_>,
    of: &HostType,
    body: impl Fn(&mut wasmtime::Caller<'_, StoreData>, HostWords<'_>) -> Result<Done>
    + Send
    + Sync
    + 'static,
) -> wasmtime::Func {
    let HostType { core, ty } = of.clone();
    let (params, results) = (ty.params().len(), ty.results().len());
    let numeric = !ty.results().iter().any(|ty| ty.is_ref());
    let entered = move |mut caller: wasmtime::Caller<'_, StoreData>,
                        raw: &mut [MaybeUninit<ValRaw>]| {
        if results > params {
            raw[params..].fill(MaybeUninit::new(ValRaw::i64(0)));
        }
        // SAFETY: there are as many words as the larger of both counts. Core code
        // has set one for each parameter, and those behind, which are for further
        // results, have been set just now; a set `MaybeUninit` is laid out as what
        // it holds.
        let raw = unsafe { &mut *(std::ptr::from_mut(raw) as *mut [ValRaw]) };
        let rooted = if numeric { 0 } else { caller.data().refs.mark() };
        let words = HostWords { raw: &mut *raw, ty: &ty, results, numeric, read: 0, put: 0 };
        let mut outcome = body(&mut caller, words).map(|Done(())| ());
        if !numeric {
            outcome = exposed(&mut caller.as_context_mut(), rooted, raw, outcome);
        }
        outcome.map_err(wasmtime::Error::from)
    };
    // SAFETY: `HostWords` gives out a word as a reference only where the type
    // has one, any bits are a number, `Done` proves that all results have been
    // put as the type says, and what is referred to is exposed as the last thing.
    unsafe { wasmtime::Func::new_unchecked(&mut *cx, core, entered) }
}

/// Exposes the references among the results of a call that succeeded.
#[inline(never)]
fn exposed(
    cx: &mut Cx<'_>,
    rooted: usize,
    raw: &mut [ValRaw],
    mut outcome: Result<()>,
) -> Result<()> {
    if outcome.is_ok() {
        outcome = expose(cx, rooted, |at, word| raw[at] = word);
    }
    cx.data_mut().refs.cut(rooted);
    outcome
}

/// Compiled code and its description disagree: a bug, told instead of a
/// panic.
#[cold]
fn broken(what: &str) -> Error {
    Error::internal(format_args!("a compiled adapter: {what}"))
}
