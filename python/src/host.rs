//! Host functions: Python callables that guests call.
//!
//! Not here: which import is whose.

use crate::error::{Fault, new, raised, result_value};
use crate::func::Function;
use crate::lift::{Lift, number};
use crate::lower::{ERR, OK, Room, scalar};
use crate::store::{Cell, Store};
use crate::text::{new_str, units};
use crate::types::{Callable, Conv, Kind};
use crate::value;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple, PyWeakrefMethods, PyWeakrefReference};
use std::sync::{Arc, Weak};
use witrt::tree::{Returned, Slot, copy, plain_text};
use witrt::{
    AsContextMut, Caller, Error, ErrorKind, Func, FuncType, HostCall, Policy, Result, Str,
};

/// A callable that guests call, and the types of its values.
pub struct Host {
    /// It is in the cell, where Python's collector sees it, and so are what makes objects
    /// of resources, and the store, which is referred to weakly, under the next numbers.
    number: usize,
    cell: Weak<Cell>,
    ty: Callable,
    name: String,
    policy: Policy,
    array: Option<Py<PyAny>>,
}

impl Host {
    pub fn new(
        py: Python<'_>,
        store: &Py<Store>,
        callable: Py<PyAny>,
        ty: Callable,
        name: String,
        resources: Py<PyDict>,
        array: Option<Py<PyAny>>,
    ) -> PyResult<Host> {
        let home = PyWeakrefReference::new(store.bind(py))?.into_any().unbind();
        let (cell, policy) = (&store.get().cell, store.get().policy());
        let number = cell.keep([callable, resources.into_any(), home]);
        Ok(Host { number, cell: Arc::downgrade(cell), ty, name, policy, array })
    }

    /// The function of this type that guests call.
    pub fn into_func(self, cx: impl AsContextMut, ty: FuncType) -> Func {
        match ty.signature() {
            Some(_) => Func::new_slots(cx, ty, move |mut caller, args, returned| {
                Python::attach(|py| self.slots(py, &mut caller, args, returned))
            }),
            None => {
                Func::new_prepared(cx, ty, move |call| Python::attach(|py| self.prepared(py, call)))
            }
        }
    }

    /// The callable, and the cell that it runs in.
    fn parts<'py>(&self, py: Python<'py>) -> Result<(Arc<Cell>, Bound<'py, PyAny>)> {
        let cell = self.cell.upgrade();
        let parts = cell.and_then(|cell| cell.host(py, self.number).map(|host| (cell, host)));
        parts.ok_or_else(|| Error::new(ErrorKind::WrongStore, "the store is out of use"))
    }

    /// The store, as an object.
    fn store(&self, py: Python<'_>) -> PyResult<Py<Store>> {
        let home = self.cell.upgrade().and_then(|cell| cell.host(py, self.number + 2));
        let home = home.and_then(|home| home.cast_into::<PyWeakrefReference>().ok());
        let store = home.and_then(|home| home.upgrade_as::<Store>().ok().flatten());
        store
            .map(Bound::unbind)
            .ok_or_else(|| new(ErrorKind::WrongStore, "the store is out of use"))
    }

    fn fault(&self, py: Python<'_>, fault: Fault) -> Error {
        raised(
            py,
            fault.within(format!("result of the host function {}", self.name)).exception(py, None),
        )
    }

    /// An error of the library's about what was returned.
    #[cold]
    fn result(&self, error: Error) -> Error {
        error.context(format_args!("result of the host function {}", self.name))
    }

    /// A call with values of components.
    fn slots(
        &self,
        py: Python<'_>,
        caller: &mut Caller<'_>,
        args: &[Slot],
        returned: &mut Returned,
    ) -> Result<()> {
        let (cell, callable) = self.parts(py)?;
        let raise = |error: PyErr| raised(py, error);
        let resources = cell.host(py, self.number + 1);
        let resources = resources.and_then(|found| found.cast_into::<PyDict>().ok());
        let resources = resources.unwrap_or_else(|| PyDict::new(py));
        let lift = Lift {
            py,
            resources: &resources,
            array: self.array.as_ref().map(|array| array.bind(py)),
            policy: self.policy,
        };
        let made = cell.call_back(caller, || {
            let mut made = Vec::with_capacity(args.len());
            for ((_, conv), slot) in self.ty.params.iter().zip(args) {
                // SAFETY: arguments are of the function's type, and there until it
                // returns.
                made.push(unsafe { lift.slot(conv, slot) }?);
            }
            called(&callable, made)
        });
        let Some(conv) = self.ty.results.first() else {
            return made.map(drop).map_err(raise);
        };
        if let (Kind::Text, Ok(value)) = (&conv.kind, &made) {
            let text = value.cast::<PyString>();
            let text = text.map_err(|_| self.fault(py, Fault::mismatch(&conv.told, value)))?;
            let units = units(text, self.policy).map_err(raise)?;
            let text = Str::new_in(caller, units.text()).map_err(|error| self.result(error))?;
            returned.text = Some(text);
            return Ok(());
        }
        let mut room = Room::new(self.policy);
        let slot = match (&conv.kind, &made) {
            (Kind::Result(cases), Err(error)) => {
                // The error of a result is raised, as it is where Python calls.
                let Some(value) = result_value(py, error).map_err(raise)? else {
                    return Err(raise(error.clone_ref(py)));
                };
                room.outcome(cases, 1, &value)
            }
            (_, Err(error)) => return Err(raise(error.clone_ref(py))),
            (Kind::Result(cases), Ok(value)) => match is_outcome(value) {
                Ok(true) => room.slot(conv, value),
                Ok(false) => room.outcome(cases, 0, value),
                Err(error) => return Err(raise(error)),
            },
            (_, Ok(value)) => room.slot(conv, value),
        };
        let slot = slot.map_err(|fault| self.fault(py, fault))?;
        // What it refers to goes when this returns.
        // SAFETY: it refers to what `room` holds.
        returned.slot = unsafe { copy(&slot, plain_text) }?;
        returned.owned = true;
        Ok(())
    }

    /// A call with values of modules.
    fn prepared(&self, py: Python<'_>, call: &mut HostCall<'_, '_>) -> Result<()> {
        let (cell, callable) = self.parts(py)?;
        let raise = |error: PyErr| raised(py, error);
        let mut made = Vec::with_capacity(self.ty.params.len());
        for (_, conv) in &self.ty.params {
            made.push(self.argument(py, call, conv)?);
        }
        let value = cell.call_back(&mut call.caller(), || called(&callable, made));
        let value = value.map_err(raise)?;
        match &self.ty.results[..] {
            [] => Ok(()),
            [conv] => self.put(py, call, conv, &value),
            convs => {
                let tuple = value.cast::<PyTuple>().ok().filter(|tuple| tuple.len() == convs.len());
                let expected =
                    || Fault::mismatch(format!("a tuple of {} values", convs.len()), &value);
                let tuple = tuple.ok_or_else(|| self.fault(py, expected()))?;
                for (conv, value) in convs.iter().zip(tuple.iter()) {
                    self.put(py, call, conv, &value)?;
                }
                Ok(())
            }
        }
    }

    fn argument<'py>(
        &self,
        py: Python<'py>,
        call: &mut HostCall<'_, '_>,
        conv: &Conv,
    ) -> Result<Bound<'py, PyAny>> {
        match &conv.kind {
            Kind::Scalar(kind) => {
                let bits = call.number()?;
                number(py, *kind, bits).map_err(|error| raised(py, error))
            }
            Kind::Text => {
                // What is wrong with a guest's text is told of the guest.
                let made = call.text(|text, policy| {
                    new_str(py, text, policy).map_err(|failed| failed.error(py))
                });
                made.map(Bound::into_any)
            }
            _ => {
                let val = call.value()?;
                let func = |func| Function::nameless(py, &self.store(py)?, func);
                value::python(py, conv, val, &func).map_err(|error| raised(py, error))
            }
        }
    }

    fn put(
        &self,
        py: Python<'_>,
        call: &mut HostCall<'_, '_>,
        conv: &Conv,
        value: &Bound<'_, PyAny>,
    ) -> Result<()> {
        match &conv.kind {
            Kind::Scalar(kind) => {
                let slot = scalar(*kind, conv, value).map_err(|fault| self.fault(py, fault))?;
                call.put_number(value::extended(*kind, slot.bits()))
            }
            Kind::Text => {
                let text = value.cast::<PyString>();
                let text = text.map_err(|_| self.fault(py, Fault::mismatch(&conv.told, value)))?;
                let units = units(text, self.policy).map_err(|error| raised(py, error))?;
                call.put_text(units.text()).map_err(|error| self.result(error))
            }
            _ => {
                let val = value::val(conv, value).map_err(|fault| self.fault(py, fault))?;
                call.put_value(val)
            }
        }
    }
}

/// Calls it. Few arguments need no tuple.
#[inline]
fn called<'py>(
    callable: &Bound<'py, PyAny>,
    args: Vec<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    match &args[..] {
        [] => callable.call0(),
        [a] => callable.call1((a,)),
        [a, b] => callable.call1((a, b)),
        [a, b, c] => callable.call1((a, b, c)),
        _ => callable.call1(PyTuple::new(callable.py(), args)?),
    }
}

/// Whether a value is a result by itself.
fn is_outcome(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(value.is_instance(OK.get(value.py())?)? || value.is_instance(ERR.get(value.py())?)?)
}
