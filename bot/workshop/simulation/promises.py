"""What must hold whatever happened in these weeks: looked at in the end, each with how much was looked at."""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from bot.bootstrap import FrontDesk
from bot.domain.diary import Appointment, AppointmentStatus
from bot.storage.outreach.tables import OUTREACH
from bot.testing import Seen
from bot.workshop.simulation.figures import Figures

_TIME = re.compile(r"(?<![0-9])[0-2][0-9]:[0-5][0-9](?![0-9])")


async def look_at_promises(
    desk: FrontDesk,
    figures: Figures,
    screens: Mapping[str, list[Seen]],
    *,
    untrue: Sequence[str],
    at_night: Sequence[str],
    stale_calls: Sequence[str],
    at: datetime,
) -> None:
    """`untrue`, `at_night`, `stale_calls`: what was noticed meanwhile."""
    looked = figures.looked
    unfinished = await desk.store.unfinished(decide_at=at)
    left = len(unfinished.to_answer) + len(unfinished.to_send)
    looked(
        "Every message was answered, and every answer went out",
        figures.total("messages_in"),
        [f"{left} messages were not answered or not sent"] if left else (),
    )
    rows = await desk.diary.appointments(
        start=datetime(2000, 1, 1, tzinfo=UTC), end=datetime(2100, 1, 1, tzinfo=UTC), at=at
    )
    booked = [row for row in rows if row.status is AppointmentStatus.BOOKED]
    looked("No two visits at one time", len(booked), overlaps(booked))
    doubled = [f"a message twice in a row to {who}" for who, screen in screens.items() if says_twice(screen)]
    looked("No message twice in a row", len(screens), doubled)
    reminders = figures.total("reminders")
    looked("Every reminder named a time that the diary had", reminders, untrue)
    looked("Nobody was written to at night", reminders, at_night)
    sent = [row for row in await _begun(desk) if row.sent_at is not None]
    counted = Counter((row.rule, row.subject, row.version) for row in sent)
    twice = [f"{rule} twice for one visit" for (rule, _, _), times in counted.items() if times > 1]
    looked("Of each visit every rule wrote once", len(sent), twice)
    looked("Nobody was called about a visit that was gone", figures.counts["called"], stale_calls)


async def _begun(desk: FrontDesk) -> list[Any]:
    columns = OUTREACH.c
    chosen = select(columns.rule, columns.subject, columns.version, columns.sent_at)
    return list(await desk.books.database.read(lambda connection: connection.execute(chosen).all()))


def overlaps(visits: Iterable[Appointment]) -> list[str]:
    """Of one practitioner, each with the next."""
    busy: dict[str, list[Appointment]] = {}
    for visit in sorted(visits, key=lambda one: one.opening.start):
        busy.setdefault(visit.opening.practitioner, []).append(visit)
    return [
        f"two visits at {one.opening.start}"
        for each in busy.values()
        for one, other in itertools.pairwise(each)
        if other.opening.start < one.opening.end
    ]


def is_true(message: Seen, times: set[str]) -> bool:
    """A reminder names a time of the wall clock: it must be that of a visit in the diary, now."""
    named = set(_TIME.findall(message.text))
    return len(message.choices) < 3 or not named or bool(named & times)


def says_twice(screen: list[Seen]) -> bool:
    """The same message with the same offers, one right after the other."""
    return any(one == other and one.choices for one, other in itertools.pairwise(screen))
