//! How a place in core code calls a host function: which words its arguments are, and
//! what is to be done around it.
//!
//! Not here: a call.

use super::StoreData;
use super::memory::{Home, Mems};
use super::words::HostWords;
use crate::abi::GuestEncoding;
use crate::error::Result;
use crate::types::{FuncType, ValType};
use std::sync::Arc;

/// How core code calls a host function, from one place in it.
pub(crate) struct Link {
    /// The words of a call that is due after it come first: what records it.
    pub defer: Option<Defer>,
    /// How the arguments come.
    pub params: Box<[Passing]>,
    /// The function's type. Its results are words, of strings slot and length.
    pub ty: FuncType,
    /// Strings among the results are only written into linear memory: they are
    /// length, slot and what is inline instead of one.
    pub inline: bool,
    /// Memories of the instance whose code it is.
    pub mems: Arc<Mems>,
    /// How strings among the results will be encoded there, one for each result.
    pub texts: Box<[GuestEncoding]>,
    /// The guest runs right after the function has returned.
    pub settles: bool,
    /// Which one.
    pub home: Home,
}

/// Takes the words of a call that is due and records it, and gives the others
/// back.
pub(crate) type Defer = Box<
    dyn for<'w> Fn(&mut wasmtime::Caller<'_, StoreData>, HostWords<'w>) -> Result<HostWords<'w>>
        + Send
        + Sync,
>;

/// How an argument comes from core code.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Passing {
    /// A number of this type.
    Number(ValType),
    /// A reference of this type.
    Ref(ValType),
    /// Text in the memory of this position: address and length.
    View(u32),
    /// A slot, that stays.
    Slot,
    /// A slot, that is given back.
    Taken,
}
