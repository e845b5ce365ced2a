//! Components of any parts that fit: modules, instances, functions lifted and lowered,
//! resources, components within components, what is passed on by aliases and exports.

use super::Bytes;
use super::components::Types;
use std::fmt::Write;
use witrt::tools;

/// Types of functions, and what they are where they are lowered or lifted: parameters,
/// results, and parameters of the lowered one where the result is in memory.
const FUNCTIONS: [(&str, &str, &str, bool); 8] = [
    ("", "", "", false),
    ("(param \"x\" u32) (result u32)", " i32", " i32", false),
    ("(param \"x\" string)", " i32 i32", "", false),
    ("(param \"x\" string) (result string)", " i32 i32", " i32", true),
    ("(param \"x\" (list u8)) (result s16)", " i32 i32", " i32", false),
    ("(param \"x\" f64) (param \"y\" bool) (result (option char))", " f64 i32", " i32", true),
    ("(result (tuple u8 (list string)))", "", " i32", true),
    ("(param \"x\" (result s64 (error string))) (result u64)", " i32 i64 i32", " i64", false),
];

/// The core module that has a memory and a function of each type.
const GUEST: &str = r#"(core module $guest
  (memory (export "memory") 1) (global $next (mut i32) (i32.const 1024))
  (data (i32.const 16) "\40\00\00\00\05\00\00\00\01\00\00\00\61\00\00\00") (data (i32.const 64) "plain, caf\c3\a9")
  (func (export "realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $next (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const 0xfff8)))
    (global.get $next) (global.set $next (i32.add (global.get $next) (local.get 3))))
  (func (export "post") (param i32)) (func (export "gone") (param i32))"#;

/// How deep components are within each other.
const DEPTH: usize = 2;

/// What there is so far, by number.
#[derive(Default)]
struct Scope {
    text: String,
    /// Instances of a core module with all the functions.
    guests: usize,
    /// Functions, by their types.
    functions: Vec<usize>,
    /// Core functions that were lowered, by their types.
    lowered: Vec<usize>,
    resources: usize,
    /// Components, each with the names and types of what it imports and exports.
    components: Vec<[Vec<(String, usize)>; 2]>,
    imported: Vec<(String, usize)>,
    exported: Vec<(String, usize)>,
    names: usize,
}

/// The binary of one; `None` where the parts do not fit after all.
pub fn component(bytes: &mut Bytes<'_>) -> Option<Vec<u8>> {
    let scope = scope(bytes, DEPTH);
    let last = (0..64).map(|_| format!("\\{:02x}", bytes.byte())).collect::<String>();
    // What decides on the calls is where nothing is read: see `files`.
    let text = format!("(component {} (@custom \"calls\" \"{last}\"))", scope.text);
    tools::assemble(text.as_bytes()).ok()
}

fn scope(bytes: &mut Bytes<'_>, depth: usize) -> Scope {
    let mut scope = Scope::default();
    guest(&mut scope);
    for _ in 0..3 + bytes.below(20) {
        step(&mut scope, bytes, depth);
    }
    // So that there is something to call.
    for at in 0..scope.functions.len().min(3) {
        export(&mut scope, at);
    }
    scope
}

/// The core module with all the functions, and an instance.
fn guest(scope: &mut Scope) {
    let mut text = GUEST.to_owned();
    for (at, (_, params, results, _)) in FUNCTIONS.iter().enumerate() {
        let value = match *results {
            "" => "",
            " i64" => "(i64.const -2)",
            _ => "(i32.const 16)",
        };
        let _ = write!(text, "(func (export \"f{at}\") (param{params}) (result{results}) {value})");
    }
    scope.text += &text;
    scope.text += ") (core instance $g0 (instantiate $guest))\n";
    scope.guests = 1;
}

fn export(scope: &mut Scope, at: usize) {
    let (name, ty) = (scope.names, scope.functions[at]);
    scope.names += 1;
    // What is exported is there once more.
    let _ = writeln!(scope.text, "(export $f{} \"e{name}\" (func $f{at}))", scope.functions.len());
    scope.functions.push(ty);
    scope.exported.push((format!("e{name}"), ty));
}

fn step(scope: &mut Scope, bytes: &mut Bytes<'_>, depth: usize) {
    let encoding = ["", "string-encoding=utf16", "string-encoding=latin1+utf16"][bytes.below(3)];
    let guest = bytes.below(scope.guests);
    let options =
        format!("(memory $g{guest} \"memory\") (realloc (func $g{guest} \"realloc\")) {encoding}");
    let ty = bytes.below(FUNCTIONS.len());
    let of = FUNCTIONS[ty].0;
    let n = scope.functions.len();
    match bytes.below(12) {
        0 => {
            let name = format!("i{}", scope.names);
            let _ = writeln!(scope.text, "(import \"{name}\" (func $f{n} {of}))");
            scope.names += 1;
            scope.functions.push(ty);
            scope.imported.push((name, ty));
        }
        1..4 => {
            let post = match bytes.below(2) {
                0 if FUNCTIONS[ty].3 => format!("(post-return (func $g{guest} \"post\"))"),
                _ => String::new(),
            };
            let _ = writeln!(
                scope.text,
                "(func $f{n} {of} (canon lift (core func $g{guest} \"f{ty}\") {options} {post}))"
            );
            scope.functions.push(ty);
        }
        4 if n > 0 => {
            let (at, core) = (bytes.below(n), scope.lowered.len());
            let _ =
                writeln!(scope.text, "(core func $l{core} (canon lower (func $f{at}) {options}))");
            scope.lowered.push(scope.functions[at]);
        }
        5 if !scope.lowered.is_empty() => calls(scope, bytes, &options),
        6 => {
            let r = scope.resources;
            let gone = match bytes.below(2) {
                0 => String::new(),
                _ => format!("(dtor (func $g{guest} \"gone\"))"),
            };
            let _ = writeln!(
                scope.text,
                "(type $r{r} (resource (rep i32) {gone}))
                 (core func $new{r} (canon resource.new $r{r}))
                 (core func $drop{r} (canon resource.drop $r{r}))
                 (core func $rep{r} (canon resource.rep $r{r}))"
            );
            scope.resources += 1;
            if bytes.below(2) == 0 {
                handed_out(scope, r);
            }
        }
        // Who instantiates a component would have to give it its types.
        7 if depth == DEPTH => {
            let mut types = Types { values_only: true, count: scope.names, ..Types::default() };
            let _ = types.any(bytes, 2);
            scope.names = types.count;
            scope.text += &types.text;
        }
        8 if depth > 0 => {
            let within = self::scope(bytes, depth - 1);
            let at = scope.components.len();
            let _ = writeln!(scope.text, "(component $c{at} {})", within.text);
            scope.components.push([within.imported, within.exported]);
        }
        9 | 10 if !scope.components.is_empty() => instance(scope, bytes),
        _ if n > 0 => export(scope, bytes.below(n)),
        _ => {}
    }
}

/// A core module that calls what was lowered, and lifts what that says once more.
fn calls(scope: &mut Scope, bytes: &mut Bytes<'_>, options: &str) {
    let core = bytes.below(scope.lowered.len());
    let ty = scope.lowered[core];
    let (of, params, results, in_memory) = FUNCTIONS[ty];
    let (n, m) = (scope.functions.len(), scope.names);
    scope.names += 1;
    let given = (0..params.split_whitespace().count()).map(|i| format!("(local.get {i})"));
    let given = given.collect::<String>();
    let (import, call) = match in_memory {
        true => (
            format!("(param{params} i32)"),
            format!("(call $l {given} (i32.const 32)) (i32.const 32)"),
        ),
        false => (format!("(param{params}) (result{results})"), format!("(call $l {given})")),
    };
    let _ = writeln!(
        scope.text,
        "(core module $m{m} (import \"\" \"l\" (func $l {import}))
           (func (export \"go\") (param{params}) (result{results}) {call}))
         (core instance $n{m} (instantiate $m{m} (with \"\" (instance (export \"l\" (func $l{core}))))))
         (func $f{n} {of} (canon lift (core func $n{m} \"go\") {options}))"
    );
    scope.functions.push(ty);
}

/// Functions that make a resource, look at it and end it, which are exported with its type.
fn handed_out(scope: &mut Scope, r: usize) {
    let m = scope.names;
    scope.names += 1;
    let _ = writeln!(
        scope.text,
        "(export $x{r} \"r{r}-{m}\" (type $r{r}))
         (core module $m{m} (import \"\" \"rep\" (func $rep (param i32) (result i32)))
           (func (export \"look\") (param i32) (result i32) (local.get 0)))
         (core instance $n{m} (instantiate $m{m} (with \"\" (instance (export \"rep\" (func $rep{r}))))))
         (func (export \"make{m}\") (param \"x\" u32) (result (own $x{r})) (canon lift (core func $new{r})))
         (func (export \"look{m}\") (param \"x\" (borrow $x{r})) (result u32) (canon lift (core func $n{m} \"look\")))
         (func (export \"end{m}\") (param \"x\" (own $x{r})) (canon lift (core func $drop{r})))"
    );
}

/// An instance of a component, where there is what it imports, and some of what that exports.
fn instance(scope: &mut Scope, bytes: &mut Bytes<'_>) {
    let at = bytes.below(scope.components.len());
    let [imported, exported] = scope.components[at].clone();
    let i = scope.names;
    scope.names += 1;
    let mut with = String::new();
    for (name, ty) in imported {
        let all = scope.functions.iter().enumerate().filter(|(_, have)| **have == ty);
        let all = all.map(|(at, _)| at).collect::<Vec<_>>();
        let Some(at) = all.get(bytes.below(all.len())) else { return };
        let _ = write!(with, " (with \"{name}\" (func $f{at}))");
    }
    let _ = writeln!(scope.text, "(instance $i{i} (instantiate $c{at}{with}))");
    for (name, ty) in exported {
        if bytes.below(2) == 0 {
            let n = scope.functions.len();
            let _ = writeln!(scope.text, "(alias export $i{i} \"{name}\" (func $f{n}))");
            scope.functions.push(ty);
        }
    }
    if bytes.below(4) == 0 {
        let _ = writeln!(scope.text, "(export \"x{i}\" (instance $i{i}))");
    }
}
