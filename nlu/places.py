"""Which of a practice's places a patient means: "allo studio di Via Roma", "the Camden one", "на Ленина".

A place is known by its name, by its address, and by what else practice.yml says patients call it. A street
alone or a name that is no ordinary word is enough; a name that is ("Centro", "Al mare") counts where it is
said of a place, since whoever is by the sea until Friday does not wish for the studio there.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from nlu.practice_words import find_named
from nlu.understanding import Entity, Named
from nlu.words import Word, plain_words

_STREETS = frozenset(
    {"via", "viale", "vicolo", "corso", "piazza", "piazzale", "largo", "lungomare", "strada", "borgo"}
    | {"street", "st", "road", "rd", "lane", "avenue", "ave", "square", "high", "hill", "terrace", "row"}
    | {"ул", "улица", "улице", "улицы", "проспект", "проспекте", "пр", "площадь", "площади", "пл", "шоссе"}
    | {"переулок", "переулке", "пер", "набережная", "набережной", "наб", "бульвар", "бульваре", "дом", "д"}
)
#: Enough by themselves where it is said of a place: "quello sul lungomare".
_RARE = frozenset({"lungomare", "piazza", "viale", "square", "площадь", "набережная", "бульвар", "проспект"})
#: Of a place: what stands close before its name, or behind it.
_PLACES = (
    *("studio", "studi", "sede", "sedi", "ambulator", "filial", "clinic", "quell", "vostr"),
    *("practice", "branch", "office", "surger", "location", "place", "one", "site"),
    *("филиал", "клиник", "кабинет", "адрес", "отделен", "центре", "тот", "том", "ваш"),
)
_NEAR = 3  # words


def find_places(
    sites: Sequence[Named],
    words: tuple[Word, ...],
    text: str,
    *,
    taken: Sequence[Entity],
    ordinary: Callable[[str], bool],
) -> list[Entity]:
    """At most one; none where two are named alike."""
    if len(sites) < 2:
        return []
    found = [
        one
        for one in find_named("site", _as_called(tuple(sites)), words, text, taken=taken)
        if _is_said_of_a_place(one, words, ordinary)
    ]
    return found if len({one.value for one in found}) == 1 else []


def _is_said_of_a_place(found: Entity, words: tuple[Word, ...], ordinary: Callable[[str], bool]) -> bool:
    inside = [word.text for word in words if found.start <= word.start < found.end]
    is_street = len(inside) > 1 and any(word in _STREETS for word in inside)
    if is_street or not all(ordinary(word) or word in _STREETS for word in inside):
        return True
    if len(inside) == len(words):
        return True  # nothing else was said
    before = [word.text for word in words if word.end <= found.start][-_NEAR:]
    behind = [word.text for word in words if word.start >= found.end][:1]
    return any(word.startswith(_PLACES) for word in (*before, *behind, *inside))


@lru_cache(maxsize=256)
def _as_called(sites: tuple[Named, ...]) -> tuple[Named, ...]:
    """`words` of a site are its name, its address, and whatever else it is called."""
    return tuple(replace(one, words=tuple(dict.fromkeys(_calls(one.words)))) for one in sites)


def _calls(words: Sequence[str]) -> list[str]:
    calls = []
    for said in words:
        for part in re.split(r"[,;]", said):
            telling = [word for word in plain_words(part) if not any(c.isdigit() for c in word)]
            proper = [word for word in telling if word not in _STREETS]
            calls += [" ".join(telling), " ".join(proper), *(word for word in telling if word in _RARE)]
            if len(proper) < len(telling):  # of a street: "the Camden one" for "Camden High Street"
                calls += [word for word in proper if len(word) >= 4]
    return [call for call in calls if len(call) > 2]
