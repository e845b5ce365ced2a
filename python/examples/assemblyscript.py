"""Calls a module that the AssemblyScript compiler made. Its strings are UTF-16 on a heap that
is collected; a face tells the types, and what is held for a call, and let go of after it, is
the library's affair.

    python assemblyscript.py FOLDER-OF-MODULES
"""

import sys
from pathlib import Path

import witrt


class Host:
    """What the module imports."""

    def log(self, level: int, text: str) -> None:
        print(f"  log {level}: {text}")

    def ask(self, question: str) -> str:
        return f"the answer to {question}"

    def digest(self, data: bytes) -> bytes:
        return bytes([len(data), max(data)])


def main(folder: Path) -> None:
    module = witrt.load(folder / "guest.wasm", face=(folder / "face.toml").read_text("utf-8"))
    guest = module.instantiate({"host": Host()})
    print(guest.greet("Zoë 🦀"))
    print(guest.units("a🦀"), guest.count("a🦀"))
    print(guest.words("straße und 漢字"), guest.join(["a", "é", "🦀"]))
    print(guest.sum([0.5, 0.25]), guest.squares(5), guest.reverse_bytes(b"abc"))
    print(guest.maybe(None), guest.maybe(""), guest.maybe("x"))
    print(guest.run("straße"))
    try:
        guest.boom("no")
    except witrt.Trap as trap:
        print(trap.message)


if __name__ == "__main__":
    main(Path(sys.argv[1]).parent / "attach" / "assemblyscript")
