"""The classes of records, variants, enumerations and flags, made of their types."""

from __future__ import annotations

import dataclasses
import enum
import keyword
import sys
from typing import Any, Callable, Dict, List, Optional, Tuple, Type, Union

from . import _wit
from ._values import Err, Ok, Some, _Holder

_SCALARS: Dict[str, Any] = {
    "bool": bool,
    "char": str,
    "string": str,
    "f32": float,
    "f64": float,
    "externref": Any,
    "funcref": Any,
}


def snake(name: str) -> str:
    """A name of WIT as one of Python's."""
    made = "".join(c if c.isalnum() or c == "_" else "_" for c in name)
    if not made or made[0].isdigit():
        made = "_" + made
    # Attributes of that name are found by identity.
    return sys.intern(made + "_" if keyword.iskeyword(made) else made)


def pascal(name: str) -> str:
    """The same for classes."""
    made = "".join(part[:1].upper() + part[1:] for part in name.replace("_", "-").split("-"))
    return snake(made or "Value")


def upper(name: str) -> str:
    """The same for members of enumerations."""
    return snake(name).upper()


class Variant(_Holder):
    """The base of all variants. A case is a class of its own, within that of the
    variant; what it holds is its ``value``."""

    __slots__ = ()


class Maker:
    """Makes the classes of a module's types, each once."""

    def __init__(self, names: Callable[[], _wit.Names], module: str) -> None:
        self._names = names
        self._module = module
        self._taken: Dict[str, Any] = {}
        self._of: Dict[_wit.Key, Any] = {}

    def classes_of(self, path: str) -> Dict[str, Any]:
        """Those of the types that an interface names, by their names there."""
        named = self._names().scopes.get(path, {})
        return {pascal(name): self._of[key] for name, key in named.items() if key in self._of}

    @property
    def classes(self) -> Dict[str, Any]:
        """All classes that were made, by their names."""
        return self._taken

    def parameter(self, name: str, at: int) -> str:
        """What a parameter is called."""
        return snake(name) if name else f"p{at}"

    def type(
        self, kind: str, names: Tuple[str, ...], parts: Tuple[Any, ...], hint: str
    ) -> Tuple[Any, Any]:
        """What makes values of a type, and what stands for it in signatures."""
        make = getattr(self, "_make_" + kind, None)
        if make is not None:
            return make(names, tuple(plain(part) for part in parts), hint)  # type: ignore[no-any-return]
        scalar = _SCALARS.get(kind, int)
        return scalar, scalar

    def _name(self, kind: str, names: Tuple[str, ...], hint: str) -> str:
        return pascal(self._names().types.get((kind, names)) or hint)

    def _keep(self, key: _wit.Key, name: str, made: Any) -> None:
        self._of.setdefault(key, made)
        made.__module__ = self._module
        free, count = name, 2
        while free in self._taken:
            free, count = f"{name}{count}", count + 1
        if free != name:
            made.__name__ = made.__qualname__ = free
        self._taken[free] = made

    def _make_list(self, names: Tuple[str, ...], parts: Tuple[Any, ...], _: str) -> Tuple[Any, Any]:
        return (bytes, bytes) if names[0] == "u8" else (list, List[parts[0]])  # type: ignore[valid-type]

    def _make_record(self, names: Tuple[str, ...], parts: Tuple[Any, ...], hint: str) -> Tuple[Any, Any]:
        own = _distinct([snake(name) for name in names])
        made = dataclasses.make_dataclass(self._name("record", names, hint), list(zip(own, parts)))
        setattr(made, "__match_args__", tuple(own))  # which Python 3.9 does not
        self._keep(("record", names), made.__name__, made)
        return made, made

    def _make_tuple(self, _: Tuple[str, ...], parts: Tuple[Any, ...], __: str) -> Tuple[Any, Any]:
        return tuple, Tuple[parts]

    def _make_variant(self, names: Tuple[str, ...], parts: Tuple[Any, ...], hint: str) -> Tuple[Any, Any]:
        base: Type[Variant] = type(self._name("variant", names, hint), (Variant,), {"__slots__": ()})
        self._keep(("variant", names), base.__name__, base)
        cases = []
        for name, part in zip(_distinct([pascal(name) for name in names]), parts):
            body: Dict[str, Any] = {
                "__slots__": (),
                "__module__": self._module,
                "__qualname__": f"{base.__name__}.{name}",
            }
            if part is None:
                body.update(__init__=_nothing, __repr__=_told, __match_args__=())
            else:
                body["__annotations__"] = {"value": part}
            case = type(name, (base,), body)
            setattr(base, name, case)
            cases.append(case)
        return tuple(cases), base

    def _make_enum(self, names: Tuple[str, ...], _: Tuple[Any, ...], hint: str) -> Tuple[Any, Any]:
        members = [(name, at) for at, name in enumerate(_distinct([upper(name) for name in names]))]
        made = enum.IntEnum(self._name("enum", names, hint), members)  # type: ignore[misc]
        self._keep(("enum", names), made.__name__, made)
        return made, made

    def _make_flags(self, names: Tuple[str, ...], _: Tuple[Any, ...], hint: str) -> Tuple[Any, Any]:
        own = _distinct([upper(name) for name in names])
        members = [(name, 1 << at) for at, name in enumerate(own)]
        made = enum.IntFlag(self._name("flags", names, hint), members)  # type: ignore[misc]
        self._keep(("flags", names), made.__name__, made)
        return made, made

    def _make_option(self, names: Tuple[str, ...], parts: Tuple[Any, ...], _: str) -> Tuple[Any, Any]:
        return Some, Optional[Some if names[0] else parts[0]]

    def _make_result(self, _: Tuple[str, ...], parts: Tuple[Any, ...], __: str) -> Tuple[Any, Any]:
        return Ok, Result(*parts)

    def _make_resource(self, names: Tuple[str, ...], _: Tuple[Any, ...], __: str) -> Tuple[Any, Any]:
        return Any, pascal(names[0])


class Result:
    """What stands for a result of a function: that returns what the success holds, and
    raises the error. Within other values it is one of two classes."""

    def __init__(self, ok: Any, err: Any) -> None:
        self.ok, self.err = ok, err


def plain(annotation: Any) -> Any:
    """What stands for a type that is within another, or a parameter's."""
    return Union[Ok, Err] if isinstance(annotation, Result) else annotation


def _nothing(self: Any) -> None:
    self.value = None


def _told(self: Any) -> str:
    return f"{type(self).__qualname__}()"


def _distinct(names: List[str]) -> List[str]:
    """The same names, with numbers behind those that are there already."""
    taken: Dict[str, int] = {}
    made = []
    for name in names:
        count = taken[name] = taken.get(name, 0) + 1
        made.append(name if count == 1 else f"{name}_{count}")
    return made
