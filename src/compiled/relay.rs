//! The core of one instance calls an adapter of another: what it hands over goes
//! there as it is, and text from memory to memory.
//!
//! Short text goes in words. Longer text is a view that the other's slot holds: the
//! other writes it into its memory, once its allocator has told where. A result is a
//! view too, and the first one writes it into its own.
//!
//! Not here: what is copied when; who pays.

use super::enter::{Entered, ResultAt, put_slot};
use crate::error::Result;
use crate::guest::context::Cx;
use crate::guest::frame::{self, Frame, Room};
use crate::guest::give_back;
use crate::guest::host::{Handed, HostCall, Words};
use crate::guest::slots::{Held, scoped};
use crate::guest::transfer::lift;
use crate::guest::value::Val;

impl Entered {
    /// Answers a call by core code with a function of few words.
    pub(super) fn relay(&self, call: &mut HostCall<'_, '_>) -> Result<()> {
        let (cx, by) = call.apart()?;
        let (mut held, mut late) = (Vec::new(), Vec::new());
        let done = self.relay_with(cx, by, &mut held, &mut late);
        // Nothing stands there but where text was long.
        if held.capacity() > 0 {
            give_back(&mut cx.data_mut().scratch.held, held);
        }
        if late.capacity() > 0 {
            give_back(&mut cx.data_mut().scratch.vals, late);
        }
        done
    }

    #[inline(always)]
    fn relay_with(
        &self,
        cx: &mut Cx<'_>,
        by: &mut Words<'_>,
        held: &mut Vec<Held>,
        late: &mut Vec<Val<'static>>,
    ) -> Result<()> {
        let mut room = Room::new();
        let mut frame = Frame::light(&mut room, self.func());
        for (at, ty) in self.ty().params().iter().enumerate() {
            if ty.is_text() {
                self.relay_text(cx, by, &mut frame, held, at)
                    .map_err(|e| e.at_argument(at).of_argument_told(self.ty()))?;
            } else {
                // It refuses what is no number.
                frame.put(by.number()?)?;
            }
        }
        if held.is_empty() {
            let opened = self.open(cx)?;
            let taken = match self.cross(cx, &opened, frame) {
                Ok(words) => self.relay_back(cx, words, by, late),
                Err(error) => Err(error),
            };
            self.shut(cx, opened, taken)?;
        } else {
            scoped(cx, |cx, lending| {
                for held in held.drain(..) {
                    lending.hold(cx, held)?;
                }
                let opened = self.open(cx)?;
                let called = self.cross(cx, &opened, frame);
                let taken = called.and_then(|words| self.relay_back(cx, words, by, late));
                self.shut(cx, opened, taken)
            })?;
        }
        late.drain(..).try_for_each(|val| by.put(cx, val))
    }

    /// Gives results to the core that has called, those from the first text on that is
    /// not inline later.
    #[inline(always)]
    fn relay_back(
        &self,
        cx: &mut Cx<'_>,
        mut words: frame::Words<'_>,
        by: &mut Words<'_>,
        late: &mut Vec<Val<'static>>,
    ) -> Result<bool> {
        let mut is_view = false;
        for from in self.outs() {
            let text = match *from {
                ResultAt::Word(_) if late.is_empty() => {
                    by.put_number(words.number()?)?;
                    continue;
                }
                ResultAt::Word(ty) => {
                    late.push(Val::from_bits(ty, words.number()?)?);
                    continue;
                }
                ResultAt::View(mem) => {
                    let (ptr, len) = (words.number()? as u32, words.number()? as u32);
                    if late.is_empty() && mem.read(&*cx, ptr, len, |text| by.inline(text))? {
                        is_view = true;
                        continue;
                    }
                    lift(cx, mem, ptr, len)?
                }
                ResultAt::Slot => cx.data().slots.get(words.number()? as i32)?.into_str()?,
            };
            is_view |= text.is_view();
            if late.capacity() == 0 {
                *late = cx.data_mut().scratch.vals.pop().unwrap_or_default();
            }
            late.push(Val::String(text.into_owned(cx)?));
        }
        Ok(is_view)
    }

    /// Puts the next argument, a string, as the entry takes it.
    fn relay_text(
        &self,
        cx: &mut Cx<'_>,
        by: &mut Words<'_>,
        frame: &mut Frame<'_>,
        held: &mut Vec<Held>,
        at: usize,
    ) -> Result<()> {
        let text = match by.hand_over(cx, self.text(at), self.is_inline())? {
            Handed::Inline(inline) => return frame.put_all(inline),
            Handed::Str(text) => Held::new(cx, text, self.text(at))?,
        };
        if held.capacity() == 0 {
            *held = cx.data_mut().scratch.held.pop().unwrap_or_default();
        }
        put_slot(frame, text.length()?, held.len() as i32, self.is_inline())?;
        held.push(text);
        Ok(())
    }
}
