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
#: First names that are words, too; the first line's are of days and months.
_NAMES_AND_TIMES = frozenset({"may", "june", "april", "august", "domenica", "natale", "май", "марта"})
_NAMES_AND_WORDS = _NAMES_AND_TIMES | {
    *("will", "hope", "grant", "mark", "bill", "joy", "faith", "rose", "dawn", "eve", "summer", "sunny"),
    *("felice", "gioia", "grazia", "speranza", "sole", "luce", "alba", "bianca", "serena", "libero", "primo"),
    *("вера", "надежда", "любовь", "слава", "лев", "роза", "рада"),
}
#: Surnames that are words of a day; behind a first name that is no such word they are not meant so.
_DAYS = frozenset(
    word
    for words in (
        "monday tuesday wednesday thursday friday saturday sunday day noon morning evening weeks month year",
        "lunedi martedi mercoledi giovedi venerdi sabato domenica mattina sera giorno mese anno ora",
        "понедельник вторник среда четверг пятница суббота воскресенье день вечер утро час год месяц неделя",
    )
    for word in words.split()
)
_WEEKDAYS = frozenset(
    word
    for words in (
        "monday tuesday wednesday thursday friday saturday sunday lunedi martedi mercoledi giovedi",
        "venerdi sabato понедельник вторник среда четверг пятница суббота воскресенье",
    )
    for word in words.split()
)
_MEANT_AS_DAY = frozenset(
    word
    for words in ("today tomorrow tonight oggi domani stasera dopodomani сегодня завтра",)
    for word in words.split()
)
#: "имя неправильное", "il nome sbagliato": said of a name, and none.
_SAID_OF_A_NAME = re.compile(
    r"wrong|incorrect|mis-?spel\w*|spel\w+|should|sbagliat[oa]|errat[oa]|giust[oa]|corrett[oa]"
    r"|(?:не)?правильн\w+|неверн\w+|перепутан\w+|опечат\w+|пишется"
)
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
            run = _run(text, start, taken, known, ordinary, asked=asked)
            if weak and not asked:
                run = _surely_a_name(run, known, ordinary)
            if run:
                return _entity(text, run)
    return None


def _run(
    text: str, start: int, taken: Sequence[Entity], known: Lexicon, ordinary: Ordinary, *, asked: bool
) -> list[re.Match[str]]:
    """The words from `start` on that may be one name: side by side, none of them an everyday word."""
    run: list[re.Match[str]] = []
    reach = start
    for piece in _PIECE.finditer(text, start, start + 200):
        between = text[reach : piece.start()]
        if asked and len(run) == 1 and _stands_on_next_line(text, piece, between, ordinary):
            run.append(piece)
            break
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
        if not run and _SAID_OF_A_NAME.fullmatch(folded) and not piece.group().istitle():
            break
        named = not run and _begins_like_a_word(text, piece)
        unfit = folded in known.not_names or folded in known.titles
        if not particle and not initial and not named and unfit:
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
        if run and (between := text[run[-1].end() : piece.start()]).strip(" \u00a0"):
            if len(run) == 1 and _stands_on_next_line(text, piece, between, ordinary):
                run.append(piece)
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
        if folded in refused and not name_like and not initial and not _begins_like_a_word(text, piece):
            if run and _leads_to(text, piece, taken, refused_first):
                break  # "gina volpe solo venerdì"
            return None
        run.append(piece)
    if not run or len(run) > _MOST_WORDS or all(plain_name(p.group()) in _PARTICLES for p in run):
        return None
    named = _begins_like_a_word(text, run[0])
    strangers = [p for p in run if plain_name(p.group()) not in known.first_names]
    if not named and strangers == run and all(_is_word(p.group(), ordinary) for p in run):
        return None
    if len(run) == 1 and len(plain_name(run[0].group())) < 2:
        return None
    words_of_the_language = [
        piece
        for piece in (p.group() for p in run)
        if piece[0].islower() and ordinary(plain_name(piece)) and plain_name(piece) not in known.first_names
    ]
    return None if len(words_of_the_language) > len(run) / 2 else _entity(text, run)


def may_begin_name(text: str, time: Entity) -> bool:
    """Whether what was read as a day may be the first name of somebody: "april jones", "Domenica Neri"."""
    behind = _PIECE.match(text[time.end :].lstrip(" \u00a0"))
    return behind is not None and plain_name(time.text) in _NAMES_AND_WORDS


def _named_like_a_word(text: str, taken: Sequence[Entity]) -> Entity | None:
    """ "Will Tell", "Вера Среда": all of the message, and a capital for each; "will tell you" is none."""
    pieces = list(_PIECE.finditer(text))
    capitals = all(p.group()[0].isupper() and not p.group()[1:].isupper() for p in pieces)
    if len(pieces) != 2 or not capitals or re.search(r"[\d,;?\n]", text):
        return None
    first, last = (plain_name(piece.group()) for piece in pieces)
    if not _may_be_surname(first, last):
        return None
    others = [e for e in taken if e.entity not in ("time", "part_of_day", "visit_type")]
    return None if any(e.start <= pieces[1].start() < e.end for e in others) else _entity(text, pieces)


def _may_be_surname(first: str, last: str) -> bool:
    """Whether a word with a capital, right behind a first name, is a surname, whatever else it means."""
    known = tuple(map(lexicon, known_languages()))
    if first in _NAMES_AND_TIMES and last in _DAYS:
        return last in _WEEKDAYS  # "Domenica Sabato"; but "Domenica Mattina" is a morning
    if first in _NAMES_AND_WORDS:
        small = any(last in x.not_names or last in x.function_words for x in known)
        return last in _DAYS or not small  # "Will Do"
    around = any(last in x.around_name or last in x.titles or (last,) in x.courtesies for x in known)
    return first in first_names() and not around and last not in _MEANT_AS_DAY


def _begins_like_a_word(text: str, first: re.Match[str]) -> bool:
    """ "April Jones, Monday", "Domenica Rossi": a first name that is a word, a surname behind it."""
    last = _PIECE.match(text, first.end() + 1)
    if last is None or not (first.group().istitle() and last.group()[0].isupper()):
        return False
    folded = plain_name(first.group())
    return folded in _NAMES_AND_WORDS and _may_be_surname(folded, plain_name(last.group()))


def _stands_on_next_line(text: str, piece: re.Match[str], between: str, ordinary: Ordinary) -> bool:
    """ "jane", "fox" in two messages: a word alone on the next line, which is no everyday word."""
    line, *_ = text[piece.start() :].split("\n")
    folded = plain_name(piece.group())
    known = tuple(map(lexicon, known_languages()))
    idle = any(folded in x.not_names | x.function_words | x.around_name for x in known)
    if between.strip(" ") != "\n" or line.strip(" .!") != piece.group() or idle or len(folded) < 2:
        return False
    return piece.group()[0].isupper() or not ordinary(folded)


def _leads_to(text: str, piece: re.Match[str], taken: Sequence[Entity], small: frozenset[str]) -> bool:
    """Whether small words alone stand between here and a day or an hour."""
    behind = min((e.start for e in taken if e.start >= piece.end()), default=None)
    if behind is None:
        return False
    return all(plain_name(p.group()) in small for p in _PIECE.finditer(text, piece.start(), behind))


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
