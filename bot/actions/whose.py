"""Whose visit a message speaks of, among those that its writer has booked: "cancel Lily's", "e la sua"."""

import re
from typing import Any

from rasa_sdk.interfaces import Tracker

from bot.actions.identity import OwnVisits
from bot.actions.turn import current_call
from nlu.company import nominatives
from nlu.names import written_as_name
from nlu.words import plain_words

_MOST_WORDS = 12
_LEAST_LETTERS = 2

#: Said of a visit, or of somebody, that was just spoken of.
_THAT_ONE = re.compile(
    r"\b(hers|his|theirs|it|(her|his|this|that)( (one|visit|appointment|booking))?"
    r"|quell[ao]|quest[ao]|(la|il) su[ao]|(disdi|annull|cancell|spost)\w+l[ao]"
    r"|е[её]|его|этот|эту|это|тот|ту)\b",
    re.I,
)


class SpokenOf(OwnVisits):
    """Actions that ask whose visit is meant only where the message does not tell."""

    async def told_by(self, tracker: Tracker) -> dict[str, Any]:
        """Slots that say whose, or which; {} where that remains to be asked.

        A name counts only where this contact has booked for somebody of that name, and for nobody else whom
        the message may name.
        """
        text = str((tracker.latest_message or {}).get("text") or "")
        spoken = plain_words(text)[:_MOST_WORDS]
        named: dict[tuple[str, ...], str] = {}
        for word in spoken:
            for name in nominatives(word):
                if len(name) >= _LEAST_LETTERS:
                    for person in await self.people(contact=current_call().contact, first_name=name):
                        named.setdefault(person.references, written_as_name(name))
        if len(named) == 1:
            return {"visitor_name": next(iter(named.values()))}
        told = tracker.get_slot("told_visit")
        return {"visit": told} if not named and told and _THAT_ONE.search(text) else {}
