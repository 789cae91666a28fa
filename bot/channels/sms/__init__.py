"""SMS through a provider with Twilio's HTTP interface: `inbound` reads its webhooks, `outbound` renders."""

from bot.channels.sms.channel import SmsChannel
from bot.channels.sms.inbound import parse
from bot.channels.sms.outbound import render

__all__ = ["SmsChannel", "parse", "render"]
