#!/usr/bin/env bash
# install.sh PREFIX: an installation works after it has been moved, in every
# way that the README shows; and the README's programs and commands do what it
# says.
set -euo pipefail
cd "$(dirname "$0")/.."
source=$PWD

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -a "${1:?prefix of the installation}" "$work/moved"
export PKG_CONFIG_PATH=$work/moved/lib/pkgconfig LD_LIBRARY_PATH=$work/moved/lib
export PATH=$work/moved/bin:$PATH

# The README's C blocks, one after the other, are one program.
{
    cat <<'C'
#include <stdio.h>
#include <uchar.h>
#include "witrt.h"
int main(int argc, char** argv) {
  static char file[1 << 20];
  FILE* stream = argc > 1 ? fopen(argv[1], "rb") : NULL;
  if (!stream) return 2;
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new(&bytes, fread(file, 1, sizeof file, stream), file);
  fclose(stream);
C
    awk '/^```c$/ {code = 1; next} /^```/ {code = 0} code' README.md
    cat <<'C'
  static const char16_t expected[] = u"hello, Zoë 🦀! (9 bytes, 5 chars)";
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
} >"$work/program.c"
strict="-std=c11 -Wall -Wextra -Wpedantic -Werror"

says() { # NAME PROGRAM
    [ "$("$2" tests/modules/strings.wasm 2>/dev/null)" = "as written" ] ||
        { echo "the README's program fails: $1" >&2; exit 1; }
    echo "ok: $1"
}

# The link lines of the README, with our names for the files.
cd "$work"
grep '^cc program.c' "$source/README.md" | while read -r line; do
    eval "${line/cc/cc $strict} -o program"
    (cd "$source" && says "$line" "$work/program")
done

# Its CMake lines.
{
    echo 'cmake_minimum_required(VERSION 3.16)'
    echo 'project(readme C)'
    echo 'add_executable(program program.c)'
    awk '/^```cmake$/ {code = 1; next} /^```/ {code = 0} code' "$source/README.md"
} >CMakeLists.txt
cmake -S . -B cmake -D CMAKE_PREFIX_PATH="$work/moved" >/dev/null
cmake --build cmake >/dev/null
(cd "$source" && says "find_package" "$work/cmake/program")

# Its text module, and its commands with what they print.
cd "$source"
awk '/^```wat$/ {code = 1; next} /^```/ {code = 0} code' README.md >"$work/readme.wat"
[ "$(witrt run "$work/readme.wat" 'byte length' '"Zoë"')" = 4 ]
echo "ok: the text module"
awk '/^```console$/ {code = 1; next} /^```/ {code = 0} code' README.md >"$work/expected"
while IFS= read -r line; do
    printf '%s\n' "$line"
    case $line in '$ '*) eval "${line#'$ '}" </dev/null ;; esac
done < <(grep '^\$ ' "$work/expected") >"$work/printed"
diff -u "$work/expected" "$work/printed"
echo "ok: the commands"
