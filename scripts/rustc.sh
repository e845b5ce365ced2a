#!/usr/bin/env bash
# A RUSTC_WRAPPER for fuzzing with a stable compiler: it adds coverage to this
# project's crates and to nothing else, so that the engine need not be compiled
# again. COVERAGE=source adds what llvm-cov reads instead, COVERAGE= nothing to
# the library. With SANITIZER=address it also adds the sanitizer to them;
# allocations of all crates are then checked, accesses only of these.
rustc=$1
shift
crate= before=
for argument in "$@"; do
    [ "$before" = --crate-name ] && crate=$argument
    before=$argument
done
coverage=(
    -Cpasses=sancov-module
    -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
    -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares
)
[ "${COVERAGE-}" = source ] && coverage=(-Cinstrument-coverage)
checked=(--cfg fuzzing -Cdebug-assertions=on -Coverflow-checks=on)
if [ -n "${SANITIZER:-}" ]; then
    export RUSTC_BOOTSTRAP=1
    checked+=("-Zsanitizer=$SANITIZER" -Cunsafe-allow-abi-mismatch=sanitizer)
fi
case $crate in
witrt) [ -n "${COVERAGE-yes}" ] || coverage=() ;;
witrt_fuzz | text | binary | roundtrip | transcode | validate | run | backends | safe | capi | parts | components | files | doors | faces) ;;
*) exec "$rustc" "$@" ;;
esac
exec "$rustc" "$@" ${coverage[@]+"${coverage[@]}"} "${checked[@]}"
