//! Valid modules with adapters, made of a fuzzer's bytes.
//!
//! The core is always the same: an allocator that may lie, functions of
//! several types, imports that adapters implement. The adapters are not: any
//! instruction that fits the stack may come next, and what is left on the
//! stack at the end are the results.

pub mod api;
pub mod args;
pub mod built;
pub mod claimed;
pub mod components;
pub mod differ;
pub mod doors;
pub mod faces;
pub mod files;
pub mod objects;
pub mod parts;
pub mod play;
pub mod prepared;
pub mod rules;
pub mod run;
pub mod safe;
pub mod safe_guest;
pub mod second;
pub mod sections;
pub mod targets;
pub mod transcode;
pub mod tree;
pub mod verdicts;
pub mod world;

use std::fmt::Write;

/// What is compiled is small and runs once: quickly, and on this thread, where nothing is
/// waited for.
fn config() -> witrt::Config {
    let mut config = witrt::Config::new();
    config.opt_level(witrt::OptLevel::None).parallel_compilation(false);
    config
}

/// A fuzzer's bytes, one decision each; zeros when they are used up.
pub struct Bytes<'a>(pub &'a [u8]);

impl Bytes<'_> {
    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    /// One of `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.byte() as usize % n.max(1)
    }

    /// Whether anything is left.
    pub fn more(&self) -> bool {
        !self.0.is_empty()
    }
}

/// The core module, without its closing parenthesis.
const CORE: &str = r#"(module
  (import "env" "log" (func $log (param i32 i32)))
  (import "env" "ask" (func $ask (param i32 i32) (result i32 i32)))
  (import "env" "raw" (func $raw (param i32) (result i32)))
  (memory 1 20)
  (data (i32.const 0) "plain text, caf\c3\a9, \f0\9f\a6\80, and \ff ill-formed")
  (global $next (mut i32) (i32.const 256))
  (global $lie (mut i32) (i32.const 0))
  (func $lie_from (param i32) (global.set $lie (local.get 0)))
  (func $alloc (param i32) (result i32)
    (if (global.get $lie) (then (return (global.get $lie))))
    (global.get $next)
    (global.set $next (i32.and (i32.const 0x7fff) (i32.add (global.get $next) (local.get 0)))))
  (func $grow (param i32) (result i32)
    (drop (memory.grow (i32.const 1)))
    (call $alloc (local.get 0)))
  (func $free (param i32 i32) (i32.store8 (i32.and (i32.const 0x7fff) (local.get 0)) (i32.const 63)))
  (func $free1 (param i32))
  (func $where (result i32 i32) i32.const 0 i32.const 20)
  (func $bad (result i32 i32) i32.const 28 i32.const 3)
  (func $far (result i32 i32) i32.const 65530 i32.const 100)
  (func $id (param i32 i32) (result i32 i32) local.get 0 local.get 1)
  (func $tell (param i32 i32) (call $log (local.get 0) (local.get 1)))
  (func $query (param i32 i32) (result i32 i32) (call $ask (local.get 0) (local.get 1)))
  (func $mix (param i32 i64 f32) (result f64 i64) (f64.promote_f32 (local.get 2)) (local.get 1))
  (func $count (param i32) (result i32) (call $raw (i32.add (local.get 0) (i32.const 1))))
  (func $boom (if (global.get $lie) (then unreachable)))
  (func $smash (i32.store (i32.const 0) (i32.const 0x21212121)))
"#;

/// Core functions an adapter may call: name, parameters, results.
const CALLS: &[(&str, &[&str], &[&str])] = &[
    ("$lie_from", &["i32"], &[]),
    ("$free", &["i32", "i32"], &[]),
    ("$free1", &["i32"], &[]),
    ("$where", &[], &["i32", "i32"]),
    ("$bad", &[], &["i32", "i32"]),
    ("$far", &[], &["i32", "i32"]),
    ("$id", &["i32", "i32"], &["i32", "i32"]),
    ("$tell", &["i32", "i32"], &[]),
    ("$query", &["i32", "i32"], &["i32", "i32"]),
    ("$mix", &["i32", "i64", "f32"], &["f64", "i64"]),
    ("$count", &["i32"], &["i32"]),
    ("$boom", &[], &[]),
    ("$smash", &[], &[]),
];

const TYPES: &[&str] = &[
    "s8",
    "s16",
    "s32",
    "s64",
    "u8",
    "u16",
    "u32",
    "u64",
    "f32",
    "f64",
    "string",
    "i32",
    "i64",
    "externref",
];

/// Integer conversions by what they take.
const CONVERSIONS: &[(&str, &[&str])] = &[
    ("i32", &["s8", "s8x", "u8", "s16", "s16x", "u16", "s32", "u32", "s64", "u64"]),
    ("i64", &["s8", "s8x", "u8", "s16", "s16x", "u16", "s32", "s32x", "u32", "s64", "u64"]),
    ("s8", &["i32", "i64"]),
    ("u8", &["i32", "i64"]),
    ("s16", &["i32", "i64"]),
    ("u16", &["i32", "i64"]),
    ("s32", &["i32", "i64"]),
    ("u32", &["i32", "i64"]),
    ("s64", &["i32", "i32x", "i64"]),
    ("u64", &["i32", "i32x", "i64"]),
];

struct Made {
    params: Vec<&'static str>,
    results: Vec<&'static str>,
}

/// The text of a valid module. It imports `host.log(string)`,
/// `host.ask(string) -> string` and `host.raw(u32) -> u32`, and exports `f0`,
/// `f1` and so on.
pub fn module(bytes: &mut Bytes<'_>) -> String {
    let mut text = String::from(CORE);
    text += r#"
  (@interface func $host_log (import "host" "log") (param string))
  (@interface func $host_ask (import "host" "ask") (param string) (result string))
  (@interface func $host_raw (import "host" "raw") (param u32) (result u32))
  (@interface implement (import "env" "raw") (param i32) (result i32)
    arg.get 0
    i32-to-u32
    call-adapter $host_raw
    u32-to-i32)
"#;
    implement(bytes, &mut text, "log", "", "");
    implement(bytes, &mut text, "ask", " (result i32) (result i32)", "string-to-memory $alloc");
    // Index 0 to 2 are imports, 3 to 5 the implementing adapters.
    let mut made: Vec<Made> = vec![
        Made { params: vec!["string"], results: vec![] },
        Made { params: vec!["string"], results: vec!["string"] },
        Made { params: vec!["u32"], results: vec!["u32"] },
    ];
    let count = 1 + bytes.below(4);
    for n in 0..count {
        let func = adapter(bytes, &made, &mut text, n);
        made.push(func);
    }
    text + ")\n"
}

fn implement(bytes: &mut Bytes<'_>, text: &mut String, name: &str, results: &str, after: &str) {
    let deferred = ["", "defer-call-core $free", "defer-call-core $free1"][bytes.below(3)];
    let _ = write!(
        text,
        "  (@interface implement (import \"env\" \"{name}\") (param i32) (param i32){results}
    arg.get 0
    arg.get 1
    {deferred}
    memory-to-string
    call-adapter $host_{name}
    {after})\n"
    );
}

fn adapter(bytes: &mut Bytes<'_>, made: &[Made], text: &mut String, n: usize) -> Made {
    let params: Vec<&str> = (0..bytes.below(5)).map(|_| TYPES[bytes.below(TYPES.len())]).collect();
    let mut stack: Vec<&'static str> = Vec::new();
    let mut body = String::new();
    for _ in 0..bytes.below(24) {
        step(bytes, &params, made, &mut stack, &mut body);
    }
    let list = |what: &str, types: &[&str]| -> String {
        types.iter().map(|t| format!(" ({what} {t})")).collect()
    };
    let _ = writeln!(
        text,
        "  (@interface func (export \"f{n}\"){}{}{body})",
        list("param", &params),
        list("result", &stack)
    );
    Made { params, results: stack }
}

/// One instruction, if the one that the bytes ask for fits the stack.
fn step(
    bytes: &mut Bytes<'_>,
    params: &[&'static str],
    made: &[Made],
    stack: &mut Vec<&'static str>,
    body: &mut String,
) {
    let mut put = |instr: String| {
        body.push_str("\n    ");
        body.push_str(&instr);
    };
    match bytes.below(8) {
        0 | 1 if !params.is_empty() => {
            let i = bytes.below(params.len());
            stack.push(params[i]);
            put(format!("arg.get {i}"));
        }
        2 => {
            let (name, takes, gives) = CALLS[bytes.below(CALLS.len())];
            if stack.ends_with(takes) {
                stack.truncate(stack.len() - takes.len());
                stack.extend_from_slice(gives);
                put(format!("call-core {name}"));
            }
        }
        3 if stack.ends_with(&["i32", "i32"]) => {
            stack.truncate(stack.len() - 2);
            stack.push("string");
            put("memory-to-string".into());
        }
        4 if stack.ends_with(&["string"]) => {
            stack.pop();
            stack.extend_from_slice(&["i32", "i32"]);
            put(format!("string-to-memory {}", ["$alloc", "$grow"][bytes.below(2)]));
        }
        5 => {
            let deferrable = ["$free", "$free1", "$tell", "$lie_from", "$boom"];
            let name = deferrable[bytes.below(deferrable.len())];
            let takes = CALLS.iter().find(|call| call.0 == name).map_or(&[][..], |call| call.1);
            if stack.ends_with(takes) {
                put(format!("defer-call-core {name}"));
            }
        }
        6 => {
            // The implementing adapters stand between imports and the rest.
            let i = bytes.below(made.len());
            let index = if i < 3 { i } else { i + 3 };
            if stack.ends_with(&made[i].params) {
                stack.truncate(stack.len() - made[i].params.len());
                stack.extend_from_slice(&made[i].results);
                put(format!("call-adapter {index}"));
            }
        }
        _ => {
            let top = stack.last().copied().unwrap_or("");
            let Some((from, all)) = CONVERSIONS.iter().find(|c| c.0 == top) else { return };
            let to = all[bytes.below(all.len())];
            stack.pop();
            stack.push(to.strip_suffix('x').unwrap_or(to));
            put(format!("{from}-to-{to}"));
        }
    }
}
