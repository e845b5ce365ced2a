//! [`Function`]: an export, or any function of a store, to be called.
//!
//! Not here: host functions; what values are made of.

use crate::error::{Fault, Imported, exception, new};
use crate::externs;
use crate::host::Host;
use crate::lift::{Lift, number};
use crate::lower::{Room, scalar};
use crate::store::Store;
use crate::text::{Units, new_str, units};
use crate::types::{Callable, Conv, Kind, Types, told};
use crate::value;
use crate::vector::Vector;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use pyo3::{PyTraverseError, PyVisit};
use std::ffi::c_void;
use std::sync::OnceLock;
use witrt::string::Text;
use witrt::tree::{Arg, Out, Returned, Sink, Slot, plain_text};
use witrt::{Context, ErrorKind, Func, FuncType, Policy, Prepared, Str, Val, ValType};

// A function of a store. (No doc comment: each has documentation of its own.)
#[pyclass(frozen, module = "witrt", weakref)]
pub struct Function {
    /// What CPython calls.
    pub vector: Vector,
    pub func: Func,
    pub store: Py<Store>,
    ty: Callable,
    way: Way,
    policy: Policy,
    name: Py<PyString>,
    qualname: Py<PyString>,
    /// What makes objects of resources; see [`Lift`].
    resources: Py<PyDict>,
    array: Option<Py<PyAny>>,
    /// The text for people, and the signature, made when they are asked for.
    describe: Py<PyAny>,
    signature: OnceLock<Py<PyAny>>,
}

/// How its values cross.
enum Way {
    /// As slots, as values of components with parts do.
    Slots,
    /// As numbers, texts and references.
    Ends(Box<Prepared>),
}

/// What a function is made with, besides what it is.
pub struct Named {
    pub name: Py<PyString>,
    pub qualname: Py<PyString>,
    pub resources: Py<PyDict>,
    pub array: Option<Py<PyAny>>,
    pub describe: Py<PyAny>,
}

/// So many values need no allocation.
const FEW: usize = 4;

impl Function {
    pub fn new(
        py: Python<'_>,
        store: &Py<Store>,
        func: Func,
        ty: Callable,
        policy: Policy,
        named: Named,
    ) -> PyResult<Function> {
        let is_plain = |conv: &Conv| matches!(conv.kind, Kind::Scalar(_) | Kind::Text);
        let plain = ty.params.len() <= FEW
            && ty.params.iter().all(|(_, conv)| is_plain(conv))
            && ty.results.iter().all(|conv| is_plain(conv));
        let way = match func.ty().signature() {
            Some(_) if !plain => Way::Slots,
            _ => {
                let prepared = Prepared::new(&func, func.ty().params(), func.ty().results());
                Way::Ends(Box::new(prepared.map_err(|error| exception(py, &error))?))
            }
        };
        let Named { name, qualname, resources, array, describe } = named;
        let (store, signature) = (store.clone_ref(py), OnceLock::new());
        Ok(Function {
            vector: Vector::default(),
            func,
            store,
            ty,
            way,
            policy,
            name,
            qualname,
            resources,
            array,
            describe,
            signature,
        })
    }

    /// The way of a component's functions.
    fn call_slots<'py>(
        &self,
        py: Python<'py>,
        args: &[Bound<'py, PyAny>],
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut room = Room::new(self.policy);
        let mut few = [Slot::NONE; FEW];
        let mut many = Vec::new();
        let slots = match few.get_mut(..self.ty.params.len()) {
            Some(slots) => slots,
            None => {
                many.resize(self.ty.params.len(), Slot::NONE);
                &mut many[..]
            }
        };
        let params = self.ty.params.iter().zip(slots.iter_mut());
        for (i, (((_, conv), slot), arg)) in params.zip(args).enumerate() {
            match room.slot(conv, arg) {
                Ok(made) => *slot = made,
                Err(fault) => return Err(self.argument(py, i, fault)),
            }
        }
        let store = self.store.get();
        let mut returned = Returned::default();
        let slots = &*slots;
        let text = store.cell.enter(|mut cx| {
            store.cell.run(py, &mut cx, |cx| {
                // SAFETY: the slots refer to what `room` and the arguments hold, which are
                // there until this returns.
                unsafe { self.func.call_slots(cx, slots, plain_text, &mut returned) }
            })?;
            // It may be a view of linear memory.
            returned.text.as_ref().map(|text| self.read(py, &cx, text)).transpose()
        })?;
        drop(room);
        if let Some(text) = text {
            return Ok(text);
        }
        let Some(conv) = self.ty.results.first() else { return Ok(py.None().into_bound(py)) };
        let lift = Lift {
            py,
            resources: self.resources.bind(py),
            array: self.array.as_ref().map(|array| array.bind(py)),
            policy: self.policy,
        };
        lift.returned(conv, &returned)
    }

    /// The way of all others.
    fn call_ends<'py>(
        &self,
        py: Python<'py>,
        prepared: &Prepared,
        args: &[Bound<'py, PyAny>],
    ) -> PyResult<Bound<'py, PyAny>> {
        let params = &*self.ty.params;
        if params.len() > FEW || self.ty.results.len() > 1 {
            return self.call_vals(py, args);
        }
        let mut texts = [Text::Utf8(&[]); FEW];
        let mut odd = Vec::new();
        let mut numbers = [0; FEW];
        let places = texts.iter_mut().zip(&mut numbers);
        for (i, ((arg, (_, conv)), (text, number))) in
            args.iter().zip(params).zip(places).enumerate()
        {
            match conv.kind {
                Kind::Text => match arg.cast::<PyString>() {
                    Ok(found) => match units(found, self.policy)? {
                        Units::Lent(found) => *text = found,
                        copied => odd.push((i, copied)),
                    },
                    Err(_) => return Err(self.argument(py, i, Fault::mismatch(&conv.told, arg))),
                },
                Kind::Scalar(kind) => match scalar(kind, conv, arg) {
                    Ok(slot) => *number = value::extended(kind, slot.bits()),
                    Err(fault) => return Err(self.argument(py, i, fault)),
                },
                _ => return self.call_vals(py, args),
            }
        }
        for (i, units) in &odd {
            texts[*i] = units.text();
        }
        let mut ends = [Arg::number(0); FEW];
        let places = texts.iter().zip(numbers);
        for ((end, (text, number)), (_, conv)) in ends.iter_mut().zip(places).zip(params) {
            *end = match conv.kind {
                Kind::Text => Arg::text(text),
                _ => Arg::number(number),
            };
        }
        let result = self.ty.results.first();
        let (mut made, mut val) = (None::<Py<PyString>>, Val::ExternRef(None));
        let mut sink = None;
        let mut out = match result.map(|result| &result.kind) {
            None | Some(Kind::Scalar(_)) => Out::number(),
            Some(Kind::Text) => {
                // SAFETY: `take` is told where its text goes, which is there until this
                // returns.
                Out::sink(sink.insert(unsafe { Sink::read(take, (&raw mut made).cast()) }))
            }
            Some(_) => Out::val(&mut val),
        };
        let outs = &mut std::slice::from_mut(&mut out)[..self.ty.results.len()];
        let store = self.store.get();
        store.cell.enter(|mut cx| {
            store.cell.run(py, &mut cx, |cx| prepared.call(cx, &ends[..params.len()], outs))
        })?;
        let Some(result) = result else { return Ok(py.None().into_bound(py)) };
        match result.kind {
            Kind::Scalar(kind) => number(py, kind, out.bits()),
            Kind::Text => match (made, sink.and_then(|sink| sink.kept)) {
                (Some(made), _) => Ok(made.into_bound(py).into_any()),
                (None, Some(failed)) => Err(exception(py, &failed.0)),
                (None, None) => Err(no_text()),
            },
            _ => self.lift(py, result, val),
        }
    }

    /// The way for many values, and for references.
    #[inline(never)]
    fn call_vals<'py>(
        &self,
        py: Python<'py>,
        args: &[Bound<'py, PyAny>],
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut odd = Vec::new();
        for arg in args {
            let text = arg.cast::<PyString>().ok();
            odd.push(text.map(|text| units(text, self.policy)).transpose()?);
        }
        let store = self.store.get();
        store.cell.enter(|mut cx| {
            let mut vals = Vec::new();
            let params = args.iter().zip(&self.ty.params).zip(&odd).enumerate();
            for (i, ((arg, (_, conv)), units)) in params {
                let val = match (&conv.kind, units) {
                    (Kind::Text, Some(units)) => Ok(Val::String(Str::from_text(units.text()))),
                    _ => value::val(conv, arg),
                };
                vals.push(val.map_err(|fault| self.argument(py, i, fault))?);
            }
            let mut results = vec![Val::I32(0); self.ty.results.len()];
            store.cell.run(py, &mut cx, |cx| self.func.call(cx, &vals, &mut results))?;
            let mut made = Vec::with_capacity(results.len());
            for (conv, val) in self.ty.results.iter().zip(results) {
                made.push(match &val {
                    Val::String(text) => self.read(py, &cx, text)?,
                    _ => self.lift(py, conv, val)?,
                });
            }
            match made.len() {
                0 => Ok(py.None().into_bound(py)),
                1 => Ok(made.swap_remove(0)),
                _ => Ok(PyTuple::new(py, made)?.into_any()),
            }
        })
    }

    /// A text as a `str`, from where it lies.
    #[inline]
    fn read<'py>(
        &self,
        py: Python<'py>,
        cx: &Context<'_>,
        text: &Str<'_>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let made = text.with(cx, |text| new_str(py, text, self.policy));
        let made = made.map_err(|error| exception(py, &error))?;
        made.map(Bound::into_any).map_err(|failed| failed.exception(py))
    }

    fn lift<'py>(
        &self,
        py: Python<'py>,
        conv: &Conv,
        val: Val<'static>,
    ) -> PyResult<Bound<'py, PyAny>> {
        value::python(py, conv, val, &|func| Function::nameless(py, &self.store, func))
    }

    /// A function that is a value: a call gave it, or it is in a table or global.
    pub fn nameless<'py>(
        py: Python<'py>,
        store: &Py<Store>,
        func: Func,
    ) -> PyResult<Bound<'py, PyAny>> {
        let name = PyString::intern(py, "func").unbind();
        Ok(Function::by_itself(py, store, func, name)?.into_object(py)?.into_any())
    }

    fn by_itself(
        py: Python<'_>,
        store: &Py<Store>,
        func: Func,
        name: Py<PyString>,
    ) -> PyResult<Function> {
        let types = Types::plain_func(py, func.ty())?;
        let named = Named {
            name: name.clone_ref(py),
            qualname: name,
            resources: PyDict::new(py).unbind(),
            array: None,
            describe: NAMELESS.get(py)?.clone().unbind(),
        };
        Function::new(py, store, func, types, store.get().policy(), named)
    }

    #[cold]
    fn argument(&self, py: Python<'_>, index: usize, fault: Fault) -> PyErr {
        let name = self.ty.params.get(index).map(|(name, _)| name.bind(py).to_string());
        fault
            .within(format!("parameter {index} ({:?})", name.unwrap_or_default()))
            .exception(py, Some(index))
    }

    /// Calls it.
    #[inline]
    pub fn call<'py>(
        &self,
        py: Python<'py>,
        args: &[Bound<'py, PyAny>],
    ) -> PyResult<Bound<'py, PyAny>> {
        if args.len() != self.ty.params.len() {
            return Err(self.wrong_count(args.len()));
        }
        match &self.way {
            Way::Slots => self.call_slots(py, args),
            Way::Ends(prepared) => self.call_ends(py, prepared, args),
        }
    }

    /// Calls it with arguments by name behind those by position.
    #[cold]
    pub fn call_named<'py>(
        &self,
        py: Python<'py>,
        args: &[Bound<'py, PyAny>],
        named: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut all = args.to_vec();
        let mut taken = 0;
        for (name, _) in self.ty.params.iter().skip(all.len()) {
            let Some(value) = named.get_item(name)? else { break };
            all.push(value);
            taken += 1;
        }
        if taken != named.len() {
            let known =
                self.ty.params.iter().skip(args.len()).map(|(name, _)| name.bind(py).to_string());
            let known: Vec<_> = known.collect();
            for name in named.keys() {
                if !known.contains(&name.to_string()) {
                    let message =
                        format!("{}() has no argument {name} that is not given yet", self.name);
                    return Err(new(ErrorKind::WrongCount, message));
                }
            }
        }
        self.call(py, &all)
    }

    #[cold]
    fn wrong_count(&self, found: usize) -> PyErr {
        let count = self.ty.params.len();
        let message = format!("{}() takes {count} arguments, found {found}", self.name);
        new(ErrorKind::WrongCount, message)
    }
}

/// Makes a `str` of a text where that lies: in linear memory, mostly.
///
/// # Safety
///
/// `made` must be a place for it, which nobody else uses.
unsafe fn take(made: *mut c_void, text: Text<'_>, policy: Policy) -> witrt::Result<usize> {
    Python::attach(|py| {
        let text = new_str(py, text, policy).map_err(|failed| failed.error(py))?;
        // SAFETY: the caller vouches for the place.
        unsafe { *made.cast::<Option<Py<PyString>>>() = Some(text.unbind()) };
        Ok(0)
    })
}

#[cold]
fn no_text() -> PyErr {
    new(ErrorKind::Panic, "internal error: a call gave no text")
}

static DESCRIBE: Imported = Imported::new("witrt._describe", "signature");
static NAMELESS: Imported = Imported::new("witrt._describe", "nameless");

#[pymethods]
impl Function {
    /// One of the host's.
    #[new]
    #[pyo3(signature = (store, callable, params=Vec::new(), results=Vec::new()), text_signature = None)]
    fn of_host(
        py: Python<'_>,
        store: Py<Store>,
        callable: Bound<'_, PyAny>,
        params: Vec<String>,
        results: Vec<String>,
    ) -> PyResult<Function> {
        if !callable.is_callable() {
            let found = callable.get_type().name()?;
            return Err(PyTypeError::new_err(format!("expected a callable, found {found}")));
        }
        let kinds = |names: &[String]| {
            names.iter().map(|name| externs::kind(name)).collect::<PyResult<Vec<ValType>>>()
        };
        let ty = FuncType::new(kinds(&params)?, kinds(&results)?);
        let name = callable.getattr("__name__").and_then(|name| Ok(name.cast_into::<PyString>()?));
        let name = name.unwrap_or_else(|_| PyString::intern(py, "func")).unbind();
        let (types, own) = (Types::plain_func(py, &ty)?, store.get());
        let (told, resources) = (name.to_str(py)?.to_owned(), PyDict::new(py).unbind());
        let host = Host::new(py, &store, callable.unbind(), types, told, resources, None)?;
        let func = own.cell.enter(|cx| Ok(host.into_func(cx, ty)))?;
        Function::by_itself(py, &store, func, name)
    }

    #[pyo3(signature = (*args, **named))]
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        args: &Bound<'py, PyTuple>,
        named: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match named {
            None => self.call(py, args.as_slice()),
            Some(named) => self.call_named(py, args.as_slice(), named),
        }
    }

    /// It is itself in a class too: with this, `help` takes it for a routine.
    fn __get__(
        slf: Py<Self>,
        _instance: &Bound<'_, PyAny>,
        _owner: Option<&Bound<'_, PyAny>>,
    ) -> Py<Self> {
        slf
    }

    #[getter]
    fn __name__(&self, py: Python<'_>) -> Py<PyString> {
        self.name.clone_ref(py)
    }

    #[getter]
    fn __qualname__(&self, py: Python<'_>) -> Py<PyString> {
        self.qualname.clone_ref(py)
    }

    #[getter]
    fn __doc__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.describe.bind(py).call1((self.name.bind(py), self.wit()))
    }

    #[getter]
    fn __signature__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        if let Some(made) = self.signature.get() {
            return Ok(made.clone_ref(py));
        }
        let (params, results) = told(py, &self.ty)?;
        let made = DESCRIBE.get(py)?.call1((params, results))?.unbind();
        Ok(self.signature.get_or_init(|| made).clone_ref(py))
    }

    /// The type, as WIT has it.
    #[getter]
    fn wit(&self) -> String {
        let ty = self.func.ty();
        ty.to_wit().unwrap_or_else(|| format!("func{ty}"))
    }

    /// The store that it belongs to.
    #[getter]
    fn store(&self, py: Python<'_>) -> Py<Store> {
        self.store.clone_ref(py)
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!("<witrt function {}: {}>", self.qualname.bind(py), self.wit())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.store)?;
        visit.call(&self.resources)?;
        visit.call(&self.describe)?;
        self.signature.get().map_or(Ok(()), |made| visit.call(made))
    }
}
