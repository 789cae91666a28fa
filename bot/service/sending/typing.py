"""Shows a patient that an answer is being written, when it takes longer than a second.

Only where one follows: the assistant has the conversation, is neither paused nor only suggesting, and the
message still waits for its answer. Channels show it for 20 or 25 seconds; when the answer takes longer it is
shown anew, and all of this is asked anew before. An answer that is ready meanwhile lets a request that is
under way end first, so that nothing types after it.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol, cast

import structlog

from bot.domain.conversation import Address
from bot.service.inbox.switches import SwitchBoard

log = structlog.get_logger(__name__)

AFTER = 1.0
#: Messenger and Instagram show it for 20 seconds, WhatsApp for 25.
AGAIN_AFTER = 18.0
_ENDS_WITHIN = 2.0


class ShowsTyping(Protocol):
    """A channel that can mark a message as read and show that somebody types."""

    async def show_typing(self, to: Address, *, message_id: str) -> bool:
        """`message_id`: the patient's latest, as the channel named it. Whether the channel took it; never
        raises for what the network or the API does."""


class Awaiting(Protocol):
    async def address(self, conversation: str) -> Address | None:
        """Where the patient is, when the assistant has the conversation and something waits for an answer."""


class Typing:
    """One process's. What a crash forgets is a sign of typing."""

    def __init__(
        self,
        channels: Mapping[str, object],
        *,
        awaiting: Awaiting,
        switches: SwitchBoard,
        after: float = AFTER,
        again_after: float = AGAIN_AFTER,
    ) -> None:
        self._channels = {
            name: cast(ShowsTyping, channel)
            for name, channel in channels.items()
            if hasattr(channel, "show_typing")
        }
        self._awaiting = awaiting
        self._switches = switches
        self._after = after
        self._again_after = again_after
        self._latest: dict[str, str] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._asking: dict[str, asyncio.Event] = {}  # set once the request that is under way has ended

    def heard(self, conversation: str, channel: str, message_id: str) -> None:
        """A patient wrote this and waits for an answer."""
        if channel not in self._channels:
            return
        self._latest[conversation] = message_id
        if conversation not in self._tasks:
            task = asyncio.create_task(self._show(conversation), name=f"typing {conversation}")
            self._tasks[conversation] = task
            task.add_done_callback(lambda _: self._forget(conversation))

    async def over(self, conversation: str) -> None:
        """An answer is about to be posted."""
        task = self._tasks.get(conversation)
        if task is None:
            return
        ended = self._asking.get(conversation)
        if ended is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), _ENDS_WITHIN)
        task.cancel()

    def stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()

    async def _show(self, conversation: str) -> None:
        pause = self._after
        while True:
            await asyncio.sleep(pause)
            if not await self._show_once(conversation):
                return
            pause = self._again_after

    async def _show_once(self, conversation: str) -> bool:
        """Whether the channel took it, and an answer still follows."""
        ended = self._asking[conversation] = asyncio.Event()
        try:
            switches = self._switches.now
            address = await self._awaiting.address(conversation)
            if address is None or switches.is_paused(address.channel) or switches.suggests_everything:
                return False
            channel = self._channels.get(address.channel)
            if channel is None:
                return False
            taken = await channel.show_typing(address, message_id=self._latest[conversation])
            log.debug("typing_shown", conversation=conversation, taken=taken)
            return taken
        finally:
            ended.set()
            self._asking.pop(conversation, None)

    def _forget(self, conversation: str) -> None:
        self._tasks.pop(conversation, None)
        self._latest.pop(conversation, None)
