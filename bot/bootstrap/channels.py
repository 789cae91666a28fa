"""Which channels a practice is reached on: a class for each name of `bot.domain.channels`."""

import aiohttp

from bot.channels.instagram import InstagramChannel
from bot.channels.mail import MailChannel
from bot.channels.messenger import MessengerChannel
from bot.channels.sms import SmsChannel
from bot.channels.webchat import WebChannel
from bot.channels.whatsapp import WhatsAppChannel
from bot.domain.channels import EMAIL, INSTAGRAM, MESSENGER, SMS, WEB, WHATSAPP
from bot.domain.practice import Practice
from bot.errors import SetupError
from bot.ports import Channel


def channels_of(practice: Practice, http: aiohttp.ClientSession, graph_url: str) -> dict[str, Channel]:
    """A channel for each that practice.yml has accounts of. Raises SetupError for none or half of one."""
    channels: dict[str, Channel] = {}
    if practice.whatsapp:
        channels[WHATSAPP] = WhatsAppChannel(practice.whatsapp, http, graph_url=graph_url)
    if practice.messenger:
        channels[MESSENGER] = MessengerChannel(practice.messenger, http, graph_url=graph_url)
    if practice.instagram:
        channels[INSTAGRAM] = InstagramChannel(practice.instagram, http, graph_url=graph_url)
    if practice.sms:
        channels[SMS] = SmsChannel(practice.sms, http)
    if practice.web_chat:
        channels[WEB] = WebChannel()
    if not channels:
        raise SetupError("practice.yml names no WhatsApp number and no Page: patients have no way in")
    if practice.mail:
        channels[EMAIL] = MailChannel(practice.mail, practice)
    return channels
