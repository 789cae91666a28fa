"""A Page on Messenger and an account on Instagram as channels: the same API, under two names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol

import aiohttp

from bot.channels.graph_channel import Account, GraphChannel, Platform
from bot.channels.graph_client import GRAPH_URL, Refusals
from bot.channels.lenient import identifier
from bot.channels.messaging import parse_messaging
from bot.channels.meta_webhook import verify_signature
from bot.domain.channels import MESSENGER
from bot.domain.conversation import Address, InboundEvent, Rendered, Reply

#: What the error codes of both mean (`bot.domain.send_errors`).
REFUSALS = Refusals(
    channel=MESSENGER,
    # Graph's catch-alls for whatever broke, maybe midway. 1200 says in so many words that nothing was sent.
    inconclusive=frozenset({1, 2}),
)


def message_id(body: Mapping[str, Any]) -> str | None:
    """In the body of a success."""
    return identifier(body.get("message_id"))


class Renders(Protocol):
    def __call__(self, reply: Reply, to: Address, *, outbox_id: str) -> Rendered: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Account]):
    """What differs between the two."""

    platform: Platform[Account]
    render: Renders


class PageChannel(GraphChannel[Account]):
    """A webhook is ours when the app secret of any of the accounts signed it.

    Contract: bot.ports.Channel.
    """

    def __init__(
        self,
        page: Page[Account],
        accounts: Sequence[Account],
        session: aiohttp.ClientSession,
        *,
        graph_url: str = GRAPH_URL,
        timeout: float = 15.0,
    ) -> None:
        super().__init__(page.platform, accounts, session, graph_url=graph_url, timeout=timeout)
        self.name = page.platform.name
        self._render = page.render

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        accounts = self._accounts.values()
        verify_signature(
            headers,
            body,
            secrets=[account.app_secret for account in accounts],
            whose=" or ".join(map(self._platform.whose, accounts)),
        )

    def parse(self, body: bytes) -> tuple[InboundEvent, ...]:
        return parse_messaging(body, self.name)

    def render(self, reply: Reply, to: Address, *, outbox_id: str) -> Rendered:
        return self._render(reply, to, outbox_id=outbox_id)

    async def show_typing(self, to: Address, *, message_id: str) -> bool:
        """Marks everything as seen, and types for up to 20 seconds."""
        recipient = {"recipient": {"id": to.recipient}}
        seen = await self._acts({**recipient, "sender_action": "mark_seen"}, to)
        return seen and await self._acts({**recipient, "sender_action": "typing_on"}, to)
