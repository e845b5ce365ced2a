"""The package against the engine's own, in one process: ``bench.sh`` runs it.

    python bench.py FOLDER-OF-MODULES [ROUNDS]

Each row is timed in alternating rounds, and the best round counts; the ratio of the two
carries over to other machines, times do not.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any, Callable, List, Tuple

import wasmtime
import witrt
from wasmtime import component

ECHO = """(component
    (core module $m
        (memory (export "memory") 64)
        (global $top (mut i32) (i32.const 65536))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 65536)
        (func (export "echo") (param i32 i32) (result i32)
            (i32.store (i32.const 8) (local.get 0))
            (i32.store (i32.const 12) (local.get 1))
            i32.const 8)
        (func (export "length") (param i32 i32) (result i32) local.get 1))
    (core instance $i (instantiate $m))
    (func (export "echo-bytes") (param "data" (list u8)) (result (list u8))
        (canon lift (core func $i "echo") (memory $i "memory") (realloc (func $i "realloc"))))
    (func (export "echo") (param "text" string) (result string)
        (canon lift (core func $i "echo") (memory $i "memory") (realloc (func $i "realloc"))))
    (func (export "length") (param "text" string) (result u32)
        (canon lift (core func $i "length") (memory $i "memory") (realloc (func $i "realloc")))))"""

BACK = """(component
    (import "note" (func $note (param "text" string) (result u32)))
    (core module $libc
        (memory (export "memory") 1)
        (data (i32.const 16) "hello 42")
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024))
    (core instance $libc (instantiate $libc))
    (core func $low (canon lower (func $note) (memory $libc "memory")))
    (core module $m
        (import "host" "note" (func $note (param i32 i32) (result i32)))
        (func (export "many") (param i32) (result i32) (local i32)
            (loop $l
                (local.set 1 (i32.add (local.get 1) (call $note (i32.const 16) (i32.const 8))))
                (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            local.get 1))
    (core instance $host (export "note" (func $low)))
    (core instance $i (instantiate $m (with "host" (instance $host))))
    (func (export "many") (param "count" u32) (result u32) (canon lift (core func $i "many"))))"""

BACK_MODULE = """(module
    (import "host" "note" (func $note (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 16) "hello 42")
    (func $many (export "many") (param i32) (result i32) (local i32)
        (loop $l
            (local.set 1 (i32.add (local.get 1) (call $note (i32.const 16) (i32.const 8))))
            (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        local.get 1)
    (@interface func (export "many") (param u32) (result u32)
        arg.get 0
        u32-to-i32
        call-core $many
        i32-to-u32)
    (@interface func $host_note (import "host" "note") (param string) (result u32))
    (@interface implement (import "host" "note") (param i32 i32) (result i32)
        arg.get 0
        arg.get 1
        memory-to-string
        call-adapter $host_note
        u32-to-i32))"""


def theirs(source: str, imports: "dict[str, Any] | None" = None) -> Callable[[str], Callable[..., Any]]:
    """A component by the engine's own package: its functions by name."""
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    linker = component.Linker(engine)
    with linker.root() as root:
        for name, func in (imports or {}).items():
            root.add_func(name, lambda _, *args, func=func: func(*args))
    made = linker.instantiate(store, component.Component(engine, source))

    def find(name: str) -> Callable[..., Any]:
        func = made.get_func(store, name)

        def call(*args: Any) -> Any:
            result = func(store, *args)
            func.post_return(store)
            return result

        return call

    return find


def best(calls: List[Callable[[], Any]], counts: List[int], rounds: int) -> List[float]:
    """Seconds for each call: the best of the rounds, which alternate."""
    found = [float("inf")] * len(calls)
    for _ in range(rounds):
        for at, (call, count) in enumerate(zip(calls, counts)):
            began = time.perf_counter()
            for _ in range(count):
                call()
            found[at] = min(found[at], (time.perf_counter() - began) / count)
    return found


def main(folder: Path, rounds: int) -> int:
    plain = (folder / "components" / "c" / "plain-utf8.wasm").read_bytes()
    own: Any = witrt.load(plain).instantiate()
    strings: Any = witrt.load(folder / "strings.wasm").instantiate()
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    linker = component.Linker(engine)
    other = linker.instantiate(store, component.Component(engine, plain))
    at = other.get_export_index(store, "probe:guest/text@1.2.0")

    def func(name: str) -> Callable[..., Any]:
        found = other.get_func(store, other.get_export_index(store, name, at))

        def call(*args: Any) -> Any:
            result = found(store, *args)
            found.post_return(store)
            return result

        return call

    text, ask = own.text, {"note": lambda text: 1}
    echo: Any = witrt.load(ECHO.encode()).instantiate()
    their_echo = theirs(ECHO)
    back: Any = witrt.load(BACK.encode()).instantiate(ask)
    back_module: Any = witrt.load(BACK_MODULE.encode()).instantiate({"host": ask})
    their_back = theirs(BACK, ask)("many")
    data, longer = bytes(range(256)) * 256, "Zoë says hello 🦀 " * 4096
    n = 1000
    rows: List[Tuple[str, Callable[[], Any], "Callable[[], Any] | None", int, int, int, float, float]] = [
        # what, own, theirs, calls of each, calls in one, microseconds and ratio to reach
        ("count(short str)", lambda: text.count("hello 42"), lambda c=func("count"): c("hello 42"), 20000, 200, 1, 0.4, 80),
        ("length(short str)", lambda: echo.length("hello 42"), lambda c=their_echo("length"): c("hello 42"), 20000, 200, 1, 0.4, 80),
        ("concat(two short str) -> str", lambda: text.concat("Zoë", "漢字"), lambda c=func("concat"): c("Zoë", "漢字"), 20000, 200, 1, 0, 0),
        ("the same of a module", lambda: strings.concat("Zoë", "漢字"), None, 20000, 0, 1, 0, 0),
        ("byte_len(short str), a module", lambda: strings.byte_len("hello 42"), None, 20000, 0, 1, 0.4, 0),
        ("echo(64 KiB of text)", lambda: echo.echo(longer), lambda c=their_echo("echo"): c(longer), 200, 20, 1, 0, 0),
        ("echo-bytes(64 KiB)", lambda: echo.echo_bytes(data), lambda c=their_echo("echo-bytes"): c(data), 2000, 1, 1, 0, 1000),
        ("call back, short str, a module", lambda: back_module.many(n), None, 20, 0, n, 0.5, 0),
        ("call back, short str", lambda: back.many(n), lambda: their_back(n), 20, 1, n, 0.5, 0),
    ]  # fmt: skip
    print(f"{'':32}{'witrt':>10}{'wasmtime':>12}{'times':>9}   to reach")
    missed = 0
    for what, own_call, their_call, count, their_count, inner, most, least in rows:
        calls, counts = [own_call], [count]
        if their_call is not None:
            calls, counts = [own_call, their_call], [count, their_count]
        seconds = [found / inner * 1e6 for found in best(calls, counts, rounds)]
        ratio = seconds[1] / seconds[0] if len(seconds) > 1 else 0
        wanted = [f"{most} µs"] * bool(most) + [f"{least:.0f} times"] * bool(least)
        met = (not most or seconds[0] <= most) and (not least or ratio >= least)
        missed += not met
        peer = f"{seconds[1]:9.1f} µs{ratio:9.0f}" if ratio else f"{'':21}"
        print(f"{what:32}{seconds[0]:7.3f} µs{peer}   {', '.join(wanted)}{'' if met else '  MISSED'}")
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5))
