"""The days that are told closer behind a longer time: "is April open yet? I'd like the 7th", "next week I
have a day off on Thursday"."""

from dataclasses import replace
from datetime import timedelta

from nlu.times import almanac
from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

_LONG, _WEEK = 5, 7  # days
_SATURDAY = 5
_MINE = frozenset({"меня", "мои", "нас", "my", "mine"})
_SINGLE = ("date", "number", "relative", "weekday")
_PARTING = ("or", "if", "cannot", "not", "except")


def settle_on_closer_days(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """A week, a month or a bound goes where all days that are wished for behind it lie within."""
    pieces = _from_then_on(pieces)
    wished = [n for n, p in enumerate(pieces) if _days(p) is not None]
    if len(wished) < 2:
        return pieces
    if len(wished) > 2 and (placed := _each_in_its_week(tape, pieces)) is not None:
        return placed
    pieces = _without_days_off(tape, pieces)
    if (dated := _told_by_its_date(tape, pieces)) is not None:
        return dated
    wished = [n for n, p in enumerate(pieces) if _days(p) is not None]
    first = wished[0]
    long, closer = _days(pieces[first]), [pieces[n] for n in wished[1:]]
    if long is None or not _is_long(long) or _has_hour(pieces, first):
        return pieces
    if (placed := _in_its_month(tape, pieces, first, long, closer)) is not None:
        return placed
    if any(p.link in ("or", "and", "none") for p in closer[:1]) or _is_parted(tape, pieces[first], closer[0]):
        return pieces
    if (placed := _in_its_week(tape, pieces, first, long, closer)) is not None:
        return placed
    if not all(_lies_within(long, _days(p)) for p in closer):
        return pieces
    left = [_dated(p) for p in pieces[first + 1 :]]
    return [*pieces[:first], left[0].but(link="break"), *left[1:]]


def _without_days_off(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "My weekend is Wednesday and Thursday", "вторник и пятница у меня выходные": no Saturday."""
    if not tape.says("weekend"):
        return pieces
    for number, piece in enumerate(pieces):
        days = _days(piece)
        if days is None or not almanac.is_weekend(days.ranges[0]) or not tape.has(piece.start, "weekend"):
            continue
        named = [d for p in pieces if (d := _days(p)) is not None and d.kind == "weekday" and p is not piece]
        before, behind = range(piece.start - 2, piece.start), range(piece.end, piece.end + 3)
        owned = any(tape.at(p).text in _MINE for p in before) or (
            number + 1 < len(pieces)
            and pieces[number + 1].start in behind
            and pieces[number + 1].link in ("none", "soft")
        )
        if owned and named and all(d.weekday is not None and d.weekday < _SATURDAY for d in named):
            left = [*pieces[:number], *pieces[number + 1 :]]
            return [left[0].but(link="break"), *left[1:]] if number == 0 else left
    return pieces


def _told_by_its_date(tape: Tape, pieces: list[Piece]) -> list[Piece] | None:
    """ "In a week, which makes it 6 March": the date counts."""
    for number in range(len(pieces) - 1):
        vague, dated = _days(pieces[number]), _days(pieces[number + 1])
        if pieces[number].link != "break":  # "Monday in a week, 16 March"
            continue
        if (
            vague is None
            or dated is None
            or not vague.others
            or vague.kind not in ("week", "span", "relative")
        ):
            continue
        gap = range(pieces[number].end, pieces[number + 1].start)
        small = gap and all(tape.has(p, "soft", "filler", "settling", "which_is", "then", "so") for p in gap)
        if dated.kind not in ("date", "number") or dated.bound or not small or tape.has_any(gap, "or"):
            continue
        if abs((dated.ranges[0][0] - vague.ranges[0][0]).days) <= _WEEK:
            return [*pieces[:number], pieces[number + 1].but(link="break"), *pieces[number + 2 :]]
    return None


def place_in_its_week(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Next week my daughter is off school, let's say Tuesday": unless she is away in that week."""
    wished = [n for n, p in enumerate(pieces) if _days(p) is not None]
    if len(wished) != 2 or wished[0] + 1 != wished[1] or pieces[wished[1]].link not in ("break", "soft"):
        return pieces
    week, day = pieces[wished[0]], pieces[wished[1]]
    found = _days(week)
    clause = tape.clause(week.start, week.end)
    if (
        found is None
        or _has_hour(pieces, wished[0])
        or tape.has_any(clause, "absent", "cannot", "or", "busy")
    ):
        return pieces
    if _is_parted(tape, week, day):
        return pieces
    return _in_its_week(tape, pieces, wished[0], found, [day]) or pieces


def _from_then_on(pieces: list[Piece]) -> list[Piece]:
    """ "Any Saturday in March, from the 14th on": those that are left of them."""
    for number in range(len(pieces) - 1):
        each, bound = _days(pieces[number]), _days(pieces[number + 1])
        if each is None or bound is None or len(each.ranges) < 2 or bound.bound not in ("from", "after"):
            continue
        if each.kind != "date" or not bound.number or pieces[number + 1].link not in ("soft", "none"):
            continue
        first = each.ranges[0][0]
        day = almanac.make(first.year, first.month, bound.number)
        left = tuple(r for r in each.ranges if day is not None and r[0] >= day)
        if left:
            kept = pieces[number].but(found=replace(each, ranges=left))
            return [*pieces[:number], kept, *pieces[number + 2 :]]
    return pieces


def _dated(piece: Piece) -> Piece:
    """A number is of the month that it was told in."""
    days = _days(piece)
    return piece.but(found=replace(days, kind="date")) if days and days.kind == "number" else piece


def _in_its_week(
    tape: Tape, pieces: list[Piece], first: int, week: Days, closer: list[Piece]
) -> list[Piece] | None:
    """ "На следующей неделе у меня отгул в четверг": that of the week, in one sentence."""
    days = _days(closer[0])
    if week.kind != "week" or days is None or days.kind != "weekday" or days.weekday is None or days.bound:
        return None
    named = tape.has_any(range(closer[0].start - 1, closer[0].end), "this", "next", "coming")
    ends = any(tape.at(p).text in ".!?" for p in range(pieces[first].end, closer[0].start))
    if len(closer) > 1 or named or ends or days.of_week is not None:
        return None
    start, end = week.ranges[0]
    day = almanac.monday(start) + timedelta(days=days.weekday)
    if not start <= day < end:
        return None
    found = replace(days, kind="date", ranges=(almanac.one(day),), others=())
    place = pieces.index(closer[0])
    return [
        *pieces[:first],
        *(
            p.but(link="break") if n == 0 and place > first + 1 else p
            for n, p in enumerate(pieces[first + 1 : place])
        ),
        closer[0].but(found=found, link="break" if place == first + 1 else closer[0].link),
        *pieces[place + 1 :],
    ]


def _in_its_month(
    tape: Tape, pieces: list[Piece], first: int, long: Days, closer: list[Piece]
) -> list[Piece] | None:
    """ "At the beginning of April, preferably on a Monday": the Mondays of it."""
    days, gap = _days(closer[0]), range(pieces[first].end, closer[0].start)
    if len(closer) > 1 or days is None or days.kind != "weekday" or days.weekday is None or days.bound:
        return None
    if long.kind not in ("month", "span") or long.bound or long.ranges[0][0] <= tape.today:
        return None
    if not tape.has_any(gap, "rather") or tape.has_any(gap, "or", "if", "not"):
        return None
    start, end = long.ranges[0]
    ahead = almanac.coming_weekday(start - timedelta(days=1), days.weekday)
    mondays = tuple(
        almanac.one(ahead + timedelta(weeks=n)) for n in range(5) if ahead + timedelta(weeks=n) < end
    )
    if not mondays:
        return None
    found = replace(days, kind="date", ranges=mondays, others=())
    place = pieces.index(closer[0])
    return [*pieces[:first], closer[0].but(found=found, link=pieces[first].link), *pieces[place + 1 :]]


def _each_in_its_week(tape: Tape, pieces: list[Piece]) -> list[Piece] | None:
    """ "На этой неделе среда, на следующей вторник": the first of them, too."""
    for number in range(len(pieces) - 2):
        week, day, other = pieces[number : number + 3]
        one, weekday, last = _days(week), _days(day), _days(other)
        if one is None or weekday is None or last is None or day.link != "none" or other.link == "break":
            continue
        outside = last.ranges[0][0] >= one.ranges[0][1]
        if one.kind != "week" or weekday.kind != "weekday" or weekday.weekday is None or not outside:
            continue
        when = almanac.monday(one.ranges[0][0]) + timedelta(days=weekday.weekday)
        if when < tape.today or weekday.bound or weekday.of_week is not None:
            continue
        found = replace(weekday, kind="date", ranges=(almanac.one(when),), others=())
        told = [day.but(found=found, link=week.link), other.but(link="or")]
        return [*pieces[:number], *told, *pieces[number + 3 :]]
    return None


def _is_long(days: Days) -> bool:
    if len(days.ranges) != 1 or (days.weekday is not None and days.bound is None):
        return False
    start, end = days.ranges[0]
    return days.kind in ("week", "month", "span") and (end - start).days >= _LONG


def _has_hour(pieces: list[Piece], number: int) -> bool:
    """Whether an hour stands beside it, so that it is wished for itself."""
    behind = pieces[number + 1]
    before = number > 0 and isinstance(pieces[number - 1].found, Clock) and pieces[number].link == "none"
    return before or (isinstance(behind.found, Clock) and behind.link in ("none", "soft"))


def _is_parted(tape: Tape, one: Piece, other: Piece) -> bool:
    gap = range(one.end, other.start)
    return any(tape.has(p, *_PARTING) and not (tape.has(p, "filler") and tape.has(p, "or")) for p in gap)


def _lies_within(long: Days, days: Days | None) -> bool:
    if days is None or days.bound or days.kind not in _SINGLE or len(days.ranges) != 1:
        return False
    (first, last), (start, end) = long.ranges[0], days.ranges[0]
    if days.kind == "weekday" and (last - first).days > _WEEK:
        return False  # "not after the 20th, on a Friday if possible"
    open_ended = long.bound in ("after", "from")
    return first <= start and (end <= last or open_ended) and (end - start).days < (last - first).days


def _days(piece: Piece) -> Days | None:
    plain = not (piece.negated or piece.dismissed)
    return piece.found if plain and isinstance(piece.found, Days) and piece.found.ranges else None
