"""Lets neighbours say one thing: "3 in the afternoon", "tomorrow, Tuesday", "next week, Tuesday"."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from nlu.times import almanac
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
from nlu.times.one_hour import merge_clocks, narrow_part
from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape
from nlu.times.weeks import after_its_date, place_weekdays, weeks_alike

_COUNTED = 6  # days from which on they are counted only roughly


def settle(tape: Tape, chain: list[Piece]) -> list[Piece]:
    """Lets neighbours say one thing: "3 in the afternoon", "tomorrow, Tuesday", "next week, Tuesday"."""
    chain = weeks_alike(tape, _merge_days(tape, _month_beside_its_weekday(chain)))
    days = _place_numbers(_place_in_month(after_its_date(tape, place_weekdays(tape, chain))))
    return _without_both_halves(tape, merge_clocks(tape, narrow_part(tape, days)))


def _without_both_halves(tape: Tape, chain: list[Piece]) -> list[Piece]:
    """ "9 March, morning or afternoon": all of that day."""
    clocks = [p for p in chain if isinstance(p.found, Clock)]
    halves = {p.found.part for p in clocks if isinstance(p.found, Clock) and p.found.shape == "part"}
    days = [p for p in chain if isinstance(p.found, Days)]
    if tape.vocabulary.language != "it" or len(clocks) != 2 or halves != {"morning", "afternoon"}:
        return chain
    told_after = len(days) == 1 and chain[0] is days[0] and clocks[1].start == clocks[0].end + 1
    told_after = told_after and bool(tape.at(clocks[0].end).text)  # unlike "or, if need be, in the afternoon"
    if not told_after or any(p.negated or p.dismissed for p in chain) or clocks[1].link != "or":
        return chain
    return days


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
    frame: Days | None = None  # "next month, a Tuesday or a Thursday"
    for piece in chain:
        last = settled[-1] if settled else None
        found = piece.found
        if frame is not None and isinstance(found, Days) and piece.link in ("or", "and"):
            piece = piece.but(found=weekdays_within(frame, found) or found)
        if (whole := _date_of_its_weekday(settled, piece)) is not None:
            settled[-2] = whole
            continue
        alike = last is not None and (piece.negated, piece.dismissed) == (last.negated, last.dismissed)
        if last is not None and alike and (span := _from_after_to_before(last, piece)) is not None:
            settled[-1] = last.but(found=span, end=piece.end)
            continue
        if last is not None and (framed := _workdays_of_its_week(last, piece)) is not None:
            settled[-1] = last = last.but(found=framed)
        if last is None or piece.link not in ("none", "soft") or not alike:
            settled.append(piece)
            continue
        apart = last.dismissed and not piece.dismissed
        merged = _told_by_date(tape, last, piece) or _counted_to_its_weekday(tape, last.found, piece.found)
        merged = merged or _same_day(last.found, piece.found, apart=apart)
        if merged is None or (piece.link == "soft" and merged.confidence < 0.6):
            settled.append(piece)
        else:
            if isinstance(last.found, Days) and last.found.kind == "month" and merged.weekday is not None:
                frame = last.found
            settled[-1] = last.but(found=merged, end=piece.end)
            settled = _with_its_weekday(settled)
    return settled


def _workdays_of_its_week(last: Piece, piece: Piece) -> Days | None:
    """ "Any weekday except Thursday next week": those of that week."""
    one, other = last.found, piece.found
    if not (isinstance(one, Days) and isinstance(other, Days) and piece.excluding) or last.negated:
        return None
    if other.of_week is None or one.kind != "span":
        return None
    week = Days("week", ((other.of_week, other.of_week + timedelta(weeks=1)),))
    return workdays_of_week(one, week)


def _with_its_weekday(settled: list[Piece]) -> list[Piece]:
    """ "В понедельник через неделю, 16 марта": the weekday is that of the date."""
    if len(settled) < 2 or settled[-1].link != "none" or settled[-2].negated != settled[-1].negated:
        return settled
    weekday, date = settled[-2].found, settled[-1].found
    if not (isinstance(weekday, Days) and isinstance(date, Days)) or weekday.kind != "weekday":
        return settled
    if date.kind not in ("date", "number") or len(date.ranges) != 1 or weekday.bound:
        return settled
    if date.ranges[0][0].weekday() != weekday.weekday:
        return settled
    return [*settled[:-2], settled[-2].but(found=date, end=settled[-1].end)]


def _told_by_date(tape: Tape, last: Piece, piece: Piece) -> Days | None:
    one, other = last.found, piece.found
    if not (isinstance(one, Days) and isinstance(other, Days)):
        return None
    told_before = any(place in tape.read for place in range(last.start))
    return told_by_date(one, other, apart=told_before)


def _counted_to_its_weekday(tape: Tape, one: object, other: object) -> Days | None:
    """ "Giovedì fra 15 giorni", "in ten days, on a Monday": the one that is nearest to it."""
    if not (isinstance(one, Days) and isinstance(other, Days)):
        return None
    weekday, counted = (one, other) if one.kind == "weekday" else (other, one)
    if counted is one and counted.kind == "week" and counted.others and weekday.kind == "weekday":
        day = almanac.monday(counted.ranges[0][0]) + timedelta(days=weekday.weekday or 0)
        return Days("date", (almanac.one(day),), weekday=weekday.weekday)  # "in three weeks, on a Thursday"
    if counted.kind != "relative" or weekday.kind != "weekday" or weekday.weekday is None or weekday.bound:
        return None
    near = counted.ranges[0][0]
    if (near - tape.today).days < _COUNTED:
        return None
    day = almanac.coming_weekday(near - timedelta(days=4), weekday.weekday)
    return Days("date", (almanac.one(day),), weekday=weekday.weekday)


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
        if one.weekday is not None and (later := _in_another_month(other, one.weekday)) is not None:
            return later
        return replace(other, others=one.ranges[:1], confidence=0.5)
    return None


def _in_another_month(number: Days, weekday: int) -> Days | None:
    """ "Saturday, the 4th", said when this month's is a Wednesday, and next month's a Saturday."""
    if number.kind != "number" or not number.number or number.bound:
        return None
    first = number.ranges[0][0].replace(day=1) + timedelta(days=31)
    day = almanac.make(first.year, first.month, number.number)
    if day is None or day.weekday() != weekday:
        return None
    return replace(number, kind="date", ranges=(almanac.one(day),), weekday=weekday, confidence=0.8)


def refused_in_month(pieces: Sequence[Piece]) -> list[Piece]:
    """ "In April but not the 14th and 15th": those of April, of which the rest is left."""
    refused: list[Piece] = []
    first: date | None = None
    for piece in pieces:
        days = piece.found
        if isinstance(days, Days) and days.ranges and not piece.negated and lies_in_a_month(days):
            first = days.ranges[0][0]
        elif first is not None and piece.negated and isinstance(days, Days) and days.bound is None:
            piece = piece.but(found=_of_month(days, first))
        refused.append(piece)
    return refused


def _of_month(days: Days, first: date) -> Days:
    """A number, or numbers from one to another, of that month."""
    day = almanac.make(first.year, first.month, days.number) if days.number else None
    if day is None or days.kind not in ("number", "span"):
        return days
    start, end = days.ranges[0]
    kind: Literal["date", "span"] = "date" if days.kind == "number" else "span"
    return replace(days, kind=kind, ranges=((day, day + (end - start)),))


def _place_in_month(chain: list[Piece]) -> list[Piece]:
    """ "The 3rd of next month", "next month, on the 5th"."""
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
        told = number.kind == "number" or (number.kind == "span" and not (pair[0].negated or number.bound))
        if not told or month.kind != "month" or not month.ranges:
            continue
        first = month.ranges[0][0]
        if (days := _of_that_month(number, first)) is not None:
            end = max(chain[place].end, chain[place + 1].end)
            return [
                *chain[:place],
                chain[place].but(found=days, end=end),
                *_listed_in_month(chain[place + 2 :], first),
            ]
    return chain


def _of_that_month(days: Days, first: date) -> Days | None:
    """A number, or "from the 20th to the 25th", of the month that begins on `first`."""
    if not days.number or days.bound:
        return None
    found = almanac.make(first.year, first.month, days.number)
    if found is None or days.kind not in ("number", "span"):
        return None
    start, end = days.ranges[0]
    kind: Literal["date", "span"] = "date" if days.kind == "number" else "span"
    return replace(days, kind=kind, ranges=((found, found + (end - start)),))


def _listed_in_month(chain: list[Piece], first: date) -> list[Piece]:
    """ "In May, the 4th or the 5th": those that "or" joins, too."""
    listed = list(chain)
    for place, piece in enumerate(listed):
        if (
            not isinstance(piece.found, Days)
            or piece.link not in ("or", "and")
            or piece.found.kind != "number"
        ):
            break
        listed[place] = piece.but(found=_of_that_month(piece.found, first) or piece.found)
    return listed


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
