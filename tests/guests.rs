//! One instance's import supplied by another's export: text goes from memory to
//! memory, and what one guest's host holds and owes is left alone while others run.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::{Arc, Mutex, OnceLock};
use witrt::abi::{Convention, GuestEncoding};
use witrt::{
    BackEnd, Config, Engine, Func, FuncType, Instance, Linker, Module, Store, Val, ValType,
};

/// Counts what each thread allocates: how often, and how many bytes.
struct Counting;

thread_local! {
    static COUNT: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

fn one_more(bytes: usize) {
    // A thread that ends has no counter any more.
    let _ = COUNT.try_with(|count| count.set((count.get().0 + 1, count.get().1 + bytes)));
}

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        one_more(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(ptr, layout) }
    }
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        one_more(size);
        // SAFETY: as above.
        unsafe { System.realloc(ptr, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const BACK_ENDS: [BackEnd; 2] = [BackEnd::Compiled, BackEnd::Reference];

/// Gives text back as it came, a copy of its own, and remembers the last.
const CALLEE: &str = r#"(module
  (import "env" "note" (func $note (param i32)))
  (memory 64)
  (func $alloc (param i32) (result i32) (call $note (i32.const 1)) (i32.const 1025))
  (func $free (param i32 i32) (call $note (i32.const 2)))
  (func $echo (param i32 i32) (result i32 i32)
    (memory.copy (i32.const 2097153) (local.get 0) (i32.mul (local.get 1) (i32.const 2)))
    (i32.const 2097153) (local.get 1))
  (func $len (param i32 i32) (result i32) (call $note (i32.const 3)) (local.get 1))
  (@interface func $noted (import "host" "note") (param u32))
  (@interface implement (import "env" "note") (param i32)
    arg.get 0 i32-to-u32 call-adapter $noted)
  (@interface func (export "echo") (param string) (result string)
    arg.get 0 string-to-memory $alloc call-core $echo defer-call-core $free memory-to-string)
  (@interface func (export "len") (param string) (result u32)
    arg.get 0 string-to-memory $alloc call-core $len i32-to-u32)
  (@interface func (export "two") (param u32) (param string) (param string) (result u64)
    arg.get 0 u32-to-i32
    arg.get 1 string-to-memory $alloc
    arg.get 2 string-to-memory $other
    call-core $two i64-to-u64)
  (func $other (param i32) (result i32) (i32.const 1048577))
  (func $two (param i32 i32 i32 i32 i32) (result i64)
    (i64.add (i64.extend_i32_u (i32.add (local.get 2) (local.get 4)))
      (i64.extend_i32_u (local.get 0)))))"#;

/// Hands text on to the other, where it lies.
const CALLER: &str = r#"(module
  (import "env" "echo" (func $echo (param i32 i32) (result i32 i32)))
  (import "env" "len" (func $len (param i32 i32) (result i32)))
  (import "env" "two" (func $two (param i32 i32 i32 i32 i32) (result i64)))
  (memory 64)
  (global $ptr (mut i32) (i32.const 0))
  (global $len (mut i32) (i32.const 0))
  (func $alloc (param i32) (result i32) (i32.const 513))
  (func $room (param i32) (result i32) (i32.const 2097153))
  (func $put (param i32 i32) (global.set $ptr (local.get 0)) (global.set $len (local.get 1)))
  (func $pair (param i32 i32) (result i32 i32) (local.get 0) (local.get 1))
  (func $scribble (memory.fill (i32.const 513) (i32.const 0x2a) (i32.const 4096)))
  (func $again (param $times i32) (result i32)
    (loop $more
      (call $echo (global.get $ptr) (global.get $len)) drop drop
      (local.tee $times (i32.sub (local.get $times) (i32.const 1)))
      (br_if $more))
    (call $len (global.get $ptr) (global.get $len)))
  (func $sum (result i64)
    (call $two (i32.const 7) (global.get $ptr) (global.get $len)
      (global.get $ptr) (global.get $len)))
  (@interface func $its_echo (import "callee" "echo") (param string) (result string))
  (@interface func $its_len (import "callee" "len") (param string) (result u32))
  (@interface func $its_two (import "callee" "two") (param u32) (param string) (param string)
    (result u64))
  (@interface implement (import "env" "echo")
    (param i32) (param i32) (result i32) (result i32)
    arg.get 0 arg.get 1 memory-to-string call-adapter $its_echo string-to-memory $room)
  (@interface implement (import "env" "len") (param i32) (param i32) (result i32)
    arg.get 0 arg.get 1 memory-to-string call-adapter $its_len u32-to-i32)
  (@interface implement (import "env" "two")
    (param i32) (param i32) (param i32) (param i32) (param i32) (result i64)
    arg.get 0 i32-to-u32
    arg.get 1 arg.get 2 memory-to-string
    arg.get 3 arg.get 4 memory-to-string
    call-adapter $its_two u64-to-i64)
  (@interface func (export "put") (param string)
    arg.get 0 string-to-memory $alloc call-core $put)
  (@interface func (export "echo") (param string) (result string)
    arg.get 0 string-to-memory $alloc call-core $echo memory-to-string)
  (@interface func (export "through") (param string) (result string)
    arg.get 0 call-adapter $its_echo)
  (@interface func (export "same") (param string) (result string)
    arg.get 0 string-to-memory $alloc call-core $pair memory-to-string)
  (@interface func (export "again") (param u32) (result u32)
    arg.get 0 u32-to-i32 call-core $again i32-to-u32)
  (@interface func (export "sum") (result u64) call-core $sum i64-to-u64)
  (@interface func (export "scribble") call-core $scribble))"#;

struct Pair {
    store: Store,
    callee: Instance,
    caller: Instance,
    /// What the callee has told, and what is done then.
    notes: Arc<Mutex<Vec<u32>>>,
    then: Arc<OnceLock<Func>>,
}

impl Pair {
    fn new(back_end: BackEnd, [from, to]: [GuestEncoding; 2]) -> Pair {
        Pair::of(back_end, [from, to], CALLER)
    }

    fn of(back_end: BackEnd, [from, to]: [GuestEncoding; 2], caller: &str) -> Pair {
        let mut config = Config::new();
        config.back_end(back_end);
        let engine = Engine::new(&config).unwrap();
        let module = |text: &str, encoding: GuestEncoding| {
            // An allocator is asked for bytes, and a length is in units.
            let convention = Convention { text: encoding, ..Convention::SECTION };
            Module::new_by(&engine, text.as_bytes(), convention).unwrap()
        };
        let (callee, caller) = (module(CALLEE, to), module(caller, from));
        let mut store = Store::new(&engine);
        let (notes, then) = (Arc::new(Mutex::new(Vec::new())), Arc::new(OnceLock::<Func>::new()));
        let (noted, next) = (notes.clone(), then.clone());
        let ty = FuncType::new([ValType::U32], []);
        let note = Func::new(&mut store, ty, move |mut caller, args, _| {
            let Val::U32(what) = args[0] else { panic!() };
            noted.lock().unwrap().push(what);
            match next.get() {
                Some(next) if what == 1 => next.call(&mut caller, &[], &mut []),
                _ => Ok(()),
            }
        });
        let mut linker = Linker::new();
        linker.define("host", "note", note);
        let callee = linker.instantiate(&mut store, &callee).unwrap();
        for name in ["echo", "len", "two"] {
            let export = callee.func(&mut store, name).unwrap();
            linker.define("callee", name, export);
        }
        let caller = linker.instantiate(&mut store, &caller).unwrap();
        Pair { store, callee, caller, notes, then }
    }

    fn call(&mut self, instance: &Instance, name: &str, args: &[Val<'_>]) -> Val<'static> {
        let func = instance.func(&mut self.store, name).unwrap();
        let mut results = vec![Val::I32(0); func.ty().results().len()];
        func.call(&mut self.store, args, &mut results).unwrap();
        results.into_iter().next().unwrap_or(Val::I32(0))
    }

    fn caller(&mut self, name: &str, args: &[Val<'_>]) -> Val<'static> {
        self.call(&self.caller.clone(), name, args)
    }

    fn callee(&mut self, name: &str, args: &[Val<'_>]) -> Val<'static> {
        self.call(&self.callee.clone(), name, args)
    }

    fn text(&self, val: &Val<'_>) -> String {
        val.as_str().unwrap().to_string(&self.store).unwrap()
    }
}

/// A view of linear memory is not shown.
fn is_view(val: &Val<'_>) -> bool {
    format!("{:?}", val.as_str().unwrap()) == "<a string in linear memory>"
}

#[test]
fn there_and_back_in_all_encodings() {
    let all = GuestEncoding::ALL;
    for back_end in BACK_ENDS {
        for (from, to) in all.into_iter().flat_map(|from| all.map(|to| (from, to))) {
            let mut pair = Pair::new(back_end, [from, to]);
            let latin1 = [from, to].contains(&GuestEncoding::Latin1);
            for len in [0, 1, 20, 33, 64, 65, 1000] {
                for unit in ["a", "é", "漢🦀"] {
                    let text = unit.repeat(len);
                    if latin1 && text.contains('漢') {
                        continue;
                    }
                    for name in ["echo", "through"] {
                        let echoed = pair.caller(name, &[Val::from(text.as_str())]);
                        assert_eq!(pair.text(&echoed), text, "{name} {from:?} {to:?}");
                    }
                    pair.caller("put", &[Val::from(text.as_str())]);
                    let Val::U64(sum) = pair.caller("sum", &[]) else { panic!() };
                    let Val::U32(len) = pair.callee("len", &[Val::from(text.as_str())]) else {
                        panic!()
                    };
                    assert_eq!(sum, u64::from(len.wrapping_mul(2)) + 7);
                }
            }
        }
    }
}

/// What does not fit the other guest is an error, and nothing of it runs.
#[test]
fn text_that_does_not_fit() {
    for back_end in BACK_ENDS {
        let mut pair = Pair::new(back_end, [GuestEncoding::Utf8, GuestEncoding::Latin1]);
        for text in ["漢".to_owned(), "漢".repeat(100)] {
            let echo = pair.caller.func(&mut pair.store, "echo").unwrap();
            let error =
                echo.call(&mut pair.store, &[Val::from(text.as_str())], &mut [Val::from("")]);
            let error = error.unwrap_err();
            assert!(error.message().contains("above U+00FF"), "{}", error.message());
            assert!(pair.notes.lock().unwrap().is_empty());
        }
        assert_eq!(
            pair.caller("echo", &[Val::from("é")])
                .as_str()
                .unwrap()
                .to_string(&pair.store)
                .unwrap(),
            "é"
        );
    }
}

/// Text of a megabyte passes through no buffer of the host's; and calls in the
/// steady state allocate nothing, whatever the length.
#[test]
fn one_copy() {
    for encodings in [[GuestEncoding::Utf8; 2], [GuestEncoding::Utf16, GuestEncoding::Utf8]] {
        let mut pair = Pair::new(BackEnd::Compiled, encodings);
        pair.notes.lock().unwrap().reserve(10_000);
        let again = pair.caller.func(&mut pair.store, "again").unwrap();
        let again = again.typed::<(u32,), u32>().unwrap();
        for len in [8, 64, 65, 1 << 19] {
            let text = "a".repeat(len);
            pair.caller("put", &[Val::from(text.as_str())]);
            let before = COUNT.get();
            assert_eq!(again.call(&mut pair.store, (3,)).unwrap() as usize, len);
            let after = COUNT.get();
            assert!(after.1 - before.1 < 1 << 16, "{} bytes for {len}", after.1 - before.1);
            let before = COUNT.get();
            for _ in 0..50 {
                again.call(&mut pair.store, (2,)).unwrap();
            }
            assert_eq!(COUNT.get(), before, "allocations for {len}");
        }
    }
}

/// A view is one as long as its own guest does not run, and what is owed there waits.
#[test]
fn others_are_left_alone() {
    for back_end in BACK_ENDS {
        let mut pair = Pair::new(back_end, [GuestEncoding::Utf8; 2]);
        let text = "x".repeat(100);
        let ours = pair.caller("same", &[Val::from(text.as_str())]);
        let theirs = pair.callee("echo", &[Val::from(text.as_str())]);
        assert!(is_view(&ours) && is_view(&theirs));
        assert_eq!(*pair.notes.lock().unwrap(), [1], "its `free` is owed");
        // Views go in as other text does, from where they lie.
        pair.caller("put", std::slice::from_ref(&theirs));
        assert!(!is_view(&ours) && is_view(&theirs));
        assert_eq!(*pair.notes.lock().unwrap(), [1]);
        assert!(matches!(pair.callee("len", std::slice::from_ref(&ours)), Val::U32(100)));
        assert!(!is_view(&theirs));
        assert_eq!(*pair.notes.lock().unwrap(), [1, 2, 1, 3]);
        for held in [&ours, &theirs] {
            assert_eq!(pair.text(held), text);
        }
    }
}

/// A guest that shares more than functions may be touched by others: nothing of it
/// is left alone.
#[test]
fn what_is_shared_is_not() {
    let shared = CALLER.replace("  (memory 64)", r#"(import "host" "memory" (memory 1))"#);
    for back_end in BACK_ENDS {
        let mut config = Config::new();
        config.back_end(back_end);
        let engine = Engine::new(&config).unwrap();
        let mut store = Store::new(&engine);
        let memory = Module::new(&engine, br#"(module (memory (export "memory") 64))"#).unwrap();
        let memory = Instance::new(&mut store, &memory, &[]).unwrap();
        let memory = memory.export(&mut store, "memory").unwrap().unwrap();
        let mut linker = Linker::new();
        linker.define("host", "memory", memory);
        let ty = FuncType::new([ValType::U32], []);
        linker.define("host", "note", Func::new(&mut store, ty, |_, _, _| Ok(())));
        let callee = Module::new(&engine, CALLEE.as_bytes()).unwrap();
        let callee = linker.instantiate(&mut store, &callee).unwrap();
        for name in ["echo", "len", "two"] {
            let export = callee.func(&mut store, name).unwrap();
            linker.define("callee", name, export);
        }
        let caller = Module::new(&engine, shared.as_bytes()).unwrap();
        let caller = linker.instantiate(&mut store, &caller).unwrap();
        let (same, len) = (caller.func(&mut store, "same"), callee.func(&mut store, "len"));
        let (same, len) = (same.unwrap(), len.unwrap());
        let mut held = [Val::from("")];
        same.call(&mut store, &[Val::from("held")], &mut held).unwrap();
        assert!(is_view(&held[0]));
        len.call(&mut store, &[Val::from("other")], &mut [Val::U32(0)]).unwrap();
        assert!(!is_view(&held[0]));
    }
}

/// The callee's allocator calls the caller, which writes over the text: it arrives as
/// it was.
#[test]
fn the_caller_runs_meanwhile() {
    for back_end in BACK_ENDS {
        let mut pair = Pair::new(back_end, [GuestEncoding::Utf8; 2]);
        let scribble = pair.caller.func(&mut pair.store, "scribble").unwrap();
        pair.then.set(scribble).ok().unwrap();
        for len in [5, 64, 65, 1000] {
            let text = "a".repeat(len);
            for name in ["echo", "through"] {
                let echoed = pair.caller(name, &[Val::from(text.as_str())]);
                assert_eq!(pair.text(&echoed), text, "{name} {len}");
            }
        }
    }
}
