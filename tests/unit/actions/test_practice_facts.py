"""What texts may say about the practice, and when somebody answers."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from front_desk import practice, wall

from bot.service.turns.facts import is_open, practice_facts, when_staff_answer

MONDAY = wall("2026-03-02T00:00")


def test_the_facts_are_in_the_patients_language() -> None:
    known = {name: told for name, told in practice_facts(practice(), "it").items() if told}

    assert known == {
        "practice_name": "Studio Lucciola",
        "practice_phone": "+39 06 555 0100",
        "practice_address": "via dei Platani 5, Roma",
        "privacy_url": "https://example.org/privacy",
        "emergency_number": "112",
        "opening_hours": "lun–ven 9:00–13:00 e 14:00–18:00, sab 9:00–12:00",
        "practitioner_names": "dott. Marco Rossi e dott.ssa Livia Bianchi",
        "practitioners_and_work": "dott. Marco Rossi e dott.ssa Livia Bianchi",
        "visit_type_names": "prima visita e igiene orale professionale",
        "diary_open_days": "60",
        "chat_languages": "italiano, inglese e russo",
        "visit_durations": "prima visita 30 minuti e igiene orale professionale 45 minuti",
    }
    assert practice_facts(practice(), "ru")["opening_hours"] == (
        "пн–пт 9:00–13:00 и 14:00–18:00, сб 9:00–12:00"
    )
    assert practice_facts(practice(), "en")["visit_type_names"] == "first visit and cleaning"


@pytest.mark.parametrize(
    ("language", "prices"),
    [
        ("it", "prima visita da 50\xa0€ e igiene orale professionale da 79,90\xa0€"),
        ("en", "first visit from €50 and cleaning from €79.90"),
        ("ru", "первичный приём от 50\xa0€ и чистка от 79,90\xa0€"),
    ],
)
def test_prices_are_written_as_the_language_writes_them(language: str, prices: str) -> None:
    first, cleaning = practice().visit_types
    priced = replace(
        practice(), visit_types=(replace(first, price_from=50), replace(cleaning, price_from=79.9))
    )

    assert practice_facts(priced, language)["visit_prices"] == prices


def test_what_practitioners_do_stands_behind_their_names() -> None:
    rossi, bianchi = practice().practitioners
    known = replace(practice(), practitioners=(rossi, replace(bianchi, does={"en": "orthodontics"})))

    assert practice_facts(known, "en")["practitioners_and_work"] == (
        "dott. Marco Rossi and dott.ssa Livia Bianchi (orthodontics)"
    )


def test_a_topic_is_answered_in_the_patients_language_else_in_the_practices_own() -> None:
    own = replace(practice(), answers={"parking": {"it": "Cortile interno.", "en": "In the courtyard."}})

    assert [practice_facts(own, language)["answer_parking"] for language in ("en", "ru")] == [
        "In the courtyard.",
        "Cortile interno.",
    ]


@pytest.mark.parametrize(
    ("now", "it", "en", "ru"),
    [
        (wall("2026-03-02T09:00"), "al più presto", "as soon as possible", "как можно скорее"),
        (wall("2026-03-02T13:00"), "oggi dalle 14:00", "today from 14:00", "сегодня с 14:00"),
        (wall("2026-03-02T07:00"), "oggi dalle 9:00", "today from 9:00", "сегодня с 9:00"),
        (wall("2026-03-02T18:00"), "domani dalle 9:00", "tomorrow from 9:00", "завтра с 9:00"),
        (wall("2026-03-07T12:00"), "lunedì dalle 9:00", "Monday from 9:00", "в понедельник с 9:00"),
        # 25 and 26 December are public holidays in Italy, and a Friday and a Saturday in 2026.
        (wall("2026-12-24T19:00"), "lunedì dalle 9:00", "Monday from 9:00", "в понедельник с 9:00"),
    ],
)
def test_staff_are_promised_only_for_when_they_are_there(now: datetime, it: str, en: str, ru: str) -> None:
    assert [when_staff_answer(practice(), language, now) for language in ("it", "en", "ru")] == [it, en, ru]


def test_a_long_closure_is_named_by_its_last_date() -> None:
    closed = replace(
        practice(), closed_days=frozenset((MONDAY + timedelta(days=n)).date() for n in range(14))
    )

    assert when_staff_answer(closed, "it", MONDAY) == "lunedì 16 marzo dalle 9:00"
    assert not is_open(closed, MONDAY.replace(hour=10))
