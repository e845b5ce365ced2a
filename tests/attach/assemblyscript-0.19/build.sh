#!/bin/sh
# npm install assemblyscript@0.19.23
set -e
cd "$(dirname "$0")"
${ASC:-npx asc} old.ts --exportRuntime -O2 -b guest.wasm
