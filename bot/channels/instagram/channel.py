"""Instagram's Send API as a Channel."""

from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from bot.channels.graph_client import GRAPH_URL, GraphAnswer, GraphClient, outcome_of
from bot.channels.instagram.inbound import CHANNEL, parse
from bot.channels.instagram.outbound import render
from bot.channels.lenient import identifier
from bot.channels.messenger.refusals import REFUSALS
from bot.channels.meta_webhook import answer_challenge, require, verify_signature
from bot.domain.conversation import Address, InboundEvent, Refused, Rendered, Reply, SendAction, SendOutcome
from bot.domain.practice import InstagramAccount
from bot.errors import SetupError


class InstagramChannel:
    """Professional accounts of one practice. A webhook is ours when the app secret of any of them signed it.

    An account subscribes to messages, messaging_postbacks, messaging_seen, messaging_referral,
    message_reactions and message_edit. Echoes come with `messages` and carry our outbox id back.

    Contract: bot.ports.Channel.
    """

    name = CHANNEL

    def __init__(
        self,
        accounts: Sequence[InstagramAccount],
        session: aiohttp.ClientSession,
        *,
        graph_url: str = GRAPH_URL,
        timeout: float = 15.0,
    ) -> None:
        """Raises SetupError when an account or one of its secrets is missing: nothing runs half secured."""
        if not accounts:
            raise SetupError("Instagram has no account; add one under instagram in practice.yml")
        for account in accounts:
            require(account.account_id, what="account_id", whose="an Instagram account")
            whose = _whose(account)
            require(account.app_secret, what="app_secret", whose=whose)
            require(account.verify_token, what="verify_token", whose=whose)
            require(account.access_token, what="access_token", whose=whose)
        self._accounts = {account.account_id: account for account in accounts}
        self._graph = GraphClient(session, base=graph_url, timeout=timeout)

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        accounts = self._accounts.values()
        verify_signature(
            headers,
            body,
            secrets=[account.app_secret for account in accounts],
            whose=" or ".join(map(_whose, accounts)),
        )

    def challenge(self, query: Mapping[str, str]) -> str | None:
        return answer_challenge(query, tokens=[each.verify_token for each in self._accounts.values()])

    def parse(self, body: bytes) -> tuple[InboundEvent, ...]:
        return parse(body)

    def render(self, reply: Reply, to: Address, *, outbox_id: str) -> Rendered:
        return render(reply, to, outbox_id=outbox_id)

    async def send(self, message: Rendered, to: Address) -> SendOutcome:
        account = self._accounts.get(to.account)
        if account is None:  # the account was taken out of practice.yml with messages still to be sent
            return Refused(action=SendAction.STOP)
        answer = await self._graph.post(
            account.account_id, "messages", message.body, token=account.access_token
        )
        if isinstance(answer, GraphAnswer):
            return outcome_of(answer, refusals=REFUSALS, message_id=_message_id)
        return answer

    async def show_typing(self, to: Address, *, message_id: str) -> bool:
        """Marks everything as seen, and types for up to 20 seconds."""
        account = self._accounts.get(to.account)
        taken = account is not None
        for action in ("mark_seen", "typing_on"):
            if account is not None and taken:
                acts = {"recipient": {"id": to.recipient}, "sender_action": action}
                answer = await self._graph.post(
                    account.account_id, "messages", acts, token=account.access_token
                )
                taken = isinstance(answer, GraphAnswer) and answer.status < 300
        return taken


def _message_id(body: Mapping[str, Any]) -> str | None:
    return identifier(body.get("message_id"))


def _whose(account: InstagramAccount) -> str:
    return f"Instagram account {account.account_id}"
