"""Visit types and practitioners, as the practice names them and as patients inflect and misspell them."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from rapidfuzz.distance import OSA

from nlu.lexicon import known_languages, lexicon
from nlu.understanding import Entity, Named
from nlu.words import Word, plain_words

#: Carry no meaning within a name: "pulizia dei denti", "check of the teeth".
_SMALL = frozenset(
    {
        "di",
        "dei",
        "del",
        "della",
        "delle",
        "il",
        "la",
        "le",
        "lo",
        "l",
        "a",
        "al",
        "da",
        "per",
        "con",
        "e",
        "un",
    }
    | {"una", "the", "of", "an", "for", "my", "with", "and", "и", "на", "в", "с", "по", "для"}
    | {"dott", "dottor", "dottore", "dottoressa", "dr", "dra", "doctor", "prof", "доктор", "врач", "др"}
    | {"dottssa", "drssa", "ssa", "mr", "mrs", "ms"}
)


_NEAR = 60  # characters before a visit, in which it may be turned down

#: Right before a visit that only tells when another is to be, or in whose place.
_BESIDE = re.compile(
    r"\b((after|before|following|instead of|rather than|dopo|prima del(la)?|invece (di|del|della|dell)"
    r"|anziché"
    r"|al posto (di|del|della|dell)|после|перед|вместо)\W+)((a|an|the|my|his|her|il|la|lo|l|un|una|mio"
    r"|mia)\W+)*$",
    re.I,
)
#: Right before a visit that is not wished for: "cleaning, not a check-up", "non mi serve il controllo",
#: "не на осмотр". A bare "no" may be an answer, so it counts only behind something.
_NOT = re.compile(
    r"(?<!\w)(?:(?<!why )(?<!if )(?<!perché )(?<!perche )(?<!se )(?<!почему )(?<!если )"
    r"(?:not|don'?t|doesn'?t|isn'?t|non|не|без|without|senza)|(?<=\w[ ,])no|(?<=\w, )no)"
    r"(?:\s+(?:a|an|the|for|my|need|want|wanna|after|it'?s|is|to|have|come|really|anymore|"
    r"il|la|lo|l|un|una|per|di|mi|serve|servono|voglio|vorrei|vogliamo|è|era|più|"
    r"на|в|для|хочу|хотим|хотел|хотела|нужен|нужна|нужно|надо|нужны)){0,4}\s*(?:l')?$",
    re.I,
)
#: Whether a written word is a known one.
Same = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class _Hit:
    id: str
    first: int
    last: int
    weight: tuple[int, int]  # words matched, of them exactly


def find_named(
    kind: str,
    named: Sequence[Named],
    words: tuple[Word, ...],
    text: str,
    *,
    taken: Sequence[Entity] = (),
    same: Same | None = None,
) -> list[Entity]:
    """Each of `named` that is mentioned. Where two fit the same words equally well, neither is.

    `same` tells whether a written word is a known one; it is same_word when not given.
    """
    free = [w for w in words if not any(e.start < w.end and w.start < e.end for e in taken)][:400]
    hits = [hit for one in named for hit in _hits(one, free, same or same_word)]
    best: list[_Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.weight, -hit.first), reverse=True):
        rivals = [o for o in hits if o.id != hit.id and o.first <= hit.last and hit.first <= o.last]
        if any(rival.weight >= hit.weight for rival in rivals) or any(_touch(hit, other) for other in best):
            continue
        best.append(hit)
    return [
        Entity(
            entity=kind,
            value=hit.id,
            start=free[hit.first].start,
            end=free[hit.last].end,
            text=text[free[hit.first].start : free[hit.last].end],
        )
        for hit in sorted(best, key=lambda hit: hit.first)
    ]


def _touch(one: _Hit, other: _Hit) -> bool:
    return one.first <= other.last and other.first <= one.last


def _hits(one: Named, words: Sequence[Word], same: Same) -> list[_Hit]:
    hits = []
    names = _names(one.words)
    for at, word in enumerate(words):
        for first in _begun(word.text, one.words, same):
            for wanted in names[first]:
                end, exact = _follow(words, at, wanted, same)
                if end is not None:
                    hits.append(_Hit(one.id, at, end, (len(wanted), exact)))
    return hits


def _follow(words: Sequence[Word], at: int, wanted: tuple[str, ...], same: Same) -> tuple[int | None, int]:
    """The index of the last word, when all of `wanted` follow one another, small words aside."""
    exact = int(words[at].text == wanted[0])
    position = at
    for target in wanted[1:]:
        position += 1
        while position < len(words) and words[position].text in _SMALL and words[position].text != target:
            position += 1
        if position >= len(words) or not _is_said(words[position].text, target, same):
            return None, 0
        exact += words[position].text == target
    return position, exact


def _is_said(word: str, target: str, same: Same) -> bool:
    return same(word, target) or word == f"{target}s"  # "check-ups"


def without_those_beside(found: Sequence[Entity], text: str) -> list[Entity]:
    """ "A cleaning after the check-up", "instead of a check-up": what is wished for is the cleaning. Of
    "cleaning, not a check-up" in any order, too; and who only says what it is not has not said what it is."""
    wanted = [one for one in found if not _NOT.search(text[max(0, one.start - _NEAR) : one.start])]
    wished = [one for one in wanted if not _BESIDE.search(text[: one.start])]
    return wished or wanted


@lru_cache(maxsize=1024)
def _names(words: tuple[str, ...]) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """The words that tell, of every name, by the first of them."""
    names: dict[str, tuple[tuple[str, ...], ...]] = {}
    for name in words:
        if wanted := _telling(name):
            names[wanted[0]] = (*names.get(wanted[0], ()), wanted)
    return MappingProxyType(names)


def _begun(word: str, words: tuple[str, ...], same: Same) -> Iterable[str]:
    """The first words that this written word is."""
    return _alike(word, words) if same is same_word else (n for n in _names(words) if same(word, n))


@lru_cache(maxsize=4096)
def _alike(written: str, words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in _names(words) if same_word(written, one))


@lru_cache(maxsize=2048)
def _telling(name: str) -> tuple[str, ...]:
    words = plain_words(name)
    return tuple(word for word in words if word not in _SMALL) or words


@lru_cache(maxsize=4096)
def same_word(written: str, known: str) -> bool:
    """The same word, inflected ("чистку", "visite"), with a slip ("puliza") or in digits ("1a visita")."""
    if written == known:
        return True
    if written.isdecimal() and len(written) == 1:
        return any(lexicon(name).ordinals.get(known) == int(written) for name in known_languages())
    if min(len(written), len(known)) < 4 or not written.isalpha() or not known.isalpha():
        return False
    shared = next(
        (i for i, (a, b) in enumerate(zip(written, known, strict=False)) if a != b),
        min(len(written), len(known)),
    )
    endings = sorted((len(written) - shared, len(known) - shared))
    cyrillic = "а" <= known[0] <= "я"
    if shared >= 4 and (endings in ([0, 1], [1, 1]) or (cyrillic and endings[0] <= 2 and endings[1] <= 3)):
        return True
    if len(known) < 5:  # "cura", "cure": one slip in a word so short makes another
        return endings == [1, 1] and shared >= 3 and known[-1] in "aeiouаеиоуыьюя"
    return OSA.distance(written, known, score_cutoff=2) <= (2 if len(known) >= 9 else 1)
