"""Two people or more named in one breath: "Sue and Tom Baker", "Tom, Ann and Sue Hill", "Лев и Мия Фоксы"."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from nlu.lexicon import known_languages, lexicon
from nlu.name_words import first_names, no_names, plain_name
from nlu.names import written_as_name
from nlu.transcription import sound
from nlu.understanding import Entity

_WORD = r"[^\W\d_]+(?:['’ʼ`\-‐][^\W\d_]+)*"
_NAME = rf"{_WORD}(?:[ \u00a0]+{_WORD}){{0,3}}?"
_COUPLE = re.compile(
    rf"(?P<first>{_NAME})(?:[ \u00a0]+(?:and|e|ed|и|und)[ \u00a0]+|[ \u00a0]*[&+][ \u00a0]*)"
    rf"(?P<second>{_WORD}(?:[ \u00a0]+{_WORD}){{0,3}})(?![\w'’-])",
    re.I,
)
_BEFORE = re.compile(rf"(?<![\w'’-])(?P<name>{_WORD}(?:[ \u00a0]+{_WORD}){{0,2}})[ \u00a0]*,[ \u00a0]*$")
_LONGEST = 400  # characters that are looked at
_MOST = 6  # people

_PARTICLES = frozenset(
    {"de", "di", "da", "do", "du", "del", "della", "la", "lo", "van", "von", "der", "den", "el", "al"}
)
#: Russian first names that end as women's do.
_HIS = frozenset(
    {
        "илья",
        "никита",
        "саша",
        "миша",
        "дима",
        "паша",
        "коля",
        "ваня",
        "леша",
        "сережа",
        "гоша",
        "толя",
        "вова",
        "костя",
        "юра",
        "гриша",
        "федя",
        "лева",
        "петя",
        "вася",
        "женя",
        "валера",
        "гена",
        "сеня",
        "степа",
        "данила",
        "фома",
        "кузьма",
        "лука",
        "савва",
        "слава",
        "стасик",
        "витя",
        "митя",
        "боря",
        "жора",
        "яша",
    }
)


def find_couple(
    text: str,
    person: Entity | None,
    *,
    asked: bool,
    ordinary: Callable[[str], bool],
    taken: Sequence[Entity],
    staff: Sequence[Entity] = (),
    several: bool = False,
) -> tuple[Entity, ...] | None:
    """All of them, the first as `person`, each other one as `companion`; where a `person` was found, one of
    them. A surname said once, behind the last, is that of all. `several`: that there are is said.
    """
    for found in _COUPLE.finditer(text[:_LONGEST]):
        first, second = found.span("first"), found.span("second")
        before = _named_before(text, first[0], ordinary, asked=asked or several)
        begin = before[0][0] if before else first[0]
        if person is not None and not (begin <= person.start and person.end <= second[1]):
            continue
        told_first = person is not None and not before and first[0] <= person.start < first[1]
        start = person.start if person is not None and told_first else _behind_courtesies(text, first)
        second = (_behind_courtesies(text, second), second[1])  # "and my son Luca"
        second = (second[0], _up_to_else(text, second, taken))
        one, other = text[start : first[1]].split(), text[slice(*second)].split()
        if any(e.start < second[1] and min(begin, start) < e.end for e in (*staff, *taken) if before):
            continue
        if any(e.start < second[1] and start < e.end for e in (*staff, *taken)):
            continue
        if not other or not _are_names(one, other, ordinary, asked=asked):
            continue
        if person is None and not (asked or several) and (len(other) < 2 or not _is_known(one, other)):
            continue  # "Visa and Mastercard"
        spans = [*before, (start, first[1]), second]
        names = _with_one_surname([text[slice(*span)].split() for span in spans])
        kinds = ("person", *("companion" for _ in names[1:]))
        return tuple(
            _named(kind, " ".join(name), text, span)
            for kind, name, span in zip(kinds, names, spans, strict=True)
        )
    return None


def _named_before(
    text: str, end: int, ordinary: Callable[[str], bool], *, asked: bool
) -> list[tuple[int, int]]:
    """Where those are named that commas join to the last two: "Tom" of "Tom, Ann and Sue Hill"."""
    spans: list[tuple[int, int]] = []
    while len(spans) < _MOST - 2 and (found := _BEFORE.search(text[:end])):
        span = _its_last_words(text, *found.span("name"))
        words = text[slice(*span)].split()
        first = plain_name(words[0])
        known = first in first_names() or (asked and sounds_like_a_name(first))
        strange = asked and all(word[0].isupper() for word in words) and not ordinary(first)
        if first in no_names() or not (known or strange):
            break
        spans.insert(0, span)
        end = span[0]  # "my children Tom, Ann and Sue Hill": nobody is named before
    return spans


def _its_last_words(text: str, start: int, end: int) -> tuple[int, int]:
    """ "Tom" of "they are called Tom": those that are written as names are, else the last."""
    pieces = list(re.finditer(_WORD, text[start:end]))
    place = len(pieces) - 1
    while place > 0 and pieces[place - 1].group()[0].isupper() and pieces[place].group()[0].isupper():
        place -= 1
    return _behind_courtesies(text, (start + pieces[place].start(), end)), end


def _named(kind: str, name: str, text: str, span: tuple[int, int]) -> Entity:
    return Entity(
        entity=kind, value=written_as_name(name), start=span[0], end=span[1], text=text[slice(*span)]
    )


def _behind_courtesies(text: str, span: tuple[int, int]) -> int:
    """ "sono Luca Poli e Marta Poli", where only Marta was found: Luca begins behind "sono"."""
    start = span[0]
    for piece in re.finditer(_WORD, text[slice(*span)]):
        if plain_name(piece.group()) not in _around() or plain_name(piece.group()) in first_names():
            return start + piece.start()
    return start


def _up_to_else(text: str, span: tuple[int, int], taken: Sequence[Entity]) -> int:
    """Where the second name ends: "Tom Baker" in "Tom Baker on Friday"."""
    end = min((e.start for e in taken if span[0] <= e.start < span[1]), default=span[1])
    pieces = list(re.finditer(_WORD, text[span[0] : end]))
    reach = 0
    for place, piece in enumerate(pieces):
        if place and piece.group()[0].islower() and plain_name(piece.group()) in no_names() - _PARTICLES:
            break
        reach = piece.end()
    return span[0] + reach


def _is_known(*names: list[str]) -> bool:
    return any(plain_name(words[0]) in first_names() for words in names)


def _are_names(one: list[str], other: list[str], ordinary: Callable[[str], bool], *, asked: bool) -> bool:
    """Known first names, or capitals for all; "Sousa e Silva" is one surname, "Anna e basta" one name."""
    if not one or any(plain_name(word) in no_names() for word in (one[0], other[0])):
        return False
    known = [_is_known(words) for words in (one, other)]
    if all(known):
        return True
    if len(other) == 1 and not known[1]:
        return False
    unknown = [words[0] for words, is_known in zip((one, other), known, strict=True) if not is_known]
    strange = not any(ordinary(plain_name(word)) for word in unknown)
    if all(word[0].isupper() for word in (*one, other[0])):
        return known[0] or strange
    return asked and any(known) and strange


def _with_one_surname(names: list[list[str]]) -> list[list[str]]:
    """The last one's surname, where none of the others has one; in Russian it stands in the plural: "Света и
    Тимур Бакировы"."""
    *others, last = names
    if len(last) < 2 or any(len(name) > 1 for name in others):
        return names
    *given, surname = last[1:]
    shared = [[*name, *given, _of_one(surname, name[0])] for name in others]
    return [*shared, [last[0], *given, _of_one(surname, last[0])]]


def _of_one(surname: str, first: str) -> str:
    folded = plain_name(first)
    hers = folded not in _HIS and folded[-1:] in ("а", "я")
    if re.search(r"(ов|ев|ёв|ин|ын)ы$", surname):
        return surname[:-1] + ("а" if hers else "")
    if re.search(r"[сц]кие$", surname):
        return surname[:-2] + ("ая" if hers else "ий")
    return surname[:-1] if re.search(r"[бвгдзклмнпрстфхцчшщ][ыи]$", surname) else surname


def sounds_like_a_name(word: str) -> bool:
    """Whether a Russian writes a foreign first name so."""
    return sound(word) in _as_they_sound()


@lru_cache(maxsize=1)
def _as_they_sound() -> frozenset[str]:
    """Names in Latin letters, which a Russian writes in his own: "Том" is a word, too."""
    return frozenset(sound(name) for name in first_names() if name.isascii() and name.isalpha())


@lru_cache(maxsize=1)
def _around() -> frozenset[str]:
    return frozenset().union(*(lexicon(x).around_name for x in known_languages()))
