"""What nlu.alarm_sense learns from: nlu/red_flags/told, with what patients write around it, and slips.

The same sentence is an emergency in "since this morning ..." and none in "two years ago ...", so each case
is also told within frames of both kinds, and before or after a wish of every day, where it stands in letters.
What is denied ("no swelling, no fever") comes from a list of things and of ways to deny them. Nothing here is
drawn by chance: the same files teach the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from zlib import crc32

from nlu.shipped_yaml import shipped_yaml
from nlu.training_examples import Example
from nlu.words import fold_text

_FOLDER = Path(__file__).parent / "red_flags" / "told"
NONE = "none"
_AS_TOLD, _FRAMED, _ORDINARY = 1.5, 0.7, 0.6  # how much a lesson weighs
#: Examples that may well be emergencies.
_NOT_ORDINARY = frozenset({"urgent_pain", "clinical_question", "complaint"})
#: Beside which a case is told as well.
_WISHES = frozenset({"book_visit", "reschedule_visit", "cancel_visit", "faq/prices", "human", "greet"})
_LONG = 4  # letters of a word that may get a slip
_ANOTHER = 1000  # words further on, slips are others
_IN_HASTE = 3  # one case in so many is also told without accents, or in Latin letters
_TYPED = dict(zip("абвгдезийклмнопрстуфхыэ", "abvgdeziyklmnoprstufhye", strict=True)) | {
    **{"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ъ": "", "ь": "", "ю": "yu", "я": "ya"}
}


@dataclass(frozen=True, slots=True)
class Lesson:
    """A message, and of which kind it is: "A airway", or "none"."""

    text: str
    kind: str
    weight: float


@lru_cache(maxsize=1)
def told() -> dict[str, dict[str, Any]]:
    """The files, by language."""
    return {path.stem: shipped_yaml(path) for path in sorted(_FOLDER.glob("*.yml"))}


@lru_cache(maxsize=1)
def told_languages() -> frozenset[str]:
    """Those that cases are told in; of others what was learnt can only guess."""
    return frozenset(path.stem for path in _FOLDER.glob("*.yml"))


def alarm_lessons(ordinary: Sequence[Example]) -> list[Lesson]:
    """All lessons; of `ordinary`, the examples of intents, those that may be emergencies are left out."""
    lessons: list[Lesson] = []
    known: set[str] = set()
    for language, content in told().items():
        wishes = [e.text for e in ordinary if e.language == language and e.intent in _WISHES]
        for kind, texts in content["cases"].items():
            for text in map(str, texts):
                known.add(text)
                lessons.append(Lesson(text, kind, _AS_TOLD))
                lessons += _around(text, kind, content["frames"])
                if wishes:
                    lessons.append(Lesson(_in_a_letter(text, wishes), kind, _FRAMED))
        lessons += _denied(content["denied"]["what"], content["denied"]["frames"])
    lessons += [
        Lesson(example.text, NONE, _ORDINARY)
        for example in ordinary
        if example.intent not in _NOT_ORDINARY and example.text not in known
    ]
    return lessons


def _around(text: str, kind: str, frames: dict[str, list[str]]) -> Iterator[Lesson]:
    """A case within frames, and misspelt."""
    chance = crc32(text.encode())
    if kind != NONE:
        for number in (0, 1, 2):
            frame = frames["real"][(chance >> (number * 5)) % len(frames["real"])]
            yield Lesson(frame.format(x=text), kind, _FRAMED)
        for number in (0, 1) if " " in text else ():
            frame = frames["unreal"][(chance >> (3 + number * 7)) % len(frames["unreal"])]
            yield Lesson(frame.format(x=text), NONE, _FRAMED)
        if not text.isascii() and chance % _IN_HASTE == 0:
            frame = frames["real"][(chance >> 4) % len(frames["real"])]
            yield Lesson(_in_haste(frame.format(x=text)), kind, _FRAMED)
    for misspelt in dict.fromkeys(_misspelt(text, number) for number in ((0, 1) if kind != NONE else (0,))):
        if misspelt != text and (kind != NONE or chance % 3 == 0):
            yield Lesson(misspelt, kind, _FRAMED)


def _in_a_letter(text: str, wishes: Sequence[str]) -> str:
    """Beside what somebody else wished: "Could I come on Friday? My tongue is swelling up"."""
    chance = crc32(text.encode())
    wish = wishes[(chance >> 3) % len(wishes)]
    first, last = (wish, text) if chance % 3 else (text, wish)
    between = ("", ",", ".", ".\n", " -")[(chance >> 9) % 5] if first[-1].isalnum() else ""
    return f"{first}{between} {last}"


def _denied(things: Sequence[str], frames: Sequence[str]) -> Iterator[Lesson]:
    for place, thing in enumerate(things):
        for number, frame in enumerate(frames):
            other = things[(place + 1 + number % 5) % len(things)]
            yield Lesson(frame.format(n=thing, m=other), NONE, _ORDINARY)


def _in_haste(text: str) -> str:
    """ "non riesco più" without its accent, "не могу дышать" as "ne mogu dyshat"."""
    return "".join(_TYPED.get(letter, letter) for letter in fold_text(text))


def _misspelt(text: str, which: int) -> str:
    """A letter lost, doubled or swapped with the next one, in about a third of the longer words.

    `which` tells one misspelling of a text from another.
    """
    words = text.split(" ")
    for number, word in enumerate(words):
        chance = crc32(f"{word}{number + which * _ANOTHER}".encode())
        if len(word) < _LONG or chance % 3 or not word.isalpha():
            continue
        place = 1 + (chance >> 4) % (len(word) - 2)
        match (chance >> 12) % 3:
            case 0:
                words[number] = word[:place] + word[place + 1 :]
            case 1:
                words[number] = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
            case _:
                words[number] = word[:place] + word[place] + word[place:]
    return " ".join(words)
