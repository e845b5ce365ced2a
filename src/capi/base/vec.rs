//! The vectors: five functions for each, generated from one list; what they do
//! is here, once.
//!
//! A vector's memory comes from the C library's `malloc`, so that it can be
//! freed whatever has become of its `size` in the meantime.
//!
//! Not here: the list.

use super::boundary::{borrow, null, slice, write};
use crate::{Error, ErrorKind, Result};
use std::ffi::{c_char, c_void};

include!(concat!(env!("OUT_DIR"), "/names.rs"));

unsafe extern "C" {
    fn calloc(count: usize, size: usize) -> *mut c_void;
    fn free(pointer: *mut c_void);
}

/// A C struct of a size and a pointer.
///
/// # Safety
///
/// `parts` must give what `from_parts` was given.
pub unsafe trait Vector: Sized {
    /// What it is a vector of.
    type Item: Element;
    /// From the number of elements and where they are.
    fn from_parts(size: usize, data: *mut Self::Item) -> Self;
    /// The number of elements and where they are.
    fn parts(&self) -> (usize, *mut Self::Item);
}

/// What a vector can hold: bytes, values, and pointers to owned objects.
///
/// # Safety
///
/// All bits zero must be a valid element, one that owns nothing.
pub unsafe trait Element: Sized {
    /// A copy with owners of its own.
    ///
    /// # Safety
    ///
    /// What it points to must be alive.
    unsafe fn duplicate(&self) -> Result<Self>;

    /// Gives up what it owns.
    ///
    /// # Safety
    ///
    /// What it points to must be alive, and is not used afterwards.
    unsafe fn release(self);
}

// SAFETY: zero is a byte.
unsafe impl Element for c_char {
    unsafe fn duplicate(&self) -> Result<c_char> {
        Ok(*self)
    }

    unsafe fn release(self) {}
}

/// What can be copied when a vector of pointers to it is.
pub trait Duplicate: Sized {
    /// A copy of its own, or another handle of the same object.
    fn duplicate(&self) -> Result<Self>;
}

// SAFETY: zero is NULL.
unsafe impl<T: Duplicate> Element for *mut T {
    unsafe fn duplicate(&self) -> Result<*mut T> {
        // SAFETY: the caller vouches for the pointer.
        Ok(match unsafe { borrow(*self) } {
            Some(object) => Box::into_raw(Box::new(object.duplicate()?)),
            None => std::ptr::null_mut(),
        })
    }

    unsafe fn release(self) {
        if !self.is_null() {
            // SAFETY: elements are owned, and were made by `Box::into_raw`.
            drop(unsafe { Box::from_raw(self) });
        }
    }
}

/// A copy of an object. `None` for none.
pub fn copied<T: Duplicate>(object: Option<&T>) -> Result<Option<Box<T>>> {
    object.map(|object| object.duplicate().map(Box::new)).transpose()
}

/// A vector of nothing.
pub fn empty<V: Vector>() -> V {
    V::from_parts(0, std::ptr::null_mut())
}

/// A vector of these elements, which it owns from now on.
pub fn from_items<V: Vector>(items: impl ExactSizeIterator<Item = V::Item>) -> Result<V> {
    let vec = zeroed::<V>(items.len())?;
    let (size, data) = vec.parts();
    for (i, item) in items.take(size).enumerate() {
        // SAFETY: `zeroed` made room for `size` elements, which own nothing.
        unsafe { data.add(i).write(item) };
    }
    Ok(vec)
}

/// A vector of a text's bytes.
pub fn from_bytes<V: Vector<Item = c_char>>(bytes: &[u8]) -> Result<V> {
    from_bytes_and(bytes, 0)
}

/// A copy of bytes, with a NUL behind them, which counts.
pub fn terminated<V: Vector<Item = c_char>>(bytes: &[u8]) -> Result<V> {
    from_bytes_and(bytes, 1)
}

fn from_bytes_and<V: Vector<Item = c_char>>(bytes: &[u8], zeros: usize) -> Result<V> {
    let vec = zeroed::<V>(bytes.len() + zeros)?;
    if !bytes.is_empty() {
        // SAFETY: `zeroed` made room for as many bytes, and just now.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), vec.parts().1, bytes.len()) };
    }
    Ok(vec)
}

/// How many bytes so many elements have, where anything in memory can.
fn bytes_of<V: Vector>(size: usize) -> Option<usize> {
    size.checked_mul(size_of::<V::Item>()).filter(|&n| isize::try_from(n).is_ok())
}

fn zeroed<V: Vector>(size: usize) -> Result<V> {
    if size == 0 {
        return Ok(empty());
    }
    let data = match bytes_of::<V>(size) {
        // SAFETY: it is called as C demands.
        Some(bytes) => unsafe { calloc(bytes, 1) },
        None => std::ptr::null_mut(),
    };
    if data.is_null() {
        let message = format!("no memory for a vector of {size} elements");
        return Err(Error::new(ErrorKind::OutOfMemory, message));
    }
    Ok(V::from_parts(size, data.cast::<V::Item>()))
}

/// The elements of a vector that is lent; NULL is an empty one.
///
/// # Safety
///
/// The pointer must be NULL or a vector whose elements stay as they are for
/// `'a`.
#[inline]
pub unsafe fn items<'a, V: Vector>(vec: *const V, name: &str) -> Result<&'a [V::Item]>
where
    V::Item: 'a,
{
    // SAFETY: the caller vouches for it.
    match unsafe { vec.as_ref() } {
        Some(vec) => {
            let (size, data) = vec.parts();
            // SAFETY: the caller vouches for it.
            unsafe { slice(data, size, name) }
        }
        None => Ok(&[]),
    }
}

/// The bytes of one that is lent.
///
/// # Safety
///
/// As for [`items`].
pub unsafe fn bytes<'a, V>(vec: *const V, name: &str) -> Result<&'a [u8]>
where
    V: Vector<Item = c_char> + 'a,
{
    // SAFETY: the caller vouches for it.
    let bytes = unsafe { items(vec, name) }?;
    // SAFETY: the same bytes under another name.
    Ok(unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len()) })
}

/// Takes the contents out of a vector, so that nobody deletes them twice; NULL
/// is an empty one.
///
/// # Safety
///
/// The pointer must be NULL or a vector that owns its elements.
pub unsafe fn take<V: Vector>(vec: *mut V) -> V {
    if vec.is_null() {
        return empty();
    }
    // SAFETY: not NULL; the old contents are read once and replaced.
    unsafe { vec.replace(empty()) }
}

/// Makes an empty vector.
///
/// # Safety
///
/// `out` must be NULL or writable. This holds for the functions below too.
pub unsafe fn new_empty<V: Vector>(out: *mut V) -> Result<()> {
    // SAFETY: the caller vouches for it.
    unsafe { write(out, "out", empty()) }
}

/// Makes a vector to be filled; the elements are zero so that a half filled
/// one can be deleted.
///
/// # Safety
///
/// As for [`new_empty`].
pub unsafe fn new_uninitialized<V: Vector>(out: *mut V, size: usize) -> Result<()> {
    // SAFETY: the caller vouches for it.
    unsafe { write(out, "out", empty()) }?;
    let vec = zeroed(size)?;
    // SAFETY: as above.
    unsafe { write(out, "out", vec) }
}

/// Makes a vector that owns these elements from now on; where that fails, they
/// are given up.
///
/// # Safety
///
/// As for [`new_empty`]; `data` must point to `size` elements.
pub unsafe fn new<V: Vector>(out: *mut V, size: usize, data: *const V::Item) -> Result<()> {
    // SAFETY: the caller vouches for it.
    let emptied = unsafe { write(out, "out", empty()) };
    if size > 0 && data.is_null() {
        return emptied.and(Err(null("data")));
    }
    let vec = match emptied.and_then(|()| zeroed::<V>(size)) {
        Ok(vec) => vec,
        Err(error) => {
            // So many as nothing in memory is, are not there.
            let there = if bytes_of::<V>(size).is_some() { size } else { 0 };
            for i in 0..there {
                // SAFETY: there are so many, each is owned, and read once.
                unsafe { data.add(i).read().release() };
            }
            return Err(error);
        }
    };
    if size > 0 {
        // SAFETY: both have `size` elements, one of them newly allocated.
        unsafe { std::ptr::copy_nonoverlapping(data, vec.parts().1, size) };
    }
    // SAFETY: as above.
    unsafe { write(out, "out", vec) }
}

/// Makes a vector of copies.
///
/// # Safety
///
/// As for [`new_empty`]; `from` must be NULL or a vector.
pub unsafe fn copy<V: Vector>(out: *mut V, from: *const V) -> Result<()> {
    if out.is_null() {
        return Err(null("out"));
    }
    // SAFETY: the caller vouches for both.
    let copied = unsafe { duplicate(from) };
    let (vec, outcome) = match copied {
        Ok(vec) => (vec, Ok(())),
        Err(error) => (empty(), Err(error)),
    };
    // SAFETY: as above.
    unsafe { write(out, "out", vec) }?;
    outcome
}

/// A vector of copies.
///
/// # Safety
///
/// The pointer must be NULL or a vector.
pub unsafe fn duplicate<V: Vector>(from: *const V) -> Result<V> {
    // SAFETY: the caller vouches for it.
    let from = unsafe { items(from, "vec") }?;
    let mut made = zeroed::<V>(from.len())?;
    let (_, data) = made.parts();
    for (i, item) in from.iter().enumerate() {
        // SAFETY: the elements of a vector are alive.
        match unsafe { item.duplicate() } {
            // SAFETY: `made` has as many elements, zero so far.
            Ok(copy) => unsafe { data.add(i).write(copy) },
            Err(error) => {
                // SAFETY: `made` owns what was copied, and zeros.
                unsafe { delete(&raw mut made) };
                return Err(error);
            }
        }
    }
    Ok(made)
}

/// Deletes the elements and the vector's memory, and leaves it empty.
///
/// # Safety
///
/// The pointer must be NULL or a vector that owns its elements.
pub unsafe fn delete<V: Vector>(vec: *mut V) {
    // SAFETY: the caller vouches for it.
    let (size, data) = unsafe { take(vec) }.parts();
    if data.is_null() {
        return;
    }
    for i in 0..size {
        // SAFETY: each element is owned, and read once.
        unsafe { data.add(i).read().release() };
    }
    // SAFETY: the memory of vectors comes from `calloc`.
    unsafe { free(data.cast::<c_void>()) };
}

/// A vector that is deleted when it is dropped.
pub struct Owned<V: Vector>(V);

impl<V: Vector> Owned<V> {
    /// Of a vector that owns its elements.
    pub fn new(vec: V) -> Owned<V> {
        Owned(vec)
    }

    /// Takes the contents out of a vector, as [`take`].
    ///
    /// # Safety
    ///
    /// The pointer must be NULL or a vector that owns its elements.
    pub unsafe fn take(vec: *mut V) -> Owned<V> {
        // SAFETY: the caller vouches for it.
        Owned(unsafe { take(vec) })
    }

    /// For reading it.
    pub fn as_ptr(&self) -> *const V {
        &raw const self.0
    }
}

impl<V: Vector> Drop for Owned<V> {
    fn drop(&mut self) {
        // SAFETY: the vector is owned, and left empty.
        unsafe { delete(&raw mut self.0) };
    }
}
