//! How arguments are put into the words of an entry.
//!
//! A string is a slot and its length. Where an entry says that it takes them
//! so, short text goes with it, in words of 128 bits: then nothing is lent, and
//! the core writes it into its memory by itself.
//!
//! An error tells the index of the argument.
//!
//! Not here: the crossing.

use crate::abi::GuestEncoding;
use crate::codegen::CARRIED_PARTS;
use crate::error::Result;
use crate::exec;
use crate::guest::carried::carry;
use crate::guest::context::Cx;
use crate::guest::few::Puts;
use crate::guest::flat::{Lower, mismatch};
use crate::guest::slots::{Held, Lending, measure};
use crate::guest::value::{Str, Val};
use crate::guest::words::Fill;
use crate::string::{Policy, Text};

/// Puts numbers and short text into few words, and does nothing else.
pub(super) struct Light<'f> {
    words: Puts<'f>,
    fits: bool,
}

impl<'f> Light<'f> {
    #[inline(always)]
    pub fn new(words: Puts<'f>) -> Light<'f> {
        Light { words, fits: true }
    }

    /// The words, if all arguments could be put so. Text that cannot may be
    /// long or ill-formed.
    #[inline(always)]
    pub fn finish(self) -> Option<Puts<'f>> {
        self.fits.then_some(self.words)
    }
}

impl<'a> Lower<'a> for Light<'_> {
    #[inline(always)]
    fn number(&mut self, bits: u64) -> Result<()> {
        self.words.put(bits)
    }

    #[inline(always)]
    fn text(&mut self, text: Text<'a>, _: Option<Policy>) -> Result<()> {
        match carry(text)? {
            Some(words) => self.words.put_all(words),
            None => {
                self.fits = false;
                Ok(())
            }
        }
    }

    #[inline]
    fn value(&mut self, _: Val<'a>) -> Result<()> {
        self.fits = false;
        Ok(())
    }
}

/// Puts arguments into few words, and text into slots.
pub(super) struct Lent<'x, 'f, 'a, 's> {
    cx: &'x mut Cx<'s>,
    lending: &'x Lending<'a>,
    words: Puts<'f>,
    at: usize,
    /// Whether text could be carried.
    carries: bool,
    guest: GuestEncoding,
    strings: i32,
}

impl<'x, 'f, 'a, 's> Lent<'x, 'f, 'a, 's> {
    pub fn new(
        cx: &'x mut Cx<'s>,
        lending: &'x Lending<'a>,
        words: Puts<'f>,
        carries: bool,
        guest: GuestEncoding,
    ) -> Self {
        Lent { cx, lending, words, at: 0, carries, guest, strings: 0 }
    }

    /// The words.
    pub fn finish(self) -> Puts<'f> {
        self.words
    }

    /// The string of this length, in the next slot.
    #[inline]
    fn slot(&mut self, len: i32) -> Result<()> {
        self.at += 1;
        put_slot(&mut self.words, len, self.strings, self.carries)?;
        self.strings += 1;
        Ok(())
    }
}

/// Puts a string of this length, in a slot, where text could be `carried` or not.
#[inline]
pub(super) fn put_slot(words: &mut Puts<'_>, len: i32, slot: i32, carried: bool) -> Result<()> {
    words.put(len as u32 as u64)?;
    if carried {
        words.put(slot as u64)?;
        words.put_all([0; CARRIED_PARTS as usize])?;
    }
    Ok(())
}

impl<'a> Lower<'a> for Lent<'_, '_, 'a, '_> {
    fn number(&mut self, bits: u64) -> Result<()> {
        self.at += 1;
        self.words.put(bits)
    }

    #[inline]
    fn text(&mut self, text: Text<'a>, policy: Option<Policy>) -> Result<()> {
        match self.lending.lend(self.cx, text, policy, self.guest) {
            Ok(len) => self.slot(len),
            Err(error) => Err(error.at_argument(self.at)),
        }
    }

    fn value(&mut self, val: Val<'a>) -> Result<()> {
        let Val::String(text) = val else { return Err(mismatch()) };
        let len = hold(self.cx, self.lending, text, self.at, self.guest)?;
        self.slot(len)
    }
}

/// The same for references and many words.
pub(super) struct Wide<'x, 'f, 'a, 's> {
    pub cx: &'x mut Cx<'s>,
    pub lending: &'x Lending<'a>,
    pub fill: &'x mut Fill<'f>,
    pub guest: GuestEncoding,
    pub at: usize,
}

impl<'a> Lower<'a> for Wide<'_, '_, 'a, '_> {
    #[inline]
    fn number(&mut self, bits: u64) -> Result<()> {
        self.at += 1;
        self.fill.number(bits)
    }

    #[inline]
    fn text(&mut self, text: Text<'a>, policy: Option<Policy>) -> Result<()> {
        let len = self.lending.lend(self.cx, text, policy, self.guest);
        let len = len.map_err(|e| e.at_argument(self.at))?;
        self.at += 1;
        self.fill.number(len as u32 as u64)
    }

    fn value(&mut self, val: Val<'a>) -> Result<()> {
        let at = self.at;
        self.at += 1;
        let Val::String(text) = val else { return self.fill.val(self.cx, &val) };
        let len = hold(self.cx, self.lending, text, at, self.guest)?;
        self.fill.number(len as u32 as u64)
    }
}

/// Puts a string into the next slot that the host does not lend, and gives what
/// such a guest is told as its length.
fn hold(
    cx: &mut Cx<'_>,
    lending: &Lending<'_>,
    text: Str<'_>,
    at: usize,
    guest: GuestEncoding,
) -> Result<i32> {
    let text = match text.clone().into_guest() {
        Some(text) => text,
        // What the host lends comes as text; this owns it.
        None => text.into_owned(cx).map_err(|e| e.at_argument(at))?,
    };
    let held = Held::new(cx, text, guest).map_err(|e| e.at_argument(at))?;
    lending.hold(cx, held)
}

/// Checks the text among arguments, and nothing else.
pub(super) struct Measure<'x, 's> {
    pub cx: &'x mut Cx<'s>,
    pub guest: GuestEncoding,
    pub at: usize,
}

impl<'a> Lower<'a> for Measure<'_, '_> {
    fn number(&mut self, _: u64) -> Result<()> {
        self.at += 1;
        Ok(())
    }

    fn text(&mut self, text: Text<'a>, policy: Option<Policy>) -> Result<()> {
        measure(self.cx.data().policy, text, policy, self.guest)
            .map_err(|e| e.at_argument(self.at))?;
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, val: Val<'a>) -> Result<()> {
        if let Val::String(text) = &val {
            exec::measure_argument(self.cx, self.at, text, self.guest)?;
        }
        self.at += 1;
        Ok(())
    }
}
