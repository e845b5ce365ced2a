//! Host functions that take and give values in order, without lists: what they
//! see of a call.
//!
//! Core code hands over words, and text where it lies; the host, values. Which
//! words an argument has is known when the function is linked.
//!
//! Not here: who calls.

mod answer;
mod place;

use self::place::{Place, held, read_kept, read_slot};
use super::context::{Caller, ContextRef, Cx};
use super::errors::mismatch;
use super::func::put;
use super::inline::{Copied, INLINE_WORDS, inline_words};
use super::link::{Link, Passing};
use super::memory::Mem;
use super::strings::{COPIES, Str, copies, copy_as};
use super::transfer::{at, lift, of_result};
use super::traps::guard;
use super::tree::{Arg, Is, Out, Outs};
use super::turn::settle_for;
use super::value::Val;
use super::words::{HostType, HostWords, host_words};
use crate::abi::{GuestEncoding, INLINE};
use crate::error::{Error, Result};
use crate::string::{Encoding, Policy, Text};
use crate::types::tree::Type;
use crate::types::{FuncType, ValType};
use wasmtime::AsContextMut as _;

/// A call of a host function made with [`Func::new_prepared`]: its arguments,
/// to be taken in order, and its results, to be put in order afterwards. The
/// store is at hand all the time: see [`HostCall::caller`].
///
/// [`Func::new_prepared`]: crate::Func::new_prepared
pub struct HostCall<'x, 's> {
    cx: &'x mut Cx<'s>,
    by: By<'x>,
}

/// Text in linear memory, of [`INLINE`] encoding, and the store's buffers for what
/// is made of it.
pub type InPlace<'a> = (&'a [u8], &'a mut Vec<Vec<u16>>);

/// What a host function does. A closure can be one. What is a type of its own,
/// with a [`HostBody::run`] that is always inlined, becomes one piece of machine
/// code with what the engine calls: a compiler keeps a closure that two places call
/// apart.
pub(crate) trait HostBody: Send + Sync + 'static {
    /// Answers a call.
    fn run(&self, call: &mut HostCall<'_, '_>) -> Result<()>;
}

impl<F> HostBody for F
where
    F: Fn(&mut HostCall<'_, '_>) -> Result<()> + Send + Sync + 'static,
{
    #[inline(always)]
    fn run(&self, call: &mut HostCall<'_, '_>) -> Result<()> {
        self(call)
    }
}

/// Who calls. With a tag of its own, that is known where the call is made.
#[repr(u8)]
enum By<'x> {
    Core(Words<'x>),
    Host(Ends<'x>),
}

/// Buffers of so many units in all are kept for the next call: room for a text of
/// 1 MiB, and no more, however deep calls were nested.
const KEPT: usize = 1 << 20;

/// A call by core code.
pub(crate) struct Words<'x> {
    words: HostWords<'x>,
    link: &'x Link,
    mems: &'x [Mem],
    /// How many arguments have been taken, and results put.
    taken: usize,
    put: usize,
    /// How many strings are in the store's scratch: out of slots that were
    /// given back, to be there during the call.
    kept: usize,
    /// The arguments that had not been taken when the store was first asked for.
    rest: Option<Rest>,
}

/// Arguments that are values.
struct Rest {
    /// The next one last.
    vals: Vec<Val<'static>>,
    /// What is wrong with the one after them.
    error: Option<Error>,
}

/// A call by the host.
struct Ends<'x> {
    ty: &'x FuncType,
    args: &'x [Arg<'x>],
    results: Outs<'x>,
    /// How many arguments have been taken.
    taken: usize,
    /// How many results have been put.
    put: usize,
}

/// The function that core code calls, which has this type. Made for this body
/// alone, so that a call is one piece of machine code.
pub(crate) fn linked(
    cx: &mut Cx<'_>,
    core_type: &HostType,
    link: Link,
    body: impl HostBody,
) -> wasmtime::Func {
    host_words(cx, core_type, move |caller, mut words| {
        if let Some(defer) = &link.defer {
            words = defer(caller, words)?;
        }
        let mems = link.mems.get(caller)?;
        let cx = &mut caller.as_context_mut();
        let words = Words { words, link: &link, mems, taken: 0, put: 0, kept: 0, rest: None };
        let mut call = HostCall { cx, by: By::Core(words) };
        let outcome = guard(|| body.run(&mut call));
        let HostCall { cx, by: By::Core(Words { words, kept, rest, .. }) } = call else {
            return Err(mismatch());
        };
        if let Some(rest) = rest {
            rest.give_back(cx);
        }
        if kept > 0 {
            let kept_here = &mut cx.data_mut().scratch.kept;
            kept_here.truncate(kept_here.len().saturating_sub(kept));
        }
        outcome?;
        if link.settles {
            settle_for(cx, link.home)?;
        }
        if link.defer.is_some() {
            cx.data_mut().debts.forget();
        }
        words.done()
    })
}

/// Lets the host call one of this type.
pub(crate) fn called_by_host(
    cx: &mut Cx<'_>,
    body: &impl HostBody,
    ty: &FuncType,
    args: &[Arg<'_>],
    results: &mut [Out<'_>],
) -> Result<()> {
    let ends = Ends { ty, args, results: Outs::new(results), taken: 0, put: 0 };
    let mut call = HostCall { cx, by: By::Host(ends) };
    guard(|| body.run(&mut call))?;
    match call.by {
        By::Host(ends) if ends.results.left() == 0 => Ok(()),
        _ => Err(mismatch()),
    }
}

impl<'x, 's> HostCall<'x, 's> {
    /// The next argument, a number: its bits; of a narrow integer, extended to
    /// 32 by its sign.
    #[inline]
    pub fn number(&mut self) -> Result<u64> {
        match &mut self.by {
            By::Core(by) => match by.next() {
                Some(Passing::Number(_)) => {
                    by.taken += 1;
                    by.words.number()
                }
                _ => by.rest().map(|val| val.bits()),
            },
            By::Host(by) => match by.arg().map(|arg| arg.is()) {
                Some(Is::Number(bits)) => Ok(bits),
                _ => Err(mismatch()),
            },
        }
    }

    /// The next argument, a string, read where it lies: in linear memory, as its
    /// guest encodes it, if it is a guest's. It is not yet checked; what to do where it is
    /// ill-formed comes with it. An [`BadText`](crate::ErrorKind::BadText) that `read` returns
    /// becomes a trap that tells where the string was.
    #[inline]
    pub fn text<R>(&mut self, read: impl FnOnce(Text<'_>, Policy) -> Result<R>) -> Result<R> {
        if let By::Core(by) = &mut self.by
            && let Some((mem, [ptr, len])) = by.view()?
        {
            let rule = self.cx.data().policy;
            let text = mem.text(&*self.cx, ptr, len)?;
            return read(text, rule).map_err(|e| at(*mem, ptr, e));
        }
        self.text_elsewhere(read)
    }

    /// The same where it does not lie in linear memory, or is a host's.
    #[inline(never)]
    fn text_elsewhere<R>(&mut self, read: impl FnOnce(Text<'_>, Policy) -> Result<R>) -> Result<R> {
        match &mut self.by {
            By::Core(by) => match by.text()? {
                Place::View(..) => Err(mismatch()),
                Place::Slot(slot, take) => {
                    let (done, kept) = read_slot(self.cx, slot, take, read)?;
                    by.kept += kept as usize;
                    Ok(done)
                }
                Place::Rest(Val::String(text)) => {
                    let done = read_kept(self.cx, text, read)?;
                    by.kept += 1;
                    Ok(done)
                }
                Place::Rest(_) => Err(mismatch()),
            },
            By::Host(by) => {
                let rule = self.cx.data().policy;
                match by.arg().map(|arg| arg.is()) {
                    Some(Is::Text(text, policy)) => read(text, policy.unwrap_or(rule)),
                    Some(Is::String(text)) => {
                        let rule = text.policy_or(rule);
                        text.with_in((&*self.cx).into(), |text| read(text, rule))?
                    }
                    _ => Err(mismatch()),
                }
            }
        }
    }

    /// The next argument where it is what a string nearly always is: UTF-8 in
    /// linear memory. With it come the store's buffers. It has not been taken:
    /// [`HostCall::take_text`] does that.
    #[doc(hidden)]
    #[inline(always)]
    pub fn text_in_place(&mut self) -> Result<Option<InPlace<'_>>> {
        let By::Core(by) = &mut self.by else { return Ok(None) };
        let Some(Passing::View(mem)) = by.next() else { return Ok(None) };
        let mem = by.mems.get(mem as usize).ok_or_else(mismatch)?;
        if mem.text != INLINE {
            return Ok(None);
        }
        let [ptr, len] = by.words.peek_two()?;
        let (bytes, data) = mem.bytes_with(self.cx, ptr, len)?;
        Ok(Some((bytes, &mut data.scratch.units)))
    }

    /// Takes it.
    #[doc(hidden)]
    #[inline(always)]
    pub fn take_text(&mut self) {
        if let By::Core(by) = &mut self.by {
            by.taken += 1;
            by.words.skip_two();
        }
    }

    /// The next argument, a reference, or a string to be read later in the
    /// call.
    pub fn value(&mut self) -> Result<Val<'static>> {
        match self.lent()? {
            // It may be kept, so what is lent is copied.
            Val::String(text) => Ok(Val::String(text.into_owned(self.cx)?)),
            val => Ok(val),
        }
    }

    /// The next argument, of any type, not to be kept beyond the call.
    pub(crate) fn lent(&mut self) -> Result<Val<'static>> {
        match &mut self.by {
            By::Core(by) => {
                if let Some(Passing::Number(ty) | Passing::Ref(ty)) = by.next() {
                    by.taken += 1;
                    return by.words.val(self.cx, ty);
                }
                let text = match by.text()? {
                    Place::View(mem, ptr, len) => lift(self.cx, mem, ptr, len),
                    Place::Slot(slot, take) => held(self.cx, slot, take)?.into_str(),
                    Place::Rest(val) => return Ok(val),
                };
                text.map(Val::String)
            }
            By::Host(by) => {
                let arg = *by.arg().ok_or_else(mismatch)?;
                Ok(match arg.to_val(by.ty, by.taken - 1)? {
                    Val::String(text) => Val::String(text.into_owned(self.cx)?),
                    Val::ExternRef(reference) => Val::ExternRef(reference),
                    Val::FuncRef(func) => Val::FuncRef(func),
                    number => Val::from_bits(number.ty(), number.bits())?,
                })
            }
        }
    }

    /// Whether its result is one value with parts, which only hosts take.
    #[inline(always)]
    pub(crate) fn has_one_result(&self) -> bool {
        match &self.by {
            By::Core(_) => false,
            By::Host(by) => by.ty.signature().is_some(),
        }
    }

    /// Takes the next argument, a value with parts.
    pub(crate) fn take_parts<R>(
        &mut self,
        take: impl FnOnce(&ContextRef<'_>, &Val<'_>) -> Result<R>,
    ) -> Result<R> {
        let By::Host(by) = &mut self.by else { return Err(mismatch()) };
        let arg = *by.arg().ok_or_else(mismatch)?;
        let val = arg.to_val(by.ty, by.taken - 1)?;
        take(&self.reading(), &val)
    }

    /// The store, for reading.
    pub(crate) fn reading(&self) -> ContextRef<'_> {
        ContextRef((&*self.cx).into())
    }

    /// Puts the next result, a value with parts, which is made for its type.
    pub(crate) fn put_parts(
        &mut self,
        make: impl FnOnce(&Type) -> Option<Val<'static>>,
    ) -> Result<()> {
        let By::Host(by) = &mut self.by else { return Err(mismatch()) };
        let field = by.ty.signature().and_then(|ty| ty.results.fields.get(by.put));
        let val = field.and_then(|field| make(&field.ty)).ok_or_else(mismatch)?;
        self.put_value(val)
    }

    /// Puts the next result, a number.
    #[inline]
    pub fn put_number(&mut self, bits: u64) -> Result<()> {
        match &mut self.by {
            By::Core(by) => by.put_number(bits),
            By::Host(by) => by.put(|ty, out| out.put_number(ty, bits)),
        }
    }

    /// Puts the next result, a string that is lent until `put_text` returns.
    ///
    /// # Errors
    /// [`BadText`](crate::ErrorKind::BadText) for ill-formed text, where the store's rule is to
    /// reject it.
    #[inline]
    pub fn put_text(&mut self, text: Text<'_>) -> Result<()> {
        if self.inline(text)? {
            return Ok(());
        }
        if !self.writes() {
            return self.put_owned(text, self.cx.data().policy);
        }
        let (data, to) = (self.cx.data_mut(), self.by.encoding().unwrap_or(COPIES));
        let copied = Copied::by(data, text, data.policy, to);
        self.put_long(copied.map_err(|e| e.of_host_result(self.put()))?)
    }

    /// Puts the next result, text that was copied before.
    #[doc(hidden)]
    #[inline]
    pub fn put_copied(&mut self, text: Copied) -> Result<()> {
        if self.inline(text.text())? {
            text.give_back(self.cx.data_mut());
            return Ok(());
        }
        self.put_long(text)
    }

    /// Whether strings are only to be written into linear memory, so that they
    /// need not be owned.
    #[inline]
    pub(crate) fn writes(&self) -> bool {
        matches!(&self.by, By::Core(by) if by.link.inline)
    }

    /// Puts the next result, a string, if it can be inline.
    #[inline(always)]
    fn inline(&mut self, text: Text<'_>) -> Result<bool> {
        match &mut self.by {
            By::Core(by) => by.inline(text),
            By::Host(_) => Ok(false),
        }
    }

    fn put_long(&mut self, text: Copied) -> Result<()> {
        match &mut self.by {
            By::Core(by) if by.link.inline => by.put_copied(self.cx, text),
            _ => {
                // What is in it has been looked at: it is well-formed, or kept.
                let put = self.put_owned(text.text(), Policy::Keep);
                text.give_back(self.cx.data_mut());
                put
            }
        }
    }

    /// Puts the next result, text that is to be owned: as the guest has it who gets it.
    fn put_owned(&mut self, text: Text<'_>, policy: Policy) -> Result<()> {
        let encoding = match &self.by {
            By::Core(_) => self.by.encoding().unwrap_or(COPIES),
            By::Host(_) => copies(text, policy),
        };
        let copy = copy_as(self.cx.data_mut(), text, encoding, policy);
        let val = Val::String(copy.map_err(|e| e.of_host_result(self.put()))?);
        self.put_value(val)
    }

    /// How many results have been put.
    fn put(&self) -> usize {
        match &self.by {
            By::Core(by) => by.put,
            By::Host(by) => by.put,
        }
    }

    /// Puts the next result, a reference or a string; for text that need not be
    /// owned there is [`HostCall::put_text`].
    pub fn put_value(&mut self, val: Val<'static>) -> Result<()> {
        match &mut self.by {
            By::Core(by) => by.put(self.cx, val),
            By::Host(by) => {
                let (cx, i) = (&mut *self.cx, by.put);
                by.put(|ty, out| put(cx, ty, val, out).map_err(|e| of_result(e, i)))
            }
        }
    }

    pub(crate) fn cx(&mut self) -> &mut Cx<'s> {
        self.cx
    }

    /// A string that owns what it holds, to be the next result.
    pub(crate) fn own(&mut self, text: Str<'_>) -> Result<Str<'static>> {
        let i = self.put();
        text.into_owned(self.cx).map_err(|e| of_result(e, i))
    }

    /// The store, and what core code has called with, each by itself.
    pub(crate) fn apart(&mut self) -> Result<(&mut Cx<'s>, &mut Words<'x>)> {
        match &mut self.by {
            By::Core(by) => Ok((self.cx, by)),
            By::Host(_) => Err(mismatch()),
        }
    }

    /// A buffer of the store's, to be given back. What is in it means nothing.
    #[doc(hidden)]
    #[inline]
    pub fn buffer(&mut self) -> Vec<u16> {
        self.cx.data_mut().scratch.units.pop().unwrap_or_default()
    }

    /// Gives a buffer back.
    #[doc(hidden)]
    #[inline]
    pub fn give_back(&mut self, buffer: Vec<u16>) {
        let units = &mut self.cx.data_mut().scratch.units;
        let kept: usize = units.iter().map(Vec::capacity).sum();
        if kept + buffer.capacity() <= KEPT {
            units.push(buffer);
        }
    }

    /// The store, to be used at any time, also to call guests. Arguments are what
    /// they were when the call began: those that have not been taken are put aside
    /// here, which costs more than to take them before.
    #[inline]
    pub fn caller(&mut self) -> Caller<'_> {
        if let By::Core(by) = &self.by
            && by.taken < by.link.params.len()
        {
            self.put_aside();
        }
        Caller(wasmtime::AsContextMut::as_context_mut(self.cx))
    }

    /// Makes values of the arguments that have not been taken: guests that run may
    /// write over text, and let references be collected.
    #[cold]
    fn put_aside(&mut self) {
        let mut vals = self.cx.data_mut().scratch.vals.pop().unwrap_or_default();
        let mut error = None;
        while let By::Core(by) = &self.by
            && by.taken < by.link.params.len()
            && error.is_none()
        {
            match self.lent() {
                Ok(val) => vals.push(val),
                Err(wrong) => error = Some(wrong),
            }
        }
        vals.reverse();
        if let By::Core(by) = &mut self.by {
            by.taken = by.link.params.len();
            by.rest = Some(Rest { vals, error });
        }
    }
}

impl Rest {
    fn give_back(mut self, cx: &mut Cx<'_>) {
        self.vals.clear();
        cx.data_mut().scratch.vals.push(self.vals);
    }
}

impl By<'_> {
    /// The encoding of the string that is the next result, where a guest takes it and has
    /// one.
    fn encoding(&self) -> Option<Encoding> {
        match self {
            By::Core(by) => by.link_text(by.put).fixed(),
            By::Host(_) => None,
        }
    }
}

impl<'x> Words<'x> {
    /// How the next argument comes.
    #[inline]
    fn next(&self) -> Option<Passing> {
        self.link.params.get(self.taken).copied()
    }

    /// The next argument, if it is a string in linear memory: address and length.
    #[inline(always)]
    fn view(&mut self) -> Result<Option<(&'x Mem, [u32; 2])>> {
        let Some(Passing::View(mem)) = self.next() else { return Ok(None) };
        let mem = self.mems.get(mem as usize).ok_or_else(mismatch)?;
        let at = self.words.peek_two()?;
        self.words.skip_two();
        self.taken += 1;
        Ok(Some((mem, at)))
    }

    /// The next argument, a string: where it is.
    #[inline(always)]
    fn text(&mut self) -> Result<Place> {
        if let Some((mem, [ptr, len])) = self.view()? {
            return Ok(Place::View(*mem, ptr, len));
        }
        let given = self.next();
        self.taken += 1;
        Ok(match given {
            Some(Passing::Slot) => Place::Slot(self.words.number()? as i32, false),
            Some(Passing::Taken) => Place::Slot(self.words.number()? as i32, true),
            _ => Place::Rest(self.rest()?),
        })
    }

    /// The next of the arguments that were put aside.
    #[cold]
    fn rest(&mut self) -> Result<Val<'static>> {
        let Some(rest) = self.rest.as_mut().filter(|_| self.put == 0) else {
            return Err(mismatch());
        };
        match rest.vals.pop() {
            Some(val) => Ok(val),
            None => Err(rest.error.take().unwrap_or_else(mismatch)),
        }
    }

    /// The next argument, a number.
    #[inline]
    pub fn number(&mut self) -> Result<u64> {
        match self.next() {
            Some(Passing::Number(_)) => {
                self.taken += 1;
                self.words.number()
            }
            _ => Err(mismatch()),
        }
    }

    /// The next argument, a string, to be handed to another guest, which encodes it so and
    /// takes short text inline, or not.
    #[inline]
    pub fn hand_over(
        &mut self,
        cx: &mut Cx<'_>,
        guest: GuestEncoding,
        inline: bool,
    ) -> Result<Handed> {
        let inline_words = |text: Text<'_>| inline_words(text, guest);
        let text = match self.text()? {
            Place::View(mem, ptr, len) => {
                if inline && let Some(words) = mem.read(&*cx, ptr, len, inline_words)? {
                    return Ok(Handed::Inline(words));
                }
                return lift(cx, mem, ptr, len).map(Handed::Str);
            }
            Place::Slot(slot, take) => held(cx, slot, take)?.into_str()?,
            Place::Rest(_) => return Err(mismatch()),
        };
        let words = if inline { text.with_in((&*cx).into(), inline_words)?? } else { None };
        Ok(words.map_or(Handed::Str(text), Handed::Inline))
    }
}

/// A string that is handed over.
pub(crate) enum Handed {
    Inline([u128; INLINE_WORDS]),
    Str(Str<'static>),
}

impl<'x> Ends<'x> {
    /// The next argument.
    fn arg(&mut self) -> Option<&'x Arg<'x>> {
        self.taken += 1;
        self.args.get(self.taken - 1)
    }

    fn put(&mut self, put: impl FnOnce(ValType, &mut Out<'_>) -> Result<()>) -> Result<()> {
        let ty = *self.ty.results().get(self.put).ok_or_else(mismatch)?;
        self.results.next(|out| put(ty, out))?;
        self.put += 1;
        Ok(())
    }
}
