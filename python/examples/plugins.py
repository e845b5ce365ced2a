"""A host of plug-ins in thirty lines: the components of a folder, each with a store and a time
limit of its own, and of the system its output. What one of them does wrong stays with it.
python plugins.py FOLDER"""

import sys
from pathlib import Path

import witrt


class Host:  # what plug-ins import: the interface `probe:guest/host`
    find = {"greeting": "hello"}.get
    now = staticmethod(lambda: 0)

    def log(self, level: int, text: str) -> None:
        print(f"  log {level}: {text}")

    def ask(self, question: str) -> str:
        return f"the answer to {question}"

    def lookup(self, name: str) -> "list[dict[str, int]]":
        raise witrt.ResultError(f"there is no {name}")  # the error of its result

    def digest(self, data: bytes) -> bytes:
        return data[::-1]

    class Sink:  # a resource: guests make objects of it
        open_sinks = staticmethod(lambda: 0)

        def __init__(self, name: str) -> None: ...

        def write(self, text: str) -> int:
            return len(text)


for path in sorted((Path(sys.argv[1]) / "components" / "c").glob("guest-*.wasm")):
    wasi = witrt.Wasi(stdout=lambda data: print(data.decode(), end=""))
    plugin = witrt.load(path).instantiate({"probe:guest/host": Host()}, wasi=wasi, timeout=5)
    try:
        print(f"{path.name}: {plugin.run('life')}")
        plugin.boom("x")
    except witrt.Trap as trap:
        print(f"  {path.name} has trapped in {trap.frames[0].func_name or 'a function'}")
