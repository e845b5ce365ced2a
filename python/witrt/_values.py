"""What stands for values that Python has nothing for."""

from __future__ import annotations

from array import array
from typing import Any

_CODES = {"s8": "b", "u8": "B", "s16": "h", "u16": "H", "f32": "f", "f64": "d"}
for _code in "iIlLqQ":
    _bits = array(_code).itemsize * 8
    if _bits in (32, 64):
        _CODES.setdefault(("s" if _code.islower() else "u") + str(_bits), _code)


class _Holder:
    """Something that holds one value."""

    __slots__ = ("value",)
    __match_args__ = ("value",)

    value: Any

    def __init__(self, value: Any = None) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and bool(self.value == other.value)  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash((type(self), self.value))

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}({self.value!r})"


class Some(_Holder):
    """A value of an ``option`` of an ``option``, where ``None`` alone would be ambiguous."""

    __slots__ = ()


class Ok(_Holder):
    """A ``result`` that is a success, within another value."""

    __slots__ = ()


class Err(_Holder):
    """A ``result`` that is an error, within another value."""

    __slots__ = ()


def to_array(kind: str, data: bytes) -> "array[Any]":
    """Numbers of a kind, as an array."""
    made: "array[Any]" = array(_CODES[kind])
    made.frombytes(data)
    return made
