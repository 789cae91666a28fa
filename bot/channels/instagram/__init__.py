"""Instagram: `outbound` renders replies; bodies are read by `bot.channels.messaging`, as Messenger's are.

But for: echoes and deletions come within `messages`; a message is read by its `mid`; people answer stories
and pass posts on; and an app that uses Instagram's own login gets `changes` for `messaging`.
"""

from collections.abc import Callable
from functools import partial

from bot.channels.instagram.channel import InstagramChannel
from bot.channels.instagram.outbound import render
from bot.channels.messaging import parse_messaging
from bot.domain.channels import INSTAGRAM
from bot.domain.conversation import InboundEvent

parse: Callable[[bytes], tuple[InboundEvent, ...]] = partial(parse_messaging, channel=INSTAGRAM)

__all__ = ["InstagramChannel", "parse", "render"]
