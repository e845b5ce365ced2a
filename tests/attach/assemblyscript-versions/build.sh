#!/bin/sh
# npm install assemblyscript@VERSION, one after the other; then build.sh VERSION
set -e
cd "$(dirname "$0")"
for name in guest imports; do
  out=$name-${1%.*}.wasm
  case $1 in
  0.9.4 | 0.14.13 | 0.17.14) ${ASC:-npx asc} $name.ts --runtime full -O2 -b "$out" ;;
  0.18.32) ${ASC:-npx asc} $name.ts --exportRuntime -O2 -b "$out" ;;
  0.20.13 | 0.20.19 | 0.23.1 | 0.27.37 | 0.28.20) ${ASC:-npx asc} $name.ts --exportRuntime -O2 --outFile "$out" ;;
  esac
done
