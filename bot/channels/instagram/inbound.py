"""Instagram webhook bodies as events (`bot.channels.messaging`).

As on Messenger, but for: echoes and deletions come within `messages`; a message is read by its `mid`; people
answer stories and pass posts on; and an app that uses Instagram's own login gets `changes` for `messaging`.
"""

from bot.channels.messaging import parse_messaging
from bot.domain.channels import INSTAGRAM
from bot.domain.conversation import InboundEvent

CHANNEL = INSTAGRAM


def parse(body: bytes) -> tuple[InboundEvent, ...]:
    """Every event of a webhook body, in its order; () when it is no JSON object. Raises nothing."""
    return parse_messaging(body, CHANNEL)
