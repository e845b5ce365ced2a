#!/usr/bin/env bash
# Builds the library and the C and C++ examples, and shows what each example prints.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
jobs=$(getconf _NPROCESSORS_ONLN)

echo "== building libwitrt (the first time, with the engine, takes minutes)"
cargo build --release --locked
scripts/install.sh "$PWD/build/demo-install" "$target/release"
cmake -S . -B build/demo -D CMAKE_PREFIX_PATH="$PWD/build/demo-install" -D WITRT_EXAMPLES_ONLY=ON >/dev/null
cmake --build build/demo --parallel "$jobs" >/dev/null

# Components first.
for source in examples-c/15-*.c examples-c/1[678]-*.c examples-c/0*.c examples-c/1*.cc; do
    name=$(basename "${source%.c*}")
    printf '\n== %s\n' "$source"
    # The comment on top says what it is about.
    case $source in
    *.cc) awk '!/^\/\// {exit} {sub(/^\/\/ ?/, ""); print}' "$source" ;;
    *) awk '{end = /\*\//; sub(/^\/\* ?/, ""); sub(/^ \* ?/, ""); sub(/ ?\*\/$/, ""); print} end {exit}' "$source" ;;
    esac
    printf -- '--\n'
    "build/demo/examples-c/$name"
done

printf '\n== the same from the shell\n'
PATH=$PWD/build/demo-install/bin:$PATH
show() {
    printf '$ %s\n' "$1"
    eval "$1"
}
show "witrt run tests/modules/components/c/plain-utf8.wasm greet '\"Zoë 🦀\"'"
show "witrt run tests/modules/components/c/plain-utf8.wasm parse '\"3,-4\"'"
show "witrt inspect tests/modules/components/c/plain-utf8.wasm"
show "witrt run tests/modules/strings.wasm greet '\"Zoë 🦀\"'"
show "witrt run --encoding utf16 tests/modules/text.wasm markdown '\"*hello*\"'"
show "witrt inspect tests/modules/imports.wasm"
printf '\nall examples ran\n'
