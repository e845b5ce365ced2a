//! Resources: handles of what a component made, and Python objects that components
//! hold.
//!
//! Not here: the classes with their methods, which are Python's (`witrt/_instance.py`).

use crate::error::Fault;
use crate::lift::Lift;
use pyo3::prelude::*;
use pyo3::types::PyString;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use witrt::{ErrorKind, Resource};

/// A Python object that a component holds.
struct Object(Py<PyAny>);

/// What a component made, until it is closed or given away.
#[pyclass(frozen, module = "witrt", weakref)]
pub struct Handle {
    resource: Mutex<Option<Resource>>,
}

#[pymethods]
impl Handle {
    /// Gives it back to the component, before that runs the next time.
    fn close(&self) {
        let resource = self.resource().take();
        drop(resource);
    }

    /// Whether it was closed.
    #[getter]
    fn closed(&self) -> bool {
        self.resource().is_none()
    }
}

impl Handle {
    fn resource(&self) -> MutexGuard<'_, Option<Resource>> {
        self.resource.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The resource in a value, for an argument or a result. What is a component's own has
/// to be a handle; of the host's, any object is one.
pub fn give(
    value: &Bound<'_, PyAny>,
    name: &Bound<'_, PyString>,
    is_hosts: bool,
    own: bool,
) -> Result<Resource, Fault> {
    let py = value.py();
    let inner = value.getattr_opt(pyo3::intern!(py, "_handle"))?;
    let handle = inner.as_ref().and_then(|inner| inner.cast::<Handle>().ok());
    let Some(handle) = handle.or_else(|| value.cast::<Handle>().ok()) else {
        if is_hosts {
            return Ok(Resource::new(Arc::new(Object(value.clone().unbind()))));
        }
        let what = format!("{}<{name}>", if own { "own" } else { "borrow" });
        return Err(Fault::mismatch(what, value));
    };
    let resource = handle.get().resource().clone();
    resource.ok_or_else(|| Fault::new(ErrorKind::WrongKind, format!("this {name} was closed")))
}

/// What stands for a resource that came out of a component.
pub fn take<'py>(
    lift: &Lift<'_, 'py>,
    name: &Bound<'py, PyString>,
    resource: Resource,
) -> PyResult<Bound<'py, PyAny>> {
    if let Some(object) = resource.data().and_then(|data| data.downcast_ref::<Object>()) {
        return Ok(object.0.bind(lift.py).clone());
    }
    let handle = Bound::new(lift.py, Handle { resource: Mutex::new(Some(resource)) })?;
    match lift.resources.get_item(name)? {
        Some(make) => make.call1((handle,)),
        None => Ok(handle.into_any()),
    }
}
