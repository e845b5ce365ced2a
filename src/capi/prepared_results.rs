//! What becomes of the results of a prepared call: slots, and text in the caller's
//! buffers.
//!
//! Not here: arguments, the call.

use super::base::boundary::List;
use super::base::cell::{Inside, StringBox};
use super::base::sink::Sink;
use super::base::translate::give_val;
use super::slot::{SlotKind, witrt_lazy_t, witrt_slot_t};
use crate::{Error, ErrorKind, Lift, Outcome, Result, Str, Val};

/// Results of a call that there was no room for: most have none, and pay a look at
/// one pointer.
pub(super) type Kept = Option<Box<Short>>;

/// What a call fails with that had too little room, and what it keeps.
pub(super) struct Short {
    /// Of the first.
    pub error: Error,
    pub texts: Vec<KeptText>,
}

/// One of these texts.
pub(super) struct KeptText {
    /// Which result it is.
    pub index: usize,
    pub text: Str<'static>,
}

/// So many results of a call are on the stack.
pub(super) const INLINE: usize = 8;

/// Results that are numbers: written straight into their slots, since nothing
/// fails once they are there. What such a call has deferred was made before.
pub(super) struct Numbers<'k> {
    kinds: &'k [SlotKind],
    /// As many as kinds.
    slots: *mut witrt_slot_t,
}

impl<'k> Numbers<'k> {
    /// # Safety
    ///
    /// There must be as many slots as kinds, which are numbers.
    pub unsafe fn new(kinds: &'k [SlotKind], slots: *mut witrt_slot_t) -> Numbers<'k> {
        Numbers { kinds, slots }
    }
}

impl Outcome for Numbers<'_> {
    #[inline(always)]
    fn lift<L: Lift>(&mut self, from: &mut L) -> Result<()> {
        for (i, kind) in self.kinds.iter().enumerate() {
            let slot = witrt_slot_t::of_number(*kind, from.number()?);
            // SAFETY: there are as many slots as kinds.
            unsafe { self.slots.add(i).write(slot) };
        }
        Ok(())
    }
}

/// One result, text that is copied.
pub(super) struct OneText {
    slot: *mut witrt_slot_t,
    sink: Sink,
    /// How many units it has.
    units: usize,
    /// The text, if there is no room for it.
    pub kept: Kept,
}

impl OneText {
    /// Looks at the slot before any guest code runs.
    ///
    /// # Safety
    ///
    /// There must be one slot, of text of this kind.
    #[inline]
    pub unsafe fn new(slot: *mut witrt_slot_t, kind: SlotKind) -> Result<OneText> {
        // SAFETY: the caller vouches for the slot.
        let sink = unsafe { sink(slot, kind) }.map_err(|error| error.of_result(0))?;
        Ok(OneText { slot, sink, units: 0, kept: None })
    }

    /// Writes its length into the slot.
    #[inline]
    pub fn give(&self) {
        if let Sink::Room(_) = self.sink {
            // SAFETY: there is one slot, with a buffer.
            unsafe { (*self.slot).text.size = self.units };
        }
    }
}

impl Outcome for OneText {
    #[inline(always)]
    fn lift<L: Lift>(&mut self, from: &mut L) -> Result<()> {
        // SAFETY: the slot is as the header demands.
        self.units = unsafe { fill(self.sink, &mut self.kept, 0, from) }?;
        Ok(())
    }
}

/// Puts a text where it goes, and tells how many units it has.
///
/// # Safety
///
/// As for [`Sink::fill`].
#[inline(always)]
unsafe fn fill(sink: Sink, kept: &mut Kept, i: usize, from: &mut impl Lift) -> Result<usize> {
    // SAFETY: the caller vouches for it.
    match from.text(|text, policy| unsafe { sink.fill(text, policy) }) {
        Ok(units) => Ok(units),
        Err(error) => keep(kept, i, error, from),
    }
}

/// Text that cannot be copied is kept if that is because there is no room. Tells
/// how many units it has.
#[cold]
fn keep(kept: &mut Kept, i: usize, error: Error, from: &mut impl Lift) -> Result<usize> {
    let Some(needed) = error.capacity() else { return Err(error) };
    let Val::String(text) = from.value()? else { return Err(error) };
    let first = || Box::new(Short { error: error.of_result(i), texts: Vec::new() });
    kept.get_or_insert_with(first).texts.push(KeptText { index: i, text });
    Ok(needed)
}

/// Where the text of a result goes.
///
/// # Safety
///
/// The slot must be of this kind, which is of text.
#[inline]
unsafe fn sink(slot: *const witrt_slot_t, kind: SlotKind) -> Result<Sink> {
    // SAFETY: the caller vouches for it.
    unsafe {
        match kind {
            SlotKind::Grow(encoding) => (*slot).grow(encoding),
            SlotKind::Text(encoding) => (*slot).room(encoding),
            _ => Err(Error::new(ErrorKind::WrongKind, "this result is no text")),
        }
    }
}

/// Results of all kinds: kept until all are there.
pub(super) struct Results<'k> {
    kinds: &'k [SlotKind],
    /// As many as kinds.
    slots: *mut witrt_slot_t,
    /// Of each result: a number's bits, or how many units a text has.
    words: List<u64, INLINE>,
    /// References, and strings to be read later, in order.
    pub vals: Vec<Val<'static>>,
    /// The texts that there was no room for.
    pub kept: Kept,
}

impl<'k> Results<'k> {
    /// Looks at the buffers before any guest code runs.
    ///
    /// # Safety
    ///
    /// There must be as many slots as kinds.
    #[inline]
    pub unsafe fn new(kinds: &'k [SlotKind], slots: *mut witrt_slot_t) -> Result<Results<'k>> {
        for (i, kind) in kinds.iter().enumerate() {
            if let SlotKind::Text(_) | SlotKind::Grow(_) = kind {
                // SAFETY: the caller vouches for the slots, and it is text.
                unsafe { sink(slots.add(i), *kind) }.map_err(|e| e.of_result(i))?;
            }
        }
        let words = List::new(kinds.len(), Vec::new);
        Ok(Results { kinds, slots, words, vals: Vec::new(), kept: None })
    }

    /// Writes all into their slots.
    pub fn give(&mut self, inside: &mut Inside<'_>) -> Result<()> {
        // What can fail comes first: nothing is written where something does.
        if !self.vals.is_empty() {
            self.count(inside)?;
            self.vals.reverse();
        }
        let words = self.kinds.iter().zip(self.words.as_mut_slice());
        for (i, (kind, word)) in words.enumerate() {
            // SAFETY: there are as many slots as results.
            let slot = unsafe { &mut *self.slots.add(i) };
            let (number, units) = (*word, *word as usize);
            match kind {
                SlotKind::Word | SlotKind::Long | SlotKind::Narrow(_) => {
                    *slot = witrt_slot_t::of_number(*kind, number);
                }
                SlotKind::Text(_) => slot.text.size = units,
                SlotKind::Grow(_) => {}
                SlotKind::Lazy(_) | SlotKind::Reference(_) => match self.vals.pop() {
                    Some(Val::String(text)) => {
                        let string = StringBox::give(inside, text);
                        slot.lazy = witrt_lazy_t { string, length: units };
                    }
                    // SAFETY: the value is a reference, so that member is set.
                    Some(val) => slot.r#ref = unsafe { give_val(inside, val).of.r#ref },
                    None => {}
                },
            }
        }
        Ok(())
    }

    /// How many units the strings have that are to be read later.
    #[inline(never)]
    fn count(&mut self, inside: &mut Inside<'_>) -> Result<()> {
        let places = self.kinds.iter().zip(self.words.as_mut_slice());
        for ((kind, word), val) in places.filter(|(kind, _)| kind.is_val()).zip(&self.vals) {
            if let (SlotKind::Lazy(encoding), Val::String(text)) = (kind, val) {
                *word = text.length(inside.context(), *encoding)? as u64;
            }
        }
        Ok(())
    }
}

impl Outcome for Results<'_> {
    #[inline]
    fn lift<L: Lift>(&mut self, from: &mut L) -> Result<()> {
        let kinds = self.kinds;
        for (i, kind) in kinds.iter().enumerate() {
            let word = match *kind {
                SlotKind::Word | SlotKind::Long | SlotKind::Narrow(_) => from.number()?,
                SlotKind::Reference(_) | SlotKind::Lazy(_) => {
                    self.vals.push(from.value()?);
                    0
                }
                kind @ (SlotKind::Text(_) | SlotKind::Grow(_)) => {
                    // SAFETY: there are as many slots as results, as the header
                    // demands, and it is text.
                    unsafe {
                        let sink = sink(self.slots.add(i), kind)?;
                        fill(sink, &mut self.kept, i, from)? as u64
                    }
                }
            };
            self.words.push(word);
        }
        Ok(())
    }
}
