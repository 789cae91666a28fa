"""Every payload in the folders `whatsapp`, `messenger` and `instagram` reads as the lines written by hand
beside it. A line has what `chairside parse` prints; where it has `more`, what `chairside parse --more` adds.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.channels import instagram, messenger, whatsapp
from bot.channels.event_line import event_line, whole_line
from bot.domain.conversation import InboundEvent, InboundKind

PARSERS = {"whatsapp": whatsapp.parse, "messenger": messenger.parse, "instagram": instagram.parse}
PAYLOADS = sorted(path for name in PARSERS for path in (Path(__file__).parent / name).glob("*.json"))
#: Kinds that a channel has no way to send.
IMPOSSIBLE = {
    "whatsapp": {"read", "optin"},
    "messenger": {"contacts", "flow_reply", "order", "preferences", "call"},
    "instagram": {"contacts", "flow_reply", "order", "preferences", "call", "optin", "location", "account"},
}


def read(payload: Path) -> tuple[InboundEvent, ...]:
    return PARSERS[payload.parent.name](payload.read_bytes())


def written(payload: Path) -> list[dict[str, Any]]:
    lines = payload.with_name(f"{payload.stem}.expected.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def name(payload: Path) -> str:
    return f"{payload.parent.name}/{payload.stem}"


@pytest.mark.parametrize("payload", PAYLOADS, ids=name)
def test_payload_reads_as_its_lines(payload: Path) -> None:
    expected = written(payload)
    found = [whole_line(event) if "more" in line else event_line(event) for event, line in pairs(payload)]

    assert found == expected


def pairs(payload: Path) -> list[tuple[InboundEvent, dict[str, Any]]]:
    """Each event with its line; one that has none stands beside an empty one."""
    events, lines = read(payload), written(payload)
    assert len(events) >= len(lines)
    return list(zip(events, [*lines, *[{}] * (len(events) - len(lines))], strict=True))


@pytest.mark.parametrize("payload", PAYLOADS, ids=name)
def test_whatever_is_read_can_be_stored_as_utf8_without_nul(payload: Path) -> None:
    words = json.dumps([whole_line(event) for event in read(payload)], ensure_ascii=False)

    assert "\\u0000" not in words
    assert words.encode("utf-8").decode("utf-8") == words


@pytest.mark.parametrize("channel", PARSERS)
def test_every_kind_that_a_channel_can_send_has_a_payload(channel: str) -> None:
    shown = {line["kind"] for path in PAYLOADS if path.parent.name == channel for line in written(path)}

    assert shown == {kind.value for kind in InboundKind} - IMPOSSIBLE[channel]
