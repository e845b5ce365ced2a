//! What the tests share: a core module that does as it is told, and calls.

use witrt::{Config, Engine, Instance, Module, Store, Val};

/// A core module: memory, an allocator that counts, notes what it is asked, grows the
/// memory each time where it is told to, and lies where it is told to.
pub const CORE: &str = r#"
  (core module $m
    (memory (export "memory") 2)
    (data (i32.const 64) "\01\ee\ee\ee\07\00\00\00")
    (data (i32.const 72) "\02")
    (data (i32.const 80) "\09\00\00\00\ff\ff\ff\ff")
    (global $next (mut i32) (i32.const 4096))
    (global $count (mut i32) (i32.const 0))
    (global $lie (mut i32) (i32.const 0))
    (global $grow (mut i32) (i32.const 0))
    (global $post (mut i32) (i32.const 0))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local i32)
      (i32.store (i32.add (i32.const 1024) (i32.mul (global.get $count) (i32.const 8))) (local.get 2))
      (i32.store (i32.add (i32.const 1028) (i32.mul (global.get $count) (i32.const 8))) (local.get 3))
      (global.set $count (i32.add (global.get $count) (i32.const 1)))
      (if (global.get $grow) (then
        (global.set $next (i32.mul (memory.grow (i32.const 1)) (i32.const 65536)))))
      (local.set 4 (i32.and
        (i32.add (global.get $next) (i32.sub (local.get 2) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get 2))))
      (global.set $next (i32.add (local.get 4) (local.get 3)))
      (i32.add (local.get 4) (global.get $lie)))
    (func (export "id") (param i32) (result i32) local.get 0)
    (func (export "id64") (param i64) (result i64) local.get 0)
    (func (export "idf") (param f32) (result f32) local.get 0)
    (func (export "count") (result i32) global.get $count)
    (func (export "lie") (param i32) (global.set $lie (local.get 0)))
    (func (export "grow") (global.set $grow (i32.const 1)))
    (func (export "posts") (result i32) global.get $post)
    (func (export "post") (param i32) (global.set $post (i32.add (global.get $post) (i32.const 1))))
    (func (export "post0") (global.set $post (i32.add (global.get $post) (i32.const 1))))
    (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "pair") (param i32 i32) (result i32)
      (i32.store (i32.const 16) (local.get 0))
      (i32.store (i32.const 20) (local.get 1))
      (i32.const 16))
    (func (export "len") (param i32 i32) (result i32) local.get 1)
    (func (export "two") (param i32 i32 i32 i32) (result i32)
      (i32.add (i32.load8_u (local.get 0)) (i32.load8_u (local.get 2))))
    (func (export "word") (param i32 i64) (result i64) local.get 1)
    (func (export "many") (param i32) (result i32) local.get 0)
    (func (export "bomb") (result i32) (local i32)
      (loop $l
        (i32.store (i32.add (i32.const 8192) (local.get 0)) (i32.const 0))
        (i32.store (i32.add (i32.const 8196) (local.get 0)) (i32.const 131072))
        (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 8))) (i32.const 16000))))
      (i32.store (i32.const 16) (i32.const 8192))
      (i32.store (i32.const 20) (i32.const 2000))
      (i32.const 16))
    (func (export "trap") unreachable)
    (func (export "spin") (loop $l (br $l))))
  (core instance $i (instantiate $m))
  (alias core export $i "memory" (core memory $mem))
  (alias core export $i "realloc" (core func $realloc))
"#;

pub struct Guest {
    pub store: Store,
    pub instance: Instance,
}

impl Guest {
    pub fn new(exports: &str) -> Guest {
        Guest::with(&Config::new(), exports)
    }

    pub fn with(config: &Config, exports: &str) -> Guest {
        let engine = Engine::new(config).unwrap();
        let mut store = Store::new(&engine);
        if store.fuel().is_ok() {
            store.set_fuel(1_000_000).unwrap();
        }
        let text = format!("(component {CORE} {exports})");
        let module = Module::new(&engine, text.as_bytes()).unwrap_or_else(|e| panic!("{e:?}"));
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        Guest { store, instance }
    }

    pub fn call(&mut self, name: &str, args: &[Val<'_>]) -> witrt::Result<Val<'static>> {
        let func = self.instance.func(&mut self.store, name).unwrap();
        let mut results = vec![Val::U8(0); func.ty().results().len().max(1)];
        func.call(&mut self.store, args, &mut results)?;
        Ok(results.remove(0))
    }

    pub fn number(&mut self, name: &str, args: &[Val<'_>]) -> u32 {
        match self.call(name, args).unwrap() {
            Val::U32(n) => n,
            other => panic!("{other:?}"),
        }
    }
}

pub fn lift(name: &str, core: &str, ty: &str, options: &str) -> String {
    format!("(func (export \"{name}\") {ty} (canon lift (core func $i \"{core}\") {options}))\n")
}

pub const MEM: &str = "(memory $mem) (realloc (func $realloc))";
