//! Text in components: aligned, within memory, and in the arena of who takes it.
//!
//! Not here: how pointer and length travel; how text is encoded.

use crate::abi::{GuestEncoding, Measure};
use crate::error::{Error, Result, Trap, TrapCode};
use crate::guest::errors::{bad_text, changed};
use crate::guest::tree::arena::Arena;
use crate::guest::tree::slot::TextSlot;
use crate::string::{self, BadText, Dest, Encoding, Policy, SHORT, Text};

/// The most bytes that text may have in a component.
pub(super) const MOST: usize = (1 << 31) - 1;

/// Validates a text, and tells its length in a component.
pub(super) fn measure(text: Text<'_>, guest: GuestEncoding, policy: Policy) -> Result<Measure> {
    // Here no guest takes what is ill-formed.
    let measure = Measure::new(text, guest, policy.strict()).map_err(bad_text)?;
    if measure.bytes() > MOST { Err(too_long()) } else { Ok(measure) }
}

/// Text that is soon done, as such a component has it: checked and copied at once, which
/// takes less than to note what was found. The length; `None` for all other text.
///
/// Whoever looks at a text and who puts it both ask, and neither notes what this takes.
#[inline]
pub(super) fn short(text: Text<'_>, guest: GuestEncoding, into: &mut [u8; SHORT]) -> Option<usize> {
    match guest {
        GuestEncoding::Utf8 => string::short(text, into),
        _ => None,
    }
}

/// What a component is told as its length.
pub(super) fn length(measure: &Measure) -> Result<u32> {
    measure.length().ok_or_else(too_long)
}

/// Writes a text, which should be what was measured. The component has made room for it
/// already, so that it gets some text of that length, question marks, where another
/// thread of the host's has changed it.
pub(super) fn write(measure: &Measure, text: Text<'_>, room: &mut [u8]) {
    if measure.write(text, room).is_ok() {
        return;
    }
    room.fill(b'?');
    if measure.encoding() == Encoding::Utf16 {
        room.iter_mut().skip(1).step_by(2).for_each(|high| *high = 0);
    }
}

#[cold]
fn too_long() -> Error {
    trap("the text is too long", TrapCode::StringTooLong)
}

/// Finds the text that a guest tells of, as it lies in its memory.
pub(super) fn find(memory: &[u8], guest: GuestEncoding, at: u32, len: u32) -> Result<Text<'_>> {
    if !at.is_multiple_of(guest.align()) {
        return Err(trap("string pointer not aligned to 2", TrapCode::Other));
    }
    let (encoding, len) = guest.told(len);
    let bytes = len as usize * encoding.unit_size();
    let found = memory.get(at as usize..).and_then(|rest| rest.get(..bytes));
    let found = found.ok_or_else(|| {
        trap("string pointer/length out of bounds of memory", TrapCode::MemoryOutOfBounds)
    })?;
    Ok(Text::of_bytes(encoding, found))
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
    let size = len * encoding.unit_size();
    pay(size + size_of::<TextSlot>())?;
    let room = arena.zeroed::<u8>(size)?;
    string::transcode(&measured, text, Dest::of_bytes(encoding, room)).map_err(changed)?;
    Ok(TextSlot::new(Text::of_bytes(encoding, room)))
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
                for guest in GuestEncoding::ALL {
                    let Ok(measure) = measure(source, guest, Policy::Reject) else {
                        let fits = chars.iter().all(|c| *c < 0x100);
                        assert!(guest == GuestEncoding::Latin1 && !fits);
                        continue;
                    };
                    assert!(measure.is_for(guest));
                    let mut words = vec![0u64; measure.bytes() / 8 + 2];
                    let memory = bytes_mut(&mut words);
                    measure.write(source, &mut memory[8..][..measure.bytes()]).unwrap();
                    let lifted = find(memory, guest, 8, measure.length().unwrap()).unwrap();
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
            measure(text.into(), GuestEncoding::Compact, Policy::Reject).unwrap().length().unwrap()
        };
        assert_eq!(length("ÿé"), 2);
        assert_eq!(length("éĀ"), 2 | 1 << 31);
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
