//! Calls in the steady state make no host heap allocation: numbers, strings in
//! and out, callbacks, in both encodings. Everything that a call needs is the
//! store's, and is used again.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use witrt::abi::{Convention, GuestEncoding};
use witrt::string::Text;
use witrt::{BackEnd, Config, Engine, Func, FuncType, HostCall, Linker};
use witrt::{Module, Store, Str, Val, ValType};

/// Counts what each thread allocates: others belong to the engine, and come and
/// go as they like.
struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

fn counted() -> usize {
    COUNT.with(Cell::get)
}

fn one_more() {
    // A thread that ends has no counter any more.
    let _ = COUNT.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        one_more();
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(ptr, layout) }
    }
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        one_more();
        // SAFETY: as above.
        unsafe { System.realloc(ptr, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const MODULE: &str = r#"(module
  (import "env" "log" (func $log (param i32 i32) (result i32 i32)))
  (memory 1)
  (global $next (mut i32) (i32.const 1024))
  (func $alloc (param i32) (result i32) i32.const 1024)
  (func $free (param i32 i32))
  (func $echo (param i32 i32) (result i32 i32) local.get 0 local.get 1)
  (func $len (param i32 i32) (result i32) local.get 1)
  (func $add (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func $back (param i32 i32) (result i32 i32) (call $log (local.get 0) (local.get 1)))
  (@interface func $host (import "host" "log") (param string) (result string))
  (@interface implement (import "env" "log") (param i32) (param i32) (result i32) (result i32)
    arg.get 0
    arg.get 1
    memory-to-string
    call-adapter $host
    string-to-memory $alloc)
  (@interface func (export "add") (param s32) (param s32) (result s32)
    arg.get 0
    s32-to-i32
    arg.get 1
    s32-to-i32
    call-core $add
    i32-to-s32)
  (@interface func (export "len") (param string) (result u32)
    arg.get 0
    string-to-memory $alloc
    call-core $len
    i32-to-u32)
  (@interface func (export "echo") (param string) (result string)
    arg.get 0
    string-to-memory $alloc
    call-core $echo
    defer-call-core $free
    memory-to-string)
  (@interface func (export "callback") (param string) (result string)
    arg.get 0
    string-to-memory $alloc
    call-core $back
    defer-call-core $free
    memory-to-string)
  (@interface func $wide (param s64) (param s64) (param s64) (param s64) (param s64) (param s64)
    (param s64) (param s64) (param s64) (param s64) (param s64) (param s64) (param s64)
    (param s64) (param s64) (param s64) (param s64) (param s64) (result s64) (result s64)
    arg.get 17
    arg.get 0)
  (@interface export "wide" (func $wide)))"#;

/// How many allocations a hundred calls make, after some to warm up.
fn count(mut call: impl FnMut()) -> usize {
    (0..20).for_each(|_| call());
    let before = counted();
    (0..100).for_each(|_| call());
    counted() - before
}

#[test]
fn steady_state() {
    let boxed = count(|| drop(std::hint::black_box(Box::new(0))));
    assert_eq!(boxed, 100, "the counter counts");
    for back_end in [BackEnd::Compiled, BackEnd::Reference] {
        for encoding in [GuestEncoding::Utf8, GuestEncoding::Utf16] {
            steady_state_of(back_end, encoding);
        }
    }
}

fn steady_state_of(back_end: BackEnd, encoding: GuestEncoding) {
    let units_of = |text: &str| match encoding {
        GuestEncoding::Utf16 => text.encode_utf16().count(),
        _ => text.len(),
    };
    let mut config = Config::new();
    config.back_end(back_end);
    let engine = Engine::new(&config).unwrap();
    let convention = Convention { text: encoding, ..Convention::SECTION };
    let module = Module::new_by(&engine, MODULE.as_bytes(), convention).unwrap();
    let mut store = Store::new(&engine);
    let mut linker = Linker::new();
    let ty = FuncType::new([ValType::String], [ValType::String]);
    let host = Func::new(&mut store, ty, |mut caller, args, results| {
        let mut units = [0; 64];
        let s = args[0].as_str().expect("a string");
        let n = s.copy_utf16(&caller, &mut units)?;
        results[0] =
            Val::String(Str::new_in(&mut caller, witrt::string::Text::Utf16(&units[..n]))?);
        Ok(())
    });
    linker.define("host", "log", host);
    let instance = linker.instantiate(&mut store, &module).unwrap();
    let mut func = |name: &str| instance.func(&mut store, name).unwrap();
    let (add, len, echo) = (func("add"), func("len"), func("echo"));
    let (callback, wide) = (func("callback"), func("wide"));

    let numbers = count(|| {
        let mut results = [Val::S32(0)];
        add.call(&mut store, &[Val::S32(40), Val::S32(2)], &mut results).unwrap();
        assert!(matches!(results[0], Val::S32(42)));
    });
    assert_eq!(numbers, 0, "numbers");

    let many = [const { Val::S64(9) }; 18];
    let wide = count(|| {
        let mut results = [Val::S64(0), Val::S64(0)];
        wide.call(&mut store, &many, &mut results).unwrap();
    });
    assert_eq!(wide, 0, "many numbers");

    let texts = ["", "a", "hello, world", "Zoë 漢字 🦀, and then some more text"];
    for text in texts {
        let units: Vec<u16> = text.encode_utf16().collect();
        for arg in [Val::from(text), Val::from(&units[..])] {
            let args = [arg];
            let string_in = count(|| {
                let mut results = [Val::U32(0)];
                len.call(&mut store, &args, &mut results).unwrap();
                assert!(matches!(results[0], Val::U32(n) if n as usize == units_of(text)));
            });
            assert_eq!(string_in, 0, "string in: {args:?}");

            for func in [&echo, &callback] {
                let there_and_back = count(|| {
                    let mut results = [Val::U32(0)];
                    func.call(&mut store, &args, &mut results).unwrap();
                    let s = results[0].as_str().expect("a string");
                    let mut wide = [0; 64];
                    let n = s.copy_utf16(&store, &mut wide).unwrap();
                    assert_eq!(wide[..n], units);
                    let mut narrow = [0; 128];
                    let n = s.copy_utf8(&store, &mut narrow).unwrap();
                    assert_eq!(&narrow[..n], text.as_bytes());
                });
                assert_eq!(there_and_back, 0, "string out: {args:?}");
            }

            // A string that is kept over the next call becomes a copy, in a
            // buffer that was used before.
            let mut kept = Val::from("");
            let keeping = count(|| {
                let mut results = [Val::U32(0)];
                echo.call(&mut store, &args, &mut results).unwrap();
                std::mem::swap(&mut kept, &mut results[0]);
            });
            assert_eq!(keeping, 0, "kept strings: {args:?}");
        }
    }

    // Typed functions, with a host function that takes no lists either.
    let ty = FuncType::new([ValType::String], [ValType::String]);
    let host = Func::new_prepared(&mut store, ty, |call| {
        let mut units = [0; 64];
        let n = call.text(|text, rule| {
            Ok(witrt::string::copy(text, witrt::string::Dest::utf16(&mut units), rule)?)
        })?;
        let text = Str::new_in(call.caller(), witrt::string::Text::Utf16(&units[..n]))?;
        call.put_value(Val::String(text))
    });
    linker.define("host", "log", host);
    let instance = linker.instantiate(&mut store, &module).unwrap();
    let mut func = |name: &str| instance.func(&mut store, name).unwrap();
    let add = func("add").typed::<(i32, i32), i32>().unwrap();
    let len = func("len").typed::<(&str,), u32>().unwrap();
    let numbers = count(|| assert_eq!(add.call(&mut store, (40, 2)).unwrap(), 42));
    assert_eq!(numbers, 0, "typed numbers");
    for text in texts {
        let units: Vec<u16> = text.encode_utf16().collect();
        let string_in = count(|| {
            assert_eq!(len.call(&mut store, (text,)).unwrap() as usize, units_of(text));
        });
        assert_eq!(string_in, 0, "typed string in: {text}");
        for name in ["echo", "callback"] {
            let func = instance.func(&mut store, name).unwrap();
            let narrow = func.typed::<(&[u16],), String>().unwrap();
            let wide = func.typed::<(&str,), Vec<u16>>().unwrap();
            let (mut string, mut out) = (String::new(), Vec::new());
            let there_and_back = count(|| {
                narrow.call_into(&mut store, (&units,), &mut string).unwrap();
                wide.call_into(&mut store, (text,), &mut out).unwrap();
                assert!(string == text && out == units);
            });
            assert_eq!(there_and_back, 0, "typed {name}: {text}");
        }
    }

    // Closures that are lent text, and answer with text that is there, of which the
    // reference back end makes a value.
    for text in texts {
        let answered = if let BackEnd::Compiled = back_end { 0 } else { 200 };
        linker.func_wrap(&mut store, "host", "log", |text: &str| match text {
            "a" => "answer",
            _ => "a longer answer",
        });
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let func = instance.func(&mut store, "callback").unwrap();
        let ask = func.typed::<(&str,), String>().unwrap();
        let mut out = String::new();
        let answers = count(|| ask.call_into(&mut store, (text,), &mut out).unwrap());
        assert!(out == if text == "a" { "answer" } else { "a longer answer" });
        assert_eq!(answers, answered, "a closure, {back_end:?}: {text}");
    }

    // Host functions that answer with text of their own, however long.
    const LONG: &str = "Some text that has more bytes than go in words, so that it is copied: \
                        Zoë, 漢字, 🦀. And once more: some text that has more bytes than that.";
    for text in ["", "short", "Zoë 漢字 🦀", LONG] {
        let units: Vec<u16> = text.encode_utf16().collect();
        let answered = |call: &mut HostCall<'_, '_>, text: Text<'_>| {
            call.text(|_, _| Ok(()))?;
            call.put_text(text)
        };
        let ty = FuncType::new([ValType::String], [ValType::String]);
        let wide = units.clone();
        let hosts = [
            Func::new_prepared(&mut store, ty.clone(), move |call| {
                answered(call, Text::Utf16(&wide))
            }),
            Func::new_prepared(&mut store, ty.clone(), move |call| answered(call, text.into())),
            Func::new_prepared(&mut store, ty, move |call| {
                call.text(|_, _| Ok(()))?;
                call.put_value(Val::from(text))
            }),
        ];
        for (i, host) in hosts.into_iter().enumerate() {
            linker.define("host", "log", host);
            let instance = linker.instantiate(&mut store, &module).unwrap();
            let func = instance.func(&mut store, "callback").unwrap();
            let ask = func.typed::<(&str,), Vec<u16>>().unwrap();
            let mut out = Vec::new();
            let answers = count(|| {
                ask.call_into(&mut store, ("a question",), &mut out).unwrap();
                assert!(out == units);
            });
            assert_eq!(answers, 0, "answer {i}: {text}");
        }
    }
}

/// Prepared calls from C, of so many values that they are not on the stack.
#[test]
fn prepared_from_c() {
    use std::ptr::{from_mut, null_mut};
    use witrt::capi::{engine, families, instance, module, prepared, slot, store};
    const MANY: usize = 40;
    let params = "(param s64) ".repeat(MANY - 1) + "(param string)";
    let text = format!(
        r#"(module
          (memory 1)
          (func $alloc (param i32) (result i32) i32.const 1024)
          (func $same (param i32 i32) (result i32 i32) local.get 0 local.get 1)
          (@interface func (export "many") {params} (result s64) (result string)
            arg.get 38
            arg.get 39
            string-to-memory $alloc
            call-core $same
            memory-to-string))"#
    );
    // SAFETY: the pointers are what the header demands.
    unsafe {
        let engine = engine::wasm_engine_new();
        let store = store::wasm_store_new(engine.as_deref()).unwrap();
        let (bytes, size) = (text.as_ptr().cast(), text.len());
        let module = module::witrt_module_new(engine.as_deref(), bytes, size, null_mut()).unwrap();
        let instance =
            instance::witrt_instance_new(&*store, &*module, null_mut(), null_mut()).unwrap();
        let many = instance::witrt_instance_export(Some(&instance), "many".as_ptr().cast(), 4);
        let mut many = many.unwrap();
        // The standard's casts are the identity.
        let func = families::wasm_extern_as_func(&mut *many);
        let kinds = [slot::witrt_slot_kind_enum::WITRT_SLOT_UTF16 as u8; 2];
        let s64 = ValType::S64.number();
        let takes: Vec<u8> = [vec![s64; MANY - 1], kinds[1..].to_vec()].concat();
        let prepared = prepared::witrt_func_prepare(
            func.as_ref(),
            takes.as_ptr(),
            MANY,
            [s64, kinds[0]].as_ptr(),
            2,
            null_mut(),
        );
        let units: Vec<u16> = "Zoë 漢字 🦀".encode_utf16().collect();
        let lent = slot::witrt_text_t { data: units.as_ptr().cast(), size: units.len() };
        let mut args = [slot::witrt_slot_t { s64: 9 }; MANY];
        args[MANY - 1].text = lent;
        let mut room = [0u16; 16];
        let calls = count(|| {
            let buffer = slot::witrt_buffer_t { data: from_mut(&mut room).cast(), capacity: 16 };
            let mut results = [slot::witrt_slot_t { s64: 0 }, slot::witrt_slot_t { buffer }];
            let (args, results_at) = (args.as_ptr(), results.as_mut_ptr());
            assert!(prepared::witrt_prepared_call(prepared, args, results_at, null_mut()));
            assert_eq!((results[0].s64, results[1].text.size), (9, units.len()));
        });
        assert!(room.starts_with(&units));
        assert_eq!(calls, 0, "a call of {MANY} values");
        prepared::witrt_prepared_delete(prepared);
    }
}

/// Calls of components, as C makes them: none for scalars, text and packed lists, one
/// for a result with parts.
#[cfg(feature = "component")]
#[test]
fn components() {
    use witrt::tree::{ListSlot, Of, Returned, Slot, TextSlot, plain_text};
    let engine = Engine::default();
    let mut store = Store::new(&engine);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/modules/components/c/guest-utf8.wasm");
    let module = Module::new(&engine, &std::fs::read(file).unwrap()).unwrap();
    let mut linker = Linker::new();
    for import in module.imports() {
        let witrt::ExternType::Func(ty) = &import.ty else { panic!() };
        let func = Func::new(&mut store, ty.clone(), |_, _, _| Err(witrt::Error::host("unused")));
        linker.define(&import.module, &import.name, func);
    }
    let instance = linker.instantiate(&mut store, &module).unwrap();
    let mut of = |name: &str, args: &[Slot]| {
        let func = instance.func(&mut store, name).unwrap();
        count(|| {
            let mut returned = Returned::default();
            // SAFETY: what the arguments point to is there.
            unsafe { func.call_slots(&mut store, args, plain_text, &mut returned) }.unwrap();
        })
    };
    let number = |kind, bits| Slot { kind, of: Of { u64: bits } };
    let units: Vec<u16> = "Zoë 🦀".encode_utf16().collect();
    let text = TextSlot::new(Text::Utf16(&units));
    let numbers = [0.5f64; 1000];
    let list = ListSlot { data: numbers.as_ptr().cast(), size: numbers.len(), element: 3 };
    let texts = [Slot { kind: 24, of: Of { text: &text } }];
    for (name, args, each) in [
        ("flip", &[number(25, 1)][..], 0),
        ("count", &texts, 0),
        ("greet", &texts, 0),
        ("sum", &[Slot { kind: 29, of: Of { list: &list } }], 0),
        ("path", &[number(21, 100)], 1),
        ("words", &texts, 1),
    ] {
        assert_eq!(of(name, args), 100 * each, "{name}");
    }
}

/// Functions of faces with values of several parts: none where results take the place of
/// others, typed and described.
#[cfg(feature = "attach")]
#[test]
fn parts_of_faces() {
    let read = |name: &str| {
        std::fs::read(format!("{}/tests/attach/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    };
    let engine = Engine::default();
    let mut store = Store::new(&engine);
    let load = |store: &mut Store, folder: &str| {
        let face = String::from_utf8(read(&format!("{folder}/face.toml"))).unwrap();
        let wasm = read(&format!("{folder}/guest.wasm"));
        let module = Module::attach(&engine, &wasm, &face).unwrap();
        let mut linker = Linker::new();
        for import in module.imports() {
            let witrt::ExternType::Func(ty) = &import.ty else { panic!() };
            let unused = |_: witrt::Caller<'_>, _: &[Val<'_>], _: &mut [Val<'static>]| {
                Err(witrt::Error::host("unused"))
            };
            let func = Func::new(&mut *store, ty.clone(), unused);
            linker.define(&import.module, &import.name, func);
        }
        linker.instantiate(&mut *store, &module).unwrap()
    };
    let c = load(&mut store, "c-clang-nostdlib");
    let sum = c.func(&mut store, "sum-f64").unwrap().typed::<(&[f64],), f64>().unwrap();
    let numbers = [0.5; 100];
    let list = count(|| assert_eq!(sum.call(&mut store, (&numbers,)).unwrap(), 50.0));
    assert_eq!(list, 0, "a list of numbers");
    let reverse = c.func(&mut store, "reverse-bytes").unwrap();
    let reverse = reverse.typed::<(&[u8],), Vec<u8>>().unwrap();
    let mut kept = Vec::new();
    let list = count(|| {
        reverse.call_into(&mut store, (&[1, 2, 3],), &mut kept).unwrap();
        assert_eq!(kept, [3, 2, 1]);
    });
    assert_eq!(list, 0, "a list in place of another");
    let points = c.func(&mut store, "sum-points").unwrap();
    let points = points.typed::<(&[(i32, i32)],), (i32, i32)>().unwrap();
    let all = [(1, 2), (3, -4)];
    let records = count(|| assert_eq!(points.call(&mut store, (&all,)).unwrap(), (4, -2)));
    assert_eq!(records, 0, "records");
    let parse = c.func(&mut store, "parse").unwrap();
    let parse = parse.typed::<(&str,), Result<(i32, i32), String>>().unwrap();
    let record = count(|| assert_eq!(parse.call(&mut store, ("3,-4",)).unwrap(), Ok((3, -4))));
    assert_eq!(record, 0, "a result");

    let script = load(&mut store, "assemblyscript");
    let join = script.func(&mut store, "join").unwrap().typed::<(&[&str],), String>().unwrap();
    let (mut kept, texts) = (String::new(), ["a", "é 🦀", ""]);
    let list = count(|| join.call_into(&mut store, (&texts,), &mut kept).unwrap());
    assert_eq!((list, &*kept), (0, "a|é 🦀|"), "a list of texts");
    let words = script.func(&mut store, "words").unwrap();
    let words = words.typed::<(&str,), Vec<String>>().unwrap();
    let mut kept = Vec::new();
    let list = count(|| words.call_into(&mut store, ("a é b",), &mut kept).unwrap());
    assert_eq!(kept, ["a", "é", "b"]);
    assert_eq!(list, 0, "texts in place of others");
    let norm = script.func(&mut store, "norm").unwrap();
    let norm = norm.typed::<((i32, i32, &str),), i32>().unwrap();
    let record = count(|| assert_eq!(norm.call(&mut store, ((3, -4, "é"),)).unwrap(), 7));
    assert_eq!(record, 0, "a record");
}

/// Typed calls of components allocate what their results need, and nothing where those
/// take the place of others; calls back into closures allocate what these own.
#[cfg(feature = "component")]
#[test]
fn typed_components() {
    let engine = Engine::default();
    let mut store = Store::new(&engine);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/modules/components/c/plain-utf8.wasm");
    let module = Module::new(&engine, &std::fs::read(file).unwrap()).unwrap();
    let instance = Linker::new().instantiate(&mut store, &module).unwrap();
    let mut func = |name: &str| instance.func(&mut store, name).unwrap();
    let sum = func("sum").typed::<(&[f64],), f64>().unwrap();
    let count_chars = func("count").typed::<(&str,), u32>().unwrap();
    let reverse = func("reverse-bytes").typed::<(&[u8],), Vec<u8>>().unwrap();
    let parse = func("parse").typed::<(&[u16],), Result<(i32, i32), String>>().unwrap();
    let greet = func("greet").typed::<(&str,), String>().unwrap();
    let numbers = [0.5; 1000];
    let packed = count(|| assert_eq!(sum.call(&mut store, (&numbers,)).unwrap(), 500.0));
    assert_eq!(packed, 0, "a list of numbers");
    let text = count(|| assert_eq!(count_chars.call(&mut store, ("Zoë 🦀",)).unwrap(), 5));
    assert_eq!(text, 0, "text");
    let units: Vec<u16> = "3,-4".encode_utf16().collect();
    let record = count(|| assert_eq!(parse.call(&mut store, (&units,)).unwrap(), Ok((3, -4))));
    assert_eq!(record, 0, "a record");
    let list = count(|| assert_eq!(reverse.call(&mut store, (&[1, 2, 3],)).unwrap(), [3, 2, 1]));
    assert_eq!(list, 100, "a list that is new");
    let mut kept = Vec::new();
    let list = count(|| {
        reverse.call_into(&mut store, (&[1, 2, 3],), &mut kept).unwrap();
        assert_eq!(kept, [3, 2, 1]);
    });
    assert_eq!(list, 0, "a list in place of another");
    let mut kept = String::new();
    let text = count(|| greet.call_into(&mut store, ("Zoë 🦀",), &mut kept).unwrap());
    assert_eq!(text, 0, "text in place of another");

    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/modules/components/wat/mini-utf8.wasm");
    let module = Module::new(&engine, &std::fs::read(file).unwrap()).unwrap();
    let mut linker = Linker::new();
    linker.func_wrap(&mut store, "", "ask", |question: String| question);
    let instance = linker.instantiate(&mut store, &module).unwrap();
    let relay = instance.func(&mut store, "relay").unwrap().typed::<(&str,), String>().unwrap();
    let mut kept = String::new();
    let back = count(|| {
        relay.call_into(&mut store, ("a question",), &mut kept).unwrap();
        assert_eq!(kept, "a question");
    });
    assert_eq!(back, 100, "a call back");
}

/// Closures that are lent what a component passes allocate nothing.
#[cfg(feature = "component")]
#[test]
fn closures_of_components() {
    use witrt::Caller;
    let engine = Engine::default();
    let mut store = Store::new(&engine);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/modules/components/calls-back.wat");
    let module = Module::new(&engine, &std::fs::read(file).unwrap()).unwrap();
    let mut linker = Linker::new();
    let total = |name: &str, items: &[(String, u32)], weights: &[f64]| {
        assert!(name == "nails" && items[1].0 == "é" && weights == [0.5, 1.5]);
        items.iter().map(|item| item.1).sum::<u32>() + weights.iter().sum::<f64>() as u32
    };
    linker.func_wrap(&mut store, "", "total", total);
    let turn = |_: Caller<'_>, bytes: &[u8]| [bytes[3], bytes[2], bytes[1], bytes[0]];
    linker.func_wrap(&mut store, "", "turn", turn);
    const LONG: &str = "a title that is longer than what goes inline, in words: it is copied, é";
    linker.func_wrap(&mut store, "", "title", |name: &str| {
        assert_eq!(name, "é");
        LONG
    });
    linker.func_wrap(&mut store, "", "largest", |items: &[(String, u32)]| {
        Some(("", items.iter().map(|item| item.1).max()?))
    });
    let instance = linker.instantiate(&mut store, &module).unwrap();
    for (name, answer) in [
        ("call-total", 44),
        ("call-turn", 0x01020304),
        ("call-title", LONG.len() as u32),
        ("call-largest", 40),
    ] {
        let func = instance.func(&mut store, name).unwrap().typed::<(), u32>().unwrap();
        let called = count(|| assert_eq!(func.call(&mut store, ()).unwrap(), answer));
        assert_eq!(called, 0, "{name}");
    }
}
