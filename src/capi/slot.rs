//! The slots of prepared calls: values without their kinds.
//!
//! Not here: calls.

use super::boundary::slice;
use super::families::wasm_ref_t;
use super::string::wasm_string_t;
use super::value::{float32_t, float64_t, type_of};
use crate::string::{Dest, Text};
use crate::{Encoding, Error, ErrorKind, Result, ValType};
use std::ffi::c_void;

/// How a slot holds a value: the kind of a number or reference
/// (`wasm_valkind_enum`), or one of `witrt_slot_kind_enum` for a string.
pub type witrt_slot_kind_t = u8;

/// How a slot holds a string.
#[repr(C)]
pub enum witrt_slot_kind_enum {
    /// UTF-8 in memory of the host's: `text`, or `buffer` for the result of a
    /// call.
    WITRT_SLOT_UTF8 = 64,
    /// The same in UTF-16.
    WITRT_SLOT_UTF16 = 65,
    /// `lazy`: any string. Where the library fills the slot, it comes with its
    /// length in units of UTF-8.
    WITRT_SLOT_LAZY_UTF8 = 66,
    /// The same with its length in units of UTF-16.
    WITRT_SLOT_LAZY_UTF16 = 67,
}

/// Text that is lent.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct witrt_text_t {
    /// The first code unit, aligned for its type; NULL is permitted where `len`
    /// is zero.
    pub data: *const c_void,
    /// The number of code units.
    pub len: usize,
}

/// Room for text.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct witrt_buffer_t {
    /// Where to write, aligned for a code unit; NULL is permitted where `len` is
    /// zero.
    pub data: *mut c_void,
    /// Before a call how many code units there is room for, after it how many
    /// the text has.
    pub len: usize,
}

/// A string, and where the library fills it in, its length.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct witrt_lazy_t {
    /// A host's own struct, or a handle.
    pub string: *mut wasm_string_t,
    /// The number of code units in the encoding of the slot's kind; not looked
    /// at where the host fills the slot.
    pub len: usize,
}

/// A value of a prepared call. Nothing in it tells its kind: that was said when
/// the call was prepared. 16 bytes.
#[repr(C)]
#[derive(Clone, Copy)]
pub union witrt_slot_t {
    /// `WASM_I32`
    pub i32: i32,
    /// `WASM_I64`
    pub i64: i64,
    /// `WASM_F32`
    pub f32: float32_t,
    /// `WASM_F64`
    pub f64: float64_t,
    /// `WASM_S8`
    pub s8: i8,
    /// `WASM_U8`
    pub u8: u8,
    /// `WASM_S16`
    pub s16: i16,
    /// `WASM_U16`
    pub u16: u16,
    /// `WASM_S32`
    pub s32: i32,
    /// `WASM_U32`
    pub u32: u32,
    /// `WASM_S64`
    pub s64: i64,
    /// `WASM_U64`
    pub u64: u64,
    /// `WASM_EXTERNREF` and `WASM_FUNCREF`: NULL, or any object's reference.
    pub r#ref: *mut wasm_ref_t,
    /// `WITRT_SLOT_UTF8` and `WITRT_SLOT_UTF16`: an argument of a call, an
    /// argument or result of a callback.
    pub text: witrt_text_t,
    /// `WITRT_SLOT_UTF8` and `WITRT_SLOT_UTF16`: a result of a call.
    pub buffer: witrt_buffer_t,
    /// `WITRT_SLOT_LAZY_UTF8` and `WITRT_SLOT_LAZY_UTF16`.
    pub lazy: witrt_lazy_t,
    /// All of it.
    pub bits: [u64; 2],
}

const _: () =
    assert!(size_of::<witrt_slot_t>() == 16 && align_of::<witrt_slot_t>() == align_of::<u64>());

/// What a slot kind stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SlotKind {
    /// A number of this type.
    Number(ValType),
    /// A reference of this type.
    Reference(ValType),
    /// Text in memory.
    Text(Encoding),
    /// A string, whose length is told in units of this encoding.
    Lazy(Encoding),
}

impl SlotKind {
    /// The kind of a number.
    pub fn new(kind: witrt_slot_kind_t) -> Result<SlotKind> {
        Ok(match kind {
            64 => SlotKind::Text(Encoding::Utf8),
            65 => SlotKind::Text(Encoding::Utf16),
            66 => SlotKind::Lazy(Encoding::Utf8),
            67 => SlotKind::Lazy(Encoding::Utf16),
            kind => match type_of(kind)? {
                ValType::String => {
                    let message = "the kind of a string's slot is one of witrt_slot_kind_enum";
                    return Err(Error::new(ErrorKind::UnknownKind, message));
                }
                ty @ (ValType::ExternRef | ValType::FuncRef) => SlotKind::Reference(ty),
                ty => SlotKind::Number(ty),
            },
        })
    }

    /// The kinds of an array.
    ///
    /// # Safety
    ///
    /// As for [`slice`].
    pub unsafe fn all(
        kinds: *const witrt_slot_kind_t,
        count: usize,
        name: &str,
    ) -> Result<Box<[SlotKind]>> {
        // SAFETY: the caller vouches for it.
        let kinds = unsafe { slice(kinds, count, name) }?;
        let kind = |(i, kind): (usize, &u8)| {
            let kind = SlotKind::new(*kind);
            kind.map_err(|e| e.context(format_args!("`{name}` {i}")).at_argument(i))
        };
        kinds.iter().enumerate().map(kind).collect()
    }

    /// Whether it is a reference, or a string of any kind.
    pub fn is_val(&self) -> bool {
        matches!(self, SlotKind::Lazy(_) | SlotKind::Reference(_))
    }

    /// The type of the values.
    pub fn ty(self) -> ValType {
        match self {
            SlotKind::Number(ty) | SlotKind::Reference(ty) => ty,
            SlotKind::Text(_) | SlotKind::Lazy(_) => ValType::String,
        }
    }
}

impl witrt_slot_t {
    /// Nothing: zero, NULL, no text.
    pub const ZERO: witrt_slot_t = witrt_slot_t { bits: [0; 2] };

    /// A number's bits; of a narrow integer, extended to 32 by its sign.
    ///
    /// # Safety
    ///
    /// The member of this type must have been set.
    #[inline(always)]
    pub unsafe fn number(&self, ty: ValType) -> u64 {
        // SAFETY: any bits are a number, and the caller vouches that they were
        // set.
        unsafe {
            match ty {
                ValType::S8 | ValType::U8 | ValType::S16 | ValType::U16 => self.narrow(ty),
                ValType::I64 | ValType::S64 | ValType::U64 | ValType::F64 => self.u64,
                _ => self.u32.into(),
            }
        }
    }

    /// The same for those of 8 and 16 bits.
    ///
    /// # Safety
    ///
    /// As above.
    #[inline(never)]
    unsafe fn narrow(&self, ty: ValType) -> u64 {
        // SAFETY: as above.
        unsafe {
            match ty {
                ValType::S8 => (self.s8 as i32 as u32).into(),
                ValType::U8 => self.u8.into(),
                ValType::S16 => (self.s16 as i32 as u32).into(),
                _ => self.u16.into(),
            }
        }
    }

    /// A slot that holds a number.
    #[inline(always)]
    pub fn of_number(ty: ValType, bits: u64) -> witrt_slot_t {
        let mut slot = witrt_slot_t::ZERO;
        match ty {
            ValType::S8 | ValType::U8 | ValType::S16 | ValType::U16 => slot.set_narrow(ty, bits),
            ValType::I64 | ValType::S64 | ValType::U64 | ValType::F64 => slot.u64 = bits,
            _ => slot.u32 = bits as u32,
        }
        slot
    }

    #[inline(never)]
    fn set_narrow(&mut self, ty: ValType, bits: u64) {
        match ty {
            ValType::S8 | ValType::U8 => self.u8 = bits as u8,
            _ => self.u16 = bits as u16,
        }
    }

    /// The text that it lends.
    ///
    /// # Safety
    ///
    /// `text` must have been set, and stay as it is for `'a`.
    #[inline(always)]
    pub unsafe fn text<'a>(&self, encoding: Encoding) -> Result<Text<'a>> {
        // SAFETY: the caller vouches for it.
        unsafe {
            let witrt_text_t { data, len } = self.text;
            Ok(match encoding {
                Encoding::Utf8 => Text::Utf8(slice(data.cast(), len, "text")?),
                Encoding::Utf16 => Text::Utf16(slice(data.cast(), len, "text")?),
            })
        }
    }

    /// The room that it offers.
    ///
    /// # Safety
    ///
    /// `buffer` must have been set, and be nobody else's for `'a`.
    #[inline]
    pub unsafe fn room<'a>(&self, encoding: Encoding) -> Result<Dest<'a>> {
        // SAFETY: the caller vouches for it.
        unsafe {
            let witrt_buffer_t { data, len } = self.buffer;
            Ok(match encoding {
                Encoding::Utf8 => Dest::Utf8(super::string::room(data.cast(), len)?),
                Encoding::Utf16 => Dest::Utf16(super::string::room(data.cast(), len)?),
            })
        }
    }
}
