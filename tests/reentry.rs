//! Guests whose allocators, whose `free` and whose functions call the host,
//! which calls one of them again, at random. On both back ends the same happens in
//! the same order, and what was allocated is freed once, after its last use.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};
use witrt::{
    BackEnd, Caller, Config, Engine, Error, Func, FuncType, Instance, Linker, Module, Result,
    Store, Val, ValType,
};

/// `free` overwrites what it frees, so that text that is used afterwards is
/// found out.
const MODULE: &str = r#"(module
  (import "host" "tell" (func $tell (param i32 i32)))
  (memory 256)
  (global $next (mut i32) (i32.const 64))
  (func $malloc (param $len i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $next))
    (global.set $next (i32.and
      (i32.add (i32.add (global.get $next) (local.get $len)) (i32.const 15)) (i32.const -8)))
    (call $tell (i32.const 0) (local.get $at))
    (local.get $at))
  (func $free (param $at i32) (param $len i32)
    (call $tell (i32.const 1) (local.get $at))
    (memory.fill (local.get $at) (i32.const 0x21) (local.get $len)))
  (func $id (param i32 i32) (result i32 i32) local.get 0 local.get 1)
  (func $len (param i32 i32) (result i32) local.get 1)
  (func $touch (call $tell (i32.const 2) (i32.const 0)))
  (@interface func (export "touch") call-core $touch)
  (@interface func $ask (import "host" "ask") (param string) (result string))
  (@interface func (export "echo") (param string) (result string)
    arg.get 0 string-to-memory $malloc call-core $id defer-call-core $free memory-to-string)
  (@interface func (export "len") (param string) (result u32)
    arg.get 0 string-to-memory $malloc defer-call-core $free call-core $len i32-to-u32)
  (@interface func (export "ask") (param string) (result string)
    arg.get 0 string-to-memory $malloc defer-call-core $free call-core $id memory-to-string
    call-adapter $ask)
  (@interface func (export "ask and keep") (param string) (result string)
    arg.get 0 call-adapter $ask string-to-memory $malloc call-core $id
    defer-call-core $free memory-to-string)
  (@interface func (export "two") (param string) (param string) (result string) (result string)
    arg.get 0 string-to-memory $malloc call-core $id defer-call-core $free memory-to-string
    arg.get 1 string-to-memory $malloc call-core $id defer-call-core $free memory-to-string)
  (@interface func (export "touch first") (param string) (result string)
    call-core $touch
    arg.get 0 string-to-memory $malloc call-core $id defer-call-core $free memory-to-string)
  (@interface func (export "numbers") (param u32) (result u32)
    arg.get 0 u32-to-i32 call-core $same i32-to-u32)
  (func $same (param i32) (result i32) (call $touch) (local.get 0)))"#;

const ECHOING: [&str; 4] = ["echo", "ask", "ask and keep", "touch first"];

/// What both sides see, and what decides what the host does.
struct World {
    random: u64,
    depth: u32,
    calls: u32,
    live: BTreeSet<(usize, i32)>,
    wrong: Vec<String>,
    /// What happened, in order.
    trace: Vec<String>,
    instances: Vec<Instance>,
    /// Whether the host sometimes fails.
    fails: bool,
    held: Vec<(Val<'static>, String)>,
}

type Shared = Arc<Mutex<World>>;

fn lock(world: &Shared) -> MutexGuard<'_, World> {
    world.lock().unwrap()
}

impl World {
    fn random(&mut self, below: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % below
    }

    /// An instance has allocated or freed something.
    fn told(&mut self, which: usize, what: i32, at: i32) {
        let right = match what {
            0 => self.live.insert((which, at)),
            1 => self.live.remove(&(which, at)),
            _ => true,
        };
        self.trace.push(format!("{which}: {what} {at}"));
        if !right {
            self.wrong.push(format!("event {}: {what} {at}", self.trace.len()));
        }
    }
}

/// The host is called: it may call the guest, and may fail.
fn host(world: &Shared, mut caller: Caller<'_>) -> Result<()> {
    let calls = match lock(world) {
        mut world if world.depth < 5 && world.calls < 300 => world.random(3).saturating_sub(1),
        _ => 0,
    };
    for _ in 0..calls {
        lock(world).depth += 1;
        let _ = act(world, &mut caller);
        lock(world).depth -= 1;
    }
    // What is owed since is made before the guest goes on, and would fail then.
    caller.settle()?;
    let mut world = lock(world);
    if world.fails && world.random(24) == 0 {
        world.trace.push("fails".to_owned());
        return Err(Error::host("the host fails"));
    }
    Ok(())
}

/// Makes a call at random.
fn act(world: &Shared, mut cx: impl witrt::AsContextMut) -> Result<()> {
    let (instance, which, text, other) = {
        let mut world = lock(world);
        world.calls += 1;
        let which = world.random(11);
        let size = [1, 5, 40, 90][world.random(4) as usize];
        let text = format!("{}{}", world.calls, "é".repeat(size));
        let other = format!("{}{}", world.calls, "x".repeat(size));
        let (instance, most) = (world.random(4) / 3, world.instances.len() - 1);
        world.trace.push(format!("> {instance} {which} {}", text.len()));
        (world.instances[most.min(instance as usize)].clone(), which, text, other)
    };
    let name = match which {
        0..=3 => ECHOING[which as usize],
        4 => "two",
        5 => "len",
        6 => "numbers",
        9.. => ECHOING[which as usize - 9],
        _ => "touch",
    };
    let func = instance.func(&mut cx, name)?;
    let mut told = Vec::new();
    let outcome = match which {
        0..=3 => {
            let func = func.typed::<(&str,), String>()?;
            let got = func.call(&mut cx, (&text,));
            got.map(|got| told.push((got, text)))
        }
        4 => {
            let func = func.typed::<(&str, &str), (String, String)>()?;
            let got = func.call(&mut cx, (&text, &other));
            got.map(|(a, b)| told.extend([(a, text), (b, other)]))
        }
        5 => {
            let func = func.typed::<(&str,), u32>()?;
            let bytes = text.len().to_string();
            func.call(&mut cx, (&text,)).map(|got| told.push((got.to_string(), bytes)))
        }
        6 => func.typed::<(u32,), u32>()?.call(&mut cx, (7,)).map(|_| ()),
        7 => func.call(&mut cx, &[], &mut []),
        8 => cx.as_context_mut().settle(),
        // With values, which are held for a while.
        _ => {
            let mut results = [Val::I32(0)];
            func.call(&mut cx, &[Val::from(&text[..])], &mut results).map(|()| {
                let [result] = results;
                lock(world).held.push((result, text));
            })
        }
    };
    let mut world = lock(world);
    if world.random(3) == 0 {
        for (val, text) in std::mem::take(&mut world.held) {
            told.push((val.as_str().unwrap().to_string(&cx)?, text));
        }
    }
    for (got, expected) in told {
        if got != expected {
            world.wrong.push(format!("{expected:?} came back as {got:?}"));
        }
        world.trace.push(got);
    }
    world.trace.push(match &outcome {
        Ok(()) => "<".to_owned(),
        Err(error) => format!("< {}", error.message()),
    });
    outcome
}

fn compiled(back_end: BackEnd) -> Module {
    let mut config = Config::new();
    config.back_end(back_end);
    let module = Module::new(&Engine::new(&config).unwrap(), MODULE.as_bytes()).unwrap();
    assert_eq!(module.back_end(), back_end);
    module
}

fn run(module: &Module, seed: u64, fails: bool) -> World {
    let mut store = Store::new(module.engine());
    let world = Arc::new(Mutex::new(World {
        random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
        depth: 0,
        calls: 0,
        live: BTreeSet::new(),
        wrong: Vec::new(),
        trace: Vec::new(),
        instances: Vec::new(),
        fails,
        held: Vec::new(),
    }));
    for which in 0..2 {
        let instance = instance(&mut store, module, &world, which);
        lock(&world).instances.push(instance);
    }
    for _ in 0..12 {
        let _ = act(&world, &mut store);
    }
    lock(&world).held.clear();
    while store.settle().is_err() {}
    // The store's functions hold the world, and the world the instance.
    lock(&world).instances.clear();
    drop(store);
    Arc::into_inner(world).unwrap().into_inner().unwrap()
}

fn instance(store: &mut Store, module: &Module, world: &Shared, which: usize) -> Instance {
    let shared = world.clone();
    let ty = FuncType::new([ValType::I32, ValType::I32], []);
    let tell = Func::new(&mut *store, ty, move |caller, args, _| {
        let [Val::I32(what), Val::I32(at)] = args else { return Err(Error::host("no numbers")) };
        let told = host(&shared, caller);
        // What fails in the allocator has allocated nothing.
        if *what != 0 || told.is_ok() {
            lock(&shared).told(which, *what, *at);
        }
        told
    });
    let shared = world.clone();
    let ty = FuncType::new([ValType::String], [ValType::String]);
    let ask = Func::new(&mut *store, ty, move |caller, args, results| {
        let text = args[0].as_str().unwrap().to_string(&caller)?;
        host(&shared, caller)?;
        results[0] = Val::from(text);
        Ok(())
    });
    let mut linker = Linker::new();
    linker.define("host", "tell", tell).define("host", "ask", ask);
    linker.instantiate(store, module).unwrap()
}

const SEEDS: u64 = 300;

fn compare(fails: bool) {
    let modules = [BackEnd::Reference, BackEnd::Compiled].map(compiled);
    let mut events = 0;
    for seed in 1..=SEEDS {
        let [reference, compiled] = modules.each_ref().map(|module| run(module, seed, fails));
        for (world, name) in [(&reference, "reference"), (&compiled, "compiled")] {
            assert!(world.wrong.is_empty(), "{name}, seed {seed}: {:#?}", world.wrong);
            assert!(world.live.is_empty(), "{name}, seed {seed}: not freed: {:?}", world.live);
        }
        let differs = reference.trace.iter().zip(&compiled.trace).position(|(a, b)| a != b);
        if let Some(at) = differs {
            let around = at.saturating_sub(30)..at + 1;
            let (a, b) = (&reference.trace[around], &compiled.trace[at]);
            panic!("seed {seed}, event {at}: compiled {b:?}, reference {a:#?}");
        }
        assert_eq!(reference.trace.len(), compiled.trace.len(), "seed {seed}");
        events += reference.trace.len();
    }
    assert!(events > 20_000, "only {events} events");
}

#[test]
fn everything_is_freed_once_and_in_the_same_order() {
    compare(false);
}

#[test]
fn also_where_the_host_fails() {
    compare(true);
}
