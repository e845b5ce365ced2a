"""What can go wrong: one class for each kind of error, all of them :class:`Error`."""

from __future__ import annotations

from typing import Any, NamedTuple, Optional, Tuple


class Frame(NamedTuple):
    """A WebAssembly function that was running when a guest trapped."""

    func_index: int
    """Its index in its module, imports first."""
    func_name: Optional[str]
    """Its name, where the module's name section gives one."""
    func_offset: int
    """Bytes from the start of the function's body."""
    module_offset: int
    """Bytes from the start of the module."""


class Error(Exception):
    """Whatever this library raises. The subclasses are the stages of work."""

    number: int = 0
    """The kind's stable number: the same in C (``witrt_error_kind_enum``)."""
    message: str
    """What went wrong, for people."""
    argument: Optional[int] = None
    """The argument, result or import at fault, counted from zero."""
    position: Optional[int] = None
    """Where a text is ill-formed, in code units from its start."""
    offset: Optional[int] = None
    """Where in a file, in bytes from its start."""
    line_column: Optional[Tuple[int, int]] = None
    """Where in a text module; both are counted from one."""
    frames: Tuple[Frame, ...] = ()
    """Where a guest was, innermost first."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class LoadError(Error, ValueError):
    """Bytes that are no module, or one that breaks the rules (100 to 299)."""


class FileError(LoadError):
    """A file that is not there or cannot be read (105)."""


class LinkError(Error):
    """Imports that are missing or do not fit, or a limit on instances (300 to 399)."""


class TextError(Error, ValueError):
    """Text from the host that is not well-formed (400)."""


class Trap(Error):
    """A guest has trapped (500). What a host function raised is its ``__cause__``."""

    code: Optional[int] = None
    """Which of the traps that WebAssembly and limits raise; ``None`` for a host's own."""
    exit_status: Optional[int] = None
    """The status that a guest gave when it ended by itself; zero is success."""


class Poisoned(Trap):
    """An instance of a component that trapped before, and is of no use any more (501)."""


class UsageError(Error):
    """A call that cannot be made so (600 to 698)."""


class MismatchError(UsageError, TypeError):
    """A value or object of another kind, or another number of them (600, 601)."""


class RangeError(UsageError, ValueError):
    """A number, index or size that is out of range (606)."""


class _NoElement(RangeError, IndexError):
    """An element of a table that is not there: what ends a loop over one."""


_NoElement.__name__ = _NoElement.__qualname__ = "RangeError"


class StoreError(UsageError):
    """An object of another store, or a store that is closed or in use (602, 605)."""


class UnsupportedError(UsageError):
    """What this object or build cannot do (608)."""


class OutOfMemory(UsageError, MemoryError):
    """There is no memory for a value (611)."""


class InternalError(Error):
    """A bug in this library (699)."""


class ResultError(Error):
    """The error of a function whose WIT result is ``result<…, …>``. A host function
    raises it to return one."""

    value: Any
    """What the error holds; ``None`` where it holds nothing."""

    def __init__(self, value: Any = None) -> None:
        super().__init__("" if value is None else value if isinstance(value, str) else repr(value))
        self.value = value


_BY_NUMBER = {
    105: FileError,
    400: TextError,
    500: Trap,
    501: Poisoned,
    600: MismatchError,
    601: MismatchError,
    602: StoreError,
    605: StoreError,
    606: RangeError,
    608: UnsupportedError,
    611: OutOfMemory,
    699: InternalError,
}
_BY_STAGE = {1: LoadError, 2: LoadError, 3: LinkError, 4: TextError, 5: Trap, 6: UsageError}


def no_element(index: int, size: int) -> Error:
    """The exception for an index that a table has not."""
    made = _NoElement(f"there is no element {index} in a table of {size}")
    made.number = 606
    return made


def make(number: int, message: str, **told: Any) -> Error:
    """The exception for an error, with what is known of it."""
    made = _BY_NUMBER.get(number, _BY_STAGE.get(number // 100, Error))(message)
    made.number = number
    for name, value in told.items():
        if name == "frames":
            value = tuple(Frame(*frame) for frame in value)
        if value is not None:
            setattr(made, name, value)
    return made
