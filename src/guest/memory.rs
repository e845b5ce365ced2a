//! The window onto linear memory: the only file that turns an offset and a
//! length into bytes, or into the text that they are.
//!
//! A window's lifetime is a borrow of the store, and running guest code takes
//! the store mutably: no window outlives a crossing.
//!
//! Not here: what encodings are.

use super::StoreData;
use super::context::Cx;
use crate::abi::{GuestEncoding, INLINE, INLINE_ENCODING};
use crate::error::{Error, Trap, TrapCode};
use crate::string::{Encoding, Text};
use std::sync::OnceLock;

/// Names an instance of a store whose memory only its own code touches. While others
/// run, nothing is done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Home(u32);

impl Home {
    /// Any instance: one whose memory others may touch, or nobody knows which.
    pub const ANY: Home = Home(0);

    /// The home of this number, from one on; the last one stands for any.
    pub fn numbered(number: u32) -> Home {
        Home(if number == u32::MAX { 0 } else { number })
    }

    /// Whether code that runs in one of them may touch the memory of the other.
    #[inline]
    pub fn meets(self, other: Home) -> bool {
        self == other || self == Home::ANY || other == Home::ANY
    }
}

/// A plain 32-bit linear memory, and how text in it is encoded. Shared ones never
/// get here: the front end refuses them for strings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mem {
    memory: wasmtime::Memory,
    pub text: GuestEncoding,
    /// Whose it is.
    pub home: Home,
}

impl Mem {
    pub fn new(memory: wasmtime::Memory, text: GuestEncoding, home: Home) -> Mem {
        Mem { memory, text, home }
    }

    /// The text at `ptr`, whose length the guest tells; a trap where it is not all
    /// inside.
    #[inline]
    pub fn text<'a>(
        self,
        cx: impl Into<wasmtime::StoreContext<'a, StoreData>>,
        ptr: u32,
        len: u32,
    ) -> Result<Text<'a>, Error> {
        let (encoding, bytes) = self.extent(len);
        let found = window(self.memory.data(cx), ptr, bytes)?;
        Ok(Text::of_bytes(encoding, found))
    }

    /// Reads that text. Where it is encoded as in nearly all guests, that is known
    /// where `read` is compiled.
    #[inline(always)]
    pub fn read<'a, R>(
        self,
        cx: impl Into<wasmtime::StoreContext<'a, StoreData>>,
        ptr: u32,
        len: u32,
        read: impl FnOnce(Text<'a>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        if self.text == INLINE {
            let found = window(self.memory.data(cx), ptr, len.into())?;
            return read(Text::of_bytes(INLINE_ENCODING, found));
        }
        self.text(cx, ptr, len).and_then(read)
    }

    /// That text, with the rest of the store at hand.
    #[inline]
    pub fn text_with<'a>(
        self,
        cx: &'a mut Cx<'_>,
        ptr: u32,
        len: u32,
    ) -> Result<(Text<'a>, &'a mut StoreData), Error> {
        let (encoding, bytes) = self.extent(len);
        let (all, data) = self.memory.data_and_store_mut(cx);
        Ok((Text::of_bytes(encoding, window(all, ptr, bytes)?), data))
    }

    /// The bytes of that text, with the rest of the store at hand.
    #[inline]
    pub fn bytes_with<'a>(
        self,
        cx: &'a mut Cx<'_>,
        ptr: u32,
        len: u32,
    ) -> Result<(&'a [u8], &'a mut StoreData), Error> {
        let (_, bytes) = self.extent(len);
        let (all, data) = self.memory.data_and_store_mut(cx);
        Ok((window(all, ptr, bytes)?, data))
    }

    /// So many bytes from `ptr` on, to write to; a trap where they are not all
    /// inside.
    pub fn room<'a>(
        self,
        cx: &'a mut Cx<'_>,
        ptr: u32,
        bytes: usize,
    ) -> Result<&'a mut [u8], Error> {
        self.room_with(cx, ptr, bytes).map(|(room, _)| room)
    }

    /// That room, with the rest of the store at hand.
    #[inline]
    pub fn room_with<'a>(
        self,
        cx: &'a mut Cx<'_>,
        ptr: u32,
        bytes: usize,
    ) -> Result<(&'a mut [u8], &'a mut StoreData), Error> {
        let (all, data) = self.memory.data_and_store_mut(cx);
        let (bytes, size) = (bytes as u64, all.len());
        match range(ptr, bytes, size) {
            Some(r) => Ok((&mut all[r], data)),
            None => Err(outside(ptr, bytes, size)),
        }
    }

    /// The text at `ptr`, as its encoding and its bytes, and room in another memory,
    /// at `to`: for so many bytes, or for as many.
    #[allow(unsafe_code)] // one place: two memories at once
    pub fn text_and_room<'a>(
        self,
        cx: &'a mut Cx<'_>,
        ptr: u32,
        len: u32,
        other: Mem,
        to: u32,
        bytes: Option<usize>,
    ) -> Result<(Encoding, &'a [u8], &'a mut [u8]), Error> {
        let (encoding, count) = self.extent(len);
        if self.memory.data_ptr(&*cx) == other.memory.data_ptr(&*cx) {
            return Err(Error::internal("text goes to the memory that it lies in"));
        }
        let found = std::ptr::from_ref(window(self.memory.data(&*cx), ptr, count)?);
        let room = other.room(cx, to, bytes.unwrap_or(found.len()))?;
        // SAFETY: memories that do not start at the same place are two, which do not
        // overlap. The store is borrowed, so that this one stays where and as it is.
        Ok((encoding, unsafe { &*found }, room))
    }

    /// The encoding of a text of a length, and how many bytes it takes.
    #[inline]
    fn extent(self, len: u32) -> (Encoding, u64) {
        let (encoding, units) = self.text.told(len);
        (encoding, u64::from(units) * encoding.unit_size() as u64)
    }
}

/// Memories of an instance, by position.
pub(crate) struct Mems {
    /// What they are called, and how text in each is encoded.
    exports: Box<[(wasmtime::ModuleExport, GuestEncoding)]>,
    home: Home,
    found: OnceLock<Box<[Mem]>>,
}

impl Mems {
    /// Those of an instance that is about to be made, under these names.
    pub fn new(
        exports: impl Iterator<Item = (wasmtime::ModuleExport, GuestEncoding)>,
        home: Home,
    ) -> Mems {
        Mems { exports: exports.collect(), home, found: OnceLock::new() }
    }

    /// Once they have been found.
    #[inline(always)]
    pub fn found(&self) -> &[Mem] {
        self.found.get().map_or(&[], |mems| mems)
    }

    /// For what only the instance itself can call: its start function runs
    /// before anybody else knows it.
    #[inline(always)]
    pub fn get(&self, caller: &mut wasmtime::Caller<'_, StoreData>) -> Result<&[Mem], Error> {
        match self.found.get() {
            Some(mems) => Ok(mems),
            None => self.find(|at| caller.get_module_export(at)),
        }
    }

    /// Finds them.
    #[cold]
    pub fn find(
        &self,
        mut export: impl FnMut(&wasmtime::ModuleExport) -> Option<wasmtime::Extern>,
    ) -> Result<&[Mem], Error> {
        let mems = self.exports.iter().map(|(at, text)| {
            let mem = export(at).and_then(|found| found.into_memory());
            let mem = mem.ok_or_else(|| Error::internal("the core has not the memory of a plan"));
            mem.map(|mem| Mem::new(mem, *text, self.home))
        });
        let mems = mems.collect::<Result<_, _>>()?;
        Ok(self.found.get_or_init(|| mems))
    }
}

#[inline]
fn window(all: &[u8], ptr: u32, bytes: u64) -> Result<&[u8], Error> {
    let size = all.len();
    range(ptr, bytes, size).map(|r| &all[r]).ok_or_else(|| outside(ptr, bytes, size))
}

#[inline]
fn range(ptr: u32, bytes: u64, size: usize) -> Option<std::ops::Range<usize>> {
    // Neither has more than 34 bits; what is inside is addressable.
    let end = u64::from(ptr) + bytes;
    (end <= size as u64).then_some(ptr as usize..end as usize)
}

#[cold]
fn outside(ptr: u32, bytes: u64, size: usize) -> Error {
    let message = format!(
        "out of bounds memory access: a string of {bytes} bytes at address {ptr:#x} \
         in a memory of {size} bytes"
    );
    Trap::with_code(message, TrapCode::MemoryOutOfBounds).into()
}
