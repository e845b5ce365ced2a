//! Text in guests of the component model: UTF-8, UTF-16, and Latin-1 where that
//! is enough.
//!
//! Not here: how pointer and length travel.

use crate::error::{Error, Result, Trap, TrapCode};
use crate::guest::tree::arena::Arena;
use crate::guest::tree::slot::{TextSlot, cast, cast_mut};
use crate::guest::value::{bad_text, changed};
use crate::string::{self, BadText, Dest, Encoding, Measured, Narrowest, Policy, Text};

/// How a guest stores text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GuestEncoding {
    Utf8,
    Utf16,
    /// Latin-1, or UTF-16 with [`TAG`] in the length.
    Compact,
}

/// In the length of text of [`GuestEncoding::Compact`]: it is UTF-16.
pub(super) const TAG: u32 = 1 << 31;

/// The most bytes that text may have in a guest.
const MOST: usize = (1 << 31) - 1;

/// What checking a text found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure {
    /// For which guest.
    guest: GuestEncoding,
    found: Measured,
}

impl Measure {
    /// Validates a text, and tells its length in a guest.
    pub fn new(text: Text<'_>, guest: GuestEncoding, policy: Policy) -> Result<Measure> {
        let to = match guest {
            GuestEncoding::Utf8 => Encoding::Utf8,
            GuestEncoding::Utf16 => Encoding::Utf16,
            GuestEncoding::Compact => match string::narrowest(text, policy).map_err(bad_text)?.0 {
                Narrowest::Ascii | Narrowest::Latin1 => Encoding::Latin1,
                Narrowest::Utf16 | Narrowest::Utf32 => Encoding::Utf16,
            },
        };
        let found = string::measure(text, to, policy).map_err(bad_text)?;
        let measure = Measure { guest, found };
        if measure.bytes() > MOST {
            return Err(trap("the text is too long", TrapCode::StringTooLong));
        }
        Ok(measure)
    }

    /// Whether it is for such a guest.
    pub fn is_for(&self, guest: GuestEncoding) -> bool {
        self.guest == guest
    }

    /// How many bytes it has in the guest.
    pub fn bytes(&self) -> usize {
        self.found.len() * self.found.to().unit_size()
    }

    /// What the guest is told as the length.
    pub fn length(&self) -> u32 {
        let tagged = self.guest == GuestEncoding::Compact && self.found.to() == Encoding::Utf16;
        self.found.len() as u32 | if tagged { TAG } else { 0 }
    }

    /// Writes the text, which must be what was measured.
    pub fn write(&self, text: Text<'_>, room: &mut [u8]) -> Result<()> {
        let room = match self.found.to() {
            Encoding::Utf16 => Dest::Utf16(cast_mut(room).ok_or_else(odd)?),
            Encoding::Latin1 => Dest::Latin1(room),
            _ => Dest::Utf8(room),
        };
        string::transcode(&self.found, text, room).map_err(changed)
    }
}

/// What the alignment of a text is in such a guest.
pub(super) fn align(guest: GuestEncoding) -> u32 {
    if guest == GuestEncoding::Utf8 { 1 } else { 2 }
}

/// Finds the text that a guest tells of, as it lies in its memory.
pub(super) fn find(memory: &[u8], guest: GuestEncoding, at: u32, len: u32) -> Result<Text<'_>> {
    let (encoding, len) = match guest {
        GuestEncoding::Utf8 => (Encoding::Utf8, len),
        GuestEncoding::Utf16 => (Encoding::Utf16, len),
        GuestEncoding::Compact if len & TAG != 0 => (Encoding::Utf16, len & !TAG),
        GuestEncoding::Compact => (Encoding::Latin1, len),
    };
    if !at.is_multiple_of(align(guest)) {
        return Err(trap("string pointer not aligned to 2", TrapCode::Other));
    }
    let bytes = len as usize * encoding.unit_size();
    let found = memory.get(at as usize..).and_then(|rest| rest.get(..bytes));
    let found = found.ok_or_else(|| {
        trap("string pointer/length out of bounds of memory", TrapCode::MemoryOutOfBounds)
    })?;
    Ok(match encoding {
        Encoding::Utf16 => Text::Utf16(cast(found).ok_or_else(odd)?),
        Encoding::Latin1 => Text::Latin1(found),
        _ => Text::Utf8(found),
    })
}

/// Puts a copy of a guest's text, in this encoding, into an arena. `pay` is told how
/// many bytes that takes before it is done.
pub(super) fn put(
    text: Text<'_>,
    arena: &mut Arena,
    encoding: Encoding,
    pay: impl FnOnce(usize) -> Result<()>,
) -> Result<TextSlot> {
    let measured = string::measure(text, encoding, Policy::Reject).map_err(ill_formed)?;
    let len = measured.len();
    pay(len * encoding.unit_size() + size_of::<TextSlot>())?;
    macro_rules! written {
        ($unit:ty, $encoding:ident) => {{
            let room = arena.zeroed::<$unit>(len)?;
            string::transcode(&measured, text, Dest::$encoding(room)).map_err(changed)?;
            TextSlot::new(Text::$encoding(room))
        }};
    }
    Ok(match encoding {
        Encoding::Utf8 => written!(u8, Utf8),
        Encoding::Utf16 => written!(u16, Utf16),
        Encoding::Latin1 => written!(u8, Latin1),
        Encoding::Utf32 => written!(u32, Utf32),
    })
}

/// What is wrong with a guest's text; or with the host's, which wants it in an
/// encoding that does not hold it.
#[cold]
pub(super) fn ill_formed(bad: BadText) -> Error {
    trap(bad.to_string(), TrapCode::IllFormedText)
}

#[cold]
pub(super) fn trap(message: impl Into<String>, code: TrapCode) -> Error {
    Trap::with_code(message, code).into()
}

/// Linear memories are aligned, and so is what starts at an even address.
#[cold]
fn odd() -> Error {
    trap("linear memory is not aligned", TrapCode::Other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::tree::slot::bytes_mut;

    /// Every text into every kind of guest and back, from and to all encodings.
    #[test]
    fn there_and_back() {
        let long = "a".repeat(70000) + "Ā";
        for text in ["", "abc", "é", "ÿ", "Ā", "aé🦀", "x\0y", "éééĀ", &long] {
            let units: Vec<u16> = text.encode_utf16().collect();
            let chars: Vec<u32> = text.chars().map(u32::from).collect();
            let sources = [Text::Utf8(text.as_bytes()), Text::Utf16(&units), Text::Utf32(&chars)];
            for source in sources {
                for guest in [GuestEncoding::Utf8, GuestEncoding::Utf16, GuestEncoding::Compact] {
                    let measure = Measure::new(source, guest, Policy::Reject).unwrap();
                    assert!(measure.is_for(guest));
                    let mut words = vec![0u64; measure.bytes() / 8 + 2];
                    let memory = bytes_mut(&mut words);
                    measure.write(source, &mut memory[8..][..measure.bytes()]).unwrap();
                    let lifted = find(memory, guest, 8, measure.length()).unwrap();
                    let mut back = String::new();
                    string::copy_to_string(lifted, &mut back, Policy::Reject).unwrap();
                    assert_eq!(back, text);
                    let mut arena = Arena::new(0);
                    for (encoding, len) in [
                        (Encoding::Utf8, text.len()),
                        (Encoding::Utf16, units.len()),
                        (Encoding::Utf32, chars.len()),
                    ] {
                        assert_eq!(
                            put(lifted, &mut arena, encoding, |_| Ok(())).unwrap().size,
                            len
                        );
                    }
                    let latin1 = put(lifted, &mut arena, Encoding::Latin1, |_| Ok(()));
                    assert_eq!(latin1.is_ok(), chars.iter().all(|c| *c < 0x100));
                }
            }
        }
    }

    #[test]
    fn tags() {
        let length = |text: &str| {
            let measure = Measure::new(text.into(), GuestEncoding::Compact, Policy::Reject);
            measure.unwrap().length()
        };
        assert_eq!(length("ÿé"), 2);
        assert_eq!(length("éĀ"), 2 | TAG);
    }

    #[test]
    fn bounds_hold_for_empty_text_too() {
        let mut words = [0u64; 1];
        let memory = bytes_mut(&mut words);
        let find = |guest, at, len| find(memory, guest, at, len).is_ok();
        assert!(find(GuestEncoding::Utf8, 8, 0));
        assert!(!find(GuestEncoding::Utf8, 9, 0));
        assert!(!find(GuestEncoding::Utf16, 1, 0));
        assert!(find(GuestEncoding::Utf16, 2, 3));
        assert!(!find(GuestEncoding::Utf16, 4, 3));
        assert!(!find(GuestEncoding::Compact, 0, u32::MAX));
    }
}
