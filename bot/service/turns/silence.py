"""What the assistant may still say in a conversation that is not its own, and what goes out in any case."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby

from bot.dialogue import Conversation
from bot.dialogue.effects import Utter
from bot.dialogue.opting_out import OPT_OUT_TEXTS
from bot.domain.handoff import JUST_NOW, WINDOW
from bot.domain.pipeline import BOT, CLOSED, Snapshot, is_person

#: A person who wrote this recently to somebody in an emergency reads what they answer.
WITH_THEM = timedelta(minutes=15)


def is_emergency(utter: Utter) -> bool:
    return (utter.response or "").startswith("utter_emergency_")


def is_exempt(utter: Utter) -> bool:
    """The fixed emergency text and the confirmation of an opt-out: nothing else."""
    return is_emergency(utter) or utter.response in OPT_OUT_TEXTS


def may_be_said(utters: Sequence[Utter], snapshot: Snapshot, *, now: datetime) -> list[Utter]:
    """While a person owns the conversation, only what is exempt; and no emergency text into the words of a
    person who wrote just now."""
    if not is_person(snapshot.owner):
        return list(utters)
    wrote = snapshot.staff_wrote_at
    is_writing = wrote is not None and now - wrote < JUST_NOW
    is_there = wrote is not None and now - wrote < WITH_THEM
    return [
        u
        for u in utters
        if is_exempt(u) and not (is_writing and is_emergency(u)) and not (is_there and _says_who_is_here(u))
    ]


def _says_who_is_here(utter: Utter) -> bool:
    """What is said after an alarm, since nobody may be reading."""
    return (utter.response or "").startswith("utter_emergency_still_")


def apart(utters: Sequence[Utter]) -> Iterator[tuple[bool, bool, list[Utter]]]:
    """(is exempt, is an emergency, utters): what is exempt shares no message with anything else, so that a
    take-over a moment later withdraws the rest alone."""
    for (exempt, emergency), group in groupby(utters, key=lambda u: (is_exempt(u), is_emergency(u))):
        yield exempt, emergency, list(group)


def as_owned(conversation: Conversation, owner: str) -> Conversation:
    """The engine's state, as whoever owns the conversation has it: paused while that is not the bot; begun
    anew where it was closed."""
    if owner == CLOSED:
        return replace(
            conversation, paused=False, introduced=False, stack=(), said=(), misunderstood=0, alarm=None
        )
    return conversation if owner == BOT or conversation.paused else replace(conversation, paused=True)


def may_write(conversation: Conversation, at: datetime) -> bool:
    """Meta lets a business write for so long after a patient's last message."""
    last = conversation.last_message_at
    return last is None or at - datetime.fromisoformat(last) < WINDOW
