//! The header is current, compiles everywhere, and the library exports exactly
//! what it declares. `make header` makes a new header and a new list (`BLESS=1`).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Compares with a committed file, or rewrites it when asked to.
fn check(path: &Path, actual: &str) {
    if env::var_os("BLESS").is_some() {
        fs::write(path, actual).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    let differs = || {
        let first = expected.lines().zip(actual.lines()).position(|(e, a)| e != a);
        format!(
            "{} is not current from line {:?} on; `make header` updates it",
            path.display(),
            first
        )
    };
    assert!(expected == actual, "{}", differs());
}

#[test]
fn the_header_is_current() {
    let generated = fs::read_to_string(concat!(env!("OUT_DIR"), "/witrt.h")).unwrap();
    check(&root().join("include/witrt.h"), &generated);
}

/// Where to put what the compilers make.
fn scratch(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("header").join(name);
    fs::create_dir_all(&dir).unwrap();
    dir
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed:\n{text}");
}

fn compile(compiler: &str, standard: &str, source: &Path, object: &Path) {
    run(Command::new(compiler)
        .arg(format!("-std={standard}"))
        .args(["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", "-O1", "-c"])
        .arg("-I")
        .arg(root().join("include"))
        .arg("-o")
        .args([object, source]));
}

/// Sizes and offsets that programs compiled against the standard's header rely
/// on, and the macros and helpers in use.
const PROGRAM: &str = r##"
#include "wasm.h"
#include "wasm.h"
#include "witrt.h"
#include FIRST

#define CHECK(name, condition) typedef char check_##name[(condition) ? 1 : -1]
#define IS_64 (sizeof(void *) == 8)

CHECK(val, sizeof(wasm_val_t) == offsetof(wasm_val_t, of) + 8);
CHECK(val_64, !IS_64 || (sizeof(wasm_val_t) == 16 && offsetof(wasm_val_t, of) == 8));
CHECK(val_kind, offsetof(wasm_val_t, kind) == 0);
CHECK(valkind, sizeof(wasm_valkind_t) == 1);
CHECK(externkind, sizeof(wasm_externkind_t) == 1);
CHECK(mutability, sizeof(wasm_mutability_t) == 1);
CHECK(limits, sizeof(wasm_limits_t) == 8 && offsetof(wasm_limits_t, max) == 4);
CHECK(bytes, sizeof(wasm_byte_vec_t) == 2 * sizeof(void *));
CHECK(vals, offsetof(wasm_val_vec_t, data) == sizeof(size_t));
CHECK(element, sizeof(*((wasm_val_vec_t *)0)->data) == sizeof(wasm_val_t));
CHECK(name, sizeof(wasm_name_t) == sizeof(wasm_message_t));
CHECK(string, sizeof(wasm_string_t) == 3 * sizeof(void *) + 8);
CHECK(string_64, !IS_64 || offsetof(wasm_string_t, reserved) == 24);
CHECK(kinds, WASM_I32 == 0 && WASM_I64 == 1 && WASM_F32 == 2 && WASM_F64 == 3);
CHECK(sized, WASM_S8 == 16 && WASM_U8 == 17 && WASM_S16 == 18 && WASM_U16 == 19);
CHECK(wide, WASM_S32 == 20 && WASM_U32 == 21 && WASM_S64 == 22 && WASM_U64 == 23);
CHECK(refs, WASM_STRING == 24 && WASM_EXTERNREF == 128 && WASM_FUNCREF == 129);
CHECK(externs, WASM_EXTERN_FUNC == 0 && WASM_EXTERN_GLOBAL == 1 && WASM_EXTERN_TABLE == 2);
CHECK(more, WASM_EXTERN_MEMORY == 3 && WASM_EXTERN_TAG == 4);
CHECK(var, WASM_CONST == 0 && WASM_VAR == 1);

/* The notation is gone: this is an ordinary name again. */
static int own;

int PART(void);
int PART(void) {
  static const char text[] = "text";
  wasm_string_t strings[] = {
    WASM_STRING_UTF8(text, 4), WASM_STRING_UTF16(NULL, 0), WASM_STRING_LIT("lit"),
    WASM_EMPTY_STRING
  };
  wasm_val_t vals[] = {
    WASM_I32_VAL(-1), WASM_I64_VAL(-1), WASM_F32_VAL(0.5f), WASM_F64_VAL(0.5),
    WASM_S8_VAL(-1), WASM_U8_VAL(1), WASM_S16_VAL(-1), WASM_U16_VAL(1),
    WASM_S32_VAL(-1), WASM_U32_VAL(1), WASM_S64_VAL(-1), WASM_U64_VAL(1),
    WASM_STRING_VAL(&strings[0]), WASM_REF_VAL(NULL), WASM_INIT_VAL
  };
  wasm_val_vec_t vec = WASM_ARRAY_VEC(vals);
  wasm_extern_vec_t none = WASM_EMPTY_VEC;
  assertions();
  wasm_val_init_ptr(&vals[0], &own);
  if (wasm_val_ptr(&vals[0]) != &own) return 1;
  if (vec.size != 15 || none.size != 0 || none.data) return 2;
  if (vals[4].kind != WASM_S8 || vals[4].of.s8 != -1) return 3;
  if (vals[12].of.string->size != 4 || strings[2].size != 3) return 4;
  if (!wasm_valkind_is_num(WASM_U64) || wasm_valkind_is_num(WASM_STRING)) return 5;
  if (wasm_valkind_is_num(WASM_FUNCREF) || !wasm_valkind_is_ref(WASM_FUNCREF)) return 6;
  if (!wasm_valkind_is_string(WASM_STRING) || wasm_valkind_is_ref(WASM_STRING)) return 7;
  if (wasm_limits_max_default != 0xffffffff || MEMORY_PAGE_SIZE != 65536) return 8;
  return own;
}
"##;

const STANDARDS: [(&str, &str); 7] = [
    ("c", "c99"),
    ("c", "c11"),
    ("c", "c17"),
    ("c++", "c++11"),
    ("c++", "c++14"),
    ("c++", "c++17"),
    ("c++", "c++20"),
];

#[test]
fn it_compiles_in_every_standard() {
    for (language, standard) in STANDARDS {
        let dir = scratch(standard);
        let (extension, compiler) = match language {
            "c" => ("c", env::var("CC").unwrap_or_else(|_| "cc".into())),
            _ => ("cc", env::var("CXX").unwrap_or_else(|_| "c++".into())),
        };
        let mut objects = Vec::new();
        // Two translation units, each of which includes everything twice.
        for (part, first) in [("one", "\"witrt.h\""), ("two", "<wasm.h>")] {
            let source = dir.join(part).with_extension(extension);
            let head = format!("#define PART {part}\n#define FIRST {first}\n");
            fs::write(&source, head + PROGRAM).unwrap();
            let object = dir.join(part).with_extension("o");
            compile(&compiler, standard, &source, &object);
            objects.push(object);
        }
        let main = dir.join("main").with_extension(extension);
        let text = "int one(void); int two(void);\nint main(void) { return one() + two(); }\n";
        fs::write(&main, text).unwrap();
        let program = dir.join("program");
        run(Command::new(&compiler)
            .arg(format!("-std={standard}"))
            .arg("-o")
            .args([&program, &main])
            .args(&objects)
            .arg(library()));
        run(Command::new(&program).env(LIBRARY_PATH, named_library()));
    }
}

/// Names without a prefix can be left to the program.
#[test]
fn names_without_a_prefix_can_be_left_out() {
    const PROGRAM: &str = "#define WITRT_PREFIXED_NAMES_ONLY
#include \"witrt.h\"
enum { byte_t, float32_t, float64_t, assertions, MEMORY_PAGE_SIZE, own };
int main(void) { return byte_t; }
";
    let dir = scratch("prefixed");
    let source = dir.join("prefixed.c");
    fs::write(&source, PROGRAM).unwrap();
    compile(
        &env::var("CC").unwrap_or_else(|_| "cc".into()),
        "c99",
        &source,
        &dir.join("prefixed.o"),
    );
}

const LIBRARY_PATH: &str =
    if cfg!(target_os = "macos") { "DYLD_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };

/// The shared library that cargo built beside this test.
fn library() -> PathBuf {
    let test = env::current_exe().unwrap();
    let name = format!("{}witrt{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let path = test.parent().unwrap().join(name);
    assert!(path.exists(), "{} is missing", path.display());
    path
}

/// A folder in which it has the name that programs look for.
fn named_library() -> PathBuf {
    let dir = scratch("lib");
    let version = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));
    let name = match env::consts::OS {
        "macos" => format!("libwitrt.{version}.dylib"),
        _ => format!("libwitrt.so.{version}"),
    };
    // Not `fs::copy`: tests run side by side, and one may have it loaded.
    let (new, target) =
        (dir.join(format!("{name}.new{:?}", std::thread::current().id())), dir.join(name));
    fs::copy(library(), &new).unwrap();
    fs::rename(new, target).unwrap();
    dir
}

/// What the standard declares, written down from its description.
fn standard() -> BTreeSet<String> {
    let types = [
        "valtype",
        "functype",
        "globaltype",
        "tabletype",
        "memorytype",
        "tagtype",
        "externtype",
        "importtype",
        "exporttype",
    ];
    let references = [
        "ref", "trap", "foreign", "module", "func", "global", "table", "memory", "extern",
        "instance",
    ];
    let mut all = BTreeSet::new();
    let mut add = |name: String| assert!(all.insert(format!("wasm_{name}")), "{name} twice");
    let plain = ["config", "engine", "store", "frame", "shared_module"];
    for name in plain.iter().chain(&types).chain(&references) {
        add(format!("{name}_delete"));
    }
    for name in types.iter().chain(&["byte", "val", "frame", "extern"]) {
        for verb in ["new_empty", "new_uninitialized", "new", "copy", "delete"] {
            add(format!("{name}_vec_{verb}"));
        }
    }
    for name in types.iter().chain(&references).chain(&["frame"]) {
        add(format!("{name}_copy"));
    }
    for name in references {
        for verb in ["same", "get_host_info", "set_host_info", "set_host_info_with_finalizer"] {
            add(format!("{name}_{verb}"));
        }
    }
    let mut cast = |derived: &str, base: &str| {
        for end in ["", "_const"] {
            add(format!("{derived}_as_{base}{end}"));
            add(format!("{base}_as_{derived}{end}"));
        }
    };
    references.iter().filter(|name| **name != "ref").for_each(|name| cast(name, "ref"));
    ["func", "global", "table", "memory"].iter().for_each(|name| cast(name, "extern"));
    types[1..6].iter().for_each(|name| cast(name, "externtype"));
    let single = "config_new engine_new engine_new_with_config store_new \
        valtype_new valtype_kind functype_new functype_params functype_results \
        globaltype_new globaltype_content globaltype_mutability \
        tabletype_new tabletype_element tabletype_limits memorytype_new memorytype_limits \
        tagtype_new tagtype_functype externtype_kind \
        importtype_new importtype_module importtype_name importtype_type \
        exporttype_new exporttype_name exporttype_type val_delete val_copy \
        frame_instance frame_func_index frame_func_offset frame_module_offset \
        trap_new trap_message trap_origin trap_trace foreign_new \
        module_new module_validate module_imports module_exports module_serialize \
        module_deserialize module_share module_obtain \
        func_new func_new_with_env func_type func_param_arity func_result_arity func_call \
        global_new global_type global_get global_set \
        table_new table_type table_get table_set table_size table_grow \
        memory_new memory_type memory_data memory_data_size memory_size memory_grow \
        extern_kind extern_type instance_new instance_exports";
    single.split_whitespace().for_each(|name| add(name.to_owned()));
    all
}

#[test]
fn the_standard_is_complete() {
    let standard = standard();
    assert_eq!(standard.len(), 293);
    let exported = listed();
    let missing: Vec<_> = standard.difference(&exported).collect();
    assert!(missing.is_empty(), "not exported: {missing:?}");
    // What is added keeps to the header's rule: values begin with `wasm_`, and all
    // else does not.
    let of_values = |name: &str| {
        let name = name.split_once('_').unwrap_or_default().1;
        ["string_", "list_", "variant_", "resource_"].iter().any(|noun| name.starts_with(noun))
    };
    let added = exported.difference(&standard);
    let odd: Vec<_> = added
        .filter(|name| !name.starts_with(if of_values(name) { "wasm_" } else { "witrt_" }))
        .collect();
    assert!(odd.is_empty(), "against the rule of names: {odd:?}");
}

fn listed() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("include/symbols.txt")).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn the_header_declares_what_is_listed() {
    let header = fs::read_to_string(root().join("include/witrt.h")).unwrap();
    let generated = header.split("The families, for headers").next().unwrap();
    for name in listed() {
        assert!(generated.contains(&format!("{name}(")), "{name} is not declared");
    }
    let declared = generated.matches("\nWASM_API_EXTERN").count();
    assert_eq!(declared, listed().len(), "declared but not listed");
}

/// What the dynamic loader sees.
#[cfg(any(target_os = "linux", target_os = "macos"))]
#[test]
fn the_exported_symbols_are_exactly_the_list() {
    let mut nm = Command::new("nm");
    match env::consts::OS {
        "macos" => nm.args(["-gUj"]),
        _ => nm.args(["-D", "--defined-only", "--format=posix"]),
    };
    let output = nm.arg(library()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let names = text.lines().filter_map(|line| line.split_whitespace().next());
    let names: BTreeSet<_> = match env::consts::OS {
        "macos" => names.map(|name| name.trim_start_matches('_').to_owned()).collect(),
        _ => names.map(str::to_owned).collect(),
    };
    let mut list = String::new();
    for name in &names {
        list += name;
        list += "\n";
    }
    check(&root().join("include/symbols.txt"), &list);
}

/// The name that programs linked with the library will look for.
#[cfg(target_os = "linux")]
#[test]
fn the_shared_object_has_its_name() {
    let output = Command::new("readelf").arg("-d").arg(library()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let version = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));
    let name = format!("[libwitrt.so.{version}]");
    assert!(text.lines().any(|l| l.contains("SONAME") && l.contains(&name)), "{text}");
}
