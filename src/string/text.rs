//! Text and room for text: where code units are, and in which encoding.
//!
//! Not here: what is done with them.

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

impl Encoding {
    /// All of them; the C API numbers them so.
    pub const ALL: [Encoding; 4] =
        [Encoding::Utf8, Encoding::Utf16, Encoding::Latin1, Encoding::Utf32];

    /// The bytes of a code unit.
    #[inline]
    pub const fn unit_size(self) -> usize {
        match self {
            Encoding::Utf8 | Encoding::Latin1 => 1,
            Encoding::Utf16 => 2,
            Encoding::Utf32 => 4,
        }
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

/// Where text goes.
#[derive(Debug)]
pub enum Dest<'a> {
    /// UTF-8 bytes.
    Utf8(&'a mut [u8]),
    /// UTF-16 units in native byte order.
    Utf16(&'a mut [u16]),
    /// Bytes, each a character.
    Latin1(&'a mut [u8]),
    /// UTF-32 units in native byte order.
    Utf32(&'a mut [u32]),
    /// UTF-16 at any address.
    LooseUtf16(&'a mut [[u8; 2]]),
    /// UTF-32 at any address.
    LooseUtf32(&'a mut [[u8; 4]]),
}

impl Dest<'_> {
    /// The encoding it takes.
    #[inline]
    pub fn encoding(&self) -> Encoding {
        match self {
            Dest::Utf8(_) => Encoding::Utf8,
            Dest::Utf16(_) | Dest::LooseUtf16(_) => Encoding::Utf16,
            Dest::Latin1(_) => Encoding::Latin1,
            Dest::Utf32(_) | Dest::LooseUtf32(_) => Encoding::Utf32,
        }
    }

    /// Its room in code units.
    #[inline]
    pub fn len(&self) -> usize {
        match self {
            Dest::Utf8(d) | Dest::Latin1(d) => d.len(),
            Dest::Utf16(d) => d.len(),
            Dest::Utf32(d) => d.len(),
            Dest::LooseUtf16(d) => d.len(),
            Dest::LooseUtf32(d) => d.len(),
        }
    }

    /// Where its room is.
    #[inline]
    pub fn as_mut_ptr(&mut self) -> *mut u8 {
        match self {
            Dest::Utf8(d) | Dest::Latin1(d) => d.as_mut_ptr(),
            Dest::Utf16(d) => d.as_mut_ptr().cast(),
            Dest::Utf32(d) => d.as_mut_ptr().cast(),
            Dest::LooseUtf16(d) => d.as_mut_ptr().cast(),
            Dest::LooseUtf32(d) => d.as_mut_ptr().cast(),
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
        match self {
            Dest::Utf8(d) => Dest::Utf8(&mut d[..len]),
            Dest::Utf16(d) => Dest::Utf16(&mut d[..len]),
            Dest::Latin1(d) => Dest::Latin1(&mut d[..len]),
            Dest::Utf32(d) => Dest::Utf32(&mut d[..len]),
            Dest::LooseUtf16(d) => Dest::LooseUtf16(&mut d[..len]),
            Dest::LooseUtf32(d) => Dest::LooseUtf32(&mut d[..len]),
        }
    }
}
