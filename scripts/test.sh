#!/usr/bin/env bash
# All tests; `test.sh full` takes longer: every C program under valgrind, the
# library itself under sanitizers, a soak (SOAK="CALLS LOADS"), some fuzzing
# (FUZZ=SECONDS for each target). The parts run even if one before them failed;
# a table and a last line sum them up.
set -uo pipefail
cd "$(dirname "$0")/.."

full=${1:-}
target=${CARGO_TARGET_DIR:-target}
jobs=$(getconf _NPROCESSORS_ONLN)
started=$SECONDS
failed=()
soak=${SOAK:-400000 4000}
# A long soak needs its time.
timeout=600
[ -z "${SOAK:-}" ] || timeout=14400
mkdir -p build
rm -f build/*.log

# The crate itself is tested with its assertions on; what it stands on is
# compiled once, and the same for every use.
cargo=(--release --locked
    --config profile.release.package.witrt.debug-assertions=true
    --config profile.release.package.witrt.overflow-checks=true)

# A part that answers 77 could not be run here.
table=()
part() {
    local name=$1 began=$SECONDS code=0 outcome=passed
    shift
    printf '\n== %s\n' "$name"
    "$@" </dev/null || code=$?
    case $code in
    0) ;;
    77) outcome="not here" ;;
    *) outcome=FAILED && failed+=("$name") ;;
    esac
    table+=("$(printf '%-42s %-9s %6d s' "$name" "$outcome" $((SECONDS - began)))")
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
            -D SOAK="${soak// /;}" >build/cmake.log &&
        cmake --build build/c --parallel "$jobs" &&
        ctest --test-dir build/c --output-on-failure --parallel "$jobs" --timeout "$timeout" \
            ${select[@]+"${select[@]}"} \
            2>&1 | tee build/c.log
}

# The C programs once more, with each back end by its name.
back_ends() {
    local back_end
    for back_end in reference compiled; do
        WITRT_BACK_END=$back_end ctest --test-dir build/c --output-on-failure --parallel "$jobs" \
            --timeout 600 -R '^[a-z]+$' -LE long 2>&1 | tee "build/c-$back_end.log" || return
    done
}

# Licences, sources, duplicates, where the tool is; notices anywhere.
supply_chain() {
    scripts/notices.sh >build/THIRD-PARTY-NOTICES || return
    if ! cargo deny --version >/dev/null 2>&1; then
        echo "cargo-deny is not installed: cargo install --locked cargo-deny"
        return 77
    fi
    cargo deny --offline check licenses bans sources
}

part "Rust tests" rust_tests
part "C and C++ tests" c_tests
part "C tests, both back ends" back_ends
part "README and installation" tests/install.sh "$PWD/build/install"
part "Licences and notices" supply_chain
if [ "$full" = full ]; then
    part "C tests, library under AddressSanitizer" scripts/sanitize.sh address
    part "C threads, library under ThreadSanitizer" scripts/sanitize.sh thread
    part "Strings and boundary under valgrind" scripts/interpret.sh valgrind
    part "Strings and boundary under Miri" scripts/interpret.sh miri
    part "Fuzzing" fuzz/run.sh "${FUZZ:-20}"
fi

rust=$(awk '/^test result:/ {n += $4} END {print n + 0}' build/rust.log)
c=$(awk '/Test +#.*Passed/ {n++} END {print n + 0}' build/c*.log)
summary="$rust Rust tests and $c C runs passed in $((SECONDS - started)) s"
printf '\n'
printf '%s\n' "${table[@]}"
if [ ${#failed[@]} -gt 0 ]; then
    printf '\nFAILED: %s; %s\n' "$(IFS=,; echo "${failed[*]}")" "$summary"
    exit 1
fi
printf '\nok: %s\n' "$summary"
