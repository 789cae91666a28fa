"""The keys under `outreach`, for the reader and for the JSON Schema (see `keys`)."""

from __future__ import annotations

from bot.domain.channels import NAMES as CHANNELS
from bot.domain.outreach import Asks, Kind, Who

_SPAN = {"type": "string", "pattern": r"^\d{1,4} (minute|hour|day|week|month)s?$"}
_CLOCK = {"type": "string", "pattern": r"^\d{1,2}:\d{2}$"}
_TEXT = {"type": "string", "minLength": 1}
_FLAG = {"type": "boolean"}
_NUMBER = {"type": "integer", "minimum": 1}
_BY_LANGUAGE = {"type": "object", "additionalProperties": _TEXT}
_NAMES = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}

SEND = {
    "before": _SPAN,
    "after": _SPAN,
    "at": _CLOCK,
    "between": {"type": "string", "pattern": r"^\d{1,2}:\d{2}-\d{1,2}:\d{2}$"},
    "open_days": _FLAG,
    "lead": _SPAN,
    "until": _SPAN,
    "a_day": _NUMBER,
    "every": _SPAN,
    "times": _NUMBER,
}
CALL = {"before": _SPAN, "after": _SPAN, "script": _BY_LANGUAGE}


def _table(keys: dict[str, object], needs: list[str]) -> dict[str, object]:
    return {"type": "object", "properties": keys, "additionalProperties": False, "required": needs}


RULE: dict[str, object] = {
    "description": _TEXT,
    "for": {"enum": [str(who) for who in Who]},
    "kind": {"enum": [str(kind) for kind in Kind]},
    "visit_types": _NAMES,
    "topic": _TEXT,
    "template": _TEXT,
    "flow": _TEXT,
    "asks": {"enum": [str(what) for what in Asks]},
    "no": _TEXT,
    "settled_by": _NAMES,
    "send": _table(dict(SEND), []),
    "channels": {"type": "array", "minItems": 1, "items": {"enum": list(CHANNELS)}},
    "call": _table(dict(CALL), ["script"]),
    "answers_for": _SPAN,
    "on": _FLAG,
}
OUTREACH: dict[str, object] = {
    "type": "object",
    "additionalProperties": _table(RULE, ["for", "kind", "template", "send"]),
}
