"""A language's words for days and hours, read from `words/<language>.yml`.

A vocabulary maps words and phrases to *senses*: a kind ("weekday", "at", "part" ...) and a value. A word
may have several senses ("second", "дня"); the readers decide which one counts, by what stands beside.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from itertools import product
from pathlib import PurePath
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nlu.shipped_yaml import shipped_yaml
from nlu.times.folding import fold, tokenise
from nlu.transliteration import in_latin

Senses = dict[str, Any]

#: Kinds whose words are worth mending. Short words and grammar ("three", "after") look too much like others.
_MENDED = ("weekday", "weekdays", "relative", "day_part", "part", "month", "unit", "next", "weekend")
_TOLD = frozenset(_MENDED) | {
    "number",
    "half",
    "quarter",
    "before",
    "after",
    "between",
    "ordinal",
    "by",
    "around",
}
_TOLD |= {"clock_exact", "clock_spoken", "half_after"}
_LEADING = frozenset({"at", "after", "before", "around", "by", "from_on", "between", "until"})
_GLUED = frozenset({"weekday", "weekday_short", "relative", "month", "month_short", "part"})
_GLUED |= {"next", "this", "weekend", "unit"}
_WEEKDAYS = frozenset({"weekday", "weekday_short"})
_LONG_NUMBER, _CUT = 9, 5
_WORDS = resources.files("nlu.times") / "words"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day in minutes after midnight; None: the practice's opening or closing."""

    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`phrases`: first word -> (the words after it, senses), longest first. `led`: those of each first word
    and the one after it, which are few; "" for the first word alone."""

    language: str
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], Senses], ...]]
    parts: Mapping[str, Part]
    mendable: tuple[str, ...]
    months: frozenset[str]  # those that are mended
    month_names: frozenset[str]
    told: tuple[str, ...]  # single words of time, grammar too: what a slip of the hand may have meant
    leading: tuple[str, ...]  # words that lead to an hour, long enough for a slip to be told: "alle", "dopo"
    long_leading: tuple[str, ...]  # those of them that are not too much like others
    before_hours: frozenset[str]  # single words that hardly anything but an hour follows: "alle", "at"
    hours_in_words: tuple[str, ...]
    days: frozenset[str]  # those that an hour may be glued to: "tuesday3pm"
    short_days: frozenset[str]  # weekdays that a dot may cut short: "gio. 12"
    before_short_days: frozenset[str]  # words that make a short "sat" a weekday: "for sat"
    no_short_days_behind: frozenset[str]  # words behind which it is none: "I sat"
    real: frozenset[str]  # words that only look like one of time
    never_mended: frozenset[str]
    hours_follow: bool  # "в 3 часа": a unit after the number is still a time of day
    month_first: bool  # "5/12" is 12 May in some countries that speak this language
    times_are_dotted: bool  # "14.10" is rather a time than 14 October
    article_makes_day: bool  # "il 12" is a day of the month
    ordinals_are_days: bool  # "пятого" alone is a day of the month
    modifiers_lead: bool  # "next Tuesday", never "Tuesday next afternoon"
    led: Mapping[tuple[str, str], tuple[tuple[tuple[str, ...], Senses], ...]] = field(default_factory=dict)
    latin: bool = False  # every word as it is typed in Latin letters
    tells_events: bool = False  # whether it knows words for what else a day is for
    doing: str = ""  # how words look that tell what somebody does; "": days of something else are not told
    mends_phrases: bool = False  # whether words that stand in phrases are mended: "не предлогайте"
    next_is_next_week: bool = False  # "next Friday" said on a Monday is not the coming one
    titles: frozenset[str] = frozenset()  # a capitalised word after these is a surname: "dottor Sabato"
    streets: frozenset[str] = frozenset()  # or a street: "via Primo Marzo 8"
    named: frozenset[str] = frozenset()  # or a name: "mi chiamo Domenica Sabatini"
    street_ends: frozenset[str] = frozenset()  # "12 Station Road"
    spelled: Mapping[str, str] = field(default_factory=dict)  # "wk" is read as "week"

    def mend(self, word: str, *, beside_number: bool) -> str | None:
        """The word of this vocabulary that `word` misspells, if any. Months only beside a number: they are
        too much like first names."""
        if len(word) < 5 or len(word) > 20 or word in self.never_mended:
            return None
        found = process.extractOne(
            word, self.mendable, scorer=OSA.distance, score_cutoff=2 if len(word) >= 6 else 1
        )
        if found is None:
            return None
        mended: str = found[0]
        if found[1] > 1 and len(word) < 8 and sorted(word) != sorted(mended):  # "vernedi" has all its letters
            return None
        if word[0] != mended[0] and word[:2] != mended[1::-1] and {word[0], mended[0]} not in _SOUND_ALIKE:
            return None
        return mended if beside_number or mended not in self.months else None

    def may_misspell(self, word: str) -> bool:
        """Whether `word` may be a slip of a word of time, though not surely enough to be read as it."""
        if not 4 <= len(word) <= 20 or word in self.real or word in self.never_mended:
            return False
        found = process.extractOne(
            word, self.told, scorer=OSA.distance, score_cutoff=1 if len(word) < 7 else 2
        )
        return found is not None and found[0][0] == word[0]


#: First letters that are written for one another where they are not stressed.
_SOUND_ALIKE = ({"а", "о"}, {"е", "и"}, {"э", "е"})


@lru_cache
def spoken() -> frozenset[str]:
    """The languages that have a file of words."""
    return frozenset(PurePath(file.name).stem for file in _WORDS.iterdir() if file.name.endswith(".yml"))


@lru_cache
def vocabulary(language: str, *, latin: bool = False) -> Vocabulary:
    """The vocabulary of one of the languages that are `spoken`. `latin`: as its words are typed without their
    own alphabet ("zavtra utrom")."""
    spelling = in_latin if latin else fold
    content = shipped_yaml(_WORDS / f"{language}.yml")
    senses: dict[tuple[str, ...], Senses] = {}
    for phrase, kind, value in _senses(content):
        words = tuple(token.text for token in tokenise(phrase))
        words = tuple(map(in_latin, words)) if latin else words
        senses.setdefault(words, {})[kind] = value
    _add_any_time_after(senses)
    phrases: dict[str, list[tuple[tuple[str, ...], Senses]]] = {}
    for words, meaning in senses.items():
        phrases.setdefault(words[0], []).append((words[1:], meaning))
    single = {w[0]: s for w, s in senses.items() if len(w) == 1}
    mendable = tuple(
        sorted(
            w
            for w, s in single.items()
            if (len(w) >= 5 and not s.keys().isdisjoint(_MENDED)) or _is_a_long_number(w, s)
        )
    )
    names = {
        kind: frozenset(map(spelling, _words(words))) for kind, words in content.get("names", {}).items()
    }
    beside = content.get("beside_short_days", {})
    return Vocabulary(
        language=language,
        latin=latin,
        phrases={first: tuple(sorted(rest, key=lambda r: -len(r[0]))) for first, rest in phrases.items()},
        led=_led(phrases),
        parts={name: _part(name, body) for name, body in content["parts"].items()},
        mendable=mendable,
        months=frozenset(w for w in mendable if single[w].keys() <= {"month"}),
        month_names=frozenset(w for w, s in single.items() if "month" in s),
        told=tuple(sorted(w for w, s in single.items() if len(w) >= 4 and not _TOLD.isdisjoint(s))),
        leading=tuple(sorted(w for w in _first_words(senses) if len(w) >= 4)),
        long_leading=tuple(sorted(w for w in _first_words(senses) if len(w) >= 5)),
        before_hours=frozenset(w for w, s in single.items() if "at" in s and "unit" not in s),
        hours_in_words=tuple(sorted(w for w, s in single.items() if len(w) >= 3 and _is_an_hour(s))),
        days=frozenset(w for w, s in single.items() if not _GLUED.isdisjoint(s)),
        short_days=frozenset(w for w, s in single.items() if len(w) <= _CUT and not _WEEKDAYS.isdisjoint(s)),
        before_short_days=frozenset(map(spelling, _words(beside.get("before")))),
        no_short_days_behind=frozenset(map(spelling, _words(beside.get("not_behind")))),
        real=frozenset(spelling(w) for w in _words(content.get("no_slip_of_the_hand"))),
        never_mended=frozenset(spelling(w) for w in _words(content["never_mended"])),
        titles=names.get("titles", frozenset()),
        streets=names.get("streets", frozenset()),
        street_ends=names.get("street_ends", frozenset()),
        named=names.get("named", frozenset()),
        spelled={
            spelling(short): spelling(word)
            for word, written in content.get("spelled", {}).items()
            for short in _words(written)
        },
        **content["habits"],
    )


def _led(
    phrases: Mapping[str, list[tuple[tuple[str, ...], Senses]]],
) -> dict[tuple[str, str], tuple[tuple[tuple[str, ...], Senses], ...]]:
    found: dict[tuple[str, str], list[tuple[tuple[str, ...], Senses]]] = {}
    for first, said in phrases.items():
        for rest, senses in sorted(said, key=lambda r: -len(r[0])):
            found.setdefault((first, rest[0] if rest else ""), []).append((rest, senses))
    return {
        key: (*told, *found.get((key[0], ""), ())) if key[1] else tuple(told) for key, told in found.items()
    }


def _is_a_long_number(word: str, senses: Senses) -> bool:
    """ "Семнадцатого", "seventeenth": short numbers look too much like other words."""
    return len(word) >= _LONG_NUMBER and not senses.keys().isdisjoint(("number", "ordinal"))


def _first_words(senses: Mapping[tuple[str, ...], Senses]) -> frozenset[str]:
    """Those of one word, or that a word for "at" follows: "dopo le", "fino alle"."""
    leading = {w for w, said in senses.items() if not _LEADING.isdisjoint(said) and "unit" not in said}
    return frozenset(w[0] for w in leading if len(w) == 1 or "at" in senses.get(w[1:], {}))


def _is_an_hour(senses: Senses) -> bool:
    return 1 <= senses.get("number", 0) <= 24 or "clock_exact" in senses


def _add_any_time_after(senses: dict[tuple[str, ...], Senses]) -> None:
    """ "Any time after" is followed by an hour or by "work": "after work" is a part of the day of its own."""
    leading = [words[:-1] for words, said in senses.items() if "after" in said and len(words) > 1]
    leading = [words for words in leading if "whenever" in senses.get(words, {})]
    after = {words[-1] for words, said in senses.items() if "after" in said}
    for words, said in list(senses.items()):
        if "part" in said and words[0] in after:
            for lead in leading:
                senses.setdefault(lead + words, {"part": said["part"]})


def _senses(content: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """(phrase, kind, value) for every line of the file."""
    for kind in ("weekday", "weekdays", "weekday_short"):
        for weekday, words in enumerate(content[kind]):
            yield from ((word, kind, weekday) for word in _words(words))
    for kind in ("month", "month_short"):
        for month, words in enumerate(content[kind], start=1):
            yield from ((word, kind, month) for word in _words(words))
    for kind in ("number", "ordinal", "nth", "relative"):
        for number, words in content[kind].items():
            yield from ((word, kind, int(number)) for word in _words(words))
    for name, body in content["parts"].items():
        yield from ((word, "part", name) for word in _words(body["words"]))
    for kind in ("unit", "half_day"):
        for name, words in content[kind].items():
            yield from ((word, kind, str(name)) for word in _words(words))
    for name, words in content["day_part"].items():
        offset, part = name.split()
        yield from ((word, "day_part", (int(offset), part)) for word in _words(words))
    for kind in ("clock_exact", "clock_spoken"):
        for clock, words in content[kind].items():
            yield from ((word, kind, _minutes(clock)) for word in _words(words))
    for day, words in content.get("holiday", {}).items():
        yield from ((word, "holiday", str(day)) for word in _words(words))
    for months, words in content.get("period", {}).items():
        yield from ((word, "period", str(months)) for word in _words(words))
    for kind, words in content["grammar"].items():
        yield from ((word, kind, True) for word in _words(words))


def _words(written: Any) -> list[str]:
    """ "a, b"; {stems: "a, b", endings: "c, d"}: every stem with every ending; {words: "a, b", then: "c, d"}:
    the same with a space between."""
    if isinstance(written, list):
        return [word for part in written for word in _words(part)]
    if isinstance(written, Mapping) and "then" in written:
        return [f"{a} {b}" for a, b in product(_words(written["words"]), _words(written["then"]))]
    if isinstance(written, Mapping):
        return [a + b for a, b in product(_words(written["stems"]), _words(written["endings"]))]
    return [word.strip() for word in (written or "").split(",") if word.strip()]


def _part(name: str, body: Mapping[str, str]) -> Part:
    def bound(word: str) -> int | None:
        return None if word in ("opens", "closes") else _minutes(word)

    return Part(start=bound(body["from"]), end=bound(body["to"]))


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
