"""Messenger: `outbound` renders replies, `templates` calls what Meta approved; bodies are read by
`bot.channels.messaging`."""

from collections.abc import Callable
from functools import partial

from bot.channels.messaging import parse_messaging
from bot.channels.messenger.channel import MessengerChannel
from bot.channels.messenger.outbound import render
from bot.domain.channels import MESSENGER
from bot.domain.conversation import InboundEvent

parse: Callable[[bytes], tuple[InboundEvent, ...]] = partial(parse_messaging, channel=MESSENGER)

__all__ = ["MessengerChannel", "parse", "render"]
