//! What modules import and export besides functions: memories, globals and tables.
//!
//! Not here: functions.

use crate::buffer;
use crate::error::{Fault, Imported, exception, new};
use crate::func::Function;
use crate::store::Store;
use crate::types::Conv;
use crate::value;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use pyo3::{PyTraverseError, PyVisit};
use witrt::tree::kind::U8;
use witrt::{ErrorKind, Extern, GlobalType, Limits, MemoryType, TableType, Val, ValType};

/// A linear memory.
#[pyclass(frozen, module = "witrt")]
pub struct Memory {
    pub memory: witrt::Memory,
    pub store: Py<Store>,
}

/// A global.
#[pyclass(frozen, module = "witrt")]
pub struct Global {
    pub global: witrt::Global,
    pub store: Py<Store>,
}

/// A table of references.
#[pyclass(frozen, module = "witrt")]
pub struct Table {
    pub table: witrt::Table,
    pub store: Py<Store>,
}

/// What is in an object of this module, if it is of this store.
pub fn of_store(given: &Bound<'_, PyAny>, store: &Py<Store>) -> Option<Extern> {
    let (found, of) = if let Ok(func) = given.cast::<Function>() {
        (Extern::Func(func.get().func.clone()), &func.get().store)
    } else if let Ok(memory) = given.cast::<Memory>() {
        (Extern::Memory(memory.get().memory.clone()), &memory.get().store)
    } else if let Ok(global) = given.cast::<Global>() {
        (Extern::Global(global.get().global), &global.get().store)
    } else if let Ok(table) = given.cast::<Table>() {
        (Extern::Table(table.get().table), &table.get().store)
    } else {
        return None;
    };
    of.is(store).then_some(found)
}

/// The type of this name in text modules.
pub fn kind(name: &str) -> PyResult<ValType> {
    let found = ValType::ALL.iter().copied().find(|ty| ty.name() == name);
    found.ok_or_else(|| new(ErrorKind::UnknownKind, format!("there is no type {name:?}")))
}

/// What a global or an element of this type is to hold.
fn held(ty: ValType, value: &Bound<'_, PyAny>) -> PyResult<Val<'static>> {
    let py = value.py();
    value::val(&Conv::plain(ty, py.None()), value).map_err(|fault| fault.exception(py, None))
}

#[pymethods]
impl Memory {
    #[new]
    #[pyo3(signature = (store, pages, maximum=None))]
    fn new(py: Python<'_>, store: Py<Store>, pages: u64, maximum: Option<u64>) -> PyResult<Memory> {
        let limits = Limits { min: pages, max: maximum };
        let ty = MemoryType { limits, memory64: false, shared: false };
        let memory = store
            .get()
            .cell
            .enter(|cx| witrt::Memory::new(cx, ty).map_err(|error| exception(py, &error)))?;
        Ok(Memory { memory, store })
    }

    /// How many pages it may have; `None` for no bound of its own.
    #[getter]
    fn maximum(&self) -> PyResult<Option<u64>> {
        self.store.get().cell.enter(|cx| Ok(self.memory.ty(cx).limits.max))
    }

    /// How many pages of 64 KiB it has.
    #[getter]
    fn pages(&self) -> PyResult<u64> {
        self.store.get().cell.enter(|cx| Ok(self.memory.size(cx)))
    }

    /// Adds pages, and gives how many there were.
    fn grow(&self, py: Python<'_>, by: u64) -> PyResult<u64> {
        let grown = |cx: witrt::Context<'_>| self.memory.grow(cx, by);
        self.store.get().cell.enter(|cx| grown(cx).map_err(|error| exception(py, &error)))
    }

    /// A copy of so many bytes.
    fn read<'py>(
        &self,
        py: Python<'py>,
        offset: usize,
        size: usize,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.store.get().cell.enter(|cx| {
            // Before there is room for what is not there.
            self.memory.check(&cx, offset, size).map_err(|error| exception(py, &error))?;
            PyBytes::new_with(py, size, |room| {
                self.memory.read(&cx, offset, room).map_err(|error| exception(py, &error))
            })
        })
    }

    /// Writes bytes there.
    fn write(&self, offset: usize, data: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = data.py();
        let buffer = buffer::get(data, U8).map_err(|fault| fault.exception(py, None))?;
        let wrong = || Fault::mismatch("bytes, or another buffer of u8", data).exception(py, None);
        let buffer = buffer.ok_or_else(wrong)?;
        self.store.get().cell.enter(|cx| {
            let written = self.memory.write(cx, offset, buffer.bytes());
            written.map_err(|error| exception(py, &error))
        })
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.store)
    }
}

#[pymethods]
impl Global {
    #[new]
    #[pyo3(signature = (store, r#type, value, *, mutable=true))]
    fn new(
        store: Py<Store>,
        r#type: &str,
        value: &Bound<'_, PyAny>,
        mutable: bool,
    ) -> PyResult<Global> {
        let py = value.py();
        let content = kind(r#type)?;
        if !content.is_core() {
            let told = format!("a global holds numbers and references, not {content}");
            return Err(new(ErrorKind::WrongKind, told));
        }
        let ty = GlobalType { content, mutable };
        let global = store.get().cell.enter(|mut cx| {
            let val = held(ty.content, value)?;
            witrt::Global::new(&mut cx, ty, &val).map_err(|error| exception(py, &error))
        })?;
        Ok(Global { global, store })
    }

    /// The type of what it holds.
    #[getter]
    fn r#type(&self) -> PyResult<&'static str> {
        self.store.get().cell.enter(|cx| Ok(self.global.ty(cx).content.name()))
    }

    /// What it holds: a number, or a reference.
    #[getter]
    fn value(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.store.get().cell.enter(|mut cx| {
            let conv = Conv::plain(self.global.ty(&cx).content, py.None());
            let val = self.global.get(&mut cx).map_err(|error| exception(py, &error))?;
            let func = |func| Function::nameless(py, &self.store, func);
            Ok(value::python(py, &conv, val, &func)?.unbind())
        })
    }

    #[setter]
    fn set_value(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = value.py();
        self.store.get().cell.enter(|mut cx| {
            let val = held(self.global.ty(&cx).content, value)?;
            self.global.set(&mut cx, &val).map_err(|error| exception(py, &error))
        })
    }

    /// Whether it can be set.
    #[getter]
    fn mutable(&self) -> PyResult<bool> {
        self.store.get().cell.enter(|cx| Ok(self.global.ty(cx).mutable))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.store)
    }
}

#[pymethods]
impl Table {
    #[new]
    #[pyo3(signature = (store, r#type, size, maximum=None, init=None))]
    fn new(
        py: Python<'_>,
        store: Py<Store>,
        r#type: &str,
        size: u64,
        maximum: Option<u64>,
        init: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Table> {
        let element = kind(r#type)?;
        if !element.is_ref() {
            let told = format!("a table holds references, not {element}");
            return Err(new(ErrorKind::WrongKind, told));
        }
        let ty = TableType { element, limits: Limits { min: size, max: maximum } };
        let none = py.None().into_bound(py);
        let table = store.get().cell.enter(|mut cx| {
            let val = held(element, init.unwrap_or(&none))?;
            witrt::Table::new(&mut cx, ty, &val).map_err(|error| exception(py, &error))
        })?;
        Ok(Table { table, store })
    }

    /// The type of its elements.
    #[getter]
    fn r#type(&self) -> PyResult<&'static str> {
        self.store.get().cell.enter(|cx| Ok(self.table.ty(cx).element.name()))
    }

    /// How many elements it may have; `None` for no bound of its own.
    #[getter]
    fn maximum(&self) -> PyResult<Option<u64>> {
        self.store.get().cell.enter(|cx| Ok(self.table.ty(cx).limits.max))
    }

    fn __len__(&self) -> PyResult<usize> {
        self.store.get().cell.enter(|cx| Ok(self.table.size(cx) as usize))
    }

    fn __getitem__(&self, py: Python<'_>, index: i64) -> PyResult<Py<PyAny>> {
        self.store.get().cell.enter(|mut cx| {
            let index = self.index(py, &cx, index)?;
            let conv = Conv::plain(self.table.ty(&cx).element, py.None());
            let val = self.table.get(&mut cx, index).map_err(|error| exception(py, &error))?;
            let func = |func| Function::nameless(py, &self.store, func);
            Ok(value::python(py, &conv, val, &func)?.unbind())
        })
    }

    fn __setitem__(&self, index: i64, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = value.py();
        self.store.get().cell.enter(|mut cx| {
            let index = self.index(py, &cx, index)?;
            let val = held(self.table.ty(&cx).element, value)?;
            self.table.set(&mut cx, index, &val).map_err(|error| exception(py, &error))
        })
    }

    /// Adds elements, and gives how many there were.
    fn grow(&self, by: u64, init: &Bound<'_, PyAny>) -> PyResult<u64> {
        let py = init.py();
        self.store.get().cell.enter(|mut cx| {
            let val = held(self.table.ty(&cx).element, init)?;
            self.table.grow(&mut cx, by, &val).map_err(|error| exception(py, &error))
        })
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.store)
    }
}

static NO_ELEMENT: Imported = Imported::new("witrt._errors", "no_element");

impl Table {
    /// An index as Python has them, from the end where it is negative.
    fn index(&self, py: Python<'_>, cx: &witrt::Context<'_>, index: i64) -> PyResult<u64> {
        let size = self.table.size(cx);
        let found = if index < 0 { index.checked_add_unsigned(size) } else { Some(index) };
        match found.and_then(|index| u64::try_from(index).ok()).filter(|index| *index < size) {
            Some(index) => Ok(index),
            None => Err(PyErr::from_value(NO_ELEMENT.get(py)?.call1((index, size))?)),
        }
    }
}
