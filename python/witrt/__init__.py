"""Calls WebAssembly with the values that Python has: modules with interface sections,
components, and core modules.

    >>> import witrt
    >>> strings = witrt.load("strings.wasm").instantiate()
    >>> strings.greet("Zoë")
    'hello, Zoë! (4 bytes, 3 chars)'
"""

from __future__ import annotations

import os as _os
import threading as _threading

from . import _witrt
from ._classes import Variant
from ._errors import (
    Error,
    FileError,
    Frame,
    InternalError,
    LinkError,
    LoadError,
    MismatchError,
    OutOfMemory,
    Poisoned,
    RangeError,
    ResultError,
    StoreError,
    TextError,
    Trap,
    UnsupportedError,
    UsageError,
)
from ._instance import Instance, Interface, Module, Resource, load, validate
from ._values import Err, Ok, Some
from ._wasi import Wasi
from ._witrt import Engine, Function, Global, Memory, Reference, Store, Table

__all__ = [
    "Engine",
    "Err",
    "Error",
    "FileError",
    "Frame",
    "Function",
    "Global",
    "Instance",
    "Interface",
    "InternalError",
    "LinkError",
    "LoadError",
    "Memory",
    "MismatchError",
    "Module",
    "Ok",
    "OutOfMemory",
    "Poisoned",
    "RangeError",
    "Reference",
    "Resource",
    "ResultError",
    "Some",
    "Store",
    "StoreError",
    "Table",
    "TextError",
    "Trap",
    "UnsupportedError",
    "UsageError",
    "Variant",
    "Wasi",
    "load",
    "validate",
]

# Signals come to the main thread; this may be another one, and then it is not known
# which that is.
if _threading.current_thread() is _threading.main_thread():
    _witrt.is_main_thread()
if hasattr(_os, "register_at_fork"):
    _os.register_at_fork(
        before=_witrt.forking, after_in_parent=_witrt.forked, after_in_child=_witrt.is_fork
    )
