//! Calls with values that are described: a host's own structs, and all that components
//! have.
//!
//! Not here: what a description says; the values of plain slots; handles.

use super::base::boundary::need;
use super::base::cell::Inside;
use super::base::string::read_text;
use super::field::{Root, witrt_field_t};
use super::kept::KeptResults;
use super::slot::{not_of_call, witrt_buffer_t, witrt_grow_t, witrt_slot_t, witrt_span_t};
use crate::string::Text;
use crate::tree::{
    Arena, Arg, For, HostRoom, HostValue, Lend, Out, Returned, Slot, Take, copy, plain_text,
};
use crate::wit::{Fields, Signature, Type};
use crate::{Error, ErrorKind, FuncType, Prepared, Result, ValType};
use std::mem::MaybeUninit;
use std::sync::{Arc, Mutex, PoisonError};

/// What stands for the parameters and the result of a function.
pub struct Described {
    call: Prepared,
    signature: Arc<Signature>,
    params: Box<[Root]>,
    results: Box<[Root]>,
    /// Whether values go to the component, and come from it, as they lie.
    is_direct: bool,
    spares: Spares,
    pub(super) kept: KeptResults,
}

/// So many arguments go as they lie.
const DIRECT: usize = 16;

/// Memory for calls, one for each that may run at once.
#[derive(Default)]
pub(super) struct Spares(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    free: Vec<Spare>,
    /// What results are still read in, until the next call.
    read: Vec<Spare>,
}

// SAFETY: there is nothing in it.
unsafe impl Send for Spares {}
// SAFETY: as above.
unsafe impl Sync for Spares {}

/// Memory for a call.
pub(super) struct Spare {
    /// Where nodes of arguments go, or arguments of a callback.
    pub arena: Arena,
    pub slots: Vec<Slot>,
    pub lent: Vec<witrt_slot_t>,
}

impl Spares {
    pub fn take(&self) -> Spare {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Spare { arena: Arena::new(0), slots: Vec::new(), lent: Vec::new() };
        let Kept { free, read } = &mut *kept;
        // Whoever has read a result has done so before the next call.
        free.extend(read.drain(..).map(Spare::empty));
        free.pop().unwrap_or_else(new)
    }

    pub fn keep(&self, spare: Spare) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).free.push(spare.empty());
    }

    /// Keeps what a result refers to as it is until the next call.
    pub fn keep_result(&self, spare: Spare) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).read.push(spare);
    }
}

impl Spare {
    fn empty(mut self) -> Spare {
        self.arena.reset();
        self.slots.clear();
        self.lent.clear();
        self
    }
}

/// The type of a function as components have it. Where nothing has parts, as of many
/// functions of faces, it is made of the kinds; there is none with references.
pub(super) fn typed(ty: &FuncType) -> Result<Arc<Signature>> {
    if let Some(signature) = ty.signature() {
        return Ok(signature.clone());
    }
    let fields = |types: &[ValType]| {
        let fields = types.iter().map(|ty| Some(("".into(), Type::plain(*ty)?)));
        fields.collect::<Option<Vec<_>>>().map(|fields| Arc::new(Fields::new(fields)))
    };
    match (fields(ty.params()), fields(ty.results())) {
        (Some(_), Some(results)) if results.fields.len() > 1 => {
            let message = format!("the function is {ty}: several results go into plain slots only");
            Err(Error::new(ErrorKind::Unsupported, message))
        }
        (Some(params), Some(results)) => Ok(Arc::new(Signature { params, results })),
        _ => {
            let message = format!("the function is {ty}, and takes no values with parts");
            Err(Error::new(ErrorKind::WrongKind, message))
        }
    }
}

impl Described {
    /// Checks what stands for a function's values.
    ///
    /// # Safety
    ///
    /// The pointers in the descriptions must be what the header says.
    pub unsafe fn new(
        signature: Arc<Signature>,
        call: Prepared,
        params: &[witrt_field_t],
        results: &[witrt_field_t],
    ) -> Result<Described> {
        // SAFETY: the caller vouches for it.
        let (params, results) = unsafe {
            (
                roots(params, &signature.params, "parameter", For::Reading)?,
                roots(results, &signature.results, "result", For::Writing)?,
            )
        };
        let is_direct = call.takes_as_it_lies()
            && params.len() <= DIRECT
            && params.iter().all(|root| root.is_direct(For::Reading))
            && results.iter().all(|root| root.is_direct(For::Writing));
        let (spares, kept) = (Spares::default(), KeptResults::default());
        Ok(Described { call, signature, params, results, is_direct, spares, kept })
    }

    /// How many parameters and results there are.
    pub fn counts(&self) -> (usize, usize) {
        (self.params.len(), self.results.len())
    }

    /// Calls the function.
    ///
    /// # Safety
    ///
    /// There must be as many slots as parameters and results.
    pub unsafe fn call(
        &self,
        inside: &mut Inside<'_>,
        args: *const witrt_slot_t,
        results: *mut witrt_slot_t,
    ) -> Result<()> {
        self.kept.forget();
        // SAFETY: the caller vouches for the slots.
        let done = unsafe {
            match self.is_direct {
                true => self.call_direct(inside, args, results),
                false => self.call_slots(inside, args, results),
            }
        };
        // A call may have been made within this one.
        self.kept.forget();
        done.map_err(|(error, kept)| {
            if let Some(value) = kept {
                self.kept.keep(0, value);
            }
            error
        })
    }

    /// Puts a result that the last call kept where this slot says.
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
        self.kept.put(index, self.results.len(), |returned| {
            let (Some(root), Some(field)) =
                (self.results.get(index), self.signature.results.fields.get(index))
            else {
                return Ok(());
            };
            // SAFETY: the caller vouches for the slot, and the value is of that type.
            unsafe {
                root.offered(slot)?;
                root.give(inside, &field.ty, returned, slot)
            }
        })
    }

    /// The way of a component's functions: values go as they lie.
    ///
    /// # Safety
    ///
    /// As for [`Described::call`].
    #[inline(never)]
    unsafe fn call_direct(
        &self,
        inside: &mut Inside<'_>,
        args: *const witrt_slot_t,
        results: *mut witrt_slot_t,
    ) -> Result<(), Failed> {
        let mut texts = [const { MaybeUninit::<Text<'_>>::uninit() }; DIRECT];
        let mut values = [const { MaybeUninit::<HostValue<'_>>::uninit() }; DIRECT];
        let mut lent = [const { MaybeUninit::<&dyn Lend>::uninit() }; DIRECT];
        let mut ins = [const { MaybeUninit::<Arg<'_>>::uninit() }; DIRECT];
        let places = texts.iter_mut().zip(&mut values).zip(&mut lent).zip(&mut ins);
        for (i, (root, (((text, value), lent), arg))) in self.params.iter().zip(places).enumerate()
        {
            let what = || self.signature.params.parameter(i);
            // SAFETY: the caller vouches for the slots, and what they lend stays as it is during
            // the call.
            let made = unsafe {
                let slot = &*args.add(i);
                match root {
                    Root::Plain(kind) => {
                        slot.arg(*kind, text.as_mut_ptr()).map_err(|error| error.context(what()))
                    }
                    _ => root.value(slot, what).and_then(|found| {
                        let found = found.ok_or_else(not_of_call)?;
                        let found: &HostValue<'_> = value.write(found);
                        Ok(Arg::lend(lent.write(found)))
                    }),
                }
            };
            arg.write(made.map_err(|error| (error.at_argument(i), None))?);
        }
        // SAFETY: so many were written.
        let ins = unsafe { std::slice::from_raw_parts(ins.as_ptr().cast(), self.params.len()) };
        let failed = |error: Error| (error, None);
        let Some(root) = self.results.first() else {
            return self.call.call(inside.context(), ins, &mut []).map_err(failed);
        };
        let policy = inside.engine().ill_formed();
        // SAFETY: the caller vouches for the slot.
        unsafe {
            let slot = &mut *results;
            root.offered(slot).map_err(|error| failed(error.of_result(0, 1)))?;
            let mut whole = witrt_slot_t::ZERO;
            let place = match root {
                Root::Plain(kind) => match slot.sink(*kind).map_err(failed)? {
                    Some(mut sink) => {
                        self.call
                            .call(inside.context(), ins, &mut [Out::sink(&mut sink)])
                            .map_err(failed)?;
                        return match slot.sunk(*kind, &mut sink) {
                            None => Ok(()),
                            Some((error, text)) => {
                                Err((error.of_result(0, 1), Some(Returned::of_text(text))))
                            }
                        };
                    }
                    None => {
                        let mut out = [Out::number()];
                        self.call.call(inside.context(), ins, &mut out).map_err(failed)?;
                        *slot = witrt_slot_t::of_number(kind.width(), out[0].bits());
                        return Ok(());
                    }
                },
                Root::Scalar(node) | Root::Resource(node) => {
                    let room = std::ptr::from_mut(&mut whole).cast();
                    HostRoom::new(node, policy, room, node.size())
                }
                Root::Host(node) => {
                    let witrt_buffer_t { data, capacity } = slot.buffer;
                    HostRoom::new(node, policy, data, capacity)
                }
                Root::Grown(node) => {
                    let witrt_grow_t { grow, env } = slot.grow;
                    let grow = need(grow, "grow").map_err(failed)?;
                    HostRoom::grown(node, policy, grow, env)
                }
                Root::Val => return Err(failed(not_of_call())),
            };
            let mut place = place;
            let mut taken: &mut dyn Take = &mut place;
            let done = self.call.call(inside.context(), ins, &mut [Out::take(&mut taken)]);
            done.map_err(failed)?;
            if let Some((error, left)) = place.failed.take() {
                let Some(left) = left else { return Err(failed(error.at_argument(0))) };
                let copied = copy(&left.slot, plain_text).map_err(failed)?;
                return Err((error.of_result(0, 1), Some(Returned::of_copy(copied))));
            }
            let span = place.span;
            *slot = match root {
                Root::Scalar(_) | Root::Resource(_) => whole,
                _ => witrt_slot_t { span: witrt_span_t { data: span.data, size: span.size } },
            };
        }
        Ok(())
    }

    /// The way of every function.
    ///
    /// # Safety
    ///
    /// As for [`Described::call`].
    #[inline(never)]
    unsafe fn call_slots(
        &self,
        inside: &mut Inside<'_>,
        args: *const witrt_slot_t,
        results: *mut witrt_slot_t,
    ) -> Result<(), Failed> {
        let func = self.call.func();
        let signature = &self.signature;
        let mut spare = self.spares.take();
        let Spare { arena, slots, .. } = &mut spare;
        let mut returned = Returned::default();
        let mut run = || {
            for (i, (root, field)) in self.params.iter().zip(&signature.params.fields).enumerate() {
                let what = || self.signature.params.parameter(i);
                // SAFETY: the caller vouches for the slots.
                let slot = unsafe { root.lend(&*args.add(i), &field.ty, arena, what) };
                slots.push(slot.map_err(|error| error.at_argument(i))?);
            }
            for (i, root) in self.results.iter().enumerate() {
                // SAFETY: as above.
                unsafe { root.offered(&*results.add(i)) }.map_err(|error| error.of_result(i, 1))?;
            }
            // SAFETY: as above, and what the slots refer to is there.
            unsafe { func.call_slots(inside.context(), slots, read_text, &mut returned) }
        };
        let done = run();
        self.spares.keep(spare);
        done.map_err(|error| (error, None))?;
        let (Some(root), Some(field)) = (self.results.first(), signature.results.fields.first())
        else {
            return Ok(());
        };
        // SAFETY: as above.
        let given = unsafe { root.give(inside, &field.ty, &mut returned, &mut *results) };
        given.map_err(|error| {
            let is_text = returned.text.is_some() && error.kind() != ErrorKind::BadText;
            let kept = (error.capacity().is_some() || is_text).then_some(returned);
            (error.of_result(0, 1), kept)
        })
    }
}

/// Checks one description for each of these.
///
/// # Safety
///
/// As for [`Root::new`].
pub(super) unsafe fn roots(
    found: &[witrt_field_t],
    fields: &Fields,
    what: &str,
    goal: For,
) -> Result<Box<[Root]>> {
    if found.len() != fields.fields.len() {
        let (expected, found) = (fields.fields.len(), found.len());
        let message = format!("the function has {expected} {what}s, not {found}");
        return Err(Error::new(ErrorKind::WrongKind, message));
    }
    // There is one result at most, which has no number.
    let place = |i| match what {
        "result" => what.to_owned(),
        _ => fields.parameter(i),
    };
    let made = found.iter().zip(&fields.fields).enumerate().map(|(i, (found, field))| {
        // SAFETY: the caller vouches for it.
        let root = unsafe { Root::new(found, &field.ty, &place(i), goal) };
        root.map_err(|error| error.at_argument(i))
    });
    made.collect()
}

/// What there was no room for, with the error that says so.
type Failed = (Error, Option<Returned>);
