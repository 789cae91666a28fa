"""Values of slots: which ones a type takes, and how they are shown (flow format, 5.2 and 6.2)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from bot.dialogue.model import Slot

_NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?")
_BOOLS = {"true": True, "yes": True, "false": False, "no": False}


class WrongValue(ValueError):
    """A value that the slot's type does not take. The message names the type, never the value."""


def coerce(slot: Slot, value: Any) -> Any:
    """The value as this slot keeps it; null is always fine. Raises WrongValue."""
    if value is None:
        return None
    match slot.type:
        case "text":
            return _text(value)
        case "bool":
            return _bool(value)
        case "float":
            return _float(value)
        case "categorical":
            return _member(slot, value)
        case "list":
            if not isinstance(value, list):
                raise WrongValue("not a list")
            return value
        case "any":
            return value


def fits(slot: Slot, value: Any) -> bool:
    """Whether the slot may hold the value exactly as it is."""
    try:
        kept = coerce(slot, value)
    except WrongValue:
        return False
    return same(kept, value) or (slot.type == "text" and isinstance(value, str))


def same(left: Any, right: Any) -> bool:
    """Equality in which true is not 1, while 3 and 3.0 are one number."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def shown(value: Any) -> str:
    """A value within a text: whole floats without a fraction, lists joined, null as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(shown(item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {shown(item)}" for key, item in value.items())
    return str(value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(value)
    raise WrongValue("not a text")


def _bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _BOOLS:
        return _BOOLS[value.strip().lower()]
    raise WrongValue("neither true nor false")


def _float(value: Any) -> float:
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value.strip().replace(",", "."))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            raise WrongValue("not a number that can be kept") from None
        if math.isfinite(number):
            return number
    raise WrongValue("not a number")


def _member(slot: Slot, value: Any) -> Any:
    if isinstance(value, (str, int, float)):
        wanted = shown(value).strip().casefold()
        for member in slot.values:
            if shown(member).casefold() == wanted:
                return member
    raise WrongValue("not one of its values")


def _number(value: float) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
