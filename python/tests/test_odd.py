"""What strangers try: text of a mebibyte, lone surrogates, ``None`` anywhere, recursion without
end, what throws while it is read."""

from __future__ import annotations

import asyncio
import copy
import functools
import inspect
import multiprocessing
import pickle
import re
import subprocess
import sys
import threading
import weakref
from typing import Any, Iterator

import pytest
import witrt

from .conftest import COMPONENTS, MODULES, module
from .test_cases import ComponentHost

GUEST = COMPONENTS / "c" / "guest-utf8.wasm"
PERSON = {"name": "a", "age": 1, "tags": [], "home": None}


class Asked(ComponentHost):
    """One whose answer is the test's."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.answer = answer

    def ask(self, question: str) -> Any:
        return self.answer(question)


def make(answer: Any = None, **named: Any) -> Any:
    return module(GUEST).instantiate({"probe:guest/host": Asked(answer)}, **named)


@pytest.mark.parametrize("char", "xé漢🦀")
def test_a_mebibyte(char: str) -> None:
    guest = make()
    text = char * 2**20
    assert guest.text.greet(text).startswith("hello, " + text[:100])
    assert guest.text.concat(text, text) == text + text
    assert guest.kinds.join([text, text], "") == text + text
    assert guest.kinds.birthday({**PERSON, "name": text}).name == text
    assert guest.text.reverse_bytes(bytes(range(256)) * 4096) == bytes(range(255, -1, -1)) * 4096


@pytest.mark.parametrize("name", ["concat", "join"])
def test_every_way_to_call(name: str) -> None:
    guest = make()
    func = getattr(guest.text if name == "concat" else guest.kinds, name)
    first, second = inspect.signature(func).parameters
    for a, b, made in [("a", "é", "aé"), ("漢", "", "漢")]:
        values = ([a, b], "") if name == "join" else (a, b)
        named = dict(zip((first, second), values))
        assert func(*values) == func.__call__(*values) == func(**named) == made
        assert func(values[0], **{second: values[1]}) == func(*values, **{}) == made
        assert functools.partial(func, values[0])(values[1]) == made
        assert functools.partial(func, **named)() == list(map(func, *zip(values)))[0] == made
        assert type("Of", (), {"func": func})().func(*values) == made
    for odd in [(), values[:1], (*values, "c")]:
        with pytest.raises(witrt.MismatchError, match=f"takes 2 arguments, found {len(odd)}"):
            func(*odd)
    for twice in [first, "other"]:
        with pytest.raises(witrt.MismatchError, match=f"no argument {twice} that is not given yet"):
            func(*values, **{twice: "c"})
    # With the arguments where they are: HAVE_VECTORCALL.
    assert type(func).__flags__ & 1 << 11


def failing() -> Iterator[str]:
    yield "a"
    raise LookupError("no more")


class Failing:
    name, tags, home = "n", (), None

    @property
    def age(self) -> int:
        raise LookupError("no age")


@pytest.mark.parametrize(
    "call, kind, message",
    [
        (lambda g: g.text.greet(None), witrt.MismatchError, 'parameter 0 ("name"): expected string, found NoneType'),
        (lambda g: g.text.greet(b"a"), witrt.MismatchError, "expected string, found bytes"),
        (lambda g: g.text.greet("\udc00"), witrt.TextError, "a lone surrogate at code unit 0"),
        (lambda g: g.text.greet("\ud83e\udd80"), witrt.TextError, "a lone surrogate at code unit 0"),
        (lambda g: g.text.greet(nam="a"), witrt.MismatchError, "has no argument nam"),
        (lambda g: g.kinds.join(["a", None], None), witrt.MismatchError, "element 1: expected string, found NoneType"),
        (lambda g: g.kinds.join(["a", "\udfff"], None), witrt.TextError, "element 1: ill-formed text"),
        (lambda g: g.kinds.join(["a"], "\udfff"), witrt.TextError, 'parameter 1 ("sep"), case "some": ill-formed text'),
        (lambda g: g.kinds.join(failing(), None), LookupError, "no more"),
        (lambda g: g.kinds.birthday(Failing()), LookupError, "no age"),
        (lambda g: g.kinds.birthday({**PERSON, "tags": ["\ud800"]}), witrt.TextError, 'field "tags", element 0'),
        (lambda g: g.kinds.birthday({**PERSON, "home": {"x": "a", "y": 1}}), witrt.MismatchError, 'field "home", field "x"'),
        (lambda g: g.text.reverse_bytes(None), witrt.MismatchError, "expected list<u8>, found NoneType"),
        (lambda g: g.text.reverse_bytes({1: 2}), witrt.MismatchError, "expected list<u8>, found dict"),
        (lambda g: g.kinds.next_char(""), witrt.MismatchError, "expected one character, found 0"),
        (lambda g: g.kinds.halve(2**200), witrt.RangeError, "is no u32"),
    ],
)  # fmt: skip
def test_what_does_not_fit(call: Any, kind: Any, message: str) -> None:
    guest = make()
    with pytest.raises(kind, match=re.escape(message)):
        call(guest)
    assert guest.text.greet("") == "hello, ! (0 bytes, 0 chars)"


@pytest.mark.parametrize("answer", ["\ud800", None, 3])
def test_what_a_host_function_must_not_return(answer: Any) -> None:
    guest = make(lambda _: answer)
    with pytest.raises(witrt.Error, match="result of the host function probe:guest/host@1.2.0#ask"):
        guest.run("x")


def test_recursion_ends() -> None:
    store = witrt.Store()
    depth = 0

    def deeper(question: str) -> str:
        nonlocal depth
        depth += 1
        return str(make(deeper, store=store).run(question))

    with pytest.raises(witrt.Trap, match="^wasm trap: call stack exhausted") as caught:
        make(deeper, store=store).run("x")
    assert depth > 5 and len(str(caught.value)) < 1000
    assert make(lambda _: "fine", store=store).run("x").startswith("fine ")


def test_a_store_is_for_one_thread() -> None:
    def elsewhere(_: str) -> str:
        found: "list[str]" = []

        def use() -> None:
            with pytest.raises(witrt.StoreError) as caught:
                guest.text.greet("t")
            found.append(str(caught.value))

        thread = threading.Thread(target=use)
        thread.start()
        thread.join()
        return found[0]

    guest = make(elsewhere)
    assert guest.run("x").startswith("the store is in use by another thread")


def test_what_is_closed() -> None:
    guest = make(lambda _: guest.close())
    with pytest.raises(witrt.Trap, match="in use by a call that is running"):
        guest.run("x")
    guest.close()
    guest.close()
    with pytest.raises(witrt.StoreError, match="the store is closed"):
        guest.text.greet("a")


@pytest.mark.parametrize("release", [False, True])
def test_ctrl_c_on_its_own(release: bool) -> None:
    """A program that does nothing about it ends as one of Python's own does."""
    program = (
        "import os, signal, threading, witrt\n"
        "guest = witrt.load(b'(module (func (export \"spin\") (loop br 0)))')"
        f".instantiate(release_gil={release})\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "guest.spin()\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert ended.stderr.splitlines()[-1] == "KeyboardInterrupt", ended.stderr


def test_what_cannot_be_copied() -> None:
    guest = make()
    with guest["probe:guest/store"].Logbook("title") as book:
        things = [guest, guest.text, guest.store, guest.text.greet, guest.module, guest.module.engine, book]
        for thing in things:
            assert weakref.ref(thing)() is thing and thing == thing and hash(thing) == hash(thing)
            for how in (pickle.dumps, copy.copy, copy.deepcopy):
                with pytest.raises(TypeError, match="cannot be pickled|cannot pickle"):
                    how(thing)
        assert book.add("a line") == 1


def test_values_are_copied() -> None:
    guest = make()
    shape = guest.module.types["Shape"]
    for value in (
        guest.kinds.birthday(PERSON),
        shape.Circle(2.0),
        shape.Dot(),
        guest.module.types["Color"](1),
        witrt.Some(witrt.Ok(None)),
    ):
        assert copy.copy(value) == copy.deepcopy(value) == value
    assert shape.__module__ == shape.Circle.__module__ == guest.module.types["Point"].__module__ == "guest-utf8"
    # The classes are this module's own, so that no other process has them.
    with pytest.raises(pickle.PicklingError, match="guest-utf8.Person"):
        pickle.dumps(guest.kinds.birthday(PERSON))


def test_exceptions_go_to_other_processes() -> None:
    strings = module(MODULES / "strings.wasm").instantiate()
    for call in (lambda: strings.boom("x"), lambda: strings.greet("a\ud800"), lambda: strings.greet(1)):
        with pytest.raises(witrt.Error) as caught:
            call()
        there: Any = pickle.loads(pickle.dumps(caught.value))
        assert type(there) is type(caught.value) and vars(there) == vars(caught.value)
    assert pickle.loads(pickle.dumps(witrt.ResultError({"a": 1}))).value == {"a": 1}


def test_asynchronous_programs() -> None:
    """Calls in threads, a store each, while a loop goes on."""
    strings = module(MODULES / "strings.wasm")
    instances = [strings.instantiate(release_gil=True) for _ in range(4)]

    async def main() -> "list[Any]":
        loop = asyncio.get_running_loop()
        calls = [loop.run_in_executor(None, one.concat, "é" * 1000, str(at)) for at, one in enumerate(instances)]
        return list(await asyncio.gather(*calls))

    assert asyncio.run(main()) == ["é" * 1000 + str(at) for at in range(4)]

    async def later(_: str) -> str:
        return "later"

    with pytest.warns(RuntimeWarning, match="never awaited"):
        with pytest.raises(witrt.Error, match="expected string, found coroutine"):
            make(later).run("x")


def _greet(instance: Any, queue: Any) -> None:
    queue.put(instance.greet("child"))


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="processes do not fork here")
def test_multiprocessing() -> None:
    context = multiprocessing.get_context("fork")
    instance = module(MODULES / "strings.wasm").instantiate()
    queue = context.Queue()
    child = context.Process(target=_greet, args=(instance, queue))
    child.start()
    assert queue.get(timeout=60) == "hello, child! (5 bytes, 5 chars)"
    child.join()
    assert child.exitcode == 0 and instance.greet("x") == "hello, x! (1 bytes, 1 chars)"


@pytest.mark.parametrize("named", [{"imports": 3}, {"imports": ["a"]}, {"wasi": "inherit"}])
def test_what_supplies_nothing(named: Any) -> None:
    with pytest.raises(witrt.MismatchError, match="expected a .*, found (int|list|str)"):
        module(MODULES / "strings.wasm").instantiate(**named)


def test_tables_are_sequences() -> None:
    instance: Any = witrt.load(
        b"""(module
            (table (export "table") 3 4 funcref)
            (elem (i32.const 0) $seven $add)
            (func $seven (result i32) i32.const 7)
            (func $add (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
            (global (export "seven") funcref (ref.func $seven)))"""
    ).instantiate()
    table = instance.table
    seven, add, none = table
    assert (seven(), add(40, 2), none, instance.seven.value()) == (7, 42, None, 7)
    assert "func" in add.wit and "func" in add.__doc__
    table[-1] = add
    assert table[2](1, 2) == 3 and len(table) == 3
    for index in (3, -4, 2**40):
        with pytest.raises(witrt.RangeError, match=f"no element {index} in a table of 3"):
            table[index]
        with pytest.raises(IndexError):
            table[index] = None
