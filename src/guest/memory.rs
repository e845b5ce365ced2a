//! The window onto linear memory: the only file that turns an offset and a
//! length into bytes.
//!
//! A window's lifetime is a borrow of the store, and running guest code takes
//! the store mutably: no window outlives a crossing.
//!
//! Not here: anything about encodings.

use super::StoreData;
use super::context::Cx;
use crate::error::{Error, Trap, TrapCode};
use std::sync::OnceLock;

/// A plain 32-bit linear memory. Shared ones never get here: the front end
/// refuses them for strings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mem(pub wasmtime::Memory);

impl Mem {
    /// `len` bytes from `ptr` on; a trap where they are not all inside.
    #[inline]
    pub fn read<'a>(
        self,
        cx: impl Into<wasmtime::StoreContext<'a, StoreData>>,
        ptr: u32,
        len: u32,
    ) -> Result<&'a [u8], Error> {
        let all = self.0.data(cx);
        let size = all.len();
        range(ptr, len, size).map(|r| &all[r]).ok_or_else(|| outside(ptr, len, size))
    }

    /// The same, to write to.
    pub fn write<'a>(self, cx: &'a mut Cx<'_>, ptr: u32, len: u32) -> Result<&'a mut [u8], Error> {
        let all = self.0.data_mut(cx);
        let size = all.len();
        range(ptr, len, size).map(|r| &mut all[r]).ok_or_else(|| outside(ptr, len, size))
    }

    /// The same with the rest of the store at hand.
    #[inline]
    pub fn write_with<'a>(
        self,
        cx: &'a mut Cx<'_>,
        ptr: u32,
        len: u32,
    ) -> Result<(&'a mut [u8], &'a mut StoreData), Error> {
        let (all, data) = self.0.data_and_store_mut(cx);
        let size = all.len();
        match range(ptr, len, size) {
            Some(r) => Ok((&mut all[r], data)),
            None => Err(outside(ptr, len, size)),
        }
    }
}

/// Memories of an instance, by position.
pub(crate) struct Mems {
    /// What they are called.
    exports: Box<[wasmtime::ModuleExport]>,
    found: OnceLock<Box<[Mem]>>,
}

impl Mems {
    /// Those of an instance that is about to be made, under these names.
    pub fn new(exports: &[wasmtime::ModuleExport]) -> Mems {
        Mems { exports: exports.into(), found: OnceLock::new() }
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
        let mems = self.exports.iter().map(|at| {
            let mem = export(at).and_then(|found| found.into_memory());
            mem.map(Mem).ok_or_else(|| Error::internal("the core has not the memory of a plan"))
        });
        let mems = mems.collect::<Result<_, _>>()?;
        Ok(self.found.get_or_init(|| mems))
    }
}

#[inline]
fn range(ptr: u32, len: u32, size: usize) -> Option<std::ops::Range<usize>> {
    let start = ptr as usize;
    let end = start.checked_add(len as usize)?;
    (end <= size).then_some(start..end)
}

#[cold]
fn outside(ptr: u32, len: u32, size: usize) -> Error {
    let message = format!(
        "out of bounds memory access: a string of {len} bytes at address {ptr:#x} \
         in a memory of {size} bytes"
    );
    Trap::with_code(message, TrapCode::MemoryOutOfBounds).into()
}
