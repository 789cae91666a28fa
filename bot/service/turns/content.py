"""Which content a turn runs on: today's, or the one in which its dialogue began."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.dialogue import Assistant, Conversation


@dataclass(slots=True)
class RunningContent:
    """`pinned` finds earlier content by its version, as long as it is kept."""

    today: Assistant
    pinned: Callable[[str], Assistant | None] = lambda version: None

    async def of(self, conversation: Conversation) -> Assistant:
        """What is under way ends in the content in which it began, as long as that is kept (17.5)."""
        version = conversation.version
        if not conversation.stack or version is None or version == self.today.version:
            return self.today
        return await asyncio.to_thread(self.pinned, version) or self.today
