"""A channel whose requests are counted and timed."""

from typing import Any

from bot.domain.conversation import Address, FateUnknown, Rendered, SendOutcome, Sent
from bot.ports import Channel
from bot.service.upkeep.measures import Measures


class MeasuredChannel:
    """Implements ports.Channel by another; whatever else that one can do, it can, too."""

    def __init__(self, channel: Channel, measures: Measures) -> None:
        self._channel = channel
        self._measures = measures

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    async def send(self, message: Rendered, to: Address) -> SendOutcome:
        with self._measures.timed("send", channel=to.channel):
            outcome = await self._channel.send(message, to)
        match outcome:
            case Sent():
                fate = "sent"
            case FateUnknown():
                fate = "uncertain"
            case _:
                fate = "refused"
        self._measures.send(to.channel, fate)
        return outcome
