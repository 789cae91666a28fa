"""What is sealed comes back as it was, whatever patients send."""

from datetime import UTC, datetime

import pytest

from bot.storage.sealing.plain_json import as_bytes, from_bytes


@pytest.mark.parametrize(
    "value",
    [
        {"text": "Ciao 👋🏽, è urgente", "payload": None},
        {"text": "half of an emoji \ud83d"},
        {"digits": 10**30, "smaller": -(10**30)},
        {"largest": 2**64 - 1, "share": 0.1, "none": [], "nested": {"a": [1, {"b": True}]}},
        {"nul": "\x00", "line": "\u2028", "quote": '"\\'},
    ],
)
def test_what_a_patient_sent_comes_back_unchanged(value: object) -> None:
    assert from_bytes(as_bytes(value)) == value


def test_rows_of_older_versions_are_read() -> None:
    written = b'{"text":"half of an emoji \\ud83d","at":1.5}'

    assert from_bytes(written) == {"text": "half of an emoji \ud83d", "at": 1.5}


def test_what_is_no_json_is_refused_rather_than_changed() -> None:
    with pytest.raises(TypeError):
        as_bytes({"at": datetime(2026, 3, 2, tzinfo=UTC)})
