//! The string room: the scalar kernels against the standard library, the fast
//! kernels against the scalar ones.
//!
//! Every destination lies between guards, and a kernel that touches one fails.

use witrt::string::{
    BadText, Changed, Dest, Encoding, Fault, Measured, Narrowest, Policy, Text, copy, fast,
    measure, narrowest, scalar, transcode, transcode_unchanged, validate,
};

mod agreement;
mod samples;

use agreement::*;
use samples::*;

#[test]
fn scalar_does_what_std_does() {
    each_sample(|src| {
        let (expected, position) = std_says(src);
        assert_eq!(scalar::validate(src).err().map(|bad| bad.position), position, "{src:?}");
        for to in ENCODINGS {
            let strict = scalar::measure(src, to, Policy::Reject);
            assert_eq!(strict.err().map(|bad| bad.position), position, "{src:?}");
            let m = scalar::measure(src, to, Policy::Replace).unwrap();
            assert_eq!(m.replaces(), position.is_some(), "{src:?}");
            assert_eq!(m.is_ascii(), expected.is_ascii(), "{src:?}");
            assert_eq!((m.from(), m.units(), m.to()), (src.encoding(), src.len(), to));
            let (done, written) =
                guarded(to, m.len(), Start::Aligned(0), |dst| scalar::transcode(&m, src, dst));
            assert_eq!(done, Ok(()), "{src:?}");
            assert_eq!(written, Units::of(&expected, to), "{src:?}");
            if position.is_none() {
                assert_eq!(scalar::length(src, to), m.len(), "{src:?}");
            }
        }
    });
}

#[test]
fn fast_does_what_scalar_does() {
    each_sample(|src| agree(src, 0));
}

#[test]
fn alignment_does_not_matter() {
    for &units in &[0, 1, 7, 8, 16, 33, 64, 130, 300, 1000] {
        for mix in MIXES {
            for offset in 0..=16 {
                let text = mix.text(units + offset, 7);
                let utf8 = text.as_bytes();
                agree(Text::Utf8(&utf8[boundary(&text, offset)..]), 16 - offset);
                if offset <= 8 {
                    let utf16: Vec<u16> = text.encode_utf16().collect();
                    agree(Text::Utf16(&utf16[offset..]), 8 - offset);
                }
            }
        }
    }
}

/// Texts in every form, at every address that a unit may have.
fn each_form(text: &str, shift: usize, mut check: impl FnMut(Text<'_>)) {
    let utf16: Vec<u16> = text.encode_utf16().collect();
    let utf32: Vec<u32> = text.chars().map(u32::from).collect();
    let latin1: Vec<u8> = utf32.iter().map(|value| *value as u8).collect();
    each_form_of(text.as_bytes(), &latin1, &utf16, &utf32, shift, &mut check);
}

fn each_form_of(
    utf8: &[u8],
    latin1: &[u8],
    utf16: &[u16],
    utf32: &[u32],
    shift: usize,
    check: &mut impl FnMut(Text<'_>),
) {
    let shifted = |bytes: &mut dyn Iterator<Item = u8>| {
        let mut all = vec![0; 8 + shift];
        // A vector may begin anywhere.
        let start = all.as_ptr().align_offset(8) + shift;
        all = vec![0; start];
        all.extend(bytes);
        (all, start)
    };
    let (loose16, at16) = shifted(&mut utf16.iter().flat_map(|unit| unit.to_ne_bytes()));
    let (loose32, at32) = shifted(&mut utf32.iter().flat_map(|unit| unit.to_ne_bytes()));
    check(Text::Utf8(utf8));
    check(Text::Latin1(latin1));
    check(Text::Utf16(utf16));
    check(Text::Utf32(utf32));
    check(Text::LooseUtf16(loose16[at16..].as_chunks().0));
    check(Text::LooseUtf32(loose32[at32..].as_chunks().0));
}

/// Around what goes over the stack at once, too.
const FORM_LENGTHS: [usize; 18] =
    [0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 65, 130, 511, 512, 513, 1100];

#[test]
fn every_encoding_and_every_address() {
    for units in FORM_LENGTHS {
        for mix in MIXES {
            let text = mix.text(units, units as u64 + 3);
            let narrow: String = text.chars().map(|c| char::from(c as u32 as u8)).collect();
            for shift in 0..8 {
                if units > 64 && shift > 3 {
                    continue;
                }
                each_form(&text, shift, |src| agree_in_all(src, shift));
                each_form(&narrow, shift, |src| agree_in_all(src, 7 - shift));
            }
        }
    }
}

#[test]
fn damaged_text_in_every_encoding() {
    let mut random = Random(11);
    for units in FORM_LENGTHS.into_iter().filter(|units| *units > 0) {
        for mix in MIXES {
            for shift in 0..4 {
                let text = mix.text(units, units as u64 + 5);
                let mut utf8 = text.clone().into_bytes();
                let mut utf16: Vec<u16> = text.encode_utf16().collect();
                let mut utf32: Vec<u32> = text.chars().map(u32::from).collect();
                let latin1: Vec<u8> = utf16.iter().map(|_| random.next() as u8).collect();
                let at = random.below(utf8.len());
                utf8[at] = random.next() as u8 | 0x80;
                let at = random.below(utf16.len());
                utf16[at] = 0xD800 | random.next() as u16 & 0x7FF;
                let at = random.below(utf32.len());
                utf32[at] = match random.below(4) {
                    0 => 0xD800 | random.next() as u32 & 0x7FF,
                    1 => 0x110000,
                    2 => random.next() as u32,
                    _ => 0x100 + random.below(0x500) as u32,
                };
                let check = &mut |src: Text<'_>| agree_in_all(src, shift);
                each_form_of(&utf8, &latin1, &utf16, &utf32, shift, check);
            }
        }
    }
}

#[test]
fn utf32_has_two_rules() {
    for (unit, fault) in [
        (0xD800, Fault::Surrogate),
        (0xDFFF, Fault::Surrogate),
        (0x110000, Fault::TooLarge),
        (u32::MAX, Fault::TooLarge),
    ] {
        for position in [0, 1, 7, 511, 512, 600] {
            let mut text = vec![0x6F22; position];
            text.push(unit);
            text.push(0x61);
            assert_eq!(validate(Text::Utf32(&text)), Err(BadText { position, fault }));
            let replaced = measure(Text::Utf32(&text), Encoding::Utf8, Policy::Replace).unwrap();
            assert_eq!(replaced.len(), 3 * position + 4);
        }
    }
}

#[test]
fn what_latin1_has_not() {
    let position = 600;
    let text = "ÿ".repeat(position) + "Ā🦀!";
    each_form(&text, 1, |src| {
        let at = |c: &str| match src.encoding() {
            Encoding::Utf8 => c.len(),
            Encoding::Utf16 => c.encode_utf16().count(),
            _ => c.chars().count(),
        };
        let mut bytes = [0; 700];
        let copied = copy(src, Dest::latin1(&mut bytes), Policy::Reject);
        if src.encoding() == Encoding::Latin1 {
            assert_eq!(copied, Ok(position + 3));
            return;
        }
        let position = at(&text[..2 * position]);
        assert_eq!(copied, Err(BadText { position, fault: Fault::NotLatin1 }.into()));
        let len = copy(src, Dest::latin1(&mut bytes), Policy::Replace).unwrap();
        assert_eq!((len, &bytes[599..len]), (603, &b"\xFF??!"[..]));
    });
    let bad = copy("Ā".into(), Dest::latin1(&mut [0]), Policy::Reject).unwrap_err();
    let message = "text that does not fit Latin-1: a character above U+00FF at code unit 0";
    assert_eq!(bad.to_string(), message);
}

#[test]
fn the_narrowest_encoding() {
    for (text, expected) in [
        ("", Narrowest::Ascii),
        ("\u{7F}", Narrowest::Ascii),
        ("\u{80}", Narrowest::Latin1),
        ("ÿ", Narrowest::Latin1),
        ("Ā", Narrowest::Utf16),
        ("\u{FFFF}", Narrowest::Utf16),
        ("\u{E000}", Narrowest::Utf16),
        ("\u{10000}", Narrowest::Utf32),
    ] {
        for around in ["", "x", &"plain ".repeat(200)] {
            let text = format!("{around}{text}{around}");
            each_form(&text, 1, |src| {
                if src.encoding() != Encoding::Latin1 {
                    let found = (expected, text.chars().count());
                    assert_eq!(narrowest(src, Policy::Reject), Ok(found), "{src:?}");
                }
            });
        }
    }
}

/// Each malformed sequence, with what is wrong with it.
const MALFORMED: &[(&[u8], Fault)] = &[
    (b"\x80", Fault::BadByte),
    (b"\xBF", Fault::BadByte),
    (b"\xF8\x88\x80\x80\x80", Fault::BadByte),
    (b"\xFE", Fault::BadByte),
    (b"\xFF", Fault::BadByte),
    (b"\xC2", Fault::TooShort),
    (b"\xE2\x82", Fault::TooShort),
    (b"\xE2", Fault::TooShort),
    (b"\xF0\x9F\xA6", Fault::TooShort),
    (b"\xF0\x9F", Fault::TooShort),
    (b"\xF4", Fault::TooShort),
    (b"\xE0\xC0", Fault::TooShort),
    (b"\xC0\x80", Fault::Overlong),
    (b"\xC1\xBF", Fault::Overlong),
    (b"\xE0\x80\x80", Fault::Overlong),
    (b"\xE0\x9F\xBF", Fault::Overlong),
    (b"\xF0\x80\x80\x80", Fault::Overlong),
    (b"\xF0\x8F\xBF\xBF", Fault::Overlong),
    (b"\xED\xA0\x80", Fault::Surrogate),
    (b"\xED\xBF\xBF", Fault::Surrogate),
    (b"\xED\xA0\xBD\xED\xB8\x80", Fault::Surrogate),
    (b"\xF4\x90\x80\x80", Fault::TooLarge),
    (b"\xF5\x80\x80\x80", Fault::TooLarge),
    (b"\xF7\xBF\xBF\xBF", Fault::TooLarge),
];

#[test]
fn malformed_utf8_is_found_anywhere() {
    for &(bad, fault) in MALFORMED {
        for filler in ["a", "é", "語", "🦀"] {
            for before in 0..70 {
                for after in [0, 1, 64] {
                    let mut text = filler.repeat(before).into_bytes();
                    let position = text.len();
                    text.extend_from_slice(bad);
                    text.extend_from_slice(filler.repeat(after).as_bytes());
                    let src = Text::Utf8(&text);
                    assert_eq!(validate(src), Err(BadText { position, fault }), "{text:x?}");
                    agree(src, 0);
                }
            }
        }
    }
}

#[test]
fn runs_end_where_something_else_begins() {
    let all: Vec<u16> = (0x800..=0xFFFF).filter(|unit| unit & 0xF800 != 0xD800).collect();
    agree(Text::Utf16(&all), 0);
    agree(Text::Utf8(String::from_utf16(&all).unwrap().as_bytes()), 0);

    let run = "語".repeat(150);
    let wide: Vec<u16> = run.encode_utf16().collect();
    for position in 0..wide.len() {
        for unit in [0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xE000] {
            let mut text = wide.clone();
            text[position] = unit;
            agree(Text::Utf16(&text), 0);
        }
    }
    for position in 0..run.len() {
        for byte in [0, 0x7F, 0x80, 0x9F, 0xA0, 0xBF, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xFF] {
            let mut text = run.clone().into_bytes();
            text[position] = byte;
            agree(Text::Utf8(&text), 0);
        }
    }
}

#[test]
fn lone_surrogates_are_found_anywhere() {
    let fault = Fault::Surrogate;
    for units in [1, 2, 3, 8, 16, 33, 64, 65, 129, 300] {
        for mix in MIXES {
            let text: Vec<u16> = mix.text(units, 3).encode_utf16().collect();
            for position in 0..units {
                for lone in [0xD800, 0xDBFF, 0xDC00, 0xDFFF] {
                    let mut text = text.clone();
                    text[position] = lone;
                    let found = validate(Text::Utf16(&text));
                    assert_eq!(found, scalar::validate(Text::Utf16(&text)));
                    if matches!(mix, Mix::Ascii | Mix::Cjk) {
                        assert_eq!(found, Err(BadText { position, fault }), "{text:x?}");
                    }
                    if position % 7 == 0 || position + 3 > units {
                        agree(Text::Utf16(&text), 0);
                    }
                }
            }
        }
    }
    // Where chunks of the fast kernels meet.
    for position in 2040..2056 {
        for pattern in [&[0xD83E, 0xDD80][..], &[0xD83E], &[0xDD80], &[0xDD80, 0xD83E]] {
            let mut text = vec![0xE9; 5000];
            text[position..position + pattern.len()].copy_from_slice(pattern);
            agree(Text::Utf16(&text), 0);
        }
    }
}

#[test]
fn every_short_sequence() {
    let edges = [0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xE1, 0xFF];
    // The second time inside a text that is long enough for whole vectors.
    for around in ["", "é语 ascii and so on, for more than a block of sixty-four bytes, é语"] {
        let mut bytes = around.as_bytes().to_vec();
        let at = bytes.len();
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(around.as_bytes());
        for a in 0x7F..=0xFF {
            for b in 0..=0xFF {
                for c in edges {
                    bytes[at..at + 4].copy_from_slice(&[a, b, c, 0x80]);
                    let src = Text::Utf8(&bytes);
                    let position = std::str::from_utf8(&bytes).err().map(|e| e.valid_up_to());
                    assert_eq!(fast::validate(src).err().map(|bad| bad.position), position);
                    assert_eq!(
                        fast::measure(src, Encoding::Utf16, Policy::Replace),
                        scalar::measure(src, Encoding::Utf16, Policy::Replace)
                    );
                }
            }
        }
    }
    for unit in 0..=u16::MAX {
        for text in [&[unit][..], &[unit, 0xDC00], &[0xD800, unit], &[0x61, unit, 0x61]] {
            let src = Text::Utf16(text);
            let well_formed = String::from_utf16(text).is_ok();
            assert_eq!(fast::validate(src).is_ok(), well_formed);
            assert_eq!(
                fast::measure(src, Encoding::Utf8, Policy::Replace),
                scalar::measure(src, Encoding::Utf8, Policy::Replace)
            );
        }
    }
}

#[test]
fn a_changed_text_is_an_error_and_no_overrun() {
    for &units in &[1, 2, 3, 8, 16, 17, 64, 100, 256, 300, 1000, 3000] {
        let utf8: Vec<Vec<u8>> = states(units, |text| text.into_bytes(), |n| (n >> 3) as u8);
        let utf16: Vec<Vec<u16>> =
            states(units, |text| text.encode_utf16().collect(), |n| (n >> 3) as u16);
        let utf8: Vec<_> = utf8.iter().map(|text| Text::Utf8(text)).collect();
        let utf16: Vec<_> = utf16.iter().map(|text| Text::Utf16(text)).collect();
        for texts in [utf8, utf16] {
            for &before in &texts {
                for to in ENCODINGS {
                    for policy in POLICIES {
                        let Ok(m) = measure(before, to, policy) else { continue };
                        texts.iter().for_each(|&after| changed(&m, after));
                    }
                }
            }
        }
    }
}

/// `after` has the length of the text that was measured.
fn changed(m: &Measured, after: Text<'_>) {
    let run = |transcode: Transcode| {
        guarded(m.to(), m.len(), Start::Aligned(3), |dst| transcode(m, after, dst))
    };
    let (expected, reference) = run(scalar::transcode);
    let (done, written) = run(fast::transcode);
    assert_eq!(done, expected, "{m:?} {after:?}");
    if done.is_ok() {
        assert_eq!(written, reference);
        // What is kept as it is stays so.
        if !m.keeps() {
            assert_eq!(written, Units::of(&std_says(after).0, m.to()));
        }
    }
    // It promises less: what it notices, and no overrun.
    let (done, written) = run(transcode_unchanged);
    if expected.is_ok() {
        assert_eq!((done, written), (Ok(()), reference));
    } else if m.from() != m.to() {
        assert_eq!(done, expected);
    }
}

#[test]
fn ends_must_be_as_measured() {
    let utf16: Vec<u16> = "naïve".encode_utf16().collect();
    for src in [Text::from("naïve"), Text::Utf16(&utf16), Text::from("ascii"), Text::from("")] {
        for to in ENCODINGS {
            let m = measure(src, to, Policy::Reject).unwrap();
            let other = if to == Encoding::Utf8 { Encoding::Utf16 } else { Encoding::Utf8 };
            for run in [transcode, scalar::transcode, fast::transcode, transcode_unchanged] {
                let into = |to, len| guarded(to, len, Start::Aligned(0), |dst| run(&m, src, dst)).0;
                assert_eq!(into(to, m.len()), Ok(()));
                assert_eq!(into(to, m.len() + 1), Err(Changed));
                assert_eq!(into(other, m.len()), Err(Changed));
                if m.len() > 0 {
                    assert_eq!(into(to, m.len() - 1), Err(Changed));
                }
                let longer = [b'x'; 20];
                let done = guarded(to, m.len(), Start::Aligned(0), |dst| {
                    run(&m, Text::Utf8(&longer), dst)
                })
                .0;
                assert_eq!(done, Err(Changed));
            }
        }
    }
}

#[test]
fn faults_and_failures_read_well() {
    let bad = validate(Text::Utf16(&[0x61, 0xDC00])).unwrap_err();
    assert_eq!(bad.to_string(), "ill-formed text: a lone surrogate at code unit 1");
    let small = copy("four".into(), Dest::utf8(&mut [0; 3]), Policy::Reject).unwrap_err();
    assert_eq!(small.to_string(), "the buffer is too small: the text needs 4 code units");
}
