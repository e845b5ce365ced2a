#!/bin/sh
# npm install assemblyscript@0.9.4
set -e
cd "$(dirname "$0")"
${ASC:-npx asc} old.ts --runtime full -O2 -b guest.wasm
