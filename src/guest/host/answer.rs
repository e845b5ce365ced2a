//! What a host function returns, on its way to the core code that called it.
//!
//! Not here: arguments.

use super::Words;
use crate::abi::{GuestEncoding, INLINE};
use crate::error::Result;
use crate::guest::context::Cx;
use crate::guest::errors::mismatch;
use crate::guest::inline::{Copied, INLINE_WORDS, inline_words};
use crate::guest::measure::{length, word};
use crate::guest::slots::{Held, Once, measure};
use crate::guest::strings::{COPIES, Str};
use crate::guest::transfer::measure_result;
use crate::guest::value::Val;
use crate::string::{Policy, Text};
use crate::types::ValType;

impl Words<'_> {
    /// The type of the next result.
    #[inline]
    pub(super) fn result(&mut self) -> Result<ValType> {
        // Results stand where arguments stood.
        self.taken = self.link.params.len();
        let ty = self.link.ty.results().get(self.put).copied().ok_or_else(mismatch)?;
        self.put += 1;
        Ok(ty)
    }

    /// How the guest will encode the string that is this result.
    pub(super) fn link_text(&self, result: usize) -> GuestEncoding {
        self.link.texts.get(result).copied().unwrap_or_default()
    }

    /// Puts the next result, a string, if it is to be inline and can be.
    #[inline(always)]
    pub fn inline(&mut self, text: Text<'_>) -> Result<bool> {
        if !self.link.inline {
            return Ok(false);
        }
        let Some(words) = inline_words(text, self.link_text(self.put))? else {
            return Ok(false);
        };
        self.string()?;
        self.words.put_all(words)?;
        Ok(true)
    }

    /// The next result must be a string.
    #[inline]
    fn string(&mut self) -> Result<()> {
        if self.result()? == ValType::String { Ok(()) } else { Err(mismatch()) }
    }

    /// Puts the next result.
    pub fn put(&mut self, cx: &mut Cx<'_>, val: Val<'static>) -> Result<()> {
        let Val::String(text) = val else {
            if self.result()? != val.ty() {
                return Err(mismatch());
            }
            return self.words.put(cx, &val);
        };
        if self.link.inline && text.is_view() {
            return self.put_view(cx, text);
        }
        if self.link.inline {
            // What cannot be read here cannot be copied either.
            let inline = text.with_in((&*cx).into(), |text| self.inline(text));
            if let Ok(inline) = inline
                && inline?
            {
                return Ok(());
            }
            let guest = self.link_text(self.put);
            return match Copied::of(cx, &text, guest.fixed().unwrap_or(COPIES)) {
                Ok(copied) => self.put_copied(cx, copied),
                Err(error) => measure_result(cx, self.put, &text, guest).and(Err(error)),
            };
        }
        self.string()?;
        let measured = measure_result(cx, self.put - 1, &text, self.link_text(self.put - 1))?;
        let held = Held::Text(text, measured);
        let len = held.length()?;
        let slot = cx.data_mut().slots.add(held);
        self.put_slot(slot, len)
    }

    pub(super) fn put_copied(&mut self, cx: &mut Cx<'_>, text: Copied) -> Result<()> {
        let guest = self.link_text(self.put);
        let (len, measured) = if guest == INLINE {
            (word(text.utf8().map_err(|e| e.of_host_result(self.put))?.len())?, None)
        } else {
            let found = text.text();
            match guest.fixed() == Some(found.encoding()) {
                true => (word(found.len())?, None),
                false => {
                    // What is in it has been looked at: it is well-formed, or kept.
                    let measured = measure(Policy::Keep, found, None, guest);
                    let measured = measured.map_err(|e| e.of_host_result(self.put))?;
                    (length(&measured)?, Some(measured))
                }
            }
        };
        self.string()?;
        let slot = cx.data_mut().slots.add_once(Once::Copied(text, measured));
        self.put_slot(slot, len)
    }

    /// Puts the next result, a string that lies in linear memory: text that is not
    /// inline is copied when it is written, from there.
    fn put_view(&mut self, cx: &mut Cx<'_>, text: Str<'static>) -> Result<()> {
        if text.with_in((&*cx).into(), |text| self.inline(text))?? {
            return Ok(());
        }
        let measured = measure_result(cx, self.put, &text, self.link_text(self.put))?;
        let len = match &measured {
            Some(measured) => length(measured),
            None => word(text.guest_len()),
        }?;
        self.string()?;
        let slot = cx.data_mut().slots.add_once(Once::Text(text, measured));
        self.put_slot(slot, len)
    }

    /// Puts the next result, a number.
    #[inline]
    pub fn put_number(&mut self, bits: u64) -> Result<()> {
        if self.result()?.is_text() {
            return Err(mismatch());
        }
        // It refuses what is no number.
        self.words.put_number(bits)
    }

    fn put_slot(&mut self, slot: i32, len: i32) -> Result<()> {
        if !self.link.inline {
            self.words.put_i32(slot)?;
            return self.words.put_i32(len);
        }
        let mut words = [0; INLINE_WORDS];
        (words[0], words[1]) = ((len as u32).into(), (slot as u32).into());
        self.words.put_all(words)
    }
}
