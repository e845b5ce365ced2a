//! Text and room for text: where code units are, and in which encoding.
//!
//! Not here: what is done with them.

#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::slice::from_raw_parts_mut;

/// How a text is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// One to four bytes a scalar value.
    Utf8,
    /// One or two 16-bit units a scalar value, in native byte order.
    Utf16,
    /// A byte a scalar value, up to U+00FF.
    Latin1,
    /// A 32-bit unit a scalar value, in native byte order.
    Utf32,
}

/// Hands the encodings to a macro, each with the type of its code units, and the numbers of
/// C's slots with text in memory, lazy text, and text where a function says.
macro_rules! encodings {
    ($then:ident) => {
        $then! {
            Utf8: u8 (64 66 72),
            Utf16: u16 (65 67 73),
            Latin1: u8 (68 70 74),
            Utf32: u32 (69 71 75),
        }
    };
}
pub(crate) use encodings;

macro_rules! all {
    ($($name:ident: $unit:ident $slots:tt,)+) => {
        impl Encoding {
            /// All of them; the C API numbers them so.
            pub const ALL: [Encoding; [$(Encoding::$name),+].len()] = [$(Encoding::$name),+];

            /// The bytes of a code unit.
            #[inline]
            pub const fn unit_size(self) -> usize {
                match self {
                    $(Encoding::$name => size_of::<$unit>(),)+
                }
            }
        }
    };
}

encodings!(all);

impl Encoding {
    /// The most units that a unit of any encoding becomes in this one.
    #[inline]
    pub(crate) const fn most_of_a_unit(self) -> usize {
        match self {
            Encoding::Utf8 => 4,
            Encoding::Utf16 => 2,
            Encoding::Latin1 | Encoding::Utf32 => 1,
        }
    }
}

impl Encoding {
    /// Whether [`Policy::Keep`] keeps what is ill-formed in it.
    #[inline]
    pub(crate) const fn keeps(self) -> bool {
        matches!(self, Encoding::Utf16)
    }
}

/// The narrowest encoding that holds a text: see [`narrowest`](super::narrowest).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Narrowest {
    /// All below U+0080, so that UTF-8 and Latin-1 are the same.
    Ascii,
    /// All up to U+00FF.
    Latin1,
    /// UTF-16 without surrogates: all up to U+FFFF.
    Utf16,
    /// Anything.
    Utf32,
}

impl Narrowest {
    /// That of a text whose widest character is this one.
    pub(super) fn of(c: u32) -> Narrowest {
        match c {
            0x00..=0x7F => Narrowest::Ascii,
            0x80..=0xFF => Narrowest::Latin1,
            0x100..=0xFFFF => Narrowest::Utf16,
            0x10000.. => Narrowest::Utf32,
        }
    }
}

/// What to do about ill-formed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Policy {
    /// Refuse it, naming the position.
    #[default]
    Reject,
    /// Put U+FFFD in the place of each ill-formed part, as the Unicode
    /// Standard recommends (one for each maximal subpart). In Latin-1, which has no
    /// such character, it is `?`, also for characters that do not fit.
    Replace,
    /// Pass it on as it is, lone surrogates, from UTF-16 to UTF-16; else refuse it.
    Keep,
}

impl Policy {
    /// The rule for what keeps nothing that is ill-formed.
    pub(crate) fn strict(self) -> Policy {
        if self == Policy::Keep { Policy::Reject } else { self }
    }
}

/// Text as somebody gave it: code units that nobody has checked.
#[derive(Clone, Copy, Debug)]
pub enum Text<'a> {
    /// Bytes that should be UTF-8.
    Utf8(&'a [u8]),
    /// Units that should be UTF-16.
    Utf16(&'a [u16]),
    /// Bytes, each a character.
    Latin1(&'a [u8]),
    /// Units that should be scalar values.
    Utf32(&'a [u32]),
    /// UTF-16 at any address.
    LooseUtf16(&'a [[u8; 2]]),
    /// UTF-32 at any address.
    LooseUtf32(&'a [[u8; 4]]),
}

impl Text<'_> {
    /// The encoding it claims to have.
    #[inline]
    pub fn encoding(&self) -> Encoding {
        match self {
            Text::Utf8(_) => Encoding::Utf8,
            Text::Utf16(_) | Text::LooseUtf16(_) => Encoding::Utf16,
            Text::Latin1(_) => Encoding::Latin1,
            Text::Utf32(_) | Text::LooseUtf32(_) => Encoding::Utf32,
        }
    }

    /// Its length in code units.
    #[inline]
    pub fn len(&self) -> usize {
        match self {
            Text::Utf8(s) | Text::Latin1(s) => s.len(),
            Text::Utf16(s) => s.len(),
            Text::Utf32(s) => s.len(),
            Text::LooseUtf16(s) => s.len(),
            Text::LooseUtf32(s) => s.len(),
        }
    }

    /// Where its code units are.
    #[inline]
    pub fn as_ptr(&self) -> *const u8 {
        match self {
            Text::Utf8(s) | Text::Latin1(s) => s.as_ptr(),
            Text::Utf16(s) => s.as_ptr().cast(),
            Text::Utf32(s) => s.as_ptr().cast(),
            Text::LooseUtf16(s) => s.as_ptr().cast(),
            Text::LooseUtf32(s) => s.as_ptr().cast(),
        }
    }

    /// Where the first unit is that is zero.
    #[doc(hidden)]
    pub fn zero(&self) -> Option<usize> {
        match self {
            Text::Utf8(s) | Text::Latin1(s) => s.iter().position(|unit| *unit == 0),
            Text::Utf16(s) => s.iter().position(|unit| *unit == 0),
            Text::Utf32(s) => s.iter().position(|unit| *unit == 0),
            Text::LooseUtf16(s) => s.iter().position(|unit| *unit == [0; 2]),
            Text::LooseUtf32(s) => s.iter().position(|unit| *unit == [0; 4]),
        }
    }

    /// Whether it has no code units.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(s: &'a str) -> Text<'a> {
        Text::Utf8(s.as_bytes())
    }
}

/// Units that should be UTF-16.
impl<'a> From<&'a [u16]> for Text<'a> {
    fn from(units: &'a [u16]) -> Text<'a> {
        Text::Utf16(units)
    }
}

/// Where text goes: room for code units, whatever is in it.
///
/// ```
/// use witrt::string::{Dest, Encoding};
///
/// let mut units = [0; 4];
/// let dest = Dest::utf16(&mut units);
/// assert_eq!((dest.encoding(), dest.len()), (Encoding::Utf16, 4));
/// ```
#[derive(Debug)]
pub struct Dest<'a>(pub(super) Room<'a>);

/// Room for units, of which nothing is read that was not written before, and to
/// which only units are written: so it may be a slice of units as well.
#[derive(Debug)]
pub(super) enum Room<'a> {
    Utf8(&'a mut [MaybeUninit<u8>]),
    Utf16(&'a mut [MaybeUninit<u16>]),
    Latin1(&'a mut [MaybeUninit<u8>]),
    Utf32(&'a mut [MaybeUninit<u32>]),
    LooseUtf16(&'a mut [MaybeUninit<[u8; 2]>]),
    LooseUtf32(&'a mut [MaybeUninit<[u8; 4]>]),
}

/// Units as room for others.
#[inline(always)]
pub(super) fn room<T: Copy>(units: &mut [T]) -> &mut [MaybeUninit<T>] {
    // SAFETY: the layout is the same, and whoever has it in this room, where it
    // stays, writes nothing but units.
    unsafe { from_raw_parts_mut(units.as_mut_ptr().cast(), units.len()) }
}

impl<'a> Dest<'a> {
    /// UTF-8 bytes.
    #[inline(always)]
    pub fn utf8(units: &'a mut [u8]) -> Dest<'a> {
        Dest(Room::Utf8(room(units)))
    }

    /// UTF-16 units in native byte order.
    #[inline(always)]
    pub fn utf16(units: &'a mut [u16]) -> Dest<'a> {
        Dest(Room::Utf16(room(units)))
    }

    /// Bytes, each a character.
    #[inline(always)]
    pub fn latin1(units: &'a mut [u8]) -> Dest<'a> {
        Dest(Room::Latin1(room(units)))
    }

    /// UTF-32 units in native byte order.
    #[inline(always)]
    pub fn utf32(units: &'a mut [u32]) -> Dest<'a> {
        Dest(Room::Utf32(room(units)))
    }

    /// UTF-16 at any address.
    #[inline(always)]
    pub fn loose_utf16(units: &'a mut [[u8; 2]]) -> Dest<'a> {
        Dest(Room::LooseUtf16(room(units)))
    }

    /// UTF-32 at any address.
    #[inline(always)]
    pub fn loose_utf32(units: &'a mut [[u8; 4]]) -> Dest<'a> {
        Dest(Room::LooseUtf32(room(units)))
    }

    /// Room for text in bytes at any address. What is behind its last whole unit is
    /// not part of it.
    #[inline]
    pub fn of_bytes(encoding: Encoding, bytes: &'a mut [u8]) -> Dest<'a> {
        let units = bytes.len() / encoding.unit_size();
        // SAFETY: there are bytes for so many units, which are bytes again.
        unsafe { Dest::at(encoding, bytes.as_mut_ptr(), units) }
    }

    /// Memory for so many units, at any address, in which there may be nothing yet.
    ///
    /// # Safety
    ///
    /// It must be there and not null, and nobody else may use it for `'a`.
    #[inline]
    pub unsafe fn at(encoding: Encoding, start: *mut u8, units: usize) -> Dest<'a> {
        let is_aligned = start.addr().is_multiple_of(encoding.unit_size());
        // SAFETY: the caller vouches for the memory, and it is aligned for what it is
        // taken for; whatever is in it is something that may be uninitialised.
        Dest(unsafe {
            match encoding {
                Encoding::Utf8 => Room::Utf8(from_raw_parts_mut(start.cast(), units)),
                Encoding::Latin1 => Room::Latin1(from_raw_parts_mut(start.cast(), units)),
                Encoding::Utf16 if is_aligned => {
                    Room::Utf16(from_raw_parts_mut(start.cast(), units))
                }
                Encoding::Utf16 => Room::LooseUtf16(from_raw_parts_mut(start.cast(), units)),
                Encoding::Utf32 if is_aligned => {
                    Room::Utf32(from_raw_parts_mut(start.cast(), units))
                }
                Encoding::Utf32 => Room::LooseUtf32(from_raw_parts_mut(start.cast(), units)),
            }
        })
    }

    /// The encoding it takes.
    #[inline]
    pub fn encoding(&self) -> Encoding {
        match self.0 {
            Room::Utf8(_) => Encoding::Utf8,
            Room::Utf16(_) | Room::LooseUtf16(_) => Encoding::Utf16,
            Room::Latin1(_) => Encoding::Latin1,
            Room::Utf32(_) | Room::LooseUtf32(_) => Encoding::Utf32,
        }
    }

    /// Its room in code units.
    #[inline]
    pub fn len(&self) -> usize {
        match &self.0 {
            Room::Utf8(d) | Room::Latin1(d) => d.len(),
            Room::Utf16(d) => d.len(),
            Room::Utf32(d) => d.len(),
            Room::LooseUtf16(d) => d.len(),
            Room::LooseUtf32(d) => d.len(),
        }
    }

    /// Whether it has no room at all.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first `len` units, or all that there are.
    #[inline]
    pub(super) fn first(&mut self, len: usize) -> Dest<'_> {
        let len = len.min(self.len());
        Dest(match &mut self.0 {
            Room::Utf8(d) => Room::Utf8(&mut d[..len]),
            Room::Utf16(d) => Room::Utf16(&mut d[..len]),
            Room::Latin1(d) => Room::Latin1(&mut d[..len]),
            Room::Utf32(d) => Room::Utf32(&mut d[..len]),
            Room::LooseUtf16(d) => Room::LooseUtf16(&mut d[..len]),
            Room::LooseUtf32(d) => Room::LooseUtf32(&mut d[..len]),
        })
    }
}
