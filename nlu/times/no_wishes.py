"""Tells the messages that name a time and wish for none: what a visit costs then, when one's own visit is,
what else there is on that day."""

from nlu.times.pieces import PAST, Clock, Days, Instant, Piece
from nlu.times.requests import is_no_request, without_gifts
from nlu.times.tape import Tape

_WISHING = (
    "wishing",
    "works",
    "free",
    "asap",
    "whenever",
    "choosing",
    "settling",
    "moving",
    "those_days",
    "so",
    "then",
)
_BOOKED = ("have_booked", "own", "booked")
_ENDS = (".", "!", "?")


def drop_without_a_wish(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """Nothing of a message that only asks or tells, unless a time was asked for."""
    if tape.asked_for_time or not pieces:
        return pieces
    if is_no_request(tape, pieces):
        return [p.but(found=PAST) if _is_timed(p) else p for p in pieces]
    pieces = without_gifts(tape, pieces)
    asked_again = _asks_for_own_visit(tape) and not _wishes(tape, range(len(tape)), but=(*_BOOKED, "please"))
    if asked_again or all(_is_told(tape, p) for p in pieces if _is_timed(p)):
        return [p.but(found=PAST) if _is_timed(p) else p for p in pieces]
    return pieces


def _is_timed(piece: Piece) -> bool:
    return isinstance(piece.found, (Days, Clock, Instant))


def _asks_for_own_visit(tape: Tape) -> bool:
    """ "When am I booked? I forgot", "is my visit really tomorrow?"."""
    return tape.says("asks_for_mine") or (
        tape.says("asks_again") and any(tape.says(kind) for kind in _BOOKED)
    )


def _is_told(tape: Tape, piece: Piece) -> bool:
    """Whether its clause tells of something else, or asks for a price, and nothing wishes."""
    if piece.negated:
        return False
    clause = tape.clause(piece.start, piece.end)
    if tape.has_any(clause, "income") and not _wishes(tape, clause):
        return True
    if _wishes(tape, range(len(tape))):
        return False
    if _asks_for_a_price(tape, _sentence(tape, piece)):
        return True
    beside = [p for p in clause if not piece.start <= p < piece.end]
    having = any(tape.at(p).text == "у" for p in beside)
    return any(tape.has(p, "occasion") or (having and tape.has(p, "own_hours")) for p in beside)


def _asks_for_a_price(tape: Tape, sentence: range) -> bool:
    """In the sentence of the time: "how much is a filling? Wednesday at 3" wishes for Wednesday."""
    said = sum(tape.has(p, "price") for p in sentence)
    return said > 1 or (said > 0 and tape.at(sentence.stop).text == "?")


def _wishes(tape: Tape, places: range, *, but: tuple[str, ...] = ()) -> bool:
    return any(tape.has(p, *_WISHING) and not tape.has(p, "if", "price", *but) for p in places)


def _sentence(tape: Tape, piece: Piece) -> range:
    first, last = piece.start, piece.end
    while first > 0 and tape.at(first - 1).text not in _ENDS:
        first -= 1
    while last < len(tape) and tape.at(last).text not in _ENDS:
        last += 1
    return range(first, last)
