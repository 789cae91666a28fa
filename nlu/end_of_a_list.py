"""Finds which of several times on offer is meant by "the latest one", "whatever is first", "you choose".

Their words are in nlu/end_of_a_list.yml. Whoever says more than these, a day apart, picks nothing here.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from nlu.lexicon import Lexicon, lexicon
from nlu.practice_words import same_word
from nlu.shipped_yaml import shipped_yaml
from nlu.understanding import OfferedChoice
from nlu.words import plain_words

_LOOKED_AT = 14  # words: who says more has more to say
_SLIPS_FROM = 6  # letters from which a slip makes no other word


def pick_by_order(
    spoken: tuple[str, ...], choices: Sequence[OfferedChoice], language: str, *, may_leave_it: bool
) -> OfferedChoice | None:
    """`spoken` without what was said of days; `may_leave_it`: the times are offered to be chosen from."""
    times = sorted((c for c in choices if c.start is not None), key=lambda c: str(c.start))
    if not times or not 0 < len(spoken) <= _LOOKED_AT:
        return None
    known = _words_of(language)
    if known is None:
        return None
    said = _said(spoken, known, lexicon(language)) - (set() if may_leave_it else {"any"})
    if "latest" in said:
        return None if "earliest" in said else times[-1]
    return times[0] if said else None


def _said(
    spoken: tuple[str, ...], known: Mapping[str, Sequence[tuple[str, ...]]], around: Lexicon
) -> set[str]:
    """Which kinds of phrases the words consist of; none where a word is left over."""
    said, at = set[str](), 0
    while at < len(spoken):
        name, length = _longest(spoken[at:], known)
        if name and name != "beside":
            said.add(name)
        elif not name:
            polite = around.courtesies.at(spoken, at)
            if not polite and spoken[at] not in around.around_choice:
                return set()
            length = len(polite or ()) or 1
        at += length
    return said


def _longest(
    ahead: tuple[str, ...], known: Mapping[str, Sequence[tuple[str, ...]]]
) -> tuple[str | None, int]:
    fits = (
        (len(phrase), name)
        for name, phrases in known.items()
        for phrase in phrases
        if len(phrase) <= len(ahead) and all(map(_is, ahead, phrase))
    )
    length, found = max(fits, default=(0, None))
    return found, length


def _is(spoken: str, known: str) -> bool:
    return spoken == known or (len(known) >= _SLIPS_FROM and len(spoken) > 4 and same_word(spoken, known))


@lru_cache(maxsize=16)
def _words_of(language: str) -> Mapping[str, Sequence[tuple[str, ...]]] | None:
    raw: dict[str, Any] = shipped_yaml(Path(__file__).with_suffix(".yml"))
    if not all(language in each for each in raw.values()):
        return None
    return {name: [plain_words(str(phrase)) for phrase in each[language]] for name, each in raw.items()}
