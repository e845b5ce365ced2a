//! The structs of values, and their kinds.
//!
//! C's structs of values with parts are the crate's own, so that nothing is made of
//! them: what C lends is read where it lies, and what a call returns is one
//! allocation.
//!
//! Not here: what becomes of them.

use super::handle::wasm_ref_t;
use super::text::wasm_string_t;
use super::vec::Vector;
use crate::tree::{FieldsSlot, ListSlot, Slot, TextSlot, VariantSlot};
use crate::{Error, ErrorKind, Resource, Result, ValType};
use std::ffi::{CStr, c_void};
use std::mem::offset_of;

include!(concat!(env!("OUT_DIR"), "/values.rs"));

/// The kind of a value: one of `wasm_valkind_enum`.
pub type wasm_valkind_t = u8;

/// What a value holds, according to its kind.
#[repr(C)]
#[derive(Clone, Copy)]
pub union wasm_val_union_t {
    /// `WASM_I32`
    pub i32: i32,
    /// `WASM_I64`
    pub i64: i64,
    /// `WASM_F32`
    pub f32: f32,
    /// `WASM_F64`
    pub f64: f64,
    /// `WASM_EXTERNREF` and `WASM_FUNCREF`: NULL, or any object's reference.
    pub r#ref: *mut wasm_ref_t,
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
    /// `WASM_STRING`: a host's own string, or a handle.
    pub string: *mut wasm_string_t,
    /// `WASM_LIST`
    pub list: *const wasm_list_t,
    /// `WASM_RECORD` and `WASM_TUPLE`: the fields in order.
    pub fields: *const wasm_val_vec_t,
    /// `WASM_VARIANT` and `WASM_RESULT`
    pub variant: *const wasm_variant_t,
    /// `WASM_OPTION`: NULL for none.
    pub option: *const wasm_val_t,
    /// `WASM_OWN` and `WASM_BORROW`
    pub resource: *mut wasm_resource_t,
}

/// A value: its kind, and what it holds.
///
/// Arguments are borrowed, with the references and strings in them, and all that a
/// value with parts points to. Results are owned by who receives them, and given up
/// with `wasm_val_delete`. A result with parts is one allocation, in which text has
/// the host encoding of the engine: deleting it gives up all of it, and deleting a
/// value within it does nothing. Of a narrow
/// integer only its own bits are looked at; results have the rest filled by its
/// sign.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct wasm_val_t {
    /// One of `wasm_valkind_enum`.
    pub kind: wasm_valkind_t,
    /// The member that the kind names.
    pub of: wasm_val_union_t,
}

const _: () = {
    assert!(size_of::<wasm_val_union_t>() == 8);
    assert!(std::mem::offset_of!(wasm_val_t, of) == align_of::<i64>());
    assert!(size_of::<wasm_val_t>() == 8 + align_of::<i64>());
};

/// A list: of numbers, `bool` and `char` an array of these, of strings an array of
/// `wasm_string_t`, of anything else an array of `wasm_val_t`. As an argument, an
/// array of `wasm_val_t` does for all.
///
/// A host makes one around its own array, with `WASM_LIST_OF` or
/// `WASM_LIST_OF_VALS`; the array is borrowed for the call.
#[repr(C)]
pub struct wasm_list_t {
    /// The first element; NULL is permitted where `size` is zero.
    pub data: *const c_void,
    /// How many elements.
    pub size: usize,
    /// What they are: a kind of a number, `WASM_BOOL`, `WASM_CHAR`, `WASM_STRING`,
    /// or `WASM_VAL`.
    pub element: wasm_valkind_t,
}

/// A case, and what it holds. It stands in `header/bottom.h`, because values and it
/// are within each other, which the header's generator cannot put in order.
///
/// cbindgen:ignore
#[repr(C)]
pub struct wasm_variant_t {
    /// Which case, in the order of the type.
    pub index: u32,
    /// What it holds: `WASM_EMPTY_VAL` for a case that holds nothing.
    pub val: wasm_val_t,
}

/// A resource: something of the host's that components hold handles of, or
/// something that a component has made.
pub struct wasm_resource_t {
    pub resource: Resource,
}

/// C's structs lie as the crate's do.
const _: () = {
    assert!(size_of::<wasm_val_t>() == size_of::<Slot>());
    assert!(offset_of!(wasm_val_t, of) == offset_of!(Slot, of));
    assert!(size_of::<wasm_string_t>() == size_of::<TextSlot>());
    assert!(offset_of!(wasm_string_t, size) == offset_of!(TextSlot, size));
    assert!(offset_of!(wasm_string_t, encoding) == offset_of!(TextSlot, encoding));
    assert!(offset_of!(wasm_string_t, reserved) == offset_of!(TextSlot, reserved));
    assert!(size_of::<wasm_list_t>() == size_of::<ListSlot>());
    assert!(offset_of!(wasm_list_t, element) == offset_of!(ListSlot, element));
    assert!(size_of::<wasm_val_vec_t>() == size_of::<FieldsSlot>());
    assert!(offset_of!(wasm_val_vec_t, data) == offset_of!(FieldsSlot, data));
    assert!(size_of::<wasm_variant_t>() == size_of::<VariantSlot>());
    assert!(offset_of!(wasm_variant_t, val) == offset_of!(VariantSlot, val));
    assert!(size_of::<wasm_resource_t>() == size_of::<Resource>());
};

/// Whether values of this kind have parts.
pub fn is_composite(kind: wasm_valkind_t) -> bool {
    (29..=36).contains(&kind)
}

impl wasm_val_t {
    /// The same value as the crate has it.
    pub fn as_slot(&self) -> &Slot {
        // SAFETY: both lie in the same way, and any bits are either.
        unsafe { &*std::ptr::from_ref(self).cast() }
    }

    /// A value of the crate's.
    pub fn of_slot(slot: Slot) -> wasm_val_t {
        // SAFETY: as above.
        unsafe { std::mem::transmute(slot) }
    }
}

/// Values as the crate has them.
pub fn as_slots(vals: &[wasm_val_t]) -> &[Slot] {
    // SAFETY: as in `as_slot`.
    unsafe { std::slice::from_raw_parts(vals.as_ptr().cast(), vals.len()) }
}

/// Values of the crate's as C has them.
pub fn as_vals(slots: &mut [Slot]) -> &mut [wasm_val_t] {
    // SAFETY: as in `as_slot`.
    unsafe { std::slice::from_raw_parts_mut(slots.as_mut_ptr().cast(), slots.len()) }
}

/// The type of a kind.
pub fn type_of(kind: wasm_valkind_t) -> Result<ValType> {
    let ty = ValType::from_number(kind).filter(|ty| ty.has_values());
    match ty {
        Some(ty) if ty.is_composite() => {
            let message = "what is in such a value has to be said: take the type of an import";
            Err(Error::new(ErrorKind::Unsupported, message))
        }
        Some(ty) => Ok(ty),
        None => Err(unknown_kind(kind)),
    }
}

#[cold]
pub fn unknown_kind(kind: wasm_valkind_t) -> Error {
    Error::new(ErrorKind::UnknownKind, format!("{kind} is no kind of value"))
}

/// The kind of a type.
#[inline]
pub fn kind_of(ty: ValType) -> wasm_valkind_t {
    ty.number()
}

impl wasm_val_t {
    /// The null reference: what stands where there is no value.
    pub fn null() -> wasm_val_t {
        wasm_val_t::zero(ValType::ExternRef)
    }

    /// Zero or NULL of a type.
    pub fn zero(ty: ValType) -> wasm_val_t {
        wasm_val_t { kind: kind_of(ty), of: wasm_val_union_t { u64: 0 } }
    }
}
