#!/bin/sh
# npm install assemblyscript@0.28.20
set -e
cd "$(dirname "$0")"
ASC=${ASC:-npx asc}
$ASC guest.ts --exportRuntime -Osize --noAssert --outFile guest.wasm
# collects only when it is told to, and never
$ASC guest.ts --exportRuntime --runtime minimal -Osize --noAssert --outFile guest-minimal.wasm
$ASC guest.ts --exportRuntime --runtime stub -Osize --noAssert --outFile guest-stub.wasm
$ASC random.ts --exportRuntime -Osize --outFile random.wasm
