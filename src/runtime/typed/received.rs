//! What closures take: values, and text and lists that are lent to them.
//!
//! Not here: closures; how values are lifted.

use super::mapping::{Lift, Sealed};
use crate::error::Result;
use crate::guest::context::ContextRef;
use crate::guest::host::HostCall;
use crate::guest::tree::walk::{Reading, Take, Taken};
use crate::guest::value::Val;
use crate::types::tree::Type;

/// What a closure takes that [`Func::wrap`](crate::Func::wrap) makes a host function of.
///
/// | type | the closure |
/// |---|---|
/// | what can be [`Lift`]ed | owns it: text and lists are allocated in each call |
/// | `&str` | is lent text, in UTF-8 |
/// | `&[T]` of what can be lifted | is lent a list; `&[u16]` is also text, in UTF-16 |
///
/// What is lent is a copy of the guest's, in a buffer that the store keeps for the next call:
/// so it stays as it is while the closure calls the guest, which may write where its own is.
/// Buffers are kept of numbers, text, and what is made of these; each as long as the store
/// is, and with up to 1 MiB; what is larger, and a buffer for a call within a call, is
/// allocated and freed in that call. A slice of [`Val`](crate::Val)s or
/// [`Resource`](crate::Resource)s is made anew in each call; and so are lists and records
/// where a host, or a module with a face, calls with values with parts, of which
/// [`Val`](crate::Val)s are made first.
///
/// What is lent is not within another type: an `Option<&str>` or `&[&str]` would have to point
/// to memory that is another one for each element. `Option<String>` and `&[String]` are
/// taken instead; the texts of the latter are buffers that are kept, too.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that a host function can take",
    label = "no value of guests",
    note = "it takes what can be lifted, `&str`, and slices of what can be lifted"
)]
pub trait Received {
    /// What it is with what is lent in it for `'a`.
    type Of<'a>;
    #[doc(hidden)]
    type Place: Place;
    #[doc(hidden)]
    fn lend(place: &mut Self::Place, _: Sealed) -> Self::Of<'_>;
}

/// Where an argument is lifted to.
pub trait Place: Take + Send + Sync + 'static {
    /// What is lifted.
    type Value: Lift;
    /// Whether it is kept for another call.
    const KEPT: bool;
    /// One with nothing in it.
    fn blank() -> Self;
    /// Takes it as the next argument.
    fn take_arg(&mut self, call: &mut HostCall<'_, '_>) -> Result<()>;
    /// Drops what is not to be kept.
    fn trim(&mut self);
}

/// A value that was not there before, and belongs to who takes it.
pub struct Owned<T>(pub Option<T>);

impl<T: Lift + Send + Sync> Received for T {
    type Of<'a> = T;
    type Place = Owned<T>;
    #[inline(always)]
    fn lend(place: &mut Owned<T>, _: Sealed) -> T {
        place.0.take().unwrap_or_else(T::blank)
    }
}

impl<T: Lift> Take for Owned<T> {
    #[inline(always)]
    fn take_words(
        &mut self,
        ty: &Type,
        from: &mut Reading<'_, '_>,
        words: &mut Taken<'_>,
    ) -> wasmtime::Result<()> {
        self.0 = Some(T::of_words(ty, from, words)?);
        Ok(())
    }
    #[inline(always)]
    fn take_memory(
        &mut self,
        ty: &Type,
        from: &mut Reading<'_, '_>,
        at: usize,
    ) -> wasmtime::Result<()> {
        self.0 = Some(T::of_memory(ty, from, at)?);
        Ok(())
    }
    fn take_val(&mut self, cx: &ContextRef<'_>, val: &Val<'_>) -> Result<()> {
        self.0 = Some(T::of_val(cx, val)?);
        Ok(())
    }
}

impl<T: Lift + Send + Sync> Place for Owned<T> {
    type Value = T;
    const KEPT: bool = false;
    #[inline(always)]
    fn blank() -> Self {
        Owned(None)
    }
    #[inline(always)]
    fn take_arg(&mut self, call: &mut HostCall<'_, '_>) -> Result<()> {
        self.0 = Some(T::take(call)?);
        Ok(())
    }
    #[inline(always)]
    fn trim(&mut self) {
        self.0 = None;
    }
}

/// What is lent to it, and kept for another call.
pub struct Lent<T>(T);

impl Received for &str {
    type Of<'a> = &'a str;
    type Place = Lent<String>;
    #[inline(always)]
    fn lend(place: &mut Self::Place, _: Sealed) -> &str {
        &place.0
    }
}

impl<T: Lift + Send + Sync> Received for &[T] {
    type Of<'a> = &'a [T];
    type Place = Lent<Vec<T>>;
    #[inline(always)]
    fn lend(place: &mut Self::Place, _: Sealed) -> &[T] {
        &place.0
    }
}

/// So many bytes of it are kept.
const MOST: usize = 1 << 20;

impl<T: Lift> Take for Lent<T> {
    #[inline]
    fn take_words(
        &mut self,
        ty: &Type,
        from: &mut Reading<'_, '_>,
        words: &mut Taken<'_>,
    ) -> wasmtime::Result<()> {
        self.0.update_words(ty, from, words)
    }
    #[inline]
    fn take_memory(
        &mut self,
        ty: &Type,
        from: &mut Reading<'_, '_>,
        at: usize,
    ) -> wasmtime::Result<()> {
        self.0.update(ty, from, at)
    }
    fn take_val(&mut self, cx: &ContextRef<'_>, val: &Val<'_>) -> Result<()> {
        self.0 = T::of_val(cx, val)?;
        Ok(())
    }
}

impl<T: Lift + Send + Sync> Place for Lent<T> {
    type Value = T;
    const KEPT: bool = T::KEEPS;
    #[inline]
    fn blank() -> Self {
        Lent(T::blank())
    }
    #[inline]
    fn take_arg(&mut self, call: &mut HostCall<'_, '_>) -> Result<()> {
        self.0.update_arg(call)
    }
    #[inline]
    fn trim(&mut self) {
        if !T::KEEPS || self.0.allocated() > MOST {
            self.0 = T::blank();
        }
    }
}
