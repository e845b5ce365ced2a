"""Text in every form that CPython stores, there and back."""

from __future__ import annotations

from typing import Any

import pytest
import witrt

from .conftest import MODULES, module

WIDTHS = {
    "ascii": "hello",
    "latin-1": "Zoë ÿ",
    "ucs-2": "漢字 Ā",
    "ucs-4": "Zoë 🦀 漢",
    "empty": "",
    "nul": "x\u0000y",
    "one": "é",
    "last of each": "\x7f\xff\uffff\U0010ffff",
    "around surrogates": "\ud7ff\ue000",
}


@pytest.mark.parametrize("text", WIDTHS.values(), ids=WIDTHS)
def test_there_and_back(strings: Any, text: str) -> None:
    back = strings.concat(text, "")
    assert back == text
    # As narrow as CPython would have made it itself.
    twice = strings.concat(text, text)
    assert twice == text * 2 and twice.__sizeof__() == (text * 2).__sizeof__()
    assert hash(back) == hash(text) and back.encode() == text.encode()
    assert strings.reverse(text) == text[::-1]
    assert strings.byte_len(text) == len(text.encode())
    assert strings.char_count(text) == len(text)
    assert strings.live_bytes() == 0


@pytest.mark.parametrize("length", list(range(70)) + [127, 128, 129, 1000, 65536])
@pytest.mark.parametrize("char", ["a", "ë", "漢", "🦀"])
def test_every_length(strings: Any, char: str, length: int) -> None:
    text = char * length
    assert strings.concat(text, "z") == text + "z"


def test_a_mebibyte(strings: Any) -> None:
    for char in "aë漢🦀":
        text = char * (1 << 20)
        assert strings.concat(text, "") == text
    assert strings.live_bytes() == 0


def test_the_table(strings: Any) -> None:
    assert strings.greet("World") == "hello, World! (5 bytes, 5 chars)"
    assert strings.greet("Zoë 🦀") == "hello, Zoë 🦀! (9 bytes, 5 chars)"
    assert strings.repeat("ab", 3) == "ababab"
    assert strings.repeat("ab", 0) == ""
    assert strings.byte_len(strings.repeat("0123456789abcdef", 200_000)) == 3_200_000
    assert strings.empty() == ""
    assert strings.first_scalar("🦀z") == 129408
    assert strings.from_scalar(129408) == "🦀"
    assert strings.from_scalar(55296) == "?"
    assert strings.four("a", "é", "", "🦀") == "1,2,0,4"
    assert strings.boom("") == "no boom"
    assert strings.live_bytes() == 0
    with pytest.raises(witrt.Trap) as caught:
        strings.boom("x")
    assert caught.value.code == 1 and caught.value.frames


LONE = {"ucs-2": "ab\ud800c", "a pair": "\ud83e\udd80", "ucs-4": "🦀\udfff", "alone": "\udc00"}


@pytest.mark.parametrize("text", LONE.values(), ids=LONE)
def test_lone_surrogates_are_refused(strings: Any, text: str) -> None:
    with pytest.raises(witrt.TextError) as caught:
        strings.concat("é", text)
    assert caught.value.argument == 1
    assert caught.value.position == next(i for i, c in enumerate(text) if 0xD800 <= ord(c) < 0xE000)
    assert strings.live_bytes() == 0


@pytest.mark.parametrize("text", LONE.values(), ids=LONE)
def test_lone_surrogates_are_replaced(text: str) -> None:
    engine = witrt.Engine(ill_formed="replace")
    strings = witrt.load(MODULES / "strings.wasm", engine=engine).instantiate()
    expected = "".join("\ufffd" if 0xD800 <= ord(c) < 0xE000 else c for c in text)
    assert strings.concat(text, "") == expected


def test_third_party_text() -> None:
    text: Any = module(MODULES / "text.wasm").instantiate()
    assert text.markdown("<b>&amp; `<`</b> ünï 🦀\n") == (
        "<p><b>&amp; <code>&lt;</code></b> ünï 🦀</p>\n"
    )
    assert text.nfc("e\u0301") == "\u00e9"
    assert text.nfkd("\uac00") == "\u1100\u1161"
    assert text.replace_all("\\p{Greek}+", "abc αβγ ω", "<$0>") == "abc <αβγ> <ω>"
    assert text.count_matches("[", "x") == -1


def test_other_things_are_no_text(strings: Any) -> None:
    for wrong in (b"bytes", 3, None, ["a"]):
        with pytest.raises(witrt.MismatchError, match="parameter 0.*expected string, found"):
            strings.greet(wrong)
    with pytest.raises(TypeError):
        strings.greet()
    with pytest.raises(witrt.MismatchError, match="takes 1 arguments, found 2"):
        strings.greet("a", "b")


class Sub(str):
    """A `str` by inheritance."""


def test_subclasses(strings: Any) -> None:
    assert strings.concat(Sub("Zoë"), Sub("")) == "Zoë"
