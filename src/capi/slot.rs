//! The slots of prepared calls: values without their kinds.
//!
//! Not here: calls.

use super::base::boundary::{need, slice};
use super::base::handle::wasm_ref_t;
use super::base::text::{room_of, text_at, wasm_string_t};
use super::base::value::{type_of, unknown_kind, wasm_resource_t, wasm_val_t};
use super::types::check_count;
use crate::string::{Text, encodings};
use crate::tree::kind::{extended, width};
use crate::tree::{Arg, Sink};
use crate::{Class, Encoding, Error, ErrorKind, Result, Str, ValType};
use std::ffi::c_void;

/// How a slot holds a value: the kind of a number or reference
/// (`wasm_valkind_enum`), or one of `witrt_slot_kind_enum` for a string.
pub type witrt_slot_kind_t = u8;

/// How a slot holds a string, and what a `witrt_field_t` says in place of a kind.
#[repr(C)]
pub enum witrt_slot_kind_enum {
    /// UTF-8 in memory of the host's: `text`; for the result of a call `buffer`
    /// before it, and `text` after it.
    WITRT_SLOT_UTF8 = 64,
    /// The same in UTF-16.
    WITRT_SLOT_UTF16 = 65,
    /// `lazy`: any string. Where the library fills the slot, it comes with its
    /// length in units of UTF-8.
    WITRT_SLOT_LAZY_UTF8 = 66,
    /// The same with its length in units of UTF-16.
    WITRT_SLOT_LAZY_UTF16 = 67,
    /// As `WITRT_SLOT_UTF8`, in Latin-1. Text that does not fit is the error
    /// `WITRT_ERROR_OUT_OF_RANGE`, with the position, or gets `?` where the engine
    /// replaces what is ill-formed.
    WITRT_SLOT_LATIN1 = 68,
    /// As `WITRT_SLOT_UTF8`, in UTF-32.
    WITRT_SLOT_UTF32 = 69,
    /// As `WITRT_SLOT_LAZY_UTF8`, with its length in Latin-1, where it has to fit.
    WITRT_SLOT_LAZY_LATIN1 = 70,
    /// The same with its length in units of UTF-32.
    WITRT_SLOT_LAZY_UTF32 = 71,
    /// `grow`: UTF-8, to where a function of the host's says. Results of calls only,
    /// as those that follow.
    WITRT_SLOT_GROW_UTF8 = 72,
    /// The same in UTF-16.
    WITRT_SLOT_GROW_UTF16 = 73,
    /// The same in Latin-1, where the text has to fit as for `WITRT_SLOT_LATIN1`.
    WITRT_SLOT_GROW_LATIN1 = 74,
    /// The same in UTF-32.
    WITRT_SLOT_GROW_UTF32 = 75,
    /// In a `witrt_field_t` only, as those that follow: what its part says, one other
    /// description.
    WITRT_SLOT_SAME = 80,
    /// A result of a call: what its part says, in memory that a function of the host's
    /// makes. `grow` before the call, with the size in bytes; `span` after it.
    WITRT_SLOT_GROWN = 81,
    /// A parameter or result: `val`, a value of any kind, as `wasm_func_call` has them.
    WITRT_SLOT_VAL = 82,
    /// An enumeration: `WASM_ENUM` or `WASM_FLAGS`, whichever the type has.
    WITRT_SLOT_NAMES = 83,
    /// A list of always so many elements, which lie in the struct, one after the other.
    WITRT_SLOT_ARRAY = 84,
}

/// Text that is lent.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct witrt_text_t {
    /// The first code unit, aligned for its type; NULL is permitted where `size`
    /// is zero.
    pub data: *const c_void,
    /// The number of code units.
    pub size: usize,
}

/// Elements in a row, borrowed: how a list lies in a struct, and in a slot. Any struct of
/// a pointer and a `size_t` does in its place.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct witrt_span_t {
    /// The first, aligned for its type; NULL is permitted where `size` is zero.
    pub data: *const c_void,
    /// How many.
    pub size: usize,
}

/// Room for a result. After the call, the slot's `text`, or `span`, is what was written
/// there.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct witrt_buffer_t {
    /// Where to write, aligned for a code unit, or for what is described; NULL is
    /// permitted where `capacity` is zero.
    pub data: *mut c_void,
    /// How many code units there is room for; how many bytes, for what is described.
    pub capacity: usize,
}

/// A string, and where the library fills it in, its length.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct witrt_lazy_t {
    /// A host's own struct, or a handle.
    pub string: *mut wasm_string_t,
    /// The number of code units in the encoding of the slot's kind; not looked
    /// at where the host fills the slot.
    pub length: usize,
}

/// Makes room for a text of `size` code units: gives where to write them, aligned
/// for their type. NULL refuses, but where `size` is zero.
///
/// It is called by the call that the result is of, on its thread, once where there
/// is such a result and never otherwise: after the guest has returned it, and the
/// text is known to be well-formed, so that exactly so many units will be written.
/// They are there when the call has returned, and not to be read before. Where it
/// failed, and not for want of room for a result, they mean nothing.
///
/// The store is shut meanwhile: calls into it fail with `WITRT_ERROR_STORE_BUSY`;
/// deleting is permitted. The guest's memory must not be written to by a pointer
/// that is still at hand. C++ exceptions must not leave it, nor `longjmp`.
pub type witrt_grow_callback_t =
    Option<unsafe extern "C" fn(env: *mut c_void, size: usize) -> *mut c_void>;

/// A function that makes room for text, for what is to hold exactly one: a new
/// string. The text is written once, and there is no handle in between.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct witrt_grow_t {
    /// It is not NULL.
    pub grow: witrt_grow_callback_t,
    /// What it is called with.
    pub env: *mut c_void,
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
    pub f32: f32,
    /// `WASM_F64`
    pub f64: f64,
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
    /// `WITRT_SLOT_UTF8` and those of other encodings: an argument of a call, an
    /// argument or result of a callback.
    pub text: witrt_text_t,
    /// The same: a result of a call.
    pub buffer: witrt_buffer_t,
    /// `WITRT_SLOT_LAZY_UTF8` and those of other encodings.
    pub lazy: witrt_lazy_t,
    /// `WITRT_SLOT_GROW_UTF8` and those of other encodings: stays as it is.
    /// `WITRT_SLOT_GROWN`: before the call.
    pub grow: witrt_grow_t,
    /// `WASM_LIST`, described: an argument of a call, an argument or result of a
    /// callback. What is described, as the result of a call, after it: the elements of a
    /// list; else where the struct is, and how many bytes it and what is behind it have.
    pub span: witrt_span_t,
    /// What is described and no list, or has functions: an argument of a call, an
    /// argument or result of a callback.
    pub value: *const c_void,
    /// `WASM_OWN` and `WASM_BORROW`
    pub resource: *mut wasm_resource_t,
    /// `WITRT_SLOT_VAL`
    pub val: wasm_val_t,
    /// All of it.
    pub bits: [u64; 2],
}

const _: () =
    assert!(size_of::<witrt_slot_t>() == 16 && align_of::<witrt_slot_t>() == align_of::<u64>());

/// What a slot kind stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SlotKind {
    /// A number.
    Number(Width),
    /// Any object's reference.
    ExternRef,
    /// A function's.
    FuncRef,
    /// Text in memory.
    Text(Encoding),
    /// A string, whose length is told in units of this encoding.
    Lazy(Encoding),
    /// Text where a function says: of results of calls only.
    Grow(Encoding),
}

macro_rules! texts {
    ($($name:ident: $unit:ident ($text:literal $lazy:literal $grow:literal),)+) => {
        /// The numbers of slots with text, by encodings.
        const NUMBERS: [[witrt_slot_kind_t; 3]; Encoding::ALL.len()] =
            [$([$text, $lazy, $grow]),+];

        /// What a slot of a string is.
        fn of_text(kind: witrt_slot_kind_t) -> Option<SlotKind> {
            match kind {
                $($text => Some(SlotKind::Text(Encoding::$name)),)+
                $($lazy => Some(SlotKind::Lazy(Encoding::$name)),)+
                $($grow => Some(SlotKind::Grow(Encoding::$name)),)+
                _ => None,
            }
        }
    };
}

encodings!(texts);

/// Both say the same.
const _: () = {
    use witrt_slot_kind_enum::*;
    let mut at = 0;
    let all = [
        [WITRT_SLOT_UTF8 as u8, WITRT_SLOT_LAZY_UTF8 as u8, WITRT_SLOT_GROW_UTF8 as u8],
        [WITRT_SLOT_UTF16 as u8, WITRT_SLOT_LAZY_UTF16 as u8, WITRT_SLOT_GROW_UTF16 as u8],
        [WITRT_SLOT_LATIN1 as u8, WITRT_SLOT_LAZY_LATIN1 as u8, WITRT_SLOT_GROW_LATIN1 as u8],
        [WITRT_SLOT_UTF32 as u8, WITRT_SLOT_LAZY_UTF32 as u8, WITRT_SLOT_GROW_UTF32 as u8],
    ];
    while at < all.len() {
        let [text, lazy, grow] = NUMBERS[at];
        let in_c = all[at];
        assert!(text == in_c[0] && lazy == in_c[1] && grow == in_c[2]);
        at += 1;
    }
    assert!(at == NUMBERS.len());
};

/// How many bits of a slot a number has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// 32, of whichever type.
    Word,
    /// 64.
    Long,
    /// 8 or 16, which the type of this kind extends.
    Narrow(witrt_slot_kind_t),
}

impl SlotKind {
    /// What a number stands for, and the type of its values.
    pub fn new(kind: witrt_slot_kind_t) -> Result<(SlotKind, ValType)> {
        if let Some(text) = of_text(kind) {
            return Ok((text, ValType::String));
        }
        let ty = type_of(kind)?;
        let kind = match ty.kind().class {
            Class::Text => {
                let message = "the kind of a string's slot is one of witrt_slot_kind_enum";
                return Err(Error::new(ErrorKind::UnknownKind, message));
            }
            Class::Reference if ty == ValType::ExternRef => SlotKind::ExternRef,
            Class::Reference if ty == ValType::FuncRef => SlotKind::FuncRef,
            Class::Number(8 | 16, _) => SlotKind::Number(Width::Narrow(kind)),
            Class::Number(32, _) => SlotKind::Number(Width::Word),
            Class::Number(64, _) => SlotKind::Number(Width::Long),
            Class::Number(..) | Class::Scalar(_) | Class::Composite | Class::Reference => {
                let message = format!("a slot cannot hold values of type {ty}");
                return Err(Error::new(ErrorKind::Unsupported, message));
            }
            Class::Vector | Class::OtherReference => return Err(unknown_kind(kind)),
        };
        Ok((kind, ty))
    }

    /// The kinds of an array, and the types of their values: of the results of a call,
    /// or others.
    ///
    /// # Safety
    ///
    /// As for [`slice`].
    pub unsafe fn all(
        kinds: *const witrt_slot_kind_t,
        count: usize,
        name: &str,
        of_call: bool,
    ) -> Result<(Box<[SlotKind]>, Vec<ValType>)> {
        // SAFETY: the caller vouches for it.
        let kinds = unsafe { slice(kinds, count, name) }?;
        check_count(count, name)?;
        let (mut all, mut types) = (Vec::new(), Vec::new());
        for (i, kind) in kinds.iter().enumerate() {
            let found = SlotKind::new(*kind).and_then(|(kind, ty)| match (kind, of_call) {
                (SlotKind::Grow(_), false) => Err(not_of_call()),
                found => Ok((found.0, ty)),
            });
            let (kind, ty) =
                found.map_err(|e| e.context(format_args!("`{name}` {i}")).at_argument(i))?;
            all.push(kind);
            types.push(ty);
        }
        Ok((all.into(), types))
    }

    /// The width of a number; of what is none, that of what its bits are told by.
    #[inline(always)]
    pub fn width(&self) -> Width {
        match self {
            SlotKind::Number(width) => *width,
            SlotKind::ExternRef | SlotKind::FuncRef => Width::Word,
            SlotKind::Text(_) | SlotKind::Lazy(_) | SlotKind::Grow(_) => Width::Word,
        }
    }

    /// Whether it is a number.
    #[inline(always)]
    pub fn is_number(&self) -> bool {
        matches!(self, SlotKind::Number(_))
    }

    /// Whether it is text in memory of the host's.
    #[inline(always)]
    pub fn is_written(&self) -> bool {
        matches!(self, SlotKind::Text(_) | SlotKind::Grow(_))
    }

    /// Whether it is a reference, or a string of any kind.
    pub fn is_val(&self) -> bool {
        matches!(self, SlotKind::Lazy(_) | SlotKind::ExternRef | SlotKind::FuncRef)
    }
}

impl witrt_slot_t {
    /// Nothing: zero, NULL, no text.
    pub const ZERO: witrt_slot_t = witrt_slot_t { bits: [0; 2] };

    /// A number's bits; of a narrow integer, extended to 32 by its sign.
    ///
    /// # Safety
    ///
    /// A member of a type of that width must have been set.
    #[inline(always)]
    pub unsafe fn number(&self, width: Width) -> u64 {
        // SAFETY: any bits are a number, and the caller vouches that they were
        // set.
        unsafe {
            match width {
                Width::Word => self.u32.into(),
                Width::Long => self.u64,
                Width::Narrow(kind) => self.narrow(kind),
            }
        }
    }

    /// The same for those of 8 and 16 bits.
    ///
    /// # Safety
    ///
    /// As above.
    #[inline(never)]
    unsafe fn narrow(&self, kind: witrt_slot_kind_t) -> u64 {
        // SAFETY: as above; those of either sign lie alike.
        let bits = unsafe { if width(kind) == 1 { self.u8.into() } else { self.u16.into() } };
        extended(kind, bits)
    }

    /// A slot that holds a number of this width, and nothing else.
    #[inline(always)]
    pub fn of_number(width: Width, bits: u64) -> witrt_slot_t {
        // Both halves at once: a processor waits for a whole that is read right
        // after a part of it was written.
        let first = match width {
            Width::Word => first(bits, 32),
            Width::Long => bits,
            Width::Narrow(kind) => first_narrow(kind, bits),
        };
        witrt_slot_t { bits: [first, 0] }
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
            let witrt_text_t { data, size } = self.text;
            text_at(encoding, data, size, "text")
        }
    }

    /// Where it says that a text goes, if it is of such a kind.
    ///
    /// # Safety
    ///
    /// The member of the kind must have been set, and what it promises be there as long
    /// as the result is used.
    #[inline(always)]
    pub unsafe fn sink(&self, kind: SlotKind) -> Result<Option<Sink>> {
        // SAFETY: the caller vouches for it; alignment is checked.
        unsafe {
            match kind {
                SlotKind::Text(encoding) => {
                    let witrt_buffer_t { data, capacity } = self.buffer;
                    room_of(data, capacity, encoding).map(Some)
                }
                SlotKind::Grow(encoding) => {
                    let witrt_grow_t { grow, env } = self.grow;
                    Ok(Some(Sink::grow(need(grow, "grow")?, env, encoding)))
                }
                SlotKind::Number(_)
                | SlotKind::ExternRef
                | SlotKind::FuncRef
                | SlotKind::Lazy(_) => Ok(None),
            }
        }
    }

    /// An argument that is a number, or text that is lent, which is put there.
    ///
    /// # Safety
    ///
    /// The member of the kind must be set, and text stay as it is for `'a`, as what is at
    /// `place` does, where there must be room.
    #[inline(always)]
    pub unsafe fn arg<'a>(&self, kind: SlotKind, place: *mut Text<'a>) -> Result<Arg<'a>> {
        // SAFETY: the caller vouches for it.
        unsafe {
            match kind {
                SlotKind::Text(encoding) => {
                    place.write(self.text(encoding)?);
                    Ok(Arg::text(&*place))
                }
                SlotKind::Number(width) => Ok(Arg::number(self.number(width))),
                SlotKind::Grow(_) => Err(not_of_call()),
                SlotKind::ExternRef | SlotKind::FuncRef | SlotKind::Lazy(_) => Err(by_value()),
            }
        }
    }

    /// After a text went where this slot said: its size, and what there was no room for.
    #[inline(always)]
    pub fn sunk(&mut self, kind: SlotKind, sink: &mut Sink) -> Option<(Error, Str<'static>)> {
        if let SlotKind::Text(_) = kind {
            self.text.size = sink.units;
        }
        sink.kept.take().map(|kept| *kept)
    }
}

/// What a slot is whose text goes where a function says, and that is no result of a
/// call.
#[cold]
pub fn not_of_call() -> Error {
    Error::new(ErrorKind::WrongKind, "only the result of a call goes where a function says")
}

/// What a slot is whose value was to be taken another way.
#[cold]
pub fn by_value() -> Error {
    Error::internal("a slot of a value was taken for a number")
}

#[inline(never)]
fn first_narrow(kind: witrt_slot_kind_t, bits: u64) -> u64 {
    first(bits, 8 * width(kind) as u32)
}

/// What lies first in memory: so many of the low bits.
#[inline(always)]
fn first(bits: u64, size: u32) -> u64 {
    let high = bits << (64 - size);
    if cfg!(target_endian = "big") { high } else { high >> (64 - size) }
}
