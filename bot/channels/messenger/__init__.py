"""Messenger: `inbound` reads webhooks, `outbound` renders replies, `refusals` says what its errors mean."""

from bot.channels.messenger.channel import MessengerChannel
from bot.channels.messenger.inbound import parse
from bot.channels.messenger.outbound import render

__all__ = ["MessengerChannel", "parse", "render"]
