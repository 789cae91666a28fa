"""What is said beside a yes: "yes please, that's perfect" is only one, "ok and how do I get there" is more.

A receptionist writes nothing down before she has understood the whole sentence. So a yes is what is accounted
for to the last word: by yes and courtesy, by what the message names, by words that may stand beside a yes
(nlu/beside_yes.yml). Everything is looked for in every language that was read, since people mix them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from nlu.lexicon import Lexicon, Phrases, known_languages, lexicon
from nlu.shipped_yaml import shipped_yaml
from nlu.understanding import Entity, OfferedChoice
from nlu.withheld_yes import polite_ifs
from nlu.words import Word, plain_words

_FILE = Path(__file__).with_name("beside_yes.yml")
#: What is named says which visit is meant; whether it is the one on the screen, its reader compares.
_NAMING = frozenset(
    {"time", "part_of_day", "asap", "choice", "practitioner", "visit_type", "site", "person", "relative"}
)
_UNTOLD = "book"
#: Between "is" and praise.
_VERY = frozenset(
    {"so", "very", "really", "just", "absolutely", "molto", "davvero", "proprio", "очень", "просто", "sehr"}
)
#: Between an "and" and what is named behind it.
_ARTICLES = frozenset(
    {
        "a",
        "an",
        "the",
        "my",
        "for",
        "per",
        "il",
        "la",
        "one",
        "me",
        "un",
        "una",
        "mi",
        "мне",
        "нам",
        "quella",
        "di",
        "на",
    }
)
_GLAD = frozenset("😊🙂😀😃😄😁☺🥰😍🤗😘😇🤩👋🙏🤝💪🙌👏🎉🥳❤♥💙💚💜🧡💛🌸🌷🌹💐🌞☀✨⭐🌟🦷👍👌✅✌🆗✔🫶💯")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    agrees: Phrases
    says: Phrases
    links: Phrases
    holds: Phrases
    polite: Phrases
    praise: frozenset[str]
    small: frozenset[str]
    ands: frozenset[str]
    done: tuple[str, ...]
    verbs: Mapping[str, tuple[str, ...]]
    lexicon: Lexicon

    def length(self, spoken: tuple[str, ...], at: int) -> int:
        """How many words from here are of a yes."""
        known = self.lexicon
        lists = (self.agrees, self.says, self.polite, known.yes, known.courtesies, known.introductions)
        found = max(len(phrases.at(spoken, at) or ()) for phrases in lists)
        single = spoken[at] in self.small | self.praise or spoken[at] in _GLAD
        return max(found, self._linked(spoken, at), int(single))

    def _linked(self, spoken: tuple[str, ...], at: int) -> int:
        """ "Is" before praise; "is it" would ask."""
        link = len(self.links.at(spoken, at) or ())
        if not link or at + link >= len(spoken):
            return 0
        glad = spoken[at + link] in self.praise or self.lexicon.yes.at(spoken, at + link) is not None
        return link if glad or spoken[at + link] in _VERY else 0

    def agrees_with(self, spoken: tuple[str, ...], at: int, length: int) -> bool:
        """Whether so many words from here are a yes; "good" is one, the "good" of "good morning" is not."""
        phrases = (self.agrees.at(spoken, at), self.lexicon.yes.at(spoken, at))
        return length in map(len, filter(None, phrases)) or (length == 1 and spoken[at] in self.praise)

    def does(self, word: str) -> set[str]:
        return {deed for deed, beginnings in self.verbs.items() if word.startswith(beginnings)}


def beside_yes(
    words: tuple[Word, ...],
    entities: Sequence[Entity],
    choices: Sequence[OfferedChoice],
    languages: Sequence[str],
) -> tuple[Word, ...]:
    """The words of a message that its yes does not account for, as they stand."""
    readers = [reader for language in languages if (reader := _reader(language)) is not None]
    spoken = tuple(word.text for word in words)
    named = [e for e in entities if e.entity in _NAMING]
    asked_for = _deeds(choices)
    left: list[Word] = []
    at = 0
    while at < len(words):
        holds_together = any(spoken[at] in each.small for each in readers)  # "the booking" does nothing
        deeds = set[str]().union(*(each.does(spoken[at]) for each in readers if not holds_together))
        if any(each.holds.at(spoken, at) for each in readers):
            at = next(
                (i for i in range(at, len(words)) if words[i].sentence != words[at].sentence), len(words)
            )
        elif deeds:
            is_asked_for = deeds & asked_for and not any(spoken[at].startswith(each.done) for each in readers)
            left += [] if is_asked_for else [words[at]]
            at += 1
        elif any(e.start < words[at].end and words[at].start < e.end for e in named):
            left += [words[at]] if _is_one_more(words, at, readers) else []
            at += 1
        else:
            step = max((each.length(spoken, at) for each in readers), default=0)
            left += [] if step else [words[at]]
            at += step or 1
    return tuple(left)


def all_a_yes(
    words: tuple[Word, ...],
    entities: Sequence[Entity],
    choices: Sequence[OfferedChoice],
    languages: Sequence[str],
) -> tuple[Word, ...]:
    """The yes of a message that is nothing else, wherever it stands: "thanks, that's perfect"."""
    if any(word.asked for word in words) or beside_yes(words, entities, choices, languages):
        return ()
    spoken = tuple(word.text for word in words)
    readers = [reader for language in languages if (reader := _reader(language)) is not None]
    at = 0
    while at < len(words):
        step = max((each.length(spoken, at) for each in readers), default=0) or 1
        if any(each.agrees_with(spoken, at, step) for each in readers):
            return words[at : at + step]
        at += step
    return ()


def _is_one_more(words: tuple[Word, ...], at: int, readers: Sequence[_Reader]) -> bool:
    """ "And my son's", "e la pulizia": what is named behind an "and"."""
    before = at - 1
    while before >= 0 and words[before].text in _ARTICLES:
        before -= 1
    return before >= 0 and any(words[before].text in each.ands for each in readers)


def _deeds(choices: Sequence[OfferedChoice]) -> set[str]:
    """What the button for yes does. Where it does not tell ("Yes, confirm"), a visit is booked."""
    readers = [reader for language in known_languages() if (reader := _reader(language)) is not None]
    told = set[str]()
    for choice in choices:
        title = plain_words(choice.title)
        if title and any(each.lexicon.yes.at(title, 0) for each in readers):
            told.update(*(each.does(word) for each in readers for word in title))
    return told or {_UNTOLD}


@lru_cache(maxsize=32)
def _reader(language: str) -> _Reader | None:
    raw = _every_language().get(language)
    if raw is None:
        return None
    agrees, says, links, holds = (_phrases(raw[key]) for key in ("agrees", "says", "links", "holds"))
    praise, small, ands = (
        frozenset("".join(plain_words(str(entry))) for entry in raw[key])
        for key in ("praise", "small", "ands")
    )
    return _Reader(
        agrees=agrees,
        says=says,
        links=links,
        holds=holds,
        polite=polite_ifs(language),
        praise=praise,
        small=small,
        ands=ands,
        done=_beginnings(raw["done"]),
        verbs={deed: _beginnings(beginnings) for deed, beginnings in raw["verbs"].items()},
        lexicon=lexicon(language),
    )


def _beginnings(entries: Sequence[object]) -> tuple[str, ...]:
    return tuple("".join(plain_words(str(entry))) for entry in entries)


def _phrases(entries: Sequence[object]) -> Phrases:
    return Phrases.of(plain_words(str(entry)) for entry in entries)


@lru_cache(maxsize=1)
def _every_language() -> dict[str, dict[str, Any]]:
    read: dict[str, dict[str, Any]] = shipped_yaml(_FILE)
    return read
