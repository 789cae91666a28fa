"""A message as a row of lexemes, each with the senses that its words have in one language."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from nlu.times.elisions import without_elisions
from nlu.times.folding import Token, tokenise, without_cases
from nlu.times.glued import listed, unglued, unglued_after_digits
from nlu.times.masks import masked_places
from nlu.times.misspelt import respelt
from nlu.times.pieces import Days
from nlu.times.slips import (
    half_days_in_full,
    hours_as_heard,
    in_full,
    mended,
    unstretched,
    with_both_weekdays,
    without_hesitation,
)
from nlu.times.spaced_digits import joined_digits
from nlu.times.spaced_hours import with_joined_minutes
from nlu.times.vocabulary import Senses, Vocabulary
from nlu.transliteration import in_latin
from nlu.understanding import Context

_SOFT = frozenset(",.;!?:()…")
_NOTHING: Senses = {}
_SOFT_SENSES: Senses = {"soft": True}
_FILLER_SENSES: Senses = {"filler": True}
_CORRECTED_SENSES: Senses = {"correction": True}  # "alle 16 *17"; but *bold* has two
_CLOCK_FACES = {chr(0x1F550 + n): (n + 1) * 60 for n in range(12)}
_CLOCK_FACES |= {chr(0x1F55C + n): (n + 1) * 60 + 30 for n in range(12)}
#: Senses that make a short "mar" or "sat" beside them a weekday.
_OF_TIME = frozenset(
    {"number", "digits", "part", "at", "month", "weekday", "weekday_short", "weekend", "relative", "unit"}
    | {
        "next",
        "this",
        "coming",
        "before",
        "after",
        "by",
        "every",
        "between",
        "from_on",
        "day_number",
        "except",
        "whenever",
        "oclock",
        "works",
    }
)
_NONE_BEFORE: Senses = {"after": True, "not_before": True}
_JUDGED = frozenset({"рано", "поздно"})
_JOINING = frozenset({"or", "to", "and", "soft"})
_NAMING = ("number", "at", "half", "clock_spoken", "holiday", "day_number", "weekday", "month", "ordinal")
_BEHIND_ON = frozenset(
    {"please", "pls", "if", "is", "would", "thanks", "ta", "thx", "or", "but", "and", "for"}
)
_ENDING_A_DAY = frozenset({"soft", "works", "cannot", "accepted"})
_ANSWERS = frozenset({"yes", "ok", "yeah"})
#: What else is told or asked beside a time: said of it, and nothing of the time itself.
TOLD_BESIDE = frozenset(
    {"settling", "settling_all", "occasion", "reporting", "somebody", "treatment", "asks_again"}
    | {"asks_for_mine", "finishing", "waiting", "journey", "last_resort", "price", "income", "going"}
    | {"was_set", "was_meant", "thanking", "informing", "gift", "absent", "asks_hours"}
)
#: Words that tell why a time is named, and nothing of the time itself.
_TELLING = TOLD_BESIDE | {
    *("wishing", "their_hours", "happened", "so", "street_after", "it_is", "no_visit", "advised", "event"),
    *("busy", "having", "article", "contrast", "because", "keeping", "cancelling", "calling_off"),
}


@dataclass(slots=True)
class Lexeme:
    """One word, number, sign or known phrase at text[start:end]."""

    senses: Mapping[str, Any]
    text: str
    start: int
    end: int
    glued: bool


#: "Dom è possibile?"
_ASIDE = frozenset({"filler", "soft", "wishing"})
_END = Lexeme(_NOTHING, "", 0, 0, False)


class Tape:
    """The lexemes of one message. Looking past either end is allowed and finds nothing."""

    __slots__ = (
        "capitals",
        "context",
        "days_at",
        "hesitates",
        "kinds",
        "lexemes",
        "read",
        "text",
        "vocabulary",
    )

    def __init__(self, text: str, vocabulary: Vocabulary, context: Context) -> None:
        self.vocabulary = vocabulary
        self.context = context
        self.text = text
        self.days_at: dict[int, tuple[Days, int] | None] = {}  # what was read there already
        self.capitals: frozenset[int] = frozenset()  # where a capital stands
        self.read: set[int] = set()  # the places that a piece was made of
        tokens = joined_digits(listed(tokenise(text.replace("\n", ";")), vocabulary), vocabulary)
        tokens = in_full(unstretched(tokens, vocabulary), vocabulary)
        if vocabulary.language == "en":
            tokens = half_days_in_full(unglued_after_digits(tokens, vocabulary))
            tokens = with_joined_minutes(hours_as_heard(tokens, vocabulary), vocabulary.days)
        if vocabulary.language == "it":
            tokens = without_elisions(tokens)
        if vocabulary.language == "ru":
            tokens = with_both_weekdays(without_cases(tokens), vocabulary)
        fluent = without_hesitation(tokens, vocabulary)
        self.hesitates = len(fluent) < len(tokens)
        tokens = unglued(fluent, vocabulary)
        self.capitals = frozenset(token.start for token in tokens if token.capital)
        if vocabulary.latin:
            tokens = [replace(t, text=in_latin(t.text)) if t.text.isalpha() else t for t in tokens]
        if _is_worth_mending(context):
            tokens = respelt(mended(tokens, vocabulary), vocabulary)
        self.lexemes = _lexemes(text, tokens, vocabulary, context)
        self.kinds = frozenset[str]().union(*(lexeme.senses for lexeme in self.lexemes))  # all that is said

    def __len__(self) -> int:
        return len(self.lexemes)

    @property
    def today(self) -> date:
        return self.context.now.date()

    @property
    def speaks_of_moving(self) -> bool:
        return "moving" in self.kinds

    def clause(self, start: int, end: int) -> range:
        """The places from one comma to the next around these."""
        while start > 0 and not self.has(start - 1, "soft"):
            start -= 1
        while end < len(self) and not self.has(end, "soft"):
            end += 1
        return range(start, end)

    def says(self, kind: str) -> bool:
        return kind in self.kinds

    @property
    def asked_for_time(self) -> bool:
        return self.context.asking in ("time", "opening")

    def at(self, place: int) -> Lexeme:
        return self.lexemes[place] if 0 <= place < len(self.lexemes) else _END

    def has(self, place: int, *kinds: str) -> bool:
        if 0 <= place < len(self.lexemes) and (senses := self.lexemes[place].senses):
            for kind in kinds:  # asked some hundred times of a message: a generator would cost as much again
                if kind in senses:
                    return True
        return False

    def first(self, place: int, kinds: Iterable[str]) -> str | None:
        """The first of `kinds` that stands there."""
        senses = self.at(place).senses
        for kind in kinds if senses else ():
            if kind in senses:
                return kind
        return None

    def has_any(self, places: Iterable[int], *kinds: str) -> bool:
        """Whether one of these places has one of `kinds`."""
        return not self.kinds.isdisjoint(kinds) and any(self.has(place, *kinds) for place in places)

    def get(self, place: int, kind: str) -> Any:
        return self.lexemes[place].senses.get(kind) if 0 <= place < len(self.lexemes) else None

    def skip(self, place: int, *kinds: str, most: int = 3) -> int:
        """The first place from `place` on that is none of `kinds`, at most `most` further."""
        last = place + most
        while place < last and self.has(place, *kinds):
            place += 1
        return place

    def is_unknown(self, place: int) -> bool:
        """A word that says nothing of time: what stands before may belong to it ("the third tooth")."""
        return 0 <= place < len(self.lexemes) and self.lexemes[place].senses.keys() <= _TELLING

    def is_a_picture(self, place: int) -> bool:
        """An emoji, which says nothing but often ends a sentence."""
        return (
            self.has(place, "filler")
            and not self.at(place).text.isascii()
            and not self.at(place).text.isalnum()
        )

    def is_onward(self, place: int) -> bool:
        """ "Or later", "in poi"; the English "on" only where nothing follows it ("8.30 on a Thursday")."""
        if not self.has(place, "onward"):
            return False
        following = place + 1
        ends = following >= len(self) or self.has(following, "soft", "works", "inclusive")
        return self.at(place).text != "on" or ends or self.at(following).text in _BEHIND_ON

    def whole(self, place: int) -> int | None:
        """The number at `place` when it is written in one or two digits."""
        lexeme = self.at(place)
        return lexeme.senses.get("digits") if len(lexeme.text) <= 2 else None

    def number(self, place: int) -> tuple[int, int] | None:
        """A number in digits or words ("twenty five", "двадцать пять") and the place after it."""
        lexeme = self.at(place)
        if "digits" in lexeme.senses:
            return (lexeme.senses["digits"], place + 1) if len(lexeme.text) <= 2 else None
        tens = lexeme.senses.get("number")
        if tens is None:
            return None
        if tens >= 20 and tens % 10 == 0:
            following = place + 2 if self.at(place + 1).text == "-" else place + 1
            units = self.get(following, "number")
            if units is not None and 1 <= units <= 9:
                return tens + units, following + 1
        return tens, place + 1

    def ordinal(self, place: int) -> tuple[int, int] | None:
        """ "third", "twenty-first", "12th", "12-го", "5°" and the place after it."""
        senses = self.at(place).senses
        digits = self.whole(place)
        if digits is not None:
            sign = place + 2 if self.at(place + 1).text == "-" and self.at(place + 1).glued else place + 1
            decimal = self.at(sign).text == "." and self.at(sign + 1).glued  # "14.3" is no fourteenth
            ends = sign + 1 >= len(self) or self.has(sign + 1, "month", "soft", "at")
            apart = self.at(sign).text in ("го", "е", "ое") and ends  # "20 го марта", "на 13 е"
            if self.has(sign, "ordinal_sign") and (self.at(sign).glued or apart) and not decimal:
                return digits, sign + 1
            return None
        if "ordinal" in senses:
            return senses["ordinal"], place + 1
        tens = senses.get("number")
        if tens in (20, 30):
            following = place + 2 if self.at(place + 1).text == "-" else place + 1
            units = self.get(following, "ordinal")
            if units is not None and units <= 9:
                return tens + units, following + 1
        return None


def _lexemes(text: str, tokens: list[Token], words: Vocabulary, context: Context) -> list[Lexeme]:
    masked = masked_places(text, tokens, words, context)
    lexemes: list[Lexeme] = []
    count, place = len(tokens), 0
    while place < count:
        token = tokens[place]
        first, senses, taken = token.text, _NOTHING, 1
        if place in masked:
            pass
        elif first.isdecimal():
            if len(first) <= 8:
                senses, taken = {"digits": int(first)}, 1
            if first in words.phrases:
                phrase, longer = _longest(tokens, place, first, words)
                if longer > 1 and (
                    tokens[place + 1].glued or "relative" not in phrase
                ):  # "2moro", not "2 day"
                    senses, taken = phrase, longer
        else:
            if first not in words.phrases and first.isalpha() and _is_worth_mending(context):
                beside = place + 1 < count and tokens[place + 1].text.isdecimal()
                beside = beside or any(t.text.isdecimal() for t in tokens[max(0, place - 2) : place])
                first = words.mend(first, beside_number=beside) or first
            senses, taken = _longest(tokens, place, first, words)
            if taken > 1 and _begins_another(senses, tokens, place, taken, words):
                senses, taken = _longest(tokens[: place + 1], place, first, words)
        last = tokens[place + taken - 1]
        lexemes.append(Lexeme(senses, first if taken == 1 else "", token.start, last.end, token.glued))
        place += taken
    for place, lexeme in enumerate(lexemes):
        if "weekday_short" in lexeme.senses:
            lexemes[place] = _believed(lexemes, place, words, context)
        elif "unless_asked" in lexeme.senses and "?" not in text:  # "it's too early", but "is it too early?"
            lexemes[place] = replace(lexeme, senses={"cannot": True})
        elif "none_before" in lexeme.senses:  # "nothing before 11", but "nothing before the 15th?"
            lexemes[place] = replace(lexeme, senses={"before": True} if "?" in text else _NONE_BEFORE)
        elif "asks_when" in lexeme.senses and "?" in text and not any("wishing" in x.senses for x in lexemes):
            lexemes[place] = replace(lexeme, senses={"no_visit": True})  # "quando aprite di solito?"
        elif "neither" in lexeme.senses and place + 1 < len(lexemes):  # "né lunedì", but "ne prendo uno"
            kinds = lexemes[place + 1].senses.keys()
            if not (_OF_TIME.isdisjoint(kinds) and kinds.isdisjoint(("day_number", "of"))):
                lexemes[place] = replace(lexeme, senses={"not": True})
        elif (lexeme.text in _JUDGED or "judged" in lexeme.senses) and _is_judged(lexemes, place):
            lexemes[place] = replace(lexeme, senses={"cannot": True})
        elif "elsewhere" in lexeme.senses and _is_away(text, lexemes, place):
            lexemes[place] = replace(lexeme, senses={"cannot": True, "elsewhere": True})
    return lexemes


def _is_judged(lexemes: list[Lexeme], place: int) -> bool:
    """ "Во вторник в 9 рано, в среду в 18 нормально", but "завтра рано"."""
    before, after = lexemes[max(place - 1, 0)], lexemes[place + 1 : place + 2]
    timed = place > 0 and not before.senses.keys().isdisjoint(("digits", "number", "ampm_am", "ampm_pm"))
    return timed and (not after or "soft" in after[0].senses)


def _is_away(text: str, lexemes: list[Lexeme], place: int) -> bool:
    """ "On weekdays I'm in Milan", "sabato parto per il Kenya", "lavoro in banca fino alle 5"."""
    where = place + 1
    article = where < len(lexemes) and "day_number" in lexemes[where].senses
    where += article and text[lexemes[where].start].islower()
    if where >= len(lexemes) or lexemes[where].senses:
        return False
    if text[lexemes[where].start].isupper() and not text.isupper():
        return True
    return where + 1 < len(lexemes) and "until" in lexemes[where + 1].senses


def _begins_another(senses: Senses, tokens: list[Token], place: int, taken: int, words: Vocabulary) -> bool:
    """ "In the morning, or after 5", "any day after the 20th": a time of its own follows."""
    following = place + taken
    if not senses.keys().isdisjoint(("after", "before", "by")):
        return False
    if senses.keys().isdisjoint(
        ("onward", "or_earlier", "one_after", "one_before", "after_that", "before_that")
    ) or following >= len(tokens):
        return False
    if _longest(tokens, place + 1, tokens[place + 1].text, words)[1] >= taken:  # "o | prima delle 10"
        return True
    last = _longest(tokens[:following], following - 1, tokens[following - 1].text, words)[0]
    if last.keys().isdisjoint(("after", "before", "earlier")):  # "any time after that, on Thursday"
        return False
    named = _longest(tokens, following, tokens[following].text, words)[0]
    return tokens[following].text.isdecimal() or not named.keys().isdisjoint(_NAMING)


def _longest(tokens: list[Token], place: int, first: str, words: Vocabulary) -> tuple[Senses, int]:
    following = tokens[place + 1].text if place + 1 < len(tokens) else ""
    for rest, senses in words.led.get((first, following)) or words.led.get((first, ""), ()):
        end = place + 1 + len(rest)
        if end <= len(tokens) and all(
            word == token.text for word, token in zip(rest, tokens[place + 1 : end], strict=True)
        ):
            return ({**senses, "soft": True} if first in _SOFT and not rest else senses), 1 + len(rest)
    if first in _SOFT:
        return _SOFT_SENSES, 1
    if first in _CLOCK_FACES:
        return {"clock_spoken": _CLOCK_FACES[first]}, 1
    if first == "*":
        return (_CORRECTED_SENSES if sum(token.text == "*" for token in tokens) == 1 else _FILLER_SENSES), 1
    if not first.isalnum() and unicodedata.category(first[0]) in ("So", "Sk", "Cn"):
        return _FILLER_SENSES, 1  # a picture says nothing
    return _NOTHING, 1


def _is_worth_mending(context: Context) -> bool:
    return context.asking != "name"


def _is_led_as_a_day(lexemes: list[Lexeme], place: int, words: Vocabulary) -> bool:
    """ "Put me down for sat", "sat is fine", "need a checkup sat", unlike "I sat on it"."""
    before = lexemes[place - 1] if place else _END
    after = lexemes[place + 1] if place + 1 < len(lexemes) else None
    if before.text in words.before_short_days:
        return True
    if not words.before_short_days or before.text in words.no_short_days_behind:
        return False
    return after is None or not _ENDING_A_DAY.isdisjoint(after.senses) or after.text in _ANSWERS


def _believed(lexemes: list[Lexeme], place: int, words: Vocabulary, context: Context) -> Lexeme:
    """A short weekday ("sat", "mar") counts where a time is asked for, or beside another word of time."""
    lexeme = lexemes[place]
    near = [n for n in (place - 1, place + 1) if 0 <= n < len(lexemes)]
    near += [n + n - place for n in near if not _JOINING.isdisjoint(lexemes[n].senses)]
    if all(0 <= n < len(lexemes) and "soft" in lexemes[n].senses for n in (place + 1, place + 2)):
        near.append(place + 3)  # "sat?? before 12"
    near = [n for n in near if 0 <= n < len(lexemes)]
    sure = context.asking in ("time", "opening") or len(lexemes) <= 2
    sure = sure or (place == 0 and all(not _ASIDE.isdisjoint(other.senses) for other in lexemes[1:]))
    sure = sure or any(not _OF_TIME.isdisjoint(lexemes[n].senses) for n in near)
    sure = sure or any("weekday" in other.senses for other in lexemes)
    sure = sure or _is_led_as_a_day(lexemes, place, words)
    if sure:
        senses = dict(lexeme.senses)
        senses["weekday"] = senses["weekday_short"]
        return Lexeme(senses, lexeme.text, lexeme.start, lexeme.end, lexeme.glued)
    return lexeme
