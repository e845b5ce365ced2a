# To be sourced by bash: makes sure that there is a .NET, puts `dotnet` on PATH,
# and defines `csc`. A .NET SDK of version 8 or later that is on PATH is used; else one is fetched
# into the user's cache (toolchain/fetch.py).
#
#   csc ARGUMENTS            compiles for the .NET that is here
#   csc_standard ARGUMENTS   compiles for netstandard2.1
#   csc_app ARGUMENTS        compiles a program: -out:NAME.dll, with what `dotnet` needs to start it
#   build_library FOLDER     compiles the library for the .NET that is here
#   build_standard FOLDER    compiles it for netstandard2.1
#
# `dotnet_major` is the version of that .NET; `fetched` is empty where it was there.

dotnet_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# The newest version that is listed in lines such as "9.0.302 [folder]"; then its folder.
newest() { sort -V | tail -n 1 | sed 's/^\([^ ]*\) \[\(.*\)\]$/\1 \2/'; }

read -r sdk sdks < <(dotnet --list-sdks 2>/dev/null | newest) || true
if [ "${sdk%%.*}" -ge 8 ] 2>/dev/null; then
    compiler=(dotnet "$sdks/$sdk/Roslyn/bincore/csc.dll")
    packs=$(dirname "$sdks")/packs
    fetched=
else
    fetched=${XDG_CACHE_HOME:-$HOME/.cache}/libwitrt/dotnet-9.0.7
    python3 "$dotnet_folder/toolchain/fetch.py" "$fetched" || { echo "there is no .NET to go on with" >&2; exit 1; }
    # shellcheck source=/dev/null
    . "$fetched/env.sh"
    PATH=$fetched:$PATH
    compiler=("$fetched/csc/csc")
    packs=$fetched/packs
fi
read -r dotnet_version frameworks < <(
    dotnet --list-runtimes | sed -n 's/^Microsoft\.NETCore\.App //p' | newest)
# What the framework has been compiled to can be compiled against as well.
framework=("$frameworks/$dotnet_version"/*.dll)
dotnet_major=${dotnet_version%%.*}

csharp=(-nologo -noconfig -nostdlib -deterministic+ -optimize+ -unsafe+ -langversion:12 -nullable:enable
    -warnaserror+)
# The names by which the source knows what it is compiled for.
for ((version = 5; version <= dotnet_major; version++)); do
    defines+=("-define:NET${version}_0_OR_GREATER")
done

csc() { "${compiler[@]}" "${csharp[@]}" "${defines[@]}" "${framework[@]/#/-r:}" "$@"; }

csc_standard() {
    local reference=$packs/NETStandard.Library.Ref/2.1.0/ref/netstandard2.1/netstandard.dll
    [ -f "$reference" ] || { echo "the targeting pack of netstandard2.1 is missing: $reference" >&2; return 1; }
    "${compiler[@]}" "${csharp[@]}" -define:NETSTANDARD2_1 "-r:$reference" "$@"
}

csc_app() {
    local argument
    csc "$@" || return
    for argument in "$@"; do
        case $argument in
        -out:*.dll)
            argument=${argument#-out:}
            printf '{"runtimeOptions": {"tfm": "net%s.0", "framework": {"name": "%s", "version": "%s.0.0"}}}\n' \
                "$dotnet_major" Microsoft.NETCore.App "$dotnet_major" >"${argument%.dll}.runtimeconfig.json"
            ;;
        esac
    done
}

library_source=("$dotnet_folder"/Witrt/*.cs "$dotnet_folder"/Witrt/Codecs/*.cs "$dotnet_folder"/Witrt/Arity/*.cs)
build_library() { csc -target:library "-out:$1/Witrt.dll" "-doc:$1/Witrt.xml" "${library_source[@]}"; }
build_standard() { csc_standard -target:library "-out:$1/Witrt.dll" "-doc:$1/Witrt.xml" "${library_source[@]}"; }
