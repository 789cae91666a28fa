"""What is left of a time that was refused: the days after an absence, the other hours of a day."""

from dataclasses import replace
from datetime import timedelta

from nlu.times import almanac
from nlu.times.busy import is_done_then
from nlu.times.pieces import Clock, Days, Piece, Whenever
from nlu.times.tape import Tape

_FORTNIGHT = timedelta(days=14)
_DOUBTFUL = 0.6
_THAT = frozenset({"that", "those", "then", "quello", "quella", "allora", "тогда"})
_ONLY = frozenset({"только", "лишь", "only", "solo"})
_BUT = frozenset({"а", "but", "bensi"})
_BESIDE_TOO = 4  # lexemes from a day to "too": "and on Friday most likely, too"
_CLAUSE = 6  # lexemes between "if" and what it is said of


def free_afterwards(tape: Tape, piece: Piece) -> Piece:
    """ "I am away until the 15th" wishes for the days after it."""
    days = piece.found
    if not piece.negated or not isinstance(days, Days) or days.bound not in ("by", "before"):
        return piece
    if not (tape.has(piece.start, "until") and days.ranges):
        return piece
    end = days.ranges[0][1]
    return piece.but(found=Days("span", ((end, end + _FORTNIGHT),), bound="from"), negated=False)


def is_a_condition(tape: Tape, place: int) -> bool:
    """Whether what stands at `place` is said with an "if" before it: "if Thursday is full"."""
    softs = 0
    for before in range(place - 1, max(place - 1 - 2 * _CLAUSE, -1), -1):
        if tape.has(before, "if"):
            return True
        softs += tape.has(before, "soft")
        if softs > 1 or tape.at(before).text in (".", "!", "?"):
            return False
    return False


def is_refused_in_a_condition(tape: Tape, marker: int, end: int) -> bool:
    """ "If she comes not at 12 but at 1", "на пятницу, но только если не к девяти"."""
    if not tape.has(marker, "not"):
        return False
    only = tape.has(marker - 1, "if") and tape.at(marker - 2).text in _ONLY
    return only or tape.at(end).text in _BUT or (tape.at(end).text == "," and tape.at(end + 1).text in _BUT)


def stands_in_a_condition(tape: Tape, piece: Piece) -> bool:
    """ "If Thursday is full, Friday", "se non c'è posto giovedì, facciamo venerdì"."""
    bare_or = tape.has(piece.start - 1, "or") and not tape.has(piece.start - 1, "filler")
    return is_a_condition(tape, piece.start) or (bare_or and piece.link == "break")


def leaves_only(tape: Tape, pieces: list[Piece], marker: int) -> bool:
    """ "I work every day except Thursday", "non posso mai tranne il giovedì": only that is wished for."""
    if not tape.says("cannot") or tape.at(marker).text == "but":
        return False
    last = pieces[-1] if pieces else None
    if last is None:
        return tape.has(marker - 1, "cannot") and not tape.has(marker, "cannot")
    parted = any(tape.at(place).text in (".", "!", "?", ";") for place in range(last.end, marker))
    return isinstance(last.found, Whenever) and last.negated and not (last.excluding or parted)


def falls_back(tape: Tape, start: int, end: int) -> bool:
    """Whether [start, end) leads from a condition to what is wished for then: "... then on Friday"."""
    told = any(
        tape.has(p, "then") or (tape.at(p).text == "нет" and tape.has(p - 1, "soft"))
        for p in range(start, end)
    )
    return told and is_a_condition(tape, end)


def stay_between(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "I arrive on 5 April and leave on the 10th": the days between."""
    for number in range(len(pieces) - 1):
        one, other = pieces[number : number + 2]
        if len(pieces) > number + 2 and isinstance(other.found, Clock) and other.link == "none":
            other = pieces[number + 2]  # "I land on the 14th in the evening and leave on the 18th"
        if not (isinstance(one.found, Days) and isinstance(other.found, Days)) or one.negated:
            continue
        told = tape.has_any(range(max(one.start - 3, 0), one.start), "arriving")
        if not (told and other.negated and one.found.ranges and other.found.ranges):
            continue
        start, end = one.found.ranges[0][0], other.found.ranges[0][1]
        if other.found.kind == "number" and other.found.number is not None:
            end = (almanac.day_ahead(start, other.found.number) or start) + timedelta(days=1)
        after = pieces.index(other) + 1
        if start < end and not any(_is_wished(p) for p in pieces[after:]):
            sure = 0.95 if after == number + 2 else _DOUBTFUL
            stay = one.but(found=Days("span", ((start, end),), confidence=sure), end=other.end)
            return [*pieces[:number], stay, *pieces[after:]]
    return pieces


def refuse_alike(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Friday is out, Saturday too": the second is refused as the first was."""
    for number in range(1, len(pieces)):
        one, other = pieces[number - 1 : number + 1]
        if not one.negated or other.negated or not isinstance(other.found, (Days, Clock)):
            continue
        gap = range(one.end, other.start)
        alike = tape.has_any(gap, "alike")
        last = _end_of_list(pieces, number)  # "the 17th is out, the 18th and 19th too"
        end = pieces[last].end
        too = next(
            (p for p in range(end, end + _BESIDE_TOO) if tape.has(p, "too", "soft", "works", "free")), end
        )
        if not (alike or tape.has(too, "too")) or tape.has_any(gap, "works"):
            continue
        after = tape.skip(end if alike else too + 1, "not", "filler", most=2)
        if after >= len(tape) or tape.has(after, "soft", "cannot"):
            refused = [p.but(negated=True) for p in pieces[number : last + 1]]
            pieces = [*pieces[:number], *refused, *pieces[last + 1 :]]
    return pieces


def drop_why_refused(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Not on Wednesday: on Wednesday there is a meeting": the day that is told again only says why."""
    pieces = [p for n, p in enumerate(pieces) if not _is_wished_after_all(tape, pieces, n)]
    refused = [p.found.ranges for p in pieces if p.negated and isinstance(p.found, Days)]
    return [p for p in pieces if not (_is_told_again(p, refused) and _says_why(tape, p))]


def _is_wished_after_all(tape: Tape, pieces: list[Piece], number: int) -> bool:
    """ "Mercoledì niente... ecco, mercoledì potrei"."""
    day, later = pieces[number], pieces[number + 1 :]
    if not day.negated or day.excluding or not isinstance(day.found, Days):
        return False
    if later and later[0].negated and isinstance(later[0].found, Clock):
        return False
    again = [p.end for p in later if _is_told_again(p, [day.found.ranges])]
    return any(
        tape.has(end, "wishing") and (end + 1 >= len(tape) or tape.has(end + 1, "soft")) for end in again
    )


def _is_told_again(piece: Piece, refused: list[tuple[almanac.DayRange, ...]]) -> bool:
    return _is_wished(piece) and isinstance(piece.found, Days) and piece.found.ranges in refused


def _says_why(tape: Tape, piece: Piece) -> bool:
    behind = tape.skip(piece.end, "filler", most=2)
    return (tape.is_unknown(behind) and not tape.has(behind, "wishing")) or tape.has(behind, "own_hours")


def _end_of_list(pieces: list[Piece], number: int) -> int:
    """The last of the pieces of one kind that "and" or "or" joins to this one."""
    while number + 1 < len(pieces) and pieces[number + 1].link in ("and", "or"):
        if type(pieces[number + 1].found) is not type(pieces[number].found):
            break
        number += 1
    return number


def refuse_before_the_rest(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "I work Tue, Thu and Sat, any other day is fine", "away from the 7th to the 9th, so not then": unless
    what the rest is for follows."""
    rest = next((place for place in range(len(tape)) if _is_the_rest(tape, place)), None)
    days = [p for p in pieces if isinstance(p.found, Days)]
    if rest is None or any(piece.end > rest and _is_wished(piece) for piece in days):
        return pieces
    if (left := _without_busy_days(tape, pieces, rest)) is not None:
        return left
    told = {type(piece.found) for piece in pieces if piece.end <= rest and _is_wished(piece)}
    if told == {Days, Clock} and any(isinstance(p.found, Clock) and p.start > rest for p in pieces):
        return [_doubted(p) for p in pieces if p.end <= rest]  # "Mondays in the evening, else mornings"
    if _is_elsewhere(tape, rest):  # "before 9 or after 7, the rest of the time at the plant"
        return [_doubted(p) for p in pieces]
    if any(_is_wished(piece) and _suits(tape, piece) for piece in days) or _is_refused(tape, rest):
        return pieces
    left = [p for p in pieces if not (isinstance(p.found, Whenever) and p.start >= rest)]
    return [p.but(negated=True) if _is_wished(p) and p.end <= rest else p for p in left]


def _without_busy_days(tape: Tape, pieces: list[Piece], rest: int) -> list[Piece] | None:
    """ "On Tuesdays I do yoga at 6, the other days after 5": the hours of the rest stay."""
    told = [p for p in pieces if p.end <= rest and _is_wished(p)]
    days = [p for p in told if isinstance(p.found, Days)]
    if not days or not all(is_done_then(tape, day) for day in days):
        return None
    hours = [p for p in told if isinstance(p.found, Clock)]
    return [p.but(negated=True) if p in days else p for p in pieces if p not in hours]


def _is_elsewhere(tape: Tape, rest: int) -> bool:
    """Whether nothing says of the rest that it suits, though something is said of it."""
    behind = range(rest + 1, next((p for p in range(rest + 1, len(tape)) if tape.has(p, "soft")), len(tape)))
    suits = tape.has_any(behind, "works", "wishing", "free", "whenever", "indifferent")
    return not suits and any(tape.is_unknown(p) for p in behind)


def _doubted(piece: Piece) -> Piece:
    found = piece.found
    if isinstance(found, Days):
        return piece.but(found=replace(found, confidence=min(found.confidence, _DOUBTFUL)))
    return piece.but(found=replace(found, sure=False)) if isinstance(found, Clock) else piece


def _is_refused(tape: Tape, rest: int) -> bool:
    """ "Tuesday or Thursday, the other days I work"."""
    behind = next((p for p in range(rest + 1, len(tape)) if tape.has(p, "soft", "cannot")), len(tape))
    return tape.has(behind, "cannot")


def _suits(tape: Tape, piece: Piece) -> bool:
    """ "Only on Friday, the other days I'm in Turin", "Friday is best"."""
    for step, beside in ((-1, piece.start - 1), (1, piece.end)):
        while 0 <= beside < len(tape) and not tape.has(
            beside, "soft", "so", "except", "or", "rest", "cannot"
        ):
            if tape.has(beside, "only", "works", "wishing", "better", "free"):
                return True
            beside += step
    return False


def _is_the_rest(tape: Tape, place: int) -> bool:
    """ "Any other day", "any day but that", but not "Friday, or any other day"."""
    if tape.has(place, "rest"):
        return not tape.has(place - 1, "or")
    that = tape.at(place + 1).text in _THAT
    return (
        that and tape.has(place, "except", "not") and (place + 2 >= len(tape) or tape.has(place + 2, "soft"))
    )


def keep_days_of_refused_hours(pieces: list[Piece]) -> list[Piece]:
    """ "On Wednesday after 4 I can't": the hours are refused, not the day. "At 3 on Thursday I can't, at 5 I
    can" is Thursday at 5."""
    for place in range(len(pieces) - 1):
        if not _is_hour_of_refused_day(pieces[place], pieces[place + 1]):
            continue
        day, clock = sorted(pieces[place : place + 2], key=lambda piece: isinstance(piece.found, Clock))
        others = [p for n, p in enumerate(pieces) if n not in (place, place + 1) and _is_wished(p)]
        if any(isinstance(p.found, Days) for p in others) or any(
            p.link not in ("or", "and") for p in others[1:]
        ):
            continue
        days = day.found
        assert isinstance(days, Days)
        later = pieces[place + 2 :]
        if others and others[0] in later:
            day = day.but(negated=False, link=pieces[place].link, end=max(day.end, clock.end))
            told = [p for p in later if not (p.negated and isinstance(p.found, Clock))]
            return [*pieces[:place], day, *(_hung_on(p) for p in told)]
        if not others:
            found = replace(days, confidence=min(days.confidence, _DOUBTFUL))
            of_day = {id(day): day.but(found=found, negated=False), id(clock): clock.but(negated=True)}
            return [of_day.get(id(piece), piece) for piece in pieces]
    return pieces


def _is_hour_of_refused_day(one: Piece, other: Piece) -> bool:
    kinds = {type(one.found), type(other.found)}
    told_before = one.negated and isinstance(one.found, Days)  # "I can't on Thursday at 3"
    refused = ((one.negated and other.negated) or told_before) and not (one.excluding or other.excluding)
    return kinds == {Days, Clock} and refused and other.link == "none"


def busy_until(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Until 5 I am in class": the hours after it are left."""
    pieces = _busy_every_day_until(tape, pieces)
    return [
        free_afterwards(tape, piece.but(negated=True)) if _is_busy_until(tape, piece) else piece
        for piece in pieces
    ]


def _busy_every_day_until(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "I work every day until 5"."""
    for number in range(len(pieces) - 1):
        daily, hour = pieces[number : number + 2]
        if not (isinstance(daily.found, Whenever) and daily.negated and isinstance(hour.found, Clock)):
            continue
        if hour.found.shape == "before" and hour.link == "none" and tape.has(hour.start, "until"):
            return [*pieces[:number], hour.but(negated=True, link="break"), *pieces[number + 2 :]]
    return pieces


def _is_busy_until(tape: Tape, piece: Piece) -> bool:
    clock = isinstance(piece.found, Clock) and piece.found.shape == "before"
    bounded = clock or (isinstance(piece.found, Days) and piece.found.bound in ("before", "by"))
    if not bounded or piece.negated or not tape.has(piece.start, "until"):
        return False
    clause = next((p for p in range(piece.end, len(tape)) if tape.has(p, "soft")), len(tape))
    if tape.has_any(range(piece.end, clause), "wishing", "works", "free"):
        return False
    begin = piece.start
    while begin > 0 and not tape.has(begin - 1, "soft", "so", "contrast"):
        begin -= 1
    busy = tape.has_any((*range(begin, piece.start), *range(piece.end, clause)), "busy")
    wished = tape.has_any(range(begin, piece.start), "wishing", "works", "free")
    return (busy and not wished) or tape.has_any(range(piece.end, clause), "elsewhere")


def free_on_either_side(tape: Tape, place: int, pieces: list[Piece]) -> tuple[list[Piece], int] | None:
    """ "On Thursday from 2 to 4 I take my mother, before or after is fine": the other hours."""
    last = pieces[-1] if pieces else None
    if (
        last is None
        or not isinstance(last.found, Clock)
        or last.found.shape not in ("range", "point", "part")
    ):
        return None
    if not tape.has(place, "either_side") or tape.has(place + 1, "at", "digits", "number", "part", "weekday"):
        return None
    pieces[-1] = last.but(negated=True)
    return [], place + 1


def _is_wished(piece: Piece) -> bool:
    if piece.negated or piece.dismissed:
        return False
    return isinstance(piece.found, Clock) or (isinstance(piece.found, Days) and bool(piece.found.ranges))


def _hung_on(piece: Piece) -> Piece:
    return piece.but(link="soft") if piece.link == "break" else piece
