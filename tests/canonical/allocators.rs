//! Allocators of guests: when they are called, and those that lie.

use crate::support::{Guest, MEM, lift};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use witrt::{Config, Engine, ErrorKind, Func, Instance, List, Module, Store, TrapCode, Val};

/// The allocator is asked for empty text and lists too, in order, and for exactly what
/// is needed.
#[test]
fn calls_of_the_allocator() {
    let exports = lift("texts", "len", "(param \"x\" (list string)) (result u32)", MEM)
        + &lift("wide", "len", "(param \"x\" (list u64)) (result u32)", MEM)
        + &lift("text", "len", "(param \"x\" string) (result u32)", MEM)
        + &lift("load", "load", "(param \"at\" u32) (result u32)", "")
        + &lift("count", "count", "(result u32)", "");
    let mut guest = Guest::new(&exports);
    let asked = |guest: &mut Guest| {
        let count = guest.number("count", &[]);
        let load = |guest: &mut Guest, at| guest.number("load", &[Val::U32(at)]);
        (0..count)
            .map(|i| (load(guest, 1024 + i * 8), load(guest, 1028 + i * 8)))
            .collect::<Vec<_>>()
    };
    let texts = ["a", "", "bé"].map(Val::from);
    guest.call("texts", &[Val::List(List::Val(texts.to_vec()))]).unwrap();
    assert_eq!(asked(&mut guest), [(4, 24), (1, 1), (1, 0), (1, 3)]);
    let mut guest = Guest::new(&exports);
    guest.call("wide", &[Val::List(List::U64(Vec::new().into()))]).unwrap();
    guest.call("text", &[Val::from("")]).unwrap();
    guest.call("text", &[Val::from(&"né".encode_utf16().collect::<Vec<_>>()[..])]).unwrap();
    assert_eq!(asked(&mut guest), [(8, 0), (1, 0), (1, 3)]);
}

/// What the allocator answers is a claim, and it may grow the memory.
#[test]
fn allocators_that_lie_and_grow() {
    let exports = lift("wide", "len", "(param \"x\" (list u64)) (result u32)", MEM)
        + &lift("two", "two", "(param \"a\" string) (param \"b\" string) (result u32)", MEM)
        + &lift("lie", "lie", "(param \"x\" u32)", "")
        + &lift("grow", "grow", "", "");
    for (lie, message) in [
        (4, "realloc return: result not aligned"),
        (0x7fff_0000, "realloc return: beyond end of memory"),
    ] {
        let mut guest = Guest::new(&exports);
        guest.call("lie", &[Val::U32(lie)]).unwrap();
        let list = [Val::List(List::U64(vec![1, 2].into()))];
        let error = guest.call("wide", &list).unwrap_err();
        assert_eq!(error.message(), message);
        assert_eq!(guest.call("wide", &list).unwrap_err().kind(), ErrorKind::Poisoned);
    }
    let mut guest = Guest::new(&exports);
    guest.call("grow", &[]).unwrap();
    assert_eq!(guest.number("two", &["a".into(), "b".into()]), 0x61 + 0x62);
}

/// An allocator that traps, calls itself or the host, or never comes back: a trap, and
/// the instance is done with.
#[test]
fn allocators_that_misbehave() {
    let component = |body: &str| {
        format!(
            r#"(component
      (import "f" (func $f))
      (core func $f (canon lower (func $f)))
      (core module $m (import "" "f" (func $f)) (memory (export "memory") 1)
        (func $realloc (export "realloc") (param i32 i32 i32 i32) (result i32) {body})
        (func (export "len") (param i32 i32) (result i32) local.get 1))
      (core instance $m (instantiate $m (with "" (instance (export "f" (func $f))))))
      (func (export "len") (param "x" string) (result u32)
        (canon lift (core func $m "len") (memory $m "memory") (realloc (func $m "realloc")))))"#
        )
    };
    let again = "(call $realloc (local.get 0) (local.get 1) (local.get 2) (local.get 3))";
    let bodies = [
        ("unreachable", Some(TrapCode::Unreachable), ""),
        ("(call $f) (i32.const 64)", None, "cannot leave component instance"),
        (again, Some(TrapCode::StackOverflow), ""),
        ("(loop $l (br $l)) unreachable", Some(TrapCode::OutOfFuel), ""),
        ("i32.const 65536", None, "beyond end of memory"),
        ("i32.const -1", None, "beyond end of memory"),
    ];
    // Where fuel is counted no call goes by the door; without, one of these never ends.
    for ((body, code, told), fuel) in bodies.into_iter().flat_map(|b| [(b, true), (b, false)]) {
        if !fuel && code == Some(TrapCode::OutOfFuel) {
            continue;
        }
        let mut config = Config::new();
        let engine = Engine::new(config.consume_fuel(fuel)).unwrap();
        let mut store = Store::new(&engine);
        if fuel {
            store.set_fuel(10_000_000).unwrap();
        }
        let called = Arc::new(AtomicU32::new(0));
        let counted = called.clone();
        let f = Func::wrap(&mut store, move || {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        let module = Module::new(&engine, component(body).as_bytes()).unwrap();
        let instance = Instance::new(&mut store, &module, &[f.into()]).unwrap();
        let len = instance.func(&mut store, "len").unwrap();
        let error = len.call(&mut store, &["text".into()], &mut [Val::U8(0)]).unwrap_err();
        let trap = error.trap().unwrap_or_else(|| panic!("{body}: {error:?}"));
        assert!(code.is_none_or(|code| trap.code() == Some(code)), "{body}: {error}");
        assert!(error.message().contains(told), "{body}: {error}");
        let error = len.call(&mut store, &["text".into()], &mut [Val::U8(0)]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Poisoned, "{body}");
        assert_eq!(called.load(Ordering::Relaxed), 0, "{body}");
    }
}
