"""Modules and instances, with what is in them by name."""

from __future__ import annotations

import os
import re
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple, Union

from . import _witrt, _wit
from ._classes import Maker, pascal, snake
from ._errors import LinkError, make
from ._values import to_array
from ._wasi import Wasi
from ._witrt import Engine, Function, Store

_RESOURCE = re.compile(r"\[(constructor|method|static)\]([^.]+)(?:\.(.+))?")

Source = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview]


def load(source: Source, *, face: Optional[str] = None, engine: Optional[Engine] = None) -> "Module":
    """Compiles a module: a core module, one with an interface section, or a component,
    binary or text. A ``str`` is the path of a file; bytes are the module itself.

    ``face`` is the text of a face: the types of a core module that has none of its own,
    and the convention by which their values travel (``docs/guests.md``).

    Raises :class:`witrt.LoadError` for what is no module, with the place.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(source)
        if face is not None:
            return Module(_witrt.Module.attach(engine, data, face), "module", None, face)
        return Module(_witrt.Module.from_bytes(engine, data), "module", lambda: data)
    path = os.fspath(source)
    name = os.path.splitext(os.path.basename(path))[0]
    if face is not None:
        return Module(_witrt.Module.attach(engine, _read(path), face), name, None, face)
    return Module(_witrt.Module.from_file(engine, path), name, lambda: _read(path))


def _read(source: Source) -> bytes:
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source)
    try:
        with open(source, "rb") as file:
            return file.read()
    except OSError as error:
        raise make(105, f"{os.fspath(source)}: {error.strerror}") from error


def validate(source: Source) -> None:
    """Checks a module, without compiling it: :class:`witrt.LoadError` tells what is wrong
    with it, and where."""
    _witrt.validate(_read(source))


class Module:
    """A compiled module or component. Any number of instances can be made of it, also
    by several threads at once."""

    def __init__(
        self,
        raw: _witrt.Module,
        name: str,
        read: Optional[Callable[[], bytes]],
        face: Optional[str] = None,
    ) -> None:
        self._raw = raw
        self._face = face
        self._read = read
        self._names: Optional[_wit.Names] = None
        self._maker = Maker(self._find_names, name)
        self._typed = False
        self.name = name

    def __reduce_ex__(self, _: Any) -> Any:
        raise TypeError(
            "a witrt.Module cannot be pickled or copied, and need not be: any number of instances and"
            " threads share it; another process loads the file, or what serialize() gives"
        )

    @property
    def engine(self) -> Engine:
        """The engine that it was compiled by."""
        return self._raw.engine

    @property
    def is_component(self) -> bool:
        """Whether it is a component."""
        return self._raw.is_component

    @property
    def imports(self) -> List[Tuple[str, str, str]]:
        """What has to be supplied: interface or module, name, type."""
        return [(module, name, ty) for module, name, _, ty in self._raw.imports()]

    @property
    def exports(self) -> List[Tuple[str, str]]:
        """What an instance offers: name and type."""
        return [(name, ty) for name, _, ty in self._raw.exports()]

    @property
    def wit(self) -> str:
        """What it asks for and offers, as WIT. Of a module that came out of
        :meth:`deserialize` there is none."""
        return _witrt.wit(self._read()) if self._read else ""

    @property
    def types(self) -> Mapping[str, Any]:
        """The classes of the records, variants, enumerations and flags that its
        functions take and give, by their names. Those of an interface are its
        attributes, too: there, names that several interfaces use mean its own."""
        return self._made().classes

    def _made(self) -> Maker:
        """The maker of its classes, with all of them made."""
        if not self._typed:
            self._raw.make_types(self._maker)
            self._typed = True
        return self._maker

    def serialize(self) -> bytes:
        """The compiled module, for :meth:`deserialize`."""
        return self._raw.serialize()

    @staticmethod
    def deserialize(data: bytes, *, engine: Optional[Engine] = None, name: str = "module") -> "Module":
        """The module that :meth:`serialize` made, without compiling it. The bytes hold
        machine code that will be run: they must come from there, by a way that nobody
        untrusted has had access to."""
        return Module(_witrt.Module.deserialize(engine, data), name, None)

    def instantiate(
        self,
        imports: Optional[Mapping[str, Any]] = None,
        *,
        wasi: Optional[Wasi] = None,
        store: Optional[Store] = None,
        release_gil: bool = False,
        timeout: Optional[float] = None,
        arrays: bool = False,
        trap_missing: bool = False,
    ) -> "Instance":
        """Makes an instance.

        ``imports`` has, for the name of each interface or module that is imported, what
        supplies its functions: a mapping, or any object with attributes of these names.
        Functions of a world are there by their own names. Callables take and give
        Python's own values. A version of an interface may be left out. An instance of
        the same store is an interface with all that it exports: the functions of its
        world, and its interfaces within it; one interface of it is
        ``instance["ns:pkg/iface"]``.

        ``wasi`` is what the guest gets of the system; without it, nothing.

        ``store`` is where it lives, by default in one of its own, which is closed with
        it. ``release_gil`` and ``timeout`` are those of a store of its own. With
        ``arrays``, lists of numbers come as :class:`array.array`. With ``trap_missing``,
        functions that are imported and not supplied trap once they are called, and tell
        their names.
        """
        if imports is not None and not isinstance(imports, Mapping):
            found = type(imports).__name__
            raise make(600, f"imports: expected a mapping of names to what supplies them, found {found}")
        if wasi is not None and not isinstance(wasi, Wasi):
            raise make(600, f"wasi: expected a witrt.Wasi, found {type(wasi).__name__}")
        own = store is None
        if store is None:
            store = Store(self.engine, release_gil=release_gil, timeout=timeout)
        elif release_gil or timeout is not None:
            raise ValueError("release_gil and timeout belong to the store that is given")
        return Instance(self, store, imports or {}, wasi, arrays, own, trap_missing)

    def _find_names(self) -> _wit.Names:
        if self._names is None:
            try:
                wit = self._face or (self.wit if self.is_component else "")
                self._names = _wit.parse(wit)
            except (OSError, ValueError):  # the file is not there any more
                self._names = _wit.Names({}, {}, {})
        return self._names

    def __repr__(self) -> str:
        return f"<witrt module {self.name}>"


class _Namespace:
    """Functions by name, made when they are first asked for."""

    def __init__(self, instance: "Instance", path: str, exports: Dict[str, int], funcs: Dict[str, str]) -> None:
        self._instance = instance
        self._path = path
        self._exports = exports
        self._attributes = funcs

    def __reduce_ex__(self, _: Any) -> Any:
        raise _no_copy(self)

    def __getattr__(self, name: str) -> Any:
        attributes = self.__dict__.get("_attributes", {})
        if name in attributes:
            made = self._make(attributes[name])
        else:
            made = self._types().get(name) if name[:1].isupper() and attributes else None
            if made is None:
                raise AttributeError(f"{self!r} has no {name!r}" + _near(name, attributes))
        self.__dict__[name] = made
        return made

    def _types(self) -> Dict[str, Any]:
        return self._instance._module._made().classes_of(self._path)

    def _make(self, name: str) -> Any:
        return self._instance._export(self._exports[name], self._path, name)

    def __dir__(self) -> List[str]:
        return sorted(set(object.__dir__(self)) | set(self._attributes) | set(self._types()))

    def __iter__(self) -> Iterator[str]:
        return iter(self._attributes)


class Interface(_Namespace):
    """The functions of an interface, as attributes, and the classes of its types."""

    def __init__(self, instance: "Instance", path: str, exports: Dict[str, int]) -> None:
        funcs: Dict[str, str] = {}
        self._resources: Dict[str, List[str]] = {}
        for name in exports:
            match = _RESOURCE.fullmatch(name)
            if match:
                self._resources.setdefault(match[2], []).append(name)
            else:
                funcs.setdefault(snake(name), name)
        for name in self._resources:
            funcs.setdefault(pascal(name), name)
        super().__init__(instance, path, exports, funcs)

    def _make(self, name: str) -> Any:
        if name in self._resources:
            return self._instance._resource_class(self._path, name)
        return super()._make(name)

    def __getitem__(self, name: str) -> Any:
        if name in self._exports:
            return super()._make(name)
        if name in self._attributes.values():
            return self._make(name)
        raise KeyError(name)

    def __repr__(self) -> str:
        return f"<witrt interface {self._path}>"


class _Member:
    """An attribute that gives way to an export of its name, which a property would
    not."""

    def __init__(self, name: str, doc: str) -> None:
        self._name, self.__doc__ = name, doc

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self if instance is None else instance.__dict__[self._name]


class Instance(_Namespace):
    """A module with its imports supplied. Its functions, interfaces and whatever else
    it exports are attributes, under their names with ``_`` in place of what no name
    of Python's has; ``instance["ns:pkg/interface"]`` takes the names as they are.

    A function that is called as one of the members here takes its place:
    ``witrt.Instance.close(instance)`` is the member all the same."""

    store: Any = _Member("_store", "Where it lives.")
    module: Any = _Member("_module", "What it is made of.")

    def __init__(
        self,
        module: Module,
        store: Store,
        imports: Mapping[str, Any],
        wasi: Optional[Wasi],
        arrays: bool,
        own: bool,
        trap_missing: bool,
    ) -> None:
        self._module = module
        self._store = store
        self._own = own
        self._resource_makers: Dict[str, Any] = {}
        self._classes: Dict[Tuple[str, str], Any] = {}
        exports: Dict[str, int] = {}
        interfaces: Dict[str, Dict[str, int]] = {}
        for at, (name, _, _) in enumerate(module._raw.exports()):
            path, hash, func = name.rpartition("#")
            if module.is_component and hash:
                interfaces.setdefault(path, {})[func] = at
            else:
                exports[name] = at
        attributes: Dict[str, str] = {}
        for name in exports:
            attributes.setdefault(snake(name), name)
        short: Dict[str, List[str]] = {}
        for path in interfaces:
            short.setdefault(snake(_short(path)), []).append(path)
        for name, paths in short.items():
            if len(paths) == 1 and not hasattr(type(self), name):
                attributes.setdefault(name, paths[0])
        super().__init__(self, "", exports, attributes)
        self._interfaces: Dict[str, Interface] = {
            path: Interface(self, path, found) for path, found in interfaces.items()
        }
        for path, interface in self._interfaces.items():
            for name in interface._resources:
                self._resource_makers.setdefault(name, _maker_of(self, path, name))
        # Those of other stores are called as any callable is.
        whole = {key: given for key, given in imports.items() if isinstance(given, Instance) and given._store is store}
        self._raw = module._raw.instantiate(
            store,
            list(_supplied(module, {key: imports[key] for key in imports if key not in whole})),
            list(_whole(module, whole)),
            module._maker,
            wasi,
            self._resource_makers,
            to_array if arrays else None,
            trap_missing,
        )
        for name in attributes:
            if hasattr(Instance, name):
                self.__dict__[name] = self._make(attributes[name])

    def run_command(self) -> int:
        """Runs a command to its end, and gives the status that it ends with: zero is
        success."""
        return self._raw.run()

    def close(self) -> None:
        """Gives up its store, if that is its own."""
        if self._own:
            self._store.close()

    def __enter__(self) -> "Instance":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _make(self, name: str) -> Any:
        return self._interfaces[name] if name in self._interfaces else super()._make(name)

    def __getitem__(self, name: str) -> Any:
        """An interface, with its version or without; or an export by its flat name, or
        by any other that means it."""
        if name in self._interfaces:
            return self._interfaces[name]
        if name in self._exports:
            return super()._make(name)
        fitting = [path for path in self._interfaces if path.partition("@")[0] == name]
        if len(fitting) == 1:
            return self._interfaces[fitting[0]]
        at = self._module._raw.find_export(name)
        if at is None:
            raise KeyError(name)
        path, _, func = self._module._raw.exports()[at][0].rpartition("#")
        return self._export(at, path, func)

    def __contains__(self, name: str) -> bool:
        try:
            self[name]
        except KeyError:
            return False
        return True

    def _export(self, at: int, path: str, name: str) -> Any:
        qualname = f"{path}#{name}" if path else name

        def describe(_: str, wit: str) -> str:
            flat = re.sub(r"\[constructor\].*", r"\g<0>.constructor", qualname)
            flat = re.sub(r"\[\w+\]", "", flat)
            said = self._module._find_names().docs.get(flat, "")
            return f"{said}\n\n{wit}" if said else wit

        return self._raw.export(at, snake(name), qualname, describe)

    def _resource_class(self, path: str, name: str) -> Any:
        made = self._classes.get((path, name))
        if made is None:
            made = self._classes[path, name] = _resource(self, path, name)
        return made

    def __repr__(self) -> str:
        return f"<witrt instance of {self._module.name}>"


class Resource:
    """Something that a component made. It is given back when it is closed, or when it
    is out of use; ``with`` closes it."""

    _handle: _witrt.Handle

    def __reduce_ex__(self, _: Any) -> Any:
        raise _no_copy(self)

    def close(self) -> None:
        """Gives it back to the component."""
        self._handle.close()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _resource(instance: Instance, path: str, name: str) -> Any:
    """The class of a resource, with its constructor, methods and static functions."""
    interface = instance._interfaces[path]
    body: Dict[str, Any] = {"__module__": "witrt", "__doc__": f"The resource {name} of {path}."}
    for flat in interface._resources[name]:
        match = _RESOURCE.fullmatch(flat)
        assert match is not None
        kind, _, member = match.groups()
        func = instance._export(interface._exports[flat], path, flat)
        if kind == "constructor":
            body["__init__"] = _constructor(func)
        elif kind == "static":
            body[snake(member)] = staticmethod(func)
        else:
            body[snake(member)] = _method(func, snake(member))
    body.setdefault("__init__", _no_constructor(name))
    return type(pascal(name), (Resource,), body)


def _maker_of(instance: Instance, path: str, name: str) -> Callable[[_witrt.Handle], Any]:
    def make(handle: _witrt.Handle) -> Any:
        made_class = instance._resource_class(path, name)
        made = made_class.__new__(made_class)
        made._handle = handle
        return made

    return make


def _constructor(func: Function) -> Callable[..., None]:
    def __init__(self: Any, *args: Any, **named: Any) -> None:
        self._handle = func(*args, **named)._handle

    __init__.__signature__ = _with_self(func)  # type: ignore[attr-defined]
    __init__.__doc__ = func.__doc__
    return __init__


def _no_constructor(name: str) -> Callable[..., None]:
    def __init__(self: Any) -> None:
        raise TypeError(f"the resource {name} has no constructor")

    return __init__


def _method(func: Function, name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **named: Any) -> Any:
        return func(self, *args, **named)

    method.__name__ = name
    method.__qualname__ = func.__qualname__
    method.__doc__ = func.__doc__
    method.__signature__ = func.__signature__  # type: ignore[attr-defined]
    return method


def _with_self(func: Function) -> Any:
    import inspect

    own = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    params = [own, *func.__signature__.parameters.values()]
    return inspect.Signature(params)


def _no_copy(what: Any) -> TypeError:
    name = type(what).__name__
    return TypeError(f"{name}: what lives in a store cannot be pickled or copied")


def _short(path: str) -> str:
    """``text`` of ``probe:guest/text@1.2.0``."""
    return path.partition("@")[0].rpartition("/")[2]


def _near(name: str, known: Mapping[str, str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, known, 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _supplied(module: Module, imports: Mapping[str, Any]) -> Iterator[Tuple[int, str, Any]]:
    """For each import that is supplied: its place, what its interface is supplied as,
    and what supplies it."""
    used = set()
    for at, (path, name, kind, _) in enumerate(module._raw.imports()):
        key = path if path in imports else _fitting(path, imports)
        if not path and name in imports:
            used.add(name)
            yield at, path, imports[name]
            continue
        if key is None:
            continue
        used.add(key)
        found = _member(imports[key], name, kind)
        if found is None:
            continue
        yield at, key if "@" in key else path, found
    unused = [key for key in imports if key not in used]
    if unused:
        known = sorted({path or name for path, name, _, _ in module._raw.imports()})
        asks = ", ".join(known) if known else "nothing"
        raise LinkError(f"the module does not import {', '.join(map(repr, unused))}: it imports {asks}")


def _whole(module: Module, instances: Mapping[str, Instance]) -> Iterator[Tuple[str, _witrt.Instance]]:
    """Instances that are an interface each, with its name as the module has it. Whether it
    is used is not asked: core modules that are imported are in no list."""
    asked = {path.partition("#")[0] for path, _, _, _ in module._raw.imports()}
    for key, given in instances.items():
        names = [path for path in asked if path.partition("@")[0] == key]
        yield (names[0] if len(names) == 1 else key), given._raw


def _fitting(path: str, imports: Mapping[str, Any]) -> Optional[str]:
    """The key that means an interface: without the version, of another one, or its short
    name."""
    base = path.partition("@")[0]
    for key in imports:
        if key == base or ("@" in key and key.partition("@")[0] == base and "@" in path):
            return key
    return None


def _member(supplier: Any, name: str, kind: str) -> Any:
    """What supplies a function of an interface."""
    match = _RESOURCE.fullmatch(name)
    if match is None:
        return _item(supplier, (name, snake(name)))
    how, resource, member = match.groups()
    made = _item(supplier, (resource, pascal(resource), snake(resource)))
    if made is None:
        return None
    if how == "constructor":
        return made
    if how == "static":
        return getattr(made, snake(member), None)
    attribute = snake(member)
    return lambda self, *args: getattr(self, attribute)(*args)


def _item(supplier: Any, names: Tuple[str, ...]) -> Any:
    for name in names:
        if isinstance(supplier, Mapping):
            if name in supplier:
                return supplier[name]
        elif isinstance(supplier, _Namespace):
            if name in supplier._exports:
                return supplier[name]  # type: ignore[index]
        else:
            found = getattr(supplier, name, None)
            if found is not None:
                return found
    return None
