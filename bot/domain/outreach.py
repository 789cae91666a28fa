"""Messages that the practice begins: the rules of who is written to, when, with what, and where it ends.

A rule is a value; `bot.dialogue.outreach_reading` reads it from YAML. When a message is due is computed in
the practice's wall clock (`bot.domain.outreach_moments`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256

from bot.domain.diary import Appointment, AppointmentStatus


class Who(StrEnum):
    """Whom a rule is about, and so what its moments count from."""

    UPCOMING_VISIT = "upcoming_visit"  # its start
    PAST_VISIT = "past_visit"  # its end
    RECALL = "recall"  # the last visit, where no other is booked
    LOST = "lost"  # the last visit, long after every recall
    BALANCE = "balance"  # the day that an open amount was noted
    BIRTHDAY = "birthday"
    TOPIC = "topic"  # the day that somebody asked for news of a kind


class Kind(StrEnum):
    """Promotion goes to nobody who has not said yes to it."""

    SERVICE = "service"
    PROMOTION = "promotion"


class Asks(StrEnum):
    """What a message with a question asks, which decides on what words say that all is well."""

    HOW_THEY_ARE = "how_they_are"
    HOW_IT_WAS = "how_it_was"


#: Before the visit: `before` alone makes sense. After something that happened: `after` alone.
LOOKS_AHEAD = frozenset({Who.UPCOMING_VISIT})
#: Rules about visits may name kinds of visits.
ABOUT_VISITS = frozenset({Who.UPCOMING_VISIT, Who.PAST_VISIT, Who.RECALL, Who.LOST})

#: A visit that is going to happen, and one that did.
STANDS = frozenset({AppointmentStatus.BOOKED})
HAPPENED = frozenset({AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED, AppointmentStatus.DONE})

#: What the template of a rule may name, besides the practice's facts.
OF_PATIENTS = frozenset({"first_name"})
OF_VISITS = frozenset(
    {"visit_id", "visit_day", "visit_time", "visit_type_name", "practitioner_name", "last_visit_day"}
)
OF_BALANCE = frozenset({"payment_link"})
#: Everything that is filled for a message that is begun.
PARAMETERS = OF_PATIENTS | OF_VISITS | OF_BALANCE

_SPAN = re.compile(r"(\d{1,4}) (minute|hour|day|week|month)s?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of wall time: months keep the day of the month, or take the last one there is."""

    months: int = 0
    time: timedelta = timedelta(0)

    @classmethod
    def parse(cls, text: str) -> "Span":
        """ "24 hours", "6 months". Raises ValueError."""
        found = _SPAN.fullmatch(text.strip())
        if not found:
            raise ValueError('a span is written as "24 hours", "3 days", "2 weeks" or "6 months"')
        number, unit = int(found[1]), found[2]
        if unit == "month":
            return cls(months=number)
        return cls(time=timedelta(**{f"{unit}s": number}))

    def after(self, wall: datetime) -> datetime:
        return _months_on(wall, self.months) + self.time

    def before(self, wall: datetime) -> datetime:
        return _months_on(wall, -self.months) - self.time

    @property
    def longest(self) -> timedelta:
        """No stretch of this name lasts longer."""
        return self.months * timedelta(days=31) + self.time


def _months_on(wall: datetime, months: int) -> datetime:
    if not months:
        return wall
    index = wall.year * 12 + wall.month - 1 + months
    year, month = divmod(index, 12)
    for day in range(wall.day, 0, -1):
        try:
            return wall.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def birthday_in(born: date, year: int) -> date:
    """Who was born on 29 February has it on the 28th where there is none."""
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """The moment, in the practice's wall clock, and the hours and days that it may fall into.

    `lead`: what became known later than so long before the moment is not written about. `until`: a message
    that could not go out is given up so long before the visit, or so long after its moment.
    """

    offset: Span
    at: time | None = None  # at this time of that day
    between: tuple[time, time] = (time(8), time(20))
    open_days: bool = False
    lead: Span = Span()
    until: Span = Span(time=timedelta(hours=2))
    cap: int | None = None  # messages of the rule a day
    every: Span | None = None  # a series: so long between two
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of message that the practice begins.

    `template` has its words; those of its buttons that are answers say what each of them starts. `flow`: what
    is asked by it: answers in words are answers to its first question, which `asks` how somebody is or how it
    was; "all is well" is the first button, and anything else are words for a person. `no`: the flow that a
    plain "no" starts. `settled_by`: flows that, once an answer has started them, settle the matter and end a
    series. `call`: who has settled nothing until so long before the visit (or after the message) is put on
    the call list, with a `script` by language.
    """

    id: str
    who: Who
    kind: Kind
    when: When
    template: str
    channels: tuple[str, ...]
    flow: str | None = None
    asks: Asks = Asks.HOW_THEY_ARE
    no: str | None = None
    visit_types: frozenset[str] = frozenset()
    topic: str | None = None
    settled_by: frozenset[str] = frozenset()
    call: Span | None = None
    script: Mapping[str, str] = field(default_factory=dict)
    answers_for: Span = Span(time=timedelta(days=7))  # so long words are read as an answer to it
    is_on: bool = True

    def is_about(self, visit_type: str) -> bool:
        return not self.visit_types or visit_type in self.visit_types


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Somebody a rule is about, as the practice system has it now.

    `known_since`: when it came to be as it is. `contact` is who booked.
    """

    id: str
    version: str
    anchor: datetime
    known_since: datetime
    contact: str | None = None
    patient: str | None = None
    visits: tuple[Appointment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitEntry:
    """A visit with who comes and who booked it. `person` is the same for all rows of one person."""

    visit: Appointment
    person: str
    known_since: datetime
    contact: str | None = None


#: How somebody may want to be reached who wants no message at all.
BY_PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a patient, as the contact `by`, said about where to be reminded: on a channel, or BY_PHONE.

    `via`: the contact that this leads to, where it is another one.
    """

    channel: str
    via: str | None
    by: str
    at: datetime


class OutreachState(StrEnum):
    """What became of a message: only PLANNED ones are still to be decided on."""

    PLANNED = "planned"
    SENT = "sent"  # in the outbox
    VOID = "void"  # what it was about is no longer so
    SKIPPED = "skipped"  # not allowed, or not wanted; `reason` says why
    MISSED = "missed"  # it could not be decided on in time: staff hear


#: A reply that began none of the rule's flows.
WROTE = "wrote"
#: A reply to a question of ours: all is well, or words, a photo, an alarm that a person reads.
GOOD, NOT_GOOD = "good", "not_good"


def visits_note(visits: tuple[Appointment, ...]) -> str:
    """Which visits at which times, to be compared with what is so later."""
    return " ".join(f"{v.id}@{int(v.opening.start.timestamp())}" for v in visits)


def version_of(*parts: object) -> str:
    return sha256("\0".join(map(str, parts)).encode()).hexdigest()[:16]
