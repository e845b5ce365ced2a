//! [`Callee`]: a function of a component, and how the values of its calls are lowered and
//! lifted.
//!
//! Not here: how the function is entered.

#![allow(unsafe_code)] // what a call lends to those who lower and lift

use super::door::Way;
use super::ends::{Arguments, To, put_slot, put_text};
use super::frame::Frame;
use super::walk_lift::{Lifting, Source, own};
use super::walk_lower::Lowering;
use crate::abi::{GuestEncoding, Measure};
use crate::guest::StoreData;
use crate::guest::tree::arena::Arena;
use crate::guest::tree::slot::Slot;
use crate::guest::tree::walk::{self, FromGuest as _, ToGuest as _};
use crate::guest::tree::{Out as End, ReadText, Returned};
use crate::types::layout::MAX_FLAT_PARAMS;
use crate::types::tree::{Field, Fields, Signature, Type};
use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use wasmtime::ValRaw;
use wasmtime::component::__internal::LowerContext;

/// A function that is called.
pub(super) struct Callee {
    pub func: wasmtime::component::Func,
    pub ty: Signature,
    /// How many bytes the last result took.
    hint: AtomicUsize,
    /// How the guest stores text, as far as that is known.
    encoding: AtomicU8,
    /// The way by the component's door, if there is one.
    pub way: Option<Way>,
}

impl Callee {
    pub fn new(func: wasmtime::component::Func, ty: Signature, way: Option<Way>) -> Callee {
        let (hint, encoding) = (AtomicUsize::new(0), AtomicU8::new(0));
        Callee { func, ty, hint, encoding, way }
    }

    /// Lifts a result: it is this word, or where that says.
    pub fn lift(
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

    pub fn encoding(&self) -> GuestEncoding {
        let known = self.encoding.load(Ordering::Relaxed);
        GuestEncoding::ALL.get(known as usize).copied().unwrap_or_default()
    }

    fn learn(&self, encoding: GuestEncoding) {
        self.encoding.store(encoding as u8, Ordering::Relaxed);
    }
}

/// A result, while it is being lifted.
#[derive(Default)]
pub(super) struct Sink {
    arena: Arena,
    pub returned: Returned,
    end: Option<NonNull<End<'static>>>,
}

impl Sink {
    /// With as much room as the function's last result took.
    pub fn new(func: &Callee, to: &To<'_>) -> Sink {
        let room = if to.end.is_none() { func.hint() } else { 0 };
        Sink { arena: Arena::new(room), returned: Returned::default(), end: to.end }
    }
}

/// A call's arguments, until they are lowered.
pub(super) struct Going<'a> {
    pub func: &'a Callee,
    pub frame: &'a Frame,
    pub args: Arguments<'a>,
    pub read: ReadText,
    pub measures: Cell<Vec<Measure>>,
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
