"""Whether a message is anger at the assistant and nothing else: there is nothing to look after in it.

"You stupid bot" is; "you stupid bot, I was charged twice" is a complaint, "you stupid bot, a person please"
asks for one. The words are in nlu/insults.yml.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nlu.shipped_yaml import shipped_yaml
from nlu.words import Word, plain_words

_FILE = Path(__file__).parent / "insults.yml"
_LONGEST = 8  # words; who says more has something to say


@dataclass(frozen=True, slots=True)
class _Insults:
    whole: frozenset[str]
    stems: tuple[str, ...]
    around: frozenset[str]

    def has(self, word: str) -> bool:
        return word in self.whole or word.startswith(self.stems)


def is_mere_insult(words: Sequence[Word]) -> bool:
    """In any language there is a list for, whatever the practice speaks."""
    said = [word.text for word in words if word.text.isalpha()]
    if not 0 < len(said) <= _LONGEST:
        return False
    return any(
        any(map(each.has, said)) and all(word in each.around or each.has(word) for word in said)
        for each in _every_language()
    )


@lru_cache(maxsize=1)
def _every_language() -> tuple[_Insults, ...]:
    content = shipped_yaml(_FILE)
    return tuple(_read(each["insults"], each["around"]) for each in content.values())


def _read(insults: Sequence[str], around: Sequence[str]) -> _Insults:
    return _Insults(
        whole=frozenset(word for text in insults if not text.endswith("*") for word in plain_words(text)),
        stems=tuple(word for text in insults if text.endswith("*") for word in plain_words(text[:-1])),
        around=frozenset(word for text in around for word in plain_words(text)),
    )
