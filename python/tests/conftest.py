"""Where the modules are, and what makes instances of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import pytest
import witrt

MODULES = Path(__file__).parents[2] / "tests" / "modules"
COMPONENTS = MODULES / "components"

_loaded: "dict[Path, witrt.Module]" = {}


def module(path: Path) -> witrt.Module:
    """A module, compiled once."""
    if path not in _loaded:
        _loaded[path] = witrt.load(path)
    return _loaded[path]


@pytest.fixture
def strings() -> Any:
    return module(MODULES / "strings.wasm").instantiate()


@pytest.fixture
def numbers() -> Any:
    return module(MODULES / "numbers.wasm").instantiate()


@pytest.fixture
def text_module() -> Callable[[str], Any]:
    """An instance of a module that is given as text."""

    def make(source: str, *args: Any, **named: Any) -> Any:
        return witrt.load(source.encode()).instantiate(*args, **named)

    return make
