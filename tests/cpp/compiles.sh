#!/bin/sh
# compiles.sh COMPILER OPTION...: programs that use most of the header compile.
# With --each INCLUDE at the end, each header there by itself does, also twice.
set -eu
here=$(dirname "$0")
case " $* " in
*" --each "*)
    for include in "$@"; do :; done
    # The last two words are ours.
    count=$(($# - 2))
    while [ $count -gt 0 ]; do
        set -- "$@" "$1"
        shift
        count=$((count - 1))
    done
    shift 2
    for header in "$include"/witrt.hh "$include"/witrt/*.hh; do
        printf '#include "%s"\n#include "%s"\n' "$header" "$header" | "$@" -x c++ -
    done
    ;;
*)
    for program in typed objects components values allocations; do
        "$@" "$here/$program.cc"
    done
    ;;
esac
