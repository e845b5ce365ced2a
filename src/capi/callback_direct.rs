//! Host functions with described values that a component calls: arguments stay where the
//! component has them, and a result is read where the callback has left it.
//!
//! Not here: other callers.

use super::base::cell::{Inside, StoreCell};
use super::base::failure::to_error;
use super::callback::witrt_caller_t;
use super::callback_fields::{Answer, Host, Passing, Way, give_text};
use super::described::Spare;
use super::field::Root;
use super::field_value::pointed;
use super::slot::{SlotKind, Width, not_of_call, witrt_slot_t, witrt_span_t, witrt_text_t};
use crate::string::{Text, measure};
use crate::tree::{HostResult, Node, Passed};
use crate::wit::Type;
use crate::{Caller, Error, ErrorKind, Policy, Result};
use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::mem::MaybeUninit;

/// So many arguments are on the stack.
const ON_STACK: usize = 8;

impl Root {
    /// Whether arguments of callbacks stay where a component has them, or go from there
    /// to where they are wanted; whether a result is lowered from where it is left.
    pub fn passes(&self) -> bool {
        match self {
            Root::Plain(SlotKind::Lazy(_)) | Root::Resource(_) | Root::Val | Root::Grown(_) => {
                false
            }
            Root::Plain(_) | Root::Scalar(_) => true,
            Root::Host(node) => !node.has_resources(),
        }
    }

    /// An argument as the callback is shown it. What cannot be shown where it is goes
    /// into the spare memory.
    ///
    /// # Safety
    ///
    /// The functions in its description must do what they should.
    unsafe fn passed(
        &self,
        passed: &mut Passed<'_, '_>,
        index: usize,
        spare: &mut LazySpare<'_>,
    ) -> Result<witrt_slot_t> {
        // SAFETY: the caller vouches for the functions; what is put somewhere is as its
        // description says.
        unsafe {
            Ok(match self {
                Root::Plain(SlotKind::Text(encoding)) => {
                    let text = match passed.shown_text(index, *encoding)? {
                        Some(span) => witrt_text_t { data: span.data, size: span.size },
                        None => {
                            let node = Node::of_text(*encoding);
                            let put = passed.put(index, &node, &mut spare.get().arena)?;
                            put.data.cast::<witrt_text_t>().read()
                        }
                    };
                    witrt_slot_t { text }
                }
                Root::Plain(kind) => witrt_slot_t::of_number(kind.width(), passed.number(index)?),
                Root::Scalar(_) => witrt_slot_t::of_number(Width::Word, passed.number(index)?),
                // It is put where the callback says.
                Root::Host(node) if node.has_access() => witrt_slot_t::ZERO,
                Root::Host(node) => match passed.shown_list(index, node)? {
                    Some(span) => {
                        witrt_slot_t { span: witrt_span_t { data: span.data, size: span.size } }
                    }
                    None => {
                        let put = passed.put(index, node, &mut spare.get().arena)?;
                        match node.is_span() {
                            true => {
                                let span = witrt_span_t { data: put.data, size: put.size };
                                witrt_slot_t { span }
                            }
                            false => witrt_slot_t { value: put.data },
                        }
                    }
                },
                Root::Resource(_) | Root::Val | Root::Grown(_) => return Err(not_of_call()),
            })
        }
    }

    /// A result that a callback has left in its slot.
    ///
    /// # Safety
    ///
    /// The member of the kind must be set, and what it points to, as this itself, be
    /// there until it was put.
    unsafe fn given(&self, slot: &witrt_slot_t) -> Result<HostResult> {
        let what = || "result".to_owned();
        // SAFETY: the caller vouches for it.
        unsafe {
            Ok(match self {
                Root::Plain(SlotKind::Text(encoding)) => {
                    HostResult::text(slot.text(*encoding).map_err(|error| error.context(what()))?)
                }
                Root::Plain(SlotKind::Number(width)) => HostResult::number(slot.number(*width)),
                Root::Scalar(node) if node.size() == 1 => HostResult::number(slot.u8.into()),
                Root::Scalar(_) => HostResult::number(slot.u32.into()),
                Root::Host(node) if node.is_span() => HostResult::here(node, slot.bits),
                Root::Host(node) => {
                    let at = pointed(node, slot, what)?;
                    HostResult::there(node, at)
                }
                _ => return Err(not_of_call()),
            })
        }
    }
}

/// Memory that is taken when it is needed, and kept until the next call when this is over:
/// a result may be in it.
pub(super) struct LazySpare<'h> {
    host: &'h Host,
    spare: Option<Spare>,
}

impl<'h> LazySpare<'h> {
    pub fn new(host: &'h Host) -> LazySpare<'h> {
        LazySpare { host, spare: None }
    }

    pub fn get(&mut self) -> &mut Spare {
        self.spare.get_or_insert_with(|| self.host.spares.take())
    }
}

impl Drop for LazySpare<'_> {
    fn drop(&mut self) {
        if let Some(spare) = self.spare.take() {
            self.host.spares.keep_result(spare);
        }
    }
}

/// What a call has that goes so, while the callback runs.
struct Call<'c, 'g, 'l> {
    args: RefCell<&'c mut Passed<'g, 'l>>,
    /// What was returned before the callback has.
    given: Cell<Option<HostResult>>,
    spare: RefCell<LazySpare<'c>>,
}

#[cold]
fn busy<E>(_: E) -> Error {
    Error::new(ErrorKind::StoreBusy, "a value of this call is being put")
}

impl Passing for Call<'_, '_, '_> {
    unsafe fn put(&self, index: usize, node: &Node, value: *mut c_void) -> Result<()> {
        let mut args = self.args.try_borrow_mut().map_err(busy)?;
        let mut spare = self.spare.try_borrow_mut().map_err(busy)?;
        // SAFETY: the caller vouches for the object.
        unsafe { args.put_into(index, node, value, &mut spare.get().arena) }
    }

    unsafe fn give(&self, root: &Root, slot: &witrt_slot_t, ty: &Type) -> Result<()> {
        let mut spare = self.spare.try_borrow_mut().map_err(busy)?;
        // SAFETY: the caller vouches for the slot.
        let given = unsafe { root.given(slot) }?;
        self.given.set(Some(given.kept(ty, &mut spare.get().arena)?));
        Ok(())
    }

    fn give_text(&self, text: Text<'_>, policy: Policy) -> Result<()> {
        let mut spare = self.spare.try_borrow_mut().map_err(busy)?;
        if policy == Policy::Reject {
            measure(text, text.encoding(), policy)?;
        }
        // SAFETY: it is there until it was copied.
        let given = unsafe { HostResult::text(text) };
        self.given.set(Some(given.kept(&Type::String, &mut spare.get().arena)?));
        Ok(())
    }
}

impl Host {
    pub(super) fn call_passed(
        &self,
        caller: Caller<'_>,
        passed: &mut Passed<'_, '_>,
    ) -> Result<HostResult> {
        // SAFETY: the function runs in its own store only, which is in this cell.
        let cell = unsafe { &*self.home.get() };
        cell.callback(caller, |inside| {
            let mut spare = LazySpare::new(self);
            if self.params.len() <= ON_STACK {
                let mut args = [const { MaybeUninit::<witrt_slot_t>::uninit() }; ON_STACK];
                for (i, (root, place)) in self.params.iter().zip(&mut args).enumerate() {
                    // SAFETY: the description was given for this.
                    place.write(unsafe { root.passed(passed, i, &mut spare) }?);
                }
                return self.run_passed(inside, cell, args.as_ptr().cast(), passed, spare);
            }
            let mut args = std::mem::take(&mut spare.get().lent);
            for (i, root) in self.params.iter().enumerate() {
                // SAFETY: as above.
                args.push(unsafe { root.passed(passed, i, &mut spare) }?);
            }
            let at = args.as_ptr();
            spare.get().lent = args;
            self.run_passed(inside, cell, at, passed, spare)
        })
    }

    fn run_passed(
        &self,
        inside: &mut Inside<'_>,
        cell: &StoreCell,
        args: *const witrt_slot_t,
        passed: &mut Passed<'_, '_>,
        spare: LazySpare<'_>,
    ) -> Result<HostResult> {
        let mut results = [witrt_slot_t::ZERO];
        let call =
            Call { args: RefCell::new(passed), given: Cell::new(None), spare: RefCell::new(spare) };
        let answer = Answer::new(self, Way::Passed(&call));
        let kinds = match self.results.first() {
            Some(Root::Plain(kind)) => std::slice::from_ref(kind),
            _ => &[],
        };
        let caller =
            witrt_caller_t::described(cell, kinds, give_text, std::ptr::from_ref(&answer).cast());
        let trap = inside.lend(|| {
            // SAFETY: the callback's contract is the header's.
            unsafe { (self.callback)(self.env.data(), &caller, args, results.as_mut_ptr()) }
        });
        drop(answer);
        if !trap.is_null() {
            // SAFETY: the callback gave up the trap that it returned.
            return Err(to_error(unsafe { Box::from_raw(trap) }));
        }
        let (Some(root), Some(field)) =
            (self.results.first(), self.signature.results.fields.first())
        else {
            return Ok(HostResult::NOTHING);
        };
        let Call { args, given, spare } = call;
        if let Some(given) = given.into_inner() {
            return Ok(given);
        }
        // SAFETY: the callback set the member of the kind, or it is zero; what it points to
        // stays until it was read, at once.
        let given = unsafe { root.given(&results[0]) };
        let given = given.map_err(|error| error.at_argument(0).context("the host function"))?;
        match args.into_inner().may_have(&given) {
            true => given.kept(&field.ty, &mut spare.into_inner().get().arena),
            false => Ok(given),
        }
    }
}
