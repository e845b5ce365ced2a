#!/bin/sh
# How the modules here were made; nothing of this is run by the tests.
# Debian: apt-get install clang-14 lld-14 libclang-rt-14-dev-wasm32 wasi-libc
# npm install @bytecodealliance/jco@1.35.0: its `jco` is on the path, JCO its folder
# WIT: the folder src/p2/wit/deps of the crate wasmtime-wasi 48
set -e
cd "$(dirname "$0")"
clang-14 --target=wasm32-wasi -Os -Wall -Wl,--strip-all -o probe.wasm probe.c
jco new probe.wasm --wasi-command -o probe-component.wasm

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
clang-14 --target=wasm32 -Os -Wall -Wextra -nostdlib -Wl,--no-entry -Wl,--strip-all -o "$scratch/core.wasm" direct.c
# All packages in one text: the program `jco embed` finds no files.
cat direct.wit > "$scratch/all.wit"
for file in "${WIT:?}"/*.wit; do
  sed 's/^package \(.*\);$/package \1 {/' "$file"
  echo '}'
done >> "$scratch/all.wit"
node --input-type=module - "$scratch" << 'END'
import { readFileSync, writeFileSync } from 'node:fs';
const { componentEmbed, componentNew } = await import(process.env.JCO + '/dist/api.js');
const read = (name, form) => readFileSync(`${process.argv[2]}/${name}`, form);
const binary = read('core.wasm'), witSource = read('all.wit', 'utf8');
const embedded = await componentEmbed({ binary, witSource, world: 'direct' });
writeFileSync('direct.wasm', await componentNew(embedded, []));
END
