//! Results that there was no room for, kept until they are asked for or the next call.
//!
//! Not here: calls; where such a result goes.

use crate::tree::Returned;
use crate::{Error, ErrorKind, Result, Str};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the last call of a prepared function kept, and whether that is anything.
#[derive(Default)]
pub(super) struct KeptResults {
    results: Mutex<Vec<KeptResult>>,
    is_any: AtomicBool,
}

/// A result that there was no room for.
struct KeptResult {
    /// Which result it is.
    index: usize,
    value: Returned,
}

// SAFETY: what its slot refers to is in an arena that goes with it, or it is text; both
// may go to another thread.
unsafe impl Send for KeptResult {}

/// Texts that there was no room for, of which results, with what tells so.
pub(super) type Short = Vec<(usize, (Error, Str<'static>))>;

impl KeptResults {
    /// Forgets what an earlier call kept: when a call begins, and when it ends, since
    /// others may have been made within it.
    #[inline(always)]
    pub fn forget(&self) {
        if self.is_any.load(Ordering::Relaxed) {
            self.replace(Vec::new());
        }
    }

    /// Keeps a result, and nothing else.
    #[cold]
    pub fn keep(&self, index: usize, value: Returned) {
        self.replace(vec![KeptResult { index, value }]);
    }

    /// Keeps texts, and nothing else, and tells of the first, of so many results.
    #[cold]
    pub fn keep_short(&self, short: Short, count: usize) -> Error {
        let (mut first, mut texts) = (None, Vec::new());
        for (index, (error, text)) in short {
            first.get_or_insert_with(|| error.of_result(index, count));
            texts.push(KeptResult { index, value: Returned::of_text(text) });
        }
        self.replace(texts);
        first.unwrap_or_else(|| Error::new(ErrorKind::BufferTooSmall, "there was no room"))
    }

    #[cold]
    fn replace(&self, new: Vec<KeptResult>) {
        self.is_any.store(!new.is_empty(), Ordering::Relaxed);
        let old = std::mem::replace(&mut *self.lock(), new);
        drop(old);
    }

    /// The text of this result, which is not kept any more.
    pub fn take_text(&self, index: usize) -> Result<Str<'static>> {
        let mut results = self.lock();
        let at = results.iter().position(|kept| kept.index == index && kept.value.text.is_some());
        let text = at.and_then(|at| results.swap_remove(at).value.text.take());
        text.ok_or_else(|| {
            Error::new(ErrorKind::OutOfRange, format!("no text of result {index} is kept"))
        })
    }

    /// Puts this result, of so many, somewhere. Where that fails it is kept still.
    pub fn put(
        &self,
        index: usize,
        count: usize,
        put: impl FnOnce(&mut Returned) -> Result<()>,
    ) -> Result<()> {
        let at = self.lock().iter().position(|kept| kept.index == index);
        let Some(at) = at else {
            let message = format!("no value of result {index} is kept");
            return Err(Error::new(ErrorKind::OutOfRange, message));
        };
        // Nothing is locked while functions of the host's run.
        let mut kept = self.lock().swap_remove(at);
        let done = put(&mut kept.value);
        if done.is_err() {
            self.lock().push(kept);
        }
        done.map_err(|error| error.of_result(index, count))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<KeptResult>> {
        self.results.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
