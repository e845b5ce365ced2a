#!/usr/bin/env bash
# sanitize.sh address|thread: builds the library with this sanitizer in it, and
# runs the C and C++ programs, with the sanitizer too, against it.
#
# Only this project's crates get it (scripts/rustc.sh): allocations of the
# engine are checked as well, its own accesses are not. That needs no second
# build of the engine, and no nightly compiler.
set -euo pipefail
cd "$(dirname "$0")/.."

sanitizer=${1:?address or thread}
built=${CARGO_TARGET_DIR:-target}
jobs=$(getconf _NPROCESSORS_ONLN)
export CARGO_TARGET_DIR=$built-$sanitizer
if [ ! -d "$CARGO_TARGET_DIR" ] && [ -d "$built/release" ]; then
    mkdir -p "$CARGO_TARGET_DIR"
    cp -a "$built/release" "$CARGO_TARGET_DIR/"
fi
COVERAGE='' SANITIZER=$sanitizer RUSTC_WRAPPER=$PWD/scripts/rustc.sh CARGO_INCREMENTAL=0 \
    cargo build --release --locked

case $sanitizer in
address)
    flags="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
    # Sizes that no machine can serve are asked for on purpose.
    export ASAN_OPTIONS=allocator_may_return_null=1
    # What links without a sanitizer, or counts what malloc is asked, is no test here.
    select=(-E 'valgrind|helgrind|/asan|soak|growth|^package/|^cpp/allocations$')
    programs=()
    ;;
thread)
    flags="-fsanitize=thread -fno-omit-frame-pointer"
    export TSAN_OPTIONS="suppressions=$PWD/tests/capi/tsan.supp"
    # How the threads of the engine's compiler agree with each other cannot be
    # seen: they are not compiled with the sanitizer.
    export RAYON_NUM_THREADS=1
    select=(-R '^(threads|planted/(race|library-race)-tsan)$')
    programs=(--target threads planted)
    ;;
*) echo "sanitize: unknown: $sanitizer" >&2 && exit 2 ;;
esac
scripts/install.sh "$PWD/build/install-$sanitizer" "$CARGO_TARGET_DIR/release"
build=build/c-$sanitizer
cmake -S . -B "$build" -D CMAKE_PREFIX_PATH="$PWD/build/install-$sanitizer" \
    -D WITRT_SANITIZER="$sanitizer" -D CMAKE_C_FLAGS="$flags" -D CMAKE_CXX_FLAGS="$flags" >/dev/null
cmake --build "$build" --parallel "$jobs" ${programs[@]+"${programs[@]}"} >/dev/null
RUST_BACKTRACE=0 ctest --test-dir "$build" --output-on-failure --parallel "$jobs" --timeout 600 \
    "${select[@]}"
