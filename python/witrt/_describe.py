"""Signatures and documentation of functions, for ``help`` and editors."""

from __future__ import annotations

import inspect
from typing import Any, List, Sequence, Tuple

from ._classes import Result, plain


def nameless(_: str, wit: str) -> str:
    """What there is to say of a function that is a value."""
    return wit


def signature(params: Sequence[Tuple[str, Any]], results: List[Any]) -> inspect.Signature:
    """A function's signature."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    taken = set()
    made = []
    for name, annotation in params:
        while name in taken:
            name += "_"
        taken.add(name)
        made.append(inspect.Parameter(name, kind, annotation=plain(annotation)))
    result: Any
    if not results:
        result = None
    elif len(results) > 1:
        result = Tuple[tuple(plain(part) for part in results)]
    elif isinstance(results[0], Result):
        result = plain(results[0].ok) if results[0].ok is not None else None
    else:
        result = plain(results[0])
    return inspect.Signature(made, return_annotation=result)
