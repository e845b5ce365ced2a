"""What guests get of the system."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any, Iterator, Mapping, Optional, Sequence, Tuple, Union

Folder = Union[str, "os.PathLike[str]", Tuple[Union[str, "os.PathLike[str]"], str]]


@dataclass
class Wasi:
    """What a guest gets of the system by WASI: preview 1 for modules, 0.2 for
    components. One that is made without arguments gives nothing: no arguments, no
    environment, an empty standard input, output that goes nowhere, no folders, no
    network; clocks and random numbers are the system's."""

    args: Union[str, Sequence[str]] = ()
    """The arguments, the program's name first; ``"inherit"`` for this process's own."""
    env: Union[str, Mapping[str, str]] = field(default_factory=dict)
    """The environment; ``"inherit"`` for this process's own."""
    stdin: Any = None
    """``bytes``, an object with ``read(size)`` that gives bytes, such a callable, or
    ``"inherit"``."""
    stdout: Any = None
    """An object with ``write(bytes)``, such a callable, or ``"inherit"``."""
    stderr: Any = None
    """The same."""
    folders: Mapping[str, Folder] = field(default_factory=dict)
    """Folders by the name that the guest sees: the host's path, to be read, or a pair of
    that and ``"rw"``. Guests cannot leave them."""
    network: Union[bool, Sequence[str]] = ()
    """Addresses that may be reached: ``127.0.0.1:8080``, ``10.0.0.0/8``; ``True`` for
    all of them."""
    name_lookup: bool = False
    """Whether names may be looked up."""
    fixed_clocks: Optional[Tuple[int, int]] = None
    """Clocks that are the same in each run: where the wall clock starts, and how far each
    reading moves on, both in nanoseconds."""
    random_seed: Optional[int] = None
    """Random numbers that are the same in each run."""
    max_handles: Optional[int] = None
    """How many handles an instance may have at once."""

    def _folders(self) -> Iterator[Tuple[str, str, bool]]:
        for guest, given in self.folders.items():
            host, access = given if isinstance(given, tuple) else (given, "r")
            if access not in ("r", "rw"):
                raise ValueError(f"the access to a folder is 'r' or 'rw', not {access!r}")
            yield guest, os.fspath(host), access == "rw"
