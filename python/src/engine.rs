//! [`Engine`]: what compiles modules, with its options.
//!
//! Not here: modules.

use crate::error::exception;
use crate::ticker::{self, Ticking};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::{PyTraverseError, PyVisit};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use witrt::{BackEnd, Config, OptLevel, Policy};

/// Compiles modules and makes stores. Any thread may use it.
#[pyclass(frozen, module = "witrt", weakref)]
pub struct Engine {
    pub engine: witrt::Engine,
    pub ticking: Option<Arc<Ticking>>,
    /// What lines are given to, where Python's collector sees it.
    trace: Arc<Mutex<Option<Py<PyAny>>>>,
}

#[pymethods]
impl Engine {
    #[new]
    #[pyo3(signature = (*, ill_formed="reject", fuel=false, interruptible=true,
        opt_level="speed", cache_dir=None, max_memory_bytes=None, max_table_elements=None,
        max_instances=None, max_stack_bytes=None, pooling=None, parallel_compilation=true,
        back_end="compiled", trace=None))]
    #[allow(clippy::too_many_arguments)] // they are keywords
    fn new(
        py: Python<'_>,
        ill_formed: &str,
        fuel: bool,
        interruptible: bool,
        opt_level: &str,
        cache_dir: Option<PathBuf>,
        max_memory_bytes: Option<usize>,
        max_table_elements: Option<usize>,
        max_instances: Option<usize>,
        max_stack_bytes: Option<usize>,
        pooling: Option<u32>,
        parallel_compilation: bool,
        back_end: &str,
        trace: Option<Py<PyAny>>,
    ) -> PyResult<Engine> {
        let mut config = Config::new();
        config.ill_formed(match ill_formed {
            "reject" => Policy::Reject,
            "replace" => Policy::Replace,
            "keep" => Policy::Keep,
            other => return Err(unknown("ill_formed", other, "reject, replace or keep")),
        });
        config.opt_level(match opt_level {
            "none" => OptLevel::None,
            "speed" => OptLevel::Speed,
            "speed_and_size" => OptLevel::SpeedAndSize,
            other => return Err(unknown("opt_level", other, "none, speed or speed_and_size")),
        });
        config.back_end(match back_end {
            "compiled" => BackEnd::Compiled,
            "reference" => BackEnd::Reference,
            other => return Err(unknown("back_end", other, "compiled or reference")),
        });
        config.consume_fuel(fuel).epoch_interruption(interruptible);
        config.parallel_compilation(parallel_compilation);
        if let Some(dir) = cache_dir {
            config.cache_dir(dir);
        }
        if let Some(bytes) = max_memory_bytes {
            config.max_memory_bytes(bytes);
        }
        if let Some(elements) = max_table_elements {
            config.max_table_elements(elements);
        }
        if let Some(instances) = max_instances {
            config.max_instances(instances);
        }
        if let Some(bytes) = max_stack_bytes {
            config.max_stack_bytes(bytes);
        }
        if let Some(instances) = pooling {
            config.pooling(instances);
        }
        let is_traced = trace.is_some();
        if trace.as_ref().is_some_and(|to| !to.bind(py).is_callable()) {
            return Err(PyTypeError::new_err("trace is a callable, to which each line is given"));
        }
        let trace = Arc::new(Mutex::new(trace));
        if is_traced {
            let to = trace.clone();
            config.trace(move |line| Python::attach(|py| tell(py, &to, line)));
        }
        let engine = witrt::Engine::new(&config).map_err(|error| exception(py, &error))?;
        let ticking = interruptible.then(|| ticker::register(&engine));
        Ok(Engine { engine, ticking, trace })
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        // Who has it locked has the interpreter, and is not at this.
        let Ok(trace) = self.trace.try_lock() else { return Ok(()) };
        trace.as_ref().map_or(Ok(()), |to| visit.call(to))
    }

    fn __clear__(&self) {
        let trace = self.trace.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(trace);
    }
}

/// Gives a line to what the engine was told, unless the collector has found that to be out of use.
fn tell(py: Python<'_>, to: &Mutex<Option<Py<PyAny>>>, line: &str) {
    let found = to.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(to) = found.as_ref().map(|to| to.clone_ref(py)) else { return };
    drop(found);
    // The call goes on, as it does after what a finalizer raises.
    if let Err(raised) = to.call1(py, (line,)) {
        raised.write_unraisable(py, Some(to.bind(py)));
    }
}

impl Engine {
    /// The one for those who do not bring one.
    pub fn default(py: Python<'_>) -> PyResult<Py<Engine>> {
        static DEFAULT: PyOnceLock<Py<Engine>> = PyOnceLock::new();
        let made = DEFAULT.get_or_try_init(py, || {
            let made = py.get_type::<Engine>().call0()?;
            Ok::<_, PyErr>(made.cast_into::<Engine>()?.unbind())
        });
        made.map(|made| made.clone_ref(py))
    }
}

fn unknown(option: &str, found: &str, permitted: &str) -> PyErr {
    PyValueError::new_err(format!("{option} is {permitted}, not {found:?}"))
}
