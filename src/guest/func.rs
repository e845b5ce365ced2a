//! Calls of functions with lists of values.
//!
//! Not here: what a function is.

use super::context::{ContextRef, Cx};
use super::core_func::CoreFunc;
use super::stack::check_depth;
use super::transfer::give;
use super::tree::{Arg, Out};
use super::value::{Body, Callable, Func, Inner, Val, check, set_defaults};
use super::{give_back, recycle};
use crate::error::{Error, ErrorKind, Result};
use crate::types::{FuncType, ValType};
use std::sync::{Arc, OnceLock};

impl Func {
    pub(crate) fn new_callable(store: u64, ty: FuncType, body: Arc<dyn Callable>) -> Func {
        let (body, wrapper) = (Body::Callable(body), OnceLock::new());
        Func(Arc::new(Inner { store, ty, body, wrapper, wrap: CoreFunc::host }))
    }

    /// Calls it, arguments and results checked. Results are written on success
    /// only; where there is no room for any they are given up, and room beyond
    /// them is left alone.
    pub(crate) fn call_checked(
        &self,
        cx: &mut Cx<'_>,
        args: &[Val<'_>],
        results: &mut [Val<'static>],
    ) -> Result<()> {
        self.check_store(cx)?;
        check_room(&self.0.ty, results.len())?;
        // What has parts is checked with all of them.
        if self.0.ty.signature().is_none() {
            check("arguments", self.0.ty.params(), args, |e, i| e.of_argument(&self.0.ty, i))?;
        }
        match (&self.0.body, results.get_mut(..self.0.ty.results().len())) {
            (Body::Core(func), Some(results)) => func.call(cx, args, results),
            _ => self.call_apart(cx, args, results),
        }
    }

    /// Calls it with room for its results apart: what fails late, in a call that was put off,
    /// has put some there.
    fn call_apart(
        &self,
        cx: &mut Cx<'_>,
        args: &[Val<'_>],
        results: &mut [Val<'static>],
    ) -> Result<()> {
        let mut found = cx.data_mut().scratch.vals.pop().unwrap_or_default();
        let done = set_defaults(self.0.ty.results(), &mut found)
            .and_then(|()| self.run(cx, args, &mut found));
        if done.is_ok() {
            results.iter_mut().zip(found.drain(..)).for_each(|(to, val)| *to = val);
        }
        give_back(&mut cx.data_mut().scratch.vals, found);
        done
    }

    /// # Errors
    ///
    /// Whatever the call does: arguments and room were checked.
    fn run(&self, cx: &mut Cx<'_>, args: &[Val<'_>], results: &mut [Val<'static>]) -> Result<()> {
        match &self.0.body {
            Body::Core(func) => func.call(cx, args, results),
            Body::Callable(body) => {
                check_depth(cx)?;
                body.call_vals(cx, args, results)
            }
        }
    }
}

/// Makes lists of values of the ends of a call of this type, for what takes them, and
/// puts its results.
pub(crate) fn with_vals(
    cx: &mut Cx<'_>,
    ty: &FuncType,
    args: &[Arg<'_>],
    outs: &mut [Out<'_>],
    call: impl FnOnce(&mut Cx<'_>, &[Val<'_>], &mut [Val<'static>]) -> Result<()>,
) -> Result<()> {
    let mut vals = recycle(cx.data_mut().scratch.vals.pop().unwrap_or_default());
    let mut results = cx.data_mut().scratch.vals.pop().unwrap_or_default();
    let done = (|| {
        for (i, arg) in args.iter().enumerate() {
            vals.push(arg.to_val(ty, i)?);
        }
        set_defaults(ty.results(), &mut results)?;
        call(cx, &vals, &mut results)?;
        for ((ty, val), out) in ty.results().iter().zip(results.drain(..)).zip(outs) {
            put(cx, *ty, val, out)?;
        }
        Ok(())
    })();
    results.clear();
    give_back(&mut cx.data_mut().scratch.vals, results);
    give_back(&mut cx.data_mut().scratch.vals, recycle(vals));
    done
}

/// Puts a value of this type where a result goes.
pub(crate) fn put(
    cx: &mut Cx<'_>,
    ty: ValType,
    val: Val<'static>,
    out: &mut Out<'_>,
) -> Result<()> {
    match val {
        Val::String(text) if out.as_take().is_none() => give(cx, text, out).map(drop),
        val if out.is_number() && val.ty() == ty => out.put_bits(val.bits()),
        val => match out.as_take() {
            Some(place) => place.take_val(&ContextRef((&*cx).into()), &val),
            None => out.put(val),
        },
    }
}

/// Checks that there is room for all results, or for none.
#[inline]
pub(crate) fn check_room(ty: &FuncType, room: usize) -> Result<()> {
    let needed = ty.results().len();
    if room >= needed || room == 0 { Ok(()) } else { Err(small_room(needed, room)) }
}

#[cold]
fn small_room(needed: usize, room: usize) -> Error {
    let message = format!("room for {needed} results needed, found {room}");
    Error::new(ErrorKind::WrongCount, message)
}
