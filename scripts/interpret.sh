#!/usr/bin/env bash
# interpret.sh miri|valgrind: the tests of strings, and of the C boundary, under
# Miri where its component is installed, and under valgrind's memcheck. Answers
# 77 where that cannot be.
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:?miri or valgrind} in
miri)
    if ! cargo +nightly miri --version >/dev/null 2>&1; then
        echo "Miri is not installed: rustup +nightly component add miri rust-src"
        exit 77
    fi
    # The kernels of simdutf are C++, which Miri cannot run: the scalar ones take
    # their place there.
    export MIRIFLAGS=-Zmiri-disable-isolation
    cargo +nightly miri test --lib -- string:: capi::boundary
    ;;
valgrind)
    command -v valgrind >/dev/null || { echo "valgrind is not installed" && exit 77; }
    memcheck=(valgrind --quiet --error-exitcode=9 --suppressions=tests/capi/valgrind.supp)
    # It finds a planted mistake, where `make test` has built that.
    planted=build/c/tests/capi/planted
    if [ -x "$planted" ]; then
        code=0
        "${memcheck[@]}" "$planted" use-after-free >/dev/null 2>&1 || code=$?
        [ "$code" = 9 ] || { echo "interpret: valgrind misses a planted mistake" && exit 1; }
    fi
    cargo test --release --locked \
        --config "target.'cfg(all())'.runner=[$(printf '"%s", ' "${memcheck[@]}")]" \
        --lib -- string:: capi::boundary
    ;;
*) echo "interpret: unknown: $1" >&2 && exit 2 ;;
esac
