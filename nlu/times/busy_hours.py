"""Tells the hours that are only told of from the one wished for: "my train is at 12.07", "at 5 I fetch him",
and lets the exact hour that is told last say more than a part of the day before it."""

from nlu.times.busy_days import said_beside
from nlu.times.hours import part_hours
from nlu.times.pieces import Clock, Days, Piece, Whenever
from nlu.times.tape import Tape

_TOLD = ("own_hours", "journey", "occasion")
_LATEST = 20 * 60
_ENDING = ("so", "then", "or", "if")
_EXACT = ("point", "around", "range", "after")


def drop_busy_hours(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """The hours go in whose clause only something else is told, where another hour or a day is wished for."""
    if not tape.vocabulary.doing:
        return pieces
    pieces = [p for p in pieces if not _is_until_a_day(tape, p)]
    clocks = [n for n, p in enumerate(pieces) if _is_hour(p)]
    told = {n for n in clocks if _is_told(tape, pieces, n)}
    if len(clocks) == 1 and told and (ended := _when_free(tape, pieces, clocks[0])) is not None:
        return ended
    if (whole := _at_any_time(tape, pieces)) is not None:
        return whole
    left = [n for n in clocks if n not in told]
    others = any(_wishes(tape, pieces, n) for n in left)
    told = {n for n in told if others or _is_of_a_journey(tape, pieces[n])}
    days = any(isinstance(p.found, Days) and p.found.ranges and not p.dismissed for p in pieces)
    if not told or not (others or days):
        return pieces
    return [p for n, p in enumerate(pieces) if n not in told]


def _is_until_a_day(tape: Tape, piece: Piece) -> bool:
    """ "I fly to Antalya until the 20th": no hour."""
    clock = piece.found
    if not isinstance(clock, Clock) or clock.shape != "before" or clock.end is None:
        return False
    bare = piece.end == piece.start + 2 and tape.whole(piece.start + 1) is not None
    if not bare or clock.end.minutes < _LATEST or not tape.has(piece.start, "until"):
        return False
    first, _ = said_beside(tape, piece).places
    return tape.has_any(range(first, piece.start), "cannot")


def _at_any_time(tape: Tape, pieces: list[Piece]) -> list[Piece] | None:
    """ "I work until 6, on Saturday I can at any time": no hour of that day."""
    days = [n for n, p in enumerate(pieces) if isinstance(p.found, Days) and p.found.ranges]
    clocks = [p for p in pieces if isinstance(p.found, Clock)]
    if (
        len(days) != 1
        or not clocks
        or not isinstance(pieces[-1].found, Whenever)
        or days[0] + 2 != len(pieces)
    ):
        return None
    if tape.at(pieces[-1].start).text == "any":  # "my break is 12.30 to 1.30, Wednesday any good?"
        return None
    if pieces[-1].link not in ("none", "soft", "break") or any(
        p.start > pieces[days[0]].start for p in clocks
    ):
        return None
    if pieces[days[0]].link == "none" or not all(_is_of_work(tape, p) for p in clocks):
        return None
    return [p for p in pieces if not isinstance(p.found, Clock)]


def _is_of_work(tape: Tape, hour: Piece) -> bool:
    first, last = said_beside(tape, hour).places
    return tape.has_any(range(first, last), *_TOLD, "cannot")


def _when_free(tape: Tape, pieces: list[Piece], number: int) -> list[Piece] | None:
    """ "I finish at 4. Could I come on Thursday?": after it."""
    hour = pieces[number]
    first, last = said_beside(tape, hour).places
    finishing = tape.has_any(range(first, last), "finishing")
    if not (finishing and isinstance(hour.found, Clock) and hour.found.shape == "point"):
        return None
    after = hour.but(found=Clock("after", hour.found.start))
    return [after if p is hour else p for p in pieces]


def settle_on_the_hour(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "On Friday, only not early in the morning, about 3 if I may": about three."""
    if not tape.vocabulary.doing:
        return pieces
    pieces = _without_refused_parts(pieces)
    days = [p for p in pieces if isinstance(p.found, Days) and p.found.ranges and not p.negated]
    clocks = [n for n, p in enumerate(pieces) if isinstance(p.found, Clock)]
    if len(days) != 1 or len(clocks) != 2:
        return pieces
    part, hour = clocks
    one, other = pieces[part], pieces[hour]
    apart = (
        days[0].start < one.start and one.link in ("none", "soft") and other.link in ("break", "soft", "or")
    )
    if not apart or other.negated or other.dismissed or not _is_closer(tape, one, other):
        return pieces
    if any(tape.has(p, "or") and not tape.has(p, "filler") for p in range(one.end, other.start)):
        return pieces
    return [p.but(link="none") if n == hour else p for n, p in enumerate(pieces) if n != part]


def _without_refused_parts(pieces: list[Piece]) -> list[Piece]:
    """ "No mornings please, Wednesday from 3 to 6": the hours say it all."""
    ranges = [p for p in pieces if isinstance(p.found, Clock) and p.found.shape == "range" and not p.negated]
    days = any(isinstance(p.found, Days) and p.found.ranges for p in pieces)
    if not (ranges and days):
        return pieces
    return [p for p in pieces if not (_is_part(p) and p.negated and p.start < ranges[0].start)]


def _is_part(piece: Piece) -> bool:
    return isinstance(piece.found, Clock) and piece.found.shape == "part"


def _is_closer(tape: Tape, part: Piece, hour: Piece) -> bool:
    one, other = part.found, hour.found
    if not (isinstance(one, Clock) and isinstance(other, Clock)) or one.shape != "part" or not one.part:
        return False
    if other.shape not in _EXACT or other.start is None:
        return False
    start, end = part_hours(one.part, tape.vocabulary, tape.context)
    inside = any(start <= reading < end for reading in other.start.readings())
    return inside != part.negated


def _is_hour(piece: Piece) -> bool:
    plain = not (piece.negated or piece.dismissed)
    return plain and isinstance(piece.found, Clock) and piece.found.shape in ("point", "range", "before")


def _is_told(tape: Tape, pieces: list[Piece], number: int) -> bool:
    piece = pieces[number]
    said = said_beside(tape, piece)
    first, last = said.places
    beside = [p for p in range(first, last) if not piece.start <= p < piece.end]
    if said.wishes or any(tape.has(p, *_ENDING) and not tape.has(p, "filler") for p in beside):
        return False
    if any(isinstance(p.found, Days) and p.found.ranges and first <= p.start < last for p in pieces):
        return False
    return tape.has_any(beside, *_TOLD) and not tape.has_any(beside, "have_booked")


def _wishes(tape: Tape, pieces: list[Piece], number: int) -> bool:
    """Whether an hour is wished for in its clause, or belongs to a day that is."""
    day = number > 0 and pieces[number].link == "none" and isinstance(pieces[number - 1].found, Days)
    following = pieces[number + 1] if number + 1 < len(pieces) else None
    day = day or (following is not None and following.link == "none" and isinstance(following.found, Days))
    return day or said_beside(tape, pieces[number]).wishes


def _is_of_a_journey(tape: Tape, piece: Piece) -> bool:
    """ "I have to catch the train at 12.07": no hour to come after."""
    first, last = said_beside(tape, piece).places
    return tape.has_any(range(first, last), "journey")
