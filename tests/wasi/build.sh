#!/bin/sh
# How the modules here were made; nothing of this is run by the tests.
# Debian: apt-get install clang-14 lld-14 libclang-rt-14-dev-wasm32 wasi-libc
# npm install @bytecodealliance/jco@1.35.0, whose `jco` is on the path
set -e
cd "$(dirname "$0")"
clang-14 --target=wasm32-wasi -Os -Wall -Wl,--strip-all -o probe.wasm probe.c
jco new probe.wasm --wasi-command -o probe-component.wasm
