"""Names and documentation out of WIT text, which the types of a compiled component do
not have."""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, NamedTuple, Tuple

_TOKEN = re.compile(r"///[^\n]*|/\*.*?\*/|//[^\n]*|%?[A-Za-z][\w-]*|[{}();:,=]|->|\S", re.S)
_WORD = re.compile(r"%?[A-Za-z][\w-]*")


Key = Tuple[str, Tuple[str, ...]]
"""What a type is, and what is in it: ``("enum", ("red", "blue"))``."""


class Names(NamedTuple):
    """What is called how."""

    types: Dict[Key, str]
    """The names of types."""
    docs: Dict[str, str]
    """What is said about functions, by ``interface#function``."""
    scopes: Dict[str, Dict[str, Key]]
    """The types of each interface, by its name, also those that it uses of others."""


def _plain(word: str) -> str:
    return word[1:] if word.startswith("%") else word


def parse(text: str) -> Names:
    """Reads what is needed, and skips what is not."""
    found = Names({}, {}, {})
    used: Dict[Tuple[str, str], Tuple[str, str]] = {}  # where, by which name; of which interface, the name there
    package = ""
    scope: List[Tuple[str, str]] = []  # what a brace closes: kind and name
    doc: List[str] = []
    tokens = [token for token in _TOKEN.findall(text) if not _is_comment(token)]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.startswith("///"):
            doc.append(token[3:].strip())
            at += 1
            continue
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token == "package":
            end = at + 1
            while end < len(tokens) and tokens[end] not in ";{":
                end += 1
            package = "".join(tokens[at + 1 : end])
            if end < len(tokens) and tokens[end] == "{":
                scope.append(("package", package))
            at = end
        elif token == "interface" and following == "{":  # export name: interface { … }
            scope.append(("inline", _plain(tokens[at - 2])))
            at += 1
        elif token in ("interface", "world", "resource") and _WORD.fullmatch(following):
            end = at + 2
            if end < len(tokens) and tokens[end] == "{":
                scope.append((token, _plain(following)))
                at = end
        elif token in ("record", "variant", "enum", "flags") and _WORD.fullmatch(following):
            name, names, at = _plain(following), *_members(tokens, at + 2)
            found.types.setdefault((token, names), name)
            found.scopes.setdefault(_interface(package, scope), {})[name] = (token, names)
        elif token == "use":
            end = tokens.index(";", at) if ";" in tokens[at:] else len(tokens)
            used.update(_used(tokens[at + 1 : end], package, _interface(package, scope)))
            at = end
        elif token == "{":
            scope.append(("", ""))
        elif token == "}":
            if scope:
                scope.pop()
        elif following == ":" and _WORD.fullmatch(token):
            if doc:
                found.docs[_where(package, scope) + _plain(token)] = "\n".join(doc)
        elif token == "constructor" and doc:
            found.docs[_where(package, scope) + token] = "\n".join(doc)
        if token not in ("export", "import", "@"):
            doc = []
        at += 1
    for (path, name), origin in used.items():
        while origin in used:  # which an interface may use of one that uses it
            origin = used[origin]
        key = found.scopes.get(origin[0], {}).get(origin[1])
        if key is not None:
            found.scopes.setdefault(path, {})[name] = key
    return found


def _used(tokens: List[str], package: str, path: str) -> Iterator[Tuple[Tuple[str, str], Tuple[str, str]]]:
    """What ``use ns:package/interface@1.0.0.{a, b as c}`` or ``use interface.{a}`` says."""
    if "{" not in tokens:
        return
    brace = tokens.index("{")
    other = "".join(tokens[:brace]).rstrip(".")
    if "/" not in other:
        other = _path(package, other)
    for item in "".join(f" {token}" for token in tokens[brace + 1 :] if token != "}").split(","):
        words = [_plain(word) for word in item.split() if word != "as"]
        if words:
            yield (path, words[-1]), (other, words[0])


def _is_comment(token: str) -> bool:
    return (token.startswith("//") and not token.startswith("///")) or token.startswith("/*")


def _members(tokens: List[str], at: int) -> Tuple[Tuple[str, ...], int]:
    """The names in braces, and where these end. Names come right after a brace, or a
    comma that is in no other bracket."""
    names = []
    depth = 0
    expects = False
    while at < len(tokens):
        token = tokens[at]
        if token in "{(<":
            depth += 1
            expects = depth == 1
        elif token in "})>":
            depth -= 1
            if depth == 0:
                break
        elif token == "," and depth == 1:
            expects = True
        elif expects and _WORD.fullmatch(token):
            names.append(_plain(token))
            expects = False
        at += 1
    return tuple(names), at


def _where(package: str, scope: List[Tuple[str, str]]) -> str:
    """The flat name in front of a function's."""
    interface = _interface(package, scope)
    resource = "".join(f"{name}." for kind, name in scope if kind == "resource")
    return (f"{interface}#" if interface else "") + resource


def _interface(package: str, scope: List[Tuple[str, str]]) -> str:
    """The name of the interface that is read; of a world's own, none."""
    for kind, name in scope:
        if kind == "inline":
            return name
    names = [name for kind, name in scope if kind == "interface"]
    if not names:
        return ""
    own = [name for kind, name in scope if kind == "package"]
    return _path(own[-1] if own else package, names[-1])


def _path(package: str, interface: str) -> str:
    base, _, version = package.partition("@")
    return f"{base}/{interface}" + (f"@{version}" if version else "")
