#!/usr/bin/env bash
# coverage.sh [TARGET...]: how many lines of src/ each fuzz target's inputs reach,
# by room: those in fuzz/seeds, and in fuzz/corpus (CORPUS names another folder)
# where that is. Answers 77 where LLVM's tools are missing.
#
# As in run.sh, the engine is compiled without coverage, and once.
set -euo pipefail
cd "$(dirname "$0")"

targets=("$@")
[ ${#targets[@]} -gt 0 ] ||
    targets=(text binary roundtrip validate transcode run backends safe capi parts components files doors faces)
corpus=${CORPUS:-corpus}

# The tools must know the compiler's format: its own, or those of its release.
release=$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
own=$(dirname "$(rustc --print target-libdir)")/bin
tool() {
    for tool in "$own/$1" "$1-$release"; do
        command -v "$tool" && return
    done
    echo "coverage: $1 of LLVM $release is missing: rustup component add llvm-tools" >&2
    exit 77
}
profdata=$(tool llvm-profdata)
cov=$(tool llvm-cov)

built=${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/libwitrt/target}
export CARGO_TARGET_DIR=$built-coverage
if [ ! -d "$CARGO_TARGET_DIR" ] && [ -d "$built/release" ]; then
    mkdir -p "$CARGO_TARGET_DIR"
    cp -a "$built/release" "$CARGO_TARGET_DIR/"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
LLVM_PROFILE_FILE=$work/build-%p.profraw RUSTC_WRAPPER=$PWD/../scripts/rustc.sh \
    COVERAGE=source CARGO_INCREMENTAL=0 \
    cargo build --release --locked "${targets[@]/#/--bin=}"

# lines NAME PROFILE BINARY...: "NAME room covered all" for each file.
src=$(cd ../src && pwd)
lines() {
    local name=$1 profile=$2 binary=$3
    shift 3
    "$cov" export --format=lcov --summary-only --instr-profile="$profile" \
        "$binary" "${@/#/--object=}" "$src" |
        awk -F: -v name="$name" -v src="$src/" '
            $1 == "SF" { room = substr($2, length(src) + 1); sub(/(\/.*|\.rs)$/, "", room) }
            $1 == "LF" { all = $2 }
            $1 == "LH" { print name, room, $2, all }'
}

binaries=()
for target in "${targets[@]}"; do
    binary=$CARGO_TARGET_DIR/release/$target
    binaries+=("$binary")
    # Copies: a fuzzer may be running, and drop some.
    mkdir "$work/inputs"
    cp "seeds/$target"/* "$work/inputs"
    [ ! -d "$corpus/$target" ] || cp -r "$corpus/$target" "$work/inputs" 2>/dev/null || true
    find "$work/inputs" -type f -print0 |
        LLVM_PROFILE_FILE="$work/$target-%p.profraw" \
            xargs -0 -n 500 "$binary" >"$work/$target.log" 2>&1 ||
        { tail -n 20 "$work/$target.log" >&2 && exit 1; }
    "$profdata" merge -sparse "$work/$target"-*.profraw -o "$work/$target.profdata"
    rm -r "$work/inputs" "$work/$target"-*.profraw
    lines "$target" "$work/$target.profdata" "$binary" >>"$work/lines"
done
"$profdata" merge -sparse "$work"/*.profdata -o "$work/all"
lines all "$work/all" "${binaries[@]}" >>"$work/lines"

# As a table for README.md: of all lines that any target is linked with.
awk -v targets="${targets[*]} all" '
    { covered[$1, $2] += $3; sum[$1] += $3 }
    $1 == "all" { of[$2] += $4; total += $4 }
    function row(name, all, which, at,    i, cell) {
        printf "| `%s` | %d |", name, all
        for (i = 1; i <= n; i++) {
            cell = which == "" ? sum[column[i]] : covered[column[i], which]
            printf " %s |", cell ? sprintf("%d", 100 * cell / all + 0.5) : "–"
        }
        print ""
    }
    END {
        n = split(targets, column, " ")
        printf "| room | lines |"
        for (i = 1; i <= n; i++) printf " `%s` |", column[i]
        printf "\n|---|---:|"
        for (i = 1; i <= n; i++) printf "---:|"
        print ""
        rooms = split("string frontend plan codegen linked exec compiled guest runtime capi tools error types", room, " ")
        for (i = 1; i <= rooms; i++) if (of[room[i]]) { row(room[i], of[room[i]], room[i]); known[room[i]] = 1 }
        for (name in of) if (!known[name]) row(name, of[name], name)
        row("src", total, "")
    }' "$work/lines"
