#!/usr/bin/env bash
# run.sh [SECONDS [TARGET...]]: fuzzes each target for so long, one after the
# other, with the stable compiler; a line for each is added to fuzz/log. New
# inputs are kept in fuzz/corpus; those that fail, in fuzz/artifacts.
#
#   SANITIZER=address fuzz/run.sh 600 capi
#
# The engine is compiled without coverage, and once: in a copy of the folder that
# the library was built in, if there is one.
set -euo pipefail
cd "$(dirname "$0")"

seconds=${1:-60}
[ $# -gt 0 ] && shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] ||
    targets=(text binary roundtrip validate transcode run backends safe capi parts components files doors faces)

built=${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/libwitrt/target}
export CARGO_TARGET_DIR=$built-fuzz${SANITIZER:+-$SANITIZER}
if [ ! -d "$CARGO_TARGET_DIR" ] && [ -d "$built/release" ]; then
    mkdir -p "$CARGO_TARGET_DIR"
    cp -a "$built/release" "$CARGO_TARGET_DIR/"
fi
RUSTC_WRAPPER=$PWD/../scripts/rustc.sh CARGO_INCREMENTAL=0 \
    cargo build --release --locked --bins

TIMEFORMAT='%U + %S s '
failed=0
for target in "${targets[@]}"; do
    mkdir -p "corpus/$target" "artifacts/$target"
    output=$(mktemp)
    used=$(mktemp)
    code=0
    { time "$CARGO_TARGET_DIR/release/$target" "corpus/$target" "seeds/$target" \
        -artifact_prefix="artifacts/$target/" -max_total_time="$seconds" -timeout=120 \
        -rss_limit_mb=4000 -print_final_stats=1 >"$output" 2>&1; } 2>"$used" || code=$?
    count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$output")
    edges=$(grep -o 'cov: [0-9]*' "$output" | tail -n 1)
    line="$target: ${count:-?} executions in $seconds s ($(tr '\n' ' ' <"$used")of processor), ${edges:-cov: ?}, exit $code"
    echo "$line" | tee -a log
    [ "$code" = 0 ] || { failed=1 && tail -n 40 "$output"; }
    rm -f "$output" "$used"
done
exit "$failed"
