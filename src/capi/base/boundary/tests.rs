//! What every C function stands on, for checkers that look at each access.

use super::*;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn panics_and_errors_become_the_fallback() {
    assert_eq!(enter(|| Ok(7_u32)), 7);
    assert_eq!(enter::<u32>(|| Err(null("x"))), 0);
    assert!(enter::<Option<u32>>(|| panic!("on purpose")).is_none());
    assert_eq!(caught::<()>(|| panic!("on purpose")).unwrap_err().kind(), ErrorKind::Panic);
}

#[test]
fn slices_are_what_they_can_be() {
    let data = [1_u32, 2, 3];
    // SAFETY: the array is that long; the other pointers are refused.
    unsafe {
        assert_eq!(slice(data.as_ptr(), 3, "x").unwrap(), &data);
        assert!(slice(std::ptr::null::<u32>(), 0, "x").unwrap().is_empty());
        assert!(slice(std::ptr::null::<u32>(), 1, "x").is_err());
        assert!(slice(data.as_ptr().wrapping_byte_add(1), 1, "x").is_err());
        assert!(slice(data.as_ptr(), usize::MAX / 2, "x").is_err());
        assert_eq!(utf8(b"ab\xff".as_ptr(), 3, "x").unwrap_err().position(), Some(2));
        let mut place = 0;
        write(&raw mut place, "x", 5).unwrap();
        offer(&raw mut place, 6);
        offer(null_mut(), 7);
        assert_eq!(place, 6);
        assert!(write(null_mut(), "x", 8).is_err());
    }
}

/// Counts on the heap, so that a lost or doubled drop is seen.
#[test]
fn lists_own_their_elements() {
    for size in 0..6 {
        let mut list = List::<Box<usize>, 3>::new(size, Vec::new);
        for i in 0..size {
            list.push(Box::new(i));
        }
        assert!(list.as_mut_slice().iter().map(|b| **b).eq(0..size));
        if size > 4 {
            assert!(list.take_spare().is_some_and(|spare| spare.is_empty()));
        }
    }
}

#[test]
fn finalizers_run_once() {
    unsafe extern "C" fn count(at: *mut c_void) {
        // SAFETY: the test passes a counter that outlives this.
        unsafe { &*at.cast::<AtomicUsize>() }.fetch_add(1, Ordering::Relaxed);
    }
    let counter = AtomicUsize::new(0);
    let data = (&raw const counter).cast_mut().cast();
    drop(Foreign::new(data, None));
    drop(Foreign::new(data, Some(count)));
    assert_eq!(counter.load(Ordering::Relaxed), 1);
}
