"""Tells the days of other things ("on Saturday I leave for Ghana") from the day that is wished for."""

from itertools import pairwise

from nlu.times.pieces import Clock, Days, Piece
from nlu.times.refusals import is_a_condition
from nlu.times.tape import Tape

_WISHED = ("wishing", "works", "whenever", "asap", "free", "booked", "moving", "so", "if", "choosing")
_TELLING = ("oneself", "own", "aged", "own_hours", "event", "being")
_SOMEBODY = frozenset({"he", "she", "they", "shes", "hes", "theyre", "school", "nursery"})
_BOUNDS = ("before", "after", "until", "by", "from_on")


def drop_events(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """Without the days on which only something else is done, where another day is wished for."""
    if not tape.vocabulary.tells_events:
        return pieces
    pieces = [_free_afterwards(tape, pieces, p) for p in _without_stays(tape, pieces)]
    if not any(tape.says(kind) for kind in ("event", "own_hours", "cannot")):
        return pieces
    pieces = _without_hours_behind(tape, pieces)
    days = [p for p in pieces if isinstance(p.found, Days) and p.found.ranges and _is_wish(p)]
    clauses = {id(p): _clause(tape, pieces, p) for p in days}
    told = _with_those_listed(tape, days, [p for p in days if _tells_an_event(tape, p, clauses[id(p)])])
    if not told or len(told) == len(days):
        return pieces
    places = {place for p in told for place in clauses[id(p)]}
    left = [p for p in pieces if p.start not in places or not isinstance(p.found, (Days, Clock))]
    return [p.but(link="break") if _follows(pieces, p, places) else p for p in left]


def _without_stays(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Could he have the 12th, he is staying until the 15th", "no money till Friday but I could come on
    Saturday": beside a day that is wished for, the bound only tells."""
    days = [p for p in pieces if isinstance(p.found, Days) and p.found.ranges and _is_wish(p)]
    told = [p for p in days if _is_until(tape, p) and _only_tells(tape, _clause(tape, pieces, p), p)]
    wished = [p for p in days if p not in told]
    if not told or not wished or any(isinstance(p.found, Days) and p.found.bound for p in wished):
        return pieces
    left = [p for p in pieces if p not in told]
    return [p.but(link="break") if p is wished[0] and p.link == "none" else p for p in left]


def _is_until(tape: Tape, piece: Piece) -> bool:
    bound = piece.found.bound if isinstance(piece.found, Days) else None
    return bound in ("by", "before") and tape.has(piece.start, "until") and piece.link in ("break", "soft")


def _only_tells(tape: Tape, clause: range, piece: Piece) -> bool:
    """Words that nothing is known of, and none that wishes, before the piece."""
    before = range(clause.start, piece.start)
    said = [p for p in clause if not piece.start <= p < piece.end and not tape.has(p, "filler")]
    if tape.has_any((*before, *said), *_WISHED):
        return False
    return any(tape.has(p, "event") or (tape.is_unknown(p) and tape.at(p).text.isalpha()) for p in before)


def _free_afterwards(tape: Tape, pieces: list[Piece], piece: Piece) -> Piece:
    """ "Can I bring her on Thursday, she's in nursery till noon": after it."""
    found = piece.found
    if not isinstance(found, Clock) or found.shape != "before" or not tape.has(piece.start, "until"):
        return piece
    days = any(isinstance(p.found, Days) and p.found.ranges and _is_wish(p) for p in pieces)
    apart = piece.link in ("break", "soft") and _is_wish(piece)
    clause = _clause(tape, pieces, piece)
    begins = clause.start == 0 or _parts(tape, clause.start - 1)
    before = range(clause.start, piece.start)
    begins = begins and any(tape.has(p, *_TELLING) or tape.at(p).text in _SOMEBODY for p in before)
    if not (days and apart and begins and found.end) or not _only_tells(tape, clause, piece):
        return piece
    return piece.but(found=Clock("after", found.end))


def _without_hours_behind(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "The 24th in the morning, my train leaves at 14.05": an hour of something else, behind the wish."""
    hours = [p for p in pieces if isinstance(p.found, Clock) and _is_wish(p)]
    told = [p for p in hours[1:] if _is_hour_of_an_event(tape, pieces, p)]
    return [p for p in pieces if p not in told]


def _is_hour_of_an_event(tape: Tape, pieces: list[Piece], piece: Piece) -> bool:
    if not isinstance(piece.found, Clock) or piece.found.shape not in ("point", "range"):
        return False
    if piece.link not in ("soft", "break") or not tape.has(piece.start, "at", "digits", "number", "half"):
        return False
    clause = _clause(tape, pieces, piece)
    said = [p for p in clause if not piece.start <= p < piece.end]
    if any(tape.has(p, *_WISHED, "instead", "or") and not tape.has(p, "event", "own_hours") for p in said):
        return False
    return tape.has_any(range(clause.start, piece.start), "event", "own_hours")


def _follows(pieces: list[Piece], piece: Piece, places: set[int]) -> bool:
    """Whether the piece before it is gone, so that it hangs on nothing."""
    number = next(n for n, p in enumerate(pieces) if p is piece)
    return number > 0 and pieces[number - 1].start in places and piece.link != "break"


def _clause(tape: Tape, pieces: list[Piece], piece: Piece) -> range:
    """From one comma, or another day, to the next."""
    others = [p for p in pieces if isinstance(p.found, Days) and p is not piece]
    first, last = piece.start, piece.end
    before = max((p.end for p in others if p.end <= piece.start), default=0)
    behind = min((p.start for p in others if p.start >= piece.end), default=len(tape))
    while first > before and not _parts(tape, first - 1):
        first -= 1
    while last < behind and not _parts(tape, last):
        last += 1
    return range(first, last)


def _parts(tape: Tape, place: int) -> bool:
    """A comma, or an "and" that leads to a wish."""
    if place in tape.read:
        return False
    joined = tape.has(place, "and") and not tape.has(place, "one")
    return tape.has(place, "soft", "correction") or (joined and tape.has(place + 1, "wishing", "oneself"))


def _with_those_listed(tape: Tape, days: list[Piece], told: list[Piece]) -> list[Piece]:
    """ "I've got mocks Tuesday, Wednesday and Thursday": all of them."""
    for one, other in pairwise(days):
        gap = range(one.end, other.start)
        listed = len(gap) <= 2 and all(tape.has(p, "and", "of", "at") or tape.at(p).text == "," for p in gap)
        if listed and _are_alike(one, other) and any(p is one for p in told):
            behind = tape.skip(other.end, "filler", most=2)
            if not tape.has(behind, *_WISHED) or tape.has(behind, "soft"):
                told = [*told, other]
    return told


def _are_alike(one: Piece, other: Piece) -> bool:
    days = [p.found.kind for p in (one, other) if isinstance(p.found, Days) and not p.found.bound]
    return len(days) == 2 and days[0] == days[1]


def _tells_an_event(tape: Tape, piece: Piece, clause: range) -> bool:
    if tape.has(piece.start, *_BOUNDS) or piece.link == "or":
        return False
    said = [p for p in clause if not piece.start <= p < piece.end]
    if tape.has_any(said, "not"):
        return False
    if any(tape.has(p, *_WISHED) and not tape.has(p, "event", "own_hours") for p in said):
        return False
    away = any(tape.has(p, "cannot") and not tape.at(p).text for p in said)  # "I fly to Rome on Thursday"
    either = any(tape.has(p, "then", "if") or (tape.has(p, "or") and not tape.has(p, "and")) for p in said)
    away = away and not (either or is_a_condition(tape, piece.start))
    return away or tape.has_any(said, "event", "own_hours")


def _is_wish(piece: Piece) -> bool:
    return not (piece.negated or piece.dismissed)
