"""Two hours or two days of which only one can be meant: "on Tuesday before work, like at 8"."""

from collections.abc import Sequence
from itertools import pairwise

from nlu.times.hours import minutes_of, opening_hours
from nlu.times.one_hour import clock_of, fits
from nlu.times.pieces import Clock, Days, Piece
from nlu.times.refusals import is_a_condition
from nlu.times.tape import Tape

_SINGLE = ("weekday", "date", "number", "relative")

_BARE_NO = frozenset({"no", "нет", "not"})


def hours_disagree(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "On Tuesday before work, like at 8", where before work is later."""
    for one, other in pairwise(pieces):
        if other.link not in ("none", "soft"):
            continue
        if not (isinstance(one.found, Clock) and isinstance(other.found, Clock)):
            continue
        part, exact = (one.found, other.found) if one.found.shape == "part" else (other.found, one.found)
        if part.shape == "part" and part.part and exact.shape in ("point", "around"):
            return not fits(tape, exact, part.part)
    return False


def is_out_of_bounds(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "Hopeless till 3.30, but on Friday I could do 2.45": only one of the two counts."""
    opening = opening_hours(tape.context)
    clocks = [c for p in pieces if not p.dismissed and (c := clock_of(p)) is not None and not c.negated]
    points = [minutes_of(c.start, opening) for c in clocks if c.shape == "point" and c.start]
    after = [minutes_of(c.start, opening) for c in clocks if c.shape == "after" and c.start]
    before = [minutes_of(c.end, opening) for c in clocks if c.shape == "before" and c.end]
    fits = any(all(told >= b for b in after) and all(told <= b for b in before) for told in points)
    return bool(points) and not fits


def is_an_hour_or_a_day(pieces: Sequence[Piece]) -> bool:
    """ "Giovedì cinque o sei": the fifth, or at five or six."""
    return any(
        isinstance(day.found, Days)
        and isinstance(hour.found, Clock)
        and hour.link == "or"
        and (day.found.kind == "number" or (day.found.weekday is not None and day.end - day.start > 1))
        and hour.found.shape == "point"
        and hour.start + 1 == hour.end
        and not (day.negated or hour.negated or _has_its_day(pieces, hour))
        for day, hour in pairwise(pieces)
    )


def _has_its_day(pieces: Sequence[Piece], hour: Piece) -> bool:
    """ "10 on the 17th or 3 on the 18th" """
    return any(
        one is hour and isinstance(other.found, Days) and other.link == "none"
        for one, other in pairwise(pieces)
    )


def refuses_in_two_ways(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "Martedì lavoro, mercoledì lavoro, giovedì no": on Thursday there may be no work."""
    days = [p for p in pieces if isinstance(p.found, Days) and p.found.ranges]
    if len(days) < 2 or not all(p.negated and not p.excluding for p in days):
        return False
    last = tape.skip(days[-1].end, "filler", most=2)
    bare = tape.at(last).text in _BARE_NO and last + 1 >= len(tape)
    return bare and not any(tape.at(place).text in _BARE_NO for place in range(last))


def may_be_of_the_refused(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "Giovedì non posso, dopo le 17 sì": of Thursday, or of the other days?"""
    days = [p for p in pieces if isinstance(p.found, Days) and p.found.ranges]
    if not days or not all(p.negated for p in days):
        return False
    return any(
        one is days[-1] and tape.has(one.end, "cannot") and isinstance(hour.found, Clock) and not hour.negated
        for one, hour in pairwise(pieces)
        if hour.link in ("soft", "break")
    )


def is_astonished(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "Какая среда, пятница конечно": of two days the one that is not meant, but perhaps a question."""
    days = [p for p in pieces if isinstance(p.found, Days) and p.found.ranges and not p.negated]
    return len(days) > 1 and any(tape.has(p.start - 1, "astonished") for p in days)


def disagree(pieces: Sequence[Piece]) -> bool:
    """Two hours or two days, one after the other, that nothing makes a choice or a span of."""
    told = [p for p in pieces if isinstance(p.found, (Days, Clock)) and not (p.negated or p.dismissed)]
    hours = [p for p in told if isinstance(p.found, Clock) and p.found.shape == "point"]
    days = [p for p in told if isinstance(p.found, Days) and p.found.ranges]
    if any(p.link == "or" and p.negated and isinstance(p.found, Clock) for p in told[1:]):
        return True
    if any(
        isinstance(one.found, Clock) and isinstance(day.found, Days) and day.link == "or" and one is told[0]
        for one, day in pairwise(told)
    ):  # "mornings or the Saturday": any day's mornings, too
        return True
    bounds = [p for p in told if isinstance(p.found, Clock) and p.found.shape in ("after", "before")]
    listed = {id(p) for p, behind in pairwise(hours) if p.link == "soft" and behind.link in ("or", "and")}
    hours = [p.but(link="or") if id(p) in listed else p for p in hours]  # "at 9, at 10 or at 11"
    apart = any(p.link not in ("or", "and") for p in (*hours[1:], *bounds) if p is not told[0])
    if hours and days and apart and len(hours) + len(bounds) > len(days):
        return True
    if len(hours) > len(days) > 0 and all(p.link not in ("or", "and") for p in hours[1:]):
        return True
    return any(
        later.link == "none" and isinstance(one.found, Days) and _clash(one.found, later.found)
        for one, later in pairwise(told)
    )


def goes_round_the_week(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "Monday or Tuesday", said on a Monday: this Tuesday, or the one after that Monday?"""
    for one, other in pairwise(pieces):
        monday, tuesday = one.found, other.found
        if not (isinstance(monday, Days) and isinstance(tuesday, Days)) or other.link not in ("or", "and"):
            continue
        if monday.kind != "weekday" or tuesday.kind != "weekday" or monday.bound or tuesday.bound:
            continue
        if one.negated or other.negated or monday.others or tuesday.others:
            continue
        if monday.weekday is None or tuesday.weekday is None:
            continue
        rising = tuesday.weekday == monday.weekday + 1 and monday.weekday == tape.today.weekday()
        if rising and tuesday.ranges[0] < monday.ranges[0]:
            return True
    return False


def lies_outside(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "At half 7", where nine to seven is open: before the opening, or after the closing?"""
    opens, closes = opening_hours(tape.context)
    for piece in pieces:
        clock = piece.found
        if not isinstance(clock, Clock) or clock.part or piece.negated:
            continue
        if clock.shape == "before" and clock.end and minutes_of(clock.end, (opens, closes)) <= opens:
            return True  # "by 9 on Tuesday"
        if clock.shape != "point":
            continue
        told = clock.start.readings() if clock.start and clock.start.open else ()
        if len(told) > 1 and closes < told[1] < closes + opens - told[0]:  # read as the evening
            return True
    return False


def may_be_moved(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "From Friday 20 to Friday 27, at 4": all these days, or from the one to the other?"""
    for piece in pieces:
        if (
            not isinstance(piece.found, Days)
            or piece.found.kind != "span"
            or not tape.has(piece.start, "from")
        ):
            continue
        named = [tape.get(p, "weekday") for p in range(piece.start, piece.end) if tape.has(p, "weekday")]
        if len(named) == 2 and named[0] == named[1]:
            return True
    return False


def _clash(one: Days, other: object) -> bool:
    """Whether no day is of both."""
    if (
        not isinstance(other, Days)
        or not (one.ranges and other.ranges)
        or {one.kind, other.kind} == {"week", "weekday"}
    ):
        return False
    if len(other.ranges) == 2 and other.kind == "span" and one.kind in ("span", "month"):
        return False  # "in April on working days"
    if one.kind == "weekday" and other.kind in ("date", "number"):  # "mar 10/3"
        return one.bound is not None or other.ranges[0][0].weekday() != one.weekday
    return not any(a < d and c < b for a, b in one.ranges for c, d in other.ranges)


def overlap_unsettled(chain: Sequence[Piece]) -> bool:
    """ "On Monday or Tuesday, after the weekend", "at the beginning of the week, Monday or Tuesday": days and
    longer times side by side that nothing made one."""
    days = [
        p for p in chain if isinstance(p.found, Days) and p.found.ranges and not (p.negated or p.dismissed)
    ]
    for one, other in pairwise(days):
        a, b = one.found, other.found
        if not (isinstance(a, Days) and isinstance(b, Days)) or other.link not in ("none", "soft"):
            continue
        if a.ranges == b.ranges:
            continue
        long = [d for d in (a, b) if len(d.ranges) == 1 and (d.ranges[0][1] - d.ranges[0][0]).days > 1]
        meet = any(c < f and e < d for c, d in a.ranges for e, f in b.ranges)
        if long and (meet or (a in long and b.weekday is not None)):
            return True
    return False


def is_given_up(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "Nothing tomorrow? Then on Thursday at 11": what was asked about is perhaps given up."""
    days = [p for p in pieces if isinstance(p.found, Days) and p.found.ranges and not p.negated]
    for one, other in pairwise(days):
        gap = range(one.end, other.start)
        asked = any(tape.at(place).text == "?" for place in gap) and not (one.dismissed or other.dismissed)
        if asked and any(tape.has(place, "then") for place in gap):
            return True
    return False


def counts_from_another(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "I leave hospital on the 9th, the day after I can come": perhaps on the second alone."""
    days = [p for p in pieces if isinstance(p.found, Days) and p.found.ranges and not p.negated]
    return any(
        other.link in ("none", "soft")
        and tape.has(other.start, "day_later", "day_before")
        and not one.dismissed
        for one, other in pairwise(days)
    )


def is_hour_of_the_last(pieces: Sequence[Piece]) -> bool:
    """ "For me the 9th, for my husband the 10th, mornings": perhaps those of both days."""
    wished = [p for p in pieces if not (p.negated or p.dismissed)]
    days = [p for p in wished if isinstance(p.found, Days) and p.found.ranges]
    if len(days) < 2 or not wished or not isinstance(wished[-1].found, Clock) or wished[-1].link != "soft":
        return False
    clocks = [p for p in wished if isinstance(p.found, Clock)]
    return len(clocks) == 1 and days[-1].link == "break" and wished[-2] is days[-1]


def ends_later(pieces: Sequence[Piece]) -> bool:
    """ "Today or tomorrow, Wednesday at the latest": perhaps Wednesday, too."""
    for one, other in pairwise(pieces):
        if not (isinstance(one.found, Days) and isinstance(other.found, Days)):
            continue
        plain = not (one.negated or other.negated or one.dismissed or other.dismissed)
        exact = one.found.kind in ("relative", "weekday", "date", "number") and not one.found.bound
        if plain and exact and one.found.ranges and other.found.bound in ("before", "by"):
            return other.found.ranges[0][1] > one.found.ranges[0][1]
    return False


def is_conditioned(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "If the swelling isn't down by Wednesday, can I come on Thursday?" """
    for one, other in pairwise(p for p in pieces if isinstance(p.found, Days)):
        bounded = isinstance(one.found, Days) and one.found.bound in ("by", "before")
        if (
            bounded
            and not (one.negated or one.dismissed or other.negated)
            and is_a_condition(tape, one.start)
        ):
            return True
    return False


def is_beside_a_stay(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "Holiday from the 7th to the 14th, could we do the 16th?": days told first, and another asked for."""
    told = [p for p in pieces if isinstance(p.found, Days) and p.found.ranges]
    for one, other in pairwise(told):
        if not (isinstance(one.found, Days) and isinstance(other.found, Days)):
            continue
        plain = not (one.negated or one.dismissed or other.negated or other.dismissed)
        stay = one.found.kind == "span" and not one.found.bound and tape.has(one.start, "from")
        apart = other.found.kind in _SINGLE and other.link in ("soft", "break")
        gap = range(one.end, other.start)
        if plain and stay and apart and any(tape.has(p, "wishing") for p in gap):
            return not any(tape.has(p, "or") and not tape.has(p, "filler") for p in gap)
    return False
