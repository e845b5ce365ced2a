//! Faces: real ones with any values, real ones that are damaged, and any face for a core
//! that is made to fit it.
//!
//! What guests that count it have allocated is given back after each call. Whatever else
//! a face says and its core does ends in values of the right types, or in an error.

use super::Bytes;
use super::components::{check, value};
use std::fmt::Write;
use std::sync::{LazyLock, Mutex};
use witrt::wit::Type;
use witrt::{
    BackEnd, Encoding, Engine, Error, ErrorKind, ExternType, Func, FuncType, Instance, Linker,
    Module, Store, Val, ValType, Wasi, tools,
};

/// One for each way to run, and encoding of hosts.
static ENGINES: LazyLock<[Engine; 3]> = LazyLock::new(|| {
    let compiled = BackEnd::Compiled;
    let all = [
        (compiled, Encoding::Utf8),
        (compiled, Encoding::Utf16),
        (BackEnd::Reference, Encoding::Utf16),
    ];
    all.map(|(back_end, encoding)| {
        let mut config = super::config();
        config.back_end(back_end).host_encoding(encoding);
        config.consume_fuel(true).max_memory_bytes(16 << 20);
        Engine::new(&config).expect("the options fit")
    })
});

/// A module of a real tool, with its face.
struct Real {
    wasm: &'static [u8],
    face: &'static str,
    /// What it has allocated at most while nothing is called, if it counts that.
    live: Option<u32>,
    /// Functions that are not called here: they take addresses, and return what is to be
    /// freed.
    not: &'static [&'static str],
}

macro_rules! real {
    ($folder:literal, $wasm:literal) => {
        Real {
            wasm: include_bytes!(concat!("../../tests/attach/", $folder, "/", $wasm)),
            face: include_str!(concat!("../../tests/attach/", $folder, "/face.toml")),
            live: None,
            not: &[],
        }
    };
}

static REAL: [Real; 6] = [
    Real { live: Some(0), ..real!("c-clang-nostdlib", "guest.wasm") },
    real!("rust-plain", "guest.wasm"),
    real!("assemblyscript", "guest-minimal.wasm"),
    real!("assemblyscript-counted", "guest.wasm"),
    Real { live: Some(0), not: &["point-", "parse"], ..real!("wasm-bindgen", "guest-mvp.wasm") },
    // Once it makes a list of its free references.
    Real { live: Some(512), not: &["point-", "parse"], ..real!("wasm-bindgen", "guest.wasm") },
];

/// Does what the bytes say.
///
/// # Panics
///
/// Where something is left allocated, or a value is not one of its type.
pub fn play(data: &[u8]) {
    let mut bytes = Bytes(data);
    match bytes.below(4) {
        0 => real(&mut bytes),
        1 => damaged(&mut bytes),
        _ => made(&mut bytes),
    }
}

/// An instance with host functions whose answers are made beforehand; `None` where it
/// traps at once, or asks for more than functions.
fn start(store: &mut Store, module: &Module, bytes: &mut Bytes<'_>) -> Option<Instance> {
    let _ = store.set_fuel(10_000_000);
    store.set_wasi(&Wasi::new()).expect("it has no context yet");
    let mut linker = Linker::new();
    for import in module.imports() {
        if import.module.starts_with("wasi") {
            continue;
        }
        let ExternType::Func(ty) = &import.ty else { return None };
        let (_, results) = types(ty);
        let answer = results.first().map(|ty| Mutex::new(value(bytes, ty, 3)));
        let func = Func::new(&mut *store, ty.clone(), move |_, _, results| {
            if let (Some(answer), [result, ..]) = (&answer, results) {
                *result = answer.lock().expect("nobody panics with it").clone();
            }
            Ok(())
        });
        linker.define(&import.module, &import.name, func);
    }
    linker.instantiate(store, module).ok()
}

fn types(ty: &FuncType) -> (Vec<Type>, Vec<Type>) {
    // References of core functions are left out.
    let plain = |types: &[ValType]| types.iter().filter_map(|ty| Type::plain(*ty)).collect();
    match ty.signature() {
        Some(signature) => {
            let of = |fields: &witrt::wit::Fields| {
                fields.fields.iter().map(|field| field.ty.clone()).collect()
            };
            (of(&signature.params), of(&signature.results))
        }
        None => (plain(ty.params()), plain(ty.results())),
    }
}

/// Calls a function with any values of its types. What comes back is of its types.
fn call(store: &mut Store, func: &Func, bytes: &mut Bytes<'_>) -> Result<(), Error> {
    let (params, results) = types(func.ty());
    if params.len() != func.ty().params().len() && func.ty().signature().is_none() {
        return Ok(());
    }
    let args: Vec<_> = params.iter().map(|ty| value(bytes, ty, 3)).collect();
    let mut found = vec![Val::Bool(false); results.len()];
    func.call(&mut *store, &args, &mut found).inspect_err(|error| {
        assert!(!error.message().is_empty());
    })?;
    results.iter().zip(&found).for_each(|(ty, val)| check(&*store, ty, val));
    Ok(())
}

/// A real module, called with anything.
fn real(bytes: &mut Bytes<'_>) {
    type Modules = [[Option<Module>; ENGINE_COUNT]; REAL.len()];
    const ENGINE_COUNT: usize = 3;
    // The library may be without faces.
    static MODULES: LazyLock<Modules> = LazyLock::new(|| {
        std::array::from_fn(|at| {
            std::array::from_fn(|engine| {
                match Module::attach(&ENGINES[engine], REAL[at].wasm, REAL[at].face) {
                    Ok(module) => Some(module),
                    Err(error) if error.kind() == ErrorKind::Unsupported => None,
                    Err(error) => panic!("{error}"),
                }
            })
        })
    });
    let at = bytes.below(REAL.len());
    let (real, engine) = (&REAL[at], bytes.below(ENGINE_COUNT));
    let Some(module) = &MODULES[at][engine] else { return };
    let mut store = Store::new(&ENGINES[engine]);
    let instance = start(&mut store, module, bytes).expect("it starts");
    let is_plain_c = real.live == Some(0) && real.not.is_empty();
    for _ in 0..6 {
        let export = module.exports().nth(bytes.below(module.exports().len())).expect("below");
        if real.not.iter().any(|not| export.name.starts_with(not)) {
            continue;
        }
        let func = instance.func(&mut store, &export.name).expect("it is exported");
        if let Err(error) = call(&mut store, &func, bytes) {
            // Frames of the guest that are gone may have had something, but those of
            // plain C have nothing when they trap without having called the host.
            let runs = error.kind() == ErrorKind::Trap;
            if runs && !is_plain_c || export.name == "run" {
                return;
            }
        }
        if let Some(most) = real.live {
            let live = instance.func(&mut store, "live-bytes").expect("it is exported");
            let mut found = [Val::Bool(false)];
            live.call(&mut store, &[], &mut found).expect("it only tells");
            let Val::U32(found) = found[0] else { panic!("it is a number") };
            assert!(found == 0 || found == most, "{} left by {}", found, export.name);
        }
    }
}

/// Words of faces.
const WORDS: [&str; 24] = [
    "convention = \"canonical\"",
    "convention = \"assemblyscript\"",
    "convention = \"wasm-bindgen\"",
    "text = \"nul\"",
    "text = \"struct\"",
    "result = \"area\"",
    "result = \"buffer\"",
    "result = \"in-place\"",
    "result = \"packed\"",
    "result = \"out\"",
    "encoding = \"utf16\"",
    "owner = \"callee\"",
    "free = \"free(pointer, count, 4294967295)\"",
    "alloc = \"greet(size)\"",
    "before = \"live_bytes\"",
    "init = [\"boom\"]",
    "core = \"memory\"",
    "name = \"\"",
    "[export.greet]",
    "list<string>",
    "option<u64>",
    "result<string, string>",
    "\"\"\"",
    "ids = { \"list<u8>\" = 2 }",
];

/// A real face that is no longer what it was, for its module or another, which may have
/// other bytes in some places, too.
fn damaged(bytes: &mut Bytes<'_>) {
    // The small ones: each has to be compiled anew.
    let at = bytes.below(4);
    let other = if bytes.below(4) == 0 { bytes.below(REAL.len()) } else { at };
    let mut lines: Vec<String> = REAL[other].face.lines().map(String::from).collect();
    for _ in 0..1 + bytes.below(4) {
        let i = (bytes.below(256) * 256 + bytes.below(256)) % lines.len();
        let word = WORDS[bytes.below(WORDS.len())];
        match bytes.below(6) {
            0 => lines.truncate(i + 1),
            1 => lines[i] = String::new(),
            2 => lines[i] = word.to_owned(),
            3 => lines.insert(i, word.to_owned()),
            4 => {
                let from = lines[bytes.below(lines.len())].clone();
                lines[i] = from;
            }
            _ => {
                let mut line: Vec<char> = lines[i].chars().collect();
                if !line.is_empty() {
                    let at = bytes.below(line.len());
                    line[at] = ['(', ')', '<', '>', ':', ',', '"', '-', '0', '\u{7f}', 'é', '\0']
                        [bytes.below(12)];
                }
                lines[i] = line.into_iter().collect();
            }
        }
    }
    let mut wasm = REAL[at].wasm.to_vec();
    for _ in 0..bytes.below(8).saturating_sub(5) {
        let at = usize::from(bytes.byte()) << 8 | usize::from(bytes.byte());
        let at = 8 + at % (wasm.len() - 8);
        wasm[at] ^= 1 << bytes.below(8);
    }
    let engine = &ENGINES[bytes.below(ENGINES.len())];
    match Module::attach(engine, &wasm, &lines.join("\n")) {
        Ok(module) => anything(&module, bytes),
        Err(error) => {
            assert!(!error.message().is_empty());
            assert!(!error.message().contains("internal"), "{error}\n{}", lines.join("\n"));
        }
    }
    if let Ok(guess) = tools::guess(&wasm) {
        assert!(guess.contains("convention"));
    }
}

/// Some calls, whatever they do.
fn anything(module: &Module, bytes: &mut Bytes<'_>) {
    let mut store = Store::new(module.engine());
    let Some(instance) = start(&mut store, module, bytes) else { return };
    let _ = store.set_fuel(100_000);
    for _ in 0..4 {
        let count = module.exports().len();
        let Some(export) = module.exports().nth(bytes.below(count)) else { return };
        let Ok(func) = instance.func(&mut store, &export.name) else { continue };
        let _ = call(&mut store, &func, bytes);
    }
}

/// A function of a face that is made, and the core function that it is.
struct Made {
    name: String,
    params: Vec<String>,
    result: Option<String>,
    /// The core's parameters and results, as core text has them.
    core: [Vec<String>; 2],
    /// What it does.
    body: Vec<u8>,
    settings: String,
}

/// Any type, as WIT has it; those that need a name are put into `named`.
fn any_type(bytes: &mut Bytes<'_>, named: &mut Vec<String>, depth: usize) -> String {
    const PLAIN: [&str; 14] = [
        "string", "bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64",
        "char", "string",
    ];
    let plain = PLAIN[bytes.below(PLAIN.len())].to_owned();
    if depth == 0 {
        return plain;
    }
    match bytes.below(12) {
        0..5 => plain,
        5 | 6 => format!("list<{}>", any_type(bytes, named, depth - 1)),
        7 => format!("option<{}>", any_type(bytes, named, depth - 1)),
        8 => format!("result<{}, string>", any_type(bytes, named, depth - 1)),
        9 => format!("tuple<{plain}, {}>", any_type(bytes, named, depth - 1)),
        10 => {
            let (a, b) = (any_type(bytes, named, depth - 1), plain);
            named.push(format!("record r{} {{ a: {a}, b: {b} }}", named.len()));
            format!("r{}", named.len() - 1)
        }
        _ => {
            let kind = ["enum", "flags"][bytes.below(2)];
            named.push(format!("{kind} r{} {{ a, b, c }}", named.len()));
            format!("r{}", named.len() - 1)
        }
    }
}

/// Rules that a function may have, with their values.
const RULES: [(&str, &[&str]); 10] = [
    ("text", &["pointer-length", "nul", "struct", "prefixed"]),
    (
        "result",
        &[
            "values",
            "nul",
            "packed",
            "packed-low",
            "area",
            "area-last",
            "pair",
            "out",
            "length-out",
            "buffer",
            "prefixed",
            "last",
            "in-place",
            "same-length",
        ],
    ),
    ("within", &["pointer-length", "nul"]),
    ("error", &["pointer-length", "nul", "struct", "prefixed"]),
    ("encoding", &["utf8", "utf16", "latin1"]),
    ("owner", &["caller", "callee"]),
    ("result-owner", &["caller", "static", "borrowed"]),
    ("records", &["pointer", "flat"]),
    ("before", &["nothing"]),
    ("after", &["nothing"]),
];

fn made_function(
    bytes: &mut Bytes<'_>,
    named: &mut Vec<String>,
    name: String,
    table: &str,
) -> Made {
    let params = (0..bytes.below(4)).map(|_| any_type(bytes, named, 2)).collect();
    let result = (bytes.below(4) > 0).then(|| any_type(bytes, named, 2));
    let mut settings = format!("[{table}.{name}]\n");
    for (rule, values) in RULES {
        if bytes.below(5) == 0 {
            let _ = writeln!(settings, "{rule} = \"{}\"", values[bytes.below(values.len())]);
        }
    }
    let body = (0..6).map(|_| bytes.byte()).collect();
    Made { name, params, result, core: Default::default(), body, settings }
}

/// The types of a function as core text has them.
fn core_type(made: &Made) -> String {
    let [params, results] = &made.core;
    format!("(param {}) (result {})", params.join(" "), results.join(" "))
}

/// What every core has: text at known places, and what conventions allocate with, which
/// may lie.
fn core(exports: &[Made], imports: &[Made], lie: usize) -> String {
    let mut text = "(module\n".to_owned();
    for import in imports {
        let (name, ty) = (&import.name, core_type(import));
        let _ = writeln!(text, "(import \"host\" \"{name}\" (func ${name} {ty}))");
    }
    let lie = [
        "",
        "",
        "",
        "(return (i32.const 0))",
        "(return (i32.const -8))",
        "(return (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 3)))",
        "(if (i32.gt_u (global.get $next) (i32.const 4400)) (then unreachable))",
        "(drop (memory.grow (i32.const 1)))",
    ][lie];
    let _ = write!(
        text,
        r#"
(memory (export "memory") 1 20)
(table $kept (export "__wbindgen_externrefs") 128 externref)
(global $next (mut i32) (i32.const 4096))
(data (i32.const 16) "plain\00caf\c3\a9 \f0\9f\a6\80\00\ff\00")
(data (i32.const 64) "\02\00\00\00\06\00\00\00a\00\e9\00c\00\00\00\3d\d8\00\00")
(data (i32.const 128) "\10\00\00\00\05\00\00\00\16\00\00\00\0b\00\00\00\00\00\00\00\01\00\00\00")
(func $nothing (export "nothing"))
(func $malloc (export "malloc") (param i32) (result i32)
  {lie}
  (global.get $next)
  (global.set $next (i32.and (i32.const 0xffff)
    (i32.add (global.get $next) (i32.and (i32.add (local.get 0) (i32.const 15)) (i32.const -16))))))
(func (export "free") (param i32))
(func (export "last_ptr") (result i32) (i32.const 16))
(func (export "last_len") (result i32) (i32.const 5))
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (call $malloc (local.get 3)))
(func (export "__wbindgen_malloc") (param i32 i32) (result i32) (call $malloc (local.get 0)))
(func (export "__wbindgen_free") (param i32 i32 i32))
(func (export "__wbindgen_exn_store") (param i32))
(func (export "__externref_table_alloc") (result i32) (i32.const 7))
(func (export "__externref_table_dealloc") (param i32))
(func (export "__externref_drop_slice") (param i32 i32))
(func (export "__new") (param i32 i32) (result i32) (local i32)
  (local.set 2 (i32.add (call $malloc (i32.add (local.get 0) (i32.const 20))) (i32.const 20)))
  (i32.store (i32.sub (local.get 2) (i32.const 8)) (local.get 1))
  (i32.store (i32.sub (local.get 2) (i32.const 4)) (local.get 0))
  (local.get 2))
(func (export "__pin") (param i32) (result i32) (local.get 0))
(func (export "__unpin") (param i32))
(func (export "__collect"))
"#
    );
    for made in exports {
        let _ = writeln!(text, "(func (export \"{}\") {}", made.name, core_type(made));
        text += &body(made, imports);
        text += ")\n";
    }
    text + ")"
}

/// What a core function does: writes to where its arguments say, calls a host function,
/// and returns what may be an address, or an argument.
fn body(made: &Made, imports: &[Made]) -> String {
    let mut bytes = Bytes(&made.body);
    let [params, results] = &made.core;
    let constant = |ty: &str, bytes: &mut Bytes<'_>| match ty {
        "i32" => {
            let known = ["0", "1", "16", "22", "72", "128", "-1", "65535", "5", "2147483647"];
            let byte = bytes.byte();
            let known = match byte {
                // The first that are no case, and no character.
                250.. => ["3", "2", "0x110000", "0xd800", "3", "2"][usize::from(byte - 250)],
                _ => known[usize::from(byte) % known.len()],
            };
            format!("(i32.const {known})")
        }
        "i64" => {
            let known = ["0", "0x1000000005", "0x500000010", "-1"];
            format!("(i64.const {})", known[bytes.below(known.len())])
        }
        "externref" => "(ref.null extern)".to_owned(),
        float => format!("({float}.const {})", ["0", "-1.5", "nan", "1e300"][bytes.below(3)]),
    };
    let mut text = String::new();
    match bytes.below(8) {
        0 => text += "unreachable\n",
        1 => text += "(loop $l (br $l))\n",
        2 | 3 => {
            for (i, _) in params.iter().enumerate().filter(|(_, ty)| *ty == "i32") {
                let _ = writeln!(
                    text,
                    "(i64.store (i32.and (local.get {i}) (i32.const 0xfff0)) \
                     (i64.const 0x500000010))"
                );
            }
        }
        4 | 5 if !imports.is_empty() => {
            let import = &imports[bytes.below(imports.len())];
            let [takes, gives] = &import.core;
            let args: Vec<_> = takes.iter().map(|ty| constant(ty, &mut bytes)).collect();
            let _ = writeln!(text, "(call ${} {})", import.name, args.join(" "));
            text += &"drop\n".repeat(gives.len());
        }
        _ => {}
    }
    for ty in results {
        let same = params.iter().position(|param| param == ty);
        match (same, bytes.below(4)) {
            (Some(i), 0 | 1) => {
                let _ = writeln!(text, "(local.get {i})");
            }
            (_, 2) if ty == "i32" => text += "(call $malloc (i32.const 8))\n",
            _ => text += &constant(ty, &mut bytes),
        }
    }
    text
}

/// The core type that a face needs, as an error tells it, and of which function.
fn needed(message: &str) -> Option<(&str, [Vec<String>; 2])> {
    let (_, rest) = message.split_once("port ")?;
    let (name, rest) = rest.split_once(':')?;
    let (_, ty) = rest.rsplit_once("need")?;
    let (params, results) = ty.split_once('(')?.1.split_once(") -> (")?;
    let list =
        |text: &str| text.split(", ").filter(|ty| !ty.is_empty()).map(String::from).collect();
    Some((name, [list(params), list(results.split_once(')')?.0)]))
}

/// Any face, for a core whose functions are what it says that it needs.
fn made(bytes: &mut Bytes<'_>) {
    let mut named = Vec::new();
    let convention = ["c", "canonical", "wasm-bindgen", "assemblyscript"][bytes.below(4)];
    let count = 1 + bytes.below(3);
    let mut exports: Vec<Made> =
        (0..count).map(|i| made_function(bytes, &mut named, format!("f{i}"), "export")).collect();
    let types_of_exports = std::mem::take(&mut named);
    let mut imports: Vec<Made> = (0..bytes.below(3))
        .map(|i| made_function(bytes, &mut named, format!("i{i}"), "import"))
        .collect();
    let wit = |types: &[String], functions: &[Made]| {
        let mut text = types.join("\n");
        for made in functions {
            let params: Vec<_> =
                made.params.iter().enumerate().map(|(i, ty)| format!("p{i}: {ty}")).collect();
            let result = made.result.as_ref().map(|ty| format!(" -> {ty}")).unwrap_or_default();
            let _ = write!(text, "\n{}: func({}){result};", made.name, params.join(", "));
        }
        text
    };
    let settings: String = exports.iter().chain(&imports).map(|made| &*made.settings).collect();
    let last = ["", "last = [\"last_ptr\", \"last_len\"]\n"][bytes.below(2)];
    let ids = if convention == "assemblyscript" { "ids = { \"list<u8>\" = 4 }\n" } else { "" };
    let face = format!(
        "convention = \"{convention}\"\n{ids}{last}wit = '''{}'''\nimports = '''{}'''\n{settings}",
        wit(&types_of_exports, &exports),
        wit(&named, &imports),
    );
    let (lie, engine) = (bytes.below(8), &ENGINES[bytes.below(ENGINES.len())]);
    // Each round mends the type of one function.
    for _ in 0..16 {
        let text = core(&exports, &imports, lie);
        let wasm = tools::assemble(text.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let error = match Module::attach(engine, &wasm, &face) {
            Ok(module) => return anything(&module, bytes),
            Err(error) => error,
        };
        let message = error.message();
        assert!(!message.is_empty() && !message.contains("internal"), "{error}\n{face}\n{text}");
        let Some((name, ty)) = needed(message) else { return };
        let mut all = exports.iter_mut().chain(&mut imports);
        let Some(made) = all.find(|made| made.name == name) else { return };
        if made.core == ty {
            return;
        }
        made.core = ty;
    }
}
