#!/usr/bin/env bash
# sizes.sh BUILT...: what the library takes on disk, for each folder that cargo
# has built it in, and its code and data.
set -euo pipefail

printf '%-10s %12s %12s %12s %12s\n' "MB" "shared" "stripped" "code+data" "static"
for built in "$@"; do
    for library in "$built"/libwitrt.so "$built"/libwitrt.dylib; do
        [ -e "$library" ] && break
    done
    [ -e "$library" ] || { echo "sizes: no library in $built" >&2; exit 1; }
    work=$(mktemp)
    cp "$library" "$work"
    strip "$work" 2>/dev/null || strip -x "$work"
    bytes() { wc -c <"$1" | awk '{printf "%.1f", $1 / 1e6}'; }
    loaded=$(size "$library" | awk 'NR == 2 {printf "%.1f", ($1 + $2) / 1e6}')
    printf '%-10s %12s %12s %12s %12s\n' "$(basename "$built")" \
        "$(bytes "$library")" "$(bytes "$work")" "$loaded" "$(bytes "$built/libwitrt.a")"
    rm -f "$work"
done
