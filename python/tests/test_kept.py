"""``ill_formed="keep"``: lone surrogates to and from guests whose text is UTF-16."""

from __future__ import annotations

from typing import Any

import pytest
import witrt

from .conftest import MODULES
from .test_faces import FOLDER
from .test_strings import LONE

FACE = (FOLDER / "assemblyscript" / "face.toml").read_text("utf-8")


def utf16(text: str) -> str:
    """What the text is once it has been UTF-16: two halves are a whole."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def guest(ill_formed: str, ask: Any = None) -> Any:
    loaded = witrt.load(
        FOLDER / "assemblyscript" / "guest.wasm", face=FACE, engine=witrt.Engine(ill_formed=ill_formed)
    )
    answers = {"ask": ask or (lambda text: text), "digest": lambda _: b"\7"}
    imports: "dict[str, Any]" = {}
    for path, name, _ in loaded.imports:
        imports.setdefault(path, {})[name] = answers.get(name, lambda *_: None)
    return loaded.instantiate(imports)


@pytest.mark.parametrize("text", [*LONE.values(), "é\ud800" * 40, "🦀\udfff" * 40], ids=[*LONE, "long", "longer"])
def test_kept(text: str) -> None:
    asked: "list[str]" = []

    def ask(question: str) -> str:
        asked.append(question)
        return text

    instance = guest("keep", ask)
    # One text, two in a call, and more than a few values.
    assert instance.concat(text, "") == utf16(text)
    assert instance.concat(text, text) == utf16(text + text)
    # What a guest gives to a host function, and what that returns.
    assert instance.run(text).startswith(utf16(text))
    assert asked == [utf16(text)]
    # Texts within a value, in and out.
    assert instance.words(instance.join([text, "a"]).replace("|", " ")) == [utf16(text), "a"]


def test_what_a_guest_made() -> None:
    assert guest("keep").lone() == "\ud83e"
    assert guest("replace").lone() == "\ufffd"
    with pytest.raises(witrt.Trap):
        guest("reject").lone()


@pytest.mark.parametrize("text", LONE.values(), ids=LONE)
def test_refused_elsewhere(text: str) -> None:
    """Neither UTF-8 nor Latin-1 has surrogates."""
    strings: Any = witrt.load(MODULES / "strings.wasm", engine=witrt.Engine(ill_formed="keep")).instantiate()
    if utf16(text) != text:  # a pair
        assert strings.concat(text, "") == utf16(text)
        return
    with pytest.raises(witrt.TextError) as caught:
        strings.concat("é", text)
    assert caught.value.argument == 1 and strings.live_bytes() == 0


def test_other_rules() -> None:
    with pytest.raises(ValueError, match="ill_formed is reject, replace or keep, not \"drop\""):
        witrt.Engine(ill_formed="drop")
