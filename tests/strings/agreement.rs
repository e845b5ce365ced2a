//! Whether two kernels, or all of a verb's, do the same: on destinations between guards.

use witrt::string::{
    Changed, CopyError, Dest, Encoding, Measured, Policy, SHORT, Text, fast, length, measure,
    scalar, short, short_units, transcode, transcode_unchanged,
};

/// Those that go straight.
pub const ENCODINGS: [Encoding; 2] = [Encoding::Utf8, Encoding::Utf16];
pub const POLICIES: [Policy; 3] = [Policy::Reject, Policy::Replace, Policy::Keep];

pub type Transcode = fn(&Measured, Text<'_>, Dest<'_>) -> Result<(), Changed>;

/// All verbs, fast and scalar, on one text; destinations start `offset` units
/// from an aligned place.
pub fn agree(src: Text<'_>, offset: usize) {
    agree_in(src, &ENCODINGS, Start::Aligned(offset));
}

/// The same in all encodings; destinations start so many bytes from an aligned
/// place.
pub fn agree_in_all(src: Text<'_>, shift: usize) {
    agree_in(src, &Encoding::ALL, Start::Loose(shift));
    agree_in(src, &Encoding::ALL, Start::Aligned(shift));
    for policy in POLICIES {
        assert_eq!(fast::narrowest(src, policy), scalar::narrowest(src, policy), "{src:?}");
    }
}

pub fn agree_in(src: Text<'_>, encodings: &[Encoding], offset: Start) {
    let valid = scalar::validate(src);
    assert_eq!(fast::validate(src), valid, "{src:?}");
    agree_on_short(src);
    for &to in encodings {
        if valid.is_ok() {
            assert_eq!(fast::length(src, to), scalar::length(src, to), "{src:?}");
            assert_eq!(length(src, to), scalar::length(src, to));
        }
        for policy in POLICIES {
            let measured = scalar::measure(src, to, policy);
            assert_eq!(fast::measure(src, to, policy), measured, "{src:?}");
            assert_eq!(measure(src, to, policy), measured);
            let len = measured.map_or(src.len(), |m| m.len());
            for room in [0, len.saturating_sub(1), len, len + 1, 3 * src.len(), 3 * len + 40] {
                agree_on_copy(src, to, policy, room, offset);
            }
            let Ok(m) = measured else { continue };
            let run = |f: Transcode| guarded(to, m.len(), offset, |dst| f(&m, src, dst));
            let reference = run(scalar::transcode);
            assert_eq!(reference.0, Ok(()));
            assert_eq!(run(fast::transcode), reference, "{src:?}");
            assert_eq!(run(transcode), reference);
            assert_eq!(run(transcode_unchanged), reference);
        }
    }
}

pub fn agree_on_short(src: Text<'_>) {
    let (text, fault) = std_says(src);
    let expected = (fault.is_none() && text.len() <= SHORT).then_some(text.as_bytes());
    for verb in [fast::short, scalar::short, short] {
        let mut buffer = [0xA5; SHORT];
        let len = verb(src, &mut buffer);
        assert_eq!(len.map(|len| &buffer[..len]), expected, "{src:?}");
    }
    let units: Vec<u16> = text.encode_utf16().collect();
    let narrow: Option<Vec<u8>> = units.iter().map(|unit| u8::try_from(*unit).ok()).collect();
    let expected = match narrow {
        Some(bytes) => (units.len(), Encoding::Latin1, bytes),
        None => {
            (units.len(), Encoding::Utf16, units.iter().flat_map(|u| u.to_le_bytes()).collect())
        }
    };
    let is_short = fault.is_none() && src.len() <= SHORT && expected.2.len() <= SHORT;
    for verb in [fast::short_units, scalar::short_units, short_units] {
        let mut buffer = [0xA5; SHORT];
        let found = verb(src, &mut buffer);
        let found = found
            .map(|(len, encoding)| (len, encoding, buffer[..len * encoding.unit_size()].to_vec()));
        assert_eq!(found, is_short.then(|| expected.clone()), "{src:?}");
    }
}

pub fn agree_on_copy(src: Text<'_>, to: Encoding, policy: Policy, room: usize, offset: Start) {
    let (expected, reference) = guarded(to, room, offset, |dst| scalar::copy(src, dst, policy));
    let (done, written) = guarded(to, room, offset, |dst| fast::copy(src, dst, policy));
    assert_eq!(done, expected, "{src:?} {room}");
    match done {
        Ok(len) => assert_eq!(written.first(len), reference.first(len), "{src:?}"),
        Err(CopyError::TooSmall { needed }) => {
            assert!(needed > room);
            assert!(written.is_untouched(), "{src:?} {room}");
        }
        Err(CopyError::BadText(_)) => assert_ne!(policy, Policy::Replace),
        Err(CopyError::OutOfMemory { .. }) => panic!("the room was there"),
    }
}

/// What a destination held in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Units(pub Encoding, pub Vec<u8>);

impl Units {
    pub fn of(text: &str, encoding: Encoding) -> Units {
        let bytes = match encoding {
            Encoding::Utf8 => text.into(),
            Encoding::Utf16 => text.encode_utf16().flat_map(u16::to_ne_bytes).collect(),
            Encoding::Latin1 => text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect(),
            Encoding::Utf32 => text.chars().flat_map(|c| u32::from(c).to_ne_bytes()).collect(),
        };
        Units(encoding, bytes)
    }

    pub fn first(&self, len: usize) -> Units {
        Units(self.0, self.1[..len * self.0.unit_size()].into())
    }

    pub fn is_untouched(&self) -> bool {
        self.1.iter().all(|&byte| byte == MARK)
    }
}

/// Where a destination starts.
#[derive(Clone, Copy)]
pub enum Start {
    /// So many units from an aligned place.
    Aligned(usize),
    /// So many bytes.
    Loose(usize),
}

/// What is in a destination before, and around it.
pub const MARK: u8 = 0xA5;

/// Runs `verb` on a destination of `len` units between two guards.
pub fn guarded<R>(
    to: Encoding,
    len: usize,
    start: Start,
    verb: impl FnOnce(Dest<'_>) -> R,
) -> (R, Units) {
    const GUARD: usize = 256;
    let size = to.unit_size();
    let (start, loose) = match start {
        Start::Aligned(units) => (GUARD + units * size, false),
        Start::Loose(bytes) => (GUARD + bytes, true),
    };
    let end = start + len * size;
    let mut all = vec![u32::from_ne_bytes([MARK; 4]); (end + GUARD).div_ceil(4)];
    // SAFETY: any bytes are units of any size.
    let bytes = unsafe { all.align_to_mut::<u8>().1 };
    let part = &mut bytes[start..end];
    // SAFETY: as above.
    let dest = unsafe {
        match to {
            Encoding::Utf8 => Dest::utf8(part),
            Encoding::Latin1 => Dest::latin1(part),
            Encoding::Utf16 if loose => Dest::loose_utf16(part.as_chunks_mut().0),
            Encoding::Utf32 if loose => Dest::loose_utf32(part.as_chunks_mut().0),
            Encoding::Utf16 => Dest::utf16(part.align_to_mut().1),
            Encoding::Utf32 => Dest::utf32(part.align_to_mut().1),
        }
    };
    assert_eq!(dest.len(), len);
    let done = verb(dest);
    assert!(bytes[..start].iter().chain(&bytes[end..]).all(|&byte| byte == MARK), "overrun");
    (done, Units(to, bytes[start..end].to_vec()))
}

/// The text with replacements, and the position of the first fault.
pub fn std_says(src: Text<'_>) -> (String, Option<usize>) {
    match src {
        Text::Utf8(s) => {
            let fault = std::str::from_utf8(s).err().map(|e| e.valid_up_to());
            (String::from_utf8_lossy(s).into_owned(), fault)
        }
        Text::Utf16(s) => {
            // It names no position: that is where the longest prefix ends which
            // it accepts.
            let fault = String::from_utf16(s)
                .is_err()
                .then(|| (0..s.len()).rev().find(|&n| String::from_utf16(&s[..n]).is_ok()))
                .flatten();
            (String::from_utf16_lossy(s), fault)
        }
        Text::Latin1(s) => (s.iter().copied().map(char::from).collect(), None),
        Text::Utf32(s) => {
            let c = |unit: &u32| char::from_u32(*unit);
            let lossy = s.iter().map(|unit| c(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
            (lossy.collect(), s.iter().position(|unit| c(unit).is_none()))
        }
        Text::LooseUtf16(s) => {
            let units: Vec<u16> = s.iter().map(|unit| u16::from_ne_bytes(*unit)).collect();
            std_says(Text::Utf16(&units))
        }
        Text::LooseUtf32(s) => {
            let units: Vec<u32> = s.iter().map(|unit| u32::from_ne_bytes(*unit)).collect();
            std_says(Text::Utf32(&units))
        }
    }
}
