//! The Python package's extension module, `witrt._witrt`: Python's values on the
//! library's Rust API. What has a name to users, and all that is about names, is Python
//! (`witrt/*.py`).

mod buffer;
mod engine;
mod error;
mod externs;
mod func;
mod host;
mod lift;
mod lower;
mod module;
mod resource;
mod store;
mod text;
mod ticker;
mod types;
mod value;
mod vector;
mod wasi;

use pyo3::prelude::*;

// The state of all classes is atomic, behind a mutex, or behind the door of its store.
#[pymodule(gil_used = false)]
mod _witrt {
    #[pymodule_export]
    use crate::engine::Engine;
    #[pymodule_export]
    use crate::externs::{Global, Memory, Table};
    #[pymodule_export]
    use crate::func::Function;
    #[pymodule_export]
    use crate::module::{Instance, Module};
    #[pymodule_export]
    use crate::resource::Handle;
    #[pymodule_export]
    use crate::store::Store;
    #[pymodule_export]
    use crate::value::Reference;
    use crate::{store, ticker};
    use pyo3::exceptions::PyImportError;
    use pyo3::ffi;
    use pyo3::prelude::*;
    use std::sync::atomic::{AtomicI64, Ordering};

    /// Classes and exceptions are looked up once, and are those of one interpreter.
    #[pymodule_init]
    fn init(_module: &Bound<'_, PyModule>) -> PyResult<()> {
        static FIRST: AtomicI64 = AtomicI64::new(-1);
        // SAFETY: this thread is attached to an interpreter, which has a number from zero on.
        let own = unsafe { ffi::PyInterpreterState_GetID(ffi::PyInterpreterState_Get()) };
        match FIRST.compare_exchange(-1, own, Ordering::Relaxed, Ordering::Relaxed) {
            Err(first) if first != own => Err(PyImportError::new_err(
                "witrt is in use by another interpreter of this process: one can have it",
            )),
            _ => Ok(()),
        }
    }

    /// What a module asks for and offers, as WIT.
    #[pyfunction]
    fn wit(py: Python<'_>, bytes: &[u8]) -> PyResult<String> {
        let told = py.detach(|| witrt::tools::wit(bytes));
        told.map_err(|error| crate::error::exception(py, &error))
    }

    /// Raises what is wrong with a module, which is not compiled.
    #[pyfunction]
    fn validate(py: Python<'_>, bytes: &[u8]) -> PyResult<()> {
        let engine = Engine::default(py)?;
        let engine = &engine.get().engine;
        let checked = py.detach(|| witrt::Module::validate(engine, bytes));
        checked.map_err(|error| crate::error::exception(py, &error))
    }

    /// Says that this is the thread on which Python looks at signals.
    #[pyfunction]
    fn is_main_thread() {
        store::is_main();
    }

    /// To be called before a process is forked.
    #[pyfunction]
    fn forking() {
        ticker::forking();
    }

    /// To be called when that is done.
    #[pyfunction]
    fn forked() {
        ticker::forked();
    }

    /// To be called in the process that was made.
    #[pyfunction]
    fn is_fork() {
        ticker::is_fork();
    }
}
