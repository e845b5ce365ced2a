"""The classes of errors, with what they tell."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
import witrt

from .conftest import COMPONENTS, MODULES, module


def test_what_is_no_module(tmp_path: Path) -> None:
    with pytest.raises(witrt.LoadError) as caught:
        witrt.load(b"\0asm\1\0\0\0\xff")
    assert caught.value.number == 101 and isinstance(caught.value, ValueError)
    with pytest.raises(witrt.LoadError) as caught:
        witrt.load(b"(module (func $f (parm i32)))")
    assert caught.value.number == 100 and caught.value.line_column is not None
    with pytest.raises(witrt.FileError, match="no-such-file") as caught:
        witrt.load(tmp_path / "no-such-file.wasm")
    assert caught.value.number == 105
    for wrong in (b"", 3, None):
        with pytest.raises((witrt.LoadError, TypeError)):
            witrt.load(wrong)  # type: ignore[arg-type]


def test_a_hierarchy() -> None:
    stages = {
        witrt.LoadError, witrt.FileError, witrt.LinkError, witrt.TextError, witrt.Trap,
        witrt.Poisoned, witrt.UsageError, witrt.MismatchError, witrt.RangeError,
        witrt.StoreError, witrt.UnsupportedError, witrt.OutOfMemory, witrt.InternalError,
        witrt.ResultError,
    }  # fmt: skip
    assert all(issubclass(stage, witrt.Error) for stage in stages)
    assert issubclass(witrt.MismatchError, TypeError)
    assert issubclass(witrt.RangeError, ValueError)
    assert issubclass(witrt.OutOfMemory, MemoryError)


def test_every_number_of_the_header() -> None:
    """The numbers are the library's own, in the header that C programs read."""
    header = (Path(__file__).parents[2] / "include" / "witrt.h").read_text()
    body = header.split("enum witrt_error_kind_enum")[1].split("}")[0]
    import re

    numbers = [int(number) for number in re.findall(r"WITRT_ERROR_\w+ = (\d+)", body)]
    assert len(numbers) > 20
    from witrt._errors import make

    for number in numbers:
        if number:
            assert type(make(number, "x")) is not witrt.Error


def test_frames(strings: Any) -> None:
    with pytest.raises(witrt.Trap) as caught:
        strings.boom("x")
    frame = caught.value.frames[0]
    assert isinstance(frame, witrt.Frame) and frame.func_index > 0
    assert frame.module_offset > frame.func_offset >= 0
    assert any(frame.func_name for frame in caught.value.frames)


def test_a_trapped_component_is_poisoned_and_nothing_else_is() -> None:
    from .test_cases import ComponentHost as Host

    store = witrt.Store()
    imports = {"probe:guest/host": Host()}
    guest = module(COMPONENTS / "c" / "guest-utf8.wasm")
    one: Any = guest.instantiate(imports, store=store)
    two: Any = guest.instantiate(imports, store=store)
    with pytest.raises(witrt.Trap):
        one.boom("x")
    with pytest.raises(witrt.Poisoned) as caught:
        one.text.greet("a")
    assert caught.value.number == 501
    assert two.text.greet("a") == "hello, a! (1 bytes, 1 chars)"


def test_closed_stores(strings: Any) -> None:
    greet = strings.greet
    with strings:
        assert greet("a").startswith("hello")
        assert not strings.store.closed
    assert strings.store.closed
    with pytest.raises(witrt.StoreError, match="closed"):
        greet("a")
    strings.close()
    with witrt.Store() as store:
        instance: Any = module(MODULES / "strings.wasm").instantiate(store=store)
        with instance:
            pass
        assert instance.empty() == ""
    with pytest.raises(witrt.StoreError):
        instance.empty()
    with pytest.raises(ValueError):
        module(MODULES / "strings.wasm").instantiate(store=witrt.Store(), timeout=1)


def test_fuel() -> None:
    engine = witrt.Engine(fuel=True)
    loaded = witrt.load(b'(module (func (export "spin") (loop br 0)))', engine=engine)
    store = witrt.Store(engine, fuel=10_000)
    instance: Any = loaded.instantiate(store=store)
    with pytest.raises(witrt.Trap) as caught:
        instance.spin()
    assert caught.value.code == 10 and store.fuel == 0
    store.fuel = 5
    assert store.fuel == 5
    with pytest.raises(witrt.UnsupportedError):
        witrt.Store().fuel


def test_of_another_engine() -> None:
    loaded = witrt.load(b"(module)", engine=witrt.Engine())
    with pytest.raises(witrt.StoreError):
        loaded.instantiate(store=witrt.Store())
    with pytest.raises(ValueError, match="ill_formed"):
        witrt.Engine(ill_formed="ignore")


def test_limits(text_module: Any) -> None:
    store = witrt.Store(max_memory_bytes=1 << 16)
    instance = text_module('(module (memory (export "memory") 1))', store=store)
    with pytest.raises(witrt.LinkError):
        instance.memory.grow(1)
    with pytest.raises(witrt.LinkError):
        text_module("(module (memory 2))", store=store)
    with pytest.raises(witrt.LinkError):
        text_module("(module)", store=witrt.Store(max_instances=0))


def test_memories(text_module: Any) -> None:
    memory = text_module('(module (memory (export "memory") 1))').memory
    memory.write(3, b"abc")
    assert memory.read(2, 5) == b"\0abc\0" and memory.pages == 1
    assert memory.grow(1) == 1 and memory.pages == 2
    for offset, size in ((131072, 1), (0, 131073), (2**40, 1), (1, 2**62)):
        with pytest.raises(witrt.RangeError):
            memory.read(offset, size)
    with pytest.raises(witrt.RangeError):
        memory.write(131071, b"ab")


def test_precompiled() -> None:
    loaded = module(MODULES / "strings.wasm")
    again = witrt.Module.deserialize(loaded.serialize())
    instance: Any = again.instantiate()
    assert instance.greet("Zoë") == "hello, Zoë! (4 bytes, 3 chars)"
    component = module(COMPONENTS / "c" / "plain-utf8.wasm")
    again = witrt.Module.deserialize(component.serialize())
    point = again.instantiate().text.parse("3,-4")
    assert (point.x, point.y) == (3, -4)
    with pytest.raises(witrt.LoadError):
        witrt.Module.deserialize(b"nothing")


def test_names_that_are_not_there(strings: Any) -> None:
    with pytest.raises(AttributeError, match="did you mean 'greet'"):
        strings.gret
    with pytest.raises(KeyError):
        strings["nothing"]
    assert "greet" in strings and "nothing" not in strings
    assert {"greet", "byte_len"} <= set(dir(strings))


def test_stores_are_not_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(witrt.Store())
