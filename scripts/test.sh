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
    --config profile.release.package.witrt.overflow-checks=true
    --config profile.release.package.witrt.codegen-units=16)

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

clippy() {
    cargo clippy "${cargo[@]}" --all-targets -- -D warnings &&
        cargo clippy "${cargo[@]}" --package witrt-python -- -D warnings &&
        beside fuzz
}

# A crate beside it, which brings crates of its own.
beside() {
    cargo fmt --check --manifest-path "$1/Cargo.toml" &&
        cargo clippy --release --locked --manifest-path "$1/Cargo.toml" --bins -- -D warnings
}

documentation() {
    RUSTDOCFLAGS="-D warnings" cargo doc "${cargo[@]}" --lib --no-deps
}

# Not the files that the other parts use: those are the command's, too.
no_default_features() {
    cargo test "${cargo[@]}" --lib --no-default-features || return
    # Warnings of one that is alone are errors, too.
    local alone=("")
    [ "$full" = full ] && alone+=(component attach cli wasi)
    local feature
    for feature in "${alone[@]}"; do
        cargo clippy "${cargo[@]}" --lib --no-default-features --features "$feature" -- -D warnings ||
            return
    done
}

c_tests() {
    local select=(-LE long)
    [ "$full" = full ] && select=()
    cargo build "${cargo[@]}" &&
        scripts/install.sh "$PWD/build/install" "$target/release" &&
        cmake -S . -B build/c -D CMAKE_PREFIX_PATH="$PWD/build/install" \
            -D WITRT_BUILT="$target/release" -D WITRT_CARGO_OPTIONS="$(IFS=\;; echo "${cargo[*]:2}")" \
            -D SOAK="${soak// /;}" >build/cmake.log &&
        cmake --build build/c --parallel "$jobs" &&
        ctest --test-dir build/c --output-on-failure --parallel "$jobs" --timeout "$timeout" \
            ${select[@]+"${select[@]}"} \
            2>&1 | tee build/c.log
}

# The C programs once more, with the back end that is not the default.
reference() {
    WITRT_BACK_END=reference ctest --test-dir build/c --output-on-failure --parallel "$jobs" \
        --timeout 600 -R '^[a-z]+$' -LE long 2>&1 | tee build/c-reference.log
}

dotnet_tests() {
    dotnet/test.sh "$target/release" 2>&1 | tee build/dotnet.log
}

python_tests() {
    python/test.sh "${cargo[@]:1}" 2>&1 | tee build/python.log
}

sanitized() {
    scripts/sanitize.sh "$1" 2>&1 | tee "build/c-$1.log"
}

# Licences, sources, duplicates, where the tool is; notices anywhere.
supply_chain() {
    scripts/notices.sh >build/THIRD-PARTY-NOTICES &&
        PACKAGE=witrt-python scripts/notices.sh >build/THIRD-PARTY-NOTICES-python || return
    if ! cargo deny --version >/dev/null 2>&1; then
        echo "cargo-deny is not installed: cargo install --locked cargo-deny"
        return 77
    fi
    cargo deny --locked check licenses bans sources
}

part "Rust tests" rust_tests
part "Formatting" cargo fmt --all --check
part "Clippy" clippy
part "Documentation" documentation
part "Library without default features" no_default_features
part "C and C++ tests, README, installation" c_tests
part "C tests, the reference back end" reference
part ".NET tests" dotnet_tests
part "Python tests" python_tests
part "Licences and notices" supply_chain
if [ "$full" = full ]; then
    part "Clippy, benchmarks" beside benches
    part "C tests, library under AddressSanitizer" sanitized address
    part "C threads, library under ThreadSanitizer" sanitized thread
    part "Strings and boundary under valgrind" scripts/interpret.sh valgrind
    part "Strings and boundary under Miri" scripts/interpret.sh miri
    part "Scripts of others" scripts/suites.sh "$target/release/witrt"
    part "Fuzzing" fuzz/run.sh "${FUZZ:-20}"
fi

rust=$(awk '/^test result:/ {n += $4} END {print n + 0}' build/rust.log)
c=$(awk '/Test +#.*Passed/ {n++} END {print n + 0}' build/c*.log)
net=$(awk '/^[0-9]+ checks passed/ {n += $1} END {print n + 0}' build/dotnet.log)
python=$(awk '/^[0-9]+ passed/ {n += $1} END {print n + 0}' build/python.log)
# Each checker is shown a mistake that it has to find.
planted=$(awk '/Test +#.*planted\// {
    passed = /Passed/
    sub(/.*planted\//, "")
    if (!($1 in found)) { found[$1] = 1; order[++n] = $1 }
    if (!passed) found[$1] = 0
} END {
    for (i = 1; i <= n; i++) {
        list = list (i > 1 ? ", " : "") order[i] (found[order[i]] ? "" : " NOT FOUND")
        all += found[order[i]]
    }
    print all + 0 " of " n + 0 ": " list
}' build/c*.log)
summary="$rust Rust tests, $c C runs, $net .NET checks and $python Python tests passed in $((SECONDS - started)) s"
printf '\n'
printf '%s\n' "${table[@]}"
printf 'Planted mistakes that were found: %s\n' "$planted" | fold -s -w 78
if [ ${#failed[@]} -gt 0 ]; then
    printf '\nFAILED: %s; %s\n' "$(IFS=,; echo "${failed[*]}")" "$summary"
    exit 1
fi
printf '\nok: %s\n' "$summary"
