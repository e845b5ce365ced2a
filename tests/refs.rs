//! References: none is collected while anything holds it, at whichever point the
//! engine collects, on both back ends and on the core alone. Every store here
//! collects each time the host makes a reference.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use witrt::{
    BackEnd, Config, Engine, Error, ExternRef, Func, FuncType, Global, GlobalType, HostCall,
    Instance, Limits, Linker, Module, Store, Table, TableType, Val, ValType,
};

const REF: ValType = ValType::ExternRef;

/// Runs a test on each back end.
fn each(test: impl Fn(&mut Store)) {
    for back_end in [BackEnd::Reference, BackEnd::Compiled] {
        let engine = Engine::new(Config::new().back_end(back_end)).unwrap();
        let mut store = Store::new(&engine);
        store.collect_eagerly();
        test(&mut store);
    }
}

fn instance(store: &mut Store, text: &str, imports: &[(&str, Func)]) -> Instance {
    let module = Module::new(store.engine(), text.as_bytes()).unwrap();
    let mut linker = Linker::new();
    for (name, func) in imports {
        linker.define("h", name, func.clone());
    }
    linker.instantiate(store, &module).unwrap()
}

/// A new object with a number.
fn object(n: u64) -> Val<'static> {
    Val::ExternRef(Some(ExternRef::new(Arc::new(n))))
}

/// The number of an object; 0 of null.
fn number(val: &Val<'_>) -> u64 {
    let Val::ExternRef(Some(reference)) = val else { return 0 };
    *reference.data().expect("an object of the host's").downcast_ref::<u64>().unwrap()
}

/// `one` and `two` give objects with numbers from 1000 on; `see` notes those that
/// it is given. The host functions are made in each of the ways.
struct Host {
    seen: Arc<Mutex<Vec<u64>>>,
    funcs: Vec<(&'static str, Func)>,
}

fn host(store: &mut Store, listed: bool) -> Host {
    let (seen, next) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicU64::new(1000)));
    let fresh = move || object(next.fetch_add(1, Relaxed));
    let sees = seen.clone();
    let mut func = |params: &[ValType], results: &[ValType], see: bool| {
        let ty = FuncType::new(params.iter().copied(), results.iter().copied());
        let (count, given) = (params.len(), results.len());
        let (fresh, sees) = (fresh.clone(), sees.clone());
        if listed {
            return Func::new(&mut *store, ty, move |_, args, results| {
                if see {
                    sees.lock().unwrap().extend(args.iter().map(number));
                }
                results.iter_mut().for_each(|result| *result = fresh());
                Ok(())
            });
        }
        Func::new_prepared(&mut *store, ty, move |call| {
            for _ in 0..count {
                sees.lock().unwrap().push(number(&call.value()?));
            }
            (0..given).try_for_each(|_| call.put_value(fresh()))
        })
    };
    let funcs = vec![
        ("one", func(&[], &[REF], false)),
        ("two", func(&[], &[REF, REF], false)),
        ("see", func(&[REF, REF, REF], &[], true)),
    ];
    Host { seen, funcs }
}

const CORE: &str = r#"
  (import "h" "one" (func $one (result externref)))
  (import "h" "two" (func $two (result externref externref)))
  (import "h" "see" (func $see (param externref externref externref)))
  (func $go (export "go") (param externref externref externref)
    (result externref externref externref)
    (local $x externref) (local $y externref)
    (call $two) (local.set $y) (local.set $x)
    (drop (call $one)) (drop (call $one))
    (call $see (local.get 0) (local.get 1) (local.get 2))
    (drop (call $one))
    (call $see (local.get $x) (local.get $y) (local.get 0))
    (local.get $y) (local.get 1) (call $one))"#;

const ADAPTERS: &str = r#"
  (@interface func $aone (import "h" "one") (result externref))
  (@interface func $atwo (import "h" "two") (result externref) (result externref))
  (@interface func $asee (import "h" "see") (param externref) (param externref) (param externref))
  (@interface implement (import "h" "one") (result externref) call-adapter $aone)
  (@interface implement (import "h" "two") (result externref) (result externref)
    call-adapter $atwo)
  (@interface implement (import "h" "see") (param externref) (param externref) (param externref)
    arg.get 0 arg.get 1 arg.get 2 call-adapter $asee)
  (@interface func (export "go") (param externref) (param externref) (param externref)
    (result externref) (result externref) (result externref)
    arg.get 0 arg.get 1 arg.get 2 call-core $go)"#;

/// Arguments from the host, results of host functions, arguments to host
/// functions, results to the host: all of a call are there together.
#[test]
fn what_crosses_together_stays_together() {
    each(|store| {
        for (listed, adapters) in [(false, ""), (true, ""), (false, ADAPTERS), (true, ADAPTERS)] {
            let host = host(store, listed);
            let instance = instance(store, &format!("(module {CORE} {adapters})"), &host.funcs);
            let go = instance.func(&mut *store, "go").unwrap();
            let typed = go
                .typed::<(Option<ExternRef>, Option<ExternRef>, Option<ExternRef>), (
                    Option<ExternRef>,
                    Option<ExternRef>,
                    Option<ExternRef>,
                )>()
                .unwrap();
            for round in 0..3 {
                host.seen.lock().unwrap().clear();
                let first = 1000 + round * 6;
                let mut results = [Val::I32(0), Val::I32(0), Val::I32(0)];
                if round == 1 {
                    let [a, b, c] = [1, 2, 3].map(|n| match object(n) {
                        Val::ExternRef(reference) => reference,
                        _ => None,
                    });
                    let (a, b, c) = typed.call(&mut *store, (a, b, c)).unwrap();
                    results = [a, b, c].map(Val::ExternRef);
                } else {
                    let args = [object(1), object(2), object(3)];
                    go.call(&mut *store, &args, &mut results).unwrap();
                }
                let seen = host.seen.lock().unwrap().clone();
                assert_eq!(seen, [1, 2, 3, first, first + 1, 1], "{listed} {adapters}");
                assert_eq!(results.map(|r| number(&r)), [first + 1, 2, first + 5]);
            }
        }
    });
}

/// A host function that lets a guest run after it has put a result, and leaves a
/// call that is owed, which the guest makes before it has the result.
#[test]
fn results_wait_for_the_guest() {
    let text = r#"(module
      (import "h" "one" (func $one (result externref)))
      (import "h" "give" (func $give (result externref)))
      (import "h" "see" (func $see (param externref externref externref)))
      (memory 1)
      (func $text (result i32 i32) i32.const 8 i32.const 5)
      (func $free (param i32 i32) (drop (call $one)) (drop (call $one)))
      (func $go (local $x externref)
        (local.set $x (call $give))
        (drop (call $one)) (drop (call $one))
        (call $see (local.get $x) (local.get $x) (call $one)))
      (@interface func $aone (import "h" "one") (result externref))
      (@interface func $agive (import "h" "give") (result externref))
      (@interface func $asee (import "h" "see") (param externref) (param externref) (param externref))
      (@interface implement (import "h" "one") (result externref) call-adapter $aone)
      (@interface implement (import "h" "give") (result externref) call-adapter $agive)
      (@interface implement (import "h" "see") (param externref) (param externref) (param externref)
        arg.get 0 arg.get 1 arg.get 2 call-adapter $asee)
      (@interface func (export "text") (result string)
        call-core $text defer-call-core $free memory-to-string)
      (@interface func (export "go") call-core $go))"#;
    each(|store| {
        let mut host = host(store, false);
        let inner: Arc<Mutex<Option<Func>>> = Arc::default();
        let calls = inner.clone();
        let ty = FuncType::new([], [REF]);
        let give = Func::new_prepared(&mut *store, ty, move |call: &mut HostCall<'_, '_>| {
            call.put_value(object(7))?;
            let text = calls.lock().unwrap().clone().unwrap();
            text.call(call.caller(), &[], &mut [Val::I32(0)])
        });
        host.funcs.push(("give", give));
        let instance = instance(store, text, &host.funcs);
        *inner.lock().unwrap() = Some(instance.func(&mut *store, "text").unwrap());
        let go = instance.func(&mut *store, "go").unwrap();
        go.call(&mut *store, &[], &mut []).unwrap();
        let seen = host.seen.lock().unwrap().clone();
        assert_eq!((seen[0], seen[1], seen.len()), (7, 7, 3));
    });
}

/// Arguments are what they were when the call began, whenever they are taken:
/// references that only the call holds, text that the guest writes over, numbers.
#[test]
fn arguments_outlast_guests() {
    let text = r#"(module
      (import "h" "one" (func $one (result externref)))
      (import "h" "f" (func $f (param externref i32 i32 i32 externref i32 i32)))
      (memory 1)
      (data (i32.const 8) "before  second")
      (func $alloc (param i32) (result i32) i32.const 64)
      (func $go
        (call $f (call $one) (i32.const 8) (i32.const 6) (i32.const -5) (call $one)
          (i32.const 16) (i32.const 6)))
      (func $over
        (i64.store (i32.const 8) (i64.const 0x2020202020202020)) (memory.fill (i32.const 16) (i32.const 255) (i32.const 6))
        (drop (call $one)) (drop (call $one)))
      (@interface func $aone (import "h" "one") (result externref))
      (@interface func $af (import "h" "f") (param externref) (param string) (param s8)
        (param externref) (param string))
      (@interface implement (import "h" "one") (result externref) call-adapter $aone)
      (@interface implement (import "h" "f") (param externref) (param i32) (param i32) (param i32)
        (param externref) (param i32) (param i32)
        arg.get 0 arg.get 1 arg.get 2 memory-to-string arg.get 3 i32-to-s8 arg.get 4
        arg.get 5 arg.get 6 memory-to-string call-adapter $af)
      (@interface func (export "over") call-core $over)
      (@interface func (export "go") call-core $go))"#;
    each(|store| {
        // The guest runs after so many arguments have been taken.
        for after in 0..=5 {
            let mut host = host(store, false);
            let over: Arc<Mutex<Option<Func>>> = Arc::default();
            let (runs, noted) = (over.clone(), Arc::new(Mutex::new(Vec::new())));
            let note = noted.clone();
            let params = [REF, ValType::String, ValType::S8, REF, ValType::String];
            let ty = FuncType::new(params, []);
            let f = Func::new_prepared(&mut *store, ty, move |call| {
                for i in 0..=5 {
                    if i == after {
                        let over = runs.lock().unwrap().clone().unwrap();
                        over.call(call.caller(), &[], &mut [])?;
                    }
                    let shown = match i {
                        0 | 3 => number(&call.value()?).to_string(),
                        1 => call.text(|text, _| Ok(format!("{text:?}")))?,
                        2 => (call.number()? as i32).to_string(),
                        4 => {
                            let Val::String(text) = call.value()? else {
                                return Err(Error::host("no string"));
                            };
                            text.to_string(call.caller())?
                        }
                        _ => break,
                    };
                    note.lock().unwrap().push(shown);
                }
                // There is no further one.
                assert!(call.number().is_err() && call.value().is_err());
                Ok(())
            });
            host.funcs.push(("f", f));
            let instance = instance(store, text, &host.funcs);
            *over.lock().unwrap() = Some(instance.func(&mut *store, "over").unwrap());
            let go = instance.func(&mut *store, "go").unwrap();
            go.call(&mut *store, &[], &mut []).unwrap();
            let noted = noted.lock().unwrap().join(" ");
            let before = format!("{:?}", witrt::string::Text::Utf8(b"before"));
            assert_eq!(noted, format!("1000 {before} -5 1001 second"), "after {after}");
        }
    });
}

/// What is wrong with an argument is told when it is taken, also after a guest ran.
#[test]
fn wrong_arguments_are_told_late() {
    let text = r#"(module
      (import "h" "f" (func $f (param i32 i32 i32)))
      (memory 1)
      (data (i32.const 8) "\ff\ff")
      (func $go (call $f (i32.const 3) (i32.const 8) (i32.const 2)))
      (@interface func $af (import "h" "f") (param i32) (param string))
      (@interface implement (import "h" "f") (param i32) (param i32) (param i32)
        arg.get 0 arg.get 1 arg.get 2 memory-to-string call-adapter $af)
      (@interface func (export "go") call-core $go))"#;
    let engine = Engine::new(Config::new().back_end(BackEnd::Compiled)).unwrap();
    let mut messages = Vec::new();
    for early in [true, false] {
        let mut store = Store::new(&engine);
        let ty = FuncType::new([ValType::I32, ValType::String], []);
        let f = Func::new_prepared(&mut store, ty, move |call| {
            if early {
                call.caller();
            }
            assert_eq!(call.number()? as i32, 3);
            call.text(|text, rule| {
                Ok(witrt::string::measure(text, witrt::Encoding::Utf16, rule)?)
            })?;
            Ok(())
        });
        let instance = instance(&mut store, text, &[("f", f)]);
        let go = instance.func(&mut store, "go").unwrap();
        let error = go.call(&mut store, &[], &mut []).unwrap_err();
        messages.push((error.kind(), error.message().to_owned()));
    }
    assert_eq!(messages[0], messages[1]);
}

/// What a guest made is one reference each time it comes to the host, and another
/// one is another.
#[test]
fn what_a_guest_made_is_one_reference() {
    let text = r#"(module
      (import "h" "one" (func $one (result externref)))
      (import "h" "pair" (func $pair (param externref externref) (result externref)))
      (type $s (struct (field i32)))
      (global $e (mut externref) (ref.null extern))
      (func $make (result externref)
        (global.set $e (extern.convert_any (struct.new $s (i32.const 1)))) (global.get $e))
      (func $get (result externref) (drop (call $one)) (global.get $e))
      (func $ask (result externref) (call $pair (global.get $e) (global.get $e)))
      (@interface func $aone (import "h" "one") (result externref))
      (@interface func $apair (import "h" "pair") (param externref) (param externref)
        (result externref))
      (@interface implement (import "h" "one") (result externref) call-adapter $aone)
      (@interface implement (import "h" "pair") (param externref) (param externref)
        (result externref) arg.get 0 arg.get 1 call-adapter $apair)
      (@interface func (export "make") (result externref) call-core $make)
      (@interface func (export "get") (result externref) call-core $get)
      (@interface func (export "ask") (result externref) call-core $ask))"#;
    each(|store| {
        let mut host = host(store, false);
        let pair = |a: Option<ExternRef>, b: Option<ExternRef>| {
            assert!(ExternRef::same(&a.unwrap(), b.as_ref().unwrap()));
            b
        };
        host.funcs.push(("pair", Func::wrap(&mut *store, pair)));
        let instance = instance(store, text, &host.funcs);
        let mut call = |name: &str| {
            let func = instance.func(&mut *store, name).unwrap();
            let (reference,) =
                func.typed::<(), (Option<ExternRef>,)>().unwrap().call(&mut *store, ()).unwrap();
            reference.unwrap()
        };
        let mut before: Option<ExternRef> = None;
        for round in 0..300 {
            let made = call("make");
            assert!(made.data().is_none());
            assert!(["get", "ask", "get"].iter().all(|name| ExternRef::same(&made, &call(name))));
            assert!(before.is_none_or(|before| !ExternRef::same(&made, &before)), "{round}");
            before = Some(made);
        }
    });
    let value: Arc<u64> = Arc::new(1);
    let [a, b] = [ExternRef::new(value.clone()), ExternRef::new(value)];
    assert!(ExternRef::same(&a, &b) && ExternRef::same(&a, &a.clone()));
    assert!(!ExternRef::same(&a, &ExternRef::new(Arc::new(1_u64))));
}

/// Globals and tables of the host's hold what is put into them.
#[test]
fn globals_and_tables_hold_references() {
    each(|store| {
        let ty = GlobalType { content: REF, mutable: true };
        let global = Global::new(&mut *store, ty, &object(1)).unwrap();
        let limits = Limits { min: 2, max: None };
        let ty = TableType { element: REF, limits };
        let table = Table::new(&mut *store, ty, &object(2)).unwrap();
        table.grow(&mut *store, 2, &object(3)).unwrap();
        table.set(&mut *store, 1, &object(4)).unwrap();
        Global::new(&mut *store, GlobalType { content: REF, mutable: false }, &object(9)).unwrap();
        let mut all = vec![number(&global.get(&mut *store).unwrap())];
        all.extend((0..4).map(|i| number(&table.get(&mut *store, i).unwrap())));
        assert_eq!(all, [1, 2, 4, 3, 3]);
    });
}
