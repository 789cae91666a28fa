"""What is told behind the wish and only says why: "Monday, as on Tuesday I fly", "the 11th, on the 12th I
have an interview"."""

from collections.abc import Sequence
from dataclasses import replace

from nlu.times.pieces import Clock, Days, Instant, Piece
from nlu.times.refusals import is_a_condition
from nlu.times.tape import Tape

_DOUBTFUL = 0.6
_SINGLE = ("weekday", "date", "number", "relative")
_WISHING = (
    "wishing",
    "works",
    "whenever",
    "asap",
    "free",
    "booked",
    "moving",
    "have_booked",
    "cannot",
    "own",
)
_WISHED = ("works", "whenever", "asap", "free", "booked", "moving", "wishing")
_TELLING = ("own_hours", "happened", "no_visit", "cannot")
_JOINING = ("or", "and", "then", "if", "correction", "so", "instead", "except", "not")


def without_reasons_behind(tape: Tape, pieces: Sequence[Piece]) -> list[Piece]:
    """The wish without what is told behind it: surely where "because" leads to it, else in doubt."""
    pieces = [p for p in pieces if not _is_of_a_condition(tape, p)]
    for number in range(1, len(pieces)):
        piece, before = pieces[number], pieces[:number]
        wishes = [p for p in before if _is_wish(p)]
        if not wishes or not _is_wish(piece) or not isinstance(piece.found, (Days, Clock)):
            continue
        gap = range(before[-1].end, piece.start)
        sure = _leads_because(tape, gap)
        if not sure and not _only_tells(tape, wishes[-1], pieces, number):
            continue
        end = _end_of_clause(tape, pieces, number, sure=sure)
        left = [p for p in pieces[number:] if p.start >= end]
        if any(isinstance(p.found, (Days, Clock, Instant)) and not p.negated for p in left):
            continue  # what follows may be the wish
        return [*before, *left] if sure else [*map(_doubted, before), *left]
    return list(pieces)


def _leads_because(tape: Tape, gap: range) -> bool:
    """Whether "because" leads to what follows, unlike "because of choir, Tuesday"."""
    told = next((p for p in gap if tape.has(p, "because")), None)
    if told is None:
        return False
    if _is_over(tape, range(told, gap.stop)):
        return False
    noun = tape.at(told + 1).text == "of" or not tape.at(told).text
    return not (noun and tape.has_any(range(told, gap.stop), "soft"))


def _is_of_a_condition(tape: Tape, piece: Piece) -> bool:
    """ "Thursday, and if the swelling hasn't gone by the evening, tomorrow": no hour of the visit."""
    part = isinstance(piece.found, Clock) and piece.found.shape in ("part", "before") and not piece.negated
    bounded = tape.has(piece.start, "until", "by") or tape.has(piece.start - 1, "until", "by", "before")
    if not (part and bounded) or piece.link == "none" or not is_a_condition(tape, piece.start):
        return False
    clause = [*_clause_before(tape, piece.start), *_behind(tape, [piece], 0)]
    if not (tape.has_any(clause, "if") and tape.has_any(clause, "not")):
        return False
    return any(_is_told(tape, p) for p in clause) and not tape.has_any(clause, *_WISHED)


def _only_tells(tape: Tape, wish: Piece, pieces: Sequence[Piece], number: int) -> bool:
    piece, before = pieces[number], pieces[number - 1]
    if piece.link not in ("soft", "break") or before.negated or before.dismissed:
        return False
    if _is_listed(pieces, number):
        return False
    days = isinstance(piece.found, Days)
    if isinstance(piece.found, Days) and (piece.found.kind not in _SINGLE or piece.found.bound):
        return False
    if isinstance(piece.found, Clock) and piece.found.shape != "part":
        return False
    gap = range(before.end, piece.start)
    comma = next((p for p in gap if tape.has(p, "soft")), None)
    if comma is None or any(tape.has(p, *_JOINING) and not tape.has(p, "filler") for p in gap):
        return False
    if any(_is_told(tape, p) for p in (*_clause_before(tape, wish.start), *range(before.end, comma))):
        return False  # "a check-up on Wednesday, on Friday the cleaning"
    if any(_is_told(tape, p) or tape.has(p, *_WISHING) for p in range(comma, piece.start)):
        return False
    if is_a_condition(tape, wish.start):
        return False
    behind = _behind(tape, pieces, number)
    joined = next((p for p in behind if tape.has(p, "and")), behind.stop)
    if tape.has_any(range(behind.start, joined), *_WISHING):
        return False
    another = isinstance(before.found, Clock)  # "in the morning, in the evening I've got the children"
    return sum(_is_told(tape, p) for p in behind) >= (1 if days or another else 2)


def _is_listed(pieces: Sequence[Piece], number: int) -> bool:
    """ "Wednesday, Thursday and Friday suit", "Tuesday at 10 for me, Tuesday at 10.30 for my son"."""
    later = pieces[number + 1] if number + 1 < len(pieces) else None
    if later is not None and later.link in ("and", "or"):
        return True
    days = [n for n in range(number) if isinstance(pieces[n].found, Days) and _is_wish(pieces[n])]
    if len(days) > 1 and pieces[days[-1]].link == "soft":
        return True
    timed = later is not None and later.link == "none" and isinstance(later.found, Clock)
    return timed and isinstance(pieces[number - 1].found, Clock)


def _behind(tape: Tape, pieces: Sequence[Piece], number: int) -> range:
    """What is said behind the piece and the hours that hang on it, as far as its clause goes."""
    end = pieces[number].end
    for piece in pieces[number + 1 :]:
        if piece.link != "none":
            break
        end = piece.end
    return range(end, next((p for p in range(end, len(tape)) if tape.has(p, "soft", "because")), len(tape)))


def _end_of_clause(tape: Tape, pieces: Sequence[Piece], number: int, *, sure: bool) -> int:
    """Of "because" to the end of the sentence."""
    behind = _behind(tape, pieces, number)
    if not sure:
        return behind.stop
    return next((p for p in range(behind.start, len(tape)) if _ends_reason(tape, p)), len(tape))


def _is_over(tape: Tape, reason: range) -> bool:
    return any(_ends_reason(tape, place) for place in reason)


def _ends_reason(tape: Tape, place: int) -> bool:
    """The end of the sentence, or "..., possibly between 10 and 12"."""
    if tape.at(place).text in (".", "!", "?"):
        return True
    ending = ("rather", "contrast", "before", "after", "if")
    wished = tape.has(place + 1, "wishing") and tape.vocabulary.language == "it"
    return tape.at(place).text == "," and (wished or tape.has(place + 1, *ending))


def _clause_before(tape: Tape, start: int) -> range:
    first = start
    while first > 0 and not tape.has(first - 1, "soft"):
        first -= 1
    return range(first, start)


def _is_told(tape: Tape, place: int) -> bool:
    """A word that nothing is known of, or one that tells what somebody does."""
    if tape.has(place, *_TELLING):
        return True
    return tape.is_unknown(place) and tape.at(place).text.isalpha() and not tape.has(place, "wishing")


def _is_wish(piece: Piece) -> bool:
    if piece.negated or piece.dismissed:
        return False
    return isinstance(piece.found, Clock) or (isinstance(piece.found, Days) and bool(piece.found.ranges))


def _doubted(piece: Piece) -> Piece:
    found = piece.found
    if isinstance(found, Days):
        return piece.but(found=replace(found, confidence=min(found.confidence, _DOUBTFUL)))
    return piece.but(found=replace(found, sure=False)) if isinstance(found, Clock) else piece
