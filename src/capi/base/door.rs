//! The door of a store: one thread at a time is inside, and the innermost live
//! context is lent to one piece of code at a time. Who comes otherwise is told why
//! not.
//!
//! Not here: what is behind it.

use crate::Caller;
use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Who is in a store.
pub struct Door {
    /// [`NOBODY`], [`SOMEBODY`], [`PASSING`], or which thread, by an address of its
    /// own.
    owner: AtomicUsize,
    /// Whether the context is in use, so that nobody else may have it. This
    /// field and the next are touched by the owner only.
    lent: Cell<bool>,
    /// The context of the callback that is running, if one is.
    innermost: Cell<Option<NonNull<Caller<'static>>>>,
}

// SAFETY: what is not `Sync` in it is touched only by the thread that has put
// something else than `NOBODY` into `owner`, which is done atomically, until it puts
// that back.
unsafe impl Send for Door {}
// SAFETY: as above.
unsafe impl Sync for Door {}

/// Nobody is in a store.
const NOBODY: usize = 0;
/// Somebody is who has not let code of the host's run since: whoever comes, on
/// whichever thread, may not come in. Most calls end so, and need not know which
/// thread they are on.
const SOMEBODY: usize = 1;
/// Somebody is who will be gone at once.
const PASSING: usize = 2;

/// One with nobody behind it.
impl Default for Door {
    fn default() -> Door {
        Door { owner: AtomicUsize::new(NOBODY), lent: Cell::new(false), innermost: Cell::new(None) }
    }
}

impl Door {
    /// Opens the door until the guard is dropped, or tells why not.
    #[inline]
    pub fn open(&self) -> Result<Leave<'_>, &'static str> {
        // To look first costs nothing, and spares a callback the failure.
        if self.owner.load(Ordering::Relaxed) == NOBODY && self.claim(SOMEBODY).is_ok() {
            self.lent.set(true);
            return Ok(Leave { door: self, nested: false });
        }
        self.open_again()
    }

    /// Opens the door where somebody is inside, or tells why not.
    #[inline(never)]
    fn open_again(&self) -> Result<Leave<'_>, &'static str> {
        let me = this_thread();
        while let Err(owner) = self.claim(SOMEBODY) {
            match owner {
                PASSING => std::thread::yield_now(),
                SOMEBODY => {
                    return Err("by another thread, or by the engine, which is at work in it");
                }
                owner if owner != me => return Err("by another thread"),
                _ if self.lent.get() => return Err("by the engine, which is at work in it"),
                _ => {
                    self.lent.set(true);
                    return Ok(Leave { door: self, nested: true });
                }
            }
        }
        self.lent.set(true);
        Ok(Leave { door: self, nested: false })
    }

    /// Takes an empty store, or tells who is inside.
    #[inline]
    fn claim(&self, owner: usize) -> Result<usize, usize> {
        self.owner.compare_exchange(NOBODY, owner, Ordering::Acquire, Ordering::Relaxed)
    }

    /// Opens it for somebody who only gives something back, on any thread, and
    /// leaves at once: nobody is refused because of that.
    pub fn pass(&self) -> Option<Leave<'_>> {
        if self.owner.load(Ordering::Relaxed) == this_thread() {
            return self.open().ok();
        }
        self.claim(PASSING).ok()?;
        self.lent.set(true);
        Some(Leave { door: self, nested: false })
    }

    /// Makes a caller's context the innermost one, until the guard is dropped. The
    /// caller has to live as long.
    #[inline(always)]
    pub fn call_back(&self, caller: &mut Caller<'_>) -> Restore<'_> {
        let pointer = NonNull::from(caller).cast::<Caller<'static>>();
        Restore { door: self, before: self.innermost.replace(Some(pointer)) }
    }

    /// The context of the callback that is running, if one is.
    #[inline]
    pub fn innermost(&self) -> Option<NonNull<Caller<'static>>> {
        self.innermost.get()
    }

    /// Lends the context out while C code runs, which may come in again.
    #[inline(always)]
    pub fn lend<R>(&self, body: impl FnOnce() -> R) -> R {
        struct Back<'a>(&'a Door);
        impl Drop for Back<'_> {
            fn drop(&mut self) {
                self.0.lent.set(true);
            }
        }
        // It lasts until the door is closed.
        if self.owner.load(Ordering::Relaxed) == SOMEBODY {
            self.owner.store(this_thread(), Ordering::Relaxed);
        }
        self.lent.set(false);
        let _back = Back(self);
        body()
    }
}

/// Closes the door, also when unwinding.
pub struct Leave<'a> {
    door: &'a Door,
    nested: bool,
}

impl Drop for Leave<'_> {
    #[inline]
    fn drop(&mut self) {
        self.door.lent.set(false);
        if !self.nested {
            self.door.owner.store(NOBODY, Ordering::Release);
        }
    }
}

/// Makes the context before a callback the innermost one again.
pub struct Restore<'a> {
    door: &'a Door,
    before: Option<NonNull<Caller<'static>>>,
}

impl Drop for Restore<'_> {
    fn drop(&mut self) {
        self.door.innermost.set(self.before);
    }
}

/// An address that no other living thread has, and none of the constants.
#[inline]
fn this_thread() -> usize {
    thread_local!(static MARK: Cell<u64> = const { Cell::new(0) });
    MARK.with(|mark| std::ptr::from_ref(mark).addr())
}
