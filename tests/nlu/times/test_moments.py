"""What the moment, the question, the country and the offered openings do to the same words."""

import pytest

from nlu.times import find_times
from nlu.times.doubts import NO_DOUBTS
from nlu.understanding import AskedKind, Entity
from tests.nlu.times.telling import moment, told

SUNDAY_NIGHT = "2026-03-08T22:30"
MONTH_END = "2026-04-30T10:00"
LEAP_DAY = "2028-02-29T10:00"
NEW_YEARS_EVE = "2026-12-31T16:00"
AFTERNOON = "2026-03-02T16:20"

OTHER_MOMENTS = [
    (SUNDAY_NIGHT, "en", "tomorrow at 10", "03-09 10:00-11:00"),
    (SUNDAY_NIGHT, "it", "questa settimana", "03-08"),
    (SUNDAY_NIGHT, "it", "la settimana prossima", "03-09..03-15"),
    (SUNDAY_NIGHT, "ru", "в понедельник утром", "03-09 09:00-12:00"),
    (SUNDAY_NIGHT, "en", "next Monday", "03-16"),
    (SUNDAY_NIGHT, "en", "tonight", "asap"),
    (MONTH_END, "en", "tomorrow", "05-01"),
    (MONTH_END, "it", "il 31", "05-31"),
    (MONTH_END, "it", "il 30", "04-30"),
    (MONTH_END, "ru", "через месяц", "05-30"),
    (MONTH_END, "ru", "29-го", "05-29"),
    (MONTH_END, "en", "at the end of the month", "04-30"),
    (LEAP_DAY, "en", "in a month", "03-29"),
    (LEAP_DAY, "it", "il 29 febbraio", "02-29"),
    (LEAP_DAY, "ru", "28 февраля", "2029-02-28"),
    (LEAP_DAY, "it", "domani", "03-01"),
    (NEW_YEARS_EVE, "en", "tomorrow morning", "2027-01-01 09:00-12:00"),
    (NEW_YEARS_EVE, "it", "il 7 gennaio alle 9", "2027-01-07 09:00-10:00"),
    (NEW_YEARS_EVE, "it", "il 10", "2027-01-10"),
    (NEW_YEARS_EVE, "ru", "в январе", "2027-01-01..01-31"),
    (NEW_YEARS_EVE, "ru", "в следующем месяце", "2027-01-01..01-31"),
    (NEW_YEARS_EVE, "en", "1/2", "2027-02-01"),
    (AFTERNOON, "en", "today at 5", "03-02 17:00-18:00"),
    (AFTERNOON, "en", "today at 15", "03-02 16:20-19:00"),
    (AFTERNOON, "it", "oggi pomeriggio", "03-02 16:20-19:00"),
    (AFTERNOON, "it", "stamattina", "-"),
    (AFTERNOON, "ru", "сегодня утром", "03-02 16:20-19:00"),
    (AFTERNOON, "ru", "сегодня вечером", "03-02 17:00-19:00"),
    ("2026-03-02T20:00", "it", "oggi alle 15", "asap"),
    ("2026-03-02T20:00", "it", "domani alle 15", "03-03 15:00-16:00"),
]


@pytest.mark.parametrize(("now", "language", "sentence", "meaning"), OTHER_MOMENTS)
def test_the_same_words_mean_other_days_at_another_moment(
    now: str, language: str, sentence: str, meaning: str
) -> None:
    understood = told(sentence, language, moment(now))

    assert understood == meaning


ANSWERS: list[tuple[AskedKind | None, str, str, str]] = [
    ("time", "en", "9", "any 09:00-10:00"),
    ("time", "en", "3", "any 15:00-16:00"),
    ("time", "it", "14.30", "any 14:30-15:30"),
    ("time", "it", "14 30", "any 14:30-15:30"),
    ("time", "it", "9-11", "any 09:00-11:00"),
    ("time", "it", "9 o 10", "any 09:00-11:00"),
    ("time", "it", "tre e mezza", "any 15:30-16:30"),
    ("time", "it", "aprile", "04-01..04-30"),
    ("time", "it", "mar", "03-03"),
    ("time", "it", "il 12", "03-12"),
    ("time", "it", "27", "03-27"),
    ("time", "it", "pomeriggio", "any 13:00-19:00"),
    ("time", "ru", "9", "any 09:00-10:00"),
    ("time", "ru", "три", "any 15:00-16:00"),
    ("time", "ru", "чт", "03-05"),
    ("time", "ru", "вечер", "any 17:00-19:00"),
    ("time", "en", "sat", "03-07"),
    ("time", "en", "morning", "any 09:00-12:00"),
    ("time", "en", "4 people", "-"),
    ("time", "it", "4 persone", "-"),
    ("time", "ru", "4 человека", "-"),
    ("time", "en", "I don't mind", "asap"),
    ("time", "it", "per me è indifferente", "asap"),
    ("time", "ru", "мне всё равно", "asap"),
    (None, "en", "it doesn't matter", "-"),
    ("opening", "it", "10", "any 10:00-11:00"),
    ("name", "it", "Domenico Sabato", "-"),
    ("name", "en", "Frieda Mondey", "-"),
    ("phone", "en", "3331234567", "-"),
    ("birth_date", "it", "5/12/1980", "born 1980-12-05"),
    ("birth_date", "it", "5 12 1980", "born 1980-12-05"),
    ("birth_date", "it", "05121980", "born 1980-12-05"),
    ("birth_date", "it", "5.12.80", "born 1980-12-05"),
    ("birth_date", "it", "12 maggio 80", "born 1980-05-12"),
    ("birth_date", "it", "1 gennaio 2026", "born 2026-01-01"),
    ("birth_date", "it", "5/12", "-"),
    ("birth_date", "it", "31/02/1980", "-"),
    ("birth_date", "it", "posso venire domani?", "03-03"),
    ("birth_date", "ru", "5 декабря 1980 г.", "born 1980-12-05"),
    ("birth_date", "en", "December 5, 1980", "born 1980-12-05"),
    ("birth_date", "en", "5th of Dec 1980", "born 1980-12-05"),
]


@pytest.mark.parametrize(("asking", "language", "answer", "meaning"), ANSWERS)
def test_what_was_asked_decides_how_a_bare_answer_is_read(
    asking: AskedKind | None, language: str, answer: str, meaning: str
) -> None:
    understood = told(answer, language, moment(asking=asking))

    assert understood == meaning


def test_an_american_practice_reads_the_month_first() -> None:
    understood = told("5/12 at 3pm", "en", moment(country="US"))

    assert understood == "05-12 15:00-16:00"


def test_an_italian_in_an_american_practice_still_writes_the_day_first() -> None:
    understood = told("5/12 alle 15", "it", moment(country="US"))

    assert understood == "12-05 15:00-16:00"


def test_a_practice_that_opens_at_seven_reads_eight_as_the_morning_and_six_as_the_evening() -> None:
    early = moment(opens="07:00", closes="19:00")

    assert [told(f"tomorrow at {hour}", "en", early) for hour in (8, 6)] == [
        "03-03 08:00-09:00",
        "03-03 18:00-19:00",
    ]


def test_a_practice_that_closes_at_five_has_a_shorter_afternoon_and_an_evening_of_its_own() -> None:
    short = moment(closes="17:00")

    assert [told(f"domani {part}", "it", short) for part in ("pomeriggio", "sera")] == [
        "03-03 13:00-17:00",
        "03-03 17:00-22:00",
    ]


OFFERED = ("2026-03-03T09:00", "2026-03-03T15:30", "2026-03-12T18:00")


def test_a_time_that_was_offered_is_that_opening() -> None:
    asked = moment(asking="opening", offered=OFFERED)

    entities = find_times("quello delle 18", language="it", context=asked)

    assert entities[0] == Entity(
        entity="time",
        value={"from": "2026-03-12T18:00", "to": None},
        start=0,
        end=15,
        text="quello delle 18",
        grain="minute",
        confidence=0.95,
    )


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [("Thursday", "03-12"), ("the 12th", "03-12"), ("the second one", "-"), ("2", "-"), ("the first", "-")],
)
def test_offered_openings_change_how_an_answer_is_read(answer: str, meaning: str) -> None:
    understood = told(answer, "en", moment(asking="opening", offered=OFFERED))

    assert understood == meaning


@pytest.mark.parametrize(
    ("language", "answer", "meaning"),
    [
        ("en", "no the 3rd then", "04-03"),
        ("en", "the 3rd would be better", "04-03"),
        ("en", "no the 9th", "04-09"),
        ("en", "the 30th?", "03-30"),
        ("en", "the 3rd one", "-"),
        ("en", "ok the 3rd", "-"),
        ("en", "I'll take the 3rd", "-"),
        ("en", "no, the third", "-"),
        ("it", "no allora il 3", "04-03"),
        ("it", "meglio il 3", "04-03"),
        ("it", "la 3", "-"),
        ("it", "prendo il 3", "-"),
        ("it", "il terzo", "-"),
        ("ru", "нет, тогда третьего", "04-03"),
        ("ru", "лучше 3-го", "04-03"),
        ("ru", "третье", "-"),
        ("ru", "3", "-"),
    ],
)
def test_a_day_of_the_month_is_the_one_nearest_to_those_on_offer(
    language: str, answer: str, meaning: str
) -> None:
    all_on_one_day = tuple(f"2026-04-02T{hour}" for hour in ("14:00", "14:30", "16:00"))

    assert told(answer, language, moment(asking="opening", offered=all_on_one_day)) == meaning


def test_a_day_and_an_hour_are_one_entity_with_its_place_in_the_text() -> None:
    entities = find_times("Sì, domani alle 15 va bene", language="it", context=moment())

    assert entities == (
        Entity(
            entity="time",
            value={"from": "2026-03-03T15:00", "to": None},
            start=4,
            end=18,
            text="domani alle 15",
            grain="minute",
            confidence=0.95,
        ),
    )


def test_a_part_of_a_day_is_a_window_with_the_practice_hours() -> None:
    entities = find_times("martedì sera", language="it", context=moment())

    assert [(e.value, e.grain, e.text) for e in entities] == [
        ({"from": "2026-03-03T17:00", "to": "2026-03-03T19:00"}, "part", "martedì sera")
    ]


def test_hours_of_no_day_are_a_part_of_any_day() -> None:
    entities = find_times("только после обеда", language="ru", context=moment())

    assert [(e.entity, e.value, e.grain) for e in entities] == [
        ("part_of_day", {"from": "13:00", "to": "19:00"}, "part")
    ]


def test_next_tuesday_said_the_day_before_keeps_the_nearer_one_as_a_second_reading() -> None:
    entities = find_times("next Tuesday", language="en", context=moment())

    assert [(e.value["from"], e.confidence) for e in entities] == [
        ("2026-03-10T00:00", 0.6),
        ("2026-03-03T00:00", 0.4),
    ]


@pytest.mark.parametrize(("language", "sentence"), [("en", "next Friday"), ("ru", "в следующую пятницу")])
def test_next_friday_said_on_monday_is_that_of_next_week_with_the_coming_one_as_a_second_reading(
    language: str, sentence: str
) -> None:
    entities = find_times(sentence, language=language, context=moment())

    assert [(e.value["from"], e.confidence) for e in entities] == [
        ("2026-03-13T00:00", 0.6),
        ("2026-03-06T00:00", 0.4),
    ]


def test_venerdi_prossimo_is_the_coming_one_with_the_one_after_as_a_second_reading() -> None:
    entities = find_times("venerdì prossimo", language="it", context=moment())

    assert [(e.value["from"], e.confidence) for e in entities] == [
        ("2026-03-06T00:00", 0.8),
        ("2026-03-13T00:00", 0.4),
    ]


def test_in_two_weeks_is_that_day_with_the_week_from_it_as_a_second_reading() -> None:
    entities = find_times("in two weeks", language="en", context=moment())

    assert [(e.value["from"], e.value["to"], e.confidence) for e in entities] == [
        ("2026-03-16T00:00", "2026-03-17T00:00", 0.8),
        ("2026-03-16T00:00", "2026-03-23T00:00", 0.4),
    ]


def test_a_refused_day_is_told_below_what_is_wished_for() -> None:
    entities = find_times(
        "Monday I can't, Tuesday is fine", language="en", context=moment(), doubts=NO_DOUBTS
    )

    assert [(e.value["from"], e.confidence) for e in entities] == [
        ("2026-03-03T00:00", 0.95),
        ("2026-03-09T00:00", 0.3),
    ]


def test_accents_written_as_two_characters_keep_their_place() -> None:
    decomposed = "luned\u0069\u0300 alle 9"

    entities = find_times(decomposed, language="it", context=moment())

    assert [(e.text, e.start, e.end) for e in entities] == [(decomposed, 0, len(decomposed))]


def test_a_language_that_is_not_spoken_here_gives_nothing() -> None:
    entities = find_times("jutro o 15", language="pl", context=moment())

    assert entities == ()
