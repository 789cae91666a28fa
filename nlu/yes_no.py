"""Whether a message says yes or no: as a whole, or by how it begins."""

from dataclasses import dataclass

from nlu.lexicon import Lexicon, Phrase, lexicon
from nlu.words import Word


@dataclass(frozen=True, slots=True)
class Answer:
    """`whole` when nothing else was said but courtesies."""

    value: bool
    words: tuple[Word, ...]
    whole: bool


def find_answer(text: str, words: tuple[Word, ...], languages: tuple[str, ...]) -> Answer | None:
    """The answer of a message, read in the first of these languages that finds one.

    "Sì, ma alle 11" is no answer: whoever adds a "but" has not agreed to what was asked.
    """
    if not words:
        return None
    for language in languages:
        known = lexicon(language)
        whole = _whole(text, words, known)
        if whole is not None:
            return whole
    for language in languages:
        leading = _leading(text, words, lexicon(language))
        if leading is not None:
            return leading
    return None


def _whole(text: str, words: tuple[Word, ...], known: Lexicon) -> Answer | None:
    """Every word belongs to an answer or is a courtesy; all answers agree."""
    if len(words) > 12 or any(word.asked for word in words):
        return None
    values: set[bool] = set()
    used: list[Word] = []
    at = 0
    while at < len(words):
        value, length = _phrase_at(words, at, known)
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


def _leading(text: str, words: tuple[Word, ...], known: Lexicon) -> Answer | None:
    at = 0
    while at < min(len(words), 4) and words[at].text in known.around_yes_no:
        at += 1
    if at >= len(words):
        return None
    value, length = _phrase_at(words, at, known)
    if value is None or not length:
        return None
    used = words[at : at + length]
    rest = words[at + length :]
    if not rest:
        return Answer(value, used, False)
    if value and any(word.asked for word in words):
        return None
    if not _stands_apart(text, used, rest, known, value):
        return None
    if value and _says_but(rest, known):
        return None
    return Answer(value, used, False)


def _stands_apart(
    text: str, used: tuple[Word, ...], rest: tuple[Word, ...], known: Lexicon, value: bool
) -> bool:
    """A leading answer is one when punctuation follows, or when its words can be nothing else."""
    if used[-1].clause != rest[0].clause or not used[-1].text.isalpha():
        return True
    spoken = " ".join(word.text for word in used)
    if len(used) == 1 and spoken in known.yes_needs_accent:
        accented = text[used[0].start : used[0].end].lower() != spoken
        return accented or rest[0].text in known.after_bare_yes
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
_UNMISTAKABLE_NO = frozenset(
    {"no", "nope", "nah", "no grazie", "no thanks", "no thank you", "нет", "неа", "не надо", "не нужно"}
    | {"non va bene", "non mi va bene", "нет спасибо", "не подходит", "no no", "нет нет"}
)


def _says_but(rest: tuple[Word, ...], known: Lexicon) -> bool:
    spoken = tuple(word.text for word in rest[:3])
    return any(spoken[at : at + len(but)] == but for but in known.buts for at in range(2))


def _phrase_at(words: tuple[Word, ...], at: int, known: Lexicon) -> tuple[bool | None, int]:
    no = _longest(words, at, known.no)
    yes = _longest(words, at, known.yes)
    if no and no >= yes:
        return False, no
    return (True, yes) if yes else (None, 0)


def _longest(words: tuple[Word, ...], at: int, phrases: tuple[Phrase, ...]) -> int:
    ahead = tuple(word.text for word in words[at : at + 6])
    return next((len(phrase) for phrase in phrases if ahead[: len(phrase)] == phrase), 0)
