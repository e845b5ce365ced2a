#!/usr/bin/env bash
# bench.sh FOLDER: measures the wheel in FOLDER against the engine's own package, which
# is fetched, in an environment of its own.
set -euo pipefail
wheels=$(cd "${1:?folder of the wheel}" && pwd)
cd "$(dirname "$0")/.."
. python/toolchain.sh
peers=${XDG_CACHE_HOME:-$HOME/.cache}/libwitrt/python/bench
[ -d "$peers" ] || "$python" -m venv "$peers"
"$peers/bin/python" -m pip install --quiet --disable-pip-version-check -r python/bench/requirements.txt
"$peers/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --force-reinstall --no-deps \
    "$(ls -t "$wheels"/witrt-*.whl | head -n 1)"
"$peers/bin/python" python/bench/bench.py tests/modules
