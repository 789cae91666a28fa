"""Messenger webhook bodies as events (`bot.channels.messaging`)."""

from bot.channels.messaging import parse_messaging
from bot.domain.channels import MESSENGER
from bot.domain.conversation import InboundEvent

CHANNEL = MESSENGER


def parse(body: bytes) -> tuple[InboundEvent, ...]:
    """Every event of a webhook body, in its order; () when it is no JSON object. Raises nothing."""
    return parse_messaging(body, CHANNEL)
