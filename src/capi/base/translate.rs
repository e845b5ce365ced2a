//! Values to and from the crate's own.
//!
//! Not here: strings, references, vectors.

use super::cell::{Inside, StringBox};
use super::handle::{self, Handle, Reference, wasm_ref_t};
use super::last::set_last;
use super::object::{Body, Obj, wrong_kind};
use super::string::{self, Source, read_text};
use super::text::wasm_string_t;
use super::value::*;
use super::vec::Element;
use crate::tree::kind::signed;
use crate::{
    Error, ErrorKind, Extern, ExternRef, Func, Result, Str, Val, ValType, kinds_of_values,
    with_parts,
};

const I64: wasm_valkind_t = ValType::I64.number();
const F64: wasm_valkind_t = ValType::F64.number();
const STRING: wasm_valkind_t = ValType::String.number();
const EXTERNREF: wasm_valkind_t = ValType::ExternRef.number();
const FUNCREF: wasm_valkind_t = ValType::FuncRef.number();
const BOOL: wasm_valkind_t = ValType::Bool.number();
const CHAR: wasm_valkind_t = ValType::Char.number();

#[cold]
fn no_char(bits: u32) -> Error {
    Error::new(ErrorKind::OutOfRange, format!("{bits:#x} is no Unicode scalar value"))
}

#[cold]
fn no_parts() -> Error {
    let message = "only functions of components take values with parts";
    Error::new(ErrorKind::WrongKind, message)
}

/// What is there for each kind of numbers.
macro_rules! numbers {
    (
        numbers { $($a:literal $n:ident $t:ident $c:literal $b:tt $core:ident $bits:literal $sign:ident $rust:ty;)+ }
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
                Val::Enum(_) | Val::Flags(_) | with_parts!() => return wasm_val_t::null(),
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

        /// A value for C, which owns what it holds.
        #[inline]
        pub fn give_val(inside: &mut Inside<'_>, val: Val<'static>) -> wasm_val_t {
            let kind = kind_of(val.ty());
            let bits = |bits: u64| wasm_val_union_t { u64: bits };
            let of = match val {
                $(Val::$n(v) => {
                    let mut of = bits(signed($c, val.bits()));
                    of.$t = v;
                    of
                })+
                Val::String(text) => wasm_val_union_t { string: StringBox::give(inside, text) },
                Val::ExternRef(None) | Val::FuncRef(None) => bits(0),
                Val::ExternRef(Some(r)) => give_ref(externref_handle(inside, r)),
                Val::FuncRef(Some(f)) => give_ref(inside.extern_handle(Extern::Func(f))),
                Val::Bool(v) => bits(v.into()),
                Val::Char(v) => bits(u32::from(v).into()),
                Val::Enum(v) | Val::Flags(v) => bits(v.into()),
                // Values with parts go as they lie: see `slots`.
                with_parts!() => return wasm_val_t::null(),
            };
            wasm_val_t { kind, of }
        }
    };
}

kinds_of_values!(numbers);

/// # Safety
///
/// As for [`string::source`].
unsafe fn to_str<'a>(string: *const wasm_string_t) -> Result<Str<'a>> {
    // SAFETY: the caller vouches for it.
    match unsafe { string::source(string) }? {
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

/// The bits of a core number, of 32 bits in the low half.
#[inline]
pub fn number_bits(val: &wasm_val_t) -> u64 {
    // SAFETY: any bits are a number.
    unsafe { if is_long(val.kind) { val.of.u64 } else { val.of.u32.into() } }
}

/// A core number of these bits.
#[inline]
pub fn number(ty: ValType, bits: u64) -> wasm_val_t {
    let kind = kind_of(ty);
    let of = match is_long(kind) {
        true => wasm_val_union_t { u64: bits },
        false => extended((bits as i32).into(), |of| of.i32 = bits as i32),
    };
    wasm_val_t { kind, of }
}

/// Whether a core number has 64 bits.
#[inline]
fn is_long(kind: wasm_valkind_t) -> bool {
    matches!(kind, I64 | F64)
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
            STRING => Ok(Val::String(string::take_result(inside, val.of.string)?)),
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
                    copy.of.string = string::clone(self.of.string)?
                }
                EXTERNREF | FUNCREF => {
                    let handle = handle::copy(self.of.r#ref.as_ref());
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
                    if let Err(error) = string::delete(self.of.string) {
                        set_last(&error);
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
