//! Host functions that take and return values of Rust's own: lifted straight into
//! those, and lowered straight from them.
//!
//! Not here: which types of Rust those are.

use super::frame::Frame;
use super::host::{ArgsAt, Lifts, Serves, Types, by_words};
use super::walk_lift::Lifting;
use crate::error::Result;
use crate::guest::StoreData;
use crate::guest::context::Cx;
use crate::guest::resource::Resource;
use crate::guest::stack::check_depth;
use crate::guest::tree::arena::Arena;
use crate::guest::tree::arrive::{Arrive, Depart};
use crate::guest::tree::walk::Taken;
use crate::types::layout::MAX_FLAT_PARAMS;
use crate::types::tree::{Fields, Signature};
use std::marker::PhantomData;
use std::sync::Arc;
use wasmtime::component::__internal::{InterfaceType, LiftContext};
use wasmtime::component::LinkerInstance;

/// Defines a function for an import of this type, which these values stand for.
pub(crate) fn define<P, R, F>(
    linker: &mut LinkerInstance<'_, StoreData>,
    name: &str,
    ty: &Signature,
    body: F,
) -> wasmtime::Result<()>
where
    P: Arrive,
    R: Depart,
    F: Fn(&mut Cx<'_>, P) -> Result<R> + Send + Sync + 'static,
{
    let served = Closure { body, results: ty.results.clone(), values: PhantomData };
    by_words!(linker, name, served, const { words::<P>() }, R::WORDS)
}

/// How many words so many are passed in; more go through memory.
const fn words<P: Arrive>() -> usize {
    if P::WORDS > MAX_FLAT_PARAMS { 0 } else { P::WORDS }
}

struct Closure<F, P, R> {
    body: F,
    results: Arc<Fields>,
    values: PhantomData<fn(P) -> R>,
}

impl<F, P, R> Serves for Closure<F, P, R>
where
    P: Arrive,
    R: Depart,
    F: Fn(&mut Cx<'_>, P) -> Result<R> + Send + Sync + 'static,
{
    type Takes<const N: usize> = Arrived<P>;
    type Gives = R;

    fn serve<const N: usize>(&self, frame: &Frame, args: Arrived<P>, _: usize) -> Result<R> {
        check_depth(frame.host())?;
        (self.body)(frame.host(), args.0)
    }

    fn results(&self) -> &Fields {
        &self.results
    }
}

/// Arguments that were lifted.
pub(super) struct Arrived<P>(P);

impl<P: Arrive> Lifts for Arrived<P> {
    fn lift(
        cx: &mut LiftContext<'_>,
        frame: &Frame,
        ty: InterfaceType,
        from: ArgsAt<'_>,
        lent: &mut Vec<Resource>,
    ) -> wasmtime::Result<Self> {
        let types = Types::of(frame, ty, || cx.instance_type())?;
        let mut places = P::places(&mut frame.host().data_mut().scratch.args);
        let mut arena = Arena::new(0);
        let mut lifting = Lifting::new(cx, frame, &mut arena, lent);
        match from {
            ArgsAt::Words(words) => {
                let words = &mut Taken(words.iter());
                places.take_words(&types, &mut lifting.reading(), words)?;
            }
            ArgsAt::Memory(at) => {
                let at = lifting.area(&types, at)?;
                places.take_memory(&types, &mut lifting.reading(), at)?;
            }
        }
        Ok(Arrived(places))
    }
}
