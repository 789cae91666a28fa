"""What is told beside the wish and says why, or what for: "on Tuesday at 11, so that I can go to the market",
"il 16 di pomeriggio, che al mattino ho le nausee"."""

from nlu.times.pieces import PAST, Clock, Days, Instant, Piece
from nlu.times.purposes import end_of_clause, is_purpose, only_tells, wishes
from nlu.times.stories import is_past_verb
from nlu.times.tape import Tape

_CAUSAL = frozenset({"che"})
_NEAR = 3
_FAR = 170  # days from which on a month that nobody asks for was the last one


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


def drop_bygone_months(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "The brace since October", where nobody wishes for anything: the October that was."""
    far = [n for n, p in enumerate(pieces) if _is_far(tape, p)]
    days = [p for p in pieces if isinstance(p.found, Days) and p.found.ranges]
    if not far or len(far) != len(days) or tape.asked_for_time:
        return pieces
    if any(wishes(tape, p) or tape.has(p, "booked", "if", "so", "advised") for p in range(len(tape))):
        return pieces
    told = any(tape.is_unknown(p) and tape.at(p).text.isalpha() for p in range(len(tape)))
    return [p.but(found=PAST) if n in far else p for n, p in enumerate(pieces)] if told else pieces


def _is_far(tape: Tape, piece: Piece) -> bool:
    days = piece.found
    if not isinstance(days, Days) or not days.ranges or piece.negated:
        return False
    since = days.kind == "span" and days.bound == "from" and tape.has_any(range(piece.start, piece.end), "month")
    return (since or days.kind == "month") and (days.ranges[0][0] - tape.today).days >= _FAR


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
