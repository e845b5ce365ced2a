//! Components called from Rust with Rust's own types.

use crate::support::{Guest, engine};
use witrt::{
    Encoding, Error, ErrorKind, Lift, List, Params, Resource, Store, Str, TrapCode, TypedFunc, Val,
};

type Point = (i32, i32);
type Person<T> = (T, u8, Vec<T>, Option<Point>);

const FILES: [&str; 4] =
    ["c/guest-utf8.wasm", "c/guest-utf16.wasm", "c/core-utf8.wasm", "c/core-utf16.wasm"];

impl Guest {
    fn typed<P: Params, R: Lift>(&mut self, name: &str) -> TypedFunc<P, R> {
        self.func(name).typed().unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// Calls a function that is found anew.
    fn ask<P: Params, R: Lift>(&mut self, name: &str, args: P::Of<'_>) -> R {
        let func = self.typed::<P, R>(name);
        func.call(&mut self.store, args).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    fn refused<P: Params, R: Lift>(&mut self, name: &str) -> String {
        let error = self.func(name).typed::<P, R>().err().unwrap();
        assert_eq!(error.kind(), ErrorKind::WrongKind, "{error}");
        error.message().to_owned()
    }
}

fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

/// Every export of every file, and none is left out.
#[test]
fn every_export() {
    for file in FILES.iter().chain(&["c/plain-utf8.wasm", "c/plain-utf16.wasm"]) {
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            let guest = &mut Guest::new(&engine(encoding), file);
            text_and_lists(guest);
            if !file.contains("plain") {
                every_kind(guest);
                resources(guest);
                let told = guest.ask::<(&str,), String>("run", ("x",));
                assert!(told.starts_with("answer to x ["), "{told}");
                assert_eq!(guest.ask::<(&str,), u32>("boom", ("",)), 7);
                let boom = guest.typed::<(&str,), u32>("boom");
                let error = boom.call(&mut guest.store, ("x",)).unwrap_err();
                assert_eq!(error.trap().unwrap().code(), Some(TrapCode::Unreachable));
            }
            assert_eq!(guest.left_out(), [""; 0], "{file}");
        }
    }
}

/// Small components, with text in every encoding, and what breaks the canonical ABI.
#[test]
fn small_components() {
    let files = ["mini-utf8", "mini-utf16", "mini-compact-utf16", "solo-utf8", "solo-utf16"];
    for (file, length) in files.into_iter().zip([7, 4, 4, 7, 4]) {
        let guest = &mut Guest::new(&engine(Encoding::Utf16), &format!("wat/{file}.wasm"));
        for text in ["", "abc", "ÿ", "éééĀ", "aé🦀", "x\0y"] {
            assert_eq!(guest.ask::<(&str,), String>("echo", (text,)), text);
        }
        assert_eq!(guest.ask::<(&str,), u32>("units", ("aé🦀",)), length);
        if file.starts_with("solo") {
            assert_eq!(guest.ask::<(&[i32],), i64>("sum", (&[1, -2, 2147483647],)), 2147483646);
            assert_eq!(guest.ask::<(Point,), Point>("mirror", ((3, -4),)), (-3, -4));
        } else {
            let is_wide = u32::from(file == "mini-compact-utf16");
            assert_eq!(guest.ask::<(&str,), u32>("tag", ("aé🦀",)), is_wide);
            assert_eq!(guest.ask::<(&[u16],), String>("relay", (&units("z"),)), "éz🦀");
            let bad = guest.typed::<(u32,), String>("bad");
            // The same bytes are text in some of them.
            if file != "mini-utf16" {
                assert_eq!(bad.call(&mut guest.store, (0,)).unwrap(), "A");
            }
            let error = bad.call(&mut guest.store, (3,)).unwrap_err();
            assert_eq!(error.trap().unwrap().code(), Some(TrapCode::MemoryOutOfBounds));
            let error = bad.call(&mut guest.store, (3,)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Poisoned);
        }
        assert_eq!(guest.left_out(), [""; 0], "{file}");
    }
}

/// The interface `text`, which all worlds of C export.
fn text_and_lists(guest: &mut Guest) {
    let greeting = "hello, Zoë 🦀! (9 bytes, 5 chars)";
    assert_eq!(guest.ask::<(&str,), String>("greet", ("Zoë 🦀",)), greeting);
    let wide = units("Zoë 🦀");
    assert_eq!(guest.ask::<(&[u16],), Vec<u16>>("greet", (&wide,)), units(greeting));
    assert_eq!(guest.ask::<(Vec<u16>,), String>("greet", (wide.clone(),)), greeting);
    assert_eq!(guest.ask::<(String,), String>("greet", ("Zoë 🦀".into(),)), greeting);
    let kept = guest.ask::<(&Str<'_>,), Str<'static>>("greet", (&Str::from("Zoë 🦀"),));
    assert_eq!(kept.to_string(&guest.store).unwrap(), greeting);
    let again = guest.ask::<(Str<'_>, &str), String>("concat", (&kept, "!"));
    assert_eq!(again, format!("{greeting}!"));
    assert_eq!(guest.ask::<(&str, &str), String>("concat", ("x\0y", "z")), "x\0yz");
    assert_eq!(guest.ask::<(&str, &[u16]), String>("concat", ("", &[])), "");
    assert_eq!(guest.ask::<(&str,), u32>("count", ("añ🦀",)), 3);
    assert_eq!(guest.ask::<(&[u8],), Vec<u8>>("reverse-bytes", (&[1, 2, 255],)), [255, 2, 1]);
    assert_eq!(guest.ask::<([u8; 3],), Vec<u8>>("reverse-bytes", ([1, 2, 3],)), [3, 2, 1]);
    assert!(guest.ask::<(Vec<u8>,), Vec<u8>>("reverse-bytes", (vec![],)).is_empty());
    assert_eq!(guest.ask::<(&[f64],), f64>("sum", (&[0.5, 0.25],)), 0.75);
    assert_eq!(guest.ask::<(&[f64],), f64>("sum", (&[],)), 0.0);
    let parse = guest.typed::<(&str,), Result<Point, String>>("parse");
    assert_eq!(parse.call(&mut guest.store, ("3,-4",)).unwrap(), Ok((3, -4)));
    let told = Err("bad point: é".to_owned());
    assert_eq!(parse.call(&mut guest.store, ("é",)).unwrap(), told);
}

/// The interface `kinds`.
fn every_kind(guest: &mut Guest) {
    assert!(!guest.ask::<(bool,), bool>("flip", (true,)));
    assert_eq!(guest.ask::<(char,), char>("next-char", ('é',)), 'ê');
    assert_eq!(guest.ask::<(char,), char>("next-char", ('\u{d7ff}',)), '\u{e000}');
    type Ints = (i8, u8, i16, u16, i32, u32, i64, u64);
    let most = (i8::MAX, u8::MAX, i16::MAX, u16::MAX, i32::MAX, u32::MAX, i64::MAX, u64::MAX);
    let least = (i8::MIN, 0, i16::MIN, 0, i32::MIN, 0, i64::MIN, 0);
    assert_eq!(guest.ask::<Ints, Ints>("ints", most), least);
    assert_eq!(guest.ask::<(f32, f64), (f32, f64)>("floats", (1.5, -0.5)), (0.75, -0.25));
    assert_eq!(guest.ask::<(u8,), u8>("next-color", (2,)), 0);
    assert_eq!(guest.ask::<(u32,), u16>("next-color", (0,)), 1);
    assert_eq!(guest.ask::<(u8,), u8>("toggle", (0b101,)), 0b010);
    assert_eq!(guest.ask::<(u32,), u32>("toggle", (0,)), 0b111);

    // A variant has cases that Rust has no type for.
    let shape = |case, payload: Option<Val<'static>>| Val::Variant(case, payload.map(Box::new));
    let point = |x, y| Val::Record(vec![Val::S32(x), Val::S32(y)]);
    type Area = Option<f64>;
    assert_eq!(guest.ask::<(Val<'_>,), Area>("area", (shape(0, None),)), None);
    assert_eq!(guest.ask::<(Val<'_>,), Area>("area", (shape(1, Some(Val::F64(2.0))),)), Some(12.0));
    let ends = Val::Tuple(vec![point(1, 2), point(3, 4)]);
    let grown = guest.ask::<(Val<'_>,), Val<'static>>("grow", (shape(2, Some(ends)),));
    assert_eq!(
        format!("{grown:?}"),
        "Variant(2, Some(Tuple([Record([S32(1), S32(2)]), Record([S32(4), S32(5)])])))"
    );
    let grown = guest.ask::<(Val<'_>,), Val<'static>>("grow", (shape(3, Some("é".into())),));
    assert!(matches!(grown, Val::Variant(3, Some(text)) if format!("{text:?}").contains("é+")));

    let person = ("Zoë", 41, vec!["a", "🦀"], Some((3, 4)));
    let older = guest.ask::<(Person<&str>,), Person<String>>("birthday", (person,));
    let tags = ["a", "🦀", "older é"].map(str::to_owned).to_vec();
    assert_eq!(older, ("Zoë".to_owned(), 42, tags, Some((-3, 4))));
    let person = (units(""), 255, vec![], None);
    let older = guest.ask::<(Person<Vec<u16>>,), Person<String>>("birthday", (person,));
    assert_eq!(older, (String::new(), 0, vec!["older é".to_owned()], None));

    let points = [(1, 2), (3, -8)];
    type Points<'a> = (&'a [Point],);
    assert_eq!(guest.ask::<Points<'_>, Option<Point>>("centroid", (&points,)), Some((2, -3)));
    assert_eq!(guest.ask::<Points<'_>, Option<Point>>("centroid", (&[],)), None);
    let path = guest.ask::<(u32,), Vec<Point>>("path", (3,));
    assert_eq!(path, [(0, 0), (1, 1), (2, 4)]);
    assert_eq!(guest.ask::<(u32,), Vec<(i32, i32)>>("path", (0,)), []);
    assert_eq!(guest.ask::<(&str,), Vec<String>>("words", ("a é  b",)), ["a", "é", "", "b"]);
    let wide = guest.ask::<(&str,), Vec<Vec<u16>>>("words", ("a é",));
    assert_eq!(wide, [units("a"), units("é")]);
    type Join<'a> = (&'a [&'a str], Option<&'a str>);
    assert_eq!(guest.ask::<Join<'_>, String>("join", (&["a", "é", ""], None)), "a|é|");
    assert_eq!(guest.ask::<Join<'_>, String>("join", (&["a", "b"], Some("--"))), "a--b");
    let owned = ["a".to_owned(), "b".to_owned()];
    type Owned<'a> = (&'a [String], Option<Vec<u16>>);
    assert_eq!(guest.ask::<Owned<'_>, String>("join", (&owned, Some(units("é")))), "aéb");
    let maybe = guest.typed::<(Option<&str>,), Option<Option<String>>>("maybe");
    let mut maybe = |text| maybe.call(&mut guest.store, (text,)).unwrap();
    assert_eq!(maybe(None), None);
    assert_eq!(maybe(Some("")), Some(None));
    assert_eq!(maybe(Some("é")), Some(Some("é".to_owned())));
    let check = guest.typed::<(i32,), Result<(), u8>>("check");
    let mut check = |n| check.call(&mut guest.store, (n,)).unwrap();
    assert_eq!([check(1), check(-1), check(-2)], [Ok(()), Err(0), Err(2)]);
    let halve = guest.typed::<(u32,), Result<u32, ()>>("halve");
    let mut halve = |n| halve.call(&mut guest.store, (n,)).unwrap();
    assert_eq!([halve(8), halve(7)], [Ok(4), Err(())]);
    // More than sixteen words go through memory.
    type Wide<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str, &'a str, &'a str, &'a str, u64);
    let wide = ("a", "é", "", "🦀", "e", "f", "g", "h", u64::MAX);
    let told = guest.ask::<Wide<'_>, String>("wide", wide);
    assert_eq!(told, "a,é,,🦀,e,f,g,h,18446744073709551615");
}

/// Resources, which are one type of Rust's whether given or lent.
fn resources(guest: &mut Guest) {
    let live = guest.typed::<(), u32>("live");
    let make = guest.typed::<(&str,), Resource>("[constructor]logbook");
    let add = guest.typed::<(&Resource, &str), u32>("[method]logbook.add");
    let merge = guest.typed::<(Resource, &Resource), Resource>("[static]logbook.merge");
    let text = guest.typed::<(&Resource,), String>("[method]logbook.text");
    let store = &mut guest.store;
    let a = make.call(&mut *store, ("first",)).unwrap();
    let b = make.call(&mut *store, ("é",)).unwrap();
    assert_eq!(live.call(&mut *store, ()).unwrap(), 2);
    assert_eq!(add.call(&mut *store, (&a, "one")).unwrap(), 1);
    assert_eq!(add.call(&mut *store, (&a, "zwei ß")).unwrap(), 2);
    let error = merge.call(&mut *store, (a.clone(), &a)).err().unwrap();
    assert_eq!((error.kind(), error.argument()), (ErrorKind::WrongKind, Some(1)));
    let merged = merge.call(&mut *store, (a.clone(), &b)).unwrap();
    let told = text.call(&mut *store, (&merged,)).unwrap();
    assert_eq!(told, "first\none\nzwei ß\n--\né");
    let error = text.call(&mut *store, (&a,)).unwrap_err();
    assert_eq!((error.kind(), error.argument()), (ErrorKind::WrongKind, Some(0)));
    drop((a, b, merged));
    assert_eq!(live.call(&mut *store, ()).unwrap(), 0);
}

/// A type that is not the function's is told with the way to it.
#[test]
fn mismatches_are_found_before_any_call() {
    let guest = &mut Guest::new(&engine(Encoding::Utf8), FILES[0]);
    let told = guest.refused::<(u32,), String>("greet");
    assert_eq!(told, "parameter 0 (\"name\"): expected string, found u32");
    let told = guest.refused::<(&str,), Vec<u8>>("greet");
    assert_eq!(told, "result: expected string, found list<u8>");
    let told = guest.refused::<(), String>("greet");
    assert_eq!(told, "the function has 1 parameters, not 0");
    let told = guest.refused::<(&str,), ()>("greet");
    assert_eq!(told, "result: expected string, found nothing");
    type Bare<'a> = (&'a str, u8, &'a [u8], Option<Point>);
    let told = guest.refused::<(Bare<'_>,), Person<String>>("birthday");
    assert_eq!(told, "parameter 0 (\"p\"), field \"tags\", element: expected string, found u8");
    type Home = (String, u8, Vec<String>, Option<(i32, u32)>);
    let told = guest.refused::<(Person<&str>,), Home>("birthday");
    let way = "result, field \"home\", case \"some\", field \"y\"";
    assert_eq!(told, format!("{way}: expected s32, found u32"));
    let told = guest.refused::<(u32,), Vec<(i32, i32, i32)>>("path");
    assert_eq!(
        told,
        "result, element: expected 2 fields in record { x: s32, y: s32 }, \
         found 3 in tuple<s32, s32, s32>"
    );
    let told = guest.refused::<(&str,), Result<Point, u32>>("parse");
    assert_eq!(told, "result, case \"err\": expected string, found u32");
    let told = guest.refused::<(i32,), Result<u8, u8>>("check");
    assert_eq!(told, "result, case \"ok\": expected nothing, found u8");
    let told = guest.refused::<(u32,), Result<(), ()>>("halve");
    assert_eq!(told, "result, case \"ok\": expected u32, found nothing");
    let told = guest.refused::<(i8,), u8>("next-color");
    assert_eq!(told, "parameter 0 (\"c\"): expected enum { red, green, blue }, found s8");
    let told = guest.refused::<(witrt::I32,), u8>("next-color");
    assert_eq!(told, "parameter 0 (\"c\"): expected enum { red, green, blue }, found i32");
    let told = guest.refused::<(&str,), u32>("[constructor]logbook");
    assert_eq!(told, "result: expected own<logbook>, found u32");
    let told = guest.refused::<(Resource,), bool>("flip");
    assert_eq!(told, "parameter 0 (\"b\"): expected bool, found a resource");
}

/// What is wrong with a value is found before the component runs, and told with the way
/// to it.
#[test]
fn values_are_looked_at_first() {
    let guest = &mut Guest::new(&engine(Encoding::Utf8), FILES[0]);
    let refused = |error: Error, kind, message: &str| {
        assert_eq!((error.kind(), error.message(), error.argument()), (kind, message, Some(0)));
    };
    let color = guest.typed::<(u8,), u8>("next-color");
    refused(
        color.call(&mut guest.store, (3,)).unwrap_err(),
        ErrorKind::OutOfRange,
        "parameter 0 (\"c\"): there is no case 3: there are 3",
    );
    let toggle = guest.typed::<(u8,), u8>("toggle");
    refused(
        toggle.call(&mut guest.store, (8,)).unwrap_err(),
        ErrorKind::OutOfRange,
        "parameter 0 (\"a\"): 0x8 are no flags of flags { read, write, exec }",
    );
    let join = guest.typed::<(&[&[u16]], Option<&str>), String>("join");
    let error = join.call(&mut guest.store, (&[&[0x61], &[0x61, 0xd800]], None)).unwrap_err();
    assert_eq!((error.kind(), error.position()), (ErrorKind::BadText, Some(1)));
    assert!(error.message().starts_with("parameter 0 (\"parts\"), element 1: "), "{error}");
    let area = guest.typed::<(Val<'_>,), Option<f64>>("area");
    let wrong = Val::Variant(1, Some(Box::new(Val::F32(1.0))));
    refused(
        area.call(&mut guest.store, (wrong,)).unwrap_err(),
        ErrorKind::WrongKind,
        "parameter 0 (\"s\"), case \"circle\": expected f64, found f32",
    );
    let mut other = Store::new(&engine(Encoding::Utf8));
    assert_eq!(color.call(&mut other, (1,)).unwrap_err().kind(), ErrorKind::WrongStore);
    // Nothing of this has harmed the instance.
    assert_eq!(color.call(&mut guest.store, (1,)).unwrap(), 2);
}

/// Results in place of others use their buffers again.
#[test]
fn in_place() {
    let guest = &mut Guest::new(&engine(Encoding::Utf8), FILES[0]);
    let words = guest.typed::<(&str,), Vec<String>>("words");
    let mut found = vec!["a long string that is there before".to_owned(); 5];
    let (list, first) = (found.as_ptr(), found[0].as_ptr());
    words.call_into(&mut guest.store, ("eins zwei drei",), &mut found).unwrap();
    assert_eq!(found, ["eins", "zwei", "drei"]);
    assert_eq!((found.as_ptr(), found[0].as_ptr()), (list, first));
    words.call_into(&mut guest.store, ("a b c d e f g",), &mut found).unwrap();
    assert_eq!(found, ["a", "b", "c", "d", "e", "f", "g"]);
    let bytes = guest.typed::<(&[u8],), Vec<u8>>("reverse-bytes");
    let mut reversed = Vec::with_capacity(100);
    let at = reversed.as_ptr();
    bytes.call_into(&mut guest.store, (&[1, 2, 3],), &mut reversed).unwrap();
    assert_eq!((&reversed[..], reversed.as_ptr()), (&[3, 2, 1][..], at));
    // A list of any kind is a `Val` too.
    let vals = guest.ask::<(Val<'_>,), Val<'static>>(
        "reverse-bytes",
        (Val::List(List::U8((&[1u8, 2][..]).into())),),
    );
    assert!(matches!(vals, Val::List(List::U8(bytes)) if *bytes == [2, 1]));
}
