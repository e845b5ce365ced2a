//! Writes the regular families of the C API as plain Rust, because the header's
//! generator does not see through macros; generates the header into the build's
//! output folder, where a test compares it with `include/witrt.h`; and names
//! the shared object.

use anyhow::{Context, Result};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "src/capi/header/families.rs"]
mod families;
#[allow(dead_code)] // the crate uses the rest
#[path = "src/types/scalar.rs"]
mod scalar;

use scalar::{Class, Kind, Sign, ValType};

fn main() -> Result<()> {
    for path in ["build.rs", "cbindgen.toml", "src/capi", "src/error.rs", "src/types/scalar.rs"] {
        println!("cargo::rerun-if-changed={path}");
    }
    println!("cargo::rustc-check-cfg=cfg(cbindgen)");
    name_shared_object();
    let out = PathBuf::from(env::var_os("OUT_DIR").context("cargo sets OUT_DIR")?);
    let mut pieces = Vec::new();
    for (name, mut text) in families::pieces(&read("src/error.rs")?) {
        if name == "values" {
            text += &enumeration();
        }
        let file = out.join(name).with_extension("rs");
        write(&file, &text)?;
        pieces.push(file);
    }
    write(&out.join("witrt.h"), &header(&pieces)?)
}

/// While the version is 0.x, minor versions differ in their ABI.
fn name_shared_object() {
    let version = |part: &str| env::var(format!("CARGO_PKG_VERSION_{part}")).unwrap_or_default();
    let number = format!("{}.{}", version("MAJOR"), version("MINOR"));
    match env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("macos" | "ios") => {
            println!(
                "cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libwitrt.{number}.dylib"
            );
        }
        // The name of a DLL is that of its file.
        Ok("windows") => {}
        _ => println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libwitrt.so.{number}"),
    }
}

/// The files of the C API in the order of the header.
const SOURCES: [&str; 27] = [
    "version",
    "base/report",
    "error",
    "engine",
    "base/cell",
    "store",
    "base/value",
    "value",
    "resource",
    "base/text",
    "string",
    "types",
    "reflect",
    "importtype",
    "trap",
    "module",
    "func",
    "field",
    "slot",
    "prepared",
    "prepare_fields",
    "callback",
    "callback_fields",
    "externs",
    "instance",
    "linker",
    "wasi",
];

fn header(pieces: &[PathBuf]) -> Result<String> {
    let config = cbindgen::Config::from_file("cbindgen.toml")
        .map_err(anyhow::Error::msg)
        .context("reading cbindgen.toml")?;
    let mut builder = cbindgen::Builder::new()
        .with_config(config)
        .with_header(read("src/capi/header/top.h")?.trim_end())
        .with_after_include(format!("\n{}", before_types()?))
        .with_trailer(bottom()?);
    for piece in pieces {
        builder = builder.with_src(piece);
    }
    for name in SOURCES {
        builder = builder.with_src(format!("src/capi/{name}.rs"));
    }
    let mut text = Vec::new();
    builder.generate().context("making the header of src/capi")?.write(&mut text);
    String::from_utf8(text).context("a header is text")
}

/// The version macros and what has to stand before the types.
fn before_types() -> Result<String> {
    let part = |name: &str| env::var(format!("CARGO_PKG_VERSION{name}")).unwrap_or_default();
    let version = format!(
        "/// The version of this header; compare `witrt_version()`.
#define WITRT_VERSION \"{}\"
#define WITRT_VERSION_MAJOR {}
#define WITRT_VERSION_MINOR {}
#define WITRT_VERSION_PATCH {}
",
        part(""),
        part("_MAJOR"),
        part("_MINOR"),
        part("_PATCH")
    );
    Ok(version + "\n" + read("src/capi/header/middle.h")?.trim_end())
}

/// Macros and inline functions, some of them from loops.
fn bottom() -> Result<String> {
    let mut valtypes = String::new();
    for Kind { name, class, .. } in kinds() {
        // What is in these has to be said.
        if *class == Class::Composite {
            continue;
        }
        let upper = name.to_uppercase();
        let _ = write!(
            valtypes,
            "static inline wasm_valtype_t *wasm_valtype_new_{name}(void) {{
  return wasm_valtype_new(WASM_{upper});
}}
"
        );
    }
    let [initializers, functions, calls] = initializers();
    let mut functypes = String::new();
    for params in 0..4 {
        for results in 0..3 {
            functype(&mut functypes, params, results);
        }
    }
    let text = read("src/capi/header/bottom.h")?;
    let text = text.replace("@VALTYPES@\n", &valtypes).replace("@FUNCTYPES@\n", &functypes);
    let text = text.replace("@INITIALIZERS@\n", &initializers).replace("@FUNCTIONS@\n", &functions);
    Ok(text.replace("@CALLS@\n", &calls).trim_end().into())
}

/// The kinds that values can have.
fn kinds() -> impl Iterator<Item = &'static Kind> {
    ValType::ALL.iter().filter(|ty| ty.has_values()).map(|ty| ty.kind())
}

/// What makes values of numbers: in C, in C++, and how that is called.
fn initializers() -> [String; 3] {
    let mut text: [String; 3] = Default::default();
    for Kind { name, class, .. } in kinds() {
        let Class::Number(bits, sign) = class else { continue };
        let (argument, ty) = match sign {
            Sign::Float => ("z", format!("float{bits}_t")),
            Sign::Unsigned => ("i", format!("uint{bits}_t")),
            Sign::Core | Sign::Signed => ("i", format!("int{bits}_t")),
        };
        let upper = name.to_uppercase();
        let define = format!("#define WASM_{upper}_VAL({argument})");
        let [initializers, functions, calls] = &mut text;
        let _ = writeln!(
            initializers,
            "{define} {{.kind = WASM_{upper}, .of = {{.{name} = {argument}}}}}"
        );
        let _ = writeln!(functions, "WITRT_VAL({name}, WASM_{upper}, {ty})");
        let _ = writeln!(calls, "{define} witrt_val_{name}({argument})");
    }
    text
}

/// The enumeration of kinds, and their names.
fn enumeration() -> String {
    let mut text = String::from(
        "
/// The kinds of values. Those from 128 on are references.
#[repr(C)]
pub enum wasm_valkind_enum {
",
    );
    for Kind { about, name, number, .. } in kinds() {
        let _ = writeln!(text, "    /// {about}\n    WASM_{} = {number},", name.to_uppercase());
    }
    text += "    /// No value: of a case without a payload.
    WASM_NONE = 37,
    /// Of the elements of a list: values with a kind each.
    WASM_VAL = 38,
}

/// The name of a kind of values.
pub fn value_kind_name(kind: u8) -> Option<&'static CStr> {
    Some(match kind {
";
    for Kind { name, number, .. } in kinds() {
        let _ = writeln!(text, "        {number} => c\"{name}\",");
    }
    text + "        _ => return None,\n    })\n}\n"
}

fn functype(text: &mut String, params: usize, results: usize) {
    let names = |letter: char, count: usize| (1..=count).map(move |i| format!("{letter}{i}"));
    let all: Vec<_> = names('p', params).chain(names('r', results)).collect();
    let arguments: Vec<_> = all.iter().map(|name| format!("wasm_valtype_t *{name}")).collect();
    let arguments = if all.is_empty() { "void".to_owned() } else { arguments.join(", ") };
    let _ = writeln!(
        text,
        "static inline wasm_functype_t *wasm_functype_new_{params}_{results}({arguments}) {{"
    );
    let lists = [("params", 'p', params), ("results", 'r', results)];
    for (list, letter, count) in lists {
        let _ = writeln!(text, "  wasm_valtype_vec_t {list};");
        if count > 0 {
            let _ = writeln!(text, "  wasm_valtype_t *{list}_[{count}];");
        }
        let _ = letter;
    }
    for (list, letter, count) in lists {
        for (i, name) in names(letter, count).enumerate() {
            let _ = writeln!(text, "  {list}_[{i}] = {name};");
        }
        let _ = match count {
            0 => writeln!(text, "  wasm_valtype_vec_new_empty(&{list});"),
            _ => writeln!(text, "  wasm_valtype_vec_new(&{list}, {count}, {list}_);"),
        };
    }
    *text += "  return wasm_functype_new(&params, &results);\n}\n";
}

fn read(path: &str) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("reading {path}"))
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}
