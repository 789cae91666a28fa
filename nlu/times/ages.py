"""Numbers that tell how old somebody is: "Ella (6)", "ages 4, 7 and 11", "4 e 7 anni", "he's 15"."""

from nlu.times.folding import Token
from nlu.times.vocabulary import Vocabulary

_AGED = frozenset({"ages", "aged", "age", "eta", "возраст", "возраста", "возрасте"})
_YEARS = frozenset({"years", "year", "yrs", "yr", "yo", "anni", "лет", "года", "годика"})
_JOINING = frozenset({",", "and", "&", "e", "и", "/"})
_WHO = frozenset({"he", "she", "ему", "ей"})
_IS = frozenset({"is", "only", "just", "nearly", "almost", "'", "s"})
_CLOSING = frozenset({",", ".", ";", ")", "!", "and"})


def ages(tokens: list[Token], words: Vocabulary) -> set[int]:
    """The tokens that are ages of people."""
    found: set[int] = set()
    for place, token in enumerate(tokens):
        if token.text.isdecimal() and len(token.text) <= 2 and place not in found:
            run = _run(tokens, place)
            if _is_in_brackets(tokens, place, words) or _is_of_somebody(tokens, place):
                found.add(place)
            elif _are_counted_in_years(tokens, run, words):
                found.update(p for p in run if tokens[p].text.isdecimal())
    return found


def _is_in_brackets(tokens: list[Token], place: int, words: Vocabulary) -> bool:
    """ "Ella (6)", but "Monday (9)"."""
    if not 2 <= place < len(tokens) - 1 or (tokens[place - 1].text, tokens[place + 1].text) != ("(", ")"):
        return False
    name = tokens[place - 2].text
    return name.isalpha() and name not in words.phrases


def _is_of_somebody(tokens: list[Token], place: int) -> bool:
    """ "He's 15.", "she is only 7, ..."."""
    before = place - 1
    while before > place - 4 and before >= 0 and tokens[before].text in _IS:
        before -= 1
    if before < 0 or before < place - 3 or tokens[before].text not in _WHO:
        return False
    told = before < place - 1 or tokens[before].text in ("ему", "ей")
    return told and (place + 1 >= len(tokens) or tokens[place + 1].text in _CLOSING)


def _run(tokens: list[Token], place: int) -> range:
    """The numbers from `place` on with commas or "and" between them."""
    end = place
    while True:
        following = end + 1
        while following < min(end + 3, len(tokens)) and tokens[following].text in _JOINING:
            following += 1
        number = tokens[following].text if following < len(tokens) else ""
        if following == end + 1 or not (number.isdecimal() and len(number) <= 2):
            return range(place, end + 1)
        end = following


def _are_counted_in_years(tokens: list[Token], run: range, words: Vocabulary) -> bool:
    """ "Ages 4, 7 and 11", "4 e 7 anni": one number before "years" counts for itself."""
    before = tokens[run.start - 1].text if run.start else ""
    if before in _AGED or (before == ":" and run.start > 1 and tokens[run.start - 2].text in _AGED):
        return len(run) > 1 or before == "ages"
    behind = tokens[run.stop].text if run.stop < len(tokens) else ""
    return len(run) > 1 and behind in _YEARS and before not in words.before_hours
