"""WhatsApp's Cloud API as a Channel."""

from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from bot.channels.graph_client import GRAPH_URL, GraphAnswer, GraphClient, outcome_of
from bot.channels.lenient import identifier, objects
from bot.channels.meta_webhook import answer_challenge, require
from bot.channels.plain_text import length
from bot.channels.whatsapp.inbound import parse
from bot.channels.whatsapp.outbound import LIMITS, LIST_LABEL, render
from bot.channels.whatsapp.provenance import verify
from bot.channels.whatsapp.provenance import whose as _whose
from bot.channels.whatsapp.refusals import REFUSALS
from bot.channels.whatsapp.values import CHANNEL
from bot.domain.conversation import Address, InboundEvent, Refused, Rendered, Reply, SendAction, SendOutcome
from bot.domain.practice import WhatsAppAccount
from bot.errors import SetupError


class WhatsAppChannel:
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
        """Raises SetupError when a number or one of its secrets is missing: nothing runs half secured."""
        if not accounts:
            raise SetupError("WhatsApp has no number; add one under whatsapp in practice.yml")
        for account in accounts:
            require(account.phone_number_id, what="phone_number_id", whose="a WhatsApp number")
            whose = _whose(account)
            require(account.app_secret, what="app_secret", whose=whose)
            require(account.verify_token, what="verify_token", whose=whose)
            require(account.access_token, what="access_token", whose=whose)
        if not 0 < length(list_label) <= LIMITS.list_label:
            raise SetupError(f"the label of a list has 1 to {LIMITS.list_label} characters; shorten it")
        self._accounts = {account.phone_number_id: account for account in accounts}
        self._graphs = {
            account.phone_number_id: GraphClient(
                session, base=graph_url, timeout=timeout, provider=account.provider
            )
            for account in accounts
        }
        self._list_label = list_label

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        verify(headers, body, tuple(self._accounts.values()))

    def challenge(self, query: Mapping[str, str]) -> str | None:
        return answer_challenge(query, tokens=[each.verify_token for each in self._accounts.values()])

    def parse(self, body: bytes) -> tuple[InboundEvent, ...]:
        return parse(body)

    def render(self, reply: Reply, to: Address, *, outbox_id: str) -> Rendered:
        return render(reply, to, outbox_id=outbox_id, list_label=self._list_label)

    async def send(self, message: Rendered, to: Address) -> SendOutcome:
        account = self._accounts.get(to.account)
        if account is None:  # the number was taken out of practice.yml with messages still to be sent
            return Refused(action=SendAction.STOP)
        answer = await self._graphs[account.phone_number_id].post(
            account.phone_number_id, "messages", message.body, token=account.access_token
        )
        if isinstance(answer, GraphAnswer):
            return outcome_of(answer, refusals=REFUSALS, message_id=_message_id)
        return answer

    async def show_typing(self, to: Address, *, message_id: str) -> bool:
        """Marks the patient's message as read, and types for up to 25 seconds."""
        account = self._accounts.get(to.account)
        if account is None:
            return False
        seen = {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": message_id,
            "typing_indicator": {"type": "text"},
        }
        answer = await self._graphs[account.phone_number_id].post(
            account.phone_number_id, "messages", seen, token=account.access_token
        )
        return isinstance(answer, GraphAnswer) and answer.status < 300


def _message_id(body: Mapping[str, Any]) -> str | None:
    return next((identifier(message.get("id")) for message in objects(body.get("messages"))), None)
