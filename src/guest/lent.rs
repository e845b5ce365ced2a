//! Values of a host's own types as values of any type, and back: for functions that take
//! values apart. They go through memory of the host's in which they lie as in a
//! component's.
//!
//! Not here: functions.

use super::context::Cx;
use super::list::List;
use super::packed::{Budget, of_bytes, take as take_scalar};
use super::resource::Resource;
use super::strings::{Str, bad_text, changed};
use super::tree::walk::Writing;
use super::tree::walk::{FromGuest, Lend, Look, Looked, Reading, Take, Taken, ToGuest, Words};
use super::value::{Payload, Val};
use crate::abi::{GuestEncoding, Measure};
use crate::error::{Error, Result};
use crate::string::{Encoding, Policy, Text};
use crate::types::tree::{Cases, Fields, ResourceType, Type};
use std::collections::HashMap;
use std::sync::Arc;

/// Makes a value of what a host lends.
pub(super) fn to_val(cx: &Cx<'_>, ty: &Type, value: &dyn Lend) -> Result<Val<'static>> {
    let mut room = Room { cx, bytes: Vec::new(), vals: HashMap::new() };
    let mut put = || -> wasmtime::Result<usize> {
        let at = room.allocate(ty.align(), ty.size())?;
        value.put_memory(ty, &mut Writing::new(&mut room), at)?;
        Ok(at)
    };
    let at = put().map_err(told)?;
    Place { bytes: &room.bytes, vals: &room.vals }.val(ty, at)
}

/// Looks at what a host lends.
pub(super) fn look(cx: &Cx<'_>, ty: &Type, value: &dyn Lend, i: usize) -> Result<()> {
    value
        .look(ty, &mut Looks(cx))
        .map_err(|f| f.into_error(format!("parameter {i}")).at_argument(i))
}

/// Gives a value to where a host takes it.
pub(super) fn give(cx: &Cx<'_>, ty: &Type, val: &Val<'_>, to: &mut dyn Take) -> Result<()> {
    let mut room = Room { cx, bytes: Vec::new(), vals: HashMap::new() };
    let at = room.allocate(ty.align(), ty.size()).map_err(told)?;
    room.put(ty, val, at)?;
    let Room { bytes, .. } = room;
    let mut source = Source { bytes: &bytes };
    to.take_memory(ty, &mut Reading::new(&mut source, &bytes), at).map_err(told)
}

/// What a walk over the host's own memory says.
fn told(error: wasmtime::Error) -> Error {
    match error.downcast::<Error>() {
        Ok(error) => error,
        Err(other) => Error::internal(format_args!("{other:#}")),
    }
}

fn no_resources() -> Error {
    Error::internal("a face has no resources")
}

fn mismatch(ty: &Type, found: &Val<'_>) -> Error {
    Error::internal(format_args!("{} where {ty} is due", found.ty()))
}

/// Checks text; what else may be wrong is found when it is put.
struct Looks<'x, 'c>(&'x Cx<'c>);

impl Look for Looks<'_, '_> {
    fn text(&mut self, text: Text<'_>, policy: Option<Policy>) -> Looked {
        let policy = policy.unwrap_or(self.0.data().policy);
        Measure::new(text, GuestEncoding::default(), policy).map_err(bad_text)?;
        Ok(())
    }

    fn utf8(&mut self, _: &str) -> Looked {
        Ok(())
    }

    fn string(&mut self, text: &Str<'_>) -> Looked {
        let policy = text.policy_or(self.0.data().policy);
        let looked = text.with_in(self.0.into(), |text| {
            Measure::new(text, GuestEncoding::default(), policy).map(drop).map_err(bad_text)
        });
        Ok(looked.and_then(|looked| looked)?)
    }

    fn resource(&mut self, _: &Arc<ResourceType>, _: bool, _: &Resource) -> Looked {
        Err(no_resources().into())
    }

    fn val(&mut self, _: &Type, _: &Val<'_>) -> Looked {
        Ok(())
    }
}

/// Memory of the host's, with text in the encoding that nearly all guests have.
struct Room<'x, 'c> {
    cx: &'x Cx<'c>,
    bytes: Vec<u8>,
    /// Values that were put as they are, by their address.
    vals: HashMap<usize, Val<'static>>,
}

impl ToGuest for Room<'_, '_> {
    fn allocate(&mut self, align: u32, size: usize) -> wasmtime::Result<usize> {
        let at = self.bytes.len().next_multiple_of(align.max(1) as usize);
        let end = at.checked_add(size).filter(|end| *end <= u32::MAX as usize);
        let end = end.ok_or_else(|| {
            Error::new(crate::ErrorKind::OutOfRange, "a value is too large for a guest")
        })?;
        self.bytes.resize(end, 0);
        Ok(at)
    }

    fn memory(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    fn text(&mut self, text: Text<'_>, policy: Option<Policy>) -> wasmtime::Result<(usize, u32)> {
        let policy = policy.unwrap_or(self.cx.data().policy);
        let measure = Measure::new(text, GuestEncoding::default(), policy).map_err(bad_text)?;
        let at = self.allocate(1, measure.bytes())?;
        measure.write_unchanged(text, &mut self.bytes[at..]).map_err(changed)?;
        Ok((at, measure.bytes() as u32))
    }

    fn utf8(&mut self, text: &str) -> wasmtime::Result<(usize, u32)> {
        let at = self.allocate(1, text.len())?;
        self.bytes[at..].copy_from_slice(text.as_bytes());
        Ok((at, text.len() as u32))
    }

    fn string(&mut self, text: &Str<'_>) -> wasmtime::Result<(usize, u32)> {
        let (cx, policy) = (self.cx, text.policy());
        text.with_in(cx.into(), |text| ToGuest::text(self, text, policy))?
    }

    fn resource(&mut self, _: &ResourceType, _: bool, _: &Resource) -> wasmtime::Result<u32> {
        Err(no_resources().into())
    }

    fn val_words(&mut self, _: &Type, _: &Val<'_>, _: &mut Words<'_>) -> wasmtime::Result<()> {
        Err(no_resources().into())
    }

    fn val_memory(&mut self, _: &Type, val: &Val<'_>, at: usize) -> wasmtime::Result<()> {
        let val = owned(self.cx, val)?;
        self.vals.insert(at, val);
        Ok(())
    }
}

/// A copy of a value that owns what is in it.
fn owned(cx: &Cx<'_>, val: &Val<'_>) -> Result<Val<'static>> {
    let all = |vals: &[Val<'_>]| vals.iter().map(|val| owned(cx, val)).collect::<Result<Vec<_>>>();
    let payload =
        |val: &Payload<'_>| val.as_deref().map(|val| owned(cx, val).map(Box::new)).transpose();
    Ok(match val {
        Val::String(text) => Val::String(text.with_in(cx.into(), Str::copied)??),
        Val::List(list) => {
            let items = (0..list.len()).filter_map(|i| list.get(i));
            let items = items.map(|item| owned(cx, &item)).collect::<Result<_>>()?;
            Val::List(List::Val(items))
        }
        Val::Record(vals) => Val::Record(all(vals)?),
        Val::Tuple(vals) => Val::Tuple(all(vals)?),
        Val::Variant(case, val) => Val::Variant(*case, payload(val)?),
        Val::Option(val) => Val::Option(payload(val)?),
        Val::Result(Ok(val)) => Val::Result(Ok(payload(val)?)),
        Val::Result(Err(val)) => Val::Result(Err(payload(val)?)),
        Val::Enum(case) => Val::Enum(*case),
        Val::Flags(bits) => Val::Flags(*bits),
        number => Val::from_bits(number.ty(), number.bits())?,
    })
}

/// Values as they lie in such memory.
struct Place<'l> {
    bytes: &'l [u8],
    vals: &'l HashMap<usize, Val<'static>>,
}

impl Place<'_> {
    fn at<const N: usize>(&self, at: usize) -> Result<[u8; N]> {
        let found = self.bytes.get(at..).and_then(|rest| rest.first_chunk::<N>());
        found.copied().ok_or_else(|| Error::internal("a value is not where it should be"))
    }

    fn number(&self, size: usize, at: usize) -> Result<u32> {
        Ok(match size {
            1 => self.at::<1>(at)?[0].into(),
            2 => u16::from_le_bytes(self.at(at)?).into(),
            _ => u32::from_le_bytes(self.at(at)?),
        })
    }

    fn pair(&self, at: usize) -> Result<(usize, usize)> {
        Ok((self.number(4, at)? as usize, self.number(4, at + 4)? as usize))
    }

    /// The value at an address.
    fn val(&self, ty: &Type, at: usize) -> Result<Val<'static>> {
        if let Some(val) = self.vals.get(&at) {
            return Ok(val.clone());
        }
        let broken = || Error::internal("a value is not where it should be");
        Ok(match ty {
            Type::Scalar(_) => {
                take_scalar(ty, self.bytes.get(at..at + ty.size()).ok_or_else(broken)?)?
            }
            Type::String => {
                let (at, len) = self.pair(at)?;
                let bytes = self.bytes.get(at..at + len).ok_or_else(broken)?;
                let encoding = GuestEncoding::default().told(0).0;
                Val::String(Str::copied(Text::of_bytes(encoding, bytes))?)
            }
            Type::Enum(cases) => Val::Enum(self.number(cases.tag as usize, at)?),
            Type::Flags(_) => Val::Flags(self.number(ty.size(), at)?),
            Type::List(list) => {
                let (start, len) = self.pair(at)?;
                let element = &list.element;
                if let Type::Scalar(_) = element {
                    let end = start + len * element.size();
                    let bytes = self.bytes.get(start..end).ok_or_else(broken)?;
                    return Ok(Val::List(of_bytes(
                        element,
                        Text::Latin1(bytes),
                        &mut Budget::new(),
                    )?));
                }
                let items = (0..len).map(|i| self.val(element, start + i * element.size()));
                Val::List(List::Val(items.collect::<Result<_>>()?))
            }
            Type::Record(fields) => Val::Record(self.fields(fields, at)?),
            Type::Tuple(fields) => Val::Tuple(self.fields(fields, at)?),
            Type::Variant(cases) => {
                let (case, val) = self.case(cases, at)?;
                Val::Variant(case, val)
            }
            Type::Option(cases) => Val::Option(self.case(cases, at)?.1),
            Type::Result(cases) => match self.case(cases, at)? {
                (0, val) => Val::Result(Ok(val)),
                (_, val) => Val::Result(Err(val)),
            },
            Type::Own(_) | Type::Borrow(_) => return Err(no_resources()),
        })
    }

    fn fields(&self, fields: &Fields, at: usize) -> Result<Vec<Val<'static>>> {
        let all = fields.fields.iter();
        all.map(|field| self.val(&field.ty, at + field.offset as usize)).collect()
    }

    fn case(&self, cases: &Cases, at: usize) -> Result<(u32, Payload<'static>)> {
        let case = self.number(cases.tag as usize, at)?;
        let held = cases.cases.get(case as usize).and_then(|case| case.ty.as_ref());
        let val = held.map(|ty| self.val(ty, at + cases.payload as usize).map(Box::new));
        Ok((case, val.transpose()?))
    }
}

impl Room<'_, '_> {
    /// Puts a value there.
    fn put(&mut self, ty: &Type, val: &Val<'_>, at: usize) -> Result<()> {
        match (ty, val) {
            (Type::Scalar(_) | Type::Enum(_) | Type::Flags(_), val) => {
                let (size, bits) = (ty.size(), val.bits().to_le_bytes());
                self.bytes[at..at + size].copy_from_slice(&bits[..size]);
                Ok(())
            }
            (Type::String, Val::String(text)) => {
                let (address, len) = ToGuest::string(self, text).map_err(told)?;
                self.put_pair(at, address, len as usize)
            }
            (Type::List(list), Val::List(items)) => {
                let (len, each) = (items.len(), list.element.size());
                let size = len.saturating_mul(each);
                let start = self.allocate(list.element.align(), size).map_err(told)?;
                for i in 0..len {
                    let item = items.get(i).ok_or_else(|| mismatch(ty, val))?;
                    self.put(&list.element, &item, start + i * each)?;
                }
                self.put_pair(at, start, len)
            }
            (Type::Record(fields), Val::Record(vals)) | (Type::Tuple(fields), Val::Tuple(vals)) => {
                let both = fields.fields.iter().zip(vals);
                both.into_iter().try_for_each(|(field, val)| {
                    self.put(&field.ty, val, at + field.offset as usize)
                })
            }
            (Type::Variant(cases), Val::Variant(case, val)) => self.put_case(cases, *case, val, at),
            (Type::Option(cases), Val::Option(val)) => {
                self.put_case(cases, val.is_some() as u32, val, at)
            }
            (Type::Result(cases), Val::Result(Ok(val))) => self.put_case(cases, 0, val, at),
            (Type::Result(cases), Val::Result(Err(val))) => self.put_case(cases, 1, val, at),
            (ty, val) => Err(mismatch(ty, val)),
        }
    }

    fn put_pair(&mut self, at: usize, address: usize, len: usize) -> Result<()> {
        self.bytes[at..at + 4].copy_from_slice(&(address as u32).to_le_bytes());
        self.bytes[at + 4..at + 8].copy_from_slice(&(len as u32).to_le_bytes());
        Ok(())
    }

    fn put_case(&mut self, cases: &Cases, case: u32, val: &Payload<'_>, at: usize) -> Result<()> {
        let tag = cases.tag as usize;
        self.bytes[at..at + tag].copy_from_slice(&case.to_le_bytes()[..tag]);
        let held = cases.cases.get(case as usize).and_then(|case| case.ty.as_ref());
        match held.zip(val.as_deref()) {
            Some((ty, val)) => self.put(ty, val, at + cases.payload as usize),
            None => Ok(()),
        }
    }
}

/// What a result is taken from.
struct Source<'l> {
    bytes: &'l [u8],
}

impl<'l> FromGuest<'l> for Source<'l> {
    fn pay(&mut self, _: usize) -> wasmtime::Result<()> {
        Ok(())
    }

    fn bytewise(&self) -> Option<Encoding> {
        GuestEncoding::default().of_bytes()
    }

    fn text(&self, at: u32, len: u32) -> wasmtime::Result<Text<'l>> {
        let (at, len) = (at as usize, len as usize);
        let bytes = self.bytes.get(at..at + len);
        let bytes = bytes.ok_or_else(|| Error::internal("a text is not where it should be"))?;
        Ok(Text::of_bytes(GuestEncoding::default().told(0).0, bytes))
    }

    fn own(&self, text: Text<'_>) -> wasmtime::Result<Str<'static>> {
        Ok(Str::copied(text)?)
    }

    fn resource(&mut self, _: &Arc<ResourceType>, _: bool, _: u32) -> wasmtime::Result<Resource> {
        Err(no_resources().into())
    }

    fn val_words(&mut self, _: &Type, _: &mut Taken<'_>) -> wasmtime::Result<Val<'static>> {
        Err(no_resources().into())
    }

    fn val_memory(&mut self, ty: &Type, at: usize) -> wasmtime::Result<Val<'static>> {
        Ok(Place { bytes: self.bytes, vals: &HashMap::new() }.val(ty, at)?)
    }
}
