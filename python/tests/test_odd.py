"""What strangers try: text of a mebibyte, lone surrogates, ``None`` anywhere, recursion without
end, what throws while it is read."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from typing import Any, Iterator

import pytest
import witrt

from .conftest import COMPONENTS, module
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
        (lambda g: g.text.greet(None), witrt.MismatchError, 'argument 0 ("name"): expected string, found NoneType'),
        (lambda g: g.text.greet(b"a"), witrt.MismatchError, "expected string, found bytes"),
        (lambda g: g.text.greet("\udc00"), witrt.TextError, "a lone surrogate at code unit 0"),
        (lambda g: g.text.greet("\ud83e\udd80"), witrt.TextError, "a lone surrogate at code unit 0"),
        (lambda g: g.text.greet(nam="a"), witrt.MismatchError, "has no argument nam"),
        (lambda g: g.kinds.join(["a", None], None), witrt.MismatchError, "element 1: expected string, found NoneType"),
        (lambda g: g.kinds.join(["a", "\udfff"], None), witrt.TextError, "element 1: ill-formed text"),
        (lambda g: g.kinds.join(["a"], "\udfff"), witrt.TextError, 'parameter 1, case "some": ill-formed text'),
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
