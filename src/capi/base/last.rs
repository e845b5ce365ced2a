//! The last error of each thread, for functions that can only answer NULL.
//!
//! Not here: what C asks of it.

use super::report::{Report, witrt_error_t};
use crate::Error;
use std::cell::RefCell;
use std::sync::Arc;

thread_local! {
    static LAST: RefCell<Option<Box<witrt_error_t>>> = const { RefCell::new(None) };
}

/// Leaves an error as this thread's last one.
#[cold]
pub fn set_last(error: &Error) {
    keep_last(Report::new(error));
}

/// Leaves an error as the last one that has been reported otherwise too.
pub fn keep_last(report: Arc<Report>) {
    // A thread that is ending has no last error any more.
    let _ = LAST.try_with(|last| {
        last.replace(Some(Box::new(witrt_error_t { report, trap: None })));
    });
}

/// This thread's last error, which the next one ends.
pub fn last() -> *const witrt_error_t {
    let last = |last: &RefCell<Option<Box<witrt_error_t>>>| {
        last.borrow().as_deref().map_or(std::ptr::null(), std::ptr::from_ref)
    };
    LAST.try_with(last).unwrap_or(std::ptr::null())
}

/// Forgets it.
pub fn clear() {
    drop(LAST.try_with(|last| last.take()));
}
