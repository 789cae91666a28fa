"""Whether a message is about somebody of the writer's: "for my son", "mia moglie", "моего сына"."""

from functools import lru_cache

from nlu.lexicon import Phrases, known_languages, lexicon
from nlu.understanding import Entity
from nlu.words import Word

_LOOKED_AT = 200


def find_relative(text: str, words: tuple[Word, ...]) -> Entity | None:
    spoken = tuple(word.text for word in words[:_LOOKED_AT])
    for at in range(len(spoken)):
        phrase = _phrases().at(spoken, at)
        if phrase is not None:
            start, end = words[at].start, words[at + len(phrase) - 1].end
            return Entity(entity="relative", value=True, start=start, end=end, text=text[start:end])
    return None


@lru_cache(maxsize=1)
def _phrases() -> Phrases:
    """Of all languages: none of them means anything else in another."""
    every = [lexicon(language) for language in known_languages()]
    return Phrases.of(phrase for one in every for phrase in (*one.relatives, *one.relatives_declined))
