//! Encodings, and nothing about wasm: measure a text, then transcode it.
//!
//! [`measure`] validates and gives the exact destination length in one pass;
//! [`transcode`] then writes exactly that much. What passes between them is a
//! [`Measured`], which only `measure` makes: no measure, no transcode. It holds
//! facts and no borrow, because the guest's allocator runs between the two. A
//! text that has changed meanwhile is an error, never an overrun.
//!
//! Not here: linear memory, stores, C types, allocation.

/// How a text is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// One to four bytes a scalar value.
    Utf8,
    /// One or two 16-bit units a scalar value, in native byte order.
    Utf16,
}

/// What to do about ill-formed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Policy {
    /// Refuse it, naming the position.
    #[default]
    Reject,
    /// Put U+FFFD in the place of each ill-formed part, as the Unicode
    /// Standard recommends (one for each maximal subpart).
    Replace,
}

/// Text as somebody gave it: code units that nobody has checked.
#[derive(Clone, Copy, Debug)]
pub enum Text<'a> {
    /// Bytes that should be UTF-8.
    Utf8(&'a [u8]),
    /// Units that should be UTF-16.
    Utf16(&'a [u16]),
}

/// Where text goes.
#[derive(Debug)]
pub enum Dest<'a> {
    /// UTF-8 bytes.
    Utf8(&'a mut [u8]),
    /// UTF-16 units in native byte order.
    Utf16(&'a mut [u16]),
}

/// Which rule of its encoding a text breaks, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadText {
    /// The code unit at fault, counted from the start of the text.
    pub position: usize,
    /// The rule.
    pub fault: Fault,
}

/// The rules of UTF-8 and UTF-16 that a text can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// UTF-8: a byte that cannot start a sequence.
    BadByte,
    /// UTF-8: a sequence without all of its continuation bytes.
    TooShort,
    /// UTF-8: more bytes than the scalar value needs.
    Overlong,
    /// Either: a surrogate where none may stand.
    Surrogate,
    /// UTF-8: above U+10FFFF.
    TooLarge,
}

/// What [`measure`] found.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    _private: (),
}

/// The text is not the one that was measured, or the destination has not the
/// measured length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed;
