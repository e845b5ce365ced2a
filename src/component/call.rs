//! A call of a component's function: values are checked, lowered, and what comes
//! back is lifted, before and after the component's door is entered, or within the
//! engine's own call.
//!
//! Not here: how the values lie; how the function is entered.

#![allow(unsafe_code)] // what a call lends to those who lower and lift

use super::by_engine::{self, Running};
use super::check::Checker;
use super::convert::{Take, read};
use super::door::{Told, Way};
use super::instance::{HostTable, Instance, Shared};
use super::text::trap;
use super::walk_lift::{Lifting, Source};
use super::walk_lower::Lowering;
use crate::abi::{GuestEncoding, Measure};
use crate::error::{Error, ErrorKind, Result, TrapCode};
use crate::guest::StoreData;
use crate::guest::context::Cx;
use crate::guest::resource::Owner;
use crate::guest::strings::{COPIES, Str, copy_as};
use crate::guest::tree::arena::Arena;
use crate::guest::tree::slot::Slot;
use crate::guest::tree::walk::{self, FromGuest as _, ToGuest as _};
use crate::guest::tree::{Arg, Out as End, ReadText, Returned, Trust, plain_text};
use crate::guest::value::Val;
use crate::string::{Encoding, Policy, Text};
use crate::types::layout::MAX_FLAT_PARAMS;
use crate::types::tree::{Field, Fields, Signature, Tuple, Type};
use std::cell::{Cell, RefMut};
use std::mem::MaybeUninit;
use std::ptr::{NonNull, null};
use std::slice::IterMut;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use wasmtime::component::__internal::{
    CanonicalAbiInfo, InstanceType, InterfaceType, LowerContext,
};
use wasmtime::{Store, ValRaw};

/// An exported function of an instance.
pub struct Function {
    instance: Instance,
    func: wasmtime::component::Func,
    ty: Signature,
    /// How many bytes the last result took.
    hint: AtomicUsize,
    /// How the guest stores text, as far as that is known.
    encoding: AtomicU8,
    /// The way by the component's door, if there is one.
    pub(super) way: Option<Way>,
}

impl Function {
    pub(super) fn new(
        instance: Instance,
        func: wasmtime::component::Func,
        ty: Signature,
        way: Option<Way>,
    ) -> Function {
        let (hint, encoding) = (AtomicUsize::new(0), AtomicU8::new(0));
        Function { instance, func, ty, hint, encoding, way }
    }

    /// Its type.
    pub fn ty(&self) -> &Signature {
        &self.ty
    }

    /// Calls it. `read` reads the texts that are in the arguments; a component that
    /// calls may lend what it owns.
    ///
    /// # Errors
    ///
    /// What is wrong with arguments is found before the component runs, and says
    /// where in them it is. Any other error leaves the instance poisoned.
    ///
    /// # Safety
    ///
    /// What the arguments point to must be there until this returns.
    pub(crate) unsafe fn call(
        &self,
        host: &mut Cx<'_>,
        args: &[Slot],
        read: ReadText,
        returned: &mut Returned,
        trust: Trust,
    ) -> Result<()> {
        self.cross(host, Given::Slots(args, read, trust), To { returned, end: None })
    }

    /// Calls it with ends: a slot for each argument, and one for the result if there is
    /// one. After an error it is unspecified what the result is.
    pub(crate) fn call_ends(
        &self,
        host: &mut Cx<'_>,
        args: &[Arg<'_>],
        results: &mut [End<'_>],
    ) -> Result<()> {
        let end = results.first_mut().map(|end| NonNull::from(end).cast());
        self.cross(host, Given::Ends(args), To { returned: &mut Returned::default(), end })
    }

    fn cross(&self, host: &mut Cx<'_>, args: Given<'_>, mut to: To<'_>) -> Result<()> {
        self.instance.enter(host, |store, frame| match &self.way {
            Some(way) if way.call(store, frame, &self.ty, args, &mut to)? => Ok(Ok(())),
            _ => self.walk(store, frame, args, to),
        })
    }

    /// Checks all that the host gives, and calls with values that are lowered and lifted
    /// here.
    #[inline(never)]
    fn walk(
        &self,
        store: &mut Store<StoreData>,
        frame: &Frame,
        args: Given<'_>,
        mut to: To<'_>,
    ) -> wasmtime::Result<Result<()>> {
        let mut notes = frame.shared().notes();
        let (read, trust) = match args {
            Given::Slots(_, read, trust) => (read, trust),
            Given::Ends(_) => (plain_text as ReadText, Trust::Unchecked),
        };
        let mut checker = Checker {
            cx: frame.host(),
            notes: &mut notes,
            read,
            encoding: self.encoding(),
            trust,
            home: Some(frame.owner()),
        };
        let checked = match args {
            // SAFETY: the caller vouches for the arguments.
            Given::Slots(args, ..) => unsafe { checker.all("parameter", &self.ty.params, args) },
            Given::Ends(args) => checker.ends(&self.ty.params, args),
        };
        if let Err(error) = checked {
            notes.settle(false);
            frame.shared().keep_notes(notes);
            return Ok(Err(error));
        }
        let measures = Cell::new(std::mem::take(&mut notes.measures));
        let going = Going { func: self, frame, args, read, measures };
        let way = self.way.as_ref().and_then(|way| Some((way, way.told(frame)?)));
        let outcome = match way {
            Some((way, told)) => going.by_door(store, way, told, &mut to),
            None => by_engine::call(&self.func, store, &going, &mut to),
        };
        notes.measures = going.measures.take();
        notes.settle(true);
        frame.shared().end_loans();
        frame.shared().keep_notes(notes);
        outcome.map(Ok)
    }

    /// Lifts a result: it is this word, or where that says.
    pub(super) fn lift(
        &self,
        frame: &Frame,
        source: Source<'_, '_>,
        src: &ValRaw,
        into: &mut Sink,
    ) -> wasmtime::Result<()> {
        let results = &self.ty.results;
        let Some(result) = results.fields.first() else { return Ok(()) };
        let mut lent = Vec::new();
        let mut lifting = Lifting::of(source, frame, &mut into.arena, &mut lent);
        let src = std::slice::from_ref(src);
        // SAFETY: as in `To::end`.
        if let Some(end) = into.end.map(|mut end| unsafe { end.as_mut() }) {
            return take(frame, &mut lifting, results, result, src, end);
        }
        into.returned.slot = match (&result.ty, results.layout.flat.len()) {
            (Type::String, _) => {
                let at = lifting.area(results, src[0].get_u32())?;
                let text = lifting.returned_text(at)?;
                lifting.pay(2 * text.len())?;
                into.returned.text = Some(own(frame, text)?);
                Slot::NONE
            }
            (ty, 0..=1) => lifting.flat(ty, &mut src.iter())?,
            (ty, _) => {
                let at = lifting.area(results, src[0].get_u32())?;
                lifting.load(ty, at)?
            }
        };
        self.hint.store(into.arena.total(), Ordering::Relaxed);
        let arena = std::mem::replace(&mut into.arena, Arena::new(0));
        into.returned.slot = arena.into_root(into.returned.slot);
        into.returned.owned = true;
        Ok(())
    }

    fn hint(&self) -> usize {
        self.hint.load(Ordering::Relaxed)
    }

    fn encoding(&self) -> GuestEncoding {
        let known = self.encoding.load(Ordering::Relaxed);
        GuestEncoding::ALL.get(known as usize).copied().unwrap_or_default()
    }

    fn learn(&self, encoding: GuestEncoding) {
        self.encoding.store(encoding as u8, Ordering::Relaxed);
    }
}

/// What a call that is running refers to.
pub(super) struct Frame {
    host: *mut Cx<'static>,
    shared: *const Shared,
    encoding: Encoding,
    /// The call that the engine is making for it.
    pub running: Cell<*const Running<'static>>,
}

/// Where a result goes.
pub(super) struct To<'t> {
    pub returned: &'t mut Returned,
    /// The end that it goes to, if that is not `returned`.
    end: Option<NonNull<End<'static>>>,
}

impl To<'_> {
    /// The end that the result goes to, if that is not `returned`.
    pub fn end(&mut self) -> Option<&mut End<'static>> {
        // SAFETY: `Function::call_ends` has it lent until the call is over; nothing is put
        // in its place.
        self.end.map(|mut end| unsafe { end.as_mut() })
    }
}

/// The same while it is being lifted.
#[derive(Default)]
pub(super) struct Sink {
    arena: Arena,
    pub returned: Returned,
    end: Option<NonNull<End<'static>>>,
}

impl Sink {
    /// With as much room as the function's last result took.
    pub fn new(func: &Function, to: &To<'_>) -> Sink {
        let room = if to.end.is_none() { func.hint() } else { 0 };
        Sink { arena: Arena::new(room), returned: Returned::default(), end: to.end }
    }
}

/// A call's arguments.
#[derive(Clone, Copy)]
pub(super) enum Given<'a> {
    /// Slots, what reads the texts in them, and who has looked at them.
    Slots(&'a [Slot], ReadText, Trust),
    /// Ends.
    Ends(&'a [Arg<'a>]),
}

impl Given<'_> {
    /// # Safety
    ///
    /// They must have been checked against these types, and be there still.
    unsafe fn flat(
        self,
        fields: &Fields,
        to: &mut Lowering<'_, '_>,
        words: &mut IterMut<'_, MaybeUninit<ValRaw>>,
    ) -> wasmtime::Result<()> {
        match self {
            // SAFETY: the caller vouches for it.
            Given::Slots(args, ..) => unsafe { to.flat_fields(fields, args, words) },
            Given::Ends(args) => {
                let mut both = fields.fields.iter().zip(args);
                both.try_for_each(|(field, arg)| to.flat_end(&field.ty, arg, words))
            }
        }
    }

    /// # Safety
    ///
    /// As for [`Given::flat`].
    unsafe fn store(
        self,
        fields: &Fields,
        to: &mut Lowering<'_, '_>,
        at: usize,
    ) -> wasmtime::Result<()> {
        match self {
            // SAFETY: the caller vouches for it.
            Given::Slots(args, ..) => unsafe { to.store_fields(fields, args, at) },
            Given::Ends(args) => fields.fields.iter().zip(args).try_for_each(|(field, arg)| {
                to.store_end(&field.ty, arg, at + field.offset as usize)
            }),
        }
    }
}

thread_local! {
    /// The innermost call of a component on this thread.
    static CURRENT: Cell<*const Frame> = const { Cell::new(null()) };
}

impl Frame {
    /// Runs `body` with this as the innermost call.
    pub fn run<R>(
        host: &mut Cx<'_>,
        shared: &Shared,
        encoding: Encoding,
        body: impl FnOnce(&Frame) -> R,
    ) -> R {
        struct Restore(*const Frame);
        impl Drop for Restore {
            fn drop(&mut self) {
                CURRENT.set(self.0);
            }
        }
        let frame = Frame {
            host: std::ptr::from_mut(host).cast(),
            shared,
            encoding,
            running: Cell::new(null()),
        };
        let _restore = Restore(CURRENT.replace(&frame));
        body(&frame)
    }

    /// The innermost call, in what the engine calls within it.
    pub fn current<R>(body: impl FnOnce(&Frame) -> wasmtime::Result<R>) -> wasmtime::Result<R> {
        // SAFETY: `run` keeps the frame for as long as it is the innermost.
        match unsafe { CURRENT.get().as_ref() } {
            Some(frame) => body(frame),
            None => Err(Error::new(ErrorKind::Panic, "internal error: no call is running").into()),
        }
    }

    /// The same in a host function that the guest calls, which it may not always do.
    pub fn called<R>(body: impl FnOnce(&Frame) -> wasmtime::Result<R>) -> wasmtime::Result<R> {
        Frame::current(|frame| match frame.shared().may_not_leave() {
            true => Err(wasmtime::Trap::CannotLeaveComponent.into()),
            false => body(frame),
        })
    }

    /// The host's store.
    #[allow(clippy::mut_from_ref)]
    pub fn host(&self) -> &mut Cx<'_> {
        // SAFETY: `run` has it lent for the time of the call, during which
        // nothing else refers to it; those who ask use it for one thing at a
        // time. The lifetime is made shorter.
        unsafe { &mut *self.host.cast() }
    }

    pub fn shared(&self) -> &Shared {
        // SAFETY: `run` keeps it.
        unsafe { &*self.shared }
    }

    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    pub fn owner(&self) -> &Arc<Owner> {
        &self.shared().owner
    }

    pub fn host_table(&self) -> RefMut<'_, HostTable> {
        self.shared().hosts.borrow_mut()
    }

    /// The types behind one of the engine's tuples.
    pub fn tuple(&self, ty: InterfaceType, types: InstanceType<'_>) -> wasmtime::Result<Tuple> {
        let InterfaceType::Tuple(index) = ty else {
            return Err(Error::new(ErrorKind::Panic, "internal error: no tuple").into());
        };
        if let Some(known) = self.shared().tuple(index.as_u32()) {
            return Ok(known.clone());
        }
        let mut known = self.shared().tuples.borrow_mut();
        if let Some(known) = known.get(&index.as_u32()) {
            return Ok(known.clone());
        }
        let types = InstanceType { types: types.types, resources: None };
        let mut reader = super::engine_types::Reader::new(types, self.shared().resources());
        let made = reader.tuple(index)?;
        known.insert(index.as_u32(), made.clone());
        Ok(made)
    }
}

/// How engines see that there is nothing to see.
pub(super) const NO_ABI: CanonicalAbiInfo =
    CanonicalAbiInfo { size32: 0, align32: 1, size64: 0, align64: 1, flat_count: None };

/// A call's arguments, until they are lowered.
pub(super) struct Going<'a> {
    pub func: &'a Function,
    pub frame: &'a Frame,
    args: Given<'a>,
    read: ReadText,
    measures: Cell<Vec<Measure>>,
}

impl Going<'_> {
    /// Lowers them as core values, of which it tells the number.
    pub fn lower(
        &self,
        cx: &mut LowerContext<'_, StoreData>,
        words: &mut [MaybeUninit<ValRaw>; MAX_FLAT_PARAMS],
    ) -> wasmtime::Result<usize> {
        let params = &self.func.ty.params;
        let mut lowering = Lowering::new(cx, self.frame, self.measures.take(), self.read);
        self.func.learn(lowering.encoding());
        // SAFETY: the arguments were checked against these types, and are lent
        // until the call is over.
        let done = unsafe {
            if params.layout.flat.len() <= MAX_FLAT_PARAMS {
                let flat = self.args.flat(params, &mut lowering, &mut words.iter_mut());
                flat.map(|()| params.layout.flat.len())
            } else {
                lowering.allocate(params.layout.align, params.layout.size as usize).and_then(|at| {
                    words[0].write(ValRaw::u64(at as u64));
                    self.args.store(params, &mut lowering, at).map(|()| 1)
                })
            }
        };
        self.measures.set(lowering.end());
        done
    }

    /// By the component's door: the function is entered as core code is.
    fn by_door(
        &self,
        store: &mut Store<StoreData>,
        way: &Way,
        told: &Told,
        to: &mut To<'_>,
    ) -> wasmtime::Result<()> {
        let mut words = [const { MaybeUninit::uninit() }; MAX_FLAT_PARAMS];
        let count = self.lower(&mut told.context(store), &mut words)?;
        // SAFETY: so many were written.
        let words = words[..count].iter().map(|word| unsafe { word.assume_init_ref() }.get_u64());
        let status = way.run(store, words)?;
        if !way.walks {
            return way.finish(store, self.frame, &self.func.ty, status, to);
        }
        let mut into = Sink::new(self.func, to);
        {
            let mut cx = told.context(store);
            let source = Source::Memory(cx.as_slice_mut(), told.encoding);
            self.func.lift(self.frame, source, &way.result(), &mut into)?;
        }
        *to.returned = into.returned;
        way.pay(store)
    }
}

/// The context, which is one of this crate's stores.
pub(super) fn of_store<'a, 'l, T: 'static>(
    cx: &'a mut LowerContext<'l, T>,
) -> wasmtime::Result<&'a mut LowerContext<'l, StoreData>> {
    if std::any::TypeId::of::<T>() != std::any::TypeId::of::<StoreData>() {
        return Err(Error::new(ErrorKind::Panic, "internal error: a foreign store").into());
    }
    // SAFETY: the types are the same.
    Ok(unsafe { &mut *std::ptr::from_mut(cx).cast() })
}

/// Puts a result where an end says.
fn take(
    frame: &Frame,
    lifting: &mut Lifting<'_, '_>,
    results: &Fields,
    result: &Field,
    src: &[ValRaw],
    end: &mut End<'_>,
) -> wasmtime::Result<()> {
    let ty = &result.ty;
    let at = match results.layout.flat.len() {
        0..=1 => None,
        _ => Some(lifting.area(results, src[0].get_u32())?),
    };
    if let Some(value) = end.as_take() {
        let from = &mut lifting.reading();
        return match at {
            Some(at) => value.take_memory(ty, from, at),
            None => value.take_words(ty, from, &mut walk::Taken(src.iter())),
        };
    }
    if let (Type::String, Some(at)) = (ty, at) {
        let text = lifting.returned_text(at)?;
        return put_text(frame, text, end, |bytes| lifting.pay(bytes));
    }
    let slot = match at {
        Some(at) => lifting.load(ty, at)?,
        None => lifting.flat(ty, &mut src.iter())?,
    };
    put_slot(slot, end)
}

/// Puts a guest's text where an end says. `pay` is told how many bytes a copy has.
pub(super) fn put_text(
    frame: &Frame,
    text: Text<'_>,
    end: &mut End<'_>,
    pay: impl FnOnce(usize) -> wasmtime::Result<()>,
) -> wasmtime::Result<()> {
    if !end.writes() {
        pay(2 * text.len())?;
        return Ok(end.put(Val::String(own(frame, text)?))?);
    }
    match end.write(text, Policy::Reject) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BadText => {
            Err(trap(error.message(), TrapCode::IllFormedText).into())
        }
        Err(error) => Ok(end.keep(error, || own(frame, text))?),
    }
}

/// The same of a value that was lifted just now.
pub(super) fn put_slot(slot: Slot, end: &mut End<'_>) -> wasmtime::Result<()> {
    if end.is_val() {
        // SAFETY: what was lifted just now is there, and is copied.
        let val = unsafe { read(&slot, Take::Copy, plain_text) }?;
        return Ok(end.put(val)?);
    }
    Ok(end.put_bits(slot.bits())?)
}

/// A copy of a guest's text that outlives the call: as it lies, if the host reads such
/// text.
pub(super) fn own(frame: &Frame, text: Text<'_>) -> Result<Str<'static>> {
    let data = frame.host().data_mut();
    let as_it_lies = text.encoding() == frame.encoding();
    let encoding = if as_it_lies { text.encoding() } else { COPIES };
    copy_as(data, text, encoding, Policy::Reject).map_err(|e| match e.kind() {
        ErrorKind::BadText => trap(e.message(), TrapCode::IllFormedText),
        _ => e,
    })
}
