//! The two kinds of ends that a call has.
//!
//! Not here: what an end can be, which is for `ends` alone to say.

use super::slot::Slot;
use std::marker::PhantomData;

/// An argument, with what it refers to lent for `'a`.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Arg<'a>(pub(super) Slot, pub(super) PhantomData<&'a ()>);

/// A result: a number, once it is there, or where another one goes.
#[repr(transparent)]
pub struct Out<'r>(pub(super) Slot, pub(super) PhantomData<&'r mut ()>);
