//! How records lie in a guest's memory where text in them does not lie as components
//! have it, and what is a list of bytes.
//!
//! Not here: instructions.

use super::rules::{Rules, TextForm};
use super::wit::{fields, types_of};
use crate::types::ValType;
use crate::types::tree::Type;

/// How a type lies in memory: its numbers and text, each with its offset.
#[derive(Debug)]
pub(super) struct Shape {
    pub size: u32,
    pub align: u32,
    pub leaves: Vec<(u32, Leaf)>,
}

/// What is neither a record nor has other parts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Leaf {
    Number(ValType),
    Text,
    /// Text by its address, which may be 0.
    Maybe,
}

impl Shape {
    /// The shape of a record of numbers, text and such records, or of one of these by
    /// itself; `None` for what has other parts.
    pub fn of(ty: &Type, lies: FieldRules) -> Option<Shape> {
        let mut shape = Shape { size: 0, align: 1, leaves: Vec::new() };
        shape.add(ty, lies)?;
        shape.size = shape.size.next_multiple_of(shape.align);
        Some(shape)
    }

    fn add(&mut self, ty: &Type, lies: FieldRules) -> Option<()> {
        let (size, align, leaf) = match ty {
            Type::Scalar(_) => (ty.size() as u32, ty.align(), Leaf::Number(leaf(ty))),
            // As in C.
            Type::Enum(_) if !lies.small_enums => (4, 4, Leaf::Number(ValType::U32)),
            Type::Enum(_) | Type::Flags(_) => {
                let number = [ValType::U8, ValType::U16, ValType::U32][ty.size() / 2];
                (ty.size() as u32, ty.align(), Leaf::Number(number))
            }
            Type::String => (lies.text_size(), 4, Leaf::Text),
            Type::Option(_) if lies.null_options && ty.at(1) == Some(&Type::String) => {
                (lies.text_size(), 4, Leaf::Maybe)
            }
            ty => {
                let inner = fields(ty)?;
                let mut shape = Shape { size: 0, align: 1, leaves: Vec::new() };
                inner.iter().try_for_each(|field| shape.add(&field.ty, lies))?;
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

/// How fields of records lie where that is not the same everywhere.
#[derive(Clone, Copy)]
pub(super) struct FieldRules {
    /// What text is.
    pub text: TextForm,
    /// Whether text can be null.
    pub null_options: bool,
    /// Whether cases are as small as they can be; else they are words.
    pub small_enums: bool,
}

impl FieldRules {
    /// As the rules of a function say, with text of this form.
    pub fn of(rules: &Rules, text: TextForm) -> FieldRules {
        let Rules { null_options, small_enums, .. } = *rules;
        FieldRules { text, null_options, small_enums }
    }

    fn text_size(self) -> u32 {
        match self.text {
            TextForm::PointerLength | TextForm::Struct => 8,
            TextForm::Nul | TextForm::Prefixed => 4,
        }
    }
}

/// Elements of lists that do not lie in the core as in a component.
pub(super) struct Relaid {
    /// As in a component, and as in the core: the same leaves.
    pub there: Shape,
    pub here: Shape,
    /// How many cases a leaf has, of those that are cases.
    pub cases: Vec<Option<u32>>,
}

impl Relaid {
    /// That of a type whose cases are words, where there are any.
    pub fn of(element: &Type) -> Option<Relaid> {
        let lies =
            |small_enums| FieldRules { text: TextForm::Nul, null_options: false, small_enums };
        let (there, here) = (Shape::of(element, lies(true))?, Shape::of(element, lies(false))?);
        let cases: Vec<_> = types_of(element)
            .into_iter()
            .map(|ty| match ty {
                Type::Enum(cases) => Some(cases.cases.len() as u32),
                // Any other number is as it is.
                _ => None,
            })
            .collect();
        cases.iter().any(Option::is_some).then_some(Relaid { there, here, cases })
    }
}

/// The first field of a record that lies nowhere in memory as it is, by its name, and its type.
pub(super) fn lacking(ty: &Type) -> Option<(String, &Type)> {
    let (fields, is_list) = match ty {
        Type::List(list) => (fields(&list.element)?, true),
        ty => (fields(ty)?, false),
    };
    fields.iter().enumerate().find_map(|(i, field)| {
        let name = if field.name.is_empty() { i.to_string() } else { field.name.to_string() };
        match &field.ty {
            Type::Scalar(_) | Type::Enum(_) | Type::Flags(_) => None,
            Type::String if !is_list => None,
            Type::Option(_) if !is_list && field.ty.at(1) == Some(&Type::String) => None,
            Type::Record(_) | Type::Tuple(_) => {
                lacking(&field.ty).map(|(inner, ty)| (format!("{name}.{inner}"), ty))
            }
            ty => Some((name, ty)),
        }
    })
}

/// The type of a number, case or set of flags as adapters have it.
pub(super) fn leaf(ty: &Type) -> ValType {
    match ty {
        Type::Scalar(_) => ty.val_type(),
        Type::Enum(_) | Type::Flags(_) => ValType::U32,
        // It has an address, if anything.
        Type::String | Type::List(_) | Type::Record(_) | Type::Tuple(_) => ValType::U32,
        Type::Variant(_) | Type::Option(_) | Type::Result(_) => ValType::U32,
        Type::Own(_) | Type::Borrow(_) => ValType::U32,
    }
}

/// Whether elements of this type have no pointers in them: numbers, cases and flags, and
/// records of them.
pub(super) fn is_flat(ty: &Type) -> bool {
    match ty {
        Type::Scalar(_) | Type::Enum(_) | Type::Flags(_) => true,
        ty => fields(ty).is_some_and(|fields| {
            !fields.is_empty() && fields.iter().all(|field| is_flat(&field.ty))
        }),
    }
}

/// Whether elements of this type are bytes that a host can read and write as they
/// lie: scalars, and records of them.
pub(super) fn is_plain(ty: &Type) -> bool {
    matches!(ty, Type::Scalar(_))
        || fields(ty).is_some_and(|fields| {
            !fields.is_empty() && fields.iter().all(|field| is_plain(&field.ty))
        })
}
