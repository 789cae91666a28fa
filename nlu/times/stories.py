"""Signs that a time is only told of and not wished for: verbs in the past, days that are names."""

import re
from collections.abc import Sequence
from dataclasses import replace

from nlu.times.pieces import Clock, Days, Piece
from nlu.times.reasons import is_accepted
from nlu.times.tape import Tape

#: The past of Russian verbs; what is known as a word of wishing or of time is none of them.
_PAST_VERB = re.compile(r".{2,}[аеиыоуяю]л(?:а|о|и|ся|ась|ось|ись)?")
_NO_VERBS = re.compile(
    r"(?:школ|анал|бокал|вокзал|зал|интервал|материал|персонал|скул|пеонал|профил|идеал|сначал|родител"
    r"|учител|приятел|журнал|канал|сигнал|финал|подвал|терминал|специал|педал|одеял|реал).{0,2}"
)
#: "È uscito", "hanno messa": unless it is no verb at all.
_PARTICIPLE = re.compile(
    r".+(?:at|att|itt|utt|ut|it|ess|ert|ett|ott|olt|ort|ers|ors|oss|ast|is|est|ost|int|unt|iust|ist|iest|us)[oaie]"
)
_HAVING = frozenset(
    {"e", "ha", "hai", "ho", "hanno", "han", "abbiamo", "avete", "sono", "son", "siamo", "era", "erano"}
    | {"avevo", "aveva", "avevamo", "avevano", "avevate", "ero", "eravamo"}
)
_NO_PARTICIPLE = re.compile(
    r"(?:tutt|punt|molt|cert|post|giust|cost|gust|mot|lat|stat|dett|vist|salut|gratuit|fort|apert)[oaie]"
)
_BUT = frozenset({"ma", "pero", "che"})
_SOME = frozenset({"un", "uno", "una"})
#: "Mangiavo", "aspettavamo", "dormivano": unless it is no verb, or a polite wish.
_IMPERFECT = re.compile(
    r".{2,}(?:[ae]v[oai]|[aei]v(?:amo|ate|ano))|(?:dorm|usc|ven|fin|soffr|sent)iv[oai]|er(?:o|ano|avamo|avate)"
)
_NO_IMPERFECT = re.compile(
    r"(?:brav|lav|ottav|scav|grav|trov|dev|ricev|lev|bev|rilev|sollev|nev|brev|chiav|sav|schiav|soav|nav|fav)."
    r"|(?:vol|dov|pot|cerc|pens|sper|chied|av|dic|desider|parl|prefer|aspett|sap|st)[aei]v.+"
)
#: English verbs of the past: by their ending, unless something is to be done, or one by one.
_ENDED = re.compile(r"[a-z]{2,}[^e]ed")
_NO_ENDING = frozenset({"hundred", "indeed", "speed", "scared", "interested", "tired", "offered"})
_TO_BE_DONE = frozenset(
    {"be", "get", "getting", "have", "having", "to", "needs", "need", "want", "wants", "not"}
)
_WAS = frozenset(
    {"was", "were", "did", "had", "went", "came", "took", "gave", "felt", "kept", "bit", "hit", "ate", "fell"}
    | {"told", "made", "met", "saw", "spoke", "began", "bought", "drove", "flew", "forgot", "broke", "woke"}
    | {
        "slept",
        "overran",
        "ran",
        "stood",
        "swelled",
        "threw",
        "wrote",
        "spent",
        "bled",
        "knocked",
        "rang",
        "wasn't",
        "didn't",
    }
)
_STILL_TO_COME = frozenset(
    {"hoping", "wondering", "thinking", "looking", "going", "planning", "after", "due"}
)
_DOUBTFUL = 0.6
_SET = frozenset({"was_set", "was_meant", "absent"})
_WISHING = ("wishing", "booked", "moving", "so", "whenever", "asap")
_NO_STORY = (*_WISHING, "cannot", "have_booked", "if", "arriving")


def tells_the_past(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "В субботу вырвали зуб, до сих пор кровит": a day that was, though it was read as one ahead."""
    return any(_is_wish(piece) and _tells_the_past(tape, piece) for piece in pieces)


def drop_what_is_told(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "В пятницу ставили коронку, сегодня можно?": of two days the one that was is not wished for."""
    days = [p for p in pieces if _is_wish(p) and isinstance(p.found, Days)]
    told = [p for p in days if _tells_the_past(tape, p)]
    left = [p for p in days if p not in told]
    surely = tape.vocabulary.language == "it"  # there the verb is never that of the wish
    if not told or (not left and (tape.asked_for_time or (not surely and _wishes_somewhere(tape)))):
        return pieces
    asked = any(_is_asked_for(tape, p) for p in left)
    kept: list[Piece] = []
    dropping = False
    for piece in pieces:
        dropping = piece in told or (dropping and isinstance(piece.found, Clock) and piece.link == "none")
        if not dropping:
            kept.append(piece if asked or piece not in left else _in_doubt(piece))
    return kept


def _wishes_somewhere(tape: Tape) -> bool:
    said = (*_NO_STORY, "advised", "correction")
    return any(tape.has(p, *said) and not _is_month(tape, p) for p in range(len(tape)))


def _in_doubt(piece: Piece) -> Piece:
    assert isinstance(piece.found, Days)
    return piece.but(found=replace(piece.found, confidence=min(piece.found.confidence, _DOUBTFUL)))


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
    if is_accepted(tape, piece.end):
        return False
    no_story = _WISHING if tape.vocabulary.language == "ru" else _NO_STORY
    verb = False
    for step, beside in ((-1, piece.start - 1), (1, piece.end)):
        while 0 <= beside < len(tape) and not _parts_clauses(tape, beside):
            wished = tape.has(beside, *no_story) and not (_is_month(tape, beside) or _has_done(tape, beside))
            if wished or tape.at(beside).text == "бы":
                return False
            verb = verb or is_past_verb(tape, beside)
            beside += step
    return verb


def is_told_of_the_past(tape: Tape, piece: Piece) -> bool:
    """Whether its clause tells what was, and wishes for nothing."""
    return not _is_wish(piece) or _tells_the_past(tape, piece)


def _was_going_on(verb: str, following: str) -> bool:
    if verb == "era" and following in _SOME:
        return True  # "it was a Friday"
    return _IMPERFECT.fullmatch(verb) is not None and _NO_IMPERFECT.fullmatch(verb) is None


def _is_done(tape: Tape, place: int) -> bool:
    """The participle of "ha perso", "l'avete messo": what has been done."""
    first = place - 1 if tape.has(place - 1, "article") else place - 2  # unlike "ho la giornata"
    having = any(tape.at(p).text in _HAVING for p in range(first, place))
    verb = tape.at(place).text
    done = _PARTICIPLE.fullmatch(verb) is not None and _NO_PARTICIPLE.fullmatch(verb) is None
    return having and done and tape.is_unknown(place)


def _has_done(tape: Tape, place: int) -> bool:
    """ "Avete messo", which wishes for nothing, unlike "avete posto"."""
    return tape.at(place).text == "avete" and any(_is_done(tape, p) for p in (place + 1, place + 2))


def _parts_clauses(tape: Tape, place: int) -> bool:
    return tape.has(place, "soft") or tape.at(place).text in _BUT or tape.is_a_picture(place)


def _is_month(tape: Tape, place: int) -> bool:
    """ "In May", which wishes for nothing, unlike "may I"."""
    return tape.has(place, "month") and place in tape.read


def is_past_verb(tape: Tape, place: int) -> bool:
    """ "Вырвали", "è uscito", "it loosened"."""
    text = tape.at(place).text
    match tape.vocabulary.language:
        case "it":
            return _is_done(tape, place) or (
                tape.is_unknown(place) and _was_going_on(text, tape.at(place + 1).text)
            )
        case "en":
            if tape.has(place, "happened") or text in _WAS:
                return tape.at(place + 1).text not in _STILL_TO_COME
            done = tape.is_unknown(place) and _ENDED.fullmatch(text) is not None and text not in _NO_ENDING
            done = done and not tape.has(place - 1, "being")  # "I'm wiped out on Tuesday"
            return done and not any(tape.at(p).text in _TO_BE_DONE for p in range(place - 4, place))
        case _:
            if tape.has(place, "happened"):
                return True
            told = (
                tape.at(place).senses.keys() <= _SET
                and _PAST_VERB.fullmatch(text) is not None
                and len(text) > 3
            )
            return told and _NO_VERBS.fullmatch(text) is None
