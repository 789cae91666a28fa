"""The chat on the practice's own site, as a Channel.

Nothing is posted anywhere: a message that is due stands in the outbox, and the visitor's page fetches it from
there (`bot.web.web_chat`). So sending cannot fail, and its message id is our own.
"""

from collections.abc import Mapping

from bot.channels.fitting import cleaned
from bot.domain.channels import WEB
from bot.domain.conversation import Address, InboundEvent, Rendered, Reply, SendOutcome, Sent
from bot.errors import SignatureMismatch


class WebChannel:
    """Contract: bot.ports.Channel."""

    name = WEB

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        raise SignatureMismatch("visitors of the site write to /chat/messages, with the token of their visit")

    def challenge(self, query: Mapping[str, str]) -> str | None:
        return None

    def parse(self, body: bytes) -> tuple[InboundEvent, ...]:
        return ()

    def render(self, reply: Reply, to: Address, *, outbox_id: str) -> Rendered:
        """As it is: our own page has no limits."""
        fitting = cleaned(reply)
        return Rendered(body={"id": outbox_id, "text": fitting.text})

    async def send(self, message: Rendered, to: Address) -> SendOutcome:
        return Sent(message_id=message.body["id"])
