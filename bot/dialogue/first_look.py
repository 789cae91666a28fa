"""The kind of visit was not named where it was asked for, and yet it is told: the dentist has a look first.

Whoever is put down for that hears of it, and the booking goes on.
"""

from __future__ import annotations

import re

from bot.dialogue.gist import AS_I_SAID
from bot.dialogue.message import Message
from nlu.first_looks import LOOK
from nlu.understanding import Entity

#: What is meant by whoever says it, also beside "just a look".
_MEANT = frozenset({"human", "change_language", "cancel_flow", "stop", "opt_in", "wrong_name"})
TOPIC = "first_look"
_PAIN = re.compile(
    r"\b(pains?|painful|hurt\w*|ach(e|es|ing)|\w+ache|sore|throb\w*|agony|dolor\w*|male|duole|fitt\w+|"
    r"бол(ит|ят|ь|и|ью|ел\w*)|больно|но(ет|ют)|стреля\w+|дёрга\w+|дерга\w+)\b",
    re.IGNORECASE,
)


def first_look(message: Message) -> Entity | None:
    """The kind of visit that stands for what was said."""
    return next((e for e in message.understanding.entities if _is_look(e)), None)


def wants_a_first_look(message: Message) -> bool:
    """ "Just a quick look", "my crown": no question about a first visit, about how long it takes, or pain."""
    if first_look(message) is None or message.intent in _MEANT:
        return False
    if message.intent == "complaint" and not AS_I_SAID.search(message.understanding.text):
        return False
    return message.intent != "urgent_pain" or not _PAIN.search(message.understanding.text)


def is_told_of_it(message: Message) -> bool:
    return first_look(message) is not None and TOPIC in message.assistant.answers


def _is_look(entity: Entity) -> bool:
    return entity.entity == "visit_type" and entity.role == LOOK
