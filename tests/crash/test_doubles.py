"""What counts as a message sent twice without need."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.doubles import Double, doubles

BEGAN = datetime(2026, 3, 2, 8, tzinfo=UTC)
WAIT = 3.0


def accepted(message_id: str, ours: str, *, after: float) -> dict[str, Any]:
    at = BEGAN + timedelta(seconds=after)
    payload = {"biz_opaque_callback_data": ours}
    return {
        "at": at.isoformat(),
        "event": "message_accepted",
        "message_id": message_id,
        "payload": payload,
    }


def told(message_id: str, *, after: float) -> dict[str, Any]:
    at = BEGAN + timedelta(seconds=after)
    return {"at": at.isoformat(), "event": "webhook_delivered", "statuses": [[message_id, "sent"]]}


def found(folder: Path, *events: dict[str, Any]) -> list[Double]:
    history = folder / "history.jsonl"
    history.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    return list(doubles(history))


def test_a_message_that_was_accepted_once_is_none(tmp_path: Path) -> None:
    assert found(tmp_path, accepted("m1", "a", after=0), accepted("m2", "b", after=1)) == []


def test_sent_again_after_its_status_was_taken_is_a_fault(tmp_path: Path) -> None:
    (double,) = found(
        tmp_path, accepted("m1", "a", after=0), told("m1", after=1), accepted("m2", "a", after=5)
    )

    assert double == Double(apart=5.0, status_after=1.0)
    assert double.is_fault(WAIT)


def test_sent_again_without_waiting_is_a_fault(tmp_path: Path) -> None:
    (double,) = found(tmp_path, accepted("m1", "a", after=0), accepted("m2", "a", after=0.5))

    assert double == Double(apart=0.5, status_after=None)
    assert double.is_fault(WAIT)


def test_sent_again_when_the_status_came_too_late_is_what_was_promised(tmp_path: Path) -> None:
    (double,) = found(
        tmp_path, accepted("m1", "a", after=0), accepted("m2", "a", after=4), told("m1", after=6)
    )

    assert double == Double(apart=4.0, status_after=6.0)
    assert not double.is_fault(WAIT)
