//! Errors of the library as exceptions, and exceptions as errors on their way
//! through guests.
//!
//! Not here: the exception classes, which are Python's (`witrt/_errors.py`).

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList};
use std::sync::Arc;
use witrt::{Error, ErrorKind};

/// An exception, on its way through a guest.
struct Raised(PyErr);

/// Something of Python's that is looked up once.
pub struct Imported(PyOnceLock<Py<PyAny>>, &'static str, &'static str);

impl Imported {
    /// A name in a module.
    pub const fn new(module: &'static str, name: &'static str) -> Imported {
        Imported(PyOnceLock::new(), module, name)
    }

    /// What it is.
    pub fn get<'a, 'py>(&'a self, py: Python<'py>) -> PyResult<&'a Bound<'py, PyAny>> {
        let found = self
            .0
            .get_or_try_init(py, || Ok::<_, PyErr>(py.import(self.1)?.getattr(self.2)?.unbind()));
        found.map(|found| found.bind(py))
    }
}

static MAKE: Imported = Imported::new("witrt._errors", "make");

/// The exception for an error. One that was raised in a host function is its cause; one
/// that asks the program to end, such as `KeyboardInterrupt`, comes out as it is.
#[cold]
pub fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let cause = error.payload().and_then(|payload| payload.downcast_ref::<Raised>());
    if let Some(Raised(raised)) = cause
        && !raised.is_instance_of::<PyException>(py)
    {
        return raised.clone_ref(py);
    }
    let made = match make(py, error) {
        Ok(made) => PyErr::from_value(made),
        Err(wrong) => wrong,
    };
    if let Some(Raised(raised)) = cause {
        made.set_cause(py, Some(raised.clone_ref(py)));
    }
    made
}

fn make<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    let told = PyDict::new(py);
    told.set_item("argument", error.argument())?;
    told.set_item("position", error.position())?;
    told.set_item("offset", error.offset())?;
    told.set_item("line_column", error.line_column())?;
    if let Some(trap) = error.trap() {
        told.set_item("code", trap.code().map(|code| code as u32))?;
        told.set_item("exit_status", trap.exit_status())?;
        let frames = trap.frames().iter().map(|frame| {
            (frame.func_index, frame.func_name.as_deref(), frame.func_offset, frame.module_offset)
        });
        told.set_item("frames", PyList::new(py, frames.collect::<Vec<_>>())?)?;
    }
    MAKE.get(py)?.call((error.code(), error.message()), Some(&told))
}

static TRAP: Imported = Imported::new("witrt._errors", "Trap");

/// An error that carries an exception, to come out as the same one.
#[cold]
pub fn raised(py: Python<'_>, raised: PyErr) -> Error {
    let value = raised.value(py);
    let name = value.get_type().name();
    let name = name.map_or_else(|_| "an exception".to_owned(), |name| name.to_string());
    // A trap that goes through several guests is told once.
    let is_trap = TRAP.get(py).and_then(|class| value.is_instance(class)).unwrap_or(false);
    let message = match value.str().map(|text| text.to_string()) {
        Ok(text) if is_trap => text,
        Ok(text) if !text.is_empty() => format!("{name}: {text}"),
        _ => name,
    };
    Error::host(message).with_payload(Arc::new(Raised(raised)))
}

/// The exception for an error of this kind.
#[cold]
pub fn new(kind: ErrorKind, message: impl Into<String>) -> PyErr {
    let error = Error::new(kind, message);
    Python::attach(|py| exception(py, &error))
}

static RESULT_ERROR: Imported = Imported::new("witrt._errors", "ResultError");

/// The exception for the error of a function's result, which holds this value.
#[cold]
pub fn result_error(py: Python<'_>, value: Bound<'_, PyAny>) -> PyErr {
    match RESULT_ERROR.get(py).and_then(|class| class.call1((value,))) {
        Ok(made) => PyErr::from_value(made),
        Err(wrong) => wrong,
    }
}

/// The value that a `ResultError` holds, if an exception is one.
pub fn result_value<'py>(py: Python<'py>, raised: &PyErr) -> PyResult<Option<Bound<'py, PyAny>>> {
    let class = RESULT_ERROR.get(py)?;
    match raised.is_instance(py, class) {
        true => raised.value(py).getattr("value").map(Some),
        false => Ok(None),
    }
}

/// Where in a value something is wrong, told as the way to it is gone back.
pub struct Fault(Box<Wrong>);

enum Wrong {
    Value { kind: ErrorKind, message: String, path: Vec<String> },
    Raised(PyErr),
}

impl Fault {
    /// A value of another kind than its type asks for.
    #[cold]
    pub fn mismatch(expected: impl std::fmt::Display, found: &Bound<'_, PyAny>) -> Fault {
        let found = found.get_type().name().map_or_else(|_| "?".into(), |name| name.to_string());
        Fault::new(ErrorKind::WrongKind, format!("expected {expected}, found {found}"))
    }

    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Fault {
        Fault(Box::new(Wrong::Value { kind, message: message.into(), path: Vec::new() }))
    }

    /// Names a step of the way.
    #[cold]
    pub fn within(mut self, step: impl Into<String>) -> Fault {
        if let Wrong::Value { path, .. } = &mut *self.0 {
            path.push(step.into());
        }
        self
    }

    /// The exception, with all of the way.
    #[cold]
    pub fn exception(self, py: Python<'_>, argument: Option<usize>) -> PyErr {
        let (kind, mut message, path) = match *self.0 {
            Wrong::Value { kind, message, path } => (kind, message, path),
            Wrong::Raised(raised) => return raised,
        };
        if !path.is_empty() {
            let steps: Vec<_> = path.into_iter().rev().collect();
            message = format!("{}: {message}", steps.join(", "));
        }
        let error = Error::new(kind, message);
        let error = match argument {
            Some(index) => error.at_argument(index),
            None => error,
        };
        exception(py, &error)
    }
}

/// What Python code raised, which is told as it is.
impl From<PyErr> for Fault {
    #[cold]
    fn from(raised: PyErr) -> Fault {
        Fault(Box::new(Wrong::Raised(raised)))
    }
}
