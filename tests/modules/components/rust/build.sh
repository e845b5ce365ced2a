#!/bin/sh
# rustup target add wasm32-wasip2 wasm32-unknown-unknown
set -e
for target in wasm32-wasip2 wasm32-unknown-unknown; do cargo build --release --locked --target $target; done
target=${CARGO_TARGET_DIR:-target}
cp "$target/wasm32-wasip2/release/guest.wasm" guest.wasm
cp "$target/wasm32-unknown-unknown/release/guest.wasm" core.wasm
