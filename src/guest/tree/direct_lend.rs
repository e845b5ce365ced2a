//! A host's own structs straight to a guest, with no slots in between: numbers that lie
//! as the guest's do in runs, of which a list of nothing else is one.
//!
//! Not here: what a description permits; the way back.

#![allow(unsafe_code)] // it follows the pointers that the host vouches for

use super::gather::{bits, case, many_at};
use super::layout::{Form, Node, Run, cases_of, element_of, mismatch, null, step, wrong};
use super::pour::copy_run;
use super::slot::many;
use super::walk::{Fault, Lend, Look, Looked, Words, Writing, look_at_length, put_case};
use crate::error::ErrorKind;
use crate::guest::resource::Resource;
use crate::string::{Encoding, Text};
use crate::types::kind::{Meaning, extended, meaning};
use crate::types::tree::{ResourceType, Type};
use std::ffi::c_void;
use std::sync::Arc;
use wasmtime::Result;

/// A value of the host's, as it is described.
pub struct HostValue<'a> {
    node: &'a Node,
    from: *const u8,
}

impl<'a> HostValue<'a> {
    /// # Safety
    ///
    /// There must be what the description says, for as long as this is used.
    pub unsafe fn new(node: &'a Node, from: *const c_void) -> HostValue<'a> {
        HostValue { node, from: from.cast() }
    }
}

impl Lend for HostValue<'_> {
    fn look(&self, ty: &Type, guest: &mut dyn Look) -> Looked {
        // SAFETY: the maker vouches for what lies there.
        unsafe { look(self.node, ty, self.from, guest) }
    }

    fn put_words(&self, ty: &Type, to: &mut Writing<'_>, words: &mut Words<'_>) -> Result<()> {
        // SAFETY: as above.
        unsafe { put_words(self.node, ty, self.from, to, words) }
    }

    fn put_memory(&self, ty: &Type, to: &mut Writing<'_>, at: usize) -> Result<()> {
        // SAFETY: as above.
        unsafe { put_memory(self.node, ty, self.from, to, at) }
    }
}

/// What another thread of the host's did to a value that was looked at.
#[cold]
fn host(fault: Fault) -> wasmtime::Error {
    fault.into_error("an argument changed during the call".into()).into()
}

fn resource_of(ty: &Type) -> Result<(&Arc<ResourceType>, bool)> {
    match ty {
        Type::Own(ty) => Ok((ty, true)),
        Type::Borrow(ty) => Ok((ty, false)),
        _ => Err(mismatch().into()),
    }
}

/// A number of the host's, or why it is none.
pub(super) fn number(ty: &Type, bits: u64) -> std::result::Result<u64, Fault> {
    let out = |message: String| Err(wrong(ErrorKind::OutOfRange, message));
    match ty {
        Type::Scalar(kind) => match meaning(*kind) {
            Meaning::Bool if bits > 1 => out(format!("{bits} is no bool")),
            Meaning::Char if char::from_u32(bits as u32).is_none() => {
                out(format!("{bits:#x} is no Unicode scalar value"))
            }
            Meaning::Bool | Meaning::Char | Meaning::Number => Ok(extended(*kind, bits)),
        },
        Type::Enum(cases) if bits >= cases.cases.len() as u64 => {
            out(format!("there is no case {bits}: there are {}", cases.cases.len()))
        }
        Type::Flags(flags) if bits & !u64::from(flags.mask()) != 0 => {
            let more = bits & !u64::from(flags.mask());
            out(format!("{more:#x} are no flags of {ty}"))
        }
        Type::Enum(_) | Type::Flags(_) => Ok(bits),
        _ => Err(mismatch().into()),
    }
}

unsafe fn text<'a>(
    node: &Node,
    encoding: Encoding,
    from: *const u8,
) -> std::result::Result<Text<'a>, Fault> {
    let unit = encoding.unit_size();
    // SAFETY: the caller vouches for what lies there, so many units.
    unsafe {
        let (data, size) = many_at(node, from, unit, unit)?;
        Ok(Text::of_bytes(encoding, many(data, size * unit)))
    }
}

unsafe fn resource<'a>(from: *const u8) -> std::result::Result<&'a Resource, Fault> {
    // SAFETY: the caller vouches for what lies there.
    unsafe { from.cast::<*const Resource>().read().as_ref() }.ok_or_else(|| null("resource"))
}

/// # Safety
///
/// There must be what the description says.
unsafe fn look(node: &Node, ty: &Type, from: *const u8, guest: &mut dyn Look) -> Looked {
    // SAFETY: the caller vouches for it.
    unsafe {
        match (&node.form, ty) {
            (Form::Number(_), _) => number(ty, bits(from, node.size)).map(drop),
            (Form::Text(encoding), _) => guest.text(text(node, *encoding, from)?, None),
            (Form::List(inner), Type::List(list)) => {
                let (data, size) = many_at(node, from, inner.size, inner.align)?;
                look_at_length(&list.element, size)?;
                if inner.is_bits {
                    return Ok(());
                }
                (0..size).try_for_each(|i| {
                    let done = look(inner, &list.element, data.add(i * inner.size), guest);
                    done.map_err(|fault| fault.within(|| format!("element {i}")))
                })
            }
            (Form::Fields(nodes), Type::Record(fields) | Type::Tuple(fields)) => {
                node.rest.iter().try_for_each(|i| {
                    let inner = &nodes[*i];
                    let done = look(inner, &fields.fields[*i].ty, from.add(inner.offset), guest);
                    done.map_err(|fault| fault.within(|| step(ty, *i)))
                })
            }
            (Form::Cases { cases, .. }, _) => {
                let (index, payload) = case(node, from)?;
                let Some(held) = cases.get(index) else {
                    let message = format!("there is no case {index}: there are {}", cases.len());
                    return Err(wrong(ErrorKind::OutOfRange, message));
                };
                let (Some(held), Some(inner)) = (held, ty.at(index)) else { return Ok(()) };
                let done = match payload.is_null() {
                    true => Err(null("payload")),
                    false => look(held, inner, payload, guest),
                };
                done.map_err(|fault| fault.within(|| step(ty, index)))
            }
            (Form::Resource, Type::Own(of)) => guest.resource(of, true, resource(from)?),
            (Form::Resource, Type::Borrow(of)) => guest.resource(of, false, resource(from)?),
            _ => Err(mismatch().into()),
        }
    }
}

/// # Safety
///
/// As for [`look`], which must have found nothing.
unsafe fn put_words(
    node: &Node,
    ty: &Type,
    from: *const u8,
    to: &mut Writing<'_>,
    words: &mut Words<'_>,
) -> Result<()> {
    // SAFETY: the caller vouches for it.
    unsafe {
        match (&node.form, ty) {
            (Form::Number(_), _) => words.put(number(ty, bits(from, node.size)).map_err(host)?),
            (Form::Text(encoding), _) => {
                words.pair(to.text(text(node, *encoding, from).map_err(host)?, None)?);
            }
            (Form::List(_), _) => words.pair(put_list(node, ty, from, to)?),
            (Form::Fields(nodes), Type::Record(fields) | Type::Tuple(fields)) => {
                for (inner, field) in nodes.iter().zip(&fields.fields) {
                    put_words(inner, &field.ty, from.add(inner.offset), to, words)?;
                }
            }
            (Form::Cases { cases, .. }, _) => {
                let (index, payload) = case(node, from).map_err(host)?;
                let held = held(cases, index, payload)?;
                put_case(cases_of(ty)?, index as u32, words, |inner, words| match held {
                    Some(held) => put_words(held, inner, payload, to, words),
                    None => Ok(()),
                })?;
            }
            (Form::Resource, _) => {
                let (of, own) = resource_of(ty)?;
                let handle = to.resource(of, own, resource(from).map_err(host)?)?;
                words.put(handle.into());
            }
            _ => return Err(mismatch().into()),
        }
    }
    Ok(())
}

/// What describes the payload of a case that was looked at.
fn held(cases: &[Option<Node>], index: usize, payload: *const u8) -> Result<Option<&Node>> {
    match cases.get(index) {
        Some(None) => Ok(None),
        Some(Some(held)) if !payload.is_null() => Ok(Some(held)),
        _ => Err(host(wrong(ErrorKind::OutOfRange, format!("there is no case {index}")))),
    }
}

/// # Safety
///
/// As for [`put_words`].
unsafe fn put_memory(
    node: &Node,
    ty: &Type,
    from: *const u8,
    to: &mut Writing<'_>,
    at: usize,
) -> Result<()> {
    // SAFETY: the caller vouches for it.
    unsafe {
        match (&node.form, ty) {
            (Form::Number(_), _) => {
                to.number(ty.size(), number(ty, bits(from, node.size)).map_err(host)?, at)?;
            }
            (Form::Text(encoding), _) => {
                let text = to.text(text(node, *encoding, from).map_err(host)?, None)?;
                to.pair(at, text)?;
            }
            (Form::List(_), _) => {
                let list = put_list(node, ty, from, to)?;
                to.pair(at, list)?;
            }
            (Form::Fields(nodes), Type::Record(fields) | Type::Tuple(fields)) => {
                for Run { host, guest, size } in &node.runs {
                    let room = to.room(at + *guest, *size)?;
                    copy_run(from.add(*host), room.as_mut_ptr(), *size);
                }
                for i in &node.rest {
                    let (inner, field) = (&nodes[*i], &fields.fields[*i]);
                    let at = at + field.offset as usize;
                    put_memory(inner, &field.ty, from.add(inner.offset), to, at)?;
                }
            }
            (Form::Cases { cases, .. }, _) => {
                let (index, payload) = case(node, from).map_err(host)?;
                let held = held(cases, index, payload)?;
                let types = cases_of(ty)?;
                to.number(types.tag as usize, index as u64, at)?;
                if let (Some(held), Some(inner)) = (held, ty.at(index)) {
                    put_memory(held, inner, payload, to, at + types.payload as usize)?;
                }
            }
            (Form::Resource, _) => {
                let (of, own) = resource_of(ty)?;
                let handle = to.resource(of, own, resource(from).map_err(host)?)?;
                to.number(4, handle.into(), at)?;
            }
            _ => return Err(mismatch().into()),
        }
    }
    Ok(())
}

/// # Safety
///
/// As for [`put_words`].
unsafe fn put_list(
    node: &Node,
    ty: &Type,
    from: *const u8,
    to: &mut Writing<'_>,
) -> Result<(usize, u32)> {
    let Form::List(inner) = &node.form else { return Err(mismatch().into()) };
    let ty = element_of(ty)?;
    // SAFETY: the caller vouches for so many elements.
    unsafe {
        let (data, size) = many_at(node, from, inner.size, inner.align).map_err(host)?;
        look_at_length(ty, size).map_err(host)?;
        let stride = ty.size();
        let at = to.allocate(ty.align(), size * stride)?;
        if inner.is_same {
            to.room(at, size * stride)?.copy_from_slice(many(data, size * stride));
        } else {
            for i in 0..size {
                put_memory(inner, ty, data.add(i * inner.size), to, at + i * stride)?;
            }
        }
        Ok((at, size as u32))
    }
}
