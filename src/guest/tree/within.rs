//! Whether a value is another, or a part of it: a host function may return what it
//! was lent, and then that is not its own.
//!
//! Not here: what becomes of it.

#![allow(unsafe_code)] // it follows the pointers in slots

use super::slot::{Slot, TextSlot, kind, many};
use crate::types::tree::{Cases, Fields, Type};
use std::ffi::c_void;

/// Whether what stands at this address is one of these values, or in one.
///
/// # Safety
///
/// The values must have been checked against these types, and what they point to be
/// there.
pub unsafe fn is_within(types: &Fields, vals: &[Slot], at: *const c_void) -> bool {
    let mut fields = types.fields.iter().zip(vals);
    // SAFETY: the caller vouches for them.
    fields.any(|(field, val)| unsafe { holds(&field.ty, val, at) })
}

unsafe fn holds(ty: &Type, val: &Slot, at: *const c_void) -> bool {
    if matches!(ty, Type::Scalar(_) | Type::Enum(_) | Type::Flags(_)) {
        return false;
    }
    // SAFETY: the caller vouches for the members that the types name: where the
    // values were checked, only an option's may be NULL.
    unsafe {
        if val.of.pointer == at {
            return true;
        }
        let case = |cases: &Cases, index: u32, val: &Slot| {
            let held = cases.cases.get(index as usize).and_then(|case| case.ty.as_ref());
            held.is_some_and(|ty| holds(ty, val, at))
        };
        match ty {
            Type::List(of) => {
                let list = &*val.of.list;
                match list.element {
                    kind::VAL => list.elements().iter().any(|val| holds(&of.element, val, at)),
                    kind::STRING => {
                        let texts: &[TextSlot] = list.elements();
                        texts.iter().any(|text| std::ptr::from_ref(text).cast() == at)
                    }
                    _ => false,
                }
            }
            Type::Record(types) | Type::Tuple(types) => {
                let fields = &*val.of.fields;
                is_within(types, many(fields.data, fields.size), at)
            }
            Type::Variant(cases) | Type::Result(cases) => {
                let variant = &*val.of.variant;
                case(cases, variant.index, &variant.val)
            }
            Type::Option(cases) => val.of.option.as_ref().is_some_and(|val| case(cases, 1, val)),
            _ => false,
        }
    }
}
