#!/usr/bin/env bash
# install.sh PREFIX: an installation can be built against from outside the tree,
# in C and in C++, in every way that there is, where it is and after it has been
# moved.
prefix=$(cd "${1:?prefix of the installation}" && pwd)
. "$(dirname "$0")/lib.sh"

version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$source/Cargo.toml" | head -n 1)

everything() { # WHERE PREFIX
    local where=$1 prefix=$2
    # The documented line, without pkg-config.
    cc -std=c11 $strict program.c -o plain -I"$prefix/include" -L"$prefix/lib" -lwitrt
    answers "$where: cc" env LD_LIBRARY_PATH="$prefix/lib" ./plain
    cc -std=c11 $strict program.c -o plain -I"$prefix/include" "$prefix/lib/libwitrt.a" -lstdc++ -lpthread -ldl -lm
    answers "$where: cc, static" ./plain
    c++ -std=c++17 $strict program.cc -o plain -I"$prefix/include" -L"$prefix/lib" -lwitrt -Wl,-rpath,"$prefix/lib"
    answers "$where: c++, with a run path" ./plain

    PKG_CONFIG_PATH=$prefix/lib/pkgconfig links "$where: pkg-config"
    [ "$(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --modversion witrt)" = "$version" ] ||
        fail "the version of pkg-config"

    cmakes "$where: find_package" "find_package(witrt ${version%.*} CONFIG REQUIRED)" -D CMAKE_PREFIX_PATH="$prefix"
    answers "$where: the command" sh -c "'$prefix/bin/witrt' run answer.wat answer"
}

echo '(module (func (export "answer") (result i32) i32.const 42))' >answer.wat
ln -s "$prefix" installed
everything installed "$work/installed"
cp -a "$prefix" "$work/moved"
everything moved "$work/moved"

# Nothing in it names the place that it was made for.
! grep -rIl "$prefix" "$work/moved" || fail "a file names its prefix"

# Other minor versions are other libraries.
for wrong in 0.0 0.99 1.0; do
    mkdir -p refused
    printf 'cmake_minimum_required(VERSION 3.16)\nproject(p C)\nfind_package(witrt %s CONFIG REQUIRED)\n' \
        $wrong >refused/CMakeLists.txt
    ! cmake -S refused -B refused/build -D CMAKE_PREFIX_PATH="$prefix" >log 2>&1 || fail "version $wrong is taken"
    rm -rf refused
done
echo "ok: other versions are refused"

# The names of the shared library.
case $(uname -s) in
Darwin) ;;
*)
    [ "$(readlink "$prefix/lib/libwitrt.so")" = "libwitrt.so.${version%.*}" ] || fail "libwitrt.so"
    [ "$(readlink "$prefix/lib/libwitrt.so.${version%.*}")" = "libwitrt.so.$version" ] || fail "the soname's link"
    readelf -d "$prefix/lib/libwitrt.so.$version" | grep "SONAME.*libwitrt.so.${version%.*}\]" >/dev/null || fail "soname"
    echo "ok: names"
    ;;
esac
