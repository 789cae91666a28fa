"""WhatsApp: `inbound` reads webhooks, `outbound` renders replies, `refusals` says what its errors mean."""

from bot.channels.whatsapp.channel import WhatsAppChannel
from bot.channels.whatsapp.inbound import parse
from bot.channels.whatsapp.outbound import render

__all__ = ["WhatsAppChannel", "parse", "render"]
