//! The two ways to a store: [`Store`](crate::Store) itself, and the
//! [`Caller`] that a host function is given.
//!
//! Not here: what is done with it.

use super::StoreData;
use super::errors::wrong_store;
use crate::error::Result;

/// The store, as this crate passes it around.
pub(crate) type Cx<'a> = wasmtime::StoreContextMut<'a, StoreData>;

/// A shared borrow of a store, for reading.
pub struct ContextRef<'a>(pub(crate) wasmtime::StoreContext<'a, StoreData>);

/// A mutable borrow of a store, for running guest code. Whether that is within a
/// call of a guest is the second field.
pub struct Context<'a>(pub(crate) Cx<'a>, pub(crate) bool);

/// What can be read as a store. It is implemented by [`Store`](crate::Store),
/// [`Caller`] and references to them, and by nothing else.
pub trait AsContext: sealed::Sealed {
    /// The store behind it.
    fn as_context(&self) -> ContextRef<'_>;
}

/// What can be used as a store.
pub trait AsContextMut: AsContext {
    /// The store behind it.
    fn as_context_mut(&mut self) -> Context<'_>;
}

/// A store that is lent to a host function for the time of its call.
///
/// The function may use it for everything a [`Store`](crate::Store) can do,
/// also to call back into the guest.
pub struct Caller<'a>(pub(crate) Cx<'a>);

pub(crate) mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Caller<'_> {}
    impl Sealed for super::Context<'_> {}
    impl<T: Sealed> Sealed for &T {}
    impl<T: Sealed> Sealed for &mut T {}
}

impl AsContext for Caller<'_> {
    #[inline]
    fn as_context(&self) -> ContextRef<'_> {
        ContextRef(wasmtime::AsContext::as_context(&self.0))
    }
}

impl AsContextMut for Caller<'_> {
    #[inline]
    fn as_context_mut(&mut self) -> Context<'_> {
        Context(wasmtime::AsContextMut::as_context_mut(&mut self.0), true)
    }
}

impl AsContext for Context<'_> {
    #[inline]
    fn as_context(&self) -> ContextRef<'_> {
        ContextRef(wasmtime::AsContext::as_context(&self.0))
    }
}

impl AsContextMut for Context<'_> {
    #[inline]
    fn as_context_mut(&mut self) -> Context<'_> {
        Context(wasmtime::AsContextMut::as_context_mut(&mut self.0), self.1)
    }
}

impl<T: AsContext> AsContext for &T {
    #[inline]
    fn as_context(&self) -> ContextRef<'_> {
        T::as_context(self)
    }
}

impl<T: AsContext> AsContext for &mut T {
    #[inline]
    fn as_context(&self) -> ContextRef<'_> {
        T::as_context(self)
    }
}

impl<T: AsContextMut> AsContextMut for &mut T {
    #[inline]
    fn as_context_mut(&mut self) -> Context<'_> {
        T::as_context_mut(self)
    }
}

impl Caller<'_> {
    /// A number that no other store of this process has.
    pub fn store_id(&self) -> u64 {
        self.0.data().id
    }
}

/// Checks that a store's number is this one's.
#[inline]
pub(crate) fn same_store(cx: &Cx<'_>, id: u64, what: &str) -> Result<()> {
    if cx.data().id == id { Ok(()) } else { Err(wrong_store(what)) }
}
