"""Red flags: emergencies in a patient's words, before anything else is understood, in every language at once.

What counts is in nlu/red_flags/*.yml, where a dentist can read and change it. A phrase that is denied
("non ho gonfiore"), long past ("last year my face swelled"), only feared ("afraid of choking") or a joke
("I nearly fainted at the price") raises no alarm. When in doubt there is one: an alarm shows a fixed text and
calls a person, it does not diagnose.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from nlu.phrases import Found, PhraseBook
from nlu.shipped_yaml import shipped_yaml
from nlu.transliteration import in_latin
from nlu.understanding import RedFlag
from nlu.words import Word, plain_words

_FOLDER = Path(__file__).parent / "red_flags"
_Level = Literal["A", "B", "C"]
_DOUBTS = ("past", "feared")
_OF_ALL, _OF_A_SENTENCE = ("past", "unreal"), ("feared", "idle")
_DOUBTFUL = (*_OF_ALL, *_OF_A_SENTENCE)
_CONTEXT = ("now", "negations", "negations_after", *_DOUBTFUL)
_GROUND, _NOT_GROUND, _NEAR, _MILDER = "ground ", "no ground ", "near ", "milder "
_OF_GROUNDS = (("said", _GROUND), ("near", _NEAR), ("unless", _NOT_GROUND), ("milder", _MILDER))
_THING, _AROUND = "thing", "around things"
_SHORT = 60  # words; a joke takes back what stands beside it, not a whole letter


@dataclass(frozen=True, slots=True)
class Alarms:
    """`flag` is the gravest red flag; `risk` says that a risk word (pregnant, blood thinners) was said.

    `denied`: there was something to hear, but what stands around it takes it back. `doubted`: words of doubt
    were said: past, feared, unreal, of business, or a question. `groundless`: keys of flags that a likeness
    alone does not raise here, as nothing of what they are about was said (`grounds`). `milder`: those
    that it is too little for ("I broke a tooth": it is not out). `eventless`: things and places are named
    ("front tooth"), and nothing is told of them.
    """

    flag: RedFlag | None
    others: tuple[RedFlag, ...]
    risk: bool
    denied: bool = False
    doubted: bool = False
    groundless: frozenset[str] = frozenset()
    milder: frozenset[str] = frozenset()
    eventless: bool = False

    @property
    def flags(self) -> tuple[RedFlag, ...]:
        """All of them, the gravest first."""
        return (self.flag, *self.others) if self.flag else ()


class RedFlags:
    """The matcher of all languages. `known` are everyday words, never taken for a slip of an alarming one."""

    def __init__(self, known: Collection[str]) -> None:
        self._books = [book for path in sorted(_FOLDER.glob("*.yml")) for book in _books(path, known)]

    def find(self, words: Sequence[Word]) -> Alarms:
        flags: set[RedFlag] = set()
        said: set[str] = set()
        things, around = set[int](), set[int]()
        for book in self._books:
            raised, groups, named, beside = book.find(words)
            flags |= raised
            said |= groups
            things |= named
            around |= beside
        if {"risk", "soreness"} <= said and not flags:
            flags.add(RedFlag(level="C", key="risk"))
        near = {name.removeprefix(_NEAR) for name in said if name.startswith(_NEAR)}
        milder = {name.removeprefix(_MILDER) for name in said if name.startswith(_MILDER)}
        ordered = sorted(flags, key=lambda flag: (flag.level, flag.key))
        return Alarms(
            ordered[0] if ordered else None,
            tuple(ordered[1:]),
            "risk" in said,
            not flags and "denied" in said,
            "doubted" in said,
            frozenset(key for key in near if f"{_GROUND}{key}" not in said or f"{_NOT_GROUND}{key}" in said),
            milder=frozenset(key for key in milder if f"{_GROUND}{key}" not in said),
            eventless=not words or bool(things and len(things | around) == len(words)),
        )


class _Book:
    """One language in one alphabet."""

    def __init__(self, raw: dict[str, Any], known: Collection[str], *, latin: bool) -> None:
        self._levels: dict[str, RedFlag] = {}
        self._unless: dict[str, str] = {}
        entries: list[tuple[str, str]] = []
        for number, flag in enumerate(raw["flags"]):
            name = f"flag {number}"
            self._levels[name] = RedFlag(level=cast(_Level, flag["level"]), key=flag["key"])
            entries += [(name, phrase) for phrase in flag["when"]]
            if flag.get("unless"):
                self._unless[name] = f"unless {number}"
                entries += [(f"unless {number}", phrase) for phrase in flag["unless"]]
        for group in ("risk", "soreness", *_CONTEXT):
            entries += [(group, phrase) for phrase in raw.get(group, ())]
        for name, key in ((_THING, "things"), (_AROUND, "around_things")):
            entries += [(name, phrase) for phrase in raw.get(key, ())]
        for ground in raw.get("grounds", ()):
            for part, name in _OF_GROUNDS:
                entries += [(name + ground["key"], phrase) for phrase in ground.get(part, ())]
        if latin:
            entries = [(n, phrase) for n, phrase in entries if n not in self._levels or _long_enough(phrase)]
        spelling = in_latin if latin else str
        self._bridges = frozenset(spelling(w) for bridge in raw["bridges"] for w in plain_words(bridge))
        small = [spelling(w) for small in raw["small_words"] for w in plain_words(small)]
        self._latin = latin
        self._spellings = {} if latin else {str(k): str(v) for k, v in raw.get("spellings", {}).items()}
        self._known = frozenset(known)
        self._sounds = frozenset(in_latin(w) for w in known if not w.isascii()) if latin else frozenset()
        self._book = PhraseBook(
            entries, small_words=small, known=known, exact=(*_CONTEXT, _THING, _AROUND), spelling=spelling
        )

    def find(self, words: Sequence[Word]) -> tuple[set[RedFlag], set[str], set[int], set[int]]:
        """The flags; which of "risk", "soreness", "denied" and grounds there was; where mere things stand,
        and the words around them."""
        if self._latin:
            if not self._sounds_like_it(words):
                return set(), set(), set(), set()
            words = [_spelt(word, in_latin(word.text) if word.text.isascii() else "") for word in words]
        if self._spellings:
            words = [_spelt(word, self._spellings.get(word.text, word.text)) for word in words]
        found = self._book.find(words)
        telling = [one for one in found if one.name not in (_THING, _AROUND)]
        return *self._judged(words, telling), _places(found, _THING), _places(found, _AROUND)

    def _judged(self, words: Sequence[Word], found: Sequence[Found]) -> tuple[set[RedFlag], set[str]]:
        if not found:
            return set(), set()
        groups: dict[str, list[Found]] = {}
        for one in found:
            groups.setdefault(one.name, []).append(one)
        grounds = {name for name in groups if name.startswith((_GROUND, _NOT_GROUND, _NEAR, _MILDER))}
        alarming = [one for one in found if one.name in self._levels or one.name in ("risk", "soreness")]
        if "unreal" in groups and len(words) <= _SHORT:  # laughter never hides what may cost a life
            alarming = [
                one for one in alarming if one.name in self._levels and self._levels[one.name].level == "A"
            ]
            if not alarming:
                return set(), {"denied", "doubted", *grounds}
        denial = _Denial(words, groups, self._bridges, alarming)
        real = [one for one in alarming if not denial.denies(one)]
        heard = [one for one in real if one.name in self._levels and not self._taken_back(one, groups, words)]
        flags = {self._levels[one.name] for one in heard}
        said = {one.name for one in real if one.name in ("risk", "soreness")}
        doubted = len(real) < len(alarming) or any(n.startswith("unless") or n in _DOUBTS for n in groups)
        if not flags and doubted:
            said.add("denied")
        if self._is_doubted([words[one.first] for one in heard or alarming], groups, words):
            said.add("doubted")
        return flags, said | grounds

    def _is_doubted(
        self, told: Sequence[Word], groups: dict[str, list[Found]], words: Sequence[Word]
    ) -> bool:
        """What is asked, and what else is talked of, casts doubt on its own sentence: "what are your opening
        hours? I have chest pain" asks for no pain."""
        if (told and all(word.asked for word in told)) or any(n in _OF_ALL for n in groups):
            return True
        sentences = {word.sentence for word in told}
        near = [one for name in _OF_A_SENTENCE for one in groups.get(name, ())]
        return any(words[one.first].sentence in sentences for one in near)

    def _sounds_like_it(self, words: Sequence[Word]) -> bool:
        """Whether most of the longer words may be of the language, in Latin letters.

        "My son has a temperature" has two such words, and is English all the same.
        """
        own = foreign = 0
        for word in words:
            if len(word.text) < 3 or not word.text.isascii() or not word.text.isalpha():
                continue
            latin = in_latin(word.text)
            if latin in self._sounds or self._book.reads(latin):
                own += 1
            elif word.text in self._known:
                foreign += 1
        return own > 0 and own >= foreign

    def _taken_back(self, one: Found, groups: dict[str, list[Found]], words: Sequence[Word]) -> bool:
        sentence = words[one.first].sentence
        return any(
            words[exception.first].sentence == sentence
            for exception in groups.get(self._unless.get(one.name, ""), ())
        )


class _Denial:
    """Whether what a phrase says is denied, long past, or only feared."""

    def __init__(
        self,
        words: Sequence[Word],
        groups: dict[str, list[Found]],
        bridges: frozenset[str],
        alarming: Sequence[Found],
    ) -> None:
        self._words = words
        self._bridges = bridges
        self._negations = {at for f in groups.get("negations", ()) for at in range(f.first, f.last + 1)}
        self._after = {f.first: f.last for f in groups.get("negations_after", ())}
        self._past = {words[f.first].sentence for f in groups.get("past", ())}
        self._now = {words[f.first].sentence for f in groups.get("now", ())}
        self._feared = {f.last for f in groups.get("feared", ())}
        self._inside = {at for f in alarming for part in f.parts for at in part}

    def denies(self, one: Found) -> bool:
        sentence = self._words[one.first].sentence
        if sentence in self._past and sentence not in self._now:
            return True
        return self._feared_before(one) or any(
            self._denied_before(part[0]) or self._denied_within(part) or self._denied_after(part[-1])
            for part in one.parts
        )

    def _denied_within(self, part: tuple[int, ...]) -> bool:
        """A denial in a gap: "I have [no] fever"; but "non riesco [nemmeno] a ingoiare" denies nothing."""
        if any(at in self._negations for at in part):
            return False
        return any(at in self._negations for at in range(part[0], part[-1]) if at not in self._inside)

    def _denied_before(self, at: int) -> bool:
        """Going back over words that only link: "non ho né febbre né [gonfiore]"."""
        position = at - 1
        while position >= 0 and at - position <= 10 and self._side_by_side(position, position + 1):
            if position in self._negations and position not in self._inside:
                return True
            if self._words[position].text not in self._bridges and position not in self._inside:
                return False
            position -= 1
        return False

    def _denied_after(self, at: int) -> bool:
        """ "отёка нет": the denial ends what is said."""
        last = self._after.get(at + 1)
        if last is None or not self._side_by_side(at, at + 1) or at + 1 in self._inside:
            return False
        return last + 1 == len(self._words) or not self._side_by_side(last, last + 1)

    def _feared_before(self, one: Found) -> bool:
        sentence = self._words[one.first].sentence
        return any(
            at in self._feared and self._words[at].sentence == sentence
            for at in range(max(0, one.first - 5), one.first)
        )

    def _side_by_side(self, first: int, second: int) -> bool:
        return self._words[first].clause == self._words[second].clause


def _places(found: Sequence[Found], name: str) -> set[int]:
    return {at for one in found if one.name == name for part in one.parts for at in part}


def _spelt(word: Word, text: str) -> Word:
    return word if word.text == text else replace(word, text=text)


def _books(path: Path, known: Collection[str]) -> list[_Book]:
    raw = _read(path)
    books = [_Book(raw, known, latin=False)]
    if raw.get("also_in_latin"):
        books.append(_Book(raw, known, latin=True))
    return books


@cache
def _read(path: Path) -> dict[str, Any]:
    """A file of red flags as it is written; nobody changes what comes back."""
    raw: dict[str, Any] = shipped_yaml(path)
    return raw


def _long_enough(phrase: str) -> bool:
    """A single short word in Latin letters is a word of some other language."""
    return len(phrase.split()) > 1 or len(phrase.strip("*")) >= 6
