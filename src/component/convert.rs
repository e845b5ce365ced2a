//! Between the values of Rust's API and slots.
//!
//! Not here: C's values, which are slots.

#![allow(unsafe_code)] // it follows the pointers in slots

use crate::error::{Error, ErrorKind, Result};
use crate::guest::context::{Context, Cx};
use crate::guest::resource::Resource;
use crate::guest::strings::Str;
use crate::guest::tree::ReadText;
use crate::guest::tree::arena::Arena;
use crate::guest::tree::slot::{FieldsSlot, ListSlot, Of, Slot, TextSlot, VariantSlot, kind, many};
use crate::guest::value::{List, Payload, Val};
use crate::string::{self, Policy, Text};
use crate::types::kind::{signed, width};
use crate::types::{ValType, kinds_of_values};
use std::borrow::Cow;
use std::ptr::null;

/// Puts a value's nodes into an arena; text and packed lists stay where they are.
pub(crate) fn fill(cx: &mut Cx<'_>, arena: &mut Arena, val: &Val<'_>) -> Result<Slot> {
    match val {
        Val::String(text) => {
            let text = text_slot(cx, arena, text)?;
            Ok(Slot::pointer(kind::STRING, arena.put(text)?))
        }
        Val::List(list) => {
            let list = list_slot(cx, arena, list)?;
            Ok(Slot::pointer(kind::LIST, arena.put(list)?))
        }
        Val::Record(vals) => fields(cx, arena, kind::RECORD, vals),
        Val::Tuple(vals) => fields(cx, arena, kind::TUPLE, vals),
        Val::Variant(index, payload) => variant(cx, arena, kind::VARIANT, *index, payload),
        Val::Result(Ok(payload)) => variant(cx, arena, kind::RESULT, 0, payload),
        Val::Result(Err(payload)) => variant(cx, arena, kind::RESULT, 1, payload),
        Val::Option(None) => Ok(Slot::pointer::<Slot>(kind::OPTION, null())),
        Val::Option(Some(val)) => {
            let val = fill(cx, arena, val)?;
            Ok(Slot::pointer(kind::OPTION, arena.put(val)?))
        }
        Val::Own(resource) => Ok(Slot::pointer(kind::OWN, resource)),
        Val::Borrow(resource) => Ok(Slot::pointer(kind::BORROW, resource)),
        scalar => {
            let kind = scalar.ty().number();
            Ok(match width(kind) {
                // A kind that no component has: the check tells where it is.
                0 => Slot { kind, of: Of { u64: 0 } },
                _ => Slot::number(kind, signed(kind, scalar.bits())),
            })
        }
    }
}

fn text_slot(cx: &mut Cx<'_>, arena: &mut Arena, text: &Str<'_>) -> Result<TextSlot> {
    if let Some(host) = text.host_text() {
        let flags = TextSlot::flags_of(text.policy());
        return Ok(TextSlot { flags, ..TextSlot::new(host) });
    }
    // Who reads it later knows no rule of the engine's.
    let kept = cx.data().policy == Policy::Keep && !text.is_checked();
    let flags = TextSlot::flags_of(kept.then_some(Policy::Keep));
    let cx = Context(wasmtime::AsContextMut::as_context_mut(cx), true);
    Ok(TextSlot { flags, ..text.with(&cx, |text| arena.text(text))?? })
}

fn list_slot(cx: &mut Cx<'_>, arena: &mut Arena, list: &List<'_>) -> Result<ListSlot> {
    macro_rules! packed {
        ($($name:ident $number:literal $ty:ty;)+) => {
            match list {
                $(List::$name(v) => {
                    Ok(ListSlot { data: v.as_ptr().cast(), size: v.len(), element: $number })
                })+
                List::Val(vals) if is_texts(vals) => {
                    let data = arena.array::<TextSlot>(vals.len())?;
                    for (i, text) in vals.iter().filter_map(Val::as_str).enumerate() {
                        let text = text_slot(cx, arena, text)?;
                        // SAFETY: there is room for so many.
                        unsafe { data.add(i).write(text) };
                    }
                    let (data, size) = (data.cast_const().cast(), vals.len());
                    Ok(ListSlot { data, size, element: kind::STRING })
                }
                List::Val(vals) => {
                    let data = slots(cx, arena, vals)?.cast();
                    Ok(ListSlot { data, size: vals.len(), element: kind::VAL })
                }
            }
        };
    }
    kinds_of_values!(packed packed)
}

/// Whether there are texts, and nothing else.
fn is_texts(vals: &[Val<'_>]) -> bool {
    !vals.is_empty() && vals.iter().all(|val| matches!(val, Val::String(_)))
}

fn slots(cx: &mut Cx<'_>, arena: &mut Arena, vals: &[Val<'_>]) -> Result<*const Slot> {
    let data = arena.array::<Slot>(vals.len())?;
    for (i, val) in vals.iter().enumerate() {
        let slot = fill(cx, arena, val)?;
        // SAFETY: there is room for so many.
        unsafe { data.add(i).write(slot) };
    }
    Ok(data)
}

fn fields(cx: &mut Cx<'_>, arena: &mut Arena, kind: u8, vals: &[Val<'_>]) -> Result<Slot> {
    let data = slots(cx, arena, vals)?;
    Ok(Slot::pointer(kind, arena.put(FieldsSlot { size: vals.len(), data })?))
}

fn variant(
    cx: &mut Cx<'_>,
    arena: &mut Arena,
    kind: u8,
    index: u32,
    payload: &Payload<'_>,
) -> Result<Slot> {
    let val = match payload {
        Some(val) => fill(cx, arena, val)?,
        None => Slot::NONE,
    };
    Ok(Slot::pointer(kind, arena.put(VariantSlot { index, val })?))
}

/// Whether text and packed lists in a value are copied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Take {
    Copy,
    Borrow,
}

/// The value that a slot holds.
///
/// # Safety
///
/// What it points to must be there, and well-formed; where it is borrowed, for as
/// long as the result is used.
pub(crate) unsafe fn read(slot: &Slot, take: Take, texts: ReadText) -> Result<Val<'static>> {
    // SAFETY: the caller vouches for the members that the kind names.
    unsafe {
        Ok(match slot.kind {
            kind::STRING => Val::String(text(slot.of.text, take, texts)?),
            kind::LIST => Val::List(list(&*slot.of.list, take, texts)?),
            kind::RECORD => Val::Record(vals(&*slot.of.fields, take, texts)?),
            kind::TUPLE => Val::Tuple(vals(&*slot.of.fields, take, texts)?),
            kind::VARIANT => {
                let variant = &*slot.of.variant;
                Val::Variant(variant.index, payload(&variant.val, take, texts)?)
            }
            kind::RESULT => {
                let variant = &*slot.of.variant;
                let payload = payload(&variant.val, take, texts)?;
                Val::Result(if variant.index == 0 { Ok(payload) } else { Err(payload) })
            }
            kind::OPTION => Val::Option(match slot.of.option.as_ref() {
                Some(val) => payload(val, take, texts)?,
                None => None,
            }),
            kind::OWN => Val::Own(resource(slot)),
            kind::BORROW => Val::Borrow(resource(slot)),
            kind => match ValType::from_number(kind).filter(|_| width(kind) > 0) {
                Some(ty) => Val::from_bits(ty, slot.bits())?,
                None => return Err(none_gives(kind)),
            },
        })
    }
}

#[cold]
fn none_gives(kind: u8) -> Error {
    let message = format!("a component gives no {}", kind::name(kind));
    Error::new(ErrorKind::WrongKind, message)
}

unsafe fn resource(slot: &Slot) -> Resource {
    // SAFETY: the caller vouches for the member.
    unsafe { (*slot.of.resource).clone() }
}

unsafe fn payload(val: &Slot, take: Take, texts: ReadText) -> Result<Payload<'static>> {
    if val.kind == kind::NONE {
        return Ok(None);
    }
    // SAFETY: the caller vouches for it.
    Ok(Some(Box::new(unsafe { read(val, take, texts) }?)))
}

unsafe fn text(text: *const TextSlot, take: Take, texts: ReadText) -> Result<Str<'static>> {
    // SAFETY: the caller vouches for the text.
    let lent = unsafe { texts(text) }?;
    Ok(match (take, lent.host_text()) {
        (Take::Copy, Some(Text::Utf16(units))) => Str::from(units.to_vec()),
        (Take::Copy, Some(text)) => {
            let mut copied = String::new();
            string::copy_to_string(text, &mut copied, Policy::Reject)?;
            Str::from(copied)
        }
        (Take::Borrow, _) | (Take::Copy, None) => lent,
    })
}

unsafe fn vals(fields: &FieldsSlot, take: Take, texts: ReadText) -> Result<Vec<Val<'static>>> {
    // SAFETY: the caller vouches for so many, and for what is in them.
    unsafe { many(fields.data, fields.size).iter().map(|slot| read(slot, take, texts)).collect() }
}

unsafe fn list(list: &ListSlot, take: Take, texts: ReadText) -> Result<List<'static>> {
    macro_rules! packed {
        ($($name:ident $number:literal $ty:ty;)+) => {
            match list.element {
                $($number => {
                    // SAFETY: the caller vouches for the elements.
                    let lent = unsafe { list.elements() };
                    List::$name(match take {
                        Take::Copy => Cow::Owned(lent.to_vec()),
                        Take::Borrow => Cow::Borrowed(lent),
                    })
                })+
                kind::STRING => {
                    // SAFETY: as above.
                    let slots = unsafe { list.elements::<TextSlot>() };
                    // SAFETY: as above.
                    let text = |at| unsafe { text(at, take, texts) }.map(Val::String);
                    List::Val(slots.iter().map(|at| text(at)).collect::<Result<_>>()?)
                }
                kind::VAL => {
                    // SAFETY: as above.
                    let slots = unsafe { list.elements::<Slot>() };
                    // SAFETY: as above.
                    let read = |slot| unsafe { read(slot, take, texts) };
                    List::Val(slots.iter().map(read).collect::<Result<_>>()?)
                }
                other => return Err(none_gives(other)),
            }
        };
    }
    Ok(kinds_of_values!(packed packed))
}
