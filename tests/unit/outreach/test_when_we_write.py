"""The moment of a message, on every kind of day. Rome changes its clocks on 29 March and 25 October 2026."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.diary import Appointment, AppointmentStatus, Opening
from bot.domain.outreach import Kind, Rule, Span, Subject, VisitEntry, When, Who, birthday_in
from bot.domain.outreach_moments import (
    call_at,
    is_allowed,
    is_too_fresh,
    moment,
    next_allowed,
    of_visits,
)
from bot.domain.practice_time import PracticeTime
from tests.studio import STUDIO, opening

ROME = PracticeTime("Europe/Rome")
DAY_BEFORE = Rule(
    id="visit_tomorrow",
    who=Who.UPCOMING_VISIT,
    kind=Kind.SERVICE,
    when=When(offset=Span.parse("24 hours"), lead=Span.parse("12 hours")),
    template="visit_tomorrow",
    channels=("whatsapp",),
    call=Span.parse("4 hours"),
)
CHECK_IN = replace(DAY_BEFORE, id="check_in", who=Who.PAST_VISIT, call=Span.parse("1 day"))
RECALL = replace(DAY_BEFORE, id="recall", who=Who.RECALL)


def wall(text: str) -> datetime:
    """An instant by the clock on the wall in Rome."""
    return ROME.earliest(datetime.fromisoformat(text))


def due(rule: Rule, anchor: str, number: int = 0) -> str | None:
    found = moment(rule, wall(anchor), STUDIO, number=number)
    return None if found is None else f"{ROME.wall(found.due):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("visit", "written"),
    [
        ("2026-03-05 10:00", "2026-03-04 10:00"),
        ("2026-03-29 10:00", "2026-03-28 10:00"),  # 23 hours apart
        ("2026-03-30 10:00", "2026-03-29 10:00"),
        ("2026-10-25 10:00", "2026-10-24 10:00"),  # 25 hours apart
        ("2026-10-26 10:00", "2026-10-25 10:00"),
        ("2028-03-01 09:00", "2028-02-29 09:00"),
        ("2027-01-01 15:00", "2026-12-31 15:00"),
    ],
)
def test_the_day_before_means_the_same_hour_on_the_wall(visit: str, written: str) -> None:
    assert due(DAY_BEFORE, visit) == written


@pytest.mark.parametrize(
    ("visit", "written"),
    [
        ("2026-03-05 07:30", "2026-03-04 08:00"),  # not at half past seven in the morning
        ("2026-03-05 21:00", "2026-03-05 08:00"),  # not at nine in the evening
        ("2026-03-05 08:30", "2026-03-04 08:30"),
    ],
)
def test_nobody_is_written_to_at_night(visit: str, written: str) -> None:
    assert due(DAY_BEFORE, visit) == written


def test_for_a_visit_at_dawn_it_is_the_evening_before() -> None:
    late = replace(DAY_BEFORE, when=replace(DAY_BEFORE.when, offset=Span.parse("6 hours")))

    assert due(late, "2026-03-05 08:30") == "2026-03-04 19:59"


def test_a_message_that_falls_into_the_missing_hour_comes_after_it() -> None:
    early = replace(
        CHECK_IN, when=When(offset=Span.parse("1 day"), at=time(2, 30), between=(time(0), time(23)))
    )

    found = moment(early, wall("2026-03-28 12:00"), STUDIO)

    assert found is not None
    assert f"{ROME.wall(found.due):%Y-%m-%d %H:%M}" == "2026-03-29 03:30"


def test_of_an_hour_that_comes_twice_it_is_the_first() -> None:
    early = replace(
        CHECK_IN, when=When(offset=Span.parse("1 day"), at=time(2, 30), between=(time(0), time(23)))
    )

    found = moment(early, wall("2026-10-24 12:00"), STUDIO)

    assert found is not None
    assert found.due == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("visit", "months", "written"),
    [
        ("2026-08-31 10:00", 6, "2027-02-28 10:00"),
        ("2027-08-29 10:00", 6, "2028-02-29 10:00"),
        ("2028-02-29 10:00", 12, "2029-02-28 10:00"),
        ("2026-12-15 10:00", 6, "2027-06-15 10:00"),
    ],
)
def test_six_months_later_is_the_same_day_or_the_last_of_the_month(
    visit: str, months: int, written: str
) -> None:
    rule = replace(RECALL, when=When(offset=Span(months=months), until=Span.parse("30 days")))

    assert due(rule, visit) == written


def test_a_recall_waits_for_a_day_on_which_the_practice_is_open() -> None:
    rule = replace(
        RECALL, when=When(offset=Span.parse("7 days"), open_days=True, until=Span.parse("30 days"))
    )

    assert due(rule, "2026-03-07 10:00") == "2026-03-16 08:00"  # a Saturday; the studio opens on Monday


def test_a_series_goes_on_day_by_day_through_the_change_of_clocks() -> None:
    series = replace(
        CHECK_IN, when=When(offset=Span.parse("1 day"), at=time(9), every=Span.parse("1 day"), times=4)
    )

    assert [due(series, "2026-03-27 12:00", n) for n in range(4)] == [
        "2026-03-28 09:00",
        "2026-03-29 09:00",
        "2026-03-30 09:00",
        "2026-03-31 09:00",
    ]


def test_a_birthday_on_29_february_is_on_the_28th_where_there_is_none() -> None:
    born = date(1988, 2, 29)

    assert [birthday_in(born, year) for year in (2027, 2028)] == [date(2027, 2, 28), date(2028, 2, 29)]


@pytest.mark.parametrize(("booked", "knows"), [("2026-03-03 21:00", False), ("2026-03-03 23:00", True)])
def test_who_booked_only_just_before_is_not_reminded(booked: str, knows: bool) -> None:
    subject = Subject(id="a", version="1", anchor=wall("2026-03-05 10:00"), known_since=wall(booked))

    assert is_too_fresh(DAY_BEFORE, subject, wall("2026-03-04 10:00"), STUDIO) is knows


def test_silence_is_looked_at_four_hours_before_and_not_at_once() -> None:
    anchor = wall("2026-03-05 10:00")

    on_time = call_at(DAY_BEFORE, anchor, wall("2026-03-04 10:00"), STUDIO)
    sent_late = call_at(DAY_BEFORE, anchor, wall("2026-03-05 07:30"), STUDIO)

    assert (on_time, sent_late) == (wall("2026-03-05 06:00"), wall("2026-03-05 08:30"))


def test_what_is_not_allowed_now_is_allowed_next_morning_or_on_the_next_open_day() -> None:
    open_only = replace(DAY_BEFORE.when, open_days=True)
    friday_night = wall("2026-03-06 22:00")

    assert not is_allowed(open_only, friday_night, STUDIO)
    assert next_allowed(DAY_BEFORE.when, friday_night, STUDIO) == wall("2026-03-07 08:00")
    assert next_allowed(open_only, friday_night, STUDIO) == wall("2026-03-09 08:00")
    assert next_allowed(open_only, wall("2026-03-05 10:00"), STUDIO, day=True) == wall("2026-03-06 08:00")


def test_two_visits_of_one_person_on_one_day_are_one_message_and_a_family_is_several() -> None:
    def entry(start: str, person: str, id: str) -> VisitEntry:
        made: Opening = opening(start)
        visit = Appointment(id=id, opening=made, status=AppointmentStatus.BOOKED, patient=person)
        return VisitEntry(visit=visit, person=person, known_since=wall("2026-01-01 10:00"), contact="c")

    entries = [
        entry("2026-03-05 15:00", "anna", "v2"),
        entry("2026-03-05 10:00", "anna", "v1"),
        entry("2026-03-05 11:00", "boris", "v3"),
        entry("2026-03-06 10:00", "anna", "v4"),
    ]

    subjects = of_visits(DAY_BEFORE, entries, STUDIO)
    moved = of_visits(DAY_BEFORE, [entry("2026-03-05 10:30", "anna", "v1"), *entries[:1]], STUDIO)

    assert [[visit.id for visit in subject.visits] for subject in subjects] == [["v1", "v2"], ["v4"], ["v3"]]
    assert subjects[0].anchor == wall("2026-03-05 10:00")
    assert moved[0].id == subjects[0].id
    assert moved[0].version != subjects[0].version


def test_a_span_is_written_in_words() -> None:
    assert Span.parse("6 months") == Span(months=6)
    assert Span.parse("2 weeks") == Span(time=timedelta(weeks=2))
    with pytest.raises(ValueError, match="24 hours"):
        Span.parse("tomorrow")
