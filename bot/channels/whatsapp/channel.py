"""WhatsApp's Cloud API as a Channel."""

from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from bot.channels.graph_channel import GraphChannel, Platform
from bot.channels.graph_client import GRAPH_URL
from bot.channels.lenient import identifier, objects
from bot.channels.plain_text import length
from bot.channels.whatsapp.inbound import parse
from bot.channels.whatsapp.outbound import LIMITS, LIST_LABEL, render
from bot.channels.whatsapp.provenance import verify, whose
from bot.channels.whatsapp.refusals import REFUSALS
from bot.channels.whatsapp.values import CHANNEL
from bot.domain.conversation import Address, InboundEvent, Rendered, Reply
from bot.domain.practice import WhatsAppAccount
from bot.errors import SetupError


def _message_id(body: Mapping[str, Any]) -> str | None:
    return next((identifier(message.get("id")) for message in objects(body.get("messages"))), None)


NUMBER: Platform[WhatsAppAccount] = Platform(
    name=CHANNEL,
    missing="WhatsApp has no number; add one under whatsapp in practice.yml",
    an_account="a WhatsApp number",
    id_name="phone_number_id",
    id_of=lambda account: account.phone_number_id,
    whose=whose,
    refusals=REFUSALS,
    message_id=_message_id,
    provider_of=lambda account: account.provider,
)


class WhatsAppChannel(GraphChannel[WhatsAppAccount]):
    """One or more numbers of one practice. A webhook is ours when the app secret of any of them signed it.

    Contract: bot.ports.Channel.
    """

    name = CHANNEL

    def __init__(
        self,
        accounts: Sequence[WhatsAppAccount],
        session: aiohttp.ClientSession,
        *,
        graph_url: str = GRAPH_URL,
        timeout: float = 15.0,
        list_label: str = LIST_LABEL,
    ) -> None:
        super().__init__(NUMBER, accounts, session, graph_url=graph_url, timeout=timeout)
        if not 0 < length(list_label) <= LIMITS.list_label:
            raise SetupError(f"the label of a list has 1 to {LIMITS.list_label} characters; shorten it")
        self._list_label = list_label

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        verify(headers, body, tuple(self._accounts.values()))

    def parse(self, body: bytes) -> tuple[InboundEvent, ...]:
        return parse(body)

    def render(self, reply: Reply, to: Address, *, outbox_id: str) -> Rendered:
        return render(reply, to, outbox_id=outbox_id, list_label=self._list_label)

    async def show_typing(self, to: Address, *, message_id: str) -> bool:
        """Marks the patient's message as read, and types for up to 25 seconds."""
        seen = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
        return await self._acts({**seen, "typing_indicator": {"type": "text"}}, to)
