"""Weekdays beside a whole week, days left out, and other bounds; said on Monday 2 March 2026 at 8."""

import pytest

from tests.nlu.times.telling import moment, told

AFTER_A_REFUSED_WEEK = {
    "en": [
        ("can't do this week, Wednesday morning?", "03-11 09:00-12:00"),
        ("this week's full for me. Tuesday then", "03-10"),
        ("this week only Thursday", "03-05"),
        ("not this week, except Thursday", "03-05"),
    ],
    "it": [
        ("questa settimana sono via, venerdì dopo le 15?", "03-13 15:00-19:00"),
        ("questa settimana sono piena. martedì allora", "03-10"),
        ("questa settimana solo giovedì", "03-05"),
        ("questa settimana non posso tranne giovedì", "03-05"),
    ],
    "ru": [
        ("на этой неделе не могу, в среду утром можно?", "03-11 09:00-12:00"),
        ("на этой неделе аврал, запишите на среду", "03-11"),
        ("на этой неделе только в четверг", "03-05"),
        ("в ср и чт на этой неделе я занята, в пт свободна до 13", "03-06 09:00-13:00"),
        ("на этой неделе не могу, кроме четверга", "03-05"),
    ],
}
IN_ITS_WEEK = {
    "en": [("next week in the evening on Monday", "03-09 17:00-19:00")],
    "it": [
        ("settimana prossima pomeriggio di martedì", "03-10 13:00-19:00"),
        ("la prossima settimana, la mattina di giovedì", "03-12 09:00-13:00"),
    ],
    "ru": [
        ("на следующей неделе утром в четверг", "03-12 09:00-12:00"),
        ("на следующей неделе, вечером вторника", "03-10 17:00-19:00"),
    ],
}
LEFT_OUT = {
    "en": [
        ("any day except Monday and Tuesday, 9 to 11", "03-04..03-08, 03-11..03-15, any 09:00-11:00"),
        ("any day but Friday afternoon", "03-02..03-05, 03-07..03-12, 03-14..03-15"),
    ],
    "it": [
        (
            "tutti i giorni tranne lunedì e martedì dalle 9 alle 11",
            "03-04..03-08, 03-11..03-15, any 09:00-11:00",
        )
    ],
    "ru": [
        (
            "в любой день кроме понедельника и вторника с 9 до 11",
            "03-04..03-08, 03-11..03-15, any 09:00-11:00",
        ),
        ("в любой день кроме вечера пятницы", "03-02..03-05, 03-07..03-12, 03-14..03-15"),
    ],
}
OTHER_BOUNDS = {
    "en": [
        ("nothing before the 20th?", "03-02..03-19"),
        ("nothing before 11 please", "any 11:00-19:00"),
        ("sometime in the first few days of May", "05-01..05-10"),
        ("preferably not tomorrow, the day after", "03-04"),
        ("in a month and a half", "04-17"),
        ("at the end of April, ideally on a Friday", "04-24"),
        ("any day but the evening of friday", "03-02..03-05, 03-07..03-12, 03-14..03-15"),
        ("saturday, the 4th", "04-04"),
        ("tonight, I finish work at 18:15", "03-02 18:15-19:00"),
        ("in the second half of the morning on Friday", "03-06 11:00-13:00"),
        ("as early as possible next week", "03-09..03-15, asap"),
        ("tomorrow as early as possible", "03-03 09:00-10:00"),
    ],
    "it": [
        ("domani mattina niente?", "03-03 09:00-13:00"),
        ("domani non posso alle 9, esco dal lavoro tardi, dopodomani", "03-04"),
        ("domani mattina niente, dopodomani?", "03-04"),
        ("fra una settimana e mezza", "03-12"),
        ("verso fine aprile, meglio se di venerdì", "04-24"),
        ("ad aprile, preferibilmente di mercoledì", "04-01, 04-08, 04-15, 04-22, 04-29"),
        ("stasera dopo il lavoro, esco alle 18", "03-02 18:00-19:00"),
        ("venerdì nella prima metà del pomeriggio", "03-06 13:00-15:30"),
        ("il giorno prima del 14", "03-13"),
        ("sabato, il 4", "04-04"),
    ],
    "ru": [
        ("а завтра утром ничего?", "03-03 09:00-12:00"),
        ("через полторы недели", "03-12"),
        ("в конце апреля, желательно в пятницу", "04-24"),
        ("у меня запись 10 марта, перенесите на 6", "03-06"),
        ("как можно раньше на следующей неделе", "03-09..03-15, asap"),
        ("завтра как можно раньше", "03-03 09:00-10:00"),
        ("самое позднее в пятницу", "03-02..03-06"),
        ("самое позднее 10-го", "03-02..03-10"),
        ("в пятницу, 3-го", "04-03"),
    ],
}


def _each(*tables: dict[str, list[tuple[str, str]]]) -> list[tuple[str, str, str]]:
    return [
        (language, sentence, meaning)
        for table in tables
        for language, told_so in table.items()
        for sentence, meaning in told_so
    ]


@pytest.mark.parametrize(("language", "sentence", "meaning"), _each(AFTER_A_REFUSED_WEEK, IN_ITS_WEEK))
def test_a_weekday_is_of_the_week_told_beside_it_or_of_the_one_after_a_refused_one(
    language: str, sentence: str, meaning: str
) -> None:
    assert told(sentence, language, moment()) == meaning


@pytest.mark.parametrize(("language", "sentence", "meaning"), _each(LEFT_OUT))
def test_bounds_behind_days_left_out_are_of_the_rest_and_a_part_is_of_its_day(
    language: str, sentence: str, meaning: str
) -> None:
    assert told(sentence, language, moment()) == meaning


@pytest.mark.parametrize(("language", "sentence", "meaning"), _each(OTHER_BOUNDS))
def test_so_long_from_now_until_then_or_within_a_month(language: str, sentence: str, meaning: str) -> None:
    assert told(sentence, language, moment()) == meaning
