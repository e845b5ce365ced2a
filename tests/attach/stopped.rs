//! Calls that are stopped half way by fuel or a deadline: what they had is given back all
//! the same, and a runtime that collects only when it is told to still does.

use crate::support::{BACK_ENDS, Guest, file, text, told};
use std::sync::{Arc, OnceLock};
use witrt::{BackEnd, Config, Engine, Func, Module, Store, Val};

fn module(back_end: BackEnd, config: &mut Config, folder: &str, wasm: &str) -> Module {
    let engine = Engine::new(config.back_end(back_end)).unwrap();
    let (wasm, face) = (file(&format!("{folder}/{wasm}")), text(&format!("{folder}/face.toml")));
    Module::attach(&engine, &wasm, &face).unwrap()
}

fn fueled(module: &Module, fuel: u64) -> Guest {
    let mut store = Store::new(module.engine());
    store.set_fuel(fuel).unwrap();
    Guest::with(store, module, |_, _| {})
}

const PLENTY: u64 = 1 << 40;

/// Makes a call with each amount of fuel up to what it needs, and after each one with enough,
/// of which `check` is told.
fn at_every_point(guest: &mut Guest, name: &str, args: &str, mut check: impl FnMut(&mut Guest)) {
    // The first call may make more of memory than others.
    let whole = guest.told(name, args);
    guest.store.set_fuel(PLENTY).unwrap();
    assert_eq!(guest.told(name, args), whole);
    assert!(!whole.starts_with("trap"), "{whole}");
    let needed = PLENTY - guest.store.fuel().unwrap();
    let mut stopped = 0;
    for point in 0..500 {
        // Every one of the last ones, where what is owed is done.
        let fuel =
            if point < 250 { needed * point / 250 } else { (needed + point).saturating_sub(490) };
        guest.store.set_fuel(fuel).unwrap();
        let found = guest.told(name, args);
        stopped += (found == "trap outoffuel") as u32;
        assert!(found == whole || found.ends_with("trap outoffuel"), "{fuel}: {found}");
        guest.store.set_fuel(PLENTY).unwrap();
        assert_eq!(guest.told(name, args), whole, "after {fuel} of {needed}");
        check(guest);
    }
    assert!(stopped > 200, "{stopped}");
}

/// Of the runtime that collects where the host tells it to; one that collects in steps of its
/// own is stopped in the middle of these, which is the guest's affair.
#[test]
fn objects_come_back() {
    for back_end in BACK_ENDS {
        let config = &mut Config::new();
        let config = config.consume_fuel(true);
        let module = module(back_end, config, "assemblyscript", "guest-minimal.wasm");
        let mut guest = fueled(&module, PLENTY);
        let args = format!("\"{}\", \"{}\")", "é".repeat(4_000), "x".repeat(4_000));
        at_every_point(&mut guest, "concat", &args, |_| {});
        // A guest that is stopped while it makes its memory larger may lose what it got: it
        // has more than it needs now, and gets no more.
        let before = guest.told("pages", ")");
        for _ in 0..2_000 {
            guest.told("concat", &args);
        }
        // Without a collector it would be a thousand more.
        assert_eq!(guest.told("pages", ")"), before);
        assert!(before.parse::<u32>().unwrap() <= 256, "{before}");
    }
}

/// What is owed, and could not be paid for want of fuel, is when there is some.
#[test]
fn memory_comes_back() {
    for back_end in BACK_ENDS {
        let (folder, config) = ("c-clang-nostdlib", &mut Config::new());
        let module = module(back_end, config.consume_fuel(true), folder, "guest.wasm");
        let mut guest = fueled(&module, PLENTY);
        let mut left = 0;
        let args = format!("\"{}\")", "é".repeat(1_000));
        at_every_point(&mut guest, "count", &args, |guest| {
            left = guest.told("live-bytes", ")").parse::<u32>().unwrap();
        });
        // What is stopped within `malloc` or `free`, as at some dozens of these points, can
        // neither be told from what was done nor done again. Of all it would be 800,000.
        assert!(left < 60 * 2_000, "{left}");
    }
}

/// A deadline comes to pass while a host function runs.
#[test]
fn deadlines() {
    for back_end in BACK_ENDS {
        let (folder, config) = ("assemblyscript", &mut Config::new());
        let config = config.epoch_interruption(true);
        let module = module(back_end, config, folder, "guest-minimal.wasm");
        let engine = module.engine().clone();
        let store = Store::new(&engine);
        let mut guest = Guest::with(store, &module, move |_, _| engine.increment_epoch());
        let long = "straße ".repeat(500);
        for _ in 0..1_000 {
            guest.store.set_epoch_deadline(1);
            assert_eq!(guest.told("run", &format!("\"{long}\")")), "trap interrupted");
            guest.store.set_epoch_deadline(1_000_000);
            assert_eq!(guest.told("count", &format!("\"{long}\")")), "3500");
        }
        let pages = guest.told("pages", ")").parse::<u32>().unwrap();
        assert!(pages < 64, "{pages}");
    }
}

/// Nothing is collected while a function of the guest is on the stack, however much is
/// passed meanwhile.
#[test]
fn within_calls() {
    for back_end in BACK_ENDS {
        let folder = "assemblyscript";
        let module = module(back_end, &mut Config::new(), folder, "guest-minimal.wasm");
        let concat = Arc::new(OnceLock::<Func>::new());
        let called = concat.clone();
        let mut guest = Guest::with(Store::new(module.engine()), &module, move |caller, name| {
            if name != "digest" {
                return;
            }
            let args = [Val::from("é".repeat(1_000)), Val::from("x".repeat(1_000))];
            for _ in 0..2_000 {
                let mut found = [Val::U32(0)];
                called.get().unwrap().call(&mut *caller, &args, &mut found).unwrap();
            }
        });
        concat.set(guest.instance.func(&mut guest.store, "concat").unwrap()).unwrap();
        for _ in 0..3 {
            // What `ask` returned is held by nobody but the guest's stack.
            assert_eq!(guest.told("run", "\"straße\")"), "\"answer to straße 7,45\"");
        }
        let before = guest.told("pages", ")").parse::<u32>().unwrap();
        for _ in 0..20_000 {
            assert_eq!(guest.told("count", "\"abc\")"), "3");
        }
        assert_eq!(guest.told("pages", ")"), before.to_string());
    }
}

/// A collector that does not come to its end is stopped, and nothing is called after it.
#[test]
fn collectors_that_do_not_end() {
    let core = r#"(module (memory (export "memory") 1)
      (func (export "__new") (param i32 i32) (result i32) (i32.const 1024))
      (func (export "__pin") (param i32) (result i32) (local.get 0))
      (func (export "__unpin") (param i32))
      (func (export "__collect") (loop (br 0)))
      (func (export "seven") (result i32) (i32.const 7)))"#;
    let face = "convention = 'assemblyscript'\nwit = 'seven: func() -> u32;'";
    for back_end in BACK_ENDS {
        let engine = Engine::new(Config::new().back_end(back_end).consume_fuel(true)).unwrap();
        let module = Module::attach(&engine, core.as_bytes(), face).unwrap();
        let mut guest = fueled(&module, 1 << 20);
        let seven = guest.instance.func(&mut guest.store, "seven").unwrap();
        let mut call = || {
            let mut found = [Val::U32(0)];
            seven.call(&mut guest.store, &[], &mut found).map_err(|error| told(&error))
        };
        let calls = (0..5_000).take_while(|_| call().is_ok()).count();
        assert!((1_000..1_100).contains(&calls), "{calls}");
        assert_eq!(guest.store.fuel().unwrap(), 0);
        guest.store.set_fuel(PLENTY).unwrap();
        let found = guest.told("seven", ")");
        assert!(found.starts_with("Trap: seven: the runtime of this instance was"), "{found}");
    }
}
