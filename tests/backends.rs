//! Both back ends do the same: the files that run something, modules made at
//! random, and what is easy to get wrong.

mod frames;
#[path = "../fuzz/src/lib.rs"]
#[allow(dead_code)]
mod generate;

use generate::differ;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Every file under `tests/wit` that runs something prints the same.
#[test]
fn files() {
    let mut ran = 0;
    for path in walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wit")) {
        if path.extension().is_none_or(|e| e != "wat") {
            continue;
        }
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        for line in text.lines().map_while(|line| line.strip_prefix(";;! ")) {
            if !line.starts_with("run ") {
                continue;
            }
            let [reference, compiled] =
                ["reference", "compiled"].map(|back_end| run(&path, line, back_end));
            assert_eq!(reference, compiled, "{}: {line}", path.display());
            ran += 1;
        }
    }
    assert!(ran > 20, "only {ran} commands run something");
}

/// What a command prints, its arguments split at blanks outside of quotes.
fn run(path: &Path, line: &str, back_end: &str) -> (String, String, Option<i32>) {
    let mut args: Vec<String> = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        let last = args.len() - 1;
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            (' ', None) => args.push(String::new()),
            _ => {}
        }
        if c != '\'' && (c != ' ' || quote.is_some()) {
            args[last].push(c);
        }
    }
    args.retain(|arg| !arg.is_empty());
    if !args.iter().any(|arg| arg.ends_with(".wasm")) {
        let after = args.iter().skip(1).take_while(|arg| arg.starts_with("--")).count();
        args.insert(1 + after, path.file_name().unwrap().to_str().unwrap().to_owned());
    }
    let output = Command::new(env!("CARGO_BIN_EXE_witrt"))
        .args(&args)
        .env("WITRT_BACK_END", back_end)
        .current_dir(path.parent().unwrap())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let errors = frames::comparable(text(&output.stderr));
    (text(&output.stdout), errors, output.status.code())
}

fn walk(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// Modules and calls made of random bytes, the same on every run;
/// `WITRT_ROUNDS` makes more of them.
#[test]
fn random_modules() {
    let rounds = std::env::var("WITRT_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(100);
    let first = std::env::var("WITRT_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    for seed in first..first + rounds {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed + 1);
        let mut data = vec![0; 64 + seed as usize % 400];
        for byte in &mut data {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *byte = (state >> 32) as u8;
        }
        let compared = std::panic::catch_unwind(|| differ::compare(&data));
        assert!(compared.is_ok(), "seed {seed}");
    }
}

use std::sync::{Arc, Mutex};
use witrt::string::{Dest, Text, copy};
use witrt::{
    BackEnd, Caller, Config, Engine, Error, Func, FuncType, Linker, Module, Store, TrapCode, Val,
    ValType,
};

/// Runs a test on both back ends, and compares what it returns.
fn both(test: impl Fn(&Engine) -> String) -> String {
    let [reference, compiled] = [BackEnd::Reference, BackEnd::Compiled]
        .map(|back_end| test(&Engine::new(Config::new().back_end(back_end)).unwrap()));
    assert_eq!(reference, compiled);
    compiled
}

/// Makes an instance whose imports are all functions that note their
/// arguments, and calls exports of it: what was noted and what came out.
fn play(engine: &Engine, text: &str, calls: &[(&str, &[Val<'_>])]) -> String {
    let module = Module::new(engine, text.as_bytes()).unwrap();
    let mut store = Store::new(engine);
    let log = Arc::new(Mutex::new(String::new()));
    let mut linker = Linker::new();
    for import in module.imports() {
        let witrt::ExternType::Func(ty) = &import.ty else { continue };
        let (log, name) = (log.clone(), import.name.clone());
        let func = Func::new(&mut store, ty.clone(), move |caller: Caller<'_>, args, results| {
            let shown = args.iter().map(|arg| show(&caller, arg)).collect::<Vec<_>>().join(" ");
            *log.lock().unwrap() += &format!("{name} {shown}; ");
            if name == "fail" {
                return Err(Error::host("told to fail"));
            }
            for result in results {
                if let Val::String(_) = result {
                    *result = Val::from("from the host");
                }
            }
            Ok(())
        });
        linker.define(&import.module, &import.name, func);
    }
    let out = |what: String| *log.lock().unwrap() += &what;
    match linker.instantiate(&mut store, &module) {
        Ok(instance) => {
            for (name, args) in calls {
                let func = instance.func(&mut store, name).unwrap();
                let mut results: Vec<Val<'_>> =
                    func.ty().results().iter().map(|ty| Val::default_of(*ty).unwrap()).collect();
                match func.call(&mut store, args, &mut results) {
                    Ok(()) => {
                        let all: Vec<_> = results.iter().map(|val| show(&store, val)).collect();
                        out(format!("= {}; ", all.join(" ")));
                    }
                    Err(e) => out(failed(&e)),
                }
            }
            store.settle().unwrap();
        }
        Err(e) => out(failed(&e)),
    }
    log.lock().unwrap().clone()
}

fn failed(error: &Error) -> String {
    let frames = error.trap().map_or(&[][..], |trap| trap.frames());
    let frames: Vec<_> = frames
        .iter()
        .map(|f| format!(" {}@{}/{}", f.func_index, f.func_offset, f.module_offset))
        .collect();
    format!("failed: {error}{}; ", frames.concat())
}

fn show(cx: impl witrt::AsContext, val: &Val<'_>) -> String {
    match val.as_str() {
        Some(s) => s.to_string(cx).unwrap(),
        None => format!("{val:?}"),
    }
}

#[test]
fn deferred_calls_run_after_traps_innermost_first() {
    let text = r#"(module
      (import "env" "note" (func $note (param i32)))
      (import "env" "down" (func $down (param i32)))
      (func $go (param i32) (call $down (local.get 0)))
      (func $stop (param i32) unreachable)
      (@interface func $told (import "host" "note") (param i32))
      (@interface implement (import "env" "note") (param i32) arg.get 0 call-adapter $told)
      (@interface implement (import "env" "down") (param i32)
        arg.get 0 defer-call-core $note
        defer-call-core $note
        call-core $stop)
      (@interface func (export "go") (param i32) (param i32)
        arg.get 0 defer-call-core $note
        arg.get 1 defer-call-core $go
        call-core $go
        call-core $note))"#;
    let args: &[Val<'_>] = &[Val::I32(1), Val::I32(2)];
    let out = both(|engine| play(engine, text, &[("go", args)]));
    // Of each failing deferred call the own deferred calls run as well.
    assert!(
        out.starts_with("note I32(2); note I32(2); note I32(2); note I32(2); note I32(1);"),
        "{out}"
    );
    assert!(out.contains("unreachable"), "{out}");
}

#[test]
fn an_exception_does_not_get_past_an_adapter() {
    let text = r#"(module
      (import "env" "note" (func $note (param i32)))
      (import "env" "down" (func $down))
      (tag $tag)
      (func $throw (throw $tag))
      (func $go (block $caught (try_table (catch_all $caught) (call $down)) (return)) (call $note (i32.const 9)))
      (func $direct (block $caught (try_table (catch_all $caught) (call $throw)) (return)) (call $note (i32.const 5)))
      (func $one (result i32) i32.const 1)
      (@interface func $told (import "host" "note") (param i32))
      (@interface implement (import "env" "note") (param i32) arg.get 0 call-adapter $told)
      (@interface implement (import "env" "down")
        call-core $one
        defer-call-core $note
        call-core $note
        call-core $throw)
      (@interface func (export "go") call-core $go)
      (@interface func (export "direct") call-core $direct))"#;
    let calls: &[(&str, &[Val<'_>])] = &[("direct", &[]), ("go", &[]), ("direct", &[])];
    // The frames that the exception has left are gone once it is stopped.
    let thrown = |out: String| out.replace(" 2@1/64", "");
    let out = both(|engine| thrown(play(engine, text, calls)));
    assert!(out.contains("uncaught WebAssembly exception"), "{out}");
    assert!(!out.contains("I32(9)"), "{out}");
}

#[test]
fn implemented_imports_are_functions_like_others() {
    // In a table, a global, by reference, as the start function, and exported.
    let text = r#"(module
      (type $t (func (param i32)))
      (import "env" "note" (func $note (type $t)))
      (import "env" "begin" (func $begin))
      (import "host" "plain" (func $plain (param i32)))
      (export "note" (func $note))
      (export "only" (func $only))
      (table 2 funcref)
      (elem (i32.const 0) $note $plain)
      (global $g (ref null $t) (ref.func $note))
      (func $only (param i32) (call $note (i32.add (local.get 0) (i32.const 100))))
      (start $begin)
      (func $go (param i32)
        (call_indirect (type $t) (local.get 0) (i32.const 0))
        (call_indirect (type $t) (local.get 0) (i32.const 1))
        (call_ref $t (local.get 0) (global.get $g))
        (call_ref $t (local.get 0) (ref.func $only))
        (return_call $note (i32.const 77)))
      (func $seven (result i32) i32.const 7)
      (@interface func $told (import "host" "note") (param u32))
      (@interface implement (import "env" "note") (param i32) arg.get 0 i32-to-u32 call-adapter $told)
      (@interface implement (import "env" "begin") call-core $seven call-core $note)
      (@interface func (export "go") (param i32) arg.get 0 call-core $go))"#;
    let out = both(|engine| play(engine, text, &[("go", &[Val::I32(3)])]));
    assert_eq!(
        out,
        "note U32(7); note U32(3); plain I32(3); note U32(3); note U32(103); note U32(77); = ; "
    );
}

#[test]
fn the_start_function_may_use_adapters() {
    let text = r#"(module
      (import "env" "log" (func $log (param i32 i32)))
      (import "env" "ask" (func $ask (param i32 i32) (result i32 i32)))
      (memory 1)
      (data (i32.const 16) "started")
      (func $alloc (param i32) (result i32) i32.const 512)
      (func $free (param i32 i32) (call $log (i32.const 16) (i32.const 4)))
      (start $start)
      (func $start
        (call $log (call $ask (i32.const 16) (i32.const 7)))
        (call $log (i32.const 65530) (i32.const 7)))
      (@interface func $told (import "host" "log") (param string))
      (@interface func $asked (import "host" "ask") (param string) (result string))
      (@interface implement (import "env" "log") (param i32) (param i32)
        arg.get 0 arg.get 1 memory-to-string call-adapter $told)
      (@interface implement (import "env" "ask") (param i32) (param i32) (result i32) (result i32)
        arg.get 0 arg.get 1 defer-call-core $free memory-to-string call-adapter $asked
        string-to-memory $alloc))"#;
    let out = both(|engine| play(engine, text, &[]));
    assert!(out.starts_with("ask started; log star; log from the host; failed: out of"), "{out}");
}

#[test]
fn frames_are_those_of_the_original() {
    // Enough functions that indices change their width when some are added or
    // taken away.
    let mut text = String::from("(module\n");
    for i in 0..3 {
        text += &format!("(import \"env\" \"i{i}\" (func $i{i}))\n");
    }
    for i in 0..130 {
        text += &format!("(func $f{i} {})\n", if i == 60 { "unreachable" } else { "" });
    }
    text += "(func $trap ";
    for i in 110..130 {
        text += &format!("(call $f{i}) ");
    }
    text += "(call $i2) (call $f60) (call $f127))\n(func $over (call $f128) (call $trap))\n";
    for i in 0..3 {
        text += &format!("(@interface implement (import \"env\" \"i{i}\"))\n");
    }
    text += "(@interface func (export \"go\") call-core $over))";
    let out = both(|engine| play(engine, &text, &[("go", &[])]));
    assert!(out.starts_with("failed: wasm trap: wasm `unreachable`"), "{out}");
    assert_eq!(out.matches('@').count(), 3, "{out}");
}

#[test]
fn prepared_host_functions_get_arguments_in_order() {
    // Forwarded as they are, turned round, and out of slots, by a core in which
    // exceptions can come up.
    let text = r#"(module
      (import "env" "same" (func $same (param i32 i32 i32 i32 i32) (result i32)))
      (import "env" "turned" (func $turned (param i32 i32 i32 i32 i32) (result i32)))
      (tag $oops)
      (memory (export "m") 1)
      (data (i32.const 8) "one\c3\bctwo")
      (func $go (result i32)
        (i32.add (call $same (i32.const 8) (i32.const 5) (i32.const 4) (i32.const 13) (i32.const 3))
                 (call $turned (i32.const 8) (i32.const 5) (i32.const 4) (i32.const 13) (i32.const 3))))
      (func $four (result i32) i32.const 4)
      (func $bad (result i32)
        (call $same (i32.const 8) (i32.const 4) (i32.const 4) (i32.const 65535) (i32.const 3)))
      (@interface func $h (import "host" "h") (param string) (param u32) (param string) (result u32))
      (@interface implement (import "env" "same")
        (param i32) (param i32) (param i32) (param i32) (param i32) (result i32)
        arg.get 0 arg.get 1 memory-to-string arg.get 2 i32-to-u32
        arg.get 3 arg.get 4 memory-to-string call-adapter $h u32-to-i32)
      (@interface implement (import "env" "turned")
        (param i32) (param i32) (param i32) (param i32) (param i32) (result i32)
        arg.get 3 arg.get 4 memory-to-string arg.get 2 i32-to-u32
        arg.get 0 arg.get 1 memory-to-string call-adapter $h u32-to-i32)
      (@interface func $inner (param string) (result u32)
        arg.get 0 call-core $four i32-to-u32 arg.get 0 call-adapter $h)
      (@interface func (export "lent") (param string) (result u32)
        arg.get 0 call-adapter $inner)
      (@interface func (export "go") (result u32) call-core $go i32-to-u32)
      (@interface func (export "bad") (result u32) call-core $bad i32-to-u32))"#;
    let out = both(|engine| {
        let module = Module::new(engine, text.as_bytes()).unwrap();
        let mut store = Store::new(engine);
        let log = Arc::new(Mutex::new(String::new()));
        let ty = FuncType::new([ValType::String, ValType::U32, ValType::String], [ValType::U32]);
        let seen = log.clone();
        let h = Func::new_prepared(&mut store, ty, move |call| {
            let read = |text: Text<'_>, rule| {
                let mut units = [0; 16];
                let count = copy(text, Dest::utf16(&mut units), rule)?;
                Ok(String::from_utf16_lossy(&units[..count]))
            };
            let (a, n, b) = (call.text(read)?, call.number()?, call.text(read)?);
            *seen.lock().unwrap() += &format!("{a} {} {b}; ", n as u32);
            assert!(call.number().is_err());
            call.put_number(a.len() as u64 * 10)
        });
        let mut linker = Linker::new();
        linker.define("host", "h", h);
        let instance = linker.instantiate(&mut store, &module).unwrap();
        for (name, args) in [("go", &[][..]), ("lent", &[Val::from("lent")]), ("bad", &[])] {
            let func = instance.func(&mut store, name).unwrap();
            let mut results = [Val::U32(0)];
            let told = match func.call(&mut store, args, &mut results) {
                Ok(()) => format!("= {}; ", show(&store, &results[0])),
                Err(e) => failed(&e),
            };
            *log.lock().unwrap() += &told;
        }
        log.lock().unwrap().clone()
    });
    let expected = "one\u{fc} 4 two; two 4 one\u{fc}; = U32(80); lent 4 lent; = U32(40); failed: invalid UTF-8";
    assert!(out.starts_with(expected), "{out}");
}

#[test]
fn what_breaks_a_limit_is_left_to_the_reference() {
    let compiled = Engine::new(Config::new().back_end(BackEnd::Compiled)).unwrap();
    // A core function has a thousand parameters at most; between adapters a
    // string takes more than one.
    for (count, back_end) in [(400, BackEnd::Compiled), (600, BackEnd::Reference)] {
        let params = "(param string) ".repeat(count);
        let all: String = (0..count).map(|i| format!("arg.get {i} ")).collect();
        let text = format!(
            "(module (@interface func $h (import \"host\" \"h\") {params})
               (@interface func $inner {params} {all} call-adapter $h)
               (@interface func (export \"go\") (param string) {} call-adapter $inner))",
            "arg.get 0 ".repeat(count)
        );
        let module = Module::new(&compiled, text.as_bytes()).unwrap();
        assert_eq!(module.back_end(), back_end, "{count} parameters");
        let out = both(|engine| play(engine, &text, &[("go", &[Val::from("x")])]));
        assert_eq!(out.matches('x').count(), count);
    }
}

#[test]
fn serialized_modules_stay_compiled() {
    let engine = Engine::new(Config::new().back_end(BackEnd::Compiled)).unwrap();
    let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/modules/strings.wasm"));
    let module = Module::new(&engine, &bytes.unwrap()).unwrap();
    assert_eq!(module.back_end(), BackEnd::Compiled);
    let artefact = module.serialize().unwrap();
    // An engine that would not compile adapters takes the compiled form too.
    let other = Engine::new(Config::new().back_end(BackEnd::Reference)).unwrap();
    for engine in [&engine, &other] {
        // SAFETY: the bytes come from `serialize`, just now.
        let again = unsafe { Module::deserialize(engine, &artefact) }.unwrap();
        assert_eq!(again.back_end(), BackEnd::Compiled);
        let mut store = Store::new(engine);
        let instance = Linker::new().instantiate(&mut store, &again).unwrap();
        let greet = instance.func(&mut store, "greet").unwrap();
        let mut results = [Val::from("")];
        greet.call(&mut store, &[Val::from("Zoë")], &mut results).unwrap();
        assert_eq!(show(&store, &results[0]), "hello, Zoë! (4 bytes, 3 chars)");
    }
}

/// All that is known of a module is in the bytes: those of the module that they
/// become are the same.
#[test]
fn serialized_modules_are_whole() {
    let engine = Engine::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/modules");
    let interface = r#"(module
      (import "env" "f" (func $f (param i32)))
      (memory 1)
      (func $a (param i32) (result i32) i32.const 8)
      (func $g (param i32 i32) (call $f (local.get 0)))
      (@interface func $h (import "host" "h") (param i32) (param string) (result string))
      (@interface func $k (import "host" "k") (param i32))
      (@interface implement (import "env" "f") (param i32) arg.get 0 call-adapter $k)
      (@interface func (export "go") (param i32) (param string) (result string)
        arg.get 0 arg.get 1 call-adapter $h)
      (@interface func (export "in") (param string)
        arg.get 0 string-to-memory $a call-core $g))"#;
    let mut modules = vec![interface.as_bytes().to_vec()];
    for name in ["strings.wasm", "imports.wasm", "numbers.wasm"] {
        modules.push(fs::read(folder.join(name)).unwrap());
    }
    for bytes in modules {
        let module = Module::new(&engine, &bytes).unwrap();
        let artefact = module.serialize().unwrap();
        // SAFETY: the bytes come from `serialize`, just now.
        let again = unsafe { Module::deserialize(&engine, &artefact) }.unwrap();
        assert!(again.imports().eq(module.imports()) && again.exports().eq(module.exports()));
        assert!(again.serialize().unwrap() == artefact);
    }
}

#[test]
fn runaway_recursion_is_a_trap() {
    let text = r#"(module
      (import "env" "down" (func $down (param i32)))
      (func $go (param i32) (call $down (local.get 0)))
      (@interface implement (import "env" "down") (param i32) arg.get 0 call-core $go)
      (@interface func $self (export "self") call-adapter 1)
      (@interface func (export "go") (param i32) arg.get 0 call-core $go))"#;
    for back_end in [BackEnd::Reference, BackEnd::Compiled] {
        let engine = Engine::new(Config::new().back_end(back_end)).unwrap();
        let module = Module::new(&engine, text.as_bytes()).unwrap();
        let mut store = Store::new(&engine);
        let instance = Linker::new().instantiate(&mut store, &module).unwrap();
        for (name, args) in [("self", &[][..]), ("go", &[Val::I32(0)]), ("self", &[])] {
            let func = instance.func(&mut store, name).unwrap();
            let error = func.call(&mut store, args, &mut []).unwrap_err();
            let code = error.trap().and_then(|trap| trap.code());
            assert_eq!(code, Some(TrapCode::StackOverflow), "{back_end:?} {name}: {error}");
        }
    }
}

#[test]
fn checked_conversions_agree() {
    let conversions = "i32-to-s8x i32-to-s16x i64-to-s8x i64-to-s16x i64-to-s32x s64-to-i32x \
        u64-to-i32x i32-to-s8 i32-to-u8 i32-to-s16 i32-to-u16 i32-to-s32 i32-to-u32 i32-to-s64 \
        i32-to-u64 i64-to-s8 i64-to-u8 i64-to-s16 i64-to-u16 i64-to-s32 i64-to-u32 i64-to-s64 \
        i64-to-u64 s8-to-i32 u8-to-i32 s16-to-i32 u16-to-i32 s32-to-i32 u32-to-i32 s64-to-i32 \
        u64-to-i32 s8-to-i64 u8-to-i64 s16-to-i64 u16-to-i64 s32-to-i64 u32-to-i64 s64-to-i64 \
        u64-to-i64";
    let mut text = String::from("(module ");
    let mut names = Vec::new();
    for name in conversions.split_whitespace() {
        let (from, to) = name.split_once("-to-").unwrap();
        let to = to.strip_suffix('x').unwrap_or(to);
        text += &format!(
            "(@interface func (export \"{name}\") (param {from}) (result {to}) arg.get 0 {name})\n"
        );
        names.push((name, from));
    }
    text += ")";
    let edges = [0, 1, 7, 8, 15, 16, 31, 32, 63]
        .iter()
        .flat_map(|bit| [-1, 0, 1].map(|d| (1_i128 << bit) + d))
        .flat_map(|n| [n as u64, (n as u64).wrapping_neg()]);
    let edges: Vec<u64> = edges.chain([u64::MAX, u32::MAX as u64, 1 << 32]).collect();
    let mut calls: Vec<(&str, Vec<Val<'_>>)> = Vec::new();
    for (name, from) in names {
        for &bits in &edges {
            let val = match from {
                "i32" => Val::I32(bits as i32),
                "i64" => Val::I64(bits as i64),
                "s8" => Val::S8(bits as i8),
                "u8" => Val::U8(bits as u8),
                "s16" => Val::S16(bits as i16),
                "u16" => Val::U16(bits as u16),
                "s32" => Val::S32(bits as i32),
                "u32" => Val::U32(bits as u32),
                "s64" => Val::S64(bits as i64),
                _ => Val::U64(bits),
            };
            calls.push((name, vec![val]));
        }
    }
    let calls: Vec<(&str, &[Val<'_>])> = calls.iter().map(|(n, v)| (*n, &v[..])).collect();
    let out = both(|engine| play(engine, &text, &calls));
    assert!(out.contains("the value does not fit from u64 to i32"), "{out}");
}

#[test]
fn host_strings_are_given_back_within_a_call() {
    // One entry, many callbacks that return strings.
    let text = r#"(module
      (import "env" "ask" (func $ask (param i32 i32) (result i32 i32)))
      (memory 1)
      (func $alloc (param i32) (result i32) i32.const 512)
      (func $go (param $n i32) (result i32)
        (local $sum i32)
        (loop $next
          (call $ask (i32.const 0) (i32.const 0))
          (local.set $sum (i32.add (local.get $sum)))
          drop
          (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $sum))
      (@interface func $asked (import "host" "ask") (param string) (result string))
      (@interface func $through (param string) (result string) arg.get 0 call-adapter $asked)
      (@interface implement (import "env" "ask") (param i32) (param i32) (result i32) (result i32)
        arg.get 0 arg.get 1 memory-to-string call-adapter $through call-adapter $through
        string-to-memory $alloc)
      (@interface func (export "go") (param i32) (result i32) arg.get 0 call-core $go))"#;
    let out = both(|engine| play(engine, text, &[("go", &[Val::I32(1000)])]));
    assert!(out.ends_with("= I32(13000); "), "{}", &out[out.len() - 60..]);
}

/// A value of each type, for modules that only pass values on.
#[test]
fn values_pass_through_untouched() {
    let types = [ValType::F32, ValType::F64, ValType::ExternRef, ValType::String];
    let list = |what: &str| -> String { types.iter().map(|t| format!("({what} {t}) ")).collect() };
    let text = format!(
        "(module (@interface func $f {p} {r} arg.get 0 arg.get 1 arg.get 2 arg.get 3)
           (@interface func (export \"go\") {p} {r}
             arg.get 0 arg.get 1 arg.get 2 arg.get 3 call-adapter $f))",
        p = list("param"),
        r = list("result")
    );
    let args = [
        Val::F32(f32::from_bits(0x7fa0_1234)),
        Val::F64(f64::from_bits(0xfff0_0000_dead_beef)),
        Val::ExternRef(None),
        Val::from("text"),
    ];
    both(|engine| {
        let module = Module::new(engine, text.as_bytes()).unwrap();
        let mut store = Store::new(engine);
        let instance = Linker::new().instantiate(&mut store, &module).unwrap();
        let go = instance.func(&mut store, "go").unwrap();
        let mut results = types.map(|ty| Val::default_of(ty).unwrap());
        go.call(&mut store, &args, &mut results).unwrap();
        let [Val::F32(a), Val::F64(b), Val::ExternRef(None), s] = &results else {
            panic!("{results:?}")
        };
        format!("{:x} {:x} {}", a.to_bits(), b.to_bits(), show(&store, s))
    });
}
