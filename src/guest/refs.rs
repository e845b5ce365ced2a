//! References to what the engine collects: [`ExternRef`], and its way into core
//! code and back.
//!
//! A raw word keeps nothing alive. So references go into words in two phases:
//! first all of a call are made and rooted, which may collect, and only then all
//! of them become words, right before core code has them. [`expose`] alone does
//! that, and nothing can collect while it does.
//!
//! Not here: function references, which are not collected.

use super::context::Cx;
use super::errors::wrong_store;
use crate::error::{Error, ErrorKind, Result};
use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::hash::Hasher;
use std::sync::{Arc, Weak};
use wasmtime::{OwnedRooted, Rooted, ValRaw};

/// A reference that guests hold and cannot look into.
///
/// One made by the host carries something of the host's; clones are the same
/// reference. One made by a guest is the same reference each time it comes to
/// the host, as [`ExternRef::same`] tells.
#[derive(Clone)]
pub struct ExternRef(Repr);

#[derive(Clone)]
enum Repr {
    Host(Arc<dyn Any + Send + Sync>),
    Guest(Arc<Object>),
}

/// Something that a guest of that store made out of one of its own references.
struct Object {
    store: u64,
    owned: OwnedRooted<wasmtime::ExternRef>,
}

impl ExternRef {
    /// A reference to something of the host's.
    pub fn new(value: Arc<dyn Any + Send + Sync>) -> ExternRef {
        ExternRef(Repr::Host(value))
    }

    /// What [`ExternRef::new`] was given; `None` for a reference that a guest
    /// made.
    pub fn data(&self) -> Option<&Arc<dyn Any + Send + Sync>> {
        match &self.0 {
            Repr::Host(value) => Some(value),
            Repr::Guest(_) => None,
        }
    }

    /// Whether both refer to the same: to one thing of the host's, or to one
    /// object of a guest.
    pub fn same(a: &ExternRef, b: &ExternRef) -> bool {
        a.address() == b.address()
    }

    /// A number that no other reference has as long as this one is there.
    #[doc(hidden)]
    pub fn address(&self) -> usize {
        match &self.0 {
            Repr::Host(value) => Arc::as_ptr(value).addr(),
            Repr::Guest(object) => Arc::as_ptr(object).addr(),
        }
    }

    /// Roots it in the innermost scope. That may collect what is not rooted.
    pub(crate) fn to_rooted(&self, cx: &mut Cx<'_>) -> Result<Rooted<wasmtime::ExternRef>> {
        match &self.0 {
            Repr::Host(value) => new_rooted(cx, value.clone()),
            Repr::Guest(object) if object.store == cx.data().id => {
                Ok(object.owned.to_rooted(&mut *cx))
            }
            Repr::Guest(_) => Err(wrong_store("externref")),
        }
    }

    /// The reference that a word is. Nothing is collected.
    pub(crate) fn from_raw(cx: &mut Cx<'_>, raw: u32) -> Result<Option<ExternRef>> {
        let Some(rooted) = wasmtime::ExternRef::from_raw(&mut *cx, raw) else {
            return Ok(None);
        };
        ExternRef::from_rooted(cx, rooted).map(Some)
    }

    /// The reference behind one that is rooted.
    pub(crate) fn from_rooted(
        cx: &mut Cx<'_>,
        rooted: Rooted<wasmtime::ExternRef>,
    ) -> Result<ExternRef> {
        let data = rooted.data(&*cx).map_err(unrooted)?;
        if let Some(value) = data.and_then(|d| d.downcast_ref::<Arc<dyn Any + Send + Sync>>()) {
            return Ok(ExternRef::new(value.clone()));
        }
        let mut place = Place(0);
        rooted.ref_hash(&*cx, &mut place).map_err(unrooted)?;
        let known = cx.data().refs.known.get(&place.0).and_then(Weak::upgrade);
        if let Some(object) = known
            && Rooted::ref_eq(&*cx, &rooted, &object.owned).map_err(unrooted)?
        {
            return Ok(ExternRef(Repr::Guest(object)));
        }
        let owned = rooted.to_owned_rooted(&mut *cx).map_err(unrooted)?;
        let object = Arc::new(Object { store: cx.data().id, owned });
        cx.data_mut().refs.know(place.0, &object);
        Ok(ExternRef(Repr::Guest(object)))
    }
}

impl fmt::Debug for ExternRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Repr::Host(_) => "ExternRef(host)",
            Repr::Guest(_) => "ExternRef(guest)",
        })
    }
}

#[cold]
fn unrooted(error: wasmtime::Error) -> Error {
    Error::new(ErrorKind::WrongStore, error.to_string())
}

/// Puts a host's reference into the store's collected heap, collecting once
/// where that is full.
fn new_rooted(
    cx: &mut Cx<'_>,
    value: Arc<dyn Any + Send + Sync>,
) -> Result<Rooted<wasmtime::ExternRef>> {
    let full = |e: wasmtime::Error| Error::new(ErrorKind::OutOfMemory, format!("externref: {e}"));
    if cx.data().refs.eager {
        cx.gc(None).map_err(full)?;
    }
    match wasmtime::ExternRef::new(&mut *cx, value.clone()) {
        Ok(rooted) => Ok(rooted),
        Err(_) => {
            cx.gc(None).map_err(full)?;
            wasmtime::ExternRef::new(&mut *cx, value).map_err(full)
        }
    }
}

/// What a store knows of references.
#[derive(Default)]
pub(crate) struct Refs {
    /// Those that calls have rooted and not yet exposed, with the positions of
    /// their words, innermost call last.
    rooted: Vec<(usize, Rooted<wasmtime::ExternRef>)>,
    /// The objects of guests that the host holds, by where they are. What is held
    /// is rooted, and the engine was told to collect without moving.
    known: HashMap<u64, Weak<Object>>,
    /// When so many are known, those that are gone are forgotten.
    crowded: usize,
    /// Whether to collect each time a reference is made, so that a test need not
    /// wait for it.
    pub eager: bool,
}

impl Refs {
    /// How many are rooted: what a call notes when it begins.
    #[inline]
    pub fn mark(&self) -> usize {
        self.rooted.len()
    }

    /// Forgets those that were rooted since.
    #[inline]
    pub fn cut(&mut self, mark: usize) {
        self.rooted.truncate(mark);
    }

    fn know(&mut self, place: u64, object: &Arc<Object>) {
        if self.known.len() >= self.crowded {
            self.known.retain(|_, object| object.strong_count() > 0);
            self.crowded = self.known.len() * 2 + 64;
        }
        self.known.insert(place, Arc::downgrade(object));
    }
}

/// Takes what identifies an object, which is less than this, as it is.
struct Place(u64);

impl Hasher for Place {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Runs something in a scope in which references can be rooted.
pub(crate) fn rooting<R>(cx: &mut Cx<'_>, run: impl FnOnce(&mut Cx<'_>) -> R) -> R {
    use wasmtime::AsContextMut as _;
    let mark = cx.data().refs.mark();
    let mut scope = wasmtime::RootScope::new(&mut *cx);
    let cx = &mut scope.as_context_mut();
    let outcome = run(cx);
    cx.data_mut().refs.cut(mark);
    outcome
}

/// Roots a reference of the call that is being made or answered, for the word of
/// this position, and gives what stands there until [`expose`].
pub(crate) fn root(cx: &mut Cx<'_>, word: usize, reference: &ExternRef) -> Result<ValRaw> {
    let rooted = reference.to_rooted(cx)?;
    cx.data_mut().refs.rooted.push((word, rooted));
    Ok(ValRaw::externref(0))
}

/// Writes the words of all that were rooted since. Core code must be what runs
/// next.
pub(crate) fn expose(
    cx: &mut Cx<'_>,
    mark: usize,
    mut write: impl FnMut(usize, ValRaw),
) -> Result<()> {
    while cx.data().refs.mark() > mark
        && let Some((word, rooted)) = cx.data_mut().refs.rooted.pop()
    {
        write(word, ValRaw::externref(rooted.to_raw(&mut *cx).map_err(unrooted)?));
    }
    Ok(())
}
