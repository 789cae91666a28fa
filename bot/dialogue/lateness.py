"""Whether somebody says that they will be late, or only resembles somebody who does.

Who is late tells why and by how much, so minutes, a meeting or the road alone are near to it: "five minutes
early", "I'm in a meeting, 1 sec". What somebody is late for stands already: while another thing is being
arranged, lateness has to show in the words.
"""

from __future__ import annotations

import re

from bot.dialogue.message import Message
from nlu.turns_of_speech import LATE

_RUNNING_LATE = "running_late"

#: And why, and from where.
_LATE = re.compile(
    rf"\b({LATE}|later than|(bit|tad|little|minutes|mins?) behind"
    r"|past (our|my)"
    r"|held up|stuck|traffic|on (my|our) way|be (there|with you)|overslept|wait for (me|us)|eta\b|parking"
    r"|tardi\b|tard[òa]\b|in coda\b|traffico|blocc|(sto|stiamo) arriv|arriv(o"
    r"|iamo)\b"
    r"|aspett(atemi|ateci|ami|i mi)|per strada|non ce la facci|parchegg"
    r"|пробк|застр|не успева|буду через|подожд(ите|ете) (меня|нас)|в пути|еду\b|едем\b"
    r"|паркуюсь|бегу\b|проспал)",
    re.IGNORECASE,
)
_EARLY = re.compile(
    r"\b(early|earlier|ahead of time|before (the|our|my) time|in anticipo|prima|раньше|пораньше|заранее)\b",
    re.IGNORECASE,
)
_A_MOMENT = re.compile(
    r"\b(wait|hang on|hold on|one moment|(1|one|a|two|2) (sec|secs|second|seconds|min|minute|moment)"
    r"|in a meeting"
    r"|driving|at the wheel|un (attimo|momento|minuto|secondo|sec)|attim\w+|aspett\w*|attenda|in riunione"
    r"|al volante|guidando|минут(к|оч)\w+|секунд\w*|момент\w*|подожди\w*|погоди\w*|на совещании"
    r"|за рул[её]м)\b",
    re.IGNORECASE,
)


def comes_early(message: Message) -> bool:
    """ "We might be five minutes early": the opposite of a delay."""
    said = message.understanding.text
    return message.intent == _RUNNING_LATE and bool(_EARLY.search(said)) and not _LATE.search(said)


def asks_for_a_moment(message: Message) -> bool:
    """ "I'm in a meeting, 1 sec", said to a question of ours."""
    busy = bool(message.asked_slot) and _A_MOMENT.search(message.understanding.text) is not None
    return busy and is_hardly_late(message)


def is_hardly_late(message: Message) -> bool:
    """Taken for late in the middle of something else, without a word of it."""
    if message.intent != _RUNNING_LATE or not message.active:
        return False
    if message.assistant.triggers.get(_RUNNING_LATE) in message.active:
        return False
    return _LATE.search(message.understanding.text) is None
