"""Reading JSON that somebody else writes: nothing here raises, and the good parts survive the bad ones."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.channels.plain_text import clean

_DEEPEST = 64  # Meta's own bodies nest about fifteen levels
_LONGEST_NUMBER = 40  # digits
_LONGEST_ID = 256  # the longest of Meta's ids has some 140 characters; databases index no long ones
_LONGEST_RAW = 16_384  # characters
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = 10**11  # as seconds, that would be the year 5138
_UNREADABLE_FROM = 10**14

# A run of brackets, or a string: to its end or the body's, lest it be sought again from each of its quotes.
_BRACKETS = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[{]++|[\]}]++', re.DOTALL)
_DIGITS = re.compile(r"[0-9]{1,17}")


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a body; {} when there is none. Broken UTF-8 and control characters are let through
    (replaced, stripped later), NaN and absurd numbers read as null, and so does what nests absurdly deep."""
    text = body.decode("utf-8-sig", "replace")
    try:
        return mapping(_DECODER.decode(text))
    except ValueError:
        return {}
    except RecursionError:
        pass
    try:
        return mapping(_DECODER.decode(_prune(text)))
    except (ValueError, RecursionError):
        return {}


def mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def listing(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def objects(value: object) -> list[dict[str, Any]]:
    """The objects of a list that say anything at all."""
    return [item for item in listing(value) if isinstance(item, dict) and item]


def words(value: object) -> str | None:
    """What somebody wrote, storable as UTF-8; None for anything but a string."""
    return clean(value) if isinstance(value, str) else None


def identifier(value: object) -> str | None:
    """An opaque id. Numbers count, as some senders write ids so; what is too long to be one does not."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    cleaned = clean(value).strip()
    return cleaned if 0 < len(cleaned) <= _LONGEST_ID else None


def whole_number(value: object) -> int | None:
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def error_code(error: object) -> int | None:
    """The `code` of one of Meta's error objects, when a database column holds it."""
    code = whole_number(mapping(error).get("code"))
    return code if code is not None and abs(code) < 2**31 else None


def instant(value: object) -> datetime | None:
    """A moment in UTC from seconds or milliseconds (as number or digits) or ISO 8601 (UTC unless it says
    otherwise). Channels document one of these and send the others, too."""
    number = whole_number(value)
    if number is None and isinstance(value, float) and 0 < value < _UNREADABLE_FROM:
        number = int(value)
    if number is not None:
        if not 0 < number < _UNREADABLE_FROM:
            return None
        return _EPOCH + (
            timedelta(milliseconds=number) if number >= _MILLISECONDS_FROM else timedelta(seconds=number)
        )
    try:
        moment = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
        if moment is None:
            return None
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def flat(value: object, *, names: int = 40, longest: int = 1000) -> dict[str, str]:
    """What stands in an object, however nested, as texts by dotted name: numbers and booleans too, lists of
    those joined by ", "; null and the empty are left out. At most so many names, cut at the longest."""
    found: dict[str, str] = {}
    waiting = [("", value)]
    while waiting and len(found) < names:
        name, each = waiting.pop()
        if isinstance(each, list) and each and all(_plain(one) is not None for one in each):
            each = ", ".join(str(_plain(one)) for one in each)
        if isinstance(each, dict | list):
            inner = each.items() if isinstance(each, dict) else enumerate(each)
            below = [(f"{name}.{key}" if name else str(key), child) for key, child in inner]
            waiting += reversed(below[:names])
        elif name and (text := _plain(each)):
            found[clean(name)[:100]] = text[:longest]
    return found


def raw(item: Mapping[str, Any]) -> str | None:
    """The item as JSON again, for whoever finds out what it was; None for what is far too large."""
    try:
        text = json.dumps(item, ensure_ascii=False)
    except (RecursionError, ValueError):
        return None
    return clean(text) if len(text) <= _LONGEST_RAW else None


def _plain(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return words(value) or None


def fingerprint(item: Mapping[str, Any]) -> str:
    """A stable id for what came without one: the same content gives the same id, whatever its key order."""
    try:
        content = json.dumps(item, sort_keys=True)
    except RecursionError:  # it nests deep, though not too deep to have been read
        plain = {key: value for key, value in item.items() if not isinstance(value, dict | list)}
        content = json.dumps([plain, sorted(item)], sort_keys=True)
    return "sha256:" + hashlib.sha256(content.encode()).hexdigest()


def _prune(text: str) -> str:
    """The same JSON with whatever nests deeper than `_DEEPEST` replaced by null."""
    kept: list[str] = []
    depth = copied = 0
    for run in _BRACKETS.finditer(text):
        length = run.end() - run.start()
        match text[run.start()]:
            case "[" | "{":
                if depth <= _DEEPEST < depth + length:
                    kept.append(text[copied : run.start() + _DEEPEST - depth])
                depth += length
            case "]" | "}":
                if depth - length <= _DEEPEST < depth:
                    kept.append("null")
                    copied = run.start() + depth - _DEEPEST
                depth -= length
    return "".join(kept) + (text[copied:] if depth <= _DEEPEST else "")


def _read_int(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else None


_DECODER = json.JSONDecoder(
    parse_int=_read_int,
    parse_constant=lambda _: None,  # NaN, Infinity: no JSON
    strict=False,
)
