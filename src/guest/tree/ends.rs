//! The ends of a call: a slot for each argument, and one for each result, which says
//! where that goes. What a number is, and of which type a reference, is told by the
//! function's type.
//!
//! A caller fills them out of what it has, once, whatever kind of function runs.
//!
//! Not here: values of components, which are slots themselves; guests.

#![allow(unsafe_code)] // pointers, whose lifetimes the types around them keep

use super::end::{Arg, Out};
use super::sink::Sink;
use super::slot::{Of, Slot};
use super::walk::{Lend, Take};
use crate::error::{Error, ErrorKind, Result};
use crate::guest::context::Cx;
use crate::guest::errors::{changed, mismatch, no_memory};
use crate::guest::refs::ExternRef;
use crate::guest::strings::Str;
use crate::guest::value::{Func, Val};
use crate::guest::{KEPT, KEPT_IN_EACH, recycle};
use crate::string::{self, Dest, Encoding, Policy, Text};
use crate::types::tree::Type;
use crate::types::{Class, FuncType, ValType};
use std::marker::PhantomData;

// What a slot of these refers to, beside C's own kinds.
/// Nothing: it holds a number's bits.
const NUMBER: u8 = 128;
const TEXT: u8 = 129;
const UTF8: u8 = 130;
const UTF16: u8 = 131;
const STRING: u8 = 132;
const VAL: u8 = 133;
const EXTERNREF: u8 = 134;
const FUNCREF: u8 = 135;
const SINK: u8 = 136;
const LEND: u8 = 137;
const SLOT: u8 = 138;
const TAKE: u8 = 139;
const UTF8_OF: u8 = 140;
const UTF16_OF: u8 = 141;
const RAW: u8 = 142;

/// What an argument is.
pub(crate) enum Is<'a> {
    /// A number's bits; of a narrow integer, extended to 32 by its sign.
    Number(u64),
    /// Text that the host lends, and what becomes of it where it is ill-formed.
    Text(Text<'a>, Option<Policy>),
    /// A guest's string.
    String(&'a Str<'a>),
    /// A reference.
    Ref,
    /// A value that only components have: of the host's own, as C has it, and as Rust has.
    Lend(&'a dyn Lend),
    Slot(&'a Slot),
    Val(&'a Val<'a>),
}

impl<'a> Arg<'a> {
    /// A number's bits; of a narrow integer, extended to 32 by its sign.
    #[inline(always)]
    pub fn number(bits: u64) -> Arg<'a> {
        Arg(Slot { kind: NUMBER, of: Of { u64: bits } }, PhantomData)
    }

    #[inline(always)]
    fn at<T>(kind: u8, place: &'a T) -> Arg<'a> {
        Arg(Slot::pointer(kind, place), PhantomData)
    }

    /// Text.
    #[inline(always)]
    pub fn text(text: &'a Text<'a>) -> Arg<'a> {
        Arg::at(TEXT, text)
    }

    /// Text in UTF-8.
    #[inline(always)]
    pub fn utf8(text: &'a &'a str) -> Arg<'a> {
        Arg::at(UTF8, text)
    }

    /// Text in UTF-16.
    #[inline(always)]
    pub fn utf16(text: &'a &'a [u16]) -> Arg<'a> {
        Arg::at(UTF16, text)
    }

    /// Text in UTF-8, which is lent.
    #[inline]
    pub fn utf8_of(text: &'a String) -> Arg<'a> {
        Arg::at(UTF8_OF, text)
    }

    /// Text in UTF-16, which is lent.
    #[inline]
    pub fn utf16_of(text: &'a Vec<u16>) -> Arg<'a> {
        Arg::at(UTF16_OF, text)
    }

    /// Any string.
    #[inline]
    pub fn string(string: &'a Str<'a>) -> Arg<'a> {
        Arg::at(STRING, string)
    }

    /// A reference.
    #[inline]
    pub fn externref(reference: &'a Option<ExternRef>) -> Arg<'a> {
        Arg::at(EXTERNREF, reference)
    }

    /// A reference.
    #[inline]
    pub fn funcref(func: &'a Option<Func>) -> Arg<'a> {
        Arg::at(FUNCREF, func)
    }

    /// A value of the host's own, for a component.
    #[inline(always)]
    pub fn lend(value: &'a &'a dyn Lend) -> Arg<'a> {
        Arg::at(LEND, value)
    }

    /// A value whose texts are [`plain_text`](super::plain_text), for a component.
    #[inline]
    pub(crate) fn slot(slot: &'a Slot) -> Arg<'a> {
        Arg::at(SLOT, slot)
    }

    /// Text that is well-formed.
    #[inline]
    pub(crate) fn as_utf8(&self) -> Option<&'a str> {
        // SAFETY: as for `is`.
        unsafe {
            match self.0.kind {
                UTF8 => Some(*self.get::<&'a str>()),
                UTF8_OF => Some(self.get::<String>()),
                _ => None,
            }
        }
    }

    /// Any value.
    #[inline]
    pub fn val(val: &'a Val<'a>) -> Arg<'a> {
        match val {
            Val::String(string) => Arg::string(string),
            Val::ExternRef(reference) => Arg::externref(reference),
            Val::FuncRef(func) => Arg::funcref(func),
            scalar if matches!(scalar.ty().kind().class, Class::Number(..) | Class::Scalar(_)) => {
                Arg::number(scalar.bits())
            }
            other => Arg::at(VAL, other),
        }
    }

    /// # Safety
    ///
    /// The slot's kind must be made of a place of this type.
    #[inline(always)]
    unsafe fn get<T>(&self) -> &'a T {
        // SAFETY: the caller vouches for the type, and `'a` for the place.
        unsafe { &*self.0.of.pointer.cast::<T>() }
    }

    /// What it is.
    #[inline(always)]
    pub(crate) fn is(&self) -> Is<'a> {
        // SAFETY: each kind is made of a place of that type, and of nothing else.
        unsafe {
            match self.0.kind {
                NUMBER => Is::Number(self.0.of.u64),
                TEXT => Is::Text(*self.get::<Text<'a>>(), None),
                UTF8 => Is::Text(Text::Utf8(self.get::<&'a str>().as_bytes()), None),
                UTF16 => Is::Text(Text::Utf16(self.get::<&'a [u16]>()), None),
                STRING => {
                    let string = self.get::<Str<'a>>();
                    match string.host_text() {
                        Some(text) => Is::Text(text, string.policy()),
                        None => Is::String(string),
                    }
                }
                EXTERNREF | FUNCREF => Is::Ref,
                UTF8_OF => Is::Text(Text::Utf8(self.get::<String>().as_bytes()), None),
                UTF16_OF => Is::Text(Text::Utf16(self.get::<Vec<u16>>()), None),
                LEND => Is::Lend(*self.get::<&'a dyn Lend>()),
                SLOT => Is::Slot(self.get()),
                _ => Is::Val(self.get()),
            }
        }
    }

    /// The argument of this position of such a function as a value, which lends what
    /// this does.
    pub(crate) fn to_val(self, of: &FuncType, at: usize) -> Result<Val<'a>> {
        let ty = *of.params().get(at).ok_or_else(mismatch)?;
        let field = of.signature().and_then(|ty| ty.params.fields.get(at));
        self.to_val_of(ty, field.map(|field| &field.ty))
    }

    /// The argument as a value of this kind, and of this type where that has parts.
    pub(crate) fn to_val_of(self, ty: ValType, of: Option<&Type>) -> Result<Val<'a>> {
        // SAFETY: as for `is`.
        Ok(unsafe {
            match self.0.kind {
                NUMBER => Val::from_bits(ty, self.0.of.u64)?,
                TEXT => Val::String(Str::from_text(*self.get())),
                UTF8 => Val::String(Str::from(*self.get::<&'a str>())),
                UTF16 => Val::String(Str::from_utf16(self.get::<&'a [u16]>())),
                UTF8_OF => Val::String(Str::from(self.get::<String>().as_str())),
                UTF16_OF => Val::String(Str::from_utf16(self.get::<Vec<u16>>())),
                STRING => Val::String(self.get::<Str<'a>>().lent()),
                EXTERNREF => Val::ExternRef(self.get::<Option<ExternRef>>().clone()),
                FUNCREF => Val::FuncRef(self.get::<Option<Func>>().clone()),
                VAL => self.get::<Val<'a>>().clone(),
                LEND => {
                    let val = of.and_then(|ty| self.get::<&'a dyn Lend>().to_val(ty));
                    val.ok_or_else(mismatch)?
                }
                _ => return Err(mismatch()),
            }
        })
    }
}

impl<'r> Out<'r> {
    /// A number, to be asked for with [`Out::bits`].
    #[inline(always)]
    pub fn number() -> Out<'r> {
        Out::of_bits(0)
    }

    /// One that is there.
    #[inline(always)]
    pub fn of_bits(bits: u64) -> Out<'r> {
        Out(Slot { kind: NUMBER, of: Of { u64: bits } }, PhantomData)
    }

    #[inline(always)]
    fn at<T>(kind: u8, place: &'r mut T) -> Out<'r> {
        Out(Slot::pointer(kind, place), PhantomData)
    }

    /// A text that is copied into this, whose allocation is used again.
    #[inline(always)]
    pub fn utf8(place: &'r mut String) -> Out<'r> {
        Out::at(UTF8, place)
    }

    /// A text that is copied into this, in UTF-16.
    #[inline(always)]
    pub fn utf16(place: &'r mut Vec<u16>) -> Out<'r> {
        Out::at(UTF16, place)
    }

    /// A text that goes where this says.
    #[inline(always)]
    pub fn sink(place: &'r mut Sink) -> Out<'r> {
        Out::at(SINK, place)
    }

    /// A text that is copied into this, as the guest has it.
    #[inline]
    pub(crate) fn raw(place: &'r mut Raw) -> Out<'r> {
        Out::at(RAW, place)
    }

    /// A string, to be read later.
    #[inline]
    pub fn string(place: &'r mut Str<'static>) -> Out<'r> {
        Out::at(STRING, place)
    }

    /// A reference.
    #[inline]
    pub fn externref(place: &'r mut Option<ExternRef>) -> Out<'r> {
        Out::at(EXTERNREF, place)
    }

    /// A reference.
    #[inline]
    pub fn funcref(place: &'r mut Option<Func>) -> Out<'r> {
        Out::at(FUNCREF, place)
    }

    /// Any value.
    #[inline]
    pub fn val(place: &'r mut Val<'static>) -> Out<'r> {
        Out::at(VAL, place)
    }

    /// A value of the host's own, from a component.
    #[inline(always)]
    pub fn take(place: &'r mut &'r mut dyn Take) -> Out<'r> {
        Out::at(TAKE, place)
    }

    /// Where a value of the host's own goes, if one does.
    pub(crate) fn as_take(&mut self) -> Option<&mut dyn Take> {
        // SAFETY: as for `Arg::is`; the lifetime is made shorter, in which nothing is put
        // in its place.
        (self.0.kind == TAKE).then(|| unsafe { &mut **self.get::<&mut dyn Take>() })
    }

    /// Whether a value goes there as it is.
    #[cfg(feature = "component")]
    pub(crate) fn is_val(&self) -> bool {
        self.0.kind == VAL
    }

    /// The number, whose high half is of no meaning where it has up to 32 bits.
    #[inline(always)]
    pub fn bits(&self) -> u64 {
        // SAFETY: any bits are a number.
        unsafe { self.0.of.u64 }
    }

    /// # Safety
    ///
    /// The slot's kind must be made of a place of this type.
    #[inline(always)]
    unsafe fn get<T>(&mut self) -> &mut T {
        // SAFETY: the caller vouches for the type. The place is borrowed for `'r`, and
        // nobody else has it meanwhile.
        unsafe { &mut *self.0.of.pointer.cast::<T>().cast_mut() }
    }

    /// Puts a number there, of any type where it is asked for with [`Out::bits`].
    #[inline(always)]
    pub(crate) fn put_bits(&mut self, bits: u64) -> Result<()> {
        if self.0.kind != NUMBER {
            return Err(mismatch());
        }
        self.0.of.u64 = bits;
        Ok(())
    }

    /// Whether a number is asked for with [`Out::bits`].
    #[inline(always)]
    pub(crate) fn is_number(&self) -> bool {
        self.0.kind == NUMBER
    }

    /// Puts a number of this type there.
    #[inline(always)]
    pub(crate) fn put_number(&mut self, ty: ValType, bits: u64) -> Result<()> {
        match self.0.kind {
            VAL => self.put(Val::from_bits(ty, bits)?),
            _ => self.put_bits(bits),
        }
    }

    /// Whether text is written where this says, and no string made of it.
    #[inline(always)]
    pub(crate) fn writes(&self) -> bool {
        matches!(self.0.kind, UTF8 | UTF16 | SINK | RAW)
    }

    /// Writes a text there.
    #[inline]
    pub(crate) fn write(&mut self, text: Text<'_>, policy: Policy) -> Result<()> {
        // SAFETY: as for `Arg::is`.
        unsafe {
            match self.0.kind {
                SINK => self.get::<Sink>().fill(text, policy),
                UTF8 => Ok(string::copy_to_string(text, self.get(), policy)?),
                UTF16 => Ok(string::copy_to_utf16(text, self.get(), policy)?),
                RAW => self.get::<Raw>().set(text, policy),
                _ => Err(mismatch()),
            }
        }
    }

    /// Keeps a well-formed text that [`Out::write`] could not write, with the error, which
    /// is then no error of the call: there is no room for it, or the encoding does not have
    /// it.
    #[cold]
    pub(crate) fn keep(
        &mut self,
        error: Error,
        text: impl FnOnce() -> Result<Str<'static>>,
    ) -> Result<()> {
        match self.0.kind {
            SINK if error.kind() != ErrorKind::BadText => {
                // SAFETY: as for `Arg::is`.
                unsafe { self.get::<Sink>() }.keep(error, text()?);
                Ok(())
            }
            _ => Err(error),
        }
    }

    /// Puts a value there that is no number and no text to be written.
    pub(crate) fn put(&mut self, val: Val<'static>) -> Result<()> {
        // SAFETY: as for `Arg::is`.
        unsafe {
            match (self.0.kind, val) {
                (VAL, val) => *self.get() = val,
                (STRING, Val::String(string)) => *self.get() = string,
                (EXTERNREF, Val::ExternRef(reference)) => *self.get() = reference,
                (FUNCREF, Val::FuncRef(func)) => *self.get() = func,
                _ => return Err(mismatch()),
            }
        }
        Ok(())
    }
}

/// A text, encoded as somebody has it.
pub(crate) struct Raw {
    bytes: Vec<u8>,
    encoding: Encoding,
}

impl Default for Raw {
    fn default() -> Raw {
        Raw { bytes: Vec::new(), encoding: Encoding::Latin1 }
    }
}

impl Raw {
    /// Copies a text, checked as this says.
    pub fn set(&mut self, text: Text<'_>, policy: Policy) -> Result<()> {
        self.bytes.clear();
        self.encoding = text.encoding();
        if let Text::Latin1(bytes) = text {
            self.bytes.try_reserve(bytes.len()).map_err(|_| no_memory(bytes.len()))?;
            self.bytes.extend_from_slice(bytes);
            return Ok(());
        }
        let measured = string::measure(text, self.encoding, policy)?;
        let (units, unit) = (measured.len(), self.encoding.unit_size());
        self.bytes.try_reserve(units * unit).map_err(|_| no_memory(units))?;
        self.bytes.resize(units * unit, 0);
        let room = Dest::of_bytes(self.encoding, &mut self.bytes);
        string::transcode_unchanged(&measured, text, room).map_err(changed)?;
        Ok(())
    }

    pub fn text(&self) -> Text<'_> {
        Text::of_bytes(self.encoding, &self.bytes)
    }

    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }
}

/// Results, to be put in order.
pub(crate) struct Outs<'x>(std::slice::IterMut<'x, Out<'x>>);

impl<'x> Outs<'x> {
    pub fn new(outs: &'x mut [Out<'_>]) -> Outs<'x> {
        // SAFETY: the lifetimes are made shorter. What is given out can be of any, so that
        // nothing else is put in its place that is there for `'x` only.
        let outs = unsafe { std::mem::transmute::<&'x mut [Out<'_>], &'x mut [Out<'x>]>(outs) };
        Outs(outs.iter_mut())
    }

    /// The next one.
    pub fn next(&mut self, put: impl FnOnce(&mut Out<'_>) -> Result<()>) -> Result<()> {
        put(self.0.next().ok_or_else(mismatch)?)
    }

    /// How many there are still.
    pub fn left(&self) -> usize {
        self.0.len()
    }
}

/// Makes ends of lists of values, for a call.
pub(crate) fn with_ends<R>(
    cx: &mut Cx<'_>,
    args: &[Val<'_>],
    results: &mut [Val<'static>],
    run: impl FnOnce(&mut Cx<'_>, &[Arg<'_>], &mut [Out<'_>]) -> R,
) -> R {
    let Spare(ins, outs) = cx.data_mut().scratch.ends.pop().unwrap_or_default();
    let (mut ins, mut outs) = (recycle(ins), recycle(outs));
    ins.extend(args.iter().map(Arg::val));
    outs.extend(results.iter_mut().map(Out::val));
    let done = run(cx, &ins, &mut outs);
    let spare = Spare(recycle(ins), recycle(outs));
    let kept = &mut cx.data_mut().scratch.ends;
    if kept.len() < KEPT && spare.0.capacity().max(spare.1.capacity()) <= KEPT_IN_EACH {
        kept.push(spare);
    }
    done
}

/// [`Callable::call_vals`](crate::guest::value::Callable::call_vals) of what takes ends.
macro_rules! vals_by_ends {
    () => {
        fn call_vals(
            &self,
            cx: &mut $crate::guest::context::Cx<'_>,
            args: &[$crate::guest::value::Val<'_>],
            results: &mut [$crate::guest::value::Val<'static>],
        ) -> $crate::error::Result<()> {
            $crate::guest::tree::with_ends(cx, args, results, |cx, args, outs| {
                self.call(cx, args, outs)
            })
        }
    };
}
pub(crate) use vals_by_ends;

/// Room for the ends of a call.
#[derive(Default)]
pub(crate) struct Spare(pub Vec<Arg<'static>>, pub Vec<Out<'static>>);

// SAFETY: there is nothing in it.
unsafe impl Send for Spare {}
// SAFETY: as above.
unsafe impl Sync for Spare {}
