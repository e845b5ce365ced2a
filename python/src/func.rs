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
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use pyo3::{Borrowed, PyTraverseError, PyVisit};
use std::ffi::c_void;
use std::sync::OnceLock;
use witrt::string::Text;
use witrt::tree::{Arg, Out, Returned, Sink, Slot, plain_text};
use witrt::{Context, ErrorKind, Func, FuncType, Policy, Prepared, Str, Val, ValType};

// A function of a store. (No doc comment: each has documentation of its own.)
#[pyclass(frozen, module = "witrt", weakref)]
pub struct Function {
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
        args: &Bound<'py, PyTuple>,
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
        for (i, (((_, conv), slot), arg)) in params.zip(args.iter_borrowed()).enumerate() {
            match room.slot(conv, &arg) {
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
        args: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let count = self.ty.params.len();
        if count > FEW || self.ty.results.len() > 1 {
            return self.call_vals(py, args);
        }
        let mut odd: [Option<Units<'_>>; FEW] = [const { None }; FEW];
        let mut lent: [Option<Borrowed<'_, '_, PyString>>; FEW] = [None; FEW];
        for (i, (arg, (_, conv))) in args.iter_borrowed().zip(&self.ty.params).enumerate() {
            match conv.kind {
                Kind::Text => match arg.cast::<PyString>() {
                    Ok(text) => lent[i] = Some(text),
                    Err(_) => {
                        return Err(self.argument(py, i, Fault::mismatch(&conv.told, &arg)));
                    }
                },
                Kind::Scalar(_) => {}
                _ => return self.call_vals(py, args),
            }
        }
        let mut texts = [Text::Utf8(&[]); FEW];
        for ((lent, odd), text) in lent.iter().zip(&mut odd).zip(&mut texts) {
            if let Some(lent) = lent {
                *text = odd.insert(units(lent, self.policy)?).text();
            }
        }
        let mut ends = [Arg::number(0); FEW];
        for (i, (arg, (_, conv))) in args.iter_borrowed().zip(&self.ty.params).enumerate() {
            ends[i] = match conv.kind {
                Kind::Scalar(kind) => match scalar(kind, conv, &arg) {
                    Ok(slot) => Arg::number(value::extended(kind, slot.bits())),
                    Err(fault) => return Err(self.argument(py, i, fault)),
                },
                _ => Arg::text(&texts[i]),
            };
        }
        let ends = &ends[..count];
        let store = self.store.get();
        let Some(result) = self.ty.results.first() else {
            store.cell.enter(|mut cx| {
                store.cell.run(py, &mut cx, |cx| prepared.call(cx, ends, &mut []))
            })?;
            return Ok(py.None().into_bound(py));
        };
        match result.kind {
            Kind::Scalar(kind) => {
                let mut outs = [Out::number()];
                store.cell.enter(|mut cx| {
                    store.cell.run(py, &mut cx, |cx| prepared.call(cx, ends, &mut outs))
                })?;
                number(py, kind, outs[0].bits())
            }
            Kind::Text => {
                let mut made = None;
                // SAFETY: `take` is told where its text goes, which is there until this
                // returns.
                let mut sink = unsafe { Sink::read(take, (&raw mut made).cast()) };
                let mut outs = [Out::sink(&mut sink)];
                store.cell.enter(|mut cx| {
                    store.cell.run(py, &mut cx, |cx| prepared.call(cx, ends, &mut outs))
                })?;
                let made: Option<Py<PyString>> = made;
                made.map(|made| made.into_bound(py).into_any()).ok_or_else(no_text)
            }
            _ => {
                let mut val = Val::ExternRef(None);
                store.cell.enter(|mut cx| {
                    let mut outs = [Out::val(&mut val)];
                    store.cell.run(py, &mut cx, |cx| prepared.call(cx, ends, &mut outs))
                })?;
                self.lift(py, result, val)
            }
        }
    }

    /// The way for many values, and for references.
    #[inline(never)]
    fn call_vals<'py>(
        &self,
        py: Python<'py>,
        args: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut texts = Vec::new();
        for arg in args.iter() {
            texts.push(arg.cast_into::<PyString>().ok());
        }
        let mut odd = Vec::new();
        for text in &texts {
            odd.push(text.as_ref().map(|text| units(text, self.policy)).transpose()?);
        }
        let store = self.store.get();
        store.cell.enter(|mut cx| {
            let mut vals = Vec::new();
            let params = args.iter().zip(&self.ty.params).zip(&odd).enumerate();
            for (i, ((arg, (_, conv)), units)) in params {
                let val = match (&conv.kind, units) {
                    (Kind::Text, Some(units)) => Ok(Val::String(Str::from_text(units.text()))),
                    _ => value::val(conv, &arg),
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
        let made = Function::by_itself(py, store, func, name)?;
        Ok(Bound::new(py, made)?.into_any())
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

    /// Arguments by name among those by position.
    #[cold]
    fn named<'py>(
        &self,
        py: Python<'py>,
        args: &Bound<'py, PyTuple>,
        named: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let mut all: Vec<_> = args.iter().collect();
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
        PyTuple::new(py, all)
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
        let all;
        let args = match named {
            None => args,
            Some(named) => {
                all = self.named(py, args, named)?;
                &all
            }
        };
        if args.len() != self.ty.params.len() {
            return Err(self.wrong_count(args.len()));
        }
        match &self.way {
            Way::Slots => self.call_slots(py, args),
            Way::Ends(prepared) => self.call_ends(py, prepared, args),
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
