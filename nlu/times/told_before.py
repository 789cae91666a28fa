"""What was told before the wish and bears on it: the month of a date, what a dentist advised, an hour until
which somebody cannot come."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from nlu.times import almanac
from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

_DOUBTFUL = 0.6
_JUST_BEFORE = 7  # days: "25 April is a Saturday, else the 24th"
_CLAUSE = 10
_ONLY = frozenset({"only", "только"})


def heed_what_was_told(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    pieces = _chosen(tape, _in_the_month_told(tape, _from_an_hour_on(tape, pieces)))
    pieces = _without_needless(tape, _without_the_others(tape, pieces))
    return _without_reasons_until(tape, _without_advice(tape, pieces))


def _without_the_others(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Saturdays only, I work in London during the week": what is told after it only says why."""
    first = pieces[0] if pieces else None
    if first is None or not isinstance(first.found, Days) or first.negated or first.found.bound:
        return pieces
    beside = (first.start - 1, first.start - 2, first.end)
    if not any(tape.has(p, "only") or tape.at(p).text in _ONLY for p in beside):
        return pieces
    hours = {n - 1 for n, p in enumerate(pieces) if isinstance(p.found, Clock) and p.link == "none"}
    return [p for n, p in enumerate(pieces) if n == 0 or n in hours or not _says_why(tape, p)]


def _without_needless(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Tuesday, late morning isn't essential", "non per forza di mattina", "необязательно утром"."""
    if not tape.says("needless"):
        return pieces
    kept = [p for p in pieces if not (isinstance(p.found, Clock) and _is_needless(tape, p))]
    return kept if any(isinstance(p.found, Days) for p in kept) else pieces


def _is_needless(tape: Tape, piece: Piece) -> bool:
    return tape.has_any((piece.start - 2, piece.start - 1, piece.end), "needless")


def _says_why(tape: Tape, piece: Piece) -> bool:
    """Whether words that nobody understands, and nothing that wishes, stand beside it in its clause."""
    if not isinstance(piece.found, Days) or piece.link not in ("break", "soft") or piece.negated:
        return False
    single = piece.found.kind in ("weekday", "date", "number", "relative")
    strange = 0
    for step, beside in ((-1, piece.start - 1), (1, piece.end)):
        while 0 <= beside < len(tape) and not tape.has(beside, "soft"):
            if tape.has(beside, "wishing", "or", "whenever", "booked", "moving"):
                return False
            if single and tape.has(beside, "own"):  # "my father only on Tuesday, my mother on Thursday"
                return False
            strange += tape.is_unknown(beside) or tape.has(beside, "elsewhere", "cannot")
            beside += step
    return strange > 0


def _from_an_hour_on(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "10.15 Wednesday at the earliest": what is said of the day is meant of the hour."""
    for number, (hour, day) in enumerate(pairwise(pieces)):
        if not (isinstance(hour.found, Clock) and isinstance(day.found, Days)) or day.link != "none":
            continue
        found = day.found
        onward = found.bound == "from" and tape.has(day.end - 1, "onward") and hour.found.shape == "point"
        if onward and not tape.has(day.start, "from", "from_on", "after") and not day.negated:
            single = Days("date", (almanac.one(found.ranges[0][0]),), weekday=found.weekday)
            after = Clock("after", hour.found.start, part=hour.found.part)
            both = [hour.but(found=after), day.but(found=single)]
            return [*pieces[:number], *both, *pieces[number + 2 :]]
    return pieces


def _chosen(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "You offered Tuesday at 3 or Wednesday at 4, I'll take the Wednesday": at that hour."""
    if (answered := _answered(tape, pieces)) is not None:
        return answered
    last = pieces[-1] if len(pieces) > 1 else None
    if last is None or not tape.says("choosing"):
        return pieces
    if isinstance(last.found, Clock) and last.link == "none" and (timed := _chosen_with_hour(tape, pieces)):
        return timed
    if not isinstance(last.found, Days) or last.negated:
        return pieces
    if not tape.has_any(range(pieces[-2].end, last.start), "choosing"):
        return pieces
    for number, piece in enumerate(pieces[:-1]):
        if isinstance(piece.found, Days) and piece.found.ranges == last.found.ranges and not piece.negated:
            hour = pieces[number + 1]
            hours = [hour] if isinstance(hour.found, Clock) and hour.link == "none" else []
            return [piece.but(link="break"), *hours]
    return pieces


def _chosen_with_hour(tape: Tape, pieces: list[Piece]) -> list[Piece] | None:
    """ "The 5th only at 9 and the 6th at 6 ... I'll take the 6th at 6"."""
    if len(pieces) < 4 or not isinstance(pieces[-2].found, Days) or pieces[-2].negated:
        return None
    day, told = pieces[-2], pieces[:-2]
    led = tape.has_any(range(told[-1].end, day.start + 1), "choosing")
    again = any(isinstance(p.found, Days) and p.found.ranges == pieces[-2].found.ranges for p in told)
    return [day.but(link="break"), pieces[-1]] if led and again else None


def _answered(tape: Tape, pieces: list[Piece]) -> list[Piece] | None:
    """ "Wed or Thu? Thu. 3?": the one that is said again."""
    for number in range(2, len(pieces)):
        one, other, again = pieces[number - 2 : number + 1]
        days = [p.found.ranges for p in (one, other, again) if isinstance(p.found, Days) and not p.negated]
        if len(days) != 3 or other.link != "or" or again.link not in ("soft", "break"):
            continue
        asked = any(tape.at(p).text in ("?", ":") for p in range(other.end, again.start))
        if asked and days[2] in days[:2] and days[0] != days[1]:
            return [*pieces[: number - 2], again.but(link="break"), *pieces[number + 1 :]]
    return None


def _in_the_month_told(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "8 April after lunch or the 9th": of April; beside "I fly on 8 April" it may be of either month."""
    placed = list(pieces)
    told: Days | None = None
    for place, piece in enumerate(placed):
        days = piece.found
        if not isinstance(days, Days) or not days.ranges:
            continue
        if told is not None and (dated := _of_its_weekday(days, told)) is not None:
            placed[place] = piece.but(found=dated)
        elif days.kind == "number" and days.number and told and told.kind != "month" and not days.bound:
            placed[place] = piece.but(found=_placed(tape, placed[place - 1], piece, days, told))
        elif days.kind == "span" and days.number and told and told.kind != "month" and not days.bound:
            placed[place] = piece.but(found=_span_of_month(days, told))
        days = placed[place].found
        if isinstance(days, Days) and (_names_its_month(days) or (days.kind == "month" and told is None)):
            told = days
        elif isinstance(days, Days) and days.kind == "span" and days.bound in ("after", "from"):
            first = days.ranges[0][0]  # "only after 10 April, say the 13th"
            told = Days("date", (almanac.one(first),), number=first.day)
    return placed


def _span_of_month(days: Days, told: Days) -> Days:
    """ "From 1 to 5 April ..., from the 6th to the 10th ...": of April, too."""
    (start, end), last = days.ranges[0], told.ranges[-1][1] - timedelta(days=1)
    first = almanac.make(last.year, last.month, days.number or 0)
    if first is None or told.kind == "number" or first < told.ranges[0][0] or first < start:
        return days
    return replace(days, ranges=((first, first + (end - start)),))


def _names_its_month(days: Days) -> bool:
    """A date, a number that stands for one, or "4-11 April"."""
    if len(days.ranges) != 1 or days.bound:
        return False
    start, end = days.ranges[0]
    if days.kind == "span":
        return (
            days.weekday is None
            and (end - start).days < 31
            and start.month == (end - timedelta(days=1)).month
        )
    return days.kind in ("date", "number") and bool(days.number)


def _of_its_weekday(days: Days, told: Days) -> Days | None:
    """ "25 April is a holiday, so Monday 27": a number that is that weekday in the month told before."""
    if days.kind != "date" or not days.others or days.weekday is None or len(days.ranges) != 1:
        return None
    first = told.ranges[0][0]
    day = almanac.make(first.year, first.month, days.ranges[0][0].day)
    if day is None or day.weekday() != days.weekday or day == days.ranges[0][0]:
        return None
    return replace(days, ranges=(almanac.one(day),), others=(), confidence=0.95)


def _placed(tape: Tape, before: Piece, piece: Piece, days: Days, told: Days) -> Days:
    first = told.ranges[0][0]
    day = almanac.make(first.year, first.month, days.number or 0)
    if day is None or day.month == days.ranges[0][0].month or day < days.ranges[0][0]:
        return days
    gap = range(before.end, piece.start)
    joined = any(tape.has(p, "or", "and") and not tape.has(p, "filler") for p in gap)
    joined = joined or (piece.link != "break" and not tape.has_any(gap, "wishing"))
    if joined and told.kind != "span":
        if (
            (first - day).days > _JUST_BEFORE and not before.negated
        ):  # "28 March or the 2nd", but "25 April is a holiday, the 24th"
            following = almanac.month(first.year, first.month)[1]
            day = almanac.make(following.year, following.month, days.number or 0) or day
        if told.kind == "date" or piece.link in ("or", "and"):
            return replace(days, kind="date", ranges=(almanac.one(day),), others=(), confidence=0.95)
        return days
    if told.kind == "number":
        return days
    return replace(days, confidence=min(days.confidence, _DOUBTFUL))


def _without_advice(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "The dentist said come back in six months but it hurts, Tuesday at 9?": Tuesday alone."""
    if not tape.says("advised"):
        return pieces
    days = [n for n, p in enumerate(pieces) if isinstance(p.found, Days) and p.found.ranges]
    told = next((n for n in days[:-1] if _is_advised(tape, pieces[n])), None)
    if told is None or pieces[days[days.index(told) + 1]].link in ("or", "and"):
        return pieces
    return [p for n, p in enumerate(pieces) if n != told]


def _is_advised(tape: Tape, piece: Piece) -> bool:
    """ "Said come back in six months", "a follow-up after 2 months"."""
    counted = tape.has_any(range(piece.start, piece.end), "unit")
    counted = counted and tape.has(piece.start, "in", "after", "within") and not piece.negated
    if not counted or tape.has(piece.start, "next", "this"):
        return False
    for place in range(piece.start - 1, max(piece.start - _CLAUSE, -1), -1):
        if tape.at(place).text in (".", "!", "?"):
            return False
        if tape.has(place, "advised"):
            return True
    return False


def _without_reasons_until(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "I'm at the vet until 3 on Thursday, could you do 3.45": the hour that is later is the wish."""
    clocks = [n for n, p in enumerate(pieces) if isinstance(p.found, Clock) and not p.negated]
    for number, later in pairwise(clocks):
        one, other = pieces[number].found, pieces[later].found
        assert isinstance(one, Clock) and isinstance(other, Clock)
        if one.shape != "before" or not tape.has(pieces[number].start, "until") or one.end is None:
            continue
        if other.shape not in ("point", "after", "around") or other.start is None:
            continue
        after = any(a <= b for a in one.end.readings() for b in other.start.readings())
        if not after or pieces[later].link not in ("soft", "break") or _another_day(pieces, number, later):
            continue
        left = [p for n, p in enumerate(pieces) if n not in (number, later)]
        day = next((n for n, p in enumerate(left) if isinstance(p.found, Days) and p.found.ranges), None)
        if day is None:
            return [*left, pieces[later]]
        if number < later - 1 or (number and isinstance(pieces[number - 1].found, Days)):
            return [*left[: day + 1], pieces[later].but(link="none"), *left[day + 1 :]]
    return pieces


def _another_day(pieces: list[Piece], number: int, later: int) -> bool:
    """Whether more than one day is told, so that each hour may have its own."""
    days = [p for p in pieces if isinstance(p.found, Days) and p.found.ranges]
    return len(days) > 1 or later - number > 2
