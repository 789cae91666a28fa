"""Tells the messages that ask for no visit: thanks and complaints, word for a dentist, when the practice is
open; and the days that a present is for."""

from nlu.times.pieces import PAST, Clock, Days, Instant, Piece
from nlu.times.stories import is_told_of_the_past
from nlu.times.tape import Tape

_WISHING = ("works", "free", "asap", "whenever", "choosing", "moving", "then", "so", "if")
_ASKING = ("wishing", "booked", *_WISHING)
#: Holidays for which presents are bought: month and day.
_PRESENTS = frozenset({(2, 14), (2, 23), (3, 8), (12, 25), (12, 31), (1, 1), (1, 7)})
_THAT = frozenset({"что", "that", "che"})
_ENDS = (".", "!", "?")


def is_no_request(tape: Tape, pieces: list[Piece]) -> bool:
    """Whether all times of the message are only told of, or asked about."""
    timed = [p for p in pieces if _is_timed(p)]
    if not timed:
        return False
    if tape.says("thanking"):  # "хочу поблагодарить: в четверг за сорок минут сделала то, что ..."
        return all(is_told_of_the_past(tape, p) for p in timed)
    if tape.says("informing"):  # "предупредите врача, что в четверг я приду с переводчиком"
        return all(_is_informed_of(tape, p) for p in timed)
    if tape.says("asks_hours"):  # "до скольки вы работаете по субботам?"
        return all(_is_asked_about(tape, p) for p in timed)
    return False


def _is_informed_of(tape: Tape, piece: Piece) -> bool:
    sentence = _sentence(tape, piece)
    that = next((p for p in sentence if tape.has(p, "informing")), piece.end)
    that = next((p for p in range(that, piece.start) if tape.at(p).text in _THAT), piece.end)
    others = [*range(sentence.start), *range(sentence.stop, len(tape))]
    return that < piece.start and not tape.has_any(others, *_ASKING)


def _is_asked_about(tape: Tape, piece: Piece) -> bool:
    asked = tape.has_any(tape.clause(piece.start, piece.end), "asks_hours")
    return asked and not any(tape.has(p, *_ASKING) for p in range(len(tape)))


def without_gifts(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Хочу подарить маме чистку на 8 марта", "сертификат к 8 марта": nobody comes on that day."""
    if not tape.says("gift"):
        return pieces
    return [p.but(found=PAST) if _is_of_a_present(tape, p) else p for p in pieces]


def _is_of_a_present(tape: Tape, piece: Piece) -> bool:
    days = piece.found
    if not isinstance(days, Days) or len(days.ranges) != 1 or piece.negated:
        return False
    last = days.ranges[0][1].toordinal() - 1
    day = days.ranges[0][1].fromordinal(last)
    clause = tape.clause(piece.start, piece.end)
    return (day.month, day.day) in _PRESENTS and tape.has_any(clause, "gift")


def _sentence(tape: Tape, piece: Piece) -> range:
    first, last = piece.start, piece.end
    while first > 0 and tape.at(first - 1).text not in _ENDS:
        first -= 1
    while last < len(tape) and tape.at(last).text not in _ENDS:
        last += 1
    return range(first, last)


def _is_timed(piece: Piece) -> bool:
    return isinstance(piece.found, (Clock, Instant)) or (
        isinstance(piece.found, Days) and bool(piece.found.ranges)
    )
