//! Lifting: from core values and linear memory into one arena of the host's.
//!
//! All that the component says is a claim: pointers, lengths, case numbers,
//! characters, text.
//!
//! Not here: where the arena goes.

#![allow(unsafe_code)] // it fills arrays that it has made

use super::convert::{Take, read};
use super::engine_types::encoding_of;
use super::frame::Frame;
use super::text::{self, trap};
use crate::abi::GuestEncoding;
use crate::error::{ErrorKind, TrapCode};
use crate::guest::resource::Resource;
use crate::guest::strings::{COPIES, Str, copy_as};
use crate::guest::tree::arena::Arena;
use crate::guest::tree::plain_text;
use crate::guest::tree::slot::{FieldsSlot, ListSlot, Slot, TextSlot, VariantSlot, kind, width};
use crate::guest::tree::walk::{FromGuest, Reading, Taken, bounds, elements};
use crate::guest::value::Val;
use crate::string::{Encoding, Policy, Text};
use crate::types::kind::{Meaning, meaning, signed};
use crate::types::tree::{Cases, Fields, ResourceType, Type};
use std::sync::Arc;
use wasmtime::component::__internal::wasmtime_environ::component::TypeResourceTableIndex;
use wasmtime::component::__internal::{InterfaceType, LiftContext};
use wasmtime::component::{Lift, ResourceAny};
use wasmtime::{Result, ValRaw};

/// Where values are lifted from.
pub(super) enum Source<'c, 'l> {
    /// A component, by the engine's own way.
    Engine(&'c mut LiftContext<'l>),
    /// Memory with text in this encoding; no resources are there.
    Memory(&'l [u8], GuestEncoding),
}

/// One lifting into an arena.
pub(super) struct Lifting<'c, 'l> {
    /// What the engine has, which resources need.
    cx: Option<&'c mut LiftContext<'l>>,
    memory: &'l [u8],
    /// So many bytes may be copied still, where the engine does not count them.
    left: usize,
    arena: &'c mut Arena,
    guest: GuestEncoding,
    /// What the host gets text in.
    encoding: Encoding,
    frame: &'c Frame,
    /// Resources that are lent by the component, which must be given back when
    /// the host function that they are lent to returns.
    lent: &'c mut Vec<Resource>,
}

/// So many bytes may be copied of what a guest passes in a call, as the engine has it.
pub(super) const MOST_COPIED: usize = 128 << 20;

type Words<'w> = std::slice::Iter<'w, ValRaw>;

impl<'c, 'l> Lifting<'c, 'l> {
    /// Lifts from this component.
    pub fn new(
        cx: &'c mut LiftContext<'l>,
        frame: &'c Frame,
        arena: &'c mut Arena,
        lent: &'c mut Vec<Resource>,
    ) -> Lifting<'c, 'l> {
        Lifting::of(Source::Engine(cx), frame, arena, lent)
    }

    /// Lifts from there.
    pub fn of(
        source: Source<'c, 'l>,
        frame: &'c Frame,
        arena: &'c mut Arena,
        lent: &'c mut Vec<Resource>,
    ) -> Lifting<'c, 'l> {
        let (cx, memory, guest) = match source {
            Source::Memory(memory, guest) => (None, memory, guest),
            Source::Engine(cx) => {
                let (memory, guest) = (cx.memory(), encoding_of(cx.options().string_encoding));
                (Some(cx), memory, guest)
            }
        };
        let encoding = frame.encoding();
        Lifting { cx, memory, left: MOST_COPIED, arena, guest, encoding, frame, lent }
    }

    /// Pays for so many bytes that the host is going to need.
    fn consume(&mut self, bytes: usize) -> Result<()> {
        consume(&mut self.cx, &mut self.left, bytes)
    }

    fn consume_array(&mut self, len: usize, size: usize) -> Result<()> {
        self.consume(len.saturating_mul(size))
    }

    /// Reads a value from core values.
    pub fn flat(&mut self, ty: &Type, words: &mut Words<'_>) -> Result<Slot> {
        Ok(match ty {
            Type::Scalar(kind) => scalar(*kind, next(words))?,
            Type::Enum(cases) => one_of(cases, next(words) as u32)?,
            Type::Flags(flags) => {
                Slot::number(kind::FLAGS, (next(words) as u32 & flags.mask()).into())
            }
            Type::String => {
                let (at, len) = (next(words) as u32, next(words) as u32);
                let node = self.node::<TextSlot>()?;
                let text = self.text(at, len)?;
                // SAFETY: the node is the arena's, made just now.
                unsafe { node.write(text) };
                Slot::pointer(kind::STRING, node)
            }
            Type::List(list) => {
                let (at, len) = (next(words) as u32, next(words) as u32);
                self.list(&list.element, at, len)?
            }
            Type::Record(fields) | Type::Tuple(fields) => {
                self.fields(ty.kind(), fields, |this, i| this.flat(&fields.fields[i].ty, words))?
            }
            Type::Variant(cases) | Type::Result(cases) | Type::Option(cases) => {
                let index = next(words) as u32;
                // The words behind are shared by all cases.
                let rest = words.as_slice();
                let (now, after) = rest.split_at(rest.len().min(cases.layout.flat.len() - 1));
                *words = after.iter();
                self.case(ty, cases, index, |this, ty| this.flat(ty, &mut now.iter()))?
            }
            Type::Own(resource) => self.resource(resource, true, next(words) as u32)?,
            Type::Borrow(resource) => self.resource(resource, false, next(words) as u32)?,
        })
    }

    /// Reads a value from memory; all of it must be within.
    pub fn load(&mut self, ty: &Type, at: usize) -> Result<Slot> {
        Ok(match ty {
            Type::Scalar(kind) => scalar(*kind, self.bits(ty.size(), at))?,
            Type::Enum(cases) => one_of(cases, self.bits(ty.size(), at) as u32)?,
            Type::Flags(flags) => {
                let bits = self.bits(ty.size(), at) as u32 & flags.mask();
                Slot::number(kind::FLAGS, bits.into())
            }
            Type::String => {
                let node = self.node::<TextSlot>()?;
                let text = self.text_at(at)?;
                // SAFETY: the node is the arena's, made just now.
                unsafe { node.write(text) };
                Slot::pointer(kind::STRING, node)
            }
            Type::List(list) => {
                let (elements, len) = self.pair(at);
                self.list(&list.element, elements, len)?
            }
            Type::Record(fields) | Type::Tuple(fields) => {
                self.fields(ty.kind(), fields, |this, i| {
                    let field = &fields.fields[i];
                    this.load(&field.ty, at + field.offset as usize)
                })?
            }
            Type::Variant(cases) | Type::Result(cases) | Type::Option(cases) => {
                let index = self.bits(cases.tag as usize, at) as u32;
                let payload = at + cases.payload as usize;
                self.case(ty, cases, index, |this, ty| this.load(ty, payload))?
            }
            Type::Own(resource) => {
                let handle = self.bits(4, at) as u32;
                self.resource(resource, true, handle)?
            }
            Type::Borrow(resource) => {
                let handle = self.bits(4, at) as u32;
                self.resource(resource, false, handle)?
            }
        })
    }

    /// Where fields lie that a component passes through memory.
    pub fn area(&self, fields: &Fields, at: u32) -> Result<usize> {
        area(self.memory, fields, at)
    }

    /// The text that a function returns.
    pub fn returned_text(&self, at: usize) -> Result<Text<'l>> {
        let (text, len) = self.pair(at);
        FromGuest::text(self, text, len)
    }

    /// The component, to be read by values of the host's own.
    pub fn reading(&mut self) -> Reading<'_, 'l> {
        let memory = self.memory;
        Reading::new(self, memory)
    }

    fn node<T: Copy>(&mut self) -> Result<*mut T> {
        self.consume(size_of::<T>())?;
        Ok(self.arena.array::<T>(1)?)
    }

    fn text_at(&mut self, at: usize) -> Result<TextSlot> {
        let (text, len) = self.pair(at);
        self.text(text, len)
    }

    fn text(&mut self, at: u32, len: u32) -> Result<TextSlot> {
        let text = text::find(self.memory, self.guest, at, len)?;
        let (cx, left) = (&mut self.cx, &mut self.left);
        let pay = |bytes| consume(cx, left, bytes).map_err(exhausted);
        Ok(text::put(text, self.arena, self.encoding, pay)?)
    }

    fn fields(
        &mut self,
        kind: u8,
        fields: &Fields,
        mut field: impl FnMut(&mut Self, usize) -> Result<Slot>,
    ) -> Result<Slot> {
        let size = fields.fields.len();
        let node = self.node::<FieldsSlot>()?;
        self.consume_array(size, size_of::<Slot>())?;
        let data = self.arena.array::<Slot>(size)?;
        for i in 0..size {
            let slot = field(self, i)?;
            // SAFETY: there is room for so many.
            unsafe { data.add(i).write(slot) };
        }
        // SAFETY: the node is the arena's, made just now.
        unsafe { node.write(FieldsSlot { size, data }) };
        Ok(Slot::pointer(kind, node))
    }

    fn case(
        &mut self,
        ty: &Type,
        cases: &Cases,
        index: u32,
        payload: impl FnOnce(&mut Self, &Type) -> Result<Slot>,
    ) -> Result<Slot> {
        let held = find(cases, index)?;
        if let Type::Option(_) = ty {
            let Some(held) = held else {
                return Ok(Slot::pointer::<Slot>(kind::OPTION, std::ptr::null()));
            };
            let node = self.node::<Slot>()?;
            let val = payload(self, held)?;
            // SAFETY: the node is the arena's, made just now.
            unsafe { node.write(val) };
            return Ok(Slot::pointer(kind::OPTION, node));
        }
        let node = self.node::<VariantSlot>()?;
        let val = match held {
            Some(held) => payload(self, held)?,
            None => Slot::NONE,
        };
        // SAFETY: the node is the arena's, made just now.
        unsafe { node.write(VariantSlot { index, val }) };
        Ok(Slot::pointer(ty.kind(), node))
    }

    fn list(&mut self, element: &Type, at: u32, len: u32) -> Result<Slot> {
        let at = elements(self.memory, element, at, len)?;
        let (stride, size) = (element.size(), len as usize);
        let bytes = size * stride;
        let node = self.node::<ListSlot>()?;
        let (data, element) = match element {
            Type::Scalar(kind) => {
                (self.packed(*kind, at, bytes)?.cast::<std::ffi::c_void>(), *kind)
            }
            Type::String => {
                self.consume_array(size, size_of::<TextSlot>())?;
                let data = self.arena.array::<TextSlot>(size)?;
                for i in 0..size {
                    let text = self.text_at(at + i * stride)?;
                    // SAFETY: there is room for so many.
                    unsafe { data.add(i).write(text) };
                }
                (data.cast_const().cast(), kind::STRING)
            }
            Type::List(_)
            | Type::Record(_)
            | Type::Tuple(_)
            | Type::Variant(_)
            | Type::Enum(_)
            | Type::Option(_)
            | Type::Result(_)
            | Type::Flags(_)
            | Type::Own(_)
            | Type::Borrow(_) => {
                self.consume_array(size, size_of::<Slot>())?;
                let data = self.arena.array::<Slot>(size)?;
                for i in 0..size {
                    let slot = self.load(element, at + i * stride)?;
                    // SAFETY: there is room for so many.
                    unsafe { data.add(i).write(slot) };
                }
                (data.cast_const().cast(), kind::VAL)
            }
        };
        // SAFETY: the node is the arena's, made just now.
        unsafe { node.write(ListSlot { data, size, element }) };
        Ok(Slot::pointer(kind::LIST, node))
    }

    /// Copies numbers as they lie.
    fn packed(&mut self, kind: u8, at: usize, bytes: usize) -> Result<*const u8> {
        self.consume(bytes)?;
        let memory = &self.memory[at..][..bytes];
        match meaning(kind) {
            Meaning::Bool => {
                let room = self.arena.zeroed::<u8>(bytes)?;
                for (to, from) in room.iter_mut().zip(memory) {
                    *to = u8::from(*from != 0);
                }
                return Ok(room.as_ptr());
            }
            Meaning::Char => {
                for char in memory.chunks_exact(width(kind)) {
                    let bits = char.iter().rev().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
                    scalar(kind, bits)?;
                }
            }
            Meaning::Number => {}
        }
        Ok(self.arena.copy(memory)?)
    }

    fn resource(&mut self, ty: &Arc<ResourceType>, own: bool, handle: u32) -> Result<Slot> {
        let resource = FromGuest::resource(self, ty, own, handle)?;
        self.consume(64)?;
        let kind = if own { kind::OWN } else { kind::BORROW };
        Ok(Slot::pointer(kind, self.arena.resource(resource)?))
    }

    fn pair(&self, at: usize) -> (u32, u32) {
        pair(self.memory, at)
    }

    fn bits(&self, size: usize, at: usize) -> u64 {
        bits(self.memory, size, at)
    }
}

/// Pays for so many bytes, as the engine counts them.
fn consume(cx: &mut Option<&mut LiftContext<'_>>, left: &mut usize, bytes: usize) -> Result<()> {
    if let Some(cx) = cx {
        return cx.consume_fuel(bytes);
    }
    *left = left.checked_sub(bytes).ok_or_else(too_much)?;
    Ok(())
}

/// Where fields lie that a component passes through memory.
pub(super) fn area(memory: &[u8], fields: &Fields, at: u32) -> Result<usize> {
    if !at.is_multiple_of(fields.layout.align) {
        return Err(trap("return pointer not aligned", TrapCode::Other).into());
    }
    let rest = memory.get(at as usize..);
    match rest.and_then(|rest| rest.get(..fields.layout.size as usize)) {
        Some(_) => Ok(at as usize),
        None => Err(bounds("")),
    }
}

/// Address and length, which are in memory.
pub(super) fn pair(memory: &[u8], at: usize) -> (u32, u32) {
    (bits(memory, 4, at) as u32, bits(memory, 4, at + 4) as u32)
}

fn bits(memory: &[u8], size: usize, at: usize) -> u64 {
    let mut bits = [0; 8];
    bits[..size].copy_from_slice(&memory[at..][..size]);
    u64::from_le_bytes(bits)
}

impl<'l> FromGuest<'l> for Lifting<'_, 'l> {
    fn pay(&mut self, bytes: usize) -> Result<()> {
        self.consume(bytes)
    }

    fn bytewise(&self) -> Option<Encoding> {
        self.guest.of_bytes()
    }

    fn text(&self, at: u32, len: u32) -> Result<Text<'l>> {
        Ok(text::find(self.memory, self.guest, at, len)?)
    }

    fn own(&self, text: Text<'_>) -> Result<Str<'static>> {
        Ok(own(self.frame, text)?)
    }

    fn resource(&mut self, ty: &Arc<ResourceType>, own: bool, handle: u32) -> Result<Resource> {
        let table = TypeResourceTableIndex::from_u32(ty.table);
        if self.frame.owner().leaves(ty) {
            let message = format!("a {} is WASI's, which no host function can take", ty.name);
            return Err(trap(message, TrapCode::Other).into());
        }
        let none = || trap("internal error: a resource where there are none", TrapCode::Other);
        let cx = self.cx.as_mut().ok_or_else(none)?;
        if ty.is_hosts {
            let rep = match own {
                true => cx.guest_resource_lift_own(table, handle)?.0,
                false => cx.guest_resource_lift_borrow(table, handle)?,
            };
            let mut hosts = self.frame.host_table();
            let found = if own { hosts.remove(rep) } else { hosts.get(rep) };
            let found = found.ok_or_else(|| trap("an unknown resource", TrapCode::Other))?;
            if own {
                found.unclaim(true);
            }
            return Ok(found);
        }
        let of = if own { InterfaceType::Own(table) } else { InterfaceType::Borrow(table) };
        let any = ResourceAny::linear_lift_from_flat(cx, of, &ValRaw::u32(handle))?;
        let resource = Resource::of_guest(any, ty.clone(), self.frame.owner().clone());
        if !own {
            self.lent.push(resource.clone());
        }
        Ok(resource)
    }

    fn val_words(&mut self, ty: &Type, words: &mut Taken<'_>) -> Result<Val<'static>> {
        let slot = self.flat(ty, &mut words.0)?;
        // SAFETY: it was lifted just now, and is copied.
        Ok(unsafe { read(&slot, Take::Copy, plain_text) }?)
    }

    fn val_memory(&mut self, ty: &Type, at: usize) -> Result<Val<'static>> {
        let slot = self.load(ty, at)?;
        // SAFETY: as above.
        Ok(unsafe { read(&slot, Take::Copy, plain_text) }?)
    }
}

/// A copy of a guest's text that outlives the call: as it lies, if the host reads such
/// text.
pub(super) fn own(frame: &Frame, text: Text<'_>) -> crate::error::Result<Str<'static>> {
    let data = frame.host().data_mut();
    let as_it_lies = text.encoding() == frame.encoding();
    let encoding = if as_it_lies { text.encoding() } else { COPIES };
    copy_as(data, text, encoding, Policy::Reject).map_err(|e| match e.kind() {
        ErrorKind::BadText => trap(e.message(), TrapCode::IllFormedText),
        _ => e,
    })
}

fn next(words: &mut Words<'_>) -> u64 {
    words.next().map_or(0, |word| word.get_u64())
}

/// The value of a number's bits.
pub(super) fn scalar(kind: u8, bits: u64) -> crate::error::Result<Slot> {
    match meaning(kind) {
        // A core value holds 32 bits, memory a byte: what is not zero is true.
        Meaning::Bool => Ok(Slot::number(kind, u64::from(bits as u32 != 0))),
        Meaning::Char if char::from_u32(bits as u32).is_none() => {
            Err(trap("converted integer out of range for `char`", TrapCode::Other))
        }
        Meaning::Char | Meaning::Number => {
            let bits = match width(kind) {
                1 => bits & 0xff,
                2 => bits & 0xffff,
                4 => bits & 0xffff_ffff,
                _ => bits,
            };
            // Its sign fills the rest of its eight bytes, as in results.
            Ok(Slot::number(kind, signed(kind, bits)))
        }
    }
}

fn one_of(cases: &Cases, index: u32) -> Result<Slot> {
    find(cases, index)?;
    Ok(Slot::number(kind::ENUM, index.into()))
}

fn find(cases: &Cases, index: u32) -> Result<Option<&Type>> {
    match cases.cases.get(index as usize) {
        Some(case) => Ok(case.ty.as_ref()),
        None => {
            let message = format!("discriminant {index} out of range [0..{})", cases.cases.len());
            Err(trap(message, TrapCode::Other).into())
        }
    }
}

#[cold]
pub(super) fn too_much() -> wasmtime::Error {
    wasmtime::Error::msg(
        "too much data is being copied between the host and the guest: fuel allocated for \
         hostcalls has been exhausted",
    )
}

#[cold]
pub(super) fn exhausted(error: wasmtime::Error) -> crate::error::Error {
    trap(format!("{error:#}"), TrapCode::AllocationTooLarge)
}
