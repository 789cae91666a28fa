"""Whether a message says yes or no: as a whole, or by how it begins."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nlu.lexicon import Lexicon, Phrases, known_languages, lexicon
from nlu.withheld_yes import Withheld, why_withheld
from nlu.words import Word


@dataclass(frozen=True, slots=True)
class Answer:
    """`whole` when nothing else was said but courtesies."""

    value: bool
    words: tuple[Word, ...]
    whole: bool


def find_answer(text: str, words: tuple[Word, ...], languages: tuple[str, ...]) -> Answer | None:
    """The answer of a message, read in the first of these languages that finds one.

    "Sì, ma alle 11" is no answer: whoever adds a "but" has not agreed to what was asked. Nor is "ok wait",
    or "yes, if it's free"; and "sì cioè no" is a no.
    """
    answer, withheld = _heard(text, words, languages)
    if answer is None or withheld is None:
        return answer
    return replace(answer, value=False) if withheld == "no" else None


def withheld_yes(text: str, words: tuple[Word, ...], languages: tuple[str, ...]) -> Withheld | None:
    """Why a yes at the head of a message is none, where it is put off or tied to a condition."""
    return _heard(text, words, languages)[1]


class _Said:
    """The words of a message as they are looked up."""

    def __init__(self, words: tuple[Word, ...]) -> None:
        self.words = words
        self._texts = tuple(word.text for word in words)
        self._short = tuple(map(_not_drawn_out, self._texts))
        self._is_drawn_out = self._short != self._texts

    def longest(self, at: int, phrases: Phrases) -> int:
        """How many words the longest of `phrases` has that begins at words[at]."""
        found = phrases.at(self._texts, at)
        if found is None and self._is_drawn_out:
            found = phrases.at(self._short, at)
        return len(found or ())


def _heard(
    text: str, words: tuple[Word, ...], languages: tuple[str, ...]
) -> tuple[Answer | None, Withheld | None]:
    known = [lexicon(language) for language in languages]
    said = _Said(words)
    if text.strip().rstrip("+") == "" and 0 < len(text.strip()) <= 3:
        return Answer(True, (Word("+", len(text) - len(text.lstrip()), len(text.rstrip())),), True), None
    for reader in known:
        whole = _whole(said, reader)
        if whole is not None:
            return whole, None
    answer = next((found for reader in known if (found := _leading(text, said, reader)) is not None), None)
    says_but = _says_but(said, known)
    if answer is None or not answer.value:
        return None if says_but else answer, None
    return None if says_but else answer, why_withheld(words, words.index(answer.words[-1]) + 1, known)


def _whole(said: _Said, known: Lexicon) -> Answer | None:
    """Every word belongs to an answer or is a courtesy; all answers agree."""
    words = said.words
    if len(words) > 12 or any(word.asked for word in words):
        return None
    values: set[bool] = set()
    used: list[Word] = []
    at = 0
    while at < len(words):
        value, length = _phrase_at(said, at, known)
        if length and value is not None:
            values.add(value)
            used.extend(words[at : at + length])
            at += length
        elif words[at].text in known.around_yes_no:
            at += 1
        else:
            return None
    if len(values) != 1:
        # "no va bene" and "ok no": the refusal is what counts
        return Answer(False, tuple(used), True) if values else None
    return Answer(values.pop(), tuple(used), True)


def _leading(text: str, said: _Said, known: Lexicon) -> Answer | None:
    words, at = said.words, 0
    while at < min(len(words), 4) and words[at].text in known.around_yes_no:
        at += 1
    if at >= len(words):
        return None
    value, length = _phrase_at(said, at, known)
    if value is None or not length:
        return None
    used = words[at : at + length]
    rest = words[at + length :]
    if value and any(word.asked for word in words):
        return None
    if not rest:
        return Answer(value, used, False)
    if not _stands_apart(text, used, rest, known, value):
        return None
    return Answer(value, used, False)


def _stands_apart(
    text: str, used: tuple[Word, ...], rest: tuple[Word, ...], known: Lexicon, value: bool
) -> bool:
    """A leading answer is one when punctuation follows, or when its words can be nothing else."""
    if used[-1].clause != rest[0].clause or not used[-1].text.isalpha():
        return True
    spoken = " ".join(word.text for word in used)
    if not value and any(rest[0].text in lexicon(x).after_none for x in known_languages()):
        return False
    if len(used) == 1 and spoken in _BARE:
        accented = text[used[0].start : used[0].end].lower() != spoken
        return accented or rest[0].text in lexicon("it").after_bare_yes
    return spoken in _UNMISTAKABLE_YES if value else spoken in _UNMISTAKABLE_NO


#: May lead a sentence without a comma ("yes book it", "ok martedì"); "right", "bene" or "так" may not.
_UNMISTAKABLE_YES = frozenset(
    {"yes", "yep", "yup", "yeah", "ok", "okay", "sure", "va bene", "si", "perfetto", "certo", "confermo"}
    | {
        "да",
        "ага",
        "хорошо",
        "конечно",
        "ок",
        "согласна",
        "согласен",
        "d accordo",
        "daccordo",
        "sisi",
        "si si",
    }
)
_BARE = frozenset({"si"})  # without its accent it is "si può?", "si muove": a yes only before some words
_UNMISTAKABLE_NO = frozenset(
    {"no", "nope", "nah", "no grazie", "no thanks", "no thank you", "нет", "неа", "не надо", "не нужно"}
    | {"non va bene", "non mi va bene", "нет спасибо", "не подходит", "no no", "нет нет"}
)


def _says_but(said: _Said, known: Sequence[Lexicon]) -> bool:
    """A yes with a "but" soon after it."""
    words = said.words
    spoken = tuple(word.text for word in words[:6])
    said_yes = any(said.longest(at, reader.yes) for reader in known for at in range(min(2, len(words))))
    return said_yes and any(
        spoken[at : at + len(but)] == but
        for reader in known
        for but in reader.buts
        for at in range(1, len(spoken))
    )


def _phrase_at(said: _Said, at: int, known: Lexicon) -> tuple[bool | None, int]:
    no = said.longest(at, known.no)
    yes = said.longest(at, known.yes)
    if no and no >= yes:
        return False, no
    return (True, yes) if yes else (None, 0)


def _not_drawn_out(word: str) -> str:
    """ "Certoo", "хорошоо"; three letters or more are one already, wherever they stand."""
    return word[:-1] if len(word) > 2 and word[-1] == word[-2] else word
