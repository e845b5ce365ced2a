#!/usr/bin/env bash
# All tests; `test.sh full` takes longer: every C program under valgrind. The
# parts run even if one before them failed; the last line sums them up.
set -uo pipefail
cd "$(dirname "$0")/.."

full=${1:-}
target=${CARGO_TARGET_DIR:-target}
jobs=$(getconf _NPROCESSORS_ONLN)
started=$SECONDS
failed=()
mkdir -p build
rm -f build/*.log

# The crate itself is tested with its assertions on; what it stands on is
# compiled once, and the same for every use.
cargo=(--release --locked
    --config profile.release.package.witrt.debug-assertions=true
    --config profile.release.package.witrt.overflow-checks=true)

part() {
    local name=$1
    shift
    printf '\n== %s\n' "$name"
    "$@" </dev/null || failed+=("$name")
}

rust_tests() {
    cargo test "${cargo[@]}" --no-fail-fast 2>&1 | tee build/rust.log
}

c_tests() {
    local select=(-LE long)
    [ "$full" = full ] && select=()
    cargo build "${cargo[@]}" &&
        scripts/install.sh "$PWD/build/install" "$target/release" &&
        cmake -S . -B build/c -D CMAKE_PREFIX_PATH="$PWD/build/install" \
            -D WITRT_BUILT="$target/release" -D WITRT_CARGO_OPTIONS="$(IFS=\;; echo "${cargo[*]:2}")" \
            >build/cmake.log &&
        cmake --build build/c --parallel "$jobs" &&
        ctest --test-dir build/c --output-on-failure --parallel "$jobs" --timeout 600 \
            ${select[@]+"${select[@]}"} \
            2>&1 | tee build/c.log
}

# The C programs once more, with each back end by its name.
back_ends() {
    local back_end
    for back_end in reference compiled; do
        WITRT_BACK_END=$back_end ctest --test-dir build/c --output-on-failure --parallel "$jobs" \
            --timeout 600 -R '^[a-z]+$' 2>&1 | tee "build/c-$back_end.log" || return
    done
}

dotnet_tests() {
    dotnet/test.sh "$target/release" 2>&1 | tee build/dotnet.log
}

part "Rust tests" rust_tests
part "C and C++ tests, README, installation" c_tests
part "C tests, both back ends" back_ends
part ".NET tests" dotnet_tests

rust=$(awk '/^test result:/ {n += $4} END {print n + 0}' build/rust.log)
c=$(awk '/Test +#.*Passed/ {n++} END {print n + 0}' build/c*.log)
net=$(awk '/^[0-9]+ checks passed/ {n += $1} END {print n + 0}' build/dotnet.log)
summary="$rust Rust tests, $c C runs and $net .NET checks passed in $((SECONDS - started)) s"
if [ ${#failed[@]} -gt 0 ]; then
    printf '\nFAILED: %s; %s\n' "$(IFS=,; echo "${failed[*]}")" "$summary"
    exit 1
fi
printf '\nok: %s\n' "$summary"
