"""Phrases and what was learnt, together: which red flag a message has.

What either hears is a flag: a phrase that a dentist has read, or a likeness that was learnt. What was learnt
may be so sure that nothing is the matter as to take back what a phrase raised; of level A that takes words of
doubt as well (past, feared, a joke, a question, business), or all but certainty in more than a shout.
Ordinary words beside an emergency ("we are booked at nine, my husband passed out") are taught as what they
are. Things that are merely named ("front tooth") are like many an emergency, and are none. Where these
numbers stand was decided on tests/nlu/people, tests/nlu/dev and tests/nlu/in_passing.
"""

from collections.abc import Sequence
from dataclasses import replace

from nlu.alarm_sense import Weighed
from nlu.alarms import Alarms
from nlu.understanding import Intent, RedFlag

_GRAVE, _GRAVE_WHEN_DENIED = 0.25, 0.6  # likeness from which a message is of level A or B
_GRAVE_IF_SHORT, _SHORT = 0.5, 2  # words; so few of them sound like many things
_TODAY = 0.5  # likeness from which somebody looks at it today
_NOT_TODAY = 0.7  # likeness of nothing, from which an alarm of B or C is taken back
_SURELY_NOT = 0.8  # the same for one of A, or a pain, with words of doubt
_CERTAINLY_NOT = 0.95  # and for one of A without them, in more than so few words
_ELSEWHERE, _TODAY_ELSEWHERE = 0.5, 0.6  # likeness that it takes where a message plainly wants something else
_PLAIN = 0.6  # confidence of an intent from which a message plainly wants that
#: How bad a pain is, words alone say (unbearable, no painkiller helps, no sleep); any pain is like it, and
#: books the soonest visit.
_PAIN = "pain"
_RISK = "risk"
_HIT = "displaced"  # a tooth that was hit, and is still where it was
_CERTAIN = 0.9  # confidence from which a message is about pain; what else is in it has to be likely
_BESIDE_PAIN = 0.85
#: Intents with which an emergency may well be told.
_ROOM = frozenset({"urgent_pain", "clinical_question", "complaint", "out_of_scope", "human"})


def judged(
    alarms: Alarms, weighed: Weighed, ranking: Sequence[Intent], words: int, *, in_told_language: bool = True
) -> tuple[RedFlag, ...]:
    """All flags of a message, the gravest first. In a language without lessons nothing is taken back."""
    flags = list(alarms.flags)
    if not in_told_language:
        alarms = replace(alarms, groundless=frozenset())
    elif alarms.risk and not (ranking and ranking[0].name == "urgent_pain"):
        # Who is pregnant, and in no pain, is looked at whenever they come.
        alarms = replace(alarms, groundless=alarms.groundless | {_RISK})
    if in_told_language:
        flags = [flag for flag in flags if weighed.none < _takes_back(flag, alarms, words)]
    learnt = None if alarms.eventless else _learnt(alarms, weighed, ranking, words)
    if learnt is not None and learnt.level == "C" and not in_told_language:
        learnt = None  # what is to be seen today is told from what is not by words that it has not heard
    if learnt is not None and all(learnt.level < flag.level for flag in flags):
        flags.insert(0, learnt)
    return tuple(flags)


def _takes_back(flag: RedFlag, alarms: Alarms, words: int) -> float:
    """The likeness of nothing from which this flag is taken back; more than one: never."""
    if flag.level != "A" and flag.key != _PAIN:
        return _NOT_TODAY
    if alarms.doubted:
        return _SURELY_NOT
    return _CERTAINLY_NOT if flag.level == "A" and words > _SHORT else 2


def _learnt(alarms: Alarms, weighed: Weighed, ranking: Sequence[Intent], words: int) -> RedFlag | None:
    needed = _GRAVE_WHEN_DENIED if alarms.denied else _GRAVE_IF_SHORT if words <= _SHORT else _GRAVE
    today = _GRAVE_WHEN_DENIED if alarms.denied else _TODAY
    best = ranking[0] if ranking else None
    if best is not None and best.confidence >= _PLAIN and best.name not in _ROOM:
        needed, today = max(needed, _ELSEWHERE), max(today, _TODAY_ELSEWHERE)
    if best is not None and best.confidence >= _CERTAIN and best.name == "urgent_pain":
        needed, today = max(needed, _TODAY_ELSEWHERE), max(today, _BESIDE_PAIN)
    grave, minutes = weighed.grave, weighed.pressing - weighed.grave
    heard = 1 - weighed.none
    if weighed.kinds.get("A") in alarms.groundless:
        heard, grave = heard - grave, 0
    if weighed.kinds.get("B") in alarms.groundless:
        heard, minutes = heard - minutes, 0
    if grave >= needed:
        return RedFlag(level="A", key=weighed.kinds["A"])
    if grave + minutes >= needed:
        if weighed.kinds["B"] in alarms.milder:
            return RedFlag(level="C", key=_HIT)
        return RedFlag(level="B", key=weighed.kinds["B"])
    if heard >= today and weighed.kinds["C"] not in (_PAIN, *alarms.groundless):
        return RedFlag(level="C", key=weighed.kinds["C"])
    return None
