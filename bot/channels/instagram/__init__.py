"""Instagram: `inbound` reads webhooks, `outbound` renders replies; its errors are Messenger's."""

from bot.channels.instagram.channel import InstagramChannel
from bot.channels.instagram.inbound import parse
from bot.channels.instagram.outbound import render

__all__ = ["InstagramChannel", "parse", "render"]
