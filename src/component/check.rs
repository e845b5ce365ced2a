//! Everything a host gives is checked against its type before a component is
//! entered: once it runs, only the component can be at fault.
//!
//! Not here: linear memory.

#![allow(unsafe_code)] // it follows the pointers that the host vouches for

use super::convert::fill;
use super::text::{MOST, measure, short};
use crate::abi::{GuestEncoding, Measure};
use crate::error::{Error, ErrorKind, Result};
use crate::guest::context::{Context, Cx};
use crate::guest::errors::{bad_text, mismatch};
use crate::guest::resource::{Owner, Resource};
use crate::guest::strings::Str;
use crate::guest::tree::arena::Arena;
use crate::guest::tree::slot::{
    FieldsSlot, ListSlot, Slot, TextSlot, VariantSlot, kind, many, width,
};
use crate::guest::tree::step;
use crate::guest::tree::walk::{Fault, Look, Looked, look_at_length, out_of_range};
use crate::guest::tree::{Arg, Is, ReadText, Trust};
use crate::guest::value::Val;
use crate::string::{self, Policy, SHORT, Text};
use crate::types::kind::{Meaning, meaning};
use crate::types::tree::{Cases, Fields, ResourceType, Side, Type};
use std::sync::Arc;

/// What a call notes about its arguments, in the order in which they are lowered.
#[derive(Default)]
pub(super) struct Notes {
    pub measures: Vec<Measure>,
    pub claims: Vec<Claim>,
}

/// The part that a resource has in a call.
pub(super) struct Claim {
    resource: Resource,
    own: bool,
    /// Whether it goes where it is the host's.
    is_hosts: bool,
    /// The engine's table that it is of.
    table: u32,
}

impl Notes {
    /// Whether what is lent can be named to a component without the engine, which has
    /// told the names.
    pub fn knows_loans(&self) -> bool {
        let is_known = |claim: &Claim| {
            let known = claim.resource.state().known;
            known.is_some_and(|(table, _)| table == claim.table)
        };
        self.claims.iter().all(|claim| claim.own || is_known(claim))
    }

    /// Ends the part that resources have in a call.
    pub fn settle(&mut self, taken: bool) {
        for Claim { resource, own, is_hosts, .. } in self.claims.drain(..) {
            match own && taken {
                true => resource.give(is_hosts),
                false => resource.unclaim(own),
            }
        }
        self.measures.clear();
    }
}

/// One look at the arguments of a call, or at what a host function returned.
pub(super) struct Checker<'c, 'a> {
    pub cx: &'c mut Cx<'a>,
    pub notes: &'c mut Notes,
    pub read: ReadText,
    /// What text is measured for; `None` where it stays as it is, by the rule for what is
    /// ill-formed.
    pub encoding: Option<GuestEncoding>,
    /// Who gives: a component may lend what it owns.
    pub trust: Trust,
    /// The instance that resources must be of; any, where they stay with hosts.
    pub home: Option<&'c Arc<Owner>>,
}

pub(super) type Checked = Looked;

impl Checker<'_, '_> {
    /// Checks values against the types they are for: their number, and all that
    /// is in them.
    ///
    /// # Safety
    ///
    /// What the members that the kinds name point to must be there.
    pub unsafe fn all(&mut self, side: Side, fields: &Fields, slots: &[Slot]) -> Result<()> {
        if fields.fields.len() != slots.len() {
            let message =
                format!("expected {} {side}s, found {}", fields.fields.len(), slots.len());
            return Err(Error::new(ErrorKind::WrongCount, message));
        }
        for (i, (field, slot)) in fields.fields.iter().zip(slots).enumerate() {
            // SAFETY: the caller vouches for the pointers.
            unsafe { self.one(&field.ty, slot) }
                .map_err(|fault| fault.into_error(fields.place(side, i)).at_argument(i))?;
        }
        Ok(())
    }

    /// Checks the ends of a call that are arguments.
    pub fn ends(&mut self, fields: &Fields, args: &[Arg<'_>]) -> Result<()> {
        for (i, (field, arg)) in fields.fields.iter().zip(args).enumerate() {
            self.end(&field.ty, arg)
                .map_err(|fault| fault.into_error(fields.parameter(i)).at_argument(i))?;
        }
        Ok(())
    }

    fn end(&mut self, ty: &Type, arg: &Arg<'_>) -> Checked {
        if let Some(text) = arg.as_utf8() {
            return self.utf8(text);
        }
        match arg.is() {
            // SAFETY: it points nowhere.
            Is::Number(bits) => unsafe { self.one(ty, &Slot::number(ty.kind(), bits)) },
            Is::Text(text, policy) => Look::text(self, text, policy),
            Is::String(text) => self.string(text),
            Is::Lend(value) => value.look(ty, self),
            // SAFETY: who made the end vouches for it.
            Is::Slot(slot) => unsafe { self.one(ty, slot) },
            Is::Ref | Is::Val(_) => Err(mismatch().into()),
        }
    }

    /// # Safety
    ///
    /// As for [`Checker::all`].
    unsafe fn one(&mut self, ty: &Type, slot: &Slot) -> Checked {
        if slot.kind != ty.kind() {
            return Err(unexpected(ty, slot.kind));
        }
        // SAFETY: the caller vouches for the pointers that the kind names.
        unsafe {
            match ty {
                Type::Scalar(kind) => number(*kind, slot.bits()),
                Type::String => self.text(slot.of.text),
                Type::List(list) => self.list(&list.element, get(slot.of.list, "list")?),
                Type::Record(fields) | Type::Tuple(fields) => {
                    self.fields(ty, fields, get(slot.of.fields, "fields")?)
                }
                Type::Variant(cases) | Type::Result(cases) => {
                    let variant: &VariantSlot = get(slot.of.variant, "variant")?;
                    self.case(cases, variant.index, &variant.val)
                }
                Type::Option(cases) => match slot.of.option.as_ref() {
                    None => Ok(()),
                    Some(val) => self.case(cases, 1, val),
                },
                Type::Enum(cases) => {
                    find(cases, slot.bits() as u32)?;
                    Ok(())
                }
                Type::Flags(flags) => match slot.bits() as u32 & !flags.mask() {
                    0 => Ok(()),
                    more => Err(out_of_range(format!("{more:#x} are no flags of {ty}"))),
                },
                Type::Own(resource) => self.resource(resource, true, slot.of.resource),
                Type::Borrow(resource) => self.resource(resource, false, slot.of.resource),
            }
        }
    }

    unsafe fn text(&mut self, text: *const TextSlot) -> Checked {
        // SAFETY: the caller vouches for the text.
        let text = unsafe { (self.read)(text) }?;
        self.string(&text)
    }

    unsafe fn list(&mut self, element: &Type, list: &ListSlot) -> Checked {
        look_at_length(element, list.size)?;
        if list.data.is_null() && list.size > 0 {
            return Err(null("elements"));
        }
        let at = |i: usize| move || format!("element {i}");
        // SAFETY: the caller vouches for the elements, of the kind that is told.
        unsafe {
            match (list.element, element) {
                (kind::VAL, _) => {
                    for (i, val) in list.elements::<Slot>().iter().enumerate() {
                        self.one(element, val).map_err(|f| f.within(at(i)))?;
                    }
                }
                (found, Type::Scalar(kind)) if found == *kind => match meaning(found) {
                    Meaning::Bool => {
                        for (i, val) in list.elements::<u8>().iter().enumerate() {
                            number(found, (*val).into()).map_err(|f| f.within(at(i)))?;
                        }
                    }
                    // Like other numbers, they may be at any address.
                    Meaning::Char => {
                        for (i, val) in list.elements::<[u8; 4]>().iter().enumerate() {
                            let bits = u32::from_ne_bytes(*val);
                            number(found, bits.into()).map_err(|f| f.within(at(i)))?;
                        }
                    }
                    Meaning::Number if width(found) > 0 => {}
                    Meaning::Number => return Err(unexpected(element, found)),
                },
                (kind::STRING, Type::String) => {
                    for (i, text) in list.elements::<TextSlot>().iter().enumerate() {
                        self.text(text).map_err(|f| f.within(at(i)))?;
                    }
                }
                (found, _) => {
                    return Err(unexpected(element, found).within(|| "elements".into()));
                }
            }
        }
        Ok(())
    }

    unsafe fn fields(&mut self, ty: &Type, fields: &Fields, slot: &FieldsSlot) -> Checked {
        if slot.size != fields.fields.len() {
            let message = format!("expected {} fields, found {}", fields.fields.len(), slot.size);
            return Err(Error::new(ErrorKind::WrongCount, message).into());
        }
        if slot.data.is_null() {
            return Err(null("fields"));
        }
        // SAFETY: the caller vouches for so many.
        let slots = unsafe { many(slot.data, slot.size) };
        for (i, (field, slot)) in fields.fields.iter().zip(slots).enumerate() {
            // SAFETY: the caller vouches for what is in it.
            unsafe { self.one(&field.ty, slot) }.map_err(|fault| fault.within(|| step(ty, i)))?;
        }
        Ok(())
    }

    unsafe fn case(&mut self, cases: &Cases, index: u32, val: &Slot) -> Checked {
        let case = find(cases, index)?;
        let within = || format!("case {:?}", case.name);
        match &case.ty {
            // SAFETY: the caller vouches for what is in it.
            Some(ty) => unsafe { self.one(ty, val) }.map_err(|fault| fault.within(within)),
            // What is there is not looked at.
            None => Ok(()),
        }
    }

    unsafe fn resource(
        &mut self,
        ty: &Arc<ResourceType>,
        own: bool,
        resource: *const Resource,
    ) -> Checked {
        // SAFETY: the caller vouches for it.
        let resource = unsafe { get(resource, "resource") }?;
        Look::resource(self, ty, own, resource)
    }
}

impl Look for Checker<'_, '_> {
    fn text(&mut self, text: Text<'_>, policy: Option<Policy>) -> Looked {
        if is_short(text, self.encoding) {
            return Ok(());
        }
        let policy = policy.unwrap_or(self.cx.data().policy);
        self.notes.measures.extend(looked(text, self.encoding, policy)?);
        Ok(())
    }

    fn utf8(&mut self, text: &str) -> Looked {
        // What cannot become too long is measured when it is put.
        if text.len() > MOST / 2 {
            looked(text.into(), self.encoding, Policy::Reject)?;
        }
        Ok(())
    }

    fn string(&mut self, text: &Str<'_>) -> Looked {
        let looked = with_text(self.cx, text, |text, policy| looked(text, self.encoding, policy))??;
        self.notes.measures.extend(looked);
        Ok(())
    }

    fn resource(&mut self, ty: &Arc<ResourceType>, own: bool, resource: &Resource) -> Looked {
        resource.claim(ty, own, self.trust == Trust::Checked, self.home)?;
        let (resource, is_hosts, table) = (resource.clone(), ty.is_hosts, ty.table);
        self.notes.claims.push(Claim { resource, own, is_hosts, table });
        Ok(())
    }

    fn val(&mut self, ty: &Type, val: &Val<'_>) -> Looked {
        let mut arena = Arena::new(0);
        let slot = fill(self.cx, &mut arena, val)?;
        // SAFETY: what it points to is the value's and the arena's.
        unsafe { self.one(ty, &slot) }
    }

    unsafe fn slot(&mut self, ty: &Type, slot: &Slot, read: ReadText) -> Looked {
        let before = std::mem::replace(&mut self.read, read);
        // SAFETY: the caller vouches for it.
        let done = unsafe { self.one(ty, slot) };
        self.read = before;
        done
    }
}

/// Whether a text is put without a note of it.
#[inline]
fn is_short(text: Text<'_>, guest: Option<GuestEncoding>) -> bool {
    guest.is_some_and(|guest| short(text, guest, &mut [0; SHORT]).is_some())
}

/// Looks at a text, and measures it for a guest, if it goes to one and is not short.
fn looked(text: Text<'_>, guest: Option<GuestEncoding>, policy: Policy) -> Result<Option<Measure>> {
    match guest {
        _ if is_short(text, guest) => Ok(None),
        Some(guest) => measure(text, guest, policy).map(Some),
        None => string::measure(text, text.encoding(), policy).map(|_| None).map_err(bad_text),
    }
}

/// Reads a text, with what it says about ill-formed parts.
pub(super) fn with_text<R>(
    cx: &mut Cx<'_>,
    text: &Str<'_>,
    read: impl FnOnce(Text<'_>, Policy) -> R,
) -> Result<R> {
    let policy = text.policy_or(cx.data().policy);
    text.with(Context(wasmtime::AsContextMut::as_context_mut(cx), true), |text| read(text, policy))
}

/// # Safety
///
/// The pointer must be NULL or good for as long as the result is used.
unsafe fn get<'a, T>(pointer: *const T, what: &str) -> Result<&'a T, Fault> {
    // SAFETY: the caller vouches for it.
    unsafe { pointer.as_ref() }.ok_or_else(|| null(what))
}

fn find(cases: &Cases, index: u32) -> Result<&crate::types::tree::Case, Fault> {
    cases.cases.get(index as usize).ok_or_else(|| {
        out_of_range(format!("there is no case {index}: there are {}", cases.cases.len()))
    })
}

/// Looks at a number that is a host's.
pub(super) fn number(kind: u8, bits: u64) -> Checked {
    match meaning(kind) {
        Meaning::Bool if bits > 1 => Err(out_of_range(format!("{bits} is no bool"))),
        Meaning::Char if char::from_u32(bits as u32).is_none() => {
            Err(out_of_range(format!("{bits:#x} is no Unicode scalar value")))
        }
        Meaning::Bool | Meaning::Char | Meaning::Number => Ok(()),
    }
}

#[cold]
fn unexpected(ty: &Type, found: u8) -> Fault {
    let message = format!("expected {ty}, found {}", kind::name(found));
    Error::new(ErrorKind::WrongKind, message).into()
}

#[cold]
fn null(what: &str) -> Fault {
    Error::new(ErrorKind::NullPointer, format!("{what}: the pointer is NULL")).into()
}
