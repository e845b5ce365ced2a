//! The core of one instance calls an adapter of another: what it hands over goes
//! there as it is, and text from memory to memory.
//!
//! Short text goes in words. Longer text is a view that the other's slot holds: the
//! other writes it into its memory, once its allocator has told where. A result is a
//! view too, and the first one writes it into its own.
//!
//! Not here: what is copied when; who pays.

use super::enter::Entered;
use super::lift::Gives;
use super::lower::put_slot;
use crate::error::Result;
use crate::guest::context::Cx;
use crate::guest::few::{Few, FewFunc, Puts};
use crate::guest::flat::{Lift, Outcome};
use crate::guest::give_back;
use crate::guest::host::{Handed, HostCall, Words};
use crate::guest::slots::{Held, scoped};
use crate::guest::value::Val;
use crate::types::ValType;

impl Entered {
    /// Answers a call by core code with a function of few words.
    pub(super) fn relay(&self, call: &mut HostCall<'_, '_>, few: &FewFunc) -> Result<()> {
        let (cx, by) = call.apart()?;
        let (mut held, mut late) = (Vec::new(), Vec::new());
        let done = self.relay_with(cx, few, by, &mut held, &mut late);
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
        few: &FewFunc,
        by: &mut Words<'_>,
        held: &mut Vec<Held>,
        late: &mut Vec<Val<'static>>,
    ) -> Result<()> {
        let mut room = Few::new();
        let mut words = room.puts();
        for (at, ty) in self.ty().params().iter().enumerate() {
            match ty {
                ValType::String => self
                    .relay_text(cx, by, &mut words, held)
                    .map_err(|e| e.at_argument(at).of_argument_told(self.ty()))?,
                _ => words.put(by.number()?)?,
            }
        }
        if self.gives_text() {
            *late = cx.data_mut().scratch.vals.pop().unwrap_or_default();
        }
        let mut back = Back { by, outs: self.outs(), late };
        if held.is_empty() {
            self.run_few(cx, few, words, &mut back)?;
        } else {
            scoped(cx, |cx, lending| {
                for held in held.drain(..) {
                    lending.hold(cx, held)?;
                }
                self.run_few(cx, few, words, &mut back)
            })?;
        }
        late.drain(..).try_for_each(|val| by.put(cx, val))
    }

    /// Puts the next argument, a string, as the entry takes it.
    fn relay_text(
        &self,
        cx: &mut Cx<'_>,
        by: &mut Words<'_>,
        words: &mut Puts<'_>,
        held: &mut Vec<Held>,
    ) -> Result<()> {
        let text = match by.hand_over(cx, self.carries())? {
            Handed::Carried(carried) => return words.put_all(carried),
            Handed::Str(text) => Held::new(cx, text, self.guest())?,
        };
        if held.capacity() == 0 {
            *held = cx.data_mut().scratch.held.pop().unwrap_or_default();
        }
        put_slot(words, text.length()?, held.len() as i32, self.carries())?;
        held.push(text);
        Ok(())
    }
}

/// Results that go back to the core that has called.
struct Back<'r, 'x> {
    by: &'r mut Words<'x>,
    outs: &'r [Gives],
    /// From the first text on that is not carried.
    late: &'r mut Vec<Val<'static>>,
}

impl Outcome for Back<'_, '_> {
    #[inline(always)]
    fn lift<L: Lift>(&mut self, from: &mut L) -> Result<()> {
        for out in self.outs {
            let by = &mut *self.by;
            match *out {
                Gives::Word(ty) if !self.late.is_empty() => {
                    self.late.push(Val::from_bits(ty, from.number()?)?);
                }
                Gives::Word(_) => by.put_number(from.number()?)?,
                Gives::View(_) | Gives::Slot => {
                    let carried = match self.late.is_empty() {
                        true => from.text_if(|text| Ok(by.carry(text)?.then_some(())))?,
                        false => None,
                    };
                    if carried.is_none() {
                        self.late.push(from.value()?);
                    }
                }
            }
        }
        Ok(())
    }
}
