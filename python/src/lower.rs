//! Values of Python's as slots, which lend what Python holds: text where a `str` has
//! it, numbers where a buffer has them.
//!
//! Not here: what is read of them.

use crate::buffer::{self, Buffer};
use crate::error::{Fault, Imported};
use crate::resource;
use crate::text::{Units, units};
use crate::types::{Conv, Enum, Kind, Record, Variant};
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use std::any::Any;
use std::rc::Rc;
use witrt::tree::kind::*;
use witrt::tree::{FieldsSlot, ListSlot, Slot, TextSlot, VariantSlot};
use witrt::{ErrorKind, Policy, Resource};

/// So many texts need no allocation.
const FEW: usize = 4;

/// What the slots of a call refer to, until it is over, but for the values that the slots
/// were asked for. It must not be moved once something is in it.
pub struct Room<'py> {
    few: [TextSlot; FEW],
    used: usize,
    nodes: Vec<Rc<dyn Any>>,
    /// What of Python's is lent.
    lent: Vec<Bound<'py, PyAny>>,
    buffers: Vec<Buffer>,
    policy: Policy,
}

const NO_TEXT: TextSlot =
    TextSlot { data: std::ptr::null(), size: 0, encoding: 0, flags: 0, reserved: 0 };

impl<'py> Room<'py> {
    /// What is ill-formed is kept by this policy, or told where it is read.
    pub fn new(policy: Policy) -> Room<'py> {
        let (nodes, lent, buffers) = (Vec::new(), Vec::new(), Vec::new());
        Room { few: [NO_TEXT; FEW], used: 0, nodes, lent, buffers, policy }
    }

    /// Keeps something, and tells where.
    fn keep<T: 'static>(&mut self, node: T) -> *const T {
        let node = Rc::new(node);
        let at = Rc::as_ptr(&node);
        self.nodes.push(node);
        at
    }

    fn text(&mut self, text: &Bound<'py, PyString>) -> Result<TextSlot, Fault> {
        Ok(match units(text, self.policy)? {
            Units::Lent(text) => TextSlot::new(text),
            Units::Copied(units) => {
                let slot = TextSlot::new(witrt::string::Text::Utf32(&units));
                self.nodes.push(Rc::new(units));
                slot
            }
            Units::Kept(units) => {
                let slot = TextSlot::new(witrt::string::Text::Utf16(&units));
                self.nodes.push(Rc::new(units));
                slot
            }
        })
    }

    fn text_at(&mut self, text: TextSlot) -> *const TextSlot {
        match self.few.get_mut(self.used) {
            Some(room) => {
                self.used += 1;
                *room = text;
                room
            }
            None => self.keep(text),
        }
    }

    /// A value of this type.
    #[inline]
    pub fn slot(&mut self, conv: &Conv, value: &Bound<'py, PyAny>) -> Result<Slot, Fault> {
        match &conv.kind {
            Kind::Scalar(kind) => scalar(*kind, conv, value),
            Kind::Text => match value.cast::<PyString>() {
                Ok(text) => {
                    let text = self.text(text)?;
                    Ok(Slot::pointer(STRING, self.text_at(text)))
                }
                Err(_) => Err(Fault::mismatch(&conv.told, value)),
            },
            _ => self.composite(conv, value),
        }
    }

    #[inline(never)]
    fn composite(&mut self, conv: &Conv, value: &Bound<'py, PyAny>) -> Result<Slot, Fault> {
        match &conv.kind {
            Kind::List(element) => {
                let list = self.list(conv, element, value)?;
                Ok(Slot::pointer(LIST, self.keep(list)))
            }
            Kind::Record(record) => {
                let fields = self.record(conv, record, value)?;
                Ok(self.fields(RECORD, fields))
            }
            Kind::Tuple(types) => {
                let found: Vec<Bound<'py, PyAny>> = match value.cast::<PyTuple>() {
                    Ok(tuple) => tuple.iter().collect(),
                    Err(_) => value
                        .cast::<PyList>()
                        .map_err(|_| Fault::mismatch(&conv.told, value))?
                        .iter()
                        .collect(),
                };
                if found.len() != types.len() {
                    let message = format!("expected {} values, found {}", types.len(), found.len());
                    return Err(Fault::new(ErrorKind::WrongCount, message));
                }
                let mut fields = Vec::with_capacity(found.len());
                for (i, (ty, field)) in types.iter().zip(&found).enumerate() {
                    let slot = self.slot(ty, field);
                    fields.push(slot.map_err(|fault| fault.within(format!("field {i}")))?);
                }
                self.lent.extend(found);
                Ok(self.fields(TUPLE, fields))
            }
            Kind::Variant(variant) => {
                let (index, val) = self.variant(conv, variant, value)?;
                Ok(Slot::pointer(VARIANT, self.keep(VariantSlot { index, val })))
            }
            Kind::Enum(of) => Ok(Slot::number(ENUM, enumeration(conv, of, value)?.into())),
            Kind::Flags(_, mask) => {
                let bits = value.cast::<PyInt>().map_err(|_| Fault::mismatch(&conv.told, value))?;
                let bits = bits.extract::<u32>().ok().filter(|bits| bits & !mask == 0);
                let message =
                    || Fault::new(ErrorKind::OutOfRange, format!("{value} are no {}", conv.told));
                Ok(Slot::number(FLAGS, bits.ok_or_else(message)?.into()))
            }
            Kind::Option(nested, some) => {
                if value.is_none() {
                    return Ok(Slot::pointer::<Slot>(OPTION, std::ptr::null()));
                }
                let slot = match nested {
                    false => self.slot(some, value)?,
                    true => {
                        if !value.is_instance(SOME.get(value.py())?)? {
                            let what = "None or witrt.Some";
                            return Err(Fault::mismatch(what, value));
                        }
                        let held = value.getattr("value")?;
                        self.lent.push(held.clone());
                        self.slot(some, &held)?
                    }
                };
                Ok(Slot::pointer(OPTION, self.keep(slot)))
            }
            Kind::Result(cases) => {
                let py = value.py();
                let index =
                    match (value.is_instance(OK.get(py)?)?, value.is_instance(ERR.get(py)?)?) {
                        (true, _) => 0,
                        (_, true) => 1,
                        _ => return Err(Fault::mismatch("witrt.Ok or witrt.Err", value)),
                    };
                self.outcome(cases, index, &value.getattr("value")?)
            }
            Kind::Resource { name, is_hosts, own } => {
                let name = name.bind(value.py());
                let resource = resource::give(value, name, *is_hosts, *own)?;
                let kind = if *own { OWN } else { BORROW };
                Ok(Slot::pointer::<Resource>(kind, self.keep(resource)))
            }
            Kind::Scalar(_) | Kind::Text | Kind::ExternRef | Kind::FuncRef => {
                Err(Fault::mismatch(&conv.told, value))
            }
        }
    }

    fn fields(&mut self, kind: u8, fields: Vec<Slot>) -> Slot {
        let slot = FieldsSlot { size: fields.len(), data: fields.as_ptr() };
        self.nodes.push(Rc::new(fields));
        Slot::pointer(kind, self.keep(slot))
    }

    /// One of the cases of a result.
    pub fn outcome(
        &mut self,
        cases: &[Option<std::sync::Arc<Conv>>; 2],
        index: u32,
        value: &Bound<'py, PyAny>,
    ) -> Result<Slot, Fault> {
        let case = if index == 0 { "ok" } else { "err" };
        let val = match &cases[index as usize] {
            Some(ty) => {
                self.lent.push(value.clone());
                let within = |fault: Fault| fault.within(format!("case {case:?}"));
                self.slot(ty, value).map_err(within)?
            }
            None if value.is_none() => Slot::NONE,
            None => {
                let fault = Fault::mismatch("None", value);
                return Err(fault.within(format!("case {case:?}")));
            }
        };
        Ok(Slot::pointer(RESULT, self.keep(VariantSlot { index, val })))
    }

    fn record(
        &mut self,
        conv: &Conv,
        record: &Record,
        value: &Bound<'py, PyAny>,
    ) -> Result<Vec<Slot>, Fault> {
        let py = value.py();
        let dict = value.cast::<PyDict>().ok();
        // Text and numbers have no such attributes: a better message than that.
        if value.is_none() || value.is_instance_of::<PyString>() || value.is_instance_of::<PyInt>()
        {
            return Err(Fault::mismatch(&conv.told, value));
        }
        let mut fields = Vec::with_capacity(record.fields.len());
        let mut taken = 0;
        for ((wit, own), ty) in record.names.iter().zip(&record.fields) {
            let within = |fault: Fault| fault.within(format!("field {wit:?}"));
            let own = own.bind(py);
            let field = match dict {
                Some(dict) => {
                    let found = match dict.get_item(own)? {
                        None => dict.get_item(&**wit)?,
                        found => found,
                    };
                    taken += usize::from(found.is_some());
                    found
                }
                None => value.getattr_opt(own)?,
            };
            let missing = || {
                within(Fault::new(
                    ErrorKind::WrongKind,
                    format!("it is missing in a {}", type_name(value)),
                ))
            };
            let field = field.ok_or_else(missing)?;
            fields.push(self.slot(ty, &field).map_err(within)?);
            self.lent.push(field);
        }
        if let Some(dict) = dict
            && dict.len() != taken
        {
            let known = |key: &Bound<'_, PyAny>| {
                let key = key.to_string();
                record
                    .names
                    .iter()
                    .any(|(wit, own)| **wit == *key || own.bind(py).to_string() == key)
            };
            let other = dict.keys().iter().find(|key| !known(key));
            let other =
                other.map_or_else(|| "a key twice".to_owned(), |key| format!("a key {key}"));
            let message = format!("expected {}, found {other}", conv.told);
            return Err(Fault::new(ErrorKind::WrongKind, message));
        }
        Ok(fields)
    }

    fn variant(
        &mut self,
        conv: &Conv,
        variant: &Variant,
        value: &Bound<'py, PyAny>,
    ) -> Result<(u32, Slot), Fault> {
        let class = value.get_type();
        let index = variant.classes.iter().position(|case| class.is(case));
        let index = index.ok_or_else(|| Fault::mismatch(&conv.told, value))?;
        let (name, ty) = &variant.cases[index];
        let Some(ty) = ty else { return Ok((index as u32, Slot::NONE)) };
        let held = value.getattr(pyo3::intern!(value.py(), "value"))?;
        let slot = self.slot(ty, &held).map_err(|fault| fault.within(format!("case {name:?}")))?;
        self.lent.push(held);
        Ok((index as u32, slot))
    }

    fn list(
        &mut self,
        conv: &Conv,
        element: &Conv,
        value: &Bound<'py, PyAny>,
    ) -> Result<ListSlot, Fault> {
        if let Kind::Scalar(kind) = element.kind {
            if kind == U8
                && let Ok(bytes) = value.cast::<PyBytes>()
            {
                let bytes = bytes.as_bytes();
                self.lent.push(value.clone());
                return Ok(ListSlot {
                    data: bytes.as_ptr().cast(),
                    size: bytes.len(),
                    element: U8,
                });
            }
            if let Some(buffer) = buffer::get(value, kind)? {
                let slot = ListSlot { data: buffer.start(), size: buffer.count(), element: kind };
                self.buffers.push(buffer);
                return Ok(slot);
            }
        }
        if value.is_instance_of::<PyString>() || value.is_instance_of::<PyDict>() {
            return Err(Fault::mismatch(&conv.told, value));
        }
        let items: Vec<Bound<'py, PyAny>> = match value.cast::<PyList>() {
            Ok(list) => list.iter().collect(),
            Err(_) => match value.try_iter() {
                Ok(items) => items.collect::<PyResult<_>>()?,
                Err(_) => return Err(Fault::mismatch(&conv.told, value)),
            },
        };
        let at = |i: usize| move |fault: Fault| fault.within(format!("element {i}"));
        let slot = match element.kind {
            Kind::Scalar(kind) => {
                let mut packed = buffer::Packed::new(kind, items.len());
                for (i, item) in items.iter().enumerate() {
                    packed.push(scalar(kind, element, item).map_err(at(i))?.bits());
                }
                let slot = ListSlot { data: packed.start(), size: items.len(), element: kind };
                self.nodes.push(Rc::new(packed));
                return Ok(slot);
            }
            Kind::Text => {
                let mut texts = Vec::with_capacity(items.len());
                for (i, item) in items.iter().enumerate() {
                    let text = item.cast::<PyString>();
                    let text =
                        text.map_err(|_| Fault::mismatch(&element.told, item)).map_err(at(i))?;
                    texts.push(self.text(text)?);
                }
                let slot =
                    ListSlot { data: texts.as_ptr().cast(), size: texts.len(), element: STRING };
                self.nodes.push(Rc::new(texts));
                slot
            }
            _ => {
                let mut slots = Vec::with_capacity(items.len());
                for (i, item) in items.iter().enumerate() {
                    slots.push(self.slot(element, item).map_err(at(i))?);
                }
                let slot =
                    ListSlot { data: slots.as_ptr().cast(), size: slots.len(), element: VAL };
                self.nodes.push(Rc::new(slots));
                slot
            }
        };
        self.lent.extend(items);
        Ok(slot)
    }
}

pub static SOME: Imported = Imported::new("witrt._values", "Some");
pub static OK: Imported = Imported::new("witrt._values", "Ok");
pub static ERR: Imported = Imported::new("witrt._values", "Err");

fn type_name(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "value".into(), |name| name.to_string())
}

/// A number, `bool` or `char`; of narrow integers, extended by the sign.
#[inline]
pub fn scalar(kind: u8, conv: &Conv, value: &Bound<'_, PyAny>) -> Result<Slot, Fault> {
    let bits = match kind {
        BOOL => match value.cast_exact::<PyBool>() {
            Ok(value) => value.is_true().into(),
            Err(_) => return other_bool(conv, value),
        },
        CHAR => character(conv, value)?.into(),
        F32 => float(conv, value).map(|value| u64::from((value as f32).to_bits()))?,
        F64 => float(conv, value)?.to_bits(),
        U64 => match value.extract::<u64>() {
            Ok(number) => number,
            Err(wrong) => return Err(no_integer(conv, value, &wrong)),
        },
        _ => match value.extract::<i64>() {
            Ok(number) => integer(kind, number).ok_or_else(|| out_of_range(conv, value))?,
            // What has more than 63 bits may be core code's.
            Err(_) if kind == I64 && value.extract::<u64>().is_ok() => value.extract::<u64>()?,
            Err(wrong) => return Err(no_integer(conv, value, &wrong)),
        },
    };
    Ok(Slot::number(kind, bits))
}

/// NumPy has a `bool` of its own.
#[cold]
fn other_bool(conv: &Conv, value: &Bound<'_, PyAny>) -> Result<Slot, Fault> {
    match value.extract::<bool>() {
        Ok(value) => Ok(Slot::number(BOOL, value.into())),
        Err(_) => Err(Fault::mismatch(&conv.told, value)),
    }
}

/// The bits of an integer, if it is in the kind's range. Core integers have no sign, so
/// that both readings of one are permitted.
#[inline]
fn integer(kind: u8, number: i64) -> Option<u64> {
    let fits = match kind {
        S8 => i8::try_from(number).is_ok(),
        U8 => u8::try_from(number).is_ok(),
        S16 => i16::try_from(number).is_ok(),
        U16 => u16::try_from(number).is_ok(),
        S32 => i32::try_from(number).is_ok(),
        U32 => u32::try_from(number).is_ok(),
        I32 => i32::try_from(number).is_ok() || u32::try_from(number).is_ok(),
        _ => true,
    };
    let narrow = !matches!(kind, S64 | I64);
    fits.then_some(if narrow { (number as u32).into() } else { number as u64 })
}

#[cold]
fn no_integer(conv: &Conv, value: &Bound<'_, PyAny>, wrong: &PyErr) -> Fault {
    match wrong.is_instance_of::<PyOverflowError>(value.py()) {
        true => out_of_range(conv, value),
        false => Fault::mismatch(&conv.told, value),
    }
}

#[cold]
fn out_of_range(conv: &Conv, value: &Bound<'_, PyAny>) -> Fault {
    Fault::new(ErrorKind::OutOfRange, format!("{value} is no {}", conv.told))
}

#[inline]
fn float(conv: &Conv, value: &Bound<'_, PyAny>) -> Result<f64, Fault> {
    if let Ok(value) = value.cast_exact::<PyFloat>() {
        return Ok(value.value());
    }
    value.extract::<f64>().map_err(|wrong| no_integer(conv, value, &wrong))
}

fn character(conv: &Conv, value: &Bound<'_, PyAny>) -> Result<u32, Fault> {
    let text = value.cast::<PyString>().map_err(|_| Fault::mismatch(&conv.told, value))?;
    let units = units(text, Policy::Reject)?;
    let found = match units.text() {
        witrt::string::Text::Utf8([c]) | witrt::string::Text::Latin1([c]) => Some(u32::from(*c)),
        witrt::string::Text::Utf16([c]) => Some(u32::from(*c)),
        witrt::string::Text::Utf32([c]) => Some(*c),
        _ => None,
    };
    match found {
        Some(c) if char::from_u32(c).is_some() => Ok(c),
        Some(c) => {
            let message = format!("U+{c:04X} is no Unicode scalar value");
            Err(Fault::new(ErrorKind::OutOfRange, message))
        }
        None => {
            let message = format!("expected one character, found {}", text.len().unwrap_or(0));
            Err(Fault::new(ErrorKind::WrongKind, message))
        }
    }
}

fn enumeration(conv: &Conv, of: &Enum, value: &Bound<'_, PyAny>) -> Result<u32, Fault> {
    if !value.is_instance(of.class.bind(value.py()))? && !value.is_exact_instance_of::<PyInt>() {
        return Err(Fault::mismatch(&conv.told, value));
    }
    let number = value.extract::<u32>().ok();
    let number = number.filter(|number| (*number as usize) < of.members.len());
    number.ok_or_else(|| out_of_range(conv, value))
}
