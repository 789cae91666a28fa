"""When a message that the practice begins is due: wall time in, instants out. Pure.

On the day that the clocks change a moment that does not exist falls after the gap, and of one that exists
twice it is the first: `PracticeTime.earliest`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from bot.domain.desk_time import hours_on
from bot.domain.diary import Appointment
from bot.domain.outreach import LOOKS_AHEAD, Rule, Subject, VisitEntry, When, version_of, visits_note
from bot.domain.practice import Practice
from bot.domain.practice_time import DAY, PracticeTime

_SEARCH = 60  # days within which a practice opens again


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """`due`, and the instant from which it is too late. Both aware UTC."""

    due: datetime
    too_late: datetime


def moment(rule: Rule, anchor: datetime, practice: Practice, *, number: int = 0) -> Moment | None:
    """Of the n-th message of a rule's series; None where no allowed hour lies before it is too late."""
    clock, when = PracticeTime(practice.time_zone), rule.when
    start = clock.wall(anchor)
    ahead = rule.who in LOOKS_AHEAD
    wished = when.offset.before(start) if ahead else when.offset.after(start)
    for _ in range(number if when.every else 0):
        wished = when.every.after(wished) if when.every else wished
    if when.at is not None:
        wished = datetime.combine(wished.date(), when.at)
    last = when.until.before(start) if ahead else when.until.after(wished)
    allowed = _allowed(wished, last, when, practice)
    if allowed is None and ahead:
        allowed = _allowed_before(wished, when, practice)
    if allowed is None:
        return None
    too_late = last if ahead else max(last, when.until.after(allowed))
    return Moment(due=clock.earliest(allowed), too_late=clock.earliest(too_late))


def next_allowed(when: When, at: datetime, practice: Practice, *, day: bool = False) -> datetime:
    """The next instant at which the rule may write: `at` itself within its hours; `day`: on a later day."""
    clock = PracticeTime(practice.time_zone)
    wall = clock.wall(at)
    if day:
        wall = datetime.combine(wall.date() + DAY, when.between[0])
    found = _allowed(wall, wall + _SEARCH * DAY, when, practice)
    return clock.earliest(found or wall + DAY)


def is_allowed(when: When, at: datetime, practice: Practice) -> bool:
    wall = PracticeTime(practice.time_zone).wall(at)
    start, end = when.between
    return start <= wall.time() < end and _is_day(wall.date(), when, practice)


def is_too_fresh(rule: Rule, subject: Subject, due: datetime, practice: Practice) -> bool:
    """Who booked (or moved the visit) only just before the moment knows of it."""
    clock = PracticeTime(practice.time_zone)
    if rule.who not in LOOKS_AHEAD:
        return False
    return clock.wall(subject.known_since) > rule.when.lead.before(clock.wall(due))


def call_at(rule: Rule, anchor: datetime, sent: datetime, practice: Practice) -> datetime | None:
    """From when on silence is a reason to call; never before an hour has been left to answer."""
    if rule.call is None:
        return None
    clock = PracticeTime(practice.time_zone)
    ahead = rule.who in LOOKS_AHEAD
    wall = rule.call.before(clock.wall(anchor)) if ahead else rule.call.after(clock.wall(sent))
    return max(clock.earliest(wall), sent + timedelta(hours=1))


def horizon(rules: Iterable[Rule]) -> tuple[timedelta, timedelta]:
    """How far back and ahead of now the anchors of visits lie that a rule may soon be about."""
    back, ahead = timedelta(0), timedelta(0)
    for rule in rules:
        span = rule.when.offset.longest + _series(rule.when)
        if rule.who in LOOKS_AHEAD:
            ahead = max(ahead, span)
        else:
            back = max(back, span + rule.when.until.longest)
    return back + 2 * DAY, ahead + 2 * DAY


def of_visits(rule: Rule, entries: Sequence[VisitEntry], practice: Practice) -> tuple[Subject, ...]:
    """One subject for each person and day: two visits on one day are one message."""
    clock = PracticeTime(practice.time_zone)

    def place(entry: VisitEntry) -> tuple[str, date]:
        return entry.person, clock.today(entry.visit.opening.start)

    fitting = [entry for entry in entries if rule.is_about(entry.visit.opening.visit_type)]
    fitting.sort(key=lambda entry: (*place(entry), entry.visit.opening.start, entry.visit.id))
    return tuple(_together(rule, tuple(group)) for _, group in groupby(fitting, key=place))


def _together(rule: Rule, entries: tuple[VisitEntry, ...]) -> Subject:
    first, last = entries[0], entries[-1]
    visits: tuple[Appointment, ...] = tuple(entry.visit for entry in entries)
    ahead = rule.who in LOOKS_AHEAD
    return Subject(
        id=first.visit.id,
        version=version_of(visits_note(visits)),
        anchor=first.visit.opening.start if ahead else last.visit.opening.end,
        known_since=max(entry.known_since for entry in entries),
        contact=next((entry.contact for entry in entries if entry.contact), None),
        patient=first.visit.patient,
        visits=visits,
    )


def _series(when: When) -> timedelta:
    return (when.times - 1) * when.every.longest if when.every else timedelta(0)


def _allowed(wall: datetime, last: datetime, when: When, practice: Practice) -> datetime | None:
    """The first allowed wall time from here, not later than `last`."""
    start, end = when.between
    for days in range(_SEARCH):
        day = wall.date() + days * DAY
        opens = max(wall, datetime.combine(day, start))
        if opens > last:
            return None
        if _is_day(day, when, practice) and opens < datetime.combine(day, end):
            return opens
    return None


def _allowed_before(wall: datetime, when: When, practice: Practice) -> datetime | None:
    """For a visit so early that every allowed hour after the moment is too late: the evening before."""
    start, end = when.between
    for days in range(_SEARCH):
        day = wall.date() - days * DAY
        latest = min(wall, datetime.combine(day, end) - timedelta(minutes=1))
        if _is_day(day, when, practice) and latest >= datetime.combine(day, start):
            return latest
    return None


def _is_day(day: date, when: When, practice: Practice) -> bool:
    return not when.open_days or bool(hours_on(practice, day))
