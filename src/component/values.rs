//! Host functions that take and return values of Rust's own: lifted straight into
//! those, and lowered straight from them.
//!
//! Not here: which types of Rust those are.

#![allow(unsafe_code)] // the engine's traits for types

use super::call::{Frame, NO_ABI, of_store};
use super::check::{Checker, Notes};
use super::host::{end_loans, expect_words};
use super::walk_lift::Lifting;
use super::walk_lower::Lowering;
use crate::abi::{GuestEncoding, Measure};
use crate::error::{Error, ErrorKind, Result};
use crate::guest::StoreData;
use crate::guest::call::guard;
use crate::guest::context::Cx;
use crate::guest::resource::Resource;
use crate::guest::stack::check_depth;
use crate::guest::tree::arena::Arena;
use crate::guest::tree::walk::{Arrive, Depart, Taken, Words, Writing};
use crate::guest::tree::{Trust, plain_text};
use crate::types::layout::MAX_FLAT_PARAMS;
use crate::types::tree::{Fields, Signature, Type};
use std::cell::Cell;
use std::mem::MaybeUninit;
use std::sync::Arc;
use wasmtime::component::__internal::{
    CanonicalAbiInfo, InstanceType, InterfaceType, LiftContext, LowerContext,
};
use wasmtime::component::{ComponentNamedList, ComponentType, Lift, LinkerInstance, Lower};
use wasmtime::{StoreContextMut, ValRaw};

/// Defines a function for an import of this type, which these values stand for.
pub(crate) fn define<P, R, F>(
    linker: &mut LinkerInstance<'_, StoreData>,
    name: &str,
    ty: &Signature,
    body: F,
) -> wasmtime::Result<()>
where
    P: Arrive,
    R: Depart,
    F: Fn(&mut Cx<'_>, P) -> Result<R> + Send + Sync + 'static,
{
    let results = ty.results.clone();
    macro_rules! defined {
        ($($n:literal)+) => {
            // The compiler knows which it is, and makes no other.
            match words::<P>() {
                $($n => match R::WORDS {
                    1 => linker.func_wrap(name, move |cx, args: Args<P, $n>| {
                        run::<P, R, 1>(cx, args.0, &body, &results)
                    }),
                    _ => linker.func_wrap(name, move |cx, args: Args<P, $n>| {
                        run::<P, R, 0>(cx, args.0, &body, &results)
                    }),
                },)+
                _ => Err(Error::new(ErrorKind::Panic, "internal error: too many words").into()),
            }
        };
    }
    defined!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
}

/// How many words so many are passed in; more go through memory.
const fn words<P: Arrive>() -> usize {
    if P::WORDS > MAX_FLAT_PARAMS { 0 } else { P::WORDS }
}

/// Arguments that were lifted.
struct Lifted<P> {
    values: P,
    /// What the component lends of its own.
    borrows: Vec<Resource>,
}

fn run<P, R: Depart, const M: usize>(
    mut store: StoreContextMut<'_, StoreData>,
    lifted: Lifted<P>,
    body: &impl Fn(&mut Cx<'_>, P) -> Result<R>,
    results: &Arc<Fields>,
) -> wasmtime::Result<Back<R, M>> {
    Frame::current(|frame| {
        let Lifted { values, borrows } = lifted;
        let mut value = None;
        frame.shared().lend_limits(&mut store, frame.host());
        let done = guard(|| {
            check_depth(frame.host())?;
            value = Some(body(frame.host(), values)?);
            Ok(())
        });
        frame.shared().take_limits(&mut store, frame.host());
        end_loans(&mut store, borrows)?;
        done?;
        let mut notes = frame.shared().notes();
        let mut checker = Checker {
            cx: frame.host(),
            notes: &mut notes,
            read: plain_text,
            encoding: GuestEncoding::default(),
            trust: Trust::Unchecked,
            home: Some(frame.owner()),
        };
        let checked = match (&value, results.fields.first()) {
            (Some(value), Some(field)) => value.look(&field.ty, &mut checker),
            _ => Ok(()),
        };
        if let Err(fault) = checked {
            notes.settle(false);
            frame.shared().keep_notes(notes);
            let error = fault.into_error("result 0".into()).at_argument(0);
            return Err(error.context("the host function").into());
        }
        let measures = Cell::new(std::mem::take(&mut notes.measures));
        Ok(Back { value, notes, measures })
    })
}

/// The arguments of an import that takes so many words, or memory.
struct Args<P, const N: usize>(Lifted<P>);

// SAFETY: the engine uses it at once, on the same thread.
unsafe impl<P, const N: usize> Send for Args<P, N> {}
// SAFETY: as above.
unsafe impl<P, const N: usize> Sync for Args<P, N> {}

// SAFETY: lifting reads so many words, or an address.
unsafe impl<P: Arrive, const N: usize> ComponentType for Args<P, N> {
    type Lower = [ValRaw; N];
    const ABI: CanonicalAbiInfo = NO_ABI;
    fn typecheck(ty: &InterfaceType, types: &InstanceType<'_>) -> wasmtime::Result<()> {
        expect_words(ty, types, MAX_FLAT_PARAMS, N)
    }
}

// SAFETY: as above.
unsafe impl<P: Arrive, const N: usize> ComponentNamedList for Args<P, N> {}

// SAFETY: as above.
unsafe impl<P: Arrive, const N: usize> Lift for Args<P, N> {
    fn linear_lift_from_flat(
        cx: &mut LiftContext<'_>,
        ty: InterfaceType,
        src: &Self::Lower,
    ) -> wasmtime::Result<Self> {
        lift(cx, ty, |fields, lifting| {
            P::of_words(fields, &mut lifting.reading(), &mut Taken(src.iter()))
        })
        .map(Args)
    }

    fn linear_lift_from_memory(
        cx: &mut LiftContext<'_>,
        ty: InterfaceType,
        bytes: &[u8],
    ) -> wasmtime::Result<Self> {
        // Where they start in memory is all that the engine has to tell.
        let at = bytes.as_ptr().addr() - cx.memory().as_ptr().addr();
        lift(cx, ty, |fields, lifting| {
            let at = lifting.area(fields, at as u32)?;
            P::of_memory(fields, &mut lifting.reading(), at)
        })
        .map(Args)
    }
}

fn lift<P>(
    cx: &mut LiftContext<'_>,
    ty: InterfaceType,
    values: impl FnOnce(&Fields, &mut Lifting<'_, '_>) -> wasmtime::Result<P>,
) -> wasmtime::Result<Lifted<P>> {
    Frame::called(|frame| {
        let fields = frame.tuple(ty, cx.instance_type())?;
        let (mut arena, mut borrows) = (Arena::new(0), Vec::new());
        let mut lifting = Lifting::new(cx, frame, &mut arena, &mut borrows);
        let values = values(&fields, &mut lifting)?;
        Ok(Lifted { values, borrows })
    })
}

/// What a host function returned, on its way to the component.
struct Back<R, const M: usize> {
    value: Option<R>,
    notes: Notes,
    measures: Cell<Vec<Measure>>,
}

// SAFETY: the engine lowers it at once, on the same thread.
unsafe impl<R, const M: usize> Send for Back<R, M> {}
// SAFETY: as above.
unsafe impl<R, const M: usize> Sync for Back<R, M> {}

// SAFETY: lowering writes so many words.
unsafe impl<R: Depart, const M: usize> ComponentType for Back<R, M> {
    type Lower = [ValRaw; M];
    const ABI: CanonicalAbiInfo = NO_ABI;
    fn typecheck(ty: &InterfaceType, types: &InstanceType<'_>) -> wasmtime::Result<()> {
        expect_words(ty, types, 1, M)
    }
}

// SAFETY: as above.
unsafe impl<R: Depart, const M: usize> ComponentNamedList for Back<R, M> {}

// SAFETY: as above.
unsafe impl<R: Depart, const M: usize> Lower for Back<R, M> {
    fn linear_lower_to_flat<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        ty: InterfaceType,
        dst: &mut MaybeUninit<Self::Lower>,
    ) -> wasmtime::Result<()> {
        // SAFETY: an array of words is words.
        let words = unsafe { &mut *dst.as_mut_ptr().cast::<[MaybeUninit<ValRaw>; M]>() };
        self.lower(cx, ty, |value, ty, to| value.put_words(ty, to, &mut Words(words.iter_mut())))
    }

    fn linear_lower_to_memory<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        ty: InterfaceType,
        at: usize,
    ) -> wasmtime::Result<()> {
        self.lower(cx, ty, |value, ty, to| value.put_memory(ty, to, at))
    }
}

impl<R: Depart, const M: usize> Back<R, M> {
    fn lower<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        ty: InterfaceType,
        put: impl FnOnce(&R, &Type, &mut Writing<'_>) -> wasmtime::Result<()>,
    ) -> wasmtime::Result<()> {
        Frame::current(|frame| {
            let fields = frame.tuple(ty, cx.instance_type())?;
            let (Some(value), Some(field)) = (&self.value, fields.fields.first()) else {
                return Ok(());
            };
            let cx = of_store(cx)?;
            let mut lowering = Lowering::new(cx, frame, self.measures.take(), plain_text);
            let done = put(value, &field.ty, &mut Writing::new(&mut lowering));
            self.measures.set(lowering.end());
            done
        })
    }
}

impl<R, const M: usize> Drop for Back<R, M> {
    fn drop(&mut self) {
        let mut notes = std::mem::take(&mut self.notes);
        notes.measures = self.measures.take();
        notes.settle(true);
        let _ = Frame::current(|frame| {
            frame.shared().keep_notes(notes);
            Ok(())
        });
    }
}
