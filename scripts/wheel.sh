#!/usr/bin/env bash
# wheel.sh OUT: makes the Python package as a wheel for $PYTHON, or python3, in the
# folder OUT, and prints its name last. $WHEEL_OPTIONS are cargo's.
set -euo pipefail
out=$(mkdir -p "${1:?folder for the wheel}" && cd "$1" && pwd)
cd "$(dirname "$0")/.."
. python/toolchain.sh
staging=$(mktemp -d)
trap 'rm -rf "$staging" python/THIRD-PARTY-NOTICES' EXIT
# They go into the wheel, which says so: license-files in pyproject.toml.
PACKAGE=witrt-python scripts/notices.sh >python/THIRD-PARTY-NOTICES
read -ra options <<<"${WHEEL_OPTIONS:---locked}"
"$tools/bin/maturin" build --quiet --release "${options[@]}" --manifest-path python/Cargo.toml \
    --interpreter "$python" --out "$staging" >&2
wheel=$(cd "$staging" && echo *.whl)
mv "$staging/$wheel" "$out/"
echo "$out/$wheel"
