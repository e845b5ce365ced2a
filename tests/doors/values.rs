//! Functions of all other values, which the host lowers and lifts around an entry.

use crate::twins::{SHAPES, Shape, Twins};
use witrt::{List, Str, Val};

const ENCODINGS: [&str; 3] = ["", "string-encoding=utf16", "string-encoding=latin1+utf16"];

fn text(text: &str) -> Val<'_> {
    text.into()
}

fn row(name: &str, qty: u32) -> Val<'_> {
    Val::Record(vec![text(name), Val::U32(qty)])
}

fn some(val: Val<'_>) -> Val<'_> {
    Val::Option(Some(Box::new(val)))
}

fn list(vals: Vec<Val<'_>>) -> Val<'_> {
    Val::List(List::Val(vals))
}

/// Each kind of value there and back, thrice, with text of every encoding of guests.
#[test]
fn there_and_back() {
    let long = "long é text ".repeat(800);
    for (shape, encoding) in SHAPES.into_iter().flat_map(|s| ENCODINGS.map(|e| (s, e))) {
        let mut twins = Twins::in_encoding(shape, encoding);
        let wide = long.encode_utf16().collect::<Vec<_>>();
        for round in 0..3 {
            for of in ["", "a", "é", "語語", "🦀", &long] {
                assert_eq!(twins.call("echo", &[text(of)]), format!("{of:?} []"));
                twins.call("length", &[text(of)]);
                twins.call("second", &[text("é"), Val::S64(-3), text(of)]);
                twins.call("row", &[row(of, round)]);
                twins.call("maybe", &[some(text(of))]);
                twins.call("either", &[Val::Result(Err(Some(Box::new(text(of)))))]);
                twins.call("shape", &[Val::Variant(1, Some(Box::new(text(of))))]);
                let nine = (0..9).map(|i| if i == 8 { text(of) } else { text("x") });
                let told = twins.call("last", &[Val::Tuple(nine.collect())]);
                assert_eq!(told, format!("{of:?} []"));
            }
            twins.call("echo", &[Val::String(Str::from_utf16(&wide))]);
            for len in [0, 1, 7, 1000] {
                let bytes = (0..len).map(|i| i as u8).collect::<Vec<_>>();
                let words = (0..len as u64).map(|i| i << 33).collect::<Vec<_>>();
                let bools = (0..len).map(|i| i % 3 == 0).collect::<Vec<_>>();
                twins.call("bytes", &[Val::List(List::U8((&bytes).into()))]);
                twins.call("words", &[Val::List(List::U64((&words).into()))]);
                twins.call("flags-of", &[Val::List(List::Bool((&bools).into()))]);
                twins.call("texts", &[list(vec![text("tëxt"); len])]);
                twins.call("rows", &[list((0..len).map(|i| row("row", i as u32)).collect())]);
                let inner = list(vec![Val::Option(None), some(text("🦀"))]);
                twins.call("nested", &[list(vec![inner; len])]);
            }
            twins.call("maybe", &[Val::Option(None)]);
            twins.call("either", &[Val::Result(Ok(Some(Box::new(Val::U32(7)))))]);
            twins.call("shape", &[Val::Variant(0, None)]);
            twins.call("shape", &[Val::Variant(2, Some(Box::new(Val::F32(-0.5))))]);
            twins.call("color", &[Val::Enum(2)]);
            twins.call("set", &[Val::Flags(5)]);
            twins.call("number", &[Val::U32(u32::MAX)]);
            twins.call("ok", &[Val::Result(Err(None))]);
            twins.call("done", &[]);
            let many = (0..17).map(|i| Val::U64(1 << i)).collect();
            assert_eq!(twins.call("many-words", &[Val::Tuple(many)]), "U64(65793) []");
        }
        twins.compare_memory();
    }
}

type Row = (String, u32);

/// Calls of the types that a host says, which have no values in between.
#[test]
fn typed() {
    for (shape, encoding) in SHAPES.into_iter().flat_map(|s| ENCODINGS.map(|e| (s, e))) {
        let mut twins = Twins::in_encoding(shape, encoding);
        for twin in &mut twins.twins {
            let store = &mut twin.store;
            let mut func = |name: &str| twin.instance.func(&mut *store, name).unwrap();
            let (echo, bytes, rows) = (func("echo"), func("bytes"), func("rows"));
            let (row, nested, maybe) = (func("row"), func("nested"), func("maybe"));
            let (either, number) = (func("either"), func("number"));
            let echo = echo.typed::<(&str,), String>().unwrap();
            let bytes = bytes.typed::<(&[u8],), Vec<u8>>().unwrap();
            let rows = rows.typed::<(Vec<Row>,), Vec<Row>>().unwrap();
            let row = row.typed::<(Row,), Row>().unwrap();
            type Nested = Vec<Vec<Option<String>>>;
            let nested = nested.typed::<(Nested,), Nested>().unwrap();
            let maybe = maybe.typed::<(Option<&str>,), Option<Vec<u16>>>().unwrap();
            let either = either.typed::<(Result<u32, &str>,), Result<u32, String>>().unwrap();
            let number = number.typed::<(u32,), u32>().unwrap();
            for text in ["", "typed", "é🦀", &"long ".repeat(50), &"longer ".repeat(400)] {
                let one = (text.to_owned(), 7);
                for _ in 0..3 {
                    assert_eq!(echo.call(&mut *store, (text,)).unwrap(), text);
                    let given = text.as_bytes();
                    assert_eq!(bytes.call(&mut *store, (given,)).unwrap(), given);
                    assert_eq!(row.call(&mut *store, (one.clone(),)).unwrap(), one);
                    let many = vec![one.clone(); 5];
                    assert_eq!(rows.call(&mut *store, (many.clone(),)).unwrap(), many);
                    let inner = vec![vec![None, Some(text.to_owned())], vec![]];
                    assert_eq!(nested.call(&mut *store, (inner.clone(),)).unwrap(), inner);
                    let units = text.encode_utf16().collect::<Vec<_>>();
                    assert_eq!(maybe.call(&mut *store, (Some(text),)).unwrap(), Some(units));
                    assert_eq!(maybe.call(&mut *store, (None,)).unwrap(), None);
                    let told = either.call(&mut *store, (Err(text),)).unwrap();
                    assert_eq!(told, Err(text.to_owned()));
                    assert_eq!(either.call(&mut *store, (Ok(3),)).unwrap(), Ok(3));
                    assert_eq!(number.call(&mut *store, (9,)).unwrap(), 9);
                }
            }
        }
        twins.compare_memory();
    }
}

/// Values that are not of the type are refused before the guest runs, and nothing is
/// lost.
#[test]
fn wrong_values_of_hosts() {
    let mut twins = Twins::new(Shape::Whole);
    for _ in 0..3 {
        for (name, wrong) in [
            ("row", vec![Val::Record(vec![text("x")])]),
            ("row", vec![row("x", 1), row("y", 2)]),
            ("row", vec![text("x")]),
            ("color", vec![Val::Enum(3)]),
            ("set", vec![Val::Flags(8)]),
            ("shape", vec![Val::Variant(3, None)]),
            ("rows", vec![list(vec![row("x", 1), text("y")])]),
            ("texts", vec![list(vec![text("x"), Val::String(Str::from_utf8(b"\xff"))])]),
            ("bytes", vec![Val::List(List::S8(vec![1].into()))]),
        ] {
            let told = twins.call(name, &wrong);
            assert!(!told.starts_with("Trap") && !told.starts_with("Poisoned"), "{told}");
        }
        assert!(twins.call("row", &[row("right", 5)]).contains("right"));
    }
    twins.compare_memory();
}

/// Where a guest says that its values are, and what they are.
#[test]
fn claims_about_values() {
    let end = 2 * 65536;
    for shape in SHAPES {
        for (at, len) in [
            (end - 4, 1),
            (end - 4, 2),
            (end - 3, 1),
            (end, 0),
            (end + 4, 0),
            (u32::MAX, 1),
            (64, u32::MAX),
            (64, 1 << 29),
            (65, 1),
            (0, 10_000),
            (0, 30_000),
        ] {
            for name in ["words-at", "texts-at", "chars-at"] {
                let mut twins = Twins::new(shape);
                twins.call(name, &[Val::U32(64), Val::U32(0)]);
                twins.call(name, &[Val::U32(64), Val::U32(3)]);
                twins.call(name, &[Val::U32(at), Val::U32(len)]);
                twins.call("u8", &[Val::U8(1)]);
            }
        }
        for at in [64, 65, end - 12, end - 8, end, !3] {
            for case in [0, 1, 2, 3, 255] {
                let mut twins = Twins::new(shape);
                twins.call("shape-at", &[Val::U32(32)]);
                twins.call("poke", &[Val::U32(64), Val::U32(case)]);
                twins.call("poke", &[Val::U32(68), Val::U32(case)]);
                twins.call("shape-at", &[Val::U32(at)]);
                twins.call("u8", &[Val::U8(1)]);
            }
        }
        for (name, given) in [("to-color", 2), ("to-color", 3), ("to-color", u32::MAX)] {
            let mut twins = Twins::new(shape);
            twins.call(name, &[Val::U32(1)]);
            twins.call(name, &[Val::U32(given)]);
            twins.call(name, &[Val::U32(1)]);
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
        be(1, 0, 0, 0),
        be(i32::MIN, 0, 0, 0),
        be(0, 0, 1, 0),
        be(0, 0, 2, 0),
        be(0, 0, 3, 0),
        be(0, 0, 0, 1),
        be(0, 0, 0, 2),
        be(0, 0, 0, 3),
    ];
    let rows = || list(vec![row("a", 1), row("é", 2)]);
    let calls: [(&str, Val<'_>); 7] = [
        ("echo", text("é")),
        ("row", row("name", 3)),
        ("rows", rows()),
        ("texts", list(vec![text("x"), text("")])),
        ("bytes", Val::List(List::U8(vec![1, 2, 3].into()))),
        ("set", Val::Flags(1)),
        ("number", Val::U32(1)),
    ];
    for (shape, encoding) in SHAPES.into_iter().flat_map(|s| ENCODINGS.map(|e| (s, e))) {
        for way in &ways {
            for (name, arg) in &calls {
                let mut twins = Twins::in_encoding(shape, encoding);
                for _ in 0..2 {
                    twins.call(name, std::slice::from_ref(arg));
                }
                twins.call("be", way);
                twins.call(name, std::slice::from_ref(arg));
                twins.call("done", &[]);
                twins.call(name, std::slice::from_ref(arg));
                twins.call("note", &[text("after")]);
            }
        }
    }
}
