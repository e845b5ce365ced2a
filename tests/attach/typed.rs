//! Calls and closures of Rust's own types, values with parts among them.

use crate::forms::HEAP;
use crate::support::{BACK_ENDS, Guest, engine};
use witrt::{BackEnd, Encoding, ErrorKind, Linker, Module, Store, Val};

/// Calls of Rust's own types, values with parts among them.
#[test]
fn typed_calls() {
    for back_end in BACK_ENDS {
        let engine = engine(back_end, Encoding::Utf8);
        let mut guest = Guest::new(&engine, "c-clang-nostdlib", "guest.wasm", "face.toml");
        let (store, instance) = (&mut guest.store, &guest.instance);
        let sum = instance.func(&mut *store, "sum-f64").unwrap();
        let sum = sum.typed::<(&[f64],), f64>().unwrap();
        assert_eq!(sum.call(&mut *store, (&[0.5, 0.25][..],)).unwrap(), 0.75);
        let reverse = instance.func(&mut *store, "reverse-bytes").unwrap();
        let reverse = reverse.typed::<(&[u8],), Vec<u8>>().unwrap();
        assert_eq!(reverse.call(&mut *store, (&[1, 2, 255][..],)).unwrap(), [255, 2, 1]);
        let find = instance.func(&mut *store, "find").unwrap();
        let find = find.typed::<(&str, &str), Option<String>>().unwrap();
        assert_eq!(find.call(&mut *store, ("xxab", "a")).unwrap().as_deref(), Some("ab"));
        assert_eq!(find.call(&mut *store, ("x", "y")).unwrap(), None);
        let ascii = instance.func(&mut *store, "is-ascii").unwrap();
        let ascii = ascii.typed::<(&str,), bool>().unwrap();
        assert!(!ascii.call(&mut *store, ("é",)).unwrap());
        let points = instance.func(&mut *store, "sum-points").unwrap();
        type Point = (i32, i32);
        let total = points.typed::<(&[Point],), Point>().unwrap();
        assert_eq!(total.call(&mut *store, (&[(1, 2), (3, -4)][..],)).unwrap(), (4, -2));
        let parse = instance.func(&mut *store, "parse").unwrap();
        let parse = parse.typed::<(&[u16],), Result<Point, String>>().unwrap();
        let units: Vec<u16> = "3,-4".encode_utf16().collect();
        assert_eq!(parse.call(&mut *store, (&units,)).unwrap(), Ok((3, -4)));
        // What does not fit is found before any call.
        let error = points.typed::<(&[(i32, u32)],), Point>().err().unwrap();
        let told = "parameter 0 (\"points\"), element, field \"y\": expected s32, found u32";
        assert_eq!((error.kind(), error.message()), (ErrorKind::WrongKind, told));
        let error = points.typed::<(&[Point],), Vec<u8>>().err().unwrap();
        let told = "result: expected record { x: s32, y: s32 }, found list<u8>";
        assert_eq!((error.kind(), error.message()), (ErrorKind::WrongKind, told));
        assert_eq!(guest.told("live-bytes", ")"), "0");
    }
}

/// Results that are held while the guest runs again, and a store that goes meanwhile.
#[test]
fn results_that_are_held() {
    let engine = engine(BackEnd::Compiled, Encoding::Utf8);
    let mut guest = Guest::new(&engine, "c-clang-nostdlib", "guest.wasm", "face.toml");
    let greet = guest.instance.func(&mut guest.store, "greet").unwrap();
    let call = |store: &mut Store, text: &str| {
        let mut results = [Val::from("")];
        greet.call(&mut *store, &[Val::from(text)], &mut results).unwrap();
        let [result] = results;
        result
    };
    let held: Vec<_> = (0..20).map(|i| call(&mut guest.store, &i.to_string())).collect();
    for (i, val) in held.iter().enumerate() {
        let text = val.as_str().unwrap().to_string(&guest.store).unwrap();
        assert!(text.starts_with(&format!("hello, {i}!")), "{text}");
    }
    drop(held);
    assert_eq!(guest.told("live-bytes", ")"), "0");
}

/// Closures serve imports wherever their types stand for what these have.
#[test]
fn closures() {
    let core = r#"
      (import "host" "pick" (func $pick (param i32 i32) (result i32)))
      (import "host" "find" (func $find (param i32) (result i32)))
      (func (export "pick") (param i32 i32) (result i32) (call $pick (local.get 0) (local.get 1)))
      (func (export "find") (param i32) (result i32) (call $find (local.get 0)))"#;
    let face = r#"
      convention = "c"
      wit = """
        enum color { red, green, blue }
        live: func() -> u32;
        pick: func(c: color, next: bool) -> color;
        find: func(text: string) -> option<string>;
      """
      imports = """
        enum color { red, green, blue }
        pick: func(c: color, next: bool) -> color;
        find: func(text: string) -> option<string>;
      """
    "#;
    let module = format!("(module {} {HEAP})", core.trim());
    for back_end in BACK_ENDS {
        let engine = engine(back_end, Encoding::Utf8);
        let module = Module::attach(&engine, module.as_bytes(), face).unwrap();
        let mut store = Store::new(&engine);
        let mut linker = Linker::new();
        let pick = |color: u8, next: bool| if next { (color + 1) % 3 } else { color };
        linker.func_wrap(&mut store, "host", "pick", pick);
        let find = |key: Vec<u16>| key.first().map(|first| vec![*first; 3]);
        linker.func_wrap(&mut store, "host", "find", find);
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let pick = instance.func(&mut store, "pick").unwrap().typed::<(u8, bool), u8>().unwrap();
        assert_eq!(pick.call(&mut store, (2, true)).unwrap(), 0);
        assert_eq!(pick.call(&mut store, (1, false)).unwrap(), 1);
        let find = instance.func(&mut store, "find").unwrap();
        let find = find.typed::<(&str,), Option<String>>().unwrap();
        assert_eq!(find.call(&mut store, ("é",)).unwrap().as_deref(), Some("ééé"));
        assert_eq!(find.call(&mut store, ("",)).unwrap(), None);
        let live = instance.func(&mut store, "live").unwrap().typed::<(), u32>().unwrap();
        assert_eq!(live.call(&mut store, ()).unwrap(), 0);

        let mut linker = Linker::new();
        linker.func_wrap(&mut store, "host", "pick", |color: u8, _: bool| color);
        linker.func_wrap(&mut store, "host", "find", |_: String| Some(1u32));
        let error = linker.instantiate(&mut store, &module).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::IncompatibleImport);
        let told = "result, case \"some\": expected string, found u32";
        assert!(error.message().ends_with(told), "{error}");
    }
}
