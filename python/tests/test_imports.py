"""Host functions: callables that guests call, and exceptions through them."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
import witrt

from .conftest import COMPONENTS, MODULES, module

PLACEHOLDER = "__wbindgen_placeholder__"
NAMES = {
    "log": "__wbg_log_e7f681773c72d7cf",
    "log_owned": "__wbg_logowned_47df72f04568416b",
    "pair": "__wbg_pair_6ef5e313a7921a41",
    "mix": "__wbg_mix_2b4cd53a0ea5c575",
    "now": "__wbg_now_e19b0e7152e5ba3f",
    "add": "__wbg_add_2502b57c7e3e58d7",
}


def host(**given: Any) -> Any:
    seen: "list[tuple[Any, ...]]" = []

    def note(name: str, result: Any) -> Any:
        def called(*args: Any) -> Any:
            seen.append((name, *args))
            return result(*args) if callable(result) else result

        return called

    results = {"mix": 4_000_000_000, "now": 41.5, "add": lambda a, b: a + b, **given}
    functions = {flat: note(name, results.get(name)) for name, flat in NAMES.items()}
    return {PLACEHOLDER: functions}, seen


def test_the_table() -> None:
    imports, seen = host()
    instance: Any = module(MODULES / "imports.wasm").instantiate(imports)
    assert seen.pop() == ("log", "started")
    assert instance.run("straße") == "logged 7"
    assert seen == [("log", "straße"), ("log_owned", "eßarts"), ("pair", "straße", "STRASSE")]
    assert instance.run("") == "logged 0"
    seen.clear()
    assert instance.call_mix(200, "q", -5, 0.25) == 4_000_000_000
    assert seen == [("mix", 200, "q", -5, 0.25)]
    assert instance.sum_to(10) == 55
    assert instance.later() == 42
    assert instance.main() is None


def test_an_exception_is_the_cause_of_the_trap() -> None:
    def fail(*_: Any) -> None:
        raise KeyError("no such thing")

    imports, _ = host(add=fail)
    instance: Any = module(MODULES / "imports.wasm").instantiate(imports)
    with pytest.raises(witrt.Trap) as caught:
        instance.sum_to(1)
    cause = caught.value.__cause__
    assert isinstance(cause, KeyError) and cause.args == ("no such thing",)
    assert "KeyError" in caught.value.message and caught.value.frames
    assert caught.value.number == 500
    # The traceback leads to the line that raised it.
    tb = cause.__traceback__
    names = []
    while tb is not None:
        names.append(tb.tb_frame.f_code.co_name)
        tb = tb.tb_next
    assert names[-1] == "fail"
    # The instance goes on: it is no component's.
    assert instance.sum_to(0) == 0


def test_what_ends_the_program_comes_out_as_it_is() -> None:
    def leave(*_: Any) -> None:
        raise SystemExit(3)

    imports, _ = host(add=leave)
    instance: Any = module(MODULES / "imports.wasm").instantiate(imports)
    with pytest.raises(SystemExit) as caught:
        instance.sum_to(1)
    assert caught.value.code == 3


def test_wrong_results() -> None:
    for wrong, message in (("5", "expected s32, found str"), (2**31, "2147483648 is no s32")):
        imports, _ = host(add=lambda a, b: wrong)
        instance: Any = module(MODULES / "imports.wasm").instantiate(imports)
        with pytest.raises(witrt.Trap, match=message) as caught:
            instance.sum_to(1)
        assert isinstance(caught.value.__cause__, witrt.UsageError)


def test_missing_and_unknown_imports() -> None:
    with pytest.raises(witrt.LinkError, match=NAMES["now"]):
        imports, _ = host()
        del imports[PLACEHOLDER][NAMES["now"]]
        module(MODULES / "imports.wasm").instantiate(imports)
    with pytest.raises(witrt.LinkError, match="does not import 'evn'"):
        module(MODULES / "imports.wasm").instantiate({"evn": {}})
    with pytest.raises(witrt.LinkError, match="expected a callable, found int"):
        imports, _ = host()
        imports[PLACEHOLDER][NAMES["now"]] = 3
        module(MODULES / "imports.wasm").instantiate(imports)


def test_a_host_function_may_call_the_guest(text_module: Any) -> None:
    source = """(module
        (import "host" "down" (func $down (param i32) (result i32)))
        (func (export "go") (param i32) (result i32)
            local.get 0 i32.eqz if i32.const 0 return end
            local.get 0 i32.const 1 i32.sub call $down
            i32.const 1 i32.add))"""
    calls = []

    def down(n: int) -> int:
        calls.append(n)
        return int(instance.go(n))

    instance = text_module(source, {"host": {"down": down}})
    assert instance.go(10) == 10
    assert calls == list(range(9, -1, -1))


def test_an_export_of_the_same_store_is_linked_directly(text_module: Any) -> None:
    store = witrt.Store()
    one = text_module('(module (func (export "add") (param i32) (result i32) local.get 0 i32.const 1 i32.add))', store=store)
    two = text_module(
        """(module (import "one" "add" (func $add (param i32) (result i32)))
        (func (export "twice") (param i32) (result i32) local.get 0 call $add call $add))""",
        {"one": one},
        store=store,
    )
    assert two.twice(5) == 7
    # An export of another store is a callable like any other.
    other = text_module(
        """(module (import "one" "add" (func $add (param i32) (result i32)))
        (func (export "twice") (param i32) (result i32) local.get 0 call $add call $add))""",
        {"one": {"add": one.add}},
    )
    assert other.twice(5) == 7


def test_an_instance_is_an_interface() -> None:
    with witrt.Store() as store:
        giver = module(MODULES / "linked" / "giver.wat").instantiate(store=store)
        user = module(MODULES / "linked" / "user.wat")
        instance: Any = user.instantiate({"giver": giver}, store=store)
        assert instance.sum() == 44
        with pytest.raises(witrt.LinkError):
            user.instantiate({"other": giver}, store=store)
        # Of another store its functions are callables, and its core modules cannot be had.
        with pytest.raises(witrt.LinkError):
            user.instantiate({"giver": giver})


def test_interfaces_by_other_versions_and_without() -> None:
    guest = module(COMPONENTS / "c" / "guest-utf8.wasm")

    class Sink:
        def __init__(self, name: str) -> None: ...

        def write(self, text: str) -> int:
            return len(text)

        @staticmethod
        def open_sinks() -> int:
            return 0

    functions = {
        "log": lambda level, text: None,
        "ask": lambda question: "?",
        "digest": lambda data: b"",
        "find": lambda key: None,
        "lookup": lambda name: [],
        "now": lambda: 0,
        "sink": Sink,
    }
    for name in ("probe:guest/host@1.2.0", "probe:guest/host@1.9.1", "probe:guest/host"):
        instance: Any = guest.instantiate({name: functions})
        assert instance.run("x").startswith("?")
    with pytest.raises(witrt.LinkError):
        guest.instantiate({"probe:guest/host@2.0.0": functions})


def test_references_hold_objects(text_module: Any) -> None:
    instance = text_module(
        """(module
        (table (export "table") 2 externref)
        (global (export "global") (mut externref) (ref.null extern))
        (func (export "put") (param i32 externref) local.get 0 local.get 1 table.set 0)
        (func (export "get") (param i32) (result externref) local.get 0 table.get 0))"""
    )
    thing = {"a": [1]}
    instance.put(1, thing)
    assert instance.get(1) is thing and instance.table[1] is thing
    assert instance.get(0) is None and len(instance.table) == 2
    instance.global_.value = thing
    assert instance.global_.value is thing


def test_a_cycle_through_a_guest_is_collected() -> None:
    class Owner:
        def log(self, *_: Any) -> None: ...

    owner = Owner()
    imports, _ = host()
    imports[PLACEHOLDER] = {**imports[PLACEHOLDER], NAMES["log"]: owner.log}
    owner.instance = module(MODULES / "imports.wasm").instantiate(imports)  # type: ignore[attr-defined]
    owner.instance.run("x")  # type: ignore[attr-defined]
    gone = weakref.ref(owner)
    del owner, imports
    gc.collect()
    gc.collect()
    assert gone() is None
