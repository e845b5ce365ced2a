//! Faces that are wrong: what is said, and where.

use crate::support::{engine, file};
use witrt::{BackEnd, Encoding, Error, ErrorKind, Module};

/// What is wrong with a face for the module of ten conventions.
fn wrong(face: &str) -> Error {
    let engine = engine(BackEnd::Compiled, Encoding::Utf8);
    match Module::attach(&engine, &file("c-clang-nostdlib/guest.wasm"), face) {
        Ok(_) => panic!("taken: {face}"),
        Err(error) => error,
    }
}

fn check(face: &str, kind: ErrorKind, place: (usize, usize), message: &str) {
    let error = wrong(face);
    assert_eq!(error.kind(), kind, "{error}");
    assert_eq!(error.line_column(), Some(place), "{error}");
    assert!(error.message().contains(message), "{error}");
}

const MALFORMED: ErrorKind = ErrorKind::MalformedInterface;
const INVALID: ErrorKind = ErrorKind::InvalidInterface;

#[test]
fn what_does_not_parse() {
    check("convention = ", MALFORMED, (1, 14), "the face is no TOML");
    check("wit = ''", MALFORMED, (1, 1), "a face names its convention");
    check("convention = 'cobol'", MALFORMED, (1, 15), "no convention is called `cobol`");
    check("convention = 'c'\ncolour = 'red'", MALFORMED, (2, 1), "no setting `colour`");
    check("convention = 'c'\ntext = 'nil'", MALFORMED, (2, 9), "pointer-length, nul, struct");
    check("convention = 'c'\ntext = 3", MALFORMED, (2, 8), "`text` is a string");
    check("convention = 'c'\nalloc = 'f('", MALFORMED, (2, 10), "what it takes");
    check(
        "convention = 'c'\nwit = \"\"\"\ngreet: func(name: strin) -> string;\n\"\"\"",
        MALFORMED,
        (3, 19),
        "`strin` does not exist",
    );
    check(
        "convention = 'c'\nwit = '''\n\n  greet: func(name string);'''",
        MALFORMED,
        (4, 20),
        "the types are no WIT",
    );
    check(
        "convention = 'c'\nwit = 'greet: func(a: string);'\n[export.great]\ntext = 'nul'",
        MALFORMED,
        (3, 9),
        "no function `great` is among the exports",
    );
}

/// Calls that are spelled out.
#[test]
fn what_is_spelled_wrong() {
    let face = |rest: &str| {
        let wit = "f: func(text: string, n: u32) -> list<u8>;";
        format!("convention = 'c'\nwit = '''\n{wit}\n'''\n[export.f]\ncore = 'greet'\n{rest}")
    };
    let all = "args = ['text', 'n']\nlength = 8\n";
    check(&face("args = ['text', 'n +']"), MALFORMED, (7, 21), "a number, a name or `(`");
    check(&face("args = ['text', 'n n']"), MALFORMED, (7, 20), "no part of an expression");
    check(&face("args = ['text']\nlength = 8"), MALFORMED, (3, 23), "n is not among `args`");
    check(&face("args = ['text', 'm', 'n']\nlength = 8"), INVALID, (7, 10), "passes 3 arguments");
    check(&face("args = ['text']\nlength = 'm * n'"), MALFORMED, (8, 11), "nothing is called `m`");
    check(&face("args = ['text']\nlength = 'nn(n)'"), INVALID, (8, 11), "the core function `nn`");
    check(
        &face("args = ['text']\nlength = 'count(n, 2)'"),
        INVALID,
        (8, 11),
        "takes something else",
    );
    check(&face("args = ['text + n']"), MALFORMED, (3, 1), "how long `result` is");
    check(&face("args = ['text + &n']\nlength = 'n'"), MALFORMED, (7, 10), "stands alone");
    check(&face("args = 3"), MALFORMED, (7, 8), "`args` is an array");
    check(&face("length = { x = [] }"), MALFORMED, (7, 16), "`length` is a string");
    check(&face(&all.replace("args", "arg")), MALFORMED, (7, 1), "no setting `arg`");
    let import = |settings: &str| {
        let wit = "imports = 'log: func(level: u32, text: string);'";
        format!("convention = 'c'\n{wit}\n[import.log]\n{settings}")
    };
    for (args, kind, column, message) in [
        ("['level']", INVALID, 10, "the core imports a function (i32, i32, i32) -> ()"),
        ("['level', 'text', 'size']", MALFORMED, 27, "nothing is called `size` here"),
        ("['level', 'text', 'text']", MALFORMED, 27, "`text` is there already"),
        ("['level', 'text', 'text + 1']", MALFORMED, 27, "each of `args` is a name"),
        ("['level', 'text', 'result']", MALFORMED, 27, "nothing is called `result` here"),
    ] {
        check(&import(&format!("args = {args}")), kind, (4, column), message);
    }
    check(&import("args = ['text', '_', '_']"), MALFORMED, (2, 22), "`level` is not among `args`");
    check(&import("ok = 1"), MALFORMED, (4, 6), "`args` says what each of the core's is");
    check(&import("length = 1"), MALFORMED, (4, 10), "`args`, `ok` and `err` spell an import out");
    let other = "convention = 'canonical'\nwit = 'greet: func(n: u32) -> u32;'\nok = 'returned'";
    check(other, MALFORMED, (3, 7), "are for C");
}

/// What gives memory is named where the face names it.
#[test]
fn allocators_that_are_none() {
    let face =
        |more: &str| format!("convention = 'c'\nwit = 'greet: func(a: string) -> string;'\n{more}");
    check(&face("alloc = 'mallok(size)'"), INVALID, (3, 10), "needs the core function `mallok`");
    check(&face("free = 'fre'"), INVALID, (3, 9), "needs the core function `fre`");
    check(&face("free = 'free(size, 3)'"), INVALID, (3, 9), "takes something else");
    check(&face("alloc = 'malloc(count)'"), MALFORMED, (3, 10), "is told bytes");
    check(&face("alloc = 'live_bytes'"), MALFORMED, (3, 10), "says of how many bytes");
    check(
        &face("supply = { 'env.nothing' = 'abort' }"),
        INVALID,
        (3, 12),
        "imports no `env.nothing`",
    );
    check(&face("supply = { 'host.log' = 'abort' }"), MALFORMED, (3, 25), "nothing is supplied");
}

/// Functions around a call, those that tell its result, and what moves the stack pointer: each
/// is told where the face names it, for all functions or for one.
#[test]
fn functions_around_a_call() {
    let number = "f: func() -> u32;";
    let text = "f: func() -> string;";
    let record = "f: func(pair: tuple<u32, u32>) -> u32;";
    let none = |name: &str| format!("needs the core function `{name}`");
    for (table, line) in [("export.f.core", 4), ("[export.f]\ncore", 5)] {
        let told = |wit: &str, setting: &str, (line, column), kind, message: &str| {
            let core = if wit == record { "count_slice" } else { "live_bytes" };
            let head = format!("convention = 'c'\nwit = '{wit}'\n{table} = '{core}'");
            check(&format!("{head}\n{setting}"), kind, (line, column), message);
        };
        told(number, "before = 'befour'", (line, 11), INVALID, &none("befour"));
        told(number, "after = 'aftre'", (line, 10), INVALID, &none("aftre"));
        let before = "`malloc` is (i32) -> (i32); what is called before is () -> ()";
        told(number, "before = 'malloc'", (line, 11), INVALID, before);
        told(record, "stack = 'stak'", (line, 10), INVALID, &none("stak"));
        told(record, "stack = 'free'", (line, 10), INVALID, "and moves no stack pointer");
        let last = |names: &str| format!("result = 'last'\nlast = {names}");
        let check = |names: &str, column, kind, message: &str| {
            told(text, &last(names), (line + 1, column), kind, message);
        };
        check("['last_ptt', 'live_bytes']", 10, INVALID, &none("last_ptt"));
        check("['live_bytes', 'last_lon']", 24, INVALID, &none("last_lon"));
        check("['live_bytes', 'malloc']", 24, INVALID, "tells nothing of a result");
        check("['live_bytes']", 8, MALFORMED, "`last` names two functions");
    }
}

#[test]
fn what_does_not_fit_the_core() {
    let face = |wit: &str, more: &str| format!("convention = 'c'\nwit = '''\n{wit}\n'''\n{more}");
    check(
        &face("great: func(name: string) -> string;", ""),
        INVALID,
        (3, 1),
        "the core exports no such function; it exports malloc, free, live_bytes, greet",
    );
    check(
        &face("greet: func(name: string) -> string;", "[export.greet]\ntext = 'pointer-length'"),
        INVALID,
        (3, 1),
        "export greet: the core function is (i32) -> (i32); text as pointer and length, \
         NUL-terminated text returned needs (i32, i32) -> (i32)",
    );
    check(&face("x: func() -> u32;", "[export.x]\ncore = 'y'"), INVALID, (6, 9), "no function `y`");
    check(
        &face("add-u8: func(a: u8, b: u64) -> u8;", ""),
        INVALID,
        (3, 1),
        "the core function is (i32, i32) -> (i32); the types of the face need (i32, i64) -> (i32)",
    );
    check(
        &face("greet: func(name: string) -> string;", "[export.greet]\nalloc = 'palloc'"),
        INVALID,
        (6, 10),
        "needs the core function `palloc`",
    );
    let import = "imports = '''\nlog: func(level: u32);\n'''";
    check(
        &face("", import),
        INVALID,
        (6, 1),
        "import log: the core imports a function (i32, i32, i32) -> (); the types of the face \
         need (i32) -> ()",
    );
    check(
        &face("", "imports = '''\nlag: func(level: u32);\n'''"),
        INVALID,
        (6, 1),
        "the core imports host.log",
    );
}

#[test]
fn what_a_convention_cannot_carry() {
    let face = |wit: &str| format!("convention = 'c'\nwit = '''\n{wit}\n'''");
    check(
        &face("greet: func(x: option<u32>) -> string;"),
        MALFORMED,
        (3, 13),
        "greet: parameter x: the convention c has no form for option<u32>",
    );
    for (wit, place, message) in [
        ("record r { a: u8, b: option<u32> }\ngreet: func(x: r) -> string;", (4, 13), "`b` is opt"),
        ("record r { a: u8, b: option<u32> }\ngreet: func() -> r;", (4, 1), "`b` is option<u32>"),
        ("record r { a: string }\ngreet: func(x: list<r>) -> u32;", (4, 13), "`a` is string"),
        (
            "variant v { a, b(u8) }\nrecord r { c: u8, v: v }\nrecord s { r: r, d: u8 }\n\
             greet: func(x: s) -> u32;",
            (6, 13),
            "`r.v` is variant { a, b(u8) }, which lies nowhere in C as such",
        ),
        ("greet: func() -> result<u32, string>;", (3, 1), "of a result, `result = \"out\"`"),
        ("greet: func() -> list<u8>;", (3, 1), "nothing tells how long this list is"),
        ("greet: func() -> list<f64>;", (3, 1), "nothing tells how long this list is"),
    ] {
        check(&face(wit), MALFORMED, place, message);
    }
    check(
        &face("resource r;\ngreet: func(x: borrow<r>) -> string;"),
        MALFORMED,
        (4, 13),
        "a face has no borrow",
    );
}

/// Types and functions that are too many together.
#[test]
fn what_is_too_large() {
    let large = |functions: usize, ty: &str| {
        let fields: String = (0..900).map(|i| format!("a{i}: u8, ")).collect();
        let cases: String = (0..900).map(|i| format!("c{i}, ")).collect();
        let functions: String = (0..functions).map(|i| format!("g{i}: func(x: {ty});\n")).collect();
        let face = format!(
            "convention = 'c'\nwit = '''\nrecord r {{ {fields} }}\nenum e {{ {cases} }}\n\
             variant v {{ {cases} }}\n{functions}'''"
        );
        wrong(&face).to_string()
    };
    assert!(large(50, "r").contains("the core exports no such function"));
    assert!(large(200, "r").contains("the types of the face are too large"));
    assert!(large(200, "e").contains("the types of the face are too large"));
    assert!(large(200, "v").contains("the types of the face are too large"));
    assert!(large(10_001, "u8").contains("a face has up to 10000 functions"));
}

/// Forms that do not go together, or that nothing could free or read.
#[test]
fn what_does_not_go_together() {
    let check = |face: &str, place: (usize, usize), message: &str| {
        check(face, MALFORMED, place, message);
    };
    check("convention = 'c'\nwithin = 'prefixed'", (2, 11), "is one of pointer-length, nul");
    let face = |settings: &str, wit: &str| format!("convention = {settings}\nwit = '''\n{wit}'''");
    let pair = "record r { a: u32, b: string }\ngreet: func(x: r) -> u32;";
    check(&face("'c'\ntext = 'struct'", pair), (5, 13), "text in records and arrays is");
    let texts = "greet: func(x: list<string>) -> u32;";
    check(&face("'c'\ntext = 'prefixed'", texts), (4, 13), "text in records and arrays is");
    check(&face("'c'\nowner = 'callee'", texts), (2, 10), "which the guest cannot free");
    check(
        &face("'c'\nowner = 'callee'\nresult = 'buffer'", "greet: func(x: string) -> string;"),
        (2, 10),
        "it may be called twice",
    );
    check(
        &face("'canonical'", "greet: func() -> option<string>;"),
        (3, 1),
        "the convention canonical has no form for option<string> here",
    );
    let words: Vec<_> = (0..17).map(|i| format!("a{i}: u32")).collect();
    check(
        &face("'canonical'", &format!("greet: func({}) -> u32;", words.join(", "))),
        (3, 1),
        "17 words",
    );
    check(
        &face("'c'", "greet: func(x: string) -> string;\nhi: func(x: string) -> string;")
            .replace("'''", "\"\"\"")
            .replacen(
                "convention",
                "export.hi = { core = 'greet', name = 'greet' }\nconvention",
                1,
            ),
        (5, 1),
        "another export is called `greet` already",
    );
}

/// Text that closes the interface, and goes on with something else.
#[test]
fn what_is_no_body() {
    let check = |wit: &str, place: (usize, usize)| {
        let face = format!("convention = 'c'\nwit = \"\"\"\n{wit}\"\"\"");
        check(&face, MALFORMED, place, "this ends the body of an interface");
    };
    check("a: func();\n} world w {\n export b: func();\n", (4, 1));
    check("record r { a: u32 } }\ninterface b {\n", (3, 21));
    check("// a }\n/* } /* } */ } */ enum e { a } // {\n }\ninterface b {\n", (5, 2));
}

/// What is called once when an instance is made is no export beside that.
#[test]
fn what_begins() {
    let engine = engine(BackEnd::Compiled, Encoding::Utf8);
    let core = r#"(module (func (export "_initialize")))"#;
    let attach = |face: &str| Module::attach(&engine, core.as_bytes(), face);
    let face = "convention = 'c'\nwit = \"\"\"\ninitialize: func();\n\"\"\"\n";
    let Err(error) = attach(face) else { panic!("taken") };
    assert_eq!(error.line_column(), Some((3, 1)), "{error}");
    assert!(error.message().contains("`_initialize` is called once"), "{error}");
    attach(&format!("init = []\n{face}")).unwrap();
}

/// Cores without a memory, or with one that text cannot be taken from, and functions with
/// more values than there can be: nothing of that is an internal error.
#[test]
fn what_a_core_lacks() {
    let engine = engine(BackEnd::Compiled, Encoding::Utf8);
    let funcs = r#"
      (func (export "malloc") (param i32) (result i32) (i32.const 8))
      (func (export "free") (param i32))
      (func (export "to") (param i32) (result i32) (i32.const 0))
      (func (export "of") (result i32) (i32.const 0))
      (func (export "two") (param i32 i32) (result i64) (i64.const 0))"#;
    let types = "record pair { a: u32, b: u32 }";
    let functions = [
        "to: func(a: string) -> u32;",
        "to: func(a: pair) -> u32;",
        "to: func(a: option<string>) -> u32;",
        "of: func() -> string;",
        "of: func() -> option<string>;",
        "two: func(a: list<u8>) -> list<u8>;",
        "two: func(a: list<string>) -> list<string>;",
        "result = 'pair'|of: func() -> pair;",
        "result = 'pair'|of: func() -> string;",
        "result = 'out'|to: func() -> u32;",
        "result = 'out'|to: func() -> pair;",
        "result = 'area'|to: func() -> pair;",
        "result = 'prefixed'|of: func() -> string;",
    ];
    let memories = [
        ("", "the core has none"),
        ("(memory 1 1 shared)", "the core's memory is shared"),
        ("(memory i64 1)", "the core's memory is one of 64 bits"),
    ];
    for (memory, message) in memories {
        for function in functions {
            let (settings, function) = function.split_once('|').unwrap_or(("", function));
            let settings = format!("convention = 'c'\n{settings}\nfree-pair = 'free'");
            let face = format!("{settings}\nwit = '''\n{types}\n{function}'''");
            let core = format!("(module {funcs} {memory})");
            let Err(error) = Module::attach(&engine, core.as_bytes(), &face) else {
                panic!("taken: {face}")
            };
            assert!(error.message().contains(message), "{memory} {face}: {error}");
            assert!(error.line_column().is_some(), "{error}");
        }
    }
    for (count, each) in [(600, "string"), (999, "string"), (400, "option<string>")] {
        let params: Vec<_> = (0..count).map(|i| format!("a{i}: {each}")).collect();
        let core = format!(
            "(module {funcs} (memory 1) (func (export \"many\") (param {})))",
            "i32 ".repeat(count)
        );
        let face = format!("convention = 'c'\nwit = '''\nmany: func({});'''", params.join(", "));
        let Err(error) = Module::attach(&engine, core.as_bytes(), &face) else { panic!("taken") };
        assert!(error.message().contains("many: too many values"), "{error}");
        assert_eq!(error.line_column(), Some((3, 1)), "{error}");
    }
}

/// What is no core module, or has types already.
#[test]
fn other_modules() {
    let engine = engine(BackEnd::Compiled, Encoding::Utf8);
    let attach = |module: &str| match Module::attach(&engine, module.as_bytes(), "convention = 'c'")
    {
        Ok(_) => panic!("{module}"),
        Err(error) => error.to_string(),
    };
    let typed = "(module (func $f) (@interface func (export \"f\") call-core $f))";
    assert!(attach(typed).contains("it needs no face"));
    assert!(attach("(component)").contains("component"));
    let plug_in = r#"(module (import "extism:host/env" "input_length" (func (result i64))))"#;
    assert!(attach(plug_in).contains("a plug-in for Extism"));
}

/// Faces in which something was exchanged, left out or doubled: none is a panic, and
/// what is taken can be loaded.
#[test]
fn damaged_faces() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    let words = [
        "pointer-length",
        "nul",
        "struct",
        "prefixed",
        "values",
        "packed",
        "area",
        "area-last",
        "pair",
        "out",
        "length-out",
        "buffer",
        "last",
        "in-place",
        "same-length",
        "utf16",
        "callee",
        "string",
        "u32",
        "u64",
        "bool",
        "char",
        "list<u8>",
        "list<string>",
        "option<string>",
        "point",
        "result<point, string>",
        "free",
        "malloc",
        "greet_packed",
        "sum_points",
        "canonical",
        "assemblyscript",
        "c",
    ];
    let mut taken = 0;
    for folder in ["c-clang-nostdlib", "c-clang-wasi", "rust-plain", "assemblyscript"] {
        let (wasm, face) = (
            file(&format!("{folder}/guest.wasm")),
            crate::support::text(&format!("{folder}/face.toml")),
        );
        for _ in 0..400 {
            let mut damaged = face.clone();
            for _ in 0..=next(3) {
                // A word for another, or a line away or twice.
                let lines: Vec<&str> = damaged.lines().collect();
                let at = next(lines.len());
                let line = lines[at];
                let new = match next(4) {
                    0 => String::new(),
                    1 => format!("{line}\n{line}"),
                    _ => {
                        let found =
                            words.iter().filter(|word| line.contains(**word)).collect::<Vec<_>>();
                        match found.get(next(found.len())) {
                            Some(word) => line.replacen(**word, words[next(words.len())], 1),
                            None => line.to_owned(),
                        }
                    }
                };
                let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
                lines[at] = new;
                damaged = lines.join("\n");
            }
            match witrt::tools::attach(&wasm, &damaged) {
                Ok(_) => taken += 1,
                Err(error) => {
                    let told = error.line_column().is_some()
                        || error.kind() == ErrorKind::InvalidInterface;
                    assert!(told && error.kind() != ErrorKind::Panic, "{error}\n{damaged}");
                }
            }
        }
    }
    assert!(taken > 100, "{taken}");
}

/// What AssemblyScript cannot carry, and what is not of its classes.
#[test]
fn assemblyscript() {
    let engine = engine(BackEnd::Compiled, Encoding::Utf16);
    let core = file("assemblyscript/guest.wasm");
    let check = |settings: &str, function: &str, message: &str| {
        let face =
            format!("convention = 'assemblyscript'\n{settings}\nwit = '''\n{function};\n'''");
        let error = match Module::attach(&engine, &core, &face) {
            Ok(_) => panic!("taken: {face}"),
            Err(error) => error,
        };
        assert!(error.line_column().is_some(), "{error}");
        assert!(error.message().contains(message), "{error}");
    };
    let sum = "sum: func(all: list<f64>) -> f64";
    check("", sum, "sum.all: list<f64> needs the number of its class");
    check("ids = { 'list<f64>' = 4 }", sum, "class 4 of the core is none of list<f64>");
    check("ids = { 'list<f64>' = 2 }", sum, "class 2 of the core is none of list<f64>");
    check("ids = { 'list<f64>' = 8 }", sum, "class 8 of the core is none of list<f64>");
    check("ids = { 'list<f64>' = 4_000 }", sum, "class 4000 of the core is none");
    check("ids = { 'list<f64>' = -1 }", sum, "a class is a number");
    check("ids = 5", sum, "`ids` is a table");
    check("ids = { 'sum.al' = 5 }", sum, "is called `sum.al`");
    check("ids = { 'list<f32>' = 5 }", sum, "is called `list<f32>`");
    check("ids = { 'list<f64>' = 5 }\nreferences = ['sum']", sum, "sum: a reference is a u32");
    check("optional = ['sun']", sum, "no export of this face is called `sun`");
    let parse = "parse: func(text: string) -> tuple<s32, s32, string>";
    check("", parse, "parse: a record needs the number of its class");
    check("ids = { parse = 5 }", parse, "class 5 of the core is no record");
    let parts = "parse: func(text: string) -> tuple<s32, list<u8>>";
    check("ids = { parse = 10 }", parts, "assemblyscript has no form for tuple<s32, list<u8>>");
    check("", "norm: func(p: tuple<s32, s32>) -> s32", "norm.p: a record needs the number");
    let version = "version: func() -> string";
    check("encoding = 'utf8'", version, "text of AssemblyScript is UTF-16");
    check("text = 'nul'", version, "which have one form");
    check("free = '__unpin'", version, "nobody frees them");
    check("runtime = 'fast'", version, "minimal, incremental, stub");
    check("", "hello: func() -> string", "export hello: the core function is");
}
