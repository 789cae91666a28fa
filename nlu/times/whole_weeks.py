"""A weekday that is told beside a whole week: of that week, or of the one after it where it is refused."""

from dataclasses import replace
from datetime import date, timedelta

from nlu.times import almanac
from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

_WEEK = timedelta(weeks=1)
_ALL_THE_SAME = ("except", "only", "if", "this")


def place_behind_its_hours(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Next week in the morning on Thursday", "la prossima settimana, la mattina di giovedì"."""
    for number in range(len(pieces) - 2):
        week, hours, day = pieces[number : number + 3]
        whole, weekday = _wished(week), _wished(day)
        if whole is None or whole.kind != "week" or whole.bound or len(whole.ranges) != 1 or whole.others:
            continue
        part = isinstance(hours.found, Clock) and hours.found.shape == "part" and not hours.negated
        if not part or weekday is None or not _is_bare(weekday) or day.link != "none":
            continue
        if hours.link not in ("none", "soft") or _has_hours(pieces, number + 2) or _names_its_week(tape, day):
            continue
        when = almanac.monday(whole.ranges[0][0]) + timedelta(days=weekday.weekday or 0)
        if not whole.ranges[0][0] <= when < whole.ranges[0][1]:
            continue
        found = replace(weekday, kind="date", ranges=(almanac.one(when),), others=())
        told = [day.but(found=found, link=week.link), hours.but(link="none")]
        return [*pieces[:number], *told, *pieces[number + 3 :]]
    return pieces


def place_after_a_refused_week(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "I can't do this week, Wednesday morning?": the Wednesday of the week after."""
    for number, piece in enumerate(pieces[:-1]):
        week = piece.found
        if not (isinstance(week, Days) and piece.negated and week.kind == "week" and len(week.ranges) == 1):
            continue
        start, end = week.ranges[0]
        if piece.dismissed or not start <= tape.today < end:
            continue
        behind = pieces[number + 1 :]
        if _is_of_days(pieces, number):
            continue  # "Wednesday and Thursday of this week I can't, Friday is fine"
        if (saved := _saved_of_it(behind[0], start, end)) is not None:
            return [*pieces[:number], saved.but(link=piece.link), *behind[1:]]
        if tape.has_any(range(piece.end, behind[0].start), *_ALL_THE_SAME):
            continue
        return [*pieces[: number + 1], *(_a_week_later(tape, p, end) for p in behind)]
    return pieces


def _is_of_days(pieces: list[Piece], number: int) -> bool:
    """Whether only days of the week are refused, and the week tells which."""
    before, behind = pieces[number - 1] if number else None, pieces[number + 1]
    joined = before is not None and pieces[number].link == "none" and _is_refused_day(before)
    return joined or (behind.link == "none" and not behind.excluding and _is_refused_day(behind))


def _is_refused_day(piece: Piece) -> bool:
    return piece.negated and isinstance(piece.found, Days)


def _saved_of_it(piece: Piece, start: date, end: date) -> Piece | None:
    """ "I can't do this week, except Thursday"."""
    days = piece.found
    if not (piece.excluding and isinstance(days, Days) and days.ranges) or piece.link not in ("none", "soft"):
        return None
    within = all(start <= first and last <= end for first, last in days.ranges)
    return piece.but(negated=False, excluding=False) if within and not days.bound else None


def _a_week_later(tape: Tape, piece: Piece, refused_until: date) -> Piece:
    days = _wished(piece)
    if days is None or not _is_bare(days) or _names_its_week(tape, piece):
        return piece
    start = days.ranges[0][0]
    if len(days.ranges) != 1 or not tape.today < start < refused_until:
        return piece
    later = replace(days, kind="date", ranges=(almanac.one(start + _WEEK),), others=())
    return piece.but(found=later)


def _wished(piece: Piece) -> Days | None:
    plain = not (piece.negated or piece.dismissed)
    return piece.found if plain and isinstance(piece.found, Days) and piece.found.ranges else None


def _is_bare(days: Days) -> bool:
    return days.kind == "weekday" and days.weekday is not None and not days.bound and days.of_week is None


def _names_its_week(tape: Tape, piece: Piece) -> bool:
    return tape.has_any(range(piece.start - 1, piece.end + 1), "this", "next", "coming", "last")


def _has_hours(pieces: list[Piece], number: int) -> bool:
    behind = pieces[number + 1] if number + 1 < len(pieces) else None
    return behind is not None and isinstance(behind.found, Clock) and behind.link == "none"
