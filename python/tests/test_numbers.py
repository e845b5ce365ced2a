"""Numbers, their ranges, and what is none."""

from __future__ import annotations

import math
from typing import Any

import numpy
import pytest
import witrt

RANGES = {
    "i8": (-(2**7), 2**7 - 1),
    "u8": (0, 2**8 - 1),
    "i16": (-(2**15), 2**15 - 1),
    "u16": (0, 2**16 - 1),
    "i32": (-(2**31), 2**31 - 1),
    "u32": (0, 2**32 - 1),
}


@pytest.mark.parametrize("kind", RANGES)
def test_ranges(numbers: Any, kind: str) -> None:
    same = getattr(numbers, f"id_{kind}")
    low, high = RANGES[kind]
    for value in (low, high, 0, 1, 100):
        assert same(value) == value
    for value in (low - 1, high + 1, 2**64, -(2**64), 2**200):
        with pytest.raises(witrt.RangeError, match="parameter 0"):
            same(value)
    for wrong in ("1", 1.0, None, b"1", [1]):
        with pytest.raises(witrt.MismatchError, match="parameter 0"):
            same(wrong)
    assert same(numpy.int64(high)) == high
    add = getattr(numbers, f"add_{kind}")
    assert add(high, 1) == low


def test_floats(numbers: Any) -> None:
    for value in (0.0, -0.0, 1.5, math.inf, -math.inf, 1e300, 5e-324):
        assert numbers.id_f64(value) == value
    assert math.copysign(1, numbers.id_f64(-0.0)) == -1
    assert math.isnan(numbers.id_f64(math.nan)) and math.isnan(numbers.id_f32(math.nan))
    assert numbers.id_f32(1.5) == 1.5
    assert numbers.id_f32(0.1) == numpy.float32(0.1)
    assert numbers.id_f64(3) == 3.0
    assert numbers.mean(1.5, 2.5) == 2
    with pytest.raises(witrt.MismatchError):
        numbers.id_f64("1.5")
    with pytest.raises(witrt.RangeError):
        numbers.id_f64(10**400)


def test_mixed(numbers: Any) -> None:
    assert numbers.u8_to_i16(0) == -256
    assert numbers.i32_to_u8(-1) == 255
    assert (
        numbers.show(255, -128, 65535, -32768, 4294967295, -2147483648, 1.5, -2.25)
        == "255 -128 65535 -32768 4294967295 -2147483648 1.5 -2.25"
    )


def test_core_numbers(text_module: Any) -> None:
    instance = text_module(
        """(module
        (func (export "i32") (param i32) (result i32) local.get 0)
        (func (export "i64") (param i64) (result i64) local.get 0)
        (func (export "swap") (param i32 f64) (result f64 i32) local.get 1 local.get 0)
        (func (export "many") (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
            local.get 8))"""
    )
    assert instance.i32(-1) == -1
    assert instance.i32(2**32 - 1) == -1
    assert instance.i64(2**64 - 1) == -1
    assert instance.swap(7, 0.5) == (0.5, 7)
    assert instance.many(*range(9)) == 8
    with pytest.raises(witrt.RangeError):
        instance.i32(2**32)
