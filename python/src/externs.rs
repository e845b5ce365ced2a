//! What modules export besides functions: memories, globals and tables.
//!
//! Not here: functions.

use crate::error::{Imported, exception};
use crate::func::Function;
use crate::store::Store;
use crate::types::Conv;
use crate::value;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use pyo3::{PyTraverseError, PyVisit};
use witrt::{Extern, Val};

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

#[pymethods]
impl Memory {
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
    fn write(&self, py: Python<'_>, offset: usize, data: &[u8]) -> PyResult<()> {
        self.store
            .get()
            .cell
            .enter(|cx| self.memory.write(cx, offset, data).map_err(|error| exception(py, &error)))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.store)
    }
}

#[pymethods]
impl Global {
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
            let conv = Conv::plain(self.global.ty(&cx).content, py.None());
            let val = value::val(&conv, value).map_err(|fault| fault.exception(py, None))?;
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
            let conv = Conv::plain(self.table.ty(&cx).element, py.None());
            let val = value::val(&conv, value).map_err(|fault| fault.exception(py, None))?;
            self.table.set(&mut cx, index, &val).map_err(|error| exception(py, &error))
        })
    }

    /// Adds elements, and gives how many there were.
    fn grow(&self, by: u64, init: &Bound<'_, PyAny>) -> PyResult<u64> {
        let py = init.py();
        self.store.get().cell.enter(|mut cx| {
            let conv = Conv::plain(self.table.ty(&cx).element, py.None());
            let val: Val<'_> =
                value::val(&conv, init).map_err(|fault| fault.exception(py, None))?;
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
