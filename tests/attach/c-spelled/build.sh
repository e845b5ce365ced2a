#!/bin/sh
# Debian: apt-get install clang-14 lld-14
set -e
FLAGS="--target=wasm32 -Os -nostdlib -ffreestanding -fno-builtin -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=8192"
clang-14 $FLAGS -DALLOCATOR -o guest.wasm guest.c
# Nothing gives memory away.
clang-14 $FLAGS -Wl,--export=__heap_base -o guest-bare.wasm guest.c
