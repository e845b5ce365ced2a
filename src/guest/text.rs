//! The strings that guests hand over: views while that is safe, copies from
//! then on.
//!
//! A string that is lifted towards the host is a *view*: a memory, an offset
//! and a length, checked once. Before the guest runs again in that store, the
//! views that are still held become copies. Who holds one is told by counting
//! references: a cell that only this pool refers to is free, so dropping a
//! string is all it takes to delete it, on any thread.
//!
//! Not here: decoding loops, deferred calls.

use super::StoreData;
use super::context::Cx;
use super::errors::{no_memory, wrong_store};
use super::memory::{Home, Mem};
use crate::error::Result;
use crate::string::{Encoding, Text};
use std::sync::{Arc, OnceLock};

/// One string of a guest, or a copy that the store made.
#[derive(Debug)]
pub(crate) struct Cell {
    store: u64,
    /// How it is encoded, as a view and as a copy.
    encoding: Encoding,
    /// Whether it is well-formed, which it is but where what is not is kept.
    well_formed: bool,
    /// Where it lies while it is a view.
    place: Option<Location>,
    /// The copy: set as soon as it is none, and not changed before nobody holds it.
    copy: OnceLock<Vec<u8>>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Location {
    pub mem: Mem,
    pub ptr: u32,
    pub len: u32,
}

/// The strings of one store.
#[derive(Default)]
pub(crate) struct Texts {
    /// Views that somebody may hold.
    views: Vec<Arc<Cell>>,
    /// Copies that somebody may hold, and that come back. What does not fit in
    /// [`KEPT`] is not here: it goes when its last holder does.
    copies: Vec<Arc<Cell>>,
    /// Nobody holds these, and they hold nothing.
    idle: Vec<Arc<Cell>>,
    /// Buffers for copies.
    buffers: Vec<Vec<u8>>,
    /// What `copies` and `buffers` take, in bytes.
    kept: usize,
    /// How many copies there may be before they are looked through for free
    /// ones; grows with the number of those that are not.
    sweep_at: usize,
}

/// What a store keeps of strings for the next ones, in bytes.
const KEPT: usize = 1 << 20;
/// What a cell counts for.
const CELL: usize = size_of::<Cell>() + 4 * size_of::<usize>();
const FEW: usize = 16;

impl Cell {
    /// Reads the text where it lies, which was checked when it was lifted but may
    /// have changed since.
    pub fn with<R>(
        &self,
        cx: wasmtime::StoreContext<'_, StoreData>,
        read: impl FnOnce(Text<'_>) -> R,
    ) -> Result<R> {
        match (self.copy.get(), self.place) {
            (Some(bytes), _) => Ok(read(Text::of_bytes(self.encoding, bytes))),
            (None, Some(Location { mem, ptr, len })) if cx.data().id == self.store => {
                Ok(read(mem.text(cx, ptr, len)?))
            }
            _ => Err(wrong_store("string")),
        }
    }

    /// Reads the text if it is a copy, which needs no store.
    pub fn with_copy<R>(&self, read: impl FnOnce(Text<'_>) -> R) -> Option<R> {
        self.copy.get().map(|bytes| read(Text::of_bytes(self.encoding, bytes)))
    }

    /// Whether it still lies in linear memory.
    pub fn is_view(&self) -> bool {
        self.copy.get().is_none()
    }

    /// Whether code that runs there may touch the memory that it was lifted from.
    #[inline]
    fn is_touched(&self, home: Home) -> bool {
        self.place.is_none_or(|place| place.mem.home.meets(home))
    }

    /// Where it lies, as a view.
    pub(super) fn place(&self) -> Option<Location> {
        self.place.filter(|_| self.is_view())
    }

    /// How it is encoded.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Whether it is well-formed.
    pub fn is_well_formed(&self) -> bool {
        self.well_formed
    }

    /// How many code units it has.
    pub fn len(&self) -> usize {
        match (self.copy.get(), self.place) {
            (Some(bytes), _) => bytes.len() / self.encoding.unit_size(),
            (None, Some(Location { mem, len, .. })) => mem.text.told(len).1 as usize,
            (None, None) => 0,
        }
    }

    /// The store it belongs to.
    pub fn store(&self) -> u64 {
        self.store
    }
}

impl Texts {
    /// Whether somebody may hold a view.
    #[inline]
    pub fn has_views(&self) -> bool {
        !self.views.is_empty()
    }

    /// Whether somebody holds a view of what code that runs there may touch.
    pub fn any_views(&self, home: Home) -> bool {
        self.views.iter().any(|cell| cell.is_touched(home) && held(cell))
    }

    /// A view of text that has been checked.
    pub fn view(&mut self, store: u64, place: (Mem, u32, u32), well_formed: bool) -> Arc<Cell> {
        let (mem, ptr, len) = place;
        let how = (mem.text.told(len).0, well_formed);
        let cell = self.cell(store, how, Some(Location { mem, ptr, len }));
        self.views.push(cell.clone());
        cell
    }

    /// A copy in this encoding, well-formed or not, of so many bytes, which `fill` writes.
    pub fn copy(
        &mut self,
        store: u64,
        how: (Encoding, bool),
        len: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<()>,
    ) -> Result<Arc<Cell>> {
        let mut buffer = self.buffer(len)?;
        buffer.resize(len, 0);
        match fill(&mut buffer) {
            Ok(()) => {
                let cell = self.cell(store, how, None);
                self.keep(&cell, buffer);
                Ok(cell)
            }
            Err(error) => {
                self.give_back(buffer);
                Err(error)
            }
        }
    }

    /// Makes a cell a copy.
    fn keep(&mut self, cell: &Arc<Cell>, copy: Vec<u8>) {
        let size = CELL + copy.capacity();
        // It is set once: only the store's thread does it, to a view or a new cell.
        let _ = cell.copy.set(copy);
        if self.kept + size <= KEPT {
            self.kept += size;
            self.copies.push(cell.clone());
        }
    }

    /// An empty buffer with room for so many bytes.
    fn buffer(&mut self, len: usize) -> Result<Vec<u8>> {
        if self.buffers.is_empty() {
            self.sweep();
        }
        let mut buffer = self.buffers.pop().unwrap_or_default();
        self.kept = self.kept.saturating_sub(buffer.capacity());
        buffer.clear();
        match buffer.try_reserve_exact(len) {
            Ok(()) => Ok(buffer),
            Err(_) => {
                self.give_back(buffer);
                Err(no_memory(len))
            }
        }
    }

    fn give_back(&mut self, buffer: Vec<u8>) {
        let size = buffer.capacity();
        if size > 0 && self.kept + size <= KEPT {
            self.kept += size;
            self.buffers.push(buffer);
        }
    }

    fn cell(&mut self, store: u64, how: (Encoding, bool), place: Option<Location>) -> Arc<Cell> {
        let (encoding, well_formed) = how;
        if self.idle.is_empty() {
            self.sweep();
        }
        if let Some(mut cell) = self.idle.pop()
            && let Some(free) = Arc::get_mut(&mut cell)
        {
            (free.encoding, free.well_formed, free.place) = (encoding, well_formed, place);
            return cell;
        }
        Arc::new(Cell { store, encoding, well_formed, place, copy: OnceLock::new() })
    }

    /// Looks for what nobody holds any more, unless that was done just now: a
    /// few are looked through each time, so that few cells serve a program that
    /// holds few strings.
    fn sweep(&mut self) {
        let out = self.views.len() + self.copies.len();
        if out > FEW && out < self.sweep_at {
            return;
        }
        let mut at = 0;
        while let Some(cell) = self.views.get(at) {
            match held(cell) {
                true => at += 1,
                false => {
                    let cell = self.views.swap_remove(at);
                    self.rest(cell);
                }
            }
        }
        at = 0;
        while let Some(cell) = self.copies.get(at) {
            match held(cell) {
                true => at += 1,
                false => {
                    let cell = self.copies.swap_remove(at);
                    self.kept = self.kept.saturating_sub(CELL);
                    self.rest(cell);
                }
            }
        }
        self.sweep_at = 2 * (self.views.len() + self.copies.len());
    }

    /// Takes a cell that nobody holds.
    fn rest(&mut self, mut cell: Arc<Cell>) {
        // Nobody else could have cloned it, so it is free for good.
        let Some(free) = Arc::get_mut(&mut cell) else { return };
        if let Some(buffer) = free.copy.take() {
            // It was counted with its cell.
            self.kept = self.kept.saturating_sub(buffer.capacity());
            self.give_back(buffer);
        }
        if self.idle.len() < KEPT / CELL {
            self.idle.push(cell);
        }
    }
}

/// Whether anybody but the pool holds the cell.
#[inline]
fn held(cell: &Arc<Cell>) -> bool {
    // A count of one cannot rise again: only this pool could clone it.
    Arc::strong_count(cell) > 1
}

/// Makes copies of the views that somebody holds of what code that runs there may
/// touch.
///
/// # Errors
/// [`OutOfMemory`](crate::ErrorKind::OutOfMemory): what could not be copied is a
/// view as before, so no guest may run.
pub(crate) fn keep_views(cx: &mut Cx<'_>, home: Home) -> Result<()> {
    let mut views = std::mem::take(&mut cx.data_mut().texts.views);
    let mut outcome = Ok(());
    let mut at = 0;
    while let Some(cell) = views.get(at) {
        if held(cell) {
            let kept = if cell.is_touched(home) { keep_view(cx, cell) } else { Ok(false) };
            if !kept.unwrap_or_else(|error| {
                outcome = Err(error);
                false
            }) {
                at += 1;
                continue;
            }
            views.swap_remove(at);
        } else {
            let cell = views.swap_remove(at);
            cx.data_mut().texts.rest(cell);
        }
    }
    // It keeps its allocation.
    cx.data_mut().texts.views = views;
    outcome
}

/// Makes a view a copy, which it then is.
fn keep_view(cx: &mut Cx<'_>, cell: &Arc<Cell>) -> Result<bool> {
    let Some(Location { mem, ptr, len }) = cell.place else { return Ok(true) };
    // Memories never shrink, so what was inside still is.
    let (bytes, data) = mem.bytes_with(cx, ptr, len)?;
    let mut buffer = data.texts.buffer(bytes.len())?;
    buffer.extend_from_slice(bytes);
    data.texts.keep(cell, buffer);
    Ok(true)
}
