"""Core modules that have no types of their own, by faces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import witrt

from .conftest import MODULES

FOLDER = MODULES.parent / "attach"


def load(folder: str, name: str) -> witrt.Module:
    return witrt.load(FOLDER / folder / name, face=(FOLDER / folder / "face.toml").read_text("utf-8"))


def test_names_and_signatures() -> None:
    import inspect

    loaded = load("c-clang-nostdlib", "guest.wasm")
    assert set(loaded.types) == {"Point"}
    imports: "dict[str, Any]" = {}
    for path, name, _ in loaded.imports:
        imports.setdefault(path, {})[name] = lambda *_: None
    instance: Any = loaded.instantiate(imports)
    assert str(inspect.signature(instance.find)) == "(text: str, what: str) -> Optional[str]"
    assert inspect.signature(instance.parse).return_annotation is loaded.types["Point"]
    assert instance.sum_f64([0.5, 1]) == 1.5


def test_mistakes(tmp_path: Path) -> None:
    with pytest.raises(witrt.LoadError) as caught:
        witrt.load(b"(module)", face='convention = "c"\nwit = """\nx: func() -> nothing;\n"""\n')
    assert caught.value.line_column is not None
    with pytest.raises(witrt.FileError):
        witrt.load(tmp_path / "none.wasm", face='convention = "c"')
