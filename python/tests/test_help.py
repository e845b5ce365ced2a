"""What `help` and editors are told."""

from __future__ import annotations

import inspect
import pydoc
from typing import Any, List, Optional

import witrt

from .conftest import COMPONENTS, module
from .test_cases import ComponentHost as Host


def guest() -> Any:
    return module(COMPONENTS / "c" / "guest-utf8.wasm").instantiate({"probe:guest/host": Host()})


def test_signatures(strings: Any) -> None:
    instance = guest()
    kinds = instance.kinds
    types = instance.module.types
    assert str(inspect.signature(instance.text.concat)) == "(a: str, b: str) -> str"
    assert str(inspect.signature(instance.text.reverse_bytes)) == "(bytes: bytes) -> bytes"
    join = inspect.signature(kinds.join)
    assert join.parameters["parts"].annotation == List[str]
    assert join.parameters["sep"].annotation == Optional[str]
    assert inspect.signature(kinds.path).return_annotation == List[types["Point"]]
    assert inspect.signature(kinds.halve).return_annotation is int
    assert inspect.signature(kinds.check).return_annotation is None
    assert inspect.signature(instance["probe:guest/store"].live).return_annotation is int
    assert str(inspect.signature(strings.repeat)) == "(p0: str, p1: int) -> str"


def test_names_and_documentation() -> None:
    instance = guest()
    greet = instance.text.greet
    assert greet.__name__ == "greet" and greet.__qualname__ == "probe:guest/text@1.2.0#greet"
    assert greet.__doc__.endswith("func(name: string) -> string")
    assert inspect.isroutine(greet)
    assert repr(greet).startswith("<witrt function probe:guest/text@1.2.0#greet: func(")
    assert greet.wit == "func(name: string) -> string"


def test_help() -> None:
    instance = guest()
    text = pydoc.plain(pydoc.render_doc(instance.run))
    assert "run(text: str) -> str" in text and "func(text: string) -> string" in text
    text = pydoc.plain(pydoc.render_doc(instance["probe:guest/store"].Logbook))
    assert "add(self: 'Logbook', line: str) -> int" in text


def test_directories() -> None:
    instance = guest()
    assert {"run", "boom", "text", "kinds"} <= set(dir(instance))
    # What instances have themselves stays, but for functions of the world.
    assert isinstance(instance.store, witrt.Store)
    assert {"greet", "parse", "reverse_bytes"} <= set(dir(instance.text))
    assert "Logbook" in dir(instance["probe:guest/store"])
    assert instance["probe:guest/text"] is instance["probe:guest/text@1.2.0"] is instance.text
    assert instance["probe:guest/text#greet"]("a") == instance["greet"]("a")
    assert instance.text["reverse-bytes"](b"ab") == b"ba"


WIT = """
package a:b@1.2.0;

/// The first.
interface first {
  /// A pair.
  record pair { left: list<tuple<u8, string>>, %type: option<u32>, }
  variant either { one(pair), /* nothing */ none, two(tuple<u8, u8>) }
  flags bits { a, b } // and no more
  enum only { it }
  /// Makes one.
  ///
  /// Twice.
  make: func(p: pair) -> result<either, only>;
  resource thing {
    /// Of nothing.
    constructor();
    /// Says it.
    say: func(text: string);
  }
}

interface second { use first.{pair, either as other}; enum only { another } }

world all {
  use second.{other as mine};
  /// Goes.
  export go: func();
  export first;
}
"""


def test_names_and_documentation_in_wit() -> None:
    from witrt._wit import parse

    names = parse(WIT)
    assert names.types == {
        ("record", ("left", "type")): "pair",
        ("variant", ("one", "none", "two")): "either",
        ("flags", ("a", "b")): "bits",
        ("enum", ("it",)): "only",
        ("enum", ("another",)): "only",
    }
    assert names.docs == {
        "a:b/first@1.2.0#make": "Makes one.\n\nTwice.",
        "a:b/first@1.2.0#thing.constructor": "Of nothing.",
        "a:b/first@1.2.0#thing.say": "Says it.",
        "go": "Goes.",
    }
    pair, either = ("record", ("left", "type")), ("variant", ("one", "none", "two"))
    assert names.scopes == {
        "a:b/first@1.2.0": {"pair": pair, "either": either, "bits": ("flags", ("a", "b")), "only": ("enum", ("it",))},
        "a:b/second@1.2.0": {"pair": pair, "other": either, "only": ("enum", ("another",))},
        "": {"mine": either},
    }
    assert parse("} { package") == ({}, {}, {})
    assert parse("interface { use } use") == ({}, {}, {})


def test_wit() -> None:
    assert "interface text" in module(COMPONENTS / "c" / "plain-utf8.wasm").wit
    plain = module(COMPONENTS / "c" / "plain-utf8.wasm")
    assert plain.is_component and ("probe:guest/text@1.2.0#count" in dict(plain.exports))


def test_names_of_every_export() -> None:
    """Whatever an export is called, it is found."""
    odd = {
        "a-b": "a_b", "a.b": "a_b_", "0x": "_0x", "class": "class_", "é": "é", "": "_", "a b": "a_b",
    }  # fmt: skip
    exports = "".join(f'(func (export "{name}") (result i32) i32.const {i})' for i, name in enumerate(odd))
    instance: Any = witrt.load(f"(module {exports})".encode()).instantiate()
    for i, name in enumerate(odd):
        assert instance[name]() == i
    assert instance.class_() == 3 and instance._0x() == 2 and instance.a_b() == 0
