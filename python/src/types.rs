//! What a type is to Python: how its values are checked and made, with the classes that
//! records and their kin have. Made once for each type of a module.
//!
//! Not here: values; the making of classes, which is Python's (`witrt/_classes.py`).

use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};
use pyo3::{PyTraverseError, PyVisit};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use witrt::wit::{Cases, Fields, Signature, Type};
use witrt::{FuncType, Module, ValType};

/// A type.
pub struct Conv {
    pub kind: Kind,
    /// What stands for it in a signature.
    pub annotation: Py<PyAny>,
    /// What it is called in messages.
    pub told: Told,
}

/// How a type is called.
pub enum Told {
    Type(Type),
    Val(ValType),
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Told::Type(ty) => ty.fmt(f),
            Told::Val(ty) => ty.fmt(f),
        }
    }
}

/// What kind of values it has.
pub enum Kind {
    /// A number, `bool` or `char`, by its number in `witrt`'s list.
    Scalar(u8),
    Text,
    /// Lists, with whether text is in their elements.
    List(Arc<Conv>),
    Record(Record),
    Tuple(Box<[Arc<Conv>]>),
    Variant(Variant),
    Enum(Enum),
    Flags(Py<PyAny>, u32),
    /// Whether `None` alone would be ambiguous, and what is in it.
    Option(bool, Arc<Conv>),
    Result([Option<Arc<Conv>>; 2]),
    /// A resource: its name, whether it is the host's, whether it is given away.
    Resource {
        name: Py<PyString>,
        is_hosts: bool,
        own: bool,
    },
    ExternRef,
    FuncRef,
}

pub struct Record {
    pub class: Py<PyAny>,
    /// What the fields are called in WIT, and in Python.
    pub names: Box<[(Box<str>, Py<PyString>)]>,
    pub fields: Box<[Arc<Conv>]>,
}

pub struct Variant {
    /// A class for each case.
    pub classes: Box<[Py<PyAny>]>,
    /// What they are called in WIT, and what they hold.
    pub cases: Box<[Case]>,
}

type Case = (Box<str>, Option<Arc<Conv>>);

pub struct Enum {
    pub class: Py<PyAny>,
    pub members: Box<[Py<PyAny>]>,
}

/// The types of a module, each made once.
pub struct Types {
    made: Mutex<HashMap<usize, Arc<Conv>>>,
    /// Makes a class, or what stands for a type in a signature.
    make: Py<PyAny>,
    /// Whose types they are: the keys of `made` are addresses in it.
    module: Module,
}

/// A function's type.
pub struct Callable {
    /// With what they are called in Python.
    pub params: Box<[(Py<PyString>, Arc<Conv>)]>,
    pub results: Box<[Arc<Conv>]>,
}

impl Types {
    pub fn new(module: &Module, make: Py<PyAny>) -> Types {
        Types { made: Mutex::default(), make, module: module.clone() }
    }

    /// Of a function of this module. `hint` is what types without a name are named
    /// after.
    pub fn func(&self, py: Python<'_>, ty: &FuncType, hint: &str) -> PyResult<Callable> {
        let name = |name: &str, at: usize| {
            self.make
                .bind(py)
                .call_method1("parameter", (name, at))
                .and_then(|name| Ok(name.cast_into::<PyString>()?.unbind()))
        };
        let mut params = Vec::new();
        let mut results = Vec::new();
        match ty.signature() {
            Some(signature) => {
                let Signature { params: takes, results: gives } = &**signature;
                for (i, field) in takes.fields.iter().enumerate() {
                    let hint = if field.name.is_empty() { hint } else { &field.name };
                    params.push((name(&field.name, i)?, self.conv(py, &field.ty, hint)?));
                }
                for field in &gives.fields {
                    results.push(self.conv(py, &field.ty, &format!("{hint}-result"))?);
                }
            }
            None => {
                for (i, (ty, known)) in ty.params().iter().zip(ty.param_names()).enumerate() {
                    params.push((name(known.unwrap_or_default(), i)?, self.plain(py, *ty)?));
                }
                for ty in ty.results() {
                    results.push(self.plain(py, *ty)?);
                }
            }
        }
        Ok(Callable { params: params.into(), results: results.into() })
    }

    fn plain(&self, py: Python<'_>, ty: ValType) -> PyResult<Arc<Conv>> {
        Ok(Arc::new(Conv::plain(ty, self.make(py, ty.name(), None, Vec::new(), "")?.1)))
    }

    /// Of a function that is no module's.
    pub fn plain_func(py: Python<'_>, ty: &FuncType) -> PyResult<Callable> {
        let any = py.import("typing")?.getattr("Any")?;
        let conv = |ty: &ValType| Arc::new(Conv::plain(*ty, any.clone().unbind()));
        let name = |i: usize| PyString::new(py, &format!("p{i}")).unbind();
        let params = ty.params().iter().enumerate().map(|(i, ty)| (name(i), conv(ty)));
        Ok(Callable { params: params.collect(), results: ty.results().iter().map(conv).collect() })
    }

    fn make(
        &self,
        py: Python<'_>,
        kind: &str,
        names: Option<Vec<&str>>,
        parts: Vec<Option<&Conv>>,
        hint: &str,
    ) -> PyResult<(Py<PyAny>, Py<PyAny>)> {
        let parts = parts.iter().map(|part| part.map(|part| part.annotation.bind(py)));
        let parts = PyTuple::new(py, parts.collect::<Vec<_>>())?;
        let names = PyTuple::new(py, names.unwrap_or_default())?;
        self.make.bind(py).call_method1("type", (kind, names, parts, hint))?.extract()
    }

    /// A type of values of components.
    fn conv(&self, py: Python<'_>, ty: &Type, hint: &str) -> PyResult<Arc<Conv>> {
        let key = match ty {
            Type::List(at) => Some(Arc::as_ptr(at).addr()),
            Type::Record(at) | Type::Tuple(at) => Some(Arc::as_ptr(at).addr()),
            Type::Variant(at) | Type::Enum(at) | Type::Option(at) | Type::Result(at) => {
                Some(Arc::as_ptr(at).addr())
            }
            Type::Flags(at) => Some(Arc::as_ptr(at).addr()),
            _ => None,
        };
        if let Some(key) = key
            && let Some(made) = self.made().get(&key)
        {
            return Ok(made.clone());
        }
        // A component's types are there once each, those of a face as often as they are
        // named.
        if !self.module.is_component()
            && let Some(key) = key
        {
            let mut made = self.made();
            let same = |conv: &&Arc<Conv>| matches!(&conv.told, Told::Type(of) if of == ty);
            if let Some(same) = made.values().find(same).cloned() {
                made.insert(key, same.clone());
                return Ok(same);
            }
        }
        let (kind, annotation) = self.conv_new(py, ty, hint)?;
        let made = Arc::new(Conv { kind, annotation, told: Told::Type(ty.clone()) });
        match key {
            // Another thread may have been faster: then there is one class all the same.
            Some(key) => Ok(self.made().entry(key).or_insert(made).clone()),
            None => Ok(made),
        }
    }

    /// Lets Python's collector see what they refer to.
    pub fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.make)
    }

    fn made(&self) -> std::sync::MutexGuard<'_, HashMap<usize, Arc<Conv>>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn conv_new(&self, py: Python<'_>, ty: &Type, hint: &str) -> PyResult<(Kind, Py<PyAny>)> {
        Ok(match ty {
            Type::Scalar(kind) => {
                (Kind::Scalar(*kind), self.make(py, ty.val_type().name(), None, Vec::new(), "")?.1)
            }
            Type::String => (Kind::Text, self.make(py, "string", None, Vec::new(), "")?.1),
            Type::List(list) => {
                let element = self.conv(py, &list.element, hint)?;
                let annotation = self
                    .make(py, "list", Some(vec![element.name()]), vec![Some(&element)], hint)?
                    .1;
                (Kind::List(element), annotation)
            }
            Type::Record(of) => {
                let fields = self.fields(py, of, hint)?;
                let names = of.fields.iter().map(|field| &*field.name).collect();
                let parts = fields.iter().map(|field| Some(&**field)).collect();
                let (class, annotation) = self.make(py, "record", Some(names), parts, hint)?;
                let own: Vec<Py<PyString>> = class.bind(py).getattr("__match_args__")?.extract()?;
                let names = of.fields.iter().map(|field| field.name.clone()).zip(own).collect();
                (Kind::Record(Record { class, names, fields }), annotation)
            }
            Type::Tuple(of) => {
                let fields = self.fields(py, of, hint)?;
                let parts = fields.iter().map(|field| Some(&**field)).collect();
                let annotation = self.make(py, "tuple", None, parts, hint)?.1;
                (Kind::Tuple(fields), annotation)
            }
            Type::Variant(of) => {
                let (names, cases) = self.cases(py, of, hint)?;
                let parts = cases.iter().map(|case| case.as_deref()).collect();
                let (classes, annotation) = self.make(py, "variant", Some(names), parts, hint)?;
                let classes: Vec<Py<PyAny>> = classes.extract(py)?;
                let names = of.cases.iter().map(|case| case.name.clone());
                let cases = names.zip(cases).collect();
                (Kind::Variant(Variant { classes: classes.into(), cases }), annotation)
            }
            Type::Enum(of) => {
                let names = of.cases.iter().map(|case| &*case.name).collect();
                let (class, annotation) = self.make(py, "enum", Some(names), Vec::new(), hint)?;
                let members = class.bind(py).try_iter()?.map(|member| Ok(member?.unbind()));
                let members = members.collect::<PyResult<_>>()?;
                (Kind::Enum(Enum { class, members }), annotation)
            }
            Type::Flags(of) => {
                let names = of.names.iter().map(|name| &**name).collect();
                let (class, annotation) = self.make(py, "flags", Some(names), Vec::new(), hint)?;
                (Kind::Flags(class, of.mask()), annotation)
            }
            Type::Option(of) => {
                let (_, cases) = self.cases(py, of, hint)?;
                let some = cases.into_iter().flatten().next();
                let some = some.ok_or_else(|| {
                    crate::error::new(witrt::ErrorKind::Panic, "an option of nothing")
                })?;
                let nested = matches!(some.kind, Kind::Option(..));
                let name = if nested { "some" } else { "" };
                let annotation =
                    self.make(py, "option", Some(vec![name]), vec![Some(&some)], hint)?.1;
                (Kind::Option(nested, some), annotation)
            }
            Type::Result(of) => {
                let (_, cases) = self.cases(py, of, hint)?;
                let mut cases = cases.into_iter();
                let cases = [cases.next().flatten(), cases.next().flatten()];
                let parts = cases.iter().map(|case| case.as_deref()).collect();
                let annotation = self.make(py, "result", None, parts, hint)?.1;
                (Kind::Result(cases), annotation)
            }
            Type::Own(of) | Type::Borrow(of) => {
                let own = matches!(ty, Type::Own(_));
                let annotation =
                    self.make(py, "resource", Some(vec![&of.name]), Vec::new(), hint)?.1;
                let name = PyString::intern(py, &of.name).unbind();
                (Kind::Resource { name, is_hosts: of.is_hosts, own }, annotation)
            }
        })
    }

    fn fields(&self, py: Python<'_>, of: &Fields, hint: &str) -> PyResult<Box<[Arc<Conv>]>> {
        let hint = |name: &str| match name {
            "" => hint.to_owned(),
            name => name.to_owned(),
        };
        of.fields.iter().map(|field| self.conv(py, &field.ty, &hint(&field.name))).collect()
    }

    #[allow(clippy::type_complexity)] // the two halves of the cases
    fn cases<'t>(
        &self,
        py: Python<'_>,
        of: &'t Cases,
        hint: &str,
    ) -> PyResult<(Vec<&'t str>, Vec<Option<Arc<Conv>>>)> {
        let names = of.cases.iter().map(|case| &*case.name).collect();
        let of = of
            .cases
            .iter()
            .map(|case| case.ty.as_ref().map(|ty| self.conv(py, ty, hint)).transpose());
        Ok((names, of.collect::<PyResult<_>>()?))
    }
}

impl Conv {
    /// A type without parts.
    pub fn plain(ty: ValType, annotation: Py<PyAny>) -> Conv {
        let kind = match ty {
            ValType::String => Kind::Text,
            ValType::ExternRef => Kind::ExternRef,
            ValType::FuncRef => Kind::FuncRef,
            number => Kind::Scalar(witrt::capi::base::value::kind_of(number)),
        };
        Conv { kind, annotation, told: Told::Val(ty) }
    }

    /// The name of a kind without parts.
    fn name(&self) -> &'static str {
        match &self.told {
            Told::Type(ty) => ty.val_type().name(),
            Told::Val(ty) => ty.name(),
        }
    }
}

/// A function's parameters and results for a signature: names, and what stands for
/// their types.
pub fn told<'py>(
    py: Python<'py>,
    func: &Callable,
) -> PyResult<(Bound<'py, PyList>, Bound<'py, PyList>)> {
    let params = func.params.iter().map(|(name, conv)| (name.bind(py), conv.annotation.bind(py)));
    let results = func.results.iter().map(|conv| conv.annotation.bind(py));
    Ok((
        PyList::new(py, params.collect::<Vec<_>>())?,
        PyList::new(py, results.collect::<Vec<_>>())?,
    ))
}
