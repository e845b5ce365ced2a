//! The boxes behind handles of strings.
//!
//! A handle lies in a box that waits, once it is deleted, behind those that were
//! deleted before, so that a stale pointer is told instead of followed until its
//! turn has come.
//!
//! Not here: what a store is (`C`), and what is done with the text.

use super::text::wasm_string_t;
use crate::Str;
use std::collections::VecDeque;
use std::ptr::NonNull;
use std::sync::Arc;

/// What `reserved` says in a box that is not in use.
pub const DELETED: usize = 1;

/// What `reserved` says in a handle: where it is, so that a copy of the struct
/// is known for what it is.
pub fn mark(address: usize) -> usize {
    address ^ 0x7769_7472
}

/// What a handle points to.
#[repr(C)]
pub struct Boxed<C> {
    /// What C has a pointer to.
    pub head: wasm_string_t,
    /// The text, as long as the string lives.
    pub text: Option<Str<'static>>,
    /// Where it belongs.
    pub home: Home<C>,
}

/// Where a handle belongs, and with it where its box goes.
pub enum Home<C> {
    /// Nowhere.
    Detached,
    /// To a store, which it keeps alive.
    Store(Arc<C>),
    /// To a call that is running in a store: the text is borrowed from it.
    Call(NonNull<C>),
}

// SAFETY: `head` points to nothing, a store may be referred to from any thread,
// and the rest is `Send`.
unsafe impl<C: Send + Sync> Send for Boxed<C> {}

impl<C> Default for Boxed<C> {
    fn default() -> Boxed<C> {
        let head = wasm_string_t {
            data: std::ptr::null(),
            size: 0,
            encoding: 0,
            flags: 0,
            reserved: DELETED,
        };
        Boxed { head, text: None, home: Home::Detached }
    }
}

/// Boxes of deleted strings; they are used again in the order in which they came.
pub struct Spares<B>(VecDeque<Box<B>>);

impl<B> Default for Spares<B> {
    fn default() -> Spares<B> {
        Spares::new()
    }
}

/// The header tells that so many are deleted before a box is used again.
const WAITING: usize = 64;
/// So many boxes are kept, about a hundred bytes each.
const KEPT: usize = 4096;

impl<B> Spares<B> {
    /// None.
    pub const fn new() -> Spares<B> {
        Spares(VecDeque::new())
    }

    /// What is left of a deleted string.
    #[inline]
    pub fn push(&mut self, spare: Box<B>) {
        if self.0.len() >= KEPT {
            self.0.pop_front();
        }
        self.0.push_back(spare);
    }

    /// One that has waited long enough.
    #[inline]
    pub fn pop(&mut self) -> Option<Box<B>> {
        if self.0.len() > WAITING { self.0.pop_front() } else { None }
    }
}

impl<B> IntoIterator for Spares<B> {
    type Item = Box<B>;
    type IntoIter = std::collections::vec_deque::IntoIter<Box<B>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
