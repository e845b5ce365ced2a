//! How what is known of a compiled module is stored: each type says once what it
//! consists of, for writing and for reading.
//!
//! Reading trusts no count and no index: whatever the bytes are, it ends with
//! a value or without one.
//!
//! Not here: what else is in a precompiled module.

#[cfg(feature = "component")]
use crate::abi::door::{Door, Entrance};
use crate::abi::{AllocArg, Convention, Form, Freed, GuestEncoding};
use crate::codegen::{
    Compiled, Entry, EntryResult, ImportCall, Intrinsic, Origin, Remap, Strings, Where,
};
use crate::plan::{
    Adapter, Binary, Builtin, CoreImport, Export, Import, Inside, Program, Same, TextMem,
};
use crate::types::{
    ExportType, ExternType, FuncType, GlobalType, ImportType, Limits, MemoryType, TableType,
    ValType,
};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

/// What can be stored.
pub(super) trait Stored: Sized {
    fn put(&self, to: &mut Writer);
    fn get(from: &mut Reader<'_>) -> Option<Self>;
}

/// Values one after another. A function type is stored once, before all.
#[derive(Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    types: Vec<FuncType>,
    /// Also by the names of parameters, which types do not compare.
    positions: HashMap<(FuncType, Vec<Option<String>>), u32>,
}

impl Writer {
    pub fn finish(mut self) -> Vec<u8> {
        let values = std::mem::take(&mut self.bytes);
        (self.types.len() as u32).put(&mut self);
        for ty in std::mem::take(&mut self.types) {
            ty.params().to_vec().put(&mut self);
            ty.results().to_vec().put(&mut self);
            names_of(&ty).put(&mut self);
        }
        self.bytes.extend_from_slice(&values);
        self.bytes
    }
}

pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    types: Vec<FuncType>,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Option<Reader<'a>> {
        let mut reader = Reader { bytes, types: Vec::new() };
        for _ in 0..u32::get(&mut reader)? {
            let params: Vec<ValType> = Vec::get(&mut reader)?;
            let results: Vec<ValType> = Vec::get(&mut reader)?;
            let names: Vec<Option<String>> = Vec::get(&mut reader)?;
            reader.types.push(FuncType::new(params, results).with_param_names(names));
        }
        Some(reader)
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        Some(taken)
    }
}

impl Stored for u8 {
    fn put(&self, to: &mut Writer) {
        to.bytes.push(*self);
    }

    fn get(from: &mut Reader<'_>) -> Option<u8> {
        from.take(1)?.first().copied()
    }
}

impl Stored for ValType {
    fn put(&self, to: &mut Writer) {
        self.number().put(to);
    }

    fn get(from: &mut Reader<'_>) -> Option<ValType> {
        u8::get(from).and_then(ValType::from_number)
    }
}

impl Stored for u32 {
    fn put(&self, to: &mut Writer) {
        to.bytes.extend_from_slice(&self.to_le_bytes());
    }

    fn get(from: &mut Reader<'_>) -> Option<u32> {
        from.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }
}

impl Stored for i32 {
    fn put(&self, to: &mut Writer) {
        (*self as u32).put(to);
    }

    fn get(from: &mut Reader<'_>) -> Option<i32> {
        u32::get(from).map(|bits| bits as i32)
    }
}

impl Stored for u64 {
    fn put(&self, to: &mut Writer) {
        to.bytes.extend_from_slice(&self.to_le_bytes());
    }

    fn get(from: &mut Reader<'_>) -> Option<u64> {
        from.take(8)?.try_into().ok().map(u64::from_le_bytes)
    }
}

impl Stored for bool {
    fn put(&self, to: &mut Writer) {
        u8::from(*self).put(to);
    }

    fn get(from: &mut Reader<'_>) -> Option<bool> {
        Some(u8::get(from)? != 0)
    }
}

/// What is worked out once it is asked for is not stored.
impl<T> Stored for OnceLock<T> {
    fn put(&self, _: &mut Writer) {}

    fn get(_: &mut Reader<'_>) -> Option<OnceLock<T>> {
        Some(OnceLock::new())
    }
}

impl Stored for String {
    fn put(&self, to: &mut Writer) {
        (self.len() as u32).put(to);
        to.bytes.extend_from_slice(self.as_bytes());
    }

    fn get(from: &mut Reader<'_>) -> Option<String> {
        let len = u32::get(from)? as usize;
        std::str::from_utf8(from.take(len)?).ok().map(str::to_owned)
    }
}

impl<T: Stored> Stored for Option<T> {
    fn put(&self, to: &mut Writer) {
        self.is_some().put(to);
        if let Some(value) = self {
            value.put(to);
        }
    }

    fn get(from: &mut Reader<'_>) -> Option<Option<T>> {
        if bool::get(from)? { T::get(from).map(Some) } else { Some(None) }
    }
}

impl<A: Stored, B: Stored> Stored for (A, B) {
    fn put(&self, to: &mut Writer) {
        self.0.put(to);
        self.1.put(to);
    }

    fn get(from: &mut Reader<'_>) -> Option<(A, B)> {
        Some((A::get(from)?, B::get(from)?))
    }
}

impl<T: Stored> Stored for Vec<T> {
    fn put(&self, to: &mut Writer) {
        (self.len() as u32).put(to);
        self.iter().for_each(|item| item.put(to));
    }

    fn get(from: &mut Reader<'_>) -> Option<Vec<T>> {
        let count = u32::get(from)? as usize;
        // Each has a byte at least.
        let mut items = Vec::with_capacity(count.min(from.bytes.len()));
        for _ in 0..count {
            items.push(T::get(from)?);
        }
        Some(items)
    }
}

impl<T: Stored + Clone> Stored for Cow<'static, [T]> {
    fn put(&self, to: &mut Writer) {
        self.to_vec().put(to);
    }

    fn get(from: &mut Reader<'_>) -> Option<Self> {
        Vec::get(from).map(Cow::Owned)
    }
}

impl Stored for GuestEncoding {
    fn put(&self, to: &mut Writer) {
        (*self as u8).put(to);
    }

    fn get(from: &mut Reader<'_>) -> Option<GuestEncoding> {
        GuestEncoding::ALL.get(u8::get(from)? as usize).copied()
    }
}

/// What parameters are called; nothing where none has a name.
fn names_of(ty: &FuncType) -> Vec<Option<String>> {
    let named = ty.param_names().any(|name| name.is_some());
    let names = ty.param_names().filter(|_| named);
    names.map(|name| name.map(str::to_owned)).collect()
}

impl Stored for FuncType {
    fn put(&self, to: &mut Writer) {
        let next = to.types.len() as u32;
        let position = *to.positions.entry((self.clone(), names_of(self))).or_insert(next);
        if position == next {
            to.types.push(self.clone());
        }
        position.put(to);
    }

    fn get(from: &mut Reader<'_>) -> Option<FuncType> {
        let position = u32::get(from)?;
        from.types.get(position as usize).cloned()
    }
}

/// Structs, by their fields.
macro_rules! structs {
    ($($name:ident { $($field:ident),* })*) => {$(
        impl Stored for $name {
            fn put(&self, to: &mut Writer) {
                $(self.$field.put(to);)*
            }

            fn get(from: &mut Reader<'_>) -> Option<$name> {
                Some($name { $($field: Stored::get(from)?),* })
            }
        }
    )*};
}

/// Enums, by their variants, each with the number that is stored.
macro_rules! enums {
    ($($name:ident { $($number:literal $variant:ident $(($($part:ident),*))?),* })*) => {$(
        impl Stored for $name {
            fn put(&self, to: &mut Writer) {
                match self {
                    $($name::$variant $(($($part),*))? => {
                        let number: u8 = $number;
                        number.put(to);
                        $($($part.put(to);)*)?
                    })*
                }
            }

            fn get(from: &mut Reader<'_>) -> Option<$name> {
                Some(match u8::get(from)? {
                    $($number => $name::$variant $(($({ let $part = Stored::get(from)?; $part }),*))?,)*
                    _ => return None,
                })
            }
        }
    )*};
}

#[cfg(feature = "component")]
structs! {
    Door { name, whole, instances, memories, funcs }
    Entrance { export, first, which, pays, walks }
}

structs! {
    Limits { min, max }
    GlobalType { content, mutable }
    TableType { element, limits }
    MemoryType { limits, memory64, shared }
    ImportType { module, name, ty }
    ExportType { name, ty }
    Import { ty, to }
    Export { ty, from, same }
    ImportCall { adapter, with, settles, texts, inline, results, ty }
    TextMem { memory, text }
    Entry { ty, strings, texts, settles, results, debts, parks, leaves, pays, bare }
    Convention { text, form, alloc, freed }
    Remap { imported, defined, intrinsics, added }
    Origin { remap, bodies }
    Compiled { intrinsics, entries, deferred, parked, origin }
}

enums! {
    ExternType { 0 Func(ty), 1 Global(ty), 2 Table(ty), 3 Memory(ty), 4 Tag(ty) }
    Inside { 0 Core(at), 1 Adapter(at) }
    CoreImport { 0 Import(at), 1 Hook(at) }
    Same { 0 Import(at), 1 Export(at) }
    Intrinsic {
        0 Overflow, 1 Uncaught, 2 Settle, 3 Write, 4 Lift, 5 Copy, 6 Release, 7 Defer(at),
        8 Undefer, 9 Call(call), 10 Core(adapter, ty), 11 Refuse, 12 Idle(at)
    }
    Builtin { 0 Throw(message), 1 Seed }
    Where { 0 Memory(at), 1 Slot, 2 Taken }
    Strings { 0 None, 1 Slots, 2 Inline }
    EntryResult { 0 Word(ty), 1 View(at), 2 Slot }
    Form { 0 AddressAndLength }
    AllocArg { 0 Size, 1 Align, 2 Const(number) }
    Freed { 0 ByPlan }
}

impl Stored for Adapter {
    fn put(&self, to: &mut Writer) {
        let import = match self {
            Adapter::Import { import, .. } => Some(*import),
            Adapter::Body(_) | Adapter::Compiled(_) => None,
        };
        import.put(to);
        self.ty().put(to);
    }

    /// The plan of a body has been compiled.
    fn get(from: &mut Reader<'_>) -> Option<Adapter> {
        let (import, ty) = (Option::get(from)?, FuncType::get(from)?);
        Some(match import {
            Some(import) => Adapter::Import { import, ty },
            None => Adapter::Compiled(ty),
        })
    }
}

/// One whose adapters have been compiled, without its core.
impl Stored for Program {
    fn put(&self, to: &mut Writer) {
        self.imports.put(to);
        self.exports.put(to);
        self.core_imports.put(to);
        self.adapters.put(to);
        self.convention.put(to);
        self.used_mems.put(to);
        self.messages.put(to);
        self.builtins.put(to);
    }

    fn get(from: &mut Reader<'_>) -> Option<Program> {
        Some(Program {
            core: Binary::new([]),
            code: None,
            calls: None,
            wrapped: true,
            imports: Stored::get(from)?,
            exports: Stored::get(from)?,
            core_imports: Stored::get(from)?,
            adapters: Stored::get(from)?,
            convention: Stored::get(from)?,
            used_funcs: Vec::new(),
            used_mems: Stored::get(from)?,
            messages: Stored::get(from)?,
            builtins: Stored::get(from)?,
            start: None,
            source: None,
        })
    }
}
