#!/bin/sh
# Emscripten 3.1.6. The second one is made for JavaScript, which is not needed: that the
# tools fail to make it smaller does no harm.
set -e
cd "$(dirname "$0")"
all=_malloc,_free,_greet,_version,_count,_sum,_swap,_big,_say,_boom
emcc guest.c -O2 -sSTANDALONE_WASM --no-entry -sEXPORTED_FUNCTIONS=$all -o guest-standalone.wasm
emcc guest.c -O3 -sALLOW_MEMORY_GROWTH -sEXPORTED_FUNCTIONS=$all -o guest.js || true
rm -f guest.js
