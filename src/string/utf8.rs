//! Whether bytes are UTF-8, and whether they are ASCII.
//!
//! Not here: other encodings; where the first mistake is.

use super::Text;
use super::long::ascii_prefix;
use super::short;

/// See `super::is_utf8`.
#[inline]
pub fn is_utf8(src: &[u8]) -> bool {
    utf8(src) != Utf8::Bad
}

/// What bytes are, as UTF-8.
#[derive(PartialEq, Eq)]
pub(super) enum Utf8 {
    Ascii,
    /// Other well-formed text.
    Other,
    Bad,
}

/// Tells which.
#[inline]
pub(super) fn utf8(src: &[u8]) -> Utf8 {
    // Text that does not begin with ASCII need not be swept for it.
    let first = src.first_chunk().map_or(0, |first| u64::from_ne_bytes(*first));
    let ascii = if first & 0x8080_8080_8080_8080 == 0 { ascii_prefix(Text::Utf8(src)) } else { 0 };
    match src.get(ascii..) {
        Some([]) => Utf8::Ascii,
        Some(rest) if is_other_utf8(rest) => Utf8::Other,
        _ => Utf8::Bad,
    }
}

/// Whether bytes are UTF-8, which are known not to be ASCII.
#[inline(never)]
pub(super) fn is_other_utf8(src: &[u8]) -> bool {
    // As many as go through the state machine while the library finds its kernel.
    if src.len() <= 32 { short::is_utf8(src) } else { simdutf::validate_utf8(src) }
}
