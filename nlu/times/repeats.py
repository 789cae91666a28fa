"""What is told a second time: "Mon 9 or Fri 13 ... at 9 on the Monday", "the same day"."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations, pairwise

from nlu.times import almanac
from nlu.times.pieces import Clock, Days, Piece, Whenever
from nlu.times.tape import Tape

_DATED = ("date", "number", "relative")


def join_repeats(pieces: list[Piece]) -> list[Piece]:
    """A weekday that comes back after its date is that date, with the hour that is told only now."""
    for number in range(len(pieces) - 1, 0, -1):
        again = pieces[number]
        if not (isinstance(again.found, Days) and again.found.kind == "weekday") or again.negated:
            continue
        if again.found.weekday is None or again.found.bound or again.dismissed:
            continue
        first = next((n for n in range(number) if _is_dated(pieces[n], again.found.weekday)), None)
        if first is not None and number < len(pieces):
            pieces = _joined(pieces, first, number)
    return pieces


def widen_to_any_time(pieces: list[Piece]) -> list[Piece]:
    """ "Tomorrow morning, or any time tomorrow": all of that day."""
    for number in range(len(pieces) - 1, 2, -1):
        day, whenever = pieces[number].found, pieces[number - 1].found
        if not (isinstance(day, Days) and isinstance(whenever, Whenever)) or _has_clock(pieces, number):
            continue
        clock, first = pieces[number - 2], pieces[number - 3]
        same = isinstance(first.found, Days) and first.found.ranges == day.ranges and not first.negated
        if same and isinstance(clock.found, Clock) and clock.link == "none":
            return [*pieces[: number - 3], *pieces[number - 1 :]]
    return pieces


def _is_dated(piece: Piece, weekday: int) -> bool:
    days = piece.found
    return (
        isinstance(days, Days)
        and days.kind in _DATED
        and len(days.ranges) == 1
        and days.ranges[0] == almanac.one(days.ranges[0][0])
        and days.ranges[0][0].weekday() == weekday
        and not (piece.negated or piece.dismissed)
    )


def _joined(pieces: list[Piece], first: int, again: int) -> list[Piece]:
    one, other = pieces[first], pieces[again].but(found=pieces[first].found)
    if not _has_clock(pieces, again):
        return pieces  # "Tuesday 10 ... Tuesday is best": the reading that nobody doubted stays
    if _has_clock(pieces, first):
        return [*pieces[:again], other, *pieces[again + 1 :]]
    left = [*pieces[:first], *pieces[first + 1 : again], other, *pieces[again + 1 :]]
    if first < len(left) and left[first].link != "break":
        left[first] = left[first].but(link=one.link)
    return left


def _has_clock(pieces: list[Piece], number: int) -> bool:
    after = number + 1
    if after < len(pieces) and isinstance(pieces[after].found, Clock) and pieces[after].link == "none":
        return True
    before = pieces[number - 1] if number else None
    hour = before is not None and isinstance(before.found, Clock) and not before.dismissed
    return hour and pieces[number].link == "none"


def _has_hour_behind_comma(pieces: list[Piece], number: int) -> bool:
    """ "Monday 16, at 6"."""
    behind = pieces[number + 1 : number + 2]
    return bool(behind) and isinstance(behind[0].found, Clock) and behind[0].link == "soft"


def told_once(pieces: list[Piece]) -> list[Piece]:
    """ "The 20th ... Friday 20 March at 2", "my 3 pm today, can it be 5 pm today": the one with its hour."""
    days = [n for n, p in enumerate(pieces) if isinstance(p.found, Days) and _is_one_wished_day(p)]
    left = set(range(len(pieces)))
    for first, again in pairwise(days):
        before = pieces[first - 1] if first else pieces[first]
        hour = isinstance(before.found, Clock) and before.negated and before.found.shape == "point"
        if hour and pieces[first].link == "none" and _has_clock(pieces, again):
            left -= {first, first - 1}  # "not 10 am on Tuesday, 11 am on Tuesday"
        same = _are_the_same_days(pieces[first], pieces[again])
        same = same and pieces[again].link not in ("or", "and")
        same = same or _is_one_of(pieces[first], pieces[again])
        hour = _has_clock(pieces, again) or _has_hour_behind_comma(pieces, again)
        if same and not _has_clock(pieces, first) and hour:
            left.discard(first)
        elif same and again == days[-1] and _has_clock(pieces, first) and _stands_bare(pieces, again):
            behind = range(again + 1, again + 2)  # "the 31st at 10, if the 31st is a working day"
            left -= {again, *(n for n in behind if n < len(pieces) and pieces[n].link == "none")}
    for first, again in combinations(days, 2):  # "the 3rd, 4th and 5th, but on the 4th at 6"
        same = _are_the_same_days(pieces[first], pieces[again])
        listed = any(first < n < again for n in days) and not _has_clock(pieces, first)
        if same and listed and pieces[again].link == "soft" and _has_clock(pieces, again):
            left.discard(first)
            pieces[again] = pieces[again].but(link="break")
    return pieces if len(left) == len(pieces) else [pieces[n] for n in sorted(left)]


def _stands_bare(pieces: list[Piece], number: int) -> bool:
    """Without an hour of its own, or of no day, behind it."""
    behind = pieces[number + 1 : number + 2]
    return not _has_clock(pieces, number) and not (behind and isinstance(behind[0].found, (Clock, Whenever)))


def _are_the_same_days(one: Piece, other: Piece) -> bool:
    days, again = one.found, other.found
    return isinstance(days, Days) and isinstance(again, Days) and days.ranges == again.ranges


def _is_one_of(weekly: Piece, dated: Piece) -> bool:
    """ "If he is only in on Tuesdays then Tuesday the 10th at 4"."""
    one, other = weekly.found, dated.found
    if not (isinstance(one, Days) and isinstance(other, Days)) or dated.link in ("or", "and"):
        return False
    return (
        one.kind == "weekday" and bool(one.others) and other.kind == "date" and one.weekday == other.weekday
    )


def _is_one_wished_day(piece: Piece) -> bool:
    days = piece.found
    if not isinstance(days, Days) or piece.negated or piece.dismissed or len(days.ranges) != 1:
        return False
    return days.ranges[0] == almanac.one(days.ranges[0][0])


def same_day(tape: Tape, place: int, pieces: list[Piece]) -> tuple[list[Piece], int] | None:
    """ "I am booked on Wednesday afternoon, I'd prefer the morning of that day"."""
    if not tape.has(place, "same_day"):
        return None
    days = next((p for p in reversed(pieces) if isinstance(p.found, Days) and p.found.ranges), None)
    if days is None:  # "not at 10 but at 11, the day is the same, Wednesday"
        named = tape.skip(place + 1, "soft", "to", "at", most=2)
        return ([], place + 1) if tape.has(named, "weekday", "relative", "digits") else None
    if isinstance(pieces[-1].found, Clock) and pieces[-1].link == "soft":
        return [], place + 1  # "down for 4 on the 9th but I work till 5, is half 5 possible that day?"
    if (moved := _in_the_week_told(tape, place, pieces)) is not None:
        return moved
    hour_waits = isinstance(pieces[-1].found, Clock) and pieces[-1].link in ("break", "or")
    if not (hour_waits or tape.says("have_booked") or tape.speaks_of_moving):
        return [], place + 1
    return [Piece(days.found, place, place + 1)], place + 1


def _in_the_week_told(tape: Tape, place: int, pieces: list[Piece]) -> tuple[list[Piece], int] | None:
    """ "The 4th at 11 ... to the week after, same day and same hour"."""
    week = pieces[-1].found
    if not isinstance(week, Days) or week.kind != "week" or pieces[-1].negated:
        return None
    told = [n for n, p in enumerate(pieces[:-1]) if isinstance(p.found, Days) and p.found.grain == "day"]
    days = pieces[told[-1]].found if told else None
    if not isinstance(days, Days) or len(days.ranges) != 1 or days.bound:
        return None
    weekday = days.ranges[0][0].weekday()
    when = almanac.monday(week.ranges[0][0]) + timedelta(days=weekday)
    pieces[-1] = pieces[-1].but(found=Days("date", (almanac.one(when),), weekday=weekday), end=place + 1)
    if not tape.has(place, "same_hour"):
        return [], place + 1
    hour = next((p for p in pieces[told[-1] :] if isinstance(p.found, Clock)), None)
    pieces[:] = [p.but(dismissed=True) if p is not pieces[-1] else p for p in pieces]
    return ([Piece(hour.found, place, place + 1, link="none")] if hour else []), place + 1


def in_its_month(before: Piece, after: Piece) -> Piece:
    """ "12 April, sorry, the 13th": of the month that was told."""
    one, other = before.found, after.found
    if not (isinstance(one, Days) and isinstance(other, Days) and len(one.ranges) == 1):
        return after
    if one.kind != "date" or one.bound or other.kind != "number" or other.bound or not other.number:
        return after
    first = one.ranges[0][0]
    day = almanac.make(first.year, first.month, other.number)
    if day is None or after.negated:
        return after
    return after.but(found=replace(other, kind="date", ranges=(almanac.one(day),)))


def in_its_week(tape: Tape, before: Piece, after: Piece) -> Piece:
    """ "Next week, I mean Thursday", "12 March, sorry, the Friday": what explains or corrects stays within
    the week of what it explains."""
    week, day = before.found, after.found
    if not (isinstance(week, Days) and isinstance(day, Days) and len(week.ranges) == 1):
        return after
    start, end = week.ranges[0]
    if day.kind != "weekday" or day.weekday is None or day.bound or day.others or (end - start).days > 7:
        return after
    dated = week.kind in ("date", "number") and (end - start).days == 1
    explained = tape.has_any(range(before.end, after.start), "that_is")
    if not (dated or (explained and (end - start).days > 1)):
        return after
    when = almanac.monday(start) + timedelta(days=day.weekday)
    if when < tape.today:
        return after
    sure = 0.6 if dated and almanac.one(when) != day.ranges[0] and not _is_the_one(tape, after) else 0.95
    of_week = replace(
        day, kind="date", ranges=(almanac.one(when),), of_week=almanac.monday(start), confidence=sure
    )
    return after.but(found=of_week)


def _is_the_one(tape: Tape, piece: Piece) -> bool:
    """ "The Friday", "il venerdì": of that week."""
    return tape.has(piece.start - 1, "day_number") or tape.has(piece.start, "day_number")
