"""Values as the table of cases writes them."""

from __future__ import annotations

import dataclasses
import enum
import json
import re
import typing
from typing import Any

import witrt
from witrt._classes import snake


class Reader:
    """Reads arguments, by the annotations of the parameters."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def eat(self, word: str) -> bool:
        if self.text.startswith(word, self.at):
            self.at += len(word)
            return True
        return False

    def items(self, close: str) -> "list[Any]":
        found = []
        while not self.eat(close):
            if found:
                assert self.eat(", "), self.text[self.at :]
            found.append(self.value())
        return found

    def value(self) -> Any:
        if self.text.startswith('"', self.at):
            value, self.at = json.JSONDecoder(strict=False).raw_decode(self.text, self.at)
            times = re.compile(r"\*(\d+)").match(self.text, self.at)
            if times is None:
                return value
            self.at = times.end()
            return value * int(times[1]) + (self.value() if self.text.startswith('"', self.at) else "")
        if self.eat("bytes["):
            return bytes(self.items("]"))
        if self.eat("["):
            return self.items("]")
        if self.eat("()"):
            return None
        if self.eat("("):
            return tuple(self.items(")"))
        if self.eat("flags{"):
            return {name for name in self._until("}").split(", ") if name}
        if self.eat("{"):
            fields = {}
            while not self.eat("}"):
                if fields:
                    assert self.eat(", ")
                name = self._until(": ")
                fields[name] = self.value()
            return fields
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in ",)]}":
            self.at += 1
        word = self.text[start : self.at]
        return {"true": True, "false": False}[word] if word in ("true", "false") else json.loads(word)

    def _until(self, end: str) -> str:
        start, self.at = self.at, self.text.index(end, self.at) + len(end)
        return self.text[start : self.at - len(end)]


def arguments(text: str, func: Any) -> "list[Any]":
    """The arguments of a call, as Python has them."""
    values = Reader(text + ")").items(")")
    annotations = [param.annotation for param in func.__signature__.parameters.values()]
    return [fitting(value, annotation) for value, annotation in zip(values, annotations)]


def fitting(value: Any, annotation: Any) -> Any:
    """A value as its type has it: names of enumerations, cases of variants."""
    if isinstance(annotation, type) and issubclass(annotation, enum.IntEnum):
        return annotation[value.upper()]
    if isinstance(annotation, type) and issubclass(annotation, enum.IntFlag):
        bits = annotation(0)
        for name in value:
            bits |= annotation[name.upper()]
        return bits
    if isinstance(annotation, type) and issubclass(annotation, witrt.Variant):
        for case in vars(annotation).values():
            if not (isinstance(case, type) and issubclass(case, annotation)):
                continue
            holds = case.__annotations__.get("value") if "value" in vars(case).get("__annotations__", {}) else None
            if holds is None and value is None:
                return case()
            if holds is not None and isinstance(value, typing.get_origin(holds) or holds):
                return case(value)
        raise AssertionError((value, annotation))
    if isinstance(value, list) and len(typing.get_args(annotation)) == 1:
        return [fitting(item, typing.get_args(annotation)[0]) for item in value]
    if isinstance(value, dict) and dataclasses.is_dataclass(annotation):
        types = {field.name: field.type for field in dataclasses.fields(annotation)}
        return {name: fitting(item, types[snake(name)]) for name, item in value.items()}
    return value


def show(value: Any, annotation: Any = None) -> str:
    """A result as it is written."""
    if value is None:
        return "none" if annotation == typing.Optional[witrt.Some] else "()"
    if isinstance(value, witrt.Some):
        return "some" if value.value is None else f"some({show(value.value)})"
    if isinstance(value, witrt.Variant):
        return show(value.value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, enum.IntEnum):
        return f'"{value.name.lower()}"'
    if isinstance(value, enum.IntFlag):
        names = sorted(flag.name.lower() for flag in type(value) if flag & value and flag.name)
        return "flags{" + ", ".join(names) + "}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bytes):
        return "bytes" + show(list(value))
    if isinstance(value, list):
        return "[" + ", ".join(map(show, value)) + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(show, value)) + ")"
    if dataclasses.is_dataclass(value):
        fields = (f"{f.name}: {show(getattr(value, f.name))}" for f in dataclasses.fields(value))
        return "{" + ", ".join(fields) + "}"
    return repr(value)
