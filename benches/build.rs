//! The contenders that are written in C, for the programs `peers` and `components`.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    #[cfg(feature = "peers")]
    contenders();
}

#[cfg(feature = "peers")]
fn contenders() {
    use std::env::var;
    println!("cargo:rerun-if-changed=src/peers");
    println!("cargo:rerun-if-changed=src/dynamic");
    println!("cargo:rerun-if-changed=../include");
    println!("cargo:rustc-link-search=native={}", var("OUT_DIR").expect("cargo sets it"));
    // The headers that belong to the C API that is linked in.
    let engine = var("DEP_WASMTIME_C_API_INCLUDE").expect("the engine's C API tells it");
    let compile = |name: &str, file: &str, include: &str, defines: &[(&str, &str)]| {
        let mut build = cc::Build::new();
        build.file(file).include(include).std("c11").warnings(true).cargo_metadata(false);
        for (name, value) in defines {
            build.define(name, *value);
        }
        build.compile(name);
    };
    for (name, checked, buffered) in
        [("unchecked", "0", "0"), ("buffered", "0", "1"), ("checked", "1", "0")]
    {
        let defines = [("NAME", name), ("CHECKED", checked), ("BUFFERED", buffered)];
        compile(&format!("peers_{name}"), "src/peers/engine.c", &engine, &defines);
    }
    compile("peers_component", "src/peers/component.c", &engine, &[]);
    compile("peers_ours", "src/peers/ours.c", "../include", &[]);
    compile("peers_count", "src/peers/count.c", "../include", &[]);
    compile("dynamic_engine", "src/dynamic/engine.c", &engine, &[]);
    // Those of this library's are a shared library, which is loaded behind it: what they
    // call has the names of the engine's C API.
    let shared = format!("{}/libdynamic_ours.so", var("OUT_DIR").expect("cargo sets it"));
    let mut c = cc::Build::new();
    c.files(["src/dynamic/values.c", "src/dynamic/structs.c"]).include("../include").std("c11");
    let mut cpp = cc::Build::new();
    cpp.cpp(true).file("src/dynamic/types.cc").include("../include").std("c++17");
    let mut link = cpp.get_compiler().to_command();
    if var("CARGO_CFG_TARGET_VENDOR").as_deref() == Ok("apple") {
        link.args(["-undefined", "dynamic_lookup"]);
    }
    link.arg("-shared").args(c.compile_intermediates()).args(cpp.compile_intermediates());
    let done = link.arg("-o").arg(&shared).status();
    assert!(done.is_ok_and(|status| status.success()), "{link:?}");
    println!("cargo:rustc-env=DYNAMIC_OURS={shared}");
}
