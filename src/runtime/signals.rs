//! Signal handlers: the engine's, and those of the program that it runs in.
//!
//! Guests trap by signals, so the first engine of a process installs handlers
//! for them, which pass on what is not theirs to the handlers that were there
//! before. It installs them to run on the alternate signal stack. A handler
//! from before that was made for the ordinary stack then finds itself on the
//! wrong one: the one of CoreCLR takes that for a stack overflow, and ends a
//! .NET program at its next division by zero. So the engine's handler is put
//! on the stack that the handler before it was made for.
//!
//! Not here: which signals are traps.

#![allow(unsafe_code)] // one place: the process's signal handlers

#[cfg(unix)]
pub(crate) use unix::keeping_stacks;

/// Installs handlers, where there are no signals: nothing to keep.
#[cfg(not(unix))]
pub(crate) fn keeping_stacks<T>(install: impl FnOnce() -> T) -> T {
    install()
}

#[cfg(unix)]
mod unix {
    use std::mem::MaybeUninit;
    use std::sync::{Mutex, PoisonError};

    /// What a guest may raise, where the stack is not to blame. An overflow of
    /// the stack is a SIGSEGV (or SIGBUS), which has to have another stack.
    const SIGNALS: [libc::c_int; 2] = [libc::SIGFPE, libc::SIGILL];

    /// Installs handlers, each for the stack that the one before it runs on.
    pub(crate) fn keeping_stacks<T>(install: impl FnOnce() -> T) -> T {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let before = SIGNALS.map(action);
        let installed = install();
        for (signal, before) in SIGNALS.into_iter().zip(before) {
            if let (Some(before), Some(mut now)) = (before, action(signal)) {
                let was_there = ![libc::SIG_DFL, libc::SIG_IGN].contains(&before.sa_sigaction);
                let ordinary = before.sa_flags & libc::SA_ONSTACK == 0;
                if was_there && ordinary && now.sa_sigaction != before.sa_sigaction {
                    now.sa_flags &= !libc::SA_ONSTACK;
                    // SAFETY: `now` is what the system answered a moment ago, but
                    // for a flag. Its handler works on either stack: it is
                    // reached with room to spare, as host functions are.
                    unsafe { libc::sigaction(signal, &now, std::ptr::null_mut()) };
                }
            }
        }
        installed
    }

    /// What the process does about a signal.
    fn action(signal: libc::c_int) -> Option<libc::sigaction> {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: nothing is changed; the answer has room. All zero is a valid
        // `sigaction`, so it may be taken whether or not it was written.
        unsafe {
            let answered = libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) == 0;
            answered.then(|| action.assume_init())
        }
    }
}
