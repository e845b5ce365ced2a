"""Every kind of value of components, and what does not fit, with the path."""

from __future__ import annotations

import array
import ctypes
import dataclasses
from types import SimpleNamespace
from typing import Any

import numpy
import pytest
import witrt

from .conftest import COMPONENTS, module
from .test_cases import ComponentHost as Host


@pytest.fixture
def guest() -> Any:
    return module(COMPONENTS / "c" / "guest-utf8.wasm").instantiate({"probe:guest/host": Host()})


def test_names_come_from_wit(guest: Any) -> None:
    types = guest.module.types
    assert set(types) == {"Point", "Person", "Color", "Access", "Shape"}
    assert types["Shape"].Circle.__qualname__ == "Shape.Circle"
    assert [field.name for field in dataclasses.fields(types["Person"])] == ["name", "age", "tags", "home"]


ALIKE = """(component
  (core module $m (func (export "f") (param i32) (result i32) local.get 0))
  (core instance $i (instantiate $m))
  (type $a (enum "red" "blue"))
  (type $b (enum "dark" "light"))
  (func $fa (param "c" $a) (result $a) (canon lift (core func $i "f")))
  (func $fb (param "c" $b) (result $b) (canon lift (core func $i "f")))
  (component $A (type $e (enum "red" "blue")) (import "t" (type $t (eq $e)))
    (import "f" (func $f (param "c" $t) (result $t)))
    (export $own "color" (type $t)) (export "same" (func $f) (func (param "c" $own) (result $own))))
  (component $B (type $e (enum "dark" "light")) (import "t" (type $t (eq $e)))
    (import "f" (func $f (param "c" $t) (result $t)))
    (export $own "color" (type $t)) (export "same" (func $f) (func (param "c" $own) (result $own))))
  (instance $ia (instantiate $A (with "t" (type $a)) (with "f" (func $fa))))
  (instance $ib (instantiate $B (with "t" (type $b)) (with "f" (func $fb))))
  (export "a:b/one" (instance $ia))
  (export "a:b/two" (instance $ib)))"""


def test_interfaces_have_their_own_types(guest: Any) -> None:
    assert guest.kinds.Shape is guest.module.types["Shape"] and "Shape" in dir(guest.kinds)
    assert guest.text.Point is guest.kinds.Point  # which one of them uses of the other
    with pytest.raises(AttributeError, match="has no 'Shap'"):
        guest.kinds.Shap
    both = witrt.load(ALIKE.encode()).instantiate()
    assert [member.name for member in both.one.Color] == ["RED", "BLUE"]
    assert [member.name for member in both.two.Color] == ["DARK", "LIGHT"]
    assert both.one.same(both.one.Color.BLUE) is both.one.Color.BLUE
    assert both.two.same(both.two.Color.LIGHT) is both.two.Color.LIGHT


def test_records(guest: Any) -> None:
    kinds = guest.kinds
    expected = [1.0, -2.0]
    point = guest.text.parse("3,-4")
    assert dataclasses.is_dataclass(point) and (point.x, point.y) == (3, -4)
    person = {"name": "Zoë", "age": 41, "tags": ["a"], "home": point}
    made = kinds.birthday(person)
    assert made.name == "Zoë" and made.age == 42 and made.home.x == -3
    # A dataclass, any object with the attributes, a dictionary.
    assert kinds.birthday(made).age == 43
    assert kinds.birthday(SimpleNamespace(**person)).age == 42
    assert repr(point) == "Point(x=3, y=-4)" and expected
    match_args = type(point).__match_args__
    assert match_args == ("x", "y")


@pytest.mark.parametrize(
    "change, message",
    [
        ({"age": 256}, r'parameter 0 \("p"\), field "age": 256 is no u8'),
        ({"age": "41"}, r'field "age": expected u8, found str'),
        ({"tags": ["a", 1]}, r'field "tags", element 1: expected string, found int'),
        ({"tags": "abc"}, r'field "tags": expected list<string>, found str'),
        ({"home": {"x": 1, "y": None}}, r'field "home", field "y": expected s32, found NoneType'),
        ({"home": {"x": 1}}, r'field "home", field "y": it is missing in a dict'),
        ({"home": {"x": 1, "y": 2, "z": 3}}, r'field "home": expected record .*, found a key z'),
        ({"name": None}, r'field "name": expected string, found NoneType'),
        ({"home": 3}, r'field "home": expected record .*, found int'),
    ],
)
def test_the_path_of_a_mismatch(guest: Any, change: "dict[str, Any]", message: str) -> None:
    person = {"name": "Zoë", "age": 41, "tags": [], "home": None, **change}
    with pytest.raises(witrt.UsageError, match=message) as caught:
        guest.kinds.birthday(person)
    assert caught.value.argument == 0
    assert guest.kinds.flip(True) is False


def test_ill_formed_text_within(guest: Any) -> None:
    with pytest.raises(witrt.TextError) as caught:
        guest.kinds.join(["a", "\ud800"], None)
    assert caught.value.argument == 0 and caught.value.position == 0


def test_variants(guest: Any) -> None:
    kinds = guest.kinds
    Shape = guest.module.types["Shape"]
    assert kinds.area(Shape.Circle(2.0)) == 12.0
    assert kinds.area(Shape.Dot()) is None
    assert kinds.grow(Shape.Named("é")) == Shape.Named("é+")
    assert kinds.grow(Shape.Dot()) == Shape.Circle(1.0)
    assert isinstance(kinds.grow(Shape.Dot()), Shape) and issubclass(Shape, witrt.Variant)
    assert Shape.Circle.__match_args__ == ("value",) and Shape.Dot.__match_args__ == ()
    assert repr(Shape.Circle(1.0)) == "Shape.Circle(1.0)" and repr(Shape.Dot()) == "Shape.Dot()"
    with pytest.raises(witrt.MismatchError, match='case "circle": expected f64, found str'):
        kinds.area(Shape.Circle("x"))
    with pytest.raises(witrt.MismatchError, match="expected variant"):
        kinds.area(2.0)


def test_enumerations_and_flags(guest: Any) -> None:
    kinds = guest.kinds
    Color, Access = guest.module.types["Color"], guest.module.types["Access"]
    assert kinds.next_color(Color.BLUE) is Color.RED
    assert kinds.next_color(0) is Color.GREEN
    assert kinds.toggle(Access.READ | Access.EXEC) == Access.WRITE
    assert isinstance(kinds.toggle(Access(0)), Access)
    with pytest.raises(witrt.RangeError):
        kinds.next_color(3)
    with pytest.raises(witrt.RangeError):
        kinds.toggle(8)
    for wrong in ("red", 1.0, True, None):
        with pytest.raises(witrt.MismatchError):
            kinds.next_color(wrong)


def test_options_and_results(guest: Any) -> None:
    kinds = guest.kinds
    assert kinds.maybe(None) is None
    assert kinds.maybe("") == witrt.Some(None)
    assert kinds.maybe("é") == witrt.Some("é")
    assert kinds.check(1) is None
    with pytest.raises(witrt.ResultError) as caught:
        kinds.check(-1)
    assert caught.value.value is guest.module.types["Color"].RED and "Color.RED" in str(caught.value)
    with pytest.raises(witrt.ResultError) as caught:
        kinds.halve(7)
    assert caught.value.value is None
    with pytest.raises(witrt.ResultError, match="bad point: é"):
        guest.text.parse("é")


def test_characters_and_truth(guest: Any) -> None:
    kinds = guest.kinds
    assert [kinds.next_char(c) for c in "aé漢🦀"] == ["b", "ê", "漣", "🦁"]
    for wrong in ("", "ab", "🦀a"):
        with pytest.raises(witrt.MismatchError, match="expected one character"):
            kinds.next_char(wrong)
    with pytest.raises(witrt.RangeError, match="U\\+D800"):
        kinds.next_char("\ud800")
    with pytest.raises(witrt.MismatchError):
        kinds.next_char(97)
    assert kinds.flip(numpy.bool_(True)) is False
    for wrong in (0, 1, None, "x"):
        with pytest.raises(witrt.MismatchError):
            kinds.flip(wrong)


BYTES = bytes(range(256))


@pytest.mark.parametrize(
    "given",
    [
        BYTES,
        bytearray(BYTES),
        memoryview(BYTES),
        array.array("B", BYTES),
        numpy.frombuffer(BYTES, dtype=numpy.uint8),
        (ctypes.c_uint8 * len(BYTES))(*BYTES),
        list(BYTES),
        tuple(BYTES),
        range(256),
    ],
    ids=lambda given: type(given).__name__,
)
def test_bytes(guest: Any, given: Any) -> None:
    assert guest.text.reverse_bytes(given) == BYTES[::-1]


def test_large_bytes(guest: Any) -> None:
    data = bytes(range(256)) * 4096
    assert guest.text.reverse_bytes(data) == data[::-1]
    assert guest.text.reverse_bytes(b"") == b""


def test_lists_of_numbers(guest: Any) -> None:
    values = [0.5, 0.25, -1.0]
    doubles = (ctypes.c_double * 3)(*values)
    gaps = [numpy.array(values * 2)[:3], numpy.array(values)[::-1], numpy.array([values, values]).T[:, 1]]
    gaps.append(memoryview(array.array("d", [0.5, 9, 0.25, 9, -1.0]))[::2])
    for given in (values, tuple(values), array.array("d", values), numpy.array(values), iter(values), doubles, *gaps):
        assert guest.text.sum(given) == -0.25
    released = memoryview(b"12345678")
    released.release()
    for wrong, message in (
        (numpy.array(values, dtype=numpy.float32), "expected a buffer of f64, found one of format"),
        (numpy.array(values, dtype=">f8"), "one of format \">d\""),
        (numpy.array([values]), "one of 2 dimensions"),
        (array.array("l", [1]), "expected a buffer of f64"),
        ((ctypes.c_float * 3)(*values), "one of format \"<f\""),
        ((ctypes.c_double * 3 * 1)(doubles), "one of 2 dimensions"),
        (released, "the buffer of a .*memoryview.* cannot be had"),
        (b"12345678", "expected a buffer of f64"),
        ("123", "expected list<f64>, found str"),
        ([0.5, "x"], "element 1: expected f64, found str"),
        (3, "expected list<f64>, found int"),
    ):
        with pytest.raises(witrt.MismatchError, match=message):
            guest.text.sum(wrong)
    unaligned = numpy.frombuffer(b"x" + numpy.array(values).tobytes(), dtype="u1")[1:].view(numpy.float64)
    assert guest.text.sum(unaligned) == -0.25


NUMBERS = """(component
    (core module $m
        (memory (export "memory") 1)
        (func (export "give") (param i32) (result i32)
            (i32.store (i32.const 8) (i32.const 16))
            (i32.store (i32.const 12) (local.get 0))
            (i64.store (i32.const 16) (i64.const 0x0807060504030201))
            (i64.store (i32.const 24) (i64.const 0x7ff0000000000000))
            i32.const 8))
    (core instance $i (instantiate $m))
    (func (export "KIND") (param "n" u32) (result (list KIND))
        (canon lift (core func $i "give") (memory $i "memory"))))"""


@pytest.mark.parametrize("kind", ["s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64"])
def test_results_as_arrays(text_module: Any, kind: str) -> None:
    source = NUMBERS.replace("KIND", kind)
    plain = getattr(text_module(source), kind)(2)
    found = getattr(text_module(source, arrays=True), kind)(2)
    width = int(kind[1:]) // 8
    memory = bytes.fromhex("0102030405060708000000000000f07f")
    dtype = {"s": "i", "u": "u", "f": "f"}[kind[0]] + str(width)
    expected = numpy.frombuffer(memory[: 2 * width], dtype=dtype)
    if kind == "u8":
        assert plain == found == memory[:2]
        return
    assert isinstance(plain, list) and plain == expected.tolist()
    assert isinstance(found, array.array) and numpy.array_equal(numpy.frombuffer(found, dtype), expected)


def test_wrong_counts(guest: Any) -> None:
    with pytest.raises(witrt.MismatchError, match=r"concat\(\) takes 2 arguments, found 1"):
        guest.text.concat("a")
    with pytest.raises(witrt.MismatchError, match="no argument c"):
        guest.text.concat("a", c="b")
    assert guest.text.concat(b="b", a="a") == "ab"
    assert guest.text.concat("a", b="b") == "ab"
    with pytest.raises(witrt.MismatchError, match="no argument a"):
        guest.text.concat("a", "b", a="c")
