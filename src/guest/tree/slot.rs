//! Values as a host holds them: a kind and eight bytes, with composites behind
//! pointers. These are C's own structs, so that what C lends is read where it
//! lies, and what C receives is what lifting wrote.
//!
//! Not here: types, memory of guests.

#![allow(unsafe_code)] // the members of a union, and pointers that C lends

use crate::error::{Error, ErrorKind, Result};
use crate::guest::resource::Resource;
use crate::guest::strings::Str;
use crate::string::{Encoding, Policy, Text};
pub(crate) use crate::types::kind::{self, width};
use std::ffi::c_void;
use std::ptr::null;

/// One value.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Slot {
    /// One of the numbers in `kind`.
    pub kind: u8,
    /// The member that the kind names.
    pub of: Of,
}

/// What a value holds, according to its kind. Numbers are read and written by
/// [`Slot::bits`] and [`Slot::number`].
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub union Of {
    pub u8: u8,
    pub u16: u16,
    pub u32: u32,
    pub u64: u64,
    pub text: *const TextSlot,
    pub list: *const ListSlot,
    pub fields: *const FieldsSlot,
    pub variant: *const VariantSlot,
    pub option: *const Slot,
    pub resource: *const Resource,
    pub pointer: *const c_void,
}

/// Text: C's `wasm_string_t`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct TextSlot {
    /// The first code unit.
    pub data: *const c_void,
    /// How many code units.
    pub size: usize,
    /// Its place in [`Encoding::ALL`].
    pub encoding: u32,
    /// What becomes of ill-formed text.
    pub flags: u32,
    /// Zero, but in C's handles.
    pub reserved: usize,
}

/// A list: C's `wasm_list_t`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ListSlot {
    /// The first element.
    pub data: *const c_void,
    /// How many elements.
    pub size: usize,
    /// What they are: a scalar kind, packed; text; or `kind::VAL`.
    pub element: u8,
}

/// Fields by position: C's `wasm_val_vec_t`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct FieldsSlot {
    /// How many.
    pub size: usize,
    /// The first.
    pub data: *const Slot,
}

/// A case and its payload: C's `wasm_variant_t`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct VariantSlot {
    /// Which case.
    pub index: u32,
    /// What it holds; of kind `kind::NONE` for nothing.
    pub val: Slot,
}

impl Slot {
    /// No value.
    pub const NONE: Slot = Slot { kind: kind::NONE, of: Of { u64: 0 } };

    /// A number, character, truth value, case or set of flags, of these bits.
    #[inline]
    pub fn number(kind: u8, bits: u64) -> Slot {
        let mut of = Of { u64: bits };
        match width(kind) {
            1 => of.u8 = bits as u8,
            2 => of.u16 = bits as u16,
            4 => of.u32 = bits as u32,
            _ => {}
        }
        Slot { kind, of }
    }

    /// The bits of such a one, the rest zero.
    #[inline]
    pub fn bits(&self) -> u64 {
        // SAFETY: any bits are a number.
        unsafe {
            match width(self.kind) {
                1 => self.of.u8.into(),
                2 => self.of.u16.into(),
                4 => self.of.u32.into(),
                _ => self.of.u64,
            }
        }
    }

    /// Something behind a pointer.
    #[inline]
    pub fn pointer<T>(kind: u8, pointer: *const T) -> Slot {
        Slot { kind, of: Of { pointer: pointer.cast() } }
    }
}

/// Reads text that a slot refers to, also C's handles. The text must stay as long
/// as the result is used, whatever that says.
pub type ReadText = unsafe fn(*const TextSlot) -> Result<Str<'static>>;

impl TextSlot {
    /// Whether it is text itself, no handle, in this encoding.
    pub fn is_plain(&self, encoding: Encoding) -> bool {
        self.reserved == 0 && self.flags == 0 && self.encoding == encoding as u32
    }

    /// Around text of the host's.
    pub fn new(text: Text<'_>) -> TextSlot {
        let (data, size) = (text.as_ptr().cast(), text.len());
        TextSlot { data, size, encoding: text.encoding() as u32, flags: 0, reserved: 0 }
    }

    /// The text, at any address; `None` for an unknown encoding.
    ///
    /// # Safety
    ///
    /// There must be so many code units, for as long as the result is used.
    pub(crate) unsafe fn text<'a>(&self) -> Option<Text<'a>> {
        let encoding = *Encoding::ALL.get(self.encoding as usize)?;
        // No memory has more bytes: then there are not so many units either.
        let bytes = self.size.checked_mul(encoding.unit_size())?;
        // SAFETY: the caller vouches for it; bytes need no alignment.
        let bytes = unsafe { many(self.data.cast::<u8>(), bytes) };
        Some(Text::of_bytes(encoding, bytes))
    }

    /// What says this about ill-formed text.
    pub(crate) fn flags_of(policy: Option<Policy>) -> u32 {
        match policy {
            None => 0,
            Some(Policy::Replace) => 1,
            Some(Policy::Reject) => 2,
            Some(Policy::Keep) => 3,
        }
    }
}

impl ListSlot {
    /// The elements, if this is how they lie.
    ///
    /// # Safety
    ///
    /// There must be so many of them, for as long as the result is used.
    #[inline]
    pub unsafe fn elements<'a, T>(&self) -> &'a [T] {
        // SAFETY: the caller vouches for it.
        unsafe { many(self.data.cast(), self.size) }
    }
}

/// # Safety
///
/// There must be so many, aligned, for as long as the result is used.
#[inline]
pub(crate) unsafe fn many<'a, T>(data: *const T, size: usize) -> &'a [T] {
    let data = if size == 0 { std::ptr::dangling() } else { data };
    // SAFETY: the caller vouches for it.
    unsafe { std::slice::from_raw_parts(data, size) }
}

#[cfg(test)]
pub(crate) fn bytes_mut(words: &mut [u64]) -> &mut [u8] {
    // SAFETY: words are bytes.
    unsafe { words.align_to_mut::<u8>().1 }
}

impl Default for ListSlot {
    fn default() -> ListSlot {
        ListSlot { data: null(), size: 0, element: kind::VAL }
    }
}

/// Text that a slot around it refers to.
///
/// # Safety
///
/// It must be there for as long as the result is used.
pub unsafe fn plain_text(text: *const TextSlot) -> Result<Str<'static>> {
    let null = || Error::new(ErrorKind::NullPointer, "text: the pointer is NULL");
    // SAFETY: the caller vouches for it.
    unsafe {
        let text = text.as_ref().ok_or_else(null)?;
        if text.data.is_null() && text.size > 0 {
            return Err(null());
        }
        let unknown = || {
            let message = format!("{} is no encoding", text.encoding);
            Error::new(ErrorKind::UnknownKind, message)
        };
        let lent = Str::from_text(text.text().ok_or_else(unknown)?);
        Ok(match text.flags {
            1 => lent.with_policy(Policy::Replace),
            2 => lent.with_policy(Policy::Reject),
            3 => lent.with_policy(Policy::Keep),
            _ => lent,
        })
    }
}
