//! The core's own globals, tables and memories, as a host handles them, and
//! [`Extern`], which any export or import is.
//!
//! Not here: adapters.

use super::making;
use crate::error::{Error, ErrorKind, Result};
use crate::guest::context::same_store;
use crate::guest::context::{AsContext, AsContextMut, Cx};
use crate::guest::engine_types::{ref_type, val_type, wasm_type};
use crate::guest::memory::Home;
use crate::guest::refs::ExternRef;
use crate::guest::text;
use crate::guest::value::{Func, Val};
use crate::types::{ExternType, FuncType, GlobalType, Limits, MemoryType, TableType, ValType};
use std::fmt;
use wasmtime::AsContextMut as _;

/// Something that an instance exports or that a module imports.
#[derive(Clone, Debug)]
pub enum Extern {
    /// A function.
    Func(Func),
    /// A core global.
    Global(Global),
    /// A core table.
    Table(Table),
    /// A core memory.
    Memory(Memory),
    /// A core exception tag.
    Tag(Tag),
}

/// A core global. Clones are the same global.
#[derive(Clone, Copy, Debug)]
pub struct Global {
    store: u64,
    number: u64,
    inner: wasmtime::Global,
}

/// A core table. Clones are the same table.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    store: u64,
    number: u64,
    inner: wasmtime::Table,
}

/// A core memory. Clones are the same memory.
#[derive(Clone, Debug)]
pub struct Memory {
    store: u64,
    number: u64,
    inner: MemoryRepr,
}

#[derive(Clone, Debug)]
enum MemoryRepr {
    Plain(wasmtime::Memory),
    Shared(wasmtime::SharedMemory),
}

/// A core exception tag: it can be passed on, and has no operations.
#[derive(Clone, Copy, Debug)]
pub struct Tag {
    store: u64,
    number: u64,
    inner: wasmtime::Tag,
}

/// Tells objects of one process apart: two handles have the same identity
/// exactly when they are handles of the same object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity(Id);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Id {
    Func(usize),
    /// A store, and a number that no other object of it has.
    Other(u64, u64),
}

impl Extern {
    /// Its type.
    pub fn ty(&self, cx: impl AsContext) -> ExternType {
        match self {
            Extern::Func(f) => ExternType::Func(f.ty().clone()),
            Extern::Global(g) => ExternType::Global(g.ty(cx)),
            Extern::Table(t) => ExternType::Table(t.ty(cx)),
            Extern::Memory(m) => ExternType::Memory(m.ty(cx)),
            Extern::Tag(t) => ExternType::Tag(t.ty(cx)),
        }
    }

    /// `func`, `global`, `table`, `memory` or `tag`.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Extern::Func(_) => "func",
            Extern::Global(_) => "global",
            Extern::Table(_) => "table",
            Extern::Memory(_) => "memory",
            Extern::Tag(_) => "tag",
        }
    }

    /// The function, if it is one.
    pub fn into_func(self) -> Option<Func> {
        match self {
            Extern::Func(f) => Some(f),
            _ => None,
        }
    }

    /// The memory, if it is one.
    pub fn into_memory(self) -> Option<Memory> {
        match self {
            Extern::Memory(m) => Some(m),
            _ => None,
        }
    }

    /// The store it belongs to.
    pub fn store_id(&self) -> u64 {
        match self {
            Extern::Func(f) => f.0.store,
            Extern::Global(g) => g.store,
            Extern::Table(t) => t.store,
            Extern::Memory(m) => m.store,
            Extern::Tag(t) => t.store,
        }
    }

    /// Which object it is a handle of.
    pub fn identity(&self) -> Identity {
        Identity(match self {
            Extern::Func(f) => Id::Func(std::sync::Arc::as_ptr(&f.0).addr()),
            Extern::Global(g) => Id::Other(g.store, g.number),
            Extern::Table(t) => Id::Other(t.store, t.number),
            Extern::Memory(m) => Id::Other(m.store, m.number),
            Extern::Tag(t) => Id::Other(t.store, t.number),
        })
    }

    /// The engine's handle, for a core import.
    pub(crate) fn to_core(&self, cx: &mut Cx<'_>) -> Result<wasmtime::Extern> {
        same_store(cx, self.store_id(), self.kind_name())?;
        Ok(match self {
            Extern::Func(f) => f.core(cx)?.handle().into(),
            Extern::Global(g) => g.inner.into(),
            Extern::Table(t) => t.inner.into(),
            Extern::Memory(m) => match &m.inner {
                MemoryRepr::Plain(m) => (*m).into(),
                MemoryRepr::Shared(m) => m.clone().into(),
            },
            Extern::Tag(t) => t.inner.into(),
        })
    }

    /// This crate's handle for an export of the core: a new object, but for
    /// functions. `ty` is the type of a function, where it is known.
    pub(crate) fn from_core(
        cx: &mut Cx<'_>,
        core: wasmtime::Extern,
        ty: Option<&FuncType>,
    ) -> Extern {
        let number = number(cx);
        let store = cx.data().id;
        match core {
            wasmtime::Extern::Func(f) => Extern::Func(Func::from_core(cx, f, ty)),
            wasmtime::Extern::Global(inner) => Extern::Global(Global { store, number, inner }),
            wasmtime::Extern::Table(inner) => Extern::Table(Table { store, number, inner }),
            wasmtime::Extern::Memory(m) => {
                Extern::Memory(Memory { store, number, inner: MemoryRepr::Plain(m) })
            }
            wasmtime::Extern::SharedMemory(m) => {
                Extern::Memory(Memory { store, number, inner: MemoryRepr::Shared(m) })
            }
            wasmtime::Extern::Tag(inner) => Extern::Tag(Tag { store, number, inner }),
        }
    }
}

/// The number of a new object.
fn number(cx: &mut Cx<'_>) -> u64 {
    let next = &mut cx.data_mut().next;
    *next += 1;
    *next
}

impl Global {
    /// A new global. Interface types have no globals.
    ///
    /// # Errors
    /// [`ErrorKind::WrongKind`] where the value is not of the type's content,
    /// [`ErrorKind::Unsupported`] for a content that globals cannot have.
    pub fn new(mut cx: impl AsContextMut, ty: GlobalType, val: &Val<'_>) -> Result<Global> {
        let cx = &mut cx.as_context_mut().0;
        let content = core_content(ty.content, "global")?;
        let mutability =
            if ty.mutable { wasmtime::Mutability::Var } else { wasmtime::Mutability::Const };
        let mut scope = wasmtime::RootScope::new(&mut *cx);
        let cx = &mut scope.as_context_mut();
        let val = to_val(cx, ty.content, val)?;
        let ty = wasmtime::GlobalType::new(content, mutability);
        let inner = wasmtime::Global::new(&mut *cx, ty, val)
            .map_err(|e| making(cx, ErrorKind::LimitReached, e))?;
        Ok(Global { store: cx.data().id, number: number(cx), inner })
    }

    /// Its type.
    pub fn ty(&self, cx: impl AsContext) -> GlobalType {
        let cx = cx.as_context().0;
        if cx.data().id != self.store {
            return GlobalType { content: ValType::OtherRef, mutable: false };
        }
        global_type(&self.inner.ty(cx))
    }

    /// What it holds.
    pub fn get(&self, mut cx: impl AsContextMut) -> Result<Val<'static>> {
        let cx = &mut cx.as_context_mut().0;
        same_store(cx, self.store, "global")?;
        let mut scope = wasmtime::RootScope::new(&mut *cx);
        let cx = &mut scope.as_context_mut();
        let val = self.inner.get(&mut *cx);
        from_val(cx, val)
    }

    /// Puts a value into it.
    ///
    /// # Errors
    /// [`ErrorKind::Immutable`] for a constant one, [`ErrorKind::WrongKind`]
    /// for a value of another type.
    pub fn set(&self, mut cx: impl AsContextMut, val: &Val<'_>) -> Result<()> {
        let cx = &mut cx.as_context_mut().0;
        same_store(cx, self.store, "global")?;
        let ty = global_type(&self.inner.ty(&*cx));
        if !ty.mutable {
            return Err(Error::new(ErrorKind::Immutable, "this global is constant"));
        }
        let mut scope = wasmtime::RootScope::new(&mut *cx);
        let cx = &mut scope.as_context_mut();
        let val = to_val(cx, ty.content, val)?;
        self.inner.set(&mut *cx, val).map_err(|e| making(cx, ErrorKind::WrongKind, e))
    }
}

impl Table {
    /// A new table, every element `init`: an `externref` or `funcref` value.
    ///
    /// # Errors
    /// [`ErrorKind::WrongKind`] where `init` is not of the element type,
    /// [`ErrorKind::OutOfRange`] for limits out of order,
    /// [`ErrorKind::LimitReached`] where it would be too large.
    pub fn new(mut cx: impl AsContextMut, ty: TableType, init: &Val<'_>) -> Result<Table> {
        let cx = &mut cx.as_context_mut().0;
        let element = match core_content(ty.element, "table")? {
            wasmtime::ValType::Ref(element) => element,
            _ => {
                let message = format!("a table holds references, not {}", ty.element);
                return Err(Error::new(ErrorKind::WrongKind, message));
            }
        };
        let bound = u32::MAX as u64;
        check_limits(ty.limits, bound, "table")?;
        let max = ty.limits.max.map(|max| max as u32);
        let table = wasmtime::TableType::new(element, ty.limits.min as u32, max);
        let mut scope = wasmtime::RootScope::new(&mut *cx);
        let cx = &mut scope.as_context_mut();
        let init = to_ref(cx, ty.element, init)?;
        let inner = wasmtime::Table::new(&mut *cx, table, init)
            .map_err(|e| making(cx, ErrorKind::LimitReached, e))?;
        Ok(Table { store: cx.data().id, number: number(cx), inner })
    }

    /// Its type.
    pub fn ty(&self, cx: impl AsContext) -> TableType {
        let cx = cx.as_context().0;
        if cx.data().id != self.store {
            return TableType { element: ValType::OtherRef, limits: Limits { min: 0, max: None } };
        }
        table_type(&self.inner.ty(cx))
    }

    /// How many elements it has; 0 for a table of another store.
    pub fn size(&self, cx: impl AsContext) -> u64 {
        let cx = cx.as_context().0;
        if cx.data().id == self.store { self.inner.size(cx) } else { 0 }
    }

    /// The element of that index.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] where there is none.
    pub fn get(&self, mut cx: impl AsContextMut, index: u64) -> Result<Val<'static>> {
        let cx = &mut cx.as_context_mut().0;
        same_store(cx, self.store, "table")?;
        let mut scope = wasmtime::RootScope::new(&mut *cx);
        let cx = &mut scope.as_context_mut();
        match self.inner.get(&mut *cx, index) {
            Some(element) => from_val(cx, element.into()),
            None => Err(out_of_range(index, self.inner.size(&*cx))),
        }
    }

    /// Sets the element of that index.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] where there is none, [`ErrorKind::WrongKind`]
    /// for a value of another type.
    pub fn set(&self, mut cx: impl AsContextMut, index: u64, val: &Val<'_>) -> Result<()> {
        let cx = &mut cx.as_context_mut().0;
        same_store(cx, self.store, "table")?;
        let size = self.inner.size(&*cx);
        if index >= size {
            return Err(out_of_range(index, size));
        }
        let element = ref_type(self.inner.ty(&*cx).element());
        let mut scope = wasmtime::RootScope::new(&mut *cx);
        let cx = &mut scope.as_context_mut();
        let val = to_ref(cx, element, val)?;
        self.inner.set(&mut *cx, index, val).map_err(|e| making(cx, ErrorKind::WrongKind, e))
    }

    /// Adds elements, each of them `init`, and gives the size before.
    ///
    /// # Errors
    /// [`ErrorKind::LimitReached`] where it may not grow so far.
    pub fn grow(&self, mut cx: impl AsContextMut, by: u64, init: &Val<'_>) -> Result<u64> {
        let cx = &mut cx.as_context_mut().0;
        same_store(cx, self.store, "table")?;
        let element = ref_type(self.inner.ty(&*cx).element());
        let mut scope = wasmtime::RootScope::new(&mut *cx);
        let cx = &mut scope.as_context_mut();
        let init = to_ref(cx, element, init)?;
        self.inner.grow(&mut *cx, by, init).map_err(|e| making(cx, ErrorKind::LimitReached, e))
    }
}

impl Memory {
    /// A new memory, of 32-bit addresses and for one thread.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] for limits out of order or above 65,536
    /// pages, [`ErrorKind::LimitReached`] where it would be too large.
    pub fn new(mut cx: impl AsContextMut, ty: MemoryType) -> Result<Memory> {
        let cx = &mut cx.as_context_mut().0;
        if ty.memory64 || ty.shared {
            let message = "a host makes plain memories of 32 bits only";
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        check_limits(ty.limits, 65_536, "memory")?;
        let max = ty.limits.max.map(|max| max as u32);
        let ty = wasmtime::MemoryType::new(ty.limits.min as u32, max);
        let inner = wasmtime::Memory::new(&mut *cx, ty)
            .map_err(|e| making(cx, ErrorKind::LimitReached, e))?;
        Ok(Memory { store: cx.data().id, number: number(cx), inner: MemoryRepr::Plain(inner) })
    }

    /// Its type.
    pub fn ty(&self, cx: impl AsContext) -> MemoryType {
        let cx = cx.as_context().0;
        match &self.inner {
            MemoryRepr::Shared(m) => memory_type(&m.ty()),
            MemoryRepr::Plain(m) if cx.data().id == self.store => memory_type(&m.ty(cx)),
            MemoryRepr::Plain(_) => {
                MemoryType { limits: Limits { min: 0, max: None }, memory64: false, shared: false }
            }
        }
    }

    /// Its size in pages; 0 for a memory of another store.
    pub fn size(&self, cx: impl AsContext) -> u64 {
        let cx = cx.as_context().0;
        match &self.inner {
            MemoryRepr::Shared(m) => m.size(),
            MemoryRepr::Plain(m) if cx.data().id == self.store => m.size(cx),
            MemoryRepr::Plain(_) => 0,
        }
    }

    /// Adds pages, and gives the size before.
    ///
    /// # Errors
    /// [`ErrorKind::LimitReached`] where it may not grow so far.
    pub fn grow(&self, mut cx: impl AsContextMut, by: u64) -> Result<u64> {
        let cx = &mut cx.as_context_mut().0;
        same_store(cx, self.store, "memory")?;
        match &self.inner {
            MemoryRepr::Plain(m) => m.grow(&mut *cx, by),
            MemoryRepr::Shared(m) => m.grow(by),
        }
        .map_err(|e| making(cx, ErrorKind::LimitReached, e))
    }

    /// Copies bytes out of it.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] where they are not all inside,
    /// [`ErrorKind::Unsupported`] for a shared memory.
    pub fn read(&self, cx: impl AsContext, offset: usize, dst: &mut [u8]) -> Result<()> {
        if cx.as_context().0.data().id != self.store {
            return Err(crate::guest::errors::wrong_store("memory"));
        }
        self.check(&cx, offset, dst.len())?;
        self.plain()?.read(cx.as_context().0, offset, dst).map_err(Error::internal)
    }

    /// Whether so many bytes from there on are in it.
    ///
    /// # Errors
    /// As [`Memory::read`].
    pub fn check(&self, cx: impl AsContext, offset: usize, size: usize) -> Result<()> {
        self.plain()?;
        let pages = self.size(cx);
        let end = offset.checked_add(size).and_then(|end| u64::try_from(end).ok());
        match end.is_some_and(|end| end <= pages.saturating_mul(PAGE)) {
            true => Ok(()),
            false => Err(outside(offset, size, pages)),
        }
    }

    /// Copies bytes into it. Strings of guests that are still held are copied
    /// out first, so that they stay what they were.
    ///
    /// # Errors
    /// As [`Memory::read`].
    pub fn write(&self, mut cx: impl AsContextMut, offset: usize, src: &[u8]) -> Result<()> {
        same_store(&cx.as_context_mut().0, self.store, "memory")?;
        self.check(&cx, offset, src.len())?;
        let cx = &mut cx.as_context_mut().0;
        text::keep_views(cx, Home::ANY)?;
        self.plain()?.write(&mut *cx, offset, src).map_err(Error::internal)
    }

    /// Where its bytes are: for the C layer, whose callers hold pointers. Valid
    /// until the memory grows. Strings that are still held are copied out first.
    #[doc(hidden)]
    pub fn raw(&self, mut cx: impl AsContextMut) -> Result<*mut u8> {
        text::keep_views(&mut cx.as_context_mut().0, Home::ANY)?;
        self.start(cx)
    }

    /// Where it starts, for who writes nothing there.
    #[doc(hidden)]
    pub fn start(&self, mut cx: impl AsContextMut) -> Result<*mut u8> {
        let cx = &cx.as_context_mut().0;
        same_store(cx, self.store, "memory")?;
        Ok(match &self.inner {
            MemoryRepr::Plain(m) => m.data_ptr(cx),
            MemoryRepr::Shared(m) => m.data().as_ptr().cast_mut().cast::<u8>(),
        })
    }

    fn plain(&self) -> Result<&wasmtime::Memory> {
        match &self.inner {
            MemoryRepr::Plain(m) => Ok(m),
            MemoryRepr::Shared(_) => {
                Err(Error::new(ErrorKind::Unsupported, "a shared memory is not read or written"))
            }
        }
    }
}

impl Tag {
    /// Its type.
    pub fn ty(&self, cx: impl AsContext) -> FuncType {
        let cx = cx.as_context().0;
        if cx.data().id != self.store {
            return FuncType::new([], []);
        }
        crate::guest::engine_types::func_type(self.inner.ty(cx).ty())
    }
}

/// The size of a page.
const PAGE: u64 = 0x10000;

#[cold]
fn outside(offset: usize, size: usize, pages: u64) -> Error {
    let memory = pages.saturating_mul(PAGE);
    let message = format!("{size} bytes at {offset} are not all in a memory of {memory} bytes");
    Error::new(ErrorKind::OutOfRange, message)
}

fn check_limits(limits: Limits, bound: u64, what: &str) -> Result<()> {
    let max = limits.max.unwrap_or(bound);
    if limits.min > max || max > bound {
        let message = format!("a {what} cannot have the limits {limits}: at most {bound}");
        return Err(Error::new(ErrorKind::OutOfRange, message));
    }
    Ok(())
}

fn core_content(ty: ValType, what: &str) -> Result<wasmtime::ValType> {
    wasm_type(ty).map_err(|_| {
        let message = format!("a {what} cannot hold values of type {ty}");
        Error::new(ErrorKind::Unsupported, message)
    })
}

fn to_val(cx: &mut Cx<'_>, ty: ValType, val: &Val<'_>) -> Result<wasmtime::Val> {
    if val.ty() != ty {
        let message = format!("expected {ty}, found {}", val.ty());
        return Err(Error::new(ErrorKind::WrongKind, message));
    }
    Ok(match val {
        Val::I32(v) => wasmtime::Val::I32(*v),
        Val::I64(v) => wasmtime::Val::I64(*v),
        Val::F32(v) => wasmtime::Val::F32(v.to_bits()),
        Val::F64(v) => wasmtime::Val::F64(v.to_bits()),
        Val::ExternRef(None) => wasmtime::Val::ExternRef(None),
        Val::ExternRef(Some(r)) => wasmtime::Val::ExternRef(Some(r.to_rooted(cx)?)),
        Val::FuncRef(None) => wasmtime::Val::FuncRef(None),
        Val::FuncRef(Some(f)) => wasmtime::Val::FuncRef(Some(f.core(cx)?.handle())),
        _ => return Err(crate::guest::errors::no_values(ty)),
    })
}

fn to_ref(cx: &mut Cx<'_>, element: ValType, val: &Val<'_>) -> Result<wasmtime::Ref> {
    let val = to_val(cx, element, val)?;
    val.ref_().ok_or_else(|| Error::new(ErrorKind::WrongKind, "a table holds references"))
}

fn from_val(cx: &mut Cx<'_>, val: wasmtime::Val) -> Result<Val<'static>> {
    Ok(match val {
        wasmtime::Val::I32(v) => Val::I32(v),
        wasmtime::Val::I64(v) => Val::I64(v),
        wasmtime::Val::F32(v) => Val::F32(f32::from_bits(v)),
        wasmtime::Val::F64(v) => Val::F64(f64::from_bits(v)),
        wasmtime::Val::ExternRef(None) => Val::ExternRef(None),
        wasmtime::Val::ExternRef(Some(r)) => Val::ExternRef(Some(ExternRef::from_rooted(cx, r)?)),
        wasmtime::Val::FuncRef(None) => Val::FuncRef(None),
        wasmtime::Val::FuncRef(Some(f)) => Val::FuncRef(Some(Func::from_core(cx, f, None))),
        wasmtime::Val::V128(_) => return Err(crate::guest::errors::no_values(ValType::V128)),
        _ => return Err(crate::guest::errors::no_values(ValType::OtherRef)),
    })
}

fn global_type(ty: &wasmtime::GlobalType) -> GlobalType {
    GlobalType {
        content: val_type(ty.content()),
        mutable: ty.mutability() == wasmtime::Mutability::Var,
    }
}

fn table_type(ty: &wasmtime::TableType) -> TableType {
    TableType {
        element: ref_type(ty.element()),
        limits: Limits { min: ty.minimum(), max: ty.maximum() },
    }
}

fn memory_type(ty: &wasmtime::MemoryType) -> MemoryType {
    MemoryType {
        limits: Limits { min: ty.minimum(), max: ty.maximum() },
        memory64: ty.is_64(),
        shared: ty.is_shared(),
    }
}

fn out_of_range(index: u64, size: u64) -> Error {
    let message = format!("element {index} of a table of {size}");
    Error::new(ErrorKind::OutOfRange, message)
}

impl fmt::Display for Extern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind_name())
    }
}
