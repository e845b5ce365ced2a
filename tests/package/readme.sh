#!/usr/bin/env bash
# readme.sh PREFIX: what the README shows works with an installation: its
# programs in C and C++, its link lines, its text module, its commands.
prefix=$(cd "${1:?prefix of the installation}" && pwd)
. "$(dirname "$0")/lib.sh"
ln -s "$prefix" installed
prefix=$work/installed
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib PATH=$prefix/bin:$PATH

# blocks LANGUAGE: the code of it, one block after the other.
blocks() {
    awk -v start="^\`\`\`$1\$" '$0 ~ start {code = 1; next} /^```/ {code = 0} code' "$source/README.md"
}

# says NAME PROGRAM: the program gets through.
says() {
    [ "$("$2" "$source/tests/modules/components/c/plain-utf8.wasm" 2>/dev/null)" = "as written" ] ||
        fail "the README's program: $1"
    echo "ok: $1"
}

# The C blocks are one program.
{
    cat <<'C'
#include <stdio.h>
#include <uchar.h>
#include "witrt.h"
int main(int argc, char** argv) {
  static char content[1 << 20];
  FILE* stream = argc > 1 ? fopen(argv[1], "rb") : NULL;
  if (!stream) return 2;
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new(&bytes, fread(content, 1, sizeof content, stream), content);
  fclose(stream);
C
    blocks c
    cat <<'C'
  static const char16_t expected[] = u"hello, Zoë 🦀! (9 bytes, 5 chars)";
  if (!done || out.text.size != 30 || reply[29] != ')') return 4;
  if (!again) return 5;
  wasm_module_delete(again);
  if (trap || memcmp(answer, expected, sizeof expected - 2) != 0) return 3;
  wasm_val_delete(&result[0]);
  wasm_extern_delete(greet);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_byte_vec_delete(&bytes);
  wasm_store_delete(limited);
  wasm_engine_delete(careful);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  puts("as written");
  return 0;
}
C
} >program.c

# So are those in C++, with what they print put aside.
{
    cat <<'CPP'
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <witrt.hh>
int main(int argc, char** argv) {
  std::ifstream stream(argc > 1 ? argv[1] : "", std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  std::ostringstream printed;
  std::streambuf* before = std::cout.rdbuf(printed.rdbuf());
CPP
    blocks cpp
    cat <<'CPP'
  std::cout.rdbuf(before);
  if (answer != u"hello, Zoë 🦀! (9 bytes, 5 chars)") return 3;
  if (printed.str() != "BadText: argument 0, code unit 1\nHello! Hello! Hello! \n") return 4;
  std::cout << "as written\n";
}
CPP
} >program.cc

# The link lines, with our names for the files.
while read -r line; do
    case $line in
    c++*) eval "${line/#c++/c++ $strict} -o program" ;;
    *) eval "${line/#cc/cc -std=c11 $strict} -o program" ;;
    esac
    says "$line" "$work/program"
done < <(grep -E '^(cc|c\+\+) ' "$source/README.md")

# The CMake lines: find_package's, and those for the source tree are only read.
mkdir project
cp program.{c,cc} project
{
    echo 'cmake_minimum_required(VERSION 3.16)'
    echo 'project(readme LANGUAGES C CXX)'
    echo 'add_executable(program program.c)'
    echo 'add_executable(program++ program.cc)'
    blocks cmake
} >project/CMakeLists.txt
cmake -S project -B project/build -D CMAKE_PREFIX_PATH="$prefix" >/dev/null
cmake --build project/build >/dev/null
says "find_package, C" "$work/project/build/program"
says "find_package, C++" "$work/project/build/program++"

# The text module, and the commands with what they print.
blocks wat >readme.wat
[ "$(witrt run readme.wat 'byte length' '"Zoë"')" = 4 ] || fail "the text module"
echo "ok: the text module"
blocks console >expected
cd "$source"
while IFS= read -r line; do
    printf '%s\n' "$line"
    case $line in '$ '*) eval "${line#'$ '}" </dev/null ;; esac
done < <(grep '^\$ ' "$work/expected") >"$work/printed"
diff -u "$work/expected" "$work/printed" || fail "the commands"
echo "ok: the commands"
