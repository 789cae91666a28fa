"""Through which channel somebody wants to be reminded: "please text me instead", "scrivetemi per SMS".

A wish like this is rare, so it is read by phrases of its own and not as an intent. Words that name a channel
and plainly ask for something else ("email me the invoice") are left to what they ask for.
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from nlu.lexicon import lexicon
from nlu.phrases import PhraseBook
from nlu.shipped_yaml import shipped_yaml
from nlu.understanding import Understanding
from nlu.words import cut

_FOLDER = Path(__file__).parent / "reached_by"
_ABOUT = "about"
_MOST = 25  # words of such a wish
#: What such words are understood as by themselves.
_MISTAKEN_FOR = frozenset({"opt_in", "stop", "human", "skip", "faq/phone", "affirm", "deny", "out_of_scope"})
_SURELY = 0.75


def wished_channel(understanding: Understanding, languages: Iterable[str]) -> str | None:
    """sms, email, whatsapp, messenger, phone (to be called) or here. None: nothing of it, or several."""
    words = cut(understanding.text)
    if not words or len(words) > _MOST:
        return None
    found = {one.name for language in languages for one in _book(language).find(words)}
    channels = found - {_ABOUT}
    if len(channels) > 1:
        channels -= {"here"}  # "not here, by text"
    if len(channels) != 1:
        return None
    intent = understanding.intent
    other = intent is not None and intent.name not in _MISTAKEN_FOR and intent.confidence >= _SURELY
    asks = any(word.asked for word in words)
    if _ABOUT not in found and (other or asks):
        return None
    return channels.pop()


@lru_cache(maxsize=16)
def _book(language: str) -> PhraseBook:
    path = _FOLDER / f"{language}.yml"
    raw: dict[str, Any] = {}
    if path.is_file():
        raw = shipped_yaml(path)
    phrases = [(name, str(phrase)) for name, several in raw.items() for phrase in several]
    small = lexicon(language).function_words - {"here", "qui"} if raw else frozenset[str]()
    return PhraseBook(phrases, small_words=small, known=(), exact=tuple(raw))
