//! What every C function passes through: panics, NULL, ownership, slices.
//!
//! Ownership is a type, and a signature tells it:
//!
//! | Rust                 | C            | meaning                            |
//! |----------------------|--------------|------------------------------------|
//! | `Option<Box<T>>` in  | `T *`        | taken, may be NULL                 |
//! | `Option<Box<T>>` out | `T *`        | given, NULL on failure             |
//! | `Option<&T>`         | `const T *`  | borrowed for the call, may be NULL |
//! | `*mut T` to a handle | `T *`        | as above; see [`borrow`]           |
//! | `*const T` to one    | `const T *`  | borrowed until host code may run   |
//! | `*mut T` to a struct | `T *`        | the caller's memory; see [`write`] |
//!
//! Handles are never written to after they are made, so that two borrows of
//! one may stand side by side whatever C calls `const`.
//!
//! Host code that runs within a function (a callback, a finalizer that the
//! engine's collector calls) may delete every handle that the function was given.
//! What it needs of them it takes before: the store's cell, copies of objects.
//!
//! Not here: what any function does.

use super::last::set_last;
use crate::{Error, ErrorKind, Result};
use std::ffi::{CStr, c_char, c_void};
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a C function answers when it fails.
pub trait Fallback {
    /// The answer.
    fn fallback() -> Self;
}

macro_rules! fallbacks {
    ($($ty:ty => $value:expr;)+) => {$(
        impl Fallback for $ty {
            fn fallback() -> $ty { $value }
        }
    )+};
}

fallbacks! {
    () => ();
    bool => false;
    u8 => 0;
    u32 => 0;
    u64 => 0;
    usize => 0;
}

impl<T> Fallback for Option<T> {
    fn fallback() -> Option<T> {
        None
    }
}

impl<T> Fallback for *const T {
    fn fallback() -> *const T {
        std::ptr::null()
    }
}

impl<T> Fallback for *mut T {
    fn fallback() -> *mut T {
        std::ptr::null_mut()
    }
}

/// The body of a C function. An error or a panic becomes the last error, and
/// the fallback of the result's type is the answer.
#[inline]
pub fn enter<R: Fallback>(body: impl FnOnce() -> Result<R>) -> R {
    caught(body).unwrap_or_else(|error| {
        set_last(&error);
        R::fallback()
    })
}

/// The body of a C function which does something else with the error than to leave it as
/// the last one.
#[inline]
pub fn caught<R>(body: impl FnOnce() -> Result<R>) -> Result<R> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| Err(panicked(panic)))
}

/// What a body does that cannot fail but may panic, such as dropping things.
#[inline]
pub fn quietly<R: Fallback>(body: impl FnOnce() -> R) -> R {
    enter(|| Ok(body()))
}

#[cold]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Error {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    let error = Error::new(ErrorKind::Panic, format!("internal error: {text}"));
    // The payload's destructor could panic again.
    std::mem::forget(panic);
    error
}

/// An argument that must not be NULL.
#[inline]
pub fn need<T>(argument: Option<T>, name: &str) -> Result<T> {
    match argument {
        Some(argument) => Ok(argument),
        None => Err(null(name)),
    }
}

#[cold]
pub fn null(name: &str) -> Error {
    Error::new(ErrorKind::NullPointer, format!("`{name}` must not be NULL"))
}

/// The object behind a pointer, or `None` for NULL.
///
/// # Safety
///
/// The pointer must be NULL or a live object of this library, and stay so for
/// `'a`: the contract of every pointer in the header.
#[inline]
pub unsafe fn borrow<'a, T>(pointer: *const T) -> Option<&'a T> {
    // SAFETY: the caller vouches for it.
    unsafe { pointer.as_ref() }
}

/// Writes to memory of the caller's, whatever was there before.
///
/// # Safety
///
/// The pointer must be NULL or point to writable memory for a `T`.
#[inline]
pub unsafe fn write<T>(out: *mut T, name: &str, value: T) -> Result<()> {
    if out.is_null() {
        return Err(null(name));
    }
    // SAFETY: not NULL, and the caller vouches for the rest.
    unsafe { out.write(value) };
    Ok(())
}

/// Writes where the caller wants to know, and drops the value where not.
///
/// # Safety
///
/// As for [`write`].
#[inline]
pub unsafe fn offer<T>(out: *mut T, value: T) {
    if !out.is_null() {
        // SAFETY: not NULL, and the caller vouches for the rest.
        unsafe { out.write(value) };
    }
}

/// The elements at `data`; with a size of zero the pointer is not looked at.
///
/// # Safety
///
/// `data` must point to `size` elements that stay unchanged for `'a`.
#[inline(always)]
pub unsafe fn slice<'a, T>(data: *const T, size: usize, name: &str) -> Result<&'a [T]> {
    if is_room(data, size) {
        // SAFETY: not NULL, aligned and of a possible size; the caller vouches
        // for the rest.
        return Ok(unsafe { std::slice::from_raw_parts(data, size) });
    }
    if size == 0 { Ok(&[]) } else { Err(no_room(data, size, name)) }
}

/// Checks memory for `size` elements, which need not be initialised: none is
/// looked at, and no reference is made.
#[inline]
pub fn check_room<T>(data: *const T, size: usize, name: &str) -> Result<()> {
    if size == 0 || is_room(data, size) { Ok(()) } else { Err(no_room(data, size, name)) }
}

#[inline(always)]
fn is_room<T>(data: *const T, size: usize) -> bool {
    !data.is_null() && data.is_aligned() && is_possible::<T>(size)
}

/// Whether there can be so many elements anywhere.
#[inline(always)]
fn is_possible<T>(size: usize) -> bool {
    size <= isize::MAX as usize / size_of::<T>().max(1)
}

#[cold]
fn no_room<T>(data: *const T, size: usize, name: &str) -> Error {
    if data.is_null() {
        return null(name);
    }
    let message = if is_possible::<T>(size) {
        format!("`{name}` is not aligned for its elements")
    } else {
        format!("`{name}` cannot have {size} elements")
    };
    Error::new(ErrorKind::OutOfRange, message)
}

/// A name or path of the caller's.
///
/// # Safety
///
/// As for [`slice`].
pub unsafe fn utf8<'a>(data: *const u8, size: usize, name: &str) -> Result<&'a str> {
    // SAFETY: the caller vouches for it.
    let bytes = unsafe { slice(data, size, name) }?;
    std::str::from_utf8(bytes).map_err(|e| {
        let message = format!("`{name}` is not UTF-8");
        Error::new(ErrorKind::BadText, message).at_position(e.valid_up_to())
    })
}

/// Text in UTF-8 that is lent, up to a NUL.
///
/// # Safety
///
/// The pointer must be NULL or a NUL-terminated string.
pub unsafe fn utf8_nt<'a>(text: *const c_char, name: &str) -> Result<&'a str> {
    if text.is_null() {
        return Err(null(name));
    }
    // SAFETY: not NULL, and the caller vouches for the rest.
    let text = unsafe { CStr::from_ptr(text) };
    // SAFETY: a slice of that string.
    unsafe { utf8(text.as_ptr().cast(), text.count_bytes(), name) }
}

/// A path of the caller's: not so long that it could not be one. What is done with
/// paths copies them.
///
/// # Safety
///
/// As for [`utf8_nt`].
pub unsafe fn path<'a>(path: *const c_char) -> Result<&'a str> {
    // SAFETY: the caller vouches for it.
    let path = unsafe { utf8_nt(path, "path") }?;
    if path.len() > LONGEST_PATH {
        let message = format!("a path of {} bytes is longer than any can be", path.len());
        return Err(Error::new(ErrorKind::OutOfRange, message));
    }
    Ok(path)
}

/// Of all systems Windows has the longest: 32,767 units of UTF-16.
const LONGEST_PATH: usize = 3 * 32_767;

/// A name of the caller's for a message: its beginning, if it is long.
pub fn quoted(name: &str) -> String {
    match name.floor_char_boundary(100) {
        end if end < name.len() => format!("{:?}…", &name[..end]),
        _ => format!("{name:?}"),
    }
}

/// Something of the host's, and what to call when it is no longer needed.
pub struct Foreign {
    data: *mut c_void,
    finalizer: Option<Finalizer>,
}

/// A function that the host gives along with its data.
pub type Finalizer = unsafe extern "C" fn(*mut c_void);

// SAFETY: nothing here follows the pointer. The host is told that finalizers
// may run on any thread, and uses its data on the threads that it chooses.
unsafe impl Send for Foreign {}
// SAFETY: as above; there is no way to change it through a shared reference.
unsafe impl Sync for Foreign {}

impl Foreign {
    /// The finalizer runs once, when this is dropped.
    pub fn new(data: *mut c_void, finalizer: Option<Finalizer>) -> Foreign {
        Foreign { data, finalizer }
    }

    /// Whether it is more than NULL.
    pub fn is_some(&self) -> bool {
        !self.data.is_null() || self.finalizer.is_some()
    }

    /// What the host gave.
    pub fn data(&self) -> *mut c_void {
        self.data
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        if let Some(finalizer) = self.finalizer.take() {
            // SAFETY: the host gave both for this one call.
            unsafe { finalizer(self.data) };
        }
    }
}

/// A list with room for `N` on the stack; a longer one lives in the vector
/// that it was given for that case.
pub struct List<T, const N: usize> {
    inline: [MaybeUninit<T>; N],
    /// How many of `inline` are there.
    len: usize,
    /// All of them, where they are too many for `inline`.
    more: Option<Vec<T>>,
}

impl<T, const N: usize> List<T, N> {
    /// An empty list. `spare` is called where `size` elements do not fit.
    #[inline]
    pub fn new(size: usize, spare: impl FnOnce() -> Vec<T>) -> List<T, N> {
        let more = if size > N { Some(spare()) } else { None };
        List { inline: [const { MaybeUninit::uninit() }; N], len: 0, more }
    }

    /// Adds an element, of which there are no more than the size told.
    #[inline]
    pub fn push(&mut self, element: T) {
        match &mut self.more {
            None => {
                self.inline[self.len].write(element);
                self.len += 1;
            }
            Some(more) => more.push(element),
        }
    }

    /// The elements.
    #[inline]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        match &mut self.more {
            None => {
                let start = self.inline.as_mut_ptr().cast::<T>();
                // SAFETY: the first `len` elements of `inline` were written.
                unsafe { std::slice::from_raw_parts_mut(start, self.len) }
            }
            Some(more) => more,
        }
    }

    /// Gives the vector back, empty, if there was one.
    #[inline]
    pub fn take_spare(&mut self) -> Option<Vec<T>> {
        let mut more = self.more.take();
        more.iter_mut().for_each(Vec::clear);
        more
    }
}

impl<T, const N: usize> Drop for List<T, N> {
    #[inline]
    fn drop(&mut self) {
        let len = std::mem::take(&mut self.len);
        for element in &mut self.inline[..len] {
            // SAFETY: the first `len` elements were written, and `len` is
            // zero from here on.
            unsafe { element.assume_init_drop() };
        }
    }
}

#[cfg(test)]
mod tests;
