from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from test_practice_facts import practice

from bot.dialogue import Conversation
from bot.dialogue.effects import Button
from bot.dialogue.state import Said
from bot.service.turns.asked_facts import asked_facts
from nlu.understanding import Entity, Understanding


def asks_about(*windows: tuple[str, str]) -> Understanding:
    wish = Entity(entity="wish", value={"windows": [list(w) for w in windows]}, start=0, end=1, text="?")
    return Understanding(text="?", language="en", intent=None, entities=(wish,))


def hours(understanding: Understanding | None, language: str = "en", **changes: Any) -> str:
    nobody = Conversation.new("anna", language=language)
    asked = replace(practice(), **changes)
    return asked_facts(asked, nobody, understanding, language)["hours_asked"]


def test_nothing_is_told_of_no_day() -> None:
    assert hours(None) == hours(asks_about()) == ""


def test_a_closed_day_of_ones_own_is_told_as_closed() -> None:
    tuesday = asks_about(("2026-03-03T00:00", "2026-03-04T00:00"))
    closed = frozenset({date(2026, 3, 3)})

    assert "open" in hours(tuesday)
    assert hours(tuesday, closed_days=closed) == "Tuesday 3 March: closed."


@pytest.mark.parametrize(
    ("language", "closed"),
    [
        ("en", "Closed: Monday 9 March – Wednesday 11 March."),
        ("it", "Chiuso: lunedì 9 marzo – mercoledì 11 marzo."),
        ("ru", "Закрыто: понедельник, 9 марта – среда, 11 марта."),
    ],
)
def test_closed_days_side_by_side_are_told_together(language: str, closed: str) -> None:
    march = asks_about(("2026-03-01T00:00", "2026-04-01T00:00"))
    days = frozenset(date(2026, 3, day) for day in (9, 10, 11))

    assert hours(march, language, closed_days=days).endswith(closed)


def test_what_has_no_end_tells_no_hours() -> None:
    assert hours(asks_about(("2026-03-03T00:00", "2036-03-03T00:00"))) == ""


def test_times_on_offer_stand_with_whoever_is_in() -> None:
    rossi, other = practice().practitioners[0], "somebody"
    offered = tuple(
        Button(title=title, payload="/x", start="2026-03-03T09:00", practitioner=who)
        for title, who in (("9:00", rossi.id), ("9:30", other), ("10:00", rossi.id))
    )
    said = (Said(text="Which one?", buttons=offered),)
    conversation = replace(Conversation.new("anna", language="en"), said=said)

    told = asked_facts(practice(), conversation, None, "en")["offer_with_whom"]
    assert told == f"{rossi.name}: 9:00, 10:00\n{other}: 9:30"
