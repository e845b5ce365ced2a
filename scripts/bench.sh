#!/usr/bin/env bash
# Builds the library and what it is measured against, and prints ratios.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
cargo build --release --locked
case $(uname -s) in
Darwin) library=libwitrt.dylib ;;
*) library=libwitrt.so ;;
esac
# The crate in benches/ takes the features that the library takes: the engine is
# compiled once.
cargo run --release --locked --manifest-path benches/Cargo.toml \
    --bin func_call -- "$target/release/$library"
