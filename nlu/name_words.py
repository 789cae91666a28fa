"""Which words are people's names, and which never are, in all languages together: names travel."""

from functools import lru_cache

from nlu.lexicon import known_languages, lexicon
from nlu.words import cut


@lru_cache(maxsize=4096)
def plain_name(piece: str) -> str:
    """As the lists below have it: "D’Angelo" and "d'angelo" are one."""
    return "".join(word.text for word in cut(piece))


@lru_cache(maxsize=1)
def first_names() -> frozenset[str]:
    return frozenset().union(*(lexicon(x).first_names for x in known_languages()))


@lru_cache(maxsize=1)
def other_words() -> frozenset[str]:
    """Words that stand around names. Some are first names as well: "will", "may"."""
    known = [lexicon(x) for x in known_languages()]
    return frozenset().union(*(x.not_names | x.function_words | x.titles for x in known))


@lru_cache(maxsize=1)
def no_names() -> frozenset[str]:
    """Those of them that are nobody's."""
    return other_words() - first_names()
