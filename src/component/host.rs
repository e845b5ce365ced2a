//! Host functions that components import.
//!
//! Not here: which function serves which import.

#![allow(unsafe_code)] // the engine's traits for types

use super::call::{Frame, NO_ABI, of_store};
use super::check::{Checker, Notes};
use super::walk_lift::Lifting;
use super::walk_lower::Lowering;
use crate::abi::{GuestEncoding, Measure};
use crate::error::{Error, ErrorKind, Result};
use crate::guest::StoreData;
use crate::guest::call::guard;
use crate::guest::context::Cx;
use crate::guest::resource::Resource;
use crate::guest::strings::Str;
use crate::guest::tree::arena::Arena;
use crate::guest::tree::slot::{Slot, kind, many};
use crate::guest::tree::{ReadText, Returned, TextSlot, Trust};
use crate::types::layout::MAX_FLAT_PARAMS;
use crate::types::tree::{Fields, Signature};
use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr::null;
use std::sync::Arc;
use wasmtime::component::__internal::{
    CanonicalAbiInfo, InstanceType, InterfaceType, LiftContext, LowerContext,
};
use wasmtime::component::{ComponentNamedList, ComponentType, Lift, LinkerInstance, Lower};
use wasmtime::{StoreContextMut, ValRaw};

/// Something that takes and gives values as a component's import.
pub trait HostFunction: Send + Sync + 'static {
    /// Runs it. The arguments are of its type, and valid until it returns.
    fn call(&self, host: &mut Cx<'_>, args: &[Slot], returned: &mut Returned) -> Result<()>;

    /// Defines it, where it does so in a way of its own.
    fn define(
        self: Arc<Self>,
        _: &mut LinkerInstance<'_, StoreData>,
        _: &str,
    ) -> Option<wasmtime::Result<()>> {
        None
    }
}

/// Defines a function for an import of this type.
pub(super) fn define(
    linker: &mut LinkerInstance<'_, StoreData>,
    name: &str,
    ty: &Signature,
    func: Arc<dyn HostFunction>,
) -> wasmtime::Result<()> {
    if let Some(defined) = func.clone().define(linker, name) {
        return defined;
    }
    let params = Some(ty.params.layout.flat.len()).filter(|n| *n <= MAX_FLAT_PARAMS).unwrap_or(0);
    let flat_result = ty.results.layout.flat.len() == 1;
    let results = ty.results.clone();
    macro_rules! defined {
        ($($n:literal)+) => {
            match params {
                $($n if flat_result => linker.func_wrap(name, move |cx, args: Args<$n>| {
                    run::<1>(cx, args.0, &*func, &results)
                }),
                $n => linker.func_wrap(name, move |cx, args: Args<$n>| {
                    run::<0>(cx, args.0, &*func, &results)
                }),)+
                _ => Err(Error::new(ErrorKind::Panic, "internal error: too many words").into()),
            }
        };
    }
    defined!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
}

/// Arguments that were lifted for a host function.
struct Lent {
    arena: Arena,
    slots: *const Slot,
    count: usize,
    /// What the component lends of its own.
    borrows: Vec<Resource>,
}

// SAFETY: the slots are in the arena.
unsafe impl Send for Lent {}
// SAFETY: as above; nothing is changed through a shared reference.
unsafe impl Sync for Lent {}

fn run<const M: usize>(
    mut store: StoreContextMut<'_, StoreData>,
    mut lent: Lent,
    func: &dyn HostFunction,
    results: &Arc<Fields>,
) -> wasmtime::Result<Back<M>> {
    Frame::current(|frame| {
        let mut returned = Returned::default();
        // SAFETY: lifting has written so many.
        let args = unsafe { many(lent.slots, lent.count) };
        frame.shared().lend_limits(&mut store, frame.host());
        let done = guard(|| func.call(frame.host(), args, &mut returned));
        frame.shared().take_limits(&mut store, frame.host());
        end_loans(&mut store, lent.borrows.drain(..))?;
        done?;
        let mut notes = frame.shared().notes();
        let (slot, read) = as_value(&returned);
        let slots = &[slot][..results.fields.len().min(1)];
        let mut checker = Checker {
            cx: frame.host(),
            notes: &mut notes,
            read,
            encoding: GuestEncoding::default(),
            trust: Trust::Unchecked,
            home: Some(frame.owner()),
        };
        // SAFETY: who returned the value vouches for what it points to, until
        // it has been lowered.
        let checked = unsafe { checker.all("result", results, slots) };
        if let Err(error) = checked {
            notes.settle(false);
            frame.shared().keep_notes(notes);
            return Err(error.context("the host function").into());
        }
        let measures = Cell::new(std::mem::take(&mut notes.measures));
        Ok(Back { returned, notes, measures, _lent: lent })
    })
}

/// Gives back what a component has lent to a host function.
pub(super) fn end_loans(
    store: &mut StoreContextMut<'_, StoreData>,
    borrows: impl IntoIterator<Item = Resource>,
) -> wasmtime::Result<()> {
    for borrow in borrows {
        let any = borrow.state().any;
        borrow.forget();
        if let Some(any) = any {
            any.resource_drop(&mut *store)?;
        }
    }
    Ok(())
}

/// The arguments of an import that takes so many words, or memory.
struct Args<const N: usize>(Lent);

// SAFETY: lifting reads so many words, or an address.
unsafe impl<const N: usize> ComponentType for Args<N> {
    type Lower = [ValRaw; N];
    const ABI: CanonicalAbiInfo = NO_ABI;
    fn typecheck(ty: &InterfaceType, types: &InstanceType<'_>) -> wasmtime::Result<()> {
        expect_words(ty, types, MAX_FLAT_PARAMS, N)
    }
}

// SAFETY: as above.
unsafe impl<const N: usize> ComponentNamedList for Args<N> {}

pub(super) fn expect_words(
    ty: &InterfaceType,
    types: &InstanceType<'_>,
    most: usize,
    words: usize,
) -> wasmtime::Result<()> {
    let found = match ty {
        InterfaceType::Tuple(index) => types.types[*index].abi.flat_count(most),
        _ => Some(usize::MAX),
    };
    if found.is_none_or(|found| found == words) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Panic, "internal error: another number of words").into())
}

// SAFETY: as above.
unsafe impl<const N: usize> Lift for Args<N> {
    fn linear_lift_from_flat(
        cx: &mut LiftContext<'_>,
        ty: InterfaceType,
        src: &Self::Lower,
    ) -> wasmtime::Result<Self> {
        let mut words = src.iter();
        lift(cx, ty, |lifting, fields, i| lifting.flat(&fields.fields[i].ty, &mut words)).map(Args)
    }

    fn linear_lift_from_memory(
        cx: &mut LiftContext<'_>,
        ty: InterfaceType,
        bytes: &[u8],
    ) -> wasmtime::Result<Self> {
        // Where they start in memory is all that the engine has to tell.
        let at = bytes.as_ptr().addr() - cx.memory().as_ptr().addr();
        lift(cx, ty, |lifting, fields, i| {
            let field = &fields.fields[i];
            let at = lifting.area(fields, at as u32)?;
            lifting.load(&field.ty, at + field.offset as usize)
        })
        .map(Args)
    }
}

fn lift(
    cx: &mut LiftContext<'_>,
    ty: InterfaceType,
    mut field: impl FnMut(&mut Lifting<'_, '_>, &Fields, usize) -> wasmtime::Result<Slot>,
) -> wasmtime::Result<Lent> {
    Frame::called(|frame| {
        let fields = frame.tuple(ty, cx.instance_type())?;
        let count = fields.fields.len();
        let mut lent =
            Lent { arena: frame.shared().spare(), slots: null(), count, borrows: Vec::new() };
        let slots = lent.arena.array::<Slot>(count)?;
        let mut lifting = Lifting::new(cx, frame, &mut lent.arena, &mut lent.borrows);
        for i in 0..count {
            let slot = field(&mut lifting, &fields, i)?;
            // SAFETY: there is room for so many.
            unsafe { slots.add(i).write(slot) };
        }
        lent.slots = slots;
        Ok(lent)
    })
}

impl Drop for Lent {
    fn drop(&mut self) {
        let arena = std::mem::replace(&mut self.arena, Arena::new(0));
        let _ = Frame::current(|frame| {
            frame.shared().keep(arena);
            Ok(())
        });
    }
}

/// What a host function returned, on its way to the component.
struct Back<const M: usize> {
    returned: Returned,
    notes: Notes,
    measures: Cell<Vec<Measure>>,
    /// The arguments: what is returned may be one of them.
    _lent: Lent,
}

/// The value in it: text by itself is one, too.
fn as_value(returned: &Returned) -> (Slot, ReadText) {
    match &returned.text {
        Some(text) => (Slot::pointer(kind::STRING, std::ptr::from_ref(text)), own_text),
        None => (returned.slot, returned.read),
    }
}

/// Text by itself, which is where [`as_value`] says.
unsafe fn own_text(text: *const TextSlot) -> Result<Str<'static>> {
    // SAFETY: the caller vouches for the text.
    Ok(unsafe { (*text.cast::<Str<'static>>()).clone() })
}

// SAFETY: the engine lowers it at once, on the same thread.
unsafe impl<const M: usize> Send for Back<M> {}
// SAFETY: as above.
unsafe impl<const M: usize> Sync for Back<M> {}

// SAFETY: lowering writes so many words.
unsafe impl<const M: usize> ComponentType for Back<M> {
    type Lower = [ValRaw; M];
    const ABI: CanonicalAbiInfo = NO_ABI;
    fn typecheck(ty: &InterfaceType, types: &InstanceType<'_>) -> wasmtime::Result<()> {
        expect_words(ty, types, 1, M)
    }
}

// SAFETY: as above.
unsafe impl<const M: usize> ComponentNamedList for Back<M> {}

// SAFETY: as above.
unsafe impl<const M: usize> Lower for Back<M> {
    fn linear_lower_to_flat<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        ty: InterfaceType,
        dst: &mut MaybeUninit<Self::Lower>,
    ) -> wasmtime::Result<()> {
        // SAFETY: an array of words is words.
        let words = unsafe { &mut *dst.as_mut_ptr().cast::<[MaybeUninit<ValRaw>; M]>() };
        // SAFETY: `lower` gives what was checked.
        self.lower(cx, ty, |lowering, fields, slots| unsafe {
            lowering.flat_fields(fields, slots, &mut words.iter_mut())
        })
    }

    fn linear_lower_to_memory<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        ty: InterfaceType,
        at: usize,
    ) -> wasmtime::Result<()> {
        // SAFETY: as above.
        self.lower(cx, ty, |lowering, fields, slots| unsafe {
            lowering.store_fields(fields, slots, at)
        })
    }
}

impl<const M: usize> Back<M> {
    fn lower<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        ty: InterfaceType,
        write: impl FnOnce(&mut Lowering<'_, '_>, &Fields, &[Slot]) -> wasmtime::Result<()>,
    ) -> wasmtime::Result<()> {
        Frame::current(|frame| {
            let fields = frame.tuple(ty, cx.instance_type())?;
            let cx = of_store(cx)?;
            let (slot, read) = as_value(&self.returned);
            let measures = self.measures.take();
            let mut lowering = Lowering::new(cx, frame, measures, read);
            let done = write(&mut lowering, &fields, &[slot][..fields.fields.len().min(1)]);
            self.measures.set(lowering.end());
            done
        })
    }
}

impl<const M: usize> Drop for Back<M> {
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
