"""Two kinds of times, either of which would do: "weekends or evenings", "Thursday rather than Friday, but
either is fine", "free until 12, after that working"."""

from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

_BUSY = ("own_hours", "cannot", "event")


def take_either(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    return _with_what_would_do(tape, _until_then(tape, _of_any_day(tape, pieces)))


def _of_any_day(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Saturdays or after 5": the hours are not of those days alone."""
    if not tape.says("or"):
        return pieces
    told = list(pieces)
    for number in range(1, len(told)):
        day, hours = told[number - 1 : number + 1]
        clock = hours.found
        if not isinstance(clock, Clock) or clock.shape not in ("part", "after") or hours.link != "or":
            continue
        last = number + 1 == len(told) or told[number + 1].link == "break"
        alone = number == 1 or told[number - 1].link in ("break", "soft")
        either = any(tape.at(p).text == "or" for p in range(day.end, hours.start))
        if last and alone and either and not hours.negated and _is_a_kind_of_day(tape, day):
            told[number] = hours.but(link="break")
    return told


def _is_a_kind_of_day(tape: Tape, piece: Piece) -> bool:
    if not isinstance(piece.found, Days) or piece.negated or piece.dismissed:
        return False
    return tape.has_any(range(piece.start, piece.end), "weekend", "weekdays", "workdays")


def _until_then(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Tomorrow I'm free until 12, after that I'm working": until then."""
    if not tape.says("after_that"):
        return pieces
    told = list(pieces)
    for number, piece in enumerate(told):
        clock = piece.found
        if not isinstance(clock, Clock) or clock.shape != "after" or not tape.has(piece.start, "after_that"):
            continue
        behind = tape.skip(piece.end, "filler", "oneself", "being", "soft")
        asks = tape.has_any(range(piece.end, behind), "wishing")  # "after that I can get out"
        if tape.has(behind, *_BUSY) and not (asks or piece.negated):
            told[number] = piece.but(found=Clock("before", end=clock.start))
    return told


def _with_what_would_do(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "I'd rather have Thursday than Friday, but either would do": both of them."""
    if not tape.says("either_does") or len(pieces) < 2:
        return pieces
    last, before = pieces[-1], pieces[-2]
    alike = isinstance(last.found, Days) and isinstance(before.found, Days) and last.dismissed
    if not alike or before.negated or not tape.has_any(range(last.end, len(tape)), "either_does"):
        return pieces
    return [*pieces[:-1], last.but(dismissed=False, link="or")]
