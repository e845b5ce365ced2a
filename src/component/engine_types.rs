//! The engine's types become this crate's.
//!
//! Not here: what is done with them.

#![allow(unsafe_code)] // the engine's traits for types, for one that only asks

use crate::abi::GuestEncoding;
use crate::error::{Error, ErrorKind, Result};
use crate::guest::StoreData;
use crate::guest::tree::slot::kind;
use crate::types::tree::{
    Case, Cases, Field, Fields, Flags, List, ResourceType, Signature, Tuple, Type,
};
use std::cell::Cell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::mem::MaybeUninit;
use std::sync::Arc;
use wasmtime::component::__internal::wasmtime_environ::component::{
    StringEncoding, TypeResourceTableIndex as TableIndex, TypeTupleIndex,
};
use wasmtime::component::__internal::{
    CanonicalAbiInfo, ComponentTypes, InstanceType, InterfaceType, LiftContext, LowerContext,
};
use wasmtime::component::types::ComponentFunc;
use wasmtime::component::{ComponentNamedList, ComponentType, Lift, Lower};

/// A component's resource types.
#[derive(Default)]
pub(super) struct Resources(HashMap<String, NamedType>);

/// What is known of one.
struct NamedType {
    /// How it was named first.
    name: Box<str>,
    is_imported: bool,
    number: u32,
}

impl Resources {
    /// Adds one under a name; its number, if it is new.
    pub fn add(
        &mut self,
        ty: &wasmtime::component::ResourceType,
        name: &str,
        is_imported: bool,
    ) -> Option<u32> {
        let number = self.0.len() as u32;
        match self.0.entry(key(ty)) {
            Entry::Occupied(_) => None,
            Entry::Vacant(entry) => {
                entry.insert(NamedType { name: name.into(), is_imported, number });
                Some(number)
            }
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, ty: &wasmtime::component::ResourceType) -> Option<&NamedType> {
        self.0.get(&key(ty))
    }
}

/// The engine's types can be compared, and have no hash: what they print as tells all
/// that is compared.
fn key(ty: &wasmtime::component::ResourceType) -> String {
    format!("{ty:?}")
}

/// Makes types of one component's, each once.
pub(super) struct Reader<'a> {
    pub types: InstanceType<'a>,
    resources: &'a Resources,
    pub tuples: HashMap<u32, Tuple>,
    made: HashMap<InterfaceType, Type>,
}

impl<'a> Reader<'a> {
    pub fn new(types: InstanceType<'a>, resources: &'a Resources) -> Reader<'a> {
        Reader { types, resources, tuples: HashMap::new(), made: HashMap::new() }
    }

    /// The type of a function.
    pub fn signature(&mut self, func: &ComponentFunc) -> Result<Signature> {
        if func.async_() {
            return Err(unsupported("asynchronous functions"));
        }
        let (params, results) = tuples_of(func, &self.types)?;
        let names = func.params().map(|(name, _)| name.into()).collect::<Vec<Box<str>>>();
        let plain = self.tuple(params)?;
        let named = plain.fields.iter().zip(names).map(|(f, name)| (name, f.ty.clone()));
        let params = Arc::new(Fields::new(named));
        Ok(Signature { params, results: self.tuple(results)? })
    }

    /// The type of parameters or results.
    pub fn tuple(&mut self, index: TypeTupleIndex) -> Result<Tuple> {
        if let Some(made) = self.tuples.get(&index.as_u32()) {
            return Ok(made.clone());
        }
        let types = self.types.types.clone();
        let fields = self.unnamed(&types[index].types)?;
        check(&fields.layout, &types[index].abi);
        let made = Arc::new(fields);
        self.tuples.insert(index.as_u32(), made.clone());
        Ok(made)
    }

    fn unnamed(&mut self, types: &[InterfaceType]) -> Result<Fields> {
        let types = types.iter().map(|ty| self.ty(*ty)).collect::<Result<Vec<_>>>()?;
        Ok(Fields::new(types.into_iter().map(|ty| ("".into(), ty))))
    }

    fn ty(&mut self, ty: InterfaceType) -> Result<Type> {
        // The most are numbers and text, which are made sooner than found.
        if is_primitive(&ty) {
            return self.make(ty);
        }
        if let Some(made) = self.made.get(&ty) {
            return Ok(made.clone());
        }
        let made = self.make(ty)?;
        debug_assert_eq!(made.size(), self.types.types.canonical_abi(&ty).size32 as usize);
        debug_assert_eq!(made.align(), self.types.types.canonical_abi(&ty).align32);
        self.made.insert(ty, made.clone());
        Ok(made)
    }

    fn make(&mut self, ty: InterfaceType) -> Result<Type> {
        let types: Arc<ComponentTypes> = self.types.types.clone();
        Ok(match ty {
            InterfaceType::Bool => Type::Scalar(kind::BOOL),
            InterfaceType::S8 => Type::Scalar(kind::S8),
            InterfaceType::U8 => Type::Scalar(kind::U8),
            InterfaceType::S16 => Type::Scalar(kind::S16),
            InterfaceType::U16 => Type::Scalar(kind::U16),
            InterfaceType::S32 => Type::Scalar(kind::S32),
            InterfaceType::U32 => Type::Scalar(kind::U32),
            InterfaceType::S64 => Type::Scalar(kind::S64),
            InterfaceType::U64 => Type::Scalar(kind::U64),
            InterfaceType::Float32 => Type::Scalar(kind::F32),
            InterfaceType::Float64 => Type::Scalar(kind::F64),
            InterfaceType::Char => Type::Scalar(kind::CHAR),
            InterfaceType::String => Type::String,
            InterfaceType::List(at) => {
                Type::List(Arc::new(List { element: self.ty(types[at].element)? }))
            }
            InterfaceType::Record(at) => {
                let field = |f: &Field| (f.name.clone(), f.ty.clone());
                let fields = types[at].fields.iter().map(|f| {
                    let ty = self.ty(f.ty)?;
                    Ok(Field { name: f.name.as_str().into(), ty, offset: 0 })
                });
                let fields = fields.collect::<Result<Vec<_>>>()?;
                Type::Record(Arc::new(Fields::new(fields.iter().map(field))))
            }
            InterfaceType::Tuple(at) => Type::Tuple(Arc::new(self.unnamed(&types[at].types)?)),
            InterfaceType::Variant(at) => {
                let cases = types[at].cases.iter().map(|(name, ty)| (name.as_str(), *ty));
                Type::Variant(self.cases(cases)?)
            }
            InterfaceType::Enum(at) => {
                let names = types[at].names.iter().map(|name| (name.as_str(), None));
                Type::Enum(self.cases(names)?)
            }
            InterfaceType::Option(at) => {
                Type::Option(self.cases([("none", None), ("some", Some(types[at].ty))])?)
            }
            InterfaceType::Result(at) => {
                Type::Result(self.cases([("ok", types[at].ok), ("err", types[at].err)])?)
            }
            InterfaceType::Flags(at) => {
                let names = types[at].names.iter().map(|name| name.as_str().into());
                Type::Flags(Arc::new(Flags::new(names.collect())))
            }
            InterfaceType::Own(at) => Type::Own(self.resource(at)),
            InterfaceType::Borrow(at) => Type::Borrow(self.resource(at)),
            InterfaceType::Future(_) => return Err(unsupported("the type future")),
            InterfaceType::Stream(_) => return Err(unsupported("the type stream")),
            InterfaceType::ErrorContext(_) => return Err(unsupported("the type error-context")),
            InterfaceType::Map(_) => return Err(unsupported("the type map")),
            InterfaceType::FixedLengthList(_) => {
                return Err(unsupported("lists of a fixed length"));
            }
        })
    }

    fn cases<'n>(
        &mut self,
        cases: impl IntoIterator<Item = (&'n str, Option<InterfaceType>)>,
    ) -> Result<Arc<Cases>> {
        let cases = cases.into_iter().map(|(name, ty)| {
            Ok(Case { name: name.into(), ty: ty.map(|ty| self.ty(ty)).transpose()? })
        });
        Ok(Arc::new(Cases::new(cases.collect::<Result<_>>()?)))
    }

    fn resource(&self, at: TableIndex) -> Arc<ResourceType> {
        let known = self.resources.get(&self.types.resource_type(at));
        Arc::new(ResourceType {
            name: known.map_or("resource", |known| &known.name).into(),
            is_hosts: known.is_some_and(|known| known.is_imported),
            number: known.map_or(u32::MAX, |known| known.number),
            table: at.as_u32(),
        })
    }
}

fn is_primitive(ty: &InterfaceType) -> bool {
    use InterfaceType as T;
    matches!(
        ty,
        T::Bool
            | T::S8
            | T::U8
            | T::S16
            | T::U16
            | T::S32
            | T::U32
            | T::S64
            | T::U64
            | T::Float32
            | T::Float64
            | T::Char
            | T::String
    )
}

fn check(layout: &crate::types::layout::Layout, abi: &CanonicalAbiInfo) {
    debug_assert_eq!(layout.size, abi.size32);
    debug_assert_eq!(layout.align, abi.align32);
    let flat = Some(layout.flat.len()).filter(|n| *n <= crate::types::layout::MAX_FLAT_PARAMS);
    debug_assert_eq!(flat, abi.flat_count(crate::types::layout::MAX_FLAT_PARAMS));
}

#[cold]
fn unsupported(what: &str) -> Error {
    let message = format!("this component uses {what}, which this library does not have");
    Error::new(ErrorKind::UnsupportedFormat, message)
}

/// How engines see that there is nothing to see.
pub(super) const NO_ABI: CanonicalAbiInfo =
    CanonicalAbiInfo { size32: 0, align32: 1, size64: 0, align64: 1, flat_count: None };

/// The context, which is one of this crate's stores.
pub(super) fn of_store<'a, 'l, T: 'static>(
    cx: &'a mut LowerContext<'l, T>,
) -> wasmtime::Result<&'a mut LowerContext<'l, StoreData>> {
    if std::any::TypeId::of::<T>() != std::any::TypeId::of::<StoreData>() {
        return Err(Error::new(ErrorKind::Panic, "internal error: a foreign store").into());
    }
    // SAFETY: the types are the same.
    Ok(unsafe { &mut *std::ptr::from_mut(cx).cast() })
}

/// How a component stores text.
pub(super) fn encoding_of(encoding: StringEncoding) -> GuestEncoding {
    match encoding {
        StringEncoding::Utf8 => GuestEncoding::Utf8,
        StringEncoding::Utf16 => GuestEncoding::Utf16,
        StringEncoding::CompactUtf16 => GuestEncoding::Compact,
    }
}

/// Asks the engine for the numbers of a function's parameters and results.
fn tuples_of(
    func: &ComponentFunc,
    types: &InstanceType<'_>,
) -> Result<(TypeTupleIndex, TypeTupleIndex)> {
    FOUND.set((None, None));
    let asked = func.typecheck::<Probe<true>, Probe<false>>(types);
    match (asked, FOUND.get()) {
        (Ok(()), (Some(params), Some(results))) => Ok((params, results)),
        _ => Err(Error::new(ErrorKind::Panic, "internal error: a function without a type")),
    }
}

type Found = (Option<TypeTupleIndex>, Option<TypeTupleIndex>);
thread_local!(static FOUND: Cell<Found> = const { Cell::new((None, None)) });

/// What asks: never a value.
enum Probe<const PARAMS: bool> {}

// SAFETY: there are no values of it.
unsafe impl<const PARAMS: bool> ComponentType for Probe<PARAMS> {
    type Lower = [wasmtime::ValRaw; 0];
    const ABI: CanonicalAbiInfo = NO_ABI;
    fn typecheck(ty: &InterfaceType, _: &InstanceType<'_>) -> wasmtime::Result<()> {
        if let InterfaceType::Tuple(index) = ty {
            let (params, results) = FOUND.get();
            FOUND.set(match PARAMS {
                true => (Some(*index), results),
                false => (params, Some(*index)),
            });
        }
        Ok(())
    }
}

// SAFETY: as above.
unsafe impl<const PARAMS: bool> ComponentNamedList for Probe<PARAMS> {}

// SAFETY: as above.
unsafe impl Lower for Probe<true> {
    fn linear_lower_to_flat<T>(
        &self,
        _: &mut LowerContext<'_, T>,
        _: InterfaceType,
        _: &mut MaybeUninit<Self::Lower>,
    ) -> wasmtime::Result<()> {
        match *self {}
    }
    fn linear_lower_to_memory<T>(
        &self,
        _: &mut LowerContext<'_, T>,
        _: InterfaceType,
        _: usize,
    ) -> wasmtime::Result<()> {
        match *self {}
    }
}

// SAFETY: as above.
unsafe impl Lift for Probe<false> {
    fn linear_lift_from_flat(
        _: &mut LiftContext<'_>,
        _: InterfaceType,
        _: &Self::Lower,
    ) -> wasmtime::Result<Self> {
        Err(wasmtime::Error::msg("nothing is lifted to ask for a type"))
    }
    fn linear_lift_from_memory(
        _: &mut LiftContext<'_>,
        _: InterfaceType,
        _: &[u8],
    ) -> wasmtime::Result<Self> {
        Err(wasmtime::Error::msg("nothing is lifted to ask for a type"))
    }
}
