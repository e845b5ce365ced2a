"""The extension module: see ``python/src``."""

import inspect
import os
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, final

class Engine:
    """Compiles modules and makes stores. Any thread may use it.

    ``ill_formed`` says what becomes of text that is not well-formed, in either
    direction: ``"reject"``, ``"replace"`` with U+FFFD, or ``"keep"``, which passes lone
    surrogates on to and from guests whose text is UTF-16 (two that are a pair there become
    one character), and refuses them elsewhere. ``fuel`` counts instructions.
    ``interruptible`` lets Ctrl-C and timeouts end a guest that runs; without it, loops
    in guests are a little faster. ``opt_level`` is ``"none"``, ``"speed"`` or
    ``"speed_and_size"``. ``cache_dir`` keeps compiled code.

    ``max_memory_bytes`` bounds a memory, ``max_table_elements`` a table, ``max_instances``
    the instances of a store; a store may have bounds of its own. ``max_stack_bytes`` is how
    much of a thread's stack guests may use, 256 KiB unless it is told. ``pooling`` sets
    memory aside for so many instances at once. ``back_end`` is what runs a module's adapters:
    ``"compiled"``, or ``"reference"``, which is slower and simpler, to compare with.

    ``trace`` is given a line whenever an export is called or a guest calls an import
    (``call greet("Zoë", 3)``), right before, on the thread of the call. What it raises is
    reported as unraisable.
    """

    def __init__(
        self,
        *,
        ill_formed: str = "reject",
        fuel: bool = False,
        interruptible: bool = True,
        opt_level: str = "speed",
        cache_dir: Optional["str | os.PathLike[str]"] = None,
        max_memory_bytes: Optional[int] = None,
        max_table_elements: Optional[int] = None,
        max_instances: Optional[int] = None,
        max_stack_bytes: Optional[int] = None,
        pooling: Optional[int] = None,
        parallel_compilation: bool = True,
        back_end: str = "compiled",
        trace: Optional[Callable[[str], object]] = None,
    ) -> None: ...

@final
class Store:
    """Holds instances and everything that belongs to them. One thread at a time may use
    it; others get a :class:`witrt.StoreError`.

    ``timeout`` is how many seconds a call may take. With ``release_gil``, other threads
    run while a guest does; a call then costs a little more, so that it pays for calls
    that take longer than some microseconds. Without it they have their turn a hundred
    times a second.
    """

    def __init__(
        self,
        engine: Optional[Engine] = None,
        *,
        fuel: Optional[int] = None,
        timeout: Optional[float] = None,
        release_gil: bool = False,
        max_memory_bytes: Optional[int] = None,
        max_table_elements: Optional[int] = None,
        max_instances: Optional[int] = None,
    ) -> None: ...
    @property
    def engine(self) -> Engine: ...
    @property
    def fuel(self) -> int:
        """The fuel that is left, of an engine that counts it."""
    @fuel.setter
    def fuel(self, value: int) -> None: ...
    @property
    def timeout(self) -> Optional[float]:
        """How many seconds a call may take, what it calls included."""
    @timeout.setter
    def timeout(self, value: Optional[float]) -> None: ...
    @property
    def release_gil(self) -> bool: ...
    @property
    def closed(self) -> bool: ...
    def close(self) -> None:
        """Gives up everything that is in the store."""
    def __enter__(self) -> "Store": ...
    def __exit__(self, *args: object) -> None: ...

@final
class Function:
    """A function of a store, which is called with Python's own values.

    Instances have those of their exports. To make one of a callable is for tables of functions
    and parameters that are references: an import takes any callable as it is. ``params`` and
    ``results`` are types of a module's, such as ``"i32"`` or ``"externref"``. The callable is kept
    for as long as the store is, and called on the thread that is in the store; what it raises
    unwinds the guest, and is the ``__cause__`` of the :class:`witrt.Trap` that comes out.
    """

    def __init__(
        self, store: Store, callable: Callable[..., Any], params: Sequence[str] = (), results: Sequence[str] = ()
    ) -> None: ...
    def __call__(self, *args: Any, **named: Any) -> Any: ...
    @property
    def __name__(self) -> str: ...
    @property
    def __qualname__(self) -> str: ...
    @property
    def __signature__(self) -> inspect.Signature: ...
    @property
    def wit(self) -> str:
        """The type, as WIT has it."""
    @property
    def store(self) -> Store: ...

@final
class Memory:
    """A linear memory: one that a guest exports, or one that is made for a guest to import,
    of so many pages of 64 KiB."""

    def __init__(self, store: Store, pages: int, maximum: Optional[int] = None) -> None: ...
    @property
    def pages(self) -> int:
        """How many pages of 64 KiB it has."""
    @property
    def maximum(self) -> Optional[int]:
        """How many pages it may have; ``None`` for no bound of its own."""
    def grow(self, by: int) -> int:
        """Adds pages, and gives how many there were."""
    def read(self, offset: int, size: int) -> bytes:
        """A copy of so many bytes."""
    def write(self, offset: int, data: Any) -> None:
        """Writes bytes there: any buffer of them, without a copy in between."""

@final
class Global:
    """A global: one that a guest exports, or one that is made for a guest to import, of a
    type such as ``"i32"`` or ``"externref"``."""

    def __init__(self, store: Store, type: str, value: Any, *, mutable: bool = True) -> None: ...
    @property
    def type(self) -> str:
        """The type of what it holds."""
    @property
    def value(self) -> Any: ...
    @value.setter
    def value(self, value: Any) -> None: ...
    @property
    def mutable(self) -> bool: ...

@final
class Table:
    """A table of references: one that a guest exports, or one that is made for a guest to
    import, of ``"funcref"`` or ``"externref"``."""

    def __init__(
        self, store: Store, type: str, size: int, maximum: Optional[int] = None, init: Any = None
    ) -> None: ...
    @property
    def type(self) -> str:
        """The type of its elements."""
    @property
    def maximum(self) -> Optional[int]:
        """How many elements it may have; ``None`` for no bound of its own."""
    def __len__(self) -> int: ...
    def __getitem__(self, index: int) -> Any: ...
    def __setitem__(self, index: int, value: Any) -> None: ...
    def grow(self, by: int, init: Any) -> int:
        """Adds elements, and gives how many there were."""

@final
class Reference:
    """A reference to something of a guest's, which can be given back to guests."""

@final
class Handle:
    def close(self) -> None: ...
    @property
    def closed(self) -> bool: ...

@final
class Module:
    @staticmethod
    def from_file(engine: Optional[Engine], path: "str | os.PathLike[str]") -> "Module": ...
    @staticmethod
    def from_bytes(engine: Optional[Engine], bytes: bytes) -> "Module": ...
    @staticmethod
    def attach(engine: Optional[Engine], bytes: bytes, face: str) -> "Module": ...
    @staticmethod
    def deserialize(engine: Optional[Engine], bytes: bytes) -> "Module": ...
    def serialize(self) -> bytes: ...
    @property
    def engine(self) -> Engine: ...
    @property
    def is_component(self) -> bool: ...
    def imports(self) -> List[Tuple[str, str, str, str]]: ...
    def exports(self) -> List[Tuple[str, str, str]]: ...
    def make_types(self, make: Any) -> None: ...
    def find_export(self, name: str) -> Optional[int]: ...
    def instantiate(
        self,
        store: Store,
        imports: Sequence[Tuple[int, str, Any]],
        whole: Sequence[Tuple[str, Instance]],
        make: Any,
        wasi: Any = None,
        resources: Optional[Dict[str, Any]] = None,
        array: Optional[Callable[[str, bytes], Any]] = None,
        trap_missing: bool = False,
    ) -> "Instance": ...

@final
class Instance:
    def export(
        self, at: int, name: str, qualname: str, describe: Callable[[str, str], str]
    ) -> Any: ...
    def run(self) -> int: ...

def wit(bytes: bytes) -> str: ...
def validate(bytes: bytes) -> None: ...
def is_main_thread() -> None: ...
def forking() -> None: ...
def forked() -> None: ...
def is_fork() -> None: ...
