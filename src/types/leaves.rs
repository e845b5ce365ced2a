//! Values with parts as numbers and texts in a row: what adapters of faces take and
//! give in their place.
//!
//! `option` and its kin are the number of the case, and all that any case holds; what a
//! case does not hold is zero, or empty. A list is a text of its bytes.
//!
//! Not here: values.

use super::ValType;
use super::tree::Type;

/// A list of texts as bytes: the number of the encoding, and how many there are; of each
/// its place and how many code units it has; and then the texts, each with a zero unit
/// behind it. So many bytes are in front,
pub(crate) const TEXTS_HEAD: u32 = 8;
/// and so many are there of each.
pub(crate) const TEXTS_EACH: u32 = 8;

impl Type {
    /// Adds the numbers and texts that a value of this type is.
    ///
    /// # Errors
    /// Why there are none.
    pub(crate) fn leaves(&self, out: &mut Vec<ValType>) -> Result<(), String> {
        match self {
            Type::Scalar(_) => out.push(self.val_type()),
            Type::String | Type::List(_) => out.push(ValType::String),
            Type::Enum(_) | Type::Flags(_) => out.push(ValType::U32),
            Type::Record(fields) | Type::Tuple(fields) => {
                fields.fields.iter().try_for_each(|field| field.ty.leaves(out))?;
            }
            Type::Variant(cases) | Type::Option(cases) | Type::Result(cases) => {
                out.push(ValType::U32);
                cases
                    .cases
                    .iter()
                    .filter_map(|case| case.ty.as_ref())
                    .try_for_each(|ty| ty.leaves(out))?;
            }
            Type::Own(_) | Type::Borrow(_) => return Err("a face has no resources".into()),
        }
        Ok(())
    }
}
