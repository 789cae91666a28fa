"""Days told apart with words between that nobody understood: perhaps only one of them is wished for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

from nlu.times.pieces import Clock, Days, Instant, Piece
from nlu.times.tape import Tape
from nlu.times.told_behind import without_reasons_behind

DOUBTFUL = 0.6  # one of several readings, or something was left unread: said back, or asked
_FEW = 2  # words between "and" and the day that it joins: "and the cleaning on Friday"
_CLAUSE = 5  # lexemes between an "if" and the day
_JOINING = ("or", "and", "then")
_FOR_INSTANCE = frozenset(
    {"например", "скажем", "лучше", "допустим", "хоть", "say", "ideally", "meglio", "magari", "diciamo"}
)
_I = frozenset({"i", "io", "я"})
_SINGLE = ("weekday", "date", "number", "relative")
_WISHING = ("wishing", "works", "whenever", "asap", "free", "booked", "moving", "have_booked")


def doubted(tape: Tape, pieces: Sequence[Piece]) -> list[Piece]:
    """The days are in doubt where they are apart; where one seems to be a reason, the other is left."""
    pieces = _without_today(tape, _without_bounds(tape, without_reasons_behind(tape, pieces)))
    days = [p for p in pieces if isinstance(p.found, Days) and is_wish(p)]
    apart = any(later.link == "break" and not _are_joined(tape, one, later) for one, later in pairwise(days))
    reasons = days[:1] if len(days) == 2 and _is_a_reason(tape, pieces, *days) else []
    if not (apart or reasons) or _are_for_both(tape, pieces):
        return list(pieces)
    if reasons and any(tape.at(p).text in _I or tape.has(p, "own") for p in range(days[1].start)):
        reasons = []  # "my mum needs Monday, I can only do Friday": perhaps both
    reasons = reasons or _told_before_the_wish(tape, pieces, days)
    told: list[Piece] = []
    dismissing = False
    for piece in pieces:
        dismissing = any(piece is reason for reason in reasons) or (
            dismissing and isinstance(piece.found, Clock) and piece.link == "none"
        )
        if isinstance(piece.found, Days) and is_wish(piece):
            sure = min(piece.found.confidence, DOUBTFUL)
            piece = piece.but(found=replace(piece.found, confidence=sure))
        told.append(piece.but(dismissed=True) if dismissing else piece)
    return told


def _are_for_both(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "Hygienist on the 16th, dentist on the 17th, both in the morning"."""
    last = pieces[-1] if pieces else None
    if last is None or not isinstance(last.found, Clock):
        return False
    return tape.has_any((last.start - 2, last.start - 1, last.end), "for_both")


def is_wish(piece: Piece) -> bool:
    if piece.negated or piece.dismissed:
        return False
    return isinstance(piece.found, (Clock, Instant)) or (
        isinstance(piece.found, Days) and bool(piece.found.ranges)
    )


def _without_bounds(tape: Tape, pieces: Sequence[Piece]) -> list[Piece]:
    """ "The filling lasts until the 18th, I'd like the 17th", "away until the 15th, on the 17th at 2": the
    one of them that is told."""
    left = list(pieces)
    for piece in pieces:
        bound = piece.found
        if not (isinstance(bound, Days) and bound.kind == "span" and bound.bound and is_wish(piece)):
            continue
        place = left.index(piece)
        if any(_holds(bound, day) for day in left[:place]) and piece.link in ("break", "soft"):
            del left[place]  # "Thursday 2 April at 11, that's before Easter"
            continue
        behind = left[place + 1 :]
        if behind and isinstance(behind[0].found, Clock) and behind[0].link == "none":
            continue
        days = (p for p in behind if isinstance(p.found, Days) and is_wish(p))
        day = next((p for p in days if isinstance(p.found, Days) and not p.found.bound), None)
        if day is None or not isinstance(day.found, Days) or day.link in ("or", "and"):
            continue
        within, away = _lies_within(bound, day.found), _is_away(tape, piece, day)
        instance = any(tape.at(p).text in _FOR_INSTANCE for p in range(day.start - 2, day.start))
        if (within and (day.link == "break" or instance)) or away:
            plain = away or instance
            sure = day.found.confidence if within and plain else min(day.found.confidence, DOUBTFUL)
            left[left.index(day)] = day.but(found=replace(day.found, confidence=sure), link="break")
            del left[place]
    return left


def _holds(bound: Days, day: Piece) -> bool:
    """Whether the exact day lies before the bound, as is only said once more."""
    found = day.found
    dated = isinstance(found, Days) and found.kind == "date" and is_wish(day)
    return dated and bound.bound in ("before", "by") and _lies_within(bound, found)


def _is_away(tape: Tape, bound: Piece, day: Piece) -> bool:
    """Whether the days behind `bound` are only those that an absence leaves."""
    single = isinstance(day.found, Days) and day.found.kind in _SINGLE and not day.found.bound
    found = bound.found
    return single and isinstance(found, Days) and found.bound == "from" and tape.has(bound.start, "until")


def _without_today(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Today is 2 March, I need a day in a week", "oggi è lunedì, vorrei giovedì": nobody asks for today."""
    days = [p for p in pieces if isinstance(p.found, Days)]
    if len(days) < 3 or days[1].link != "none":
        return pieces
    today = ((tape.today, tape.today + timedelta(days=1)),)
    weekday = tape.today.weekday()
    told = [
        p
        for p in days[:2]
        if isinstance(p.found, Days) and (p.found.ranges == today or p.found.weekday == weekday)
    ]
    first = days[0].found
    relative = isinstance(first, Days) and first.kind == "relative" and first.ranges == today
    return [p for p in pieces if p not in told] if len(told) == 2 and relative else pieces


def _lies_within(bound: Days, found: object) -> bool:
    if not isinstance(found, Days) or found.kind not in _SINGLE or found.bound or len(found.ranges) != 1:
        return False
    (first, last), (day, _) = bound.ranges[0], found.ranges[0]
    return first <= day and (bound.bound in ("after", "from") or day < last)


def _are_joined(tape: Tape, one: Piece, later: Piece) -> bool:
    """Whether either would do; but of "if she is away until the 15th, then on the 17th" only one does."""
    if _gives_way(tape, range(one.end, later.start)):
        return True
    spans = isinstance(one.found, Days) and one.found.bound is not None
    parted, unknown = False, 0
    for place in range(later.start - 1, one.end - 1, -1):
        if tape.has(place, *(_JOINING[:2] if spans else _JOINING)):
            return True
        if tape.has(place, "own") and unknown and not parted:  # "my father on Tuesday, my mother on Friday"
            return True
        parted = parted or tape.has(place, "soft")
        unknown += tape.is_unknown(place)
        if unknown > _FEW or (unknown and parted):  # "Thursday is a strike and I stay in, Friday at 11"
            return False
    return False


def _gives_way(tape: Tape, gap: range) -> bool:
    """ "Thursday, but if the doctor isn't in, Friday": the second day stands in for the first."""
    first = next((place for place in gap if tape.has(place, "if")), None)
    return first is not None and tape.has_any(range(first, gap.stop), "not", "cannot", "then")


def _is_a_reason(tape: Tape, pieces: Sequence[Piece], one: Piece, later: Piece) -> bool:
    """ "On Wednesday I take my parents to the station, Thursday afternoon": something else is done."""
    if any(not isinstance(p.found, Days) or p.found.kind not in _SINGLE for p in (one, later)):
        return False
    comma = next((p for p in range(one.end, later.start) if tape.has(p, "soft") and _parts(tape, p)), None)
    if comma is None or tape.at(comma).text == "?" or later.link in ("or", "and"):
        return False
    if tape.has_any(range(comma, later.start), *_JOINING):
        return False
    end = _with_its_hour(pieces, one)
    first = one.start
    while first > 0 and not tape.has(first - 1, "soft"):
        first -= 1
    before, behind = range(first, one.start), range(end, comma)
    if tape.has_any((*before, *behind), "if", *_WISHING):
        return False
    strange = max(sum(tape.is_unknown(p) for p in said) for said in (before, behind))
    return strange >= _FEW and not _tells_more(tape, pieces, later)


def _tells_more(tape: Tape, pieces: Sequence[Piece], later: Piece) -> bool:
    end = _with_its_hour(pieces, later)
    behind = next((p for p in range(end, len(tape)) if tape.has(p, "soft")), len(tape))
    return sum(tape.is_unknown(p) for p in range(end, behind)) >= _FEW


def _told_before_the_wish(tape: Tape, pieces: Sequence[Piece], days: Sequence[Piece]) -> list[Piece]:
    """ "My diploma is on 13 March, please put me down for the 18th": what is only told leads to the wish."""
    first, last = days[0], days[-1]
    if last.link != "break" or not _clause(tape, last).wishes:
        return []
    for day in days[:-1]:
        clause = _clause(tape, day)
        if clause.wishes or not clause.tells or _with_its_hour(pieces, day) > day.end:
            return []
    hours = any(isinstance(p.found, Clock) and first.start <= p.start < last.start for p in pieces)
    either = tape.has_any(range(first.start - _CLAUSE, last.start), "if", "then")
    return [] if hours or either else list(days[:-1])


@dataclass(frozen=True, slots=True)
class _Clause:
    wishes: bool
    tells: bool


def _clause(tape: Tape, day: Piece) -> _Clause:
    """What is said beside a day, from one comma to the next: a wish, or a story."""
    beside = [p for p in tape.clause(day.start, day.end) if not day.start <= p < day.end]
    return _Clause(
        wishes=tape.has_any(beside, *_WISHING),
        tells=any(tape.is_unknown(p) and tape.at(p).text.isalpha() for p in beside),
    )


def _parts(tape: Tape, place: int) -> bool:
    return tape.at(place).text in (",", ".", ";", "!", "?", "-", ":")


def _with_its_hour(pieces: Sequence[Piece], day: Piece) -> int:
    """The place behind a day and the hours that hang on it."""
    end = day.end
    for piece in pieces:
        if (
            piece.start >= end
            and piece.link == "none"
            and isinstance(piece.found, Clock)
            and piece.start <= end + 1
        ):
            end = piece.end
    return end
