#!/usr/bin/env bash
# dist.sh BUILT: the archive has what its script lists and nothing else, and
# programs can be built against it.
built=$(cd "${1:?folder of the built library}" && pwd)
. "$(dirname "$0")/lib.sh"

archive=$("$source/scripts/dist.sh" "$built" "$work/dist" | tail -n 1)
tar -tzf "$archive" | grep -v '/$' | sort >found
"$source/scripts/dist.sh" --list | sort >listed
diff -u listed found || fail "the archive does not have what is listed"
echo "ok: $(wc -l <found | tr -d ' ') files, as listed"

mkdir unpacked
tar -xzf "$archive" -C unpacked
prefix=$(echo "$work"/unpacked/*)
for file in LICENSE THIRD-PARTY-NOTICES; do
    ! grep "/$file\$" listed >/dev/null || [ -s "$prefix/share/doc/witrt/$file" ] || fail "$file is empty"
done
PKG_CONFIG_PATH=$prefix/lib/pkgconfig links archive
echo '(module (func (export "answer") (result i32) i32.const 42))' >answer.wat
answers "the command" "$prefix/bin/witrt" run answer.wat answer
! grep -rIl "$work\|$source" "$prefix" || fail "a file names the machine it was made on"
