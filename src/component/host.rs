//! Host functions that components import: arguments are lifted into what the function
//! takes, and what it gives is lowered from where it is.
//!
//! There are three kinds, which differ in what they take: `Slots` lifts values of every
//! type, `values` types of Rust, and `direct` leaves arguments where the component has
//! them.
//!
//! Not here: which function serves which import.

#![allow(unsafe_code)] // the engine's traits for types

use super::check::{Checker, Notes};
use super::engine_types::{NO_ABI, of_store};
use super::frame::Frame;
use super::walk_lift::Lifting;
use super::walk_lower::Lowering;
use crate::abi::{GuestEncoding, Measure};
use crate::error::{Error, ErrorKind, Result};
use crate::guest::StoreData;
use crate::guest::context::Cx;
use crate::guest::resource::Resource;
use crate::guest::traps::guard;
use crate::guest::tree::arena::Arena;
use crate::guest::tree::slot::{Slot, many};
use crate::guest::tree::walk::{Lend, Look, Looked, Words, Writing};
use crate::guest::tree::{Returned, Trust, plain_text};
use crate::types::layout::MAX_FLAT_PARAMS;
use crate::types::tree::{Fields, Signature, Tuple, Type};
use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ops::Deref;
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

/// Defines a [`Serves`] that takes so many words, and gives one or none: functions of the
/// engine have a type of Rust for each. Where these are constants, no others are made.
macro_rules! by_words {
    ($linker:expr, $name:expr, $served:expr, $words:expr, $gives:expr) => {
        by_words!(@ $linker, $name, $served, $words, $gives;
            0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
    };
    (@ $linker:expr, $name:expr, $served:expr, $words:expr, $gives:expr; $($n:literal)+) => {
        match $words {
            $($n => match $gives {
                1 => $crate::component::host::wrap::<_, $n, 1>($linker, $name, $served),
                _ => $crate::component::host::wrap::<_, $n, 0>($linker, $name, $served),
            },)+
            _ => Err($crate::error::Error::internal("too many words").into()),
        }
    };
}
pub(super) use by_words;

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
    let (words, gives) = flat(ty);
    let served = WithSlots { func, results: ty.results.clone() };
    by_words!(linker, name, served, words, gives)
}

/// How many words so many are passed in, where more go through memory; and how many a
/// result is, if that is not in memory.
pub(super) fn flat(ty: &Signature) -> (usize, usize) {
    let words = ty.params.layout.flat.len();
    let gives = usize::from(ty.results.layout.flat.len() == 1);
    (if words > MAX_FLAT_PARAMS { 0 } else { words }, gives)
}

/// A host function, and how its values cross.
pub(super) trait Serves: Send + Sync + 'static {
    /// The arguments, as they are lifted from so many words, or from memory.
    type Takes<const N: usize>: Lifts + 'static;
    /// The result, as it is lowered.
    type Gives: Lend + 'static;

    /// Runs it. So many bytes may be copied for it.
    fn serve<const N: usize>(
        &self,
        frame: &Frame,
        args: Self::Takes<N>,
        most: usize,
    ) -> Result<Self::Gives>;

    /// The type of the result.
    fn results(&self) -> &Fields;
}

/// Arguments of host functions. They are used at once, on the same thread.
pub(super) trait Lifts: Sized {
    /// Lifts them. What the component lends of its own is put aside.
    fn lift(
        cx: &mut LiftContext<'_>,
        frame: &Frame,
        ty: InterfaceType,
        from: ArgsAt<'_>,
        lent: &mut Vec<Resource>,
    ) -> wasmtime::Result<Self>;
}

/// Where arguments are.
#[derive(Clone, Copy)]
pub(super) enum ArgsAt<'w> {
    Words(&'w [ValRaw]),
    /// At this address, which was not looked at.
    Memory(u32),
}

/// The types behind one of the engine's tuples.
pub(super) enum Types<'f> {
    Borrowed(&'f Fields),
    Owned(Tuple),
}

impl<'f> Types<'f> {
    pub fn of<'t>(
        frame: &'f Frame,
        ty: InterfaceType,
        types: impl FnOnce() -> InstanceType<'t>,
    ) -> wasmtime::Result<Types<'f>> {
        if let InterfaceType::Tuple(index) = ty
            && let Some(known) = frame.shared().tuple(index.as_u32())
        {
            return Ok(Types::Borrowed(known));
        }
        Ok(Types::Owned(frame.tuple(ty, types())?))
    }
}

impl Deref for Types<'_> {
    type Target = Fields;

    #[inline]
    fn deref(&self) -> &Fields {
        match self {
            Types::Borrowed(known) => known,
            Types::Owned(made) => made,
        }
    }
}

/// Defines a host function of a type of its own.
pub(super) fn wrap<S: Serves, const N: usize, const M: usize>(
    linker: &mut LinkerInstance<'_, StoreData>,
    name: &str,
    served: S,
) -> wasmtime::Result<()> {
    linker.func_wrap(name, move |store, args| run::<S, N, M>(&served, store, args))
}

fn run<S: Serves, const N: usize, const M: usize>(
    served: &S,
    mut store: StoreContextMut<'_, StoreData>,
    args: Args<S::Takes<N>, N>,
) -> wasmtime::Result<Back<S::Gives, M>> {
    let Args { frame: innermost, values, lent } = args;
    // SAFETY: the call within which they were lifted is the innermost still.
    let frame = unsafe { &*innermost };
    let most = store.hostcall_fuel();
    let mut given = None;
    frame.shared().lend_limits(&mut store, frame.host());
    let done = guard(|| {
        given = Some(served.serve(frame, values, most)?);
        Ok(())
    });
    frame.shared().take_limits(&mut store, frame.host());
    end_loans(&mut store, lent)?;
    done?;
    let mut back = Back { frame: innermost, given, notes: None };
    if let (Some(given), Some(field)) = (&back.given, served.results().fields.first()) {
        let mut notes = frame.shared().notes();
        let mut checker = Checker {
            cx: frame.host(),
            notes: &mut notes,
            read: plain_text,
            encoding: Some(GuestEncoding::default()),
            trust: Trust::Unchecked,
            home: Some(frame.owner()),
        };
        if let Err(fault) = given.look(&field.ty, &mut checker) {
            notes.settle(false);
            frame.shared().keep_notes(notes);
            let error = fault.into_error("result".into()).at_argument(0);
            return Err(error.context("the host function").into());
        }
        let measures = Cell::new(std::mem::take(&mut notes.measures));
        back.notes = Some((notes, measures));
    }
    Ok(back)
}

/// Gives back what a component has lent to a host function.
fn end_loans(
    store: &mut StoreContextMut<'_, StoreData>,
    borrows: Vec<Resource>,
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
struct Args<A, const N: usize> {
    frame: *const Frame,
    values: A,
    /// What the component lends of its own.
    lent: Vec<Resource>,
}

// SAFETY: the engine uses it at once, on the same thread.
unsafe impl<A, const N: usize> Send for Args<A, N> {}
// SAFETY: as above.
unsafe impl<A, const N: usize> Sync for Args<A, N> {}

// SAFETY: lifting reads so many words, or an address.
unsafe impl<A: Lifts, const N: usize> ComponentType for Args<A, N> {
    type Lower = [ValRaw; N];
    const ABI: CanonicalAbiInfo = NO_ABI;
    fn typecheck(ty: &InterfaceType, types: &InstanceType<'_>) -> wasmtime::Result<()> {
        expect_words(ty, types, MAX_FLAT_PARAMS, N)
    }
}

// SAFETY: as above.
unsafe impl<A: Lifts, const N: usize> ComponentNamedList for Args<A, N> {}

fn expect_words(
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
unsafe impl<A: Lifts, const N: usize> Lift for Args<A, N> {
    fn linear_lift_from_flat(
        cx: &mut LiftContext<'_>,
        ty: InterfaceType,
        src: &Self::Lower,
    ) -> wasmtime::Result<Self> {
        lift(cx, ty, ArgsAt::Words(src))
    }

    fn linear_lift_from_memory(
        cx: &mut LiftContext<'_>,
        ty: InterfaceType,
        bytes: &[u8],
    ) -> wasmtime::Result<Self> {
        // Where they start in memory is all that the engine has to tell.
        let at = bytes.as_ptr().addr() - cx.memory().as_ptr().addr();
        lift(cx, ty, ArgsAt::Memory(at as u32))
    }
}

fn lift<A: Lifts, const N: usize>(
    cx: &mut LiftContext<'_>,
    ty: InterfaceType,
    from: ArgsAt<'_>,
) -> wasmtime::Result<Args<A, N>> {
    Frame::called(|frame| {
        let mut lent = Vec::new();
        let values = A::lift(cx, frame, ty, from, &mut lent)?;
        Ok(Args { frame, values, lent })
    })
}

/// What a host function gave, on its way to the component.
struct Back<G, const M: usize> {
    frame: *const Frame,
    given: Option<G>,
    /// What was noted of it, if it was looked at.
    notes: Option<(Notes, Cell<Vec<Measure>>)>,
}

// SAFETY: the engine lowers it at once, on the same thread.
unsafe impl<G, const M: usize> Send for Back<G, M> {}
// SAFETY: as above.
unsafe impl<G, const M: usize> Sync for Back<G, M> {}

// SAFETY: lowering writes so many words.
unsafe impl<G: Lend, const M: usize> ComponentType for Back<G, M> {
    type Lower = [ValRaw; M];
    const ABI: CanonicalAbiInfo = NO_ABI;
    fn typecheck(ty: &InterfaceType, types: &InstanceType<'_>) -> wasmtime::Result<()> {
        expect_words(ty, types, 1, M)
    }
}

// SAFETY: as above.
unsafe impl<G: Lend, const M: usize> ComponentNamedList for Back<G, M> {}

// SAFETY: as above.
unsafe impl<G: Lend, const M: usize> Lower for Back<G, M> {
    fn linear_lower_to_flat<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        ty: InterfaceType,
        dst: &mut MaybeUninit<Self::Lower>,
    ) -> wasmtime::Result<()> {
        // SAFETY: an array of words is words.
        let words = unsafe { &mut *dst.as_mut_ptr().cast::<[MaybeUninit<ValRaw>; M]>() };
        self.lower(cx, ty, |given, ty, to| given.put_words(ty, to, &mut Words(words.iter_mut())))
    }

    fn linear_lower_to_memory<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        ty: InterfaceType,
        at: usize,
    ) -> wasmtime::Result<()> {
        self.lower(cx, ty, |given, ty, to| given.put_memory(ty, to, at))
    }
}

impl<G: Lend, const M: usize> Back<G, M> {
    fn lower<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        ty: InterfaceType,
        put: impl FnOnce(&G, &Type, &mut Writing<'_>) -> wasmtime::Result<()>,
    ) -> wasmtime::Result<()> {
        let (Some(given), Some((_, measures))) = (&self.given, &self.notes) else { return Ok(()) };
        // SAFETY: the call that the host function ran within is the innermost still.
        let frame = unsafe { &*self.frame };
        let types = Types::of(frame, ty, || cx.instance_type())?;
        let Some(field) = types.fields.first() else { return Ok(()) };
        let cx = of_store(cx)?;
        let mut lowering = Lowering::new(cx, frame, measures.take(), plain_text);
        let done = put(given, &field.ty, &mut Writing::new(&mut lowering));
        measures.set(lowering.end());
        done
    }
}

impl<G, const M: usize> Drop for Back<G, M> {
    fn drop(&mut self) {
        let Some((mut notes, measures)) = self.notes.take() else { return };
        notes.measures = measures.take();
        notes.settle(true);
        // SAFETY: the engine drops it before the guest goes on, within the same call.
        unsafe { &*self.frame }.shared().keep_notes(notes);
    }
}

/// A function that takes and gives slots.
struct WithSlots {
    func: Arc<dyn HostFunction>,
    results: Arc<Fields>,
}

impl Serves for WithSlots {
    type Takes<const N: usize> = Slots;
    type Gives = FromSlots;

    fn serve<const N: usize>(&self, frame: &Frame, args: Slots, _: usize) -> Result<FromSlots> {
        let mut returned = Returned::default();
        // SAFETY: lifting has written so many.
        let slots = unsafe { many(args.slots, args.count) };
        self.func.call(frame.host(), slots, &mut returned)?;
        Ok(FromSlots { returned, _args: args })
    }

    fn results(&self) -> &Fields {
        &self.results
    }
}

/// Arguments that were lifted into slots.
struct Slots {
    frame: *const Frame,
    arena: Arena,
    slots: *const Slot,
    count: usize,
}

impl Lifts for Slots {
    fn lift(
        cx: &mut LiftContext<'_>,
        frame: &Frame,
        ty: InterfaceType,
        from: ArgsAt<'_>,
        lent: &mut Vec<Resource>,
    ) -> wasmtime::Result<Slots> {
        let types = Types::of(frame, ty, || cx.instance_type())?;
        let count = types.fields.len();
        let mut args = Slots { frame, arena: frame.shared().spare(), slots: null(), count };
        let slots = args.arena.array::<Slot>(count)?;
        let mut lifting = Lifting::new(cx, frame, &mut args.arena, lent);
        let (mut words, at) = match from {
            ArgsAt::Words(words) => (words.iter(), None),
            ArgsAt::Memory(at) => ([].iter(), Some(lifting.area(&types, at)?)),
        };
        for (i, field) in types.fields.iter().enumerate() {
            let slot = match at {
                Some(at) => lifting.load(&field.ty, at + field.offset as usize)?,
                None => lifting.flat(&field.ty, &mut words)?,
            };
            // SAFETY: there is room for so many.
            unsafe { slots.add(i).write(slot) };
        }
        args.slots = slots;
        Ok(args)
    }
}

impl Drop for Slots {
    fn drop(&mut self) {
        let arena = std::mem::replace(&mut self.arena, Arena::new(0));
        // SAFETY: they are dropped within the call that they were lifted in.
        unsafe { &*self.frame }.shared().keep(arena);
    }
}

/// What a function returned that takes slots.
struct FromSlots {
    returned: Returned,
    /// What is returned may be one of them.
    _args: Slots,
}

impl Lend for FromSlots {
    fn look(&self, ty: &Type, guest: &mut dyn Look) -> Looked {
        self.returned.look(ty, guest)
    }

    fn put_words(
        &self,
        ty: &Type,
        to: &mut Writing<'_>,
        words: &mut Words<'_>,
    ) -> wasmtime::Result<()> {
        self.returned.put_words(ty, to, words)
    }

    fn put_memory(&self, ty: &Type, to: &mut Writing<'_>, at: usize) -> wasmtime::Result<()> {
        self.returned.put_memory(ty, to, at)
    }
}
