//! Values at slots, by what describes them: arguments are read, results are put where
//! they are to go.
//!
//! Not here: what a description says, and whether it fits; calls.

use super::base::boundary::{check_room, need, null};
use super::base::cell::{Inside, StringBox};
use super::base::string::{self, read_text};
use super::base::translate::give_val;
use super::base::value::{wasm_resource_t, wasm_val_t};
use super::base::vec::Element as _;
use super::field::Root;
use super::slot::{
    SlotKind, Width, by_value, not_of_call, witrt_buffer_t, witrt_grow_t, witrt_lazy_t,
    witrt_slot_t, witrt_span_t, witrt_text_t,
};
use crate::tree::{
    Arena, Handles, HostValue, ListSlot, Node, Place, ReadText, Returned, Sink, Slot, Span,
    TextSlot, gather, pour, release,
};
use crate::wit::Type;
use crate::{Error, ErrorKind, Result, Str, Val};
use std::ffi::c_void;

impl Root {
    /// The value of an argument; its nodes are put into the arena.
    ///
    /// # Safety
    ///
    /// The member of the kind must be set, and what it points to be there as long as the
    /// result is used.
    pub unsafe fn lend(
        &self,
        slot: &witrt_slot_t,
        ty: &Type,
        arena: &mut Arena,
        what: impl Fn() -> String,
    ) -> Result<Slot> {
        let kind = ty.val_type().number();
        // SAFETY: the caller vouches for it.
        unsafe {
            Ok(match self {
                Root::Plain(SlotKind::Text(encoding)) => {
                    let text = slot.text(*encoding).map_err(|error| error.context(what()))?;
                    Slot::pointer(kind, arena.put(TextSlot::new(text))?)
                }
                Root::Plain(SlotKind::Lazy(_)) => Slot::pointer(kind, slot.lazy.string),
                Root::Plain(SlotKind::Number(width)) => Slot::number(kind, slot.number(*width)),
                Root::Scalar(node) if node.size() == 1 => Slot::number(kind, slot.u8.into()),
                Root::Scalar(_) => Slot::number(kind, slot.u32.into()),
                Root::Resource(_) => Slot::pointer(kind, slot.resource),
                Root::Val => *slot.val.as_slot(),
                Root::Host(node) => {
                    let from = match node.is_span() {
                        true => std::ptr::from_ref(slot).cast(),
                        false => pointed(node, slot, &what)?,
                    };
                    gather(node, ty, from, arena, what)?
                }
                Root::Plain(SlotKind::Grow(_)) | Root::Grown(_) => {
                    return Err(not_of_call().context(what()));
                }
                Root::Plain(SlotKind::ExternRef | SlotKind::FuncRef) => return Err(by_value()),
            })
        }
    }

    /// What describes the value at an argument's slot, or where that says; with where it
    /// is. None for numbers and text, which are told otherwise.
    ///
    /// # Safety
    ///
    /// The member of the kind must be set.
    pub unsafe fn value<'a>(
        &'a self,
        slot: &'a witrt_slot_t,
        what: impl Fn() -> String,
    ) -> Result<Option<HostValue<'a>>> {
        let at: *const c_void = std::ptr::from_ref(slot).cast();
        // SAFETY: the caller vouches for it.
        unsafe {
            Ok(Some(match self {
                Root::Plain(_) | Root::Val | Root::Grown(_) => return Ok(None),
                Root::Scalar(node) | Root::Resource(node) => HostValue::new(node, at),
                Root::Host(node) if node.is_span() => HostValue::new(node, at),
                Root::Host(node) => HostValue::new(node, pointed(node, slot, what)?),
            }))
        }
    }

    /// The value of an argument of a callback; what it points to is put into the arena,
    /// but for what was `checked` and lies already as the callback wants it.
    ///
    /// # Safety
    ///
    /// The value must be of this type, and what it points to be there as long as the
    /// result is used.
    pub unsafe fn shown(
        &self,
        inside: &mut Inside<'_>,
        ty: &Type,
        arg: &Slot,
        arena: &mut Arena,
        checked: bool,
    ) -> Result<witrt_slot_t> {
        let mut place = Place::arena(arena);
        // SAFETY: the caller vouches for the value.
        unsafe {
            Ok(match self {
                Root::Plain(SlotKind::Text(encoding))
                    if checked && (*arg.of.text).is_plain(*encoding) =>
                {
                    let TextSlot { data, size, .. } = *arg.of.text;
                    witrt_slot_t { text: witrt_text_t { data: data.cast(), size } }
                }
                Root::Host(node) if checked && node.is_span() && node.lies_as(&*arg.of.list) => {
                    let ListSlot { data, size, .. } = *arg.of.list;
                    witrt_slot_t { span: witrt_span_t { data, size } }
                }
                Root::Plain(SlotKind::Text(encoding)) => {
                    let node = Node::of_text(*encoding);
                    let put = pour(
                        &node,
                        ty,
                        arg,
                        read_text,
                        inside.context(),
                        &mut place,
                        Handles::Lent,
                    )?;
                    witrt_slot_t { text: *put.data.cast() }
                }
                Root::Plain(SlotKind::Lazy(encoding)) => {
                    let length = read_text(arg.of.text)?.length(inside.context(), *encoding)?;
                    let string = arg.of.text.cast_mut().cast();
                    witrt_slot_t { lazy: witrt_lazy_t { string, length } }
                }
                Root::Plain(SlotKind::Number(width)) => witrt_slot_t::of_number(*width, arg.bits()),
                Root::Plain(SlotKind::ExternRef | SlotKind::FuncRef) => return Err(by_value()),
                Root::Scalar(_) => witrt_slot_t::of_number(Width::Word, arg.bits()),
                Root::Resource(_) => witrt_slot_t { resource: arg.of.resource.cast_mut().cast() },
                Root::Val => witrt_slot_t { val: wasm_val_t::of_slot(*arg) },
                // It is put where the callback says.
                Root::Host(node) if node.has_access() => witrt_slot_t::ZERO,
                Root::Host(node) => {
                    let put = pour(
                        node,
                        ty,
                        arg,
                        read_text,
                        inside.context(),
                        &mut place,
                        Handles::Lent,
                    )?;
                    match node.is_span() {
                        true => {
                            let span = witrt_span_t { data: put.data, size: put.size };
                            witrt_slot_t { span }
                        }
                        false => witrt_slot_t { value: put.data },
                    }
                }
                Root::Plain(SlotKind::Grow(_)) | Root::Grown(_) => {
                    return Err(not_of_call());
                }
            })
        }
    }

    /// Gives up what a callback left as a result.
    ///
    /// # Safety
    ///
    /// The member of the kind must be set and owned, or zero.
    pub unsafe fn give_up(&self, slot: &witrt_slot_t) {
        // SAFETY: the caller vouches for it.
        unsafe {
            match self {
                Root::Plain(SlotKind::Lazy(_)) => drop(string::delete(slot.lazy.string)),
                Root::Resource(_) => {
                    release(&Slot::pointer(crate::ValType::Own.number(), slot.resource));
                }
                Root::Val => slot.val.release(),
                // There is nothing in it that is owned.
                Root::Plain(_) | Root::Scalar(_) | Root::Host(_) | Root::Grown(_) => {}
            }
        }
    }

    /// Looks at where a result is to go, before anything runs.
    ///
    /// # Safety
    ///
    /// The member of the kind must be set.
    pub unsafe fn offered(&self, slot: &witrt_slot_t) -> Result<()> {
        // SAFETY: the caller vouches for it.
        unsafe {
            match self {
                Root::Plain(kind) => slot.sink(*kind).map(drop),
                Root::Grown(_) => need(slot.grow.grow, "grow").map(drop),
                Root::Host(node) => {
                    let witrt_buffer_t { data, capacity } = slot.buffer;
                    check_room(data.cast::<u8>(), capacity, "buffer")?;
                    if capacity > 0 && !data.addr().is_multiple_of(node.room_align()) {
                        let message = "`buffer` is not aligned for its elements";
                        return Err(Error::new(ErrorKind::OutOfRange, message));
                    }
                    if capacity < node.least() && node.has_access() {
                        let message = format!("`buffer` is no object of {} bytes", node.least());
                        return Err(Error::new(ErrorKind::OutOfRange, message));
                    }
                    Ok(())
                }
                Root::Scalar(_) | Root::Resource(_) | Root::Val => Ok(()),
            }
        }
    }

    /// Puts a result where the slot says. Where there is no room, the error says how much
    /// it takes, and the value stays.
    ///
    /// # Safety
    ///
    /// The member of the kind must be set, and what it promises be there; the value must
    /// be of this type.
    pub unsafe fn give(
        &self,
        inside: &mut Inside<'_>,
        ty: &Type,
        returned: &mut Returned,
        slot: &mut witrt_slot_t,
    ) -> Result<()> {
        // SAFETY: the caller vouches for it.
        unsafe {
            match self {
                Root::Plain(SlotKind::Text(_) | SlotKind::Grow(_) | SlotKind::Lazy(_)) => {
                    self.give_text(inside, returned, slot)
                }
                Root::Plain(SlotKind::Number(width)) => {
                    *slot = witrt_slot_t::of_number(*width, returned.slot.bits());
                    Ok(())
                }
                Root::Plain(SlotKind::ExternRef | SlotKind::FuncRef) => Err(by_value()),
                Root::Scalar(_) => {
                    *slot = witrt_slot_t::of_number(Width::Word, returned.slot.bits());
                    Ok(())
                }
                Root::Resource(_) => {
                    let resource = returned.take()?.of.resource;
                    slot.resource = resource.cast_mut().cast::<wasm_resource_t>();
                    Ok(())
                }
                Root::Val => {
                    slot.val = match returned.text.take() {
                        Some(text) => give_val(inside, Val::String(text)),
                        None => wasm_val_t::of_slot(returned.take()?),
                    };
                    Ok(())
                }
                Root::Host(node) => {
                    if node.has_resources() {
                        // So that no handle is made twice.
                        let mut place = Place::nowhere();
                        poured(inside, node, ty, returned, &mut place)?;
                        if place.used() > slot.buffer.capacity {
                            return Err(too_small(place.used(), slot.buffer.capacity));
                        }
                    }
                    let mut place = Place::room(slot.buffer.data, slot.buffer.capacity);
                    let span = poured(inside, node, ty, returned, &mut place)?;
                    if !place.is_enough() {
                        return Err(too_small(place.used(), slot.buffer.capacity));
                    }
                    slot.span = witrt_span_t { data: span.data, size: span.size };
                    Ok(())
                }
                Root::Grown(node) => {
                    let mut place = Place::nowhere();
                    poured(inside, node, ty, returned, &mut place)?;
                    let witrt_grow_t { grow, env } = slot.grow;
                    let bytes = place.used();
                    let data = need(grow, "grow")?(env, bytes);
                    if data.is_null() && bytes > 0 {
                        let message = format!("`grow` gave no memory for {bytes} bytes");
                        return Err(Error::new(ErrorKind::OutOfMemory, message).needing(bytes));
                    }
                    if !data.addr().is_multiple_of(node.room_align()) {
                        let message = "what `grow` gave is not aligned for its elements";
                        return Err(Error::new(ErrorKind::OutOfRange, message));
                    }
                    let mut place = Place::room(data, bytes);
                    let span = poured(inside, node, ty, returned, &mut place)?;
                    slot.span = witrt_span_t { data: span.data, size: span.size };
                    Ok(())
                }
            }
        }
    }

    unsafe fn give_text(
        &self,
        inside: &mut Inside<'_>,
        returned: &mut Returned,
        slot: &mut witrt_slot_t,
    ) -> Result<()> {
        // SAFETY: the caller vouches for slot and value.
        unsafe {
            if returned.text.is_none() {
                let text: Str<'static> = (returned.read)(returned.slot.of.text)?;
                let copied = text.to_string(inside.context())?;
                returned.text = Some(Str::from(copied));
            }
            let Some(text) = &returned.text else { return Ok(()) };
            let Root::Plain(kind) = self else { return Ok(()) };
            if let SlotKind::Lazy(encoding) = kind {
                let length = text.length(inside.context(), *encoding)?;
                if let Some(text) = returned.text.take() {
                    slot.lazy = witrt_lazy_t { string: StringBox::give(inside, text), length };
                }
                return Ok(());
            }
            let Some(mut sink): Option<Sink> = slot.sink(*kind)? else { return Ok(()) };
            let policy = text.policy().unwrap_or(inside.engine().ill_formed());
            let done = text.with(inside.context(), |text| sink.fill(text, policy))?;
            if let SlotKind::Text(_) = kind {
                let needed = done.as_ref().err().and_then(Error::capacity);
                slot.text.size = needed.unwrap_or(sink.units);
            }
            done
        }
    }
}

/// Where a slot says that the value is which this describes.
///
/// # Safety
///
/// The member must be set.
pub(super) unsafe fn pointed(
    node: &Node,
    slot: &witrt_slot_t,
    what: impl Fn() -> String,
) -> Result<*const c_void> {
    // SAFETY: the caller vouches for it.
    let at = unsafe { slot.value };
    if at.is_null() {
        return Err(null("value").context(what()));
    }
    node.aligned(at, "`value`").map_err(|error| error.context(what()))?;
    Ok(at)
}

/// # Safety
///
/// As for [`pour`].
unsafe fn poured(
    inside: &mut Inside<'_>,
    node: &Node,
    ty: &Type,
    returned: &Returned,
    place: &mut Place<'_>,
) -> Result<Span> {
    let read: ReadText = returned.read;
    // SAFETY: the caller vouches for it.
    unsafe { pour(node, ty, &returned.slot, read, inside.context(), place, Handles::Made) }
}

#[cold]
fn too_small(needed: usize, capacity: usize) -> Error {
    let message = format!("the value takes {needed} bytes, and there is room for {capacity}");
    Error::new(ErrorKind::BufferTooSmall, message).needing(needed)
}
