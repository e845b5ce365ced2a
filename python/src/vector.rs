//! How CPython calls a [`Function`]: with its arguments where they are, so that no tuple
//! is made of them.
//!
//! Not here: the call itself.

use crate::func::Function;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use pyo3::{ffi, get_trampoline_function};
use std::ptr::from_ref;
use std::slice::from_raw_parts;
use std::sync::Once;

/// What lies in an object for CPython to call.
pub struct Vector(#[allow(dead_code)] ffi::vectorcallfunc); // CPython reads it

impl Default for Vector {
    fn default() -> Vector {
        Vector(called)
    }
}

/// The flags of a class, as other threads may read them.
#[cfg(not(windows))]
type Flags = std::sync::atomic::AtomicUsize;
#[cfg(windows)]
type Flags = std::sync::atomic::AtomicU32;
const _: () = assert!(size_of::<Flags>() == size_of::<std::ffi::c_ulong>());

impl Function {
    /// The object. PyO3 makes classes whose objects are called with a tuple; with the first
    /// object it is told where in it there is something better.
    pub fn into_object(self, py: Python<'_>) -> PyResult<Bound<'_, Function>> {
        static TOLD: Once = Once::new();
        let made = Bound::new(py, self)?;
        TOLD.call_once(|| {
            let offset = from_ref(&made.get().vector).addr() - made.as_ptr().addr();
            let class = made.get_type().as_type_ptr();
            // SAFETY: the class is PyO3's own, is not derived from, and lives as long as the
            // interpreter; all its objects lie alike. Who reads the flag finds the offset.
            unsafe {
                (*class).tp_vectorcall_offset = offset as ffi::Py_ssize_t;
                let flags = (&raw mut (*class).tp_flags).cast::<Flags>();
                let flag = ffi::Py_TPFLAGS_HAVE_VECTORCALL as _;
                (*flags).fetch_or(flag, std::sync::atomic::Ordering::Release);
            }
        });
        Ok(made)
    }
}

/// What CPython calls.
unsafe extern "C" fn called(
    function: *mut ffi::PyObject,
    args: *const *mut ffi::PyObject,
    count: usize,
    names: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // It catches panics.
    let call = get_trampoline_function!(fastcall_cfunction_with_keywords, call);
    // SAFETY: CPython calls this as it calls that.
    unsafe { call(function, args, ffi::PyVectorcall_NARGS(count), names) }
}

/// # Safety
///
/// It must be called as CPython calls: `args` has so many, and behind them those that `names`
/// has, if there is such a tuple.
unsafe fn call(
    py: Python<'_>,
    function: *mut ffi::PyObject,
    args: *const *mut ffi::PyObject,
    count: ffi::Py_ssize_t,
    names: *mut ffi::PyObject,
) -> PyResult<*mut ffi::PyObject> {
    let count = count as usize;
    // SAFETY: objects that are lent lie as `Bound` does, which is a pointer; this function is
    // for objects of this class.
    unsafe {
        let function = (&raw const function).cast::<Bound<'_, Function>>();
        let given = |from: usize, count: usize| match count {
            0 => &[][..],
            _ => from_raw_parts(args.add(from).cast::<Bound<'_, PyAny>>(), count),
        };
        let function = (*function).get();
        let made = match names.is_null() {
            true => function.call(py, given(0, count))?,
            false => {
                let names = &*(&raw const names).cast::<Bound<'_, PyTuple>>();
                let named = PyDict::new(py);
                for (name, value) in names.iter().zip(given(count, names.len())) {
                    named.set_item(name, value)?;
                }
                match named.is_empty() {
                    true => function.call(py, given(0, count))?,
                    false => function.call_named(py, given(0, count), &named)?,
                }
            }
        };
        Ok(made.into_ptr())
    }
}
