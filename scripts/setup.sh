#!/usr/bin/env bash
# Makes sure that the named tools are here: cargo rustfmt clippy cc c++ cmake make
# pkg-config valgrind python, and dotnet or what it is fetched with. Installs what is
# missing where that is possible (rustup; apt, as root); else says what to
# install, and fails.
set -euo pipefail

packages=()
need() { packages+=("$@"); }

for tool in "$@"; do
    case $tool in
    cargo)
        if ! command -v cargo >/dev/null; then
            echo "setup: Rust is missing: install it from https://rustup.rs, then open a new shell" >&2
            exit 1
        fi
        ;;
    rustfmt | clippy)
        # A minimal Rust comes without them.
        cargo "${tool#rust}" --version >/dev/null 2>&1 ||
            rustup component add "$tool" ||
            { echo "setup: $tool is missing: rustup component add $tool" >&2 && exit 1; }
        ;;
    cc)
        # A compiler without the C library's headers is of no use.
        echo '#include <stdio.h>' | cc -fsyntax-only -x c - 2>/dev/null || need gcc libc6-dev
        ;;
    c++)
        echo '#include <string>' | c++ -fsyntax-only -x c++ - 2>/dev/null || need g++
        ;;
    # Its own symbols are not enough for valgrind: it reads those of libc.
    valgrind) command -v valgrind >/dev/null || need valgrind libc6-dbg ;;
    cmake | make | pkg-config) command -v "$tool" >/dev/null || need "$tool" ;;
    dotnet)
        command -v python3 >/dev/null || need python3
        # Without a recent one, dotnet/toolchain.sh fetches one.
        dotnet --list-sdks 2>/dev/null | grep -Eq '^([89]|[1-9][0-9]+)\.' ||
            command -v npm >/dev/null || need npm
        ;;
    python)
        # Debian's comes without what makes environments.
        python3 -c 'import ensurepip, venv' 2>/dev/null || need python3 python3-venv
        ;;
    *)
        echo "setup: unknown tool: $tool" >&2
        exit 2
        ;;
    esac
done

[ ${#packages[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    {
        echo "setup: these are missing: ${packages[*]} (Debian's package names)"
        echo "setup: on Debian or Ubuntu: sudo apt-get install ${packages[*]}"
    } >&2
    exit 1
fi

echo "setup: installing ${packages[*]}"
export DEBIAN_FRONTEND=noninteractive
# Another terminal may be at it.
apt=(apt-get -qq -o DPkg::Lock::Timeout=300)
install=("${apt[@]}" install -y --no-install-recommends "${packages[@]}")
# The package lists of a fresh machine are empty or old: get them if need be.
"${install[@]}" </dev/null >/dev/null 2>&1 || {
    "${apt[@]}" update </dev/null
    "${install[@]}" </dev/null >/dev/null
}
