#!/bin/sh
# RUSTC: Debian's rustc-web 1.96 with rust-web-src, whose sources std is built of; lld-22; a Cargo.toml
# with wasm-bindgen = "=$2", crate-type = ["cdylib"], and in the release profile opt-level = "s",
# lto = true, codegen-units = 1, panic = "abort".
#   build.sh today 0.2.130 guest.wasm;  build.sh mvp 0.2.130 guest-mvp.wasm;  build.sh mvp 0.2.92 guest-0.2.92.wasm
# guest-0.2.100.wasm: Rust 1.95 as it comes from rustup, without -Zbuild-std.
# guest.wasm went through `wasm-opt -Os --strip-debug` of binaryen 132, too.
set -e
export RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-22
[ "$1" = mvp ] && CPU=-Ctarget-cpu=mvp
RUSTFLAGS="--remap-path-prefix=$($RUSTC --print sysroot)/lib/rustlib/src/rust=rust --remap-path-prefix=$HOME/.cargo=cargo $CPU" \
  cargo build --release --target wasm32-unknown-unknown -Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size
cargo install --locked "wasm-bindgen-cli@$2"
wasm-bindgen --target nodejs --out-dir out target/wasm32-unknown-unknown/release/guest.wasm
cp out/guest_bg.wasm "$3"
