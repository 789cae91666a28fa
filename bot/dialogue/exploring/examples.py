"""A text that a pattern matches, for patterns as content writes them: phone numbers, dates, codes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_parse: Any = vars(re)["_parser"].parse  # the standard library's own reading of patterns


def example_of(pattern: str) -> str:
    """Best effort: what it cannot follow (look-around, back-references) is left out."""
    try:
        tree = _parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return pattern
    return _text(list(tree))


def _text(parts: Sequence[tuple[Any, Any]]) -> str:
    return "".join(_part(str(kind), value) for kind, value in parts)


def _part(kind: str, value: Any) -> str:
    match kind:
        case "LITERAL":
            return chr(value)
        case "NOT_LITERAL":
            return "b" if value == ord("a") else "a"
        case "ANY":
            return "a"
        case "IN":
            return _member(value)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inner = value
            return _text(list(inner)) * int(max(least, min(int(most), 1)))
        case "SUBPATTERN":
            return _text(list(value[-1]))
        case "BRANCH":
            return _text(list(value[1][0]))
        case "CATEGORY":
            return _of_category(str(value))
    return ""


def _member(choices: Sequence[tuple[Any, Any]]) -> str:
    negated = [choice for choice in choices if str(choice[0]) == "NEGATE"]
    if negated:
        inner = [choice for choice in choices if choice not in negated]
        return next((c for c in "a0 -_.A" if not any(_holds(choice, c) for choice in inner)), "~")
    kind, value = choices[0]
    return chr(value[0]) if str(kind) == "RANGE" else _part(str(kind), value)


def _holds(choice: tuple[Any, Any], character: str) -> bool:
    kind, value = str(choice[0]), choice[1]
    if kind == "RANGE":
        return bool(value[0] <= ord(character) <= value[1])
    return _part(kind, value) == character


def _of_category(name: str) -> str:
    found = {"CATEGORY_DIGIT": "0", "CATEGORY_SPACE": " ", "CATEGORY_NOT_WORD": "-"}
    return found.get(name, "a")
