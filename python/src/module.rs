//! [`Module`] and [`Instance`]: compiled, and with its imports supplied.
//!
//! Not here: names, and how they are found, which is Python's (`witrt/_instance.py`).

use crate::engine::Engine;
use crate::error::{exception, new};
use crate::externs::{self, Global, Memory, Table};
use crate::func::{Function, Named};
use crate::host::Host;
use crate::store::Store;
use crate::types::Types;
use crate::wasi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};
use pyo3::{PyTraverseError, PyVisit};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use witrt::{ErrorKind, Extern, ExternType, Linker};

/// A compiled module or component.
#[pyclass(frozen, module = "witrt._witrt", weakref)]
pub struct Module {
    module: witrt::Module,
    #[pyo3(get)]
    engine: Py<Engine>,
    types: OnceLock<Arc<Types>>,
}

#[pymethods]
impl Module {
    /// Compiles a file.
    #[staticmethod]
    fn from_file(py: Python<'_>, engine: Option<Py<Engine>>, path: PathBuf) -> PyResult<Module> {
        Module::make(py, engine, |engine| witrt::Module::from_file(engine, &path))
    }

    /// Compiles bytes.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, engine: Option<Py<Engine>>, bytes: &[u8]) -> PyResult<Module> {
        Module::make(py, engine, |engine| witrt::Module::new(engine, bytes))
    }

    /// Compiles bytes by a face.
    #[staticmethod]
    fn attach(
        py: Python<'_>,
        engine: Option<Py<Engine>>,
        bytes: &[u8],
        face: &str,
    ) -> PyResult<Module> {
        Module::make(py, engine, |engine| witrt::Module::attach(engine, bytes, face))
    }

    /// Takes what ``serialize`` has made.
    #[staticmethod]
    fn deserialize(py: Python<'_>, engine: Option<Py<Engine>>, bytes: &[u8]) -> PyResult<Module> {
        // SAFETY: the manual of `witrt.Module.deserialize` demands bytes that nobody
        // untrusted has had access to.
        Module::make(py, engine, |engine| unsafe { witrt::Module::deserialize(engine, bytes) })
    }

    fn serialize<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let made = py.detach(|| self.module.serialize());
        Ok(PyBytes::new(py, &made.map_err(|error| exception(py, &error))?))
    }

    /// Whether it is a component.
    #[getter]
    fn is_component(&self) -> bool {
        self.module.is_component()
    }

    /// Module, name, kind and type of each import.
    fn imports(&self) -> Vec<(&str, &str, &'static str, String)> {
        let told = |ty: &ExternType| (ty.kind_name(), ty.to_string());
        self.module
            .imports()
            .map(|import| {
                let (kind, text) = told(&import.ty);
                (&*import.module, &*import.name, kind, text)
            })
            .collect()
    }

    /// Name, kind and type of each export.
    fn exports(&self) -> Vec<(&str, &'static str, String)> {
        let exports = self.module.exports();
        exports
            .map(|export| (&*export.name, export.ty.kind_name(), export.ty.to_string()))
            .collect()
    }

    /// The place of an export among all, by any name that means it.
    fn find_export(&self, name: &str) -> Option<usize> {
        self.module.find_export(name)
    }

    /// Makes the classes of all types that its functions take and give.
    fn make_types(&self, py: Python<'_>, make: Py<PyAny>) -> PyResult<()> {
        let types = self.types(make);
        let imports = self.module.imports().map(|import| (&import.name, &import.ty));
        let exports = self.module.exports().map(|export| (&export.name, &export.ty));
        for (name, ty) in imports.chain(exports) {
            if let ExternType::Func(ty) = ty {
                types.func(py, ty, name)?;
            }
        }
        Ok(())
    }

    /// Makes an instance. `imports` has, for each import that is supplied, its place,
    /// the interface that it is supplied as, and what supplies it; `whole` has instances
    /// that are an interface each, of this name; `make` makes classes.
    #[pyo3(signature = (store, imports, whole, make, wasi=None, resources=None, array=None,
        trap_missing=false))]
    #[allow(clippy::too_many_arguments)] // only `witrt/_instance.py` calls it
    fn instantiate(
        &self,
        py: Python<'_>,
        store: Py<Store>,
        imports: Vec<(usize, String, Bound<'_, PyAny>)>,
        whole: Vec<(String, PyRef<'_, Instance>)>,
        make: Py<PyAny>,
        wasi: Option<&Bound<'_, PyAny>>,
        resources: Option<Py<PyDict>>,
        array: Option<Py<PyAny>>,
        trap_missing: bool,
    ) -> PyResult<Instance> {
        if let Some(wasi) = wasi {
            store.get().set_wasi(py, &wasi::config(wasi)?)?;
        }
        let types = self.types(make);
        let resources = resources.unwrap_or_else(|| PyDict::new(py).unbind());
        let mut linker = Linker::new();
        let all: Vec<_> = self.module.imports().collect();
        for (at, interface, given) in imports {
            let Some(import) = all.get(at) else {
                return Err(new(ErrorKind::OutOfRange, "internal error: no such import"));
            };
            let item = match &import.ty {
                ExternType::Func(ty) => match externs::of_store(&given, &store) {
                    Some(item) => item,
                    None if given.is_callable() => {
                        let callable = types.func(py, ty, &import.name)?;
                        let name = match &*import.module {
                            "" => import.name.clone(),
                            module => format!("{module}#{}", import.name),
                        };
                        let array = array.as_ref().map(|array| array.clone_ref(py));
                        let host = Host::new(
                            py,
                            &store,
                            given.unbind(),
                            callable,
                            name,
                            resources.clone_ref(py),
                            array,
                        )?;
                        store
                            .get()
                            .cell
                            .enter(|cx| Ok(Extern::Func(host.into_func(cx, ty.clone()))))?
                    }
                    None => return Err(wrong_import(import, "a callable", &given)),
                },
                other => match externs::of_store(&given, &store) {
                    Some(item) => item,
                    None => {
                        let what = format!("a {} of the same store", other.kind_name());
                        return Err(wrong_import(import, &what, &given));
                    }
                },
            };
            linker.define(&interface, &import.name, item);
        }
        for (name, given) in whole {
            store.get().cell.enter(|cx| {
                let defined = linker.define_instance_as(cx, &name, &given.instance).map(drop);
                defined.map_err(|error| exception(py, &error))
            })?;
        }
        let instance = store.get().cell.enter(|mut cx| {
            if trap_missing {
                linker.define_unknown_as_traps(&mut cx, &self.module);
            }
            store.get().cell.run(py, &mut cx, |cx| linker.instantiate(cx, &self.module))
        })?;
        Ok(Instance { instance, store, types, resources, array })
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.engine)?;
        self.types.get().map_or(Ok(()), |types| types.traverse(&visit))
    }
}

impl Module {
    fn types(&self, make: Py<PyAny>) -> Arc<Types> {
        self.types.get_or_init(|| Arc::new(Types::new(&self.module, make))).clone()
    }

    fn make(
        py: Python<'_>,
        engine: Option<Py<Engine>>,
        make: impl FnOnce(&witrt::Engine) -> witrt::Result<witrt::Module> + Send,
    ) -> PyResult<Module> {
        let engine = match engine {
            Some(engine) => engine,
            None => Engine::default(py)?,
        };
        let own = engine.get();
        let module = py.detach(|| make(&own.engine)).map_err(|error| exception(py, &error))?;
        Ok(Module { module, engine, types: OnceLock::new() })
    }
}

#[cold]
fn wrong_import(import: &witrt::ImportType, what: &str, given: &Bound<'_, PyAny>) -> PyErr {
    let found = given.get_type().name().map_or_else(|_| "?".into(), |name| name.to_string());
    let message =
        format!("import {:?} {:?}: expected {what}, found {found}", import.module, import.name);
    new(ErrorKind::IncompatibleImport, message)
}

/// What a module has in a store.
#[pyclass(frozen, module = "witrt._witrt", weakref)]
pub struct Instance {
    instance: witrt::Instance,
    store: Py<Store>,
    types: Arc<Types>,
    resources: Py<PyDict>,
    array: Option<Py<PyAny>>,
}

#[pymethods]
impl Instance {
    /// The export at a place. What it is called, and what describes it, is for a
    /// function.
    fn export(
        &self,
        py: Python<'_>,
        at: usize,
        name: Py<PyString>,
        qualname: Py<PyString>,
        describe: Py<PyAny>,
    ) -> PyResult<Py<PyAny>> {
        let cell = &self.store.get().cell;
        let found = cell.enter(|cx| {
            let all = self.instance.exports(cx).map_err(|error| exception(py, &error))?;
            Ok(all.get(at).cloned())
        })?;
        let found = found.ok_or_else(|| new(ErrorKind::OutOfRange, "there is no such export"))?;
        let store = &self.store;
        Ok(match found {
            Extern::Func(func) => {
                let policy = self.instance.module().engine().ill_formed();
                let ty = self.types.func(py, func.ty(), name.to_str(py)?)?;
                let (resources, array) =
                    (self.resources.clone_ref(py), self.array.as_ref().map(|a| a.clone_ref(py)));
                let named = Named { name, qualname, resources, array, describe };
                let made = Function::new(py, store, func, ty, policy, named)?;
                made.into_object(py)?.into_any().unbind()
            }
            Extern::Memory(memory) => {
                Py::new(py, Memory { memory, store: store.clone_ref(py) })?.into_any()
            }
            Extern::Global(global) => {
                Py::new(py, Global { global, store: store.clone_ref(py) })?.into_any()
            }
            Extern::Table(table) => {
                Py::new(py, Table { table, store: store.clone_ref(py) })?.into_any()
            }
            other => {
                let message = format!("Python has nothing for a {}", other.kind_name());
                return Err(new(ErrorKind::Unsupported, message));
            }
        })
    }

    /// Runs a command to its end, and gives its status.
    fn run(&self, py: Python<'_>) -> PyResult<i32> {
        let cell = &self.store.get().cell;
        cell.enter(|mut cx| cell.run(py, &mut cx, |cx| self.instance.run(cx)))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.store)?;
        visit.call(&self.resources)
    }
}
