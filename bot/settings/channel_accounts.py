"""From what practice.yml says of channels to the accounts that the practice has there."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.media import MB, MediaRules, VoiceRules
from bot.domain.practice import (
    InstagramAccount,
    MailAccount,
    MessengerAccount,
    SmsAccount,
    WhatsAppAccount,
)
from bot.domain.providers import GRAPH, PROFILES, Provider
from bot.settings.channel_entries import ProviderEntry, WhatsAppEntry
from bot.settings.entries import PracticeEntry


def channel_accounts(entry: PracticeEntry) -> dict[str, Any]:
    """The fields of a Practice that are accounts, with their secrets resolved."""
    return {
        "whatsapp": tuple(_number(each) for each in entry.whatsapp or ()),
        "messenger": tuple(MessengerAccount(**each.model_dump()) for each in entry.messenger or ()),
        "instagram": tuple(InstagramAccount(**each.model_dump()) for each in entry.instagram or ()),
        "sms": tuple(SmsAccount(**each.model_dump()) for each in entry.sms or ()),
        "mail": MailAccount(**entry.mail.model_dump()) if entry.mail else None,
    }


def files(entry: PracticeEntry) -> dict[str, Any]:
    """What is kept of files, and who listens to voice notes."""
    media, voice = entry.media, entry.voice
    rules: dict[str, Any] = {}
    if media is not None:
        rules["media"] = MediaRules(
            hosts=tuple(media.hosts), keep=timedelta(days=media.keep_days), largest=media.largest_mb * MB
        )
    if voice is not None:
        rules["voice"] = VoiceRules(
            server=voice.server,
            model=voice.model,
            token=voice.token,
            sure=voice.sure,
            wait=timedelta(seconds=voice.wait_seconds),
        )
    return rules


def _number(entry: WhatsAppEntry) -> WhatsAppAccount:
    plain = entry.model_dump(exclude={"provider"})
    return WhatsAppAccount(**plain, provider=_provider(entry.provider) if entry.provider else None)


def _provider(entry: ProviderEntry) -> Provider:
    given = entry.model_dump(exclude={"profile"}, exclude_none=True)
    base = PROFILES[entry.profile] if entry.profile else Provider(name="provider", api_url=GRAPH)
    return replace(base, **given)
