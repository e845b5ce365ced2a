//! A call of a component's function: values are checked, lowered, and what comes
//! back is lifted, before and after the component's door is entered, or within the
//! engine's own call.
//!
//! Not here: how the values lie; how the function is entered.

#![allow(unsafe_code)] // what a call lends to those who lower and lift

use super::by_engine;
use super::callee::{Callee, Going, Sink};
use super::check::Checker;
use super::component::Told;
use super::door::Way;
use super::ends::{Arguments, To};
use super::frame::Frame;
use super::instance::Instance;
use super::walk_lift::Source;
use crate::error::Result;
use crate::guest::StoreData;
use crate::guest::context::Cx;
use crate::guest::tree::slot::Slot;
use crate::guest::tree::{Arg, Out as End, ReadText, Returned, Trust, plain_text};
use crate::types::layout::MAX_FLAT_PARAMS;
use crate::types::tree::{Side, Signature};
use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use wasmtime::Store;

/// An exported function of an instance.
pub struct Function {
    instance: Instance,
    callee: Callee,
}

impl Instance {
    /// An exported function, by its place among the component's exports.
    pub fn function(&self, host: &Cx<'_>, index: usize) -> Result<Option<Function>> {
        let callee = self.callee(host, index)?;
        Ok(callee.map(|callee| Function { instance: self.clone(), callee }))
    }
}

impl Function {
    /// Its type.
    pub fn ty(&self) -> &Signature {
        &self.callee.ty
    }

    /// Calls it. `read` reads the texts that are in the arguments; a component that
    /// calls may lend what it owns.
    ///
    /// # Errors
    ///
    /// What is wrong with arguments is found before the component runs, and says
    /// where in them it is. Any other error leaves the instance poisoned.
    ///
    /// # Safety
    ///
    /// What the arguments point to must be there until this returns.
    pub(crate) unsafe fn call(
        &self,
        host: &mut Cx<'_>,
        args: &[Slot],
        read: ReadText,
        returned: &mut Returned,
        trust: Trust,
    ) -> Result<()> {
        self.cross(host, Arguments::Slots(args, read, trust), To { returned, end: None })
    }

    /// Calls it with ends: a slot for each argument, and one for the result if there is
    /// one. After an error it is unspecified what the result is.
    pub(crate) fn call_ends(
        &self,
        host: &mut Cx<'_>,
        args: &[Arg<'_>],
        results: &mut [End<'_>],
    ) -> Result<()> {
        let end = results.first_mut().map(|end| NonNull::from(end).cast());
        self.cross(host, Arguments::Ends(args), To { returned: &mut Returned::default(), end })
    }

    fn cross(&self, host: &mut Cx<'_>, args: Arguments<'_>, mut to: To<'_>) -> Result<()> {
        self.instance.enter(host, |store, frame| match &self.callee.way {
            Some(way) if way.call(store, frame, &self.callee.ty, args, &mut to)? => Ok(Ok(())),
            _ => self.walk(store, frame, args, to),
        })
    }

    /// Checks all that the host gives, and calls with values that are lowered and lifted
    /// here.
    #[inline(never)]
    fn walk(
        &self,
        store: &mut Store<StoreData>,
        frame: &Frame,
        args: Arguments<'_>,
        mut to: To<'_>,
    ) -> wasmtime::Result<Result<()>> {
        let mut notes = frame.shared().notes();
        let (read, trust) = match args {
            Arguments::Slots(_, read, trust) => (read, trust),
            Arguments::Ends(_) => (plain_text as ReadText, Trust::Unchecked),
        };
        let mut checker = Checker {
            cx: frame.host(),
            notes: &mut notes,
            read,
            encoding: Some(self.callee.encoding()),
            trust,
            home: Some(frame.owner()),
        };
        let checked = match args {
            // SAFETY: the caller vouches for the arguments.
            Arguments::Slots(args, ..) => unsafe {
                checker.all(Side::Parameter, &self.callee.ty.params, args)
            },
            Arguments::Ends(args) => checker.ends(&self.callee.ty.params, args),
        };
        if let Err(error) = checked {
            notes.settle(false);
            frame.shared().keep_notes(notes);
            return Ok(Err(error));
        }
        let measures = Cell::new(std::mem::take(&mut notes.measures));
        let going = Going { func: &self.callee, frame, args, read, measures };
        let way = self.callee.way.as_ref().and_then(|way| Some((way, way.told(frame)?)));
        let way = way.filter(|_| notes.knows_loans());
        let outcome = match way {
            Some((way, told)) => by_door(&going, store, way, told, &mut to),
            None => by_engine::call(store, &going, &mut to),
        };
        notes.measures = going.measures.take();
        notes.settle(true);
        frame.shared().end_loans();
        frame.shared().keep_notes(notes);
        outcome.map(Ok)
    }
}

/// By the component's door: the function is entered as core code is.
fn by_door(
    going: &Going<'_>,
    store: &mut Store<StoreData>,
    way: &Way,
    told: &Told,
    to: &mut To<'_>,
) -> wasmtime::Result<()> {
    let mut words = [const { MaybeUninit::uninit() }; MAX_FLAT_PARAMS];
    let count = going.lower(&mut way.context(store, told), &mut words)?;
    // SAFETY: so many were written.
    let words = words[..count].iter().map(|word| unsafe { word.assume_init_ref() }.get_u64());
    let status = way.run(store, going.frame, words, to)?;
    if !way.walks {
        return way.finish(store, going.frame, &going.func.ty, status, to);
    }
    let mut into = Sink::new(going.func, to);
    {
        let mut cx = way.context(store, told);
        let source = Source::Memory(cx.as_slice_mut(), told.encoding);
        going.func.lift(going.frame, source, &way.result(), &mut into)?;
    }
    *to.returned = into.returned;
    way.pay(store)
}
