//! One module, the same calls, both back ends: what they do must be the same.

use super::{Bytes, args};
use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use witrt::{
    BackEnd, Caller, Engine, Error, Func, FuncType, Linker, Module, Store, Str, Trap, TrapCode,
    Val, ValType,
};

static REFERENCE: LazyLock<Engine> = LazyLock::new(|| engine(BackEnd::Reference));
static COMPILED: LazyLock<Engine> = LazyLock::new(|| engine(BackEnd::Compiled));

fn engine(back_end: BackEnd) -> Engine {
    Engine::new(super::config().back_end(back_end)).expect("the default options")
}

/// Added to a module, so that what it leaves in memory can be compared.
const HASH: &str = r#"
  (func $hash (result i64) (local $at i32) (local $sum i64)
    (loop $next
      (local.set $sum (i64.mul (i64.const 0x100000001b3)
        (i64.xor (local.get $sum) (i64.load8_u (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 0x8800))))
    (local.get $sum))
  (@interface func (export "hash") (result i64) call-core $hash))
"#;

/// Makes a module and calls of it out of bytes, and compares.
///
/// # Panics
///
/// Where the back ends differ, with the module.
pub fn compare(data: &[u8]) {
    let mut bytes = Bytes(data);
    let text = super::module(&mut bytes);
    let text = text.trim_end().strip_suffix(')').expect("a module").to_owned() + HASH;
    let [reference, compiled] = [&REFERENCE, &COMPILED].map(|engine| {
        let module = Module::new(engine, text.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{text}"));
        (module.back_end(), transcript(engine, &module, Bytes(bytes.0)))
    });
    // Unless the environment says that both are one.
    if std::env::var_os("WITRT_BACK_END").is_none() {
        assert_eq!((reference.0, compiled.0), (BackEnd::Reference, BackEnd::Compiled));
    }
    let (reference, compiled) = (reference.1, compiled.1);
    assert!(reference == compiled, "{text}\n--- reference\n{reference}\n--- compiled\n{compiled}");
}

/// What is seen from outside, in order.
type Log = Arc<Mutex<String>>;

fn note(log: &Log, what: std::fmt::Arguments<'_>) {
    let _ = writeln!(log.lock().expect("no panic"), "{what}");
}

fn transcript(engine: &Engine, module: &Module, mut bytes: Bytes<'_>) -> String {
    let mut store = Store::new(engine);
    let log = Log::default();
    let again: Arc<Mutex<Option<Func>>> = Arc::default();
    let mut linker = Linker::new();
    host_functions(&mut store, &mut linker, bytes.below(8), &log, &again);
    let instance = match linker.instantiate(&mut store, module) {
        Ok(instance) => instance,
        Err(error) => return shown(&error),
    };
    let funcs: Vec<Func> = instance
        .exports(&mut store)
        .expect("its own store")
        .iter()
        .filter_map(|item| item.clone().into_func())
        .collect();
    let (hash, funcs) = funcs.split_last().expect("the hash is exported");
    *again.lock().expect("no panic") = Some(funcs[bytes.below(funcs.len())].clone());

    let mut kept: Vec<Val<'_>> = Vec::new();
    for _ in 0..5 {
        let func = &funcs[bytes.below(funcs.len())];
        let texts = args::texts(&mut bytes, func);
        let given = args::args(&mut bytes, func, &texts, &kept);
        let mut results = args::room(func.ty().results());
        match func.call(&mut store, &given, &mut results) {
            Ok(()) => {
                note(&log, format_args!("-> {}", list(&store, &results)));
                kept.extend(results);
            }
            Err(error) => note(&log, format_args!("-> {}", shown(&error))),
        }
        match bytes.below(6) {
            0 | 1 => kept.clear(),
            2 => note(&log, format_args!("settle {:?}", store.settle().map_err(|e| shown(&e)))),
            3 => {
                let mut sum = [Val::I64(0)];
                let summed = hash.call(&mut store, &[], &mut sum).map_err(|e| shown(&e));
                note(&log, format_args!("hash {sum:?} {summed:?}"));
            }
            _ => {}
        }
        note(&log, format_args!("kept {}", list(&store, &kept)));
    }
    note(&log, format_args!("settle {:?}", store.settle().map_err(|e| shown(&e))));
    let mut sum = [Val::I64(0)];
    let summed = hash.call(&mut store, &[], &mut sum).map_err(|e| shown(&e));
    note(&log, format_args!("hash {sum:?} {summed:?}"));
    again.lock().expect("no panic").take();
    log.lock().expect("no panic").clone()
}

fn host_functions(
    store: &mut Store,
    linker: &mut Linker,
    mode: usize,
    log: &Log,
    again: &Arc<Mutex<Option<Func>>>,
) {
    let (to, back) = (log.clone(), again.clone());
    let depth = AtomicUsize::new(0);
    let told = Func::wrap(&mut *store, move |mut caller: Caller<'_>, s: String| {
        note(&to, format_args!("log {s:?}"));
        match mode {
            1 => Err(Error::host(s)),
            2 => {
                // Back into the guest, not without end.
                let depth = depth.fetch_add(1, Ordering::Relaxed);
                let func = back.lock().expect("no panic").clone().filter(|_| depth < 8);
                if let Some(func) = func {
                    let given = args::room(func.ty().params());
                    let mut results = args::room(func.ty().results());
                    let outcome = func.call(&mut caller, &given, &mut results);
                    // Who told of a trap first says what frames it has: the core that
                    // called the host function, or an adapter that was entered by it.
                    let outcome = outcome.map_err(|e| e.to_string());
                    note(&to, format_args!("again {outcome:?} {}", list(&caller, &results)));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    });
    let to = log.clone();
    let kept: Arc<Mutex<Option<Str<'static>>>> = Arc::default();
    let ty = FuncType::new([ValType::String], [ValType::String]);
    let ask = Func::new(&mut *store, ty, move |mut caller, args, results| {
        let s = args[0].as_str().expect("a string").to_string(&caller)?;
        note(&to, format_args!("ask {s:?}"));
        results[0] = match mode {
            3 => Val::from(vec![0xd800_u16]),
            4 => Val::String(Str::new_in(&mut caller, s.as_str().into())?),
            5 => {
                // A string of the guest's, kept from an earlier call.
                let mut kept = kept.lock().expect("no panic");
                let now = Str::new_in(&mut caller, s.as_str().into())?;
                Val::String(kept.replace(now.clone()).unwrap_or(now))
            }
            6 => return Err(Error::from(Trap::new("no answer"))),
            _ => Val::from(s.to_uppercase()),
        };
        Ok(())
    });
    let to = log.clone();
    let raw = Func::wrap(&mut *store, move |n: u32| {
        note(&to, format_args!("raw {n}"));
        n.wrapping_mul(3)
    });
    linker.define("host", "log", told).define("host", "ask", ask).define("host", "raw", raw);
}

/// An error in full; how deep a stack is depends on the back end.
fn shown(error: &Error) -> String {
    let (kind, argument) = (error.kind(), error.argument());
    match error.trap() {
        Some(trap) if trap.code() == Some(TrapCode::StackOverflow) => "stack overflow".into(),
        Some(trap) => format!("{error} {:?} {:?}", trap.code(), trap.frames()),
        None => format!("{error} {kind:?} {argument:?}"),
    }
    // A module has another number in each engine.
    .split("module: ")
    .map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit()))
    .collect()
}

fn list(cx: impl witrt::AsContext, vals: &[Val<'_>]) -> String {
    let mut out = String::new();
    for val in vals {
        match val {
            Val::String(s) => {
                let text = s.to_string(&cx).map_err(|e| shown(&e));
                let _ = write!(out, "{text:?} ");
            }
            Val::ExternRef(r) => {
                let data = r.as_ref().and_then(|r| r.data()?.downcast_ref::<u64>().copied());
                let _ = write!(out, "{data:?} ");
            }
            Val::F32(v) => drop(write!(out, "{:#x} ", v.to_bits())),
            Val::F64(v) => drop(write!(out, "{:#x} ", v.to_bits())),
            val => drop(write!(out, "{val:?} ")),
        }
    }
    out
}
