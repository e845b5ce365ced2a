//! Where results lie: all of a tree in one allocation, which its root owns.
//!
//! A root is known by its address: deleting any other value does nothing.
//!
//! Not here: what is put there.

#![allow(unsafe_code)] // it hands out uninitialized memory

use super::slot::{Slot, TextSlot, kind, many};
use crate::error::{Error, ErrorKind, Result};
use crate::guest::resource::Resource;
use crate::string::Text;
use std::alloc::{Layout, alloc, dealloc};
use std::collections::HashSet;
use std::mem::ManuallyDrop;
use std::ptr::null_mut;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

/// Memory that is given out piece by piece, and back all at once.
pub struct Arena {
    /// The first chunk; the others hang from it.
    first: *mut Chunk,
    /// The one that is given out from.
    last: *mut Chunk,
    used: usize,
    hint: usize,
    total: usize,
}

// SAFETY: nobody else knows its memory, and what is put there is `Send`.
unsafe impl Send for Arena {}

/// What stands in front of the memory.
#[repr(C)]
struct Chunk {
    next: *mut Chunk,
    /// Bytes of it, without this.
    size: usize,
    /// In the first one: the resources in the arena.
    resources: *mut Held,
}

/// A resource, first because its address is the value's, and the one that was
/// put before it.
#[repr(C)]
struct Held {
    resource: ManuallyDrop<Resource>,
    before: *mut Held,
}

const HEADER: usize = size_of::<Chunk>();
const LEAST: usize = 128;

impl Default for Arena {
    fn default() -> Arena {
        Arena::new(0)
    }
}

impl Arena {
    /// An empty one. The first allocation has room for `hint` bytes.
    pub fn new(hint: usize) -> Arena {
        Arena { first: null_mut(), last: null_mut(), used: 0, hint, total: 0 }
    }

    /// How many bytes were given out.
    pub fn total(&self) -> usize {
        self.total
    }

    fn bytes(&mut self, size: usize) -> Result<*mut u8> {
        let size = size.checked_next_multiple_of(8).ok_or_else(|| full(size))?;
        let room = match self.last.is_null() {
            true => 0,
            // SAFETY: a live chunk of this arena.
            false => unsafe { (*self.last).size - self.used },
        };
        if self.last.is_null() || room < size {
            self.grow(size)?;
        }
        // SAFETY: the chunk has `size` bytes behind those that are used.
        let at = unsafe { self.last.cast::<u8>().add(HEADER + self.used) };
        self.used += size;
        self.total += size;
        Ok(at)
    }

    #[cold]
    fn grow(&mut self, size: usize) -> Result<()> {
        let size = size.max(self.hint.max(self.total)).max(LEAST);
        let layout = layout(size).ok_or_else(|| full(size))?;
        // SAFETY: the layout is not empty.
        let chunk = unsafe { alloc(layout) }.cast::<Chunk>();
        if chunk.is_null() {
            return Err(full(size));
        }
        // SAFETY: it was allocated just now.
        unsafe { chunk.write(Chunk { next: null_mut(), size, resources: null_mut() }) };
        if self.first.is_null() {
            self.first = chunk;
        } else {
            // SAFETY: a live chunk of this arena.
            unsafe { (*self.last).next = chunk };
        }
        (self.last, self.used) = (chunk, 0);
        Ok(())
    }

    /// Puts something there.
    pub fn put<T: Copy>(&mut self, value: T) -> Result<*mut T> {
        let at = self.array::<T>(1)?;
        // SAFETY: there is room for one, suitably aligned.
        unsafe { at.write(value) };
        Ok(at)
    }

    /// Room for so many, not initialized.
    pub fn array<T: Copy>(&mut self, count: usize) -> Result<*mut T> {
        const { assert!(align_of::<T>() <= 8) };
        let size = size_of::<T>().checked_mul(count).ok_or_else(|| full(usize::MAX))?;
        Ok(self.bytes(size)?.cast())
    }

    /// Zeros to be written over.
    pub fn zeroed<T: Copy + Default>(&mut self, count: usize) -> Result<&mut [T]> {
        let at = self.array::<T>(count)?;
        for i in 0..count {
            // SAFETY: there is room for so many.
            unsafe { at.add(i).write(T::default()) };
        }
        // SAFETY: they were written just now, and nobody else knows them.
        Ok(unsafe { std::slice::from_raw_parts_mut(at, count) })
    }

    /// Puts a copy of these there.
    pub fn copy<T: Copy>(&mut self, items: &[T]) -> Result<*mut T> {
        let at = self.array::<T>(items.len())?;
        // SAFETY: there is room for so many, and nobody else knows it.
        unsafe { at.copy_from_nonoverlapping(items.as_ptr(), items.len()) };
        Ok(at)
    }

    /// Puts a copy of a text there, and tells where.
    pub fn text(&mut self, text: Text<'_>) -> Result<TextSlot> {
        let size = text.len() * text.encoding().unit_size();
        // SAFETY: any units are bytes.
        let bytes = unsafe { many(text.as_ptr(), size) };
        let data = self.copy(bytes)?.cast_const().cast();
        Ok(TextSlot { data, ..TextSlot::new(text) })
    }

    /// Puts a resource there.
    pub fn resource(&mut self, resource: Resource) -> Result<*const Resource> {
        let at = self.bytes(size_of::<Held>())?.cast::<Held>();
        // SAFETY: there is room for one, and so a first chunk.
        unsafe {
            let held =
                Held { resource: ManuallyDrop::new(resource), before: (*self.first).resources };
            at.write(held);
            (*self.first).resources = at;
            Ok((&raw const (*at).resource).cast())
        }
    }

    /// Gives everything back but memory for the next time.
    pub fn reset(&mut self) {
        if self.first.is_null() {
            return;
        }
        if self.last != self.first {
            let hint = self.total;
            *self = Arena::new(hint);
            return;
        }
        // SAFETY: a live chunk of this arena, and nothing refers to what is in it.
        unsafe { drop_resources(self.first) };
        (self.used, self.total) = (0, 0);
    }

    /// Makes a value that lies in this arena its owner. Its node must have been
    /// put there first.
    pub fn into_root(mut self, root: Slot) -> Slot {
        if root.kind >= kind::LIST && root.kind <= kind::BORROW && !self.first.is_null() {
            // SAFETY: any bits are an address.
            let at = unsafe { root.of.pointer }.addr();
            debug_assert_eq!(at, self.first.addr() + HEADER);
            if at == self.first.addr() + HEADER {
                // The address is found again through the pointer in the value.
                roots(at).insert(at);
                self.first = null_mut();
            }
        }
        root
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        if !self.first.is_null() {
            // SAFETY: it is this arena's, and nobody else's any more.
            unsafe { free(self.first) };
        }
    }
}

/// Room for a resource that is a value by itself: nothing fails once it is there.
pub struct ResourceRoom(Arena);

impl ResourceRoom {
    /// Room for one.
    pub fn new() -> Result<ResourceRoom> {
        let mut arena = Arena::new(0);
        arena.grow(size_of::<Held>())?;
        Ok(ResourceRoom(arena))
    }

    /// The value, which owns its room.
    pub fn fill(mut self, resource: Resource) -> Slot {
        match self.0.resource(resource) {
            Ok(at) => self.0.into_root(Slot::pointer(kind::OWN, at)),
            // There is room.
            Err(_) => Slot::pointer::<Resource>(kind::OWN, null_mut()),
        }
    }
}

/// Gives up what a value owns, if it is the root of an arena, and does nothing
/// if not.
///
/// # Safety
///
/// Nothing that is in the arena may be used afterwards.
pub unsafe fn release(value: &Slot) {
    if value.kind < kind::LIST || value.kind > kind::BORROW {
        return;
    }
    // SAFETY: any bits are an address.
    let pointer = unsafe { value.of.pointer };
    if roots(pointer.addr()).remove(&pointer.addr()) {
        // SAFETY: it was a root, so that it is the first in its first chunk.
        unsafe { free(pointer.byte_sub(HEADER).cast_mut().cast()) };
    }
}

fn roots(at: usize) -> MutexGuard<'static, HashSet<usize>> {
    static ROOTS: LazyLock<[Mutex<HashSet<usize>>; 16]> = LazyLock::new(Default::default);
    // Allocations are far apart.
    ROOTS[(at >> 6) % 16].lock().unwrap_or_else(PoisonError::into_inner)
}

fn layout(size: usize) -> Option<Layout> {
    Layout::from_size_align(HEADER.checked_add(size)?, 8).ok()
}

/// # Safety
///
/// `first` must be an arena's, which nobody uses any more.
unsafe fn free(first: *mut Chunk) {
    // SAFETY: the caller vouches for it.
    unsafe { drop_resources(first) };
    let mut next = first;
    while !next.is_null() {
        // SAFETY: chunks were allocated with this layout, and each is read
        // before it is given back.
        unsafe {
            let Chunk { next: after, size, .. } = *next;
            if let Some(layout) = layout(size) {
                dealloc(next.cast(), layout);
            }
            next = after;
        }
    }
}

/// # Safety
///
/// `first` must be a first chunk, and its resources no longer used.
unsafe fn drop_resources(first: *mut Chunk) {
    // SAFETY: the caller vouches for it; each was written by `resource`.
    unsafe {
        let mut held = std::mem::replace(&mut (*first).resources, null_mut());
        while !held.is_null() {
            let before = (*held).before;
            ManuallyDrop::drop(&mut (*held).resource);
            held = before;
        }
    }
}

#[cold]
pub(super) fn full(size: usize) -> Error {
    Error::new(ErrorKind::OutOfMemory, format!("no memory for a value of {size} bytes"))
}
