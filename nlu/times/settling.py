"""Lets neighbours say one thing: "3 in the afternoon", "tomorrow, Tuesday", "next week, Tuesday"."""

from dataclasses import replace
from typing import Literal

from nlu.times import almanac
from nlu.times.hours import part_hours
from nlu.times.narrowing import (
    EXACT,
    between_bounds,
    bounded_within,
    inner,
    lies_in_a_month,
    told_by_date,
    told_closer,
    weekdays_of_week,
    weekdays_within,
    workdays_of_week,
)
from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape
from nlu.times.weeks import after_its_date, place_weekdays


def settle(tape: Tape, chain: list[Piece]) -> list[Piece]:
    """Lets neighbours say one thing: "3 in the afternoon", "tomorrow, Tuesday", "next week, Tuesday"."""
    chain = _merge_days(tape, _month_beside_its_weekday(chain))
    days = _place_numbers(_place_in_month(after_its_date(tape, place_weekdays(tape, chain))))
    return _merge_clocks(tape, _narrow_part(tape, days))


def _month_beside_its_weekday(chain: list[Piece]) -> list[Piece]:
    """ "A Tuesday afternoon in March": the month is of the Tuesday."""
    for place in range(len(chain) - 2):
        day, clock, month = chain[place : place + 3]
        if not (isinstance(day.found, Days) and isinstance(month.found, Days) and clock.link == "none"):
            continue
        kinds = day.found.kind == "weekday" and isinstance(clock.found, Clock) and month.found.kind == "month"
        if kinds and month.link == "none" and not (day.negated or month.negated):
            return [*chain[: place + 1], month, clock, *chain[place + 3 :]]
    return chain


def _merge_days(tape: Tape, chain: list[Piece]) -> list[Piece]:
    """ "Domani martedì 3 marzo" is one day; when words disagree, the more exact ones are believed less."""
    settled: list[Piece] = []
    for piece in chain:
        last = settled[-1] if settled else None
        if (whole := _date_of_its_weekday(settled, piece)) is not None:
            settled[-2] = whole
            continue
        alike = last is not None and (piece.negated, piece.dismissed) == (last.negated, last.dismissed)
        if last is not None and alike and (span := _from_after_to_before(last, piece)) is not None:
            settled[-1] = last.but(found=span, end=piece.end)
            continue
        if last is None or piece.link not in ("none", "soft") or not alike:
            settled.append(piece)
            continue
        apart = last.dismissed and not piece.dismissed
        merged = _told_by_date(tape, last, piece) or _same_day(last.found, piece.found, apart=apart)
        if merged is None or (piece.link == "soft" and merged.confidence < 0.6):
            settled.append(piece)
        else:
            settled[-1] = last.but(found=merged, end=piece.end)
    return settled


def _told_by_date(tape: Tape, last: Piece, piece: Piece) -> Days | None:
    one, other = last.found, piece.found
    if not (isinstance(one, Days) and isinstance(other, Days)):
        return None
    told_before = any(place in tape.read for place in range(last.start))
    return told_by_date(one, other, apart=told_before)


def _from_after_to_before(last: Piece, piece: Piece) -> Days | None:
    """ "After the 15th and before the 20th"."""
    one, other = last.found, piece.found
    both = isinstance(one, Days) and isinstance(other, Days) and one.ranges and other.ranges
    if not both or piece.link not in ("none", "soft", "and") or last.negated:
        return None
    assert isinstance(one, Days) and isinstance(other, Days)
    return between_bounds(one, other)


def _date_of_its_weekday(settled: list[Piece], piece: Piece) -> Piece | None:
    """ "Monday morning, the 5th": the date of the weekday before the hour."""
    if len(settled) < 2 or piece.link not in ("none", "soft") or not isinstance(settled[-1].found, Clock):
        return None
    day, date = settled[-2].found, piece.found
    if not (isinstance(day, Days) and isinstance(date, Days)) or settled[-2].negated != piece.negated:
        return None
    if day.kind != "weekday" or date.kind not in ("number", "date") or settled[-1].link != "none":
        return None
    if not date.ranges or date.ranges[0][0].weekday() != day.weekday or date.weekday is not None:
        return None
    return settled[-2].but(found=replace(date, weekday=day.weekday))


def _same_day(one: object, other: object, *, apart: bool) -> Days | None:
    if not (isinstance(one, Days) and isinstance(other, Days)) or not (one.ranges and other.ranges):
        return None
    if one.others and other.kind in ("date", "number") and other.ranges == one.ranges:
        return other  # "in a month, on 2 April"
    if (within := bounded_within(one, other) or bounded_within(other, one)) is not None:
        return within
    if (workdays := workdays_of_week(one, other) or workdays_of_week(other, one)) is not None:
        return workdays
    if (each := weekdays_within(one, other) or weekdays_within(other, one)) is not None:
        return each
    if (shifted := weekdays_of_week(one, other) or weekdays_of_week(other, one)) is not None:
        return shifted
    closer = None if apart else told_closer(one, other) or told_closer(other, one)
    if other.kind == "week":  # "Thursday 12, next week"
        closer = closer or inner(other, one)
    narrower = inner(one, other) or closer
    if narrower is not None:
        return narrower
    if other.kind == "weekday" and one.kind in EXACT:
        one, other = other, one
    if one.kind == "relative" and other.kind in ("date", "number"):
        one, other = other, one
        return other if one.ranges[0] == other.ranges[0] else None
    if one.kind == "weekday" and other.kind in EXACT:
        if other.ranges[0][0].weekday() == one.weekday:
            return replace(other, weekday=one.weekday)
        return replace(other, others=one.ranges[:1], confidence=0.5)
    return None


def _refused_in_month(chain: list[Piece]) -> list[Piece]:
    """ "In April but not the 14th and 15th": those of April, of which the rest is left."""
    month = chain[0].found if chain and not chain[0].negated else None
    if not isinstance(month, Days) or not lies_in_a_month(month):
        return chain
    first = month.ranges[0][0]
    refused = list(chain)
    for place, piece in enumerate(chain):
        days = piece.found
        if piece.negated and isinstance(days, Days) and days.kind in ("number", "span") and days.number:
            day = almanac.make(first.year, first.month, days.number)
            if day is not None and days.bound is None:
                start, end = days.ranges[0]
                kind: Literal["date", "span"] = "date" if days.kind == "number" else "span"
                moved = replace(days, kind=kind, ranges=((day, day + (end - start)),))
                refused[place] = piece.but(found=moved)
    return refused


def _place_in_month(chain: list[Piece]) -> list[Piece]:
    """ "The 3rd of next month", "next month, on the 5th"."""
    chain = _refused_in_month(chain)
    for place in range(len(chain) - 1):
        pair = sorted(
            chain[place : place + 2], key=lambda p: isinstance(p.found, Days) and p.found.kind == "month"
        )
        number, month = pair[0].found, pair[1].found
        if not (isinstance(number, Days) and isinstance(month, Days)) or chain[place + 1].link in (
            "or",
            "and",
        ):
            continue
        if number.kind != "number" or not number.number or month.kind != "month" or not month.ranges:
            continue
        first = month.ranges[0][0]
        found = almanac.make(first.year, first.month, number.number)
        if found is not None:
            days = replace(number, kind="date", ranges=(almanac.one(found),))
            return [
                *chain[:place],
                chain[place].but(found=days, end=chain[place + 1].end),
                *chain[place + 2 :],
            ]
    return chain


def _place_numbers(chain: list[Piece]) -> list[Piece]:
    """ "Il 12 o il 13 dicembre": the first has the month of the second."""
    settled = list(chain)
    for place in range(len(settled) - 2, -1, -1):
        one, other = settled[place].found, settled[place + 1].found
        if not (isinstance(one, Days) and isinstance(other, Days)):
            continue
        if one.kind == "number" and one.number and other.kind == "date" and other.ranges:
            near = other.ranges[0][0]
            found = almanac.make(near.year, near.month, one.number)
            if found is not None:
                days = replace(one, kind="date", ranges=(almanac.one(found),))
                settled[place] = settled[place].but(found=days)
    return settled


def _narrow_part(tape: Tape, chain: list[Piece]) -> list[Piece]:
    """ "С утра во вторник, часов в десять": what leads is told again, more exactly; or it only was the reason
    ("school until 3, so Tuesday at half 3")."""
    if len(chain) != 3:
        return chain
    part, day, exact = chain
    one, other = part.found, exact.found
    if not (isinstance(one, Clock) and isinstance(day.found, Days) and isinstance(other, Clock)):
        return chain
    plain = not (part.negated or exact.negated or part.dismissed or exact.dismissed)
    narrowed = plain and one.shape == "point" and other.shape == "part" and exact.link == "none"
    if narrowed and other.part and not one.part and fits(tape, one, other.part):  # "4 this afternoon"
        return [day.but(link=part.link), part.but(link="none", found=replace(one, part=other.part))]
    behind = exact.link == "none" or (exact.link == "soft" and part.negated)  # "I work till 3. Tuesday, at 4"
    if isinstance(one, Clock) and one.shape in ("before", "after", "point") and behind:
        return [day.but(link=part.link), exact] if other.shape != "part" else chain
    if one.shape != "part" or other.shape == "part" or not plain or one.part is None or other.part:
        return chain
    if "or" in (day.link, exact.link) or not fits(tape, other, one.part):
        return chain
    return [day.but(link=part.link), exact.but(found=replace(other, part=one.part))]


def _merge_clocks(tape: Tape, chain: list[Piece]) -> list[Piece]:
    """ "In the afternoon after 3" is one time, and so is "after 3 but not after 6"."""
    settled: list[Piece] = []
    for piece in chain:
        last = settled[-1] if settled else None
        merged = _one_clock(tape, last, piece) if last is not None else None
        if merged is None or last is None:
            settled.append(piece)
        else:
            settled[-1] = last.but(found=merged, end=piece.end, negated=False)
    return settled


def _one_clock(tape: Tape, last: Piece, piece: Piece) -> Clock | None:
    one, other = clock_of(last), clock_of(piece)
    if one is None or other is None or last.dismissed != piece.dismissed:
        return None
    if piece.link in ("none", "soft"):
        if one.shape == "part" and other.shape != "part" and not one.negated:
            one, other = other, one
        refining = other.shape == "part" and not other.negated and one.shape != "part" and not one.part
        if refining and other.part and (piece.link == "none" or fits(tape, one, other.part)):
            return replace(one, part=other.part)
        plain = not (one.negated or other.negated) and one.shape == "part" == other.shape
        told_closer = one.shape == "range" and other.shape == "part" and not other.negated
        if told_closer and piece.link == "soft" and last.found is other and _meet(tape, one, other):
            return one  # "between school and lunch, say 9.30 to 12"
        if plain and piece.link == "soft" and _is_inside(tape, other, one):  # "tomorrow morning, very early"
            return other
        if plain and piece.link == "none":
            if not _overlap(tape, one, other):  # "хоть утром, хоть вечером", but "in mattinata sul tardi"
                return one if other.part == "last_of_day" else None
            return other if one.part == "later" or _is_inside(tape, other, one) else one
    if piece.link == "or" and one.shape == other.shape == "after" and tape.has(last.start, "not_before"):
        later = other.start if not tape.has(piece.start, "not_before") else None
        return Clock("range", one.start, later, part=one.part) if later else None  # "not before 3 or after 5"
    another = piece.link == "or" and other.shape == "point" and piece.start == last.end + 1
    if another and one.shape in ("after", "before"):  # "after 4 or 5"
        return replace(one, part=other.part) if one.shape == "after" else Clock("before", end=other.start)
    parts = one.shape == "part" == other.shape and bool(one.part and other.part)
    if parts and one.negated != other.negated and not _overlap(tape, one, other):
        return other if one.negated else one  # "in the evening, by day I work"
    bounds = {one.shape, other.shape}
    if len(bounds) == 1 and bounds <= {"after", "before"} and piece.link != "or":
        return other
    if bounds == {"after", "before"} and piece.link != "or":
        after, before = (one, other) if one.shape == "after" else (other, one)
        return Clock("range", after.start, before.end, part=one.part or other.part)
    if one.shape == "part" and other.shape in ("after", "before") and not one.negated and piece.link != "or":
        return replace(other, part=one.part)
    return None


def _meet(tape: Tape, hours: Clock, part: Clock) -> bool:
    start, end = part_hours(part.part or "", tape.vocabulary, tape.context)
    if hours.start is None or hours.end is None:
        return False
    return any(a <= end and start <= b for a in hours.start.readings() for b in hours.end.readings() if a < b)


def _overlap(tape: Tape, one: Clock, other: Clock) -> bool:
    (a, b), (c, d) = (part_hours(p.part or "", tape.vocabulary, tape.context) for p in (one, other))
    return a < d and c < b


def _is_inside(tape: Tape, inner: Clock, outer: Clock) -> bool:
    """ "Tomorrow morning, first thing" """
    (a, b), (c, d) = (part_hours(p.part or "", tape.vocabulary, tape.context) for p in (inner, outer))
    return c <= a and b <= d


def clock_of(piece: Piece) -> Clock | None:
    """The clock of a piece, with "not before ten" turned into "after ten"."""
    clock = piece.found
    if not isinstance(clock, Clock):
        return None
    if not piece.negated:
        return clock
    if clock.shape == "before":
        return replace(clock, shape="after", start=clock.end, end=None)
    if clock.shape == "after":
        return replace(clock, shape="before", end=clock.start, start=None)
    return replace(clock, negated=True)


def fits(tape: Tape, clock: Clock, part: str) -> bool:
    start, end = part_hours(part, tape.vocabulary, tape.context)
    moment = clock.start or clock.end
    return moment is not None and any(start <= reading <= end for reading in moment.readings())
