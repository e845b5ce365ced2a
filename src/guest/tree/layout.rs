//! How a host's own structs lie.
//!
//! Not here: what the host says of them; reading and writing them.

#![allow(unsafe_code)] // a description that was checked is used on any thread

use super::slot::{ListSlot, kind, width};
use super::walk::Fault;
use crate::error::{Error, ErrorKind, Result};
use crate::string::Encoding;
use crate::types::tree::{Cases, Type};
use std::ffi::c_void;

/// How to get at a value that only functions of the host's know: C's `witrt_access_t`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Access {
    /// Where elements, units or the payload of a case are, and how many or which.
    pub look: Option<Look>,
    /// Makes room for so many, or becomes that case.
    pub make: Option<Make>,
    /// Becomes a copy of so many, where those lie with a guest as they do here.
    pub assign: Option<Assign>,
}

/// Tells what a value holds.
pub type Look = unsafe extern "C" fn(value: *const c_void, size: *mut usize) -> *const c_void;
/// Makes a value hold so many elements, or this case.
pub type Make = unsafe extern "C" fn(value: *mut c_void, size: usize) -> *mut c_void;
/// Makes a list hold a copy of so many elements.
pub type Assign =
    unsafe extern "C" fn(value: *mut c_void, from: *const c_void, size: usize) -> bool;

/// Pointer and number: how a list or a text lies in a struct.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Span {
    /// The first.
    pub data: *const c_void,
    /// How many.
    pub size: usize,
}

/// A description that was checked.
#[derive(Debug)]
pub struct Node {
    /// Where in the struct around it.
    pub(crate) offset: usize,
    /// How many bytes.
    pub(crate) size: usize,
    /// Its alignment, with what is in it.
    pub(crate) align: usize,
    pub(crate) form: Form,
    /// Of a list whose elements lie in it: how many those are, always.
    pub(crate) array: Option<usize>,
    pub(crate) look: Option<Look>,
    pub(crate) make: Option<Make>,
    /// Of a list whose elements lie as in a guest.
    pub(crate) assign: Option<Assign>,
    /// Of a record, what lies there as it does in a guest, and the other fields.
    pub(crate) runs: Box<[Run]>,
    pub(crate) rest: Box<[usize]>,
    /// Whether it is made of numbers of which any bits are one.
    pub(crate) is_bits: bool,
    /// Whether it also lies as in a guest, every byte of it.
    pub(crate) is_same: bool,
    pub(super) has_resources: bool,
    pub(super) has_access: bool,
    /// The alignment of what is put behind it; zero where nothing is.
    pub(super) behind: usize,
}

// SAFETY: nothing in it is changed, and the host's functions may run anywhere.
unsafe impl Send for Node {}
// SAFETY: as above.
unsafe impl Sync for Node {}

#[derive(Debug)]
pub(crate) enum Form {
    /// A number, `bool`, `char`, case or set of flags, of this kind.
    Number(u8),
    Text(Encoding),
    List(Box<Node>),
    Fields(Box<[Node]>),
    Cases {
        tag: usize,
        tag_size: usize,
        cases: Box<[Option<Node>]>,
    },
    Resource,
}

/// Bytes that lie with the host as in a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub host: usize,
    pub guest: usize,
    pub size: usize,
}

/// What a description is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// To be read.
    Reading,
    /// To be written.
    Writing,
}

/// The name of a part of a type, for a path.
pub(crate) fn step(ty: &Type, index: usize) -> String {
    match ty {
        Type::List(_) => "element".into(),
        Type::Tuple(_) => format!("field {index}"),
        Type::Record(_) => format!("field {:?}", ty.name(index).unwrap_or_default()),
        Type::Variant(_) | Type::Enum(_) | Type::Option(_) | Type::Result(_) => {
            format!("case {:?}", ty.name(index).unwrap_or_default())
        }
        Type::Flags(_) => format!("flag {:?}", ty.name(index).unwrap_or_default()),
        Type::Scalar(_) | Type::String | Type::Own(_) | Type::Borrow(_) => format!("part {index}"),
    }
}

impl Node {
    /// Of text that lies as pointer and size.
    pub fn of_text(encoding: Encoding) -> Node {
        let node = Node::leaf(Form::Text(encoding), size_of::<Span>());
        Node { behind: encoding.unit_size(), ..node }
    }

    /// Of a `bool`, a `char`, a case or flags, by themselves.
    pub fn of_scalar(kind: u8) -> Node {
        Node::leaf(Form::Number(kind), width(kind))
    }

    /// Of a resource by itself.
    pub fn of_resource() -> Node {
        Node { has_resources: true, ..Node::leaf(Form::Resource, size_of::<usize>()) }
    }

    fn leaf(form: Form, size: usize) -> Node {
        Node {
            offset: 0,
            size,
            align: size.min(align_of::<Span>()),
            form,
            array: None,
            look: None,
            make: None,
            assign: None,
            runs: Box::default(),
            rest: Box::default(),
            is_bits: false,
            is_same: false,
            has_resources: false,
            has_access: false,
            behind: 0,
        }
    }

    /// Whether what it points to is put behind it.
    pub fn has_room(&self) -> bool {
        self.behind > 0
    }

    /// Tells the bytes that are its own, of those from its beginning to its end: the tag
    /// and the payload of an option may be members of the struct around it.
    pub(super) fn take(&self, base: usize, of: usize, taken: &mut Vec<(usize, usize, usize)>) {
        let base = base + self.offset;
        match &self.form {
            Form::Fields(fields) => fields.iter().for_each(|field| field.take(base, of, taken)),
            Form::Cases { tag, tag_size, cases } if self.look.is_none() && self.make.is_none() => {
                taken.push((base + tag, base + tag + tag_size, of));
                cases.iter().flatten().for_each(|case| case.take(base, of, taken));
            }
            Form::Cases { .. }
            | Form::Number(_)
            | Form::Text(_)
            | Form::List(_)
            | Form::Resource => taken.push((base, base + self.size, of)),
        }
    }

    /// How many bytes it has.
    pub fn size(&self) -> usize {
        self.size
    }

    /// How memory is to be aligned that begins with it, or with the elements of a list.
    pub fn room_align(&self) -> usize {
        if self.is_span() { self.behind.max(1) } else { self.align.max(self.behind) }
    }

    /// Looks whether one may be there; NULL passes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutOfRange`] where it is not aligned.
    #[inline]
    pub fn aligned<T>(&self, at: *const T, what: &str) -> Result<()> {
        match at.addr().is_multiple_of(self.align.max(1)) {
            true => Ok(()),
            false => Err(misaligned(what, self.align)),
        }
    }

    /// The least that there has to be room for.
    pub fn least(&self) -> usize {
        if self.is_span() { 0 } else { self.size }
    }

    /// Whether only functions of the host's know how something in it lies.
    pub fn has_access(&self) -> bool {
        self.has_access
    }

    /// Whether resources may be in it.
    pub fn has_resources(&self) -> bool {
        self.has_resources
    }

    /// Whether it is a list that lies as pointer and size.
    pub fn is_span(&self) -> bool {
        matches!(self.form, Form::List(_))
            && self.array.is_none()
            && self.make.is_none()
            && self.look.is_none()
    }

    /// Whether a list is packed as this has it, so that it need not be copied.
    pub fn lies_as(&self, list: &ListSlot) -> bool {
        let Form::List(element) = &self.form else { return false };
        matches!(element.form, Form::Number(_))
            && !matches!(list.element, kind::VAL | kind::STRING)
            && width(list.element) == element.size
    }

    /// Looks whether a list whose elements lie in it has as many.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutOfRange`], with both numbers.
    pub(crate) fn holds(&self, found: usize) -> Result<(), Fault> {
        match self.array {
            Some(expected) if expected != found => {
                let message = format!("expected {expected} elements, found {found}");
                Err(wrong(ErrorKind::OutOfRange, message))
            }
            _ => Ok(()),
        }
    }
}

#[cold]
fn misaligned(what: &str, align: usize) -> Error {
    Error::new(ErrorKind::OutOfRange, format!("{what} is not aligned to {align}"))
}

#[cold]
pub(crate) fn wrong(kind: ErrorKind, message: impl Into<String>) -> Fault {
    Error::new(kind, message.into()).into()
}

#[cold]
pub(crate) fn null(what: &str) -> Fault {
    wrong(ErrorKind::NullPointer, format!("{what}: the pointer is NULL"))
}

/// A caller that hands over what it did not prepare: a bug, told instead of a panic.
#[cold]
pub(crate) fn mismatch() -> Error {
    Error::internal("not the values that were described")
}

/// The type of a list's elements.
pub(crate) fn element_of(ty: &Type) -> Result<&Type> {
    match ty {
        Type::List(list) => Ok(&list.element),
        _ => Err(mismatch()),
    }
}

/// The cases of a type that has payloads.
pub(crate) fn cases_of(ty: &Type) -> Result<&Cases> {
    match ty {
        Type::Variant(cases) | Type::Result(cases) | Type::Option(cases) => Ok(cases),
        _ => Err(mismatch()),
    }
}
