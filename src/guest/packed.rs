//! Lists of what has no pointers in it, as bytes: how they lie in a component.
//!
//! Not here: other values.

use super::value::List;
use super::value::Val;
use crate::error::{Error, ErrorKind, Result, Trap};
use crate::string::Text;
use crate::types::kind;
use crate::types::tree::{Fields, Type};

/// What the values of one call may still take of the host's memory beside plain copies
/// of what the guest has: as much as components may.
pub(super) struct Budget(usize);

impl Budget {
    pub fn new() -> Budget {
        Budget(128 << 20)
    }

    /// Takes so many times so many bytes off it.
    pub fn pay(&mut self, count: usize, each: usize) -> Result<()> {
        let left = count.checked_mul(each).and_then(|bytes| self.0.checked_sub(bytes));
        self.0 = left.ok_or_else(|| Trap::new("too much data in the values of a call"))?;
        Ok(())
    }
}

/// What a value of a type takes of the host's memory, at least.
fn cost(ty: &Type) -> usize {
    size_of::<Val<'_>>()
        + match ty {
            Type::Record(fields) | Type::Tuple(fields) => {
                // Each has memory of its own.
                16 + fields.fields.iter().map(|field| cost(&field.ty)).sum::<usize>()
            }
            Type::Scalar(_) | Type::String | Type::List(_) => 0,
            Type::Variant(_) | Type::Enum(_) | Type::Option(_) | Type::Result(_) => 0,
            Type::Flags(_) | Type::Own(_) | Type::Borrow(_) => 0,
        }
}

/// A copy, if there is memory for it.
pub(super) fn copied<T>(items: impl ExactSizeIterator<Item = T>) -> Result<Vec<T>> {
    let mut copy = room(items.len())?;
    copy.extend(items);
    Ok(copy)
}

/// A list of those, or the first error, if there is memory for it.
fn tried<T>(items: impl ExactSizeIterator<Item = Result<T>>) -> Result<Vec<T>> {
    let mut copy = room(items.len())?;
    for item in items {
        copy.push(item?);
    }
    Ok(copy)
}

fn room<T>(count: usize) -> Result<Vec<T>> {
    let mut room = Vec::new();
    room.try_reserve_exact(count).map_err(|_| {
        let message = format!("no memory for a list of {count} elements");
        Error::new(ErrorKind::OutOfMemory, message)
    })?;
    Ok(room)
}

/// The list whose bytes these are.
pub(super) fn of_bytes(
    element: &Type,
    text: Text<'_>,
    budget: &mut Budget,
) -> Result<List<'static>> {
    let Text::Latin1(bytes) = text else { return Err(Error::internal("a list is no bytes")) };
    let size = element.size().max(1);
    if bytes.len() % size != 0 {
        return Err(Trap::new(format!("a list of {element} ends amid an element")).into());
    }
    macro_rules! packed {
        ($($name:ident $kind:ident $ty:ident,)+) => {
            match element {
                Type::Scalar(kind::U8) => List::U8(copied(bytes.iter().copied())?.into()),
                Type::Scalar(kind::BOOL) => {
                    List::Bool(copied(bytes.iter().map(|b| *b != 0))?.into())
                }
                Type::Scalar(kind::CHAR) => {
                    let chars = bytes.as_chunks::<4>().0.iter().map(|c| {
                        char::from_u32(u32::from_le_bytes(*c)).ok_or_else(|| {
                            Error::from(Trap::new("a list of characters has one that is none"))
                        })
                    });
                    List::Char(tried(chars)?.into())
                }
                $(Type::Scalar(kind::$kind) => {
                    const SIZE: usize = size_of::<$ty>();
                    let items = bytes.as_chunks::<SIZE>().0.iter();
                    List::$name(copied(items.map(|item| $ty::from_le_bytes(*item)))?.into())
                })+
                element => {
                    let items = bytes.chunks_exact(size);
                    budget.pay(items.len(), cost(element))?;
                    List::Val(tried(items.map(|item| take(element, item)))?)
                }
            }
        };
    }
    Ok(packed! {
        S8 S8 i8, S16 S16 i16, U16 U16 u16, S32 S32 i32, U32 U32 u32, S64 S64 i64, U64 U64 u64,
        F32 F32 f32, F64 F64 f64,
    })
}

/// Reads a number, case or set of flags, or a record of these.
pub(super) fn take(ty: &Type, bytes: &[u8]) -> Result<Val<'static>> {
    let all = |fields: &Fields| {
        let vals = fields.fields.iter().map(|field| {
            let start = field.offset as usize;
            take(&field.ty, &bytes[start..start + field.ty.size()])
        });
        tried(vals)
    };
    match ty {
        Type::Record(fields) => Ok(Val::Record(all(fields)?)),
        Type::Tuple(fields) => Ok(Val::Tuple(all(fields)?)),
        ty => {
            let mut bits = [0; 8];
            bits[..bytes.len()].copy_from_slice(bytes);
            let bits = u64::from_le_bytes(bits);
            match ty {
                Type::Enum(cases) if bits >= cases.cases.len() as u64 => {
                    let message = format!("{bits} is no case: there are {}", cases.cases.len());
                    return Err(Trap::new(message).into());
                }
                Type::Enum(_) => return Ok(Val::Enum(bits as u32)),
                Type::Flags(flags) => return Ok(Val::Flags(bits as u32 & flags.mask())),
                // Its bits are it, or are none of it.
                _ => {}
            }
            Val::from_bits(ty.val_type(), bits).map_err(|e| Trap::new(e.message()).into())
        }
    }
}
