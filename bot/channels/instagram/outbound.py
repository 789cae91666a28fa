"""Replies as Instagram messages (`bot.channels.page_messages`).

As on Messenger, but for: a text has 1,000 bytes of UTF-8, half as many letters in Cyrillic; there are no
templates that Meta approves; and nobody can be asked for their number with a button.
"""

from bot.channels.fitting import cleaned
from bot.channels.page_messages import Limits, message, messaging_type
from bot.channels.plain_text import size
from bot.domain.conversation import Address, Rendered, Reply

#: https://developers.facebook.com/documentation/business-messaging/instagram-messaging/send-messages
#: https://developers.facebook.com/documentation/business-messaging/instagram-messaging/button-template
LIMITS = Limits(text=1000, measure=size, asks_phone=False)


def render(reply: Reply, to: Address, *, outbox_id: str) -> Rendered:
    """The body of a POST to /messages. Meta sends `outbox_id` back with the echo of this message.

    There is nothing that a template could be here: whoever begins one is refused before
    (`bot.domain.windows`), and one that comes all the same is shown with its words."""
    content, fallback = message(cleaned(reply), LIMITS)
    right = messaging_type(reply) if reply.by_human_agent else {}
    return Rendered(
        body={"recipient": {"id": to.recipient}, **right, "message": {**content, "metadata": outbox_id}},
        fallback=fallback,
    )
