//! Strings that come out of guests: views until the guest runs again, readable
//! until they are dropped; and the deferred calls that are owed meanwhile.

use std::sync::{Arc, Mutex};
use witrt::{
    Engine, Error, ErrorKind, Func, FuncType, Instance, Linker, Memory, MemoryType, Module, Result,
    Store, Val, ValType,
};

/// `say` lifts what `set` wrote, and owes a call of `freed` for it.
const MODULE: &str = r#"(module
  (import "env" "freed" (func $freed (param i32 i32)))
  (import "env" "memory" (memory 1))
  (func $free (param i32 i32)
    (call $freed (local.get 0) (local.get 1))
    (i32.store8 (local.get 0) (i32.const 0x2a)))
  (func $alloc (param i32) (result i32) i32.const 64)
  (func $set (param i32 i32) (result i32 i32) local.get 0 local.get 1)
  (func $both (param i32 i32) (result i32 i32 i32 i32)
    local.get 0 i32.const 1 local.get 0 local.get 1)
  (@interface func (export "say") (param string) (result string)
    arg.get 0
    string-to-memory $alloc
    call-core $set
    defer-call-core $free
    memory-to-string)
  (@interface func (export "none") (param string) (result u8)
    arg.get 0
    string-to-memory $alloc
    call-core $set
    defer-call-core $free
    call-core $eat
    i32-to-u8)
  (func $eat (param i32 i32) (result i32) local.get 1)
  (@interface func $pass (param string) (result string)
    arg.get 0
    string-to-memory $alloc
    call-core $set
    defer-call-core $free
    memory-to-string)
  (@interface func (export "nested") (param string) (result string)
    arg.get 0
    call-adapter $pass)
  (@interface func (export "nothing")))"#;

struct Guest {
    store: Store,
    instance: Instance,
    memory: Memory,
    freed: Arc<Mutex<usize>>,
    fails: Arc<Mutex<bool>>,
}

fn guest() -> Guest {
    let engine = Engine::default();
    let mut store = Store::new(&engine);
    let module = Module::new(&engine, MODULE.as_bytes()).unwrap();
    let (freed, fails) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(false)));
    let (count, fail) = (freed.clone(), fails.clone());
    let ty = FuncType::new([ValType::I32, ValType::I32], []);
    let func = Func::new(&mut store, ty, move |_, _, _| {
        *count.lock().unwrap() += 1;
        if *fail.lock().unwrap() { Err(Error::host("cannot free")) } else { Ok(()) }
    });
    let limits = witrt::Limits { min: 1, max: None };
    let ty = MemoryType { limits, memory64: false, shared: false };
    let memory = Memory::new(&mut store, ty).unwrap();
    let mut linker = Linker::new();
    linker.define("env", "freed", func).define("env", "memory", memory.clone());
    let instance = linker.instantiate(&mut store, &module).unwrap();
    Guest { store, instance, memory, freed, fails }
}

impl Guest {
    fn call(&mut self, name: &str, text: &str) -> Result<Val<'static>> {
        let func = self.instance.func(&mut self.store, name)?;
        let args = [Val::from(text)];
        let mut results = [Val::U8(0)];
        let (params, count) = (func.ty().params().len(), func.ty().results().len());
        func.call(&mut self.store, &args[..params], &mut results[..count])?;
        let [result] = results;
        Ok(result)
    }

    fn read(&self, val: &Val<'_>) -> String {
        val.as_str().expect("a string").to_string(&self.store).unwrap()
    }

    fn freed(&self) -> usize {
        *self.freed.lock().unwrap()
    }
}

#[test]
fn a_view_is_read_in_place_and_freed_before_the_next_call() {
    let mut g = guest();
    let s = g.call("say", "first").unwrap();
    assert_eq!(g.freed(), 0, "owed, not paid");
    assert_eq!(g.read(&s), "first");
    let borrowed = s.as_str().unwrap();
    assert!(borrowed.with_copy(|_| ()).is_none(), "it lies in linear memory");
    drop(s);
    assert_eq!(g.freed(), 0, "dropping runs no guest code");
    g.call("nothing", "").unwrap();
    assert_eq!(g.freed(), 0, "an adapter that enters no guest code has no need to settle");
    g.store.settle().unwrap();
    assert_eq!(g.freed(), 1);
    g.store.settle().unwrap();
    assert_eq!(g.freed(), 1, "once");
}

#[test]
fn a_kept_string_stays_what_it_was() {
    let mut g = guest();
    let kept: Vec<Val<'_>> =
        ["one", "two", "zoë 🦀"].iter().map(|text| g.call("say", text).unwrap()).collect();
    assert_eq!(g.freed(), 2, "each before the next call");
    let read: Vec<String> = kept.iter().map(|val| g.read(val)).collect();
    assert_eq!(read, ["one", "two", "zoë 🦀"]);
    g.store.settle().unwrap();
    assert_eq!(g.freed(), 3);
    assert_eq!(g.read(&kept[2]), "zoë 🦀", "free wrote over the text in linear memory");
    assert!(kept[2].as_str().unwrap().with_copy(|_| ()).is_some(), "a copy by now");
}

#[test]
fn writing_to_memory_leaves_views_alone() {
    let mut g = guest();
    let s = g.call("say", "before").unwrap();
    g.memory.write(&mut g.store, 64, b"AFTER!").unwrap();
    assert_eq!(g.read(&s), "before");
}

#[test]
fn without_string_results_calls_are_settled_at_once() {
    let mut g = guest();
    assert!(matches!(g.call("none", "four").unwrap(), Val::U8(4)));
    assert_eq!(g.freed(), 1);
}

#[test]
fn an_inner_adapter_settles_when_it_is_left() {
    let mut g = guest();
    let s = g.call("nested", "inner text").unwrap();
    assert_eq!(g.freed(), 1, "before the outer adapter goes on");
    assert_eq!(g.read(&s), "inner text");
}

#[test]
fn an_owed_call_that_traps_is_told_by_the_next_call_and_only_by_it() {
    let mut g = guest();
    let kept = g.call("say", "kept").unwrap();
    *g.fails.lock().unwrap() = true;
    let error = g.call("say", "next").unwrap_err();
    assert!(error.message().contains("cannot free"), "{error}");
    assert!(error.message().contains("deferred"), "{error}");
    *g.fails.lock().unwrap() = false;
    let s = g.call("say", "after").unwrap();
    assert_eq!((g.read(&kept), g.read(&s)), ("kept".into(), "after".into()));
}

#[test]
fn strings_go_on_to_other_calls_and_other_stores() {
    let mut g = guest();
    let mut other = guest();
    let s = g.call("say", "traveller").unwrap();
    let func = g.instance.func(&mut g.store, "say").unwrap();
    let mut results = [Val::U8(0)];
    func.call(&mut g.store, std::slice::from_ref(&s), &mut results).unwrap();
    assert_eq!(g.read(&results[0]), "traveller", "a view as an argument of its own store");

    let func = other.instance.func(&mut other.store, "say").unwrap();
    let view = g.call("say", "a view").unwrap();
    let mut none = [Val::U8(0)];
    let error = func.call(&mut other.store, std::slice::from_ref(&view), &mut none).unwrap_err();
    assert_eq!((error.kind(), error.argument()), (ErrorKind::WrongStore, Some(0)));
    let error = view.as_str().unwrap().to_string(&other.store).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongStore);
    g.store.settle().unwrap();
    func.call(&mut other.store, std::slice::from_ref(&view), &mut none).unwrap();
    assert_eq!(other.read(&none[0]), "a view", "a copy needs no store");
}

#[test]
fn strings_may_be_dropped_on_any_thread_and_after_their_store() {
    let mut g = guest();
    let view = g.call("say", "view").unwrap();
    let copy = g.call("say", "copy").unwrap();
    std::thread::spawn(move || drop(view)).join().unwrap();
    g.store.settle().unwrap();
    drop(g);
    let text = copy.as_str().unwrap().with_copy(|text| text.len());
    assert_eq!(text, Some(4), "a copy outlives its store");
}

#[test]
fn a_hundred_thousand_kept_strings() {
    let mut g = guest();
    let kept: Vec<Val<'_>> = (0..100_000).map(|i| g.call("say", &i.to_string()).unwrap()).collect();
    for (i, val) in kept.iter().enumerate().step_by(997) {
        assert_eq!(g.read(val), i.to_string());
    }
    drop(kept);
    assert_eq!(g.call("say", "still").map(|val| g.read(&val)).unwrap(), "still");
}

#[test]
fn a_string_may_be_used_while_it_is_read() {
    let mut g = guest();
    let view = g.call("say", "a view").unwrap();
    let read = |g: &Guest| {
        let (s, same) = (view.as_str().unwrap(), view.as_str().unwrap().clone());
        let nested = s.with(&g.store, |text| {
            let length = same.length(&g.store, witrt::Encoding::Utf16).unwrap();
            let inner = same.with(&g.store, |again| (again.len(), format!("{again:?}"))).unwrap();
            (text.len(), length, inner, format!("{same:?}"), format!("{text:?}"))
        });
        let (outer, length, (inner, again), _, text) = nested.unwrap();
        assert_eq!((outer, length, inner), (6, 6, 6));
        assert_eq!(again, text);
    };
    read(&g);
    g.store.settle().unwrap();
    read(&g);
    let copy = view.as_str().unwrap();
    assert_eq!(copy.with_copy(|_| copy.with_copy(|text| text.len())), Some(Some(6)));
}

#[test]
fn buffers_of_the_caller() {
    let mut g = guest();
    let val = g.call("say", "añ🦀").unwrap();
    let s = val.as_str().unwrap();
    assert_eq!(s.length(&g.store, witrt::Encoding::Utf8).unwrap(), 7);
    assert_eq!(s.length(&g.store, witrt::Encoding::Utf16).unwrap(), 4);
    let mut units = [7; 3];
    let error = s.copy_utf16(&g.store, &mut units).unwrap_err();
    assert_eq!((error.kind(), error.capacity()), (ErrorKind::BufferTooSmall, Some(4)));
    assert_eq!(units, [7; 3], "nothing is written where it does not fit");
    let mut units = [7; 6];
    assert_eq!(s.copy_utf16(&g.store, &mut units).unwrap(), 4);
    assert_eq!(String::from_utf16_lossy(&units[..4]), "añ🦀");
    let mut bytes = [0; 7];
    assert_eq!(s.copy_utf8(&g.store, &mut bytes).unwrap(), 7);
    assert_eq!(&bytes, "añ🦀".as_bytes());
}
