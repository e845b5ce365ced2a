//! How results are taken out of the words of an entry.
//!
//! Not here: the crossing; when what is due is done.

use crate::error::{ErrorKind, Result};
use crate::exec;
use crate::guest::call::CoreFunc;
use crate::guest::context::Cx;
use crate::guest::few::{FewDue, Takes};
use crate::guest::flat::{Lift, mismatch};
use crate::guest::memory::Mem;
use crate::guest::slots::Held;
use crate::guest::text::{ill_formed, lift};
use crate::guest::value::Val;
use crate::guest::words::Read;
use crate::string::{Policy, Text};
use crate::types::ValType;

/// One result of an entry of an instance.
#[derive(Clone, Copy)]
pub(super) enum Gives {
    /// A word.
    Word(ValType),
    /// Address and length in this memory.
    View(Mem),
    /// A slot.
    Slot,
}

/// The words of results.
pub(super) trait Source {
    /// The next word, a number.
    fn number(&mut self) -> Result<u64>;
    /// The next word, a value of this type, which is not `string`.
    fn val(&mut self, cx: &mut Cx<'_>, ty: ValType) -> Result<Val<'static>>;
    /// A call of a function with the next words, if it can be made so.
    fn due(&mut self, func: &CoreFunc) -> Result<Option<FewDue>>;
    /// How many have been taken.
    fn taken(&self) -> usize;
    /// The word of this position is next.
    fn rewind(&mut self, at: usize);
}

/// Gives the results of an entry.
pub(super) struct Results<'x, 's, S> {
    cx: &'x mut Cx<'s>,
    outs: &'x [Gives],
    words: &'x mut S,
    at: usize,
    is_view: bool,
}

impl<'x, 's, S: Source> Results<'x, 's, S> {
    #[inline(always)]
    pub fn new(cx: &'x mut Cx<'s>, outs: &'x [Gives], words: &'x mut S) -> Self {
        Results { cx, outs, words, at: 0, is_view: false }
    }

    /// Whether a result is a guest's text, for which what is due has to wait.
    #[inline(always)]
    pub fn is_view(&self) -> bool {
        self.is_view
    }

    #[inline(always)]
    fn out(&self) -> Result<Gives> {
        self.outs.get(self.at).copied().ok_or_else(mismatch)
    }
}

impl<S: Source> Lift for Results<'_, '_, S> {
    #[inline]
    fn number(&mut self) -> Result<u64> {
        self.at += 1;
        self.words.number()
    }

    #[inline]
    fn text<R>(&mut self, read: impl FnOnce(Text<'_>, Policy) -> Result<R>) -> Result<R> {
        let from = self.words.taken();
        let done = match self.out()? {
            Gives::View(mem) => {
                let (ptr, len) = (self.words.number()? as u32, self.words.number()? as u32);
                let policy = self.cx.data().policy;
                let is_view = &mut self.is_view;
                let done = mem.read(&*self.cx, ptr, len, |text| {
                    *is_view = true;
                    read(text, policy)
                });
                done.map_err(|error| told(error, mem, ptr))
            }
            Gives::Slot => {
                let slot = self.words.number()? as i32;
                self.text_in(slot, read)
            }
            Gives::Word(_) => Err(mismatch()),
        };
        match done {
            Ok(_) => self.at += 1,
            Err(_) => self.words.rewind(from),
        }
        done
    }

    fn text_if<R>(
        &mut self,
        read: impl FnOnce(Text<'_>) -> Result<Option<R>>,
    ) -> Result<Option<R>> {
        let from = self.words.taken();
        let Gives::View(mem) = self.out()? else { return Ok(None) };
        let (ptr, len) = (self.words.number()? as u32, self.words.number()? as u32);
        let done = mem.read(&*self.cx, ptr, len, read)?;
        match done {
            Some(_) => (self.at, self.is_view) = (self.at + 1, true),
            None => self.words.rewind(from),
        }
        Ok(done)
    }

    fn value(&mut self) -> Result<Val<'static>> {
        let out = self.out()?;
        self.at += 1;
        let text = match out {
            Gives::Word(ty) => return self.words.val(self.cx, ty),
            Gives::View(mem) => {
                let (ptr, len) = (self.words.number()? as u32, self.words.number()? as u32);
                lift(self.cx, mem, ptr, len)?
            }
            Gives::Slot => {
                let slot = self.words.number()? as i32;
                self.cx.data().slots.get(slot)?.into_str()?.into_owned(self.cx)?
            }
        };
        self.is_view |= exec::is_view(&text);
        Ok(Val::String(text))
    }
}

impl<S> Results<'_, '_, S> {
    #[inline(never)]
    fn text_in<R>(
        &mut self,
        slot: i32,
        read: impl FnOnce(Text<'_>, Policy) -> Result<R>,
    ) -> Result<R> {
        let data = self.cx.data();
        match data.slots.get(slot)? {
            Held::Lent(lent) => read(lent.text(), lent.policy_or(data.policy)),
            held => {
                let text = held.into_str()?;
                self.is_view |= exec::is_view(&text);
                let rule = text.policy_or(data.policy);
                text.with_in((&*self.cx).into(), |units| read(units, rule))?
            }
        }
    }
}

/// Ill-formed text is told with its address.
#[cold]
fn told(error: crate::error::Error, mem: Mem, ptr: u32) -> crate::error::Error {
    match error.kind() {
        ErrorKind::BadText => ill_formed(mem, ptr, error.message()),
        _ => error,
    }
}

impl Source for Takes<'_> {
    #[inline(always)]
    fn number(&mut self) -> Result<u64> {
        Lift::number(self)
    }

    fn val(&mut self, _: &mut Cx<'_>, ty: ValType) -> Result<Val<'static>> {
        Lift::number(self).and_then(|bits| Val::from_bits(ty, bits))
    }

    fn due(&mut self, func: &CoreFunc) -> Result<Option<FewDue>> {
        Takes::due(self, func)
    }

    #[inline(always)]
    fn taken(&self) -> usize {
        Takes::taken(self)
    }

    #[inline(always)]
    fn rewind(&mut self, at: usize) {
        Takes::rewind(self, at);
    }
}

impl Source for Read<'_> {
    fn number(&mut self) -> Result<u64> {
        Read::number(self)
    }

    fn val(&mut self, cx: &mut Cx<'_>, ty: ValType) -> Result<Val<'static>> {
        Read::val(self, cx, ty)
    }

    fn due(&mut self, func: &CoreFunc) -> Result<Option<FewDue>> {
        Read::due(self, func)
    }

    fn taken(&self) -> usize {
        Read::taken(self)
    }

    fn rewind(&mut self, at: usize) {
        Read::rewind(self, at);
    }
}
