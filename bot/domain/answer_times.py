"""By when a patient who waits is to be answered: the clocks that run on a conversation.

    FIRST     nobody has written yet: what the patient was promised, in the hours of the desk
    NEXT      a person has, and the patient wrote again: counted in the same hours
    RED_FLAG  a possible emergency that nobody has answered: minutes as they pass, day and night

A clock that has run out is late: it shows in red, and staff are told once. Instants are aware UTC.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.desk_time import after_open_time
from bot.domain.practice import Practice


class AnswerClock(StrEnum):
    FIRST = "first"
    NEXT = "next"
    RED_FLAG = "red_flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """A patient whose words nobody has answered."""

    since: datetime  # of the hand-off while nobody has written in it; else the first words that wait
    is_urgent: bool = False
    was_answered: bool = False  # a person has written since it was handed over
    promised: datetime | None = None  # what the patient was told


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerBy:
    clock: AnswerClock
    at: datetime


def answer_by(practice: Practice, waits: Waits) -> AnswerBy:
    """Which clock runs, and until when."""
    rules = practice.desk
    if waits.was_answered:
        within = rules.next_answer_within or rules.answer_within
        return AnswerBy(clock=AnswerClock.NEXT, at=after_open_time(practice, waits.since, within))
    if waits.is_urgent:
        return AnswerBy(clock=AnswerClock.RED_FLAG, at=waits.since + rules.emergency_within)
    promised = waits.promised or after_open_time(practice, waits.since, rules.answer_within)
    return AnswerBy(clock=AnswerClock.FIRST, at=promised)
