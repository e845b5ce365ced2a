//! What can be called: a core function, or something that takes interface
//! values.
//!
//! Not here: how either is made or run.

#[cfg(feature = "component")]
use super::StoreData;
use super::call::{CoreFunc, FuncId};
use super::context::{ContextRef, Cx};
use super::link::Link;
use super::stack::check_depth;
use super::transfer::give;
use super::tree::{Arg, Out, ReadText, Returned, Slot, Trust, mismatch, with_ends};
use super::value::{Val, check, wrong_store};
use super::words::HostType;
use super::{give_back, recycle};
use crate::error::{Error, ErrorKind, Result};
use crate::types::tree::Signature;
use crate::types::{FuncType, ValType};
use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A function in a store: of a core module, of an interface, or the host's
/// own. Clones are the same function.
#[derive(Clone)]
pub struct Func(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub store: u64,
    pub ty: FuncType,
    pub body: Body,
    /// What core code calls for it, made when it is first needed; of a
    /// core function, itself.
    twin: OnceLock<CoreFunc>,
}

pub(crate) enum Body {
    Core(CoreFunc),
    Typed(Arc<dyn Typed>),
}

/// Something that takes and gives interface values: an adapter bound to an
/// instance, or a host function.
pub(crate) trait Typed: Any + Send + Sync {
    /// Runs it. The caller has checked the ends against its type. After an error it is
    /// unspecified which results are there.
    fn call(&self, cx: &mut Cx<'_>, args: &[Arg<'_>], results: &mut [Out<'_>]) -> Result<()>;

    /// A call by who has lists of values, and of what takes them. Each result holds
    /// its type's default.
    fn call_vals(
        &self,
        cx: &mut Cx<'_>,
        args: &[Val<'_>],
        results: &mut [Val<'static>],
    ) -> Result<()> {
        with_ends(cx, args, results, |cx, args, outs| self.call(cx, args, outs))
    }

    /// A call with slots, the arguments checked by what they are for; `None` where
    /// there is no such way.
    ///
    /// # Safety
    ///
    /// What the arguments point to must be there until this returns.
    #[allow(unsafe_code)] // here nothing is done
    #[cfg_attr(not(feature = "component"), allow(dead_code))]
    unsafe fn call_slots(
        &self,
        _: &mut Cx<'_>,
        _: &[Slot],
        _: ReadText,
        _: &mut Returned,
        _: Trust,
    ) -> Option<Result<()>> {
        None
    }

    /// Whether it serves a component's import of this type, for which the types of Rust
    /// stand that it has; none where there are none.
    fn serves(&self, _: &Signature) -> Option<Result<()>> {
        None
    }

    /// Runs it with values of a type that it serves.
    fn call_as(
        &self,
        _: &mut Cx<'_>,
        _: &Signature,
        _: &[Val<'_>],
        _: &mut [Val<'static>],
    ) -> Result<()> {
        Err(mismatch())
    }

    /// Defines it for an import of a type that it serves; none where it is called with
    /// values.
    #[cfg(feature = "component")]
    fn define(
        self: Arc<Self>,
        _: &mut wasmtime::component::LinkerInstance<'_, StoreData>,
        _: &str,
        _: &Signature,
    ) -> Option<wasmtime::Result<()>> {
        None
    }

    /// Makes what core code calls for it, for which it has this type, without lists of
    /// values; the link comes back from those that do not know that way.
    #[allow(clippy::result_large_err)] // it goes on to another way at once
    fn linked(
        self: Arc<Self>,
        _: &mut Cx<'_>,
        _: &HostType,
        link: Link,
    ) -> Result<wasmtime::Func, Link> {
        Err(link)
    }
}

impl Func {
    pub(crate) fn new_core(store: u64, func: CoreFunc) -> Func {
        let ty = func.ty().clone();
        Func(Arc::new(Inner { store, ty, body: Body::Core(func), twin: OnceLock::new() }))
    }

    pub(crate) fn new_typed(store: u64, ty: FuncType, body: Arc<dyn Typed>) -> Func {
        Func(Arc::new(Inner { store, ty, body: Body::Typed(body), twin: OnceLock::new() }))
    }

    #[inline]
    pub(crate) fn check_store(&self, cx: &Cx<'_>) -> Result<()> {
        if self.0.store == cx.data().id { Ok(()) } else { Err(wrong_store("function")) }
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
        match results.get_mut(..self.0.ty.results().len()) {
            Some(results) => self.run(cx, args, results),
            None => self.call_for_nothing(cx, args),
        }
    }

    /// Calls it, and gives its results up.
    #[cold]
    fn call_for_nothing(&self, cx: &mut Cx<'_>, args: &[Val<'_>]) -> Result<()> {
        let mut results = cx.data_mut().scratch.vals.pop().unwrap_or_default();
        let done = set_defaults(self.0.ty.results(), &mut results)
            .and_then(|()| self.run(cx, args, &mut results));
        results.clear();
        cx.data_mut().scratch.vals.push(results);
        done
    }

    /// # Errors
    ///
    /// Whatever the call does: arguments and room were checked.
    fn run(&self, cx: &mut Cx<'_>, args: &[Val<'_>], results: &mut [Val<'static>]) -> Result<()> {
        match &self.0.body {
            Body::Core(func) => func.call(cx, args, results),
            Body::Typed(body) => {
                check_depth(cx)?;
                body.call_vals(cx, args, results)
            }
        }
    }

    /// The function for core code: itself, or a core function that calls it.
    /// Its type must be a core one.
    pub(crate) fn core(&self, cx: &mut Cx<'_>) -> Result<&CoreFunc> {
        self.check_store(cx)?;
        let body = match &self.0.body {
            Body::Core(func) => return Ok(func),
            Body::Typed(body) => body,
        };
        if let Some(twin) = self.0.twin.get() {
            return Ok(twin);
        }
        let twin = CoreFunc::host(cx, &self.0.ty, body.clone())?;
        let identity = twin.identity(cx);
        cx.data_mut().funcs.insert(identity, Arc::downgrade(&self.0));
        Ok(self.0.twin.get_or_init(|| twin))
    }

    /// The function that a core function stands for; `ty` as for
    /// [`CoreFunc::new`].
    pub(crate) fn from_core(cx: &mut Cx<'_>, func: wasmtime::Func, ty: Option<&FuncType>) -> Func {
        let identity = FuncId::new(cx, &func);
        if let Some(inner) = cx.data().funcs.get(&identity).and_then(|f| f.upgrade()) {
            return Func(inner);
        }
        let made = Func::new_core(cx.data().id, CoreFunc::new(cx, func, ty));
        cx.data_mut().funcs.insert(identity, Arc::downgrade(&made.0));
        made
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

/// Makes each of them the default of its type.
pub(crate) fn set_defaults(types: &[ValType], vals: &mut Vec<Val<'static>>) -> Result<()> {
    vals.clear();
    for ty in types {
        vals.push(match ty.is_composite() {
            // It has none: anything will do to be replaced.
            true => Val::Option(None),
            false => Val::default_of(*ty).ok_or_else(|| no_values(*ty))?,
        });
    }
    Ok(())
}

pub(crate) fn no_values(ty: ValType) -> Error {
    let message = format!("a host has no values of type {ty}");
    Error::new(ErrorKind::Unsupported, message)
}

impl fmt::Debug for Func {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Func({})", self.0.ty)
    }
}
