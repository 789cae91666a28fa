"""When a patient wants to come, as authors of test sentences write it, and whether an answer says the same.

`2026-03-05T15:00` a point · `2026-03-05` a day · `2026-03-09..2026-03-15` days, both included · either with
`morning`, `lunchtime`, `afternoon`, `evening`, `first_thing` or `late` · `2026-03-05T14:00..2026-03-05T16:00`
from-to · `morning`, `T15:00`, `T16:00..T19:00` on any day · `A + B` both · `not A` refused · `A ? B` either
reading is right (looser than `+`) · `nothing`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

Minutes = tuple[int, int]
Day = date | None  # None: any day
OPENS, CLOSES, ALL_DAY = 9 * 60, 19 * 60, 24 * 60

#: A part of the day: inside which hours an answer must lie, and by when it must have begun.
_PARTS: dict[str, tuple[Minutes, int]] = {
    "morning": ((0, 13 * 60), 12 * 60),
    "lunchtime": ((11 * 60 + 30, 15 * 60), 14 * 60),
    "afternoon": ((12 * 60, ALL_DAY), 16 * 60),
    "evening": ((16 * 60, ALL_DAY), 19 * 60),
    "first_thing": ((0, 11 * 60), 10 * 60),
    "late": ((15 * 60 + 30, ALL_DAY), 19 * 60),
}
_DAY, _CLOCK = r"\d{4}-\d{2}-\d{2}", r"T\d{2}:\d{2}"
_WISH = re.compile(
    rf"(?P<first>{_DAY})?(?P<start>{_CLOCK})?(?:\.\.(?P<last>{_DAY})?(?P<end>{_CLOCK})?)?\s*(?P<part>[a-z_]+)?"
)


@dataclass(frozen=True, slots=True)
class Hours:
    """What is wanted of one day: all of it, a point, from-to, or a part."""

    kind: str
    hours: Minutes = (0, ALL_DAY)
    begun_by: int = ALL_DAY

    def is_met_by(self, answer: Minutes) -> bool:
        start, end = answer
        match self.kind:
            case "day":
                return start == 0 and end == ALL_DAY
            case "point":
                at = self.hours[0]
                return (start == at and end - start <= 60) or (start <= at < end and end - start <= 120)
            case "from-to":
                return start == self.hours[0] and (end == self.hours[1] or min(end, self.hours[1]) >= CLOSES)
            case _:
                return self.hours[0] <= start <= self.begun_by and end <= self.hours[1] and end > start


@dataclass(frozen=True, slots=True)
class Answer:
    """Which hours of which days were understood; `others` are less likely readings. `in_doubt`: the patient
    is asked before anything is done with it."""

    hours: frozenset[tuple[Day, Minutes]]
    others: tuple["Answer", ...] = field(default=())
    in_doubt: bool = False

    @classmethod
    def of(
        cls,
        windows: Sequence[tuple[datetime, datetime]],
        parts: Sequence[Minutes],
        *,
        now: datetime,
        others: tuple["Answer", ...] = (),
    ) -> "Answer":
        hours: set[tuple[Day, Minutes]] = set()
        for start, end in windows:
            for day, minutes in _by_day(start, end, now):
                whole = minutes == (0, ALL_DAY)
                hours |= {(day, part) for part in parts} if whole and parts else {(day, minutes)}
        if not windows:
            hours = {(None, part) for part in parts}
        days = {day for day, _ in hours}
        if len(days) == 7 and len(hours) == 14:  # two parts of any day, spelled out over a week
            hours = {(None, minutes) for _, minutes in hours}
        return cls(frozenset(hours), others)


def verdict(want: str, answer: Answer, now: datetime) -> str:
    """ "right", "asked" (in doubt, or right is another reading), "nothing" was found, or "wrong"."""
    if _says(want, answer, now):
        return "right"
    if not answer.hours:
        return "nothing"
    return "asked" if answer.in_doubt or any(_says(want, other, now) for other in answer.others) else "wrong"


def fault(want: str, answer: Answer, now: datetime) -> str:
    """How an answer misses, without telling the sentence."""
    wishes = [
        wish.strip().removeprefix("not ") for wish in re.split(r"[+?]", want) if wish.strip() != "nothing"
    ]
    wanted = {hours for wish in wishes for hours in _expected(wish, now)}
    days, given = {day for day, _ in wanted}, {day for day, _ in answer.hours}
    if not given or not days:
        return "" if not given else "found something"
    if days == given:
        return "hours"
    if given == {None}:
        return "day lost"
    if days == {None}:
        return "day made up"
    if days < given:
        return "more days"
    if given < days:
        return "fewer days"
    apart = min(day for day in given if day) - min(day for day in days if day)
    return f"{apart.days:+d} days" if len(given) == len(days) == 1 else "other days"


def shape(want: str) -> str:
    """Of what kind a wish is, to count failures by."""
    if "?" in want:
        return "ambiguous"
    if "not " in want:
        return "refused"
    if "+" in want:
        return "several"
    if want == "nothing":
        return "nothing"
    read = _WISH.fullmatch(want)
    assert read is not None, want
    day = "any day" if not read["first"] else "days" if read["last"] not in (None, read["first"]) else "day"
    told = "part" if read["part"] else "from-to" if read["end"] else "point" if read["start"] else ""
    return f"{day} {told}".strip()


def _says(want: str, answer: Answer, now: datetime) -> bool:
    return any(_reading_met(reading.strip(), answer, now) for reading in want.split("?"))


def _reading_met(reading: str, answer: Answer, now: datetime) -> bool:
    if reading == "nothing":
        return not answer.hours
    wishes = [wish.strip() for wish in reading.split("+")]
    refused = {
        hours for wish in wishes if wish.startswith("not ") for hours in _expected(wish[4:].strip(), now)
    }
    wanted = {hours for wish in wishes if not wish.startswith("not ") for hours in _expected(wish, now)}
    if not wanted:
        return bool(answer.hours) and not any(_clashes(given, refused) for given in answer.hours)
    if any(hours.kind == "part" for _, hours in refused):
        return {d for d, _ in wanted} == {d for d, _ in answer.hours} and not any(
            _clashes(given, refused) for given in answer.hours
        )
    without = {day for day, hours in refused if hours.kind == "day"}
    left = {(d, h) for d, h in wanted if d not in without}
    return (
        _same(left, answer.hours)
        or _same(_with_gaps(left, refused), answer.hours)
        or _is_spelled_out(left, without, answer, now.date())
        or _are_one_run(left, answer)
    )


def _with_gaps(wanted: set[tuple[Day, Hours]], refused: set[tuple[Day, Hours]]) -> set[tuple[Day, Hours]]:
    """ "Wednesday, but not from 1 to 3": the hours of that day before and after those."""
    left: set[tuple[Day, Hours]] = set()
    for day, hours in wanted:
        gaps = sorted(h.hours for other, h in refused if h.kind != "day" and other in (day, None))
        if hours.kind != "day" or not gaps:
            left.add((day, hours))
            continue
        bounds = [OPENS, *(minute for gap in gaps for minute in gap), CLOSES]
        free = zip(bounds[::2], bounds[1::2], strict=True)
        left |= {(day, Hours("from-to", span)) for span in free if span[0] < span[1]}
    return left


def _is_spelled_out(wanted: set[tuple[Day, Hours]], without: set[Day], answer: Answer, today: date) -> bool:
    """ "Afternoons, but not on Friday": the afternoons of the coming days, Fridays left out."""
    if not without or {day for day, _ in wanted} != {None}:
        return False
    coming = {today + timedelta(days=n) for n in range(1, 7)} - without
    given = {day for day, _ in answer.hours}
    if None in given or not coming <= given or given & without:
        return False
    return all(
        _same({(day, hours) for _, hours in wanted}, frozenset(one for one in answer.hours if one[0] == day))
        for day in given
    )


def _are_one_run(wanted: set[tuple[Day, Hours]], answer: Answer) -> bool:
    """ "At ten, half past or eleven, any day": from ten until an hour after the last of them."""
    starts = sorted(hours.hours[0] for _, hours in wanted)
    if len(starts) < 2 or any(day is not None or hours.kind != "point" for day, hours in wanted):
        return False
    if any(later - one > 60 for one, later in pairwise(starts)):
        return False
    return answer.hours == frozenset({(None, (starts[0], starts[-1] + 60))})


def _same(wanted: set[tuple[Day, Hours]], given: frozenset[tuple[Day, Minutes]]) -> bool:
    left = set(given)
    for day, hours in wanted:
        fitting = [one for one in left if one[0] == day and hours.is_met_by(one[1])]
        met = min(fitting, key=lambda one: abs(one[1][0] - hours.hours[0]), default=None)  # "at 9 or 9:30"
        if met is None:
            return False
        left.discard(met)
    return not left


def _clashes(given: tuple[Day, Minutes], refused: set[tuple[Day, Hours]]) -> bool:
    """Whether more than an hour of what was understood had been refused."""
    day, (start, end) = given
    return any(
        (other is None or other == day or day is None)
        and min(end, hours.hours[1]) - max(start, hours.hours[0]) > 60
        for other, hours in refused
        if other == day or hours.kind != "day"
    )


def _expected(wish: str, now: datetime) -> Iterator[tuple[Day, Hours]]:
    read = _WISH.fullmatch(wish)
    assert read is not None and wish, wish
    if read["part"]:
        within, begun_by = _PARTS[read["part"]]
        hours = Hours("part", within, begun_by)
    elif read["start"] and read["end"]:
        hours = Hours("from-to", (_minutes(read["start"]), _minutes(read["end"])))
    elif read["start"]:
        hours = Hours("point", (_minutes(read["start"]), _minutes(read["start"]) + 60))
    else:
        hours = Hours("day")
    if read["first"] is None:
        yield None, hours
        return
    day, last = date.fromisoformat(read["first"]), date.fromisoformat(read["last"] or read["first"])
    while day <= last:
        if day >= now.date():
            yield day, hours
        day += timedelta(days=1)


def _by_day(start: datetime, end: datetime, now: datetime) -> Iterator[tuple[date, Minutes]]:
    """A window cut at midnights; of today, what has passed already does not count as missing."""
    while start < end:
        midnight = datetime.combine(start.date() + timedelta(days=1), datetime.min.time())
        until = min(end, midnight)
        first = start.hour * 60 + start.minute
        if start.date() == now.date() and start <= now.replace(second=0) and until == midnight:
            first = 0
        last = ALL_DAY if until == midnight else until.hour * 60 + until.minute
        yield start.date(), (first, last)
        start = until


def _minutes(clock: str) -> int:
    return int(clock[1:3]) * 60 + int(clock[4:6])
