//! Text that host functions return: every length and script lands in linear
//! memory byte for byte, with nothing written beside it, however the function is
//! written, whether it goes the short way or the long one, and into guests of each
//! encoding. On both back ends, which do the same.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use witrt::abi::{Convention, GuestEncoding};
use witrt::string::{Policy, Text};
use witrt::{BackEnd, Config, Engine, Error, ErrorKind, Func, FuncType, HostCall, Instance};
use witrt::{Linker, Module, Result, Store, Str, TrapCode, TypedFunc, Val, ValType};

const PAGE: usize = 65536;

const MODULE: &str = r#"(module
  (import "core" "ask" (func $ask (result i32 i32)))
  (memory 1)
  (global $at (mut i32) (i32.const 0))
  (global $len (mut i32) (i32.const 0))
  (global $noted (mut i32) (i32.const 0))
  ;; So often the allocator asks first.
  (global $asks (mut i32) (i32.const 0))
  ;; The next text goes here, and there is nothing.
  (func $place (param i32)
    (global.set $at (local.get 0))
    (memory.fill (i32.const 0) (i32.const 0xEE) (i32.const 65536)))
  ;; Whether there is still nothing but in this range.
  (func $blank (param $at i32) (param $len i32) (result i32)
    (local $i i32)
    (loop $next
      (if (i32.ge_u (i32.sub (local.get $i) (local.get $at)) (local.get $len))
        (then (if (i32.ne (i32.load8_u (local.get $i)) (i32.const 0xEE))
          (then (return (i32.const 0))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 65536))))
    (i32.const 1))
  (func $alloc (param $len i32) (result i32)
    (if (global.get $asks) (then
      (global.set $asks (i32.sub (global.get $asks) (i32.const 1)))
      (drop (drop (call $ask)))))
    global.get $at
    (global.set $at (i32.add (global.get $at) (local.get $len))))
  (func $note (param i32 i32) (global.set $noted (i32.add (global.get $noted) (i32.const 1))))
  (func $noted (result i32) (global.get $noted))
  (func $go (param $asks i32) (result i32)
    (global.set $asks (local.get $asks))
    (call $ask)
    (global.set $len)
    (drop)
    (global.get $len))
  (func $keep (param i32 i32) (global.set $len (local.get 1)))
  (@interface func $host_ask (import "host" "ask") (result string))
  (@interface func $host_pair (import "host" "pair") (param string) (result s64) (result string))
  (@interface implement (import "core" "ask") (result i32) (result i32)
    call-adapter $host_ask
    string-to-memory $alloc
    defer-call-core $note)
  (@interface func (export "place") (param u32) arg.get 0 u32-to-i32 call-core $place)
  (@interface func (export "blank") (param u32) (param u32) (result u32)
    arg.get 0 u32-to-i32 arg.get 1 u32-to-i32 call-core $blank i32-to-u32)
  (@interface func (export "read") (param u32) (param u32) (result string)
    arg.get 0 u32-to-i32 arg.get 1 u32-to-i32 memory-to-string)
  (@interface func (export "noted") (result u32) call-core $noted i32-to-u32)
  ;; The core asks.
  (@interface func (export "go") (param u32) (result u32)
    arg.get 0 u32-to-i32 call-core $go i32-to-u32)
  ;; The text is handed on.
  (@interface func (export "through") (result string) call-adapter $host_ask)
  ;; An adapter that the host calls asks, and more than text comes.
  (@interface func (export "pair") (param string) (result s64)
    arg.get 0
    call-adapter $host_pair
    string-to-memory $alloc
    call-core $keep))"#;

/// What the host answers next.
#[derive(Clone, Default)]
struct Answer(Arc<Mutex<(String, Vec<u16>)>>);

impl Answer {
    fn set(&self, text: &str) {
        *self.0.lock().unwrap() = (text.to_owned(), text.encode_utf16().collect());
    }

    fn narrow(&self) -> String {
        self.0.lock().unwrap().0.clone()
    }

    fn wide(&self) -> Vec<u16> {
        self.0.lock().unwrap().1.clone()
    }
}

/// The ways to write such a function.
const WAYS: [&str; 9] = [
    "put UTF-8",
    "put UTF-16",
    "value in the store",
    "value owned",
    "listed",
    "closure: String",
    "closure: Vec<u16>",
    "closure: Str",
    "closure: Result<String>",
];

fn ask(store: &mut Store, way: &str, answer: &Answer) -> Func {
    let a = answer.clone();
    let ty = FuncType::new([], [ValType::String]);
    let prepared = |store: &mut Store, body: fn(&Answer, &mut HostCall<'_, '_>) -> Result<()>| {
        let ty = FuncType::new([], [ValType::String]);
        let a = a.clone();
        Func::new_prepared(store, ty, move |call| body(&a, call))
    };
    match way {
        "put UTF-8" => prepared(store, |a, call| call.put_text(Text::Utf8(a.narrow().as_bytes()))),
        "put UTF-16" => prepared(store, |a, call| call.put_text(Text::Utf16(&a.wide()))),
        "value in the store" => prepared(store, |a, call| {
            let text = Str::new_in(call.caller(), Text::Utf16(&a.wide()))?;
            call.put_value(Val::String(text))
        }),
        "value owned" => prepared(store, |a, call| call.put_value(Val::from(a.wide()))),
        "listed" => {
            let a = a.clone();
            Func::new(store, ty, move |_, _, results| {
                results[0] = Val::from(a.narrow());
                Ok(())
            })
        }
        "closure: String" => Func::wrap(store, move || a.narrow()),
        "closure: Vec<u16>" => Func::wrap(store, move || a.wide()),
        "closure: Str" => Func::wrap(store, move || Str::from(a.narrow())),
        "closure: Result<String>" => {
            Func::wrap(store, move || -> Result<String> { Ok(a.narrow()) })
        }
        _ => panic!("no such way: {way}"),
    }
}

struct Guest {
    encoding: GuestEncoding,
    store: Store,
    instance: Instance,
    place: TypedFunc<(u32,), ()>,
    blank: TypedFunc<(u32, u32), u32>,
    read: TypedFunc<(u32, u32), String>,
    go: TypedFunc<(u32,), u32>,
    noted: TypedFunc<(), u32>,
}

impl Guest {
    /// With what makes the function that is asked.
    fn new(back_end: BackEnd, rule: Policy, ask: impl FnOnce(&mut Store) -> Func) -> Guest {
        Guest::with(GuestEncoding::Utf8, back_end, rule, ask)
    }

    /// The same in an encoding.
    fn with(
        encoding: GuestEncoding,
        back_end: BackEnd,
        rule: Policy,
        ask: impl FnOnce(&mut Store) -> Func,
    ) -> Guest {
        let mut config = Config::new();
        config.back_end(back_end);
        config.ill_formed(rule);
        let engine = Engine::new(&config).unwrap();
        let convention = Convention { text: encoding, ..Convention::SECTION };
        let module = Module::new_by(&engine, MODULE.as_bytes(), convention).unwrap();
        let mut store = Store::new(&engine);
        let ask = ask(&mut store);
        let pair = Func::wrap(&mut store, |text: String| (text.len() as i64 - 5, text));
        let mut linker = Linker::new();
        linker.define("host", "ask", ask);
        linker.define("host", "pair", pair);
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let mut func = |name: &str| instance.func(&mut store, name).unwrap();
        let (place, blank, read) = (func("place"), func("blank"), func("read"));
        let (go, noted) = (func("go"), func("noted"));
        Guest {
            place: place.typed().unwrap(),
            blank: blank.typed().unwrap(),
            read: read.typed().unwrap(),
            go: go.typed().unwrap(),
            noted: noted.typed().unwrap(),
            encoding,
            store,
            instance,
        }
    }

    /// How many code units a text has there, and how many bytes; none where it cannot be
    /// there.
    fn laid(&self, text: &str) -> Option<(usize, usize)> {
        let units = match self.encoding {
            GuestEncoding::Utf8 => text.len(),
            GuestEncoding::Utf16 => text.encode_utf16().count(),
            GuestEncoding::Latin1 => {
                text.chars().all(|c| c <= 'ÿ').then(|| text.chars().count())?
            }
            GuestEncoding::Compact => return None,
        };
        Some((units, if self.encoding == GuestEncoding::Utf16 { 2 * units } else { units }))
    }

    fn place(&mut self, at: usize) {
        self.place.call(&mut self.store, (at as u32,)).unwrap();
    }

    /// The core asks, after its allocator has so many times.
    fn go(&mut self, asks: u32) -> Result<u32> {
        self.go.call(&mut self.store, (asks,))
    }

    /// This text is there, and nothing beside it.
    fn expect(&mut self, at: usize, text: &str) {
        let (units, bytes) = self.laid(text).unwrap();
        let found = self.read.call(&mut self.store, (at as u32, units as u32)).unwrap();
        assert_eq!(found, text);
        let blank = self.blank.call(&mut self.store, (at as u32, bytes as u32)).unwrap();
        assert_eq!(blank, 1, "written beside {text:?} at {at}");
    }

    fn noted(&mut self) -> u32 {
        self.noted.call(&mut self.store, ()).unwrap()
    }
}

const BACK_ENDS: [BackEnd; 2] = [BackEnd::Compiled, BackEnd::Reference];
const ENCODINGS: [GuestEncoding; 3] =
    [GuestEncoding::Utf8, GuestEncoding::Utf16, GuestEncoding::Latin1];
const SCRIPTS: [&str; 5] =
    ["abcdefghijklmnopqrstuvwxyz", "naïve Zoë", "鸚鵡", "🦜a", "\0é\u{7f}漢🦀"];

/// Text of so many characters.
fn text(script: &str, chars: usize) -> String {
    script.chars().cycle().take(chars).collect()
}

#[test]
fn every_length_lands_where_it_should() {
    for (back_end, encoding) in BACK_ENDS.into_iter().flat_map(|b| ENCODINGS.map(|e| (b, e))) {
        for way in WAYS {
            let answer = Answer::default();
            let mut guest =
                Guest::with(encoding, back_end, Policy::Reject, |s| ask(s, way, &answer));
            let through = guest.instance.func(&mut guest.store, "through").unwrap();
            let through = through.typed::<(), String>().unwrap();
            let mut notes = 0;
            let long = [1023, 1024, 5000, 20000].map(|chars| text(SCRIPTS[0], chars));
            let wide = [1000, 10000].map(|chars| text(SCRIPTS[2], chars));
            let short = (0..=130).flat_map(|len| SCRIPTS.map(|script| text(script, len)));
            for text in short.chain(long).chain(wide) {
                let Some((units, bytes)) = guest.laid(&text) else { continue };
                answer.set(&text);
                assert_eq!(through.call(&mut guest.store, ()).unwrap(), text, "{way}");
                // Up to the last byte.
                let at = PAGE - bytes;
                guest.place(at);
                assert_eq!(guest.go(0).unwrap() as usize, units, "{way}");
                guest.expect(at, &text);
                notes += 1;
                assert_eq!(guest.noted(), notes, "{way}");
            }
        }
    }
}

#[test]
fn numbers_come_beside_text() {
    for back_end in BACK_ENDS {
        let answer = Answer::default();
        let mut guest = Guest::new(back_end, Policy::Reject, |s| ask(s, WAYS[0], &answer));
        let pair = guest.instance.func(&mut guest.store, "pair").unwrap();
        let pair = pair.typed::<(&str,), i64>().unwrap();
        for chars in 0..=130 {
            let text = text("Zoë 鸚鵡", chars);
            guest.place(100);
            let number = pair.call(&mut guest.store, (&text,)).unwrap();
            assert_eq!(number, text.len() as i64 - 5);
            guest.expect(100, &text);
        }
    }
}

#[test]
fn the_allocator_may_ask_as_well() {
    for back_end in BACK_ENDS {
        for (inner, outer) in [(3, 3), (3, 200), (200, 3), (200, 300), (300, 200)] {
            for way in ["put UTF-16", "put UTF-8", "value in the store", "closure: String"] {
                let answer = Answer::default();
                let (a, count) = (answer.clone(), AtomicU32::new(0));
                let outer_text = text(SCRIPTS[1], outer);
                let inner_text = text(SCRIPTS[4], inner);
                let texts = [outer_text.clone(), inner_text.clone()];
                let mut guest = Guest::new(back_end, Policy::Reject, |store| {
                    // The first is the outer one, and its buffer is used again
                    // for the inner.
                    let inner = ask(store, way, &a);
                    let ty = FuncType::new([], [ValType::String]);
                    Func::new_prepared(store, ty, move |call| {
                        a.set(&texts[count.fetch_add(1, Ordering::Relaxed) as usize % 2]);
                        let mut results = [Val::I32(0)];
                        if way.starts_with("put UTF-16") {
                            return call.put_text(Text::Utf16(&a.wide()));
                        }
                        if way.starts_with("put UTF-8") {
                            return call.put_text(Text::Utf8(a.narrow().as_bytes()));
                        }
                        inner.call(call.caller(), &[], &mut results)?;
                        let [text] = results;
                        call.put_value(text)
                    })
                });
                for _ in 0..3 {
                    guest.place(40);
                    assert_eq!(guest.go(1).unwrap() as usize, outer_text.len());
                    guest.expect(40, &[&*inner_text, &*outer_text].concat());
                }
                assert_eq!(guest.noted(), 6);
            }
        }
    }
}

#[test]
fn a_function_that_answers_may_call_the_guest() {
    for back_end in BACK_ENDS {
        let (depth, go) = (AtomicU32::new(0), Arc::new(OnceLock::<TypedFunc<(u32,), u32>>::new()));
        let its = go.clone();
        let mut guest = Guest::new(back_end, Policy::Reject, |store| {
            let ty = FuncType::new([], [ValType::String]);
            Func::new_prepared(store, ty, move |call| {
                let own = text(SCRIPTS[0], 100 + depth.fetch_add(1, Ordering::Relaxed) as usize);
                if own.len() < 110 {
                    its.get().unwrap().call(call.caller(), (0,))?;
                }
                call.put_text(Text::Utf8(own.as_bytes()))
            })
        });
        assert!(go.set(guest.go.clone()).is_ok());
        guest.place(0);
        assert_eq!(guest.go(0).unwrap(), 100);
        let all: Vec<String> = (100..=110).rev().map(|len| text(SCRIPTS[0], len)).collect();
        guest.expect(0, &all.concat());
        assert_eq!(guest.noted(), 11);
    }
}

#[test]
fn an_allocator_that_lies_is_told() {
    for encoding in ENCODINGS {
        let told = BACK_ENDS.map(|back_end| lies(back_end, encoding));
        assert_eq!(told[0], told[1]);
    }
}

/// What is told of an allocator that lies.
fn lies(back_end: BackEnd, encoding: GuestEncoding) -> Vec<std::result::Result<u32, String>> {
    let mut told = Vec::new();
    for way in WAYS {
        let answer = Answer::default();
        let mut guest = Guest::with(encoding, back_end, Policy::Reject, |s| ask(s, way, &answer));
        for (script, chars) in [0, 1, 7, 16, 17, 63, 64, 65, 130, 2000]
            .into_iter()
            .flat_map(|chars| [SCRIPTS[0], SCRIPTS[4]].map(|script| (script, chars)))
        {
            let text = text(script, chars);
            let Some((_, bytes)) = guest.laid(&text) else { continue };
            answer.set(&text);
            for at in [PAGE + 1 - bytes, PAGE + 1, u32::MAX as usize] {
                guest.place(at);
                let failed = guest.go(0);
                if !text.is_empty() {
                    assert_eq!(failed.as_ref().unwrap_err().kind(), ErrorKind::Trap);
                }
                told.push(failed.map_err(|error| error.to_string()));
                guest.expect(0, "");
            }
        }
        // The next call works.
        answer.set(&text(SCRIPTS[0], 200));
        guest.place(0);
        assert_eq!(guest.go(1).unwrap(), 200);
        guest.expect(0, &text(SCRIPTS[0], 200).repeat(2));
    }
    told
}

/// Makes a host function.
type Make = Box<dyn FnOnce(&mut Store) -> Func>;

#[test]
fn ill_formed_text_is_told_or_replaced() {
    let lone: [Vec<u16>; 4] = [vec![0xD800], vec![0x61, 0xDC00], vec![0xDFFF; 80], {
        let mut long = vec![0x61; 100];
        long.push(0xD800);
        long
    }];
    let broken = |units: &[u16]| {
        let mut bytes = vec![b'x'; units.len()];
        bytes.push(0xC3);
        bytes
    };
    let told = BACK_ENDS.map(|back_end| {
        let mut told = Vec::new();
        for rule in [Policy::Reject, Policy::Replace, Policy::Keep] {
            for units in &lone {
                let (bytes, u) = (broken(units), units.clone());
                let bad = bytes.clone();
                let bodies: [Make; 4] = [
                    {
                        let u = u.clone();
                        Box::new(move |store| {
                            let ty = FuncType::new([], [ValType::String]);
                            Func::new_prepared(store, ty, move |call| {
                                call.put_text(Text::Utf16(&u))
                            })
                        })
                    },
                    Box::new(move |store| {
                        let ty = FuncType::new([], [ValType::String]);
                        Func::new_prepared(store, ty, move |call| call.put_text(Text::Utf8(&bad)))
                    }),
                    Box::new(move |store| Func::wrap(store, move || u.clone())),
                    {
                        let bytes = bytes.clone();
                        Box::new(move |store| Func::wrap(store, move || Str::from(bytes.clone())))
                    },
                ];
                let clean =
                    [String::from_utf16_lossy(units), String::from_utf8_lossy(&bytes).into_owned()];
                for (i, body) in bodies.into_iter().enumerate() {
                    let mut guest = Guest::new(back_end, rule, body);
                    guest.place(8);
                    let done = guest.go(0);
                    match rule {
                        Policy::Replace => guest.expect(8, &clean[i % 2]),
                        Policy::Reject | Policy::Keep => {
                            let error = done.as_ref().unwrap_err();
                            let what = "result 0 of the host function: ";
                            assert!(error.message().contains(what), "{error}");
                            let kind = [ErrorKind::BadText, ErrorKind::Trap][i / 2];
                            let trap = error.trap().map(|trap| trap.code());
                            // What is kept until it is known who gets it is a trap then.
                            if rule == Policy::Reject || error.kind() != ErrorKind::Trap {
                                assert_eq!(error.kind(), kind, "{error}");
                            }
                            let is_trap = error.kind() == ErrorKind::Trap;
                            assert_eq!(trap, is_trap.then_some(Some(TrapCode::IllFormedText)));
                            guest.expect(8, "");
                            assert_eq!(guest.noted(), 0);
                        }
                    }
                    told.push(done.map_err(|error| error.to_string()));
                }
            }
        }
        told
    });
    assert_eq!(told[0], told[1]);
}

#[test]
fn what_is_put_against_the_type_is_an_error() {
    type Body = fn(&mut HostCall<'_, '_>) -> Result<()>;
    let wrong: [Body; 7] = [
        |_| Ok(()),
        |call| call.put_number(1),
        |call| call.put_value(Val::S32(1)),
        |call| call.put_text("a".into()).and_then(|()| call.put_text("b".into())),
        |call| {
            let long = "long ".repeat(50);
            call.put_text((&*long).into()).and_then(|()| call.put_text((&*long).into()))
        },
        // An error after text was put is the outcome.
        |call| {
            call.put_text("short".into())?;
            Err(Error::new(ErrorKind::LimitReached, "enough"))
        },
        |call| {
            call.put_text((&*"long ".repeat(50)).into())?;
            Err(Error::new(ErrorKind::LimitReached, "enough"))
        },
    ];
    for back_end in BACK_ENDS {
        for (i, body) in wrong.iter().enumerate() {
            let failing = Arc::new(AtomicU32::new(1));
            let (fails, body) = (failing.clone(), *body);
            let mut guest = Guest::new(back_end, Policy::Reject, |store| {
                let ty = FuncType::new([], [ValType::String]);
                Func::new_prepared(store, ty, move |call| match fails.load(Ordering::Relaxed) {
                    0 => call.put_text("good".into()),
                    _ => body(call),
                })
            });
            guest.place(0);
            let error = guest.go(0).unwrap_err();
            if i >= 5 {
                assert_eq!((error.kind(), error.message()), (ErrorKind::LimitReached, "enough"));
            }
            guest.expect(0, "");
            failing.store(0, Ordering::Relaxed);
            assert_eq!(guest.go(0).unwrap(), 4);
            guest.expect(0, "good");
        }
    }
}

#[test]
fn the_host_may_call_it_itself() {
    let answer = Answer::default();
    let mut store = Store::new(&Engine::default());
    for way in WAYS {
        let func = ask(&mut store, way, &answer);
        for chars in [0, 5, 64, 65, 1000] {
            answer.set(&text(SCRIPTS[3], chars));
            let mut results = [Val::I32(0)];
            func.call(&mut store, &[], &mut results).unwrap();
            let text = results[0].as_str().unwrap().to_string(&store).unwrap();
            assert_eq!(text, answer.narrow(), "{way}");
        }
    }
}

/// What is ill-formed in UTF-16 stays so, where that is the rule and the guest has it.
#[test]
fn lone_surrogates_are_kept() {
    for back_end in BACK_ENDS {
        for (before, behind) in [(0, 0), (3, 2), (20, 11), (40, 40), (1000, 1000)] {
            let units = [vec![0x61; before], vec![0xD800], vec![0x62; behind]].concat();
            let (put, closure) = (units.clone(), units.clone());
            let bodies: [Make; 2] = [
                Box::new(move |store| {
                    let ty = FuncType::new([], [ValType::String]);
                    Func::new_prepared(store, ty, move |call| call.put_text(Text::Utf16(&put)))
                }),
                Box::new(move |store| Func::wrap(store, move || closure.clone())),
            ];
            for body in bodies {
                let mut guest = Guest::with(GuestEncoding::Utf16, back_end, Policy::Keep, body);
                guest.place(7);
                assert_eq!(guest.go(0).unwrap() as usize, units.len());
                let read = guest.instance.func(&mut guest.store, "read").unwrap();
                let mut found = [Val::U32(0)];
                let args = [Val::U32(7), Val::U32(units.len() as u32)];
                read.call(&mut guest.store, &args, &mut found).unwrap();
                let found = found[0].as_str().unwrap().to_utf16(&guest.store).unwrap();
                assert_eq!(found, units);
            }
        }
    }
}
