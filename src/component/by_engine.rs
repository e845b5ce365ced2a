//! Calls by the engine's own way: its traits for types, behind which stand the
//! arguments and the result of any function. It lowers and lifts within its own call.
//!
//! Not here: the way by a component's door; how the values lie.

#![allow(unsafe_code)] // the engine's traits, and what a call lends them

use super::callee::{Going, Sink};
use super::ends::To;
use super::engine_types::{NO_ABI, of_store};
use super::frame::Frame;
use super::walk_lift::Source;
use crate::error::{Error, ErrorKind};
use crate::guest::StoreData;
use crate::types::layout::MAX_FLAT_PARAMS;
use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr::null;
use wasmtime::component::__internal::{
    CanonicalAbiInfo, InstanceType, InterfaceType, LiftContext, LowerContext,
};
use wasmtime::component::{ComponentNamedList, ComponentType, Lift, Lower, TypedFunc};
use wasmtime::{Result, Store, ValRaw};

/// A call, while the engine makes it.
pub(super) struct Running<'a> {
    going: &'a Going<'a>,
    sink: Cell<Sink>,
}

/// Calls the function, whose arguments and result these are.
pub(super) fn call(store: &mut Store<StoreData>, going: &Going<'_>, to: &mut To<'_>) -> Result<()> {
    let running = Running { going, sink: Cell::new(Sink::new(going.func, to)) };
    let args = Args((&raw const running).cast());
    let frame = going.frame;
    frame.running.set((&raw const running).cast());
    // SAFETY: whatever types a function has, `Args` writes as many words
    // as its parameters take, and `Out` reads what its results do.
    let func = unsafe { TypedFunc::<Args, Out>::new_unchecked(going.func.func) };
    let outcome = func.call(store, args);
    frame.running.set(null());
    outcome?;
    *to.returned = running.sink.into_inner().returned;
    Ok(())
}

/// The arguments of any function.
struct Args(*const Running<'static>);

// SAFETY: the engine does not send it anywhere.
unsafe impl Send for Args {}
// SAFETY: as above.
unsafe impl Sync for Args {}

// SAFETY: a function takes up to so many words, and reads as many as it has
// parameters, each of which lowering writes.
unsafe impl ComponentType for Args {
    type Lower = [ValRaw; MAX_FLAT_PARAMS];
    const ABI: CanonicalAbiInfo = NO_ABI;
    fn typecheck(_: &InterfaceType, _: &InstanceType<'_>) -> Result<()> {
        Ok(())
    }
}

// SAFETY: as above.
unsafe impl ComponentNamedList for Args {}

// SAFETY: as above.
unsafe impl Lower for Args {
    fn linear_lower_to_flat<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        _: InterfaceType,
        dst: &mut MaybeUninit<Self::Lower>,
    ) -> Result<()> {
        // SAFETY: `call` keeps it until the engine's call is over.
        let running = unsafe { &*self.0 };
        // SAFETY: an array of words is words.
        let words =
            unsafe { &mut *dst.as_mut_ptr().cast::<[MaybeUninit<ValRaw>; MAX_FLAT_PARAMS]>() };
        running.going.lower(of_store(cx)?, words).map(drop)
    }

    fn linear_lower_to_memory<T>(
        &self,
        _: &mut LowerContext<'_, T>,
        _: InterfaceType,
        _: usize,
    ) -> Result<()> {
        Err(Error::new(ErrorKind::Panic, "internal error: arguments have a fixed form").into())
    }
}

/// The result of any function, which went where the frame says.
struct Out;

// SAFETY: a function gives no word or one, and lifting reads as many.
unsafe impl ComponentType for Out {
    type Lower = [ValRaw; 1];
    const ABI: CanonicalAbiInfo = NO_ABI;
    fn typecheck(_: &InterfaceType, _: &InstanceType<'_>) -> Result<()> {
        Ok(())
    }
}

// SAFETY: as above.
unsafe impl ComponentNamedList for Out {}

// SAFETY: as above.
unsafe impl Lift for Out {
    fn linear_lift_from_flat(
        cx: &mut LiftContext<'_>,
        _: InterfaceType,
        src: &Self::Lower,
    ) -> Result<Out> {
        Frame::current(|frame| {
            // SAFETY: `call` keeps it until the engine's call is over.
            let Running { going, sink } = unsafe { &*frame.running.get().cast::<Running<'_>>() };
            if let Some(way) = &going.func.way {
                way.learn(frame, &going.func.ty, cx);
            }
            let mut into = sink.take();
            going.func.lift(frame, Source::Engine(cx), &src[0], &mut into)?;
            sink.set(into);
            Ok(Out)
        })
    }

    fn linear_lift_from_memory(_: &mut LiftContext<'_>, _: InterfaceType, _: &[u8]) -> Result<Out> {
        Err(Error::new(ErrorKind::Panic, "internal error: results have a fixed form").into())
    }
}
