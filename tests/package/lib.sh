# What the scripts here share. After it, the working folder is an empty one,
# $work, and $source is the tree. (An installation is used through a link in $work:
# no shell can take flags of pkg-config's apart where their path has a space.)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp "$here"/program.{c,cc} .
strict="-Wall -Wextra -Wpedantic -Werror"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# answers NAME COMMAND...: the command prints 42.
answers() {
    local name=$1
    shift
    [ "$("$@")" = 42 ] || fail "$name"
    echo "ok: $name"
}

# needs PROGRAM: whether it looks for the shared library when it starts. (What
# is read is read to its end: a writer that is cut off would fail the pipe.)
needs() {
    if command -v readelf >/dev/null; then
        readelf -d "$1" | grep 'NEEDED.*libwitrt' >/dev/null
    else
        otool -L "$1" | grep libwitrt >/dev/null
    fi
}

# links NAME ENV...: the programs, with what pkg-config and the README say, of
# the installation that PKG_CONFIG_PATH names.
links() {
    local flags libs libdir private
    flags=$(pkg-config --cflags witrt) libs=$(pkg-config --libs witrt)
    libdir=$(pkg-config --variable=libdir witrt)
    private=$(pkg-config --libs --static witrt | sed 's/.*-lwitrt//')
    # shellcheck disable=SC2086 # they are lists of words
    {
        cc -std=c11 $strict program.c -o c-shared $flags $libs
        c++ -std=c++17 $strict program.cc -o cpp-shared $flags $libs
        cc -std=c11 $strict program.c -o c-static $flags "$libdir/libwitrt.a" $private
        c++ -std=c++17 $strict program.cc -o cpp-static $flags "$libdir/libwitrt.a" $private
    }
    for program in c cpp; do
        answers "$1, $program, shared" env LD_LIBRARY_PATH="$libdir" ./$program-shared
        answers "$1, $program, static" ./$program-static
        needs $program-shared || fail "$program-shared is not linked to the shared library"
        ! needs $program-static || fail "$program-static is linked to the shared library"
    done
}

# cmakes NAME LINE OPTION...: the programs with CMake, once LINE has defined the
# targets.
cmakes() {
    local name=$1 line=$2
    shift 2
    rm -rf project
    mkdir project
    cp program.{c,cc} project
    {
        echo 'cmake_minimum_required(VERSION 3.16)'
        echo 'project(consumer LANGUAGES C CXX)'
        echo "$line"
        cat "$here/consumer.cmake"
    } >project/CMakeLists.txt
    cmake -S project -B project/build "$@" >log 2>&1 || { cat log; fail "$name: configure"; }
    cmake --build project/build --parallel 2 >log 2>&1 || { cat log; fail "$name: build"; }
    for program in c cpp; do
        answers "$name, $program, shared" project/build/$program-shared
        answers "$name, $program, static" project/build/$program-static
        needs project/build/$program-shared || fail "$name: $program-shared is not shared"
        ! needs project/build/$program-static || fail "$name: $program-static is shared"
    done
}
