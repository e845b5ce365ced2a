"""maturin as the build backend, with the folder in which `make` compiles the library:
the engine is compiled once on a machine."""

import os
from pathlib import Path

from maturin import (  # noqa: F401
    build_editable,
    build_sdist,
    build_wheel,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

_cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
os.environ.setdefault("CARGO_TARGET_DIR", str(Path(_cache) / "libwitrt" / "target"))
