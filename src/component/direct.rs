//! Host functions that describe their values: arguments stay where the component has
//! them, and what the function gives is lowered from where it has that.
//!
//! Not here: what is described, and how.

#![allow(unsafe_code)] // the component's memory, while the host's code runs

use super::engine_types::encoding_of;
use super::frame::Frame;
use super::host::{ArgsAt, Lifts, Serves, by_words, flat};
use super::text;
use super::walk_lift::{area, exhausted, too_much};
use crate::abi::GuestEncoding;
use crate::error::Result;
use crate::guest::StoreData;
use crate::guest::context::Caller;
use crate::guest::errors::mismatch;
use crate::guest::resource::Resource;
use crate::guest::stack::check_depth;
use crate::guest::strings::Str;
use crate::guest::tree::passed::{At, HostResult, Passed, ours};
use crate::guest::tree::slot::many;
use crate::guest::tree::walk::{FromGuest, Taken};
use crate::guest::value::Val;
use crate::string::{Encoding, Text};
use crate::types::tree::{Fields, ResourceType, Signature, Type};
use std::sync::Arc;
use wasmtime::ValRaw;
use wasmtime::component::__internal::{InterfaceType, LiftContext};
use wasmtime::component::LinkerInstance;

/// Defines a function, which takes arguments where they are, for an import of this type.
pub(super) fn define<B>(
    linker: &mut LinkerInstance<'_, StoreData>,
    name: &str,
    ty: &Signature,
    body: B,
) -> wasmtime::Result<()>
where
    B: Fn(Caller<'_>, &mut Passed<'_, '_>) -> Result<HostResult> + Send + Sync + 'static,
{
    let (words, gives) = flat(ty);
    let served = Direct { body, ty: ty.clone() };
    by_words!(linker, name, served, words, gives)
}

struct Direct<B> {
    body: B,
    ty: Signature,
}

impl<B> Serves for Direct<B>
where
    B: Fn(Caller<'_>, &mut Passed<'_, '_>) -> Result<HostResult> + Send + Sync + 'static,
{
    type Takes<const N: usize> = Found<N>;
    type Gives = HostResult;

    fn serve<const N: usize>(
        &self,
        frame: &Frame,
        args: Found<N>,
        most: usize,
    ) -> Result<HostResult> {
        let host = frame.host();
        check_depth(host)?;
        let policy = host.data().policy;
        // SAFETY: nothing but the component gives its memory another place, or writes
        // there, and it goes on when this has returned.
        let memory = unsafe { many(args.memory, args.size) };
        let fields = &*self.ty.params;
        let at = match args.at {
            Some(at) => At::Memory(area(memory, fields, at).map_err(ours)?),
            None => At::Words(&args.words),
        };
        let mut guest = Guest { memory, encoding: args.encoding, left: most };
        let mut passed = Passed::new(fields, at, &mut guest, memory, policy);
        let caller = Caller(wasmtime::AsContextMut::as_context_mut(host));
        (self.body)(caller, &mut passed)
    }

    fn results(&self) -> &Fields {
        &self.ty.results
    }
}

/// Where arguments are, of which nothing was looked at.
pub(super) struct Found<const N: usize> {
    words: [ValRaw; N],
    /// Where they are in memory, if they are.
    at: Option<u32>,
    memory: *const u8,
    size: usize,
    encoding: GuestEncoding,
}

impl<const N: usize> Lifts for Found<N> {
    fn lift(
        cx: &mut LiftContext<'_>,
        _: &Frame,
        _: InterfaceType,
        from: ArgsAt<'_>,
        _: &mut Vec<Resource>,
    ) -> wasmtime::Result<Found<N>> {
        let encoding = encoding_of(cx.options().string_encoding);
        let memory = cx.memory();
        let (words, at) = match from {
            ArgsAt::Words(words) => (words.try_into()?, None),
            ArgsAt::Memory(at) => ([ValRaw::u64(0); N], Some(at)),
        };
        let (memory, size) = (memory.as_ptr(), memory.len());
        Ok(Found { words, at, memory, size, encoding })
    }
}

/// The component that arguments are read from.
struct Guest<'l> {
    memory: &'l [u8],
    encoding: GuestEncoding,
    /// So many bytes may be copied still.
    left: usize,
}

impl<'l> FromGuest<'l> for Guest<'l> {
    fn pay(&mut self, bytes: usize) -> wasmtime::Result<()> {
        self.left = self.left.checked_sub(bytes).ok_or_else(|| exhausted(too_much()))?;
        Ok(())
    }

    fn bytewise(&self) -> Option<Encoding> {
        self.encoding.of_bytes()
    }

    fn text(&self, at: u32, len: u32) -> wasmtime::Result<Text<'l>> {
        Ok(text::find(self.memory, self.encoding, at, len)?)
    }

    // What is described has none of these where a function is direct.

    fn own(&self, _: Text<'_>) -> wasmtime::Result<Str<'static>> {
        Err(mismatch().into())
    }

    fn resource(&mut self, _: &Arc<ResourceType>, _: bool, _: u32) -> wasmtime::Result<Resource> {
        Err(mismatch().into())
    }

    fn val_words(&mut self, _: &Type, _: &mut Taken<'_>) -> wasmtime::Result<Val<'static>> {
        Err(mismatch().into())
    }

    fn val_memory(&mut self, _: &Type, _: usize) -> wasmtime::Result<Val<'static>> {
        Err(mismatch().into())
    }
}
