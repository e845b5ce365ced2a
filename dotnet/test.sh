#!/usr/bin/env bash
# test.sh FOLDER: tests the .NET library with the native one in FOLDER. It goes
# on after a failure; the status tells.
set -euo pipefail
library=$(cd "${1:?folder of the native library}" && pwd)
cd "$(dirname "$0")/.."
. dotnet/toolchain.sh

build=$PWD/build/dotnet
rm -rf "$build"
mkdir -p "$build"/{standard,package,readme}
export LD_LIBRARY_PATH=$library${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
failed=()

# With PARTS="NAME,NAME", only these.
part() {
    [[ -z "${PARTS:-}" || ,$PARTS, == *,$1,* ]] || return 0
    printf -- '-- %s\n' "$1"
    ("${@:2}") || failed+=("$1")
}

# What is said twice has to be the same: functions that are declared, and numbers.
numbers() { # ENUM PREFIX FILE
    awk -v name="$1" '$0 ~ "enum " name "( |$)" {on = 1} /^}/ {on = 0} on && / = [0-9]+,/ {print $1, $3}' "$3" |
        sed "s/^$2//" | tr -d '_,' | tr '[:upper:]' '[:lower:]'
}

header() {
    local pair cs c prefix
    grep -ho 'extern .* \(wasm\|witrt\)_[a-z0-9_]*(' dotnet/Witrt/Native*.cs | sed 's/.* //; s/(//' | sort >"$build/declared"
    [ "$(wc -l <"$build/declared")" -gt 50 ] || return
    if comm -23 "$build/declared" <(sort include/symbols.txt) | grep .; then
        echo "the library has no such functions"
        return 1
    fi
    cat dotnet/Witrt/*.cs >"$build/source.cs"
    for pair in ErrorKind=witrt_error_kind_enum=WITRT_ERROR_ TrapCode=witrt_trap_code_enum=WITRT_TRAP_ \
        ValueKind=wasm_valkind_enum=WASM_ OptimizationLevel=witrt_opt_level_enum=WITRT_OPT_LEVEL_ \
        IllFormedText=witrt_ill_formed_enum=WITRT_ILL_FORMED_ BackEnd=witrt_back_end_enum=WITRT_BACK_END_; do
        IFS='=' read -r cs c prefix <<<"$pair"
        numbers "$c" "$prefix" include/witrt.h >"$build/numbers"
        [ -s "$build/numbers" ] && diff "$build/numbers" <(numbers "$cs" "" "$build/source.cs") || return
    done
    echo "as in witrt.h"
}

# `set -e` is off in what `||` follows, so each step says what happens if it fails.
compile() {
    python3 dotnet/arity.py --check &&
        build_library "$build" &&
        build_standard "$build/standard" &&
        csc_app "-out:$build/tests.dll" "-r:$build/Witrt.dll" dotnet/tests/*.cs &&
        csc_app "-out:$build/example.dll" "-r:$build/Witrt.dll" dotnet/example/*.cs &&
        csc_app "-out:$build/bench.dll" "-r:$build/Witrt.dll" dotnet/bench/*.cs &&
        cp "$build"/{tests,example}{.dll,.runtimeconfig.json} "$build/standard/"
}

tests() { # FOLDER
    dotnet "$1/tests.dll" tests/modules dotnet/tests </dev/null | tee "$1/tests.log"
    return "${PIPESTATUS[0]}"
}

# Where no code can be made at run time, as in programs that are compiled ahead of time.
without_code() {
    sed 's/"runtimeOptions": {/&"configProperties": {"System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported": false}, /' \
        "$build/tests.runtimeconfig.json" >"$build/without.json" &&
        dotnet exec --runtimeconfig "$build/without.json" "$build/tests.dll" tests/modules dotnet/tests "without code" </dev/null
}

# What a linker leaves of the library, as in programs that are trimmed. An SDK of today gets its
# linker from elsewhere when it publishes; the one that is fetched has its own.
trimmed() {
    local linker=("$fetched"/sdk/*/Sdks/ILLink.Tasks/tools/netcoreapp2.0/illink.dll)
    [ -n "$fetched" ] || { echo "no linker is at hand"; return 0; }
    rm -rf "$build/trimmed"
    DOTNET_ROLL_FORWARD=LatestMajor dotnet exec --runtimeconfig "$build/tests.runtimeconfig.json" "${linker[0]}" -a "$build/tests.dll" \
        -d "$build" -d "$frameworks/$dotnet_version" -c skip -u skip -p link Witrt -p copy tests -out "$build/trimmed" || return
    [ "$(wc -c <"$build/trimmed/Witrt.dll")" -lt "$(wc -c <"$build/Witrt.dll")" ] || { echo "nothing was removed"; return 1; }
    cp "$build/tests.runtimeconfig.json" "$build/trimmed/" && tests "$build/trimmed"
}

example() { # FOLDER
    dotnet "$1/example.dll" tests/modules >"$1/example.out" || return
    [ -z "${BLESS:-}" ] || cp "$1/example.out" dotnet/example/example.out
    diff -u dotnet/example/example.out "$1/example.out" && echo "as expected"
}

# The C# blocks of a README, one after the other, are one program; the comments
# say what its lines print.
readme() { # FILE
    awk '/^```csharp$/ {code = 1; next} /^```/ {code = 0} code' "$1" >"$build/readme/code.cs"
    sed -n 's|.*Console\.WriteLine(.*); // ||p' "$build/readme/code.cs" >"$build/readme/expected"
    { echo "using System;"; cat "$build/readme/code.cs"; } >"$build/readme/readme.cs"
    [ -s "$build/readme/expected" ] &&
        csc_app "-out:$build/readme/readme.dll" "-r:$build/Witrt.dll" "$build/readme/readme.cs" &&
        cp "$build/Witrt.dll" "$build/readme/" &&
        (cd tests/modules && dotnet "$build/readme/readme.dll") >"$build/readme/printed" &&
        diff -u "$build/readme/expected" "$build/readme/printed" && echo "as written"
}

# The package, made without an SDK, and used by a program that has nothing else.
package() {
    scripts/nupkg.sh "$build/package" "$library" || return
    python3 -m zipfile -l "$build/package/Witrt.$version.nupkg" | awk 'NR > 1 {print $1}' | LC_ALL=C sort >"$build/package/files"
    cat "$build/package/files"
    diff - "$build/package/files" <<FILES || return
LICENSE.txt
README.md
THIRD-PARTY-NOTICES.txt
Witrt.nuspec
[Content_Types].xml
_rels/.rels
lib/net$dotnet_major.0/Witrt.dll
lib/net$dotnet_major.0/Witrt.xml
lib/netstandard2.1/Witrt.dll
lib/netstandard2.1/Witrt.xml
runtimes/linux-x64/native/libwitrt.so
FILES
    # The SDK that is fetched is older than the runtime that goes with it.
    local framework=net$dotnet_major.0
    [ -n "$fetched" ] && framework=netcoreapp3.1
    cp dotnet/tests/package/* "$build/package/"
    # Nothing of this machine's own, and nothing of the checkout's.
    echo '<Project />' >"$build/package/Directory.Build.props"
    echo '<configuration><packageSources><clear /></packageSources></configuration>' >"$build/package/NuGet.config"
    (
        cd "$build/package" && unset LD_LIBRARY_PATH && export NUGET_PACKAGES=$PWD/packages
        dotnet build consumer.csproj -c Release -nologo -v quiet -o out -p:Framework="$framework" -p:Feed="$PWD" \
            -p:PackageVersion="$version" >build.log 2>&1 </dev/null || { cat build.log; exit 1; }
        dotnet out/consumer.dll "$OLDPWD"/tests/{modules/strings,modules/components/c/plain-utf16,wasi/probe-component}.wasm |
            diff - <(printf '%s\n' "hello, package! (7 bytes, 7 chars)" "3 -4" "[probe]" "[args]")
    ) && echo "consumed from a folder"
}

# The project file: the same, by the SDK.
project() {
    local frameworks="netstandard2.1;net$dotnet_major.0" options=()
    # The SDK that is fetched knows neither today's frameworks nor today's C#.
    if [ -n "$fetched" ]; then
        frameworks=netstandard2.1
        options=("-p:CscToolPath=$fetched/csc" -p:CscToolExe=csc)
    fi
    mkdir -p "$build/project"
    dotnet pack dotnet/Witrt -c Release -nologo -v quiet -o "$build/project" \
        "-p:TargetFrameworks=\"$frameworks\"" "-p:NativeLibrary=$library/libwitrt.so" "-p:RestoreSources=$build/project" \
        "-p:BaseIntermediateOutputPath=$build/project/obj/" "-p:BaseOutputPath=$build/project/bin/" \
        ${options[@]+"${options[@]}"} >"$build/project/log" 2>&1 </dev/null || { cat "$build/project/log"; return 1; }
    python3 -m zipfile -l "$build/project/Witrt.$version.nupkg" | awk 'NR > 1 {print $1}' >"$build/project/files"
    grep -x lib/netstandard2.1/Witrt.dll "$build/project/files" &&
        grep -x runtimes/linux-x64/native/libwitrt.so "$build/project/files"
}

part "names and numbers" header
part "compiling" compile
part "tests, .NET $dotnet_version" tests "$build"
part "tests, the library for netstandard2.1" tests "$build/standard"
part "tests, without code that is made at run time" without_code
part "tests, trimmed" trimmed
part "example" example "$build"
part "example, the library for netstandard2.1" example "$build/standard"
part "README.md" readme README.md
part "dotnet/README.md" readme dotnet/README.md
part "package" package
part "project file" project

if [ ${#failed[@]} -gt 0 ]; then
    printf 'FAILED: %s\n' "${failed[@]}"
    exit 1
fi
