#!/usr/bin/env python3
"""Makes a NuGet package without an SDK: pack.py VERSION OUT FILE=PATH...

FILE is a path in the package, PATH the file to put there. Where there is a .NET SDK of version 8 or
later, `dotnet pack dotnet/Witrt` makes the same of the project file.
"""

import sys
import zipfile
from xml.sax.saxutils import escape

VERSION, OUT, *FILES = sys.argv[1:]
FILES = dict(pair.split("=", 1) for pair in FILES)
DESCRIPTION = ("Call WebAssembly components and modules with .NET's own types: strings go straight into linear memory "
               "and back, without a copy in between.")

# One group for each framework that there is a library for.
frameworks = sorted({name.split("/")[1] for name in FILES if name.startswith("lib/")})
groups = "\n".join(f'      <group targetFramework="{framework}" />' for framework in frameworks)

NUSPEC = f"""<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata>
    <id>Witrt</id>
    <version>{escape(VERSION)}</version>
    <authors>The libwitrt authors</authors>
    <license type="expression">Apache-2.0 WITH LLVM-exception</license>
    <readme>README.md</readme>
    <description>{escape(DESCRIPTION)}</description>
    <tags>wasm webassembly component-model wasi interface-types</tags>
    <dependencies>
{groups}
    </dependencies>
  </metadata>
</package>
"""

RELATIONS = """<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/Witrt.nuspec" Id="R1" />
</Relationships>
"""

extensions = sorted({name.rsplit(".", 1)[1] for name in FILES} | {"nuspec", "rels"})
TYPES = """<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
""" + "".join(
    '  <Default Extension="{}" ContentType="{}" />\n'.format(
        extension,
        "application/vnd.openxmlformats-package.relationships+xml" if extension == "rels"
        else "application/octet-stream")
    for extension in extensions) + "</Types>\n"

with zipfile.ZipFile(OUT, "w", zipfile.ZIP_DEFLATED) as package:
    def put(name, content):
        # The same bytes whenever it is made of the same files.
        package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)

    put("_rels/.rels", RELATIONS)
    put("Witrt.nuspec", NUSPEC)
    for name in sorted(FILES):
        with open(FILES[name], "rb") as file:
            put(name, file.read())
    put("[Content_Types].xml", TYPES)
