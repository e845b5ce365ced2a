//! The host's stack: whether it is the one that a store's guests run on, and
//! whether there is room for them.
//!
//! When the engine enters a guest and no other one is running, it notes where
//! the stack is, and guests may use so many bytes from there on. How large the
//! stack is it does not ask, nor on which one a host function calls back. So
//! both are asked here, before: a stack of a thread is known, and has to have
//! the room; of another one (a coroutine's) nothing is known but where a call
//! of it came in.
//!
//! What reads modules needs room as well, and gets a thread where there is none.
//!
//! Not here: how much guests may use.

#![allow(unsafe_code)] // the stack pointer, and what the system knows of stacks

use super::context::{Context, Cx};
use crate::error::{Error, ErrorKind, Result, Trap, TrapCode};
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What a store knows of the stack that its guests run on.
pub(crate) struct Stack {
    /// How many bytes a chain of calls may use.
    size: usize,
    /// Where the stack was when an outermost call came in that was looked at.
    base: usize,
    /// Where it may be without being looked at again: around that place, on a
    /// thread's own stack and with room below. None on another stack.
    near: usize,
    len: usize,
    /// All of that thread's stack; empty on another one.
    own: Range<usize>,
    /// How many threads had ended when that was found out.
    ended: usize,
    /// How many values interpreted adapters hold, those of all that are running.
    values: usize,
}

/// So much has to be left below what guests may use: for what the engine and
/// this library do when they are called at the very end, and for twice the
/// slack. Host functions need what they need besides.
pub(crate) const RESERVE: usize = 128 << 10;

/// So many values interpreted adapters may hold, and deferred calls.
pub(crate) const MAX_VALUES: usize = 1 << 18;

/// How many threads that had been asked for their stack have ended: another
/// thread may have a smaller one in the same place.
static ENDED: AtomicUsize = AtomicUsize::new(0);

impl Stack {
    pub fn new(size: usize) -> Stack {
        Stack { size, base: 0, near: 0, len: 0, own: 0..0, ended: 0, values: 0 }
    }

    /// How far from its base a call is not looked at.
    fn slack(&self) -> usize {
        (self.size / 16).min(32 << 10)
    }

    /// One of the same size.
    #[cfg(feature = "component")]
    pub fn apart(&self) -> Stack {
        Stack::new(self.size)
    }
}

impl<'a> Context<'a> {
    /// The store, for a call of a guest.
    ///
    /// # Errors
    /// [`ErrorKind::StoreBusy`] where guests of the store are running on another
    /// stack; [`ErrorKind::OutOfRange`] on a thread whose stack is too small.
    #[inline(always)]
    pub(crate) fn enter(&mut self) -> Result<&mut Cx<'a>> {
        let here = stack_pointer();
        let stack = &mut self.0.data_mut().stack;
        let is_near = here.wrapping_sub(stack.near) < stack.len;
        if !is_near || stack.ended != ENDED.load(Ordering::Relaxed) {
            stack.look(here, self.1)?;
        }
        Ok(&mut self.0)
    }
}

impl Stack {
    #[cold]
    fn look(&mut self, here: usize, is_nested: bool) -> Result<()> {
        if is_nested {
            return self.look_nested(here);
        }
        (self.base, self.len, self.own) = (here, 0, 0..0);
        // Before it is asked: a thread that ends meanwhile counts.
        let ended = ENDED.load(Ordering::Relaxed);
        if let Some(own) = of_thread().filter(|own| own.contains(&here)) {
            let need = self.size.saturating_add(RESERVE);
            let room = here - own.start;
            if room < need {
                let message = format!(
                    "the thread's stack has room for {room} bytes: a call needs {need}, which \
                     are max_stack_bytes and {RESERVE} more"
                );
                return Err(Error::new(ErrorKind::OutOfRange, message));
            }
            self.near = (own.start + need).max(here - self.slack());
            self.len = (here + self.slack()).min(own.end) - self.near;
            (self.own, self.ended) = (own, ended);
        }
        Ok(())
    }

    /// A host function calls: the engine takes it to be on the stack that it
    /// knows.
    fn look_nested(&self, here: usize) -> Result<()> {
        if !self.own.is_empty() {
            return if self.own.contains(&here) { Ok(()) } else { Err(elsewhere()) };
        }
        let is_threads = of_thread().is_some_and(|own| own.contains(&here));
        if is_threads || here > self.base {
            return Err(elsewhere());
        }
        self.depth(here).map_err(|_| {
            // Which of both, nobody can tell.
            let message =
                "call stack exhausted, or the store is in use by a guest on another stack";
            Trap::with_code(message, TrapCode::StackOverflow).into()
        })
    }

    /// Whether a chain of calls has not used too much.
    fn depth(&self, here: usize) -> Result<()> {
        let used = self.base.saturating_sub(here);
        if used > self.size.saturating_add(self.slack()) { Err(exhausted()) } else { Ok(()) }
    }
}

#[cold]
fn elsewhere() -> Error {
    let message = "the store is in use by a guest on another stack: what it calls can only call \
                   back on the same one";
    Error::new(ErrorKind::StoreBusy, message)
}

#[cold]
pub(crate) fn exhausted() -> Error {
    Trap::with_code("wasm trap: call stack exhausted", TrapCode::StackOverflow).into()
}

/// Bounds how deep calls nest where no core code is entered in between, whose
/// own check would do it: adapters calling adapters, and host functions
/// calling back.
pub(crate) fn check_depth(cx: &Cx<'_>) -> Result<()> {
    cx.data().stack.depth(stack_pointer())
}

/// An interpreted adapter that is running, with the store. It bounds their
/// depth, and how many values they hold together, until it is dropped.
pub(crate) struct Nested<'c, 'x> {
    pub cx: &'c mut Cx<'x>,
    before: usize,
}

impl<'c, 'x> Nested<'c, 'x> {
    /// One with so many values.
    pub fn enter(cx: &'c mut Cx<'x>, values: usize) -> Result<Nested<'c, 'x>> {
        check_depth(cx)?;
        let stack = &mut cx.data_mut().stack;
        let before = stack.values;
        if before + values > MAX_VALUES {
            return Err(exhausted());
        }
        stack.values += values;
        Ok(Nested { cx, before })
    }
}

impl Drop for Nested<'_, '_> {
    fn drop(&mut self) {
        self.cx.data_mut().stack.values = self.before;
    }
}

/// So much stack is needed by what reads modules and compiles them, whatever they are:
/// twice what it was seen to use.
const READING: usize = 512 << 10;

/// Reads or compiles a module: on a thread of its own, where the stack of this one may
/// be too small for that.
#[doc(hidden)]
pub fn with_room<T: Send>(read: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    let here = stack_pointer();
    let is_small = |own: &Range<usize>| own.contains(&here) && here - own.start < READING;
    if !of_thread().as_ref().is_some_and(is_small) {
        return read();
    }
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(2 * READING);
        let thread = thread.spawn_scoped(scope, read).map_err(|error| {
            let message = format!("no thread to read the module on: {error}");
            Error::new(ErrorKind::OutOfMemory, message)
        })?;
        thread.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// Where the stack is, more or less.
#[inline(always)]
fn stack_pointer() -> usize {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    {
        let at: u64;
        // SAFETY: it copies a register.
        unsafe {
            std::arch::asm!("mov {}, rsp", out(reg) at, options(nomem, nostack, preserves_flags));
        }
        at as usize
    }
    #[cfg(all(target_arch = "aarch64", not(miri)))]
    {
        let at: u64;
        // SAFETY: it copies a register.
        unsafe {
            std::arch::asm!("mov {}, sp", out(reg) at, options(nomem, nostack, preserves_flags));
        }
        at as usize
    }
    #[cfg(any(miri, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
    {
        let here = 0u8;
        std::ptr::from_ref(std::hint::black_box(&here)).addr()
    }
}

/// The stack of this thread, asked for once; `None` where the system does not
/// tell, and while the thread ends.
fn of_thread() -> Option<Range<usize>> {
    struct Own(Option<Range<usize>>);
    impl Drop for Own {
        fn drop(&mut self) {
            ENDED.fetch_add(1, Ordering::Relaxed);
        }
    }
    thread_local!(static OWN: Own = Own(ask()));
    OWN.try_with(|own| own.0.clone()).ok().flatten()
}

#[cfg(all(target_os = "linux", not(miri)))]
fn ask() -> Option<Range<usize>> {
    // SAFETY: neither takes anything.
    let is_main = unsafe { libc::getpid() == libc::gettid() };
    // musl tells of a main thread how large its stack is now, not how large it
    // may become.
    if is_main && cfg!(target_env = "musl") {
        return None;
    }
    let mut attr = std::mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
    let (mut start, mut size) = (std::ptr::null_mut(), 0);
    // SAFETY: the attributes are written by the first call, read and destroyed
    // only if it succeeds; the rest has room for the answers.
    let told = unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attr.as_mut_ptr()) != 0 {
            return None;
        }
        let told = libc::pthread_attr_getstack(attr.as_ptr(), &mut start, &mut size) == 0;
        libc::pthread_attr_destroy(attr.as_mut_ptr());
        told
    };
    told.then(|| start.addr()..start.addr() + size)
}

#[cfg(all(target_os = "macos", not(miri)))]
fn ask() -> Option<Range<usize>> {
    // SAFETY: both ask about the calling thread.
    let (end, size) = unsafe {
        let this = libc::pthread_self();
        (libc::pthread_get_stackaddr_np(this).addr(), libc::pthread_get_stacksize_np(this))
    };
    Some(end.checked_sub(size)?..end)
}

#[cfg(all(windows, not(miri)))]
fn ask() -> Option<Range<usize>> {
    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetCurrentThreadStackLimits(low: *mut usize, high: *mut usize);
    }
    let (mut low, mut high) = (0, 0);
    // SAFETY: both have room for the answers.
    unsafe { GetCurrentThreadStackLimits(&mut low, &mut high) };
    Some(low..high)
}

#[cfg(any(miri, not(any(target_os = "linux", target_os = "macos", windows))))]
fn ask() -> Option<Range<usize>> {
    None
}
