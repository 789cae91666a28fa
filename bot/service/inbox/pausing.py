"""While the assistant is paused: what patients hear instead, and going on where it was once it may.

A pause silences everything that the assistant says of its own accord; the fixed emergency text, the
confirmation of an opt-out and the truthful texts about when a person answers still go out. Whoever writes
goes to the queue. When the pause is over, whoever waited only because of it is given back at the exact step.
"""

import asyncio
from collections.abc import Callable, Mapping

import structlog

from bot.domain.conversation import Reply
from bot.ports import Handoffs
from bot.service.inbox.switches import SwitchBoard, Switches
from bot.service.upkeep.supervision import beat

log = structlog.get_logger(__name__)

#: How long a switch that another process sets may go unnoticed here, in seconds.
LOOK_EVERY = 0.5

_NOTICE = {
    "en": "Our automated assistant is not answering at the moment. A colleague will answer you here"
    " {staff_when}. If it can't wait, call {practice_phone}.",
    "it": "In questo momento il nostro assistente automatico non risponde. Le risponderà qui un collega"
    " {staff_when}. Se non può aspettare, chiami il {practice_phone}.",
    "ru": "Автоматический помощник сейчас не отвечает. Вам ответит здесь сотрудник {staff_when}. Если это"
    " срочно, позвоните: {practice_phone}.",
}


def notice(language: str, facts: Mapping[str, str]) -> Reply:
    """Who answers instead, and when (`staff_when` among the facts)."""
    return Reply(text=_NOTICE.get(language, _NOTICE["en"]).format_map(facts))


class Pauses:
    """One loop for a practice. `wake` tells the turns about the conversations that are given back."""

    def __init__(self, *, switches: SwitchBoard, handoffs: Handoffs, wake: Callable[[str], None]) -> None:
        self._switches = switches
        self._handoffs = handoffs
        self._wake = wake
        self._seen: Switches | None = None

    async def run(self) -> None:
        while True:
            try:
                await self._switches.look()
                await self.look()
                beat()
            except Exception as error:  # a loop that ends would leave the assistant as it is for good
                log.error("switches_failed", error=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Give back what waited for the end of a pause; once for each change. Pausing and resuming between
        two looks are two: what the switches say is then the same, but another object."""
        now = self._switches.now
        if self._seen is now:
            return
        for conversation in await self._handoffs.give_back_resumed(now.is_paused):
            self._wake(conversation)
        self._seen = now
