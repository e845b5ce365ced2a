#!/usr/bin/env bash
# source.sh BUILT OPTIONS: the source tree as part of somebody else's, by
# add_subdirectory and by FetchContent. Cargo builds where BUILT is, with the
# options that made it, which is nothing to do.
built=$(cd "${1:?folder of the built library}" && pwd) options=${2:-}
. "$(dirname "$0")/lib.sh"

target=(-D WITRT_CARGO_TARGET_DIR="$(dirname "$built")" -D WITRT_CARGO_OPTIONS="$options")
cmakes add_subdirectory "add_subdirectory(\"$source\" witrt)" "${target[@]}"

# Once more: nothing has changed, and nothing is linked again.
before=$(stat -c %Y project/build/c-static 2>/dev/null || stat -f %m project/build/c-static)
sleep 1
cmake --build project/build >log 2>&1 || fail "the second build"
after=$(stat -c %Y project/build/c-static 2>/dev/null || stat -f %m project/build/c-static)
[ "$before" = "$after" ] || fail "the second build links again"
echo "ok: a second build does nothing"

cmakes FetchContent "include(FetchContent)
FetchContent_Declare(witrt SOURCE_DIR \"$source\")
FetchContent_MakeAvailable(witrt)" "${target[@]}"
