"""What calendar programs write, and when somebody is busy by it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.diary import AppointmentStatus
from bot.practice_systems.caldav.reading import CalendarObject, Occurrence, OurEvent, key_of, uid_of
from bot.practice_systems.caldav.writing import cancelled, claim, moved, settled

MARCH = (datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 4, 10, tzinfo=UTC))

ROME_BY_RULES = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE"""
ROME_BY_DATES = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:20261025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RDATE:20271031T030000
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20260329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RDATE:20270328T020000
END:DAYLIGHT
END:VTIMEZONE"""
ONLY_WINTER = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0100
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE"""

WEEKLY_LUNCH = """BEGIN:VEVENT
UID:lunch
DTSTART;TZID={name}:20270317T130000
DTEND;TZID={name}:20270317T140000
RRULE:FREQ=WEEKLY;COUNT=3
END:VEVENT"""
#: 13:00 on the wall, before and after the clocks go forward on 28 March.
LUNCHES = ["2027-03-17 12:00", "2027-03-24 12:00", "2027-03-31 11:00"]


def calendar(*parts: str, name: str = "Europe/Rome") -> bytes:
    text = "\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", *parts, "END:VCALENDAR", ""))
    return text.replace("{name}", name).replace("\n", "\r\n").encode()


def read(*parts: str, name: str = "Europe/Rome") -> tuple[Occurrence, ...]:
    return CalendarObject(calendar(*parts, name=name), zone="Europe/Rome").occurrences(*MARCH)


def busy(*parts: str, name: str = "Europe/Rome") -> list[tuple[str, str]]:
    """When somebody is busy in March, in UTC."""
    return [(f"{o.start:%m-%d %H:%M}", f"{o.end:%m-%d %H:%M}") for o in read(*parts, name=name) if o.blocks]


def event(*lines: str) -> str:
    return "\n".join(("BEGIN:VEVENT", "UID:somebody-elses", *lines, "END:VEVENT"))


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        (ROME_BY_RULES, "Europe/Rome"),
        (ROME_BY_DATES, "Europe/Rome"),
        (ONLY_WINTER, "Europe/Rome"),
        ("", "Europe/Rome"),
        ("", "/freeassociation.sourceforge.net/Europe/Rome"),
        ("", "/mozilla.org/20050126_1/Europe/Rome"),
        ("", "W. Europe Standard Time"),
        (ROME_BY_RULES, "Our clock"),
        (ROME_BY_DATES, "Our clock"),
        ("", "A name without a meaning"),
    ],
)
def test_a_weekly_lunch_stays_at_one_o_clock_when_the_clocks_change(zone: str, name: str) -> None:
    found = read(zone, WEEKLY_LUNCH, name=name) if zone else read(WEEKLY_LUNCH, name=name)

    assert [f"{o.start:%Y-%m-%d %H:%M}" for o in found] == LUNCHES
    assert {o.end - o.start for o in found} == {timedelta(hours=1)}


def test_a_zone_that_is_defined_after_its_event_counts_as_well() -> None:
    assert busy(WEEKLY_LUNCH, ROME_BY_RULES, name="Our clock")[2] == ("03-31 11:00", "03-31 12:00")


def test_one_program_s_definition_says_nothing_about_another_s() -> None:
    """Two calendars use one name for two clocks; the one that is read first teaches nothing."""
    winter = busy(ONLY_WINTER, WEEKLY_LUNCH, name="Our clock")
    summer = busy(ROME_BY_RULES, WEEKLY_LUNCH, name="Our clock")

    assert (winter[2], summer[2]) == (("03-31 12:00", "03-31 13:00"), ("03-31 11:00", "03-31 12:00"))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("DTSTART:20270302T090000Z", "DTEND:20270302T093000Z"), [("03-02 09:00", "03-02 09:30")]),
        (("DTSTART:20270302T090000Z", "DURATION:PT45M"), [("03-02 09:00", "03-02 09:45")]),
        (("DTSTART:20270302T100000", "DTEND:20270302T110000"), [("03-02 09:00", "03-02 10:00")]),
        (("DTSTART;VALUE=DATE:20270302",), [("03-01 23:00", "03-02 23:00")]),
        (("DTSTART;VALUE=DATE:20270327", "DTEND;VALUE=DATE:20270329"), [("03-26 23:00", "03-28 22:00")]),
        (
            ("DTSTART;TZID=America/New_York:20270302T220000", "DTEND;TZID=Europe/Rome:20270303T050000"),
            [("03-03 03:00", "03-03 04:00")],
        ),
        (("DTSTART:20270302T090000Z",), []),
        (("DTSTART:20270302T090000Z", "DURATION:PT1H", "TRANSP:TRANSPARENT"), []),
        (("DTSTART:20270302T090000Z", "DURATION:PT1H", "STATUS:CANCELLED"), []),
        (("DTSTART:20270302T090000Z", "DURATION:PT1H", "STATUS:TENTATIVE"), [("03-02 09:00", "03-02 10:00")]),
        (("DTSTART:20260302T090000Z", "DTEND:20280302T090000Z"), [("03-02 09:00", "03-02 09:00")]),
        (("DTSTART:20270302T090000Z", "DTEND:20270302T083000Z"), []),
    ],
    ids=[
        "utc",
        "duration",
        "floating is the practice's",
        "a whole day",
        "two days, one of 23 hours",
        "from one clock to another",
        "a moment",
        "shown as free",
        "cancelled",
        "tentative",
        "for years",
        "backwards",
    ],
)
def test_an_event_blocks_the_time_that_it_takes(
    lines: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    assert busy(event(*lines)) == expected


def test_a_series_with_a_moved_a_dropped_and_an_added_time() -> None:
    series = event(
        "DTSTART;TZID=Europe/Rome:20270301T090000",
        "DTEND;TZID=Europe/Rome:20270301T093000",
        "RRULE:FREQ=WEEKLY;UNTIL=20270325T225959Z",
        "EXDATE;TZID=Europe/Rome:20270308T090000",
        "RDATE;TZID=Europe/Rome:20270303T090000",
    )
    moved_one = event(
        "RECURRENCE-ID;TZID=Europe/Rome:20270315T090000",
        "DTSTART;TZID=Europe/Rome:20270316T100000",
        "DTEND;TZID=Europe/Rome:20270316T110000",
    )

    assert busy(series, moved_one) == [
        ("03-01 08:00", "03-01 08:30"),
        ("03-03 08:00", "03-03 08:30"),
        ("03-16 09:00", "03-16 10:00"),
        ("03-22 08:00", "03-22 08:30"),
    ]


def test_a_series_of_whole_days_is_one_of_the_practice_s_days() -> None:
    days_off = event("DTSTART;VALUE=DATE:20270326", "RRULE:FREQ=DAILY;COUNT=3")

    assert busy(days_off) == [
        ("03-25 23:00", "03-26 23:00"),
        ("03-26 23:00", "03-27 23:00"),
        ("03-27 23:00", "03-28 22:00"),
    ]


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=1", "FREQ=SOMETIMES", "FREQ=DAILY;BYSECOND=0,1,2"]
)
def test_a_rule_that_nobody_can_follow_keeps_the_time_from_its_beginning(rule: str) -> None:
    odd = event("DTSTART:20270302T090000Z", "DTEND:20270302T093000Z", f"RRULE:{rule}")

    assert busy(odd) == [("03-02 09:00", "04-10 00:00")]


@pytest.mark.parametrize(
    "line", ["DTSTART:20270302T090000Z\nDTEND:20270302T998877Z", "DTSTART:20270302T250000"]
)
def test_an_event_that_cannot_be_read_keeps_its_whole_day(line: str) -> None:
    assert busy(event(line)) == [("03-01 23:00", "03-02 23:00")]


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR", b"<html>"])
def test_what_is_no_calendar_blocks_nothing(body: bytes) -> None:
    assert CalendarObject(body, zone="Europe/Rome").occurrences(*MARCH) == ()


# Our own


def ours(data: bytes) -> OurEvent:
    event = CalendarObject(data, zone="Europe/Rome").ours
    assert event is not None
    return event


CLAIMED = claim(
    key="k1",
    start=datetime(2027, 3, 28, 12, 0, tzinfo=UTC),
    end=datetime(2027, 3, 28, 12, 30, tzinfo=UTC),
    title="Visita di controllo; осмотр, " + "à" * 40,
    note="Riga 1\nRiga 2",
    visit_type="check_up",
    at=datetime(2027, 3, 1, 7, 0, tzinfo=UTC),
    until=datetime(2027, 3, 1, 7, 2, tzinfo=UTC),
)
BOOKED = settled(CLAIMED, at=datetime(2027, 3, 1, 7, 0, 1, tzinfo=UTC))


def test_what_we_write_is_read_back() -> None:
    read = ours(BOOKED)

    assert read.occurrence.text == f"Visita di controllo; осмотр, {'à' * 40}\nRiga 1\nRiga 2"
    assert replace(read, occurrence=replace(read.occurrence, text="")) == OurEvent(
        uid=uid_of("k1"),
        key="k1",
        occurrence=Occurrence(
            start=datetime(2027, 3, 28, 12, 0, tzinfo=UTC), end=datetime(2027, 3, 28, 12, 30, tzinfo=UTC)
        ),
        visit_type="check_up",
        written=datetime(2027, 3, 1, 7, 0, 1, tzinfo=UTC),
    )
    assert all(len(line) <= 75 for line in BOOKED.split(b"\r\n"))


def test_a_claim_is_not_a_visit_yet_and_takes_its_time() -> None:
    claimed = ours(CLAIMED)

    assert claimed.claimed_until == datetime(2027, 3, 1, 7, 2, tzinfo=UTC)
    assert claimed.occurrence.blocks


def test_a_moved_visit_keeps_what_staff_have_written_into_it() -> None:
    by_staff = (
        BOOKED.replace(b"DTEND:20270328T123000Z\r\n", b"DURATION:PT30M\r\n")
        .replace(b"DTSTART:20270328T120000Z", b"DTSTART;TZID=Europe/Rome:20270328T140000")
        .replace(
            b"END:VEVENT",
            b"X-COLOUR:blue\r\nBEGIN:VALARM\r\nTRIGGER:-PT15M\r\nDURATION:PT5M\r\nREPEAT:2\r\n"
            b"ACTION:DISPLAY\r\nDESCRIPTION:Soon\r\nEND:VALARM\r\nEND:VEVENT",
        )
    )
    start = datetime(2027, 3, 30, 8, 0, tzinfo=UTC)
    after = moved(by_staff, start=start, end=start + timedelta(minutes=30), at=MARCH[0])
    occurrence = ours(after).occurrence

    assert replace(occurrence, text="") == Occurrence(start=start, end=start + timedelta(minutes=30))
    assert occurrence.text == ours(by_staff).occurrence.text
    assert (after.count(b"DURATION"), after.count(b"DTSTART"), after.count(b"DTEND")) == (1, 1, 1)
    assert b"X-COLOUR:blue\r\n" in after
    assert b"SEQUENCE:2\r\n" in after


def test_a_cancelled_visit_is_still_to_be_seen_and_takes_no_time() -> None:
    after = ours(cancelled(BOOKED, at=MARCH[0])).occurrence

    assert (after.status, after.blocks) == (AppointmentStatus.CANCELLED, False)


@pytest.mark.parametrize("uid", ["somebody-elses", "chairside-", "chairside-%%%", "chairside-_w", ""])
def test_an_event_of_somebody_else_has_no_key_of_ours(uid: str) -> None:
    assert not key_of(uid)
