"""A host of plug-ins in thirty lines: components that are found in a folder, limited,
and called with the host's own functions. What one of them does wrong stays with it.

    python plugins.py FOLDER-OF-MODULES
"""

import sys
from pathlib import Path

import witrt


class Host:
    """What plug-ins may use: the functions of the interface `probe:guest/host`."""

    def log(self, level: int, text: str) -> None:
        print(f"  log {level}: {text}")

    def ask(self, question: str) -> str:
        return f"the answer to {question}"

    def find(self, key: str) -> "str | None":
        return {"greeting": "hello"}.get(key)

    def lookup(self, name: str) -> "list[dict[str, int]]":
        raise witrt.ResultError(f"there is no {name}")

    def digest(self, data: bytes) -> bytes:
        return data[::-1]

    def now(self) -> int:
        return 0

    class Sink:
        def __init__(self, name: str) -> None:
            self.name = name

        def write(self, text: str) -> int:
            return len(text)

        @staticmethod
        def open_sinks() -> int:
            return 0


def main(folder: Path) -> None:
    for path in sorted((folder / "components" / "c").glob("guest-*.wasm")):
        plugin = witrt.load(path).instantiate({"probe:guest/host": Host()}, timeout=5)
        print(f"{path.name}: {plugin.run('life')}")
        try:
            plugin.boom("x")
        except witrt.Trap as trap:
            print(f"  {path.name} has trapped in {trap.frames[0].func_name or 'a function'}")
        plugin.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
