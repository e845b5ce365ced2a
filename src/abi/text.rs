//! Text in guests: how they encode it, and what a guest is told of its length.
//!
//! Not here: where it lies.

use crate::string::{
    self, BadText, Changed, Dest, Encoding, Measured, Narrowest, Policy, SHORT, Text,
};

/// How a guest stores text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GuestEncoding {
    /// UTF-8: nearly always.
    #[default]
    Utf8,
    /// UTF-16, at any address.
    Utf16,
    /// Latin-1.
    Latin1,
    /// Latin-1 where that is enough, else UTF-16, which the highest bit of the
    /// length tells.
    Compact,
}

/// In the length of text of [`GuestEncoding::Compact`]: it is UTF-16.
const TAG: u32 = 1 << 31;

/// The encoding that nearly all guests have: what short text goes in that is passed in
/// registers, unless its guest has another.
pub(crate) const INLINE: GuestEncoding = GuestEncoding::Utf8;

/// How hosts hold text in [`INLINE`]. What nearly all guests have is known where it is
/// compiled.
pub(crate) const INLINE_ENCODING: Encoding = match INLINE.fixed() {
    Some(encoding) => encoding,
    None => panic!("text in registers says nothing of its encoding"),
};

impl GuestEncoding {
    /// All of them, by the number that stands for them in precompiled modules.
    pub const ALL: [GuestEncoding; 4] =
        [GuestEncoding::Utf8, GuestEncoding::Utf16, GuestEncoding::Latin1, GuestEncoding::Compact];

    /// What those are called in which all text has one encoding.
    #[cfg(feature = "attach")]
    pub(crate) const NAMES: &[(&str, GuestEncoding)] = &[
        ("utf8", GuestEncoding::Utf8),
        ("utf16", GuestEncoding::Utf16),
        ("latin1", GuestEncoding::Latin1),
    ];

    /// The encoding that all of its text has, if there is one.
    #[inline]
    pub(crate) const fn fixed(self) -> Option<Encoding> {
        match self {
            GuestEncoding::Utf8 => Some(Encoding::Utf8),
            GuestEncoding::Utf16 => Some(Encoding::Utf16),
            GuestEncoding::Latin1 => Some(Encoding::Latin1),
            GuestEncoding::Compact => None,
        }
    }

    /// Whether short text for such a guest can be passed in registers.
    pub(crate) fn is_inline(self) -> bool {
        self.fixed().is_some()
    }

    /// Writes short text for such a guest to the start of a buffer, as it is passed in
    /// registers; `None` where it is long, ill-formed, or nothing that the guest can have.
    #[inline(always)]
    pub(crate) fn short(self, text: Text<'_>, into: &mut [u8; SHORT]) -> Option<Short> {
        if self == INLINE {
            let length = string::short(text, into)?;
            return Some(Short { length, size: length, in_units: false });
        }
        match (string::short_units(text, into)?, self) {
            ((length, Encoding::Latin1), _) => {
                Some(Short { length, size: length, in_units: false })
            }
            ((length, _), GuestEncoding::Utf16) => {
                Some(Short { length, size: 2 * length, in_units: true })
            }
            _ => None,
        }
    }

    /// The encoding that all of its text has, if that is one of bytes, which lie anywhere.
    #[cfg(feature = "component")]
    pub(crate) fn of_bytes(self) -> Option<Encoding> {
        self.fixed().filter(|encoding| encoding.unit_size() == 1)
    }

    /// The encoding of a text whose length the guest tells like this, and how many
    /// code units it has.
    #[inline]
    pub(crate) fn told(self, len: u32) -> (Encoding, u32) {
        match self.fixed() {
            Some(encoding) => (encoding, len),
            None if len & TAG != 0 => (Encoding::Utf16, len & !TAG),
            None => (Encoding::Latin1, len),
        }
    }

    /// How far left the length of a text is shifted, if it is shifted, to give the
    /// bytes that it takes; and which bit of it says whether that is done.
    pub(crate) fn shift(self) -> (u32, Option<u32>) {
        match self.fixed() {
            Some(encoding) => (encoding.unit_size().trailing_zeros(), None),
            None => (1, Some(TAG)),
        }
    }

    /// What its text is called where it is ill-formed.
    pub(crate) fn name(self) -> &'static str {
        match self {
            GuestEncoding::Utf8 => "UTF-8",
            GuestEncoding::Latin1 => "Latin-1",
            GuestEncoding::Utf16 | GuestEncoding::Compact => "UTF-16",
        }
    }

    /// The alignment that its text should have.
    pub(crate) fn align(self) -> u32 {
        self.fixed().unwrap_or(Encoding::Utf16).unit_size() as u32
    }

    /// The most bytes that a length can tell.
    fn most(self) -> usize {
        if self == GuestEncoding::Compact { (TAG - 1) as usize } else { u32::MAX as usize }
    }
}

/// Text that is passed in registers.
pub(crate) struct Short {
    /// What the guest is told as its length.
    pub length: usize,
    /// How many bytes are passed.
    pub size: usize,
    /// Whether these are code units of two bytes each; else each is a code unit, which the
    /// guest may have in two.
    pub in_units: bool,
}

/// What checking a text for a guest found: plain facts, as a [`Measured`] is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measure {
    /// For which guest.
    guest: GuestEncoding,
    found: Measured,
}

impl Measure {
    /// Validates a text, and tells its length in a guest.
    ///
    /// # Errors
    /// [`BadText`] as by [`string::measure`].
    #[inline]
    pub fn new(text: Text<'_>, guest: GuestEncoding, policy: Policy) -> Result<Measure, BadText> {
        if guest == INLINE {
            return Ok(Measure { guest, found: string::measure(text, INLINE_ENCODING, policy)? });
        }
        Measure::of_other(text, guest, policy)
    }

    /// Of so many units of text that is as the guest has it, and has been checked.
    #[inline]
    pub fn of_checked(guest: GuestEncoding, encoding: Encoding, units: usize) -> Measure {
        Measure { guest, found: Measured::of_same(encoding, units) }
    }

    #[inline(never)]
    fn of_other(text: Text<'_>, guest: GuestEncoding, policy: Policy) -> Result<Measure, BadText> {
        let to = match guest.fixed() {
            Some(encoding) => encoding,
            None => match string::narrowest(text, policy)?.0 {
                Narrowest::Ascii | Narrowest::Latin1 => Encoding::Latin1,
                Narrowest::Utf16 | Narrowest::Utf32 => Encoding::Utf16,
            },
        };
        Ok(Measure { guest, found: string::measure(text, to, policy)? })
    }

    /// Whether it is for such a guest.
    pub fn is_for(&self, guest: GuestEncoding) -> bool {
        self.guest == guest
    }

    /// What it is encoded in there.
    #[cfg(feature = "component")]
    pub fn encoding(&self) -> Encoding {
        self.found.to()
    }

    /// How many bytes it has in the guest.
    #[inline]
    pub fn bytes(&self) -> usize {
        self.found.len() * self.found.to().unit_size()
    }

    /// What the guest is told as the length; `None` where no length tells so much.
    #[inline]
    pub fn length(&self) -> Option<u32> {
        if self.bytes() > self.guest.most() {
            return None;
        }
        let tagged = self.guest == GuestEncoding::Compact && self.found.to() == Encoding::Utf16;
        Some(self.found.len() as u32 | if tagged { TAG } else { 0 })
    }

    /// Writes the text into so many bytes.
    ///
    /// # Errors
    /// [`Changed`] where it is not what was measured.
    #[cfg(feature = "component")]
    #[inline]
    pub fn write(&self, text: Text<'_>, room: &mut [u8]) -> Result<(), Changed> {
        string::transcode(&self.found, text, Dest::of_bytes(self.found.to(), room))
    }

    /// Writes a text that cannot have changed since: see
    /// [`string::transcode_unchanged`].
    #[inline]
    pub fn write_unchanged(&self, text: Text<'_>, room: &mut [u8]) -> Result<(), Changed> {
        if self.guest == INLINE {
            let room = Dest::of_bytes(INLINE_ENCODING, room);
            return string::transcode_unchanged(&self.found, text, room);
        }
        string::transcode_unchanged(&self.found, text, Dest::of_bytes(self.found.to(), room))
    }
}
