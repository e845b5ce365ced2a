//! Guests that lay text out by other conventions than the interface section says:
//! in other encodings, at odd addresses, with other allocators.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};
use witrt::abi::{AllocArg, Convention, GuestEncoding};
use witrt::{BackEnd, Config, Encoding, Engine, Error, ErrorKind, Func, FuncType, HostCall};
use witrt::{Instance, Linker, Module, Policy, Result, Store, Str, TrapCode, Val, ValType};

const BACK_ENDS: [BackEnd; 2] = [BackEnd::Compiled, BackEnd::Reference];

/// Memory is given at odd addresses, or where `lie` says.
const MODULE: &str = r#"(module
  (import "env" "log" (func $log (param i32 i32) (result i32 i32)))
  (memory 1)
  (global $next (mut i32) (i32.const 1024))
  (global $lie (mut i32) (i32.const 0))
  (global $asked (mut i32) (i32.const 0))
  (global $aligned (mut i32) (i32.const 0))
  (global $freed (mut i32) (i32.const 0))
  (global $ptr (mut i32) (i32.const 0))
  (func $give (param $size i32) (param $align i32) (result i32)
    (global.set $asked (local.get $size))
    (global.set $aligned (local.get $align))
    (if (global.get $lie) (then (return (global.get $lie))))
    (if (i32.gt_u (global.get $next) (i32.const 32768))
      (then (global.set $next (i32.const 1024))))
    (i32.or (global.get $next) (i32.const 1))
    (global.set $next (i32.add (global.get $next) (i32.add (local.get $size) (i32.const 2)))))
  ALLOC
  (func $put (param i32 i32) (result i32) (global.set $ptr (local.get 0)) (local.get 1))
  (func $pair (param i32 i32) (result i32 i32) (local.get 0) (local.get 1))
  (func $free (param i32 i32) (global.set $freed (i32.add (global.get $freed) (i32.const 1))))
  (func $back (param i32 i32) (result i32 i32) (call $log (local.get 0) (local.get 1)))
  (func $byte (param i32) (result i32)
    (i32.load8_u (i32.add (global.get $ptr) (local.get 0))))
  (func $poke (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
  (func $set (param i32) (global.set $lie (local.get 0)))
  (func $told (result i32 i32 i32)
    (global.get $asked) (global.get $aligned) (global.get $freed))
  (@interface func $host (import "host" "log") (param string) (result string))
  (@interface implement (import "env" "log") (param i32) (param i32) (result i32) (result i32)
    arg.get 0 arg.get 1 memory-to-string call-adapter $host string-to-memory $alloc)
  (@interface func (export "put") (param string) (result u32)
    arg.get 0 string-to-memory $alloc call-core $put i32-to-u32)
  (@interface func (export "echo") (param string) (result string)
    arg.get 0 string-to-memory $alloc call-core $pair defer-call-core $free memory-to-string)
  (@interface func (export "back") (param string) (result string)
    arg.get 0 string-to-memory $alloc call-core $back defer-call-core $free memory-to-string)
  (@interface func $twice (param string) (result string)
    arg.get 0 string-to-memory $alloc call-core $pair memory-to-string)
  (@interface func (export "twice") (param string) (result string)
    arg.get 0 call-adapter $twice call-adapter $twice)
  (@interface func (export "two") (param string) (param string) (result string) (result string)
    arg.get 0 string-to-memory $alloc call-core $pair memory-to-string
    arg.get 1 string-to-memory $alloc call-core $pair memory-to-string)
  (@interface func (export "same") (param string) (result string) arg.get 0)
  (@interface func (export "at") (param u32) (param u32) (result string)
    arg.get 0 u32-to-i32 arg.get 1 u32-to-i32 call-core $pair memory-to-string)
  (@interface func (export "byte") (param u32) (result u32)
    arg.get 0 u32-to-i32 call-core $byte i32-to-u32)
  (@interface func (export "poke") (param u32) (param u32)
    arg.get 0 u32-to-i32 arg.get 1 u32-to-i32 call-core $poke)
  (@interface func (export "lie") (param u32) arg.get 0 u32-to-i32 call-core $set)
  (@interface func (export "told") (result i32) (result i32) (result i32) call-core $told))"#;

/// Allocators, and what they take.
const ALLOCATORS: [(&str, &[AllocArg]); 3] = [
    (
        "(func $alloc (param i32) (result i32) (call $give (local.get 0) (i32.const 0)))",
        &[AllocArg::Size],
    ),
    (
        "(func $alloc (param i32 i32) (result i32) (call $give (local.get 0) (local.get 1)))",
        &[AllocArg::Size, AllocArg::Align],
    ),
    (
        "(func $alloc (param i32 i32 i32 i32) (result i32)
           (if (i32.or (local.get 0) (i32.ne (local.get 1) (i32.const -3))) (then unreachable))
           (call $give (local.get 3) (local.get 2)))",
        &[AllocArg::Const(0), AllocArg::Const(-3), AllocArg::Align, AllocArg::Size],
    ),
];

fn convention(text: GuestEncoding, alloc: usize) -> (String, Convention) {
    let (func, takes) = ALLOCATORS[alloc];
    let convention = Convention { text, alloc: Cow::Borrowed(takes), ..Convention::SECTION };
    (MODULE.replace("ALLOC", func), convention)
}

/// An instance of such a guest, and what its host function was given.
struct Guest {
    store: Store,
    instance: Instance,
    said: Arc<Mutex<Vec<String>>>,
    policy: Policy,
}

/// How a host function is made.
#[derive(Clone, Copy, PartialEq)]
enum Host {
    Listed,
    InOrder,
    Typed,
}

const HOSTS: [Host; 3] = [Host::Listed, Host::InOrder, Host::Typed];

fn engine(back_end: BackEnd, policy: Policy) -> Engine {
    let mut config = Config::new();
    config.back_end(back_end).ill_formed(policy);
    Engine::new(&config).unwrap()
}

impl Guest {
    fn new(back_end: BackEnd, text: GuestEncoding, host: Host, policy: Policy) -> Guest {
        let (module, convention) = convention(text, 0);
        let module = Module::new_by(&engine(back_end, policy), module.as_bytes(), convention);
        Guest { policy, ..Guest::of(&module.unwrap(), host) }
    }

    fn of(module: &Module, host: Host) -> Guest {
        let mut store = Store::new(module.engine());
        let said = Arc::new(Mutex::new(Vec::new()));
        let noted = said.clone();
        let answer = move |text: String| {
            noted.lock().unwrap().push(text.clone());
            text + "!"
        };
        let ty = FuncType::new([ValType::String], [ValType::String]);
        let func = match host {
            Host::Listed => Func::new(&mut store, ty, move |caller, args, results| {
                let text = args[0].as_str().unwrap().to_string(&caller)?;
                results[0] = Val::from(answer(text));
                Ok(())
            }),
            Host::InOrder => {
                Func::new_prepared(&mut store, ty, move |call: &mut HostCall<'_, '_>| {
                    let mut text = String::new();
                    call.text(|found, rule| {
                        Ok(witrt::string::copy_to_string(found, &mut text, rule)?)
                    })?;
                    let answer = answer(text);
                    call.put_text(answer.as_str().into())
                })
            }
            Host::Typed => Func::wrap(&mut store, answer),
        };
        let mut linker = Linker::new();
        linker.define("host", "log", func);
        let instance = linker.instantiate(&mut store, module).unwrap();
        Guest { store, instance, said, policy: Policy::Reject }
    }

    fn call(&mut self, name: &str, args: &[Val<'_>]) -> Result<Val<'static>> {
        let func = self.instance.func(&mut self.store, name)?;
        let mut results = vec![Val::I32(0); func.ty().results().len()];
        func.call(&mut self.store, args, &mut results)?;
        Ok(results.into_iter().next().unwrap_or(Val::I32(0)))
    }

    fn number(&mut self, name: &str, args: &[Val<'_>]) -> u32 {
        match self.call(name, args).unwrap() {
            Val::U32(number) => number,
            other => panic!("{other:?}"),
        }
    }

    /// What the allocator was asked for last, and how often memory was freed.
    fn told(&mut self) -> [i32; 3] {
        let told = self.instance.func(&mut self.store, "told").unwrap();
        let mut results = [const { Val::I32(0) }; 3];
        told.call(&mut self.store, &[], &mut results).unwrap();
        results.map(|val| if let Val::I32(number) = val { number } else { panic!() })
    }

    fn poke(&mut self, at: u32, bytes: &[u8]) {
        for (at, byte) in (at..).zip(bytes) {
            self.call("poke", &[Val::U32(at), Val::U32((*byte).into())]).unwrap();
        }
    }
}

/// What a guest should be told as the length, and what should lie in it.
fn laid(text: &str, guest: GuestEncoding) -> Option<(u32, Vec<u8>)> {
    let latin1 =
        || text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<Vec<_>>>();
    let utf16 = || text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    Some(match guest {
        GuestEncoding::Utf8 => (text.len() as u32, text.as_bytes().to_vec()),
        GuestEncoding::Utf16 => (utf16().len() as u32 / 2, utf16()),
        GuestEncoding::Latin1 => (latin1()?.len() as u32, latin1()?),
        GuestEncoding::Compact => match latin1() {
            Some(bytes) => (bytes.len() as u32, bytes),
            None => ((utf16().len() as u32 / 2) | (1 << 31), utf16()),
        },
    })
}

/// A text as hosts have it.
struct Held {
    utf8: String,
    utf16: Vec<u16>,
    latin1: Option<Vec<u8>>,
    utf32: Vec<u32>,
}

impl Held {
    fn new(text: &str) -> Held {
        Held {
            utf8: text.to_owned(),
            utf16: text.encode_utf16().collect(),
            latin1: laid(text, GuestEncoding::Latin1).map(|(_, bytes)| bytes),
            utf32: text.chars().map(u32::from).collect(),
        }
    }

    fn all(&self) -> Vec<Str<'_>> {
        let mut all = vec![
            Str::from_utf8(self.utf8.as_bytes()),
            Str::from_utf16(&self.utf16),
            Str::from_utf32(&self.utf32),
        ];
        all.extend(self.latin1.as_ref().map(|bytes| Str::from_latin1(bytes)));
        all
    }
}

fn texts() -> Vec<String> {
    let mut texts: Vec<String> = ["", "a", "ÿé", "Ā", "aé🦀", "x\0y"].map(str::to_owned).into();
    for len in [31, 32, 33, 63, 64, 65, 200, 3000] {
        texts.extend(["a", "é", "漢", "🦀"].map(|c| c.repeat(len)));
    }
    texts.push("é".repeat(1999) + "Ā");
    texts
}

/// Reads a string in every encoding that holds it.
fn read(guest: &Guest, text: &Str<'_>) -> String {
    let read = text.to_string(&guest.store).unwrap();
    assert_eq!(text.to_utf16(&guest.store).unwrap(), read.encode_utf16().collect::<Vec<_>>());
    for encoding in Encoding::ALL {
        let fits = laid(&read, GuestEncoding::Latin1).is_some();
        let length = text.length(&guest.store, encoding);
        let replaces = guest.policy == Policy::Replace;
        assert_eq!(length.is_ok(), fits || replaces || encoding != Encoding::Latin1);
        if encoding == Encoding::Utf32 {
            assert_eq!(length.unwrap(), read.chars().count());
        }
    }
    read
}

/// Text in and out, in all encodings of hosts.
#[test]
fn there_and_back() {
    for back_end in BACK_ENDS {
        for encoding in GuestEncoding::ALL {
            let mut guest = Guest::new(back_end, encoding, Host::Listed, Policy::Reject);
            for text in texts() {
                there_and_back_of(&mut guest, encoding, &text);
            }
        }
    }
}

fn there_and_back_of(guest: &mut Guest, encoding: GuestEncoding, text: &str) {
    let held = Held::new(text);
    for given in held.all() {
        let arg = [Val::String(given)];
        let Some((len, bytes)) = laid(text, encoding) else {
            let before = guest.told();
            for name in ["put", "echo", "twice"] {
                let error = guest.call(name, &arg).unwrap_err();
                assert_eq!((error.kind(), error.argument()), (ErrorKind::OutOfRange, Some(0)));
            }
            assert_eq!(guest.told(), before, "nothing runs before all is checked");
            continue;
        };
        assert_eq!(guest.number("put", &arg), len, "{text:?} for {encoding:?}");
        assert_eq!(guest.told()[0], bytes.len() as i32);
        for (i, byte) in
            bytes.iter().enumerate().take(80).chain(bytes.iter().enumerate().next_back())
        {
            assert_eq!(guest.number("byte", &[Val::U32(i as u32)]), u32::from(*byte));
        }
        let freed = guest.told()[2];
        let results: Vec<_> =
            ["echo", "twice", "same"].map(|name| guest.call(name, &arg).unwrap()).into();
        assert_eq!(guest.told()[2], freed + 1);
        // They are copies by now.
        for result in &results {
            assert_eq!(read(guest, result.as_str().unwrap()), text);
            // And what was a guest's goes in again.
            let again = guest.call("echo", std::slice::from_ref(result)).unwrap();
            assert_eq!(read(guest, again.as_str().unwrap()), text, "a view");
        }
    }
}

/// Calls of host functions of every sort, and what those return.
#[test]
fn callbacks() {
    for back_end in BACK_ENDS {
        for encoding in GuestEncoding::ALL {
            for host in HOSTS {
                let mut guest = Guest::new(back_end, encoding, host, Policy::Reject);
                for text in texts() {
                    if laid(&text, encoding).is_none() {
                        continue;
                    }
                    let result = guest.call("back", &[Val::from(text.as_str())]).unwrap();
                    assert_eq!(guest.said.lock().unwrap().pop().unwrap(), text);
                    assert_eq!(read(&guest, result.as_str().unwrap()), text + "!");
                }
            }
        }
    }
}

/// A host function may return what such a guest cannot hold.
#[test]
fn results_that_do_not_fit() {
    for back_end in BACK_ENDS {
        for host in HOSTS {
            let (module, convention) = convention(GuestEncoding::Latin1, 0);
            let engine = engine(back_end, Policy::Reject);
            let module = Module::new_by(&engine, module.as_bytes(), convention).unwrap();
            let mut store = Store::new(&engine);
            let ty = FuncType::new([ValType::String], [ValType::String]);
            let func = match host {
                Host::Listed => Func::new(&mut store, ty, |_, _, results| {
                    results[0] = Val::from("aĀ");
                    Ok(())
                }),
                Host::InOrder => {
                    Func::new_prepared(&mut store, ty, |call: &mut HostCall<'_, '_>| {
                        call.text(|_, _| Ok(()))?;
                        call.put_text("aĀ".into())
                    })
                }
                Host::Typed => Func::wrap(&mut store, |_: String| "aĀ".to_owned()),
            };
            let mut linker = Linker::new();
            linker.define("host", "log", func);
            let instance = linker.instantiate(&mut store, &module).unwrap();
            let back = instance.func(&mut store, "back").unwrap();
            let error = back.call(&mut store, &[Val::from("")], &mut [Val::from("")]).unwrap_err();
            assert!(error.message().contains("above U+00FF"), "{}", error.message());
        }
    }
}

/// Host's text that is ill-formed goes nowhere, or is replaced.
#[test]
fn ill_formed_text_of_hosts() {
    let lone = [0x61, 0xD800, 0x62];
    for back_end in BACK_ENDS {
        for encoding in GuestEncoding::ALL {
            let mut guest = Guest::new(back_end, encoding, Host::Listed, Policy::Reject);
            let good = Str::from("good");
            for bad in [Str::from_utf8(b"a\xffb"), Str::from_utf16(&lone)] {
                let before = guest.told();
                let args = [Val::String(good.clone()), Val::String(bad.clone())];
                let error = guest.call("two", &args).unwrap_err();
                assert_eq!((error.kind(), error.argument()), (ErrorKind::BadText, Some(1)));
                assert_eq!(error.position(), Some(1));
                assert_eq!(guest.told(), before);
                let replaced = [Val::String(bad.with_policy(Policy::Replace))];
                let result = guest.call("echo", &replaced).unwrap();
                let expected = if encoding == GuestEncoding::Latin1 { "a?b" } else { "a\u{FFFD}b" };
                assert_eq!(read(&guest, result.as_str().unwrap()), expected);
            }
        }
    }
}

/// A guest's text that is ill-formed traps, with its address, or is replaced.
#[test]
fn ill_formed_text_of_guests() {
    for back_end in BACK_ENDS {
        let at = |guest: &mut Guest, bytes: &[u8], len: u32| {
            guest.poke(2001, bytes);
            guest.call("at", &[Val::U32(2001), Val::U32(len)])
        };
        let units = |units: &[u16]| units.iter().flat_map(|u| u.to_le_bytes()).collect::<Vec<_>>();
        let lone = units(&[0x61, 0xDC00, 0x62]);
        for (encoding, bytes, len, name) in [
            (GuestEncoding::Utf8, &b"a\xffb"[..], 3, "UTF-8"),
            (GuestEncoding::Utf16, &lone, 3, "UTF-16"),
            (GuestEncoding::Compact, &lone, 3 | 1 << 31, "UTF-16"),
        ] {
            let mut guest = Guest::new(back_end, encoding, Host::Listed, Policy::Reject);
            let error = at(&mut guest, bytes, len).unwrap_err();
            assert_eq!(code(&error), Some(TrapCode::IllFormedText));
            let told = format!("invalid {name} in the string at address 0x7d1");
            assert!(error.message().starts_with(&told), "{}", error.message());
            let mut guest = Guest::new(back_end, encoding, Host::Listed, Policy::Replace);
            let result = at(&mut guest, bytes, len).unwrap();
            assert_eq!(read(&guest, result.as_str().unwrap()), "a\u{FFFD}b");
        }
        // There are no other bytes in Latin-1.
        let mut guest = Guest::new(back_end, GuestEncoding::Latin1, Host::Listed, Policy::Reject);
        let result = at(&mut guest, b"a\xffb", 3).unwrap();
        assert_eq!(read(&guest, result.as_str().unwrap()), "aÿb");
    }
}

fn code(error: &Error) -> Option<TrapCode> {
    error.trap().and_then(|trap| trap.code())
}

/// Addresses and lengths are claims.
#[test]
fn lies() {
    const SIZE: u32 = 1 << 16;
    for back_end in BACK_ENDS {
        for encoding in GuestEncoding::ALL {
            let mut guest = Guest::new(back_end, encoding, Host::InOrder, Policy::Reject);
            for text in ["ab".to_owned(), "ab".repeat(200)] {
                let (_, bytes) = laid(&text, encoding).unwrap();
                let last = SIZE - bytes.len() as u32;
                guest.call("lie", &[Val::U32(last)]).unwrap();
                let fits = guest.call("echo", &[Val::from(text.as_str())]).unwrap();
                assert_eq!(read(&guest, fits.as_str().unwrap()), text);
                for lie in [last + 1, SIZE, u32::MAX] {
                    guest.call("lie", &[Val::U32(lie)]).unwrap();
                    for name in ["put", "echo", "back", "twice"] {
                        let error = guest.call(name, &[Val::from(text.as_str())]).unwrap_err();
                        assert_eq!(code(&error), Some(TrapCode::MemoryOutOfBounds), "{name}");
                    }
                }
            }
            let unit = if encoding == GuestEncoding::Utf16 { 2 } else { 1 };
            for (at, len) in [
                (0, SIZE / unit + 1),
                (SIZE, 1),
                (SIZE - 1, 2),
                (0, u32::MAX),
                (u32::MAX, u32::MAX),
                (0, 1 << 31 | SIZE),
            ] {
                let error = guest.call("at", &[Val::U32(at), Val::U32(len)]).unwrap_err();
                assert_eq!(code(&error), Some(TrapCode::MemoryOutOfBounds), "{at} {len}");
            }
        }
    }
}

/// Allocators of other types, and the type that is asked for.
#[test]
fn allocators() {
    for back_end in BACK_ENDS {
        let engine = engine(back_end, Policy::Reject);
        for encoding in GuestEncoding::ALL {
            for nth in 0..ALLOCATORS.len() {
                let (module, convention) = convention(encoding, nth);
                let module = Module::new_by(&engine, module.as_bytes(), convention).unwrap();
                let mut guest = Guest::of(&module, Host::Listed);
                for text in ["é", "Ā", &"é".repeat(100), &"Ā".repeat(100)] {
                    let Some((_, bytes)) = laid(text, encoding) else { continue };
                    let result = guest.call("echo", &[Val::from(text)]).unwrap();
                    assert_eq!(read(&guest, result.as_str().unwrap()), text);
                    let align = match encoding {
                        _ if nth == 0 => 0,
                        GuestEncoding::Utf8 | GuestEncoding::Latin1 => 1,
                        GuestEncoding::Utf16 | GuestEncoding::Compact => 2,
                    };
                    assert_eq!(guest.told()[..2], [bytes.len() as i32, align]);
                }
            }
            let (module, _) = convention(encoding, 1);
            let (_, other) = convention(encoding, 0);
            let error = Module::new_by(&engine, module.as_bytes(), other).err().unwrap();
            assert_eq!(error.kind(), ErrorKind::InvalidInterface);
            assert!(error.message().contains("not (i32) -> (i32)"), "{}", error.message());
        }
    }
}

/// A precompiled module keeps its convention.
#[test]
fn precompiled() {
    for back_end in BACK_ENDS {
        let engine = engine(back_end, Policy::Reject);
        for encoding in GuestEncoding::ALL {
            let (module, convention) = convention(encoding, 2);
            let bytes = Module::new_by(&engine, module.as_bytes(), convention).unwrap();
            let bytes = bytes.serialize().unwrap();
            // SAFETY: they were made here.
            let module = unsafe { Module::deserialize(&engine, &bytes) }.unwrap();
            let mut guest = Guest::of(&module, Host::Typed);
            let result = guest.call("back", &[Val::from("é")]).unwrap();
            assert_eq!(read(&guest, result.as_str().unwrap()), "é!");
        }
    }
}
