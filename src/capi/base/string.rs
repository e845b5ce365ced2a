//! What is behind a pointer to a string: a host's own struct, or a handle.
//!
//! Not here: what C sees.

use super::boundary::null;
use super::cell::{Inside, StoreCell, StringBox};
use super::pool::{DELETED, Home, Spares, mark};
use super::text::{encoding_of, number_of, policy_of, text_at, wasm_string_t};
use crate::string::Text;
use crate::tree::TextSlot;
use crate::{Error, ErrorKind, Policy, Result, Str};
use std::ptr::NonNull;
use std::sync::{Mutex, PoisonError};

/// Those of strings that belong to no store, and of stores that are gone.
static DETACHED: Mutex<Spares<StringBox>> = Mutex::new(Spares::new());

fn detached() -> std::sync::MutexGuard<'static, Spares<StringBox>> {
    DETACHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Its boxes wait on when a store goes.
impl Drop for StoreCell {
    fn drop(&mut self) {
        let (spares, returned) = self.take_strings();
        let mut detached = detached();
        spares.into_iter().chain(returned).for_each(|spare| detached.push(spare));
    }
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
    let (data, size) = (head.data, head.size);
    // SAFETY: the caller vouches for the text.
    let text = unsafe { text_at(encoding_of(head.encoding)?, data, size, "string") }?;
    let text = Str::from_text(text);
    Ok(match policy_of(head.flags)? {
        Some(policy) => text.with_policy(policy),
        None => text,
    })
}

/// What a handle consisted of.
type Retired = (Option<Str<'static>>, Home<StoreCell>, Box<StringBox>);

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

    fn fill(
        mut this: Box<StringBox>,
        text: Str<'static>,
        home: Home<StoreCell>,
    ) -> *mut wasm_string_t {
        this.head.encoding = number_of(text.encoding());
        this.text = Some(text);
        this.home = home;
        this.release()
    }

    /// A handle of a copy that belongs to no store.
    pub fn detached(text: Text<'_>, policy: Option<Policy>) -> Result<*mut wasm_string_t> {
        let text = Str::copied(text)?;
        let text = match policy {
            Some(policy) => text.with_policy(policy),
            None => text,
        };
        let spare = detached().pop().unwrap_or_default();
        Ok(StringBox::fill(spare, text, Home::Detached))
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
    unsafe fn retire(handle: *mut wasm_string_t) -> Retired {
        // SAFETY: the caller vouches for it; handles come from `release`.
        let mut this = unsafe { Box::from_raw(handle.cast::<StringBox>()) };
        this.head.reserved = DELETED;
        (this.text.take(), std::mem::replace(&mut this.home, Home::Detached), this)
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

/// A string that a callback returns: a handle is taken, a host's own text is
/// copied into the store.
///
/// # Safety
///
/// As for [`source`]; a handle must be owned, or lent to the callback.
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
                // The guest's own text, which needs no copy before the guest runs.
                None => Ok(text.clone()),
            }
        }
        Source::Handle(_) => {
            // SAFETY: the handle is owned, so the callback has given it up.
            let (text, home, spare) = unsafe { StringBox::retire(string) };
            match home {
                Home::Detached => detached().push(spare),
                Home::Store(_) | Home::Call(_) => inside.tables().strings.push(spare),
            }
            text.ok_or_else(|| stale(DELETED))
        }
    }
}

fn copy_into(inside: &mut Inside<'_>, text: &Str<'_>) -> Result<Str<'static>> {
    let policy = text.policy_or(inside.engine().ill_formed());
    let copied = text.with_copy(|units| Str::new_with(inside.context(), units, policy));
    copied.unwrap_or_else(|| Err(stale(DELETED)))
}

/// Reads a string's text where it lies, and says what to do where it is
/// ill-formed.
///
/// # Safety
///
/// As for [`source`].
pub unsafe fn read<R>(
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
    cell.enter_held(|inside| text.with(inside.context(), once))??
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
        match home {
            Home::Store(cell) => cell.take_back(spare),
            Home::Detached | Home::Call(_) => detached().push(spare),
        }
    }
    Ok(())
}

/// Reads a string in a value: a host's own struct, or a handle.
///
/// # Safety
///
/// As for [`source`], for as long as the result is used.
pub unsafe fn read_text(text: *const TextSlot) -> Result<Str<'static>> {
    // SAFETY: the caller vouches for it.
    match unsafe { source(text.cast()) }? {
        Source::Host(text) => Ok(text),
        Source::Handle(handle) => handle.text().cloned(),
    }
}
