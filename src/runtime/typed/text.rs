//! `str`, `String` and [`Str`]. (`u16`s may be text, too: see `numbers`.)
//!
//! Not here: encodings.

use super::mapping::{Lift, Lower, one_result, stands, unexpected};
use crate::guest::context::ContextRef;
use crate::guest::host::HostCall;
use crate::guest::strings::Str;
use crate::guest::tree::walk::{Lend, Look, Looked, Reading, Taken, Words, Writing};
use crate::guest::tree::{Arg, Out};
use crate::guest::value::Val;
use crate::string::{Text, copy_to_string};
use crate::types::ValType;
use crate::types::tree::Type;
use wasmtime::Result;

stands! {
    str => String 2, Type::String,
    String => String 2, Type::String,
    Str<'_> => String 2, Type::String,
}

impl Lend for str {
    #[inline]
    fn look(&self, _: &Type, guest: &mut dyn Look) -> Looked {
        // What is not long fits every guest.
        if self.len() < 1 << 29 { Ok(()) } else { guest.utf8(self) }
    }
    #[inline]
    fn put_words(&self, _: &Type, to: &mut Writing<'_>, words: &mut Words<'_>) -> Result<()> {
        words.pair(to.utf8(self)?);
        Ok(())
    }
    #[inline]
    fn put_memory(&self, _: &Type, to: &mut Writing<'_>, at: usize) -> Result<()> {
        let text = to.utf8(self)?;
        to.pair(at, text)
    }
    fn to_val(&self, _: &Type) -> Option<Val<'static>> {
        Some(Val::String(Str::from(self.to_owned())))
    }
}

impl Lend for String {
    #[inline]
    fn look(&self, ty: &Type, guest: &mut dyn Look) -> Looked {
        self.as_str().look(ty, guest)
    }
    #[inline]
    fn put_words(&self, ty: &Type, to: &mut Writing<'_>, words: &mut Words<'_>) -> Result<()> {
        self.as_str().put_words(ty, to, words)
    }
    #[inline]
    fn put_memory(&self, ty: &Type, to: &mut Writing<'_>, at: usize) -> Result<()> {
        self.as_str().put_memory(ty, to, at)
    }
    fn to_val(&self, ty: &Type) -> Option<Val<'static>> {
        self.as_str().to_val(ty)
    }
}

impl Lend for Str<'_> {
    fn look(&self, _: &Type, guest: &mut dyn Look) -> Looked {
        guest.string(self)
    }
    fn put_words(&self, _: &Type, to: &mut Writing<'_>, words: &mut Words<'_>) -> Result<()> {
        words.pair(to.string(self)?);
        Ok(())
    }
    fn put_memory(&self, _: &Type, to: &mut Writing<'_>, at: usize) -> Result<()> {
        let text = to.string(self)?;
        to.pair(at, text)
    }
    fn to_val(&self, _: &Type) -> Option<Val<'static>> {
        if let Some(guest) = self.clone().into_guest() {
            return Some(Val::String(guest));
        }
        let copied = Str::copied(self.host_text()?).ok()?;
        Some(Val::String(match self.policy() {
            Some(policy) => copied.with_policy(policy),
            None => copied,
        }))
    }
}

/// Puts text as a result: as it lies where it is only to be written, else as a value.
#[inline]
pub(super) fn give_text(
    call: &mut HostCall<'_, '_>,
    text: Text<'_>,
    owned: impl FnOnce() -> Str<'static>,
) -> crate::error::Result<()> {
    // What is wrong with text is told of a value.
    if call.writes() && call.put_text(text).is_ok() {
        return Ok(());
    }
    call.put_value(Val::String(owned()))
}

impl Lower for str {
    #[inline(always)]
    fn slot_of_ref<'s>(text: &'s &'s str, _: &'s &'s dyn Lend) -> Arg<'s> {
        Arg::utf8(text)
    }
    #[inline]
    fn give_ref(&self, call: &mut HostCall<'_, '_>) -> crate::error::Result<()> {
        give_text(call, self.into(), || Str::from(self.to_owned()))
    }
}

impl Lower for String {
    #[inline(always)]
    fn slot<'s>(&'s self, _: &'s &'s dyn Lend) -> Arg<'s> {
        Arg::utf8_of(self)
    }
    #[inline]
    fn give_one(self, call: &mut HostCall<'_, '_>) -> crate::error::Result<()> {
        self.as_str().give_ref(call)
    }
}

impl Lower for Str<'_> {
    fn slot<'s>(&'s self, _: &'s &'s dyn Lend) -> Arg<'s> {
        Arg::string(self)
    }
    #[inline(always)]
    fn slot_of_ref<'s>(text: &'s &'s Self, _: &'s &'s dyn Lend) -> Arg<'s> {
        Arg::string(text)
    }
    fn give_one(self, call: &mut HostCall<'_, '_>) -> crate::error::Result<()> {
        let kept = self.into_kept().or_else(|lent| call.own(lent))?;
        call.put_value(Val::String(kept))
    }
}

impl Lift for String {
    const KEEPS: bool = true;
    fn blank() -> String {
        String::new()
    }
    fn of_words(ty: &Type, from: &mut Reading<'_, '_>, words: &mut Taken<'_>) -> Result<String> {
        let mut text = String::new();
        text.update_words(ty, from, words)?;
        Ok(text)
    }
    fn update_words(
        &mut self,
        _: &Type,
        from: &mut Reading<'_, '_>,
        words: &mut Taken<'_>,
    ) -> Result<()> {
        from.utf8(words.next() as u32, words.next() as u32, self)
    }
    fn of_memory(ty: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<String> {
        let mut text = String::new();
        text.update(ty, from, at)?;
        Ok(text)
    }
    fn update(&mut self, _: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<()> {
        let (text, len) = from.pair(at)?;
        from.utf8(text, len, self)
    }
    fn of_val(cx: &ContextRef<'_>, val: &Val<'_>) -> crate::error::Result<String> {
        let text = val.as_str().ok_or_else(|| unexpected::<String>(val))?;
        let (mut copy, rule) = (String::new(), text.policy_or(cx.0.data().policy));
        text.with_in(wasmtime::AsContext::as_context(&cx.0), |text| {
            copy_to_string(text, &mut copy, rule)
        })??;
        Ok(copy)
    }
    #[inline(always)]
    fn take(call: &mut HostCall<'_, '_>) -> crate::error::Result<String> {
        let mut taken = String::new();
        taken.update_arg(call)?;
        Ok(taken)
    }
    #[inline(always)]
    fn update_arg(&mut self, call: &mut HostCall<'_, '_>) -> crate::error::Result<()> {
        call.text(|text, rule| Ok(copy_to_string(text, self, rule)?))
    }
    fn allocated(&self) -> usize {
        self.capacity()
    }
    #[inline(always)]
    fn end(&mut self) -> Out<'_> {
        Out::utf8(self)
    }
    one_result!();
}

impl Lift for Str<'static> {
    fn blank() -> Self {
        Str::from("")
    }
    fn of_words(_: &Type, from: &mut Reading<'_, '_>, words: &mut Taken<'_>) -> Result<Self> {
        from.string(words.next() as u32, words.next() as u32)
    }
    fn of_memory(_: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<Self> {
        let (text, len) = from.pair(at)?;
        from.string(text, len)
    }
    fn of_val(_: &ContextRef<'_>, val: &Val<'_>) -> crate::error::Result<Self> {
        match val.to_val(&Type::String) {
            Some(Val::String(text)) => Ok(text),
            _ => Err(unexpected::<Self>(val)),
        }
    }
    fn take(call: &mut HostCall<'_, '_>) -> crate::error::Result<Self> {
        let val = call.value()?;
        Self::of_val(&call.reading(), &val)
    }
    #[inline(always)]
    fn end(&mut self) -> Out<'_> {
        Out::string(self)
    }
    one_result!();
}
