"""Every Messenger payload in `messenger/` reads as the lines written by hand beside it."""

import json
from pathlib import Path

import pytest

from bot.channels.event_line import event_line
from bot.channels.messenger import parse

PAYLOADS = sorted((Path(__file__).parent / "messenger").glob("*.json"))


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda path: path.stem)
def test_payload_reads_as_its_lines(payload: Path) -> None:
    expected = payload.with_name(f"{payload.stem}.expected.jsonl").read_text("utf-8").splitlines()

    assert [event_line(event) for event in parse(payload.read_bytes())] == [
        json.loads(each) for each in expected
    ]


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda path: path.stem)
def test_whatever_is_read_can_be_stored_as_utf8_without_nul(payload: Path) -> None:
    lines = [event_line(event) for event in parse(payload.read_bytes())]
    words = "".join(part for line in lines for part in line.values() if part)

    assert "\0" not in words
    assert words.encode("utf-8").decode("utf-8") == words
