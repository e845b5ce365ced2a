//! The core of one instance calls an adapter of another: what it hands over goes
//! there as it is, and text from memory to memory.
//!
//! Short text goes in words. Longer text is a view that the other's slot holds: the
//! other writes it into its memory, once its allocator has told where. A result is a
//! view too, and the first one writes it into its own.
//!
//! Not here: what is copied when; who pays.

use super::enter::{Entered, Values};
use super::lower::put_slot;
use crate::error::Result;
use crate::guest::context::Cx;
use crate::guest::few::{Few, FewFunc, Puts};
use crate::guest::func::set_defaults;
use crate::guest::give_back;
use crate::guest::host::{Handed, HostCall, Words};
use crate::guest::slots::{Held, scoped};
use crate::guest::value::Val;
use crate::types::ValType;

impl Entered {
    /// Answers a call by core code with a function of few words.
    pub(super) fn relay(&self, call: &mut HostCall<'_, '_>, few: &FewFunc) -> Result<()> {
        let (cx, by) = call.apart()?;
        let mut held = cx.data_mut().scratch.held.pop().unwrap_or_default();
        let mut results = cx.data_mut().scratch.vals.pop().unwrap_or_default();
        let done = self.relay_with(cx, few, by, &mut held, &mut results);
        results.clear();
        let scratch = &mut cx.data_mut().scratch;
        give_back(&mut scratch.vals, results);
        give_back(&mut scratch.held, held);
        done
    }

    fn relay_with(
        &self,
        cx: &mut Cx<'_>,
        few: &FewFunc,
        by: &mut Words<'_>,
        held: &mut Vec<Held>,
        results: &mut Vec<Val<'static>>,
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
        set_defaults(self.ty().results(), results)?;
        let mut outcome = Values { outs: self.outs(), results };
        if held.is_empty() {
            self.run_few(cx, few, words, &mut outcome)?;
        } else {
            scoped(cx, |cx, lending| {
                for held in held.drain(..) {
                    lending.hold(cx, held)?;
                }
                self.run_few(cx, few, words, &mut outcome)
            })?;
        }
        results.drain(..).try_for_each(|val| by.put(cx, val))
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
        put_slot(words, text.length()?, held.len() as i32, self.carries())?;
        held.push(text);
        Ok(())
    }
}
