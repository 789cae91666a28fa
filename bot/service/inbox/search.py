"""Finding a conversation by who it is with: the contract."""

from typing import Protocol

from bot.service.inbox.desk import WaitingConversation

#: So many are shown; whoever is not among them needs another word.
MOST_FOUND = 50


class Finder(Protocol):
    async def find(self, words: str, *, who: str, limit: int = MOST_FOUND) -> tuple[WaitingConversation, ...]:
        """Conversations whose patients' names, or their channel's, have a word that begins like each of these
        words, in whatever script, accents and case; or whose phone numbers hold these digits (three or more).
        Those that are open come first, then the latest. The search is in the trail, its words are not."""
