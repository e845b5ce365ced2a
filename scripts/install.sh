#!/usr/bin/env bash
# install.sh PREFIX BUILT: copies what cargo made in the folder BUILT, the
# headers, and what CMake and pkg-config need to find them, below PREFIX. The
# result may be moved. DESTDIR is put in front of PREFIX, for packagers.
set -euo pipefail
cd "$(dirname "$0")/.."

prefix=${1:?prefix} built=${2:?folder of the built library}
root=${DESTDIR:-}$prefix
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
# While the major number is 0, each minor release has an ABI of its own.
abi=${version%.*}

case $(uname -s) in
Darwin) full=libwitrt.$version.dylib soname=libwitrt.$abi.dylib plain=libwitrt.dylib cxxlib=c++ ;;
*) full=libwitrt.so.$version soname=libwitrt.so.$abi plain=libwitrt.so cxxlib=stdc++ ;;
esac

mkdir -p "$root"/{bin,include/witrt,lib/pkgconfig,lib/cmake/witrt,share/doc/witrt}
install -m 755 "$built/witrt" "$root/bin/"
install -m 755 "$built/$plain" "$root/lib/$full"
ln -sf "$full" "$root/lib/$soname"
ln -sf "$soname" "$root/lib/$plain"
install -m 644 "$built/libwitrt.a" "$root/lib/"
install -m 644 include/*.{h,hh} "$root/include/"
install -m 644 include/witrt/*.hh "$root/include/witrt/"
install -m 644 cmake/witrt-targets.cmake "$root/lib/cmake/witrt/"
install -m 644 LICENSE "$root/share/doc/witrt/"

for file in pkgconfig/witrt.pc cmake/witrt/witrt-config.cmake cmake/witrt/witrt-config-version.cmake; do
    sed -e "s/@VERSION@/$version/g" -e "s/@ABI@/$abi/g" -e "s/@LIBRARY@/$soname/g" \
        -e "s/@CXXLIB@/$cxxlib/g" \
        "cmake/$(basename "$file").in" >"$root/lib/$file"
done
echo "installed libwitrt $version in $root"
