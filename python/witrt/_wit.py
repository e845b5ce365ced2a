"""Names and documentation out of WIT text, which the types of a compiled component do
not have."""

from __future__ import annotations

import re
from typing import Dict, List, NamedTuple, Optional, Tuple

_TOKEN = re.compile(r"///[^\n]*|/\*.*?\*/|//[^\n]*|%?[A-Za-z][\w-]*|[{}();:,=]|->|\S", re.S)
_WORD = re.compile(r"%?[A-Za-z][\w-]*")


class Names(NamedTuple):
    """What is called how."""

    types: Dict[Tuple[str, Tuple[str, ...]], str]
    """The names of types, by what they are and what is in them."""
    docs: Dict[str, str]
    """What is said about functions, by ``interface#function``."""


def _plain(word: str) -> str:
    return word[1:] if word.startswith("%") else word


def parse(text: str) -> Names:
    """Reads what is needed, and skips what is not."""
    found = Names({}, {})
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
        elif token in ("interface", "world", "resource") and _WORD.fullmatch(following):
            end = at + 2
            if end < len(tokens) and tokens[end] == "{":
                scope.append((token, _plain(following)))
                at = end
        elif token in ("record", "variant", "enum", "flags") and _WORD.fullmatch(following):
            name, names, at = _plain(following), *_members(tokens, at + 2)
            found.types.setdefault((token, names), name)
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
    return found


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
    base, _, version = package.partition("@")
    interface: Optional[str] = None
    resource = ""
    for kind, name in scope:
        if kind == "interface":
            interface = f"{base}/{name}" + (f"@{version}" if version else "")
        elif kind == "resource":
            resource = f"{name}."
    return (f"{interface}#" if interface else "") + resource
