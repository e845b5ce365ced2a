#!/bin/sh
# pip install ziglang==0.17.0
set -e
cd "$(dirname "$0")"
${ZIG:-python3 -m ziglang} build-exe guest.zig -target wasm32-freestanding -fno-entry -rdynamic -O ReleaseSmall
