//! What C says of its own structs, and the values of a call that are described so.
//!
//! Not here: calls.

use super::base::boundary::{check_room, need, null, slice};
use super::base::cell::{Inside, StringBox};
use super::base::string::{self, read_text};
use super::base::translate::give_val;
use super::base::value::{wasm_resource_t, wasm_val_t};
use super::base::vec::Element as _;
use super::slot::{
    SlotKind, Width, by_value, witrt_buffer_t, witrt_grow_t, witrt_lazy_t, witrt_slot_kind_t,
    witrt_slot_t, witrt_span_t, witrt_text_t,
};
use crate::tree::{
    Access, Arena, For, Handles, HostField, HostValue, ListSlot, Node, Place, ReadText, Returned,
    Sink, Slot, Span, TextSlot, gather, means, pour, release,
};
use crate::wit::Type;
use crate::{Error, ErrorKind, Result, Str, Val};
use std::ffi::c_void;
use std::mem::offset_of;

/// Tells what a value of the host's holds: of a list its elements, of text its code
/// units, and how many; of an option, a variant or a result the payload, NULL where
/// there is none, and in `size` the case. They stay as they are until the call is over.
pub type witrt_look_callback_t =
    Option<unsafe extern "C" fn(value: *const c_void, size: *mut usize) -> *const c_void>;

/// Makes a value of the host's hold so many elements or code units, or this case: gives
/// where they are to be written, or the payload. NULL refuses, but where there is nothing
/// to be written.
pub type witrt_make_callback_t =
    Option<unsafe extern "C" fn(value: *mut c_void, size: usize) -> *mut c_void>;

/// Makes a list of the host's hold a copy of so many elements, which lie at `from` as they
/// do with the host, until this returns. False refuses.
pub type witrt_assign_callback_t =
    Option<unsafe extern "C" fn(value: *mut c_void, from: *const c_void, size: usize) -> bool>;

/// How to get at text, a list, an option, a variant or a result that is no C struct, such
/// as a container of C++. The functions are called by calls, on their thread; the store
/// is shut meanwhile, as for `witrt_grow_callback_t`. C++ exceptions must not leave them,
/// nor `longjmp`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct witrt_access_t {
    /// For values that are read: arguments of a call, results of a callback. NULL where
    /// none is.
    pub look: witrt_look_callback_t,
    /// For values that are written: results of a call, arguments of a callback. NULL
    /// where none is.
    pub make: witrt_make_callback_t,
    /// In place of `make` for a list whose elements lie with a guest as they do here, so
    /// that nothing is written twice; `make` has to be there all the same. May be NULL.
    pub assign: witrt_assign_callback_t,
}

/// A value in memory of the host's: of which kind, where, and of what it is made. A tree
/// of these describes any value of a component, and is checked once, against the type,
/// when a call is prepared. They are made by `WITRT_FIELD` and the macros beside it, and
/// are not needed any more once the call is prepared.
///
/// What lies in a struct for which `kind`:
///
/// ```text
/// WASM_S8 to WASM_F64       the number
/// WASM_BOOL, WASM_CHAR      a byte, 0 or 1; a `uint32_t`
/// WASM_ENUM, WASM_FLAGS     an integer of 1, 2, 4 or 8 bytes that holds them all;
///                           WITRT_SLOT_NAMES describes both
/// WITRT_SLOT_UTF8 and those of other encodings (not lazy, not grow)
///                           a `witrt_text_t`
/// WASM_LIST                 a `witrt_span_t`; `parts` is the element, whose `size` is
///                           how far one is from the next
/// WITRT_SLOT_ARRAY          as many elements as `size` has room for, one after the other: a
///                           list that has no other length, which is an error that tells
///                           both; `parts` is the element
/// WASM_RECORD, WASM_TUPLE   a struct; `parts` are its fields, in the type's order.
///                           Either describes both
/// WASM_OPTION               a struct with a tag, an integer that is 0 or 1; `parts` is
///                           the payload
/// WASM_VARIANT, WASM_RESULT a struct with a tag, the case; `parts` are the payloads,
///                           which may be in a union, one for each case, of kind
///                           WASM_NONE for a case without
/// WASM_OWN, WASM_BORROW     a `wasm_resource_t *`
/// WITRT_SLOT_SAME           what `parts`, one other description, says
/// ```
#[repr(C)]
#[derive(Clone, Copy)]
pub struct witrt_field_t {
    /// What it is.
    pub kind: witrt_slot_kind_t,
    /// The bytes of the tag, where there is one.
    pub tag_size: u8,
    /// Where it lies in the struct around it, in bytes; zero where there is none.
    pub offset: usize,
    /// Its own bytes. Not looked at in a parameter or result that is no struct.
    pub size: usize,
    /// Where in it the tag lies.
    pub tag_offset: usize,
    /// How many parts there are.
    pub count: usize,
    /// Its parts.
    pub parts: *const witrt_field_t,
    /// NULL for what lies as above.
    pub access: *const witrt_access_t,
}

/// C's structs lie as the crate's do.
const _: () = {
    assert!(size_of::<witrt_field_t>() == size_of::<HostField>());
    assert!(offset_of!(witrt_field_t, tag_size) == offset_of!(HostField, tag_size));
    assert!(offset_of!(witrt_field_t, offset) == offset_of!(HostField, offset));
    assert!(offset_of!(witrt_field_t, size) == offset_of!(HostField, size));
    assert!(offset_of!(witrt_field_t, tag_offset) == offset_of!(HostField, tag_offset));
    assert!(offset_of!(witrt_field_t, count) == offset_of!(HostField, count));
    assert!(offset_of!(witrt_field_t, parts) == offset_of!(HostField, parts));
    assert!(offset_of!(witrt_field_t, access) == offset_of!(HostField, access));
    assert!(size_of::<witrt_access_t>() == size_of::<Access>());
    assert!(offset_of!(witrt_access_t, assign) == offset_of!(Access, assign));
    assert!(size_of::<witrt_span_t>() == size_of::<Span>());
};

/// What only a parameter or a result is.
const GROWN: witrt_slot_kind_t = 81;
const VAL: witrt_slot_kind_t = 82;

/// A parameter or a result, as its slot holds it.
pub enum Root {
    /// A number, text, or a string.
    Plain(SlotKind),
    /// `bool`, `char`, a case, flags.
    Scalar(Node),
    Resource(Node),
    /// `val`
    Val,
    /// In memory that the slot tells of.
    Host(Node),
    /// In memory that a function makes.
    Grown(Node),
}

/// The fields of an array.
///
/// # Safety
///
/// As for [`slice`].
pub unsafe fn fields<'a>(
    fields: *const witrt_field_t,
    count: usize,
    name: &str,
) -> Result<&'a [witrt_field_t]> {
    // SAFETY: the caller vouches for it.
    unsafe { slice(fields, count, name) }
}

impl Root {
    /// Checks what stands for a value of this type.
    ///
    /// # Safety
    ///
    /// The pointers in the description must be NULL or what the header says.
    pub unsafe fn new(field: &witrt_field_t, ty: &Type, what: &str, goal: For) -> Result<Root> {
        let one = |field: &witrt_field_t| match (field.count, field.parts.is_null()) {
            (1, false) => Ok(field.parts),
            _ => Err(null("parts").context(what)),
        };
        // SAFETY: the caller vouches for it.
        unsafe {
            match field.kind {
                means::SAME => {
                    let part = &*one(field)?;
                    if part.kind == means::SAME {
                        let message = format!("{what}: a description that means another one's");
                        return Err(Error::new(ErrorKind::WrongKind, message));
                    }
                    Root::new(part, ty, what, goal)
                }
                VAL => Ok(Root::Val),
                GROWN if goal == For::Reading => Err(super::slot::not_of_call().context(what)),
                GROWN => {
                    let node = Node::new(as_host(&*one(field)?), ty, what, goal)?;
                    if node.has_access() {
                        let message = format!("{what}: what functions make has a place already");
                        return Err(Error::new(ErrorKind::Unsupported, message));
                    }
                    Ok(Root::Grown(node))
                }
                _ if field.access.is_null() => match ty {
                    Type::String => match SlotKind::new(field.kind) {
                        Ok((SlotKind::Grow(_), _)) if goal == For::Reading => {
                            Err(super::slot::not_of_call().context(what))
                        }
                        Ok((kind, crate::ValType::String)) => Ok(Root::Plain(kind)),
                        // It lies in a struct, or that refuses it.
                        Ok(_) | Err(_) => Node::new(as_host(field), ty, what, goal).map(Root::Host),
                    },
                    Type::Scalar(kind) if field.kind == *kind => match SlotKind::new(*kind) {
                        Ok((kind, _)) => Ok(Root::Plain(kind)),
                        Err(_) => Ok(Root::Scalar(Node::of_scalar(*kind))),
                    },
                    Type::Enum(_) | Type::Flags(_)
                        if matches!(field.kind, means::NAMES)
                            || field.kind == ty.val_type().number() =>
                    {
                        Ok(Root::Scalar(Node::of_scalar(ty.val_type().number())))
                    }
                    Type::Own(_) | Type::Borrow(_) if field.kind == ty.val_type().number() => {
                        Ok(Root::Resource(Node::of_resource()))
                    }
                    // It lies in a struct, or that refuses it.
                    Type::Scalar(_)
                    | Type::Enum(_)
                    | Type::Flags(_)
                    | Type::Own(_)
                    | Type::Borrow(_)
                    | Type::List(_)
                    | Type::Record(_)
                    | Type::Tuple(_)
                    | Type::Variant(_)
                    | Type::Option(_)
                    | Type::Result(_) => Node::new(as_host(field), ty, what, goal).map(Root::Host),
                },
                _ => Node::new(as_host(field), ty, what, goal).map(Root::Host),
            }
        }
    }

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
                    return Err(super::slot::not_of_call().context(what()));
                }
                Root::Plain(SlotKind::ExternRef | SlotKind::FuncRef) => return Err(by_value()),
            })
        }
    }

    /// Whether a result is only read, and nothing in it is given up.
    pub fn is_only_read(&self) -> bool {
        match self {
            Root::Host(node) => !node.has_resources(),
            Root::Scalar(_) => true,
            Root::Plain(_) | Root::Resource(_) | Root::Val | Root::Grown(_) => false,
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
                    return Err(super::slot::not_of_call());
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

    /// Whether it goes to a component as it lies; as a result, comes from one.
    pub fn is_direct(&self, goal: For) -> bool {
        match self {
            Root::Plain(SlotKind::Lazy(_)) | Root::Val => false,
            Root::Host(node) | Root::Grown(node) if goal == For::Writing => {
                !(node.has_resources() || node.has_access() && node.has_room())
            }
            Root::Plain(_) | Root::Scalar(_) | Root::Resource(_) => true,
            Root::Host(_) | Root::Grown(_) => true,
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

    /// Whether a function of the host's says where it goes, which only a call can ask.
    pub fn is_grown(&self) -> bool {
        matches!(self, Root::Grown(_) | Root::Plain(SlotKind::Grow(_)))
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

fn as_host(field: &witrt_field_t) -> &HostField {
    // SAFETY: both lie in the same way.
    unsafe { &*std::ptr::from_ref(field).cast() }
}
