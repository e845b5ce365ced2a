//! Slots that a call has filled as values of Python's.
//!
//! Not here: values that Python gives.

use crate::error::{exception, new};
use crate::lower::{ERR, OK, SOME};
use crate::resource;
use crate::text::{Failed, new_str};
use crate::types::{Conv, Kind};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyList, PyString, PyTuple};
use std::sync::Arc;
use witrt::tree::kind::*;
use witrt::tree::{ListSlot, Returned, Slot, TextSlot, VariantSlot};
use witrt::{ErrorKind, Policy};

/// What makes values of slots.
pub struct Lift<'a, 'py> {
    pub py: Python<'py>,
    /// What makes an object of each kind of resource, by its name.
    pub resources: &'a Bound<'py, PyDict>,
    /// Makes what lists of numbers become, if they are not to be lists.
    pub array: Option<&'a Bound<'py, PyAny>>,
    pub policy: Policy,
}

type Made<'py> = PyResult<Bound<'py, PyAny>>;

impl<'py> Lift<'_, 'py> {
    /// What a call returned that is no text by itself; the error of a result is raised.
    #[inline]
    pub fn returned(&self, conv: &Conv, returned: &Returned) -> Made<'py> {
        // SAFETY: a call has filled it with a value of this type, which `returned` keeps.
        unsafe {
            match &conv.kind {
                Kind::Scalar(kind) => number(self.py, *kind, returned.slot.bits()),
                Kind::Result(cases) => {
                    let variant = &*returned.slot.of.variant;
                    let value = self.case(cases[(variant.index & 1) as usize].as_ref(), variant)?;
                    match variant.index {
                        0 => Ok(value),
                        _ => Err(crate::error::result_error(self.py, value)),
                    }
                }
                _ => self.slot(conv, &returned.slot),
            }
        }
    }

    /// # Safety
    ///
    /// It must be text that a call has filled in.
    unsafe fn text(&self, text: *const TextSlot) -> Made<'py> {
        // SAFETY: the caller vouches for it.
        let text = unsafe { witrt::tree::plain_text(text) };
        let text = text.map_err(|error| exception(self.py, &error))?;
        let made = text.with_copy(|text| new_str(self.py, text, self.policy));
        match made {
            Some(made) => self.made(made),
            None => Err(new(ErrorKind::Panic, "internal error: a view in a value")),
        }
    }

    #[inline]
    fn made(&self, made: Result<Bound<'py, PyString>, Failed>) -> Made<'py> {
        made.map(Bound::into_any).map_err(|failed| failed.exception(self.py))
    }

    /// A value of this type.
    ///
    /// # Safety
    ///
    /// A call must have filled it with a value of this type, which is still there.
    pub unsafe fn slot(&self, conv: &Conv, slot: &Slot) -> Made<'py> {
        let py = self.py;
        // SAFETY: the caller vouches for the member that the type names, and for all in
        // it. An option's alone may be NULL.
        unsafe {
            match &conv.kind {
                Kind::Scalar(kind) => number(self.py, *kind, slot.bits()),
                Kind::Text => self.text(slot.of.text),
                Kind::List(element) => self.list(element, &*slot.of.list),
                Kind::Record(record) => {
                    let fields = self.fields(&record.fields, slot)?;
                    record.class.bind(py).call1(fields)
                }
                Kind::Tuple(types) => Ok(self.fields(types, slot)?.into_any()),
                Kind::Variant(of) => {
                    let variant = &*slot.of.variant;
                    let index = variant.index as usize;
                    let (Some(class), Some((_, ty))) = (of.classes.get(index), of.cases.get(index))
                    else {
                        return Err(no_case(index));
                    };
                    match ty {
                        Some(ty) => class.bind(py).call1((self.slot(ty, &variant.val)?,)),
                        None => class.bind(py).call0(),
                    }
                }
                Kind::Enum(of) => {
                    let index = slot.bits() as usize;
                    let member = of.members.get(index).ok_or_else(|| no_case(index))?;
                    Ok(member.bind(py).clone())
                }
                Kind::Flags(class, _) => class.bind(py).call1((slot.bits() as u32,)),
                Kind::Option(nested, some) => match slot.of.option.as_ref() {
                    None => Ok(py.None().into_bound(py)),
                    Some(slot) => {
                        let value = self.slot(some, slot)?;
                        match nested {
                            true => SOME.get(py)?.call1((value,)),
                            false => Ok(value),
                        }
                    }
                },
                Kind::Result(cases) => {
                    let variant = &*slot.of.variant;
                    let (case, class) = match variant.index {
                        0 => (&cases[0], &OK),
                        _ => (&cases[1], &ERR),
                    };
                    class.get(py)?.call1((self.case(case.as_ref(), variant)?,))
                }
                Kind::Resource { name, .. } => {
                    let resource = (*slot.of.resource).clone();
                    resource::take(self, name.bind(py), resource)
                }
                Kind::ExternRef | Kind::FuncRef => Ok(py.None().into_bound(py)),
            }
        }
    }

    /// # Safety
    ///
    /// As for [`Lift::slot`], of a case.
    unsafe fn case(&self, ty: Option<&Arc<Conv>>, variant: &VariantSlot) -> Made<'py> {
        match ty {
            // SAFETY: the caller vouches for it.
            Some(ty) => unsafe { self.slot(ty, &variant.val) },
            None => Ok(self.py.None().into_bound(self.py)),
        }
    }

    /// # Safety
    ///
    /// As for [`Lift::slot`], of a record or tuple.
    unsafe fn fields(&self, types: &[Arc<Conv>], slot: &Slot) -> PyResult<Bound<'py, PyTuple>> {
        // SAFETY: the caller vouches for as many fields as the type has.
        unsafe {
            let fields = &*slot.of.fields;
            let mut made = Vec::with_capacity(types.len());
            for (i, ty) in types.iter().enumerate().take(fields.size) {
                made.push(self.slot(ty, &*fields.data.add(i))?);
            }
            PyTuple::new(self.py, made)
        }
    }

    /// # Safety
    ///
    /// As for [`Lift::slot`], of a list.
    unsafe fn list(&self, element: &Conv, list: &ListSlot) -> Made<'py> {
        let py = self.py;
        // SAFETY: the caller vouches for so many elements, of the kind that is told.
        unsafe {
            match list.element {
                VAL => {
                    let made = PyList::empty(py);
                    for slot in list.elements::<Slot>() {
                        made.append(self.slot(element, slot)?)?;
                    }
                    Ok(made.into_any())
                }
                STRING => {
                    let made = PyList::empty(py);
                    for text in list.elements::<TextSlot>() {
                        made.append(self.text(text)?)?;
                    }
                    Ok(made.into_any())
                }
                U8 => Ok(PyBytes::new(py, list.elements::<u8>()).into_any()),
                kind => {
                    let size = list.size * width(kind);
                    let bytes = ListSlot { data: list.data, size, element: U8 };
                    self.packed(kind, bytes.elements::<u8>())
                }
            }
        }
    }

    /// Numbers that lie side by side.
    fn packed(&self, kind: u8, bytes: &[u8]) -> Made<'py> {
        if let Some(array) = self.array
            && !matches!(kind, BOOL | CHAR | ENUM | FLAGS)
        {
            return array.call1((name(kind), PyBytes::new(self.py, bytes)));
        }
        let made = PyList::empty(self.py);
        for one in bytes.chunks_exact(width(kind)) {
            let mut bits = [0; 8];
            let at = if cfg!(target_endian = "big") { 8 - one.len() } else { 0 };
            bits[at..at + one.len()].copy_from_slice(one);
            made.append(number(self.py, kind, u64::from_ne_bytes(bits))?)?;
        }
        Ok(made.into_any())
    }
}

/// A number, `bool` or `char`.
#[inline]
pub fn number(py: Python<'_>, kind: u8, bits: u64) -> Made<'_> {
    match kind {
        BOOL => Ok(PyBool::new(py, bits != 0).to_owned().into_any()),
        S8 => (bits as i8).into_bound_py_any(py),
        U8 => (bits as u8).into_bound_py_any(py),
        S16 => (bits as i16).into_bound_py_any(py),
        U16 => (bits as u16).into_bound_py_any(py),
        S32 | I32 => (bits as i32).into_bound_py_any(py),
        U32 => (bits as u32).into_bound_py_any(py),
        S64 | I64 => (bits as i64).into_bound_py_any(py),
        F32 => Ok(PyFloat::new(py, f32::from_bits(bits as u32).into()).into_any()),
        F64 => Ok(PyFloat::new(py, f64::from_bits(bits)).into_any()),
        CHAR => match char::from_u32(bits as u32) {
            Some(c) => c.into_bound_py_any(py),
            None => Err(new(ErrorKind::OutOfRange, "no Unicode scalar value")),
        },
        _ => bits.into_bound_py_any(py),
    }
}

#[cold]
fn no_case(index: usize) -> PyErr {
    new(ErrorKind::Panic, format!("internal error: there is no case {index}"))
}
