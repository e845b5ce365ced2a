#!/usr/bin/env bash
# Builds the library and what it is measured against, and prints ratios. The
# crate in benches/ compiles the engine once more, with its own C API.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
cargo build --release --locked
case $(uname -s) in
Darwin) library=libwitrt.dylib ;;
*) library=libwitrt.so ;;
esac
cargo run --release --locked --manifest-path benches/Cargo.toml --target-dir "$target/bench" \
    --bin func_call -- "$target/release/$library"
