//! Values with parts out of their leaves, in memory of the host's, and out of that.
//!
//! Not here: the way there.

use super::{Leaf, between, encoding_of, no_resources, number, told};
use crate::abi::{GuestEncoding, Measure};
use crate::error::{Error, ErrorKind, Result, Trap};
use crate::guest::context::Cx;
use crate::guest::errors::{bad_text, changed};
use crate::guest::packed::{Budget, of_bytes, take as take_scalar};
use crate::guest::resource::Resource;
use crate::guest::strings::{Str, copy_as};
use crate::guest::tree::Raw;
use crate::guest::tree::walk::{FromGuest, Reading, Take, Taken};
use crate::guest::value::{List, Payload, Val};
use crate::string::{Encoding, Policy, Text};
use crate::types::leaves::{TEXTS_EACH, TEXTS_HEAD};
use crate::types::tree::{Cases, Fields, ResourceType, Type};
use std::sync::Arc;

/// Leaves that values are made of, in order.
pub(crate) struct Leaves<'l> {
    pub leaves: std::slice::Iter<'l, Leaf>,
    pub texts: &'l [Raw],
}

impl<'l> Leaves<'l> {
    fn number(&mut self) -> Result<u64> {
        match self.leaves.next() {
            Some(Leaf::Number(bits)) => Ok(*bits),
            _ => Err(Error::internal("a value has too few parts")),
        }
    }

    fn text(&mut self) -> Result<Text<'l>> {
        match self.leaves.next() {
            Some(Leaf::Elsewhere(i)) => self.texts.get(*i).map(Raw::text),
            _ => None,
        }
        .ok_or_else(|| Error::internal("a value has too few parts"))
    }
}

/// Memory that values of a guest are put into, out of their leaves.
pub(crate) struct Back {
    bytes: Vec<u8>,
    text: GuestEncoding,
    policy: Policy,
    budget: Budget,
}

impl Back {
    /// Memory whose allocation is used again.
    pub fn new(mut bytes: Vec<u8>, guest: GuestEncoding, policy: Policy) -> Back {
        bytes.clear();
        Back { bytes, text: between(guest), policy, budget: Budget::new() }
    }

    pub fn into_memory(self) -> Vec<u8> {
        self.bytes
    }

    fn room(&mut self, align: u32, size: usize) -> Result<usize> {
        let at = self.bytes.len().next_multiple_of(align.max(1) as usize);
        let end = at.saturating_add(size);
        // Addresses are 32 bits here, too.
        if end > u32::MAX as usize || self.bytes.try_reserve(end - self.bytes.len()).is_err() {
            let message = format!("no memory for a value of {size} bytes");
            return Err(Error::new(ErrorKind::OutOfMemory, message));
        }
        self.bytes.resize(end, 0);
        Ok(at)
    }

    /// Puts a value of this type, and tells where it is.
    pub fn value(&mut self, ty: &Type, leaves: &mut Leaves<'_>) -> Result<usize> {
        let at = self.room(ty.align(), ty.size())?;
        self.put(ty, leaves, Some(at))?;
        Ok(at)
    }

    fn put_bits(&mut self, at: Option<usize>, size: usize, bits: u64) {
        if let Some(at) = at {
            self.bytes[at..at + size].copy_from_slice(&bits.to_le_bytes()[..size]);
        }
    }

    fn put_pair(&mut self, at: usize, (address, len): (usize, usize)) {
        self.put_bits(Some(at), 8, address as u64 | (len as u64) << 32);
    }

    /// Puts it there, or nowhere.
    fn put(&mut self, ty: &Type, leaves: &mut Leaves<'_>, at: Option<usize>) -> Result<()> {
        match ty {
            Type::Scalar(_) => {
                let bits = leaves.number()?;
                self.put_bits(at, ty.size(), bits);
            }
            Type::Enum(cases) => {
                let case = case(cases, leaves.number()?)?;
                self.put_bits(at, ty.size(), case.into());
            }
            Type::Flags(flags) => {
                let bits = leaves.number()? as u32;
                if bits & !flags.mask() != 0 {
                    return Err(Trap::new(format!("{ty}: {bits:#x} has bits without names")).into());
                }
                self.put_bits(at, ty.size(), bits.into());
            }
            Type::String => {
                let text = leaves.text()?;
                if let Some(at) = at {
                    let pair = self.text(text)?;
                    self.put_pair(at, pair);
                }
            }
            Type::List(list) => {
                let (text, element) = (leaves.text()?, &list.element);
                let Text::Latin1(bytes) = text else {
                    return Err(Error::internal("a list is no bytes"));
                };
                let Some(at) = at else { return Ok(()) };
                if *element == Type::String {
                    let pair = self.texts(bytes)?;
                    self.put_pair(at, pair);
                    return Ok(());
                }
                let size = element.size().max(1);
                if bytes.len() % size != 0 {
                    let message = format!("a list of {element} ends amid an element");
                    return Err(Trap::new(message).into());
                }
                let start = self.room(element.align(), bytes.len())?;
                self.bytes[start..start + bytes.len()].copy_from_slice(bytes);
                self.put_pair(at, (start, bytes.len() / size));
            }
            Type::Record(fields) | Type::Tuple(fields) => {
                for field in &fields.fields {
                    self.put(&field.ty, leaves, at.map(|at| at + field.offset as usize))?;
                }
            }
            Type::Variant(cases) | Type::Option(cases) | Type::Result(cases) => {
                let chosen = case(cases, leaves.number()?)?;
                self.put_bits(at, cases.tag as usize, chosen.into());
                for (i, case) in cases.cases.iter().enumerate() {
                    let Some(ty) = &case.ty else { continue };
                    let here = at.filter(|_| i as u32 == chosen);
                    self.put(ty, leaves, here.map(|at| at + cases.payload as usize))?;
                }
            }
            Type::Own(_) | Type::Borrow(_) => return Err(no_resources()),
        }
        Ok(())
    }

    /// Puts a text, and tells where and how long it is.
    fn text(&mut self, text: Text<'_>) -> Result<(usize, usize)> {
        let measure = Measure::new(text, self.text, self.policy).map_err(bad_text)?;
        let at = self.room(1, measure.bytes())?;
        measure.write_unchanged(text, &mut self.bytes[at..]).map_err(changed)?;
        Ok((at, measure.length().unwrap_or(0) as usize))
    }

    /// Puts the texts that are in a piece.
    fn texts(&mut self, piece: &[u8]) -> Result<(usize, usize)> {
        let broken = || Error::from(Trap::new("a list of texts is not what it should be"));
        let word = |at: usize| number(piece, 4, at).map(|word| word as usize).map_err(|_| broken());
        let guest = GuestEncoding::ALL.get(word(0)?).ok_or_else(broken)?;
        let encoding = guest.fixed().ok_or_else(broken)?;
        let count = word(4)?;
        // A text has memory of its own where it goes.
        self.budget.pay(count, size_of::<Val<'_>>() + 64)?;
        let start = self.room(4, 8 * count)?;
        for i in 0..count {
            let at = TEXTS_HEAD as usize + TEXTS_EACH as usize * i;
            let (place, units) = (word(at)?, word(at + 4)?);
            let end = units.checked_mul(encoding.unit_size()).and_then(|b| place.checked_add(b));
            let bytes = end.and_then(|end| piece.get(place..end)).ok_or_else(broken)?;
            self.budget.pay(1, bytes.len())?;
            let put = self.text(Text::of_bytes(encoding, bytes));
            let pair = put.map_err(|e| Trap::new(format!("element {i}: {}", e.message())))?;
            self.put_pair(start + 8 * i, pair);
        }
        Ok((start, count))
    }

    /// Gives what lies at an address to where a host takes it.
    pub fn give(&self, ty: &Type, at: usize, to: &mut dyn Take) -> Result<()> {
        let mut place = self.lies();
        to.take_memory(ty, &mut Reading::new(&mut place, &self.bytes), at).map_err(told)
    }

    fn lies(&self) -> Lies<'_> {
        Lies { bytes: &self.bytes, text: encoding_of(self.text) }
    }

    /// What lies at an address, as a value.
    pub fn val(&mut self, cx: &mut Cx<'_>, ty: &Type, at: usize) -> Result<Val<'static>> {
        let mut budget = std::mem::replace(&mut self.budget, Budget::new());
        let mut string =
            |text: Text<'_>| copy_as(cx.data_mut(), text, text.encoding(), Policy::Keep);
        let val = self.lies().val(ty, at, &mut budget, &mut string);
        self.budget = budget;
        val
    }
}

/// The number of a case that there is.
fn case(cases: &Cases, number: u64) -> Result<u32> {
    let (case, count) = (number as u32, cases.cases.len());
    match (case as usize) < count {
        true => Ok(case),
        false => Err(Trap::new(format!("{case} is no case: there are {count}")).into()),
    }
}

/// What a host takes values from.
struct Lies<'l> {
    bytes: &'l [u8],
    text: Encoding,
}

/// Makes a string of a text.
type Own<'f> = &'f mut dyn FnMut(Text<'_>) -> Result<Str<'static>>;

impl Lies<'_> {
    /// The value at an address.
    fn val(&self, ty: &Type, at: usize, budget: &mut Budget, own: Own<'_>) -> Result<Val<'static>> {
        let pair = || -> Result<(usize, usize)> {
            let pair = number(self.bytes, 8, at)?;
            Ok((pair as u32 as usize, (pair >> 32) as usize))
        };
        Ok(match ty {
            Type::Scalar(_) => take_scalar(ty, self.part(at, ty.size())?)?,
            Type::String => {
                let (start, len) = pair()?;
                let bytes = self.part(start, len * self.text.unit_size())?;
                Val::String(own(Text::of_bytes(self.text, bytes))?)
            }
            Type::Enum(_) => Val::Enum(number(self.bytes, ty.size(), at)? as u32),
            Type::Flags(_) => Val::Flags(number(self.bytes, ty.size(), at)? as u32),
            Type::List(list) => {
                let (start, len) = pair()?;
                let (element, size) = (&list.element, list.element.size());
                if *element != Type::String {
                    let bytes = Text::Latin1(self.part(start, len * size)?);
                    return Ok(Val::List(of_bytes(element, bytes, budget)?));
                }
                let items = (0..len).map(|i| self.val(element, start + i * size, budget, own));
                Val::List(List::Val(items.collect::<Result<_>>()?))
            }
            Type::Record(fields) => Val::Record(self.fields(fields, at, budget, own)?),
            Type::Tuple(fields) => Val::Tuple(self.fields(fields, at, budget, own)?),
            Type::Variant(cases) => {
                let (case, val) = self.case(cases, at, budget, own)?;
                Val::Variant(case, val)
            }
            Type::Option(cases) => Val::Option(self.case(cases, at, budget, own)?.1),
            Type::Result(cases) => match self.case(cases, at, budget, own)? {
                (0, val) => Val::Result(Ok(val)),
                (_, val) => Val::Result(Err(val)),
            },
            Type::Own(_) | Type::Borrow(_) => return Err(no_resources()),
        })
    }

    fn part(&self, at: usize, size: usize) -> Result<&[u8]> {
        let found = self.bytes.get(at..).and_then(|rest| rest.get(..size));
        found.ok_or_else(|| Error::internal("a value is not where it should be"))
    }

    fn fields(
        &self,
        of: &Fields,
        at: usize,
        budget: &mut Budget,
        own: Own<'_>,
    ) -> Result<Vec<Val<'static>>> {
        let all = of.fields.iter();
        all.map(|f| self.val(&f.ty, at + f.offset as usize, budget, own)).collect()
    }

    fn case(
        &self,
        cases: &Cases,
        at: usize,
        budget: &mut Budget,
        own: Own<'_>,
    ) -> Result<(u32, Payload<'static>)> {
        let case = number(self.bytes, cases.tag as usize, at)? as u32;
        let held = cases.cases.get(case as usize).and_then(|case| case.ty.as_ref());
        let val = held.map(|ty| self.val(ty, at + cases.payload as usize, budget, own));
        Ok((case, val.transpose()?.map(Box::new)))
    }
}

impl<'l> FromGuest<'l> for Lies<'l> {
    fn pay(&mut self, _: usize) -> wasmtime::Result<()> {
        Ok(())
    }

    fn rule(&self) -> Policy {
        // What is not to be was refused, or replaced.
        Policy::Keep
    }

    fn bytewise(&self) -> Option<Encoding> {
        Some(self.text).filter(|encoding| encoding.unit_size() == 1)
    }

    fn text(&self, at: u32, len: u32) -> wasmtime::Result<Text<'l>> {
        let size = len as usize * self.text.unit_size();
        let bytes = self.bytes.get(at as usize..).and_then(|rest| rest.get(..size));
        let bytes = bytes.ok_or_else(|| Error::internal("a text is not where it should be"))?;
        Ok(Text::of_bytes(self.text, bytes))
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
        Ok(self.val(ty, at, &mut Budget::new(), &mut |text| Str::copied(text))?)
    }
}
