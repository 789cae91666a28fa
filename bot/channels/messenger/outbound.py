"""Replies as Messenger messages (`bot.channels.page_messages`), and the templates that Meta approved."""

from typing import Any

from bot.channels.fitting import cleaned
from bot.channels.messenger.templates import called
from bot.channels.page_messages import Limits, message, messaging_type
from bot.channels.plain_text import length
from bot.domain.conversation import Address, Rendered, Reply

#: https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/quick-replies
#: https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/template/button
LIMITS = Limits(text=1999, measure=length, asks_phone=True)  # Meta: "less than 2000"


def render(reply: Reply, to: Address, *, outbox_id: str) -> Rendered:
    """The body of a POST to /messages. Meta sends `outbox_id` back with the echo of this message."""
    fitting = cleaned(reply)
    content: dict[str, Any]
    fallback = None
    if fitting.template is not None:
        content = {"template": called(fitting.template, fitting.choices)}
    else:
        content, fallback = message(fitting, LIMITS)
    return Rendered(
        body={
            "recipient": {"id": to.recipient},
            **messaging_type(reply),
            "message": {**content, "metadata": outbox_id},
        },
        fallback=fallback,
    )
