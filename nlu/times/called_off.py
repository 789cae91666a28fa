"""Tells the time of a visit that is only called off: "cancel my visit on Friday", "I won't come tomorrow"."""

from nlu.times.pieces import Clock, Days, Instant, Piece
from nlu.times.refusals import is_a_condition
from nlu.times.tape import Tape

_BOOKED = ("have_booked", "own")
_WISHING = ("wishing", "whenever", "asap", "moving", "works", "free", "onto", "choosing", "onward", "then")
_TELLING = ("because", "cannot", "happened", "no_visit", "own_hours", "arriving", "pain")
_NOUNS = frozenset({"отмена"})  # "есть отмена на пятницу?"
_CLAUSE_ENDS = ".!?;"


def call_off_visits(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """The days and hours of a message that calls a visit off, and wishes for no other, are all left."""
    if not (tape.says("calling_off") or tape.says("not_coming")):
        return pieces
    places = [p for p in range(len(tape)) if _calls_off(tape, p)]
    if not places or _wishes_behind(tape, places[-1]) or not any(isinstance(p.found, Days) for p in pieces):
        return pieces
    wished = False
    for number, piece in enumerate(pieces):
        joined = number > 0 and _is_joined(tape, piece)
        if not joined:
            wished = _is_wished_anew(tape, piece, places)
        if wished:
            return pieces
    return [_left(p) for p in pieces if not isinstance(p.found, Instant)]


def _wishes_behind(tape: Tape, place: int) -> bool:
    """ "He won't come, I'll come instead"."""
    return any(tape.has(p, "instead") or _books(tape, p) for p in range(place + 1, len(tape)))


def _books(tape: Tape, place: int) -> bool:
    return tape.has(place, "wishing") and not tape.has(place, "booked", "please")


def _left(piece: Piece) -> Piece:
    if not isinstance(piece.found, (Days, Clock)):
        return piece
    return piece.but(dismissed=True, negated=False, excluding=False)


def _calls_off(tape: Tape, place: int) -> bool:
    if not tape.has(place, "calling_off", "not_coming") or tape.has(place - 1, "not", "if"):
        return False
    asked = tape.at(_end_of_clause(tape, place)).text == "?" and tape.at(place).text in _NOUNS
    return not is_a_condition(tape, place) and not asked


def _is_joined(tape: Tape, piece: Piece) -> bool:
    """An hour of the day before it, or "and Friday, too"."""
    if piece.link in ("none", "and", "or"):
        return not tape.is_unknown(piece.start - 1)
    return any(tape.has(p, "too") for p in range(piece.end, _end_of_clause(tape, piece.end)))


def _is_wished_anew(tape: Tape, piece: Piece, places: list[int]) -> bool:
    """Whether a piece is neither what is called off, nor told as the reason."""
    if piece.negated or piece.dismissed or not isinstance(piece.found, (Days, Clock, Instant)):
        return False
    if isinstance(piece.found, Days) and not piece.found.ranges:
        return False
    first, last = _clause(tape, piece)
    clause = [p for p in range(first, last) if not piece.start <= p < piece.end]
    if any(first <= place < last for place in places):
        return False
    if any(tape.has(p, *_BOOKED) for p in clause):
        return False
    return any(tape.has(p, *_WISHING) for p in clause) or not any(tape.has(p, *_TELLING) for p in clause)


def _clause(tape: Tape, piece: Piece) -> tuple[int, int]:
    """From the sentence's begin, or the comma that ends another time, to its end or the next comma."""
    first, last = piece.start, piece.end
    while first > 0 and not _parts(tape, first - 1):
        first -= 1
    while last < len(tape) and not _parts(tape, last):
        last += 1
    return first, last


def _parts(tape: Tape, place: int) -> bool:
    """A comma, but for those around a "please"; and an "and" that leads to another thing to be done."""
    if not tape.has(place, "soft"):
        return tape.has(place, "and") and tape.is_unknown(place + 1)
    aside = tape.has(place + 1, "wishing") and tape.has(place + 2, "soft")
    return not (aside or (tape.has(place - 1, "wishing") and tape.has(place - 2, "soft")))


def _end_of_clause(tape: Tape, place: int) -> int:
    return next((p for p in range(place, len(tape)) if tape.at(p).text in _CLAUSE_ENDS), len(tape))
