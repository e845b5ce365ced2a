#!/usr/bin/env bash
# test.sh CARGO-OPTION...: tests the Python package as `pip install` makes it, with
# the library built by these options. It goes on after a failure; the status tells.
set -euo pipefail
cd "$(dirname "$0")/.."
. python/toolchain.sh

build=$PWD/build/python
rm -rf "$build"
mkdir -p "$build"
failed=()

# With PARTS="NAME,NAME", only these.
part() {
    [[ -z "${PARTS:-}" || ,$PARTS, == *,$1,* ]] || return 0
    printf -- '-- %s\n' "$1"
    ("${@:2}") || failed+=("$1")
}

# In an environment of its own, so that nothing of another run is there.
install() {
    "$python" -m venv --without-pip "$build/venv" &&
        MATURIN_PEP517_ARGS="$*" "$tools/bin/python" -m pip --python "$build/venv/bin/python" install \
            --quiet --no-deps ./python &&
        # What the tests stand on is there already.
        echo "$("$tools/bin/python" -c 'import site; print(site.getsitepackages()[0])')" >"$("$build/venv/bin/python" -c 'import site; print(site.getsitepackages()[0])')/tools.pth"
}

# Not in the folder of the sources, which has no library.
tests() {
    "$build/venv/bin/python" -m pytest -c python/pyproject.toml -p no:cacheprovider python/tests
}

# The package, and programs that use it.
types() {
    "$tools/bin/python" -m mypy --config-file python/pyproject.toml --cache-dir "$build/mypy" python/witrt &&
        "$tools/bin/python" -m mypy --config-file python/pyproject.toml --cache-dir "$build/mypy" \
            --python-executable "$build/venv/bin/python" python/examples
}

# Each runs, and prints what it says.
examples() {
    local example
    for example in python/examples/*.py; do
        "$build/venv/bin/python" "$example" tests/modules >"$build/example.out" || return
        [ -z "${BLESS:-}" ] || cp "$build/example.out" "${example%.py}.out"
        diff -u "${example%.py}.out" "$build/example.out" || return
    done
    echo "as expected"
}

# The Python blocks of a README, one after the other, are one program; the comments
# say what its lines print.
readme() { # FILE
    awk '/^```python$/ {code = 1; next} /^```/ {code = 0} code' "$1" >"$build/readme.py"
    sed -n 's|^ *print(.*)  # ||p' "$build/readme.py" >"$build/expected"
    [ -s "$build/expected" ] &&
        (cd tests/modules && "$build/venv/bin/python" "$build/readme.py") >"$build/printed" &&
        diff -u "$build/expected" "$build/printed" && echo "as written"
}

# The wheel, as it is given away.
wheel() {
    local wheel
    wheel=$(WHEEL_OPTIONS="$*" scripts/wheel.sh "$build/wheel") || return
    python3 -m zipfile -l "$wheel" | awk 'NR > 1 {print $1}' | sed 's,^witrt-[^/]*/,,; s,^witrt/_witrt\..*\.so$,witrt/_witrt,' |
        LC_ALL=C sort >"$build/files"
    (cd python && ls witrt/*.py witrt/*.pyi witrt/py.typed && printf '%s\n' witrt/_witrt METADATA RECORD WHEEL \
        licenses/LICENSE licenses/THIRD-PARTY-NOTICES sboms/witrt-python.cyclonedx.json) | LC_ALL=C sort | diff - "$build/files" &&
        "$python" -m venv --without-pip "$build/alone" &&
        "$tools/bin/python" -m pip --python "$build/alone/bin/python" install --quiet --no-index --no-deps "$wheel" &&
        [ "$(cd tests/modules && "$build/alone/bin/python" -c 'import witrt; print(witrt.load("strings.wasm").instantiate().greet("wheel"))')" = "hello, wheel! (5 bytes, 5 chars)" ] &&
        echo "consumed from a folder"
}

part "pip install ./python" install "$@"
part "tests, Python $("$python" -c 'import platform; print(platform.python_version())')" tests
part "types, by mypy" types
part "examples" examples
part "README.md" readme README.md
part "python/README.md" readme python/README.md
part "wheel" wheel "$@"

if [ ${#failed[@]} -gt 0 ]; then
    printf 'FAILED: %s\n' "${failed[@]}"
    exit 1
fi
