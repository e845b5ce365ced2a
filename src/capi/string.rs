//! Strings: the struct that a host fills around its own text, and the handles
//! of the same type that the library makes.
//!
//! A handle lies in a box that the library keeps for the next string once it
//! is deleted, so that a stale pointer is told instead of followed for as long
//! as the store lives.
//!
//! Not here: encodings.

use super::boundary::{caught, enter, null, offer, slice, write};
use super::error::set_last;
use super::families::wasm_byte_vec_t;
use super::store::{Inside, StoreCell};
use crate::string::{Dest, Text, copy, measure};
use crate::{Encoding, Error, ErrorKind, Policy, Result, Str};
use std::ffi::{c_char, c_void};
use std::ptr::NonNull;
use std::sync::Arc;

/// How a text is stored: one of `wasm_encoding_enum`.
pub type wasm_encoding_t = u32;

/// How a text is stored.
#[repr(C)]
pub enum wasm_encoding_enum {
    /// Bytes; one to four of them a character.
    WASM_UTF8 = 0,
    /// 16-bit units in native byte order; one or two of them a character.
    WASM_UTF16 = 1,
}

/// What a string asks for, in its `flags`.
#[repr(C)]
pub enum wasm_string_flag_enum {
    /// Ill-formed parts of this string become U+FFFD, whatever the engine's
    /// rule is.
    WASM_STRING_REPLACE = 1,
    /// This string is refused where it is ill-formed, whatever the engine's
    /// rule is.
    WASM_STRING_REJECT = 2,
}

/// A string: a host's own text, or a handle of the library's.
///
/// A host makes one around its own text, on its stack and without a call, with
/// `WASM_STRING_UTF8`, `WASM_STRING_UTF16` or `WASM_STRING_LIT`. The text is
/// borrowed: it has to stay as it is for as long as the string is used, which
/// for an argument is the call. Nothing needs to be deleted. Text may hold
/// U+0000 and ends where its size says.
///
/// A string that comes out of the library (a result, an argument of a callback,
/// `wasm_string_new`) is a handle: a pointer to such a struct, which must not be
/// copied or changed, and whose text is read with the `wasm_string_` functions.
/// A result is owned by the caller; it stays readable until it is deleted,
/// whatever happens in between. An argument of a callback is valid during that
/// callback and is not deleted.
///
/// Handles belong to their store's thread; deleting is permitted on any.
#[repr(C)]
pub struct wasm_string_t {
    /// The first code unit, aligned for its type; NULL is permitted where
    /// `size` is zero. Not to be looked at in a handle.
    pub data: *const c_void,
    /// The number of code units, not bytes. Not to be looked at in a handle.
    pub size: usize,
    /// One of `wasm_encoding_enum`.
    pub encoding: wasm_encoding_t,
    /// Zero, or one of `wasm_string_flag_enum`.
    pub flags: u32,
    /// Zero in a host's own string; the library's business in a handle.
    pub reserved: usize,
}

/// What a handle points to.
#[repr(C)]
pub struct StringBox {
    head: wasm_string_t,
    text: Option<Str<'static>>,
    home: Home,
}

/// Where a handle belongs, and with it where its box goes.
#[derive(Default)]
enum Home {
    /// Nowhere.
    #[default]
    Detached,
    /// To a store, which it keeps alive.
    Store(Arc<StoreCell>),
    /// To a call that is running in a store: the text is borrowed from it.
    Call(NonNull<StoreCell>),
}

// SAFETY: `head` points to nothing, a store may be referred to from any thread,
// and the rest is `Send`.
unsafe impl Send for StringBox {}

impl Default for StringBox {
    fn default() -> StringBox {
        let head = wasm_string_t {
            data: std::ptr::null(),
            size: 0,
            encoding: 0,
            flags: 0,
            reserved: DELETED,
        };
        StringBox { head, text: None, home: Home::Detached }
    }
}

/// What `reserved` says in a box that is not in use.
const DELETED: usize = 1;

/// What `reserved` says in a handle: where it is, so that a copy of the struct
/// is known for what it is.
fn mark(address: usize) -> usize {
    address ^ 0x7769_7472
}

/// What a pointer to a string points to.
pub enum Source<'a> {
    /// A host's own struct.
    Host(Str<'a>),
    /// A handle.
    Handle(&'a StringBox),
}

/// Looks at a string.
///
/// # Safety
///
/// The pointer must be NULL, a host's struct around text that stays as it is
/// for `'a`, or a handle whose store lives for `'a`.
#[inline]
pub unsafe fn source<'a>(string: *const wasm_string_t) -> Result<Source<'a>> {
    // SAFETY: the caller vouches for it.
    let Some(head) = (unsafe { string.as_ref() }) else { return Err(null("string")) };
    if head.reserved == 0 {
        // SAFETY: the caller vouches for the text.
        return unsafe { host_text(head) }.map(Source::Host);
    }
    if head.reserved == mark(string.addr()) {
        // SAFETY: only a live handle at this address has this mark, and it is
        // the first field of its box.
        return Ok(Source::Handle(unsafe { &*string.cast::<StringBox>() }));
    }
    Err(stale(head.reserved))
}

#[cold]
fn stale(reserved: usize) -> Error {
    let message = match reserved {
        DELETED => "this string was deleted, or its callback is over",
        _ => "this is a copy of a string handle, or no string",
    };
    Error::new(ErrorKind::WrongKind, message)
}

/// # Safety
///
/// The text must be there, and stay as it is for `'a`.
#[inline]
unsafe fn host_text<'a>(head: &wasm_string_t) -> Result<Str<'a>> {
    let text = match encoding_of(head.encoding)? {
        // SAFETY: the caller vouches for the text.
        Encoding::Utf8 => Str::from_utf8(unsafe { slice(head.data.cast(), head.size, "string") }?),
        // SAFETY: as above.
        Encoding::Utf16 => {
            Str::from_utf16(unsafe { slice(head.data.cast(), head.size, "string") }?)
        }
    };
    Ok(match policy_of(head.flags)? {
        Some(policy) => text.with_policy(policy),
        None => text,
    })
}

/// The encoding of a number.
#[inline]
pub fn encoding_of(encoding: wasm_encoding_t) -> Result<Encoding> {
    match encoding {
        0 => Ok(Encoding::Utf8),
        1 => Ok(Encoding::Utf16),
        _ => {
            let message = format!("{encoding} is no encoding");
            Err(Error::new(ErrorKind::UnknownKind, message))
        }
    }
}

fn number_of(encoding: Encoding) -> wasm_encoding_t {
    match encoding {
        Encoding::Utf8 => wasm_encoding_enum::WASM_UTF8 as u32,
        Encoding::Utf16 => wasm_encoding_enum::WASM_UTF16 as u32,
    }
}

#[inline]
fn policy_of(flags: u32) -> Result<Option<Policy>> {
    match flags {
        0 => Ok(None),
        1 => Ok(Some(Policy::Replace)),
        2 => Ok(Some(Policy::Reject)),
        _ => {
            let message = format!("{flags} are no flags of a string");
            Err(Error::new(ErrorKind::UnknownKind, message))
        }
    }
}

impl StringBox {
    /// A handle of a string of a store, owned by who gets it.
    pub fn give(inside: &mut Inside<'_>, text: Str<'static>) -> *mut wasm_string_t {
        let home = inside.cell().map_or(Home::Detached, Home::Store);
        StringBox::fill(inside.spare_string(), text, home)
    }

    /// A handle of a string that is lent for a call; [`StringBox::end`] has to
    /// follow.
    pub fn lend(inside: &mut Inside<'_>, text: Str<'static>) -> *mut wasm_string_t {
        let home = Home::Call(NonNull::from(inside.cell_ref()));
        StringBox::fill(inside.spare_string(), text, home)
    }

    fn fill(mut this: Box<StringBox>, text: Str<'static>, home: Home) -> *mut wasm_string_t {
        this.head.encoding = number_of(text.encoding());
        this.text = Some(text);
        this.home = home;
        this.release()
    }

    /// A handle of a copy that belongs to no store.
    fn detached(text: Text<'_>, policy: Option<Policy>) -> Result<*mut wasm_string_t> {
        let mut made = Box::<StringBox>::default();
        // What is copied as it is stays as unchecked as it was.
        let text = match text {
            Text::Utf8(bytes) => Str::from(to_vec(bytes)?),
            Text::Utf16(units) => Str::from(to_vec(units)?),
        };
        made.head.encoding = number_of(text.encoding());
        made.text = Some(match policy {
            Some(policy) => text.with_policy(policy),
            None => text,
        });
        Ok(made.release())
    }

    fn release(mut self: Box<Self>) -> *mut wasm_string_t {
        self.head.reserved = mark((&raw const *self).addr());
        Box::into_raw(self).cast::<wasm_string_t>()
    }

    /// Ends the life of a handle: its text, where it belongs, and the box.
    ///
    /// # Safety
    ///
    /// The pointer must be a live handle that nobody else uses.
    unsafe fn retire(handle: *mut wasm_string_t) -> (Option<Str<'static>>, Home, Box<StringBox>) {
        // SAFETY: the caller vouches for it; handles come from `release`.
        let mut this = unsafe { Box::from_raw(handle.cast::<StringBox>()) };
        this.head.reserved = DELETED;
        (this.text.take(), std::mem::take(&mut this.home), this)
    }

    /// Ends the life of a handle that was lent to a callback.
    ///
    /// # Safety
    ///
    /// The pointer must come from [`StringBox::lend`].
    pub unsafe fn end(inside: &mut Inside<'_>, handle: *mut wasm_string_t) {
        // SAFETY: the caller vouches for it; nobody else deletes lent handles.
        let (text, _, spare) = unsafe { StringBox::retire(handle) };
        inside.tables().strings.push(spare);
        drop(text);
    }

    /// The text in it, as an argument.
    pub fn text(&self) -> Result<&Str<'static>> {
        self.text.as_ref().ok_or_else(|| stale(DELETED))
    }

    /// The store that it belongs to, if it does.
    fn store(&self) -> Option<&StoreCell> {
        match &self.home {
            Home::Detached => None,
            Home::Store(cell) => Some(cell),
            // SAFETY: the call is running, in this store, until `end`.
            Home::Call(cell) => Some(unsafe { cell.as_ref() }),
        }
    }

    fn is_lent(&self) -> bool {
        matches!(self.home, Home::Call(_))
    }
}

fn to_vec<T: Copy>(units: &[T]) -> Result<Vec<T>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(units.len()).map_err(|_| {
        let message = format!("no memory for a string of {} code units", units.len());
        Error::new(ErrorKind::OutOfMemory, message)
    })?;
    copy.extend_from_slice(units);
    Ok(copy)
}

/// A string that a callback returns: a handle is taken, a host's own text is
/// copied into the store.
///
/// # Safety
///
/// As for [`source`]; a handle must be owned.
pub unsafe fn take_result(
    inside: &mut Inside<'_>,
    string: *mut wasm_string_t,
) -> Result<Str<'static>> {
    // SAFETY: the caller vouches for it.
    match unsafe { source(string) }? {
        Source::Host(text) => copy_into(inside, &text),
        Source::Handle(handle) if handle.is_lent() => {
            let text = handle.text()?;
            match text.with_copy(|_| ()) {
                Some(()) => copy_into(inside, text),
                // A view of linear memory: a copy by way of the host.
                None => Ok(Str::from(text.to_string(inside.context())?)),
            }
        }
        Source::Handle(_) => {
            // SAFETY: the handle is owned, so the callback has given it up.
            let (text, home, spare) = unsafe { StringBox::retire(string) };
            if let Home::Store(_) = home {
                inside.tables().strings.push(spare);
            }
            text.ok_or_else(|| stale(DELETED))
        }
    }
}

fn copy_into(inside: &mut Inside<'_>, text: &Str<'_>) -> Result<Str<'static>> {
    let rule = inside.engine().ill_formed();
    if text.policy_or(rule) != rule {
        // The store copies by its own rule.
        return Ok(Str::from(text.to_string(inside.context())?));
    }
    let copied = text.with_copy(|units| Str::new_in(inside.context(), units));
    copied.unwrap_or_else(|| Err(stale(DELETED)))
}

/// Reads a string's text where it lies, and says what to do where it is
/// ill-formed.
///
/// # Safety
///
/// As for [`source`].
unsafe fn read<R>(
    string: *const wasm_string_t,
    read: impl FnOnce(Text<'_>, Policy) -> Result<R>,
) -> Result<R> {
    // SAFETY: the caller vouches for it.
    let source = unsafe { source(string) }?;
    let (text, store) = match &source {
        Source::Host(text) => (text, None),
        Source::Handle(handle) => (handle.text()?, handle.store()),
    };
    let policy = text.policy_or(store.map_or(Policy::Reject, |cell| cell.engine().ill_formed()));
    let mut read = Some(read);
    let mut once = |text: Text<'_>| match read.take() {
        Some(read) => read(text, policy),
        None => Err(stale(DELETED)),
    };
    if let Some(outcome) = text.with_copy(&mut once) {
        return outcome;
    }
    let cell = store.ok_or_else(|| stale(DELETED))?;
    cell.enter(|inside| text.with(inside.context(), once))??
}

/// A string of the library's own: a copy of text in this encoding, checked to
/// be well-formed. NULL for an unknown encoding, ill-formed text, or NULL text
/// of a size other than zero. `size` counts code units. Owned by the caller; it
/// belongs to no store.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_new(
    encoding: wasm_encoding_t,
    data: *const c_void,
    size: usize,
) -> *mut wasm_string_t {
    enter(|| {
        let head = wasm_string_t { data, size, encoding, flags: 0, reserved: 0 };
        // SAFETY: the header demands `size` code units at `data`.
        unsafe {
            read(&raw const head, |text, policy| {
                measure(text, text.encoding(), policy)?;
                StringBox::detached(text, None)
            })
        }
    })
}

/// A copy of a string, to be kept beyond the callback or call that the text
/// belongs to. NULL for NULL. Owned by the caller; it belongs to no store.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_clone(string: *const wasm_string_t) -> *mut wasm_string_t {
    enter(|| {
        if string.is_null() {
            return Ok(std::ptr::null_mut());
        }
        // SAFETY: the header demands a string.
        unsafe { clone(string) }
    })
}

/// A copy of a string.
///
/// # Safety
///
/// As for [`source`].
pub unsafe fn clone(string: *const wasm_string_t) -> Result<*mut wasm_string_t> {
    // SAFETY: the caller vouches for it.
    let flags = unsafe { string.as_ref() }.map_or(0, |head| head.flags);
    let policy = policy_of(flags)?;
    // SAFETY: as above.
    unsafe { read(string, |text, _| StringBox::detached(text, policy)) }
}

/// Deletes a string that the library gave away: a result, or what
/// `wasm_string_new` and `wasm_string_clone` made. On a host's own struct and on
/// NULL it does nothing; deleting one a second time, or an argument of a
/// callback, is refused and left as the last error. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_delete(string: *mut wasm_string_t) {
    // SAFETY: the header demands NULL or a string.
    enter(|| unsafe { delete(string) })
}

/// Deletes a string.
///
/// # Safety
///
/// The pointer must be NULL or a string, and an owned one where it is a handle.
pub unsafe fn delete(string: *mut wasm_string_t) -> Result<()> {
    // SAFETY: the caller vouches for it. A host's text is not looked at.
    let reserved = unsafe { string.as_ref() }.map_or(0, |head| head.reserved);
    if reserved == 0 {
        return Ok(());
    }
    // SAFETY: a string that is no host's own, so no text is borrowed.
    if let Source::Handle(handle) = unsafe { source(string) }? {
        if handle.is_lent() {
            let message = "an argument of a callback is not deleted by the callback";
            return Err(Error::new(ErrorKind::WrongKind, message));
        }
        // SAFETY: the handle is owned by the caller.
        let (text, home, spare) = unsafe { StringBox::retire(string) };
        drop(text);
        if let Home::Store(cell) = home {
            cell.take_back(spare);
        }
    }
    Ok(())
}

/// The encoding that the text is stored in, which is the one to read it in at
/// the least cost. `WASM_UTF8` for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_encoding(string: *const wasm_string_t) -> wasm_encoding_t {
    enter(|| {
        // SAFETY: the header demands a string.
        unsafe { source(string) }?;
        // SAFETY: `source` refuses NULL.
        Ok(unsafe { (*string).encoding })
    })
}

/// The length in code units of an encoding: what `wasm_string_copy` will write.
/// Zero, with the reason in the last error, for an unknown encoding, ill-formed
/// text or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_length(
    string: *const wasm_string_t,
    encoding: wasm_encoding_t,
) -> usize {
    enter(|| {
        let encoding = encoding_of(encoding)?;
        // SAFETY: the header demands a string.
        unsafe { read(string, |text, policy| Ok(measure(text, encoding, policy)?.len())) }
    })
}

/// Copies the text into memory of the caller's, in the encoding that is wanted,
/// straight from where it lies and without a terminating NUL.
///
/// `capacity` and `*written` count code units; `written` may be NULL. On failure
/// nothing is written: ill-formed text, an unknown encoding, NULL, or, with
/// `WITRT_ERROR_BUFFER_TOO_SMALL`, too little capacity; the last error then
/// tells the length: `witrt_error_needed`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_copy(
    string: *const wasm_string_t,
    encoding: wasm_encoding_t,
    destination: *mut c_void,
    capacity: usize,
    written: *mut usize,
) -> bool {
    enter(|| {
        let encoding = encoding_of(encoding)?;
        let copied = |text: Text<'_>, policy: Policy| {
            // SAFETY: the header demands room for `capacity` units.
            let dest = unsafe {
                match encoding {
                    Encoding::Utf8 => Dest::Utf8(room(destination.cast(), capacity)?),
                    Encoding::Utf16 => Dest::Utf16(room(destination.cast(), capacity)?),
                }
            };
            Ok(copy(text, dest, policy)?)
        };
        // SAFETY: the header demands a string, and for `written` a writable
        // pointer or NULL.
        unsafe { offer(written, read(string, copied)?) };
        Ok(true)
    })
}

/// # Safety
///
/// There must be room for `capacity` elements.
unsafe fn room<'a, T>(data: *mut T, capacity: usize) -> Result<&'a mut [T]> {
    // SAFETY: only checked: NULL, alignment, size.
    unsafe { slice(data, capacity.min(1), "destination") }?;
    // A capacity that no buffer can have promises what is needed.
    let capacity = capacity.min(isize::MAX as usize / size_of::<T>());
    if capacity == 0 {
        return Ok(&mut []);
    }
    // SAFETY: not NULL and aligned; the caller vouches for the rest. Bytes
    // and units have no invalid values, and none is read.
    Ok(unsafe { std::slice::from_raw_parts_mut(data, capacity) })
}

/// Tells where the text lies, as UTF-8: `bytes` is set to borrowed bytes, not
/// NUL-terminated, which must not be changed or deleted.
///
/// They are valid until a guest runs in the string's store, its memory is
/// written to or grows, or the string is deleted. False, and nothing written,
/// for a string that is stored in another encoding, ill-formed text, and NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_borrow(
    string: *const wasm_string_t,
    bytes: *mut wasm_byte_vec_t,
) -> bool {
    enter(|| {
        let found = |text: Text<'_>, _: Policy| match text {
            Text::Utf8(units) => {
                measure(text, Encoding::Utf8, Policy::Reject)?;
                Ok((units.len(), units.as_ptr().cast_mut().cast::<c_char>()))
            }
            Text::Utf16(_) => {
                let message = "this string is stored as UTF-16: it can be copied, not borrowed";
                Err(Error::new(ErrorKind::WrongKind, message))
            }
        };
        // SAFETY: the header demands a string.
        let (size, data) = unsafe { read(string, found) }?;
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { write(bytes, "bytes", wasm_byte_vec_t { size, data }) }?;
        Ok(true)
    })
}

/// Whether the text can be read: a string that is there, in a known encoding,
/// and well-formed or to be made so. Leaves the reason in the last error where
/// not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_is_valid(string: *const wasm_string_t) -> bool {
    let outcome = caught(|| {
        // SAFETY: the header demands a string.
        unsafe { read(string, |text, policy| Ok(measure(text, text.encoding(), policy)?)) }
    });
    outcome.map_err(|error| set_last(&error)).is_ok()
}

/// Whether it is a handle of the library's, whose text is read through the
/// functions and not through `data`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_string_is_handle(string: *const wasm_string_t) -> bool {
    // SAFETY: the header demands a string.
    enter(|| Ok(matches!(unsafe { source(string) }?, Source::Handle(_))))
}

const _: () = assert!(size_of::<wasm_string_t>() == 3 * size_of::<usize>() + 8);
