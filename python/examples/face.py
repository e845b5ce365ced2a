"""Calls a module that knows nothing of interfaces: C, compiled by clang. A face tells the
types of its functions, and how C passes them.

    python face.py FOLDER-OF-MODULES
"""

import sys
from pathlib import Path
from typing import Optional

import witrt


class Host:
    """What the module imports."""

    def log(self, level: int, text: str) -> None:
        print(f"  log {level}: {text}")

    def puts(self, text: str) -> int:
        print(f"  puts: {text}")
        return len(text)

    def ask(self, question: str) -> str:
        return f"the answer to {question}"

    def env(self, name: str) -> Optional[str]:
        return {"HOME": "/home/zoë"}.get(name)


def main(folder: Path) -> None:
    face = (folder / "face.toml").read_text("utf-8")
    module = witrt.load(folder / "guest.wasm", face=face)
    interfaces = {interface for interface, _, _ in module.imports}
    guest = module.instantiate({interface: Host() for interface in interfaces})
    print(guest.greet("Zoë"))
    print(guest.find("xxabcd", "abc"), guest.find("x", "y"))
    print(guest.sum_points([{"x": 1, "y": 2}, {"x": 3, "y": -5}]))
    try:
        guest.parse("x")
    except witrt.ResultError as error:
        print(f"error: {error.value}")
    print(guest.run("straße"))


if __name__ == "__main__":
    main(Path(sys.argv[1]).parent / "attach" / "c-clang-nostdlib")
