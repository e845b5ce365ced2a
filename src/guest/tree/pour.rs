//! From slots to a host's own structs: elements first, and behind them what they point
//! to.
//!
//! Not here: what a description permits.

#![allow(unsafe_code)] // memory that the host vouches for

use super::arena::{Arena, ResourceRoom, release};
use super::layout::{Form, Node, Span, mismatch, step, wrong};
use super::slot::{FieldsSlot, ListSlot, ReadText, Slot, TextSlot, VariantSlot, kind, many, width};
use super::walk::Fault;
use crate::error::{Error, ErrorKind, Result};
use crate::guest::context::AsContextMut;
use crate::guest::errors::{bad_text, changed};
use crate::guest::strings::Str;
use crate::string::{Dest, Encoding, measure, transcode_unchanged};
use crate::types::tree::Type;
use std::ffi::c_void;
use std::ptr::{null_mut, without_provenance_mut};

/// Where structs, and what they point to, are put.
pub struct Place<'a> {
    to: To<'a>,
    /// How many bytes of it are used, or would be.
    used: usize,
}

/// What becomes of the resources in a value.
#[derive(Clone, Copy)]
pub enum Handles {
    /// The value's own, as long as that is there.
    Lent,
    /// Others, which belong to who asked for them.
    Made,
}

enum To<'a> {
    /// Memory of the host's of so many bytes, aligned to eight.
    Room(*mut u8, usize),
    Arena(&'a mut Arena),
}

impl<'a> Place<'a> {
    /// Memory. Where it is too small for a value, that is not put there, and
    /// [`Place::used`] tells how much it takes.
    ///
    /// # Safety
    ///
    /// There must be so many bytes, which nobody else uses as long as this is used.
    pub unsafe fn room(data: *mut c_void, capacity: usize) -> Place<'a> {
        Place { to: To::Room(data.cast(), capacity), used: 0 }
    }

    /// Nowhere: to learn how much a value takes.
    pub fn nowhere() -> Place<'a> {
        Place { to: To::Room(null_mut(), 0), used: 0 }
    }

    /// An arena.
    pub fn arena(arena: &'a mut Arena) -> Place<'a> {
        Place { to: To::Arena(arena), used: 0 }
    }

    /// How many bytes were needed.
    pub fn used(&self) -> usize {
        self.used
    }

    /// Whether there was room for all.
    pub fn is_enough(&self) -> bool {
        match self.to {
            To::Room(_, capacity) => self.used <= capacity,
            To::Arena(_) => true,
        }
    }

    /// Whether there is as much room as is asked for.
    #[inline]
    pub(crate) fn is_arena(&self) -> bool {
        matches!(self.to, To::Arena(_))
    }

    /// What is left of memory, from where so aligned a value would be put.
    #[inline]
    pub(crate) fn left(&self, align: usize) -> Option<(*mut u8, usize)> {
        let start = aligned(self.used, align);
        match self.to {
            To::Room(data, capacity) if start < capacity => {
                // SAFETY: it is within the room.
                Some((unsafe { data.add(start) }, capacity - start))
            }
            _ => None,
        }
    }

    /// Room for so many bytes; NULL where there is none.
    #[inline]
    pub(crate) fn take(&mut self, size: usize, align: usize) -> Result<*mut u8> {
        let start = aligned(self.used, align);
        let end = start.checked_add(size).filter(|end| *end <= isize::MAX as usize);
        let end = end.ok_or_else(|| too_large(size))?;
        self.used = end;
        match &mut self.to {
            // SAFETY: it is within the room.
            To::Room(data, capacity) if end <= *capacity => Ok(unsafe { data.add(start) }),
            To::Room(..) => Ok(null_mut()),
            To::Arena(arena) => Ok(arena.array::<u64>(size.div_ceil(8))?.cast()),
        }
    }
}

/// The next place of this alignment, a power of two: there is no division in it.
#[inline]
fn aligned(at: usize, align: usize) -> usize {
    debug_assert!(align.is_power_of_two());
    (at + (align - 1)) & !(align - 1)
}

#[cold]
fn too_large(size: usize) -> Error {
    Error::new(ErrorKind::OutOfMemory, format!("no memory for a value of {size} bytes"))
}

/// Puts a value into a place, its own struct first; a list by itself begins with its
/// elements. Where there is no room, nothing but the place is to be looked at. What
/// comes back is where it begins, and how many elements, or bytes, there are.
///
/// # Errors
///
/// [`ErrorKind::OutOfMemory`] where functions of the host's refuse, and what is wrong
/// with text.
///
/// # Safety
///
/// The value must be of this type, what it points to be there, and the functions in the
/// description do what they should.
pub unsafe fn pour(
    node: &Node,
    ty: &Type,
    slot: &Slot,
    read: ReadText,
    cx: impl AsContextMut,
    place: &mut Place<'_>,
    handles: Handles,
) -> Result<Span> {
    let mut pouring = Pouring { cx, read, place, handles, made: Vec::new() };
    // SAFETY: the caller vouches for it.
    let done = unsafe {
        if let (Form::List(element), Type::List(list), true) = (&node.form, ty, node.is_span()) {
            pouring.elements(element, &list.element, &*slot.of.list)
        } else {
            // What is no row has a place of its own.
            let place = pouring.place.take(node.size, node.align.max(1));
            let data = place.map_err(Fault::from);
            data.and_then(|data| {
                pouring.value(node, ty, slot, data)?;
                let size = pouring.place.used;
                Ok(Span { data: data.cast_const().cast(), size })
            })
        }
    };
    done.map_err(|fault| pouring.failed(fault).into_error("result".into()))
}

/// Puts a value into an object that is there, with handles of its own.
///
/// # Safety
///
/// As for [`pour`], and `to` must be one of the description.
pub unsafe fn pour_into(
    node: &Node,
    ty: &Type,
    slot: &Slot,
    read: ReadText,
    cx: impl AsContextMut,
    to: *mut c_void,
    place: &mut Place<'_>,
) -> Result<()> {
    let mut pouring = Pouring { cx, read, place, handles: Handles::Made, made: Vec::new() };
    // SAFETY: the caller vouches for it.
    let done = unsafe { pouring.value(node, ty, slot, to.cast()) };
    done.map_err(|fault| pouring.failed(fault).into_error("value".into()))
}

struct Pouring<'p, 'a, C> {
    cx: C,
    read: ReadText,
    place: &'p mut Place<'a>,
    handles: Handles,
    /// The handles that were made, and where they are.
    made: Vec<(*mut *const c_void, Slot)>,
}

impl<C> Pouring<'_, '_, C> {
    /// Takes back the handles that were made: nobody learns that they are there, but an
    /// object of the host's, which finds none.
    #[cold]
    fn failed(&mut self, fault: Fault) -> Fault {
        for (to, handle) in self.made.drain(..) {
            // SAFETY: it was made and written there by this call, which alone has used
            // that memory since.
            unsafe {
                to.write(std::ptr::null());
                release(&handle);
            }
        }
        fault
    }
}

impl<C: AsContextMut> Pouring<'_, '_, C> {
    /// Writes a value to where it belongs, or only finds out what it takes, where that
    /// is NULL.
    unsafe fn value(
        &mut self,
        node: &Node,
        ty: &Type,
        slot: &Slot,
        to: *mut u8,
    ) -> Result<(), Fault> {
        // SAFETY: the caller vouches for value and place.
        unsafe {
            match (&node.form, ty) {
                (Form::Number(_), _) => put(to, node.size, slot.bits()),
                (Form::Text(encoding), _) => self.text(node, *encoding, slot.of.text, to)?,
                (Form::List(element), Type::List(list)) => {
                    self.list(node, element, &list.element, &*slot.of.list, to)?;
                }
                (Form::Fields(nodes), Type::Record(fields) | Type::Tuple(fields)) => {
                    let held: &FieldsSlot = &*slot.of.fields;
                    let slots = many(held.data, held.size);
                    for (i, (node, field)) in nodes.iter().zip(&fields.fields).enumerate() {
                        let Some(slot) = slots.get(i) else { break };
                        let to = within(to, node.offset);
                        let done = self.value(node, &field.ty, slot, to);
                        done.map_err(|fault| fault.within(|| step(ty, i)))?;
                    }
                }
                (Form::Cases { .. }, Type::Option(_)) => match slot.of.option.as_ref() {
                    None => self.case(node, ty, 0, &Slot::NONE, to)?,
                    Some(val) => self.case(node, ty, 1, val, to)?,
                },
                (Form::Cases { .. }, _) => {
                    let variant: &VariantSlot = &*slot.of.variant;
                    self.case(node, ty, variant.index as usize, &variant.val, to)?;
                }
                (Form::Resource, _) => {
                    if !to.is_null() {
                        let to = to.cast::<*const c_void>();
                        let handle = match self.handles {
                            Handles::Lent => *slot,
                            Handles::Made => ResourceRoom::new()?.fill((*slot.of.resource).clone()),
                        };
                        to.write(handle.of.pointer);
                        if let Handles::Made = self.handles {
                            self.made.push((to, handle));
                        }
                    }
                }
                _ => return Err(mismatch().into()),
            }
        }
        Ok(())
    }

    unsafe fn case(
        &mut self,
        node: &Node,
        ty: &Type,
        index: usize,
        val: &Slot,
        to: *mut u8,
    ) -> Result<(), Fault> {
        let Form::Cases { tag, tag_size, cases } = &node.form else {
            return Err(mismatch().into());
        };
        let Some(held) = cases.get(index) else { return Err(mismatch().into()) };
        let payload = match (node.make, to.is_null(), held) {
            (_, true, _) => null_mut(),
            (Some(make), ..) => {
                // SAFETY: the caller vouches for the function.
                let made = unsafe { make(to.cast(), index) };
                if made.is_null() && held.is_some() {
                    return Err(refused(1).within(|| step(ty, index)));
                }
                if let Some(held) = held {
                    held.aligned(made, "what `make` gave")?;
                }
                made.cast()
            }
            (None, _, held) => {
                // SAFETY: the tag is within.
                unsafe { put(to.add(*tag), *tag_size, index as u64) };
                within(to, held.as_ref().map_or(0, |node| node.offset))
            }
        };
        let (Some(held), Some(inner)) = (held, ty.at(index)) else { return Ok(()) };
        // SAFETY: the caller vouches for it.
        let done = unsafe { self.value(held, inner, val, payload) };
        done.map_err(|fault| fault.within(|| step(ty, index)))
    }

    unsafe fn text(
        &mut self,
        node: &Node,
        encoding: Encoding,
        text: *const TextSlot,
        to: *mut u8,
    ) -> Result<(), Fault> {
        // SAFETY: the caller vouches for the text.
        let text: Str<'static> = unsafe { (self.read)(text) }?;
        let mut cx = self.cx.as_context_mut();
        let policy = text.policy_or(cx.0.data().policy);
        let (place, is_there) = (&mut *self.place, !to.is_null());
        let put = |text: crate::string::Text<'_>| -> Result<Span, Fault> {
            let measured = measure(text, encoding, policy).map_err(bad_text)?;
            let (size, unit) = (measured.len(), encoding.unit_size());
            let data = match node.make {
                Some(make) if is_there => {
                    // SAFETY: the caller vouches for the function.
                    let made: *mut u8 = unsafe { make(to.cast(), size) }.cast();
                    if made.is_null() && size > 0 {
                        return Err(refused(size));
                    }
                    made
                }
                Some(_) => null_mut(),
                None => place.take(size * unit, unit)?,
            };
            if !data.is_null() && size > 0 {
                if !data.addr().is_multiple_of(unit) {
                    let message = "`make` gave memory that is not aligned";
                    return Err(wrong(ErrorKind::OutOfRange, message));
                }
                // SAFETY: there is room for so many units, aligned.
                let dest = unsafe { Dest::at(encoding, data.cast(), size) };
                transcode_unchanged(&measured, text, dest).map_err(changed)?;
            }
            Ok(Span { data: data.cast_const().cast(), size })
        };
        let span = text.with(&mut cx, put)??;
        if node.make.is_none() && is_there {
            // SAFETY: the caller vouches for the place.
            unsafe { to.cast::<Span>().write(span) };
        }
        Ok(())
    }

    unsafe fn list(
        &mut self,
        node: &Node,
        element: &Node,
        ty: &Type,
        list: &ListSlot,
        to: *mut u8,
    ) -> Result<(), Fault> {
        // SAFETY: the caller vouches for it.
        unsafe {
            if node.array.is_some() {
                node.holds(list.size)?;
                return self.fill(element, ty, list, to);
            }
            let Some(make) = node.make else {
                let span = self.elements(element, ty, list)?;
                if !to.is_null() {
                    to.cast::<Span>().write(span);
                }
                return Ok(());
            };
            if to.is_null() {
                return Ok(());
            }
            let data: *mut u8 = make(to.cast(), list.size).cast();
            if data.is_null() && list.size > 0 {
                return Err(refused(list.size));
            }
            element.aligned(data, "what `make` gave")?;
            self.fill(element, ty, list, data)
        }
    }

    /// Puts elements into room of their own.
    unsafe fn elements(
        &mut self,
        element: &Node,
        ty: &Type,
        list: &ListSlot,
    ) -> Result<Span, Fault> {
        let bytes = list.size.checked_mul(element.size).ok_or_else(|| too_large(usize::MAX))?;
        let data = self.place.take(bytes, element.align)?;
        // SAFETY: the caller vouches for the list, and there is room, if any.
        unsafe { self.fill(element, ty, list, data) }?;
        Ok(Span { data: data.cast_const().cast(), size: list.size })
    }

    unsafe fn fill(
        &mut self,
        element: &Node,
        ty: &Type,
        list: &ListSlot,
        data: *mut u8,
    ) -> Result<(), Fault> {
        let at = |i: usize| within(data, i * element.size);
        let path = |i: usize| move || format!("element {i}");
        // SAFETY: the caller vouches for the list, and for room.
        unsafe {
            match (list.element, &element.form) {
                (kind::VAL, _) => {
                    for (i, slot) in list.elements::<Slot>().iter().enumerate() {
                        let done = self.value(element, ty, slot, at(i));
                        done.map_err(|fault| fault.within(path(i)))?;
                    }
                }
                (kind::STRING, Form::Text(encoding)) => {
                    for (i, text) in list.elements::<TextSlot>().iter().enumerate() {
                        let done = self.text(element, *encoding, text, at(i));
                        done.map_err(|fault| fault.within(path(i)))?;
                    }
                }
                (packed, Form::Number(_)) if width(packed) == element.size => {
                    if !data.is_null() && list.size > 0 {
                        let bytes = list.size * element.size;
                        data.copy_from_nonoverlapping(list.data.cast(), bytes);
                    }
                }
                _ => return Err(mismatch().into()),
            }
        }
        Ok(())
    }
}

/// Writes a number of so many bytes.
///
/// # Safety
///
/// There must be room for it, or the pointer be NULL.
#[inline]
pub(crate) unsafe fn put(to: *mut u8, size: usize, bits: u64) {
    if to.is_null() {
        return;
    }
    // SAFETY: the caller vouches for it.
    unsafe {
        match size {
            1 => to.write(bits as u8),
            2 => to.cast::<u16>().write_unaligned(bits as u16),
            4 => to.cast::<u32>().write_unaligned(bits as u32),
            _ => to.cast::<u64>().write_unaligned(bits),
        }
    }
}

/// Copies so many bytes, which most often are those of one number.
///
/// # Safety
///
/// There must be so many at both, which are apart.
#[inline]
pub(crate) unsafe fn copy_run(from: *const u8, to: *mut u8, size: usize) {
    // SAFETY: the caller vouches for both.
    unsafe {
        match size {
            4 => to.cast::<u32>().write_unaligned(from.cast::<u32>().read_unaligned()),
            8 => to.cast::<u64>().write_unaligned(from.cast::<u64>().read_unaligned()),
            _ => to.copy_from_nonoverlapping(from, size),
        }
    }
}

/// A place within another; NULL within NULL.
pub(crate) fn within(to: *mut u8, offset: usize) -> *mut u8 {
    if to.is_null() { without_provenance_mut(0) } else { to.wrapping_add(offset) }
}

#[cold]
pub(crate) fn refused(size: usize) -> Fault {
    let message = format!("no room was made for {size}");
    Error::new(ErrorKind::OutOfMemory, message).into()
}
