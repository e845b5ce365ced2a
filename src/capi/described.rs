//! Calls with values that are described: a host's own structs, and all that components
//! have.
//!
//! Not here: what a description says; the values of plain slots; handles.

use super::base::cell::Inside;
use super::base::string::read_text;
use super::field::{Root, witrt_field_t};
use super::slot::witrt_slot_t;
use crate::tree::{Arena, For, Returned, Slot};
use crate::wit::{Fields, Signature};
use crate::{Error, ErrorKind, Func, Result};
use std::sync::{Arc, Mutex, PoisonError};

/// What stands for the parameters and the result of a function.
pub struct Described {
    params: Box<[Root]>,
    results: Box<[Root]>,
    spares: Spares,
}

/// Memory for calls, one for each that may run at once.
#[derive(Default)]
pub(super) struct Spares(Mutex<Vec<Spare>>);

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
        let spare = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let new = || Spare { arena: Arena::new(0), slots: Vec::new(), lent: Vec::new() };
        spare.unwrap_or_else(new)
    }

    pub fn keep(&self, mut spare: Spare) {
        spare.arena.reset();
        spare.slots.clear();
        spare.lent.clear();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(spare);
    }
}

/// The type of a function with values of components.
pub(super) fn typed(func: &Func) -> Result<Arc<Signature>> {
    func.ty().signature().cloned().ok_or_else(|| {
        let message = format!("the function is {}, and takes no values with parts", func.ty());
        Error::new(ErrorKind::WrongKind, message)
    })
}

impl Described {
    /// Checks what stands for a function's values.
    ///
    /// # Safety
    ///
    /// The pointers in the descriptions must be what the header says.
    pub unsafe fn new(
        signature: &Signature,
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
        Ok(Described { params, results, spares: Spares::default() })
    }

    /// How many parameters and results there are.
    pub fn counts(&self) -> (usize, usize) {
        (self.params.len(), self.results.len())
    }

    /// Puts a result where its slot says.
    ///
    /// # Safety
    ///
    /// The slot must be as for a call.
    pub unsafe fn give(
        &self,
        inside: &mut Inside<'_>,
        func: &Func,
        index: usize,
        returned: &mut Returned,
        slot: &mut witrt_slot_t,
    ) -> Result<()> {
        let signature = typed(func)?;
        let (Some(root), Some(field)) =
            (self.results.get(index), signature.results.fields.get(index))
        else {
            return Ok(());
        };
        // SAFETY: the caller vouches for the slot, and the value is of that type.
        unsafe {
            root.offered(slot)?;
            root.give(inside, &field.ty, returned, slot)
        }
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
        let message = format!("expected {} {what}s, found {}", fields.fields.len(), found.len());
        return Err(Error::new(ErrorKind::WrongKind, message));
    }
    let made = found.iter().zip(&fields.fields).enumerate().map(|(i, (found, field))| {
        // SAFETY: the caller vouches for it.
        let root = unsafe { Root::new(found, &field.ty, &format!("{what} {i}"), goal) };
        root.map_err(|error| error.at_argument(i))
    });
    made.collect()
}

/// Calls with values that are described. A result that there was no room for comes back
/// with the error that says so.
///
/// # Safety
///
/// There must be as many slots as parameters and results.
#[inline(never)]
pub(super) unsafe fn call(
    inside: &mut Inside<'_>,
    described: &Described,
    func: &Func,
    args: *const witrt_slot_t,
    results: *mut witrt_slot_t,
) -> Result<(), (Error, Option<Returned>)> {
    let Some(signature) = func.ty().signature() else { return Ok(()) };
    let mut spare = described.spares.take();
    let Spare { arena, slots, .. } = &mut spare;
    let mut returned = Returned::default();
    let mut run = || {
        for (i, (root, field)) in described.params.iter().zip(&signature.params.fields).enumerate()
        {
            let what = || format!("parameter {i}");
            // SAFETY: the caller vouches for the slots.
            let slot = unsafe { root.lend(&*args.add(i), &field.ty, arena, what) };
            slots.push(slot.map_err(|error| error.at_argument(i))?);
        }
        for (i, root) in described.results.iter().enumerate() {
            // SAFETY: as above.
            unsafe { root.offered(&*results.add(i)) }.map_err(|error| error.of_result(i))?;
        }
        // SAFETY: as above, and what the slots refer to is there.
        unsafe { func.call_slots(inside.context(), slots, read_text, &mut returned) }
    };
    let done = run();
    described.spares.keep(spare);
    done.map_err(|error| (error, None))?;
    let (Some(root), Some(field)) = (described.results.first(), signature.results.fields.first())
    else {
        return Ok(());
    };
    // SAFETY: as above.
    let given = unsafe { root.give(inside, &field.ty, &mut returned, &mut *results) };
    given.map_err(|error| {
        let kept = error.capacity().is_some().then_some(returned);
        (error.of_result(0), kept)
    })
}
