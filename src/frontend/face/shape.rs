//! How records lie in a guest's memory where text in them does not lie as components
//! have it, and what is a list of bytes.
//!
//! Not here: instructions.

use super::rules::TextForm;
use super::wit::fields;
use crate::types::ValType;
use crate::types::tree::Type;

/// How a type lies in memory: its numbers and text, each with its offset.
pub(super) struct Shape {
    pub size: u32,
    pub align: u32,
    pub leaves: Vec<(u32, Leaf)>,
}

/// What is neither a record nor has other parts.
#[derive(Clone, Copy)]
pub(super) enum Leaf {
    Number(ValType),
    Text,
}

impl Shape {
    /// The shape of a record of numbers, text and such records, or of one of these by
    /// itself; `None` for what has other parts. Cases are words, or as small as they can be.
    pub fn of(ty: &Type, text: TextForm, small_enums: bool) -> Option<Shape> {
        let mut shape = Shape { size: 0, align: 1, leaves: Vec::new() };
        shape.add(ty, text, small_enums)?;
        shape.size = shape.size.next_multiple_of(shape.align);
        Some(shape)
    }

    fn add(&mut self, ty: &Type, text: TextForm, small_enums: bool) -> Option<()> {
        let (size, align, leaf) = match ty {
            Type::Scalar(_) => (ty.size() as u32, ty.align(), Leaf::Number(leaf(ty))),
            // As in C.
            Type::Enum(_) if !small_enums => (4, 4, Leaf::Number(ValType::U32)),
            Type::Enum(_) | Type::Flags(_) => {
                let number = [ValType::U8, ValType::U16, ValType::U32][ty.size() / 2];
                (ty.size() as u32, ty.align(), Leaf::Number(number))
            }
            Type::String => match text {
                TextForm::PointerLength | TextForm::Struct => (8, 4, Leaf::Text),
                TextForm::Nul | TextForm::Prefixed => (4, 4, Leaf::Text),
            },
            ty => {
                let inner = fields(ty)?;
                let mut shape = Shape { size: 0, align: 1, leaves: Vec::new() };
                inner.iter().try_for_each(|field| shape.add(&field.ty, text, small_enums))?;
                let size = shape.size.next_multiple_of(shape.align);
                let at = self.size.next_multiple_of(shape.align);
                self.leaves
                    .extend(shape.leaves.into_iter().map(|(offset, leaf)| (at + offset, leaf)));
                self.size = at + size;
                self.align = self.align.max(shape.align);
                return Some(());
            }
        };
        let at = self.size.next_multiple_of(align);
        self.leaves.push((at, leaf));
        self.size = at + size;
        self.align = self.align.max(align);
        Some(())
    }
}

/// The type of a number, case or set of flags as adapters have it.
pub(super) fn leaf(ty: &Type) -> ValType {
    match ty {
        Type::Scalar(_) => ty.val_type(),
        // A case or flags.
        _ => ValType::U32,
    }
}

/// Whether elements of this type are bytes that a host can read and write as they
/// lie: scalars, and records of them.
pub(super) fn is_plain(ty: &Type) -> bool {
    match ty {
        Type::Scalar(_) => true,
        ty => fields(ty).is_some_and(|fields| {
            !fields.is_empty() && fields.iter().all(|field| is_plain(&field.ty))
        }),
    }
}
