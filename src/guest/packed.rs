//! Lists of what has no pointers in it, as bytes: how they lie in a component.
//!
//! Not here: other values.

use super::number::Number;
use super::value::{List, Val};
use crate::error::{Error, ErrorKind, Result, Trap};
use crate::string::Text;
use crate::types::kinds_of_values;
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
        ($($name:ident $number:literal $ty:ty;)+) => {
            match element {
                $(Type::Scalar($number) => List::$name(<$ty>::all(bytes)?.into()),)+
                element => {
                    let items = bytes.chunks_exact(size);
                    budget.pay(items.len(), cost(element))?;
                    List::Val(tried(items.map(|item| take(element, item)))?)
                }
            }
        };
    }
    Ok(kinds_of_values!(packed packed))
}

/// What lists are packed of.
trait Element: Sized {
    /// All that lie in these bytes.
    fn all(bytes: &[u8]) -> Result<Vec<Self>>;
}

impl<T: Number> Element for T {
    fn all(bytes: &[u8]) -> Result<Vec<T>> {
        copied(bytes.chunks_exact(size_of::<T>()).map(|item| T::from_bits(bits_of(item))))
    }
}

impl Element for bool {
    fn all(bytes: &[u8]) -> Result<Vec<bool>> {
        copied(bytes.iter().map(|byte| *byte != 0))
    }
}

impl Element for char {
    fn all(bytes: &[u8]) -> Result<Vec<char>> {
        tried(bytes.chunks_exact(4).map(|item| {
            char::from_u32(bits_of(item) as u32)
                .ok_or_else(|| Trap::new("a list of characters has one that is none").into())
        }))
    }
}

#[inline]
fn bits_of(bytes: &[u8]) -> u64 {
    let mut bits = [0; 8];
    bits[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(bits)
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
        Type::Enum(cases) => match bits_of(bytes) {
            bits if bits >= cases.cases.len() as u64 => {
                let message = format!("{bits} is no case: there are {}", cases.cases.len());
                Err(Trap::new(message).into())
            }
            bits => Ok(Val::Enum(bits as u32)),
        },
        Type::Flags(flags) => Ok(Val::Flags(bits_of(bytes) as u32 & flags.mask())),
        // It refuses what is no scalar.
        ty => Val::from_bits(ty.val_type(), bits_of(bytes))
            .map_err(|error| Trap::new(error.message()).into()),
    }
}
