"""Signs that a time is only told of and not wished for: verbs in the past, days that are names."""

import re
from collections.abc import Sequence

from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

#: The past of Russian verbs; what is known as a word of wishing or of time is none of them.
_PAST_VERB = re.compile(r".{2,}[аеиыоуяю]л(?:а|о|и|ся|ась|ось|ись)?")
_NO_VERBS = re.compile(
    r"(?:школ|анал|бокал|вокзал|зал|интервал|материал|персонал|скул|пеонал|профил|идеал|сначал|родител"
    r"|учител|приятел|журнал|канал|сигнал|финал|подвал|терминал|специал|педал|одеял|реал).{0,2}"
)
#: "È uscito", "hanno messa": unless it is no verb at all.
_PARTICIPLE = re.compile(r".{2,}(?:at|ut|it|ess|ert|ott|olt|ort)[oaie]")
_HAVING = frozenset({"e", "ha", "ho", "hanno", "abbiamo", "avete", "sono", "siamo", "era", "avevo", "aveva"})
_WISHING = ("wishing", "booked", "moving", "so", "whenever", "asap")


def is_told_of(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "В субботу вырвали зуб, до сих пор кровит": a day that was, though it was read as one ahead."""
    if tape.vocabulary.language == "it" and not tape.asked_for_time:
        return any(_has_participle(tape, p) for p in pieces if _is_wish(p) and isinstance(p.found, Days))
    if tape.vocabulary.language != "ru" or tape.asked_for_time:
        return False
    return any(
        _tells_the_past(tape, p) or _is_called_so(tape, p) or _is_asked_about(tape, pieces, p)
        for p in pieces
        if _is_wish(p)
    )


def _has_participle(tape: Tape, piece: Piece) -> bool:
    """ "Il molare le è uscito sabato": what has been done, within a clause that wishes for nothing."""
    done = False
    for step, beside in ((-1, piece.start - 1), (1, piece.end)):
        while 0 <= beside < len(tape) and not tape.has(beside, "soft"):
            if tape.has(beside, *_WISHING, "cannot", "have_booked", "if"):
                return False
            said = tape.is_unknown(beside) and _PARTICIPLE.fullmatch(tape.at(beside).text)
            done = done or (bool(said) and any(tape.at(p).text in _HAVING for p in (beside - 1, beside - 2)))
            beside += step
    return done


def _is_asked_about(tape: Tape, pieces: Sequence[Piece], piece: Piece) -> bool:
    """ "Утро? вечер? да без разницы": a part of the day that is only asked about."""
    part = isinstance(piece.found, Clock) and piece.found.shape == "part" and piece.link != "none"
    return part and tape.at(piece.end).text == "?" and any(p.start > piece.end for p in pieces)


def drop_what_is_told(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "В пятницу ставили коронку, сегодня можно?": of two days the one that was is not wished for."""
    if tape.vocabulary.language != "ru":
        return pieces
    days = [p for p in pieces if _is_wish(p) and isinstance(p.found, Days)]
    if len(days) < 2:
        return pieces
    told = [p for p in days if _tells_the_past(tape, p)]
    if not told or len(told) == len(days) or not any(_is_asked_for(tape, p) for p in days if p not in told):
        return pieces
    kept: list[Piece] = []
    dropping = False
    for piece in pieces:
        dropping = piece in told or (dropping and isinstance(piece.found, Clock) and piece.link == "none")
        if not dropping:
            kept.append(piece)
    return kept


def _is_asked_for(tape: Tape, piece: Piece) -> bool:
    """Whether its clause wishes, or has no more in it than the time itself."""
    return not _clause_has(tape, piece, "happened") and (
        _clause_has(tape, piece, *_WISHING) or piece.end >= len(tape) or tape.has(piece.end, "soft")
    )


def _clause_has(tape: Tape, piece: Piece, *kinds: str) -> bool:
    for step, beside in ((-1, piece.start - 1), (1, piece.end)):
        while 0 <= beside < len(tape) and not tape.has(beside, "soft"):
            if tape.has(beside, *kinds):
                return True
            beside += step
    return False


def _is_wish(piece: Piece) -> bool:
    if piece.negated or piece.dismissed:
        return False
    return isinstance(piece.found, Clock) or (isinstance(piece.found, Days) and bool(piece.found.ranges))


def _tells_the_past(tape: Tape, piece: Piece) -> bool:
    """Within its clause a verb in the past, and nothing that wishes."""
    verb = False
    for step, beside in ((-1, piece.start - 1), (1, piece.end)):
        while 0 <= beside < len(tape) and not tape.has(beside, "soft"):
            if tape.has(beside, *_WISHING) or tape.at(beside).text == "бы":
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
