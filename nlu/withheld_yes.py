"""What stands behind a yes and takes it away: "sì cioè no", "ok wait", "да, если бесплатно".

A receptionist hears the whole sentence before anything is written down. The words are in
nlu/withheld_yes.yml; they are looked for in every language that was read, since people mix them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from nlu.lexicon import Lexicon, Phrases, lexicon
from nlu.shipped_yaml import shipped_yaml
from nlu.words import Word, plain_words

#: "no": the yes is taken back; "later": not now; "condition": only if.
Withheld = Literal["no", "later", "condition"]

_FILE = Path(__file__).with_name("withheld_yes.yml")
_SINGLE_WORDS = ("beside", "softens", "tells")
_FAR = 12  # words of a sentence behind which no condition is looked for
_STEM = 4  # letters from which a word of telling is only how it begins


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    turns: Phrases
    meant: Phrases
    takes_back: Phrases
    puts_off: Phrases
    conditions: Phrases
    polite: Phrases
    promises: Phrases
    beside: frozenset[str]
    softens: frozenset[str]
    tells: tuple[str, ...]
    lexicon: Lexicon

    def told(self, word: str) -> bool:
        return any(word == told or (len(told) >= _STEM and word.startswith(told)) for told in self.tells)


def why_withheld(words: tuple[Word, ...], after: int, known: Sequence[Lexicon]) -> Withheld | None:
    """What becomes of a yes that ends before words[after]; None: it stands."""
    spoken = tuple(word.text for word in words)
    readers = [reader for each in known if (reader := _reader(each.language)) is not None]
    at, turned, put_off = after, False, False
    while at < len(spoken):
        if any(each.takes_back.at(spoken, at) for each in readers):
            return "no"
        if any(_is_no(words, spoken, at, each, turned=turned or put_off) for each in readers):
            return "no"
        if any(_is_condition(words, spoken, at, each) for each in readers):
            return "condition"
        step = max((len(each.puts_off.at(spoken, at) or ()) for each in readers), default=0)
        put_off = put_off or step > 0
        turn = max((len(each.turns.at(spoken, at) or ()) for each in readers), default=0)
        turned = turned or turn > 0
        step = max(step, turn, *(_beside_a_yes(spoken, at, each) for each in readers), 0)
        if not step:
            break
        at += step
    if put_off:
        return "later"
    return "condition" if _is_tied(words, spoken, at, readers) else None


def thinks_again(words: tuple[Word, ...], languages: Sequence[str]) -> bool:
    """ "Anzi intendevo ...", "no, ...": whatever follows is not what was said before."""
    spoken = tuple(word.text for word in words[:_FAR])
    readers = [reader for language in languages if (reader := _reader(language)) is not None]
    again = (phrases for each in readers for phrases in (each.turns, each.meant))
    if any(phrases.at(spoken, at) for phrases in again for at in range(len(spoken))):
        return True
    return any(each.lexicon.no.at(spoken, 0) for each in readers if spoken)


def polite_ifs(language: str) -> Phrases:
    """An "if" that is none: "if possible"."""
    reader = _reader(language)
    return reader.polite if reader is not None else Phrases()


def _beside_a_yes(spoken: tuple[str, ...], at: int, reader: _Reader) -> int:
    """How many words here only say yes once more, are polite, or go on: no reason to stop listening."""
    known = reader.lexicon
    lists = (known.yes, known.courtesies, known.buts, reader.polite)
    found = max(len(phrases.at(spoken, at) or ()) for phrases in lists)
    return found or int(spoken[at] in reader.lexicon.around_yes_no)


def _is_no(
    words: tuple[Word, ...], spoken: tuple[str, ...], at: int, reader: _Reader, *, turned: bool
) -> bool:
    """A no that is meant: not "no problem", not "нет возражений", unless somebody has just thought again."""
    phrase = reader.lexicon.no.at(spoken, at)
    if phrase is None:
        return False
    end = at + len(phrase)
    if end >= len(spoken) or words[end].clause != words[end - 1].clause:
        return True
    if phrase == ("не",) or spoken[end] in reader.lexicon.after_none:
        return False
    return turned or spoken[end] in reader.softens or reader.lexicon.no.at(spoken, end) is not None


def _is_condition(words: tuple[Word, ...], spoken: tuple[str, ...], at: int, reader: _Reader) -> bool:
    if reader.conditions.at(spoken, at) is None or (at and spoken[at - 1] in reader.beside):
        return False
    if any(reader.promises.at(spoken, place) for place in range(at, len(spoken))):
        return False
    polite = reader.polite.at(spoken, at)
    end = at + len(polite or ())
    if polite is None or (end < len(spoken) and words[end].clause == words[end - 1].clause):
        return polite is None or not _beside_a_yes(spoken, end, reader)
    return False


def _is_tied(
    words: tuple[Word, ...], spoken: tuple[str, ...], start: int, readers: Sequence[_Reader]
) -> bool:
    """A condition further on in the sentence: "yes, Tuesday is fine as long as there is a lift"."""
    for at in range(start, min(len(spoken), start + _FAR)):
        if words[at].sentence != words[max(0, start - 1)].sentence:
            return False
        for each in readers:
            told = any(map(each.told, spoken[max(0, at - 3) : at]))
            if not told and _is_condition(words, spoken, at, each):
                return True
    return False


@lru_cache(maxsize=32)
def _reader(language: str) -> _Reader | None:
    raw = _every_language().get(language)
    if raw is None:
        return None
    phrases = {
        key: Phrases.of(plain_words(str(entry)) for entry in raw[key])
        for key in ("turns", "meant", "takes_back", "puts_off", "conditions", "polite", "promises")
    }
    single = {key: tuple("".join(plain_words(str(entry))) for entry in raw[key]) for key in _SINGLE_WORDS}
    return _Reader(
        lexicon=lexicon(language),
        beside=frozenset(single["beside"]),
        softens=frozenset(single["softens"]),
        tells=single["tells"],
        **phrases,
    )


@lru_cache(maxsize=1)
def _every_language() -> dict[str, dict[str, list[object]]]:
    read: dict[str, dict[str, list[object]]] = shipped_yaml(_FILE)
    return read
