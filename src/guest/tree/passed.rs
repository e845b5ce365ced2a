//! The values of a host function that describes them: arguments where a guest has them,
//! and what is given for them where the host has it.
//!
//! Not here: guests; what a description permits.

#![allow(unsafe_code)] // memory that the host vouches for

use super::arena::Arena;
use super::copy::copy_into;
use super::direct_lend::{HostValue, number};
use super::direct_take::{Source, whole};
use super::direct_walk::{Stop, Walk, claimed, ill_formed};
use super::gather::gather;
use super::layout::{Form, Node, Span};
use super::pour::Place;
use super::returned::Returned;
use super::slot::{ReadText, Slot, TextSlot, kind, plain_text};
use super::walk::{FromGuest, Lend, Look, Looked, Reading, Taken, Words, Writing};
use crate::error::{Error, Result, Trap};
use crate::guest::context::Caller;
use crate::guest::errors::mismatch;
use crate::string::{Encoding, Policy, Text, measure};
use crate::types::tree::{Fields, Type};
use std::ffi::c_void;
use wasmtime::ValRaw;

/// A host function whose values are slots, or described.
pub trait SlotBody: Send + Sync + 'static {
    /// Runs it with slots, which are of its type, and valid until it returns.
    fn call(&self, caller: Caller<'_>, args: &[Slot], returned: &mut Returned) -> Result<()>;

    /// Whether it takes arguments where a component has them.
    fn is_direct(&self) -> bool {
        false
    }

    /// Runs it so.
    fn call_direct(&self, _: Caller<'_>, _: &mut Passed<'_, '_>) -> Result<HostResult> {
        Err(mismatch())
    }
}

impl<F> SlotBody for F
where
    F: Fn(Caller<'_>, &[Slot], &mut Returned) -> Result<()> + Send + Sync + 'static,
{
    fn call(&self, caller: Caller<'_>, args: &[Slot], returned: &mut Returned) -> Result<()> {
        self(caller, args, returned)
    }
}

/// The arguments of a host function, as a guest passes them, which does not run meanwhile.
pub struct Passed<'g, 'l> {
    fields: &'g Fields,
    at: At<'g>,
    reading: Reading<'g, 'l>,
    memory: &'l [u8],
    policy: Policy,
    /// Whether any is shown where it lies.
    is_shown: bool,
}

/// Where arguments are.
#[derive(Clone, Copy)]
pub(crate) enum At<'w> {
    /// Core values.
    Words(&'w [ValRaw]),
    /// Memory, all of them within it.
    Memory(usize),
}

impl<'g, 'l> Passed<'g, 'l> {
    /// Arguments of these types. What is copied for the host is in the encoding that it
    /// wants; `policy` says what becomes of text that this does not hold.
    pub(crate) fn new(
        fields: &'g Fields,
        at: At<'g>,
        guest: &'g mut dyn FromGuest<'l>,
        memory: &'l [u8],
        policy: Policy,
    ) -> Passed<'g, 'l> {
        let reading = Reading::new(guest, memory);
        Passed { fields, at, reading, memory, policy, is_shown: false }
    }

    fn source(&self, index: usize) -> Result<(&'g Type, Source<'g>)> {
        let field = self.fields.fields.get(index).ok_or_else(mismatch)?;
        let source = match self.at {
            At::Words(words) => {
                let before = self.fields.fields[..index].iter().map(|f| f.ty.flat().len());
                let rest = words.get(before.sum()..).ok_or_else(mismatch)?;
                Source::Words(Taken(rest.iter()))
            }
            At::Memory(at) => Source::Memory(at + field.offset as usize),
        };
        Ok((&field.ty, source))
    }

    fn pair(&self, index: usize) -> Result<(&'g Type, (u32, u32))> {
        let (ty, source) = self.source(index)?;
        let pair = match source {
            Source::Words(mut words) => words.pair(),
            Source::Memory(at) => self.reading.pair(at).map_err(ours)?,
        };
        Ok((ty, pair))
    }

    /// A number's bits.
    #[inline]
    pub fn number(&self, index: usize) -> Result<u64> {
        let (ty, source) = self.source(index)?;
        let bits = match source {
            Source::Words(mut words) => words.next(),
            Source::Memory(at) => self.reading.number(ty.size(), at).map_err(ours)?,
        };
        claimed(ty, bits).map_err(ours)
    }

    /// A text where it lies, if that is in this encoding.
    pub fn shown_text(&mut self, index: usize, encoding: Encoding) -> Result<Option<Span>> {
        let (_, (at, len)) = self.pair(index)?;
        let text = self.reading.text(at, len).map_err(ours)?;
        let data = text.as_ptr();
        if text.encoding() != encoding || !data.addr().is_multiple_of(encoding.unit_size()) {
            return Ok(None);
        }
        measure(text, encoding, Policy::Reject).map_err(|bad| ours(ill_formed(bad)))?;
        self.is_shown = true;
        Ok(Some(Span { data: data.cast(), size: text.len() }))
    }

    /// A list where it lies, if its elements lie as this describes them.
    pub fn shown_list(&mut self, index: usize, node: &Node) -> Result<Option<Span>> {
        let Form::List(inner) = &node.form else { return Ok(None) };
        if !node.is_span() || !inner.is_same {
            return Ok(None);
        }
        let (ty, (at, len)) = self.pair(index)?;
        let Type::List(list) = ty else { return Err(mismatch()) };
        let at = self.reading.list(&list.element, at, len).map_err(ours)?;
        let data = self.memory[at..].as_ptr();
        if !data.addr().is_multiple_of(inner.align) {
            return Ok(None);
        }
        self.is_shown = true;
        Ok(Some(Span { data: data.cast(), size: len as usize }))
    }

    /// Puts one into an arena: its own struct, or the elements of a list, and what these
    /// point to.
    ///
    /// # Safety
    ///
    /// The functions in the description must do what they should.
    pub unsafe fn put(&mut self, index: usize, node: &Node, arena: &mut Arena) -> Result<Span> {
        let (ty, source) = self.source(index)?;
        let place = &mut Place::arena(arena);
        // SAFETY: the caller vouches for the functions.
        unsafe { whole(node, self.policy, ty, &mut self.reading, source, place, true) }
            .map_err(|stop| stopped(stop, self.fields, index))
    }

    /// Puts one into an object of the host's, and what that points to into an arena.
    ///
    /// # Safety
    ///
    /// As for [`Passed::put`], and the object must be one of the description.
    pub unsafe fn put_into(
        &mut self,
        index: usize,
        node: &Node,
        to: *mut c_void,
        arena: &mut Arena,
    ) -> Result<()> {
        let (ty, source) = self.source(index)?;
        let (place, policy) = (&mut Place::arena(arena), self.policy);
        let mut walk = Walk { from: &mut self.reading, place, policy, is_first: true };
        // SAFETY: the caller vouches for the object and the functions.
        let done = unsafe {
            match source {
                Source::Words(mut words) => walk.words(node, ty, &mut words, to.cast()),
                Source::Memory(at) => walk.memory(node, ty, at, to.cast()),
            }
        };
        done.map_err(|stop| stopped(stop, self.fields, index))
    }

    /// Whether what is given may lie in what was shown: then it has to be copied before
    /// the guest runs, which may move its memory.
    pub fn may_have(&self, given: &HostResult) -> bool {
        let within = |data: *const c_void| self.memory.as_ptr_range().contains(&data.cast());
        self.is_shown
            && match &given.0 {
                Kind::Nothing | Kind::Number(_) | Kind::Slot(..) => false,
                Kind::Text(text) => within(text.data),
                Kind::Value(node, root) => match &node_of(node).form {
                    Form::List(inner) if node_of(node).is_span() && inner.is_bits => {
                        // SAFETY: who gave it vouches for what lies there.
                        within(unsafe { root.at().cast::<Span>().read() }.data)
                    }
                    Form::List(_)
                    | Form::Number(_)
                    | Form::Text(_)
                    | Form::Fields(_)
                    | Form::Cases { .. }
                    | Form::Resource => true,
                },
            }
    }
}

/// What a guest has done wrong, or a limit.
#[cold]
pub(crate) fn ours(error: wasmtime::Error) -> Error {
    error.downcast::<Error>().unwrap_or_else(|error| Trap::new(format!("{error:#}")).into())
}

#[cold]
fn stopped(stop: Stop, fields: &Fields, index: usize) -> Error {
    match stop {
        Stop::Guest(error) => ours(error),
        Stop::Host(fault) => fault.into_error(fields.parameter(index)).at_argument(index),
    }
}

/// What a host function gives. It is looked at and put where the function has left it.
pub struct HostResult(Kind);

enum Kind {
    Nothing,
    Number(u64),
    Text(TextSlot),
    Value(*const Node, Root),
    Slot(Slot, ReadText),
}

/// Where the value of a description is.
enum Root {
    /// Here, as a slot has it.
    Here([u64; 2]),
    There(*const u8),
}

impl Root {
    fn at(&self) -> *const u8 {
        match self {
            Root::Here(bits) => bits.as_ptr().cast(),
            Root::There(at) => *at,
        }
    }
}

fn node_of<'a>(node: &*const Node) -> &'a Node {
    // SAFETY: who has given a value vouches for its description.
    unsafe { &**node }
}

impl HostResult {
    /// No result.
    pub const NOTHING: HostResult = HostResult(Kind::Nothing);

    /// The bits of a number, `bool`, `char`, case or set of flags.
    pub fn number(bits: u64) -> HostResult {
        HostResult(Kind::Number(bits))
    }

    /// A text.
    ///
    /// # Safety
    ///
    /// It must be there until it was put.
    pub unsafe fn text(text: Text<'_>) -> HostResult {
        HostResult(Kind::Text(TextSlot::new(text)))
    }

    /// A value that is described, in the memory of a slot.
    ///
    /// # Safety
    ///
    /// There must be what the description says, and that itself, until it was put.
    pub unsafe fn here(node: &Node, slot: [u64; 2]) -> HostResult {
        HostResult(Kind::Value(node, Root::Here(slot)))
    }

    /// A value that is described.
    ///
    /// # Safety
    ///
    /// As for [`HostResult::here`].
    pub unsafe fn there(node: &Node, at: *const c_void) -> HostResult {
        HostResult(Kind::Value(node, Root::There(at.cast())))
    }

    /// The same, with all that it points to copied into an arena.
    pub fn kept(self, ty: &Type, arena: &mut Arena) -> Result<HostResult> {
        let slot = match self.0 {
            Kind::Text(text) => Slot::pointer(kind::STRING, arena.put(text)?),
            Kind::Value(node, root) => {
                // SAFETY: who gave it vouches for it.
                unsafe { gather(node_of(&node), ty, root.at().cast(), arena, || "result".into()) }?
            }
            _ => return Ok(self),
        };
        // SAFETY: as above, and what was gathered is in the arena.
        let copied = unsafe { copy_into(arena, &slot, plain_text) }?;
        Ok(HostResult(Kind::Slot(copied, plain_text)))
    }
}

impl Lend for HostResult {
    fn look(&self, ty: &Type, guest: &mut dyn Look) -> Looked {
        match &self.0 {
            Kind::Nothing => Err(mismatch().into()),
            Kind::Number(bits) => number(ty, *bits).map(drop),
            // SAFETY: who gave it vouches for it, until it was put.
            Kind::Text(text) => guest.text(unsafe { text.text() }.ok_or_else(mismatch)?, None),
            // SAFETY: as above.
            Kind::Value(node, root) => unsafe {
                HostValue::new(node_of(node), root.at().cast()).look(ty, guest)
            },
            // SAFETY: as above.
            Kind::Slot(slot, read) => unsafe { guest.slot(ty, slot, *read) },
        }
    }

    fn put_words(
        &self,
        ty: &Type,
        to: &mut Writing<'_>,
        words: &mut Words<'_>,
    ) -> wasmtime::Result<()> {
        match &self.0 {
            Kind::Nothing => return Err(mismatch().into()),
            Kind::Number(bits) => words.put(number(ty, *bits).map_err(|_| mismatch())?),
            Kind::Text(text) => {
                // SAFETY: as in `look`.
                let text = unsafe { text.text() }.ok_or_else(mismatch)?;
                words.pair(to.text(text, None)?);
            }
            // SAFETY: as in `look`.
            Kind::Value(node, root) => unsafe {
                HostValue::new(node_of(node), root.at().cast()).put_words(ty, to, words)?;
            },
            Kind::Slot(slot, read) => {
                // SAFETY: as in `look`.
                to.by_guest(|to| unsafe { to.slot_words(ty, slot, *read, words) })?;
            }
        }
        Ok(())
    }

    fn put_memory(&self, ty: &Type, to: &mut Writing<'_>, at: usize) -> wasmtime::Result<()> {
        match &self.0 {
            Kind::Nothing => Err(mismatch().into()),
            Kind::Number(bits) => {
                to.number(ty.size(), number(ty, *bits).map_err(|_| mismatch())?, at)
            }
            Kind::Text(text) => {
                // SAFETY: as in `look`.
                let text = unsafe { text.text() }.ok_or_else(mismatch)?;
                let put = to.text(text, None)?;
                to.pair(at, put)
            }
            // SAFETY: as in `look`.
            Kind::Value(node, root) => unsafe {
                HostValue::new(node_of(node), root.at().cast()).put_memory(ty, to, at)
            },
            Kind::Slot(slot, read) => {
                // SAFETY: as in `look`.
                to.by_guest(|to| unsafe { to.slot_memory(ty, slot, *read, at) })
            }
        }
    }
}

impl Returned {
    /// Whose slot it is, where there is no text by itself: that is for a string only.
    fn text_or_slot(&self) -> Slot {
        match &self.text {
            Some(_) => Slot::pointer::<TextSlot>(kind::STRING, std::ptr::null()),
            None => self.slot,
        }
    }
}

impl Lend for Returned {
    fn look(&self, ty: &Type, guest: &mut dyn Look) -> Looked {
        if let (Some(text), Type::String) = (&self.text, ty) {
            return guest.string(text);
        }
        // SAFETY: who returned the value vouches for what it points to, until it was
        // put; a text by itself is nothing else.
        unsafe { guest.slot(ty, &self.text_or_slot(), self.read) }
    }

    fn put_words(
        &self,
        ty: &Type,
        to: &mut Writing<'_>,
        words: &mut Words<'_>,
    ) -> wasmtime::Result<()> {
        match &self.text {
            Some(text) => words.pair(to.string(text)?),
            // SAFETY: as in `look`.
            None => to.by_guest(|to| unsafe { to.slot_words(ty, &self.slot, self.read, words) })?,
        }
        Ok(())
    }

    fn put_memory(&self, ty: &Type, to: &mut Writing<'_>, at: usize) -> wasmtime::Result<()> {
        match &self.text {
            Some(text) => {
                let put = to.string(text)?;
                to.pair(at, put)
            }
            // SAFETY: as in `look`.
            None => to.by_guest(|to| unsafe { to.slot_memory(ty, &self.slot, self.read, at) }),
        }
    }
}
