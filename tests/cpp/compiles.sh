#!/bin/sh
# compiles.sh INCLUDE COMPILER OPTION...: each C++ header compiles by itself,
# and so do programs that use all of it.
set -eu
include=$1
shift
here=$(dirname "$0")
for header in "$include"/witrt.hh "$include"/witrt/*.hh; do
    printf '#include "%s"\n#include "%s"\n' "$header" "$header" | "$@" -x c++ -
done
for program in handles values strings typed errors objects; do
    "$@" "$here/$program.cc"
done
