//! Lists of scalars, and of records of these, as bytes: how they lie in a guest.
//!
//! Not here: other values.

use super::list::List;
use super::value::Val;
use crate::error::{Error, Result, Trap};
use crate::string::Text;
use crate::types::tree::{Fields, Type};
use crate::types::{ValType, kind};
use std::borrow::Cow;

/// The list whose bytes these are.
pub(super) fn of_bytes(element: &Type, text: Text<'_>) -> Result<List<'static>> {
    let Text::Latin1(bytes) = text else { return Err(Error::internal("a list is no bytes")) };
    macro_rules! packed {
        ($($name:ident $kind:ident $ty:ident,)+) => {
            match element {
                Type::Scalar(kind::U8) => List::U8(Cow::Owned(bytes.to_vec())),
                Type::Scalar(kind::BOOL) => List::Bool(bytes.iter().map(|b| *b != 0).collect()),
                Type::Scalar(kind::CHAR) => {
                    let chars = bytes.as_chunks::<4>().0.iter().map(|c| {
                        char::from_u32(u32::from_le_bytes(*c)).ok_or_else(|| {
                            Error::from(Trap::new("a list of characters has one that is none"))
                        })
                    });
                    List::Char(Cow::Owned(chars.collect::<Result<_>>()?))
                }
                $(Type::Scalar(kind::$kind) => {
                    const SIZE: usize = size_of::<$ty>();
                    let items = bytes.as_chunks::<SIZE>().0.iter();
                    List::$name(items.map(|item| $ty::from_le_bytes(*item)).collect())
                })+
                element => {
                    let items = bytes.chunks_exact(element.size().max(1));
                    List::Val(items.map(|item| take(element, item)).collect::<Result<_>>()?)
                }
            }
        };
    }
    Ok(packed! {
        S8 S8 i8, S16 S16 i16, U16 U16 u16, S32 S32 i32, U32 U32 u32, S64 S64 i64, U64 U64 u64,
        F32 F32 f32, F64 F64 f64,
    })
}

/// Reads a scalar, or a record of these.
pub(super) fn take(ty: &Type, bytes: &[u8]) -> Result<Val<'static>> {
    let all = |fields: &Fields| {
        let vals = fields.fields.iter().map(|field| {
            let start = field.offset as usize;
            take(&field.ty, &bytes[start..start + field.ty.size()])
        });
        vals.collect::<Result<Vec<_>>>()
    };
    match ty {
        Type::Record(fields) => Ok(Val::Record(all(fields)?)),
        Type::Tuple(fields) => Ok(Val::Tuple(all(fields)?)),
        ty => {
            let mut bits = [0; 8];
            bits[..bytes.len()].copy_from_slice(bytes);
            let bits = u64::from_le_bytes(bits);
            let bits = match ty.val_type() {
                ValType::S8 => bits as i8 as i32 as u32 as u64,
                ValType::S16 => bits as i16 as i32 as u32 as u64,
                _ => bits,
            };
            Val::from_bits(ty.val_type(), bits).map_err(|e| Trap::new(e.message()).into())
        }
    }
}
