//! The guests that the target `safe` calls, and their functions by name.

use super::safe::{self, Play};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};
use witrt::{
    AsContextMut, ExternRef, Func, Instance, Linker, Module, Store, Str, TypedFunc, Val, ValType,
};

/// References, on the core alone. `burn` makes garbage until something is
/// collected.
const CORE: &str = r#"(module
  (type $number (struct (field i64)))
  (type $pair (func (param externref externref) (result externref externref)))
  (import "h" "listed" (func $listed (type $pair)))
  (import "h" "prepared" (func $prepared (type $pair)))
  (table $e 4 externref)
  (table $f 4 funcref)
  (func $burn (export "burn") (param i32)
    (loop $l
      (drop (struct.new $number (i64.const 0)))
      (br_if $l (i32.gt_s (local.tee 0 (i32.sub (local.get 0) (i32.const 1))) (i32.const 0)))))
  (func (export "swap") (type $pair) local.get 1 local.get 0)
  (func (export "listed") (type $pair) (local $a externref) (local $b externref)
    (call $listed (local.get 0) (local.get 1)) (local.set $b) (local.set $a)
    (call $burn (i32.const 30)) (local.get $a) (local.get $b))
  (func (export "prepared") (type $pair) (local $a externref) (local $b externref)
    (call $prepared (local.get 0) (local.get 1)) (local.set $b) (local.set $a)
    (call $burn (i32.const 2500)) (local.get $a) (local.get $b))
  (func (export "put") (param i32 externref) (table.set $e (local.get 0) (local.get 1)))
  (func (export "get") (param i32) (result externref) (table.get $e (local.get 0)))
  (func (export "put func") (param i32 funcref) (table.set $f (local.get 0) (local.get 1)))
  (func (export "get func") (param i32) (result funcref) (table.get $f (local.get 0)))
  (func (export "make") (param i64) (result externref)
    (extern.convert_any (struct.new $number (local.get 0))))
  (func (export "number") (param externref) (result i64)
    (struct.get $number 0 (ref.cast (ref $number) (any.convert_extern (local.get 0)))))
  (func (export "two") (result i32) i32.const 2)
  (func (export "three") (result i32) i32.const 3))"#;

/// Strings. Memory is given out in blocks of 4 KiB, and overwritten when it is
/// freed; what is freed twice traps. One in eight times, the host is told.
const TEXT: &str = r#"(module
  (import "env" "ask" (func $ask (param i32 i32) (result i32 i32)))
  (import "env" "freed" (func $freed))
  (memory 8)
  (global $frees (mut i32) (i32.const 0))
  (func $malloc (param i32) (result i32) (local $i i32)
    (if (i32.gt_u (local.get 0) (i32.const 4096)) (then unreachable))
    (loop $l
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (if (i32.ge_u (local.get $i) (i32.const 120)) (then unreachable))
      (br_if $l (i32.load8_u (local.get $i))))
    (i32.store8 (local.get $i) (i32.const 1))
    (i32.mul (local.get $i) (i32.const 4096)))
  (func $free (param i32 i32) (local $i i32)
    (local.set $i (i32.div_u (local.get 0) (i32.const 4096)))
    (if (i32.eqz (i32.load8_u (local.get $i))) (then unreachable))
    (memory.fill (local.get 0) (i32.const 63) (local.get 1))
    (i32.store8 (local.get $i) (i32.const 0))
    (global.set $frees (i32.add (global.get $frees) (i32.const 1)))
    (if (i32.eqz (i32.and (global.get $frees) (i32.const 7))) (then (call $freed))))
  (func $used (result i32) (local $i i32) (local $n i32)
    (loop $l
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (local.set $n (i32.add (local.get $n) (i32.load8_u (local.get $i))))
      (br_if $l (i32.lt_u (local.get $i) (i32.const 120))))
    local.get $n)
  (func $id (param i32 i32) (result i32 i32) local.get 0 local.get 1)
  (func $query (param i32 i32) (result i32 i32) (call $ask (local.get 0) (local.get 1)))
  (@interface func $host_ask (import "h" "ask") (param string) (result string))
  (@interface func $host_freed (import "h" "freed"))
  (@interface func $host_listed (import "h" "listed")
    (param externref) (param externref) (result externref) (result externref))
  (@interface func $host_prepared (import "h" "prepared")
    (param externref) (param externref) (result externref) (result externref))
  (@interface implement (import "env" "freed") call-adapter $host_freed)
  (@interface implement (import "env" "ask") (param i32) (param i32) (result i32) (result i32)
    arg.get 0 arg.get 1 memory-to-string call-adapter $host_ask string-to-memory $malloc)
  (@interface func (export "echo") (param string) (result string)
    arg.get 0 string-to-memory $malloc call-core $id defer-call-core $free memory-to-string)
  (@interface func (export "pair") (param string) (param string) (result string) (result string)
    arg.get 1 string-to-memory $malloc call-core $id defer-call-core $free memory-to-string
    arg.get 0 string-to-memory $malloc call-core $id defer-call-core $free memory-to-string)
  (@interface func (export "ask") (param string) (result string)
    arg.get 0 string-to-memory $malloc defer-call-core $free
    call-core $query defer-call-core $free memory-to-string)
  (@interface func (export "pass") (param string) (result string) arg.get 0 call-adapter $host_ask)
  (@interface func (export "listed")
    (param externref) (param externref) (result externref) (result externref)
    arg.get 0 arg.get 1 call-adapter $host_listed)
  (@interface func (export "prepared")
    (param externref) (param externref) (result externref) (result externref)
    arg.get 0 arg.get 1 call-adapter $host_prepared)
  (@interface func (export "used") (result u32) call-core $used i32-to-u32))"#;

/// What the guests import.
pub struct Host {
    /// Answers a string.
    pub ask: Func,
    /// Give back what they are given: one with lists, one without.
    pub refs: [Func; 2],
    /// Is told when something is freed.
    pub freed: Func,
}

/// Functions of both guests.
#[derive(Clone)]
pub struct Guest {
    /// Text to text.
    pub echo: TypedFunc<(&'static str,), String>,
    /// A string to one that is kept.
    pub lazy: TypedFunc<(Str<'static>,), Str<'static>>,
    /// Two strings, swapped.
    pub pair: Func,
    /// The host is asked: through the core, and straight away.
    pub asks: [TypedFunc<(&'static str,), String>; 2],
    /// The ways that two references can go; the first one swaps them.
    pub through: Vec<Func>,
    others: HashMap<&'static str, Func>,
}

/// The modules that each engine has compiled.
type Compiled = Vec<(witrt::Engine, [Module; 2])>;
static MODULES: LazyLock<Mutex<Compiled>> = LazyLock::new(Mutex::default);

fn modules(store: &Store) -> [Module; 2] {
    let mut known = MODULES.lock().expect("no panic while it is locked");
    let of = |(engine, _): &&(witrt::Engine, _)| witrt::Engine::same(engine, store.engine());
    if let Some((_, modules)) = known.iter().find(of) {
        return modules.clone();
    }
    let made = [CORE, TEXT]
        .map(|text| Module::new(store.engine(), text.as_bytes()).unwrap_or_else(|e| panic!("{e}")));
    known.push((store.engine().clone(), made.clone()));
    made
}

impl Guest {
    /// Instances of both modules.
    pub fn new(store: &mut Store, play: &Play) -> Guest {
        let host = safe::host_functions(play, store);
        let [core, text] = modules(store);
        let mut linker = Linker::new();
        linker.define("h", "ask", host.ask).define("h", "freed", host.freed);
        let [listed, prepared] = host.refs;
        linker.define("h", "listed", listed).define("h", "prepared", prepared);
        let mut instances = Vec::new();
        for module in [&core, &text] {
            instances.push(linker.instantiate(&mut *store, module).expect("it links"));
        }
        let [core, text] = &instances[..] else { unreachable!() };
        let mut named = |of: &Instance, name: &str| of.func(&mut *store, name).expect("exported");
        let names = ["burn", "put", "get", "put func", "get func", "make", "number"];
        let mut others: HashMap<_, _> = names.iter().map(|n| (*n, named(core, n))).collect();
        others.insert("used", named(text, "used"));
        for (name, n) in [("two", 2), ("three", 3)] {
            safe::know(play, named(core, name), n);
        }
        Guest {
            echo: named(text, "echo").typed().expect("its type"),
            lazy: named(text, "echo").typed().expect("its type"),
            pair: named(text, "pair"),
            asks: ["ask", "pass"].map(|name| named(text, name).typed().expect("its type")),
            through: vec![
                named(core, "swap"),
                named(core, "listed"),
                named(core, "prepared"),
                named(text, "listed"),
                named(text, "prepared"),
            ],
            others,
        }
    }

    fn call<const N: usize>(
        &self,
        cx: &mut impl AsContextMut,
        func: &Func,
        args: &[Val<'_>],
    ) -> [Val<'static>; N] {
        let types = func.ty().results();
        let mut results = std::array::from_fn(|i| {
            types.get(i).and_then(|ty| Val::default_of(*ty)).expect("so many results")
        });
        func.call(&mut *cx, args, &mut results).unwrap_or_else(|e| panic!("{func:?}: {e}"));
        results
    }

    /// Through one of the ways.
    pub fn refs(
        &self,
        cx: &mut impl AsContextMut,
        way: usize,
        refs: [Option<ExternRef>; 2],
    ) -> [Option<ExternRef>; 2] {
        self.call(cx, &self.through[way], &refs.map(Val::ExternRef)).map(externref)
    }

    /// Into the table.
    pub fn put(&self, cx: &mut impl AsContextMut, i: usize, object: Option<ExternRef>) {
        let [] = self.call(cx, &self.others["put"], &[Val::I32(i as i32), Val::ExternRef(object)]);
    }

    /// Out of the table.
    pub fn get(&self, cx: &mut impl AsContextMut, i: usize) -> Option<ExternRef> {
        let [found] = self.call(cx, &self.others["get"], &[Val::I32(i as i32)]);
        externref(found)
    }

    /// Into the other table.
    pub fn put_func(&self, cx: &mut impl AsContextMut, i: usize, func: Option<Func>) {
        let args = [Val::I32(i as i32), Val::FuncRef(func)];
        let [] = self.call(cx, &self.others["put func"], &args);
    }

    /// Out of it.
    pub fn get_func(&self, cx: &mut impl AsContextMut, i: usize) -> Option<Func> {
        let [found] = self.call(cx, &self.others["get func"], &[Val::I32(i as i32)]);
        let Val::FuncRef(func) = found else { panic!("a {}", ValType::FuncRef) };
        func
    }

    /// An object of the guest's.
    pub fn make(&self, cx: &mut impl AsContextMut, n: u64) -> ExternRef {
        let [made] = self.call(cx, &self.others["make"], &[Val::I64(n as i64)]);
        externref(made).expect("an object")
    }

    /// The number of such an object.
    pub fn number(&self, cx: &mut impl AsContextMut, object: &ExternRef) -> u64 {
        let arg = Val::ExternRef(Some(object.clone()));
        let [number] = self.call(cx, &self.others["number"], &[arg]);
        let Val::I64(n) = number else { panic!("a number") };
        n as u64
    }

    /// Makes so much garbage.
    pub fn burn(&self, cx: &mut impl AsContextMut, times: i32) {
        let [] = self.call(cx, &self.others["burn"], &[Val::I32(times)]);
    }

    /// How many blocks of memory are in use.
    pub fn used(&self, cx: &mut impl AsContextMut) -> u32 {
        let [used] = self.call(cx, &self.others["used"], &[]);
        let Val::U32(n) = used else { panic!("a number") };
        n
    }
}

fn externref(val: Val<'static>) -> Option<ExternRef> {
    let Val::ExternRef(found) = val else { panic!("a reference") };
    found
}
