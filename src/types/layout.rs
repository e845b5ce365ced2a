//! The canonical ABI: where values lie in linear memory, and which core values
//! they are passed in.
//!
//! Not here: values.

use super::tree::{Case, Cases, Field, Fields, Flags, Type};
pub use super::tree::{Flat, Layout};

/// Most core values of a call's parameters that are passed as such; more go
/// through memory.
pub(crate) const MAX_FLAT_PARAMS: usize = 16;

fn align_to(at: u32, align: u32) -> u32 {
    at.next_multiple_of(align)
}

impl Fields {
    /// A record or tuple of these.
    pub fn new(fields: impl IntoIterator<Item = (Box<str>, Type)>) -> Fields {
        let (mut size, mut align, mut flat) = (0, 1, Vec::new());
        let fields: Box<[Field]> = fields
            .into_iter()
            .map(|(name, ty)| {
                let offset = align_to(size, ty.align());
                size = offset + ty.size() as u32;
                align = align.max(ty.align());
                push(&mut flat, ty.flat());
                Field { name, ty, offset }
            })
            .collect();
        let layout = Layout { size: align_to(size, align), align, flat: flat.into() };
        Fields { fields, layout }
    }
}

impl Cases {
    /// A variant, enum, option or result of these.
    pub fn new(cases: Box<[Case]>) -> Cases {
        let tag = match cases.len() {
            0..=0x100 => 1,
            0x101..=0x1_0000 => 2,
            _ => 4,
        };
        let (mut size, mut align, mut joined) = (0, 1, Vec::new());
        for ty in cases.iter().filter_map(|case| case.ty.as_ref()) {
            size = size.max(ty.size() as u32);
            align = align.max(ty.align());
            for (i, flat) in ty.flat().iter().enumerate() {
                match joined.get_mut(i) {
                    Some(old) => *old = join(*old, *flat),
                    None => joined.push(*flat),
                }
            }
        }
        let payload = align_to(tag, align);
        let align = align.max(tag);
        let mut flat = vec![Flat::I32];
        push(&mut flat, &joined);
        let layout = Layout { size: align_to(payload + size, align), align, flat: flat.into() };
        Cases { cases, layout, tag, payload }
    }
}

impl Flags {
    /// A set of these names.
    pub fn new(names: Box<[Box<str>]>) -> Flags {
        let size = match names.len() {
            0..=8 => 1,
            9..=16 => 2,
            _ => 4,
        };
        let layout = Layout { size, align: size, flat: [Flat::I32].into() };
        Flags { names, layout }
    }

    /// The bits that have names.
    pub fn mask(&self) -> u32 {
        u32::MAX >> (32 - self.names.len().clamp(1, 32))
    }
}

/// What holds either.
fn join(a: Flat, b: Flat) -> Flat {
    match (a, b) {
        _ if a == b => a,
        (Flat::I32, Flat::F32) | (Flat::F32, Flat::I32) => Flat::I32,
        _ => Flat::I64,
    }
}

fn push(flat: &mut Vec<Flat>, more: &[Flat]) {
    let room = (MAX_FLAT_PARAMS + 1).saturating_sub(flat.len());
    flat.extend_from_slice(&more[..more.len().min(room)]);
}

#[cfg(test)]
mod tests {
    use super::super::kind;
    use super::super::tree::List;
    use super::*;
    use std::sync::Arc;

    const U8: Type = Type::Scalar(kind::U8);
    const U32: Type = Type::Scalar(kind::U32);
    const U64: Type = Type::Scalar(kind::U64);
    const F32: Type = Type::Scalar(kind::F32);
    const F64: Type = Type::Scalar(kind::F64);

    fn tuple(types: impl IntoIterator<Item = Type>) -> Type {
        Type::Tuple(Arc::new(Fields::new(types.into_iter().map(|ty| ("".into(), ty)))))
    }

    fn variant(types: impl IntoIterator<Item = Option<Type>>) -> Cases {
        Cases::new(types.into_iter().map(|ty| Case { name: "".into(), ty }).collect())
    }

    #[test]
    fn variants_in_memory() {
        let wide = variant([Some(U8), Some(U64)]);
        assert_eq!((wide.tag, wide.payload, wide.layout.size, wide.layout.align), (1, 8, 16, 8));
        let text = variant([Some(U32), Some(Type::String)]);
        assert_eq!((text.payload, text.layout.size), (4, 12));
        for (count, payload) in [(256, 1), (257, 2), (65536, 2), (65537, 4)] {
            let many = variant((0..count).map(|_| Some(U8)));
            assert_eq!((many.tag, many.payload), (payload, payload), "{count}");
        }
        let list = Type::List(Arc::new(List { element: U32 }));
        let option = variant([None, Some(tuple([Type::String, list]))]);
        assert_eq!(option.layout.size, 20);
    }

    #[test]
    fn joined_core_values() {
        use Flat::{I32, I64};
        let flat = |cases: Cases| cases.layout.flat.to_vec();
        assert_eq!(flat(variant([Some(U32), Some(F32), Some(U64), Some(F64)])), [I32, I64]);
        assert_eq!(flat(variant([Some(tuple([F32, F32])), Some(U32)])), [I32, I32, Flat::F32]);
        let u16 = Type::Scalar(kind::U16);
        assert_eq!(flat(variant([Some(U64), Some(tuple([F32, u16]))])), [I32, I64, I32]);
        assert_eq!(flat(variant([None, None])), [I32]);
    }

    #[test]
    fn records_and_flags() {
        let Type::Tuple(fields) = tuple([U8, U64, U8]) else { unreachable!() };
        let offsets: Vec<_> = fields.fields.iter().map(|f| f.offset).collect();
        assert_eq!((offsets, fields.layout.size), (vec![0, 8, 16], 24));
        let names = |n: usize| Flags::new((0..n).map(|i| i.to_string().into()).collect());
        let sizes: Vec<_> = [1, 8, 9, 16, 17, 32].map(|n| names(n).layout.size).into();
        assert_eq!(sizes, [1, 1, 2, 2, 4, 4]);
        assert_eq!([1, 9, 32].map(|n| names(n).mask()), [1, 0x1ff, u32::MAX]);
        let long = tuple((0..40).map(|_| Type::String));
        assert_eq!(long.flat().len(), MAX_FLAT_PARAMS + 1);
    }
}
