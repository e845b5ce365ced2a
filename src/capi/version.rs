//! The version, told by the library itself.
//!
//! Not here: the version, which the manifest has.

use std::ffi::{CStr, c_char};

const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => c"",
    };

/// The version of the library that is loaded, such as `0.2.0`; compare
/// `WITRT_VERSION`, that of the header. NUL-terminated; it lives for ever.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_version() -> *const c_char {
    VERSION.as_ptr()
}
