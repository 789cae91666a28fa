"""Two people named in one breath: "Sue and Tom Baker", "Luca Poli e Marta Poli", "Лев и Мия Фоксы"."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from nlu.lexicon import known_languages, lexicon
from nlu.name_words import first_names, no_names, plain_name
from nlu.names import written_as_name
from nlu.understanding import Entity

_WORD = r"[^\W\d_]+(?:['’ʼ`\-‐][^\W\d_]+)*"
_NAME = rf"{_WORD}(?:[ \u00a0]+{_WORD}){{0,3}}?"
_COUPLE = re.compile(
    rf"(?P<first>{_NAME})(?:[ \u00a0]+(?:and|e|ed|и|und)[ \u00a0]+|[ \u00a0]*[&+][ \u00a0]*)"
    rf"(?P<second>{_WORD}(?:[ \u00a0]+{_WORD}){{0,3}})(?![\w'’-])",
    re.I,
)
_LONGEST = 400  # characters that are looked at

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
) -> tuple[Entity, Entity] | None:
    """Both of them, the first as `person`, the second as `companion`; where a `person` was found, one of the
    two. A surname said once, behind the second, is that of both.
    """
    for found in _COUPLE.finditer(text[:_LONGEST]):
        first, second = found.span("first"), found.span("second")
        if person is not None and not (first[0] <= person.start and person.end <= second[1]):
            continue
        told_first = person is not None and first[0] <= person.start < first[1]
        start = person.start if person is not None and told_first else _behind_courtesies(text, first)
        second = (_behind_courtesies(text, second), second[1])  # "and my son Luca"
        second = (second[0], _up_to_else(text, second, taken))
        one, other = text[start : first[1]].split(), text[slice(*second)].split()
        if any(e.start < second[1] and start < e.end for e in (*staff, *taken)):
            continue
        if not other or not _are_names(one, other, ordinary, asked=asked):
            continue
        if person is None and not asked and (len(other) < 2 or not _is_known(one, other)):
            continue  # "Visa and Mastercard"
        if len(one) == 1 and len(other) > 1:
            one, other = _with_one_surname(one, other)
        return _named("person", " ".join(one), text, (start, first[1])), _named(
            "companion", " ".join(other), text, second
        )
    return None


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
    strange = not any(ordinary(plain_name(words[0])) for words in (one, other))
    if all(word[0].isupper() for word in (*one, other[0])):
        return known[0] or strange
    return asked and any(known) and strange


def _with_one_surname(one: list[str], other: list[str]) -> tuple[list[str], list[str]]:
    """In Russian it stands in the plural: "Света и Тимур Бакировы"."""
    *given, surname = other[1:]
    return (
        [*one, *given, _of_one(surname, one[0])],
        [other[0], *given, _of_one(surname, other[0])],
    )


def _of_one(surname: str, first: str) -> str:
    folded = plain_name(first)
    hers = folded not in _HIS and folded[-1:] in ("а", "я")
    if re.search(r"(ов|ев|ёв|ин|ын)ы$", surname):
        return surname[:-1] + ("а" if hers else "")
    if re.search(r"[сц]кие$", surname):
        return surname[:-2] + ("ая" if hers else "ий")
    return surname[:-1] if re.search(r"[бвгдзклмнпрстфхцчшщ][ыи]$", surname) else surname


@lru_cache(maxsize=1)
def _around() -> frozenset[str]:
    return frozenset().union(*(lexicon(x).around_name for x in known_languages()))
