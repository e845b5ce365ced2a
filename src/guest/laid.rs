//! Values with parts in memory of the host's, laid out as a component's, with text as the
//! guest has it; and the leaves that they are there. The way back is in `back`.
//!
//! Not here: calls.

pub(super) mod back;

use super::context::Cx;
use super::errors::{bad_text, changed};
use super::resource::Resource;
use super::strings::Str;
use super::tree::walk::{Fault, Look, Looked, ToGuest, Words, bytes_of, out_of_range};
use super::value::{List, Val};
use crate::abi::{GuestEncoding, Measure};
use crate::error::{Error, ErrorKind, Result};
use crate::string::{Encoding, Policy, Text};
use crate::types::kind::extended;
use crate::types::kinds_of_values;
use crate::types::leaves::{TEXTS_EACH, TEXTS_HEAD};
use crate::types::tree::{Cases, ResourceType, Type};
use std::sync::Arc;

/// A number or text that a value is made of.
#[derive(Clone, Copy)]
pub(super) enum Leaf {
    Number(u64),
    /// Text in memory: its encoding, where it begins, and how many bytes it has.
    Text(Encoding, usize, usize),
    /// Bytes in memory, as the text that a list is.
    Bytes(usize, usize),
    /// What somebody else has, by number.
    Elsewhere(usize),
}

impl Leaf {
    /// The bits of a number.
    pub fn bits(&self) -> u64 {
        match self {
            Leaf::Number(bits) => *bits,
            Leaf::Text(..) | Leaf::Bytes(..) | Leaf::Elsewhere(_) => 0,
        }
    }

    /// The text, which was checked when it was put there.
    pub fn text<'l>(&self, memory: &'l [u8]) -> Option<Str<'l>> {
        let bytes = |at: usize, size| {
            memory.get(at..).and_then(|rest| rest.get(..size)).unwrap_or_default()
        };
        Some(match *self {
            Leaf::Text(encoding, at, size) => {
                let text = Text::of_bytes(encoding, bytes(at, size));
                Str::from_text(text).with_policy(Policy::Keep)
            }
            Leaf::Bytes(at, size) => Str::from_latin1(bytes(at, size)),
            _ => return None,
        })
    }
}

/// What a walk over the host's own memory says.
pub(super) fn told(error: wasmtime::Error) -> Error {
    match error.downcast::<Error>() {
        Ok(error) => error,
        Err(other) => Error::internal(format_args!("{other:#}")),
    }
}

fn no_resources() -> Error {
    Error::internal("a face has no resources")
}

fn wrong(ty: &Type, found: &Val<'_>) -> Fault {
    let message = format!("expected {ty}, found {}", found.ty());
    Error::new(ErrorKind::WrongKind, message).into()
}

/// Looks at a number of the host's.
pub(super) fn look_at(ty: &Type, bits: u64) -> Looked {
    match ty {
        Type::Enum(cases) if bits as u32 as usize >= cases.cases.len() => {
            Err(out_of_range(format!("{} is no case", bits as u32)))
        }
        Type::Flags(flags) if bits as u32 & !flags.mask() != 0 => {
            Err(out_of_range(format!("{:#x} has bits without names", bits as u32)))
        }
        Type::Enum(_) | Type::Flags(_) | Type::Scalar(_) | Type::String | Type::List(_) => Ok(()),
        Type::Record(_) | Type::Tuple(_) | Type::Variant(_) | Type::Option(_) => Ok(()),
        Type::Result(_) | Type::Own(_) | Type::Borrow(_) => Ok(()),
    }
}

/// What there is of a case: its number, and what it holds.
fn case_of<'v>(ty: &Type, val: &'v Val<'_>) -> Option<(u32, Option<&'v Val<'v>>)> {
    Some(match (ty, val) {
        (Type::Variant(_), Val::Variant(case, held)) => (*case, held.as_deref()),
        (Type::Option(_), Val::Option(held)) => (held.is_some() as u32, held.as_deref()),
        (Type::Result(_), Val::Result(Ok(held))) => (0, held.as_deref()),
        (Type::Result(_), Val::Result(Err(held))) => (1, held.as_deref()),
        _ => return None,
    })
}

fn cases_of(ty: &Type) -> Option<&Cases> {
    match ty {
        Type::Variant(cases) | Type::Option(cases) | Type::Result(cases) => Some(cases),
        _ => None,
    }
}

/// Looks at text. Whatever else may be wrong is found when it is put, before any guest
/// runs.
pub(super) struct Looks<'x, 'c>(pub &'x Cx<'c>);

impl Look for Looks<'_, '_> {
    fn text(&mut self, text: Text<'_>, policy: Option<Policy>) -> Looked {
        let policy = policy.unwrap_or(self.0.data().policy);
        crate::string::measure(text, text.encoding(), policy).map_err(bad_text)?;
        Ok(())
    }

    fn utf8(&mut self, _: &str) -> Looked {
        Ok(())
    }

    fn string(&mut self, text: &Str<'_>) -> Looked {
        let policy = text.policy();
        Ok(text.with_in(self.0.into(), |text| match self.text(text, policy) {
            Ok(()) => Ok(()),
            Err(fault) => Err(fault.error),
        })??)
    }

    fn resource(&mut self, _: &Arc<ResourceType>, _: bool, _: &Resource) -> Looked {
        Err(no_resources().into())
    }

    fn val(&mut self, ty: &Type, val: &Val<'_>) -> Looked {
        let mut room = Room::new(self.0, Vec::new(), GuestEncoding::default());
        let at = room.place(ty)?;
        room.put(ty, val, at)
    }
}

/// Memory that values on their way to a guest are put into.
pub(super) struct Room<'x, 'c> {
    cx: &'x Cx<'c>,
    bytes: Vec<u8>,
    /// What the guest has in lists, and what all text here has, if it holds all.
    guest: GuestEncoding,
    text: GuestEncoding,
}

/// What text is encoded in on its way from and to a guest with this encoding.
fn between(guest: GuestEncoding) -> GuestEncoding {
    match guest.fixed() {
        Some(encoding) if encoding.keeps() => guest,
        _ => GuestEncoding::default(),
    }
}

fn encoding_of(text: GuestEncoding) -> Encoding {
    text.told(0).0
}

impl<'x, 'c> Room<'x, 'c> {
    /// Memory whose allocation is used again.
    pub fn new(cx: &'x Cx<'c>, mut bytes: Vec<u8>, guest: GuestEncoding) -> Room<'x, 'c> {
        bytes.clear();
        Room { cx, bytes, guest, text: between(guest) }
    }

    pub fn into_memory(self) -> Vec<u8> {
        self.bytes
    }

    /// A place for a value.
    pub fn place(&mut self, ty: &Type) -> Result<usize> {
        self.allocate(ty.align(), ty.size()).map_err(told)
    }

    fn number(&self, size: usize, at: usize) -> Result<u64> {
        number(&self.bytes, size, at)
    }

    fn put_bits(&mut self, at: usize, size: usize, bits: u64) {
        self.bytes[at..at + size].copy_from_slice(&bits.to_le_bytes()[..size]);
    }

    /// Puts a value of any kind there.
    pub fn put(&mut self, ty: &Type, val: &Val<'_>, at: usize) -> Looked {
        match (ty, val) {
            (Type::Scalar(_) | Type::Enum(_) | Type::Flags(_), val)
                if val.ty() == ty.val_type() =>
            {
                look_at(ty, val.bits())?;
                self.put_bits(at, ty.size(), val.bits());
            }
            (Type::String, Val::String(text)) => {
                let (address, len) = ToGuest::string(self, text).map_err(told)?;
                self.put_pair(at, address, len as usize);
            }
            (Type::List(list), Val::List(items)) => {
                let (element, len) = (&list.element, items.len());
                let size = len.saturating_mul(element.size());
                let start = self.allocate(element.align(), size).map_err(told)?;
                match items {
                    List::Val(items) => {
                        for (i, item) in items.iter().enumerate() {
                            let put = self.put(element, item, start + i * element.size());
                            put.map_err(|fault| fault.within(|| format!("element {i}")))?;
                        }
                    }
                    items if items.element() == Some(element.val_type()) => {
                        self.bytes[start..start + size].copy_from_slice(packed(items));
                    }
                    _ => return Err(wrong(ty, val)),
                }
                self.put_pair(at, start, len);
            }
            (Type::Record(fields), Val::Record(vals)) | (Type::Tuple(fields), Val::Tuple(vals))
                if fields.fields.len() == vals.len() =>
            {
                for (i, (field, val)) in fields.fields.iter().zip(vals).enumerate() {
                    let put = self.put(&field.ty, val, at + field.offset as usize);
                    put.map_err(|fault| {
                        fault.within(|| match &*field.name {
                            "" => format!("field {i}"),
                            name => format!("field {name:?}"),
                        })
                    })?;
                }
            }
            (ty, val) => {
                let chosen = cases_of(ty).zip(case_of(ty, val));
                let Some((cases, (chosen, held))) = chosen else { return Err(wrong(ty, val)) };
                let Some(case) = cases.cases.get(chosen as usize) else {
                    return Err(out_of_range(format!("{chosen} is no case")));
                };
                self.put_bits(at, cases.tag as usize, chosen.into());
                match (&case.ty, held) {
                    (Some(ty), Some(val)) => {
                        let put = self.put(ty, val, at + cases.payload as usize);
                        put.map_err(|fault| fault.within(|| format!("case {:?}", &*case.name)))?;
                    }
                    (None, None) => {}
                    (Some(ty), None) => {
                        let message = format!("the case {:?} holds {ty}", &*case.name);
                        return Err(out_of_range(message));
                    }
                    (None, Some(_)) => {
                        let message = format!("the case {:?} holds nothing", &*case.name);
                        return Err(out_of_range(message));
                    }
                }
            }
        }
        Ok(())
    }

    fn put_pair(&mut self, at: usize, address: usize, len: usize) {
        self.put_bits(at, 8, address as u64 | (len as u64) << 32);
    }

    /// Adds the leaves of a value that lies there; of none, zeros and empty text.
    pub fn leaves(&mut self, ty: &Type, at: Option<usize>, to: &mut Vec<Leaf>) -> Result<()> {
        let pair = |room: &Self| -> Result<(usize, usize)> {
            let Some(at) = at else { return Ok((0, 0)) };
            let pair = room.number(8, at)?;
            Ok((pair as u32 as usize, (pair >> 32) as usize))
        };
        match ty {
            Type::Scalar(_) | Type::Enum(_) | Type::Flags(_) => {
                let bits = at.map_or(Ok(0), |at| self.number(ty.size(), at))?;
                to.push(Leaf::Number(extended(ty.kind(), bits)));
            }
            Type::String => {
                let (start, len) = pair(self)?;
                let encoding = encoding_of(self.text);
                to.push(Leaf::Text(encoding, start, len * encoding.unit_size()));
            }
            Type::List(list) => {
                let (start, len) = pair(self)?;
                let (start, size) = match list.element == Type::String {
                    true => self.texts(start, len)?,
                    // Elements have no pointers in them, and are a run of bytes.
                    false => (start, len * list.element.size()),
                };
                to.push(Leaf::Bytes(start, size));
            }
            Type::Record(fields) | Type::Tuple(fields) => {
                for field in &fields.fields {
                    self.leaves(&field.ty, at.map(|at| at + field.offset as usize), to)?;
                }
            }
            Type::Variant(cases) | Type::Option(cases) | Type::Result(cases) => {
                let chosen = at.map_or(Ok(0), |at| self.number(cases.tag as usize, at))?;
                to.push(Leaf::Number(chosen));
                for (i, case) in cases.cases.iter().enumerate() {
                    let Some(ty) = &case.ty else { continue };
                    let here = at.filter(|_| i as u64 == chosen);
                    self.leaves(ty, here.map(|at| at + cases.payload as usize), to)?;
                }
            }
            Type::Own(_) | Type::Borrow(_) => return Err(no_resources()),
        }
        Ok(())
    }

    /// Makes one piece of so many texts, as [`TEXTS_HEAD`] says, and tells where it is.
    fn texts(&mut self, from: usize, count: usize) -> Result<(usize, usize)> {
        let (encoding, unit) = (encoding_of(self.text), self.guest.align() as usize);
        let head = TEXTS_HEAD as usize + TEXTS_EACH as usize * count;
        let piece = self.allocate(8, head).map_err(told)?;
        let number = GuestEncoding::ALL.iter().position(|known| *known == self.guest);
        self.put_pair(piece, number.unwrap_or(0), count);
        for i in 0..count {
            let pair = self.number(8, from + 8 * i)?;
            let (start, len) = (pair as u32 as usize, (pair >> 32) as usize);
            let size = len * encoding.unit_size();
            let at = self.bytes.len();
            let len = if self.text == self.guest {
                self.allocate(1, size + unit).map_err(told)?;
                self.bytes.copy_within(start..start + size, at);
                len
            } else {
                let text = Text::of_bytes(encoding, &self.bytes[start..start + size]);
                let measure = Measure::new(text, self.guest, self.cx.data().policy);
                let element = |error: Error| error.context(format!("element {i}"));
                let measure = measure.map_err(|bad| element(bad_text(bad)))?;
                self.allocate(1, measure.bytes() + unit).map_err(told)?;
                let (before, room) = self.bytes.split_at_mut(at);
                let text = Text::of_bytes(encoding, &before[start..start + size]);
                let room = &mut room[..measure.bytes()];
                measure.write_unchanged(text, room).map_err(changed)?;
                measure.length().unwrap_or(0) as usize
            };
            let each = piece + TEXTS_HEAD as usize + TEXTS_EACH as usize * i;
            self.put_pair(each, at - piece, len);
        }
        Ok((piece, self.bytes.len() - piece))
    }
}

/// The bytes of a packed list.
fn packed<'l>(items: &'l List<'_>) -> &'l [u8] {
    macro_rules! bytes {
        ($($name:ident $number:literal $ty:ty;)+) => {
            match items {
                $(List::$name(items) => bytes_of(items),)+
                List::Val(_) => &[],
            }
        };
    }
    kinds_of_values!(packed bytes)
}

fn number(memory: &[u8], size: usize, at: usize) -> Result<u64> {
    let broken = || Error::internal("a value is not where it should be");
    let found = memory.get(at..).and_then(|rest| rest.get(..size)).ok_or_else(broken)?;
    let mut bytes = [0; 8];
    bytes[..size].copy_from_slice(found);
    Ok(u64::from_le_bytes(bytes))
}

impl ToGuest for Room<'_, '_> {
    fn allocate(&mut self, align: u32, size: usize) -> wasmtime::Result<usize> {
        let at = self.bytes.len().next_multiple_of(align.max(1) as usize);
        let end = at.checked_add(size).filter(|end| *end <= u32::MAX as usize);
        let end = end
            .ok_or_else(|| Error::new(ErrorKind::OutOfRange, "a value is too large for a guest"))?;
        let more = end - self.bytes.len();
        if self.bytes.try_reserve(more).is_err() {
            let message = format!("no memory for a value of {size} bytes");
            return Err(Error::new(ErrorKind::OutOfMemory, message).into());
        }
        self.bytes.resize(end, 0);
        Ok(at)
    }

    fn memory(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    fn text(&mut self, text: Text<'_>, policy: Option<Policy>) -> wasmtime::Result<(usize, u32)> {
        let policy = policy.unwrap_or(self.cx.data().policy);
        let measure = Measure::new(text, self.text, policy).map_err(bad_text)?;
        let at = self.allocate(1, measure.bytes())?;
        measure.write_unchanged(text, &mut self.bytes[at..]).map_err(changed)?;
        Ok((at, measure.length().unwrap_or(0)))
    }

    fn utf8(&mut self, text: &str) -> wasmtime::Result<(usize, u32)> {
        ToGuest::text(self, text.into(), None)
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

    fn val_memory(&mut self, ty: &Type, val: &Val<'_>, at: usize) -> wasmtime::Result<()> {
        Ok(self.put(ty, val, at).map_err(|fault| fault.into_error("a value".into()))?)
    }
}
