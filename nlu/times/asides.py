"""What is told beside the wish and says why, or what for: "on Tuesday at 11, so that I can go to the market",
"il 16 di pomeriggio, che al mattino ho le nausee"."""

from nlu.times.pieces import PAST, Clock, Days, Instant, Piece, Whenever
from nlu.times.purposes import end_of_clause, is_purpose, only_tells
from nlu.times.stories import is_past_verb
from nlu.times.tape import Tape

_CAUSAL = frozenset({"che"})
_NEAR = 3


def without_asides(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """Without the times of a purpose and of a causal "che", where a wish stands before."""
    dropped: set[int] = set()
    for place in _asides(tape):
        end = end_of_clause(tape, place + 1)
        before = [p for n, p in enumerate(pieces) if p.end <= place and n not in dropped and _is_wish(p)]
        if before:
            dropped.update(n for n, p in enumerate(pieces) if place < p.start < end and _is_wish(p))
    return _without(pieces, dropped)


def _asides(tape: Tape) -> list[int]:
    places = [p for p in range(len(tape)) if is_purpose(tape, p)] if tape.says("so_that") else []
    if tape.vocabulary.language == "it":
        places += [p for p in range(1, len(tape)) if tape.at(p).text in _CAUSAL and _says_why(tape, p)]
    return sorted(places)


def _says_why(tape: Tape, place: int) -> bool:
    """ "Di pomeriggio, che al mattino ho le nausee"."""
    parted = tape.has(place - 1, "soft") and place - 1 not in tape.read
    end = end_of_clause(tape, place + 1)
    return parted and tape.at(end).text != "?" and only_tells(tape, range(place + 1, end))


def drop_told_durations(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Two were taken out in an hour", "after 15 days from the surgery": no time from now."""
    told = {n for n, p in enumerate(pieces) if _is_told_duration(tape, p)}
    if any(isinstance(p.found, Days) and _is_wish(p) for p in pieces):  # "I am there in ten minutes"
        told |= {n for n, p in enumerate(pieces) if _is_on_the_way(tape, p)}
    return _without(pieces, told)


def _is_told_duration(tape: Tape, piece: Piece) -> bool:
    counted = isinstance(piece.found, Instant) or (
        isinstance(piece.found, Days)
        and piece.found.kind in ("relative", "week")
        and tape.has_any(range(piece.start, piece.end), "unit")
        and tape.has(piece.start, "in", "after", "within")
    )
    if not counted or tape.vocabulary.language != "it":
        return False
    of_something = tape.has(piece.end, "from") and tape.at(piece.end).text[:2] in ("da", "")
    if of_something and tape.is_unknown(piece.end + 1) and not tape.has(piece.end + 1, "wishing"):
        return True
    near = range(max(piece.start - _NEAR, 0), piece.start)
    return isinstance(piece.found, Instant) and any(is_past_verb(tape, p) for p in near)


def _is_on_the_way(tape: Tape, piece: Piece) -> bool:
    return isinstance(piece.found, Instant) and tape.has_any((piece.start - 1, piece.start - 2), "arriving")


def drop_indifferent_halves(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Morning or afternoon, all the same, but on Friday": any hour of that day."""
    if not tape.says("indifferent") or not any(isinstance(p.found, Days) and _is_wish(p) for p in pieces):
        return pieces
    dropped: set[int] = set()
    for number in range(1, len(pieces)):
        one, other = pieces[number - 1], pieces[number]
        halves = {p.found.part for p in (one, other) if isinstance(p.found, Clock) and _is_wish(p)}
        if halves != {"morning", "afternoon"} or other.link not in ("or", "and", "soft"):
            continue
        beside = (one.start - 1, one.start - 2, other.end, other.end + 1)
        if tape.has_any(beside, "indifferent"):
            dropped.update((number - 1, number))
    return _without(pieces, dropped)


def _is_wish(piece: Piece) -> bool:
    if piece.negated or piece.dismissed:
        return False
    return isinstance(piece.found, (Clock, Instant)) or (
        isinstance(piece.found, Days) and bool(piece.found.ranges)
    )


def _without(pieces: list[Piece], dropped: set[int]) -> list[Piece]:
    if not dropped:
        return pieces
    return [
        piece.but(link="break") if number - 1 in dropped and piece.link != "break" else piece
        for number, piece in enumerate(pieces)
        if number not in dropped
    ]


def drop_concessions(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "From the 2nd to the 7th, any time, even early in the morning": no hour is meant alone."""
    days = any(isinstance(p.found, Days) and _is_wish(p) for p in pieces)
    clocks = [n for n, p in enumerate(pieces) if isinstance(p.found, Clock)]
    if not days or not clocks or not all(_is_conceded(tape, pieces, n) for n in clocks):
        return pieces
    return _without(pieces, {*clocks, *(n + 1 for n in clocks if _is_asap(pieces, n + 1))})


def _is_conceded(tape: Tape, pieces: list[Piece], number: int) -> bool:
    piece = pieces[number]
    if not isinstance(piece.found, Clock) or piece.found.shape != "part" or not _is_wish(piece):
        return False
    if tape.has(piece.end, "inclusive"):
        return True  # "this week, mornings included"
    at_any_time = any(isinstance(p.found, Whenever) and not p.negated for p in pieces[:number])
    return at_any_time and tape.has_any((piece.start - 1, piece.start - 2), "even")


def _is_asap(pieces: list[Piece], number: int) -> bool:
    """ "Even first thing", of which the end was read as "as soon as possible"."""
    return (
        number < len(pieces) and isinstance(pieces[number].found, Whenever) and pieces[number].link == "none"
    )


def without_who_calls(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "I am the one of 11 on Thursday": who asks, and no wish."""
    if not tape.says("identifying"):
        return pieces
    told: set[int] = set()
    for number, piece in enumerate(pieces):
        hangs = number - 1 in told and piece.link == "none"
        if hangs or tape.has_any((piece.start, piece.start - 1), "identifying"):
            told.add(number)
    return [p.but(found=PAST) if n in told else p for n, p in enumerate(pieces)]


def read_first_hours(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Saturday, the first hour that is free": first thing on that day."""
    if not tape.says("first_hour"):
        return pieces
    return [_first_hour(tape, pieces, n) for n in range(len(pieces))]


def _first_hour(tape: Tape, pieces: list[Piece], number: int) -> Piece:
    piece = pieces[number]
    if not isinstance(piece.found, Whenever) or not tape.has(piece.start, "first_hour"):
        return piece
    before = pieces[number - 1] if number and piece.link in ("none", "soft") else None
    behind = pieces[number + 1] if number + 1 < len(pieces) and pieces[number + 1].link == "none" else None
    day = any(p is not None and _is_single(p) for p in (before, behind))
    return piece.but(found=Clock("part", part="first_thing"), negated=False) if day else piece


def hurry_within_spans(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "As early as possible next week": soon, and not early in the morning, which it is of one day."""
    spans = [p for p in pieces if isinstance(p.found, Days) and _is_wish(p) and not _is_single(p)]
    singles = any(_is_single(p) for p in pieces)
    for number, piece in enumerate(pieces):
        early = isinstance(piece.found, Clock) and tape.has(piece.start, "asap") and _is_wish(piece)
        if early and spans and not singles:
            return [*pieces[:number], piece.but(found=Whenever(firm=True)), *pieces[number + 1 :]]
    return pieces


def _is_single(piece: Piece) -> bool:
    kinds = ("weekday", "date", "number", "relative")
    return isinstance(piece.found, Days) and _is_wish(piece) and piece.found.kind in kinds


def free_to_profit(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "From Monday to Wednesday I'm off, I'd use the chance": the days that seemed refused."""
    if not tape.says("profiting") or any(_is_wish(p) for p in pieces):
        return pieces
    return [p.but(negated=False) if isinstance(p.found, Days) and not p.excluding else p for p in pieces]


def drop_weekday_refused_behind(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "On the 11th or on Sunday the 15th, but on Sundays you are closed, I think": not the 15th."""
    dropped: set[int] = set()
    for number, refused in enumerate(pieces):
        days = refused.found
        if not (isinstance(days, Days) and refused.negated) or refused.excluding or days.kind != "weekday":
            continue
        if days.weekday is None or days.bound or tape.has_any((refused.start, refused.end), "this", "next"):
            continue
        for n, piece in enumerate(pieces[:number]):
            found = piece.found
            dated = isinstance(found, Days) and found.kind in ("date", "number") and _is_wish(piece)
            if dated and isinstance(found, Days) and found.ranges[0][0].weekday() == days.weekday:
                dropped.add(n)
    others = any(isinstance(p.found, Days) and _is_wish(p) for n, p in enumerate(pieces) if n not in dropped)
    return _without(pieces, dropped) if others else pieces


#: Parts of a day that begin when work ends.
_AFTER_WORK = frozenset({"evening", "after_work", "last_of_day"})


def free_once_finished(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Anything on Thursday? I finish my lessons at 1": after it."""
    if not tape.says("finishing"):
        return pieces
    hours = [n for n, p in enumerate(pieces) if isinstance(p.found, Clock) and _is_wish(p)]
    days = any(isinstance(p.found, Days) and _is_wish(p) for p in pieces)
    late = [n for n in hours[:-1] if getattr(pieces[n].found, "part", None) in _AFTER_WORK]
    if not (days and hours) or hours[:-1] != late or not tape.has(pieces[hours[-1]].start - 1, "finishing"):
        return pieces
    hour = pieces[hours[-1]].found
    if not isinstance(hour, Clock) or hour.shape != "point":
        return pieces
    after = pieces[hours[-1]].but(found=Clock("after", hour.start, part=hour.part))
    if late:  # "this evening after work, I finish at 18:30"
        after = after.but(link="none")
    return [after if n == hours[-1] else p for n, p in enumerate(pieces) if n not in late]


def without_hours_of_other_days(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "I work until 6, only on Saturday morning can I": of that day other hours are told."""
    if not tape.says("until"):
        return pieces
    dropped: set[int] = set()
    for number in range(len(pieces) - 2):
        work, day, hour = pieces[number : number + 3]
        refused = isinstance(work.found, Clock) and work.negated and tape.has(work.start, "until")
        apart = isinstance(day.found, Days) and _is_wish(day) and day.link in ("soft", "break")
        if refused and apart and isinstance(hour.found, Clock) and hour.link == "none" and _is_wish(hour):
            dropped.add(number)
    return _without(pieces, dropped)


def drop_refused_halves(pieces: list[Piece]) -> list[Piece]:
    """ "On Tuesday morning I have physiotherapy, the afternoon of Tuesday is fine": the other half."""
    dropped: set[int] = set()
    for number in range(len(pieces) - 3):
        day, half, later = pieces[number], pieces[number + 1], pieces[number + 2 :]
        refused = day.negated and half.negated and half.link == "none" and not day.excluding
        if not (refused and isinstance(day.found, Days) and isinstance(half.found, Clock)):
            continue
        hours = any(isinstance(p.found, Clock) and _is_wish(p) for p in later[:2])
        again = [p.found for p in later[:2] if isinstance(p.found, Days) and _is_wish(p)]
        if hours and again and again[0].ranges == day.found.ranges:
            dropped.update((number, number + 1))
    return _without(pieces, dropped)


def without_todays_date(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Oggi è lunedì, vero? Allora domani": which day it is, and no wish."""
    for number in range(len(pieces) - 2):
        one, other, later = pieces[number], pieces[number + 1], pieces[number + 2 :]
        today, same = one.found, other.found
        if not (isinstance(today, Days) and isinstance(same, Days)) or not (
            _is_wish(one) and _is_wish(other)
        ):
            continue
        told = today.kind == "relative" and today.ranges[0][0] == tape.today and other.start == one.end + 1
        if not told or tape.at(one.end).text != "e" or tape.has_any(range(one.start, other.end), "wishing"):
            continue
        is_it = same.ranges == today.ranges or same.weekday == tape.today.weekday()
        if is_it and any(isinstance(p.found, Days) and _is_wish(p) for p in later):
            return [*pieces[:number], later[0].but(link="break"), *later[1:]]
    return pieces
