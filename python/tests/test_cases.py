"""Every call of the table that all languages share: ``tests/cases.txt``, which says how it
is written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import pytest
import witrt
from witrt._classes import snake

from .conftest import MODULES, module
from .notation import arguments, show

TESTS = MODULES.parent

Case = Tuple[str, Optional[str], List[str]]


def table() -> Iterator[Case]:
    """A guest's file, its face, its lines."""
    guests: "list[Case]" = []
    for line in (TESTS / "cases.txt").read_text("utf-8").splitlines():
        if line.startswith("# "):
            yield from guests
            words = line[2:].split(" ")
            faces = [word[5:] for word in words if word.startswith("face=")]
            lines: "list[str]" = []
            guests = [(word, faces[0] if faces else None, lines) for word in words if not word.startswith("face=")]
        elif line and not line.startswith(";"):
            lines.append(line)
    yield from guests


TABLE = list(table())


class ComponentHost:
    """What components import: ``log`` and resources are told."""

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
        return digest(data)

    def find(self, key: str) -> "str | None":
        return f"found {key}" if len(key) > 1 else None

    def lookup(self, name: str) -> Any:
        if len(name.encode()) > 1:
            return [{"x": 1, "y": -2}, {"x": len(name), "y": 0}]
        raise witrt.ResultError(f"no {name}")

    def now(self) -> int:
        return 2**64 - 1


def digest(data: bytes) -> bytes:
    xor = 0
    for byte in data:
        xor ^= byte
    return bytes([len(data), xor])


def may_fail(text: str) -> str:
    if text == "x":
        raise witrt.ResultError(f"refused {text}")
    return f"fine {text}"


#: What other modules import: every call is told.
ANSWERS: "Dict[str, Callable[..., Any]]" = {
    "log": lambda *_: None,
    "log_owned": lambda _: None,
    "logowned": lambda _: None,
    "pair": lambda *_: None,
    "puts": len,
    "ask": lambda text: "answer to " + text,
    "env": lambda _: "/home/é",
    "ask_opt": lambda text: None if text == "x" else "maybe " + text,
    "digest": digest,
    "now": lambda: 41.5,
    "ticks": lambda: 2**64 - 1,
    "may_fail": may_fail,
    "mix": lambda *_: 4_000_000_000,
    "add": lambda a, b: a + b,
}


def teller(seen: "list[str]", name: str) -> Callable[..., Any]:
    flat = re.sub(r"^__wbg_([a-z]+)_.*", r"\1", name)

    def called(*args: Any) -> Any:
        told = [str(len(arg)) if isinstance(arg, bytes) else show(arg) for arg in args]
        seen.append(" ".join([f"  host.{flat}", *told]))
        return ANSWERS[flat](*args)

    return called


def root_ask(question: str) -> str:
    return "ÿlatin" if question == "latin" else f"é{question}🦀"


class Guest:
    """An instance, what its host was told, and the resources that have names."""

    def __init__(self, file: str, face: Optional[str]) -> None:
        loaded = load(file, face)
        self.named: "Dict[str, Any]" = {}
        self.seen: "list[str]" = []
        imports: "Dict[str, Any]" = {}
        if loaded.is_component:
            host = ComponentHost()
            self.seen = host.seen
            paths = {path for path, _, _ in loaded.imports}
            imports = {"ask": root_ask} if "" in paths else {"probe:guest/host": host} if paths else {}
        else:
            for path, name, _ in loaded.imports:
                if not path.startswith("wasi"):
                    imports.setdefault(path, {})[name] = teller(self.seen, name)
        self.instance: Any = loaded.instantiate(imports, wasi=witrt.Wasi())

    def call(self, name: str, args: str) -> Tuple[Any, Any]:
        """What a call gives, and what its type is called."""
        resource = re.fullmatch(r"\[(constructor|method|static)\]([a-z-]+)(?:\.([a-z-]+))?", name)
        if resource is None:
            func = self.find(snake(name))
            first, comma, rest = args.partition(", ")
            if isinstance(self.named.get(first), int):
                args = f"{self.named[first]}{comma}{rest}"
            values = self.words(args) if args.split(", ")[0] in self.named else arguments(args, func)
            return func(*values), func.__signature__.return_annotation
        # By Python's own names for them.
        words = self.words(args)
        made_class = self.find(resource[2].title())
        if resource[1] == "constructor":
            return made_class(*words), None
        member = (resource[3] or "").replace("-", "_")
        return getattr(words[0] if resource[1] == "method" else made_class, member)(
            *words[resource[1] == "method" :]
        ), None

    def words(self, args: str) -> "list[Any]":
        """Arguments of which some have names."""
        return [self.named[word] if word in self.named else json.loads(word) for word in args.split(", ")]

    def find(self, name: str) -> Any:
        """A function or class: of the world, or of the interface that has it."""
        if name in set(self.instance):
            return getattr(self.instance, name)
        paths = {export.rpartition("#")[0] for export, _ in self.instance.module.exports if "#" in export}
        found = [self.instance[path] for path in paths if name in self.instance[path]]
        assert len(found) == 1, name
        return getattr(found[0], name)


def load(file: str, face: Optional[str]) -> witrt.Module:
    if face is None:
        return module(TESTS / file)
    return witrt.load(TESTS / file, face=(TESTS / face).read_text("utf-8"))


def trapped(trap: witrt.Trap, expected: str) -> bool:
    """Whether it is the trap that is expected: of any kind, of one, or with a message."""
    what = expected[len("trap ") :]
    if what.startswith('"'):
        return json.loads(what) in str(trap)
    return not what or {"unreachable": 1, "ill-formed-text": 12}[what] == trap.code


@pytest.mark.parametrize("file, face, lines", TABLE, ids=[file for file, _, _ in TABLE])
def test_every_call(file: str, face: Optional[str], lines: "list[str]") -> None:
    guest = Guest(file, face)
    # Functions that are not called yet: each is.
    left = {name.rpartition("#")[2] for name, kind in guest.instance.module.exports if kind.startswith("func ")}
    made = 0
    logged: "list[str]" = []
    for line in lines:
        call = re.fullmatch(r"(?:(\w+) = )?([\w\[\].-]+)\((.*?)\)(?: -> (.*))?", line)
        if line.startswith("  host."):
            logged.append(line)
        elif line == "new":
            guest = Guest(file, face)
        elif line.startswith("drop "):
            guest.named.pop(line[5:]).close()
        elif call is not None and call[1]:
            left.discard(call[2])
            guest.named[call[1]], _ = guest.call(call[2], call[3])
        else:
            assert call is not None, line
            name, args, expected = line.partition("(")[0], *line.partition("(")[2].rsplit(") -> ", 1)
            left.discard(name)
            try:
                found = show(*guest.call(name, args))
            except witrt.ResultError as error:
                found = show(error.value)
            except witrt.Poisoned:
                found = "poisoned"
            except witrt.Trap as trap:
                assert expected.startswith("trap") and trapped(trap, expected), f"{line}: {trap}"
                found = expected
            assert found == expected, line
            assert guest.seen == logged, line
            guest.seen.clear()
            logged = []
            made += 1
    assert made >= 4 and not left
