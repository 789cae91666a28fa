"""Signs that a time is only told of and not wished for: verbs in the past, days that are names."""

import re
from collections.abc import Sequence

from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

#: The past of Russian verbs; what is known as a word of wishing or of time is none of them.
_PAST_VERB = re.compile(r".{2,}[аеиыоуяю]л(?:а|о|и|ся|ась|ось|ись)?")
_NO_VERBS = re.compile(
    r"(?:школ|анал|бокал|вокзал|зал|интервал|материал|персонал|скул|пеонал|профил|идеал).{0,2}"
)
_WISHING = ("wishing", "booked", "moving", "so", "whenever", "asap")


def is_told_of(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "В субботу вырвали зуб, до сих пор кровит": a day that was, though it was read as one ahead."""
    if tape.vocabulary.language != "ru" or tape.asked_for_time:
        return False
    return any(_tells_the_past(tape, p) or _is_called_so(tape, p) for p in pieces if _is_wish(p))


def _is_wish(piece: Piece) -> bool:
    if piece.negated or piece.dismissed:
        return False
    return isinstance(piece.found, Clock) or (isinstance(piece.found, Days) and bool(piece.found.ranges))


def _tells_the_past(tape: Tape, piece: Piece) -> bool:
    """Within its clause a verb in the past, and nothing that wishes."""
    verb = False
    for step, beside in ((-1, piece.start - 1), (1, piece.end)):
        while 0 <= beside < len(tape) and not tape.has(beside, "soft"):
            if tape.has(beside, *_WISHING):
                return False
            verb = verb or tape.has(beside, "happened") or _is_past_verb(tape, beside)
            beside += step
    return verb


def _is_past_verb(tape: Tape, place: int) -> bool:
    lexeme = tape.at(place)
    if lexeme.senses or len(lexeme.text) < 4:
        return False
    return _PAST_VERB.fullmatch(lexeme.text) is not None and _NO_VERBS.fullmatch(lexeme.text) is None


def _is_called_so(tape: Tape, piece: Piece) -> bool:
    """ "Пятница — моя собака", "кошку зовут Пятница"."""
    if not (isinstance(piece.found, Days) and piece.found.kind == "weekday"):
        return False
    dash = tape.at(piece.end).text == "-" and tape.has(piece.end + 1, "own", "which_is")
    named = any(
        tape.at(p).text in ("зовут", "кличка", "кличке", "звать") for p in (piece.start - 1, piece.start - 2)
    )
    return dash or named
