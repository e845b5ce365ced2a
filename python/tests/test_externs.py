"""Memories, globals and tables, of guests and made for them; imports that nobody supplies; what an
engine tells and bounds."""

from __future__ import annotations

import array
import sys
from typing import Any

import pytest
import witrt

from .conftest import COMPONENTS, MODULES, module

IMPORTS = b"""(module
    (import "host" "memory" (memory 1 4))
    (import "host" "count" (global $count (mut i32)))
    (import "host" "fixed" (global $fixed f64))
    (import "host" "table" (table $t 2 8 funcref))
    (import "host" "missing" (func $missing (param i32)))
    (type $two (func (param i32 i32) (result i32)))
    (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "next") (result i32)
        (global.set $count (i32.add (global.get $count) (i32.const 1))) (global.get $count))
    (func (export "fixed") (result f64) (global.get $fixed))
    (func (export "call") (param i32 i32 i32) (result i32)
        (call_indirect $t (type $two) (local.get 1) (local.get 2) (local.get 0)))
    (func (export "miss") (call $missing (i32.const 7)))
    (export "out" (memory 0)))"""

ADD = b'(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))'


def test_made_for_a_guest() -> None:
    store = witrt.Store()
    memory = witrt.Memory(store, 1, 3)
    count, fixed = witrt.Global(store, "i32", 40), witrt.Global(store, "f64", 2.5, mutable=False)
    table = witrt.Table(store, "funcref", 2, 4)
    made = {"memory": memory, "count": count, "fixed": fixed, "table": table}
    loaded = witrt.load(IMPORTS)
    with pytest.raises(witrt.LinkError, match="missing"):
        loaded.instantiate({"host": made}, store=store)
    guest: Any = loaded.instantiate({"host": made}, store=store, trap_missing=True)
    memory.write(65530, b"\x07\x08")
    assert (guest.peek(65530), guest.peek(65531)) == (7, 8)
    assert guest.next() == 41 and count.value == 41
    count.value = 6
    assert guest.next() == 7 and guest.fixed() == 2.5
    add = witrt.load(ADD).instantiate(store=store).add  # type: ignore[attr-defined]
    table[1] = add
    assert guest.call(1, 40, 2) == 42
    assert guest.out.pages == 1 and memory.grow(2) == 1 and guest.out.pages == 3
    with pytest.raises(witrt.LinkError):
        memory.grow(1)
    with pytest.raises(witrt.Trap, match='the import "host" "missing" is not defined'):
        guest.miss()
    assert guest.next() == 8
    assert (memory.maximum, table.maximum, table.type, count.type, fixed.type) == (3, 4, "funcref", "i32", "f64")
    assert (count.mutable, fixed.mutable, len(table)) == (True, False, 2)
    with pytest.raises(witrt.UsageError):
        fixed.value = 3.5


def test_a_component_that_nobody_supplies() -> None:
    guest: Any = module(COMPONENTS / "c" / "guest-utf8.wasm").instantiate(trap_missing=True)
    assert guest.text.greet("x") == "hello, x! (1 bytes, 1 chars)"
    with pytest.raises(witrt.Trap, match='the import "probe:guest/host@1.2.0" "\\w+" is not defined'):
        guest.run("x")


@pytest.mark.parametrize(
    "make, kind, message",
    [
        (lambda s: witrt.Memory(s, 70000), witrt.RangeError, "65,?536"),
        (lambda s: witrt.Memory(s, 2, 1), witrt.RangeError, "cannot have the limits 2 1"),
        (lambda s: witrt.Memory(s, -1), OverflowError, "negative"),
        (lambda s: witrt.Memory(None, 1), TypeError, "Store"),
        (lambda s: witrt.Global(s, "int", 1), witrt.Error, 'there is no type "int"'),
        (lambda s: witrt.Global(s, "i32", 2**40), witrt.RangeError, "is no i32"),
        (lambda s: witrt.Global(s, "i32", None), witrt.MismatchError, "expected i32, found NoneType"),
        (lambda s: witrt.Global(s, "string", "a"), witrt.MismatchError, "holds numbers and references, not string"),
        (lambda s: witrt.Table(s, "i32", 1), witrt.MismatchError, "holds references, not i32"),
        (lambda s: witrt.Table(s, "funcref", 1, init=len), witrt.MismatchError, "a witrt.Function or None"),
        (lambda s: witrt.Table(s, "funcref", 3, 2), witrt.RangeError, "cannot have the limits 3 2"),
    ],
)
def test_what_cannot_be_made(make: Any, kind: Any, message: str) -> None:
    with pytest.raises(kind, match=message):
        make(witrt.Store())


def test_references_in_what_was_made() -> None:
    store, thing = witrt.Store(), object()
    before = sys.getrefcount(thing)
    table = witrt.Table(store, "externref", 3, init=thing)
    assert list(table) == [thing] * 3 and witrt.Global(store, "externref", thing).value is thing
    store.close()
    with pytest.raises(witrt.StoreError, match="closed"):
        table[0]
    del table
    assert sys.getrefcount(thing) == before


def test_a_function_of_the_hosts() -> None:
    store = witrt.Store()
    table = witrt.Table(store, "funcref", 2, 4)
    made = {"memory": witrt.Memory(store, 1, 3), "table": table}
    made.update(count=witrt.Global(store, "i32", 0), fixed=witrt.Global(store, "f64", 0, mutable=False))
    guest: Any = witrt.load(IMPORTS).instantiate({"host": made}, store=store, trap_missing=True)

    def divide(a: int, b: int) -> int:
        return a // b

    table[0] = divided = witrt.Function(store, divide, ["i32", "i32"], ["i32"])
    assert guest.call(0, 126, 3) == 42 == divided(126, 3) == table[0](126, 3)
    assert (divided.__name__, divided.wit, divided.store) == ("divide", "func(i32, i32) -> (i32)", store)
    with pytest.raises(witrt.Trap) as caught:
        guest.call(0, 1, 0)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    table[1] = witrt.Function(store, lambda a, b: "text", ["i32", "i32"], ["i32"])
    with pytest.raises(witrt.Trap, match="result of the host function <lambda>: expected i32, found str"):
        guest.call(1, 1, 1)
    assert witrt.Function(store, len, ["string"], ["u32"])("Zoë") == 3
    assert witrt.Function(store, lambda: None)() is None
    with pytest.raises(TypeError, match="expected a callable, found int"):
        witrt.Function(store, 3)  # type: ignore[arg-type]
    with pytest.raises(witrt.Error, match='there is no type "int"'):
        witrt.Function(store, len, ["int"])
    store.close()
    with pytest.raises(witrt.StoreError, match="closed"):
        divided(1, 1)
    with pytest.raises(witrt.StoreError, match="closed"):
        witrt.Function(store, len)


def test_functions_that_a_host_function_is_given(text_module: Any) -> None:
    store = witrt.Store()
    seen: "list[Any]" = []
    answers: "list[Any]" = []

    def take(function: Any) -> Any:
        seen.append(function)
        return answers.pop() if answers else function

    guest = text_module(
        """(module (import "host" "take" (func $take (param funcref) (result funcref)))
        (type $one (func (param i32) (result i32))) (table $t 1 funcref)
        (func $twice (type $one) (i32.mul (local.get 0) (i32.const 2))) (elem declare func $twice)
        (func (export "go") (param i32) (result i32)
            (table.set $t (i32.const 0) (call $take (ref.func $twice)))
            (call_indirect $t (type $one) (local.get 0) (i32.const 0))))""",
        {"host": {"take": take}},
        store=store,
    )
    assert guest.go(21) == 42 and seen[0](4) == 8
    answers.append(witrt.Function(store, lambda a: a + 1, ["i32"], ["i32"]))
    assert guest.go(41) == 42
    answers.append(None)
    with pytest.raises(witrt.Trap):
        guest.go(1)
    answers.append(len)
    with pytest.raises(witrt.Trap, match="expected a witrt.Function or None, found builtin_function_or_method"):
        guest.go(1)


@pytest.mark.parametrize("back_end", ["compiled", "reference"])
def test_either_back_end(back_end: str) -> None:
    strings: Any = witrt.load(MODULES / "strings.wasm", engine=witrt.Engine(back_end=back_end)).instantiate()
    assert strings.concat("é", "🦀") == "é🦀"
    with pytest.raises(ValueError, match='back_end is compiled or reference, not "fast"'):
        witrt.Engine(back_end="fast")


def test_what_is_written_to_a_memory() -> None:
    memory = witrt.Memory(witrt.Store(), 1)
    for given in (b"ab", bytearray(b"ab"), memoryview(b"xaby")[1:3], array.array("B", b"ab"), memoryview(b"axbx")[::2], b""):
        memory.write(10, given)
        assert memory.read(10, 2) == b"ab"
    for wrong in ("ab", None, [1], array.array("i", [1])):
        with pytest.raises(witrt.MismatchError):
            memory.write(10, wrong)
    for offset in (65535, 2**40):
        with pytest.raises(witrt.RangeError):
            memory.write(offset, b"ab")
        with pytest.raises(witrt.RangeError):
            memory.read(offset, 2)
    memory.write(65536, b"")


def test_another_store() -> None:
    imports = {"host": {"memory": witrt.Memory(witrt.Store(), 1)}}
    with pytest.raises(witrt.LinkError, match="expected a memory of the same store, found Memory"):
        witrt.load(b'(module (import "host" "memory" (memory 1)))').instantiate(imports)


def test_what_an_engine_tells() -> None:
    lines: "list[str]" = []
    engine = witrt.Engine(trace=lines.append)
    strings: Any = witrt.load(MODULES / "strings.wasm", engine=engine).instantiate()
    assert strings.greet("Zoë") == "hello, Zoë! (4 bytes, 3 chars)"
    back: Any = witrt.load(
        b'(module (import "env" "log" (func $log (param i32))) (func (export "go") (call $log (i32.const 7))))',
        engine=engine,
    ).instantiate({"env": {"log": lambda _: None}})
    back.go()
    assert lines == ['call greet("Zoë")', "call go()", "import env.log(7)"]
    with pytest.raises(TypeError, match="trace is a callable"):
        witrt.Engine(trace=3)  # type: ignore[arg-type]


def test_what_a_trace_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: "list[Any]" = []
    monkeypatch.setattr(sys, "unraisablehook", lambda args: seen.append(args.exc_value))

    def fail(line: str) -> None:
        raise ValueError(line)

    strings: Any = witrt.load(MODULES / "strings.wasm", engine=witrt.Engine(trace=fail)).instantiate()
    assert strings.byte_len("ab") == 2
    assert [str(error) for error in seen] == ['call byte_len("ab")']


def test_bounds_of_an_engine() -> None:
    engine = witrt.Engine(max_memory_bytes=2 * 65536, max_table_elements=3, max_instances=2)
    loaded = witrt.load(b"(module (memory 1 9) (table 2 9 funcref))", engine=engine)
    store = witrt.Store(engine)
    for make in (lambda: witrt.Memory(store, 3), lambda: witrt.Table(store, "funcref", 4)):
        with pytest.raises(witrt.LinkError):
            make()
    for _ in range(2):
        loaded.instantiate(store=store)
    with pytest.raises(witrt.LinkError):
        loaded.instantiate(store=store)


def test_checked_and_not_compiled() -> None:
    witrt.validate(MODULES / "strings.wasm")
    witrt.validate((COMPONENTS / "c" / "guest-utf8.wasm").read_bytes())
    with pytest.raises(witrt.LoadError) as caught:
        witrt.validate(b"(module\n  (func i32.add))")
    assert caught.value.line_column is not None or caught.value.offset is not None
    with pytest.raises(witrt.FileError, match="nowhere.wasm: No such file"):
        witrt.validate("nowhere.wasm")
