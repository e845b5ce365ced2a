//! Lowering: from the host's values straight into linear memory and core
//! values.
//!
//! Not here: checks of the host's values, which came before.

#![allow(unsafe_code)] // it follows the pointers that the host vouches for

use super::check::with_text;
use super::convert::fill;
use super::engine_types::encoding_of;
use super::frame::Frame;
use super::text;
use crate::abi::{GuestEncoding, Measure};
use crate::error::{Error, ErrorKind};
use crate::guest::StoreData;
use crate::guest::errors::mismatch;
use crate::guest::resource::Resource;
use crate::guest::strings::Str;
use crate::guest::tree::arena::Arena;
use crate::guest::tree::slot::{FieldsSlot, ListSlot, Slot, TextSlot, kind, many, width};
use crate::guest::tree::walk::{self, ToGuest, Writing};
use crate::guest::tree::{Arg, Is, ReadText};
use crate::guest::value::Val;
use crate::string::{Policy, SHORT, Text};
use crate::types::kind::{Meaning, extended, meaning};
use crate::types::tree::{Cases, Fields, ResourceType, Type};
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use wasmtime::component::__internal::wasmtime_environ::component::TypeResourceTableIndex;
use wasmtime::component::__internal::{InterfaceType, LowerContext};
use wasmtime::{Result, ValRaw};

/// One lowering of checked values, in the order in which they were checked.
pub(super) struct Lowering<'c, 'l> {
    cx: &'c mut LowerContext<'l, StoreData>,
    encoding: GuestEncoding,
    measures: Vec<Measure>,
    measured: usize,
    read: ReadText,
    frame: &'c Frame,
    /// Its memory, since it was last asked for room: to ask the engine for it takes longer
    /// than to write a number.
    memory: Option<NonNull<[u8]>>,
}

/// Core values that are being written.
type Words<'w> = std::slice::IterMut<'w, MaybeUninit<ValRaw>>;

impl<'c, 'l> Lowering<'c, 'l> {
    /// Lowers into this component. The measures are given back by
    /// [`Lowering::end`].
    pub fn new(
        cx: &'c mut LowerContext<'l, StoreData>,
        frame: &'c Frame,
        measures: Vec<Measure>,
        read: ReadText,
    ) -> Lowering<'c, 'l> {
        let encoding = encoding_of(cx.options().string_encoding);
        Lowering { cx, encoding, measures, measured: 0, read, frame, memory: None }
    }

    /// Room in the component's memory, from its own allocator.
    fn realloc(&mut self, align: u32, size: usize) -> Result<usize> {
        self.memory = None;
        self.cx.realloc(0, 0, align, size)
    }

    /// The component's memory.
    #[inline]
    fn bytes(&mut self) -> &mut [u8] {
        let mut memory = match self.memory {
            Some(memory) => memory,
            None => *self.memory.insert(NonNull::from(self.cx.as_slice_mut())),
        };
        // SAFETY: it was the engine's answer, which nobody else has while this has the
        // engine's context, and it stays where it is until the component runs, in `realloc`
        // only.
        unsafe { memory.as_mut() }
    }

    /// What text it was for.
    pub fn encoding(&self) -> GuestEncoding {
        self.encoding
    }

    /// Writes fields as core values.
    ///
    /// # Safety
    ///
    /// The values must have been checked against these types, and be there
    /// still.
    pub unsafe fn flat_fields(
        &mut self,
        fields: &Fields,
        slots: &[Slot],
        words: &mut Words<'_>,
    ) -> Result<()> {
        for (field, slot) in fields.fields.iter().zip(slots) {
            // SAFETY: the caller vouches for it.
            unsafe { self.flat(&field.ty, slot, words) }?;
        }
        Ok(())
    }

    /// Writes fields as a tuple in memory.
    ///
    /// # Safety
    ///
    /// As for [`Lowering::flat_fields`].
    pub unsafe fn store_fields(
        &mut self,
        fields: &Fields,
        slots: &[Slot],
        at: usize,
    ) -> Result<()> {
        for (field, slot) in fields.fields.iter().zip(slots) {
            // SAFETY: the caller vouches for it.
            unsafe { self.store(&field.ty, slot, at + field.offset as usize) }?;
        }
        Ok(())
    }

    /// Gives the measures' buffer back.
    pub fn end(self) -> Vec<Measure> {
        self.measures
    }

    /// Writes an end of a call as core values. It must have been checked.
    pub fn flat_end(&mut self, ty: &Type, arg: &Arg<'_>, words: &mut Words<'_>) -> Result<()> {
        match arg.is() {
            Is::Number(bits) => put(words, extended(ty.kind(), bits)),
            Is::Lend(value) => {
                let mut all = walk::Words(std::mem::take(words));
                let done = value.put_words(ty, &mut Writing::new(self), &mut all);
                *words = all.0;
                done?;
            }
            // SAFETY: who made the end vouches for it, and it was checked.
            Is::Slot(slot) => unsafe { self.flat(ty, slot, words) }?,
            _ => {
                let (at, len) = self.text_end(arg)?;
                put(words, at as u64);
                put(words, len.into());
            }
        }
        Ok(())
    }

    /// Writes an end of a call into memory. It must have been checked.
    pub fn store_end(&mut self, ty: &Type, arg: &Arg<'_>, at: usize) -> Result<()> {
        match arg.is() {
            Is::Number(bits) => self.number(ty.size(), bits, at),
            Is::Lend(value) => value.put_memory(ty, &mut Writing::new(self), at)?,
            // SAFETY: as in `flat_end`.
            Is::Slot(slot) => unsafe { self.store(ty, slot, at) }?,
            _ => {
                let (text, len) = self.text_end(arg)?;
                self.pair(at, text, len);
            }
        }
        Ok(())
    }

    fn text_end(&mut self, arg: &Arg<'_>) -> Result<(usize, u32)> {
        if let Some(text) = arg.as_utf8() {
            return self.utf8(text);
        }
        match arg.is() {
            Is::Text(text, policy) => ToGuest::text(self, text, policy),
            Is::String(text) => self.string(text),
            _ => Err(mismatch().into()),
        }
    }

    unsafe fn flat(&mut self, ty: &Type, slot: &Slot, words: &mut Words<'_>) -> Result<()> {
        // SAFETY: the slot was checked: its kind is the type's, and what it
        // points to is there.
        unsafe {
            match ty {
                Type::Scalar(kind) => put(words, extended(*kind, slot.bits())),
                Type::String => {
                    let (at, len) = self.text(slot.of.text)?;
                    put(words, at as u64);
                    put(words, len.into());
                }
                Type::List(list) => {
                    let (at, len) = self.list(&list.element, &*slot.of.list)?;
                    put(words, at as u64);
                    put(words, len as u64);
                }
                Type::Record(fields) | Type::Tuple(fields) => {
                    self.flat_fields(fields, fields_of(&*slot.of.fields), words)?;
                }
                Type::Variant(cases) | Type::Result(cases) => {
                    let variant = &*slot.of.variant;
                    self.flat_case(cases, variant.index, &variant.val, words)?;
                }
                Type::Option(cases) => match slot.of.option.as_ref() {
                    None => self.flat_case(cases, 0, &Slot::NONE, words)?,
                    Some(val) => self.flat_case(cases, 1, val, words)?,
                },
                Type::Enum(_) | Type::Flags(_) => put(words, slot.bits()),
                Type::Own(ty) => put(words, self.resource(ty, true, &*slot.of.resource)?.into()),
                Type::Borrow(ty) => {
                    put(words, self.resource(ty, false, &*slot.of.resource)?.into());
                }
            }
        }
        Ok(())
    }

    unsafe fn flat_case(
        &mut self,
        cases: &Cases,
        index: u32,
        val: &Slot,
        words: &mut Words<'_>,
    ) -> Result<()> {
        put(words, index.into());
        // All cases share the words that follow; any bits of a narrower one are
        // the low bits of its word.
        let rest = cases.layout.flat.len() - 1;
        let payload = match cases.cases.get(index as usize).and_then(|case| case.ty.as_ref()) {
            Some(ty) => {
                // SAFETY: the caller vouches for it.
                unsafe { self.flat(ty, val, words) }?;
                ty.flat().len()
            }
            None => 0,
        };
        for _ in payload..rest {
            put(words, 0);
        }
        Ok(())
    }

    unsafe fn store(&mut self, ty: &Type, slot: &Slot, at: usize) -> Result<()> {
        // SAFETY: as in `flat`.
        unsafe {
            match ty {
                Type::Scalar(_) | Type::Enum(_) | Type::Flags(_) => {
                    self.number(ty.size(), slot.bits(), at);
                }
                Type::String => {
                    let (text, len) = self.text(slot.of.text)?;
                    self.pair(at, text, len);
                }
                Type::List(list) => {
                    let (elements, len) = self.list(&list.element, &*slot.of.list)?;
                    self.pair(at, elements, len as u32);
                }
                Type::Record(fields) | Type::Tuple(fields) => {
                    self.store_fields(fields, fields_of(&*slot.of.fields), at)?;
                }
                Type::Variant(cases) | Type::Result(cases) => {
                    let variant = &*slot.of.variant;
                    self.store_case(cases, variant.index, &variant.val, at)?;
                }
                Type::Option(cases) => match slot.of.option.as_ref() {
                    None => self.store_case(cases, 0, &Slot::NONE, at)?,
                    Some(val) => self.store_case(cases, 1, val, at)?,
                },
                Type::Own(ty) => {
                    let handle = self.resource(ty, true, &*slot.of.resource)?;
                    self.number(4, handle.into(), at);
                }
                Type::Borrow(ty) => {
                    let handle = self.resource(ty, false, &*slot.of.resource)?;
                    self.number(4, handle.into(), at);
                }
            }
        }
        Ok(())
    }

    unsafe fn store_case(
        &mut self,
        cases: &Cases,
        index: u32,
        val: &Slot,
        at: usize,
    ) -> Result<()> {
        self.number(cases.tag as usize, index.into(), at);
        match cases.cases.get(index as usize).and_then(|case| case.ty.as_ref()) {
            // SAFETY: the caller vouches for it.
            Some(ty) => unsafe { self.store(ty, val, at + cases.payload as usize) },
            None => Ok(()),
        }
    }

    /// Writes text into room of its own.
    unsafe fn text(&mut self, slot: *const TextSlot) -> Result<(usize, u32)> {
        // SAFETY: the caller vouches for the text.
        let text = unsafe { (self.read)(slot) }?;
        ToGuest::string(self, &text)
    }

    /// What was noted of the next text.
    fn noted(&mut self) -> Option<Measure> {
        let noted = self.measures.get(self.measured).copied();
        self.measured += 1;
        noted.filter(|measure| measure.is_for(self.encoding))
    }

    /// Writes text of which this is known into room of its own.
    fn write(&mut self, measure: &Measure, text: Text<'_>) -> Result<(usize, u32)> {
        let at = self.realloc(self.encoding.align(), measure.bytes())?;
        let room = &mut self.bytes()[at..][..measure.bytes()];
        text::write(measure, text, room);
        Ok((at, text::length(measure)?))
    }

    /// Writes text that is short, and has been checked, into room of its own.
    fn put_short(&mut self, text: &[u8]) -> Result<(usize, u32)> {
        let at = self.realloc(1, text.len())?;
        self.bytes()[at..][..text.len()].copy_from_slice(text);
        Ok((at, text.len() as u32))
    }

    /// Writes elements into room of their own.
    unsafe fn list(&mut self, element: &Type, list: &ListSlot) -> Result<(usize, usize)> {
        let stride = element.size();
        let at = self.realloc(element.align(), list.size * stride)?;
        // SAFETY: the caller vouches for the elements.
        unsafe {
            match list.element {
                kind::VAL => {
                    for (i, val) in list.elements::<Slot>().iter().enumerate() {
                        self.store(element, val, at + i * stride)?;
                    }
                }
                kind::STRING => {
                    for (i, slot) in list.elements::<TextSlot>().iter().enumerate() {
                        let (text, len) = self.text(slot)?;
                        self.pair(at + i * stride, text, len);
                    }
                }
                // What was looked at and is neither has this width.
                packed if width(packed) == stride => {
                    let bytes = many(list.data.cast::<u8>(), list.size * stride);
                    let room = &mut self.bytes()[at..][..bytes.len()];
                    match meaning(packed) {
                        Meaning::Bool => {
                            for (to, from) in room.iter_mut().zip(bytes) {
                                *to = u8::from(*from != 0);
                            }
                        }
                        // Another thread may have changed it since it was looked at.
                        Meaning::Char => {
                            for (to, from) in room.chunks_exact_mut(4).zip(bytes.chunks_exact(4)) {
                                let bits = from.iter().rev().fold(0, |b, v| b << 8 | u32::from(*v));
                                let char = char::from_u32(bits).unwrap_or('?');
                                to.copy_from_slice(&u32::from(char).to_le_bytes());
                            }
                        }
                        Meaning::Number => room.copy_from_slice(bytes),
                    }
                }
                _ => return Err(mismatch().into()),
            }
        }
        Ok((at, list.size))
    }

    fn pair(&mut self, at: usize, pointer: usize, len: u32) {
        let mut pair = [0; 8];
        pair[..4].copy_from_slice(&(pointer as u32).to_le_bytes());
        pair[4..].copy_from_slice(&len.to_le_bytes());
        self.bytes()[at..][..8].copy_from_slice(&pair);
    }

    fn number(&mut self, size: usize, bits: u64, at: usize) {
        self.bytes()[at..][..size].copy_from_slice(&bits.to_le_bytes()[..size]);
    }
}

impl ToGuest for Lowering<'_, '_> {
    fn allocate(&mut self, align: u32, size: usize) -> Result<usize> {
        self.realloc(align, size)
    }

    fn memory(&mut self) -> &mut [u8] {
        self.bytes()
    }

    fn text(&mut self, text: Text<'_>, policy: Option<Policy>) -> Result<(usize, u32)> {
        let mut short = [0; SHORT];
        if let Some(len) = text::short(text, self.encoding, &mut short) {
            return self.put_short(&short[..len]);
        }
        let measure = match self.noted() {
            Some(measure) => measure,
            None => {
                let policy = policy.unwrap_or(self.frame.host().data().policy);
                text::measure(text, self.encoding, policy)?
            }
        };
        self.write(&measure, text)
    }

    fn utf8(&mut self, text: &str) -> Result<(usize, u32)> {
        let measure = match self.encoding {
            GuestEncoding::Utf8 if text.len() <= text::MOST => {
                let at = self.realloc(1, text.len())?;
                self.bytes()[at..][..text.len()].copy_from_slice(text.as_bytes());
                return Ok((at, text.len() as u32));
            }
            encoding => text::measure(text.into(), encoding, Policy::Reject)?,
        };
        self.write(&measure, text.into())
    }

    fn string(&mut self, text: &Str<'_>) -> Result<(usize, u32)> {
        let (mut short, encoding) = ([0; SHORT], self.encoding);
        let len =
            with_text(self.frame.host(), text, |text, _| text::short(text, encoding, &mut short));
        if let Some(len) = len? {
            return self.put_short(&short[..len]);
        }
        let measure = match self.noted() {
            Some(measure) => measure,
            None => {
                let measured = with_text(self.frame.host(), text, |text, policy| {
                    text::measure(text, encoding, policy)
                });
                measured??
            }
        };
        with_text(self.frame.host(), text, |text, _| self.write(&measure, text))?
    }

    fn resource(&mut self, ty: &ResourceType, own: bool, resource: &Resource) -> Result<u32> {
        let table = TypeResourceTableIndex::from_u32(ty.table);
        // What is another component's is the host's here.
        if ty.is_hosts {
            let rep = self.frame.host_table().insert(resource.clone(), !own);
            return match own {
                true => self.cx.guest_resource_lower_own(table, rep),
                false => self.cx.guest_resource_lower_borrow(table, rep),
            };
        }
        let mut state = resource.state();
        let gone = || Error::new(ErrorKind::WrongKind, "this resource is gone");
        let any = state.any.ok_or_else(gone)?;
        // By a door, where the host's claim stands for the engine's note that it is lent.
        if let (false, Some((of, rep)), true) =
            (own, state.known, self.frame.running.get().is_null())
            && of == ty.table
        {
            return Ok(rep);
        }
        let mut word = MaybeUninit::uninit();
        let of = if own { InterfaceType::Own(table) } else { InterfaceType::Borrow(table) };
        wasmtime::component::Lower::linear_lower_to_flat(&any, self.cx, of, &mut word)?;
        // SAFETY: lowering has succeeded, and writes the word then.
        let word = unsafe { word.assume_init() }.get_u32();
        // Others get a handle of their own.
        if !own && self.cx.instance().resource_owned_by_own_instance(table) {
            state.known = Some((ty.table, word));
        }
        Ok(word)
    }

    fn val_words(&mut self, ty: &Type, val: &Val<'_>, words: &mut walk::Words<'_>) -> Result<()> {
        let mut arena = Arena::new(0);
        let slot = fill(self.frame.host(), &mut arena, val)?;
        // SAFETY: it was checked, and what it points to is the value's and the arena's.
        unsafe { self.flat(ty, &slot, &mut words.0) }
    }

    fn val_memory(&mut self, ty: &Type, val: &Val<'_>, at: usize) -> Result<()> {
        let mut arena = Arena::new(0);
        let slot = fill(self.frame.host(), &mut arena, val)?;
        // SAFETY: as above.
        unsafe { self.store(ty, &slot, at) }
    }

    unsafe fn slot_words(
        &mut self,
        ty: &Type,
        slot: &Slot,
        read: ReadText,
        words: &mut walk::Words<'_>,
    ) -> Result<()> {
        self.read = read;
        // SAFETY: the caller vouches for it.
        unsafe { self.flat(ty, slot, &mut words.0) }
    }

    unsafe fn slot_memory(
        &mut self,
        ty: &Type,
        slot: &Slot,
        read: ReadText,
        at: usize,
    ) -> Result<()> {
        self.read = read;
        // SAFETY: as above.
        unsafe { self.store(ty, slot, at) }
    }
}

fn put(words: &mut Words<'_>, bits: u64) {
    if let Some(word) = words.next() {
        word.write(ValRaw::u64(bits));
    }
}

/// # Safety
///
/// The fields must be there for as long as the result is used.
unsafe fn fields_of<'a>(fields: &FieldsSlot) -> &'a [Slot] {
    // SAFETY: the caller vouches for it.
    unsafe { many(fields.data, fields.size) }
}
