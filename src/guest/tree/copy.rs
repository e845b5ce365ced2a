//! A copy of a whole value, in an arena of its own.
//!
//! Not here: other forms of values.

#![allow(unsafe_code)] // it follows the pointers in slots

use super::arena::Arena;
use super::slot::{FieldsSlot, ListSlot, ReadText, Slot, TextSlot, VariantSlot, kind, many, width};
use crate::error::{Error, ErrorKind, Result};
use std::ptr::null;

/// Copies a value with all that is in it. What comes out owns one arena.
///
/// # Errors
///
/// [`ErrorKind::UnknownKind`] for what is no value, [`ErrorKind::OutOfRange`] for
/// one within a value within a value without end and for more elements than there
/// are addresses, and whatever `read` answers.
///
/// # Safety
///
/// What the members that the kinds name point to must be there.
pub unsafe fn copy(slot: &Slot, read: ReadText) -> Result<Slot> {
    let mut copying = Copying { arena: Arena::new(0), read, depth: 0 };
    // SAFETY: the caller vouches for it.
    let copied = unsafe { copying.slot(slot) }?;
    Ok(copying.arena.into_root(copied))
}

/// The same into an arena, which then has what it refers to.
///
/// # Safety
///
/// As for [`copy`].
pub unsafe fn copy_into(arena: &mut Arena, slot: &Slot, read: ReadText) -> Result<Slot> {
    let mut copying = Copying { arena: std::mem::take(arena), read, depth: 0 };
    // SAFETY: the caller vouches for it.
    let copied = unsafe { copying.slot(slot) };
    *arena = copying.arena;
    copied
}

struct Copying {
    arena: Arena,
    read: ReadText,
    depth: usize,
}

/// Types are nested less than this, so that no deeper value has one; and copying
/// takes some stack for each level.
const DEEPEST: usize = 1000;

impl Copying {
    unsafe fn slot(&mut self, slot: &Slot) -> Result<Slot> {
        if self.depth == DEEPEST {
            let message = format!("a value is nested more than {DEEPEST} deep");
            return Err(Error::new(ErrorKind::OutOfRange, message));
        }
        self.depth += 1;
        // SAFETY: the caller vouches for the members.
        let copied = unsafe { self.node(slot) };
        self.depth -= 1;
        copied
    }

    unsafe fn node(&mut self, slot: &Slot) -> Result<Slot> {
        // SAFETY: the caller vouches for the members that the kinds name. Nodes
        // are made before what is in them, so that the root's comes first.
        unsafe {
            Ok(match slot.kind {
                kind::STRING => {
                    let node = self.arena.array::<TextSlot>(1)?;
                    node.write(self.text(slot.of.text)?);
                    Slot::pointer(kind::STRING, node)
                }
                kind::LIST => {
                    let node = self.arena.array::<ListSlot>(1)?;
                    node.write(self.list(get(slot.of.list)?)?);
                    Slot::pointer(kind::LIST, node)
                }
                kind::RECORD | kind::TUPLE => {
                    let node = self.arena.array::<FieldsSlot>(1)?;
                    let fields = get(slot.of.fields)?;
                    let data = self.slots(elements(fields.data, fields.size)?)?;
                    node.write(FieldsSlot { size: fields.size, data });
                    Slot::pointer(slot.kind, node)
                }
                kind::VARIANT | kind::RESULT => {
                    let node = self.arena.array::<VariantSlot>(1)?;
                    let variant = get(slot.of.variant)?;
                    let val = self.slot(&variant.val)?;
                    node.write(VariantSlot { index: variant.index, val });
                    Slot::pointer(slot.kind, node)
                }
                kind::OPTION => match slot.of.option.as_ref() {
                    None => Slot::pointer::<Slot>(kind::OPTION, null()),
                    Some(val) => {
                        let node = self.arena.array::<Slot>(1)?;
                        node.write(self.slot(val)?);
                        Slot::pointer(kind::OPTION, node)
                    }
                },
                kind::OWN | kind::BORROW => {
                    let resource = get(slot.of.resource)?.clone();
                    Slot::pointer(slot.kind, self.arena.resource(resource)?)
                }
                kind::NONE => Slot::NONE,
                number if width(number) > 0 => *slot,
                other => return Err(unknown(other)),
            })
        }
    }

    unsafe fn slots(&mut self, slots: &[Slot]) -> Result<*const Slot> {
        let data = self.arena.array::<Slot>(slots.len())?;
        for (i, slot) in slots.iter().enumerate() {
            // SAFETY: the caller vouches for what is in it, and there is room
            // for so many.
            unsafe { data.add(i).write(self.slot(slot)?) };
        }
        Ok(data)
    }

    unsafe fn list(&mut self, list: &ListSlot) -> Result<ListSlot> {
        // SAFETY: the caller vouches for the elements.
        let data = unsafe {
            match list.element {
                kind::VAL => self.slots(elements(list.data.cast(), list.size)?)?.cast(),
                kind::STRING => {
                    let texts: &[TextSlot] = elements(list.data.cast(), list.size)?;
                    let data = self.arena.array::<TextSlot>(texts.len())?;
                    for (i, text) in texts.iter().enumerate() {
                        data.add(i).write(self.text(text)?);
                    }
                    data.cast_const().cast()
                }
                packed if width(packed) > 0 => {
                    let bytes = list.size.checked_mul(width(packed));
                    let bytes = bytes.ok_or_else(|| too_many(list.size))?;
                    let bytes = elements(list.data.cast::<u8>(), bytes)?;
                    self.arena.copy(bytes)?.cast_const().cast()
                }
                other => return Err(unknown(other)),
            }
        };
        Ok(ListSlot { data, ..*list })
    }

    unsafe fn text(&mut self, slot: *const TextSlot) -> Result<TextSlot> {
        // SAFETY: the caller vouches for the text.
        let text = unsafe { (self.read)(slot) }?;
        let copied = text.with_copy(|text| self.arena.text(text));
        let flags = TextSlot::flags_of(text.policy());
        let copied = copied.unwrap_or_else(|| {
            let message = "a string in a value lies in linear memory: clone it first";
            Err(Error::new(ErrorKind::Unsupported, message))
        })?;
        Ok(TextSlot { flags, ..copied })
    }
}

unsafe fn get<'a, T>(pointer: *const T) -> Result<&'a T> {
    // SAFETY: the caller vouches for it.
    unsafe { pointer.as_ref() }.ok_or_else(null_pointer)
}

unsafe fn elements<'a, T>(data: *const T, size: usize) -> Result<&'a [T]> {
    if data.is_null() && size > 0 {
        return Err(null_pointer());
    }
    if size > isize::MAX as usize / size_of::<T>() {
        return Err(too_many(size));
    }
    // SAFETY: the caller vouches for so many, and no address is beyond them.
    Ok(unsafe { many(data, size) })
}

#[cold]
fn null_pointer() -> Error {
    Error::new(ErrorKind::NullPointer, "a value: a pointer in it is NULL")
}

#[cold]
fn too_many(size: usize) -> Error {
    Error::new(ErrorKind::OutOfRange, format!("a value: there cannot be {size} elements"))
}

#[cold]
fn unknown(kind: u8) -> Error {
    Error::new(ErrorKind::UnknownKind, format!("{kind} is no kind of value"))
}
