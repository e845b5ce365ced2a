//! What a host function written with Rust's types takes and gives: [`Arrive`] and
//! [`Depart`].
//!
//! Not here: which types these are; how one value is taken or put.

use super::walk::{Lend, Reading, Taken};
use crate::types::tree::Fields;
use std::any::Any;
use wasmtime::Result;

/// A value that goes to a guest and has so many core values.
pub trait Depart: Lend + 'static {
    /// How many.
    const WORDS: usize;
}

/// All arguments of a host function, as they come from a guest.
pub trait Arrive: Sized + Send + Sync + 'static {
    /// How many core values they have.
    const WORDS: usize;
    /// Places for them: those of a call before, where some of them are used again.
    fn places(spare: &mut SpareArgs) -> Self;
    /// Takes them out of core values.
    fn take_words(
        &mut self,
        fields: &Fields,
        from: &mut Reading<'_, '_>,
        words: &mut Taken<'_>,
    ) -> Result<()>;
    /// Takes them out of memory.
    fn take_memory(&mut self, fields: &Fields, from: &mut Reading<'_, '_>, at: usize)
    -> Result<()>;
}

/// Arguments of calls before, of which the memory is used again: one of each type.
#[derive(Default)]
pub struct SpareArgs(Vec<Box<dyn Any + Send + Sync>>);

impl SpareArgs {
    /// Those of such a type, if there are some, and no call has them.
    pub fn take<T: Any>(&mut self) -> Option<T> {
        self.0.iter_mut().find_map(|place| place.downcast_mut::<Option<T>>())?.take()
    }

    /// Keeps them for the next call.
    pub fn keep<T: Any + Send + Sync>(&mut self, args: T) {
        match self.0.iter_mut().find_map(|place| place.downcast_mut::<Option<T>>()) {
            Some(place) => *place = Some(args),
            None => self.0.push(Box::new(Some(args))),
        }
    }
}
