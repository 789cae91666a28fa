"""What is kept of a turn is enough to hear the same again."""

import json
from dataclasses import MISSING, Field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import bootstrap
from bot.dialogue import Conversation
from bot.dialogue.commands import SetSlot, StartFlow
from bot.dialogue.events import HandedBack, PatientWrote
from bot.service.turns.journal import HeardNote, StoredTurn, heard_again, heard_note

NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
WROTE = PatientWrote(
    at=NOW,
    text="Buonasera",
    commands=(StartFlow("new_patient_consult"), SetSlot("patient_name", "Anna Rossi")),
    channel="whatsapp",
    language="it",
    facts={"practice_name": "Studio Prova"},
    latest_message={"text": "Buonasera", "intent": {"name": "book_visit", "confidence": 0.9}},
    queued=True,
    hears_facts=True,
    comes_back=True,
    keeps_request=True,
)


def heard(event: PatientWrote | HandedBack) -> HeardNote | None:
    """After a trip through the journal."""
    demo = bootstrap.Configuration(data=Path(), environment={}, demo=True)
    assistant = bootstrap.read_assistant(demo, bootstrap.read_practice(demo))
    note = heard_note(event, Conversation.new("c", language="en"), assistant)
    events = []
    if isinstance(event, PatientWrote):
        events = [{"event": "user", "text": event.text, "parse_data": event.latest_message}]
    journal = json.loads(json.dumps({"heard": note, "events": events}))
    return heard_again(StoredTurn(id="t", at=NOW, journal=journal))


def default(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def test_a_message_is_heard_again_with_everything_that_it_brought() -> None:
    left_out = [each.name for each in fields(WROTE) if getattr(WROTE, each.name) == default(each)]

    assert left_out == []  # so that what a message may bring one day is not forgotten here
    assert heard(WROTE) == HeardNote(event=WROTE, paused=False)


def test_a_giving_back_is_heard_again() -> None:
    event = HandedBack(at=NOW, channel="messenger", facts={"practice_name": "Studio Prova"})

    assert heard(event) == HeardNote(event=event, paused=False)


def test_facts_that_the_conversation_knew_are_not_kept_twice() -> None:
    demo = bootstrap.Configuration(data=Path(), environment={}, demo=True)
    assistant = bootstrap.read_assistant(demo, bootstrap.read_practice(demo))
    before = Conversation(conversation_id="c", slots={"language": "it", "practice_name": "Studio Prova"})

    assert heard_note(WROTE, before, assistant)["facts"] == {}
