#!/usr/bin/env bash
# release-check.sh BUILT: whether what is checked out, built in cargo's folder BUILT, can
# be released: RELEASING.md. All is looked at, also after a failure; the status tells.
# With PARTS="NAME NAME", only what these functions look at.
set -uo pipefail
cd "$(dirname "$0")/.."
built=$(cd "${1:?folder of the built library}" && pwd)

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
abi=${version%.*}
out=build/release
parts=${PARTS:-}
unset PARTS
[ -n "$parts" ] || rm -rf "$out"
mkdir -p "$out"
failed=() missing=()

# A check that answers 77 could not be made here.
check() {
    [[ -z "$parts" || " $parts " == *" $2 "* ]] || return 0
    printf '\n== %s\n' "$1"
    local code=0
    ("${@:2}") || code=$?
    case $code in
    0) ;;
    77) missing+=("$1") ;;
    *) echo "FAILED: $1" && failed+=("$1") ;;
    esac
}

committed() {
    [ -z "$(git status --porcelain)" ] || { git status --short && return 1; }
    git log -1 --format='%h %s'
}

# said WHERE WHAT PATTERN: the first match in the file WHERE is WHAT.
said() {
    local found
    found=$(sed -n "s/$3/\1/p" "$1" | head -n 1)
    [ "$found" = "$2" ] || { echo "$1 says \"$found\" and not $2" && return 1; }
}

# Where it is written down, and not read from Cargo.toml, it is compared.
versions() {
    local lock name others=0
    for lock in Cargo.lock benches/Cargo.lock fuzz/Cargo.lock; do
        awk -v version="$version" '/^name = "witrt(-python)?"$/ {name = $3; getline; if ($3 != "\"" version "\"") {
            print FILENAME, name, $3; wrong = 1}} END {exit wrong}' "$lock" || others=1
    done
    said include/witrt.h "$version" '^#define WITRT_VERSION "\(.*\)"$' || others=1
    said include/api.txt "$abi" '^# libwitrt \([0-9.]*\):.*' || others=1
    said README.md "$abi" '^find_package(witrt \([0-9.]*\) .*' || others=1
    said CHANGELOG.md "$version" '^## \([^ ]*\).*' || others=1
    for name in "$built/libwitrt.so" "$built/libwitrt.dylib"; do
        [ ! -e "$name" ] || grep -aq "$version" "$name" || { echo "$name is of another version" && others=1; }
    done
    [ "$("$built/witrt" --version)" = "witrt $version" ] || { "$built/witrt" --version && others=1; }
    [ $others = 0 ] && echo "$version everywhere"
}

# Its section has something to say, and nothing waits above it.
changelog() {
    awk -v version="$version" '/^## / {on = $2 == version} on && /^\* / {n++} END {
        print n + 0, "entries for", version; exit !n}' CHANGELOG.md
}

symbols() {
    case $(uname -s) in
    Darwin) nm -gUj "$built/libwitrt.dylib" | sed 's/^_//' ;;
    *) nm -D --defined-only --format=posix "$built/libwitrt.so" | awk '{print $1}' ;;
    esac | LC_ALL=C sort | diff include/symbols.txt - && echo "$(wc -l <include/symbols.txt | tr -d ' '), as listed"
}

notices() {
    scripts/notices.sh >"$out/THIRD-PARTY-NOTICES" &&
        PACKAGE=witrt-python scripts/notices.sh >"$out/THIRD-PARTY-NOTICES-python" &&
        wc -l "$out"/THIRD-PARTY-NOTICES*
}

sizes() {
    scripts/sizes.sh "$built"
}

# Compared with the last release's tag, once there is one.
rust_api() {
    local last
    last=$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null) || { echo "there is no tag v* to compare with"; return 77; }
    cargo semver-checks --version >/dev/null 2>&1 ||
        { echo "cargo-semver-checks is not installed: cargo install --locked cargo-semver-checks"; return 77; }
    cargo semver-checks --package witrt --baseline-rev "$last"
}

archive() {
    scripts/dist.sh "$built" "$out" && tests/package/dist.sh "$built"
}

installation() {
    scripts/install.sh "$PWD/$out/prefix" "$built" && tests/package/install.sh "$PWD/$out/prefix"
}

wheel() {
    PARTS="wheel" python/test.sh --locked && cp build/python/wheel/*.whl "$out/"
}

nuget() {
    PARTS="compiling,package" dotnet/test.sh "$built" && cp build/dotnet/package/*.nupkg "$out/"
}

check "Everything is committed" committed
check "Versions" versions
check "Changelog" changelog
check "Exported names" symbols
check "Notices" notices
check "Sizes" sizes
check "Rust API" rust_api
check "Archive, consumed from a clean folder" archive
check "Installation, consumed where it is and moved" installation
check "Wheel, consumed from a clean environment" wheel
check "NuGet package, consumed from a clean folder" nuget

printf '\n'
ls -l "$out" | awk 'NF > 8 {printf "%12d  %s\n", $5, $9}'
[ ${#missing[@]} -eq 0 ] || printf 'not looked at: %s\n' "${missing[@]}"
if [ ${#failed[@]} -gt 0 ]; then
    printf 'FAILED: %s\n' "${failed[@]}"
    exit 1
fi
echo "ok: libwitrt $version${parts:+ ($parts)}, in $out"
