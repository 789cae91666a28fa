"""From what practice.yml says of channels to the accounts that the practice has there."""

from typing import Any

from bot.domain.practice import (
    InstagramAccount,
    MailAccount,
    MessengerAccount,
    SmsAccount,
    WhatsAppAccount,
)
from bot.settings.entries import PracticeEntry


def channel_accounts(entry: PracticeEntry) -> dict[str, Any]:
    """The fields of a Practice that are accounts, with their secrets resolved."""
    return {
        "whatsapp": tuple(WhatsAppAccount(**each.model_dump()) for each in entry.whatsapp or ()),
        "messenger": tuple(MessengerAccount(**each.model_dump()) for each in entry.messenger or ()),
        "instagram": tuple(InstagramAccount(**each.model_dump()) for each in entry.instagram or ()),
        "sms": tuple(SmsAccount(**each.model_dump()) for each in entry.sms or ()),
        "mail": MailAccount(**entry.mail.model_dump()) if entry.mail else None,
    }
