//! [`Engine`]: what compiles modules, with its options.
//!
//! Not here: modules.

use crate::error::exception;
use crate::ticker::{self, Ticking};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use std::path::PathBuf;
use std::sync::Arc;
use witrt::{Config, OptLevel, Policy};

/// Compiles modules and makes stores. Any thread may use it.
#[pyclass(frozen, module = "witrt", weakref)]
pub struct Engine {
    pub engine: witrt::Engine,
    pub ticking: Option<Arc<Ticking>>,
}

#[pymethods]
impl Engine {
    #[new]
    #[pyo3(signature = (*, ill_formed="reject", fuel=false, interruptible=true,
        opt_level="speed", cache_dir=None, max_memory_bytes=None, max_table_elements=None,
        max_instances=None, max_stack_bytes=None, pooling=None, parallel_compilation=true,
        trace=None))]
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
        if let Some(to) = trace {
            if !to.bind(py).is_callable() {
                return Err(PyTypeError::new_err(
                    "trace is a callable, to which each line is given",
                ));
            }
            config.trace(move |line| {
                Python::attach(|py| {
                    // The call goes on, as it does after what a finalizer raises.
                    if let Err(raised) = to.call1(py, (line,)) {
                        raised.write_unraisable(py, Some(to.bind(py)));
                    }
                });
            });
        }
        let engine = witrt::Engine::new(&config).map_err(|error| exception(py, &error))?;
        let ticking = interruptible.then(|| ticker::register(&engine));
        Ok(Engine { engine, ticking })
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
