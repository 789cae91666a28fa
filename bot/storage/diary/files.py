"""The diary as files that other programs read and write: CSV and calendars (ICS).

Out: every visit that stands. In: staff's own bookings, checked as `diary_json` checks them, all or nothing.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

import icalendar
import recurring_ical_events

from bot.domain.diary import Appointment, AppointmentStatus, Opening, PatientDetails
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.errors import AdditionsRefused, WallTimeError
from bot.storage.diary.as_json import parse_additions

COLUMNS = ("start_local", "practitioner", "visit_type", "name", "phone", "birth_date", "status", "confirmed")
AHEAD = timedelta(days=366)  # for which recurring events of a calendar are entered
_STANDS = (
    AppointmentStatus.REQUESTED,
    AppointmentStatus.BOOKED,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.DONE,
)
_STATUS = {AppointmentStatus.REQUESTED: "TENTATIVE"}
_WHO, _WHAT = "X-CHAIRSIDE-PRACTITIONER", "X-CHAIRSIDE-VISIT-TYPE"
_CONFIRMED = "X-CHAIRSIDE-CONFIRMED"  # the patient has said that they come

Additions = list[tuple[Opening, PatientDetails]]


def to_csv(visits: Iterable[Appointment], patients: Mapping[str, PatientDetails], practice: Practice) -> str:
    """One line a visit, by start; what a spreadsheet could take for a formula is made plain text."""
    clock = PracticeTime(practice.time_zone)
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for visit in _standing(visits):
        who = patients.get(visit.patient or "")
        table.writerow(
            [
                f"{clock.wall(visit.opening.start):%Y-%m-%dT%H:%M}",
                visit.opening.practitioner,
                visit.opening.visit_type,
                _plain(who.name) if who else "",
                f"'{who.phone}" if who and who.phone else "",
                who.birth_date.isoformat() if who and who.birth_date else "",
                str(visit.status),
                "yes" if visit.confirmed_at is not None else "",
            ]
        )
    return written.getvalue()


def to_ics(
    visits: Iterable[Appointment], patients: Mapping[str, PatientDetails], practice: Practice, *, at: datetime
) -> bytes:
    """A calendar in UTC, which every program reads the same."""
    language = practice.languages[0]
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Chairside//diary//")
    calendar.add("version", "2.0")
    for visit in _standing(visits):
        kind = practice.visit_type(visit.opening.visit_type)
        who = patients.get(visit.patient or "")
        title = [kind.name(language) if kind else visit.opening.visit_type, *([who.name] if who else [])]
        event = icalendar.Event()
        event.add("uid", f"{visit.id}@chairside")
        event.add("dtstamp", at)
        event.add("dtstart", visit.opening.start)
        event.add("dtend", visit.opening.end)
        event.add("summary", ": ".join(title))
        event.add("status", _STATUS.get(visit.status, "CONFIRMED"))
        event.add(_WHO, visit.opening.practitioner)
        event.add(_WHAT, visit.opening.visit_type)
        if visit.confirmed_at is not None:
            event.add(_CONFIRMED, "YES")
        calendar.add_component(event)
    ics: bytes = calendar.to_ical()
    return ics


def from_csv(text: str, practice: Practice) -> Additions:
    """Columns as `to_csv` writes them, in any order; `phone`, `birth_date`, `status` and
    `confirmed` may be missing.
    Raises AdditionsRefused with every mistake (the first row is 1)."""
    table = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), dialect=dialect_of(text))
    named, there = table.fieldnames or (), ", ".join(COLUMNS)
    if not {*named} & {*COLUMNS}:
        raise AdditionsRefused((f"the first line has to name the columns; there are {there}",))
    if unknown := [name for name in named if name not in COLUMNS]:
        raise AdditionsRefused((f'column "{unknown[0]}" is not known; there are {there}',))
    lines, rows = list(table), []
    if surplus := [number for number, line in enumerate(lines, start=1) if None in line]:
        raise AdditionsRefused(
            tuple(f"row {number} has more cells than there are columns" for number in surplus)
        )
    for line in lines:
        given = {name: (value or "").strip().removeprefix("'") for name, value in line.items()}
        patient = {key: given[key] for key in ("name", "phone", "birth_date") if given.get(key)}
        row = {key: given[key] for key in ("practitioner", "visit_type", "start_local") if given.get(key)}
        rows.append(row | {"patient": patient})
    return parse_additions(json.dumps(rows), practice)


def from_ics(
    data: bytes,
    practice: Practice,
    *,
    at: datetime,
    practitioner: str | None = None,
    visit_type: str | None = None,
) -> Additions:
    """Events to come, recurring ones for a year; as long as they are there. Whose and of which kind they are,
    our own exports say; of other calendars it has to be given. Raises AdditionsRefused."""
    try:
        calendar = icalendar.Calendar.from_ical(data)
        events = recurring_ical_events.of(calendar).between(at, at + AHEAD)
    except Exception as error:  # whatever the library says of somebody's file
        raise AdditionsRefused((f"this is no calendar: {type(error).__name__}",)) from error
    clock = PracticeTime(practice.time_zone)
    read: Additions = []
    mistakes: list[str] = []
    for number, event in enumerate(sorted(events, key=lambda e: str(e.get("dtstart").dt)), start=1):
        if str(event.get("status", "")).upper() == "CANCELLED":
            continue
        who = practitioner or str(event.get(_WHO, ""))
        what = visit_type or str(event.get(_WHAT, ""))
        if practice.practitioner(who) is None:
            mistakes.append(f"event {number}: whose is it? Give --practitioner, one of {_ids(practice)}")
            continue
        if practice.visit_type(what) is None:
            kinds = ", ".join(kind.id for kind in practice.visit_types)
            mistakes.append(f"event {number}: what is it? Give --visit-type, one of {kinds}")
            continue
        try:
            start, end = (_moment(event.get(name).dt, clock) for name in ("dtstart", "dtend"))
        except (ValueError, AttributeError, WallTimeError) as error:
            mistakes.append(f"event {number}: {error}")
            continue
        title = str(event.get("summary", "")).strip()
        name = title.partition(": ")[2] if event.get(_WHO) else title
        opening = Opening(start=start, end=end, practitioner=who, visit_type=what)
        read.append((opening, PatientDetails(name=name or title or "?")))
    if mistakes:
        raise AdditionsRefused(tuple(mistakes))
    return read


def _moment(value: date, clock: PracticeTime) -> datetime:
    if not isinstance(value, datetime):
        raise ValueError("lasts whole days; write days off as closed_days or exceptions in practice.yml")
    return clock.instant(value) if value.tzinfo is None else value.astimezone(UTC)


def _standing(visits: Iterable[Appointment]) -> list[Appointment]:
    return sorted(
        (visit for visit in visits if visit.status in _STANDS),
        key=lambda visit: (visit.opening.start, visit.opening.practitioner),
    )


def dialect_of(text: str) -> type[csv.Dialect]:
    """Spreadsheets of some countries separate by semicolons."""
    first = text.partition("\n")[0]
    return _Semicolons if first.count(";") > first.count(",") else csv.excel


class _Semicolons(csv.excel):
    delimiter = ";"


def _plain(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _ids(practice: Practice) -> str:
    return ", ".join(person.id for person in practice.practitioners)
