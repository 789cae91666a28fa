"""Payloads of buttons (flow format, 14.3).

    "/SetSlots(" slot "=" value ("," slot "=" value)* ")"    at most 10 pairs; no , ( ) in a value
    "/" intent [ "{" JSON object "}" ]                       entity -> value, or a list of values

Anything else is plain text, as if it had been typed. What a patient types never comes here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_PAIRS = 10

_SET_SLOTS = re.compile(r"/SetSlots\((.*)\)\s*", re.DOTALL)
_PAIR = re.compile(r"\s*([^=,()\s]+)\s*=([^,()]*)")
_INTENT = re.compile(r"/([A-Za-z_][\w-]*(?:/[\w-]+)?)\s*(\{.*\})?\s*", re.DOTALL)
_NULLS = ("null", "None", "undefined")


@dataclass(frozen=True, slots=True)
class SlotsPayload:
    pairs: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class IntentPayload:
    intent: str
    entities: Mapping[str, Any] = field(default_factory=dict)


Payload = SlotsPayload | IntentPayload


def read_payload(payload: str) -> Payload | None:
    """None for plain text."""
    slots = _SET_SLOTS.fullmatch(payload)
    if slots:
        return _pairs(slots[1])
    intent = _INTENT.fullmatch(payload)
    if not intent or intent[1] == "SetSlots":
        return None
    if not intent[2]:
        return IntentPayload(intent[1])
    try:
        entities = json.loads(intent[2])
    except (ValueError, RecursionError):
        return None
    return IntentPayload(intent[1], entities)


def _pairs(text: str) -> SlotsPayload | None:
    parts = text.split(",")
    matches = [_PAIR.fullmatch(part) for part in parts]
    if len(parts) > MAX_PAIRS or not all(matches):
        return None
    pairs = ((match[1], match[2].strip()) for match in matches if match)
    return SlotsPayload(tuple((name, None if value in _NULLS else value) for name, value in pairs))
