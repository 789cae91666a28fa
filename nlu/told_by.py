"""Finds how a time is told by another: "a week later", "later that day", "Friday, too", "another day".

What is found are marks of a wish. Which time they are told by, the visit that is moved, an opening, a wish
told before, is for whoever knows it. Their words are in nlu/told_by/*.yml, one file a language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from nlu.lexicon import Phrases
from nlu.shipped_yaml import shipped_yaml
from nlu.times.wishes import WISHED
from nlu.understanding import Context, Entity
from nlu.words import Word, plain_words

_FOLDER = Path(__file__).parent / "told_by"
_LOOKED_AT = 40  # words
_OFFERED = frozenset({"opening", "yes_no"})
_OF_A_TIME = _OFFERED | {"time"}
_NO_DELAY = 30  # minutes: who is so much later asks for another time
_IN = frozenset({"in", "tra", "fra", "через"})
_HOW_FAR_LEADS = frozenset({"by", "to", "di", "на"})  # "by" of "by an hour"
_BEHIND_A_VERB = 6  # words from "postpone" to how far


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What one language has for it; nlu/told_by/en.yml tells what is what."""

    same_day: Phrases
    other_day: Phrases
    as_well: Phrases
    as_well_in_the_end: Phrases
    leading: Phrases
    later: Phrases
    earlier: Phrases
    putting_off: Phrases
    bringing_forward: Phrases
    by: Phrases
    day_after: Phrases
    day_before: Phrases
    week_after: Phrases
    too_early: Phrases
    too_late: Phrases
    days: Mapping[tuple[str, ...], int]


def told_beside(times: Sequence[Entity], words: tuple[Word, ...], language: str) -> dict[str, Any]:
    """How a wish with times of its own hangs on what was wished before.

    `without`: [from, to, every week] for days that are refused, where no day is wished for; `left_hours`: the
    hours that a refusal of hours leaves; `hours`: those of any day, where they are several; `weekdays`: its
    days are plain weekdays; `besides`: it is wished for, too.
    """
    wished = [e for e in times if e.confidence >= WISHED]
    days = [e for e in wished if e.entity == "time"]
    hours = [e for e in wished if e.entity == "part_of_day"]
    found: dict[str, Any] = {}
    if days and all(e.role == "left" for e in days):
        refused = [e for e in times if e.role in ("refused", "refused_weekly")]
        found["without"] = [[e.value["from"], e.value["to"], e.role == "refused_weekly"] for e in refused]
    elif days and all(e.role == "weekday" for e in days):
        found["weekdays"] = True
    told = sorted({(e.value["from"], e.value["to"]) for e in hours})
    of_any_day = "without" in found or not days
    if hours and of_any_day and all(e.role == "left" for e in hours):
        found["left_hours"] = [list(each) for each in _on_one_side(told, words, language)]
    elif len(told) > 1 and of_any_day:
        found["hours"] = [list(each) for each in told]
    if not {"without", "left_hours"} & found.keys() and _is_besides(words, language):
        found["besides"] = True
    return {name: value for name, value in found.items() if value}


def _on_one_side(
    hours: list[tuple[str, str]], words: tuple[Word, ...], language: str
) -> list[tuple[str, str]]:
    """What "half past eleven is too late" leaves is before it."""
    known, spoken = _words_of(language), tuple(word.text for word in words[:_LOOKED_AT])
    if known is None or len(hours) != 2:
        return hours
    early, late = _says(known.too_early, spoken), _says(known.too_late, spoken)
    return hours if early == late else hours[1:] if early else hours[:1]


def told_by_another(
    words: tuple[Word, ...], language: str, context: Context, lasting: Entity | None
) -> dict[str, Any]:
    """Marks of a wish that is told by a visit or an opening.

    `far`: so many minutes later; `weeks_on`: in the week so many weeks after; `same_day`, and of it the
    `side` that is "later" or "earlier"; `other_day`: any day but that. `lasting`: how long, where that was
    said.
    """
    known, spoken = _words_of(language), tuple(word.text for word in words[:_LOOKED_AT])
    if known is None:
        return {}
    hours = _minutes(words, known, lasting)
    if hours and _says(known.same_day, spoken):
        return {"same_day": True, "far": hours}
    if _says(known.same_day, spoken):
        side = "later" if _says(known.later, spoken) else "earlier" if _says(known.earlier, spoken) else None
        return {"same_day": True, **({"side": side} if side else {})}
    if _says(known.other_day, spoken):
        return {"other_day": True} if context.asking in _OFFERED else {}
    if _says(known.week_after, spoken):
        return {"weeks_on": 1}
    far = _days(spoken, known)
    if far is None and (context.asking in _OF_A_TIME or abs(hours) >= _NO_DELAY):
        far = hours or None
    return {"far": far} if far else {}


def off_the_hour(words: tuple[Word, ...], language: str, lasting: Entity | None) -> int | None:
    """ "An hour later on Thursday": how many minutes off the visit's hour, where the day is another."""
    known = _words_of(language)
    if known is None or lasting is None or not tells_how_far(words, language, lasting):
        return None
    behind = tuple(word.text for word in words if word.start >= lasting.end)[:2]
    return int(lasting.value) * _direction(known, behind) or None


def without_how_far(text: str, words: tuple[Word, ...], language: str, lasting: Entity) -> str:
    """ "На час позже в четверг" but for how far: "later on Thursday" would be after it."""
    known = _words_of(language)
    behind = tuple(word for word in words if word.start >= lasting.end)[:2]
    spoken = tuple(word.text for word in behind)
    said = known and spoken and (known.later.at(spoken, 0) or known.earlier.at(spoken, 0))
    if not said or said == ("после",):  # "два часа после обеда" is an hour
        return text
    ends = behind[len(said) - 1].end
    leads = [word for word in words if word.end <= lasting.start][-1:]
    begins = leads[0].start if leads and leads[0].text in _HOW_FAR_LEADS else lasting.start
    return text[:begins] + " " * (ends - begins) + text[ends:]


def is_a_week_after(words: tuple[Word, ...], language: str) -> bool:
    """ "La settimana dopo": that after the visit, though it might be that after this one."""
    known, spoken = _words_of(language), tuple(word.text for word in words[:_LOOKED_AT])
    return known is not None and _says(known.week_after, spoken)


def in_so_many_days(words: tuple[Word, ...], language: str) -> int | None:
    """ "In a week", "через две недели": how many minutes on, where said beside "the same time"."""
    known, spoken = _words_of(language), tuple(word.text for word in words[:_LOOKED_AT])
    if known is None:
        return None
    for at in range(1, len(spoken)):
        phrase = next((p for p in known.days if spoken[at : at + len(p)] == p), None)
        if phrase is not None and spoken[at - 1] in _IN:
            return known.days[phrase] * 24 * 60
    return None


def tells_how_far(words: tuple[Word, ...], language: str, lasting: Entity) -> bool:
    """Whether "two hours" is how much later or earlier, and no hour of the day."""
    known = _words_of(language)
    if known is None:
        return False
    behind = tuple(word.text for word in words if word.start >= lasting.end)[:2]
    return bool(behind) and (known.later.at(behind, 0) or known.earlier.at(behind, 0)) is not None


def _minutes(words: tuple[Word, ...], known: _Words, lasting: Entity | None) -> int:
    """How many minutes later; less than none for earlier."""
    if lasting is None:
        return 0
    before = tuple(word.text for word in words[:_LOOKED_AT] if word.end <= lasting.start)
    spoken = tuple(word.text for word in words[:_LOOKED_AT])
    return int(lasting.value) * (_direction(known, spoken) or _is_put_off(known, before))


def _days(spoken: tuple[str, ...], known: _Words) -> int | None:
    """How many minutes later; less than none for earlier."""
    one = _says(known.day_after, spoken) - _says(known.day_before, spoken)
    if one:
        return one * 24 * 60
    for at in range(len(spoken)):
        phrase = next((p for p in known.days if spoken[at : at + len(p)] == p), None)
        if phrase is None:
            continue
        beside = (*spoken[max(at - 2, 0) : at], "|", *spoken[at + len(phrase) : at + len(phrase) + 2])
        sign = _direction(known, beside) or _is_put_off(known, spoken[:at])
        if sign:
            return known.days[phrase] * sign * 24 * 60
    return None


def _direction(known: _Words, spoken: tuple[str, ...]) -> int:
    return _says(known.later, spoken) - _says(known.earlier, spoken)


def _is_put_off(known: _Words, before: tuple[str, ...]) -> int:
    """ "Postpone my visit by | a week": 1; "bring it forward by | a week": -1."""
    near = before[-_BEHIND_A_VERB:]
    if not any(before[len(before) - len(p) :] == p for p in known.by):
        return 0
    return 1 if _says(known.putting_off, near) else -1 if _says(known.bringing_forward, near) else 0


def _is_besides(words: tuple[Word, ...], language: str) -> bool:
    known, spoken = _words_of(language), tuple(word.text for word in words[:_LOOKED_AT])
    if known is None or not spoken:
        return False
    last = range(max(len(spoken) - 2, 0), len(spoken))
    ends = any(known.as_well_in_the_end.at(spoken, at) == spoken[at:] for at in last)
    return known.leading.at(spoken, 0) is not None or ends or _says(known.as_well, spoken)


def _says(phrases: Phrases, spoken: tuple[str, ...]) -> bool:
    return any(phrases.at(spoken, at) for at in range(len(spoken)))


@lru_cache(maxsize=16)
def _words_of(language: str) -> _Words | None:
    path = _FOLDER / f"{language}.yml"
    if not path.is_file():
        return None
    raw: dict[str, Any] = shipped_yaml(path)
    counted = [
        (plain_words(str(words)), int(days)) for days, each in raw.pop("days").items() for words in each
    ]
    longest_first = dict(sorted(counted, key=lambda pair: -len(pair[0])))
    phrases = {name: Phrases.of(plain_words(str(words)) for words in each) for name, each in raw.items()}
    return _Words(days=longest_first, **phrases)
