"""A hand-off: a patient who waits for a person, from the queue to its outcome."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.desk_time import after_open_time
from bot.domain.practice import Practice

#: A person who wrote this recently deals with an emergency better than a fixed text.
JUST_NOW = timedelta(minutes=2)
#: Meta lets a business write freely for this long after a patient's last message.
WINDOW = timedelta(hours=24)


class Outcome(StrEnum):
    """What a hand-off came to. Every one has an outcome in the end."""

    ANSWERED = "answered"  # a person wrote, and it is settled
    PHONED = "phoned"  # settled on the telephone
    NO_REPLY_NEEDED = "no_reply_needed"
    RETURNED = "returned"  # staff gave the conversation back to the assistant
    WENT_ON = "went_on"  # the patient went on with the assistant instead


class AlertKind(StrEnum):
    """Why staff hear of a hand-off."""

    NEW = "new"
    WAITING = "waiting"  # and nobody has taken it
    PROMISE = "promise"  # nearly broken
    LATE = "late"  # the patient should have had an answer by now (bot.domain.answer_times)
    ACCOUNT = "account"  # no patient waits: the channel restricts us, refuses a template, marks us down
    READY = "ready"  # no patient waits: a flow, named by the reason, may go alone (bot.domain.drafts)


#: After so long staff are reminded of whoever nobody has taken yet.
REMIND_AFTER = (timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=15))
#: When this part of a promise's time has gone by, it is about to break.
_NEARLY = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffAlert:
    """What staff are told: nothing of it says who the patient is."""

    id: int
    kind: AlertKind
    reason: str
    urgent: bool
    waited: timedelta
    link: str
    count: int = 1  # so many are told of in one


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a patient who waits can count on: an answer by `due_at`, and staff who are reminded of it."""

    due_at: datetime
    reminders: tuple[tuple[AlertKind, datetime], ...]


def promise(practice: Practice, *, urgent: bool, at: datetime) -> Promise:
    """Counted in the time in which somebody is at the desk; an emergency does not wait for that."""

    def later(duration: timedelta) -> datetime:
        return at + duration if urgent else after_open_time(practice, at, duration)

    within = practice.desk.answer_within
    reminders = [(AlertKind.WAITING, later(duration)) for duration in REMIND_AFTER]
    return Promise(
        due_at=after_open_time(practice, at, within),
        reminders=(*reminders, (AlertKind.PROMISE, later(within * _NEARLY))),
    )
