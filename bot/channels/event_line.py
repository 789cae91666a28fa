"""An event as one line of `chairside parse`, the same for every channel."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.domain.conversation import InboundEvent

_MORE = ("about", "referral", "attachments", "details", "status", "phone", "profile_name", "aliases", "raw")


def event_line(event: InboundEvent) -> dict[str, str | None]:
    """`sender` is the patient's id, also where it was we who wrote (null where there is none);
    `at` is UTC to the second."""
    return {
        "kind": event.kind.value,
        "channel": event.channel,
        "account": event.account,
        "id": event.id,
        "sender": event.sender,
        "at": f"{event.at:%Y-%m-%dT%H:%M:%SZ}" if event.at else None,
        "text": event.text,
        "payload": event.payload,
    }


def whole_line(event: InboundEvent) -> dict[str, Any]:
    """The same with `more`: whatever else there is, without what is empty."""
    whole = asdict(event)
    return {**event_line(event), "more": {name: _full(whole[name]) for name in _MORE if whole[name]}}


def _full(value: Any) -> Any:
    """As JSON has it, without what says nothing."""
    if isinstance(value, dict):
        return {key: _full(each) for key, each in value.items() if each not in (None, "", False)}
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    return [_full(each) for each in value] if isinstance(value, list | tuple) else value
