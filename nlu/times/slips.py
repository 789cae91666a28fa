"""From words as they are typed to words as they are meant: "wk", "thursdayafternoon", "alle ehm dieci"."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nlu.times.folding import Token
from nlu.times.vocabulary import Vocabulary

_PAUSES = frozenset(",.…:")
#: Sounds that say nothing, by language: "um" is a word in German.
_HESITATING: Mapping[str, frozenset[str]] = {
    "en": frozenset({"er", "erm", "um", "umm", "uh", "uhm", "uhh", "hmm", "mmm", "ehm"}),
    "it": frozenset({"ehm", "uhm", "hmm", "mmm", "mmh", "mhm", "ehmm", "em", "um", "uh"}),
    "ru": frozenset({"э", "ээ", "эээ", "эм", "эмм", "ммм", "хм", "хмм", "em", "emm", "mmm", "hm", "hmm"}),
}
_OF = frozenset({"di", "del", "della", "the"})
_SHORTEST, _LONG = 3, 5


def in_full(tokens: list[Token], words: Vocabulary) -> list[Token]:
    """ "wk" is a week, and of "на след.неделе", "gio. 12", "tues. 3pm" the dot belongs to the short word."""
    spelled, short = words.spelled, words.short_days
    if not any(token.text in spelled or token.text in short for token in tokens):
        return tokens
    full: list[Token] = []
    for place, token in enumerate(tokens):
        dotted = token.text == "." and token.glued and 0 < place < len(tokens) - 1
        if dotted and tokens[place - 1].text in spelled and not tokens[place + 1].capital:
            continue
        if dotted and tokens[place - 1].text in short and tokens[place + 1].text.isdecimal():
            continue
        full.append(replace(token, text=spelled[token.text]) if token.text in spelled else token)
    return full


def unstretched(tokens: list[Token], words: Vocabulary) -> list[Token]:
    """ "Alle treee", "tomorrowww", "завтраааа"."""
    if not any(len(t.text) > _SHORTEST and _is_stretched(t.text) and t.text.isalpha() for t in tokens):
        return tokens
    return [
        replace(t, text=_shortened(t.text, words)) if t.text.isalpha() and _is_stretched(t.text) else t
        for t in tokens
    ]


def _is_stretched(word: str) -> bool:
    return any(a == b == c for a, b, c in zip(word, word[1:], word[2:], strict=False))


def _shortened(word: str, words: Vocabulary) -> str:
    runs = ["".join(run) for _, run in groupby(word)]
    for length in (1, 2):
        shorter = "".join(run[0] * length if len(run) > 2 else run for run in runs)
        if shorter in words.phrases or shorter in words.days:
            return shorter
    return word


#: What is written for a number that sounds the same.
_HEARD = {
    "for": "four",
    "fore": "four",
    "to": "two",
    "too": "two",
    "won": "one",
    "ate": "eight",
    "tree": "three",
    "free": "three",
    "fife": "five",
}


_SAID_AT = ("at", "around", "about", "after", "before", "past")
_MINUTES = ("thirty", "fifteen", "forty")


def hours_as_heard(tokens: list[Token], words: Vocabulary) -> list[Token]:
    """ "At for o'clock", "at too pm", "at won thirty", "ten too three"."""
    for place in range(len(tokens)):
        word, after = tokens[place].text, tokens[place + 1].text if place + 1 < len(tokens) else ""
        if word not in _HEARD:
            continue
        said_at = place > 0 and tokens[place - 1].text in _SAID_AT
        on_the_clock = after == "oclock" or (after == "o" and tokens[-1].text != "o")
        between = bool(place and after) and all(_is_number(tokens[p], words) for p in (place - 1, place + 1))
        past = (
            place > 1 and tokens[place - 1].text == "past" and tokens[place - 2].text in ("half", "quarter")
        )
        if word in ("for", "too") and past:  # "half past for"
            tokens[place] = replace(tokens[place], text=_HEARD[word])
        elif word == "too" and between:
            tokens[place] = replace(tokens[place], text="to")
        elif on_the_clock or (said_at and after in ("pm", "am", "p", "a", *_MINUTES)):
            tokens[place] = replace(tokens[place], text=_HEARD[word])
    return tokens


_WITH = ("ом", "ои", "еи", "ем")  # how a weekday ends after "with"


def with_both_weekdays(tokens: list[Token], words: Vocabulary) -> list[Token]:
    """ "Четверг с пятницей" is the one and the other, no span and no wish for a happy Friday."""
    for place in range(1, len(tokens) - 1):
        if tokens[place].text not in ("с", "со") or tokens[place + 1].text[-2:] not in _WITH:
            continue
        if tokens[place - 1].text in words.days and tokens[place + 1].text in words.days:
            tokens[place] = replace(tokens[place], text="и")
    return tokens


def half_days_in_full(tokens: list[Token]) -> list[Token]:
    """ "3p" is 3 pm."""
    for place in range(1, len(tokens)):
        token = tokens[place]
        ends = place + 1 == len(tokens) or not tokens[place + 1].glued
        if token.text in ("a", "p") and token.glued and ends and tokens[place - 1].text.isdecimal():
            tokens[place] = replace(token, text=token.text + "m")
    return tokens


def without_hesitation(tokens: list[Token], words: Vocabulary) -> list[Token]:
    """Neither "ehm" nor the dots of a pause part "alle" from "quindici"."""
    stars = [token.text for token in tokens].count("*")
    if stars > 1:  # *bold*
        tokens = [token for token in tokens if token.text != "*"]
    sounds = _HESITATING.get(words.language, frozenset())
    if sounds.isdisjoint(token.text for token in tokens) and not _pauses_before_a_number(tokens, words):
        return tokens
    said: list[Token] = []
    for place, token in enumerate(tokens):
        if token.text in sounds and not (said and said[-1].text.isdecimal()):
            continue
        if token.text in _PAUSES and place and tokens[place - 1].text in sounds and _pauses(said):
            continue
        if said and _pauses(said) and _is_number(token, words):
            kept = len(said)
            while kept and said[kept - 1].text in _PAUSES:
                kept -= 1
            if kept and said[kept - 1].text in words.before_hours:
                del said[kept:]
                token = replace(token, glued=False)
        said.append(token)
    return said


def mended(tokens: list[Token], words: Vocabulary) -> list[Token]:
    """A word before an hour that is nearly "alle" or "dopo", and after "alle" one that is nearly a number."""
    fixed: list[Token] | None = None
    for place, token in enumerate(tokens):
        word = token.text
        if len(word) < _SHORTEST or word in words.phrases or not word.isalpha() or word in words.real:
            continue
        if word in words.never_mended or (token.capital and place):
            continue
        found = None
        if _leads_to_an_hour(tokens, place + 1, words):
            found = _nearest(word, words.leading)
        elif _ends_an_hour(tokens, place, words):
            found = _nearest(word, words.hours_in_words)
        elif len(word) >= _LONG and _leads_to_a_day(tokens, place + 1, words):
            found = _nearest(word, words.long_leading)
        elif (
            place
            and len(word) > _SHORTEST
            and len(tokens[place - 1].text) > 1
            and tokens[place - 1].text in words.before_hours
        ):
            found = _nearest(word, words.hours_in_words)
        if found is not None:
            fixed = fixed or list(tokens)
            fixed[place] = replace(token, text=found)
    return fixed or tokens


def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    found = process.extractOne(word, known, scorer=OSA.distance, score_cutoff=1)
    if found is None or found[0][0] != word[0]:
        return None
    # Of short words hardly more than a letter left out or two that changed places: "part 2" is not "past 2".
    other = len(word) == len(found[0]) < _LONG and sorted(word) != sorted(found[0])
    return None if other else str(found[0])


def _ends_an_hour(tokens: list[Token], place: int, words: Vocabulary) -> bool:
    """ "Half past elven", "quarter to twelv"."""
    if (
        place < 2
        or len(tokens[place].text) <= _SHORTEST
        or tokens[place - 1].text not in ("past", "to", "till")
    ):
        return False
    before = tokens[place - 2]
    return before.text in ("half", "quarter") or _is_number(before, words)


def _leads_to_an_hour(tokens: list[Token], place: int, words: Vocabulary) -> bool:
    if place < len(tokens) and tokens[place].text in words.before_hours:
        place += 1
    return place < len(tokens) and _is_number(tokens[place], words) and not tokens[place].glued


def _leads_to_a_day(tokens: list[Token], place: int, words: Vocabulary) -> bool:
    """ "Pirma di pranzo", "aftre lunch"."""
    if place < len(tokens) and tokens[place].text in _OF:
        place += 1
    return place < len(tokens) and tokens[place].text in words.days and not tokens[place].glued


def _is_number(token: Token, words: Vocabulary) -> bool:
    return (token.text.isdecimal() and len(token.text) <= 4) or token.text in words.hours_in_words


def _pauses(said: list[Token]) -> bool:
    return bool(said) and said[-1].text in _PAUSES


def _pauses_before_a_number(tokens: list[Token], words: Vocabulary) -> bool:
    return any(
        token.text in _PAUSES and place and tokens[place - 1].text in words.before_hours
        for place, token in enumerate(tokens)
    )
