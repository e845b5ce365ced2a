#!/usr/bin/env bash
# Prints the notices of everything that is linked into the library: for each
# crate its version and licence, and each licence text once, with the crates
# that it comes with. Sources that are not here yet are fetched.
#
#   scripts/notices.sh [TARGET] >THIRD-PARTY-NOTICES
#   PACKAGE=witrt-python scripts/notices.sh >…   of another crate of the workspace
set -euo pipefail
cd "$(dirname "$0")/.."

target=${1:-$(rustc -vV | sed -n 's/^host: //p')}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Crates that run while the library is built, and are not in it, are left out.
package=${PACKAGE:-witrt}
cargo tree --locked --package "$package" --edges normal,no-proc-macro --target "$target" \
    --prefix none --format '{p}|{l}|{r}' | sed 's/ (\*)$//; s/ (proc-macro)//' |
    grep -Ev '^witrt(-python)? v' | sort -u >"$work/crates"
# Where each one's source is.
cargo metadata --locked --format-version 1 --filter-platform "$target" |
    grep -o '"manifest_path":"[^"]*"' | sed 's/.*:"//; s/\/Cargo\.toml"$//' >"$work/sources"

# The folder that is called NAME-VERSION.
source_of() {
    grep -F -- "/$1-$2" "$work/sources" | while IFS= read -r dir; do
        [ "${dir##*/}" = "$1-$2" ] && printf '%s\n' "$dir" && break
    done
}

mkdir "$work/texts"
keep() { # CRATE FILE
    local sum
    sum=$(tr -d '\r' <"$2" | cksum | tr ' ' -)
    [ -e "$work/texts/$sum" ] || tr -d '\r' <"$2" >"$work/texts/$sum"
    printf '%s\n' "$1" >>"$work/texts/$sum.crates"
}

while IFS='|' read -r crate licence _; do
    read -r name version <<<"${crate/ v/ }"
    dir=$(source_of "$name" "$version")
    [ -n "$dir" ] || { echo "notices: the source of $crate is not here: cargo fetch" >&2; exit 1; }
    found=
    while IFS= read -r file; do
        found=yes
        keep "$name $version" "$file"
    done < <(find "$dir" -maxdepth 2 -type f \
        \( -iname 'license*' -o -iname 'licence*' -o -iname 'notice*' -o -iname 'copyright*' -o -iname 'unlicense*' \) |
        LC_ALL=C sort)
    [ -n "$found" ] && continue
    # Some of the engine's crates come without the text that they name: it is
    # this project's own.
    case $licence in
    *"Apache-2.0 WITH LLVM-exception"*) keep "$name $version" LICENSE ;;
    *) echo "notices: $crate ($licence) has no licence text" >&2; exit 1 ;;
    esac
done <"$work/crates"

# What no file of a crate says: code of others inside it.
simdutf=$(source_of simdutf "$(sed -n 's/^simdutf v\([^|]*\)|.*/\1/p' "$work/crates")")
{
    echo "The C++ library simdutf, which this crate carries: Copyright The simdutf"
    echo "authors; Apache-2.0 OR MIT. In it:"
    echo
    awk '/\/\*/ {block = ""; open = 1} open {block = block $0 "\n"}
         /\*\// {if (open && block ~ /Redistribution/) printf "%s", block; open = 0}' \
        "$simdutf/cpp/simdutf.h"
} >"$work/simdutf"
grep -q Redistributions "$work/simdutf" ||
    { echo "notices: simdutf.h is not what it was: look for the notices in it" >&2; exit 1; }
keep "simdutf (C++)" "$work/simdutf"

echo "$([ "$package" = witrt ] && echo libwitrt || echo "The Python package witrt") contains these crates, for $target:"
echo
while IFS='|' read -r crate licence repository; do
    printf '  %s: %s\n    %s\n' "$crate" "$licence" "$repository"
done <"$work/crates"
echo
echo "and the Rust standard library: MIT OR Apache-2.0"
echo "    https://github.com/rust-lang/rust"
for text in $(LC_ALL=C ls "$work/texts" | grep -v '\.crates$'); do
    printf '\n%s\n' "------------------------------------------------------------------------"
    LC_ALL=C sort -u "$work/texts/$text.crates" | paste -s -d, - | sed 's/,/, /g' | fold -s -w 72
    printf '\n'
    cat "$work/texts/$text"
done
