#!/usr/bin/env bash
# Builds the library and what it is measured against, and prints ratios. The
# figures and a plot are written to build/bench.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
out=$PWD/build/bench
mkdir -p "$out"
cargo build --release --locked
case $(uname -s) in
Darwin) library=libwitrt.dylib ;;
*) library=libwitrt.so ;;
esac
# The crate in benches/ takes the features that the library takes, and is built as it is:
# engine and library are compiled once.
cargo build --release --locked --manifest-path benches/Cargo.toml --features peers --bins

{
    date -u +%Y-%m-%d
    uname -srm
    grep -m 1 'model name' /proc/cpuinfo 2>/dev/null || true
    echo "$(getconf _NPROCESSORS_ONLN) processors"
    rustc --version
} | tee "$out/machine.txt"

printf '\n== wasm_func_call against that of the engine\n'
"$target/release/func_call" "$target/release/$library" | tee "$out/func_call.txt"
printf '\n== Typed calls against glue by hand\n'
WITRT_BENCH_CSV=$out/calls.csv "$target/release/calls" "$@" | tee "$out/calls.txt"
python3 benches/plot.py "$out/calls.csv" "$out/calls.svg" || echo "no plot: python3 is missing"
printf '\n== Faces against the glue of each tool by hand\n'
"$target/release/faces" | tee "$out/faces.txt"
printf '\n== Glue in Rust and C, the component model, and no wasm at all\n'
WITRT_BENCH_CSV=$out/peers.csv "$target/release/peers" "$target/release/$library" "$@" |
    tee "$out/peers.txt"
printf '\n== Components: from C and C++, by the C API of the engine, and typed in Rust\n'
WITRT_BENCH_CSV=$out/components.csv "$target/release/components" "$target/release/$library" |
    tee "$out/components.txt"
python3 benches/plot.py "$out/components.csv" "$out/components.svg" || echo "no plot: python3 is missing"
printf '\n== Typed calls from Rust against the component model\n'
"$target/release/typed" | tee "$out/typed.txt"
printf '\n== C++: text that is returned, and many texts in one call\n'
scripts/install.sh "$out/install" "$target/release"
"${CXX:-c++}" -std=c++17 -O2 -I "$out/install/include" benches/src/cpp/main.cc -o "$out/cpp" \
    -L "$out/install/lib" -lwitrt -Wl,-rpath,"$out/install/lib"
"$out/cpp" | tee "$out/cpp.txt"
printf '\n== Loading, instances, growth\n'
"$target/release/load" tests/modules | tee "$out/load.txt"

if command -v valgrind >/dev/null; then
    printf '\n== Instructions per call, 8 bytes\n'
    counted() {
        valgrind --tool=callgrind --callgrind-out-file=/dev/null "$target/release/repeat" "$1" 8 "$2" 2>&1 |
            sed -n 's/.*Collected : //p'
    }
    "$target/release/repeat" | while read -r workload; do
        # The engine's idle threads count too: the more calls, the less. Those of a
        # hundred calls back need fewer.
        case $workload in
        back* | answer* | guest*) times=5000 ;;
        *) times=50000 ;;
        esac
        for name in "$workload" "$workload-by-hand"; do
            few=$(counted "$name" 1000)
            many=$(counted "$name" $((1000 + times)))
            printf '%-24s %6d\n' "$name" $(((many - few) / times))
        done
    done | tee "$out/instructions.txt"
    # From C, through the shared library as it is shipped.
    "${CC:-cc}" -std=gnu11 -O2 -I "$out/install/include" benches/src/repeat.c -o "$out/repeat" \
        -L "$out/install/lib" -lwitrt -Wl,-rpath,"$out/install/lib"
    counted() {
        valgrind --tool=callgrind --callgrind-out-file=/dev/null "$out/repeat" "$1" "$2" 2>&1 |
            sed -n 's/.*Collected : //p'
    }
    "$out/repeat" | while read -r workload; do
        few=$(counted "$workload" 1000)
        many=$(counted "$workload" 21000)
        printf '%-24s %6d\n' "c-$workload" $(((many - few) / 20000))
    done | tee -a "$out/instructions.txt"
    # Of components, from each host; calls back are a hundred of a call.
    counted() {
        local program=$1
        shift
        valgrind --tool=callgrind --callgrind-out-file=/dev/null "$target/release/$program" "$@" 2>&1 |
            sed -n 's/.*Collected : //p'
    }
    of() {
        few=$(counted "$@" "$row" "$size" 100)
        many=$(counted "$@" "$row" "$size" $((100 + times)))
        printf ' %9d' $(((many - few) / times / each))
    }
    {
        printf '%-16s' ''
        printf ' %9s' typed 'C API' values structs C++ Rust
        printf '\n'
        while read -r size times each row; do
            printf '%-16s' "$row $size"
            for who in typed 'C API' values structs C++; do
                of components "$target/release/$library" repeat "$who"
            done
            of typed repeat ours
            printf '\n'
        done <<'ROWS'
0 1000 1 add
8 1000 1 string in
64 1000 1 string in
8 1000 1 string out
64 1000 1 string out
1024 1000 1 bytes in
1024 1000 1 bytes out
100 100 1 records in
100 100 1 records out
8 20 100 call back
8 20 100 bytes back
ROWS
    } | tee "$out/components-instructions.txt"
fi
