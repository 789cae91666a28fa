"""People's names: what follows "mi chiamo", or the whole message when a name was asked for."""

import re
from collections.abc import Callable, Sequence

from nlu.lexicon import Lexicon, known_languages, lexicon
from nlu.name_words import first_names, plain_name
from nlu.signatures import Signature, find_signature
from nlu.understanding import Entity
from nlu.words import Word

_PIECE = re.compile(r"[^\W\d_]+(?:['’ʼ`\-‐][^\W\d_]+)*\.?'?")
_SMALL_PARTICLES = frozenset(
    {"van", "von", "der", "den", "ter", "ten", "zu", "zur", "bin", "ibn", "оглы", "кызы"}
)
_PARTICLES = _SMALL_PARTICLES | {
    *("de", "di", "da", "do", "dos", "du", "del", "della", "delle", "dello", "dei", "degli", "dalla", "dal"),
    *("la", "lo", "le", "li", "el", "al", "ben", "san", "santa", "mac", "mc", "st"),
}
_INITIAL = re.compile(r"[^\W\d_]\.")
#: Said while thinking: "it's uh David Brown".
_HESITATION = re.compile(r"u+h+|u+m+|e+r+m*|a+h+|h+m+|e+h+m*|m{2,}|beh|boh|э+м*|м{2,}|х+м+|ну")
#: An article that has grown into its word: "l'ultimo" is "ultimo", and so no name.
_ELIDED = re.compile(r"(?:[Ll]|[Uu]n)['’ʼ`](?P<word>[^\W\d_].*)", re.S)
_YEAR_OLD = re.compile(r"(years?|months?|weeks?|days?|yrs?|mths?)[\s-]?olds?\b", re.IGNORECASE)
#: First names that are small words, too.
_NAMES_AND_WORDS = frozenset({"will", "may", "june", "april", "hope", "grant", "mark", "bill", "sole", "май"})
#: Surnames that are particles: "Саша Ли".
_SURNAMES_AND_PARTICLES = frozenset({"ли", "ни", "но", "то"})
_MOST_WORDS = 6

#: Tells whether a folded word is an ordinary word of the language that is spoken.
Ordinary = Callable[[str], bool]


def find_person(
    text: str,
    words: tuple[Word, ...],
    *,
    language: str,
    asked: bool,
    may_sign: bool = False,
    ordinary: Ordinary,
    taken: Sequence[Entity],
    staff: Sequence[Entity] = (),
) -> Entity | None:
    """The name in a message, written as names are written.

    `taken` are spans that are something else: a phone, a practitioner, a date; `staff` those that may be a
    practitioner's. A name that nobody asked for counts only after an introduction, and after a weak one
    ("sono", "I'm") only when it looks like a name; or, where the message `may_sign`, as its signature.
    "*Anna Rossi" mends a name at any time.
    """
    taken = [*taken, *_ages(text)]
    signed = find_signature(text, ordinary=ordinary, taken=[*taken, *([] if asked else staff)])
    for known in _lexicons(language):
        introduced = _after_introduction(text, words, known, asked=asked, ordinary=ordinary, taken=taken)
        if introduced is not None:
            return _in_full(text, introduced, signed)
    if asked and not (signed and signed.sure):
        whole = _whole_message(text, words, language, ordinary, taken)
        if whole is not None:
            return whole
    return (
        _spanning(text, signed.start, signed.end) if signed and (asked or may_sign or signed.mends) else None
    )


def _ages(text: str) -> list[Entity]:
    """ "My 2-year-old" is nobody called Year-Old."""
    return [
        Entity(entity="age", value=None, start=m.start(), end=m.end(), text=m.group())
        for m in _YEAR_OLD.finditer(text)
    ]


def _in_full(text: str, introduced: Entity, signed: Signature | None) -> Entity:
    """ "It's Catherine with a C. Catherine Lawson": the name once more, and all of it."""
    if signed is None or plain_name(introduced.text) != plain_name(
        text[signed.start : signed.end].split()[0]
    ):
        return introduced
    return _spanning(text, signed.start, signed.end)


def _lexicons(language: str) -> tuple[Lexicon, ...]:
    others = [other for other in ("it", "en", "ru") if other != language]
    return tuple(lexicon(name) for name in (language, *others))


def _after_introduction(
    text: str,
    words: tuple[Word, ...],
    known: Lexicon,
    *,
    asked: bool,
    ordinary: Ordinary,
    taken: Sequence[Entity],
) -> Entity | None:
    spoken = tuple(word.text for word in words[:400])
    for weak in (False, True):
        for at in range(len(spoken)):
            if weak:
                phrase = known.weak_introductions.at(spoken, at) or known.relatives.at(spoken, at)
            else:
                phrase = known.introductions.at(spoken, at)
            if phrase is None:
                continue
            start = words[at + len(phrase) - 1].end
            if weak and text[start : start + 2] == ", ":
                start += 1  # "for my son, Luca Neri", "ой, Анна Павлова"
            run = _run(text, start, taken, known, ordinary)
            if weak and not asked:
                run = _surely_a_name(run, known, ordinary)
            if run:
                return _entity(text, run)
    return None


def _run(
    text: str, start: int, taken: Sequence[Entity], known: Lexicon, ordinary: Ordinary
) -> list[re.Match[str]]:
    """The words from `start` on that may be one name: side by side, none of them an everyday word."""
    run: list[re.Match[str]] = []
    reach = start
    for piece in _PIECE.finditer(text, start, start + 200):
        between = text[reach : piece.start()]
        if (run and between.strip(" \u00a0")) or len(between.strip(" \u00a0:-–—\n\"«“'")) > 0:
            break
        if any(e.start < piece.end() and piece.start() < e.end for e in taken):
            break
        folded = plain_name(piece.group())
        if not run and ((folded,) in known.weak_introductions or _hesitates(piece)):
            reach = piece.end()  # "it's Mrs Palmer", "it's uh David Brown"
            continue
        particle = folded in _PARTICLES and (bool(run) or piece.group()[0].isupper())
        initial = _INITIAL.fullmatch(piece.group()) is not None and piece.group()[0].isupper()
        if not particle and not initial and (folded in known.not_names or folded in known.titles):
            break
        if (
            not particle
            and ordinary(folded)
            and piece.group()[0].islower()
            and folded not in known.first_names
        ):
            break
        run.append(piece)
        reach = piece.end()
        if piece.group().endswith(".") and len(folded) > 1:
            break
        if len(run) == _MOST_WORDS:
            break
    while run and plain_name(run[-1].group()) in _PARTICLES and run[-1].group()[0].islower():
        run.pop()
    return run


def _surely_a_name(run: list[re.Match[str]], known: Lexicon, ordinary: Ordinary) -> list[re.Match[str]]:
    """After "sono" or "I'm": a known first name, or words that somebody wrote with capitals."""
    if not run:
        return []
    first = plain_name(run[0].group())
    if first in known.first_names:
        return run
    capital = [p for p in run if p.group()[0].isupper() or plain_name(p.group()) in _PARTICLES]
    if len(capital) != len(run):
        return []
    # "Alba Prova" are dawn and proof; "So Sorry" is nobody.
    words = [plain_name(p.group()) for p in run]
    idle = any(word in known.not_names or word in known.function_words for word in words)
    if ordinary(first) and (len(run) == 1 or idle):
        return []
    shouted = all(p.group().isupper() and len(p.group()) > 1 for p in run)
    return [] if shouted else run


def _whole_message(
    text: str, words: tuple[Word, ...], language: str, ordinary: Ordinary, taken: Sequence[Entity]
) -> Entity | None:
    if not words or len(words) > 25 or "?" in text:
        return None
    written = _named_like_a_word(text, taken)
    if written is not None:
        return written
    known = lexicon(language)
    around = frozenset().union(*(x.around_name for x in _lexicons(language)))
    refused_first = frozenset().union(*(x.not_names for x in _lexicons(language)))
    run: list[re.Match[str]] = []
    for piece in _PIECE.finditer(text):
        folded = plain_name(piece.group())
        if any(e.start < piece.end() and piece.start() < e.end for e in taken):
            if run:
                break
            continue
        if run and text[run[-1].end() : piece.start()].strip(" \u00a0"):
            if (
                text[run[-1].end() : piece.start()].strip() == ","
                and len(run) == 1
                and piece.group()[0].isupper()
            ):
                run.append(piece)  # "Rossi, Anna"
                continue
            break
        particle = folded in _PARTICLES
        name_like = folded in known.first_names or particle
        if not run and folded in around and not (name_like and piece.group()[0].isupper()):
            continue
        if not run and _hesitates(piece):
            continue
        if folded in around and not particle:
            break
        initial = _INITIAL.fullmatch(piece.group()) is not None and piece.group()[0].isupper()
        refused = known.not_names if run and piece.group()[0].isupper() else refused_first
        if folded in refused and not name_like and not initial:
            return None
        run.append(piece)
    if not run or len(run) > _MOST_WORDS or all(plain_name(p.group()) in _PARTICLES for p in run):
        return None
    if all(_is_word(p.group(), ordinary) and plain_name(p.group()) not in known.first_names for p in run):
        return None
    if len(run) == 1 and len(plain_name(run[0].group())) < 2:
        return None
    words_of_the_language = [
        piece
        for piece in (p.group() for p in run)
        if piece[0].islower() and ordinary(plain_name(piece)) and plain_name(piece) not in known.first_names
    ]
    return None if len(words_of_the_language) > len(run) / 2 else _entity(text, run)


def _named_like_a_word(text: str, taken: Sequence[Entity]) -> Entity | None:
    """ "Will Tell", "May Waite": all of the message, and a capital for each; "will tell you" is none."""
    pieces = list(_PIECE.finditer(text))
    capitals = all(p.group()[0].isupper() and not p.group()[1:].isupper() for p in pieces)
    if len(pieces) != 2 or not capitals:
        return None
    folded = {plain_name(piece.group()) for piece in pieces}
    if folded & _SURNAMES_AND_PARTICLES and folded & first_names():
        return _entity(text, pieces)
    if plain_name(pieces[0].group()) not in _NAMES_AND_WORDS:
        return None
    last = plain_name(pieces[1].group())
    if any(last in x.not_names or last in x.function_words for x in map(lexicon, known_languages())):
        return None  # "Will Do"
    return None if any(e.start <= pieces[1].start() < e.end for e in taken) else _entity(text, pieces)


def _hesitates(piece: re.Match[str]) -> bool:
    return _HESITATION.fullmatch(piece.group().rstrip(".").lower()) is not None


def _is_word(piece: str, ordinary: Ordinary) -> bool:
    """Whether it is an everyday word, maybe with its article."""
    elided = _ELIDED.fullmatch(piece)
    small = elided is not None and elided["word"][0].islower()
    return ordinary(plain_name(piece)) or (
        elided is not None and small and _is_everyday(elided["word"], ordinary)
    )


def _is_everyday(word: str, ordinary: Ordinary) -> bool:
    folded = plain_name(word)
    return ordinary(folded) or any(
        folded in x.last or folded in x.ordinals for x in map(lexicon, known_languages())
    )


def _entity(text: str, run: list[re.Match[str]]) -> Entity:
    start, end = run[0].start(), run[-1].end()
    last = run[-1].group()
    if last.endswith(".") and not _INITIAL.fullmatch(last):
        end -= 1
    return _spanning(text, start, end)


def _spanning(text: str, start: int, end: int) -> Entity:
    return Entity(
        entity="person", value=written_as_name(text[start:end]), start=start, end=end, text=text[start:end]
    )


def written_as_name(name: str) -> str:
    """ "anna DE LUCA" is Anna De Luca; what was written with care stays as it is: "Anne van der Berg"."""
    pieces = name.replace("’", "'").replace("ʼ", "'").replace("`", "'").replace(",", " ").split()
    careful = any(p[0].isupper() and not _is_shouted(p) for p in pieces)
    return " ".join(_piece(piece, careful) for piece in pieces)


def _is_shouted(piece: str) -> bool:
    """Written in capitals; two of them may be initials, unless they are a particle: "DE LUCA"."""
    return piece.isupper() and (len(piece) > 2 or piece.lower() in _PARTICLES)


def _piece(piece: str, careful: bool) -> str:
    folded = piece.lower()
    if folded in _PARTICLES and piece.islower() and (careful or folded in _SMALL_PARTICLES):
        return piece
    if not piece.islower() and not _is_shouted(piece):
        return piece
    parts = re.split(r"(['\-‐])", folded)
    written = "".join(part[:1].upper() + part[1:] for part in parts)
    if written.startswith("Mc") and len(written) > 4:
        written = "Mc" + written[2].upper() + written[3:]
    return written
