"""Core modules that have no types of their own, by faces: every call that is told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import witrt

from .conftest import MODULES
from .notation import arguments, show

FOLDER = MODULES.parent / "attach"
FILES = [
    ("c-clang-nostdlib", "guest.wasm"),
    ("c-clang-wasi", "guest.wasm"),
    ("c-clang-wasi", "guest-stdio.wasm"),
    ("rust-plain", "guest.wasm"),
]


class Host:
    def __init__(self) -> None:
        self.seen: "list[str]" = []

    def log(self, level: int, text: str) -> None:
        self.seen.append(f"  host.log {level} {show(text)}")

    def puts(self, text: str) -> int:
        self.seen.append(f"  host.puts {show(text)}")
        return len(text)

    def ask(self, question: str) -> str:
        self.seen.append(f"  host.ask {show(question)}")
        return "answer to " + question

    def env(self, name: str) -> "str | None":
        self.seen.append(f"  host.env {show(name)}")
        return "/home/é"


def load(folder: str, name: str) -> witrt.Module:
    return witrt.load(FOLDER / folder / name, face=(FOLDER / folder / "face.toml").read_text("utf-8"))


@pytest.mark.parametrize("folder, name", FILES)
def test_every_call(folder: str, name: str) -> None:
    loaded, host = load(folder, name), Host()
    imports = {module: host for module, _, _ in loaded.imports if not module.startswith("wasi")}
    instance: Any = loaded.instantiate(imports, wasi=witrt.Wasi())
    made = 0
    logged = []
    for line in (FOLDER / folder / "calls.txt").read_text("utf-8").splitlines():
        if line.startswith("  host."):
            logged.append(line)
            continue
        call = re.fullmatch(r"([a-z0-9-]+)\((.*)\) -> (.*)", line)
        assert call is not None, line
        func = getattr(instance, call[1].replace("-", "_"))
        try:
            found = show(func(*arguments(call[2], func)))
        except witrt.ResultError as error:
            found = show(error.value)
        except witrt.Trap as trap:
            found = "trap unreachable" if trap.code == 1 else str(trap)
        assert found == call[3], line
        assert host.seen == logged, line
        host.seen, logged = [], []
        made += 1
    assert made > 5


def test_names_and_signatures() -> None:
    import inspect

    loaded = load("c-clang-nostdlib", "guest.wasm")
    assert set(loaded.types) == {"Point"}
    host = {module: Host() for module, _, _ in loaded.imports}
    instance: Any = loaded.instantiate(host)
    assert str(inspect.signature(instance.find)) == "(text: str, what: str) -> Optional[str]"
    assert inspect.signature(instance.parse).return_annotation is loaded.types["Point"]
    assert instance.sum_f64([0.5, 1]) == 1.5


def test_mistakes(tmp_path: Path) -> None:
    with pytest.raises(witrt.LoadError) as caught:
        witrt.load(b"(module)", face='convention = "c"\nwit = """\nx: func() -> nothing;\n"""\n')
    assert caught.value.line_column is not None
    with pytest.raises(witrt.FileError):
        witrt.load(tmp_path / "none.wasm", face='convention = "c"')
