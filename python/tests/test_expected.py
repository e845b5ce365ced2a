"""Every call that the files of expectations tell of, of every component."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any, Iterator

import pytest
import witrt

from .conftest import COMPONENTS, module
from .notation import arguments, show


def sections(folder: str) -> "Iterator[tuple[Path, list[str]]]":
    text = (COMPONENTS / folder / "expected.txt").read_text("utf-8")
    for part in text.split("# ")[1:]:
        name, *lines = part.split("\n")
        path = COMPONENTS / folder / name
        if path.exists():
            yield path, [line for line in lines if line]


C = list(sections("c"))
WAT = list(sections("wat"))


class Host:
    """What the components import."""

    def __init__(self) -> None:
        self.seen: "list[str]" = []
        self.open = 0
        host = self

        class Sink:
            def __init__(self, name: str) -> None:
                self.name = name
                host.open += 1

            def write(self, text: str) -> int:
                host.seen.append(f"  host.sink {show(self.name)} {show(text)}")
                return len(text)

            @staticmethod
            def open_sinks() -> int:
                return host.open

            def __del__(self) -> None:
                host.open -= 1
                host.seen.append(f"  host.sink dropped {show(self.name)}")

        self.Sink = Sink

    def log(self, level: int, text: str) -> None:
        self.seen.append(f"  host.log {level} {show(text)}")

    def ask(self, question: str) -> str:
        return "answer to " + question

    def digest(self, data: bytes) -> bytes:
        xor = 0
        for byte in data:
            xor ^= byte
        return bytes([len(data), xor])

    def find(self, key: str) -> "str | None":
        return f"found {key}" if len(key) > 1 else None

    def lookup(self, name: str) -> Any:
        if len(name.encode()) > 1:
            return [{"x": 1, "y": -2}, {"x": len(name), "y": 0}]
        raise witrt.ResultError(f"no {name}")

    def now(self) -> int:
        return 2**64 - 1


def find(instance: Any, name: str) -> Any:
    """A function, by attributes alone."""
    own = name.replace("-", "_")
    if own in dir(instance):
        return getattr(instance, own)
    for interface in ("text", "kinds"):
        if own in dir(getattr(instance, interface, None)):
            return getattr(getattr(instance, interface), own)
    raise AssertionError(name)


@pytest.mark.parametrize("path, lines", C, ids=[path.name for path, _ in C])
def test_components_of_c(path: Path, lines: "list[str]") -> None:
    host = Host()
    imports = {"probe:guest/host": host} if module(path).imports else {}
    instance = module(path).instantiate(imports)
    made = 0
    logged = []
    for line in lines:
        if line.startswith("  host."):
            logged.append(line)
            continue
        call = re.fullmatch(r"([a-z-]+)\((.*)\) -> (.*)", line)
        if call is None or call[1] in ("live", "merge"):
            continue  # resources have tests of their own
        name, args, expected = call.groups()
        func = find(instance, name)
        try:
            result = func(*arguments(args, func))
            found = show(result, func.__signature__.return_annotation)
        except witrt.ResultError as error:
            found = show(error.value)
        except witrt.Poisoned:
            found = "TRAP wasm trap: cannot enter component instance"
        except witrt.Trap as error:
            assert error.code == 1 and error.frames, line
            found = "TRAP wasm trap: wasm `unreachable` instruction executed"
        assert found == expected, line
        assert host.seen == logged, line
        host.seen, logged = [], []
        made += 1
    assert made >= 12


@pytest.mark.parametrize("path, lines", WAT, ids=[path.name for path, _ in WAT])
def test_text_of_every_guest(path: Path, lines: "list[str]") -> None:
    def ask(question: str) -> str:
        return "ÿlatin" if question == "latin" else f"é{question}🦀"

    made = 0
    # Where a line has several calls, they are two blanks apart.
    calls = [call for line in lines for call in line.split("  ")]
    for line in calls:
        call, expected = line.split(" -> ")
        name, args = call[:-1].split("(", 1)
        imports = {"ask": ask} if module(path).imports else {}
        instance = module(path).instantiate(imports)
        func = getattr(instance, name)
        values = argument(args)
        try:
            found = func(*values)
        except witrt.Trap:
            assert expected.startswith("TRAP "), line
        else:
            assert written(found) == expected, line
        made += 1
    assert made >= 4


def argument(text: str) -> "list[Any]":
    if text.startswith("'a' *"):
        return ["a" * 70000 + "Ā"]
    if text.startswith("{"):  # a record by position
        x, y = text.strip("{}").split(", ")
        return [{"x": int(x), "y": int(y)}]
    return [ast.literal_eval(text)] if text else []


def written(value: Any) -> str:
    return f"({value.x}, {value.y})" if hasattr(value, "x") else repr(value)
