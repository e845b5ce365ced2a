#!/usr/bin/env bash
# dist.sh BUILT OUT: makes an archive for this kind of machine of what cargo
# made in the folder BUILT, in the folder OUT, and prints its name last.
# dist.sh --list: the files that are in it.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
abi=${version%.*}
case $(uname -s) in
Darwin) system=macos libraries="libwitrt.dylib libwitrt.$abi.dylib libwitrt.$version.dylib" ;;
*) system=$(uname -s | tr '[:upper:]' '[:lower:]') libraries="libwitrt.so libwitrt.so.$abi libwitrt.so.$version" ;;
esac
name=libwitrt-$version-$system-$(uname -m)

list() {
    echo "$name/bin/witrt"
    (cd include && find . -name '*.h' -o -name '*.hh') | sed "s,^\.,$name/include,"
    for library in libwitrt.a $libraries; do echo "$name/lib/$library"; done
    for file in config config-version targets; do echo "$name/lib/cmake/witrt/witrt-$file.cmake"; done
    echo "$name/lib/pkgconfig/witrt.pc"
    for file in CHANGELOG.md LICENSE README.md; do echo "$name/share/doc/witrt/$file"; done
    # It is made of the dependencies' own texts.
    [ ! -x scripts/notices.sh ] || echo "$name/share/doc/witrt/THIRD-PARTY-NOTICES"
}

if [ "${1:-}" = --list ]; then
    list
    exit
fi

built=${1:?folder of the built library} out=${2:?folder for the archive}
staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
unset DESTDIR
scripts/install.sh "$staging/$name" "$built" >&2
doc=$staging/$name/share/doc/witrt
install -m 644 CHANGELOG.md README.md "$doc/"
if [ -x scripts/notices.sh ]; then
    scripts/notices.sh >"$doc/THIRD-PARTY-NOTICES"
else
    echo "dist: there is no scripts/notices.sh: the archive goes without THIRD-PARTY-NOTICES" >&2
fi
# Without what only debuggers read. The static library keeps its names.
for file in "$staging/$name"/lib/libwitrt.a "$staging/$name"/lib/*.[0-9]* "$staging/$name"/bin/witrt; do
    [ -L "$file" ] || strip -S "$file"
done

mkdir -p "$out"
archive=$(cd "$out" && pwd)/$name.tar.gz
list | sort >"$staging/list"
# Only what is listed: a file that is missing fails, one too many stays out, and
# the test of this sees both.
tar -czf "$archive" --owner=0 --group=0 -C "$staging" -T "$staging/list"
(cd "$staging" && find "$name" ! -type d | sort) | diff "$staging/list" - >&2
echo "$archive"
