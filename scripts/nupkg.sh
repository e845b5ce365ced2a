#!/usr/bin/env bash
# nupkg.sh FOLDER [BUILT]: makes the NuGet package in FOLDER, of the .NET library
# and of libwitrt.so in BUILT, where cargo put it. It needs no .NET SDK; where
# there is one, `dotnet pack dotnet/Witrt` makes the same.
set -euo pipefail
mkdir -p "${1:?folder}"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
built=${2:-${CARGO_TARGET_DIR:-target}/release}
. dotnet/toolchain.sh

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build_library "$work/current"
build_standard "$work/standard"
scripts/notices.sh >"$work/notices"
python3 dotnet/pack.py "$version" "$out/Witrt.$version.nupkg" \
    "lib/net$dotnet_major.0/Witrt.dll=$work/current/Witrt.dll" \
    "lib/net$dotnet_major.0/Witrt.xml=$work/current/Witrt.xml" \
    "lib/netstandard2.1/Witrt.dll=$work/standard/Witrt.dll" \
    "lib/netstandard2.1/Witrt.xml=$work/standard/Witrt.xml" \
    "runtimes/linux-x64/native/libwitrt.so=$built/libwitrt.so" \
    "README.md=dotnet/README.md" \
    "LICENSE.txt=LICENSE" \
    "THIRD-PARTY-NOTICES.txt=$work/notices"
echo "$out/Witrt.$version.nupkg"
