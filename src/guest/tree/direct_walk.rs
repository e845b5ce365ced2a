//! One reading of a guest's value into a host's own structs: numbers that lie as the
//! guest's do in runs, elements first, and behind them what they point to.
//!
//! Not here: what a description permits; the way there; whose the room is.

#![allow(unsafe_code)] // memory that the host vouches for

use super::arena::ResourceRoom;
use super::layout::{Form, Make, Node, Run, Span, cases_of, element_of, mismatch, step, wrong};
use super::pour::{Place, copy_run, put, refused, within};
use super::walk::{Fault, Reading, Taken, character, find, trap};
use crate::error::{Error, ErrorKind, TrapCode};
use crate::guest::errors::{bad_text, changed};
use crate::string::{
    BadText, CopyError, Dest, Encoding, Policy, Text, copy, measure, transcode_unchanged,
};
use crate::types::kind::{Meaning, meaning};
use crate::types::tree::Type;
use std::ffi::c_void;
use wasmtime::Result;

/// Why a value is not taken.
pub(super) enum Stop {
    /// By the guest's fault.
    Guest(wasmtime::Error),
    Host(Fault),
}

pub(super) type Taking = std::result::Result<(), Stop>;

impl From<wasmtime::Error> for Stop {
    #[cold]
    fn from(error: wasmtime::Error) -> Stop {
        Stop::Guest(error)
    }
}

impl From<Fault> for Stop {
    #[cold]
    fn from(fault: Fault) -> Stop {
        Stop::Host(fault)
    }
}

impl From<Error> for Stop {
    #[cold]
    fn from(error: Error) -> Stop {
        Stop::Host(error.into())
    }
}

impl Stop {
    #[cold]
    pub(super) fn within(self, step: impl FnOnce() -> String) -> Stop {
        match self {
            Stop::Host(fault) => Stop::Host(fault.within(step)),
            guest => guest,
        }
    }
}

/// One reading of a guest's value. Where a place is NULL, it is only found out what it
/// takes.
pub(super) struct Walk<'w, 'g, 'l, 'p> {
    pub from: &'w mut Reading<'g, 'l>,
    pub place: &'w mut Place<'p>,
    pub policy: Policy,
    /// Whether it is paid for what goes to the place.
    pub is_first: bool,
}

impl Walk<'_, '_, '_, '_> {
    /// Pays for what goes to the place. What functions make is paid for when they do.
    fn pay(&mut self, bytes: usize) -> Result<()> {
        if self.is_first { self.from.pay(bytes) } else { Ok(()) }
    }

    /// # Safety
    ///
    /// `to` must be NULL or a place for the value.
    pub unsafe fn words(
        &mut self,
        node: &Node,
        ty: &Type,
        words: &mut Taken<'_>,
        to: *mut u8,
    ) -> Taking {
        // SAFETY: the caller vouches for the place.
        unsafe {
            match (&node.form, ty) {
                (Form::Number(_), _) => put(to, node.size, claimed(ty, words.next())?),
                (Form::Text(encoding), _) => {
                    let (at, len) = words.pair();
                    self.text(node, *encoding, at, len, to)?;
                }
                (Form::List(_), _) => {
                    let (at, len) = words.pair();
                    self.list(node, ty, at, len, to)?;
                }
                (Form::Fields(nodes), Type::Record(fields) | Type::Tuple(fields)) => {
                    for (i, (inner, field)) in nodes.iter().zip(&fields.fields).enumerate() {
                        let done = self.words(inner, &field.ty, words, within(to, inner.offset));
                        done.map_err(|stop| stop.within(|| step(ty, i)))?;
                    }
                }
                (Form::Cases { .. }, _) => {
                    let (index, mut now) = words.case(cases_of(ty)?)?;
                    let (held, payload) = become_case(node, ty, index as usize, to)?;
                    if let (Some(held), Some(inner)) = (held, ty.at(index as usize)) {
                        let done = self.words(held, inner, &mut now, payload);
                        done.map_err(|stop| stop.within(|| step(ty, index as usize)))?;
                    }
                }
                // By itself only: it cannot be taken twice.
                (Form::Resource, Type::Own(of)) if !to.is_null() => {
                    let room = ResourceRoom::new()?;
                    let taken = self.from.resource(of, true, words.next() as u32)?;
                    to.cast::<*const c_void>().write(room.fill(taken).of.pointer);
                }
                _ => return Err(mismatch().into()),
            }
        }
        Ok(())
    }

    /// # Safety
    ///
    /// As for [`Walk::words`].
    pub unsafe fn memory(&mut self, node: &Node, ty: &Type, at: usize, to: *mut u8) -> Taking {
        // SAFETY: the caller vouches for the place.
        unsafe {
            match (&node.form, ty) {
                (Form::Number(_), _) => {
                    put(to, node.size, claimed(ty, self.from.number(ty.size(), at)?)?);
                }
                (Form::Text(encoding), _) => {
                    let (text, len) = self.from.pair(at)?;
                    self.text(node, *encoding, text, len, to)?;
                }
                (Form::List(_), _) => {
                    let (elements, len) = self.from.pair(at)?;
                    self.list(node, ty, elements, len, to)?;
                }
                (Form::Fields(nodes), Type::Record(fields) | Type::Tuple(fields)) => {
                    if !to.is_null() {
                        for Run { host, guest, size } in &node.runs {
                            let bytes = self.from.bytes(at + *guest, *size)?;
                            copy_run(bytes.as_ptr(), to.add(*host), *size);
                        }
                    }
                    for i in &node.rest {
                        let (inner, field) = (&nodes[*i], &fields.fields[*i]);
                        let at = at + field.offset as usize;
                        let done = self.memory(inner, &field.ty, at, within(to, inner.offset));
                        done.map_err(|stop| stop.within(|| step(ty, *i)))?;
                    }
                }
                (Form::Cases { .. }, _) => {
                    let types = cases_of(ty)?;
                    let index = find(types, self.from.number(types.tag as usize, at)?)? as usize;
                    let (held, payload) = become_case(node, ty, index, to)?;
                    if let (Some(held), Some(inner)) = (held, ty.at(index)) {
                        let done = self.memory(held, inner, at + types.payload as usize, payload);
                        done.map_err(|stop| stop.within(|| step(ty, index)))?;
                    }
                }
                _ => return Err(mismatch().into()),
            }
        }
        Ok(())
    }

    unsafe fn text(
        &mut self,
        node: &Node,
        encoding: Encoding,
        at: u32,
        len: u32,
        to: *mut u8,
    ) -> Taking {
        let text = self.from.text(at, len)?;
        if node.make.is_none()
            && !to.is_null()
            && let Some(span) = self.copied(text, encoding)?
        {
            // SAFETY: the caller vouches for the place.
            unsafe { to.cast::<Span>().write(span) };
            return Ok(());
        }
        if text.encoding() == encoding
            && !to.is_null()
            && (node.make.is_some() || self.place.is_arena())
        {
            // It is as long here, and is checked while it is copied.
            let (size, unit) = (text.len(), encoding.unit_size());
            self.from.pay(size.saturating_mul(unit))?;
            let data = match node.make {
                // SAFETY: the caller vouches for the function and the place.
                Some(make) => unsafe { made(make, to, size, unit) }?,
                None => self.place.take(size * unit, unit)?,
            };
            if size > 0 {
                // SAFETY: there is room for so many units, aligned.
                let dest = unsafe { Dest::at(encoding, data.cast(), size) };
                copy(text, dest, self.from.rule).map_err(not_copied)?;
            }
            if node.make.is_none() {
                let span = Span { data: data.cast_const().cast(), size };
                // SAFETY: the caller vouches for the place.
                unsafe { to.cast::<Span>().write(span) };
            }
            return Ok(());
        }
        let measured = match measure(text, encoding, self.from.rule) {
            Ok(measured) => measured,
            Err(bad) => {
                // What is ill-formed is the guest's, what does not fit the host's.
                measure(text, text.encoding(), self.from.rule).map_err(ill_formed)?;
                match self.policy {
                    Policy::Reject | Policy::Keep => return Err(bad_text(bad).into()),
                    policy => measure(text, encoding, policy).map_err(bad_text)?,
                }
            }
        };
        let (size, unit) = (measured.len(), encoding.unit_size());
        let data = match node.make {
            Some(make) if !to.is_null() => {
                self.from.pay(size.saturating_mul(unit))?;
                // SAFETY: the caller vouches for the function and the place.
                unsafe { made(make, to, size, unit) }?
            }
            Some(_) => return Ok(()),
            None => {
                self.pay(size * unit)?;
                self.place.take(size * unit, unit)?
            }
        };
        if !data.is_null() && size > 0 {
            // SAFETY: there is room for so many units, aligned.
            let dest = unsafe { Dest::at(encoding, data.cast(), size) };
            transcode_unchanged(&measured, text, dest).map_err(changed)?;
        }
        if node.make.is_none() && !to.is_null() {
            let span = Span { data: data.cast_const().cast(), size };
            // SAFETY: the caller vouches for the place.
            unsafe { to.cast::<Span>().write(span) };
        }
        Ok(())
    }

    /// Copies a text in one pass, if it is well-formed and there is room.
    fn copied(
        &mut self,
        text: Text<'_>,
        encoding: Encoding,
    ) -> std::result::Result<Option<Span>, Stop> {
        let unit = encoding.unit_size();
        let Some((data, bytes)) = self.place.left(unit) else { return Ok(None) };
        // No more than it can take, and some that spare the kernels a detour.
        let most = text.len().saturating_mul(4).saturating_add(64);
        // SAFETY: so many bytes are left, aligned; there may be nothing in them yet, and
        // they are only written.
        let dest =
            unsafe { Dest::at(encoding, data.cast(), (bytes >> unit.trailing_zeros()).min(most)) };
        let Ok(size) = copy(text, dest, self.from.rule) else { return Ok(None) };
        self.pay(size * unit)?;
        self.place.take(size * unit, unit)?;
        Ok(Some(Span { data: data.cast_const().cast(), size }))
    }

    unsafe fn list(&mut self, node: &Node, ty: &Type, at: u32, len: u32, to: *mut u8) -> Taking {
        let Form::List(inner) = &node.form else { return Err(mismatch().into()) };
        let ty = element_of(ty)?;
        // SAFETY: the caller vouches for the place and the function.
        unsafe {
            if node.array.is_some() {
                node.holds(len as usize)?;
                let at = self.from.list(ty, at, len)?;
                return self.fill(inner, ty, at, len as usize, to);
            }
            let Some(make) = node.make else {
                let span = self.elements(inner, ty, at, len)?;
                if !to.is_null() {
                    to.cast::<Span>().write(span);
                }
                return Ok(());
            };
            let at = self.from.list(ty, at, len)?;
            if to.is_null() {
                return Ok(());
            }
            self.from.pay((len as usize).saturating_mul(inner.size))?;
            if let Some(assign) = node.assign {
                let bytes = self.from.bytes(at, len as usize * inner.size)?;
                if bytes.as_ptr().addr().is_multiple_of(inner.align) {
                    return match assign(to.cast(), bytes.as_ptr().cast(), len as usize) {
                        true => Ok(()),
                        false => Err(refused(len as usize).into()),
                    };
                }
            }
            let data: *mut u8 = make(to.cast(), len as usize).cast();
            if data.is_null() && len > 0 {
                return Err(refused(len as usize).into());
            }
            inner.aligned(data, "what `make` gave")?;
            self.fill(inner, ty, at, len as usize, data)
        }
    }

    pub unsafe fn elements(
        &mut self,
        inner: &Node,
        ty: &Type,
        at: u32,
        len: u32,
    ) -> std::result::Result<Span, Stop> {
        let (at, size) = (self.from.list(ty, at, len)?, len as usize);
        let bytes = size.saturating_mul(inner.size);
        self.pay(bytes)?;
        let data = self.place.take(bytes, inner.align)?;
        // SAFETY: there is room for so many, or none.
        unsafe { self.fill(inner, ty, at, size, data) }?;
        Ok(Span { data: data.cast_const().cast(), size })
    }

    unsafe fn fill(
        &mut self,
        inner: &Node,
        ty: &Type,
        at: usize,
        size: usize,
        data: *mut u8,
    ) -> Taking {
        let stride = ty.size();
        if inner.is_same || (data.is_null() && inner.is_bits) {
            if !data.is_null() {
                let bytes = self.from.bytes(at, size * stride)?;
                // SAFETY: there is room for so many elements of that size.
                unsafe { data.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
            }
            return Ok(());
        }
        for i in 0..size {
            // SAFETY: as above.
            let done =
                unsafe { self.memory(inner, ty, at + i * stride, within(data, i * inner.size)) };
            done.map_err(|stop| stop.within(|| format!("element {i}")))?;
        }
        Ok(())
    }
}

/// Makes a place hold a case, and tells where its payload goes.
///
/// # Safety
///
/// `to` must be NULL or a place for the value.
unsafe fn become_case<'n>(
    node: &'n Node,
    ty: &Type,
    index: usize,
    to: *mut u8,
) -> std::result::Result<(Option<&'n Node>, *mut u8), Stop> {
    let Form::Cases { tag, tag_size, cases } = &node.form else {
        return Err(mismatch().into());
    };
    let Some(held) = cases.get(index) else { return Err(mismatch().into()) };
    let held = held.as_ref();
    if to.is_null() {
        return Ok((held, to));
    }
    // SAFETY: the caller vouches for the place and the function.
    unsafe {
        if let Some(make) = node.make {
            let made: *mut u8 = make(to.cast(), index).cast();
            if made.is_null() && held.is_some() {
                return Err(Stop::from(refused(1)).within(|| step(ty, index)));
            }
            if let Some(held) = held {
                held.aligned(made, "what `make` gave")?;
            }
            return Ok((held, made));
        }
        put(to.add(*tag), *tag_size, index as u64);
    }
    Ok((held, within(to, held.map_or(0, |node| node.offset))))
}

/// The bits of a number that a guest tells.
pub(super) fn claimed(ty: &Type, bits: u64) -> Result<u64> {
    Ok(match ty {
        Type::Scalar(kind) => match meaning(*kind) {
            Meaning::Bool => u64::from(bits as u32 != 0),
            Meaning::Char => u32::from(character(bits as u32)?).into(),
            Meaning::Number => bits,
        },
        Type::Enum(cases) => find(cases, bits)?.into(),
        Type::Flags(flags) => (bits as u32 & flags.mask()).into(),
        _ => return Err(mismatch().into()),
    })
}

/// Makes a text hold so many units of this size, and gives where they go.
///
/// # Safety
///
/// The function must be the text's.
unsafe fn made(
    make: Make,
    to: *mut u8,
    size: usize,
    unit: usize,
) -> std::result::Result<*mut u8, Fault> {
    // SAFETY: the caller vouches for it.
    let made: *mut u8 = unsafe { make(to.cast(), size) }.cast();
    if size > 0 && made.is_null() {
        return Err(refused(size));
    }
    if size > 0 && made.addr() & (unit - 1) != 0 {
        let message = "`make` gave memory that is not aligned";
        return Err(wrong(ErrorKind::OutOfRange, message));
    }
    Ok(made)
}

#[cold]
fn not_copied(error: CopyError) -> wasmtime::Error {
    match error {
        CopyError::BadText(bad) => ill_formed(bad),
        other => Error::from(other).into(),
    }
}

#[cold]
pub(super) fn ill_formed(bad: BadText) -> wasmtime::Error {
    trap(bad.to_string(), TrapCode::IllFormedText)
}
