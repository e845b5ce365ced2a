"""Resources of components, and Python objects that components hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import witrt

from .conftest import COMPONENTS, module
from .test_cases import ComponentHost as Host

FILES = ["guest-utf8.wasm", "guest-utf16.wasm", "core-utf8.wasm", "core-utf16.wasm"]


def make(name: str) -> Any:
    path: Path = COMPONENTS / "c" / name
    return module(path).instantiate({"probe:guest/host": Host()})["probe:guest/store"]


@pytest.mark.parametrize("name", FILES)
def test_constructor_methods_static_functions(name: str) -> None:
    store = make(name)
    Logbook = store.Logbook
    one, two = Logbook("first"), Logbook("é")
    assert isinstance(one, witrt.Resource) and store.live() == 2
    assert [one.add("one"), one.add("zwei ß")] == [1, 2]
    merged = Logbook.merge(one, two)
    assert type(merged) is Logbook
    assert merged.text() == "first\none\nzwei ß\n--\né"
    assert store.live() == 2
    # What was given away is gone.
    with pytest.raises(witrt.MismatchError, match="given away"):
        one.text()
    two.close()
    merged.close()
    assert store.live() == 0
    with pytest.raises(witrt.MismatchError, match="was closed"):
        merged.text()
    merged.close()


def test_context_managers_and_collection() -> None:
    store = make("guest-utf8.wasm")
    with store.Logbook("a") as book:
        book.add("line")
        assert store.live() == 1
    assert store.live() == 0
    book = store.Logbook("b")
    assert store.live() == 1
    del book
    assert store.live() == 0


def test_one_cannot_be_given_and_lent() -> None:
    store = make("guest-utf8.wasm")
    book = store.Logbook("a")
    with pytest.raises(witrt.MismatchError):
        store.Logbook.merge(book, book)
    assert book.text() == "a"


def test_of_another_instance() -> None:
    one, two = make("guest-utf8.wasm"), make("guest-utf8.wasm")
    book = one.Logbook("a")
    with pytest.raises(witrt.StoreError, match="another instance"):
        two.Logbook.add(book, "x")
    for wrong in ("x", None, 3, object()):
        with pytest.raises(witrt.MismatchError, match="expected borrow<logbook>"):
            one.Logbook.add(wrong, "x")
    assert two.live() == 0


def test_help_tells_of_methods() -> None:
    import inspect

    Logbook = make("guest-utf8.wasm").Logbook
    assert str(inspect.signature(Logbook)) == "(title: str)"
    assert list(inspect.signature(Logbook.merge).parameters) == ["a", "b"]


def test_the_hosts_own_objects_are_dropped() -> None:
    host = Host()
    guest: Any = module(COMPONENTS / "c" / "guest-utf8.wasm").instantiate({"probe:guest/host": host})
    guest.run("x")
    assert host.open == 0
    assert host.seen[-1].startswith("  host.sink dropped")
