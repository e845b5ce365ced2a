//! Functions of numbers and text, whose values go through the door's own memory.

use crate::twins::{SHAPES, Shape, Twins};
use witrt::string::Policy;
use witrt::{Str, Val};

#[test]
fn numbers() {
    for shape in SHAPES {
        let mut twins = Twins::new(shape);
        for bits in [0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x180, 0x7fff, 0x8000, 0xffff, 0x10000]
            .into_iter()
            .chain([0xd7ff, 0xe000, 0x10ffff, 0x7fff_ffff, 0x8000_0000, u32::MAX])
        {
            for name in ["to-bool", "to-s8", "to-u16"] {
                twins.call(name, &[Val::U32(bits)]);
            }
            let wide = u64::from(bits) << 32 | u64::from(bits.rotate_left(7));
            let each = [
                ("bool", Val::Bool(bits & 1 == 1)),
                ("s8", Val::S8(bits as i8)),
                ("u8", Val::U8(bits as u8)),
                ("s16", Val::S16(bits as i16)),
                ("u16", Val::U16(bits as u16)),
                ("s32", Val::S32(bits as i32)),
                ("u32", Val::U32(bits)),
                ("s64", Val::S64(wide as i64)),
                ("u64", Val::U64(wide)),
                ("f32", Val::F32(f32::from_bits(bits))),
                ("f64", Val::F64(f64::from_bits(wide))),
                ("char", Val::Char(char::from_u32(bits).unwrap_or('é'))),
            ];
            for (name, val) in each {
                let found = twins.call(name, std::slice::from_ref(&val));
                if !matches!(val, Val::F32(_) | Val::F64(_)) {
                    assert_eq!(found, format!("{val:?} []"), "{name}");
                }
            }
            twins.call("to-char", &[Val::U32(if bits < 0xd800 { bits } else { 0xe000 })]);
        }
        let sum = [
            Val::S16(-300),
            Val::S64(-1 << 40),
            Val::F32(0.5),
            Val::F64(1e9),
            Val::U8(255),
            Val::Char('🦀'),
        ];
        twins.call("sum", &sum);
        let four = |n: i32| {
            [Val::S32(n), Val::S64(i64::from(n) << 33), Val::F32(n as f32), Val::F64(n.into())]
        };
        let many = (1..5).flat_map(four).collect::<Vec<_>>();
        assert!(twins.call("many", &many).starts_with("f64 "));
        assert_eq!(twins.call("nothing", &[]), " [\"note U32(5)\"]");
        // What is wrong is told before the guest runs, and nothing is lost.
        twins.call("sum", &sum[..5]);
        twins.call("u8", &[Val::U16(1)]);
        twins.call("nothing", &[]);
    }
}

/// Each length that is copied in another way, with text of one to four bytes a
/// character, from hosts in both encodings.
#[test]
fn texts() {
    let lengths = (0..=80).chain(250..=262).chain([1000, 4096, 8191, 8192, 8193, 20_000]);
    let lengths = lengths.collect::<Vec<usize>>();
    for shape in SHAPES {
        let mut twins = Twins::new(shape);
        for len in lengths.iter().copied() {
            let ascii = (0..len).map(|i| char::from(b'!' + (i % 90) as u8)).collect::<String>();
            for other in ["", "é", "語", "🦀"] {
                let text = format!("{}{other}", &ascii[..len.saturating_sub(other.len())]);
                let units = text.encode_utf16().collect::<Vec<_>>();
                for val in [Val::from(&*text), Val::String(Str::from_utf16(&units))] {
                    let found = twins.call("echo", std::slice::from_ref(&val));
                    assert_eq!(found, format!("{text:?} []"));
                    twins.call("length", std::slice::from_ref(&val));
                    twins.call("second", &["é".into(), Val::S64(-3), val.clone()]);
                    twins.call("second", &[val.clone(), Val::S64(7), "x".into()]);
                }
            }
        }
        for name in ["echo-unpaid", "my:pkg/face@1.2.3#echo", "inner#echo"] {
            for _ in 0..3 {
                assert_eq!(twins.call(name, &["by another name".into()]), "\"by another name\" []");
            }
        }
        twins.compare_memory();
    }
}

/// Calls of the types that a host says, which have no values in between.
#[test]
fn typed() {
    for shape in SHAPES {
        let mut twins = Twins::new(shape);
        for text in ["", "typed", "é🦀", &"long ".repeat(50), &"longest ".repeat(2000)] {
            for twin in &mut twins.twins {
                let store = &mut twin.store;
                let mut func = |name: &str| twin.instance.func(&mut *store, name).unwrap();
                let (echo, length, sum) = (func("echo"), func("length"), func("sum"));
                let (char, nothing) = (func("char"), func("nothing"));
                let echo = echo.typed::<(&str,), String>().unwrap();
                let length = length.typed::<(&str,), u32>().unwrap();
                let sum = sum.typed::<(i16, i64, f32, f64, u8, char), f64>().unwrap();
                let char = char.typed::<(char,), char>().unwrap();
                let nothing = nothing.typed::<(), ()>().unwrap();
                for _ in 0..3 {
                    assert_eq!(echo.call(&mut *store, (text,)).unwrap(), text);
                    assert_eq!(length.call(&mut *store, (text,)).unwrap() as usize, text.len());
                    let sum = sum.call(&mut *store, (-1, 1 << 40, 0.5, 2.0, 7, 'A')).unwrap();
                    assert_eq!(sum, (1u64 << 40) as f64 - 1.0 + 2.5 + 72.0);
                    assert_eq!(char.call(&mut *store, ('🦀',)).unwrap(), '🦀');
                    nothing.call(&mut *store, ()).unwrap();
                }
            }
        }
        twins.compare_memory();
    }
}

/// Guests in other encodings: the host transcodes.
#[test]
fn texts_in_other_encodings() {
    for encoding in ["string-encoding=utf16", "string-encoding=latin1+utf16"] {
        let mut twins = Twins::in_encoding(Shape::Whole, encoding);
        for text in ["", "ab", "語語", "🦀"] {
            for _ in 0..3 {
                twins.call("echo", &[text.into()]);
            }
        }
        twins.call("s32", &[Val::S32(-5)]);
        twins.compare_memory();
    }
}

/// Text that is ill-formed is refused before the guest runs, or replaced.
#[test]
fn ill_formed_text_of_hosts() {
    for shape in SHAPES {
        let mut twins = Twins::new(shape);
        twins.call("echo", &["first".into()]);
        for units in [vec![0xd800], vec![0x41; 100], [vec![0x41; 100], vec![0xdc00]].concat()] {
            let val = Val::String(Str::from_utf16(&units));
            twins.call("echo", &[val]);
            let replaced = Str::from_utf16(&units).with_policy(Policy::Replace);
            twins.call("echo", &[Val::String(replaced)]);
        }
        for bytes in [&b"\xff"[..], &[b"a".repeat(70), vec![0xc3]].concat()] {
            twins.call("length", &[Val::String(Str::from_utf8(bytes))]);
        }
        twins.compare_memory();
    }
}

/// Where a guest says that its text is: anywhere, and of any length.
#[test]
fn claims_about_text() {
    let end = 2 * 65536;
    let claims = [
        (end - 3, 3),
        (end - 3, 4),
        (end, 0),
        (end + 1, 0),
        (u32::MAX, 0),
        (u32::MAX, 1),
        (100, u32::MAX),
        (4096, 65),
        (4096, 64),
        (end - 65, 65),
        (end - 64, 65),
    ];
    for shape in SHAPES {
        for (at, len) in claims {
            let mut twins = Twins::new(shape);
            twins.call("at", &[Val::U32(64), Val::U32(3)]);
            twins.call("at", &[Val::U32(64), Val::U32(3)]);
            twins.call("at", &[Val::U32(at), Val::U32(len)]);
            twins.call("u8", &[Val::U8(1)]);
        }
        for at in [16, 17, 18, end - 8, end - 4, end, !3] {
            let mut twins = Twins::new(shape);
            twins.call("area", &[Val::U32(32)]);
            twins.call("area", &[Val::U32(32)]);
            twins.call("area", &[Val::U32(at)]);
            twins.call("u8", &[Val::U8(1)]);
        }
        // Ill-formed, short and long; no character is cut.
        for len in [1, 2, 70] {
            for byte in [0xff, 0xc3, 0x80] {
                let mut twins = Twins::new(shape);
                for _ in 0..2 {
                    twins.call("at", &[Val::U32(64), Val::U32(3)]);
                }
                let last = Val::U32(5000 + len - 1);
                twins.call("poke", &[last, Val::U32(byte)]);
                let told = twins.call("at", &[Val::U32(5000), Val::U32(len)]);
                assert!(told.starts_with("Trap"), "{told}");
                twins.call("u8", &[Val::U8(1)]);
            }
        }
    }
}

/// Allocators that lie, grow the memory, trap, and call the host, which they may not;
/// the same of what is called after a return.
#[test]
fn hostile_guests() {
    let be = |lie: i32, grow, leave, trap| {
        [Val::S32(lie), Val::U32(grow), Val::U32(leave), Val::U32(trap)]
    };
    let ways = [
        be(0, 1, 0, 0),
        be(65536 * 2, 0, 0, 0),
        be(-1, 0, 0, 0),
        be(i32::MIN, 0, 0, 0),
        be(0, 0, 1, 0),
        be(0, 0, 2, 0),
        be(0, 0, 3, 0),
        be(0, 0, 0, 1),
        be(0, 0, 0, 2),
        be(0, 0, 0, 3),
    ];
    let long = "long text ".repeat(2000);
    for shape in SHAPES {
        for way in &ways {
            for text in ["", "short", "é", &long] {
                let mut twins = Twins::new(shape);
                for _ in 0..2 {
                    twins.call("echo", &["before".into()]);
                    twins.call("second", &["before".into(), Val::S64(0), "é".into()]);
                }
                twins.call("be", way);
                twins.call("echo", &[text.into()]);
                twins.call("second", &[text.into(), Val::S64(1), "é".into()]);
                twins.call("note", &["after".into()]);
                twins.call("u8", &[Val::U8(1)]);
            }
        }
        for name in ["trap", "deep", "to-char"] {
            let mut twins = Twins::new(shape);
            let args: &[Val<'_>] = match name {
                "trap" => &["text".into()],
                "deep" => &[],
                _ => &[Val::U32(0xd800)],
            };
            let told = twins.call(name, args);
            assert!(told.starts_with("Trap"), "{told}");
            let told = twins.call("u8", &[Val::U8(1)]);
            assert!(told.starts_with("Poisoned"), "{told}");
        }
    }
}
