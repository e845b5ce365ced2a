#!/bin/sh
# pip install ziglang==0.15.1: its `zig cc` is clang
set -e
cd "$(dirname "$0")"
${CC:-python3 -m ziglang cc} --target=wasm32-freestanding -Os -nostdlib -ffreestanding -fno-builtin -Wl,--no-entry \
  -Wl,--strip-all -Wl,-z,stack-size=8192 -o guest.wasm guest.c
