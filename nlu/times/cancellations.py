"""Tells the time of a visit that is only called off: "cancel Thursday please", "I don't need the 3 pm"."""

from nlu.times.pieces import Clock, Days, Instant, Piece, Whenever
from nlu.times.tape import Tape

_CLAUSE = 7  # lexemes between "cancel" and the time
_BESIDE = 4  # lexemes between the time and "has to go"
_WISHING = ("wishing", "booked", "moving", "onto", "choosing")
_NEAR = 3  # lexemes between "my appointment" and its day
_OBJECT = ("own", "booked", "day_number", "at_weak", "of")
_BOUNDS = ("onto", "from", "to", "until", "before", "after")
_NO_VERB = frozenset({"instead", "delay", "earlier", "forward", "invece"})
_LEADING = ("so", "wishing", "to", "soft")
_BETWEEN = ("possessive", "booked", "filler", "own", "at", "at_weak", "of")


def call_off(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """Without the times of visits that are called off, where no other time is wished for."""
    if not any(tape.says(kind) for kind in ("cancelling", "given_up", "moving", "cannot")):
        return pieces
    wishes = [n for n, p in enumerate(pieces) if _is_wish(p)]
    if not wishes:
        return [
            p.but(dismissed=True, negated=False) if _is_booked_and_refused(tape, p) else p for p in pieces
        ]
    off = [n for n in wishes if _is_called_off(tape, pieces, n)]
    if not off or off != wishes:
        return pieces
    return [p.but(dismissed=True) if n in off else p for n, p in enumerate(pieces)]


def _is_called_off(tape: Tape, pieces: list[Piece], number: int) -> bool:
    piece = pieces[number]
    if number and _hangs_on(tape, pieces[number - 1], piece) and _is_called_off(tape, pieces, number - 1):
        return True
    first = max(piece.start - _CLAUSE, pieces[number - 1].end if number else 0)
    before = [p for p in range(first, piece.start) if tape.has(p, "cancelling", "given_up")]
    if before and not tape.has_any(range(before[-1], piece.start), "soft", "or"):
        return True
    if (
        _is_called_off_at_the_end(tape, pieces)
        or _is_moved_somewhere(tape, pieces, number)
        or _is_booked_and_impossible(tape, piece)
    ):
        return True
    return is_called_off_behind(tape, piece)


def _is_called_off_at_the_end(tape: Tape, pieces: list[Piece]) -> bool:
    """ "We were meant to come tomorrow but she is ill, so please cancel"."""
    last = max((p for p in range(len(tape)) if tape.has(p, "cancelling")), default=-1)
    if last < 0 or any(p.end > last for p in pieces) or not tape.has(last - 1, *_LEADING):
        return False
    return all(tape.has(p, "filler", "soft", "wishing") for p in range(last + 1, min(last + 3, len(tape))))


def is_called_off_behind(tape: Tape, piece: Piece) -> bool:
    """ "Tuesday's appointment has to go", "запись на 6-е отменить"."""
    behind = piece.end
    while behind < piece.end + _BESIDE and tape.has(behind, *_BETWEEN) and not tape.has(behind, "and"):
        behind += 1
    return tape.has(behind, "cancelling", "given_up")


def _is_moved_somewhere(tape: Tape, pieces: list[Piece], number: int) -> bool:
    """ "I need to reschedule tomorrow, I'm ill": to a time that nobody tells."""
    piece = pieces[number]
    if not isinstance(piece.found, Days) or piece.found.bound or tape.has(piece.start, *_BOUNDS):
        return False
    if any(p.dismissed or p.negated or (p is not piece and _is_wish(p)) for p in pieces):
        return False
    verb = piece.start - 1
    while verb > piece.start - _BESIDE and tape.has(verb, *_OBJECT) and not tape.has(verb, "onto", "moving"):
        verb -= 1
    return tape.has(verb, "moving") and not tape.has(verb, "onto") and tape.at(verb).text not in _NO_VERB


def _is_booked_and_impossible(tape: Tape, piece: Piece) -> bool:
    """ "My appointment is the 16th, I can't make it any more"."""
    if not tape.has_any(range(piece.start - _NEAR, piece.start), "booked", "have_booked"):
        return False
    told = range(piece.end, len(tape))
    impossible = any(tape.has(p, "cannot") and not tape.at(p).text for p in told)
    return impossible and not tape.has_any(told, *_WISHING)


def _is_booked_and_refused(tape: Tape, piece: Piece) -> bool:
    """ "My booking is on the 10th but I won't be able to make it"."""
    before = range(piece.start - _NEAR, piece.start)
    booked = tape.has_any(before, "have_booked")
    return piece.negated and not piece.excluding and booked and isinstance(piece.found, (Days, Clock))


def _hangs_on(tape: Tape, before: Piece, piece: Piece) -> bool:
    """ "Tuesday at 3", "Tuesday and Thursday", unlike "and come on Friday"."""
    told = any(tape.is_unknown(p) or tape.has(p, *_WISHING) for p in range(before.end, piece.start))
    return piece.link == "none" or (piece.link == "and" and not told)


def _is_wish(piece: Piece) -> bool:
    if piece.negated or piece.dismissed:
        return False
    if isinstance(piece.found, Days):
        return bool(piece.found.ranges)
    return isinstance(piece.found, (Clock, Instant, Whenever))
