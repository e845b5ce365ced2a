//! Where results go: into room of the host's that there is or that is made, which may be
//! refused, and into types of Rust's own. What was not written is kept, the guest is told
//! once that its result was read, and an instance that cannot be called any more says so,
//! by both ways.

use crate::twins::{SHAPES, Shape, Twin, Twins, told_of};
use std::ffi::c_void;
use witrt::string::{Encoding, Text};
use witrt::tree::{Arg, Out, Sink};
use witrt::{Error, ErrorKind, Policy, Prepared, Str, Val};

/// A place for a text.
#[derive(Clone, Copy, Debug)]
enum Place {
    String,
    Units,
    Val,
    Handle,
    /// Room for so many units.
    Room(usize),
    /// Room that is made as it is asked for,
    Grow,
    /// or not,
    Refuse,
    /// or at an odd address.
    Odd,
    /// Somebody reads it where it lies,
    Read,
    /// and fails.
    Fail,
}

const PLACES: [Place; 12] = [
    Place::String,
    Place::Units,
    Place::Val,
    Place::Handle,
    Place::Room(0),
    Place::Room(3),
    Place::Room(64),
    Place::Grow,
    Place::Refuse,
    Place::Odd,
    Place::Read,
    Place::Fail,
];

unsafe extern "C" fn grow(env: *mut c_void, units: usize) -> *mut c_void {
    // SAFETY: `at` has lent it for the call.
    let room = unsafe { &mut *env.cast::<Vec<u64>>() };
    room.resize(units + 2, 0);
    room.as_mut_ptr().cast()
}

unsafe extern "C" fn refuse(_: *mut c_void, _: usize) -> *mut c_void {
    std::ptr::null_mut()
}

unsafe extern "C" fn odd(env: *mut c_void, units: usize) -> *mut c_void {
    // SAFETY: as for `grow`, which gives more than it is asked for.
    unsafe { grow(env, units).byte_add(1) }
}

unsafe fn read(env: *mut c_void, text: Text<'_>, _: Policy) -> witrt::Result<usize> {
    // SAFETY: `at` has lent it for the call.
    let room = unsafe { &mut *env.cast::<Vec<u64>>() };
    room.clear();
    let mut copy = String::new();
    witrt::string::copy_to_string(text, &mut copy, Policy::Reject).map_err(Error::from)?;
    room.extend(copy.bytes().map(u64::from));
    Ok(copy.len())
}

unsafe fn fail(_: *mut c_void, _: Text<'_>, _: Policy) -> witrt::Result<usize> {
    Err(Error::new(ErrorKind::OutOfRange, "the reader failed"))
}

/// Calls a function with a place for its text, and tells all that came of it.
fn call(twin: &mut Twin, name: &str, args: &[Val<'_>], place: Place, encoding: Encoding) -> String {
    let func = twin.instance.func(&mut twin.store, name).unwrap();
    let prepared = Prepared::new(&func, func.ty().params(), func.ty().results()).unwrap();
    let args = args.iter().map(Arg::val).collect::<Vec<_>>();
    let mut room = vec![0u64; 80];
    let env: *mut c_void = (&raw mut room).cast();
    let (mut string, mut units, mut val) = (String::from("as it was"), vec![7u16], Val::Bool(true));
    let mut handle = Str::from("as it was");
    // SAFETY: each is there until the call is over, and nobody else uses it.
    let mut sink = unsafe {
        match place {
            Place::Room(capacity) => Sink::room(room.as_mut_ptr().cast(), capacity, encoding),
            Place::Refuse => Sink::grow(refuse, env, encoding),
            Place::Odd => Sink::grow(odd, env, encoding),
            Place::Read => Sink::read(read, env),
            Place::Fail => Sink::read(fail, env),
            _ => Sink::grow(grow, env, encoding),
        }
    };
    let end = match place {
        Place::String => Out::utf8(&mut string),
        Place::Units => Out::utf16(&mut units),
        Place::Val => Out::val(&mut val),
        Place::Handle => Out::string(&mut handle),
        _ => Out::sink(&mut sink),
    };
    let outcome = prepared.call(&mut twin.store, &args, &mut [end]);
    let (told, given) = (outcome.as_ref().map_err(told_of), outcome.is_ok());
    let found = match place {
        // What an error leaves is not told.
        _ if !given => String::new(),
        Place::String => format!("{string:?}"),
        Place::Units => format!("{units:?}"),
        Place::Val => match &val {
            Val::String(text) => format!("{:?}", text.to_string(&twin.store).unwrap()),
            other => format!("{other:?}"),
        },
        Place::Handle => format!("{:?}", handle.to_string(&twin.store).unwrap()),
        _ => match sink.kept {
            Some(kept) => {
                let text = kept.1.to_string(&twin.store).unwrap();
                format!("kept {text:?} {} {:?}", told_of(&kept.0), kept.0.capacity())
            }
            None => format!("{} {room:?}", sink.units),
        },
    };
    format!("{told:?} {found}")
}

impl Twins {
    fn put(&mut self, name: &str, args: &[Val<'_>], place: Place, encoding: Encoding) -> String {
        let both = self.twins.each_mut().map(|twin| call(twin, name, args, place, encoding));
        assert_eq!(both[0], both[1], "{name}({args:?}) {place:?} {encoding:?}");
        let [told, _] = both;
        told
    }
}

const ENCODINGS: [Encoding; 4] =
    [Encoding::Utf8, Encoding::Utf16, Encoding::Latin1, Encoding::Utf32];

/// Short text, which comes back in the door's own memory, text that does not, and text
/// that a place has no room for or cannot hold; and the guest pays once for each.
#[test]
fn texts() {
    let long = "long text, é ".repeat(900);
    for (shape, guest) in
        SHAPES.into_iter().flat_map(|s| ["", "string-encoding=utf16"].map(|e| (s, e)))
    {
        let mut twins = Twins::in_encoding(shape, guest);
        for (place, encoding) in PLACES.into_iter().flat_map(|p| ENCODINGS.map(|e| (p, e))) {
            for text in [
                "",
                "abc",
                "four",
                "é",
                "語",
                "of more than sixty-four bytes, and so it is read where the guest has it",
                &long,
            ] {
                let mut told = String::new();
                for _ in 0..2 {
                    told = twins.put("echo", &[text.into()], place, encoding);
                }
                // Only what the host fails at for other reasons than room ends an instance.
                let told_after = twins.call("u8", &[Val::U8(1)]);
                if told_after.starts_with("Poisoned") {
                    assert!(told.starts_with("Err"), "{place:?} {encoding:?} {text:?}: {told}");
                    twins = Twins::in_encoding(shape, guest);
                }
            }
        }
        twins.compare_memory();
    }
}

/// What is called after a return traps, or calls whom it may not, whatever became of the
/// text, whose place may be wrong as well; and guests that claim what is not so.
#[test]
fn texts_of_hostile_guests() {
    let be = |leave, trap| [Val::S32(0), Val::U32(0), Val::U32(leave), Val::U32(trap)];
    for shape in SHAPES {
        for (place, way) in PLACES.into_iter().flat_map(|p| [be(2, 0), be(0, 2)].map(|w| (p, w))) {
            for text in ["short", "é"] {
                let mut twins = Twins::new(shape);
                twins.put("echo", &["before".into()], place, Encoding::Utf16);
                twins.call("be", &way);
                let told = twins.put("echo", &[text.into()], place, Encoding::Utf16);
                assert!(told.starts_with("Err"), "{told}");
                assert!(twins.call("u8", &[Val::U8(1)]).starts_with("Poisoned"));
            }
        }
        for place in PLACES {
            for (name, args) in [
                ("at", &[Val::U32(2 * 65536 - 3), Val::U32(4)][..]),
                ("at", &[Val::U32(u32::MAX), Val::U32(0)]),
                ("area", &[Val::U32(17)]),
                ("area", &[Val::U32(2 * 65536 - 4)]),
            ] {
                let mut twins = Twins::new(shape);
                twins.put("at", &[Val::U32(64), Val::U32(0)], place, Encoding::Utf8);
                twins.call("area", &[Val::U32(64)]);
                let told = twins.put(name, args, place, Encoding::Utf8);
                assert!(told.starts_with("Err"), "{told}");
                assert!(twins.call("u8", &[Val::U8(1)]).starts_with("Poisoned"));
            }
        }
    }
}

/// Of a result of up to 32 bits only those are looked at: others may be left from a
/// result before.
#[test]
fn numbers_behind_wider_ones() {
    for shape in SHAPES {
        let mut twins = Twins::new(shape);
        for _ in 0..2 {
            for twin in &mut twins.twins {
                let store = &mut twin.store;
                let mut func = |name: &str| twin.instance.func(&mut *store, name).unwrap();
                let wide = func("u64").typed::<(u64,), u64>().unwrap();
                let [to_bool, to_s8, to_u16, to_char] =
                    ["to-bool", "to-s8", "to-u16", "to-char"].map(&mut func);
                let (ok, color, set) = (func("ok"), func("to-color"), func("set"));
                let to_bool = to_bool.typed::<(u32,), bool>().unwrap();
                let to_s8 = to_s8.typed::<(u32,), i8>().unwrap();
                let to_u16 = to_u16.typed::<(u32,), u16>().unwrap();
                let to_char = to_char.typed::<(u32,), char>().unwrap();
                let ok = ok.typed::<(Result<(), ()>,), Result<(), ()>>().unwrap();
                let color = color.typed::<(u32,), u32>().unwrap();
                let set = set.typed::<(u32,), u32>().unwrap();
                for bits in [0, 1, 2, 0x80, 0x100, 0xff80] {
                    macro_rules! behind {
                        ($func:ident($arg:expr) is $expected:expr) => {
                            assert_eq!(wide.call(&mut *store, (u64::MAX,)).unwrap(), u64::MAX);
                            assert_eq!($func.call(&mut *store, ($arg,)).unwrap(), $expected);
                        };
                    }
                    behind!(to_bool(bits) is bits != 0);
                    behind!(to_s8(bits) is bits as i8);
                    behind!(to_u16(bits) is bits as u16);
                    behind!(to_char(bits) is char::from_u32(bits).unwrap());
                    behind!(ok(if bits == 0 { Ok(()) } else { Err(()) }) is if bits == 0 { Ok(()) } else { Err(()) });
                    behind!(color(bits % 3) is bits % 3);
                    behind!(set(bits % 8) is bits % 8);
                }
            }
        }
        twins.compare_memory();
    }
}

type Row = (String, u32);

/// Types of Rust's own are told of the same claims as values of any type.
#[test]
fn claims_to_types() {
    fn by<P: witrt::Params + 'static, R: witrt::Lift + std::fmt::Debug>(
        twins: &mut Twins,
        name: &str,
        args: &dyn Fn() -> P::Of<'static>,
    ) -> String {
        let told = twins.twins.each_mut().map(|twin| {
            let func = twin.instance.func(&mut twin.store, name).unwrap();
            let func = func.typed::<P, R>().unwrap();
            match func.call(&mut twin.store, args()) {
                Ok(found) => format!("{found:?}"),
                Err(error) => told_of(&error),
            }
        });
        assert_eq!(told[0], told[1], "{name}");
        let [told, _] = told;
        told
    }
    let end = 2 * 65536u32;
    for shape in [Shape::Whole, Shape::Resource] {
        for (at, len) in
            [(end - 4, 1), (end - 4, 2), (65, 1), (u32::MAX, 0), (0, 1 << 30), (end, 0)]
        {
            let (good, bad) = (move || (64u32, 1u32), move || (at, len));
            let mut twins = Twins::new(shape);
            for args in [&good as &dyn Fn() -> (u32, u32), &good, &bad, &good] {
                by::<(u32, u32), Vec<u32>>(&mut twins, "words-at", &|| args());
            }
            let mut twins = Twins::new(shape);
            for args in [&good as &dyn Fn() -> (u32, u32), &good, &bad, &good] {
                by::<(u32, u32), Vec<String>>(&mut twins, "texts-at", &|| args());
            }
            let mut twins = Twins::new(shape);
            for args in [&good as &dyn Fn() -> (u32, u32), &good, &bad, &good] {
                by::<(u32, u32), Vec<char>>(&mut twins, "chars-at", &|| args());
            }
        }
        for at in [end - 8, end - 4, 1, 18] {
            let mut twins = Twins::new(shape);
            twins.call("area", &[Val::U32(32)]);
            for at in [32, 32, at, 32] {
                by::<(u32,), String>(&mut twins, "area", &move || (at,));
            }
        }
        for bits in [0xd800, 0xdfff, 0x11_0000, u32::MAX] {
            let mut twins = Twins::new(shape);
            for bits in [0x41, bits, 0x41] {
                by::<(u32,), char>(&mut twins, "to-char", &move || (bits,));
            }
        }
        // Allocators that lie to types, and what they are given is counted the same.
        for lie in [0, 1, 65536 * 2, i32::MIN] {
            let mut twins = Twins::new(shape);
            let rows = || (vec![("a row".to_owned(), 1u32), ("é".to_owned(), 2)],);
            for lie in [0, lie, 0] {
                by::<(Vec<Row>,), Vec<Row>>(&mut twins, "rows", &rows);
                twins.call("be", &[Val::S32(lie), Val::U32(0), Val::U32(0), Val::U32(0)]);
            }
        }
    }
}
