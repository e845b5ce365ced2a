//! What C says of its own structs, and whether it fits a parameter or result.
//!
//! Not here: the values.

use super::base::boundary::{null, slice};
use super::slot::{SlotKind, not_of_call, witrt_slot_kind_t, witrt_span_t};
use crate::tree::{Access, For, HostField, Node, Span, means};
use crate::wit::Type;
use crate::{Error, ErrorKind, Result};
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
                GROWN if goal == For::Reading => Err(not_of_call().context(what)),
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
                            Err(not_of_call().context(what))
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

    /// Whether a result is only read, and nothing in it is given up.
    pub fn is_only_read(&self) -> bool {
        match self {
            Root::Host(node) => !node.has_resources(),
            Root::Scalar(_) => true,
            Root::Plain(_) | Root::Resource(_) | Root::Val | Root::Grown(_) => false,
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

    /// Whether a function of the host's says where it goes, which only a call can ask.
    pub fn is_grown(&self) -> bool {
        matches!(self, Root::Grown(_) | Root::Plain(SlotKind::Grow(_)))
    }
}

fn as_host(field: &witrt_field_t) -> &HostField {
    // SAFETY: both lie in the same way.
    unsafe { &*std::ptr::from_ref(field).cast() }
}
