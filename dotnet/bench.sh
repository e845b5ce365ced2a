#!/usr/bin/env bash
# bench.sh FOLDER: compares typed calls with glue by hand, with the native library
# in FOLDER.
set -euo pipefail
library=$(cd "${1:?folder of the native library}" && pwd)
cd "$(dirname "$0")/.."
. dotnet/toolchain.sh
build=$PWD/build/dotnet/bench
build_library "$build"
csc_app "-out:$build/bench.dll" "-r:$build/Witrt.dll" dotnet/bench/*.cs
LD_LIBRARY_PATH=$library exec dotnet "$build/bench.dll" dotnet/bench
