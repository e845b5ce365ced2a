"""What calls leave behind: nothing."""

from __future__ import annotations

import gc
import sys
import tracemalloc
import weakref
from typing import Any, Callable, List

import pytest
import witrt

from .conftest import COMPONENTS, MODULES, module
from .test_cases import ComponentHost as Host


def growth(body: Callable[[], Any], rounds: int = 300, first: int = 20) -> int:
    """How many bytes more are in use after so many rounds than after the first ones."""
    for _ in range(first):
        body()
    gc.collect()
    tracemalloc.start()
    body()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(rounds):
        body()
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return after - before


@pytest.fixture
def guest() -> Any:
    return module(COMPONENTS / "c" / "guest-utf8.wasm").instantiate({"probe:guest/host": Host()})


def fails(call: Any, *args: Any) -> None:
    """Without what pytest remembers of the frames."""
    try:
        call(*args)
    except witrt.Error:
        return
    raise AssertionError(args)


def test_arguments_keep_their_references(strings: Any, guest: Any) -> None:
    text, data, items = "Zoë 🦀" * 3, b"abc" * 1000, ["a" * 50, "é" * 50]
    objects: "list[Any]" = [text, data, items, *items]
    before = [sys.getrefcount(thing) for thing in objects]
    for _ in range(100):
        strings.concat(text, text)
        guest.text.reverse_bytes(data)
        guest.kinds.join(items, text)
        fails(guest.kinds.join, [*items, 3], text)
        fails(guest.kinds.join, [*items, "\ud800"], text)
    assert [sys.getrefcount(thing) for thing in objects] == before


def test_calls(strings: Any, guest: Any) -> None:
    person = {"name": "Zoë", "age": 41, "tags": ["a", "b"], "home": {"x": 1, "y": 2}}

    def body() -> None:
        strings.concat("a" * 100, "é" * 100)
        guest.kinds.birthday(person)
        guest.kinds.path(20)
        guest.text.reverse_bytes(bytearray(100))
        guest.text.sum([1.0] * 20)

    assert growth(body) < 4096
    assert strings.live_bytes() == 0


def test_failing_calls(strings: Any, guest: Any) -> None:
    def body() -> None:
        for call in (
            lambda: strings.concat("a", "\ud800"),
            lambda: strings.greet(3),
            lambda: strings.boom("x"),
            lambda: guest.text.parse("é"),
            lambda: guest.text.sum([1.0, "x"]),
        ):
            with pytest.raises(witrt.Error):
                call()

    assert growth(body) < 4096


def test_callbacks(text_module: Any) -> None:
    def fail(n: int) -> int:
        raise ValueError(str(n))

    instance = text_module(
        """(module (import "host" "f" (func $f (param i32) (result i32)))
        (func (export "go") (param i32) (result i32) local.get 0 call $f))""",
        {"host": {"f": fail}},
    )

    def body() -> None:
        with pytest.raises(witrt.Trap):
            instance.go(7)

    assert growth(body) < 4096


def test_instances_are_given_back() -> None:
    guest = module(COMPONENTS / "c" / "guest-utf8.wasm")
    strings = module(MODULES / "strings.wasm")

    def body() -> None:
        made: Any = guest.instantiate({"probe:guest/host": Host()})
        made.run("x")
        with made["probe:guest/store"].Logbook("a") as book:
            book.add("b")
        other: Any = strings.instantiate()
        other.greet("x")

    # CPython remembers names that types were asked for, up to some thousands.
    assert growth(body, 100, 300) < 65536
    kinds = (witrt.Store, witrt.Function, witrt.Instance)
    gc.collect()
    assert sum(isinstance(thing, kinds) for thing in gc.get_objects()) < 40


def test_an_engine_that_its_own_trace_holds() -> None:
    class Lines(List[str]):
        held: Any = None

        def __call__(self, line: str) -> None:
            self.append(line)

    lines = Lines()
    engine = witrt.Engine(trace=lines)
    strings: Any = witrt.load(MODULES / "strings.wasm", engine=engine).instantiate()
    lines.held = [engine, strings]
    strings.byte_len("ab")
    assert lines == ['call byte_len("ab")']
    gone = weakref.ref(lines)
    del lines, engine, strings
    gc.collect()
    assert gone() is None


def test_a_host_function_that_holds_its_store() -> None:
    class Held:
        def __init__(self) -> None:
            store = witrt.Store()
            self.table = witrt.Table(store, "funcref", 1)
            self.table[0] = witrt.Function(store, self.call)

        def call(self) -> None:
            pass

    gone = weakref.ref(Held())
    gc.collect()
    assert gone() is None


def test_resources_are_given_back(guest: Any) -> None:
    store = guest["probe:guest/store"]

    def body() -> None:
        store.Logbook("a").add("b")

    assert growth(body) < 4096
    assert store.live() == 0
