//! Values: `wasm_val_t`, to and from the crate's own.
//!
//! Not here: strings, references, vectors.

use super::boundary::{enter, need, null, write};
use super::composite::{is_composite, read_text, wasm_list_t, wasm_variant_t, witrt_resource_t};
use super::families::*;
use super::handle::{Body, Handle, Obj, Reference, wrong_kind};
use super::store::Inside;
use super::string::wasm_string_t;
use super::string_box::{self, Source, StringBox};
use super::vec::Element;
use crate::{
    Error, ErrorKind, Extern, ExternRef, Func, Result, Str, Val, ValType, kinds_of_values,
};

/// A byte. The standard's other name for it.
pub type byte_t = std::ffi::c_char;
/// A byte: of a name, a message or a module.
pub type wasm_byte_t = byte_t;
/// 32 bits of IEEE 754.
pub type float32_t = f32;
/// 64 bits of IEEE 754.
pub type float64_t = f64;

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
    pub f32: float32_t,
    /// `WASM_F64`
    pub f64: float64_t,
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
    pub resource: *mut witrt_resource_t,
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

const I64: wasm_valkind_t = ValType::I64.number();
const F64: wasm_valkind_t = ValType::F64.number();
const STRING: wasm_valkind_t = ValType::String.number();
const EXTERNREF: wasm_valkind_t = ValType::ExternRef.number();
const FUNCREF: wasm_valkind_t = ValType::FuncRef.number();
const BOOL: wasm_valkind_t = ValType::Bool.number();
const CHAR: wasm_valkind_t = ValType::Char.number();

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
fn no_char(bits: u32) -> Error {
    Error::new(ErrorKind::OutOfRange, format!("{bits:#x} is no Unicode scalar value"))
}

#[cold]
fn no_parts() -> Error {
    let message = "only functions of components take values with parts";
    Error::new(ErrorKind::WrongKind, message)
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

/// What is there for each kind of numbers.
macro_rules! numbers {
    (
        numbers { $($a:literal $n:ident $t:ident $c:literal $b:tt $core:ident $bits:literal $sign:ident $rust:ident;)+ }
        $($others:tt)*
    ) => {
        /// A value that C lends.
        ///
        /// # Safety
        ///
        /// The member that the kind names must be valid, and a string's text stay as
        /// it is for `'a`.
        #[inline]
        pub unsafe fn to_val<'a>(inside: &mut Inside<'_>, val: &wasm_val_t) -> Result<Val<'a>> {
            let of = &val.of;
            // SAFETY: every member but the pointers is valid whatever its bits are,
            // and the caller vouches for those.
            unsafe {
                Ok(match val.kind {
                    $($c => Val::$n(of.$t),)+
                    STRING => Val::String(to_str(of.string)?),
                    EXTERNREF => Val::ExternRef(to_externref(inside.id(), of.r#ref.as_ref())?),
                    FUNCREF => Val::FuncRef(to_funcref(inside.id(), of.r#ref.as_ref())?),
                    BOOL => Val::Bool(of.u8 != 0),
                    CHAR => Val::Char(char::from_u32(of.u32).ok_or_else(|| no_char(of.u32))?),
                    kind if is_composite(kind) => return Err(no_parts()),
                    kind => return Err(unknown_kind(kind)),
                })
            }
        }

        /// A value for the arguments of a callback: what it holds is ended by
        /// [`end_arg`].
        ///
        /// # Safety
        ///
        /// The result must not be used after the text in `val` is gone.
        pub unsafe fn lend_val(inside: &mut Inside<'_>, val: &Val<'_>) -> wasm_val_t {
            let owned = match val {
                $(Val::$n(v) => Val::$n(*v),)+
                Val::ExternRef(v) => Val::ExternRef(v.clone()),
                Val::FuncRef(v) => Val::FuncRef(v.clone()),
                Val::Bool(v) => Val::Bool(*v),
                Val::Char(v) => Val::Char(*v),
                // Values with parts go as they lie: see `composite`.
                Val::Enum(_)
                | Val::Flags(_)
                | Val::List(_)
                | Val::Record(_)
                | Val::Tuple(_)
                | Val::Variant(..)
                | Val::Result(_)
                | Val::Option(_)
                | Val::Own(_)
                | Val::Borrow(_) => return wasm_val_t::null(),
                Val::String(text) => {
                    // SAFETY: the caller ends the handle before the text is gone; the
                    // box says that it is borrowed, and nothing copies it out.
                    let text = unsafe { std::mem::transmute::<Str<'_>, Str<'static>>(text.clone()) };
                    let string = StringBox::lend(inside, text);
                    return wasm_val_t { kind: STRING, of: wasm_val_union_t { string } };
                }
            };
            give_val(inside, owned)
        }
    };
}

kinds_of_values!(numbers);

/// # Safety
///
/// As for [`string_box::source`].
unsafe fn to_str<'a>(string: *const wasm_string_t) -> Result<Str<'a>> {
    // SAFETY: the caller vouches for it.
    match unsafe { string_box::source(string) }? {
        Source::Host(text) => Ok(text),
        Source::Handle(handle) => handle.text().cloned(),
    }
}

/// Any object may travel as an externref, in its own store.
pub fn to_externref(store: u64, object: Option<&wasm_ref_t>) -> Result<Option<ExternRef>> {
    let Some(object) = object else { return Ok(None) };
    let obj = &object.handle().obj;
    obj.check(store)?;
    Ok(Some(match &obj.body {
        Body::Guest(reference) => reference.clone(),
        _ => ExternRef::new(obj.clone()),
    }))
}

/// Only functions may travel as a funcref.
pub fn to_funcref(store: u64, object: Option<&wasm_ref_t>) -> Result<Option<Func>> {
    let Some(object) = object else { return Ok(None) };
    let obj = &object.handle().obj;
    obj.check(store)?;
    match &obj.body {
        Body::Func(func) => Ok(Some(func.clone())),
        _ => Err(wrong_kind("func", obj)),
    }
}

/// A value for C, which owns what it holds.
#[inline]
pub fn give_val(inside: &mut Inside<'_>, val: Val<'static>) -> wasm_val_t {
    let kind = kind_of(val.ty());
    let bits = |bits: u64| wasm_val_union_t { u64: bits };
    let of = match val {
        Val::I32(v) | Val::S32(v) => extended(v.into(), |of| of.i32 = v),
        Val::I64(v) | Val::S64(v) => bits(v as u64),
        Val::F32(v) => return number(ValType::F32, v.to_bits().into()),
        Val::F64(v) => wasm_val_union_t { f64: v },
        Val::S8(v) => extended(v.into(), |of| of.s8 = v),
        Val::U8(v) => extended(v.into(), |of| of.u8 = v),
        Val::S16(v) => extended(v.into(), |of| of.s16 = v),
        Val::U16(v) => extended(v.into(), |of| of.u16 = v),
        Val::U32(v) => extended(v.into(), |of| of.u32 = v),
        Val::U64(v) => bits(v),
        Val::String(text) => wasm_val_union_t { string: StringBox::give(inside, text) },
        Val::ExternRef(None) | Val::FuncRef(None) => bits(0),
        Val::ExternRef(Some(r)) => give_ref(externref_handle(inside, r)),
        Val::FuncRef(Some(f)) => give_ref(inside.extern_handle(Extern::Func(f))),
        Val::Bool(v) => bits(v.into()),
        Val::Char(v) => bits(u32::from(v).into()),
        Val::Enum(v) | Val::Flags(v) => bits(v.into()),
        // Values with parts go as they lie: see `slots`.
        Val::List(_)
        | Val::Record(_)
        | Val::Tuple(_)
        | Val::Variant(..)
        | Val::Result(_)
        | Val::Option(_)
        | Val::Own(_)
        | Val::Borrow(_) => return wasm_val_t::null(),
    };
    wasm_val_t { kind, of }
}

/// The bits of a core number, of 32 bits in the low half.
#[inline]
pub fn number_bits(val: &wasm_val_t) -> u64 {
    // SAFETY: any bits are a number.
    unsafe {
        match val.kind {
            I64 | F64 => val.of.u64,
            _ => val.of.u32.into(),
        }
    }
}

/// A core number of these bits.
#[inline]
pub fn number(ty: ValType, bits: u64) -> wasm_val_t {
    let of = match ty {
        ValType::I64 | ValType::F64 => wasm_val_union_t { u64: bits },
        _ => extended((bits as i32).into(), |of| of.i32 = bits as i32),
    };
    wasm_val_t { kind: kind_of(ty), of }
}

/// All eight bytes, and then the member, which on a machine that stores the
/// high byte first lies elsewhere.
#[inline]
fn extended(value: i64, member: impl FnOnce(&mut wasm_val_union_t)) -> wasm_val_union_t {
    let mut of = wasm_val_union_t { i64: value };
    member(&mut of);
    of
}

fn give_ref(handle: Handle) -> wasm_val_union_t {
    wasm_val_union_t { r#ref: Box::into_raw(wasm_ref_t::boxed(handle)) }
}

/// The object that an externref carries; of a guest's own, the one that stands for it.
pub fn externref_handle(inside: &mut Inside<'_>, reference: ExternRef) -> Handle {
    let carried = reference.data().and_then(|data| data.clone().downcast::<Obj>().ok());
    match carried {
        Some(obj) if obj.store_id == 0 => Handle { store: None, obj },
        Some(obj) => inside.handle(obj),
        None => inside.guest_handle(reference),
    }
}

/// Gives up what [`lend_val`] made.
///
/// # Safety
///
/// The value must come from there, unchanged.
pub unsafe fn end_arg(inside: &mut Inside<'_>, val: wasm_val_t) {
    // SAFETY: the caller vouches for it.
    unsafe {
        match val.kind {
            STRING => StringBox::end(inside, val.of.string),
            _ => val.release(),
        }
    }
}

/// A value that a callback left as a result, which is taken.
///
/// # Safety
///
/// The member that the kind names must be valid and owned.
pub unsafe fn take_val(inside: &mut Inside<'_>, val: wasm_val_t) -> Result<Val<'static>> {
    // SAFETY: the caller vouches for it.
    unsafe {
        match val.kind {
            STRING => Ok(Val::String(string_box::take_result(inside, val.of.string)?)),
            kind => {
                let taken = to_val(inside, &val);
                if matches!(kind, EXTERNREF | FUNCREF) {
                    val.release();
                }
                taken
            }
        }
    }
}

// SAFETY: all bits zero is the number zero.
unsafe impl Element for wasm_val_t {
    unsafe fn duplicate(&self) -> Result<wasm_val_t> {
        let mut copy = *self;
        // SAFETY: the caller vouches for the member.
        unsafe {
            match self.kind {
                STRING if !self.of.string.is_null() => {
                    copy.of.string = string_box::clone(self.of.string)?
                }
                EXTERNREF | FUNCREF => {
                    let handle = super::handle::copy(self.of.r#ref.as_ref());
                    copy.of.r#ref = handle.map_or(std::ptr::null_mut(), Box::into_raw);
                }
                kind if is_composite(kind) => {
                    copy = wasm_val_t::of_slot(crate::tree::copy(self.as_slot(), read_text)?);
                }
                _ => {}
            }
        }
        Ok(copy)
    }

    unsafe fn release(self) {
        // SAFETY: the caller vouches for the member.
        unsafe {
            match self.kind {
                STRING => {
                    if let Err(error) = string_box::delete(self.of.string) {
                        super::error::set_last(&error);
                    }
                }
                EXTERNREF | FUNCREF if !self.of.r#ref.is_null() => {
                    drop(Box::from_raw(self.of.r#ref))
                }
                kind if is_composite(kind) => crate::tree::release(self.as_slot()),
                _ => {}
            }
        }
    }
}

/// Gives up the reference, string or parts that a value owns, and leaves a null
/// reference. The struct itself is the caller's. NULL is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_val_delete(val: *mut wasm_val_t) {
    enter(|| {
        if !val.is_null() {
            // SAFETY: the header demands a value that owns what it holds.
            unsafe { val.replace(wasm_val_t::null()).release() };
        }
        Ok(())
    })
}

/// Copies a value, with a reference, string or parts of its own, into `out`, whatever
/// was there before. Where that fails, `out` is a null reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_val_copy(out: *mut wasm_val_t, val: *const wasm_val_t) {
    enter(|| {
        if out.is_null() {
            return Err(null("out"));
        }
        // SAFETY: the header demands a value, or NULL.
        let copy = need(unsafe { val.as_ref() }, "val").and_then(|val| unsafe { val.duplicate() });
        let (value, outcome) = match copy {
            Ok(value) => (value, Ok(())),
            Err(error) => (wasm_val_t::null(), Err(error)),
        };
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { write(out, "out", value) }?;
        outcome
    })
}
