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
use super::memory::Mem;
use super::value::{Str, bad_text, copy_in, wrong_store};
use crate::error::{Error, ErrorKind, Result, Trap, TrapCode};
use crate::string::{self, Encoding, Measured, Policy, Text};
use std::sync::{Arc, Mutex, PoisonError};

/// One string of a guest, or a copy that the store made.
#[derive(Debug)]
pub(crate) struct Cell {
    store: u64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    place: Place,
    /// The copy. Its allocation is kept when the cell is used again.
    copy: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    View { mem: Mem, ptr: u32, len: u32 },
    Copy,
}

/// The strings of one store.
#[derive(Default)]
pub(crate) struct Texts {
    /// Views that somebody may hold.
    views: Vec<Arc<Cell>>,
    /// Copies that somebody may hold.
    copies: Vec<Arc<Cell>>,
    /// Nobody holds these.
    idle: Vec<Arc<Cell>>,
    /// How many strings there may be before they are looked through for free
    /// ones; grows with the number of those that are not.
    sweep_at: usize,
}

/// A buffer larger than this is not kept for the next string.
const KEPT: usize = 64 * 1024;
const FEW: usize = 16;

impl Cell {
    /// Reads the text where it lies, as UTF-8 that was checked when it was
    /// lifted but may have changed since.
    pub fn with<R>(
        &self,
        cx: wasmtime::StoreContext<'_, StoreData>,
        read: impl FnOnce(Text<'_>) -> R,
    ) -> Result<R> {
        let state = self.lock();
        match state.place {
            Place::Copy => Ok(read(Text::Utf8(&state.copy))),
            Place::View { mem, ptr, len } => {
                if cx.data().id != self.store {
                    return Err(wrong_store("string"));
                }
                Ok(read(Text::Utf8(mem.read(cx, ptr, len)?)))
            }
        }
    }

    /// Reads the text if it is a copy, which needs no store.
    pub fn with_copy<R>(&self, read: impl FnOnce(Text<'_>) -> R) -> Option<R> {
        let state = self.lock();
        match state.place {
            Place::Copy => Some(read(Text::Utf8(&state.copy))),
            Place::View { .. } => None,
        }
    }

    /// How many bytes of UTF-8 it has.
    pub fn len(&self) -> usize {
        let state = self.lock();
        match state.place {
            Place::View { len, .. } => len as usize,
            Place::Copy => state.copy.len(),
        }
    }

    /// The store it belongs to.
    pub fn store(&self) -> u64 {
        self.store
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Texts {
    /// Whether somebody may hold a view.
    pub fn any_views(&self) -> bool {
        !self.views.is_empty()
    }

    /// A view of text that has been checked.
    pub fn view(&mut self, store: u64, mem: Mem, ptr: u32, len: u32) -> Arc<Cell> {
        let cell = self.take(store);
        cell.lock().place = Place::View { mem, ptr, len };
        self.views.push(cell.clone());
        cell
    }

    /// A copy, made by `fill` in an empty buffer.
    pub fn copy<E>(
        &mut self,
        store: u64,
        fill: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<Arc<Cell>, E> {
        let cell = self.take(store);
        let filled = {
            let mut state = cell.lock();
            state.place = Place::Copy;
            state.copy.clear();
            fill(&mut state.copy)
        };
        match filled {
            Ok(()) => {
                self.copies.push(cell.clone());
                Ok(cell)
            }
            Err(error) => {
                self.idle.push(cell);
                Err(error)
            }
        }
    }

    fn take(&mut self, store: u64) -> Arc<Cell> {
        let out = self.views.len() + self.copies.len();
        // A few are looked through each time, so that few cells serve a
        // program that holds few strings.
        if self.idle.is_empty() && (out <= FEW || out >= self.sweep_at) {
            let idle = &mut self.idle;
            self.views.retain(|cell| held(cell, idle));
            self.copies.retain(|cell| held(cell, idle));
            self.sweep_at = 2 * (self.views.len() + self.copies.len());
        }
        self.idle.pop().unwrap_or_else(|| {
            let state = State { place: Place::Copy, copy: Vec::new() };
            Arc::new(Cell { store, state: Mutex::new(state) })
        })
    }
}

/// Whether anybody but the pool holds the cell; if not, it goes to the idle
/// ones.
fn held(cell: &Arc<Cell>, idle: &mut Vec<Arc<Cell>>) -> bool {
    // A count of one cannot rise again: only this pool could clone it.
    let held = Arc::strong_count(cell) > 1;
    if !held {
        let mut state = cell.lock();
        if state.copy.capacity() > KEPT {
            state.copy = Vec::new();
        }
        drop(state);
        idle.push(cell.clone());
    }
    held
}

/// Makes copies of the views that somebody holds.
pub(crate) fn keep_views(cx: &mut Cx<'_>) -> Result<()> {
    let mut views = std::mem::take(&mut cx.data_mut().texts.views);
    let mut outcome = Ok(());
    for cell in views.drain(..) {
        let mut idle = std::mem::take(&mut cx.data_mut().texts.idle);
        let is_held = held(&cell, &mut idle);
        cx.data_mut().texts.idle = idle;
        if !is_held {
            continue;
        }
        let mut state = cell.lock();
        if let Place::View { mem, ptr, len } = state.place {
            state.copy.clear();
            // Memories never shrink, so what was inside still is.
            match mem.read(&*cx, ptr, len) {
                Ok(bytes) if state.copy.try_reserve_exact(bytes.len()).is_ok() => {
                    state.copy.extend_from_slice(bytes);
                }
                Ok(_) => {
                    let message = format!("no memory for a copy of a string of {len} bytes");
                    outcome = Err(Error::new(ErrorKind::OutOfMemory, message));
                }
                Err(error) => outcome = Err(error),
            }
            state.place = Place::Copy;
        }
        drop(state);
        cx.data_mut().texts.copies.push(cell);
    }
    // The emptied vector keeps its allocation.
    cx.data_mut().texts.views = views;
    outcome
}

/// UTF-8 in linear memory becomes a view of it.
pub(crate) fn lift(cx: &mut Cx<'_>, mem: Mem, ptr: u32, len: u32) -> Result<Str<'static>> {
    let policy = cx.data().policy;
    let bytes = mem.read(&*cx, ptr, len)?;
    match (string::validate(Text::Utf8(bytes)), policy) {
        (Ok(()), _) => {
            let data = cx.data_mut();
            Ok(Str::guest(data.texts.view(data.id, mem, ptr, len)))
        }
        (Err(_), Policy::Replace) => {
            // Replacing changes the text, so this one is a copy at once.
            let data_bytes = bytes.to_vec();
            copy_in(cx, Text::Utf8(&data_bytes), Policy::Replace)
        }
        (Err(bad), Policy::Reject) => Err(ill_formed(ptr, bad)),
    }
}

/// What reading text of a guest raises that is ill-formed.
#[cold]
pub(crate) fn ill_formed(ptr: u32, bad: impl std::fmt::Display) -> Error {
    let message = format!("invalid UTF-8 in the string at address {ptr:#x}: {bad}");
    Trap::with_code(message, TrapCode::IllFormedText).into()
}

/// Measures a string that a host function returned.
pub(crate) fn measure_result(cx: &Cx<'_>, i: usize, s: &Str<'_>) -> Result<Option<Measured>> {
    let data = cx.data();
    if s.store() == Some(data.id) {
        return Ok(None);
    }
    let measured = measure(s, data.policy);
    measured.map(Some).map_err(|e| {
        let e = e.context(format_args!("result {i} of the host function"));
        Trap::with_code(e.message(), TrapCode::IllFormedText).into()
    })
}

/// Text that is not in linear memory, as UTF-8.
pub(crate) fn measure(s: &Str<'_>, policy: Policy) -> Result<Measured> {
    let policy = s.policy_or(policy);
    let measured = s.with_copy(|text| string::measure(text, Encoding::Utf8, policy));
    // What is still a view by now is one of another store.
    measured.ok_or_else(|| wrong_store("string"))?.map_err(bad_text)
}

#[cold]
pub(crate) fn too_long(len: usize) -> Error {
    let message = format!("a string of {len} bytes is too long for a guest");
    Trap::with_code(message, TrapCode::StringTooLong).into()
}

/// A length as a word.
#[inline]
pub(crate) fn word(len: usize) -> Result<i32> {
    u32::try_from(len).map(|len| len as i32).map_err(|_| too_long(len))
}
