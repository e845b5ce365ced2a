"""Threads, the interpreter lock, timeouts and Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any, Callable, Iterator

import pytest
import witrt

from .conftest import MODULES, module

SPIN = """(module
    (func (export "spin") (loop br 0))
    (func (export "count") (param i64) (result i64) (local i64)
        (loop $l
            local.get 1 i64.const 1 i64.add local.set 1
            local.get 1 local.get 0 i64.lt_u br_if $l)
        local.get 1))"""


def in_threads(count: int, body: Callable[[int], None]) -> None:
    failed: "list[BaseException]" = []

    def run(number: int) -> None:
        try:
            body(number)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


@pytest.mark.parametrize("release", [False, True])
def test_a_store_each(release: bool) -> None:
    strings = module(MODULES / "strings.wasm")

    def body(number: int) -> None:
        instance: Any = strings.instantiate(release_gil=release)
        for i in range(2000):
            text = f"Zoë 🦀 {number} {i}"
            assert instance.concat(text, "x") == text + "x"
        assert instance.live_bytes() == 0

    in_threads(4, body)


@pytest.mark.parametrize("release", [False, True])
def test_callbacks_in_threads(release: bool, text_module: Any) -> None:
    source = b"""(module (import "host" "add" (func $add (param i32 i32) (result i32)))
        (func (export "sum") (param i32) (result i32) (local i32)
            (loop $l
                local.get 1 local.get 0 call $add local.set 1
                local.get 0 i32.const 1 i32.sub local.tee 0 br_if $l)
            local.get 1))"""
    loaded = witrt.load(source)

    def body(number: int) -> None:
        instance: Any = loaded.instantiate({"host": {"add": lambda a, b: a + b}}, release_gil=release)
        assert instance.sum(2000) == 2001000

    in_threads(4, body)


def test_a_store_is_one_threads_at_a_time() -> None:
    instance: Any = witrt.load(SPIN.encode()).instantiate(release_gil=True, timeout=0.5)
    started = threading.Event()
    outcome: "list[Any]" = []

    def spin() -> None:
        started.set()
        try:
            instance.spin()
        except witrt.Trap as error:
            outcome.append(error)

    thread = threading.Thread(target=spin)
    thread.start()
    started.wait()
    time.sleep(0.05)
    with pytest.raises(witrt.StoreError, match="in use by another thread"):
        instance.count(1)
    with pytest.raises(witrt.StoreError):
        instance.close()
    thread.join()
    assert outcome[0].code == 11
    assert instance.count(5) == 5
    # Another thread may have it afterwards.
    in_threads(1, lambda _: outcome.append(instance.count(7)))
    assert outcome[-1] == 7


@pytest.mark.parametrize("release", [False, True])
def test_others_run_meanwhile(release: bool) -> None:
    instance: Any = witrt.load(SPIN.encode()).instantiate(release_gil=release, timeout=0.6)
    steps = 0
    done = threading.Event()

    def work() -> None:
        nonlocal steps
        while not done.is_set():
            steps += 1
            time.sleep(0.001)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        with pytest.raises(witrt.Trap):
            instance.spin()
    finally:
        done.set()
        thread.join()
    assert steps >= (200 if release else 15)


def test_timeouts() -> None:
    instance: Any = witrt.load(SPIN.encode()).instantiate(timeout=0.1)
    began = time.monotonic()
    with pytest.raises(witrt.Trap) as caught:
        instance.spin()
    assert caught.value.code == 11
    assert 0.1 <= time.monotonic() - began < 2
    # Each call has so much time.
    assert instance.count(1000) == 1000
    instance.store.timeout = None
    assert instance.store.timeout is None
    with pytest.raises(witrt.RangeError):
        instance.store.timeout = -1
    with pytest.raises(witrt.UnsupportedError):
        witrt.Store(witrt.Engine(interruptible=False), timeout=1)


@pytest.fixture(autouse=True)
def interrupts() -> "Iterator[None]":
    """Where a shell starts the tests in its background, interrupts are ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c() -> None:
    for release in (False, True):
        instance: Any = witrt.load(SPIN.encode()).instantiate(release_gil=release)
        timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
        timer.start()
        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            instance.spin()
        assert time.monotonic() - began < 2
        timer.join()
        assert instance.count(3) == 3


def test_ctrl_c_in_a_callback(text_module: Any) -> None:
    def wait() -> None:
        time.sleep(30)

    instance = text_module(
        '(module (import "host" "wait" (func $wait)) (func (export "go") call $wait))',
        {"host": {"wait": wait}},
    )
    timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        instance.go()
    timer.join()


def test_ctrl_c_after_a_pause() -> None:
    """The thread that ticks has gone to sleep meanwhile."""
    instance: Any = witrt.load(SPIN.encode()).instantiate()
    assert instance.count(1) == 1
    time.sleep(1.5)
    timer = threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        instance.spin()
    timer.join()


FORK = """
import os, signal, sys, threading
import witrt
instance = witrt.load(b'''SPIN''').instantiate()
assert instance.count(3) == 3
signal.signal(signal.SIGINT, signal.default_int_handler)
child = os.fork()
if child == 0:
    threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    try:
        instance.spin()
    except KeyboardInterrupt:
        os._exit(7)
    os._exit(1)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes do not fork here")
def test_a_forked_process() -> None:
    source = FORK.replace("SPIN", SPIN)
    done = subprocess.run([sys.executable, "-c", source], timeout=60)
    assert done.returncode == 7


FORKS = """
import os, sys, time, witrt
engines = [witrt.Engine(interruptible=True) for _ in range(2000)]
instance = witrt.load(sys.argv[1]).instantiate()
for _ in range(100):
    instance.greet("x")
    child = os.fork()
    if child == 0:
        os._exit(instance.greet("x") != "hello, x! (1 bytes, 1 chars)")
    until = time.monotonic() + 20
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
        if time.monotonic() > until:
            os.kill(child, 9)
            sys.exit("a process waits for a thread that it does not have")
        time.sleep(0.0005)
    assert ended == (child, 0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes do not fork here")
def test_forked_while_epochs_are_moved_on() -> None:
    """With so many engines that takes a good part of the time."""
    subprocess.run([sys.executable, "-c", FORKS, str(MODULES / "strings.wasm")], check=True, timeout=120)


INTERPRETERS = """
import sys
try:
    import _interpreters
except ImportError:
    import _xxsubinterpreters as _interpreters
import witrt
CODE = '''
try:
    import witrt
except ImportError as error:
    assert 'interpreter' in str(error), error  # of witrt, or of a later CPython
else:
    raise AssertionError('it was imported')
'''
for _ in range(2):
    other = _interpreters.create()
    failed = _interpreters.run_string(other, CODE)
    assert failed is None, failed
    _interpreters.destroy(other)
try:
    witrt.load(sys.argv[1]).instantiate().greet(3)
except witrt.MismatchError:
    print("caught")
"""


def test_one_interpreter_has_it() -> None:
    """Classes that another one would raise are none that it could catch."""
    argv = [sys.executable, "-c", INTERPRETERS, str(MODULES / "strings.wasm")]
    assert subprocess.run(argv, check=True, timeout=60, stdout=subprocess.PIPE, text=True).stdout == "caught\n"


def test_interpreter_ends_while_things_live() -> None:
    source = f"""
import witrt
path = {str(MODULES / 'strings.wasm')!r}
instance = witrt.load(path).instantiate()
keep = instance.greet
assert keep("x") == "hello, x! (1 bytes, 1 chars)"
"""
    subprocess.run([sys.executable, "-c", source], check=True, timeout=60)
