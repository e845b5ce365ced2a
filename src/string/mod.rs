//! Encodings, and nothing about wasm: measure a text, then transcode it.
//!
//! [`measure`] validates and gives the exact destination length in one pass;
//! [`transcode`] then writes exactly that much. What passes between them is a
//! [`Measured`], which only `measure` makes: no measure, no transcode. It holds
//! facts and no borrow, because the guest's allocator runs between the two. A
//! text that has changed meanwhile is an error, never an overrun.
//!
//! ```
//! use witrt::string::{Dest, Encoding, Policy, Text, measure, transcode};
//!
//! let host: Vec<u16> = "grüß dich".encode_utf16().collect();
//! let m = measure(Text::Utf16(&host), Encoding::Utf8, Policy::Reject)?;
//! assert_eq!(m.len(), 11);
//!
//! let mut guest = vec![0; m.len()]; // or memory that a guest has allocated
//! transcode(&m, Text::Utf16(&host), Dest::utf8(&mut guest))?;
//! assert_eq!(guest, "grüß dich".as_bytes());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Every verb is written twice: `scalar` is the reference, `fast` is what runs.
//! The environment variable `WITRT_SCALAR=1`, read once, forces the reference
//! everywhere; it is for tests and bug reports.
//!
//! Not here: linear memory, stores, C types, allocation.

mod convert;
#[doc(hidden)]
pub mod fast;
mod long;
#[doc(hidden)]
pub mod scalar;
mod short;
mod text;
mod utf8;
mod wide;

use text::Room;
pub(crate) use text::encodings;
pub use text::{Dest, Encoding, Narrowest, Policy, Text};

use std::fmt;
use std::sync::LazyLock;

/// Validates a text and gives its exact length in another encoding.
///
/// Under [`Policy::Replace`] it always succeeds, and the length counts the
/// replacements. The encodings may be the same.
///
/// # Errors
///
/// [`BadText`] for the first ill-formed sequence, or the first character that does
/// not fit, under [`Policy::Reject`].
///
/// ```
/// use witrt::string::{Encoding, Policy, Text, measure};
///
/// let lone = [0x61, 0xD800, 0x62];
/// assert_eq!(measure(Text::Utf16(&lone), Encoding::Utf8, Policy::Reject).unwrap_err().position, 1);
/// assert_eq!(measure(Text::Utf16(&lone), Encoding::Utf8, Policy::Replace)?.len(), 5);
/// # Ok::<(), witrt::string::BadText>(())
/// ```
#[inline]
pub fn measure(src: Text<'_>, to: Encoding, policy: Policy) -> Result<Measured, BadText> {
    if to == Encoding::Utf8
        && let Some(found) = measure_same(src)
    {
        return Ok(found);
    }
    measure_any(src, to, policy)
}

#[inline(never)]
fn measure_any(src: Text<'_>, to: Encoding, policy: Policy) -> Result<Measured, BadText> {
    if scalar_is_forced() {
        return scalar::measure(src, to, policy);
    }
    fast::measure(src, to, policy)
}

/// What is found of well-formed UTF-8 for UTF-8; `None` of any other text. It is made of
/// registers: of a struct whose parts were stored just now, who reads it whole waits until
/// they have reached the cache.
#[inline(always)]
fn measure_same(src: Text<'_>) -> Option<Measured> {
    let Text::Utf8(units) = src else { return None };
    let ascii = is_ascii_if_well_formed(units)?;
    Some(Measured { ascii, ..Measured::of_same(Encoding::Utf8, units.len()) })
}

#[inline(never)]
fn is_ascii_if_well_formed(units: &[u8]) -> Option<bool> {
    if scalar_is_forced() {
        return None;
    }
    match utf8::utf8(units) {
        utf8::Utf8::Ascii => Some(true),
        utf8::Utf8::Other => Some(false),
        utf8::Utf8::Bad => None,
    }
}

/// Writes a measured text: exactly [`Measured::len`] units of [`Measured::to`].
///
/// The destination must have that encoding and that length. It never holds
/// ill-formed text after a success, whatever happened to the source since it
/// was measured; but where that [`keeps`](Measured::keeps) what is ill-formed.
///
/// # Errors
///
/// [`Changed`] if the source is not what was measured: another encoding or
/// length, ill-formed where it was well-formed, no longer ASCII, or of another
/// length once transcoded; and if the destination has not the encoding and
/// length that were measured. What the destination holds is then unspecified.
/// (Other text of which the same is true cannot be told apart, and is written.)
#[inline]
pub fn transcode(m: &Measured, src: Text<'_>, dst: Dest<'_>) -> Result<(), Changed> {
    if scalar_is_forced() {
        return scalar::transcode(m, src, dst);
    }
    fast::transcode(m, src, dst)
}

/// [`transcode`] for a source that cannot have changed since it was measured,
/// such as text which its owner has lent out for the whole time.
///
/// It saves the second validation where source and destination have the same
/// encoding. If the source did change after all, still nothing is overrun; but
/// then the destination may hold ill-formed text after a success.
///
/// # Errors
///
/// [`Changed`] for what is noticed all the same, wrong lengths among it.
#[inline]
pub fn transcode_unchanged(m: &Measured, src: Text<'_>, dst: Dest<'_>) -> Result<(), Changed> {
    m.check(&src, &dst)?;
    match (src, dst.0) {
        (Text::Utf8(s), Room::Utf8(d)) if !m.replaces => drop(d.write_copy_of_slice(s)),
        (Text::Utf16(s), Room::Utf16(d)) if !m.replaces => drop(d.write_copy_of_slice(s)),
        (Text::Utf32(s), Room::Utf32(d)) if !m.replaces => drop(d.write_copy_of_slice(s)),
        (Text::Latin1(s), Room::Latin1(d)) => drop(d.write_copy_of_slice(s)),
        (Text::LooseUtf16(s), Room::LooseUtf16(d)) if !m.replaces => {
            d.write_copy_of_slice(s);
        }
        (src, dst) => return transcode(m, src, Dest(dst)),
    }
    Ok(())
}

/// The bytes that [`short`] has room for.
#[doc(hidden)]
pub const SHORT: usize = short::SWEPT;

/// Writes a short text as UTF-8 to the start of a buffer and gives its length:
/// [`measure`] and [`transcode`] in one, for text that is soon done.
///
/// `None` if the text is ill-formed or has more than [`SHORT`] bytes: then
/// measuring it tells which, and policies are heard. What the buffer holds
/// behind the text is unspecified; after `None`, all of it.
#[doc(hidden)]
#[inline]
pub fn short(src: Text<'_>, into: &mut [u8; SHORT]) -> Option<usize> {
    if scalar_is_forced() {
        return scalar::short(src, into);
    }
    fast::short(src, into)
}

/// The same for who has UTF-16 or Latin-1: writes a text as Latin-1 where that holds it,
/// else as UTF-16, the lower byte first, and gives its length in code units and which it is.
///
/// `None` also where it has more than [`SHORT`] units, or bytes as UTF-16.
#[doc(hidden)]
#[inline]
pub fn short_units(src: Text<'_>, into: &mut [u8; SHORT]) -> Option<(usize, Encoding)> {
    if scalar_is_forced() {
        return scalar::short_units(src, into);
    }
    fast::short_units(src, into)
}

/// [`copy`] of up to [`SHORT`] bytes of UTF-8, as UTF-16. `None` for more, and for
/// ill-formed text, of which it tells more.
#[doc(hidden)]
#[inline]
pub fn short_to_utf16(src: &[u8], into: &mut [u16; SHORT]) -> Option<usize> {
    if src.len() > SHORT {
        return None;
    }
    if scalar_is_forced() {
        return scalar::copy(Text::Utf8(src), Dest::utf16(into), Policy::Reject).ok();
    }
    fast::short_to_utf16(src, into)
}

/// Writes a text to the start of a buffer that may be larger and gives the
/// number of units written; nothing is terminated or padded.
///
/// Between UTF-8 and UTF-16 a buffer with room for the worst case (as many units as
/// the source has, or three times as many from UTF-16 to UTF-8 and under
/// [`Policy::Replace`] from UTF-8 to UTF-8) is served in a single pass.
///
/// # Errors
///
/// [`CopyError::BadText`] under [`Policy::Reject`]; what the buffer holds is
/// then unspecified. [`CopyError::TooSmall`] with nothing written.
///
/// ```
/// use witrt::string::{CopyError, Dest, Policy, Text, copy};
///
/// let mut buffer = [0u16; 8];
/// let n = copy("guest".into(), Dest::utf16(&mut buffer), Policy::Reject)?;
/// assert_eq!(String::from_utf16_lossy(&buffer[..n]), "guest");
///
/// let small = copy("guest".into(), Dest::utf16(&mut buffer[..2]), Policy::Reject);
/// assert_eq!(small, Err(CopyError::TooSmall { needed: 5 }));
/// # Ok::<(), CopyError>(())
/// ```
#[inline]
pub fn copy(src: Text<'_>, dst: Dest<'_>, policy: Policy) -> Result<usize, CopyError> {
    if scalar_is_forced() {
        return scalar::copy(src, dst, policy);
    }
    fast::copy(src, dst, policy)
}

/// Makes a `String` hold a text, in the allocation that it has where that is
/// large enough.
///
/// # Errors
///
/// [`CopyError::BadText`] under [`Policy::Reject`], and
/// [`CopyError::OutOfMemory`]; the string is then empty.
#[inline]
pub fn copy_to_string(src: Text<'_>, dst: &mut String, policy: Policy) -> Result<(), CopyError> {
    fast::copy_to_string(src, dst, policy)
}

/// Makes a vector hold a text as UTF-16, in the allocation that it has where
/// that is large enough.
///
/// # Errors
///
/// [`CopyError::BadText`] under [`Policy::Reject`], and
/// [`CopyError::OutOfMemory`]; the vector is then empty.
pub fn copy_to_utf16(src: Text<'_>, dst: &mut Vec<u16>, policy: Policy) -> Result<(), CopyError> {
    fast::copy_to_utf16(src, dst, policy)
}

/// Checks that a text is well-formed.
///
/// # Errors
///
/// [`BadText`] for the first ill-formed sequence.
///
/// ```
/// use witrt::string::{BadText, Fault, Text, validate};
///
/// assert_eq!(validate("naïve".into()), Ok(()));
/// let overlong = validate(Text::Utf8(b"a\xC0\x80"));
/// assert_eq!(overlong, Err(BadText { position: 1, fault: Fault::Overlong }));
/// ```
#[inline]
pub fn validate(src: Text<'_>) -> Result<(), BadText> {
    if scalar_is_forced() {
        return scalar::validate(src);
    }
    fast::validate(src)
}

/// Whether bytes are UTF-8: [`validate`] for those who do not ask why not.
#[doc(hidden)]
#[inline]
pub fn is_utf8(bytes: &[u8]) -> bool {
    if scalar_is_forced() {
        return scalar::validate(Text::Utf8(bytes)).is_ok();
    }
    fast::is_utf8(bytes)
}

/// The length, in units of `to`, of a text that is known to be well-formed.
///
/// It only counts. For ill-formed text the number has no meaning; use
/// [`measure`] where that is possible.
///
/// ```
/// use witrt::string::{Encoding, length};
///
/// assert_eq!(length("naïve 🦀".into(), Encoding::Utf16), 8);
/// ```
#[inline]
pub fn length(src: Text<'_>, to: Encoding) -> usize {
    if scalar_is_forced() {
        return scalar::length(src, to);
    }
    fast::length(src, to)
}

/// The narrowest encoding that holds a text, and how many characters (scalar
/// values) it has: what a host needs that stores text as narrowly as it can,
/// before it makes room. Under [`Policy::Replace`] replacements count.
///
/// # Errors
///
/// [`BadText`] for the first ill-formed sequence, under [`Policy::Reject`].
///
/// ```
/// use witrt::string::{Narrowest, Policy, narrowest};
///
/// assert_eq!(narrowest("naïve".into(), Policy::Reject), Ok((Narrowest::Latin1, 5)));
/// assert_eq!(narrowest("漢字 🦀".into(), Policy::Reject), Ok((Narrowest::Utf32, 4)));
/// ```
pub fn narrowest(src: Text<'_>, policy: Policy) -> Result<(Narrowest, usize), BadText> {
    if scalar_is_forced() {
        return scalar::narrowest(src, policy);
    }
    fast::narrowest(src, policy)
}

/// Miri cannot run what is not Rust.
#[inline]
fn scalar_is_forced() -> bool {
    static FORCED: LazyLock<bool> =
        LazyLock::new(|| std::env::var_os("WITRT_SCALAR").is_some_and(|v| v == "1"));
    cfg!(miri) || *FORCED
}

/// What [`measure`] found: plain facts, no borrow. It says nothing about any
/// other text than the one measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    from: Encoding,
    /// The source's length in units of `from`.
    units: usize,
    to: Encoding,
    len: usize,
    ascii: bool,
    replaces: bool,
    /// Whether something is ill-formed and stays so, units for units.
    keeps: bool,
}

impl Measured {
    /// What measuring a text for its own encoding finds, if it is well-formed, but whether
    /// it is ASCII.
    #[inline]
    pub(crate) fn of_same(encoding: Encoding, units: usize) -> Measured {
        let (from, to) = (encoding, encoding);
        Measured { from, units, to, len: units, ascii: false, replaces: false, keeps: false }
    }

    /// The exact length of the destination, in units of [`Measured::to`].
    #[inline]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.len
    }

    /// The encoding of the destination.
    #[inline]
    pub fn to(&self) -> Encoding {
        self.to
    }

    /// The encoding of the source.
    #[inline]
    pub fn from(&self) -> Encoding {
        self.from
    }

    /// The length of the source in code units.
    #[inline]
    pub fn units(&self) -> usize {
        self.units
    }

    /// Whether the text is ASCII throughout.
    #[inline]
    pub fn is_ascii(&self) -> bool {
        self.ascii
    }

    /// Whether something is ill-formed and will be replaced by U+FFFD.
    #[inline]
    pub fn replaces(&self) -> bool {
        self.replaces
    }

    /// Whether something is ill-formed and will be passed on as it is.
    #[inline]
    pub fn keeps(&self) -> bool {
        self.keeps
    }

    /// Whether both ends still have the encodings and lengths measured.
    #[inline]
    fn check(&self, src: &Text<'_>, dst: &Dest<'_>) -> Result<(), Changed> {
        let same = src.encoding() == self.from
            && src.len() == self.units
            && dst.encoding() == self.to
            && dst.len() == self.len;
        if same { Ok(()) } else { Err(Changed) }
    }
}

/// Which rule of its encoding a text breaks, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BadText {
    /// The first code unit of the ill-formed sequence, counted from the start
    /// of the text; everything before it is well-formed.
    pub position: usize,
    /// The rule.
    pub fault: Fault,
}

impl fmt::Display for BadText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.fault {
            Fault::NotLatin1 => "text that does not fit Latin-1",
            _ => "ill-formed text",
        };
        write!(f, "{what}: {} at code unit {}", self.fault, self.position)
    }
}

impl std::error::Error for BadText {}

/// The rules of its encoding that a text can break, and the one of Latin-1 where
/// that is its destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// UTF-8: a byte that cannot start a sequence.
    BadByte,
    /// UTF-8: a sequence without all of its continuation bytes.
    TooShort,
    /// UTF-8: more bytes than the scalar value needs.
    Overlong,
    /// Any: a surrogate where none may stand.
    Surrogate,
    /// UTF-8 and UTF-32: above U+10FFFF.
    TooLarge,
    /// The text is well-formed, but has a character above U+00FF.
    NotLatin1,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::BadByte => "a byte that cannot start a sequence",
            Fault::TooShort => "an incomplete sequence",
            Fault::Overlong => "an overlong sequence",
            Fault::Surrogate => "a lone surrogate",
            Fault::TooLarge => "a value above U+10FFFF",
            Fault::NotLatin1 => "a character above U+00FF",
        })
    }
}

/// The text is not the one that was measured, or the destination has not the
/// measured length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Changed;

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text has changed since it was measured")
    }
}

impl std::error::Error for Changed {}

/// Why [`copy`] failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CopyError {
    /// The text is ill-formed.
    BadText(BadText),
    /// The buffer has not room enough.
    TooSmall {
        /// The size that is enough, in units of the destination.
        needed: usize,
    },
    /// There is no memory for so many units, where the destination is to grow.
    OutOfMemory {
        /// That many, of the destination.
        units: usize,
    },
}

impl From<BadText> for CopyError {
    fn from(bad: BadText) -> CopyError {
        CopyError::BadText(bad)
    }
}

impl fmt::Display for CopyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CopyError::BadText(bad) => bad.fmt(f),
            CopyError::TooSmall { needed } => {
                write!(f, "the buffer is too small: the text needs {needed} code units")
            }
            CopyError::OutOfMemory { units } => {
                write!(f, "no memory for a string of {units} code units")
            }
        }
    }
}

impl std::error::Error for CopyError {}

#[cfg(test)]
mod tests;
