//! From a host's own structs to slots: text, and lists of numbers, stay where they are.
//!
//! Not here: what a description permits; whether the values are of their types.

#![allow(unsafe_code)] // it follows the pointers that the host vouches for

use super::arena::Arena;
use super::layout::{Form, Node, Span, mismatch, null, step, wrong};
use super::slot::{FieldsSlot, ListSlot, Slot, TextSlot, VariantSlot, kind, width};
use super::walk::Fault;
use crate::error::{ErrorKind, Result};
use crate::guest::resource::Resource;
use crate::string::Encoding;
use crate::types::tree::Type;
use std::ffi::c_void;
use std::ptr::null as nothing;

/// Makes a slot of what lies at `from`, with its nodes in the arena. `what` says where it
/// is.
///
/// # Errors
///
/// [`ErrorKind::NullPointer`] and [`ErrorKind::OutOfRange`] for pointers that cannot be
/// followed, and cases that are not there.
///
/// # Safety
///
/// There must be what the description says, for as long as the slot is used, and its
/// functions do what they should.
pub unsafe fn gather(
    node: &Node,
    ty: &Type,
    from: *const c_void,
    arena: &mut Arena,
    what: impl FnOnce() -> String,
) -> Result<Slot> {
    // SAFETY: the caller vouches for it.
    unsafe { slot(node, ty, from.cast(), arena) }.map_err(|fault| fault.into_error(what()))
}

unsafe fn slot(node: &Node, ty: &Type, from: *const u8, arena: &mut Arena) -> Result<Slot, Fault> {
    // SAFETY: the caller vouches for what lies there, which the description says.
    unsafe {
        Ok(match (&node.form, ty) {
            (Form::Number(kind), _) => Slot::number(*kind, bits(from, node.size)),
            (Form::Text(encoding), _) => {
                let text = text(node, *encoding, from)?;
                Slot::pointer(kind::STRING, arena.put(text)?)
            }
            (Form::List(element), Type::List(list)) => {
                let list = elements(node, element, &list.element, from, arena)?;
                Slot::pointer(kind::LIST, arena.put(list)?)
            }
            (Form::Fields(nodes), Type::Record(fields) | Type::Tuple(fields)) => {
                let data = arena.array::<Slot>(nodes.len())?;
                for (i, (node, field)) in nodes.iter().zip(&fields.fields).enumerate() {
                    let made = slot(node, &field.ty, from.add(node.offset), arena);
                    data.add(i).write(made.map_err(|fault| fault.within(|| step(ty, i)))?);
                }
                let fields = FieldsSlot { size: nodes.len(), data };
                Slot::pointer(ty.kind(), arena.put(fields)?)
            }
            (Form::Cases { cases, .. }, _) => {
                let (index, payload) = case(node, from)?;
                let Some(held) = cases.get(index) else {
                    let message = format!("there is no case {index}: there are {}", cases.len());
                    return Err(wrong(ErrorKind::OutOfRange, message));
                };
                let val = match (held, ty.at(index)) {
                    (Some(node), Some(inner)) => {
                        let made = match payload.is_null() {
                            true => Err(null("payload")),
                            false => slot(node, inner, payload, arena),
                        };
                        made.map_err(|fault| fault.within(|| step(ty, index)))?
                    }
                    _ => Slot::NONE,
                };
                match (ty, index) {
                    (Type::Option(_), 0) => Slot::pointer::<Slot>(kind::OPTION, nothing()),
                    (Type::Option(_), _) => Slot::pointer(kind::OPTION, arena.put(val)?),
                    (Type::Variant(_) | Type::Result(_), _) => {
                        let variant = VariantSlot { index: index as u32, val };
                        Slot::pointer(ty.kind(), arena.put(variant)?)
                    }
                    _ => return Err(mismatch().into()),
                }
            }
            (Form::Resource, _) => {
                let resource = from.cast::<*const Resource>().read();
                if resource.is_null() {
                    return Err(null("resource"));
                }
                Slot::pointer(ty.kind(), resource)
            }
            _ => return Err(mismatch().into()),
        })
    }
}

/// The bits of a number of so many bytes.
///
/// # Safety
///
/// There must be so many.
#[inline]
pub(crate) unsafe fn bits(from: *const u8, size: usize) -> u64 {
    // SAFETY: the caller vouches for it.
    unsafe {
        match size {
            1 => from.read().into(),
            2 => from.cast::<u16>().read_unaligned().into(),
            4 => from.cast::<u32>().read_unaligned().into(),
            _ => from.cast::<u64>().read_unaligned(),
        }
    }
}

/// Pointer and number of what a list or a text holds.
unsafe fn span(node: &Node, from: *const u8) -> Span {
    // SAFETY: the caller vouches for what lies there.
    unsafe {
        match (node.array, node.look) {
            (Some(size), _) => Span { data: from.cast(), size },
            (None, None) => from.cast::<Span>().read(),
            (None, Some(look)) => {
                let mut size = 0;
                let data = look(from.cast(), &mut size);
                Span { data, size }
            }
        }
    }
}

/// The case, and where its payload would be.
pub(crate) unsafe fn case(node: &Node, from: *const u8) -> Result<(usize, *const u8), Fault> {
    let Form::Cases { tag, tag_size, cases } = &node.form else {
        return Err(mismatch().into());
    };
    // SAFETY: the caller vouches for what lies there.
    unsafe {
        if node.look.is_some() {
            let Span { data, size } = span(node, from);
            if let Some(Some(held)) = cases.get(size) {
                held.aligned(data, "what `look` gave")?;
            }
            return Ok((size, data.cast()));
        }
        let index = usize::try_from(bits(from.add(*tag), *tag_size)).unwrap_or(usize::MAX);
        let offset = cases.get(index).and_then(Option::as_ref).map_or(0, |node| node.offset);
        Ok((index, from.add(offset)))
    }
}

/// Where elements or units are, and how many, which was looked at.
pub(crate) unsafe fn many_at(
    node: &Node,
    from: *const u8,
    stride: usize,
    align: usize,
) -> Result<(*const u8, usize), Fault> {
    // SAFETY: the caller vouches for what lies there.
    let Span { data, size } = unsafe { span(node, from) };
    if size == 0 {
        return Ok((std::ptr::without_provenance(align), 0));
    }
    if data.is_null() {
        return Err(null("data"));
    }
    if !data.addr().is_multiple_of(align) {
        return Err(wrong(ErrorKind::OutOfRange, "`data` is not aligned for its elements"));
    }
    if size.checked_mul(stride).is_none_or(|bytes| bytes > isize::MAX as usize) {
        let message = format!("`data` cannot have {size} elements");
        return Err(wrong(ErrorKind::OutOfRange, message));
    }
    Ok((data.cast(), size))
}

unsafe fn text(node: &Node, encoding: Encoding, from: *const u8) -> Result<TextSlot, Fault> {
    let unit = encoding.unit_size();
    // SAFETY: the caller vouches for it.
    let (data, size) = unsafe { many_at(node, from, unit, unit) }?;
    Ok(TextSlot { data: data.cast(), size, encoding: encoding as u32, flags: 0, reserved: 0 })
}

unsafe fn elements(
    node: &Node,
    element: &Node,
    ty: &Type,
    from: *const u8,
    arena: &mut Arena,
) -> Result<ListSlot, Fault> {
    // SAFETY: the caller vouches for so many elements.
    unsafe {
        let stride = element.size;
        let (data, size) = many_at(node, from, stride, element.align)?;
        let at = |i: usize| data.add(i * stride);
        let path = |i: usize| move || format!("element {i}");
        Ok(match &element.form {
            Form::Number(packed) if matches!(ty, Type::Scalar(_)) && width(*packed) == stride => {
                ListSlot { data: data.cast(), size, element: *packed }
            }
            Form::Text(encoding) => {
                let texts = arena.array::<TextSlot>(size)?;
                for i in 0..size {
                    let made = text(element, *encoding, at(i));
                    texts.add(i).write(made.map_err(|fault| fault.within(path(i)))?);
                }
                ListSlot { data: texts.cast(), size, element: kind::STRING }
            }
            Form::Number(_)
            | Form::List(_)
            | Form::Fields(_)
            | Form::Cases { .. }
            | Form::Resource => {
                let slots = arena.array::<Slot>(size)?;
                for i in 0..size {
                    let made = slot(element, ty, at(i), arena);
                    slots.add(i).write(made.map_err(|fault| fault.within(path(i)))?);
                }
                ListSlot { data: slots.cast(), size, element: kind::VAL }
            }
        })
    }
}
