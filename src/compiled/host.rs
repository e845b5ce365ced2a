//! What a host function sees of a call by a compiled adapter: words, and text
//! where it lies.
//!
//! Not here: host functions that take lists of values.

use super::Running;
use crate::codegen::Where;
use crate::error::{ErrorKind, Result};
use crate::exec;
use crate::guest::context::Cx;
use crate::guest::flat::{HostIo, mismatch};
use crate::guest::slots::Held;
use crate::guest::text::{ill_formed, lift};
use crate::guest::value::{Str, Val};
use crate::guest::words::HostWords;
use crate::string::{Policy, Text};
use crate::types::{FuncType, ValType};

/// The arguments and results of one call.
pub(super) struct WordIo<'x, 'w> {
    pub running: &'x Running,
    pub ty: &'x FuncType,
    pub words: &'x mut HostWords<'w>,
    /// How many arguments have been taken.
    pub taken: usize,
    /// How many results have been put.
    pub put: usize,
    /// Strings out of slots that were given back, to be there during the call.
    pub kept: Option<Vec<Str<'static>>>,
}

impl WordIo<'_, '_> {
    fn next(&mut self) -> Result<ValType> {
        let ty = self.ty.params().get(self.taken).copied().ok_or_else(mismatch)?;
        self.taken += 1;
        Ok(ty)
    }

    fn next_result(&mut self) -> Result<ValType> {
        let ty = self.ty.results().get(self.put).copied().ok_or_else(mismatch)?;
        self.put += 1;
        Ok(ty)
    }
}

impl HostIo for WordIo<'_, '_> {
    #[inline]
    fn number(&mut self) -> Result<u64> {
        self.next()?;
        self.words.number()
    }

    fn text(
        &mut self,
        cx: &mut Cx<'_>,
        read: &mut dyn FnMut(Text<'_>, Policy) -> Result<()>,
    ) -> Result<()> {
        self.next()?;
        let (place, at, len) = (self.words.i32()?, self.words.i32()?, self.words.i32()?);
        let rule = cx.data().policy;
        let text = match place {
            Where::SLOT => match cx.data().slots.get(at)? {
                Held::Lent(lent) => return read(lent.text(), lent.policy_or(rule)),
                held => held.into_str()?,
            },
            Where::TAKEN => cx.data_mut().slots.take(at)?.into_str()?,
            mem => {
                let ptr = at as u32;
                let bytes = self.running.ready_mem(mem)?.read(&*cx, ptr, len as u32)?;
                return read(Text::Utf8(bytes), rule).map_err(|e| match e.kind() {
                    ErrorKind::BadText => ill_formed(ptr, e.message()),
                    _ => e,
                });
            }
        };
        let policy = text.policy_or(rule);
        text.with_in((&*cx).into(), |units| read(units, policy))??;
        self.kept.get_or_insert_default().push(text);
        Ok(())
    }

    fn value(&mut self, cx: &mut Cx<'_>) -> Result<Val<'static>> {
        let ty = self.next()?;
        if ty != ValType::String {
            return self.words.val(cx, ty);
        }
        let (place, at, len) = (self.words.i32()?, self.words.i32()?, self.words.i32()?);
        let text = match place {
            Where::SLOT => cx.data().slots.get(at)?.into_str()?,
            Where::TAKEN => cx.data_mut().slots.take(at)?.into_str()?,
            mem => {
                let mem = self.running.ready_mem(mem)?;
                lift(cx, mem, at as u32, len as u32)?
            }
        };
        // It may be kept, so what is lent is copied.
        Ok(Val::String(text.into_owned(cx)?))
    }

    #[inline]
    fn put_number(&mut self, bits: u64) -> Result<()> {
        self.next_result()?;
        self.words.put_number(bits)
    }

    fn put_value(&mut self, cx: &mut Cx<'_>, val: Val<'static>) -> Result<()> {
        let at = self.put;
        if self.next_result()? != val.ty() {
            return Err(mismatch());
        }
        let Val::String(text) = val else { return self.words.put(cx, &val) };
        let measured = exec::measure_result(cx, at, &text)?;
        let held = Held::Text(text, measured);
        let len = super::word(held.guest_len())?;
        self.words.put_i32(cx.data_mut().slots.add(held))?;
        self.words.put_i32(len)
    }
}
