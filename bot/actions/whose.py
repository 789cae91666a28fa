"""Whose visit a message speaks of, among those that its writer has booked: "cancel Lily's", "e la sua"."""

import re
from typing import Any

from rasa_sdk.interfaces import Tracker

from bot.actions.companions import booked_lately
from nlu.company import nominatives
from nlu.words import plain_words

#: Said of a visit, or of somebody, that was just spoken of.
_THAT_ONE = re.compile(
    r"\b(hers|his|theirs|it|(her|his|this|that)( (one|visit|appointment|booking))?"
    r"|quell[ao]|quest[ao]|(la|il) su[ao]|(disdi|annull|cancell|spost)\w+l[ao]"
    r"|е[её]|его|этот|эту|это|тот|ту)\b",
    re.I,
)


def told_by(tracker: Tracker) -> dict[str, Any]:
    """Slots that say whose, or which; {} where that remains to be asked.

    A name that is merely mentioned counts where the writer has booked for somebody of that name a moment ago,
    and for nobody else whom the message may name: in a family, others read along.
    """
    text = str((tracker.latest_message or {}).get("text") or "")
    spoken = {name for word in plain_words(text) for name in nominatives(word)}
    named = {first for first in booked_lately(tracker) if "".join(plain_words(first)) in spoken}
    if len(named) == 1:
        return {"visitor_name": next(iter(named))}
    told = tracker.get_slot("told_visit")
    return {"visit": told} if not named and told and _THAT_ONE.search(text) else {}
